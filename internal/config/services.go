package config

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/constructs/perimeter"
	"sharedhub/internal/diag"
)

// CatalogFile is where a configuration keeps what the user's own account was told of a region's services.
func CatalogFile(dir, region string) string { return filepath.Join(dir, "catalog", region+".json") }

// catalog reads the refreshed catalogue of the hub's region, if the folder has one.
func (v *validator) catalog(h *Hub) {
	h.Catalog = catalog.For(h.Region, nil)
	file := CatalogFile(v.cfg.Dir, h.Region)
	if _, err := os.Stat(file); os.IsNotExist(err) {
		return
	}
	b, err := readLimited(file)
	if err == nil {
		var own *catalog.Observation
		if own, err = catalog.ParseObservation(b, h.Region); err == nil {
			h.Catalog = catalog.For(h.Region, own)
			return
		}
	}
	(&File{Path: file, at: map[string]place{}, diags: h.File.diags}).errorf("", "take the file away to use the embedded catalogue", "%s", plain(err))
}

var ownService = regexp.MustCompile(`^com\.amazonaws\.vpce\.([a-z0-9-]+)\.vpce-svc-([0-9a-f]{8}|[0-9a-f]{17})$`)

func (v *validator) services(h *Hub) {
	f := h.File
	const path = "endpoints"
	if len(h.EndpointsWritten.Services) == 0 {
		f.errorf(path+".services", "write at least one: services: [ssm]", "there is no service")
	}
	if h.EndpointsWritten.Policy == "" {
		h.EndpointsWritten.Policy = "full-access"
		if h.Organization.ID != "" {
			h.EndpointsWritten.Policy = "organization"
		}
	}
	at := map[string]string{} // where each service is given
	for i, spec := range h.EndpointsWritten.Services {
		p := fmt.Sprintf("%s.services[%d]", path, i)
		for _, entry := range v.resolve(h, spec, p) {
			if first := at[entry.Name]; first != "" {
				if _, bundled := f.at[p+".bundle"]; !bundled { // a bundle may share services with another
					f.report(diag.Error, p, fmt.Sprintf("service %s is given twice", entry.Name), "keep one of them", diag.Related{Where: f.Pos(first), Text: "first given here"})
				}
				continue
			}
			at[entry.Name] = p
			s := &Endpoint{Catalog: entry}
			v.serviceAZs(h, s, spec, p)
			v.servicePolicy(h, s, spec, p)
			if entry.Confidence == catalog.Derived {
				f.warnf(p, "run catalog refresh, or name them with privateNames: a wrong name leaves the service public", "the private name of %s is only derived: %s", entry.Name, strings.Join(entry.PrivateNames, ", "))
			}
			h.Endpoints = append(h.Endpoints, s)
		}
	}
	slices.SortFunc(h.Endpoints, func(a, b *Endpoint) int { return strings.Compare(a.Catalog.Name, b.Catalog.Name) })
	v.claims(h, at)
	each, spare := 2, 12 // outputs of an endpoint, and of the stack besides
	if h.HasHostedZones() && h.HasR53Profile() {
		each, spare = 3, 14
	}
	outputs, quota := awsfacts.OutputsPerStack.Max, awsfacts.EndpointsPerVPC
	if n, most := len(h.Endpoints), (outputs-spare)/each; n > most {
		f.errorf(path+".services", "split the services between two hubs", "%d services do not fit one stack's %d outputs; at most %d do", n, outputs, most)
	} else if n > quota.Default {
		f.warnf(path+".services", "ask AWS for a higher quota first ("+quota.Name+")", "%d endpoints, and a VPC has %d by default", n, quota.Default)
	}
}

// resolve finds the services that one entry of the list stands for.
func (v *validator) resolve(h *Hub, spec ServiceSpec, p string) []*catalog.Service {
	f := h.File
	switch {
	case spec.Bundle != "":
		return v.bundle(h, spec, p)
	case spec.Service != "":
		return v.ownService(h, spec, p)
	case spec.Name == "":
		f.errorf(p, "write name: ssm, or bundle: ssm", "the entry names no service")
		return nil
	}
	if len(spec.Ports) > 0 {
		f.errorf(p+".ports", "take it out: the catalogue knows the ports of AWS's services", "ports go with service only")
	}
	cat := h.Catalog
	if spec.Region != "" && spec.Region != h.Region {
		if !slices.Contains(catalog.CrossRegion, spec.Name) {
			f.errorf(p+".region", "across regions there are "+strings.Join(catalog.CrossRegion, ", "), "service %s cannot be reached in another region", spec.Name)
			return nil
		}
		if !slices.Contains(awsfacts.Regions(), spec.Region) || !samePartition(spec.Region, h.Region) {
			f.errorf(p+".region", didYouMeanOr(spec.Region, awsfacts.Regions(), "write a region of the same partition"), "%q is no region that %s can reach", spec.Region, h.Region)
			return nil
		}
		cat = catalog.For(spec.Region, nil)
	}
	s := v.lookup(f, cat, spec.Name, p)
	if s == nil {
		return nil
	}
	if cat.Region != h.Region {
		s.Name += "." + cat.Region
	}
	v.rename(h, s, spec, p)
	return []*catalog.Service{s}
}

