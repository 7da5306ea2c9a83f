package config

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
	"sharedhub/internal/ranges"
)

// publishedFile is a service's file, beside what was made of it.
type publishedFile struct {
	*file.File
	in      file.Published
	service *Published
	hub     *hubFile
	// written are all spokes' files.
	written []*spokeFile
}

// maxServiceName keeps "<hub>-service-<name>-reader" within the 64 characters of a role's name.
const maxServiceName = 24

var digitAfterDash = regexp.MustCompile(`-[0-9]`)

// published makes the plan of a service's file.
func (r *resolver) published(f *publishedFile) {
	in, s := &f.in, f.service
	h := r.hubOf(in.Hub)
	if h == nil {
		if names := r.hubNames; len(names) > 0 && !slices.Contains(names, in.Hub) {
			f.Errorf(file.Reference, &in.Hub, diag.Meant(in.Hub, names, "the hubs are "),
				"hub %q does not exist", in.Hub)
		}
		return
	}
	if h.hub.Catalog == nil || h.Failed(&h.in.Segments) || h.Failed(&h.in.ServiceDomains) {
		return // what it could refer to is not known
	}
	f.hub, f.written = h, r.written
	s.Domain, s.Provider, s.AcceptedBy, s.Tags = in.Name, in.Provider, strings.TrimSpace(in.Acceptance.By), tags(in.Tags)
	s.Leaving = in.State == "leaving"
	if digitAfterDash.MatchString(s.Name) { // a-1 and a1 would have the same logical ids
		f.Errorf(file.Unreadable, in, "rename the file, so that no digit follows a dash", "%q cannot name a service", s.Name)
	}
	file.MergeTags(f.File, &in.Tags, h.File, &h.in.Tags)
	f.domain()
	provider := f.spoke(&in.Provider, "provider")
	if provider == nil {
		return
	}
	f.may(provider, &in.Provider, "publish", "publish a service")
	if !provider.Attached() {
		f.Errorf(file.Reference, &in.Provider, "attach the spoke again, or take the service away first (docs/PRIVATELINK.md)",
			"spoke %s, which provides the service, is detached", provider.Name)
	}
	f.balancer(provider)
	f.consumers(provider)
	f.principals(provider)
	h.hub.Published = append(h.hub.Published, s)
}

// spoke finds a spoke of the hub that the file names.
func (f *publishedFile) spoke(at *string, what string) *Spoke {
	h := f.hub.hub
	if s := h.spoke(*at); s != nil {
		return s
	}
	if slices.ContainsFunc(f.written, func(s *spokeFile) bool { return s.spoke.Name == *at && s.spoke.Hub == nil }) {
		return nil // its file is there, and has mistakes of its own
	}
	names := make([]string, len(h.Spokes))
	for i, s := range h.Spokes {
		names[i] = s.Name
	}
	fix := file.DidYouMeanOr(*at, names, "hub "+h.Name+" has no spokes")
	if len(names) > 0 {
		fix = file.DidYouMeanOr(*at, names, "the spokes of hub "+h.Name+" are "+few(names, "spokes"))
	}
	f.Errorf(file.Reference, at, fix, "%s %q is no spoke of hub %s", what, *at, h.Name)
	return nil
}

// may refuses what the hub's file does not let a segment's spokes do.
func (f *publishedFile) may(s *Spoke, at any, right, does string) {
	h := f.hub
	segment := h.hub.Segment(s.Segment)
	if segment == nil || segment.may(right) {
		return
	}
	all := append(slices.Clone(segment.SpokesMay), right)
	f.Errorf(file.Right, at, fmt.Sprintf("the hub's owners allow it with segments.%s.spokesMay: [%s] in %s", segment.Name,
		strings.Join(all, ", "), h.where()), "spoke %s of segment %s may not %s", s.Name, segment.Name, does).
		See = []diag.Related{{Where: h.Pos(&h.in.Segments.Get(segment.Name).SpokesMay), Text: "the segment in hub " + h.hub.Name}}
}

// domain checks that the service's name lies in a domain for services.
func (f *publishedFile) domain() {
	h, domains := f.hub, f.hub.in.ServiceDomains
	if slices.ContainsFunc(domains, func(d string) bool { return strings.HasSuffix(f.in.Name, "."+d) }) {
		return
	}
	if len(domains) == 0 {
		f.Errorf(file.Right, &f.in.Name, fmt.Sprintf("the hub's owners allow it with serviceDomains: [%s] in %s", parentDomain(f.in.Name),
			h.where()),
			"hub %s has no domain for services", h.hub.Name)
		return
	}
	fix := fmt.Sprintf("write %s.%s; the hub's owners add a domain to serviceDomains in %s", f.service.Name, domains[0], h.where())
	f.Errorf(file.Right, &f.in.Name, fix, "name %q is in none of the domains for services, %s", f.in.Name, few(domains, "domains")).
		See = []diag.Related{{Where: h.Pos(&h.in.ServiceDomains), Text: "serviceDomains"}}
}

