package view

import (
	"bytes"
	"testing"

	"sharedhub/internal/reach"
)

// Consumers of which the same is true are one line, and only those that are asked for are printed.
func TestServiceLines(t *testing.T) {
	consumer := func(vpc, endpoint string, names ...string) reach.Consumer {
		return reach.Consumer{VPC: vpc, Endpoint: endpoint, Verdict: reach.Yes, Ports: []int{443, 8443}, Names: names}
	}
	accepted := consumer("a", "a", "pay.example.com")
	accepted.Verdict, accepted.Reasons, accepted.Provided = reach.Undecided, []string{"why"}, []string{"somebody accepts it"}
	result := &reach.Result{VPCs: []reach.VPC{{Name: "a"}, {Name: "b"}, {Name: "hub"}, {Name: "p"}}, Services: []reach.Service{
		{Name: "login", Account: "1", Provider: "p", Consumers: []reach.Consumer{consumer("a", "hub", "login.example.com"),
			consumer("b", "hub", "login.example.com"), consumer("hub", "hub")}},
		{Name: "pay", Account: "2", Consumers: []reach.Consumer{accepted}},
		{Name: "none", Account: "2", Provider: "p"},
		{Name: "com.amazonaws.vpce.x", Consumers: []reach.Consumer{consumer("b", "")}},
	}}
	const all = `
services through endpoints (AWS PrivateLink): who reaches them; nobody is reached the other way
  login, behind a load balancer of p
    a, b: by the endpoint of hub, as login.example.com, on tcp 443, 8443
    hub: by an endpoint of its own, by its addresses alone, on tcp 443, 8443
  pay of account 2, behind a load balancer that is in none of the stacks
    a: by an endpoint of its own, as pay.example.com, on tcp 443, 8443, provided that somebody accepts it; undecided: why
  none, behind a load balancer of p
    nobody
  com.amazonaws.vpce.x, which no stack makes
    b: by an endpoint in a VPC that is in none of the stacks, by its addresses alone, on tcp 443, 8443
`
	const some = `
services through endpoints (AWS PrivateLink): who reaches them; nobody is reached the other way
  login, behind a load balancer of p
    b: by the endpoint of hub, as login.example.com, on tcp 443, 8443
`
	every, b, p := []bool{true, true, true, true}, []bool{false, true, false, false}, []bool{false, false, false, true}
	for want, asked := range map[string]Asked{all: {every, every}, some: {b, p}} {
		s := &Summary{vpcs: result.VPCs, all: result.Services, asked: asked}
		var out bytes.Buffer
		s.section(&writer{to: &out}, servicesTitle, s.serviceLines(), "")
		if out.String() != want {
			t.Errorf("expected%s\nfound%s", want, out.String())
		}
	}
}
