package e2e

import "testing"

// A hub whose route tables learn ranges by propagation goes to static routes, and back, in the documented steps. After each,
// every spoke reaches every endpoint and is reached, which verify decides; no VPC, attachment or endpoint is another.
func TestRoutesMove(t *testing.T) {
	t.Parallel()
	c := connect(t)
	s := newSite(t, c, "testdata/zones", hubAccount+"/"+hubRegion, farAccount+"/"+hubRegion)
	rename(t, s, "zoned", "routed", "10.0.", "10.5.", "10.16.", "10.176.", "10.32.", "10.192.")
	hub := "hubs/routed.yaml"
	s.edit(t, hub, "transitGateway: {routes: both}", "transitGateway: {routes: propagated}")
	s.deploy(t)
	s.same(t)
	links := []string{"routed-network", "routed-link-near", "routed-link-far", "routed-link-further"}
	at := "propagated"
	for _, to := range []string{"both", "static", "both", "propagated"} {
		before := s.ids(t)
		s.edit(t, hub, "routes: "+at, "routes: "+to)
		s.changes(t, links...)
		s.same(t)
		kept(t, before, s.ids(t), goesWithRoutes(links)...)
		at = to
	}
	s.leave(t)
}

// goesWithRoutes are what the stacks hold of routing, which comes and goes.
func goesWithRoutes(stacks []string) []string {
	var out []string
	for _, s := range stacks {
		out = append(out, s+"/Routing")
	}
	return out
}
