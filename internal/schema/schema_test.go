package schema

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
	"golang.org/x/tools/txtar"

	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

func compile(t *testing.T, kind string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Of(kind)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(kind+".json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(kind + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func value(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// good are the files of hubs and spokes that are known to be right: by kind, each with its name.
func good(t *testing.T) map[string]map[string][]byte {
	t.Helper()
	out := map[string]map[string][]byte{"hub": {}, "spoke": {}}
	add := func(name string, text []byte) {
		for kind := range out {
			if strings.Contains("/"+name, "/"+kind+"s/") && strings.HasSuffix(name, ".yaml") {
				out[kind][name] = text
			}
		}
	}
	for _, pattern := range []string{"../../examples/*/*/*.yaml", "../../config/*/*.yaml"} {
		names, _ := filepath.Glob(pattern)
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			add(name, b)
		}
	}
	cases, _ := filepath.Glob("../config/testdata/good/*.txtar")
	for _, name := range cases {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			add(name+"/"+f.Name, f.Data)
		}
	}
	for kind, files := range out {
		if len(files) < 20 {
			t.Fatalf("only %d files of a %s", len(files), kind)
		}
	}
	return out
}

func TestGoodFiles(t *testing.T) {
	for kind, files := range good(t) {
		s := compile(t, kind)
		for name, text := range files {
			if err := s.Validate(value(t, text)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// What the schema marks in an editor, the program refuses too: whatever is wrong in a key, or missing.
func TestNoFalseAlarm(t *testing.T) {
	wrong := []any{"%", 0, 70000000000, -1, true, []any{}, []any{"%"}, map[string]any{}, map[string]any{"%": "%"}, nil, "10.0.0.0/8", []any{0}}
	refused := 0
	for kind, files := range good(t) {
		s := compile(t, kind)
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if !strings.HasPrefix(name, "../../") { // the examples have every key
				continue
			}
			var doc map[string]any
			if err := yaml.Unmarshal(files[name], &doc); err != nil {
				t.Fatal(err)
			}
			visit(doc, wrong, func() {
				text, err := yaml.Marshal(doc)
				if err != nil {
					t.Fatal(err)
				}
				if s.Validate(value(t, text)) == nil {
					return
				}
				refused++
				var into any = &file.Hub{}
				if kind == "spoke" {
					into = &file.Spoke{}
				}
				if f, ok := file.Parse(name, text, into); ok {
					var said diag.List
					f.ReportTo(&said)
					if len(said.Errors()) == 0 {
						t.Errorf("the schema refuses, and the program takes\n%s\n%v", text, s.Validate(value(t, text)))
					}
				}
			})
		}
	}
	if refused < 1000 {
		t.Errorf("only %d mistakes were made", refused)
	}
}

// visit calls do once for each value of a mapping that is replaced by a wrong one, and once without it.
func visit(at map[string]any, wrong []any, do func()) {
	for _, key := range slices.Sorted(maps.Keys(at)) {
		was := at[key]
		for _, w := range wrong {
			at[key] = w
			do()
		}
		delete(at, key)
		do()
		at[key] = was
		if below, ok := was.(map[string]any); ok {
			visit(below, wrong, do)
		}
	}
	at["%"] = "x"
	do()
	delete(at, "%")
}

func TestKinds(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a kind that is none has a schema")
		}
	}()
	for _, kind := range Kinds {
		if len(Of(kind)) == 0 {
			t.Errorf("%s has no schema", kind)
		}
	}
	Of("segment")
}
