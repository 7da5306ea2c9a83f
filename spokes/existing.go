package spokes

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/network"
	"sharedhub/constructs/transit"
	"sharedhub/hub"
	"sharedhub/internal/app/stack"
	"sharedhub/internal/config"
	"sharedhub/internal/stackname"
)

// existing attaches a VPC that exists: the stack holds what is added to it, and nothing else of it changes.
func existing(own awscdk.Stack, s *config.Spoke, h *hub.Hub, reader hub.Reader) {
	v := s.Existing
	var given []*string
	var made []network.Subnet
	for _, n := range v.Transit {
		if n.ID != "" {
			given = append(given, jsii.String(n.ID))
			continue
		}
		made = append(made, network.Subnet{AZ: n.AZ.Label(), AvailabilityZoneID: n.AZ.Name, CIDR: n.CIDR.String()})
	}
	props := &network.AdditionProps{Name: s.Name, VPCID: jsii.String(v.ID), FlowLogs: stack.FlowLogs(s.FlowLogs)}
	if len(made) > 0 {
		props.Tiers = []network.Tier{{Name: stack.TransitTier, Subnets: made}}
	}
	n := network.NewAddition(own, "Network", props)
	if len(made) > 0 {
		given = append(given, n.Tiers[stack.TransitTier].SubnetIDs...)
	}
	gateway := h.ReadNetwork(reader, stackname.TransitGatewayID)
	attachment := transit.NewAttachment(own, "Attachment", &transit.AttachmentProps{
		Name: s.Name, TransitGatewayID: gateway, VPCID: jsii.String(v.ID), SubnetIDs: given,
		SecurityGroupReferencing: s.Hub.TransitGateway.SecurityGroupReferencing,
	})
	var tables []*string
	for _, id := range v.RouteTables() {
		tables = append(tables, jsii.String(id))
		if s.Attached() {
			n.RouteToTransitGateway(id, destinations(s), gateway, attachment.Resource)
		}
	}
	joined(own, s, h, reader, jsii.String(v.ID), tables, attachment, func(string, string) *string { return nil }) // it publishes nothing
}
