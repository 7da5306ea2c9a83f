package preflight

import (
	"cmp"

	"sharedhub/internal/config"
)

// named compares what the configuration names of Route 53 by id with what is there.
func (c *checker) named() {
	if c.ground.Named == nil {
		return
	}
	for _, h := range c.cfg.Hubs {
		if h.Account != c.ground.Account || h.Region != c.ground.Region {
			continue
		}
		for _, z := range h.ExistingDNS.Zones {
			c.namedOne(h, "hosted zone", z.ID, "private", z.Domain)
		}
		for _, r := range h.ExistingDNS.Rules {
			kind := "FORWARD"
			if r.System {
				kind = "SYSTEM"
			}
			c.namedOne(h, "Resolver rule", r.ID, kind, r.Domain)
		}
		for _, g := range h.ExistingDNS.RuleGroups {
			c.namedOne(h, "rule group of DNS Firewall", g.ID, "", "")
		}
		for _, l := range h.ExistingDNS.QueryLogs {
			c.namedOne(h, "query log configuration", l.ID, "", "")
		}
	}
}

func (c *checker) namedOne(h *config.Hub, what, id, kind, domain string) {
	have, there := c.ground.Named[id]
	if !there {
		c.say(codeExistingName, "hub %s: expected %s %s, found none in the account and region", h.Name, what, id)
		return
	}
	if have.Kind != kind || have.Domain != domain {
		c.say(codeExistingName, "hub %s: expected %s %s to be %s and for %s, found %s and for %s", h.Name, what, id, kind, domain, have.Kind,
			cmp.Or(have.Domain, "no domain"))
	}
	if s := have.Status; s != "" && s != "COMPLETE" && s != "CREATED" {
		c.say(codeExistingName, "hub %s: %s %s is %s, expected one that works", h.Name, what, id, s)
	}
}
