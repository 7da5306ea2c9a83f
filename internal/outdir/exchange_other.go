//go:build !linux

package outdir

import "os"

// exchange lets two folders change places. Between the two steps there is no folder b.
func exchange(a, b string) error { return inTwoSteps(a, b, os.Rename) }
