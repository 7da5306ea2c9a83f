package runbook

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const index = "# Runbooks\n\n- [One](one/README.md)\n"

// folder is a book of one operation with one step.
func folder(step string) fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{"README.md": file(index), "start/hubs/a.yaml": file("a: 1\nb: 2\nc: 3\n"), "start/spokes/b.yaml": file("hub: a\n"),
		"measured.txt": file("Today.\none 7\n"), "one/README.md": file("# One\n\nText.\n"), "one/1-step.md": file("# Step\n\n" + step)}
}

func diff(text string) string { return "```diff\n" + text + "```\n" }

func TestApply(t *testing.T) {
	const a = "--- hubs/a.yaml\n+++ hubs/a.yaml\n"
	for _, c := range []struct{ name, step, want string }{
		{"a line", diff(a + "-b: 2\n+b: 4\n"), "hubs/a.yaml: a: 1 b: 4 c: 3; spokes/b.yaml: hub: a"},
		{"a line more, after another", diff(a + " c: 3\n+d: 4\n"), "hubs/a.yaml: a: 1 b: 2 c: 3 d: 4; spokes/b.yaml: hub: a"},
		{"two places", diff(a + "-a: 1\n+a: 2\n-c: 3\n+c: 4\n"), "hubs/a.yaml: a: 2 b: 2 c: 4; spokes/b.yaml: hub: a"},
		{"a line less", diff(a + " a: 1\n-b: 2\n"), "hubs/a.yaml: a: 1 c: 3; spokes/b.yaml: hub: a"},
		{"a new file", diff("--- /dev/null\n+++ spokes/c.yaml\n+hub: a\n"),
			"hubs/a.yaml: a: 1 b: 2 c: 3; spokes/b.yaml: hub: a; spokes/c.yaml: hub: a"},
		{"a file goes", diff("--- spokes/b.yaml\n+++ /dev/null\n"), "hubs/a.yaml: a: 1 b: 2 c: 3"},
		{"a line that is not there", diff(a + "-b: 3\n"), "expected these lines once in hubs/a.yaml, found them 0 times:\nb: 3\n"},
		{"half a line", diff(a + "-: 2\n"), "expected these lines once in hubs/a.yaml, found them 0 times"},
		{"no such file", diff("--- hubs/b.yaml\n+++ hubs/b.yaml\n-b: 3\n"), "expected a file hubs/b.yaml, found none"},
		{"a new file that is there", diff("--- /dev/null\n+++ hubs/a.yaml\n+a: 1\n"), "expected a new file of added lines, found hubs/a.yaml"},
		{"another name", diff("--- hubs/a.yaml\n+++ hubs/b.yaml\n"), "one/1-step.md: expected hubs/a.yaml to keep its name"},
		{"no sign", diff(a + "b: 2\n"), `one/1-step.md: expected a line that begins with a space, - or +, found "b: 2"`},
		{"no file", diff("-b: 2\n"), `one/1-step.md: expected --- FILE, found "-b: 2"`},
		{"a block that nothing carries out", "```yaml\na: 1\n```\n", "one/1-step.md: expected blocks of diff, sh, text refused"},
		{"nothing to do", "Text.\n", "one/1-step.md: expected lines to change or commands, found neither"},
	} {
		b, err := Read(folder(c.step))
		var after Files
		if err == nil {
			after, err = b.Operations[0].Steps[0].Apply(b.Start)
		}
		got := fmt.Sprint(err)
		if err == nil {
			got = said(after)
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: expected %q, found %q", c.name, c.want, got)
		}
	}
}

func said(f Files) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(f)) {
		out = append(out, name+": "+strings.Join(strings.Split(strings.TrimSpace(f[name]), "\n"), " "))
	}
	return strings.Join(out, "; ")
}

// What a step announces and runs stands in its text.
func TestStep(t *testing.T) {
	b, err := Read(folder("**Interruption:** names.\n\n```sh\ngo run . plan --allow 'x-*/Y' --allow z\naws one # in account 222222222222\n" +
		"for s in a b; do\n  aws two $s\ndone\n```\n\n```text refused\nno\n```\n\n```text refused by AWS\nnever\n```\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := b.Operations[0].Steps[0]
	const want = `[x-*/Y z] [{aws one 222222222222} {for s in a b; do
  aws two $s
done }] no never true`
	if got := fmt.Sprint(s.Allow, s.Commands, " ", s.Refused, " ", s.RefusedByAWS, " ", s.Interrupts); got != want {
		t.Errorf("expected %s, found %s", want, got)
	}
	r := s.replace(strings.NewReplacer("222222222222", "333333333333", "x-", "y-"))
	if r.Commands[0].Account != "333333333333" || r.Allow[0] != "y-*/Y" || s.Allow[0] != "x-*/Y" {
		t.Errorf("expected a step with other names beside the first, found %v and %v", r, s)
	}
}

// An operation that the index does not list, or a step that is left out, is a mistake.
func TestRead(t *testing.T) {
	b, err := Read(os.DirFS("../../examples/operations"))
	if err != nil || len(b.Operations) < 10 || len(b.Start) < 4 {
		t.Fatalf("expected the runbooks, found %v: %v", b, err)
	}
	for name, want := range map[string]string{
		"two/README.md": "expected a line for two/README.md", "one/3-more.md": "expected step 2 of one"} {
		f := maps.Clone(folder(diff("--- spokes/b.yaml\n+++ /dev/null\n")))
		f[name] = &fstest.MapFile{Data: []byte("# Two\n\n" + diff("--- spokes/b.yaml\n+++ /dev/null\n"))}
		if _, err := Read(f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: expected %q, found %v", name, want, err)
		}
	}
}
