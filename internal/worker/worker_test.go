package worker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sharedhub/internal/cli"
	"sharedhub/internal/config"
	"sharedhub/internal/worker"
)

// This test's program is the worker too, with an engine that does what FAULT says.
func TestMain(m *testing.M) {
	if worker.Is() {
		worker.Work(func(p worker.Patience, within worker.Within) cli.Engine { return &faulty{p, within} })
	}
	os.Exit(m.Run())
}

type faulty struct {
	patience worker.Patience
	within   worker.Within
}

func (*faulty) Close() {
	if os.Getenv("FAULT") == "never closes" {
		hang()
	}
}

func hang() { time.Sleep(time.Hour) }

// steps of a synthesis, each of which can be the last.
var steps = []string{"start", "first template", "half a template", "templates", "manifest"}

// Synth writes two templates and a manifest, a step at a time.
func (e *faulty) Synth(_ context.Context, _ *config.Config, opt cli.SynthOptions) error {
	fault := os.Getenv("FAULT")
	if f := faults[fault]; f.do != nil {
		e.within(e.patience.Start)
		if err := f.do(opt.Out); err != nil || !f.goesOn {
			return err
		}
	}
	for _, step := range steps {
		e.within(e.patience.Write)
		switch step {
		case "first template":
			write(opt.Out, "a.template.json", `{"Resources": {"R": {"Type": "new"}}}`)
		case "half a template":
			write(opt.Out, "b.template.json", `{"Resources": {"R`)
		case "templates":
			write(opt.Out, "b.template.json", `{"Resources": {"R": {"Type": "new"}}}`)
		case "manifest":
			artifacts := map[string]any{}
			for _, s := range []string{"a", "b"} {
				artifacts[s] = map[string]any{"type": "aws:cloudformation:stack", "environment": "aws://111111111111/us-east-1",
					"properties": map[string]any{"templateFile": s + ".template.json"}}
			}
			b, _ := json.Marshal(map[string]any{"version": "54.0.0", "artifacts": artifacts})
			write(opt.Out, "manifest.json", string(b))
		}
		if fault == "kill at "+step {
			started := exec.Command("sleep", "1000") // as Node.js is
			if err := started.Start(); err != nil {
				return err
			}
			write(os.Getenv("SCRATCH"), "pid", strconv.Itoa(started.Process.Pid))
			write(os.Getenv("SCRATCH"), "reached", "")
			hang()
		}
	}
	return nil
}

func write(dir, name, text string) {
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		panic(err)
	}
}

// faults are what goes wrong in the worker, and what is said of it: one sentence.
// put is a mistake of ours where the map is nil.
func put(m map[string]int) { m["a"] = 1 }

