package stack

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/network"
	"sharedhub/internal/config"
)

// Addition is what is added to a VPC that exists, and the subnets that hold its attachment.
func Addition(scope constructs.Construct, name string, v *config.ExistingVPC, logs config.FlowLogs) (*network.Addition, []*string) {
	var transit []*string
	var made []network.Subnet
	for _, n := range v.Transit {
		if n.ID != "" {
			transit = append(transit, jsii.String(n.ID))
			continue
		}
		made = append(made, network.Subnet{AZ: n.AZ.Label(), AvailabilityZoneID: n.AZ.Name, CIDR: n.CIDR.String()})
	}
	props := &network.AdditionProps{Name: name, VPCID: jsii.String(v.ID), FlowLogs: FlowLogs(logs)}
	if len(made) > 0 {
		props.Tiers = []network.Tier{{Name: TransitTier, Subnets: made}}
	}
	n := network.NewAddition(scope, "Network", props)
	if len(made) > 0 {
		transit = append(transit, n.Tiers[TransitTier].SubnetIDs...)
	}
	return n, transit
}
