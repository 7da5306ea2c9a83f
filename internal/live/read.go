package live

import (
	"context"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfntypes "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	ramtypes "github.com/aws/aws-sdk-go-v2/service/ram/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	profiletypes "github.com/aws/aws-sdk-go-v2/service/route53profiles/types"
	resolvertypes "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"sharedhub/internal/diag"
)

// raw is what AWS answered for one place.
type raw struct {
	place     Place
	stacks    []cfntypes.Stack
	vpcs      []types.Vpc
	dns       []vpcDNS // as vpcs
	zones     [][]r53types.HostedZoneSummary
	subnets   []types.Subnet
	tables    []types.RouteTable
	acls      []types.NetworkAcl
	groups    []types.SecurityGroup
	endpoints []types.VpcEndpoint
	services  []endpointService
	balancers []balancer
	internet  []types.InternetGateway
	flowLogs  []types.FlowLog
	peerings  []types.VpcPeeringConnection
	dhcp      map[string][]string // name servers by DHCP options
	rules     []resolvertypes.ResolverRule
	ruled     []resolvertypes.ResolverRuleAssociation
	logGroups map[string]keptLog // by name
	lists     []prefixList
	walls     []resolvertypes.FirewallRuleGroupAssociation // of DNS Firewall
	wallRules map[string][]resolvertypes.FirewallRule      // by rule group
	domains   []domainList
	resolvers []resolverEndpoint

	own         []types.TransitGatewayVpcAttachment // of the VPCs
	gateways    []types.TransitGateway              // of the account
	attachments []types.TransitGatewayAttachment    // to the account's gateways
	gatewayTabs []types.TransitGatewayRouteTable
	learned     map[string][]types.TransitGatewayRouteTablePropagation
	static      map[string][]types.TransitGatewayRoute

	shares     []ramtypes.ResourceShare
	shared     []ramtypes.ResourceShareAssociation // resources and principals
	profiles   []profiletypes.ProfileSummary       // of the account
	profiled   []profiletypes.ProfileAssociation
	inProfiles map[string][]profiletypes.ProfileResourceAssociation

	// What an account has once, whatever the region; in the first of its places.
	private map[string]*privateZone // by id
	roles   []iamtypes.RoleDetail
	managed map[string]*string // documents of the account's own managed policies, by ARN
}

type vpcDNS struct{ support, names bool }

// reader asks one place. The first error ends it; what follows does nothing.
type reader struct {
	*raw
	ctx   context.Context
	cfg   aws.Config
	ec2   *ec2.Client
	scope Scope
	err   error
}

func newReader(ctx context.Context, p Place, cfg aws.Config, scope Scope) *reader {
	return &reader{raw: &raw{place: p}, ctx: ctx, cfg: cfg, ec2: ec2.NewFromConfig(cfg), scope: scope}
}

// read asks a place for all that a region holds.
func (s *session) read(ctx context.Context, p Place, scope Scope) (*raw, error) {
	return s.ask(ctx, p, scope,
		(*reader).readStacks, (*reader).readVPCs, (*reader).readGateways, (*reader).readStrangers, (*reader).readParts,
		(*reader).readPublishing, (*reader).readPeerings,
		(*reader).readPrefixLists, (*reader).readFlowLogs,
		(*reader).readNameServers, (*reader).readProfiles, (*reader).readResolverEndpoints, (*reader).readForwards,
		(*reader).readFirewalls, (*reader).readOneByOne, (*reader).readShares)
}

// ask puts questions to a place, until one fails.
func (s *session) ask(ctx context.Context, p Place, scope Scope, questions ...func(*reader)) (*raw, error) {
	ctx, cancel := s.limits.within(ctx)
	defer cancel()
	cfg, err := s.at(ctx, p)
	if err != nil {
		return nil, err
	}
	r := newReader(ctx, p, cfg, scope)
	for _, question := range questions {
		if question(r); r.err != nil {
			return nil, r.err
		}
	}
	return r.raw, nil
}

// fail keeps the first error, in one sentence.
func (r *reader) fail(err error, action string) bool {
	if err != nil && r.err == nil {
		r.err = explain(err, action, r.place.Region)
	}
	return r.err != nil
}

// pager is what the SDK's paginators have in common.
type pager[O, F any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(F)) (O, error)
}

