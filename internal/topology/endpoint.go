package topology

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

var _ = declare(
	Type{Name: "AWS::EC2::VPCEndpoint", Record: &VPCEndpointRecord{}, Actions: []string{"ec2:DescribeVpcEndpoints"}},
)

// Endpoint is a VPC endpoint.
type Endpoint struct {
	ID, ServiceName, Region, Account string
	// Kind as EC2 names it; Interface is true for that one.
	Kind       string
	Interface  bool
	VPC        *VPC
	Subnets    []*Subnet
	Groups     []*SecurityGroup
	PrivateDNS bool
	// Policy is the document; nil where there is none, and everything may pass.
	Policy map[string]any
	Tables []*RouteTable // of a gateway endpoint
	// ServiceRegion is the region of the service, the endpoint's own or another.
	ServiceRegion string
	// State of a live one; "" in an assembly.
	State  string
	Source Source
	// IPAddressType and DNSRecordIPType are as written: "ipv4", "dualstack", "ipv6" or "service-defined"; "" where nothing is said.
	IPAddressType, DNSRecordIPType string
	// PrivateDNSOnlyForInbound is the option of that name, as written.
	PrivateDNSOnlyForInbound string
	// ForLattice is true where options are set that only endpoints of VPC Lattice take.
	ForLattice bool
	// Declared is true for one that no stack makes and of which only what a configuration says is known: its security groups are
	// taken to admit whom they must.
	Declared bool
}

// VPCEndpointRecord is an AWS::EC2::VPCEndpoint.
type VPCEndpointRecord struct {
	Meta
	VPC, ServiceName string
	// ServiceRegion is the region of the service; "" is the endpoint's own.
	ServiceRegion string
	// Kind as EC2 names it, one of endpointKinds. "" is "Gateway".
	Kind string
	// State of a live one, in lower case.
	State                   string
	Subnets, Groups, Tables []string
	PrivateDNS              bool
	// Policy is the document, as JSON text or decoded; nil where there is none.
	Policy any
	// DNS are its names as AWS gives them, in order: the regional one comes first.
	DNS []EndpointName
	// IPAddressType and DNSRecordIPType are "ipv4", "dualstack", "ipv6" or "service-defined"; "" where nothing is said.
	IPAddressType, DNSRecordIPType string
	// PrivateDNSOnlyForInbound is the option of that name, as written; PrivateDNSPreference and PrivateDNSDomains likewise.
	PrivateDNSOnlyForInbound, PrivateDNSPreference string
	PrivateDNSDomains                              []string
	// Declared is true for one that no stack makes, of which a configuration says a part.
	Declared bool
}

// EndpointName is one entry of DnsEntries.
type EndpointName struct{ Name, HostedZone string }

var endpointKinds = []string{"Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork"}

// endpointName is what an alias finds.
type endpointName struct {
	endpoint   *Endpoint
	index      int
	hostedZone string
}

func (*VPCEndpointRecord) stage() stage { return joining }

func (r *VPCEndpointRecord) link(l *linker) {
	e := &Endpoint{ID: r.ID, ServiceName: r.ServiceName, Region: r.Region, Account: r.Account, Kind: cmp.Or(r.Kind, "Gateway"),
		VPC:       l.VPCs[r.VPC],
		Interface: r.Kind == "Interface", PrivateDNS: r.PrivateDNS, State: r.State, ServiceRegion: cmp.Or(r.ServiceRegion, r.Region),
		Source: r.Source, IPAddressType: r.IPAddressType, DNSRecordIPType: r.DNSRecordIPType,
		PrivateDNSOnlyForInbound: r.PrivateDNSOnlyForInbound, ForLattice: r.PrivateDNSPreference != "" || len(r.PrivateDNSDomains) > 0,
		Declared: r.Declared}
	e.Policy = l.document(r, r.Policy)
	if !slices.Contains(endpointKinds, e.Kind) {
		l.strange(r, "is an endpoint of an unknown type, %s", e.Kind)
	}
	r.places(l, e)
	for i, n := range r.DNS {
		l.endpointNames[domain(n.Name)] = endpointName{e, i, n.HostedZone}
	}
	l.Endpoints[e.ID] = e
}