var faults = map[string]struct {
	do     func(out string) error
	goesOn bool
	want   string
}{
	"an error":          {do: func(string) error { return errors.New("no such hub") }, want: "error: no such hub"},
	"a mistake of ours": {do: func(string) error { panic("There is already a Construct") }, want: "please report it"},
	"nil":               {do: func(string) error { put(nil); return nil }, want: "please report it"},
	"a full disk":       {do: func(string) error { panic("ENOSPC: no space left on device, write") }, want: "error: the disk is full: "},
	"a quota":           {do: func(string) error { panic("EDQUOT: disk quota exceeded, write") }, want: "error: the disk is full: "},
	"a read-only disk": {do: func(string) error { panic("EROFS: read-only file system, open '/x'") },
		want: "error: the disk is read-only: "},
	"no permission": {do: func(string) error { panic("EACCES: permission denied, open '/x'") },
		want: "error: the system does not permit it: "},
	"no files left":    {do: func(string) error { panic("EMFILE: too many open files") }, want: "error: too many files are open: "},
	"a failing disk":   {do: func(string) error { panic("EIO: i/o error, read") }, want: "error: the disk fails: "},
	"a file too large": {do: func(string) error { panic("EFBIG: file too large, write") }, want: "error: a file is larger than"},
	"no memory for Node.js": {do: func(string) error { panic("FATAL ERROR: JavaScript heap out of memory") },
		want: "error: the machine is out of memory"},
	"no processes left": {do: func(string) error { panic("fork/exec node: resource temporarily unavailable") },
		want: "error: the machine is out of"},
	"Node.js was ended": {do: func(string) error { panic("no response received from child process") },
		want: "error: Node.js ended before"},
	"Node.js closed a pipe": {do: func(string) error { panic("write |1: broken pipe") }, want: "error: Node.js ended before"},
	"Node.js went away": {do: func(string) error { panic(`exec: "node": executable file not found in $PATH`) },
		want: "cannot be started"},
	"Node.js says something": {do: func(string) error { panic("invalid character 'N' looking for beginning of value") },
		want: "does not answer as it should"},
	"files are removed":   {do: func(string) error { panic("ENOENT: no such file or directory, open '/tmp/x'") }, want: "a file is gone"},
	"ended with success":  {do: func(string) error { os.Exit(0); return nil }, want: "ended without an answer"},
	"ended with an error": {do: func(string) error { os.Exit(7); return nil }, want: "ended early (exit status 7)"},
	"killed": {do: func(string) error { killSelf(); hang(); return nil },
		want: "ended early (signal: killed)"},
	"a crash elsewhere": {do: func(string) error { go panic("concurrent map writes"); hang(); return nil },
		want: "concurrent map writes"},
	"a full disk elsewhere": {do: func(string) error { go panic("no space left on device"); hang(); return nil },
		want: "error: the disk is full: "},
	"a hang":       {do: func(string) error { hang(); return nil }, want: "has not answered for 300ms"},
	"never closes": {want: "", goesOn: true},
	"talks without end": {do: func(string) error {
		go func() {
			for {
				fmt.Fprintln(os.Stderr, strings.Repeat("x", 1000))
			}
		}()
		return errors.New("done talking")
	}, want: "error: done talking"},
	"talks like a runner": {do: func(string) error { fmt.Println("::error::forged\x1b[2J"); return nil }, goesOn: true,
		want: `\x3a:error::forged\x1b[2J`},
	"no templates": {do: func(string) error { return nil }, want: "no cloud assembly"},
	"a manifest of no assembly": {do: func(out string) error { write(out, "manifest.json", "x"); return nil },
		want: "is not JSON of the expected form"},
	"a manifest without templates": {do: func(out string) error {
		write(out, "manifest.json", `{"version": "54.0.0", "artifacts": {"a": {"type": "aws:cloudformation:stack", `+
			`"environment": "aws://111111111111/us-east-1", "properties": {"templateFile": "a.template.json"}}}}`)
		return nil
	}, want: "a.template.json"},
	"what is not proved": {do: func(string) error { return nil }, goesOn: true, want: "nothing was written to"},
}

// place is a folder to write to, with an assembly of before or none, and what else a run needs.
type place struct{ scratch, temp, out string }

func newPlace(t *testing.T, old bool) place {
	t.Helper()
	scratch := t.TempDir()
	p := place{scratch, filepath.Join(scratch, "temp"), filepath.Join(scratch, "out")}
	if err := os.Mkdir(p.temp, 0o755); err != nil {
		t.Fatal(err)
	}
	if old {
		if err := os.Mkdir(p.out, 0o755); err != nil {
			t.Fatal(err)
		}
		write(p.out, "manifest.json", `{"version": "54.0.0", "artifacts": {}}`)
		write(p.out, "a.template.json", "old")
	}
	bin := filepath.Join(scratch, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	write(bin, "node", "#!/bin/sh\necho v24.0.0\n")
	if err := os.Chmod(filepath.Join(bin, "node"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", p.temp)
	t.Setenv("SCRATCH", scratch)
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return p
}

// whole says what is wrong with what a run that failed has left: the old assembly is whole or nothing is there, and nothing
// lies beside it.
func (p place) whole(old bool) error {
	b, err := os.ReadFile(filepath.Join(p.out, "a.template.json"))
	if old && string(b) != "old" {
		return fmt.Errorf("the old template is %q (%w)", b, err)
	}
	if _, err := os.Stat(p.out); !old && err == nil {
		return errors.New("the folder was made")
	}
	for _, dir := range []string{p.scratch, p.temp} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if dir == p.temp || strings.HasPrefix(e.Name(), ".") {
				return fmt.Errorf("%s was left in %s", e.Name(), dir)
			}
		}
	}
	return nil
}

func synth(ctx context.Context, out string, args ...string) (code int, said string) {
	var stderr bytes.Buffer
	engine := worker.New(&stderr)
	engine.SetPatience(worker.Patience{Start: 300 * time.Millisecond, Stack: time.Minute, Write: time.Minute, End: time.Second})
	args = append([]string{"synth", "--config", "../../examples/01-one-spoke", "--out", out}, args...)
	code = cli.Run(ctx, args, io.Discard, &stderr, engine, nil)
	return code, stderr.String()
}

func TestFaults(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the faults are a Unix's")
	}
	for name, c := range faults {
		{
			old := len(name)%2 == 0
			p := newPlace(t, old)
			t.Setenv("FAULT", name)
			args := []string{"--no-prove"}
			if name == "what is not proved" {
				args = nil
			}
			code, said := synth(t.Context(), p.out, args...)
			if wrong := strings.Contains(said, "goroutine ") || strings.Contains(said, "\n\n") || strings.Count(said, "error: ") > 1; wrong &&
				name != "what is not proved" || !strings.Contains(said, c.want) {
				t.Errorf("%s: got %q, expected one sentence with %q", name, said, c.want)
			}
			if strings.Contains(said, "please report") && !strings.Contains(c.want, "please report") && name != "a crash elsewhere" {
				t.Errorf("%s: got %q, which is the machine's fault", name, said)
			}
			if c.goesOn && args != nil {
				if b, _ := os.ReadFile(filepath.Join(p.out, "a.template.json")); code != 0 || !strings.Contains(string(b), "new") {
					t.Errorf("%s: exit code %d, %q", name, code, b)
				}
				continue
			}
			if err := p.whole(old); code != 1 || err != nil {
				t.Errorf("%s: exit code %d, %v", name, code, err)
			}
		}
	}
}

