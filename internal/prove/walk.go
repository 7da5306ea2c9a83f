package prove

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

// Hop is one step of a packet's way.
type Hop struct {
	// What the hop is, and where it leads.
	What string `json:"what"`
	// Resource is the stack and logical id that makes the hop.
	Resource string `json:"resource"`
	at       topology.Source
}

func hopAt(at topology.Source, format string, args ...any) Hop {
	return Hop{fmt.Sprintf(format, args...), at.String(), at}
}

// stop says why a packet gets no further, and which resource should have let it.
type stop struct {
	text string
	at   topology.Source
}

// hop is hopAt where somebody wants to know: the proof walks thousands of ways, and says the hops of none.
func (p *prover) hop(at topology.Source, format string, args ...any) Hop {
	if p.silent {
		return Hop{at: at}
	}
	return hopAt(at, format, args...)
}

// gatewayRoute is what a gateway's table says of a range.
type transitGatewayRoute struct {
	to        *topology.Attachment // nil for a blackhole
	blackhole bool
	rivals    int // propagations of the same range by other attachments
	source    topology.Source
}

// routesOf compiles a VPC's table, with the VPC's own ranges, which every table has. A nil table is the VPC's main one.
func (p *prover) routesOf(v *topology.VPC, t *topology.RouteTable) *ranges.Table[topology.Route] {
	if r, ok := p.vpcRoutes[v][t]; ok {
		return r
	}
	r := ranges.NewTable[topology.Route]()
	for _, c := range v.CIDRs {
		r.Set(c, topology.Route{CIDR: c, Kind: topology.Local, Source: v.Source})
	}
	if t != nil {
		for _, route := range t.Routes {
			r.Set(route.CIDR, route)
		}
	}
	if p.vpcRoutes[v] == nil {
		p.vpcRoutes[v] = map[*topology.RouteTable]*ranges.Table[topology.Route]{}
	}
	p.vpcRoutes[v][t] = r.Ready()
	return r
}

// table compiles a gateway's table: static routes win over propagated ones of the same range (Transit Gateway guide,
// "Route evaluation order").
func (p *prover) table(t *topology.TransitGatewayRouteTable) *ranges.Table[transitGatewayRoute] {
	if r, ok := p.tableRoutes[t]; ok {
		return r
	}
	r := ranges.NewTable[transitGatewayRoute]()
	for _, pr := range t.Propagated {
		for _, c := range pr.Attachment.VPC.CIDRs {
			route := transitGatewayRoute{to: pr.Attachment, source: pr.Source}
			if old, ok := r.Get(c); ok && old.to != pr.Attachment {
				route.rivals = old.rivals + 1
			}
			r.Set(c, route)
		}
	}
	for _, s := range t.Static {
		r.Set(s.CIDR, transitGatewayRoute{to: s.Attachment, blackhole: s.Attachment == nil, source: s.Source})
	}
	p.tableRoutes[t] = r.Ready()
	return r
}

// walk follows packets from a subnet to a whole range, all of which must arrive in one VPC, through one Transit Gateway.
// It returns the hops, or why some part of the range does not arrive.
func (p *prover) walk(from *topology.Subnet, to netip.Prefix, dest *topology.VPC) ([]Hop, *stop) {
	v := from.VPC
	out, st := p.leave(from, to)
	if st != nil {
		return nil, st
	}
	hops := []Hop{p.hop(out.Source, "route table of %s sends %s to the transit gateway", describe(from), out.CIDR)}
	a := p.attachmentTo(v, out.Target)
	if a == nil {
		return hops, &stop{fmt.Sprintf("the route to %s leads to a transit gateway that the VPC is not attached to", to), out.Source}
	}
	if !slices.ContainsFunc(a.Subnets, func(s *topology.Subnet) bool { return s.AZ == from.AZ }) {
		return hops, &stop{
			fmt.Sprintf("the attachment has no subnet in availability zone %s, so packets from %s are dropped", from.AZ, describe(from)), a.Source,
		}
	}
	hops = append(hops, p.hop(a.Source, "attachment of %s in availability zone %s", v.Name(), from.AZ))
	if len(a.Associated) != 1 {
		return hops, &stop{
			fmt.Sprintf("expected the attachment to be associated with one transit gateway route table, found %d", len(a.Associated)), a.Source,
		}
	}
	next, hop, st := p.cross(a.Associated[0], to)
	if st != nil {
		return hops, st
	}
	hops = append(hops, hop)
	if next.VPC != dest {
		return hops, &stop{fmt.Sprintf("the transit gateway sends %s to %s, not to %s", to, next.VPC.Name(), dest.Name()), hop.at}
	}
	if st := p.arrive(next, to); st != nil {
		return hops, st
	}
	if o := p.outsides[dest]; o != nil {
		return append(hops, p.hop(next.Source, "attachment %s", o.Attachment)), nil
	}
	return append(hops, p.hop(next.Source, "attachment of %s, then local", dest.Name())), nil
}

