package preflight

import (
	"strings"
	"testing"

	"sharedhub/internal/config"
	"sharedhub/internal/live"
)

// What dns.existing names is compared with the account before a deployment.
func TestNamed(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(map[string]live.Named)
		say    string
	}{
		{"as written", func(map[string]live.Named) {}, ""},
		{"no zone", func(n map[string]live.Named) { delete(n, "Z1") }, "expected hosted zone Z1, found none"},
		{"a public zone", func(n map[string]live.Named) { n["Z1"] = live.Named{Kind: "public", Domain: "internal.example"} },
			"expected hosted zone Z1 to be private and for internal.example, found public"},
		{"another domain", func(n map[string]live.Named) {
			n["rslvr-rr-1"] = live.Named{Kind: "FORWARD", Domain: "other.example", Status: "COMPLETE"}
		}, "found FORWARD and for other.example"},
		{"another type", func(n map[string]live.Named) {
			n["rslvr-rr-2"] = live.Named{Kind: "RECURSIVE", Domain: "public.example", Status: "COMPLETE"}
		}, "expected Resolver rule rslvr-rr-2 to be SYSTEM"},
		{"no rule group", func(n map[string]live.Named) { delete(n, "rslvr-frg-1") }, "expected rule group of DNS Firewall rslvr-frg-1"},
		{"a log that failed", func(n map[string]live.Named) { n["rqlc-1"] = live.Named{Status: "FAILED"} }, "rqlc-1 is FAILED"},
	} {
		cfg, plan, ground := ready()
		cfg.Hubs[0].ExistingDNS = config.ExistingDNS{Zones: []config.ExistingZone{{Domain: "internal.example", ID: "Z1"}},
			Rules: []config.ExistingRule{{Domain: "corp.example", ID: "rslvr-rr-1"},
				{Domain: "public.example", ID: "rslvr-rr-2", System: true}},
			RuleGroups: []config.ExistingRuleGroup{{Name: "threats", ID: "rslvr-frg-1", Priority: 200}},
			QueryLogs:  []config.ExistingQueryLog{{Name: "central", ID: "rqlc-1"}}}
		plan.standing(cfg.Hubs[0])
		named := map[string]live.Named{"Z1": {Kind: "private", Domain: "internal.example"},
			"rslvr-rr-1": {Kind: "FORWARD", Domain: "corp.example", Status: "COMPLETE"},
			"rslvr-rr-2": {Kind: "SYSTEM", Domain: "public.example", Status: "COMPLETE"}, "rslvr-frg-1": {Status: "COMPLETE"},
			"rqlc-1": {Status: "CREATED"}}
		for _, id := range plan[live.Place{Account: hubAccount, Region: region}].Named {
			if _, ok := named[id]; !ok {
				t.Errorf("%s is asked for", id)
			}
		}
		c.change(named)
		ground[hubAccount].Named = named
		var said []string
		for _, d := range Check(cfg, plan, []*live.Ground{ground[hubAccount], ground[spokeAccount]}, hubAccount) {
			if d.Code == codeExistingName {
				said = append(said, d.String())
			}
		}
		if c.say == "" && len(said) > 0 || c.say != "" && (len(said) != 1 || !strings.Contains(said[0], c.say)) {
			t.Errorf("%s: expected %q, found %q", c.name, c.say, said)
		}
	}
}
