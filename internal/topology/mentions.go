package topology

import (
	"reflect"
	"slices"
	"strings"
)

// mentions are the ids of a record and of what it names, sorted: every text of it but those of Meta.
func mentions(r Record) []string {
	var out []string
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			out = append(out, named(v.String())...)
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Map:
			for i := v.MapRange(); i.Next(); {
				walk(i.Value())
			}
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Struct:
			if v.Type() == reflect.TypeFor[Meta]() {
				walk(v.FieldByName("ID"))
				return
			}
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		}
	}
	walk(reflect.ValueOf(r))
	slices.Sort(out)
	return slices.Compact(out)
}

// named are the ids that a text may be: itself, what an ARN ends in, and the part whose attribute it is.
func named(text string) []string {
	if text == "" {
		return nil
	}
	out := []string{text}
	if _, symbol, ok := strings.Cut(text, "\ue000"); ok {
		symbol, _, _ = strings.Cut(symbol, "\ue001")
		slash := strings.LastIndex(symbol, "/")
		id, _, _ := strings.Cut(symbol[slash+1:], ".")
		return append(out, "\ue000"+symbol[:slash+1]+id+"\ue001")
	}
	if at := strings.LastIndex(text, "/"); at >= 0 && strings.HasPrefix(text, "arn:") {
		out = append(out, text[at+1:])
	}
	return out
}

// StackOf is the id of the stack whose template makes a part; "" for an id that AWS gave.
func StackOf(id string) string {
	symbol, ok := strings.CutPrefix(id, "\ue000")
	if !ok {
		return ""
	}
	stack := symbol[:max(0, strings.LastIndex(symbol, "/"))]
	return stack[strings.LastIndex(stack, "/")+1:] // inside a stage
}
