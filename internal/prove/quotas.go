package prove

import (
	"maps"
	"slices"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/topology"
)

// quota reports what is over a limit that AWS does not raise. What needs more than a default is warned of by the
// configuration, which knows what has been granted, and which other hubs share an account.
func (p *prover) quota(q awsfacts.Quota, n int, subject string, at topology.Source) {
	if q.Max > 0 && n > q.Max {
		p.add(codeLimit, subject, at, "%s: %d, over the limit of %d", q.Name, n, q.Max)
	}
}

func (p *prover) quotas() {
	for _, id := range slices.Sorted(maps.Keys(p.net.VPCs)) {
		v := p.net.VPCs[id]
		for _, e := range v.Endpoints {
			if e.Policy != nil {
				p.quota(awsfacts.PolicyCharacters, len(p.policyText(e)), "endpoint "+e.ServiceName, e.Source)
			}
		}
		p.quota(awsfacts.RangesPerVPC, len(v.CIDRs), "VPC "+v.Name(), v.Source)
		for _, t := range v.Tables {
			p.quota(awsfacts.RoutesPerTable, len(t.Routes)+len(v.CIDRs), "VPC "+v.Name(), t.Source)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.net.Groups)) {
		g := p.net.Groups[id]
		p.quota(awsfacts.RulesPerGroup, max(len(g.Ingress), len(g.Egress)), "security group "+g.Source.ID, g.Source)
	}
	attached := map[string]int{}
	for _, a := range p.net.Attachments {
		attached[a.TransitGateway]++
	}
	for _, a := range p.net.ExternalAttachments {
		attached[a.TransitGateway]++
	}
	for _, id := range slices.Sorted(maps.Keys(p.net.TransitGateways)) {
		g := p.net.TransitGateways[id]
		p.quota(awsfacts.Attachments, attached[id], "transit gateway "+g.Source.ID, g.Source)
	}
	for _, s := range p.net.Stacks {
		p.quota(awsfacts.ResourcesPerStack, s.Resources, "stack "+s.Name, topology.Source{Stack: s.Name})
		p.quota(awsfacts.OutputsPerStack, s.Outputs, "stack "+s.Name, topology.Source{Stack: s.Name})
		p.quota(awsfacts.TemplateBytes, s.TemplateBytes, "stack "+s.Name, topology.Source{Stack: s.Name})
	}
}
