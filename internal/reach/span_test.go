package reach

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

// The pieces of a table agree with asking for each address.
func TestPiecesAgreeWithBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	small := func() netip.Prefix {
		return netip.PrefixFrom(netip.AddrFrom4([4]byte{255, 255, 255, byte(r.IntN(256))}), 24+r.IntN(9)).Masked()
	}
	for range 3000 {
		var routes []prefixed[int]
		for i := range r.IntN(8) {
			routes = append(routes, prefixed[int]{small(), i + 1})
		}
		first := map[netip.Prefix]int{}
		for _, p := range routes {
			if first[p.prefix] == 0 {
				first[p.prefix] = p.route
			}
		}
		ask := spanOf(small())
		got := map[netip.Addr]int{}
		compile(routes).each(ask, func(part span, route int, _ bool) {
			for a := part.lo; ; a = a.Next() {
				if _, twice := got[a]; twice {
					t.Fatalf("%s is decided twice", a)
				}
				got[a] = route
				if a == part.hi {
					break
				}
			}
		})
		for a := ask.lo; ; a = a.Next() {
			bits, want := -1, 0
			for p, route := range first {
				if p.Contains(a) && p.Bits() > bits {
					bits, want = p.Bits(), route
				}
			}
			if route, ok := got[a]; !ok || route != want {
				t.Fatalf("%s in %v: %d, want %d", a, first, route, want)
			}
			if a == ask.hi {
				break
			}
		}
	}
}

func TestSpans(t *testing.T) {
	s := func(p string) span { return spanOf(netip.MustParsePrefix(p)) }
	if got := s("10.0.0.0/7").String(); got != "10.0.0.0/7" {
		t.Error(got)
	}
	if got := without([]span{s("10.0.0.0/24")}, []span{s("10.0.0.128/26")}); len(got) != 2 || got[0].String() != "10.0.0.0/25" ||
		got[1].String() != "10.0.0.192/26" {
		t.Error(got)
	}
	if got := joined([]span{s("10.0.1.0/24"), s("2001:db8::/64"), s("10.0.0.0/24")}); len(got) != 2 || got[0].String() != "10.0.0.0/23" {
		t.Error(got)
	}
}
