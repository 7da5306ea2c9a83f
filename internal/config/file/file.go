// Package file is the configuration as it is written: a type for each mapping of the YAML files, with its keys, the place of
// every value, and the checks that need nothing but the file. It fills in no default and corrects nothing; what follows from
// the files is internal/config's to decide.
package file

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"sharedhub/internal/diag"
	"sharedhub/internal/safefile"
)

// MaxSize bounds a file: a hub with 100 services and 100 segments is about 20 kB.
const MaxSize = 1 << 20

// File is one file, with the place of every value in it.
type File struct {
	Path   string
	lines  []string
	places map[any]place // by pointer to the value
	failed map[any]bool  // likewise: what could not be decoded, or holds such a part
	// partial is true where the file could be decoded in part only: what follows from the rest is not said.
	partial bool
	diags   *diag.List
	count   *counts
	// said is what reading the file reported, and counted then how many there were.
	said    diag.List
	counted counts
}

// counts are the reports about one file, those that were not kept included.
type counts struct{ errors, warnings int }

// mostKept bounds what is kept of each: a file of 1 MB can hold a mistake in every second character.
const mostKept = 100

type place struct {
	line, column, length int
	given                bool // false for a key that the file does not have: the place is that of the mapping it belongs to
}

// Pos is where a value stands, and for a key that was left out, the mapping it belongs to. The value is named by a pointer to
// it, into what Read filled (a field, an element of a list, a Map's key or value), so a place that does not exist cannot be
// named by accident.
func (f *File) Pos(value any) diag.Position {
	p := f.places[value]
	return diag.Position{File: f.Path, Line: p.line, Column: p.column}
}

// Given is true where the file has the value.
func (f *File) Given(value any) bool { return f.places[value].given }

// Errorf reports a mistake at a value. The result can be given further places to See, at once.
func (f *File) Errorf(code diag.Code, value any, fix, format string, args ...any) *diag.Diagnostic {
	if f.follows(value) {
		return &diag.Diagnostic{}
	}
	return f.report(diag.Error, code, f.places[value], fix, diag.Sprintf(format, args...))
}

// Warnf reports what may be a mistake.
func (f *File) Warnf(code diag.Code, value any, fix, format string, args ...any) *diag.Diagnostic {
	if f.follows(value) {
		return &diag.Diagnostic{}
	}
	return f.report(diag.Warning, code, f.places[value], fix, diag.Sprintf(format, args...))
}

// Failed is true where a value of the file, or a part of it, could not be decoded.
func (f *File) Failed(value any) bool { return f.failed[value] }

// Partial is true where the file could be decoded in part only.
func (f *File) Partial() bool { return f.partial }

// follows is true for what can be said of a value only because another slip was reported.
func (f *File) follows(value any) bool { return f.partial && (f.failed[value] || !f.Given(value)) }

// ErrorAt reports a mistake in a line; 0 is the file as a whole.
func (f *File) ErrorAt(code diag.Code, line int, fix, format string, args ...any) *diag.Diagnostic {
	return f.report(diag.Error, code, place{line: line}, fix, diag.Sprintf(format, args...))
}

// WarnAt reports what may be a mistake in a line; 0 is the file as a whole.
func (f *File) WarnAt(code diag.Code, line int, fix, format string, args ...any) *diag.Diagnostic {
	return f.report(diag.Warning, code, place{line: line}, fix, diag.Sprintf(format, args...))
}

// Into is the file, reporting to another list.
func (f *File) Into(diags *diag.List) *File {
	g := *f
	g.diags, g.count = diags, &counts{}
	return &g
}

// ReportTo makes the file report to a list from now on, which first gets what reading the file reported.
func (f *File) ReportTo(diags *diag.List) {
	*diags = append(*diags, f.said...)
	count := f.counted
	f.diags, f.count = diags, &count
}

// Reported is true where a value has this mistake already.
func (f *File) Reported(value any, summary string) bool {
	pos := f.Pos(value)
	for _, d := range *f.diags {
		if d.Where == pos && d.Summary == summary {
			return true
		}
	}
	return false
}

func (f *File) report(sev diag.Severity, code diag.Code, p place, fix, summary string) *diag.Diagnostic {
	n := &f.count.errors
	if sev != diag.Error {
		n = &f.count.warnings
	}
	if *n++; *n > mostKept {
		return &diag.Diagnostic{} // counted only
	}
	d := diag.Diagnostic{
		Severity: sev, Code: code, Where: diag.Position{File: f.Path, Line: p.line, Column: p.column},
		Length: p.length, Summary: summary, Fix: fix,
	}
	if p.line > 0 && p.line <= len(f.lines) {
		d.Snippet = start(f.lines[p.line-1])
	}
	*f.diags = append(*f.diags, d)
	return &(*f.diags)[len(*f.diags)-1]
}

