// Package addressing carves a VPC's range into subnets so that nothing moves when the VPC grows.
//
// A subnet's range follows from the VPC's range, its tier's place in the list of tiers and its AZ's slot alone, never
// from how many AZs or tiers there are. So adding an AZ, or a tier at the end, moves no subnet; CloudFormation would
// have to replace a subnet that moves, with everything in it.
//
// The layout, for a VPC of any size:
//
//	bottom                                                                     top
//	| tier 1: slots 0 1 2 | tier 2: slots 0 1 2 | …  →   free   ←  … | tier 1: slots 3 4 5 | transit /28s: 5 … 0 |
//
// The package is plain Go.
package addressing

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

const (
	// Slots is how many AZs a VPC can have: us-east-1, the largest region, has six.
	Slots = 6
	// TransitBits is the size of an AZ's Transit Gateway subnet: AWS advises a /28 of its own for attachments
	// (Transit Gateway design best practices).
	TransitBits = 28
	// lowSlots come from the bottom of the range, the others from the top.
	lowSlots = 3
	// MinBits and MaxBits bound VPCs and subnets (VPC guide, "Subnet CIDR blocks").
	MinBits, MaxBits = 16, 28
)

// Tier is a named set of subnets, one per AZ.
type Tier struct {
	// Name of the tier, unique in the plan. Required.
	Name string
	// Bits is the prefix length of each subnet. Default: three more than the VPC's, at most /28, so that one tier fits
	// six AZs, or two tiers three AZs.
	Bits int
	// CIDR is a range of the tier's own, inside the VPC's or in a secondary range, carved by slot from its bottom; such a
	// tier takes no part in the layout. Default: the layout.
	CIDR netip.Prefix
}

// Plan answers where each subnet lies.
type Plan struct {
	vpc   netip.Prefix
	tiers []placed
}

type placed struct {
	Tier
	size      uint64
	low, high uint64 // start of slot 0, and end of slot 3, in addresses from 0.0.0.0
}

// DefaultBits is the prefix length of a tier's subnets where the tier does not say.
func DefaultBits(vpc netip.Prefix) int { return min(vpc.Bits()+3, MaxBits) }

// NewPlan makes the plan of a VPC. The range must be IPv4, /16 to /28, without host bits; whether everything fits depends on
// the AZs and is Check's to say.
func NewPlan(vpc netip.Prefix, tiers []Tier) *Plan {
	if !vpc.IsValid() || !vpc.Addr().Is4() {
		panic(fmt.Errorf("addressing.NewPlan: %s is no IPv4 range, expected one of /%d to /%d", vpc, MinBits, MaxBits))
	}
	p := &Plan{vpc: vpc}
	low, high := start(vpc), end(vpc)-Slots*size(TransitBits)
	for _, t := range tiers {
		if t.Bits == 0 {
			within := vpc
			if t.CIDR.IsValid() {
				within = t.CIDR
			}
			t.Bits = DefaultBits(within)
		}
		pl := placed{Tier: t, size: size(t.Bits)}
		if t.CIDR.IsValid() {
			pl.low = start(t.CIDR)
		} else {
			pl.low = (low + pl.size - 1) / pl.size * pl.size
			pl.high = high / pl.size * pl.size
			low, high = pl.low+lowSlots*pl.size, pl.high-(Slots-lowSlots)*pl.size
		}
		p.tiers = append(p.tiers, pl)
	}
	return p
}

// Subnet is the range of a tier's subnet in an AZ's slot, 0 to 5. A tier that the plan does not have, or a slot out of
// range, is a mistake in the program: it panics with an error.
func (p *Plan) Subnet(tier string, slot int) netip.Prefix {
	checkSlot(slot)
	i := slices.IndexFunc(p.tiers, func(t placed) bool { return t.Name == tier })
	if i < 0 {
		names := make([]string, len(p.tiers))
		for i, t := range p.tiers {
			names[i] = t.Name
		}
		panic(fmt.Errorf("addressing: tier %q is not in the plan, expected one of %v", tier, names))
	}
	t := p.tiers[i]
	at := t.low + uint64(slot)*t.size
	if !t.CIDR.IsValid() && slot >= lowSlots {
		at = t.high - uint64(slot-lowSlots+1)*t.size
	}
	return prefix(at, t.Bits)
}

