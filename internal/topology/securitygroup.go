package topology

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
)

var _ = declare(
	Type{Name: "AWS::EC2::SecurityGroup", Record: &SecurityGroupRecord{}, Actions: []string{"ec2:DescribeSecurityGroups"},
		Ignored: map[string]string{"GroupDescription": "text for people", "GroupName": "a name for people",
			"SecurityGroupIngress.SourceSecurityGroupOwnerId": "repeats whose the group is",
			"SecurityGroupIngress.Description":                "text for people", "SecurityGroupEgress.Description": "text for people"}},
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
	// Others are rules that admit no IPv4 range that is known: other groups, unknown prefix lists, IPv6.
	Others []OtherRule
	// Default is true for the group that EC2 makes with a VPC, of a live one.
	Default bool
	// Declared is true for what stands for the groups of an endpoint that exists, which nobody has looked at.
	Declared bool
	Source   Source
}

// Rule admits a range on ports.
type Rule struct {
	CIDR     netip.Prefix
	Protocol string // "tcp", "udp", "icmp", or "-1" for all
	From, To int
	Source   Source
	// PrefixList is the id of the list that holds the range; "" for a range that the rule itself names.
	PrefixList string
}

// OtherRule admits who is not named by an IPv4 range: one of Peer, PrefixList and IPv6.
type OtherRule struct {
	Egress                 bool
	Peer, PrefixList, IPv6 string
	// VPC of the group Peer; nil where no record holds that group.
	VPC      *VPC
	Protocol string
	From, To int
	Source   Source
}

// Who is admitted, as text.
func (r OtherRule) Who() string {
	switch {
	case r.Peer != "":
		return "security group " + Plain(r.Peer)
	case r.PrefixList != "":
		return "prefix list " + Plain(r.PrefixList)
	}
	return r.IPv6
}

// ports are one port or a range of them, as text.
func ports(from, to int) string {
	if from == to {
		return fmt.Sprintf("port %d", from)
	}
	return fmt.Sprintf("ports %d to %d", from, to)
}

func (r OtherRule) String() string {
	direction := map[bool]string{false: "in", true: "out"}[r.Egress]
	return fmt.Sprintf("%s %s %s %s", r.Protocol, direction, ports(r.From, r.To), Plain(cmp.Or(r.Peer, r.PrefixList, r.IPv6)))
}

// fact names a group or a list as the network does.
func (r OtherRule) fact() Fact {
	if r.IPv6 != "" {
		return one("rule", r.String())
	}
	ref := cmp.Or(r.Peer, r.PrefixList)
	text := strings.TrimSpace(strings.TrimSuffix(r.String(), Plain(ref)))
	return Fact{Attr: "rule", Key: Term{Text: text, Ref: ref, Label: r.String()}}
}

// SecurityGroupRecord is an AWS::EC2::SecurityGroup with the rules that it holds itself.
type SecurityGroupRecord struct {
	Meta
	VPC   string
	Rules []GroupRule
	// OpenEgress is true for a group of a template that names no rules for what leaves: EC2 then adds one for everything.
	OpenEgress bool
	// Default is true for the group that EC2 makes with a VPC.
	Default bool
	// Declared is true for what stands for the groups of an endpoint that exists.
	Declared bool
}

// GroupRule is one rule as written: one of CIDR, IPv6, PrefixList and Peer is who is admitted.
type GroupRule struct {
	Egress                       bool
	CIDR, IPv6, PrefixList, Peer string // Peer is a security group's id or name
	Protocol                     string // "tcp", "udp", "icmp", a number, or "-1" for all
	From, To                     int    // 0 to 65535 where nothing is said
	NoPorts                      bool   // true for a rule of TCP or UDP that names no ports
	Sources                      int    // how many of those a template's rule names, the group's name aside
}

func (*SecurityGroupRecord) stage() stage { return inVPC }

