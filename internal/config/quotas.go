package config

import (
	"fmt"
	"slices"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config/file"
)

// need is how much of one quota something takes: an account in a region, a VPC, a Transit Gateway.
type need struct {
	quota awsfacts.Quota
	// of is what takes it, as the subject of a sentence, and in the account and region where it can be raised.
	of, in string
	parts  []part
	hubs   []*hubFile
}

// part is a share of a need, and the value that it follows from.
type part struct {
	n    int
	file *file.File
	at   any
}

// needs are all of them, in the order in which they were found.
type needs struct {
	list []*need
	by   map[[2]string]*need
	// ranges counts those of each segment, which every spoke asks for, by hub and segment.
	ranges map[[2]string]int
}

func (q *needs) rangesOf(h *Hub, segment string) int {
	key := [2]string{h.Name, segment}
	if _, counted := q.ranges[key]; !counted {
		q.ranges[key] = len(h.SegmentRanges(segment))
	}
	return q.ranges[key]
}

// add counts n more of a quota for something of a hub.
func (q *needs) add(h *hubFile, quota awsfacts.Quota, of, in string, p part) {
	key := [2]string{quota.Name, of}
	if q.by[key] == nil {
		q.by[key] = &need{quota: quota, of: of, in: in}
		q.list = append(q.list, q.by[key])
	}
	d := q.by[key]
	d.parts = append(d.parts, p)
	if !slices.Contains(d.hubs, h) {
		d.hubs = append(d.hubs, h)
	}
}

// quotas counts what all hubs and spokes need of AWS's quotas together, and warns once of each that is not enough.
func (r *resolver) quotas() {
	q := &needs{by: map[[2]string]*need{}, ranges: map[[2]string]int{}}
	for _, h := range r.hubs {
		if h.hub.Catalog == nil {
			continue // without a region nothing is resolved
		}
		q.hub(h)
		for _, s := range r.spokes {
			if s.spoke.Hub == h.hub && h.hub.Segment(s.spoke.Segment) != nil {
				q.spoke(h, s)
			}
		}
		for _, f := range r.services {
			if f.hub == h {
				q.published(h, f)
			}
		}
	}
	for _, d := range q.list {
		d.report()
	}
}

// account is an account in a region, as the subject of a sentence.
func account(number, region string) string { return "account " + number + " in " + region }

// hub counts what a hub needs but for its spokes.
func (q *needs) hub(h *hubFile) {
	hub := h.hub
	in := account(hub.Account, hub.Region)
	vpc, gateway := "the VPC of hub "+hub.Name, "the Transit Gateway of hub "+hub.Name
	at := func(n int, value any) part { return part{n, h.File, value} }

	if hub.Existing == nil {
		q.add(h, awsfacts.VPCsPerRegion, in, in, at(1, &h.in.Account))
	}
	q.add(h, awsfacts.EndpointsPerVPC, vpc, in, at(len(hub.Endpoints), &h.in.Endpoints.Services))
	q.add(h, awsfacts.RoutesPerTable, "the route tables of "+vpc, in, at(1+len(hub.Supernets()), &h.in.Pools))
	interfaces, ports := len(hub.AZs), 0 // of the attachment; of one security group, which endpoints with the same ports share
	for _, e := range hub.Endpoints {
		interfaces += len(e.AZs)
		ports = max(ports, len(e.Catalog.Ports))
	}
	q.add(h, awsfacts.NetworkInterfaces, in, in, at(interfaces, &h.in.Endpoints.Services))
	q.add(h, awsfacts.RulesPerGroup, "the endpoints' security group of hub "+hub.Name, in,
		at(ports*(1+len(hub.Supernets())), &h.in.Pools))
	if hub.TransitGateway.ID == "" {
		q.add(h, awsfacts.TransitGateways, in, in, at(1, &h.in.TransitGateway))
	}
	gatewayIn := account(hub.GatewayAccount(), hub.Region)
	q.add(h, awsfacts.TablesPerGateway, gateway, gatewayIn, at(1+len(hub.Segments), &h.in.Segments))
	q.add(h, awsfacts.Attachments, gateway, gatewayIn, at(1, &h.in.VPC))
	q.add(h, awsfacts.RoutesPerGateway, gateway, gatewayIn, at(len(hub.Segments), &h.in.Segments)) // the hub's range in each
	if hub.GatewayElsewhere() {
		q.add(h, awsfacts.Stacks, gatewayIn, gatewayIn, at(2, &h.in.TransitGateway.Account)) // gateway, the bootstrap's
	}

	stacks := 3 // network, endpoints, the bootstrap's
	if hub.HasR53Profile() {
		stacks++
		q.add(h, awsfacts.Profiles, in, in, at(1, &h.in.DNS))
	}
	if hub.HostedZonesServeHub() {
		q.zones(h, hub.Account, at(1, &h.in.Account))
		stacks++
	}
	q.add(h, awsfacts.Stacks, in, in, at(stacks, &h.in.Account))
	if r := hub.Resolver; r.Any() {
		kinds := 0
		for _, there := range []bool{len(r.From) > 0, len(r.Forwards) > 0} {
			if there {
				kinds++
			}
		}
		q.add(h, awsfacts.ResolverEndpoints, in, in, at(kinds, &h.in.DNS))
		q.add(h, awsfacts.NetworkInterfaces, in, in, at(kinds*len(hub.ResolverSubnets()), &h.in.DNS))
		q.add(h, awsfacts.RulesPerGroup, "the security group of the inbound Resolver endpoint of hub "+hub.Name, in,
			at(2*len(r.From), &h.in.DNS.Inbound))
		q.add(h, awsfacts.Stacks, in, in, at(1, &h.in.DNS))
	}
	if n := len(hub.Resolver.Forwards); n > 0 {
		q.add(h, awsfacts.ResolverRules, in, in, at(n, &h.in.DNS.Forward))
	}
	if n := len(hub.ExistingDNS.Rules); n > 0 {
		q.add(h, awsfacts.ResolverRules, in, in, at(n, &h.in.DNS.Existing.Rules))
	}
	for i := range h.in.External {
		q.external(h, &h.in.External[i].Value)
	}
	if hub.Organization.ID == "" {
		shares := 0
		for _, there := range []bool{!hub.GatewayElsewhere(), hub.HasR53Profile()} {
			if there {
				shares++
			}
		}
		q.add(h, awsfacts.Invitations, "hub "+hub.Name+", deployed at once,", in, at(shares*len(hub.Guests()), &h.in))
	}
}

