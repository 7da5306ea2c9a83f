// Package safefile reads files that others have put there: within a folder, regular files only, and to a limit.
package safefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrNotRegular is for what is no file: opening a pipe or a device may wait for ever, and reading it may never end.
var ErrNotRegular = errors.New("not a regular file")

// Read reads a regular file of at most so many bytes in a folder. A link may lead to another place in the folder, but not out
// of it: what stands elsewhere is nobody's business here, and messages quote it.
func Read(root *os.Root, name string, most int64) ([]byte, error) {
	name = filepath.FromSlash(name)
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	f, err := open(root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil { // again: it may be another by now
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	if info.Size() > most {
		return nil, fmt.Errorf("the file has %d bytes; at most %d are possible", info.Size(), most)
	}
	return Limited(f, most)
}

// Limited reads to the end of what has one at most so many bytes away.
func Limited(r io.Reader, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("more than %d bytes; at most so many are possible", most)
	}
	return b, err
}

// Plain is what a file error means, without its operation and its path, which the message names already.
func Plain(err error) string {
	reason := Reason(err)
	switch {
	case reason.Error() == err.Error():
		return err.Error()
	case reason.Error() == escapes:
		return "a link that leads out of the folder"
	}
	return "cannot be read: " + reason.Error()
}

// Reason is what the system said, without the operation and the paths.
func Reason(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	if link := (*os.LinkError)(nil); errors.As(err, &link) {
		return link.Err
	}
	return err
}

// NoTemp says what to do where no temporary folder can be made.
func NoTemp(err error) error {
	return fmt.Errorf("no temporary folder can be made in %s: %w; name another with TMPDIR", os.TempDir(), Reason(err))
}

// escapes is what os.Root says of a path that leaves it; the error itself has no public name.
var escapes = func() string {
	root, err := os.OpenRoot(string(filepath.Separator))
	if err != nil {
		return ""
	}
	defer root.Close()
	var pe *os.PathError
	if _, err := root.Stat(".."); errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return ""
}()
