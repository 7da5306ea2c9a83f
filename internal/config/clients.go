package config

import (
	"slices"

	"sharedhub/constructs/catalog"
)

// By is what serves a name that clients ask for.
type By string

const (
	ByEndpoint By = "endpoint"
	// ByGateway is the gateway endpoint that every attached spoke has.
	ByGateway By = "gateway endpoint"
	// ByInternet is the public address of the name: what asks for it needs a way to the internet.
	ByInternet By = "internet"
)

// Client is a common program in a hub's spokes.
type Client struct {
	Name string  `json:"name"`
	For  string  `json:"for"`
	Asks []Asked `json:"asks"`
}

// Asked is a name that a client asks for, and what serves it; "" where nobody asks of a hub.
type Asked struct {
	catalog.Ask
	By By `json:"by,omitempty"`
}

// Clients are common programs, and the names that they ask for in a region.
func Clients(region string) []Client { return clients(region, func(catalog.Ask) By { return "" }) }

// Clients are common programs, and what serves the names that they ask for in the hub's spokes.
func (h *Hub) Clients() []Client {
	var names []string
	for _, e := range h.NamedEndpoints() {
		names = append(names, e.Catalog.PrivateNames...)
	}
	return clients(h.Region, func(a catalog.Ask) By {
		switch {
		case catalog.Serves(names, a.Host):
			return ByEndpoint
		case h.byGateway(a):
			return ByGateway
		}
		return ByInternet
	})
}

func clients(region string, by func(catalog.Ask) By) []Client {
	var out []Client
	for _, c := range catalog.Clients(region) {
		client := Client{Name: c.Name, For: c.For}
		for _, a := range c.Asks {
			client.Asks = append(client.Asks, Asked{a, by(a)})
		}
		out = append(out, client)
	}
	return out
}

// byGateway is true for a name whose public addresses every attached spoke reaches by its gateway endpoint of S3.
func (h *Hub) byGateway(a catalog.Ask) bool {
	attached := slices.DeleteFunc(slices.Clone(h.Spokes), func(s *Spoke) bool { return !s.Attached() })
	without := func(s *Spoke) bool { return !slices.Contains(s.GatewayEndpoints, "s3") }
	return a.S3Gateway && len(attached) > 0 && !slices.ContainsFunc(attached, without)
}

// Left tells what of a client is left to the internet, of the names that it always asks for: none, some or all.
func (c *Client) Left() (some, all bool) {
	all = true
	for _, a := range c.Asks {
		if a.When == "" {
			some, all = some || a.By == ByInternet, all && a.By == ByInternet
		}
	}
	return some, some && all
}
