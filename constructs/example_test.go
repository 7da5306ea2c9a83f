package constructs_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/addressing"
	"sharedhub/constructs/catalog"
	"sharedhub/constructs/endpoints"
	"sharedhub/constructs/internal/cdktest"
	"sharedhub/constructs/network"
	"sharedhub/constructs/perimeter"
	"sharedhub/constructs/privatedns"
	"sharedhub/constructs/sharing"
	"sharedhub/constructs/transit"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

// subnets of a tier in us-east-1a and us-east-1b.
func subnets(cidr func(slot int) netip.Prefix) []network.Subnet {
	return []network.Subnet{
		{AZ: "a", AvailabilityZone: "us-east-1a", CIDR: cidr(0).String()},
		{AZ: "b", AvailabilityZone: "us-east-1b", CIDR: cidr(1).String()},
	}
}

// vpc has a tier of one's own and one for the Transit Gateway's attachment.
func vpc(stack awscdk.Stack, name, cidr, tier string) *network.VPC {
	plan := addressing.NewPlan(netip.MustParsePrefix(cidr), []addressing.Tier{{Name: tier}})
	return network.NewVPC(stack, "Network", &network.VPCProps{Name: name, CIDR: cidr, Tiers: []network.Tier{
		{Name: tier, Subnets: subnets(func(slot int) netip.Prefix { return plan.Subnet(tier, slot) })},
		{Name: "transit", Subnets: subnets(plan.Transit)},
	}})
}

// A hub with an endpoint of its own, and a spoke that reaches it by its private name.
func Example() {
	app := awscdk.NewApp(nil)
	env := &awscdk.Environment{Account: jsii.String("111111111111"), Region: jsii.String("us-east-1")}

	hub := awscdk.NewStack(app, jsii.String("hub"), &awscdk.StackProps{Env: env})
	center := vpc(hub, "hub", "10.0.0.0/22", "endpoints")
	gateway := transit.NewTransitGateway(hub, "Transit", &transit.TransitGatewayProps{
		Name: "hub", RouteTables: []transit.RouteTable{{Name: "hub"}, {Name: "prod"}},
	})
	attachment := transit.NewAttachment(hub, "Attachment", &transit.AttachmentProps{
		Name: "hub", TransitGatewayID: gateway.ID, VPCID: center.VPCID, SubnetIDs: center.Tiers["transit"].SubnetIDs,
	})
	transit.NewRouting(hub, "Routing", &transit.RoutingProps{
		AttachmentID: attachment.ID, Associate: gateway.RouteTables["hub"],
		Propagate: map[string]*string{"prod": gateway.RouteTables["prod"]},
	})
	center.RouteToTransitGateway("endpoints", []string{"10.16.0.0/12"}, gateway.ID, attachment.Resource)
	sqs, _ := catalog.Lookup("us-east-1", "sqs")
	made := endpoints.NewInterfaceEndpoints(hub, "Endpoints", &endpoints.InterfaceEndpointsProps{
		Name: "hub", VPCID: center.VPCID, Clients: []string{"10.0.0.0/22", "10.16.0.0/12"},
		Services: []endpoints.Service{{
			Name: "sqs", ServiceName: sqs.ServiceName, SubnetIDs: center.Tiers["endpoints"].SubnetIDs,
			Policy: perimeter.Organization("o-a1b2c3d4e5", sqs),
		}},
	})
	sharing.NewShare(hub, "Share", &sharing.ShareProps{
		Name: "hub", ResourceARNs: []*string{gateway.ARN}, Principals: []string{"222222222222"},
	})

	spoke := awscdk.NewStack(app, jsii.String("payments"), &awscdk.StackProps{Env: env})
	payments := vpc(spoke, "payments", "10.16.4.0/22", "private")
	attached := transit.NewAttachment(spoke, "Attachment", &transit.AttachmentProps{
		Name: "payments", TransitGatewayID: gateway.ID, VPCID: payments.VPCID, SubnetIDs: payments.Tiers["transit"].SubnetIDs,
	})
	transit.NewRouting(spoke, "Routing", &transit.RoutingProps{
		AttachmentID: attached.ID, Associate: gateway.RouteTables["prod"],
		Propagate: map[string]*string{"hub": gateway.RouteTables["hub"]},
	})
	payments.RouteToTransitGateway("private", []string{"10.0.0.0/22"}, gateway.ID, attached.Resource)
	endpoints.NewGatewayEndpoint(spoke, "DynamoDB", &endpoints.GatewayEndpointProps{
		Name: "payments/dynamodb", VPCID: payments.VPCID, ServiceName: "com.amazonaws.us-east-1.dynamodb",
		RouteTableIDs: payments.Tiers["private"].RouteTableIDs,
	})
	privatedns.NewHostedZones(spoke, "Zones", &privatedns.HostedZonesProps{
		VPCs: []privatedns.VPC{{ID: payments.VPCID, Region: "us-east-1"}},
		Services: []privatedns.Service{{
			HostedZones: catalog.HostedZones(sqs.PrivateNames),
			DNSName:     made.ByName["sqs"].DNSName, HostedZoneID: made.ByName["sqs"].HostedZoneID,
		}},
	})

	inHub, inSpoke := assertions.Template_FromStack(hub, nil), assertions.Template_FromStack(spoke, nil)
	inHub.ResourceCountIs(jsii.String("AWS::EC2::VPCEndpoint"), jsii.Number(1))
	inHub.ResourceCountIs(jsii.String("AWS::RAM::ResourceShare"), jsii.Number(1))
	inSpoke.HasResourceProperties(jsii.String("AWS::Route53::RecordSet"), map[string]any{"Name": "sqs.us-east-1.amazonaws.com", "Type": "A"})
	inSpoke.HasResourceProperties(jsii.String("AWS::EC2::Route"), map[string]any{"DestinationCidrBlock": "10.0.0.0/22"})
	inSpoke.HasResourceProperties(jsii.String("AWS::EC2::TransitGatewayAttachment"), map[string]any{
		"TransitGatewayId": map[string]any{"Fn::ImportValue": assertions.Match_AnyValue()},
	})
	fmt.Println(*(*spoke.Dependencies())[0].StackName(), "is deployed before", *spoke.StackName())
	// Output: hub is deployed before payments
}
