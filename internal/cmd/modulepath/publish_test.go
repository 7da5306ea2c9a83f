package main

import (
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// Somebody else's module fetches a construct: a copy of the tree is given a path and published with a tag through a file
// proxy. The other modules come from this machine's module cache, so nothing is asked of the network.
func TestAnybodyCanImport(t *testing.T) {
	if testing.Short() && os.Getenv("CI") == "" {
		t.Skip("builds a program with the CDK's bindings: run without -short")
	}
	path, version := "github.com/acme-"+strings.ToLower(rand.Text()[:8])+"/network", "v0.1.0"
	tree, proxy, app := t.TempDir(), t.TempDir(), t.TempDir()
	copyTree(t, "../../..", tree)
	if n, err := run(tree, "", path, false); err != nil || n < 50 {
		t.Fatalf("%d files changed, want 50 or more: %v", n, err)
	}
	publish(t, tree, proxy, module.Version{Path: path, Version: version})

	cache := strings.TrimSpace(command(t, ".", nil, "go", "env", "GOMODCACHE"))
	t.Cleanup(func() { forget(t, cache, path) })
	env := []string{
		"GOPROXY=file://" + proxy + ",file://" + filepath.Join(cache, "cache", "download"), "GOSUMDB=off", "GOFLAGS=-mod=mod", "GOWORK=off",
	}
	write(t, app, map[string]string{
		"go.mod": "module example.com/app\n\ngo 1.26\n",
		"main.go": "package main\n\nimport (\n\t\"" + path + "/constructs/network\"\n\t\"" + path + "/proof\"\n)\n\n" +
			"func main() { _, _ = network.NewVPC, proof.Read }\n",
	})
	start := time.Now()
	command(t, app, env, "go", "get", path+"/constructs/network@"+version)
	got := time.Since(start)
	command(t, app, env, "go", "build", "-o", os.DevNull, ".")
	t.Logf("go get %s, go build %s", got.Round(time.Millisecond), (time.Since(start) - got).Round(time.Millisecond))
	if mod, _ := os.ReadFile(filepath.Join(app, "go.mod")); !strings.Contains(string(mod), path+" "+version) {
		t.Errorf("go.mod does not require the module:\n%s", mod)
	}
}

// copyTree copies what git holds, as it is in the work tree.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	for name := range strings.SplitSeq(strings.Trim(command(t, from, nil, "git", "ls-files", "-z"), "\x00"), "\x00") {
		b, err := os.ReadFile(filepath.Join(from, name))
		if os.IsNotExist(err) { // deleted, and not yet committed
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		write(t, to, map[string]string{name: string(b)})
	}
}

// publish writes a module as a GOPROXY serves it (https://go.dev/ref/mod#goproxy-protocol).
func publish(t *testing.T, tree, proxy string, v module.Version) {
	t.Helper()
	dir := filepath.Join(proxy, v.Path, "@v")
	mod, err := os.ReadFile(filepath.Join(tree, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{
		"list": v.Version + "\n", v.Version + ".mod": string(mod), v.Version + ".info": `{"Version":"` +
			v.Version + `","Time":"2026-01-01T00:00:00Z"}`,
	})
	f, err := os.Create(filepath.Join(dir, v.Version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := zip.CreateFromDir(f, v, tree); err != nil {
		t.Fatal(err)
	}
}

// forget takes the module out of the machine's module cache, whose files are read-only.
func forget(t *testing.T, cache, path string) {
	owner := filepath.Dir(path)
	for _, dir := range []string{filepath.Join(cache, owner), filepath.Join(cache, "cache", "download", owner)} {
		filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				os.Chmod(name, 0o755)
			}
			return nil
		})
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}
}

func command(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}
