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

// outside is the attachment that exists of a name; nil where there is none.
func (sc *scene) outside(name string) *outside {
	for _, o := range sc.externals {
		if o.Name == name {
			return o
		}
	}
	return nil
}

// behind stands for a range behind an attachment that exists, as an end of a path.
func (o *outside) behind(r netip.Prefix) *topology.Subnet {
	return &topology.Subnet{ID: o.Attachment + " " + r.String(), Name: o.Name, CIDR: r, VPC: o.attachment.VPC, Source: o.attachment.Source}
}

// entersBy are the hops of packets that come in by an attachment that exists.
func (p *prover) entersBy(o *outside, to *topology.Subnet) ([]Hop, *stop) {
	if o.table == nil {
		return nil, &stop{"the attachment is associated with no one transit gateway route table", o.attachment.Source}
	}
	next, hop, st := p.cross(o.table, to.CIDR)
	switch {
	case st != nil:
		return nil, st
	case next.VPC != to.VPC:
		return []Hop{hop}, &stop{fmt.Sprintf("the transit gateway sends %s to %s, not to %s", to.CIDR, next.VPC.Name(), to.VPC.Name()), hop.at}
	}
	if st := p.arrive(next, to.CIDR); st != nil {
		return []Hop{hop}, st
	}
	return []Hop{hop, hopAt(next.Source, "attachment of %s, then local", next.VPC.Name())}, nil
}

// endAt is the spoke or the hub that an address lies in; nil for anything else.
func (p *prover) endAt(word string) (*end, error) {
	a, err := netip.ParseAddr(word)
	if err != nil {
		return nil, nil
	}
	for _, h := range p.cfg.Hubs {
		if h.CIDR.Contains(a) {
			return p.end(h.Name, "")
		}
		for _, s := range h.Spokes {
			if slices.ContainsFunc(s.Ranges(), func(r netip.Prefix) bool { return r.Contains(a) }) {
				return p.spokeEnd(h, s)
			}
		}
	}
	return nil, fmt.Errorf("%s lies in no hub, in no spoke, and in no range of external", word)
}

// explainOutside answers for what lies behind an attachment that exists, by its name or by an address; false where From is neither.
func (p *prover) explainOutside(q Question) (bool, *Explanation, error) {
	address, notAddress := netip.ParseAddr(q.From)
	for _, h := range p.cfg.Hubs {
		for _, e := range h.External {
			lies := notAddress == nil && slices.ContainsFunc(e.CIDRs, func(r netip.Prefix) bool { return r.Contains(address) })
			if q.Hub != "" && q.Hub != h.Name || e.Name != q.From && !lies {
				continue
			}
			sc, err := p.scene(h)
			if err != nil {
				return true, nil, err
			}
			o := sc.outside(e.Name)
			if o == nil {
				return true, nil, p.notFound("external " + e.Name)
			}
			from := e.CIDRs
			if lies {
				from = []netip.Prefix{netip.PrefixFrom(address, address.BitLen())}
			}
			x, err := p.fromOutside(sc, o, from, q)
			return true, x, err
		}
	}
	return false, nil, nil
}

// fromOutside follows packets from ranges behind an attachment that exists: to a VPC, a service, or what a name leads to.
func (p *prover) fromOutside(sc *scene, o *outside, from []netip.Prefix, q Question) (*Explanation, error) {
	x := &Explanation{From: q.From, To: q.To, Names: []NameAnswer{}}
	at := &end{name: o.Name, vpc: o.attachment.VPC, hub: sc.hub}
	to, err := p.end(q.To, q.Hub)
	if err != nil {
		return nil, err
	}
	if to != nil {
		x.Expected, x.Because = outsideTo(sc, o, to)
		t := traffic{to: "subnet"}
		if q.Port > 0 {
			t.ports = []int{q.Port}
		}
		p.eachPath(x, o, from, p.workload(to.vpc), t)
		p.conclude(x, at, to)
		return x, nil
	}
	hub := &end{name: sc.hub.Name, vpc: sc.vpc, hub: sc.hub}
	for _, s := range sc.services {
		if s.Catalog.Name != q.To && s.Catalog.ServiceName != q.To {
			continue
		}
		if s.endpoint == nil {
			return nil, fmt.Errorf("service %s has no endpoint in hub %s", s.Catalog.Name, sc.hub.Name)
		}
		for _, n := range queries(s.Catalog.PrivateNames, false) {
			x.Names = append(x.Names, p.answerOutside(sc, o, n, s))
		}
		p.outsideService(x, sc, o, from, s, q.Port)
		p.conclude(x, at, hub)
		return x, nil
	}
	name, ok := p.asName(&end{vpc: sc.vpc}, sc, q.To)
	if !ok {
		return nil, p.nothing(hub, sc, q.To)
	}
	x.To = name
	s := serviceNamed(sc, asked(name))
	x.Names = append(x.Names, p.answerOutside(sc, o, asked(name), s))
	if s != nil {
		p.outsideService(x, sc, o, from, s, q.Port)
	}
	p.conclude(x, at, hub)
	return x, nil
}

