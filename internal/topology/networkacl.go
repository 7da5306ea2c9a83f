package topology

// NetworkACLRecord is an AWS::EC2::NetworkAcl.
type NetworkACLRecord struct {
	Meta
	VPC string
	// Default is true for the one that a VPC is made with; in a template nothing says so.
	Default bool
}

// NetworkACLEntryRecord is an AWS::EC2::NetworkAclEntry. The last rule of each ACL, 32767, is none.
type NetworkACLEntryRecord struct {
	Meta
	ACL                string
	Number             int
	Egress, Allow      bool
	CIDR, IPv6         string
	Protocol           string // "-1" for all, "6" for TCP
	From, To           int    // 0 to 65535 where nothing is said
	ICMPType, ICMPCode string
}

// SubnetNetworkACLAssociationRecord is an AWS::EC2::SubnetNetworkAclAssociation, without which the VPC's default ACL filters.
type SubnetNetworkACLAssociationRecord struct {
	Meta
	Subnet, ACL string
}
