package file

import (
	"cmp"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"sharedhub/internal/diag"
)

// custom types decode themselves; they report to the decoder.
type custom interface {
	decode(d *decoder, n *yaml.Node)
}

type decoder struct{ *File }

var (
	customType = reflect.TypeFor[custom]()
	prefixType = reflect.TypeFor[netip.Prefix]()
)

// value decodes a node into a Go value of known type, remembering where it stood and whether that failed.
func (d *decoder) value(n *yaml.Node, v reflect.Value) {
	before := d.count.errors
	d.into(n, v)
	if d.count.errors > before {
		d.failed[v.Addr().Interface()] = true
	}
}

func (d *decoder) into(n *yaml.Node, v reflect.Value) {
	d.places[v.Addr().Interface()] = placeOf(n)
	if v.Addr().Type().Implements(customType) {
		v.Addr().Interface().(custom).decode(d, n)
		return
	}
	if v.Type() == prefixType {
		d.prefix(n, v)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.object(n, v)
	case reflect.Slice:
		d.list(n, v)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem())
	case reflect.String:
		if s, ok := d.text(n); ok {
			v.SetString(s)
		}
	case reflect.Bool:
		if d.tag(n, "!!bool", "true or false") {
			v.SetBool(strings.EqualFold(n.Value, "true"))
		}
	case reflect.Int, reflect.Int64:
		if d.tag(n, "!!int", "a whole number") {
			if i, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
				v.SetInt(i)
			} else {
				d.wrong(n, "", "%s is not a plain decimal number", n.Value)
			}
		}
	}
}

func (d *decoder) object(n *yaml.Node, v reflect.Value) {
	fields := fieldsOf(v.Type())
	if n.Kind != yaml.MappingNode {
		const want = "a mapping (key: value)"
		d.wrong(n, mappingOf(n, fields, "write "+want), "expected %s, found %s", want, describe(n))
		return
	}
	d.absent(n, v)
	given, meant, unknown := make([]bool, len(fields)), map[string]bool{}, 0
	d.pairs(n, func(key string, k, val *yaml.Node) {
		for i, f := range fields {
			if f.key == key {
				given[i] = true
				if d.fits(val, f) {
					d.value(val, v.Field(f.index))
				}
				return
			}
		}
		if unknown++; unknown > mostOfMapping {
			return
		}
		names := make([]string, len(fields))
		for i, f := range fields {
			names[i] = f.key
		}
		fix := diag.DidYouMean(key, names)
		if near := diag.Suggest(key, names); len(near) == 1 {
			meant[near[0]] = true
		}
		fix = cmp.Or(fix, elsewhere[v.Type()][key], "the keys here are "+strings.Join(names, ", "))
		d.report(diag.Error, Key, placeOf(k), fix, diag.Sprintf("unknown key %q", key))
	})
	if unknown > mostOfMapping {
		d.report(diag.Error, Key, placeOf(n), "", diag.Sprintf("%d more keys are unknown", unknown-mostOfMapping))
	}
	for i, f := range fields {
		other := slices.IndexFunc(fields, func(o field) bool { return o.key == f.unless })
		if f.required && !given[i] && !meant[f.key] && (other < 0 || !given[other]) { // one slip is one mistake
			d.report(diag.Error, Key, placeOf(n), f.why, diag.Sprintf("%q is missing", f.key))
		}
	}
}

// elsewhere are keys that other tools have, and what stands for them here.
var elsewhere = map[reflect.Type]map[string]string{
	reflect.TypeFor[Spoke](): {
		"netmask": "write cidr: with the range itself, of a pool of IPAM too; spoke add --size 22 takes one that is free",
	},
}

// mostOfMapping is how many wrong keys of one mapping are named before they are only counted.
const mostOfMapping = 5

// mostEntries bounds lists and mappings that have no limit of their own: checks compare entries with each other.
const mostEntries = 300

// fits refuses a list or mapping with more entries than its key can have, before anything looks at them.
func (d *decoder) fits(n *yaml.Node, f field) bool {
	return d.few(n, fmt.Sprintf("%q", f.key), cmp.Or(f.most, mostEntries))
}

func (d *decoder) few(n *yaml.Node, what string, most int) bool {
	entries := len(n.Content)
	if n.Kind == yaml.MappingNode {
		entries /= 2
	}
	if entries <= most || n.Kind == yaml.ScalarNode {
		return true
	}
	d.report(diag.Error, Quota, placeOf(n), fmt.Sprintf("keep %d at most", most),
		fmt.Sprintf("%s has %d entries, and at most %d are possible", what, entries, most))
	return false
}

// absent gives every key below a mapping the mapping's place, until the file has one of its own for it.
func (d *decoder) absent(n *yaml.Node, v reflect.Value) {
	p := placeOf(n)
	p.given = false
	for _, f := range fieldsOf(v.Type()) {
		below := v.Field(f.index)
		d.places[below.Addr().Interface()] = p
		if below.Kind() == reflect.Struct {
			d.absent(n, below)
		}
	}
}

