package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// snapshotted are the cases that show what no example does: the two ways to share names between zones and a Profile, and
// further ranges.
var snapshotted = []string{"secondary", "spoke-zones", "spoke-zones-and-profile"}

// Every configuration that the loader's cases call good synthesises, is proved, and passes cfn-lint: existing gateways, zone
// ids, own endpoint services, other regions' services, bundles and the rest.
func TestGoodConfigurations(t *testing.T) {
	cases, _ := filepath.Glob("internal/config/testdata/good/*.txtar")
	if len(cases) < 10 {
		t.Fatalf("only %d cases", len(cases))
	}
	out := t.TempDir()
	for _, file := range cases {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			to := filepath.Join(out, name)
			if code, _, stderr := run(t, "synth", "--config", goodConfiguration(t, file), "--out", to); code != 0 || !strings.Contains(stderr, "proved in") {
				t.Fatalf("code %d\n%s", code, stderr)
			}
			if slices.Contains(snapshotted, name) {
				checkSnapshots(t, name, templates(t, to))
			}
		})
	}
	t.Run("cfn-lint", func(t *testing.T) { lint(t, out) })
}

// goodConfiguration writes a case to a folder. A case that speaks of the standard hub gets the first example's.
func goodConfiguration(t *testing.T, file string) string {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	if strings.Contains(string(a.Comment), "standard hub") {
		hub, err := os.ReadFile("examples/01-one-spoke/hubs/lab.yaml")
		if err != nil {
			t.Fatal(err)
		}
		files["hubs/use1.yaml"] = strings.NewReplacer("{apps: [10.16", "{prod: [10.16", "{apps: {}}", "{prod: {}}").Replace(string(hub))
	}
	for _, f := range a.Files {
		files[f.Name] = string(f.Data)
	}
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// lint runs cfn-lint over the templates of all assemblies in a folder.
func lint(t *testing.T, dir string) {
	t.Helper()
	tool, err := exec.LookPath("cfn-lint")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("cfn-lint is missing; .ci/run installs it")
		}
		t.Skip("cfn-lint is missing: the templates are not linted here; pip install cfn-lint")
	}
	found, err := filepath.Glob(filepath.Join(dir, "*/*.template.json"))
	if err != nil || len(found) < 20 {
		t.Fatalf("%d templates: %v", len(found), err)
	}
	if said, err := exec.Command(tool, append([]string{"--"}, found...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}
