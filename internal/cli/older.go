package cli

import (
	"os"
	"path/filepath"
	"time"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
)

// atOnce is how far apart the times of files may be that one copy or checkout has written.
const atOnce = 2 * time.Second

// sayOlder warns of an assembly that is at hand and older than a file of the configuration: it may be that of the configuration
// before.
func (p *program) sayOlder(cfg *config.Config, in, fix string) {
	made, err := os.Stat(filepath.Join(in, "manifest.json"))
	if err != nil {
		return // reading it says so
	}
	file, changed := cfg.Newest()
	if changed.Sub(made.ModTime()) <= atOnce {
		return
	}
	p.say(diag.List{{Severity: diag.Warning, Where: diag.Position{File: file},
		Summary: in + " is older than this file, and may be of the configuration before a change",
		Fix:     fix}})
}
