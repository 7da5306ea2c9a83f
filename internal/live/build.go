package live

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	ramtypes "github.com/aws/aws-sdk-go-v2/service/ram/types"
	resolvertypes "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"sharedhub/internal/topology"
)

// builder puts what the places answered together.
type builder struct {
	*topology.Network
	unseen  map[string]bool // accounts
	subnets map[string]*topology.Subnet
	tables  map[string]*topology.RouteTable
	names   map[string]dnsEntry // of endpoints
	pruned  map[string]bool     // attachments of accounts that were not seen
	joined  map[string]bool     // profile associations, which both sides list
}

type dnsEntry struct {
	endpoint *topology.Endpoint
	index    int
	zone     string
}

// build makes the network of what was seen. Attachments of accounts that were not are left out.
func build(seen []*raw, unseen map[string]bool) *topology.Network {
	b := &builder{Network: topology.New(), unseen: unseen, subnets: map[string]*topology.Subnet{}, tables: map[string]*topology.RouteTable{},
		names: map[string]dnsEntry{}, pruned: map[string]bool{}, joined: map[string]bool{}}
	for _, step := range []func(*raw){b.stacks, b.vpcs, b.parts, b.gateways, b.attachments, b.gatewayTables, b.groups, b.endpoints, b.flowLogs, b.zones, b.profiles, b.profiled, b.shares, b.roles} {
		for _, r := range seen {
			step(r)
		}
	}
	return b.Network
}

// source is the stack and logical id where CloudFormation made the part, and its id.
func source(tags map[string]string, id *string) topology.Source {
	if tags[stackTag] == "" {
		return topology.Source{ID: aws.ToString(id)}
	}
	return topology.Source{Stack: tags[stackTag], ID: tags[logicalTag], Live: aws.ToString(id)}
}

func (b *builder) strange(s topology.Source, format string, args ...any) {
	b.Strange = append(b.Strange, topology.Strange{Source: s, Text: fmt.Sprintf(format, args...)})
}

func (b *builder) stacks(r *raw) {
	for _, s := range r.stacks {
		st := topology.Stack{Name: aws.ToString(s.StackName), Account: r.place.Account, Region: r.place.Region, Outputs: len(s.Outputs), Status: string(s.StackStatus)}
		for _, t := range s.Tags {
			if aws.ToString(t.Key) == "hub" {
				st.Hub = aws.ToString(t.Value)
			}
		}
		if s.CreationTime != nil {
			st.Changed = *s.CreationTime
		}
		if s.LastUpdatedTime != nil {
			st.Changed = *s.LastUpdatedTime
		}
		b.Stacks = append(b.Stacks, st)
	}
}

func (b *builder) vpcs(r *raw) {
	for i, v := range r.vpcs {
		tags := ec2Tags(v.Tags)
		vpc := &topology.VPC{ID: aws.ToString(v.VpcId), Account: r.place.Account, Region: r.place.Region, Tags: tags, Source: source(tags, v.VpcId), DNSSupport: r.dns[i].support, DNSNames: r.dns[i].names}
		for _, a := range v.CidrBlockAssociationSet {
			gone := a.CidrBlockState != nil && (a.CidrBlockState.State == types.VpcCidrBlockStateCodeDisassociated || a.CidrBlockState.State == types.VpcCidrBlockStateCodeFailed)
			if p, ok := parseRange(a.CidrBlock); ok && !gone {
				vpc.CIDRs = append(vpc.CIDRs, p)
			}
		}
		for _, a := range v.Ipv6CidrBlockAssociationSet {
			if s := a.Ipv6CidrBlockState; s == nil || s.State != types.VpcCidrBlockStateCodeDisassociated && s.State != types.VpcCidrBlockStateCodeFailed {
				vpc.IPv6 = append(vpc.IPv6, aws.ToString(a.Ipv6CidrBlock))
			}
		}
		// the range a VPC was made with comes first, as in a template
		if p, ok := parseRange(v.CidrBlock); ok {
			if at := slices.Index(vpc.CIDRs, p); at > 0 {
				vpc.CIDRs = slices.Insert(slices.Delete(vpc.CIDRs, at, at+1), 0, p)
			}
		}
		vpc.NameServers = vpc.OtherNameServers(r.dhcp[aws.ToString(v.DhcpOptionsId)])
		for _, a := range r.ruled {
			for _, rule := range r.rules {
				if aws.ToString(a.VPCId) == vpc.ID && aws.ToString(a.ResolverRuleId) == aws.ToString(rule.Id) && rule.RuleType == resolvertypes.RuleTypeOptionForward {
					vpc.Forwards = append(vpc.Forwards, topology.Forward{Domain: domain(aws.ToString(rule.DomainName)), Source: vpc.Source})
				}
			}
		}
		b.VPCs[vpc.ID] = vpc
	}
	for _, g := range r.internet {
		for _, a := range g.Attachments {
			if v := b.VPCs[aws.ToString(a.VpcId)]; v != nil {
				v.InternetGateway = true
			}
		}
	}
}

