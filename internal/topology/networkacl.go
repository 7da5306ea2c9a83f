package topology

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

var _ = declare(
	Type{Name: "AWS::EC2::NetworkAcl", Record: &NetworkACLRecord{}, Actions: []string{"ec2:DescribeNetworkAcls"}},
	Type{Name: "AWS::EC2::NetworkAclEntry", Record: &NetworkACLEntryRecord{}, Actions: []string{"ec2:DescribeNetworkAcls"}},
	Type{Name: "AWS::EC2::SubnetNetworkAclAssociation", Record: &SubnetNetworkACLAssociationRecord{},
		Actions: []string{"ec2:DescribeNetworkAcls"}},
)

// ACL is a network ACL. Its rules are in order; what none of them says is refused.
type ACL struct {
	ID                string
	VPC               *VPC
	Inbound, Outbound []ACLRule
	// Inbound6 and Outbound6 are the rules for IPv6.
	Inbound6, Outbound6 []ACLRule
	Source              Source
	// Unknown is true for one whose rules nobody read: the records only name it.
	Unknown bool
	// standard is true for the one that a VPC is made with.
	standard bool
}

// lastACLRule is the highest number of a rule (VPC guide, "Network ACL rules").
const lastACLRule = 32766

// ACLRule is one rule.
type ACLRule struct {
	Number   int
	Allow    bool
	CIDR     netip.Prefix
	Protocol string // "-1" for all, "6" for TCP
	From, To int
}

// NetworkACLRecord is an AWS::EC2::NetworkAcl.
type NetworkACLRecord struct {
	Meta
	VPC string
	// Default is true for the one that a VPC is made with; in a template nothing says so.
	Default bool
}

func (*NetworkACLRecord) stage() stage { return inVPC }

func (r *NetworkACLRecord) link(l *linker) {
	l.acls[r.ID] = &ACL{ID: r.ID, VPC: l.VPCs[r.VPC], Source: r.Source, standard: r.Default}
	l.homeVPC(r, l.VPCs[r.VPC])
}

// newDefaultACL is what EC2 makes with each VPC: rule 100 lets everything pass, both ways (VPC guide, "Default network ACL").
func newDefaultACL(r *VPCRecord, v *VPC) *ACL {
	all := func() []ACLRule {
		return []ACLRule{{Number: 100, Allow: true, CIDR: netip.MustParsePrefix("0.0.0.0/0"), Protocol: "-1", To: 65535}}
	}
	return &ACL{ID: r.DefaultACL, VPC: v, Source: r.Source, standard: true, Inbound: all(), Outbound: all()}
}

// NetworkACLEntryRecord is an AWS::EC2::NetworkAclEntry. The last rule of each ACL, 32767, is none.
type NetworkACLEntryRecord struct {
	Meta
	ACL           string
	Number        int
	Egress, Allow bool
	CIDR, IPv6    string
	Protocol      string // "-1" for all, "6" for TCP
	From, To      int    // 0 to 65535 where nothing is said
	// NoPorts is true for a rule of TCP or UDP that names no ports.
	NoPorts bool
	// ICMPType and ICMPCode as written; "" where nothing is said.
	ICMPType, ICMPCode string
}

func (*NetworkACLEntryRecord) stage() stage { return joining }

func (r *NetworkACLEntryRecord) link(l *linker) {
	acl := l.acls[r.ACL]
	if acl == nil {
		l.unplaced(r, r.ACL)
		return
	}
	l.homeVPC(r, acl.VPC)
	what := fmt.Sprintf("%s rule %d", map[bool]string{false: "inbound", true: "outbound"}[r.Egress], r.Number)
	if acl.standard && r.Number == 100 && r.template() {
		l.conflict(r, "the network ACL has %s twice: AWS takes one, and makes this one with the VPC", what)
	}
	l.only(r, "the network ACL has "+what, r.ACL)
	if r.Number < 0 || r.Number > lastACLRule { // 0 is one that only AWS knows
		l.conflict(r, "%s: AWS takes numbers from 1 to %d", what, lastACLRule)
	}
	if (r.CIDR == "") == (r.IPv6 == "") {
		l.conflict(r, "%s: AWS demands CidrBlock or Ipv6CidrBlock, and not both", what)
	}
	if r.NoPorts {
		l.conflict(r, "%s names no ports: AWS demands PortRange with TCP and UDP", what)
	}
	if r.CIDR == "" {
		r.six(acl)
		return
	}
	cidr, ok := l.prefix(r, r.CIDR)
	if !ok {
		return
	}
	rule := ACLRule{Number: r.Number, Allow: r.Allow, CIDR: cidr, Protocol: r.Protocol, From: r.From, To: r.To}
	if rule.Protocol == "-1" { // of all protocols, ports say nothing
		rule.From, rule.To = 0, 65535
	}
	if r.Egress {
		acl.Outbound = append(acl.Outbound, rule)
	} else {
		acl.Inbound = append(acl.Inbound, rule)
	}
}

