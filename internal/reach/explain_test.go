package reach

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
)

func explained(t *testing.T, dir string, q prove.Question) (*prove.Explanation, string) {
	t.Helper()
	a, err := assembly.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	x, err := Explain(topology.Link(a.Records()), q)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(x); err != nil {
		t.Fatal(err)
	}
	return x, b.String()
}

// Without a configuration every way is followed that reach follows.
func TestExplain(t *testing.T) {
	a1, b1 := []string{zoneA}, []string{zoneB}
	for _, c := range []struct {
		name, from, to string
		want           prove.Extent
		build          func(a *app)
		says           []string
	}{
		{"by a transit gateway", "A", "B", prove.Fully, func(a *app) { two(a) }, []string{
			"route table sends 10.0.0.0/8 to transit gateway Net/Tgw", "attachment of A", "attachment of B", `"arrives":true,"answered":true`}},
		{"by peering", "A", "B", prove.Fully, func(a *app) {
			a.stack("Net").vpc("A", 1).vpc("B", 2).peer("P", "A", "B").route("AT", "10.2.0.0/16", toPCX, ref("P")).
				route("BT", "10.1.0.0/16", toPCX, ref("P"))
		}, []string{"peering connection Net/P"}},
		{"by peering, without a way back", "A", "B", prove.NotAtAll, func(a *app) {
			a.stack("Net").vpc("A", 1).vpc("B", 2).peer("P", "A", "B").route("AT", "10.2.0.0/16", toPCX, ref("P"))
		}, []string{`"arrives":true,"answered":false`, "answers do not come back: "}},
		{"through a firewall", "A", "B", prove.Fully, func(a *app) { inspectedBy(a, true, a1, b1) },
			[]string{"firewall Net/Fw", "expected: the rules of firewall Net/Fw let them pass"}},
		{"through a firewall without appliance mode", "A", "B", prove.NotAtAll, func(a *app) { inspectedBy(a, false, a1, b1) },
			[]string{"a firewall sees one direction alone"}},
		{"without a route", "A", "B", prove.NotAtAll, func(a *app) { two(a).routesOf("AT") }, []string{"has no route to"}},
		{"by a gateway of another app", "A", "B", prove.NotKnown, func(a *app) {
			s := a.stack("Net")
			for i, v := range []string{"A", "B"} {
				s.vpc(v, i+1).attach(v, "tgw-0123456789abcdef0").route(v+"T", "10.0.0.0/8", toTGW, "tgw-0123456789abcdef0")
			}
		}, []string{"not known: "}},
		{"to a part of a subnet", "A", "B", prove.Partly, func(a *app) { two(a).routesOf("BT").route("BT", "10.1.0.0/25", toTGW, ref("Tgw")) },
			[]string{"not from 10.1.0.128/25"}},
		{"from a zone without an attachment", "A", "B", prove.Partly, func(a *app) {
			s := a.stack("Net").gateway("Tgw", true).vpc("A", 1, zoneA, zoneB).attach("A", ref("Tgw"))
			s.vpc("B", 2).attach("B", ref("Tgw"))
		}, []string{"has no subnet in availability zone us-east-1b"}},
		{"a part that could change it", "A", "B", prove.Fully, func(a *app) {
			two(a).add("Vpn", "AWS::EC2::VPNConnection", m{"TransitGatewayId": ref("Tgw"), "CustomerGatewayId": "cgw-1", "Type": "ipsec.1"})
		}, []string{"learns what its other end announces by BGP"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := &app{}
			c.build(a)
			x, said := explained(t, a.write(t), prove.Question{From: c.from, To: c.to})
			if x.Reaches != c.want || x.AsConfigured != nil {
				t.Errorf("expected %q, and nothing of a configuration, found %q in\n%s", c.want, x.Reaches, said)
			}
			for _, s := range c.says {
				if !strings.Contains(said, s) {
					t.Errorf("expected %q in\n%s", s, said)
				}
			}
		})
	}
}

// A service is asked by the names that lead to it.
func TestExplainService(t *testing.T) {
	dir := filepath.Join("testdata", "shared-endpoint")
	x, said := explained(t, dir, prove.Question{From: "A", To: "kms"})
	if x.Reaches != prove.Fully || len(x.Names) == 0 || x.Names[0].LeadsTo == "" {
		t.Errorf("expected that A reaches the endpoint of kms by its name, found\n%s", said)
	}
	if x, said = explained(t, dir, prove.Question{From: "A", To: "kms", Port: 80}); x.Reaches != prove.NotAtAll {
		t.Errorf("expected that port 80 is closed, found\n%s", said)
	}
}
