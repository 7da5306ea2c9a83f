// Package docs tests the documents of the repository.
package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"sharedhub/internal/config"
	"sharedhub/internal/graph"
)

var (
	markdownLink = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	namedPage    = regexp.MustCompile(`\bdocs/[\w/-]+\.md\b`)
)

// Every page that a file of the repository links to, or names, exists.
func TestPagesExist(t *testing.T) {
	t.Chdir("..")
	listed, err := exec.Command("git", "ls-files").Output()
	if err != nil {
		t.Skipf("not a git checkout, so nothing says which files are the repository's: %v", err)
	}
	seen := 0
	exists := func(in, page string) {
		seen++
		if _, err := os.Stat(page); err != nil {
			t.Errorf("%s leads to %s, which is not there", in, page)
		}
	}
	for _, file := range strings.Fields(string(listed)) {
		if !strings.Contains(" .md .go .yaml ", " "+filepath.Ext(file)+" ") {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			continue // deleted, and not yet committed
		}
		for _, page := range namedPage.FindAllString(string(b), -1) {
			exists(file, page)
		}
		if filepath.Ext(file) == ".md" {
			for _, m := range markdownLink.FindAllStringSubmatch(string(b), -1) {
				exists(file, filepath.Join(filepath.Dir(file), m[1]))
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d pages are named", seen)
	}
}

// maxColumns of a line of Go, a tab being one: what fits beside a second window.
const maxColumns = 140

func TestLinesFit(t *testing.T) {
	files := strings.Fields(output(t, "git", "ls-files", "*.go"))
	if len(files) < 100 {
		t.Fatalf("expected the repository's Go files, found %d", len(files))
	}
	for _, file := range files {
		b, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			continue // deleted, and not yet committed
		}
		n := 0
		for line := range strings.Lines(string(b)) {
			n++
			if got := utf8.RuneCountInString(strings.TrimRight(line, "\n")); got > maxColumns {
				t.Errorf("%s:%d: expected at most %d columns, found %d: break the line", file, n, maxColumns, got)
			}
		}
	}
}

// The README's sample of a mistake is what the program says of it.
func TestReadmeMistake(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "config"), os.DirFS("../config")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	const file = "config/spokes/payments-prod.yaml"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```yaml\n"+string(b)+"```") {
		t.Errorf("README.md: expected the spoke of %s, which is\n%s", file, b)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(b), "10.16.4.0", "10.64.0.0", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	_, mistakes := config.Load("config")
	if got := mistakes.Errors().String(); !strings.Contains(string(readme), "```\n"+strings.TrimSpace(got)+"\n```") {
		t.Errorf("README.md: expected the sample of a mistake as the program prints it, which is\n%s", got)
	}
}

// The pictures of READMEs are what the program draws of their configurations now.
func TestReadmePicture(t *testing.T) {
	for _, c := range []struct{ config, picture, readme, shown string }{
		{"config", "docs/network.svg", "README.md", "docs/network.svg"},
		{"examples/06-microservices", "examples/06-microservices/network.svg", "examples/06-microservices/README.md", "network.svg"},
	} {
		cfg, diags := config.Load(filepath.Join("..", c.config))
		if cfg == nil {
			t.Fatal(diags)
		}
		b, err := os.ReadFile(filepath.Join("..", c.picture))
		if err != nil {
			t.Fatal(err)
		}
		if string(b) != graph.Of(cfg).SVG(false) {
			t.Errorf("%s: expected the picture of %s as it is now: go run . graph -c %s > %s", c.picture, c.config, c.config, c.picture)
		}
		readme, err := os.ReadFile(filepath.Join("..", c.readme))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(readme), "]("+c.shown+")") {
			t.Errorf("%s: expected the picture %s, found none", c.readme, c.shown)
		}
	}
}

// What ANY-APP.md shows is what the example does.
func TestAnyAppIsTheExample(t *testing.T) {
	page, err := os.ReadFile("ANY-APP.md")
	if err != nil {
		t.Fatal(err)
	}
	var code string
	for _, file := range []string{"app.go", "app_test.go"} {
		b, err := os.ReadFile(filepath.Join("../examples/any-app", file))
		if err != nil {
			t.Fatal(err)
		}
		code += string(b)
	}
	words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	blocks := strings.Split(string(page), "```go\n")[1:]
	if len(blocks) != 3 {
		t.Fatalf("ANY-APP.md: expected three blocks of Go, found %d", len(blocks))
	}
	for _, block := range blocks {
		block, _, _ = strings.Cut(block, "```")
		if !strings.Contains(words(code), words(block)) {
			t.Errorf("ANY-APP.md: expected code of examples/any-app, found\n%s", block)
		}
	}
}