func parentDomain(name string) string {
	_, parent, _ := strings.Cut(name, ".")
	return cmp.Or(parent, "internal.example.com")
}

// balancer resolves the load balancer: where it stands, and what it passes connections on to.
func (f *publishedFile) balancer(provider *Spoke) {
	in, s := &f.in, f.service
	if f.Given(&in.LoadBalancer) {
		s.LoadBalancer = in.LoadBalancer.ARN
		f.own(&in.LoadBalancer.ARN, provider)
	} else {
		s.Tier = f.tier(provider, &in.Tier, in.Tier)
		f.targets(provider)
	}
	s.AZs = provider.zonesOf(s.Tier)
	if len(in.AZs) > 0 {
		s.AZs = f.zones(provider, s.AZs)
	}
	f.oneEach(provider, &in.Provider, s.Tier, s.AZs)
	for _, p := range in.Ports {
		port := PublishedPort{Port: p.Port}
		if s.LoadBalancer == "" {
			port.Target = cmp.Or(p.Target, p.Port)
		}
		s.Ports = append(s.Ports, port)
	}
}

// own refuses a load balancer of another account or region: an endpoint service is made where its load balancer is (PrivateLink
// guide, "Create a service powered by AWS PrivateLink").
func (f *publishedFile) own(arn *string, provider *Spoke) {
	parts := strings.Split(*arn, ":")
	if len(parts) < 6 {
		return // said
	}
	if parts[3] != provider.Hub.Region || parts[4] != provider.Account {
		f.Errorf(file.Value, arn, "name one of the provider's account and of the hub's region",
			"the load balancer is in account %s and region %s, and spoke %s is in account %s and region %s", parts[4], parts[3], provider.Name,
			provider.Account, provider.Hub.Region)
	}
}

// tier is a tier of a spoke, its first routed one where none is named.
func (f *publishedFile) tier(s *Spoke, at any, name string) string {
	all := s.tierNames()
	switch {
	case slices.Contains(all, name):
		return name
	case name != "":
		f.Errorf(file.Reference, at, diag.Meant(name, all, "its tiers are "), "spoke %s has no tier %q",
			s.Name, name)
		return ""
	case len(all) == 0:
		return "" // said of the spoke
	}
	for _, t := range s.Tiers {
		if s.Routed(t) {
			return t.Name
		}
	}
	return all[0]
}

func (f *publishedFile) zones(provider *Spoke, among []AZ) []AZ {
	if len(among) == 0 {
		return nil // said
	}
	var out []AZ
	for i, name := range f.in.AZs {
		j := slices.IndexFunc(among, func(z AZ) bool { return z.Name == name })
		if j < 0 {
			f.Errorf(file.Reference, &f.in.AZs[i], "the zones of spoke "+provider.Name+" are "+azNames(among),
				"zone %q is not one of the provider's", name)
		} else if !slices.Contains(out, among[j]) {
			out = append(out, among[j])
		}
	}
	sortAZs(out)
	return out
}

// oneEach refuses a tier of a VPC that exists with two subnets in a zone: load balancers and endpoints take one.
func (f *publishedFile) oneEach(s *Spoke, at any, tier string, azs []AZ) {
	if s.Existing == nil {
		return
	}
	for _, z := range azs {
		var ids []string
		for _, n := range s.Existing.Subnets {
			if n.Tier == tier && n.AZ == z {
				ids = append(ids, n.ID)
			}
		}
		if len(ids) > 1 {
			f.Errorf(file.Reference, at, "put all but one into another tier, in the spoke's file",
				"tier %s of spoke %s has %s in zone %s, and a load balancer or an endpoint takes one subnet of a zone", tier, s.Name,
				strings.Join(ids, " and "), z.Name)
		}
	}
}

func (f *publishedFile) targets(provider *Spoke) {
	in, s := &f.in.Targets, f.service
	t := &s.Targets
	switch {
	case in.IPs != nil:
		t.Kind, t.IDs = TargetIP, *in.IPs
		for i := range *in.IPs {
			at := &(*in.IPs)[i]
			ip, err := netip.ParseAddr(*at)
			if err == nil && provider.CIDR.IsValid() && !ranges.In(netip.PrefixFrom(ip, 32), provider.AllRanges()) {
				f.Errorf(file.Range, at, "name an address of "+ranges.Join(provider.AllRanges()), "%s is not in the VPC of spoke %s", ip, provider.Name)
			}
		}
	case in.Instances != nil:
		t.Kind, t.IDs = TargetInstance, *in.Instances
	default:
		t.Kind, t.IDs = TargetLoadBalancer, []string{in.LoadBalancer}
		f.own(&in.LoadBalancer, provider)
	}
	t.IDs = slices.Sorted(slices.Values(t.IDs))
	t.CrossZone = in.CrossZone == nil || *in.CrossZone
	h := in.HealthCheck
	protocol := "TCP"
	if h.Path != "" || t.Kind == TargetLoadBalancer {
		protocol = "HTTP"
	}
	t.HealthProtocol, t.HealthPort = cmp.Or(h.Protocol, protocol), h.Port
	if t.HealthProtocol != "TCP" {
		t.HealthPath = cmp.Or(h.Path, "/")
	}
}

