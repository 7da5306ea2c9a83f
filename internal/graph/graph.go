// Package graph draws a configuration as people draw it: the hub with its endpoints, its Transit Gateway, segments as groups,
// their spokes, and who reaches whom. It is plain Go.
//
// The shape is always the same, so the layout is ours: a position follows from the order of the configuration alone, and one more
// spoke moves nothing that stood before it. A layout library (graphviz as WebAssembly, d2 with dagre) would place it anew.
package graph

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/config"
)

// Picture is what is drawn, whichever way.
type Picture struct {
	Hubs []Hub `json:"hubs"`
}

// Hub is a hub with its segments.
type Hub struct {
	Name    string `json:"name"`
	Region  string `json:"region"`
	Account string `json:"account"`
	Range   string `json:"range"`
	// VPC is the id of one that exists; "" for one that is made.
	VPC string `json:"vpc,omitempty"`
	// GatewayAccount owns the Transit Gateway, where that is another account.
	GatewayAccount string `json:"gatewayAccount,omitempty"`
	AZs            int    `json:"availabilityZones"`
	// Names is how the endpoints' names reach the spokes.
	Names     string     `json:"names"`
	Endpoints []Endpoint `json:"endpoints"`
	// Resolver is what the hub's Resolver endpoints answer and ask.
	Resolver []string `json:"resolver,omitempty"`
	// Carries is what the hub's Route 53 Profile carries besides, which exists already.
	Carries  []string  `json:"carries,omitempty"`
	Segments []Segment `json:"segments"`
}

// Endpoint is an interface endpoint of a hub.
type Endpoint struct {
	Name   string   `json:"name"`
	Names  []string `json:"names"`
	Policy string   `json:"policy"`
	// Existing is the id of one that exists; "" for one that is made.
	Existing string `json:"existing,omitempty"`
}

// Segment is a group of spokes.
type Segment struct {
	Name  string   `json:"name"`
	Pools []string `json:"pools"`
	Mesh  bool     `json:"mesh"`
	// Reaches and ReachedBy are other segments. Packets pass in both directions.
	Reaches   []string `json:"reaches"`
	ReachedBy []string `json:"reachedBy"`
	Spokes    []Spoke  `json:"spokes"`
	// External are the attachments that exist, by their ids.
	External []External `json:"external,omitempty"`
}

// External is an attachment that exists, with what is said to lie behind it.
type External struct {
	Name       string   `json:"name"`
	Attachment string   `json:"attachment"`
	Kind       string   `json:"kind,omitempty"`
	Ranges     []string `json:"ranges"`
}

// Spoke is a workload VPC.
type Spoke struct {
	Name    string   `json:"name"`
	Account string   `json:"account"`
	Ranges  []string `json:"ranges"`
	AZs     int      `json:"availabilityZones"`
	// Publishes are services that others reach by PrivateLink, and Uses those of others that it has an endpoint of.
	Publishes []string `json:"publishes,omitempty"`
	Uses      []string `json:"uses,omitempty"`
	Detached  bool     `json:"detached,omitempty"`
	// Changed is "added" or "removed" in the picture of a plan.
	Changed string `json:"changed,omitempty"`
}

