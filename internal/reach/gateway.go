package reach

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/topology"
)

// Transit Gateways: their tables, and what is attached to them.

const (
	typeGatewayPeering = "AWS::EC2::TransitGatewayPeeringAttachment"
	typeFirewall       = "AWS::NetworkFirewall::Firewall"
	typeVPN            = "AWS::EC2::VPNConnection"
	typeVPNGateway     = "AWS::EC2::VPNGateway"
	typeDirectConnect  = "AWS::DirectConnect::DirectConnectGatewayAssociation"
)

// tableID is the id by which a table is known here: that of a gateway's default table is the same for associations and
// propagations, since AWS makes one for both. Apps also ask for it by DescribeTransitGateways.
func (m *model) tableID(id string) string {
	ref, attribute := reference(id)
	if !strings.HasSuffix(attribute, "AssociationDefaultRouteTableId") && !strings.HasSuffix(attribute, "PropagationDefaultRouteTableId") {
		return id
	}
	if o := m.others[ref]; o != nil {
		for g := range m.net.TransitGateways {
			if strings.Contains(one(o, "Create"), g) {
				return g + " default"
			}
		}
		return id
	}
	return ref + " default"
}

// unknownTable is true for a table of which nobody knows whose it is: an attribute of something, or a parameter.
func (m *model) unknownTable(id string) bool {
	return strings.HasPrefix(id, "\ue000") && m.gatewayOf(id) == ""
}

// gatewayTables puts the tables of all Transit Gateways together.
func (m *model) gatewayTables() {
	m.foreignAttachments()
	joins := slices.Concat(m.net.Joins, m.moreJoins)
	propagated := map[string][]topology.TransitGatewayJoin{}
	static := map[string][]topology.WrittenTransitGatewayRoute{}
	for _, j := range joins {
		t := m.tableID(j.Table)
		if m.unknownTable(t) {
			m.anyTable = fmt.Sprintf("only AWS knows in which route table %s is", plain(j.Source))
		}
		if j.Propagates {
			propagated[t] = append(propagated[t], j)
		} else {
			key := j.Attachment + " of " + m.gatewayOf(t)
			m.joined[key] = append(m.joined[key], t)
		}
	}
	for _, r := range slices.Concat(m.net.TransitGatewayRoutes, m.moreRoute) {
		t := m.tableID(r.Table)
		if m.unknownTable(t) {
			m.anyTable = fmt.Sprintf("only AWS knows in which route table %s is", plain(r.Source))
		}
		static[t] = append(static[t], r)
	}
	for _, at := range m.attachments() {
		g := m.net.TransitGateways[at.gateway]
		if g == nil || g.External {
			continue
		}
		if key := at.id + " of " + at.gateway; g.DefaultAssociation && len(m.joined[key]) == 0 {
			m.joined[key] = []string{m.tableID(g.AssociationTable)}
		}
		if t := m.tableID(g.PropagationTable); g.DefaultPropagation && at.learned {
			propagated[t] = append(propagated[t], topology.TransitGatewayJoin{Attachment: at.id, Table: t, Source: g.Source})
		}
	}
	ids := map[string]bool{}
	for _, list := range m.joined {
		for _, t := range list {
			ids[t] = true
		}
	}
	for t := range ids {
		g := m.gatewayTable(t, static[t], propagated[t])
		m.gateways[t] = g
		m.outward = m.outward || slices.ContainsFunc(g.pieces, func(p piece[gatewayRoute]) bool {
			return !p.route.blackhole && m.net.Attachments[p.route.attachment] == nil
		})
	}
}

// gatewayOf is the Transit Gateway of a table.
func (m *model) gatewayOf(table string) string {
	if g, ok := strings.CutSuffix(table, " default"); ok {
		return g
	}
	if t := m.net.TransitGatewayRouteTables[table]; t != nil {
		return t.TransitGateway
	}
	return ""
}

// joinedTo are the tables that route what comes in by an attachment of a gateway.
func (m *model) joinedTo(attachment, gateway string) []string {
	if t := m.joined[attachment+" of "+gateway]; len(t) > 0 {
		return t
	}
	return m.joined[attachment+" of "] // a table of which only the id is known
}

type anAttachment struct {
	id, gateway string
	learned     bool // whether tables learn its ranges
}

