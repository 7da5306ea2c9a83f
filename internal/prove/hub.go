package prove

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// services finds each configured service's endpoint, and looks for endpoints and rules that nobody configured.
func (p *prover) services(sc *scene) {
	h := sc.hub
	var found []*topology.Endpoint
	for _, s := range h.Endpoints {
		svc := &service{Endpoint: s}
		for _, e := range sc.vpc.Endpoints {
			if e.Interface && e.ServiceName == s.Catalog.ServiceName {
				if svc.endpoint != nil {
					p.add(Error, "endpoint", sc.subject, e.Source.String(), "service %s has two endpoints", s.Catalog.Name)
				}
				svc.endpoint = e
				found = append(found, e)
			}
		}
		sc.services = append(sc.services, svc)
		if svc.endpoint == nil {
			p.add(Error, "endpoint", sc.subject, "", "service %s has no endpoint in the hub's VPC", s.Catalog.Name)
			continue
		}
		p.Counts.Endpoints++
		p.endpoint(sc, svc)
	}
	for _, e := range sc.vpc.Endpoints {
		if !slices.Contains(found, e) {
			p.add(Error, "endpoint", sc.subject, e.Source.String(), "the hub's VPC holds an endpoint for %s, which is not configured", e.ServiceName)
		}
	}
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
		p.add(Error, "endpoint", sc.subject, e.Source.String(), "the endpoint of %s is in zones %s, and %s are configured", s.Catalog.Name, strings.Join(have, ", "), strings.Join(want, ", "))
	}
	if private := sc.hub.HasR53Profile() && len(s.Catalog.PrivateNames) > 0; e.PrivateDNS != private {
		p.add(Error, "name", sc.subject, e.Source.String(), "private DNS of the endpoint of %s is %v, and must be %v with dns.sharing %s", s.Catalog.Name, e.PrivateDNS, private, sc.hub.DNS.Sharing)
	}
	if e.ServiceRegion != s.Catalog.Region {
		p.add(Error, "endpoint", sc.subject, e.Source.String(), "the endpoint of %s asks for the service in %s, and it is in %s", s.Catalog.Name, e.ServiceRegion, s.Catalog.Region)
	}
	p.narrow(sc, s)
	p.policy(sc, s)
}

// narrow checks that an endpoint's security groups admit the hub's and its clients' ranges on the service's ports, and
// nobody else on no other port.
func (p *prover) narrow(sc *scene, s *service) {
	allowed := append([]netip.Prefix{sc.hub.VPC.CIDR}, clients(sc.hub)...)
	for _, c := range allowed {
		for _, port := range s.Catalog.Ports {
			if !p.groupsAdmit(s.endpoint.Groups, c, port) {
				p.add(Error, "rule", sc.subject, s.endpoint.Source.String(), "no security group of %s admits %s on port %d", s.Catalog.Name, c, port)
			}
		}
	}
	for _, g := range s.endpoint.Groups {
		for _, r := range g.Ingress {
			if !admits(allowed, r.CIDR) {
				p.add(Error, "rule", sc.subject, r.Source.String(), "the security group of %s admits %s, beyond the hub and its pools", s.Catalog.Name, r.CIDR)
			}
			if (r.Protocol != "tcp" && r.Protocol != "6") || r.From != r.To || !slices.Contains(s.Catalog.Ports, r.From) {
				p.add(Error, "rule", sc.subject, r.Source.String(), "the security group of %s admits %s ports %d to %d, and the service listens on %v", s.Catalog.Name, r.Protocol, r.From, r.To, s.Catalog.Ports)
			}
		}
		if g.OpenEgress {
			p.add(Error, "rule", sc.subject, g.Source.String(), "the security group of %s lets everything out, and endpoints begin nothing", s.Catalog.Name)
		}
		for _, r := range g.Egress {
			if r.CIDR != netip.MustParsePrefix("255.255.255.255/32") {
				p.add(Error, "rule", sc.subject, r.Source.String(), "the security group of %s lets %s out, and endpoints begin nothing", s.Catalog.Name, r.CIDR)
			}
		}
	}
}

// clients are the ranges that spokes of a hub may have: its pools, and spokes outside them.
func clients(h *config.Hub) []netip.Prefix {
	var out []netip.Prefix
	for _, pool := range h.Pools {
		out = append(out, pool.Value...)
	}
	for _, s := range h.Spokes {
		if s.Attached() {
			out = append(out, s.Ranges()...)
		}
	}
	return out
}

// shares checks that each spoke's account may use the gateway and the profile, and nobody else may.
func (p *prover) shares(sc *scene) {
	h, g := sc.hub, sc.transitGateway
	accounts := map[string]bool{}
	for _, s := range h.Spokes {
		if s.Account == h.Account {
			continue
		}
		if !accounts[s.Account] && !p.net.SharedWith(g.ARN, g.Account, s.Account) {
			p.add(Error, "share", sc.subject, g.Source.String(), "the transit gateway is not shared with account %s", s.Account)
		}
		if !accounts[s.Account] && !g.AutoAccept {
			p.add(Error, "share", sc.subject, g.Source.String(), "the transit gateway does not accept attachments of account %s by itself", s.Account)
		}
		accounts[s.Account] = true
	}
	for _, share := range p.net.Shares {
		if share.Account != h.Account || share.Region != h.Region {
			continue
		}
		ours := slices.Contains(share.Resources, g.ARN) || slices.ContainsFunc(share.Resources, func(arn string) bool { return p.profileOf(sc, arn) })
		if !ours {
			continue
		}
		if h.Organization.ID != "" && share.External {
			p.add(Error, "share", sc.subject, share.Source.String(), "the share may leave the organization")
		}
		for _, principal := range share.Principals {
			if !expectedPrincipal(h, principal, accounts) {
				p.add(Error, "share", sc.subject, share.Source.String(), "the share names %s, which is no account or organization of the configuration", principal)
			}
		}
	}
}

