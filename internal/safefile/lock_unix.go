//go:build unix

package safefile

import (
	"os"

	"golang.org/x/sys/unix"
)

// Lock keeps other runs of the program from changing a folder's files until unlock is called; it waits for one that does.
func Lock(dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		f.Close()
		return func() {}, nil // a file system without locks
	}
	return func() { f.Close() }, nil
}
