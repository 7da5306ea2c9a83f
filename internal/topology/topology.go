// Package topology is the network that a cloud assembly, or a live account, describes: VPCs, gateways, routes, rules,
// endpoints, names and shares, in plain values. It judges nothing; package prove does.
package topology

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Source is where a part of the network comes from, for messages: the stack and logical id, or the id in AWS. Live is the
// id in AWS of what a stack has made; "" in an assembly.
type Source struct{ Stack, ID, Live string }

func (s Source) String() string {
	switch {
	case s.Stack == "":
		return s.ID
	case s.Live == "":
		return s.Stack + "/" + s.ID
	}
	return s.Stack + "/" + s.ID + " " + s.Live
}

// Network is everything there is.
type Network struct {
	VPCs                      map[string]*VPC
	TransitGateways           map[string]*TransitGateway
	Attachments               map[string]*Attachment
	TransitGatewayRouteTables map[string]*TransitGatewayRouteTable
	Groups                    map[string]*SecurityGroup
	Endpoints                 map[string]*Endpoint
	HostedZones               map[string]*HostedZone
	R53Profiles               map[string]*R53Profile
	Shares                    []*Share
	// Profiled are the profiles of each VPC, by the VPC's id; AWS takes one a VPC.
	R53ProfileAssociations map[string][]R53ProfileAssociation
	Stacks                 []Stack
	// Roles by ARN, of those with a name of their own.
	Roles map[string]*Role
	// Reads are the stacks that others read outputs of.
	Reads []Read
	// FlowLogs by VPC id.
	FlowLogs map[string][]FlowLog
	// Ignored counts the resources that are no part of a network, by type.
	Ignored map[string]int
	// Strange are parts that refer to what is not there.
	Strange []Strange
}

// New is an empty network.
func New() *Network {
	return &Network{
		VPCs: map[string]*VPC{}, TransitGateways: map[string]*TransitGateway{}, Attachments: map[string]*Attachment{}, TransitGatewayRouteTables: map[string]*TransitGatewayRouteTable{},
		Groups: map[string]*SecurityGroup{}, Endpoints: map[string]*Endpoint{}, HostedZones: map[string]*HostedZone{}, R53Profiles: map[string]*R53Profile{},
		R53ProfileAssociations: map[string][]R53ProfileAssociation{}, Ignored: map[string]int{}, Roles: map[string]*Role{}, FlowLogs: map[string][]FlowLog{},
	}
}

// Strange is a part that could not be put in its place.
type Strange struct {
	Source Source
	Text   string
}

// Stack is what quotas are counted on.
type Stack struct {
	Name, Account, Region             string
	Resources, Outputs, TemplateBytes int
	// Hub is the tag that says whose the stack is.
	Hub string
	// Status and Changed, the time of the last operation, of a live stack.
	Status  string
	Changed time.Time
}

// VPC is a VPC with its subnets and tables.
type VPC struct {
	ID, Account, Region string
	CIDRs               []netip.Prefix
	// IPv6 are the ranges of that family, as far as they are known.
	IPv6                 []string
	DNSSupport, DNSNames bool
	// NameServers are those that the VPC's hosts are told to ask, but for the VPC's own.
	NameServers []string
	// Forwards are the names that its own name server does not answer itself.
	Forwards  []Forward
	Tags      map[string]string
	Subnets   []*Subnet
	Tables    []*RouteTable
	Endpoints []*Endpoint
	Source    Source
	// InternetGateway is true where one is attached.
	InternetGateway bool
}

// Forward is a Resolver rule of a VPC: questions for a domain and all below it go to other servers.
type Forward struct {
	Domain string
	Source Source
}

// OtherNameServers are those of a list that are not a VPC's own: AmazonProvidedDNS, which has the third address of the VPC's
// first range and 169.254.169.253 (VPC guide, "Amazon DNS server").
func (v *VPC) OtherNameServers(list []string) []string {
	own := []string{"AmazonProvidedDNS", "169.254.169.253", "fd00:ec2::253"}
	if len(v.CIDRs) > 0 {
		own = append(own, v.CIDRs[0].Addr().Next().Next().String())
	}
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(own, s) })
}

// Name is what people call the VPC.
func (v *VPC) Name() string {
	if n := v.Tags["Name"]; n != "" {
		return n
	}
	return v.Source.String()
}

// Subnet is one subnet.
type Subnet struct {
	ID  string
	VPC *VPC
	// Zone is its availability zone, by name or id as the template has it; of a live one ZoneID is the id.
	AZ, AZID string
	CIDR     netip.Prefix
	// Table is its route table; nil where it has none of its own, and the VPC's main table, with nothing but the VPC's
	// own ranges, serves it.
	Table  *RouteTable
	ACL    *ACL // nil: the VPC's default one, which lets everything pass
	Source Source
	Name   string
}

// TargetKind is what a route leads to.
type TargetKind string

const (
	Local             TargetKind = "local"
	ToTransitGateway  TargetKind = "transit gateway"
	ToInternetGateway TargetKind = "internet gateway"
	ToNAT             TargetKind = "nat gateway"
	ToGatewayEndpoint TargetKind = "gateway endpoint"
	ToOther           TargetKind = "other"
	// ToNowhere is a route whose target is gone: a blackhole.
	ToNowhere TargetKind = "nowhere"
)

// RouteTable is a VPC's route table, without the local routes that every table has.
type RouteTable struct {
	ID     string
	VPC    *VPC
	Routes []Route
	// Others lead to what is no IPv4 range; nothing follows them.
	Others []OtherRoute
	Source Source
}

