package outdir

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// list is what an assembly lists here: a JSON list of names.
func list(dir string) ([]string, error) {
	var names []string
	b, err := os.ReadFile(filepath.Join(dir, manifest))
	if err == nil {
		err = json.Unmarshal(b, &names)
	}
	return names, err
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if to, isLink := strings.CutPrefix(text, "-> "); isLink {
			err = errors.Join(err, os.Symlink(to, path))
		} else {
			err = errors.Join(err, os.WriteFile(path, []byte(text), 0o644))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// read is what a folder holds, links as links.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		switch {
		case err != nil:
			return err
		case e.Type() == fs.ModeSymlink:
			to, err := os.Readlink(path)
			files[name] = "-> " + to
			return err
		case e.Type().IsRegular():
			b, err := os.ReadFile(path)
			files[name] = string(b)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func same(a, b map[string]string) bool { return maps.Equal(a, b) }

// assembly is the old one, of two stacks, and written the new one, which lacks a stack.
var (
	assembly = map[string]string{"manifest.json": `["a.json", "b.json"]`, "cdk.out": "old", "a.json": "old a", "b.json": "old b"}
	written  = map[string]string{"manifest.json": `["a.json"]`, "cdk.out": "new", "a.json": "new a"}
)

// plantedFolders are folders that somebody has prepared, and what must be left of what is not ours.
var plantedFolders = []struct {
	name         string
	there, stays map[string]string
}{
	{"an assembly", assembly, nil},
	{"files of others", map[string]string{"manifest.json": `[]`, "notes.txt": "mine", "asset.1/x": "theirs"},
		map[string]string{"notes.txt": "mine", "asset.1/x": "theirs"}},
	{"locks of the CDK CLI", map[string]string{"read.12.1.lock": "12"}, map[string]string{"read.12.1.lock": "12"}},
	{"a template that leads out", map[string]string{"manifest.json": `["a.json"]`, "a.json": "-> ../victim"}, nil},
	{"a template that leads to a folder", map[string]string{"manifest.json": `["a.json"]`, "a.json": "-> ../other"}, nil},
	{"a template that leads nowhere", map[string]string{"manifest.json": `["a.json"]`, "a.json": "-> ../new"}, nil},
	{"an unlisted link with a template's name", map[string]string{"manifest.json": `[]`, "a.json": "-> ../victim"}, nil},
	{"an unlisted link", map[string]string{"manifest.json": `[]`, "z.json": "-> ../victim"}, map[string]string{"z.json": "-> ../victim"}},
	{"a link to a folder of others", map[string]string{"manifest.json": `[]`, "z": "-> ../other"}, map[string]string{"z": "-> ../other"}},
	{"the version file leads out", map[string]string{"manifest.json": `[]`, "cdk.out": "-> ../victim"}, nil},
	{"a report leads out", map[string]string{"manifest.json": `[]`, "validation-report.json": "-> ../victim"}, nil},
	{"a list that leads out", map[string]string{"manifest.json": `["../victim", "../other/file"]`}, nil},
	{"a list of paths from the root", map[string]string{"manifest.json": `["/victim", "/etc/passwd", "//victim"]`}, nil},
	{"a list of the folder itself", map[string]string{"manifest.json": `[".", "..", "", "./", "../"]`}, nil},
	{"a list of what lies below", map[string]string{"manifest.json": `["below/file"]`, "below/file": "theirs"},
		map[string]string{"below/file": "theirs"}},
	{"a list of a link's target", map[string]string{"manifest.json": `["z/file"]`, "z": "-> ../other"}, map[string]string{"z": "-> ../other"}},
	{"hidden files", map[string]string{"manifest.json": `[]`, ".env": "theirs", ".git/config": "theirs"},
		map[string]string{".env": "theirs", ".git/config": "theirs"}},
	{"names with line breaks", map[string]string{"manifest.json": `["x\ny"]`, "x\ny": "old", "x\nz": "theirs"},
		map[string]string{"x\nz": "theirs"}},
}

// Whatever a folder holds, the new assembly is there afterwards, what is not ours stays, and nothing outside is touched: in one
// rename, and file by file.
func TestPlantedFolders(t *testing.T) {
	for _, c := range plantedFolders {
		for _, cdk := range []bool{false, true} {
			parent := t.TempDir()
			out := filepath.Join(parent, "out")
			outside := map[string]string{"victim": "victim", "other/file": "other"}
			write(t, parent, outside)
			write(t, out, c.there)
			f, err := Prepare(out, cdk, list)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if cdk != f.inside {
				t.Errorf("%s: the stage is %s", c.name, f.Stage)
			}
			write(t, f.Stage, written)
			if err := f.Put(); err != nil {
				t.Errorf("%s, cdk %v: %v", c.name, cdk, err)
			}
			f.Discard()
			want := maps.Clone(outside)
			for name, text := range written {
				want["out/"+name] = text
			}
			for name, text := range c.stays {
				want["out/"+name] = text
			}
			if got := read(t, parent); !same(got, want) {
				t.Errorf("%s, cdk %v: got %q, expected %q", c.name, cdk, got, want)
			}
		}
	}
}

// refusedFolders cannot be written to. They stay as they are.
var refusedFolders = []struct {
	name  string
	there map[string]string // beside the folder out
	out   string
	want  string
}{
	{"a link", map[string]string{"real/x.lock": "", "out": "-> real"}, "out", "the folder is a link"},
	{"a link with a slash", map[string]string{"real/x.lock": "", "out": "-> real"}, "out/", "the folder is a link"},
	{"a link to nothing", map[string]string{"out": "-> nowhere"}, "out", "the folder is a link"},
	{"a link to a file", map[string]string{"real": "x", "out": "-> real"}, "out", "the folder is a link"},
	{"a link to itself", map[string]string{"out": "-> out"}, "out", "the folder is a link"},
	{"a file", map[string]string{"out": "x"}, "out", "not a directory"},
	{"below a file", map[string]string{"out": "x"}, "out/below/it", "not a directory"},
	{"files of others", map[string]string{"out/letter": "x"}, "out", "no cloud assembly"},
	{"folders of others", map[string]string{"out/folder/letter": "x"}, "out", "no cloud assembly"},
	{"a hidden file", map[string]string{"out/.env": "x"}, "out", "no cloud assembly"},
	{"a manifest that is none", map[string]string{"out/manifest.json": "x"}, "out", "invalid character"},
	{"a manifest that is a folder", map[string]string{"out/manifest.json/x": "x"}, "out", "is a directory"},
	{"a name that is too long", nil, strings.Repeat("x", 300), "file name too long"},
	{"an impossible name", nil, "a\x00b", "invalid argument"},
}

func TestRefusedFolders(t *testing.T) {
	for _, c := range refusedFolders {
		parent := t.TempDir()
		write(t, parent, c.there)
		before := read(t, parent)
		f, err := Prepare(parent+"/"+c.out, false, list)
		if err == nil {
			f.Discard()
			t.Errorf("%s: accepted", c.name)
		} else if !strings.Contains(err.Error(), c.want) || strings.Count(err.Error(), "\n") > 0 {
			t.Errorf("%s: got %v, expected %s", c.name, err, c.want)
		}
		if got := read(t, parent); !same(got, before) {
			t.Errorf("%s: got %q, expected %q", c.name, got, before)
		}
	}
}

// What is discarded leaves nothing, neither a stage nor a folder that was made for it.
func TestDiscard(t *testing.T) {
	for _, there := range []map[string]string{nil, assembly} {
		for _, cdk := range []bool{false, true} {
			parent := t.TempDir()
			out := filepath.Join(parent, "a/b/out")
			if there != nil {
				write(t, out, there)
			}
			f, err := Prepare(out, cdk, list)
			if err != nil {
				t.Fatal(err)
			}
			write(t, f.Stage, map[string]string{"a.json": "half"})
			f.Discard()
			if err := f.Put(); err == nil {
				t.Error("what was discarded was put in place")
			}
			want := map[string]string{}
			for name, text := range there {
				want["a/b/out/"+name] = text
			}
			if got := read(t, parent); !same(got, want) {
				t.Errorf("got %q, expected %q", got, want)
			}
			if _, err := os.Stat(filepath.Join(parent, "a")); there == nil && err == nil {
				t.Error("a folder is left")
			}
		}
	}
}

// moveFaults are entries that cannot be replaced while files are moved one by one: then the folder is no assembly, rather than
// a mixed one.
var moveFaults = []struct {
	name  string
	plant map[string]string
}{
	{"a folder with a template's name", map[string]string{"a.json/x": "x"}},
	{"a folder with the version file's name", map[string]string{"cdk.out/x": "x"}},
	{"a folder with the name of a stack that is gone", map[string]string{"b.json/x": "x"}},
}

func TestMoveFaults(t *testing.T) {
	for _, c := range moveFaults {
		out := filepath.Join(t.TempDir(), "out")
		there := map[string]string{"manifest.json": `["a.json", "b.json"]`}
		maps.Copy(there, c.plant)
		write(t, out, there)
		f, err := Prepare(out, true, list)
		if err != nil {
			t.Fatal(err)
		}
		write(t, f.Stage, written)
		if err := f.Put(); err == nil || !strings.Contains(err.Error(), "the templates cannot be put there") {
			t.Errorf("%s: %v", c.name, err)
		}
		f.Discard()
		got := read(t, out)
		if _, deployable := got[manifest]; deployable {
			t.Errorf("%s: got %q with a manifest", c.name, got)
		}
	}
}

// A folder that the program runs in, or that something is mounted at, is not renamed.
func TestInside(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	write(t, out, assembly)
	write(t, out, map[string]string{"below/x": "theirs"})
	for _, dir := range []string{".", "below"} {
		t.Chdir(filepath.Join(out, dir))
		before, err := os.Stat(out)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Prepare(out, false, list)
		if err != nil || !f.inside {
			t.Fatalf("%v %v", f, err)
		}
		write(t, f.Stage, written)
		if err := f.Put(); err != nil {
			t.Fatal(err)
		}
		after, err := os.Stat(out)
		if err != nil || !os.SameFile(before, after) || read(t, out)["a.json"] != "new a" {
			t.Errorf("from %s: another folder, or another content", dir)
		}
	}
}

// stepFaults are the steps of two renames that fail, by the number of the step, and whether the new folder is in place then.
var stepFaults = []struct {
	fails int
	put   bool
}{{1, false}, {2, false}, {3, true}, {0, true}}

// In two steps, each of which may fail, there is always a whole folder.
func TestTwoSteps(t *testing.T) {
	for _, c := range stepFaults {
		dir := t.TempDir()
		a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
		write(t, a, map[string]string{"x": "new"})
		write(t, b, map[string]string{"x": "old"})
		n := 0
		err := inTwoSteps(a, b, func(from, to string) error {
			if n++; n == c.fails {
				return fs.ErrPermission
			}
			return os.Rename(from, to)
		})
		want := map[bool]string{true: "new", false: "old"}[c.put]
		if got := read(t, b); (err == nil) != (c.fails == 0) || got["x"] != want {
			t.Errorf("step %d fails: %v, got %q, expected %s", c.fails, err, got, want)
		}
	}
}

// The old folder keeps its permissions, and a new one has those of any other.
func TestPermissions(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	write(t, out, assembly)
	if err := os.Chmod(out, 0o750); err != nil {
		t.Fatal(err)
	}
	f, err := Prepare(out, false, list)
	if err != nil {
		t.Fatal(err)
	}
	write(t, f.Stage, written)
	if err := f.Put(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(out)
	if err != nil || info.Mode().Perm() != 0o750 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(filepath.Dir(out))
	if err != nil || len(entries) != 1 {
		t.Errorf("left: %v %v", slices.Collect(maps.Keys(read(t, filepath.Dir(out)))), err)
	}
}

// FuzzPlanted puts an assembly into a folder with a file and a link of any name, whose manifest lists any names: nothing outside is
// touched, and the assembly is there, or the folder is none.
func FuzzPlanted(f *testing.F) {
	for _, c := range plantedFolders {
		f.Add(c.there[manifest], "a.json", "../victim", false)
		f.Add(c.there[manifest], "z", "../other", true)
	}
	f.Fuzz(func(t *testing.T, listed, link, to string, cdk bool) {
		parent := t.TempDir()
		out := filepath.Join(parent, "out")
		outside := map[string]string{"victim": "victim", "other/file": "other"}
		write(t, parent, outside)
		write(t, out, map[string]string{manifest: listed})
		if filepath.Base(link) == link && link != manifest {
			_ = os.Symlink(to, filepath.Join(out, link))
		}
		if folder, err := Prepare(out, cdk, list); err == nil {
			write(t, folder.Stage, written)
			if err := folder.Put(); err == nil && read(t, out)["a.json"] != "new a" {
				t.Error("the new assembly is not there")
			}
			folder.Discard()
		}
		for name, text := range outside {
			if b, err := os.ReadFile(filepath.Join(parent, name)); err != nil || string(b) != text {
				t.Errorf("%s is %q (%v)", name, b, err)
			}
		}
	})
}
