package revision

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repository is one with two commits of a folder config, beside other files.
func repository(t *testing.T) (dir string, run func(args ...string)) {
	t.Helper()
	dir = t.TempDir()
	for _, v := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"} {
		t.Setenv(v, "")
		os.Unsetenv(v)
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	run = func(args ...string) {
		t.Helper()
		c := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	run("init", "-q", "-b", "main")
	put(t, filepath.Join(dir, "readme.json"), "{}")
	run("add", ".")
	run("commit", "-qm", "nothing")
	put(t, filepath.Join(dir, "config/hubs/use1.yaml"), "one\r\n")
	put(t, filepath.Join(dir, "config/spokes/ä b.yaml"), "")
	put(t, filepath.Join(dir, "config/notes.txt"), "not read")
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "config/spokes/link.yaml")); err != nil {
		t.Fatal(err)
	}
	run("add", ".")
	run("commit", "-qm", "one")
	put(t, filepath.Join(dir, "config/hubs/use1.yaml"), "two\n")
	run("commit", "-qam", "two")
	return dir, run
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func TestWrite(t *testing.T) {
	dir, _ := repository(t)
	to := t.TempDir()
	commit, err := Write(t.Context(), filepath.Join(dir, "config"), "main~1", to)
	if err != nil || len(commit) != 40 {
		t.Fatal(commit, err)
	}
	var have []string
	err = filepath.WalkDir(to, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			text, _ := os.ReadFile(path)
			name, _ := filepath.Rel(to, path)
			have = append(have, name+"="+string(text))
		}
		return err
	})
	if got, want := strings.Join(have, "|"), "hubs/use1.yaml=one\r\n|spokes/ä b.yaml="; err != nil || got != want {
		t.Errorf("expected %q, found %q, %v", want, got, err)
	}
}

func TestWriteSaysWhy(t *testing.T) {
	dir, run := repository(t)
	config := filepath.Join(dir, "config")
	shallow := filepath.Join(t.TempDir(), "shallow")
	run("clone", "-q", "--depth", "1", "file://"+dir, shallow)
	for _, c := range []struct{ dir, rev, want string }{
		{config, "nobody", `there is no commit "nobody" in the repository`},
		{config, "--output=x", `there is no commit "--output=x"`},
		{config, "", `there is no commit ""`},
		{config, "HEAD:config", "there is no commit"},
		{filepath.Join(shallow, "config"), "HEAD~1", "shallow: run git fetch --unshallow"},
		{t.TempDir(), "HEAD", "in no git repository"},
	} {
		if _, err := Write(t.Context(), c.dir, c.rev, t.TempDir()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: expected an error with %q, found %v", c.rev, c.want, err)
		}
	}
	if _, err := Write(t.Context(), config, "HEAD~2", t.TempDir()); !errors.Is(err, ErrNoFolder) {
		t.Errorf("expected that the first commit lacks the folder, found %v", err)
	}
	t.Setenv("PATH", "")
	if _, err := Write(t.Context(), config, "HEAD", t.TempDir()); err == nil || !strings.Contains(err.Error(), "git is not installed") {
		t.Errorf("without git: %v", err)
	}
}

func TestOf(t *testing.T) {
	dir, run := repository(t)
	config := filepath.Join(dir, "config")
	s, err := Of(t.Context(), config)
	if err != nil || len(s.Commit) != 40 || s.Changed {
		t.Fatal(s, err)
	}
	put(t, filepath.Join(dir, "elsewhere"), "")
	if s, _ := Of(t.Context(), config); s.Changed {
		t.Error("a file beside the folder is no change of it")
	}
	put(t, filepath.Join(config, "spokes/new.yaml"), "")
	if s, _ := Of(t.Context(), config); !s.Changed {
		t.Error("a new file is a change")
	}
	run("checkout", "-q", "--orphan", "empty")
	if s, err := Of(t.Context(), config); err != nil || s.Commit != "" {
		t.Error(s, err)
	}
	if _, err := Of(t.Context(), t.TempDir()); err == nil {
		t.Error("a folder of no repository has no commit")
	}
}
