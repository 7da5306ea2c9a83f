//go:build unix

package assembly

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const anEnvironment = `"environment": "aws://111111111111/us-east-1"`

func oneStack(properties string) string {
	return `{"version": "54.0.0", "artifacts": {"a": {"type": "aws:cloudformation:stack", ` +
		anEnvironment + `, "properties": ` + properties + `}}}`
}

const aTemplate = `{"templateFile": "a.json"}`

// planted are assemblies that somebody has prepared: their files by name, where "-> x" is a link and "|" a pipe.
var planted = []struct {
	name  string
	files map[string]string
	want  string
}{
	{"nothing", nil, "is no cloud assembly"},
	{"a manifest that leads out", map[string]string{"manifest.json": "-> ../secret"}, "a link that leads out of the folder"},
	{"a manifest that leads to the root", map[string]string{"manifest.json": "-> /etc/passwd"}, "a link that leads out of the folder"},
	{"a manifest that leads to itself", map[string]string{"manifest.json": "-> manifest.json"}, "cannot be read"},
	{"a manifest that is a pipe", map[string]string{"manifest.json": "|"}, "not a regular file"},
	{"a manifest that is a device", map[string]string{"manifest.json": "-> /dev/zero"}, "a link that leads out of the folder"},
	{"a manifest that is a folder", map[string]string{"manifest.json/x": ""}, "not a regular file"},
	{"an empty manifest", map[string]string{"manifest.json": ""}, "is not JSON of the expected form"},
	{"a list", map[string]string{"manifest.json": "[]"}, "is not JSON of the expected form"},
	{"deep lists", map[string]string{"manifest.json": strings.Repeat("[", 100000)}, "is not JSON of the expected form"},
	{"no version", map[string]string{"manifest.json": "{}"}, "is not the version"},
	{"a newer version", map[string]string{"manifest.json": `{"version": "99.0.0"}`}, "knows up to"},
	{"a version that is none", map[string]string{"manifest.json": `{"version": "\n::error::x"}`}, "is not the version"},
	{"a template that is missing", map[string]string{"manifest.json": oneStack(aTemplate)}, "a.json"},
	{"a template above", map[string]string{"manifest.json": oneStack(`{"templateFile": "../secret"}`)}, "not a path inside"},
	{"a template from the root", map[string]string{"manifest.json": oneStack(`{"templateFile": "/etc/passwd"}`)}, "not a path inside"},
	{"a template of no name", map[string]string{"manifest.json": oneStack(`{}`)}, "not a path inside"},
	{"a template that leads out", map[string]string{"manifest.json": oneStack(aTemplate), "a.json": "-> ../secret"},
		"leads out of the folder"},
	{"a template below a link", map[string]string{"manifest.json": oneStack(`{"templateFile": "z/secret"}`), "z": "-> .."},
		"leads out of the folder"},
	{"a template that is a pipe", map[string]string{"manifest.json": oneStack(aTemplate), "a.json": "|"}, "not a regular file"},
	{"a template that is a list", map[string]string{"manifest.json": oneStack(aTemplate), "a.json": "[]"},
		"is not JSON of the expected form"},
	{"a template that is text", map[string]string{"manifest.json": oneStack(aTemplate), "a.json": "s3cr3t"},
		"is not JSON of the expected form"},
	{"a region of no partition", map[string]string{"manifest.json": strings.Replace(oneStack(aTemplate), "us-east-1", "x", 1),
		"a.json": "{}"},
		"not a region"},
	{"an assembly above", map[string]string{"manifest.json": `{"version": "54.0.0", "artifacts": {"a": {"type": "cdk:cloud-assembly", ` +
		`"properties": {"directoryName": ".."}}}}`}, "not a path inside"},
	{"an assembly in itself", map[string]string{"manifest.json": `{"version": "54.0.0", "artifacts": {"a": {"type": "cdk:cloud-assembly", ` +
		`"properties": {"directoryName": "."}}}}`}, "nested more than 8 deep"},
	{"an assembly that leads out", map[string]string{"z": "-> ..", "manifest.json": `{"version": "54.0.0", "artifacts": {"a": ` +
		`{"type": "cdk:cloud-assembly", "properties": {"directoryName": "z"}}}}`}, "leads out of the folder"},
}

// Nothing outside the folder is read, and nothing is waited for; one sentence says what is wrong.
func TestPlanted(t *testing.T) {
	for _, c := range planted {
		dir := filepath.Join(t.TempDir(), "cdk.out")
		err := os.MkdirAll(dir, 0o755)
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, "../secret"), []byte("s3cr3t"), 0o644))
		for name, text := range c.files {
			path := filepath.Join(dir, name)
			err = errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o755))
			if to, link := strings.CutPrefix(text, "-> "); link {
				err = errors.Join(err, os.Symlink(to, path))
			} else if text == "|" {
				err = errors.Join(err, syscall.Mkfifo(path, 0o644))
			} else {
				err = errors.Join(err, os.WriteFile(path, []byte(text), 0o644))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		_, err = Read(dir)
		said := fmt.Sprint(err)
		if err == nil || !strings.Contains(said, c.want) || strings.ContainsAny(said, "\n") || strings.Contains(said, "s3cr3t") {
			t.Errorf("%s: %v, expected %q", c.name, err, c.want)
		}
	}
}

// Whatever a manifest and a template hold, reading them ends, and without a panic.
func FuzzAssembly(f *testing.F) {
	f.Add([]byte(oneStack(aTemplate)), []byte(`{"Resources": {"R": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/20", `+
		`"X": {"Fn::Join": ["", [{"Ref": "R"}, {"Fn::GetAtt": ["R", "Y"]}]]}}}}, "Outputs": {"O": {"Value": {"Fn::Sub": "${R}"}}}}`))
	for _, c := range planted {
		f.Add([]byte(c.files["manifest.json"]), []byte(c.files["a.json"]))
	}
	f.Fuzz(func(t *testing.T, manifest, template []byte) {
		dir := t.TempDir()
		err := errors.Join(os.WriteFile(filepath.Join(dir, "manifest.json"), manifest, 0o644),
			os.WriteFile(filepath.Join(dir, "a.json"), template, 0o644))
		if err != nil {
			t.Fatal(err)
		}
		if a, err := Read(dir); err == nil {
			a.Records()
		}
		_, _ = Files(dir)
	})
}
