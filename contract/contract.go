// Package contract holds the logical ids of everything that holds state, or that others hold on to, and says what a change of
// them does to a network that is deployed.
//
// A logical id is made of the ids of constructs and a hash of their path, so that the list freezes both.
package contract

import (
	"fmt"
	"slices"
	"strings"
)

// Version of the ids: the folder of the lists that the templates are compared with.
const Version = "v1"

// ID is one id of a template: a resource's, or an output's.
type ID struct {
	Stack, Logical string
	// Type of the resource; Output for an output.
	Type string
}

// Output is the type of an output.
const Output = "Output"

func (i ID) String() string { return i.Stack + " " + i.Logical + " " + i.Type }

// Parse reads a list: a line each.
func Parse(text string) ([]ID, error) {
	var out []ID
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) != 3 {
			return nil, fmt.Errorf("expected a stack, a logical id and a type, found %q", strings.TrimSpace(line))
		}
		out = append(out, ID{words[0], words[1], words[2]})
	}
	return out, nil
}

// Format writes a list, sorted.
func Format(ids []ID) string {
	lines := make([]string, len(ids))
	for i, id := range ids {
		lines[i] = id.String() + "\n"
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// Change is an id that is no more, or a new one.
type Change struct {
	ID
	// New is true for an id that the list does not have, which replaces nothing: it is to be added to the list.
	New bool
	// Renamed are new ids of the same type, which may be what has become of it.
	Renamed []ID
}

// Diff says what has become of the frozen ids.
func Diff(frozen, now []ID) []Change {
	var out []Change
	var fresh []ID
	for _, id := range now {
		if !slices.Contains(frozen, id) {
			fresh = append(fresh, id)
		}
	}
	for _, id := range frozen {
		if slices.Contains(now, id) {
			continue
		}
		c := Change{ID: id}
		for _, f := range fresh {
			if f.Type == id.Type && (f.Stack == id.Stack || f.Logical == id.Logical) {
				c.Renamed = append(c.Renamed, f)
			}
		}
		out = append(out, c)
	}
	for _, f := range fresh {
		if !slices.ContainsFunc(out, func(c Change) bool { return slices.Contains(c.Renamed, f) }) {
			out = append(out, Change{ID: f, New: true})
		}
	}
	return out
}

// Explain says what a change does to a network that is deployed, and how to get there without it.
func (c Change) Explain() string {
	if c.New {
		return fmt.Sprintf("%s is new and replaces nothing: add its line to the list", c.ID)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s is gone", c.ID)
	if len(c.Renamed) > 0 {
		var to []string
		for _, r := range c.Renamed {
			to = append(to, r.Stack+" "+r.Logical)
		}
		fmt.Fprintf(&b, "; perhaps it is now %s", strings.Join(to, ", or "))
	}
	e := effects[c.Type]
	fmt.Fprintf(&b, "\n  what a deployment would do: %s", e.does)
	way := e.way
	if len(c.Renamed) == 0 && c.Type != Output {
		way = gone
	}
	fmt.Fprintf(&b, "\n  how to migrate: %s", ways[way])
	return b.String()
}

// Frozen is true for a type whose ids are in the list, and known for one that the list has decided about.
func Frozen(typ string) (frozen, known bool) {
	if _, ok := effects[typ]; ok {
		return true, true
	}
	return false, free[typ] != ""
}
