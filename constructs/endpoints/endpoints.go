// Package endpoints makes the VPC endpoints of a shared-services VPC: interface endpoints for many services, with
// security groups that admit known ranges on the services' ports and nothing else, and gateway endpoints.
package endpoints

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/internal/check"
	"sharedhub/constructs/network"
)

// InterfaceEndpointsProps of InterfaceEndpoints.
type InterfaceEndpointsProps struct {
	// Name begins the Name tags. Required. May be a token.
	Name string
	// VPCID is the id of the endpoints' VPC. Required. May be a token.
	VPCID *string
	// Services to make endpoints for; their order does not matter. Required.
	Services []Service
	// Clients are the ranges that may connect, IPv4. Required.
	Clients []string
	// Wave is how many endpoints CloudFormation makes at a time; all at once run into the EC2 API's rate limit. Default: 3.
	Wave int
}

// Service is one interface endpoint.
type Service struct {
	// Name is the service's short name, unique here and part of the construct ids: "ecr.dkr". Required.
	Name string
	// ServiceName is the endpoint service's full name: "com.amazonaws.us-east-1.ecr.dkr". Required. May be a token.
	// It can never change.
	ServiceName string
	// ServiceRegion is the service's region where it is another; the deploying role then needs vpce:AllowMultiRegion. It
	// can never change. May be a token. Default: the stack's own.
	ServiceRegion string
	// SubnetIDs, at most one per AZ. Required. May be tokens.
	SubnetIDs []*string
	// Ports, TCP. Default: 443.
	Ports []int
	// Policy is the endpoint policy. Its values may be tokens. Default: none; AWS then lets everything pass.
	Policy map[string]any
	// PrivateDNS makes the service's names resolve to the endpoint in its own VPC, and lets a Route 53 Profile carry
	// them. It excludes a private zone of the same name on the VPC. Default: false.
	PrivateDNS bool
	// IPAddressType is ipv4, ipv6 or dualstack; the latter two need subnets with both families. Default: ipv4.
	IPAddressType string
}

// InterfaceEndpoints are interface endpoints with their security groups.
type InterfaceEndpoints struct {
	constructs.Construct
	// ByName are the endpoints by the service's short name.
	ByName map[string]*InterfaceEndpoint
	// SecurityGroups by their ports: "443", "25-465-587".
	SecurityGroups map[string]awsec2.CfnSecurityGroup
}

// String is the path of the construct.
func (e *InterfaceEndpoints) String() string { return *e.Node().Path() }

// InterfaceEndpoint is one interface endpoint.
type InterfaceEndpoint struct {
	ID *string
	// Resource is the endpoint.
	Resource awsec2.CfnVPCEndpoint
	// DNSName and HostedZoneID are the endpoint's regional name, for an alias record. S3's begins with "*.", which an
	// alias takes as it is.
	DNSName, HostedZoneID *string
}

// NewInterfaceEndpoints makes interface endpoints in waves, each endpoint waiting for one of the wave before.
func NewInterfaceEndpoints(scope constructs.Construct, id string, props *InterfaceEndpointsProps) *InterfaceEndpoints {
	props.check(scope, id)
	e := &InterfaceEndpoints{ByName: map[string]*InterfaceEndpoint{}, SecurityGroups: map[string]awsec2.CfnSecurityGroup{}}
	constructs.NewConstruct_Override(e, scope, jsii.String(id))
	services := slices.Clone(props.Services)
	slices.SortFunc(services, func(a, b Service) int { return strings.Compare(a.Name, b.Name) })
	wave := props.Wave
	if wave == 0 {
		wave = 3
	}
	groups := e.securityGroups(props, services)
	var made []awsec2.CfnVPCEndpoint
	for i, s := range services {
		v := e.endpoint(props, s, groups[portsName(s.Ports)])
		if i >= wave {
			v.AddResourceDependency(made[i-wave], nil)
		}
		made = append(made, v)
		first := map[string]any{"Fn::Split": []any{":", map[string]any{"Fn::Select": []any{0, v.AttrDnsEntries()}}}}
		part := func(n int) *string { return awscdk.Token_AsString(map[string]any{"Fn::Select": []any{n, first}}, nil) }
		e.ByName[s.Name] = &InterfaceEndpoint{
			ID: v.Ref(), Resource: v,
			HostedZoneID: part(0),
			DNSName:      part(1),
		}
	}
	return e
}

