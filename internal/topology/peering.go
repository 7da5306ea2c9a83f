package topology

var _ = declare(
	Type{Name: "AWS::EC2::VPCPeeringConnection", Record: &VPCPeeringConnectionRecord{}, Actions: []string{"ec2:DescribeVpcPeeringConnections"},
		Ignored: map[string]string{"AssumeRoleRegion": "says where that role is assumed"}},
)

// Peering joins a VPC to another, for the ranges that routes of both send to it.
type Peering struct {
	ID string
	// Peer is the id of the other VPC, which the network may not hold.
	Peer   string
	State  string
	Source Source
	// Accepter is the account that must still accept it, as a template has it; "" where AWS does so itself.
	Accepter string
}

// VPCPeeringConnectionRecord is an AWS::EC2::VPCPeeringConnection.
type VPCPeeringConnectionRecord struct {
	Meta
	VPC, PeerVPC, PeerAccount, PeerRegion string
	// PeerRole is the role with whose rights the peer accepts.
	PeerRole string
	// State of a live one: "active" carries packets.
	State string
}

func (*VPCPeeringConnectionRecord) stage() stage { return inVPC }

func (r *VPCPeeringConnectionRecord) link(l *linker) {
	accepter := r.PeerAccount
	if accepter == r.Account || r.PeerRole != "" { // CloudFormation accepts for both sides (template reference, "PeerRoleArn")
		accepter = ""
	}
	for _, side := range [][2]string{{r.VPC, r.PeerVPC}, {r.PeerVPC, r.VPC}} {
		if v := l.VPCs[side[0]]; v != nil && !l.once(r.ID+" of "+v.ID) {
			v.Peerings = append(v.Peerings, Peering{r.ID, side[1], r.State, r.Source, accepter})
		}
	}
	if l.VPCs[r.VPC] == nil && l.VPCs[r.PeerVPC] == nil {
		l.unplaced(r, r.VPC, r.PeerVPC)
	}
}

func (v *VPC) peeringFacts() []Fact {
	var out []Fact
	for _, p := range v.Peerings {
		out = append(out, Fact{Attr: "peering", Key: Term{Ref: p.Peer, Label: "VPC " + Plain(p.Peer)}, Source: p.Source})
	}
	return out
}
