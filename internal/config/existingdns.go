package config

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/config/file"
)

// ExistingDNS are things of Route 53 that exist, in the hub's account, and that its Profile carries.
type ExistingDNS struct {
	// Zones and Rules, sorted by domain.
	Zones []ExistingZone
	Rules []ExistingRule
	// RuleGroups of DNS Firewall, first asked first.
	RuleGroups []ExistingRuleGroup
	// QueryLogs, sorted by name.
	QueryLogs []ExistingQueryLog
}

// ExistingZone is a private hosted zone.
type ExistingZone struct{ Domain, ID string }

// ExistingRule is a Resolver rule.
type ExistingRule struct {
	Domain, ID string
	// System is true for one that excepts the domain from a rule above it.
	System bool
	// To are the servers that it asks, sorted; none where the file does not say.
	To []netip.Addr
}

// ExistingRuleGroup is a rule group of DNS Firewall.
type ExistingRuleGroup struct {
	Name, ID string
	Priority int
	// Blocks are the domains that it blocks, sorted; none where the file does not say.
	Blocks []string
}

// ExistingQueryLog is a configuration of Resolver query logging.
type ExistingQueryLog struct{ Name, ID string }

// Any is true where there is something to carry.
func (e ExistingDNS) Any() bool {
	return len(e.Zones)+len(e.Rules)+len(e.RuleGroups)+len(e.QueryLogs) > 0
}

// IDs are those of all that is carried.
func (e ExistingDNS) IDs() []string {
	var out []string
	for _, k := range e.keys() {
		out = append(out, k.id)
	}
	return out
}

