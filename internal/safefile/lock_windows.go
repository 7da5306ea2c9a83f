package safefile

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// Lock keeps other runs of the program from changing a folder's files until unlock is called; it waits for one that does. A
// folder cannot be locked here, so a temporary file stands for it.
func Lock(dir string) (unlock func(), err error) {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	name := filepath.Join(os.TempDir(), fmt.Sprintf("sharedhub-%x.lock", sha256.Sum256([]byte(whole))))
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &windows.Overlapped{}); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