// leave decides where a subnet's table sends a range: all of it must go to one transit gateway.
func (p *prover) leave(from *topology.Subnet, to netip.Prefix) (topology.Route, *stop) {
	var out topology.Route
	var st *stop
	holder := from.VPC.Source
	if from.Table != nil {
		holder = from.Table.Source
	}
	p.routesOf(from.VPC, from.Table).Decide(to, func(part netip.Prefix, r topology.Route, ok bool) bool {
		switch {
		case !ok:
			st = &stop{fmt.Sprintf("%s has no route to %s", describe(from), part), holder}
		case r.Kind != topology.ToTransitGateway:
			st = &stop{fmt.Sprintf("%s sends %s to %s (%s)", describe(from), part, r.Kind, r.CIDR), r.Source}
		case out.Target != "" && out.Target != r.Target:
			st = &stop{fmt.Sprintf("%s splits %s between two transit gateways", describe(from), to), r.Source}
		default:
			out = r
		}
		return st == nil
	})
	return out, st
}

// cross decides where a gateway's table sends a range: all of it must go to one attachment.
func (p *prover) cross(t *topology.TransitGatewayRouteTable, to netip.Prefix) (*topology.Attachment, Hop, *stop) {
	var next *topology.Attachment
	var hop Hop
	var st *stop
	p.table(t).Decide(to, func(part netip.Prefix, r transitGatewayRoute, ok bool) bool {
		switch {
		case !ok:
			st = &stop{fmt.Sprintf("transit gateway route table %s has no route to %s", tableName(t), part), t.Source}
		case r.blackhole:
			st = &stop{fmt.Sprintf("transit gateway route table %s drops %s", tableName(t), part), r.source}
		case r.rivals > 0:
			st = &stop{fmt.Sprintf("transit gateway route table %s learns %s from several attachments", tableName(t), part), r.source}
		case next != nil && next != r.to:
			st = &stop{fmt.Sprintf("transit gateway route table %s splits %s between attachments", tableName(t), to), r.source}
		default:
			next, hop = r.to, p.hop(r.source, "transit gateway route table %s sends %s to %s", tableName(t), part, r.to.VPC.Name())
		}
		return st == nil
	})
	return next, hop, st
}

// arrive checks that what comes out of an attachment's subnets stays in the VPC.
func (p *prover) arrive(a *topology.Attachment, to netip.Prefix) *stop {
	if p.beyond[a] {
		return nil // what is behind it is assumed
	}
	if len(a.Subnets) == 0 {
		return &stop{"the attachment has no subnet", a.Source}
	}
	for _, s := range a.Subnets {
		var st *stop
		p.routesOf(a.VPC, s.Table).Decide(to, func(part netip.Prefix, r topology.Route, ok bool) bool {
			if !ok || r.Kind != topology.Local {
				st = &stop{fmt.Sprintf("transit subnet %s routes %s out of the VPC", s.CIDR, part), s.Source}
				if ok {
					st.at = r.Source
				}
			}
			return st == nil
		})
		if st != nil {
			return st
		}
	}
	return nil
}

func (p *prover) attachmentTo(v *topology.VPC, gateway string) *topology.Attachment {
	for _, a := range p.attachments[v] {
		if a.TransitGateway == gateway {
			return a
		}
	}
	return nil
}

func describe(s *topology.Subnet) string {
	if s.Name != "" {
		return "subnet " + s.Name
	}
	if !s.CIDR.IsValid() {
		return "subnet " + s.Source.String()
	}
	return "subnet " + s.CIDR.String()
}

func tableName(t *topology.TransitGatewayRouteTable) string {
	if t.Name != "" {
		return t.Name
	}
	return t.Source.String()
}

// groupsAdmit is true where some security group lets all of a range in on a port.
func (p *prover) groupsAdmit(groups []*topology.SecurityGroup, cidr netip.Prefix, port int) bool {
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i] = g.ID
	}
	key := fmt.Sprint(strings.Join(ids, " "), cidr, port)
	if v, ok := p.rules[key]; ok {
		return v
	}
	var list []netip.Prefix
	for _, g := range groups {
		for _, r := range g.Ingress {
			if (r.Protocol == "tcp" || r.Protocol == "6" || r.Protocol == "-1") && (r.Protocol == "-1" || r.From <= port && port <= r.To) {
				list = append(list, r.CIDR)
			}
		}
	}
	p.rules[key] = ranges.Covered(cidr, list)
	return p.rules[key]
}

// endpointSubnets are the subnets of a set of services, each once.
func endpointSubnets(services []*service) []*topology.Subnet {
	seen := map[*topology.Subnet]bool{}
	for _, s := range services {
		if s.endpoint != nil {
			for _, n := range s.endpoint.Subnets {
				seen[n] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b *topology.Subnet) int { return a.CIDR.Compare(b.CIDR) })
}

// ports are one port or a range of them, as text.
func ports(from, to int) string {
	if from == to {
		return fmt.Sprintf("port %d", from)
	}
	return fmt.Sprintf("ports %d to %d", from, to)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
