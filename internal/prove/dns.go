package prove

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// nameResult is what is wrong with a name, in every VPC that sees the same.
type nameResult struct {
	text string
	at   topology.Source
}

// view is what a VPC's resolver knows privately: what is the VPC's own, then what its profile carries. The most specific
// name wins, and of two equal ones the VPC's own (Route 53 developer guide, "How Route 53 Profile settings are
// prioritized").
type view []layer

type layer struct {
	zones map[string][]*topology.HostedZone
	// private are the names of endpoints with private DNS, by apex.
	private map[string][]privateName
	// forwards are the Resolver rules of the VPC, by domain.
	forwards map[string]topology.Forward
	// firewalls are its rule groups of DNS Firewall, first asked first.
	firewalls []topology.DNSFirewall
	// unclear is what AWS refuses, or what nobody can say of a name that is asked here.
	unclear []nameResult
}

type privateName struct {
	endpoint    *topology.Endpoint
	exact, wild bool
}

// sources are what a layer is made of.
type sources struct {
	zones     []*topology.HostedZone
	endpoints []*topology.Endpoint
	forwards  []topology.Forward
	firewalls []topology.DNSFirewall
}

// sourcesOf are a VPC's own, and those that its profiles carry.
func (p *prover) sourcesOf(v *topology.VPC) (own, carried sources) {
	own = sources{p.hostedZonesOf[v.ID], v.Endpoints, v.Forwards, v.Firewalls}
	for _, a := range p.net.R53ProfileAssociations[v.ID] {
		carried.zones = append(carried.zones, a.R53Profile.HostedZones...)
		carried.endpoints = append(carried.endpoints, a.R53Profile.Endpoints...)
		carried.forwards = append(carried.forwards, a.R53Profile.Forwards...)
		carried.firewalls = append(carried.firewalls, a.R53Profile.Firewalls...)
	}
	return own, carried
}

// view makes a VPC's view.
func (p *prover) view(v *topology.VPC) view {
	own, carried := p.sourcesOf(v)
	return view{p.layer(own), p.layer(carried)}
}

// viewKey is what equal views have in common.
func (p *prover) viewKey(v *topology.VPC) string {
	var key strings.Builder
	own, carried := p.sourcesOf(v)
	own.key(&key)
	key.WriteString("then ")
	carried.key(&key)
	return key.String()
}

func (s sources) key(key *strings.Builder) {
	for _, z := range s.zones {
		key.WriteString(z.ID + " ")
	}
	for _, e := range s.endpoints {
		if e.Interface && e.PrivateDNS {
			key.WriteString(e.ID + " ")
		}
	}
	for _, f := range s.forwards {
		key.WriteString("rule " + f.ID + " ")
	}
	for _, f := range s.firewalls {
		fmt.Fprintf(key, "firewall %s %d ", f.Group, f.Priority)
	}
}

func (p *prover) layer(from sources) layer {
	out := layer{zones: map[string][]*topology.HostedZone{}, private: map[string][]privateName{}, forwards: map[string]topology.Forward{},
		firewalls: from.firewalls}
	for _, z := range from.zones {
		out.zones[z.Name] = append(out.zones[z.Name], z)
	}
	for _, e := range from.endpoints {
		if !e.Interface || !e.PrivateDNS {
			continue
		}
		for _, n := range p.privateNames(e) {
			apex, wild := strings.CutPrefix(n, "*.")
			out.private[apex] = append(out.private[apex], privateName{e, !wild, wild})
		}
	}
	for _, f := range from.forwards {
		out.forward(f)
	}
	return out
}

// forward adds a Resolver rule.
func (l *layer) forward(f topology.Forward) {
	before, twice := l.forwards[f.Domain]
	switch {
	case f.Unknown:
		l.unclear = append(l.unclear, nameResult{fmt.Sprintf("Resolver rule %s is in none of the stacks, so nobody knows which names it forwards",
			topology.Plain(f.ID)), f.Source})
	case topology.Plain(f.Domain) != f.Domain:
		l.unclear = append(l.unclear, nameResult{"only AWS will know which domain a Resolver rule forwards", f.Source})
	case twice && before.ID != f.ID:
		l.unclear = append(l.unclear, nameResult{fmt.Sprintf("two Resolver rules of the VPC are for the domain %q, and Route 53 takes one",
			f.Domain), f.Source})
	default:
		l.forwards[f.Domain] = f
	}
}

