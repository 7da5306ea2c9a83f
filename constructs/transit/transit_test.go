package transit_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/internal/cdktest"
	"sharedhub/constructs/network"
	"sharedhub/constructs/transit"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

func Example() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("hub"), nil)
	gateway := transit.NewTransitGateway(stack, "Transit", &transit.TransitGatewayProps{
		Name: "hub", RouteTables: []transit.RouteTable{{Name: "hub"}, {Name: "prod"}},
	})
	attachment := transit.NewAttachment(stack, "Attachment", &transit.AttachmentProps{
		Name: "hub", TransitGatewayID: gateway.ID, VPCID: jsii.String("vpc-0123456789abcdef0"),
		SubnetIDs: []*string{jsii.String("subnet-0123456789abcdef0")},
	})
	transit.NewRouting(stack, "Routing", &transit.RoutingProps{
		AttachmentID: attachment.ID, Associate: gateway.RouteTables["hub"], Propagate: map[string]*string{"prod": gateway.RouteTables["prod"]},
	})
	template := assertions.Template_FromStack(stack, nil)
	template.HasResourceProperties(jsii.String("AWS::EC2::TransitGateway"), map[string]any{
		"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable", "AutoAcceptSharedAttachments": "enable",
	})
	template.ResourceCountIs(jsii.String("AWS::EC2::TransitGatewayRouteTablePropagation"), jsii.Number(1))
	fmt.Println(len(gateway.RouteTables), "tables")
	// Output: 2 tables
}

func TestOptions(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	g := transit.NewTransitGateway(stack, "T", &transit.TransitGatewayProps{
		Name: "n", SecurityGroupReferencing: true, FlowLogs: &network.FlowLogs{RetentionDays: 7},
	})
	transit.NewAttachment(stack, "A", &transit.AttachmentProps{Name: "n", TransitGatewayID: g.ID, VPCID: jsii.String("vpc-0123456789abcdef0"),
		SubnetIDs: []*string{jsii.String("subnet-0123456789abcdef0")}, SecurityGroupReferencing: true})
	template := assertions.Template_FromStack(stack, nil)
	template.HasResourceProperties(jsii.String("AWS::EC2::TransitGateway"), map[string]any{"SecurityGroupReferencingSupport": "enable"})
	template.HasResourceProperties(jsii.String("AWS::EC2::TransitGatewayAttachment"), map[string]any{
		"Options": assertions.Match_ObjectLike(&map[string]any{"SecurityGroupReferencingSupport": "enable"}),
	})
	template.HasResourceProperties(jsii.String("AWS::EC2::FlowLog"), map[string]any{
		"ResourceType": "TransitGateway", "MaxAggregationInterval": 60, "TrafficType": assertions.Match_Absent(),
	})
}

func TestExistingGateway(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	g := transit.NewTransitGateway(stack, "T", &transit.TransitGatewayProps{
		Name: "n", ID: "tgw-0123456789abcdef0", RouteTables: []transit.RouteTable{{Name: "hub", ID: "tgw-rtb-0123456789abcdef0"}, {Name: "prod"}},
	})
	template := assertions.Template_FromStack(stack, nil)
	template.ResourceCountIs(jsii.String("AWS::EC2::TransitGateway"), jsii.Number(0))
	template.ResourceCountIs(jsii.String("AWS::EC2::TransitGatewayRouteTable"), jsii.Number(1))
	if *g.ID != "tgw-0123456789abcdef0" || *g.RouteTables["hub"] != "tgw-rtb-0123456789abcdef0" {
		t.Errorf("gateway %s, table %s", *g.ID, *g.RouteTables["hub"])
	}
}

func TestStaticRoutes(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	table := jsii.String("tgw-rtb-0123456789abcdef0")
	transit.NewRouting(stack, "R", &transit.RoutingProps{AttachmentID: jsii.String("tgw-attach-0123456789abcdef0"),
		Static: []transit.StaticRoute{
			{RouteTable: "hub", RouteTableID: table, CIDR: "10.1.0.0/16"}, {RouteTable: "hub", RouteTableID: table, CIDR: "10.0.0.0/8",
				Blackhole: true},
		}})
	template := assertions.Template_FromStack(stack, nil)
	template.HasResourceProperties(jsii.String("AWS::EC2::TransitGatewayRoute"), map[string]any{
		"DestinationCidrBlock": "10.1.0.0/16", "TransitGatewayAttachmentId": "tgw-attach-0123456789abcdef0",
		"Blackhole": assertions.Match_Absent(),
	})
	template.HasResourceProperties(jsii.String("AWS::EC2::TransitGatewayRoute"), map[string]any{
		"DestinationCidrBlock": "10.0.0.0/8", "Blackhole": true, "TransitGatewayAttachmentId": assertions.Match_Absent(),
	})
}

func TestMistakes(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	cdktest.Panics(t, func() {
		transit.NewTransitGateway(stack, "T", &transit.TransitGatewayProps{
			ASN: 1, RouteTables: []transit.RouteTable{{Name: "hub"}, {Name: "hub", ID: "rtb-1"}},
		})
	}, "Name: is empty", "ASN: 1, expected 64512 to 65534", `RouteTables[1].Name: "hub" is there twice`,
		`RouteTables[1].ID: "rtb-1", expected an id that begins with tgw-rtb-`, "the gateway is a new one")
	cdktest.Panics(t, func() {
		transit.NewAttachment(stack, "A", &transit.AttachmentProps{Name: "n", VPCID: jsii.String("subnet-1")})
	},
		"TransitGatewayID: is nil", `VPCID: "subnet-1", expected an id that begins with vpc-`, "SubnetIDs: is empty")
	cdktest.Panics(t, func() {
		transit.NewRouting(stack, "R", &transit.RoutingProps{
			Propagate: map[string]*string{"prod": nil}, Static: []transit.StaticRoute{{CIDR: "x"}},
		})
	}, "AttachmentID: is nil", `Propagate["prod"]: is nil`, "Static[0].RouteTable: is empty", "Static[0].RouteTableID: is nil",
		`Static[0].CIDR: "x" is no IPv4 range`)
}
