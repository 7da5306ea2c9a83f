// Package naive is the network of a configuration as somebody writes it who starts with the CDK in Go: L2 constructs, stack after
// stack. The benchmark compares with it. It is about the same network, and nobody should deploy it: it has no policies, no roles and no
// shares, its stacks know each other's ids by made-up names, and two of its endpoints may have the same alias.
package naive

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/internal/config"
)

// Synth writes the templates to a folder, with the CDK's context.
func Synth(hubs []*config.Hub, context map[string]any, out string) {
	app := awscdk.NewApp(&awscdk.AppProps{
		AnalyticsReporting: jsii.Bool(false), TreeMetadata: jsii.Bool(false), Outdir: jsii.String(out), Context: &context,
	})
	for _, h := range hubs {
		network(app, h)
		for _, s := range h.Spokes {
			stack := newStack(app, h.Name+"-spoke-"+s.Name, s.Account, h.Region)
			attach(stack, newVPC(stack, s.CIDR.String(), s.AZs), "tgw-0123456789abcdef0")
		}
		if !h.HasHostedZones() {
			continue
		}
		accounts := map[string][]*config.Spoke{}
		for _, s := range h.Spokes {
			accounts[s.Account] = append(accounts[s.Account], s)
		}
		for _, account := range slices.Sorted(maps.Keys(accounts)) {
			zones(newStack(app, h.Name+"-dns-"+account, account, h.Region), h, accounts[account])
		}
	}
	app.Synth(nil)
}

func newStack(app awscdk.App, name, account, region string) awscdk.Stack {
	return awscdk.NewStack(app, &name, &awscdk.StackProps{Env: &awscdk.Environment{Account: &account, Region: &region}})
}

// network is the hub's own: a Transit Gateway, a VPC, its endpoints.
func network(app awscdk.App, h *config.Hub) {
	stack := newStack(app, h.Name+"-network", h.Account, h.Region)
	gateway := awsec2.NewCfnTransitGateway(stack, jsii.String("TransitGateway"), &awsec2.CfnTransitGatewayProps{})
	vpc := newVPC(stack, h.CIDR.String(), h.AZs)
	attach(stack, vpc, *gateway.Ref())
	for _, e := range h.Endpoints {
		vpc.AddInterfaceEndpoint(&e.Catalog.Name, &awsec2.InterfaceVpcEndpointOptions{
			Service:           awsec2.NewInterfaceVpcEndpointService(&e.Catalog.ServiceName, jsii.Number(443)),
			PrivateDnsEnabled: jsii.Bool(!h.HasHostedZones()),
		})
	}
}

func newVPC(stack awscdk.Stack, cidr string, azs []config.AZ) awsec2.Vpc {
	names := []*string{}
	for i := range azs {
		names = append(names, jsii.String(*stack.Region()+string(rune('a'+i))))
	}
	return awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{
		IpAddresses: awsec2.IpAddresses_Cidr(&cidr), AvailabilityZones: &names,
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: jsii.String("private"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
			{Name: jsii.String("transit"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED, CidrMask: jsii.Number(28)},
		},
	})
}

// attach a VPC to the gateway, with a route from each subnet.
func attach(stack awscdk.Stack, vpc awsec2.Vpc, gateway string) {
	ids := []*string{}
	for _, s := range *vpc.SelectSubnets(&awsec2.SubnetSelection{SubnetGroupName: jsii.String("transit")}).Subnets {
		ids = append(ids, s.SubnetId())
	}
	attachment := awsec2.NewCfnTransitGatewayVpcAttachment(stack, jsii.String("Attachment"), &awsec2.CfnTransitGatewayVpcAttachmentProps{
		TransitGatewayId: &gateway, VpcId: vpc.VpcId(), SubnetIds: &ids,
	})
	for i, s := range *vpc.SelectSubnets(&awsec2.SubnetSelection{SubnetGroupName: jsii.String("private")}).Subnets {
		route := awsec2.NewCfnRoute(stack, jsii.String(fmt.Sprint("ToHub", i)), &awsec2.CfnRouteProps{
			RouteTableId: s.RouteTable().RouteTableId(), DestinationCidrBlock: jsii.String("10.0.0.0/8"), TransitGatewayId: &gateway,
		})
		route.AddResourceDependency(attachment, nil)
	}
}

// zones of an account: one for each private name, with a record.
func zones(stack awscdk.Stack, h *config.Hub, spokes []*config.Spoke) {
	made := map[string]bool{}
	for _, e := range h.Endpoints {
		for _, name := range e.Catalog.PrivateNames {
			name = strings.TrimPrefix(name, "*.")
			if made[name] {
				continue
			}
			made[name] = true
			var zone awsroute53.PrivateHostedZone
			for _, s := range spokes {
				vpc := awsec2.Vpc_FromVpcAttributes(stack, jsii.String(name+s.Name), &awsec2.VpcAttributes{
					VpcId: jsii.String("vpc-" + s.Name), AvailabilityZones: &[]*string{jsii.String(h.Region + "a")},
				})
				if zone == nil {
					zone = awsroute53.NewPrivateHostedZone(stack, jsii.String(name), &awsroute53.PrivateHostedZoneProps{ZoneName: &name, Vpc: vpc})
				} else {
					zone.AddVpc(vpc)
				}
			}
			awsroute53.NewARecord(zone, jsii.String("Record"), &awsroute53.ARecordProps{
				Zone: zone, Target: awsroute53.RecordTarget_FromIpAddresses(jsii.String("10.0.0.1")),
			})
		}
	}
}
