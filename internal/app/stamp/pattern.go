package stamp

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Files of a stack: their names in the folder of the assembly, and what is in them.
type Files struct {
	// Name of the stack, and the id of its artifact.
	Name string
	// Template, Assets and Metadata.
	Template, Assets, Metadata File
	// Stack and AssetManifest are the entries of manifest.json, as they stand there: `"use1-network": {…}`.
	Stack, AssetManifest []byte
}

// File is one file.
type File struct {
	Name string
	Text []byte
}

// Pattern is a stack in which it is known where each value belongs.
type Pattern struct {
	name, templateFile, assetsFile, metadataFile []part
	template, assets, metadata                   []part
	stack, assetManifest                         []part
	ids                                          map[string][][]part // the paths of logical ids that follow from values
	destination                                  []part
}

// NewPattern finds the values in a stack that was made with them. Its metadata hold the logical ids, which are left out of it.
func NewPattern(made Files, with Values) (*Pattern, error) {
	r := newReader(with)
	p := &Pattern{ids: map[string][][]part{}}
	paths, metadata, err := logicalIDs(made.Metadata.Text)
	if err != nil {
		return nil, err
	}
	if err := p.readIDs(r, paths); err != nil {
		return nil, err
	}
	r.add(sum(made.Template.Text), func(f *filled) string { return f.hash })
	destination, key, err := destinationOf(made.Assets.Text)
	if err != nil {
		return nil, err
	}
	r.add(key, func(f *filled) string { return f.destination })
	var failed error
	texts := func(s string) []part {
		parts, err := r.parse(s)
		failed = errors.Join(failed, err)
		return parts
	}
	file := func(b []byte) []part {
		parts, err := r.json(b)
		failed = errors.Join(failed, err)
		return parts
	}
	p.name, p.templateFile, p.assetsFile = texts(made.Name), texts(made.Template.Name), texts(made.Assets.Name)
	p.metadataFile = texts(made.Metadata.Name)
	p.template, p.assets, p.metadata = file(made.Template.Text), file(made.Assets.Text), file(metadata)
	p.stack, p.assetManifest, p.destination = file(made.Stack), file(made.AssetManifest), file(destination)
	if failed != nil {
		return nil, failed
	}
	return p, nil
}

// Stack makes the stack that has these values.
func (p *Pattern) Stack(v Values) *Files {
	f := &filled{Values: v, ids: make(map[string]string, len(p.ids))}
	for original, path := range p.ids {
		components := make([]string, len(path))
		for i, c := range path {
			components[i] = fill(c, f)
		}
		f.ids[original] = logicalID(components)
	}
	out := &Files{Name: fill(p.name, f), Template: File{fill(p.templateFile, f), fillJSON(p.template, f)}}
	f.hash = sum(out.Template.Text)
	f.destination = destinationKey(fillJSON(p.destination, f))
	out.Assets = File{fill(p.assetsFile, f), fillJSON(p.assets, f)}
	out.Metadata = File{fill(p.metadataFile, f), fillJSON(p.metadata, f)}
	out.Stack, out.AssetManifest = fillJSON(p.stack, f), fillJSON(p.assetManifest, f)
	return out
}

// Matches compares what the pattern makes of values with the stack that the CDK has made of them, but for what that is deployed
// after, which the manifest says.
func (p *Pattern) Matches(made *Files, v Values) error {
	_, metadata, err := logicalIDs(made.Metadata.Text)
	if err != nil {
		return err
	}
	own, want := Entry{Files: p.Stack(v)}, Entry{Files: made}
	ownEntry, err1 := own.after()
	wantEntry, err2 := want.after()
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	for _, c := range []struct {
		what      string
		own, want []byte
	}{
		{"template", own.Template.Text, want.Template.Text}, {"asset manifest", own.Assets.Text, want.Assets.Text},
		{"metadata", own.Metadata.Text, metadata}, {"entry", ownEntry, wantEntry}, {"entry of assets", own.AssetManifest, want.AssetManifest},
	} {
		if i := different(c.own, c.want); i >= 0 {
			from := max(0, i-60)
			return fmt.Errorf("stack %s: the %s has %q, expected %q", made.Name, c.what, c.own[from:min(len(c.own), i+60)],
				c.want[from:min(len(c.want), i+60)])
		}
	}
	return nil
}