// killSelf ends this process as the system does that is out of memory.
func killSelf() {
	if p, err := os.FindProcess(os.Getpid()); err == nil {
		_ = p.Kill()
	}
}

// signals that ask the program to stop, and its exit codes.
var signals = []struct {
	signal syscall.Signal
	code   int
}{{syscall.SIGINT, 130}, {syscall.SIGTERM, 143}, {syscall.SIGHUP, 129}}

// Stopped at any step, the program ends within a second with what Node.js would be, and leaves the old assembly or none.
func TestStopped(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such signals")
	}
	for _, step := range steps {
		for _, s := range signals {
			for _, old := range []bool{false, true} {
				p := newPlace(t, old)
				t.Setenv("FAULT", "kill at "+step)
				ctx, cancel := context.WithCancelCause(t.Context())
				stopped := make(chan time.Time, 1)
				go func() {
					for range 3000 {
						if _, err := os.Stat(filepath.Join(p.scratch, "reached")); err == nil {
							break
						}
						time.Sleep(10 * time.Millisecond)
					}
					stopped <- time.Now()
					cancel(cli.Stopped{Signal: s.signal})
				}()
				code, said := synth(ctx, p.out, "--no-prove")
				took := time.Since(<-stopped)
				if code != s.code || !strings.HasSuffix(said, fmt.Sprintf("error: stopped by %s\n", name(s.signal))) || took > time.Second {
					t.Errorf("%s at %s: exit code %d after %s, said %q", s.signal, step, code, took, said)
				}
				if err := p.whole(old); err != nil {
					t.Errorf("%s at %s: %v", s.signal, step, err)
				}
				b, err := os.ReadFile(filepath.Join(p.scratch, "pid"))
				pid, _ := strconv.Atoi(string(b))
				if err != nil || pid == 0 || runs(pid) {
					t.Errorf("%s at %s: process %d runs (%v)", s.signal, step, pid, err)
				}
			}
		}
	}
}

func name(s syscall.Signal) string {
	return map[syscall.Signal]string{syscall.SIGINT: "SIGINT", syscall.SIGTERM: "SIGTERM", syscall.SIGHUP: "SIGHUP"}[s]
}

// runs is true for a process that does something. One that has ended may be kept until somebody asks how.
func runs(pid int) bool {
	for range 50 {
		p, err := os.FindProcess(pid)
		if err != nil || p.Signal(syscall.Signal(0)) != nil {
			return false
		}
		if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && strings.Contains(string(b), ") Z ") {
			return false
		}
		time.Sleep(10 * time.Millisecond)
	}
	return true
}

