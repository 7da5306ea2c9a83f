package file

import (
	"net/netip"
	"slices"

	"sharedhub/constructs/addressing"
	"sharedhub/internal/diag"
	"sharedhub/internal/ranges"
)

// ExistingVPC is a VPC that exists. What is declared here is all that the proof knows of it.
type ExistingVPC struct {
	// Id of the VPC, "vpc-…", of the spoke's account and the hub's region.
	ID string `yaml:"id" required:"write id: vpc-…, the id that EC2 shows"`
	// Ranges of the VPC to route, the one it was made with first. Each other spoke and the hub must have others.
	CIDRs []netip.Prefix `yaml:"cidrs" max:"50" required:"write cidrs: [10.16.4.0/22], the ranges of the VPC"`
	// Subnets that reach the hub, by tier, a name of yours. Others of the VPC are left alone.
	Subnets Map[[]ExistingSubnet] `yaml:"subnets" max:"20" required:"write subnets: {private: [{id: subnet-…, …}]}"`
	// Subnets that hold the attachment, one in each availability zone of the others. Those without an id are made.
	Transit []TransitSubnet `yaml:"transit" max:"6" required:"write transit: [{zone: use1-az1, cidr: …/28}], a free range in each zone"`
	// Id of the VPC's attachment, "tgw-attach-…", to a Transit Gateway that exists (`transitGateway.id` of the hub). It must be associated
	// with no route table yet; `transit` names its subnets by their ids, which may be some of `subnets` (docs/EXISTING.md). Default: an
	// attachment is made.
	Attachment string `yaml:"attachment"`
}

// ExistingSubnet is a subnet of a VPC that exists.
type ExistingSubnet struct {
	// Id of the subnet, "subnet-…".
	ID string `yaml:"id" required:"write id: subnet-…, the id that EC2 shows"`
	// Range of the subnet.
	CIDR netip.Prefix `yaml:"cidr" required:"write cidr: …, the subnet's range"`
	// Availability zone of the subnet, by its AZ id: use1-az1.
	AZ string `yaml:"zone" required:"write zone: use1-az1, the subnet's AZ id"`
	// Id of the route table that serves the subnet, "rtb-…". It gets routes to the hub and to the segment's peers.
	RouteTable string `yaml:"routeTable" required:"write routeTable: rtb-…, the table that serves the subnet"`
}

// TransitSubnet is a subnet that holds the attachment, and nothing else.
type TransitSubnet struct {
	// Id of a subnet that exists, "subnet-…". Default: one is made, with a route table of its own.
	ID string `yaml:"id"`
	// Range of the subnet; of one that is made, a free part of the VPC, a /28 at best.
	CIDR netip.Prefix `yaml:"cidr" required:"write cidr: …/28, a free range of the VPC"`
	// Availability zone of the subnet, by its AZ id: use1-az1.
	AZ string `yaml:"zone" required:"write zone: use1-az1, the AZ id"`
}

var (
	vpcID        = lazy(`^vpc-([0-9a-f]{8}|[0-9a-f]{17})$`)
	subnetID     = lazy(`^subnet-([0-9a-f]{8}|[0-9a-f]{17})$`)
	routeTableID = lazy(`^rtb-([0-9a-f]{8}|[0-9a-f]{17})$`)
)

// IsVPC is true for a VPC's id.
func IsVPC(id string) bool { return vpcID.MatchString(id) }

