package network_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/internal/cdktest"
	"sharedhub/constructs/network"
)

// What is added to a VPC that exists stands in the stack, and nothing else.
func TestAddition(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	vpc := jsii.String("vpc-0123456789abcdef0")
	tiers := []network.Tier{{Name: "transit", Subnets: []network.Subnet{{AZ: "a", AvailabilityZoneID: "use1-az1", CIDR: "10.0.0.0/28"}}}}
	a := network.NewAddition(stack, "More", &network.AdditionProps{Name: "erp", VPCID: vpc, Tiers: tiers,
		FlowLogs: &network.FlowLogs{Bucket: "arn:aws:s3:::logs"}})
	last := a.Tiers["transit"].Subnets[0]
	a.RouteToTransitGateway("rtb-0123456789abcdef0", []string{"10.0.0.0/8", "172.16.0.0/12"}, jsii.String("tgw-0123456789abcdef0"), last)
	template := assertions.Template_FromStack(stack, nil)
	for typ, n := range map[string]float64{"AWS::EC2::Subnet": 1, "AWS::EC2::RouteTable": 1, "AWS::EC2::SubnetRouteTableAssociation": 1,
		"AWS::EC2::Route": 2, "AWS::EC2::FlowLog": 1, "AWS::EC2::VPC": 0} {
		template.ResourceCountIs(jsii.String(typ), jsii.Number(n))
	}
	template.HasResourceProperties(jsii.String("AWS::EC2::Route"), map[string]any{"RouteTableId": "rtb-0123456789abcdef0",
		"DestinationCidrBlock": "172.16.0.0/12", "TransitGatewayId": "tgw-0123456789abcdef0"})
	template.HasResourceProperties(jsii.String("AWS::EC2::FlowLog"), map[string]any{"ResourceId": *vpc})
}

func TestAdditionProps(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	public := []network.Tier{{Name: "public", Egress: network.InternetGateway, Subnets: []network.Subnet{{AZ: "a", CIDR: "10.0.0.0/99"}}}}
	cdktest.Panics(t, func() {
		network.NewAddition(stack, "A", &network.AdditionProps{VPCID: jsii.String("subnet-1"), Tiers: public})
	},
		"Name: is empty", "VPCID", `tier "public" has Egress`, "10.0.0.0/99")
}
