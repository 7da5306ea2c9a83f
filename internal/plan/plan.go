package plan

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/cost"
	"sharedhub/internal/diag"
	"sharedhub/internal/graph"
	"sharedhub/internal/stacks"
)

// Plan is what a change does.
type Plan struct {
	// Base is what is compared with, in words, and Commit its commit, if it is one.
	Base   string `json:"base"`
	Commit string `json:"commit,omitempty"`
	// Spokes and Hubs that the change adds, removes or changes.
	Changes []string `json:"changes"`
	Change
	Stacks []Stack `json:"stacks"`
	Reach  []Reach `json:"reach"`
	// Closes is what ends besides: names, ranges behind attachments that exist, services of spokes.
	Closes []config.Opening `json:"closes"`
	// Bootstrap are accounts and regions that the base does not have, with the command for each.
	Bootstrap []Bootstrap `json:"bootstrap"`
	// Deploy and Destroy are command lines; "" where there is nothing to do, or where it takes several deployments.
	Deploy  string `json:"deploy"`
	Destroy string `json:"destroy"`
	Cost    Cost   `json:"cost"`
	// Quotas that the change comes to exceed.
	Quotas diag.List `json:"quotas"`
	// Loses are the resources that hold state and go, as STACK/ID, and Allowed those of them that were allowed.
	Loses   []string `json:"loses"`
	Allowed []string `json:"allowed"`
	// Picture of the network with the change in it, in Mermaid.
	Picture string `json:"picture"`
	// Blind is true where the base's configuration is not known, as with an assembly by itself: then reach, what opens, accounts and
	// the cost before are not compared.
	Blind bool `json:"blind,omitempty"`

	deploy, gone []stacks.Stack
}

// Order are the stacks to deploy, and those that are left behind, each in order: none where that takes several deployments.
func (p *Plan) Order() (deploy, gone []stacks.Stack) {
	if len(p.Steps.Errors()) > 0 {
		return nil, nil
	}
	return p.deploy, p.gone
}

// Stack is a stack that the change deploys or leaves behind.
type Stack struct {
	Name    string `json:"name"`
	Account string `json:"account"`
	Region  string `json:"region"`
	// Change is "new", "changed" or "gone", and Wave the place in the order of deployment, from 1; 0 for one that is gone.
	Change    string     `json:"change"`
	Wave      int        `json:"wave"`
	Resources []Resource `json:"resources"`
	// Outputs that differ.
	Outputs []string `json:"outputs"`
}

// Bootstrap is an account to prepare for the CDK.
type Bootstrap struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	Command string `json:"command"`
}

// Cost is the monthly cost before and after, of what has a known price.
type Cost struct {
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	// Accounts that pay another sum.
	Accounts []AccountCost `json:"accounts"`
	Unknown  []string      `json:"unknown"`
}

// AccountCost is what one account pays before and after.
type AccountCost struct {
	Account string  `json:"account"`
	Before  float64 `json:"before"`
	After   float64 `json:"after"`
}

// Side is one side of a comparison. Config is nil where it is not known, or where there was none.
type Side struct {
	Config *config.Config
	// Dir holds the assembly, "" for none, and Stacks are those of it that take part.
	Dir    string
	Stacks []stacks.Stack
	Cost   *cost.Report
	Quotas diag.List
}

