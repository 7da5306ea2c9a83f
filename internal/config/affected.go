package config

import (
	"reflect"
	"slices"
)

// Affected are the spokes to build, of both configurations, to see every stack that a change changes; sorted by name. Whole is
// true where it may change any stack of any hub. A change concerns a spoke where its own plan changes, or the ranges that it
// exchanges packets with. The stacks of its hub, and the zones of its account, may change with it; the stacks of other spokes do
// not. For a new spoke, a neighbour shows what those were like before. Before may be nil, for no configuration.
func Affected(before, after *Config) (spokes []string, whole bool) {
	if before == nil || len(before.Hubs) != len(after.Hubs) {
		return nil, true
	}
	for i, h := range after.Hubs {
		old := before.Hubs[i]
		if !SameHub(old, h) {
			return nil, true
		}
		var concerned []string
		moved := map[string]bool{} // segments whose spokes' routes change
		for _, s := range h.Segments {
			for _, peer := range h.Peers(s.Name) {
				if !slices.Equal(old.SegmentRanges(peer), h.SegmentRanges(peer)) {
					moved[s.Name] = true
				}
			}
		}
		for _, s := range h.Spokes {
			was := old.spoke(s.Name)
			if (was == nil || was.Attached()) && s.Attached() {
				if was == nil || !SameSpoke(was, s) || moved[s.Segment] {
					concerned = append(concerned, s.Name)
				}
			} else if was == nil || !SameSpoke(was, s) {
				return nil, true // one that leaves or comes back, which the zones of its account show, and nothing else of it
			}
		}
		if slices.ContainsFunc(old.Spokes, func(s *Spoke) bool { return h.spoke(s.Name) == nil }) {
			return nil, true
		}
		if len(concerned) == 0 {
			continue
		}
		near, ok := neighbours(old, h, concerned)
		if !ok {
			return nil, true
		}
		spokes = append(spokes, near...)
	}
	slices.Sort(spokes)
	return slices.Compact(spokes), false
}

// neighbours adds to spokes that a change concerns one of each of their accounts that was there before; where none was, any. It
// fails where the hub had no spoke.
func neighbours(old, h *Hub, concerned []string) ([]string, bool) {
	out, any := slices.Clone(concerned), false
	for _, name := range concerned {
		if old.spoke(name) != nil {
			any = true
			continue
		}
		account := h.spoke(name).Account
		i := slices.IndexFunc(old.Spokes, func(s *Spoke) bool { return s.Account == account && s.Attached() })
		if i >= 0 {
			out, any = append(out, old.Spokes[i].Name), true
		}
	}
	if !any && len(old.Spokes) > 0 {
		out, any = append(out, old.Spokes[0].Name), true
	}
	return out, any
}

func (h *Hub) spoke(name string) *Spoke {
	for _, s := range h.Spokes {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// SameHub is true where two hubs' own files say the same, with their policies and catalogues.
func SameHub(a, b *Hub) bool {
	x, y := *a, *b
	ownA, ownB := a.Catalog.Own(), b.Catalog.Own()
	x.Spokes, y.Spokes, x.Catalog, y.Catalog = nil, nil, nil, nil
	return reflect.DeepEqual(ownA, ownB) && reflect.DeepEqual(x, y)
}

// SameSpoke is true where two spokes' files say the same.
func SameSpoke(a, b *Spoke) bool {
	x, y := *a, *b
	x.Hub, y.Hub = nil, nil
	return reflect.DeepEqual(x, y)
}
