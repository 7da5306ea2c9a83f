package catalog

import (
	"regexp"
	"slices"
	"strings"
)

// endpointName is the name that EC2 gives an endpoint: its id, the service, the region. Of a zone's name the zone is before the first
// dot (whitepaper "AWS PrivateLink", "Creating highly-available endpoint services").
var endpointName = regexp.MustCompile(`^(?:\*\.)?vpce-[0-9a-z-]+\.(.+)\.([a-z]{2,4}(?:-[a-z]+)+-[0-9]+)\.vpce\.`)

// EndpointOf is whose the name of an endpoint is: as names of endpoints call the service, "api.ecr", and its region. It is false for
// what is no such name.
func EndpointOf(name string) (service, region string, ok bool) {
	m := endpointName.FindStringSubmatch(name)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

const endpointService = "vpce-svc-"

// OtherThan is the service that an endpoint is of by its name, where that is surely not the one given; "" where it is, or nobody can
// tell. Most services are called as their private names begin, and a few as nothing else says, such as prod.comprehendmedical; but
// none as another one is: of 2,835 names that DescribeVpcEndpointServices gave in 17 regions in 2023, all were so.
func (c *Catalog) OtherThan(s *Service, endpoint string) string {
	label, region, ok := EndpointOf(endpoint)
	if !ok {
		return ""
	}
	if _, id, own := strings.Cut(s.ServiceName, "."+endpointService); own { // of a third party: its own id, and no other
		if label != endpointService+id {
			return label
		}
		return ""
	}
	at := c
	if region != c.Region {
		at = For(region, nil)
	}
	if slices.Contains(at.calledBy(s), label) {
		return ""
	}
	found := ""
	for _, name := range at.Names() {
		other, ok := at.Lookup(name)
		if ok && other.ServiceName != s.ServiceName && slices.Contains(at.calledBy(other), label) && (found == "" || !other.FIPS) {
			found = name
		}
	}
	return found
}

// calledBy are the words by which names of endpoints may call a service: the labels of its own name in reverse, and what its private
// names have before the region. A FIPS endpoint may be called as the other one.
func (c *Catalog) calledBy(s *Service) []string {
	labels := strings.Split(shortName(s.ServiceName, s.Region), ".")
	slices.Reverse(labels)
	out := []string{strings.Join(labels, ".")}
	names := s.PrivateNames
	if known, ok := c.Lookup(s.Name); ok {
		names = slices.Concat(names, known.PrivateNames)
	}
	for _, n := range names {
		if called, _, ok := strings.Cut(strings.TrimPrefix(n, "*."), "."+c.Region+"."); ok {
			out = append(out, called)
		}
	}
	for _, called := range out {
		if plain, fips := strings.CutSuffix(called, "-fips"); fips {
			out = append(out, plain)
		}
	}
	return out
}
