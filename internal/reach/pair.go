package reach

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/internal/topology"
)

// class is the subnets of a VPC whose packets all go the same ways.
type class struct {
	place
	subnets []*topology.Subnet
	spans   []span
	acl     *topology.ACL
	// transit is true for subnets that hold attachments, where people put no hosts.
	transit bool
}

// classesOf are a VPC's subnets by where their packets go.
func (m *model) classesOf(v *topology.VPC) []*class {
	if out, ok := m.classes[v]; ok {
		return out
	}
	var out []*class
	byKey := map[string]*class{}
	for _, s := range v.Subnets {
		spans := m.spansOf(s)
		if len(spans) == 0 {
			continue
		}
		transit := false
		zone := ""
		if m.zonal {
			zone = s.AZ
		}
		for _, a := range m.attached[v] {
			transit = transit || slices.Contains(a.Subnets, s)
			zone += fmt.Sprint(" ", inZone(a, s.AZ) != nil)
		}
		key := fmt.Sprintf("%s|%s|%p|%v", m.table(v, s.Table).signature, zone, s.ACL, transit)
		c := byKey[key]
		if c == nil {
			c = &class{place: in(s), acl: s.ACL, transit: transit}
			byKey[key] = c
			out = append(out, c)
		}
		c.subnets, c.spans = append(c.subnets, s), append(c.spans, spans...)
	}
	for _, c := range out {
		c.spans = joined(c.spans)
	}
	m.classes[v] = out
	return out
}

// spansOf are the addresses of a subnet: its own ranges, or where only AWS knows its IPv4 range, those of its VPC.
func (m *model) spansOf(s *topology.Subnet) []span {
	var out []span
	switch {
	case s.IPv6Only:
	case s.CIDR.IsValid():
		out = append(out, spanOf(s.CIDR))
	default:
		for _, c := range s.VPC.CIDRs {
			out = append(out, spanOf(c))
		}
	}
	if text := m.sixOf(s); text != "" {
		if p, ok := m.prefix(text); ok {
			out = append(out, spanOf(p))
		}
	}
	return out
}

// rectangle is packets that are exchanged: from a range to a range.
type rectangle struct{ src, dst span }

// finding is what is known of a VPC's way to another.
type finding struct {
	Answer
	boxes []box
	rects []rectangle
	// there and back are a way that works.
	there, back []*step
	// stop is why nothing is answered, of the way that got furthest.
	stop     end
	progress int
}

// pair judges the way from a VPC to another: of some host of it to some host of the other, and the answer's.
func (m *model) pair(a, b *topology.VPC) *finding {
	f := &finding{Answer: Answer{To: m.names[b], Verdict: No}}
	for _, v := range []*topology.VPC{a, b} {
		if len(v.CIDRs) == 0 && len(m.ranges(v)) == 0 {
			f.undecided("only AWS knows the range of " + m.names[v])
		}
	}
	var crossed crossings
	for _, from := range m.classesOf(a) {
		for _, to := range m.classesOf(b) {
			before, stop, progress := len(f.boxes), f.stop, f.progress
			f.stop, f.progress = end{}, 0
			for hash := range m.hashes {
				m.judge(f, from, to, hash)
			}
			crossed = append(crossed, crossing{from, to, len(f.boxes) > before, f.stop.text})
			if f.stop.text == "" || stop.text != "" && progress >= f.progress {
				f.stop, f.progress = stop, progress
			}
		}
	}
	if f.Verdict == Yes {
		f.stop = end{}
		f.Ports = portsOf(f.boxes)
		m.partly(f, a, b)
		f.Partly = append(f.Partly, crossed.apart()...)
		f.Reasons = nil
	}
	return f
}

// crossing is whether the hosts of one class exchange packets with those of another, and why not.
type crossing struct {
	from, to *class
	answered bool
	why      string
}

type crossings []crossing

