package app

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sharedhub/internal/plan"
	"sharedhub/internal/runbook"
	"sharedhub/internal/stacks"
)

// The comment of a pull request that adds one spoke, with the templates that the CDK makes.
func TestComment(t *testing.T) {
	t.Parallel()
	book, err := runbook.Read(os.DirFS(operations))
	if err != nil {
		t.Fatal(err)
	}
	files := maps.Clone(book.Start)
	files["spokes/billing.yaml"] = "hub: use1\naccount: \"222222222222\"\nsegment: prod\ncidr: 10.16.8.0/22\n"
	p, err := plan.Of(sideOf(t, folderOf(t, book.Start)), sideOf(t, folderOf(t, files)))
	if err != nil {
		t.Fatal(err)
	}
	p.Base = "origin/main"
	deploy, _ := p.Order()
	p.Deploy = stacks.Line("npx cdk", deploy)
	var said strings.Builder
	p.WriteMarkdown(&said)
	file := filepath.Join(testdata, "comment.md")
	if *update {
		must(os.WriteFile(file, []byte(said.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	if diff := cmp.Diff(string(want), said.String()); err != nil || diff != "" {
		t.Errorf("%s: go test ./internal/app -run Comment -update, and read what changed: %v\n%s", file, err, diff)
	}
}
