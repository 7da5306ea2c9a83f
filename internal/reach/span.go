package reach

import (
	"net/netip"
	"slices"
	"sort"
)

// span is a range of addresses of one family, both ends included.
type span struct{ lo, hi netip.Addr }

func spanOf(p netip.Prefix) span {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	hi, _ := netip.AddrFromSlice(b)
	return span{p.Masked().Addr(), hi}
}

// cut is the part that two spans share.
func (s span) cut(o span) (span, bool) {
	if s.lo.BitLen() != o.lo.BitLen() {
		return span{}, false
	}
	out := span{later(s.lo, o.lo), earlier(s.hi, o.hi)}
	return out, !out.hi.Less(out.lo)
}

func later(a, b netip.Addr) netip.Addr {
	if a.Less(b) {
		return b
	}
	return a
}

func earlier(a, b netip.Addr) netip.Addr {
	if b.Less(a) {
		return b
	}
	return a
}

// String is a range as people write it, where it is one, and else its ends.
func (s span) String() string {
	for bits := 0; bits <= s.lo.BitLen(); bits++ {
		if p := netip.PrefixFrom(s.lo, bits); p.Masked().Addr() == s.lo && spanOf(p).hi == s.hi {
			return p.String()
		}
	}
	return s.lo.String() + "-" + s.hi.String()
}

// without are the parts of spans that others do not hold.
func without(list, others []span) []span {
	for _, o := range others {
		var rest []span
		for _, s := range list {
			c, ok := s.cut(o)
			if !ok {
				rest = append(rest, s)
				continue
			}
			if s.lo.Less(c.lo) {
				rest = append(rest, span{s.lo, c.lo.Prev()})
			}
			if c.hi.Less(s.hi) {
				rest = append(rest, span{c.hi.Next(), s.hi})
			}
		}
		list = rest
	}
	return list
}

// joined are spans in order, with neighbours put together.
func joined(list []span) []span {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b span) int { return a.lo.Compare(b.lo) })
	var out []span
	for _, s := range list {
		if n := len(out); n > 0 && out[n-1].lo.BitLen() == s.lo.BitLen() && (!out[n-1].hi.Less(s.lo) || out[n-1].hi.Next() == s.lo) {
			if out[n-1].hi.Less(s.hi) {
				out[n-1].hi = s.hi
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// piece is a span of a route table that one route decides.
type piece[T any] struct {
	span
	route T
}

// pieces is a route table by longest prefix: disjoint, in order. What is between them has no route.
type pieces[T any] []piece[T]

type prefixed[T any] struct {
	prefix netip.Prefix
	route  T
}

// compile cuts routes into pieces. Of two routes for one prefix the first stays.
func compile[T any](routes []prefixed[T]) pieces[T] {
	slices.SortStableFunc(routes, func(a, b prefixed[T]) int {
		if c := a.prefix.Addr().Compare(b.prefix.Addr()); c != 0 {
			return c
		}
		return a.prefix.Bits() - b.prefix.Bits()
	})
	routes = slices.CompactFunc(routes, func(a, b prefixed[T]) bool { return a.prefix == b.prefix })
	var out pieces[T]
	var open []piece[T] // the routes around the place, wider ones first
	var at netip.Addr   // the first address that is not decided yet
	emit := func(hi netip.Addr, route T) {
		if at.IsValid() && !hi.Less(at) && at.BitLen() == hi.BitLen() {
			out = append(out, piece[T]{span{at, hi}, route})
		}
	}
	leave := func() {
		top := open[len(open)-1]
		emit(top.hi, top.route)
		at, open = top.hi.Next(), open[:len(open)-1]
	}
	for _, r := range routes {
		s := spanOf(r.prefix)
		for len(open) > 0 && open[len(open)-1].hi.Less(s.lo) {
			leave()
		}
		if len(open) > 0 && at.Less(s.lo) {
			emit(s.lo.Prev(), open[len(open)-1].route)
		}
		at, open = s.lo, append(open, piece[T]{s, r.route})
	}
	for len(open) > 0 {
		leave()
	}
	return out
}

// each calls f for the parts of a span that one route decides, and for those that none does.
func (p pieces[T]) each(s span, f func(part span, route T, ok bool)) {
	var none T
	i := sort.Search(len(p), func(i int) bool { return !p[i].hi.Less(s.lo) })
	at := s.lo
	for ; i < len(p); i++ {
		c, ok := p[i].cut(s)
		if !ok {
			break
		}
		if at.Less(c.lo) {
			f(span{at, c.lo.Prev()}, none, false)
		}
		f(c, p[i].route, true)
		if c.hi == s.hi {
			return
		}
		at = c.hi.Next()
	}
	f(span{at, s.hi}, none, false)
}
