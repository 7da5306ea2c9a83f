package assembly

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDigest(t *testing.T) {
	digest := func(files map[string]string) string {
		t.Helper()
		dir := t.TempDir()
		for name, text := range files {
			file := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		sum, err := Digest(dir)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	first := digest(map[string]string{"manifest.json": `{"version": "54.0.0"}`, "a/t.json": "1"})
	if len(first) != len("sha256:")+64 || !strings.HasPrefix(first, "sha256:") {
		t.Errorf("found %s", first)
	}
	if again := digest(map[string]string{"manifest.json": `{"version": "54.0.0"}`, "a/t.json": "1", "read.7.lock": ""}); again != first {
		t.Error("equal files have two digests")
	}
	for name, files := range map[string]map[string]string{
		"another text":   {"manifest.json": `{"version": "54.0.0"}`, "a/t.json": "2"},
		"another name":   {"manifest.json": `{"version": "54.0.0"}`, "a/u.json": "1"},
		"a further file": {"manifest.json": `{"version": "54.0.0"}`, "a/t.json": "1", "b": ""},
		"a file less":    {"manifest.json": `{"version": "54.0.0"}`},
	} {
		if digest(files) == first {
			t.Errorf("%s: the digest is the same", name)
		}
	}
	dir := t.TempDir()
	if _, err := Digest(dir); err == nil {
		t.Error("a folder without manifest has a digest")
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "t.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := Digest(dir); err == nil {
		t.Error("an assembly with a link has a digest")
	}
}
