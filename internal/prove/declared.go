package prove

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

// Linked is the network of an assembly's records and of what exists already, VPCs, endpoints and names, as the files declare it:
// templates name that by its ids, and nothing in an assembly says more of it.
func Linked(cfg *config.Config, r topology.Records) *topology.Network {
	for _, s := range cfg.Spokes {
		if s.Existing != nil && s.Hub != nil {
			r.Add(declared(s.Existing, s.Ranges(), owner{s.Name, s.Account, s.Hub, map[string]string{"spoke": s.Name}})...)
		}
	}
	for _, h := range cfg.Hubs {
		r.Add(declaredGateway(h)...)
		if h.Existing != nil {
			r.Add(declared(h.Existing, []netip.Prefix{h.CIDR}, owner{h.Name, h.Account, h, nil})...)
		}
		r.Add(declaredEndpoints(h, r.Parts)...)
		r.Add(declaredDNS(h)...)
	}
	return topology.Link(r)
}

// owner is the spoke or the hub whose VPC exists.
type owner struct {
	name, account string
	hub           *config.Hub
	tags          map[string]string
}

func declared(v *config.ExistingVPC, cidrs []netip.Prefix, of owner) []topology.Record {
	partition, err := awsfacts.PartitionOf(of.hub.Region)
	if err != nil {
		return nil // the configuration was refused
	}
	meta := func(typ, id string) topology.Meta {
		return topology.Meta{ID: id, Type: typ, Source: topology.Source{ID: id}, Account: of.account, Region: of.hub.Region,
			Partition: partition.Name, Tags: map[string]string{"Name": of.name + "/" + id}}
	}
	vpc := &topology.VPCRecord{Meta: meta("AWS::EC2::VPC", v.ID), DNSSupport: true, DNSNames: true, Declared: true}
	vpc.Tags = map[string]string{"Name": of.name, "hub": of.hub.Name}
	maps.Copy(vpc.Tags, of.tags)
	for _, r := range cidrs {
		vpc.CIDRs = append(vpc.CIDRs, r.String())
	}
	out := []topology.Record{vpc}
	for _, id := range v.RouteTables() {
		out = append(out, &topology.RouteTableRecord{Meta: meta("AWS::EC2::RouteTable", id), VPC: v.ID})
	}
	for _, n := range v.All() {
		if n.ID == "" {
			continue // a stack makes it
		}
		out = append(out, &topology.SubnetRecord{Meta: meta("AWS::EC2::Subnet", n.ID), VPC: v.ID, CIDR: n.CIDR.String(), AZID: n.AZ.Name})
		if n.RouteTable != "" {
			joins := meta("AWS::EC2::SubnetRouteTableAssociation", n.ID+"/"+n.RouteTable)
			out = append(out, &topology.SubnetRouteTableAssociationRecord{Meta: joins, Subnet: n.ID, Table: n.RouteTable})
		}
	}
	if v.Attachment != "" {
		out = append(out, declaredAttachment(v, of.hub, meta("AWS::EC2::TransitGatewayAttachment", v.Attachment)))
	}
	return out
}

// declaredAttachment is one that exists, with the options of those that stacks make.
func declaredAttachment(v *config.ExistingVPC, h *config.Hub, meta topology.Meta) *topology.TransitGatewayAttachmentRecord {
	a := &topology.TransitGatewayAttachmentRecord{Meta: meta, TransitGateway: h.TransitGateway.ID, Kind: "vpc", VPC: v.ID,
		DNSSupport: "enable", IPv6Support: "disable"}
	for _, n := range v.Transit {
		a.Subnets = append(a.Subnets, n.ID)
	}
	return a
}

// standing is a VPC that exists, found in the network: of a spoke, or of the hub.
type standing struct {
	*config.ExistingVPC
	subject string
	hub     *config.Hub
	vpc     *topology.VPC
	cidrs   []netip.Prefix
}

func (m *member) standing() standing {
	return standing{m.spoke.Existing, m.subject, m.spoke.Hub, m.vpc, m.spoke.Ranges()}
}

func (sc *scene) standing() standing {
	return standing{sc.hub.Existing, sc.subject, sc.hub, sc.vpc, []netip.Prefix{sc.hub.CIDR}}
}

// assume says what the proof of a VPC that exists rests on.
func (p *prover) assume(s standing) {
	p.Assumed = append(p.Assumed, fmt.Sprintf("%s: VPC %s is as its file declares it, with DNS support, DNS host names and network ACLs "+
		"that let everything pass; what else it has, such as other subnets, routes, gateways and peerings, is not judged", s.subject, s.ID))
	if s.Attachment == "" {
		return
	}
	referencing := ""
	if s.hub.TransitGateway.SecurityGroupReferencing {
		referencing = ", with security-group referencing on"
	}
	p.Assumed = append(p.Assumed, fmt.Sprintf("%s: %s attaches VPC %s to %s in subnets %s, with appliance mode and IPv6 support off%s",
		s.subject, s.Attachment, s.ID, s.hub.TransitGateway.ID, strings.Join(s.transitRanges(), ", "), referencing))
}

