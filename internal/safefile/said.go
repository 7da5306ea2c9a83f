package safefile

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"reflect"
	"strings"
)

// Said is an error whose text says in our words what Go says in its own: what cannot be done to a file, for the name of a system
// call; and what JSON holds, for the name of a type.
func Said(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	var form *json.UnmarshalTypeError
	switch {
	case errors.As(err, &form):
		return said{err, strings.Replace(err.Error(), form.Error(), otherwise(form), 1)}
	case errors.As(err, &path):
		return said{err, strings.Replace(err.Error(), path.Error(), path.Path+": "+plain(done(path.Op), path), 1)}
	case errors.As(err, &link):
		return said{err, strings.Replace(err.Error(), link.Error(), link.New+": "+plain("written", link), 1)}
	}
	return err
}

// done is what a call of the system does to a file, by its name in Go.
func done(call string) string {
	switch strings.TrimSuffix(call, "at") {
	case "remove", "unlink":
		return "deleted"
	case "mkdir", "mkdirtemp", "create", "createtemp", "write", "chmod", "chtimes", "symlink", "truncate", "sync", "close":
		return "written"
	case "fork/exec":
		return "run"
	}
	return "read"
}

// said is an error in other words.
type said struct {
	error
	text string
}

func (s said) Error() string { return s.text }
func (s said) Unwrap() error { return s.error }

// otherwise says which kind of value JSON holds in place of another.
func otherwise(e *json.UnmarshalTypeError) string {
	kinds := map[reflect.Kind]string{reflect.Slice: "a list", reflect.Array: "a list", reflect.Struct: "an object", reflect.Map: "an object",
		reflect.String: "text", reflect.Bool: "true or false"}
	values := map[string]string{"array": "a list", "object": "an object", "string": "text", "bool": "true or false", "number": "a number"}
	found := cmp.Or(values[e.Value], "the "+e.Value)
	at := ""
	if e.Field != "" {
		at = " for " + e.Field
	}
	return "expected " + cmp.Or(kinds[e.Type.Kind()], "a number") + at + ", found " + found
}
