package topology

import (
	"cmp"
	"slices"
)

var _ = declare(
	Type{Name: "AWS::Route53Resolver::FirewallDomainList", Record: &DNSFirewallDomainListRecord{},
		Actions: []string{"route53resolver:ListFirewallDomainLists", "route53resolver:ListFirewallDomains"},
		NoFacts: "the proof judges what a VPC's resolver blocks", Ignored: map[string]string{"Name": "a name for people"}},
	Type{Name: "AWS::Route53Resolver::FirewallRuleGroup", Record: &DNSFirewallRuleGroupRecord{},
		Actions: []string{"route53resolver:ListFirewallRuleGroups", "route53resolver:ListFirewallRules"},
		NoFacts: "the proof judges what a VPC's resolver blocks",
		Ignored: map[string]string{"Name": "a name for people",
			"FirewallRules.BlockResponse": blocked, "FirewallRules.BlockOverrideDomain": blocked, "FirewallRules.BlockOverrideDnsType": blocked,
			"FirewallRules.BlockOverrideTtl":                blocked,
			"FirewallRules.FirewallDomainRedirectionAction": "the target of a CNAME record is always judged too",
			"FirewallRules.ConfidenceThreshold":             "a guess at threats counts whatever its threshold",
			"FirewallRules.FirewallThreatProtectionId":      "an id that AWS gives"}},
	Type{Name: "AWS::Route53Resolver::FirewallRuleGroupAssociation", Record: &DNSFirewallRuleGroupAssociationRecord{},
		Actions: []string{"route53resolver:ListFirewallRuleGroupAssociations"},
		NoFacts: "the proof judges what a VPC's resolver blocks",
		Ignored: map[string]string{"Name": "a name for people", "MutationProtection": "says who may change it"}},
)

const blocked = "says how a name is blocked, and blocked it is"

// DNSFirewall is a rule group of DNS Firewall that a VPC or Profile uses.
type DNSFirewall struct {
	// Group by id, and its Priority: the lowest is asked first.
	Group    string
	Priority int
	// Unknown is true where only the id is known, and Declared for one that no stack makes, of which a configuration says what it blocks.
	Unknown, Declared bool
	Rules             []DNSFirewallRule
	Source            Source
}

// DNSFirewallRule is one rule; the first that matches decides.
type DNSFirewallRule struct {
	Priority int
	// Action is "ALLOW", "ALERT" (which lets the question pass too) or "BLOCK".
	Action string
	// QType is the type of question that it is for; "" for all.
	QType string
	// List of domains by id; "" where AWS guesses at threats instead.
	List string
	// Domains of the list, such as "a.example" and "*.example"; Unknown where only its id is known.
	Domains []string
	Unknown bool
}

// DNSFirewallDomainListRecord is an AWS::Route53Resolver::FirewallDomainList.
type DNSFirewallDomainListRecord struct {
	Meta
	Domains []string
	// File that holds them instead; "" where the template does.
	File string
}

func (*DNSFirewallDomainListRecord) stage() stage { return alone }

func (r *DNSFirewallDomainListRecord) link(l *linker) { l.domainLists[r.ID] = r }

// DNSFirewallRuleGroupRecord is an AWS::Route53Resolver::FirewallRuleGroup.
type DNSFirewallRuleGroupRecord struct {
	Meta
	Rules []DNSFirewallRule
	// Declared is true for one that no stack makes, of which a configuration says what it blocks.
	Declared bool
}

func (*DNSFirewallRuleGroupRecord) stage() stage { return alone }

func (r *DNSFirewallRuleGroupRecord) link(l *linker) { l.firewalls[r.ID] = r }

// firewall is the rule group of an id, with the domains of its lists.
func (l *linker) firewall(id string, priority int, at Source) DNSFirewall {
	f := DNSFirewall{Group: id, Priority: priority, Source: at}
	group := l.firewalls[id]
	if group == nil {
		f.Unknown = true
		return f
	}
	f.Rules, f.Declared = slices.Clone(group.Rules), group.Declared
	for i := range f.Rules {
		r := &f.Rules[i]
		list := l.domainLists[r.List]
		r.Unknown = list == nil || list.File != ""
		if list == nil {
			continue
		}
		for _, d := range list.Domains {
			r.Domains = append(r.Domains, domain(d))
			r.Unknown = r.Unknown || Plain(d) != d
		}
	}
	slices.SortStableFunc(f.Rules, func(a, b DNSFirewallRule) int { return cmp.Compare(a.Priority, b.Priority) })
	return f
}

// DNSFirewallRuleGroupAssociationRecord is an AWS::Route53Resolver::FirewallRuleGroupAssociation.
type DNSFirewallRuleGroupAssociationRecord struct {
	Meta
	VPC, Group string
	Priority   int
}

func (*DNSFirewallRuleGroupAssociationRecord) stage() stage { return inVPC }

func (r *DNSFirewallRuleGroupAssociationRecord) link(l *linker) {
	v := l.VPCs[r.VPC]
	if v == nil {
		l.unplaced(r, r.VPC, r.Group)
		return
	}
	v.Firewalls = append(v.Firewalls, l.firewall(r.Group, r.Priority, r.Source))
	slices.SortStableFunc(v.Firewalls, func(a, b DNSFirewall) int { return cmp.Compare(a.Priority, b.Priority) })
}
