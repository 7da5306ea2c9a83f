package prove

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// declaredDNS are the zones, rules and rule groups of DNS Firewall that exist, as a hub's file declares them.
func declaredDNS(h *config.Hub) []topology.Record {
	partition, err := awsfacts.PartitionOf(h.Region)
	if err != nil || !h.HasR53Profile() {
		return nil // the configuration was refused, or nothing carries them
	}
	meta := func(typ, id string) topology.Meta {
		return topology.Meta{ID: id, Type: typ, Source: topology.Source{ID: id}, Account: h.Account, Region: h.Region,
			Partition: partition.Name}
	}
	var out []topology.Record
	for _, z := range h.ExistingDNS.Zones {
		out = append(out, &topology.HostedZoneRecord{Meta: meta("AWS::Route53::HostedZone", z.ID), Name: z.Domain, Declared: true})
	}
	for _, r := range h.ExistingDNS.Rules {
		rule := &topology.ResolverRuleRecord{Meta: meta("AWS::Route53Resolver::ResolverRule", r.ID), Domain: r.Domain, Forwards: !r.System,
			Kind: ruleType(r), Declared: true}
		for _, a := range r.To {
			rule.Targets = append(rule.Targets, a.String())
		}
		out = append(out, rule)
	}
	for _, g := range h.ExistingDNS.RuleGroups {
		list := &topology.DNSFirewallDomainListRecord{Meta: meta("AWS::Route53Resolver::FirewallDomainList", "declared by "+g.ID),
			Domains: g.Blocks}
		group := &topology.DNSFirewallRuleGroupRecord{Meta: meta("AWS::Route53Resolver::FirewallRuleGroup", g.ID), Declared: true}
		if len(g.Blocks) > 0 {
			group.Rules = []topology.DNSFirewallRule{{Priority: 1, Action: "BLOCK", List: list.ID}}
			out = append(out, list)
		}
		out = append(out, group)
	}
	return out
}

func ruleType(r config.ExistingRule) string {
	if r.System {
		return "SYSTEM"
	}
	return "FORWARD"
}

// existingDNS proves that the hub's Profile carries what exists, that this is what the hub's file says of it, and that no rule goes
// round in a circle. What only its owner decides is assumed.
func (p *prover) existingDNS(sc *scene) {
	p.circles(sc)
	e := sc.hub.ExistingDNS
	if !e.Any() || !sc.hub.HasR53Profile() {
		return
	}
	profile := p.profileOf(sc)
	if profile == nil {
		p.add(codeProfile, sc.subject, sc.vpc.Source, "no Route 53 Profile carries the hub's endpoints, so none carries what dns.existing names")
		return
	}
	for _, m := range sc.spokes {
		if m.spoke.Attached() {
			p.carried(sc, m)
		}
	}
	for _, z := range e.Zones {
		p.existingZone(sc, profile, z)
	}
	for _, r := range e.Rules {
		p.existingRule(sc, profile, r)
	}
	for _, g := range e.RuleGroups {
		p.existingRuleGroup(sc, profile, g)
	}
	for _, l := range e.QueryLogs {
		if !slices.Contains(profile.QueryLogs, l.ID) {
			p.lacks(sc, profile, "query log configuration "+l.ID)
		}
		p.assumes(sc, "query log configuration %s records questions, and may be read by those alone whom its owner lets", l.ID)
	}
}

// profileOf is the Profile that carries the hub's endpoints.
func (p *prover) profileOf(sc *scene) *topology.R53Profile {
	for _, id := range sortedKeys(p.net.R53Profiles) {
		pr := p.net.R53Profiles[id]
		if pr.Account == sc.hub.Account && slices.ContainsFunc(pr.Endpoints, func(e *topology.Endpoint) bool { return e.VPC == sc.vpc }) {
			return pr
		}
	}
	return nil
}

func (p *prover) lacks(sc *scene, profile *topology.R53Profile, what string) {
	p.add(codeProfile, sc.subject, profile.Source, "the Route 53 Profile does not carry %s, which the hub's file names", what)
}

func (p *prover) assumes(sc *scene, format string, args ...any) {
	p.Assumed = append(p.Assumed, fmt.Sprintf("hub %s, dns.existing: ", sc.hub.Name)+fmt.Sprintf(format, args...))
}

