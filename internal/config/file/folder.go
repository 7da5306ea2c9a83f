package file

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// errNotRegular is for what is no file: opening a pipe or a device may wait for ever, and reading it may never end.
var errNotRegular = errors.New("not a regular file")

// ReadLimited reads a regular file of at most 1 MB in the configuration's folder. A link may lead to another place in the
// folder, but not out of it: what stands elsewhere is none of a configuration's business, and messages quote it.
func ReadLimited(root *os.Root, name string) ([]byte, error) {
	name = filepath.FromSlash(name)
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
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
		return nil, errNotRegular
	}
	if info.Size() > MaxSize {
		return nil, fmt.Errorf("the file has %d bytes; a configuration file has at most %d", info.Size(), MaxSize)
	}
	b, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err == nil && len(b) > MaxSize {
		err = fmt.Errorf("the file grows; a configuration file has at most %d bytes", MaxSize)
	}
	return b, err
}

// open does not wait for the other end of a pipe.
func open(root *os.Root, name string) (*os.File, error) {
	return root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// ReadFolder lists a folder in the configuration's folder, sorted by name.
func ReadFolder(root *os.Root, name string) ([]fs.DirEntry, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, errors.New("not a folder")
	}
	return fs.ReadDir(root.FS(), filepath.ToSlash(name))
}

// Plain takes the operation and path off a file error: the diagnostic names the file already.
func Plain(err error) string {
	var pe *os.PathError
	switch {
	case !errors.As(err, &pe):
		return err.Error()
	case pe.Err.Error() == escapes:
		return "a link that leads out of the folder"
	}
	return "cannot be read: " + pe.Err.Error()
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
