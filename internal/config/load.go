package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sharedhub/internal/diag"
)

// Load reads and validates a folder. The configuration is nil when there is any error; warnings may come with either.
func Load(dir string) (*Config, diag.List) {
	l := &loader{dir: dir}
	if info, err := os.Stat(dir); err != nil {
		l.whole(dir, plain(err), "name the folder with --config DIR, or make one: see examples/")
		return nil, l.diags
	} else if !info.IsDir() {
		l.whole(dir, "not a folder", "name the folder that holds hubs/ and spokes/")
		return nil, l.diags
	}
	cfg := &Config{Dir: dir}
	broken := false // a spoke whose hub's file cannot be read is not to be blamed for naming it
	for _, name := range l.names("hubs") {
		h := &Hub{Name: name.stem}
		f, ok := readFile(name.path, name.shown, h, &l.diags)
		if h.File = f; ok {
			cfg.Hubs = append(cfg.Hubs, h)
		}
		broken = broken || !ok
	}
	for _, name := range l.names("spokes") {
		s := &Spoke{Name: name.stem}
		f, ok := readFile(name.path, name.shown, s, &l.diags)
		if s.File = f; ok {
			cfg.Spokes = append(cfg.Spokes, s)
		}
	}
	if len(cfg.Hubs) == 0 && !broken {
		l.whole(filepath.Join(dir, "hubs"), "there is no hub", "write "+filepath.Join(dir, "hubs", "<name>.yaml")+": see examples/01-one-spoke")
	}
	(&validator{cfg: cfg, hubsBroken: broken, policies: map[string]policyFile{}}).run()
	l.diags.Sort()
	if len(l.diags.Errors()) > 0 {
		return nil, l.diags
	}
	return cfg, l.diags
}

type loader struct {
	dir   string
	diags diag.List
}

func (l *loader) whole(path, summary, fix string) {
	l.diags = append(l.diags, diag.Diagnostic{Severity: diag.Error, Where: diag.Position{File: path}, Summary: summary, Fix: fix})
}

type fileName struct{ stem, path, shown string }

// nameRule keeps stack names, role names and Name tags within AWS's rules: CloudFormation takes letters, digits and
// dashes, and an IAM role's name has 64 characters, of which "<hub>-spoke-<spoke>-reader" needs 14.
var nameRule = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

const maxHubName, maxSpokeName = 20, 30

// wordRule is for names that become part of logical ids, which hold letters and digits only: no digit may follow a dash,
// or a-1 and a1 would be one.
var wordRule = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$`)

// names lists the YAML files of one subfolder, sorted by name.
func (l *loader) names(kind string) []fileName {
	folder := filepath.Join(l.dir, kind)
	entries, err := os.ReadDir(folder)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			l.whole(folder, plain(err), "")
		}
		return nil
	}
	limit := map[string]int{"hubs": maxHubName, "spokes": maxSpokeName}[kind]
	seen := map[string]string{}
	var out []fileName
	for _, e := range entries {
		name, shown := e.Name(), filepath.Join(folder, e.Name())
		ext := filepath.Ext(name)
		stem := strings.TrimSuffix(name, ext)
		switch {
		case strings.HasPrefix(name, "."):
		case e.IsDir():
			l.whole(shown, "a folder, and files lie directly in "+kind+"/", "move its files up")
		case ext != ".yaml" && ext != ".yml":
			l.skipOrSuggest(shown, ext)
		case seen[stem] != "":
			l.whole(shown, fmt.Sprintf("two files name %q; the other is %s", stem, seen[stem]), "keep one of them")
		case !nameRule.MatchString(stem) || len(stem) > limit:
			l.whole(shown, fmt.Sprintf("%q cannot be a name in AWS", stem),
				fmt.Sprintf("rename the file: a letter, then lower-case letters, digits and single dashes, %d characters at most", limit))
		default:
			seen[stem] = shown
			out = append(out, fileName{stem, shown, shown})
		}
	}
	return out
}

// skipOrSuggest leaves notes and data beside the YAML files alone, but not what is most likely a misnamed file.
func (l *loader) skipOrSuggest(shown, ext string) {
	if strings.EqualFold(ext, ".yaml") || strings.EqualFold(ext, ".yml") || ext == ".json" || ext == "" {
		l.whole(shown, "not a .yaml file, so it would be ignored", "rename it to <name>.yaml, or move it elsewhere")
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
