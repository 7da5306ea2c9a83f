package reach

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/topology"
)

// A small app, written by hand: stacks with templates.

type m = map[string]any

type stack struct {
	name, env string
	resources m
	template  m
}

type app struct{ stacks []*stack }

// stack is one of the app, of account 111111111111 in us-east-1 unless an environment is given.
func (a *app) stack(name string, env ...string) *stack {
	for _, s := range a.stacks {
		if s.name == name {
			return s
		}
	}
	s := &stack{name: name, env: "aws://111111111111/us-east-1", resources: m{}, template: m{}}
	if len(env) > 0 {
		s.env = "aws://" + env[0]
	}
	a.stacks = append(a.stacks, s)
	return s
}

func ref(id string) m               { return m{"Ref": id} }
func att(id, name string) m         { return m{"Fn::GetAtt": []any{id, name}} }
func list(v ...any) []any           { return v }
func get(f string, v any) m         { return m{f: v} }
func (s *stack) export(id string) m { return s.exportValue(id, ref(id)) }

// exportValue exports a value, and gives how others import it.
func (s *stack) exportValue(name string, v any) m {
	outputs, _ := s.template["Outputs"].(m)
	if outputs == nil {
		outputs = m{}
		s.template["Outputs"] = outputs
	}
	outputs["O"+name] = m{"Value": v, "Export": m{"Name": s.name + ":" + name}}
	return m{"Fn::ImportValue": s.name + ":" + name}
}

func (s *stack) add(id, typ string, props m) *stack {
	s.resources[id] = m{"Type": typ, "Properties": props}
	return s
}

func (s *stack) props(id string) m { return s.resources[id].(m)["Properties"].(m) }

const zoneA, zoneB = "us-east-1a", "us-east-1b"

// vpc adds VPC id of range 10.n.0.0/16 with one table, idT, and a subnet for each zone: idS0, idS1…
func (s *stack) vpc(id string, n int, zones ...string) *stack {
	s.add(id, "AWS::EC2::VPC", m{"CidrBlock": fmt.Sprintf("10.%d.0.0/16", n), "EnableDnsHostnames": true, "EnableDnsSupport": true,
		"Tags": list(m{"Key": "Name", "Value": id})})
	s.add(id+"T", "AWS::EC2::RouteTable", m{"VpcId": ref(id)})
	if len(zones) == 0 {
		zones = []string{zoneA}
	}
	for i, z := range zones {
		s.subnet(fmt.Sprintf("%sS%d", id, i), id, fmt.Sprintf("10.%d.%d.0/24", n, i), z, id+"T")
	}
	return s
}

func (s *stack) subnet(id, vpc, cidr, zone, table string) *stack {
	s.add(id, "AWS::EC2::Subnet", m{"VpcId": ref(vpc), "CidrBlock": cidr, "AvailabilityZone": zone})
	return s.add(id+"A", "AWS::EC2::SubnetRouteTableAssociation", m{"SubnetId": ref(id), "RouteTableId": ref(table)})
}

func (s *stack) table(id, vpc string) *stack {
	return s.add(id, "AWS::EC2::RouteTable", m{"VpcId": ref(vpc)})
}

// route adds one to a table, by its id, to an IPv4 or IPv6 range.
func (s *stack) route(table, to, target string, id any) *stack {
	key := "DestinationCidrBlock"
	if strings.Contains(to, ":") {
		key = "DestinationIpv6CidrBlock"
	}
	name := fmt.Sprintf("R%s%d", table, len(s.resources))
	return s.add(name, "AWS::EC2::Route", m{"RouteTableId": ref(table), key: to, target: id})
}

const toTGW, toPCX, toNAT, toGW, toVPCE = "TransitGatewayId", "VpcPeeringConnectionId", "NatGatewayId", "GatewayId", "VpcEndpointId"

// attach adds idAt by subnets, and a route to 10.0.0.0/8.
func (s *stack) attach(id string, gateway any, subnets ...string) *stack {
	if len(subnets) == 0 {
		subnets = []string{id + "S0"}
	}
	refs := []any{}
	for _, n := range subnets {
		refs = append(refs, ref(n))
	}
	s.add(id+"At", "AWS::EC2::TransitGatewayAttachment", m{"VpcId": ref(id), "SubnetIds": refs, "TransitGatewayId": gateway})
	return s.route(id+"T", "10.0.0.0/8", toTGW, gateway)
}

func (s *stack) gateway(id string, defaults bool) *stack {
	props := m{"AutoAcceptSharedAttachments": "enable"}
	if !defaults {
		props["DefaultRouteTableAssociation"], props["DefaultRouteTablePropagation"] = "disable", "disable"
	}
	return s.add(id, "AWS::EC2::TransitGateway", props)
}

func (s *stack) associate(attachment, table any) *stack {
	return s.add(fmt.Sprintf("As%d", len(s.resources)), "AWS::EC2::TransitGatewayRouteTableAssociation",
		m{"TransitGatewayAttachmentId": attachment, "TransitGatewayRouteTableId": table})
}

func (s *stack) propagate(attachment, table any) *stack {
	return s.add(fmt.Sprintf("Pr%d", len(s.resources)), "AWS::EC2::TransitGatewayRouteTablePropagation",
		m{"TransitGatewayAttachmentId": attachment, "TransitGatewayRouteTableId": table})
}

func (s *stack) static(table any, to string, attachment any) *stack {
	return s.add(fmt.Sprintf("St%d", len(s.resources)), "AWS::EC2::TransitGatewayRoute",
		m{"TransitGatewayRouteTableId": table, "DestinationCidrBlock": to, "TransitGatewayAttachmentId": attachment})
}

