package topology

import (
	"maps"
	"slices"
	"strings"
)

var (
	_ = declare(
		Type{Name: "AWS::EC2::VPCEndpointService", Record: &VPCEndpointServiceRecord{},
			Actions: []string{"ec2:DescribeVpcEndpointServiceConfigurations"},
			Ignored: map[string]string{"ContributorInsightsEnabled": "watches", "PayerResponsibility": "says who pays"}},
		Type{Name: "AWS::EC2::VPCEndpointServicePermissions", Record: &VPCEndpointServicePermissionsRecord{},
			Actions: []string{"ec2:DescribeVpcEndpointServicePermissions"}},
	)
)

// EndpointService lets VPCs reach load balancers by endpoints of their own.
type EndpointService struct {
	ID, ServiceName, Account, Region string
	// LoadBalancers are ARNs of Network Load Balancers, GatewayLoadBalancers those of the other kind.
	LoadBalancers, GatewayLoadBalancers []string
	// Acceptance is "true" where somebody accepts each connection, else "false"; "" where nothing is said.
	Acceptance string
	// PrivateDNSName is the provider's own name for it; "" for none.
	PrivateDNSName string
	// Regions and IPTypes that are written; none for the service's own region, and IPv4.
	Regions, IPTypes []string
	// Principals that may connect.
	Principals []Permitted
	// Name is the tag.
	Name   string
	Tags   map[string]string
	Source Source
	meta   *Meta
}

// Permitted is a principal that may connect to an endpoint service.
type Permitted struct {
	ARN    string
	Source Source
}

// VPCEndpointServiceRecord is an AWS::EC2::VPCEndpointService.
type VPCEndpointServiceRecord struct {
	Meta
	// ServiceName is the full name. Required.
	ServiceName                         string
	LoadBalancers, GatewayLoadBalancers []string
	// Acceptance is "true" or "false"; "" where nothing is said.
	Acceptance       string
	PrivateDNSName   string
	Regions, IPTypes []string
}

func (*VPCEndpointServiceRecord) stage() stage { return alone }

func (r *VPCEndpointServiceRecord) link(l *linker) {
	s := &EndpointService{ID: r.ID, ServiceName: r.ServiceName, Account: r.Account, Region: r.Region, LoadBalancers: r.LoadBalancers,
		GatewayLoadBalancers: r.GatewayLoadBalancers, Acceptance: r.Acceptance, PrivateDNSName: r.PrivateDNSName,
		Regions: r.Regions, IPTypes: r.IPTypes, Name: r.Tags["Name"], Tags: r.Tags, Source: r.Source, meta: &r.Meta}
	l.EndpointServices[s.ID] = s
}

// VPCEndpointServicePermissionsRecord is an AWS::EC2::VPCEndpointServicePermissions.
type VPCEndpointServicePermissionsRecord struct {
	Meta
	Service    string
	Principals []string
}

func (*VPCEndpointServicePermissionsRecord) stage() stage { return joining }

func (r *VPCEndpointServicePermissionsRecord) link(l *linker) {
	s := l.EndpointServices[r.Service]
	if s == nil {
		l.unplaced(r, r.Service)
		return
	}
	l.only(r, "permissions of an endpoint service", r.Service)
	l.home(r, "the endpoint service", s.Account, s.Region)
	for _, p := range r.Principals {
		s.Principals = append(s.Principals, Permitted{p, r.Source})
	}
}

// Meta is what the part has in common with all others.
func (s *EndpointService) Meta() Meta { return *s.meta }

// ServiceNamed finds an endpoint service by its full name; nil where no stack makes it.
func (n *Network) ServiceNamed(name string) *EndpointService {
	for _, id := range slices.Sorted(maps.Keys(n.EndpointServices)) {
		if n.EndpointServices[id].ServiceName == name {
			return n.EndpointServices[id]
		}
	}
	return nil
}

func (n *Network) endpointServicePart(s *EndpointService) Part {
	p := Part{Type: "AWS::EC2::VPCEndpointService", ID: s.ID, Account: s.Account, Region: s.Region, Noun: "the endpoint service",
		Label: s.Name, Source: s.Source, Keys: known(s.ID, s.Source),
		Facts: []Fact{{Attr: "acceptance", Value: onOff(s.Acceptance == "true")},
			{Attr: "private DNS name", Value: Term{Text: strings.ToLower(s.PrivateDNSName)}}}}
	// One that exists has the same ARN on both sides.
	for _, arn := range s.LoadBalancers {
		p.Facts = append(p.Facts, Fact{Attr: "load balancer", Key: Term{Ref: arn}})
	}
	for _, arn := range s.GatewayLoadBalancers {
		p.Facts = append(p.Facts, Fact{Attr: "load balancer", Key: Term{Ref: arn}})
	}
	for _, who := range s.Principals {
		f := one("principal", who.ARN)
		f.Source = who.Source
		p.Facts = append(p.Facts, f)
	}
	for _, region := range s.Regions {
		if region != s.Region {
			p.Facts = append(p.Facts, one("supported region", region))
		}
	}
	return p
}
