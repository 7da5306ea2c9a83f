package config

import (
	"cmp"
	"fmt"
	"slices"

	"sharedhub/internal/diag"
)

// sharingSteps are the ways to share names, in the order in which a hub in use goes from one to the next.
var sharingSteps = []string{SharingZones, SharingSpokeZones, SharingSpokeZonesAndProfile, SharingProfile}

// Change says what cannot be deployed in one step from one configuration to another: what AWS would replace or refuse, and
// what would leave names or routes behind. Both are valid; a new hub or spoke is always possible.
func Change(before, after *Config) diag.List {
	var out diag.List
	collect := func(f *File) *File { // the files' own lists are full by now
		g := *f
		g.diags = &out
		return &g
	}
	hubs := map[string]*Hub{}
	for _, h := range after.Hubs {
		hubs[h.Name] = h
	}
	for _, old := range before.Hubs {
		if h := hubs[old.Name]; h != nil {
			changeHub(collect(h.File), old, h)
		}
	}
	spokes := map[string]*Spoke{}
	for _, s := range after.Spokes {
		spokes[s.Name] = s
	}
	for _, old := range before.Spokes {
		switch s := spokes[old.Name]; {
		case s != nil:
			changeSpoke(collect(s.File), old, s)
		case old.Attached() && hubs[old.Hub] != nil:
			collect(old.File).errorf("", "write state: detached first and deploy, destroy its stacks, then delete the file",
				"spoke %s is attached, and its file is gone: its stacks would stay in AWS, still routed", old.Name)
		}
	}
	out.Sort()
	return out
}

// fixed refuses a change of what AWS cannot change in place.
func fixed(f *File, path, what string, before, after any) {
	if before != after {
		f.errorf(path, fmt.Sprintf("write %v again, or make a new one under another name and take this one away", before), "%s was %v and becomes %v, which replaces everything in it", what, before, after)
	}
}

func changeHub(f *File, old, h *Hub) {
	fixed(f, "account", "the hub's account", old.Account, h.Account)
	fixed(f, "region", "the hub's region", old.Region, h.Region)
	fixed(f, "vpc.cidr", "the hub's range", old.VPC.CIDR, h.VPC.CIDR)
	if own := "the hub's own"; old.TransitGateway.ID != h.TransitGateway.ID {
		fixed(f, "transitGateway", "the transit gateway", cmp.Or(old.TransitGateway.ID, own), cmp.Or(h.TransitGateway.ID, own))
	} else {
		fixed(f, "transitGateway.asn", "the transit gateway's ASN", old.TransitGateway.ASN, h.TransitGateway.ASN)
	}
	from, to := slices.Index(sharingSteps, old.DNS.Sharing), slices.Index(sharingSteps, h.DNS.Sharing)
	if from-to > 1 || to-from > 1 {
		next := from + 1
		if to < from {
			next = from - 1
		}
		f.errorf("dns.sharing", fmt.Sprintf("write sharing: %s and deploy that first (docs/OPERATIONS.md, \"From zones to a Profile\")", sharingSteps[next]),
			"from %s to %s in one step names would be public, or AWS refuses it", old.DNS.Sharing, h.DNS.Sharing)
	}
}

func changeSpoke(f *File, old, s *Spoke) {
	fixed(f, "hub", "the spoke's hub", old.Hub, s.Hub)
	fixed(f, "account", "the spoke's account", old.Account, s.Account)
	fixed(f, "cidr", "the spoke's range", old.CIDR, s.CIDR)
	if old.Segment != s.Segment && old.Attached() && s.Attached() {
		f.errorf("segment", "write state: detached and deploy, then the new segment without it", "from segment %s to %s in one step AWS refuses: an attachment has one route table", old.Segment, s.Segment)
	}
	if old.CIDR != s.CIDR {
		return // said, and everything moves
	}
	before, after := old.Plan(), s.Plan()
	for _, t := range old.Tiers {
		if _, ok := s.Tiers.Get(t.Key); !ok {
			continue
		}
		for _, z := range old.AZs {
			if was, is := before.Subnet(t.Key, z.Slot), after.Subnet(t.Key, z.Slot); was != is && slices.Contains(s.AZs, z) {
				f.errorf(keyPath("tiers", t.Key), "keep the tiers above it as they were, add new ones at the end, or keep this one in place with cidr",
					"tier %s moves from %s to %s in zone %s, which replaces its subnets", t.Key, was, is, z.Name)
				break
			}
		}
	}
}
