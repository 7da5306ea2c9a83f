package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/network"
	"sharedhub/constructs/transit"
	"sharedhub/internal/config"
)

// Attached is a VPC's attachment: its id, and the resource that routes wait for, nil for one that exists.
type Attached struct {
	ID       *string
	Resource awscdk.CfnResource
}

// Attachment makes a VPC's attachment, or takes the one that a file names.
func Attachment(scope constructs.Construct, v *config.ExistingVPC, props *transit.AttachmentProps) Attached {
	if v != nil && v.Attachment != "" {
		return Attached{ID: jsii.String(v.Attachment)}
	}
	made := transit.NewAttachment(scope, "Attachment", props)
	return Attached{made.ID, made.Resource}
}

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
