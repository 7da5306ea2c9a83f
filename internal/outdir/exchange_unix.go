//go:build unix

package outdir

import (
	"errors"
	"syscall"
)

func crosses(err error) bool { return errors.Is(err, syscall.EXDEV) }
