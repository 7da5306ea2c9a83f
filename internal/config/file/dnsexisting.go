package file

import (
	"net/netip"
	"slices"
	"strings"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/diag"
)

// ExistingDNS are things of Route 53 that exist, in the hub's account and region. The hub's Profile carries them to every VPC that
// uses it, since a VPC takes one Profile only. They stay their owner's: nothing here changes or deletes them.
type ExistingDNS struct {
	// Private hosted zones, by their names: `{internal.example.com: {id: Z0123456789ABCDEFGHIJ}}`. Default: none.
	Zones Map[ExistingZone] `yaml:"zones" max:"100"`
	// Resolver rules, by their domains: `{partner.example.net: {id: rslvr-rr-0123456789abcdef0}}`. Default: none.
	Rules Map[ExistingRule] `yaml:"rules" max:"100"`
	// Rule groups of DNS Firewall, by a name of yours: `{threats: {id: rslvr-frg-0123456789abcdef0, priority: 200}}`. A Profile takes
	// 5. Default: none.
	FirewallRuleGroups Map[ExistingRuleGroup] `yaml:"firewallRuleGroups" max:"5"`
	// Configurations of Resolver query logging, by a name of yours: `{central: {id: rqlc-0123456789abcdef0}}`. A Profile takes 2.
	// Default: none.
	QueryLogs Map[ExistingQueryLog] `yaml:"queryLogs" max:"2"`
}

// ExistingZone is a private hosted zone that exists.
type ExistingZone struct {
	// Id of the hosted zone, "Z…", of the hub's account.
	ID string `yaml:"id" required:"write id: Z…, the id that Route 53 shows"`
}

// ExistingRule is a Resolver rule that exists.
type ExistingRule struct {
	// Id of the rule, "rslvr-rr-…", of the hub's account and region.
	ID string `yaml:"id" required:"write id: rslvr-rr-…, the id that Route 53 shows"`
	// `FORWARD`: questions for the domain go to other servers; or `SYSTEM`, which excepts the domain from a rule above it.
	// Default: `FORWARD`.
	Type string `yaml:"type"`
	// Addresses of the servers that a FORWARD rule asks, IPv4. `verify` compares them. Default: not compared.
	To []string `yaml:"to" max:"6"`
}

// ExistingRuleGroup is a rule group of DNS Firewall that exists.
type ExistingRuleGroup struct {
	// Id of the rule group, "rslvr-frg-…", of the hub's account and region.
	ID string `yaml:"id" required:"write id: rslvr-frg-…, the id that Route 53 shows"`
	// Priority in the Profile, 100 to 9900, another for each rule group; the lowest is asked first.
	Priority int `yaml:"priority" required:"write priority: 100 to 9900; the lowest is asked first"`
	// Domains that the rule group blocks, as its domain lists write them: `[malware.example, "*.malware.example"]`. Those that
	// would block an endpoint's name are refused, and `verify` compares them. Default: not compared.
	Blocks []string `yaml:"blocks" max:"100"`
}

// ExistingQueryLog is a configuration of Resolver query logging that exists.
type ExistingQueryLog struct {
	// Id of the configuration, "rqlc-…", of the hub's account and region.
	ID string `yaml:"id" required:"write id: rqlc-…, the id that Route 53 shows"`
}

// RuleTypes are the values of dns.existing.rules.<domain>.type.
var RuleTypes = []string{"FORWARD", "SYSTEM"}

// LeastPriority and MostPriority bound that of a rule group in a Profile (Route 53 Profiles API, AssociateResourceToProfile).
const (
	LeastPriority = 100
	MostPriority  = 9900
)

var (
	zoneID      = lazy(`^Z[0-9A-Z]{1,31}$`)
	ruleID      = lazy(`^rslvr-rr-[0-9a-f]{8,32}$`)
	ruleGroupID = lazy(`^rslvr-frg-[0-9a-f]{8,32}$`)
	queryLogID  = lazy(`^rqlc-[0-9a-f]{8,32}$`)
)

// Any is true where something is named.
func (e *ExistingDNS) Any() bool {
	return len(e.Zones)+len(e.Rules)+len(e.FirewallRuleGroups)+len(e.QueryLogs) > 0
}

