package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"sharedhub/hub"
	"sharedhub/internal/app/stamp"
	"sharedhub/internal/config"
	"sharedhub/internal/stackname"
	"sharedhub/spokes"
)

// hubStacks are the stacks of a hub and of its spokes, to be made.
type hubStacks struct {
	config *config.Hub
	// hub is set when the app is there.
	hub    *hub.Hub
	only   []string
	spokes []*group // a spoke's stack and its link
	zones  []*group // of an account
	// services are published, and uses are of the spokes that have endpoints of some.
	services []*config.Published
	uses     []*config.Spoke
}

// newHubStacks decides which stacks there are. With only, they are what those spokes need, and no other spoke.
func newHubStacks(h *config.Hub, only []string, in *stamp.StandIns) *hubStacks {
	s := &hubStacks{config: h, only: only}
	wanted := wantedSpokes(h, only)
	for _, spoke := range wanted {
		s.spokes = append(s.spokes, s.spoke(spoke, in))
	}
	s.publish(wanted)
	if len(h.NamedEndpoints()) == 0 {
		return s
	}
	for _, account := range zoneAccounts(h) {
		here := func(spoke *config.Spoke) bool { return spoke.Account == account && spoke.Attached() }
		if len(only) == 0 || account == h.Account || slices.ContainsFunc(wanted, here) {
			s.zones = append(s.zones, s.zonesOf(account))
		}
	}
	return s
}

// publish decides which stacks of services there are: those that a wanted spoke provides or uses, and those that the hub shares.
func (s *hubStacks) publish(wanted []*config.Spoke) {
	for _, p := range s.config.Published {
		if p.Shared || slices.ContainsFunc(wanted, func(w *config.Spoke) bool { return w.Name == p.Provider || p.ConsumerIn(w.Name) != nil }) {
			s.services = append(s.services, p)
		}
	}
	for _, w := range wanted {
		if len(s.config.Uses(w.Name)) > 0 {
			s.uses = append(s.uses, w)
		}
	}
}

func (s *hubStacks) spoke(spoke *config.Spoke, in *stamp.StandIns) *group {
	of := func(spoke *config.Spoke) made {
		names := []string{stackname.Spoke(s.config.Name, spoke.Name), stackname.Link(s.config.Name, spoke.Name)}
		return made{names, func() []awscdk.Stack {
			return []awscdk.Stack{spokes.New(s.hub.App(), spoke, s.hub), s.hub.Link(spoke)}
		}}
	}
	g := newGroup(spoke.Account, of(spoke))
	g.attached = spoke.Attached()
	if l := likenessOf(spoke, in); l != nil {
		g.key, g.own = l.key(), l.own
		g.original = func(in *stamp.StandIns) (made, stamp.Values) {
			l := likenessOf(spoke, in)
			return of(l.twin), l.standIns
		}
	}
	return g
}

// zonesOf an account differ from others with as many VPCs in the names of the spokes. The hub's own serve the hub too.
func (s *hubStacks) zonesOf(account string) *group {
	of := func(account string, names []string) made {
		served := make([]hub.Served, len(names))
		for i, n := range names {
			served[i] = hub.Served{Name: n, Account: account}
		}
		name := stackname.AccountDNS(s.config.Name, account)
		if account == s.config.Account {
			name = stackname.DNS(s.config.Name)
		}
		return made{[]string{name}, func() []awscdk.Stack { return []awscdk.Stack{s.hub.Zones(account, served)} }}
	}
	own := stamp.Values{Texts: []string{account}}
	for _, spoke := range s.config.SpokesOf(account) {
		own.Names = append(own.Names, spoke.Name)
	}
	g := newGroup(account, of(account, own.Names))
	if account != s.config.Account {
		g.key, g.own = fmt.Sprint(len(own.Names), " VPCs"), own
		g.original = func(in *stamp.StandIns) (made, stamp.Values) {
			standIns := stamp.Values{Texts: []string{in.Account()}}
			for i := range own.Names {
				standIns.Names = append(standIns.Names, in.Name(i))
			}
			return of(in.Account(), standIns.Names), standIns
		}
	}
	return g
}

