package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sharedhub/internal/runbook"
	"sharedhub/internal/stacks"
)

const runbooks = repo + "/examples/operations"

// everyRunbook is asked for with OPERATIONS=all: those too that take longer than CI has.
var everyRunbook = os.Getenv("OPERATIONS") == "all"

// walker deploys the steps of runbooks, one after the other.
type walker struct {
	*site
	book  *runbook.Book
	files runbook.Files
	ids   map[string]string // of everything stateful, after the last deployment
	begun string            // the operation that the deployment began with
}

// newWalker is at the runbooks' start, under another name and other ranges, in pairs, so that hubs stand side by side. Nothing is deployed.
func newWalker(t *testing.T, c *cloud, name string, pairs ...string) *walker {
	t.Helper()
	book, err := runbook.Read(os.DirFS(runbooks))
	if err != nil {
		t.Fatal(err)
	}
	pairs = append([]string{"use1", name, "111111111111", hubAccount, "222222222222", farAccount, "o-a1b2c3d4e5", own("o-a1b2c3d4e5")},
		pairs...)
	w := &walker{site: newSite(t, c, runbooks+"/start", hubAccount+"/"+hubRegion, farAccount+"/"+hubRegion)}
	w.book = book.Replace(strings.NewReplacer(pairs...))
	w.put(t, w.book.Start)
	return w
}

// put writes a configuration in place of the last.
func (w *walker) put(t *testing.T, files runbook.Files) {
	t.Helper()
	w.files = files
	if err := os.RemoveAll(w.dir); err != nil {
		t.Fatal(err)
	}
	if err := files.Write(w.dir); err != nil {
		t.Fatal(err)
	}
}

func (w *walker) operation(t *testing.T, name string) runbook.Operation {
	t.Helper()
	i := slices.IndexFunc(w.book.Operations, func(o runbook.Operation) bool { return o.Name == name })
	if i < 0 {
		t.Fatalf("there is no runbook %s", name)
	}
	return w.book.Operations[i]
}

// begin deploys the start, changed by what comes before the first step of an operation.
func (w *walker) begin(t *testing.T, operation string) {
	t.Helper()
	for _, s := range w.operation(t, operation).Steps {
		if s.Before {
			w.put(t, w.after(t, s))
		}
	}
	w.begun = operation
	w.deploy(t)
	w.same(t)
	w.resolve(t, w.files)
	w.ids = w.site.ids(t)
}

