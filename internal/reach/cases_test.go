package reach

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

type reachCase struct {
	name, want string
	build      func(a *app)
	// says are texts that the result holds, as JSON.
	says []string
}

func check(t *testing.T, cases []reachCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := &app{}
			c.build(a)
			r := reached(t, a.write(t))
			var b strings.Builder
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			if err := e.Encode(r); err != nil {
				t.Fatal(err)
			}
			if got := short(r); got != c.want {
				t.Errorf("found\n%s\nexpected\n%s\n%s", got, c.want, b.String())
			}
			for _, s := range c.says {
				if !strings.Contains(b.String(), s) {
					t.Errorf("expected %q in\n%s", s, b.String())
				}
			}
		})
	}
}

// Whole assemblies, as their apps wrote them.
func TestAssemblies(t *testing.T) {
	for name, want := range map[string]string{
		"central-egress":      "App: Egress internet=1; Egress: App internet=2",
		"default-table-attr":  "A: B; B: A",
		"endpoint-group-ref":  "A: names=1",
		"fn-transform":        "A: B; B: A",
		"gateway-by-id":       "A: ?B; B: ?A",
		"half-attached":       "A: B; B: A",
		"igw-unused-table":    "A:",
		"inspection":          "A: B; B: A; Insp:",
		"ipv6":                "A: B; B: A",
		"l2-vpc-nat":          "App/Vpc: internet=2",
		"nacl-ephemeral":      "A:; B:",
		"nacl-transit-subnet": "A:; B:",
		"partial-range":       "A: B; B: A",
		"prefix-list":         "A: B; B: A",
		"private-nat":         "A:",
		"shared-endpoint":     "A: B names=1; B: A",
		"ssm":                 "A: B D; B: A D; D: A B",
		"stages": "A (Dev-Net/A): B (Dev-Net/B); A (Prod-Net/A): B (Prod-Net/B); " +
			"B (Dev-Net/B): A (Dev-Net/A); B (Prod-Net/B): A (Prod-Net/A)",
		"vgw-route":   "A: outside=1",
		"defaulttgw":  "Net/Hub: Net/Spoke names=1; Net/Spoke: Net/Hub names=1",
		"nohostnames": "Net/Hub: Net/Spoke names=1; Net/Spoke: Net/Hub closed=1",
		"peering":     "Net/Hub: Net/Spoke names=1; Net/Spoke: Net/Hub Net/Third names=1; Net/Third: Net/Spoke",
	} {
		if got := short(reached(t, filepath.Join("testdata", name))); got != want {
			t.Errorf("%s: found\n%s\nexpected\n%s", name, got, want)
		}
	}
}

