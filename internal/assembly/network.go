package assembly

import (
	"cmp"
	"slices"
	"strings"

	"sharedhub/internal/topology"
)

// How templates write what packets meet: VPCs, subnets, tables, ACLs, groups, Transit Gateways.

func one(r topology.Record) []topology.Record { return []topology.Record{r} }

func vpc(f fields) []topology.Record {
	r := f.resource
	v := &topology.VPCRecord{Meta: f.meta(), DNSNames: f.flag("EnableDnsHostnames"),
		// EC2 turns support on and host names off where nothing is said
		DNSSupport: slices.Contains([]string{"", "true"}, strings.ToLower(f.choice("EnableDnsSupport"))),
		DefaultACL: r.Attr("DefaultNetworkAcl"), DefaultSecurityGroup: r.Attr("DefaultSecurityGroup")}
	if c := f.text("CidrBlock"); c != "" {
		v.CIDRs = []string{c}
		v.IPAM = f.text("Ipv4IpamPoolId") // without a range of the template, IPAM decides, and it is not read
	}
	return one(v)
}

// chosenByAWS stands for a range that is not in the template.
const chosenByAWS = "that AWS chooses"

func cidrBlock(f fields) []topology.Record {
	c := &topology.VPCCidrBlockRecord{Meta: f.meta(), VPC: f.text("VpcId"), CIDR: f.text("CidrBlock"), IPv6: f.text("Ipv6CidrBlock")}
	if c.CIDR != "" {
		c.IPAM = f.text("Ipv4IpamPoolId")
	}
	if c.IPv6 == "" && (f.flag("AmazonProvidedIpv6CidrBlock") || f.text("Ipv6IpamPoolId") != "") {
		c.IPv6 = chosenByAWS
	}
	return one(c)
}

func gatewayAttachment(f fields) []topology.Record {
	return one(&topology.GatewayAttachmentRecord{Meta: f.meta(), VPC: f.text("VpcId"), InternetGateway: f.text("InternetGatewayId"),
		VPNGateway: f.text("VpnGatewayId")})
}

func internetGateway(f fields) []topology.Record {
	return one(&topology.InternetGatewayRecord{Meta: f.meta()})
}

func subnet(f fields) []topology.Record {
	return one(&topology.SubnetRecord{Meta: f.meta(), VPC: f.text("VpcId"), CIDR: f.text("CidrBlock"), IPv6: f.text("Ipv6CidrBlock"),
		AZ: f.text("AvailabilityZone"), AZID: f.text("AvailabilityZoneId"), IPv6Only: f.flag("Ipv6Native")})
}

func subnetTable(f fields) []topology.Record {
	return one(&topology.SubnetRouteTableAssociationRecord{Meta: f.meta(), Subnet: f.text("SubnetId"), Table: f.text("RouteTableId")})
}

func routeTable(f fields) []topology.Record {
	return one(&topology.RouteTableRecord{Meta: f.meta(), VPC: f.text("VpcId")})
}

func route(f fields) []topology.Record {
	r := &topology.RouteRecord{Meta: f.meta(), Table: f.text("RouteTableId"), CIDR: f.text("DestinationCidrBlock"),
		IPv6:       f.text("DestinationIpv6CidrBlock"),
		PrefixList: f.text("DestinationPrefixListId"), Targets: map[string]string{}}
	for _, t := range topology.RouteTargets {
		if id := f.text(t.Name); id != "" {
			r.Targets[t.Name] = id
		}
	}
	return one(r)
}

func peering(f fields) []topology.Record {
	return one(&topology.VPCPeeringConnectionRecord{Meta: f.meta(), VPC: f.text("VpcId"), PeerVPC: f.text("PeerVpcId"),
		PeerAccount: f.text("PeerOwnerId"), PeerRegion: f.text("PeerRegion"), PeerRole: f.text("PeerRoleArn")})
}

func networkACL(f fields) []topology.Record {
	return one(&topology.NetworkACLRecord{Meta: f.meta(), VPC: f.text("VpcId")})
}

func aclEntry(f fields) []topology.Record {
	ports, icmp := f.object("PortRange"), f.object("Icmp")
	portless := !f.has("PortRange") && slices.Contains([]string{"6", "17"}, f.text("Protocol"))
	return one(&topology.NetworkACLEntryRecord{Meta: f.meta(), NoPorts: portless, ACL: f.text("NetworkAclId"), Number: f.number("RuleNumber",
		0),
		Egress: f.flag("Egress"),
		Allow:  f.choice("RuleAction") == "allow", CIDR: f.text("CidrBlock"), IPv6: f.text("Ipv6CidrBlock"), Protocol: f.choice("Protocol"),
		From: ports.number("From", 0), To: ports.number("To", 65535), ICMPType: icmp.text("Type"), ICMPCode: icmp.text("Code")})
}

func subnetACL(f fields) []topology.Record {
	return one(&topology.SubnetNetworkACLAssociationRecord{Meta: f.meta(), Subnet: f.text("SubnetId"), ACL: f.text("NetworkAclId")})
}

