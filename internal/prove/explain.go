package prove

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/topology"
)

// Path is one way, hop by hop, in both directions.
type Path struct {
	Spoke   string   `json:"spoke"`
	Service string   `json:"service"`
	Zone    string   `json:"zone"`
	Names   []string `json:"names"`
	There   []Hop    `json:"there"`
	Back    []Hop    `json:"back"`
	// Stopped says why the way ends early; empty when it does not.
	Stopped string `json:"stopped,omitempty"`
}

// Explain follows the packets of one spoke to one service, from its first workload subnet of each zone.
func Explain(cfg *config.Config, net *topology.Network, spoke, svc string) ([]Path, error) {
	i := slices.IndexFunc(cfg.Spokes, func(s *config.Spoke) bool { return s.Name == spoke })
	if i < 0 {
		return nil, fmt.Errorf("there is no spoke %q", spoke)
	}
	h := cfg.Spokes[i].Hub
	p := newProver(cfg, net)
	sc := p.find(h)
	if sc == nil || !slices.ContainsFunc(sc.spokes, func(m *member) bool { return m.spoke.Name == spoke }) {
		return nil, p.notFound(sc, cfg.Spokes[i])
	}
	p.services(sc)
	j := slices.IndexFunc(sc.services, func(s *service) bool { return s.Catalog.Name == svc || s.Catalog.ServiceName == svc })
	if j < 0 {
		names := make([]string, len(h.Endpoints))
		for i, e := range h.Endpoints {
			names[i] = e.Catalog.Name
		}
		return nil, fmt.Errorf("hub %s has no endpoint of service %q; its services are %s", h.Name, svc, strings.Join(names, ", "))
	}
	if sc.services[j].endpoint == nil {
		return nil, fmt.Errorf("service %s has no endpoint in hub %s", svc, h.Name)
	}
	m := sc.spokes[slices.IndexFunc(sc.spokes, func(m *member) bool { return m.spoke.Name == spoke })]
	p.member(sc, m)
	if len(m.work) == 0 {
		return nil, fmt.Errorf("spoke %s has no workload subnet that is attached to the hub's transit gateway", spoke)
	}
	var out []Path
	for _, from := range m.work {
		if !slices.ContainsFunc(out, func(o Path) bool { return o.Zone == from.AZ }) {
			out = append(out, p.explain(sc, m, sc.services[j], from))
		}
	}
	return out, nil
}

// notFound is why find left a spoke out, or its hub.
func (p *prover) notFound(sc *scene, s *config.Spoke) error {
	subject := "spoke " + s.Name
	if sc == nil {
		subject = "hub " + s.Hub.Name
	}
	for _, f := range slices.Backward(p.Findings) { // what find said last is what ended its search
		if f.Subject == subject {
			return fmt.Errorf("%s is not in the network: %s", subject, f.Summary)
		}
	}
	return fmt.Errorf("%s is in an account that was not looked at", subject)
}

func (p *prover) explain(sc *scene, m *member, s *service, from *topology.Subnet) Path {
	path := Path{Spoke: m.spoke.Name, Service: s.Catalog.Name, Zone: from.AZ}
	if len(s.endpoint.Subnets) == 0 {
		path.Stopped = fmt.Sprintf("the endpoint of %s is in no subnet (%s)", s.Catalog.Name, s.endpoint.Source)
		return path
	}
	to := s.endpoint.Subnets[0]
	for _, n := range s.endpoint.Subnets {
		if n.AZ == from.AZ { // clients may get any zone's address; the same zone's is the one to draw
			to = n
		}
	}
	lost := p.explainNames(&path, m, s)
	port := s.Catalog.Ports[0]
	path.There = append(path.There, hopAt(from.Source, "%s, %s, zone %s", describe(from), from.CIDR, from.AZ))
	hops, st := p.walk(from, to.CIDR, sc.vpc)
	path.There = append(path.There, hops...)
	if st == nil {
		st = p.aclStop(from, to, port)
	}
	if st == nil && !p.groupsAdmit(s.endpoint.Groups, from.CIDR, port) {
		st = &stop{fmt.Sprintf("no security group admits %s on port %d", from.CIDR, port), s.endpoint.Source}
	}
	if st == nil {
		for _, g := range s.endpoint.Groups {
			path.There = append(path.There, hopAt(g.Source, "security group admits %s on port %d", from.CIDR, port))
		}
		path.There = append(path.There, hopAt(s.endpoint.Source, "endpoint of %s in %s", s.Catalog.Name, describe(to)))
		hops, st = p.walk(to, from.CIDR, m.vpc)
		path.Back = append(hops, hopAt(from.Source, "%s, %s", describe(from), from.CIDR))
		if st != nil {
			path.Back = hops
		}
	}
	if st == nil {
		st = lost
	}
	if st != nil {
		path.Stopped = fmt.Sprintf("%s (%s)", st.text, st.at)
	}
	return path
}

// explainNames resolves the service's names as the spoke's hosts do, and says why one does not lead to the endpoint.
func (p *prover) explainNames(path *Path, m *member, s *service) (lost *stop) {
	why := func(text string, at topology.Source) {
		if lost == nil {
			lost = &stop{text, at}
		}
	}
	switch v := m.vpc; {
	case !v.DNSSupport || !v.DNSNames:
		why(fmt.Sprintf("private names need DNS support and DNS host names: DNS support is %s, DNS host names are %s",
			onOff(v.DNSSupport), onOff(v.DNSNames)), v.Source)
	case v.UnknownNameServers != "":
		why(v.UnknownNameServers, v.Source)
	case len(v.NameServers) > 0:
		why("DHCP options send hosts to "+strings.Join(v.NameServers, ", ")+" instead of the VPC resolver", v.Source)
	}
	view, _ := p.view(m.vpc)
	for _, q := range queries(s.Catalog.PrivateNames, false) {
		e, wrong := view.resolve(q.ask)
		switch {
		case wrong.text != "":
			path.Names = append(path.Names, q.name+": "+wrong.text)
			why(q.name+" does not lead to the endpoint: "+wrong.text, wrong.at)
		case e != s.endpoint:
			path.Names = append(path.Names, q.name+": resolves to "+e.ServiceName)
			why(q.name+" resolves to the endpoint of "+e.ServiceName, e.Source)
		default:
			path.Names = append(path.Names, q.name)
		}
	}
	for _, l := range view {
		for _, u := range l.unclear {
			why(u.text, u.at)
		}
	}
	return lost
}

// Text draws a path as lines.
func (p Path) Text() string {
	var b strings.Builder
	diag.Fprintf(&b, "%s → %s, zone %s\n  names\n", p.Spoke, p.Service, p.Zone)
	for _, n := range p.Names {
		diag.Fprintf(&b, "    %s\n", n)
	}
	for _, d := range []struct {
		title string
		hops  []Hop
	}{{"there", p.There}, {"back", p.Back}} {
		if len(d.hops) == 0 {
			continue
		}
		width := 0
		for _, h := range d.hops {
			width = max(width, len([]rune(diag.Plain(h.What))))
		}
		diag.Fprintf(&b, "  %s\n", d.title)
		for i, h := range d.hops {
			arrow := "→"
			if i == 0 {
				arrow = " "
			}
			diag.Fprintf(&b, "    %s %s%s  %s\n", arrow, h.What, strings.Repeat(" ", width-len([]rune(diag.Plain(h.What)))), h.Resource)
		}
	}
	if p.Stopped != "" {
		diag.Fprintf(&b, "  stops: %s\n", p.Stopped)
	}
	return b.String()
}
