package prove

import (
	"slices"
	"strings"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/topology"
)

const networkTeam = "555555555555"

// A Transit Gateway of another account is held to what the proof of templates assumes, where the network knows more of it, as a live one
// does. With whom else its owner shares it is not judged.
func TestGatewayOfAnotherAccount(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(g *topology.TransitGatewayRecord, s *topology.ShareRecord)
		want   string // "" where it holds
	}{
		{"as assumed", func(*topology.TransitGatewayRecord, *topology.ShareRecord) {}, ""},
		{"shared with others too", func(_ *topology.TransitGatewayRecord, s *topology.ShareRecord) {
			s.Principals, s.External = append(s.Principals, "999999999999"), true
		}, ""},
		{"shared with others alone", func(_ *topology.TransitGatewayRecord, s *topology.ShareRecord) {
			s.Principals = []string{"999999999999"}
		}, "the transit gateway is not shared with account 111111111111"},
		{"that accepts nobody by itself", func(g *topology.TransitGatewayRecord, _ *topology.ShareRecord) { g.AutoAccept = false },
			"does not accept attachments from account 111111111111 automatically"},
		{"with a default table", func(g *topology.TransitGatewayRecord, _ *topology.ShareRecord) { g.DefaultAssociation = true },
			"the transit gateway's default association or propagation is on"},
		{"that a stack of the hub shares", func(_ *topology.TransitGatewayRecord, s *topology.ShareRecord) { s.Source.Stack = "lab-network" },
			"the share includes the transit gateway of account 555555555555, which that account shares"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, records := gatewayElsewhere(t, c.change)
			r := Network(cfg, topology.Link(records))
			found := slices.ContainsFunc(r.Findings, func(d diag.Diagnostic) bool { return strings.Contains(d.Summary, c.want) })
			if r.Holds() != (c.want == "") || !found && c.want != "" {
				t.Errorf("expected %q, found:\n%v", c.want, r.Findings)
			}
			if len(r.Assumed) > 0 {
				t.Errorf("expected nothing to be assumed of what was looked at, found %q", r.Assumed)
			}
		})
	}
}

// What only the owner of a gateway may make is in its account, and nothing is said of a hub whose gateway was not looked at.
func TestGatewayElsewhereIsOfItsAccount(t *testing.T) {
	cfg, records := gatewayElsewhere(t, func(*topology.TransitGatewayRecord, *topology.ShareRecord) {})
	unseen := Seen(cfg, topology.Link(records), func(account string) bool { return account != networkTeam })
	if len(unseen.Findings.Errors()) > 0 || unseen.Counts.Hubs > 0 {
		t.Errorf("expected nothing of a hub whose gateway was not looked at, found %+v:\n%v", unseen.Counts, unseen.Findings)
	}
	records.Parts = slices.DeleteFunc(records.Parts, func(r topology.Record) bool {
		_, gateway := r.(*topology.TransitGatewayRecord)
		_, share := r.(*topology.ShareRecord)
		return gateway || share
	})
	r := Network(cfg, Linked(cfg, records))
	if !r.Holds() || len(r.Assumed) != 1 || !strings.Contains(r.Assumed[0], "account 555555555555 shares Transit Gateway ") ||
		!strings.Contains(r.Assumed[0], " with account 111111111111, and the gateway accepts") {
		t.Errorf("expected the share to be assumed, found %q and:\n%v", r.Assumed, r.Findings)
	}
	for _, part := range records.Parts {
		route, ok := part.(*topology.TransitGatewayRouteRecord)
		if !ok {
			continue
		}
		route.Account = cfg.Hubs[0].Account
		r := Network(cfg, Linked(cfg, records))
		if codes := r.Findings.Errors(); len(codes) != 1 || codes[0].Code != codeConflict {
			t.Errorf("expected a route in the hub's account to be refused, found:\n%v", r.Findings)
		}
		route.Account = networkTeam
	}
}

// gatewayElsewhere is the hub of testdata at a gateway of another account, which shares it, with a change of both.
func gatewayElsewhere(t *testing.T, change func(*topology.TransitGatewayRecord, *topology.ShareRecord)) (*config.Config, topology.Records) {
	t.Helper()
	cfg, diags := config.Load("../../examples/01-one-spoke")
	a, err := assembly.Read("testdata/hub")
	if cfg == nil || err != nil {
		t.Fatal(diags, err)
	}
	records := a.Records()
	share := &topology.ShareRecord{Meta: topology.Meta{ID: "share", Type: "AWS::RAM::ResourceShare", Account: networkTeam,
		Region: cfg.Hubs[0].Region, Source: topology.Source{ID: "share", Live: "share"}}, Principals: []string{cfg.Hubs[0].Account}}
	var gateway *topology.TransitGatewayRecord
	for i, part := range records.Parts {
		switch r := part.(type) {
		case *topology.TransitGatewayRecord:
			own := *r
			own.Account, gateway, records.Parts[i] = networkTeam, &own, &own
		case *topology.TransitGatewayRouteTableRecord:
			r.Account = networkTeam
		case *topology.TransitGatewayRouteTableAssociationRecord:
			r.Account = networkTeam
		case *topology.TransitGatewayRouteTablePropagationRecord:
			r.Account = networkTeam
		case *topology.TransitGatewayRouteRecord:
			r.Account = networkTeam
		}
	}
	cfg.Hubs[0].TransitGateway = config.TransitGateway{ID: gateway.ID, Account: networkTeam, Routing: cfg.Hubs[0].TransitGateway.Routing,
		FlowLogs: cfg.Hubs[0].TransitGateway.FlowLogs}
	share.Resources = []string{gateway.ARN}
	change(gateway, share)
	records.Parts = append(records.Parts, share)
	return cfg, records
}