// Of is the picture of a configuration.
func Of(cfg *config.Config) *Picture {
	p := &Picture{Hubs: []Hub{}}
	for _, h := range cfg.Hubs {
		hub := Hub{Name: h.Name, Region: h.Region, Account: h.Account, Range: h.CIDR.String(), AZs: len(h.AZs), Names: namesBy(h),
			GatewayAccount: h.TransitGateway.Account}
		hub.Resolver, hub.Carries = resolver(h), carries(h)
		if h.Existing != nil {
			hub.VPC = h.Existing.ID
		}
		for _, e := range h.Endpoints {
			hub.Endpoints = append(hub.Endpoints, endpoint(e))
		}
		for _, s := range h.SharedServices() {
			hub.Endpoints = append(hub.Endpoints, Endpoint{Name: s.Name, Names: []string{s.Domain},
				Policy: string(config.PolicyImpossible)})
		}
		for _, s := range h.Segments {
			segment := Segment{Name: s.Name, Pools: texts(s.Pools), Mesh: s.Mesh, Reaches: append([]string{}, s.Reaches...),
				ReachedBy: []string{}, Spokes: []Spoke{}}
			for _, other := range h.Segments {
				if slices.Contains(other.Reaches, s.Name) && other.Name != s.Name {
					segment.ReachedBy = append(segment.ReachedBy, other.Name)
				}
			}
			for _, spoke := range h.Spokes {
				if spoke.Segment == s.Name {
					publishes, uses := services(h, spoke.Name)
					segment.Spokes = append(segment.Spokes, Spoke{Name: spoke.Name, Account: spoke.Account, Ranges: texts(spoke.AllRanges()),
						AZs: len(spoke.AZs), Detached: !spoke.Attached(), Publishes: publishes, Uses: uses})
				}
			}
			for _, e := range h.External {
				if e.Segment == s.Name {
					segment.External = append(segment.External, External{e.Name, e.Attachment, e.Kind, texts(e.CIDRs)})
				}
			}
			hub.Segments = append(hub.Segments, segment)
		}
		p.Hubs = append(p.Hubs, hub)
	}
	return p
}

func endpoint(e *config.Endpoint) Endpoint {
	out := Endpoint{Name: e.Catalog.Name, Names: append([]string{}, e.Catalog.PrivateNames...), Policy: e.Policy.String()}
	if e.Existing != nil {
		out.Existing = e.Existing.ID
	}
	return out
}

// services are those that a spoke publishes and uses.
func services(h *config.Hub, spoke string) (publishes, uses []string) {
	for _, s := range h.Published {
		switch {
		case s.Provider == spoke:
			publishes = append(publishes, s.Name)
		case s.ConsumerIn(spoke) != nil:
			uses = append(uses, s.Name)
		}
	}
	return publishes, uses
}

// Mark notes which spokes another picture, of before, does not have, and adds those that only it has.
func (p *Picture) Mark(before *Picture) {
	place := func(h *Hub, s *Segment, spoke *Spoke) string { return h.Name + "/" + s.Name + "/" + spoke.Name }
	index := func(p *Picture) map[string]bool {
		out := map[string]bool{}
		for i := range p.Hubs {
			for j := range p.Hubs[i].Segments {
				for k := range p.Hubs[i].Segments[j].Spokes {
					out[place(&p.Hubs[i], &p.Hubs[i].Segments[j], &p.Hubs[i].Segments[j].Spokes[k])] = true
				}
			}
		}
		return out
	}
	was, now := index(before), index(p)
	for i := range p.Hubs {
		h := &p.Hubs[i]
		old := slices.IndexFunc(before.Hubs, func(b Hub) bool { return b.Name == h.Name })
		for j := range h.Segments {
			s := &h.Segments[j]
			for k := range s.Spokes {
				if !was[place(h, s, &s.Spokes[k])] {
					s.Spokes[k].Changed = "added"
				}
			}
			if old < 0 {
				continue
			}
			for _, b := range before.Hubs[old].Segments {
				for _, spoke := range b.Spokes {
					if b.Name == s.Name && !now[place(h, s, &spoke)] {
						spoke.Changed = "removed"
						s.Spokes = append(s.Spokes, spoke)
					}
				}
			}
		}
	}
}

func namesBy(h *config.Hub) string {
	if h.HasR53Profile() {
		return "a Route 53 Profile"
	}
	return "private hosted zones in each account"
}

