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

// An endpoint that exists is held to what the file declares where the network knows more of it, as a live one does. Whom else its
// security groups admit is its owner's.
func TestExistingEndpoint(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(e *topology.VPCEndpointRecord, g *topology.SecurityGroupRecord)
		want   string // "" where it holds
	}{
		{"as declared", func(*topology.VPCEndpointRecord, *topology.SecurityGroupRecord) {}, ""},
		{"wider groups, and addresses of both families", func(e *topology.VPCEndpointRecord, g *topology.SecurityGroupRecord) {
			e.IPAddressType = "dualstack"
			g.OpenEgress, g.Rules = true, []topology.GroupRule{{CIDR: "10.0.0.0/8", Protocol: "-1", To: 65535}}
		}, ""},
		{"gone", func(e *topology.VPCEndpointRecord, _ *topology.SecurityGroupRecord) { e.ID = "vpce-other" },
			"has no endpoint vpce-declared, which the file declares for "},
		{"of another service", func(e *topology.VPCEndpointRecord, _ *topology.SecurityGroupRecord) { e.ServiceName += "-fips" },
			"expected vpce-declared to be an interface endpoint of "},
		{"of another kind", func(e *topology.VPCEndpointRecord, _ *topology.SecurityGroupRecord) { e.Kind = "GatewayLoadBalancer" },
			"found one of kind GatewayLoadBalancer"},
		{"not available", func(e *topology.VPCEndpointRecord, _ *topology.SecurityGroupRecord) { e.State = "pendingacceptance" },
			"expected vpce-declared to be available, found it pendingacceptance"},
		{"of IPv6 alone", func(e *topology.VPCEndpointRecord, _ *topology.SecurityGroupRecord) { e.IPAddressType = "ipv6" },
			"expected vpce-declared to have IPv4 addresses"},
		{"with private DNS", func(e *topology.VPCEndpointRecord, _ *topology.SecurityGroupRecord) { e.PrivateDNS = true },
			"expected private DNS off with dns.sharing zones, found on"},
		{"in a zone less", func(e *topology.VPCEndpointRecord, _ *topology.SecurityGroupRecord) { e.Subnets = e.Subnets[1:] },
			"expected availability zones "},
		{"with another policy", func(e *topology.VPCEndpointRecord, _ *topology.SecurityGroupRecord) {
			e.Policy = map[string]any{"Statement": []any{}}
		}, "does not let everything pass"},
		{"closed to the spokes", func(_ *topology.VPCEndpointRecord, g *topology.SecurityGroupRecord) { g.Rules = g.Rules[:1] },
			"no security group of "},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := provedWithExisting(t, c.change)
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

// provedWithExisting proves a hub of which one endpoint is made by nobody, with a change of it and its group, which is its own.
func provedWithExisting(t *testing.T, change func(*topology.VPCEndpointRecord, *topology.SecurityGroupRecord)) *Result {
	t.Helper()
	cfg, diags := config.Load("../../examples/01-one-spoke")
	a, err := assembly.Read("testdata/hub")
	if cfg == nil || err != nil {
		t.Fatal(diags, err)
	}
	service := cfg.Hubs[0].Endpoints[0]
	service.Existing = &config.ExistingEndpoint{ID: "vpce-declared"}
	records := a.Records()
	var made *topology.VPCEndpointRecord
	groups := map[string]*topology.SecurityGroupRecord{}
	for i, part := range records.Parts {
		switch r := part.(type) {
		case *topology.VPCEndpointRecord:
			if r.ServiceName == service.Catalog.ServiceName && r.Kind == "Interface" {
				own := *r
				made, records.Parts[i] = &own, &own
			}
		case *topology.SecurityGroupRecord:
			groups[r.ID] = r
		}
	}
	group := *groups[made.Groups[0]]
	group.ID, group.Rules = "sg-own", slices.Clone(group.Rules)
	made.ID, made.Groups = service.Existing.ID, []string{group.ID}
	change(made, &group)
	records.Add(&group)
	return Network(cfg, topology.Link(records))
}
