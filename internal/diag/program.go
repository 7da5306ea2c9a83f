package diag

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
)

// Program is the program as it was called, for messages that say what to run: its file's name, or "go run ." where go run
// built it for this one call.
func Program() string { return program }

var program = called(os.Args[0])

func called(as string) string {
	if strings.Contains(filepath.ToSlash(as), "/go-build") {
		return "go run ."
	}
	return shellWord(filepath.Base(as), runtime.GOOS)
}

// Command is a command line of the program, for people to copy.
func Command(words ...string) string { return Program() + " " + Shell(words...) }

// Shell is words as a shell takes them: what it would take apart or replace is quoted.
func Shell(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = shellWord(w, runtime.GOOS)
	}
	return strings.Join(quoted, " ")
}

// bare is true for what no shell changes.
func bare(w string) bool {
	return w != "" && !strings.ContainsFunc(w, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_@%+=:,./-", r)
	})
}

// shellWord quotes a word for a POSIX shell; Windows has two, which both know double quotes.
func shellWord(w, system string) string {
	switch {
	case bare(w), system == "windows" && bare(strings.ReplaceAll(w, `\`, "/")):
		return w
	case system == "windows":
		return `"` + strings.ReplaceAll(w, `"`, `\"`) + `"`
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}
