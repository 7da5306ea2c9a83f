package ranges

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestLowest(t *testing.T) {
	for _, c := range []struct {
		pools, taken string
		bits         int
		want         string
	}{
		{"10.16.0.0/12", "", 22, "10.16.0.0/22"},
		{"10.16.0.0/12", "10.16.0.0/22 10.16.4.0/22", 22, "10.16.8.0/22"},
		{"10.16.0.0/12", "10.16.0.0/24 10.16.6.0/28", 22, "10.16.8.0/22"},
		{"10.16.0.0/12", "10.16.0.0/16", 22, "10.17.0.0/22"},
		{"10.16.0.0/12", "10.0.0.0/8", 22, ""},
		{"10.16.0.0/23 10.32.0.0/21", "", 22, "10.32.0.0/22"},
		{"10.32.0.0/21 10.16.0.0/21", "", 22, "10.16.0.0/22"},
		{"10.16.0.0/22 10.32.0.0/21", "10.16.0.0/28 10.32.0.0/22", 22, "10.32.4.0/22"},
		{"255.255.252.0/22", "255.255.252.0/22", 22, ""},
		{"", "", 22, ""},
	} {
		got, ok := Lowest(parse(c.pools), parse(c.taken), c.bits)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("a /%d of %s without %s: %s, %v; want %q", c.bits, c.pools, c.taken, got, ok, c.want)
		}
	}
}

// Holes and the lowest free range agree with asking for each address, whatever the order of the lists.
func TestHolesAgreeWithBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	found := 0
	for range 3000 {
		pools := []netip.Prefix{netip.MustParsePrefix("10.0.0.128/25"), netip.MustParsePrefix("10.0.0.0/26")}
		var taken []netip.Prefix
		for range r.IntN(12) {
			taken = append(taken, small(r))
		}
		free := map[netip.Addr]bool{}
		for _, pool := range pools {
			for _, a := range addresses(pool) {
				free[a] = !slices.ContainsFunc(taken, func(t netip.Prefix) bool { return t.Contains(a) })
			}
		}
		holes := map[netip.Addr]int{}
		for _, pool := range pools {
			for _, h := range Holes(pool, taken) {
				for _, a := range addresses(h) {
					holes[a]++
				}
			}
		}
		for a, is := range free {
			if want := map[bool]int{true: 1}[is]; holes[a] != want {
				t.Fatalf("%s, with %v taken: in %d holes, want %d", a, taken, holes[a], want)
			}
		}
		bits := 25 + r.IntN(8)
		want := ""
		for at := 0; at < 256 && want == ""; at += 1 << (32 - bits) {
			p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(at)}), bits)
			if !slices.ContainsFunc(addresses(p), func(a netip.Addr) bool { return !free[a] }) && In(p, pools) {
				want = p.String()
			}
		}
		got, ok := Lowest(pools, taken, bits)
		if ok != (want != "") || ok && got.String() != want {
			t.Fatalf("the lowest /%d of %v without %v: %s, want %q", bits, pools, taken, got, want)
		}
		r.Shuffle(len(taken), func(i, j int) { taken[i], taken[j] = taken[j], taken[i] })
		slices.Reverse(pools)
		if again, _ := Lowest(pools, taken, bits); again != got {
			t.Fatalf("in another order %s instead of %s", again, got)
		}
		if ok {
			found++
		}
	}
	if found < 500 {
		t.Fatalf("only %d ranges were found: the test looks at too little", found)
	}
}

func parse(list string) (out []netip.Prefix) {
	for _, s := range strings.Fields(list) {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}
