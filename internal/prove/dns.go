package prove

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sharedhub/constructs/catalog"
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
}

type privateName struct {
	endpoint    *topology.Endpoint
	exact, wild bool
}

// view makes a VPC's view, and a key that equal views have in common.
func (p *prover) view(v *topology.VPC) (view, string) {
	var key strings.Builder
	own := p.layer(p.hostedZonesOf[v.ID], v.Endpoints, &key)
	for _, f := range v.Forwards {
		own.forwards[f.Domain] = f
		key.WriteString("forwards " + f.Domain + " ")
	}
	var zones []*topology.HostedZone
	var endpoints []*topology.Endpoint
	for _, a := range p.net.R53ProfileAssociations[v.ID] {
		zones = append(zones, a.R53Profile.HostedZones...)
		endpoints = append(endpoints, a.R53Profile.Endpoints...)
	}
	key.WriteString("then ")
	return view{own, p.layer(zones, endpoints, &key)}, key.String()
}

func (p *prover) layer(zones []*topology.HostedZone, endpoints []*topology.Endpoint, key *strings.Builder) layer {
	out := layer{map[string][]*topology.HostedZone{}, map[string][]privateName{}, map[string]topology.Forward{}}
	for _, z := range zones {
		out.zones[z.Name] = append(out.zones[z.Name], z)
		key.WriteString(z.ID + " ")
	}
	for _, e := range endpoints {
		if !e.Interface || !e.PrivateDNS {
			continue
		}
		key.WriteString(e.ID + " ")
		for _, n := range p.privateNames(e) {
			apex, wild := strings.CutPrefix(n, "*.")
			out.private[apex] = append(out.private[apex], privateName{e, !wild, wild})
		}
	}
	return out
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
	if s, ok := catalog.Lookup(e.Region, e.ServiceName); ok {
		return s.PrivateNames
	}
	return nil
}

// resolve finds the endpoint that a name leads to: the most specific zone decides, whether it holds the name or not, and a
// Resolver rule comes before a zone of the same name (Route 53 developer guide, "Considerations when working with a private
// hosted zone").
func (v view) resolve(name string) (*topology.Endpoint, nameResult) {
	for apex := name; apex != ""; _, apex, _ = strings.Cut(apex, ".") {
		for _, l := range v {
			if e, wrong, ok := l.at(apex, name); ok {
				return e, wrong
			}
		}
	}
	return nil, nameResult{text: "no private hosted zone covers it, so it resolves publicly"}
}

// at decides a name by the rule, the zone or the endpoint of one apex, if there is one.
func (l layer) at(apex, name string) (e *topology.Endpoint, wrong nameResult, ok bool) {
	if f, ok := l.forwards[apex]; ok {
		return nil, nameResult{fmt.Sprintf("a Resolver rule forwards %s and its subdomains to other servers", apex), f.Source}, true
	}
	zones := l.zones[apex]
	for _, pr := range l.private[apex] {
		if pr.exact && apex != name || pr.wild && apex == name {
			continue
		}
		if len(zones) > 0 {
			return nil, nameResult{fmt.Sprintf("hosted zone %s and an endpoint's private DNS have the same name", apex), zones[0].Source}, true
		}
		return pr.endpoint, nameResult{}, true
	}
	switch len(zones) {
	case 0:
		return nil, nameResult{}, false
	case 1:
		e, wrong = inZone(zones[0], name)
		return e, wrong, true
	}
	return nil, nameResult{fmt.Sprintf("two hosted zones are named %s", apex), zones[1].Source}, true
}

func inZone(z *topology.HostedZone, name string) (*topology.Endpoint, nameResult) {
	for wanted := name; ; {
		for _, r := range z.Records {
			if r.Name != wanted || r.Type != "A" {
				continue
			}
			switch {
			case r.Broken != "":
				return nil, nameResult{r.Broken, r.Source}
			case r.Endpoint == nil:
				return nil, nameResult{"its record points to " + r.Target + ", which is not an endpoint of the network", r.Source}
			}
			return r.Endpoint, nameResult{}
		}
		parent := strings.TrimPrefix(wanted, "*.")
		if parent == z.Name {
			break
		}
		_, parent, _ = strings.Cut(parent, ".")
		wanted = "*." + parent
	}
	return nil, nameResult{fmt.Sprintf("hosted zone %s covers it but has no record for it", z.Name), z.Source}
}

