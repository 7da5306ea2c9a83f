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

	"sharedhub/constructs/network"
)

// TransitGatewayProps of a TransitGateway.
type TransitGatewayProps struct {
	// Name begins the Name tags.
	Name string
	// ID of an existing gateway of this account: "tgw-…". Default: a new one.
	ID string
	// ASN of a new gateway, 64512 to 65534 or 4200000000 to 4294967294. It can never change. Default: 64512.
	ASN int64
	// RouteTables are the gateway's route tables, one for the hub and one per segment.
	RouteTables []RouteTable
}

// RouteTable is a route table of the gateway.
type RouteTable struct {
	// Name of the table, unique on the gateway.
	Name string
	// ID of an existing table: "tgw-rtb-…". Default: a new one.
	ID string
}

// TransitGateway is a Transit Gateway with its tables.
type TransitGateway struct {
	Construct constructs.Construct
	ID        *string
	// ARN of the gateway, as RAM shares it.
	ARN *string
	// RouteTables are the route tables' ids by name.
	RouteTables map[string]*string
}

// NewTransitGateway makes or takes a Transit Gateway: ECMP and DNS support on, attachments of accounts it is shared with accepted,
// default association and propagation off (Transit Gateway guide, "Transit gateway route tables").
func NewTransitGateway(scope constructs.Construct, id string, props *TransitGatewayProps) *TransitGateway {
	g := &TransitGateway{Construct: constructs.NewConstruct(scope, jsii.String(id)), RouteTables: map[string]*string{}}
	if props.ID != "" {
		g.ID = jsii.String(props.ID)
		stack := awscdk.Stack_Of(g.Construct)
		g.ARN = stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("ec2"), Resource: jsii.String("transit-gateway"), ResourceName: g.ID})
	} else {
		asn := props.ASN
		if asn == 0 {
			asn = 64512
		}
		t := awsec2.NewCfnTransitGateway(g.Construct, jsii.String("Gateway"), &awsec2.CfnTransitGatewayProps{
			Description: jsii.String(props.Name), AmazonSideAsn: jsii.Number(asn),
			AutoAcceptSharedAttachments: jsii.String("enable"), DefaultRouteTableAssociation: jsii.String("disable"), DefaultRouteTablePropagation: jsii.String("disable"),
			DnsSupport: jsii.String("enable"), VpnEcmpSupport: jsii.String("enable"), Tags: network.NameTag(props.Name),
		})
		g.ID, g.ARN = t.Ref(), t.AttrTransitGatewayArn()
	}
	for _, t := range props.RouteTables {
		if t.ID != "" {
			g.RouteTables[t.Name] = jsii.String(t.ID)
			continue
		}
		g.RouteTables[t.Name] = awsec2.NewCfnTransitGatewayRouteTable(g.Construct, jsii.String("table-"+t.Name), &awsec2.CfnTransitGatewayRouteTableProps{
			TransitGatewayId: g.ID, Tags: network.NameTag(props.Name + "/" + t.Name),
		}).Ref()
	}
	return g
}

// AttachmentProps of an Attachment.
type AttachmentProps struct {
	// Name is the Name tag.
	Name             string
	TransitGatewayID *string
	VPCID            *string
	// SubnetIDs are the transit subnets, one per AZ whose traffic may pass.
	SubnetIDs []*string
}

// Attachment is a VPC's attachment to a gateway.
type Attachment struct {
	Construct constructs.Construct
	ID        *string
	// Resource is what routes to the gateway must wait for.
	Resource awscdk.CfnResource
}

// NewAttachment attaches a VPC. Appliance mode stays off: it is for firewalls between VPCs, and pins flows to an AZ. The
// type is AWS::EC2::TransitGatewayAttachment, whose subnets change in place.
func NewAttachment(scope constructs.Construct, id string, props *AttachmentProps) *Attachment {
	c := constructs.NewConstruct(scope, jsii.String(id))
	subnets := make([]any, len(props.SubnetIDs))
	for i, s := range props.SubnetIDs {
		subnets[i] = s
	}
	a := awsec2.NewCfnTransitGatewayAttachment(c, jsii.String("Attachment"), &awsec2.CfnTransitGatewayAttachmentProps{
		TransitGatewayId: props.TransitGatewayID, VpcId: props.VPCID, SubnetIds: &subnets, Tags: network.NameTag(props.Name),
		// A map: the schema leaves the options' form open, so the CDK passes them on as they are.
		Options: map[string]any{"ApplianceModeSupport": "disable", "DnsSupport": "enable", "Ipv6Support": "disable"},
	})
	return &Attachment{Construct: c, ID: a.Ref(), Resource: a}
}

// RoutingProps say what the gateway does with one attachment. Only the gateway's owner may create these, so they belong
// in a stack of the owner's account.
type RoutingProps struct {
	AttachmentID *string
	// Associate is the id of the table that routes what comes from the attachment. Default: none.
	Associate *string
	// Propagate are the tables that learn the attachment's ranges, by name; the name becomes part of the id.
	Propagate map[string]*string
	// Static are routes to the attachment, by table name, as ranges. Default: none.
	Static []StaticRoute
}

// StaticRoute is a route of a gateway's table.
type StaticRoute struct {
	// RouteTable is the route table's name, for the id, and RouteTableID its id.
	RouteTable   string
	RouteTableID *string
	// CIDR it is for.
	CIDR string
	// Blackhole drops the packets instead of sending them to the attachment. Default: false.
	Blackhole bool
}

// Routing is an attachment's place in the gateway's tables.
type Routing struct{ Construct constructs.Construct }

// NewRouting writes the association, propagations and static routes of an attachment. All of them are create-only: to
// change the association, take it away in one deployment and make the new one in the next.
func NewRouting(scope constructs.Construct, id string, props *RoutingProps) *Routing {
	r := &Routing{constructs.NewConstruct(scope, jsii.String(id))}
	if props.Associate != nil {
		awsec2.NewCfnTransitGatewayRouteTableAssociation(r.Construct, jsii.String("Association"), &awsec2.CfnTransitGatewayRouteTableAssociationProps{
			TransitGatewayAttachmentId: props.AttachmentID, TransitGatewayRouteTableId: props.Associate,
		})
	}
	for _, name := range slices.Sorted(maps.Keys(props.Propagate)) {
		awsec2.NewCfnTransitGatewayRouteTablePropagation(r.Construct, jsii.String("propagation-"+name), &awsec2.CfnTransitGatewayRouteTablePropagationProps{
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
		awsec2.NewCfnTransitGatewayRoute(r.Construct, jsii.String("route-"+s.RouteTable+"-"+s.CIDR), p)
	}
	return r
}
