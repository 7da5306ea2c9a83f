package prove

import (
	"fmt"
	"net/netip"
	"slices"

	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// reserved are the addresses that AWS keeps of each subnet (VPC guide, "Subnet CIDR blocks").
const reserved = 5

// place is a subnet as the configuration has it.
type place struct {
	cidr    netip.Prefix
	tier    string
	az      config.AZ
	transit bool
}

func (w place) String() string { return fmt.Sprintf("subnet %s of tier %s", w.cidr, w.tier) }

// hubPlaces are the subnets of a hub, spokePlaces those of a spoke.
func hubPlaces(h *config.Hub) []place {
	var out []place
	for _, az := range h.AZs {
		out = append(out, place{h.Plan().Subnet(config.EndpointTier, az.Slot), config.EndpointTier, az, false},
			place{h.Plan().Transit(az.Slot), "transit", az, true})
		if h.Resolver.Any() {
			out = append(out, place{h.Plan().Subnet(config.ResolverTier, az.Slot), config.ResolverTier, az, false})
		}
	}
	return out
}

func spokePlaces(s *config.Spoke) []place {
	plan := s.Plan()
	var out []place
	for _, az := range s.AZs {
		for _, t := range s.Tiers {
			out = append(out, place{plan.Subnet(t.Name, az.Slot), t.Name, az, false})
		}
		out = append(out, place{plan.Transit(az.Slot), "transit", az, true})
	}
	return out
}

// in is true for a subnet in an availability zone of the configuration.
func in(s *topology.Subnet, az config.AZ, region string) bool {
	if az.ByID {
		return s.AZID == az.Name || s.AZ == az.Name
	}
	return s.AZ == region+az.Name
}

// places checks that a VPC has the configured subnets, each where it should be, and no other, and that the attachment is in
// the transit ones.
func (p *prover) places(subject, region string, v *topology.VPC, a *topology.Attachment, want []place) {
	wanted := map[netip.Prefix]place{}
	for _, w := range want {
		wanted[w.cidr] = w
	}
	found := map[netip.Prefix]bool{}
	for _, s := range v.Subnets {
		w, ok := wanted[s.CIDR]
		found[s.CIDR] = true
		switch {
		case s.IPv6Only:
			p.add(codeVPC, subject, s.Source, "%s has no IPv4 addresses (Ipv6Native), so its hosts reach no endpoint", describe(s))
		case !ok && !s.CIDR.IsValid(): // said elsewhere
		case !ok:
			p.add(codeVPC, subject, s.Source, "the VPC has subnet %s, which is not configured", s.CIDR)
		case !in(s, w.az, region):
			p.add(codeVPC, subject, s.Source, "%s: expected availability zone %s, found %q", w, azName(w.az, region), topology.Plain(s.AZ))
		}
		if s.IPv6 != "" {
			p.add(codeVPC, subject, s.Source, "%s has an IPv6 range, %s, and IPv6 is not configured", describe(s), topology.Plain(s.IPv6))
		}
		if ok && w.transit != slices.Contains(a.Subnets, s) {
			text := "the attachment is not in %s, where it should be"
			if !w.transit {
				text = "the attachment is in %s, which holds no attachment"
			}
			p.add(codePath, subject, a.Source, text, w)
		}
	}
	for _, w := range want {
		if !found[w.cidr] {
			p.add(codeVPC, subject, v.Source, "the VPC lacks %s in availability zone %s", w, azName(w.az, region))
		}
	}
}

func azName(az config.AZ, region string) string {
	if az.ByID {
		return az.Name
	}
	return region + az.Name
}

// options checks what an attachment may do besides: nothing that is not configured.
func (p *prover) options(sc *scene, subject string, a *topology.Attachment) {
	if a.NoSecurityGroupReferencing && sc.hub.TransitGateway.SecurityGroupReferencing {
		p.add(codeGateway, subject, a.Source, "the attachment has security-group referencing off, expected on")
	}
	if a.ApplianceMode {
		p.add(codePath, subject, a.Source, "the attachment is in appliance mode, which is not configured")
	}
	if a.IPv6 {
		p.add(codePath, subject, a.Source, "the attachment carries IPv6, which is not configured")
	}
}

// gatewayAsConfigured checks the hub's Transit Gateway, where the hub makes it, and its tables, where they exist already.
func (p *prover) gatewayAsConfigured(sc *scene) {
	want, g := sc.hub.TransitGateway, sc.transitGateway
	if want.ID == "" {
		asn := g.ASN
		if asn == 0 {
			asn = 64512 // EC2's default
		}
		if int64(asn) != want.ASN {
			p.add(codeGateway, sc.subject, g.Source, "the transit gateway: expected ASN %d, found %d", want.ASN, asn)
		}
		for _, c := range g.CIDRs {
			p.add(codeGateway, sc.subject, g.Source, "the transit gateway has range %s of its own, which is not configured", c)
		}
		if on := g.SecurityGroupReferencing; on != want.SecurityGroupReferencing {
			p.add(codeGateway, sc.subject, g.Source, "the transit gateway: expected security-group referencing %s, found %s",
				onOff(want.SecurityGroupReferencing), onOff(on))
		}
	}
	p.flowLogs(sc.subject, " of the transit gateway", g.ID, g.Source, want.FlowLogs)
	p.tableAsConfigured(sc, sc.subject, "hub", sc.attachment)
}

// tableAsConfigured checks that an attachment is associated with the existing table that the configuration names, or with one
// that the stacks make where it names none.
func (p *prover) tableAsConfigured(sc *scene, subject, name string, a *topology.Attachment) {
	if len(a.Associated) != 1 {
		return // said elsewhere
	}
	t, id := a.Associated[0], sc.hub.TransitGateway.RouteTables[name]
	switch {
	case id != "" && t.ID != id:
		p.add(codeGateway, subject, a.AssociatedBy, "expected the attachment to be associated with transit gateway route table %s, found %s",
			id, tableName(t))
	case id == "" && t.External:
		p.add(codeGateway, subject, a.AssociatedBy,
			"the attachment is associated with transit gateway route table %s, which is neither configured nor made by a stack", tableName(t))
	}
}

// addressing checks that an endpoint has IPv4 addresses and names that say them.
func (p *prover) addressing(subject string, e *topology.Endpoint) {
	live := e.Source.Stack == "" || e.Source.Live != ""
	if t := e.IPAddressType; t != "" && t != "ipv4" {
		p.add(codeEndpoint, subject, e.Source, "endpoint of %s: expected IP address type ipv4, found %s, and IPv6 is not configured",
			e.ServiceName, t)
	}
	if t := e.DNSRecordIPType; t != "" && t != "ipv4" && !(live && t == "service-defined") {
		p.add(codeEndpoint, subject, e.Source, "endpoint of %s: expected DNS records for ipv4, found %s", e.ServiceName, t)
	}
	if live {
		return // AWS has taken the rest
	}
	s3 := e.Interface && e.PrivateDNS && e.ServiceName == "com.amazonaws."+e.ServiceRegion+".s3"
	switch option := e.PrivateDNSOnlyForInbound; {
	case s3 && option != "AllResolvers":
		p.add(codeEndpoint, subject, e.Source, "endpoint of s3: expected PrivateDnsOnlyForInboundResolverEndpoint AllResolvers, found %q: "+
			"S3 then demands a gateway endpoint in the same VPC", option)
	case option != "" && option != "AllResolvers":
		p.add(codeEndpoint, subject, e.Source, "endpoint of %s: its private names serve inbound Resolver endpoints alone (%s)", e.ServiceName,
			option)
	}
	if e.ForLattice {
		p.add(codeEndpoint, subject, e.Source, "endpoint of %s: PrivateDnsPreference and PrivateDnsSpecifiedDomains are for endpoints of "+
			"VPC Lattice", e.ServiceName)
	}
	if !e.Interface && (e.PrivateDNS || len(e.Groups) > 0 || len(e.Subnets) > 0) {
		p.add(codeEndpoint, subject, e.Source, "endpoint of %s: a gateway endpoint takes no private DNS, security groups or subnets",
			e.ServiceName)
	}
}

// theirs is true for an endpoint in a hub's VPC that exists which serves nothing of the hub: its owner's.
func (sc *scene) theirs(e *topology.Endpoint) bool {
	return sc.hub.Existing != nil && !slices.ContainsFunc(sc.services, func(s *service) bool { return s.endpoint == e })
}

// attachedAmong is true where the hub's attachment exists, which may be in subnets that hold endpoints.
func (sc *scene) attachedAmong() bool {
	return sc.hub.Existing != nil && sc.hub.Existing.Attachment != ""
}

// room checks that the subnets hold an address for each interface endpoint in them, and that endpoints are in no transit subnet.
func (p *prover) room(sc *scene) {
	count := map[*topology.Subnet]int{}
	for _, e := range sc.vpc.Endpoints {
		theirs := sc.theirs(e)
		for _, s := range e.Subnets {
			count[s]++
			if !theirs && !sc.attachedAmong() && slices.Contains(sc.attachment.Subnets, s) {
				p.add(codeEndpoint, sc.subject, e.Source, "endpoint of %s: is in %s, which is the attachment's", e.ServiceName, describe(s))
			}
		}
	}
	for _, s := range sc.vpc.Subnets {
		if free := 1<<(32-s.CIDR.Bits()) - reserved; s.CIDR.IsValid() && count[s] > free {
			p.add(codeLimit, sc.subject, s.Source, "%s has %d addresses, and %d endpoints need one each", describe(s), free, count[s])
		}
	}
}
