package report

import (
	_ "embed"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strings"

	"sharedhub/internal/diag"
)

//go:embed page.html
var pageText string

// page escapes all text by itself, as html/template does; no address in it comes from the network.
var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"plain": diag.Plain,
	"lines": func(s string) []string {
		lines := strings.Split(s, "\n")
		for i, l := range lines {
			lines[i] = diag.Plain(l)
		}
		return lines
	},
	"anchor": func(title string) string { return notInAnchors.ReplaceAllString(strings.ToLower(title), "-") },
}).Parse(pageText))

var notInAnchors = regexp.MustCompile(`[^a-z0-9]+`)

// WriteHTML writes a document as one page that needs nothing else, for a screen and for paper.
func (d *Document) WriteHTML(to io.Writer) error { return page.Execute(to, d) }

// Headed is true for a table whose columns have names.
func (t *Table) Headed() bool {
	return slices.ContainsFunc(t.Columns, func(c string) bool { return c != "" })
}
