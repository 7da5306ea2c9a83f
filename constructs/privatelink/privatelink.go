// Package privatelink publishes a service to other VPCs by AWS PrivateLink: an endpoint service with the principals that may
// connect, and an internal Network Load Balancer in front of targets, which nothing but the endpoint service reaches.
package privatelink

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/network"
)

// EndpointServiceProps of an EndpointService.
type EndpointServiceProps struct {
	// Name is the Name tag. Required. May be a token.
	Name string
	// NamePrefix begins the service's full name, before its id: "com.amazonaws.vpce.us-east-1.". Required. May be a token.
	NamePrefix string
	// LoadBalancerARNs are Network Load Balancers of the stack's account and region. Required. May be tokens.
	LoadBalancerARNs []*string
	// Principals that may connect, as ARNs: "arn:aws:iam::222222222222:root". AWS takes accounts, roles and users, and no organization.
	// Required. May be tokens.
	Principals []string
	// AcceptanceRequired makes each connection wait until somebody accepts it. Default: false.
	AcceptanceRequired bool
}

// EndpointService is an endpoint service with its permissions.
type EndpointService struct {
	constructs.Construct
	// ID is "vpce-svc-…", and ServiceName the full name that endpoints are made of.
	ID, ServiceName *string
	// Resource is the endpoint service, Permissions who may connect.
	Resource    awsec2.CfnVPCEndpointService
	Permissions awsec2.CfnVPCEndpointServicePermissions
}

// String is the path of the construct.
func (s *EndpointService) String() string { return *s.Node().Path() }

// NewEndpointService makes an endpoint service.
func NewEndpointService(scope constructs.Construct, id string, props *EndpointServiceProps) *EndpointService {
	props.check(scope, id)
	s := &EndpointService{}
	constructs.NewConstruct_Override(s, scope, jsii.String(id))
	arns := make([]any, len(props.LoadBalancerARNs))
	for i, a := range props.LoadBalancerARNs {
		arns[i] = a
	}
	s.Resource = awsec2.NewCfnVPCEndpointService(s, jsii.String("Service"), &awsec2.CfnVPCEndpointServiceProps{
		NetworkLoadBalancerArns: &arns, AcceptanceRequired: jsii.Bool(props.AcceptanceRequired), Tags: network.NameTag(props.Name),
	})
	s.ID = s.Resource.Ref()
	s.ServiceName = awscdk.Fn_Join(jsii.String(""), &[]*string{jsii.String(props.NamePrefix), s.ID})
	principals := slices.Clone(props.Principals)
	slices.Sort(principals)
	s.Permissions = awsec2.NewCfnVPCEndpointServicePermissions(s, jsii.String("Permissions"), &awsec2.CfnVPCEndpointServicePermissionsProps{
		ServiceId: s.ID, AllowedPrincipals: jsii.Strings(principals...),
	})
	return s
}

// LoadBalancerProps of a LoadBalancer.
type LoadBalancerProps struct {
	// Name begins the Name tags. Required. May be a token.
	Name string
	// VPCID is the id of the load balancer's VPC. Required. May be a token.
	VPCID *string
	// SubnetIDs, one per AZ. Required. May be tokens.
	SubnetIDs []*string
	// Listeners, TCP. Required.
	Listeners []Listener
	// TargetType is "ip", "instance" or "alb". It can never change. Required.
	TargetType string
	// Targets are addresses, ids of instances, or the ARN of one Application Load Balancer. May be tokens. Default: none; others
	// register them.
	Targets []string
	// TargetRanges are those that the load balancer may send packets to, IPv4: the targets' VPC. Required.
	TargetRanges []string
	// HealthCheck of the targets. Default: a TCP connection to the target port.
	HealthCheck HealthCheck
	// CrossZone lets each zone's node reach the targets of all zones. Default: false.
	CrossZone bool
}

// Listener passes connections to a port on to a port of the targets.
type Listener struct {
	// Port that clients connect to. Required.
	Port int
	// TargetPort of the targets. Default: Port.
	TargetPort int
}

// HealthCheck is what the load balancer asks its targets.
type HealthCheck struct {
	// Protocol is TCP, HTTP or HTTPS; of an "alb" one of the latter two. Default: TCP.
	Protocol string
	// Port to ask. Default: the target port.
	Port int
	// Path to ask for, not with TCP. Default: "/".
	Path string
}

// LoadBalancer is an internal Network Load Balancer. Its security group admits nobody, and rules do not count for packets that come
// by PrivateLink (Network Load Balancer guide, "Security groups"): so it is reached through endpoint services alone.
type LoadBalancer struct {
	constructs.Construct
	ARN *string
	// SecurityGroupID is the group that targets admit: packets come from the load balancer's addresses.
	SecurityGroupID *string
	// TargetGroupARNs by the listener's port, for whoever registers targets.
	TargetGroupARNs map[int]*string
	// Resource is the load balancer; SecurityGroup, Listeners and TargetGroups, both by port, are the rest.
	Resource      awselasticloadbalancingv2.CfnLoadBalancer
	SecurityGroup awsec2.CfnSecurityGroup
	Listeners     map[int]awselasticloadbalancingv2.CfnListener
	TargetGroups  map[int]awselasticloadbalancingv2.CfnTargetGroup
}

// String is the path of the construct.
func (l *LoadBalancer) String() string { return *l.Node().Path() }

