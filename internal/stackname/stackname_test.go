package stackname

import (
	"testing"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
)

// Outputs are named after services and words of the configuration; no two of them may meet.
func TestPascalIsInjective(t *testing.T) {
	for _, p := range awsfacts.Partitions {
		seen := map[string]string{}
		for _, s := range catalog.Names(p.Regions[0]) {
			for _, id := range []string{EndpointID(s), EndpointDNS(s), EndpointZone(s)} {
				if o, taken := seen[id]; taken && o != s {
					t.Errorf("%s and %s are both %s", o, s, id)
				}
				seen[id] = s
			}
		}
	}
	seen := map[string]string{}
	for _, w := range []string{"a", "ab", "a-b", "a-bc", "ab-c", "abc", "a1", "use1-az1", "use1-az2"} {
		if o, taken := seen[Pascal(w)]; taken {
			t.Errorf("%s and %s are both %s", o, w, Pascal(w))
		}
		seen[Pascal(w)] = w
	}
}
