// Package drift says where a live network differs from the synthesised one, part by part, with the stack that owns the
// part. Both are lists of parts with facts; what one list has and the other has not is a difference, and what kind of
// difference it is follows from the part's type, the fact and the side. It judges nothing; package prove does.
package drift

import (
	"maps"
	"slices"
	"strings"

	"sharedhub/internal/diag"
	"sharedhub/internal/topology"
)

// Between lists where a live network differs from the synthesised one. Parts of accounts that were not seen are passed over.
// Of a stack that is not there only that is told: all that it would make is missing too. Options are those of the program's commands that
// name the configuration.
func Between(want, have *topology.Network, seen func(account string) bool, options ...string) diag.List {
	c := &comparison{want: want, have: have, seen: seen, options: options}
	c.match(want.Parts(), have.Parts())
	for _, w := range c.wanted {
		if c.seen(w.Account) {
			c.compare(w)
		}
	}
	c.compareExtra()
	found, absent, live := c.compareStacks()
	for _, f := range c.found {
		if d, ok := f.difference(); ok && (f.side == extra || !absent[stackOf(d)]) {
			found = append(found, d)
		}
	}
	found = append(found, c.stale(found, live)...)
	found.Sort()
	return append(diag.List{}, found.Group()...)
}

// stackOf is the stack that a difference belongs to.
func stackOf(d diag.Diagnostic) string {
	at, _ := d.Where.(diag.Resource)
	return at.Stack
}

// Repairs are the ways to end differences, each said once with its stacks. Options are added to the CDK's commands.
func Repairs(found diag.List, options ...string) []string {
	var out []string
	command := strings.Join(append([]string{"STACK"}, options...), " ")
	for _, way := range ways {
		stacks := map[string]bool{}
		for _, d := range found {
			if stack := stackOf(d); stack != "" && d.Fix == toStack(way, stack) {
				stacks[stack] = true
			}
		}
		if names := slices.Sorted(maps.Keys(stacks)); len(names) > 0 {
			if len(names) > mostItems {
				names = append(names[:mostItems], "…")
			}
			out = append(out, toStack(strings.ReplaceAll(way, "STACK`", command+"`"), strings.Join(names, " ")))
		}
	}
	return out
}

func toStack(way, stack string) string { return strings.ReplaceAll(way, "STACK", stack) }
