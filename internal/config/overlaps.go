package config

import (
	"fmt"
	"net/netip"
	"slices"

	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
	"sharedhub/internal/ranges"
)

// inPools is true where a spoke's range lies in its segment's pools; one outside them must be meant. It may lie in another
// segment's pool, as that of a spoke that moved: VPCs send the whole pool to the gateway, whose tables know each spoke.
func (r *resolver) inPools(h *hubFile, s *spokeFile, segment *Segment, p *netip.Prefix) bool {
	name, pools, choose := segment.Name, h.in.Pools.Get(segment.Name), "write outsidePool: true"
	if !segment.may("outsidePool") {
		choose = fmt.Sprintf("have the hub's owners write segments.%s.spokesMay: [outsidePool] in %s, and then outsidePool: true here",
			name, h.where())
	}
	if ranges.In(*p, segment.Pools) {
		return true
	}
	switch outside := s.in.OutsidePool; {
	case !outside && len(segment.Pools) == 0:
		s.Errorf(file.Range, p, fmt.Sprintf("add pools: {%s: [...]} to the hub, or %s", name, choose),
			"segment %s has no pool for %s to come from", name, p).
			See = []diag.Related{{Where: h.Pos(&h.in.Pools), Text: "the pools of hub " + h.hub.Name}}
	case !outside:
		text := ranges.Join(segment.Pools)
		free := ""
		if suggested := r.free(h, name, p.Bits()); suggested != "" {
			free = ", where " + suggested + " is free"
		}
		fix := fmt.Sprintf("take a range from %s%s, or %s", text, free, choose)
		if s.in.VPC.ID != "" {
			fix = choose // a VPC that exists keeps its range
		} else if h.inOther(segment, *p) {
			fix = fmt.Sprintf("%s: a spoke that moves here keeps its range (%s)", choose, movePage)
			if free != "" {
				fix += "; a new spoke takes a range from " + text + free
			}
		}
		s.Errorf(file.Range, p, fix,
			"%s is outside the pools of segment %s", p, name).
			See = []diag.Related{{Where: h.Pos(pools), Text: text}}
	}
	for _, pool := range h.in.Pools {
		for i := range pool.Value.CIDRs {
			if other := &pool.Value.CIDRs[i]; other.Overlaps(*p) && !ranges.Within(*p, *other) {
				s.Errorf(file.Range, p, "take a range that lies in no pool, or within one", "%s holds a pool of segment %s", p, pool.Key).
					See = []diag.Related{{Where: h.Pos(other), Text: other.String()}}
			}
		}
	}
	return false
}

const movePage = `docs/OPERATIONS.md, "Move a spoke to another segment"`

// inOther is true for a range within the pools of another segment.
func (h *hubFile) inOther(segment *Segment, p netip.Prefix) bool {
	return slices.ContainsFunc(h.hub.Segments, func(other Segment) bool { return other.Name != segment.Name && ranges.In(p, other.Pools) })
}

// used is a range of a VPC, and where it is written.
type used struct {
	at   *netip.Prefix
	file *file.File
	who  string
	// segment of a spoke, where it may take another.
	segment string
	// spoke whose first range it is.
	spoke string
	// exists is true for a range of a VPC that exists, which nobody can change.
	exists bool
	// put is true for one of a file that is about to be written.
	put bool
}

