package live

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"sharedhub/internal/diag"
	"sharedhub/internal/topology"
)

// Place is an account in a region.
type Place struct {
	Account string `json:"account"`
	Region  string `json:"region"`
}

func (p Place) compare(q Place) int {
	return cmp.Or(strings.Compare(p.Account, q.Account), strings.Compare(p.Region, q.Region))
}

// Scope is what to look at: what a configuration's stacks would make, and whatever is joined to it.
type Scope struct {
	// Places to look at.
	Places map[Place]bool
	// Stacks are the names of the stacks whose VPCs and gateways are read, with all that is in them. CloudFormation's tags
	// tell them apart from others of the same range, and nobody can write those by hand.
	Stacks map[string]bool
	// VPCs are those that exist and that a configuration declares, by id.
	VPCs map[string]bool
	// Gateways are existing Transit Gateways, by id.
	TransitGateways map[string]bool
	// LookupRoles are the ARNs of the roles that the assembly says its accounts are read with.
	LookupRoles map[Place]string
	// DeployRoles are those of the roles that the CDK CLI deploys with.
	DeployRoles map[Place]string
	// Roles to read, by ARN.
	Roles map[string]bool
	// Hubs are the accounts of the hubs, from which all others are looked at.
	Hubs map[string]bool
}

// ScopeOf is the scope that a synthesised network asks for.
func ScopeOf(net *topology.Network) Scope {
	s := Scope{Places: map[Place]bool{}, Stacks: map[string]bool{}, TransitGateways: map[string]bool{}, LookupRoles: map[Place]string{},
		DeployRoles: map[Place]string{}, VPCs: map[string]bool{},
		Roles: map[string]bool{}, Hubs: map[string]bool{}}
	for _, st := range net.Stacks {
		s.Places[Place{st.Account, st.Region}] = true
		s.Stacks[st.Name] = true
		if st.DeployRole != "" {
			s.DeployRoles[Place{st.Account, st.Region}] = st.DeployRole
		}
		if st.LookupRole != "" {
			s.LookupRoles[Place{st.Account, st.Region}] = st.LookupRole
		}
		if st.Name == st.Hub+"-network" {
			s.Hubs[st.Account] = true
		}
	}
	for id, g := range net.TransitGateways {
		if g.External {
			s.TransitGateways[id] = true
		}
	}
	for id, v := range net.VPCs {
		if v.Declared {
			s.VPCs[id] = true
		}
	}
	for arn := range net.Roles {
		s.Roles[arn] = true
	}
	return s
}

// Options say with whose rights to look.
type Options struct {
	// Profile of the AWS CLI's configuration. Default: the environment's credentials.
	CLIProfile string
	// Role to assume in every account, by name. Default: none in the credentials' own account, and the CDK bootstrap's
	// lookup role in the others.
	Role string
	// Limits that end what does not end by itself. Default: those of Limits.
	Limits Limits
}

var codeUnread = diag.Declare("live")("unread", diag.Error, "an account and region could not be read, so nothing is said of it",
	"sign in, let the account trust the hub's, or give the role the permission that is named")

func unread(p Place, why error) diag.Diagnostic {
	return diag.Diagnostic{Severity: codeUnread.Severity(), Code: codeUnread, Where: diag.AccountRegion(p), Summary: why.Error()}
}

// View is what was seen.
type View struct {
	Network *topology.Network
	// Caller is the ARN of who looked, and Places where, sorted, the unseen ones included.
	Caller string
	Places []Place
	// Unseen are the places that could not be read, at an AccountRegion each; nothing of theirs is in the network.
	Unseen diag.List
	// Calls that were made, by "service:Operation".
	Calls map[string]int
}

// Total is the number of calls.
func (v *View) Total() int {
	n := 0
	for _, c := range v.Calls {
		n += c
	}
	return n
}

// Sees is true for an account that was looked at in all its regions.
func (v *View) Sees(account string) bool {
	return !slices.ContainsFunc(v.Unseen, func(d diag.Diagnostic) bool { return accountOf(d) == account })
}

func accountOf(d diag.Diagnostic) string { return d.Where.(diag.AccountRegion).Account }

// atOnce are the places that are looked at at the same time: AWS limits the calls of each account. Within one, calls follow each other,
// but for those that AWS takes one thing at a time.
const atOnce = 32

// Look asks every place of the scope what is there. It fails only where there is nobody to ask with; a place that cannot
// be looked at is among the unseen.
func Look(ctx context.Context, scope Scope, opt Options) (*View, error) {
	s, err := open(ctx, opt, scope)
	if err != nil {
		return nil, err
	}
	places := scope.sorted()
	raws := make([]*raw, len(places))
	errs := make([]error, len(places))
	each(len(places), atOnce, func(i int) {
		raws[i], errs[i] = s.read(ctx, places[i], scope)
	})
	view := &View{Caller: s.identity, Places: places}
	unseen := map[string]bool{}
	var seen []*raw
	for i, p := range places {
		if errs[i] != nil {
			view.Unseen = append(view.Unseen, unread(p, errs[i]))
			unseen[p.Account] = true
		} else {
			seen = append(seen, raws[i])
		}
	}
	dropStrangeProfiles(seen)
	view.Unseen = append(view.Unseen, s.accountWide(ctx, seen, unseen, scope)...)
	for _, d := range view.Unseen {
		unseen[accountOf(d)] = true
	}
	seen = slices.DeleteFunc(seen, func(r *raw) bool { return unseen[r.place.Account] })
	for _, r := range seen {
		r.dropUnseen(unseen)
	}
	view.Network = topology.Link(records(seen))
	view.Calls = s.calls()
	return view, nil
}

func anyRegion(scope Scope) string {
	region := ""
	for p := range scope.Places {
		if region == "" || p.Region < region {
			region = p.Region
		}
	}
	return region
}

// each runs f for 0 to n-1, some at once.
func each(n, atOnce int, f func(int)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i := range n {
		wg.Add(1)
		slots <- struct{}{}
		go func() {
			defer func() { <-slots; wg.Done() }()
			f(i)
		}()
	}
	wg.Wait()
}
