package config

import (
	"fmt"
	"slices"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/internal/config/file"
)

// raise is what to do about a quota that AWS raises on request.
func raise(q awsfacts.Quota) string { return "ask AWS for a higher quota first (" + q.Name + ")" }

// routeTables warns of more tables than a Transit Gateway has by default; the hub has one of its own.
func (h *hubFile) routeTables() {
	quota := awsfacts.TablesPerGateway
	if n := len(h.hub.Segments) + 1; n > quota.Default {
		h.Warnf(file.Quota, &h.in.Segments, raise(quota),
			"%d segments and the hub need %d route tables, and a Transit Gateway has %d by default", n-1, n, quota.Default)
	}
}

// endpointLimits keeps the endpoints within the outputs of one stack, and warns of more than a VPC has by default.
func (h *hubFile) endpointLimits() {
	each, spare := 2, 12 // outputs of an endpoint, and of the stack besides
	if h.hub.HasHostedZones() && h.hub.HasR53Profile() {
		each, spare = 3, 14
	}
	services, outputs, quota := &h.in.Endpoints.Services, awsfacts.OutputsPerStack.Max, awsfacts.EndpointsPerVPC
	if n, most := len(h.hub.Endpoints), (outputs-spare)/each; n > most {
		h.Errorf(file.Quota, services, "split the services between two hubs",
			"%d services do not fit one stack's %d outputs; at most %d do", n, outputs, most)
	} else if n > quota.Default {
		h.Warnf(file.Quota, services, raise(quota), "%d endpoints, and a VPC has %d by default", n, quota.Default)
	}
}

// readers refuses a trust of the hub's reader role that outgrows IAM's limit: without an organization it lists the accounts.
func (h *hubFile) readers() {
	const besides, account = 548, 15 // characters of the trust policy
	quota := awsfacts.TrustCharacters
	if n := len(h.hub.Accounts()); h.hub.Organization.ID == "" && besides+n*account > quota.Default {
		h.Errorf(file.Quota, &h.in.Organization, "write organization: o-…; its condition needs no list",
			"%d accounts do not fit the reader role's trust policy, which has %d characters", n, quota.Default)
	}
}

// hostedZones keeps an account's zones within what one stack can say: each zone lists every VPC of the account, about 150
// bytes each, and a template is limited.
func (h *hubFile) hostedZones() {
	hub := h.hub
	if !hub.HasHostedZones() {
		return
	}
	zones := 0
	for _, e := range hub.Endpoints {
		zones += len(catalog.HostedZones(e.Catalog.PrivateNames))
	}
	const entry, overhead = 150, 1500
	vpcs := map[string]int{hub.Account: 1}
	for _, s := range hub.Spokes {
		if s.Attached() {
			vpcs[s.Account]++
		}
	}
	profile := fmt.Sprintf("go to a Route 53 Profile, first with dns: {sharing: %s} (%s)", next(hub.Sharing, SharingProfile), sharingPage)
	limit, quota := awsfacts.TemplateBytes.Max, awsfacts.VPCsPerZone
	for _, a := range sortedKeys(vpcs) {
		n := vpcs[a]
		if zones*(n*entry+overhead) > limit {
			h.Errorf(file.Quota, &h.in.DNS, profile+", or spread the spokes over more accounts",
				"the %d zones of %d VPCs in account %s do not fit a template, which has %d bytes", zones, n, a, limit)
		} else if n > quota.Default {
			h.Warnf(file.Quota, &h.in.DNS, raise(quota)+", or "+profile, "%d VPCs in account %s, and a zone has %d by default", n, a, quota.Default)
		}
	}
}

const sharingPage = `docs/OPERATIONS.md, "From zones to a Profile"`

// next is the step from one way to share names towards another.
func next(from, to Sharing) Sharing {
	i, j := slices.Index(sharingSteps, from), slices.Index(sharingSteps, to)
	switch {
	case j > i:
		return sharingSteps[i+1]
	case j < i:
		return sharingSteps[i-1]
	}
	return to
}