// carriedOf is what the hub's Profile carries of a kind under an id; false, and said, where it carries none.
func carriedOf[T any](p *prover, sc *scene, profile *topology.R53Profile, list []T, is func(T) bool, what string, args ...any) (T, bool) {
	i := slices.IndexFunc(list, is)
	if i < 0 {
		p.lacks(sc, profile, fmt.Sprintf(what, args...))
		return *new(T), false
	}
	return list[i], true
}

func (p *prover) existingZone(sc *scene, profile *topology.R53Profile, want config.ExistingZone) {
	z, ok := carriedOf(p, sc, profile, profile.HostedZones, func(z *topology.HostedZone) bool { return z.ID == want.ID },
		"hosted zone %s for %s", want.ID, want.Domain)
	if !ok {
		return
	}
	if z.Name != want.Domain {
		p.add(codeName, sc.subject, profile.Source, "hosted zone %s: expected %s, found %s", want.ID, want.Domain, topology.Plain(z.Name))
	}
	if z.Declared {
		p.assumes(sc, "hosted zone %s is private and named %s", want.ID, want.Domain)
	}
	p.assumes(sc, "hosted zone %s has the records that its owner wants, for %s and all names below it", want.ID, want.Domain)
}

func (p *prover) existingRule(sc *scene, profile *topology.R53Profile, want config.ExistingRule) {
	have, ok := carriedOf(p, sc, profile, profile.Forwards, func(f topology.Forward) bool { return f.ID == want.ID },
		"Resolver rule %s for %s", want.ID, want.Domain)
	switch {
	case !ok:
		return
	case have.Unknown:
		p.add(codeName, sc.subject, have.Source, "Resolver rule %s for %s is not there, or may not be read", want.ID, want.Domain)
		return
	}
	if have.Domain != want.Domain || have.Kind != ruleType(want) {
		p.add(codeName, sc.subject, have.Source, "Resolver rule %s: expected %s for %s, found %s for %s", want.ID, ruleType(want), want.Domain,
			topology.Plain(have.Kind), topology.Plain(have.Domain))
	}
	if to := strings.Join(slices.Sorted(slices.Values(have.Targets)), ", "); len(want.To) > 0 && to != serverList(want.To) {
		p.add(codeName, sc.subject, have.Source, "Resolver rule %s for %s: expected to ask %s, found %s", want.ID, want.Domain,
			serverList(want.To), topology.Plain(to))
	}
	if have.Declared {
		p.assumes(sc, "Resolver rule %s is of type %s and for %s", want.ID, ruleType(want), want.Domain)
	}
	if !want.System {
		p.assumes(sc, "the servers of Resolver rule %s know %s, its endpoint reaches them, and they send no question for it back", want.ID,
			want.Domain)
	}
}

func (p *prover) existingRuleGroup(sc *scene, profile *topology.R53Profile, want config.ExistingRuleGroup) {
	have, ok := carriedOf(p, sc, profile, profile.Firewalls, func(f topology.DNSFirewall) bool { return f.Group == want.ID },
		"rule group %s of DNS Firewall, %s", want.ID, want.Name)
	if !ok {
		return
	}
	if have.Priority != want.Priority {
		p.add(codeProfile, sc.subject, profile.Source, "rule group %s, %s: expected priority %d, found %d", want.ID, want.Name, want.Priority,
			have.Priority)
	}
	switch {
	case have.Unknown: // said of each name that it may block
	case have.Declared && len(want.Blocks) == 0:
		p.assumes(sc, "rule group %s of DNS Firewall, %s, blocks no name that the hub serves or forwards", want.ID, want.Name)
	case have.Declared:
		p.assumes(sc, "rule group %s of DNS Firewall, %s, blocks %s and nothing else that the hub serves or forwards", want.ID, want.Name,
			strings.Join(want.Blocks, ", "))
	default:
		p.stillBlocks(sc, have, want)
	}
}