// mappingOf is how to write a value as the mapping that is expected: as its one key that is needed, or with the keys there are.
func mappingOf(n *yaml.Node, fields []field, otherwise string) string {
	if n.Kind != yaml.ScalarNode {
		return otherwise
	}
	var keys, required, meant []string
	for _, f := range fields {
		keys = append(keys, f.key)
		if f.meant {
			meant = append(meant, f.key)
		}
		if f.required {
			required = append(required, f.key)
		}
	}
	switch null := n.ShortTag() == "!!null"; {
	case null && len(required) == 0:
		return "write {}"
	case len(keys) == 1:
		required = keys
	case len(required) == 0:
		required = meant
	}
	if len(required) == 1 && n.ShortTag() != "!!null" && n.ShortTag() != "!!bool" && plainWords.MatchString(n.Value) {
		return "write {" + required[0] + ": " + n.Value + "}"
	}
	return "write a mapping; its keys are " + strings.Join(keys, ", ")
}

// plainWords can stand in brackets or braces without quotes.
var plainWords = lazy(`^[A-Za-z][\w./-]*(, [A-Za-z][\w./-]*)*$|^[0-9.]+/[0-9]+(, [0-9.]+/[0-9]+)*$`)

func (d *decoder) list(n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		const want = "a list ([a, b])"
		fix := "write " + want
		if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" && plainWords.MatchString(n.Value) {
			fix = "write [" + n.Value + "]"
		}
		d.wrong(n, fix, "expected %s, found %s", want, describe(n))
		return
	}
	if !d.few(n, "the list", mostEntries) {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, c := range n.Content {
		d.value(c, v.Index(i))
	}
}

// pairs calls f for each key of a mapping, and refuses keys that are given twice or are not text.
func (d *decoder) pairs(n *yaml.Node, f func(key string, k, v *yaml.Node)) {
	seen, wrong := map[string]*yaml.Node{}, 0
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, val := n.Content[i], n.Content[i+1]
		if (k.Kind != yaml.ScalarNode || seen[k.Value] != nil) && wrong >= mostOfMapping {
			wrong++
			continue
		}
		if k.Kind != yaml.ScalarNode {
			wrong++
			d.report(diag.Error, Key, placeOf(k), "", "a key must be plain text")
			continue
		}
		if first := seen[k.Value]; first != nil {
			wrong++
			twice := d.report(diag.Error, Key, placeOf(k), "keep one of them", diag.Sprintf("key %q is given twice", k.Value))
			twice.See = []diag.Related{{Where: diag.Position{File: d.Path, Line: first.Line, Column: first.Column}, Text: "first given here"}}
			continue
		}
		seen[k.Value] = k
		f(k.Value, k, val)
	}
	if wrong > mostOfMapping {
		d.report(diag.Error, Key, placeOf(n), "", fmt.Sprintf("%d more keys are given twice, or are no text", wrong-mostOfMapping))
	}
}

func (d *decoder) prefix(n *yaml.Node, v reflect.Value) {
	s, ok := d.text(n)
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
		d.wrong(n, fix, "%q is not a CIDR range", s)
	case !p.Addr().Is4():
		d.wrong(n, "write an IPv4 range, such as 10.16.4.0/22", "%s is an IPv6 range, and only IPv4 is routed here", s)
	case p != p.Masked():
		d.wrong(n, fmt.Sprintf("write %s", p.Masked()), "%s has host bits set", s)
	default:
		v.Set(reflect.ValueOf(p))
	}
}

// text takes a string. A number where text is meant is refused rather than guessed at: YAML reads 012345678901 as octal.
func (d *decoder) text(n *yaml.Node) (string, bool) {
	if n.Kind == yaml.SequenceNode && len(n.Content) == 1 && n.Content[0].Kind == yaml.ScalarNode {
		d.wrong(n, "write "+n.Content[0].Value, "expected text, found a list")
		return "", false
	}
	if !d.kind(n, yaml.ScalarNode, "text") {
		return "", false
	}
	if tag := n.ShortTag(); tag != "!!str" {
		if tag == "!!null" {
			d.wrong(n, "write a value or leave the key out", "the value is empty")
		} else {
			d.wrong(n, fmt.Sprintf("put it in quotes: %q", n.Value), "expected text, found the %s %s", typeName(tag), n.Value)
		}
		return "", false
	}
	return n.Value, true
}

func (d *decoder) tag(n *yaml.Node, tag, want string) bool {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == tag {
		return true
	}
	d.wrong(n, "write "+want, "expected %s, found %s", want, describe(n))
	return false
}

