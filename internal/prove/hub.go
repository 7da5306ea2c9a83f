package prove

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

// services finds each configured service's endpoint, and looks for endpoints and rules that nobody configured.
func (p *prover) services(sc *scene) {
	h := sc.hub
	var found []*topology.Endpoint
	for _, s := range h.Endpoints {
		sc.services = append(sc.services, &service{Endpoint: s})
	}
	p.findPublished(sc)
	for _, svc := range sc.services {
		s := svc.Endpoint
		for _, e := range sc.vpc.Endpoints {
			if p.serves(h, s, e) {
				if svc.endpoint != nil {
					p.add(codeEndpoint, sc.subject, e.Source, "expected one endpoint of %s, found two", s.Catalog.Name)
				}
				svc.endpoint = e
				found = append(found, e)
			}
		}
		if svc.endpoint == nil && s.Existing != nil {
			p.add(codeEndpoint, sc.subject, sc.vpc.Source, "the hub's VPC has no endpoint %s, which the file declares for %s", s.Existing.ID,
				s.Catalog.Name)
			continue
		}
		if svc.endpoint == nil {
			p.add(codeEndpoint, sc.subject, topology.Source{}, "the hub's VPC has no endpoint of %s", s.Catalog.Name)
			continue
		}
		p.Counts.Endpoints++
		if s.Existing != nil {
			p.existingEndpoint(sc, svc)
		}
		p.endpoint(sc, svc)
	}
	p.groups(sc)
	for _, e := range sc.vpc.Endpoints {
		theirs := h.Existing != nil && !p.stackOf(h, e.Source.Stack)
		if !theirs && !slices.Contains(found, e) && !p.ofUnseen(h, e) {
			p.add(codeEndpoint, sc.subject, e.Source, "the hub's VPC has an endpoint of %s, which is not configured", e.Of())
		}
	}
}

// ofUnseen is true for an endpoint of what may be a service of a spoke whose account was not looked at.
func (p *prover) ofUnseen(h *config.Hub, e *topology.Endpoint) bool {
	return strings.Contains(e.ServiceName, ".vpce.") && slices.ContainsFunc(h.Published, func(s *config.Published) bool {
		return !p.seen(h.Spoke(s.Provider).Account)
	})
}

func (p *prover) endpoint(sc *scene, s *service) {
	e := s.endpoint
	var want []string
	for _, z := range s.AZs {
		if z.ByID {
			want = append(want, z.Name)
		} else {
			want = append(want, sc.hub.Region+z.Name)
		}
	}
	var have []string
	for _, n := range e.Subnets {
		if slices.Contains(want, n.AZID) {
			have = append(have, n.AZID)
		} else {
			have = append(have, n.AZ)
		}
	}
	slices.Sort(want)
	slices.Sort(have)
	if !slices.Equal(want, have) {
		p.add(codeEndpoint, sc.subject, e.Source, "endpoint of %s: expected availability zones %s, found %s",
			s.Catalog.Name, strings.Join(want, ", "), strings.Join(have, ", "))
	}
	p.inTier(sc, s)
	if private := privateDNS(sc.hub, s.Endpoint) && s.published == nil; e.PrivateDNS != private {
		p.add(codeName, sc.subject, e.Source, "endpoint of %s: expected private DNS %s with dns.sharing %s, found %s",
			s.Catalog.Name, onOff(private), sc.hub.Sharing, onOff(e.PrivateDNS))
	}
	if e.ServiceRegion != s.Catalog.Region {
		p.add(codeEndpoint, sc.subject, e.Source, "endpoint of %s: expected the service of region %s, found %s",
			s.Catalog.Name, s.Catalog.Region, e.ServiceRegion)
	}
	if s.Existing == nil {
		p.addressing(sc.subject, e)
	} else if e.IPAddressType == "ipv6" {
		p.add(codeEndpoint, sc.subject, e.Source, "expected %s to have IPv4 addresses, found IP address type ipv6", e.ID)
	}
	p.policy(sc, s)
}

// groups checks that the endpoints' security groups admit the hub's and its clients' ranges on the services' ports, and
// nobody else and on no other port. Endpoints of one group share the answer: a rule that is wrong is one finding.
func (p *prover) groups(sc *scene) {
	allowed := append([]netip.Prefix{sc.hub.CIDR}, clients(sc.hub)...)
	users := map[*topology.SecurityGroup][]*service{}
	var groups []*topology.SecurityGroup
	for _, s := range sc.services {
		if s.endpoint == nil {
			continue
		}
		for _, c := range allowed {
			for _, port := range s.Catalog.Ports {
				if !p.groupsAdmit(s.endpoint.Groups, c, port) {
					p.add(codeRule, sc.subject, s.admitter(), "no security group of %s admits %s on port %d", s.Catalog.Name, c, port)
				}
			}
		}
		if s.Existing != nil {
			continue // whom else its groups admit is its owner's to say
		}
		for _, g := range s.endpoint.Groups {
			if users[g] == nil {
				groups = append(groups, g)
			}
			users[g] = append(users[g], s)
		}
	}
	for _, g := range groups {
		p.narrow(sc, g, users[g], allowed)
	}
}

