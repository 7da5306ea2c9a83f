package reach

import "testing"

// egress is app VPC A, whose ways to the internet go by a gateway to VPC E with a NAT gateway.
func egress(a *app) *stack {
	s := a.stack("Net").gateway("Tgw", false).vpc("A", 1).attach("A", ref("Tgw")).route("AT", "0.0.0.0/0", toTGW, ref("Tgw"))
	s.vpc("E", 2).internetGateway("E").route("ET", "0.0.0.0/0", toGW, ref("EIgw"))
	s.add("Nat", "AWS::EC2::NatGateway", m{"SubnetId": ref("ES0"), "AllocationId": "eipalloc-1"})
	s.table("TrT", "E").subnet("Tr", "E", "10.2.9.0/28", zoneA, "TrT").route("TrT", "0.0.0.0/0", toNAT, ref("Nat"))
	s.attach("E", ref("Tgw"), "Tr")
	s.add("Spokes", "AWS::EC2::TransitGatewayRouteTable", m{"TransitGatewayId": ref("Tgw")}).associate(ref("AAt"), ref("Spokes"))
	s.add("Back", "AWS::EC2::TransitGatewayRouteTable", m{"TransitGatewayId": ref("Tgw")}).associate(ref("EAt"), ref("Back"))
	s.static(ref("Spokes"), "0.0.0.0/0", ref("EAt")).propagate(ref("AAt"), ref("Back"))
	return s
}

func (s *stack) drop(ids ...string) {
	for _, id := range ids {
		delete(s.resources, id)
	}
}

// routesOf deletes all routes of a table.
func (s *stack) routesOf(table string) *stack {
	for id, r := range s.resources {
		r := r.(m)
		if props, _ := r["Properties"].(m); r["Type"] == "AWS::EC2::Route" && equalRef(props["RouteTableId"], table) {
			s.drop(id)
		}
	}
	return s
}

func equalRef(v any, id string) bool { r, _ := v.(m); return r["Ref"] == id }

