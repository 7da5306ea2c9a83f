// Package scaffold writes the files that a configuration, or a repository of one, begins with.
package scaffold

import "fmt"

// Modeline names a file's schema to editors, by its path from the file.
func Modeline(kind string) string {
	return "# yaml-language-server: $schema=../" + SchemaFolder + "/" + kind + ".json\n"
}

// SchemaFolder holds the schemas below a configuration's folder. The program reads no folder whose name begins with a dot.
const SchemaFolder = ".schema"

// Spoke is the file of a spoke.
func Spoke(hub, account, segment, cidr string) string {
	return fmt.Sprintf("hub: %s\naccount: %q\nsegment: %s\ncidr: %s\n", hub, account, segment, cidr)
}
