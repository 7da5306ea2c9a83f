package reach

import (
	"fmt"
	"strings"

	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
)

// The steps of a way in words, for people. They are worded only for a way that is shown.

// hops are what carries or filters packets on a way.
func (m *model) hops(steps []*step) []prove.Hop {
	var out []prove.Hop
	add := func(h prove.Hop) {
		if n := len(out); n == 0 || out[n-1].What != h.What || out[n-1].Resource != h.Resource {
			out = append(out, h)
		}
	}
	for _, s := range steps {
		if s.subnet != nil && s.subnet.ACL != nil && !(s.out && s.arrived) {
			add(hop(s.subnet.ACL.Source, "network ACL of %s", m.describe(in(s.subnet))))
		}
		if s.at == (topology.Source{}) && s.by == "" {
			continue
		}
		text := s.by
		if text == "" || strings.HasPrefix(text, "transit gateway ") { // by the attachment, which says more
			text = m.whatIs(s.at)
		}
		if text != "" {
			add(hop(s.at, "%s", text))
		}
	}
	return out
}

// whatIs says what the part at a place does with packets.
func (m *model) whatIs(at topology.Source) string {
	for _, v := range m.vpcs {
		for _, t := range v.Tables {
			for _, e := range m.entries(t) {
				if e.Source == at {
					return fmt.Sprintf("route table sends %s to %s", e.Destination, m.targetTitle(e))
				}
			}
		}
		for _, a := range m.attached[v] {
			if a.Source == at {
				return "attachment of " + m.names[v]
			}
		}
	}
	for _, r := range m.net.TransitGatewayRoutes {
		if r.Source == at {
			return fmt.Sprintf("%s sends %s to %s", m.gatewayTableName(m.tableID(r.Table)), r.Destination, m.attachmentTitle(r.Attachment))
		}
	}
	for _, j := range m.net.Joins {
		if j.Source == at && j.Propagates {
			return fmt.Sprintf("%s learns the ranges of %s", m.gatewayTableName(m.tableID(j.Table)), m.attachmentTitle(j.Attachment))
		}
	}
	for _, g := range m.net.TransitGateways {
		if g.Source == at {
			return fmt.Sprintf("the default route table of %s learns the ranges of what is attached", m.gatewayTitle(g.ID))
		}
	}
	return ""
}

func (m *model) targetTitle(e topology.RouteEntry) string {
	if e.TargetName == toGatewayTarget {
		return m.gatewayTitle(e.Target)
	}
	ref, _ := reference(e.Target)
	return m.title(ref)
}

func (m *model) attachmentTitle(id string) string {
	if a := m.net.Attachments[id]; a != nil {
		return "the attachment of " + m.names[a.VPC]
	}
	return "attachment " + topology.Plain(id)
}