func TestInternet(t *testing.T) {
	check(t, []reachCase{
		{"central egress by NAT", "A: E internet=1; E: A internet=2", func(a *app) { egress(a) },
			[]string{"0.0.0.0/0 by transit gateway Net/Tgw, nat gateway Net/Nat (Net/RAT"}},
		{"central egress without the way back from the NAT gateway", "A:; E: internet=2", func(a *app) {
			s := egress(a).routesOf("ET")
			s.route("ET", "0.0.0.0/0", toGW, ref("EIgw"))
		}, nil},
		{"central egress without a propagation back", "A:; E: internet=2", func(a *app) {
			s := egress(a)
			for id, r := range s.resources {
				if r.(m)["Type"] == "AWS::EC2::TransitGatewayRouteTablePropagation" {
					s.drop(id)
				}
			}
		}, nil},
		{"another VPC's internet gateway without NAT", "A: E; E: A internet=2", func(a *app) {
			egress(a).routesOf("TrT").route("TrT", "0.0.0.0/0", toGW, ref("EIgw"))
		}, nil},
		{"a private NAT gateway before an internet gateway", "A: E; E: A internet=1", func(a *app) {
			s := egress(a)
			s.props("Nat")["ConnectivityType"] = "private"
		}, nil},
		{"central egress, NAT gateway by its id", "A: E internet?=1; E: A internet=1 internet?=1", func(a *app) {
			egress(a).routesOf("TrT").route("TrT", "0.0.0.0/0", toNAT, "nat-0123456789abcdef0")
		}, []string{"NAT gateway nat-0123456789abcdef0 is in none of the stacks"}},
		{"central egress through a gateway by its id", "A: internet?=1", func(a *app) {
			a.stack("Net").vpc("A", 1).attach("A", "tgw-0123456789abcdef0").route("AT", "0.0.0.0/0", toTGW, "tgw-0123456789abcdef0")
		}, nil},
		{"a default route in a static route of the spokes alone", "A: E internet=1; E: A internet=2", func(a *app) {
			s := egress(a).routesOf("AT")
			s.route("AT", "10.0.0.0/8", toTGW, ref("Tgw")).route("AT", "0.0.0.0/1", toTGW, ref("Tgw"))
		}, nil},
		{"an L2 VPC: public and private subnets in two zones", "V: internet=2", func(a *app) {
			s := a.stack("Net").vpc("V", 1, zoneA, zoneB).internetGateway("V").route("VT", "0.0.0.0/0", toGW, ref("VIgw"))
			s.add("Nat", "AWS::EC2::NatGateway", m{"SubnetId": ref("VS0")}).table("PT", "V").route("PT", "0.0.0.0/0", toNAT, ref("Nat"))
			s.subnet("P0", "V", "10.1.8.0/24", zoneA, "PT").subnet("P1", "V", "10.1.9.0/24", zoneB, "PT")
		}, nil},
		{"an internet gateway that is attached to another VPC", "A:; B: internet=1", func(a *app) {
			s := a.stack("Net").vpc("A", 1).vpc("B", 2).internetGateway("B")
			s.route("AT", "0.0.0.0/0", toGW, ref("BIgw")).route("BT", "0.0.0.0/0", toGW, ref("BIgw"))
		}, nil},
		{"a NAT gateway without an internet gateway", "V:", func(a *app) {
			s := a.stack("Net").vpc("V", 1)
			s.add("Nat", "AWS::EC2::NatGateway", m{"SubnetId": ref("VS0")}).table("PT", "V").subnet("P0", "V", "10.1.8.0/24", zoneA, "PT")
			s.route("PT", "0.0.0.0/0", toNAT, ref("Nat"))
		}, nil},
		{"a NAT instance", "V: internet=2", func(a *app) {
			s := a.stack("Net").vpc("V", 1).internetGateway("V").route("VT", "0.0.0.0/0", toGW, ref("VIgw"))
			s.add("I", "AWS::EC2::Instance", m{"SubnetId": ref("VS0"), "SourceDestCheck": false}).table("PT", "V")
			s.subnet("P0", "V", "10.1.8.0/24", zoneA, "PT").route("PT", "0.0.0.0/0", "InstanceId", ref("I"))
		}, []string{"host Net/I"}},
		{"a host that checks source and destination", "V: internet=1", func(a *app) {
			s := a.stack("Net").vpc("V", 1).internetGateway("V").route("VT", "0.0.0.0/0", toGW, ref("VIgw"))
			s.add("I", "AWS::EC2::Instance", m{"SubnetId": ref("VS0")}).table("PT", "V")
			s.subnet("P0", "V", "10.1.8.0/24", zoneA, "PT").route("PT", "0.0.0.0/0", "InstanceId", ref("I"))
		}, nil},
		{"a network ACL without answers", "V:", func(a *app) {
			s := a.stack("Net").vpc("V", 1).internetGateway("V").route("VT", "0.0.0.0/0", toGW, ref("VIgw"))
			s.acl("L", "V", "VS0", "out 100 allow all * 0.0.0.0/0", "in 100 allow tcp 443 0.0.0.0/0")
		}, nil},
		{"IPv6 by an egress-only gateway", "V: internet=1", func(a *app) {
			s := a.stack("Net").vpc("V", 1)
			s.add("V6", "AWS::EC2::VPCCidrBlock", m{"VpcId": ref("V"), "AmazonProvidedIpv6CidrBlock": true})
			s.props("VS0")["Ipv6CidrBlock"] = get("Fn::Select", list(0, get("Fn::Cidr",
				list(get("Fn::Select", list(0, att("V", "Ipv6CidrBlocks"))), 256, "64"))))
			s.add("Out", "AWS::EC2::EgressOnlyInternetGateway", m{"VpcId": ref("V")})
			s.route("VT", "::/0", "EgressOnlyInternetGatewayId", ref("Out"))
		}, []string{"an IPv6 range that AWS chooses"}},
		{"a default route to a VPN", "V: internet?=1 outside=1", func(a *app) {
			s := a.stack("Net").vpc("V", 1)
			s.add("Vgw", "AWS::EC2::VPNGateway", m{"Type": "ipsec.1"})
			s.add("VgwA", "AWS::EC2::VPCGatewayAttachment", m{"VpcId": ref("V"), "VpnGatewayId": ref("Vgw")})
			s.route("VT", "0.0.0.0/0", toGW, ref("Vgw"))
		}, []string{"whose other end may lead there"}},
		{"ranges that a VPN announces", "V: outside=1", func(a *app) {
			s := a.stack("Net").vpc("V", 1)
			s.add("Vgw", "AWS::EC2::VPNGateway", m{"Type": "ipsec.1"})
			s.add("VgwA", "AWS::EC2::VPCGatewayAttachment", m{"VpcId": ref("V"), "VpnGatewayId": ref("Vgw")})
			s.add("Learn", "AWS::EC2::VPNGatewayRoutePropagation", m{"RouteTableIds": list(ref("VT")), "VpnGatewayId": ref("Vgw")})
		}, nil},
		{"a VPN of the transit gateway", "A: outside=2", func(a *app) {
			s := a.stack("Net").gateway("Tgw", true).vpc("A", 1).attach("A", ref("Tgw")).route("AT", "192.168.0.0/16", toTGW, ref("Tgw"))
			s.add("Vpn", "AWS::EC2::VPNConnection", m{"TransitGatewayId": ref("Tgw"), "CustomerGatewayId": "cgw-1", "Type": "ipsec.1"})
			s.add("Find", "AWS::CloudFormation::CustomResource", m{"ServiceToken": "arn:x", "vpnId": ref("Vpn"), "transitGatewayId": ref("Tgw")})
			s.static(att("Tgw", "AssociationDefaultRouteTableId"), "192.168.0.0/16", att("Find", "transitGatewayAttachId"))
		}, []string{"VPN Net/Vpn", "VPN Net/Vpn, as far as its other end announces ranges (Net/RAT"}},
		{"a VPN of the transit gateway by BGP, with default tables", "A: B outside=1; B: A outside=1", func(a *app) {
			two(a).add("Vpn", "AWS::EC2::VPNConnection", m{"TransitGatewayId": ref("Tgw"), "CustomerGatewayId": "cgw-1", "Type": "ipsec.1"})
		}, []string{`"why":"the default route table of transit gateway Net/Tgw learns what its other end announces by BGP, also parts of the ` +
			`VPCs' ranges","could":["A","B"]`}},
		{"a VPN of the transit gateway with static routes", "A: B outside=1; B: A", func(a *app) {
			s := two(a)
			s.add("Vpn", "AWS::EC2::VPNConnection", m{"TransitGatewayId": ref("Tgw"), "CustomerGatewayId": "cgw-1", "Type": "ipsec.1",
				"StaticRoutesOnly": true})
			s.add("Office", "AWS::EC2::VPNConnectionRoute", m{"VpnConnectionId": ref("Vpn"), "DestinationCidrBlock": "192.168.7.0/24"})
			s.route("AT", "192.168.0.0/16", toTGW, ref("Tgw"))
		}, []string{`192.168.0.0/16 by transit gateway Net/Tgw, VPN Net/Vpn (`}},
		{"Direct Connect of the transit gateway, with default tables", "A: B outside=1; B: A outside=1", func(a *app) {
			two(a).add("Dx", "AWS::DirectConnect::DirectConnectGatewayAssociation", m{"AssociatedGatewayId": ref("Tgw"),
				"DirectConnectGatewayId": "x"})
		}, []string{"Direct Connect Net/Dx, as far as its other end announces ranges"}},
		{"a VPN by BGP that no table learns", "A: B; B: A", func(a *app) {
			s := two(a)
			s.props("Tgw")["DefaultRouteTablePropagation"] = "disable"
			s.propagate(ref("AAt"), att("Tgw", "AssociationDefaultRouteTableId"))
			s.propagate(ref("BAt"), att("Tgw", "AssociationDefaultRouteTableId"))
			s.add("Vpn", "AWS::EC2::VPNConnection", m{"TransitGatewayId": ref("Tgw"), "CustomerGatewayId": "cgw-1", "Type": "ipsec.1"})
		}, nil},
		{"public access blocked, and an exclusion", "V: internet=1; W:", func(a *app) {
			s := a.stack("Net").vpc("V", 1).internetGateway("V").route("VT", "0.0.0.0/0", toGW, ref("VIgw"))
			s.vpc("W", 2).internetGateway("W").route("WT", "0.0.0.0/0", toGW, ref("WIgw"))
			s.add("Block", "AWS::EC2::VPCBlockPublicAccessOptions", m{"InternetGatewayBlockMode": "block-bidirectional"})
			s.add("But", "AWS::EC2::VPCBlockPublicAccessExclusion", m{"VpcId": ref("V"), "InternetGatewayExclusionMode": "allow-bidirectional"})
		}, nil},
		{"public access blocked for what comes in", "V: internet=1", func(a *app) {
			s := a.stack("Net").vpc("V", 1).internetGateway("V").route("VT", "0.0.0.0/0", toGW, ref("VIgw"))
			s.add("Nat", "AWS::EC2::NatGateway", m{"SubnetId": ref("VS0")}).table("PT", "V").subnet("P0", "V", "10.1.8.0/24", zoneA, "PT")
			s.route("PT", "0.0.0.0/0", toNAT, ref("Nat"))
			s.add("Block", "AWS::EC2::VPCBlockPublicAccessOptions", m{"InternetGatewayBlockMode": "block-ingress"})
		}, nil},
		{"a firewall before the internet gateway", "V: internet=2", func(a *app) { edge(a, true) }, []string{"firewall Net/F"}},
		{"a firewall that answers do not pass", "V: internet=1", func(a *app) { edge(a, false) }, nil},
	})
}