// checkNames asks for every private name of every service, as a VPC sees it. VPCs that see the same zones and endpoints
// share the answers.
func (p *prover) checkNames(sc *scene, v *topology.VPC) []nameResult {
	view, key := p.view(v)
	key = fmt.Sprintf("%s, %v: %s", sc.hub.Name, v == sc.vpc, key)
	if r, ok := p.names[key]; ok {
		return r
	}
	var out []nameResult
	if sc.hub.HasHostedZones() && sc.hub.HasR53Profile() && v != sc.vpc {
		// On the way from one to the other, each must serve alone: the other is about to go.
		out = append(p.askAll(sc, view[:1], true, "with the hosted zones alone, "), p.askAll(sc, view[1:], false, "with the Route 53 Profile alone, ")...)
	} else {
		out = p.askAll(sc, view, sc.hub.HasHostedZones() && (v != sc.vpc || sc.hub.HostedZonesServeHub()), "")
	}
	expected := map[string]bool{}
	for _, s := range sc.services {
		for _, z := range catalogZones(s.Catalog.PrivateNames) {
			expected[z] = true
		}
	}
	for _, l := range view {
		out = append(out, p.shadows(sc, l, expected)...)
	}
	p.names[key] = out
	return out
}

// askAll asks for every private name of every service.
func (p *prover) askAll(sc *scene, view view, zones bool, how string) []nameResult {
	var out []nameResult
	for _, s := range sc.services {
		for _, n := range queries(s.Catalog.PrivateNames, zones) {
			e, wrong := view.resolve(n.ask)
			switch {
			case wrong.text != "":
				out = append(out, nameResult{fmt.Sprintf("%s%s of %s does not resolve to its endpoint: %s", how, n.name, s.Catalog.Name, wrong.text), wrong.at})
			case e != s.endpoint:
				out = append(out, nameResult{fmt.Sprintf("%s%s of %s resolves to the endpoint of %s", how, n.name, s.Catalog.Name, e.ServiceName), e.Source})
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
	for _, s := range sc.services {
		for _, n := range s.Catalog.PrivateNames {
			names[n] = true
			if apex, ok := strings.CutPrefix(n, "*."); ok {
				wild[apex], names[apex] = true, true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v.zones)) {
		z := v.zones[name][0]
		if !expected[name] {
			for _, parent, ok := strings.Cut(name, "."); ok; _, parent, ok = strings.Cut(parent, ".") {
				if wild[parent] {
					out = append(out, nameResult{fmt.Sprintf("hosted zone %s hides part of *.%s", name, parent), z.Source})
				}
			}
			continue
		}
		for _, r := range z.Records {
			if !names[r.Name] {
				out = append(out, nameResult{fmt.Sprintf("record %s %s is not a name of a configured service and may hide one", r.Name, r.Type), r.Source})
			}
		}
	}
	return out
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
		if z.Account != m.vpc.Account {
			p.add(codeName, m.subject, z.Source, "hosted zone %s is in account %s, and CloudFormation cannot associate it with a VPC in account %s",
				z.Name, z.Account, m.vpc.Account)
		}
	}
	at := p.net.R53ProfileAssociations[m.vpc.ID]
	if len(at) > 1 {
		p.add(codeProfile, m.subject, at[1].Source, "expected at most one Route 53 Profile, found %d", len(at))
	}
	for _, a := range at {
		if !p.net.SharedWith(a.R53Profile.ARN, a.R53Profile.Account, m.vpc.Account) {
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
	for _, s := range sc.services {
		p.Counts.Names += len(s.Catalog.PrivateNames)
	}
}

// hubNames proves the names in the hub's own VPC, that its zones serve nobody else, and that its profile carries what it
// can.
func (p *prover) hubNames(sc *scene) {
	if sc.hub.Sharing != config.SharingSpokeZones { // between the two, nothing serves the hub's own VPC
		p.sayNames(sc, sc.subject, sc.vpc)
	}
	ours := map[*topology.Endpoint]bool{}
	for _, s := range sc.services {
		ours[s.endpoint] = true
	}
	for _, id := range slices.Sorted(maps.Keys(p.net.HostedZones)) {
		z := p.net.HostedZones[id]
		if !slices.ContainsFunc(z.Records, func(r topology.DNSRecord) bool { return r.Endpoint != nil && ours[r.Endpoint] }) {
			continue
		}
		for _, v := range z.VPCs {
			vpc := p.net.VPCs[v.ID]
			if vpc == nil || vpc != sc.vpc && sc.byVPC[vpc] == nil {
				p.add(codeName, sc.subject, z.Source, "hosted zone %s is associated with a VPC that is not a spoke of the hub", z.Name).Cause = "VPC " + v.ID // in all zones of its account, or in none
			} else if v.Region != vpc.Region {
				p.add(codeName, sc.subject, z.Source, "hosted zone %s is associated with %s in %s, but that VPC is in %s",
					z.Name, vpc.Name(), v.Region, vpc.Region)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.net.R53Profiles)) {
		pr := p.net.R53Profiles[id]
		for i, e := range pr.Endpoints {
			if ours[e] && !e.PrivateDNS {
				p.add(codeProfile, sc.subject, e.Source, "the Route 53 Profile holds the endpoint of %s, whose private DNS is off", e.ServiceName)
			}
			if slices.Contains(pr.Endpoints[:i], e) {
				p.add(codeProfile, sc.subject, pr.Source, "the Route 53 Profile holds the endpoint of %s twice", e.ServiceName)
			}
		}
	}
}
