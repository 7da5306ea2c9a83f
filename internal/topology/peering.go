package topology

// VPCPeeringConnectionRecord is an AWS::EC2::VPCPeeringConnection.
type VPCPeeringConnectionRecord struct {
	Meta
	VPC, PeerVPC, PeerAccount, PeerRegion string
	// State of a live one: "active" carries packets.
	State string
}
