package reach

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sharedhub/internal/topology"
)

// What packets meet at the targets of routes but Transit Gateways.

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