// check checks what exists by itself, and against what the hub makes beside it.
func (e *ExistingDNS) check(f *File, d *DNS) {
	c := existingDNSCheck{f: f, ids: map[string]*string{}, domains: map[string]*string{}}
	for i := range d.Forward {
		c.domains[Domain(d.Forward[i].Key)] = &d.Forward[i].Key
	}
	for i := range e.Rules {
		key, r := &e.Rules[i].Key, &e.Rules[i].Value
		c.domain(key, "a Resolver rule")
		c.id(key, &r.ID, ruleID, "rslvr-rr-0123456789abcdef0", "Resolver rule")
	}
	for i := range e.Zones {
		key, z := &e.Zones[i].Key, &e.Zones[i].Value
		c.domain(key, "a hosted zone")
		c.id(key, &z.ID, zoneID, "Z0123456789ABCDEFGHIJ", "hosted zone")
	}
	for i := range e.FirewallRuleGroups {
		key, g := &e.FirewallRuleGroups[i].Key, &e.FirewallRuleGroups[i].Value
		c.name(key, "a rule group")
		c.id(key, &g.ID, ruleGroupID, "rslvr-frg-0123456789abcdef0", "rule group of DNS Firewall")
		for j := range e.FirewallRuleGroups[:i] {
			if other := &e.FirewallRuleGroups[j]; other.Value.Priority == g.Priority && g.Priority != 0 {
				f.Errorf(Value, &g.Priority, "give each its own: the lowest is asked first", "rule groups %s and %s have priority %d both",
					other.Key, *key, g.Priority).See = []diag.Related{{Where: f.Pos(&other.Value.Priority), Text: "that of " + other.Key}}
			}
		}
	}
	for i := range e.QueryLogs {
		key, l := &e.QueryLogs[i].Key, &e.QueryLogs[i].Value
		c.name(key, "a configuration of query logging")
		c.id(key, &l.ID, queryLogID, "rqlc-0123456789abcdef0", "configuration of query logging")
	}
}

// existingDNSCheck remembers what was named before.
type existingDNSCheck struct {
	f            *File
	ids, domains map[string]*string
}

// domain refuses what is no domain, those that AWS answers, and one that something else of the file answers.
func (c *existingDNSCheck) domain(key *string, what string) {
	domain := Domain(*key)
	first := c.domains[domain]
	switch {
	case !catalog.ValidName("x."+domain) || strings.HasPrefix(domain, "*"):
		c.f.Errorf(Value, key, "write its domain as Route 53 shows it, such as internal.example.com", "%q is not the domain of %s", *key, what)
	case first != nil:
		c.f.Errorf(Value, key, "keep one of them: of two with one domain, Route 53 asks one only", "%q is claimed twice", *key).
			See = []diag.Related{{Where: c.f.Pos(first), Text: "first claimed here"}}
	default:
		c.domains[domain] = key
		if own := AWSDomain(domain); own != "" {
			c.f.Errorf(Value, key, "name those of your own domains only", "%q, %s, would hide names of %s that AWS answers", *key, what, own)
		}
	}
}

// id refuses what is no id of its kind, and one that is named twice.
func (c *existingDNSCheck) id(key, id *string, form *form, such, what string) {
	first := c.ids[*id]
	switch {
	case !c.f.Given(id):
	case !form.MatchString(*id):
		c.f.Errorf(Value, id, "write the id that Route 53 shows, such as "+such, "%q is not the id of a %s", *id, what)
	case first != nil:
		c.f.Errorf(Value, id, "keep one of them", "%s and %s are one %s, %s", *first, *key, what, *id)
	default:
		c.ids[*id] = key
	}
}

func (c *existingDNSCheck) name(key *string, what string) {
	if !word.MatchString(*key) || len(*key) > maxSegmentName {
		c.f.Errorf(Value, key, nameFix(maxSegmentName), "%q cannot name %s", *key, what)
	}
}

func (r *ExistingRule) check(f *File) {
	oneOf(f, &r.Type, RuleTypes...)
	if r.Type == "SYSTEM" && len(r.To) > 0 {
		f.Errorf(Key, &r.To, "take to out, or write type: FORWARD", "a SYSTEM rule asks no servers")
	}
	for i, to := range r.To {
		a, err := netip.ParseAddr(to)
		switch {
		case err != nil || !a.Is4():
			f.Errorf(Value, &r.To[i], "write an IPv4 address such as 192.168.0.10", "%q is not the address of a server", to)
		case slices.Contains(r.To[:i], to):
			f.Errorf(Value, &r.To[i], "keep one of them", "%s is given twice", to)
		}
	}
}

func (g *ExistingRuleGroup) check(f *File) {
	if f.Given(&g.Priority) && (g.Priority < LeastPriority || g.Priority > MostPriority) {
		f.Errorf(Value, &g.Priority, "write one from 100 to 9900; AWS keeps the others for itself", "priority %d is out of range", g.Priority)
	}
	for i, b := range g.Blocks {
		name := Domain(strings.TrimPrefix(b, "*."))
		switch {
		case !catalog.ValidName("x."+name) || strings.Contains(name, "*"):
			f.Errorf(Value, &g.Blocks[i], `write a domain, or "*." and a domain`, "%q is not a domain as DNS Firewall writes it", b)
		case slices.Contains(g.Blocks[:i], b):
			f.Errorf(Value, &g.Blocks[i], "keep one of them", "%q is given twice", b)
		}
	}
}