// different is where two texts first differ; -1 for nowhere.
func different(a, b []byte) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return -1
}

// readIDs finds the logical ids that follow from values.
func (p *Pattern) readIDs(r *reader, paths map[string]string) error {
	for path, id := range paths {
		var components [][]part
		var names []string
		vary := false
		for name := range strings.SplitSeq(path, "/") {
			parts, err := r.parse(name)
			if err != nil {
				return err
			}
			vary = vary || varies(parts)
			components, names = append(components, parts), append(names, name)
		}
		if !vary {
			continue
		}
		if own := logicalID(names); own != id {
			return fmt.Errorf("the logical id of %s is %s, expected %s", path, id, own)
		}
		p.ids[id] = components
	}
	for id := range p.ids {
		r.add(id, func(f *filled) string { return f.ids[id] })
	}
	return nil
}

// logicalIDs takes the logical ids, by the path of the construct below the stack, out of a stack's metadata.
func logicalIDs(metadata []byte) (paths map[string]string, rest []byte, err error) {
	paths = map[string]string{}
	entries, err := members(metadata)
	if err != nil {
		return nil, nil, err
	}
	var kept []string
	for _, e := range entries {
		var list []json.RawMessage
		if err := json.Unmarshal(e.value, &list); err != nil {
			return nil, nil, err
		}
		var other []string
		for _, raw := range list {
			var m struct{ Type, Data any }
			if err := json.Unmarshal(raw, &m); err != nil {
				return nil, nil, err
			}
			if m.Type != "aws:cdk:logicalId" {
				other = append(other, string(raw))
				continue
			}
			_, below, _ := strings.Cut(strings.TrimPrefix(e.key, "/"), "/")
			paths[below] = fmt.Sprint(m.Data)
		}
		if len(other) > 0 {
			kept = append(kept, fmt.Sprintf("  %s: [\n    %s\n  ]", quote(nil, e.key), strings.Join(other, ",\n    ")))
		}
	}
	return paths, []byte("{\n" + strings.Join(kept, ",\n") + "\n}"), nil
}

// logicalID is the id that the CDK gives the resource at a path below its stack (aws-cdk-lib/core/lib/private/uniqueid.js).
func logicalID(path []string) string {
	path = slices.DeleteFunc(slices.Clone(path), func(c string) bool { return c == "Default" })
	const longest, longestForPeople = 255, 240
	if len(path) == 1 {
		if id := alphanumeric(path[0]); len(id) <= longest {
			return id
		}
	}
	sum := md5.Sum([]byte(strings.Join(path, "/")))
	var human strings.Builder
	before := ""
	for i, c := range path {
		if i > 0 && strings.HasSuffix(before, c) {
			continue
		}
		before = c
		if c != "Resource" {
			human.WriteString(alphanumeric(c))
		}
	}
	text := human.String()
	return text[:min(len(text), longestForPeople)] + strings.ToUpper(hex.EncodeToString(sum[:4]))
}

func alphanumeric(s string) string {
	return strings.Map(func(c rune) rune {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' {
			return c
		}
		return -1
	}, s)
}

// destinationOf finds where the template goes: the one destination of the one file of an asset manifest, and the end of its key,
// which the CDK calculates from it.
func destinationOf(assets []byte) (destination []byte, key string, err error) {
	var m struct {
		Files map[string]struct{ Destinations map[string]json.RawMessage }
	}
	if err := json.Unmarshal(assets, &m); err != nil {
		return nil, "", err
	}
	for _, f := range m.Files {
		for k, d := range f.Destinations {
			var b bytes.Buffer
			if err := json.Compact(&b, d); err != nil {
				return nil, "", err
			}
			destination, key = b.Bytes(), k
		}
		if len(f.Destinations) != 1 {
			return nil, "", fmt.Errorf("a file has %d destinations, expected 1", len(f.Destinations))
		}
	}
	if own := destinationKey(destination); len(m.Files) != 1 || !strings.HasSuffix(key, own) {
		return nil, "", fmt.Errorf("%d files, the last for %s, expected 1 for %s", len(m.Files), key, own)
	} else {
		return destination, own, nil
	}
}

// sum is the hash by which a template is known.
func sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

// destinationKey is the end of a destination's key (aws-cdk-lib/core/lib/stack-synthesizers/asset-manifest-builder.js).
func destinationKey(compact []byte) string {
	return "-" + sum(compact)[:8]
}