// parts are what is inside the VPCs: subnets, tables and network ACLs.
func (b *builder) parts(r *raw) {
	for _, n := range r.subnets {
		tags := ec2Tags(n.Tags)
		s := &topology.Subnet{ID: aws.ToString(n.SubnetId), VPC: b.VPCs[aws.ToString(n.VpcId)], AZ: aws.ToString(n.AvailabilityZone), AZID: aws.ToString(n.AvailabilityZoneId), Source: source(tags, n.SubnetId), Name: tags["Name"]}
		s.CIDR, _ = parseRange(n.CidrBlock)
		s.VPC.Subnets = append(s.VPC.Subnets, s)
		b.subnets[s.ID] = s
	}
	for _, t := range r.tables {
		table := &topology.RouteTable{ID: aws.ToString(t.RouteTableId), VPC: b.VPCs[aws.ToString(t.VpcId)], Source: source(ec2Tags(t.Tags), t.RouteTableId)}
		for _, route := range t.Routes {
			kind, target := routeTarget(route)
			switch cidr, isRange := parseRange(route.DestinationCidrBlock); {
			case kind == topology.Local || kind == topology.ToGatewayEndpoint:
			case isRange:
				table.Routes = append(table.Routes, topology.Route{CIDR: cidr, Kind: kind, Target: target, Source: table.Source})
			default:
				to := cmp.Or(aws.ToString(route.DestinationIpv6CidrBlock), aws.ToString(route.DestinationPrefixListId))
				table.Others = append(table.Others, topology.OtherRoute{Destination: to, Kind: kind, Target: target, Source: table.Source})
			}
		}
		table.VPC.Tables = append(table.VPC.Tables, table)
		b.tables[table.ID] = table
		for _, a := range t.Associations {
			if s := b.subnets[aws.ToString(a.SubnetId)]; s != nil {
				s.Table = table
			}
		}
	}
	for _, a := range r.acls {
		acl := networkACL(a)
		for _, at := range a.Associations {
			if s := b.subnets[aws.ToString(at.SubnetId)]; s != nil && !(aws.ToBool(a.IsDefault) && untouched(acl)) {
				s.ACL = acl
			}
		}
	}
}

// routeTarget is what a route leads to. The routes that every VPC has, and those of gateway endpoints, are told by their kind.
func routeTarget(r types.Route) (topology.TargetKind, string) {
	gateway := aws.ToString(r.GatewayId)
	switch {
	case gateway == "local":
		return topology.Local, ""
	case strings.HasPrefix(gateway, "vpce-") && r.DestinationPrefixListId != nil:
		return topology.ToGatewayEndpoint, gateway
	}
	kind, target := topology.ToOther, ""
	switch {
	case r.TransitGatewayId != nil:
		kind, target = topology.ToTransitGateway, *r.TransitGatewayId
	case r.NatGatewayId != nil:
		kind, target = topology.ToNAT, *r.NatGatewayId
	case strings.HasPrefix(gateway, "igw-"):
		kind, target = topology.ToInternetGateway, gateway
	case r.EgressOnlyInternetGatewayId != nil:
		kind, target = topology.ToInternetGateway, *r.EgressOnlyInternetGatewayId
	case r.CarrierGatewayId != nil:
		kind, target = topology.ToInternetGateway, *r.CarrierGatewayId
	default:
		for _, id := range []*string{r.GatewayId, r.VpcPeeringConnectionId, r.NetworkInterfaceId, r.InstanceId, r.LocalGatewayId, r.CoreNetworkArn} {
			target = cmp.Or(target, aws.ToString(id))
		}
	}
	if r.State == types.RouteStateBlackhole {
		kind = topology.ToNowhere
	}
	return kind, target
}

