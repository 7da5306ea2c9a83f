package main

import (
	"net/netip"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/addressing"
	"sharedhub/constructs/catalog"
	"sharedhub/constructs/endpoints"
	"sharedhub/constructs/network"
	"sharedhub/constructs/perimeter"
	"sharedhub/constructs/privatedns"
	"sharedhub/constructs/sharing"
	"sharedhub/constructs/transit"
)

func main() {
	defer jsii.Close()
	build(nil).Synth(nil)
}

// build makes two stacks: a hub with an SQS endpoint, and a spoke.
func build(props *awscdk.AppProps) awscdk.App {
	app := awscdk.NewApp(props)
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
	return app
}

// vpc has a tier of subnets of its own, and one for the Transit Gateway's attachment.
func vpc(stack awscdk.Stack, name, cidr, tier string) *network.VPC {
	plan := addressing.NewPlan(netip.MustParsePrefix(cidr), []addressing.Tier{{Name: tier}})
	return network.NewVPC(stack, "Network", &network.VPCProps{Name: name, CIDR: cidr, Tiers: []network.Tier{
		{Name: tier, Subnets: subnets(func(slot int) netip.Prefix { return plan.Subnet(tier, slot) })},
		{Name: "transit", Subnets: subnets(plan.Transit)},
	}})
}

// subnets of a tier in two availability zones. Zones named by id need no lookup, and are the same places in every account.
func subnets(cidr func(slot int) netip.Prefix) []network.Subnet {
	return []network.Subnet{
		{AZ: "a", AvailabilityZoneID: "use1-az1", CIDR: cidr(0).String()},
		{AZ: "b", AvailabilityZoneID: "use1-az2", CIDR: cidr(1).String()},
	}
}
