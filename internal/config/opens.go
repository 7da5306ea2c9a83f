package config

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/internal/ranges"
)

// Opening is one thing that a change lets happen which could not happen before. Whoever reviews the change decides whether it
// should.
type Opening struct {
	// Kind is "share", "range", "reach", "right" or "policy".
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
		old := &Hub{Name: h.Name, FlowLogs: h.FlowLogs, TransitGateway: TransitGateway{Routing: RoutingStatic}}
		if before != nil {
			if i := slices.IndexFunc(before.Hubs, func(b *Hub) bool { return b.Name == h.Name }); i >= 0 {
				old = before.Hubs[i]
			}
		}
		o := opens{hub: h, old: old}
		o.shares()
		o.ranges()
		o.reach()
		o.rights()
		o.policies()
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
		for _, a := range h.Accounts() {
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
			if s.Attached() && !ranges.Covered(r, before) {
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
	was := map[string]string{}
	for _, s := range o.old.Spokes {
		if s.Attached() {
			was[s.Name] = s.Segment
		}
	}
	for _, s := range o.hub.Spokes {
		peers := o.hub.Peers(s.Segment)
		if old, attached := was[s.Name]; s.Attached() && (!attached || old != s.Segment) && len(peers) > 0 {
			o.add("reach", "spoke %s (account %s, %s) reaches the spokes of %s", s.Name, s.Account, ranges.Join(s.Ranges()), strings.Join(peers,
				" and "))
		}
	}
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
			if !old.may(right) {
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
	if !o.old.FlowLogs.Off() && o.hub.FlowLogs.Off() {
		o.add("right", "the hub has no flow logs any more")
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
		case now.Kind == PolicyFullAccess && existed:
			o.add("policy", "%s lets everything pass, before it was %s", what, old)
		case now.Kind == PolicyFullAccess && o.hub.Organization.ID != "":
			o.add("policy", "%s lets everything pass", what)
		case now.Kind == PolicyFile:
			o.add("policy", "%s has a new policy, %s", what, now)
		}
	}
	for _, e := range o.hub.Endpoints {
		change(e.Catalog.Name, "the endpoint of "+e.Catalog.Name, e.Policy)
	}
	for _, service := range sortedKeys(o.hub.GatewayPolicies) {
		if p := o.hub.GatewayPolicies[service]; p.File != p.Within.File || p.Kind != p.Within.Kind {
			change("gateway "+service, "the gateway endpoint for "+service, p.Policy)
		}
	}
}
