package app

import (
	"context"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"sharedhub/hub"
	"sharedhub/internal/config"
	"sharedhub/spokes"
)

// buildHub makes a hub's stacks and those of its spokes, and says which stack is deployed after which:
//
//	network ──► endpoints ──► profile
//	   │            └────────────┬──► zones of an account, after its spokes
//	   └──► spoke ──► link       │
//	          └──────────────────┘
//
// A spoke also waits for the profile when it uses it. While spoke-zones alone serve, the profile's stack takes a Profile away: it
// waits for the spokes, since Route 53 deletes no Profile with VPCs, and the endpoints' private DNS waits for it. With only, it
// makes what those spokes need and no other spoke.
func (e *Engine) buildHub(ctx context.Context, app awscdk.App, h *config.Hub, only []string) error {
	wanted := wantedSpokes(h, only)
	if len(only) > 0 && len(wanted) == 0 {
		return nil
	}
	e.within(e.patience.Stack)
	b := hub.New(app, h)
	network := b.Network()
	endpoints := b.Endpoints()
	after(endpoints, network)
	var profile awscdk.Stack
	switch {
	case h.HasR53Profile():
		profile = b.Profile()
		after(profile, endpoints)
	case !h.HostedZonesServeHub(): // on the way back: first the spokes let go, then the Profile, and private DNS goes last
		profile = b.Profile()
		after(profile, network)
		after(endpoints, profile)
	}
	byAccount := map[string][]awscdk.Stack{}
	for _, s := range wanted {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		e.within(e.patience.Stack)
		spoke := spokes.New(app, s, b)
		after(spoke, network)
		if h.HasR53Profile() && s.Attached() {
			after(spoke, profile)
		} else if profile != nil {
			after(profile, spoke)
		}
		after(b.Link(s), spoke)
		if s.Attached() { // the zones of a detached one's account do not serve it, and stay when it is destroyed
			byAccount[s.Account] = append(byAccount[s.Account], spoke)
		}
	}
	for _, account := range zoneAccounts(h) {
		if len(only) > 0 && account != h.Account && len(byAccount[account]) == 0 {
			continue
		}
		e.within(e.patience.Stack)
		if zones := b.Zones(account); zones != nil {
			after(zones, append([]awscdk.Stack{endpoints}, byAccount[account]...)...)
		}
	}
	return nil
}

// after makes a stack wait for others in a deployment.
func after(stack awscdk.Stack, others ...awscdk.Stack) {
	for _, o := range others {
		stack.AddStackDependency(o, nil)
	}
}

func wantedSpokes(h *config.Hub, only []string) []*config.Spoke {
	if len(only) == 0 {
		return h.Spokes
	}
	return slices.DeleteFunc(slices.Clone(h.Spokes), func(s *config.Spoke) bool { return !slices.Contains(only, s.Name) })
}

// zoneAccounts are the accounts with private zones, the hub's first.
func zoneAccounts(h *config.Hub) []string {
	if !h.HasHostedZones() {
		return nil
	}
	return append([]string{h.Account}, h.Accounts()...)
}