// admitter is the part that should let packets in to a service's endpoint.
func (s *service) admitter() topology.Source {
	if len(s.endpoint.Groups) > 0 {
		return s.endpoint.Groups[0].Source
	}
	return s.endpoint.Source
}

func (p *prover) narrow(sc *scene, g *topology.SecurityGroup, users []*service, allowed []netip.Prefix) {
	for _, r := range g.Ingress {
		if !ranges.Covered(r.CIDR, allowed) {
			p.add(codeRule, sc.subject, r.Source, "the security group of %s admits %s, which is outside the hub and its pools", named(users), r.CIDR)
		}
		p.narrowPorts(sc, r.Source, r.Protocol, r.From, r.To, users)
	}
	for _, r := range g.Others {
		p.narrowOther(sc, r, users)
	}
	p.sendsNothing(sc.subject, g, named(users))
}

// nobody is the range of the one rule that lets nothing out: a group without rules would let everything.
var nobody = netip.MustParsePrefix("255.255.255.255/32")

// sendsNothing checks that the group of an endpoint lets no packet out that nobody asked for.
func (p *prover) sendsNothing(subject string, g *topology.SecurityGroup, of string) {
	if g.OpenEgress {
		p.add(codeRule, subject, g.Source, "the security group of %s allows all outbound packets, expected none", of)
	}
	for _, r := range g.Egress {
		if r.CIDR != nobody {
			p.add(codeRule, subject, r.Source, "the security group of %s allows outbound packets to %s, expected none", of, r.CIDR)
		}
	}
}

// narrowOther checks a rule of an endpoints' group that names no IPv4 range. Members of a group of the hub's VPC, or of an
// attached spoke's, have addresses that may be admitted anyway.
func (p *prover) narrowOther(sc *scene, r topology.OtherRule, users []*service) {
	inside := r.VPC == sc.vpc
	if m := sc.byVPC[r.VPC]; m != nil && m.spoke.Attached() {
		inside = true
	}
	switch {
	case r.Egress:
		p.add(codeRule, sc.subject, r.Source, "the security group of %s allows outbound packets to %s, expected none", named(users), r.Who())
	case r.Peer != "" && inside:
		p.narrowPorts(sc, r.Source, r.Protocol, r.From, r.To, users)
	case r.Peer != "":
		p.add(codeRule, sc.subject, r.Source, "the security group of %s admits %s, whose members may be outside the hub and its pools",
			named(users), r.Who())
	case r.PrefixList != "":
		p.add(codeRule, sc.subject, r.Source, "the security group of %s admits %s, which is in none of the stacks, so whom it admits is unknown",
			named(users), r.Who())
	default:
		p.add(codeRule, sc.subject, r.Source, "the security group of %s admits %s, and IPv6 is not configured", named(users), r.Who())
	}
}

// narrowPorts checks that a rule admits its peer on nothing but the ports of the services.
func (p *prover) narrowPorts(sc *scene, at topology.Source, proto string, from, to int, users []*service) {
	closed := slices.DeleteFunc(slices.Clone(users), func(s *service) bool {
		return (proto == "tcp" || proto == "6") && from == to && slices.Contains(s.Catalog.Ports, from)
	})
	if len(closed) > 0 {
		p.add(codeRule, sc.subject, at, "the security group of %s admits %s %s, expected tcp %s",
			named(closed), protocol(proto), ports(from, to), listening(closed))
	}
}

// named are the first services of a list, and how many more there are.
func named(list []*service) string {
	const most = 3
	var names []string
	for _, s := range list[:min(most, len(list))] {
		names = append(names, s.Catalog.Name)
	}
	if n := len(list) - most; n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), n)
	}
	return strings.Join(names, ", ")
}

