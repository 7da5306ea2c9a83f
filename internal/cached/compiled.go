package cached

import (
	"os"
	"path/filepath"
	"time"
)

// CompiledVariable of the environment names another file than that in the folder, as the repository's CI does, which has none.
const CompiledVariable = "SHAREDHUB_COMPILED"

// Compiled is the file for what this program's Node.js has compiled; "" where there is no folder for it.
func Compiled() string {
	if file := os.Getenv(CompiledVariable); file != "" {
		return file
	}
	s := open(os.Getenv(Variable))
	if s == nil {
		return ""
	}
	program, err := s.program()
	if err != nil {
		return ""
	}
	file := filepath.Join(s.dir, program+compiledSuffix)
	now := time.Now()
	_ = os.Chtimes(file, now, now) // it is used
	return file
}
