package bend

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/prove"
	"sharedhub/internal/reach"
	"sharedhub/internal/topology"
)

// hub is a synthesised hub with a spoke, and its configuration.
func hub(t testing.TB) (*World, *config.Config) {
	t.Helper()
	cfg, diags := config.Load("../../examples/01-one-spoke")
	if cfg == nil {
		t.Fatal(diags)
	}
	w, err := Read("../prove/testdata/hub")
	if err != nil {
		t.Fatal(err)
	}
	return w, cfg
}

// A part of a type that nobody knows, and that names nothing, is never proved in a stack of the hub.
func TestUnknownInAnyStack(t *testing.T) {
	w, cfg := hub(t)
	for _, stack := range w.stacks() {
		e := w.Edit()
		e.add(stack, "Mystery", map[string]any{"Type": "AWS::Tomorrow::Thing"})
		a, err := e.Assembly()
		if err != nil {
			t.Fatal(err)
		}
		if prove.Network(cfg, topology.Link(a.Records())).Holds() {
			t.Errorf("an unknown part in %s: expected it to be refused, found it proved", stack)
		}
	}
}

// A part of each type that opens a way is refused as such where it names one of the hub's.
func TestEveryWayIsRefused(t *testing.T) {
	w, cfg := hub(t)
	at := w.where("spoke vpc")[0]
	for _, typ := range topology.Types() {
		if typ.Opens == "" {
			continue
		}
		e := w.Edit()
		e.add(at.Stack, "Way", map[string]any{"Type": typ.Name, "Properties": map[string]any{"Of": map[string]any{"Ref": at.ID}}})
		a, err := e.Assembly()
		if err != nil {
			t.Fatal(err)
		}
		found := prove.Network(cfg, topology.Link(a.Records())).Findings
		if !slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code.String() == "way" }) {
			t.Errorf("an %s that names the spoke's VPC: expected a finding of code way, found %v", typ.Name, found)
		}
	}
}

// Some changes at once, kinds and random ones, drawn from a seed: the proof and reach end, and give the same answer twice and in
// whichever order parts are read; and where parts are only added, what must be refused alone is refused among others.
func FuzzBends(f *testing.F) {
	w, cfg := hub(f)
	kinds := slices.DeleteFunc(Kinds(w), func(k Kind) bool { return len(k.Places(w)) == 0 })
	for i := range uint64(40) {
		f.Add(i, byte(i%5), i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, seed uint64, n byte, adding bool) {
		r := rand.New(rand.NewPCG(seed, 14))
		e := w.Edit()
		must, how := false, ""
		for range 1 + n%6 {
			if !adding && r.IntN(3) == 0 {
				how += scramble(e, r)
				continue
			}
			k := kinds[r.IntN(len(kinds))]
			if adding && !k.Adds {
				continue
			}
			places := k.Places(w)
			if p := places[r.IntN(len(places))]; p.Apply(e) {
				must = must || k.Adds && k.Harmless == ""
				how += fmt.Sprintf("\n%s at %s", k, p)
			}
		}
		a, err := e.Assembly()
		if err != nil {
			return
		}
		net := topology.Link(a.Records())
		first := prove.Network(cfg, net)
		if adding && must && first.Holds() {
			t.Errorf("expected it to be refused, found it proved:%s", how)
		}
		if again := prove.Network(cfg, topology.Link(reordered(a, r))); fmt.Sprint(again.Findings) != fmt.Sprint(first.Findings) {
			t.Errorf("expected the same answer in another order of the parts, found\n%v\nand\n%v\nof:%s", first.Findings, again.Findings, how)
		}
		if one, two := fmt.Sprint(reach.Of(net)), fmt.Sprint(reach.Of(net)); len(one) != len(two) {
			t.Errorf("expected reach to say the same twice, of:%s", how)
		}
	})
}

// reordered are the records with the types in another order; parts of one type keep theirs.
func reordered(a *assembly.Assembly, r *rand.Rand) topology.Records {
	all := a.Records()
	order := map[string]int{}
	for _, p := range all.Parts {
		if typ := fmt.Sprintf("%T", p); order[typ] == 0 {
			order[typ] = 1 + r.IntN(1000)
		}
	}
	slices.SortStableFunc(all.Parts, func(a, b topology.Record) int { return order[fmt.Sprintf("%T", a)] - order[fmt.Sprintf("%T", b)] })
	return all
}

// scramble changes a value somewhere in a resource: to one that stands elsewhere in the assembly, to nothing, or to a function.
func scramble(e *Edit, r *rand.Rand) string {
	w := e.world
	types := w.types()
	parts := w.parts(types[r.IntN(len(types))])
	p := parts[r.IntN(len(parts))]
	res := e.resource(p)
	if res == nil {
		return ""
	}
	props := object(res, "Properties")
	if len(props) == 0 {
		return ""
	}
	change(props, r, func(v any) any {
		switch r.IntN(6) {
		case 0:
			return nil
		case 1: // what another part of the type says
			o := w.properties(parts[r.IntN(len(parts))])
			if names := slices.Sorted(maps.Keys(o)); len(names) > 0 {
				return Clone(o[names[r.IntN(len(names))]])
			}
			return nil
		case 2:
			return map[string]any{"Fn::Join": []any{"", []any{v, ""}}}
		case 3:
			return map[string]any{"Fn::If": []any{"BendUndecided", v, map[string]any{"Ref": "AWS::NoValue"}}}
		case 4:
			return []any{v, v}
		}
		return []any{"0.0.0.0/0", "*", true, float64(r.IntN(70000)), map[string]any{}, []any{}, "-1", "::/0",
			map[string]any{"Ref": p.ID}, "{{resolve:ssm:/x}}"}[r.IntN(10)]
	})
	decides(e, p.Stack)
	return fmt.Sprintf("\nscrambled %s/%s: %v", p.Stack, p.ID, props)
}

// change walks to a random value and replaces it.
func change(v any, r *rand.Rand, with func(any) any) {
	switch v := v.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		if len(names) == 0 {
			return
		}
		name := names[r.IntN(len(names))]
		if deep(v[name]) && r.IntN(2) == 0 {
			change(v[name], r, with)
		} else if x := with(v[name]); x != nil {
			v[name] = x
		} else {
			delete(v, name)
		}
	case []any:
		i := r.IntN(len(v))
		if deep(v[i]) && r.IntN(2) == 0 {
			change(v[i], r, with)
		} else if x := with(v[i]); x != nil {
			v[i] = x
		}
	}
}

func deep(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return false
}
