package safefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestCreateAndReplace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	want := func(text string) {
		t.Helper()
		if b, err := os.ReadFile(filepath.Join(dir, "a/b.yaml")); err != nil || string(b) != text {
			t.Errorf("%q, %v; want %q", b, err, text)
		}
	}
	if err := Create(dir, "a/b.yaml", []byte("one")); err != nil {
		t.Fatal(err)
	}
	want("one")
	if err := Create(dir, "a/b.yaml", []byte("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file that is there: %v", err)
	}
	want("one")
	if err := os.Chmod(filepath.Join(dir, "a/b.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Replace(dir, "a/b.yaml", []byte("three")); err != nil {
		t.Fatal(err)
	}
	want("three")
	if info, err := os.Stat(filepath.Join(dir, "a/b.yaml")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
	if err := Replace(dir, "../out.yaml", []byte("out")); err == nil {
		t.Error("a file outside the folder was written")
	}
	if err := os.Symlink("b.yaml", filepath.Join(dir, "a/link.yaml")); err != nil {
		t.Skip(err)
	}
	if err := Replace(dir, "a/link.yaml", []byte("four")); !errors.Is(err, ErrLink) {
		t.Errorf("a link: %v", err)
	}
	want("three")
	if left, _ := os.ReadDir(filepath.Join(dir, "a")); len(left) != 2 {
		t.Errorf("something is left: %v", left)
	}
}