func (e *InterfaceEndpoints) endpoint(props *InterfaceEndpointsProps, s Service, group *string) awsec2.CfnVPCEndpoint {
	subnets := make([]any, len(s.SubnetIDs))
	for i, id := range s.SubnetIDs {
		subnets[i] = id
	}
	p := &awsec2.CfnVPCEndpointProps{
		VpcId: props.VPCID, ServiceName: jsii.String(s.ServiceName), VpcEndpointType: jsii.String("Interface"), SubnetIds: &subnets,
		SecurityGroupIds: &[]any{group}, PrivateDnsEnabled: jsii.Bool(s.PrivateDNS), Tags: network.NameTag(props.Name + "/" + s.Name),
	}
	if s.Policy != nil {
		p.PolicyDocument = s.Policy
	}
	if s.ServiceRegion != "" {
		p.ServiceRegion = jsii.String(s.ServiceRegion)
	}
	if s.IPAddressType != "" {
		p.IpAddressType = jsii.String(s.IPAddressType)
	}
	if s.PrivateDNS && s.Name == "s3" {
		// Without this, S3 wants a gateway endpoint in the same VPC (S3 guide, "Private DNS for interface endpoints").
		p.DnsOptions = &awsec2.CfnVPCEndpoint_DnsOptionsSpecificationProperty{
			PrivateDnsOnlyForInboundResolverEndpoint: jsii.String("AllResolvers"),
		}
	}
	return awsec2.NewCfnVPCEndpoint(e, jsii.String(s.Name), p)
}

// securityGroups makes one group per set of ports, by portsName. Rules name ranges: a Transit Gateway's
// security-group references do not reach PrivateLink endpoints.
func (e *InterfaceEndpoints) securityGroups(props *InterfaceEndpointsProps, services []Service) map[string]*string {
	groups := map[string]*string{}
	clients := slices.Clone(props.Clients)
	slices.Sort(clients)
	for _, s := range services {
		name := portsName(s.Ports)
		if groups[name] != nil {
			continue
		}
		var ingress []any
		for _, port := range portsOf(s.Ports) {
			for _, c := range clients {
				ingress = append(ingress, &awsec2.CfnSecurityGroup_IngressProperty{
					IpProtocol: jsii.String("tcp"), FromPort: jsii.Number(port), ToPort: jsii.Number(port), CidrIp: jsii.String(c),
					Description: jsii.String(fmt.Sprintf("%s to port %d", c, port)),
				})
			}
		}
		group := awsec2.NewCfnSecurityGroup(e, jsii.String("clients-"+name), &awsec2.CfnSecurityGroupProps{
			GroupDescription: jsii.String("Clients of the endpoints on port " + name), VpcId: props.VPCID, SecurityGroupIngress: &ingress,
			// Endpoints answer and never begin, and answers need no rule. A group without rules would allow everything out.
			SecurityGroupEgress: []any{network.NothingOut()},
			Tags:                network.NameTag(props.Name + "/clients-" + name),
		})
		e.SecurityGroups[name], groups[name] = group, group.AttrGroupId()
	}
	return groups
}

func portsOf(ports []int) []int {
	if len(ports) == 0 {
		return []int{443}
	}
	return ports
}

// portsName is "443", or "25-465-587".
func portsName(ports []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(portsOf(ports)), "[]"), " ", "-")
}

// GatewayEndpointProps of a GatewayEndpoint.
type GatewayEndpointProps struct {
	// Name is the Name tag. Required. May be a token.
	Name string
	// VPCID is the id of the endpoint's VPC. Required. May be a token.
	VPCID *string
	// ServiceName is the full name of S3's or DynamoDB's service in the region: "com.amazonaws.us-east-1.s3". Required.
	// May be a token.
	ServiceName string
	// RouteTableIDs get a route to the service's prefix list. Required. May be tokens.
	RouteTableIDs []*string
	// Policy is the endpoint policy. Its values may be tokens. Default: none; AWS then lets everything pass.
	Policy map[string]any
}

// GatewayEndpoint is a gateway endpoint: free, and in its own VPC only (VPC guide, "Gateway endpoints").
type GatewayEndpoint struct {
	constructs.Construct
	ID *string
	// Resource is the endpoint.
	Resource awsec2.CfnVPCEndpoint
}

// String is the path of the construct.
func (g *GatewayEndpoint) String() string { return *g.Node().Path() }

// NewGatewayEndpoint makes a gateway endpoint.
func NewGatewayEndpoint(scope constructs.Construct, id string, props *GatewayEndpointProps) *GatewayEndpoint {
	c := check.New("endpoints.NewGatewayEndpoint", scope, id, props)
	c.Text("Name", props.Name)
	c.ID("VPCID", props.VPCID, "vpc-")
	c.Text("ServiceName", props.ServiceName)
	c.IDs("RouteTableIDs", props.RouteTableIDs, "rtb-")
	c.Done()
	g := &GatewayEndpoint{}
	constructs.NewConstruct_Override(g, scope, jsii.String(id))
	tables := make([]any, len(props.RouteTableIDs))
	for i, t := range props.RouteTableIDs {
		tables[i] = t
	}
	p := &awsec2.CfnVPCEndpointProps{
		VpcId: props.VPCID, ServiceName: jsii.String(props.ServiceName), VpcEndpointType: jsii.String("Gateway"), RouteTableIds: &tables,
		Tags: network.NameTag(props.Name),
	}
	if props.Policy != nil {
		p.PolicyDocument = props.Policy
	}
	g.Resource = awsec2.NewCfnVPCEndpoint(g, jsii.String("Endpoint"), p)
	g.ID = g.Resource.Ref()
	return g
}
