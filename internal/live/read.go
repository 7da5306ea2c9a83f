package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfntypes "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/ram"
	ramtypes "github.com/aws/aws-sdk-go-v2/service/ram/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/route53profiles"
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

// privateZone is a zone with the VPCs that ask it and its records.
type privateZone struct {
	name    string
	vpcs    []r53types.VPC
	records []r53types.ResourceRecordSet
}

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

// readGateways reads the VPCs' attachments, and the account's own gateways with all that is attached to them.
func (r *reader) readGateways() {
	named := map[string]bool{}
	r.byVPC("vpc-id", func(f []types.Filter) {
		pages(r, "ec2:DescribeTransitGatewayVpcAttachments", ec2.NewDescribeTransitGatewayVpcAttachmentsPaginator(r.ec2,
			&ec2.DescribeTransitGatewayVpcAttachmentsInput{Filters: f}),
			func(o *ec2.DescribeTransitGatewayVpcAttachmentsOutput) {
				r.own = append(r.own, o.TransitGatewayVpcAttachments...)
			})
	})
	for _, a := range r.own {
		named[aws.ToString(a.TransitGatewayId)] = true
	}
	pages(r, "ec2:DescribeTransitGateways", ec2.NewDescribeTransitGatewaysPaginator(r.ec2, &ec2.DescribeTransitGatewaysInput{}),
		func(o *ec2.DescribeTransitGatewaysOutput) {
			for _, g := range o.TransitGateways {
				id := aws.ToString(g.TransitGatewayId)
				if aws.ToString(g.OwnerId) == r.place.Account && g.State != types.TransitGatewayStateDeleted &&
					g.State != types.TransitGatewayStateDeleting &&
					(named[id] || r.scope.TransitGateways[id] || r.scope.Stacks[ec2Tags(g.Tags)[stackTag]]) {
					r.gateways = append(r.gateways, g)
				}
			}
		})
	if len(r.gateways) == 0 {
		return
	}
	filter := []types.Filter{{Name: aws.String("transit-gateway-id")}}
	for _, g := range r.gateways {
		filter[0].Values = append(filter[0].Values, aws.ToString(g.TransitGatewayId))
	}
	pages(r, "ec2:DescribeTransitGatewayAttachments", ec2.NewDescribeTransitGatewayAttachmentsPaginator(r.ec2,
		&ec2.DescribeTransitGatewayAttachmentsInput{Filters: filter}),
		func(o *ec2.DescribeTransitGatewayAttachmentsOutput) {
			r.attachments = append(r.attachments, o.TransitGatewayAttachments...)
		})
	pages(r, "ec2:DescribeTransitGatewayRouteTables", ec2.NewDescribeTransitGatewayRouteTablesPaginator(r.ec2,
		&ec2.DescribeTransitGatewayRouteTablesInput{Filters: filter}),
		func(o *ec2.DescribeTransitGatewayRouteTablesOutput) {
			r.gatewayTabs = append(r.gatewayTabs, o.TransitGatewayRouteTables...)
		})
	r.readTables()
}

// readTables reads what the gateways' tables learn, and what is written in them.
func (r *reader) readTables() {
	r.learned, r.static = map[string][]types.TransitGatewayRouteTablePropagation{}, map[string][]types.TransitGatewayRoute{}
	for _, t := range r.gatewayTabs {
		id := aws.ToString(t.TransitGatewayRouteTableId)
		pages(r, "ec2:GetTransitGatewayRouteTablePropagations", ec2.NewGetTransitGatewayRouteTablePropagationsPaginator(r.ec2,
			&ec2.GetTransitGatewayRouteTablePropagationsInput{TransitGatewayRouteTableId: &id}),
			func(o *ec2.GetTransitGatewayRouteTablePropagationsOutput) {
				r.learned[id] = append(r.learned[id], o.TransitGatewayRouteTablePropagations...)
			})
		if r.err != nil {
			return
		}
		pages(r, "ec2:SearchTransitGatewayRoutes", ec2.NewSearchTransitGatewayRoutesPaginator(r.ec2,
			&ec2.SearchTransitGatewayRoutesInput{TransitGatewayRouteTableId: &id,
				Filters: []types.Filter{{Name: aws.String("type"), Values: []string{"static"}}}}),
			func(o *ec2.SearchTransitGatewayRoutesOutput) {
				if aws.ToBool(o.AdditionalRoutesAvailable) && aws.ToString(o.NextToken) == "" && r.err == nil {
					r.err = fmt.Errorf("transit gateway route table %s holds more than 1,000 static routes, and AWS tells no more at a time", id)
				}
				r.static[id] = append(r.static[id], o.Routes...)
			})
		if r.err != nil {
			return
		}
	}
}

