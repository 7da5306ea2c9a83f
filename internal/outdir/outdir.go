// Package outdir puts a cloud assembly into the folder that is deployed, whole or not at all. It is written to a stage first, a
// new folder beside it, and takes the place of the old one in one rename. Where that cannot be, because the CDK CLI holds its
// locks in the folder, or the folder is a mount point or one that somebody works in, the files are moved one by one, and
// manifest.json, without which a folder is no assembly, goes first and comes last.
//
// What the folder holds is not trusted: a repository may bring its own cdk.out. Nothing in it is written through or followed, and
// only files that its manifest lists are removed, as entries of the folder; the rest is carried over.
package outdir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"sharedhub/internal/safefile"
)

// Folder is a folder to put an assembly into.
type Folder struct {
	// Stage is where to write the assembly.
	Stage string

	out, path string   // as it was named, and absolute
	exists    bool     // the folder was there
	inside    bool     // the stage is in the folder
	parents   []string // made for it, the outermost first
	ours      map[string]bool

	mutex sync.Mutex // Discard may be called while Put is at work
	done  bool
}

const manifest = "manifest.json"

// alwaysOurs are the files of an assembly that its manifest does not list. A report of an earlier validation would be read by
// the CDK CLI as this one's.
var alwaysOurs = []string{manifest, "cdk.out", "tree.json", "validation-report.json"}

// Prepare makes a stage for a folder. list says which files belong to an assembly that the folder holds; it is asked only where
// there is a manifest. With cdk, the folder is the CDK CLI's, which has put files of its own there.
func Prepare(out string, cdk bool, list func(dir string) ([]string, error)) (*Folder, error) {
	path, err := filepath.Abs(out)
	if err != nil {
		return nil, cannot(out, err)
	}
	f := &Folder{out: out, path: path}
	switch info, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, cannot(out, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, fmt.Errorf("%s: the folder is a link, which may lead anywhere; name with --out the folder that it leads to", out)
	case !info.IsDir():
		return nil, cannot(out, errors.New("not a directory"))
	default:
		f.exists = true
		if f.ours, err = oursIn(out, cdk, list); err != nil {
			return nil, err
		}
	}
	f.inside = f.exists && (cdk || workedIn(path))
	if err := f.makeStage(); err != nil {
		f.Discard()
		return nil, cannot(out, err)
	}
	return f, nil
}

// cannot says why a folder cannot be made; the reason names the folder, or a parent of it, again.
func cannot(out string, err error) error {
	return fmt.Errorf("%s: the folder cannot be made: %w; name another with --out", out, safefile.Reason(err))
}

// oursIn are the names in a folder that an assembly there may have written. A folder that holds something else is refused.
func oursIn(out string, cdk bool, list func(string) ([]string, error)) (map[string]bool, error) {
	ours := map[string]bool{}
	for _, name := range alwaysOurs {
		ours[name] = true
	}
	_, err := os.Lstat(filepath.Join(out, manifest))
	if err == nil {
		files, err := list(out)
		for _, name := range files {
			ours[name] = true
		}
		return ours, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	entries, err := os.ReadDir(out)
	foreign := func(e fs.DirEntry) bool { return !strings.HasSuffix(e.Name(), ".lock") }
	if err == nil && slices.ContainsFunc(entries, foreign) && !cdk {
		return nil, fmt.Errorf("%s: the folder holds files that are no cloud assembly; name an empty one with --out", out)
	}
	return ours, err
}

// workedIn is true for the folder that the program runs in, and those above it: who stands there would stand in the old one.
func workedIn(path string) bool {
	here, err := os.Getwd()
	if err != nil {
		return true
	}
	rel, err := filepath.Rel(path, here)
	return err == nil && filepath.IsLocal(rel)
}

func (f *Folder) makeStage() error {
	if !f.exists {
		if err := f.makeParents(); err != nil {
			return err
		}
	}
	if !f.inside {
		err := f.newStage(filepath.Dir(f.path), "."+filepath.Base(f.path))
		if err == nil || !f.exists {
			return err
		}
		f.inside = true // nothing can be made beside it
	}
	return f.newStage(f.path, ".new")
}

// makeParents makes the folders above, and remembers which are new.
func (f *Folder) makeParents() error {
	var missing []string
	for dir := filepath.Dir(f.path); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		missing = append(missing, dir)
	}
	slices.Reverse(missing)
	for _, dir := range missing {
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		f.parents = append(f.parents, dir)
	}
	return nil
}