// machineFaults are what the machine lacks, and what is said.
var machineFaults = []struct {
	name string
	make func(t *testing.T, p *place)
	want string // "" where the program works all the same
}{
	{"no TMPDIR", func(t *testing.T, p *place) { t.Setenv("TMPDIR", p.scratch+"/none") }, "no temporary folder can be made in"},
	{"TMPDIR is a file", func(t *testing.T, p *place) { t.Setenv("TMPDIR", p.scratch+"/bin/node") },
		"not a directory; name another with TMPDIR"},
	{"TMPDIR takes no folders", func(t *testing.T, _ *place) { t.Setenv("TMPDIR", "/proc") }, "no temporary folder can be made in /proc"},
	{"no HOME", func(t *testing.T, _ *place) { t.Setenv("HOME", "") }, ""},
	{"HOME takes no folders", func(t *testing.T, _ *place) { t.Setenv("HOME", "/proc") }, ""},
	{"HOME is a file", func(t *testing.T, p *place) { t.Setenv("HOME", p.scratch+"/bin/node") }, ""},
	{"HOME is missing", func(t *testing.T, p *place) { t.Setenv("HOME", p.scratch+"/none/at/all") }, ""},
	{"no PATH", func(t *testing.T, _ *place) { t.Setenv("PATH", "") }, "there is no node on the PATH; install Node.js 24"},
	{"JSII_NODE leads nowhere", func(t *testing.T, _ *place) { t.Setenv("JSII_NODE", "/none/node") }, "there is no /none/node"},
	{"the folder is in /proc", func(_ *testing.T, p *place) { p.out = "/proc/x" }, "the folder cannot be made: "},
	{"the folder is in a file", func(_ *testing.T, p *place) { p.out = p.scratch + "/bin/node/x" }, "the folder cannot be made: "},
	{"the folder is in /dev/null", func(_ *testing.T, p *place) { p.out = "/dev/null/x" }, "the folder cannot be made: "},
	{"the folder is a device", func(_ *testing.T, p *place) { p.out = "/dev/null" }, "the folder cannot be made: "},
	{"TMPDIR is full", func(t *testing.T, p *place) { t.Setenv("TMPDIR", mounted(t, p, "size=4k,nr_inodes=1")) },
		"no space left on device; name another"},
	{"TMPDIR is read-only", func(t *testing.T, p *place) { t.Setenv("TMPDIR", mounted(t, p, "ro")) }, "read-only file system; name another"},
	{"HOME is read-only", func(t *testing.T, p *place) { t.Setenv("HOME", mounted(t, p, "ro")) }, ""},
	{"HOME is full", func(t *testing.T, p *place) { t.Setenv("HOME", mounted(t, p, "size=4k")) }, ""},
	{"the folder's disk is full", func(t *testing.T, p *place) { p.out = mounted(t, p, "size=4k") + "/out" }, "the disk is full: "},
	{"the folder's disk takes no files", func(t *testing.T, p *place) { p.out = mounted(t, p, "nr_inodes=2") + "/out" },
		"the disk is full: "},
	{"the folder's disk is read-only", func(t *testing.T, p *place) { p.out = mounted(t, p, "ro") + "/out" },
		"read-only file system; name another"},
	{"the folder is a full disk", func(t *testing.T, p *place) { p.out = mounted(t, p, "size=4k") },
		"no space left on device; name another"},
	{"the folder is a mount point", func(t *testing.T, p *place) { p.out = mounted(t, p, "size=1m") }, ""},
}

// mounted is a disk of its own, which root alone can have.
func mounted(t *testing.T, p *place, options string) string {
	t.Helper()
	dir := filepath.Join(p.scratch, "disk")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("needs root and Linux: %v %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("%v %s", err, out)
		}
	})
	return dir
}

func TestMachineFaults(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the faults are Linux's")
	}
	for _, c := range machineFaults {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t, false)
			c.make(t, &p)
			t.Setenv("FAULT", "")
			code, said := synth(t.Context(), p.out, "--no-prove")
			if code != map[bool]int{true: 1}[c.want != ""] || !strings.Contains(said, c.want) {
				t.Errorf("exit code %d, said %q, expected %q", code, said, c.want)
			}
			if strings.Contains(said, "please report") || strings.Contains(said, "goroutine") || strings.Count(said, "error: ") > 1 {
				t.Errorf("said %q", said)
			}
		})
	}
}