func networkACL(a types.NetworkAcl) *topology.ACL {
	acl := &topology.ACL{ID: aws.ToString(a.NetworkAclId), Source: source(ec2Tags(a.Tags), a.NetworkAclId)}
	for _, e := range a.Entries {
		cidr, ok := parseRange(e.CidrBlock)
		if !ok || aws.ToInt32(e.RuleNumber) == lastRule {
			continue
		}
		rule := topology.ACLRule{Number: int(aws.ToInt32(e.RuleNumber)), Allow: e.RuleAction == types.RuleActionAllow, CIDR: cidr, Protocol: aws.ToString(e.Protocol), To: 65535}
		if e.PortRange != nil {
			rule.From, rule.To = int(aws.ToInt32(e.PortRange.From)), int(aws.ToInt32(e.PortRange.To))
		}
		if aws.ToBool(e.Egress) {
			acl.Outbound = append(acl.Outbound, rule)
		} else {
			acl.Inbound = append(acl.Inbound, rule)
		}
	}
	byNumber := func(a, b topology.ACLRule) int { return a.Number - b.Number }
	slices.SortFunc(acl.Inbound, byNumber)
	slices.SortFunc(acl.Outbound, byNumber)
	return acl
}

// untouched is true for a default ACL as EC2 makes it: everything passes both ways.
func untouched(acl *topology.ACL) bool {
	open := func(rules []topology.ACLRule) bool {
		return len(rules) == 1 && rules[0].Allow && rules[0].Protocol == "-1" && rules[0].CIDR.Bits() == 0
	}
	return open(acl.Inbound) && open(acl.Outbound)
}

func (b *builder) gateways(r *raw) {
	for _, g := range r.gateways {
		gw := &topology.TransitGateway{ID: aws.ToString(g.TransitGatewayId), Account: r.place.Account, Region: r.place.Region, ARN: aws.ToString(g.TransitGatewayArn), Source: source(ec2Tags(g.Tags), g.TransitGatewayId)}
		if o := g.Options; o != nil {
			gw.AutoAccept = o.AutoAcceptSharedAttachments == types.AutoAcceptSharedAttachmentsValueEnable
			gw.DefaultAssociation = o.DefaultRouteTableAssociation == types.DefaultRouteTableAssociationValueEnable
			gw.DefaultPropagation = o.DefaultRouteTablePropagation == types.DefaultRouteTablePropagationValueEnable
		}
		b.TransitGateways[gw.ID] = gw
	}
	for _, t := range r.gatewayTabs {
		if t.State == types.TransitGatewayRouteTableStateDeleted || t.State == types.TransitGatewayRouteTableStateDeleting {
			continue
		}
		tags := ec2Tags(t.Tags)
		b.TransitGatewayRouteTables[aws.ToString(t.TransitGatewayRouteTableId)] = &topology.TransitGatewayRouteTable{ID: aws.ToString(t.TransitGatewayRouteTableId), TransitGateway: aws.ToString(t.TransitGatewayId),
			Source: source(tags, t.TransitGatewayRouteTableId), Name: tags["Name"]}
	}
}

// attachments come from both sides: the VPC's owner knows the subnets, the gateway's owner the association.
func (b *builder) attachments(r *raw) {
	for _, a := range r.own {
		v := b.VPCs[aws.ToString(a.VpcId)]
		if !attached(a.State) || v == nil || v.Account != r.place.Account {
			continue // a gateway's owner sees other accounts' attachments too
		}
		at := b.attachment(a.TransitGatewayAttachmentId)
		at.TransitGateway, at.VPC, at.Account, at.State, at.Source = aws.ToString(a.TransitGatewayId), v, r.place.Account, string(a.State), source(ec2Tags(a.Tags), a.TransitGatewayAttachmentId)
		for _, id := range a.SubnetIds {
			if s := b.subnets[id]; s != nil {
				at.Subnets = append(at.Subnets, s)
			}
		}
	}
	for _, a := range r.attachments {
		owner, id := aws.ToString(a.ResourceOwnerId), aws.ToString(a.ResourceId)
		if !attached(a.State) {
			continue
		}
		if b.unseen[owner] {
			b.pruned[aws.ToString(a.TransitGatewayAttachmentId)] = true
			continue
		}
		at := b.attachment(a.TransitGatewayAttachmentId)
		if at.VPC == nil {
			at.TransitGateway, at.Account, at.State, at.Source = aws.ToString(a.TransitGatewayId), owner, string(a.State), topology.Source{ID: aws.ToString(a.TransitGatewayAttachmentId)}
			if at.VPC = b.VPCs[id]; at.VPC == nil {
				at.VPC = b.stranger(string(a.ResourceType), id, owner, r.place.Region)
			}
		}
		if as := a.Association; as != nil && aws.ToString(as.TransitGatewayRouteTableId) != "" && as.State != types.TransitGatewayAssociationStateDisassociated && as.State != types.TransitGatewayAssociationStateDisassociating {
			if t := b.TransitGatewayRouteTables[*as.TransitGatewayRouteTableId]; t != nil {
				at.Associated = append(at.Associated, t)
			}
		}
	}
}