// privateNames are the names that private DNS gives an endpoint: as the configuration knows its service, or the catalogue.
func (p *prover) privateNames(e *topology.Endpoint) []string {
	for _, h := range p.cfg.Hubs {
		for _, s := range h.Endpoints {
			if s.Catalog.ServiceName == e.ServiceName && h.Region == e.Region {
				return s.Catalog.PrivateNames
			}
		}
	}
	if s, ok := serviceOf(e); ok {
		return s.PrivateNames
	}
	return nil
}

// maxChain is how many names that lead to each other are followed.
const maxChain = 8

// resolve finds the endpoint that a name leads to: the most specific zone decides, whether it holds the name or not, and a
// Resolver rule comes before a zone of the same name (Route 53 developer guide, "Considerations when working with a private
// hosted zone"). A system rule excepts its domain from the rules above it.
func (v view) resolve(name string) (*topology.Endpoint, nameResult) { return v.follow(name, 0) }

func (v view) follow(name string, depth int) (*topology.Endpoint, nameResult) {
	if wrong := v.blocked(name); wrong.text != "" {
		return nil, wrong
	}
	excepted := false
	for apex := range ancestors(name) {
		for _, l := range v {
			if f, ok := l.forwards[apex]; ok && !f.System && !excepted {
				return nil, forwarded(f)
			} else if ok {
				excepted = true
			}
			if e, wrong, ok := v.at(l, apex, name, depth); ok {
				return e, wrong
			}
		}
	}
	return nil, nameResult{text: "no private hosted zone covers it, so it resolves publicly"}
}

func forwarded(f topology.Forward) nameResult {
	domain := f.Domain
	if domain == "" {
		domain = "the root domain"
	}
	return nameResult{fmt.Sprintf("a Resolver rule forwards %s and its subdomains to other servers", domain), f.Source}
}

// ancestors are a name and the domains above it, up to the root, "".
func ancestors(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for yield(name) && name != "" {
			_, name, _ = strings.Cut(name, ".")
		}
	}
}

// below is true for a domain or a name in it.
func below(name, domain string) bool {
	return name == domain || domain == "" || strings.HasSuffix(name, "."+domain)
}

// at decides a name by the zone or the endpoint of one apex, if there is one.
func (v view) at(l layer, apex, name string, depth int) (e *topology.Endpoint, wrong nameResult, ok bool) {
	zones := l.zones[apex]
	for _, pr := range l.private[apex] {
		switch {
		case pr.exact && apex != name || pr.wild && apex == name:
			continue
		case len(zones) > 0:
			return nil, nameResult{fmt.Sprintf("hosted zone %s and an endpoint's private DNS have the same name", apex), zones[0].Source}, true
		case e != nil && e != pr.endpoint:
			return nil, nameResult{fmt.Sprintf("two endpoints have the private name %s", apex), pr.endpoint.Source}, true
		}
		e = pr.endpoint
	}
	switch {
	case e != nil:
		return e, nameResult{}, true
	case len(zones) == 0:
		return nil, nameResult{}, false
	case len(zones) == 1:
		e, wrong = v.inZone(zones[0], name, depth)
		return e, wrong, true
	}
	return nil, nameResult{fmt.Sprintf("two hosted zones are named %s", apex), zones[1].Source}, true
}

// checkNames asks for every private name of every service, as a VPC sees it. VPCs that see the same zones and endpoints
// share the answers.
func (p *prover) checkNames(sc *scene, v *topology.VPC) []nameResult {
	m := sc.byVPC[v]
	existing := m != nil && m.spoke.Existing != nil || v == sc.vpc && sc.hub.Existing != nil
	key := fmt.Sprintf("%s, %v, %v, %v: %s", sc.hub.Name, v == sc.vpc, existing, gatewayDomains(v), p.viewKey(v))
	if r, ok := p.names[key]; ok {
		return r
	}
	view := p.view(v)
	var out []nameResult
	if sc.hub.HasHostedZones() && sc.hub.HasR53Profile() && v != sc.vpc {
		// On the way from one to the other, each must serve alone: the other is about to go.
		out = append(p.askAll(sc, view[:1], true, "with the hosted zones alone, "),
			p.askAll(sc, view[1:], false, "with the Route 53 Profile alone, ")...)
	} else {
		out = p.askAll(sc, view, sc.hub.HasHostedZones() && (v != sc.vpc || sc.hub.HostedZonesServeHub()), "")
	}
	expected := map[string]bool{}
	for _, s := range sc.serving() {
		for _, z := range catalogZones(s.Catalog.PrivateNames) {
			expected[z] = true
		}
	}
	for _, l := range view {
		out = append(out, l.unclear...)
		out = append(out, p.shadows(sc, l, expected)...)
	}
	for _, wrong := range p.hidden(sc, v, view, expected) {
		if !existing || p.stackOf(sc.hub, wrong.at.Stack) { // its owner's zones may answer for what the hub does not serve
			out = append(out, wrong)
		}
	}
	out = append(out, p.partsBlocked(sc, view)...)
	if v != sc.vpc || !sc.hub.HasR53Profile() { // an endpoint keeps its private DNS in its own VPC while it is there
		out = append(out, stillServed(sc, view)...)
	}
	p.names[key] = out
	return out
}

