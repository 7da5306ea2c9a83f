// Package ranges is what the program asks of address ranges that net/netip does not answer.
package ranges

import (
	"net/netip"
	"slices"
	"strings"
)

// Private are RFC 1918's ranges and RFC 6598's (carrier-grade NAT, which VPCs may use).
var Private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
}

// Within is true where every address of inner is one of outer's.
func Within(inner, outer netip.Prefix) bool {
	return outer.IsValid() && outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// In is true where the range lies within one of the others.
func In(inner netip.Prefix, outer []netip.Prefix) bool {
	return slices.ContainsFunc(outer, func(o netip.Prefix) bool { return Within(inner, o) })
}

// Holes are the parts of a range that none of those taken overlap, as few ranges as possible, in order.
func Holes(p netip.Prefix, taken []netip.Prefix) []netip.Prefix {
	if !p.IsValid() || !p.Addr().Is4() {
		return nil
	}
	var inside []netip.Prefix
	for _, t := range taken {
		if Within(p, t) {
			return nil
		}
		if p.Overlaps(t) {
			inside = append(inside, t)
		}
	}
	if len(inside) == 0 {
		return []netip.Prefix{p}
	}
	low, high := Halves(p)
	return append(Holes(low, inside), Holes(high, inside)...)
}

// Lowest is the range of a length with the lowest address that lies in one of the pools and overlaps none of those taken;
// false where there is none. Neither list's order matters.
func Lowest(pools, taken []netip.Prefix, bits int) (netip.Prefix, bool) {
	sorted := slices.Clone(pools)
	Sort(sorted)
	for _, pool := range sorted {
		for _, hole := range Holes(pool, taken) {
			if hole.Bits() <= bits {
				return netip.PrefixFrom(hole.Addr(), bits), true
			}
		}
	}
	return netip.Prefix{}, false
}

// Addresses is how many the range has.
func Addresses(p netip.Prefix) uint64 { return 1 << (p.Addr().BitLen() - p.Bits()) }

// Sort orders ranges by address, a wider one before those within it.
func Sort(r []netip.Prefix) { slices.SortFunc(r, netip.Prefix.Compare) }

// Strings are the ranges as text.
func Strings(r []netip.Prefix) []string {
	out := make([]string, len(r))
	for i := range r {
		out[i] = r[i].String()
	}
	return out
}

// Join is a list of ranges for people: "10.0.0.0/8, 172.16.0.0/12".
func Join(r []netip.Prefix) string { return strings.Join(Strings(r), ", ") }
