package live

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	resolvertypes "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"sharedhub/internal/topology"
)

// domainList is a domain list of DNS Firewall that the account sees. Nobody can read those that AWS keeps.
type domainList struct {
	resolvertypes.FirewallDomainListMetadata
	domains []string
}

// readFirewalls reads the rule groups of DNS Firewall that the VPCs and the account's Route 53 Profiles use: the account's own, and those
// shared with it. What belongs to another account and cannot be read from here stays unknown.
func (r *reader) readFirewalls() {
	ours := r.vpcIDs()
	if len(ours) == 0 {
		return
	}
	client := route53resolver.NewFromConfig(r.cfg)
	pages(r, "route53resolver:ListFirewallRuleGroupAssociations", route53resolver.NewListFirewallRuleGroupAssociationsPaginator(client,
		&route53resolver.ListFirewallRuleGroupAssociationsInput{}),
		func(o *route53resolver.ListFirewallRuleGroupAssociationsOutput) {
			for _, a := range o.FirewallRuleGroupAssociations {
				if ours[aws.ToString(a.VpcId)] && a.Status != resolvertypes.FirewallRuleGroupAssociationStatusDeleting {
					r.walls = append(r.walls, a)
				}
			}
		})
	groups := r.carried("firewall-rule-group")
	for _, a := range r.walls {
		groups[aws.ToString(a.FirewallRuleGroupId)] = true
	}
	if r.wallRules = map[string][]resolvertypes.FirewallRule{}; len(groups) == 0 || r.err != nil {
		return
	}
	seen := map[string]bool{}
	pages(r, "route53resolver:ListFirewallRuleGroups", route53resolver.NewListFirewallRuleGroupsPaginator(client,
		&route53resolver.ListFirewallRuleGroupsInput{}), func(o *route53resolver.ListFirewallRuleGroupsOutput) {
		for _, g := range o.FirewallRuleGroups {
			seen[aws.ToString(g.Id)] = true
		}
	})
	used := map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		if !seen[id] {
			continue
		}
		r.wallRules[id] = nil
		pages(r, "route53resolver:ListFirewallRules", route53resolver.NewListFirewallRulesPaginator(client,
			&route53resolver.ListFirewallRulesInput{FirewallRuleGroupId: &id}), func(o *route53resolver.ListFirewallRulesOutput) {
			r.wallRules[id] = append(r.wallRules[id], o.FirewallRules...)
			for _, rule := range o.FirewallRules {
				used[aws.ToString(rule.FirewallDomainListId)] = true
			}
		})
	}
	r.readDomains(client, used)
}

// readDomains reads the domain lists that rules use.
func (r *reader) readDomains(client *route53resolver.Client, used map[string]bool) {
	if delete(used, ""); len(used) == 0 || r.err != nil {
		return
	}
	pages(r, "route53resolver:ListFirewallDomainLists", route53resolver.NewListFirewallDomainListsPaginator(client,
		&route53resolver.ListFirewallDomainListsInput{}), func(o *route53resolver.ListFirewallDomainListsOutput) {
		for _, l := range o.FirewallDomainLists {
			if used[aws.ToString(l.Id)] {
				r.domains = append(r.domains, domainList{FirewallDomainListMetadata: l})
			}
		}
	})
	for i := range r.domains {
		l := &r.domains[i]
		if aws.ToString(l.ManagedOwnerName) != "" {
			continue
		}
		pages(r, "route53resolver:ListFirewallDomains", route53resolver.NewListFirewallDomainsPaginator(client,
			&route53resolver.ListFirewallDomainsInput{FirewallDomainListId: l.Id}), func(o *route53resolver.ListFirewallDomainsOutput) {
			l.domains = append(l.domains, o.Domains...)
		})
	}
}

// firewallRecords hold no domains of the lists that AWS keeps: those are of threats, and of none of AWS's own services (Route 53
// developer guide, "Managed Domain Lists").
func (r *raw) firewallRecords() []topology.Record {
	var out []topology.Record
	for _, l := range r.domains {
		out = append(out, &topology.DNSFirewallDomainListRecord{
			Meta: r.untagged("AWS::Route53Resolver::FirewallDomainList", aws.ToString(l.Id)), Domains: l.domains})
	}
	for id, rules := range r.wallRules {
		group := &topology.DNSFirewallRuleGroupRecord{Meta: r.untagged("AWS::Route53Resolver::FirewallRuleGroup", id)}
		for _, rule := range rules {
			group.Rules = append(group.Rules, topology.DNSFirewallRule{Priority: int(aws.ToInt32(rule.Priority)), Action: string(rule.Action),
				QType: aws.ToString(rule.Qtype), List: aws.ToString(rule.FirewallDomainListId)})
		}
		out = append(out, group)
	}
	owner := r.sourceOfVPC()
	for _, a := range r.walls {
		rec := &topology.DNSFirewallRuleGroupAssociationRecord{
			Meta: r.untagged("AWS::Route53Resolver::FirewallRuleGroupAssociation", aws.ToString(a.Id)), VPC: aws.ToString(a.VpcId),
			Group: aws.ToString(a.FirewallRuleGroupId), Priority: int(aws.ToInt32(a.Priority))}
		rec.Source = owner[rec.VPC]
		out = append(out, rec)
	}
	return out
}