// resolver says what the Resolver endpoints are for.
func resolver(h *config.Hub) (out []string) {
	if from := h.Resolver.From; len(from) > 0 {
		out = append(out, "Resolver answers "+fewRanges(texts(from)))
	}
	const most = 3
	for i, f := range h.Resolver.Forwards {
		if i == most && len(h.Resolver.Forwards) > most+1 {
			return append(out, fmt.Sprintf("Resolver asks for %d more domains", len(h.Resolver.Forwards)-i))
		}
		out = append(out, fmt.Sprintf("Resolver asks %s for %s", fewRanges(addresses(f.To)), f.Domain))
	}
	return out
}

// carries says what exists already and the Profile has for every VPC that uses it, each by its id.
func carries(h *config.Hub) (out []string) {
	if !h.HasR53Profile() {
		return nil
	}
	const most = 3
	add := func(word string, items []string) {
		if n := len(items) - most; n > 1 {
			items = append(items[:most:most], plural(n, "more "+word))
		}
		for _, text := range items {
			out = append(out, "Profile carries "+text)
		}
	}
	var zones, rules, groups, logs []string
	for _, z := range h.ExistingDNS.Zones {
		zones = append(zones, "zone "+z.Domain+", "+z.ID)
	}
	for _, r := range h.ExistingDNS.Rules {
		text := "rule for " + r.Domain + ", " + r.ID
		switch {
		case r.System:
			text += ", by which the VPC's resolver answers"
		case len(r.To) > 0:
			text += ", which asks " + fewRanges(addresses(r.To))
		}
		rules = append(rules, text)
	}
	for _, g := range h.ExistingDNS.RuleGroups {
		groups = append(groups, fmt.Sprintf("rule group %s of DNS Firewall, %s, priority %d", g.Name, g.ID, g.Priority))
	}
	for _, l := range h.ExistingDNS.QueryLogs {
		logs = append(logs, "query log "+l.Name+", "+l.ID)
	}
	add("zone", zones)
	add("rule", rules)
	add("rule group", groups)
	add("query log", logs)
	return out
}

// about are the lines on what a hub offers.
func (h *Hub) about(services, width int) []string {
	lines := append(wrap(h.services(services), width), h.Resolver...)
	for _, c := range h.Carries {
		lines = append(lines, wrap(c, width)...)
	}
	return lines
}

func texts(ranges []netip.Prefix) []string {
	out := []string{}
	for _, r := range ranges {
		out = append(out, r.String())
	}
	return out
}

func addresses(list []netip.Addr) []string {
	out := []string{}
	for _, a := range list {
		out = append(out, a.String())
	}
	return out
}

// Reach is in words whom a segment's spokes reach beside the hub's endpoints.
func (s *Segment) Reach() string {
	var out []string
	if s.Mesh {
		out = append(out, "reach each other")
	}
	if len(s.Reaches) > 0 {
		out = append(out, "reach "+strings.Join(s.Reaches, ", "))
	}
	if len(s.ReachedBy) > 0 {
		out = append(out, "reached by "+strings.Join(s.ReachedBy, ", "))
	}
	if len(out) == 0 {
		return "the hub only"
	}
	return strings.Join(out, "; ")
}

// Card is one box in a segment: a spoke, or several that stand for more than can be read.
type Card struct {
	// Lines of the box, the title first.
	Lines   []string
	Changed string
	// Spoke is the one that the card stands for; "" for several.
	Spoke string
}

// most is how many boxes a segment has before its spokes are counted by account.
const most = 8

// Cards are the boxes of a segment. With full, each spoke has one.
func (s *Segment) Cards(full bool) []Card { return append(s.spokeCards(full), s.externalCards()...) }

// externalCards are one each.
func (s *Segment) externalCards() (out []Card) {
	for _, e := range s.External {
		out = append(out, Card{Lines: []string{e.Name + ", " + cmp.Or(e.Kind, "external"), fewRanges(e.Ranges), e.Attachment}})
	}
	return out
}

func fewRanges(ranges []string) string {
	if len(ranges) > 2 {
		return fmt.Sprintf("%s and %d more ranges", ranges[0], len(ranges)-1)
	}
	return strings.Join(ranges, " ")
}

