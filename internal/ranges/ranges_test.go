package ranges

import (
	"net/netip"
	"strings"
	"testing"
)

func TestFree(t *testing.T) {
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
		{"10.16.0.0/22 10.32.0.0/21", "10.16.0.0/28 10.32.0.0/22", 22, "10.32.4.0/22"},
		{"255.255.252.0/22", "255.255.252.0/22", 22, ""},
		{"", "", 22, ""},
	} {
		got, ok := Free(parse(c.pools), parse(c.taken), c.bits)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("a /%d of %s without %s: %s, %v; want %q", c.bits, c.pools, c.taken, got, ok, c.want)
		}
	}
}

func parse(list string) (out []netip.Prefix) {
	for _, s := range strings.Fields(list) {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}
