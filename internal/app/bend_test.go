package app

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"sharedhub/internal/bend"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
)

// bent is a kind in one of the examples.
type bent struct {
	bend.Kind
	cfg    *config.Config
	world  *bend.World
	places []bend.Place
}

// Each kind of change to an assembly is refused for a reason that fits, or is harmless, as the kind itself says. A kind is made
// at one place of one example, always the same; with BENDS=all at each place of each, some 34,000, which takes ten minutes.
func TestBends(t *testing.T) {
	t.Parallel()
	if n := tryAll(t, bends(t, bend.Kinds, "examples/02-teams-and-segments", "examples/03-many-accounts-profile",
		"examples/05-regulated")); n < 800 {
		t.Errorf("expected at least 800 kinds, found %d", n)
	}
}

// The same for what only some hubs have: published services, what exists already, Resolver endpoints, and what else a Profile carries.
func TestParticularBends(t *testing.T) {
	t.Parallel()
	kinds := bends(t, bend.Particular, "examples/06-microservices", "examples/07-existing", "examples/08-onpremises",
		"examples/09-existing-hub", "examples/10-shared-gateway",
		goodConfiguration(t, "internal/config/testdata/good/onpremises-profile.txtar"))
	maps.Copy(kinds, bends(t, bend.Learning, propagated(t)))
	if n := tryAll(t, kinds); n < 500 {
		t.Errorf("expected at least 500 kinds, found %d", n)
	}
}

// propagated is a configuration whose Transit Gateway's tables learn ranges.
func propagated(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "propagated")
	must(os.CopyFS(dir, os.DirFS("examples/01-one-spoke")))
	hub, err := os.OpenFile(filepath.Join(dir, "hubs/lab.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	must(err)
	_, err = hub.WriteString("transitGateway: {routes: both}\n")
	must(err)
	must(hub.Close())
	return dir
}

// tryAll makes each kind somewhere, and returns how many could be made.
func tryAll(t *testing.T, kinds map[string][]bent) int {
	t.Helper()
	work := make(chan func())
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for f := range work {
				f()
			}
		})
	}
	var made sync.Map
	for name, fits := range kinds {
		work <- func() {
			if try(t, name, fits) {
				made.Store(name, true)
			}
		}
	}
	close(work)
	wg.Wait()
	refused, harmless := 0, 0
	for name, fits := range kinds {
		_, ok := made.Load(name)
		switch {
		case !ok && (len(fits) == 0 || !fits[0].Generic):
			t.Errorf("%s: expected a place where it can be made, found none", name)
		case ok && fits[0].Harmless != "":
			harmless++
		case ok:
			refused++
		}
	}
	t.Logf("%d kinds: %d must be refused, %d are harmless", refused+harmless, refused, harmless)
	return refused + harmless
}

// try makes a kind at one place, or at all of them; false where it can be made nowhere.
func try(t *testing.T, name string, fits []bent) (made bool) {
	if os.Getenv("BENDS") == "all" {
		for _, b := range fits {
			for _, p := range b.places {
				made = b.judge(t, p) || made
			}
		}
		return made
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	n := int(h.Sum32() >> 1)
	for i := range fits { // where it cannot be made, at the next place
		b := fits[(n+i)%len(fits)]
		for j := range b.places {
			if b.judge(t, b.places[(n+j)%len(b.places)]) {
				return true
			}
		}
	}
	return false
}

// bends are the kinds by name, each with the configurations that it fits.
func bends(t *testing.T, kinds func(*bend.World) []bend.Kind, dirs ...string) map[string][]bent {
	t.Helper()
	out := map[string][]bent{}
	for _, dir := range dirs {
		cfg, diags := config.Load(dir)
		if cfg == nil {
			t.Fatal(diags)
		}
		w, err := bend.Read(assembled(t, dir))
		must(err)
		seen := map[string]bool{}
		for _, k := range kinds(w) {
			if seen[k.String()] {
				t.Errorf("expected one kind named %s, found two", k)
			}
			seen[k.String()] = true
			if _, known := out[k.String()]; !known && !k.Generic {
				out[k.String()] = nil // one that fits nowhere is told
			}
			if places := k.Places(w); len(places) > 0 {
				out[k.String()] = append(out[k.String()], bent{k, cfg, w, places})
			}
		}
	}
	return out
}

// judge makes a change and compares the answer of the proof with that of the kind; false where it cannot be made.
func (b bent) judge(t *testing.T, p bend.Place) bool {
	e := b.world.Edit()
	if !p.Apply(e) {
		return false
	}
	codes, said := []string{}, ""
	if a, err := e.Assembly(); err != nil {
		codes, said = append(codes, "assembly"), err.Error()
	} else {
		for _, f := range prove.Network(b.cfg, prove.Linked(b.cfg, a.Records())).Findings {
			if strings.Contains(f.Summary, "invalid Prefix") || topology.Plain(f.Summary) != f.Summary {
				t.Errorf("%s, at %s: expected a sentence for people, found %q", b, p, f.Summary)
			}
			if f.Severity == diag.Error {
				codes = append(codes, f.Code.String())
				said = cmp.Or(said, f.Summary)
			}
		}
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	switch {
	case b.Harmless != "" && len(codes) > 0:
		t.Errorf("%s, at %s: expected it to be proved (%s), found it refused: %v %s", b, p, b.Harmless, codes, said)
	case b.Harmless == "" && len(codes) == 0:
		t.Errorf("%s, at %s: expected it to be refused (%s), found it proved", b, p, strings.Join(b.Codes, ", "))
	case b.Harmless == "" && !slices.ContainsFunc(codes, func(c string) bool { return slices.Contains(b.Codes, c) }):
		t.Errorf("%s, at %s: expected a finding of %v, found %v: %s", b, p, b.Codes, fmt.Sprint(codes), said)
	}
	return true
}
