// Package allocate finds address ranges for spokes: which a hub's segments have, who has them, and which is free.
//
// A range is written in a spoke's file and nowhere else, so nothing that was allocated can move: what is free follows from the
// files, and is the same whatever their order.
package allocate

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/constructs/addressing"
	"sharedhub/internal/config"
	"sharedhub/internal/config/file"
	"sharedhub/internal/ranges"
)

// UsualBits is the length of a spoke's range where no other spoke of its segment says what is usual.
const UsualBits = 22

// Book is who has which ranges of a hub.
type Book struct {
	// Hub and Path are its name and its file.
	Hub, Path string
	// Segments in the order of the file.
	Segments []Segment
	// Taken are the ranges that somebody has, sorted by address.
	Taken []Taken
	// slots of the hub's availability zones, which its spokes have too unless their files say otherwise.
	slots []int
}

// Segment of a hub.
type Segment struct {
	Name string
	// Pools from which its spokes take their ranges, sorted.
	Pools []netip.Prefix
	// IPAM is the id of the pool of AWS VPC IPAM that has the same ranges; "" for none.
	IPAM string
	// Accounts that may join; none for every account.
	Accounts []string
	// LargestRange of a spoke, as a prefix length; 0 where the hub's file has no limit.
	LargestRange int
	// lengths counts its spokes' ranges by prefix length.
	lengths map[int]int
}

// Taken is a range that somebody has.
type Taken struct {
	Range netip.Prefix `json:"range"`
	// Who has it: "spoke payments", "hub use1", "reserved for vpn".
	Who string `json:"who"`
	// Spoke that has it, and its segment; "" where it is another's.
	Spoke   string `json:"spoke,omitempty"`
	Segment string `json:"segment,omitempty"`
}

// Of is the book of a hub. It fails where the ranges of some spoke cannot be read, since what seems free may be that spoke's.
func Of(w *config.Written, hub config.WrittenHub) (*Book, error) {
	if !hub.Readable {
		return nil, fmt.Errorf("%s has mistakes, so its pools are not known", hub.Path)
	}
	in := hub.In
	b := &Book{Hub: hub.Name, Path: hub.Path}
	for _, s := range in.Segments {
		segment := Segment{Name: s.Key, Accounts: s.Value.Accounts, LargestRange: s.Value.LargestRange, lengths: map[int]int{}}
		if len(segment.Accounts) == 0 {
			segment.Accounts = in.Accounts
		}
		if pools := in.Pools.Get(s.Key); pools != nil {
			segment.Pools, segment.IPAM = slices.Clone(pools.CIDRs), pools.IPAM
			ranges.Sort(segment.Pools)
		}
		b.Segments = append(b.Segments, segment)
	}
	b.slots = slots(in.VPC)
	b.Taken = []Taken{{Range: in.VPC.CIDR, Who: "hub " + hub.Name}}
	for _, r := range in.Reserved {
		for _, p := range r.Value {
			b.Taken = append(b.Taken, Taken{Range: p, Who: "reserved for " + r.Key})
		}
	}
	for _, e := range in.External {
		for _, p := range e.Value.CIDRs {
			b.Taken = append(b.Taken, Taken{Range: p, Who: "external " + e.Key})
		}
	}
	for _, s := range w.Spokes() {
		if !s.Readable && (s.In.Hub == "" || s.In.Hub == hub.Name) {
			return nil, fmt.Errorf("%s has mistakes, so its range is not known", s.Path)
		}
		if s.In.Hub == hub.Name {
			b.add(s)
		}
	}
	slices.SortStableFunc(b.Taken, func(x, y Taken) int { return cmp.Or(x.Range.Compare(y.Range), strings.Compare(x.Who, y.Who)) })
	return b, nil
}

// slots are the places in a plan that the hub's availability zones have.
func slots(vpc file.HubVPC) (out []int) {
	names := vpc.AZs.Names
	if subnets := vpc.Subnets.Get(file.EndpointTier); subnets != nil {
		for _, s := range *subnets {
			names = append(names, s.AZ)
		}
	}
	for _, name := range names {
		if slot, _ := file.AZSlot(name); slot >= 0 && !slices.Contains(out, slot) {
			out = append(out, slot)
		}
	}
	for slot := range cmp.Or(vpc.AZs.Count, 3) {
		if len(names) == 0 {
			out = append(out, slot)
		}
	}
	return out
}

// Fits says why a spoke with the zones of its hub and the usual tier has no room in a range; nil where it has.
func (b *Book) Fits(p netip.Prefix) error {
	return addressing.NewPlan(p, []addressing.Tier{{Name: "private"}}).Check(b.slots, nil)
}

func (b *Book) add(s config.WrittenSpoke) {
	for _, r := range s.Ranges() {
		b.Taken = append(b.Taken, Taken{r, "spoke " + s.Name, s.Name, s.In.Segment})
	}
	if segment := b.Segment(s.In.Segment); segment != nil {
		segment.lengths[s.In.CIDR.Bits()]++
	}
}

// Segment finds one by its name; nil where there is none.
func (b *Book) Segment(name string) *Segment {
	for i := range b.Segments {
		if b.Segments[i].Name == name {
			return &b.Segments[i]
		}
	}
	return nil
}

// Bits is the length of a range that a new spoke of the segment gets unless it asks for another: that of most of its spokes,
// else /22, no larger than the segment allows.
func (s *Segment) Bits() int {
	bits := UsualBits
	for b := addressing.MinBits; b <= smallest; b++ {
		if s.lengths[b] > s.lengths[bits] {
			bits = b
		}
	}
	return max(bits, s.LargestRange)
}

