package bend

// What packets meet: routes, tables, subnets, VPCs, ACLs, groups. Ranges of 198.51.100.0/24 are nobody's.

const (
	route     = "AWS::EC2::Route"
	aclEntry  = "AWS::EC2::NetworkAclEntry"
	ingress   = "AWS::EC2::SecurityGroupIngress"
	egress    = "AWS::EC2::SecurityGroupEgress"
	tgwRoute  = "AWS::EC2::TransitGatewayRoute"
	learns    = "AWS::EC2::TransitGatewayRouteTablePropagation"
	associate = "AWS::EC2::TransitGatewayRouteTableAssociation"
)

func network() []Kind {
	return join(routes(), tables(), subnets(), vpcs(), acls(), groups(), transit())
}

func join(lists ...[]Kind) []Kind {
	var out []Kind
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

func routes() []Kind {
	var out []Kind
	for _, t := range []struct{ target, how, answer string }{
		{`"GatewayId": "igw-0123456789abcdef0"`, "an internet gateway", "internet"},
		{`"GatewayId": "vgw-0123456789abcdef0"`, "a virtual private gateway", "route"},
		{`"NatGatewayId": "nat-0123456789abcdef0"`, "a NAT gateway", "internet"},
		{`"EgressOnlyInternetGatewayId": "eigw-0123456789abcdef0"`, "an egress-only internet gateway", "internet"},
		{`"CarrierGatewayId": "cagw-0123456789abcdef0"`, "a carrier gateway", "internet"},
		{`"LocalGatewayId": "lgw-0123456789abcdef0"`, "a local gateway", "route"},
		{`"VpcPeeringConnectionId": "pcx-0123456789abcdef0"`, "a peering connection", "route"},
		{`"NetworkInterfaceId": "eni-0123456789abcdef0"`, "an interface", "route"},
		{`"InstanceId": "i-0123456789abcdef0"`, "an instance", "route"},
		{`"VpcEndpointId": "vpce-0123456789abcdef0"`, "a firewall's endpoint", "route"},
		{`"CoreNetworkArn": "arn:aws:networkmanager::111111111111:core-network/core-network-0123456789abcdef0"`, "a core network",
			"route"},
	} {
		for _, to := range []struct{ destination, how string }{
			{`"DestinationCidrBlock": "0.0.0.0/0"`, "everything"},
			{`"DestinationCidrBlock": "198.51.100.0/24"`, "a range of nobody's"},
			{`"DestinationIpv6CidrBlock": "::/0"`, "everything of IPv6"},
			{`"DestinationPrefixListId": "pl-0123456789abcdef0"`, "a prefix list"},
		} {
			out = append(out, plus(route, to.how+" by "+t.how, "table", `{"RouteTableId": "@", `+to.destination+`, `+t.target+`}`,
				t.answer))
		}
	}
	tgw := `"TransitGatewayId": "@attachment:TransitGatewayId"`
	other := `"TransitGatewayId": "tgw-0123456789abcdef0"`
	return append(out,
		plus(route, "in a spoke's table, everything to the gateway", "spoke work table",
			`{"RouteTableId": "@", "DestinationCidrBlock": "0.0.0.0/0", `+tgw+`}`, "segment"),
		plus(route, "in the hub's table, everything to the gateway", "hub work table",
			`{"RouteTableId": "@", "DestinationCidrBlock": "0.0.0.0/0", `+tgw+`}`, "route"),
		plus(route, "in a transit table, everything to the gateway", "transit table",
			`{"RouteTableId": "@", "DestinationCidrBlock": "0.0.0.0/0", `+tgw+`}`, "route"),
		plus(route, "in a spoke's table, a range of nobody's to the gateway", "spoke work table",
			`{"RouteTableId": "@", "DestinationCidrBlock": "198.51.100.0/24", `+tgw+`}`, "segment"),
		plus(route, "in the hub's table, a range of nobody's to the gateway", "hub work table",
			`{"RouteTableId": "@", "DestinationCidrBlock": "198.51.100.0/24", `+tgw+`}`, "route"),
		plus(route, "everything of IPv6 to the gateway", "table", `{"RouteTableId": "@", "DestinationIpv6CidrBlock": "::/0", `+tgw+`}`,
			"route"),
		plus(route, "a prefix list to the gateway", "table",
			`{"RouteTableId": "@", "DestinationPrefixListId": "pl-0123456789abcdef0", `+tgw+`}`, "route"),
		plus(route, "the hub's range to another gateway", "spoke work table",
			`{"RouteTableId": "@", "DestinationCidrBlock": "@hub vpc:CidrBlock", `+other+`}`, "conflict"),
		plus(route, "half of the hub's range to another gateway", "spoke work table",
			`{"RouteTableId": "@", "DestinationCidrBlock": "10.0.0.0/21", `+other+`}`, "path"),
		plus(route, "half of the hub's range to an interface", "spoke work table",
			`{"RouteTableId": "@", "DestinationCidrBlock": "10.0.0.0/21", "NetworkInterfaceId": "eni-0123456789abcdef0"}`, "path"),
		own(plus(route, "half of the hub's range to the gateway again, without DependsOn", "spoke work table",
			`{"RouteTableId": "@", "DestinationCidrBlock": "10.0.0.0/21", `+tgw+`}`, "order")),
		plusAll(route, "half of the hub's range to the gateway again, after the attachment", "spoke attachment",
			`{"Bend": {"Type": "AWS::EC2::Route", "DependsOn": ["=LogicalId"],
			"Properties": {"RouteTableId": "@work table", "DestinationCidrBlock": "10.0.0.0/21",
			"TransitGatewayId": "@:TransitGatewayId"}}}`, "fine: a longer prefix of the hub's range leads the same way"),
		plus(route, "the VPC's own subnet to an interface", "subnet",
			`{"RouteTableId": "@work table", "DestinationCidrBlock": "=CidrBlock", "NetworkInterfaceId": "eni-0123456789abcdef0"}`,
			"route"),
		plus(route, "the VPC's own subnet to the gateway", "work subnet",
			`{"RouteTableId": "@work table", "DestinationCidrBlock": "=CidrBlock", `+tgw+`}`, "route"),
		plus(route, "without target", "table", `{"RouteTableId": "@", "DestinationCidrBlock": "198.51.100.0/24"}`, "part"),
		plus(route, "without destination", "table", `{"RouteTableId": "@", `+tgw+`}`, "part"),
		plus(route, "in a table that is nobody's", "vpc",
			`{"RouteTableId": "rtb-0123456789abcdef0", "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "@"}`, "part"),
		plus(route, "with two targets", "table",
			`{"RouteTableId": "@", "DestinationCidrBlock": "198.51.100.0/24", "NatGatewayId": "nat-0123456789abcdef0", `+
				`"InstanceId": "i-0123456789abcdef0"}`, "conflict"),
		set("route", "DestinationCidrBlock", `"0.0.0.0/0"`, "path, route, segment"),
		set("route", "DestinationCidrBlock", `"=DestinationCidrBlock/28"`, "path, segment"),
		set("route", "DestinationCidrBlock", `"::/0"`, "part"),
		set("route", "DestinationIpv6CidrBlock", `"::/0"`, "route, conflict"),
		set("route", "NatGatewayId", `"nat-0123456789abcdef0"`, "conflict"),
		set("route", "TransitGatewayId", `"tgw-0123456789abcdef0"`, "path, segment"),
		set("route", "TransitGatewayId", `{"Fn::ImportValue": "somebody-elses"}`, "path, segment"),
		set("hub route", "RouteTableId", `"@transit table"`, "path"),
	)
}

func tables() []Kind {
	return []Kind{
		plus("AWS::EC2::RouteTable", "for nobody", "vpc", `{"VpcId": "@"}`, "fine: it serves no subnet, and leads nowhere"),
		plusAll("AWS::EC2::RouteTable", "with a way to the internet, for nobody yet", "vpc",
			`{"T": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": "@"}},
			"R": {"Type": "AWS::EC2::Route", "Properties": {"RouteTableId": {"Ref": "T"}, "DestinationCidrBlock": "0.0.0.0/0",
			"GatewayId": "igw-0123456789abcdef0"}}}`, "internet"),
		plusAll("AWS::EC2::RouteTable", "for a subnet that has one", "subnet",
			`{"T": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": "@vpc"}},
			"A": {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {"RouteTableId": {"Ref": "T"},
			"SubnetId": "@"}}}`, "conflict"),
		plus("AWS::EC2::SubnetRouteTableAssociation", "with the transit table", "work subnet",
			`{"RouteTableId": "@transit table", "SubnetId": "@"}`, "conflict"),
		plus("AWS::EC2::SubnetRouteTableAssociation", "with the same table again", "subnet-table",
			`{"RouteTableId": "@:RouteTableId", "SubnetId": "@:SubnetId"}`, "conflict"),
		plus("AWS::EC2::SubnetRouteTableAssociation", "of somebody's subnet", "table",
			`{"RouteTableId": "@", "SubnetId": "subnet-0123456789abcdef0"}`, "part, unknown"),
		set("subnet-table", "RouteTableId", `"rtb-0123456789abcdef0"`, "part"),
		plus("AWS::EC2::GatewayRouteTableAssociation", "of an internet gateway", "table",
			`{"RouteTableId": "@", "GatewayId": "igw-0123456789abcdef0"}`, "way"),
		plus("AWS::EC2::VPNGatewayRoutePropagation", "what a VPN learns", "table",
			`{"RouteTableIds": ["@"], "VpnGatewayId": "vgw-0123456789abcdef0"}`, "way"),
	}
}

func subnets() []Kind {
	s := "AWS::EC2::Subnet"
	return []Kind{
		plus(s, "in a free range", "hub vpc",
			`{"VpcId": "@", "CidrBlock": "10.0.14.0/28", "AvailabilityZoneId": "@subnet:AvailabilityZoneId"}`, "vpc"),
		plus(s, "over another", "work subnet",
			`{"VpcId": "@vpc", "CidrBlock": "=CidrBlock/28", "AvailabilityZoneId": "=AvailabilityZoneId"}`, "ambiguous, vpc"),
		plus(s, "outside the VPC's range", "vpc",
			`{"VpcId": "@", "CidrBlock": "198.51.100.0/28", "AvailabilityZoneId": "@subnet:AvailabilityZoneId"}`, "vpc"),
		plus(s, "of IPv6 alone", "vpc", `{"VpcId": "@", "Ipv6Native": true, "Ipv6CidrBlock": "2001:db8::/64"}`, "vpc"),
		plus(s, "with a range from IPAM", "vpc",
			`{"VpcId": "@", "Ipv4IpamPoolId": "ipam-pool-0123456789abcdef0", "Ipv4NetmaskLength": 28}`, "vpc, unknown"),
		plus("AWS::EC2::SubnetCidrBlock", "an IPv6 range", "subnet", `{"SubnetId": "@", "Ipv6CidrBlock": "2001:db8::/64"}`, "way"),
		set("subnet", "AvailabilityZoneId", `"aps1-az1"`, "vpc, endpoint, path"),
		set("work subnet", "AvailabilityZoneId", `"@work subnet:AvailabilityZoneId"`, "vpc, endpoint, path, conflict"),
		set("subnet", "AvailabilityZone", `"us-east-1a"`, "vpc, conflict"),
		set("subnet", "CidrBlock", `"=CidrBlock/29"`, "vpc, path"),
		set("subnet", "CidrBlock", `"198.51.100.0/24"`, "vpc, path"),
		set("subnet", "VpcId", `"vpc-0123456789abcdef0"`, "vpc, unknown, part"),
		set("subnet", "Ipv6CidrBlock", `"2001:db8::/64"`, "vpc, unknown, conflict"),
		set("subnet", "Ipv6Native", `true`, "vpc"),
		set("subnet", "AssignIpv6AddressOnCreation", `true`, "unknown, vpc, conflict"),
		set("subnet", "EnableDns64", `true`, "unknown"),
		set("subnet", "OutpostArn", `"arn:aws:outposts:us-east-1:111111111111:outpost/op-0"`, "unknown"),
		set("subnet", "EnableLniAtDeviceIndex", `1`, "unknown"),
		set("subnet", "MapPublicIpOnLaunch", `true`, "fine: a public address carries nothing without an internet gateway"),
		set("subnet", "PrivateDnsNameOptionsOnLaunch", `{"HostnameType": "resource-name"}`, "fine: says how hosts are named"),
	}
}

func vpcs() []Kind {
	block, dhcp := "AWS::EC2::VPCCidrBlock", "AWS::EC2::VPCDHCPOptionsAssociation"
	options := func(how, properties, answer string) Kind {
		return plusAll(dhcp, how, "vpc", `{"O": {"Type": "AWS::EC2::DHCPOptions", "Properties": `+properties+`},
			"A": {"Type": "AWS::EC2::VPCDHCPOptionsAssociation", "Properties": {"VpcId": "@", "DhcpOptionsId": {"Ref": "O"}}}}`, answer)
	}
	return []Kind{
		plus(block, "a range of nobody's", "vpc", `{"VpcId": "@", "CidrBlock": "100.64.0.0/16"}`, "vpc"),
		plus(block, "a range of IPv6", "vpc", `{"VpcId": "@", "AmazonProvidedIpv6CidrBlock": true}`, "vpc"),
		plus(block, "an IPv6 range of IPAM", "vpc", `{"VpcId": "@", "Ipv6IpamPoolId": "ipam-pool-0123456789abcdef0"}`, "vpc"),
		plus(block, "a range of IPAM", "vpc", `{"VpcId": "@", "Ipv4IpamPoolId": "ipam-pool-0123456789abcdef0", "Ipv4NetmaskLength": 16}`,
			"vpc, unknown"),
		own(plus("AWS::EC2::VPC", "another with the hub's range", "hub vpc", `{"CidrBlock": "=CidrBlock"}`, "vpc")),
		foreign(plus("AWS::EC2::VPC", "another with the hub's range, by a stranger", "hub vpc", `{"CidrBlock": "=CidrBlock"}`,
			"fine: it is joined to nothing, and has no tag of the hub")),
		plus("AWS::EC2::VPC", "of nobody, attached to nothing", "hub vpc", `{"CidrBlock": "198.51.100.0/24"}`,
			"fine: it is joined to nothing"),
		set("vpc", "CidrBlock", `"=CidrBlock/16"`, "vpc"),
		set("vpc", "CidrBlock", `"=CidrBlock/24"`, "vpc"),
		set("vpc", "CidrBlock", `"2001:db8::/56"`, "vpc, part"),
		set("vpc", "EnableDnsSupport", `false`, "vpc"),
		set("vpc", "EnableDnsSupport", `"false"`, "vpc"),
		set("vpc", "EnableDnsSupport", `"False"`, "vpc"),
		set("vpc", "EnableDnsHostnames", `false`, "vpc"),
		set("vpc", "EnableDnsHostnames", `-`, "vpc"),
		set("vpc", "InstanceTenancy", `"dedicated"`, "fine: says where instances run"),
		set("vpc", "Ipv4IpamPoolId", `"ipam-pool-0123456789abcdef0"`, "vpc"),
		set("vpc", "Ipv4NetmaskLength", `22`, "unknown"),
		plusAll("AWS::EC2::VPCGatewayAttachment", "an internet gateway", "vpc",
			`{"G": {"Type": "AWS::EC2::InternetGateway", "Properties": {}},
			"A": {"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": {"VpcId": "@",
			"InternetGatewayId": {"Ref": "G"}}}}`, "internet"),
		plus("AWS::EC2::VPCGatewayAttachment", "somebody's internet gateway", "vpc",
			`{"VpcId": "@", "InternetGatewayId": "igw-0123456789abcdef0"}`, "internet"),
		plus("AWS::EC2::VPCGatewayAttachment", "a virtual private gateway", "vpc",
			`{"VpcId": "@", "VpnGatewayId": "vgw-0123456789abcdef0"}`, "way"),
		plus("AWS::EC2::VPCGatewayAttachment", "nothing", "vpc", `{"VpcId": "@"}`, "part, conflict"),
		plus("AWS::EC2::InternetGateway", "attached to nothing", "vpc", `{}`, "fine: it carries nothing"),
		plus("AWS::EC2::VPCPeeringConnection", "with a VPC of nobody", "vpc", `{"VpcId": "@", "PeerVpcId": "vpc-0123456789abcdef0"}`,
			"vpc"),
		plus("AWS::EC2::VPCPeeringConnection", "from a VPC of nobody, elsewhere", "vpc",
			`{"VpcId": "vpc-0123456789abcdef0", "PeerVpcId": "@", "PeerRegion": "ap-south-1", "PeerOwnerId": "999999999999"}`, "vpc"),
		plus("AWS::EC2::VPCPeeringConnection", "of a spoke with another VPC", "vpc", `{"VpcId": "@", "PeerVpcId": "@vpc"}`, "vpc"),
		options("that name another server", `{"DomainNameServers": ["192.0.2.53"]}`, "vpc"),
		options("that name another server beside", `{"DomainNameServers": ["AmazonProvidedDNS", "192.0.2.53"]}`, "vpc"),
		options("that name the VPC's own server", `{"DomainNameServers": ["AmazonProvidedDNS"]}`,
			"fine: hosts ask the VPC's resolver, as without"),
		options("with a domain's name", `{"DomainName": "corp.example", "DomainNameServers": ["AmazonProvidedDNS"]}`,
			"fine: is added to names of one label"),
		options("with servers of the time", `{"NtpServers": ["192.0.2.123"], "DomainNameServers": ["AmazonProvidedDNS"]}`,
			"fine: says where the time is asked"),
		plus(dhcp, "of nobody", "vpc", `{"VpcId": "@", "DhcpOptionsId": "dopt-0123456789abcdef0"}`, "vpc"),
		plus(dhcp, "as EC2 makes them", "vpc", `{"VpcId": "@", "DhcpOptionsId": "default"}`, "vpc"),
		plus("AWS::EC2::FlowLog", "of the VPC's packets", "vpc",
			`{"ResourceId": "@", "ResourceType": "VPC", "TrafficType": "REJECT", "LogDestinationType": "s3", `+
				`"LogDestination": "arn:aws:s3:::somebody"}`, "logs"),
		plus("AWS::EC2::FlowLog", "of a subnet's packets", "subnet",
			`{"ResourceId": "@", "ResourceType": "Subnet", "TrafficType": "ALL", "LogDestinationType": "s3", `+
				`"LogDestination": "arn:aws:s3:::somebody"}`, "logs"),
		set("flow-log", "TrafficType", `"REJECT"`, "logs"),
		set("flow-log", "LogDestinationType", `"kinesis-data-firehose"`, "logs"),
		set("flow-log", "ResourceType", `"Subnet"`, "logs, conflict"),
		set("flow-log", "LogDestination", `"arn:aws:logs:us-east-1:111111111111:log-group:somebody"`, "logs"),
		set("flow-log", "MaxAggregationInterval", `600`, "fine: says how often lines are written"),
		set("flow-log", "LogFormat", `"${srcaddr}"`, "fine: says what a line holds"),
		set("log-group", "RetentionInDays", `1`, "logs"),
		set("log-group", "RetentionInDays", `-`, "logs"),
		set("log-group", "KmsKeyId", `"arn:aws:kms:us-east-1:111111111111:key/0"`, "logs"),
	}
}

func acls() []Kind {
	const acl, join = "AWS::EC2::NetworkAcl", "AWS::EC2::SubnetNetworkAclAssociation"
	entry := func(number, egress, action, protocol, cidr, more string) string {
		return `{"Type": "AWS::EC2::NetworkAclEntry", "Properties": {"NetworkAclId": {"Ref": "N"}, "RuleNumber": ` + number + `, ` +
			`"Egress": ` + egress +
			`, "RuleAction": "` + action + `", "Protocol": ` + protocol + `, "CidrBlock": "` + cidr + `"` + more + `}}`
	}
	whole := func(how, at, entries, answer string) Kind {
		return plusAll(acl, how, at, `{"N": {"Type": "AWS::EC2::NetworkAcl", "Properties": {"VpcId": "@vpc"}},
			"J": {"Type": "AWS::EC2::SubnetNetworkAclAssociation", "Properties": {"SubnetId": "@",
			"NetworkAclId": {"Ref": "N"}}}`+entries+`}`, answer)
	}
	in, out := entry("100", "false", "allow", "-1", "0.0.0.0/0", ""), entry("100", "true", "allow", "-1", "0.0.0.0/0", "")
	open := `, "I": ` + in + `, "O": ` + out
	standard := func(how, number, egress, action, protocol, cidr, more, answer string) Kind {
		return plus(aclEntry, "to the VPC's default ACL, "+how, "hub vpc",
			`{"NetworkAclId": "@.DefaultNetworkAcl", "RuleNumber": `+number+`, "Egress": `+egress+
				`, "RuleAction": "`+action+`", "Protocol": `+protocol+`, `+cidr+more+`}`, answer)
	}
	all, tcp := `"CidrBlock": "0.0.0.0/0"`, func(from,
		to string) string {
		return `, "PortRange": {"From": ` + from + `, "To": ` + to + `}`
	}
	return []Kind{
		plus(acl, "for no subnet", "vpc", `{"VpcId": "@"}`, "fine: it filters no subnet"),
		whole("without entries", "subnet", "", "path"),
		whole("that admits everything", "subnet", open, "fine: it filters nothing"),
		whole("that admits nothing back", "subnet", `, "I": `+in, "path"),
		whole("that refuses private ranges", "subnet", open+`, "D": `+entry("50", "false", "deny", "-1", "10.0.0.0/8", "")+
			`, "E": `+entry("51", "false", "deny", "-1", "172.16.0.0/12", ""), "path"),
		whole("that refuses port 443", "hub work subnet", open+`, "D": `+entry("50", "false", "deny", "6", "0.0.0.0/0", tcp("443",
			"443")), "path"),
		whole("that refuses ports for answers", "hub work subnet", open+`, "D": `+entry("50", "true", "deny", "6", "10.0.0.0/8",
			tcp("40000", "50000")), "path"),
		whole("that refuses port 443 on transit subnets", "spoke transit subnet", open+`, "D": `+entry("50", "false", "deny", "6",
			"0.0.0.0/0", tcp("443", "443")), "path, segment"),
		whole("that refuses UDP", "hub work subnet", open+`, "D": `+entry("50", "false", "deny", "17", "0.0.0.0/0", tcp("0", "65535")),
			"fine: endpoints are asked by TCP"),
		whole("that refuses what is admitted before", "subnet", open+`, "D": `+entry("200", "false", "deny", "-1", "0.0.0.0/0", ""),
			"fine: the rule before it decides"),
		whole("that admits in two halves", "subnet", `, "O": `+out+`, "A": `+entry("10", "false", "allow", "-1", "0.0.0.0/1", "")+
			`, "B": `+entry("20", "false", "allow", "-1", "128.0.0.0/1", ""),
			"fine: the halves are everything"),
		plus(join, "with an ACL of nobody", "subnet", `{"SubnetId": "@", "NetworkAclId": "acl-0123456789abcdef0"}`, "path, conflict"),
		plus(join, "with the VPC's default ACL", "subnet", `{"SubnetId": "@", "NetworkAclId": "@vpc.DefaultNetworkAcl"}`,
			"fine: it is the subnet's already"),
		standard("everything refused", "50", "false", "deny", "-1", all, "", "path"),
		standard("answers refused", "50", "true", "deny", "-1", all, "", "path"),
		standard("a part of a pool refused", "50", "false", "deny", "-1", `"CidrBlock": "10.16.0.0/12"`, "", "path"),
		standard("port 443 refused", "99", "false", "deny", "6", all, tcp("443", "443"), "path"),
		standard("TCP without ports", "99", "false", "deny", "6", all, "", "conflict"),
		standard("neither range", "99", "false", "deny", "-1", `"Icmp": {"Type": 8, "Code": 0}`, "", "conflict"),
		standard("IPv6 refused", "50", "false", "deny", "-1", `"Ipv6CidrBlock": "::/0"`, "", "fine: IPv6 is not configured"),
		standard("a range of nobody's refused", "50", "false", "deny", "-1", `"CidrBlock": "198.51.100.0/24"`, "",
			"fine: nobody has the range"),
		standard("more admitted", "50", "false", "allow", "-1", all, "", "fine: everything is admitted already"),
		standard("the number of EC2's own rule", "100", "false", "deny", "-1", all, "", "conflict"),
		standard("a number too high", "32767", "false", "deny", "-1", all, "", "conflict"),
		own(plus(aclEntry, "to an ACL of nobody", "vpc",
			`{"NetworkAclId": "acl-0123456789abcdef0", "RuleNumber": 1, "RuleAction": "deny", "Protocol": -1, `+
				`"CidrBlock": "@:CidrBlock"}`, "unknown")),
		foreign(plus(aclEntry, "to an ACL of nobody, by a stranger", "vpc",
			`{"NetworkAclId": "acl-0123456789abcdef0", "RuleNumber": 1, "RuleAction": "deny", "Protocol": -1, `+
				`"CidrBlock": "@:CidrBlock"}`,
			"fine: an ACL that no subnet here has")),
	}
}

func groups() []Kind {
	rule := func(how, typ, properties, answer string) Kind {
		return plus(typ, how, "group", `{"GroupId": "@.GroupId", `+properties+`}`, answer)
	}
	p443 := `"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443`
	return []Kind{
		rule("for everybody", ingress, `"CidrIp": "0.0.0.0/0", `+p443, "rule"),
		rule("for a range of nobody's", ingress, `"CidrIp": "198.51.100.0/24", `+p443, "rule"),
		rule("for private ranges", ingress, `"CidrIp": "10.0.0.0/8", `+p443, "rule"),
		rule("for IPv6", ingress, `"CidrIpv6": "::/0", `+p443, "rule"),
		rule("for a prefix list", ingress, `"SourcePrefixListId": "pl-0123456789abcdef0", `+p443, "rule"),
		rule("for a group of nobody", ingress, `"SourceSecurityGroupId": "sg-0123456789abcdef0", `+p443, "rule"),
		rule("for a group of another account", ingress,
			`"SourceSecurityGroupId": "sg-0123456789abcdef0", "SourceSecurityGroupOwnerId": "999999999999", `+p443, "rule"),
		rule("for a group by its name", ingress, `"SourceSecurityGroupName": "default", `+p443, "rule"),
		rule("for its own members", ingress, `"SourceSecurityGroupId": "@.GroupId", `+p443,
			"fine: they have addresses in the hub, which is admitted"),
		rule("for a part of the hub", ingress, `"CidrIp": "10.0.0.0/24", `+p443, "fine: the whole hub is admitted"),
		rule("for a part of the hub, on port 22", ingress, `"CidrIp": "10.0.0.0/24", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22`,
			"rule"),
		rule("for a part of the hub, on all ports", ingress, `"CidrIp": "10.0.0.0/24", "IpProtocol": "-1"`, "rule"),
		rule("for a part of the hub, by UDP", ingress, `"CidrIp": "10.0.0.0/24", "IpProtocol": "udp", "FromPort": 443, "ToPort": 443`,
			"rule"),
		rule("for a part of the hub, by ICMP", ingress, `"CidrIp": "10.0.0.0/24", "IpProtocol": "icmp", "FromPort": -1, "ToPort": -1`,
			"rule"),
		rule("for its own members, on all ports", ingress, `"SourceSecurityGroupId": "@.GroupId", "IpProtocol": "-1"`, "rule"),
		rule("for nobody", ingress, p443, "part, conflict"),
		rule("TCP without ports", ingress, `"CidrIp": "10.0.0.0/24", "IpProtocol": "tcp"`, "conflict"),
		rule("to everybody", egress, `"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"`, "rule"),
		rule("to a group of nobody", egress, `"DestinationSecurityGroupId": "sg-0123456789abcdef0", "IpProtocol": "-1"`, "rule"),
		rule("to a prefix list", egress, `"DestinationPrefixListId": "pl-0123456789abcdef0", "IpProtocol": "-1"`, "rule"),
		rule("to IPv6", egress, `"CidrIpv6": "::/0", "IpProtocol": "-1"`, "rule"),
		plusAll(ingress, "for a prefix list of the stack, too wide", "group",
			`{"P": {"Type": "AWS::EC2::PrefixList", "Properties": {"PrefixListName": "p", "AddressFamily": "IPv4", "MaxEntries": 2, `+
				`"Entries": [{"Cidr": "10.0.0.0/24"}, {"Cidr": "198.51.100.0/24"}]}},
			"R": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"GroupId": "@.GroupId", "SourcePrefixListId": {"Ref": "P"},
			`+p443+`}}}`, "rule"),
		plusAll(ingress, "for a prefix list of the stack, in the hub", "group",
			`{"P": {"Type": "AWS::EC2::PrefixList", "Properties": {"PrefixListName": "p", "AddressFamily": "IPv4", "MaxEntries": 2, `+
				`"Entries": [{"Cidr": "10.0.0.0/24"}]}},
			"R": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"GroupId": "@.GroupId", "SourcePrefixListId": {"Ref": "P"},
			`+p443+`}}}`, "fine: the whole hub is admitted"),
		plusAll(ingress, "for a prefix list with IPv6", "group",
			`{"P": {"Type": "AWS::EC2::PrefixList", "Properties": {"PrefixListName": "p", "AddressFamily": "IPv6", "MaxEntries": 2, `+
				`"Entries": [{"Cidr": "::/0"}]}},
			"R": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"GroupId": "@.GroupId", "SourcePrefixListId": {"Ref": "P"},
			`+p443+`}}}`, "rule"),
		plus("AWS::EC2::SecurityGroup", "of nobody", "vpc", `{"GroupDescription": "x", "VpcId": "@"}`, "fine: nothing uses it"),
		plus("AWS::EC2::SecurityGroupVpcAssociation", "with a VPC of nobody", "group",
			`{"GroupId": "@.GroupId", "VpcId": "vpc-0123456789abcdef0"}`, "way"),
		set("group", "SecurityGroupIngress.0.CidrIp", `"0.0.0.0/0"`, "rule"),
		set("group", "SecurityGroupIngress.0.CidrIp", `"10.0.0.0/7"`, "rule"),
		set("group", "SecurityGroupIngress.0.FromPort", `0`, "rule"),
		set("group", "SecurityGroupIngress.0.ToPort", `65535`, "rule"),
		set("group", "SecurityGroupIngress.0.IpProtocol", `"-1"`, "rule"),
		set("group", "SecurityGroupIngress.0.IpProtocol", `"udp"`, "rule"),
		set("group", "SecurityGroupIngress.0.IpProtocol", `"6"`, "fine: the number of TCP"),
		set("group", "SecurityGroupIngress.0.CidrIpv6", `"::/0"`, "rule, conflict"),
		set("group", "SecurityGroupIngress.0.SourceSecurityGroupId", `"sg-0123456789abcdef0"`, "rule, conflict"),
		set("group", "SecurityGroupIngress.99", `{"CidrIp": "0.0.0.0/0", `+p443+`}`, "rule"),
		set("group", "SecurityGroupIngress.99", `{"SourcePrefixListId": "pl-0123456789abcdef0", `+p443+`}`, "rule"),
		set("group", "SecurityGroupEgress", `-`, "rule"),
		set("group", "SecurityGroupEgress", `[{"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}]`, "rule"),
		set("group", "SecurityGroupEgress.99", `{"CidrIp": "10.0.0.0/8", "IpProtocol": "-1"}`, "rule"),
		set("group", "VpcId", `"vpc-0123456789abcdef0"`, "part, rule, endpoint"),
		set("group", "GroupDescription", `"another"`, "fine: text for people"),
	}
}

func transit() []Kind {
	vpc := `"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "198.51.100.0/24"}},
		"S": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "V"}, "CidrBlock": "198.51.100.0/28",
			"AvailabilityZone": "us-east-1a"}},
		"A": {"Type": "AWS::EC2::TransitGatewayAttachment", "Properties": {"VpcId": {"Ref": "V"}, "SubnetIds": [{"Ref": "S"}],
			"TransitGatewayId": "@gateway"}}`
	outsider := func(how, more, answer string) Kind {
		return plusAll("AWS::EC2::TransitGatewayAttachment", "of a stranger's VPC, "+how, "gateway-table", `{`+vpc+more+`}`, answer)
	}
	return []Kind{
		outsider("joined to nothing", "", "fine: no table routes its packets, and none leads to it"),
		outsider("associated", `, "B": {"Type": "`+associate+
			`", "Properties": {"TransitGatewayAttachmentId": {"Ref": "A"}, "TransitGatewayRouteTableId": "@"}}`, "segment"),
		outsider("learnt", `, "B": {"Type": "`+learns+
			`", "Properties": {"TransitGatewayAttachmentId": {"Ref": "A"}, "TransitGatewayRouteTableId": "@"}}`, "segment"),
		outsider("routed to", `, "B": {"Type": "`+tgwRoute+
			`", "Properties": {"TransitGatewayAttachmentId": {"Ref": "A"}, "TransitGatewayRouteTableId": "@", `+
			`"DestinationCidrBlock": "198.51.100.0/24"}}`, "segment"),
		outsider("routed everything", `, "B": {"Type": "`+tgwRoute+
			`", "Properties": {"TransitGatewayAttachmentId": {"Ref": "A"}, "TransitGatewayRouteTableId": "@", `+
			`"DestinationCidrBlock": "0.0.0.0/0"}}`, "segment"),
		outsider("in a table of its own that learns the hub",
			`, "T": {"Type": "AWS::EC2::TransitGatewayRouteTable", "Properties": {"TransitGatewayId": "@gateway"}},
			"B": {"Type": "`+associate+`", "Properties": {"TransitGatewayAttachmentId": {"Ref": "A"},
			"TransitGatewayRouteTableId": {"Ref": "T"}}},
			"L": {"Type": "`+learns+`", "Properties": {"TransitGatewayAttachmentId": "@hub attachment",
			"TransitGatewayRouteTableId": {"Ref": "T"}}}`, "segment"),
		plus("AWS::EC2::TransitGatewayVpcAttachment", "of the VPC again", "vpc",
			`{"VpcId": "@", "SubnetIds": ["@work subnet"], "TransitGatewayId": "@attachment:TransitGatewayId"}`, "conflict, path"),
		plus("AWS::EC2::TransitGatewayAttachment", "of the VPC to another gateway", "vpc",
			`{"VpcId": "@", "SubnetIds": ["@work subnet"], "TransitGatewayId": "tgw-0123456789abcdef0"}`, "path"),
		plus("AWS::EC2::TransitGateway", "of nobody", "hub vpc", `{"DefaultRouteTableAssociation": "disable"}`,
			"fine: nothing is attached to it"),
		plus("AWS::EC2::TransitGatewayRouteTable", "of nobody", "gateway", `{"TransitGatewayId": "@"}`,
			"fine: nothing is associated with it"),
		plus(associate, "with another table", "association",
			`{"TransitGatewayAttachmentId": "@:TransitGatewayAttachmentId", "TransitGatewayRouteTableId": "@gateway-table"}`,
			"conflict, segment, path"),
		plus(associate, "again", "association",
			`{"TransitGatewayAttachmentId": "@:TransitGatewayAttachmentId", `+
				`"TransitGatewayRouteTableId": "@:TransitGatewayRouteTableId"}`, "conflict"),
		plus(associate, "of an attachment of nobody", "gateway-table",
			`{"TransitGatewayAttachmentId": "tgw-attach-0123456789abcdef0", "TransitGatewayRouteTableId": "@"}`, "segment, part"),
		plus(learns, "an attachment of nobody", "gateway-table",
			`{"TransitGatewayAttachmentId": "tgw-attach-0123456789abcdef0", "TransitGatewayRouteTableId": "@"}`, "segment, part"),
		plus(learns, "a spoke, in its own segment's table", "spoke association",
			`{"TransitGatewayAttachmentId": "@:TransitGatewayAttachmentId", `+
				`"TransitGatewayRouteTableId": "@:TransitGatewayRouteTableId"}`, "segment, conflict"),
		plus(learns, "the hub, in its own table", "hub association",
			`{"TransitGatewayAttachmentId": "@:TransitGatewayAttachmentId", `+
				`"TransitGatewayRouteTableId": "@:TransitGatewayRouteTableId"}`, "segment"),
		plus(tgwRoute, "a range of nobody's to the hub", "gateway-table",
			`{"TransitGatewayAttachmentId": "@hub attachment", "TransitGatewayRouteTableId": "@", `+
				`"DestinationCidrBlock": "198.51.100.0/24"}`, "segment"),
		plus(tgwRoute, "everything to the hub", "gateway-table",
			`{"TransitGatewayAttachmentId": "@hub attachment", "TransitGatewayRouteTableId": "@", "DestinationCidrBlock": "0.0.0.0/0"}`,
			"segment"),
		plus(tgwRoute, "the hub's range nowhere", "gateway-table",
			`{"Blackhole": true, "TransitGatewayRouteTableId": "@", "DestinationCidrBlock": "10.0.0.0/20"}`, "route, path"),
		plus(tgwRoute, "a part of a spoke's range nowhere", "gateway-table",
			`{"Blackhole": true, "TransitGatewayRouteTableId": "@", "DestinationCidrBlock": "10.16.0.0/25"}`, "route, path"),
		plus(tgwRoute, "a range of nobody's nowhere", "gateway-table",
			`{"Blackhole": true, "TransitGatewayRouteTableId": "@", "DestinationCidrBlock": "198.51.100.0/24"}`, "route"),
		plus(tgwRoute, "to an attachment of nobody", "gateway-table",
			`{"TransitGatewayAttachmentId": "tgw-attach-0123456789abcdef0", "TransitGatewayRouteTableId": "@", `+
				`"DestinationCidrBlock": "198.51.100.0/24"}`, "segment, part"),
		plus(tgwRoute, "neither to an attachment nor nowhere", "gateway-table",
			`{"TransitGatewayRouteTableId": "@", "DestinationCidrBlock": "198.51.100.0/24"}`, "part"),
		plus("AWS::EC2::TransitGatewayPeeringAttachment", "with a gateway of nobody", "gateway",
			`{"TransitGatewayId": "@", "PeerTransitGatewayId": "tgw-0123456789abcdef0", "PeerAccountId": "999999999999", `+
				`"PeerRegion": "us-west-2"}`, "way"),
		set("gateway", "DefaultRouteTableAssociation", `"enable"`, "segment"),
		set("gateway", "DefaultRouteTableAssociation", `-`, "segment"),
		set("gateway", "DefaultRouteTablePropagation", `"enable"`, "segment"),
		set("gateway", "DefaultRouteTablePropagation", `-`, "segment"),
		set("gateway", "AmazonSideAsn", `65000`, "gateway"),
		set("gateway", "TransitGatewayCidrBlocks", `["198.51.100.0/24"]`, "gateway"),
		set("gateway", "AssociationDefaultRouteTableId", `"tgw-rtb-0123456789abcdef0"`, "conflict"),
		set("gateway", "PropagationDefaultRouteTableId", `"tgw-rtb-0123456789abcdef0"`, "conflict"),
		set("gateway", "MulticastSupport", `"enable"`, "fine: multicast needs a domain, which is unknown where there is one"),
		set("gateway", "VpnEcmpSupport", `"disable"`, "fine: spreads packets over VPN tunnels"),
		set("gateway", "DnsSupport", `"disable"`, "fine: for public names of other VPCs' instances"),
		set("gateway", "SecurityGroupReferencingSupport", `"enable"`, "gateway"),
		set("gateway", "Description", `"another"`, "fine: text for people"),
		set("gateway-table", "TransitGatewayId", `"tgw-0123456789abcdef0"`, "segment, path, part, gateway"),
		set("attachment", "Options.ApplianceModeSupport", `"enable"`, "path"),
		set("attachment", "Options.Ipv6Support", `"enable"`, "path"),
		set("attachment", "Options.DnsSupport", `"disable"`, "fine: for public names of other VPCs' instances"),
		set("attachment", "Options.SecurityGroupReferencingSupport", `"enable"`, "fine: a rule that names a group admits no range"),
		set("attachment", "SubnetIds.0", `-`, "path"),
		set("attachment", "SubnetIds", `["@transit subnet"]`, "path"),
		set("attachment", "SubnetIds.0", `"@work subnet"`, "path, conflict"),
		set("attachment", "SubnetIds.99", `"@work subnet"`, "path, conflict"),
		set("attachment", "SubnetIds.99", `"subnet-0123456789abcdef0"`, "part"),
		set("attachment", "VpcId", `"vpc-0123456789abcdef0"`, "path, part"),
		set("spoke attachment", "TransitGatewayId", `"tgw-0123456789abcdef0"`, "path"),
		set("association", "TransitGatewayRouteTableId", `"tgw-rtb-0123456789abcdef0"`, "gateway, part"),
	}
}
