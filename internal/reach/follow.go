package reach

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

// Packets are followed from a subnet to a range of addresses: each route, gateway, firewall and NAT gateway on their way decides
// about a part of the range, until each part has an end.

// place is where packets are: in a VPC, about to be routed by the table of a subnet.
type place struct {
	vpc    *topology.VPC
	table  *topology.RouteTable
	subnet *topology.Subnet
	zone   string
	// arrived is true where a gateway delivered them into the subnet.
	arrived bool
}

func in(s *topology.Subnet) place { return place{vpc: s.VPC, table: s.Table, subnet: s, zone: s.AZ} }

// source is whose address the packets have: that of a host of a VPC, or of a NAT gateway.
type source struct {
	vpc *topology.VPC
	nat string // "", "public", "private", "instance"
}

type kind int

const (
	dropped kind = iota
	delivered
	toInternet
	toOutside
	unknown
)

// end is what becomes of the packets to a part of the range.
type end struct {
	span
	kind kind
	vpc  *topology.VPC // where they are delivered
	text string        // why they are dropped or unknown, or to where outside
	at   topology.Source
	path *step
}

// step is one of a packet's way, with those before it.
type step struct {
	before *step
	count  int
	at     topology.Source
	// by is the part that carries the packets, and provided a condition for it that no route decides.
	by, provided string
	// subnet filters by its network ACL, out of it or into it. One into which a gateway delivers does not filter what stays there.
	subnet       *topology.Subnet
	out, arrived bool
	// inspect is the endpoint of a firewall, which must see both directions.
	inspect string
	// nat is the subnet of a NAT gateway, whose address the packets have from here.
	nat *topology.Subnet
}

func (s *step) then(n step) *step {
	n.before, n.count = s, 1
	if s != nil {
		n.count = s.count + 1
	}
	return &n
}

// list is the way in its order.
func (s *step) list() []*step {
	var out []*step
	for ; s != nil; s = s.before {
		out = append(out, s)
	}
	slices.Reverse(out)
	return out
}

// toGatewayTarget is what templates call the target of a route to a Transit Gateway.
const toGatewayTarget = "TransitGatewayId"

// longestWay bounds a way: a longer one goes in a circle.
const longestWay = 60

type walk struct {
	m    *model
	hash int // which zone a gateway chooses
	// public is true for a walk that only asks for addresses of the internet.
	public bool
	ends   []end
}

// walkTo follows packets to spans.
func (m *model) walkTo(from place, to []span, src source, hash int) []end {
	w := &walk{m: m, hash: hash}
	for _, s := range to {
		w.inVPC(from, s, src, nil)
	}
	return w.ends
}

func (w *walk) end(s span, k kind, path *step, at topology.Source, format string, args ...any) {
	w.ends = append(w.ends, end{span: s, kind: k, text: fmt.Sprintf(format, args...), at: at, path: path})
}

// inVPC routes packets by the table of the subnet that they are in.
func (w *walk) inVPC(p place, s span, src source, path *step) {
	if path != nil && path.count > longestWay {
		w.end(s, dropped, path, p.vpc.Source, "packets to %s go in a circle", s)
		return
	}
	t := w.m.table(p.vpc, p.table)
	t.each(s, func(part span, r *topology.RouteEntry, ok bool) {
		switch {
		case w.public && private(part):
		case !ok:
			w.noRoute(p, t, part, path)
		case r == nil:
			w.ends = append(w.ends, end{span: part, kind: delivered, vpc: p.vpc, path: w.leave(p, path)})
		default:
			w.target(p, r, part, src, path)
		}
	})
}

// private is true for a range that nobody has on the internet.
func private(s span) bool {
	if s.lo.Is6() {
		return !s.lo.IsGlobalUnicast() && !s.lo.IsUnspecified() || spanOf(netip.MustParsePrefix("fc00::/7")).holds(s)
	}
	return slices.ContainsFunc(ranges.Private, func(p netip.Prefix) bool { return spanOf(p).holds(s) })
}

// holds is true where all of another span lies in it.
func (s span) holds(o span) bool {
	c, ok := s.cut(o)
	return ok && c == o
}

func (w *walk) noRoute(p place, t *vpcTable, s span, path *step) {
	at := p.vpc.Source
	if p.table != nil {
		at = p.table.Source
	}
	switch parts := w.m.loose[p.vpc.ID]; {
	case len(t.unknown) > 0:
		w.end(s, unknown, path, at, "%s", t.unknown[0])
	case len(parts) > 0:
		w.end(s, unknown, path, at, "%s", parts[0])
	default:
		w.end(s, dropped, path, at, "%s has no route to %s", w.m.describe(p), s)
	}
}

