package config

import (
	"cmp"
	"fmt"
	"slices"

	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// Change says what cannot be deployed in one step from one configuration to another: what AWS would replace or refuse, and
// what would leave names or routes behind. Both are valid; a new hub or spoke is always possible.
func Change(before, after *Config) diag.List {
	var out diag.List
	hubs := map[string]*hubFile{}
	for _, h := range after.written.hubs {
		hubs[h.hub.Name] = h
	}
	for _, old := range before.Hubs {
		if h := hubs[old.Name]; h != nil {
			changeHub(h.Into(&out), old, h)
		}
	}
	spokes := map[string]*spokeFile{}
	for _, s := range after.written.spokes {
		spokes[s.spoke.Name] = s
	}
	for _, old := range before.written.spokes {
		switch s := spokes[old.spoke.Name]; {
		case s != nil:
			changeSpoke(s.Into(&out), old.spoke, s)
		case old.spoke.Attached() && hubs[old.in.Hub] != nil:
			old.Into(&out).Errorf(file.Change, &old.in, "write state: detached first and deploy, destroy its stacks, then delete the file",
				"spoke %s is attached, and its file is gone: its stacks would stay in AWS, still routed", old.spoke.Name)
		}
	}
	out.Sort()
	return out
}

// fixed refuses a change of what AWS cannot change in place.
func fixed[T comparable](f *file.File, at any, what string, before, after T) {
	if before != after {
		f.Errorf(file.Change, at, fmt.Sprintf("write %v again, or make a new one under another name and take this one away", before),
			"%s was %v and becomes %v, which replaces everything in it", what, before, after)
	}
}

func changeHub(f *file.File, old *Hub, written *hubFile) {
	in, h := &written.in, written.hub
	fixed(f, &in.Account, "the hub's account", old.Account, h.Account)
	fixed(f, &in.Region, "the hub's region", old.Region, h.Region)
	fixed(f, &in.VPC.CIDR, "the hub's range", old.CIDR, h.CIDR)
	if own := "the hub's own"; old.TransitGateway.ID != h.TransitGateway.ID {
		fixed(f, &in.TransitGateway, "the Transit Gateway", cmp.Or(old.TransitGateway.ID, own), cmp.Or(h.TransitGateway.ID, own))
	} else {
		fixed(f, &in.TransitGateway.ASN, "the Transit Gateway's ASN", old.TransitGateway.ASN, h.TransitGateway.ASN)
	}
	if step := step(routingSteps, old.TransitGateway.Routing, h.TransitGateway.Routing); step != h.TransitGateway.Routing {
		f.Errorf(file.Change, &in.TransitGateway.Routes, fmt.Sprintf("write routes: %s and deploy that first (%s)", step, routesPage),
			"from %s to %s routes in one step some spokes may be out of reach for a while", old.TransitGateway.Routing, h.TransitGateway.Routing)
	}
	if step := step(sharingSteps, old.Sharing, h.Sharing); step != h.Sharing {
		f.Errorf(file.Change, &in.DNS.Sharing, fmt.Sprintf("write sharing: %s and deploy that first (%s)", step, sharingPage),
			"from %s to %s in one step names would be public, or AWS refuses it", old.Sharing, h.Sharing)
	}
}

func changeSpoke(f *file.File, old *Spoke, written *spokeFile) {
	in, s := &written.in, written.spoke
	fixed(f, &in.Hub, "the spoke's hub", old.Hub.Name, s.Hub.Name)
	fixed(f, &in.Account, "the spoke's account", old.Account, s.Account)
	fixed(f, &in.CIDR, "the spoke's range", old.CIDR, s.CIDR)
	if old.Segment != s.Segment && old.Attached() && s.Attached() {
		f.Errorf(file.Change, &in.Segment, "write state: detached and deploy, then the new segment without it",
			"from segment %s to %s in one step AWS refuses: an attachment has one route table", old.Segment, s.Segment)
	}
	if old.CIDR == s.CIDR { // else it is said, and everything moves
		changeTiers(f, old, written)
	}
}

// changeTiers refuses to move a tier's subnets: CloudFormation would replace them, with everything in them.
func changeTiers(f *file.File, old *Spoke, written *spokeFile) {
	s := written.spoke
	before, after := old.Plan(), s.Plan()
	for i, t := range s.Tiers {
		if !slices.ContainsFunc(old.Tiers, func(o Tier) bool { return o.Name == t.Name }) {
			continue
		}
		at := any(&written.in)
		if i < len(written.in.Tiers) {
			at = &written.in.Tiers[i].Key
		}
		for _, z := range old.AZs {
			if was, is := before.Subnet(t.Name, z.Slot), after.Subnet(t.Name, z.Slot); was != is && slices.Contains(s.AZs, z) {
				f.Errorf(file.Change, at, "keep the tiers above it as they were, add new ones at the end, or keep this one in place with cidr",
					"tier %s moves from %s to %s in zone %s, which replaces its subnets", t.Name, was, is, z.Name)
				break
			}
		}
	}
}
