package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	tableRow = regexp.MustCompile("(?m)^\\| .* \\| `([a-z/.]+)`: `(\\w+)`(?: × `(\\w+)`)? \\| (\\d+) \\|$")
	total    = regexp.MustCompile(`(?m)^(\d+) (hostile inputs|faults) in all\.$`)
)

// SECURITY.md counts the tables of hostile inputs and of faults as they are.
func TestSecurityCounts(t *testing.T) {
	b, err := os.ReadFile("SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	least := map[string]int{"hostile inputs": 300, "faults": 60}
	rest := string(b)
	for _, m := range total.FindAllStringSubmatchIndex(rest, -1) {
		said, what := rest[m[2]:m[3]], rest[m[4]:m[5]]
		before := rest[:m[0]]
		section := before[strings.LastIndex(before, "\n## "):]
		sum := 0
		for _, row := range tableRow.FindAllStringSubmatch(section, -1) {
			n := cases(t, row[1], row[2])
			if row[3] != "" {
				n *= cases(t, row[1], row[3])
			}
			if row[4] != strconv.Itoa(n) {
				t.Errorf("SECURITY.md: %s of %s: expected %d cases, found %s", row[2], row[1], n, row[4])
			}
			sum += n
		}
		if said != strconv.Itoa(sum) || sum < least[what] {
			t.Errorf("SECURITY.md: expected %d %s in all and no fewer than %d, found %s", sum, what, least[what], said)
		}
		delete(least, what)
	}
	if len(least) > 0 {
		t.Errorf("SECURITY.md: expected totals of hostile inputs and of faults, found none of %v", least)
	}
}

// cases counts the entries of a table in a package's tests: of a variable, or of the first one that a test ranges over.
func cases(t *testing.T, pkg, name string) int {
	files, err := filepath.Glob(filepath.Join("..", pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		ast.Inspect(file, func(node ast.Node) bool {
			switch x := node.(type) {
			case *ast.FuncDecl:
				return x.Name.Name == name
			case *ast.RangeStmt:
				if list, ok := x.X.(*ast.CompositeLit); ok && n == 0 {
					n = len(list.Elts)
				}
			case *ast.ValueSpec:
				if list, ok := first(x.Values).(*ast.CompositeLit); ok && x.Names[0].Name == name {
					n = len(list.Elts)
				}
			}
			return true
		})
		if n > 0 {
			return n
		}
	}
	t.Errorf("SECURITY.md: expected the table %s in the tests of %s, found none", name, pkg)
	return 0
}

func first(values []ast.Expr) ast.Expr {
	if len(values) == 0 {
		return nil
	}
	return values[0]
}
