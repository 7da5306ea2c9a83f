package prove

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"sharedhub/internal/topology"
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

// A yes of aclAdmits means that every address and port passes; a no may be too careful, never too bold.
func TestACLIsNeverTooBold(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	yes := 0
	for range 5000 {
		var rules []topology.ACLRule
		for i := range 1 + r.IntN(5) {
			from := r.IntN(8)
			rules = append(rules, topology.ACLRule{
				Number: i, Allow: r.IntN(3) > 0, CIDR: small(r), Protocol: []string{"-1", "6", "17"}[r.IntN(3)], From: from, To: from + r.IntN(8),
			})
		}
		question, from := small(r), r.IntN(6)
		to := from + r.IntN(3)
		if !aclAdmits(rules, packets{question, "6", from, to}) {
			continue
		}
		yes++
		for _, a := range addresses(question) {
			for port := from; port <= to; port++ {
				pass := false
				for _, rule := range rules {
					if rule.Protocol != "17" && rule.CIDR.Contains(a) && rule.From <= port && port <= rule.To {
						pass = rule.Allow
						break
					}
				}
				if !pass {
					t.Fatalf("%+v lets not %s port %d in, and the answer was yes", rules, a, port)
				}
			}
		}
	}
	if yes < 100 {
		t.Fatalf("only %d yes", yes)
	}
}
