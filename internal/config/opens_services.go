package config

import (
	"slices"
	"strings"
)

// serviceRights are what the file of a service may make of spokes, in words.
var serviceRights = map[string]string{
	"publish": "providers of services", "publishToHub": "providers of services that every spoke has", "consume": "consumers of services",
}

// services says who reaches a service of a spoke that did not before.
func (o *opens) services() {
	for _, s := range o.hub.Published {
		if s.Leaving {
			continue
		}
		old := &Published{}
		if i := slices.IndexFunc(o.old.Published, func(p *Published) bool { return p.Name == s.Name && !p.Leaving }); i >= 0 {
			old = o.old.Published[i]
		}
		what := "service " + s.Name + " of spoke " + s.Provider
		if s.Shared && !old.Shared {
			o.add("service", "every spoke reaches %s, by the name %s", what, s.Domain)
		}
		for _, c := range s.Consumers {
			if old.ConsumerIn(c.Spoke) == nil {
				o.add("service", "spoke %s (account %s) reaches %s, by the name %s", c.Spoke, o.hub.spoke(c.Spoke).Account, what, s.Domain)
			}
		}
		for _, p := range s.Principals {
			if !slices.Contains(old.Principals, p) && !s.ofConsumer(o.hub, p) {
				o.add("service", "%s may connect to %s", p, what)
			}
		}
		if old.AcceptedBy != "" && s.AcceptedBy == "" {
			o.add("service", "nobody accepts the connections to %s any longer: who may connect does", what)
		}
	}
	for _, d := range o.hub.ServiceDomains {
		if !slices.Contains(o.old.ServiceDomains, d) {
			o.add("name", "services of spokes may have names in %s", d)
		}
	}
}

// ofConsumer is true for the account of the hub or of a spoke that has the service, of which is told already.
func (s *Published) ofConsumer(h *Hub, principal string) bool {
	is := func(account string) bool { return strings.HasSuffix(principal, ":"+account+":root") }
	return s.Shared && is(h.Account) || slices.ContainsFunc(s.Consumers, func(c Consumer) bool { return is(h.spoke(c.Spoke).Account) })
}