// existingDNS is the plan of what was written.
func existingDNS(in *file.ExistingDNS) ExistingDNS {
	var out ExistingDNS
	for _, z := range in.Zones {
		out.Zones = append(out.Zones, ExistingZone{file.Domain(z.Key), z.Value.ID})
	}
	for _, r := range in.Rules {
		rule := ExistingRule{Domain: file.Domain(r.Key), ID: r.Value.ID, System: r.Value.Type == "SYSTEM"}
		for _, to := range r.Value.To {
			if a, err := netip.ParseAddr(to); err == nil && a.Is4() {
				rule.To = append(rule.To, a)
			}
		}
		slices.SortFunc(rule.To, netip.Addr.Compare)
		out.Rules = append(out.Rules, rule)
	}
	for _, g := range in.FirewallRuleGroups {
		group := ExistingRuleGroup{Name: g.Key, ID: g.Value.ID, Priority: g.Value.Priority}
		for _, b := range g.Value.Blocks {
			group.Blocks = append(group.Blocks, file.Domain(b))
		}
		slices.Sort(group.Blocks)
		out.RuleGroups = append(out.RuleGroups, group)
	}
	for _, l := range in.QueryLogs {
		out.QueryLogs = append(out.QueryLogs, ExistingQueryLog{l.Key, l.Value.ID})
	}
	slices.SortFunc(out.Zones, func(a, b ExistingZone) int { return cmp.Compare(a.Domain, b.Domain) })
	slices.SortFunc(out.Rules, func(a, b ExistingRule) int { return cmp.Compare(a.Domain, b.Domain) })
	slices.SortFunc(out.RuleGroups, func(a, b ExistingRuleGroup) int { return cmp.Compare(a.Priority, b.Priority) })
	slices.SortFunc(out.QueryLogs, func(a, b ExistingQueryLog) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// existingDNS checks what exists against the rest of the hub: a Profile carries it, it hides and blocks none of the hub's names, and
// it sends no question back to where it came from.
func (h *hubFile) existingDNS() {
	in := &h.in.DNS.Existing
	if !in.Any() || h.hub.Catalog == nil {
		return
	}
	if !h.hub.HasR53Profile() {
		h.Errorf(file.Key, in,
			"write sharing: profile (docs/OPERATIONS.md, \"From zones to a Profile\"), or associate these with each VPC yourself",
			"with dns.sharing %s there is no Profile to carry what exists", h.hub.Sharing)
		return
	}
	for i := range in.Zones {
		h.served(&in.Zones[i].Key, "name zones of your own domains only")
	}
	for i := range in.Rules {
		r := &in.Rules[i]
		if r.Value.Type == "SYSTEM" {
			continue // it takes no name away: the Profile answers
		}
		h.served(&r.Key, "name rules for the domains of your own servers only")
		for j, to := range r.Value.To {
			if a, err := netip.ParseAddr(to); err == nil && h.hub.CIDR.Contains(a) {
				h.Errorf(file.Range, &r.Value.To[j], "name a rule that asks a server outside the hub, or leave the rule out",
					"%s is in the hub's own VPC, %s, whose resolver does not know %s: questions would come back unanswered or go round in a circle",
					to, h.hub.CIDR, r.Key)
			}
		}
	}
	for i := range in.FirewallRuleGroups {
		g := &in.FirewallRuleGroups[i].Value
		for j := range g.Blocks {
			h.blocks(in.FirewallRuleGroups[i].Key, &g.Blocks[j])
		}
	}
}

// blocks refuses a domain of a rule group that blocks a name which the hub's endpoints or services answer, or which it forwards.
func (h *hubFile) blocks(group string, at *string) {
	const fix = "take the domain out of the rule group's lists, or leave the rule group out"
	pattern := file.Domain(*at)
	for _, e := range h.hub.NamedEndpoints() {
		for _, n := range e.Catalog.PrivateNames {
			if meets(pattern, n) {
				h.Errorf(file.Value, at, fix, "rule group %s blocks %s, and %s is a name of %s", group, *at, n, e.Catalog.Name)
				return
			}
		}
	}
	for _, p := range h.hub.Published {
		if meets(pattern, p.Domain) {
			h.Errorf(file.Value, at, fix, "rule group %s blocks %s, by which consumers ask for service %s", group, *at, p.Name)
			return
		}
	}
	for _, f := range h.hub.Resolver.Forwards {
		if domain := strings.TrimPrefix(pattern, "*."); file.Below(f.Domain, domain) {
			h.Errorf(file.Value, at, fix, "rule group %s blocks %s, and dns.forward sends questions for %s on", group, *at, f.Domain)
			return
		}
	}
}

// meets is true where a domain of a rule group blocks a name, or a part of a name with a wildcard.
func meets(pattern, name string) bool {
	apex, wild := strings.CutPrefix(name, "*.")
	base, all := strings.CutPrefix(pattern, "*.")
	switch {
	case all && wild:
		return file.Below(apex, base) || file.Below(base, apex)
	case all:
		return name != base && file.Below(name, base)
	case wild:
		return base != apex && file.Below(base, apex)
	}
	return name == base
}

// existingDNS opens whose answers spokes take that they did not take before, and what no longer filters or records their questions.
func (o *opens) existingDNS() {
	now, was := o.hub.ExistingDNS, o.old.ExistingDNS
	for _, z := range now.Zones {
		if !slices.Contains(was.Zones, z) {
			o.add("name", "spokes take the answers of hosted zone %s for %s and all names below it", z.ID, z.Domain)
		}
	}
	for _, r := range now.Rules {
		same := func(b ExistingRule) bool { return b.ID == r.ID && b.Domain == r.Domain && slices.Equal(b.To, r.To) }
		if !r.System && !slices.ContainsFunc(was.Rules, same) {
			o.add("name", "spokes ask by Resolver rule %s for %s and all names below it", r.ID, r.Domain)
		}
	}
	for _, g := range was.RuleGroups {
		if !slices.ContainsFunc(now.RuleGroups, func(b ExistingRuleGroup) bool { return b.ID == g.ID }) {
			o.add("name", "rule group %s of DNS Firewall, %s, no longer filters the spokes' questions", g.Name, g.ID)
		}
	}
}

// carriedKey is one thing that a Profile carries, by what the file calls it.
type carriedKey struct {
	what, key, id string
	at            *string
}

// changeExistingDNS refuses what CloudFormation would make before it takes away what is there: a Profile takes a thing once, one
// zone or rule of a domain, and one rule group of a priority.
func changeExistingDNS(f *file.File, old *Hub, written *hubFile) {
	const first = "take it out of dns.existing and deploy that first, then write it as it is to be"
	before := old.ExistingDNS.keys()
	for _, now := range writtenKeys(&written.in.DNS.Existing) {
		for _, was := range before {
			switch {
			case was.what != now.what || was.key == now.key && was.id == now.id:
			case was.key == now.key:
				f.Errorf(file.Change, now.at, first, "%s %s was %s and becomes %s, and the Profile would hold both for a while", now.what, now.key,
					was.id, now.id)
			case was.id == now.id:
				f.Errorf(file.Change, now.at, "name it "+was.key+" again, or "+first,
					"%s was %s %s and becomes %s, and AWS refuses to associate it twice", now.id, now.what, was.key, now.key)
			}
		}
	}
	for i := range written.in.DNS.Existing.FirewallRuleGroups {
		g := &written.in.DNS.Existing.FirewallRuleGroups[i]
		for _, was := range old.ExistingDNS.RuleGroups {
			if was.Name != g.Key && was.Priority == g.Value.Priority {
				f.Errorf(file.Change, &g.Value.Priority, "take a priority that no rule group has, and this one after the next deployment",
					"rule group %s takes priority %d of %s in one step, and AWS refuses two of one priority", g.Key, was.Priority, was.Name)
			}
		}
	}
}

func (e ExistingDNS) keys() []carriedKey {
	var out []carriedKey
	for _, z := range e.Zones {
		out = append(out, carriedKey{"hosted zone", z.Domain, z.ID, nil})
	}
	for _, r := range e.Rules {
		out = append(out, carriedKey{"Resolver rule", r.Domain, r.ID, nil})
	}
	for _, g := range e.RuleGroups {
		out = append(out, carriedKey{"rule group", g.Name, g.ID, nil})
	}
	for _, l := range e.QueryLogs {
		out = append(out, carriedKey{"query log configuration", l.Name, l.ID, nil})
	}
	return out
}

func writtenKeys(in *file.ExistingDNS) []carriedKey {
	var out []carriedKey
	for i := range in.Zones {
		out = append(out, carriedKey{"hosted zone", file.Domain(in.Zones[i].Key), in.Zones[i].Value.ID, &in.Zones[i].Value.ID})
	}
	for i := range in.Rules {
		out = append(out, carriedKey{"Resolver rule", file.Domain(in.Rules[i].Key), in.Rules[i].Value.ID, &in.Rules[i].Value.ID})
	}
	for i := range in.FirewallRuleGroups {
		g := &in.FirewallRuleGroups[i]
		out = append(out, carriedKey{"rule group", g.Key, g.Value.ID, &g.Value.ID})
	}
	for i := range in.QueryLogs {
		out = append(out, carriedKey{"query log configuration", in.QueryLogs[i].Key, in.QueryLogs[i].Value.ID, &in.QueryLogs[i].Value.ID})
	}
	return out
}
