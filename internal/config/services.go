package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// services are those that one entry of the list stands for.
func (h *hubFile) services(in *file.Endpoint) []*catalog.Service {
	var s *catalog.Service
	switch {
	case in.Bundle != "":
		return h.bundle(in)
	case in.Service != "", ownServiceName.MatchString(in.Name):
		s = h.ownService(in)
	case in.Name != "":
		s = h.awsService(in)
	}
	if s == nil {
		return nil
	}
	if len(in.Ports) > 0 {
		s.Ports = in.Ports
	}
	return []*catalog.Service{s}
}

// profileAlone is true where AWS decides which names are served: no name needs to be known here.
func (h *hubFile) profileAlone() bool { return !h.hub.HasHostedZones() }

func (h *hubFile) awsService(in *file.Endpoint) *catalog.Service {
	cat := h.hub.Catalog
	if region := h.regionOf(in); region == "" {
		return nil
	} else if region != cat.Region {
		cat = catalog.For(region, nil)
	}
	s := h.lookup(cat, in)
	if s == nil {
		return nil
	}
	if cat.Region != h.hub.Region {
		if !slices.Contains(catalog.CrossRegion, s.Name) {
			at := any(in)
			if in.Region != "" {
				at = &in.Region
			}
			fix := "across regions there are " + strings.Join(catalog.CrossRegion, ", ")
			if here, ok := h.hub.Catalog.Lookup(s.Name); ok && in.Region == "" {
				fix = "did you mean " + here.ServiceName + "?"
			}
			h.Errorf(file.Service, at, fix,
				"service %s cannot be reached in another region", s.Name)
			return nil
		}
		s.Name += "." + cat.Region
	}
	h.names(s, in)
	return s
}

// regionOf is the region of a service of AWS's: the hub's, or that which the entry or the service's full name says.
func (h *hubFile) regionOf(in *file.Endpoint) string {
	said := catalog.RegionOf(in.Name)
	region := cmp.Or(in.Region, said, h.hub.Region)
	switch {
	case said != "" && said != region:
		h.Errorf(file.Value, &in.Region, "take region out, or write the short name", "%s is a service of %s, not of %s", in.Name, said, region)
		return ""
	case region == h.hub.Region:
		return region
	}
	known := slices.Contains(awsfacts.Regions(), region)
	if _, err := awsfacts.PartitionOf(region); err != nil || !known && !h.in.AllowNewRegion || !samePartition(region, h.hub.Region) {
		at := &in.Region
		if in.Region == "" {
			at = &in.Name
		}
		h.Errorf(file.Value, at, file.DidYouMeanOr(region, awsfacts.Regions(), "write a region of the same partition"),
			"region %q cannot be reached from %s", region, h.hub.Region)
		return ""
	}
	return region
}

// samePartition is true for two regions of one partition: nothing of AWS crosses partitions.
func samePartition(a, b string) bool {
	return awsfacts.MustPartition(a).Name == awsfacts.MustPartition(b).Name
}

// names gives a service the names that the entry asks for.
func (h *hubFile) names(s *catalog.Service, in *file.Endpoint) {
	given := h.Given(&in.PrivateNames)
	switch {
	case given && len(in.PrivateNames) > 0 && h.hub.HasR53Profile():
		h.Errorf(file.Key, &in.PrivateNames, "take it out, or use dns: {sharing: zones}", "with a Profile, AWS decides the names of %s", s.Name)
	case given:
		if len(s.PrivateNames) == 0 && s.Page != "" && len(in.PrivateNames) > 0 {
			h.Warnf(file.Service, &in.PrivateNames, "leave it out, and let clients ask for the endpoint's own name ("+s.Page+")",
				"AWS's guide says that %s has no private DNS, and warns of hosted zones of its names", s.Name)
		}
		h.above(in, s)
		s.Know(in.PrivateNames, yourFile, catalog.Observed)
	case h.profileAlone() && s.Confidence == catalog.Guess:
		s.Know(nil, "the Profile", catalog.Observed)
		s.OnlyAWSKnows = true
	}
	options := s.Optional()
	for i, name := range in.OptionalNames {
		o, ok := options[name]
		switch {
		case !ok:
			h.Errorf(file.Value, &in.OptionalNames[i], optionalFix(s), "%q is not an optional name of %s", name, s.Name)
		case h.hub.HasR53Profile():
			h.Errorf(file.Key, &in.OptionalNames[i], "take it out, or use dns: {sharing: zones}", "with a Profile, AWS decides the names of %s",
				s.Name)
		case o.OnlyIn != "" && o.OnlyIn != s.Region:
			h.Errorf(file.Value, &in.OptionalNames[i], "take it out: the name leads to the endpoint of "+o.OnlyIn,
				"the %s name of %s belongs to %s", name, s.Name, o.OnlyIn)
		default:
			if o.Doubt != "" {
				h.Warnf(file.Service, &in.OptionalNames[i], "try it from a spoke before clients rely on it, or set the clients to another name",
					"the endpoint of %s may not answer to %s: %s", s.Name, strings.Join(o.Names, ", "), o.Doubt)
			}
			s.Also(o.Names)
		}
	}
}

