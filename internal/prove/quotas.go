package prove

import (
	"encoding/json"
	"maps"
	"slices"

	"sharedhub/internal/topology"
)

// quota is a limit of AWS: over normal a warning, since AWS raises it on request; over hard an error. 0 means none.
type quota struct {
	name         string
	normal, hard int
}

// Defaults and hard limits of 2026 (VPC quotas, Transit Gateway quotas, Route 53 quotas, CloudFormation quotas).
var (
	rangesPerVPC     = quota{"IPv4 CIDR blocks per VPC", 5, 50}
	endpointsPerVPC  = quota{"Interface VPC endpoints per VPC", 50, 0}
	routesPerTable   = quota{"Routes per route table", 50, 1000}
	rulesPerGroup    = quota{"Inbound or outbound rules per security group", 60, 1000}
	tablesPerGateway = quota{"Transit gateway route tables per transit gateway", 20, 0}
	attachments      = quota{"Attachments per transit gateway", 5000, 0}
	routesPerGateway = quota{"Total transit gateway routes", 10000, 0}
	vpcsPerZone      = quota{"VPCs per private hosted zone", 300, 0}
	zonesPerAccount  = quota{"Hosted zones per account", 500, 0}
	recordsPerZone   = quota{"Records per hosted zone", 10000, 0}
	vpcsPerProfile   = quota{"VPCs per Route 53 Profile", 1000, 0}
	resourcesInStack = quota{"Resources in a CloudFormation template", 0, 500}
	outputsInStack   = quota{"Outputs in a CloudFormation template", 0, 200}
	templateBytes    = quota{"CloudFormation template size in bytes", 0, 1_000_000}
	policyCharacters = quota{"Endpoint policy size in characters", 0, 20480}
)

func (p *prover) quota(q quota, n int, subject, resource string) {
	switch {
	case q.hard > 0 && n > q.hard:
		p.add(Error, "quota", subject, resource, "%d is over %q: %d", n, q.name, q.hard)
	case q.normal > 0 && n > q.normal:
		p.add(Warning, "quota", subject, resource, "%d is over %q: %d by default; ask AWS for more first", n, q.name, q.normal)
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
				p.quota(policyCharacters, len(b), "endpoint "+e.ServiceName, e.Source.String())
			}
		}
		p.quota(rangesPerVPC, len(v.CIDRs), "VPC "+v.Name(), v.Source.String())
		p.quota(endpointsPerVPC, n, "VPC "+v.Name(), v.Source.String())
		for _, t := range v.Tables {
			p.quota(routesPerTable, len(t.Routes)+len(v.CIDRs), "VPC "+v.Name(), t.Source.String())
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.net.Groups)) {
		g := p.net.Groups[id]
		p.quota(rulesPerGroup, max(len(g.Ingress), len(g.Egress)), "security group "+g.Source.ID, g.Source.String())
	}
	p.gatewayQuotas()
	perAccount := map[string]int{}
	for _, id := range slices.Sorted(maps.Keys(p.net.HostedZones)) {
		z := p.net.HostedZones[id]
		perAccount[z.Account]++
		p.quota(vpcsPerZone, len(z.VPCs), "zone "+z.Name, z.Source.String())
		p.quota(recordsPerZone, len(z.Records), "zone "+z.Name, z.Source.String())
	}
	for _, a := range slices.Sorted(maps.Keys(perAccount)) {
		p.quota(zonesPerAccount, perAccount[a], "account "+a, "")
	}
	perProfile := map[*topology.R53Profile]int{}
	for _, at := range p.net.R53ProfileAssociations {
		for _, a := range at {
			perProfile[a.R53Profile]++
		}
	}
	for pr, n := range perProfile {
		p.quota(vpcsPerProfile, n, "profile "+pr.Source.ID, pr.Source.String())
	}
	for _, s := range p.net.Stacks {
		p.quota(resourcesInStack, s.Resources, "stack "+s.Name, s.Name)
		p.quota(outputsInStack, s.Outputs, "stack "+s.Name, s.Name)
		p.quota(templateBytes, s.TemplateBytes, "stack "+s.Name, s.Name)
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
		p.quota(tablesPerGateway, tables[id], subject, g.Source.String())
		p.quota(routesPerGateway, routes[id], subject, g.Source.String())
		p.quota(attachments, attached[id], subject, g.Source.String())
	}
}
