package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
	"sharedhub/internal/safefile"
)

// files are what was written, beside what was made of it.
type files struct {
	hubs     []*hubFile
	spokes   []*spokeFile
	services []*publishedFile
	// partHubs and partSpokes could be decoded in part only: what they say is checked, and nothing follows from it.
	partHubs   []*hubFile
	partSpokes []*spokeFile
}

type hubFile struct {
	*file.File
	in  file.Hub
	hub *Hub
	// given is where each service is given, by name.
	given map[string]*file.Endpoint
	// endpointsAZs are the AZs of endpoints.zones.
	endpointsAZs []AZ
	// folder names the configuration's folder to a command, " --config net"; "" for the one that commands read by themselves.
	folder string
}

// folderFlag is how a command is told the folder.
func folderFlag(named string) string {
	if named == "" || filepath.Clean(named) == "config" {
		return ""
	}
	return " --config " + diag.Shell(named)
}

// Command is a command line of the program, of this configuration, for people to copy.
func (c *Config) Command(words ...string) string { return diag.Command(words...) + folderFlag(c.named) }

// refresh is the command that asks the user's account for a region's services.
func (h *hubFile) refresh(region string) string {
	return "catalog refresh --region " + region + h.folder
}

type spokeFile struct {
	*file.File
	in    file.Spoke
	spoke *Spoke
	// put is true for what PutSpoke brought: where it does not go together with another file, the mistake is its own.
	put bool
}

// Load reads and validates a folder. The configuration is nil when there is any error; warnings may come with either.
func Load(dir string) (*Config, diag.List) {
	w := Open(dir)
	defer w.Close()
	return w.Config()
}

// LoadCopy is Load of a copy of a folder. Whatever is said of its files names those of the folder.
func LoadCopy(dir, of string) (*Config, diag.List) {
	w := openAs(dir, of)
	defer w.Close()
	return w.Config()
}

type loader struct {
	// dir is where the files are, and named what messages call it.
	dir, named string
	root       *os.Root
	diags      diag.List
	// misspelt are the subfolders that another one was most likely meant to be.
	misspelt map[string]bool
}

func (l *loader) whole(path, fix, format string, args ...any) {
	file.Text(path, nil, &l.diags).ErrorAt(file.Unreadable, 0, fix, format, args...)
}

// fileName is a file's name without its extension, and its path in the configuration's folder; regular is true where the listing of its
// folder says so.
type fileName struct {
	stem, path string
	regular    bool
}

// nameRule keeps stack names, role names and Name tags within AWS's rules: CloudFormation takes letters, digits and
// dashes, and an IAM role's name has 64 characters, of which "<hub>-spoke-<spoke>-reader" needs 14.
var nameRule = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

const maxHubName, maxSpokeName = 20, 30

// names lists the YAML files of one subfolder, sorted by name.
func (l *loader) names(kind string, limit int) []fileName {
	folder := filepath.Join(l.named, kind)
	entries, err := file.ReadFolder(l.root, kind)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			l.whole(folder, "", "%s", safefile.Plain(err))
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
			out = append(out, fileName{stem, filepath.Join(kind, name), e.Type().IsRegular()})
		}
	}
	return out
}

func (l *loader) warn(path, fix, format string, args ...any) {
	file.Text(path, nil, &l.diags).WarnAt(file.Unreadable, 0, fix, format, args...)
}

// noHub says where a hub's file is expected, and whether the folder named is a part of the one that is meant.
func (l *loader) noHub() {
	fix := "write " + filepath.Join(l.named, "hubs", "<name>.yaml") + ": see " + file.Example
	if l.isPart() {
		fix = "did you mean --config " + filepath.Dir(filepath.Clean(l.named)) + "?"
	}
	l.whole(filepath.Join(l.named, "hubs"), fix, "there is no hub")
}

// isPart is true where the folder is one of those that a configuration holds.
func (l *loader) isPart() bool {
	whole, err := filepath.Abs(l.dir)
	return err == nil && slices.Contains([]string{"hubs", "spokes", "services"}, filepath.Base(whole)) && !l.exists("hubs")
}

func (l *loader) exists(name string) bool {
	_, err := l.root.Stat(name)
	return err == nil
}

// subfolders are the folders of a configuration.
var subfolders = []string{"hubs", "spokes", "services", "policies", "catalog"}

// aboutNetwork finds the keys that only files of hubs and spokes have.
var aboutNetwork = regexp.MustCompile(`(?m)^(hub|segment|segments|endpoints|pools|provider)[ \t]*:`)

// unseen warns of what looks like a part of the configuration and is none: a folder whose name is nearly right, and files of
// hubs and spokes elsewhere. Whatever else stands there is the user's.
func (l *loader) unseen() {
	entries, err := file.ReadFolder(l.root, ".")
	if err != nil {
		return
	}
	for _, e := range entries {
		name, path := e.Name(), filepath.Join(l.named, e.Name())
		switch {
		case strings.HasPrefix(name, ".") || slices.Contains(subfolders, name):
		case !e.IsDir():
			if l.looksLikeOurs(name) {
				l.warn(path, "move it to "+filepath.Join(l.named, "hubs")+" or "+filepath.Join(l.named, "spokes"),
					"the file is not read: hubs and spokes are in folders of their own")
			}
		default:
			inside, err := file.ReadFolder(l.root, name)
			near := diag.Suggest(name, subfolders)
			if strings.EqualFold(strings.Join(near, ""), name) || err == nil && slices.ContainsFunc(inside, func(f fs.DirEntry) bool {
				return l.looksLikeOurs(filepath.Join(name, f.Name()))
			}) {
				fix := cmp.Or(diag.DidYouMean(name, subfolders),
					"move its files to "+filepath.Join(l.named, "hubs")+" or "+filepath.Join(l.named, "spokes"))
				report := l.warn
				if meant := append(near, "spokes")[0]; slices.Contains(subfolders[:3], meant) && !l.exists(meant) {
					report, l.misspelt[meant] = l.whole, true // what was deployed from it would stay behind
				}
				report(path, fix, "the folder is not read: hubs are in hubs/, spokes in spokes/, their services in services/")
			}
		}
	}
}

// looksLikeOurs is true for a YAML file that begins like a hub's or a spoke's.
func (l *loader) looksLikeOurs(name string) bool {
	if ext := strings.ToLower(filepath.Ext(name)); ext != ".yaml" && ext != ".yml" {
		return false
	}
	b, err := file.ReadLimited(l.root, name)
	return err == nil && aboutNetwork.Match(b)
}

// skipOrSuggest leaves notes and data beside the YAML files alone, but not what is most likely a misnamed file.
func (l *loader) skipOrSuggest(path, ext string) {
	rest := strings.ToLower(filepath.Ext(strings.TrimSuffix(path, ext))) // payments.yaml.txt
	if rest == ".yaml" || rest == ".yml" || strings.EqualFold(ext, ".yaml") || strings.EqualFold(ext, ".yml") || ext == ".json" || ext == "" {
		l.whole(path, "rename it to <name>.yaml, or move it elsewhere", "not a .yaml file, so it would be ignored")
	}
}
