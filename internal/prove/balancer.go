package prove

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

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
	want := map[netip.Prefix]bool{}
	var zones []string
	for _, z := range pub.AZs {
		zones = append(zones, azName(z, sc.hub.Region))
		if pub.LoadBalancer == "" {
			want[pub.provider.spoke.TierSubnet(pub.Tier, z)] = true
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
