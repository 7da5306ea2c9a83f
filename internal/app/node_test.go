package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNode(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"missing", "", "there is no node on the PATH"},
		{"too old", "echo v18.20.0", "node v18.20.0 is too old"},
		{"broken", "exit 3", "node --version failed"},
		{"something else", "echo hello", `node --version answers "hello"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			bin := t.TempDir()
			if c.script != "" {
				if err := os.WriteFile(filepath.Join(bin, "node"), []byte("#!/bin/sh\n"+c.script+"\n"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", bin)
			out := filepath.Join(t.TempDir(), "out")
			code, _, stderr := run(t, "synth", "--config", "examples/01-one-spoke", "--out", out)
			if code != 1 || !strings.Contains(stderr, c.want) || !strings.Contains(stderr, "install Node.js 24") || strings.Count(stderr, "error:") != 1 {
				t.Errorf("code %d:\n%s", code, stderr)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("something was written")
			}
		})
	}
}

func TestRuntimeError(t *testing.T) {
	err := runtimeError(errors.New("\nError: There is already a Construct with name 'x'\n    at Node.addChild (/tmp/x.js:1:2)\n"))
	if !strings.Contains(err.Error(), "There is already a Construct with name 'x'; please report it") || strings.Contains(err.Error(), "at Node") {
		t.Error(err)
	}
}
