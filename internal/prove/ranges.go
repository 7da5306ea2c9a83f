package prove

import (
	"net/netip"
	"slices"
	"sort"
)

// ranges finds what a table says about whole address ranges, by longest prefix.
type ranges[T any] struct {
	at     map[netip.Prefix]T
	sorted []netip.Prefix
}

func newRanges[T any]() *ranges[T] { return &ranges[T]{at: map[netip.Prefix]T{}} }

// set gives a prefix its value; the later one stays.
func (r *ranges[T]) set(p netip.Prefix, v T) {
	if _, ok := r.at[p]; !ok {
		r.sorted = append(r.sorted, p)
	}
	r.at[p] = v
}

// ready sorts the prefixes; after it, decide may be called.
func (r *ranges[T]) ready() *ranges[T] {
	slices.SortFunc(r.sorted, netip.Prefix.Compare)
	return r
}

// cover is the value of the longest prefix that holds all of p.
func (r *ranges[T]) cover(p netip.Prefix) (v T, at netip.Prefix, ok bool) {
	for bits := p.Bits(); bits >= 0; bits-- {
		c, err := p.Addr().Prefix(bits)
		if err != nil {
			break
		}
		if v, ok = r.at[c]; ok {
			return v, c, true
		}
	}
	return v, netip.Prefix{}, false
}

// inside is true where a prefix lies inside p and is longer: p is then not all of one value.
func (r *ranges[T]) inside(p netip.Prefix) bool {
	i := sort.Search(len(r.sorted), func(i int) bool { return r.sorted[i].Compare(p) > 0 })
	return i < len(r.sorted) && p.Contains(r.sorted[i].Addr())
}

// decide calls f for the parts of p that have one value each, with that value, and ok false where there is none. f
// returns false to stop.
func (r *ranges[T]) decide(p netip.Prefix, f func(part netip.Prefix, v T, ok bool) bool) bool {
	if !r.inside(p) {
		v, _, ok := r.cover(p)
		return f(p, v, ok)
	}
	low, high := halves(p)
	return r.decide(low, f) && r.decide(high, f)
}

// halves cuts a range in two.
func halves(p netip.Prefix) (low, high netip.Prefix) {
	bits := p.Bits() + 1
	low = netip.PrefixFrom(p.Addr(), bits)
	a := p.Addr().As4()
	a[(bits-1)/8] |= 1 << (7 - (bits-1)%8)
	return low, netip.PrefixFrom(netip.AddrFrom4(a), bits)
}

// admits is true where the ranges together hold all of p.
func admits(list []netip.Prefix, p netip.Prefix) bool {
	inside := false
	for _, l := range list {
		if l.Bits() <= p.Bits() && l.Contains(p.Addr()) {
			return true
		}
		inside = inside || p.Bits() < l.Bits() && p.Contains(l.Addr())
	}
	if !inside {
		return false
	}
	low, high := halves(p)
	return admits(list, low) && admits(list, high)
}
