// Package topology is the network that a cloud assembly, or a live account, describes: VPCs, gateways, routes, rules,
// endpoints, names and shares, in plain values. Readers hand it flat records; Link puts them together. Each resource type
// is in one file: what this program knows of it, its record, how it is linked, and the facts that it is compared by. The
// package judges nothing; package prove does.
package topology

import "time"

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
	VPCs            map[string]*VPC
	TransitGateways map[string]*TransitGateway
	Attachments     map[string]*Attachment
	// ExternalAttachments are those that the stacks name by id and nothing else tells of.
	ExternalAttachments       map[string]*Attachment
	TransitGatewayRouteTables map[string]*TransitGatewayRouteTable
	Groups                    map[string]*SecurityGroup
	PrefixLists               map[string]*PrefixList
	Endpoints                 map[string]*Endpoint
	// EndpointServices, LoadBalancers, Listeners and TargetGroups are what publishes services to other VPCs.
	EndpointServices  map[string]*EndpointService
	LoadBalancers     map[string]*LoadBalancer
	Listeners         map[string]*Listener
	TargetGroups      map[string]*TargetGroup
	HostedZones       map[string]*HostedZone
	R53Profiles       map[string]*R53Profile
	ResolverEndpoints map[string]*ResolverEndpoint
	ResolverRules     map[string]*ResolverRuleRecord
	Shares            []*Share
	// R53ProfileAssociations are the profiles of each VPC, by the VPC's id; AWS takes one a VPC.
	R53ProfileAssociations map[string][]R53ProfileAssociation
	Stacks                 []Stack
	// Roles by ARN, of those with a name of their own.
	Roles map[string]*Role
	// UnnamedRoles are the other roles of templates, which have no ARN yet.
	UnnamedRoles []*Role
	// Reads are the stacks that others read outputs of.
	Reads []Read
	// FlowLogs by the id of what they are of.
	FlowLogs map[string][]FlowLog
	// Ignored counts the resources that are no part of a network, by type; the registry says why of each.
	Ignored map[string]int
	// StrayRecords are of hosted zones that no stack makes.
	StrayRecords []StrayRecord
	// Strange are parts that refer to what is not there.
	Strange []Strange
	// Conflicts are parts of templates that AWS refuses to make.
	Conflicts []Conflict
	// Unknown are parts that nothing here understands, and properties that nothing reads.
	Unknown []UnknownPart
	// Guests are parts of harmless types that may be hosts of a subnet, with what they name.
	Guests []UnknownPart
	// Undecided is what only AWS will decide.
	Undecided []Undecided

	// Others are the parts of types without a record, known or not.
	Others []*Other
	// Joins and TransitGatewayRoutes are the associations, propagations and routes of Transit Gateways as they are written,
	// also those of what no record holds.
	Joins                []TransitGatewayJoin
	TransitGatewayRoutes []WrittenTransitGatewayRoute

	order *order // of templates; nil for a live network
	from  Records
}

// New is an empty network.
func New() *Network {
	return &Network{
		VPCs: map[string]*VPC{}, TransitGateways: map[string]*TransitGateway{}, Attachments: map[string]*Attachment{},
		ExternalAttachments:       map[string]*Attachment{},
		TransitGatewayRouteTables: map[string]*TransitGatewayRouteTable{}, Groups: map[string]*SecurityGroup{},
		PrefixLists:      map[string]*PrefixList{},
		Endpoints:        map[string]*Endpoint{},
		EndpointServices: map[string]*EndpointService{}, LoadBalancers: map[string]*LoadBalancer{}, Listeners: map[string]*Listener{},
		TargetGroups: map[string]*TargetGroup{},
		HostedZones:  map[string]*HostedZone{}, R53Profiles: map[string]*R53Profile{},
		ResolverEndpoints: map[string]*ResolverEndpoint{}, ResolverRules: map[string]*ResolverRuleRecord{},
		R53ProfileAssociations: map[string][]R53ProfileAssociation{},
		Ignored:                map[string]int{}, Roles: map[string]*Role{}, FlowLogs: map[string][]FlowLog{},
	}
}

// Strange is a part that could not be put in its place.
type Strange struct {
	Source Source
	Text   string
	// Touches are the ids of the part and of what it names, sorted.
	Touches []string
	// Type of the part.
	Type string
}

// Stack is what quotas are counted on.
type Stack struct {
	Name, Account, Region             string
	Resources, Outputs, TemplateBytes int
	// Contradicted are outputs that do not say what another output of the stack says under their name; "" for one that is absent.
	Contradicted map[string]string
	// After are the stacks that are deployed before it, as the assembly says; Ordered is true where it does.
	After   []StackName
	Ordered bool
	// Hub is the tag that says whose the stack is.
	Hub string
	// LookupRole is the ARN of the role that the CDK CLI reads the stack's account with, and DeployRole of the one it deploys
	// with; "" where the app names none.
	LookupRole, DeployRole string
	// Status and Changed, the time of the last operation, of a live stack.
	Status  string
	Changed time.Time
}

// StackName is what a stack is known by.
type StackName struct{ Account, Region, Name string }

// Read is a stack that another reads outputs of; in another account through a role.
type Read struct {
	// Consumer, ConsumerAccount and ConsumerRegion are the stack that reads.
	Consumer, ConsumerAccount, ConsumerRegion string
	// Account, Region and Stack are what is read.
	Account, Region, Stack string
	// Role is the ARN of the role it reads through, and ConsumerRole of the one that CloudFormation deploys the reading stack
	// with; "" where the assembly does not say.
	Role, ConsumerRole string
}

// Circle is a stack of templates that waits for itself by the manifest's dependencies; "" where none does.
func (n *Network) Circle() string {
	if n.order == nil {
		return ""
	}
	return n.order.circle
}

// Without is the network that is there if no condition holds that only AWS decides; nil where there is no such condition.
func (n *Network) Without() *Network {
	r := n.from
	r.Parts = nil
	for _, p := range n.from.Parts {
		if p.meta().Condition == "" {
			r.Parts = append(r.Parts, p)
		}
	}
	if len(r.Parts) == len(n.from.Parts) {
		return nil
	}
	return Link(r)
}
