package config

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/ranges"
)

// Opening is one thing that a change lets happen which could not happen before. Whoever reviews the change decides whether it
// should.
type Opening struct {
	// Kind is "share", "range", "reach", "right", "policy", "name" or "service".
	Kind string `json:"kind"`
	Hub  string `json:"hub"`
	// Text is one sentence.
	Text string `json:"text"`
}

func (o Opening) String() string { return "hub " + o.Hub + ": " + o.Text }

// Opens lists what a change opens: with whom hubs are shared, which ranges their endpoints and routes admit, which segments reach
// each other, what spokes may choose, and which policies let everything pass. What closes is not listed. Before may be nil, for
// no configuration.
func Opens(before, after *Config) []Opening {
	out := []Opening{}
	for _, h := range after.Hubs {
		old := &Hub{Name: h.Name, FlowLogs: h.FlowLogs,
			TransitGateway: TransitGateway{Routing: RoutingStatic, FlowLogs: h.TransitGateway.FlowLogs}}
		if before != nil {
			if i := slices.IndexFunc(before.Hubs, func(b *Hub) bool { return b.Name == h.Name }); i >= 0 {
				old = before.Hubs[i]
			}
		}
		o := opens{hub: h, old: old}
		o.shares()
		o.ranges()
		o.externals()
		o.resolver()
		o.existingDNS()
		o.reach()
		o.rights()
		o.policies()
		o.names()
		o.services()
		out = append(out, o.found...)
	}
	return out
}

type opens struct {
	hub, old *Hub
	found    []Opening
}

func (o *opens) add(kind, format string, args ...any) {
	o.found = append(o.found, Opening{kind, o.hub.Name, fmt.Sprintf(format, args...)})
}

// principals are with whom a hub is shared, in words.
func (h *Hub) principals() []string {
	switch {
	case h.Organization.ManagementAccount == "":
		var out []string
		for _, a := range h.Guests() {
			out = append(out, "account "+a)
		}
		return out
	case len(h.Organization.Units) == 0:
		return []string{"all of organization " + h.Organization.ID}
	}
	var out []string
	for _, u := range h.Organization.Units {
		out = append(out, "organizational unit "+u)
	}
	return out
}

func (o *opens) shares() {
	before := o.old.principals()
	for _, p := range o.hub.principals() {
		if !slices.Contains(before, p) {
			o.add("share", "the hub is shared with %s", p)
		}
	}
	switch now, was := o.hub.Organization.ID, o.old.Organization.ID; {
	case now == was || o.old.Account == "":
	case now == "":
		o.add("share", "the hub can be shared with accounts of no organization, before with those of %s", was)
	default:
		o.add("share", "the policies and roles that trust the organization trust %s, before %s", now, cmp.Or(was, "none"))
	}
	if g := o.hub.TransitGateway; g.Account != "" && g.Account != o.old.TransitGateway.Account {
		o.add("share", "account %s, which owns %s, decides whom its route tables let reach the hub and the spokes", g.Account, g.ID)
	}
	known := append(o.old.Accounts(), o.old.Account)
	for _, a := range o.hub.Accounts() {
		if !slices.Contains(known, a) {
			o.add("share", "account %s has its first spoke%s", a, spokesOf(o.hub, a))
		}
	}
}

// spokesOf is ", name in segment name" for the spokes of an account.
func spokesOf(h *Hub, account string) string {
	var out []string
	for _, s := range h.Spokes {
		if s.Account == account {
			out = append(out, fmt.Sprintf("%s in segment %s", s.Name, s.Segment))
		}
	}
	return ": " + few(out, "spokes")
}

func (o *opens) ranges() {
	before := o.old.Supernets()
	for _, s := range o.hub.Segments {
		for _, r := range s.Pools {
			if !ranges.Covered(r, before) {
				o.add("range", "the endpoints and routes admit %s, a pool of segment %s", r, s.Name)
			}
		}
	}
	for _, s := range o.hub.Spokes {
		for _, r := range s.OutsideRanges {
			if s.Attached() && !ranges.Covered(r, o.before(s.Name)) {
				o.add("range", "the endpoints and routes admit %s, of spoke %s (account %s, segment %s)", r, s.Name, s.Account, s.Segment)
			}
		}
	}
	if o.hub.TransitGateway.Routing.Propagates() && !o.old.TransitGateway.Routing.Propagates() {
		o.add("range", "the route tables learn ranges from the attachments, so a spoke's account can add some by hand")
	}
}

func (o *opens) reach() {
	did := func(a, b string) bool { return o.old.Segment(a) != nil && slices.Contains(o.old.Peers(a), b) }
	for i, s := range o.hub.Segments {
		for _, other := range o.hub.Segments[i:] {
			switch {
			case !slices.Contains(o.hub.Peers(s.Name), other.Name) || did(s.Name, other.Name):
			case s.Name == other.Name:
				o.add("reach", "the spokes of segment %s reach each other", s.Name)
			default:
				o.add("reach", "segments %s and %s reach each other", s.Name, other.Name)
			}
		}
	}
	for _, s := range o.hub.Spokes {
		peers, added := o.hub.Peers(s.Segment), s.Ranges()
		if old := o.attached(s.Name); old != nil && old.Segment == s.Segment {
			added = slices.DeleteFunc(added, func(r netip.Prefix) bool { return ranges.Covered(r, old.Ranges()) })
		}
		if s.Attached() && len(added) > 0 && len(peers) > 0 {
			o.add("reach", "spoke %s (account %s, %s) reaches the spokes of %s", s.Name, s.Account, ranges.Join(added), strings.Join(peers,
				" and "))
		}
	}
}