// OtherRoute is a route to an IPv6 range, or to the ranges of a prefix list, whatever these are; not that of a gateway
// endpoint.
type OtherRoute struct {
	Destination string
	Kind        TargetKind
	Target      string
	Source      Source
}

// Route is one route of a VPC's table.
type Route struct {
	CIDR   netip.Prefix
	Kind   TargetKind
	Target string
	Source Source
}

// ACL is a network ACL. Its rules are in order; what none of them says is refused.
type ACL struct {
	ID                string
	Inbound, Outbound []ACLRule
	Source            Source
}

// ACLRule is one rule.
type ACLRule struct {
	Number   int
	Allow    bool
	CIDR     netip.Prefix
	Protocol string // "-1" for all, "6" for TCP
	From, To int
}

// Gateway is a Transit Gateway.
type TransitGateway struct {
	ID, Account, Region, ARN                           string
	AutoAccept, DefaultAssociation, DefaultPropagation bool
	// External is true for one that the stacks only name.
	External bool
	Source   Source
}

// Attachment joins a VPC to a gateway.
type Attachment struct {
	ID             string
	TransitGateway string
	VPC            *VPC
	Subnets        []*Subnet
	Account        string
	// State of a live one; "" in an assembly.
	State  string
	Source Source
	// Associated is the table that routes what comes from it; more than one is a mistake that AWS refuses.
	Associated []*TransitGatewayRouteTable
	// AssociatedBy is the part that makes the association, in an assembly.
	AssociatedBy Source
}

// GatewayTable is a gateway's route table.
type TransitGatewayRouteTable struct {
	ID, TransitGateway string
	Propagated         []Propagation
	Static             []TransitGatewayRoute
	Source             Source
	// External is true for one that the stacks only name: it may hold more than is known.
	External bool
	Name     string
}

// Propagation makes a table learn an attachment's ranges.
type Propagation struct {
	Attachment *Attachment
	Source     Source
}

// StaticRoute is a written route of a gateway's table.
type TransitGatewayRoute struct {
	CIDR       netip.Prefix
	Attachment *Attachment // nil for a blackhole
	Source     Source
}

// SecurityGroup is a security group.
type SecurityGroup struct {
	ID, VPC         string
	Ingress, Egress []Rule
	// OpenEgress is true for a group without egress rules of its own: everything may leave.
	OpenEgress bool
	// Others are live rules that admit no range: other groups, prefix lists, IPv6.
	Others []string
	Source Source
}

// Rule admits a range on ports.
type Rule struct {
	CIDR     netip.Prefix
	Protocol string // "tcp", "udp", "icmp", or "-1" for all
	From, To int
	Source   Source
}

// Endpoint is a VPC endpoint.
type Endpoint struct {
	ID, ServiceName, Region, Account string
	Interface                        bool
	VPC                              *VPC
	Subnets                          []*Subnet
	Groups                           []*SecurityGroup
	PrivateDNS                       bool
	// Policy is the document; nil where there is none, and everything may pass.
	Policy map[string]any
	Tables []*RouteTable // of a gateway endpoint
	// ServiceRegion is the region of the service, the endpoint's own or another.
	ServiceRegion string
	// State of a live one; "" in an assembly.
	State  string
	Source Source
}

// Zone is a private hosted zone.
type HostedZone struct {
	ID, Name, Account string
	VPCs              []HostedZoneVPC
	Records           []DNSRecord
	Source            Source
}

// ZoneVPC is a VPC that asks a zone.
type HostedZoneVPC struct{ ID, Region string }

// DNSRecord is a record of a hosted zone.
type DNSRecord struct {
	Name, Type string
	// Endpoint that an alias leads to; nil for anything else.
	Endpoint *Endpoint
	// Target is what it leads to, as written.
	Target string
	// Broken says what is wrong with the alias; empty when nothing is.
	Broken string
	Source Source
}

// Profile is a Route 53 Profile.
type R53Profile struct {
	ID, ARN, Account, Region string
	HostedZones              []*HostedZone
	Endpoints                []*Endpoint
	Source                   Source
}

// ProfileAssociation makes a VPC use a profile.
type R53ProfileAssociation struct {
	R53Profile *R53Profile
	// Account that made the association.
	Account string
	Source  Source
}

// Share is a RAM share.
type Share struct {
	Account, Region       string
	Resources, Principals []string
	External              bool
	Source                Source
}

// SharedWith is true where an account owns a resource, or some share in its region covers it. An organization's ARN
// covers every account: which accounts an organization has, only AWS knows.
func (n *Network) SharedWith(arn, owner, account string) bool {
	if owner == account {
		return true
	}
	for _, s := range n.Shares {
		if s.Account != owner || !slices.Contains(s.Resources, arn) {
			continue
		}
		for _, p := range s.Principals {
			if p == account || strings.Contains(p, ":organizations::") {
				return true
			}
		}
	}
	return false
}

// Role is an IAM role.
type Role struct {
	ARN, Account string
	Trust        map[string]any
	Policies     []map[string]any
	Source       Source
}

// Read is a stack that another reads outputs of; in another account through a role.
type Read struct {
	// Consumer, ConsumerAccount and ConsumerRegion are the stack that reads.
	Consumer, ConsumerAccount, ConsumerRegion string
	// Account, Region and Stack are what is read.
	Account, Region, Stack string
	Role                   string
}

// FlowLog records a VPC's packets.
type FlowLog struct {
	Traffic string
	// Bucket is the ARN it goes to, or "" for a log group, with its retention.
	Bucket        string
	RetentionDays int
	Source        Source
}
