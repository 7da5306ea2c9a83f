package topology

var _ = declare(
	Type{Name: "AWS::EC2::DHCPOptions", Record: &DHCPOptionsRecord{}, Actions: []string{"ec2:DescribeDhcpOptions"},
		Ignored: map[string]string{"NtpServers": "say where the time is asked", "NetbiosNameServers": "names of Windows, which no endpoint has",
			"NetbiosNodeType":               "names of Windows, which no endpoint has",
			"Ipv6AddressPreferredLeaseTime": "says how long an address is kept"}},
	Type{Name: "AWS::EC2::VPCDHCPOptionsAssociation", Record: &DHCPOptionsAssociationRecord{}, Actions: []string{"ec2:DescribeVpcs"}},
)

// DHCPOptionsRecord is an AWS::EC2::DHCPOptions.
type DHCPOptionsRecord struct {
	Meta
	NameServers []string
	DomainName  string
}

func (*DHCPOptionsRecord) stage() stage { return alone }

func (r *DHCPOptionsRecord) link(l *linker) { l.nameServers[r.ID] = r }

// DHCPOptionsAssociationRecord is an AWS::EC2::VPCDHCPOptionsAssociation.
type DHCPOptionsAssociationRecord struct {
	Meta
	VPC, Options string
}

func (*DHCPOptionsAssociationRecord) stage() stage { return inVPC }

func (r *DHCPOptionsAssociationRecord) link(l *linker) {
	v := l.VPCs[r.VPC]
	if _, known := l.nameServers[r.Options]; v == nil || !known && r.Options != "default" {
		l.unplaced(r, r.VPC, r.Options)
	}
	l.homeVPC(r, v)
	l.only(r, "the VPC has DHCP options", r.VPC)
	if v != nil {
		l.dhcp[v] = r.Options
	}
}