// readStrangers adds the account's VPCs that are attached to its gateways and belong to no spoke.
func (r *reader) readStrangers() {
	known := r.vpcIDs()
	var ids []string
	for _, a := range r.attachments {
		if id := aws.ToString(a.ResourceId); a.ResourceType == types.TransitGatewayAttachmentResourceTypeVpc &&
			aws.ToString(a.ResourceOwnerId) == r.place.Account && !known[id] && attached(a.State) {
			ids = append(ids, id)
		}
	}
	before := len(r.vpcs)
	for part := range slices.Chunk(ids, filterValues) {
		pages(r, "ec2:DescribeVpcs", ec2.NewDescribeVpcsPaginator(r.ec2,
			&ec2.DescribeVpcsInput{Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: part}}}),
			func(o *ec2.DescribeVpcsOutput) { r.vpcs = append(r.vpcs, o.Vpcs...) })
	}
	if len(r.vpcs) == before {
		return
	}
	for part := range slices.Chunk(ids, filterValues) {
		pages(r, "ec2:DescribeTransitGatewayVpcAttachments", ec2.NewDescribeTransitGatewayVpcAttachmentsPaginator(r.ec2,
			&ec2.DescribeTransitGatewayVpcAttachmentsInput{Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: part}}}),
			func(o *ec2.DescribeTransitGatewayVpcAttachmentsOutput) {
				r.own = append(r.own, o.TransitGatewayVpcAttachments...)
			})
	}
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

// readFlowLogs reads the flow logs and how long their log groups keep them.
func (r *reader) readFlowLogs() {
	ids := r.vpcList()
	for _, g := range r.gateways {
		ids = append(ids, aws.ToString(g.TransitGatewayId))
	}
	r.byID("resource-id", ids, func(f []types.Filter) {
		pages(r, "ec2:DescribeFlowLogs", ec2.NewDescribeFlowLogsPaginator(r.ec2, &ec2.DescribeFlowLogsInput{Filter: f}),
			func(o *ec2.DescribeFlowLogsOutput) { r.flowLogs = append(r.flowLogs, o.FlowLogs...) })
	})
	var names []string
	for _, l := range r.flowLogs {
		if n := logGroup(l); n != "" {
			names = append(names, n)
		}
	}
	r.logGroups = map[string]keptLog{}
	if len(names) == 0 || r.err != nil {
		return
	}
	// One prefix for all of them: names begin with those of their stacks, and so with the hub's.
	input := &cloudwatchlogs.DescribeLogGroupsInput{}
	if p := commonPrefix(names); p != "" {
		input.LogGroupNamePrefix = &p
	}
	pages(r, "logs:DescribeLogGroups", cloudwatchlogs.NewDescribeLogGroupsPaginator(cloudwatchlogs.NewFromConfig(r.cfg), input),
		func(o *cloudwatchlogs.DescribeLogGroupsOutput) {
			for _, g := range o.LogGroups {
				r.logGroups[aws.ToString(g.LogGroupName)] = keptLog{int(aws.ToInt32(g.RetentionInDays)), aws.ToString(g.KmsKeyId)}
			}
		})
}

// keptLog is how a log group keeps logs.
type keptLog struct {
	days int
	key  string
}

// logGroup is the name of the log group that a flow log goes to, or "".
func logGroup(l types.FlowLog) string {
	if n := aws.ToString(l.LogGroupName); n != "" {
		return n
	}
	_, name, _ := strings.Cut(aws.ToString(l.LogDestination), ":log-group:")
	return strings.TrimSuffix(name, ":*")
}