// apart says which subnets exchange nothing with each other, though both do with others: as where an inspection VPC keeps each
// direction in the availability zone that it comes from.
func (list crossings) apart() []string {
	from, to := map[*class]bool{}, map[*class]bool{}
	hosts := map[*topology.VPC]bool{} // with subnets but those of attachments
	for _, c := range list {
		hosts[c.from.vpc] = hosts[c.from.vpc] || !c.from.transit
		hosts[c.to.vpc] = hosts[c.to.vpc] || !c.to.transit
		from[c.from], to[c.to] = from[c.from] || c.answered, to[c.to] || c.answered
	}
	var out []string
	for _, c := range list {
		if c.answered || c.why == "" || !from[c.from] || !to[c.to] ||
			c.from.transit && hosts[c.from.vpc] || c.to.transit && hosts[c.to.vpc] {
			continue
		}
		text := fmt.Sprintf("not from %s to %s: %s", c.from.places(), c.to.places(), c.why)
		if !slices.Contains(out, text) && len(out) < mostReasons {
			out = append(out, text)
		}
	}
	return out
}

// places are the availability zones of a class's subnets.
func (c *class) places() string {
	var zones []string
	for _, s := range c.subnets {
		if z := topology.Plain(s.AZ); !slices.Contains(zones, z) {
			zones = append(zones, z)
		}
	}
	return strings.Join(zones, ", ")
}

func (f *finding) undecided(reason string) {
	if f.Verdict != Yes {
		f.Verdict = Undecided
	}
	if !slices.Contains(f.Reasons, reason) && len(f.Reasons) < mostReasons {
		f.Reasons = append(f.Reasons, reason)
	}
}

// mostReasons bounds what is said of one pair.
const mostReasons = 5

// judge looks at the ways between two classes.
func (m *model) judge(f *finding, from, to *class, hash int) {
	there := m.between(from, to, hash)
	for _, e := range there {
		switch {
		case e.kind == delivered && e.vpc == to.vpc:
			m.judgeBack(f, from, to, e, hash)
		case e.kind == unknown:
			if m.mayAnswer(from, to, hash) {
				f.undecided(e.text)
			}
			f.stopped(e, 1)
		default:
			if e.kind == delivered || e.kind == toInternet || e.kind == toOutside {
				e.text = m.elsewhere(e)
			}
			f.stopped(e, 0)
		}
	}
}

type walkKey struct {
	from, to *class
	hash     int
}

// between follows packets from a class to another. The answer to one direction is a question of the other: both are kept until
// the next two VPCs.
func (m *model) between(from, to *class, hash int) []end {
	key := walkKey{from, to, hash}
	ends, ok := m.walks[key]
	if !ok {
		ends = m.walkTo(from.place, to.spans, source{vpc: from.vpc}, hash)
		m.walks[key] = ends
	}
	return ends
}

func (m *model) elsewhere(e end) string {
	switch {
	case e.kind == delivered:
		return fmt.Sprintf("%s goes to %s", e.span, m.names[e.vpc])
	case e.kind == toInternet:
		return fmt.Sprintf("%s goes to the internet by %s", e.span, e.text)
	}
	return fmt.Sprintf("%s goes outside by %s", e.span, e.text)
}

// answering is how far a way got whose packets arrive, and whose answers do not.
const answering = 2

// stopped keeps the end of the way that got furthest.
func (f *finding) stopped(e end, progress int) {
	if f.stop.text == "" || progress > f.progress {
		f.stop, f.progress = e, progress
	}
}

// mayAnswer is false where nothing of a class comes back to another, whatever is decided.
func (m *model) mayAnswer(from, to *class, hash int) bool {
	return slices.ContainsFunc(m.between(to, from, hash), func(e end) bool {
		return e.kind == unknown || e.kind == delivered
	})
}

// leg is a part of a way between two changes of the packets' source.
type leg struct {
	steps []*step
	nat   *topology.Subnet // where it begins; nil for the host's own
}

func legsOf(path *step) []leg {
	out := []leg{{}}
	for _, s := range path.list() {
		out[len(out)-1].steps = append(out[len(out)-1].steps, s)
		if s.nat != nil {
			out = append(out, leg{nat: s.nat})
		}
	}
	return out
}

