package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// endpoints resolves the services of a hub's file to the endpoints to make.
func (r *resolver) endpoints(h *hubFile) {
	given := map[string]*file.Endpoint{} // where each service is given
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
			if svc.Confidence == catalog.Derived {
				h.Warnf(file.Service, in, "run catalog refresh, or name them with privateNames: a wrong name leaves the service public",
					"the private name of %s is only derived: %s", svc.Name, strings.Join(svc.PrivateNames, ", "))
			}
			h.hub.Endpoints = append(h.hub.Endpoints, &Endpoint{Catalog: svc, AZs: h.endpointAZs(svc, in), Policy: r.policy(h, svc, in)})
		}
	}
	slices.SortFunc(h.hub.Endpoints, func(a, b *Endpoint) int { return strings.Compare(a.Catalog.Name, b.Catalog.Name) })
	h.claims(given)
	h.endpointLimits()
}

// services are those that one entry of the list stands for.
func (h *hubFile) services(in *file.Endpoint) []*catalog.Service {
	var s *catalog.Service
	switch {
	case in.Bundle != "":
		return h.bundle(in)
	case in.Service != "":
		s = h.ownService(in)
	case in.Name != "":
		s = h.awsService(in)
	}
	if s == nil {
		return nil
	}
	return []*catalog.Service{s}
}

func (h *hubFile) awsService(in *file.Endpoint) *catalog.Service {
	cat := h.hub.Catalog
	if in.Region != "" && in.Region != h.hub.Region {
		if !slices.Contains(catalog.CrossRegion, in.Name) {
			h.Errorf(file.Service, &in.Region, "across regions there are "+strings.Join(catalog.CrossRegion, ", "),
				"service %s cannot be reached in another region", in.Name)
			return nil
		}
		if regions := awsfacts.Regions(); !slices.Contains(regions, in.Region) || !samePartition(in.Region, h.hub.Region) {
			h.Errorf(file.Value, &in.Region, file.DidYouMeanOr(in.Region, regions, "write a region of the same partition"),
				"region %q cannot be reached from %s", in.Region, h.hub.Region)
			return nil
		}
		cat = catalog.For(in.Region, nil)
	}
	s := h.lookup(cat, in)
	if s == nil {
		return nil
	}
	if cat.Region != h.hub.Region {
		s.Name += "." + cat.Region
	}
	if len(in.PrivateNames) == 0 {
		return s
	}
	if h.hub.HasR53Profile() {
		h.Errorf(file.Key, &in.PrivateNames, "take it out, or use dns: {sharing: zones}", "with a Profile, AWS decides the names of %s", s.Name)
	}
	s.PrivateNames, s.Source, s.Confidence, s.Twin = in.PrivateNames, "your file", catalog.Observed, ""
	return s
}

// samePartition is true for two regions of one partition: nothing of AWS crosses partitions.
func samePartition(a, b string) bool {
	return awsfacts.MustPartition(a).Name == awsfacts.MustPartition(b).Name
}

func (h *hubFile) lookup(cat *catalog.Catalog, in *file.Endpoint) *catalog.Service {
	s, ok := cat.Lookup(in.Name)
	if !ok {
		fix := file.DidYouMeanOr(in.Name, cat.Names(), "use the name AWS prints after the region, such as ssm or ecr.dkr")
		if _, bundle := catalog.FindBundle(in.Name); bundle {
			fix = "write {bundle: " + in.Name + "} for the set, or name its services"
		}
		h.Errorf(file.Service, in, fix, "service %q is not in the catalogue", in.Name)
		return nil
	}
	if in.Name != s.Name || s.Offered() {
		return s
	}
	fix := fmt.Sprintf("run catalog refresh --region %s, or write %s if AWS has added it since", cat.Region, s.ServiceName)
	if own := cat.Own(); own != nil {
		h.Errorf(file.Service, in, fix, "service %s is not offered in %s, which was asked on %s", in.Name, cat.Region, own.Captured)
	} else {
		h.Errorf(file.Service, in, fix, "service %s has not been seen in %s, only in %s", in.Name, cat.Region, strings.Join(s.ObservedIn, ", "))
	}
	return nil
}

