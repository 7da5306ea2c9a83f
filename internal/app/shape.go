package app

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"sharedhub/internal/app/stamp"
	"sharedhub/internal/config"
)

// likeness is how a spoke is like others: where nothing differs but their names, accounts, addresses and tags' values, spokes
// have equal twins, in which stand-ins are in place of these.
type likeness struct {
	twin *config.Spoke
	// own values, and the twin's.
	own, standIns stamp.Values
}

// likenessOf is nil for a spoke whose ranges the hub writes too: those outside the pools, which are routed one by one. It is nil for
// a VPC that exists, which is like no other.
func likenessOf(s *config.Spoke, in *stamp.StandIns) *likeness {
	if len(s.OutsideRanges) > 0 || s.Existing != nil {
		return nil
	}
	twin := *s
	l := &likeness{twin: &twin}
	twin.Name = in.Name(0)
	l.own.Names, l.standIns.Names = []string{s.Name}, []string{twin.Name}
	if s.Account != s.Hub.Account && s.Account != s.Hub.GatewayAccount() { // where it is one of these, a spoke is made otherwise
		twin.Account = l.text(s.Account, in.Account())
	}
	twin.Tags = maps.Clone(s.Tags)
	for i, key := range slices.Sorted(maps.Keys(s.Tags)) {
		twin.Tags[key] = l.text(s.Tags[key], in.Text(i))
	}
	if !l.move(s, in) {
		return nil
	}
	return l
}

func (l *likeness) text(own, standIn string) string {
	l.own.Texts, l.standIns.Texts = append(l.own.Texts, own), append(l.standIns.Texts, standIn)
	return standIn
}

// move gives the twin other ranges, in the order of the spoke's, with everything in them at the same place.
func (l *likeness) move(s *config.Spoke, in *stamp.StandIns) (moved bool) {
	all := s.AllRanges()
	slices.SortFunc(all, func(a, b netip.Prefix) int { return cmp.Or(a.Addr().Compare(b.Addr()), b.Bits()-a.Bits()) })
	for i, r := range all {
		l.own.Ranges, l.standIns.Ranges = append(l.own.Ranges, r.Addr()), append(l.standIns.Ranges, in.Range(i))
	}
	moved = true
	to := func(p netip.Prefix) netip.Prefix {
		i := slices.IndexFunc(all, func(r netip.Prefix) bool { return r.Bits() <= p.Bits() && r.Contains(p.Addr()) })
		if i < 0 {
			moved = false
			return p
		}
		return netip.PrefixFrom(offset(in.Range(i), all[i].Addr(), p.Addr()), p.Bits())
	}
	list := func(ps []netip.Prefix) []netip.Prefix {
		out := slices.Clone(ps)
		for i, p := range ps {
			out[i] = to(p)
		}
		return out
	}
	l.twin.CIDR, l.twin.SecondaryCIDRs, l.twin.UnroutedCIDRs = to(s.CIDR), list(s.SecondaryCIDRs), list(s.UnroutedCIDRs)
	l.twin.Tiers = slices.Clone(s.Tiers)
	for i, t := range s.Tiers {
		if t.CIDR.IsValid() {
			l.twin.Tiers[i].CIDR = to(t.CIDR)
		}
	}
	return moved
}

// offset is as far from base as at is from start. Ranges are IPv4, /16 or smaller, so no byte carries over.
func offset(base, start, at netip.Addr) netip.Addr {
	b, s, a := base.As4(), start.As4(), at.As4()
	for i := range b {
		b[i] += a[i] - s[i]
	}
	return netip.AddrFrom4(b)
}

// key is the same for spokes of one hub with equal twins.
func (l *likeness) key() string {
	twin := *l.twin
	twin.Hub = nil
	return fmt.Sprintf("%#v", twin)
}
