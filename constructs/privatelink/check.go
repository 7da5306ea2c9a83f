package privatelink

import (
	"fmt"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/internal/check"
)

func (p *EndpointServiceProps) check(scope constructs.Construct, id string) {
	c := check.New("privatelink.NewEndpointService", scope, id, p)
	c.Text("Name", p.Name)
	c.Text("NamePrefix", p.NamePrefix)
	c.IDs("LoadBalancerARNs", p.LoadBalancerARNs, "arn:")
	c.IDs("Principals", *jsii.Strings(p.Principals...), "arn:")
	c.Done()
}

func (p *LoadBalancerProps) check(scope constructs.Construct, id string) {
	c := check.New("privatelink.NewLoadBalancer", scope, id, p)
	c.Text("Name", p.Name)
	c.ID("VPCID", p.VPCID, "vpc-")
	c.IDs("SubnetIDs", p.SubnetIDs, "subnet-")
	if len(p.Listeners) == 0 {
		c.Errorf("Listeners", "is empty, expected at least one")
	}
	var seen []int
	for i, l := range p.Listeners {
		port(c, fmt.Sprintf("Listeners[%d].Port", i), l.Port, 1)
		port(c, fmt.Sprintf("Listeners[%d].TargetPort", i), l.TargetPort, 0)
		if slices.Contains(seen, l.Port) {
			c.Errorf(fmt.Sprintf("Listeners[%d].Port", i), "%d is there twice, expected a unique one", l.Port)
		}
		seen = append(seen, l.Port)
	}
	oneOf(c, "TargetType", p.TargetType, "ip", "instance", "alb")
	if p.TargetType == "alb" && len(p.Targets) != 1 {
		c.Errorf("Targets", "has %d entries, expected the ARN of one Application Load Balancer", len(p.Targets))
	}
	if len(p.TargetRanges) == 0 {
		c.Errorf("TargetRanges", "is empty, expected at least one range")
	}
	for i, r := range p.TargetRanges {
		c.CIDR(fmt.Sprintf("TargetRanges[%d]", i), r, 0, 32)
	}
	protocols := []string{"", "TCP", "HTTP", "HTTPS"}
	if p.TargetType == "alb" {
		protocols = []string{"HTTP", "HTTPS"}
	}
	oneOf(c, "HealthCheck.Protocol", p.HealthCheck.Protocol, protocols...)
	port(c, "HealthCheck.Port", p.HealthCheck.Port, 0)
	if p.HealthCheck.Path != "" && (p.HealthCheck.Protocol == "" || p.HealthCheck.Protocol == "TCP") {
		c.Errorf("HealthCheck.Path", "%q, expected none with TCP", p.HealthCheck.Path)
	}
	c.Done()
}

func port(c *check.Props, prop string, n, least int) {
	if n < least || n > 65535 {
		c.Errorf(prop, "%d, expected %d to 65535", n, least)
	}
}

func oneOf(c *check.Props, prop, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		c.Errorf(prop, "%q, expected one of %v", value, allowed)
	}
}