// More says, at the file's end, how many reports were not kept.
func (f *File) More() {
	errors, warnings := max(0, f.count.errors-mostKept), max(0, f.count.warnings-mostKept)
	if errors+warnings == 0 {
		return
	}
	sev := diag.Warning
	if errors > 0 {
		sev = diag.Error
	}
	*f.diags = append(*f.diags, diag.Diagnostic{
		Severity: sev, Code: Syntax, Where: diag.Position{File: f.Path, Line: len(f.lines) + 1},
		Summary: fmt.Sprintf("the file has %d more errors and %d more warnings", errors, warnings),
	})
}

// start is as much of a line as any message shows.
func start(line string) string {
	const most = 200
	shown := 0
	for i := range line {
		if shown == most {
			return line[:i]
		}
		shown++
	}
	return line
}

// Text is a file that is not YAML, for reports about its lines.
func Text(path string, content []byte, diags *diag.List) *File {
	return &File{Path: path, lines: strings.Split(string(content), "\n"), diags: diags, count: &counts{}}
}

// Unread is a file that could not be read.
func Unread(path string, err error) *File {
	f := newFile(path)
	f.ErrorAt(Unreadable, 0, "", "%s", safefile.Plain(err))
	f, _ = f.read(false)
	return f
}

func newFile(path string) *File {
	return &File{Path: path, places: make(map[any]place, 32), failed: map[any]bool{}, diags: &diag.List{}, count: &counts{}}
}

// read ends the reading: what was reported until here is the file's own.
func (f *File) read(ok bool) (*File, bool) {
	f.said, f.counted = *f.diags, *f.count
	return f, ok
}

// Parse decodes the text that stands, or is to stand, at a path into a *Hub or *Spoke and checks it. It returns false where something
// could not be decoded; the rest can be relied on where the file is Partial. What is wrong goes to the list that ReportTo names later.
func Parse(path string, b []byte, into any) (*File, bool) {
	f := newFile(path)
	return f.read(f.decode(b, into))
}

func (f *File) decode(b []byte, into any) bool {
	if !utf8.Valid(b) {
		f.ErrorAt(Unreadable, 0, "save the file as UTF-8", "not UTF-8 text")
		return false
	}
	f.lines = strings.Split(string(b), "\n")
	if !f.shown() {
		return false
	}
	for i, l := range f.lines {
		if body := strings.TrimLeft(l, " "); strings.HasPrefix(body, "\t") {
			f.report(diag.Error, Syntax, place{line: i + 1, column: len(l) - len(body) + 1, length: 1},
				"indent with two spaces", "the line is indented with a tab, which YAML does not allow")
		}
	}
	if len(*f.diags) > 0 {
		return false
	}
	root, ok := f.parse(b)
	if !ok {
		return false
	}
	f.plain(root)
	v := reflect.ValueOf(into).Elem()
	(&decoder{f}).value(root, v)
	if len(f.diags.Errors()) > 0 {
		f.partial = true
		check(f, v)
		return false
	}
	check(f, v)
	return true
}

var yamlLine = lazy(`^(?:yaml: )?(?:.*?)line (\d+)(?:, column (\d+))?[:,]?\s*(?:column (\d+):\s*)?(.*)$`)

func (f *File) parse(b []byte) (*yaml.Node, bool) {
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var doc, more yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		what := "the file is empty"
		if strings.Contains(string(b), "#") {
			what = "the file holds nothing but comments"
		}
		f.ErrorAt(Syntax, 0, "see "+Example+" for what goes in it", "%s", what)
		return nil, false
	}
	if err == nil {
		if err := dec.Decode(&more); err == nil {
			f.report(diag.Error, Syntax, place{line: more.Line, column: 1},
				"one file holds one document: take the --- out, or make a second file", "a second document starts here")
			return nil, false
		}
	}
	if err != nil {
		p, text := place{}, strings.TrimPrefix(err.Error(), "yaml: ")
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			p.line, _ = strconv.Atoi(m[1])
			p.column, _ = strconv.Atoi(m[2] + m[3])
			text = m[4]
		}
		fix := ""
		if last := len(strings.Split(strings.TrimRight(string(b), "\n"), "\n")); p.line > last { // the parser met the end
			p.line = last
		}
		if strings.Contains(text, "could not find expected ':'") {
			fix = "look for a key without its colon (key: value), in this line or above"
		}
		if strings.Contains(text, "did not find expected") {
			fix = "look for a bracket, brace or quote that is opened in this line or above, and not closed"
		}
		f.report(diag.Error, Syntax, p, fix, "not valid YAML: "+text)
		return nil, false
	}
	if n := firstAlias(&doc); n != nil {
		f.report(diag.Error, Syntax, place{line: n.Line, column: n.Column, length: 1},
			"write the value out", "anchors and aliases are not supported here")
		return nil, false
	}
	return doc.Content[0], true
}

// firstAlias finds an anchor or alias. They are refused: a few lines of them expand to gigabytes.
func firstAlias(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return n
	}
	for _, c := range n.Content {
		if a := firstAlias(c); a != nil {
			return a
		}
	}
	return nil
}