// build makes the stacks, and says which is deployed after which:
//
//	network ──► endpoints ──► profile
//	   │            └────────────┬──► zones of an account, after its spokes
//	   ├──► spoke ──► link       │
//	   │      ├──────────────────┘
//	   │      ├──► service ──► shared ──► zones of an account
//	   │      └──► uses ◄── service
//	   └──► resolver
//
// A Transit Gateway of another account has a stack there, after the network, which the links wait for.
// What uses Resolver rules waits for the resolver: the profile where there is one, and the spokes that zones serve.
// A spoke also waits for the profile when it uses it. While spoke-zones alone serve, the profile's stack takes a Profile away: it
// waits for the spokes, since Route 53 deletes no Profile with VPCs, and the endpoints' private DNS waits for it.
func (s *hubStacks) build(ctx context.Context, b *building) error {
	h := s.config
	if len(s.only) > 0 && len(s.spokes) == 0 {
		return nil
	}
	b.step()
	s.hub = hub.New(b.app, h)
	network := b.add(stackname.Network(h.Name), s.hub.Network())
	endpoints := b.add(stackname.Endpoints(h.Name), s.hub.Endpoints())
	endpoints.waitFor(network)
	var gateway *entry
	if h.GatewayElsewhere() {
		gateway = b.add(stackname.Gateway(h.Name), s.hub.Gateway())
		gateway.waitFor(network)
	}
	var resolver *entry
	if h.Resolver.Any() {
		resolver = b.add(stackname.Resolver(h.Name), s.hub.Resolver())
		resolver.waitFor(network)
	}
	var profile *entry
	switch {
	case h.HasR53Profile():
		profile = b.add(stackname.Profile(h.Name), s.hub.Profile())
		profile.waitFor(endpoints)
		if len(h.Resolver.Active()) > 0 {
			profile.waitFor(resolver)
		}
	case !h.HostedZonesServeHub(): // on the way back: first the spokes let go, then the Profile, and private DNS goes last
		profile = b.add(stackname.Profile(h.Name), s.hub.Profile())
		profile.waitFor(network)
		endpoints.waitFor(profile)
	}
	if err := b.groups(ctx, s.spokes); err != nil {
		return err
	}
	byAccount := map[string][]*entry{}
	for _, g := range s.spokes {
		spoke, link := g.nodes[0], g.nodes[1]
		spoke.waitFor(network)
		if h.HasHostedZones() && g.attached && len(h.Resolver.Active()) > 0 {
			spoke.waitFor(resolver)
		}
		if h.HasR53Profile() && g.attached {
			spoke.waitFor(profile)
		} else if profile != nil {
			profile.waitFor(spoke)
		}
		link.waitFor(spoke)
		if gateway != nil {
			link.waitFor(gateway)
		}
		if g.attached { // the zones of a detached one's account do not serve it, and stay when it is destroyed
			byAccount[g.account] = append(byAccount[g.account], spoke)
		}
	}
	shared := s.buildServices(b, network, profile)
	if err := b.groups(ctx, s.zones); err != nil {
		return err
	}
	for _, g := range s.zones {
		g.nodes[0].waitFor(append([]*entry{endpoints}, byAccount[g.account]...)...)
		g.nodes[0].waitFor(shared...)
	}
	return nil
}

// buildServices makes the stacks of published services. A service waits for its provider, what uses it for the service and for its
// own spoke: so two spokes can use services of each other. It returns the stacks with the hub's endpoints, which zones wait for.
func (s *hubStacks) buildServices(b *building, network, profile *entry) []*entry {
	h := s.config
	spokes, services := map[string]*entry{}, map[string]*entry{}
	for _, g := range s.spokes {
		spokes[g.nodes[0].name] = g.nodes[0]
	}
	var shared []*entry
	for _, p := range s.services {
		b.step()
		n := b.add(stackname.Service(h.Name, p.Name), s.hub.Service(p))
		services[p.Name] = n
		if provider := spokes[stackname.Spoke(h.Name, p.Provider)]; provider != nil {
			n.waitFor(provider)
		}
		if !p.Shared {
			continue
		}
		e := b.add(stackname.Shared(h.Name, p.Name), s.hub.Shared(p))
		e.waitFor(network, n)
		if h.HasR53Profile() {
			e.waitFor(profile)
		} else if profile != nil {
			profile.waitFor(e) // which lets go of the Profile first
		}
		shared = append(shared, e)
	}
	for _, spoke := range s.uses {
		b.step()
		n := b.add(stackname.Uses(h.Name, spoke.Name), s.hub.Uses(spoke))
		n.waitFor(spokes[stackname.Spoke(h.Name, spoke.Name)])
		for _, p := range h.Uses(spoke.Name) {
			n.waitFor(services[p.Name])
		}
	}
	return shared
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
