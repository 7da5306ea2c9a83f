package topology

import (
	"cmp"
	"maps"
	"slices"
)

// order is in which order a deployment makes the parts of templates. A stack begins when the stacks that it depends on are
// done; in a stack, a part is made after those that it names or depends on.
type order struct {
	metas  map[Source][]*Meta // several where two stacks of one name are in different accounts or regions
	byID   map[string]*Meta
	stacks map[stackKey]map[stackKey]bool // the stacks that each waits for, through others too
	circle string                         // the first stack by name that waits for itself
}

// stackKey is what a stack is known by.
type stackKey struct{ account, region, name string }

func (m *Meta) stack() stackKey { return stackKey{m.Account, m.Region, m.Source.Stack} }

func newOrder(stacks []Stack) *order {
	o := &order{metas: map[Source][]*Meta{}, byID: map[string]*Meta{}, stacks: map[stackKey]map[stackKey]bool{}}
	after := map[stackKey][]StackName{}
	for _, s := range stacks {
		if s.Ordered {
			after[stackKey{s.Account, s.Region, s.Name}] = s.After
		}
	}
	var visit func(k stackKey) map[stackKey]bool
	visit = func(k stackKey) map[stackKey]bool {
		if done, ok := o.stacks[k]; ok {
			return done
		}
		all := map[stackKey]bool{}
		o.stacks[k] = all
		for _, d := range after[k] {
			first := stackKey{d.Account, d.Region, d.Name}
			all[first] = true
			for before := range visit(first) {
				all[before] = true
			}
		}
		return all
	}
	byName := func(a, b stackKey) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.account, b.account), cmp.Compare(a.region, b.region))
	}
	for _, k := range slices.SortedFunc(maps.Keys(after), byName) {
		if visit(k)[k] && o.circle == "" {
			o.circle = k.name
		}
	}
	return o
}

func (o *order) add(m *Meta) {
	if m.template() && m.ID != "" && o.byID[m.ID] == nil {
		o.byID[m.ID] = m
		o.metas[m.Source] = append(o.metas[m.Source], m)
	}
}

// MadeAfter is true where a deployment makes a part only when another is there, and for parts of which no template tells.
func (n *Network) MadeAfter(part, first Source) bool {
	if n.order == nil {
		return true
	}
	for _, p := range n.order.metas[part] {
		for _, f := range n.order.metas[first] {
			if p.stack() == f.stack() {
				if !n.order.names(p, f.ID) {
					return false
				}
			} else if !n.order.waits(p.stack(), f.stack()) {
				return false
			}
		}
	}
	return true
}

// names is true where a part names another of its stack, or depends on it, through others too.
func (o *order) names(m *Meta, id string) bool {
	seen := map[string]bool{}
	var visit func(m *Meta) bool
	visit = func(m *Meta) bool {
		if m == nil || seen[m.ID] {
			return false
		}
		seen[m.ID] = true
		for _, d := range m.DependsOn {
			if d == id || visit(o.byID[d]) {
				return true
			}
		}
		return false
	}
	return visit(m)
}

func (o *order) waits(k, first stackKey) bool {
	after, known := o.stacks[k]
	return !known || after[first]
}

// ReadsAfter is true where a stack that reads an output of another is deployed after it, and after the role that it reads
// through. What no template tells is true.
func (n *Network) ReadsAfter(r Read) bool {
	if n.order == nil {
		return true
	}
	consumer := stackKey{r.ConsumerAccount, r.ConsumerRegion, r.Consumer}
	producer := stackKey{r.Account, r.Region, r.Stack}
	if _, known := n.order.stacks[producer]; known && !n.order.waits(consumer, producer) {
		return false
	}
	if role := n.Roles[r.Role]; role != nil {
		for _, m := range n.order.metas[role.Source] {
			if !n.order.waits(consumer, m.stack()) {
				return false
			}
		}
	}
	return true
}
