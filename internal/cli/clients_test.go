package cli

import (
	"bytes"
	"strings"
	"testing"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/config"
)

// However many hubs there are, the note on clients is a few lines: hubs whose clients find the same are told together.
func TestSayClients(t *testing.T) {
	hub := func(name string, services ...string) *config.Hub {
		h := &config.Hub{Name: name, Region: "us-east-1"}
		for _, n := range services {
			s, ok := catalog.Lookup("us-east-1", n)
			if !ok {
				t.Fatal(n)
			}
			h.Endpoints = append(h.Endpoints, &config.Endpoint{Catalog: s})
		}
		return h
	}
	say := func(hubs ...*config.Hub) []string {
		var out bytes.Buffer
		(&program{stderr: &out}).sayClients(&config.Config{Dir: "config", Hubs: hubs})
		return strings.Split(strings.TrimSpace(out.String()), "\n")
	}
	var equal []*config.Hub
	for _, name := range []string{"a1", "a2", "a3", "a4", "a5", "a6", "a7"} {
		equal = append(equal, hub(name, "ssm"))
	}
	want := "in spokes of a1, a2, a3, a4 and 3 more, no endpoint serves some names of cdk-cli, karpenter and ssm-agent, nor any of "
	if got := say(equal...); len(got) != 1 || !strings.HasPrefix(got[0], want) || !strings.HasSuffix(got[0], "catalog clients --hub a1") {
		t.Errorf("expected one line that begins %q, found %q", want, got)
	}
	got := say(append(equal, hub("b"), hub("c", "sts"), hub("d", "sts", "ec2"), hub("e", "logs"))...)
	if len(got) != mostGroups+1 || !strings.HasPrefix(got[mostGroups], "in spokes of 2 more hubs, other clients: ") {
		t.Errorf("expected %d lines and a last one for the rest, found %q", mostGroups, got)
	}
	if got := say(hub("none")); !strings.Contains(got[0], "no endpoint serves the names of") {
		t.Errorf("found %q", got)
	}
}
