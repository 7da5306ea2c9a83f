package live

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

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
