package app

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"sharedhub/internal/bench"
	"sharedhub/internal/cli"
	"sharedhub/internal/config"
)

// Every configuration gives the same bytes with every fast way off: the user's, the examples, the loader's cases, and random ones.
func TestPlain(t *testing.T) {
	t.Parallel()
	dirs := configurations(t)
	cases, _ := filepath.Glob("internal/config/testdata/good/*.txtar")
	for _, file := range cases {
		dirs = append(dirs, goodConfiguration(t, file))
	}
	random := 200
	if os.Getenv("CI") == "" {
		random = 10
	}
	for seed := range random {
		dir := filepath.Join(t.TempDir(), fmt.Sprint("random-", seed))
		must(bench.Random(uint64(seed)).Write(dir))
		dirs = append(dirs, dir)
	}
	stacks, stamped := 0, 0
	for _, dir := range dirs {
		all, some := samePlain(t, dir)
		stacks, stamped = stacks+all, stamped+some
	}
	t.Logf("%d configurations, %d stacks, %d of them stamped", len(dirs), stacks, stamped)
	if stamped < random {
		t.Errorf("%d stacks of %d random configurations were stamped, expected more", stamped, random)
	}
}

// samePlain synthesises a configuration both ways.
func samePlain(t *testing.T, dir string) (stacks, stamped int) {
	t.Helper()
	cfg, diags := config.Load(dir)
	if cfg == nil {
		t.Fatal(diags)
	}
	oneAtATime.Lock()
	defer oneAtATime.Unlock()
	var out [2]map[string]string
	for i, plain := range []bool{false, true} {
		folder := t.TempDir()
		if err := engine.Synth(t.Context(), cfg, cli.SynthOptions{Out: folder, Plain: plain}); err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
		if engine.unlike != nil {
			t.Errorf("%s: %v", dir, engine.unlike)
		}
		if !plain {
			stamped = engine.stamped
		}
		out[i] = files(t, folder)
	}
	for name, want := range out[1] {
		if got, ok := out[0][name]; !ok || got != want {
			t.Errorf("%s: %s is not as with --plain:\n%s", dir, name, firstDifference(got, want))
		}
	}
	if len(out[0]) != len(out[1]) {
		t.Errorf("%s: %d files, expected %d as with --plain", dir, len(out[0]), len(out[1]))
	}
	return (len(out[1]) - 2) / 3, stamped
}

// files are those of a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir(dir)
	must(err)
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		must(err)
		out[e.Name()] = string(b)
	}
	return out
}

func firstDifference(got, want string) string {
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	around := func(s string) string { return s[min(len(s), max(0, i-80)):min(len(s), i+80)] }
	return fmt.Sprintf("found    %q\nexpected %q", around(got), around(want))
}
