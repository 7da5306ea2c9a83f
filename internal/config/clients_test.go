package config

import (
	"testing"

	"sharedhub/constructs/catalog"
)

// What serves a client's names follows from the hub's endpoints, and from the gateway endpoints of all its attached spokes.
func TestClientsOfHub(t *testing.T) {
	s3 := func() *catalog.Service { s, _ := catalog.Lookup("us-east-1", "s3"); return s }
	dual := s3()
	dual.Also(dual.Optional()["dualstack"].Names)
	gateway, none := &Spoke{State: Attached, GatewayEndpoints: []string{"s3"}}, &Spoke{State: Attached}
	leaving := &Spoke{State: Detached}
	for name, c := range map[string]struct {
		endpoint  *catalog.Service
		spokes    []*Spoke
		plain     By // the names of dnf-al2023, by its mirror list
		dual      By // and by its packages
		some, all bool
	}{
		"nothing":                       {nil, []*Spoke{none}, ByInternet, ByInternet, true, true},
		"no spokes":                     {nil, nil, ByInternet, ByInternet, true, true},
		"gateway endpoints":             {nil, []*Spoke{gateway, leaving}, ByGateway, ByGateway, false, false},
		"gateway endpoints in some":     {nil, []*Spoke{gateway, none}, ByInternet, ByInternet, true, true},
		"an endpoint":                   {s3(), []*Spoke{none}, ByEndpoint, ByInternet, true, false},
		"an endpoint, and gateways":     {s3(), []*Spoke{gateway}, ByEndpoint, ByGateway, false, false},
		"an endpoint with the option":   {dual, []*Spoke{none}, ByEndpoint, ByEndpoint, false, false},
		"an endpoint, and leaving ones": {s3(), []*Spoke{leaving}, ByEndpoint, ByInternet, true, false},
	} {
		h := &Hub{Region: "us-east-1", Spokes: c.spokes}
		if c.endpoint != nil {
			h.Endpoints = []*Endpoint{{Catalog: c.endpoint}}
		}
		for _, client := range h.Clients() {
			if client.Name != "dnf-al2023" {
				continue
			}
			some, all := client.Left()
			if a := client.Asks; a[0].By != c.plain || a[1].By != c.dual || some != c.some || all != c.all {
				t.Errorf("%s: found %s and %s, some %v, all %v", name, a[0].By, a[1].By, some, all)
			}
		}
	}
}

// A name that a client asks for in one case only leaves nothing to the internet by itself.
func TestClientLeft(t *testing.T) {
	c := Client{Asks: []Asked{{By: ByEndpoint}, {Ask: catalog.Ask{When: "when it is installed"}, By: ByInternet}}}
	if some, all := c.Left(); some || all {
		t.Errorf("found some %v, all %v", some, all)
	}
}
