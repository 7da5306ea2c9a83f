// Package resolver makes Route 53 Resolver endpoints in a shared-services VPC, by which servers elsewhere and VPCs ask each other's
// names, and the rules that say which names other servers answer.
package resolver

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53resolver"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/internal/check"
	"sharedhub/constructs/network"
)

// EndpointsProps of Endpoints.
type EndpointsProps struct {
	// Name begins the Name tags and the names of endpoints and rules. Required.
	Name string
	// VPCID is the id of the VPC that the endpoints are in. Required. May be a token.
	VPCID *string
	// Subnets of the endpoints, one in each of at least two availability zones. Required.
	Subnets []Subnet
	// Inbound lists the ranges that may ask the VPC's names, IPv4. Default: none; there is no inbound endpoint.
	Inbound []string
	// Rules by domain, for which there is an outbound endpoint. Default: none.
	Rules map[string][]string
	// TransitGatewayID is where packets to Routes go; the VPC is attached to it. May be a token. Default: none,
	// where there are no Routes.
	TransitGatewayID *string
	// Routes are the ranges of those who ask and of the servers, for the table of the subnets that are made. Default: none.
	Routes []string
}

// Subnet is a subnet for the endpoints.
type Subnet struct {
	network.Subnet
	// ID of one that exists: "subnet-…". Default: one is made, with the route table of all that are.
	ID string
	// Inbound and Outbound are addresses of the subnet, by which others know the endpoints. Required.
	Inbound, Outbound string
}

// Endpoints are Resolver endpoints with their subnets, security groups and rules.
type Endpoints struct {
	constructs.Construct
	// Inbound is the endpoint that answers; nil without Inbound in the props.
	Inbound awsroute53resolver.CfnResolverEndpoint
	// Outbound is the endpoint that asks; nil without Rules.
	Outbound awsroute53resolver.CfnResolverEndpoint
	// Rules by domain.
	Rules map[string]*Rule
}

// Rule is a Resolver rule, to be associated with VPCs or carried by a Route 53 Profile.
type Rule struct {
	ID, ARN *string
	// Resource is the rule.
	Resource awsroute53resolver.CfnResolverRule
}

// String is the path of the construct.
func (e *Endpoints) String() string { return *e.Node().Path() }

// NewEndpoints makes the endpoints. Their addresses are fixed, so that servers elsewhere can name them.
func NewEndpoints(scope constructs.Construct, id string, props *EndpointsProps) *Endpoints {
	props.check(scope, id)
	e := &Endpoints{Rules: map[string]*Rule{}}
	constructs.NewConstruct_Override(e, scope, jsii.String(id))
	subnets := e.subnets(props)
	if len(props.Inbound) > 0 {
		rules := ports(props.Inbound, "%s asks")
		group := e.group(props, "inbound", "Who may ask the inbound endpoint", &rules, &[]any{network.NothingOut()})
		e.Inbound = e.endpoint(props, "inbound", "INBOUND", group, subnets, func(s Subnet) string { return s.Inbound })
	}
	if len(props.Rules) == 0 {
		return e
	}
	var servers []string
	for _, domain := range slices.Sorted(maps.Keys(props.Rules)) {
		for _, to := range props.Rules[domain] {
			servers = append(servers, to+"/32")
		}
	}
	slices.Sort(servers)
	asks := ports(slices.Compact(servers), "%s is asked")
	group := e.group(props, "outbound", "Which servers the outbound endpoint asks", nil, &asks)
	e.Outbound = e.endpoint(props, "outbound", "OUTBOUND", group, subnets, func(s Subnet) string { return s.Outbound })
	for _, domain := range slices.Sorted(maps.Keys(props.Rules)) {
		e.rule(props, domain)
	}
	return e
}

