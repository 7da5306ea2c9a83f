package prove

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/config"
	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

// Services that spokes publish: each is reached through endpoints of its endpoint service alone, by whom it is meant for, and its load
// balancer sends to nobody but the targets. That no route opens between the VPCs is what the segments prove.

// publication is a published service found in the network.
type publication struct {
	*config.Published
	subject  string
	provider *member
	service  *topology.EndpointService
	uses     []*use
}

// use is a consumer's own endpoint of a service.
type use struct {
	*service
	of       *publication
	member   *member
	consumer config.Consumer
}

// findPublished finds the services, their endpoints in spokes, and adds those that the hub has to its services.
func (p *prover) findPublished(sc *scene) {
	h := sc.hub
	members := map[string]*member{}
	for _, m := range sc.spokes {
		members[m.spoke.Name] = m
	}
	for _, s := range h.Published {
		pub := &publication{Published: s, subject: "service " + s.Name, provider: members[s.Provider]}
		if pub.provider == nil {
			continue // the spoke is not there, which is said, or was not looked at
		}
		if pub.service = p.locateService(sc, pub); pub.service == nil {
			continue
		}
		sc.published = append(sc.published, pub)
		if s.Shared {
			sc.services = append(sc.services, &service{Endpoint: pub.asEndpoint(s.SharedAZs), published: pub})
		}
		for _, c := range s.Consumers {
			if m := members[c.Spoke]; m != nil && m.spoke.Attached() && !s.Leaving {
				pub.uses = append(pub.uses, &use{service: &service{Endpoint: pub.asEndpoint(c.AZs), published: pub}, of: pub, member: m, consumer: c})
			}
		}
	}
	for _, pub := range sc.published {
		for _, u := range pub.uses {
			u.endpoint = p.endpointOf(u.member.subject, u.member.vpc, u.service)
			if u.endpoint != nil {
				sc.used = append(sc.used, u.endpoint)
			}
		}
	}
}

