package prove

import (
	"slices"
	"testing"

	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// What AWS alone decides is told first, and what may follow from it is not; a way in, and another hub's mistakes, are.
func TestEchoes(t *testing.T) {
	cfg := &config.Config{Hubs: []*config.Hub{{Name: "one", Spokes: []*config.Spoke{{Name: "app"}}}, {Name: "two"}}}
	for _, undecided := range []string{"spoke app", "hub one", "stack one-network", "role arn:aws:iam::111111111111:role/one-hub-reader", ""} {
		p := newProver(cfg, topology.New())
		at := topology.Source{Stack: "x", ID: "y"}
		p.add(codePath, "spoke app", at, "follows")
		p.add(codeVPC, "hub one", at, "follows")
		p.add(codeWay, "spoke app", at, "way")
		p.add(codeSegment, "hub two", at, "other hub")
		if undecided != "" {
			p.add(codeUndecided, undecided, at, "undecided")
		}
		p.leaveOutEchoes()
		want, leftOut := []string{"way", "other hub", "undecided"}, 2
		if undecided == "" {
			want, leftOut = []string{"follows", "follows", "way", "other hub"}, 0
		}
		var found []string
		for _, f := range p.Findings {
			found = append(found, f.Summary)
		}
		if !slices.Equal(found, want) || p.LeftOut != leftOut {
			t.Errorf("undecided of %q: expected %q and %d left out, found %q and %d", undecided, want, leftOut, found, p.LeftOut)
		}
	}
}
