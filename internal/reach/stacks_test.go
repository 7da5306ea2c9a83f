package reach

import (
	"fmt"
	"testing"
)

const kms = "com.amazonaws.us-east-1.kms"

var anybody = m{"CidrIp": "10.0.0.0/8"}

func TestNames(t *testing.T) {
	shared := func(a *app, rule m) *stack {
		s := two(a).endpoint("E", kms, "B", "BS0", rule)
		s.props("E")["PrivateDnsEnabled"] = false
		return s.zone("Z", "kms.us-east-1.amazonaws.com", "E", "A", "B")
	}
	check(t, []reachCase{
		{"an endpoint of a zone", "A: B names=1; B: A names=1", func(a *app) { shared(a, anybody) }, nil},
		{"a group that admits others", "A: B closed=1; B: A names=1", func(a *app) { shared(a, m{"CidrIp": "10.2.0.0/16"}) },
			[]string{"no security group of the endpoint admits it on port 443"}},
		{"a group of the same VPC", "A: B closed=1; B: A names=1", func(a *app) {
			s := shared(a, m{"SourceSecurityGroupId": att("Clients", "GroupId")})
			s.add("Clients", "AWS::EC2::SecurityGroup", m{"VpcId": ref("B"), "GroupDescription": "x"})
		}, nil},
		{"a group of another VPC, by a gateway", "A: B closed=1; B: A closed=1", func(a *app) {
			s := shared(a, m{"SourceSecurityGroupId": att("Clients", "GroupId")})
			s.add("Clients", "AWS::EC2::SecurityGroup", m{"VpcId": ref("A"), "GroupDescription": "x"})
		}, []string{"names a group of another VPC"}},
		{"a group of another VPC, by peering", "A: B names=1; B: A closed=1", func(a *app) {
			s := a.stack("Net").vpc("A", 1).vpc("B", 2).peer("P", "A", "B")
			s.route("AT", "10.2.0.0/16", toPCX, ref("P")).route("BT", "10.1.0.0/16", toPCX, ref("P"))
			s.endpoint("E", kms, "B", "BS0", m{"SourceSecurityGroupId": att("Clients", "GroupId")}).props("E")["PrivateDnsEnabled"] = false
			s.zone("Z", "kms.us-east-1.amazonaws.com", "E", "A", "B")
			s.add("Clients", "AWS::EC2::SecurityGroup", m{"VpcId": ref("A"), "GroupDescription": "x"})
		}, nil},
		{"a group of nobody", "A: B names?=1; B: A names?=1", func(a *app) { shared(a, m{"SourceSecurityGroupId": "sg-0123456789abcdef0"}) },
			[]string{"security group sg-0123456789abcdef0 is in none of the stacks"}},
		{"a prefix list of the stack", "A: B names=1; B: A closed=1", func(a *app) {
			shared(a, m{"SourcePrefixListId": ref("L")}).add("L", "AWS::EC2::PrefixList", m{"PrefixListName": "l", "AddressFamily": "IPv4",
				"MaxEntries": 2, "Entries": list(m{"Cidr": "10.1.0.0/16"})})
		}, nil},
		{"a prefix list of another app", "A: B names?=1; B: A names?=1", func(a *app) {
			shared(a, m{"SourcePrefixListId": "pl-0123456789abcdef0"})
		}, nil},
		{"DNS support off", "A: B closed=1; B: A names=1", func(a *app) { shared(a, anybody).props("A")["EnableDnsSupport"] = false }, nil},
		{"DNS host names off", "A: B closed=1; B: A names=1", func(a *app) { shared(a, anybody).props("A")["EnableDnsHostnames"] = false }, nil},
		{"other name servers", "A: B names?=1; B: A names=1", func(a *app) {
			s := shared(a, anybody).add("D", "AWS::EC2::DHCPOptions", m{"DomainNameServers": list("192.0.2.53")})
			s.add("DA", "AWS::EC2::VPCDHCPOptionsAssociation", m{"VpcId": ref("A"), "DhcpOptionsId": ref("D")})
		}, []string{"DHCP options send hosts to 192.0.2.53"}},
		{"a name that a rule forwards", "A: B names?=2; B: A names=1", func(a *app) {
			s := shared(a, anybody).add("F", "AWS::Route53Resolver::ResolverRule", m{"RuleType": "FORWARD",
				"DomainName": "kms.us-east-1.amazonaws.com", "TargetIps": list(m{"Ip": "192.0.2.53"})})
			s.add("FA", "AWS::Route53Resolver::ResolverRuleAssociation", m{"VPCId": ref("A"), "ResolverRuleId": att("F", "ResolverRuleId")})
		}, nil},
		{"names that a rule forwards to an inbound endpoint of the stacks", "A: B names=1; B: A names=1", func(a *app) {
			s := two(a).endpoint("E", kms, "B", "BS0", anybody)
			s.add("In", "AWS::Route53Resolver::ResolverEndpoint", m{"Direction": "INBOUND", "SecurityGroupIds": list(),
				"IpAddresses": list(m{"SubnetId": ref("BS0"), "Ip": "10.2.0.10"})})
			s.add("F", "AWS::Route53Resolver::ResolverRule", m{"RuleType": "FORWARD", "DomainName": "amazonaws.com",
				"TargetIps": list(m{"Ip": "10.2.0.10"})})
			s.add("FA", "AWS::Route53Resolver::ResolverRuleAssociation", m{"VPCId": ref("A"), "ResolverRuleId": ref("F")})
			s.zone("Z", "kms.us-east-1.amazonaws.com", "E", "B").props("E")["PrivateDnsEnabled"] = false
		}, nil},
		{"a service on other ports", "A: B closed=5; B: A names=1 closed=4", func(a *app) {
			s := two(a).endpoint("E", "com.amazonaws.us-east-1.email-smtp", "B", "BS0", m{"CidrIp": "10.2.0.0/16"})
			group := s.props("EG")["SecurityGroupIngress"].([]any)[0].(m)
			group["FromPort"], group["ToPort"] = 587, 587
			s.props("E")["PrivateDnsEnabled"] = false
			s.zone("Z", "email-smtp.us-east-1.amazonaws.com", "E", "A", "B")
		}, []string{"email-smtp.us-east-1.amazonaws.com:587"}},
		{"a network ACL that shuts the port", "A: closed=1; B: A names=1", func(a *app) {
			shared(a, anybody).acl("L", "B", "BS0", "in 100 deny tcp 443 10.1.0.0/16", "in 110 allow all * 0.0.0.0/0",
				"out 100 deny tcp 443 0.0.0.0/0", "out 110 deny tcp 32768-65535 10.1.0.0/16", "out 120 allow tcp * 0.0.0.0/0")
		}, nil},
		{"a VPC that is not attached", "A: B names=1; B: A names=1; C: closed=1", func(a *app) {
			s := shared(a, anybody).vpc("C", 3)
			s.props("Z")["VPCs"] = append(s.props("Z")["VPCs"].([]any), m{"VPCId": ref("C"), "VPCRegion": "us-east-1"})
		}, nil},
		{"a gateway by its id", "A: ?B names?=1; B: ?A names=1", func(a *app) {
			s := a.stack("Net").vpc("A", 1).attach("A", "tgw-0123456789abcdef0").vpc("B", 2).attach("B", "tgw-0123456789abcdef0")
			s.endpoint("E", kms, "B", "BS0", anybody).props("E")["PrivateDnsEnabled"] = false
			s.zone("Z", "kms.us-east-1.amazonaws.com", "E", "A", "B")
		}, nil},
	})
}

