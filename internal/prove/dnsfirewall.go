package prove

import (
	"fmt"
	"strings"

	"sharedhub/internal/topology"
)

// blocked says which rule of DNS Firewall blocks a name, or may: the first that matches decides, by the order of the groups
// and of the rules in each (Route 53 developer guide, "How Resolver DNS Firewall works"). A VPC's own groups come first.
func (v view) blocked(name string) nameResult {
	for _, l := range v {
		for _, f := range l.firewalls {
			if f.Unknown {
				return nameResult{fmt.Sprintf("rule group %s of DNS Firewall is in none of the stacks and may block it",
					topology.Plain(f.Group)), f.Source}
			}
			for _, r := range f.Rules {
				switch match, sure := firewallMatches(r, name); {
				case !match, !sure && passes(r):
					continue
				case passes(r):
					return nameResult{}
				case !sure:
					return nameResult{"DNS Firewall may block it: " + unsure(r), f.Source}
				default:
					return nameResult{fmt.Sprintf("DNS Firewall blocks it by rule %d", r.Priority), f.Source}
				}
			}
		}
	}
	return nameResult{}
}

func passes(r topology.DNSFirewallRule) bool { return r.Action == "ALLOW" || r.Action == "ALERT" }

func unsure(r topology.DNSFirewallRule) string {
	if r.List == "" {
		return fmt.Sprintf("rule %d guesses at threats", r.Priority)
	}
	return fmt.Sprintf("rule %d is for domain list %s, whose domains are in none of the stacks", r.Priority, topology.Plain(r.List))
}

// otherQuestions are the types of questions that are asked for no IPv4 address.
const otherQuestions = " AAAA CAA DS HTTPS MX NAPTR NS PTR SOA SPF SRV SVCB TXT "

// firewallMatches is whether a rule is for a name, and whether that is sure.
func firewallMatches(r topology.DNSFirewallRule, name string) (match, sure bool) {
	if r.QType != "" && strings.Contains(otherQuestions, " "+r.QType+" ") {
		return false, true
	}
	for _, d := range r.Domains {
		if suffix, wild := strings.CutPrefix(d, "*"); wild && strings.HasSuffix(name, suffix) && name != suffix || d == name {
			return true, true
		}
	}
	return r.Unknown, false
}

// partsBlocked are parts of wildcard names that DNS Firewall blocks.
func (p *prover) partsBlocked(sc *scene, v view) []nameResult {
	wild := map[string]bool{}
	for _, s := range sc.serving() {
		for _, n := range s.Catalog.PrivateNames {
			if apex, ok := strings.CutPrefix(n, "*."); ok {
				wild[apex] = true
			}
		}
	}
	var out []nameResult
	for _, l := range v {
		for _, f := range l.firewalls {
			for _, r := range f.Rules {
				if passes(r) {
					continue
				}
				for _, d := range r.Domains {
					name := d
					if rest, ok := strings.CutPrefix(d, "*."); ok {
						name = anyLabel + "." + rest
					}
					part := partOf(strings.TrimPrefix(d, "*."), wild)
					if part == "" {
						continue
					}
					if wrong := v.blocked(name); wrong.text != "" {
						out = append(out, nameResult{fmt.Sprintf("DNS Firewall blocks %s, a part of *.%s", d, part), f.Source})
					}
				}
			}
		}
	}
	return out
}
