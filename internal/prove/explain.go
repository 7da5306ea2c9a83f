package prove

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// Question asks for the way from one VPC to another, to a service of its hub, or to what a name leads to.
type Question struct {
	// From is a spoke, a hub, or another VPC by a name or id. Required.
	From string
	// To is likewise a VPC, or a service of the hub, or a DNS name. Required.
	To string
	// Hub whose service is meant. Default: the hub of From.
	Hub string
	// Port that the packets are for, over TCP. Default: the service's ports, or between VPCs every packet.
	Port int
}

// Explanation is the way hop by hop, and whether it is as configured.
type Explanation struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Reaches says from how many of the subnets packets arrive and answers come back.
	Reaches Extent `json:"reaches"`
	// Expected is what the configuration says, and Because where it says so; Expected is empty where it says nothing.
	Expected Extent `json:"expected"`
	Because  string `json:"because"`
	// AsConfigured is nil where there is nothing to compare with.
	AsConfigured *bool `json:"asConfigured"`
	// Names are those of the service, or the one that was asked, and where they lead.
	Names []NameAnswer `json:"names"`
	// Paths are one for each pair of subnets; none where a name leads to no endpoint. Of a name that other servers answer they are
	// those of the question, from the Resolver endpoint to each server, and Asked is true.
	Paths []Path `json:"paths"`
	Asked bool   `json:"asked,omitempty"`
	// Unknown are parts that touch either end and that nobody can tell the effect of.
	Unknown []Hop `json:"unknown"`
}

// Extent of a way.
type Extent string

const (
	Fully    Extent = "yes"
	Partly   Extent = "partly"
	NotAtAll Extent = "no"
	// NotKnown is where only AWS, or a part outside the stacks, decides: without a configuration alone.
	NotKnown Extent = "undecided"
)

// NameAnswer is where a name leads.
type NameAnswer struct {
	Name string `json:"name"`
	// LeadsTo is the endpoint's service; empty where the name leads to no endpoint.
	LeadsTo string `json:"leadsTo"`
	// By is the zone, the private DNS, the rule or the record that decides, and Resource the part that holds it.
	By       string `json:"by"`
	Resource string `json:"resource"`
	// Wrong says what is not as configured; empty where nothing is.
	Wrong string `json:"wrong"`
}

// Path is the way between two subnets, in both directions.
type Path struct {
	From  Stop  `json:"from"`
	To    Stop  `json:"to"`
	There []Hop `json:"there"`
	Back  []Hop `json:"back"`
	// Arrives is true where packets to some port arrive, and Answered where their answers come back.
	Arrives  bool `json:"arrives"`
	Answered bool `json:"answered"`
	// Stopped is the hop that stops the packets, the answers, or those of some ports; nil where nothing is stopped.
	Stopped *Hop `json:"stopped"`
}

// Stop is one end of a path.
type Stop struct {
	Subnet           string `json:"subnet"`
	CIDR             string `json:"cidr"`
	AvailabilityZone string `json:"availabilityZone"`
	Resource         string `json:"resource"`
}

// Explain answers a question. Without hubs in the configuration, nothing is expected. What cannot be asked is an error.
func Explain(cfg *config.Config, net *topology.Network, q Question) (*Explanation, error) {
	p := newProver(cfg, net)
	from, err := p.end(q.From, "")
	if err != nil {
		return nil, err
	}
	if from == nil {
		if o, x, err := p.explainOutside(q); o || err != nil {
			return x, err
		}
		if from, err = p.endAt(q.From); err != nil {
			return nil, err
		}
	}
	if from == nil {
		return nil, p.nobody(q.From)
	}
	to, err := p.end(q.To, q.Hub)
	switch {
	case err != nil:
		return nil, err
	case to != nil && to.vpc == from.vpc:
		return nil, fmt.Errorf("%s and %s are one VPC; a way has two ends", q.From, q.To)
	case to != nil:
		return p.explainVPC(from, to, q.Port), nil
	}
	return p.explainElse(from, q)
}

