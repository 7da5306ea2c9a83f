// Package preflight says before a deployment what would stop it: what the stacks need of each account and region, compared
// with what is there.
package preflight

import (
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/live"
)

// Plan is what the stacks of an assembly need of each place.
type Plan map[live.Place]*Needs

// Needs are those of one place.
type Needs struct {
	live.Ask
	// BootstrapVersion that the stacks need at least.
	BootstrapVersion int
	// Stacks by name.
	Stacks map[string]bool
	// Makers of roles and parameters: the stack, by name of the role or parameter.
	Makers map[string]string
	// Types are the numbers of resources by type, GatewayEndpoints those of them that are gateway endpoints.
	Types            map[string]int
	GatewayEndpoints int
	// AZs are the availability zones, by name or id.
	AZs []string
	// Ranges of the VPCs.
	Ranges []netip.Prefix
	// Endpoints are the interface endpoints of the hubs.
	Endpoints []*config.Endpoint
	// Routes are those in route tables that exist.
	Routes []route
	// PrivateDNS are the services, by full name, whose endpoints have private DNS.
	PrivateDNS []string
}

// creates has the action that makes a resource of each type of the stacks.
var creates = map[string]string{
	"AWS::EC2::EIP":                                    "ec2:AllocateAddress",
	"AWS::EC2::FlowLog":                                "ec2:CreateFlowLogs",
	"AWS::EC2::Route":                                  "ec2:CreateRoute",
	"AWS::EC2::RouteTable":                             "ec2:CreateRouteTable",
	"AWS::EC2::SecurityGroup":                          "ec2:CreateSecurityGroup",
	"AWS::EC2::Subnet":                                 "ec2:CreateSubnet",
	"AWS::EC2::SubnetRouteTableAssociation":            "ec2:AssociateRouteTable",
	"AWS::EC2::TransitGateway":                         "ec2:CreateTransitGateway",
	"AWS::EC2::TransitGatewayAttachment":               "ec2:CreateTransitGatewayVpcAttachment",
	"AWS::EC2::TransitGatewayRoute":                    "ec2:CreateTransitGatewayRoute",
	"AWS::EC2::TransitGatewayRouteTable":               "ec2:CreateTransitGatewayRouteTable",
	"AWS::EC2::TransitGatewayRouteTableAssociation":    "ec2:AssociateTransitGatewayRouteTable",
	"AWS::EC2::TransitGatewayRouteTablePropagation":    "ec2:EnableTransitGatewayRouteTablePropagation",
	"AWS::EC2::VPC":                                    "ec2:CreateVpc",
	"AWS::EC2::VPCCidrBlock":                           "ec2:AssociateVpcCidrBlock",
	"AWS::EC2::VPCEndpoint":                            "ec2:CreateVpcEndpoint",
	"AWS::EC2::VPCEndpointService":                     "ec2:CreateVpcEndpointServiceConfiguration",
	"AWS::EC2::VPCEndpointServicePermissions":          "ec2:ModifyVpcEndpointServicePermissions",
	"AWS::ElasticLoadBalancingV2::Listener":            "elasticloadbalancing:CreateListener",
	"AWS::ElasticLoadBalancingV2::LoadBalancer":        "elasticloadbalancing:CreateLoadBalancer",
	"AWS::ElasticLoadBalancingV2::TargetGroup":         "elasticloadbalancing:CreateTargetGroup",
	"AWS::IAM::Role":                                   "iam:CreateRole",
	"AWS::Logs::LogGroup":                              "logs:CreateLogGroup",
	"AWS::RAM::ResourceShare":                          "ram:CreateResourceShare",
	"AWS::Route53::HostedZone":                         "route53:CreateHostedZone",
	"AWS::Route53::RecordSet":                          "route53:ChangeResourceRecordSets",
	"AWS::Route53::RecordSetGroup":                     "route53:ChangeResourceRecordSets",
	"AWS::Route53Profiles::Profile":                    "route53profiles:CreateProfile",
	"AWS::Route53Profiles::ProfileAssociation":         "route53profiles:AssociateProfile",
	"AWS::Route53Profiles::ProfileResourceAssociation": "route53profiles:AssociateResourceToProfile",
	"AWS::Route53Resolver::ResolverEndpoint":           "route53resolver:CreateResolverEndpoint",
	"AWS::Route53Resolver::ResolverRule":               "route53resolver:CreateResolverRule",
	"AWS::Route53Resolver::ResolverRuleAssociation":    "route53resolver:AssociateResolverRule",
	"AWS::SSM::Parameter":                              "ssm:PutParameter",
}

