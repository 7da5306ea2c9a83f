package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

	"sharedhub/constructs/addressing"
	"sharedhub/internal/config/file"
)

// schemas are the JSON Schemas of the files, by name.
func schemas() (map[string]string, error) {
	docs, err := comments(types)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for name, t := range map[string]reflect.Type{"hub.json": reflect.TypeFor[file.Hub](), "spoke.json": reflect.TypeFor[file.Spoke](),
		"service.json": reflect.TypeFor[file.Published]()} {
		w := schemaWriter{docs, file.Shapes(), map[string]bool{}, nil}
		root := w.mapping(t)
		for field := range w.shapes {
			if typeName, _, _ := cutField(field); w.seen[typeName] && !w.seen[field] {
				return nil, fmt.Errorf("no field %s has a shape", field)
			}
		}
		if w.err != nil {
			return nil, w.err
		}
		root = append(object{{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "sharedhub " + name[:len(name)-len(".json")]},
			{"$comment", "Made from the types in internal/config/file; do not edit."}}, root...)
		b, err := json.MarshalIndent(root, "", "  ")
		if err != nil {
			return nil, err
		}
		out[name] = string(b) + "\n"
	}
	return out, nil
}

func cutField(field string) (typeName, name string, ok bool) {
	for i := range field {
		if field[i] == '.' {
			return field[:i], field[i+1:], true
		}
	}
	return field, "", false
}

// object is a JSON object whose keys keep their order, which editors follow.
type object []member

type member struct {
	key   string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(m.key); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := enc.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// schemaWriter makes the schema of types. Everything stands where it is used, since editors look for a key's comment there.
type schemaWriter struct {
	docs   map[string]string
	shapes map[string]file.Shape
	seen   map[string]bool // types and fields
	err    error
}

// mapping is the schema of a struct whose fields are keys.
func (w *schemaWriter) mapping(t reflect.Type) object {
	w.seen[t.Name()] = true
	var properties object
	var required []string
	var either []object // of which one key is required; a type has one such pair
	for _, f := range reflect.VisibleFields(t) {
		key, name := f.Tag.Get("yaml"), t.Name()+"."+f.Name
		if key == "" {
			continue
		}
		if unless := f.Tag.Get("unless"); unless != "" {
			either = append(either, object{{"required", []string{key}}}, object{{"required", []string{unless}}})
		} else if _, is := f.Tag.Lookup("required"); is {
			required = append(required, key)
		}
		w.seen[name] = true
		most, _ := strconv.Atoi(f.Tag.Get("max"))
		value := append(object{{"description", w.docs[name]}}, w.value(f.Type, w.shapes[name], most)...)
		properties = append(properties, member{key, append(value, notEmpty(f)...)})
	}
	out := object{{"type", "object"}, {"additionalProperties", false}, {"properties", properties}}
	if len(required) > 0 {
		out = append(out, member{"required", required})
	}
	if len(either) > 0 {
		out = append(out, member{"oneOf", either})
	}
	return out
}

// value is the schema of a value of a type.
func (w *schemaWriter) value(t reflect.Type, shape file.Shape, most int) object {
	text := func(pattern string) object { return object{{"type", "string"}, {"pattern", pattern}} }
	switch {
	case t.PkgPath() == "net/netip":
		return text(file.RangePattern)
	case t == reflect.TypeFor[file.AZs]():
		count := object{{"type", "integer"}, {"minimum", 1}, {"maximum", addressing.Slots}}
		names := object{{"type", "array"}, {"minItems", 1}, {"maxItems", addressing.Slots}, {"items", text(file.ZonePattern)}}
		return object{{"anyOf", []object{count, names}}}
	case t == reflect.TypeFor[file.FlowLogs]():
		return object{{"anyOf", []object{{{"const", "none"}}, w.mapping(t)}}}
	case t == reflect.TypeFor[file.Organization]():
		return object{{"anyOf", []object{text(w.shapes["Organization.ID"].Pattern), w.mapping(t)}}}
	case t == reflect.TypeFor[file.Pool]():
		return object{{"anyOf", []object{{{"type", "array"}, {"items", text(file.RangePattern)}}, w.mapping(t)}}}
	case t == reflect.TypeFor[file.ServicePort]():
		return object{{"anyOf", []object{w.scalar("integer", w.shapes["ServicePort.Port"]), w.mapping(t)}}}
	case t == reflect.TypeFor[file.Endpoint]():
		return object{{"anyOf", []object{w.scalar("string", w.shapes["Endpoint.Name"]), w.mapping(t)}}}
	}
	if entry, ok := mapOf(t); ok {
		out := object{{"type", "object"}, {"additionalProperties", w.value(entry, shape, 0)}}
		return limited(out, "maxProperties", most)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return w.value(t.Elem(), shape, most)
	case reflect.Slice:
		return limited(object{{"type", "array"}, {"items", w.value(t.Elem(), shape, 0)}}, "maxItems", most)
	case reflect.String:
		return w.scalar("string", shape)
	case reflect.Bool:
		return object{{"type", "boolean"}}
	case reflect.Int, reflect.Int64:
		return w.scalar("integer", shape)
	case reflect.Struct:
		if keys(t) {
			return w.mapping(t)
		}
	}
	w.err = fmt.Errorf("%s: the schema does not know how the type is written", t)
	return nil
}

// notEmpty is said of a list or mapping that may not be empty.
func notEmpty(f reflect.StructField) object {
	_, required := f.Tag.Lookup("required")
	_, some := f.Tag.Lookup("some")
	switch _, isMap := mapOf(f.Type); {
	case !required && !some:
	case isMap:
		return object{{"minProperties", 1}}
	case f.Type.Kind() == reflect.Slice:
		return object{{"minItems", 1}}
	}
	return nil
}

func limited(o object, key string, most int) object {
	if most > 0 {
		o = append(o, member{key, most})
	}
	return o
}

// scalar is a text or a number of a shape.
func (w *schemaWriter) scalar(kind string, s file.Shape) object {
	out := object{{"type", kind}}
	switch {
	case s.Open:
		return object{{"anyOf", []object{{{"type", kind}, {"enum", s.Values}}, out}}}
	case len(s.Values) > 0:
		out = append(out, member{"enum", s.Values})
	case len(s.Numbers) > 0:
		out = append(out, member{"enum", s.Numbers})
	case s.Pattern != "":
		out = append(out, member{"pattern", s.Pattern})
	}
	out = limited(out, "minimum", s.Least)
	return limited(out, "maximum", s.Most)
}
