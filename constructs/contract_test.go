// Package constructs_test holds what all constructs promise.
package constructs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// parse reads a package's files, those of tests or the others.
func parse(t *testing.T, dir string, tests bool) (*token.FileSet, []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, n := range names {
		if strings.HasSuffix(n, "_test.go") != tests {
			continue
		}
		f, err := parser.ParseFile(set, n, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return set, files
}

// packages are all folders with Go code, and cdkPackages those that make constructs.
var packages, cdkPackages = func() (all, cdk []string) {
	files, _ := filepath.Glob("*/*.go")
	for _, f := range files {
		src, _ := os.ReadFile(f)
		if dir := filepath.Dir(f); !strings.HasSuffix(f, "_test.go") {
			if !slices.Contains(all, dir) {
				all = append(all, dir)
			}
			if strings.Contains(string(src), `"github.com/aws/constructs-go/`) && !slices.Contains(cdk, dir) {
				cdk = append(cdk, dir)
			}
		}
	}
	return all, cdk
}()

// structs are the packages' struct types by name.
func structs(files []*ast.File) map[string]*ast.StructType {
	out := map[string]*ast.StructType{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				if s, ok := spec.Type.(*ast.StructType); ok {
					out[spec.Name.Name] = s
				}
			}
			return true
		})
	}
	return out
}

// undocumented lists the fields of a props type, and of the types it holds, that do not say whether they are required.
func undocumented(name string, all map[string]*ast.StructType) []string {
	var out []string
	for _, f := range all[name].Fields.List {
		doc := strings.Join(strings.Fields(f.Doc.Text()), " ")
		for _, n := range f.Names {
			if n.IsExported() && !strings.Contains(doc, "Required.") && !strings.Contains(doc, "Default: ") {
				out = append(out, name+"."+n.Name+" says neither Required. nor Default:")
			}
			ast.Inspect(f.Type, func(n ast.Node) bool {
				if star, ok := n.(*ast.StarExpr); ok {
					if id, ok := star.X.(*ast.Ident); ok && id.Name == "string" && !strings.Contains(doc, "token") {
						out = append(out, name+"."+f.Names[0].Name+" is a *string and does not say that it may be a token")
					}
				}
				if id, ok := n.(*ast.Ident); ok && all[id.Name] != nil {
					out = append(out, undocumented(id.Name, all)...)
				}
				return true
			})
		}
	}
	return out
}

func TestPropsSayWhatIsRequired(t *testing.T) {
	for _, p := range append(cdkPackages, "addressing") {
		_, files := parse(t, p, false)
		all, props := structs(files), 0
		for name := range all {
			if strings.HasSuffix(name, "Props") || p == "addressing" && name == "Tier" {
				props++
				for _, u := range undocumented(name, all) {
					t.Errorf("%s: %s", p, u)
				}
			}
		}
		if props == 0 {
			t.Errorf("%s has no props", p)
		}
	}
}

// NewX makes *X from *XProps, and X is a construct.
func TestConstructorsHaveTheCDKsForm(t *testing.T) {
	for _, p := range cdkPackages {
		_, files := parse(t, p, false)
		all, made := structs(files), 0
		for name, s := range all {
			x, isProps := strings.CutSuffix(name, "Props")
			if !isProps {
				continue
			}
			made++
			if x == "" || all[x] == nil {
				t.Errorf("%s.%s: there is no type %s.%s", p, name, p, x)
				continue
			}
			if e, ok := all[x].Fields.List[0].Type.(*ast.SelectorExpr); !ok || e.Sel.Name != "Construct" || len(all[x].Fields.List[0].Names) > 0 {
				t.Errorf("%s.%s does not embed constructs.Construct as its first field", p, x)
			}
			if !slices.ContainsFunc(files, func(f *ast.File) bool { return f.Scope.Lookup("New"+x) != nil }) {
				t.Errorf("%s has no New%s", p, x)
			}
			_ = s
		}
		for _, f := range files {
			if f.Scope.Lookup("New") != nil || f.Scope.Lookup("Props") != nil {
				t.Errorf("%s has a bare New or Props", p)
			}
		}
		if made == 0 {
			t.Errorf("%s makes nothing", p)
		}
	}
}

var snippet = regexp.MustCompile("(?s)```go\n(.*?)```")

// Every package has a README, which the one of all of them names. Every Go snippet of a package's README stands, line by line, in an
// Example that runs. That of the index is examples/constructs, which has a test of its own.
func TestReadmeSnippetsAreExamples(t *testing.T) {
	index, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var readmes []string
	for _, p := range packages {
		readmes = append(readmes, p+"/README.md")
		if row := "| [" + p + "](" + p + ") | "; !strings.Contains(string(index), row) {
			t.Errorf("README.md: expected a row that begins with %q, found none", row)
		}
	}
	for _, readme := range readmes {
		text, err := os.ReadFile(readme)
		if err != nil {
			t.Error(err)
			continue
		}
		found := snippet.FindAllStringSubmatch(string(text), -1)
		if len(found) == 0 {
			t.Errorf("%s has no snippet", readme)
		}
		set, files := parse(t, filepath.Dir(readme), true)
		var bodies []string
		for _, f := range files {
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(fn.Name.Name, "Example") {
					from, to := set.Position(fn.Body.Lbrace), set.Position(fn.Body.Rbrace)
					src, _ := os.ReadFile(from.Filename)
					bodies = append(bodies, strings.ReplaceAll(string(src[from.Offset+1:to.Offset]), "\n\t", "\n"))
				}
			}
		}
		for _, m := range found {
			if !slices.ContainsFunc(bodies, func(b string) bool { return strings.Contains(b, "\n"+m[1]) }) {
				t.Errorf("%s: no Example holds this snippet:\n%s", readme, m[1])
			}
		}
	}
}