// outsideTo is what the configuration says of what lies behind an attachment that exists, and a VPC.
func outsideTo(sc *scene, o *outside, to *end) (Extent, string) {
	switch {
	case to.hub != sc.hub:
		return NotAtAll, fmt.Sprintf("%s is not in hub %s, which external %s is attached to", to.name, sc.hub.Name, o.Name)
	case to.spoke == nil:
		return Fully, fmt.Sprintf("external %s reaches the hub", o.Name)
	case !to.spoke.Attached():
		return NotAtAll, fmt.Sprintf("spoke %s is %s", to.name, to.spoke.State)
	}
	return bySegments(sc.hub, o.Segment, to.spoke.Segment)
}

// outsideService adds the way of the question to the inbound Resolver endpoint, and that of packets to a service's endpoint.
func (p *prover) outsideService(x *Explanation, sc *scene, o *outside, from []netip.Prefix, s *service, port int) {
	x.Expected, x.Because = Fully, fmt.Sprintf("external %s reaches the hub's endpoints", o.Name)
	if servers := o.servers(sc.hub); len(servers) > 0 {
		p.toInbound(x, sc, o, servers)
	}
	ports := s.Catalog.Ports
	if port > 0 {
		ports = []int{port}
	}
	t := traffic{to: "endpoint of " + s.Catalog.Name + " in subnet", ports: ports, groups: s.endpoint.Groups, guarded: true,
		at: s.endpoint.Source}
	p.eachPath(x, o, from, s.endpoint.Subnets, t)
	x.notServed("the endpoint of "+s.Catalog.Name, port, s.Catalog.Ports, s.endpoint.Source)
}

func (p *prover) eachPath(x *Explanation, o *outside, from []netip.Prefix, to []*topology.Subnet, t traffic) {
	for _, r := range from {
		for _, s := range to {
			x.Paths = append(x.Paths, p.path(o.behind(r), s, t))
		}
	}
}

// servers are the ranges behind the attachment whose name servers may ask the inbound Resolver endpoint.
func (o *outside) servers(h *config.Hub) []netip.Prefix {
	var out []netip.Prefix
	for _, r := range h.Resolver.From {
		for _, c := range o.CIDRs {
			switch {
			case c.Bits() <= r.Bits() && c.Contains(r.Addr()):
				out = append(out, r)
			case r.Bits() < c.Bits() && r.Contains(c.Addr()):
				out = append(out, c)
			}
		}
	}
	ranges.Sort(out)
	return slices.Compact(out)
}

// inbound is the hub's Resolver endpoint for questions from outside; nil where there is none.
func (p *prover) inbound(sc *scene) *topology.ResolverEndpoint {
	for _, id := range sortedKeys(p.net.ResolverEndpoints) {
		e := p.net.ResolverEndpoints[id]
		if e.Direction == "INBOUND" && slices.ContainsFunc(e.Addresses, func(a topology.ResolverAddress) bool {
			return a.Subnet != nil && a.Subnet.VPC == sc.vpc
		}) {
			return e
		}
	}
	return nil
}

// toInbound adds the ways of questions from name servers to the inbound Resolver endpoint.
func (p *prover) toInbound(x *Explanation, sc *scene, o *outside, servers []netip.Prefix) {
	e := p.inbound(sc)
	if e == nil {
		return // said of the names
	}
	t := traffic{to: "inbound Resolver endpoint in subnet", ports: []int{dnsPort}, guarded: true, at: e.Source}
	for _, id := range e.Groups {
		if g := p.net.Groups[id]; g != nil {
			t.groups = append(t.groups, g)
		}
	}
	p.eachPath(x, o, servers, subnetsOf(e), t)
}

func subnetsOf(e *topology.ResolverEndpoint) []*topology.Subnet {
	var out []*topology.Subnet
	for _, a := range e.Addresses {
		if a.Subnet != nil {
			out = append(out, a.Subnet)
		}
	}
	return out
}

