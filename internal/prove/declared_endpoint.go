package prove

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// declaredEndpoints are the hub's endpoints that exist, each in the subnets of its zones, with a group that stands for its own.
func declaredEndpoints(h *config.Hub, parts []topology.Record) []topology.Record {
	partition, err := awsfacts.PartitionOf(h.Region)
	vpc := hubVPC(h, parts)
	if err != nil || vpc == "" {
		return nil // the configuration was refused, or the proof says that there is no VPC
	}
	var out []topology.Record
	for _, e := range h.Endpoints {
		if e.Existing == nil {
			continue
		}
		meta := func(typ, id string) topology.Meta {
			return topology.Meta{ID: id, Type: typ, Source: topology.Source{ID: id}, Account: h.Account, Region: h.Region,
				Partition: partition.Name, Tags: map[string]string{"Name": h.Name + "/" + e.Catalog.Name}}
		}
		id := e.Existing.ID
		group := &topology.SecurityGroupRecord{Meta: meta("AWS::EC2::SecurityGroup", "assumed of the groups of "+id), VPC: vpc, Declared: true}
		for _, c := range append([]netip.Prefix{h.CIDR}, clients(h)...) {
			for _, port := range e.Catalog.Ports {
				group.Rules = append(group.Rules, topology.GroupRule{CIDR: c.String(), Protocol: "tcp", From: port, To: port, Sources: 1})
			}
		}
		record := &topology.VPCEndpointRecord{Meta: meta("AWS::EC2::VPCEndpoint", id), VPC: vpc, ServiceName: e.Catalog.ServiceName,
			ServiceRegion: e.Catalog.Region, Kind: "Interface", Groups: []string{group.ID}, PrivateDNS: privateDNS(h, e), Declared: true}
		if e.Policy.Document != nil {
			record.Policy = map[string]any(e.Policy.Document)
		}
		if x := e.Existing; x.DNSName != "" {
			record.DNS = []topology.EndpointName{{Name: x.DNSName, HostedZone: x.HostedZone}}
		}
		for _, z := range e.AZs {
			record.Subnets = append(record.Subnets, hubSubnet(h, e.Existing.Tier, vpc, z, parts))
		}
		out = append(out, group, record)
	}
	return out
}

// privateDNS is whether an endpoint of the hub must have it.
func privateDNS(h *config.Hub, e *config.Endpoint) bool {
	return h.HasR53Profile() && e.Catalog.PrivateDNS()
}

// hubVPC is the id of the hub's VPC among records; "" where it is in none, or in two.
func hubVPC(h *config.Hub, parts []topology.Record) string {
	if h.Existing != nil {
		return h.Existing.ID
	}
	var found []string
	for _, part := range parts {
		if v, ok := part.(*topology.VPCRecord); ok && v.Account == h.Account && v.Region == h.Region && v.Tags["hub"] == h.Name &&
			slices.Contains(v.CIDRs, h.CIDR.String()) {
			found = append(found, v.ID)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// hubSubnet is the id of the subnet of the hub's endpoints in a zone.
func hubSubnet(h *config.Hub, tier, vpc string, z config.AZ, parts []topology.Record) string {
	if h.Existing != nil {
		return h.Existing.Subnet(tier, z).ID
	}
	cidr := h.Plan().Subnet(tier, z.Slot).String()
	for _, part := range parts {
		if s, ok := part.(*topology.SubnetRecord); ok && s.VPC == vpc && s.CIDR == cidr {
			return s.ID
		}
	}
	return "the endpoints' subnet in " + z.Name
}

// assumeEndpoint says what the proof of an endpoint that exists rests on, where AWS was not asked.
func (p *prover) assumeEndpoint(sc *scene, s *service) {
	if !s.endpoint.Declared {
		return
	}
	p.Assumed = append(p.Assumed, fmt.Sprintf("hub %s, endpoint of %s: %s is as the file declares it: of this service, in zones %s, with "+
		"private DNS %s and policy %s; its security groups admit the hub and its clients", sc.hub.Name, s.Catalog.Name, s.Existing.ID,
		zoneNames(s.AZs), onOff(privateDNS(sc.hub, s.Endpoint)), s.Policy))
}

func zoneNames(azs []config.AZ) string {
	var names []string
	for _, z := range azs {
		names = append(names, z.Name)
	}
	return strings.Join(names, ", ")
}

// serves is true for an endpoint of the hub's VPC that is to serve: one that exists is known by its id. In a VPC that exists, others may
// have one of the service beside that of the hub's stacks.
func (p *prover) serves(h *config.Hub, s *config.Endpoint, e *topology.Endpoint) bool {
	if s.Existing != nil {
		return e.ID == s.Existing.ID
	}
	of := func(o *topology.Endpoint) bool { return o.Interface && o.ServiceName == s.Catalog.ServiceName }
	ours := func(o *topology.Endpoint) bool { return of(o) && p.stackOf(h, o.Source.Stack) }
	return of(e) && (h.Existing == nil || ours(e) || !slices.ContainsFunc(e.VPC.Endpoints, ours))
}

// existingEndpoint checks what makes an endpoint the declared one, beside what is asked of all.
func (p *prover) existingEndpoint(sc *scene, s *service) {
	e := s.endpoint
	p.assumeEndpoint(sc, s)
	if !e.Interface || e.ServiceName != s.Catalog.ServiceName {
		p.add(codeEndpoint, sc.subject, e.Source, "expected %s to be an interface endpoint of %s, found one of kind %s of %s", e.ID,
			s.Catalog.ServiceName, e.Kind, e.Of())
	}
	if e.State != "" && e.State != "available" {
		p.add(codeEndpoint, sc.subject, e.Source, "expected %s to be available, found it %s", e.ID, e.State)
	}
}

// inTier checks that an endpoint in a VPC that exists stands in the subnets that the file names for it.
func (p *prover) inTier(sc *scene, s *service) {
	v, tier := sc.hub.Existing, config.EndpointTier
	if v == nil {
		return
	}
	if s.Existing != nil {
		tier = s.Existing.Tier
	}
	for _, n := range s.endpoint.Subnets {
		if !slices.ContainsFunc(v.Subnets, func(w config.ExistingSubnet) bool { return w.Tier == tier && w.ID == n.ID }) {
			p.add(codeEndpoint, sc.subject, s.endpoint.Source, "endpoint of %s: expected it in the subnets of tier %s, found it in %s",
				s.Catalog.Name, tier, describe(n))
		}
	}
}
