package spokes

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/transit"
	"sharedhub/hub"
	"sharedhub/internal/app/stack"
	"sharedhub/internal/config"
	"sharedhub/internal/stackname"
)

// existing attaches a VPC that exists: the stack holds what is added to it, and nothing else of it changes.
func existing(own awscdk.Stack, s *config.Spoke, h *hub.Hub, reader hub.Reader) {
	v := s.Existing
	n, transitSubnets := stack.Addition(own, s.Name, v, s.FlowLogs)
	gateway := h.ReadNetwork(reader, stackname.TransitGatewayID)
	attachment := stack.Attachment(own, v, &transit.AttachmentProps{
		Name: s.Name, TransitGatewayID: gateway, VPCID: jsii.String(v.ID), SubnetIDs: transitSubnets,
		SecurityGroupReferencing: s.Hub.TransitGateway.SecurityGroupReferencing,
	})
	var tables []*string
	for _, id := range v.RouteTables() {
		tables = append(tables, jsii.String(id))
		if s.Attached() {
			n.RouteToTransitGateway(id, destinations(s), gateway, attachment.Resource)
		}
	}
	joined(own, s, h, reader, jsii.String(v.ID), tables, attachment, nil) // whose subnets are known without an output
}