// external counts what an attachment that exists needs of the hub's Transit Gateway.
func (q *needs) external(h *hubFile, e *file.External) {
	gateway, in := "the Transit Gateway of hub "+h.hub.Name, account(h.hub.GatewayAccount(), h.hub.Region)
	q.add(h, awsfacts.Attachments, gateway, in, part{1, h.File, &e.Attachment})
	q.add(h, awsfacts.RoutesPerGateway, gateway, in, part{len(e.CIDRs) * (1 + len(h.hub.Peers(e.Segment))), h.File, &e.CIDRs})
}

// zones counts an account's hosted zones, of which each serves the account's VPCs.
func (q *needs) zones(h *hubFile, number string, p part) {
	serves := part{1, p.file, p.at}
	zone := fmt.Sprintf("each zone of hub %s in account %s", h.hub.Name, number)
	if q.by[[2]string{awsfacts.VPCsPerZone.Name, zone}] == nil {
		p.n = zonesOf(h.hub)
		q.add(h, awsfacts.ZonesPerAccount, "account "+number, "account "+number, p)
	}
	q.add(h, awsfacts.VPCsPerZone, zone, "account "+number, serves)
}

// spoke counts what a spoke needs in its own account and in its hub's.
func (q *needs) spoke(h *hubFile, s *spokeFile) {
	hub, spoke, in := h.hub, s.spoke, account(s.spoke.Account, h.hub.Region)
	hubIn, gatewayIn := account(hub.Account, hub.Region), account(hub.GatewayAccount(), hub.Region)
	gateway := "the Transit Gateway of hub " + hub.Name
	at := func(n int, value any) part { return part{n, s.File, value} }

	if spoke.Existing == nil {
		q.add(h, awsfacts.VPCsPerRegion, in, in, at(1, &s.in.Account))
	}
	q.add(h, awsfacts.RangesPerVPC, "the VPC of spoke "+spoke.Name, in, at(len(spoke.AllRanges()), &s.in.SecondaryCIDRs))
	q.add(h, awsfacts.GatewayEndpoints, in, in, at(len(spoke.GatewayEndpoints), &s.in.Account))
	q.add(h, awsfacts.NetworkInterfaces, in, in, at(len(spoke.AZs), &s.in.Account))
	q.add(h, awsfacts.Stacks, in, in, at(1, &s.in.Account))
	q.add(h, awsfacts.Stacks, gatewayIn, gatewayIn, at(1, &s.in)) // the link
	q.add(h, awsfacts.Attachments, gateway, gatewayIn, at(1, &s.in))
	if !spoke.Attached() {
		return
	}
	routes := 1 + len(spoke.AllRanges()) + len(spoke.GatewayEndpoints)
	peers := hub.Peers(spoke.Segment)
	for _, peer := range peers {
		routes += q.rangesOf(hub, peer)
	}
	q.add(h, awsfacts.RoutesPerTable, fmt.Sprintf("the route tables of spoke %s", spoke.Name), in, at(routes, &s.in.Segment))
	q.add(h, awsfacts.RoutesPerGateway, gateway, gatewayIn, at(len(spoke.Ranges())*(1+len(peers)), &s.in.Segment))
	if hub.HasHostedZones() {
		q.zones(h, spoke.Account, at(1, &s.in.Account))
		if n := len(hub.Resolver.Active()); n > 0 { // with a Profile alone, it carries the rules
			q.add(h, awsfacts.RuleAssociations, in, in, at(n, &s.in.Account))
		}
	}
	if hub.HasR53Profile() {
		q.add(h, awsfacts.VPCsPerProfile, "the Profile of hub "+hub.Name, hubIn, at(1, &s.in))
	}
}

