package file

import (
	"fmt"
	"net/netip"
	"slices"

	"sharedhub/constructs/addressing"
)

// Spoke is one workload VPC, attached to its hub.
type Spoke struct {
	// Hub that the spoke belongs to, by name.
	Hub string `yaml:"hub" required:"write hub: <name>, the hub to attach to"`
	// Account that owns the spoke: 12 digits, in quotes.
	Account string `yaml:"account" required:"write account: \"222222222222\", the account that owns the spoke"`
	// Segment of the hub to join. To change it on a spoke in use, go by way of `state: detached`.
	Segment string `yaml:"segment" required:"write segment: <name>, the hub's segment to join"`
	// Range of the VPC, /16 to /28, within the segment's pools. It can never change.
	CIDR netip.Prefix `yaml:"cidr" required:"write cidr: …, a range of the segment's pools" unless:"vpc"`
	// A VPC that exists, in place of `cidr`: it is attached, gets routes and names, and nothing else of it changes. `import vpc-…`
	// writes it (docs/EXISTING.md). Default: a VPC is made.
	VPC ExistingVPC `yaml:"vpc"`
	// Further ranges of the VPC, /16 to /28, within the segment's pools; a tier lies in one by its `cidr`. They can be added
	// later. Default: none.
	SecondaryCIDRs []netip.Prefix `yaml:"secondaryCidrs" max:"4"`
	// Further ranges of the VPC that stay inside it, /16 to /28: every spoke may have the same, such as 100.64.0.0/16 for the
	// pods of EKS. The Transit Gateway does not route them, and a tier in one (by its `cidr`) has no route to it; what runs
	// there reaches the hub by the address of a node in a routed tier (source NAT, the default of the Amazon VPC CNI).
	// They must lie apart from the hub's VPC, its pools and its spokes' other ranges. Default: none.
	UnroutedCIDRs []netip.Prefix `yaml:"unroutedCidrs" max:"4"`
	// Whether the VPC takes its ranges from the IPAM pool that their pool names. AWS can never change that, so write `false` for
	// a VPC that was made before the pool had `ipam`. Default: true.
	IPAM bool `yaml:"ipam"`
	// Allows ranges outside the segment's pools, which then get routes of their own. The segment must allow it with
	// `spokesMay: [outsidePool]`. Default: false.
	OutsidePool bool `yaml:"outsidePool"`
	// Availability zones of the VPC: AZ ids [use1-az1], letters [a, b], or a number of letters. Default: the hub's.
	AZs AZs `yaml:"zones" max:"6"`
	// Named subnets, one per availability zone each. Their order is their order in the range, so add new ones at the end. The
	// transit subnets are made without being named. Default: `{private: {}}`.
	Tiers Map[Tier] `yaml:"tiers" max:"20"`
	// Gateway endpoints of the VPC, from s3 and dynamodb; they are free. Default: both; in a VPC that exists, none.
	GatewayEndpoints *[]string `yaml:"gatewayEndpoints" max:"2"`
	// Flow logs of the VPC. Where the hub has some, others need the segment's `spokesMay: [flowLogs]`. Default: the hub's.
	FlowLogs FlowLogs `yaml:"flowLogs"`
	// Tags of the spoke's resources. Other values for the hub's keys need the segment's `spokesMay: [tags]`. Default: none.
	Tags Map[string] `yaml:"tags" max:"50"`
	// Whether the spoke's stacks are protected from termination. `false` where the segment says true needs the segment's
	// `spokesMay: [protect]`. Default: the segment's.
	Protect bool `yaml:"protect"`
	// `attached` or `detached`. A detached spoke keeps its VPC but loses the hub and its names, so that nothing depends on it
	// when its file is deleted. Default: `attached`.
	State string `yaml:"state"`
}

// Tier is a named set of subnets, one per availability zone.
type Tier struct {
	// Prefix length of each subnet: 24 for a /24. Default: three more than the VPC's.
	Size int `yaml:"size"`
	// Range of the tier inside the VPC's, for instance where it was before a tier above it was removed. Default: after the
	// tiers above it.
	CIDR netip.Prefix `yaml:"cidr"`
}

// States are the values of state.
var States = []string{"attached", "detached"}

// gatewayServices are those that have gateway endpoints.
var gatewayServices = []string{"s3", "dynamodb"}

func (s *Spoke) check(f *File) {
	s.checkVPC(f)
	checkAccount(f, &s.Account)
	oneOf(f, &s.State, States...)
	if s.GatewayEndpoints != nil {
		list := *s.GatewayEndpoints
		for i, g := range list {
			oneOf(f, &list[i], gatewayServices...)
			if slices.Contains(list[:i], g) {
				f.Errorf(Value, &list[i], "keep one of them", "%s is given twice", g)
			}
		}
	}
	checkTags(f, &s.Tags)
	if f.Given(&s.Tiers) && len(s.Tiers) == 0 {
		f.Errorf(Value, &s.Tiers, "write tiers: {private: {}}, or leave the key out", "a spoke needs at least one tier")
	}
	for i := range s.Tiers {
		t := &s.Tiers[i]
		if !word.MatchString(t.Key) || len(t.Key) > maxTierName || t.Key == "transit" {
			f.Errorf(Value, &t.Key, nameFix(maxTierName)+"; transit is taken", "%q cannot name a tier", t.Key)
		}
		if size := t.Value.Size; f.Given(&t.Value.Size) && s.CIDR.IsValid() && !s.Possible(&t.Value) {
			in := s.rangeOf(&t.Value)
			fix := fmt.Sprintf("use %d to %d: 24 stands for a /24 in each zone", max(in.Bits(), 0)+1, addressing.MaxBits)
			if in.Bits() >= addressing.MaxBits {
				fix = "take a larger range for the VPC, which needs more than one subnet"
			}
			f.Errorf(Value, &t.Value.Size, fix, "subnets of /%d are not possible in %s", size, in)
		}
	}
}

// Possible is true for a tier's size that its subnets can have.
func (s *Spoke) Possible(t *Tier) bool {
	return t.Size >= max(s.rangeOf(t).Bits(), 0) && t.Size <= addressing.MaxBits
}

// rangeOf is the range that a tier's subnets are taken from: its own, or the VPC's.
func (s *Spoke) rangeOf(t *Tier) netip.Prefix {
	if t.CIDR.IsValid() {
		return t.CIDR
	}
	return s.CIDR
}