func (v *validator) lookup(f *File, cat *catalog.Catalog, name, p string) *catalog.Service {
	s, ok := cat.Lookup(name)
	if !ok {
		fix := didYouMeanOr(name, cat.Names(), "use the name AWS prints after the region, such as ssm or ecr.dkr")
		if _, bundle := catalog.FindBundle(name); bundle {
			fix = "write {bundle: " + name + "} for the set, or name its services"
		}
		f.errorf(p, fix, "service %q is not in the catalogue", name)
		return nil
	}
	if name != s.Name || s.Offered() {
		return s
	}
	if own := cat.Own(); own != nil {
		f.errorf(p, fmt.Sprintf("run catalog refresh --region %s, or write %s if AWS has added it since", cat.Region, s.ServiceName), "service %s is not offered in %s, which was asked on %s", name, cat.Region, own.Captured)
	} else {
		f.errorf(p, fmt.Sprintf("run catalog refresh --region %s, or write %s if AWS has added it since", cat.Region, s.ServiceName), "service %s has not been seen in %s, only in %s", name, cat.Region, strings.Join(s.ObservedIn, ", "))
	}
	return nil
}

// rename gives a service the names of the user's file.
func (v *validator) rename(h *Hub, s *catalog.Service, spec ServiceSpec, p string) {
	if len(spec.PrivateNames) == 0 {
		return
	}
	if h.HasR53Profile() {
		h.File.errorf(p+".privateNames", "take it out, or use dns: {sharing: zones}", "with a Profile, AWS decides the names of %s", s.Name)
	}
	if v.validNames(h.File, spec.PrivateNames, p) {
		s.PrivateNames, s.Source, s.Confidence, s.Twin = spec.PrivateNames, "your file", catalog.Observed, ""
	}
}

func (v *validator) validNames(f *File, names []string, p string) bool {
	ok := true
	for i, n := range names {
		if !catalog.ValidName(n) {
			ok = false
			f.errorf(fmt.Sprintf("%s.privateNames[%d]", p, i), "write a domain, such as api.example.com or *.api.example.com", "%q is not a name", n)
		}
	}
	return ok
}