// published counts what a service of a spoke needs: of its consumers, of the hub, and of its provider.
func (q *needs) published(h *hubFile, f *publishedFile) {
	s, hub := f.service, h.hub
	at := func(n int, value any) part { return part{n, f.File, value} }
	endpoint := func(number, vpc string, azs []AZ, value any) {
		in := account(number, hub.Region)
		q.add(h, awsfacts.EndpointsPerVPC, vpc, in, at(1, value))
		q.add(h, awsfacts.NetworkInterfaces, in, in, at(len(azs), value))
	}
	if provider := hub.spoke(s.Provider); provider != nil {
		in := account(provider.Account, hub.Region)
		q.add(h, awsfacts.Stacks, in, in, at(1, &f.in.Provider))
		if s.LoadBalancer == "" {
			q.add(h, awsfacts.NetworkInterfaces, in, in, at(len(s.AZs), &f.in.Provider))
		}
	}
	if s.Shared {
		endpoint(hub.Account, "the VPC of hub "+hub.Name, s.SharedAZs, &f.in.Consumers.Hub)
		in := account(hub.Account, hub.Region)
		q.add(h, awsfacts.Stacks, in, in, at(1, &f.in.Consumers.Hub))
	}
	for _, c := range s.Consumers {
		spoke := hub.spoke(c.Spoke)
		if s.Leaving || !spoke.Attached() {
			continue
		}
		endpoint(spoke.Account, "the VPC of spoke "+spoke.Name, c.AZs, &f.in.Consumers)
		q.add(h, awsfacts.ZonesPerAccount, "account "+spoke.Account, "account "+spoke.Account, at(1, &f.in.Consumers))
	}
}

// report warns where AWS gives less by default, or by what the hubs' files say it has granted; the place is that of the part
// that is too much.
func (d *need) report() {
	sum := 0
	for _, p := range d.parts {
		sum += p.n
	}
	if most := d.quota.Max; most > 0 && sum > most {
		over := d.first(most)
		over.file.Errorf(file.Quota, over.at, "split it between two hubs",
			"%s needs %d, and AWS allows %d at most (%s)", d.of, sum, most, d.quota.Name)
		return
	}
	if d.quota.Default == 0 || sum <= d.quota.Default {
		return
	}
	key, granted := d.granted()
	if sum <= granted {
		return
	}
	limit, source := d.quota.Default, "by default"
	if granted > 0 {
		limit, source = granted, "as granted"
	}
	fix := fmt.Sprintf("ask AWS to raise %q to %d for %s, then write granted: {%s: %d} in hub %s's file",
		d.quota.Name, sum, d.in, key, sum, d.hubs[0].hub.Name)
	switch d.quota {
	case awsfacts.VPCsPerRegion:
		fix += fmt.Sprintf(" (%d where the default VPC is still there)", sum+1)
	case awsfacts.VPCsPerZone:
		fix += ", or " + goToProfile(d.hubs[0].hub)
	case awsfacts.Invitations:
		fix += "; or write organization: o-…, with which none are sent"
	}
	over := d.first(limit)
	over.file.Warnf(file.Quota, over.at, fix, "%s needs %d, and has %d %s (%s)", d.of, sum, limit, source, d.quota.Name)
}

// granted is the most that one of the hubs says it has been granted, 0 for nothing, and the key to say it with.
func (d *need) granted() (key string, n int) {
	for _, h := range d.hubs {
		for _, g := range h.in.Granted.List() {
			if g.Quota == d.quota {
				key, n = g.Key, max(n, *g.Number)
			}
		}
	}
	return key, n
}

// first is the part with which the need goes over a limit.
func (d *need) first(limit int) part {
	sum := 0
	i := slices.IndexFunc(d.parts, func(p part) bool { sum += p.n; return sum > limit })
	return d.parts[i]
}
