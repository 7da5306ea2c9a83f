package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sharedhub/internal/diag"
	_ "sharedhub/internal/drift" // declares its codes, as prove does
	_ "sharedhub/internal/preflight"
	_ "sharedhub/internal/prove"
)

const head = "| code | severity | meaning | what usually fixes it |\n| --- | --- | --- | --- |\n"

// codeTable is the table of a layer's codes.
func codeTable(group string) string {
	var b strings.Builder
	b.WriteString(head)
	for _, m := range diag.Codes(group) {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", m.Code, m.Severity, m.Text, m.Fix)
	}
	return b.String()
}

// withCodes is a page with the table of a layer's codes in place of the one that is there.
func withCodes(page, group string) (string, error) {
	b, err := os.ReadFile(filepath.Join(folder, page))
	if err != nil {
		return "", err
	}
	before, rest, found := strings.Cut(string(b), head)
	if !found {
		return "", fmt.Errorf("%s has no table of codes", page)
	}
	_, after, _ := strings.Cut(rest, "\n\n")
	return before + codeTable(group) + "\n" + after, nil
}