// checkVPC checks a VPC that exists by itself, and takes its ranges for the spoke's.
func (s *Spoke) checkVPC(f *File) {
	if !f.Given(&s.VPC) {
		return
	}
	for _, other := range []struct {
		key string
		at  any
	}{{"cidr", &s.CIDR}, {"secondaryCidrs", &s.SecondaryCIDRs}, {"unroutedCidrs", &s.UnroutedCIDRs}, {"zones", &s.AZs}, {"tiers", &s.Tiers},
		{"ipam", &s.IPAM}} {
		if f.Given(other.at) {
			f.Errorf(Key, other.at, "take "+other.key+" out, or vpc", "%s and vpc exclude each other: a VPC that exists has its own", other.key)
		}
	}
	if len(s.VPC.CIDRs) == 0 {
		if f.Given(&s.VPC.CIDRs) {
			f.Errorf(Value, &s.VPC.CIDRs, "write the VPC's ranges", "the VPC has no range")
		}
		return
	}
	f.places[&s.CIDR] = f.places[&s.VPC.CIDRs[0]]
	s.CIDR, s.SecondaryCIDRs = s.VPC.CIDRs[0], s.VPC.CIDRs[1:]
	c := &existingCheck{File: f, cidrs: s.VPC.CIDRs, cidrsAt: &s.VPC.CIDRs, subnetsOf: &s.VPC.Subnets, transitOf: s.VPC.Transit,
		attachment: &s.VPC.Attachment, outside: "name subnets of this VPC alone, or add its range to cidrs", ids: map[string]bool{}}
	c.id(&s.VPC.ID, vpcID, "a VPC", "vpc-0123456789abcdef0")
	c.subnets()
	c.transit()
}

// existingCheck is the check of one VPC.
type existingCheck struct {
	*File
	// cidrs are the ranges that its subnets may have, as cidrsAt says.
	cidrs     []netip.Prefix
	cidrsAt   any
	outside   string // what to do about a subnet outside them
	subnetsOf *Map[[]ExistingSubnet]
	transitOf []TransitSubnet
	// attachment is that of the VPC, "" for one that is made.
	attachment *string

	ids   map[string]bool // of subnets
	taken []*netip.Prefix
}

func (c *existingCheck) id(at *string, form *form, what, example string) {
	if !form.MatchString(*at) {
		c.Errorf(Value, at, "write the id that EC2 shows, such as "+example, "%q is not the id of %s", *at, what)
	}
}

func (c *existingCheck) subnets() {
	if c.Given(c.subnetsOf) && len(*c.subnetsOf) == 0 {
		c.Errorf(Value, c.subnetsOf, "name those that are to reach the hub", "no subnet reaches the hub")
	}
	for i := range *c.subnetsOf {
		tier := &(*c.subnetsOf)[i]
		if !word.MatchString(tier.Key) || len(tier.Key) > maxTierName || tier.Key == "transit" {
			c.Errorf(Value, &tier.Key, nameFix(maxTierName)+"; transit is taken", "%q cannot name a tier", tier.Key)
		}
		if len(tier.Value) == 0 && !c.Failed(&tier.Value) {
			c.Errorf(Value, &tier.Value, "name its subnets: [{id: subnet-…, …}]; or take it out, if it is not needed", "tier %s has no subnet",
				tier.Key)
		}
		for j := range tier.Value {
			n := &tier.Value[j]
			c.subnet(&n.ID, &n.CIDR, &n.AZ)
			c.id(&n.RouteTable, routeTableID, "a route table", "rtb-0123456789abcdef0")
		}
	}
}

func (c *existingCheck) transit() {
	exists := c.Given(c.attachment)
	if exists {
		c.id(c.attachment, attachmentID, "a Transit Gateway's attachment", "tgw-attach-0123456789abcdef0")
	}
	var zones []string
	for i := range c.transitOf {
		n := &c.transitOf[i]
		if exists && n.ID == "" {
			c.Errorf(Key, &n.CIDR, "write id: subnet-…, one of the SubnetIds in `aws ec2 describe-transit-gateway-vpc-attachments "+
				"--transit-gateway-attachment-ids "+*c.attachment+"`", "the attachment exists, and this subnet of it has no id")
		}
		if n.ID == "" {
			c.size(&n.CIDR, "an attachment needs")
		}
		switch was := c.named(n.ID); {
		case !exists || was == nil:
			c.subnet(&n.ID, &n.CIDR, &n.AZ)
		case was.CIDR != n.CIDR && was.CIDR.IsValid() && n.CIDR.IsValid():
			c.differs(&n.CIDR, &was.CIDR, n.ID, "range", was.CIDR.String(), n.CIDR.String())
		case was.AZ != n.AZ && was.AZ != "" && n.AZ != "":
			c.differs(&n.AZ, &was.AZ, n.ID, "zone", was.AZ, n.AZ)
		}
		if slices.Contains(zones, n.AZ) {
			c.Errorf(Value, &n.AZ, "keep one of them: an attachment has one subnet in each zone", "zone %s has two transit subnets", n.AZ)
		}
		zones = append(zones, n.AZ)
	}
	for i := range *c.subnetsOf {
		for j := range (*c.subnetsOf)[i].Value {
			n := &(*c.subnetsOf)[i].Value[j]
			c.crosses(&n.AZ, n.CIDR)
		}
	}
}

