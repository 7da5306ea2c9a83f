package topology

// SubnetRecord is an AWS::EC2::Subnet.
type SubnetRecord struct {
	Meta
	VPC, CIDR, IPv6 string
	// AZ is the name of its availability zone, AZID the id; a template may say either.
	AZ, AZID string
	// IPv6Only is true for a subnet without an IPv4 range (Ipv6Native).
	IPv6Only bool
}

// SubnetRouteTableAssociationRecord is an AWS::EC2::SubnetRouteTableAssociation, without which the VPC's main table serves.
type SubnetRouteTableAssociationRecord struct {
	Meta
	Subnet, Table string
}
