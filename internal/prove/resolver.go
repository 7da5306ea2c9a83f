package prove

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

// dnsPort is where name servers listen, by TCP and UDP.
const dnsPort = 53

// plainDNS is how a Resolver endpoint asks and is asked on that port.
const plainDNS = "IPV4 Do53"

// resolver proves the hub's Resolver endpoints: they are where servers elsewhere look for them, nobody else asks, nobody else is
// asked, packets pass both ways, and questions go round in no circle.
func (p *prover) resolver(sc *scene) {
	r := sc.hub.Resolver
	inbound, outbound := p.findResolvers(sc)
	if inbound != nil {
		p.asksOnly(sc, inbound, "from", r.From)
	}
	if outbound != nil {
		sc.outbound = outbound
		p.hubRules(sc)
		p.asksOnly(sc, outbound, "to", servers(r))
	}
	if !r.Any() {
		return
	}
	p.noCircle(sc)
	p.assumeServers(sc)
	holds := func(s *topology.Subnet) bool {
		return slices.ContainsFunc(sc.hub.ResolverSubnets(), func(n config.ResolverSubnet) bool { return n.CIDR == s.CIDR })
	}
	for _, s := range sc.vpc.Subnets {
		if holds(s) {
			p.resolverPaths(sc, s)
		}
	}
	for _, e := range sc.vpc.Endpoints {
		for _, s := range e.Subnets {
			if holds(s) && !sc.theirs(e) {
				p.add(codeEndpoint, sc.subject, e.Source, "endpoint of %s: is in %s, which is the Resolver endpoints'", e.ServiceName, describe(s))
			}
		}
	}
}

// findResolvers finds the hub's Resolver endpoints; nil for one that is not configured, or not found.
func (p *prover) findResolvers(sc *scene) (inbound, outbound *topology.ResolverEndpoint) {
	if len(sc.hub.Resolver.From) > 0 {
		inbound = p.resolverEndpoint(sc, "INBOUND", config.ResolverSubnet.Inbound)
	}
	if len(sc.hub.Resolver.Forwards) > 0 {
		outbound = p.resolverEndpoint(sc, "OUTBOUND", config.ResolverSubnet.Outbound)
	}
	return inbound, outbound
}

