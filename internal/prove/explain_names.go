package prove

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

// serviceNames are a service's names, as a VPC's hosts resolve them. Where they should, each that does not lead to the
// service's endpoint is wrong.
func (p *prover) serviceNames(v *topology.VPC, sc *scene, s *service, should bool) []NameAnswer {
	out := []NameAnswer{}
	for _, q := range queries(s.Catalog.PrivateNames, false) {
		n, e := p.nameAnswer(v, q)
		switch {
		case !should:
		case e == nil:
			n.Wrong = n.By
		case e != s.endpoint:
			n.Wrong = "expected the hub's endpoint, found that of " + e.ServiceName
			if e.VPC != nil && e.VPC != sc.vpc {
				n.Wrong += " in " + e.VPC.Name()
			}
		}
		out = append(out, n)
	}
	return out
}

// nameAnswer resolves a name as a VPC's hosts do.
func (p *prover) nameAnswer(v *topology.VPC, q query) (NameAnswer, *topology.Endpoint) {
	n := NameAnswer{Name: q.name}
	say := func(r nameResult) {
		n.By = r.text
		if r.at != (topology.Source{}) {
			n.Resource = r.at.String()
		}
	}
	view := p.view(v)
	if off := asksElsewhere(v); off.text != "" {
		say(off)
		return n, nil
	}
	for _, l := range view {
		if len(l.unclear) > 0 {
			say(l.unclear[0])
			return n, nil
		}
	}
	e, wrong := view.resolve(q.ask)
	if e == nil {
		say(wrong)
		return n, nil
	}
	n.LeadsTo = e.ServiceName
	say(view.decider(q.ask))
	return n, e
}

// asksElsewhere says why a VPC's hosts do not ask its private zones; nothing where they do.
func asksElsewhere(v *topology.VPC) nameResult {
	switch {
	case !v.DNSSupport || !v.DNSNames:
		return nameResult{fmt.Sprintf("private names need DNS support and DNS host names: DNS support is %s, DNS host names are %s",
			onOff(v.DNSSupport), onOff(v.DNSNames)), v.Source}
	case v.UnknownNameServers != "":
		return nameResult{v.UnknownNameServers, v.Source}
	case len(v.NameServers) > 0:
		return nameResult{"DHCP options send hosts to " + strings.Join(v.NameServers, ", ") + " instead of the VPC resolver", v.Source}
	}
	return nameResult{}
}

// decider is the zone or the endpoint that decides a name which leads to an endpoint.
func (v view) decider(name string) nameResult {
	for apex := range ancestors(name) {
		for i, l := range v {
			of := ""
			if i > 0 {
				of = " of the Route 53 Profile"
			}
			if zones := l.zones[apex]; len(zones) > 0 {
				return nameResult{"hosted zone " + apex + of, zones[0].Source}
			}
			for _, pr := range l.private[apex] {
				if pr.exact && apex == name || pr.wild && apex != name {
					return nameResult{"private DNS of the endpoint" + of, pr.endpoint.Source}
				}
			}
		}
	}
	return nameResult{}
}

// asName is true for what can only be a DNS name: it has a dot, and is no service of the catalogue nor near one. A dot at its
// end says that it is one.
func (p *prover) asName(from *end, sc *scene, word string) (string, bool) {
	name := strings.ToLower(strings.TrimSuffix(word, "."))
	if !strings.Contains(name, ".") || !catalog.ValidName(strings.TrimPrefix(name, "*.")) {
		return "", false
	}
	if strings.HasSuffix(word, ".") {
		return name, true
	}
	if _, service := catalog.Lookup(from.vpc.Region, word); service {
		return "", false
	}
	known := p.allNames()
	if sc != nil {
		for _, s := range sc.services {
			known = append(known, s.Catalog.Name)
		}
	}
	return name, !near(word, known)
}

