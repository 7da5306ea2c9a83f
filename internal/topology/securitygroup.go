package topology

// SecurityGroupRecord is an AWS::EC2::SecurityGroup with the rules that it holds itself.
type SecurityGroupRecord struct {
	Meta
	VPC   string
	Rules []GroupRule
	// OpenEgress is true for a group of a template that names no rules for what leaves: EC2 then adds one for everything.
	OpenEgress bool
}

// SecurityGroupRuleRecord is an AWS::EC2::SecurityGroupIngress or …Egress.
type SecurityGroupRuleRecord struct {
	Meta
	Group string
	GroupRule
}

// GroupRule is one rule as written: one of CIDR, IPv6, PrefixList and Group is who is admitted.
type GroupRule struct {
	Egress                       bool
	CIDR, IPv6, PrefixList, Peer string // Peer is a security group's id
	Protocol                     string // "tcp", "udp", "icmp", a number, or "-1" for all
	From, To                     int    // 0 to 65535 where nothing is said
}
