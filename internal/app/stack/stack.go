// Package stack holds what the stacks of hubs and spokes have in common.
package stack

import (
	"net/netip"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/network"
	"sharedhub/internal/config"
)

// TransitTier is the tier of subnets that hold an attachment, in the hub and in every spoke.
const TransitTier = "transit"

// Props of one stack.
type Props struct {
	// Name in CloudFormation and in the CDK. Required.
	Name string
	// Description that CloudFormation shows. Required.
	Description string
	// Account to deploy to. The region is the hub's. Required.
	Account string
	// Tags for every resource, beside the hub's own. A key here wins. Default: none.
	Tags map[string]string
	// Protect from termination. Default: false.
	Protect bool
}

// New makes a stack of a hub or of one of its spokes, with a fixed account and region.
func New(app constructs.Construct, h *config.Hub, p *Props) awscdk.Stack {
	tags := map[string]*string{}
	for _, own := range []map[string]string{h.Tags, p.Tags} {
		for key, value := range own {
			tags[key] = jsii.String(value)
		}
	}
	tags["hub"] = jsii.String(h.Name)
	return awscdk.NewStack(app, jsii.String(p.Name), &awscdk.StackProps{
		StackName: jsii.String(p.Name), Description: jsii.String(p.Description), Tags: &tags, TerminationProtection: jsii.Bool(p.Protect),
		Env: &awscdk.Environment{Account: jsii.String(p.Account), Region: jsii.String(h.Region)},
	})
}

// Output makes a stack's value readable by name.
func Output(stack constructs.Construct, name string, value *string) {
	awscdk.NewCfnOutput(stack, jsii.String(name), &awscdk.CfnOutputProps{Value: value})
}

// Subnets are one tier's subnets, one per zone.
func Subnets(region string, zones []config.AZ, cidr func(slot int) netip.Prefix) []network.Subnet {
	out := make([]network.Subnet, len(zones))
	for i, z := range zones {
		out[i] = network.Subnet{AZ: z.Label(), CIDR: cidr(z.Slot).String()}
		if z.ByID {
			out[i].AvailabilityZoneID = z.Name
		} else {
			out[i].AvailabilityZone = region + z.Name
		}
	}
	return out
}

// FlowLogs are the construct's, or nil for none.
func FlowLogs(f config.FlowLogs) *network.FlowLogs {
	if f.Off() {
		return nil
	}
	return &network.FlowLogs{Bucket: f.Bucket, RetentionDays: f.RetentionDays, KMSKey: f.KMSKey}
}
