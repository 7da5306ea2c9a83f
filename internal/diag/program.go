package diag

import (
	"os"
	"path/filepath"
	"strings"
)

// Program is the program as it was called, for messages that say what to run: its file's name, or "go run ." where go run
// built it for this one call.
func Program() string { return program }

var program = called(os.Args[0])

func called(as string) string {
	if strings.Contains(filepath.ToSlash(as), "/go-build") {
		return "go run ."
	}
	return filepath.Base(as)
}
