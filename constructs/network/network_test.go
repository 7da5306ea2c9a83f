package network_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/network"
)

func TestMain(m *testing.M) {
	os.Setenv("CDK_VALIDATION", "false") // the CDK's own template validation takes seconds an app
	jsii.Close()                         // prepared with the environment of before
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

func Example() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("payments"), nil)
	n := network.NewVPC(stack, "Network", &network.VPCProps{
		Name: "payments", CIDR: "10.16.4.0/22",
		Tiers: []network.Tier{{Name: "private", Subnets: []network.Subnet{
			{AZ: "a", AvailabilityZone: "us-east-1a", CIDR: "10.16.4.0/25"},
			{AZ: "b", AvailabilityZone: "us-east-1b", CIDR: "10.16.4.128/25"},
		}}},
	})
	template := assertions.Template_FromStack(stack, nil)
	template.ResourceCountIs(jsii.String("AWS::EC2::Subnet"), jsii.Number(2))
	template.ResourceCountIs(jsii.String("AWS::EC2::InternetGateway"), jsii.Number(0))
	fmt.Println(len(n.Tiers["private"].SubnetIDs), "subnets")
	// Output: 2 subnets
}

func tiers(egress network.Egress) []network.Tier {
	subnets := func(third int) []network.Subnet {
		return []network.Subnet{
			{AZ: "a", AvailabilityZone: "us-east-1a", CIDR: fmt.Sprintf("10.0.%d.0/26", third)},
			{AZ: "use1-az2", AvailabilityZoneID: "use1-az2", CIDR: fmt.Sprintf("10.0.%d.64/26", third)},
		}
	}
	return []network.Tier{{Name: "public", Subnets: subnets(0), Egress: network.InternetGateway}, {Name: "private", Subnets: subnets(1), Egress: egress}}
}

// routes lists what each table sends to 0.0.0.0/0, as "table → target".
func routes(t *testing.T, props *network.VPCProps) string {
	t.Helper()
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	network.NewVPC(stack, "N", props)
	resources := (*assertions.Template_FromStack(stack, nil).ToJSON())["Resources"].(map[string]any)
	var out []string
	for _, id := range slices.Sorted(maps.Keys(resources)) {
		r := resources[id].(map[string]any)
		if r["Type"] != "AWS::EC2::Route" {
			continue
		}
		p := r["Properties"].(map[string]any)
		target := p["NatGatewayId"]
		if target == nil {
			target = p["GatewayId"]
		}
		b, _ := json.Marshal([]any{p["RouteTableId"], target})
		out = append(out, string(b))
	}
	return strings.Join(out, "\n")
}

func TestInternet(t *testing.T) {
	one := routes(t, &network.VPCProps{Name: "n", CIDR: "10.0.0.0/16", Tiers: tiers(network.NATGateway), NATAZs: []string{"a"}})
	if strings.Count(one, "Nnata") != 1 || strings.Count(one, "InternetGateway") != 1 {
		t.Errorf("one NAT gateway:\n%s", one)
	}
	each := routes(t, &network.VPCProps{Name: "n", CIDR: "10.0.0.0/16", Tiers: tiers(network.NATGateway), NATAZs: []string{"a", "use1-az2"}})
	if strings.Count(each, "Nprivateroutesa") != 1 || strings.Count(each, "Nnatuse1az2") != 1 {
		t.Errorf("a NAT gateway a zone:\n%s", each)
	}
	if none := routes(t, &network.VPCProps{Name: "n", CIDR: "10.0.0.0/16", Tiers: tiers(network.NoEgress)[1:]}); none != "" {
		t.Errorf("no internet was asked for:\n%s", none)
	}
}

func TestFlowLogs(t *testing.T) {
	for _, c := range []struct {
		logs   network.FlowLogs
		groups float64
	}{{network.FlowLogs{}, 1}, {network.FlowLogs{RetentionDays: 7}, 1}, {network.FlowLogs{Bucket: "arn:aws:s3:::logs"}, 0}} {
		stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
		network.NewVPC(stack, "N", &network.VPCProps{Name: "n", CIDR: "10.0.0.0/16", FlowLogs: &c.logs})
		template := assertions.Template_FromStack(stack, nil)
		template.ResourceCountIs(jsii.String("AWS::EC2::FlowLog"), jsii.Number(1))
		template.ResourceCountIs(jsii.String("AWS::Logs::LogGroup"), jsii.Number(c.groups))
		template.ResourceCountIs(jsii.String("AWS::IAM::Role"), jsii.Number(c.groups))
	}
}

// Tags and aspects of CDK users reach the parts, which are typed L1 resources.
func TestTagsReachTheParts(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	n := network.NewVPC(stack, "N", &network.VPCProps{Name: "n", CIDR: "10.0.0.0/16", Tiers: tiers(network.NoEgress)[1:]})
	awscdk.Tags_Of(n.Construct).Add(jsii.String("team"), jsii.String("net"), nil)
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::EC2::VPC"), map[string]any{
		"Tags": assertions.Match_ArrayWith(&[]any{map[string]any{"Key": "team", "Value": "net"}}),
	})
}
