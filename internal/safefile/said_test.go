package safefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the system says of a file is said in our words, whatever call it was and however it is wrapped.
func TestSaid(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	_, read := os.ReadFile(filepath.Join(dir, "none"))
	_, opened := root.Open("none")
	_, looked := root.Stat("none")
	for err, want := range map[error]string{
		read:                         filepath.Join(dir, "none") + ": cannot be read: no such file",
		opened:                       "none: cannot be read: no such file",
		looked:                       "none: cannot be read: no such file",
		root.Remove("none"):          "none: cannot be deleted: no such file",
		root.Mkdir("file/in", 0o755): "file/in: cannot be written: not a directory",
		os.Mkdir(file+"/in", 0o755):  file + "/in: cannot be written: not a directory",
		root.Rename("none", "other"): "other: cannot be written: no such file",
		errors.New("our own"):        "our own",
	} {
		for before, wrapped := range map[string]error{"": err, "x: ": fmt.Errorf("x: %w", err)} {
			if got := Said(wrapped).Error(); !strings.HasPrefix(got, before+want) {
				t.Errorf("%v: expected %s…, found %s", wrapped, before+want, got)
			}
		}
	}
	if !errors.Is(Said(read), fs.ErrNotExist) {
		t.Error("it is another error now")
	}
	for err, want := range map[error]string{
		ErrLink: ErrLink.Error(), root.Mkdir("file/in", 0o755): "cannot be written: not a directory", fs.ErrExist: fs.ErrExist.Error(),
	} {
		if got := NotWritten(err); got != want {
			t.Errorf("expected %s, found %s", want, got)
		}
	}
}