// locateService finds a service's endpoint service, by account, region and its Name tag.
func (p *prover) locateService(sc *scene, pub *publication) *topology.EndpointService {
	var found []*topology.EndpointService
	name := sc.hub.Name + "/" + pub.Name
	for _, id := range sortedKeys(p.net.EndpointServices) {
		s := p.net.EndpointServices[id]
		if s.Account == pub.provider.spoke.Account && s.Region == sc.hub.Region && s.Name == name {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		p.add(codeService, pub.subject, topology.Source{}, "expected one endpoint service named %s in account %s and region %s, found %d", name,
			pub.provider.spoke.Account, sc.hub.Region, len(found))
		return nil
	}
	return found[0]
}

// asEndpoint is the service as a hub's services are.
func (pub *publication) asEndpoint(azs []config.AZ) *config.Endpoint {
	return &config.Endpoint{AZs: azs, Leaving: pub.Leaving, Policy: config.Policy{Kind: config.PolicyImpossible},
		Catalog: &catalog.Service{Name: pub.Name, ServiceName: pub.service.ServiceName, Region: pub.service.Region, Ports: pub.PortNumbers(),
			PrivateNames: []string{pub.Domain}, Policy: catalog.No}}
}

// endpointOf finds the one endpoint of a service in a VPC.
func (p *prover) endpointOf(subject string, v *topology.VPC, s *service) *topology.Endpoint {
	var found []*topology.Endpoint
	for _, e := range v.Endpoints {
		if e.Interface && e.ServiceName == s.Catalog.ServiceName {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		p.add(codeEndpoint, subject, v.Source, "expected one endpoint of service %s in the VPC, found %d", s.Catalog.Name, len(found))
		return nil
	}
	return found[0]
}

// published proves the services of a hub.
func (p *prover) published(sc *scene) {
	for _, pub := range sc.published {
		p.Counts.Published++
		p.claim(pub.service.ID)
		p.permits(pub)
		p.front(sc, pub)
		for _, u := range pub.uses {
			if u.endpoint != nil {
				p.Counts.Endpoints++
				p.use(sc, u)
			}
		}
		p.otherConsumers(sc, pub)
	}
}

func (p *prover) claim(ids ...string) {
	for _, id := range ids {
		p.claimed[id] = true
	}
}

// permits checks who may connect to the endpoint service, and how.
func (p *prover) permits(pub *publication) {
	s := pub.service
	say := func(at topology.Source, format string, args ...any) {
		p.add(codeService, pub.subject, at, format, args...)
	}
	if want := strconv.FormatBool(pub.AcceptedBy != ""); s.Acceptance != want {
		text := "nobody accepts them"
		if pub.AcceptedBy != "" {
			text = pub.AcceptedBy + " is to accept them"
		}
		say(s.Source, "whether connections wait for acceptance: expected %s, found %q; %s", want, topology.Plain(s.Acceptance), text)
	}
	if s.PrivateDNSName != "" {
		say(s.Source, "the endpoint service has a private DNS name of its own, %s, and none is configured", topology.Plain(s.PrivateDNSName))
	}
	for _, r := range s.Regions {
		if r != s.Region {
			say(s.Source, "the endpoint service can be reached from region %s, which is not configured", topology.Plain(r))
		}
	}
	for _, t := range s.IPTypes {
		if t != "ipv4" {
			say(s.Source, "the endpoint service supports %s, and IPv6 is not configured", topology.Plain(t))
		}
	}
	for _, arn := range s.GatewayLoadBalancers {
		say(s.Source, "the endpoint service has the Gateway Load Balancer %s, which is not configured", topology.Plain(arn))
	}
	var have []string
	for _, who := range s.Principals {
		have = append(have, who.ARN)
		if !slices.Contains(pub.Principals, who.ARN) {
			say(who.Source, "the endpoint service lets in %s, which is no consumer", topology.Plain(who.ARN))
		}
	}
	for _, want := range pub.Principals {
		if !slices.Contains(have, want) {
			say(s.Source, "the endpoint service does not let in %s", want)
		}
	}
}

// front checks the load balancer: one that exists is named, and of one that is made everything is known.
func (p *prover) front(sc *scene, pub *publication) {
	s := pub.service
	say := func(at topology.Source, format string, args ...any) {
		p.add(codeService, pub.subject, at, format, args...)
	}
	if len(s.LoadBalancers) != 1 {
		say(s.Source, "expected one load balancer of the endpoint service, found %d", len(s.LoadBalancers))
		return
	}
	arn := s.LoadBalancers[0]
	b := p.net.LoadBalancers[arn]
	switch {
	case pub.LoadBalancer != "" && arn != pub.LoadBalancer:
		say(s.Source, "expected the load balancer %s, found %s", pub.LoadBalancer, topology.Plain(arn))
		return
	case pub.LoadBalancer != "" && b == nil:
		return // nothing of it is in a template
	case b == nil:
		say(s.Source, "the load balancer %s is in none of the stacks", topology.Plain(arn))
		return
	}
	p.claim(b.ARN)
	if b.Kind != "network" {
		say(b.Source, "expected a network load balancer, found one of type %s", b.Kind)
	}
	if b.Scheme != "internal" {
		say(b.Source, "expected an internal load balancer, found an %s one", topology.Plain(b.Scheme))
	}
	p.stands(sc, pub, b)
	p.listening(pub, b)
	if pub.LoadBalancer != "" {
		return // the rest is its owner's
	}
	if b.IPAddressType != "ipv4" {
		say(b.Source, "expected IP address type ipv4, found %s, and IPv6 is not configured", topology.Plain(b.IPAddressType))
	}
	if b.FixedAddresses {
		say(b.Source, "the load balancer has addresses that are chosen for it, which is not configured")
	}
	if on := b.Attributes["load_balancing.cross_zone.enabled"] == "true"; on != pub.Targets.CrossZone {
		say(b.Source, "expected targets of all zones: %s, found %s", onOff(pub.Targets.CrossZone), onOff(on))
	}
	p.closed(pub, b)
}

// stands checks the subnets of a load balancer: those of the tier and zones, or with one that exists, some in each zone.
func (p *prover) stands(sc *scene, pub *publication, b *topology.LoadBalancer) {
	say := func(format string, args ...any) { p.add(codeService, pub.subject, b.Source, format, args...) }
	for _, id := range b.Lost {
		say("the load balancer names %s, which is in none of the stacks", topology.Plain(id))
	}
	plan, want := pub.provider.spoke.Plan(), map[netip.Prefix]bool{}
	var zones []string
	for _, z := range pub.AZs {
		zones = append(zones, azName(z, sc.hub.Region))
		if pub.LoadBalancer == "" {
			want[plan.Subnet(pub.Tier, z.Slot)] = true
		}
	}
	var have []string
	for _, s := range b.Subnets {
		have = append(have, zoneOf(s, pub.AZs, sc.hub.Region))
		if s.VPC != pub.provider.vpc || pub.LoadBalancer == "" && !want[s.CIDR] {
			say("the load balancer is in %s, which is not configured", describe(s))
		}
	}
	slices.Sort(zones)
	slices.Sort(have)
	if !slices.Equal(zones, have) {
		say("expected the load balancer in availability zones %s, found %s", strings.Join(zones, ", "), strings.Join(have, ", "))
	}
}

// zoneOf is a subnet's zone as a list of zones names it.
func zoneOf(s *topology.Subnet, as []config.AZ, region string) string {
	for _, z := range as {
		if in(s, z, region) {
			return azName(z, region)
		}
	}
	return topology.Plain(s.AZ)
}

// listening checks the ports of a load balancer, and where their connections go.
func (p *prover) listening(pub *publication, b *topology.LoadBalancer) {
	found := map[int]bool{}
	for id, l := range p.net.Listeners {
		if l.Balancer == b.ARN {
			p.claim(id)
		}
	}
	for _, l := range b.Listeners {
		i := slices.IndexFunc(pub.Ports, func(o config.PublishedPort) bool { return o.Port == l.Port })
		switch {
		case i < 0 && pub.LoadBalancer == "":
			p.add(codeService, pub.subject, l.Source, "the load balancer listens on port %d, which is not configured", l.Port)
		case i >= 0:
			found[l.Port] = true
			if pub.LoadBalancer == "" {
				p.forwards(pub, l, pub.Ports[i])
			}
		}
	}
	for _, port := range pub.Ports {
		if !found[port.Port] {
			p.add(codeService, pub.subject, b.Source, "the load balancer does not listen on port %d", port.Port)
		}
	}
}

// forwards checks one listener and its target group.
func (p *prover) forwards(pub *publication, l *topology.Listener, want config.PublishedPort) {
	say := func(at topology.Source, format string, args ...any) {
		p.add(codeService, pub.subject, at, format, args...)
	}
	if l.Protocol != "TCP" || len(l.Others) > 0 || len(l.Groups) != 1 {
		say(l.Source, "port %d: expected TCP connections to one target group, found %s to %d, with %q", l.Port, topology.Plain(l.Protocol),
			len(l.Groups), strings.Join(l.Others, ", "))
		return
	}
	g, t := p.net.TargetGroups[l.Groups[0]], pub.Targets
	if g == nil {
		say(l.Source, "port %d: target group %s is in none of the stacks", l.Port, topology.Plain(l.Groups[0]))
		return
	}
	p.claim(g.ARN)
	if g.VPC != pub.provider.vpc.ID {
		say(g.Source, "port %d: the targets are in %s, expected the provider's VPC", l.Port, topology.Plain(g.VPC))
	}
	if g.Protocol != "TCP" || g.Port != want.Target || g.Kind != string(t.Kind) || g.IPAddressType != "ipv4" {
		say(g.Source, "port %d: expected targets of kind %s on TCP port %d, found kind %s on %s port %d (%s)", l.Port, t.Kind, want.Target,
			topology.Plain(g.Kind), topology.Plain(g.Protocol), g.Port, topology.Plain(g.IPAddressType))
	}
	port := "traffic-port"
	if t.HealthPort > 0 {
		port = strconv.Itoa(t.HealthPort)
	}
	if g.NoHealthCheck || g.HealthProtocol != t.HealthProtocol || g.HealthPort != port || g.HealthPath != t.HealthPath ||
		g.Matcher != "" && g.Source.Live == "" {
		say(g.Source, "port %d: expected a health check by %s on %s %s, found %s on %s %s", l.Port, t.HealthProtocol, port, t.HealthPath,
			topology.Plain(g.HealthProtocol), topology.Plain(g.HealthPort), topology.Plain(g.HealthPath))
	}
	if len(g.Attributes) > 0 {
		say(g.Source, "port %d: the target group has attributes, and none is configured", l.Port)
	}
	p.targets(pub, g, want)
}

// targets checks those that are registered. Where the configuration names none, others register them.
func (p *prover) targets(pub *publication, g *topology.TargetGroup, want config.PublishedPort) {
	var have []string
	for _, t := range g.Targets {
		have = append(have, t.ID)
		if t.Zone != "" && g.Source.Live == "" || t.Port != "" && t.Port != strconv.Itoa(want.Target) {
			p.add(codeService, pub.subject, g.Source, "target %s: expected port %d in the VPC, found port %s %s", topology.Plain(t.ID), want.Target,
				topology.Plain(t.Port), topology.Plain(t.Zone))
		}
	}
	slices.Sort(have)
	if len(pub.Targets.IDs) == 0 && g.Source.Live != "" {
		return
	}
	if !slices.Equal(have, pub.Targets.IDs) {
		p.add(codeService, pub.subject, g.Source, "port %d: expected targets [%s], found [%s]", want.Port, strings.Join(pub.Targets.IDs, ", "),
			topology.Plain(strings.Join(have, ", ")))
	}
}

// closed checks that nobody reaches the load balancer but by PrivateLink, and that it reaches nobody but its targets: its one group
// admits nothing, rules do not count for PrivateLink, and it lets out what the targets get.
func (p *prover) closed(pub *publication, b *topology.LoadBalancer) {
	say := func(at topology.Source, format string, args ...any) {
		p.add(codeService, pub.subject, at, format, args...)
	}
	if b.EnforcesOnPrivateLink {
		say(b.Source, "rules of security groups count for packets that come by PrivateLink, and they admit nobody")
	}
	if len(b.Groups) != 1 {
		say(b.Source, "expected one security group of the load balancer, found %d: without one everybody who has a route reaches it",
			len(b.Groups))
		return
	}
	g := b.Groups[0]
	if g.VPC != pub.provider.vpc.ID {
		say(g.Source, "the load balancer's security group is of another VPC")
	}
	for _, r := range g.Ingress {
		say(r.Source, "the load balancer's security group admits %s, expected nobody: the endpoint service is the way to it", r.CIDR)
	}
	for _, r := range g.Others {
		say(r.Source, "the load balancer's security group has a rule for %s, which is not configured", r.Who())
	}
	if g.OpenEgress {
		say(g.Source, "the load balancer's security group lets everything out")
	}
	ports := map[int]bool{}
	for _, port := range pub.Ports {
		ports[port.Target] = true
	}
	if pub.Targets.HealthPort > 0 {
		ports[pub.Targets.HealthPort] = true
	}
	open, inside := map[int][]netip.Prefix{}, pub.provider.spoke.AllRanges()
	for _, r := range g.Egress {
		if r.From != r.To || !ports[r.From] || r.Protocol != "tcp" && r.Protocol != "6" || !ranges.Covered(r.CIDR, inside) {
			say(r.Source, "the load balancer may send to %s (%s, ports %d to %d), which are no targets", r.CIDR, topology.Plain(r.Protocol),
				r.From, r.To)
			continue
		}
		open[r.From] = append(open[r.From], r.CIDR)
	}
	for port := range ports {
		for _, r := range inside {
			if !ranges.Covered(r, open[port]) {
				say(g.Source, "the load balancer's security group does not let packets out to %s on port %d, where targets are", r, port)
			}
		}
	}
}

// use proves a consumer's own endpoint: where it is, whom it admits, and that the name leads to it.
func (p *prover) use(sc *scene, u *use) {
	e, m := u.endpoint, u.member
	plan := m.spoke.Plan()
	var want, have []string
	for _, z := range u.consumer.AZs {
		want = append(want, plan.Subnet(u.consumer.Tier, z.Slot).String())
	}
	for _, s := range e.Subnets {
		have = append(have, s.CIDR.String())
	}
	slices.Sort(want)
	slices.Sort(have)
	if !slices.Equal(want, have) {
		p.add(codeEndpoint, m.subject, e.Source, "endpoint of %s: expected subnets %s, found %s", u.of.Name, strings.Join(want, ", "),
			strings.Join(have, ", "))
	}
	if e.PrivateDNS {
		p.add(codeName, m.subject, e.Source, "endpoint of %s: expected private DNS off, since a hosted zone serves the name, found on", u.of.Name)
	}
	if e.ServiceRegion != sc.hub.Region {
		p.add(codeEndpoint, m.subject, e.Source, "endpoint of %s: expected the service of region %s, found %s", u.of.Name, sc.hub.Region,
			e.ServiceRegion)
	}
	p.addressing(m.subject, e)
	for _, text := range p.judged(e, u.Policy, config.Policy{}, served{u.Catalog.Name, u.Catalog.Region, sc.hub.Organization.ID}) {
		p.add(codePolicy, m.subject, e.Source, "the policy of %s %s", u.of.Name, text)
	}
	p.admits(u)
	p.usePaths(u)
	p.useNames(sc, u)
}

// admits checks that the endpoint's groups admit the consumer's VPC on the ports, and nobody else.
func (p *prover) admits(u *use) {
	m, inside := u.member, u.member.spoke.AllRanges()
	for _, r := range inside {
		for _, port := range u.Catalog.Ports {
			if !p.groupsAdmit(u.endpoint.Groups, r, port) {
				p.add(codeRule, m.subject, u.admitter(), "no security group of %s admits %s on port %d", u.of.Name, r, port)
			}
		}
	}
	for _, g := range u.endpoint.Groups {
		for _, r := range g.Ingress {
			tcp := r.Protocol == "tcp" || r.Protocol == "6"
			if !ranges.Covered(r.CIDR, inside) || !tcp || r.From != r.To || !p.listensOn(u, g, r.From) {
				p.add(codeRule, m.subject, r.Source, "the security group of %s admits %s on %s %s, expected the VPC on tcp %s", u.of.Name, r.CIDR,
					protocol(r.Protocol), ports(r.From, r.To), portList(u.Catalog.Ports))
			}
		}
		for _, r := range g.Others {
			p.add(codeRule, m.subject, r.Source, "the security group of %s has a rule for %s, which is not configured", u.of.Name, r.Who())
		}
		if g.OpenEgress {
			p.add(codeRule, m.subject, g.Source, "the security group of %s allows all outbound packets, expected none", u.of.Name)
		}
		for _, r := range g.Egress {
			if r.CIDR != netip.MustParsePrefix("255.255.255.255/32") {
				p.add(codeRule, m.subject, r.Source, "the security group of %s allows outbound packets to %s, expected none", u.of.Name, r.CIDR)
			}
		}
	}
}

// listensOn is true for a port of every service of the consumer's that has the group.
func (p *prover) listensOn(u *use, g *topology.SecurityGroup, port int) bool {
	return slices.Contains(u.Catalog.Ports, port)
}

// usePaths proves that hosts of the consumer's VPC reach its endpoint: routes are local, so network ACLs decide.
func (p *prover) usePaths(u *use) {
	said := map[topology.Source]bool{}
	for _, from := range slices.Concat(u.member.work, u.member.inner) {
		for _, to := range u.endpoint.Subnets {
			p.Counts.Paths++
			path := p.path(from, to, traffic{to: "endpoint", ports: u.Catalog.Ports, groups: u.endpoint.Groups, guarded: true,
				at: u.endpoint.Source})
			if s := path.Stopped; s != nil && !said[s.at] {
				said[s.at] = true
				p.add(codePath, u.member.subject, s.at, "service %s is closed: %s", u.of.Name, s.What)
			}
		}
	}
}

// useNames proves that the service's name leads to the consumer's endpoint, and the endpoint's zone serves nobody else.
func (p *prover) useNames(sc *scene, u *use) {
	v, domain := u.member.vpc, u.of.Domain
	seen, _ := p.view(v)
	p.Counts.Names++
	switch e, wrong := seen.resolve(domain); {
	case wrong.text != "":
		p.add(codeName, u.member.subject, wrong.at, "%s of service %s does not resolve to its endpoint: %s", domain, u.of.Name, wrong.text)
	case e != u.endpoint:
		p.add(codeName, u.member.subject, e.Source, "%s of service %s resolves to the endpoint of %s", domain, u.of.Name,
			topology.Plain(e.ServiceName))
	}
	alone := &scene{hub: sc.hub, services: []*service{u.service}}
	for _, z := range seen[0].zones[domain] {
		only := layer{zones: map[string][]*topology.HostedZone{domain: {z}}}
		for _, wrong := range p.shadows(alone, only, map[string]bool{domain: true}) {
			p.add(codeName, u.member.subject, wrong.at, "%s", wrong.text)
		}
	}
	for _, id := range sortedKeys(p.net.HostedZones) {
		z := p.net.HostedZones[id]
		if !slices.ContainsFunc(z.Records, func(r topology.DNSRecord) bool { return r.Endpoint == u.endpoint }) {
			continue
		}
		for _, at := range z.VPCs {
			if at.ID != v.ID || at.Region != v.Region {
				p.add(codeName, u.member.subject, z.Source, "hosted zone %s is associated with VPC %s in %s, and leads to the endpoint in %s", z.Name,
					topology.Plain(at.ID), topology.Plain(at.Region), v.Name())
			}
		}
	}
}

// otherConsumers reports endpoints of the service that nobody configured.
func (p *prover) otherConsumers(sc *scene, pub *publication) {
	for _, id := range sortedKeys(p.net.Endpoints) {
		e := p.net.Endpoints[id]
		if e.ServiceName != pub.service.ServiceName || slices.Contains(sc.used, e) || e.VPC == sc.vpc && pub.Shared {
			continue
		}
		p.add(codeService, pub.subject, e.Source, "%s has an endpoint of the service, and is no consumer", consumerOf(e))
	}
}

func consumerOf(e *topology.Endpoint) string {
	if e.VPC == nil {
		return "a VPC that is not in the stacks"
	}
	return fmt.Sprintf("VPC %s of account %s", e.VPC.Name(), e.Account)
}
