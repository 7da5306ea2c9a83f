package prove

import (
	"fmt"
	"iter"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

// segments proves who reaches whom: the gateway's tables hold exactly the VPCs that a segment may reach, and the VPCs'
// tables send exactly the configured ranges to the gateway. Spokes of one segment, table and routes share the answers.
func (p *prover) segments(sc *scene) {
	p.hubTable(sc)
	p.sharedTables(sc)
	for _, o := range sc.externals {
		p.externalReach(sc, o)
	}
	asked := map[string]int{}
	of := map[string]*exchange{}
	for _, m := range sc.spokes {
		if !m.spoke.Attached() || m.table == nil || m.attachment == nil {
			continue // said already
		}
		x := of[m.spoke.Segment]
		if x == nil {
			x = p.exchangeOf(sc, m.spoke.Segment)
			of[m.spoke.Segment] = x
		}
		if p.ask(asked, m.table.ID+" "+m.spoke.Segment) {
			p.segmentTable(sc, m, x)
		}
		p.leaving(sc, m, x, asked)
		p.peersPass(m, x)
		p.Counts.Pairs += len(sc.spokes)
	}
}

// exchange is whom the spokes of a segment exchange packets with.
type exchange struct {
	// all are the attached spokes; in a mesh, those of the segment itself are among them.
	all       []*member
	externals []*outside
	// pools are the hub's range and the pools of the segments, and beyond are the spokes with ranges outside them.
	pools  []netip.Prefix
	beyond []*member
}

func (p *prover) exchangeOf(sc *scene, segment string) *exchange {
	x := &exchange{externals: p.externalsOf(sc, segment), pools: []netip.Prefix{sc.hub.CIDR}}
	segments := map[string]bool{}
	for _, s := range sc.hub.Segments {
		if segments[s.Name] = p.exchanges(sc, segment, s.Name); segments[s.Name] {
			x.pools = append(x.pools, s.Pools...)
		}
	}
	for _, o := range sc.spokes {
		if !o.spoke.Attached() || o.attachment == nil || !segments[o.spoke.Segment] {
			continue
		}
		x.all = append(x.all, o)
		if slices.ContainsFunc(o.spoke.Ranges(), func(r netip.Prefix) bool { return !ranges.In(r, x.pools) }) {
			x.beyond = append(x.beyond, o)
		}
	}
	return x
}

// peers are the spokes of the exchange but one.
func (x *exchange) peers(m *member) iter.Seq[*member] {
	return func(yield func(*member) bool) {
		for _, o := range x.all {
			if o != m && !yield(o) {
				return
			}
		}
	}
}

// may are the ranges that a spoke may send to the gateway.
func (x *exchange) may(m *member) []netip.Prefix {
	out := slices.Clone(x.pools)
	for _, o := range x.beyond {
		if o != m {
			out = append(out, o.spoke.Ranges()...)
		}
	}
	for _, o := range x.externals {
		out = append(out, o.CIDRs...)
	}
	return out
}

// targets are the ranges that a spoke must reach, by whose they are.
func (x *exchange) targets(m *member) map[string][]netip.Prefix {
	out := map[string][]netip.Prefix{}
	for o := range x.peers(m) {
		out[o.subject] = o.spoke.Ranges()
	}
	for _, o := range x.externals {
		out[o.subject] = o.CIDRs
	}
	return out
}

// sharedTables reports a gateway's table that spokes of several segments, or the hub, are associated with, though the
// configuration does not name one table for both: alike as their reach may be now, what is added to one is added to the other.
func (p *prover) sharedTables(sc *scene) {
	of := map[*topology.TransitGatewayRouteTable]string{}
	for _, t := range sc.attachment.Associated {
		of[t] = "hub"
	}
	ids := sc.hub.TransitGateway.RouteTables
	check := func(subject, segment string, t *topology.TransitGatewayRouteTable, a *topology.Attachment) {
		first, known := of[t]
		switch {
		case t == nil:
		case !known:
			of[t] = segment
		case first != segment && (ids[first] == "" || ids[first] != ids[segment]):
			p.add(codeSegment, subject, a.AssociatedBy, "is of segment %s, and is associated with the transit gateway route table "+
				"of %s, %s", segment, first, tableName(t))
		}
	}
	for _, m := range sc.spokes {
		check(m.subject, m.spoke.Segment, m.table, m.attachment)
	}
	for _, o := range sc.externals {
		check(o.subject, o.Segment, o.table, o.attachment)
	}
}

// ask is true for the first two spokes of a kind. One is not enough: in a mesh it is no peer of its own, and the others
// must reach it.
func (p *prover) ask(asked map[string]int, kind string) bool {
	asked[kind]++
	return asked[kind] <= 2
}

// hubTable checks the hub's own table: every attached spoke, and nobody else.
func (p *prover) hubTable(sc *scene) {
	if len(sc.attachment.Associated) != 1 {
		p.add(codePath, sc.subject, sc.attachment.Source,
			"expected the hub's attachment to be associated with one transit gateway route table, found %d", len(sc.attachment.Associated))
		return
	}
	may := map[*topology.VPC][]netip.Prefix{}
	for _, m := range sc.spokes {
		if m.spoke.Attached() {
			may[m.vpc] = m.spoke.Ranges()
		}
	}
	for _, o := range sc.externals {
		may[o.attachment.VPC] = o.CIDRs
	}
	p.tableHolds(sc, sc.subject, sc.attachment.Associated[0], may)
	theirRanges := clients(sc.hub)
	for _, t := range sc.vpc.Tables {
		for _, r := range t.Routes {
			theirs := sc.hub.Existing != nil && (r.Kind != topology.ToTransitGateway || r.Target != sc.attachment.TransitGateway)
			if !theirs && !ranges.Covered(r.CIDR, theirRanges) {
				p.add(codeRoute, sc.subject, r.Source, "the hub has a route to %s, which is outside its pools and spokes", r.CIDR)
			}
		}
	}
}

// tableHolds checks that a gateway's table leads to no VPC but those named, to each by its configured ranges, and to each range
// by one way; and that it learns ranges as configured. An attachment's own account can add ranges to what propagates, so what
// routes are compared with are not the ranges that the VPC has.
func (p *prover) tableHolds(sc *scene, subject string, t *topology.TransitGatewayRouteTable, may map[*topology.VPC][]netip.Prefix) {
	routing := func(v *topology.VPC) config.Routing { // the prover's own reading: unrouted ranges must not propagate
		if v == sc.vpc && sc.hub.Existing != nil {
			return config.RoutingStatic
		}
		if m := sc.byVPC[v]; m != nil && (len(m.spoke.UnroutedCIDRs) > 0 || m.spoke.Existing != nil) {
			return config.RoutingStatic
		}
		if slices.ContainsFunc(sc.externals, func(o *outside) bool { return o.attachment.VPC == v }) { // whoever is there adds ranges
			return config.RoutingStatic
		}
		return sc.hub.TransitGateway.Routing
	}
	static := map[netip.Prefix]*topology.Attachment{}
	for _, s := range t.Static {
		static[s.CIDR] = s.Attachment
	}
	learned, by := map[*topology.VPC]bool{}, map[*topology.Attachment]bool{}
	for _, pr := range t.Propagated {
		learned[pr.Attachment.VPC] = true
		if !routing(pr.Attachment.VPC).Propagates() {
			p.add(codeSegment, subject, pr.Source,
				"transit gateway route table %s learns the ranges of %s by propagation, expected static routes alone",
				tableName(t), pr.Attachment.VPC.Name())
		}
		if may[pr.Attachment.VPC] == nil {
			p.add(codeSegment, subject, pr.Source, "transit gateway route table %s leads to %s, which it must not reach",
				tableName(t), pr.Attachment.VPC.Name())
		}
		if by[pr.Attachment] {
			p.add(codeSegment, subject, pr.Source, "transit gateway route table %s learns %s by two propagations",
				tableName(t), pr.Attachment.VPC.Name())
		}
		by[pr.Attachment] = true
	}
	for _, s := range t.Static {
		if s.Attachment == nil {
			p.add(codeRoute, subject, s.Source, "transit gateway route table %s drops %s", tableName(t), s.CIDR)
		} else if !slices.Contains(may[s.Attachment.VPC], s.CIDR) {
			p.add(codeSegment, subject, s.Source, "transit gateway route table %s sends %s to %s, which it must not reach",
				tableName(t), s.CIDR, s.Attachment.VPC.Name())
		}
	}
	for _, v := range slices.SortedFunc(maps.Keys(may), func(a, b *topology.VPC) int { return strings.Compare(a.ID, b.ID) }) {
		if routing(v).Propagates() && !learned[v] {
			p.add(codeSegment, subject, t.Source, "transit gateway route table %s does not learn the ranges of %s, expected a propagation",
				tableName(t), v.Name())
		}
		for _, r := range may[v] {
			if a := static[r]; routing(v).Writes() && (a == nil || a.VPC != v) {
				p.add(codeSegment, subject, t.Source, "transit gateway route table %s has no static route to %s of %s", tableName(t), r, v.Name())
			}
		}
	}
	routes := p.table(t)
	var last netip.Prefix
	var before transitGatewayRoute
	for _, c := range routes.Prefixes() {
		r, _ := routes.Get(c)
		if last.Overlaps(c) && before.to != r.to {
			p.add(codeAmbiguous, subject, r.source, "transit gateway route table %s holds %s and %s, which overlap", tableName(t), last, c)
		}
		if r.rivals > 0 {
			p.add(codeAmbiguous, subject, r.source, "transit gateway route table %s learns %s from several attachments", tableName(t), c)
		}
		last, before = c, r
	}
}

// segmentTable checks a segment's table: the hub, the peers, and nobody else. The member itself may be in it where its
// segment is a mesh.
func (p *prover) segmentTable(sc *scene, m *member, x *exchange) {
	subject := fmt.Sprintf("segment %s of hub %s", m.spoke.Segment, sc.hub.Name)
	p.tableHolds(sc, subject, m.table, p.may(sc, m.spoke.Segment))
	p.reachesExternals(sc, subject, m.spoke.Segment, m.table)
	for o := range x.peers(m) {
		for _, r := range o.spoke.Ranges() {
			p.crossesTo(subject, m.table, r, o.subject, o.attachment)
		}
	}
}

// leaving checks what a spoke's tables send to the gateway: all of its peers' ranges, and nothing beyond the hub's and
// its peers' segments'.
func (p *prover) leaving(sc *scene, m *member, x *exchange, asked map[string]int) {
	may := x.may(m)
	tables := map[*topology.RouteTable]bool{}
	for _, s := range m.inner {
		tables[s.Table] = true // unrouted has judged them
	}
	for _, from := range m.work {
		if tables[from.Table] {
			continue
		}
		tables[from.Table] = true
		var sent []string
		if from.Table != nil {
			for _, r := range from.Table.Routes {
				sent = append(sent, r.CIDR.String()+r.Target)
				if r.Kind == topology.ToTransitGateway && m.ours(sc, r) && !ranges.Covered(r.CIDR, may) {
					p.add(codeSegment, m.subject, r.Source, "%s sends %s to the transit gateway, outside the hub and the segments it may reach",
						describe(from), r.CIDR)
				}
			}
		}
		slices.Sort(sent)
		if !p.ask(asked, m.spoke.Segment+" "+strings.Join(sent, " ")) {
			continue
		}
		targets := x.targets(m)
		for _, whom := range slices.Sorted(maps.Keys(targets)) {
			for _, to := range targets[whom] {
				if r, st := p.leave(from, to); st != nil {
					p.add(codeSegment, m.subject, st.at, "does not reach %s: %s", whom, st.text)
				} else if r.Target != sc.attachment.TransitGateway {
					p.add(codeSegment, m.subject, r.Source, "sends packets for %s to another transit gateway", whom)
				}
			}
		}
	}
	for _, t := range m.vpc.Tables { // tables of the transit subnets, or of none
		if tables[t] {
			continue
		}
		for _, r := range t.Routes {
			if !m.ours(sc, r) {
				continue
			}
			p.add(codeRoute, m.subject, r.Source, "a route table that no workload subnet uses has a route to %s", r.CIDR)
		}
	}
}

// exchanges is true where two segments exchange packets.
func (p *prover) exchanges(sc *scene, a, b string) bool {
	x := sc.hub.Segment(a)
	y := sc.hub.Segment(b)
	return a == b && x.Mesh || slices.Contains(x.Reaches, b) || slices.Contains(y.Reaches, a)
}
