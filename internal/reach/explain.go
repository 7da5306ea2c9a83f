package reach

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
)

// Explain follows packets from a VPC to another, to a service's endpoints, or to what a DNS name leads to, in a network that nobody
// configured. What cannot be asked is an error.
func Explain(net *topology.Network, q prove.Question) (*prove.Explanation, error) {
	return NewView(net).Explain(q)
}

// Explain follows packets as the function of this name does.
func (v *View) Explain(q prove.Question) (*prove.Explanation, error) {
	x, err := v.is.explain(q)
	if err != nil {
		return nil, err
	}
	if v.without != nil {
		y, err := v.without.explain(q)
		if err != nil || y.Reaches != x.Reaches {
			x.Reaches = prove.NotKnown
			x.Unknown = append(x.Unknown, prove.Hop{What: "a part that it depends on is made on a condition that only AWS decides"})
		}
	}
	return x, nil
}

// explainer answers one question.
type explainer struct {
	*model
	names *prove.Names
	from  *topology.VPC
	port  int
	x     *prove.Explanation
	maybe bool
}

func (s *side) explain(q prove.Question) (*prove.Explanation, error) {
	if q.Hub != "" {
		return nil, fmt.Errorf("there is no configuration, and so no hub %q", q.Hub)
	}
	names := s.names
	from, err := names.VPC(q.From)
	if err != nil {
		return nil, err
	}
	if from == nil {
		return nil, names.Nobody(q.From)
	}
	e := &explainer{model: s.model, names: names, from: from, port: q.Port,
		x: &prove.Explanation{To: q.To, Names: []prove.NameAnswer{}, Paths: []prove.Path{}, Unknown: []prove.Hop{}}}
	e.x.From = e.model.names[from]
	to, err := names.VPC(q.To)
	switch {
	case err != nil:
		return nil, err
	case to == from:
		return nil, fmt.Errorf("%s and %s are one VPC; a way has two ends", q.From, q.To)
	case to != nil:
		e.x.To = e.model.names[to]
		e.toVPC(to)
	default:
		if err := e.toName(q.To); err != nil {
			return nil, err
		}
	}
	e.conclude(to)
	return e.x, nil
}

// toVPC follows packets between the hosts' subnets, and where these exchange nothing between all: people also put hosts beside
// attachments.
func (e *explainer) toVPC(to *topology.VPC) {
	e.ways(e.hostSubnets(e.from), e.hostSubnets(to))
	if slices.ContainsFunc(e.x.Paths, func(p prove.Path) bool { return p.Answered }) {
		return
	}
	before := *e.x
	e.x.Paths = []prove.Path{}
	e.ways(e.allSubnets(e.from), e.allSubnets(to))
	if !slices.ContainsFunc(e.x.Paths, func(p prove.Path) bool { return p.Answered }) {
		*e.x = before
	}
}

func (e *explainer) ways(from, to []*class) {
	for _, a := range from {
		for _, b := range to {
			path, f := e.follow(a, b)
			if f.Verdict == Yes && e.port > 0 && !opens(f.boxes, e.port) {
				path.Answered = false
				path.Stopped = &prove.Hop{What: fmt.Sprintf("network ACLs do not let port %d pass", e.port)}
			}
			e.add(a, b, path, e.startHop(b.subnet))
		}
	}
}

// toName answers for a DNS name, or for a service by the names that lead to its endpoints.
func (e *explainer) toName(word string) error {
	if name, ok := e.names.Name(e.from, word); ok {
		answer, endpoint := e.names.Ask(e.from, name)
		if endpoint == nil && answer.Resource == "" {
			answer.By += e.publicWay()
		}
		e.x.Names = append(e.x.Names, answer)
		if endpoint != nil {
			e.toEndpoint(endpoint)
		}
		return nil
	}
	endpoints, services := e.endpointsOf(word)
	for _, p := range e.from.Endpoints {
		if p.Kind == "Gateway" && called(p, word) {
			e.toGateway(p)
			return nil
		}
	}
	if len(endpoints) == 0 {
		return e.nobodyServes(word, services)
	}
	for _, p := range endpoints {
		e.toEndpoint(p)
	}
	return nil
}

func (e *explainer) nobodyServes(word string, services []string) error {
	served := "no private name of " + e.x.From + " leads to an endpoint"
	if len(services) > 0 {
		served = "private names of " + e.x.From + " lead to endpoints of " + strings.Join(services, ", ")
	}
	return fmt.Errorf("%w; %s", e.names.Nobody(word), served)
}

