package config

import (
	"fmt"
	"slices"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/internal/config/file"
)

// endpointLimits keeps the endpoints within the outputs of one stack.
func (h *hubFile) endpointLimits() {
	each, spare := 2, 12 // outputs of an endpoint, and of the stack besides
	if h.hub.HasHostedZones() && h.hub.HasR53Profile() {
		each, spare = 3, 14
	}
	outputs := awsfacts.OutputsPerStack.Max
	if n, most := len(h.hub.MadeEndpoints()), (outputs-spare)/each; n > most {
		h.Errorf(file.Quota, &h.in.Endpoints.Services, "split the services between two hubs",
			"%d services do not fit one stack's %d outputs; at most %d do", n, outputs, most)
	}
}

// readers refuses a trust of the hub's reader role that outgrows IAM's limit: without an organization it lists the accounts.
func (h *hubFile) readers() {
	const besides, account = 548, 15 // characters of the trust policy
	quota := awsfacts.TrustCharacters
	if n := len(h.hub.Readers()); h.hub.Organization.ID == "" && besides+n*account > quota.Default {
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
	zones := zonesOf(hub)
	const entry, overhead = 150, 1500
	vpcs := map[string]int{hub.Account: 1}
	for _, s := range hub.Spokes {
		if s.Attached() {
			vpcs[s.Account]++
		}
	}
	limit := awsfacts.TemplateBytes.Max
	for _, a := range sortedKeys(vpcs) {
		n := vpcs[a]
		if zones*(n*entry+overhead) > limit {
			h.Errorf(file.Quota, &h.in.DNS, goToProfile(hub)+", or spread the spokes over more accounts",
				"the %d zones of %d VPCs in account %s do not fit a template, which has %d bytes", zones, n, a, limit)
		}
	}
}

// zonesOf is how many hosted zones an account of the hub has, where zones share the names.
func zonesOf(hub *Hub) int {
	zones := 0
	for _, e := range hub.NamedEndpoints() {
		zones += len(catalog.HostedZones(e.Catalog.PrivateNames))
	}
	for _, s := range hub.SharedServices() {
		if !s.Leaving {
			zones++
		}
	}
	return zones
}

func goToProfile(hub *Hub) string {
	return fmt.Sprintf("go to a Route 53 Profile, first with dns: {sharing: %s} (%s)", step(sharingSteps, hub.Sharing, SharingProfile),
		sharingPage)
}

const sharingPage = `docs/OPERATIONS.md, "From zones to a Profile"`

const routesPage = `docs/OPERATIONS.md, "From propagated to static routes"`

// step is the next step on the way from one place in a list to another.
func step[T comparable](steps []T, from, to T) T {
	i, j := slices.Index(steps, from), slices.Index(steps, to)
	switch {
	case j > i:
		return steps[i+1]
	case j < i:
		return steps[i-1]
	}
	return to
}
