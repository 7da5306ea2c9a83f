// Package safefile reads files that others have put there: within a folder, regular files only, and to a limit. It writes files
// whole or not at all.
package safefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
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
	return ReadListed(root, name, most)
}

// ReadListed is Read of a name that a listing of the folder has as a regular file, which spares a look before it is opened.
func ReadListed(root *os.Root, name string, most int64) ([]byte, error) {
	f, err := open(root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil { // again: it may be another by now
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	if info.Size() > most {
		return nil, fmt.Errorf("the file has %d bytes; at most %d are possible", info.Size(), most)
	}
	b := make([]byte, 0, info.Size()+1) // one more, so that the end is met without growing
	for {
		n, err := f.Read(b[len(b):cap(b)])
		switch b = b[:len(b)+n]; {
		case errors.Is(err, io.EOF):
			return b, nil
		case err != nil:
			return nil, err
		case int64(len(b)) > most: // it grew
			return nil, tooLarge(most)
		case len(b) == cap(b):
			b = append(b, 0)[:len(b)]
		}
	}
}

// Limited reads to the end of what has one at most so many bytes away.
func Limited(r io.Reader, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(b)) > most {
		err = tooLarge(most)
	}
	return b, err
}

func tooLarge(most int64) error {
	return fmt.Errorf("more than %d bytes; at most so many are possible", most)
}

// ErrLink is for a link in the place of a file: replacing it would leave the file that it names as it was.
var ErrLink = errors.New("a link; edit the file that it names")

// Replace writes a file of a folder whole or not at all, in place of the one that may be there, whose mode it keeps. No link leads it
// out of the folder, which is made where there is none.
func Replace(dir, name string, b []byte) error { return ReplaceAs(dir, name, b, 0o644) }

// ReplaceAs is Replace with the mode of a file that is not there yet.
func ReplaceAs(dir, name string, b []byte, mode fs.FileMode) error {
	return write(dir, name, b, mode, func(root *os.Root, temp, name string) error { return root.Rename(temp, name) })
}

// Create is Replace of a file that is not there; with one it fails with fs.ErrExist.
func Create(dir, name string, b []byte) error {
	return write(dir, name, b, 0o644, func(root *os.Root, temp, name string) error {
		err := root.Link(temp, name)
		if err == nil || errors.Is(err, fs.ErrExist) {
			return err
		}
		if _, err := root.Lstat(name); err == nil { // a file system without links
			return fs.ErrExist
		}
		return root.Rename(temp, name)
	})
}

// TempSuffix ends the names of files that are being written. What has it for long was left behind by a program that was killed.
const TempSuffix = ".new"

func write(dir, name string, b []byte, mode fs.FileMode, place func(root *os.Root, temp, name string) error) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	if info, err := root.Lstat(name); err == nil {
		if info.Mode()&fs.ModeSymlink != 0 {
			return ErrLink
		}
		mode = info.Mode().Perm()
	}
	temp := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%x%s", filepath.Base(name), rand.Uint64(), TempSuffix))
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() { _ = root.Remove(temp) }()
	_, err = f.Write(b)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return place(root, temp, name)
}

// Plain is what an error of reading means, without its operation and its path, which the message names already.
func Plain(err error) string { return plain("read", err) }

// NotWritten is Plain of an error of writing.
func NotWritten(err error) string { return plain("written", err) }

func plain(done string, err error) string {
	reason := Reason(err)
	switch {
	case reason.Error() == err.Error():
		return err.Error()
	case reason.Error() == escapes:
		return "a link that leads out of the folder"
	}
	return "cannot be " + done + ": " + reason.Error()
}

// Reason is what the system said, without the operation and the paths.
func Reason(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	if link := (*os.LinkError)(nil); errors.As(err, &link) {
		return link.Err
	}
	if program := (*exec.Error)(nil); errors.As(err, &program) {
		return program.Err
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
