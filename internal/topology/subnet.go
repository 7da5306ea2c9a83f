package topology

import "net/netip"

var _ = declare(
	Type{Name: "AWS::EC2::Subnet", Record: &SubnetRecord{}, Actions: []string{"ec2:DescribeSubnets"},
		Ignored: map[string]string{"MapPublicIpOnLaunch": "a public address carries nothing without a route to an internet gateway",
			"PrivateDnsNameOptionsOnLaunch.HostnameType":                    "names of instances",
			"PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord":    "names of instances",
			"PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord": "names of instances"}},
	Type{Name: "AWS::EC2::SubnetRouteTableAssociation", Record: &SubnetRouteTableAssociationRecord{},
		Actions: []string{"ec2:DescribeRouteTables"}},
)

// Subnet is one subnet.
type Subnet struct {
	ID  string
	VPC *VPC
	// AZ is its availability zone, by name or id as the template has it; of a live one AZID is the id.
	AZ, AZID string
	CIDR     netip.Prefix
	// IPv6 is its range of that family as it is written; "" where it has none.
	IPv6 string
	// IPv6Only is true where hosts get no IPv4 address.
	IPv6Only bool
	// Table is its route table; nil where it has none of its own, and the VPC's main table, with nothing but the VPC's
	// own ranges, serves it.
	Table *RouteTable
	// AssociatedBy is the stack's part that associates it with Table.
	AssociatedBy Source
	ACL          *ACL // nil: the VPC's default one, which lets everything pass
	Source       Source
	Name         string
}

// SubnetRecord is an AWS::EC2::Subnet.
type SubnetRecord struct {
	Meta
	VPC, CIDR, IPv6 string
	// AZ is the name of its availability zone, AZID the id; a template may say either.
	AZ, AZID string
	// IPv6Only is true for a subnet without an IPv4 range (Ipv6Native).
	IPv6Only bool
}

func (*SubnetRecord) stage() stage { return inVPC }

func (r *SubnetRecord) link(l *linker) {
	s := &Subnet{ID: r.ID, VPC: l.VPCs[r.VPC], AZ: r.AZ, AZID: r.AZID, IPv6: r.IPv6, IPv6Only: r.IPv6Only,
		Source: r.Source, Name: r.Tags["Name"]}
	switch {
	case s.AZ == "":
		s.AZ = r.AZID
	case r.AZID != "":
		l.conflict(r, "says AvailabilityZone and AvailabilityZoneId: AWS takes one")
	}
	if r.CIDR != "" {
		s.CIDR, _ = l.prefix(r, r.CIDR)
	}
	if s.VPC != nil {
		s.VPC.Subnets = append(s.VPC.Subnets, s)
		l.homeVPC(r, s.VPC)
	} else {
		l.unplaced(r, r.VPC)
	}
	l.subnets[s.ID] = s
}

// SubnetRouteTableAssociationRecord is an AWS::EC2::SubnetRouteTableAssociation, without which the VPC's main table serves.
type SubnetRouteTableAssociationRecord struct {
	Meta
	Subnet, Table string
}

func (*SubnetRouteTableAssociationRecord) stage() stage { return joining }

func (r *SubnetRouteTableAssociationRecord) link(l *linker) {
	s, t := l.subnets[r.Subnet], l.tables[r.Table]
	switch {
	case s == nil || t == nil:
		l.strange(r, "associates a subnet or route table that is not in the stacks")
	case t.VPC != s.VPC:
		l.strange(r, "associates a subnet with a route table of another VPC")
	default:
		l.serve(r, s, t)
	}
	if s != nil {
		l.homeVPC(r, s.VPC)
		l.only(r, "the subnet is associated with a route table", r.Subnet)
	}
}

// serve has a table serve a subnet. EC2 associates none that has an association already; where that of a file is not explicit, as of
// a main table, the subnet would lose the routes that the file counts on (EC2 API, AssociateRouteTable).
func (l *linker) serve(r *SubnetRouteTableAssociationRecord, s *Subnet, t *RouteTable) {
	before := l.associations[s]
	if before == nil || !s.declared() || r.template() == before.template() {
		l.associations[s], s.Table = r, t
		if r.template() {
			s.AssociatedBy = r.Source
		}
		return
	}
	made, file := r, before
	if before.template() {
		made, file = before, r
	}
	if s.Table, s.AssociatedBy = l.tables[file.Table], made.Source; made.Table != file.Table {
		s.AssociatedBy = Source{}
		l.conflict(made, "associates %s with a route table, and its file declares that %s serves it: EC2 takes one a subnet", s.ID, file.Table)
	}
}

// declared is true for a subnet that no stack makes, in a VPC that none makes.
func (s *Subnet) declared() bool { return s.VPC.Declared && s.Source.Stack == "" }

func (v *VPC) subnetParts() []Part {
	var out []Part
	for _, s := range v.Subnets {
		p := Part{Type: "AWS::EC2::Subnet", ID: s.ID, Account: v.Account, Region: v.Region,
			Noun: "subnet", Label: s.CIDR.String() + " of VPC " + v.Name(), Source: s.Source,
			Keys: []Key{{Text: s.CIDR.String(), Refs: []string{v.ID}}}, Needs: []string{v.ID}, Around: []string{v.ID}}
		p.Keys = append(p.Keys, Key{Text: "id " + s.ID})
		p.Facts = []Fact{{Attr: "availability zone", Value: Term{Text: s.AZ, Alias: s.AZID}}}
		if s.declared() { // its network ACL is not
			p.Keys, p.Open = p.Keys[1:], true
		} else {
			p.Facts = append(p.Facts, Fact{Attr: "network ACL", Value: Term{Text: s.ACL.rules()}})
		}
		if s.Table != nil {
			p.Facts = append(p.Facts, Fact{Attr: "route table", Value: Term{Ref: s.Table.ID}})
		}
		out = append(out, p)
	}
	return out
}
