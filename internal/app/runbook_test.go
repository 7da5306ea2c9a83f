package app

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sharedhub/internal/config"
	"sharedhub/internal/cost"
	"sharedhub/internal/plan"
	"sharedhub/internal/runbook"
	"sharedhub/internal/stacks"
)

const operations = "examples/operations"

// Every step of every runbook is proved, replaces and deletes what it announces and nothing else, and is refused where it says so.
func TestRunbooks(t *testing.T) {
	t.Parallel()
	book, err := runbook.Read(os.DirFS(operations))
	if err != nil {
		t.Fatal(err)
	}
	if len(book.Operations) < 10 {
		t.Errorf("expected the operations of the index, found %d", len(book.Operations))
	}
	for _, o := range book.Operations {
		t.Run(o.Name, func(t *testing.T) {
			t.Parallel()
			walk(t, book, o)
		})
	}
}

func walk(t *testing.T, book *runbook.Book, o runbook.Operation) {
	t.Helper()
	files, at := book.Start, folderOf(t, book.Start)
	var said strings.Builder
	for _, s := range o.Steps {
		next, err := s.Apply(files)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case len(s.Edits) == 0:
		case s.Before:
			files, at = next, folderOf(t, next)
		case s.Refused != "":
			refuses(t, s, at, folderOf(t, next))
		default:
			after := folderOf(t, next)
			fmt.Fprintf(&said, "== %s\n%s", s.Name, planned(t, s, at, after))
			files, at = next, after
		}
	}
	file := filepath.Join(operations, o.Name, runbook.PlanFile)
	if *update {
		must(os.WriteFile(file, []byte(said.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	if diff := cmp.Diff(string(want), said.String()); err != nil || diff != "" {
		t.Errorf("%s: go test ./internal/app -run Runbooks -update, read what changed, and go generate ./internal/cmd/gendocs: %v\n%s",
			file, err, diff)
	}
}

// folderOf is the folder of a configuration, the same for the same files, so that it is synthesised once.
func folderOf(t *testing.T, files runbook.Files) string {
	t.Helper()
	digest := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(digest, "%s\n%s\n", name, files[name])
	}
	return assemblies.get(t, fmt.Sprintf("files of %x", digest.Sum(nil)), func() (string, error) {
		dir := filepath.Join(scratch, "runbooks", fmt.Sprintf("%x", digest.Sum(nil))[:12])
		return dir, files.Write(dir)
	})
}

func loaded(t *testing.T, dir string) *config.Config {
	t.Helper()
	cfg, diags := config.Load(dir)
	if cfg == nil {
		t.Fatalf("%s\n%s", dir, diags)
	}
	return cfg
}

// refuses wants a valid configuration to which there is no single step.
func refuses(t *testing.T, s runbook.Step, before, after string) {
	t.Helper()
	found := config.Change(loaded(t, before), loaded(t, after)).Errors()
	for _, d := range found {
		if strings.Contains(d.Summary, s.Refused) {
			return
		}
	}
	t.Errorf("step %s: expected %q, found:\n%s", s.Name, s.Refused, found)
}

// planned is what plan says of a step, whose losses must be those that it announces.
func planned(t *testing.T, s runbook.Step, before, after string) string {
	t.Helper()
	p, err := plan.Of(sideOf(t, before), sideOf(t, after))
	if err != nil {
		t.Fatal(err)
	}
	p.Base = "the step before"
	for _, unused := range p.Allow(s.Allow) {
		t.Errorf("step %s announces that %s is lost, and it is not", s.Name, unused)
	}
	for _, lost := range p.Refused() {
		t.Errorf("step %s: expected nothing to be lost that is not announced, found %s", s.Name, lost)
	}
	for _, d := range p.Steps.Errors() {
		t.Errorf("step %s: expected one deployment to be enough, found: %s", s.Name, d.Summary)
	}
	out := strings.Join(p.Summary(), "\n") + "\n"
	deploy, _ := p.Order()
	var names []string
	for _, d := range deploy {
		names = append(names, d.Name)
	}
	if len(names) > 0 {
		out += "stacks in their order: " + strings.Join(names, ", ") + "\n"
	}
	return out
}

// sideOf is a proved configuration as a side of a plan.
func sideOf(t *testing.T, dir string) plan.Side {
	t.Helper()
	cfg := loaded(t, dir)
	out := plan.Side{Config: cfg, Dir: assembled(t, dir), Cost: cost.Of(cfg, cost.Embedded(), nil)}
	var err error
	if out.Stacks, err = stacks.Read(out.Dir); err != nil {
		t.Fatal(err)
	}
	return out
}
