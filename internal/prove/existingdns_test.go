package prove

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// What a Profile carries live is compared with what the hub's file says of it, each difference in its own words.
func TestExistingDNS(t *testing.T) {
	t.Parallel()
	e := config.ExistingDNS{
		Zones: []config.ExistingZone{{Domain: "internal.example", ID: "Z1"}},
		Rules: []config.ExistingRule{{Domain: "partner.example", ID: "rslvr-rr-1", To: []netip.Addr{netip.MustParseAddr("172.31.0.53")}},
			{Domain: "public.example", ID: "rslvr-rr-2", System: true}},
		RuleGroups: []config.ExistingRuleGroup{{Name: "threats", ID: "rslvr-frg-1", Priority: 200, Blocks: []string{"*.bad.example"}}},
		QueryLogs:  []config.ExistingQueryLog{{Name: "central", ID: "rqlc-1"}},
	}
	asWritten := func() *topology.R53Profile {
		return &topology.R53Profile{Account: "1",
			HostedZones: []*topology.HostedZone{{ID: "Z1", Name: "internal.example"}},
			Forwards: []topology.Forward{{ID: "rslvr-rr-1", Domain: "partner.example", Kind: "FORWARD", Targets: []string{"172.31.0.53"}},
				{ID: "rslvr-rr-2", Domain: "public.example", Kind: "SYSTEM", System: true}},
			Firewalls: []topology.DNSFirewall{{Group: "rslvr-frg-1", Priority: 200, Rules: []topology.DNSFirewallRule{
				{Action: "BLOCK", List: "l", Domains: []string{"*.bad.example"}}}}},
			QueryLogs: []string{"rqlc-1"}}
	}
	for name, c := range map[string]struct {
		bend func(*topology.R53Profile)
		want string
	}{
		"as written": {func(*topology.R53Profile) {}, ""},
		"no zone":    {func(r *topology.R53Profile) { r.HostedZones = nil }, "does not carry hosted zone Z1 for internal.example"},
		"another zone": {func(r *topology.R53Profile) { r.HostedZones[0].Name = "other.example" },
			"hosted zone Z1: expected internal.example, found other.example"},
		"no rule": {func(r *topology.R53Profile) { r.Forwards = r.Forwards[1:] },
			"does not carry Resolver rule rslvr-rr-1 for partner.example"},
		"a rule gone": {func(r *topology.R53Profile) { r.Forwards[0].Unknown = true },
			"Resolver rule rslvr-rr-1 for partner.example is not there"},
		"another domain": {func(r *topology.R53Profile) { r.Forwards[0].Domain = "other.example" },
			"expected FORWARD for partner.example, found FORWARD for other.example"},
		"another type": {func(r *topology.R53Profile) { r.Forwards[1].Kind = "FORWARD" },
			"expected SYSTEM for public.example, found FORWARD"},
		"another server": {func(r *topology.R53Profile) { r.Forwards[0].Targets = []string{"172.31.0.54"} },
			"expected to ask 172.31.0.53, found 172.31.0.54"},
		"no rule group": {func(r *topology.R53Profile) { r.Firewalls = nil },
			"does not carry rule group rslvr-frg-1 of DNS Firewall, threats"},
		"another priority": {func(r *topology.R53Profile) { r.Firewalls[0].Priority = 300 }, "expected priority 200, found 300"},
		"blocks less": {func(r *topology.R53Profile) { r.Firewalls[0].Rules[0].Domains = []string{"bad.example"} },
			"does not block *.bad.example, which the hub's file says it does"},
		"no query log": {func(r *topology.R53Profile) { r.QueryLogs = nil }, "does not carry query log configuration rqlc-1"},
	} {
		hub := &config.Hub{Name: "h", Account: "1", Sharing: config.SharingProfile, ExistingDNS: e}
		vpc := &topology.VPC{ID: "vpc"}
		profile := asWritten()
		profile.Endpoints = []*topology.Endpoint{{ID: "vpce", VPC: vpc}}
		c.bend(profile)
		net := topology.Link(topology.Records{})
		net.R53Profiles["rp"] = profile
		p := newProver(&config.Config{}, net)
		p.existingDNS(&scene{hub: hub, subject: "hub h", vpc: vpc})
		var said []string
		for _, f := range p.Findings {
			said = append(said, f.Summary)
		}
		if c.want == "" && len(said) > 0 || c.want != "" && (len(said) != 1 || !strings.Contains(said[0], c.want)) {
			t.Errorf("%s: expected %q, found %q", name, c.want, said)
		}
		if c.want == "" && !slices.ContainsFunc(p.Assumed, func(s string) bool { return strings.Contains(s, "hosted zone Z1 has the records") }) {
			t.Errorf("nothing is assumed of the zone: %q", p.Assumed)
		}
	}
}