func TestGateways(t *testing.T) {
	segmented := func(a *app) *stack {
		s := a.stack("Net").gateway("Tgw", false)
		for i, v := range []string{"A", "B"} {
			s.vpc(v, i+1).attach(v, ref("Tgw"))
			s.add(v+"Rt", "AWS::EC2::TransitGatewayRouteTable", m{"TransitGatewayId": ref("Tgw")})
			s.associate(ref(v+"At"), ref(v+"Rt"))
		}
		return s
	}
	check(t, []reachCase{
		{"default tables", "A: B; B: A", func(a *app) { two(a) }, []string{`"by":["transit gateway Net/Tgw"]`}},
		{"no tables", "A:; B:", func(a *app) { segmented(a) }, nil},
		{"propagation both ways", "A: B; B: A", func(a *app) {
			segmented(a).propagate(ref("AAt"), ref("BRt")).propagate(ref("BAt"), ref("ARt"))
		}, nil},
		{"propagation one way", "A:; B:", func(a *app) { segmented(a).propagate(ref("AAt"), ref("BRt")) }, nil},
		{"a static route within a propagated range", "A: B; B: A", func(a *app) {
			s := segmented(a).propagate(ref("AAt"), ref("BRt")).propagate(ref("BAt"), ref("ARt"))
			s.add("Hole", "AWS::EC2::TransitGatewayRoute", m{"TransitGatewayRouteTableId": ref("ARt"), "DestinationCidrBlock": "10.2.0.0/25",
				"Blackhole": true})
		}, []string{`"partly":["not to 10.2.0.0/25"]`}},
		{"a static blackhole beats a propagation of the same range", "A:; B:", func(a *app) {
			s := segmented(a).propagate(ref("AAt"), ref("BRt")).propagate(ref("BAt"), ref("ARt"))
			s.add("Hole", "AWS::EC2::TransitGatewayRoute", m{"TransitGatewayRouteTableId": ref("ARt"), "DestinationCidrBlock": "10.2.0.0/16",
				"Blackhole": "true"})
		}, nil},
		{"the default table by attribute, propagation off", "A: B; B: A", func(a *app) {
			s := two(a)
			s.props("Tgw")["DefaultRouteTablePropagation"] = "disable"
			s.static(att("Tgw", "AssociationDefaultRouteTableId"), "10.1.0.0/16", ref("AAt"))
			s.static(att("Tgw", "PropagationDefaultRouteTableId"), "10.2.0.0/16", ref("BAt"))
		}, nil},
		{"association with the default table by attribute", "A: B; B: A", func(a *app) {
			s := two(a)
			s.props("Tgw")["DefaultRouteTableAssociation"] = "disable"
			s.associate(ref("AAt"), att("Tgw", "PropagationDefaultRouteTableId"))
			s.associate(ref("BAt"), att("Tgw", "PropagationDefaultRouteTableId"))
		}, nil},
		{"default association off and nothing associated", "A:; B:", func(a *app) {
			two(a).props("Tgw")["DefaultRouteTableAssociation"] = "disable"
		}, nil},
		{"an explicit table instead of the default one", "A:; B:", func(a *app) {
			s := two(a)
			s.add("Rt", "AWS::EC2::TransitGatewayRouteTable", m{"TransitGatewayId": ref("Tgw")}).associate(ref("AAt"), ref("Rt"))
		}, nil},
		{"a gateway by its id, its tables in the stacks", "A: B; B: A", func(a *app) {
			s := a.stack("Net")
			s.vpc("A", 1).attach("A", "tgw-0123456789abcdef0").vpc("B", 2).attach("B", "tgw-0123456789abcdef0")
			s.add("Rt", "AWS::EC2::TransitGatewayRouteTable", m{"TransitGatewayId": "tgw-0123456789abcdef0"})
			for _, v := range []string{"A", "B"} {
				s.associate(ref(v+"At"), ref("Rt")).propagate(ref(v+"At"), ref("Rt"))
			}
		}, nil},
		{"a table by its id", "A: ?B; B: ?A", func(a *app) {
			s := a.stack("Net")
			s.vpc("A", 1).attach("A", "tgw-0123456789abcdef0").vpc("B", 2).attach("B", "tgw-0123456789abcdef0")
			for _, v := range []string{"A", "B"} {
				s.associate(ref(v+"At"), "tgw-rtb-0123456789abcdef0")
			}
		}, []string{"tgw-rtb-0123456789abcdef0 is in none of the stacks and may hold more routes"}},
		{"a gateway by its id, and a VPC without a way back", "A:; B:", func(a *app) {
			s := a.stack("Net")
			s.vpc("A", 1).attach("A", "tgw-0123456789abcdef0").vpc("B", 2)
		}, nil},
		{"an attachment that another app makes", "A: ?B; B: ?A", func(a *app) {
			s := a.stack("Net").vpc("A", 1).vpc("B", 2).attach("B", "tgw-0123456789abcdef0")
			s.route("AT", "10.0.0.0/8", toTGW, "tgw-0123456789abcdef0")
		}, []string{"the attachment of A to transit gateway tgw-0123456789abcdef0 is in none of the stacks"}},
		{"a gateway by a parameter without a value", "A: ?B; B: ?A", func(a *app) {
			s := a.stack("Net").vpc("A", 1).attach("A", ref("Gateway")).vpc("B", 2).attach("B", ref("Gateway"))
			s.template["Parameters"] = m{"Gateway": m{"Type": "String"}}
		}, nil},
		{"a route to an attachment by its id", "A: ?B; B: ?A", func(a *app) {
			s := segmented(a)
			s.static(ref("ARt"), "10.2.0.0/16", "tgw-attach-0123456789abcdef0").propagate(ref("AAt"), ref("BRt"))
		}, []string{"attachment tgw-attach-0123456789abcdef0 is in none of the stacks"}},
		{"no attachment in a zone", "A: B; B: A", func(a *app) {
			s := a.stack("Net").gateway("Tgw", true)
			s.vpc("A", 1, zoneA, zoneB, "us-east-1c").attach("A", ref("Tgw"), "AS0", "AS1").vpc("B", 2).attach("B", ref("Tgw"))
		}, []string{"not from 10.1.2.0/24 in us-east-1c"}},
		{"only a zone without hosts is attached", "A:; B:", func(a *app) {
			s := a.stack("Net").gateway("Tgw", true).vpc("A", 1).vpc("B", 2).attach("B", ref("Tgw"))
			s.table("ATr", "A").subnet("ATrS", "A", "10.1.9.0/28", zoneB, "ATr").attach("A", ref("Tgw"), "ATrS")
		}, nil},
		{"an attachment of another app's VPC, learned explicitly", "A:; B:", func(a *app) {
			s := segmented(a).add("Far", "AWS::EC2::TransitGatewayVpcAttachment", m{"VpcId": "vpc-0123456789abcdef0",
				"SubnetIds": list("subnet-0123456789abcdef0"), "TransitGatewayId": ref("Tgw")})
			s.propagate(ref("Far"), ref("ARt"))
		}, nil},
		{"a gateway of another region", "A:; B:", func(a *app) {
			hub := a.stack("Hub", "111111111111/eu-west-1").gateway("Tgw", true).vpc("A", 1).attach("A", ref("Tgw"))
			hub.template["Outputs"] = m{"Id": m{"Value": ref("Tgw")}}
			a.stack("Net").vpc("B", 2).attach("B", get("Fn::GetStackOutput", m{"StackName": "Hub", "OutputName": "Id", "Region": "eu-west-1"}))
		}, nil},
		{"zones written in two ways", "A: ?B; B: ?A", func(a *app) {
			s := a.stack("Net").gateway("Tgw", true).vpc("A", 1).vpc("B", 2).attach("B", ref("Tgw"))
			s.table("TrT", "A").subnet("Tr", "A", "10.1.9.0/28", "", "TrT").attach("A", ref("Tgw"), "Tr")
			delete(s.props("Tr"), "AvailabilityZone")
			s.props("Tr")["AvailabilityZoneId"] = "use1-az1"
		}, []string{"only AWS knows whether the attachment of A has a subnet in availability zone us-east-1a"}},
		{"subnets of an attachment by a parameter", "A: B; B: A", func(a *app) {
			s := two(a)
			s.props("AAt")["SubnetIds"] = ref("Subnets")
			s.template["Parameters"] = m{"Subnets": m{"Type": "List<AWS::EC2::Subnet::Id>"}}
		}, []string{"only AWS knows its subnets"}},
		{"a secondary range", "A: B; B: A", func(a *app) {
			s := two(a).add("More", "AWS::EC2::VPCCidrBlock", m{"VpcId": ref("A"), "CidrBlock": "10.9.0.0/16"})
			s.subnet("AS9", "A", "10.9.0.0/24", zoneA, "AT")
		}, nil},
		{"a multicast domain", "A:; B:", func(a *app) {
			s := two(a).routesOf("AT")
			s.add("M", "AWS::EC2::TransitGatewayMulticastDomain", m{"TransitGatewayId": ref("Tgw")})
		}, []string{"passes multicast packets"}},
		{"an appliance that is connected to the gateway", "A: ?B; B: ?A", func(a *app) {
			s := two(a)
			s.props("Tgw")["DefaultRouteTablePropagation"] = "disable"
			s.add("C", "AWS::EC2::TransitGatewayConnect", m{"TransportTransitGatewayAttachmentId": ref("AAt")})
		}, nil},
		{"two gateways, joined by none", "A:; B:", func(a *app) {
			s := a.stack("Net").gateway("T1", true).gateway("T2", true)
			s.vpc("A", 1).attach("A", ref("T1")).vpc("B", 2).attach("B", ref("T2"))
		}, nil},
		{"an attachment of another account that must be accepted", "A: B; B: A", func(a *app) {
			s := a.stack("Net").gateway("Tgw", true).vpc("A", 1).attach("A", ref("Tgw"))
			s.props("Tgw")["AutoAcceptSharedAttachments"] = "disable"
			s.template["Outputs"] = m{"Id": m{"Value": ref("Tgw")}}
			gateway := get("Fn::GetStackOutput", m{"StackName": "Net", "OutputName": "Id", "RoleArn": "arn:aws:iam::111111111111:role/r"})
			a.stack("Other", "222222222222/us-east-1").vpc("B", 2).attach("B", gateway)
		}, []string{"account 111111111111 accepts the attachment of B"}},
		{"equal ranges", "A:; B: ?C; C: ?B", func(a *app) {
			s := a.stack("Net").gateway("Tgw", true).vpc("A", 1).attach("A", ref("Tgw")).vpc("B", 1).attach("B", ref("Tgw"))
			s.vpc("C", 3).attach("C", ref("Tgw"))
			delete(s.resources, "AAt")
			s.add("A2At", "AWS::EC2::TransitGatewayAttachment", m{"VpcId": ref("A"), "SubnetIds": list(ref("AS0")), "TransitGatewayId": ref("Tgw")})
			s.resources["AT"] = m{"Type": "AWS::EC2::RouteTable", "Properties": m{"VpcId": ref("A")}}
			for id, r := range s.resources {
				if r.(m)["Type"] == "AWS::EC2::Route" && strings.HasPrefix(id, "RAT") {
					delete(s.resources, id)
				}
			}
		}, []string{"from several attachments, and AWS chooses one"}},
	})
}

