package main

import (
	"os"

	"sharedhub/internal/runbook"
)

const operations = "../../../examples/operations"

// runbooksPage is the page of examples/operations, by its name.
func runbooksPage() (map[string]string, error) {
	folder := os.DirFS(operations)
	book, err := runbook.Read(folder)
	if err != nil {
		return nil, err
	}
	page, err := book.Page(folder)
	return map[string]string{"RUNBOOKS.md": page}, err
}