func (p *prover) profileOf(sc *scene, arn string) bool {
	for _, pr := range p.net.R53Profiles {
		if pr.ARN == arn && pr.Account == sc.hub.Account && pr.Region == sc.hub.Region {
			return true
		}
	}
	return false
}

func expectedPrincipal(h *config.Hub, principal string, accounts map[string]bool) bool {
	o := h.Organization
	if o.ManagementAccount == "" {
		return accounts[principal]
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
	if len(at) != 1 || at[0].TransitGateway != sc.attachment.TransitGateway {
		p.add(Error, "path", m.subject, m.vpc.Source.String(), "the VPC has %d attachments, and one to the hub's transit gateway is meant", len(at))
		return
	}
	m.attachment = at[0]
	for _, s := range m.vpc.Subnets {
		if !slices.Contains(m.attachment.Subnets, s) {
			m.work = append(m.work, s)
		}
	}
	if want := len(m.spoke.AZs) * len(m.spoke.Tiers); len(m.work) != want {
		p.add(Error, "vpc", m.subject, m.vpc.Source.String(), "the VPC has %d subnets for workloads, and %d are configured", len(m.work), want)
	}
	p.gateways(sc, m)
	if !m.spoke.Attached() {
		p.detached(sc, m)
		return
	}
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
	failed := map[string]bool{}
	report := func(st *stop, format string, args ...any) {
		if key := st.text + st.resource; !failed[key] {
			failed[key] = true
			p.add(Error, "path", m.subject, st.resource, "%s: %s", fmt.Sprintf(format, args...), st.text)
		}
	}
	for _, to := range endpointSubnets(sc.services) {
		for _, from := range m.work {
			if o := (origin{from.Table, from.AZ + to.CIDR.String()}); !done[o] {
				done[o] = true
				if _, st := p.walk(from, to.CIDR, sc.vpc); st != nil {
					report(st, "no way to the endpoints in %s", to.CIDR)
				}
			}
			if _, st := p.walk(to, from.CIDR, m.vpc); st != nil {
				report(st, "no way back from the endpoints to %s", from.CIDR)
			}
			p.Counts.Paths++
		}
	}
	p.ports(sc, m, report)
}

// ports proves that the endpoints' security groups, and all network ACLs on the way, let the packets pass. Services of
// the same groups, subnets and ports share the answer.
func (p *prover) ports(sc *scene, m *member, report func(*stop, string, ...any)) {
	asked := map[string]bool{}
	for _, s := range sc.services {
		if s.endpoint == nil {
			continue
		}
		key := fmt.Sprint(s.endpoint.Groups, s.endpoint.Subnets, s.Catalog.Ports) // pointers: the same parts
		if asked[key] {
			continue
		}
		asked[key] = true
		for _, port := range s.Catalog.Ports {
			for _, from := range m.work {
				if !p.groupsAdmit(s.endpoint.Groups, m.spoke.CIDR, port) && !p.groupsAdmit(s.endpoint.Groups, from.CIDR, port) {
					holder := s.endpoint.Source.String()
					if len(s.endpoint.Groups) > 0 {
						holder = s.endpoint.Groups[0].Source.String()
					}
					report(&stop{fmt.Sprintf("no security group admits %s on port %d", from.CIDR, port), holder}, "%s is closed", s.Catalog.Name)
				}
				for _, to := range s.endpoint.Subnets {
					if st := aclStop(from, to, port); st != nil {
						report(st, "%s is closed", s.Catalog.Name)
					}
				}
			}
		}
	}
}

// gateways checks the spoke's gateway endpoints, on all its workload tables.
func (p *prover) gateways(sc *scene, m *member) {
	have := map[string]*topology.Endpoint{}
	for _, e := range m.vpc.Endpoints {
		name := e.ServiceName[strings.LastIndex(e.ServiceName, ".")+1:]
		if e.Interface || have[name] != nil || !slices.Contains(m.spoke.GatewayEndpoints(), name) || !strings.Contains(e.ServiceName, sc.hub.Region) {
			p.add(Error, "endpoint", m.subject, e.Source.String(), "the VPC holds an endpoint for %s, which is not configured", e.ServiceName)
			continue
		}
		have[name] = e
	}
	for _, g := range m.spoke.GatewayEndpoints() {
		e := have[g]
		if e == nil {
			p.add(Error, "endpoint", m.subject, m.vpc.Source.String(), "there is no gateway endpoint for %s", g)
			continue
		}
		for _, s := range m.work {
			if !slices.Contains(e.Tables, s.Table) {
				p.add(Error, "endpoint", m.subject, e.Source.String(), "the gateway endpoint for %s does not serve the route table of %s", g, describe(s))
			}
		}
	}
}

// detached checks that nothing leads to or from a spoke that is leaving.
func (p *prover) detached(sc *scene, m *member) {
	if len(m.attachment.Associated) > 0 {
		p.add(Error, "segment", m.subject, m.attachment.Source.String(), "the spoke is detached, and its attachment still has a gateway route table")
	}
	for _, t := range m.vpc.Tables {
		for _, r := range t.Routes {
			p.add(Error, "segment", m.subject, r.Source.String(), "the spoke is detached, and still routes %s", r.CIDR)
		}
	}
	for _, z := range p.hostedZonesOf[m.vpc.ID] {
		p.add(Error, "name", m.subject, z.Source.String(), "the spoke is detached, and zone %s still serves it", z.Name)
	}
	for _, a := range p.net.R53ProfileAssociations[m.vpc.ID] {
		p.add(Error, "name", m.subject, a.Source.String(), "the spoke is detached, and still uses the profile")
	}
}