// A rule that asks the VPC's own inbound endpoint, or the hub's, is told; one that asks another's is not.
func TestCircles(t *testing.T) {
	t.Parallel()
	for server, want := range map[string]string{
		"10.1.0.4":         "an inbound Resolver endpoint of this very VPC: questions go round in a circle",
		"10.1.0.4 by DoH":  "questions go round in a circle",
		"10.0.0.4":         "the hub's inbound Resolver endpoint, whose VPC does not know that domain",
		"10.2.0.4":         "",
		"10.1.0.5 port 54": "",
	} {
		hub, spoke, other := &topology.VPC{ID: "hub"}, &topology.VPC{ID: "spoke"}, &topology.VPC{ID: "other"}
		net := topology.Link(topology.Records{})
		for ip, v := range map[string]*topology.VPC{"10.0.0.4": hub, "10.1.0.4": spoke, "10.2.0.4": other} {
			net.ResolverEndpoints[ip] = &topology.ResolverEndpoint{ID: ip, Direction: "INBOUND",
				Addresses: []topology.ResolverAddress{{Subnet: &topology.Subnet{VPC: v}, IP: ip}}}
		}
		spoke.Forwards = []topology.Forward{{ID: "rule", Domain: "corp.example", Targets: []string{server}}}
		p := newProver(&config.Config{}, net)
		p.circles(&scene{hub: &config.Hub{Name: "h"}, subject: "hub h", vpc: hub,
			spokes: []*member{{subject: "spoke s", vpc: spoke, spoke: &config.Spoke{Name: "s"}}}, byVPC: map[*topology.VPC]*member{}})
		told := len(p.Findings) == 1 && want != "" && strings.Contains(p.Findings[0].Summary, want)
		if !told && (want != "" || len(p.Findings) > 0) {
			t.Errorf("%s: expected %q, found %v", server, want, p.Findings)
		}
	}
}

// A spoke's own zone or rule comes before what the Profile carries, unless it is the very same; one for a part of the domain is its own.
func TestCarriedIsFirst(t *testing.T) {
	t.Parallel()
	zone := func(id, name string) *topology.HostedZone {
		return &topology.HostedZone{ID: id, Name: name, VPCs: []topology.HostedZoneVPC{{ID: "vpc"}}}
	}
	for name, c := range map[string]struct {
		zone *topology.HostedZone
		rule topology.Forward
		want string
	}{
		"another zone":           {zone: zone("Z2", "internal.example"), want: "hosted zone internal.example comes before"},
		"the same zone":          {zone: zone("Z1", "internal.example")},
		"a zone in it":           {zone: zone("Z3", "team.internal.example")},
		"a rule for it":          {rule: topology.Forward{ID: "r", Domain: "internal.example"}, want: "rule of its own for internal.example"},
		"a rule that excepts it": {rule: topology.Forward{ID: "r", Domain: "internal.example", System: true}},
		"another rule":           {rule: topology.Forward{ID: "r", Domain: "partner.example"}, want: "rule of its own for partner.example"},
		"the same rule":          {rule: topology.Forward{ID: "rslvr-rr-1", Domain: "partner.example"}},
	} {
		net := topology.Link(topology.Records{})
		v := &topology.VPC{ID: "vpc"}
		net.VPCs["vpc"] = v
		if c.zone != nil {
			net.HostedZones[c.zone.ID] = c.zone
		}
		if c.rule.ID != "" {
			v.Forwards = []topology.Forward{c.rule}
		}
		p := newProver(&config.Config{}, net)
		hub := &config.Hub{Name: "h", Sharing: config.SharingProfile, ExistingDNS: config.ExistingDNS{
			Zones: []config.ExistingZone{{Domain: "internal.example", ID: "Z1"}},
			Rules: []config.ExistingRule{{Domain: "partner.example", ID: "rslvr-rr-1"}}}}
		p.carried(&scene{hub: hub},
			&member{subject: "spoke s", vpc: v, spoke: &config.Spoke{Name: "s"}})
		told := len(p.Findings) == 1 && c.want != "" && strings.Contains(p.Findings[0].Summary, c.want)
		if !told && (c.want != "" || len(p.Findings) > 0) {
			t.Errorf("%s: expected %q, found %v", name, c.want, p.Findings)
		}
	}
}
