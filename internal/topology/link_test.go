package topology

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const (
	hubStack   = "hub"
	someVPC    = "vpc-1"
	attachment = "attachment"
)

// at is the meta of a part of one stack.
func at(id, typ string) Meta {
	return Meta{ID: id, Type: typ, Source: Source{Stack: hubStack, ID: id}, Account: "1", Region: "r", Partition: "aws"}
}

func vpcs(ids ...string) []Record {
	var out []Record
	for i, id := range ids {
		out = append(out, &VPCRecord{
			Meta: at(id, "AWS::EC2::VPC"), CIDRs: []string{fmt.Sprintf("10.%d.0.0/16", i+1)}, DNSSupport: true, DNSNames: true,
		},
			&SubnetRecord{Meta: at(id+"-subnet", "AWS::EC2::Subnet"), VPC: id, CIDR: fmt.Sprintf("10.%d.0.0/24", i+1), AZID: "az1"},
			&RouteTableRecord{Meta: at(id+"-table", "AWS::EC2::RouteTable"), VPC: id})
	}
	return out
}

func to(target, id string, more ...func(*RouteRecord)) *RouteRecord {
	r := &RouteRecord{Meta: at("route", "AWS::EC2::Route"), Table: "vpc-1-table", CIDR: "0.0.0.0/0", Targets: map[string]string{target: id}}
	for _, m := range more {
		m(r)
	}
	return r
}

func acl(number int, egress bool) *NetworkACLEntryRecord {
	return &NetworkACLEntryRecord{
		Meta: at(fmt.Sprintf("entry%d%t", number, egress), "AWS::EC2::NetworkAclEntry"), ACL: "acl", Number: number, Egress: egress,
		Allow: true, CIDR: "0.0.0.0/0", Protocol: "-1", To: 65535,
	}
}

func endpointRecords(alias Alias) []Record {
	return append(vpcs(someVPC),
		&SecurityGroupRecord{
			Meta: at("group", "AWS::EC2::SecurityGroup"), VPC: someVPC, Rules: []GroupRule{
				{CIDR: "10.0.0.0/8", Protocol: "tcp", From: 443, To: 443}, {Peer: "other", Protocol: "tcp", To: 65535},
			},
		},
		&VPCEndpointRecord{Meta: at("vpce", "AWS::EC2::VPCEndpoint"), VPC: someVPC, Kind: "Interface", ServiceName: "s",
			Subnets: []string{"vpc-1-subnet"}, Groups: []string{"group"},
			Policy: `{"Statement": []}`, DNS: []EndpointName{{"vpce-1.S.amazonaws.com.", "Z1"}, {"az.vpce-1.s.amazonaws.com", "Z2"}}},
		&HostedZoneRecord{Meta: at("zone", "AWS::Route53::HostedZone"), Name: "S.example.", VPCs: []HostedZoneVPC{{someVPC, "r"}}},
		&HostedZoneRecord{Meta: at("zone", "AWS::Route53::HostedZone"), Name: "S.example.", VPCs: []HostedZoneVPC{{someVPC, "r"}}},
		&RecordSetRecord{
			Meta: at("record", "AWS::Route53::RecordSet"), HostedZone: "zone", Name: `\052.s.example.`, RecordType: "A", Alias: &alias,
		},
		&RecordSetRecord{
			Meta: at("soa", "AWS::Route53::RecordSet"), HostedZone: "zone", Name: "s.example", RecordType: "SOA", Values: []string{"x"},
		})
}

func gateway(g *TransitGatewayRecord, more ...Record) []Record {
	g.Meta = at("tgw", "AWS::EC2::TransitGateway")
	return append(append(vpcs(someVPC), g,
		&TransitGatewayRouteTableRecord{Meta: at("tgw-table", "AWS::EC2::TransitGatewayRouteTable"), TransitGateway: "tgw"},
		&TransitGatewayAttachmentRecord{Meta: at(attachment, "AWS::EC2::TransitGatewayAttachment"), TransitGateway: "tgw", VPC: someVPC,
			Subnets: []string{"vpc-1-subnet"}}), more...)
}

