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
	h.given, h.endpointsAZs = given, h.namedAZs(h.in.Endpoints.AZs)
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
			leaving := in.State == "leaving"
			if !leaving {
				h.doubts(svc, in)
				h.foreign(svc, in)
			}
			azs := h.endpointAZs(svc, in)
			h.hub.Endpoints = append(h.hub.Endpoints,
				&Endpoint{Catalog: svc, AZs: azs, Policy: r.policy(h, svc, in), Leaving: leaving, Existing: h.existingEndpoint(svc, in, azs)})
		}
	}
	slices.SortFunc(h.hub.Endpoints, func(a, b *Endpoint) int { return strings.Compare(a.Catalog.Name, b.Catalog.Name) })
	r.gatewayPolicies(h)
	r.idlePolicies(h)
	h.claims(given)
	h.allLeave()
	if !h.derivedNames() {
		h.unobserved()
	}
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
			h.Errorf(file.Service, in, fmt.Sprintf("run %s; if the name is right, write {name: %s, privateNames: [%s]}",
				h.refresh(svc.Region), svc.Name, strings.Join(svc.PrivateNames, ", ")),
				"the catalogue file of %s gives service %s the name %s, which is %s", svc.Region, svc.Name, n, why)
		}
	}
}

// allLeave refuses to take all names away at once: an account's zones, and the Profile, go with their stacks.
func (h *hubFile) allLeave() {
	for i := range h.in.Endpoints.Services {
		in := &h.in.Endpoints.Services[i]
		if in.State == "leaving" && len(h.hub.NamedEndpoints()) == 0 {
			h.Errorf(file.Service, &in.State, `keep one service, or remove the hub (docs/DEPLOYING.md, "Remove a hub")`,
				"all services with private names are leaving")
			return
		}
	}
}

// claims refuses two services that want one hosted zone: a VPC could ask only one of them. A service that is leaving has none,
// but keeps its endpoint's private DNS.
func (h *hubFile) claims(given map[string]*file.Endpoint) {
	owner := map[string]string{}
	for _, e := range h.hub.Endpoints {
		if e.Leaving && !h.hub.HasR53Profile() {
			continue
		}
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

// endpointAZs are the AZs of an endpoint: those that its entry names, or those of endpoints.zones in which the service is.
func (h *hubFile) endpointAZs(svc *catalog.Service, in *file.Endpoint) []AZ {
	if svc.Region != h.hub.Region {
		h.crossRegionAZs(svc, in)
	}
	if len(in.AZs) > 0 {
		return h.namedAZs(in.AZs)
	}
	chosen := h.hub.AZs
	if len(h.in.Endpoints.AZs) > 0 {
		chosen = h.endpointsAZs
	}
	var out, without []AZ
	for _, z := range chosen {
		if h.isIn(svc, z) {
			out = append(out, z)
		} else {
			without = append(without, z)
		}
	}
	switch {
	case len(without) == 0:
		h.unsureAZs(svc, in)
	case len(out) == 0:
		h.Errorf(file.Service, in, "name the zones: {name: "+in.Name+", zones: [...]}",
			"service %s was seen in none of the hub's zones, only in %s of %s", svc.Name, seenIn(svc, without[0].ByID), h.hub.Region)
	case without[0].ByID:
		h.Warnf(file.Service, in, "name the zones if AWS has extended it since: {name: "+in.Name+", zones: [...]}",
			"service %s is not in zone %s, so its endpoint leaves that zone out", svc.Name, azNames(without))
	default:
		h.Warnf(file.Service, in, "name the zones if your account's letters differ: {name: "+in.Name+", zones: [...]}",
			"service %s was not seen in zone %s of %s, so its endpoint leaves that zone out", svc.Name, azNames(without), h.hub.Region)
	}
	return out
}

// isIn is false where a service is known not to be in a zone of the hub's region. What is known of letters says nothing of ids.
func (h *hubFile) isIn(svc *catalog.Service, z AZ) bool {
	switch {
	case svc.Region != h.hub.Region:
		return true
	case z.ByID:
		return svc.AZIDs == nil || slices.Contains(svc.AZIDs, z.Name)
	}
	return svc.AZs == "" || len(svc.AZs) == len(h.hub.Catalog.AZs()) || strings.Contains(svc.AZs, z.Name)
}

// unsureAZs warns of a service that is in some zones only, and nobody has said which by their ids.
func (h *hubFile) unsureAZs(svc *catalog.Service, in *file.Endpoint) {
	all := len(h.hub.Catalog.AZs())
	byID := len(h.hub.AZs) > 0 && h.hub.AZs[0].ByID
	if svc.Region != h.hub.Region || !byID || svc.AZIDs != nil || svc.AZs == "" || len(svc.AZs) == all {
		return
	}
	h.Warnf(file.Service, in, fmt.Sprintf("run %s, which asks your account for the ids, or name the zones: "+
		"{name: %s, zones: [...]}", h.refresh(h.hub.Region), svc.Name),
		"service %s was seen in %d of the %d zones of %s, and their ids are not known", svc.Name, len(svc.AZs), all, h.hub.Region)
}

func seenIn(svc *catalog.Service, byID bool) string {
	if byID {
		return strings.Join(svc.AZIDs, ", ")
	}
	return spaced(svc.AZs)
}

func (h *hubFile) namedAZs(names []string) []AZ {
	if len(h.hub.AZs) == 0 {
		return nil // said
	}
	var out []AZ
	for i, name := range names {
		j := slices.IndexFunc(h.hub.AZs, func(z AZ) bool { return z.Name == name })
		if j < 0 {
			fix := "the hub's zones are " + azNames(h.hub.AZs)
			if meant := file.AZMeant(name); slices.ContainsFunc(h.hub.AZs, func(z AZ) bool { return z.Name == meant }) {
				fix = "write " + meant + ": " + fix
			}
			h.Errorf(file.Reference, &names[i], fix, "zone %q is not one of the hub's", name)
		} else if !slices.Contains(out, h.hub.AZs[j]) {
			out = append(out, h.hub.AZs[j])
		}
	}
	sortAZs(out)
	return out
}