// inspected are the firewall endpoints of a way.
func inspected(way []*step) string {
	var out []string
	for _, s := range way {
		if s.inspect != "" {
			out = append(out, s.inspect)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// judgeBack follows the answer, leg by leg: to the NAT gateways that gave the packets their addresses, and from them to the host.
func (m *model) judgeBack(f *finding, from, to *class, e end, hash int) {
	legs := legsOf(e.path)
	last := to
	begin := to.place
	src := source{vpc: to.vpc}
	var boxes []box
	var back []*step
	for i := len(legs) - 1; i >= 0; i-- {
		l := legs[i]
		spans, first := from.spans, from
		if l.nat != nil {
			spans, first = m.spansOf(l.nat), nil
		}
		got, way, stop := m.answerLeg(l, spans, begin, src, e.span, first, last, hash)
		if stop.text != "" {
			if stop.kind == unknown {
				f.undecided(stop.text)
			}
			f.stopped(end{span: stop.span, kind: stop.kind, text: stop.text, at: stop.at, path: e.path}, answering)
			return
		}
		back = append(back, way...)
		if boxes == nil {
			boxes = got
		} else {
			boxes = both(got, boxes)
		}
		if l.nat != nil {
			begin, src, last = in(l.nat), source{vpc: l.nat.VPC}, nil
		}
	}
	if len(boxes) == 0 {
		f.stopped(end{text: "network ACLs let no packets pass both ways", at: to.subnet.Source, path: e.path}, answering)
		return
	}
	f.yes(e.path.list(), back, boxes)
}

// both are the protocols and ports of one list that another has too.
func both(list, others []box) []box {
	var out []box
	for _, b := range list {
		for _, o := range others {
			if b.protocol == o.protocol && max(b.lo, o.lo) <= min(b.hi, o.hi) {
				out = append(out, box{b.src, b.dst, b.protocol, max(b.lo, o.lo), min(b.hi, o.hi)})
			}
		}
	}
	return out
}

// answerLeg finds a way back of a leg, through the same firewalls, and what passes it.
func (m *model) answerLeg(l leg, spans []span, begin place, src source, dst span, first, last *class, hash int) ([]box, []*step, end) {
	home := begin.vpc
	if l.nat != nil {
		home = l.nat.VPC
	} else if first != nil {
		home = first.vpc
	}
	var stop end
	var boxes []box
	var way []*step
	var answers []end
	if l.nat == nil && last != nil && first != nil {
		answers = m.between(last, first, hash)
	} else {
		answers = m.walkTo(begin, spans, src, hash)
	}
	for _, r := range answers {
		steps := r.path.list()
		switch {
		case r.kind == unknown:
			stop = r
		case r.kind != delivered || r.vpc != home:
			if stop.text == "" {
				stop = r
				if stop.kind != dropped {
					stop.text = m.elsewhere(r)
				}
				stop.text, stop.kind = "answers do not come back: "+stop.text, dropped
			}
		case r.path.has(func(s *step) bool { return s.nat != nil }):
			stop = orStop(stop, end{span: r.span, path: r.path, at: pathAt(r.path),
				text: "answers have the address of a NAT gateway, which nobody waits for"})
		case inspected(l.steps) != inspected(steps):
			stop = orStop(stop, end{span: r.span, path: r.path, at: pathAt(r.path),
				text: "a firewall sees one direction alone: packets and answers pass different endpoints" + m.withoutAppliance(l.steps)})
		default:
			got, unread := exchange(r.span, dst, l.steps, steps, first, last)
			if unread != nil {
				stop = end{span: r.span, kind: unknown, path: r.path, at: unread.Source,
					text: fmt.Sprintf("network ACL %s is in none of the stacks", topology.Plain(unread.ID))}
			} else if len(got) == 0 {
				stop = orStop(stop, end{span: r.span, path: r.path, at: m.aclAt(l.steps, steps, last),
					text: "network ACLs let no packets pass both ways"})
			}
			if boxes = append(boxes, got...); way == nil && len(got) > 0 {
				way = steps
			}
		}
	}
	if len(boxes) > 0 {
		return boxes, way, end{}
	}
	return nil, nil, orStop(stop, end{text: "there is no address to answer to", at: begin.vpc.Source})
}

// withoutAppliance names the attachment of a firewall's VPC, where appliance mode would keep both directions together.
func (m *model) withoutAppliance(way []*step) string {
	var v *topology.VPC
	for _, s := range way {
		if s.subnet != nil {
			v = s.subnet.VPC
		}
		if s.inspect == "" || v == nil {
			continue
		}
		for _, a := range m.attached[v] {
			if !m.appliance(a) {
				return ", since attachment " + plain(a.Source) + " is not in appliance mode"
			}
		}
	}
	return ""
}

func orStop(a, b end) end {
	if a.text != "" {
		return a
	}
	return b
}

// aclAt is the first network ACL on a way that is not as EC2 makes it.
func (m *model) aclAt(there, back []*step, last *class) topology.Source {
	if last != nil && last.acl != nil {
		return last.acl.Source
	}
	for _, s := range slices.Concat(there, back) {
		if s.subnet != nil && s.subnet.ACL != nil {
			return s.subnet.ACL.Source
		}
	}
	return topology.Source{}
}

// yes notes a way that works. Of several the one with the fewest conditions is told.
func (f *finding) yes(there, back []*step, boxes []box) {
	var by, provided []string
	add := func(list *[]string, text string) {
		if text != "" && !slices.Contains(*list, text) {
			*list = append(*list, text)
		}
	}
	for _, s := range there {
		add(&by, s.by)
		add(&provided, s.provided)
	}
	for _, s := range back {
		add(&provided, s.provided)
	}
	if f.Verdict != Yes || len(provided) < len(f.Provided) {
		f.By, f.Provided, f.there, f.back = by, provided, there, back
	}
	f.Verdict, f.stop = Yes, end{}
	for _, b := range boxes {
		f.boxes = append(f.boxes, b)
		if r := (rectangle{b.src, b.dst}); !slices.Contains(f.rects, r) {
			f.rects = append(f.rects, r)
		}
	}
}

// partly says which hosts take no part.
func (m *model) partly(f *finding, a, b *topology.VPC) {
	var src, dst []span
	for _, r := range f.rects {
		src, dst = append(src, r.src), append(dst, r.dst)
	}
	families := func(list []span) (four, six bool) {
		for _, s := range list {
			four, six = four || s.lo.Is4(), six || s.lo.Is6()
		}
		return four, six
	}
	four, six := families(src)
	for _, side := range []struct {
		vpc  *topology.VPC
		used []span
		verb string
	}{{a, src, "not from "}, {b, dst, "not to "}} {
		hosts := m.hosts(side.vpc)
		rest := slices.DeleteFunc(joined(without(joined(hosts), side.used)), func(s span) bool {
			return s.lo.Is4() && !four || s.lo.Is6() && !six
		})
		for i, s := range rest {
			if i == mostReasons {
				f.Partly = append(f.Partly, fmt.Sprintf("and %d ranges more", len(rest)-i))
				break
			}
			f.Partly = append(f.Partly, side.verb+m.spanText(s, side.vpc))
		}
	}
	fourA, sixA := families(m.hosts(a))
	if fourB, sixB := families(m.hosts(b)); fourA && fourB && !four {
		f.Partly = append(f.Partly, "IPv6 only")
	} else if sixA && sixB && !six {
		f.Partly = append(f.Partly, "IPv4 only")
	}
}

// hosts are the addresses of a VPC's subnets, but of those that attachments are in, where there are others.
func (m *model) hosts(v *topology.VPC) []span {
	var all, out []span
	for _, c := range m.classesOf(v) {
		if all = append(all, c.spans...); !c.transit {
			out = append(out, c.spans...)
		}
	}
	if len(out) == 0 {
		return all
	}
	return out
}

// spanText is a range of a VPC, by the availability zone where it is one subnet's.
func (m *model) spanText(s span, v *topology.VPC) string {
	for _, n := range v.Subnets {
		if slices.Contains(m.spansOf(n), s) && n.AZ != "" {
			return fmt.Sprintf("%s in %s", m.rangeText(s), topology.Plain(n.AZ))
		}
	}
	return m.rangeText(s)
}

// rangeText hides the stand-ins of ranges that AWS chooses.
func (m *model) rangeText(s span) string {
	if strings.HasPrefix(s.lo.String(), "3fff:") {
		return "an IPv6 range that AWS chooses"
	}
	return s.String()
}
