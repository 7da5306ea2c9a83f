package prove

import (
	"fmt"
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
			r.Add(declared(s)...)
		}
	}
	for _, h := range cfg.Hubs {
		r.Add(declaredEndpoints(h, r.Parts)...)
		r.Add(declaredDNS(h)...)
	}
	return topology.Link(r)
}

func declared(s *config.Spoke) []topology.Record {
	partition, err := awsfacts.PartitionOf(s.Hub.Region)
	if err != nil {
		return nil // the configuration was refused
	}
	v := s.Existing
	meta := func(typ, id string) topology.Meta {
		return topology.Meta{ID: id, Type: typ, Source: topology.Source{ID: id}, Account: s.Account, Region: s.Hub.Region,
			Partition: partition.Name, Tags: map[string]string{"Name": s.Name + "/" + id}}
	}
	vpc := &topology.VPCRecord{Meta: meta("AWS::EC2::VPC", v.ID), DNSSupport: true, DNSNames: true, Declared: true}
	vpc.Tags = map[string]string{"Name": s.Name, "hub": s.Hub.Name, "spoke": s.Name}
	for _, r := range s.Ranges() {
		vpc.CIDRs = append(vpc.CIDRs, r.String())
	}
	out := []topology.Record{vpc}
	for _, id := range v.RouteTables() {
		out = append(out, &topology.RouteTableRecord{Meta: meta("AWS::EC2::RouteTable", id), VPC: v.ID})
	}
	for _, n := range slices.Concat(v.Subnets, v.Transit) {
		if n.ID == "" {
			continue // a stack makes it
		}
		out = append(out, &topology.SubnetRecord{Meta: meta("AWS::EC2::Subnet", n.ID), VPC: v.ID, CIDR: n.CIDR.String(), AZID: n.AZ.Name})
		if n.RouteTable != "" {
			joins := meta("AWS::EC2::SubnetRouteTableAssociation", n.ID+"/"+n.RouteTable)
			out = append(out, &topology.SubnetRouteTableAssociationRecord{Meta: joins, Subnet: n.ID, Table: n.RouteTable})
		}
	}
	return out
}

// assume says what the proof of a VPC that exists rests on.
func (p *prover) assume(m *member) {
	v := m.spoke.Existing
	p.Assumed = append(p.Assumed, fmt.Sprintf("%s: VPC %s is as its file declares it, with DNS support, DNS host names and network ACLs "+
		"that let everything pass; what else it has, such as other subnets, routes, gateways and peerings, is not judged", m.subject, v.ID))
}

// declaredVPC checks a VPC that exists: what its file declares is there, and DNS works. What else it has is its owner's.
func (p *prover) declaredVPC(m *member) {
	v := m.vpc
	if !m.seesLive() {
		p.assume(m)
	}
	for _, r := range m.spoke.Ranges() {
		if !slices.Contains(v.CIDRs, r) {
			p.add(codeVPC, m.subject, v.Source, "the VPC lacks range %s, which its file declares", r)
		}
	}
	p.resolves(m.subject, v)
	for _, want := range slices.Concat(m.spoke.Existing.Subnets, m.spoke.Existing.Transit) {
		s := m.declared(want)
		switch {
		case s == nil:
			p.add(codeVPC, m.subject, v.Source, "VPC %s has no subnet %s, which its file declares", v.ID, nameOf(want))
		case s.CIDR != want.CIDR:
			p.add(codeVPC, m.subject, s.Source, "%s: expected range %s, found %s", nameOf(want), want.CIDR, s.CIDR)
		case !in(s, want.AZ, v.Region):
			p.add(codeVPC, m.subject, s.Source, "%s: expected availability zone %s, found %q", nameOf(want), want.AZ.Name, topology.Plain(s.AZ))
		case want.ID == "" && s.Table == nil:
			p.add(codeRoute, m.subject, s.Source, "%s has no route table of its own and uses the VPC's main one", nameOf(want))
		case want.RouteTable != "" && (s.Table == nil || s.Table.ID != want.RouteTable):
			p.add(codeVPC, m.subject, s.Source, "%s: expected route table %s to serve it, found another", nameOf(want), want.RouteTable)
		}
	}
}

// seesLive is true where the VPC was read from AWS, and not declared.
func (m *member) seesLive() bool { return !m.vpc.Declared }

// declared is a subnet of the VPC that its file declares: by its id, or of one that a stack makes, by its range.
func (m *member) declared(want config.ExistingSubnet) *topology.Subnet {
	for _, s := range m.vpc.Subnets {
		if want.ID != "" && s.ID == want.ID || want.ID == "" && s.CIDR == want.CIDR {
			return s
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

// attachedBy checks that the attachment of a VPC that exists is in the declared transit subnets.
func (p *prover) attachedBy(m *member) {
	var want, have []string
	for _, n := range m.spoke.Existing.Transit {
		want = append(want, n.CIDR.String())
	}
	for _, s := range m.attachment.Subnets {
		have = append(have, s.CIDR.String())
	}
	slices.Sort(want)
	slices.Sort(have)
	if !slices.Equal(want, have) {
		p.add(codePath, m.subject, m.attachment.Source, "expected the attachment in subnets %s, found it in %s", strings.Join(want, ", "),
			strings.Join(have, ", "))
	}
}

// workload are the member's subnets that reach the hub, and inner those whose ranges the gateway does not route.
func (m *member) workload() (work, inner []*topology.Subnet) {
	if v := m.spoke.Existing; v != nil {
		for _, n := range v.Subnets {
			if s := m.declared(n); s != nil && s.CIDR.IsValid() {
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
