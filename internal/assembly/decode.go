package assembly

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"slices"
)

// decoder gives what encoding/json would. Templates say the same thousands of times: each word, and each object and list that was met
// twice, is made once. So nobody may change what a template says.
type decoder struct {
	b         []byte
	at, depth int
	// words are the strings met so far, by themselves: a string in an interface is an allocation too.
	words map[string]any
	// again are the objects and lists that were met twice, by how their texts begin; met are the hashes of those met once.
	again map[string][]said
	met   map[uint64]bool
}

// said is an object or a list, and its text.
type said struct {
	text  []byte
	value any
}

const (
	longestWord = 128
	// The beginning of a text ends with its first closing bracket. Few texts begin alike and go on differently.
	longestBeginning, mostAlike = 256, 8
	// deepest is less than encoding/json takes, and more than templates have.
	deepest = 200
)

var seed = maphash.MakeSeed()

// malformed ends the decoding of what encoding/json refuses, or may refuse.
type malformed struct{}

// object decodes a JSON object.
func (d *decoder) object(b []byte) (m map[string]any, err error) {
	if m, ok := d.decode(b); ok {
		return m, nil
	}
	err = json.Unmarshal(b, &m) // which says what is wrong, and where
	return m, err
}

func (d *decoder) decode(b []byte) (m map[string]any, ok bool) {
	defer func() {
		switch r := recover(); r.(type) {
		case nil:
		case malformed:
			m, ok = nil, false
		default:
			panic(r)
		}
	}()
	if d.words == nil {
		d.words, d.again, d.met = map[string]any{}, map[string][]said{}, map[uint64]bool{}
	}
	d.b, d.at, d.depth = b, 0, 0
	m, ok = d.value().(map[string]any)
	d.next()
	return m, ok && d.at == len(b)
}

// next skips space, and returns what stands there; 0 at the end.
func (d *decoder) next() byte {
	for ; d.at < len(d.b); d.at++ {
		switch c := d.b[d.at]; c {
		case ' ', '\n', '\t', '\r':
		default:
			return c
		}
	}
	return 0
}

func (d *decoder) value() any {
	switch d.next() {
	case '{':
		return d.once('}', d.members)
	case '[':
		return d.once(']', d.elements)
	case '"':
		return d.text()
	case 't':
		return d.literal("true", true)
	case 'f':
		return d.literal("false", false)
	case 'n':
		return d.literal("null", nil)
	}
	return d.number()
}

// once decodes an object or a list, unless it is known: the text of a value is the beginning of no other value's text.
func (d *decoder) once(closing byte, decode func() any) any {
	from, rest := d.at, d.b[d.at:]
	begin := rest[:min(len(rest), longestBeginning)]
	begin = begin[:bytes.IndexByte(begin, closing)+1]
	for _, s := range d.again[string(begin)] {
		if bytes.HasPrefix(rest, s.text) {
			d.at += len(s.text)
			return s.value
		}
	}
	if d.depth++; d.depth > deepest {
		panic(malformed{})
	}
	v := decode()
	d.depth--
	if len(begin) > 0 {
		d.remember(string(begin), d.b[from:d.at], v)
	}
	return v
}

// remember keeps a value whose text was met before.
func (d *decoder) remember(begin string, text []byte, v any) {
	hash := maphash.Bytes(seed, text)
	if alike := d.again[begin]; d.met[hash] && len(alike) < mostAlike {
		d.again[begin] = append(alike, said{bytes.Clone(text), v})
	}
	d.met[hash] = true
}

func (d *decoder) members() any {
	m := map[string]any{}
	if d.at++; d.next() == '}' {
		d.at++
		return m
	}
	for {
		if d.next() != '"' {
			panic(malformed{})
		}
		key := d.text().(string)
		if d.next() != ':' {
			panic(malformed{})
		}
		d.at++
		m[key] = d.value()
		if d.ends('}') {
			return m
		}
	}
}

func (d *decoder) elements() any {
	list := []any{}
	if d.at++; d.next() == ']' {
		d.at++
		return list
	}
	for {
		list = append(list, d.value())
		if d.ends(']') {
			return slices.Clip(list) // who appends to it gets a copy
		}
	}
}

// ends is true after the last of several values, and false after a comma.
func (d *decoder) ends(closing byte) bool {
	c := d.next()
	if c != closing && c != ',' {
		panic(malformed{})
	}
	d.at++
	return c == closing
}

func (d *decoder) literal(text string, v any) any {
	if !bytes.HasPrefix(d.b[d.at:], []byte(text)) {
		panic(malformed{})
	}
	d.at += len(text)
	return v
}

func (d *decoder) number() any {
	n := bytes.IndexAny(d.b[d.at:], ",]} \n\t\r")
	var f float64
	if n < 0 || json.Unmarshal(d.b[d.at:d.at+n], &f) != nil {
		panic(malformed{})
	}
	d.at += n
	return f
}

// text is a string, in an interface.
func (d *decoder) text() any {
	from, plain := d.at, true
	for d.at++; ; d.at++ {
		if d.at >= len(d.b) || d.b[d.at] < ' ' {
			panic(malformed{})
		}
		c := d.b[d.at]
		if c == '"' {
			break
		}
		if c == '\\' {
			plain = false
			d.at++
		} else if c >= 0x80 {
			plain = false
		}
	}
	d.at++
	raw := d.b[from:d.at]
	if v, ok := d.words[string(raw)]; ok {
		return v
	}
	s := string(raw[1 : len(raw)-1])
	if !plain && json.Unmarshal(raw, &s) != nil {
		panic(malformed{})
	}
	var v any = s
	if len(raw) <= longestWord {
		d.words[string(raw)] = v
	}
	return v
}