// servers are the addresses that rules name, as ranges.
func servers(r config.Resolver) []netip.Prefix {
	var out []netip.Prefix
	for _, f := range r.Forwards {
		for _, a := range f.To {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	ranges.Sort(out)
	return slices.Compact(out)
}

// resolverEndpoint finds the hub's endpoint of a direction, at the configured addresses.
func (p *prover) resolverEndpoint(sc *scene, direction string,
	address func(config.ResolverSubnet) netip.Addr) *topology.ResolverEndpoint {
	var found []*topology.ResolverEndpoint
	for _, id := range sortedKeys(p.net.ResolverEndpoints) {
		e := p.net.ResolverEndpoints[id]
		in := slices.ContainsFunc(e.Addresses, func(a topology.ResolverAddress) bool { return a.Subnet != nil && a.Subnet.VPC == sc.vpc })
		if e.Direction == direction && in && !p.ofOthers(sc, e) {
			found = append(found, e)
		}
	}
	what := strings.ToLower(direction)
	if len(found) != 1 {
		p.add(codeEndpoint, sc.subject, sc.vpc.Source, "expected one %s Resolver endpoint in the hub's VPC, found %d", what, len(found))
		return nil
	}
	e := found[0]
	p.resolvers[e.ID] = true
	for _, s := range subnetsOf(e) {
		p.asking[s] = true
	}
	var want, have []string
	for _, n := range sc.hub.ResolverSubnets() {
		want = append(want, fmt.Sprintf("%s in %s", address(n), n.CIDR))
	}
	for _, a := range e.Addresses {
		place := "a subnet that is in none of the stacks"
		if a.Subnet != nil {
			place = a.Subnet.CIDR.String()
		}
		have = append(have, fmt.Sprintf("%s in %s", topology.Plain(a.IP), place))
	}
	slices.Sort(want)
	slices.Sort(have)
	if !slices.Equal(want, have) {
		p.add(codeEndpoint, sc.subject, e.Source, "the %s Resolver endpoint: expected addresses %s, found %s", what, strings.Join(want, ", "),
			strings.Join(have, ", "))
	}
	if e.Asked != plainDNS {
		p.add(codeEndpoint, sc.subject, e.Source, "the %s Resolver endpoint: expected %s, found %s", what, plainDNS, topology.Plain(e.Asked))
	}
	return e
}

// ofOwner is true for a live Resolver endpoint in VPCs that exist, but for those of hubs: its owner's, of whom nothing is judged.
func (p *prover) ofOwner(e *topology.ResolverEndpoint) bool {
	return e.Source.Stack == "" && len(e.Addresses) > 0 && !slices.ContainsFunc(e.Addresses, func(a topology.ResolverAddress) bool {
		return a.Subnet == nil || !p.standing[a.Subnet.VPC]
	})
}

// ofOthers is true for one in the hub's VPC that is at none of the hub's addresses.
func (p *prover) ofOthers(sc *scene, e *topology.ResolverEndpoint) bool {
	return p.ofOwner(e) && !slices.ContainsFunc(e.Addresses, func(a topology.ResolverAddress) bool {
		return slices.ContainsFunc(sc.hub.ResolverSubnets(), func(n config.ResolverSubnet) bool {
			return a.IP == n.Inbound().String() || a.IP == n.Outbound().String()
		})
	})
}

// asksOnly checks that an endpoint's security groups let DNS through from or to some ranges, and nothing else.
func (p *prover) asksOnly(sc *scene, e *topology.ResolverEndpoint, direction string, peers []netip.Prefix) {
	what := fmt.Sprintf("the security group of the %s Resolver endpoint", strings.ToLower(e.Direction))
	var in, out []topology.Rule
	for _, id := range e.Groups {
		g := p.net.Groups[id]
		if g == nil {
			p.add(codeRule, sc.subject, e.Source, "%s is in none of the stacks", what)
			continue
		}
		in, out = append(in, g.Ingress...), append(out, g.Egress...)
		if g.VPC != sc.vpc.ID {
			p.add(codeRule, sc.subject, g.Source, "%s is of another VPC, and Route 53 takes those of the endpoint's own", what)
		}
		if g.OpenEgress {
			p.add(codeRule, sc.subject, g.Source, "%s allows all outbound packets", what)
		}
		for _, r := range g.Others {
			p.add(codeRule, sc.subject, r.Source, "%s names %s, and only ranges are configured", what, r.Who())
		}
	}
	open, closed := in, out
	if direction == "to" {
		open, closed = out, in
	}
	for _, r := range closed {
		if r.CIDR != nobody {
			p.add(codeRule, sc.subject, r.Source, "%s lets packets pass in the other direction, %s; expected none", what, r.CIDR)
		}
	}
	by := map[string][]netip.Prefix{}
	for _, r := range open {
		protocol := protocol(r.Protocol)
		if protocol != "tcp" && protocol != "udp" || r.From != dnsPort || r.To != dnsPort || !ranges.Covered(r.CIDR, peers) {
			p.add(codeRule, sc.subject, r.Source, "%s lets %s %s pass %s %s, expected DNS %s %s", what, protocol, ports(r.From, r.To), direction,
				r.CIDR, direction, ranges.Join(peers))
			continue
		}
		by[protocol] = append(by[protocol], r.CIDR)
	}
	for _, peer := range peers {
		for _, protocol := range []string{"tcp", "udp"} {
			if !ranges.Covered(peer, by[protocol]) {
				p.add(codeRule, sc.subject, e.Source, "%s does not let %s port %d pass %s %s", what, protocol, dnsPort, direction, peer)
			}
		}
	}
}

// assumeServers says what only the servers elsewhere decide.
func (p *prover) assumeServers(sc *scene) {
	h := sc.hub
	if len(h.Resolver.From) > 0 {
		var at []string
		for _, n := range h.ResolverSubnets() {
			at = append(at, n.Inbound().String())
		}
		p.Assumed = append(p.Assumed, fmt.Sprintf("hub %s, inbound Resolver endpoint: name servers in %s forward the endpoints' names to %s",
			h.Name, ranges.Join(h.Resolver.From), strings.Join(at, " and ")))
	}
	for _, f := range h.Resolver.Active() {
		p.Assumed = append(p.Assumed, fmt.Sprintf("hub %s, domain %s: %s know its names, and forward no question for them back to the hub",
			h.Name, f.Domain, serverList(f.To)))
	}
}

// noCircle checks that the hub's own VPC forwards nothing: its inbound endpoint would ask the servers that ask it.
func (p *prover) noCircle(sc *scene) {
	view := p.view(sc.vpc)
	for _, l := range view {
		for _, domain := range sortedKeys(l.forwards) {
			if f := l.forwards[domain]; !f.System {
				p.add(codeName, sc.subject, f.Source, "the hub's own VPC forwards %s to %s: questions that these servers forward to the hub would go "+
					"round in a circle", domain, strings.Join(f.Targets, ", "))
			}
		}
	}
}

// resolverPaths follows packets between a subnet of the Resolver endpoints and those who ask or are asked.
func (p *prover) resolverPaths(sc *scene, at *topology.Subnet) {
	said := map[stop]bool{}
	report := func(st *stop, format string, args ...any) {
		if st != nil && !said[*st] {
			said[*st] = true
			p.add(codePath, sc.subject, st.at, "%s: %s", fmt.Sprintf(format, args...), st.text)
		}
	}
	wanted := sc.hub.Resolver.Routed()
	for _, m := range sc.spokes {
		for _, whole := range m.work {
			for _, part := range common(whole.CIDR, wanted) {
				if m.table == nil {
					continue
				}
				from := *whole
				from.CIDR = part
				_, st := p.walk(&from, at.CIDR, sc.vpc)
				report(st, "no path from %s to the Resolver endpoints in %s", m.subject, at.CIDR)
				_, st = p.walk(at, part, m.vpc)
				report(st, "no path from the Resolver endpoints in %s to %s", at.CIDR, m.subject)
				report(p.dnsStop(&from, at), "the Resolver endpoints in %s are closed to %s", at.CIDR, m.subject)
				p.Counts.Paths++
			}
		}
	}
	for _, o := range sc.externals {
		for _, r := range o.CIDRs {
			for _, part := range common(r, wanted) {
				if o.table == nil {
					continue
				}
				report(p.enters(sc, o, at.CIDR), "no path from %s to the Resolver endpoints in %s", o.subject, at.CIDR)
				_, st := p.walk(at, part, o.attachment.VPC)
				report(st, "no path from the Resolver endpoints in %s to %s", at.CIDR, part)
				behind := &topology.Subnet{Name: "of " + o.subject, CIDR: part, VPC: o.attachment.VPC}
				report(p.dnsStop(behind, at), "the Resolver endpoints in %s are closed to %s", at.CIDR, o.subject)
				p.Counts.Paths++
			}
		}
	}
	for _, server := range servers(sc.hub.Resolver) {
		report(p.asksServer(sc, at, server), "no path from the Resolver endpoints in %s to %s", at.CIDR, server.Addr())
	}
}

// asksServer follows a question from the outbound endpoint to a server, and the answer back.
func (p *prover) asksServer(sc *scene, at *topology.Subnet, server netip.Prefix) *stop {
	if _, st := p.leave(at, server); st != nil || len(sc.attachment.Associated) != 1 {
		return st
	}
	next, _, st := p.cross(sc.attachment.Associated[0], server)
	if st != nil {
		return st
	}
	to := &topology.Subnet{Name: "of " + next.VPC.Name(), CIDR: server, VPC: next.VPC}
	if i := slices.IndexFunc(next.VPC.Subnets, func(s *topology.Subnet) bool { return s.CIDR.Contains(server.Addr()) }); i >= 0 {
		to = next.VPC.Subnets[i]
	}
	return p.dnsStop(at, to)
}

// dnsStop checks the network ACLs of a way to who answers questions, by UDP and by TCP.
func (p *prover) dnsStop(from, to *topology.Subnet) *stop {
	if st := p.aclStopOf("17", from, to, dnsPort); st != nil {
		return st
	}
	return p.aclStop(from, to, dnsPort)
}

// common are the parts of a range that lie in others: the range itself, or those in it.
func common(r netip.Prefix, in []netip.Prefix) []netip.Prefix {
	if ranges.In(r, in) {
		return []netip.Prefix{r}
	}
	return slices.DeleteFunc(slices.Clone(in), func(o netip.Prefix) bool { return !r.Overlaps(o) })
}

// follows checks that a spoke's VPC asks the configured servers for each domain, through the hub's endpoint, and none for one that
// leaves.
func (p *prover) follows(sc *scene, m *member) {
	if len(sc.hub.Resolver.Forwards) == 0 {
		return
	}
	all := p.view(m.vpc)
	var views []view
	if sc.hub.HasHostedZones() {
		views = append(views, all[:1])
	}
	if sc.hub.HasR53Profile() {
		views = append(views, all[1:])
	}
	for _, w := range sc.hub.Resolver.Forwards {
		for _, v := range views {
			f, ok := v[0].forwards[w.Domain]
			switch {
			case w.Leaving && ok:
				p.add(codeName, m.subject, f.Source, "the rule for %s is leaving, but the VPC still follows it", w.Domain)
			case w.Leaving:
			case !ok || f.System:
				p.add(codeName, m.subject, m.vpc.Source, "no Resolver rule forwards %s, expected one to %s", w.Domain, serverList(w.To))
			default:
				p.followed(sc, m, w, f)
			}
		}
		if !w.Leaving {
			p.asked(m, all, w.Domain)
			if sc.hub.HasR53Profile() {
				p.first(m, all[0], w.Domain, "", func(f topology.Forward) bool { return sc.rules[f.ID] == w.Domain })
			}
		}
	}
}

// stillFollows reports rules of the hub that a spoke follows which is leaving.
func (p *prover) stillFollows(sc *scene, m *member) {
	for _, f := range m.vpc.Forwards {
		if domain := sc.rules[f.ID]; domain != "" {
			p.add(codeName, m.subject, f.Source, "the spoke is detached but still follows the Resolver rule for %s", domain)
		}
	}
}

// hubRules finds the hub's rules, which ask through its outbound endpoint, and checks each.
func (p *prover) hubRules(sc *scene) {
	sc.rules = map[string]string{}
	found := map[string]int{}
	for _, id := range sortedKeys(p.net.ResolverRules) {
		r := p.net.ResolverRules[id]
		if r.Endpoint != sc.outbound.ID {
			continue
		}
		domain := strings.ToLower(strings.TrimSuffix(r.Domain, "."))
		sc.rules[id] = domain
		i := slices.IndexFunc(sc.hub.Resolver.Forwards, func(w config.Forward) bool { return w.Domain == domain })
		if i < 0 {
			p.add(codeName, sc.subject, r.Source, "a Resolver rule for %s asks through the hub's outbound endpoint, and is not configured",
				topology.Plain(r.Domain))
			continue
		}
		found[domain]++
		want, have := serverList(sc.hub.Resolver.Forwards[i].To), strings.Join(slices.Sorted(slices.Values(r.Targets)), ", ")
		if r.Kind != "FORWARD" || have != want {
			p.add(codeName, sc.subject, r.Source, "the Resolver rule for %s: expected FORWARD to %s, found %s to %s", domain, want, r.Kind,
				topology.Plain(have))
		}
	}
	for _, w := range sc.hub.Resolver.Forwards {
		if n := found[w.Domain]; n != 1 {
			p.add(codeName, sc.subject, sc.outbound.Source, "expected one Resolver rule for %s through the hub's outbound endpoint, found %d",
				w.Domain, n)
		}
	}
}

// followed checks the rule that a spoke follows for a domain: it is the hub's, and the spoke's account may use it.
func (p *prover) followed(sc *scene, m *member, w config.Forward, f topology.Forward) {
	if sc.rules[f.ID] != w.Domain {
		p.add(codeName, m.subject, f.Source, "follows Resolver rule %s for %s, expected the hub's", topology.Plain(f.ID), w.Domain)
		return
	}
	if m.vpc.Account == sc.hub.Account || !sc.hub.HasHostedZones() {
		return // a Profile takes what it carries along
	}
	if !p.net.SharedWith(f.ARN, sc.hub.Account, sc.hub.Region, m.vpc.Account) {
		p.add(codeSharing, m.subject, f.Made, "the Resolver rule for %s is not shared with account %s", w.Domain, m.vpc.Account)
	}
	p.afterShare(m.subject, f.Source, "association of the Resolver rule for "+w.Domain, f.ARN, sc.hub.Account, m.vpc.Account)
}

func serverList(list []netip.Addr) string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.String()
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
