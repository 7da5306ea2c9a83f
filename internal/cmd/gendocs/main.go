// Command gendocs writes docs/reference/configuration.md from the types of internal/config/file, a table for each mapping that can
// be reached from a hub or a spoke, with each key's comment; the page of commands from the program's help; the page of clients from
// the catalogue; the tables of codes in docs/reference; and docs/RUNBOOKS.md from examples/operations.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"sharedhub/internal/config/file"
)

//go:generate go run .

const folder, types, schemaFolder, docs = "../../../docs/reference", "../../config/file", "../../schema", "../../../docs"

func main() {
	log.SetFlags(0)
	pages, err := generate()
	if err != nil {
		log.Fatal(err)
	}
	made, err := schemas()
	if err != nil {
		log.Fatal(err)
	}
	runbooks, err := runbooksPage()
	if err != nil {
		log.Fatal(err)
	}
	write(folder, pages)
	write(schemaFolder, made)
	write(docs, runbooks)
}

func write(folder string, texts map[string]string) {
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// generate makes the pages, by name.
func generate() (map[string]string, error) {
	configuration, err := reference()
	if err != nil {
		return nil, err
	}
	pages := map[string]string{"configuration.md": configuration, "commands.md": commandsPage(), "clients.md": clients()}
	for page, group := range map[string]string{"prove.md": "prove", "verify.md": "drift", "preflight.md": "preflight"} {
		if pages[page], err = withCodes(page, group); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

func reference() (string, error) {
	docs, err := comments(types)
	if err != nil {
		return "", err
	}
	w := &writer{docs: docs, seen: map[reflect.Type]bool{}}
	w.WriteString("# Configuration reference\n\nMade from the types in `internal/config/file`; do not edit. " +
		"A key without a default must be given. Unknown keys are errors.\n")
	w.mapping(reflect.TypeFor[file.Hub](), "A hub: `hubs/<name>.yaml`", "")
	w.mapping(reflect.TypeFor[file.Spoke](), "A spoke: `spokes/<name>.yaml`", "")
	w.mapping(reflect.TypeFor[file.Published](), "A service of a spoke: `services/<name>.yaml`", "")
	w.WriteString("\n## Codes of mistakes\n\nEach mistake in the files has one of these codes.\n\n" + codeTable("config"))
	return w.String(), w.err
}

// comments are the doc comments of a folder's struct types, by "Type", and of their fields, by "Type.Field".
func comments(folder string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			spec := g.Specs[0].(*ast.TypeSpec)
			s, ok := spec.Type.(*ast.StructType)
			if !ok {
				continue
			}
			out[spec.Name.Name] = sentence(g.Doc.Text())
			for _, field := range s.Fields.List {
				for _, n := range field.Names {
					out[spec.Name.Name+"."+n.Name] = sentence(field.Doc.Text())
				}
			}
		}
	}
	return out, nil
}

func sentence(doc string) string { return strings.Join(strings.Fields(doc), " ") }

type writer struct {
	strings.Builder
	docs map[string]string
	seen map[reflect.Type]bool
	err  error
}

// mapping writes the table of a type, then those of the mappings below it. Path is what its keys stand below: "endpoints.".
func (w *writer) mapping(t reflect.Type, heading, path string) {
	w.seen[t] = true
	name := strings.TrimSuffix(heading, "`")
	intro := w.docs[t.Name()]
	for _, verb := range []string{" is ", " are "} { // "Hub is one VPC" is for readers of Go
		if rest, ok := strings.CutPrefix(intro, t.Name()+verb); ok {
			intro = strings.ToUpper(rest[:1]) + rest[1:]
		}
	}
	if intro == "" {
		w.err = fmt.Errorf("%s has no comment", name)
	}
	fmt.Fprintf(w, "\n## %s\n\n%s\n\n| key | meaning |\n| --- | --- |\n", heading, intro)
	for _, f := range reflect.VisibleFields(t) {
		key := f.Tag.Get("yaml")
		text := w.docs[t.Name()+"."+f.Name]
		why, required := f.Tag.Lookup("required")
		if text == "" || required && why == "" {
			w.err = fmt.Errorf("%s%s has no comment, or is required and does not say what to write", path, key)
		}
		if unless := f.Tag.Get("unless"); unless != "" {
			text += fmt.Sprintf(" **Required**, unless there is `%s`.", unless)
		} else if required {
			text += " **Required.**"
		}
		fmt.Fprintf(w, "| `%s` | %s |\n", key, strings.ReplaceAll(text, "|", "\\|"))
	}
	for _, f := range reflect.VisibleFields(t) {
		below, at := f.Type, path+f.Tag.Get("yaml")
		if entry, ok := mapOf(below); ok {
			below, at = entry, at+".<name>"
		} else if below.Kind() == reflect.Slice {
			below, at = below.Elem(), at+"[]"
		}
		if below.Kind() == reflect.Struct && keys(below) && !w.seen[below] {
			w.mapping(below, "`"+at+"`", at+".")
		}
	}
}

// mapOf is the type of a file.Map's values.
func mapOf(t reflect.Type) (reflect.Type, bool) {
	if !strings.HasPrefix(t.Name(), "Map[") {
		return nil, false
	}
	value, _ := t.Elem().FieldByName("Value")
	return value.Type, true
}

// keys is true for a type that stands for a mapping.
func keys(t reflect.Type) bool { return t.NumField() > 0 && t.Field(0).Tag.Get("yaml") != "" }
