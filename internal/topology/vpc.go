package topology

// VPCRecord is an AWS::EC2::VPC.
type VPCRecord struct {
	Meta
	// CIDRs are its IPv4 ranges, the one it was made with first.
	CIDRs []string
	// IPv6 ranges, or "that AWS chooses".
	IPv6                 []string
	DNSSupport, DNSNames bool
	// DHCPOptions by id; "" for those that AWS makes with each account, or where an association says it.
	DHCPOptions string
	// DefaultACL, DefaultSecurityGroup and MainTable are the ids of the parts that each VPC is made with.
	DefaultACL, DefaultSecurityGroup, MainTable string
}

// VPCCidrBlockRecord is an AWS::EC2::VPCCidrBlock. A live VPC has its ranges in VPCRecord.
type VPCCidrBlockRecord struct {
	Meta
	VPC, CIDR, IPv6 string
}

// GatewayAttachmentRecord is an AWS::EC2::VPCGatewayAttachment: a VPC's internet gateway or virtual private gateway.
type GatewayAttachmentRecord struct {
	Meta
	VPC, InternetGateway, VPNGateway string
}

// InternetGatewayRecord is an AWS::EC2::InternetGateway.
type InternetGatewayRecord struct{ Meta }
