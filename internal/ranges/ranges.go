// Package ranges is what the program asks of address ranges that net/netip does not answer.
package ranges

import (
	"encoding/binary"
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

// Free is the first range of a length within one of the pools that overlaps none of those taken; false where there is none.
func Free(pools, taken []netip.Prefix, bits int) (netip.Prefix, bool) {
	for _, pool := range pools {
		if !pool.IsValid() || !pool.Addr().Is4() || pool.Bits() > bits {
			continue
		}
		at := pool.Masked().Addr()
		for at.IsValid() && pool.Contains(at) {
			free := netip.PrefixFrom(at, bits)
			i := slices.IndexFunc(taken, free.Overlaps)
			if i < 0 {
				return free, true
			}
			if wider := taken[i]; wider.Bits() < bits {
				free = wider.Masked()
			}
			at = after(free)
		}
	}
	return netip.Prefix{}, false
}

// after is the address that follows a range; the zero Addr where there is none.
func after(p netip.Prefix) netip.Addr {
	a := p.Addr().As4()
	last := binary.BigEndian.Uint32(a[:]) | (1<<(32-p.Bits()) - 1)
	binary.BigEndian.PutUint32(a[:], last)
	return netip.AddrFrom4(a).Next()
}

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
