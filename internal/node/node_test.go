package node

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// nodes are what stands on the PATH as node, what is said where it is no good, and what is warned of where it is.
var nodes = []struct{ name, script, fails, warns string }{
	{"missing", "", "there is no node on the PATH; install Node.js 24", ""},
	{"too old", "echo v18.20.0", "node v18.20.0 is too old for the CDK, which needs 20 or newer; install Node.js 24", ""},
	{"much too old", "echo v0.10.48", "node v0.10.48 is too old", ""},
	{"broken", "exit 3", "node --version failed (exit status 3); install Node.js 24", ""},
	{"killed", "kill -9 $$", "node --version failed (signal: killed); install Node.js 24", ""},
	{"silent", ":", `node --version answers ""; install Node.js 24`, ""},
	{"something else", "echo hello", `node --version answers "hello"; install Node.js 24`, ""},
	{"a sentence", "echo version v24.0.0", `answers "version v24.0.0"; install`, ""},
	{"a forged line", `printf 'x\n::error::pwned'`, `answers "x\n::error::pwned"; install`, ""},
	{"a terminal sequence", `printf '\033[2J'`, `answers "\x1b[2J"; install`, ""},
	{"hangs", "exec sleep 1000", "node --version failed (no answer in 300ms); install", ""},
	{"hangs in what it started", "sleep 1000", "node --version failed (no answer in 300ms); install", ""},
	{"leaves something running", "sleep 1000 & echo v24.0.0", "", ""},
	{"talks without end", "while :; do echo x; done", "node --version failed (no answer in 300ms); install", ""},
	{"past its end", "echo v20.20.0", "", "warning: node v20.20.0 gets no security fixes any more; use 22 or 24\n"},
	{"supported", "echo v24.1.0", "", ""},
	{"newer", "echo v99.0.0-nightly", "", ""},
}

func TestNode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the scripts are a Unix's")
	}
	slowNode = 300 * time.Millisecond
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range nodes {
		t.Run(c.name, func(t *testing.T) {
			bin := t.TempDir()
			if c.script != "" {
				script := "#!/bin/sh\nPATH=" + filepath.Dir(sleep) + "\n" + c.script + "\n"
				if err := os.WriteFile(filepath.Join(bin, "node"), []byte(script), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", bin)
			t.Setenv("JSII_NODE", "")
			var said bytes.Buffer
			began := time.Now()
			err := Check(t.Context(), &said)
			if (err == nil) != (c.fails == "") || err != nil && (!strings.Contains(err.Error(), c.fails) || strings.Contains(err.Error(), "\n")) {
				t.Errorf("error %v, expected %q", err, c.fails)
			}
			if said.String() != c.warns {
				t.Errorf("warning %q, expected %q", said.String(), c.warns)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

// Who waits for Node.js can be told to stop.
func TestStopped(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "node"), []byte("#!/bin/sh\nsleep 1000\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("JSII_NODE", filepath.Join(bin, "node"))
	slowNode = time.Minute
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(100*time.Millisecond, func() { cancel(stopped) })
	if err := Check(ctx, io.Discard); !errors.Is(err, stopped) {
		t.Error(err)
	}
}

func TestFault(t *testing.T) {
	if err := Fault(errors.New("Error: EACCES: permission denied, mkdir '/nonexistent/.cache/aws'\n    at x")); strings.Contains(
		err.Error(), "please report") || !strings.Contains(err.Error(), "permission denied") {
		t.Error(err)
	}
	err := Fault(errors.New("\nError: There is already a Construct with name 'x'\n    at Node.addChild (/tmp/x.js:1:2)\n"))
	if !strings.Contains(err.Error(), "There is already a Construct with name 'x'; please report it") ||
		strings.Contains(err.Error(), "at Node") {
		t.Error(err)
	}
}

// Node.js prints the line of the source that failed, which may be all of the CDK in one line, and a stack.
func TestEnded(t *testing.T) {
	const crash = "/tmp/x.js:1\nvar all={Error: 1}\n   ^\n\n%s\n    at x (/tmp/x.js:1:2)\n\nNode.js v24.1.0\n"
	for line, want := range map[string]string{
		"Error: Cannot find module '/x.js'": "the CDK's Node.js ended before its work was done: Error: Cannot find module '/x.js'; " + Try,
		"TypeError: x is undefined":         "the CDK's Node.js ended before its work was done: TypeError: x is undefined; " + Try,
		"Error [ERR_X]: y":                  "the CDK's Node.js ended before its work was done: Error [ERR_X]: y; " + Try,
		"Error: ENOSPC: no space left": "the disk is full: Error: ENOSPC: no space left; free space, " +
			"or name other folders with --out and TMPDIR",
	} {
		if err := Ended(strings.Replace(crash, "%s", line, 1)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, expected %s", line, err, want)
		}
	}
	for _, said := range []string{"", "Error: a report of the CDK\n", "Node.js v24.1.0\n"} {
		if err := Ended(said); err != nil {
			t.Errorf("%q: %v", said, err)
		}
	}
}