// attachments of all kinds, in order.
func (m *model) attachments() []anAttachment {
	var out []anAttachment
	for _, id := range slices.Sorted(maps.Keys(m.net.Attachments)) {
		out = append(out, anAttachment{id, m.net.Attachments[id].TransitGateway, true})
	}
	for _, o := range m.net.Others {
		switch o.Type {
		case typeGatewayPeering: // nothing is learned through a peering (Transit Gateway guide, "Peering attachments")
			out = append(out, anAttachment{o.ID, one(o, "TransitGatewayId"), false}, anAttachment{o.ID, one(o, "PeerTransitGatewayId"), false})
		case typeVPN:
			if g := one(o, "TransitGatewayId"); g != "" {
				out = append(out, anAttachment{o.ID, g, true})
			}
		case typeDirectConnect:
			if g := one(o, "AssociatedGatewayId"); m.net.TransitGateways[g] != nil {
				out = append(out, anAttachment{o.ID, g, true})
			}
		case typeFirewall:
			if g := one(o, "TransitGatewayId"); g != "" {
				out = append(out, anAttachment{attributeOf(o.ID, "TransitGatewayAttachmentId"), g, false})
			}
		}
	}
	return out
}

// attributeOf is the symbol of a part's attribute.
func attributeOf(id, name string) string {
	return strings.TrimSuffix(id, "\ue001") + "." + name + "\ue001"
}

// gatewayTable compiles a table: static routes win over propagated ones of the same range (Transit Gateway guide, "Route
// evaluation order").
func (m *model) gatewayTable(id string, static []topology.WrittenTransitGatewayRoute, learned []topology.TransitGatewayJoin) *gatewayTable {
	out := &gatewayTable{name: m.gatewayTableName(id)}
	var routes []prefixed[gatewayRoute]
	for _, r := range static {
		if p, ok := m.prefix(r.Destination); ok {
			routes = append(routes, prefixed[gatewayRoute]{p, gatewayRoute{attachment: r.Attachment, blackhole: r.Blackhole, at: r.Source}})
		} else {
			out.open = fmt.Sprintf("only AWS knows to which range a route of %s leads (%s)", out.name, plain(r.Source))
		}
	}
	byRange := map[netip.Prefix]gatewayRoute{}
	var outer []prefixed[gatewayRoute] // of VPNs
	var order []netip.Prefix
	for _, j := range learned {
		a := m.net.Attachments[j.Attachment]
		if a == nil {
			switch kind, o := m.attachmentKind(j.Attachment); kind {
			case "":
				out.open = fmt.Sprintf("%s learns the ranges of attachment %s, which is in none of the stacks", out.name, topology.Plain(j.Attachment))
			case "VPN", "Direct Connect":
				out.learnsFrom(m, kind, o, j.Attachment, &outer)
			}
			continue
		}
		if len(a.VPC.CIDRs) == 0 {
			out.open = fmt.Sprintf("%s learns the range of %s, which only AWS knows", out.name, m.names[a.VPC])
		}
		for _, p := range m.ranges(a.VPC) {
			if p.Addr().Is6() && a.IPv6Support == "disable" {
				continue
			}
			before, twice := byRange[p]
			if !twice {
				order = append(order, p)
			}
			byRange[p] = gatewayRoute{attachment: j.Attachment, at: j.Source, rivals: twice && before.attachment != j.Attachment,
				provided: sixth(a, p)}
		}
	}
	for _, p := range order {
		routes = append(routes, prefixed[gatewayRoute]{p, byRange[p]})
	}
	for _, r := range outer {
		if _, ours := byRange[r.prefix]; !ours { // of one range, a VPC's comes first
			routes = append(routes, r)
		}
	}
	out.pieces = compile(routes)
	if t := m.net.TransitGatewayRouteTables[id]; t == nil && !strings.HasSuffix(id, " default") || t != nil && t.External {
		out.open = cmp.Or(out.open, out.name+" is in none of the stacks and may hold more routes")
	}
	if parts := m.loose[m.gatewayOf(id)]; len(parts) > 0 {
		out.open = cmp.Or(out.open, parts[0])
	}
	out.open = cmp.Or(out.open, m.anyTable)
	return out
}

// sixth says that a VPC's IPv6 range is learned where IPv6 is on for its attachment. The option filters no packets, and without it
// EC2 leaves it off (EC2 API, CreateTransitGatewayVpcAttachmentRequestOptions).
func sixth(a *topology.Attachment, p netip.Prefix) string {
	if p.Addr().Is4() || a.IPv6Support == "enable" {
		return ""
	}
	return fmt.Sprintf("IPv6 is on for attachment %s: the template does not say so, and EC2 leaves it off", plain(a.Source))
}