// listening are the ports of services, as text.
func listening(list []*service) string {
	var all []int
	for _, s := range list {
		all = append(all, s.Catalog.Ports...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) == 1 {
		return fmt.Sprintf("port %d", all[0])
	}
	return "ports " + strings.Trim(strings.ReplaceAll(fmt.Sprint(all), " ", ", "), "[]")
}

func protocol(p string) string {
	switch p {
	case "-1":
		return "all protocols,"
	case "6":
		return "tcp"
	case "17":
		return "udp"
	}
	return p
}

// clients are the ranges that may use a hub: its pools, spokes outside them, and what lies behind attachments that exist.
func clients(h *config.Hub) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range h.Segments {
		out = append(out, s.Pools...)
	}
	for _, s := range h.Spokes {
		if s.Attached() {
			out = append(out, s.Ranges()...)
		}
	}
	for _, e := range h.External {
		out = append(out, e.CIDRs...)
	}
	return out
}

// shares checks that each account with a VPC at the gateway may use it; sharesOf, that nobody else may. That of another account is
// looked at where it was read from AWS: no stack shows its share.
func (p *prover) shares(sc *scene) {
	h, g := sc.hub, sc.transitGateway
	if h.GatewayElsewhere() && g.External {
		p.assumeShare(sc)
		return
	}
	for _, account := range h.GatewayGuests() {
		if !p.net.SharedWith(g.ARN, g.Account, g.Region, account) {
			p.add(codeSharing, sc.subject, g.Source, "the transit gateway is not shared with account %s", account)
		}
		if !g.AutoAccept {
			p.add(codeSharing, sc.subject, g.Source, "the transit gateway does not accept attachments from account %s automatically", account)
		}
	}
}

// expectedPrincipal is true for the organization or the units of a hub, or where it names none, for its spokes' accounts.
func expectedPrincipal(h *config.Hub, principal string) bool {
	o := h.Organization
	if o.ManagementAccount == "" {
		external := slices.ContainsFunc(h.External, func(e config.External) bool { return e.Account == principal })
		return principal != h.Account && (external ||
			slices.ContainsFunc(h.Spokes, func(s *config.Spoke) bool { return s.Account == principal }))
	}
	root := ":organizations::" + o.ManagementAccount + ":"
	if len(o.Units) == 0 {
		return strings.HasSuffix(principal, root+"organization/"+o.ID)
	}
	return slices.ContainsFunc(o.Units, func(u string) bool { return strings.HasSuffix(principal, root+"ou/"+o.ID+"/"+u) })
}

// member proves one spoke: attached, the way to every endpoint and back, its names, its gateway endpoints. A detached one
// must be out of reach instead.
func (p *prover) member(sc *scene, m *member) {
	at := p.attachments[m.vpc]
	if m.spoke.Existing != nil { // it may be attached to others
		at = slices.DeleteFunc(slices.Clone(at), func(a *topology.Attachment) bool { return a.TransitGateway != sc.attachment.TransitGateway })
	}
	if len(at) != 1 {
		p.add(codePath, m.subject, m.vpc.Source, "expected one attachment to the hub's transit gateway, found %d", len(at))
		return
	}
	if at[0].TransitGateway != sc.attachment.TransitGateway {
		p.add(codePath, m.subject, at[0].Source, "expected an attachment to the hub's transit gateway, found one to %s",
			topology.Plain(at[0].TransitGateway))
		return
	}
	m.attachment = at[0]
	p.order(sc, m.subject, m.vpc, m.attachment)
	if m.spoke.Existing != nil {
		p.attachedBy(m.standing(), m.attachment)
	} else {
		p.places(m.subject, sc.hub.Region, m.vpc, m.attachment, spokePlaces(m.spoke))
	}
	p.options(sc, m.subject, m.attachment)
	m.work, m.inner = m.workload()
	p.unrouted(m)
	p.gateways(sc, m)
	if !m.spoke.Attached() {
		p.detached(sc, m)
		return
	}
	p.tableAsConfigured(sc, m.subject, m.spoke.Segment, m.attachment)
	if len(m.attachment.Associated) == 1 {
		m.table = m.attachment.Associated[0]
	}
	p.paths(sc, m)
	p.memberNames(sc, m)
}

// paths proves the way from each kind of subnet to each endpoint's subnets and back. Subnets of one table and zone leave
// by the same way; for the way back, each one's own range counts.
func (p *prover) paths(sc *scene, m *member) {
	type origin struct {
		table *topology.RouteTable
		zone  string
	}
	done := map[origin]bool{}
	failed := map[stop]bool{}
	report := func(st *stop, format string, args ...any) {
		if key := *st; !failed[key] {
			failed[key] = true
			p.add(codePath, m.subject, st.at, "%s: %s", fmt.Sprintf(format, args...), st.text)
		}
	}
	for _, to := range endpointSubnets(sc.services) {
		if !to.CIDR.IsValid() {
			continue // said of the hub
		}
		for _, from := range m.work {
			if o := (origin{from.Table, from.AZ + to.CIDR.String()}); !done[o] {
				done[o] = true
				if _, st := p.walk(from, to.CIDR, sc.vpc); st != nil {
					report(st, "no path to the endpoints in %s", to.CIDR)
				}
			}
			if _, st := p.walk(to, from.CIDR, m.vpc); st != nil {
				report(st, "no return path from the endpoints to %s", from.CIDR)
			}
			p.Counts.Paths++
		}
	}
	p.ports(sc, m, report)
}

