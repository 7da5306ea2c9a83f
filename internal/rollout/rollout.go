// Package rollout deploys the stacks of a cloud assembly in waves, and keeps on where one account fails. What deploys is the
// CDK CLI; this package decides in which order, and what a failure stops.
package rollout

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Stack is one stack to deploy.
type Stack struct {
	// Name of the stack. Required.
	Name string
	// Account that it is deployed into, 12 digits. Required.
	Account string
	// After are the names of the stacks that it waits for. Default: none.
	After []string
	// Rate is a limit that stacks share: one of them is deployed at a time. Default: none.
	Rate string
}

// Waves are the stacks in their order: a stack waits for those of earlier waves only. Stacks of After that are not among the
// given ones are taken as deployed. Within a wave, names are sorted, and no two stacks share a rate.
//
// Errors: stacks that wait for each other.
func Waves(stacks []Stack) ([][]Stack, error) {
	left := map[string]Stack{}
	for _, s := range stacks {
		left[s.Name] = s
	}
	var waves [][]Stack
	for len(left) > 0 {
		var wave []Stack
		taken := map[string]bool{"": false}
		for _, name := range slices.Sorted(maps.Keys(left)) {
			s := left[name]
			if !taken[s.Rate] && !slices.ContainsFunc(s.After, func(a string) bool { _, waits := left[a]; return waits }) {
				wave = append(wave, s)
				taken[s.Rate] = s.Rate != ""
			}
		}
		if wave == nil {
			return nil, fmt.Errorf("stacks wait for each other: %q", slices.Sorted(maps.Keys(left)))
		}
		for _, s := range wave {
			delete(left, s.Name)
		}
		waves = append(waves, wave)
	}
	return waves, nil
}

// Attempt is what one run of the CLI did with the stacks that it was given.
type Attempt struct {
	// Deployed are those that it deployed, or found as they are to be. Failed are those that it named as failed, each with
	// its reason. It tried none of the others.
	Deployed []string
	Failed   map[string]string
	// Err is why the run as a whole failed; nil where every stack was deployed.
	Err error

	last string // line of what the CLI said of no stack
}

// Run deploys stacks which wait for none but deployed ones.
type Run func(context.Context, []string) Attempt

// Result of a rollout.
type Result struct {
	// Deployed are the stacks that are as they are to be, in the order of their deployment.
	Deployed []string
	// Failed are the stacks that are not, with the reason; Waiting those that were not tried, each with the failed stacks
	// that it waits for.
	Failed  map[string]string
	Waiting map[string][]string
}

// Deploy deploys wave after wave. A run of the CLI that fails may have left stacks untried, so those are tried again, account
// by account. A stack that was named as failed is tried once more where again says so of its reason.
// Stacks that wait for a failed one are not tried.
//
// Errors: only that the context ended. The result then says how far it came.
func Deploy(ctx context.Context, waves [][]Stack, run Run, again func(reason string) bool) (Result, error) {
	d := &deployment{run: run, again: again}
	d.Failed, d.Waiting = map[string]string{}, map[string][]string{}
	for _, wave := range waves {
		var ready []Stack
		for _, s := range wave {
			if because := d.missing(s); because != nil {
				d.Waiting[s.Name] = because
			} else {
				ready = append(ready, s)
			}
		}
		if err := d.deploy(ctx, ready, true); err != nil {
			return d.Result, err
		}
	}
	return d.Result, nil
}

type deployment struct {
	Result
	run   Run
	again func(reason string) bool
}

// missing are the failed stacks that a stack waits for, by itself or by others.
func (d *deployment) missing(s Stack) []string {
	because := map[string]bool{}
	for _, a := range s.After {
		if _, failed := d.Failed[a]; failed {
			because[a] = true
		}
		for _, b := range d.Waiting[a] {
			because[b] = true
		}
	}
	return slices.Sorted(maps.Keys(because))
}

func (d *deployment) deploy(ctx context.Context, stacks []Stack, retry bool) error {
	if len(stacks) == 0 {
		return nil
	}
	at := d.run(ctx, names(stacks))
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if at.Err == nil {
		d.Deployed = append(d.Deployed, names(stacks)...)
		return nil
	}
	var untried, throttled []Stack
	for _, s := range stacks {
		reason, failed := at.Failed[s.Name]
		switch {
		case failed && retry && d.again(reason):
			throttled = append(throttled, s)
		case failed:
			d.Failed[s.Name] = reason
		case slices.Contains(at.Deployed, s.Name):
			d.Deployed = append(d.Deployed, s.Name)
		default:
			untried = append(untried, s)
		}
	}
	parts := byAccount(untried)
	if len(parts) == 1 && len(untried) == len(stacks) { // the run came to nothing for this account, so it fails as a whole
		for _, s := range untried {
			d.Failed[s.Name] = at.Err.Error()
		}
		return nil
	}
	for _, part := range parts {
		if err := d.deploy(ctx, part, retry); err != nil {
			return err
		}
	}
	return d.deploy(ctx, throttled, false)
}

func byAccount(stacks []Stack) [][]Stack {
	parts := map[string][]Stack{}
	for _, s := range stacks {
		parts[s.Account] = append(parts[s.Account], s)
	}
	var out [][]Stack
	for _, account := range slices.Sorted(maps.Keys(parts)) {
		out = append(out, parts[account])
	}
	return out
}

func names(stacks []Stack) []string {
	out := make([]string, len(stacks))
	for i, s := range stacks {
		out[i] = s.Name
	}
	return out
}
