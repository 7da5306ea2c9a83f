package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"sharedhub/internal/bench"
	"sharedhub/internal/bench/naive"
	"sharedhub/internal/cached"
	"sharedhub/internal/cli"
	"sharedhub/internal/config"
)

// Every configuration gives the same bytes with every fast way off: the user's, the examples, the loader's cases, and random ones.
func TestPlain(t *testing.T) {
	t.Parallel()
	fast := map[string]string{} // the assembly of each configuration
	for _, dir := range configurations(t) {
		fast[dir] = assembled(t, dir)
	}
	cases, _ := filepath.Glob("internal/config/testdata/good/*.txtar")
	for _, file := range cases {
		dir := goodConfiguration(t, file)
		fast[dir] = assembled(t, dir)
	}
	random := 10
	switch { // each takes about 3 s, the plain way most of it
	case os.Getenv("PLAIN") == "all":
		random = 200
	case os.Getenv("CI") != "":
		random = 8
	}
	for seed := range random {
		dir := filepath.Join(t.TempDir(), fmt.Sprint("random-", seed))
		must(bench.Random(uint64(seed)).Write(dir))
		fast[dir] = synthesised(t, dir, cli.SynthOptions{})
	}
	stacks, stamped := 0, 0
	for dir, out := range fast {
		all, some := samePlain(t, dir, out)
		stacks, stamped = stacks+all, stamped+some
	}
	t.Logf("%d configurations, %d stacks, %d of them stamped", len(fast), stacks, stamped)
	if stamped < random {
		t.Errorf("%d stacks of %d random configurations were stamped, expected more", stamped, random)
	}
}

// samePlain compares a configuration's assembly with the plain one. Where nothing was stamped, both are made by the same calls, so
// the plain one is made with PLAIN=all only.
func samePlain(t *testing.T, dir, out string) (stacks, stamped int) {
	t.Helper()
	fast := files(t, out)
	s, _ := stamps.Load(dir)
	how := s.(stampsOf)
	if how.unlike != nil {
		t.Errorf("%s: %v", dir, how.unlike)
	}
	if how.stamped > 0 || os.Getenv("PLAIN") == "all" {
		sameFiles(t, dir, fast, files(t, synthesised(t, dir, cli.SynthOptions{Plain: true})))
	}
	return (len(fast) - 2) / 3, how.stamped
}

// synthesised is an assembly of its own.
func synthesised(t *testing.T, dir string, opt cli.SynthOptions) (out string) {
	t.Helper()
	cfg, diags := config.Load(dir)
	if cfg == nil {
		t.Fatal(diags)
	}
	opt.Out = t.TempDir()
	if err := (open{engine}).Synth(t.Context(), cfg, opt); err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	return opt.Out
}

// copier is an engine that has each assembly already.
type copier struct {
	t     *testing.T
	times int
}

func (c *copier) Synth(_ context.Context, cfg *config.Config, opt cli.SynthOptions) error {
	c.times++
	return os.CopyFS(opt.Out, os.DirFS(assembled(c.t, cfg.Dir)))
}

func (*copier) Close() {}

// What is taken from the folder of earlier runs is what was made, byte for byte, and each configuration's own.
func TestCached(t *testing.T) {
	t.Setenv(cached.Variable, filepath.Join(t.TempDir(), "cache"))
	made := &copier{t: t}
	e := cached.New(io.Discard, func(io.Writer) cli.Engine { return made })
	dirs := configurations(t)
	assembled(t, dirs[0]) // the runtime's start sets variables, which count
	for run := range 2 {
		for _, dir := range dirs {
			cfg, diags := config.Load(dir)
			if cfg == nil {
				t.Fatal(diags)
			}
			out, taken := t.TempDir(), false
			if err := e.Synth(t.Context(), cfg, cli.SynthOptions{Out: out, Cached: func() { taken = true }}); err != nil {
				t.Fatal(err)
			}
			if taken != (run == 1) {
				t.Errorf("%s, run %d: taken %v", dir, run+1, taken)
			}
			sameFiles(t, dir, files(t, out), files(t, assembled(t, dir)))
		}
	}
	if made.times != len(dirs) {
		t.Errorf("%d assemblies made, expected %d", made.times, len(dirs))
	}
}