func (d *decoder) kind(n *yaml.Node, kind yaml.Kind, want string) bool {
	if n.Kind == kind {
		return true
	}
	d.wrong(n, "write "+want, "expected %s, found %s", want, describe(n))
	return false
}

func (d *decoder) wrong(n *yaml.Node, fix, format string, args ...any) {
	d.report(diag.Error, Value, placeOf(n), fix, diag.Sprintf(format, args...))
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
	return strconv.Quote(diag.Clip(n.Value))
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
	p := place{n.Line, n.Column, 1, true}
	if n.Kind == yaml.ScalarNode {
		p.length = max(1, utf8.RuneCountInString(n.Value))
		if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
			p.length += 2
		}
	}
	return p
}

type field struct {
	key      string
	index    int
	required bool
	most     int // entries; 0 for mostEntries
	why      string
	meant    bool   // by a word where a mapping is expected
	unless   string // the key that may be given in its place
	some     string // what to write in place of an empty list or mapping; "" where it may be empty
}

// fieldsOf reads the yaml tags of a struct: `yaml:"key"`, with `required:"what to write"` where there is no default,
// `unless:"other"` where another key may stand in its place, and `meant:"true"` where a word in place of the mapping is most likely
// this key's value. A list or mapping that is required is not empty either; another one with `some:"what to write"`.
func fieldsOf(t reflect.Type) []field {
	if known, ok := knownFields.Load(t); ok {
		return known.([]field)
	}
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		if key := f.Tag.Get("yaml"); key != "" {
			why, required := f.Tag.Lookup("required")
			most, _ := strconv.Atoi(f.Tag.Get("max"))
			out = append(out, field{key: key, index: i, required: required, most: most, why: why, meant: f.Tag.Get("meant") != "",
				unless: f.Tag.Get("unless"), some: cmp.Or(f.Tag.Get("some"), why)})
		}
	}
	knownFields.Store(t, out)
	return out
}

var knownFields sync.Map // []field by reflect.Type

// Map is a mapping whose keys are the user's names, in the order of the file.
type Map[T any] []Entry[T]

// Entry is one pair of a Map.
type Entry[T any] struct {
	Key   string
	Value T
}

// Get finds a key; nil where the Map has none.
func (m Map[T]) Get(key string) *T {
	for i := range m {
		if m[i].Key == key {
			return &m[i].Value
		}
	}
	return nil
}

// Keys are the keys in the order of the file.
func (m Map[T]) Keys() []string {
	keys := make([]string, len(m))
	for i, e := range m {
		keys[i] = e.Key
	}
	return keys
}

// namesOf is how to write a list of names as the mapping that is expected, where each name can have an empty mapping.
func namesOf[T any](n *yaml.Node, otherwise string) string {
	if n.Kind != yaml.SequenceNode || reflect.TypeFor[T]().Kind() != reflect.Struct || len(n.Content) == 0 || len(n.Content) > mostOfMapping {
		return otherwise
	}
	var names []string
	for _, c := range n.Content {
		if c.Kind != yaml.ScalarNode || !word.MatchString(c.Value) {
			return otherwise
		}
		names = append(names, c.Value+": {}")
	}
	return "write {" + strings.Join(names, ", ") + "}"
}

func (m *Map[T]) decode(d *decoder, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		const want = "a mapping (name: value)"
		d.wrong(n, namesOf[T](n, "write "+want), "expected %s, found %s", want, describe(n))
		return
	}
	if !d.few(n, "the mapping", mostEntries) {
		return
	}
	*m = make(Map[T], 0, len(n.Content)/2) // never grows: places are known by pointers into it
	d.pairs(n, func(key string, k, v *yaml.Node) {
		*m = append(*m, Entry[T]{Key: key})
		e := &(*m)[len(*m)-1]
		d.value(v, reflect.ValueOf(&e.Value).Elem())
		d.places[&e.Key] = placeOf(k)
	})
}

// checker types know what their values may be.
type checker interface {
	check(f *File)
}

// check calls the check of a value and of all below it.
func check(f *File, v reflect.Value) {
	at := v.Addr().Interface()
	if c, ok := at.(checker); ok {
		c.check(f)
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range fieldsOf(v.Type()) {
			f.notEmpty(field, v.Field(field.index))
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				check(f, v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			check(f, v.Index(i))
		}
	}
}

// notEmpty refuses an empty list or mapping, where the type's own check says nothing of it.
func (f *File) notEmpty(of field, v reflect.Value) {
	at := v.Addr().Interface()
	if of.some == "" || v.Kind() != reflect.Slice || v.Len() > 0 || !f.Given(at) || f.Failed(at) {
		return
	}
	if !slices.ContainsFunc(*f.diags, func(d diag.Diagnostic) bool { return d.Where == f.Pos(at) }) {
		f.Errorf(Value, at, of.some, "%q is empty", of.key)
	}
	f.failed[at] = true
}
