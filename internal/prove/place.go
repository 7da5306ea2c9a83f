package prove

import (
	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// Place is where a network has a hub of a configuration.
type Place struct {
	Hub *config.Hub
	// VPC of the hub, and the Transit Gateway that it is attached to; nil where the network does not have them.
	VPC            *topology.VPC
	TransitGateway *topology.TransitGateway
	// Spokes that the network has.
	Spokes []PlacedSpoke
	// Services with their endpoints, in the order of the configuration.
	Services []PlacedService
}

// PlacedSpoke is a spoke with its VPC.
type PlacedSpoke struct {
	Spoke *config.Spoke
	VPC   *topology.VPC
}

// PlacedService is a service of a hub with its endpoint; nil where there is none.
type PlacedService struct {
	Service  *config.Endpoint
	Endpoint *topology.Endpoint
}

// Locate finds the hubs and spokes of a configuration in a network, by account, region and range.
func Locate(cfg *config.Config, net *topology.Network) []Place {
	p := newProver(cfg, net)
	var out []Place
	for _, h := range cfg.Hubs {
		at := Place{Hub: h}
		if sc, err := p.scene(h); err == nil {
			at.VPC, at.TransitGateway = sc.vpc, sc.transitGateway
			for _, m := range sc.spokes {
				at.Spokes = append(at.Spokes, PlacedSpoke{m.spoke, m.vpc})
			}
			for _, s := range sc.services {
				at.Services = append(at.Services, PlacedService{s.Endpoint, s.endpoint})
			}
		}
		out = append(out, at)
	}
	return out
}