// above refuses names whose hosted zones would hide those of other services of AWS, unless they are the service's own.
func (h *hubFile) above(in *file.Endpoint, s *catalog.Service) {
	for i, n := range in.PrivateNames {
		if catalog.NotPrivate(n) != "" {
			continue // said
		}
		if other := catalog.For(s.Region, nil).Above(n, s.Name); other != "" && !slices.Contains(s.PrivateNames, n) {
			h.Errorf(file.Value, &in.PrivateNames[i], "use a longer name, which is not above another service's",
				"%q is above names of %s, which its hosted zone would hide", n, other)
		}
	}
}

func optionalFix(s *catalog.Service) string {
	options := s.Optional()
	if len(options) == 0 {
		return "take it out: the service has none (catalog show lists them); privateNames takes any"
	}
	return "write " + strings.Join(sortedKeys(options), " or ")
}

// yourFile is the source of names that the user states.
const yourFile = "your file"

func (h *hubFile) lookup(cat *catalog.Catalog, in *file.Endpoint) *catalog.Service {
	s, ok := cat.Lookup(in.Name)
	if fix := cat.Special(in.Name); fix != "" && !ok {
		h.Errorf(file.Service, in, fix, "service %q is not one that an entry can name", in.Name)
		return nil
	}
	if !ok {
		if s, ok = cat.Unlisted(in.Name); ok {
			return s
		}
		h.Errorf(file.Service, in, h.unknownFix(cat, in.Name), "service %q is not in the catalogue of %s", in.Name, cat.Region)
		return nil
	}
	if s.OnlyIn != "" && s.OnlyIn != cat.Region {
		fix := "it takes a hub in " + s.OnlyIn
		if slices.Contains(catalog.CrossRegion, s.Name) {
			fix = fmt.Sprintf("write {name: %s, region: %s}", s.Name, s.OnlyIn)
		}
		h.Errorf(file.Service, in, fix, "service %s is in %s only", s.Name, s.OnlyIn)
		return nil
	}
	if in.Name != s.Name || s.Offered() {
		return s
	}
	fix := fmt.Sprintf("run %s, or write %s if AWS has added it since", h.refresh(cat.Region), s.ServiceName)
	if own := cat.Own(); own != nil {
		h.Errorf(file.Service, in, fix, "service %s is not offered in %s, which was asked on %s", in.Name, cat.Region, own.Captured)
	} else {
		h.Errorf(file.Service, in, fix, "service %s has not been seen in %s, only in %s", in.Name, cat.Region, strings.Join(s.ObservedIn, ", "))
	}
	return nil
}