func (f *Folder) newStage(dir, name string) error {
	var err error
	for i := range 100 {
		stage := filepath.Join(dir, fmt.Sprintf("%s.%d-%d", name, os.Getpid(), i))
		if err = os.Mkdir(stage, 0o755); err == nil {
			f.Stage = stage
			return nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return err
}

// Discard removes the stage with what it holds, and the folders above that were made for it. After Put there is nothing left to
// do.
func (f *Folder) Discard() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if !f.done {
		f.discard()
	}
}

func (f *Folder) discard() {
	f.done = true
	if f.Stage != "" {
		_ = os.RemoveAll(f.Stage)
	}
	for _, dir := range slices.Backward(f.parents) {
		_ = os.Remove(dir) // which fails where something was written
	}
}

// Put puts what the stage holds in the folder's place.
func (f *Folder) Put() error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.done {
		return fmt.Errorf("%s: the templates were discarded", f.out)
	}
	if err := f.put(); err != nil {
		return fmt.Errorf("%s: the templates cannot be put there: %w; name another with --out", f.out, safefile.Reason(err))
	}
	return nil
}

func (f *Folder) put() error {
	switch {
	case !f.exists:
		return os.Rename(f.Stage, f.path)
	case f.inside:
		return f.move()
	}
	if info, err := os.Stat(f.path); err == nil {
		_ = os.Chmod(f.Stage, info.Mode().Perm())
	}
	if err := exchange(f.Stage, f.path); err != nil {
		return f.move() // a mount point, or a file system without such a rename
	}
	return f.carryOver()
}

// carryOver moves what is not ours from the old folder, which is where the stage was, to the new one.
func (f *Folder) carryOver() error {
	entries, err := os.ReadDir(f.Stage)
	if err != nil {
		return err
	}
	for _, e := range entries {
		to := filepath.Join(f.path, e.Name())
		if _, err := os.Lstat(to); f.ours[e.Name()] || err == nil {
			continue
		}
		if err := os.Rename(filepath.Join(f.Stage, e.Name()), to); err != nil {
			f.done = true // keep it
			return fmt.Errorf("%s was not moved from %s: %w", e.Name(), f.Stage, safefile.Reason(err))
		}
	}
	f.discard()
	return nil
}

// move replaces the files one by one. Between its first step and its last the folder is no assembly.
func (f *Folder) move() error {
	if err := f.takeAway(manifest); err != nil {
		return err
	}
	old, err := os.ReadDir(f.path)
	if err != nil {
		return err
	}
	for _, e := range old {
		if f.ours[e.Name()] {
			if err := f.takeAway(e.Name()); err != nil {
				return err
			}
		}
	}
	written, err := os.ReadDir(f.Stage)
	if err != nil {
		return err
	}
	slices.SortStableFunc(written, func(a, b fs.DirEntry) int { return last(a) - last(b) })
	for _, e := range written {
		if err := replace(filepath.Join(f.Stage, e.Name()), filepath.Join(f.path, e.Name())); err != nil {
			return err
		}
	}
	f.discard()
	return nil
}

func last(e fs.DirEntry) int {
	if e.Name() == manifest {
		return 1
	}
	return 0
}

// takeAway removes an entry of the folder, unless it is a folder that holds something.
func (f *Folder) takeAway(name string) error {
	if err := os.Remove(filepath.Join(f.path, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// replace moves a file, to another file system too, and never through a link.
func replace(from, to string) error {
	err := os.Rename(from, to)
	if err == nil || !crosses(err) {
		return err
	}
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(to), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(b)
	if err = errors.Join(err, temp.Chmod(0o644), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), to)
}

// inTwoSteps lets two folders change places by way of a third name, or leaves both as they were.
func inTwoSteps(a, b string, rename func(from, to string) error) error {
	old := a + ".old"
	if err := rename(b, old); err != nil {
		return err
	}
	if err := rename(a, b); err != nil {
		return errors.Join(err, rename(old, b))
	}
	return rename(old, a)
}