// edge is a VPC whose packets to the internet pass a firewall; those from it too, where the internet gateway has a table.
func edge(a *app, back bool) {
	s := a.stack("Net").vpc("V", 1).internetGateway("V")
	s.table("FT", "V").subnet("FS", "V", "10.1.9.0/28", zoneA, "FT")
	s.add("F", "AWS::NetworkFirewall::Firewall", m{"VpcId": ref("V"), "SubnetMappings": list(m{"SubnetId": ref("FS")})})
	endpoint := get("Fn::Select", list(1, get("Fn::Split", list(":", get("Fn::Select", list(0, att("F", "EndpointIds")))))))
	s.route("VT", "0.0.0.0/0", toVPCE, endpoint).route("FT", "203.0.113.0/24", toGW, ref("VIgw"))
	s.routesOf("FT").route("FT", "0.0.0.0/0", toGW, ref("VIgw"))
	s.props("FSA")["RouteTableId"] = ref("FT")
	if back {
		s.table("EdgeT", "V").add("EdgeA", "AWS::EC2::GatewayRouteTableAssociation", m{"GatewayId": ref("VIgw"), "RouteTableId": ref("EdgeT")})
		s.route("EdgeT", "10.1.0.0/24", toVPCE, endpoint)
	}
}

// inspected is A and B, whose packets to each other pass a firewall in VPC I, with a subnet in each zone.
func inspectedBy(a *app, appliance bool, zonesOfA, zonesOfB []string) *stack {
	s := a.stack("Net").gateway("Tgw", false)
	s.vpc("A", 1, zonesOfA...).attach("A", ref("Tgw")).vpc("B", 2, zonesOfB...).attach("B", ref("Tgw"))
	s.add("I", "AWS::EC2::VPC", m{"CidrBlock": "100.64.0.0/16", "Tags": list(m{"Key": "Name", "Value": "I"})})
	var endpoints []any
	for i, z := range []string{zoneA, zoneB} {
		n := string(rune('0' + i))
		s.table("FT"+n, "I").subnet("F"+n, "I", "100.64.10"+n+".0/28", z, "FT"+n).route("FT"+n, "10.0.0.0/8", toTGW, ref("Tgw"))
		s.table("TT"+n, "I").subnet("T"+n, "I", "100.64.11"+n+".0/28", z, "TT"+n)
		endpoints = append(endpoints, m{"SubnetId": ref("F" + n)})
		s.route("TT"+n, "0.0.0.0/0", toVPCE,
			get("Fn::Select", list(1, get("Fn::Split", list(":", get("Fn::Select", list(i, att("Fw", "EndpointIds"))))))))
	}
	s.add("Fw", "AWS::NetworkFirewall::Firewall", m{"VpcId": ref("I"), "SubnetMappings": endpoints})
	at := m{"VpcId": ref("I"), "SubnetIds": list(ref("T0"), ref("T1")), "TransitGatewayId": ref("Tgw")}
	if appliance {
		at["Options"] = m{"ApplianceModeSupport": "enable"}
	}
	s.add("IAt", "AWS::EC2::TransitGatewayAttachment", at)
	s.add("Spokes", "AWS::EC2::TransitGatewayRouteTable", m{"TransitGatewayId": ref("Tgw")})
	s.add("After", "AWS::EC2::TransitGatewayRouteTable", m{"TransitGatewayId": ref("Tgw")}).associate(ref("IAt"), ref("After"))
	for _, v := range []string{"A", "B"} {
		s.associate(ref(v+"At"), ref("Spokes")).propagate(ref(v+"At"), ref("After"))
	}
	return s.static(ref("Spokes"), "0.0.0.0/0", ref("IAt"))
}