// PlanOf reads what an assembly's stacks need.
func PlanOf(cfg *config.Config, a *assembly.Assembly) Plan {
	plan := Plan{}
	for _, s := range a.Stacks {
		if s.Account == "" || s.Region == "" {
			continue // nothing of this program's
		}
		plan.at(s.Account, s.Region).stack(s)
	}
	for _, h := range cfg.Hubs {
		n := plan.at(h.Account, h.Region)
		n.Endpoints = append(n.Endpoints, h.Endpoints...)
		for _, e := range h.Endpoints {
			if e.Existing != nil {
				n.ExistingEndpoints = append(n.ExistingEndpoints, e.Existing.ID)
			}
		}
		plan.standing(h)
	}
	for _, n := range plan {
		for _, l := range []*[]string{&n.Actions, &n.Services, &n.Roles, &n.Parameters, &n.Existing, &n.AZs, &n.VPCs, &n.Members,
			&n.GatewayTables, &n.ExistingEndpoints, &n.Named} {
			slices.Sort(*l)
			*l = slices.Compact(*l)
		}
	}
	return plan
}

// Asks are what each place is to be asked.
func (p Plan) Asks() map[live.Place]live.Ask {
	out := map[live.Place]live.Ask{}
	for at, n := range p {
		out[at] = n.Ask
	}
	return out
}

func (p Plan) at(account, region string) *Needs {
	place := live.Place{Account: account, Region: region}
	if p[place] == nil {
		p[place] = &Needs{Stacks: map[string]bool{}, Makers: map[string]string{}, Types: map[string]int{}}
	}
	return p[place]
}

func (n *Needs) stack(s *assembly.Stack) {
	n.Stacks[s.Name] = true
	n.BootstrapVersion = max(n.BootstrapVersion, s.BootstrapVersion)
	n.BootstrapParameter, n.DeployRole, n.ExecutionRole = s.Bootstrap, s.DeployRole, s.ExecutionRole
	for _, r := range s.Resources {
		n.resource(s, r)
	}
}

func (n *Needs) resource(s *assembly.Stack, r *assembly.Resource) {
	n.Types[r.Type]++
	if action := creates[r.Type]; action != "" {
		n.Actions = append(n.Actions, action)
	}
	text := func(property string) string { t, _ := r.Properties[property].(string); return t }
	switch r.Type {
	case "AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock":
		if c, err := netip.ParsePrefix(text("CidrBlock")); err == nil {
			n.Ranges = append(n.Ranges, c)
		}
	case "AWS::EC2::Subnet":
		for _, z := range []string{text("AvailabilityZone"), text("AvailabilityZoneId")} {
			if z != "" {
				n.AZs = append(n.AZs, z)
			}
		}
	case "AWS::EC2::Route":
		if to, err := netip.ParsePrefix(text("DestinationCidrBlock")); err == nil && strings.HasPrefix(text("RouteTableId"), "rtb-") {
			n.Routes = append(n.Routes, route{text("RouteTableId"), to, s.Name})
		}
	case "AWS::EC2::TransitGateway":
		n.TransitGateways = true
	case "AWS::EC2::VPCEndpoint":
		if text("VpcEndpointType") != "Interface" {
			n.GatewayEndpoints++
		} else if text("ServiceRegion") == "" {
			if name := text("ServiceName"); !assembly.Symbolic(name) { // a spoke's is made by this deployment
				n.Services = append(n.Services, name)
			}
			if on, _ := r.Properties["PrivateDnsEnabled"].(bool); on {
				n.PrivateDNS = append(n.PrivateDNS, text("ServiceName"))
			}
		}
	case "AWS::Route53::HostedZone":
		n.Zones = true
	case "AWS::IAM::Role":
		n.named(&n.Roles, text("RoleName"), s)
	case "AWS::SSM::Parameter":
		n.named(&n.Parameters, text("Name"), s)
	}
}

func (n *Needs) named(list *[]string, name string, s *assembly.Stack) {
	if name != "" && !strings.ContainsAny(name, "\ue000") {
		*list = append(*list, name)
		n.Makers[name] = s.Name
	}
}
