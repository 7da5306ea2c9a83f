package app

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sharedhub/internal/config"
	"sharedhub/internal/stacks"
)

// What is built to compare two configurations shows every stack that differs: the same as building all of both.
func TestAffectedIsAllThatChanges(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const spoke = "hub: use1\naccount: \"222222222222\"\nsegment: prod\ncidr: 10.16.64.0/22\n"
	edit := func(file, old, new string) func(name, text string) string {
		return func(name, text string) string {
			if name == file {
				if !strings.Contains(text, old) {
					t.Fatalf("%s does not hold %q", file, old)
				}
				return strings.Replace(text, old, new, 1)
			}
			return text
		}
	}
	for _, c := range []struct {
		what   string
		change func(name, text string) string
		add    string // another spoke
		whole  bool
	}{
		{what: "a new spoke of an account with others", add: spoke},
		{what: "a new spoke of a new account", add: strings.Replace(spoke, "222222222222", "444444444444", 1)},
		{what: "a tier", change: edit("spokes/payments-prod.yaml", "cidr:", "tiers: {private: {}, data: {}}\ncidr:")},
		{what: "a service", change: edit("hubs/use1.yaml", "services:", "services:\n    - athena"), whole: true},
	} {
		if c.change == nil {
			c.change = func(_, text string) string { return text }
		}
		dir := copyConfig(t, "config", c.change)
		if c.add != "" {
			must(os.WriteFile(filepath.Join(dir, "spokes/added.yaml"), []byte(c.add), 0o644))
		}
		before, _ := config.Load("config")
		after, diags := config.Load(dir)
		if after == nil {
			t.Fatal(diags)
		}
		names, whole := config.Affected(before, after)
		if whole != c.whole || !whole && len(names) == 0 {
			t.Errorf("%s: builds %v, all: %t", c.what, names, whole)
		}
		if whole {
			continue
		}
		was := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "added" })
		got := different(t, built(t, "config", "--only", strings.Join(was, ",")), built(t, dir, "--only", strings.Join(names, ",")))
		want := different(t, built(t, "config"), built(t, dir))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: - all that changes, + what was found with %v\n%s", c.what, names, diff)
		}
	}
}

// built is an assembly on disk, of a configuration or some of its spokes.
func built(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out := t.TempDir()
	if code, _, stderr := run(t, append([]string{"synth", "--no-prove", "--config", dir, "--out", out}, args...)...); code != 0 {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	return out
}

func different(t *testing.T, before, after string) map[string]stacks.Change {
	t.Helper()
	was, err := stacks.Read(before)
	must(err)
	now, err := stacks.Read(after)
	must(err)
	deploy, gone := stacks.Compare(was, now)
	out := map[string]stacks.Change{}
	for _, s := range deploy {
		out[s.Name] = s.Change
	}
	if len(gone) > 0 {
		t.Errorf("stacks are gone: %v", gone)
	}
	if len(out) == 0 {
		t.Error("nothing changes: ", slices.Sorted(maps.Keys(out)))
	}
	return out
}
