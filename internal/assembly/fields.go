package assembly

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sharedhub/internal/topology"
)

// fields are the properties of a resource, or of an object in them. They remember which were read, so that a property
// that nothing reads is told and not passed over.
type fields struct {
	resource *Resource
	values   map[string]any
	at       string // path of the object, "" or with a dot at its end
	read     map[string]bool
	unclear  map[string]bool // the paths of choices that only AWS knows
}

func newFields(r *Resource) fields {
	return fields{r, r.Properties, "", map[string]bool{"Tags": true}, map[string]bool{}}
}

func (f fields) meta() topology.Meta { return f.resource.meta() }

// has is true for a property that is written.
func (f fields) has(key string) bool { return f.values[key] != nil }

// scalar is a value that CloudFormation also takes as text; "" for a list or an object.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func isScalar(v any) bool {
	switch v.(type) {
	case string, float64, bool:
		return true
	}
	return false
}

func (f fields) text(key string) string {
	v := f.values[key]
	if isScalar(v) && !f.read[f.at+key] { // a list of a hundred objects reads the same paths a hundred times
		f.read[f.at+key] = true
	}
	return scalar(v)
}

// choice is a text that is one of a few, or a flag or a number. One that only AWS knows is none of them, and is told.
func (f fields) choice(key string) string {
	t := f.text(key)
	if Symbolic(t) && !strings.Contains(t, "/undecided:") {
		f.unclear[f.at+key] = true
	}
	return t
}

func (f fields) flag(key string) bool { return strings.EqualFold(f.choice(key), "true") }

// number of a property, or otherwise where none is written.
func (f fields) number(key string, otherwise int) int {
	if n, err := strconv.Atoi(f.choice(key)); err == nil {
		return n
	}
	return otherwise
}

// texts of a list, or of one value. A list that only AWS knows stays one symbol.
func (f fields) texts(key string) []string {
	list, ok := f.values[key].([]any)
	if !ok {
		if s := f.text(key); s != "" {
			return []string{s}
		}
		return nil
	}
	out := []string{}
	for _, e := range list {
		if isScalar(e) {
			out = append(out, scalar(e))
		}
	}
	f.read[f.at+key] = len(out) == len(list)
	return out
}

// objects of a list, or one object.
func (f fields) objects(key string) []fields {
	list, ok := f.values[key].([]any)
	if !ok {
		list = []any{f.values[key]}
	}
	at := f.at + key + "."
	out := make([]fields, 0, len(list))
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			out = append(out, fields{f.resource, m, at, f.read, f.unclear})
		}
	}
	return out
}

// object is the one object of a property, which may be empty.
func (f fields) object(key string) fields {
	if o := f.objects(key); len(o) > 0 {
		return o[0]
	}
	return fields{f.resource, nil, f.at + key + ".", f.read, f.unclear}
}

// any is a whole value, such as a policy document.
func (f fields) any(key string) any {
	f.read[f.at+key] = true
	return f.values[key]
}

// unread are the paths of properties that nothing read, but for those that change nothing.
func (f fields) unread(ignored map[string]string) []string {
	found := map[string]bool{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		if f.read[at] || ignored[at] != "" {
			return
		}
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				if !f.read[at+"."+k] {
					walk(at+"."+k, e)
				}
			}
		case []any:
			for _, e := range v {
				walk(at, e)
			}
		default:
			found[at] = true
		}
	}
	for k, v := range f.resource.Properties {
		walk(k, v)
	}
	return slices.Sorted(maps.Keys(found))
}

// awsID is an id of a part of a network, or of a hosted zone, as AWS writes them.
var awsID = regexp.MustCompile(`\b(?:(?:vpc|subnet|rtb|acl|sg|igw|vgw|nat|eni|vpce|pcx|tgw|tgw-rtb|tgw-attach|dopt|pl|rslvr-rr|rp)` +
	`-[0-9a-f]{8,17}|Z[0-9A-Z]{10,32})\b`)

// touches are the ids that properties name: of resources, whatever attribute is meant, and of existing parts; and the names of roles.
func touches(v any) []string {
	found := map[string]bool{}
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				walk(k, e)
			}
		case []any:
			for _, e := range v {
				walk(key, e)
			}
		case string:
			for _, part := range strings.SplitAfter(v, symbolClose) {
				if _, sym, ok := strings.Cut(part, symbolOpen); ok && !strings.Contains(sym, "/undecided:") {
					ref, _, _ := SplitSymbol(symbolOpen + sym)
					found[ref] = true
				}
			}
			for _, id := range awsID.FindAllString(Plain(v), -1) {
				found[id] = true
			}
			if strings.Contains(key, "Role") && !Symbolic(v) {
				found[v[strings.LastIndex(v, "/")+1:]] = true
			}
		}
	}
	walk("", v)
	delete(found, "")
	return slices.Sorted(maps.Keys(found))
}
