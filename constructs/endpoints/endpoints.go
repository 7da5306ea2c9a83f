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

	"sharedhub/constructs/network"
)

// InterfaceEndpointsProps of InterfaceEndpoints.
type InterfaceEndpointsProps struct {
	// Name begins the Name tags.
	Name  string
	VPCID *string
	// Services to make endpoints for; their order does not matter.
	Services []Service
	// Clients are the ranges that may connect, IPv4.
	Clients []string
	// Wave is how many endpoints CloudFormation makes at a time; all at once run into the EC2 API's rate limit. Default: 3.
	Wave int
}

// Service is one interface endpoint.
type Service struct {
	// Name is the service's short name, unique here and part of the ids: "ecr.dkr".
	Name string
	// ServiceName is the endpoint service's full name: "com.amazonaws.us-east-1.ecr.dkr". It can never change.
	ServiceName string
	// ServiceRegion is the service's region where it is another; the deploying role then needs vpce:AllowMultiRegion. It
	// can never change. Default: the stack's own.
	ServiceRegion string
	// SubnetIDs, at most one per AZ.
	SubnetIDs []*string
	// Ports, TCP. Default: 443.
	Ports []int
	// Policy is the endpoint policy. Default: none; AWS then lets everything pass.
	Policy map[string]any
	// PrivateDNS makes the service's names resolve to the endpoint in its own VPC, and lets a Route 53 Profile carry
	// them. It excludes a private zone of the same name on the VPC. Default: false.
	PrivateDNS bool
	// IPAddressType is ipv4, ipv6 or dualstack; the latter two need subnets with both families. Default: ipv4.
	IPAddressType string
}

// InterfaceEndpoints are interface endpoints with their security groups.
type InterfaceEndpoints struct {
	Construct constructs.Construct
	// ByName are the endpoints by the service's short name.
	ByName map[string]*InterfaceEndpoint
}

// InterfaceEndpoint is one interface endpoint.
type InterfaceEndpoint struct {
	ID *string
	// DNSName and HostedZoneID are the endpoint's regional name, for an alias record. S3's begins with "*.", which an
	// alias takes as it is.
	DNSName, HostedZoneID *string
}

// NewInterfaceEndpoints makes interface endpoints in waves, each endpoint waiting for one of the wave before.
func NewInterfaceEndpoints(scope constructs.Construct, id string, props *InterfaceEndpointsProps) *InterfaceEndpoints {
	e := &InterfaceEndpoints{Construct: constructs.NewConstruct(scope, jsii.String(id)), ByName: map[string]*InterfaceEndpoint{}}
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
		first := awscdk.Fn_Split(jsii.String(":"), awscdk.Fn_Select(jsii.Number(0), v.AttrDnsEntries()), nil)
		e.ByName[s.Name] = &InterfaceEndpoint{
			ID:           v.Ref(),
			HostedZoneID: awscdk.Fn_Select(jsii.Number(0), first),
			DNSName:      awscdk.Fn_Select(jsii.Number(1), first),
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
		p.DnsOptions = &awsec2.CfnVPCEndpoint_DnsOptionsSpecificationProperty{PrivateDnsOnlyForInboundResolverEndpoint: jsii.String("AllResolvers")}
	}
	return awsec2.NewCfnVPCEndpoint(e.Construct, jsii.String(s.Name), p)
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
					IpProtocol: jsii.String("tcp"), FromPort: jsii.Number(port), ToPort: jsii.Number(port), CidrIp: jsii.String(c), Description: jsii.String(fmt.Sprintf("%s to port %d", c, port)),
				})
			}
		}
		groups[name] = awsec2.NewCfnSecurityGroup(e.Construct, jsii.String("clients-"+name), &awsec2.CfnSecurityGroupProps{
			GroupDescription: jsii.String("Clients of the endpoints on port " + name), VpcId: props.VPCID, SecurityGroupIngress: &ingress,
			// Endpoints answer and never begin, and answers need no rule. A group without rules would allow everything out.
			SecurityGroupEgress: []any{&awsec2.CfnSecurityGroup_EgressProperty{
				IpProtocol: jsii.String("icmp"), FromPort: jsii.Number(252), ToPort: jsii.Number(86), CidrIp: jsii.String("255.255.255.255/32"), Description: jsii.String("nothing"),
			}},
			Tags: network.NameTag(props.Name + "/clients-" + name),
		}).AttrGroupId()
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
	// Name is the Name tag.
	Name  string
	VPCID *string
	// ServiceName is the full name of S3's or DynamoDB's service in the region.
	ServiceName string
	// RouteTableIDs get a route to the service's prefix list.
	RouteTableIDs []*string
	// Policy is the endpoint policy. Default: none; AWS then lets everything pass.
	Policy map[string]any
}

// GatewayEndpoint is a gateway endpoint: free, and in its own VPC only (VPC guide, "Gateway endpoints").
type GatewayEndpoint struct {
	Construct constructs.Construct
	ID        *string
}

// NewGatewayEndpoint makes a gateway endpoint.
func NewGatewayEndpoint(scope constructs.Construct, id string, props *GatewayEndpointProps) *GatewayEndpoint {
	c := constructs.NewConstruct(scope, jsii.String(id))
	tables := make([]any, len(props.RouteTableIDs))
	for i, t := range props.RouteTableIDs {
		tables[i] = t
	}
	p := &awsec2.CfnVPCEndpointProps{
		VpcId: props.VPCID, ServiceName: jsii.String(props.ServiceName), VpcEndpointType: jsii.String("Gateway"), RouteTableIds: &tables, Tags: network.NameTag(props.Name),
	}
	if props.Policy != nil {
		p.PolicyDocument = props.Policy
	}
	return &GatewayEndpoint{Construct: c, ID: awsec2.NewCfnVPCEndpoint(c, jsii.String("Endpoint"), p).Ref()}
}
