//go:build unix

package cached

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// private is true for a folder that nobody else may write to.
func private(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid() && info.Mode().Perm()&0o022 == 0
}

// identity tells a file from another of the same path, size and time.
func identity(info fs.FileInfo) string {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return fmt.Sprint(stat.Dev, stat.Ino, changed(stat))
}
