package config

import (
	"net/netip"
	"slices"

	"sharedhub/internal/ranges"
)

// Closes lists what a change ends that is neither reach between spokes nor an endpoint: who asked the hub's Resolver endpoints, which
// names spokes asked of others, what lies behind attachments that exist, and services of spokes. Before may be nil.
func Closes(before, after *Config) []Opening {
	out := []Opening{}
	if before == nil {
		return out
	}
	for _, h := range before.Hubs {
		i := slices.IndexFunc(after.Hubs, func(a *Hub) bool { return a.Name == h.Name })
		if i < 0 {
			continue // everything of it goes
		}
		c := opens{hub: after.Hubs[i], old: h}
		c.questions()
		c.answers()
		c.leftOutside()
		c.leftServices()
		out = append(out, c.found...)
	}
	return out
}

// questions closes the Resolver's inbound endpoint to who may ask it no longer.
func (o *opens) questions() {
	for _, p := range o.old.Resolver.From {
		if !ranges.Covered(p, o.hub.Resolver.From) {
			o.add("name", "servers in %s no longer get an answer of the Resolver inbound endpoint, so they lose the names that spokes resolve", p)
		}
	}
}

// answers closes the names that spokes asked of others.
func (o *opens) answers() {
	now := o.hub.Resolver.Active()
	for _, w := range o.old.Resolver.Active() {
		if !slices.ContainsFunc(now, func(f Forward) bool { return f.Domain == w.Domain }) {
			o.add("name", "spokes no longer ask the servers that dns.forward names for %s and all names below it", w.Domain)
		}
	}
	for _, z := range o.old.ExistingDNS.Zones {
		if !slices.ContainsFunc(o.hub.ExistingDNS.Zones, func(a ExistingZone) bool { return a.ID == z.ID }) {
			o.add("name", "spokes no longer take the answers of hosted zone %s for %s and all names below it", z.ID, z.Domain)
		}
	}
	for _, r := range o.old.ExistingDNS.Rules {
		if !r.System && !slices.ContainsFunc(o.hub.ExistingDNS.Rules, func(a ExistingRule) bool { return a.ID == r.ID }) {
			o.add("name", "spokes no longer ask by Resolver rule %s for %s and all names below it", r.ID, r.Domain)
		}
	}
}

// leftOutside closes the ranges behind attachments that exist.
func (o *opens) leftOutside() {
	for _, was := range o.old.External {
		now := External{}
		if i := slices.IndexFunc(o.hub.External, func(e External) bool { return e.Attachment == was.Attachment }); i >= 0 {
			now = o.hub.External[i]
		}
		left := slices.DeleteFunc(slices.Clone(was.CIDRs), func(p netip.Prefix) bool { return ranges.Covered(p, now.CIDRs) })
		members := ""
		if peers := o.old.Peers(was.Segment); len(peers) > 0 {
			members = " and the members of " + few(peers, "segments")
		}
		for _, p := range left {
			o.add("range", "%s, of external %s (%s), no longer exchanges packets with the hub's VPC%s", p, was.Name, was.Attachment, members)
		}
	}
}

// leftServices closes services of spokes to who has them no longer.
func (o *opens) leftServices() {
	for _, was := range o.old.Published {
		if was.Leaving {
			continue
		}
		now := &Published{}
		if i := slices.IndexFunc(o.hub.Published, func(p *Published) bool { return p.Name == was.Name && !p.Leaving }); i >= 0 {
			now = o.hub.Published[i]
		}
		what := "service " + was.Name + " of spoke " + was.Provider
		if was.Shared && !now.Shared {
			o.add("service", "%s is no longer every spoke's, by the name %s", what, was.Domain)
		}
		for _, c := range was.Consumers {
			if now.ConsumerIn(c.Spoke) == nil {
				o.add("service", "spoke %s no longer reaches %s, by the name %s", c.Spoke, what, was.Domain)
			}
		}
		for _, p := range was.Principals {
			if !slices.Contains(now.Principals, p) && !was.ofConsumer(o.old, p) {
				o.add("service", "%s may no longer connect to %s", p, what)
			}
		}
	}
}
