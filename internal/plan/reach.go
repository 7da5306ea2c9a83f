package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sharedhub/internal/config"
)

// Reach is what some spokes gain or lose. The configurations say it; the proof holds the templates of each to its own.
type Reach struct {
	// Gains is false for a loss.
	Gains bool   `json:"gains"`
	Hub   string `json:"hub"`
	// Who are the spokes, in words, and What is what they reach from then on, or no longer.
	Who  string `json:"who"`
	What string `json:"what"`
}

func (r Reach) String() string {
	sign := "-"
	if r.Gains {
		sign = "+"
	}
	return fmt.Sprintf("%s %s: %s", sign, r.Who, r.What)
}

// side is one configuration's reach in a hub: its attached spokes by segment, and what they reach.
type side struct {
	hub    *config.Hub
	spokes map[string]string // segment of each attached spoke
}

func sideOf(cfg *config.Config, hub string) side {
	s := side{spokes: map[string]string{}}
	if cfg == nil {
		return s
	}
	for _, h := range cfg.Hubs {
		if h.Name == hub {
			s.hub = h
			for _, spoke := range h.Spokes {
				if spoke.Attached() {
					s.spokes[spoke.Name] = spoke.Segment
				}
			}
		}
	}
	return s
}

// reaches is true where spokes of two segments exchange packets.
func (s side) reaches(a, b string) bool { return s.hub != nil && slices.Contains(s.hub.Peers(a), b) }

// services are the names of a hub's endpoints, with the private names that each serves.
func (s side) services() map[string][]string {
	out := map[string][]string{}
	if s.hub != nil {
		for _, e := range s.hub.Endpoints {
			out[e.Catalog.Name] = nil
			if !e.Leaving {
				out[e.Catalog.Name] = e.Catalog.PrivateNames
			}
		}
	}
	return out
}

// segments that a side has spokes in, sorted.
func (s side) segments() (out []string) {
	if s.hub == nil {
		return nil
	}
	for _, segment := range s.hub.Segments {
		out = append(out, segment.Name)
	}
	slices.Sort(out)
	return out
}

// Reaches says who gains and who loses what.
func Reaches(before, after *config.Config) []Reach {
	out := []Reach{}
	for _, hub := range hubNames(before, after) {
		b, a := sideOf(before, hub), sideOf(after, hub)
		out = append(out, gains(hub, b, a, true)...)
		out = append(out, gains(hub, a, b, false)...)
	}
	return out
}

func hubNames(configs ...*config.Config) (out []string) {
	for _, c := range configs {
		if c != nil {
			for _, h := range c.Hubs {
				out = append(out, h.Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// gains is what side b has over side a; read the other way round, it is what is lost.
func gains(hub string, a, b side, gained bool) (out []Reach) {
	add := func(who []string, format string, args ...any) {
		if len(who) > 0 {
			slices.Sort(who)
			out = append(out, Reach{gained, hub, people(who), fmt.Sprintf(format, args...)})
		}
	}
	var fresh, old []string // spokes that only b has attached, and those that both have
	for name := range b.spokes {
		if _, both := a.spokes[name]; both {
			old = append(old, name)
		} else {
			fresh = append(fresh, name)
		}
	}
	if b.hub != nil && len(b.hub.Endpoints) > 0 {
		names := 0
		for _, n := range b.services() {
			names += len(n)
		}
		add(slices.Clone(fresh), "the %s of hub %s, by %s", count(len(b.hub.Endpoints), "endpoint"), hub, count(names, "private name"))
	}
	services, was := b.services(), a.services()
	elsewhere := slices.Concat(slices.Collect(maps.Values(was))...) // who had a name of any endpoint has it still
	var more []string
	for name := range services {
		if _, there := was[name]; !there {
			more = append(more, name)
		}
	}
	slices.Sort(more)
	if len(more) > 0 {
		add(slices.Clone(old), "the %s %s", plural(len(more), "endpoint"), strings.Join(more, ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(services)) {
		if _, there := was[name]; there {
			if n := without(services[name], elsewhere); len(n) > 0 {
				add(slices.Clone(old), "%s of endpoint %s: %s", plural(len(n), "name"), name, few(n))
			}
		}
	}
	return append(out, peersGained(hub, a, b, gained)...)
}

// peersGained are spokes that reach each other in b and not in a, by segment: those that came, and those whose segments met.
func peersGained(hub string, a, b side, gained bool) (out []Reach) {
	both := func(x, y string) bool { // were there, and reached each other
		sx, okx := a.spokes[x]
		sy, oky := a.spokes[y]
		return okx && oky && a.reaches(sx, sy)
	}
	by := map[string][]string{}
	for name, segment := range b.spokes {
		by[segment] = append(by[segment], name)
	}
	for _, s := range b.segments() {
		slices.Sort(by[s])
		for _, p := range b.segments() {
			if p < s || !b.reaches(s, p) {
				continue // each pair of segments once
			}
			// Spokes of one segment on side a behave alike, so a pair of classes stands for all their pairs.
			for _, x := range classes(by[s], a) {
				for _, y := range classes(by[p], a) {
					if s == p && y[0] < x[0] {
						continue
					}
					switch {
					case s == p && x[0] == y[0] && len(x) == 1:
					case both(x[0], y[len(y)-1]):
					case s == p && x[0] == y[0]:
						out = append(out, Reach{gained, hub, people(x), "each other"})
					default:
						out = append(out, Reach{gained, hub, people(x), people(y) + ", in both directions"})
					}
				}
			}
		}
	}
	return out
}

// classes are spokes grouped by the segment that they are in on another side; those that it does not have attached are one.
func classes(names []string, of side) (out [][]string) {
	by := map[string][]string{}
	for _, n := range names {
		key := "" // no segment is called so
		if s, ok := of.spokes[n]; ok {
			key = s
		}
		by[key] = append(by[key], n)
	}
	for _, k := range slices.Sorted(maps.Keys(by)) {
		out = append(out, by[k])
	}
	return out
}

func without(list, other []string) (out []string) {
	for _, e := range list {
		if !slices.Contains(other, e) {
			out = append(out, e)
		}
	}
	return out
}

// people are spokes in words.
func people(names []string) string {
	if len(names) <= 4 {
		return enumerate(names)
	}
	return fmt.Sprintf("%s and %d more spokes", strings.Join(names[:3], ", "), len(names)-3)
}

func enumerate(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func few(names []string) string {
	if len(names) <= 4 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
}

func count(n int, word string) string { return fmt.Sprintf("%d %s", n, plural(n, word)) }

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