// consumers resolves who has the service, each in the zones where it meets the load balancer.
func (f *publishedFile) consumers(provider *Spoke) {
	in, s, h := &f.in.Consumers, f.service, f.hub
	if in.Hub {
		s.Shared = true
		f.may(provider, &in.Hub, "publishToHub", "publish a service to the whole hub")
		s.SharedAZs = f.meet(&in.Hub, "hub "+h.hub.Name, h.hub.Account, h.hub.AZs, provider)
	}
	add := func(spoke *Spoke, at any) {
		f.may(spoke, at, "consume", "consume a service")
		c := Consumer{Spoke: spoke.Name, Tier: f.tier(spoke, &in.Tier, in.Tier)}
		if c.AZs = f.meet(at, "spoke "+spoke.Name, spoke.Account, spoke.zonesOf(c.Tier), provider); c.Tier != "" {
			spoke.addServiceTier(c.Tier)
		}
		f.oneEach(spoke, at, c.Tier, c.AZs)
		s.Consumers = append(s.Consumers, c)
	}
	for i := range in.Segments {
		at := &in.Segments[i]
		if h.hub.Segment(*at) == nil {
			f.Errorf(file.Reference, at, h.in.SegmentFix(*at), "segment %q does not exist", *at)
			continue
		}
		if slices.Contains(in.Segments[:i], *at) {
			f.Errorf(file.Value, at, "keep one of them", "segment %s is given twice", *at)
			continue
		}
		for _, spoke := range h.hub.Spokes {
			if spoke.Segment == *at && spoke != provider {
				add(spoke, at)
			}
		}
	}
	for i := range in.Spokes {
		at := &in.Spokes[i]
		switch spoke := f.spoke(at, "consumer"); {
		case spoke == nil:
		case spoke == provider:
			f.Errorf(file.Value, at, "take it out: its own hosts reach the load balancer's targets without an endpoint",
				"spoke %s is the provider and a consumer", *at)
		case s.ConsumerIn(*at) != nil:
			f.Errorf(file.Value, at, "keep one of them", "spoke %s is a consumer already, by its name or its segment", *at)
		default:
			add(spoke, at)
		}
	}
	slices.SortFunc(s.Consumers, func(a, b Consumer) int { return strings.Compare(a.Spoke, b.Spoke) })
	if s.LoadBalancer == "" && s.Tier != "" {
		provider.addServiceTier(s.Tier)
	}
	failed := f.Failed(in) || anyFailed(f.File, in.Spokes) || anyFailed(f.File, in.Segments)
	if !s.Shared && len(s.Consumers)+len(f.in.Principals) == 0 && !failed {
		f.nobody(provider)
	}
}

// nobody refuses a service that nobody has.
func (f *publishedFile) nobody(provider *Spoke) {
	in, h := &f.in.Consumers, f.hub.hub
	if len(in.Segments) > 0 {
		besides := ""
		if slices.Contains(in.Segments, provider.Segment) {
			besides = " besides the provider"
		}
		f.Errorf(file.Value, &in.Segments[0], "add the consumer's spoke first, or name other consumers or principals",
			"nobody has the service: no spoke%s is in segment %s", besides,
			strings.Join(in.Segments, " or "))
		return
	}
	text := "nobody has the service: there is no consumer and no principal"
	if f.service.AcceptedBy != "" {
		text = "connections wait for acceptance, and nobody may ask: there is no consumer and no principal"
	}
	fix := "write consumers: {hub: true}"
	for _, s := range h.Spokes {
		if s != provider {
			fix += fmt.Sprintf(", {spokes: [%s]} or {segments: [%s]}", s.Name, s.Segment)
			break
		}
	}
	f.Errorf(file.Key, in, fix, "%s", text)
}

// anyFailed is true where a mistake was reported of an entry.
func anyFailed(f *file.File, list []string) bool {
	for i := range list {
		if f.Failed(&list[i]) {
			return true
		}
	}
	return false
}

// addServiceTier notes a tier whose subnets the stack of a service reads; those of a VPC that exists are known.
func (s *Spoke) addServiceTier(tier string) {
	if s.Existing == nil && !slices.Contains(s.ServiceTiers, tier) {
		s.ServiceTiers = append(s.ServiceTiers, tier)
		slices.Sort(s.ServiceTiers)
	}
}

