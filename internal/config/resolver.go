package config

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
	"sharedhub/internal/ranges"
)

// Resolver is what a hub's Route 53 Resolver endpoints ask and answer.
type Resolver struct {
	// From are the ranges that may ask the inbound endpoint, sorted; none where there is no such endpoint.
	From []netip.Prefix
	// Forwards are the domains that other servers answer, sorted. There is an outbound endpoint where there are any.
	Forwards []Forward
}

// Forward is a domain that other servers answer.
type Forward struct {
	Domain string
	// To are the servers' addresses, sorted.
	To []netip.Addr
	// Leaving is true where the rule stays for this deployment only, and no VPC uses it.
	Leaving bool
}

// ResolverTier is the name of the hub's tier of subnets that hold the Resolver endpoints.
const ResolverTier = "resolver"

// Any is true where there is an endpoint.
func (r Resolver) Any() bool { return len(r.From) > 0 || len(r.Forwards) > 0 }

// Active are the domains whose rules VPCs use.
func (r Resolver) Active() []Forward {
	return slices.DeleteFunc(slices.Clone(r.Forwards), func(f Forward) bool { return f.Leaving })
}

// Routed are the ranges that the Resolver endpoints exchange packets with, sorted: who may ask, and the servers.
func (r Resolver) Routed() []netip.Prefix {
	out := slices.Clone(r.From)
	for _, f := range r.Forwards {
		for _, a := range f.To {
			if p := netip.PrefixFrom(a, a.BitLen()); !ranges.In(p, out) {
				out = append(out, p)
			}
		}
	}
	ranges.Sort(out)
	return out
}

// Each Resolver endpoint has the same address of its subnets in every zone: the first two that AWS leaves free (VPC guide, "Subnet
// CIDR blocks"). Servers on-premises name the inbound ones, so they never change.
const inboundHost, outboundHost = 4, 5

// ResolverSubnet holds the Resolver endpoints of a hub in a zone.
type ResolverSubnet struct {
	AZ   AZ
	CIDR netip.Prefix
	// ID of one that exists; "" for one that is made.
	ID string
}

// ResolverSubnets are those of the hub's Resolver endpoints, by zone.
func (h *Hub) ResolverSubnets() []ResolverSubnet {
	var out []ResolverSubnet
	if h.Existing != nil {
		for _, n := range h.Existing.Resolver {
			out = append(out, ResolverSubnet{n.AZ, n.CIDR, n.ID})
		}
		return out
	}
	plan := h.Plan()
	for _, z := range h.AZs {
		out = append(out, ResolverSubnet{AZ: z, CIDR: plan.Subnet(ResolverTier, z.Slot)})
	}
	return out
}

// Inbound and Outbound are the addresses of the Resolver endpoints.
func (s ResolverSubnet) Inbound() netip.Addr  { return s.host(inboundHost) }
func (s ResolverSubnet) Outbound() netip.Addr { return s.host(outboundHost) }

func (s ResolverSubnet) host(n int) netip.Addr {
	a := s.CIDR.Addr()
	for range n {
		a = a.Next()
	}
	return a
}

// resolverOf is the plan of what was written, as far as it can be read.
func resolverOf(in *file.DNS) Resolver {
	out := Resolver{From: slices.Clone(in.Inbound.From)}
	ranges.Sort(out.From)
	for _, f := range in.Forward {
		w := Forward{Domain: file.Domain(f.Key), Leaving: f.Value.State == "leaving"}
		for _, to := range f.Value.To {
			if a, err := netip.ParseAddr(to); err == nil && a.Is4() {
				w.To = append(w.To, a)
			}
		}
		slices.SortFunc(w.To, netip.Addr.Compare)
		out.Forwards = append(out.Forwards, w)
	}
	slices.SortFunc(out.Forwards, func(a, b Forward) int { return cmp.Compare(a.Domain, b.Domain) })
	return out
}

