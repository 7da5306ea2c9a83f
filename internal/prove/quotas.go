package prove

import (
	"encoding/json"
	"maps"
	"slices"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/topology"
)

// quota reports what is over a limit: over the default a warning, since AWS raises it on request; over the most an error.
func (p *prover) quota(q awsfacts.Quota, n int, subject string, at topology.Source) {
	switch {
	case q.Max > 0 && n > q.Max:
		p.add(codeLimit, subject, at, "%s: %d, over the limit of %d", q.Name, n, q.Max)
	case q.Default > 0 && n > q.Default:
		p.add(codeQuota, subject, at, "%s: %d, over the default quota of %d", q.Name, n, q.Default)
	}
}

func (p *prover) quotas() {
	for _, id := range slices.Sorted(maps.Keys(p.net.VPCs)) {
		v := p.net.VPCs[id]
		n := 0
		for _, e := range v.Endpoints {
			if e.Interface {
				n++
			}
			if e.Policy != nil {
				b, _ := json.Marshal(e.Policy)
				p.quota(awsfacts.PolicyCharacters, len(b), "endpoint "+e.ServiceName, e.Source)
			}
		}
		p.quota(awsfacts.RangesPerVPC, len(v.CIDRs), "VPC "+v.Name(), v.Source)
		p.quota(awsfacts.EndpointsPerVPC, n, "VPC "+v.Name(), v.Source)
		for _, t := range v.Tables {
			p.quota(awsfacts.RoutesPerTable, len(t.Routes)+len(v.CIDRs), "VPC "+v.Name(), t.Source)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.net.Groups)) {
		g := p.net.Groups[id]
		p.quota(awsfacts.RulesPerGroup, max(len(g.Ingress), len(g.Egress)), "security group "+g.Source.ID, g.Source)
	}
	p.gatewayQuotas()
	perAccount := map[string]int{}
	for _, id := range slices.Sorted(maps.Keys(p.net.HostedZones)) {
		z := p.net.HostedZones[id]
		perAccount[z.Account]++
		p.quota(awsfacts.VPCsPerZone, len(z.VPCs), "zone "+z.Name, z.Source)
		p.quota(awsfacts.RecordsPerZone, len(z.Records), "zone "+z.Name, z.Source)
	}
	for _, a := range slices.Sorted(maps.Keys(perAccount)) {
		p.quota(awsfacts.ZonesPerAccount, perAccount[a], "account "+a, topology.Source{})
	}
	perProfile := map[*topology.R53Profile]int{}
	for _, at := range p.net.R53ProfileAssociations {
		for _, a := range at {
			perProfile[a.R53Profile]++
		}
	}
	for pr, n := range perProfile {
		p.quota(awsfacts.VPCsPerProfile, n, "profile "+pr.Source.ID, pr.Source)
	}
	for _, s := range p.net.Stacks {
		p.quota(awsfacts.ResourcesPerStack, s.Resources, "stack "+s.Name, topology.Source{Stack: s.Name})
		p.quota(awsfacts.OutputsPerStack, s.Outputs, "stack "+s.Name, topology.Source{Stack: s.Name})
		p.quota(awsfacts.TemplateBytes, s.TemplateBytes, "stack "+s.Name, topology.Source{Stack: s.Name})
	}
}

func (p *prover) gatewayQuotas() {
	tables, routes, attached := map[string]int{}, map[string]int{}, map[string]int{}
	for _, t := range p.net.TransitGatewayRouteTables {
		tables[t.TransitGateway]++
		routes[t.TransitGateway] += len(t.Propagated) + len(t.Static)
	}
	for _, a := range p.net.Attachments {
		attached[a.TransitGateway]++
	}
	for _, id := range slices.Sorted(maps.Keys(p.net.TransitGateways)) {
		g := p.net.TransitGateways[id]
		subject := "transit gateway " + g.Source.ID
		p.quota(awsfacts.TablesPerGateway, tables[id], subject, g.Source)
		p.quota(awsfacts.RoutesPerGateway, routes[id], subject, g.Source)
		p.quota(awsfacts.Attachments, attached[id], subject, g.Source)
	}
}
