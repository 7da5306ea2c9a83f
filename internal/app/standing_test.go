package app

import (
	"encoding/json"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
)

// What is added to VPCs that exist, or changed of what the stacks have of an attachment that exists, opens it or breaks it: the proof
// refuses it, for a reason that fits.
func TestStandingStaysClosed(t *testing.T) {
	t.Parallel()
	const network, link, spoke, resolver, service = "use1-network", "use1-link-erp", "use1-spoke-erp", "use1-resolver", "use1-service-orders"
	dir, e := goodConfiguration(t, "internal/config/testdata/good/standing.txtar"), editor{t}
	other := "tgw-attach-0a1b2c3d4e5f60799"
	subnet := func(vpc, cidr string) func(template) map[string]any {
		return func(template) map[string]any {
			return map[string]any{"VpcId": vpc, "CidrBlock": cidr, "AvailabilityZoneId": "use1-az1"}
		}
	}
	stayClosed(t, dir, []addition{
		{"another attachment is the hub's", network, "path", func(tpl template) {
			for _, r := range tpl.resources() {
				p, _ := r.(map[string]any)["Properties"].(map[string]any)
				if p["TransitGatewayAttachmentId"] == "tgw-attach-0a1b2c3d4e5f60711" {
					p["TransitGatewayAttachmentId"] = other
				}
			}
		}},
		{"another attachment is the spoke's", link, "path", e.set("EC2::TransitGatewayRouteTableAssociation", "TransitGatewayAttachmentId",
			other)},
		{"a second attachment of the spoke's VPC", spoke, "path", e.add("EC2::TransitGatewayAttachment", func(template) map[string]any {
			return map[string]any{"TransitGatewayId": "tgw-0a1b2c3d4e5f60718", "VpcId": "vpc-0e1f203142536475a",
				"SubnetIds": []any{"subnet-0a10b21c32d43e54f"}}
		})},
		{"a subnet more in the hub's VPC", network, "vpc", e.add("EC2::Subnet", subnet("vpc-0c1d2e3f405162738", "10.0.9.0/24"))},
		{"a subnet more in the spoke's", spoke, "vpc", e.add("EC2::Subnet", subnet("vpc-0e1f203142536475a", "172.20.9.0/24"))},
		{"a Resolver subnet elsewhere", resolver, "vpc", e.set("EC2::Subnet", "CidrBlock", "10.0.14.32/28")},
		{"a Resolver endpoint more", resolver, "endpoint", e.add("Route53Resolver::ResolverEndpoint", func(tpl template) map[string]any {
			return map[string]any{"Direction": "INBOUND", "SecurityGroupIds": []any{}, "IpAddresses": []any{
				map[string]any{"SubnetId": "subnet-0c10d21e32f43a541"}, map[string]any{"SubnetId": "subnet-0c10d21e32f43a542"}}}
		})},
		{"the load balancer in another tier", service, "service", e.set("ElasticLoadBalancingV2::LoadBalancer", "Subnets",
			[]any{"subnet-0a10b21c32d43e54e", "subnet-0a10b21c32d43e550"})},
		{"the load balancer in a subnet of no file", service, "service", e.set("ElasticLoadBalancingV2::LoadBalancer", "Subnets",
			[]any{"subnet-0a10b21c32d43e54f", "subnet-0a10b21c32d43e599"})},
		{"the endpoint in another tier", "use1-uses-erp", "endpoint", e.set("EC2::VPCEndpoint", "SubnetIds", []any{"subnet-0a10b21c32d43e54e"})},
	})
}

// Hosts and endpoints stand in the subnets of an attachment that exists, and are reached there.
func TestExplainStanding(t *testing.T) {
	t.Parallel()
	dir := goodConfiguration(t, "internal/config/testdata/good/standing.txtar")
	out := assembled(t, dir)
	for _, pair := range [][2]string{{"erp", "kms"}, {"shop", "erp"}, {"shop", "orders"}, {"erp", "stock"}, {"datacentre", "kms"}} {
		code, stdout, stderr := run(t, "explain", "--config", dir, "--assembly", out, pair[0], pair[1], "--json")
		var x prove.Explanation
		if err := json.Unmarshal([]byte(stdout), &x); err != nil || code != 0 {
			t.Errorf("%v: explain ended with %d, %v: %s", pair, code, err, stderr)
		} else if x.Reaches != prove.Fully || x.AsConfigured == nil || !*x.AsConfigured {
			t.Errorf("%v: expected it to be reached as configured, found %s, because %s", pair, x.Reaches, x.Because)
		}
	}
}

// A Resolver endpoint that the owner of a VPC that exists has in it is nobody's business; one in a VPC that is made is.
func TestOwnersResolver(t *testing.T) {
	t.Parallel()
	dir := goodConfiguration(t, "internal/config/testdata/good/standing.txtar")
	cfg, diags := config.Load(dir)
	if cfg == nil {
		t.Fatal(diags)
	}
	a, err := assembly.Read(assembled(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	made := ""
	for _, part := range a.Records().Parts {
		if s, ok := part.(*topology.SubnetRecord); ok && s.Source.Stack == "use1-spoke-shop" {
			made = s.ID
		}
	}
	for subnet, holds := range map[string]bool{"subnet-0c10d21e32f43a541": true, "subnet-0a10b21c32d43e560": true, made: false} {
		r := a.Records()
		const id = "rslvr-in-0123456789abcdef0"
		r.Add(&topology.ResolverEndpointRecord{Meta: topology.Meta{ID: id, Type: "AWS::Route53Resolver::ResolverEndpoint",
			Source: topology.Source{ID: id}, Account: "111111111111", Region: "us-east-1"}, Direction: "INBOUND", Subnets: []string{subnet},
			Addresses: []string{"10.0.0.99"}})
		if p := prove.Network(cfg, prove.Linked(cfg, r)); p.Holds() != holds {
			t.Errorf("in %s: expected the proof to hold: %v, found:\n%v", subnet, holds, p.Findings)
		}
	}
}