// inBothZones attaches A and B in both zones.
func inBothZones(s *stack) {
	for _, v := range []string{"A", "B"} {
		s.props(v + "At")["SubnetIds"] = list(ref(v+"S0"), ref(v+"S1"))
	}
}

func TestInspection(t *testing.T) {
	a1, b1 := []string{zoneA}, []string{zoneB}
	check(t, []reachCase{
		{"one zone", "A: B; B: A; I:", func(a *app) { inspectedBy(a, false, a1, a1) },
			[]string{`"by":["transit gateway Net/Tgw","firewall Net/Fw"]`, "the rules of firewall Net/Fw let them pass"}},
		{"two zones, with appliance mode", "A: B; B: A; I:", func(a *app) { inspectedBy(a, true, a1, b1) }, nil},
		{"two zones, without appliance mode: each direction another endpoint", "A:; B:; I:", func(a *app) { inspectedBy(a, false, a1, b1) }, nil},
		{"two zones each, without appliance mode", "A: B; B: A; I:", func(a *app) {
			inBothZones(inspectedBy(a, false, []string{zoneA, zoneB}, []string{zoneA, zoneB}))
		}, []string{`not from us-east-1a to us-east-1b: a firewall sees one direction alone`, "attachment Net/IAt is not in appliance mode",
			"not from us-east-1b to us-east-1a: "}},
		{"two zones each, with appliance mode", "A: B; B: A; I:", func(a *app) {
			inBothZones(inspectedBy(a, true, []string{zoneA, zoneB}, []string{zoneA, zoneB}))
		}, []string{`"verdict":"yes","by":["transit gateway Net/Tgw","firewall Net/Fw"],"provided"`}},
		{"appliance mode that a call turns on", "A: B; B: A; I:", func(a *app) {
			inspectedBy(a, false, a1, b1).add("Mode", "Custom::AWS", m{"ServiceToken": "arn:x", "Create": get("Fn::Join", list("", list(
				`{"service":"EC2","action":"modifyTransitGatewayVpcAttachment","parameters":{"TransitGatewayAttachmentId":"`, ref("IAt"),
				`","Options":{"ApplianceModeSupport":"enable"}}}`)))})
		}, nil},
		{"one direction past the firewall", "A:; B:; I:", func(a *app) {
			inspectedBy(a, true, a1, a1).static(ref("Spokes"), "10.1.0.0/16", ref("AAt"))
		}, nil},
		{"no route after the firewall", "A:; B:; I:", func(a *app) { inspectedBy(a, true, a1, a1).routesOf("FT0").routesOf("FT1") }, nil},
		{"endpoints that a custom resource sorts by zone", "A: B; B: A; I:", func(a *app) {
			s := inspectedBy(a, true, a1, a1).routesOf("TT0").routesOf("TT1")
			for n, z := range map[string]string{"0": zoneA, "1": zoneB} {
				s.add("Parse"+n, "AWS::CloudFormation::CustomResource", m{"ServiceToken": "arn:x", "availabilityZone": z,
					"firewallEndpoints": att("Fw", "EndpointIds")})
				s.route("TT"+n, "0.0.0.0/0", toVPCE, att("Parse"+n, "endpointId"))
			}
		}, nil},
		{"routes that a custom resource writes", "A: B; B: A; I:", func(a *app) {
			s := inspectedBy(a, true, a1, a1)
			for id, r := range s.resources {
				if r.(m)["Type"] == "AWS::EC2::TransitGatewayRoute" {
					s.drop(id)
				}
			}
			s.add("Default", "AWS::CloudFormation::CustomResource", m{"ServiceToken": "arn:x", "destinationCidrBlock": "0.0.0.0/0",
				"transitGatewayAttachmentId": ref("IAt"), "transitGatewayRouteTableId": ref("Spokes")})
		}, []string{"custom resource Net/Default makes the route that its properties say"}},
		{"routes that AwsCustomResource writes", "A: B; B: A; I:", func(a *app) {
			s := inspectedBy(a, true, a1, a1)
			for id, r := range s.resources {
				if r.(m)["Type"] == "AWS::EC2::TransitGatewayRoute" {
					s.drop(id)
				}
			}
			s.add("Default", "Custom::AWS", m{"ServiceToken": "arn:x", "Create": get("Fn::Join", list("", list(
				`{"service":"EC2","action":"createTransitGatewayRoute","parameters":{"DestinationCidrBlock":"0.0.0.0/0","TransitGatewayAttachmentId":"`,
				ref("IAt"), `","TransitGatewayRouteTableId":"`, ref("Spokes"), `"}}`)))})
		}, nil},
		{"a gateway load balancer's endpoint", "A: B; B: A; I:", func(a *app) {
			s := inspectedBy(a, true, a1, a1).routesOf("TT0").routesOf("TT1")
			for _, n := range []string{"0", "1"} {
				s.add("Gwlbe"+n, "AWS::EC2::VPCEndpoint", m{"VpcId": ref("I"), "VpcEndpointType": "GatewayLoadBalancer",
					"ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0", "SubnetIds": list(ref("F" + n))})
				s.route("TT"+n, "0.0.0.0/0", toVPCE, ref("Gwlbe"+n))
			}
		}, []string{"gateway load balancer endpoint Net/Gwlbe0"}},
		{"an endpoint by its id", "A: ?B; B: ?A; I: internet?=2", func(a *app) {
			inspectedBy(a, true, a1, a1).routesOf("TT0").routesOf("TT1").route("TT0", "0.0.0.0/0", toVPCE, "vpce-0123456789abcdef0").
				route("TT1", "0.0.0.0/0", toVPCE, "vpce-0123456789abcdef0")
		}, []string{"endpoint vpce-0123456789abcdef0 is in none of the stacks"}},
		{"a firewall that is attached to the gateway", "A: B; B: A", func(a *app) {
			s := a.stack("Net").gateway("Tgw", false).vpc("A", 1).attach("A", ref("Tgw")).vpc("B", 2).attach("B", ref("Tgw"))
			s.add("Fw", "AWS::NetworkFirewall::Firewall", m{"TransitGatewayId": ref("Tgw"), "FirewallName": "f"})
			s.add("Before", "AWS::EC2::TransitGatewayRouteTable", m{"TransitGatewayId": ref("Tgw")})
			s.add("After", "AWS::EC2::TransitGatewayRouteTable", m{"TransitGatewayId": ref("Tgw")})
			s.associate(att("Fw", "TransitGatewayAttachmentId"), ref("After"))
			for _, v := range []string{"A", "B"} {
				s.associate(ref(v+"At"), ref("Before")).propagate(ref(v+"At"), ref("After"))
			}
			s.static(ref("Before"), "0.0.0.0/0", att("Fw", "TransitGatewayAttachmentId"))
		}, []string{"firewall Net/Fw"}},
		{"central egress after inspection", "A: I internet=1; B: I internet=1; E: internet=2; I: A B", func(a *app) {
			s := inspectedBy(a, true, a1, a1)
			s.route("AT", "0.0.0.0/0", toTGW, ref("Tgw")).route("BT", "0.0.0.0/0", toTGW, ref("Tgw"))
			s.routesOf("FT0").routesOf("FT1").route("FT0", "0.0.0.0/0", toTGW, ref("Tgw")).route("FT1", "0.0.0.0/0", toTGW, ref("Tgw"))
			s.vpc("E", 4).internetGateway("E").route("ET", "0.0.0.0/0", toGW, ref("EIgw"))
			s.add("Nat", "AWS::EC2::NatGateway", m{"SubnetId": ref("ES0")}).table("TrT", "E").subnet("Tr", "E", "10.4.9.0/28", zoneA, "TrT")
			s.route("TrT", "0.0.0.0/0", toNAT, ref("Nat")).attach("E", ref("Tgw"), "Tr")
			s.add("Out", "AWS::EC2::TransitGatewayRouteTable", m{"TransitGatewayId": ref("Tgw")}).associate(ref("EAt"), ref("Out"))
			s.static(ref("Out"), "10.0.0.0/8", ref("IAt")).static(ref("After"), "0.0.0.0/0", ref("EAt"))
			for _, hole := range []string{"10.1.0.0/16", "10.2.0.0/16", "10.4.0.0/16"} {
				s.add("Hole"+hole[3:4], "AWS::EC2::TransitGatewayRoute", m{"TransitGatewayRouteTableId": ref("Spokes"), "DestinationCidrBlock": hole,
					"Blackhole": true})
			}
		}, []string{"0.0.0.0/0 by transit gateway Net/Tgw, firewall Net/Fw, transit gateway Net/Tgw, nat gateway Net/Nat"}},
	})
}

