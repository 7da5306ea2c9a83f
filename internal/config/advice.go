package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// doubts warns of what is not surely known of one service.
func (h *hubFile) doubts(s *catalog.Service, in *file.Endpoint) {
	if s.Instead != "" {
		h.Warnf(file.Service, in, "use "+s.Instead+": "+s.Page, "AWS takes no new endpoints of %s", s.Name)
	}
	switch {
	case s.OnlyAWSKnows:
	case len(s.PrivateNames) == 0 && ownServiceName.MatchString(s.ServiceName):
		if !h.Given(&in.PrivateNames) {
			h.Warnf(file.Service, in, "write privateNames: [api.example.com], the name that its provider has verified, or "+
				"privateNames: [] if there is none",
				"whether the provider of %s has verified a private name is not known, so the Profile serves none: EC2 refuses private DNS "+
					"where there is none", s.Name)
		}
	case len(s.PrivateNames) == 0 && !h.Given(&in.PrivateNames):
		fix := "write {name: " + s.Name + ", privateNames: []} if clients do so"
		if s.GatewayEndpoint {
			fix = "leave it out: the spokes' gateway endpoints reach it at no charge; or " + fix
		}
		h.Warnf(file.Service, in, fix, "service %s has no private name, so clients must ask for the endpoint's own DNS name", s.Name)
	case s.Confidence == catalog.Guess:
		text := "the private name of %s is a guess: %s"
		fix := "run " + h.refresh(s.Region) + ", or name it with privateNames: a wrong name leaves the service public"
		if _, known := h.hub.Catalog.Lookup(s.ServiceName); !known {
			text = "the catalogue does not know service %s, and its private name is a guess: %s"
			if near := diag.DidYouMean(s.Name, h.hub.Catalog.Names()); near != "" {
				fix = near + " If not, " + fix
			}
		}
		h.Warnf(file.Service, in, fix, text, s.Name, strings.Join(guesses(s), ", "))
	}
	if strings.HasPrefix(s.Name, "execute-api") && slices.ContainsFunc(s.PrivateNames, isWildcard) {
		h.Warnf(file.Service, in, "leave it out, or name the private APIs: {name: execute-api, privateNames: [abc123.execute-api."+s.Region+
			"."+awsfacts.MustPartition(s.Region).DNSSuffix+"]}",
			"the endpoint of %s takes all of API Gateway's public APIs of %s away from the spokes: their names then lead "+
				"to it, and it serves private APIs only", s.Name, s.Region)
	}
}

func isWildcard(name string) bool { return strings.HasPrefix(name, "*.") }

func guesses(s *catalog.Service) (out []string) {
	for _, p := range s.Provenance {
		if p.Confidence == catalog.Guess {
			out = append(out, p.Names...)
		}
	}
	return out
}

// unobserved warns once of a region in which nobody has looked.
func (h *hubFile) unobserved() {
	known := h.in.AllowNewRegion || slices.Contains(awsfacts.Regions(), h.hub.Region) // else it is said
	if known && h.hub.Catalog.AZs() == "" && len(h.hub.Endpoints) > 0 {
		h.Warnf(file.Service, &h.in.Region, "run "+h.refresh(h.hub.Region)+" once, with credentials of an account of yours",
			"nobody has looked at %s yet: which of the services it has, in which zones and by which names, is taken from other regions",
			h.hub.Region)
	}
}

// derivedNames warns once of all names that were seen in another partition only; false where there are none.
func (h *hubFile) derivedNames() bool {
	if h.profileAlone() || h.hub.Catalog.AZs() != "" || samePartition(h.hub.Region, "us-east-1") {
		return false
	}
	var services []string
	for _, e := range h.hub.Endpoints {
		if e.Catalog.Confidence == catalog.Derived {
			services = append(services, e.Catalog.Name)
		}
	}
	if len(services) > 0 {
		h.Warnf(file.Service, &h.in.Endpoints.Services, "run "+h.refresh(h.hub.Region)+" once: a wrong name leaves the "+
			"service public", "the private names of %s were seen in partition aws, not in %s", strings.Join(services, ", "), h.hub.Region)
	}
	return len(services) > 0
}

