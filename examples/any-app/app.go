package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/proof"
	"sharedhub/proof/cdkplugin"
)

// rules are what the network must keep to, whoever changes it.
var rules = []proof.Rule{
	proof.NoInternet("exposure=private").Named("private VPCs stay private"),
	proof.Reaches("shop", "orders", 443),
	proof.ReachesOnly("orders", "shop"),
}

// build makes an app of ordinary VPCs: a shop with a way to the internet, and the orders behind it, joined by a peering. The orders'
// subnets are of the kind behind.
func build(props *awscdk.AppProps, behind awsec2.SubnetType) awscdk.App {
	app := awscdk.NewApp(props)
	stack := awscdk.NewStack(app, jsii.String("network"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111111111111"), Region: jsii.String("eu-west-1")},
	})
	shop := vpc(stack, "shop", "10.0.0.0/16", awsec2.SubnetType_PUBLIC)
	orders := vpc(stack, "orders", "10.1.0.0/16", behind)
	awscdk.Tags_Of(orders).Add(jsii.String("exposure"), jsii.String("private"), nil)
	peering := awsec2.NewCfnVPCPeeringConnection(stack, jsii.String("Peering"), &awsec2.CfnVPCPeeringConnectionProps{
		VpcId: shop.VpcId(), PeerVpcId: orders.VpcId(),
	})
	route(stack, "ToOrders", subnets(shop), "10.1.0.0/16", peering)
	route(stack, "ToShop", subnets(orders), "10.0.0.0/16", peering)
	return app
}

func vpc(scope awscdk.Stack, name, cidr string, subnets awsec2.SubnetType) awsec2.Vpc {
	return awsec2.NewVpc(scope, jsii.String(name), &awsec2.VpcProps{
		IpAddresses:       awsec2.IpAddresses_Cidr(jsii.String(cidr)),
		AvailabilityZones: jsii.Strings("eu-west-1a", "eu-west-1b"),
		VpcName:           jsii.String(name), NatGateways: jsii.Number(0),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{{Name: jsii.String("app"), SubnetType: subnets}},
	})
}

func subnets(v awsec2.Vpc) []awsec2.ISubnet {
	return append(*v.PublicSubnets(), *v.IsolatedSubnets()...)
}

func route(scope awscdk.Stack, id string, subnets []awsec2.ISubnet, to string, by awsec2.CfnVPCPeeringConnection) {
	for _, s := range subnets {
		awsec2.NewCfnRoute(scope, jsii.String(id+*s.Node().Id()), &awsec2.CfnRouteProps{
			RouteTableId: s.RouteTable().RouteTableId(), DestinationCidrBlock: jsii.String(to), VpcPeeringConnectionId: by.Ref(),
		})
	}
}

func main() {
	defer jsii.Close()
	app := build(nil, awsec2.SubnetType_PRIVATE_ISOLATED)
	awscdk.Validations_Of(app).AddPlugins(cdkplugin.New(rules...))
	app.Synth(nil)
}
