package endpoints_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/endpoints"
	"sharedhub/constructs/internal/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

var (
	vpc    = jsii.String("vpc-0123456789abcdef0")
	subnet = jsii.String("subnet-0123456789abcdef0")
)

func Example() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("hub"), nil)
	e := endpoints.NewInterfaceEndpoints(stack, "Endpoints", &endpoints.InterfaceEndpointsProps{
		Name: "hub", VPCID: vpc, Clients: []string{"10.0.0.0/8"},
		Services: []endpoints.Service{{Name: "ssm", ServiceName: "com.amazonaws.us-east-1.ssm", SubnetIDs: []*string{subnet}}},
	})
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::EC2::VPCEndpoint"), map[string]any{
		"ServiceName": "com.amazonaws.us-east-1.ssm", "VpcEndpointType": "Interface", "PrivateDnsEnabled": false,
	})
	fmt.Println(e.ByName["ssm"].DNSName != nil)
	// Output: true
}

func TestPortsAndWaves(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	var services []endpoints.Service
	for i := range 5 {
		services = append(services, endpoints.Service{
			Name: fmt.Sprint("s", i), ServiceName: fmt.Sprint("com.amazonaws.us-east-1.s", i), SubnetIDs: []*string{subnet},
		})
	}
	services[4].Ports = []int{25, 587}
	endpoints.NewInterfaceEndpoints(stack, "E", &endpoints.InterfaceEndpointsProps{
		Name: "n", VPCID: vpc, Clients: []string{"10.2.0.0/16", "10.1.0.0/16"}, Services: services, Wave: 2,
	})
	template := assertions.Template_FromStack(stack, nil)
	template.ResourceCountIs(jsii.String("AWS::EC2::SecurityGroup"), jsii.Number(2))
	b, _ := json.Marshal(template.ToJSON())
	if n := strings.Count(string(b), `"DependsOn"`); n != 3 {
		t.Errorf("%d endpoints wait for another, want 3 of 5 in waves of 2", n)
	}
	if strings.Contains(string(b), "0.0.0.0/0") || strings.Count(string(b), `"FromPort":25,`) != 2 {
		t.Errorf("rules: %s", b)
	}
}

func TestGatewayEndpoint(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	endpoints.NewGatewayEndpoint(stack, "S3", &endpoints.GatewayEndpointProps{
		Name: "n", VPCID: vpc, ServiceName: "com.amazonaws.us-east-1.s3", RouteTableIDs: []*string{jsii.String("rtb-0123456789abcdef0")},
	})
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::EC2::VPCEndpoint"), map[string]any{
		"VpcEndpointType": "Gateway",
	})
}

func TestMistakes(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	cdktest.Panics(t, func() {
		endpoints.NewInterfaceEndpoints(stack, "E", &endpoints.InterfaceEndpointsProps{Clients: []string{"10.0.0.0/33"}, Wave: -1,
			Services: []endpoints.Service{
				{Name: "ssm", Ports: []int{0}, IPAddressType: "v4"}, {Name: "ssm", ServiceName: "s", SubnetIDs: []*string{vpc}},
			}})
	}, "Name: is empty", "VPCID: is nil", `Services[1].Name: "ssm" is there twice`, "Services[0].ServiceName: is empty",
		"Services[0].SubnetIDs: is empty", "Ports: 0, expected 1 to 65535",
		`IPAddressType: "v4", expected one of [ipv4 ipv6 dualstack]`, "Services[1].SubnetIDs[0]:", `Clients[0]: "10.0.0.0/33" is no IPv4 range`,
		"Wave: -1")
	cdktest.Panics(t, func() { endpoints.NewGatewayEndpoint(stack, "G", &endpoints.GatewayEndpointProps{}) }, "Name:", "VPCID:",
		"ServiceName:", "RouteTableIDs:")
}