func transitGateway(f fields) []topology.Record {
	r := f.resource
	associates, propagates := f.text("AssociationDefaultRouteTableId"), f.text("PropagationDefaultRouteTableId")
	return one(&topology.TransitGatewayRecord{Meta: f.meta(), ARN: r.Attr("TransitGatewayArn"),
		ASN: f.number("AmazonSideAsn", 0), CIDRs: f.texts("TransitGatewayCidrBlocks"),
		AutoAccept:               f.choice("AutoAcceptSharedAttachments") == "enable",
		SecurityGroupReferencing: f.choice("SecurityGroupReferencingSupport") == "enable",
		DefaultAssociation:       f.choice("DefaultRouteTableAssociation") != "disable",
		DefaultPropagation:       f.choice("DefaultRouteTablePropagation") != "disable",
		DefaultAssociationTable:  cmp.Or(associates, r.Attr("AssociationDefaultRouteTableId")),
		DefaultPropagationTable:  cmp.Or(propagates, r.Attr("PropagationDefaultRouteTableId"))})
}

func transitGatewayTable(f fields) []topology.Record {
	return one(&topology.TransitGatewayRouteTableRecord{Meta: f.meta(), TransitGateway: f.text("TransitGatewayId")})
}

func attachment(f fields) []topology.Record {
	o := f.object("Options")
	return one(&topology.TransitGatewayAttachmentRecord{Meta: f.meta(), TransitGateway: f.text("TransitGatewayId"), VPC: f.text("VpcId"),
		Subnets:       f.texts("SubnetIds"),
		ApplianceMode: o.choice("ApplianceModeSupport") == "enable", DNSSupport: o.text("DnsSupport"), IPv6Support: o.choice("Ipv6Support"),
		SecurityGroupReferencing: o.text("SecurityGroupReferencingSupport")})
}

func association(f fields) []topology.Record {
	return one(&topology.TransitGatewayRouteTableAssociationRecord{Meta: f.meta(), Attachment: f.text("TransitGatewayAttachmentId"),
		Table: f.text("TransitGatewayRouteTableId")})
}

func propagation(f fields) []topology.Record {
	return one(&topology.TransitGatewayRouteTablePropagationRecord{Meta: f.meta(), Attachment: f.text("TransitGatewayAttachmentId"),
		Table: f.text("TransitGatewayRouteTableId")})
}

func transitGatewayRoute(f fields) []topology.Record {
	return one(&topology.TransitGatewayRouteRecord{Meta: f.meta(), Table: f.text("TransitGatewayRouteTableId"),
		CIDR:       f.text("DestinationCidrBlock"),
		Attachment: f.text("TransitGatewayAttachmentId"), Blackhole: f.flag("Blackhole")})
}

func securityGroup(f fields) []topology.Record {
	g := &topology.SecurityGroupRecord{Meta: f.meta(), VPC: f.text("VpcId"), OpenEgress: !f.has("SecurityGroupEgress")}
	for _, rule := range f.objects("SecurityGroupIngress") {
		g.Rules = append(g.Rules, groupRule(rule, false))
	}
	for _, rule := range f.objects("SecurityGroupEgress") {
		g.Rules = append(g.Rules, groupRule(rule, true))
	}
	return one(g)
}

func groupRule(f fields, egress bool) topology.GroupRule {
	side := "Source"
	if egress {
		side = "Destination"
	}
	rule := topology.GroupRule{Egress: egress, CIDR: f.text("CidrIp"), IPv6: f.text("CidrIpv6"), PrefixList: f.text(side + "PrefixListId"),
		Peer: f.text(side + "SecurityGroupId"), Protocol: f.choice("IpProtocol"), From: f.number("FromPort", 0), To: f.number("ToPort", 65535)}
	rule.NoPorts = slices.Contains([]string{"tcp", "udp", "6", "17"}, strings.ToLower(rule.Protocol)) &&
		(!f.has("FromPort") || !f.has("ToPort"))
	for _, source := range []string{"CidrIp", "CidrIpv6", side + "PrefixListId", side + "SecurityGroupId"} {
		if f.has(source) {
			rule.Sources++
		}
	}
	if name := f.text("SourceSecurityGroupName"); rule.Peer == "" && !egress {
		rule.Peer = name
	}
	return rule
}

func ingress(f fields) []topology.Record {
	return one(&topology.SecurityGroupRuleRecord{Meta: f.meta(), Group: f.text("GroupId"), GroupRule: groupRule(f, false)})
}

func egress(f fields) []topology.Record {
	return one(&topology.SecurityGroupRuleRecord{Meta: f.meta(), Group: f.text("GroupId"), GroupRule: groupRule(f, true)})
}

func prefixList(f fields) []topology.Record {
	r := &topology.PrefixListRecord{Meta: f.meta(), MaxEntries: f.number("MaxEntries", 0)}
	for _, e := range f.objects("Entries") {
		r.Entries = append(r.Entries, e.text("Cidr"))
	}
	return one(r)
}

func flowLog(f fields) []topology.Record {
	l := &topology.FlowLogRecord{Meta: f.meta(), Of: f.text("ResourceId"), Traffic: f.choice("TrafficType"),
		OfType: f.choice("ResourceType")}
	to, name := f.text("LogDestination"), f.text("LogGroupName")
	switch kind := f.choice("LogDestinationType"); {
	case kind != "" && kind != "cloud-watch-logs":
		l.Bucket = cmp.Or(to, kind)
	case to != "":
		l.LogGroup = to
	default:
		l.LogGroup = name
	}
	return one(l)
}

func logGroup(f fields) []topology.Record {
	return one(&topology.LogGroupRecord{Meta: f.meta(), Name: f.text("LogGroupName"), ARN: f.resource.Attr("Arn"),
		RetentionDays: f.number("RetentionInDays", 0), KMSKey: f.text("KmsKeyId")})
}
