package prove

import (
	"fmt"
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
		p.claim(pub)
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

// claim notes the parts that publish a service, of which the proof says what is wrong; any other that touches a hub is refused.
func (p *prover) claim(pub *publication) {
	p.claimed[pub.service.ID] = true
	for _, arn := range pub.service.LoadBalancers {
		p.claimed[arn] = true
		for id, l := range p.net.Listeners {
			if l.Balancer != arn {
				continue
			}
			p.claimed[id] = true
			for _, g := range l.Groups {
				p.claimed[g] = true
			}
		}
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

// use proves a consumer's own endpoint: where it is, whom it admits, and that the name leads to it.
func (p *prover) use(sc *scene, u *use) {
	e, m := u.endpoint, u.member
	var want, have []string
	for _, z := range u.consumer.AZs {
		want = append(want, m.spoke.TierSubnet(u.consumer.Tier, z).String())
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
			if !ranges.Covered(r.CIDR, inside) || !tcp || r.From != r.To || !slices.Contains(u.Catalog.Ports, r.From) {
				p.add(codeRule, m.subject, r.Source, "the security group of %s admits %s on %s %s, expected the VPC on tcp %s", u.of.Name, r.CIDR,
					protocol(r.Protocol), ports(r.From, r.To), portList(u.Catalog.Ports))
			}
		}
		for _, r := range g.Others {
			p.add(codeRule, m.subject, r.Source, "the security group of %s has a rule for %s, which is not configured", u.of.Name, r.Who())
		}
		p.sendsNothing(m.subject, g, u.of.Name)
	}
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
	seen := p.view(v)
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
