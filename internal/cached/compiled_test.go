package cached

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The file for compiled code is one a program, in the folder, and goes like the rest of it.
func TestCompiled(t *testing.T) {
	t.Setenv(Variable, "off")
	t.Setenv(CompiledVariable, "elsewhere")
	if file := Compiled(); file != "elsewhere" {
		t.Errorf("expected the file of the environment, found %s", file)
	}
	t.Setenv(CompiledVariable, "")
	if file := Compiled(); file != "" {
		t.Errorf("expected no file where there is no folder, found %s", file)
	}
	s := newSubject(t)
	file := Compiled()
	if filepath.Dir(file) != s.dir || file != Compiled() {
		t.Fatalf("expected one file in %s, found %s", s.dir, file)
	}
	long := time.Now().Add(-2 * unused)
	write := func() {
		if err := os.WriteFile(file, []byte("code"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, long, long); err != nil {
			t.Fatal(err)
		}
	}
	write()
	Compiled()
	s.want("the run that trims the folder", "made 1", false)
	if _, err := os.Stat(file); err != nil {
		t.Errorf("expected the file to stay, since it was used: %v", err)
	}
	write()
	s.cfg.Hubs[0].Name += "x"
	s.want("another run that does", "made 2", false)
	if _, err := os.Stat(file); err == nil {
		t.Error("expected the file to go, since nobody used it")
	}
}