func commonPrefix(names []string) string {
	p := names[0]
	for _, n := range names[1:] {
		for !strings.HasPrefix(n, p) {
			p = p[:len(p)-1]
		}
	}
	return p
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

// sharesParts is true for an account that may share parts of a hub: its own, and that of its Transit Gateway.
func (r *reader) sharesParts() bool { return len(r.gateways) > 0 || r.scope.Hubs[r.place.Account] }

// readShares reads the account's shares, where it has something to share.
func (r *reader) readShares() {
	if !r.sharesParts() {
		return
	}
	client := ram.NewFromConfig(r.cfg)
	pages(r, "ram:GetResourceShares", ram.NewGetResourceSharesPaginator(client,
		&ram.GetResourceSharesInput{ResourceOwner: ramtypes.ResourceOwnerSelf, ResourceShareStatus: ramtypes.ResourceShareStatusActive}),
		func(o *ram.GetResourceSharesOutput) { r.shares = append(r.shares, o.ResourceShares...) })
	for _, kind := range []ramtypes.ResourceShareAssociationType{ramtypes.ResourceShareAssociationTypeResource,
		ramtypes.ResourceShareAssociationTypePrincipal} {
		pages(r, "ram:GetResourceShareAssociations", ram.NewGetResourceShareAssociationsPaginator(client,
			&ram.GetResourceShareAssociationsInput{AssociationType: kind}),
			func(o *ram.GetResourceShareAssociationsOutput) {
				r.shared = append(r.shared, o.ResourceShareAssociations...)
			})
	}
}

// readProfiles reads the account's own Route 53 Profiles, and which profiles its VPCs use.
func (r *reader) readProfiles() {
	client := route53profiles.NewFromConfig(r.cfg)
	pages(r, "route53profiles:ListProfileAssociations", route53profiles.NewListProfileAssociationsPaginator(client,
		&route53profiles.ListProfileAssociationsInput{}),
		func(o *route53profiles.ListProfileAssociationsOutput) {
			r.profiled = append(r.profiled, o.ProfileAssociations...)
		})
	if !r.sharesParts() || r.err != nil {
		return // profiles of the hub are in the hub's account
	}
	pages(r, "route53profiles:ListProfiles", route53profiles.NewListProfilesPaginator(client, &route53profiles.ListProfilesInput{}),
		func(o *route53profiles.ListProfilesOutput) {
			for _, p := range o.ProfileSummaries {
				if p.ShareStatus != profiletypes.ShareStatusSharedWithMe {
					r.profiles = append(r.profiles, p)
				}
			}
		})
	r.inProfiles = map[string][]profiletypes.ProfileResourceAssociation{}
	// A Profile that somebody deletes between the two questions is gone.
	r.profiles = slices.DeleteFunc(r.profiles, func(p profiletypes.ProfileSummary) bool {
		if r.err != nil {
			return false
		}
		id := aws.ToString(p.Id)
		err := eachPage(r.ctx, route53profiles.NewListProfileResourceAssociationsPaginator(client,
			&route53profiles.ListProfileResourceAssociationsInput{ProfileId: &id}),
			func(o *route53profiles.ListProfileResourceAssociationsOutput) bool {
				r.inProfiles[id] = append(r.inProfiles[id], o.ProfileResourceAssociations...)
				return true
			})
		var gone *profiletypes.ResourceNotFoundException
		if errors.As(err, &gone) {
			return true
		}
		r.fail(err, "route53profiles:ListProfileResourceAssociations")
		return false
	})
}

// dropStrangeProfiles leaves out the profiles that neither a VPC that was read uses nor carry one of its endpoints: another
// hub's.
func dropStrangeProfiles(seen []*raw) {
	ours := map[string]bool{}
	for _, r := range seen {
		for _, v := range r.vpcs {
			ours[aws.ToString(v.VpcId)] = true
		}
		for _, e := range r.endpoints {
			ours[aws.ToString(e.VpcEndpointId)] = true
		}
	}
	used := map[string]bool{}
	for _, r := range seen {
		for _, a := range r.profiled {
			used[aws.ToString(a.ProfileId)] = used[aws.ToString(a.ProfileId)] || ours[aws.ToString(a.ResourceId)]
		}
	}
	for _, r := range seen {
		r.profiles = slices.DeleteFunc(r.profiles, func(p profiletypes.ProfileSummary) bool {
			id := aws.ToString(p.Id)
			carries := slices.ContainsFunc(r.inProfiles[id], func(a profiletypes.ProfileResourceAssociation) bool {
				_, endpoint, _ := strings.Cut(aws.ToString(a.ResourceArn), ":vpc-endpoint/")
				return ours[endpoint]
			})
			if !used[id] && !carries {
				delete(r.inProfiles, id)
				return true
			}
			return false
		})
	}
}

// dropUnseen leaves out the attachments that are not there, or whose account was not seen, and what leads to those.
func (r *raw) dropUnseen(unseen map[string]bool) {
	there, passedOver := map[string]bool{}, map[string]bool{}
	r.attachments = slices.DeleteFunc(r.attachments, func(a types.TransitGatewayAttachment) bool {
		id := aws.ToString(a.TransitGatewayAttachmentId)
		passedOver[id] = unseen[aws.ToString(a.ResourceOwnerId)]
		there[id] = attached(a.State) && !passedOver[id]
		return !there[id]
	})
	for table, list := range r.learned {
		r.learned[table] = slices.DeleteFunc(list, func(p types.TransitGatewayRouteTablePropagation) bool {
			return !there[aws.ToString(p.TransitGatewayAttachmentId)]
		})
	}
	for table, list := range r.static {
		r.static[table] = slices.DeleteFunc(list, func(route types.TransitGatewayRoute) bool {
			return slices.ContainsFunc(route.TransitGatewayAttachments, func(a types.TransitGatewayRouteAttachment) bool {
				return passedOver[aws.ToString(a.TransitGatewayAttachmentId)]
			})
		})
		for i := range r.static[table] { // a route to what is gone leads nowhere
			route := &r.static[table][i]
			route.TransitGatewayAttachments = slices.DeleteFunc(route.TransitGatewayAttachments, func(a types.TransitGatewayRouteAttachment) bool {
				return !there[aws.ToString(a.TransitGatewayAttachmentId)]
			})
		}
	}
}

// zonesAtOnce is enough for the pace of Route 53, where an answer takes less than two steps of it.
const zonesAtOnce = 2

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

// zonesByOwner are the private zones that somebody asks, by VPC or by profile, under the account that owns them.
func zonesByOwner(seen []*raw) map[string][]string {
	owner := map[string]string{}
	for _, r := range seen {
		for _, list := range r.zones {
			for _, z := range list {
				owner[zoneID(aws.ToString(z.HostedZoneId))] = ownerOf(z)
			}
		}
		for _, list := range r.inProfiles {
			for _, a := range list {
				if id, ok := zoneOfARN(aws.ToString(a.ResourceArn)); ok && owner[id] == "" {
					owner[id] = r.place.Account
				}
			}
		}
	}
	out := map[string][]string{}
	for id, account := range owner {
		out[account] = append(out[account], id)
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}

func ownerOf(z r53types.HostedZoneSummary) string {
	if z.Owner == nil {
		return ""
	}
	if a := aws.ToString(z.Owner.OwningAccount); a != "" {
		return a
	}
	return aws.ToString(z.Owner.OwningService)
}

func zoneID(s string) string { return strings.TrimPrefix(s, "/hostedzone/") }

func zoneOfARN(arn string) (string, bool) {
	_, id, ok := strings.Cut(arn, ":hostedzone/")
	return id, ok
}

// readRecords reads zones of the account: Route 53 tells the VPCs and the records of one zone at a time.
func (r *reader) readRecords(zones []string) {
	if r.err != nil {
		return
	}
	client := route53.NewFromConfig(r.cfg)
	found := make([]*privateZone, len(zones))
	var mu sync.Mutex
	failed := func(err error, action string) bool {
		mu.Lock()
		defer mu.Unlock()
		return r.fail(err, action)
	}
	each(len(zones), zonesAtOnce, func(i int) {
		z, err := client.GetHostedZone(r.ctx, &route53.GetHostedZoneInput{Id: &zones[i]})
		if failed(err, "route53:GetHostedZone") {
			return
		}
		found[i] = &privateZone{name: aws.ToString(z.HostedZone.Name), vpcs: z.VPCs}
		p := route53.NewListResourceRecordSetsPaginator(client, &route53.ListResourceRecordSetsInput{HostedZoneId: &zones[i]})
		for seen := (turned{}); p.HasMorePages(); {
			page, err := p.NextPage(r.ctx)
			if failed(err, "route53:ListResourceRecordSets") || failed(seen.check(page), "route53:ListResourceRecordSets") {
				return
			}
			found[i].records = append(found[i].records, page.ResourceRecordSets...)
		}
	})
	r.private = map[string]*privateZone{}
	for i, z := range zones {
		r.private[z] = found[i]
	}
}

// readRoles reads the roles of the scope with all their policies; one list tells all, where asking for each would take
// four calls a role.
func (r *reader) readRoles() {
	wanted := false
	for arn := range r.scope.Roles {
		wanted = wanted || strings.Contains(arn, "::"+r.place.Account+":")
	}
	if !wanted || r.err != nil {
		return
	}
	r.managed = map[string]*string{}
	input := &iam.GetAccountAuthorizationDetailsInput{Filter: []iamtypes.EntityType{iamtypes.EntityTypeRole,
		iamtypes.EntityTypeLocalManagedPolicy}, MaxItems: aws.Int32(1000)}
	pages(r, "iam:GetAccountAuthorizationDetails", iam.NewGetAccountAuthorizationDetailsPaginator(iam.NewFromConfig(r.cfg), input),
		func(o *iam.GetAccountAuthorizationDetailsOutput) {
			for _, role := range o.RoleDetailList {
				if r.scope.Roles[aws.ToString(role.Arn)] {
					r.roles = append(r.roles, role)
				}
			}
			for _, p := range o.Policies {
				for _, v := range p.PolicyVersionList {
					if v.IsDefaultVersion {
						r.managed[aws.ToString(p.Arn)] = v.Document
					}
				}
			}
		})
}