// endpointsOf are the endpoints of a service to which names of the VPC lead, each answer noted, and all services that names lead to.
func (e *explainer) endpointsOf(word string) (endpoints []*topology.Endpoint, services []string) {
	for _, a := range e.names.Of(e.from) {
		if a.Endpoint == nil {
			continue
		}
		if s := topology.Plain(prove.Service(a.Endpoint)); !slices.Contains(services, s) {
			services = append(services, s)
		}
		if !called(a.Endpoint, word) {
			continue
		}
		answer, _ := e.names.Ask(e.from, a.Name)
		e.x.Names = append(e.x.Names, answer)
		if !slices.Contains(endpoints, a.Endpoint) {
			endpoints = append(endpoints, a.Endpoint)
		}
	}
	slices.Sort(services)
	return endpoints, services
}

// called is true for an endpoint of a service that a word names: in short, in full, or by its last part.
func called(e *topology.Endpoint, word string) bool {
	return word == prove.Service(e) || word == e.ServiceName || strings.HasSuffix(e.ServiceName, "."+word)
}

func (e *explainer) publicWay() string {
	var r VPC
	e.internet(e.from, &r)
	switch {
	case len(r.Internet) > 0:
		return ", and the VPC has a way to the internet"
	case len(r.InternetUndecided) > 0:
		return ", and the VPC may have a way to the internet"
	}
	return ", and the VPC has no way to the internet"
}

// toEndpoint follows packets to each subnet of an interface endpoint, and asks its security groups.
func (e *explainer) toEndpoint(p *topology.Endpoint) {
	title := "endpoint of " + topology.Plain(prove.Service(p))
	ports := e.portsOf(p)
	if e.port > 0 {
		ports = []int{e.port}
	}
	for _, a := range e.hostSubnets(e.from) {
		if p.VPC == nil || len(p.Subnets) == 0 {
			path := prove.Path{Back: []prove.Hop{}, Stopped: e.unknownHop("only AWS knows in which subnets the "+title+" is", p.Source)}
			e.add(a, nil, path, prove.Hop{})
			continue
		}
		for _, s := range p.Subnets {
			to := e.alone(s)
			path, f := e.follow(a, to)
			if f.Verdict == Yes {
				e.guarded(&path, f, p, ports)
			}
			e.add(a, to, path, hop(p.Source, "%s in %s, %s, %s", title, e.describe(in(s)), e.rangesOf(s), topology.Plain(s.AZ)))
		}
	}
}

// guarded asks an endpoint's security groups, port by port.
func (e *explainer) guarded(path *prove.Path, f *finding, p *topology.Endpoint, ports []int) {
	var open, shut []string
	why, at := "", p.Source
	if len(p.Groups) > 0 {
		at = p.Groups[0].Source
	}
	unknown := false
	for _, port := range ports {
		verdict, text := Yes, ""
		if !opens(f.boxes, port) {
			verdict, text = No, fmt.Sprintf("network ACLs do not let port %d pass", port)
		} else {
			verdict, text = e.admits(e.from, p, port, f)
		}
		if verdict == Yes {
			open = append(open, fmt.Sprint(port))
			continue
		}
		unknown = unknown || verdict == Undecided
		shut, why = append(shut, fmt.Sprint(port)), text
	}
	if len(open) > 0 {
		path.There = append(path.There, hop(at, "security groups of the endpoint admit it on port %s", strings.Join(open, ", ")))
	} else {
		path.Arrives, path.Answered = false, false
	}
	switch {
	case len(shut) > 0 && unknown:
		path.Stopped = e.unknownHop(why, at)
	case len(shut) > 0:
		h := hop(at, "%s", why)
		path.Stopped = &h
	}
}

// toGateway says which subnets' tables a gateway endpoint serves.
func (e *explainer) toGateway(p *topology.Endpoint) {
	for _, a := range e.hostSubnets(e.from) {
		path := prove.Path{Back: []prove.Hop{}, Arrives: slices.Contains(p.Tables, a.table)}
		h := hop(p.Source, "gateway endpoint of %s", topology.Plain(prove.Service(p)))
		if path.Answered = path.Arrives; path.Arrives {
			path.There = []prove.Hop{h}
		} else {
			h.What += " does not serve the route table of the subnet"
			path.Stopped = &h
		}
		e.add(a, nil, path, prove.Hop{})
	}
}

// hostSubnets are a VPC's subnets without attachments, each by itself; all, where it has no others.
func (e *explainer) hostSubnets(v *topology.VPC) []*class {
	all := e.allSubnets(v)
	out := slices.DeleteFunc(slices.Clone(all), func(c *class) bool { return c.transit })
	if len(out) == 0 {
		return all
	}
	return out
}

func (e *explainer) allSubnets(v *topology.VPC) []*class {
	var out []*class
	for _, c := range e.classesOf(v) {
		for _, s := range c.subnets {
			one := e.alone(s)
			one.transit = c.transit
			out = append(out, one)
		}
	}
	return out
}

func (e *explainer) alone(s *topology.Subnet) *class {
	return &class{place: in(s), subnets: []*topology.Subnet{s}, spans: e.spansOf(s), acl: s.ACL}
}

