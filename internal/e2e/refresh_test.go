package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// catalog refresh asks the endpoint's EC2 API, and a synthesis uses the answer.
func TestCatalogRefresh(t *testing.T) {
	t.Parallel()
	c := connect(t)
	dir := t.TempDir()
	for name, text := range map[string]string{"hubs/use1.yaml": "account: \"111111111111\"\nregion: us-east-1\nvpc: {cidr: 10.0.0.0/20, zones: 2}\nsegments: {prod: {}}\nendpoints: {services: [sts]}\n"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		cmd := exec.Command(c.program, append(args, "--config", dir)...)
		cmd.Env = append(os.Environ(), c.env...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if said := run("catalog", "refresh", "--region", "us-east-1"); !strings.Contains(said, "commit it with your configuration") {
		t.Errorf("refresh said\n%s", said)
	}
	if said := run("synth", "--out", filepath.Join(dir, "out")); !strings.Contains(said, "catalog/us-east-1.json, refreshed on") {
		t.Errorf("synth said\n%s", said)
	}
}