// declaredVPC checks a VPC that exists: what its file declares is there, and DNS works. What else it has is its owner's.
func (p *prover) declaredVPC(s standing) {
	v := s.vpc
	if v.Declared { // and was not read from AWS
		p.assume(s)
	}
	for _, r := range s.cidrs {
		if !slices.Contains(v.CIDRs, r) {
			p.add(codeVPC, s.subject, v.Source, "the VPC lacks range %s, which its file declares", r)
		}
	}
	p.resolves(s.subject, v)
	p.addsNoWay(s)
	p.addsOnly(s)
	for _, want := range s.All() {
		n := s.declared(want)
		switch {
		case n == nil:
			p.add(codeVPC, s.subject, v.Source, "VPC %s has no subnet %s, which its file declares", v.ID, nameOf(want))
		case n.CIDR != want.CIDR:
			p.add(codeVPC, s.subject, n.Source, "%s: expected range %s, found %s", nameOf(want), want.CIDR, n.CIDR)
		case !in(n, want.AZ, v.Region):
			p.add(codeVPC, s.subject, n.Source, "%s: expected availability zone %s, found %q", nameOf(want), want.AZ.Name, topology.Plain(n.AZ))
		case want.ID == "" && n.Table == nil:
			p.add(codeRoute, s.subject, n.Source, "%s has no route table of its own and uses the VPC's main one", nameOf(want))
		case want.RouteTable != "" && (n.Table == nil || n.Table.ID != want.RouteTable):
			p.add(codeVPC, s.subject, n.Source, "%s: expected route table %s to serve it, found another", nameOf(want), want.RouteTable)
		}
	}
}

// addsNoWay checks that no route of the hub's stacks, and none in a table that they make, leads from a VPC that exists but to the gateway.
func (p *prover) addsNoWay(s standing) {
	for _, t := range s.vpc.Tables {
		made := p.stackOf(s.hub, t.Source.Stack)
		ours := func(r topology.Route) bool { return made || p.stackOf(s.hub, r.Source.Stack) && t.Source.Stack == "" }
		for _, r := range t.Routes {
			switch {
			case r.Kind == topology.ToTransitGateway && ranges.Covered(r.CIDR, s.vpc.CIDRs):
				p.ownRange(s.subject, r)
			case r.Kind == topology.ToTransitGateway && p.gatewayOf(s.hub, r.Target), r.Kind == topology.Local,
				r.Kind == topology.ToGatewayEndpoint, !ours(r):
			case r.Kind == topology.ToInternetGateway || r.Kind == topology.ToNAT:
				p.add(codeInternet, s.subject, r.Source, "%s is routed to the internet by %s, and no internet access is configured", r.CIDR, r.Kind)
			default:
				p.add(codeRoute, s.subject, r.Source, "%s is routed to %s, which is not configured", r.CIDR, topology.Plain(r.Target))
			}
		}
		for _, r := range t.Others {
			if made || p.stackOf(s.hub, r.Source.Stack) && t.Source.Stack == "" {
				p.add(codeRoute, s.subject, r.Source, "%s is routed to %s, which is not configured", topology.Plain(r.Destination),
					topology.Plain(r.Target))
			}
		}
	}
	p.madeSubnets(s)
}

// gatewayOf is true for the Transit Gateway of a hub.
func (p *prover) gatewayOf(h *config.Hub, id string) bool {
	return slices.ContainsFunc(p.scenes, func(sc *scene) bool { return sc.hub == h && sc.transitGateway.ID == id })
}

// madeSubnets checks that the subnets which the hub's stacks make in a VPC that exists have IPv4 alone, and lie apart from all others.
func (p *prover) madeSubnets(s standing) {
	for i, n := range s.vpc.Subnets {
		if !p.stackOf(s.hub, n.Source.Stack) {
			continue
		}
		if n.IPv6 != "" || n.IPv6Only {
			p.add(codeVPC, s.subject, n.Source, "%s is made with an IPv6 range, %s, and IPv6 is not configured", describe(n),
				topology.Plain(n.IPv6))
		}
		for j, o := range s.vpc.Subnets {
			if (j < i || !p.stackOf(s.hub, o.Source.Stack)) && n.CIDR.Overlaps(o.CIDR) {
				p.add(codeAmbiguous, s.subject, n.Source, "subnet %s overlaps %s", n.CIDR, o.CIDR)
			}
		}
	}
}

