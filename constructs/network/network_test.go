package network_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/internal/cdktest"
	"sharedhub/constructs/network"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

func Example() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("payments"), nil)
	vpc := network.NewVPC(stack, "Network", &network.VPCProps{
		Name: "payments", CIDR: "10.16.4.0/22",
		Tiers: []network.Tier{{Name: "private", Subnets: []network.Subnet{
			{AZ: "a", AvailabilityZone: "us-east-1a", CIDR: "10.16.4.0/25"},
			{AZ: "b", AvailabilityZone: "us-east-1b", CIDR: "10.16.4.128/25"},
		}}},
	})
	template := assertions.Template_FromStack(stack, nil)
	template.ResourceCountIs(jsii.String("AWS::EC2::Subnet"), jsii.Number(2))
	template.ResourceCountIs(jsii.String("AWS::EC2::InternetGateway"), jsii.Number(0))
	fmt.Println(len(vpc.Tiers["private"].SubnetIDs), "subnets")
	// Output: 2 subnets
}

// A function of one's own in the VPC.
func ExampleVPC_IVpc() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("payments"), nil)
	vpc := network.NewVPC(stack, "Network", &network.VPCProps{
		Name: "payments", CIDR: "10.16.4.0/22",
		Tiers: []network.Tier{
			{Name: "data", Subnets: []network.Subnet{{AZ: "a", AvailabilityZone: "us-east-1a", CIDR: "10.16.5.0/26"}}},
			{Name: "private", Subnets: []network.Subnet{{AZ: "a", AvailabilityZone: "us-east-1a", CIDR: "10.16.4.0/25"}}},
		},
	})
	awslambda.NewFunction(stack, jsii.String("Charge"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_PYTHON_3_13(), Handler: jsii.String("index.handler"),
		Code:       awslambda.Code_FromInline(jsii.String("def handler(event, context): pass")),
		Vpc:        vpc.IVpc(stack, "Vpc"),
		VpcSubnets: &awsec2.SubnetSelection{SubnetGroupName: jsii.String("private")},
	})
	resources := (*assertions.Template_FromStack(stack, nil).ToJSON())["Resources"].(map[string]any)
	for _, r := range resources {
		if r := r.(map[string]any); r["Type"] == "AWS::Lambda::Function" {
			subnets, _ := json.Marshal(r["Properties"].(map[string]any)["VpcConfig"].(map[string]any)["SubnetIds"])
			fmt.Println(string(subnets))
		}
	}
	// Output: [{"Ref":"NetworkprivateaA4A8A8AF"}]
}

