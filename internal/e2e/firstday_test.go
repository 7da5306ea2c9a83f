package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A team's first day, word for word as docs/YOUR-REPOSITORY.md has it: from an empty folder to a merged spoke. The program is
// then asked for the same templates in this repository, whose cdk.json is a long one, and by the CDK CLI in the new one: all are
// equal, byte for byte.
func TestFirstDay(t *testing.T) {
	t.Parallel()
	cdk, err := filepath.Abs(cdkCLI)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(cdk); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the CDK CLI is not installed: npm ci in internal/e2e/testdata")
		}
		t.Skip("not run: the CDK CLI is not installed (npm ci in internal/e2e/testdata)")
	}
	day, bin := t.TempDir(), t.TempDir()
	once.Lock()
	build(t)
	once.Unlock()
	if err := os.Symlink(once.program, filepath.Join(bin, "sharedhub")); err != nil {
		t.Fatal(err)
	}
	// npm install would ask a registry: the CLI that the lock file of this folder pins is the one that package.json names.
	put(t, filepath.Join(bin, "npm"), "#!/bin/sh\ngrep -q '\"aws-cdk\": \"'\"$("+cdk+" --version | cut -d' ' -f1)\"'\"' package.json\n")
	if err := os.Chmod(filepath.Join(bin, "npm"), 0o755); err != nil {
		t.Fatal(err)
	}
	shell := func(dir, script string) string {
		t.Helper()
		cmd := exec.Command("bash", "-exc", script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "CI=true", "HOME="+day, "AWS_EC2_METADATA_DISABLED=true",
			"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, tail(string(out)))
		}
		return string(out)
	}
	var lines []string
	for _, c := range commands(t, "docs/YOUR-REPOSITORY.md") {
		if len(lines) > 0 || strings.HasPrefix(c, "sharedhub init") {
			lines = append(lines, c)
		}
		if strings.HasPrefix(c, "git merge") {
			break
		}
	}
	if len(lines) != 15 {
		t.Fatalf("expected the 15 commands of a first day, found %d: %q", len(lines), lines)
	}
	said := shell(day, strings.Join(lines, "\n"))
	for _, want := range []string{"my-network/config/hubs/use1.yaml", "valid: 1 hub, 1 spoke, 0 warnings",
		"10.16.4.0/22 of segment prod, hub use1, account 222222222222", "proved in", "and nothing else reachable"} {
		contains(t, said, want)
	}
	own := filepath.Join(day, "my-network")
	if left := shell(own, "git status --porcelain 2>/dev/null | cat"); strings.Contains(left, "??") {
		t.Errorf("files are left that are neither committed nor ignored: %s", left)
	}
	shell(own, cdk+" synth --all -q -o "+filepath.Join(day, "by-cli"))
	source, err := filepath.Abs(repo)
	if err != nil {
		t.Fatal(err)
	}
	shell(source, "sharedhub synth -q --config "+filepath.Join(own, "config")+" --out "+filepath.Join(day, "by-source"))
	for _, other := range []string{"by-cli", "by-source"} {
		shell(day, "diff -r -x '*.lock' my-network/cdk.out "+other)
	}
}