func TestStacks(t *testing.T) {
	// hub has the gateway and VPC A; other has VPC B, attached to what id gives.
	apart := func(a *app, env string, id func(hub, other *stack) any) {
		hub := a.stack("Hub", env).gateway("Tgw", true).vpc("A", 1).attach("A", ref("Tgw"))
		other := a.stack("Other", env)
		other.vpc("B", 2).attach("B", id(hub, other))
	}
	const env, open = "111111111111/us-east-1", "unknown-account/unknown-region"
	yes := "A: B; B: A"
	check(t, []reachCase{
		{"an export", yes, func(a *app) { apart(a, env, func(hub, _ *stack) any { return hub.export("Tgw") }) }, nil},
		{"an export whose name has functions", yes, func(a *app) {
			apart(a, env, func(hub, other *stack) any {
				hub.template["Outputs"] = m{"O": m{"Value": ref("Tgw"), "Export": m{"Name": get("Fn::Sub", "${AWS::StackName}-Tgw")}}}
				other.template["Parameters"] = m{"Hub": m{"Type": "String", "Default": "Hub"}}
				return get("Fn::ImportValue", get("Fn::Sub", "${Hub}-Tgw"))
			})
		}, nil},
		{"an export whose name has the region, left open", yes, func(a *app) {
			apart(a, open, func(hub, _ *stack) any {
				name := get("Fn::Join", list("-", list("tgw", ref("AWS::Region"))))
				hub.template["Outputs"] = m{"O": m{"Value": ref("Tgw"), "Export": m{"Name": name}}}
				return get("Fn::ImportValue", name)
			})
		}, nil},
		{"a gateway of another account, which has its tables", "A: B; B: A", func(a *app) {
			const gateway = "tgw-0123456789abcdef0"
			owner := a.stack("Owner", "555555555555/us-east-1")
			owner.add("Rt", "AWS::EC2::TransitGatewayRouteTable", m{"TransitGatewayId": gateway})
			for i, v := range []string{"A", "B"} {
				account := []string{"111111111111", "222222222222"}[i]
				s := a.stack("Net"+v, account+"/us-east-1").vpc(v, i+1).attach(v, gateway)
				s.template["Outputs"] = m{"Id": m{"Value": ref(v + "At")}}
				at := get("Fn::GetStackOutput", m{"StackName": s.name, "OutputName": "Id", "RoleArn": "arn:aws:iam::" + account + ":role/r"})
				owner.associate(at, ref("Rt")).static(ref("Rt"), fmt.Sprintf("10.%d.0.0/16", i+1), at)
			}
		}, nil},
		{"an export of another app", "A: ?B; B: ?A", func(a *app) {
			a.stack("Net").vpc("A", 1).attach("A", get("Fn::ImportValue", "Tgw")).vpc("B", 2).attach("B", get("Fn::ImportValue", "Tgw"))
		}, nil},
		{"an SSM parameter", yes, func(a *app) {
			apart(a, env, func(hub, other *stack) any {
				hub.add("P", "AWS::SSM::Parameter", m{"Name": "/tgw", "Type": "String", "Value": ref("Tgw")})
				other.template["Parameters"] = m{"Tgw": m{"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/tgw"}}
				return ref("Tgw")
			})
		}, nil},
		{"an SSM parameter, its name with functions, by a dynamic reference", yes, func(a *app) {
			apart(a, open, func(hub, _ *stack) any {
				hub.add("P", "AWS::SSM::Parameter", m{"Name": get("Fn::Sub", "/${AWS::Region}/tgw"), "Type": "String", "Value": ref("Tgw")})
				return get("Fn::Join", list("", list("{{resolve:ssm:/", ref("AWS::Region"), "/tgw:1}}")))
			})
		}, nil},
		{"subnets by an SSM parameter that holds a list", yes, func(a *app) {
			s := two(a)
			s.add("P", "AWS::SSM::Parameter", m{"Name": "/subnets", "Type": "StringList", "Value": get("Fn::Join", list(",", list(ref("AS0"))))})
			o := a.stack("Attach")
			o.template["Parameters"] = m{"Subnets": m{"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/subnets"}}
			at := s.props("AAt")
			at["SubnetIds"], at["VpcId"], at["TransitGatewayId"] = ref("Subnets"), s.export("A"), s.export("Tgw")
			o.add("AAt", "AWS::EC2::TransitGatewayAttachment", at)
			s.drop("AAt")
		}, nil},
		{"a name in another stack, which the CDK hands the list of an endpoint's entries", "A: B names=1; B: A", func(a *app) {
			s := two(a).endpoint("E", kms, "B", "BS0", anybody)
			s.props("E")["PrivateDnsEnabled"] = false
			entries := s.exportValue("E", get("Fn::Join", list("||", att("E", "DnsEntries"))))
			entry := func(part int) m {
				first := get("Fn::Select", list(0, get("Fn::Split", list("||", entries))))
				return get("Fn::Select", list(part, get("Fn::Split", list(":", first))))
			}
			o := a.stack("Names").add("Z", "AWS::Route53::HostedZone", m{"Name": "kms.us-east-1.amazonaws.com",
				"VPCs": list(m{"VPCId": s.export("A"), "VPCRegion": "us-east-1"})})
			o.add("R", "AWS::Route53::RecordSet", m{"HostedZoneId": ref("Z"), "Name": "kms.us-east-1.amazonaws.com", "Type": "A",
				"AliasTarget": m{"DNSName": entry(1), "HostedZoneId": entry(0)}})
		}, nil},
		{"an SSM parameter of another app", "A: ?B; B: ?A", func(a *app) {
			s := a.stack("Net")
			s.vpc("A", 1).attach("A", "{{resolve:ssm:/net/tgw}}").vpc("B", 2).attach("B", "{{resolve:ssm:/net/tgw}}")
		}, nil},
		{"an SSM parameter of another region", "A:; B2: ?B; B: ?B2", func(a *app) {
			s := a.stack("Net").gateway("Tgw", true).vpc("A", 1).attach("A", ref("Tgw"))
			s.add("P", "AWS::SSM::Parameter", m{"Name": "/tgw", "Type": "String", "Value": ref("Tgw")})
			w := a.stack("Far", "111111111111/eu-west-1").vpc("B", 2).attach("B", "{{resolve:ssm:/tgw}}")
			w.vpc("B2", 3).attach("B2", "{{resolve:ssm:/tgw}}")
		}, nil},
		{"a nested stack", yes, func(a *app) {
			s := a.stack("Net").gateway("Tgw", true).vpc("A", 1).attach("A", ref("Tgw"))
			s.add("Nested", "AWS::CloudFormation::Stack", m{"TemplateURL": "https://x/y", "Parameters": m{"Gateway": ref("Tgw")}})
			s.resources["Nested"].(m)["Metadata"] = m{"aws:asset:path": "Inner.nested.template.json", "aws:asset:property": "TemplateURL"}
			n := a.stack("Inner.nested").vpc("B", 2).attach("B", ref("Gateway"))
			n.template["Parameters"] = m{"Gateway": m{"Type": "String"}}
		}, nil},
		{"a nested stack that is handed a list", yes, func(a *app) {
			s := two(a)
			s.add("Nested", "AWS::CloudFormation::Stack", m{"TemplateURL": "https://x/y", "Parameters": m{"Gateway": ref("Tgw"), "VPC": ref("A"),
				"Subnets": get("Fn::Join", list("||", list(ref("AS0"))))}})
			s.resources["Nested"].(m)["Metadata"] = m{"aws:asset:path": "Inner.nested.template.json", "aws:asset:property": "TemplateURL"}
			text := m{"Type": "String"}
			n := a.stack("Inner.nested").add("AAt", "AWS::EC2::TransitGatewayAttachment", m{"TransitGatewayId": ref("Gateway"),
				"VpcId": ref("VPC"), "SubnetIds": get("Fn::Split", list("||", ref("Subnets")))})
			n.template["Parameters"] = m{"Gateway": text, "VPC": text, "Subnets": text}
			s.drop("AAt")
		}, nil},
		{"an output of a nested stack", yes, func(a *app) {
			s := a.stack("Net").gateway("Tgw", false).vpc("A", 1).attach("A", ref("Tgw"))
			s.add("Nested", "AWS::CloudFormation::Stack", m{"TemplateURL": "https://x/y", "Parameters": m{"Gateway": ref("Tgw")}})
			s.resources["Nested"].(m)["Metadata"] = m{"aws:asset:path": "Inner.nested.template.json", "aws:asset:property": "TemplateURL"}
			n := a.stack("Inner.nested").vpc("B", 2).attach("B", ref("Gateway"))
			n.template["Parameters"] = m{"Gateway": m{"Type": "String"}}
			n.template["Outputs"] = m{"At": m{"Value": ref("BAt")}}
			s.add("Rt", "AWS::EC2::TransitGatewayRouteTable", m{"TransitGatewayId": ref("Tgw")})
			for _, at := range []any{ref("AAt"), att("Nested", "Outputs.At")} {
				s.associate(at, ref("Rt")).propagate(at, ref("Rt"))
			}
		}, nil},
		{"a nested stack that was not read", "A: ?B; B: ?A", func(a *app) {
			s := two(a).routesOf("AT")
			s.add("Nested", "AWS::CloudFormation::Stack", m{"TemplateURL": "https://x/y", "Parameters": m{"Table": ref("AT")}})
		}, []string{"a nested stack, whose template was not read"}},
		{"no account, no region", yes, func(a *app) { apart(a, open, func(hub, _ *stack) any { return hub.export("Tgw") }) }, nil},
		{"no region, zones by their place", "A: B; B: A", func(a *app) {
			zone := func(i int, region any) any { return get("Fn::Select", list(i, get("Fn::GetAZs", region))) }
			s := a.stack("Net", open).gateway("Tgw", true).vpc("A", 1).vpc("B", 2).attach("B", ref("Tgw"))
			s.props("AS0")["AvailabilityZone"] = zone(0, "")
			s.table("TrT", "A").subnet("Tr", "A", "10.1.9.0/28", "", "TrT").attach("A", ref("Tgw"), "Tr")
			s.props("Tr")["AvailabilityZone"] = zone(0, ref("AWS::Region"))
		}, nil},
		{"no region, an endpoint", "A: B names=1; B: A names=1", func(a *app) {
			s := a.stack("Net", open).gateway("Tgw", true).vpc("A", 1).attach("A", ref("Tgw")).vpc("B", 2).attach("B", ref("Tgw"))
			service := get("Fn::Sub", "com.amazonaws.${AWS::Region}.kms")
			s.endpoint("E", kms, "B", "BS0", anybody).props("E")["ServiceName"] = service
			s.endpoint("E2", kms, "A", "AS0", anybody).props("E2")["ServiceName"] = service
		}, []string{"kms.${AWS::Region}.amazonaws.com"}},
		{"a custom resource that touches a table", "A: ?B; B: ?A", func(a *app) {
			two(a).routesOf("AT").add("C", "Custom::Routes", m{"ServiceToken": "arn:x", "Table": ref("AT")})
		}, []string{`"resource":"Net/C"`, `"could":["A"]`}},
		{"a custom resource that touches something else", "A:; B:", func(a *app) {
			two(a).routesOf("AT").add("C", "Custom::Thing", m{"ServiceToken": "arn:x", "Of": ref("BS0")})
		}, []string{`"could":["B"]`}},
		{"the CDK's own custom resource", "A:; B:", func(a *app) {
			two(a).routesOf("AT").add("C", "Custom::VpcRestrictDefaultSG", m{"ServiceToken": "arn:x",
				"DefaultSecurityGroupId": att("A", "DefaultSecurityGroup")})
		}, []string{`"undecided":[],"ignored"`}},
		{"a call that only asks", "A:; B:", func(a *app) {
			two(a).routesOf("AT").add("C", "Custom::AWS", m{"ServiceToken": "arn:x", "Create": get("Fn::Join", list("", list(
				`{"service":"EC2","action":"describeRouteTables","parameters":{"RouteTableIds":["`, ref("AT"), `"]}}`)))})
		}, nil},
		{"a route in a table that a call finds", "A: B; B: A", func(a *app) {
			s := two(a)
			s.props("Tgw")["DefaultRouteTablePropagation"] = "disable"
			s.add("Find", "Custom::AWS", m{"ServiceToken": "arn:x", "Create": get("Fn::Join", list("", list(
				`{"service":"EC2","action":"describeTransitGateways","parameters":{"TransitGatewayIds":["`, ref("Tgw"), `"]}}`)))})
			table := att("Find", "TransitGateways.0.Options.AssociationDefaultRouteTableId")
			s.static(table, "10.1.0.0/16", ref("AAt")).static(table, "10.2.0.0/16", ref("BAt"))
		}, nil},
		{"a route in a table that nobody knows", "A: ?B; B: ?A", func(a *app) {
			s := two(a)
			s.props("Tgw")["DefaultRouteTablePropagation"] = "disable"
			s.add("Find", "Custom::Find", m{"ServiceToken": "arn:x"})
			s.static(att("Find", "Table"), "10.1.0.0/16", ref("AAt")).static(att("Find", "Table"), "10.2.0.0/16", ref("BAt"))
		}, []string{"only AWS knows in which route table Net/"}},
		{"a VPC's route in a table that nobody knows", "A: ?B; B: ?A", func(a *app) {
			s := two(a).routesOf("AT").add("Find", "Custom::Find", m{"ServiceToken": "arn:x"})
			s.add("R", "AWS::EC2::Route", m{"RouteTableId": att("Find", "Main"), "DestinationCidrBlock": "10.0.0.0/8", toTGW: ref("Tgw")})
		}, nil},
		{"Cloud WAN", "A: ?B; B: ?A", func(a *app) {
			s := a.stack("Net").vpc("A", 1).vpc("B", 2)
			for _, v := range []string{"A", "B"} {
				s.route(v+"T", "10.0.0.0/8", "CoreNetworkArn", "arn:aws:networkmanager::111111111111:core-network/core-network-1")
				s.add(v+"W", "AWS::NetworkManager::VpcAttachment", m{"CoreNetworkId": "core-network-1", "VpcArn": ref(v),
					"SubnetArns": list(ref(v + "S0"))})
			}
		}, []string{"Cloud WAN decides"}},
		{"VPC Lattice is named, and no way", "A:; B:", func(a *app) {
			s := a.stack("Net").vpc("A", 1).vpc("B", 2)
			s.add("L", "AWS::VpcLattice::ServiceNetworkVpcAssociation", m{"VpcIdentifier": ref("A"), "ServiceNetworkIdentifier": "sn-1"})
		}, []string{"lets other VPCs reach services by VPC Lattice"}},
		{"a route server", "A: ?B; B: ?A", func(a *app) {
			two(a).routesOf("AT").add("Learn", "AWS::EC2::RouteServerPropagation", m{"RouteServerId": "rs-1", "RouteTableId": ref("AT")})
		}, nil},
		{"a macro", "A: ?B; B: ?A", func(a *app) { two(a).routesOf("AT").template["Transform"] = list("Mine") }, []string{"macro Mine rewrites"}},
		{"a loop that makes routes", "A: ?B; B: ?A", func(a *app) {
			s := two(a).routesOf("AT")
			s.resources["Fn::ForEach::Routes"] = list("N", list("1"), m{"R${N}": m{"Type": "AWS::EC2::Route",
				"Properties": m{"RouteTableId": ref("AT"), "DestinationCidrBlock": "10.${N}.0.0/16", toTGW: ref("Tgw")}}})
		}, nil},
		{"a route on a condition that only AWS decides", "A: ?B; B: ?A", func(a *app) {
			s := two(a)
			s.template["Parameters"] = m{"Stage": m{"Type": "String"}}
			s.template["Conditions"] = m{"Prod": get("Fn::Equals", list(ref("Stage"), "prod"))}
			for _, r := range s.resources {
				if props, _ := r.(m)["Properties"].(m); r.(m)["Type"] == "AWS::EC2::Route" && equalRef(props["RouteTableId"], "AT") {
					r.(m)["Condition"] = "Prod"
				}
			}
		}, []string{onCondition}},
		{"a blackhole on a condition that only AWS decides", "A: ?B; B: ?A", func(a *app) {
			s := two(a)
			s.template["Parameters"] = m{"Stage": m{"Type": "String"}}
			s.template["Conditions"] = m{"Prod": get("Fn::Equals", list(ref("Stage"), "prod"))}
			s.add("Hole", "AWS::EC2::TransitGatewayRoute", m{"TransitGatewayRouteTableId": att("Tgw", "AssociationDefaultRouteTableId"),
				"DestinationCidrBlock": "10.2.0.0/16", "Blackhole": true})
			s.resources["Hole"].(m)["Condition"] = "Prod"
		}, nil},
		{"a target that only AWS decides", "A: ?B; B: ?A", func(a *app) {
			s := two(a).routesOf("AT")
			s.template["Parameters"] = m{"Stage": m{"Type": "String"}}
			s.template["Conditions"] = m{"Prod": get("Fn::Equals", list(ref("Stage"), "prod"))}
			s.route("AT", "10.0.0.0/8", toTGW, get("Fn::If", list("Prod", ref("Tgw"), "tgw-0123456789abcdef0")))
		}, nil},
		{"a VPC whose range IPAM chooses", "A: ?B; B: ?A", func(a *app) {
			s := two(a)
			delete(s.props("A"), "CidrBlock")
			s.props("A")["Ipv4IpamPoolId"], s.props("A")["Ipv4NetmaskLength"] = "ipam-pool-1", 16
			s.props("AS0")["CidrBlock"] = get("Fn::Select", list(0, get("Fn::Cidr", list(att("A", "CidrBlock"), 4, 8))))
		}, []string{"only AWS knows the range of A"}},
		{"subnets cut out of the VPC's range", yes, func(a *app) {
			s := two(a)
			s.props("AS0")["CidrBlock"] = get("Fn::Select", list(0, get("Fn::Cidr", list(att("A", "CidrBlock"), 4, 8))))
		}, nil},
	})
}
