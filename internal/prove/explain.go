package prove

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/ranges"
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

// Reach is who reaches whom in any network, with no configuration to compare it with.
type Reach struct {
	VPCs []ReachVPC `json:"vpcs"`
	// Ignored counts the resources that are no part of a network, by type.
	Ignored map[string]int `json:"ignored"`
}

// ReachVPC is what one VPC reaches.
type ReachVPC struct {
	Name     string   `json:"name"`
	Resource string   `json:"resource"`
	Account  string   `json:"account"`
	Region   string   `json:"region"`
	CIDRs    []string `json:"cidrs"`
	// VPCs that it reaches and that answer, by name.
	VPCs []string `json:"reaches"`
	// Internet is how its subnets reach the internet; empty when none does.
	Internet []string `json:"internet"`
	// Names are the private names that resolve to an endpoint it can reach, and Closed those whose endpoint it cannot.
	Names  []string `json:"names"`
	Closed []string `json:"closed"`
}

// Reaches looks at a network as it is.
func Reaches(net *topology.Network) *Reach {
	p := newProver(&config.Config{}, net)
	out := &Reach{Ignored: net.Ignored}
	vpcs := make([]*topology.VPC, 0, len(net.VPCs))
	for _, v := range net.VPCs {
		vpcs = append(vpcs, v)
	}
	slices.SortFunc(vpcs, func(a, b *topology.VPC) int { return strings.Compare(a.Source.String(), b.Source.String()) })
	for _, v := range vpcs {
		r := ReachVPC{Name: v.Name(), Resource: v.Source.String(), Account: v.Account, Region: v.Region,
			VPCs: []string{}, Internet: p.internet(v), Names: []string{}, Closed: []string{}}
		for _, c := range v.CIDRs {
			r.CIDRs = append(r.CIDRs, c.String())
		}
		for _, o := range vpcs {
			if o != v && p.exchange(v, o) {
				r.VPCs = append(r.VPCs, o.Name())
			}
		}
		p.reachNames(v, &r)
		out.VPCs = append(out.VPCs, r)
	}
	return out
}

// exchange is true where some subnet of a VPC reaches some subnet of another, and its answers come back.
func (p *prover) exchange(a, b *topology.VPC) bool {
	for _, from := range distinct(a) {
		for _, to := range distinct(b) {
			if _, st := p.walk(from, to.CIDR, b); st != nil {
				continue
			}
			if _, st := p.walk(to, from.CIDR, a); st == nil {
				return true
			}
		}
	}
	return false
}

// distinct are a VPC's subnets, one for each table and zone: the others leave by the same way.
func distinct(v *topology.VPC) []*topology.Subnet {
	var out []*topology.Subnet
	for _, s := range v.Subnets {
		if s.CIDR.IsValid() && !slices.ContainsFunc(out, func(o *topology.Subnet) bool { return o.Table == s.Table && o.AZ == s.AZ }) {
			out = append(out, s)
		}
	}
	return out
}

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

func (p *prover) reachNames(v *topology.VPC, r *ReachVPC) {
	found := p.privateAnswers(v)
	for name, e := range found {
		open, closed := p.openPorts(v, e)
		switch {
		case len(closed) == 0:
			r.Names = append(r.Names, name)
		case len(open) == 0:
			r.Closed = append(r.Closed, name)
		default:
			for _, port := range open {
				r.Names = append(r.Names, fmt.Sprintf("%s:%d", name, port))
			}
			for _, port := range closed {
				r.Closed = append(r.Closed, fmt.Sprintf("%s:%d", name, port))
			}
		}
	}
	slices.Sort(r.Names)
	slices.Sort(r.Closed)
}

// privateAnswers are the private names that a VPC's hosts resolve to an endpoint. Hosts ask the VPC's resolver, and it asks
// private zones, only where the VPC's DNS attributes and DHCP options say so.
func (p *prover) privateAnswers(v *topology.VPC) map[string]*topology.Endpoint {
	found := map[string]*topology.Endpoint{}
	if !v.DNSSupport || !v.DNSNames || len(v.NameServers) > 0 || v.UnknownNameServers != "" {
		return found
	}
	view, _ := p.view(v)
	names := map[string]bool{}
	for _, l := range view {
		for _, zones := range l.zones {
			for _, rec := range zones[0].Records {
				names[rec.Name] = true
			}
		}
		for apex, private := range l.private {
			for _, n := range private {
				if n.wild {
					names["*."+apex] = true
				} else {
					names[apex] = true
				}
			}
		}
	}
	for name := range names {
		ask := name
		if apex, wild := strings.CutPrefix(name, "*."); wild {
			ask = anyLabel + "." + apex
		}
		if e, _ := view.resolve(ask); e != nil {
			found[name] = e
		}
	}
	return found
}

// openPorts divides the ports that an endpoint's service listens on by whether a VPC reaches them. Of a service that the
// catalogue does not know these are the ports that its security groups name, or else 443.
func (p *prover) openPorts(v *topology.VPC, e *topology.Endpoint) (open, closed []int) {
	var ports []int
	if s, ok := catalog.Lookup(e.Region, e.ServiceName); ok {
		ports = s.Ports
	} else {
		for _, g := range e.Groups {
			for _, r := range g.Ingress {
				if r.From == r.To && r.From > 0 {
					ports = append(ports, r.From)
				}
			}
		}
		slices.Sort(ports)
		ports = slices.Compact(ports)
	}
	if len(ports) == 0 {
		ports = []int{443}
	}
	for _, port := range ports {
		if p.reachable(v, e, port) {
			open = append(open, port)
		} else {
			closed = append(closed, port)
		}
	}
	return open, closed
}

// reachable is true where some subnet reaches one of the endpoint's on a port, and its answers come back.
func (p *prover) reachable(v *topology.VPC, e *topology.Endpoint, port int) bool {
	for _, from := range distinct(v) {
		for _, to := range e.Subnets {
			if !p.groupsAdmit(e.Groups, from.CIDR, port) || p.aclStop(from, to, port) != nil {
				continue
			}
			if to.VPC == v {
				return true
			}
			if _, st := p.walk(from, to.CIDR, to.VPC); st != nil {
				continue
			}
			if _, st := p.walk(to, from.CIDR, v); st == nil {
				return true
			}
		}
	}
	return false
}