// unknownFix says every way to a service that the catalogue does not know.
func (h *hubFile) unknownFix(cat *catalog.Catalog, name string) string {
	if _, bundle := catalog.FindBundle(strings.TrimLeft(strings.TrimPrefix(name, "bundle"), ": =")); bundle {
		name = strings.TrimLeft(strings.TrimPrefix(name, "bundle"), ": =")
		return "write {bundle: " + name + "} for the set, or name its services"
	}
	if short, global := strings.CutPrefix(name, "com.amazonaws."); global {
		if s, ok := cat.Lookup(short); ok {
			return "did you mean " + s.ServiceName + "?"
		}
		name = strings.TrimPrefix(short, cat.Region+".")
	}
	if base, fips := strings.CutSuffix(name, "-fips"); fips {
		if s, ok := cat.Lookup(base); ok {
			return fmt.Sprintf("write %s: no FIPS endpoint of it is known in %s; if AWS has added one since, write %s-fips", base, cat.Region,
				s.ServiceName)
		}
	}
	if meant := cat.Meant(name); len(meant) > 0 {
		return "did you mean " + strings.Join(meant, " or ") + "?"
	}
	near := diag.Suggest(name, cat.Names())
	meant := near
	if word := diag.Suggest(name, catalog.Words()); len(near) == 0 && len(word) > 0 {
		meant = cat.Meant(word[0])
	}
	full := "com.amazonaws." + cat.Region + "." + name
	_, possible := cat.Unlisted(full)
	if !possible || len(near) == 1 && letters(near[0]) == letters(name) {
		return file.DidYouMeanOr(name, cat.Names(), "catalog list shows the services")
	}
	fix := fmt.Sprintf("f AWS has added it since, write %s: with a Profile that is enough; with zones add privateNames, or "+
		"its name is a guess; or run %s", full, h.refresh(cat.Region))
	if len(meant) > 0 {
		return "did you mean " + strings.Join(meant, " or ") + "? I" + fix
	}
	return "i" + fix
}

// letters leaves out what separates the words of a name.
func letters(name string) string {
	return strings.NewReplacer("-", "", "_", "", ".", "", " ", "").Replace(strings.ToLower(name))
}

func (h *hubFile) bundle(in *file.Endpoint) []*catalog.Service {
	b, ok := catalog.FindBundle(in.Bundle)
	if !ok {
		var names []string
		for _, b := range catalog.Bundles {
			names = append(names, b.Name)
		}
		fix := diag.Meant(in.Bundle, names, "the bundles are ")
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

var ownServiceName = regexp.MustCompile(`^com\.amazonaws\.vpce\.([a-z0-9-]+)\.(vpce-svc-(?:[0-9a-f]{8}|[0-9a-f]{17}))$`)

// ownService is an endpoint service of the user's or a third party's, also of another region. Such services take no endpoint
// policy of the consumer's that would be more than the default (PrivateLink guide, "Control access to VPC endpoints using
// endpoint policies").
func (h *hubFile) ownService(in *file.Endpoint) *catalog.Service {
	at, name := &in.Service, in.Name
	if in.Service == "" {
		at, name = &in.Name, ""
	}
	m := ownServiceName.FindStringSubmatch(*at)
	if m == nil {
		h.Errorf(file.Value, at, "write com.amazonaws.vpce."+h.hub.Region+".vpce-svc-…; AWS's own services go by name",
			"%q is not the name of an endpoint service", *at)
		return nil
	}
	region := m[1]
	switch _, err := awsfacts.PartitionOf(region); {
	case err != nil:
		fix := file.DidYouMeanOr(region, awsfacts.Regions(), "write the name as its provider gave it")
		h.Errorf(file.Value, at, fix, "%q is not a region", region)
		return nil
	case !samePartition(region, h.hub.Region):
		h.Errorf(file.Value, at, "use a service of the hub's partition", "the endpoint service is in %s, which cannot be reached from %s", region,
			h.hub.Region)
		return nil
	case in.Region != "" && in.Region != region:
		h.Errorf(file.Value, &in.Region, "write region: "+region+", or take it out", "the endpoint service is in %s, not in %s",
			region, in.Region)
		return nil
	}
	s := &catalog.Service{Name: name, ServiceName: *at, Region: region, Policy: catalog.No, Ports: []int{443}}
	if name == "" {
		s.Name = m[2]
	}
	h.above(in, s)
	s.Know(in.PrivateNames, yourFile, catalog.Observed)
	if len(in.PrivateNames) == 0 && !h.Given(&in.PrivateNames) && !h.profileAlone() {
		h.Errorf(file.Key, in, fmt.Sprintf("write {service: %s, name: billing, privateNames: [api.example.com]}", *at),
			"%s has no private name, so no client could resolve it", s.Name)
		s.OnlyAWSKnows = true // said
	}
	return s
}