// explainElse answers for what is no VPC: a service, or a DNS name.
func (p *prover) explainElse(from *end, q Question) (*Explanation, error) {
	sc, err := p.serving(from, q.Hub)
	if err != nil {
		return nil, err
	}
	if sc != nil {
		if o := sc.outside(q.To); o != nil {
			return p.explainToOutside(from, sc, o, q.Port), nil
		}
		for _, s := range sc.services {
			own := s.published != nil && s.published.useOf(from.vpc) != nil // its own endpoint comes first
			if !own && (s.Catalog.Name == q.To || s.Catalog.ServiceName == q.To) {
				return p.explainService(from, sc, s, q.Port)
			}
		}
		if pub := sc.publication(q.To); pub != nil {
			return p.explainPublished(from, sc, pub, q.Port), nil
		}
		if e := p.gatewayEndpoint(from, q.To); e != nil {
			return p.explainGateway(from, e, q.To), nil
		}
	}
	if name, ok := p.asName(from, sc, q.To); ok {
		return p.explainName(from, sc, name, q.Port), nil
	}
	return nil, p.nothing(from, sc, q.To)
}

// explainVPC follows packets between all subnets of two VPCs.
func (p *prover) explainVPC(from, to *end, port int) *Explanation {
	x := &Explanation{From: from.name, To: to.name, Names: []NameAnswer{}}
	x.Expected, x.Because = p.expected(from, to)
	t := traffic{to: "subnet"}
	if to.hub != nil && to.spoke == nil { // hosts of spokes reach its endpoints, and nothing else is there
		t.ports = portsOf(to.hub)
	}
	served := t.ports
	if port > 0 {
		t.ports = []int{port}
	}
	for _, a := range p.workload(from.vpc) {
		for _, b := range p.workload(to.vpc) {
			x.Paths = append(x.Paths, p.path(a, b, t))
		}
	}
	if len(served) > 0 {
		x.notServed("hub "+to.hub.Name, port, served, to.vpc.Source)
	}
	p.conclude(x, from, to)
	return x
}

