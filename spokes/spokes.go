// Package spokes makes the stack of a spoke from its configuration: a VPC attached to its hub.
package spokes

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/catalog"
	"sharedhub/constructs/endpoints"
	"sharedhub/constructs/network"
	"sharedhub/constructs/privatedns"
	"sharedhub/constructs/sharing"
	"sharedhub/constructs/transit"
	"sharedhub/hub"
	"sharedhub/internal/config"
	"sharedhub/internal/names"
)

// New makes a spoke's stack. It waits for the hub's network, and with a Profile for the hub's names.
func New(app constructs.Construct, s *config.Spoke, h *hub.Hub) awscdk.Stack {
	cfg := s.HubConfig
	tags := map[string]*string{"spoke": jsii.String(s.Name), "segment": jsii.String(s.Segment)}
	for _, t := range s.Tags {
		tags[t.Key] = jsii.String(t.Value)
	}
	stack := hub.NewStack(app, names.Spoke(cfg.Name, s.Name), fmt.Sprintf("Spoke %s of the shared-services hub %s", s.Name, cfg.Name), s.Account, cfg, tags, false)
	stack.AddStackDependency(h.Network, nil)

	plan := s.Plan()
	tiers := []network.Tier{{Name: hub.TransitTier, Subnets: hub.Subnets(cfg.Region, s.AZs, plan.Transit)}}
	for _, t := range s.Tiers {
		tiers = append(tiers, network.Tier{Name: t.Key, Subnets: hub.Subnets(cfg.Region, s.AZs, func(slot int) netip.Prefix { return plan.Subnet(t.Key, slot) })})
	}
	n := network.NewVPC(stack, "Network", &network.VPCProps{Name: s.Name, CIDR: s.CIDR.String(), SecondaryCIDRs: hub.Texts(s.SecondaryCIDRs), Tiers: tiers, FlowLogs: hub.FlowLogs(s.FlowLogs)})
	gateway := h.Read(s.Account, names.Network(cfg.Name), names.TransitGatewayID)
	attachment := transit.NewAttachment(stack, "Attachment", &transit.AttachmentProps{
		Name: s.Name, TransitGatewayID: gateway, VPCID: n.VPCID, SubnetIDs: n.Tiers[hub.TransitTier].SubnetIDs,
	})
	var tables []*string
	for _, t := range s.Tiers {
		if s.Attached() {
			n.RouteToTransitGateway(t.Key, destinations(s), gateway, attachment.Resource)
		}
		tables = append(tables, n.Tiers[t.Key].RouteTableIDs...)
	}
	for _, g := range s.GatewayEndpoints() {
		service, _ := catalog.Lookup(cfg.Region, g)
		endpoints.NewGatewayEndpoint(stack, "gateway-"+g, &endpoints.GatewayEndpointProps{Name: s.Name + "/" + g, VPCID: n.VPCID, ServiceName: service.ServiceName, RouteTableIDs: tables})
	}
	if cfg.HasR53Profile() && s.Attached() {
		stack.AddStackDependency(h.Profile, nil)
		privatedns.NewProfileAssociation(stack, "Names", &privatedns.ProfileAssociationProps{
			Name: cfg.Name + "-" + s.Name, ProfileID: h.Read(s.Account, names.Profile(cfg.Name), names.ProfileID), VPCID: n.VPCID,
		})
	}
	if s.Account != cfg.Account {
		sharing.NewReader(stack, "Reader", &sharing.ReaderProps{
			RoleName: names.SpokeReader(cfg.Name, s.Name), Stacks: []string{names.Spoke(cfg.Name, s.Name)}, Accounts: []string{cfg.Account},
			Partition: catalog.Partition(cfg.Region), Region: cfg.Region, Account: s.Account,
		})
	}
	hub.Output(stack, names.VPCID, n.VPCID)
	hub.Output(stack, names.AttachmentID, attachment.ID)
	return stack
}

// destinations that a spoke sends to the gateway: the hub, and the ranges of the segments it exchanges packets with.
func destinations(s *config.Spoke) []string {
	h := s.HubConfig
	out := []string{h.VPC.CIDR.String()}
	for _, peer := range h.Peers(s.Segment) {
		for _, r := range h.SegmentRanges(peer) {
			if !slices.Contains(s.Ranges(), r) { // a range outside the pools that is its own
				out = append(out, r.String())
			}
		}
	}
	slices.SortFunc(out, strings.Compare)
	return out
}
