package app

import (
	"slices"
	"testing"

	"sharedhub/internal/config"
)

// What is added to the Resolver's endpoints and rules, or beside them, lets somebody else ask, or sends names elsewhere: the proof refuses
// it, for a reason that fits.
func TestResolverStaysClosed(t *testing.T) {
	t.Parallel()
	const dir, stack, spoke = "examples/08-onpremises", "use1-resolver", "use1-spoke-orders"
	e := editor{t}
	group := func(tpl template) any {
		return map[string]any{"Fn::GetAtt": []any{resourceOf(tpl, "AWS::EC2::SecurityGroup"), "GroupId"}}
	}
	dns := func(more map[string]any) map[string]any {
		rule := map[string]any{"IpProtocol": "udp", "FromPort": 53, "ToPort": 53}
		for k, v := range more {
			rule[k] = v
		}
		return rule
	}
	vpc := func(tpl template) any { return map[string]any{"Ref": resourceOf(tpl, "AWS::EC2::VPC")} }
	stayClosed(t, dir, []addition{
		{"everybody may ask", stack, "rule", e.add("EC2::SecurityGroupIngress", func(tpl template) map[string]any {
			return dns(map[string]any{"GroupId": group(tpl), "CidrIp": "0.0.0.0/0"})
		})},
		{"questions to anybody", stack, "rule", e.add("EC2::SecurityGroupEgress", func(tpl template) map[string]any {
			return dns(map[string]any{"GroupId": group(tpl), "CidrIp": "0.0.0.0/0"})
		})},
		{"a server more", stack, "name", e.more("Route53Resolver::ResolverRule", "TargetIps",
			map[string]any{"Ip": "192.168.99.10", "Port": "53"})},
		{"a rule more", stack, "name", e.add("Route53Resolver::ResolverRule",
			e.copied("Route53Resolver::ResolverRule", map[string]any{"DomainName": "amazonaws.com"}))},
		{"a rule of SYSTEM", stack, "name", e.set("Route53Resolver::ResolverRule", "RuleType", "SYSTEM")},
		{"an endpoint more", stack, "endpoint", e.add("Route53Resolver::ResolverEndpoint",
			e.copied("Route53Resolver::ResolverEndpoint", nil))},
		{"names over HTTPS alone", stack, "endpoint", e.set("Route53Resolver::ResolverEndpoint", "Protocols", []any{"DoH"})},
		{"names over HTTPS too", stack, "endpoint", e.set("Route53Resolver::ResolverEndpoint", "Protocols", []any{"DoH", "Do53"})},
		{"addresses of version 6", stack, "endpoint", e.set("Route53Resolver::ResolverEndpoint", "ResolverEndpointType", "DUALSTACK")},
		{"a share with a stranger", stack, "sharing", e.more("RAM::ResourceShare", "Principals", "999999999998")},
		{"a way out", stack, "route", e.add("EC2::Route", e.copied("EC2::Route", map[string]any{"DestinationCidrBlock": "0.0.0.0/0"}))},
		{"a stranger's rule", spoke, "name", e.add("Route53Resolver::ResolverRuleAssociation", func(tpl template) map[string]any {
			return map[string]any{"VPCId": vpc(tpl), "ResolverRuleId": "rslvr-rr-0123456789abcdef0"}
		})},
		{"an endpoint of the spoke's own", spoke, "way", e.add("Route53Resolver::ResolverEndpoint", func(tpl template) map[string]any {
			return map[string]any{"Direction": "INBOUND", "SecurityGroupIds": []any{}, "IpAddresses": []any{
				map[string]any{"SubnetId": map[string]any{"Ref": resourceOf(tpl, "AWS::EC2::Subnet")}}}}
		})},
	})
}

// What is added to the attachment of a VPC that exists opens it: the proof refuses it.
func TestExistingStaysClosed(t *testing.T) {
	t.Parallel()
	const dir, stack, link = "examples/07-existing", "use1-spoke-warehouse", "use1-link-warehouse"
	e := editor{t}
	stayClosed(t, dir, []addition{
		{"a way to everybody", stack, "segment",
			e.add("EC2::Route", e.copied("EC2::Route", map[string]any{"DestinationCidrBlock": "0.0.0.0/0"}))},
		{"a way by a peering", stack, "route", e.add("EC2::Route", func(tpl template) map[string]any {
			return map[string]any{"RouteTableId": e.copied("EC2::Route", nil)(tpl)["RouteTableId"], "DestinationCidrBlock": "10.99.0.0/16",
				"VpcPeeringConnectionId": "pcx-0123456789abcdef0"}
		})},
		{"a subnet more", stack, "vpc", e.add("EC2::Subnet", e.copied("EC2::Subnet", map[string]any{"CidrBlock": "172.24.128.0/24"}))},
		{"a second attachment", stack, "conflict", e.add("EC2::TransitGatewayAttachment", e.copied("EC2::TransitGatewayAttachment", nil))},
		{"an endpoint in it", stack, "endpoint", e.add("EC2::VPCEndpoint", func(template) map[string]any {
			return map[string]any{"VpcId": "vpc-0e1f203142536475a", "ServiceName": "com.amazonaws.us-east-1.s3", "VpcEndpointType": "Gateway"}
		})},
		{"an internet gateway", stack, "way", e.add("EC2::VPCGatewayAttachment", func(template) map[string]any {
			return map[string]any{"VpcId": "vpc-0e1f203142536475a", "InternetGatewayId": "igw-0123456789abcdef0"}
		})},
		{"a way to it for others", link, "segment", e.add("EC2::TransitGatewayRoute",
			e.copied("EC2::TransitGatewayRoute", map[string]any{"DestinationCidrBlock": "172.25.0.0/16"}))},
		{"propagated ranges", link, "segment", e.add("EC2::TransitGatewayRouteTablePropagation", func(tpl template) map[string]any {
			r := theProperties(t, tpl, "EC2::TransitGatewayRoute")
			return map[string]any{"TransitGatewayRouteTableId": r["TransitGatewayRouteTableId"],
				"TransitGatewayAttachmentId": r["TransitGatewayAttachmentId"]}
		})},
	})
}

// addition is a change of a template that opens something, and the code of the refusal.
type addition struct {
	what, stack, code string
	apply             func(template)
}

func stayClosed(t *testing.T, dir string, additions []addition) {
	t.Helper()
	cfg, diags := config.Load(dir)
	if cfg == nil {
		t.Fatal(diags)
	}
	out := assembled(t, dir)
	whole := templates(t, out)
	for _, c := range additions {
		if codes := refuse(t, cfg, out, whole, mutant{stack: c.stack, apply: c.apply}); !slices.Contains(codes, c.code) {
			t.Errorf("%s: expected a refusal with %s, found %v", c.what, c.code, codes)
		}
	}
}
