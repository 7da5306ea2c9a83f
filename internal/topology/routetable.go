package topology

// RouteTableRecord is an AWS::EC2::RouteTable.
type RouteTableRecord struct {
	Meta
	VPC string
	// Main is true for the one that a VPC is made with; in a template nothing says so.
	Main bool
}

// RouteRecord is an AWS::EC2::Route. The local route of each table is none.
type RouteRecord struct {
	Meta
	Table string
	// One of these is the destination: an IPv4 range, an IPv6 range, a prefix list's id.
	CIDR, IPv6, PrefixList string
	// Targets as EC2 names them: "GatewayId", "TransitGatewayId", "NatGatewayId", "VpcPeeringConnectionId"… Those that
	// are not set are absent.
	Targets map[string]string
	// Blackhole is true for a live route whose target is gone.
	Blackhole bool
}