func (v *validator) bundle(h *Hub, spec ServiceSpec, p string) []*catalog.Service {
	f := h.File
	for _, key := range []string{"name", "region", "privateNames", "service", "ports"} {
		if _, given := f.at[p+"."+key]; given {
			f.errorf(p+"."+key, "give the service an entry of its own", "%s does not go with bundle", key)
		}
	}
	b, ok := catalog.FindBundle(spec.Bundle)
	if !ok {
		var names []string
		for _, b := range catalog.Bundles {
			names = append(names, b.Name)
		}
		f.errorf(p+".bundle", didYouMeanOr(spec.Bundle, names, "the bundles are "+strings.Join(names, ", ")), "there is no bundle %q", spec.Bundle)
		return nil
	}
	var out []*catalog.Service
	var missing []string
	for _, name := range b.Services {
		if s, ok := h.Catalog.Lookup(name); ok && s.Offered() {
			out = append(out, s)
		} else {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		f.warnf(p, "name a service by its full name if AWS has added it since", "bundle %s is made without %s, not seen in %s", b.Name, strings.Join(missing, ", "), h.Region)
	}
	return out
}

// ownService is an endpoint service of the user's or a third party's. Such services take no endpoint policy of the
// consumer's that would be more than the default (PrivateLink guide, "Control access to VPC endpoints using endpoint
// policies").
func (v *validator) ownService(h *Hub, spec ServiceSpec, p string) []*catalog.Service {
	f := h.File
	m := ownService.FindStringSubmatch(spec.Service)
	switch {
	case m == nil:
		f.errorf(p+".service", "write com.amazonaws.vpce."+h.Region+".vpce-svc-…; AWS's own services go by name", "%q is not the name of an endpoint service", spec.Service)
		return nil
	case m[1] != h.Region:
		f.errorf(p+".service", "use a service of "+h.Region, "the endpoint service is in %s, and the hub in %s", m[1], h.Region)
		return nil
	case !wordRule.MatchString(spec.Name) || len(spec.Name) > maxTierName:
		f.errorf(p, "give it a name of your own: "+nameFix(maxTierName), "%q cannot name an endpoint service", spec.Name)
		return nil
	case len(spec.PrivateNames) == 0:
		f.errorf(p, "write privateNames: [api.example.com]", "nobody could ask for %s: it has no private name", spec.Name)
		return nil
	case spec.Region != "":
		f.errorf(p+".region", "take it out", "region goes with AWS's own services")
		return nil
	}
	if !v.validNames(f, spec.PrivateNames, p) {
		return nil
	}
	s := &catalog.Service{Name: spec.Name, ServiceName: spec.Service, Region: h.Region, PrivateNames: spec.PrivateNames, Source: "your file", Confidence: catalog.Observed, Ports: []int{443}, Policy: catalog.No}
	if len(spec.Ports) > 0 {
		s.Ports = spec.Ports
	}
	for i, port := range s.Ports {
		if port < 1 || port > 65535 || slices.Contains(s.Ports[:i], port) {
			f.errorf(fmt.Sprintf("%s.ports[%d]", p, i), "use 1 to 65535, each once", "%d is not a port, or is given twice", port)
		}
	}
	return []*catalog.Service{s}
}

// claims refuses two services that want one hosted zone: a VPC could ask only one of them.
func (v *validator) claims(h *Hub, at map[string]string) {
	owner := map[string]*Endpoint{}
	for _, s := range h.Endpoints {
		for _, z := range catalog.HostedZones(s.Catalog.PrivateNames) {
			if o := owner[z.Name]; o != nil {
				h.File.report(diag.Error, at[s.Catalog.Name], fmt.Sprintf("services %s and %s both claim the name %s", o.Catalog.Name, s.Catalog.Name, z.Name), "keep one of them, or give one other privateNames",
					diag.Related{Where: h.File.Pos(at[o.Catalog.Name]), Text: o.Catalog.Name})
			}
			owner[z.Name] = s
		}
	}
}

// companions warns of services that lack what they do not work without.
func (v *validator) companions(h *Hub) {
	have := map[string]bool{}
	for _, s := range h.Endpoints {
		have[s.Catalog.Name] = true
	}
	s3 := have["s3"] || len(h.Spokes) > 0
	for _, s := range h.Spokes {
		s3 = s3 && (have["s3"] || slices.Contains(s.GatewayEndpoints(), "s3") || !s.Attached())
	}
	said := map[string]bool{}
	for _, s := range h.Endpoints {
		c := catalog.Companions[s.Catalog.Name]
		var missing []string
		for _, n := range c.Needs {
			if !have[n] && (n != "s3" || !s3) && !said[n] {
				missing = append(missing, n)
				said[n] = true
			}
		}
		if len(missing) > 0 {
			h.File.warnf("endpoints.services", "add "+strings.Join(missing, " and ")+", or the traffic has no private way", "service %s is here without %s: %s", s.Catalog.Name, strings.Join(missing, ", "), c.Why)
		}
	}
}

func (v *validator) serviceAZs(h *Hub, s *Endpoint, spec ServiceSpec, p string) {
	f := h.File
	s.AZs = h.AZs
	if len(spec.AZs) > 0 {
		s.AZs = nil
		for i, name := range spec.AZs {
			j := slices.IndexFunc(h.AZs, func(z AZ) bool { return z.Name == name })
			if j < 0 {
				var names []string
				for _, z := range h.AZs {
					names = append(names, z.Name)
				}
				f.errorf(fmt.Sprintf("%s.zones[%d]", p, i), "the hub's zones are "+strings.Join(names, ", "), "zone %q is not one of the hub's", name)
			} else if !slices.Contains(s.AZs, h.AZs[j]) {
				s.AZs = append(s.AZs, h.AZs[j])
			}
		}
		sortAZs(s.AZs)
		return
	}
	if s.Catalog.Region != h.Region || s.Catalog.AZs == "" || len(s.Catalog.AZs) == len(h.Catalog.AZs()) || len(h.AZs) == 0 || h.AZs[0].ByID {
		return
	}
	s.AZs = nil
	var without []string
	for _, z := range h.AZs {
		if strings.Contains(s.Catalog.AZs, z.Name) {
			s.AZs = append(s.AZs, z)
		} else {
			without = append(without, z.Name)
		}
	}
	switch {
	case len(s.AZs) == 0:
		f.errorf(p, "name the zones: {name: "+spec.Name+", zones: [...]}", "service %s was seen in none of the hub's zones, only in %s of %s", s.Catalog.Name, strings.Join(strings.Split(s.Catalog.AZs, ""), ", "), h.Region)
	case len(without) > 0:
		f.warnf(p, "name the zones if your account's letters differ: {name: "+spec.Name+", zones: [...]}", "service %s was not seen in zone %s of %s, so its endpoint leaves that zone out", s.Catalog.Name, strings.Join(without, ", "), h.Region)
	}
}

func (v *validator) servicePolicy(h *Hub, s *Endpoint, spec ServiceSpec, p string) {
	f := h.File
	name, at := h.EndpointsWritten.Policy, "endpoints.policy"
	if spec.Policy != "" {
		name, at = spec.Policy, p+".policy"
		if s.Catalog.Policy == catalog.No && name != "full-access" {
			f.errorf(at, "take the policy out: everything may pass this endpoint, and IAM alone decides", "service %s takes no endpoint policy", s.Catalog.Name)
			return
		}
	}
	s.PolicyName = name
	switch {
	case s.Catalog.Policy == catalog.No:
		s.PolicyName = "none possible"
	case name == "full-access":
		s.Policy = perimeter.FullAccess()
	case name == "organization":
		if h.Organization.ID == "" {
			v.once(f, at, "write organization: o-… in the hub's file, or policy: full-access", "policy organization needs the hub's organization")
			return
		}
		s.Policy = perimeter.Organization(h.Organization.ID, s.Catalog)
	case strings.HasSuffix(name, ".json"):
		s.Policy = v.policyFile(f, at, name)
	default:
		v.once(f, at, didYouMeanOr(name, []string{"full-access", "organization"}, "write full-access, organization, or the path of a .json file"), fmt.Sprintf("%q is not a policy", name))
	}
}

// policyFile reads a policy once. That it cannot be read is a mistake of each place that names it; what is wrong in it is
// reported once, where it stands.
func (v *validator) policyFile(f *File, at, name string) perimeter.Document {
	p, ok := v.policies[name]
	if !ok {
		var b []byte
		if b, p.err = readPolicy(v.cfg.Dir, name); p.err == nil {
			var problems []perimeter.Problem
			p.doc, problems = perimeter.Parse(b)
			in := &File{Path: filepath.Join(v.cfg.Dir, filepath.FromSlash(name)), lines: strings.Split(string(b), "\n"), diags: f.diags}
			for _, w := range problems {
				in.reportAt(diag.Error, place{line: w.Line}, w.Text, "correct the policy; EC2 refuses it as it is", diag.Related{Where: f.Pos(at), Text: "policy: " + name})
			}
		}
		v.policies[name] = p
	}
	if p.err != nil {
		v.once(f, at, "the path begins at the configuration's folder: policies/s3.json", fmt.Sprintf("policy file %s: %v", name, p.err))
	}
	return p.doc
}

func readPolicy(dir, name string) ([]byte, error) {
	root, err := os.OpenRoot(dir) // a policy lies in the folder, whatever its name or links say
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(filepath.FromSlash(name))
	if err != nil {
		return nil, fmt.Errorf("%s", plain(err))
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("the file has %d bytes; a policy has at most %d characters", info.Size(), perimeter.MaxSize)
	}
	b, err := root.ReadFile(filepath.FromSlash(name))
	if err != nil {
		return nil, fmt.Errorf("%s", plain(err))
	}
	return b, nil
}

// once reports a mistake that every service would repeat.
func (v *validator) once(f *File, at, fix, summary string) {
	pos := f.Pos(at)
	for _, d := range *f.diags {
		if d.Where == pos && d.Summary == summary {
			return
		}
	}
	f.report(diag.Error, at, summary, fix)
}

// samePartition is true for two regions of one partition: nothing of AWS crosses partitions.
func samePartition(a, b string) bool {
	p, err := awsfacts.PartitionOf(a)
	q, err2 := awsfacts.PartitionOf(b)
	return err == nil && err2 == nil && p.Name == q.Name
}
