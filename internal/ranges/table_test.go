package ranges

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

// small makes a random prefix of the space 10.0.0.0/24.
func small(r *rand.Rand) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(r.IntN(256))}), 24+r.IntN(9)).Masked()
}

func addresses(p netip.Prefix) []netip.Addr {
	var out []netip.Addr
	for a := p.Addr(); p.Contains(a); a = a.Next() {
		out = append(out, a)
	}
	return out
}

// The range reasoning agrees with asking for each address.
func TestTableAgreesWithBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		table := NewTable[int]()
		for i := range r.IntN(8) {
			table.Set(small(r), i+1)
		}
		table.Ready()
		question := small(r)
		got := map[netip.Addr]int{}
		table.Decide(question, func(part netip.Prefix, v int, ok bool) bool {
			if !ok {
				v = 0
			}
			for _, a := range addresses(part) {
				if _, twice := got[a]; twice {
					t.Fatalf("%s is decided twice", a)
				}
				got[a] = v
			}
			return true
		})
		all := addresses(question)
		if len(got) != len(all) {
			t.Fatalf("%s: %d of %d addresses decided", question, len(got), len(all))
		}
		for _, a := range all {
			best, want := -1, 0
			for p, v := range table.at {
				if p.Contains(a) && p.Bits() > best {
					best, want = p.Bits(), v
				}
			}
			if got[a] != want {
				t.Fatalf("%s in %v: %d, want %d", a, table.at, got[a], want)
			}
		}
	}
}

func TestCoveredAgreesWithBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	yes := 0
	for range 5000 {
		var list []netip.Prefix
		for range r.IntN(10) {
			list = append(list, small(r))
		}
		question := small(r)
		want := true
		for _, a := range addresses(question) {
			in := false
			for _, l := range list {
				in = in || l.Contains(a)
			}
			want = want && in
		}
		if got := Covered(question, list); got != want {
			t.Fatalf("%v cover %s: %v, want %v", list, question, got, want)
		} else if got {
			yes++
		}
	}
	if yes < 300 {
		t.Fatalf("only %d of the questions were answered yes: the test looks at too little", yes)
	}
}

func FuzzHalves(f *testing.F) {
	f.Add(uint32(0x0a000000), 8)
	f.Fuzz(func(t *testing.T, at uint32, bits int) {
		if bits < 0 || bits > 31 {
			return
		}
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at)}), bits).Masked()
		low, high := Halves(p)
		if low.Bits() != bits+1 || high.Bits() != bits+1 || low.Overlaps(high) || !p.Contains(low.Addr()) || !p.Contains(high.Addr()) ||
			high != high.Masked() {
			t.Errorf("%s: %s and %s", p, low, high)
		}
	})
}
