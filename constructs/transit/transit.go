// Package transit joins VPCs by a Transit Gateway on which every association, propagation and route is written out: the
// gateway's default tables are off, so that attaching a VPC opens nothing by itself.
package transit

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/internal/check"
	"sharedhub/constructs/network"
)

// TransitGatewayProps of a TransitGateway.
type TransitGatewayProps struct {
	// Name begins the Name tags. Required. May be a token.
	Name string
	// ID of an existing gateway of this account: "tgw-…". May be a token. Default: a new one.
	ID string
	// ASN of a new gateway, 64512 to 65534 or 4200000000 to 4294967294. It can never change. Default: 64512.
	ASN int64
	// SecurityGroupReferencing lets rules of security groups name groups of other attached VPCs. It does not reach interface
	// endpoints, whose groups need ranges. Default: false.
	SecurityGroupReferencing bool
	// FlowLogs of the gateway. Default: none.
	FlowLogs *network.FlowLogs
	// RouteTables are the gateway's route tables, one for the hub and one per segment. Default: none.
	RouteTables []RouteTable
}

// RouteTable is a route table of the gateway.
type RouteTable struct {
	// Name of the table, unique on the gateway, and part of the construct ids. Required.
	Name string
	// ID of an existing table: "tgw-rtb-…". May be a token. Default: a new one.
	ID string
}

// TransitGateway is a Transit Gateway with its tables.
type TransitGateway struct {
	constructs.Construct
	ID *string
	// ARN of the gateway, as RAM shares it.
	ARN *string
	// RouteTables are the route tables' ids by name.
	RouteTables map[string]*string
	// Resource is the gateway; nil for an existing one.
	Resource awsec2.CfnTransitGateway
	// RouteTableResources are the new route tables by name.
	RouteTableResources map[string]awsec2.CfnTransitGatewayRouteTable
}

// String is the path of the construct.
func (g *TransitGateway) String() string { return *g.Node().Path() }

// NewTransitGateway makes or takes a Transit Gateway: ECMP and DNS support on, attachments of accounts it is shared with
// accepted, default association and propagation off (Transit Gateway guide, "Transit gateway route tables").
func NewTransitGateway(scope constructs.Construct, id string, props *TransitGatewayProps) *TransitGateway {
	props.check(scope, id)
	g := &TransitGateway{RouteTables: map[string]*string{}, RouteTableResources: map[string]awsec2.CfnTransitGatewayRouteTable{}}
	constructs.NewConstruct_Override(g, scope, jsii.String(id))
	if props.ID != "" {
		g.ID = jsii.String(props.ID)
		stack := awscdk.Stack_Of(g)
		g.ARN = stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("ec2"), Resource: jsii.String("transit-gateway"), ResourceName: g.ID})
	} else {
		asn := props.ASN
		if asn == 0 {
			asn = 64512
		}
		p := &awsec2.CfnTransitGatewayProps{
			Description: jsii.String(props.Name), AmazonSideAsn: jsii.Number(asn),
			AutoAcceptSharedAttachments:  jsii.String("enable"),
			DefaultRouteTableAssociation: jsii.String("disable"), DefaultRouteTablePropagation: jsii.String("disable"),
			DnsSupport: jsii.String("enable"), VpnEcmpSupport: jsii.String("enable"), Tags: network.NameTag(props.Name),
		}
		if props.SecurityGroupReferencing {
			p.SecurityGroupReferencingSupport = jsii.String("enable")
		}
		g.Resource = awsec2.NewCfnTransitGateway(g, jsii.String("Gateway"), p)
		g.ID, g.ARN = g.Resource.Ref(), g.Resource.AttrTransitGatewayArn()
	}
	if props.FlowLogs != nil {
		network.NewFlowLog(g, props.FlowLogs, &awsec2.CfnFlowLogProps{
			ResourceId: g.ID, ResourceType: jsii.String("TransitGateway"), Tags: network.NameTag(props.Name),
		})
	}
	for _, t := range props.RouteTables {
		if t.ID != "" {
			g.RouteTables[t.Name] = jsii.String(t.ID)
			continue
		}
		table := awsec2.NewCfnTransitGatewayRouteTable(g, jsii.String("table-"+t.Name), &awsec2.CfnTransitGatewayRouteTableProps{
			TransitGatewayId: g.ID, Tags: network.NameTag(props.Name + "/" + t.Name),
		})
		// A change of tags alone replaced route tables until August 2026 (cloudformation-coverage-roadmap#1324): what is associated
		// with the old table then keeps it.
		table.CfnOptions().SetUpdateReplacePolicy(awscdk.CfnDeletionPolicy_RETAIN)
		table.CfnOptions().SetDeletionPolicy(awscdk.CfnDeletionPolicy_DELETE) // the default, said beside the other for cfn-lint (W3011)
		g.RouteTableResources[t.Name], g.RouteTables[t.Name] = table, table.Ref()
	}
	return g
}

// AttachmentProps of an Attachment.
type AttachmentProps struct {
	// Name is the Name tag. Required. May be a token.
	Name string
	// TransitGatewayID is the gateway's. Required. May be a token.
	TransitGatewayID *string
	// VPCID is the id of the VPC to attach, of the stack's account. Required. May be a token.
	VPCID *string
	// SubnetIDs are the transit subnets, one per AZ whose traffic may pass. Required. May be tokens.
	SubnetIDs []*string
	// SecurityGroupReferencing is as the gateway's. Default: false, which leaves it to EC2.
	SecurityGroupReferencing bool
}

