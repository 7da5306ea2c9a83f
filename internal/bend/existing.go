package bend

import "strings"

// What exists already and templates only name: VPCs and route tables of others, and what lies behind attachments of others.

const (
	vpc         = "AWS::EC2::VPC"
	subnet      = "AWS::EC2::Subnet"
	attachment  = "AWS::EC2::TransitGatewayAttachment"
	range4      = "AWS::EC2::VPCCidrBlock"
	subnetTable = "AWS::EC2::SubnetRouteTableAssociation"
)

// at7 and at9 are kinds of examples/07-existing, where a spoke's VPC exists, and of examples/09-existing-hub.
func at7(k Kind) Kind { return naming("vpc-0e1f203142536475a", k) }
func at9(k Kind) Kind { return naming("vpc-0c1d2e3f405162738", k) }

func existing() []Kind { return join(existingVPCs(), existingRoutes(), externals(), loggedParts()) }

// existingVPCs are changes of VPCs that exist, at the attachments that name them.
func existingVPCs() []Kind {
	const at = "existing attachment"
	in := func(typ, how, properties, answer string) Kind {
		return plus(typ, how+", in a VPC that exists", at, `{"VpcId": "@:VpcId", `+properties+`}`, answer)
	}
	const owner = "fine: what else a VPC that exists has is its owner's"
	ours := func(typ, how, properties, answer string) Kind { return own(in(typ, how, properties, answer)) }
	theirs := func(typ, how, properties, answer string) Kind {
		return foreign(in(typ, how+" by its owner", properties, answer))
	}
	deny := `{"N": {"Type": "AWS::EC2::NetworkAcl", "Properties": {"VpcId": "@:VpcId"}},
		"J": {"Type": "AWS::EC2::SubnetNetworkAclAssociation", "Properties": {"NetworkAclId": {"Ref": "N"}, "SubnetId": "SUBNET"}}}`
	peering := `"PeerVpcId": "vpc-0123456789abcdef0", "PeerOwnerId": "999999999999"`
	out := []Kind{
		ours(subnet, "a subnet", `"CidrBlock": "172.24.128.0/24", "AvailabilityZoneId": "use1-az1"`, "vpc"),
		theirs(subnet, "a subnet", `"CidrBlock": "172.24.128.0/24", "AvailabilityZoneId": "use1-az1"`, owner),
		plus(subnet, "over one that a stack makes, in a VPC that exists", "existing subnet",
			`{"VpcId": "=VpcId", "CidrBlock": "=CidrBlock", "AvailabilityZoneId": "=AvailabilityZoneId"}`, "ambiguous"),
		set("existing subnet", "Ipv6CidrBlock", `"2001:db8::/64"`, "vpc"), set("existing subnet", "Ipv6Native", `true`, "vpc"),
		set("existing subnet", "AvailabilityZoneId", `"aps1-az1"`, "vpc, path"), set("existing subnet", "CidrBlock", `"198.51.100.0/28"`, "vpc"),
		in("AWS::EC2::VPCGatewayAttachment", "an internet gateway", `"InternetGatewayId": "igw-0123456789abcdef0"`, "way"),
		in("AWS::EC2::VPCGatewayAttachment", "a virtual private gateway", `"VpnGatewayId": "vgw-0123456789abcdef0"`, "way"),
		ours("AWS::EC2::VPCPeeringConnection", "a peering connection", peering, "vpc"),
		theirs("AWS::EC2::VPCPeeringConnection", "a peering connection", peering, owner),
		ours(range4, "a range of nobody's", `"CidrBlock": "198.51.100.0/24"`, "vpc"),
		theirs(range4, "a range of nobody's", `"CidrBlock": "198.51.100.0/24"`, owner),
		in("AWS::EC2::EgressOnlyInternetGateway", "a way out for IPv6", `"Tags": []`, "way"),
		in("AWS::EC2::VPCDHCPOptionsAssociation", "other name servers", `"DhcpOptionsId": "dopt-0123456789abcdef0"`, "vpc"),
		ours(attachment, "an attachment to another gateway", `"SubnetIds": "@:SubnetIds", "TransitGatewayId": "tgw-0123456789abcdef0"`,
			"vpc"),
		ours(range4, "an IPv6 range", `"AmazonProvidedIpv6CidrBlock": true`, "vpc"),
		theirs(range4, "an IPv6 range", `"AmazonProvidedIpv6CidrBlock": true`, owner),
		ours(endpoint, "an endpoint of a gateway's", `"ServiceName": "com.amazonaws.us-east-1.dynamodb"`, "endpoint"),
		theirs(endpoint, "an endpoint of a gateway's", `"ServiceName": "com.amazonaws.us-east-1.dynamodb"`, owner),
		theirs(endpoint, "an endpoint with its names, of a service that the hub does not serve",
			`"ServiceName": "com.amazonaws.us-east-1.sagemaker.api", "VpcEndpointType": "Interface", "PrivateDnsEnabled": true`, owner),
		theirs(endpoint, "an endpoint with its names, of a service that the hub serves",
			`"ServiceName": "com.amazonaws.us-east-1.ssm", "VpcEndpointType": "Interface", "PrivateDnsEnabled": true`, "name"),
		theirs(endpoint, "an endpoint without names, of a service that the hub serves",
			`"ServiceName": "com.amazonaws.us-east-1.ssm", "VpcEndpointType": "Interface"`, owner),
		in(attachment, "a second attachment", `"SubnetIds": "@:SubnetIds", "TransitGatewayId": "@:TransitGatewayId"`, "conflict, path"),
		theirs(attachment, "an attachment to another gateway", `"SubnetIds": "@:SubnetIds", `+
			`"TransitGatewayId": "tgw-0123456789abcdef0"`, "fine: another gateway of the owner's, to which no route leads"),
		own(logs("to a stranger's bucket, of a VPC that exists", at, "VPC", `"@:VpcId"`, "logs")),
		foreign(logs("to its owner's bucket, of a VPC that exists", at, "VPC", `"@:VpcId"`, owner)),
		set(at, "SubnetIds.0", `-`, "path"), set(at, "SubnetIds.99", `"subnet-0123456789abcdef0"`, "part"),
		set(at, "VpcId", `"vpc-0123456789abcdef0"`, "part, path"), set(at, "TransitGatewayId", `"tgw-0123456789abcdef0"`, "path"),
		set(at, "Options.ApplianceModeSupport", `"enable"`, "path"), set(at, "Options.Ipv6Support", `"enable"`, "path"),
		at7(set(at, "SubnetIds.99", `"subnet-0a10b21c32d43e54f"`, "path, conflict")),
		at7(in(range4, "a range that the hub has", `"CidrBlock": "10.0.0.0/20"`, "vpc, route, path")),
		at7(in(range4, "a range that holds the hub's", `"CidrBlock": "10.0.0.0/16"`, "vpc, route, path")),
		at7(in(range4, "a range in the hub's", `"CidrBlock": "10.0.0.0/24"`, "vpc, route, path")),
		at9(in(range4, "a range that a spoke has", `"CidrBlock": "10.16.0.0/22"`, "vpc, route, path")),
		at9(in(range4, "a range that holds a spoke's", `"CidrBlock": "10.16.0.0/16"`, "vpc, route, path")),
	}
	same := func(subnet, table string) string {
		return `{"SubnetId": "` + subnet + `", "RouteTableId": "` + table + `"}`
	}
	for _, n := range []struct {
		of                  func(Kind) Kind
		subnet, table, what string
	}{{at7, "subnet-0a10b21c32d43e54f", "rtb-01a02b13c24d35e46", "a spoke"},
		{at9, "subnet-0c10d21e32f43a541", "rtb-0c1d2e3f405162731", "the hub"}} {
		out = append(out,
			n.of(own(logs("to a stranger's bucket, of a subnet that exists, of "+n.what, at, "Subnet", `"`+n.subnet+`"`, "logs"))),
			n.of(foreign(logs("to its owner's bucket, of a subnet that exists, of "+n.what, at, "Subnet", `"`+n.subnet+`"`, owner))),
			n.of(plusAll("AWS::EC2::NetworkAcl", "that lets nothing pass, of a subnet that exists, of "+n.what, at,
				strings.ReplaceAll(deny, "SUBNET", n.subnet), "path")),
			n.of(plus(subnetTable, "with another table, of a subnet that exists, of "+n.what, at,
				`{"SubnetId": "`+n.subnet+`", "RouteTableId": "rtb-0123456789abcdef0"}`, "part, conflict, vpc")),
			n.of(plusAll(subnetTable, "with a table that the stack makes, of a subnet that exists, of "+n.what, at,
				`{"T": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": "@:VpcId"}}, "J": {"Type": "`+subnetTable+
					`", "Properties": {"SubnetId": "`+n.subnet+`", "RouteTableId": {"Ref": "T"}}}}`, "conflict")),
			n.of(own(plus(subnetTable, "with the table that it has, of a subnet that exists, of "+n.what, at, same(n.subnet, n.table), "vpc"))),
			n.of(foreign(plus(subnetTable, "with the table that it has, by its owner, of a subnet that exists, of "+n.what, at,
				same(n.subnet, n.table), "fine: its file says the same"))),
			n.of(plus("AWS::EC2::Instance", "in a subnet that exists, of "+n.what, at, `{"SubnetId": "`+n.subnet+`"}`, "way")))
	}
	for _, z := range []struct{ how, name, ours, theirs string }{
		{"of a name that the hub serves", "ssm.us-east-1.amazonaws.com", "name", "name"},
		{"of amazonaws.com", "amazonaws.com", "name", "fine: the hub's zones are more specific, and the rest is its owner's"},
		{"of a company", "corp.example", "fine: no name of AWS is in it", "fine: no name of AWS is in it"},
	} {
		k := plus(zone, z.how+", in a VPC that exists", at, `{"Name": "`+z.name+`", "VPCs": [{"VPCId": "@:VpcId", "VPCRegion": "us-east-1"}]}`,
			z.ours)
		o := plus(zone, z.how+", in a VPC that exists, by its owner", at,
			`{"Name": "`+z.name+`", "VPCs": [{"VPCId": "@:VpcId", "VPCRegion": "us-east-1"}]}`, z.theirs)
		out = append(out, own(k), foreign(o))
	}
	return out
}

