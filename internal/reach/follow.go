package reach

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
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

var zoneID = regexp.MustCompile(`^[a-z0-9]+-az[0-9]+$`)

func (m *model) vpnGateway(id string) bool {
	o := m.others[id]
	return strings.HasPrefix(id, "vgw-") || o != nil && o.Type == typeVPNGateway
}
