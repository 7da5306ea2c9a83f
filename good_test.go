package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// Every configuration that the loader's cases call good synthesises, and is proved: existing gateways, zone ids, own
// endpoint services, other regions' services, bundles and the rest.
func TestGoodConfigurations(t *testing.T) {
	cases, _ := filepath.Glob("internal/config/testdata/good/*.txtar")
	if len(cases) < 10 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			hub, err := os.ReadFile("examples/01-one-spoke/hubs/lab.yaml")
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			if strings.Contains(string(a.Comment), "standard hub") {
				files["hubs/use1.yaml"] = strings.ReplaceAll(strings.ReplaceAll(string(hub), "{apps: [10.16", "{prod: [10.16"), "{apps: {}}", "{prod: {}}")
			}
			for _, f := range a.Files {
				files[f.Name] = string(f.Data)
			}
			for name, text := range files {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if code, _, stderr := run(t, "synth", "--config", dir, "--out", filepath.Join(dir, "out")); code != 0 || !strings.Contains(stderr, "proved in") {
				t.Errorf("code %d\n%s", code, stderr)
			}
		})
	}
}
