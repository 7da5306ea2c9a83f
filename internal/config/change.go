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
	changePublished(&out, before, after)
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
	changeHubVPC(f, old, written)
	if own := "the hub's own"; old.TransitGateway.ID != h.TransitGateway.ID {
		fixed(f, &in.TransitGateway, "the Transit Gateway", cmp.Or(old.TransitGateway.ID, own), cmp.Or(h.TransitGateway.ID, own))
	} else if old.Account == h.Account && old.GatewayAccount() != h.GatewayAccount() {
		f.Errorf(file.Change, &in.TransitGateway, "write its account as it was, or make another hub and move the spokes",
			"the Transit Gateway was of account %s and becomes one of %s: its route tables, associations and routes would be made anew beside "+
				"those that are there", old.GatewayAccount(), h.GatewayAccount())
	} else {
		fixed(f, &in.TransitGateway.ASN, "the Transit Gateway's ASN", old.TransitGateway.ASN, h.TransitGateway.ASN)
		changeTables(f, old, written)
	}
	if old.Account == h.Account && old.Region == h.Region { // else it is said, and everything is another
		changeHubAZs(f, old, written)
		changeSegments(f, old, written)
		changeExternal(f, old, written)
		changeForwards(f, old, written)
		changeExistingDNS(f, old, written)
		changeServices(f, old, written)
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

// changeTables refuses to give a table's place to another one: attachments are associated with it, and have one table each.
func changeTables(f *file.File, old *Hub, written *hubFile) {
	before, after := old.TransitGateway.RouteTables, written.hub.TransitGateway.RouteTables
	names := []string{"hub"}
	for _, s := range old.Segments {
		if written.hub.Segment(s.Name) != nil {
			names = append(names, s.Name)
		}
	}
	for _, name := range names {
		if before[name] != after[name] {
			f.Errorf(file.Change, &written.in.TransitGateway.RouteTables,
				"write it as it was; to change a segment's table, move its spokes to a new segment",
				"the route table of %s was %s and becomes %s, while attachments are associated with it", name,
				cmp.Or(before[name], "one made here"), cmp.Or(after[name], "one made here"))
		}
	}
}

// spelt refuses to name zones in another way: a subnet's zone cannot change, and one with the same range cannot stand beside it.
func spelt(f *file.File, at any, before, after []AZ) bool {
	if len(before) == 0 || len(after) == 0 || before[0].ByID == after[0].ByID {
		return true
	}
	f.Errorf(file.Change, at, "write zones: ["+azNames(before)+"] again",
		"zones %s become %s, and AWS would replace every subnet", azNames(before), azNames(after))
	return false
}

// changeHubAZs refuses to take a zone from the hub while endpoints are in it: their stack is deployed after the network's, which
// deletes the subnets.
func changeHubAZs(f *file.File, old *Hub, written *hubFile) {
	h, at := written.hub, &written.in.VPC.AZs
	if !spelt(f, at, old.AZs, h.AZs) {
		return
	}
	for _, z := range old.AZs {
		if slices.Contains(h.AZs, z) {
			continue
		}
		var endpoints, spokes []string
		for _, e := range old.Endpoints {
			if slices.Contains(e.AZs, z) {
				endpoints = append(endpoints, e.Catalog.Name)
			}
		}
		for _, s := range h.Spokes {
			was := slices.IndexFunc(old.Spokes, func(o *Spoke) bool { return o.Name == s.Name })
			if was >= 0 && slices.Contains(old.Spokes[was].AZs, z) && !slices.Contains(s.AZs, z) && !s.ownAZs {
				spokes = append(spokes, s.Name)
			}
		}
		if len(endpoints) > 0 {
			f.Errorf(file.Change, at, fmt.Sprintf("write endpoints: {zones: [%s]} and deploy that first (%s)", azNames(h.AZs), awayPage),
				"zone %s goes with its subnet, while the endpoints of %s are in it", z.Name, few(endpoints, "services"))
		}
		if len(spokes) > 0 {
			f.Errorf(file.Change, at, fmt.Sprintf("write zones: [%s] in their files to keep them, or zones: [%s] once they are empty",
				azNames(old.AZs), azNames(h.AZs)),
				"zone %s goes, and with it the subnets of %s, which take their zones from the hub", z.Name, few(spokes, "spokes"))
		}
	}
}

// changeSegments refuses to take a segment away while other segments' spokes have routes in its table: their links are deployed
// after the network, which deletes the table.
func changeSegments(f *file.File, old *Hub, written *hubFile) {
	for _, seg := range old.Segments {
		if written.hub.Segment(seg.Name) != nil {
			continue
		}
		var users []string
		for _, s := range old.Spokes {
			if s.Attached() && (s.Segment == seg.Name || slices.Contains(old.Peers(s.Segment), seg.Name)) {
				users = append(users, s.Name)
			}
		}
		if len(users) > 0 {
			f.Errorf(file.Change, &written.in.Segments,
				fmt.Sprintf("move its spokes and take it out of reaches, and deploy that first (%s)", awayPage),
				"segment %s goes with its route table, which %s uses", seg.Name, few(users, "spokes"))
		}
	}
}

// changeServices refuses to delete an endpoint that names still lead to, or to make another of it.
func changeServices(f *file.File, old *Hub, written *hubFile) {
	now := map[string]*Endpoint{}
	for _, e := range written.hub.Endpoints {
		now[e.Catalog.Name] = e
	}
	for _, was := range old.Endpoints {
		name := was.Catalog.Name
		switch is := now[name]; {
		case is != nil:
			fixed(f, written.given[name], "the endpoint service of "+name, was.Catalog.ServiceName, is.Catalog.ServiceName)
			changeEndpoint(f, written, was, is)
		case !was.Leaving && was.Catalog.PrivateDNS() && was.Existing == nil: // one that exists is not ours to delete
			f.Errorf(file.Change, &written.in.Endpoints.Services,
				fmt.Sprintf("give its entry state: leaving and deploy that first, then delete the entry (%s)", awayPage),
				"service %s is gone: its endpoint would be deleted while its names still lead there", name)
		}
	}
}

const awayPage = `docs/OPERATIONS.md, "Take a service, a zone or a segment away"`

func changeSpoke(f *file.File, old *Spoke, written *spokeFile) {
	in, s := &written.in, written.spoke
	fixed(f, &in.Hub, "the spoke's hub", old.Hub.Name, s.Hub.Name)
	fixed(f, &in.Account, "the spoke's account", old.Account, s.Account)
	fixed(f, &in.CIDR, "the spoke's range", old.CIDR, s.CIDR)
	changeIPAM(f, old, written)
	if old.Segment != s.Segment && old.Attached() && s.Attached() {
		f.Errorf(file.Change, &in.Segment, "write state: detached and deploy, then the new segment without it",
			"from segment %s to %s in one step AWS refuses: an attachment has one route table", old.Segment, s.Segment)
	}
	changeVPC(f, old, written)
	if old.Existing != nil || s.Existing != nil {
		return
	}
	follows := !old.ownAZs && !s.ownAZs
	if old.CIDR == s.CIDR && (follows || spelt(f, &in.AZs, old.AZs, s.AZs)) { // else it is said, and everything moves
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