func (s *Segment) spokeCards(full bool) []Card {
	if full || len(s.Spokes) <= most {
		return each(s.Spokes)
	}
	// What a plan changes is what its picture is for: those spokes stand by themselves while they are few.
	var out []Card
	rest := s.Spokes
	changed := slices.DeleteFunc(slices.Clone(s.Spokes), func(s Spoke) bool { return s.Changed == "" })
	if len(changed) < most {
		out = each(changed)
		rest = slices.DeleteFunc(slices.Clone(s.Spokes), func(s Spoke) bool { return s.Changed != "" })
	}
	return append(out, counted(rest, most-len(out))...)
}

func each(spokes []Spoke) (out []Card) {
	for _, s := range spokes {
		c := Card{Lines: []string{s.Name, fewRanges(s.Ranges), s.Account}, Changed: s.Changed, Spoke: s.Name}
		for _, l := range []struct {
			word string
			list []string
		}{{"publishes ", s.Publishes}, {"uses ", s.Uses}} {
			if len(l.list) > 0 {
				c.Lines = append(c.Lines, l.word+strings.Join(l.list, ", "))
			}
		}
		if s.Detached {
			c.Lines = append(c.Lines, "detached")
		}
		if s.Changed != "" {
			c.Lines[0] += " (" + s.Changed + ")"
		}
		out = append(out, c)
	}
	return out
}

// counted are spokes by account, the largest first; the last box stands for the accounts that are left.
func counted(spokes []Spoke, room int) []Card {
	by := map[string]int{}
	for _, s := range spokes {
		by[s.Account]++
	}
	accounts := slices.SortedFunc(maps.Keys(by), func(a, b string) int {
		if by[a] != by[b] {
			return by[b] - by[a]
		}
		return strings.Compare(a, b)
	})
	var out []Card
	for i, a := range accounts {
		if len(out) == room-1 && i < len(accounts)-1 {
			left := 0
			for _, b := range accounts[i:] {
				left += by[b]
			}
			return append(out, Card{Lines: []string{plural(left, "spoke"), "in " + plural(len(accounts)-i, "more account")}})
		}
		out = append(out, Card{Lines: []string{plural(by[a], "spoke"), "account " + a}})
	}
	return out
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// title is what stands on a segment: its name, how many spokes, its pools.
func (s *Segment) title() string {
	return fmt.Sprintf("segment %s, %s", s.Name, plural(len(s.Spokes), "spoke"))
}

// pools are a segment's ranges, few enough to read.
func (s *Segment) pools() string {
	if len(s.Pools) == 0 {
		return "no pool"
	}
	if len(s.Pools) > 2 {
		return fmt.Sprintf("%s and %d more pools", s.Pools[0], len(s.Pools)-1)
	}
	return strings.Join(s.Pools, " ")
}

// services are a hub's endpoints in words, as many as a line list can hold.
func (h *Hub) services(limit int) string {
	var names []string
	for i, e := range h.Endpoints {
		if i == limit {
			names = append(names, fmt.Sprintf("and %d more", len(h.Endpoints)-i))
			break
		}
		name := e.Name
		if e.Existing != "" {
			name += " (exists)"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// privateNames counts the names that lead to the hub's endpoints.
func (h *Hub) privateNames() (n int) {
	for _, e := range h.Endpoints {
		n += len(e.Names)
	}
	return n
}

// place is where a hub is.
func (h *Hub) place() string {
	vpc := h.Range
	if h.VPC != "" {
		vpc += " of " + h.VPC
	}
	return fmt.Sprintf("%s, account %s, %s in %s", h.Region, h.Account, vpc, plural(h.AZs, "availability zone"))
}

// gateway is what the hub and its spokes are attached to.
func (h *Hub) gateway() string {
	if h.GatewayAccount != "" {
		return "Transit Gateway of account " + h.GatewayAccount
	}
	return "Transit Gateway"
}
