package reach

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
)

// resolveNames fills in the private names of a VPC: those that lead to an endpoint that it reaches, those that do not, and those of
// which only others know.
func (m *model) resolveNames(v *topology.VPC, names *prove.Names, out *VPC) {
	out.Names, out.Closed, out.NamesUndecided = []string{}, []string{}, []string{}
	answers := names.Of(v)
	for _, f := range names.Forwards(v) {
		answers = m.forwarded(v, f, names, answers)
	}
	ports := map[string]portsOpen{}
	for _, a := range together(answers) {
		name := nameText(a.Name)
		switch {
		case a.Wrong != "" && a.Unknown:
			out.NamesUndecided = append(out.NamesUndecided, fmt.Sprintf("%s: %s", name, a.Wrong))
		case a.Wrong != "":
			out.Closed = append(out.Closed, fmt.Sprintf("%s: %s", name, nameText(a.Wrong)))
		default:
			key := m.sameEndpoint(a.Endpoint)
			p, ok := ports[key]
			if !ok {
				p = m.openPorts(v, a.Endpoint)
				ports[key] = p
			}
			p.tell(name, out)
		}
	}
	slices.Sort(out.Names)
	slices.Sort(out.Closed)
	slices.Sort(out.NamesUndecided)
	out.NamesUndecided = slices.Compact(out.NamesUndecided)
}

// together puts the names that private DNS gives one endpoint into one answer.
func together(answers []prove.Answer) []prove.Answer {
	var out []prove.Answer
	for _, a := range answers {
		i := slices.IndexFunc(out, func(o prove.Answer) bool {
			return a.Own && o.Own && a.Endpoint != nil && o.Endpoint == a.Endpoint && o.Wrong == a.Wrong
		})
		if i >= 0 {
			out[i].Name += ", " + a.Name
		} else {
			out = append(out, a)
		}
	}
	return out
}

var regionSymbol = regexp.MustCompile("\ue000[^\ue001]*/AWS::Region\ue001")

// nameText is a name for people.
func nameText(name string) string {
	return topology.Plain(regionSymbol.ReplaceAllString(name, "$${AWS::Region}"))
}

// forwarded adds what a Resolver rule's servers answer: those of an inbound endpoint of the stacks answer as its VPC's resolver.
func (m *model) forwarded(v *topology.VPC, f topology.Forward, names *prove.Names, answers []prove.Answer) []prove.Answer {
	inbound := m.inbound(f)
	if inbound == nil {
		domain := f.Domain
		if domain == "" {
			domain = "all names"
		}
		return append(answers, prove.Answer{Name: domain, Unknown: true, Wrong: fmt.Sprintf("a Resolver rule sends questions for it, and for "+
			"what is below it, to %s (%s)", strings.Join(plainAll(f.Targets), ", "), plain(f.Source))})
	}
	if inbound == v {
		return answers
	}
	kept := slices.DeleteFunc(slices.Clone(answers), func(a prove.Answer) bool { return prove.Below(a.Name, f.Domain) && a.Wrong != "" })
	for _, a := range names.Of(inbound) {
		if prove.Below(a.Name, f.Domain) && !slices.ContainsFunc(kept, func(k prove.Answer) bool { return k.Name == a.Name }) {
			kept = append(kept, a)
		}
	}
	return kept
}

func plainAll(list []string) []string {
	if len(list) == 0 {
		return []string{"other servers"}
	}
	out := make([]string, len(list))
	for i := range list {
		out[i] = topology.Plain(list[i])
	}
	return out
}

// inbound is the VPC of the inbound Resolver endpoint whose addresses a rule forwards to; nil where that is not known.
func (m *model) inbound(f topology.Forward) *topology.VPC {
	for _, o := range m.net.Others {
		if o.Type != "AWS::Route53Resolver::ResolverEndpoint" || one(o, "Direction") != "INBOUND" {
			continue
		}
		for _, ip := range slices.Concat(o.Says["IpAddresses.Ip"], o.Says["IpAddresses.Ipv6"]) {
			if !slices.Contains(f.Targets, ip) {
				continue
			}
			if s := m.subnets[one(o, "IpAddresses.SubnetId")]; s != nil {
				return s.VPC
			}
		}
	}
	return nil
}

