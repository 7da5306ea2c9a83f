package app

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNode(t *testing.T) {
	for _, c := range []struct{ name, script, fails, warns string }{
		{"missing", "", "there is no node on the PATH; install Node.js 24", ""},
		{"too old", "echo v18.20.0", "node v18.20.0 is too old for the CDK, which needs 20 or newer; install Node.js 24", ""},
		{"broken", "exit 3", "node --version failed (exit status 3); install Node.js 24", ""},
		{"something else", "echo hello", `node --version answers "hello"; install Node.js 24`, ""},
		{"past its end", "echo v20.20.0", "", "warning: node v20.20.0 gets no security fixes any more; use 22 or 24\n"},
		{"supported", "echo v24.1.0", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			bin := t.TempDir()
			if c.script != "" {
				if err := os.WriteFile(filepath.Join(bin, "node"), []byte("#!/bin/sh\n"+c.script+"\n"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", bin)
			var said bytes.Buffer
			err := checkNode(&said)
			if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
				t.Errorf("error %v, expected %q", err, c.fails)
			}
			if said.String() != c.warns {
				t.Errorf("warning %q, expected %q", said.String(), c.warns)
			}
		})
	}
}

func TestRuntimeError(t *testing.T) {
	if err := runtimeError(errors.New("Error: EACCES: permission denied, mkdir '/nonexistent/.cache/aws'\n    at x")); strings.Contains(
		err.Error(), "please report") || !strings.Contains(err.Error(), "with HOME") {
		t.Error(err)
	}
	err := runtimeError(errors.New("\nError: There is already a Construct with name 'x'\n    at Node.addChild (/tmp/x.js:1:2)\n"))
	if !strings.Contains(err.Error(), "There is already a Construct with name 'x'; please report it") ||
		strings.Contains(err.Error(), "at Node") {
		t.Error(err)
	}
}