func association(attachment, table string) *TransitGatewayRouteTableAssociationRecord {
	return &TransitGatewayRouteTableAssociationRecord{
		Meta: at("association", "AWS::EC2::TransitGatewayRouteTableAssociation"), Attachment: attachment, Table: table,
	}
}

// declaredSubnet are a VPC and a subnet that exist, served by rtb-1, and a stack's association with a table.
func declaredSubnet(table string) []Record {
	stands := func(id string) Meta {
		return Meta{ID: id, Source: Source{ID: id}, Account: "1", Region: "r", Partition: "aws"}
	}
	return []Record{&VPCRecord{Meta: stands(someVPC), CIDRs: []string{"10.1.0.0/16"}, Declared: true},
		&SubnetRouteTableAssociationRecord{Meta: at("join", ""), Subnet: "subnet-1", Table: table},
		&SubnetRouteTableAssociationRecord{Meta: stands("subnet-1/rtb-1"), Subnet: "subnet-1", Table: "rtb-1"},
		&SubnetRecord{Meta: stands("subnet-1"), VPC: someVPC, CIDR: "10.1.0.0/24"},
		&RouteTableRecord{Meta: stands("rtb-1"), VPC: someVPC}, &RouteTableRecord{Meta: stands("rtb-2"), VPC: someVPC}}
}

func TestAddSkipsNil(t *testing.T) {
	var r Records
	r.Add(nil, (*VPCRecord)(nil), &VPCRecord{Meta: Meta{ID: "vpc-1"}})
	if len(r.Parts) != 1 || r.Parts[0].meta().ID != "vpc-1" {
		t.Errorf("expected one part, found %v", r.Parts)
	}
}