// Attachment is a VPC's attachment to a gateway.
type Attachment struct {
	constructs.Construct
	ID *string
	// Resource is the attachment, for which routes to the gateway must wait.
	Resource awsec2.CfnTransitGatewayAttachment
}

// String is the path of the construct.
func (a *Attachment) String() string { return *a.Node().Path() }

// NewAttachment attaches a VPC. Appliance mode stays off: it is for firewalls between VPCs, and pins flows to an AZ. The
// type is AWS::EC2::TransitGatewayAttachment, whose subnets change in place.
func NewAttachment(scope constructs.Construct, id string, props *AttachmentProps) *Attachment {
	c := check.New("transit.NewAttachment", scope, id, props)
	c.Text("Name", props.Name)
	c.ID("TransitGatewayID", props.TransitGatewayID, "tgw-")
	c.ID("VPCID", props.VPCID, "vpc-")
	c.IDs("SubnetIDs", props.SubnetIDs, "subnet-")
	c.Done()
	a := &Attachment{}
	constructs.NewConstruct_Override(a, scope, jsii.String(id))
	subnets := make([]any, len(props.SubnetIDs))
	for i, s := range props.SubnetIDs {
		subnets[i] = s
	}
	options := map[string]any{"ApplianceModeSupport": "disable", "DnsSupport": "enable", "Ipv6Support": "disable"}
	if props.SecurityGroupReferencing {
		options["SecurityGroupReferencingSupport"] = "enable"
	}
	a.Resource = awsec2.NewCfnTransitGatewayAttachment(a, jsii.String("Attachment"), &awsec2.CfnTransitGatewayAttachmentProps{
		TransitGatewayId: props.TransitGatewayID, VpcId: props.VPCID, SubnetIds: &subnets, Tags: network.NameTag(props.Name),
		// A map: the schema leaves the options' form open, so the CDK passes them on as they are.
		Options: options,
	})
	a.ID = a.Resource.Ref()
	return a
}

// RoutingProps say what the gateway does with one attachment. Only the gateway's owner may create these, so they belong
// in a stack of the owner's account.
type RoutingProps struct {
	// AttachmentID is the attachment's, of any account. Required. May be a token.
	AttachmentID *string
	// Associate is the id of the route table for what comes from the attachment. May be a token. Default: none.
	Associate *string
	// Propagate are the ids of the route tables that learn the attachment's ranges, by name; the name is part of the
	// construct id. The ids may be tokens. Default: none.
	Propagate map[string]*string
	// Static are routes to the attachment, and blackhole routes. Default: none.
	Static []StaticRoute
}

// StaticRoute is a route of a gateway's table.
type StaticRoute struct {
	// RouteTable is the route table's name, and part of the construct id. Required.
	RouteTable string
	// RouteTableID is the route table's id. Required. May be a token.
	RouteTableID *string
	// CIDR is the destination, IPv4. Required.
	CIDR string
	// Blackhole drops the packets instead of sending them to the attachment. Default: false.
	Blackhole bool
}

// Routing is an attachment's place in the gateway's tables.
type Routing struct {
	constructs.Construct
	// Association is nil without Associate.
	Association awsec2.CfnTransitGatewayRouteTableAssociation
	// Propagations by the route table's name.
	Propagations map[string]awsec2.CfnTransitGatewayRouteTablePropagation
}

// String is the path of the construct.
func (r *Routing) String() string { return *r.Node().Path() }

// NewRouting writes the association, propagations and static routes of an attachment. All of them are create-only: to
// change the association, take it away in one deployment and make the new one in the next.
func NewRouting(scope constructs.Construct, id string, props *RoutingProps) *Routing {
	props.check(scope, id)
	r := &Routing{Propagations: map[string]awsec2.CfnTransitGatewayRouteTablePropagation{}}
	constructs.NewConstruct_Override(r, scope, jsii.String(id))
	if props.Associate != nil {
		r.Association = awsec2.NewCfnTransitGatewayRouteTableAssociation(r, jsii.String("Association"),
			&awsec2.CfnTransitGatewayRouteTableAssociationProps{
				TransitGatewayAttachmentId: props.AttachmentID, TransitGatewayRouteTableId: props.Associate,
			})
	}
	for _, name := range slices.Sorted(maps.Keys(props.Propagate)) {
		id := jsii.String("propagation-" + name)
		r.Propagations[name] = awsec2.NewCfnTransitGatewayRouteTablePropagation(r, id, &awsec2.CfnTransitGatewayRouteTablePropagationProps{
			TransitGatewayAttachmentId: props.AttachmentID, TransitGatewayRouteTableId: props.Propagate[name],
		})
	}
	for _, s := range props.Static {
		p := &awsec2.CfnTransitGatewayRouteProps{TransitGatewayRouteTableId: s.RouteTableID, DestinationCidrBlock: jsii.String(s.CIDR)}
		if s.Blackhole {
			p.Blackhole = jsii.Bool(true)
		} else {
			p.TransitGatewayAttachmentId = props.AttachmentID
		}
		awsec2.NewCfnTransitGatewayRoute(r, jsii.String("route-"+s.RouteTable+"-"+s.CIDR), p)
	}
	return r
}