func checkSlot(slot int) {
	if slot < 0 || slot >= Slots {
		panic(fmt.Errorf("addressing: slot %d, expected 0 to %d", slot, Slots-1))
	}
}

// Transit is the range of an AZ's Transit Gateway subnet: the topmost /28s of the VPC.
func (p *Plan) Transit(slot int) netip.Prefix {
	checkSlot(slot)
	return prefix(end(p.vpc)-uint64(slot+1)*size(TransitBits), TransitBits)
}

// Check says why the tiers do not fit the VPC in the given slots; nil when they do. Secondary are the VPC's further ranges.
func (p *Plan) Check(slots []int, secondary []netip.Prefix) error {
	type used struct {
		what  string
		cidr  netip.Prefix
		bound []netip.Prefix
	}
	var all []used
	for _, s := range slots {
		all = append(all, used{"a transit subnet (/28)", p.Transit(s), []netip.Prefix{p.vpc}})
	}
	for _, t := range p.tiers {
		bound := []netip.Prefix{p.vpc}
		if t.CIDR.IsValid() {
			if !covered(t.CIDR, append([]netip.Prefix{p.vpc}, secondary...)) {
				return fmt.Errorf("tier %q lies at %s, outside the VPC's ranges", t.Name, t.CIDR)
			}
			bound = []netip.Prefix{t.CIDR}
		}
		for _, s := range slots {
			all = append(all, used{fmt.Sprintf("tier %q (/%d)", t.Name, t.Bits), p.Subnet(t.Name, s), bound})
		}
	}
	for i, a := range all {
		if !covered(a.cidr, a.bound) {
			return fmt.Errorf("%s does not fit %s in %s: %s", a.what, a.bound[0], zones(slots), p.fits(slots))
		}
		for _, b := range all[:i] {
			if a.cidr.Overlaps(b.cidr) {
				return fmt.Errorf("%s and %s do not both fit %s in %s: %s", b.what, a.what, p.vpc, zones(slots), p.fits(slots))
			}
		}
	}
	return nil
}

// fits proposes the largest equal subnets that would fit.
func (p *Plan) fits(slots []int) string {
	for bits := max(p.vpc.Bits()+1, MinBits); bits <= MaxBits; bits++ {
		var tiers []Tier
		var names []string
		for _, t := range p.tiers {
			if !t.CIDR.IsValid() {
				tiers = append(tiers, Tier{Name: t.Name, Bits: bits})
				names = append(names, t.Name)
			}
		}
		if q := NewPlan(p.vpc, tiers); len(tiers) > 0 && q.roomy(slots) {
			return fmt.Sprintf("use a larger range, fewer zones, or size %d for %s", bits, strings.Join(names, ", "))
		}
	}
	return "use a larger range or fewer zones"
}

// roomy is Check without words.
func (p *Plan) roomy(slots []int) bool {
	var all []netip.Prefix
	for _, s := range slots {
		all = append(all, p.Transit(s))
		for _, t := range p.tiers {
			all = append(all, p.Subnet(t.Name, s))
		}
	}
	for i, a := range all {
		if !covered(a, []netip.Prefix{p.vpc}) {
			return false
		}
		for _, b := range all[:i] {
			if a.Overlaps(b) {
				return false
			}
		}
	}
	return true
}

func covered(p netip.Prefix, by []netip.Prefix) bool {
	for _, b := range by {
		if b.Bits() <= p.Bits() && b.Contains(p.Addr()) {
			return true
		}
	}
	return false
}

func size(bits int) uint64 { return 1 << (32 - bits) }

func start(p netip.Prefix) uint64 {
	a := p.Masked().Addr().As4()
	return uint64(binary.BigEndian.Uint32(a[:]))
}

func end(p netip.Prefix) uint64 { return start(p) + size(p.Bits()) }

// prefix is the range of the given length at an address. An address that is no address of IPv4 (the layout ran over the
// end or the beginning) gives the zero Prefix, which is inside nothing.
func prefix(at uint64, bits int) netip.Prefix {
	if at >= 1<<32 {
		return netip.Prefix{}
	}
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], uint32(at))
	return netip.PrefixFrom(netip.AddrFrom4(a), bits)
}

func zones(slots []int) string {
	if len(slots) == 1 {
		return "1 zone"
	}
	return fmt.Sprintf("%d zones", len(slots))
}