// meet are the zones that a consumer and the load balancer have in common: an endpoint stands only where its service does
// (PrivateLink guide, "Subnets and Availability Zones"). Letters name other zones in each account.
func (f *publishedFile) meet(at any, who, account string, azs []AZ, provider *Spoke) []AZ {
	s := f.service
	if len(azs) == 0 || len(s.AZs) == 0 {
		return nil // said
	}
	letters := !azs[0].ByID || !s.AZs[0].ByID
	if letters && account != provider.Account {
		f.Errorf(file.Reference, at, fmt.Sprintf("write zones by id: zones: [%s]", strings.Join(awsfacts.ZoneIDs(provider.Hub.Region), ", ")),
			"%s (zones %s) and spoke %s (zones %s) are in two accounts, in which a letter names different zones: nobody can tell where they meet",
			who, azNames(azs), provider.Name, azNames(s.AZs))
		return nil
	}
	if azs[0].ByID != s.AZs[0].ByID {
		f.Errorf(file.Reference, at, fmt.Sprintf("write the zones of both by id: zones: [%s]", strings.Join(awsfacts.ZoneIDs(provider.Hub.Region),
			", ")), "%s has zones %s and spoke %s has zones %s, and which letter is which id is not known: nobody can tell where they meet",
			who, azNames(azs), provider.Name, azNames(s.AZs))
		return nil
	}
	var out []AZ
	for _, z := range azs {
		if slices.Contains(s.AZs, z) {
			out = append(out, z)
		}
	}
	if len(out) == 0 {
		f.Errorf(file.Reference, at, "give the two a zone in common, by its id",
			"%s is in zones %s and the service in %s: they meet in none, and an endpoint stands only where its service does", who, azNames(azs),
			azNames(s.AZs))
	}
	return out
}

// principals are those that may connect: the accounts of the consumers, and those of the file. An account that is the provider's own
// needs no permission, and has one all the same: a permission is what AWS checks (PrivateLink guide, "Manage permissions").
func (f *publishedFile) principals(provider *Spoke) {
	s, h := f.service, f.hub.hub
	partition, err := awsfacts.PartitionOf(h.Region)
	if err != nil {
		return
	}
	add := func(account string) { s.Principals = append(s.Principals, partition.ARN("iam", "", account, "root")) }
	if s.Shared {
		add(h.Account)
	}
	for _, c := range s.Consumers {
		if spoke := h.spoke(c.Spoke); spoke != nil && spoke.Attached() {
			add(spoke.Account)
		}
	}
	for i, p := range f.in.Principals {
		switch {
		case file.IsAccount(p):
			add(p)
		case strings.HasPrefix(p, "arn:"+partition.Name+":"):
			s.Principals = append(s.Principals, p)
		case file.IsPrincipal(p):
			f.Errorf(file.Value, &f.in.Principals[i], "name one of partition "+partition.Name, "%s is in another partition than the hub", p)
		}
	}
	slices.Sort(s.Principals)
	s.Principals = slices.Compact(s.Principals)
}

// publishedNames refuses services of one hub with one name, and names that another service of the hub has or hides.
func (h *hubFile) publishedNames(files []*publishedFile) {
	owner := map[string]*publishedFile{}
	for _, f := range files {
		if f.hub != h || f.in.Name == "" {
			continue
		}
		if h.given[f.service.Name] != nil {
			f.Errorf(file.Service, &f.in, "rename the file", "hub %s has a service %s already, and explain could not tell the two apart",
				h.hub.Name, f.service.Name).See = []diag.Related{{Where: h.Pos(h.given[f.service.Name]), Text: f.service.Name}}
		}
		if first := owner[f.in.Name]; first != nil {
			f.Errorf(file.Service, &f.in.Name, "give one of them another name", "services %s and %s both claim the name %s", first.service.Name,
				f.service.Name, f.in.Name).See = []diag.Related{{Where: first.Pos(&first.in.Name), Text: first.service.Name}}
			continue
		}
		owner[f.in.Name] = f
		for _, e := range h.hub.Endpoints {
			for _, z := range catalog.HostedZones(e.Catalog.PrivateNames) {
				if f.in.Name == z.Name || strings.HasSuffix(z.Name, "."+f.in.Name) || z.Wildcard && strings.HasSuffix(f.in.Name, "."+z.Name) {
					f.Errorf(file.Service, &f.in.Name, "take another name", "the name %s is that of service %s of the hub (%s), or hides it", f.in.Name,
						e.Catalog.Name, z.Name).See = []diag.Related{{Where: h.Pos(h.given[e.Catalog.Name]), Text: e.Catalog.Name}}
				}
			}
		}
	}
}