func TestFamiliesAndFilters(t *testing.T) {
	six := func(a *app, option string) *stack {
		s := two(a).routesOf("AT").routesOf("BT")
		for v, n := range map[string]string{"A": "1", "B": "2"} {
			s.add(v+"6", "AWS::EC2::VPCCidrBlock", m{"VpcId": ref(v), "AmazonProvidedIpv6CidrBlock": true})
			s.props(v + "S0")["Ipv6CidrBlock"] = get("Fn::Select", list(n, get("Fn::Cidr",
				list(get("Fn::Select", list(0, att(v, "Ipv6CidrBlocks"))), 256, "64"))))
			s.props(v + "At")["Options"] = m{"Ipv6Support": option}
			s.route(v+"T", "::/0", toTGW, ref("Tgw"))
		}
		return s
	}
	tcp := []string{"in 100 allow tcp 443 0.0.0.0/0", "out 100 allow tcp 1024-65535 0.0.0.0/0"}
	check(t, []reachCase{
		{"IPv6 that AWS chooses", "A: B; B: A", func(a *app) { six(a, "enable") }, []string{`"partly":["IPv6 only"]`}},
		{"IPv6 off for an attachment", "A:; B:", func(a *app) { six(a, "disable") }, nil},
		{"IPv6 of which the templates say nothing", "A: B; B: A", func(a *app) {
			s := six(a, "enable")
			delete(s.props("AAt"), "Options")
		}, []string{"IPv6 is on for attachment Net/AAt: the template does not say so, and EC2 leaves it off"}},
		{"IPv6 off for attachments, by static routes", "A: B; B: A", func(a *app) {
			s := six(a, "disable")
			for _, v := range []string{"A", "B"} {
				s.add("To"+v, "AWS::EC2::TransitGatewayRoute", m{"TransitGatewayRouteTableId": att("Tgw", "AssociationDefaultRouteTableId"),
					"DestinationCidrBlock": get("Fn::Select", list(0, att(v, "Ipv6CidrBlocks"))), "TransitGatewayAttachmentId": ref(v + "At")})
			}
		}, nil},
		{"IPv6, an ACL for IPv4 alone", "A:; B:", func(a *app) {
			six(a, "enable").acl("L", "A", "AS0", "in 100 allow all * 0.0.0.0/0", "out 100 allow all * 0.0.0.0/0")
		}, nil},
		{"IPv6, an ACL for it", "A: B; B: A", func(a *app) {
			six(a, "enable").acl("L", "A", "AS0", "in 100 allow all * ::/0", "out 100 allow all * ::/0")
		}, nil},
		{"IPv6 by peering", "A: B; B: A", func(a *app) {
			s := a.stack("Net").vpc("A", 1).vpc("B", 2).peer("P", "A", "B")
			for v, o := range map[string]string{"A": "B", "B": "A"} {
				s.add(v+"6", "AWS::EC2::VPCCidrBlock", m{"VpcId": ref(v), "AmazonProvidedIpv6CidrBlock": true})
				s.props(v + "S0")["Ipv6CidrBlock"] = get("Fn::Select", list(0, get("Fn::Cidr",
					list(get("Fn::Select", list(0, att(v, "Ipv6CidrBlocks"))), 1, "64"))))
				s.add(v+"To", "AWS::EC2::Route", m{"RouteTableId": ref(v + "T"), toPCX: ref("P"),
					"DestinationIpv6CidrBlock": get("Fn::Select", list(0, att(o, "Ipv6CidrBlocks")))})
			}
		}, []string{`"partly":["IPv6 only"]`}},
		{"an ACL that serves one port", "A:; B: A", func(a *app) { two(a).acl("L", "A", "AS0", tcp...) }, []string{`"ports":["tcp 443"]`}},
		{"an ACL that serves DNS by UDP", "A:; B: A", func(a *app) {
			two(a).acl("L", "A", "AS0", "in 100 allow udp 53 0.0.0.0/0", "out 100 allow udp 1024-65535 0.0.0.0/0")
		}, []string{`"ports":["udp 53"]`}},
		{"an ACL that lets ICMP pass", "A: B; B: A", func(a *app) {
			two(a).acl("L", "A", "AS0", "in 100 allow icmp * 0.0.0.0/0", "out 100 allow icmp * 0.0.0.0/0")
		}, []string{`"ports":["icmp"]`}},
		{"an ACL for clients of Linux", "A: B; B:", func(a *app) {
			two(a).acl("L", "A", "AS0", "out 100 allow tcp 443 0.0.0.0/0", "in 100 allow tcp 32768-60999 0.0.0.0/0")
		}, nil},
		{"an ACL for half of the ephemeral ports", "A:; B:", func(a *app) {
			two(a).acl("L", "A", "AS0", "out 100 allow tcp 443 0.0.0.0/0", "in 100 allow tcp 40000-50000 0.0.0.0/0")
		}, nil},
		{"an ACL whose rules together let the ephemeral ports pass", "A: B; B:", func(a *app) {
			two(a).acl("L", "A", "AS0", "out 100 allow tcp 443 0.0.0.0/0", "in 100 allow tcp 1024-40000 0.0.0.0/0",
				"in 110 allow tcp 40001-65535 0.0.0.0/0")
		}, nil},
		{"an ACL that refuses one peer", "A: C; B: C; C: A B", func(a *app) {
			two(a).vpc("C", 3).attach("C", ref("Tgw")).acl("L", "A", "AS0", "in 90 deny all * 10.2.0.0/16", "in 100 allow all * 0.0.0.0/0",
				"out 100 allow all * 0.0.0.0/0")
		}, nil},
		{"an ACL on the attachment's subnet", "A:; B:", func(a *app) {
			s := a.stack("Net").gateway("Tgw", true).vpc("A", 1).vpc("B", 2).attach("B", ref("Tgw"))
			s.table("TrT", "A").subnet("Tr", "A", "10.1.9.0/28", zoneA, "TrT").attach("A", ref("Tgw"), "Tr")
			s.acl("L", "A", "Tr", "in 100 allow tcp 443 0.0.0.0/0", "out 100 allow tcp 443 0.0.0.0/0")
		}, nil},
		{"an ACL by its id", "A: ?B; B: ?A", func(a *app) {
			two(a).add("L", "AWS::EC2::SubnetNetworkAclAssociation", m{"NetworkAclId": "acl-0123456789abcdef0", "SubnetId": ref("AS0")})
		}, []string{"network ACL acl-0123456789abcdef0 is in none of the stacks"}},
		{"rules added to a VPC's default ACL", "A:; B:", func(a *app) {
			two(a).add("Deny", "AWS::EC2::NetworkAclEntry", m{"NetworkAclId": att("A", "DefaultNetworkAcl"), "RuleNumber": 50, "RuleAction": "deny",
				"Protocol": -1, "CidrBlock": "0.0.0.0/0"})
		}, nil},
		{"private NAT to another VPC", "A: B; B: A", func(a *app) {
			s := a.stack("Net").gateway("Tgw", true).vpc("B", 2).attach("B", ref("Tgw"))
			s.vpc("A", 1).routesOf("AT").table("NT", "A").subnet("N", "A", "10.1.9.0/28", zoneA, "NT")
			s.add("At", "AWS::EC2::TransitGatewayAttachment", m{"VpcId": ref("A"), "SubnetIds": list(ref("N")), "TransitGatewayId": ref("Tgw")})
			s.route("NT", "10.0.0.0/8", toTGW, ref("Tgw")).add("Nat", "AWS::EC2::NatGateway", m{"SubnetId": ref("N"), "ConnectivityType": "private"})
			s.route("AT", "10.0.0.0/8", toNAT, ref("Nat")).routesOf("BT").route("BT", "10.1.9.0/28", toTGW, ref("Tgw"))
		}, []string{`"by":["nat gateway Net/Nat","transit gateway Net/Tgw"]`, "not to 10.1.0.0/24 in us-east-1a"}},
		{"a route by a prefix list of another app", "A: ?B; B: ?A", func(a *app) {
			s := two(a).routesOf("AT")
			s.add("ByList", "AWS::EC2::Route", m{"RouteTableId": ref("AT"), "DestinationPrefixListId": "pl-0123456789abcdef0", toTGW: ref("Tgw")})
		}, []string{"only AWS knows to which ranges pl-0123456789abcdef0"}},
		{"a prefix list of every VPC in each table: the VPC's own range stays local", "A: B; B: A", func(a *app) {
			s := two(a).routesOf("AT").routesOf("BT").add("L", "AWS::EC2::PrefixList", m{"PrefixListName": "l", "AddressFamily": "IPv4",
				"MaxEntries": 2, "Entries": list(m{"Cidr": "10.1.0.0/16"}, m{"Cidr": "10.2.0.0/16"})})
			for _, table := range []string{"AT", "BT"} {
				s.add(table+"L", "AWS::EC2::Route", m{"RouteTableId": ref(table), "DestinationPrefixListId": att("L", "PrefixListId"),
					toTGW: ref("Tgw")})
			}
		}, nil},
		{"a more specific route than the VPC's own", "A: B; B: A", func(a *app) {
			two(a).route("BT", "10.2.9.0/24", toTGW, ref("Tgw"))
		}, nil},
	})
}
