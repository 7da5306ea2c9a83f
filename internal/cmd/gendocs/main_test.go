package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"sharedhub/internal/config/file"
)

func TestPagesAreFresh(t *testing.T) {
	pages, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	fresh(t, folder, pages)
	made, err := schemas()
	if err != nil {
		t.Fatal(err)
	}
	fresh(t, schemaFolder, made)
	runbooks, err := runbooksPage()
	if err != nil {
		t.Fatal(err)
	}
	fresh(t, docs, runbooks)
}

func fresh(t *testing.T, folder string, texts map[string]string) {
	t.Helper()
	for name, want := range texts {
		if have, _ := os.ReadFile(filepath.Join(folder, name)); string(have) != want {
			t.Errorf("%s is not what go generate ./internal/cmd/gendocs writes", name)
		}
	}
}

// The page speaks of keys: a field's Go name in a sentence would send its reader looking for a key that does not exist.
func TestReferenceSpeaksOfKeys(t *testing.T) {
	text, err := reference()
	if err != nil {
		t.Fatal(err)
	}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for _, f := range reflect.VisibleFields(typ) {
			key := f.Tag.Get("yaml")
			if !strings.Contains(text, "| `"+key+"` |") {
				t.Errorf("key %s is not in the page", key)
			}
			word := regexp.MustCompile(`^[A-Z]+[a-z]+[A-Z]`).MatchString(f.Name) // "OutsidePool", not "Region"
			if word && regexp.MustCompile(`\b`+f.Name+`\b`).MatchString(text) {
				t.Errorf("the page says %s, and the key is %s", f.Name, key)
			}
			below := f.Type
			if entry, ok := mapOf(below); ok {
				below = entry
			} else if below.Kind() == reflect.Slice {
				below = below.Elem()
			}
			if below.Kind() == reflect.Struct && keys(below) {
				walk(below)
			}
		}
	}
	walk(reflect.TypeFor[file.Hub]())
	walk(reflect.TypeFor[file.Spoke]())
	walk(reflect.TypeFor[file.Published]())
}
