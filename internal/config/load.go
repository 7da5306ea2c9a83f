package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// files are what was written, beside what was made of it.
type files struct {
	hubs   []*hubFile
	spokes []*spokeFile
}

type hubFile struct {
	*file.File
	in  file.Hub
	hub *Hub
}

type spokeFile struct {
	*file.File
	in    file.Spoke
	spoke *Spoke
}

// Load reads and validates a folder. The configuration is nil when there is any error; warnings may come with either.
func Load(dir string) (*Config, diag.List) {
	l := &loader{dir: dir}
	if info, err := os.Stat(dir); err != nil {
		l.whole(dir, "name the folder with --config DIR, or make one: see examples/", "%s", file.Plain(err))
		return nil, l.diags
	} else if !info.IsDir() {
		l.whole(dir, "name the folder that holds hubs/ and spokes/", "not a folder")
		return nil, l.diags
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		l.whole(dir, "", "%s", file.Plain(err))
		return nil, l.diags
	}
	defer root.Close()
	l.root = root
	r := &resolver{cfg: &Config{Dir: dir}, root: root, diags: &l.diags, policies: map[string]policyFile{}}
	for _, name := range l.names("hubs", maxHubName) {
		h := &hubFile{hub: &Hub{Name: name.stem}}
		var ok bool
		if h.File, ok = file.Read(root, name.path, &h.in, &l.diags); ok {
			r.hubs = append(r.hubs, h)
		}
		l.files = append(l.files, h.File)
		r.hubsBroken = r.hubsBroken || !ok
	}
	for _, name := range l.names("spokes", maxSpokeName) {
		s := &spokeFile{spoke: &Spoke{Name: name.stem}}
		var ok bool
		if s.File, ok = file.Read(root, name.path, &s.in, &l.diags); ok {
			r.spokes = append(r.spokes, s)
		}
		l.files = append(l.files, s.File)
	}
	if len(r.hubs) == 0 && !r.hubsBroken {
		l.whole(filepath.Join(dir, "hubs"), "write "+filepath.Join(dir, "hubs", "<name>.yaml")+": see examples/01-one-spoke", "there is no hub")
	}
	r.run()
	for _, f := range l.files {
		f.More()
	}
	l.diags.Sort()
	if len(l.diags.Errors()) > 0 {
		return nil, l.diags
	}
	return r.cfg, l.diags
}

type loader struct {
	dir   string
	root  *os.Root
	files []*file.File
	diags diag.List
}

func (l *loader) whole(path, fix, format string, args ...any) {
	file.Text(path, nil, &l.diags).ErrorAt(file.Unreadable, 0, fix, format, args...)
}

// fileName is a file's name without its extension, and its path in the configuration's folder.
type fileName struct{ stem, path string }

// nameRule keeps stack names, role names and Name tags within AWS's rules: CloudFormation takes letters, digits and
// dashes, and an IAM role's name has 64 characters, of which "<hub>-spoke-<spoke>-reader" needs 14.
var nameRule = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

const maxHubName, maxSpokeName = 20, 30

// names lists the YAML files of one subfolder, sorted by name.
func (l *loader) names(kind string, limit int) []fileName {
	folder := filepath.Join(l.dir, kind)
	entries, err := file.ReadFolder(l.root, kind)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			l.whole(folder, "", "%s", file.Plain(err))
		}
		return nil
	}
	seen := map[string]string{}
	var out []fileName
	for _, e := range entries {
		name, path := e.Name(), filepath.Join(folder, e.Name())
		ext := filepath.Ext(name)
		stem := strings.TrimSuffix(name, ext)
		switch {
		case strings.HasPrefix(name, "."):
		case e.IsDir():
			l.whole(path, "move its files up", "a folder, and files lie directly in %s/", kind)
		case ext != ".yaml" && ext != ".yml":
			l.skipOrSuggest(path, ext)
		case seen[stem] != "":
			l.whole(path, "keep one of them", "two files name %q; the other is %s", stem, seen[stem])
		case !nameRule.MatchString(stem) || len(stem) > limit:
			l.whole(path, fmt.Sprintf("rename the file: a letter, then lower-case letters, digits and single dashes, %d characters at most", limit),
				"%q cannot be a name in AWS", stem)
		default:
			seen[stem] = path
			out = append(out, fileName{stem, filepath.Join(kind, name)})
		}
	}
	return out
}

// skipOrSuggest leaves notes and data beside the YAML files alone, but not what is most likely a misnamed file.
func (l *loader) skipOrSuggest(path, ext string) {
	if strings.EqualFold(ext, ".yaml") || strings.EqualFold(ext, ".yml") || ext == ".json" || ext == "" {
		l.whole(path, "rename it to <name>.yaml, or move it elsewhere", "not a .yaml file, so it would be ignored")
	}
}