// overlaps finds ranges that collide in the hub's route table, where every spoke of the hub meets.
func (r *resolver) overlaps(h *hubFile) {
	hub := "hub " + h.hub.Name
	all := []used{{at: &h.in.VPC.CIDR, file: h.File, who: hub}}
	for _, s := range r.spokes {
		if s.spoke.Hub != h.hub {
			continue
		}
		u := used{at: &s.in.CIDR, file: s.File, who: "spoke " + s.spoke.Name, segment: s.in.Segment, exists: s.spoke.Existing != nil, put: s.put}
		if !u.exists {
			u.spoke = s.spoke.Name
		}
		all = append(all, u)
		for i := range s.in.SecondaryCIDRs {
			u.at, u.spoke = &s.in.SecondaryCIDRs[i], ""
			all = append(all, u)
		}
	}
	r.unroutedApart(h, all)
	r.leavesReserved(h, all[1:])
	slices.SortStableFunc(all, func(a, b used) int { return a.at.Compare(*b.at) })
	var open []used // ranges that hold the current address, outermost first
	for _, a := range all {
		for len(open) > 0 && !open[len(open)-1].at.Contains(a.at.Addr()) {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			later, first := a, open[len(open)-1]
			if later.who == hub || first.put && !later.put {
				later, first = first, later
			}
			fix := r.apart(h, later, first)
			later.file.Errorf(file.Range, later.at, fix, "%s of %s overlaps %s of %s", later.at, later.who, first.at, first.who).
				See = []diag.Related{{Where: first.file.Pos(first.at), Text: first.who}}
		}
		open = append(open, a)
	}
}

// reserved are the ranges that the hub's file keeps for others: what it reserves, and what lies behind external attachments.
func (h *hubFile) reserved() []used {
	var out []used
	for i := range h.in.Reserved {
		r := &h.in.Reserved[i]
		for j := range r.Value {
			out = append(out, used{at: &r.Value[j], file: h.File, who: "the ranges reserved for " + r.Key})
		}
	}
	for i := range h.in.External {
		e := &h.in.External[i]
		for j := range e.Value.CIDRs {
			out = append(out, used{at: &e.Value.CIDRs[j], file: h.File, who: "external " + e.Key})
		}
	}
	return out
}

// apart says how two ranges that collide come apart.
func (r *resolver) apart(h *hubFile, later, first used) string {
	switch hub := "hub " + h.hub.Name; {
	case later.who == first.who:
		return "take another range: those of one VPC are apart" + r.isFree(h, later.segment, later.at.Bits())
	case later.exists && first.exists:
		return fmt.Sprintf("take one of them out of %s: both VPCs exist, and keep their ranges", hub)
	case later.exists && first.who == hub:
		return fmt.Sprintf("take it out of %s: the VPC exists, and keeps its range", hub)
	case later.exists:
		return fmt.Sprintf("give %s another range: the VPC of %s exists, and keeps its own%s", first.who, later.who,
			r.isFree(h, first.segment, first.at.Bits()))
	default:
		fix := "take another range: both are routed by " + hub + r.isFree(h, later.segment, later.at.Bits())
		if later.spoke != "" && first.spoke != "" && !later.put {
			fix += fmt.Sprintf(" (spoke add --again %s%s writes one; or --again %s, if %s is deployed)", later.spoke, h.folder, first.spoke,
				later.spoke)
		}
		return fix
	}
}

// leavesReserved refuses spokes in ranges that are kept for others.
func (r *resolver) leavesReserved(h *hubFile, spokes []used) {
	reserved := h.reserved()
	for _, s := range spokes {
		if i := slices.IndexFunc(reserved, func(u used) bool { return u.at.Overlaps(*s.at) }); i >= 0 {
			u := reserved[i]
			fix := "take another range" + r.isFree(h, s.segment, s.at.Bits())
			if s.exists {
				fix = fmt.Sprintf("take it out of hub %s, or %s out of %s: the VPC exists, and keeps its range", h.hub.Name, u.at, u.who)
			}
			s.file.Errorf(file.Range, s.at, fix, "%s of %s overlaps %s of %s", s.at, s.who, u.at, u.who).
				See = []diag.Related{{Where: u.file.Pos(u.at), Text: u.who}}
		}
	}
}

// unrouted checks the ranges of a spoke that the gateway does not route, by themselves.
func (h *hubFile) unrouted(s *spokeFile) {
	in := &s.in
	for i := range in.UnroutedCIDRs {
		p := &in.UnroutedCIDRs[i]
		if !file.CheckVPCRange(s.File, p, h.in.AllowPublicRanges) {
			continue
		}
		if why := mixes(in.CIDR, *p); why != "" {
			s.Errorf(file.Range, p, why, "AWS does not let a VPC of %s have %s too", in.CIDR, p)
		}
		for j := range in.UnroutedCIDRs[:i] {
			if in.UnroutedCIDRs[j].Overlaps(*p) {
				s.Errorf(file.Range, p, "keep one of them", "%s overlaps %s of the same VPC", p, in.UnroutedCIDRs[j])
			}
		}
	}
	if tiers := s.spoke.Tiers; len(tiers) > 0 && !slices.ContainsFunc(tiers, s.spoke.Routed) {
		s.Errorf(file.Range, &in.Tiers, "add a tier without a cidr, for the hosts that speak for the others",
			"every tier lies in a range that is not routed, so nothing reaches the hub")
	}
}