// announcer is a VPN or Direct Connect whose other end announces ranges.
type announcer struct {
	title string
	part  *topology.Other
}

// learnsFrom adds what a table learns from a VPN or Direct Connect: the routes of a VPN with static ones, or what its other end
// announces.
func (t *gatewayTable) learnsFrom(m *model, kind string, o *topology.Other, attachment string, routes *[]prefixed[gatewayRoute]) {
	if kind == "Direct Connect" || one(o, "StaticRoutesOnly") != "true" {
		if !slices.ContainsFunc(t.announced, func(a announcer) bool { return a.part == o }) {
			t.announced = append(t.announced, announcer{kind + " " + plain(o.Source), o})
		}
		return
	}
	for _, r := range m.net.Others {
		if r.Type != "AWS::EC2::VPNConnectionRoute" || one(r, "VpnConnectionId") != o.ID {
			continue
		}
		if p, ok := m.prefix(one(r, "DestinationCidrBlock")); ok {
			*routes = append(*routes, prefixed[gatewayRoute]{p, gatewayRoute{attachment: attachment, at: r.Source}})
		}
	}
}

// announcements tells of tables that learn what somebody outside announces: it may lead there what nothing else has a route for, and
// also a part of a VPC's range, since the longest prefix wins.
func (m *model) announcements() {
	could, tables := map[*topology.Other][]string{}, map[*topology.Other][]string{}
	for _, id := range sortedKeys(m.gateways) {
		for _, a := range m.gateways[id].announced {
			m.outward = true
			tables[a.part] = append(tables[a.part], m.gateways[id].name)
			for _, v := range m.vpcs {
				for _, at := range m.attached[v] {
					if slices.Contains(m.joinedTo(at.ID, at.TransitGateway), id) {
						could[a.part] = append(could[a.part], m.names[v])
					}
				}
			}
		}
	}
	for _, o := range m.net.Others {
		if len(could[o]) > 0 {
			m.parts = append(m.parts, Part{Resource: plain(o.Source), Type: o.Type, Could: set(could[o]),
				Why: fmt.Sprintf("%s learns what its other end announces by BGP, also parts of the VPCs' ranges",
					strings.Join(tables[o], " and "))})
		}
	}
	slices.SortStableFunc(m.parts, func(a, b Part) int { return strings.Compare(a.Resource, b.Resource) })
}

func (m *model) gatewayTableName(id string) string {
	if g, ok := strings.CutSuffix(id, " default"); ok {
		return "the default route table of " + m.gatewayTitle(g)
	}
	if t := m.net.TransitGatewayRouteTables[id]; t != nil && t.Name != "" && !t.External {
		return "transit gateway route table " + t.Name
	}
	return "transit gateway route table " + topology.Plain(id)
}

// foreignAttachments are those that a stack makes for a VPC of another app.
func (m *model) foreignAttachments() {
	for _, s := range m.net.Strange {
		if !strings.Contains(s.Text, "attaches a VPC that is not in the stacks: vpc-") {
			continue
		}
		for _, id := range s.Touches {
			if strings.HasSuffix(id, "/"+s.Source.ID+"\ue001") {
				m.foreign[id] = true
			}
		}
	}
}

// attachmentKind is what an attachment joins that is no VPC of the stacks: "peering", "firewall", "VPN", "foreign" for a VPC of
// another app; "" where nobody knows.
func (m *model) attachmentKind(id string) (string, *topology.Other) {
	ref, attribute := reference(id)
	o := m.others[ref]
	switch {
	case m.foreign[id]:
		return "foreign", nil
	case o == nil:
		return "", nil
	case o.Type == typeGatewayPeering:
		return "peering", o
	case o.Type == typeFirewall && attribute == "TransitGatewayAttachmentId":
		return "firewall", o
	case o.Type == typeVPN:
		return "VPN", o
	case o.Type == typeDirectConnect:
		return "Direct Connect", o
	case customResource(o.Type): // the way in which apps find the attachment of a VPN, which no attribute gives
		for _, list := range o.Says {
			for _, v := range list {
				if of := m.others[v]; of != nil && of.Type == typeVPN {
					return "VPN", of
				}
			}
		}
	}
	return "", nil
}

// one is the first text that a part says by a path; "" where it says none.
func one(o *topology.Other, path string) string {
	if list := o.Says[path]; len(list) > 0 {
		return list[0]
	}
	return ""
}
