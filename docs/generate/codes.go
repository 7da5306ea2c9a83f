package main

import (
	"fmt"
	"log"
	"os"
	"strings"

	"sharedhub/internal/diag"
	_ "sharedhub/internal/prove" // declares its codes
)

// writeCodes writes the table of a layer's codes into a page, in place of the one that is there.
func writeCodes(page, group string) {
	const head = "| code | severity | meaning | what usually fixes it |\n| --- | --- | --- | --- |\n"
	b, err := os.ReadFile(page)
	if err != nil {
		log.Fatal(err)
	}
	before, rest, found := strings.Cut(string(b), head)
	if !found {
		log.Fatalf("%s has no table of codes", page)
	}
	_, after, _ := strings.Cut(rest, "\n\n")
	var table strings.Builder
	for _, m := range diag.Codes(group) {
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s |\n", m.Code, m.Severity, m.Text, m.Fix)
	}
	if err := os.WriteFile(page, []byte(before+head+table.String()+"\n"+after), 0o644); err != nil {
		log.Fatal(err)
	}
}
