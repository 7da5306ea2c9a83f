package reach

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sharedhub/internal/topology"
)

// Network ACLs: which packets they let pass on a way there, and which answers on the way back.

type protocol int

const (
	tcp protocol = iota
	udp
	icmp
	protocols
)

var protocolNames = [protocols]string{"tcp", "udp", "icmp"}

// box is packets: from a range to a range, of one protocol, to ports.
type box struct {
	src, dst span
	protocol protocol
	lo, hi   int
}

// usualEphemeral are the ports from which clients ask, and to which answers come: Linux's and Windows's (VPC guide, "Ephemeral
// ports"). An ACL that lets all of one of them pass lets such clients have answers.
var usualEphemeral = [][2]int{{32768, 60999}, {49152, 65535}}

const lowestEphemeral = 1024

// ruleFor is true where a rule is for a protocol.
func ruleFor(r topology.ACLRule, p protocol) bool {
	switch r.Protocol {
	case "-1":
		return true
	case "6", "tcp":
		return p == tcp
	case "17", "udp":
		return p == udp
	case "1", "58", "icmp", "icmpv6":
		return p == icmp
	}
	return false
}

// pass are the parts of boxes that an ACL's rules let pass. The first rule that is for a packet decides it.
func pass(boxes []box, rules []topology.ACLRule, bySource bool) []box {
	var out []box
	rest := boxes
	for _, r := range rules {
		var next []box
		for _, b := range rest {
			peer := b.dst
			if bySource {
				peer = b.src
			}
			both, ok := peer.cut(spanOf(r.CIDR))
			lo, hi := max(b.lo, r.From), min(b.hi, r.To)
			if r.Protocol == "-1" || b.protocol == icmp {
				lo, hi = b.lo, b.hi
			}
			if !ok || lo > hi || !ruleFor(r, b.protocol) {
				next = append(next, b)
				continue
			}
			with := func(s span, lo, hi int) box {
				c := b
				c.lo, c.hi = lo, hi
				if bySource {
					c.src = s
				} else {
					c.dst = s
				}
				return c
			}
			if r.Allow {
				out = append(out, with(both, lo, hi))
			}
			for _, s := range without([]span{peer}, []span{both}) {
				next = append(next, with(s, b.lo, b.hi))
			}
			if b.lo < lo {
				next = append(next, with(both, b.lo, lo-1))
			}
			if hi < b.hi {
				next = append(next, with(both, hi+1, b.hi))
			}
		}
		rest = next
	}
	return out
}

// filter puts boxes through the ACLs of a way. The last subnet is where they are delivered: a gateway's arrival subnet does not
// filter what stays in it.
func filter(boxes []box, way []*step, last *class) ([]box, *topology.ACL) {
	for _, s := range way {
		if s.subnet == nil || s.subnet.ACL == nil || s.arrived && last != nil && slices.Contains(last.subnets, s.subnet) {
			continue
		}
		var unread *topology.ACL
		if boxes, unread = through(boxes, s.subnet.ACL, s.out); unread != nil {
			return nil, unread
		}
	}
	if last != nil && last.acl != nil {
		return through(boxes, last.acl, false)
	}
	return boxes, nil
}

func through(boxes []box, acl *topology.ACL, out bool) ([]box, *topology.ACL) {
	if acl.Unknown {
		return nil, acl
	}
	var passed []box
	for _, b := range boxes {
		rules := acl.Inbound
		switch six := b.src.lo.Is6(); {
		case six && out:
			rules = acl.Outbound6
		case six:
			rules = acl.Inbound6
		case out:
			rules = acl.Outbound
		}
		passed = append(passed, pass([]box{b}, rules, !out)...)
	}
	return passed, nil
}

// exchange are the boxes that get there and whose answers come back.
func exchange(src, dst span, there, back []*step, from, to *class) (boxes []box, unread *topology.ACL) {
	all := []box{{src, dst, tcp, 0, 65535}, {src, dst, udp, 0, 65535}, {src, dst, icmp, 0, 0}}
	if !filters(there, to) && !filters(back, from) {
		return all, nil
	}
	asked, unread := filter(all, there, to)
	if unread != nil {
		return nil, unread
	}
	var out []box
	for _, b := range asked {
		answer := box{src: b.dst, dst: b.src, protocol: b.protocol, lo: lowestEphemeral, hi: 65535}
		if b.protocol == icmp {
			answer.lo, answer.hi = 0, 0
		}
		answers, unread := filter([]box{answer}, back, from)
		if unread != nil {
			return nil, unread
		}
		for _, a := range answered(answers) {
			out = append(out, box{src: a.dst, dst: a.src, protocol: b.protocol, lo: b.lo, hi: b.hi})
		}
	}
	return out, nil
}

func filters(way []*step, last *class) bool {
	return last != nil && last.acl != nil || slices.ContainsFunc(way, func(s *step) bool { return s.subnet != nil && s.subnet.ACL != nil })
}

// answered are the ranges to which clients' answers come, each once.
func answered(boxes []box) []box {
	ports := map[[2]span][]box{}
	var out []box
	for _, b := range boxes {
		key := [2]span{b.src, b.dst}
		if ports[key] == nil {
			out = append(out, b)
		}
		ports[key] = append(ports[key], b)
	}
	return slices.DeleteFunc(out, func(b box) bool {
		list := ports[[2]span{b.src, b.dst}]
		return b.protocol != icmp && !slices.ContainsFunc(usualEphemeral, func(e [2]int) bool { return coversPorts(list, e) })
	})
}

func coversPorts(list []box, want [2]int) bool {
	slices.SortFunc(list, func(a, b box) int { return a.lo - b.lo })
	at := want[0]
	for _, b := range list {
		if b.lo <= at {
			at = max(at, b.hi+1)
		}
	}
	return at > want[1]
}

// portsOf are the ports of boxes for people; nil where they are all.
func portsOf(boxes []box) []string {
	var by [protocols][][2]int
	for _, b := range boxes {
		by[b.protocol] = append(by[b.protocol], [2]int{b.lo, b.hi})
	}
	var out []string
	all := true
	for p := range protocols {
		list := mergePorts(by[p])
		whole := len(list) == 1 && (p == icmp || list[0] == [2]int{0, 65535})
		all = all && whole
		switch {
		case len(list) == 0:
		case whole:
			out = append(out, protocolNames[p])
		default:
			var text []string
			for _, r := range list {
				if r[0] == r[1] {
					text = append(text, strconv.Itoa(r[0]))
				} else {
					text = append(text, fmt.Sprintf("%d-%d", r[0], r[1]))
				}
			}
			out = append(out, protocolNames[p]+" "+strings.Join(text, ","))
		}
	}
	if all {
		return nil
	}
	return out
}

func mergePorts(list [][2]int) [][2]int {
	slices.SortFunc(list, func(a, b [2]int) int { return a[0] - b[0] })
	var out [][2]int
	for _, r := range list {
		if n := len(out); n > 0 && r[0] <= out[n-1][1]+1 {
			out[n-1][1] = max(out[n-1][1], r[1])
		} else {
			out = append(out, r)
		}
	}
	return out
}
