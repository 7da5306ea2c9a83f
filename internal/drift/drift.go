// Package drift says where a live network differs from the synthesised one, part by part, with the stack that owns the
// part. Both are lists of parts with facts; what one list has and the other has not is a difference, and what kind of
// difference it is follows from the part's type, the fact and the side. It judges nothing; package prove does.
package drift

import (
	"cmp"
	"slices"
	"strings"

	"sharedhub/internal/topology"
)

// Difference is one part that is missing, changed, or there without anybody having written it.
type Difference struct {
	// Kind of the difference, from Kinds.
	Kind string `json:"kind"`
	// Stack that makes the part, or the part around it, and its logical id there.
	Stack    string `json:"stack"`
	Resource string `json:"resource"`
	// ID in AWS of the part, or of the part around it; "" where it is gone.
	ID      string `json:"id,omitempty"`
	Account string `json:"account"`
	Region  string `json:"region"`
	Text    string `json:"text"`
}

func (d Difference) String() string {
	where := d.Stack
	if d.Resource != "" {
		where += "/" + d.Resource
	}
	if d.ID != "" {
		where += " " + d.ID
	}
	return d.Kind + ": " + d.Text + " (" + where + ")"
}

// Between lists where a live network differs from the synthesised one. Parts of accounts that were not seen are passed over.
// Of a stack that is not there only that is told: all that it would make is missing too.
func Between(want, have *topology.Network, seen func(account string) bool) []Difference {
	c := &comparison{want: want, have: have, seen: seen}
	c.match(want.Parts(), have.Parts())
	for _, w := range c.wanted {
		if c.seen(w.Account) {
			c.compare(w)
		}
	}
	c.compareExtra()
	found, absent, live := c.compareStacks()
	for _, f := range c.found {
		if d, ok := f.difference(); ok && (f.side == extra || !absent[d.Stack]) {
			found = append(found, d)
		}
	}
	found = append(found, c.stale(found, live)...)
	slices.SortFunc(found, func(a, b Difference) int {
		return cmp.Or(strings.Compare(a.Stack, b.Stack), strings.Compare(a.Resource, b.Resource), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Text, b.Text))
	})
	return slices.Compact(found)
}