// existingRoutes are changes of routes in tables that exist.
func existingRoutes() []Kind {
	const at = "existing route"
	in := func(how, destination, target, answer string) Kind {
		return plus(route, how+", in a table that exists", at,
			`{"RouteTableId": "@:RouteTableId", "DestinationCidrBlock": "`+destination+`", `+target+`}`, answer)
	}
	tgw, pcx := `"TransitGatewayId": "@:TransitGatewayId"`, `"VpcPeeringConnectionId": "pcx-0123456789abcdef0"`
	const owner, other = "fine: its owner's way to others", `"TransitGatewayId": "tgw-0123456789abcdef0"`
	made := func(how, to, answer string) Kind {
		return plus(route, how+", in a table that a stack makes in a VPC that exists", "existing table", `{"RouteTableId": "@", `+to+`}`, answer)
	}
	return []Kind{
		in("everything to the gateway", "0.0.0.0/0", tgw, "segment, route"),
		in("a range of nobody's to the gateway", "198.51.100.0/24", tgw, "segment, route"),
		own(in("a range of nobody's by a peering", "198.51.100.0/24", pcx, "route")),
		foreign(in("a range of nobody's by a peering of its owner's", "198.51.100.0/24", pcx, owner)),
		own(in("a range of nobody's to another gateway", "198.51.100.0/24", other, "route")),
		foreign(in("a range of nobody's to another gateway of its owner's", "198.51.100.0/24", other, owner)),
		own(in("everything to an internet gateway", "0.0.0.0/0", `"GatewayId": "igw-0123456789abcdef0"`, "internet")),
		foreign(in("everything to an internet gateway of its owner's", "0.0.0.0/0", `"GatewayId": "igw-0123456789abcdef0"`, owner)),
		own(in("everything to a NAT gateway", "0.0.0.0/0", `"NatGatewayId": "nat-0123456789abcdef0"`, "internet")),
		at7(in("a part of the hub's range by a peering", "10.0.0.0/24", pcx, "path, route")),
		at7(in("a part of the hub's range to an interface", "10.0.1.0/24", `"NetworkInterfaceId": "eni-0123456789abcdef0"`, "path, route")),
		at7(in("a part of a peer's range by a peering", "10.32.0.0/25", pcx, "segment, route")),
		at7(in("a part of its own range to the gateway", "172.24.0.0/24", tgw, "route")),
		at9(in("a part of a spoke's range by a peering", "10.16.0.0/24", pcx, "path, route")),
		at9(in("a part of its own range to the gateway, of the hub", "10.0.0.0/24", tgw, "route")),
		made("everything to an internet gateway", `"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0123456789abcdef0"`, "internet"),
		made("everything to a NAT gateway", `"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-0123456789abcdef0"`, "internet"),
		made("a range of nobody's to an interface", `"DestinationCidrBlock": "198.51.100.0/24", "NetworkInterfaceId": "eni-0"`, "route"),
		made("a part of the hub's range by a peering", `"DestinationCidrBlock": "10.0.0.0/24", `+pcx, "route, path"),
		made("everything of IPv6 to an internet gateway", `"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-0123456789abcdef0"`,
			"route, internet"),
		made("a prefix list to an instance", `"DestinationPrefixListId": "pl-0123456789abcdef0", "InstanceId": "i-0"`, "route"),
		made("everything to another gateway", `"DestinationCidrBlock": "0.0.0.0/0", `+other, "route"),
		set(at, "RouteTableId", `"rtb-0123456789abcdef0"`, "part, path, segment"),
		set(at, "DestinationCidrBlock", `"198.51.100.0/24"`, "path, segment, route"),
		set(at, "DestinationCidrBlock", `"=DestinationCidrBlock/28"`, "path, segment"),
		set(at, "TransitGatewayId", `"tgw-0123456789abcdef0"`, "path, segment, route"),
		set(at, "TransitGatewayId", `-`, "part, path, segment, route"),
		gone(at, "path, segment"),
	}
}