// addsOnly checks that the hub's stacks make no subnets in a VPC that exists but those without an id in its file, take the route table
// from none, give it no range, no peering and no other Transit Gateway, and attach no gateway: in an assembly one is of a stack, since
// nothing is declared of gateways. Endpoints are looked at with all others.
func (p *prover) addsOnly(s standing) {
	v := s.vpc
	for _, n := range v.Subnets {
		made := slices.ContainsFunc(s.All(), func(w config.ExistingSubnet) bool { return w.ID == "" && w.CIDR == n.CIDR })
		if p.stackOf(s.hub, n.Source.Stack) && !made {
			p.add(codeVPC, s.subject, n.Source, "subnet %s is made in the VPC, and its file names none that is to be made there", n.CIDR)
		}
		if p.stackOf(s.hub, n.AssociatedBy.Stack) && n.Source.Stack == "" {
			p.add(codeVPC, s.subject, n.AssociatedBy, "a stack associates %s with a route table, and which one serves a subnet that exists is "+
				"its owner's to say", describe(n))
		}
	}
	for _, r := range v.Added {
		if p.stackOf(s.hub, r.Source.Stack) {
			p.add(codeVPC, s.subject, r.Source, "a stack gives the VPC range %s, which its file does not declare", r.CIDR)
		}
	}
	for _, at := range v.IPv6By {
		if p.stackOf(s.hub, at.Stack) {
			p.add(codeVPC, s.subject, at, "a stack gives the VPC an IPv6 range, and IPv6 is not configured")
		}
	}
	for _, a := range p.attachments[v] {
		if p.stackOf(s.hub, a.Source.Stack) && !p.gatewayOf(s.hub, a.TransitGateway) {
			p.add(codeVPC, s.subject, a.Source, "a stack attaches the VPC to %s too, which is not the hub's transit gateway",
				topology.Plain(a.TransitGateway))
		}
	}
	for _, c := range v.Peerings {
		if p.stackOf(s.hub, c.Source.Stack) {
			p.add(codeVPC, s.subject, c.Source, "a stack peers the VPC with %s, and no peering connection is configured", topology.Plain(c.Peer))
		}
	}
	if v.Declared && (v.InternetGateway || len(v.Gateways) > 0) {
		p.add(codeWay, s.subject, v.Source, "a stack attaches a gateway to the VPC, which gets none: %s",
			topology.Plain(strings.Join(v.Gateways, ", ")))
	}
}

// hosts is true for a subnet that a file declares as one that reaches the hub, also where the attachment is in it.
func (p *prover) hosts(s *topology.Subnet) bool {
	in := func(v *config.ExistingVPC) bool {
		return v != nil && slices.ContainsFunc(v.Subnets, func(n config.ExistingSubnet) bool { return n.ID == s.ID })
	}
	return slices.ContainsFunc(p.cfg.Hubs, func(h *config.Hub) bool { return in(h.Existing) }) ||
		slices.ContainsFunc(p.cfg.Spokes, func(sp *config.Spoke) bool { return in(sp.Existing) })
}

// declared is a subnet of the VPC that its file declares: by its id, or of one that a stack makes, by its range.
func (s standing) declared(want config.ExistingSubnet) *topology.Subnet {
	for _, n := range s.vpc.Subnets {
		if want.ID != "" && n.ID == want.ID || want.ID == "" && n.CIDR == want.CIDR {
			return n
		}
	}
	return nil
}

func nameOf(n config.ExistingSubnet) string {
	if n.ID == "" {
		return "subnet " + n.CIDR.String()
	}
	return n.ID
}

// transitRanges are those of the declared transit subnets, sorted.
func (s standing) transitRanges() []string {
	var out []string
	for _, n := range s.Transit {
		out = append(out, n.CIDR.String())
	}
	slices.Sort(out)
	return out
}

// attachedBy checks that the attachment of a VPC that exists is the declared one, in the declared transit subnets.
func (p *prover) attachedBy(s standing, a *topology.Attachment) {
	if s.Attachment != "" && a.ID != s.Attachment {
		p.add(codePath, s.subject, a.Source, "expected the VPC to be attached by %s, as its file declares, found it attached by %s", s.Attachment,
			topology.Plain(a.ID))
	}
	var have []string
	for _, n := range a.Subnets {
		have = append(have, n.CIDR.String())
	}
	want := s.transitRanges()
	slices.Sort(have)
	if !slices.Equal(want, have) {
		p.add(codePath, s.subject, a.Source, "expected the attachment in subnets %s, found it in %s", strings.Join(want, ", "),
			strings.Join(have, ", "))
	}
}

// workload are the member's subnets that reach the hub, and inner those whose ranges the gateway does not route.
func (m *member) workload() (work, inner []*topology.Subnet) {
	if v := m.spoke.Existing; v != nil {
		for _, n := range v.Subnets {
			if s := m.standing().declared(n); s != nil && s.CIDR.IsValid() {
				work = append(work, s)
			}
		}
		return work, nil
	}
	for _, s := range m.vpc.Subnets {
		switch {
		case slices.Contains(m.attachment.Subnets, s), !s.CIDR.IsValid():
		case ranges.In(s.CIDR, m.spoke.UnroutedCIDRs):
			inner = append(inner, s)
		default:
			work = append(work, s)
		}
	}
	return work, inner
}

// ours is true for a route of a VPC that this program answers for: in a VPC that exists, those to the hub's gateway alone.
func (m *member) ours(sc *scene, r topology.Route) bool {
	return m.spoke.Existing == nil || r.Kind == topology.ToTransitGateway && r.Target == sc.attachment.TransitGateway
}