// subnets of the endpoints: those that exist, and those that are made, with a route table of their own.
func (e *Endpoints) subnets(props *EndpointsProps) []*string {
	tag := func(s string) *[]*awscdk.CfnTag { return network.NameTag(props.Name + "/resolver" + s) }
	var table *string
	if slices.ContainsFunc(props.Subnets, func(s Subnet) bool { return s.ID == "" }) {
		table = awsec2.NewCfnRouteTable(e, jsii.String("routes"), &awsec2.CfnRouteTableProps{VpcId: props.VPCID, Tags: tag("")}).Ref()
	}
	var out []*string
	for _, s := range props.Subnets {
		if s.ID != "" {
			out = append(out, jsii.String(s.ID))
			continue
		}
		p := &awsec2.CfnSubnetProps{VpcId: props.VPCID, CidrBlock: jsii.String(s.CIDR), Tags: tag("/" + s.AZ)}
		if s.AvailabilityZoneID != "" {
			p.AvailabilityZoneId, p.Tags = jsii.String(s.AvailabilityZoneID), tag("/"+s.AvailabilityZoneID)
		} else {
			p.AvailabilityZone = jsii.String(s.AvailabilityZone)
		}
		subnet := awsec2.NewCfnSubnet(e, jsii.String("subnet-"+s.AZ), p).Ref()
		awsec2.NewCfnSubnetRouteTableAssociation(e, jsii.String("subnet-"+s.AZ+"-routes"), &awsec2.CfnSubnetRouteTableAssociationProps{
			SubnetId: subnet, RouteTableId: table,
		})
		out = append(out, subnet)
	}
	for _, r := range props.Routes {
		if table != nil {
			awsec2.NewCfnRoute(e, jsii.String("to-"+r), &awsec2.CfnRouteProps{
				RouteTableId: table, DestinationCidrBlock: jsii.String(r), TransitGatewayId: props.TransitGatewayID,
			})
		}
	}
	return out
}

// port is DNS's, of both protocols: answers that are too long for UDP come by TCP (RFC 7766).
const port = 53

// ports admit ranges on DNS's.
func ports(of []string, what string) []any {
	of = slices.Sorted(slices.Values(of))
	var out []any
	for _, r := range of {
		for _, protocol := range []string{"tcp", "udp"} {
			out = append(out, map[string]any{"ipProtocol": protocol, "fromPort": port, "toPort": port, "cidrIp": r,
				"description": fmt.Sprintf(what, r)})
		}
	}
	return out
}

func (e *Endpoints) group(props *EndpointsProps, name, what string, in, out *[]any) *string {
	p := &awsec2.CfnSecurityGroupProps{GroupDescription: jsii.String(what), VpcId: props.VPCID, SecurityGroupEgress: out,
		Tags: network.NameTag(props.Name + "/resolver-" + name)}
	if in != nil {
		p.SecurityGroupIngress = in
	}
	return awsec2.NewCfnSecurityGroup(e, jsii.String(name+"-group"), p).AttrGroupId()
}

func (e *Endpoints) endpoint(props *EndpointsProps, id, direction string, group *string, subnets []*string,
	address func(Subnet) string,
) awsroute53resolver.CfnResolverEndpoint {
	var addresses []any
	for i, s := range props.Subnets {
		addresses = append(addresses, map[string]any{"subnetId": subnets[i], "ip": address(s)})
	}
	return awsroute53resolver.NewCfnResolverEndpoint(e, jsii.String(id), &awsroute53resolver.CfnResolverEndpointProps{
		Name: jsii.String(props.Name + "-" + id), Direction: jsii.String(direction), IpAddresses: addresses,
		SecurityGroupIds: &[]*string{group}, Tags: network.NameTag(props.Name + "/resolver-" + id),
	})
}

func (e *Endpoints) rule(props *EndpointsProps, domain string) {
	var to []any
	for _, a := range slices.Sorted(slices.Values(props.Rules[domain])) {
		to = append(to, map[string]any{"ip": a, "port": fmt.Sprint(port)})
	}
	r := awsroute53resolver.NewCfnResolverRule(e, jsii.String(domain), &awsroute53resolver.CfnResolverRuleProps{
		RuleType: jsii.String("FORWARD"), DomainName: jsii.String(domain), ResolverEndpointId: e.Outbound.AttrResolverEndpointId(), TargetIps: to,
		Tags: network.NameTag(props.Name + "/" + domain),
	})
	e.Rules[domain] = &Rule{ID: r.AttrResolverRuleId(), ARN: r.AttrArn(), Resource: r}
}