// Records in, the network as text out: the lines that each case is about.
func TestLink(t *testing.T) {
	for _, c := range []struct {
		name    string
		records []Record
		want    string // lines that the network must have
		not     string // a text that it must not have
	}{
		{"the order of records does not matter", []Record{to("TransitGatewayId", "tgw-1"), vpcs(someVPC)[2], vpcs(someVPC)[1],
			vpcs(someVPC)[0]}, "RouteTable vpc-1-table: route 0.0.0.0/0 = ref tgw-1", "strange"},
		{"a virtual private gateway is no internet gateway", append(vpcs(someVPC), to("GatewayId", "vgw-1")),
			"RouteTable vpc-1-table: route 0.0.0.0/0 = other", ""},
		{"nor is one that a template makes", append(vpcs(someVPC), to("GatewayId", "X"), &UnknownPart{Meta: at("X", "AWS::EC2::VPNGateway")}),
			"RouteTable vpc-1-table: route 0.0.0.0/0 = other", ""},
		{"an internet gateway", append(vpcs(someVPC), to("GatewayId", "igw-1")), "RouteTable vpc-1-table: route 0.0.0.0/0 = internet gateway",
			""},
		{"a gateway of which only an id is known is the worst", append(vpcs(someVPC), to("GatewayId", "imported")),
			"RouteTable vpc-1-table: route 0.0.0.0/0 = internet gateway", ""},
		{"a blackhole", append(vpcs(someVPC), to("NatGatewayId", "nat-1", func(r *RouteRecord) { r.Blackhole = true })),
			"RouteTable vpc-1-table: route 0.0.0.0/0 = nowhere", ""},
		{"the local route is none", append(vpcs(someVPC), to("GatewayId", "local")), "RouteTable vpc-1-table:", "route 0"},
		{"a gateway endpoint's route is none", append(vpcs(someVPC), to("GatewayId", "vpce-1", func(r *RouteRecord) {
			r.CIDR, r.PrefixList = "",
				"pl-1"
		})), "RouteTable vpc-1-table:", "route 0"},
		{"an IPv6 route", append(vpcs(someVPC), to("EgressOnlyInternetGatewayId", "eigw-1", func(r *RouteRecord) {
			r.CIDR, r.IPv6 = "",
				"::/0"
		})), "RouteTable vpc-1-table: route ::/0 = internet gateway", ""},
		{"a route without a target", append(vpcs(someVPC), to("TransitGatewayId", "")), "strange hub/route has no target", ""},
		{"a route of an unknown table", []Record{to("TransitGatewayId", "tgw-1")},
			"strange hub/route is in a route table that is not in the stacks: vpc-1-table", ""},
		{"a range that is none", append(vpcs(someVPC), to("TransitGatewayId", "t", func(r *RouteRecord) { r.CIDR = "\ue000s/Pool\ue001" })),
			`strange hub/route "s/Pool" is not an IPv4 range that can be reasoned about`, ""},

		{"an IPv6 range in its place", append(vpcs(someVPC), to("TransitGatewayId", "t", func(r *RouteRecord) { r.CIDR = "::/0" })),
			`strange hub/route "::/0" is not an IPv4 range that can be reasoned about`, ""},

		{"a subnet with the table of another VPC", append(vpcs(someVPC, "vpc-2"), &SubnetRouteTableAssociationRecord{Meta: at("join", ""),
			Subnet: "vpc-1-subnet", Table: "vpc-2-table"}),
			"strange hub/join associates a subnet with a route table of another VPC", ""},
		{"a default ACL as EC2 makes it", append(vpcs(someVPC), &NetworkACLRecord{Meta: at("acl", ""), VPC: someVPC, Default: true},
			acl(100, true), acl(100, false),
			&SubnetNetworkACLAssociationRecord{Meta: at("join", ""), Subnet: "vpc-1-subnet",
				ACL: "acl"}), "Subnet vpc-1-subnet: network ACL = the default rules", ""},
		{"rules of an ACL are in order", append(vpcs(someVPC), &NetworkACLRecord{Meta: at("acl", ""), VPC: someVPC}, acl(200, false),
			acl(100, false),
			&SubnetNetworkACLAssociationRecord{Meta: at("join", ""), Subnet: "vpc-1-subnet",
				ACL: "acl"}), "Subnet vpc-1-subnet: network ACL = in 100 allow all 0.0.0.0/0 0-65535, in 200 allow all 0.0.0.0/0 0-65535", ""},
		{"an ACL known by id only", append(vpcs(someVPC), &SubnetNetworkACLAssociationRecord{Meta: at("join", ""), Subnet: "vpc-1-subnet",
			ACL: "acl-1"}),
			"Subnet vpc-1-subnet: network ACL = those of acl-1", ""},
		{"rules for the ACL that a VPC is made with", append(vpcs("vpc-2"), &VPCRecord{Meta: at(someVPC, ""), DefaultACL: "acl"},
			acl(100, true)), "conflict hub/entry100true the network ACL has outbound rule 100 twice: AWS takes one, and makes this one with " +
			"the VPC", ""},

		{"a rule of that ACL", append(vpcs("vpc-2"), &VPCRecord{Meta: at(someVPC, ""), DefaultACL: "acl"}, &SubnetRecord{Meta: at("subnet", ""),
			VPC: someVPC, CIDR: "10.1.0.0/24"}, acl(90, true)),
			"Subnet subnet: network ACL = in 100 allow all 0.0.0.0/0 0-65535, out 90 allow all 0.0.0.0/0 0-65535, out 100 allow all 0.0.0.0/0 " +
				"0-65535", "conflict"},
		{"two route tables of a subnet", append(vpcs(someVPC), &SubnetRouteTableAssociationRecord{Meta: at("join", ""), Subnet: "vpc-1-subnet",
			Table: "vpc-1-table"},
			&SubnetRouteTableAssociationRecord{Meta: at("join2", ""), Subnet: "vpc-1-subnet", Table: "vpc-1-table"}),
			"conflict hub/join2 the subnet is associated with a route table twice: AWS takes one, and hub/join makes it too", ""},
		{"another route table of a subnet than its file declares", declaredSubnet("rtb-2"),
			"conflict hub/join associates subnet-1 with a route table, and its file declares that rtb-1 serves it: EC2 takes one a subnet\n" +
				"Subnet subnet-1: route table = ref rtb-1", ""},
		{"the route table of a subnet that its file declares", declaredSubnet("rtb-1"), "Subnet subnet-1: route table = ref rtb-1", "conflict"},
		{"a route with two targets",
			append(vpcs(someVPC), to("TransitGatewayId", "tgw-1", func(r *RouteRecord) { r.Targets["NatGatewayId"] = "nat-1" })),
			"conflict hub/route the route to 0.0.0.0/0 has 2 targets: AWS takes one", ""},
		{"a route that another account makes", append(vpcs(someVPC), to("TransitGatewayId", "tgw-1", func(r *RouteRecord) { r.Account = "2" })),
			"conflict hub/route the stack is in account 2 and region r, and the VPC is in account 1 and region r", ""},
		{"a rule by a prefix list", append(vpcs(someVPC), &PrefixListRecord{Meta: at("list", ""), Entries: []string{"10.0.0.0/8", "::/0"},
			MaxEntries: 1},
			&SecurityGroupRecord{
				Meta: at("group", ""), VPC: someVPC, Rules: []GroupRule{
					{PrefixList: "list", Protocol: "tcp", From: 443, To: 443}, {PrefixList: "pl-1", Protocol: "tcp", To: 1},
				},
			}),
			"conflict hub/list the prefix list has 2 entries and MaxEntries 1: AWS takes no more\nSecurityGroup group: rule tcp in port 443 " +
				"ref list\nSecurityGroup group: rule tcp in port 443 ::/0\nSecurityGroup group: rule tcp in ports 0 to 1 ref pl-1", ""},

		{"default tables", gateway(&TransitGatewayRecord{DefaultAssociation: true, DefaultPropagation: true}),
			"TransitGatewayRouteTable tgw/default: propagation ref attachment\nTransitGatewayAttachment attachment: association = ref tgw/default",
			""},
		{"no default tables", gateway(&TransitGatewayRecord{}), "", ": association"},
		{"written association wins", gateway(&TransitGatewayRecord{DefaultAssociation: true}, association(attachment, "tgw-table")),
			"TransitGatewayAttachment attachment: association = ref tgw-table", "default: propagation"},
		{"an association with another gateway's table", gateway(&TransitGatewayRecord{}, association(attachment, "foreign"),
			&TransitGatewayRouteTableRecord{Meta: at("foreign", ""), TransitGateway: "tgw-2"}),
			"strange hub/association joins an attachment to no table of its transit gateway", ""},
		{"an association of nothing", gateway(&TransitGatewayRecord{}, association("gone", "tgw-table")),
			"strange hub/association names an attachment that is not in the stacks: gone", ""},
		{"an association of an attachment by its id in AWS", gateway(&TransitGatewayRecord{}, association("tgw-attach-0a", "tgw-table"),
			&TransitGatewayRouteRecord{Meta: at("route", ""), Table: "tgw-table", CIDR: "192.168.0.0/16", Attachment: "tgw-attach-0a"}),
			"TransitGatewayAttachment tgw-attach-0a: association = ref tgw-table\n" +
				"TransitGatewayRouteTable tgw-table: static route 192.168.0.0/16 = ref tgw-attach-0a", "strange"},
		{"both owners list an attachment", gateway(&TransitGatewayRecord{}, &TransitGatewayAttachmentRecord{Meta: at(attachment, ""),
			TransitGateway: "tgw", VPC: someVPC, State: "available"}),
			"TransitGatewayAttachment attachment: subnet ref vpc-1-subnet", ""},
		{"an attachment that is no VPC's", gateway(&TransitGatewayRecord{}, &TransitGatewayAttachmentRecord{Meta: at("vpn", ""),
			TransitGateway: "tgw", Kind: "vpn", VPC: "vpn-1"}),
			"TransitGatewayAttachment vpn:", "strange"},
		{"a static blackhole", gateway(&TransitGatewayRecord{}, &TransitGatewayRouteRecord{Meta: at("hole", ""), Table: "tgw-table",
			CIDR: "10.0.0.0/8", Blackhole: true}),
			"TransitGatewayRouteTable tgw-table: static route 10.0.0.0/8 = nowhere", ""},
		{"a stranger's attachment", gateway(&TransitGatewayRecord{}, &TransitGatewayAttachmentRecord{Meta: at("a", ""), TransitGateway: "tgw",
			VPC: "vpc-x"}),
			"strange hub/a attaches a VPC that is not in the stacks: vpc-x", ""},

		{"an alias in any spelling", endpointRecords(Alias{Name: "VPCE-1.s.amazonaws.com", HostedZone: "Z1"}),
			"HostedZone zone: record *.s.example A = ref vpce\nHostedZone zone: VPC ref vpc-1", "SOA"},
		{"an alias of one zone's name", endpointRecords(Alias{Name: "az.vpce-1.s.amazonaws.com", HostedZone: "Z2"}),
			"broken *.s.example its target is DnsEntries[1], not the endpoint's regional name, DnsEntries[0]", ""},
		{"an alias with the hosted zone of another entry", endpointRecords(Alias{Name: "vpce-1.s.amazonaws.com", HostedZone: "Z2"}),
			"broken *.s.example the alias's hosted zone is not that of the same DNS entry", ""},
		{"an alias of something else of the endpoint", endpointRecords(Alias{Name: "what", From: "vpce"}),
			"broken *.s.example the alias is not the name of the endpoint's DNS entry", ""},
		{"a rule for a group", endpointRecords(Alias{}), "SecurityGroup group: rule from 10.0.0.0/8 tcp port 443\nSecurityGroup " +
			"group: rule tcp in ports 0 to 65535 ref other", ""},

		{"name servers but for the VPC's own", append(vpcs(someVPC), &DHCPOptionsAssociationRecord{Meta: at("join", ""), VPC: someVPC,
			Options: "dopt"},
			&DHCPOptionsRecord{Meta: at("dopt", ""), NameServers: []string{"10.1.0.2", "AmazonProvidedDNS", "10.9.9.9"}}),
			"VPC vpc-1: name server 10.9.9.9", "10.1.0.2"},
		{"DHCP options known by id only", append(vpcs(someVPC), &DHCPOptionsAssociationRecord{Meta: at("join", ""), VPC: someVPC,
			Options: "dopt-1"}), "unknown hub/join touches dopt-1 vpc-1", ""},
		{"DHCP options of another account", append(vpcs(someVPC), &DHCPOptionsAssociationRecord{Meta: at("join", ""), VPC: someVPC,
			Options: "dopt"},
			&DHCPOptionsRecord{Meta: Meta{ID: "dopt", Account: "2", Region: "r", Source: Source{Stack: "x", ID: "dopt"}}}),
			"name servers of vpc-1: DHCP options dopt are of account 2 in r, which no VPC of account 1 in r can use", ""},
		{"DHCP options that no stack makes", append(vpcs(someVPC), &DHCPOptionsAssociationRecord{Meta: at("join", ""), VPC: someVPC,
			Options: "dopt-1"}),
			"name servers of vpc-1: DHCP options dopt-1 are in none of the stacks, so nobody knows which name servers hosts ask", ""},
		{"no DHCP options", append(vpcs(someVPC), &DHCPOptionsAssociationRecord{Meta: at("join", ""), VPC: someVPC,
			Options: "default"}), "name servers of vpc-1: DHCP options default name no name servers, so hosts are told of none", ""},
		{"DHCP options without name servers", append(vpcs(someVPC), &DHCPOptionsAssociationRecord{Meta: at("join", ""), VPC: someVPC,
			Options: "dopt"}, &DHCPOptionsRecord{Meta: at("dopt", "")}),
			"name servers of vpc-1: DHCP options dopt name no name servers, so hosts are told of none", ""},
		{"a flow log of a log group", append(vpcs(someVPC), &LogGroupRecord{Meta: at("group", ""), Name: "logs", RetentionDays: 7},
			&FlowLogRecord{Meta: at("log", ""), Of: someVPC, Traffic: "ALL", LogGroup: "logs"}),
			"VPC vpc-1: flow log ALL packets kept 7 days", ""},
		{"a flow log of none, beside a log group without a name", append(vpcs(someVPC), &LogGroupRecord{Meta: at("group", ""),
			RetentionDays: 7}, &FlowLogRecord{Meta: at("log", ""), Of: someVPC, Traffic: "ALL"}),
			"VPC vpc-1: flow log ALL packets kept 0 days", ""},
		{"policies that are resources", []Record{&RolePolicyRecord{Meta: at("p", ""), Roles: []string{"reader"}, Document: map[string]any{}},
			&RoleRecord{Meta: at("role", ""), ARN: "arn", Name: "reader", Trust: map[string]any{}}},
			"Role arn: permission", ""},
		{"peering is both VPCs'", append(vpcs(someVPC, "vpc-2"), &VPCPeeringConnectionRecord{Meta: at("pcx", ""), VPC: someVPC,
			PeerVPC: "vpc-2"}),
			"VPC vpc-1: peering ref vpc-2\nVPC vpc-2: peering ref vpc-1", ""},
		{"a type that nothing understands", append(vpcs(someVPC), &UnknownPart{Meta: at("new", "AWS::EC2::New"),
			Touches: []string{"vpc-1-table"}}), "unknown hub/new touches vpc-1 vpc-1-table", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := describe(Link(Records{Parts: c.records}))
			for line := range strings.SplitSeq(c.want, "\n") {
				if !slices.ContainsFunc(strings.Split(got, "\n"), func(l string) bool { return strings.TrimSpace(l) == strings.TrimSpace(line) }) &&
					!strings.Contains(got, line+"\n") {
					t.Errorf("expected the line %q, found\n%s", line, got)
				}
			}
			if c.not != "" && strings.Contains(got, c.not) {
				t.Errorf("expected no %q, found\n%s", c.not, got)
			}
		})
	}
}

