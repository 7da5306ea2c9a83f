package resolver_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/internal/cdktest"
	"sharedhub/constructs/network"
	"sharedhub/constructs/resolver"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

func Example() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("hub"), nil)
	vpc := jsii.String("vpc-0123456789abcdef0")
	made := resolver.NewEndpoints(stack, "Resolver", &resolver.EndpointsProps{
		Name: "hub", VPCID: vpc, TransitGatewayID: jsii.String("tgw-0123456789abcdef0"), Routes: []string{"192.168.0.0/16"},
		Subnets: []resolver.Subnet{
			{Subnet: network.Subnet{AZ: "a", AvailabilityZone: "us-east-1a", CIDR: "10.0.1.0/28"}, Inbound: "10.0.1.4", Outbound: "10.0.1.5"},
			{Subnet: network.Subnet{AZ: "b", AvailabilityZone: "us-east-1b", CIDR: "10.0.1.16/28"}, Inbound: "10.0.1.20", Outbound: "10.0.1.21"},
		},
		Inbound: []string{"192.168.0.0/16"},
		Rules:   map[string][]string{"corp.example.com": {"192.168.0.10"}},
	})
	resolver.NewRuleAssociation(stack, "Corp", &resolver.RuleAssociationProps{VPCID: vpc, RuleID: made.Rules["corp.example.com"].ID})
	template := assertions.Template_FromStack(stack, nil)
	template.HasResourceProperties(jsii.String("AWS::Route53Resolver::ResolverRule"), map[string]any{
		"DomainName": "corp.example.com", "TargetIps": []any{map[string]any{"Ip": "192.168.0.10", "Port": "53"}},
	})
	template.ResourceCountIs(jsii.String("AWS::Route53Resolver::ResolverEndpoint"), jsii.Number(2))
	fmt.Println(len(made.Rules), "rule")
	// Output: 1 rule
}

func TestMistakes(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	cdktest.Panics(t, func() {
		resolver.NewEndpoints(stack, "R", &resolver.EndpointsProps{Name: "hub", VPCID: jsii.String("vpc-1"), Routes: []string{"10.0.0.1/8"},
			Subnets: []resolver.Subnet{{Subnet: network.Subnet{AZ: "a", CIDR: "10.0.1.0/28"}, Inbound: "10.0.2.4", Outbound: "10.0.1.5"}}})
	}, "Subnets: 1, expected at least 2", "Subnets[0].AvailabilityZone: is empty", `Subnets[0].Inbound: "10.0.2.4", expected an address of`,
		"Inbound: is empty, and so is Rules", "Routes[0]: 10.0.0.1/8 has bits set", "TransitGatewayID: is nil or empty")
	cdktest.Panics(t, func() {
		resolver.NewEndpoints(stack, "Q", &resolver.EndpointsProps{Rules: map[string][]string{"a.example": {}, "b.example": {"dc1"}}})
	}, "Name:", "VPCID:", `Rules["a.example"]: is empty`, `Rules["b.example"]: "dc1" is no IPv4 address`)
	cdktest.Panics(t, func() {
		resolver.NewRuleAssociation(stack, "A", &resolver.RuleAssociationProps{VPCID: jsii.String("x"), RuleID: jsii.String("y")})
	}, "VPCID:", "RuleID:")
}