// resolver checks the Resolver endpoints against the rest of the hub: who asks, and who is asked, must be where the hub has routes to.
func (r *resolver) resolver(h *hubFile) {
	hub, dns := h.hub, &h.in.DNS
	if !hub.Resolver.Any() || hub.Catalog == nil || h.Failed(&h.in.Pools) || h.Failed(dns) {
		return
	}
	const least = 2 // Route 53 API, CreateResolverEndpoint, IpAddresses
	const needs = "a Resolver endpoint needs addresses in %d availability zones, and "
	switch n := len(h.in.VPC.Resolver); {
	case hub.Existing == nil && len(hub.AZs) < least:
		h.Errorf(file.Value, &h.in.VPC.AZs, "write zones: 2, or more", needs+"the hub has %d", least, len(hub.AZs))
	case n == 1:
		h.Errorf(file.Value, &h.in.VPC.Resolver, "add a subnet in another zone", needs+"resolver names %d", least, n)
	}
	routed := hub.Supernets()
	for i := range dns.Inbound.From {
		p := &dns.Inbound.From[i]
		switch {
		case p.Overlaps(hub.CIDR):
			h.Errorf(file.Range, p, "name the ranges of those who ask from outside",
				"%s overlaps the hub's own VPC, %s, whose hosts ask its resolver", p, hub.CIDR).
				See = []diag.Related{{Where: h.Pos(&h.in.VPC.CIDR), Text: hub.CIDR.String()}}
		case !ranges.Covered(*p, routed):
			h.Errorf(file.Range, p, carriedBy(routed), "the hub has no route to all of %s, so its answers would not arrive", p)
		}
	}
	for i := range dns.Forward {
		w := &dns.Forward[i]
		h.served(&w.Key, "forward the domains of your own servers only")
		for j, to := range w.Value.To {
			switch a, err := netip.ParseAddr(to); {
			case err != nil:
			case hub.CIDR.Contains(a):
				h.Errorf(file.Range, &w.Value.To[j], "name a server outside the hub: the hub's resolver would ask itself in a circle",
					"%s is in the hub's own VPC, %s", to, hub.CIDR)
			case !ranges.Covered(netip.PrefixFrom(a, a.BitLen()), routed):
				h.Errorf(file.Range, &w.Value.To[j], carriedBy(routed), "the hub has no route to %s, so its questions would not arrive", to)
			case len(r.written) == len(r.spokes) && !hub.leadsTo(netip.PrefixFrom(a, a.BitLen())): // not where a spoke's file cannot be read
				h.Errorf(file.Range, &w.Value.To[j], "name a server of an attached spoke, or behind an attachment in external",
					"no attached spoke has %s, and no attachment in external leads there, so the hub's questions would not arrive", to)
			}
		}
	}
	if len(dns.Inbound.From) > 0 && hub.Sharing == SharingSpokeZones {
		h.Warnf(file.Value, &dns.Inbound, "go on to the next step soon", "while dns.sharing is %s, the hub's own VPC, and so its inbound "+
			"endpoint, answers the services' public addresses", hub.Sharing)
	}
}

// leadsTo is true for a range that an attached spoke has, or that is behind an external attachment.
func (h *Hub) leadsTo(r netip.Prefix) bool {
	return slices.ContainsFunc(h.Spokes, func(s *Spoke) bool { return s.Attached() && ranges.In(r, s.Ranges()) }) ||
		slices.ContainsFunc(h.External, func(e External) bool { return ranges.In(r, e.CIDRs) })
}

// carriedBy says what has routes.
func carriedBy(routed []netip.Prefix) string {
	if len(routed) == 0 {
		return "add the attachment that leads there to external, with its cidrs"
	}
	return "add the attachment that leads there to external, with its cidrs; the hub has routes to " + ranges.Join(routed)
}

// served refuses a domain that holds names of the hub's endpoints, or is a part of one: a rule or a zone would hide them.
func (h *hubFile) served(key *string, fix string) {
	domain := file.Domain(*key)
	if file.AWSDomain(domain) != "" {
		return // said
	}
	for _, p := range h.hub.Published {
		if file.Below(domain, p.Domain) { // one above it is no matter: the zone of the service is longer
			h.Errorf(file.Value, key, fix, "%q would hide %s, by which consumers ask for service %s", *key, p.Domain, p.Name)
			return
		}
	}
	for _, e := range h.hub.NamedEndpoints() {
		for _, zone := range catalog.HostedZones(e.Catalog.PrivateNames) {
			if file.Below(domain, zone.Name) || file.Below(zone.Name, domain) {
				h.Errorf(file.Value, key, fix, "%q would hide names of %s, which the hub's endpoint answers", *key, e.Catalog.Name)
				return
			}
		}
	}
}

// changeForwards refuses to delete a rule that VPCs follow: its stack is deployed before theirs.
func changeForwards(f *file.File, old *Hub, written *hubFile) {
	now := written.hub.Resolver
	for _, was := range old.Resolver.Active() {
		if now.Any() && !slices.ContainsFunc(now.Forwards, func(w Forward) bool { return w.Domain == was.Domain }) {
			f.Errorf(file.Change, &written.in.DNS.Forward,
				fmt.Sprintf("give its entry state: leaving and deploy that first, then delete the entry (%s)", forwardPage),
				"domain %s is gone: its Resolver rule would be deleted while VPCs follow it", was.Domain)
		}
	}
}

const forwardPage = `docs/DNS.md, "Take a domain away"`

// resolver opens what the Resolver endpoints may do which they could not do before.
func (o *opens) resolver() {
	for _, p := range o.hub.Resolver.From {
		if !ranges.Covered(p, o.old.Resolver.From) {
			o.add("range", "the Resolver inbound endpoint answers %s", p)
		}
	}
	for _, w := range o.hub.Resolver.Active() {
		before := []netip.Addr{}
		if i := slices.IndexFunc(o.old.Resolver.Forwards, func(f Forward) bool { return f.Domain == w.Domain && !f.Leaving }); i >= 0 {
			before = o.old.Resolver.Forwards[i].To
		}
		for _, a := range w.To {
			if !slices.Contains(before, a) {
				o.add("name", "spokes ask %s for %s and all names below it", a, w.Domain)
			}
		}
	}
}