// describe writes a network as text: each part with its facts, a line each, and what could not be put in place.
func describe(n *Network) string {
	var out strings.Builder
	term := func(t Term) string {
		text := ""
		if t.Text != "" {
			text = " " + t.Text
		}
		if t.Ref != "" {
			text += " ref " + t.Ref
		}
		return text
	}
	for _, p := range n.Parts() {
		name := p.Type[strings.LastIndex(p.Type, ":")+1:] + " " + p.ID + ":"
		fmt.Fprintln(&out, name)
		for _, f := range p.Facts {
			line := name + " " + f.Attr + term(f.Key)
			if v := term(f.Value); v != "" {
				line += " =" + v
			}
			fmt.Fprintln(&out, line)
		}
	}
	for _, z := range n.HostedZones {
		for _, r := range z.Records {
			if r.Broken != "" {
				fmt.Fprintln(&out, "broken", r.Name, r.Broken)
			}
		}
	}
	for _, v := range n.VPCs {
		if v.UnknownNameServers != "" {
			fmt.Fprintf(&out, "name servers of %s: %s\n", v.ID, v.UnknownNameServers)
		}
	}
	for _, s := range n.Strange {
		fmt.Fprintln(&out, "strange", s.Source, s.Text)
	}
	for _, c := range n.Conflicts {
		fmt.Fprintln(&out, "conflict", c.Source, c.Text)
	}
	for _, u := range n.Unknown {
		fmt.Fprintln(&out, "unknown", u.Source, "touches", strings.Join(u.Touches, " "))
	}
	return out.String()
}

func TestDomain(t *testing.T) {
	for in, want := range map[string]string{
		"S3.Amazonaws.com.": "s3.amazonaws.com", `\052.example.com`: "*.example.com", `a\040b.`: "a b", `\05`: `\05`, `\999`: `\999`, ".": "",
		"":                            "",
		"\ue000a/Endpoint.Name\ue001": "\ue000a/Endpoint.Name\ue001",
	} {
		if got := domain(in); got != want {
			t.Errorf("domain(%q): expected %q, found %q", in, want, got)
		}
	}
}
