package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func read(t *testing.T, dir string, files map[string]string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name := range files {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(b)
	}
	return out
}

func TestRewrite(t *testing.T) {
	before := map[string]string{
		"go.mod": "module hub // ours\n\ngo 1.26\n",
		"main.go": "package main\n\nimport (\n\t\"fmt\"\n\n\tn " +
			"\"hub/constructs/network\"\n\t\"hubert/x\"\n\t`hub/internal/cli`\n)\n\nvar _ = \"hub/constructs/network\" // hub/spokes\n",
		"README.md":            "`import \"hub/constructs/network\"`, a parameter /hub/hub/x, hub/config and the hub.\n",
		"lint.yaml":            "deny: [hub/internal]\n",
		"data.json":            "\"hub/internal\"\n",
		"node_modules/x/y.go":  "package y\n\nimport _ \"hub/internal\"\n",
		"constructs/network.x": "hub/internal\n",
	}
	after := map[string]string{
		"go.mod": "module github.com/acme/network // ours\n\ngo 1.26\n",
		"main.go": "package main\n\nimport (\n\t\"fmt\"\n\n\tn " +
			"\"github.com/acme/network/constructs/network\"\n\t\"hubert/x\"\n\t\"github.com/acme/network/internal/cli\"\n)\n\nvar _ = " +
			"\"hub/constructs/network\" // hub/spokes\n",
		"README.md":            "`import \"github.com/acme/network/constructs/network\"`, a parameter /hub/hub/x, hub/config and the hub.\n",
		"lint.yaml":            "deny: [github.com/acme/network/internal]\n",
		"data.json":            before["data.json"],
		"node_modules/x/y.go":  before["node_modules/x/y.go"],
		"constructs/network.x": before["constructs/network.x"],
	}
	dir := t.TempDir()
	write(t, dir, before)
	for _, step := range []struct {
		path string
		n    int
		want map[string]string
	}{{"github.com/acme/network", 4, after}, {"github.com/acme/network", 0, after}, {"example.com/hub", 4, nil},
		{"github.com/acme/network", 4, after}} {
		n, err := run(dir, "", step.path, false)
		if err != nil || n != step.n {
			t.Errorf("to %s: %d files changed, want %d; %v", step.path, n, step.n, err)
		}
		if step.want != nil {
			if d := cmp.Diff(step.want, read(t, dir, before)); d != "" {
				t.Errorf("to %s:\n%s", step.path, d)
			}
		}
	}
}

// A file that came from upstream, where the module has its first path still.
func TestAfterAMerge(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{"go.mod": "module github.com/acme/network\n", "new.go": "package x\n\nimport _ \"hub/internal/y\"\n"}
	write(t, dir, files)
	n, err := run(dir, "hub", "github.com/acme/network", false)
	if got := read(t, dir, files); n != 1 || err != nil || !strings.Contains(got["new.go"], `"github.com/acme/network/internal/y"`) ||
		got["go.mod"] != files["go.mod"] {
		t.Errorf("%d files changed, %v: %v", n, err, got)
	}
}

func TestRefused(t *testing.T) {
	for path, want := range map[string]string{
		"network":                    "missing dot in first path element",
		"github.com/acme/net work":   "invalid char ' '",
		"github.com/acme/network/v2": "names major version v2, and the module's tags are v0: expected github.com/acme/network",
		"gopkg.in/network.v1":        "names major version v1",
		"https://github.com/acme/x":  "malformed module path",
		"github.com/acme/network/":   "trailing slash",
		"":                           "empty string",
	} {
		if _, err := run(t.TempDir(), "", path, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", path, err, want)
		}
	}
	if _, err := run(t.TempDir(), "", "github.com/acme/network", false); err == nil || !strings.Contains(err.Error(),
		"run this in the folder of go.mod") {
		t.Errorf("no go.mod: %v", err)
	}
}

func TestDirtyTree(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{"go.mod": "module hub\n"}
	write(t, dir, files)
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v %s", args, err, out)
		}
	}
	if _, err := run(dir, "", "github.com/acme/network", false); err == nil || !strings.Contains(err.Error(),
		"uncommitted changes: commit them, or pass -dirty") {
		t.Errorf("a dirty tree: %v", err)
	}
	if n, err := run(dir, "", "github.com/acme/network", true); err != nil || n != 1 {
		t.Errorf("with -dirty: %d, %v", n, err)
	}
}