// portsOpen are the ports of an endpoint's service by whether a VPC reaches them, the others with the reason.
type portsOpen struct {
	open            []int
	closed, unknown []portAnd
}

type portAnd struct {
	port int
	why  string
}

// tell adds a name to the lists: with its ports only where these differ.
func (p portsOpen) tell(name string, out *VPC) {
	alone := len(p.open)+len(p.closed)+len(p.unknown) == 1 || len(p.closed)+len(p.unknown) == 0 || len(p.open)+len(p.unknown) == 0
	text := func(port int) string {
		if alone {
			return name
		}
		return fmt.Sprintf("%s:%d", name, port)
	}
	add := func(list *[]string, text string) {
		if !slices.Contains(*list, text) {
			*list = append(*list, text)
		}
	}
	for _, port := range p.open {
		add(&out.Names, text(port))
	}
	for _, c := range p.closed {
		add(&out.Closed, text(c.port)+": "+c.why)
	}
	for _, u := range p.unknown {
		add(&out.NamesUndecided, text(u.port)+": "+u.why)
	}
}

// sameEndpoint is equal for endpoints that the same packets reach.
func (m *model) sameEndpoint(e *topology.Endpoint) string {
	key, ok := m.endpoints[e]
	if !ok {
		key = e.ID
		if e.VPC != nil && len(e.Subnets) > 0 && !m.strangeGroup(e) {
			key = fmt.Sprint(e.VPC.ID, e.Subnets, e.Groups, m.portsOf(e)) // pointers: the same parts
		}
		m.endpoints[e] = key
	}
	return key
}

// portsOf are the ports that an endpoint's service listens on.
func (m *model) portsOf(e *topology.Endpoint) []int {
	if _, ok := m.ports[e]; !ok {
		m.ports[e] = prove.Ports(e)
	}
	return m.ports[e]
}

// openPorts asks for each port of an endpoint's service.
func (m *model) openPorts(v *topology.VPC, e *topology.Endpoint) (out portsOpen) {
	for _, port := range m.portsOf(e) {
		switch verdict, why := m.endpoint(v, e, port); verdict {
		case Yes:
			out.open = append(out.open, port)
		case Undecided:
			out.unknown = append(out.unknown, portAnd{port, why})
		case No:
			out.closed = append(out.closed, portAnd{port, why})
		}
	}
	return out
}

// endpoint is whether some host of a VPC reaches an endpoint on a port, and gets answers.
func (m *model) endpoint(v *topology.VPC, e *topology.Endpoint, port int) (Verdict, string) {
	if e.VPC == nil || len(e.Subnets) == 0 {
		return Undecided, fmt.Sprintf("only AWS knows in which subnets %s is", plain(e.Source))
	}
	return m.endpointFrom(m.classesOf(v), v, e, port)
}

// endpointFrom is the same of hosts of some subnets.
func (m *model) endpointFrom(classes []*class, v *topology.VPC, e *topology.Endpoint, port int) (Verdict, string) {
	why, verdict := "no subnet of it reaches the endpoint", No
	f := &finding{}
	for _, from := range classes {
		for _, s := range e.Subnets {
			if s == from.subnet && len(from.subnets) == 1 && v == e.VPC {
				f.Verdict = Yes // a host beside the endpoint
				f.rects = append(f.rects, rectangle{src: from.spans[0]})
				continue
			}
			to := &class{place: in(s), subnets: []*topology.Subnet{s}, spans: m.spansOf(s), acl: s.ACL}
			one := &finding{Answer: Answer{Verdict: No}}
			for hash := range m.hashes {
				m.judge(one, from, to, hash)
			}
			switch {
			case one.Verdict == Yes && opens(one.boxes, port):
				f.Verdict = Yes
				f.By = one.By
				f.rects = append(f.rects, one.rects...)
			case one.Verdict == Undecided && verdict == No:
				verdict, why = Undecided, one.Reasons[0]
			case one.Verdict == Yes:
				why = fmt.Sprintf("network ACLs do not let port %d pass", port)
			case one.stop.text != "" && verdict == No:
				why = one.stop.text
			}
		}
	}
	if f.Verdict != Yes {
		return verdict, nameText(why)
	}
	return m.admits(v, e, port, f)
}