func (b *builder) attachment(id *string) *topology.Attachment {
	if b.Attachments[aws.ToString(id)] == nil {
		b.Attachments[aws.ToString(id)] = &topology.Attachment{ID: aws.ToString(id)}
	}
	return b.Attachments[aws.ToString(id)]
}

// stranger stands for what is attached and nobody asked for, a VPC or something else: only its id is known.
func (b *builder) stranger(kind, id, account, region string) *topology.VPC {
	v := &topology.VPC{ID: id, Account: account, Region: region, Source: topology.Source{ID: id}, Tags: map[string]string{"Name": fmt.Sprintf("%s %s of account %s", kind, id, account)}}
	if kind == "vpc" {
		b.VPCs[id] = v
	}
	return v
}

func (b *builder) gatewayTables(r *raw) {
	for id, list := range r.learned {
		t := b.TransitGatewayRouteTables[id]
		if t == nil {
			continue
		}
		for _, p := range list {
			at := b.Attachments[aws.ToString(p.TransitGatewayAttachmentId)]
			if at != nil && (p.State == types.TransitGatewayPropagationStateEnabled || p.State == types.TransitGatewayPropagationStateEnabling) {
				t.Propagated = append(t.Propagated, topology.Propagation{Attachment: at, Source: t.Source})
			}
		}
		slices.SortFunc(t.Propagated, func(a, b topology.Propagation) int { return strings.Compare(a.Attachment.ID, b.Attachment.ID) })
	}
	for id, list := range r.static {
		t := b.TransitGatewayRouteTables[id]
		for _, route := range list {
			cidr, ok := parseRange(route.DestinationCidrBlock)
			if !ok || t == nil {
				continue
			}
			to := topology.TransitGatewayRoute{CIDR: cidr, Source: t.Source}
			for _, a := range route.TransitGatewayAttachments {
				to.Attachment = b.Attachments[aws.ToString(a.TransitGatewayAttachmentId)]
				if b.pruned[aws.ToString(a.TransitGatewayAttachmentId)] {
					ok = false
				}
			}
			if ok {
				t.Static = append(t.Static, to)
			}
		}
	}
}

func (b *builder) groups(r *raw) {
	for _, g := range r.groups {
		tags := ec2Tags(g.Tags)
		group := &topology.SecurityGroup{ID: aws.ToString(g.GroupId), VPC: aws.ToString(g.VpcId), Source: source(tags, g.GroupId)}
		group.Ingress = rules(group, "in", g.IpPermissions)
		group.Egress = rules(group, "out", g.IpPermissionsEgress)
		b.Groups[group.ID] = group
	}
}

func rules(g *topology.SecurityGroup, direction string, list []types.IpPermission) []topology.Rule {
	var out []topology.Rule
	for _, p := range list {
		rule := topology.Rule{Protocol: aws.ToString(p.IpProtocol), From: int(aws.ToInt32(p.FromPort)), To: 65535, Source: g.Source}
		if p.ToPort != nil {
			rule.To = int(*p.ToPort)
		}
		other := func(peer *string) {
			g.Others = append(g.Others, fmt.Sprintf("%s %s ports %d to %d %s", rule.Protocol, direction, rule.From, rule.To, aws.ToString(peer)))
		}
		for _, c := range p.IpRanges {
			if cidr, ok := parseRange(c.CidrIp); ok {
				r := rule
				r.CIDR = cidr
				out = append(out, r)
			}
		}
		for _, c := range p.Ipv6Ranges {
			other(c.CidrIpv6)
		}
		for _, c := range p.PrefixListIds {
			other(c.PrefixListId)
		}
		for _, c := range p.UserIdGroupPairs {
			other(c.GroupId)
		}
	}
	return out
}

