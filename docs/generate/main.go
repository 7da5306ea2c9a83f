// Command generate writes docs/reference/configuration.md from the Go types of internal/config, a table per type with
// each key's comment, and the tables of codes in docs/reference. It runs in the folder docs (go generate ./docs/...).
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"os"
	"reflect"
	"strings"
)

//go:generate sh -c "cd .. && go run ./generate"

// types in the order of the page, with the heading each gets.
var types = []struct{ name, heading string }{
	{"Hub", "A hub: `hubs/<name>.yaml`"}, {"Organization", "`organization`"}, {"HubVPC", "`vpc`"}, {"TransitGateway", "`transitGateway`"},
	{"Segment", "`segments.<name>`"}, {"Endpoints", "`endpoints`"}, {"ServiceSpec", "`endpoints.services[]`"}, {"DNS", "`dns`"}, {"FlowLogs", "`flowLogs`"},
	{"Spoke", "A spoke: `spokes/<name>.yaml`"}, {"Tier", "`tiers.<name>`"},
}

func main() {
	log.SetFlags(0)
	file, err := parser.ParseFile(token.NewFileSet(), "../internal/config/config.go", nil, parser.ParseComments)
	if err != nil {
		log.Fatal(err)
	}
	structs := map[string]*ast.GenDecl{}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			structs[g.Specs[0].(*ast.TypeSpec).Name.Name] = g
		}
	}
	var b strings.Builder
	b.WriteString("# Configuration reference\n\nMade from the Go types in `internal/config`; do not edit. A key without a default must be given. Unknown keys are errors.\n")
	for _, t := range types {
		g := structs[t.name]
		if g == nil {
			log.Fatalf("no type %s", t.name)
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| key | meaning |\n| --- | --- |\n", t.heading, sentence(g.Doc.Text()))
		for _, f := range g.Specs[0].(*ast.TypeSpec).Type.(*ast.StructType).Fields.List {
			row(&b, t.name, f)
		}
	}
	if err := os.WriteFile("reference/configuration.md", []byte(b.String()), 0o644); err != nil {
		log.Fatal(err)
	}
	writeCodes("reference/prove.md", "prove")
}

func row(b *strings.Builder, typ string, f *ast.Field) {
	if f.Tag == nil {
		return
	}
	tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
	key := tag.Get("yaml")
	if key == "" || key == "-" {
		return
	}
	text := f.Doc.Text()
	if text == "" {
		text = "See below."
	}
	text = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", "\\|")
	// "Zones of the hub" reads well in the table; a Go comment's leading field name does not matter there.
	if why, required := tag.Lookup("required"); required {
		if why == "" {
			log.Fatalf("%s.%s is required and says nothing", typ, key)
		}
		text += " **Required.**"
	}
	fmt.Fprintf(b, "| `%s` | %s |\n", key, text)
}

func sentence(doc string) string { return strings.Join(strings.Fields(doc), " ") }