func (m *model) describe(p place) string {
	switch {
	case p.subnet == nil:
		return "VPC " + m.names[p.vpc]
	case p.subnet.Name != "":
		return "subnet " + topology.Plain(p.subnet.Name)
	case p.subnet.CIDR.IsValid():
		return "subnet " + p.subnet.CIDR.String()
	}
	return "subnet " + plain(p.subnet.Source)
}

// leave and enter are the filters of a subnet's network ACL.
func (w *walk) leave(p place, path *step) *step {
	if p.subnet == nil {
		return path
	}
	return path.then(step{subnet: p.subnet, out: true, arrived: p.arrived})
}

func (w *walk) enter(p place, s *topology.Subnet, path *step) *step {
	path = w.leave(p, path)
	if s == nil || s == p.subnet {
		return path
	}
	return path.then(step{subnet: s})
}

// target follows a route.
func (w *walk) target(p place, r *topology.RouteEntry, s span, src source, path *step) {
	route := step{at: r.Source}
	if w.m.written[r.Source] {
		route.provided = fmt.Sprintf("custom resource %s makes the route that its properties say", plain(r.Source))
	}
	path = path.then(route)
	switch {
	case r.Kind == topology.ToNowhere:
		w.end(s, dropped, path, r.Source, "the target of the route to %s is gone", r.Destination)
	case !known(r.Target):
		w.end(s, unknown, path, r.Source, "only AWS knows to what the route to %s leads", r.Destination)
	case r.TargetName == toGatewayTarget:
		w.toGateway(p, r, s, src, path)
	case r.TargetName == "NatGatewayId":
		w.toNAT(p, r, s, path)
	case r.TargetName == "VpcPeeringConnectionId":
		w.toPeer(p, r, s, src, path)
	case r.TargetName == "VpcEndpointId":
		w.toEndpoint(p, r, s, src, path)
	case r.TargetName == "NetworkInterfaceId" || r.TargetName == "InstanceId":
		w.toHost(p, r, s, src, path)
	case r.TargetName == "EgressOnlyInternetGatewayId" || r.TargetName == "GatewayId" && !w.m.vpnGateway(r.Target):
		w.toInternet(p, r, s, src, path)
	case r.TargetName == "GatewayId":
		w.end(s, toOutside, w.leave(p, path), r.Source, "virtual private gateway %s", w.m.title(r.Target))
	case r.TargetName == "CoreNetworkArn":
		w.end(s, unknown, path, r.Source, "Cloud WAN decides: the policy of core network %s is not read", w.m.title(r.Target))
	default:
		w.end(s, toOutside, w.leave(p, path), r.Source, "%s %s", strings.TrimSuffix(r.TargetName, "Id"), w.m.title(r.Target))
	}
}

func (m *model) vpnGateway(id string) bool {
	o := m.others[id]
	return strings.HasPrefix(id, "vgw-") || o != nil && o.Type == typeVPNGateway
}

// toGateway sends packets into a Transit Gateway, by the attachment's subnet in their availability zone: where there is none, they
// are dropped (Transit Gateway guide, "VPC attachments").
func (w *walk) toGateway(p place, r *topology.RouteEntry, s span, src source, path *step) {
	i := slices.IndexFunc(w.m.attached[p.vpc], func(a *topology.Attachment) bool { return a.TransitGateway == r.Target })
	g := w.m.net.TransitGateways[r.Target]
	switch {
	case i < 0 && (g == nil || g.External):
		w.end(s, unknown, path, r.Source, "the attachment of %s to %s is in none of the stacks", w.m.names[p.vpc], w.m.gatewayTitle(r.Target))
		return
	case i < 0 && len(w.m.loose[p.vpc.ID]) > 0:
		w.end(s, unknown, path, r.Source, "%s", w.m.loose[p.vpc.ID][0])
		return
	case i < 0:
		w.end(s, dropped, path, r.Source, "%s is not attached to %s", w.m.names[p.vpc], w.m.gatewayTitle(r.Target))
		return
	}
	a := w.m.attached[p.vpc][i]
	if g != nil && !g.External && g.Region != p.vpc.Region && g.Region != "" && p.vpc.Region != "" {
		w.end(s, dropped, path, a.Source, "%s is in %s, and a VPC is attached in its own region alone", w.m.gatewayTitle(r.Target), g.Region)
		return
	}
	subnet := inZone(a, p.zone)
	switch {
	case subnet != nil || p.zone == "":
	case len(a.Subnets) == 0:
		path = path.then(step{provided: fmt.Sprintf("attachment %s has a subnet in %s: only AWS knows its subnets", plain(a.Source),
			topology.Plain(p.zone))})
	case slices.ContainsFunc(a.Subnets, func(s *topology.Subnet) bool { return zoneForm(s.AZ) != zoneForm(p.zone) }):
		w.end(s, unknown, path, a.Source, "only AWS knows whether the attachment of %s has a subnet in availability zone %s", w.m.names[p.vpc],
			topology.Plain(p.zone))
		return
	default:
		w.end(s, dropped, path, a.Source, "the attachment of %s has no subnet in availability zone %s", w.m.names[p.vpc],
			topology.Plain(p.zone))
		return
	}
	path = w.enter(p, subnet, path)
	path = path.then(step{by: w.m.gatewayTitle(r.Target), provided: w.m.acceptance(a, g), at: a.Source})
	w.fromAttachment(a.ID, r.Target, p.zone, s, src, path)
}

