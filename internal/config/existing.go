package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// ExistingVPC is what a spoke's file declares of a VPC that exists.
type ExistingVPC struct {
	ID string
	// Subnets that reach the hub, by tier and zone; Transit hold the attachment, by zone.
	Subnets, Transit []ExistingSubnet
}

// ExistingSubnet is one of its subnets. Without an ID it is made; RouteTable is "" for a transit subnet.
type ExistingSubnet struct {
	ID, Tier   string
	CIDR       netip.Prefix
	AZ         AZ
	RouteTable string
}

// RouteTables are the ids of those that get routes, sorted.
func (v *ExistingVPC) RouteTables() []string {
	var out []string
	for _, s := range v.Subnets {
		out = append(out, s.RouteTable)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// existing takes over a VPC that exists.
func (r *resolver) existing(h *hubFile, s *spokeFile) {
	in, v := &s.in.VPC, &ExistingVPC{ID: s.in.VPC.ID}
	s.spoke.Existing, s.spoke.ownAZs, s.spoke.AZs = v, true, nil
	for i := range in.Subnets {
		for j := range in.Subnets[i].Value {
			n := &in.Subnets[i].Value[j]
			v.Subnets = append(v.Subnets, ExistingSubnet{n.ID, in.Subnets[i].Key, n.CIDR, h.zone(s, &n.AZ), n.RouteTable})
		}
	}
	for i := range in.Transit {
		n := &in.Transit[i]
		az := h.zone(s, &n.AZ)
		v.Transit = append(v.Transit, ExistingSubnet{ID: n.ID, Tier: "transit", CIDR: n.CIDR, AZ: az})
		s.spoke.AZs = append(s.spoke.AZs, az)
	}
	sortAZs(s.spoke.AZs)
	slices.SortStableFunc(v.Transit, func(a, b ExistingSubnet) int { return a.AZ.Slot - b.AZ.Slot })
	slices.SortStableFunc(v.Subnets, func(a, b ExistingSubnet) int {
		if a.Tier != b.Tier {
			return strings.Compare(a.Tier, b.Tier)
		}
		return a.AZ.Slot - b.AZ.Slot
	})
	r.oneVPC(s)
}

// zone is an availability zone of the hub's region, by its id.
func (h *hubFile) zone(s *spokeFile, name *string) AZ {
	slot, code := file.AZSlot(*name)
	if want := awsfacts.ZoneIDPrefix(h.hub.Region); code != "" && want != "" && code != want {
		s.Errorf(file.Reference, name, fmt.Sprintf("AZ ids of %s begin with %s-; a spoke is in its hub's region", h.hub.Region, want),
			"zone %s is not in %s", *name, h.hub.Region)
	}
	return AZ{Name: *name, Slot: slot, ByID: true}
}

// oneVPC refuses a VPC, or a subnet or route table, that another spoke declares too.
func (r *resolver) oneVPC(s *spokeFile) {
	for _, other := range r.spokes {
		if other == s || other.spoke.Existing == nil {
			continue
		}
		theirs, see := other.spoke.Existing, []diag.Related{{Where: other.Pos(&other.in.VPC), Text: "spoke " + other.spoke.Name}}
		if s.in.VPC.ID == theirs.ID {
			s.Errorf(file.Value, &s.in.VPC.ID, "keep one of them, with the subnets of both", "%s is the VPC of spoke %s too", theirs.ID,
				other.spoke.Name).See = see
			continue // everything in it is
		}
		for i := range s.in.VPC.Subnets {
			for j := range s.in.VPC.Subnets[i].Value {
				n := &s.in.VPC.Subnets[i].Value[j]
				if slices.ContainsFunc(theirs.Subnets, func(o ExistingSubnet) bool { return o.ID == n.ID }) {
					s.Errorf(file.Value, &n.ID, "name subnets of "+s.in.VPC.ID+" alone", "%s is a subnet of spoke %s, of another VPC", n.ID,
						other.spoke.Name).See = see
				}
				if slices.Contains(theirs.RouteTables(), n.RouteTable) {
					s.Errorf(file.Value, &n.RouteTable, "name route tables of "+s.in.VPC.ID+" alone", "%s is a route table of spoke %s, of another VPC",
						n.RouteTable, other.spoke.Name).See = see
				}
			}
		}
	}
}

// changeVPC refuses to make another VPC of a spoke's, or to move what is made in one that exists.
func changeVPC(f *file.File, old *Spoke, written *spokeFile) {
	s, in := written.spoke, &written.in
	switch was, is := old.Existing, s.Existing; {
	case was == nil && is == nil:
	case was == nil || is == nil || was.ID != is.ID:
		f.Errorf(file.Change, &in.VPC, "take the spoke away in two steps, and write the other VPC under another name",
			"spoke %s goes from %s to %s, which replaces everything in it", s.Name, was.name(), is.name())
	default:
		for i, t := range is.Transit {
			j := slices.IndexFunc(was.Transit, func(o ExistingSubnet) bool { return o.AZ == t.AZ })
			if j >= 0 && was.Transit[j].ID == "" && t.ID == "" && was.Transit[j].CIDR != t.CIDR {
				f.Errorf(file.Change, &in.VPC.Transit[i].CIDR, fmt.Sprintf("write cidr: %s again", was.Transit[j].CIDR),
					"the transit subnet in %s moves from %s to %s, while the attachment is in it", t.AZ.Name, was.Transit[j].CIDR, t.CIDR)
			}
		}
	}
}

func (v *ExistingVPC) name() string {
	if v == nil {
		return "a VPC that is made"
	}
	return v.ID
}
