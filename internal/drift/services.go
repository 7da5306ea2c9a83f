package drift

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sharedhub/internal/policy"
	"sharedhub/internal/topology"
)

func (c *comparer) endpoints() {
	known := map[*topology.Endpoint]bool{}
	for _, id := range slices.Sorted(maps.Keys(c.want.Endpoints)) {
		w := c.want.Endpoints[id]
		h := c.endpoint[w]
		known[h] = true
		if !c.seen(w.Account) || c.vpc[w.VPC] == nil {
			continue
		}
		at := place{w.Account, w.Region}
		if h == nil {
			c.report("endpoint-missing", w.Source, "", at, "the endpoint of %s in VPC %s is gone", w.ServiceName, w.VPC.Name())
			continue
		}
		c.endpointParts(w, h, at)
	}
	for w, v := range c.vpc {
		for _, e := range v.Endpoints {
			if !known[e] {
				c.report("endpoint-extra", w.Source, e.ID, place{w.Account, w.Region}, "VPC %s holds an endpoint of %s, and no stack makes it", w.Name(), e.ServiceName)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.want.Groups)) {
		if g := c.want.Groups[id]; c.group[g] != nil {
			c.rules(g, c.group[g])
		}
	}
}

func (c *comparer) endpointParts(w, h *topology.Endpoint, at place) {
	if !slices.Contains([]string{"", "available"}, h.State) {
		c.report("endpoint-state", w.Source, h.ID, at, "the endpoint of %s is %s", w.ServiceName, h.State)
	}
	if !policy.Same(w.Policy, h.Policy) {
		c.report("endpoint-policy", w.Source, h.ID, at, "the policy of the endpoint of %s is not the one that its stack wrote", w.ServiceName)
	}
	for _, d := range twoWays(cidrs(w.Subnets), cidrs(h.Subnets)) {
		c.report("endpoint-subnets", w.Source, h.ID, at, "the endpoint of %s %s subnet %s", w.ServiceName, d.verb("lacks", "is in the further"), d.item)
	}
	var want, have []string
	for _, g := range w.Groups {
		if live := c.group[g]; live != nil {
			want = append(want, live.ID)
		} else {
			want = append(want, g.Source.String()+", which is gone")
		}
	}
	for _, g := range h.Groups {
		have = append(have, g.ID)
	}
	for _, d := range twoWays(want, have) {
		c.report("endpoint-groups", w.Source, h.ID, at, "the endpoint of %s %s security group %s", w.ServiceName, d.verb("lacks", "has the further"), d.item)
	}
	if !w.Interface {
		want, have = nil, nil
		for _, t := range w.Tables {
			if live := c.table[t]; live != nil {
				want = append(want, live.ID)
			}
		}
		for _, t := range h.Tables {
			have = append(have, t.ID)
		}
		for _, d := range twoWays(want, have) {
			c.report("endpoint-tables", w.Source, h.ID, at, "the gateway endpoint of %s %s route table %s", w.ServiceName, d.verb("does not serve", "serves the further"), d.item)
		}
	}
	if w.Interface && w.PrivateDNS != h.PrivateDNS {
		c.report("endpoint-private-dns", w.Source, h.ID, at, "private DNS of the endpoint of %s is %s, not %s", w.ServiceName, onOff(h.PrivateDNS), onOff(w.PrivateDNS))
	}
}

func (c *comparer) rules(w, h *topology.SecurityGroup) {
	v := c.want.VPCs[w.VPC]
	if v == nil || !c.seen(v.Account) {
		return
	}
	at := place{v.Account, v.Region}
	show := func(direction string, list []topology.Rule) []string {
		var out []string
		for _, r := range list {
			out = append(out, fmt.Sprintf("%s %s %s ports %d to %d", direction, r.CIDR, r.Protocol, r.From, r.To))
		}
		return out
	}
	want := append(show("from", w.Ingress), show("to", w.Egress)...)
	have := append(show("from", h.Ingress), show("to", h.Egress)...)
	if w.OpenEgress {
		want = append(want, "to 0.0.0.0/0 -1 ports 0 to 65535")
	}
	for _, d := range twoWays(want, append(have, h.Others...)) {
		kind := "rule-missing"
		if d.extra {
			kind = "rule-extra"
		}
		c.report(kind, w.Source, h.ID, at, "security group %s %s %s", h.ID, d.verb("lacks the rule", "has a rule that no stack wrote:"), d.item)
	}
}

func (c *comparer) zones() {
	known := map[*topology.HostedZone]bool{}
	for _, id := range slices.Sorted(maps.Keys(c.want.HostedZones)) {
		w := c.want.HostedZones[id]
		h := c.zone[w]
		known[h] = true
		if !c.seen(w.Account) {
			continue
		}
		at := place{account: w.Account, region: c.regionOf(w)}
		if h == nil {
			c.report("zone-missing", w.Source, "", at, "private zone %s is gone, or serves none of its VPCs", w.Name)
			continue
		}
		c.zoneVPCs(w, h, at)
		c.records(w, h, at)
	}
	ours := map[string]*topology.VPC{}
	for w, v := range c.vpc {
		ours[v.ID] = w
	}
	for _, id := range slices.Sorted(maps.Keys(c.have.HostedZones)) {
		z := c.have.HostedZones[id]
		for _, v := range z.VPCs {
			if w := ours[v.ID]; w != nil && !known[z] {
				c.report("zone-extra", w.Source, z.ID, place{w.Account, w.Region}, "VPC %s asks zone %s of account %s, which no stack makes", w.Name(), z.Name, z.Account)
			}
		}
	}
}

func (c *comparer) regionOf(z *topology.HostedZone) string {
	for _, v := range z.VPCs {
		return v.Region
	}
	return ""
}

func (c *comparer) zoneVPCs(w, h *topology.HostedZone, at place) {
	var want, have []string
	name := map[string]string{}
	for _, v := range w.VPCs {
		if live := c.vpc[c.want.VPCs[v.ID]]; live != nil {
			want = append(want, live.ID)
			name[live.ID] = c.want.VPCs[v.ID].Name()
		}
	}
	for _, v := range h.VPCs {
		have = append(have, v.ID)
	}
	for _, d := range twoWays(want, have) {
		if !d.extra {
			c.report("zone-vpc-missing", w.Source, h.ID, at, "private zone %s does not serve VPC %s, %s", w.Name, name[d.item], d.item)
			continue
		}
		what := "which is none of the configuration, or gone"
		if v := c.have.VPCs[d.item]; v != nil {
			what = v.Name()
		}
		c.report("zone-vpc-extra", w.Source, h.ID, at, "private zone %s serves VPC %s, %s", w.Name, d.item, what)
	}
}

func (c *comparer) records(w, h *topology.HostedZone, at place) {
	have := map[string]topology.DNSRecord{}
	for _, r := range h.Records {
		have[r.Name+" "+r.Type] = r
	}
	for _, r := range w.Records {
		id := r.Name + " " + r.Type
		live, ok := have[id]
		delete(have, id)
		if !ok {
			c.report("record-missing", r.Source, h.ID, at, "private zone %s lacks record %s", w.Name, id)
			continue
		}
		if r.Endpoint == nil || !c.seen(r.Endpoint.Account) || c.endpoint[r.Endpoint] == nil {
			continue
		}
		if e := c.endpoint[r.Endpoint]; live.Endpoint != e || live.Broken != "" {
			c.report("record-changed", r.Source, h.ID, at, "record %s leads to %s, not to the regional name of endpoint %s", id, live.Target, e.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(have)) {
		c.report("record-extra", w.Source, h.ID, at, "private zone %s holds record %s, and no stack wrote it", w.Name, id)
	}
}

func (c *comparer) profiles() {
	for _, id := range slices.Sorted(maps.Keys(c.want.R53Profiles)) {
		w, h := c.want.R53Profiles[id], c.profile[c.want.R53Profiles[id]]
		if !c.seen(w.Account) {
			continue
		}
		at := place{w.Account, w.Region}
		if h == nil {
			c.report("profile-missing", w.Source, "", at, "the Route 53 Profile is gone")
			continue
		}
		var want, have []string
		for _, e := range w.Endpoints {
			if live := c.endpoint[e]; live != nil {
				want = append(want, "the endpoint of "+e.ServiceName)
			}
		}
		for _, e := range h.Endpoints {
			have = append(have, "the endpoint of "+e.ServiceName)
		}
		for _, z := range w.HostedZones {
			want = append(want, "zone "+z.Name)
		}
		for _, z := range h.HostedZones {
			have = append(have, "zone "+z.Name)
		}
		for _, d := range twoWays(want, have) {
			c.report("profile-resource", w.Source, h.ID, at, "the Route 53 Profile %s %s", d.verb("does not carry", "also carries"), d.item)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.want.VPCs)) {
		w := c.want.VPCs[id]
		h := c.vpc[w]
		if h == nil || !c.seen(w.Account) {
			continue
		}
		var want, have []string
		owner := w.Source
		for _, a := range c.want.R53ProfileAssociations[id] {
			owner = a.Source
			if live := c.profile[a.R53Profile]; live != nil {
				want = append(want, live.ID)
			}
		}
		for _, a := range c.have.R53ProfileAssociations[h.ID] {
			have = append(have, a.R53Profile.ID)
		}
		for _, d := range twoWays(want, have) {
			c.report("profile-association", owner, h.ID, place{w.Account, w.Region}, "VPC %s %s Route 53 Profile %s", w.Name(), d.verb("does not use", "uses"), d.item)
		}
	}
}

// shared is what one account shares in a region: each resource with each principal.
func (c *comparer) shared(n *topology.Network, live bool) map[place][]string {
	out := map[place][]string{}
	for _, s := range n.Shares {
		at := place{s.Account, s.Region}
		for _, r := range s.Resources {
			what := c.resourceName(n, r, live)
			for _, p := range s.Principals {
				out[at] = append(out[at], what+" with "+p)
			}
			if s.External {
				out[at] = append(out[at], what+" beyond the organization")
			}
		}
	}
	return out
}

// resourceName calls a gateway or a profile the same on both sides.
func (c *comparer) resourceName(n *topology.Network, arn string, live bool) string {
	for id, g := range n.TransitGateways {
		if g.ARN != arn {
			continue
		}
		if h := c.gateway[id]; !live && h != nil {
			return h.ID
		}
		return id
	}
	for id, p := range n.R53Profiles {
		if p.ARN != arn {
			continue
		}
		if h := c.profile[p]; !live && h != nil {
			return h.ID
		}
		return id
	}
	return arn
}

func (c *comparer) shares() {
	want, have := c.shared(c.want, false), c.shared(c.have, true)
	owners := map[place]topology.Source{}
	for _, s := range c.want.Shares {
		owners[place{s.Account, s.Region}] = s.Source
	}
	for at, list := range want {
		if !c.seen(at.account) {
			continue
		}
		for _, d := range twoWays(list, have[at]) {
			c.report("share", owners[at], "", at, "RAM %s %s", d.verb("does not share", "shares"), d.item)
		}
	}
	for at, list := range have {
		if _, ok := want[at]; !ok {
			for _, what := range list {
				c.report("share", owners[at], "", at, "RAM shares %s, and no stack says so", what)
			}
		}
	}
}

func (c *comparer) roles() {
	for _, arn := range slices.Sorted(maps.Keys(c.want.Roles)) {
		w, h := c.want.Roles[arn], c.have.Roles[arn]
		if !c.seen(w.Account) {
			continue
		}
		at := place{account: w.Account}
		name := arn[strings.LastIndex(arn, "/")+1:]
		switch {
		case h == nil:
			c.report("role", w.Source, "", at, "role %s is gone", name)
		case !policy.Same(w.Trust, h.Trust):
			c.report("role", w.Source, arn, at, "role %s trusts others than its stack wrote", name)
		case !samePolicies(w.Policies, h.Policies):
			c.report("role", w.Source, arn, at, "role %s may do other things than its stack wrote", name)
		}
	}
}

func samePolicies(want, have []map[string]any) bool {
	if len(want) != len(have) {
		return false
	}
	for _, w := range want {
		if !slices.ContainsFunc(have, func(h map[string]any) bool { return policy.Same(w, h) }) {
			return false
		}
	}
	return true
}
