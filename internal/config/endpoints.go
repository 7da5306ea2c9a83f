package config

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// endpoints resolves the services of a hub's file to the endpoints to make.
func (r *resolver) endpoints(h *hubFile) {
	given := map[string]*file.Endpoint{}
	h.given = given
	for i := range h.in.Endpoints.Services {
		in := &h.in.Endpoints.Services[i]
		for _, svc := range h.services(in) {
			if first := given[svc.Name]; first != nil {
				if !h.Given(&in.Bundle) { // a bundle may share services with another
					h.Errorf(file.Service, in, "keep one of them", "service %s is given twice", svc.Name).
						See = []diag.Related{{Where: h.Pos(first), Text: "first given here"}}
				}
				continue
			}
			given[svc.Name] = in
			h.doubts(svc, in)
			h.foreign(svc, in)
			h.hub.Endpoints = append(h.hub.Endpoints, &Endpoint{Catalog: svc, AZs: h.endpointAZs(svc, in), Policy: r.policy(h, svc, in)})
		}
	}
	slices.SortFunc(h.hub.Endpoints, func(a, b *Endpoint) int { return strings.Compare(a.Catalog.Name, b.Catalog.Name) })
	r.gatewayPolicies(h)
	r.idlePolicies(h)
	h.claims(given)
	h.unobserved()
	h.derivedNames()
	h.endpointLimits()
}

// foreign refuses names that the user's catalogue file gives a service where they are another's: its hosted zone would take the
// other's clients. Who knows better writes them in the hub's file.
func (h *hubFile) foreign(svc *catalog.Service, in *file.Endpoint) {
	if h.hub.Catalog.Own() == nil || svc.Region != h.hub.Region || h.Given(&in.PrivateNames) || h.profileAlone() {
		return
	}
	for _, p := range svc.Provenance {
		for _, n := range p.Names {
			why := h.hub.Catalog.Foreign(n, svc)
			if why == "" || p.Source == yourFile {
				continue
			}
			h.Errorf(file.Service, in, fmt.Sprintf("run catalog refresh --region %s; if the name is right, write {name: %s, privateNames: [%s]}",
				svc.Region, svc.Name, strings.Join(svc.PrivateNames, ", ")),
				"the catalogue file of %s gives service %s the name %s, which is %s", svc.Region, svc.Name, n, why)
		}
	}
}

// claims refuses two services that want one hosted zone: a VPC could ask only one of them.
func (h *hubFile) claims(given map[string]*file.Endpoint) {
	owner := map[string]string{}
	for _, e := range h.hub.Endpoints {
		name := e.Catalog.Name
		for _, z := range catalog.HostedZones(e.Catalog.PrivateNames) {
			if o := owner[z.Name]; o != "" {
				h.Errorf(file.Service, given[name], "keep one of them, or give one other privateNames",
					"services %s and %s both claim the name %s", o, name, z.Name).
					See = []diag.Related{{Where: h.Pos(given[o]), Text: o}}
			}
			owner[z.Name] = name
		}
	}
}

// endpointAZs are the AZs of an endpoint: those that the file names, or those in which the service was seen.
func (h *hubFile) endpointAZs(svc *catalog.Service, in *file.Endpoint) []AZ {
	hub := h.hub
	if svc.Region != hub.Region {
		h.crossRegionAZs(svc, in)
	}
	if len(in.AZs) > 0 {
		return h.namedAZs(in)
	}
	everywhere := svc.AZs == "" || len(svc.AZs) == len(hub.Catalog.AZs())
	if svc.Region != hub.Region || everywhere || len(hub.AZs) == 0 || hub.AZs[0].ByID {
		return hub.AZs
	}
	var out, without []AZ
	for _, z := range hub.AZs {
		if strings.Contains(svc.AZs, z.Name) {
			out = append(out, z)
		} else {
			without = append(without, z)
		}
	}
	switch {
	case len(out) == 0:
		h.Errorf(file.Service, in, "name the zones: {name: "+in.Name+", zones: [...]}",
			"service %s was seen in none of the hub's zones, only in %s of %s", svc.Name, spaced(svc.AZs), hub.Region)
	case len(without) > 0:
		h.Warnf(file.Service, in, "name the zones if your account's letters differ: {name: "+in.Name+", zones: [...]}",
			"service %s was not seen in zone %s of %s, so its endpoint leaves that zone out", svc.Name, azNames(without), hub.Region)
	}
	return out
}

func (h *hubFile) namedAZs(in *file.Endpoint) []AZ {
	var out []AZ
	for i, name := range in.AZs {
		j := slices.IndexFunc(h.hub.AZs, func(z AZ) bool { return z.Name == name })
		if j < 0 {
			fix := "the hub's zones are " + azNames(h.hub.AZs)
			if meant := file.AZMeant(name); slices.ContainsFunc(h.hub.AZs, func(z AZ) bool { return z.Name == meant }) {
				fix = "write " + meant + ": " + fix
			}
			h.Errorf(file.Reference, &in.AZs[i], fix, "zone %q is not one of the hub's", name)
		} else if !slices.Contains(out, h.hub.AZs[j]) {
			out = append(out, h.hub.AZs[j])
		}
	}
	sortAZs(out)
	return out
}
