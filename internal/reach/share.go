package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

// Of a thousand spokes most are alike: what one gets of another, all of its kind get of all of the other's. Only plain answers are
// shared, those without ports, conditions or reasons, and only between VPCs that send packets to Transit Gateways alone.

// kinds numbers VPCs by all that decides where their packets, and packets to them, go. A VPC without a number shares nothing.
func (m *model) kinds() map[*topology.VPC]int {
	out := map[*topology.VPC]int{}
	if m.zonal || m.hashes > 1 || m.anyTable != "" || len(m.appliances) > 0 || len(m.foreign) > 0 {
		return out
	}
	k := &kinder{m: m, overlaps: m.overlapping(), gateways: sortedKeys(m.gateways)}
	seen := map[netip.Prefix]bool{}
	for _, v := range m.vpcs {
		for _, c := range m.classesOf(v) {
			for _, e := range m.entries(c.table) {
				for _, p := range m.prefixesOf(e) {
					if !seen[p] {
						seen[p] = true
						k.destinations = append(k.destinations, p)
					}
				}
			}
		}
	}
	k.known = seen
	ranges.Sort(k.destinations)
	numbers := map[string]int{}
	for _, v := range m.vpcs {
		if key, ok := k.key(v); ok {
			if numbers[key] == 0 {
				numbers[key] = len(numbers) + 1
			}
			out[v] = numbers[key]
		}
	}
	return out
}

type kinder struct {
	m        *model
	overlaps map[*topology.VPC]bool
	gateways []string
	// destinations of all VPCs' routes, in order, and as a set.
	destinations []netip.Prefix
	known        map[netip.Prefix]bool
}

func sortedKeys(tables map[string]*gatewayTable) []string {
	var out []string
	for id := range tables {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// entries are the routes of a table, those that custom resources write included.
func (m *model) entries(t *topology.RouteTable) []topology.RouteEntry {
	if t == nil {
		return nil
	}
	return slices.Concat(t.Entries, m.more[t.ID])
}

func (m *model) prefixesOf(e topology.RouteEntry) []netip.Prefix {
	if p, ok := m.prefix(e.Destination); ok {
		return []netip.Prefix{p}
	}
	return e.Prefixes
}

// overlapping are VPCs with a range that another has a part of.
func (m *model) overlapping() map[*topology.VPC]bool {
	type owned struct {
		p netip.Prefix
		v *topology.VPC
	}
	var all []owned
	for _, v := range m.vpcs {
		for _, p := range m.ranges(v) {
			all = append(all, owned{p, v})
		}
	}
	slices.SortFunc(all, func(a, b owned) int { return a.p.Compare(b.p) })
	out := map[*topology.VPC]bool{}
	top := 0 // the last range that is in no other
	for i := 1; i < len(all); i++ {
		if all[top].p.Overlaps(all[i].p) {
			out[all[top].v], out[all[i].v] = true, true
		} else {
			top = i
		}
	}
	return out
}

// key is all that decides about a VPC; false where it shares nothing.
func (k *kinder) key(v *topology.VPC) (string, bool) {
	m := k.m
	if len(v.CIDRs) == 0 || len(m.ranges(v)) != len(v.CIDRs) || k.overlaps[v] || len(m.loose[v.ID]) > 0 || len(v.Peerings) > 0 ||
		len(m.attached[v]) > 1 {
		return "", false
	}
	var b strings.Builder
	for _, a := range m.attached[v] {
		if a.ApplianceMode || m.acceptance(a, m.net.TransitGateways[a.TransitGateway]) != "" {
			return "", false
		}
		fmt.Fprintf(&b, "%s %q %d\n", a.TransitGateway, m.joinedTo(a.ID, a.TransitGateway), min(len(a.Subnets), 1))
	}
	if !k.subnets(v, &b) {
		return "", false
	}
	for _, c := range v.CIDRs {
		if !k.reached(v, c, &b) {
			return "", false
		}
	}
	return b.String(), true
}

// subnets writes how packets leave, by kinds of subnets.
func (k *kinder) subnets(v *topology.VPC, b *strings.Builder) bool {
	var classes []string
	for _, c := range k.m.classesOf(v) {
		if c.acl != nil || len(k.m.table(v, c.table).unknown) > 0 {
			return false
		}
		for _, s := range c.subnets {
			if !s.CIDR.IsValid() || !ranges.In(s.CIDR, v.CIDRs) {
				return false
			}
		}
		said := []string{}
		for _, e := range k.m.entries(c.table) {
			if e.TargetName != "TransitGatewayId" || e.Kind != topology.ToTransitGateway || !known(e.Target) {
				return false
			}
			for _, p := range k.m.prefixesOf(e) {
				if slices.ContainsFunc(v.CIDRs, func(own netip.Prefix) bool { return own.Bits() <= p.Bits() && own.Overlaps(p) }) {
					return false // inside the VPC
				}
				said = append(said, p.String()+">"+e.Target)
			}
		}
		slices.Sort(said)
		zones := []string{}
		for _, a := range k.m.attached[v] {
			zones = append(zones, fmt.Sprint(inZone(a, c.zone) != nil))
		}
		classes = append(classes, fmt.Sprint(c.transit, zones, slices.Compact(said)))
	}
	slices.Sort(classes)
	fmt.Fprintln(b, slices.Compact(classes))
	return true
}

// reached writes which routes of VPCs and of gateways lead to a range, all of it.
func (k *kinder) reached(v *topology.VPC, c netip.Prefix, b *strings.Builder) bool {
	at, _ := slices.BinarySearchFunc(k.destinations, c, netip.Prefix.Compare)
	if at < len(k.destinations) && c.Contains(k.destinations[at].Addr()) && k.destinations[at] != c {
		return false // a route to a part of it
	}
	for bits := c.Bits(); bits >= 0; bits-- {
		if p := netip.PrefixFrom(c.Addr(), bits).Masked(); k.known[p] {
			if p == c {
				return false // a route to this VPC alone
			}
			fmt.Fprint(b, p, " ")
		}
	}
	for _, id := range k.gateways {
		parts, whole := 0, true
		k.m.gateways[id].each(spanOf(c), func(_ span, r gatewayRoute, ok bool) {
			parts++
			own := len(k.m.attached[v]) == 1 && r.attachment == k.m.attached[v][0].ID
			switch {
			case r.rivals:
				whole = false
			case own && !r.blackhole:
				fmt.Fprintf(b, "%s: own\n", id)
			default:
				fmt.Fprintf(b, "%s: %v %q %v\n", id, ok, r.attachment, r.blackhole)
			}
		})
		if parts != 1 || !whole {
			return false
		}
	}
	return true
}

// sharer finds the answers of pairs, each kind of pair once.
type sharer struct {
	m     *model
	kinds map[*topology.VPC]int
	plain map[[2]int]*Answer // nil: not one that can be shared
}

func (s *sharer) pair(v, o *topology.VPC) Answer {
	key := [2]int{s.kinds[v], s.kinds[o]}
	shared := key[0] > 0 && key[1] > 0
	if a, ok := s.plain[key]; ok && shared && a != nil {
		out := *a
		out.To = s.m.names[o]
		return out
	}
	a := s.m.pair(v, o).Answer
	if _, asked := s.plain[key]; shared && !asked {
		s.plain[key] = nil
		if a.Verdict != Undecided && len(a.Ports)+len(a.Partly)+len(a.Provided)+len(a.Reasons) == 0 {
			s.plain[key] = &a
		}
	}
	return a
}