// withoutCrossRegion are the availability zones in which an endpoint cannot reach another region (PrivateLink guide,
// "Considerations" of cross-region access).
var withoutCrossRegion = []string{"use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "apne2-az4"}

func (h *hubFile) crossRegionAZs(s *catalog.Service, in *file.Endpoint) {
	for _, az := range h.hub.AZs {
		asked := len(in.AZs) == 0 || slices.Contains(in.AZs, az.Name)
		if asked && slices.Contains(withoutCrossRegion, az.Name) {
			h.Warnf(file.Service, in, "add zones: [...] with the hub's other zones to the entry",
				"zone %s may not offer endpoints of another region, such as that of %s", az.Name, s.Name)
		}
	}
}

// companions warns of services that lack what they do not work without.
func (h *hubFile) companions() {
	have := map[string]bool{}
	for _, e := range h.hub.Endpoints {
		have[e.Catalog.Name] = !e.Leaving
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
			if have[e.Catalog.Name] && !have[n] && (n != "s3" || !s3) && !said[n] {
				missing = append(missing, n)
				said[n] = true
			}
		}
		if len(missing) > 0 {
			h.Warnf(file.Service, h.given[e.Catalog.Name], "add "+strings.Join(missing, " and ")+", or the traffic has no private way",
				"service %s is here without %s: %s", e.Catalog.Name, strings.Join(missing, ", "), c.Why)
		}
	}
}

// gatewayEndpoints warns of an interface endpoint that takes the traffic of the spokes' gateway endpoints, which are free.
// Where the entry has a policy of its own, that is what it is for.
func (h *hubFile) gatewayEndpoints() {
	for i := range h.in.Endpoints.Services {
		in := &h.in.Endpoints.Services[i]
		j := slices.IndexFunc(h.hub.Endpoints, func(e *Endpoint) bool {
			s := e.Catalog
			return s.GatewayEndpoint && s.Region == h.hub.Region && slices.Contains([]string{s.Name, s.ServiceName, s.GatewayServiceName()}, in.Name)
		})
		if j < 0 || in.Policy != "" || h.hub.Endpoints[j].Leaving || len(h.hub.Endpoints[j].Catalog.PrivateNames) == 0 {
			continue
		}
		name := h.hub.Endpoints[j].Catalog.Name
		var spokes []string
		for _, s := range h.hub.Spokes {
			if s.Attached() && slices.Contains(s.GatewayEndpoints, name) {
				spokes = append(spokes, s.Name)
			}
		}
		if len(spokes) > 0 {
			h.Warnf(file.Service, in, fmt.Sprintf("leave %s out of services, or of the spokes' gatewayEndpoints; with {name: %s, policy: …}, which "+
				"says what may pass here, this is not said", name, name),
				"the endpoint of %s takes the traffic of %s, whose gateway endpoints are free; it is paid by the gigabyte", name,
				few(spokes, "spokes"))
		}
	}
}

// few is a list for people, of which the first three are named.
func few(names []string, kind string) string {
	if len(names) > 4 {
		return fmt.Sprintf("%s and %d more %s", strings.Join(names[:3], ", "), len(names)-3, kind)
	}
	return strings.Join(names, ", ")
}

// codeArtifact warns where the organization's policy of S3 keeps CodeArtifact's packages out: they lie in buckets of AWS's.
func (h *hubFile) codeArtifact() {
	var s3 *Endpoint
	has := false
	for _, e := range h.hub.Endpoints {
		if e.Catalog.Name == "s3" {
			s3 = e
		}
		has = has || e.Catalog.Name == "codeartifact.repositories"
	}
	if !has || s3 == nil || s3.Policy.Kind != PolicyOrganization {
		return
	}
	if b, err := json.Marshal(s3.Policy.Document); err != nil || strings.Contains(string(b), ":::assets-") {
		return
	}
	h.Warnf(file.Policy, &h.in.Endpoints.Services, "give s3 a policy file that also allows s3:GetObject of arn:aws:s3:::assets-<account>-"+
		h.hub.Region+"/*, with AWS's account of the region (CodeArtifact guide, \"Create the Amazon S3 gateway endpoint\")",
		"CodeArtifact's packages come from a bucket of AWS's, which the policy organization of s3 does not let pass")
}