func sameFiles(t *testing.T, dir string, found, expected map[string]string) {
	t.Helper()
	for name, want := range expected {
		if got, ok := found[name]; !ok || got != want {
			t.Errorf("%s: %s is not the same:\n%s", dir, name, firstDifference(got, want))
		}
	}
	if len(found) != len(expected) {
		t.Errorf("%s: %d files, expected %d", dir, len(found), len(expected))
	}
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

// The benchmark's peer writes the same bytes, so that it is the same work that is compared.
func TestPeer(t *testing.T) {
	t.Parallel()
	large := filepath.Join(t.TempDir(), "config")
	must(bench.Large(4, 2, "zones").Write(large))
	for _, dir := range []string{"config", large} {
		out, again := t.TempDir(), t.TempDir()
		if code, _, stderr := run(t, "synth", "--no-prove", "--config", dir, "--out", out); code != 0 {
			t.Fatal(stderr)
		}
		peer, err := bench.NewPeer(t.TempDir(), "2.270.0")
		must(err)
		if _, err := bench.Run(peer.Command("cdk.json", out, again), false); err != nil {
			t.Fatal(err)
		}
		sameFiles(t, dir, files(t, again), files(t, out))
	}
}

// The naive program that the benchmark compares with makes as many VPCs, endpoints and zones.
func TestNaive(t *testing.T) {
	t.Parallel()
	cfg, diags := config.Load("config")
	if cfg == nil {
		t.Fatal(diags)
	}
	count := func(dir string) map[string]int {
		out := map[string]int{}
		for stack, tpl := range templates(t, dir) {
			for _, r := range tpl.resources() {
				typ := r.(map[string]any)["Type"].(string)
				if typ != "AWS::Route53::HostedZone" || stack != "use1-dns" { // the hub's own account has the endpoints' private DNS
					out[typ]++
				}
			}
		}
		return out
	}
	ours, dir := count(assembled(t, "config")), t.TempDir()
	oneAtATime.Lock()
	defer oneAtATime.Unlock()
	flags, err := engine.context()
	must(err)
	naive.Synth(cfg.Hubs, flags, dir)
	found := count(dir)
	for _, typ := range []string{"AWS::EC2::VPC", "AWS::EC2::VPCEndpoint", "AWS::Route53::HostedZone", "AWS::EC2::TransitGateway"} {
		if found[typ] == 0 || typ != "AWS::EC2::VPCEndpoint" && found[typ] != ours[typ] {
			t.Errorf("%s: expected %d, found %d", typ, ours[typ], found[typ])
		}
	}
}

// Each call to the runtime costs, so their number is held: it does not grow with the spokes, and a resource takes a few.
func TestCalls(t *testing.T) {
	t.Parallel()
	calls := func(dir string, plain bool) (calls, resources int) {
		cfg, diags := config.Load(dir)
		if cfg == nil {
			t.Fatal(diags)
		}
		oneAtATime.Lock()
		defer oneAtATime.Unlock()
		out := t.TempDir()
		before, _ := os.Stat(callsFile)
		if err := engine.Synth(t.Context(), cfg, cli.SynthOptions{Out: out, Plain: plain}); err != nil {
			t.Fatal(err)
		}
		after, err := os.Stat(callsFile)
		must(err)
		if before != nil {
			calls = -int(before.Size())
		}
		for _, tpl := range templates(t, out) {
			resources += len(tpl.resources())
		}
		return calls + int(after.Size()), resources
	}
	large := func(spokes int) string {
		dir := filepath.Join(t.TempDir(), "config")
		must(bench.Large(spokes, spokes/2, "zones").Write(dir))
		return dir
	}
	calls("config", false) // with the start of the runtime
	n, resources := calls("config", true)
	t.Logf("config/: %d calls for %d resources", n, resources)
	if most := 7 * resources / 2; n > most {
		t.Errorf("config/: %d calls for %d resources, expected at most %d", n, resources, most)
	}
	few, _ := calls(large(12), false)
	many, resources := calls(large(24), false)
	t.Logf("%d calls for 12 spokes, %d for 24, which have %d resources", few, many, resources)
	if few != many {
		t.Errorf("%d calls for 12 spokes, and %d for 24; expected as many", few, many)
	}
}
