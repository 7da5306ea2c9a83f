package cli

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/internal/diag"
)

// docsCommand prints the pages and examples that messages name, for who has the program and not its repository.
func (p *program) docsCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "docs [PAGE]", Short: "Print a page of the documents, or an example, that a message names", Args: oneWordAtMost("page"),
		Long:    "Without an argument, lists the pages. A folder, such as that of an example, prints every file in it.",
		Example: "  go run . docs docs/OPERATIONS.md\n  go run . docs examples/01-one-spoke\n  go run . docs --json",
		RunE: func(_ *cobra.Command, args []string) error {
			files, err := pageNames(p.pages)
			if err != nil {
				return p.fail("%v", err)
			}
			if len(args) == 0 {
				return p.printPages(files, nil)
			}
			wanted := pagesFor(args[0], files)
			if len(wanted) == 0 {
				return p.fail("there is no page %q; %s", args[0],
					cmp.Or(diag.DidYouMean(args[0], files), diag.Command("docs")+" lists them"))
			}
			texts := make([]string, len(wanted))
			for i, f := range wanted {
				b, err := fs.ReadFile(p.pages, f)
				if err != nil {
					return p.fail("%v", err)
				}
				texts[i] = string(b)
			}
			return p.printPages(wanted, texts)
		},
	}
	c.Flags().BoolVar(&p.json, "json", false, "print the pages, and their texts where PAGE is given, as JSON")
	return c
}

// page is one page of docs, as its JSON.
type page struct {
	Page string `json:"page"`
	Text string `json:"text,omitempty"`
}

// printPages prints the names of pages where there are no texts, and else the texts.
func (p *program) printPages(names, texts []string) error {
	list := []page{}
	for i, name := range names {
		switch {
		case p.json && texts != nil:
			list = append(list, page{name, texts[i]})
		case p.json:
			list = append(list, page{Page: name})
		case texts == nil:
			fmt.Fprintln(p.stdout, name)
		default:
			if len(names) > 1 {
				fmt.Fprintf(p.stdout, "# ---- %s\n", name)
			}
			fmt.Fprint(p.stdout, texts[i])
		}
	}
	if p.json {
		return p.printJSON(map[string]any{"pages": list})
	}
	return nil
}

func pageNames(pages fs.FS) ([]string, error) {
	var out []string
	err := fs.WalkDir(pages, ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			out = append(out, name)
		}
		return err
	})
	return out, err
}

// pagesFor are the files that a word means: one by its path or its name alone, or those of a folder.
func pagesFor(word string, files []string) []string {
	word = strings.Trim(path.Clean(strings.ReplaceAll(word, "\\", "/")), "/")
	if slices.Contains(files, word) {
		return []string{word}
	}
	var named, inside []string
	for _, f := range files {
		base := path.Base(f)
		if strings.HasSuffix(f, "/"+word) || strings.EqualFold(base, word) || strings.EqualFold(strings.TrimSuffix(base, ".md"), word) {
			named = append(named, f)
		}
		if strings.HasPrefix(f, word+"/") || strings.HasPrefix(f, "examples/"+word+"/") {
			inside = append(inside, f)
		}
	}
	if len(named) == 1 {
		return named
	}
	return inside
}