// explainName says where a name leads, and follows packets to the endpoint that it leads to.
func (p *prover) explainName(from *end, sc *scene, name string, port int) *Explanation {
	x := &Explanation{From: from.name, To: name}
	q := asked(name)
	if pub := sc.publicationOf(name); pub != nil && pub.useOf(from.vpc) != nil {
		x := p.explainPublished(from, sc, pub, port)
		x.To, x.Because = name, fmt.Sprintf("it is the name of service %s; %s", pub.Name, x.Because)
		return x
	}
	n, e := p.nameAnswer(from.vpc, q)
	s := serviceNamed(sc, q)
	to := from
	if s != nil {
		to = &end{name: sc.hub.Name, vpc: sc.vpc, hub: sc.hub}
		x.Expected, x.Because = p.expected(from, to)
		x.Because = fmt.Sprintf("it is a name of service %s; %s", s.Catalog.Name, x.Because)
		if x.Expected == Fully && e != s.endpoint {
			n.Wrong = "expected the endpoint of service " + s.Catalog.Name
		}
	}
	x.Names = []NameAnswer{n}
	if e != nil {
		p.toEndpoint(x, from, e, shortService(e), p.listens(e, port))
		if s != nil && e == s.endpoint {
			x.notServed("the endpoint of "+s.Catalog.Name, port, s.Catalog.Ports, e.Source)
		}
	} else if f, ok := p.ruleFor(from.vpc, q); ok {
		p.toServers(x, from, sc, f)
	} else if n.Resource == "" {
		x.Names[0].By += p.publicWay(from, sc, q)
	}
	p.conclude(x, from, to)
	return x
}

// asked is the question for a name; "*" stands for any label.
func asked(name string) query {
	if apex, wild := strings.CutPrefix(name, "*."); wild {
		return query{name, anyLabel + "." + apex}
	}
	return query{name, name}
}

// shortService is a service's name as the catalogue has it, if it does.
func shortService(e *topology.Endpoint) string {
	if s, ok := catalog.Lookup(e.Region, e.ServiceName); ok {
		return s.Name
	}
	return e.ServiceName
}

// listens are the ports that packets to an endpoint are for.
func (p *prover) listens(e *topology.Endpoint, port int) []int {
	if port > 0 {
		return []int{port}
	}
	if s, ok := catalog.Lookup(e.Region, e.ServiceName); ok && len(s.Ports) > 0 {
		return s.Ports
	}
	return []int{443}
}

// serviceNamed is the configured service that a name belongs to.
func serviceNamed(sc *scene, q query) *service {
	if sc == nil {
		return nil
	}
	for _, s := range sc.serving() {
		if s.endpoint != nil && slices.ContainsFunc(s.Catalog.PrivateNames, func(n string) bool { return covers(n, q.ask) }) {
			return s
		}
	}
	return nil
}

// publicWay says whether a VPC's hosts reach what resolves publicly, and which service without an endpoint it is.
func (p *prover) publicWay(from *end, sc *scene, q query) string {
	text := ", and the VPC has a way to the internet"
	if len(p.internet(from.vpc)) == 0 {
		text = ", and the VPC has no way to the internet"
	}
	if sc == nil {
		return text
	}
	for _, s := range sc.services {
		if s.Leaving && slices.ContainsFunc(s.Catalog.PrivateNames, func(n string) bool { return covers(n, q.ask) }) {
			return fmt.Sprintf("%s; it is a name of service %s, which is leaving hub %s", text, s.Catalog.Name, sc.hub.Name)
		}
	}
	for _, name := range sc.hub.Catalog.Names() {
		s, ok := sc.hub.Catalog.Lookup(name)
		if ok && slices.ContainsFunc(s.PrivateNames, func(n string) bool { return covers(n, q.ask) }) {
			return fmt.Sprintf("%s; it is a name of service %s, and hub %s has no endpoint of it", text, s.Name, sc.hub.Name)
		}
	}
	return text
}

// covers is true where a name is another, or what a wildcard stands for.
func covers(name, ask string) bool {
	apex, wild := strings.CutPrefix(name, "*.")
	return ask == name || wild && strings.HasSuffix(ask, "."+apex)
}

// internet are the routes by which a VPC's packets leave for the internet.
func (p *prover) internet(v *topology.VPC) []string {
	out := []string{}
	for _, t := range v.Tables {
		for _, r := range t.Routes {
			if r.Kind == topology.ToInternetGateway && !v.InternetGateway {
				continue
			}
			if (r.Kind == topology.ToInternetGateway || r.Kind == topology.ToNAT) && !ranges.In(r.CIDR, ranges.Private) {
				out = append(out, fmt.Sprintf("%s by %s (%s)", r.CIDR, r.Kind, r.Source))
			}
		}
		for _, r := range t.Others {
			if r.Kind == topology.ToInternetGateway || r.Kind == topology.ToNAT {
				out = append(out, fmt.Sprintf("%s by %s (%s)", r.Destination, r.Kind, r.Source))
			}
		}
	}
	slices.Sort(out)
	return out
}
