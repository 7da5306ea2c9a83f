package live

import (
	"slices"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/drift"
	"sharedhub/internal/topology"
)

// everything is an assembly with a resource of every type that this program models.
func everyRecord(t *testing.T) topology.Records {
	t.Helper()
	a, err := assembly.Read("testdata/everything")
	if err != nil {
		t.Fatal(err)
	}
	return a.Records()
}

// A network reads the same from its templates and from the answers of AWS.
func TestSameFromBothSides(t *testing.T) {
	all := everyRecord(t)
	want, have := topology.Link(all), topology.Link(records(deploy(t, all)))
	for _, n := range []*topology.Network{want, have} {
		if len(n.Strange) > 0 {
			t.Errorf("strange: %v", n.Strange)
		}
	}
	for _, v := range have.VPCs {
		for _, f := range v.Forwards {
			if f.Source != v.Source {
				t.Errorf("a Resolver rule that VPC %s uses is said of %v, expected the VPC", v.Name(), f.Source)
			}
		}
	}
	for _, d := range drift.Between(want, have, func(string) bool { return true }) {
		t.Error(d)
	}
}

// The assembly holds every modelled type, and what is gone on the live side is told, or the type says why not.
func TestEveryTypeIsCompared(t *testing.T) {
	all := everyRecord(t)
	want := topology.Link(all)
	for _, typ := range topology.Types() {
		if typ.Record == nil {
			continue
		}
		inTemplate := without(t, all, typ.Name)
		if inTemplate == nil {
			t.Errorf("testdata/everything holds no %s", typ.Name)
			continue
		}
		less := without(t, records(deploy(t, all)), typ.Name)
		if less == nil { // AWS tells it as a property of something else
			answered := records(deploy(t, *inTemplate))
			less = &answered
		}
		found := drift.Between(want, topology.Link(*less), func(string) bool { return true })
		if told := len(found) > 0; told != (typ.NoFacts == "") {
			t.Errorf("a %s that is gone: drift tells %v, expected NoFacts %q", typ.Name, found, typ.NoFacts)
		}
	}
}

// without leaves out a part of a type, if there is one that a stack made; nil where there is none.
func without(t *testing.T, from topology.Records, typ string) *topology.Records {
	var gone string
	for _, r := range from.Parts {
		if m := metaOf(t, r); m.Type == typ && (gone == "" || m.Source.Stack != "") {
			gone = m.ID
		}
	}
	if gone == "" {
		return nil
	}
	from.Parts = slices.DeleteFunc(slices.Clone(from.Parts), func(r topology.Record) bool {
		m := metaOf(t,
			r)
		return m.Type == typ && m.ID == gone
	})
	return &from
}