// places are where the endpoint is, and who may reach it there.
func (r *VPCEndpointRecord) places(l *linker, e *Endpoint) {
	if e.VPC == nil {
		l.strange(r, "is in a VPC that is not in the stacks: %s", r.VPC)
	} else {
		e.VPC.Endpoints = append(e.VPC.Endpoints, e)
		l.homeVPC(r, e.VPC)
	}
	for _, id := range r.Subnets {
		if s := l.subnets[id]; s != nil && s.VPC == e.VPC {
			if e.Interface && slices.ContainsFunc(e.Subnets, func(o *Subnet) bool { return o.AZ == s.AZ }) {
				l.conflict(r, "is in two subnets of availability zone %s: AWS takes one of each", s.AZ)
			}
			e.Subnets = append(e.Subnets, s)
		} else {
			l.strange(r, "is in a subnet that is not its VPC's: %s", id)
		}
	}
	for _, id := range r.Groups {
		g := l.Groups[id]
		if g == nil {
			l.strange(r, "has a security group that is not in the stacks: %s", id)
			continue
		}
		e.Groups = append(e.Groups, g)
		if g.VPC != r.VPC {
			l.strange(r, "has a security group of another VPC: %s", id)
		}
	}
	for _, id := range r.Tables {
		if t := l.tables[id]; t != nil {
			l.only(r, "the route table has a gateway endpoint of "+r.ServiceName, id)
			e.Tables = append(e.Tables, t)
		} else {
			l.unplaced(r, id)
		}
	}
}

// Of is what the endpoint leads to, for people. One that names no service leads into VPC Lattice.
func (e *Endpoint) Of() string {
	return cmp.Or(e.ServiceName, "a resource or service network of VPC Lattice")
}

func (n *Network) endpointPart(e *Endpoint) Part {
	p := Part{Type: "AWS::EC2::VPCEndpoint", ID: e.ID, Account: e.Account, Region: e.Region,
		Noun: "the endpoint of", Label: e.Of(), Source: e.Source}
	if v := e.VPC; v != nil {
		p.Label += " in VPC " + v.Name()
		p.Needs, p.Around = []string{v.ID}, []string{v.ID}
		p.Keys = []Key{{Text: fmt.Sprint(e.ServiceName, e.Interface), Refs: []string{v.ID}}}
	}
	if s := n.ServiceNamed(e.ServiceName); s != nil && e.VPC != nil { // whose name only AWS knows before it is made
		p.Label = cmp.Or(s.Name, s.Source.ID) + " in VPC " + e.VPC.Name()
		p.Needs, p.Keys = append(p.Needs, s.ID), []Key{{Text: fmt.Sprint("published", e.Interface), Refs: []string{e.VPC.ID, s.ID}}}
	}
	if strings.Contains(e.ServiceName, ".vpce.") && e.Source.Stack != "" { // its service may be in an account that was not looked at
		p.Keys = append(p.Keys, known(e.ID, e.Source)...)
	}
	p.Keys = append(p.Keys, Key{Text: "id " + e.ID})
	p.Facts = append(subnets(e.Subnets), state(e.State), Fact{Attr: "policy", Document: e.Policy})
	if e.Declared { // its security groups and families of addresses are not
		p.Keys, p.Open = []Key{{Text: "id " + e.ID}}, true
		p.Label = e.ID + ", of " + p.Label
		p.Facts = append(p.Facts, Fact{Attr: "private DNS", Value: onOff(e.PrivateDNS)})
		return p
	}
	for _, g := range e.Groups {
		p.Facts = append(p.Facts, Fact{Attr: "security group", Key: Term{Ref: g.ID}})
	}
	for _, t := range e.Tables {
		p.Facts = append(p.Facts, Fact{Attr: "route table", Key: Term{Ref: t.ID}})
	}
	if e.Interface {
		p.Facts = append(p.Facts, Fact{Attr: "private DNS", Value: onOff(e.PrivateDNS)},
			Fact{Attr: "IP address type", Value: Term{Text: cmp.Or(e.IPAddressType, "ipv4")}})
	}
	return p
}
