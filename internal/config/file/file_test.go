package file

import (
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// Whatever a check can point at has a place: keys that are given their own, the others that of their mapping. So no report
// can lose its line by pointing at a value.
func TestEveryValueHasAPlace(t *testing.T) {
	for _, c := range []string{"every-key", "four-lines"} {
		a, err := txtar.ParseFile("../testdata/good/" + c + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range a.Files {
			var into any = &Hub{}
			if strings.HasPrefix(part.Name, "spokes/") {
				into = &Spoke{}
			} else if !strings.HasPrefix(part.Name, "hubs/") {
				continue
			}
			f, ok := Parse("x.yaml", part.Data, into)
			if !ok {
				t.Fatal(f.said)
			}
			seen := 0
			walk(t, f, reflect.ValueOf(into).Elem(), "", &seen)
			if seen < 12 {
				t.Errorf("%s: only %d values found", part.Name, seen)
			}
		}
	}
}

func walk(t *testing.T, f *File, v reflect.Value, path string, seen *int) {
	*seen++
	if f.Pos(v.Addr().Interface()).Line == 0 {
		t.Errorf("%s has no place", path)
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.Tag.Get("yaml") != "" {
				walk(t, f, v.Field(i), path+"."+field.Name, seen)
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			walk(t, f, v.Elem(), path+"*", seen)
		}
	case reflect.Slice:
		for i := range v.Len() {
			e := v.Index(i)
			if strings.HasPrefix(e.Type().Name(), "Entry[") {
				walk(t, f, e.Field(0), path+".key", seen)
				e = e.Field(1)
			}
			walk(t, f, e, path+"[]", seen)
		}
	}
}
