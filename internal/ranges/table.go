package ranges

import (
	"net/netip"
	"slices"
	"sort"
)

// Table finds what a table says about whole address ranges, by longest prefix.
type Table[T any] struct {
	at     map[netip.Prefix]T
	sorted []netip.Prefix
}

// NewTable is an empty table.
func NewTable[T any]() *Table[T] { return &Table[T]{at: map[netip.Prefix]T{}} }

// Set gives a prefix its value; the later one stays.
func (r *Table[T]) Set(p netip.Prefix, v T) {
	if _, ok := r.at[p]; !ok {
		r.sorted = append(r.sorted, p)
	}
	r.at[p] = v
}

// Ready sorts the prefixes; after it, Decide may be called.
func (r *Table[T]) Ready() *Table[T] {
	slices.SortFunc(r.sorted, netip.Prefix.Compare)
	return r
}

// Get is the value of exactly this prefix.
func (r *Table[T]) Get(p netip.Prefix) (v T, ok bool) {
	v, ok = r.at[p]
	return v, ok
}

// Prefixes are all of them, in order once Ready.
func (r *Table[T]) Prefixes() []netip.Prefix { return r.sorted }

// cover is the value of the longest prefix that holds all of p.
func (r *Table[T]) cover(p netip.Prefix) (v T, at netip.Prefix, ok bool) {
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
func (r *Table[T]) inside(p netip.Prefix) bool {
	i := sort.Search(len(r.sorted), func(i int) bool { return r.sorted[i].Compare(p) > 0 })
	return i < len(r.sorted) && p.Contains(r.sorted[i].Addr())
}

// Decide calls f for the parts of p that have one value each, with that value, and ok false where there is none. f
// returns false to stop.
func (r *Table[T]) Decide(p netip.Prefix, f func(part netip.Prefix, v T, ok bool) bool) bool {
	if !r.inside(p) {
		v, _, ok := r.cover(p)
		return f(p, v, ok)
	}
	low, high := Halves(p)
	return r.Decide(low, f) && r.Decide(high, f)
}

// Halves cuts a range in two.
func Halves(p netip.Prefix) (low, high netip.Prefix) {
	bits := p.Bits() + 1
	low = netip.PrefixFrom(p.Addr(), bits)
	a := p.Addr().As4()
	a[(bits-1)/8] |= 1 << (7 - (bits-1)%8)
	return low, netip.PrefixFrom(netip.AddrFrom4(a), bits)
}

// Covered is true where the ranges together hold all of p.
func Covered(p netip.Prefix, list []netip.Prefix) bool {
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
	low, high := Halves(p)
	return Covered(low, list) && Covered(high, list)
}
