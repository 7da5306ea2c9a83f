// Package edit changes single keys of a YAML file and leaves everything else as it is written: comments, order, quotes, blank
// lines, ends of lines.
//
// The YAML parser says where a value stands, and only that part of the text is replaced. What comes out is parsed again and
// compared with what was meant, so that an edit is right or refused.
package edit

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// ErrByHand is for a file that is written in a way that no edit here understands.
var ErrByHand = errors.New("the file is written in a way that this program does not edit; change it by hand")

// Set gives a key of the file's mapping a value, a scalar as YAML writes it: detached, true, "222222222222". A key that is not
// there is added at the end.
func Set(text []byte, key, value string) ([]byte, error) {
	root, err := mapping(text)
	if err != nil {
		return nil, err
	}
	d := document{text, root}
	want := d.values()
	var scalar any
	if err := yaml.Unmarshal([]byte(value), &scalar); err != nil {
		return nil, fmt.Errorf("%q is no value: %w", value, err)
	}
	want[key] = scalar
	_, at := d.find(key)
	if at == nil {
		return best(d.added(key+": "+value), want)
	}
	from, to, ok := d.extent(at)
	if !ok {
		return nil, ErrByHand
	}
	return best([][]byte{splice(text, from, to, value)}, want)
}

// Get is the scalar of a key of the file's mapping, as text; "" where it has none.
func Get(text []byte, key string) string {
	root, err := mapping(text)
	if err != nil {
		return ""
	}
	if _, at := (document{text, root}).find(key); at != nil && at.Kind == yaml.ScalarNode {
		return at.Value
	}
	return ""
}

// Remove takes a key of the file's mapping away, with its line. A key that is not there leaves the text as it is.
func Remove(text []byte, key string) ([]byte, error) {
	root, err := mapping(text)
	if err != nil {
		return nil, err
	}
	d := document{text, root}
	k, at := d.find(key)
	if at == nil {
		return text, nil
	}
	want := d.values()
	delete(want, key)
	from, to := d.offset(k), 0
	if _, end, ok := d.extent(at); ok {
		to = end
	} else {
		return nil, ErrByHand
	}
	return best(d.without(from, to), want)
}

// document is a text with the mapping that it holds.
type document struct {
	text []byte
	root *yaml.Node
}

func mapping(text []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, ErrByHand
	}
	return doc.Content[0], nil
}

func (d document) values() map[string]any {
	var out map[string]any
	if d.root.Decode(&out) != nil || out == nil {
		out = map[string]any{}
	}
	return out
}

// find is a key and its value; nil where the mapping has none.
func (d document) find(key string) (k, value *yaml.Node) {
	for i := 0; i+1 < len(d.root.Content); i += 2 {
		if d.root.Content[i].Value == key {
			return d.root.Content[i], d.root.Content[i+1]
		}
	}
	return nil, nil
}

// offset is where a node begins in the text.
func (d document) offset(n *yaml.Node) int {
	at := 0
	for range n.Line - 1 {
		at += bytes.IndexByte(d.text[at:], '\n') + 1
	}
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(d.text[at:])
		at += size
	}
	return at
}

// extent is where a scalar of one line begins and ends.
func (d document) extent(n *yaml.Node) (from, to int, ok bool) {
	if n.Kind != yaml.ScalarNode || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		return 0, 0, false
	}
	from = d.offset(n)
	line, _, _ := strings.Cut(string(d.text[from:]), "\n")
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return 0, 0, false
	case n.Style&yaml.DoubleQuotedStyle != 0:
		to = closing(line, '"', '\\')
	case n.Style&yaml.SingleQuotedStyle != 0:
		to = closing(line, '\'', '\'')
	case strings.HasPrefix(line, n.Value):
		to = len(n.Value)
	}
	return from, from + to, to > 0
}

// closing is the length of a quoted text; 0 where it does not end in the line.
func closing(line string, quote, escape byte) int {
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] == escape && i+1 < len(line) && (escape == '\\' || line[i+1] == quote):
			i++
		case line[i] == quote:
			return i + 1
		}
	}
	return 0
}

// newline is what ends the text's lines.
func (d document) newline() string {
	if bytes.Contains(d.text, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

func splice(text []byte, from, to int, with string) []byte {
	return slices.Concat(text[:from], []byte(with), text[to:])
}

// added are the texts that an entry may make at the mapping's end.
func (d document) added(entry string) [][]byte {
	if d.root.Style&yaml.FlowStyle != 0 {
		var out [][]byte
		for at := bytes.LastIndexByte(d.text, '}'); at > 0; at = bytes.LastIndexByte(d.text[:at], '}') {
			last := len(bytes.TrimRight(d.text[:at], " \t\r\n"))
			out = append(out, splice(d.text, last, last, ", "+entry), splice(d.text, at, at, entry))
			if len(out) == 20 { // more braces than a comment has
				break
			}
		}
		return out
	}
	entry = strings.Repeat(" ", d.root.Column-1) + entry + d.newline()
	end := len(d.text)
	if mark := bytes.LastIndex(d.text, []byte("\n...")); mark >= 0 { // the end of the document
		end = mark + 1
	}
	before := ""
	if !bytes.HasSuffix(d.text[:end], []byte("\n")) {
		before = d.newline()
	}
	return [][]byte{splice(d.text, end, end, before+entry), splice(d.text, len(d.text), len(d.text), before+entry)}
}

// without are the texts that may remain without an entry.
func (d document) without(from, to int) [][]byte {
	if d.root.Style&yaml.FlowStyle == 0 {
		start := bytes.LastIndexByte(d.text[:from], '\n') + 1
		end := len(d.text)
		if n := bytes.IndexByte(d.text[to:], '\n'); n >= 0 {
			end = to + n + 1
		}
		return [][]byte{splice(d.text, start, end, "")}
	}
	after := to + len(d.text[to:]) - len(bytes.TrimLeft(d.text[to:], " \t"))
	if after < len(d.text) && d.text[after] == ',' {
		rest := bytes.TrimLeft(d.text[after+1:], " \t")
		return [][]byte{splice(d.text, from, len(d.text)-len(rest), "")}
	}
	if before, more := bytes.CutSuffix(bytes.TrimRight(d.text[:from], " \t\r\n"), []byte(",")); more {
		from = len(before)
	}
	return [][]byte{splice(d.text, from, to, "")}
}

// best is the first text that says what is wanted.
func best(texts [][]byte, want map[string]any) ([]byte, error) {
	for _, t := range texts {
		root, err := mapping(t)
		if err != nil && len(want) > 0 {
			continue
		}
		if err == nil && reflect.DeepEqual(document{t, root}.values(), want) {
			return t, nil
		}
	}
	return nil, ErrByHand
}
