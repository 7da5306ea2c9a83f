package preflight

import (
	"slices"
	"strings"
	"testing"

	"sharedhub/internal/config"
	"sharedhub/internal/live"
)

// The account of a Transit Gateway is asked for its tables and attachments, and each account with a VPC whether it sees the gateway.
func TestGatewayOfAnotherAccount(t *testing.T) {
	const owner = "555555555555"
	hub := &config.Hub{Name: "use1", Account: hubAccount, Region: region,
		TransitGateway: config.TransitGateway{ID: "tgw-1", Account: owner, RouteTables: map[string]string{"onprem": "tgw-rtb-1"}},
		External:       []config.External{{Name: "datacentre", Attachment: "tgw-attach-1", Segment: "onprem"}}}
	hub.Spokes = []*config.Spoke{{Name: "a", Account: spokeAccount, Hub: hub}, {Name: "b", Account: owner, Hub: hub}}
	cfg, plan := &config.Config{Hubs: []*config.Hub{hub}, Spokes: hub.Spokes}, Plan{}
	plan.standing(hub)
	var ground []*live.Ground
	for _, account := range []string{hubAccount, owner, spokeAccount} {
		at := live.Place{Account: account, Region: region}
		n := plan[at]
		if n == nil || !slices.Equal(n.Existing, []string{"tgw-1"}) {
			t.Fatalf("expected account %s to be asked for the gateway, found %+v", account, n)
		}
		if asked := len(n.GatewayTables) + len(n.Members); (asked == 2) != (account == owner) {
			t.Errorf("expected the owner alone to be asked for tables and attachments, found account %s asked for %v and %v", account,
				n.GatewayTables, n.Members)
		}
		ground = append(ground, &live.Ground{Place: at, Existing: map[string]string{"tgw-1": "available"},
			Owners: map[string]string{"tgw-1": owner}, Defaults: map[string]live.Defaults{"tgw-1": {Associates: true, Waits: true}},
			Standing: &live.Standing{}})
	}
	var codes []string
	for _, d := range Check(cfg, plan, ground, hubAccount) {
		codes = append(codes, d.Code.String()+" "+d.Where.String())
	}
	slices.Sort(codes)
	at := " account " + owner + " in " + region
	if want := []string{"existing-acceptance" + at, "existing-association" + at, "existing-attachment" + at,
		"existing-gateway" + at}; !slices.Equal(codes, want) {
		t.Errorf("expected %q, found %q", want, codes)
	}
}

// An attachment that exists is at the Transit Gateway that the hub's network stack has made, and cannot be before.
func TestGatewayThatTheHubMakes(t *testing.T) {
	for _, c := range []struct {
		name, made string
		deployed   bool
		want       string
	}{
		{"made, and the attachment is there", "tgw-1", true, ""},
		{"made, and the attachment is at another", "tgw-2", true,
			"external datacentre: expected Transit Gateway tgw-2 of attachment tgw-attach-1, which stack use1-network has made, found tgw-1"},
		{"not made yet", "", false, "attachment tgw-attach-1 is at Transit Gateway tgw-1, and hub use1 makes a new one: write transitGateway: " +
			"{id: tgw-1} in the hub's file; or deploy the hub without it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, _, ground := standing()
			hub, g := cfg.Hubs[0], ground[hubAccount]
			hub.TransitGateway, hub.Spokes, cfg.Spokes = config.TransitGateway{}, nil, nil
			plan := Plan{}
			plan.standing(hub)
			plan.at(hubAccount, region).Stacks["use1-network"] = true
			if asked := plan[g.Place].Members; !slices.Equal(asked, []string{"tgw-attach-1"}) {
				t.Fatalf("expected the hub's account to be asked for tgw-attach-1, found %v", asked)
			}
			g.Made, g.Stacks = map[string]string{}, nil
			if c.deployed {
				g.Made["use1-network"], g.Stacks = c.made, stateOf("use1-network", "CREATE_COMPLETE", false)
			}
			got := standingOnly(Check(cfg, plan, []*live.Ground{g}, hubAccount))
			if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0].Summary, c.want)) {
				t.Errorf("expected %q, found:\n%s", c.want, got)
			}
		})
	}
}