// unroutedApart checks that a spoke's unrouted ranges are nobody's routed ones: local routes win, so what the VPC has for itself
// it cannot reach elsewhere. Other spokes may have the same.
func (r *resolver) unroutedApart(h *hubFile, vpcs []used) {
	routed := h.reserved()
	var pools []netip.Prefix
	for _, p := range h.in.Pools {
		pools = append(pools, p.Value.CIDRs...)
		for i := range p.Value.CIDRs {
			routed = append(routed, used{at: &p.Value.CIDRs[i], file: h.File, who: "the pool of segment " + p.Key})
		}
	}
	for _, u := range vpcs {
		if !ranges.In(*u.at, pools) {
			routed = append(routed, u)
		}
	}
	for _, s := range r.spokes {
		if s.spoke.Hub != h.hub {
			continue
		}
		for i := range s.in.UnroutedCIDRs {
			p := &s.in.UnroutedCIDRs[i]
			j := slices.IndexFunc(routed, func(u used) bool { return u.at.Overlaps(*p) })
			switch {
			case j >= 0:
				u := routed[j]
				fix := "take a range that the hub's network does not use"
				if free, ok := ranges.Lowest(ranges.Private[3:], at(routed), 16); ok {
					fix += ", such as " + free.String()
				}
				s.Errorf(file.Range, p, fix,
					"%s overlaps %s of %s, so it cannot stay unrouted", p, u.at, u.who).
					See = []diag.Related{{Where: u.file.Pos(u.at), Text: u.who}}
			case possibleRange(p.Bits()) && mixes(s.in.CIDR, *p) == "" && !s.holdsTier(*p):
				s.Warnf(file.Range, p, fmt.Sprintf("add a tier with a range of it to tiers, such as pods: {cidr: %s}", p),
					"no tier lies in %s, so nothing is there", p)
			}
		}
	}
}

// at are the ranges alone.
func at(list []used) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, u := range list {
		out[i] = *u.at
	}
	return out
}

// holdsTier is true for a range in which one of the spoke's tiers lies.
func (s *spokeFile) holdsTier(p netip.Prefix) bool {
	return slices.ContainsFunc(s.in.Tiers, func(t file.Entry[file.Tier]) bool {
		return t.Value.CIDR.IsValid() && ranges.Within(t.Value.CIDR, p)
	})
}

// families are the ranges of which a VPC may have one, and a VPC outside them none (VPC guide, "IPv4 CIDR block
// association restrictions").
var families = append(slices.Clone(ranges.Private[:3]), netip.MustParsePrefix("198.19.0.0/16"))

// mixes says which further range a VPC may have, where a wanted one is refused; "" where it is not (the same page).
func mixes(primary, secondary netip.Prefix) string {
	family := func(p netip.Prefix) int {
		return slices.IndexFunc(families, func(r netip.Prefix) bool { return ranges.Within(p, r) })
	}
	first, second := family(primary), family(secondary)
	low, lowest := netip.MustParsePrefix("10.0.0.0/15"), netip.MustParsePrefix("10.0.0.0/16")
	switch {
	case first >= 0 && second >= 0 && first != second:
		return fmt.Sprintf("take one of %s, or of 100.64.0.0/10", families[first])
	case first < 0 && second >= 0:
		return fmt.Sprintf("take one outside %s", ranges.Join(families))
	case ranges.Within(primary, low) && ranges.Within(secondary, lowest):
		return fmt.Sprintf("take one outside %s, which AWS refuses to VPCs of %s", lowest, low)
	}
	return ""
}
