package assembly

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"sharedhub/internal/safefile"
)

// Listing is a stack as the manifest lists it. Nothing of its template is resolved.
type Listing struct {
	Name, Account, Region string
	// After are the names of the stacks that are deployed before it.
	After []string
	// Digest of its template and of what the manifest says of it, such as its tags and whether it is protected: equal where a
	// deployment would change nothing.
	Digest string
	// Template is the file of its template, by its name in the folder.
	Template string
}

// List lists the stacks of an assembly of this program, by name. It takes milliseconds where Read takes seconds.
func List(dir string) ([]Listing, error) {
	r, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	defer r.root.Close()
	file := filepath.Join(dir, "manifest.json")
	var m manifest
	var raw struct {
		Artifacts map[string]struct {
			Properties json.RawMessage `json:"properties"`
		} `json:"artifacts"`
	}
	if err := r.json(file, &m); err != nil {
		return nil, noAssembly(dir, err)
	}
	if err := m.checkVersion(file); err != nil {
		return nil, err
	}
	if err := r.json(file, &raw); err != nil {
		return nil, noAssembly(dir, err)
	}
	names := map[string]string{} // of stacks, by the artifact's id
	for id, a := range m.Artifacts {
		if a.Type == "aws:cloudformation:stack" {
			names[id] = a.Properties.StackName
			if names[id] == "" {
				names[id] = id
			}
		}
	}
	var out []Listing
	for id, name := range names {
		a := m.Artifacts[id]
		text, err := safefile.Read(r.root, a.Properties.TemplateFile, maxFile)
		if err != nil {
			return nil, fmt.Errorf("stack %s: %w", name, safefile.Reason(err))
		}
		l := Listing{Name: name, Template: a.Properties.TemplateFile}
		if env := strings.Split(strings.TrimPrefix(a.Environment, "aws://"), "/"); len(env) == 2 {
			l.Account, l.Region = known(env[0]), known(env[1])
		}
		for _, d := range a.Dependencies {
			if first, ok := names[d]; ok {
				l.After = append(l.After, first)
			}
		}
		slices.Sort(l.After)
		sum := sha256.New()
		fmt.Fprintf(sum, "%s\n%s\n", a.Environment, compact(raw.Artifacts[id].Properties))
		sum.Write(text)
		l.Digest = hex.EncodeToString(sum.Sum(nil))
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b Listing) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// compact is JSON without its layout.
func compact(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return string(raw)
	}
	b, _ := json.Marshal(v)
	return string(b)
}