// follow finds a way between two classes, whatever zone a gateway chooses, or what stops it.
func (e *explainer) follow(a, b *class) (prove.Path, *finding) {
	clear(e.walks)
	f := &finding{Answer: Answer{Verdict: No}}
	for hash := range e.hashes {
		if e.judge(f, a, b, hash); f.Verdict == Yes {
			break
		}
	}
	path := prove.Path{Back: []prove.Hop{}}
	switch f.Verdict {
	case Yes:
		path.There, path.Back = e.hops(f.there), e.hops(f.back)
		path.Arrives, path.Answered = true, true
		path.Stopped = e.restOf(f, a, b)
		for _, p := range f.Provided {
			e.unknown(prove.Hop{What: "expected: " + p})
		}
	case Undecided:
		path.There = e.hops(f.stop.path.list())
		path.Stopped = e.unknownHop(f.Reasons[0], f.stop.at)
	case No:
		path.There = e.hops(f.stop.path.list())
		path.Arrives = f.progress == answering
		text := f.stop.text
		if text == "" {
			text = "no address of one reaches one of the other"
		}
		h := hop(f.stop.at, "%s", text)
		path.Stopped = &h
	}
	return path, f
}

// restOf says which addresses of two subnets take no part; nil where all do.
func (e *explainer) restOf(f *finding, a, b *class) *prove.Hop {
	var src, dst []span
	for _, r := range f.rects {
		src, dst = append(src, r.src), append(dst, r.dst)
	}
	for _, side := range []struct {
		class *class
		used  []span
		verb  string
	}{{a, src, "not from "}, {b, dst, "not to "}} {
		for _, s := range without(joined(side.class.spans), side.used) {
			if slices.ContainsFunc(side.used, func(u span) bool { return u.lo.Is4() == s.lo.Is4() }) {
				h := hop(side.class.subnet.Source, "%s%s: no route leads there, or back", side.verb, e.rangeText(s))
				return &h
			}
		}
	}
	return nil
}

// unknownHop stops a path where nobody knows.
func (e *explainer) unknownHop(why string, at topology.Source) *prove.Hop {
	e.maybe = true
	h := hop(at, "not known: %s", why)
	return &h
}

// unknown adds what could change the answer.
func (e *explainer) unknown(h prove.Hop) {
	if !slices.ContainsFunc(e.x.Unknown, func(o prove.Hop) bool { return o.What == h.What && o.Resource == h.Resource }) {
		e.x.Unknown = append(e.x.Unknown, h)
	}
}

// add adds a path between two subnets; last is what stands at its end, which for a gateway endpoint is in no subnet.
func (e *explainer) add(a, b *class, path prove.Path, last prove.Hop) {
	path.From, path.There = e.stopOf(a.subnet), append([]prove.Hop{e.startHop(a.subnet)}, path.There...)
	if b != nil {
		path.To = e.stopOf(b.subnet)
		if path.Arrives {
			path.There = append(path.There, last)
		}
		if path.Answered {
			path.Back = append(path.Back, e.startHop(a.subnet))
		}
	}
	e.x.Paths = append(e.x.Paths, path)
}

func (e *explainer) stopOf(s *topology.Subnet) prove.Stop {
	return prove.Stop{Subnet: strings.TrimPrefix(e.describe(in(s)), "subnet "), CIDR: e.rangesOf(s), AvailabilityZone: topology.Plain(s.AZ),
		Resource: plain(s.Source)}
}

func (e *explainer) startHop(s *topology.Subnet) prove.Hop {
	return hop(s.Source, "%s, %s, %s", e.describe(in(s)), e.rangesOf(s), topology.Plain(s.AZ))
}

func (e *explainer) rangesOf(s *topology.Subnet) string {
	var out []string
	for _, r := range e.spansOf(s) {
		out = append(out, e.rangeText(r))
	}
	return strings.Join(out, " and ")
}

// conclude says how much of the way there is, and what could change it.
func (e *explainer) conclude(to *topology.VPC) {
	whole, some := 0, 0
	for _, p := range e.x.Paths {
		if p.Stopped == nil {
			whole++
		}
		if p.Answered {
			some++
		}
	}
	switch {
	case whole > 0 && whole == len(e.x.Paths):
		e.x.Reaches = prove.Fully
	case some > 0:
		e.x.Reaches = prove.Partly
	case e.maybe:
		e.x.Reaches = prove.NotKnown
	default:
		e.x.Reaches = prove.NotAtAll
	}
	for _, p := range e.parts {
		if slices.Contains(p.Could, e.x.From) || to != nil && slices.Contains(p.Could, e.x.To) {
			e.unknown(prove.Hop{What: p.Type + ": " + p.Why, Resource: p.Resource})
		}
	}
}

func hop(at topology.Source, format string, args ...any) prove.Hop {
	return prove.Hop{What: topology.Plain(fmt.Sprintf(format, args...)), Resource: plain(at)}
}
