package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"sharedhub/internal/safefile"
)

// ReadLimited reads a file of the configuration's folder.
func ReadLimited(root *os.Root, name string) ([]byte, error) {
	return safefile.Read(root, name, MaxSize)
}

// ReadListed is ReadLimited of a name that ReadFolder has as a regular file, in that folder.
func ReadListed(folder *os.Root, name string) ([]byte, error) {
	return safefile.ReadListed(folder, name, MaxSize)
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