// answerOutside says what name servers outside get for a name: the answer of the hub's VPC, where they ask the inbound endpoint. Of a
// service, it must lead to its endpoint.
func (p *prover) answerOutside(sc *scene, o *outside, q query, s *service) NameAnswer {
	e := p.inbound(sc)
	switch servers := o.servers(sc.hub); {
	case e == nil && len(sc.hub.Resolver.From) > 0:
		return NameAnswer{Name: q.name, By: "no inbound Resolver endpoint in the hub's VPC",
			Wrong: "the hub's inbound Resolver endpoint is missing"}
	case e == nil:
		return NameAnswer{Name: q.name, By: "the hub has no inbound Resolver endpoint (dns.inbound), so public DNS answers"}
	case len(servers) == 0:
		return NameAnswer{Name: q.name, Resource: e.Source.String(), By: fmt.Sprintf("no server behind %s may ask the inbound "+
			"Resolver endpoint, which answers %s, so public DNS answers", o.Attachment, ranges.Join(sc.hub.Resolver.From))}
	}
	n, found := p.nameAnswer(sc.vpc, q)
	if s != nil && !s.Leaving && found != s.endpoint && sc.hub.Sharing != config.SharingSpokeZones {
		n.Wrong = "expected the endpoint of service " + s.Catalog.Name
	}
	if found == nil && s == nil {
		n.By += p.unfollowed(sc, q)
	}
	n.By = fmt.Sprintf("the inbound Resolver endpoint at %s: %s", strings.Join(resolverAddresses(e), ", "), n.By)
	return n
}

// unfollowed says that the hub's own VPC follows none of the rules that its spokes follow.
func (p *prover) unfollowed(sc *scene, q query) string {
	for _, f := range sc.hub.Resolver.Active() {
		if below(q.ask, f.Domain) {
			return fmt.Sprintf("; %s is forwarded for spokes only, so servers there must answer it themselves", f.Domain)
		}
	}
	for _, z := range sc.hub.ExistingDNS.Zones {
		if below(q.ask, z.Domain) {
			return fmt.Sprintf("; the Profile carries hosted zone %s to spokes only, unless its owner associates it with the hub's VPC", z.ID)
		}
	}
	return ""
}

func resolverAddresses(e *topology.ResolverEndpoint) []string {
	var out []string
	for _, a := range e.Addresses {
		out = append(out, topology.Plain(a.IP))
	}
	return out
}

// explainToOutside follows packets from a VPC to the ranges behind an attachment that exists.
func (p *prover) explainToOutside(from *end, sc *scene, o *outside, port int) *Explanation {
	x := &Explanation{From: from.name, To: o.Name, Names: []NameAnswer{}}
	x.Expected, x.Because = outsideTo(sc, o, from)
	t := traffic{to: "subnet"}
	if port > 0 {
		t.ports = []int{port}
	}
	for _, a := range p.workload(from.vpc) {
		for _, r := range o.CIDRs {
			x.Paths = append(x.Paths, p.path(a, o.behind(r), t))
		}
	}
	p.conclude(x, from, &end{name: o.Name, vpc: o.attachment.VPC, hub: sc.hub})
	return x
}

// ruleFor is the Resolver rule by which a VPC asks other servers for a name.
func (p *prover) ruleFor(v *topology.VPC, q query) (topology.Forward, bool) {
	all := p.view(v)
	if asksElsewhere(v).text != "" {
		return topology.Forward{}, false
	}
	_, wrong := all.resolve(q.ask)
	for _, l := range all {
		for _, domain := range sortedKeys(l.forwards) {
			if f := l.forwards[domain]; !f.System && wrong == forwarded(f) {
				return f, true
			}
		}
	}
	return topology.Forward{}, false
}

// toServers adds the ways of a question from the outbound Resolver endpoint to the servers that a rule names.
func (p *prover) toServers(x *Explanation, from *end, sc *scene, f topology.Forward) {
	n := &x.Names[0]
	if len(f.Targets) > 0 {
		n.By += ": " + strings.Join(f.Targets, ", ")
	}
	e := p.net.ResolverEndpoints[f.Endpoint]
	if e == nil || sc == nil {
		n.By += "; the endpoint that the rule asks through is in none of the stacks"
		return
	}
	x.Asked = true
	n.By += "; asked from " + strings.Join(resolverAddresses(e), ", ")
	if i := slices.IndexFunc(sc.hub.Resolver.Active(), func(w config.Forward) bool { return w.Domain == f.Domain }); i >= 0 {
		x.Expected, x.Because = Fully, "dns.forward sends "+f.Domain+" and all names below it there"
	}
	for _, at := range subnetsOf(e) {
		for _, server := range f.Targets {
			ip, _, _ := strings.Cut(server, " ")
			if a, err := netip.ParseAddr(ip); err == nil {
				x.Paths = append(x.Paths, p.path(at, p.serverAt(sc, a), traffic{to: "name server " + ip + " in subnet", ports: []int{dnsPort}}))
			}
		}
	}
}

// serverAt is where a name server is: a subnet of a spoke, what lies behind an attachment that exists, or nowhere known.
func (p *prover) serverAt(sc *scene, a netip.Addr) *topology.Subnet {
	for _, m := range sc.spokes {
		for _, s := range m.vpc.Subnets {
			if s.CIDR.Contains(a) {
				return s
			}
		}
	}
	whole := netip.PrefixFrom(a, a.BitLen())
	for _, o := range sc.externals {
		if ranges.Covered(whole, o.CIDRs) {
			return o.behind(whole)
		}
	}
	return &topology.Subnet{CIDR: whole, VPC: &topology.VPC{}}
}
