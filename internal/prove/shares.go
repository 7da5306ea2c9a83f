package prove

import (
	"slices"
	"strings"

	"sharedhub/internal/topology"
)

// sharesOf judges every share that names a part of a hub: the Transit Gateway, the Profile and Resolver rules may be shared, with the
// configured principals; anything else lets others put hosts or routes into the hub.
func (p *prover) sharesOf(ours map[string]owned) {
	for _, s := range p.net.Shares {
		for i, id := range s.Names() {
			o, known := ours[id]
			if sc := p.sharedElsewhere(id); sc != nil {
				if p.stackOf(sc.hub, s.Source.Stack) {
					p.add(codeSharing, sc.subject, s.Source, "the share includes the transit gateway of account %s, which that account shares",
						sc.hub.GatewayAccount())
				}
			} else if hubs := p.hubsThatShare(id); len(hubs) > 0 {
				p.share(s, o, hubs)
			} else if known {
				p.add(codeSharing, o.subject, s.Source, "the share includes %s: expected the transit gateway, the Route 53 Profile or Resolver rules, "+
					"and nothing else", o.what)
			} else if o, ok := p.feels(nil, s.Source, "", nil); ok {
				p.add(codeSharing, o.subject, s.Source, "the share includes %s, which is no part of the hub that may be shared",
					topology.Plain(s.Resources[i]))
			}
		}
	}
}

// hubsThatShare are the hubs whose Transit Gateway, Profile or Resolver rule a part is.
func (p *prover) hubsThatShare(id string) []*scene {
	var out []*scene
	for _, sc := range p.scenes {
		r := p.net.R53Profiles[id]
		if sc.transitGateway.ID == id && !sc.hub.GatewayElsewhere() || r != nil && carriesEndpointsOf(r, sc.vpc) || sc.rules[id] != "" {
			out = append(out, sc)
		}
	}
	return out
}

// carriesEndpointsOf is true for the Profile of a hub.
func carriesEndpointsOf(r *topology.R53Profile, hub *topology.VPC) bool {
	return slices.ContainsFunc(r.Endpoints, func(e *topology.Endpoint) bool { return e.VPC == hub })
}

// share checks one share of a Transit Gateway or Profile that the hubs use.
func (p *prover) share(s *topology.Share, o owned, hubs []*scene) {
	h := hubs[0].hub
	if s.Account != h.Account || s.Region != h.Region {
		p.add(codeSharing, o.subject, s.Source, "the share is in account %s and region %s, and %s in %s and %s: AWS shares a part where it is",
			s.Account, s.Region, o.what, h.Account, h.Region)
	}
	if s.External && slices.ContainsFunc(hubs, func(sc *scene) bool { return sc.hub.Organization.ID != "" }) {
		p.add(codeSharing, o.subject, s.Source, "the share allows accounts outside the organization")
	}
	for _, principal := range s.Principals {
		if !slices.ContainsFunc(hubs, func(sc *scene) bool { return expectedPrincipal(sc.hub, principal) }) {
			p.add(codeSharing, o.subject, s.Source, "the share includes %s, which is not in the configuration", topology.Plain(principal))
		}
	}
	if len(s.Permissions) > 0 {
		p.add(codeSharing, o.subject, s.Source, "the share gives %s: expected AWS's default permission",
			topology.Plain(strings.Join(s.Permissions, ", ")))
	}
}