func (b *builder) endpoints(r *raw) {
	for _, v := range r.endpoints {
		state := strings.ToLower(string(v.State))
		vpc := b.VPCs[aws.ToString(v.VpcId)]
		if vpc == nil || state == "deleted" || state == "deleting" {
			continue
		}
		e := &topology.Endpoint{ID: aws.ToString(v.VpcEndpointId), ServiceName: aws.ToString(v.ServiceName), Region: r.place.Region, Account: r.place.Account, VPC: vpc,
			Interface: v.VpcEndpointType == types.VpcEndpointTypeInterface, PrivateDNS: aws.ToBool(v.PrivateDnsEnabled), State: state,
			ServiceRegion: cmp.Or(aws.ToString(v.ServiceRegion), r.place.Region), Source: source(ec2Tags(v.Tags), v.VpcEndpointId)}
		e.Policy = b.policy(e.Source, aws.ToString(v.PolicyDocument))
		for _, id := range v.SubnetIds {
			if s := b.subnets[id]; s != nil {
				e.Subnets = append(e.Subnets, s)
			}
		}
		for _, g := range v.Groups {
			if group := b.Groups[aws.ToString(g.GroupId)]; group != nil {
				e.Groups = append(e.Groups, group)
			} else {
				b.strange(e.Source, "has a security group of another VPC: %s", aws.ToString(g.GroupId))
			}
		}
		for _, id := range v.RouteTableIds {
			if t := b.tables[id]; t != nil {
				e.Tables = append(e.Tables, t)
			}
		}
		for i, d := range v.DnsEntries {
			b.names[domain(aws.ToString(d.DnsName))] = dnsEntry{e, i, aws.ToString(d.HostedZoneId)}
		}
		vpc.Endpoints = append(vpc.Endpoints, e)
		b.Endpoints[e.ID] = e
	}
}

func (b *builder) policy(s topology.Source, text string) map[string]any {
	if text == "" {
		return nil
	}
	var doc map[string]any
	if json.Unmarshal([]byte(text), &doc) != nil {
		b.strange(s, "has a policy that is not JSON")
		return nil
	}
	return doc
}

func (b *builder) flowLogs(r *raw) {
	for _, l := range r.flowLogs {
		vpc := aws.ToString(l.ResourceId)
		log := topology.FlowLog{Traffic: string(l.TrafficType), Source: source(ec2Tags(l.Tags), l.FlowLogId)}
		if l.LogDestinationType == types.LogDestinationTypeS3 {
			log.Bucket = aws.ToString(l.LogDestination)
		} else {
			log.RetentionDays = r.logDays[logGroup(l)]
		}
		b.FlowLogs[vpc] = append(b.FlowLogs[vpc], log)
	}
}

// shares keeps those of the account's gateways and profiles.
func (b *builder) shares(r *raw) {
	ours := func(arn string) bool {
		for _, g := range b.TransitGateways {
			if g.ARN == arn {
				return true
			}
		}
		for _, p := range b.R53Profiles {
			if p.ARN == arn {
				return true
			}
		}
		return false
	}
	for _, s := range r.shares {
		if s.Status != ramtypes.ResourceShareStatusActive {
			continue
		}
		share := &topology.Share{Account: r.place.Account, Region: r.place.Region, External: aws.ToBool(s.AllowExternalPrincipals), Source: topology.Source{ID: aws.ToString(s.ResourceShareArn)}}
		for _, a := range r.shared {
			if aws.ToString(a.ResourceShareArn) != aws.ToString(s.ResourceShareArn) || a.Status != ramtypes.ResourceShareAssociationStatusAssociated && a.Status != ramtypes.ResourceShareAssociationStatusAssociating {
				continue
			}
			if a.AssociationType == ramtypes.ResourceShareAssociationTypeResource {
				share.Resources = append(share.Resources, aws.ToString(a.AssociatedEntity))
			} else {
				share.Principals = append(share.Principals, aws.ToString(a.AssociatedEntity))
			}
		}
		if slices.ContainsFunc(share.Resources, ours) {
			b.Shares = append(b.Shares, share)
		}
	}
}

func (b *builder) roles(r *raw) {
	for _, d := range r.roles {
		role := &topology.Role{ARN: aws.ToString(d.Arn), Account: r.place.Account, Source: topology.Source{ID: aws.ToString(d.Arn)}}
		role.Trust = b.encoded(role.Source, aws.ToString(d.AssumeRolePolicyDocument))
		for _, p := range d.RolePolicyList {
			role.Policies = append(role.Policies, b.encoded(role.Source, aws.ToString(p.PolicyDocument)))
		}
		for _, p := range d.AttachedManagedPolicies { // what it allows is elsewhere; that it is there is too much
			role.Policies = append(role.Policies, map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Action": "everything in " + aws.ToString(p.PolicyArn), "Resource": []any{}}}})
		}
		b.Roles[role.ARN] = role
	}
}

// encoded reads a document as IAM gives it: JSON, encoded as in a URL.
func (b *builder) encoded(s topology.Source, text string) map[string]any {
	if plain, err := url.QueryUnescape(text); err == nil && !strings.HasPrefix(text, "{") {
		text = plain
	}
	var doc map[string]any
	if json.Unmarshal([]byte(text), &doc) != nil {
		b.strange(s, "has a policy that is not JSON")
	}
	return doc
}
