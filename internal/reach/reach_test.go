package reach

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/topology"
)

// foreign is a network of somebody else's CDK app: a gateway with its default tables on, an app with an endpoint and
// private DNS, a web VPC with an internet gateway, and one that nobody attached.
func foreign(t *testing.T, change func(resources map[string]any)) *topology.Network {
	t.Helper()
	resources := map[string]any{}
	add := func(id, typ string, props map[string]any) {
		resources[id] = map[string]any{"Type": typ, "Properties": props}
	}
	ref := func(id string) map[string]any { return map[string]any{"Ref": id} }
	add("Gateway", "AWS::EC2::TransitGateway", map[string]any{})
	for i, name := range []string{"App", "Web", "Lonely"} {
		cidr := fmt.Sprintf("10.%d.0.0/16", i)
		add(name, "AWS::EC2::VPC", map[string]any{
			"CidrBlock": cidr, "EnableDnsHostnames": true, "Tags": []any{map[string]any{"Key": "Name", "Value": strings.ToLower(name)}},
		})
		add(name+"Subnet", "AWS::EC2::Subnet", map[string]any{
			"VpcId": ref(name), "CidrBlock": strings.Replace(cidr, "/16", "/24", 1), "AvailabilityZone": "us-east-1a",
		})
		add(name+"Table", "AWS::EC2::RouteTable", map[string]any{"VpcId": ref(name)})
		add(name+"In", "AWS::EC2::SubnetRouteTableAssociation", map[string]any{
			"SubnetId": ref(name + "Subnet"), "RouteTableId": ref(name + "Table"),
		})
		if name == "Lonely" {
			continue
		}
		add(name+"Attachment", "AWS::EC2::TransitGatewayAttachment", map[string]any{
			"VpcId": ref(name), "TransitGatewayId": ref("Gateway"), "SubnetIds": []any{ref(name + "Subnet")},
		})
		add(name+"Route", "AWS::EC2::Route", map[string]any{
			"RouteTableId": ref(name + "Table"), "DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": ref("Gateway"),
		})
	}
	add("Internet", "AWS::EC2::InternetGateway", map[string]any{})
	add("WebInternet", "AWS::EC2::VPCGatewayAttachment", map[string]any{"VpcId": ref("Web"), "InternetGatewayId": ref("Internet")})
	add("WebDefault", "AWS::EC2::Route", map[string]any{
		"RouteTableId": ref("WebTable"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref("Internet"),
	})
	add("Open", "AWS::EC2::SecurityGroup", map[string]any{
		"VpcId": ref("App"), "SecurityGroupIngress": []any{
			map[string]any{"CidrIp": "10.0.0.0/15", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443},
		},
	})
	add("Ssm", "AWS::EC2::VPCEndpoint", map[string]any{"VpcId": ref("App"), "ServiceName": "com.amazonaws.us-east-1.ssm",
		"VpcEndpointType": "Interface", "PrivateDnsEnabled": true,
		"SubnetIds": []any{ref("AppSubnet")}, "SecurityGroupIds": []any{map[string]any{"Fn::GetAtt": []any{"Open", "GroupId"}}}})
	add("Zone", "AWS::Route53::HostedZone", map[string]any{
		"Name": "sts.us-east-1.amazonaws.com", "VPCs": []any{map[string]any{"VPCId": ref("Web"), "VPCRegion": "us-east-1"}},
	})
	entry := func(part int) map[string]any {
		return map[string]any{
			"Fn::Select": []any{
				part, map[string]any{
					"Fn::Split": []any{":", map[string]any{"Fn::Select": []any{0, map[string]any{"Fn::GetAtt": []any{"Ssm", "DnsEntries"}}}}},
				},
			},
		}
	}
	add("Record", "AWS::Route53::RecordSetGroup", map[string]any{"HostedZoneId": ref("Zone"), "RecordSets": []any{map[string]any{
		"Name": "sts.us-east-1.amazonaws.com.", "Type": "A", "AliasTarget": map[string]any{"DNSName": entry(1), "HostedZoneId": entry(0)}}}})
	add("Topic", "AWS::SNS::Topic", map[string]any{})
	if change != nil {
		change(resources)
	}
	dir := t.TempDir()
	save := func(name string, v any) {
		b, _ := json.Marshal(v)
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	save("s.template.json", map[string]any{"Resources": resources})
	save("manifest.json", map[string]any{"version": "54.0.0", "artifacts": map[string]any{"s": map[string]any{
		"type": "aws:cloudformation:stack", "environment": "aws://111111111111/us-east-1", "properties": map[string]any{
			"templateFile": "s.template.json",
		}}}})
	a, err := assembly.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return topology.Link(a.Records())
}

func summary(r *Result) string {
	var out []string
	for _, v := range r.VPCs {
		out = append(out, fmt.Sprintf("%s: %v internet %v names %v closed %v", v.Name, v.Reaches, len(v.Internet) > 0, v.Names,
			namesOnly(v.Closed)))
	}
	return strings.Join(out, "\n")
}

func TestReach(t *testing.T) {
	for _, c := range []struct {
		name, want string
		change     func(r map[string]any)
	}{
		{"as it is", `app: [web] internet false names [ssm.us-east-1.amazonaws.com, ssm.us-east-1.api.aws] closed []
lonely: [] internet false names [] closed []
web: [app] internet true names [sts.us-east-1.amazonaws.com] closed []`, nil},
		{"no way back", `app: [] internet false names [ssm.us-east-1.amazonaws.com, ssm.us-east-1.api.aws] closed []
lonely: [] internet false names [] closed []
web: [] internet true names [] closed [sts.us-east-1.amazonaws.com]`, func(r map[string]any) { delete(r, "AppRoute") }},
		{"a network ACL without answers", `app: [web] internet false names [ssm.us-east-1.amazonaws.com, ssm.us-east-1.api.aws] closed []
lonely: [] internet false names [] closed []
web: [] internet false names [] closed [sts.us-east-1.amazonaws.com]`, func(r map[string]any) {
			r["Acl"] = map[string]any{"Type": "AWS::EC2::NetworkAcl", "Properties": map[string]any{"VpcId": map[string]any{"Ref": "Web"}}}
			r["AclOut"] = map[string]any{
				"Type": "AWS::EC2::NetworkAclEntry", "Properties": map[string]any{
					"NetworkAclId": map[string]any{"Ref": "Acl"}, "RuleNumber": 100, "RuleAction": "allow", "Protocol": -1, "Egress": true,
					"CidrBlock": "0.0.0.0/0",
				},
			}
			r["AclIn"] = map[string]any{
				"Type": "AWS::EC2::NetworkAclEntry", "Properties": map[string]any{
					"NetworkAclId": map[string]any{"Ref": "Acl"}, "RuleNumber": 100, "RuleAction": "allow", "Protocol": 6, "CidrBlock": "0.0.0.0/0",
					"PortRange": map[string]any{"From": 443, "To": 443},
				},
			}
			r["AclWeb"] = map[string]any{
				"Type": "AWS::EC2::SubnetNetworkAclAssociation", "Properties": map[string]any{
					"NetworkAclId": map[string]any{"Ref": "Acl"}, "SubnetId": map[string]any{"Ref": "WebSubnet"},
				},
			}
		}},
		{"no internet gateway attached", `app: [web] internet false names [ssm.us-east-1.amazonaws.com, ssm.us-east-1.api.aws] closed []
lonely: [] internet false names [] closed []
web: [app] internet false names [sts.us-east-1.amazonaws.com] closed []`, func(r map[string]any) { delete(r, "WebInternet") }},
		{"IPv6 to the internet", `app: [web] internet true names [ssm.us-east-1.amazonaws.com, ssm.us-east-1.api.aws] closed []
lonely: [] internet false names [] closed []
web: [app] internet true names [sts.us-east-1.amazonaws.com] closed []`, func(r map[string]any) {
			r["Out"] = map[string]any{
				"Type": "AWS::EC2::Route", "Properties": map[string]any{
					"RouteTableId": map[string]any{"Ref": "AppTable"}, "DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1",
				},
			}
		}},
		{"a static blackhole", `app: [] internet false names [ssm.us-east-1.amazonaws.com, ssm.us-east-1.api.aws] closed []
lonely: [] internet false names [] closed []
web: [] internet true names [] closed [sts.us-east-1.amazonaws.com]`, func(r map[string]any) {
			g := r["Gateway"].(map[string]any)
			g["Properties"] = map[string]any{"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
			r["T"] = map[string]any{
				"Type": "AWS::EC2::TransitGatewayRouteTable", "Properties": map[string]any{"TransitGatewayId": map[string]any{"Ref": "Gateway"}},
			}
			for _, n := range []string{"App", "Web"} {
				p := map[string]any{
					"TransitGatewayAttachmentId": map[string]any{"Ref": n + "Attachment"}, "TransitGatewayRouteTableId": map[string]any{"Ref": "T"},
				}
				r[n+"A"] = map[string]any{"Type": "AWS::EC2::TransitGatewayRouteTableAssociation", "Properties": p}
				r[n+"P"] = map[string]any{"Type": "AWS::EC2::TransitGatewayRouteTablePropagation", "Properties": p}
			}
			r["Hole"] = map[string]any{
				"Type": "AWS::EC2::TransitGatewayRoute", "Properties": map[string]any{
					"TransitGatewayRouteTableId": map[string]any{"Ref": "T"}, "DestinationCidrBlock": "10.1.0.0/24", "Blackhole": "true",
				},
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := foreign(t, c.change)
			if got := summary(Of(net)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if net.Ignored["AWS::SNS::Topic"] != 1 {
				t.Errorf("ignored: %v", net.Ignored)
			}
		})
	}
}

// A service is asked on the ports that it listens on, and only where some of them are closed does each say so.
func TestReachAsksTheServicesPorts(t *testing.T) {
	for _, c := range []struct {
		service     string
		admitted    []int
		names, shut string
	}{
		{"com.amazonaws.us-east-1.cassandra", []int{9142}, "[cassandra.us-east-1.amazonaws.com]", "[]"},
		{"com.amazonaws.us-east-1.cassandra", []int{443}, "[]", "[cassandra.us-east-1.amazonaws.com]"},
		{"com.amazonaws.us-east-1.email-smtp", []int{25, 465, 587, 2465, 2587}, "[email-smtp.us-east-1.amazonaws.com]", "[]"},
		{"com.amazonaws.us-east-1.email-smtp", []int{587, 2587}, "[email-smtp.us-east-1.amazonaws.com:2587 " +
			"email-smtp.us-east-1.amazonaws.com:587]",
			"[email-smtp.us-east-1.amazonaws.com:2465 email-smtp.us-east-1.amazonaws.com:25 email-smtp.us-east-1.amazonaws.com:465]"},
		{"com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0", []int{8443}, "[sts.us-east-1.amazonaws.com]", "[]"},
	} {
		net := foreign(t, func(r map[string]any) {
			rules := []any{}
			for _, port := range c.admitted {
				rules = append(rules, map[string]any{"CidrIp": "10.0.0.0/15", "IpProtocol": "tcp", "FromPort": port, "ToPort": port})
			}
			r["Open"].(map[string]any)["Properties"].(map[string]any)["SecurityGroupIngress"] = rules
			r["Ssm"].(map[string]any)["Properties"].(map[string]any)["ServiceName"] = c.service
		})
		vpc := Of(net).VPCs[0] // app: the endpoint's own
		if strings.Contains(c.service, "vpce-svc") {
			vpc = Of(net).VPCs[2] // web: by its hosted zone
		}
		if got := fmt.Sprint(vpc.Names, namesOnly(vpc.Closed)); got != c.names+" "+c.shut {
			t.Errorf("%s with %v open: %s, want %s %s", c.service, c.admitted, got, c.names, c.shut)
		}
	}
}

// namesOnly leaves the reasons out.
func namesOnly(list []string) []string {
	out := []string{}
	for _, l := range list {
		name, _, _ := strings.Cut(l, ": ")
		out = append(out, name)
	}
	return out
}
