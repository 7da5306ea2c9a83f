package stamp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Assembly is a cloud assembly that the CDK has written, as the texts that it is made of.
type Assembly struct {
	dir string
	// manifest.json before and after its artifacts, and the artifacts that belong to no stack.
	before, after []byte
	others        []member
	artifacts     map[string]member
}

const assetsSuffix = ".assets"

// Read reads the assembly in a folder.
func Read(dir string) (*Assembly, error) {
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return nil, err
	}
	top, err := members(text)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(top, func(m member) bool { return m.key == "artifacts" })
	if i < 0 {
		return nil, fmt.Errorf("%s: manifest.json lists no artifacts", dir)
	}
	at := bytes.Index(text, top[i].text)
	a := &Assembly{dir: dir, before: text[:at], after: text[at+len(top[i].text):], artifacts: map[string]member{}}
	list, err := members(top[i].value)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		a.artifacts[m.key] = m
	}
	for _, m := range list {
		var artifact struct{ Type string }
		if err := json.Unmarshal(m.value, &artifact); err != nil {
			return nil, err
		}
		_, ofStack := a.artifacts[strings.TrimSuffix(m.key, assetsSuffix)]
		if artifact.Type != "aws:cloudformation:stack" && !(artifact.Type == "cdk:asset-manifest" && ofStack) {
			a.others = append(a.others, m)
		}
	}
	return a, nil
}

// Stack is what the assembly holds of one stack.
func (a *Assembly) Stack(name string) (*Files, error) {
	stack, assets := a.artifacts[name], a.artifacts[name+assetsSuffix]
	var artifact struct {
		Properties struct{ TemplateFile, File string }
		Metadata   string `json:"additionalMetadataFile"`
	}
	for _, m := range []member{stack, assets} {
		if err := json.Unmarshal(m.value, &artifact); err != nil {
			return nil, fmt.Errorf("stack %s: %w", name, err)
		}
	}
	f := &Files{Name: name, Stack: stack.text, AssetManifest: assets.text}
	for _, file := range []struct {
		name string
		into *File
	}{{artifact.Properties.TemplateFile, &f.Template}, {artifact.Properties.File, &f.Assets}, {artifact.Metadata, &f.Metadata}} {
		b, err := os.ReadFile(filepath.Join(a.dir, file.name))
		if err != nil {
			return nil, err
		}
		*file.into = File{file.name, b}
	}
	return f, nil
}

// Remove takes away the files of a stack that no longer belongs to the assembly.
func (a *Assembly) Remove(name string) error {
	f, err := a.Stack(name)
	if err != nil {
		return err
	}
	for _, file := range []File{f.Template, f.Assets, f.Metadata} {
		if err := os.Remove(filepath.Join(a.dir, file.Name)); err != nil {
			return err
		}
	}
	return nil
}

// Write adds the files of a stack.
func (f *Files) Write(dir string) error {
	for _, file := range []File{f.Template, f.Assets, f.Metadata} {
		if err := os.WriteFile(filepath.Join(dir, file.Name), file.Text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// WithoutIDs leaves the logical ids out of a stack's metadata, as the CDK does where it is not told to say them.
func (f *Files) WithoutIDs() error {
	_, rest, err := logicalIDs(f.Metadata.Text)
	f.Metadata.Text = rest
	return err
}

// Entry is a stack in the manifest.
type Entry struct {
	*Files
	// After are the stacks that are deployed before it.
	After []string
}

// WriteManifest makes the assembly consist of these stacks, in this order, and of what else it holds.
func (a *Assembly) WriteManifest(stacks []Entry) error {
	var b bytes.Buffer
	b.Write(a.before)
	b.WriteString(`"artifacts": {`)
	separator := "\n    "
	add := func(text []byte) {
		b.WriteString(separator)
		b.Write(text)
		separator = ",\n    "
	}
	for _, s := range stacks {
		stack, err := s.after()
		if err != nil {
			return fmt.Errorf("stack %s: %w", s.Name, err)
		}
		add(s.AssetManifest)
		add(stack)
	}
	for _, o := range a.others {
		add(o.text)
	}
	b.WriteString("\n  }")
	b.Write(a.after)
	return os.WriteFile(filepath.Join(a.dir, "manifest.json"), b.Bytes(), 0o644)
}

// after is the stack's entry with what it is deployed after.
func (e Entry) after() ([]byte, error) {
	start := bytes.IndexByte(e.Stack, '{')
	list, err := members(e.Stack[start:])
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(m member) bool { return m.key == "dependencies" })
	if i < 0 {
		return nil, errors.New("the entry in the manifest has no dependencies")
	}
	at := start + bytes.Index(e.Stack[start:], list[i].text)
	out := append(slices.Clone(e.Stack[:at]), `"dependencies": [`...)
	for _, name := range append(slices.Clone(e.After), e.Name+assetsSuffix) {
		out = append(out, "\n        "...)
		out = append(quote(out, name), ',')
	}
	out = append(out[:len(out)-1], "\n      ]"...)
	return append(out, e.Stack[at+len(list[i].text):]...), nil
}