var zoneID = regexp.MustCompile(`^[a-z0-9]+-az[0-9]+$`)

// zoneForm is how an availability zone is written: by its name, by its id, or so that only AWS knows it.
func zoneForm(zone string) string {
	switch {
	case strings.HasPrefix(zone, "\ue000"), zone == "":
		return "unknown"
	case zoneID.MatchString(zone):
		return "id"
	}
	return "name"
}

func inZone(a *topology.Attachment, zone string) *topology.Subnet {
	for _, s := range a.Subnets {
		if s.AZ == zone {
			return s
		}
	}
	return nil
}

// acceptance is who must still accept an attachment.
func (m *model) acceptance(a *topology.Attachment, g *topology.TransitGateway) string {
	if g == nil || g.External || g.AutoAccept || g.Account == a.Account || g.Account == "" || a.Account == "" {
		return ""
	}
	return fmt.Sprintf("account %s accepts the attachment of %s: %s does not by itself", g.Account, m.names[a.VPC], m.gatewayTitle(g.ID))
}

// fromAttachment routes packets by the table that an attachment is associated with.
func (w *walk) fromAttachment(id, gateway, zone string, s span, src source, path *step) {
	tables := w.m.joinedTo(id, gateway)
	g := w.m.net.TransitGateways[gateway]
	switch {
	case len(tables) == 0 && (g == nil || g.External):
		w.end(s, unknown, path, pathAt(path), "%s is in none of the stacks: its default route tables decide", w.m.gatewayTitle(gateway))
	case len(tables) == 0 && len(w.m.loose[gateway]) > 0:
		w.end(s, unknown, path, pathAt(path), "%s", w.m.loose[gateway][0])
	case len(tables) == 0:
		w.end(s, dropped, path, pathAt(path), "the attachment is associated with no route table of %s", w.m.gatewayTitle(gateway))
	case len(tables) > 1:
		w.end(s, unknown, path, pathAt(path), "the attachment is associated with %d route tables, and AWS takes one", len(tables))
	default:
		w.inGateway(w.m.gateways[tables[0]], gateway, zone, s, src, path)
	}
}

// pathAt is the last part of a way.
func pathAt(path *step) topology.Source {
	for ; path != nil; path = path.before {
		if path.at != (topology.Source{}) {
			return path.at
		}
	}
	return topology.Source{}
}

// inGateway routes packets by a Transit Gateway's table.
func (w *walk) inGateway(t *gatewayTable, gateway, zone string, s span, src source, path *step) {
	if path.count > longestWay {
		w.end(s, dropped, path, pathAt(path), "packets to %s go in a circle", s)
		return
	}
	t.each(s, func(part span, r gatewayRoute, ok bool) {
		if w.public && private(part) {
			return
		}
		switch {
		case !ok && t.open != "":
			w.end(part, unknown, path, pathAt(path), "%s", t.open)
		case !ok && len(t.announced) > 0:
			w.end(part, toOutside, path, pathAt(path), "%s, as far as its other end announces ranges", t.announced[0].title)
		case !ok:
			w.end(part, dropped, path, pathAt(path), "%s has no route to %s", t.name, part)
		case r.blackhole:
			w.end(part, dropped, path, r.at, "%s drops %s", t.name, part)
		case r.rivals:
			w.end(part, unknown, path, r.at, "%s learns %s from several attachments, and AWS chooses one", t.name, part)
		default:
			hop := step{at: r.at, provided: r.provided}
			if w.m.written[r.at] {
				hop.provided = fmt.Sprintf("custom resource %s makes the route that its properties say", plain(r.at))
			}
			w.toAttachment(r, gateway, zone, part, src, path.then(hop))
		}
	})
}