// Of compares two sides.
func Of(before, after Side) (*Plan, error) {
	p := &Plan{Changes: []string{}, Change: Between(nil, nil), Stacks: []Stack{}, Reach: []Reach{},
		Closes: []config.Opening{}, Bootstrap: []Bootstrap{}, Loses: []string{}, Allowed: []string{}, Quotas: diag.List{}}
	deploy, gone := stacks.Compare(before.Stacks, after.Stacks)
	p.deploy, p.gone = deploy, gone
	files := map[string]string{}
	for _, s := range before.Stacks {
		files[s.Name] = s.Template
	}
	for _, s := range deploy {
		now, err := ReadTemplate(after.Dir, s.Template)
		if err != nil {
			return nil, err
		}
		var was *Template
		if s.Change == stacks.Changed {
			if was, err = ReadTemplate(before.Dir, files[s.Name]); err != nil {
				return nil, err
			}
		}
		p.add(s, string(s.Change), was, now)
	}
	for _, s := range gone {
		was, err := ReadTemplate(before.Dir, s.Template)
		if err != nil {
			return nil, err
		}
		s.Wave = 0
		p.add(s, "gone", was, nil)
	}
	p.cost(before.Cost, after.Cost)
	if p.Blind = before.Config == nil && before.Dir != ""; p.Blind {
		return p, nil
	}
	p.Reach = Reaches(before.Config, after.Config)
	p.Change, p.Closes = Between(before.Config, after.Config), config.Closes(before.Config, after.Config)
	p.Changes = changes(before.Config, after.Config)
	p.Bootstrap = bootstraps(before.Config, after.Config)
	for _, q := range after.Quotas {
		if !slices.ContainsFunc(before.Quotas, func(old diag.Diagnostic) bool { return old.Summary == q.Summary }) {
			p.Quotas = append(p.Quotas, q)
		}
	}
	p.Picture = picture(before.Config, after.Config)
	return p, nil
}

func (p *Plan) add(s stacks.Stack, change string, before, after *Template) {
	resources, outputs := Diff(before, after)
	out := Stack{Name: s.Name, Account: s.Account, Region: s.Region, Change: change, Wave: s.Wave,
		Resources: append([]Resource{}, resources...), Outputs: append([]string{}, outputs...)}
	p.Stacks = append(p.Stacks, out)
	for _, r := range resources {
		if r.loses() {
			p.Loses = append(p.Loses, s.Name+"/"+r.ID)
		}
	}
}

// Allow takes what may be lost: STACK/ID, or STACK for all of a stack, where * stands for any characters. It returns what matched
// nothing, so that a misspelt word is no silent refusal.
func (p *Plan) Allow(patterns []string) (unused []string) {
	for _, pattern := range patterns {
		matched := false
		for _, l := range p.Loses {
			stack, _, _ := strings.Cut(l, "/")
			whole, _ := filepath.Match(pattern, stack)
			one, _ := filepath.Match(pattern, l)
			if !whole && !one {
				continue
			}
			matched = true
			if !slices.Contains(p.Allowed, l) {
				p.Allowed = append(p.Allowed, l)
			}
		}
		if !matched {
			unused = append(unused, pattern)
		}
	}
	slices.Sort(p.Allowed)
	return unused
}

// Refused are the losses that were not allowed.
func (p *Plan) Refused() []string { return without(p.Loses, p.Allowed) }

// Count is how many resources of all stacks meet an action. What a stack that is gone holds stays in AWS until it is destroyed.
func (p *Plan) Count(a Action) (n int) {
	for _, s := range p.Stacks {
		for _, r := range s.Resources {
			if r.Action == a && s.Change != "gone" {
				n++
			}
		}
	}
	return n
}

// bootstraps are the accounts and regions that only the new configuration deploys to.
func bootstraps(before, after *config.Config) []Bootstrap {
	type place struct{ account, region string }
	places := func(cfg *config.Config) map[place]map[string]bool { // with the hubs' accounts that deploy there
		out := map[place]map[string]bool{}
		if cfg == nil {
			return out
		}
		put := func(p place, hub string) {
			if out[p] == nil {
				out[p] = map[string]bool{}
			}
			out[p][hub] = true
		}
		for _, h := range cfg.Hubs {
			put(place{h.Account, h.Region}, h.Account)
			put(place{h.GatewayAccount(), h.Region}, h.Account)
			for _, s := range h.Spokes {
				put(place{s.Account, h.Region}, h.Account)
			}
		}
		return out
	}
	was, out := places(before), []Bootstrap{}
	for p, hubs := range places(after) {
		if was[p] != nil {
			continue
		}
		command := fmt.Sprintf("%s bootstrap aws://%s/%s", cdk, p.account, p.region)
		delete(hubs, p.account)
		if len(hubs) > 0 {
			command += " --trust " + strings.Join(slices.Sorted(maps.Keys(hubs)), ",")
		}
		command += " --cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess"
		out = append(out, Bootstrap{p.account, p.region, command})
	}
	slices.SortFunc(out, func(a, b Bootstrap) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region))
	})
	return out
}