func TestGatewayPeering(t *testing.T) {
	peered := func(a *app, back bool) {
		s := a.stack("Net").gateway("T1", true).vpc("A", 1).attach("A", ref("T1"))
		s.gateway("T2", true).vpc("B", 2).attach("B", ref("T2"))
		s.add("P", "AWS::EC2::TransitGatewayPeeringAttachment", m{"TransitGatewayId": ref("T1"), "PeerTransitGatewayId": ref("T2"),
			"PeerAccountId": "111111111111", "PeerRegion": "us-east-1"})
		s.static(att("T1", "AssociationDefaultRouteTableId"), "10.2.0.0/16", ref("P"))
		if back {
			s.static(att("T2", "AssociationDefaultRouteTableId"), "10.1.0.0/16", att("P", "TransitGatewayAttachmentId"))
		}
	}
	check(t, []reachCase{
		{"both ways", "A: B; B: A", func(a *app) { peered(a, true) }, []string{"the other side accepts peering attachment Net/P"}},
		{"one way", "A:; B:", func(a *app) { peered(a, false) }, nil},
		{"between regions, by a reference of the CDK", "A: B; B: A", func(a *app) {
			s := a.stack("One").gateway("T1", true).vpc("A", 1).attach("A", ref("T1"))
			w := a.stack("Two", "111111111111/eu-west-1").gateway("T2", true).vpc("B", 2).attach("B", ref("T2"))
			w.add("Writer", "Custom::CrossRegionExportWriter", m{"WriterProps": m{"region": "us-east-1",
				"exports": m{"/cdk/exports/One/T2": ref("T2")}}})
			s.add("Reader", "Custom::CrossRegionExportReader", m{"ReaderProps": m{"region": "us-east-1", "imports": m{}}})
			s.add("P", "AWS::EC2::TransitGatewayPeeringAttachment", m{"TransitGatewayId": ref("T1"),
				"PeerTransitGatewayId": att("Reader", "/cdk/exports/One/T2"), "PeerAccountId": "111111111111", "PeerRegion": "eu-west-1"})
			s.static(att("T1", "AssociationDefaultRouteTableId"), "10.2.0.0/16", ref("P"))
			s.add("Writer", "Custom::CrossRegionExportWriter", m{"WriterProps": m{"region": "eu-west-1",
				"exports": m{"/cdk/exports/Two/P": ref("P")}}})
			w.static(att("T2", "AssociationDefaultRouteTableId"), "10.1.0.0/16", "{{resolve:ssm:/cdk/exports/Two/P}}")
		}, nil},
		{"with a gateway of another app", "A:; B:", func(a *app) {
			s := a.stack("Net").gateway("T1", true).vpc("A", 1).attach("A", ref("T1")).vpc("B", 2)
			s.add("P", "AWS::EC2::TransitGatewayPeeringAttachment", m{"TransitGatewayId": ref("T1"),
				"PeerTransitGatewayId": "tgw-0123456789abcdef0", "PeerAccountId": "222222222222", "PeerRegion": "us-east-1"})
			s.static(att("T1", "AssociationDefaultRouteTableId"), "10.2.0.0/16", ref("P"))
		}, nil},
	})
}