// portsOf are the ports of a hub's endpoints.
func portsOf(h *config.Hub) (out []int) {
	for _, s := range h.Endpoints {
		out = append(out, s.Catalog.Ports...)
	}
	if h.Resolver.Any() {
		out = append(out, dnsPort)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// notServed ends packets for a port on which nothing listens at their end: the configuration has nobody reach that.
func (x *Explanation) notServed(what string, port int, served []int, at topology.Source) {
	if port == 0 || slices.Contains(served, port) {
		return
	}
	stop := hopAt(at, "%s listens on %s alone", what, portList(served))
	for i := range x.Paths {
		if path := &x.Paths[i]; path.Arrives {
			path.Arrives, path.Answered, path.Back, path.Stopped = false, false, []Hop{}, &stop
		}
	}
	if x.Expected == Fully {
		x.Expected, x.Because = NotAtAll, fmt.Sprintf("%s; %s", stop.What, x.Because)
	}
}

// explainService follows packets to a service's endpoint, from every subnet to each of its own, by each of its names.
func (p *prover) explainService(from *end, sc *scene, s *service, port int) (*Explanation, error) {
	if s.endpoint == nil {
		return nil, fmt.Errorf("service %s has no endpoint in hub %s", s.Catalog.Name, sc.hub.Name)
	}
	x := &Explanation{From: from.name, To: s.Catalog.Name}
	hub := &end{name: sc.hub.Name, vpc: sc.vpc, hub: sc.hub}
	x.Expected, x.Because = p.expected(from, hub)
	if from.vpc == sc.vpc {
		x.Expected, x.Because = Fully, "the hub's own subnets reach its endpoints"
	}
	ports := s.Catalog.Ports
	if port > 0 {
		ports = []int{port}
	}
	if s.Leaving {
		x.Because += "; " + s.Catalog.Name + " is leaving, so its names no longer lead there"
	}
	named := from.vpc != sc.vpc || sc.hub.Sharing != config.SharingSpokeZones
	x.Names = p.serviceNames(from.vpc, sc, s, named && !s.Leaving && x.Expected == Fully)
	p.toEndpoint(x, from, s.endpoint, s.Catalog.Name, ports)
	x.notServed("the endpoint of "+s.Catalog.Name, port, s.Catalog.Ports, s.endpoint.Source)
	p.onTo(x, s.published)
	p.conclude(x, from, hub)
	return x, nil
}

// toEndpoint adds the paths from a VPC to an endpoint.
func (p *prover) toEndpoint(x *Explanation, from *end, e *topology.Endpoint, service string, ports []int) {
	t := traffic{to: "endpoint of " + service + " in subnet", ports: ports, groups: e.Groups, guarded: true, at: e.Source}
	for _, a := range p.workload(from.vpc) {
		for _, b := range e.Subnets {
			x.Paths = append(x.Paths, p.path(a, b, t))
		}
		if len(e.Subnets) == 0 {
			stop := hopAt(e.Source, "the endpoint of %s is in no subnet", service)
			x.Paths = append(x.Paths, Path{From: stopAt(a), There: []Hop{start(a)}, Back: []Hop{}, Stopped: &stop})
		}
	}
}

// gatewayEndpoint is the gateway endpoint of a VPC that serves S3 or DynamoDB.
func (p *prover) gatewayEndpoint(from *end, service string) *topology.Endpoint {
	for _, e := range from.vpc.Endpoints {
		if !e.Interface && (e.ServiceName == service || strings.HasSuffix(e.ServiceName, "."+service)) {
			return e
		}
	}
	return nil
}

// explainGateway says which subnets' tables a gateway endpoint serves.
func (p *prover) explainGateway(from *end, e *topology.Endpoint, service string) *Explanation {
	x := &Explanation{From: from.name, To: service, Names: []NameAnswer{}}
	if from.spoke != nil && slices.Contains(from.spoke.GatewayEndpoints, service) {
		x.Expected, x.Because = Fully, fmt.Sprintf("spoke %s has a gateway endpoint for %s", from.name, service)
	}
	for _, a := range p.workload(from.vpc) {
		path := Path{From: stopAt(a), There: []Hop{start(a)}, Back: []Hop{}, Arrives: slices.Contains(e.Tables, a.Table)}
		if hop := hopAt(e.Source, "gateway endpoint of %s, which the route table of %s leads to", service, describe(a)); path.Arrives {
			path.There, path.Answered = append(path.There, hop), true
		} else {
			hop.What = fmt.Sprintf("the gateway endpoint of %s does not serve the route table of %s", service, describe(a))
			path.Stopped = &hop
		}
		x.Paths = append(x.Paths, path)
	}
	p.conclude(x, from, from)
	return x
}

// conclude says how much of the way there is, what could change it, and whether it is as configured.
func (p *prover) conclude(x *Explanation, from, to *end) {
	whole, some, arrives := 0, 0, false
	for _, path := range x.Paths {
		if path.Stopped == nil {
			whole++
		}
		if path.Answered {
			some++
		}
		arrives = arrives || path.Arrives
	}
	switch {
	case whole > 0 && whole == len(x.Paths):
		x.Reaches = Fully
	case some > 0:
		x.Reaches = Partly
	default:
		x.Reaches = NotAtAll
	}
	if x.Paths == nil {
		x.Paths = []Path{}
	}
	x.Unknown = p.unknownOf(from, to)
	if x.Expected == "" {
		return
	}
	wrongName := slices.ContainsFunc(x.Names, func(n NameAnswer) bool { return n.Wrong != "" })
	holds := x.Reaches == x.Expected && !wrongName && len(x.Unknown) == 0 && !(x.Expected == NotAtAll && arrives)
	x.AsConfigured = &holds
}

// unknownOf are the parts around two ends that the proof refuses because nobody can tell what they do.
func (p *prover) unknownOf(from, to *end) []Hop {
	subjects := map[string]bool{from.subject(): true, to.subject(): true}
	for _, e := range []*end{from, to} {
		if e.hub != nil {
			subjects["hub "+e.hub.Name] = true
		}
	}
	p.Findings = nil
	p.world()
	out := []Hop{}
	for _, f := range p.Findings {
		if subjects[f.Subject] && (f.Code == codeUnknown || f.Code == codeUndecided || f.Code == codeWay) {
			out = append(out, Hop{What: f.Summary, Resource: f.Where.String()})
		}
	}
	return out
}

// expected is what the configuration says of two VPCs.
func (p *prover) expected(from, to *end) (Extent, string) {
	a, b := from.hub, to.hub
	switch {
	case len(p.cfg.Hubs) == 0, a == nil && b == nil:
		return "", ""
	case a == nil:
		return NotAtAll, from.name + " is not in the configuration"
	case b == nil:
		return NotAtAll, to.name + " is not in the configuration"
	case a != b:
		return NotAtAll, fmt.Sprintf("hubs %s and %s, and their spokes, exchange no packets", a.Name, b.Name)
	}
	for _, e := range []*end{from, to} {
		if e.spoke != nil && !e.spoke.Attached() {
			return NotAtAll, fmt.Sprintf("spoke %s is %s", e.name, e.spoke.State)
		}
	}
	if from.spoke == nil || to.spoke == nil {
		return Fully, "every attached spoke reaches its hub"
	}
	return bySegments(a, from.spoke.Segment, to.spoke.Segment)
}

// bySegments is what a hub's segments say of two attached spokes.
func bySegments(h *config.Hub, a, b string) (Extent, string) {
	x, y := h.Segment(a), h.Segment(b)
	switch {
	case a == b && x.Mesh:
		return Fully, fmt.Sprintf("segment %s is a mesh", a)
	case slices.Contains(x.Reaches, b):
		return Fully, fmt.Sprintf("segment %s reaches %s", a, b)
	case slices.Contains(y.Reaches, a):
		return Fully, fmt.Sprintf("segment %s reaches %s", b, a)
	case a == b:
		return NotAtAll, fmt.Sprintf("segment %s is no mesh", a)
	}
	return NotAtAll, fmt.Sprintf("segments %s and %s do not reach each other", a, b)
}

// workload are a VPC's subnets but those of its attachments and of the hub's Resolver endpoints; all, where it has no others.
func (p *prover) workload(v *topology.VPC) []*topology.Subnet {
	var all, out []*topology.Subnet
	for _, s := range v.Subnets {
		if !s.CIDR.IsValid() {
			continue
		}
		all = append(all, s)
		transit := slices.ContainsFunc(p.attachments[v], func(a *topology.Attachment) bool { return slices.Contains(a.Subnets, s) })
		if !p.asking[s] && (!transit || p.hosts(s)) {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return all
	}
	return out
}

// traffic is what is sent.
type traffic struct {
	// to names what is in the subnet at the end.
	to string
	// ports over TCP; none means every packet.
	ports []int
	// groups admit the packets at the end, where guarded; a host's own are not known.
	groups  []*topology.SecurityGroup
	guarded bool
	// at is the part at the end; default: the subnet.
	at topology.Source
}

// path follows packets from one subnet to another and the answers back.
func (p *prover) path(from, to *topology.Subnet, t traffic) Path {
	path := Path{From: stopAt(from), To: stopAt(to), There: []Hop{p.start(from)}, Back: []Hop{}}
	stopped := func(st *stop) Path {
		path.Stopped = &Hop{st.text, st.at.String(), st.at}
		return path
	}
	hops, st := p.hops(from, to)
	path.There = append(path.There, hops...)
	if st != nil {
		return stopped(st)
	}
	open, closed := p.letThrough(from, to, t)
	if closed != nil && len(open) == 0 {
		return stopped(closed)
	}
	if t.guarded {
		for _, g := range t.groups {
			path.There = append(path.There, hopAt(g.Source, "security group admits %s on %s", from.CIDR, portList(open)))
		}
	}
	at := t.at
	if at == (topology.Source{}) {
		at = to.Source
	}
	if p.outsides[to.VPC] != nil {
		path.There = append(path.There, p.start(to))
	} else {
		path.There = append(path.There, hopAt(at, "%s %s, %s, %s", t.to, subnetName(to), to.CIDR, to.AZ))
	}
	path.Arrives = true
	path.Back, st = p.hops(to, from)
	if path.Back == nil {
		path.Back = []Hop{}
	}
	if st == nil {
		st = p.answers(from, to, t)
	}
	if st != nil {
		return stopped(st)
	}
	path.Answered = true
	if p.outsides[from.VPC] != nil {
		path.Back = append(path.Back, p.start(from))
	} else {
		path.Back = append(path.Back, hopAt(from.Source, "%s, %s", describe(from), from.CIDR))
	}
	if closed != nil {
		return stopped(closed)
	}
	return path
}

// hops are those from one subnet to another, or why there is no way.
func (p *prover) hops(from, to *topology.Subnet) ([]Hop, *stop) {
	if o := p.outsides[from.VPC]; o != nil {
		return p.entersBy(o, to)
	}
	if from.VPC != to.VPC {
		return p.walk(from, to.CIDR, to.VPC)
	}
	return []Hop{hopAt(from.VPC.Source, "local to %s", from.VPC.Name())}, nil
}

// letThrough divides the ports by whether network ACLs on the way there and the security groups at its end let packets
// through, and says what closes the first of the closed ones.
func (p *prover) letThrough(from, to *topology.Subnet, t traffic) (open []int, closed *stop) {
	if len(t.ports) == 0 {
		return nil, p.passes(from, to, packets{protocol: "-1", to: 65535})
	}
	var shut []int
	for _, port := range t.ports {
		st := p.passes(from, to, packets{protocol: "6", from: port, to: port})
		if st == nil && t.guarded && !p.groupsAdmit(t.groups, from.CIDR, port) {
			st = &stop{fmt.Sprintf("no security group admits %s on port %d", from.CIDR, port), t.at}
			if len(t.groups) > 0 {
				st.at = t.groups[0].Source
			}
		}
		switch {
		case st == nil:
			open = append(open, port)
		case closed == nil:
			closed = st
		default:
			shut = append(shut, port)
		}
	}
	if len(shut) > 0 {
		closed.text += "; so it is on " + portList(shut)
	}
	return open, closed
}

// answers says which network ACL stops the answers.
func (p *prover) answers(from, to *topology.Subnet, t traffic) *stop {
	if len(t.ports) == 0 {
		return p.passes(to, from, packets{protocol: "-1", to: 65535})
	}
	return p.passes(to, from, packets{protocol: "6", from: ephemeralFrom, to: ephemeralTo})
}

// passes says which network ACL stops packets; within a VPC they meet no attachment.
func (p *prover) passes(from, to *topology.Subnet, q packets) *stop {
	switch {
	case from == to:
		return nil
	case from.VPC != to.VPC:
		return p.aclOneWay(from, to, q)
	}
	if st := aclLets(from, true, q.of(to.CIDR)); st != nil {
		return st
	}
	return aclLets(to, false, q.of(from.CIDR))
}

// of are the same packets, to or from a range.
func (q packets) of(peer netip.Prefix) packets { q.peer = peer; return q }

// start is where a path begins or ends: a subnet, or what lies behind an attachment that exists.
func (p *prover) start(s *topology.Subnet) Hop {
	if o := p.outsides[s.VPC]; o != nil {
		return hopAt(o.attachment.Source, "external %s, %s, behind %s", o.Name, s.CIDR, o.Attachment)
	}
	return start(s)
}

func start(s *topology.Subnet) Hop {
	return hopAt(s.Source, "%s, %s, %s", describe(s), s.CIDR, s.AZ)
}

func stopAt(s *topology.Subnet) Stop {
	return Stop{subnetName(s), s.CIDR.String(), s.AZ, s.Source.String()}
}

func subnetName(s *topology.Subnet) string { return strings.TrimPrefix(describe(s), "subnet ") }

// portList is a list of ports, as text.
func portList(ports []int) string {
	if len(ports) == 1 {
		return fmt.Sprintf("port %d", ports[0])
	}
	return "ports " + strings.Trim(strings.ReplaceAll(fmt.Sprint(ports), " ", ", "), "[]")
}