func tiers(egress network.Egress) []network.Tier {
	subnets := func(third int) []network.Subnet {
		return []network.Subnet{
			{AZ: "a", AvailabilityZone: "us-east-1a", CIDR: fmt.Sprintf("10.0.%d.0/26", third)},
			{AZ: "use1-az2", AvailabilityZoneID: "use1-az2", CIDR: fmt.Sprintf("10.0.%d.64/26", third)},
		}
	}
	return []network.Tier{
		{Name: "public", Subnets: subnets(0), Egress: network.InternetGateway}, {Name: "private", Subnets: subnets(1), Egress: egress},
	}
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

// A VPC is a construct: a scope, what tags apply to, and what an aspect meets.
func TestConstruct(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	n := network.NewVPC(stack, "N", &network.VPCProps{Name: "n", CIDR: "10.0.0.0/16", Tiers: tiers(network.NoEgress)[1:]})
	awscdk.Tags_Of(n).Add(jsii.String("team"), jsii.String("net"), nil)
	if _, ok := stack.Node().FindChild(jsii.String("N")).(*network.VPC); !ok {
		t.Error("the tree does not hold the Go value")
	}
	group := awsec2.NewCfnSecurityGroup(n, jsii.String("Own"), &awsec2.CfnSecurityGroupProps{
		GroupDescription: jsii.String("own"), VpcId: n.VPCID,
	})
	if path := *group.Node().Path(); path != "s/N/Own" {
		t.Errorf("path %s", path)
	}
	a := &aspect{}
	awscdk.Aspects_Of(n).Add(awscdk.IAspect(a), nil)
	n.Resource.SetInstanceTenancy(jsii.String("dedicated")) // an L1 object that is handed out
	template := assertions.Template_FromStack(stack, nil)
	template.HasResourceProperties(jsii.String("AWS::EC2::VPC"), map[string]any{
		"InstanceTenancy": "dedicated", "Tags": assertions.Match_ArrayWith(&[]any{map[string]any{"Key": "team", "Value": "net"}}),
	})
	if a.visited < 5 {
		t.Errorf("the aspect visited %d constructs", a.visited)
	}
}

type aspect struct{ visited int }

func (a *aspect) Visit(constructs.IConstruct) { a.visited++ }

func TestIVpc(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	n := network.NewVPC(stack, "N", &network.VPCProps{Name: "n", CIDR: "10.0.0.0/16", NATAZs: []string{"a"},
		Tiers: append(tiers(network.NATGateway),
			network.Tier{Name: "one", Subnets: []network.Subnet{{AZ: "a", AvailabilityZone: "us-east-1a", CIDR: "10.0.9.0/26"}}})})
	vpc := n.IVpc(stack, "V", "public", "private")
	if public, private := len(*vpc.PublicSubnets()), len(*vpc.PrivateSubnets()); public != 2 || private != 2 {
		t.Errorf("%d public and %d private subnets", public, private)
	}
	cdktest.Panics(t, func() { n.IVpc(stack, "W") }, `network.VPC.IVpc("s/W"): tiers: "one" has subnets in the AZs [a], expected [a use1-az2]`)
	cdktest.Panics(t, func() { n.IVpc(stack, "X", "pubic") }, `tiers: "pubic", expected one of [public private one]`)
	cdktest.Panics(t, func() { n.RouteToTransitGateway("x", []string{"10.0.0.1/8"}, nil, nil) },
		`tier: "x", expected one of`, "destinations[0]: 10.0.0.1/8 has bits set", "transitGatewayID: is nil", "attachment: nil")
}

func TestMistakes(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	subnet := func(az, cidr string) network.Subnet {
		return network.Subnet{AZ: az, AvailabilityZone: "us-east-1" + az, CIDR: cidr}
	}
	private := func(s ...network.Subnet) []network.Tier { return []network.Tier{{Name: "private", Subnets: s}} }
	for i, c := range []struct {
		props network.VPCProps
		want  []string
	}{
		{network.VPCProps{CIDR: "10.0.0.0/99"}, []string{`NewVPC("s/`, "Name: is empty", `CIDR: "10.0.0.0/99" is no IPv4 range`}},
		{network.VPCProps{CIDR: "10.0.0.1/16"}, []string{"10.0.0.1/16 has bits set after the prefix, expected 10.0.0.0/16"}},
		{network.VPCProps{CIDR: "10.0.0.0/8"}, []string{"prefix length /8, expected /16 to /28"}},
		{network.VPCProps{CIDR: *awscdk.Fn_ImportValue(jsii.String("cidr"))}, []string{"CIDR: is a CDK token"}},
		{network.VPCProps{SecondaryCIDRs: []string{"10.0.4.0/22"}}, []string{"SecondaryCIDRs[0]: 10.0.4.0/22 overlaps 10.0.0.0/16"}},
		{network.VPCProps{IPAMPoolIDs: map[string]string{"10.0.0.0/16": "pool", "10.9.0.0/16": "ipam-pool-0123456789abcdef0"}},
			[]string{`IPAMPoolIDs["10.0.0.0/16"]: "pool"`, `IPAMPoolIDs: "10.9.0.0/16", expected CIDR or one of SecondaryCIDRs`}},
		{network.VPCProps{Tiers: private(subnet("a", "10.1.0.0/24"))},
			[]string{"Tiers[0].Subnets[0].CIDR: 10.1.0.0/24 is outside the VPC's ranges 10.0.0.0/16"}},
		{network.VPCProps{Tiers: private(subnet("a", "10.0.0.0/24"), subnet("b", "10.0.0.128/25"))},
			[]string{"Subnets[1].CIDR: 10.0.0.128/25 overlaps 10.0.0.0/24 of Tiers[0].Subnets[0]"}},
		{network.VPCProps{Tiers: private(subnet("a", "10.0.0.0/24"), subnet("a", "10.0.1.0/24"))},
			[]string{`Tiers[0].Subnets[1].AZ: "a" is there twice`}},
		{network.VPCProps{Tiers: append(private(), network.Tier{Name: "private"}, network.Tier{Name: "a b"})},
			[]string{"Tiers[0].Subnets: is empty", `Tiers[1].Name: "private" is there twice`, `"a b", expected letters`}},
		{network.VPCProps{Tiers: private(network.Subnet{AZ: "a", CIDR: "10.0.0.0/24"})}, []string{"Tiers[0].Subnets[0]: AvailabilityZone",
			"expected exactly one of them"}},
		{network.VPCProps{NATAZs: []string{"a"}}, []string{"NATAZs: [a], expected a tier with Egress InternetGateway"}},
		{network.VPCProps{Tiers: tiers(network.NATGateway), NATAZs: []string{"z"}},
			[]string{`NATAZs[0]: "z", expected an AZ of tier "public": [a use1-az2]`}},
		{network.VPCProps{Tiers: tiers(network.NATGateway)}, []string{"Tiers[1].Egress: NATGateway, and NATAZs is empty"}},
		{network.VPCProps{Tiers: tiers("nat")}, []string{`Tiers[1].Egress: "nat", expected NoEgress`}},
		{network.VPCProps{FlowLogs: &network.FlowLogs{Bucket: "logs", RetentionDays: 8}},
			[]string{`Bucket: "logs", expected an id that begins with arn:`, "RetentionDays: 8, expected one of", "no effect with a Bucket"}},
	} {
		if c.props.CIDR == "" {
			c.props.Name, c.props.CIDR = "n", "10.0.0.0/16"
		}
		cdktest.Panics(t, func() { network.NewVPC(stack, fmt.Sprint("N", i), &c.props) }, c.want...)
	}
	cdktest.Panics(t, func() { network.NewVPC(nil, "", nil) }, "scope: nil, expected a construct", `id: "", expected a name`,
		"props: nil, expected a *network.VPCProps")
	if n := len(*stack.Node().Children()); n != 0 {
		t.Errorf("%d constructs were left in the tree", n)
	}
}