func (h *hubFile) bundle(in *file.Endpoint) []*catalog.Service {
	b, ok := catalog.FindBundle(in.Bundle)
	if !ok {
		var names []string
		for _, b := range catalog.Bundles {
			names = append(names, b.Name)
		}
		fix := file.DidYouMeanOr(in.Bundle, names, "the bundles are "+strings.Join(names, ", "))
		h.Errorf(file.Reference, &in.Bundle, fix, "there is no bundle %q", in.Bundle)
		return nil
	}
	var out []*catalog.Service
	var missing []string
	for _, name := range b.Services {
		if s, ok := h.hub.Catalog.Lookup(name); ok && s.Offered() {
			out = append(out, s)
		} else {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		h.Warnf(file.Service, in, "name a service by its full name if AWS has added it since",
			"bundle %s is made without %s, not seen in %s", b.Name, strings.Join(missing, ", "), h.hub.Region)
	}
	return out
}

var ownServiceName = regexp.MustCompile(`^com\.amazonaws\.vpce\.([a-z0-9-]+)\.vpce-svc-([0-9a-f]{8}|[0-9a-f]{17})$`)

// ownService is an endpoint service of the user's or a third party's. Such services take no endpoint policy of the
// consumer's that would be more than the default (PrivateLink guide, "Control access to VPC endpoints using endpoint
// policies").
func (h *hubFile) ownService(in *file.Endpoint) *catalog.Service {
	region := h.hub.Region
	switch m := ownServiceName.FindStringSubmatch(in.Service); {
	case m == nil:
		h.Errorf(file.Value, &in.Service, "write com.amazonaws.vpce."+region+".vpce-svc-…; AWS's own services go by name",
			"%q is not the name of an endpoint service", in.Service)
		return nil
	case m[1] != region:
		h.Errorf(file.Value, &in.Service, "use a service of "+region, "the endpoint service is in %s, and the hub in %s", m[1], region)
		return nil
	}
	s := &catalog.Service{
		Name: in.Name, ServiceName: in.Service, Region: region, PrivateNames: in.PrivateNames, Source: "your file",
		Confidence: catalog.Observed, Ports: in.Ports, Policy: catalog.No,
	}
	if len(s.Ports) == 0 {
		s.Ports = []int{443}
	}
	return s
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

// companions warns of services that lack what they do not work without.
func (h *hubFile) companions() {
	have := map[string]bool{}
	for _, e := range h.hub.Endpoints {
		have[e.Catalog.Name] = true
	}
	s3 := have["s3"] || len(h.hub.Spokes) > 0
	for _, s := range h.hub.Spokes {
		s3 = s3 && (have["s3"] || slices.Contains(s.GatewayEndpoints, "s3") || !s.Attached())
	}
	said := map[string]bool{}
	for _, e := range h.hub.Endpoints {
		c := catalog.Companions[e.Catalog.Name]
		var missing []string
		for _, n := range c.Needs {
			if !have[n] && (n != "s3" || !s3) && !said[n] {
				missing = append(missing, n)
				said[n] = true
			}
		}
		if len(missing) > 0 {
			h.Warnf(file.Service, &h.in.Endpoints.Services, "add "+strings.Join(missing, " and ")+", or the traffic has no private way",
				"service %s is here without %s: %s", e.Catalog.Name, strings.Join(missing, ", "), c.Why)
		}
	}
}

// endpointAZs are the AZs of an endpoint: those that the file names, or those in which the service was seen.
func (h *hubFile) endpointAZs(svc *catalog.Service, in *file.Endpoint) []AZ {
	hub := h.hub
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
			h.Errorf(file.Reference, &in.AZs[i], "the hub's zones are "+azNames(h.hub.AZs), "zone %q is not one of the hub's", name)
		} else if !slices.Contains(out, h.hub.AZs[j]) {
			out = append(out, h.hub.AZs[j])
		}
	}
	sortAZs(out)
	return out
}
