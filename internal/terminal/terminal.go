// Package terminal says whether a person sees what is printed, or types what is read.
package terminal

import (
	"os"

	"github.com/mattn/go-isatty"
)

// Is is true for a terminal.
func Is(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}

// Colours is true where colours are seen and wanted: on a terminal, unless NO_COLOR (https://no-color.org) or TERM says otherwise.
func Colours(stream any) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && Is(stream)
}
