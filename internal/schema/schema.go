// Package schema holds the JSON Schemas of the configuration's files, for editors. internal/cmd/gendocs makes them.
package schema

import (
	"embed"
	"fmt"
)

//go:embed hub.json spoke.json service.json
var files embed.FS

// Kinds of files that have a schema.
var Kinds = []string{"hub", "spoke", "service"}

// Of is the schema of a kind of file.
func Of(kind string) []byte {
	b, err := files.ReadFile(kind + ".json")
	if err != nil {
		panic(fmt.Errorf("schema.Of: %q is none of %v", kind, Kinds))
	}
	return b
}