// pages hands every page of a list to add.
func pages[O, F any](r *reader, action string, p pager[O, F], add func(O)) {
	if r.err == nil {
		r.fail(eachPage(r.ctx, p, func(page O) bool { add(page); return r.err == nil }), action)
	}
}

// eachPage hands the pages of a list to add, until it says false. A page that leads back to another is an error.
func eachPage[O, F any](ctx context.Context, p pager[O, F], add func(O) bool) error {
	for seen := (turned{}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err == nil {
			err = seen.check(page)
		}
		if err != nil || !add(page) {
			return err
		}
	}
	return nil
}

// filterValues is how many values EC2 takes in one filter.
const filterValues = 200

// byVPC calls f with filters that name all VPCs, as many as EC2 takes at a time.
func (r *reader) byVPC(filter string, f func([]types.Filter)) { r.byID(filter, r.vpcList(), f) }

func (r *reader) vpcList() (ids []string) {
	for _, v := range r.vpcs {
		ids = append(ids, aws.ToString(v.VpcId))
	}
	return ids
}

func (r *reader) byID(filter string, ids []string, f func([]types.Filter)) {
	for part := range slices.Chunk(ids, filterValues) {
		f([]types.Filter{{Name: &filter, Values: part}})
	}
}

func (r *reader) readStacks() {
	client := cloudformation.NewFromConfig(r.cfg)
	pages(r, "cloudformation:DescribeStacks", cloudformation.NewDescribeStacksPaginator(client, nil),
		func(o *cloudformation.DescribeStacksOutput) {
			r.stacks = append(r.stacks, o.Stacks...)
		})
}

// readVPCs keeps the VPCs of the scope's stacks, and those that it names.
func (r *reader) readVPCs() {
	pages(r, "ec2:DescribeVpcs", ec2.NewDescribeVpcsPaginator(r.ec2, &ec2.DescribeVpcsInput{}), func(o *ec2.DescribeVpcsOutput) {
		for _, v := range o.Vpcs {
			if r.scope.Stacks[ec2Tags(v.Tags)[stackTag]] || r.scope.VPCs[aws.ToString(v.VpcId)] {
				r.vpcs = append(r.vpcs, v)
			}
		}
	})
}

// vpcIDs are the VPCs that were read so far.
func (r *raw) vpcIDs() map[string]bool {
	out := map[string]bool{}
	for _, v := range r.vpcs {
		out[aws.ToString(v.VpcId)] = true
	}
	return out
}

// readParts reads what is in the VPCs.
func (r *reader) readParts() {
	r.byVPC("vpc-id", func(f []types.Filter) {
		pages(r, "ec2:DescribeSubnets", ec2.NewDescribeSubnetsPaginator(r.ec2, &ec2.DescribeSubnetsInput{Filters: f}),
			func(o *ec2.DescribeSubnetsOutput) { r.subnets = append(r.subnets, o.Subnets...) })
		pages(r, "ec2:DescribeRouteTables", ec2.NewDescribeRouteTablesPaginator(r.ec2, &ec2.DescribeRouteTablesInput{Filters: f}),
			func(o *ec2.DescribeRouteTablesOutput) { r.tables = append(r.tables, o.RouteTables...) })
		pages(r, "ec2:DescribeNetworkAcls", ec2.NewDescribeNetworkAclsPaginator(r.ec2, &ec2.DescribeNetworkAclsInput{Filters: f}),
			func(o *ec2.DescribeNetworkAclsOutput) { r.acls = append(r.acls, o.NetworkAcls...) })
		pages(r, "ec2:DescribeSecurityGroups", ec2.NewDescribeSecurityGroupsPaginator(r.ec2, &ec2.DescribeSecurityGroupsInput{Filters: f}),
			func(o *ec2.DescribeSecurityGroupsOutput) { r.groups = append(r.groups, o.SecurityGroups...) })
		pages(r, "ec2:DescribeVpcEndpoints", ec2.NewDescribeVpcEndpointsPaginator(r.ec2, &ec2.DescribeVpcEndpointsInput{Filters: f}),
			func(o *ec2.DescribeVpcEndpointsOutput) { r.endpoints = append(r.endpoints, o.VpcEndpoints...) })
	})
	r.byVPC("attachment.vpc-id", func(f []types.Filter) {
		pages(r, "ec2:DescribeInternetGateways", ec2.NewDescribeInternetGatewaysPaginator(r.ec2,
			&ec2.DescribeInternetGatewaysInput{Filters: f}), func(o *ec2.DescribeInternetGatewaysOutput) {
			r.internet = append(r.internet,
				o.InternetGateways...)
		})
	})
}