// cdk is how the CDK CLI is called.
const cdk = "npx --yes aws-cdk@2.1148.1"

func (p *Plan) cost(before, after *cost.Report) {
	p.Cost = Cost{Accounts: []AccountCost{}, Unknown: []string{}}
	paid := map[string]*AccountCost{}
	of := func(account string) *AccountCost {
		if paid[account] == nil {
			paid[account] = &AccountCost{Account: account}
		}
		return paid[account]
	}
	if before != nil {
		p.Cost.Before = before.Monthly
		for _, a := range before.Accounts {
			of(a.Account).Before = a.Monthly
		}
	}
	if after != nil {
		p.Cost.After = after.Monthly
		for _, a := range after.Accounts {
			of(a.Account).After = a.Monthly
		}
		for _, h := range after.Hubs {
			for _, u := range h.Unknown {
				p.Cost.Unknown = append(p.Cost.Unknown, u+" in "+h.Region)
			}
		}
	}
	for _, account := range slices.Sorted(maps.Keys(paid)) {
		if a := paid[account]; a.Before != a.After {
			p.Cost.Accounts = append(p.Cost.Accounts, *a)
		}
	}
}

// changes are the hubs and spokes that differ, a sentence each.
func changes(before, after *config.Config) []string {
	out := []string{}
	was, now := spokesOf(before), spokesOf(after)
	for _, name := range slices.Sorted(maps.Keys(now)) {
		s := now[name]
		switch old := was[name]; {
		case old == nil:
			out = append(out, fmt.Sprintf("spoke %s comes to segment %s of hub %s, %s in account %s", name, s.Segment, s.Hub.Name, s.CIDR,
				s.Account))
		case old.Attached() && !s.Attached():
			out = append(out, fmt.Sprintf("spoke %s is detached", name))
		case !old.Attached() && s.Attached():
			out = append(out, fmt.Sprintf("spoke %s is attached again", name))
		case old.Segment != s.Segment:
			out = append(out, fmt.Sprintf("spoke %s moves from segment %s to %s", name, old.Segment, s.Segment))
		case !config.SameSpoke(old, s):
			out = append(out, fmt.Sprintf("spoke %s changes", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(was)) {
		if now[name] == nil {
			out = append(out, fmt.Sprintf("spoke %s goes", name))
		}
	}
	for _, hub := range hubNames(before, after) {
		b, a := sideOf(before, hub).hub, sideOf(after, hub).hub
		switch {
		case b == nil:
			out = append(out, fmt.Sprintf("hub %s comes, in %s", hub, a.Region))
		case a == nil:
			out = append(out, fmt.Sprintf("hub %s goes", hub))
		case !config.SameHub(b, a):
			out = append(out, fmt.Sprintf("hub %s changes", hub))
		}
	}
	return out
}

func spokesOf(cfg *config.Config) map[string]*config.Spoke {
	out := map[string]*config.Spoke{}
	if cfg != nil {
		for _, s := range cfg.Spokes {
			out[s.Name] = s
		}
	}
	return out
}

// picture draws the new network with what came and what went in it.
func picture(before, after *config.Config) string {
	now := graph.Of(after)
	if before == nil {
		return now.Mermaid(false)
	}
	now.Mark(graph.Of(before))
	return now.Mermaid(false)
}