func opens(boxes []box, port int) bool {
	return slices.ContainsFunc(boxes, func(b box) bool { return b.protocol == tcp && b.lo <= port && port <= b.hi })
}

// admits is whether the endpoint's security groups let some host of a VPC in. A rule that names a group lets its members in: of the
// endpoint's own VPC, or of one that is peered with it in the same region; through a Transit Gateway an endpoint knows no members
// (Transit Gateway guide, "Security group referencing").
func (m *model) admits(v *topology.VPC, e *topology.Endpoint, port int, f *finding) (Verdict, string) {
	verdict, why := No, fmt.Sprintf("no security group of the endpoint admits it on port %d", port)
	if len(e.Groups) == 0 && v == e.VPC && !m.strangeGroup(e) {
		return Yes, "" // members of the VPC's default group
	}
	if m.strangeGroup(e) {
		verdict, why = Undecided, "a security group of the endpoint is in none of the stacks"
	}
	for _, g := range e.Groups {
		for _, r := range g.Ingress {
			if groupRule(r.Protocol, r.From, r.To, port) && slices.ContainsFunc(f.rects, func(x rectangle) bool {
				_, ok := spanOf(r.CIDR).cut(x.src)
				return ok
			}) {
				return Yes, ""
			}
		}
		for _, r := range g.Others {
			if r.Egress || !groupRule(r.Protocol, r.From, r.To, port) {
				continue
			}
			switch answer, text := m.admitsOther(v, e, r, f); answer {
			case Yes:
				return Yes, ""
			case Undecided:
				verdict, why = Undecided, text
			case No:
				if text != "" && verdict == No {
					why = text
				}
			}
		}
	}
	return verdict, why
}

func (m *model) admitsOther(v *topology.VPC, e *topology.Endpoint, r topology.OtherRule, f *finding) (Verdict, string) {
	switch {
	case r.IPv6 != "":
		p, ok := m.prefix(r.IPv6)
		if ok && slices.ContainsFunc(f.rects, func(x rectangle) bool { _, ok := spanOf(p).cut(x.src); return ok }) {
			return Yes, ""
		}
		return No, ""
	case r.PrefixList != "":
		return Undecided, fmt.Sprintf("prefix list %s is in none of the stacks", topology.Plain(r.PrefixList))
	case r.VPC == nil:
		return Undecided, fmt.Sprintf("security group %s is in none of the stacks", topology.Plain(r.Peer))
	case r.VPC != v:
		return No, ""
	case v == e.VPC:
		return Yes, ""
	case len(f.By) == 1 && strings.HasPrefix(f.By[0], "peering connection") && v.Region == e.VPC.Region:
		return Yes, ""
	}
	return No, "its security group names a group of another VPC: an interface endpoint knows its members in its own VPC or across a peering " +
		"connection in one region; security-group referencing by a transit gateway is for hosts alone"
}

func groupRule(protocol string, from, to, port int) bool {
	p := strings.ToLower(protocol)
	return p == "-1" || (p == "tcp" || p == "6") && from <= port && port <= to
}

func (m *model) strangeGroup(e *topology.Endpoint) bool {
	return slices.ContainsFunc(m.net.Strange, func(s topology.Strange) bool {
		return s.Source == e.Source && strings.Contains(s.Text, "security group that is not in the stacks")
	})
}