func (r *SecurityGroupRecord) link(l *linker) {
	g := &SecurityGroup{ID: r.ID, VPC: r.VPC, Source: r.Source, OpenEgress: r.OpenEgress, Default: r.Default, Declared: r.Declared}
	l.Groups[g.ID] = g
	l.homeVPC(r, l.VPCs[r.VPC])
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
	l.homeVPC(r, l.VPCs[g.VPC])
	l.only(r, "the security group has a rule for "+cmp.Or(rule.CIDR, rule.Peer, rule.PrefixList, rule.IPv6), g.ID, rule)
	if rule.Sources > 1 {
		l.conflict(r, "a rule names %d peers: AWS takes one of a range, an IPv6 range, a prefix list and a group", rule.Sources)
	}
	if rule.NoPorts {
		l.conflict(r, "a rule of %s names no ports: AWS demands FromPort and ToPort with TCP and UDP", rule.Protocol)
	}
	list := &g.Ingress
	if rule.Egress {
		list = &g.Egress
	}
	entries, known := l.entriesOf(rule.PrefixList)
	switch {
	case rule.CIDR != "":
		if cidr, ok := l.prefix(r, rule.CIDR); ok {
			*list = append(*list, Rule{CIDR: cidr, Protocol: rule.Protocol, From: rule.From, To: rule.To, Source: source})
		}
	case rule.PrefixList != "" && known:
		for _, e := range entries {
			if strings.Contains(e, ":") {
				g.Others = append(g.Others, OtherRule{rule.Egress, "", "", e, nil, rule.Protocol, rule.From, rule.To, source})
			} else if cidr, ok := l.prefix(r, e); ok {
				*list = append(*list, Rule{cidr, rule.Protocol, rule.From, rule.To, source, rule.PrefixList})
			}
		}
	case cmp.Or(rule.Peer, rule.PrefixList, rule.IPv6) != "":
		o := OtherRule{rule.Egress, rule.Peer, rule.PrefixList, rule.IPv6, nil, rule.Protocol, rule.From, rule.To, source}
		l.others = append(l.others, otherOf{g, len(g.Others)})
		g.Others = append(g.Others, o)
	default:
		l.strange(r, "has a rule that names nobody")
	}
}

// otherOf is a place in a group's list.
type otherOf struct {
	group *SecurityGroup
	index int
}

// finishGroups finds the VPCs of the groups that rules name: a group may name one that is linked after it.
func (l *linker) finishGroups() {
	for _, o := range l.others {
		rule := &o.group.Others[o.index]
		if peer := l.Groups[rule.Peer]; peer != nil {
			rule.VPC = l.VPCs[peer.VPC]
		} else if rule.Peer != "" {
			rule.VPC = l.madeWith[rule.Peer]
		}
	}
}

// securityGroupParts is one part, or none of what only stands for groups.
func (n *Network) securityGroupParts(g *SecurityGroup) []Part {
	if g.Declared {
		return nil
	}
	return []Part{n.securityGroupPart(g)}
}

func (n *Network) securityGroupPart(g *SecurityGroup) Part {
	p := Part{Type: "AWS::EC2::SecurityGroup", ID: g.ID, Noun: "security group", Source: g.Source, Needs: []string{g.VPC},
		Keys: []Key{{Text: g.Source.Stack + "/" + g.Source.ID, Refs: []string{g.VPC}}}}
	if v := n.VPCs[g.VPC]; v != nil {
		p.Account, p.Region = v.Account, v.Region
	}
	add := func(direction string, list []Rule) {
		lists := map[string]bool{}
		for _, r := range list {
			if r.PrefixList != "" {
				o := OtherRule{PrefixList: r.PrefixList, Egress: direction == "to", Protocol: r.Protocol, From: r.From, To: r.To}
				if text := o.String(); !lists[text] {
					lists[text] = true
					p.Facts = append(p.Facts, o.fact())
				}
				continue
			}
			p.Facts = append(p.Facts, one("rule", fmt.Sprintf("%s %s %s %s", direction, r.CIDR, r.Protocol, ports(r.From, r.To))))
		}
	}
	add("from", g.Ingress)
	add("to", g.Egress)
	for _, r := range g.Others {
		p.Facts = append(p.Facts, r.fact())
	}
	if g.OpenEgress {
		p.Facts = append(p.Facts, one("rule", "to 0.0.0.0/0 -1 ports 0 to 65535"))
	}
	return p
}