// readPeerings reads the peering connections that the VPCs asked for or accepted.
func (r *reader) readPeerings() {
	known := map[string]bool{}
	for _, side := range []string{"requester-vpc-info.vpc-id", "accepter-vpc-info.vpc-id"} {
		r.byVPC(side, func(f []types.Filter) {
			pages(r, "ec2:DescribeVpcPeeringConnections", ec2.NewDescribeVpcPeeringConnectionsPaginator(r.ec2,
				&ec2.DescribeVpcPeeringConnectionsInput{Filters: f}),
				func(o *ec2.DescribeVpcPeeringConnectionsOutput) {
					for _, p := range o.VpcPeeringConnections {
						if id := aws.ToString(p.VpcPeeringConnectionId); !known[id] {
							known[id] = true
							r.peerings = append(r.peerings, p)
						}
					}
				})
		})
	}
}

// vpcsAtOnce is how many VPCs are asked for their attributes at the same time: far below EC2's rate for Describe calls.
const vpcsAtOnce = 4

// readOneByOne reads what AWS tells of one VPC at a time: its DNS attributes, and the private zones it asks, whoever
// owns them.
func (r *reader) readOneByOne() {
	r.dns, r.zones = make([]vpcDNS, len(r.vpcs)), make([][]r53types.HostedZoneSummary, len(r.vpcs))
	names := route53.NewFromConfig(r.cfg)
	var mu sync.Mutex
	failed := func(err error, action string) bool {
		mu.Lock()
		defer mu.Unlock()
		return r.fail(err, action)
	}
	each(len(r.vpcs), vpcsAtOnce, func(i int) {
		id := r.vpcs[i].VpcId
		support, err := r.ec2.DescribeVpcAttribute(r.ctx, &ec2.DescribeVpcAttributeInput{VpcId: id,
			Attribute: types.VpcAttributeNameEnableDnsSupport})
		if failed(err, "ec2:DescribeVpcAttribute") {
			return
		}
		hosts, err := r.ec2.DescribeVpcAttribute(r.ctx, &ec2.DescribeVpcAttributeInput{VpcId: id,
			Attribute: types.VpcAttributeNameEnableDnsHostnames})
		if failed(err, "ec2:DescribeVpcAttribute") {
			return
		}
		r.dns[i] = vpcDNS{support.EnableDnsSupport != nil && aws.ToBool(support.EnableDnsSupport.Value), hosts.EnableDnsHostnames != nil &&
			aws.ToBool(hosts.EnableDnsHostnames.Value)}
		input := &route53.ListHostedZonesByVPCInput{VPCId: id, VPCRegion: r53types.VPCRegion(r.place.Region)}
		for seen := (turned{}); ; {
			page, err := names.ListHostedZonesByVPC(r.ctx, input)
			if failed(err, "route53:ListHostedZonesByVPC") || failed(seen.check(page), "route53:ListHostedZonesByVPC") {
				return
			}
			r.zones[i] = append(r.zones[i], page.HostedZoneSummaries...)
			if aws.ToString(page.NextToken) == "" {
				return
			}
			input.NextToken = page.NextToken
		}
	})
}

// accountWide reads what an account has once: the records of its private zones, and its roles. It returns the places
// that failed.
func (s *session) accountWide(ctx context.Context, seen []*raw, unseen map[string]bool, scope Scope) diag.List {
	zones := zonesByOwner(seen)
	first := map[string]*raw{}
	var todo []*raw
	for _, r := range seen {
		if a := r.place.Account; first[a] == nil && !unseen[a] {
			first[a] = r
			todo = append(todo, r)
		}
	}
	failed := make([]error, len(todo))
	each(len(todo), atOnce, func(i int) {
		ctx, cancel := s.limits.within(ctx)
		defer cancel()
		place := todo[i].place
		cfg, err := s.at(ctx, place)
		r := &reader{raw: todo[i], ctx: ctx, cfg: cfg, scope: scope, err: err}
		r.readRecords(zones[place.Account])
		r.readRoles()
		failed[i] = r.err
	})
	var out diag.List
	for i, err := range failed {
		if err != nil {
			out = append(out, unread(todo[i].place, err))
		}
	}
	return out
}