// ports proves that the endpoints' security groups, and all network ACLs on the way, let the packets pass.
func (p *prover) ports(sc *scene, m *member, report func(*stop, string, ...any)) {
	for _, s := range sc.distinct() {
		for _, port := range s.Catalog.Ports {
			for _, from := range m.work {
				if !p.groupsAdmit(s.endpoint.Groups, m.spoke.CIDR, port) && !p.groupsAdmit(s.endpoint.Groups, from.CIDR, port) {
					report(&stop{fmt.Sprintf("no security group admits %s on port %d", from.CIDR, port), s.admitter()}, "%s is closed", s.Catalog.Name)
				}
				for _, to := range s.endpoint.Subnets {
					if st := p.aclStop(from, to, port); st != nil {
						report(st, "%s is closed", s.Catalog.Name)
					}
				}
			}
		}
	}
}

// distinct are the services with endpoints, one of those with the same groups, subnets and ports: the answer is theirs too.
func (sc *scene) distinct() []*service {
	if sc.differing != nil {
		return sc.differing
	}
	asked := map[string]bool{}
	sc.differing = []*service{}
	for _, s := range sc.services {
		if s.endpoint == nil {
			continue
		}
		key := fmt.Sprint(s.endpoint.Groups, s.endpoint.Subnets, s.Catalog.Ports) // pointers: the same parts
		if !asked[key] {
			asked[key] = true
			sc.differing = append(sc.differing, s)
		}
	}
	return sc.differing
}

// gateways checks the spoke's gateway endpoints, on all its workload tables.
func (p *prover) gateways(sc *scene, m *member) {
	have := map[string]*topology.Endpoint{}
	for _, e := range m.vpc.Endpoints {
		if slices.Contains(sc.used, e) || e.Interface && p.ofUnseen(sc.hub, e) {
			continue
		}
		name := e.ServiceName[strings.LastIndex(e.ServiceName, ".")+1:]
		if e.Interface || have[name] != nil || !slices.Contains(m.spoke.GatewayEndpoints, name) ||
			e.ServiceName != "com.amazonaws."+sc.hub.Region+"."+name { // in China too, unlike interface endpoints
			if m.spoke.Existing == nil || p.stackOf(sc.hub, e.Source.Stack) {
				p.add(codeEndpoint, m.subject, e.Source, "the VPC has an endpoint of %s, which is not configured", e.Of())
			}
			continue
		}
		have[name] = e
		p.addressing(m.subject, e)
	}
	for _, g := range m.spoke.GatewayEndpoints {
		e := have[g]
		if e == nil {
			p.add(codeEndpoint, m.subject, m.vpc.Source, "the VPC has no gateway endpoint for %s", g)
			continue
		}
		p.gatewayPolicy(sc, m, g, e)
		for _, s := range slices.Concat(m.work, m.inner) {
			if !slices.Contains(e.Tables, s.Table) {
				p.add(codeEndpoint, m.subject, e.Source, "the gateway endpoint for %s does not serve the route table of %s", g, describe(s))
			}
		}
	}
}

// detached checks that nothing leads to or from a spoke that is leaving.
func (p *prover) detached(sc *scene, m *member) {
	if len(m.attachment.Associated) > 0 {
		p.add(codeSegment, m.subject, m.attachment.Source,
			"the spoke is detached but its attachment is still associated with a transit gateway route table")
	}
	for _, t := range m.vpc.Tables {
		for _, r := range t.Routes {
			if m.ours(sc, r) {
				p.add(codeSegment, m.subject, r.Source, "the spoke is detached but still has a route to %s", r.CIDR)
			}
		}
	}
	for _, z := range p.hostedZonesOf[m.vpc.ID] {
		if m.spoke.Existing != nil && !p.stackOf(sc.hub, z.Source.Stack) {
			continue // its owner's
		}
		p.add(codeName, m.subject, z.Source, "the spoke is detached but hosted zone %s is still associated with it", z.Name)
	}
	for _, a := range p.net.R53ProfileAssociations[m.vpc.ID] {
		p.add(codeName, m.subject, a.Source, "the spoke is detached but still uses the Route 53 Profile")
	}
}