func (b *Book) ranges() []netip.Prefix {
	out := make([]netip.Prefix, len(b.Taken))
	for i, t := range b.Taken {
		out[i] = t.Range
	}
	return out
}

// Next is the lowest free range of a length in a segment's pools; the error says what is free instead.
func (b *Book) Next(name string, bits int) (netip.Prefix, error) {
	s := b.Segment(name)
	if err := s.check(b, bits); err != nil {
		return netip.Prefix{}, err
	}
	p, ok := ranges.Lowest(s.Pools, b.ranges(), bits)
	if !ok {
		return netip.Prefix{}, fmt.Errorf("the pools of segment %s, %s, have no free /%d; %s", name, ranges.Join(s.Pools), bits,
			b.instead(s, bits))
	}
	return p, nil
}

// smallest is the longest prefix of a range in which a tier and the transit subnet of one availability zone have room.
const smallest = addressing.TransitBits - 1

// check says why no spoke of the segment can have a range of a length.
func (s *Segment) check(b *Book, bits int) error {
	switch {
	case bits < addressing.MinBits || bits > addressing.MaxBits:
		return fmt.Errorf("a VPC cannot have a /%d; use %d to %d: 22 stands for a /22", bits, addressing.MinBits, smallest)
	case bits > smallest:
		return fmt.Errorf("a spoke cannot have a /%d, which has no room for a transit subnet, a /%d, beside another; use %d to %d: 22 stands "+
			"for a /22", bits, addressing.TransitBits, addressing.MinBits, smallest)
	case s.LargestRange > bits:
		return fmt.Errorf("a /%d is larger than the /%d that a spoke of segment %s may have; the hub's owners set segments.%s.largestRange in %s",
			bits, s.LargestRange, s.Name, s.Name, b.Path)
	case len(s.Pools) == 0:
		return fmt.Errorf("segment %s has no pool; write pools: {%s: [...]} in %s", s.Name, s.Name, b.Path)
	}
	for _, p := range s.Pools {
		if p.Bits() <= bits {
			return nil
		}
	}
	return fmt.Errorf("a /%d does not fit the pools of segment %s, %s; take a smaller one, or have a larger pool added to %s",
		bits, s.Name, ranges.Join(s.Pools), b.Path)
}

const fullPools = "they are full"

// instead is what to do where a segment's pools have no room for a range.
func (b *Book) instead(full *Segment, bits int) string {
	var ways []string
	if hole := largest(b.holes(full.Pools)); hole.IsValid() && hole.Bits() <= smallest {
		ways = append(ways, fmt.Sprintf("the largest that is free there is %s (--size %d)", hole, max(hole.Bits(), addressing.MinBits)))
	} else {
		ways = append(ways, fullPools)
	}
	for i := range b.Segments {
		if s := &b.Segments[i]; s != full {
			if p, ok := ranges.Lowest(s.Pools, b.ranges(), bits); ok {
				ways = append(ways, fmt.Sprintf("segment %s has %s", s.Name, p))
			}
		}
	}
	or := "or "
	if len(ways) == 1 && ways[0] == fullPools {
		or = ""
	}
	ways = append(ways, fmt.Sprintf("%sadd a range to pools.%s in %s", or, full.Name, b.Path))
	if p, ok := b.unpooled(bits); ok {
		ways[len(ways)-1] += ", such as " + p.String()
	}
	return strings.Join(ways, "; ")
}

// unpooled is a range for a new pool, four times as large as what did not fit, that nobody has and no pool holds.
func (b *Book) unpooled(bits int) (netip.Prefix, bool) {
	taken := b.ranges()
	for _, s := range b.Segments {
		taken = append(taken, s.Pools...)
	}
	return ranges.Lowest(ranges.Private[:1], taken, max(bits-2, 8))
}

// holes are the parts of pools that nobody has, in order.
func (b *Book) holes(pools []netip.Prefix) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range pools {
		out = append(out, ranges.Holes(p, b.ranges())...)
	}
	return out
}

// largest is the first of the largest ranges; the zero one of none.
func largest(list []netip.Prefix) netip.Prefix {
	var out netip.Prefix
	for _, p := range list {
		if !out.IsValid() || p.Bits() < out.Bits() {
			out = p
		}
	}
	return out
}

// Fill is how full a pool is.
type Fill struct {
	Pool netip.Prefix `json:"pool"`
	// Addresses of the pool, and how many of them nobody has.
	Addresses uint64 `json:"addresses"`
	Free      uint64 `json:"free"`
	// Spokes with a range in it.
	Spokes int `json:"spokes"`
	// Holes are the free parts, as few ranges as possible, in order, and Largest the first of the largest.
	Holes   []netip.Prefix `json:"holes"`
	Largest netip.Prefix   `json:"largest,omitzero"`
}

// Fill is how full each pool of a segment is.
func (b *Book) Fill(s *Segment) []Fill {
	var out []Fill
	for _, p := range s.Pools {
		f := Fill{Pool: p, Addresses: ranges.Addresses(p), Holes: append([]netip.Prefix{}, b.holes([]netip.Prefix{p})...)}
		for _, h := range f.Holes {
			f.Free += ranges.Addresses(h)
		}
		spokes := map[string]bool{}
		for _, t := range b.Taken {
			if t.Spoke != "" && t.Range.Overlaps(p) {
				spokes[t.Spoke] = true
			}
		}
		f.Spokes, f.Largest = len(spokes), largest(f.Holes)
		out = append(out, f)
	}
	return out
}

// Rivals are who else has a part of a spoke's range.
func (b *Book) Rivals(spoke string, p netip.Prefix) []Taken {
	var out []Taken
	for _, t := range b.Taken {
		if t.Spoke != spoke && t.Range.Overlaps(p) {
			out = append(out, t)
		}
	}
	return out
}