// attached is a spoke as it was, if it was attached.
func (o *opens) attached(name string) *Spoke {
	for _, s := range o.old.Spokes {
		if s.Name == name && s.Attached() {
			return s
		}
	}
	return nil
}

// before are the ranges that a spoke had.
func (o *opens) before(name string) []netip.Prefix {
	if s := o.attached(name); s != nil {
		return s.Ranges()
	}
	return nil
}

func (o *opens) rights() {
	for _, s := range o.hub.Segments {
		old := o.old.Segment(s.Name)
		if old == nil {
			old = &Segment{Accounts: []string{"none"}, LargestRange: 32, Protect: s.Protect}
		}
		switch {
		case len(s.Accounts) == 0 && len(old.Accounts) > 0:
			o.add("right", "every account may join segment %s", s.Name)
		case len(old.Accounts) > 0:
			for _, a := range s.Accounts {
				if !slices.Contains(old.Accounts, a) {
					o.add("right", "account %s may join segment %s", a, s.Name)
				}
			}
		}
		for _, right := range s.SpokesMay {
			if does := serviceRights[right]; does != "" && !old.may(right) {
				o.add("right", "a service's file may make spokes of segment %s %s", s.Name, does)
			} else if !old.may(right) {
				o.add("right", "a spoke's file may choose %s in segment %s", right, s.Name)
			}
		}
		if s.LargestRange < old.LargestRange && o.old.Segment(s.Name) != nil {
			o.add("right", "spokes of segment %s may have larger ranges: /%d, before /%d", s.Name, max(s.LargestRange, 16), old.LargestRange)
		}
		if old.Protect && !s.Protect {
			o.add("right", "stacks of segment %s are no longer protected from termination", s.Name)
		}
	}
	o.flowLogs("the hub", o.old.FlowLogs, o.hub.FlowLogs)
	o.flowLogs("the Transit Gateway", o.old.TransitGateway.FlowLogs, o.hub.TransitGateway.FlowLogs)
	for _, s := range o.hub.Spokes {
		logs, protect := o.hub.FlowLogs, o.hub.Segment(s.Segment).Protect
		if old := o.attached(s.Name); old != nil {
			logs, protect = old.FlowLogs, old.Protect
		}
		if s.FlowLogs != o.hub.FlowLogs {
			o.flowLogs("spoke "+s.Name, logs, s.FlowLogs)
		}
		if protect && !s.Protect && o.hub.Segment(s.Segment).Protect {
			o.add("right", "the stacks of spoke %s are not protected from termination", s.Name)
		}
	}
}

// flowLogs says where flow logs end, or go to another place.
func (o *opens) flowLogs(whose string, old, now FlowLogs) {
	switch {
	case old.Off():
	case now.Off():
		o.add("right", "%s has no flow logs any more", whose)
	case old.To != now.To || old.Bucket != now.Bucket:
		o.add("right", "the flow logs of %s go to %s, before to %s", whose, cmp.Or(now.Bucket, string(now.To)),
			cmp.Or(old.Bucket, string(old.To)))
	}
}

// names lists those that an endpoint answers for beside what is known of its service: the files may name anybody's.
func (o *opens) names() {
	was := map[string]bool{}
	for _, e := range o.old.Endpoints {
		for _, n := range e.Catalog.PrivateNames {
			was[n] = true
		}
	}
	for _, e := range o.hub.Endpoints {
		o.existingEndpoint(e)
		known, _ := catalog.For(e.Catalog.Region, nil).Lookup(e.Catalog.Name)
		for _, n := range e.Catalog.PrivateNames {
			if !was[n] && (known == nil || !slices.Contains(known.PrivateNames, n)) {
				o.add("name", "the endpoint of %s answers for %s", e.Catalog.Name, n)
			}
		}
	}
}

// policies lists the endpoints whose policy lets everything pass, or changes otherwise than by being bounded to the organization.
func (o *opens) policies() {
	was := map[string]Policy{}
	for _, e := range o.old.Endpoints {
		was[e.Catalog.Name] = e.Policy
	}
	for service, p := range o.old.GatewayPolicies {
		was["gateway "+service] = p.Policy
	}
	change := func(key, what string, now Policy) {
		old, existed := was[key]
		same := existed && old.Kind == now.Kind && fmt.Sprint(old.Document) == fmt.Sprint(now.Document)
		switch {
		case same || now.Kind == PolicyOrganization:
		case now.Kind == PolicyImpossible && o.hub.Organization.ID != "":
			o.add("policy", "%s lets everything pass: it takes no endpoint policy", what)
		case now.Kind == PolicyFullAccess && existed:
			o.add("policy", "%s lets everything pass, before it was %s", what, old)
		case now.Kind == PolicyFullAccess && o.hub.Organization.ID != "":
			o.add("policy", "%s lets everything pass", what)
		case now.Kind == PolicyFile:
			o.add("policy", "%s has a new policy, %s", what, now)
		}
	}
	own := map[string]bool{}
	for _, e := range o.hub.Endpoints {
		own[e.Catalog.Name] = true
		change(e.Catalog.Name, "the endpoint of "+e.Catalog.Name, e.Policy)
	}
	for _, service := range sortedKeys(o.hub.GatewayPolicies) {
		if p := o.hub.GatewayPolicies[service]; !own[service] || p.File != p.Within.File || p.Kind != p.Within.Kind {
			change("gateway "+service, "the gateway endpoint for "+service, p.Policy)
		}
	}
}
