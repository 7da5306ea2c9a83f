package prove

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

// Ephemeral ports, to which answers come (VPC guide, "Ephemeral ports": 1024 to 65535 for any client).
const ephemeralFrom, ephemeralTo = 1024, 65535

// packets are those to or from a range, of a protocol, to a range of ports.
type packets struct {
	peer     netip.Prefix
	protocol string // "6" for TCP, "17" for UDP, or "-1" for all
	from, to int
}

func (q packets) String() string {
	switch q.protocol {
	case "-1":
		return "any protocol"
	case "17":
		return "UDP " + ports(q.from, q.to)
	}
	return ports(q.from, q.to)
}

// protocolNumbers are those of the protocols that rules may name.
var protocolNumbers = map[string]string{"tcp": "6", "udp": "17"}

// aclAdmits is true where rules let all packets pass. What one rule says of a part, the rules after it need not say.
func aclAdmits(rules []topology.ACLRule, q packets) bool {
	for i, r := range rules {
		if !r.CIDR.Overlaps(q.peer) || r.To < q.from || r.From > q.to {
			continue // says nothing of these packets
		}
		switch {
		case r.Protocol == "-1" || cmp.Or(protocolNumbers[r.Protocol], r.Protocol) == q.protocol:
		case q.protocol == "-1" && !r.Allow:
			return false // refuses one protocol of all
		default:
			continue // of another protocol, or admits one of all
		}
		if !r.Allow {
			return false // refuses a part, or all
		}
		for _, rest := range without(q, r) {
			if !aclAdmits(rules[i+1:], rest) {
				return false
			}
		}
		return true
	}
	return false
}

// without are the packets that a rule, which overlaps them, does not decide.
func without(q packets, r topology.ACLRule) []packets {
	var out []packets
	peer := q.peer
	for peer.Bits() < r.CIDR.Bits() { // the half that the rule is not in, and so on
		low, high := ranges.Halves(peer)
		peer = low
		rest := high
		if high.Overlaps(r.CIDR) {
			peer, rest = high, low
		}
		out = append(out, packets{rest, q.protocol, q.from, q.to})
	}
	if r.From > q.from {
		out = append(out, packets{peer, q.protocol, q.from, r.From - 1})
	}
	if r.To < q.to {
		out = append(out, packets{peer, q.protocol, r.To + 1, q.to})
	}
	return out
}

// aclLets checks one direction of a subnet's network ACL.
func aclLets(s *topology.Subnet, outbound bool, q packets) *stop {
	acl := s.ACL
	if acl == nil {
		return nil
	}
	if acl.Unknown {
		return &stop{fmt.Sprintf("the network ACL of %s, %s, is in none of the stacks, so what it allows is unknown", describe(s),
			topology.Plain(acl.ID)), acl.Source}
	}
	rules, direction := acl.Inbound, "packets from"
	if outbound {
		rules, direction = acl.Outbound, "packets to"
	}
	if !aclAdmits(rules, q) {
		return &stop{fmt.Sprintf("the network ACL of %s does not allow %s %s on %s", describe(s), direction, q.peer, q), acl.Source}
	}
	return nil
}

// aclStop checks the network ACLs of a way to a port and back: those of both subnets, and of the attachments' subnets
// between them.
func (p *prover) aclStop(from, to *topology.Subnet, port int) *stop {
	return p.aclStopOf("6", from, to, port)
}

func (p *prover) aclStopOf(protocol string, from, to *topology.Subnet, port int) *stop {
	if !p.hasACL(from.VPC) && !p.hasACL(to.VPC) {
		return nil
	}
	there, back := packets{protocol: protocol, from: port, to: port}, packets{protocol: protocol, from: ephemeralFrom, to: ephemeralTo}
	if st := p.aclOneWay(from, to, there); st != nil {
		return st
	}
	return p.aclOneWay(to, from, back)
}

// aclOneWay follows packets through the network ACLs of their way. Those of an attachment's subnets see what instances send
// on its way in, and what the Transit Gateway delivers on its way out (Transit Gateway guide, "Network ACLs").
func (p *prover) aclOneWay(from, to *topology.Subnet, q packets) *stop {
	towards, origin := q, q
	towards.peer, origin.peer = to.CIDR, from.CIDR
	if st := aclLets(from, true, towards); st != nil {
		return st
	}
	for _, s := range p.transitSubnets(from.VPC) {
		if s.AZ != from.AZ || s.ID == from.ID {
			continue
		}
		if st := aclLets(s, false, origin); st != nil {
			return st
		}
	}
	for _, s := range p.transitSubnets(to.VPC) {
		if s == to {
			continue
		}
		if st := aclLets(s, true, towards); st != nil {
			return st
		}
	}
	return aclLets(to, false, origin)
}

func (p *prover) transitSubnets(v *topology.VPC) []*topology.Subnet {
	if at := p.attachments[v]; len(at) == 1 {
		return at[0].Subnets
	}
	return nil
}

// hasACL is true for a VPC with a network ACL that is not as EC2 makes it.
func (p *prover) hasACL(v *topology.VPC) bool {
	has, ok := p.acls[v]
	if !ok {
		has = slices.ContainsFunc(v.Subnets, func(s *topology.Subnet) bool { return s.ACL != nil })
		p.acls[v] = has
	}
	return has
}

// peersPass checks that a spoke's own network ACLs let all packets of its peers pass, both ways: what segments exchange, no
// part of the configuration bounds. The peers' own are checked with them.
func (p *prover) peersPass(m *member, x *exchange) {
	if !p.hasACL(m.vpc) {
		return
	}
	said := map[stop]bool{}
	report := func(whom string, st *stop) {
		if st != nil && !said[stop{at: st.at}] {
			said[stop{at: st.at}] = true
			p.add(codeSegment, m.subject, st.at, "does not exchange all packets with %s: %s", whom, st.text)
		}
	}
	exchange := func(whom string, with []netip.Prefix) {
		for _, r := range with {
			q := packets{r, "-1", 0, 65535}
			for _, s := range m.work {
				report(whom, aclLets(s, true, q))
				report(whom, aclLets(s, false, q))
			}
			for _, s := range m.attachment.Subnets {
				for _, own := range m.work {
					mine := packets{own.CIDR, "-1", 0, 65535}
					report(whom, aclLets(s, false, mine))
					report(whom, aclLets(s, true, mine))
				}
			}
		}
	}
	for o := range x.peers(m) {
		exchange(o.subject, o.spoke.Ranges())
	}
	for _, o := range x.externals {
		exchange(o.subject, o.CIDRs)
	}
}