// NewLoadBalancer makes a load balancer with a listener and a target group for each port.
func NewLoadBalancer(scope constructs.Construct, id string, props *LoadBalancerProps) *LoadBalancer {
	props.check(scope, id)
	l := &LoadBalancer{TargetGroupARNs: map[int]*string{}, Listeners: map[int]awselasticloadbalancingv2.CfnListener{},
		TargetGroups: map[int]awselasticloadbalancingv2.CfnTargetGroup{}}
	constructs.NewConstruct_Override(l, scope, jsii.String(id))
	l.SecurityGroup = l.group(props)
	l.SecurityGroupID = l.SecurityGroup.AttrGroupId()
	subnets := make([]any, len(props.SubnetIDs))
	for i, s := range props.SubnetIDs {
		subnets[i] = s
	}
	l.Resource = awselasticloadbalancingv2.NewCfnLoadBalancer(l, jsii.String("LoadBalancer"),
		&awselasticloadbalancingv2.CfnLoadBalancerProps{
			Type: jsii.String("network"), Scheme: jsii.String("internal"), IpAddressType: jsii.String("ipv4"), Subnets: &subnets,
			SecurityGroups: &[]any{l.SecurityGroupID}, EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: jsii.String("off"),
			LoadBalancerAttributes: &[]any{&awselasticloadbalancingv2.CfnLoadBalancer_LoadBalancerAttributeProperty{
				Key: jsii.String("load_balancing.cross_zone.enabled"), Value: jsii.String(strconv.FormatBool(props.CrossZone)),
			}}, Tags: network.NameTag(props.Name),
		})
	l.ARN = l.Resource.Ref()
	for _, listener := range props.Listeners {
		l.listen(props, listener)
	}
	return l
}

func (l Listener) targetPort() int {
	if l.TargetPort == 0 {
		return l.Port
	}
	return l.TargetPort
}

// group lets the load balancer send to the targets' ports, and admits nobody.
func (l *LoadBalancer) group(props *LoadBalancerProps) awsec2.CfnSecurityGroup {
	var ports []int
	for _, listener := range props.Listeners {
		ports = append(ports, listener.targetPort())
	}
	if p := props.HealthCheck.Port; p > 0 {
		ports = append(ports, p)
	}
	slices.Sort(ports)
	ranges := slices.Sorted(slices.Values(props.TargetRanges))
	var egress []any
	for _, port := range slices.Compact(ports) {
		for _, r := range ranges {
			egress = append(egress, &awsec2.CfnSecurityGroup_EgressProperty{
				IpProtocol: jsii.String("tcp"), FromPort: jsii.Number(port), ToPort: jsii.Number(port), CidrIp: jsii.String(r),
				Description: jsii.String(fmt.Sprintf("targets in %s on port %d", r, port)),
			})
		}
	}
	return awsec2.NewCfnSecurityGroup(l, jsii.String("Group"), &awsec2.CfnSecurityGroupProps{
		GroupDescription: jsii.String("Load balancer of an endpoint service: reached by PrivateLink alone"), VpcId: props.VPCID,
		SecurityGroupEgress: &egress, Tags: network.NameTag(props.Name),
	})
}

func (l *LoadBalancer) listen(props *LoadBalancerProps, listener Listener) {
	health := props.HealthCheck
	p := &awselasticloadbalancingv2.CfnTargetGroupProps{
		VpcId: props.VPCID, Port: jsii.Number(listener.targetPort()), Protocol: jsii.String("TCP"), TargetType: jsii.String(props.TargetType),
		HealthCheckProtocol: jsii.String("TCP"), HealthCheckPort: jsii.String("traffic-port"), Tags: network.NameTag(props.Name),
	}
	if health.Protocol != "" {
		p.HealthCheckProtocol = jsii.String(health.Protocol)
	}
	if health.Port > 0 {
		p.HealthCheckPort = jsii.String(strconv.Itoa(health.Port))
	}
	if *p.HealthCheckProtocol != "TCP" {
		p.HealthCheckPath = jsii.String("/")
		if health.Path != "" {
			p.HealthCheckPath = jsii.String(health.Path)
		}
	}
	if len(props.Targets) > 0 {
		targets := make([]any, len(props.Targets))
		for i, t := range props.Targets {
			targets[i] = &awselasticloadbalancingv2.CfnTargetGroup_TargetDescriptionProperty{Id: jsii.String(t),
				Port: jsii.Number(listener.targetPort())}
		}
		p.Targets = &targets
	}
	group := awselasticloadbalancingv2.NewCfnTargetGroup(l, jsii.String(fmt.Sprintf("targets-%d", listener.Port)), p)
	l.TargetGroups[listener.Port], l.TargetGroupARNs[listener.Port] = group, group.Ref()
	l.Listeners[listener.Port] = awselasticloadbalancingv2.NewCfnListener(l, jsii.String(fmt.Sprintf("port-%d", listener.Port)),
		&awselasticloadbalancingv2.CfnListenerProps{
			LoadBalancerArn: l.ARN, Port: jsii.Number(listener.Port), Protocol: jsii.String("TCP"),
			DefaultActions: &[]any{&awselasticloadbalancingv2.CfnListener_ActionProperty{Type: jsii.String("forward"), TargetGroupArn: group.Ref()}},
		})
}
