package topology

var _ = declare(
	Type{Name: "AWS::Route53Resolver::ResolverRule", Record: &ResolverRuleRecord{}, Actions: []string{"route53resolver:ListResolverRules"},
		NoFacts: "the proof judges what a VPC forwards",
		Ignored: map[string]string{"Name": "a name for people", "ResolverEndpointId": "says from where it is forwarded",
			"TargetIps.Ip":   "say to whom it is forwarded; none of them knows the private names",
			"TargetIps.Port": "say to whom it is forwarded", "TargetIps.Ipv6": "say to whom it is forwarded",
			"TargetIps.Protocol": "say how it is forwarded"}},
	Type{Name: "AWS::Route53Resolver::ResolverRuleAssociation", Record: &ResolverRuleAssociationRecord{},
		Actions: []string{"route53resolver:ListResolverRuleAssociations"},
		NoFacts: "the proof judges what a VPC forwards", Ignored: map[string]string{"Name": "a name for people"}},
)

// Forward is a Resolver rule of a VPC: questions for a domain and all below it go to other servers.
type Forward struct {
	Domain string
	Source Source
}

// ResolverRuleRecord is an AWS::Route53Resolver::ResolverRule.
type ResolverRuleRecord struct {
	Meta
	Domain string
	// Forwards is false for a rule that excepts a domain from one above it (SYSTEM).
	Forwards bool
}

func (*ResolverRuleRecord) stage() stage { return alone }

func (r *ResolverRuleRecord) link(l *linker) { l.resolverRules[r.ID] = r }

// ResolverRuleAssociationRecord is an AWS::Route53Resolver::ResolverRuleAssociation.
type ResolverRuleAssociationRecord struct {
	Meta
	VPC, Rule string
}

func (*ResolverRuleAssociationRecord) stage() stage { return inVPC }

func (r *ResolverRuleAssociationRecord) link(l *linker) {
	v, rule := l.VPCs[r.VPC], l.resolverRules[r.Rule]
	switch {
	case v == nil:
		l.unplaced(r, r.VPC, r.Rule)
	case rule == nil:
		l.strange(r, "associates a Resolver rule that is not in the stacks")
	case rule.Forwards:
		v.Forwards = append(v.Forwards, Forward{domain(rule.Domain), r.Source})
	}
}