func (w *walker) after(t *testing.T, s runbook.Step) runbook.Files {
	t.Helper()
	files, err := s.Apply(w.files)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// walk carries out an operation's steps. What is refused offline is the matter of internal/app.
func (w *walker) walk(t *testing.T, name string) {
	t.Helper()
	began, o := time.Now(), w.operation(t, name)
	for _, s := range o.Steps {
		switch {
		case s.Before && w.begun == name:
		case s.Refused != "" && s.RefusedByAWS == "":
		case s.RefusedByAWS != "":
			w.refusedByAWS(t, s)
		case len(s.Edits) == 0:
			w.commands(t, s)
		default:
			w.step(t, s)
		}
	}
	t.Logf("runbook %s: %d deployments, %.0f s", name, o.Deployments(), time.Since(began).Seconds())
}

// step deploys as plan says, while names are asked for, and wants nothing to be another that was not announced.
func (w *walker) step(t *testing.T, s runbook.Step) {
	t.Helper()
	before, files, out := w.out, w.files, t.TempDir()
	w.put(t, w.after(t, s))
	if said, code := w.sharedhub(t, "synth", "--out", out); code != 0 {
		t.Fatalf("step %s: synth ended with %d:\n%s", s.Name, code, head(said))
	}
	was, now := stacksOf(t, before), stacksOf(t, out)
	w.out = out
	stop := func() {}
	if !s.Interrupts {
		stop = w.watch(t, files, w.files)
	}
	if change, _ := stacks.Compare(was, now); len(change) > 0 {
		line := strings.Fields(stacks.Line("cdk", change, "--require-approval", "never"))[1:]
		said, err := w.run(t, w.env, slices.Concat(line, w.flags, w.synthesised())...)
		if err != nil {
			t.Fatalf("step %s: %v\n%s", s.Name, err, tail(said))
		}
		var planned []string
		for _, c := range change {
			planned = append(planned, c.Name)
		}
		slices.Sort(planned)
		if got := changedStacks(said); !slices.Equal(got, planned) {
			t.Errorf("step %s: plan names %v, and the deployment changed %v", s.Name, planned, got)
		}
	}
	stop()
	w.same(t)
	w.resolve(t, w.files)
	w.kept(t, s)
}

func stacksOf(t *testing.T, assembly string) []stacks.Stack {
	t.Helper()
	list, err := stacks.Read(assembly)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// kept wants every id as it was, but for what the step announces.
func (w *walker) kept(t *testing.T, s runbook.Step) {
	t.Helper()
	before := w.ids
	w.ids = w.site.ids(t)
	for _, k := range sortedKeys(before) {
		stack, _, _ := strings.Cut(k, "/")
		announced := s.Before || slices.ContainsFunc(s.Allow, func(pattern string) bool {
			whole, _ := filepath.Match(pattern, stack)
			one, _ := filepath.Match(pattern, k)
			return whole || one
		})
		if w.ids[k] != before[k] && !announced {
			t.Errorf("step %s: %s was %s, and is %q", s.Name, k, before[k], w.ids[k])
		}
	}
}

// refusedByAWS deploys what the program refuses, and goes back. The names are private meanwhile.
func (w *walker) refusedByAWS(t *testing.T, s runbook.Step) {
	t.Helper()
	files, out := w.files, w.out
	w.put(t, w.after(t, s))
	w.out = t.TempDir()
	if said, err := w.try(t); err == nil || !strings.Contains(said, s.RefusedByAWS) {
		t.Errorf("step %s: expected AWS to refuse it with %q, found %v:\n%s", s.Name, s.RefusedByAWS, err, tail(said))
	}
	w.resolve(t, files)
	w.put(t, files)
	w.out = out
	if _, code := w.sharedhub(t, "verify", "--assembly", w.out); code != 0 { // some stacks had changed before the refusal
		w.deploy(t)
		w.same(t)
	}
	w.kept(t, s)
}

// commands runs a step's commands as a reader does, each with the credentials of the account that it names.
func (w *walker) commands(t *testing.T, s runbook.Step) {
	t.Helper()
	path := t.TempDir()
	npx := fmt.Sprintf("#!/bin/sh\n[ \"$1 $2\" = '--yes aws-cdk@2.1148.1' ] || exit 9\nshift 2\nexec %s \"$@\" -a %s --ci\n", w.cdk, w.out)
	if err := os.WriteFile(filepath.Join(path, "npx"), []byte(npx), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range s.Commands {
		env := w.env
		if c.Account != "" {
			env = keys(t, c.Account)
		}
		cmd := exec.Command("bash", "-ec", c.Line)
		cmd.Dir = path
		cmd.Env = slices.Concat(os.Environ(), env, []string{"PATH=" + path + ":" + os.Getenv("PATH"), "NO_COLOR=1"})
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("step %s: %s\n%v\n%s", s.Name, c.Line, err, tail(string(said)))
		}
	}
	w.resolve(t, w.files)
}

// A hub in use goes from zones to a Profile and back by the runbook; with OPERATIONS=all before that from propagated to static routes.
func TestRunbooks(t *testing.T) {
	t.Parallel()
	w := newWalker(t, connect(t), "moved", "10.0.", "10.2.", "10.16.", "10.80.", "10.32.", "10.96.", "10.8.", "10.72.", "10.48.", "10.208.",
		"10.64.", "10.240.", "next", "renewed")
	if everyRunbook {
		w.begin(t, "routes")
		w.walk(t, "routes")
	} else {
		w.begin(t, "profile")
	}
	w.walk(t, "profile")
	if everyRunbook {
		w.walk(t, "hub")
		w.nothingLeft(t, t.Context(), hubAccount, hubRegion, "moved")
		w.nothingLeft(t, t.Context(), farAccount, hubRegion, "moved")
	}
	w.leave(t)
}

// The runbooks for which CI has no time.
func TestOtherRunbooks(t *testing.T) {
	t.Parallel()
	if !everyRunbook {
		t.Skip("with OPERATIONS=all")
	}
	w := newWalker(t, connect(t), "other", "10.0.", "10.4.", "10.16.", "10.144.", "10.32.", "10.160.")
	w.begin(t, "rename")
	w.walk(t, "rename")
	w.walk(t, "private-service")
	w.leave(t)
}
