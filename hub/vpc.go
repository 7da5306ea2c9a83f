package hub

import (
	"net/netip"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/network"
	"sharedhub/internal/app/stack"
	"sharedhub/internal/config"
	"sharedhub/internal/ranges"
)

// vpc is the hub's VPC, as the rest of the network stack uses it.
type vpc struct {
	id *string
	// transit are the subnets that hold the attachment.
	transit []*string
	// subnet is that of endpoints in a zone.
	subnet func(config.AZ) *string
	// route sends destinations to the gateway, once the attachment is there.
	route func(destinations []string, gateway *string, attachment awscdk.CfnResource)
}

func (b *Hub) vpc(s awscdk.Stack) *vpc {
	h := b.config
	if h.Existing != nil {
		return b.existing(s)
	}
	plan := h.Plan()
	n := network.NewVPC(s, "Network", &network.VPCProps{
		Name: h.Name, CIDR: h.CIDR.String(), FlowLogs: stack.FlowLogs(h.FlowLogs),
		Tiers: []network.Tier{
			{Name: config.EndpointTier, Subnets: stack.Subnets(h.Region, h.AZs,
				func(slot int) netip.Prefix { return plan.Subnet(config.EndpointTier, slot) })},
			{Name: stack.TransitTier, Subnets: stack.Subnets(h.Region, h.AZs, plan.Transit)},
		},
	})
	return &vpc{
		id: n.VPCID, transit: n.Tiers[stack.TransitTier].SubnetIDs,
		subnet: func(z config.AZ) *string { return n.Tiers[config.EndpointTier].SubnetByAZ[z.Label()] },
		route: func(destinations []string, gateway *string, attachment awscdk.CfnResource) {
			n.RouteToTransitGateway(config.EndpointTier, destinations, gateway, attachment)
		},
	}
}

// existing is a VPC that exists: the stack holds what is added to it, and nothing else of it changes.
func (b *Hub) existing(s awscdk.Stack) *vpc {
	h := b.config
	hosts := map[string]bool{} // route tables of other subnets than the Resolver endpoints'
	for _, s := range h.Existing.Subnets {
		hosts[s.RouteTable] = true
	}
	n, transit := stack.Addition(s, h.Name, h.Existing, h.FlowLogs)
	return &vpc{
		id: jsii.String(h.Existing.ID), transit: transit,
		subnet: func(z config.AZ) *string { return jsii.String(h.Existing.Subnet(config.EndpointTier, z).ID) },
		route: func(destinations []string, gateway *string, attachment awscdk.CfnResource) {
			for _, id := range h.Existing.RouteTables() {
				if hosts[id] {
					n.RouteToTransitGateway(id, destinations, gateway, attachment)
				} else {
					n.RouteToTransitGateway(id, ranges.Strings(h.Resolver.Routed()), gateway, attachment)
				}
			}
		},
	}
}
