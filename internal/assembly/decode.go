package assembly

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// decoder gives what encoding/json would, for text that encoding/json has found valid. Templates say the same words thousands of
// times, and each is kept once: that takes a third of the time and half of the memory.
type decoder struct {
	b  []byte
	at int
	// words are the strings met so far, by themselves: a string in an interface is an allocation too.
	words map[string]any
}

const longestWord = 128

// object decodes a JSON object.
func (d *decoder) object(b []byte) (m map[string]any, err error) {
	if !json.Valid(b) {
		return nil, json.Unmarshal(b, &m) // which says where
	}
	defer func() {
		if r := recover(); r != nil {
			m, err = nil, fmt.Errorf("%v", r)
		}
	}()
	d.b, d.at = b, 0
	if d.words == nil {
		d.words = map[string]any{}
	}
	v := d.value()
	if v == nil {
		return nil, nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, json.Unmarshal(b, &m)
	}
	return m, nil
}

// skip skips space, and returns what stands there.
func (d *decoder) skip() byte {
	for d.b[d.at] <= ' ' {
		d.at++
	}
	return d.b[d.at]
}

func (d *decoder) value() any {
	switch d.skip() {
	case '{':
		m := map[string]any{}
		for d.at++; d.skip() != '}'; {
			if d.b[d.at] == ',' {
				d.at++
				continue
			}
			key := d.text().(string)
			d.skip()
			d.at++ // the colon
			m[key] = d.value()
		}
		d.at++
		return m
	case '[':
		list := []any{}
		for d.at++; d.skip() != ']'; {
			if d.b[d.at] == ',' {
				d.at++
				continue
			}
			list = append(list, d.value())
		}
		d.at++
		return list
	case '"':
		return d.text()
	case 't':
		d.at += len("true")
		return true
	case 'f':
		d.at += len("false")
		return false
	case 'n':
		d.at += len("null")
		return nil
	}
	return d.number()
}

func (d *decoder) number() any {
	from := d.at
	for d.at < len(d.b) && d.b[d.at] > ' ' && d.b[d.at] != ',' && d.b[d.at] != '}' && d.b[d.at] != ']' {
		d.at++
	}
	f, err := strconv.ParseFloat(string(d.b[from:d.at]), 64)
	if err != nil {
		panic(fmt.Sprintf("json: cannot unmarshal number %s into Go value of type float64", d.b[from:d.at]))
	}
	return f
}

// text is a string, in an interface.
func (d *decoder) text() any {
	d.skip()
	from, plain := d.at, true
	for d.at++; d.b[d.at] != '"'; d.at++ {
		switch c := d.b[d.at]; {
		case c == '\\':
			plain = false
			d.at++
		case c >= 0x80:
			plain = false
		}
	}
	d.at++
	raw := d.b[from:d.at]
	if v, ok := d.words[string(raw)]; ok {
		return v
	}
	s := string(raw[1 : len(raw)-1])
	if !plain {
		if err := json.Unmarshal(raw, &s); err != nil {
			panic(err)
		}
	}
	var v any = s
	if len(raw) <= longestWord {
		d.words[string(raw)] = v
	}
	return v
}