// logs is a kind that adds a flow log of a part, to somebody's bucket.
func logs(how, at, typ, of, answer string) Kind {
	return plus("AWS::EC2::FlowLog", how, at, `{"ResourceId": `+of+`, "ResourceType": "`+typ+`", "LogDestinationType": "s3", `+
		`"LogDestination": "arn:aws:s3:::somebody"}`, answer)
}

// loggedParts are flow logs of parts of VPCs.
func loggedParts() []Kind {
	return []Kind{
		logs("of an attachment's packets", "attachment", "TransitGatewayAttachment", `"@"`, "logs"),
		logs("of an endpoint's packets, by its interface", "interface endpoint", "NetworkInterface",
			`{"Fn::Select": [0, "@.NetworkInterfaceIds"]}`, "logs"),
		own(logs("of an interface's packets", "interface endpoint", "NetworkInterface", `"eni-0123456789abcdef0"`, "logs")),
		foreign(logs("of a stranger's interface's packets", "interface endpoint", "NetworkInterface", `"eni-0123456789abcdef0"`,
			"fine: it is no part of the hub")),
	}
}

// externals are changes of what leads to attachments that exist, and of the tables that they are associated with.
func externals() []Kind {
	const at, join = "external gateway-route", "external association"
	to := `"TransitGatewayAttachmentId": "@:TransitGatewayAttachmentId", "TransitGatewayRouteTableId": "@:TransitGatewayRouteTableId"`
	const strange = `"TransitGatewayRouteTableId": "tgw-rtb-0123456789abcdef0"`
	own4 := `"TransitGatewayAttachmentId": "@:TransitGatewayAttachmentId", `
	stranger := `"TransitGatewayAttachmentId": "tgw-attach-0123456789abcdef0", `
	return []Kind{
		plus(tgwRoute, "its range to an attachment that exists, in a table of nobody's", at,
			`{"DestinationCidrBlock": "=DestinationCidrBlock", `+own4+strange+`}`, "segment"),
		plus(tgwRoute, "everything to an attachment that exists, in a table of nobody's", at,
			`{"DestinationCidrBlock": "0.0.0.0/0", `+own4+strange+`}`, "segment"),
		plus(learns, "the ranges of an attachment that exists, in a table of nobody's", at, `{`+own4+strange+`}`, "segment"),
		own(plus(tgwRoute, "everything to a stranger, in a table of nobody's", at, `{"DestinationCidrBlock": "0.0.0.0/0", `+stranger+strange+
			`}`, "gateway")),
		own(plus(tgwRoute, "everything nowhere, in a table of nobody's", at, `{"DestinationCidrBlock": "0.0.0.0/0", "Blackhole": true, `+
			strange+`}`, "gateway")),
		own(plus(learns, "a stranger, in a table of nobody's", at, `{`+stranger+strange+`}`, "gateway")),
		own(plus(associate, "of a stranger, with a table of nobody's", at, `{`+stranger+strange+`}`, "gateway")),
		foreign(plus(tgwRoute, "everything nowhere, in a table of its owner's, by its owner", at, `{"DestinationCidrBlock": "0.0.0.0/0", `+
			`"Blackhole": true, `+strange+`}`, "fine: others may use the gateway, in tables of their own")),
		set(at, "DestinationCidrBlock", `"198.51.100.0/24"`, "segment, path"),
		set(at, "DestinationCidrBlock", `"=DestinationCidrBlock/24"`, "segment, path"),
		set(at, "DestinationCidrBlock", `"0.0.0.0/0"`, "segment"),
		set(at, "TransitGatewayAttachmentId", `"tgw-attach-0123456789abcdef0"`, "segment, part, path"),
		set(at, "TransitGatewayRouteTableId", `"tgw-rtb-0123456789abcdef0"`, "segment, part, path"),
		set(at, "Blackhole", `true`, "segment, path, route, conflict"),
		gone(at, "segment, path"),
		plus(tgwRoute, "everything to an attachment that exists", at, `{"DestinationCidrBlock": "0.0.0.0/0", `+to+`}`, "segment"),
		plus(tgwRoute, "a range of nobody's to an attachment that exists", at, `{"DestinationCidrBlock": "198.51.100.0/24", `+to+`}`,
			"segment"),
		plus(tgwRoute, "a part of a spoke's range to an attachment that exists", at, `{"DestinationCidrBlock": "10.16.0.0/25", `+to+`}`,
			"segment, path"),
		plus(tgwRoute, "a part of its own range to an attachment that exists", at, `{"DestinationCidrBlock": "=DestinationCidrBlock/30", `+
			to+`}`, "segment"),
		plus(tgwRoute, "a part of an attachment's range nowhere", at, `{"DestinationCidrBlock": "=DestinationCidrBlock/30", `+
			`"Blackhole": true, "TransitGatewayRouteTableId": "@:TransitGatewayRouteTableId"}`, "route, segment, path"),
		plus(learns, "the ranges of an attachment that exists", at, `{`+to+`}`, "segment"),
		plus(tgwRoute, "everything, in a table that exists", "existing gateway-route", `{"DestinationCidrBlock": "0.0.0.0/0", `+to+`}`,
			"segment"),
		plus(tgwRoute, "a part of the hub's range nowhere, in a table that exists", "existing gateway-route",
			`{"DestinationCidrBlock": "10.0.0.0/24", "Blackhole": true, "TransitGatewayRouteTableId": "@:TransitGatewayRouteTableId"}`,
			"route, segment, path"),
		gone("existing gateway-route", "segment, path"),
		plus(tgwRoute, "to the hub, in a table of nobody's", "existing gateway-route", `{"DestinationCidrBlock": "10.0.0.0/20", `+
			`"TransitGatewayAttachmentId": "@:TransitGatewayAttachmentId", "TransitGatewayRouteTableId": "tgw-rtb-0123456789abcdef0"}`,
			"segment, part"),
		set(join, "TransitGatewayRouteTableId", `"tgw-rtb-0123456789abcdef0"`, "gateway, part, path, segment"),
		set(join, "TransitGatewayAttachmentId", `"tgw-attach-0123456789abcdef0"`, "path, segment, part"),
		gone(join, "path, segment"),
		own(logs("to a stranger's bucket, of an attachment that exists", join, "TransitGatewayAttachment",
			`"@:TransitGatewayAttachmentId"`, "logs")),
		foreign(logs("to its owner's bucket, of an attachment that exists", join, "TransitGatewayAttachment",
			`"@:TransitGatewayAttachmentId"`, "fine: what lies behind it is its owner's")),
		plus(associate, "of an attachment that exists, again", join, `{`+to+`}`, "conflict"),
		plus(associate, "of an attachment that exists, with another table", join, `{"TransitGatewayAttachmentId": `+
			`"@:TransitGatewayAttachmentId", "TransitGatewayRouteTableId": "@gateway-table"}`, "conflict, segment, path"),
		plus(associate, "of another attachment, with the table of one that exists", join, `{"TransitGatewayAttachmentId": `+
			`"tgw-attach-0123456789abcdef0", "TransitGatewayRouteTableId": "@:TransitGatewayRouteTableId"}`, "segment, part"),
		plus(learns, "the ranges of an attachment that exists, in its own table", join, `{`+to+`}`, "segment"),
	}
}