func (p *EndpointsProps) check(scope constructs.Construct, id string) {
	c := check.New("resolver.NewEndpoints", scope, id, p)
	c.Known("Name", p.Name)
	c.ID("VPCID", p.VPCID, "vpc-")
	if n := len(p.Subnets); n < 2 {
		c.Errorf("Subnets", "%d, expected at least 2: Route 53 takes no endpoint with fewer addresses", n)
	}
	for i, s := range p.Subnets {
		at := fmt.Sprintf("Subnets[%d]", i)
		c.Known(at+".AZ", s.AZ)
		c.Optional(at+".ID", s.ID, "subnet-")
		if s.AvailabilityZone+s.AvailabilityZoneID == "" {
			c.Errorf(at+".AvailabilityZone", "is empty, and so is AvailabilityZoneID, expected one of them")
		}
		within := c.CIDR(at+".CIDR", s.CIDR, 16, 28)
		for field, address := range map[string]string{".Inbound": s.Inbound, ".Outbound": s.Outbound} {
			if a, err := netip.ParseAddr(address); within.IsValid() && (err != nil || !within.Contains(a)) {
				c.Errorf(at+field, "%q, expected an address of %s", address, within)
			}
		}
	}
	if len(p.Inbound)+len(p.Rules) == 0 {
		c.Errorf("Inbound", "is empty, and so is Rules, expected one of them")
	}
	for i, r := range p.Inbound {
		c.CIDR(fmt.Sprintf("Inbound[%d]", i), r, 0, 32)
	}
	for _, domain := range slices.Sorted(maps.Keys(p.Rules)) {
		at := fmt.Sprintf("Rules[%q]", domain)
		c.Known(at, domain)
		if len(p.Rules[domain]) == 0 {
			c.Errorf(at, "is empty, expected the address of a server")
		}
		for _, to := range p.Rules[domain] {
			if a, err := netip.ParseAddr(to); err != nil || !a.Is4() {
				c.Errorf(at, "%q is no IPv4 address", to)
			}
		}
	}
	for i, r := range p.Routes {
		c.CIDR(fmt.Sprintf("Routes[%d]", i), r, 0, 32)
	}
	if len(p.Routes) > 0 {
		c.ID("TransitGatewayID", p.TransitGatewayID, "tgw-")
	}
	c.Done()
}

// RuleAssociationProps of a RuleAssociation.
type RuleAssociationProps struct {
	// Name of the association, for people. Default: none.
	Name string
	// VPCID is the VPC's id. Required. May be a token.
	VPCID *string
	// RuleID is the id of a rule of the account, or of one that is shared with it. Required. May be a token.
	RuleID *string
}

// RuleAssociation makes a VPC's resolver follow a Resolver rule.
type RuleAssociation struct {
	constructs.Construct
	// Resource is the association.
	Resource awsroute53resolver.CfnResolverRuleAssociation
}

// String is the path of the construct.
func (a *RuleAssociation) String() string { return *a.Node().Path() }

// NewRuleAssociation associates a VPC with a Resolver rule.
func NewRuleAssociation(scope constructs.Construct, id string, props *RuleAssociationProps) *RuleAssociation {
	c := check.New("resolver.NewRuleAssociation", scope, id, props)
	c.ID("VPCID", props.VPCID, "vpc-")
	c.ID("RuleID", props.RuleID, "rslvr-")
	c.Done()
	a := &RuleAssociation{}
	constructs.NewConstruct_Override(a, scope, jsii.String(id))
	p := &awsroute53resolver.CfnResolverRuleAssociationProps{VpcId: props.VPCID, ResolverRuleId: props.RuleID}
	if props.Name != "" {
		p.Name = jsii.String(strings.ReplaceAll(props.Name, ".", "-"))
	}
	a.Resource = awsroute53resolver.NewCfnResolverRuleAssociation(a, jsii.String("Association"), p)
	return a
}
