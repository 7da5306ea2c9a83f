package docs

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	sandboxLink = regexp.MustCompile(`SANDBOX\.md#([a-z-]+)`)
	heading     = regexp.MustCompile(`(?m)^##+ (.+)$`)
	measured    = regexp.MustCompile(`\bseen ([a-z-]+) `)
	assumption  = regexp.MustCompile(`(?i)\bnot run\b|nothing (of this )?was run|on the emulator only`)
)

// What the documents assume of AWS is one list: docs/SANDBOX.md has a line for each assumption, the script measures each, and whoever
// says of something that it was not run on AWS points to its line.
func TestAssumptionsAreMeasured(t *testing.T) {
	page := read(t, "SANDBOX.md")
	script := read(t, "../internal/e2e/sandbox/measure")
	lines := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(page, -1) {
		lines[strings.ReplaceAll(strings.ToLower(m[1]), " ", "-")] = true
	}
	measures, assumed := map[string]bool{}, map[string]bool{}
	for _, m := range measured.FindAllStringSubmatch(script, -1) {
		measures[m[1]] = true
	}
	for _, part := range strings.Split(page, "\n### ")[1:] {
		id, text, _ := strings.Cut(part, "\n")
		if assumed[id] = true; !strings.Contains(text, "\nAssumed: ") {
			t.Errorf("docs/SANDBOX.md: %s does not say what is assumed", id)
		}
	}
	if !maps.Equal(measures, assumed) || len(assumed) < 10 {
		t.Errorf("expected the script to measure what docs/SANDBOX.md assumes, %q, found %q", slices.Sorted(maps.Keys(assumed)),
			slices.Sorted(maps.Keys(measures)))
	}
	linked := map[string]bool{}
	pages, _ := filepath.Glob("*.md")
	for _, name := range append(pages, "../README.md") {
		if name == "SANDBOX.md" {
			continue
		}
		for _, paragraph := range strings.Split(read(t, name), "\n\n") {
			for _, block := range rows(paragraph) {
				links := sandboxLink.FindAllStringSubmatch(block, -1)
				for _, m := range links {
					if linked[m[1]] = true; !lines[m[1]] {
						t.Errorf("%s: there is no line %q in docs/SANDBOX.md", name, m[1])
					}
				}
				if assumption.MatchString(block) && !strings.Contains(block, "SANDBOX.md") {
					t.Errorf("%s: expected a link to the line of docs/SANDBOX.md in\n%s", name, block)
				}
			}
		}
	}
	for id := range assumed {
		if !linked[id] {
			t.Errorf("no document points to %s of docs/SANDBOX.md", id)
		}
	}
}

// rows are the rows of a table, or a paragraph as it is.
func rows(paragraph string) []string {
	if strings.HasPrefix(paragraph, "|") {
		return strings.Split(paragraph, "\n")
	}
	return []string{paragraph}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