// toAttachment delivers packets to what is attached.
func (w *walk) toAttachment(r gatewayRoute, gateway, zone string, s span, src source, path *step) {
	if a := w.m.net.Attachments[r.attachment]; a != nil {
		w.arrive(a, zone, s, src, path)
		return
	}
	switch k, o := w.m.attachmentKind(r.attachment); k {
	case "peering":
		other := one(o, "PeerTransitGatewayId")
		if other == gateway {
			other = one(o, "TransitGatewayId")
		}
		path = path.then(step{by: "peering of " + w.m.gatewayTitle(other), at: o.Source,
			provided: fmt.Sprintf("the other side accepts peering attachment %s, which CloudFormation cannot", plain(o.Source))})
		w.fromAttachment(r.attachment, other, "", s, src, path)
	case "firewall":
		path = path.then(step{by: "firewall " + plain(o.Source), at: o.Source, inspect: o.ID,
			provided: "the rules of firewall " + plain(o.Source) + " let them pass"})
		w.fromAttachment(r.attachment, gateway, zone, s, src, path)
	case "foreign":
		w.end(s, toOutside, path, r.at, "attachment %s of another app's VPC", topology.Plain(r.attachment))
	case "VPN", "Direct Connect":
		w.end(s, toOutside, path, r.at, "%s %s", k, plain(o.Source))
	default:
		w.end(s, unknown, path, r.at, "attachment %s is in none of the stacks, and nobody knows to whom it leads",
			topology.Plain(r.attachment))
	}
}

// arrive delivers packets into one of the attachment's subnets: that of the availability zone that they come from, where there is
// one, and else or in appliance mode any, the same for both directions (Transit Gateway guide, "Appliance mode").
func (w *walk) arrive(a *topology.Attachment, zone string, s span, src source, path *step) {
	path = path.then(step{at: a.Source,
		provided: w.m.acceptance(a, w.m.net.TransitGateways[a.TransitGateway])})
	subnet := inZone(a, zone)
	if n := len(a.Subnets); n > 0 && (subnet == nil || w.m.appliance(a)) {
		subnet = a.Subnets[w.hash%n]
	}
	p := place{vpc: a.VPC, arrived: true}
	if subnet != nil {
		p = in(subnet)
		p.arrived = true
	}
	w.inVPC(p, s, src, path)
}

// toNAT gives packets the address of a NAT gateway, and routes them by the table of its subnet.
func (w *walk) toNAT(p place, r *topology.RouteEntry, s span, path *step) {
	o := w.m.others[r.Target]
	if o == nil || o.Type != "AWS::EC2::NatGateway" {
		w.end(s, unknown, path, r.Source, "NAT gateway %s is in none of the stacks", w.m.title(r.Target))
		return
	}
	nat := "public"
	if one(o, "ConnectivityType") == "private" {
		nat = "private"
	}
	by := "nat gateway " + plain(o.Source)
	subnet := w.m.subnets[one(o, "SubnetId")]
	if subnet == nil && one(o, "AvailabilityMode") == "regional" && nat == "public" && w.public && p.vpc.InternetGateway {
		w.end(s, toInternet, w.leave(p, path).then(step{by: by}), o.Source, "%s", by) // its own table leads there
		return
	}
	if subnet == nil || !addressed(subnet) {
		w.end(s, unknown, path, o.Source, "only AWS knows where NAT gateway %s is", plain(o.Source))
		return
	}
	if subnet.VPC != p.vpc {
		w.end(s, dropped, path, r.Source, "NAT gateway %s is in another VPC", plain(o.Source))
		return
	}
	path = w.enter(p, subnet, path).then(step{by: by, at: o.Source, nat: subnet})
	w.inVPC(in(subnet), s, source{p.vpc, nat}, path)
}

func addressed(s *topology.Subnet) bool { return s.CIDR.IsValid() }

