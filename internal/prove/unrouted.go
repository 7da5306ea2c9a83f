package prove

import (
	"slices"

	"sharedhub/internal/topology"
)

// unrouted proves that a spoke's unrouted ranges stay inside its VPC: its subnets there send nothing to the gateway, whose
// answers would not come back, and no table of the gateway leads to them, where another spoke may have the same.
func (p *prover) unrouted(m *member) {
	if len(m.spoke.UnroutedCIDRs) == 0 {
		return
	}
	said := map[topology.Source]bool{}
	for _, s := range m.inner {
		if s.Table == nil {
			continue // said already
		}
		for _, r := range s.Table.Routes {
			if r.Kind != topology.Local && !said[r.Source] {
				said[r.Source] = true
				p.add(codeRoute, m.subject, r.Source, "%s is in a range that is not routed, and sends %s to %s", describe(s), r.CIDR, r.Target)
			}
		}
	}
	for _, t := range p.net.TransitGatewayRouteTables {
		for _, pr := range t.Propagated {
			if pr.Attachment == m.attachment {
				p.add(codeSegment, m.subject, pr.Source, "transit gateway route table %s learns the range %s, which is not to be routed",
					tableName(t), m.spoke.UnroutedCIDRs[0])
			}
		}
		for _, st := range t.Static {
			if i := slices.IndexFunc(m.spoke.UnroutedCIDRs, st.CIDR.Overlaps); i >= 0 && st.Attachment == m.attachment {
				p.add(codeSegment, m.subject, st.Source, "transit gateway route table %s sends %s to %s, which is not to be routed",
					tableName(t), st.CIDR, m.vpc.Name())
			}
		}
	}
}
