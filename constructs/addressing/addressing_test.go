package addressing

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
)

func TestLayout(t *testing.T) {
	vpc := netip.MustParsePrefix("10.16.4.0/22")
	p := NewPlan(vpc, []Tier{{Name: "private"}, {Name: "data", Bits: 26}})
	for _, c := range []struct {
		tier string
		slot int
		want string
	}{
		{"private", 0, "10.16.4.0/25"}, {"private", 1, "10.16.4.128/25"}, {"private", 2, "10.16.5.0/25"},
		{"private", 3, "10.16.7.0/25"}, {"private", 4, "10.16.6.128/25"}, {"private", 5, "10.16.6.0/25"},
		{"data", 0, "10.16.5.128/26"}, {"data", 3, "10.16.5.192/26"},
		{"", 0, "10.16.7.240/28"}, {"", 5, "10.16.7.160/28"},
	} {
		got := p.Transit(c.slot)
		if c.tier != "" {
			got = p.Subnet(c.tier, c.slot)
		}
		if got.String() != c.want {
			t.Errorf("%q slot %d: %s, want %s", c.tier, c.slot, got, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	three, six := []int{0, 1, 2}, []int{0, 1, 2, 3, 4, 5}
	tier := func(name string, bits int) Tier { return Tier{Name: name, Bits: bits} }
	own := func(cidr string) Tier { return Tier{Name: "own", CIDR: netip.MustParsePrefix(cidr)} }
	for _, c := range []struct {
		vpc       string
		tiers     []Tier
		slots     []int
		secondary []netip.Prefix
		want      string
	}{
		{"10.0.0.0/22", []Tier{tier("a", 0)}, six, nil, ""},
		{"10.0.0.0/22", []Tier{tier("a", 0), tier("b", 0)}, three, nil, ""},
		{"10.0.0.0/22", []Tier{tier("a", 24)}, three, nil, ""},
		{"10.0.0.0/22", []Tier{tier("a", 24)}, six, nil, `size 25`},
		{"10.0.0.0/22", []Tier{tier("a", 24), tier("b", 24)}, three, nil, `a transit subnet (/28) and tier "b" (/24) do not both fit`},
		{"10.0.0.0/22", []Tier{tier("a", 23)}, three, nil, `size 24 for a`},
		{"10.0.0.0/26", []Tier{tier("a", 0)}, []int{0, 1}, nil, ""},
		{"10.0.0.0/26", []Tier{tier("a", 0)}, three, nil, "use a larger range or fewer zones"},
		{"10.0.0.0/28", []Tier{tier("a", 0)}, []int{0}, nil, "use a larger range"},
		{"0.0.0.0/28", []Tier{tier("a", 0)}, six, nil, "does not fit"},
		{"10.0.0.0/22", []Tier{tier("a", 0), own("10.1.0.0/24")}, three, nil, "outside the VPC's ranges"},
		{"10.0.0.0/22", []Tier{tier("a", 0), own("10.1.0.0/24")}, three, []netip.Prefix{netip.MustParsePrefix("10.1.0.0/24")}, ""},
		{"10.0.0.0/22", []Tier{own("10.0.0.0/25"), tier("a", 0)}, three, nil, "do not both fit"},
	} {
		err := NewPlan(netip.MustParsePrefix(c.vpc), c.tiers).Check(c.slots, c.secondary)
		switch {
		case err == nil && c.want != "":
			t.Errorf("%s %v %v: fits, want %q", c.vpc, c.tiers, c.slots, c.want)
		case err != nil && (c.want == "" || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s %v %v: %v, want %q", c.vpc, c.tiers, c.slots, err, c.want)
		}
	}
}

// Whatever fits never overlaps and stays inside, and growing by an AZ or a tier moves nothing.
func TestGrowthMovesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	fitted := 0
	for range 20000 {
		bits := 16 + r.IntN(12)
		vpc := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(r.IntN(256)), byte(r.IntN(256)), byte(r.IntN(256))}), bits).Masked()
		var tiers []Tier
		for i := range 1 + r.IntN(4) {
			tier := Tier{Name: fmt.Sprint("t", i)}
			if r.IntN(2) == 0 {
				tier.Bits = min(28, bits+1+r.IntN(8))
			}
			tiers = append(tiers, tier)
		}
		slots := r.Perm(Slots)[:1+r.IntN(Slots)]
		p := NewPlan(vpc, tiers)
		if p.Check(slots, nil) != nil {
			continue
		}
		fitted++
		var all []netip.Prefix
		for _, s := range slots {
			all = append(all, p.Transit(s))
			for _, tier := range tiers {
				all = append(all, p.Subnet(tier.Name, s))
			}
		}
		for i, a := range all {
			if a != a.Masked() || !vpc.Contains(a.Addr()) || a.Bits() < vpc.Bits() {
				t.Fatalf("%s %v %v: %s is not a range inside", vpc, tiers, slots, a)
			}
			for _, b := range all[:i] {
				if a.Overlaps(b) {
					t.Fatalf("%s %v %v: %s overlaps %s", vpc, tiers, slots, a, b)
				}
			}
		}
		grown := NewPlan(vpc, append(tiers[:len(tiers):len(tiers)], Tier{Name: "new"}))
		for s := range Slots {
			for _, tier := range tiers {
				if p.Subnet(tier.Name, s) != grown.Subnet(tier.Name, s) {
					t.Fatalf("%s: a new tier moved %s", vpc, tier.Name)
				}
			}
		}
	}
	if fitted < 5000 {
		t.Fatalf("only %d of the random plans fit: the test looks at too little", fitted)
	}
}

func TestMistakes(t *testing.T) {
	p := NewPlan(netip.MustParsePrefix("10.0.0.0/22"), []Tier{{Name: "private"}})
	for want, f := range map[string]func(){
		"slot 6, expected 0 to 5":    func() { p.Subnet("private", Slots) },
		"slot -1, expected 0 to 5":   func() { p.Transit(-1) },
		`tier "data" is not in the`:  func() { p.Subnet("data", 0) },
		"fd00::/16 is no IPv4 range": func() { NewPlan(netip.MustParsePrefix("fd00::/16"), nil) },
		"invalid Prefix is no IPv4":  func() { NewPlan(netip.Prefix{}, nil) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("%s, want %q in it", got, want)
				}
			}()
			f()
		}()
	}
}
