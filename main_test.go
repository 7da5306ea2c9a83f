package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"sharedhub/internal/cached"
	"sharedhub/internal/worker"
)

// This test's program is the whole program too.
func TestMain(m *testing.M) {
	if os.Getenv("SHAREDHUB_TEST_MAIN") != "" || worker.Is() {
		main()
	}
	os.Setenv(cached.Variable, "off") // what is tested here is made here
	os.Exit(m.Run())
}

func program(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(append(os.Environ(), "SHAREDHUB_TEST_MAIN=1"), env...)
	return cmd
}

// wholeFaults are the machine's, as the whole program meets them, jsii's start included.
var wholeFaults = []struct {
	env, args string
	code      int
	want      string
}{
	{"TMPDIR=/none", "version", 0, "CDK library"},
	{"TMPDIR=/dev/null", "catalog show kms", 0, "com.amazonaws.us-east-1.kms"},
	{"TMPDIR=/proc", "--help", 0, "Usage:"},
	{"TMPDIR=/none", "prove", 1, "error: no temporary folder can be made in /none: no such file or directory; name another with TMPDIR\n"},
	{"TMPDIR=/none", "verify", 1, "error: no temporary folder can be made in /none: no such file or directory; name another with TMPDIR\n"},
	{"PATH=/none", "prove", 1, "error: the CDK needs Node.js, and there is no node on the PATH; install Node.js 24"},
	{"JSII_NODE=/bin/false", "prove", 1, "error: node --version failed (exit status 1); install Node.js 24"},
	{"SHAREDHUB_WORKER=1", "version", 1, "SHAREDHUB_WORKER is set by the program itself"},
}

func TestWholeFaults(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the faults are Linux's")
	}
	for _, c := range wholeFaults {
		b, err := program(t, []string{c.env}, strings.Fields(c.args)...).CombinedOutput()
		code, failed := 0, (*exec.ExitError)(nil)
		if errors.As(err, &failed) {
			code = failed.ExitCode()
		}
		if said := string(b); code != c.code || !strings.Contains(said, c.want) || strings.Contains(said, "goroutine") {
			t.Errorf("%s sharedhub %s: exit code %d, %q, expected %d, %q", c.env, c.args, code, said, c.code, c.want)
		}
	}
}

// What all packages make while they are initialised calls for no collection of garbage but the one of internal/app/deferred, which
// finds nothing yet: the start of the program would take half as long again.
func TestNoGarbageAtStart(t *testing.T) {
	cmd := program(t, []string{"GODEBUG=gctrace=1", "GOGC="}, "version")
	b, err := cmd.CombinedOutput()
	if n := strings.Count(string(b), "\ngc ") + strings.Count(string(b[:min(3, len(b))]), "gc "); err != nil || n > 1 {
		t.Errorf("expected one collection, found %d: %v\n%s", n, err, b)
	}
}

// fewFiles are limits of open files, and what is said: before Go has started all packages, before Node.js starts, and by neither.
var fewFiles = []struct{ limit, args, want string }{
	{"8", "version", "error: too few files may be open for the program to start; raise the limit with ulimit -n, to 64 or more\n"},
	{"12", "prove", "error: too few files may be open for the program to start"},
	{"19", "prove", "error: too few files may be open for the program to start"},
	{"25", "prove", "error: at most 25 files may be open, and the CDK needs 40; raise the limit with ulimit -n\n"},
	{"39", "prove", "error: at most 39 files may be open, and the CDK needs 40"},
	{"20", "version", ""},
	{"20", "catalog show kms", ""},
}

func TestFewFiles(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the limits are Linux's")
	}
	for _, c := range fewFiles {
		cmd := program(t, nil)
		cmd.Args = append([]string{"sh", "-c", "ulimit -n " + c.limit + ` && exec "$0" "$@"`, cmd.Path}, strings.Fields(c.args)...)
		cmd.Path = "/bin/sh"
		b, err := cmd.CombinedOutput()
		code, failed := 0, (*exec.ExitError)(nil)
		if errors.As(err, &failed) {
			code = failed.ExitCode()
		}
		said := string(b)
		if (code == 1) != (c.want != "") || !strings.Contains(said, c.want) || strings.Contains(said, "goroutine") {
			t.Errorf("ulimit -n %s; sharedhub %s: exit code %d, %q, expected %q", c.limit, c.args, code, said, c.want)
		}
	}
}

// A signal ends the program and the Node.js that it started, with its temporary folders, and the assembly of before stays.
func TestSignal(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("starts Node.js")
	}
	temp, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		cmd := program(t, []string{"TMPDIR=" + temp}, "synth", "--config", "examples/01-one-spoke", "--out", out)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for range 600 { // until Node.js runs
			if found, _ := filepath.Glob(filepath.Join(temp, "sharedhub-*", "jsii-kernel-*")); len(found) > 0 {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		began := time.Now()
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		var failed *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &failed) || failed.ExitCode() != 128+int(signal) {
			t.Errorf("%s: %v", signal, err)
		}
		if took := time.Since(began); took > 2*time.Second { // a second on a machine that is not busy
			t.Errorf("%s: took %s", signal, took)
		}
		left, err := os.ReadDir(temp)
		beside, besideErr := os.ReadDir(filepath.Dir(out))
		if len(left)+len(beside) > 0 || err != nil || besideErr != nil {
			t.Errorf("%s: left %v and %v (%v %v)", signal, left, beside, err, besideErr)
		}
	}
}