// first checks that nothing of a VPC's own comes before what the hub's Profile carries for a domain: of two zones or rules of one domain,
// Route 53 takes the VPC's (developer guide, "How Route 53 Profile settings are prioritized"). What is carried, a rule that is ours or the
// zone of an id, may be the VPC's too.
func (p *prover) first(m *member, own layer, domain, zone string, ours func(topology.Forward) bool) {
	if f, ok := own.forwards[domain]; ok && !ours(f) {
		p.add(codeName, m.subject, f.Source, "the VPC follows a Resolver rule of its own for %s, which comes before what the Route 53 Profile "+
			"carries for it", domain)
	}
	for _, z := range own.zones[domain] {
		if z.ID == zone {
			continue
		}
		p.add(codeName, m.subject, z.Source, "hosted zone %s comes before what the Route 53 Profile carries for that domain", domain)
	}
}

// asked checks that DNS Firewall lets questions for a domain, and for names in it, pass.
func (p *prover) asked(m *member, v view, domain string) {
	for _, name := range []string{domain, anyLabel + "." + domain} {
		if wrong := v.blocked(name); wrong.text != "" {
			p.add(codeName, m.subject, wrong.at, "names of %s are not asked for: %s", domain, wrong.text)
			return
		}
	}
}

// carried checks that a spoke gets what the hub's Profile carries of what exists.
func (p *prover) carried(sc *scene, m *member) {
	all := p.view(m.vpc)
	e := sc.hub.ExistingDNS
	for _, z := range e.Zones {
		p.asked(m, all[:1], z.Domain)
		p.first(m, all[0], z.Domain, z.ID, func(f topology.Forward) bool { return f.System })
	}
	for _, r := range e.Rules {
		p.asked(m, all[:1], r.Domain)
		p.first(m, all[0], r.Domain, "", func(f topology.Forward) bool { return f.ID == r.ID || f.System && r.System })
	}
}

// stillBlocks checks that a rule group which was read blocks what the hub's file says.
func (p *prover) stillBlocks(sc *scene, have topology.DNSFirewall, want config.ExistingRuleGroup) {
	alone := view{{firewalls: []topology.DNSFirewall{have}}}
	for _, b := range want.Blocks {
		name := b
		if rest, wild := strings.CutPrefix(b, "*."); wild {
			name = anyLabel + "." + rest
		}
		if alone.blocked(name).text == "" {
			p.add(codeName, sc.subject, have.Source, "rule group %s of DNS Firewall, %s, does not block %s, which the hub's file says it does",
				want.ID, want.Name, b)
		}
	}
}

// circles checks that no Resolver rule asks an inbound endpoint of a VPC that follows the rule itself (Route 53 guide, "Avoid loop
// configurations with Resolver endpoints"), nor the hub's own, whose VPC follows no rule and so does not know the domain.
func (p *prover) circles(sc *scene) {
	inbound := map[string][]*topology.VPC{} // by address
	for _, id := range sortedKeys(p.net.ResolverEndpoints) {
		for _, a := range p.net.ResolverEndpoints[id].Addresses {
			if p.net.ResolverEndpoints[id].Direction != "OUTBOUND" && a.Subnet != nil && a.IP != "" {
				inbound[a.IP] = append(inbound[a.IP], a.Subnet.VPC)
			}
		}
	}
	if len(inbound) == 0 {
		return
	}
	for _, m := range sc.spokes {
		all := p.view(m.vpc)
		for _, l := range all {
			for _, domain := range sortedKeys(l.forwards) {
				p.circle(sc, m, l.forwards[domain], inbound)
			}
		}
	}
}

func (p *prover) circle(sc *scene, m *member, f topology.Forward, inbound map[string][]*topology.VPC) {
	for _, server := range f.Targets {
		ip, _, _ := strings.Cut(server, " ") // a port and a protocol may follow
		for _, v := range inbound[ip] {
			switch {
			case f.System:
			case v == m.vpc:
				p.add(codeName, m.subject, f.Source, "the rule for %s asks %s, an inbound Resolver endpoint of this very VPC: questions go round in "+
					"a circle", topology.Plain(f.Domain), ip)
			case v == sc.vpc:
				p.add(codeName, m.subject, f.Source, "the rule for %s asks %s, the hub's inbound Resolver endpoint, whose VPC does not know that "+
					"domain", topology.Plain(f.Domain), ip)
			}
		}
	}
}
