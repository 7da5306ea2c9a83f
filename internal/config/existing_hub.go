package config

import (
	"fmt"
	"slices"

	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// Routing is how the gateway's tables learn the hub's range: from static routes alone where a propagation would bring ranges that
// nobody declared.
func (h *Hub) Routing() Routing {
	if h.Existing != nil {
		return RoutingStatic
	}
	return h.TransitGateway.Routing
}

// existingHub takes over a VPC that exists: its zones are those of the subnets for endpoints.
func (r *resolver) existingHub(h *hubFile) {
	in := &h.in.VPC
	h.hub.Existing = h.declared(h.File, in.ID, in.Subnets, in.Transit, &in.Attachment)
	for _, s := range h.hub.Existing.Subnets {
		if s.Tier == EndpointTier && !slices.Contains(h.hub.AZs, s.AZ) && s.AZ.Slot >= 0 {
			h.hub.AZs = append(h.hub.AZs, s.AZ)
		}
	}
	sortAZs(h.hub.AZs)
	for i := range in.Resolver {
		n := &in.Resolver[i]
		h.hub.Existing.Resolver = append(h.hub.Existing.Resolver,
			ExistingSubnet{n.ID, ResolverTier, n.CIDR, h.zone(h.File, &n.AZ), n.RouteTable})
	}
	slices.SortStableFunc(h.hub.Existing.Resolver, func(a, b ExistingSubnet) int { return a.AZ.Slot - b.AZ.Slot })
	for _, other := range r.hubs {
		if other != h && other.hub.Existing != nil && other.in.VPC.ID == in.ID {
			h.Errorf(file.Value, &in.ID, "give each hub a VPC of its own", "%s is the VPC of hub %s too", in.ID, other.hub.Name).
				See = []diag.Related{{Where: other.Pos(&other.in.VPC.ID), Text: "hub " + other.hub.Name}}
		}
	}
}

// tierOf is the tier of an endpoint that exists: one of the hub's VPC with a subnet in each of its zones.
func (h *hubFile) tierOf(in *file.Endpoint, azs []AZ) string {
	e, v := &in.Endpoint, h.hub.Existing
	switch {
	case e.Tier == "":
		return EndpointTier
	case v == nil:
		h.Errorf(file.Key, &e.Tier, "take tier out: endpoints stand in the zones' subnets", "tier is of a hub's VPC that exists")
		return EndpointTier
	case h.in.VPC.Subnets.Get(e.Tier) == nil:
		h.Errorf(file.Reference, &e.Tier, file.DidYouMeanOr(e.Tier, h.in.VPC.Subnets.Keys(), "the tiers are those of vpc.subnets"),
			"tier %q does not exist", e.Tier)
		return EndpointTier
	}
	for _, z := range azs {
		if v.Subnet(e.Tier, z) == nil {
			h.Errorf(file.Reference, &e.Tier, "write zones: […] of the entry, or add the subnet to vpc.subnets", "tier %s has no subnet in zone %s",
				e.Tier, z.Name)
		}
	}
	return e.Tier
}

// changeHubVPC refuses to make another VPC of a hub's, or to move what is made in one that exists.
func changeHubVPC(f *file.File, old *Hub, written *hubFile) {
	was, is := old.Existing, written.hub.Existing
	switch {
	case was == nil && is == nil:
	case was != nil && is != nil && was.ID == is.ID:
		changeTransit(f, was, is, written.in.VPC.Transit)
		at := any(&written.in.VPC.Attachment)
		if is.Attachment == "" {
			at = &written.in.VPC
		}
		changeResolverSubnets(f, was, is, written.in.VPC.Resolver)
		changeAttachment(f, at, was, is, true, "write attachment: "+was.Attachment+" again, or make another hub")
	default:
		f.Errorf(file.Change, &written.in.VPC, "write vpc as it was, or make a new hub under another name and take this one away",
			"hub %s goes from %s to %s, which replaces everything in it", old.Name, was.name(), is.name())
	}
}

// leastResolverZones are those that a Resolver endpoint needs
// (https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateResolverEndpoint.html, IpAddresses).
const leastResolverZones = 2

// changeResolverSubnets refuses to move Resolver endpoints: servers elsewhere ask their addresses.
func changeResolverSubnets(f *file.File, was, is *ExistingVPC, written []file.ResolverSubnet) {
	for _, n := range is.Resolver {
		i := slices.IndexFunc(was.Resolver, func(o ExistingSubnet) bool { return o.AZ == n.AZ })
		if i < 0 || was.Resolver[i].ID == n.ID && was.Resolver[i].CIDR == n.CIDR {
			continue
		}
		at := slices.IndexFunc(written, func(w file.ResolverSubnet) bool { return w.AZ == n.AZ.Name })
		from, to := was.Resolver[i].String(), n.String()
		switch {
		case was.Resolver[i].ID == "" && n.ID != "":
			from += ", which the stack made,"
		case was.Resolver[i].ID != "" && n.ID == "":
			to += ", which the stack makes,"
		}
		fix := fmt.Sprintf("write %s again, or take the zone out and deploy that first", was.Resolver[i])
		if len(was.Resolver) <= leastResolverZones {
			fix = fmt.Sprintf("write %s again; or add a third zone and deploy that, then take this one out and deploy that, and write it as it "+
				"is to be", was.Resolver[i])
		}
		f.Errorf(file.Change, &written[at].CIDR, fix,
			"the Resolver endpoints in %s move from %s to %s, and with them the addresses that servers elsewhere ask", n.AZ.Name,
			from, to)
	}
}

// String is a subnet as a file names it.
func (s ExistingSubnet) String() string {
	if s.ID == "" {
		return s.CIDR.String()
	}
	return s.ID + ", " + s.CIDR.String()
}