// two are VPCs A and B on one gateway with default tables.
func two(a *app) *stack {
	s := a.stack("Net").gateway("Tgw", true)
	return s.vpc("A", 1).attach("A", ref("Tgw")).vpc("B", 2).attach("B", ref("Tgw"))
}

// internetGateway adds one to a VPC: idIgw.
func (s *stack) internetGateway(vpc string) *stack {
	s.add(vpc+"Igw", "AWS::EC2::InternetGateway", m{})
	return s.add(vpc+"IgwA", "AWS::EC2::VPCGatewayAttachment", m{"VpcId": ref(vpc), "InternetGatewayId": ref(vpc + "Igw")})
}

func (s *stack) peer(id, a, b string) *stack {
	return s.add(id, "AWS::EC2::VPCPeeringConnection", m{"VpcId": ref(a), "PeerVpcId": ref(b)})
}

// acl gives a subnet a network ACL with rules such as "in 100 allow tcp 443 0.0.0.0/0".
func (s *stack) acl(id, vpc, subnet string, rules ...string) *stack {
	s.add(id, "AWS::EC2::NetworkAcl", m{"VpcId": ref(vpc)})
	s.add(id+"A", "AWS::EC2::SubnetNetworkAclAssociation", m{"NetworkAclId": ref(id), "SubnetId": ref(subnet)})
	for i, r := range rules {
		f := strings.Fields(r)
		protocol := map[string]int{"tcp": 6, "udp": 17, "icmp": 1, "all": -1}[f[3]]
		props := m{"NetworkAclId": ref(id), "RuleNumber": f[1], "RuleAction": f[2], "Protocol": protocol, "Egress": f[0] == "out"}
		if strings.Contains(f[5], ":") {
			props["Ipv6CidrBlock"] = f[5]
		} else {
			props["CidrBlock"] = f[5]
		}
		if from, to, ok := strings.Cut(f[4], "-"); ok {
			props["PortRange"] = m{"From": from, "To": to}
		} else if f[4] != "*" {
			props["PortRange"] = m{"From": f[4], "To": f[4]}
		}
		s.add(fmt.Sprintf("%sE%d", id, i), "AWS::EC2::NetworkAclEntry", props)
	}
	return s
}

// endpoint adds one for a service into a subnet, with a group that admits a range on 443.
func (s *stack) endpoint(id, service, vpc, subnet string, rule m) *stack {
	rule = maps.Clone(rule)
	rule["IpProtocol"], rule["FromPort"], rule["ToPort"] = "tcp", 443, 443
	s.add(id+"G", "AWS::EC2::SecurityGroup", m{"VpcId": ref(vpc), "SecurityGroupIngress": list(rule)})
	return s.add(id, "AWS::EC2::VPCEndpoint", m{"VpcId": ref(vpc), "ServiceName": service, "VpcEndpointType": "Interface",
		"PrivateDnsEnabled": true, "SubnetIds": list(ref(subnet)), "SecurityGroupIds": list(att(id+"G", "GroupId"))})
}

// zone adds a private zone of some VPCs with an alias to an endpoint.
func (s *stack) zone(id, name, endpoint string, vpcs ...string) *stack {
	var of []any
	for _, v := range vpcs {
		of = append(of, m{"VPCId": ref(v), "VPCRegion": "us-east-1"})
	}
	entry := func(part int) m {
		return get("Fn::Select", list(part, get("Fn::Split", list(":", get("Fn::Select", list(0, att(endpoint, "DnsEntries")))))))
	}
	s.add(id, "AWS::Route53::HostedZone", m{"Name": name, "VPCs": of})
	return s.add(id+"R", "AWS::Route53::RecordSet", m{"HostedZoneId": ref(id), "Name": name, "Type": "A",
		"AliasTarget": m{"DNSName": entry(1), "HostedZoneId": entry(0)}})
}

// write puts the app into a folder.
func (a *app) write(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	save := func(name string, v any) {
		b, err := json.Marshal(v)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	artifacts := m{}
	for _, s := range a.stacks {
		s.template["Resources"] = s.resources
		save(s.name+".template.json", s.template)
		if strings.HasSuffix(s.name, ".nested") {
			continue
		}
		artifacts[s.name] = m{"type": "aws:cloudformation:stack", "environment": s.env,
			"properties": m{"templateFile": s.name + ".template.json"}}
	}
	save("manifest.json", m{"version": "54.0.0", "artifacts": artifacts})
	return dir
}

func reached(t testing.TB, dir string) *Result {
	t.Helper()
	read, err := assembly.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return Of(topology.Link(read.Records()))
}

// short is a result in a line for each VPC: whom it reaches, "?" for undecided, and how much of the rest it has.
func short(r *Result) string {
	var out []string
	for _, v := range r.VPCs {
		line := v.Name + ":"
		names := slices.Clone(v.Reaches)
		for _, u := range v.Undecided {
			names = append(names, "?"+u)
		}
		slices.Sort(names)
		for _, n := range names {
			line += " " + n
		}
		for _, c := range []struct {
			what string
			list []string
		}{{"internet", v.Internet}, {"internet?", v.InternetUndecided}, {"outside", v.Outside}, {"names", v.Names}, {"closed", v.Closed},
			{"names?", v.NamesUndecided}} {
			if len(c.list) > 0 {
				line += fmt.Sprintf(" %s=%d", c.what, len(c.list))
			}
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}