// toPeer sends packets through a peering connection, which takes only those of a VPC's own hosts to hosts of its peer (Peering
// guide, "VPC peering limitations").
func (w *walk) toPeer(p place, r *topology.RouteEntry, s span, src source, path *step) {
	i := slices.IndexFunc(p.vpc.Peerings, func(c topology.Peering) bool { return c.ID == r.Target })
	if i < 0 {
		w.end(s, unknown, path, r.Source, "peering connection %s is in none of the stacks", w.m.title(r.Target))
		return
	}
	c := p.vpc.Peerings[i]
	peer := w.m.net.VPCs[c.Peer]
	if src.vpc != p.vpc {
		w.end(s, dropped, path, r.Source, "peering connection %s passes on no packets from beyond %s", plain(c.Source), w.m.names[p.vpc])
		return
	}
	hop := step{by: "peering connection " + plain(c.Source), at: c.Source}
	if c.Accepter != "" {
		hop.provided = fmt.Sprintf("account %s accepts peering connection %s", topology.Plain(c.Accepter), plain(c.Source))
	}
	path = w.leave(p, path).then(hop)
	if peer == nil {
		w.end(s, toOutside, path, c.Source, "peering connection %s to VPC %s, which is in none of the stacks", plain(c.Source),
			topology.Plain(c.Peer))
		return
	}
	rest := []span{s}
	for _, own := range w.m.ranges(peer) {
		if part, ok := spanOf(own).cut(s); ok {
			w.ends = append(w.ends, end{span: part, kind: delivered, vpc: peer, path: path})
			rest = without(rest, []span{part})
		}
	}
	for _, part := range rest {
		w.end(part, dropped, path, c.Source, "peering connection %s leads to the ranges of %s alone, not to %s", plain(c.Source),
			w.m.names[peer], part)
	}
}

// toEndpoint sends packets through the endpoint of a firewall: a Network Firewall's or a Gateway Load Balancer's.
func (w *walk) toEndpoint(p place, r *topology.RouteEntry, s span, src source, path *step) {
	subnet, title, at := w.m.inspection(r.Target, p.zone)
	if subnet == nil {
		w.end(s, unknown, path, r.Source, "endpoint %s is in none of the stacks", topology.Plain(r.Target))
		return
	}
	if subnet.VPC != p.vpc {
		w.end(s, dropped, path, r.Source, "the endpoint of %s is in another VPC", title)
		return
	}
	if path.has(func(b *step) bool { return b.inspect == title+subnet.ID }) {
		w.end(s, dropped, path, r.Source, "packets to %s go in a circle through %s", s, title)
		return
	}
	path = w.enter(p, subnet, path).then(step{by: title, at: at, inspect: title + subnet.ID,
		provided: "the rules of " + title + " let them pass"})
	w.inVPC(in(subnet), s, src, path)
}

func (s *step) has(f func(*step) bool) bool {
	for ; s != nil; s = s.before {
		if f(s) {
			return true
		}
	}
	return false
}

// inspection finds the subnet of a firewall's endpoint. A firewall lists its endpoints in no order, so the one in the route's own
// availability zone is meant where there is one.
func (m *model) inspection(id, zone string) (*topology.Subnet, string, topology.Source) {
	if e := m.net.Endpoints[id]; e != nil {
		if e.Kind != "GatewayLoadBalancer" || len(e.Subnets) == 0 {
			return nil, "", e.Source
		}
		return e.Subnets[0], "gateway load balancer endpoint " + plain(e.Source), e.Source
	}
	ref, attribute := reference(id)
	o := m.others[ref]
	switch {
	case o == nil:
		return nil, "", topology.Source{}
	case o.Type == "AWS::NetworkFirewall::VpcEndpointAssociation":
		return m.subnets[one(o, "SubnetMapping.SubnetId")], "firewall endpoint " + plain(o.Source), o.Source
	case customResource(o.Type):
		if o = m.firewallOf(o); o == nil {
			return nil, "", topology.Source{}
		}
	case o.Type != typeFirewall:
		return nil, "", o.Source
	}
	var list []*topology.Subnet
	for _, s := range o.Says["SubnetMappings.SubnetId"] {
		if n := m.subnets[s]; n != nil {
			list = append(list, n)
		}
	}
	title := "firewall " + plain(o.Source)
	if len(list) == 0 {
		return nil, title, o.Source
	}
	for _, s := range list {
		if s.AZ == zone {
			return s, title, o.Source
		}
	}
	if _, index, ok := strings.Cut(attribute, "["); ok {
		index, _, _ = strings.Cut(index, "]")
		if i, err := strconv.Atoi(index); err == nil && i < len(list) {
			return list[i], title, o.Source
		}
	}
	return list[0], title, o.Source
}

