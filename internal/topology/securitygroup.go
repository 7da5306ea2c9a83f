package topology

import (
	"cmp"
	"fmt"
	"net/netip"
)

var _ = declare(
	Type{Name: "AWS::EC2::SecurityGroup", Record: &SecurityGroupRecord{}, Actions: []string{"ec2:DescribeSecurityGroups"},
		Ignored: map[string]string{"GroupDescription": "text for people", "GroupName": "a name for people",
			"SecurityGroupIngress.Description": "text for people", "SecurityGroupEgress.Description": "text for people"}},
	Type{Name: "AWS::EC2::SecurityGroupIngress", Record: &SecurityGroupRuleRecord{}, Actions: []string{"ec2:DescribeSecurityGroups"},
		Ignored: map[string]string{"Description": "text for people", "SourceSecurityGroupOwnerId": "repeats whose the group is"}},
	Type{Name: "AWS::EC2::SecurityGroupEgress", Record: &SecurityGroupRuleRecord{}, Actions: []string{"ec2:DescribeSecurityGroups"},
		Ignored: map[string]string{"Description": "text for people"}},
)

// SecurityGroup is a security group.
type SecurityGroup struct {
	ID, VPC         string
	Ingress, Egress []Rule
	// OpenEgress is true for a group without egress rules of its own: everything may leave.
	OpenEgress bool
	// Others are rules that admit no IPv4 range: other groups, prefix lists, IPv6.
	Others []string
	Source Source
}

// Rule admits a range on ports.
type Rule struct {
	CIDR     netip.Prefix
	Protocol string // "tcp", "udp", "icmp", or "-1" for all
	From, To int
	Source   Source
}

// SecurityGroupRecord is an AWS::EC2::SecurityGroup with the rules that it holds itself.
type SecurityGroupRecord struct {
	Meta
	VPC   string
	Rules []GroupRule
	// OpenEgress is true for a group of a template that names no rules for what leaves: EC2 then adds one for everything.
	OpenEgress bool
}

// GroupRule is one rule as written: one of CIDR, IPv6, PrefixList and Peer is who is admitted.
type GroupRule struct {
	Egress                       bool
	CIDR, IPv6, PrefixList, Peer string // Peer is a security group's id or name
	Protocol                     string // "tcp", "udp", "icmp", a number, or "-1" for all
	From, To                     int    // 0 to 65535 where nothing is said
}

func (*SecurityGroupRecord) stage() stage { return inVPC }

func (r *SecurityGroupRecord) link(l *linker) {
	g := &SecurityGroup{ID: r.ID, VPC: r.VPC, Source: r.Source, OpenEgress: r.OpenEgress}
	l.Groups[g.ID] = g
	for _, rule := range r.Rules {
		l.rule(r, g, rule)
	}
}

// SecurityGroupRuleRecord is an AWS::EC2::SecurityGroupIngress or …Egress.
type SecurityGroupRuleRecord struct {
	Meta
	Group string
	GroupRule
}

func (*SecurityGroupRuleRecord) stage() stage { return joining }

func (r *SecurityGroupRuleRecord) link(l *linker) {
	g := l.Groups[r.Group]
	if g == nil {
		l.unplaced(r, r.Group)
		return
	}
	if r.Egress {
		g.OpenEgress = false
	}
	l.rule(r, g, r.GroupRule)
}

func (l *linker) rule(r Record, g *SecurityGroup, rule GroupRule) {
	source := r.meta().Source
	if rule.CIDR == "" {
		if who := cmp.Or(rule.Peer, rule.PrefixList, rule.IPv6); who != "" {
			direction := map[bool]string{false: "in", true: "out"}[rule.Egress]
			g.Others = append(g.Others, fmt.Sprintf("%s %s ports %d to %d %s", rule.Protocol, direction, rule.From, rule.To, Plain(who)))
		} else {
			l.strange(r, "has a rule that names nobody")
		}
		return
	}
	cidr, ok := l.prefix(r, rule.CIDR)
	if !ok {
		return
	}
	list := &g.Ingress
	if rule.Egress {
		list = &g.Egress
	}
	*list = append(*list, Rule{cidr, rule.Protocol, rule.From, rule.To, source})
}

func (n *Network) securityGroupPart(g *SecurityGroup) Part {
	p := Part{Type: "AWS::EC2::SecurityGroup", ID: g.ID, Noun: "security group", Source: g.Source, Needs: []string{g.VPC},
		Keys: []Key{{Text: g.Source.Stack + "/" + g.Source.ID, Refs: []string{g.VPC}}}}
	if v := n.VPCs[g.VPC]; v != nil {
		p.Account, p.Region = v.Account, v.Region
	}
	add := func(direction string, list []Rule) {
		for _, r := range list {
			p.Facts = append(p.Facts, one("rule", fmt.Sprintf("%s %s %s ports %d to %d", direction, r.CIDR, r.Protocol, r.From, r.To)))
		}
	}
	add("from", g.Ingress)
	add("to", g.Egress)
	for _, r := range g.Others {
		p.Facts = append(p.Facts, one("rule", r))
	}
	if g.OpenEgress {
		p.Facts = append(p.Facts, one("rule", "to 0.0.0.0/0 -1 ports 0 to 65535"))
	}
	return p
}
