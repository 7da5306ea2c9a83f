package stamp

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// json takes a JSON text apart: values are found in its strings only. What stands between them stays as it is.
func (r *reader) json(b []byte) ([]part, error) {
	var parts []part
	from := 0
	for at := 0; at < len(b); {
		if b[at] != '"' {
			at++
			continue
		}
		end := at + stringLength(b[at:])
		var s string
		if err := json.Unmarshal(b[at:end], &s); err != nil {
			return nil, err
		}
		in, err := r.parse(s)
		if err != nil {
			return nil, err
		}
		if varies(in) {
			parts = append(parts, part{literal: string(b[from : at+1])})
			for _, p := range in {
				if p.fill == nil {
					p.literal = string(escape(nil, p.literal))
				}
				parts = append(parts, p)
			}
			from = end - 1
		}
		at = end
	}
	return append(parts, part{literal: string(b[from:])}), nil
}

// stringLength is that of the JSON string at the start of a text, with its quotes.
func stringLength(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// fillJSON writes a JSON text with the values of a stack.
func fillJSON(parts []part, f *filled) []byte {
	size := 0
	for _, p := range parts {
		size += len(p.literal) + 16
	}
	b := make([]byte, 0, size)
	for _, p := range parts {
		if p.fill != nil {
			b = escape(b, p.fill(f))
		} else {
			b = append(b, p.literal...)
		}
	}
	return b
}

// member of a JSON object: its key, its value, and the whole text `"key": value`.
type member struct {
	key         string
	value, text []byte
}

// members are those of a JSON object, in their order.
func members(object []byte) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("expected a JSON object, found %v %w", t, err)
	}
	var out []member
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		keyEnd := int(d.InputOffset())
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		name := key.(string)
		begin := bytes.LastIndex(object[:keyEnd], quote(nil, name))
		if begin < 0 {
			return nil, fmt.Errorf("the key %q is not written as expected", name)
		}
		out = append(out, member{name, value, object[begin:d.InputOffset()]})
	}
	return out, nil
}