// askAll asks for every private name of every service.
func (p *prover) askAll(sc *scene, view view, zones bool, how string) []nameResult {
	var out []nameResult
	for _, s := range sc.serving() {
		for _, n := range queries(s.Catalog.PrivateNames, zones) {
			e, wrong := view.resolve(n.ask)
			switch {
			case wrong.text != "":
				out = append(out, nameResult{
					fmt.Sprintf("%s%s of %s does not resolve to its endpoint: %s", how, n.name, s.Catalog.Name, wrong.text), wrong.at,
				})
			case e != s.endpoint:
				out = append(out, nameResult{
					fmt.Sprintf("%s%s of %s resolves to the endpoint of %s", how, n.name, s.Catalog.Name, e.ServiceName), e.Source,
				})
			}
		}
	}
	return out
}

// stillServed are names that lead to the endpoint of a service that is leaving.
func stillServed(sc *scene, view view) []nameResult {
	var out []nameResult
	for _, s := range sc.services {
		if !s.Leaving || s.endpoint == nil {
			continue
		}
		for _, n := range queries(s.Catalog.PrivateNames, true) {
			if e, _ := view.resolve(n.ask); e == s.endpoint {
				out = append(out, nameResult{fmt.Sprintf("%s is leaving, but %s still leads to its endpoint", s.Catalog.Name, n.name),
					view.decider(n.ask).at})
			}
		}
	}
	return out
}

// shadows are zones and records that take a part of a wildcard name away.
func (p *prover) shadows(sc *scene, v layer, expected map[string]bool) []nameResult {
	var out []nameResult
	wild := map[string]bool{}
	names := map[string]bool{}
	for _, s := range sc.serving() {
		for _, n := range s.Catalog.PrivateNames {
			names[n] = true
			if apex, ok := strings.CutPrefix(n, "*."); ok {
				wild[apex], names[apex] = true, true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v.zones)) {
		z := v.zones[name][0]
		for _, also := range v.zones[name] {
			for _, f := range also.Faults {
				out = append(out, nameResult{f.Text, f.Source})
			}
		}
		if !expected[name] {
			if part := partOf(name, wild); part != "" {
				out = append(out, nameResult{fmt.Sprintf("hosted zone %s hides part of *.%s", name, part), z.Source})
			}
			continue
		}
		for _, r := range z.Records {
			switch {
			case !names[r.Name]:
				out = append(out, nameResult{fmt.Sprintf("record %s %s is not a name of a configured service and may hide one",
					topology.Plain(r.Name), r.Type), r.Source})
			case r.Type == "AAAA" && (r.Endpoint == nil || r.Broken != ""):
				out = append(out, nameResult{fmt.Sprintf("record %s AAAA leads to %s, which is not the endpoint", r.Name, r.Target), r.Source})
			case !slices.Contains(leadNowhere, r.Type):
				out = append(out, nameResult{fmt.Sprintf("record %s %s may lead clients elsewhere", r.Name, r.Type), r.Source})
			}
		}
	}
	for _, domain := range slices.Sorted(maps.Keys(v.forwards)) {
		if part := partOf(domain, wild); part != "" && !v.forwards[domain].System {
			text := fmt.Sprintf("a Resolver rule forwards %s, a part of *.%s, to other servers", domain, part)
			out = append(out, nameResult{text, v.forwards[domain].Source})
		}
	}
	return out
}

// leadNowhere are the types of records that lead no client to another address than the name's own, or that are judged where
// the name is resolved.
var leadNowhere = []string{"A", "AAAA", "CNAME", "TXT", "SPF", "CAA", "MX", "SRV", "PTR", "NAPTR", "SSHFP", "TLSA"}

// partOf is the wildcard name's domain that a domain is a part of; "" where it is of none.
func partOf(domain string, wild map[string]bool) string {
	for parent := range ancestors(domain) {
		if parent != domain && wild[parent] {
			return parent
		}
	}
	return ""
}

type query struct {
	// name as the catalogue writes it, and one to ask for: a wildcard stands for any label that no record names.
	name, ask string
}

// anyLabel stands for a label that nobody uses.
const anyLabel = "any-label-that-no-record-names"

// queries are the names to ask for. With zones, a wildcard's apex must resolve too: a zone hides it otherwise.
func queries(names []string, zones bool) []query {
	var out []query
	for _, n := range names {
		apex, wild := strings.CutPrefix(n, "*.")
		if !wild {
			out = append(out, query{n, n})
			continue
		}
		out = append(out, query{n, anyLabel + "." + apex})
		if zones {
			out = append(out, query{apex, apex})
		}
	}
	return out
}

func catalogZones(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, strings.TrimPrefix(n, "*."))
	}
	return out
}

