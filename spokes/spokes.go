// Package spokes makes the stack of a spoke from its configuration: a VPC attached to its hub.
package spokes

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/constructs/endpoints"
	"sharedhub/constructs/network"
	"sharedhub/constructs/privatedns"
	"sharedhub/constructs/resolver"
	"sharedhub/constructs/sharing"
	"sharedhub/constructs/transit"
	"sharedhub/hub"
	"sharedhub/internal/app/stack"
	"sharedhub/internal/config"
	"sharedhub/internal/ranges"
	"sharedhub/internal/stackname"
)

// New makes a spoke's stack.
func New(app constructs.Construct, s *config.Spoke, h *hub.Hub) awscdk.Stack {
	cfg := s.Hub
	tags := map[string]string{"spoke": s.Name, "segment": s.Segment}
	maps.Copy(tags, s.Tags)
	own := stack.New(app, cfg, &stack.Props{
		Name: stackname.Spoke(cfg.Name, s.Name), Description: fmt.Sprintf("Spoke %s of the shared-services hub %s", s.Name,
			cfg.Name), Account: s.Account, Protect: s.Protect, Tags: tags,
	})

	reader := hub.Reader{Stack: own, Name: stackname.Spoke(cfg.Name, s.Name), Account: s.Account}
	if s.Existing != nil {
		existing(own, s, h, reader)
		return own
	}
	plan := s.Plan()
	tiers := []network.Tier{{Name: stack.TransitTier, Subnets: stack.Subnets(cfg.Region, s.AZs, plan.Transit)}}
	for _, t := range s.Tiers {
		tiers = append(tiers, network.Tier{Name: t.Name, Subnets: stack.Subnets(cfg.Region, s.AZs,
			func(slot int) netip.Prefix { return plan.Subnet(t.Name, slot) })})
	}
	n := network.NewVPC(own, "Network", &network.VPCProps{
		Name: s.Name, CIDR: s.CIDR.String(), SecondaryCIDRs: ranges.Strings(s.AllRanges()[1:]), IPAMPoolIDs: ipamPools(s), Tiers: tiers,
		FlowLogs: stack.FlowLogs(s.FlowLogs),
	})
	gateway := h.ReadNetwork(reader, stackname.TransitGatewayID)
	attachment := stack.Attachment(own, nil, &transit.AttachmentProps{
		Name: s.Name, TransitGatewayID: gateway, VPCID: n.VPCID, SubnetIDs: n.Tiers[stack.TransitTier].SubnetIDs,
		SecurityGroupReferencing: cfg.TransitGateway.SecurityGroupReferencing,
	})
	var tables []*string
	for _, t := range s.Tiers {
		if s.Attached() && s.Routed(t) {
			n.RouteToTransitGateway(t.Name, destinations(s), gateway, attachment.Resource)
		}
		tables = append(tables, n.Tiers[t.Name].RouteTableIDs...)
	}
	subnet := func(tier, zone string) *string { return n.Tiers[tier].SubnetByAZ[zone] }
	joined(own, s, h, reader, n.VPCID, tables, attachment, subnet)
	return own
}

// joined makes what every spoke has beside its network: gateway endpoints, names, the role that its link reads it with, outputs.
func joined(own awscdk.Stack, s *config.Spoke, h *hub.Hub, reader hub.Reader, vpc *string, tables []*string,
	attachment stack.Attached, subnet func(tier, zone string) *string) {
	cfg := s.Hub
	for _, g := range s.GatewayEndpoints {
		service, _ := catalog.Lookup(cfg.Region, g)
		endpoints.NewGatewayEndpoint(own, "gateway-"+g, &endpoints.GatewayEndpointProps{
			Name: s.Name + "/" + g, VPCID: vpc, ServiceName: service.GatewayServiceName(), RouteTableIDs: tables,
			Policy: cfg.GatewayPolicies[g].Document,
		})
	}
	if cfg.HasR53Profile() && s.Attached() {
		privatedns.NewProfileAssociation(own, "Names", &privatedns.ProfileAssociationProps{
			Name: cfg.Name + "-" + s.Name, ProfileID: h.ReadProfile(reader, stackname.ProfileID), VPCID: vpc,
		})
	}
	if cfg.HasHostedZones() && s.Attached() { // else the Profile carries the rules
		rule := h.ReadRules(reader)
		for _, f := range cfg.Resolver.Active() {
			resolver.NewRuleAssociation(own, "forward-"+f.Domain, &resolver.RuleAssociationProps{
				VPCID: vpc, RuleID: rule(f),
			})
		}
	}
	if gateway := cfg.GatewayAccount(); s.Account != gateway && attachment.Resource != nil { // its link knows one that exists
		sharing.NewReader(own, "Reader", &sharing.ReaderProps{
			RoleName: stackname.SpokeReader(cfg.Name, s.Name), Stacks: []string{stackname.Spoke(cfg.Name, s.Name)}, Accounts: []string{gateway},
			Partition: awsfacts.MustPartition(cfg.Region).Name, Region: cfg.Region, Account: s.Account,
		})
	}
	if len(s.ServiceTiers) > 0 {
		stack.Publish(own, stack.SpokeValues(s, vpc, subnet))
	} else {
		stack.Output(own, stackname.VPCID, vpc)
	}
	stack.Output(own, stackname.AttachmentID, attachment.ID)
}

// ipamPools are the IPAM pools that ranges of a spoke are taken from, by the range.
func ipamPools(s *config.Spoke) map[string]string {
	out := map[string]string{}
	for i, id := range s.IPAMPools {
		if id != "" {
			out[s.Ranges()[i].String()] = id
		}
	}
	return out
}

// destinations that a spoke sends to the gateway: the hub, and the ranges of the segments it exchanges packets with.
func destinations(s *config.Spoke) []string {
	h := s.Hub
	out := []string{h.CIDR.String()}
	for _, peer := range h.Peers(s.Segment) {
		for _, r := range h.SegmentRanges(peer) {
			if !slices.Contains(s.Ranges(), r) { // a range outside the pools that is its own
				out = append(out, r.String())
			}
		}
	}
	slices.SortFunc(out, strings.Compare)
	return slices.Compact(out) // a spoke that moved may have a whole pool of its former segment
}
