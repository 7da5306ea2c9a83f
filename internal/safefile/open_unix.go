//go:build unix

package safefile

import (
	"os"
	"syscall"
)

// open does not wait for the other end of a pipe.
func open(root *os.Root, name string) (*os.File, error) {
	return root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}
