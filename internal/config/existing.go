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

// ExistingVPC is what the file of a spoke or a hub declares of a VPC that exists.
type ExistingVPC struct {
	ID string
	// Tiers are the names of those of Subnets, in the order of the file.
	Tiers []string
	// Subnets that reach the hub, or of a hub in which endpoints stand, by tier and zone; Transit hold the attachment, by zone.
	Subnets, Transit []ExistingSubnet
	// Resolver are those of a hub's Resolver endpoints, by zone.
	Resolver []ExistingSubnet
	// Attachment to the hub's Transit Gateway by its id, which is in Transit; "" for one that is made.
	Attachment string
}

// All are its subnets, each once: an attachment that exists may stand in some that reach the hub.
func (v *ExistingVPC) All() []ExistingSubnet {
	out := slices.Clone(v.Subnets)
	for _, t := range v.Transit {
		if t.ID == "" || !slices.ContainsFunc(v.Subnets, func(s ExistingSubnet) bool { return s.ID == t.ID }) {
			out = append(out, t)
		}
	}
	return append(out, v.Resolver...)
}

// Subnet is the one of a tier in a zone; nil for none.
func (v *ExistingVPC) Subnet(tier string, z AZ) *ExistingSubnet {
	i := slices.IndexFunc(v.Subnets, func(s ExistingSubnet) bool { return s.Tier == tier && s.AZ == z })
	if i < 0 {
		return nil
	}
	return &v.Subnets[i]
}

// ExistingSubnet is one of its subnets. Without an ID it is made; RouteTable is "" for one that is made, and for a transit subnet.
type ExistingSubnet struct {
	ID, Tier   string
	CIDR       netip.Prefix
	AZ         AZ
	RouteTable string
}

// RouteTables are the ids of those that get routes, sorted.
func (v *ExistingVPC) RouteTables() []string {
	var out []string
	for _, s := range slices.Concat(v.Subnets, v.Resolver) {
		if s.RouteTable != "" {
			out = append(out, s.RouteTable)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// existing takes over a VPC that exists.
func (r *resolver) existing(h *hubFile, s *spokeFile) {
	in := &s.in.VPC
	v := h.declared(s.File, in.ID, in.Subnets, in.Transit, &in.Attachment)
	s.spoke.Existing, s.spoke.ownAZs, s.spoke.AZs = v, true, nil
	for _, t := range v.Transit {
		s.spoke.AZs = append(s.spoke.AZs, t.AZ)
	}
	r.oneVPC(s)
}

// declared is a VPC as a file declares it.
func (h *hubFile) declared(f *file.File, id string, subnets file.Map[[]file.ExistingSubnet], transit []file.TransitSubnet,
	attachment *string) *ExistingVPC {
	v := &ExistingVPC{ID: id, Attachment: *attachment}
	if v.Attachment != "" && h.in.TransitGateway.ID == "" && !h.Failed(&h.in.TransitGateway) {
		f.Errorf(file.Reference, attachment, fmt.Sprintf("write transitGateway: {id: tgw-…} in %s, or take it out", h.where()),
			"%s is attached to a Transit Gateway that exists, and hub %s makes its own", v.Attachment, h.hub.Name).
			See = []diag.Related{{Where: h.Pos(&h.in.TransitGateway), Text: "hub " + h.hub.Name}}
	}
	for i := range subnets {
		v.Tiers = append(v.Tiers, subnets[i].Key)
		for j := range subnets[i].Value {
			n := &subnets[i].Value[j]
			v.Subnets = append(v.Subnets, ExistingSubnet{n.ID, subnets[i].Key, n.CIDR, h.zone(f, &n.AZ), n.RouteTable})
		}
	}
	for i := range transit {
		n := &transit[i]
		v.Transit = append(v.Transit, ExistingSubnet{ID: n.ID, Tier: "transit", CIDR: n.CIDR, AZ: h.zone(f, &n.AZ)})
	}
	slices.SortStableFunc(v.Transit, func(a, b ExistingSubnet) int { return a.AZ.Slot - b.AZ.Slot })
	slices.SortStableFunc(v.Subnets, func(a, b ExistingSubnet) int {
		if a.Tier != b.Tier {
			return strings.Compare(a.Tier, b.Tier)
		}
		return a.AZ.Slot - b.AZ.Slot
	})
	return v
}

// zone is an availability zone of the hub's region, by its id.
func (h *hubFile) zone(f *file.File, name *string) AZ {
	slot, code := file.AZSlot(*name)
	if want := awsfacts.ZoneIDPrefix(h.hub.Region); code != "" && want != "" && code != want {
		fix := fmt.Sprintf("AZ ids of %s begin with %s-", h.hub.Region, want)
		if f != h.File {
			fix += "; a spoke is in its hub's region"
		}
		f.Errorf(file.Reference, name, fix, "zone %s is not in %s", *name, h.hub.Region)
	}
	return AZ{Name: *name, Slot: slot, ByID: true}
}

// oneVPC refuses a VPC that a hub or another spoke declares too.
func (r *resolver) oneVPC(s *spokeFile) {
	for _, h := range r.hubs {
		if v := h.hub.Existing; v != nil && v.ID == s.in.VPC.ID {
			s.Errorf(file.Value, &s.in.VPC.ID, "name another VPC: hosts of the hub's VPC reach its endpoints without being a spoke",
				"%s is the VPC of hub %s", v.ID, h.hub.Name).See = []diag.Related{{Where: h.Pos(&h.in.VPC.ID), Text: "hub " + h.hub.Name}}
		}
	}
	for _, other := range r.spokes {
		if other == s || other.spoke.Existing == nil {
			continue
		}
		theirs, see := other.spoke.Existing, []diag.Related{{Where: other.Pos(&other.in.VPC), Text: "spoke " + other.spoke.Name}}
		if s.in.VPC.ID == theirs.ID {
			s.Errorf(file.Value, &s.in.VPC.ID, "keep one of them, with the subnets of both", "%s is the VPC of spoke %s too", theirs.ID,
				other.spoke.Name).See = see
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
		changeTransit(f, was, is, in.VPC.Transit)
		at := any(&in.VPC.Attachment)
		if is.Attachment == "" {
			at = &in.VPC
		}
		changeAttachment(f, at, was, is, old.Attached(), "write state: detached and deploy that first, or attachment: "+was.Attachment+" again")
	}
}

// changeTransit refuses to move a subnet that is made in a VPC that exists.
func changeTransit(f *file.File, was, is *ExistingVPC, written []file.TransitSubnet) {
	for _, t := range is.Transit {
		j := slices.IndexFunc(was.Transit, func(o ExistingSubnet) bool { return o.AZ == t.AZ })
		if j < 0 || was.Transit[j].ID != "" || t.ID != "" || was.Transit[j].CIDR == t.CIDR {
			continue
		}
		at := slices.IndexFunc(written, func(n file.TransitSubnet) bool { return n.AZ == t.AZ.Name })
		f.Errorf(file.Change, &written[at].CIDR, fmt.Sprintf("write cidr: %s again", was.Transit[j].CIDR),
			"the transit subnet in %s moves from %s to %s, while the attachment is in it", t.AZ.Name, was.Transit[j].CIDR, t.CIDR)
	}
}

func (v *ExistingVPC) name() string {
	if v == nil {
		return "a VPC that is made"
	}
	return v.ID
}