// memberNames proves the names in a spoke's VPC.
func (p *prover) memberNames(sc *scene, m *member) {
	p.sayNames(sc, m.subject, m.vpc)
	for _, z := range p.hostedZonesOf[m.vpc.ID] {
		if z.Account != m.vpc.Account && (m.spoke.Existing == nil || p.stackOf(sc.hub, z.Source.Stack)) {
			p.add(codeName, m.subject, z.Source, "hosted zone %s is in account %s, and CloudFormation cannot associate it with a VPC in account %s",
				z.Name, z.Account, m.vpc.Account)
		}
	}
	at := p.net.R53ProfileAssociations[m.vpc.ID]
	if len(at) > 1 {
		p.add(codeProfile, m.subject, at[1].Source, "expected at most one Route 53 Profile, found %d", len(at))
	}
	for _, a := range at {
		if !p.net.SharedWith(a.R53Profile.ARN, a.R53Profile.Account, a.R53Profile.Region, m.vpc.Account) {
			p.add(codeSharing, m.subject, a.R53Profile.Source, "the Route 53 Profile is not shared with account %s", m.vpc.Account)
		}
		if a.Account != m.vpc.Account {
			p.add(codeProfile, m.subject, a.Source, "the Route 53 Profile is associated from account %s, expected the VPC's account, %s",
				a.Account, m.vpc.Account)
		}
	}
}

func (p *prover) sayNames(sc *scene, subject string, v *topology.VPC) {
	for _, r := range p.checkNames(sc, v) {
		p.add(codeName, subject, r.at, "%s", r.text)
	}
	for _, s := range sc.serving() {
		p.Counts.Names += len(s.Catalog.PrivateNames)
	}
}

// hubNames proves the names in the hub's own VPC, that its zones serve nobody else, and that its profile carries what it
// can.
func (p *prover) hubNames(sc *scene) {
	if sc.hub.Sharing != config.SharingSpokeZones { // between the two, nothing serves the hub's own VPC
		p.sayNames(sc, sc.subject, sc.vpc)
	}
	ours, leaves := map[*topology.Endpoint]bool{}, map[*topology.Endpoint]bool{}
	for _, s := range sc.services {
		ours[s.endpoint], leaves[s.endpoint] = true, s.Leaving
	}
	p.strayRecords(sc)
	for _, id := range slices.Sorted(maps.Keys(p.net.HostedZones)) {
		z := p.net.HostedZones[id]
		if !slices.ContainsFunc(z.Records, func(r topology.DNSRecord) bool { return r.Endpoint != nil && ours[r.Endpoint] }) {
			continue
		}
		for _, v := range z.VPCs {
			vpc := p.net.VPCs[v.ID]
			if vpc == nil || vpc != sc.vpc && sc.byVPC[vpc] == nil {
				// in all zones of its account, or in none
				p.add(codeName, sc.subject, z.Source, "hosted zone %s is associated with a VPC that is not a spoke of the hub",
					z.Name).Cause = "VPC " + v.ID
			} else if v.Region != vpc.Region {
				p.add(codeName, sc.subject, z.Source, "hosted zone %s is associated with %s in %s, but that VPC is in %s",
					z.Name, vpc.Name(), v.Region, vpc.Region)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.net.R53Profiles)) {
		pr := p.net.R53Profiles[id]
		for i, e := range pr.Endpoints {
			if leaves[e] {
				p.add(codeProfile, sc.subject, pr.Source, "the Route 53 Profile holds the endpoint of %s, which is leaving", e.ServiceName)
			}
			if ours[e] && !e.PrivateDNS {
				p.add(codeProfile, sc.subject, e.Source, "the Route 53 Profile holds the endpoint of %s, whose private DNS is off", e.ServiceName)
			}
			if slices.Contains(pr.Endpoints[:i], e) {
				p.add(codeProfile, sc.subject, pr.Source, "the Route 53 Profile holds the endpoint of %s twice", e.ServiceName)
			}
		}
	}
}
