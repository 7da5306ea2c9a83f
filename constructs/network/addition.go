package network

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/internal/check"
)

// AdditionProps of an Addition.
type AdditionProps struct {
	// Name begins the Name tag of every part: "payments-prod". Required. May be a token.
	Name string
	// VPCID is the id of a VPC that exists, of the stack's account and region. Required. May be a token.
	VPCID *string
	// Tiers are the subnets to add, each tier with a route table of its own. Default: none.
	Tiers []Tier
	// FlowLogs of the VPC, beside those that it has. Default: none.
	FlowLogs *FlowLogs
}

// Addition is what is added to a VPC that exists. When it goes, the VPC is as it was.
type Addition struct {
	constructs.Construct
	// Tiers by name.
	Tiers map[string]*TierOutput

	props *AdditionProps
}

// String is the path of the construct.
func (a *Addition) String() string { return *a.Node().Path() }

// NewAddition adds subnets and a flow log to a VPC that exists, and changes nothing else of it. Tiers take no Egress: what gateways
// the VPC has is not known.
func NewAddition(scope constructs.Construct, id string, props *AdditionProps) *Addition {
	c := check.New("network.NewAddition", scope, id, props)
	c.Text("Name", props.Name)
	c.ID("VPCID", props.VPCID, "vpc-")
	for _, t := range props.Tiers {
		if t.Egress != NoEgress {
			c.Errorf("Tiers", "tier %q has Egress %q, expected none", t.Name, t.Egress)
		}
		for _, s := range t.Subnets {
			c.CIDR("Tiers.Subnets.CIDR", s.CIDR, 16, 28)
		}
	}
	c.Done()
	a := &Addition{Tiers: map[string]*TierOutput{}, props: props}
	constructs.NewConstruct_Override(a, scope, jsii.String(id))
	for _, t := range props.Tiers {
		a.Tiers[t.Name] = newTier(a, props.VPCID, props.Name, t, false, nil)
	}
	if props.FlowLogs != nil {
		NewFlowLog(a, props.FlowLogs, &awsec2.CfnFlowLogProps{
			ResourceId: props.VPCID, ResourceType: jsii.String("VPC"), TrafficType: jsii.String("ALL"), Tags: NameTag(props.Name),
		})
	}
	return a
}

// RouteToTransitGateway routes destinations, IPv4 ranges, from a route table that exists, "rtb-…", to a Transit Gateway, once the
// attachment exists; it is nil for one that no stack makes. Construct ids come from the table and the destinations. Only the id of the
// gateway may be a token.
func (a *Addition) RouteToTransitGateway(table string, destinations []string, transitGatewayID *string, attachment awscdk.CfnResource) {
	c := check.New("network.Addition.RouteToTransitGateway", a, table, a.props)
	c.ID("table", &table, "rtb-")
	for _, d := range destinations {
		c.CIDR("destinations", d, 0, 32)
	}
	c.ID("transitGatewayID", transitGatewayID, "tgw-")
	c.Done()
	for _, d := range destinations {
		r := awsec2.NewCfnRoute(a, jsii.String(strings.TrimPrefix(table, "rtb-")+"-to-"+d), &awsec2.CfnRouteProps{
			RouteTableId: jsii.String(table), DestinationCidrBlock: jsii.String(d), TransitGatewayId: transitGatewayID,
		})
		if attachment != nil {
			r.AddResourceDependency(attachment, nil)
		}
	}
}
