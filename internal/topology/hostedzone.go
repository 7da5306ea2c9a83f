package topology

// HostedZoneRecord is an AWS::Route53::HostedZone. One without VPCs is public. Records of several accounts with one id
// are put together.
type HostedZoneRecord struct {
	Meta
	Name string
	VPCs []HostedZoneVPC
}

// RecordSetRecord is an AWS::Route53::RecordSet, or one of an AWS::Route53::RecordSetGroup.
type RecordSetRecord struct {
	Meta
	// HostedZone by id, or HostedZoneName.
	HostedZone, HostedZoneName string
	// Name as written, with escapes and a last dot or without.
	Name, RecordType string
	// Values of a record that is no alias.
	Values []string
	// Alias is what it leads to; nil where it has values.
	Alias *Alias
	// SetIdentifier and Routing ("weighted", "failover", "geolocation", "latency", "multivalue", "geoproximity", "cidr") of
	// one of several records of a name; "" for a simple one.
	SetIdentifier, Routing, HealthCheck string
}

// Alias is an alias record's target.
type Alias struct {
	Name, HostedZone string
	// From is the id of the part that Name is taken from, where a template says so.
	From string
}

// ResolverRuleRecord is an AWS::Route53Resolver::ResolverRule.
type ResolverRuleRecord struct {
	Meta
	Domain string
	// Forwards is false for a rule that excepts a domain from one above it (SYSTEM).
	Forwards bool
}

// ResolverRuleAssociationRecord is an AWS::Route53Resolver::ResolverRuleAssociation.
type ResolverRuleAssociationRecord struct {
	Meta
	VPC, Rule string
}

// DHCPOptionsRecord is an AWS::EC2::DHCPOptions.
type DHCPOptionsRecord struct {
	Meta
	NameServers []string
	DomainName  string
}

// DHCPOptionsAssociationRecord is an AWS::EC2::VPCDHCPOptionsAssociation.
type DHCPOptionsAssociationRecord struct {
	Meta
	VPC, Options string
}
