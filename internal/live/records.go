package live

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	ramtypes "github.com/aws/aws-sdk-go-v2/service/ram/types"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	resolvertypes "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/topology"
)

// What AWS answered becomes records, field by field; topology.Link puts them together.

// records of all places that were seen.
func records(seen []*raw) topology.Records {
	var out topology.Records
	read := map[string]bool{}
	for _, r := range seen {
		maps.Copy(read, r.vpcIDs())
	}
	for _, r := range seen {
		out.Stacks = append(out.Stacks, r.stackRecords()...)
		for _, list := range [][]topology.Record{
			r.vpcRecords(), r.subnetRecords(), r.routeTableRecords(), r.networkACLRecords(), r.securityGroupRecords(), r.endpointRecords(),
			r.publishingRecords(),
			r.internetGatewayRecords(), r.peeringRecords(), r.flowLogRecords(), r.dhcpRecords(), r.resolverRecords(),
			r.prefixListRecords(), r.firewallRecords(),
			r.transitGatewayRecords(), r.attachmentRecords(read), r.shareRecords(), r.zoneRecords(), r.profileRecords(), r.roleRecords(),
		} {
			out.Add(list...)
		}
	}
	return out
}

// Tags that CloudFormation puts on what it makes.
const (
	stackTag   = "aws:cloudformation:stack-name"
	logicalTag = "aws:cloudformation:logical-id"
)