// size checks the range of a subnet that is made.
func (c *existingCheck) size(cidr *netip.Prefix, needs string) {
	if cidr.IsValid() && (cidr.Bits() < addressing.MinBits || cidr.Bits() > addressing.MaxBits) {
		c.Errorf(Range, cidr, "use a /28, which holds all that "+needs, "a subnet cannot be a /%d", cidr.Bits())
	}
}

// crosses wants a transit subnet in the zone of a subnet.
func (c *existingCheck) crosses(az *string, cidr netip.Prefix) {
	has := slices.ContainsFunc(c.transitOf, func(t TransitSubnet) bool {
		n := c.named(t.ID) // where their zones differ, that is said
		return t.AZ == *az || n != nil && n.AZ == *az
	})
	_, code := AZSlot(*az)
	sameRegion := slices.ContainsFunc(c.transitOf, func(t TransitSubnet) bool {
		_, other := AZSlot(t.AZ)
		return other == code
	})
	switch exists := *c.attachment != ""; {
	case has || code == "" || !sameRegion: // or the zone is no id, or of another region, which is said
	case exists:
		c.Errorf(Value, az, "take the subnet out, or add one in this zone to the attachment and to transit",
			"%s has no subnet in zone %s, so packets from %s are dropped", *c.attachment, *az, cidr)
	default:
		c.Errorf(Value, az, "add a transit subnet in it: transit: [{zone: "+*az+", cidr: …/28}]",
			"zone %s has no transit subnet, so packets from %s are dropped", *az, cidr)
	}
}

// named is the subnet of an id that reaches the hub; nil for none.
func (c *existingCheck) named(id string) *ExistingSubnet {
	for i := range *c.subnetsOf {
		list := (*c.subnetsOf)[i].Value
		if j := slices.IndexFunc(list, func(n ExistingSubnet) bool { return n.ID == id && id != "" }); j >= 0 {
			return &list[j]
		}
	}
	return nil
}

// differs says that a subnet of the attachment is written otherwise than among those that reach the hub.
func (c *existingCheck) differs(at, other any, id, what, was, is string) {
	c.Errorf(Value, at, "write the same in both, as EC2 shows it", "subnet %s has %s %s here, and %s in subnets", id, what, is, was).
		See = []diag.Related{{Where: c.Pos(other), Text: "in subnets"}}
}

// subnet checks what all subnets have.
func (c *existingCheck) subnet(id *string, cidr *netip.Prefix, az *string) {
	if *id != "" || c.Given(id) {
		c.id(id, subnetID, "a subnet", "subnet-0123456789abcdef0")
		if c.ids[*id] {
			c.Errorf(Value, id, "keep one of them", "subnet %s is given twice", *id)
		}
		c.ids[*id] = true
	}
	if slot, code := AZSlot(*az); *az != "" && (slot < 0 || code == "") {
		c.Errorf(Value, az, "write the AZ id that EC2 shows, such as use1-az1", "%q is not an AZ id", *az)
	}
	if !cidr.IsValid() {
		return // said
	}
	if !ranges.In(*cidr, c.cidrs) {
		c.Errorf(Range, cidr, c.outside, "subnet %s lies outside the VPC's %s", cidr,
			ranges.Join(c.cidrs)).
			See = []diag.Related{{Where: c.Pos(c.cidrsAt), Text: "the VPC's ranges"}}
	}
	for _, t := range c.taken {
		if t.Overlaps(*cidr) {
			c.Errorf(Range, cidr, "take a range that no subnet of the VPC has", "%s overlaps %s of the same VPC", cidr, t).
				See = []diag.Related{{Where: c.Pos(t), Text: t.String()}}
			break
		}
	}
	c.taken = append(c.taken, cidr)
}