// six adds a rule for IPv6.
func (r *NetworkACLEntryRecord) six(acl *ACL) {
	cidr, err := netip.ParsePrefix(r.IPv6)
	if err != nil {
		return
	}
	rule := ACLRule{Number: r.Number, Allow: r.Allow, CIDR: cidr.Masked(), Protocol: r.Protocol, From: r.From, To: r.To}
	if rule.Protocol == "-1" {
		rule.From, rule.To = 0, 65535
	}
	list := &acl.Inbound6
	if r.Egress {
		list = &acl.Outbound6
	}
	*list = append(*list, rule)
}

// SubnetNetworkACLAssociationRecord is an AWS::EC2::SubnetNetworkAclAssociation, without which the VPC's default ACL filters.
type SubnetNetworkACLAssociationRecord struct {
	Meta
	Subnet, ACL string
}

func (*SubnetNetworkACLAssociationRecord) stage() stage { return joining }

func (r *SubnetNetworkACLAssociationRecord) link(l *linker) {
	s, acl := l.subnets[r.Subnet], l.acls[r.ACL]
	if s == nil {
		l.unplaced(r, r.Subnet, r.ACL)
		return
	}
	if acl == nil { // what it admits, its records would say
		acl = &ACL{ID: r.ACL, VPC: s.VPC, Source: r.Source, Unknown: true}
	}
	if acl.VPC != s.VPC {
		l.conflict(r, "associates a subnet with a network ACL of another VPC")
	}
	l.homeVPC(r, s.VPC)
	l.only(r, "the subnet is associated with a network ACL", r.Subnet)
	s.ACL = acl
}

// finishACLs puts rules in order, and takes a default ACL as EC2 makes it for none.
func (l *linker) finishACLs() {
	for _, acl := range l.acls {
		byNumber := func(a, b ACLRule) int { return a.Number - b.Number }
		slices.SortStableFunc(acl.Inbound, byNumber)
		slices.SortStableFunc(acl.Outbound, byNumber)
		slices.SortStableFunc(acl.Inbound6, byNumber)
		slices.SortStableFunc(acl.Outbound6, byNumber)
	}
	for _, s := range l.subnets {
		if s.ACL == nil {
			s.ACL = l.defaultACLs[s.VPC]
		}
		if s.ACL != nil && s.ACL.standard && open(s.ACL.Inbound) && open(s.ACL.Outbound) {
			s.ACL = nil
		}
	}
}

// open is true for rules that let everything pass.
func open(rules []ACLRule) bool {
	return len(rules) == 1 && rules[0].Allow && rules[0].Protocol == "-1" && rules[0].CIDR.Bits() == 0
}

// rules shows what a network ACL admits; the default one as EC2 makes it is none.
func (a *ACL) rules() string {
	if a == nil {
		return "the default rules"
	}
	if a.Unknown {
		return "those of " + Plain(a.ID)
	}
	var out []string
	for _, l := range []struct {
		direction string
		rules     []ACLRule
	}{{"in", a.Inbound}, {"out", a.Outbound}} {
		for _, r := range l.rules {
			verb := "deny"
			if r.Allow {
				verb = "allow"
			}
			protocol := cmp.Or(map[string]string{"6": "tcp", "17": "udp", "1": "icmp", "-1": "all"}[r.Protocol], r.Protocol)
			out = append(out, fmt.Sprintf("%s %d %s %s %s %d-%d", l.direction, r.Number, verb, protocol, r.CIDR, r.From, r.To))
		}
	}
	return cmp.Or(strings.Join(out, ", "), "no rules")
}
