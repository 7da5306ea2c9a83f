package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/topology"
)

// The internet, and networks that no stack makes: by which routes a VPC's subnets get there.

// internet fills in a VPC's ways out, one for each route that some subnet uses.
func (m *model) internet(v *topology.VPC, out *VPC) {
	found := map[string][]string{}
	for _, c := range m.classesOf(v) {
		for _, s := range c.subnets {
			if s != c.subnet && s.Table == c.table {
				continue // the same routes
			}
			m.internetFrom(c, s, found)
		}
		m.vpnRoutes(c, found)
	}
	out.Internet, out.InternetUndecided, out.Outside = set(found["yes"]), set(found["undecided"]), set(found["outside"])
}

func set(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return append([]string{}, slices.Compact(out)...)
}

func (m *model) internetFrom(c *class, s *topology.Subnet, found map[string][]string) {
	t := m.table(s.VPC, s.Table)
	for _, p := range t.pieces {
		if p.route == nil {
			continue
		}
		w := &walk{m: m, public: !private(p.span)}
		if !w.public && p.route.TargetName == toGatewayTarget && !m.outward {
			continue // only VPCs are there
		}
		w.inVPC(in(s), p.span, source{vpc: s.VPC}, nil)
		for _, e := range w.ends {
			text := fmt.Sprintf("%s by %s (%s)", p.route.Destination, m.way(e), plain(p.route.Source))
			switch e.kind {
			case toInternet:
				switch stop := m.answersFromInternet(c, s, e); {
				case stop.kind == unknown:
					found["undecided"] = append(found["undecided"], text+": "+stop.text)
				case stop.text == "":
					found["yes"] = append(found["yes"], text)
				}
			case toOutside:
				found["outside"] = append(found["outside"], text)
				if wide(p.route) {
					found["undecided"] = append(found["undecided"], text+", whose other end may lead there")
				}
			case unknown:
				if w.public {
					found["undecided"] = append(found["undecided"], fmt.Sprintf("%s (%s): %s", p.route.Destination, plain(p.route.Source), e.text))
				}
			case dropped, delivered:
			}
		}
	}
}

// wide is true for a route to everything.
func wide(r *topology.RouteEntry) bool {
	return slices.ContainsFunc(r.Prefixes, func(p netip.Prefix) bool { return p.Bits() <= 1 })
}

// way is what carries packets out.
func (m *model) way(e end) string {
	var by []string
	for _, s := range e.path.list() {
		if s.by != "" && s.by != e.text {
			by = append(by, s.by)
		}
	}
	if e.text != "" && (e.kind == toOutside || len(by) == 0 || !strings.Contains(by[len(by)-1], "nat gateway")) {
		by = append(by, e.text)
	}
	return strings.Join(by, ", ")
}

// answersFromInternet checks the way back: from the NAT gateway to the host; and that a firewall before the internet gateway sees
// what comes in by it, for which the gateway has a route table of its own (VPC guide, "Gateway route tables").
func (m *model) answersFromInternet(c *class, s *topology.Subnet, e end) end {
	legs := legsOf(e.path)
	for i, l := range legs {
		next := leg{}
		if i+1 < len(legs) {
			next = legs[i+1]
		}
		if next.nat == nil { // out by the internet gateway
			return m.edge(l, s, e)
		}
		spans, first := m.spansOf(s), &class{subnets: []*topology.Subnet{s}, acl: s.ACL, place: in(s)}
		if l.nat != nil {
			spans, first = m.spansOf(l.nat), nil
		}
		_, _, stop := m.answerLeg(l, spans, in(next.nat), source{vpc: next.nat.VPC}, e.span, first, nil, 0)
		if stop.text != "" && !m.otherHash(l, spans, next.nat, e.span, first) {
			return stop
		}
	}
	return end{}
}

// otherHash is true where the answer comes back if gateways choose other zones.
func (m *model) otherHash(l leg, spans []span, nat *topology.Subnet, dst span, first *class) bool {
	for hash := 1; hash < m.hashes; hash++ {
		if _, _, stop := m.answerLeg(l, spans, in(nat), source{vpc: nat.VPC}, dst, first, nil, hash); stop.text == "" {
			return true
		}
	}
	return false
}

// edge checks that what comes in from the internet to a subnet passes the firewalls that what leaves passes, and the ACLs.
func (m *model) edge(l leg, s *topology.Subnet, e end) end {
	if l.nat != nil {
		s = l.nat
	}
	var back []*step
	for _, o := range m.net.Others {
		if o.Type != "AWS::EC2::GatewayRouteTableAssociation" || !slices.Contains(s.VPC.Gateways, one(o, "GatewayId")) {
			continue
		}
		for _, t := range s.VPC.Tables {
			if t.ID != one(o, "RouteTableId") {
				continue
			}
			ends := m.walkTo(place{vpc: s.VPC, table: t, zone: s.AZ}, m.spansOf(s)[:1], source{vpc: s.VPC}, 0)
			if len(ends) > 0 {
				if ends[0].kind != delivered {
					return ends[0]
				}
				back = ends[0].path.list()
			}
		}
	}
	if inspected(l.steps) != inspected(back) {
		return end{text: "a firewall sees one direction alone: what comes in by the internet gateway does not pass it", at: e.at}
	}
	spans := m.spansOf(s)
	boxes, unread := exchange(spans[0], e.span, l.steps, back, &class{subnets: []*topology.Subnet{s}, acl: s.ACL}, nil)
	if e.span.lo.Is6() != spans[0].lo.Is6() {
		boxes, unread = exchange(spans[len(spans)-1], e.span, l.steps, back, &class{subnets: []*topology.Subnet{s}, acl: s.ACL}, nil)
	}
	switch {
	case unread != nil:
		return end{kind: unknown, text: "network ACL " + topology.Plain(unread.ID) + " is in none of the stacks", at: unread.Source}
	case len(boxes) == 0:
		return end{text: "network ACLs let no packets pass both ways", at: s.Source}
	}
	return end{}
}

// vpnRoutes are the ranges that a VPN's other end announces, which gateways put into tables.
func (m *model) vpnRoutes(c *class, found map[string][]string) {
	for _, o := range m.net.Others {
		if o.Type != "AWS::EC2::VPNGatewayRoutePropagation" {
			continue
		}
		for _, t := range o.Says["RouteTableIds"] {
			if slices.ContainsFunc(c.subnets, func(s *topology.Subnet) bool { return s.Table != nil && s.Table.ID == t }) {
				found["outside"] = append(found["outside"], fmt.Sprintf("what the other end announces by virtual private gateway %s (%s)",
					m.title(one(o, "VpnGatewayId")), plain(o.Source)))
			}
		}
	}
}
