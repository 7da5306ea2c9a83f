package privatelink_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/internal/cdktest"
	"sharedhub/constructs/privatelink"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

var (
	vpc    = jsii.String("vpc-0123456789abcdef0")
	subnet = jsii.String("subnet-0123456789abcdef0")
)

func Example() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("orders"), nil)
	balancer := privatelink.NewLoadBalancer(stack, "Balancer", &privatelink.LoadBalancerProps{
		Name: "orders", VPCID: vpc, SubnetIDs: []*string{subnet}, TargetRanges: []string{"10.20.0.0/22"},
		TargetType: "ip", Targets: []string{"10.20.0.10"}, Listeners: []privatelink.Listener{{Port: 443, TargetPort: 8443}},
	})
	service := privatelink.NewEndpointService(stack, "Service", &privatelink.EndpointServiceProps{
		Name: "orders", NamePrefix: "com.amazonaws.vpce.us-east-1.", LoadBalancerARNs: []*string{balancer.ARN},
		Principals: []string{"arn:aws:iam::222222222222:root"},
	})
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::ElasticLoadBalancingV2::LoadBalancer"), map[string]any{
		"Scheme": "internal", "Type": "network", "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "off",
	})
	fmt.Println(service.ServiceName != nil, len(balancer.TargetGroupARNs))
	// Output: true 1
}

func TestLoadBalancer(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	privatelink.NewLoadBalancer(stack, "B", &privatelink.LoadBalancerProps{
		Name: "n", VPCID: vpc, SubnetIDs: []*string{subnet}, TargetRanges: []string{"10.1.0.0/16", "10.0.0.0/16"}, CrossZone: true,
		TargetType: "instance", Listeners: []privatelink.Listener{{Port: 443, TargetPort: 8443}, {Port: 80}},
		HealthCheck: privatelink.HealthCheck{Protocol: "HTTP", Port: 8080},
	})
	template := assertions.Template_FromStack(stack, nil)
	template.ResourceCountIs(jsii.String("AWS::ElasticLoadBalancingV2::Listener"), jsii.Number(2))
	template.HasResourceProperties(jsii.String("AWS::ElasticLoadBalancingV2::TargetGroup"), map[string]any{
		"Port": 8443, "HealthCheckPort": "8080", "HealthCheckPath": "/", "Targets": assertions.Match_Absent(),
	})
	rule := func(port int, cidr string) map[string]any {
		return map[string]any{"FromPort": port, "ToPort": port, "IpProtocol": "tcp", "CidrIp": cidr,
			"Description": fmt.Sprintf("targets in %s on port %d", cidr, port)}
	}
	template.HasResourceProperties(jsii.String("AWS::EC2::SecurityGroup"), map[string]any{
		"SecurityGroupIngress": assertions.Match_Absent(),
		"SecurityGroupEgress": []any{rule(80, "10.0.0.0/16"), rule(80, "10.1.0.0/16"), rule(8080, "10.0.0.0/16"), rule(8080, "10.1.0.0/16"),
			rule(8443, "10.0.0.0/16"), rule(8443, "10.1.0.0/16")},
	})
}

func TestMistakes(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	cdktest.Panics(t, func() {
		privatelink.NewEndpointService(stack, "S", &privatelink.EndpointServiceProps{Principals: []string{"*"}})
	},
		"Name: is empty", "NamePrefix: is empty", "LoadBalancerARNs: is empty", `Principals[0]: "*", expected an id that begins with arn:`)
	cdktest.Panics(t, func() {
		privatelink.NewLoadBalancer(stack, "B", &privatelink.LoadBalancerProps{TargetType: "alb", TargetRanges: []string{"10.0.0.0/33"},
			Listeners: []privatelink.Listener{{Port: 443}, {Port: 443, TargetPort: -1}, {}}, HealthCheck: privatelink.HealthCheck{Path: "/"}})
	}, "Name: is empty", "VPCID: is nil", "SubnetIDs: is empty", "Listeners[1].Port: 443 is there twice", "Listeners[1].TargetPort: -1",
		"Listeners[2].Port: 0, expected 1 to 65535", "Targets: has 0 entries", `TargetRanges[0]: "10.0.0.0/33" is no IPv4 range`,
		`HealthCheck.Protocol: "", expected one of [HTTP HTTPS]`, `HealthCheck.Path: "/", expected none with TCP`)
}
