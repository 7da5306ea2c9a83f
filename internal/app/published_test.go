package app

import (
	"encoding/json"
	"strings"
	"testing"

	"sharedhub/internal/prove"
)

// A consumer reaches a service by its name and on its port, by PrivateLink; nobody else does, and no route opens.
func TestExplainServices(t *testing.T) {
	t.Parallel()
	const dir = "examples/06-microservices"
	out := assembled(t, dir)
	for _, c := range []struct {
		from, to      string
		reaches       prove.Extent
		because, hops string
	}{
		{"storefront", "orders-api", prove.Fully, "spoke storefront is a consumer of service orders-api", "to the load balancer of spoke orders"},
		{"storefront", "orders.internal.example.com", prove.Fully, "it is the name of service orders-api", "endpoint of orders-api"},
		{"orders", "payments-api", prove.Fully, "a consumer", "payments-team@example.com must have accepted"},
		{"payments", "login", prove.Fully, "every attached spoke reaches its hub", "to the load balancer of spoke storefront"},
		{"payments", "orders-api", prove.NotAtAll, "payments is no consumer of service orders-api", ""},
		{"orders", "orders-api", prove.NotAtAll, "orders is no consumer of service orders-api", ""},
		{"storefront", "orders", prove.NotAtAll, "segments web and core do not reach each other", ""},
		{"orders", "storefront", prove.NotAtAll, "segments core and web do not reach each other", ""},
	} {
		code, stdout, stderr := run(t, "explain", "--config", dir, "--assembly", out, c.from, c.to, "--json")
		var x prove.Explanation
		if err := json.Unmarshal([]byte(stdout), &x); err != nil {
			t.Errorf("%s %s: %v: %s", c.from, c.to, err, stderr)
			continue
		}
		there, _ := json.Marshal(x.Paths)
		if code != 0 || x.Reaches != c.reaches || x.AsConfigured == nil || !*x.AsConfigured || len(x.Unknown) > 0 ||
			!strings.Contains(x.Because, c.because) || !strings.Contains(string(there), c.hops) {
			t.Errorf("%s %s: expected %s, %q, %q; code %d, found %s", c.from, c.to, c.reaches, c.because, c.hops, code, stdout)
		}
	}
}