func TestPeering(t *testing.T) {
	peered := func(a *app) *stack {
		s := a.stack("Net").vpc("A", 1).vpc("B", 2).peer("P", "A", "B")
		return s.route("AT", "10.2.0.0/16", toPCX, ref("P")).route("BT", "10.1.0.0/16", toPCX, ref("P"))
	}
	check(t, []reachCase{
		{"both ways", "A: B; B: A", func(a *app) { peered(a) }, []string{`"by":["peering connection Net/P"]`}},
		{"no way back", "A:; B:", func(a *app) {
			a.stack("Net").vpc("A", 1).vpc("B", 2).peer("P", "A", "B").route("AT", "10.2.0.0/16", toPCX, ref("P"))
		}, nil},
		{"not through a VPC in between", "A: B; B: A C; C: B", func(a *app) {
			s := peered(a).vpc("C", 3).peer("Q", "B", "C").route("BT", "10.3.0.0/16", toPCX, ref("Q")).route("CT", "10.0.0.0/8", toPCX, ref("Q"))
			s.route("AT", "10.3.0.0/16", toPCX, ref("P"))
		}, nil},
		{"not from a gateway through a VPC in between", "A: B; B: A C; C: B", func(a *app) {
			s := peered(a).gateway("Tgw", true).attach("B", ref("Tgw")).vpc("C", 3).attach("C", ref("Tgw"))
			s.route("AT", "10.3.0.0/16", toPCX, ref("P"))
			s.static(att("Tgw", "AssociationDefaultRouteTableId"), "10.1.0.0/16", ref("BAt"))
		}, nil},
		{"not to the internet of its peer", "A: B; B: A internet=1", func(a *app) {
			peered(a).internetGateway("B").route("BT", "0.0.0.0/0", toGW, ref("BIgw")).route("AT", "0.0.0.0/0", toPCX, ref("P"))
		}, nil},
		{"between regions", "A: B; B: A", func(a *app) {
			s := a.stack("One").vpc("A", 1)
			w := a.stack("Two", "111111111111/eu-west-1").vpc("B", 2)
			out := func(of *stack, id string, region string) m {
				outputs, _ := of.template["Outputs"].(m)
				if outputs == nil {
					outputs = m{}
					of.template["Outputs"] = outputs
				}
				outputs[id] = m{"Value": ref(id)}
				return get("Fn::GetStackOutput", m{"StackName": of.name, "OutputName": id, "Region": region})
			}
			s.add("P", "AWS::EC2::VPCPeeringConnection", m{"VpcId": ref("A"), "PeerVpcId": out(w, "B", "eu-west-1"), "PeerRegion": "eu-west-1"})
			s.route("AT", "10.2.0.0/16", toPCX, ref("P"))
			w.route("BT", "10.1.0.0/16", toPCX, out(s, "P", "us-east-1"))
		}, nil},
		{"with another account, without a role", "A: B; B: A", func(a *app) {
			s := peered(a)
			s.props("P")["PeerOwnerId"] = "222222222222"
		}, []string{"account 222222222222 accepts peering connection Net/P"}},
		{"with another account, by a role", "A: B; B: A", func(a *app) {
			s := peered(a)
			s.props("P")["PeerOwnerId"], s.props("P")["PeerRoleArn"] = "222222222222", "arn:aws:iam::222222222222:role/accept"
		}, nil},
		{"with a VPC of another app", "A: outside=1", func(a *app) {
			s := a.stack("Net").vpc("A", 1)
			s.add("P", "AWS::EC2::VPCPeeringConnection", m{"VpcId": ref("A"), "PeerVpcId": "vpc-0123456789abcdef0"})
			s.route("AT", "10.9.0.0/16", toPCX, ref("P"))
		}, []string{"peering connection Net/P to VPC vpc-0123456789abcdef0"}},
		{"a connection by its id", "A: ?B; B: ?A", func(a *app) {
			s := a.stack("Net").vpc("A", 1).vpc("B", 2).route("AT", "10.2.0.0/16", toPCX, "pcx-0123456789abcdef0")
			s.route("BT", "10.1.0.0/16", toPCX, "pcx-0123456789abcdef0")
		}, []string{"peering connection pcx-0123456789abcdef0 is in none of the stacks"}},
		{"a part of the range", "A: B; B: A", func(a *app) {
			a.stack("Net").vpc("A", 1).vpc("B", 2, zoneA, zoneB).peer("P", "A", "B").route("AT", "10.2.1.0/24", toPCX, ref("P")).
				route("BT", "10.1.0.0/16", toPCX, ref("P"))
		}, []string{"not to 10.2.0.0/24 in us-east-1a"}},
	})
}
