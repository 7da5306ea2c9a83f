package docs

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// row is what the table of packages in ARCHITECTURE.md says of a package.
type row struct{ mayImport []string }

// pkg is what `go list` says of a package; paths of our own are without the module's.
type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// The table of packages in ARCHITECTURE.md has every package, each import of ours, and none that nobody uses.
func TestImports(t *testing.T) {
	rows := packageTable(t)
	packages := listPackages(t)
	for _, p := range packages {
		r, ok := rows[p.ImportPath]
		if !ok {
			t.Errorf("ARCHITECTURE.md: expected a row of the package %s in the table of packages, found none", p.ImportPath)
			continue
		}
		for _, path := range ours(p.Imports) {
			if !slices.Contains(r.mayImport, path) {
				t.Errorf("%s: expected imports of %s only, found %s: do without it, or say it in ARCHITECTURE.md's table",
					p.ImportPath, orNothing(r.mayImport), path)
			}
		}
	}
	for name, r := range rows {
		i := slices.IndexFunc(packages, func(p pkg) bool { return p.ImportPath == name })
		if i < 0 {
			t.Errorf("ARCHITECTURE.md: expected rows of packages that exist, found one of %s", name)
			continue
		}
		for _, path := range r.mayImport {
			if !slices.Contains(packages[i].Imports, "./"+path) {
				t.Errorf("ARCHITECTURE.md, row of %s: expected imports that it makes, found %s, which it does not import", name, path)
			}
		}
	}
}

var (
	withCDK = regexp.MustCompile(`^(constructs(/(endpoints|network|privatedns|privatelink|resolver|sharing|transit|internal/.*))?|hub|` +
		`spokes|` +
		`internal/app(/.*)?|internal/(bench|cmd)/naive|proof/cdkplugin|examples/(any-app|constructs))$`)
	cdk = regexp.MustCompile(`^github\.com/aws/(jsii-runtime-go|aws-cdk-go|constructs-go)\b`)
)

// What others import never needs what they cannot import, and jsii, which starts Node.js, stays where it is needed.
func TestLayers(t *testing.T) {
	for _, p := range listPackages(t) {
		for _, path := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if strings.HasPrefix(p.ImportPath, "constructs") && strings.HasPrefix(path, "./internal/") {
				t.Errorf("%s: expected no import of internal in constructs, found %s", p.ImportPath, path)
			}
			if cdk.MatchString(path) && !withCDK.MatchString(p.ImportPath) {
				t.Errorf("%s: expected the CDK in constructs, hub, spokes, internal/app and the naive program only, found %s", p.ImportPath, path)
			}
		}
	}
}

var quoted = regexp.MustCompile("`([^`]+)`")

// packageTable reads the rows by package; a row may cover several.
func packageTable(t *testing.T) map[string]row {
	b, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(b), "| package | what it is for | may import |\n| --- | --- | --- |\n")
	if !ok {
		t.Fatal("ARCHITECTURE.md: expected a table with the columns package, what it is for, may import, found none")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	rows := map[string]row{}
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 {
			t.Fatalf("ARCHITECTURE.md: expected three cells, found %s", line)
		}
		for _, name := range names(cells[1]) {
			if _, twice := rows[name]; twice {
				t.Errorf("ARCHITECTURE.md: expected one row of %s, found two", name)
			}
			rows[name] = row{mayImport: names(cells[3])}
		}
	}
	return rows
}

// names are what a cell has between backquotes.
func names(cell string) []string {
	var out []string
	for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
		out = append(out, m[1])
	}
	return out
}

// listPackages asks the go command. Our own paths get "./" instead of the module's, the main package is main.go.
func listPackages(t *testing.T) []pkg {
	module := strings.TrimSpace(output(t, "go", "list", "-m"))
	d := json.NewDecoder(strings.NewReader(output(t, "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")))
	var out []pkg
	for {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module+"/")
		if p.ImportPath == module {
			p.ImportPath = "main.go"
		}
		for _, list := range [][]string{p.Imports, p.TestImports, p.XTestImports} {
			for i, path := range list {
				if rest, ok := strings.CutPrefix(path, module+"/"); ok {
					list[i] = "./" + rest
				}
			}
		}
		out = append(out, p)
	}
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = ".."
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", cmd, err)
	}
	return string(b)
}

func ours(paths []string) []string {
	var out []string
	for _, p := range paths {
		if rest, ok := strings.CutPrefix(p, "./"); ok {
			out = append(out, rest)
		}
	}
	return out
}

func orNothing(list []string) string {
	if len(list) == 0 {
		return "nothing of ours"
	}
	return strings.Join(list, ", ")
}