func ec2Tags(tags []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

// meta is that of a part with tags, which say the stack and logical id where CloudFormation made it.
func (r *raw) meta(typ string, id *string, tags []types.Tag) topology.Meta {
	m := r.untagged(typ, aws.ToString(id))
	if m.Tags = ec2Tags(tags); m.Tags[stackTag] != "" {
		m.Source = topology.Source{Stack: m.Tags[stackTag], ID: m.Tags[logicalTag], Live: m.ID}
	}
	return m
}

func (r *raw) untagged(typ, id string) topology.Meta {
	return topology.Meta{ID: id, Type: typ, Source: topology.Source{ID: id}, Account: r.place.Account, Region: r.place.Region,
		Partition: awsfacts.MustPartition(r.place.Region).Name}
}

// within is the meta of what AWS tells as a property of another part, and CloudFormation makes with a type of its own.
func within(m topology.Meta, typ string, id ...string) topology.Meta {
	m.Type, m.ID, m.Tags = typ, strings.Join(append([]string{m.ID}, id...), " "), nil
	return m
}

func (r *raw) stackRecords() []topology.Stack {
	var out []topology.Stack
	for _, s := range r.stacks {
		st := topology.Stack{Name: aws.ToString(s.StackName), Account: r.place.Account, Region: r.place.Region, Outputs: len(s.Outputs),
			Status: string(s.StackStatus)}
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
		out = append(out, st)
	}
	return out
}

func (r *raw) vpcRecords() []topology.Record {
	var out []topology.Record
	for i, v := range r.vpcs {
		rec := &topology.VPCRecord{Meta: r.meta("AWS::EC2::VPC", v.VpcId, v.Tags), DNSSupport: r.dns[i].support, DNSNames: r.dns[i].names}
		if first := aws.ToString(v.CidrBlock); first != "" {
			rec.CIDRs = append(rec.CIDRs, first)
		}
		for _, a := range v.CidrBlockAssociationSet {
			gone := a.CidrBlockState != nil && released(a.CidrBlockState.State)
			if c := aws.ToString(a.CidrBlock); !gone && !slices.Contains(rec.CIDRs, c) {
				rec.CIDRs = append(rec.CIDRs, c)
			}
		}
		for _, a := range v.Ipv6CidrBlockAssociationSet {
			if s := a.Ipv6CidrBlockState; s == nil || !released(s.State) {
				rec.IPv6 = append(rec.IPv6, aws.ToString(a.Ipv6CidrBlock))
			}
		}
		if id := aws.ToString(v.DhcpOptionsId); id != "default" {
			rec.DHCPOptions = id
		}
		out = append(out, rec)
	}
	return out
}

func released(s types.VpcCidrBlockStateCode) bool {
	return s == types.VpcCidrBlockStateCodeDisassociated || s == types.VpcCidrBlockStateCodeFailed
}

func (r *raw) subnetRecords() []topology.Record {
	var out []topology.Record
	for _, n := range r.subnets {
		rec := &topology.SubnetRecord{Meta: r.meta("AWS::EC2::Subnet", n.SubnetId, n.Tags), VPC: aws.ToString(n.VpcId),
			CIDR: aws.ToString(n.CidrBlock),
			AZ:   aws.ToString(n.AvailabilityZone), AZID: aws.ToString(n.AvailabilityZoneId), IPv6Only: aws.ToBool(n.Ipv6Native)}
		for _, a := range n.Ipv6CidrBlockAssociationSet {
			rec.IPv6 = aws.ToString(a.Ipv6CidrBlock)
		}
		out = append(out, rec)
	}
	return out
}

func (r *raw) routeTableRecords() []topology.Record {
	var out []topology.Record
	for _, t := range r.tables {
		rec := &topology.RouteTableRecord{Meta: r.meta("AWS::EC2::RouteTable", t.RouteTableId, t.Tags), VPC: aws.ToString(t.VpcId)}
		out = append(out, rec)
		for _, a := range t.Associations {
			rec.Main = rec.Main || aws.ToBool(a.Main)
			if id := aws.ToString(a.SubnetId); id != "" {
				out = append(out, &topology.SubnetRouteTableAssociationRecord{
					Meta: within(rec.Meta, "AWS::EC2::SubnetRouteTableAssociation", id), Subnet: id, Table: rec.ID})
			}
		}
		for _, route := range t.Routes {
			if r := routeRecord(rec.Meta, route); r != nil {
				out = append(out, r)
			}
		}
	}
	return out
}

// routeRecord is nil for the routes that no AWS::EC2::Route makes: the local ones, and those of gateway endpoints.
func routeRecord(table topology.Meta, route types.Route) topology.Record {
	gateway := aws.ToString(route.GatewayId)
	if gateway == "local" || ofGatewayEndpoint(route) {
		return nil
	}
	rec := &topology.RouteRecord{Table: table.ID, CIDR: aws.ToString(route.DestinationCidrBlock),
		IPv6:       aws.ToString(route.DestinationIpv6CidrBlock),
		PrefixList: aws.ToString(route.DestinationPrefixListId), Targets: map[string]string{},
		Blackhole: route.State == types.RouteStateBlackhole}
	rec.Meta = within(table, "AWS::EC2::Route", cmp.Or(rec.CIDR, rec.IPv6, rec.PrefixList))
	for property, id := range map[string]*string{
		"GatewayId": route.GatewayId, "TransitGatewayId": route.TransitGatewayId, "NatGatewayId": route.NatGatewayId,
		"InstanceId":                  route.InstanceId,
		"EgressOnlyInternetGatewayId": route.EgressOnlyInternetGatewayId, "VpcPeeringConnectionId": route.VpcPeeringConnectionId,
		"NetworkInterfaceId": route.NetworkInterfaceId, "CarrierGatewayId": route.CarrierGatewayId, "LocalGatewayId": route.LocalGatewayId,
		"CoreNetworkArn": route.CoreNetworkArn,
	} {
		if id != nil {
			rec.Targets[property] = *id
		}
	}
	if strings.HasPrefix(gateway, "vpce-") { // a Gateway Load Balancer's endpoint
		delete(rec.Targets, "GatewayId")
		rec.Targets["VpcEndpointId"] = gateway
	}
	return rec
}

// ofGatewayEndpoint is true for a route that a gateway endpoint writes.
func ofGatewayEndpoint(route types.Route) bool {
	return strings.HasPrefix(aws.ToString(route.GatewayId), "vpce-") && route.DestinationPrefixListId != nil
}

// lastRule is the number that EC2 gives the rule which refuses the rest.
const lastRule = 32767

func (r *raw) networkACLRecords() []topology.Record {
	var out []topology.Record
	for _, a := range r.acls {
		acl := &topology.NetworkACLRecord{Meta: r.meta("AWS::EC2::NetworkAcl", a.NetworkAclId, a.Tags), VPC: aws.ToString(a.VpcId),
			Default: aws.ToBool(a.IsDefault)}
		out = append(out, acl)
		for _, at := range a.Associations {
			id := aws.ToString(at.SubnetId)
			out = append(out, &topology.SubnetNetworkACLAssociationRecord{Meta: within(acl.Meta, "AWS::EC2::SubnetNetworkAclAssociation", id),
				Subnet: id, ACL: acl.ID})
		}
		for _, e := range a.Entries {
			number := aws.ToInt32(e.RuleNumber)
			if number >= lastRule { // of IPv6 it is one more
				continue
			}
			direction := "in"
			if aws.ToBool(e.Egress) {
				direction = "out"
			}
			rec := &topology.NetworkACLEntryRecord{Meta: within(acl.Meta, "AWS::EC2::NetworkAclEntry", direction, fmt.Sprint(number)), ACL: acl.ID,
				Number: int(number),
				Egress: aws.ToBool(e.Egress), Allow: e.RuleAction == types.RuleActionAllow, CIDR: aws.ToString(e.CidrBlock),
				IPv6:     aws.ToString(e.Ipv6CidrBlock),
				Protocol: aws.ToString(e.Protocol), To: 65535}
			if e.PortRange != nil {
				rec.From, rec.To = int(aws.ToInt32(e.PortRange.From)), int(aws.ToInt32(e.PortRange.To))
			}
			if c := e.IcmpTypeCode; c != nil {
				rec.ICMPType, rec.ICMPCode = fmt.Sprint(aws.ToInt32(c.Type)), fmt.Sprint(aws.ToInt32(c.Code))
			}
			out = append(out, rec)
		}
	}
	return out
}

func (r *raw) securityGroupRecords() []topology.Record {
	var out []topology.Record
	for _, g := range r.groups {
		out = append(out, &topology.SecurityGroupRecord{Meta: r.meta("AWS::EC2::SecurityGroup", g.GroupId, g.Tags), VPC: aws.ToString(g.VpcId),
			Default: aws.ToString(g.GroupName) == "default", // no other group may have that name
			Rules:   append(groupRules(false, g.IpPermissions), groupRules(true, g.IpPermissionsEgress)...)})
	}
	return out
}

// groupRules are one for each peer that a permission names.
func groupRules(egress bool, list []types.IpPermission) []topology.GroupRule {
	var out []topology.GroupRule
	for _, p := range list {
		rule := topology.GroupRule{Egress: egress, Protocol: aws.ToString(p.IpProtocol), From: int(aws.ToInt32(p.FromPort)), To: 65535}
		if p.ToPort != nil {
			rule.To = int(*p.ToPort)
		}
		add := func(set func(*topology.GroupRule)) {
			one := rule
			set(&one)
			out = append(out, one)
		}
		for _, peer := range p.IpRanges {
			add(func(g *topology.GroupRule) { g.CIDR = aws.ToString(peer.CidrIp) })
		}
		for _, peer := range p.Ipv6Ranges {
			add(func(g *topology.GroupRule) { g.IPv6 = aws.ToString(peer.CidrIpv6) })
		}
		for _, peer := range p.PrefixListIds {
			add(func(g *topology.GroupRule) { g.PrefixList = aws.ToString(peer.PrefixListId) })
		}
		for _, peer := range p.UserIdGroupPairs {
			add(func(g *topology.GroupRule) { g.Peer = aws.ToString(peer.GroupId) })
		}
	}
	return out
}

func (r *raw) endpointRecords() []topology.Record {
	var out []topology.Record
	for _, v := range r.endpoints {
		state := strings.ToLower(string(v.State))
		if state == "deleted" || state == "deleting" {
			continue
		}
		e := &topology.VPCEndpointRecord{Meta: r.meta("AWS::EC2::VPCEndpoint", v.VpcEndpointId, v.Tags), VPC: aws.ToString(v.VpcId),
			ServiceName:   aws.ToString(v.ServiceName),
			ServiceRegion: aws.ToString(v.ServiceRegion), Kind: string(v.VpcEndpointType), State: state, Subnets: v.SubnetIds,
			Tables:     v.RouteTableIds,
			PrivateDNS: aws.ToBool(v.PrivateDnsEnabled), IPAddressType: string(v.IpAddressType)}
		for _, g := range v.Groups {
			e.Groups = append(e.Groups, aws.ToString(g.GroupId))
		}
		if text := aws.ToString(v.PolicyDocument); text != "" {
			e.Policy = text
		}
		for _, d := range v.DnsEntries {
			e.DNS = append(e.DNS, topology.EndpointName{Name: aws.ToString(d.DnsName), HostedZone: aws.ToString(d.HostedZoneId)})
		}
		if o := v.DnsOptions; o != nil {
			e.DNSRecordIPType = string(o.DnsRecordIpType)
		}
		out = append(out, e)
	}
	return out
}

func (r *raw) internetGatewayRecords() []topology.Record {
	var out []topology.Record
	for _, g := range r.internet {
		rec := &topology.InternetGatewayRecord{Meta: r.meta("AWS::EC2::InternetGateway", g.InternetGatewayId, g.Tags)}
		out = append(out, rec)
		for _, a := range g.Attachments {
			vpc := aws.ToString(a.VpcId)
			out = append(out, &topology.GatewayAttachmentRecord{Meta: within(rec.Meta, "AWS::EC2::VPCGatewayAttachment", vpc), VPC: vpc,
				InternetGateway: rec.ID})
		}
	}
	return out
}

// peeringRecords are of the connections that carry packets, or are about to; AWS lists those that wait, were refused or
// ended too.
func (r *raw) peeringRecords() []topology.Record {
	var out []topology.Record
	for _, p := range r.peerings {
		if s := p.Status; s == nil || s.Code != types.VpcPeeringConnectionStateReasonCodeActive &&
			s.Code != types.VpcPeeringConnectionStateReasonCodeProvisioning {
			continue
		}
		rec := &topology.VPCPeeringConnectionRecord{
			Meta: r.meta("AWS::EC2::VPCPeeringConnection", p.VpcPeeringConnectionId, p.Tags), State: string(p.Status.Code)}
		if v := p.RequesterVpcInfo; v != nil {
			rec.VPC, rec.Account, rec.Region = aws.ToString(v.VpcId), aws.ToString(v.OwnerId), aws.ToString(v.Region)
		}
		if v := p.AccepterVpcInfo; v != nil {
			rec.PeerVPC, rec.PeerAccount, rec.PeerRegion = aws.ToString(v.VpcId), aws.ToString(v.OwnerId), aws.ToString(v.Region)
		}
		out = append(out, rec)
	}
	return out
}

func (r *raw) flowLogRecords() []topology.Record {
	var out []topology.Record
	for name, kept := range r.logGroups {
		out = append(out, &topology.LogGroupRecord{Meta: r.untagged("AWS::Logs::LogGroup", name), Name: name, RetentionDays: kept.days,
			KMSKey: kept.key})
	}
	for _, l := range r.flowLogs {
		rec := &topology.FlowLogRecord{Meta: r.meta("AWS::EC2::FlowLog", l.FlowLogId, l.Tags), Of: aws.ToString(l.ResourceId),
			Traffic: string(l.TrafficType)}
		if t := l.LogDestinationType; t != "" && t != types.LogDestinationTypeCloudWatchLogs {
			rec.Bucket = aws.ToString(l.LogDestination)
		} else {
			rec.LogGroup = logGroup(l)
		}
		out = append(out, rec)
	}
	return out
}

func (r *raw) dhcpRecords() []topology.Record {
	var out []topology.Record
	for id, servers := range r.dhcp {
		out = append(out, &topology.DHCPOptionsRecord{Meta: r.untagged("AWS::EC2::DHCPOptions", id), NameServers: servers})
	}
	return out
}

func (r *raw) resolverRecords() []topology.Record {
	var out []topology.Record
	for _, rule := range r.rules {
		meta := r.untagged("AWS::Route53Resolver::ResolverRule", aws.ToString(rule.Id))
		meta.Account = cmp.Or(aws.ToString(rule.OwnerId), meta.Account)
		out = append(out, &topology.ResolverRuleRecord{Meta: meta,
			Domain: aws.ToString(rule.DomainName), Forwards: rule.RuleType == resolvertypes.RuleTypeOptionForward, Targets: targets(rule),
			Kind:     string(rule.RuleType),
			Endpoint: aws.ToString(rule.ResolverEndpointId), ARN: aws.ToString(rule.Arn)})
	}
	owner := r.sourceOfVPC()
	for _, a := range r.ruled { // the stack of the VPC answers for what it uses
		rec := &topology.ResolverRuleAssociationRecord{Meta: r.untagged("AWS::Route53Resolver::ResolverRuleAssociation", aws.ToString(a.Id)),
			VPC: aws.ToString(a.VPCId), Rule: aws.ToString(a.ResolverRuleId)}
		rec.Source = owner[rec.VPC]
		out = append(out, rec)
	}
	for _, e := range r.resolvers {
		rec := &topology.ResolverEndpointRecord{Meta: r.untagged("AWS::Route53Resolver::ResolverEndpoint", aws.ToString(e.Id)),
			Direction: string(e.Direction), VPC: aws.ToString(e.HostVPCId), Groups: e.SecurityGroupIds,
			Family: string(e.ResolverEndpointType)}
		for _, p := range e.Protocols {
			rec.Protocols = append(rec.Protocols, string(p))
		}
		for _, a := range e.addresses {
			rec.Subnets, rec.Addresses = append(rec.Subnets, aws.ToString(a.SubnetId)), append(rec.Addresses, aws.ToString(a.Ip))
		}
		rec.Source = owner[rec.VPC]
		out = append(out, rec)
	}
	return out
}

// targets are the servers of a rule.
func targets(rule resolvertypes.ResolverRule) []string {
	var out []string
	for _, t := range rule.TargetIps {
		port := ""
		if t.Port != nil {
			port = fmt.Sprint(*t.Port)
		}
		out = append(out, topology.ServerText(aws.ToString(t.Ip), port, string(t.Protocol)))
	}
	return out
}

// sourceOfVPC says of each VPC what made it.
func (r *raw) sourceOfVPC() map[string]topology.Source {
	owner := map[string]topology.Source{}
	for _, v := range r.vpcs {
		owner[aws.ToString(v.VpcId)] = r.meta("", v.VpcId, v.Tags).Source
	}
	return owner
}

func (r *raw) transitGatewayRecords() []topology.Record {
	var out []topology.Record
	for _, g := range r.gateways {
		rec := &topology.TransitGatewayRecord{Meta: r.meta("AWS::EC2::TransitGateway", g.TransitGatewayId, g.Tags),
			ARN: aws.ToString(g.TransitGatewayArn)}
		if o := g.Options; o != nil {
			rec.ASN, rec.CIDRs = int(aws.ToInt64(o.AmazonSideAsn)), o.TransitGatewayCidrBlocks
			rec.AutoAccept = o.AutoAcceptSharedAttachments == types.AutoAcceptSharedAttachmentsValueEnable
			rec.SecurityGroupReferencing = o.SecurityGroupReferencingSupport == types.SecurityGroupReferencingSupportValueEnable
			rec.DefaultAssociation = o.DefaultRouteTableAssociation == types.DefaultRouteTableAssociationValueEnable
			rec.DefaultPropagation = o.DefaultRouteTablePropagation == types.DefaultRouteTablePropagationValueEnable
			rec.DefaultAssociationTable, rec.DefaultPropagationTable = aws.ToString(o.AssociationDefaultRouteTableId),
				aws.ToString(o.PropagationDefaultRouteTableId)
		}
		out = append(out, rec)
	}
	for _, t := range r.gatewayTabs {
		if t.State == types.TransitGatewayRouteTableStateDeleted || t.State == types.TransitGatewayRouteTableStateDeleting {
			continue
		}
		rec := &topology.TransitGatewayRouteTableRecord{Meta: r.meta("AWS::EC2::TransitGatewayRouteTable", t.TransitGatewayRouteTableId,
			t.Tags), TransitGateway: aws.ToString(t.TransitGatewayId)}
		out = append(out, rec)
		for _, p := range r.learned[rec.ID] {
			if p.State == types.TransitGatewayPropagationStateEnabled || p.State == types.TransitGatewayPropagationStateEnabling {
				id := aws.ToString(p.TransitGatewayAttachmentId)
				out = append(out, &topology.TransitGatewayRouteTablePropagationRecord{
					Meta: within(rec.Meta, "AWS::EC2::TransitGatewayRouteTablePropagation", id), Attachment: id, Table: rec.ID})
			}
		}
		for _, route := range r.static[rec.ID] {
			cidr := aws.ToString(route.DestinationCidrBlock)
			to := &topology.TransitGatewayRouteRecord{Meta: within(rec.Meta, "AWS::EC2::TransitGatewayRoute", cidr), Table: rec.ID, CIDR: cidr,
				Blackhole: len(route.TransitGatewayAttachments) == 0}
			for _, a := range route.TransitGatewayAttachments {
				to.Attachment = aws.ToString(a.TransitGatewayAttachmentId)
			}
			out = append(out, to)
		}
	}
	return out
}

// attachmentRecords come from both sides: the VPC's owner knows the subnets, the gateway's owner the association. Of a VPC
// that was not read, only the id is known.
func (r *raw) attachmentRecords(read map[string]bool) []topology.Record {
	const typ = "AWS::EC2::TransitGatewayAttachment"
	var out []topology.Record
	ours := r.vpcIDs()
	for _, a := range r.own {
		if vpc := aws.ToString(a.VpcId); attached(a.State) && ours[vpc] { // a gateway's owner sees other accounts' attachments too
			rec := &topology.TransitGatewayAttachmentRecord{Meta: r.meta(typ, a.TransitGatewayAttachmentId, a.Tags),
				TransitGateway: aws.ToString(a.TransitGatewayId),
				Kind:           "vpc", VPC: vpc, Subnets: a.SubnetIds, State: string(a.State)}
			if o := a.Options; o != nil {
				rec.ApplianceMode = o.ApplianceModeSupport == types.ApplianceModeSupportValueEnable
				rec.DNSSupport, rec.IPv6Support, rec.SecurityGroupReferencing = string(o.DnsSupport), string(o.Ipv6Support),
					string(o.SecurityGroupReferencingSupport)
			}
			out = append(out, rec)
		}
	}
	for _, a := range r.attachments {
		if !attached(a.State) {
			continue
		}
		m := r.untagged(typ, aws.ToString(a.TransitGatewayAttachmentId))
		m.Account = aws.ToString(a.ResourceOwnerId)
		if id := aws.ToString(a.ResourceId); a.ResourceType == types.TransitGatewayAttachmentResourceTypeVpc && !read[id] {
			vpc := m
			vpc.Type, vpc.ID, vpc.Source = "AWS::EC2::VPC", id, topology.Source{ID: id}
			vpc.Tags = map[string]string{"Name": fmt.Sprintf("%s of account %s", id, m.Account)}
			out = append(out, &topology.VPCRecord{Meta: vpc})
		}
		out = append(out, &topology.TransitGatewayAttachmentRecord{Meta: m, TransitGateway: aws.ToString(a.TransitGatewayId),
			Kind: string(a.ResourceType), VPC: aws.ToString(a.ResourceId), State: string(a.State)})
		if as := a.Association; as != nil && aws.ToString(as.TransitGatewayRouteTableId) != "" &&
			as.State != types.TransitGatewayAssociationStateDisassociated && as.State != types.TransitGatewayAssociationStateDisassociating {
			out = append(out, &topology.TransitGatewayRouteTableAssociationRecord{
				Meta: within(m, "AWS::EC2::TransitGatewayRouteTableAssociation"), Attachment: m.ID, Table: *as.TransitGatewayRouteTableId})
		}
	}
	return out
}

// attached is true for an attachment that is there, working or not.
func attached(s types.TransitGatewayAttachmentState) bool {
	return !slices.Contains([]types.TransitGatewayAttachmentState{types.TransitGatewayAttachmentStateDeleted,
		types.TransitGatewayAttachmentStateDeleting,
		types.TransitGatewayAttachmentStateFailed, types.TransitGatewayAttachmentStateRejected}, s)
}

// shareRecords are those of the account's gateways and profiles.
func (r *raw) shareRecords() []topology.Record {
	ours := map[string]bool{}
	for _, g := range r.gateways {
		ours[aws.ToString(g.TransitGatewayArn)] = true
	}
	for _, p := range r.profiles {
		ours[aws.ToString(p.Arn)] = true
	}
	for _, rule := range r.rules {
		ours[aws.ToString(rule.Arn)] = true
	}
	var out []topology.Record
	for _, s := range r.shares {
		arn := aws.ToString(s.ResourceShareArn)
		rec := &topology.ShareRecord{Meta: r.untagged("AWS::RAM::ResourceShare", arn), External: aws.ToBool(s.AllowExternalPrincipals)}
		for _, a := range r.shared {
			if aws.ToString(a.ResourceShareArn) != arn || a.Status != ramtypes.ResourceShareAssociationStatusAssociated &&
				a.Status != ramtypes.ResourceShareAssociationStatusAssociating {
				continue
			}
			if a.AssociationType == ramtypes.ResourceShareAssociationTypeResource {
				rec.Resources = append(rec.Resources, aws.ToString(a.AssociatedEntity))
			} else {
				rec.Principals = append(rec.Principals, aws.ToString(a.AssociatedEntity))
			}
		}
		if s.Status == ramtypes.ResourceShareStatusActive && slices.ContainsFunc(rec.Resources, func(arn string) bool { return ours[arn] }) {
			out = append(out, rec)
		}
	}
	return out
}

// zoneRecords are the account's zones with their records, and of other accounts' zones which VPCs ask them.
func (r *raw) zoneRecords() []topology.Record {
	const typ = "AWS::Route53::HostedZone"
	var out []topology.Record
	for id, z := range r.private {
		zone := &topology.HostedZoneRecord{Meta: r.untagged(typ, id), Name: z.name}
		for _, v := range z.vpcs {
			zone.VPCs = append(zone.VPCs, topology.HostedZoneVPC{ID: aws.ToString(v.VPCId), Region: string(v.VPCRegion)})
		}
		out = append(out, zone)
		for _, set := range z.records {
			if aws.ToString(set.Name) != z.name || set.Type != r53types.RRTypeNs && set.Type != r53types.RRTypeSoa {
				out = append(out, recordSet(zone.Meta, set))
			}
		}
	}
	for i, list := range r.zones {
		for _, s := range list {
			id := zoneID(aws.ToString(s.HostedZoneId))
			if s.Owner != nil && s.Owner.OwningService != nil || r.private[id] != nil {
				continue // AWS keeps a service's own names in zones that its owner sees
			}
			m := r.untagged(typ, id)
			m.Account = ownerOf(s)
			out = append(out, &topology.HostedZoneRecord{Meta: m, Name: aws.ToString(s.Name),
				VPCs: []topology.HostedZoneVPC{{ID: aws.ToString(r.vpcs[i].VpcId), Region: r.place.Region}}})
		}
	}
	return out
}

func recordSet(zone topology.Meta, set r53types.ResourceRecordSet) topology.Record {
	rec := &topology.RecordSetRecord{HostedZone: zone.ID, Name: aws.ToString(set.Name), RecordType: string(set.Type),
		SetIdentifier: aws.ToString(set.SetIdentifier),
		HealthCheck:   aws.ToString(set.HealthCheckId)}
	rec.Meta = within(zone, "AWS::Route53::RecordSet", rec.Name, rec.RecordType, rec.SetIdentifier)
	for _, v := range set.ResourceRecords {
		rec.Values = append(rec.Values, aws.ToString(v.Value))
	}
	if set.TTL != nil && set.AliasTarget == nil { // an alias has none, whatever an answer says
		rec.TTL = strconv.FormatInt(*set.TTL, 10)
	}
	if a := set.AliasTarget; a != nil {
		rec.Alias = &topology.Alias{Name: aws.ToString(a.DNSName), HostedZone: aws.ToString(a.HostedZoneId)}
	}
	rec.Policy = topology.RoutingPolicy{Weight: int(aws.ToInt64(set.Weight)), Failover: string(set.Failover),
		Everywhere: set.GeoLocation != nil && aws.ToString(set.GeoLocation.CountryCode) == "*",
		Health:     set.AliasTarget != nil && set.AliasTarget.EvaluateTargetHealth}
	for routing, is := range map[string]bool{
		"weighted": set.Weight != nil, "failover": set.Failover != "", "geolocation": set.GeoLocation != nil, "latency": set.Region != "",
		"multivalue": aws.ToBool(set.MultiValueAnswer), "geoproximity": set.GeoProximityLocation != nil, "cidr": set.CidrRoutingConfig != nil,
	} {
		if is {
			rec.Routing = routing
		}
	}
	return rec
}

func (r *raw) profileRecords() []topology.Record {
	var out []topology.Record
	for _, p := range r.profiles {
		rec := &topology.R53ProfileRecord{Meta: r.untagged("AWS::Route53Profiles::Profile", aws.ToString(p.Id)), ARN: aws.ToString(p.Arn)}
		out = append(out, rec)
		for _, a := range r.inProfiles[rec.ID] {
			arn := aws.ToString(a.ResourceArn)
			out = append(out, &topology.R53ProfileResourceAssociationRecord{
				Meta: within(rec.Meta, "AWS::Route53Profiles::ProfileResourceAssociation", arn), Profile: rec.ID, ResourceARN: arn,
				Priority: topology.ProfilePriority(aws.ToString(a.ResourceProperties))})
		}
	}
	ours := r.vpcIDs()
	for _, a := range r.profiled {
		vpc := aws.ToString(a.ResourceId)
		if !ours[vpc] {
			continue
		}
		m := r.untagged("AWS::Route53Profiles::ProfileAssociation", aws.ToString(a.Id))
		m.Account = cmp.Or(aws.ToString(a.OwnerId), m.Account)
		out = append(out, &topology.R53ProfileAssociationRecord{Meta: m, Profile: aws.ToString(a.ProfileId), VPC: vpc})
	}
	return out
}

func (r *raw) roleRecords() []topology.Record {
	var out []topology.Record
	for _, d := range r.roles {
		arn := aws.ToString(d.Arn)
		rec := &topology.RoleRecord{Meta: r.untagged("AWS::IAM::Role", arn), ARN: arn, Trust: document(d.AssumeRolePolicyDocument)}
		for _, p := range d.RolePolicyList {
			rec.Policies = append(rec.Policies, document(p.PolicyDocument))
		}
		for _, p := range d.AttachedManagedPolicies {
			if doc := r.managed[aws.ToString(p.PolicyArn)]; doc != nil {
				rec.Policies = append(rec.Policies, document(doc))
			} else {
				rec.ManagedPolicies = append(rec.ManagedPolicies, aws.ToString(p.PolicyArn))
			}
		}
		if b := d.PermissionsBoundary; b != nil {
			rec.Boundary = aws.ToString(b.PermissionsBoundaryArn)
		}
		out = append(out, rec)
	}
	return out
}

// document is the text of a policy, which IAM encodes as in a URL.
func document(encoded *string) string {
	text := aws.ToString(encoded)
	if plain, err := url.QueryUnescape(text); err == nil && !strings.HasPrefix(text, "{") {
		return plain
	}
	return text
}