// toHost sends packets to a host that passes them on, an appliance or a NAT instance: with its source/destination check off.
func (w *walk) toHost(p place, r *topology.RouteEntry, s span, src source, path *step) {
	o := w.m.others[r.Target]
	if o == nil {
		w.end(s, unknown, path, r.Source, "host %s is in none of the stacks", w.m.title(r.Target))
		return
	}
	title := "host " + plain(o.Source)
	for _, list := range []string{one(o, "NetworkInterfaceId"), one(o, "NetworkInterfaces.NetworkInterfaceId")} {
		if i := w.m.others[list]; i != nil {
			o = i
		}
	}
	subnet := w.m.subnets[one(o, "SubnetId")]
	if subnet == nil {
		subnet = w.m.subnets[one(o, "NetworkInterfaces.SubnetId")]
	}
	switch {
	case subnet == nil || subnet.VPC != p.vpc:
		w.end(s, unknown, path, r.Source, "only AWS knows where %s is", title)
		return
	case one(o, "SourceDestCheck") != "false":
		w.end(s, dropped, path, o.Source, "%s drops packets that are not its own: its source/destination check is on", title)
		return
	case path.has(func(b *step) bool { return b.inspect == title || b.nat == subnet }):
		w.end(s, dropped, path, r.Source, "packets to %s go in a circle through %s", s, title)
		return
	}
	hop := step{by: title, at: o.Source, provided: title + " passes them on"}
	if w.public { // towards the internet, with its own address
		hop.nat, src = subnet, source{p.vpc, "instance"}
	} else {
		hop.inspect = title
	}
	w.inVPC(in(subnet), s, src, w.enter(p, subnet, path).then(hop))
}

// toInternet sends packets out. An internet gateway has public addresses for hosts and NAT gateways of its own VPC only (VPC
// guide, "Internet gateways"), and none for a private NAT gateway.
func (w *walk) toInternet(p place, r *topology.RouteEntry, s span, src source, path *step) {
	path = w.leave(p, path)
	six := r.TargetName == "EgressOnlyInternetGatewayId"
	by := "internet gateway"
	if six {
		by = "egress-only internet gateway"
	}
	o := w.m.others[r.Target]
	literal := !strings.HasPrefix(r.Target, "\ue000")
	switch {
	case six && o != nil && one(o, "VpcId") != p.vpc.ID:
		w.end(s, dropped, path, r.Source, "the egress-only internet gateway is another VPC's")
	case !six && !literal && !slices.Contains(p.vpc.Gateways, r.Target) && !p.vpc.InternetGateway:
		w.end(s, dropped, path, r.Source, "no internet gateway is attached to %s", w.m.names[p.vpc])
	case w.m.publicBlocked(p, six || src.nat == "public"):
		w.end(s, dropped, path, r.Source, "VPC Block Public Access is on for %s", w.m.names[p.vpc])
	case src.vpc != p.vpc:
		w.end(s, dropped, path, r.Source, "the %s of %s has no address for hosts of other VPCs", by, w.m.names[p.vpc])
	case src.nat == "private":
		w.end(s, dropped, path, r.Source, "the internet gateway drops the packets of a private NAT gateway")
	case !w.public && private(s):
		w.end(s, dropped, path, r.Source, "%s leads to the internet, where nobody has %s", by, s)
	default:
		w.end(s, toInternet, path.then(step{by: by}), r.Source, "%s", by)
	}
}

// publicBlocked is true where VPC Block Public Access keeps a VPC's packets from the internet. Blocking what comes in alone lets
// NAT gateways and egress-only internet gateways work (VPC guide, "VPC Block Public Access").
func (m *model) publicBlocked(p place, outOnly bool) bool {
	blocked := false
	for _, o := range m.net.Others {
		if o.Account != p.vpc.Account || o.Region != p.vpc.Region {
			continue
		}
		switch o.Type {
		case "AWS::EC2::VPCBlockPublicAccessOptions":
			mode := one(o, "InternetGatewayBlockMode")
			blocked = blocked || mode == "block-bidirectional" || mode == "block-ingress" && !outOnly
		case "AWS::EC2::VPCBlockPublicAccessExclusion":
			ours := one(o, "VpcId") == p.vpc.ID || p.subnet != nil && one(o, "SubnetId") == p.subnet.ID
			if mode := one(o, "InternetGatewayExclusionMode"); ours && (mode == "allow-bidirectional" || outOnly) {
				return false
			}
		}
	}
	return blocked
}
