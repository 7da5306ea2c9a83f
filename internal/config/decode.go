package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"sharedhub/internal/diag"
)

// maxFile bounds a configuration file: a hub with 100 services and 100 segments is about 20 kB.
const maxFile = 1 << 20

// File is one YAML file, with the place of every value in it.
type File struct {
	Path  string
	lines []string
	at    map[string]place // by path: "segments.ops.reaches[0]"
	diags *diag.List
}

type place struct {
	line, column, length int
}

// Pos is where the value at a path stands; of a value left to its default, where its parent stands.
func (f *File) Pos(path string) diag.Position {
	p := f.place(path)
	return diag.Position{File: f.Path, Line: p.line, Column: p.column}
}

func (f *File) place(path string) place {
	for {
		if p, ok := f.at[path]; ok || path == "" {
			return p
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}

// report adds a diagnostic at a path, and returns it for its See.
func (f *File) report(sev diag.Severity, path, summary, fix string, see ...diag.Related) {
	f.reportAt(sev, f.place(path), summary, fix, see...)
}

func (f *File) errorf(path, fix, format string, args ...any) {
	f.report(diag.Error, path, diag.Sprintf(format, args...), fix)
}

func (f *File) warnf(path, fix, format string, args ...any) {
	f.report(diag.Warning, path, diag.Sprintf(format, args...), fix)
}

func (f *File) reportAt(sev diag.Severity, p place, summary, fix string, see ...diag.Related) {
	d := diag.Diagnostic{Severity: sev, Where: diag.Position{File: f.Path, Line: p.line, Column: p.column}, Length: p.length, Summary: summary, Fix: fix, See: see}
	if p.line > 0 && p.line <= len(f.lines) {
		d.Snippet = f.lines[p.line-1]
	}
	*f.diags = append(*f.diags, d)
}

// readFile decodes one file into a struct; what is wrong with it goes to the file's diagnostics, all at once.
// It returns false when nothing in the file can be relied on.
func readFile(path, shown string, into any, diags *diag.List) (*File, bool) {
	f := &File{Path: shown, at: map[string]place{}, diags: diags}
	b, err := readLimited(path)
	if err != nil {
		f.reportAt(diag.Error, place{}, plain(err), "")
		return f, false
	}
	if !utf8.Valid(b) {
		f.reportAt(diag.Error, place{}, "not UTF-8 text", "save the file as UTF-8")
		return f, false
	}
	f.lines = strings.Split(string(b), "\n")
	before := len(*diags)
	for i, l := range f.lines {
		if body := strings.TrimLeft(l, " "); strings.HasPrefix(body, "\t") {
			f.reportAt(diag.Error, place{i + 1, len(l) - len(body) + 1, 1}, "the line is indented with a tab, which YAML does not allow", "indent with two spaces")
		}
	}
	if len(*diags) > before {
		return f, false
	}
	root, ok := f.parse(b)
	if !ok {
		return f, false
	}
	d := &decoder{f}
	d.value(root, "", reflect.ValueOf(into).Elem())
	return f, len((*diags)[before:].Errors()) == 0
}

func readLimited(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("the file has %d bytes; a configuration file has at most %d", info.Size(), maxFile)
	}
	return os.ReadFile(path)
}

// plain takes the operation and path off a file error: the diagnostic names the file already.
func plain(err error) string {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return "cannot be read: " + pe.Err.Error()
	}
	return err.Error()
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:.*?)line (\d+)(?:, column (\d+))?[:,]?\s*(?:column (\d+):\s*)?(.*)$`)

func (f *File) parse(b []byte) (*yaml.Node, bool) {
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var doc, more yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		f.reportAt(diag.Error, place{}, "the file is empty", "see examples/ for what goes in it")
		return nil, false
	}
	if err == nil {
		if err := dec.Decode(&more); err == nil {
			f.reportAt(diag.Error, place{line: more.Line, column: 1}, "a second document starts here", "one file holds one document: take the --- out, or make a second file")
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
		f.reportAt(diag.Error, p, "not valid YAML: "+text, "")
		return nil, false
	}
	if n := firstAlias(&doc); n != nil {
		f.reportAt(diag.Error, place{n.Line, n.Column, 1}, "anchors and aliases are not supported here", "write the value out")
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

// custom types decode themselves; they report to the decoder.
type custom interface {
	decode(d *decoder, n *yaml.Node, path string)
}

type decoder struct{ *File }

var (
	customType = reflect.TypeFor[custom]()
	prefixType = reflect.TypeFor[netip.Prefix]()
)

// value decodes a node into a Go value of known type, remembering where it stood.
func (d *decoder) value(n *yaml.Node, path string, v reflect.Value) {
	d.at[path] = placeOf(n)
	if v.CanAddr() && v.Addr().Type().Implements(customType) {
		v.Addr().Interface().(custom).decode(d, n, path)
		return
	}
	if v.Type() == prefixType {
		d.prefix(n, path, v)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.object(n, path, v)
	case reflect.Slice:
		d.list(n, path, v)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, path, v.Elem())
	case reflect.String:
		if s, ok := d.text(n, path); ok {
			v.SetString(s)
		}
	case reflect.Bool:
		if d.tag(n, path, "!!bool", "true or false") {
			v.SetBool(strings.EqualFold(n.Value, "true"))
		}
	case reflect.Int, reflect.Int64:
		if d.tag(n, path, "!!int", "a whole number") {
			if i, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
				v.SetInt(i)
			} else {
				d.errorf(path, "", "%s is not a plain decimal number", n.Value)
			}
		}
	}
}

func (d *decoder) object(n *yaml.Node, path string, v reflect.Value) {
	if !d.kind(n, path, yaml.MappingNode, "a mapping (key: value)") {
		return
	}
	fields := fieldsOf(v.Type())
	d.pairs(n, path, func(key string, k, val *yaml.Node) {
		for _, f := range fields {
			if f.key == key {
				d.value(val, join(path, key), v.FieldByIndex(f.index))
				return
			}
		}
		names := make([]string, len(fields))
		for i, f := range fields {
			names[i] = f.key
		}
		fix := diag.DidYouMean(key, names)
		if fix == "" {
			fix = "the keys here are " + strings.Join(names, ", ")
		}
		d.reportAt(diag.Error, placeOf(k), fmt.Sprintf("unknown key %q", key), fix)
	})
	for _, f := range fields {
		if _, ok := d.at[join(path, f.key)]; f.required && !ok {
			d.report(diag.Error, path, fmt.Sprintf("%q is missing", join(path, f.key)), f.why)
		}
	}
}

func (d *decoder) list(n *yaml.Node, path string, v reflect.Value) {
	if !d.kind(n, path, yaml.SequenceNode, "a list ([a, b])") {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, c := range n.Content {
		d.value(c, fmt.Sprintf("%s[%d]", path, i), v.Index(i))
	}
}

// pairs calls f for each key of a mapping, and refuses keys that are given twice or are not text.
func (d *decoder) pairs(n *yaml.Node, path string, f func(key string, k, v *yaml.Node)) {
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, val := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			d.reportAt(diag.Error, placeOf(k), "a key must be plain text", "")
			continue
		}
		if first := seen[k.Value]; first != nil {
			d.reportAt(diag.Error, placeOf(k), fmt.Sprintf("key %q is given twice", k.Value), "keep one of them",
				diag.Related{Where: diag.Position{File: d.Path, Line: first.Line, Column: first.Column}, Text: "first given here"})
			continue
		}
		seen[k.Value] = k
		f(k.Value, k, val)
	}
}

func (d *decoder) prefix(n *yaml.Node, path string, v reflect.Value) {
	s, ok := d.text(n, path)
	if !ok {
		return
	}
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		fix := "write an IPv4 range, such as 10.16.4.0/22"
		if _, e := netip.ParseAddr(s); e == nil {
			fix = "write the length too, such as " + s + "/22"
		}
		d.errorf(path, fix, "%q is not a CIDR range", s)
	case !p.Addr().Is4():
		d.errorf(path, "write an IPv4 range, such as 10.16.4.0/22", "%s is an IPv6 range, and only IPv4 is routed here", s)
	case p != p.Masked():
		d.errorf(path, fmt.Sprintf("write %s", p.Masked()), "%s has host bits set", s)
	default:
		v.Set(reflect.ValueOf(p))
	}
}

// text takes a string. A number where text is meant is refused rather than guessed at: YAML reads 012345678901 as octal.
func (d *decoder) text(n *yaml.Node, path string) (string, bool) {
	if !d.kind(n, path, yaml.ScalarNode, "text") {
		return "", false
	}
	if tag := n.ShortTag(); tag != "!!str" {
		if tag == "!!null" {
			d.errorf(path, "write a value or leave the key out", "the value is empty")
		} else {
			d.errorf(path, fmt.Sprintf("put it in quotes: %q", n.Value), "%s is read as a %s, and text is meant", n.Value, typeName(tag))
		}
		return "", false
	}
	return n.Value, true
}

func (d *decoder) tag(n *yaml.Node, path, tag, want string) bool {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == tag {
		return true
	}
	d.errorf(path, "write "+want, "%s is not %s", describe(n), want)
	return false
}

func (d *decoder) kind(n *yaml.Node, path string, kind yaml.Kind, want string) bool {
	if n.Kind == kind {
		return true
	}
	d.errorf(path, "write "+want, "%s is not %s", describe(n), want)
	return false
}

func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.ShortTag() == "!!null" {
		return "an empty value"
	}
	return strconv.Quote(n.Value)
}

func typeName(tag string) string {
	switch tag {
	case "!!int", "!!float":
		return "number"
	case "!!bool":
		return "true/false value"
	case "!!timestamp":
		return "date"
	}
	return strings.TrimPrefix(tag, "!!")
}

func placeOf(n *yaml.Node) place {
	p := place{n.Line, n.Column, 1}
	if n.Kind == yaml.ScalarNode {
		p.length = max(1, utf8.RuneCountInString(n.Value))
		if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
			p.length += 2
		}
	}
	return p
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

type field struct {
	key      string
	index    []int
	required bool
	why      string
}

// fieldsOf reads the yaml tags of a struct: `yaml:"key"`, with `required:"what to write"` where there is no default.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		if key := f.Tag.Get("yaml"); key != "" && key != "-" {
			why, required := f.Tag.Lookup("required")
			out = append(out, field{key, f.Index, required, why})
		}
	}
	return out
}

// Map is a mapping whose keys are the user's names, in the order of the file.
type Map[T any] []Entry[T]

// Entry is one pair of a Map.
type Entry[T any] struct {
	Key   string
	Value T
}

// Get finds a key.
func (m Map[T]) Get(key string) (T, bool) {
	for _, e := range m {
		if e.Key == key {
			return e.Value, true
		}
	}
	var zero T
	return zero, false
}

// Keys are the keys in the order of the file.
func (m Map[T]) Keys() []string {
	keys := make([]string, len(m))
	for i, e := range m {
		keys[i] = e.Key
	}
	return keys
}

func (m *Map[T]) decode(d *decoder, n *yaml.Node, path string) {
	if !d.kind(n, path, yaml.MappingNode, "a mapping (name: value)") {
		return
	}
	*m = Map[T]{}
	d.pairs(n, path, func(key string, k, v *yaml.Node) {
		e := Entry[T]{Key: key}
		d.value(v, join(path, key), reflect.ValueOf(&e.Value).Elem())
		d.at[join(path, key)+"."] = placeOf(k) // the key itself
		*m = append(*m, e)
	})
}

// keyPath is where a Map's key stands, rather than its value.
func keyPath(path, key string) string { return join(path, key) + "." }
