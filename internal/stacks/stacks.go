// Package stacks says which stacks to deploy, in which order, and with which command line.
package stacks

import (
	"slices"
	"strings"

	"sharedhub/internal/assembly"
	"sharedhub/internal/rollout"
)

// Stack is one to deploy.
type Stack struct {
	Name    string `json:"name"`
	Account string `json:"account"`
	Region  string `json:"region"`
	// Wave counts from 1: those of a wave can be deployed at the same time, after those of the waves before.
	Wave int `json:"wave"`
	// Change is "new" or "changed" where two assemblies were compared; else "".
	Change Change `json:"change,omitempty"`
	// Template is the file of its template, by its name in the assembly's folder.
	Template string `json:"-"`

	after  []string
	digest string
}

// Change of a stack between two assemblies.
type Change string

const (
	New     Change = "new"
	Changed Change = "changed"
)

// Read lists the stacks of an assembly in the order of their deployment. Stacks that wait for each other are an error.
func Read(dir string) ([]Stack, error) {
	list, err := assembly.List(dir)
	if err != nil {
		return nil, err
	}
	out := make([]Stack, len(list))
	for i, l := range list {
		out[i] = Stack{Name: l.Name, Account: l.Account, Region: l.Region, Template: l.Template, after: l.After, digest: l.Digest}
	}
	return order(out)
}

// order gives each stack its wave, and sorts by it.
func order(stacks []Stack) ([]Stack, error) {
	place := map[string]Stack{}
	given := make([]rollout.Stack, len(stacks))
	for i, s := range stacks {
		place[s.Name] = s
		given[i] = rollout.Stack{Name: s.Name, Account: s.Account, After: s.after}
	}
	waves, err := rollout.Waves(given)
	if err != nil {
		return nil, err
	}
	out := make([]Stack, 0, len(stacks))
	for n, wave := range waves {
		for _, w := range wave {
			s := place[w.Name]
			s.Wave = n + 1
			out = append(out, s)
		}
	}
	return out, nil
}

// Compare lists the stacks that a change deploys, in order, and those that it leaves behind in AWS, which no deployment deletes:
// last deployed, first to go.
func Compare(before, after []Stack) (deploy, gone []Stack) {
	was := map[string]Stack{}
	for _, s := range before {
		was[s.Name] = s
	}
	for _, s := range after {
		old, ok := was[s.Name]
		delete(was, s.Name)
		switch {
		case !ok:
			s.Change = New
		case old.digest != s.digest:
			s.Change = Changed
		default:
			continue
		}
		deploy = append(deploy, s)
	}
	for _, s := range slices.Backward(before) {
		if _, left := was[s.Name]; left {
			gone = append(gone, s)
		}
	}
	return waves(deploy), gone
}

// Select are the named stacks, in order.
func Select(all []Stack, names []string) []Stack {
	return waves(slices.DeleteFunc(slices.Clone(all), func(s Stack) bool { return !slices.Contains(names, s.Name) }))
}

// waves counts those of a selection anew, without the waves that nothing is left of.
func waves(some []Stack) []Stack {
	last, n := 0, 0
	for i := range some {
		if some[i].Wave != last {
			last, n = some[i].Wave, n+1
		}
		some[i].Wave = n
	}
	return some
}

// Line is the command that deploys some stacks of an assembly and no other. The CDK CLI adds the stacks that these wait for,
// unless --exclusively is said, and keeps the order among them either way.
func Line(cdk string, some []Stack, options ...string) string {
	words := []string{cdk, "deploy"}
	in := map[string]bool{}
	for _, s := range some {
		in[s.Name] = true
		words = append(words, s.Name)
	}
	for _, s := range some {
		if slices.ContainsFunc(s.after, func(name string) bool { return !in[name] }) {
			words = append(words, "--exclusively")
			break
		}
	}
	return strings.Join(append(words, options...), " ")
}

// DestroyLine is the command that deletes stacks that are no longer synthesised, from a checkout that still has them.
func DestroyLine(cdk string, gone []Stack, options ...string) string {
	names := make([]string, len(gone))
	for i, s := range gone {
		names[i] = s.Name
	}
	return strings.Join(slices.Concat([]string{cdk, "destroy", "--force", "--exclusively"}, names, options), " ")
}
