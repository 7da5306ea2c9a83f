package drift

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sharedhub/internal/topology"
)

func (c *comparer) vpcs() {
	for _, id := range slices.Sorted(maps.Keys(c.want.VPCs)) {
		w := c.want.VPCs[id]
		if !c.seen(w.Account) {
			continue
		}
		at := place{w.Account, w.Region}
		h := c.vpc[w]
		if h == nil {
			c.report("vpc-missing", w.Source, "", at, "VPC %s of %s is gone", w.Name(), join(w.CIDRs))
			continue
		}
		for _, d := range twoWays(w.CIDRs, h.CIDRs) {
			c.report("vpc-range", w.Source, h.ID, at, "VPC %s %s range %v", w.Name(), d.verb("lacks", "has the further"), d.item)
		}
		for _, d := range twoWays(w.IPv6, h.IPv6) {
			c.report("vpc-range", w.Source, h.ID, at, "VPC %s %s IPv6 range %s", w.Name(), d.verb("lacks", "has the further"), d.item)
		}
		if !h.DNSSupport && w.DNSSupport || !h.DNSNames && w.DNSNames {
			c.report("vpc-dns", w.Source, h.ID, at, "VPC %s: DNS support is %s, DNS host names are %s, and both must be on", w.Name(), onOff(h.DNSSupport), onOff(h.DNSNames))
		}
		for _, d := range twoWays(w.NameServers, h.NameServers) {
			c.report("vpc-dns", w.Source, h.ID, at, "VPC %s %s name server %s", w.Name(), d.verb("does not tell its hosts to ask", "tells its hosts to ask"), d.item)
		}
		if h.InternetGateway && !w.InternetGateway {
			c.report("internet-gateway", w.Source, h.ID, at, "an internet gateway is attached to VPC %s", w.Name())
		}
		c.flowLogs(w, h, at)
		c.subnets(w, h, at)
		for _, t := range w.Tables {
			if live := c.table[t]; live != nil {
				c.routes(t, live, at)
			} else {
				c.report("subnet-table", t.Source, "", at, "a route table of VPC %s is gone", w.Name())
			}
		}
		c.extraTables(w, h, at)
	}
}

// extraTables looks for routes in tables that no stack makes, the main table among them.
func (c *comparer) extraTables(w, h *topology.VPC, at place) {
	known := map[*topology.RouteTable]bool{}
	for _, t := range w.Tables {
		known[c.table[t]] = true
	}
	for _, t := range h.Tables {
		if known[t] {
			continue
		}
		extra := func(destination, target string) {
			c.report("route-extra", w.Source, t.ID, at, "route table %s of VPC %s, which no stack makes, sends %s to %s", t.ID, w.Name(), destination, target)
		}
		for _, r := range t.Routes {
			extra(r.CIDR.String(), r.Target)
		}
		for _, r := range t.Others {
			extra(r.Destination, r.Target)
		}
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (c *comparer) flowLogs(w, h *topology.VPC, at place) {
	want, have := c.want.FlowLogs[w.ID], c.have.FlowLogs[h.ID]
	show := func(l topology.FlowLog) string {
		if l.Bucket != "" {
			return fmt.Sprintf("%s packets to %s", l.Traffic, l.Bucket)
		}
		return fmt.Sprintf("%s packets kept %d days", l.Traffic, l.RetentionDays)
	}
	texts := func(list []topology.FlowLog) []string {
		var out []string
		for _, l := range list {
			out = append(out, show(l))
		}
		return out
	}
	for _, d := range twoWays(texts(want), texts(have)) {
		owner := w.Source
		if len(want) > 0 {
			owner = want[0].Source
		}
		c.report("flow-log", owner, h.ID, at, "VPC %s %s flow log of %s", w.Name(), d.verb("lacks the", "has another"), d.item)
	}
}

func (c *comparer) subnets(w, h *topology.VPC, at place) {
	known := map[*topology.Subnet]bool{}
	for _, s := range w.Subnets {
		live := c.subnet[s]
		known[live] = true
		if live == nil {
			c.report("subnet", s.Source, "", at, "subnet %s of VPC %s is gone", s.CIDR, w.Name())
			continue
		}
		if s.AZ != live.AZ && s.AZ != live.AZID {
			c.report("subnet", s.Source, live.ID, at, "subnet %s is in zone %s, not in %s", s.CIDR, live.AZ, s.AZ)
		}
		switch want := c.table[s.Table]; {
		case s.Table == nil || live.Table == want && want != nil:
		case live.Table == nil:
			c.report("subnet-table", s.Source, live.ID, at, "subnet %s has lost its route table, and uses the VPC's main one", s.CIDR)
		case want != nil:
			c.report("subnet-table", s.Source, live.ID, at, "subnet %s uses route table %s, not %s", s.CIDR, live.Table.ID, want.ID)
		}
		if wa, ha := rulesOf(s.ACL), rulesOf(live.ACL); wa != ha {
			c.report("subnet-acl", s.Source, live.ID, at, "the network ACL of subnet %s has %s, not %s", s.CIDR, ha, wa)
		}
	}
	for _, s := range h.Subnets {
		if !known[s] {
			c.report("subnet", w.Source, s.ID, at, "VPC %s has a further subnet, %s", w.Name(), s.CIDR)
		}
	}
}

// rulesOf shows what a network ACL admits; the default one as EC2 makes it is no ACL.
func rulesOf(a *topology.ACL) string {
	if a == nil {
		return "the default rules"
	}
	var out []string
	for _, l := range []struct {
		direction string
		rules     []topology.ACLRule
	}{{"in", a.Inbound}, {"out", a.Outbound}} {
		for _, r := range l.rules {
			verb := "deny"
			if r.Allow {
				verb = "allow"
			}
			protocol := map[string]string{"6": "tcp", "17": "udp", "1": "icmp", "-1": "all"}[r.Protocol]
			if protocol == "" {
				protocol = r.Protocol
			}
			out = append(out, fmt.Sprintf("%s %d %s %s %s %d-%d", l.direction, r.Number, verb, protocol, r.CIDR, r.From, r.To))
		}
	}
	return strings.Join(out, ", ")
}

func (c *comparer) routes(w, h *topology.RouteTable, at place) {
	have := map[string]topology.Route{}
	for _, r := range h.Routes {
		have[r.CIDR.String()] = r
	}
	for _, r := range w.Routes {
		live, ok := have[r.CIDR.String()]
		delete(have, r.CIDR.String())
		target := r.Target
		if g := c.gateway[r.Target]; g != nil {
			target = g.ID
		}
		switch {
		case !ok:
			c.report("route-missing", r.Source, h.ID, at, "route table %s lacks the route of %s to the transit gateway", h.ID, r.CIDR)
		case live.Kind == topology.ToNowhere:
			c.report("route-changed", r.Source, h.ID, at, "route table %s sends %s to %s, which is gone: a blackhole", h.ID, r.CIDR, live.Target)
		case live.Kind != r.Kind || live.Target != target && c.gateway[r.Target] != nil:
			c.report("route-changed", r.Source, h.ID, at, "route table %s sends %s to %s, not to %s", h.ID, r.CIDR, live.Target, target)
		}
	}
	for _, cidr := range slices.Sorted(maps.Keys(have)) {
		c.report("route-extra", w.Source, h.ID, at, "route table %s sends %s to %s, and no stack says so", h.ID, cidr, have[cidr].Target)
	}
	for _, r := range h.Others { // the hub's stacks write none
		c.report("route-extra", w.Source, h.ID, at, "route table %s sends %s to %s, and no stack says so", h.ID, r.Destination, r.Target)
	}
}

func (c *comparer) gateways() {
	for _, id := range slices.Sorted(maps.Keys(c.want.TransitGateways)) {
		w, h := c.want.TransitGateways[id], c.gateway[id]
		if !c.seen(w.Account) {
			continue
		}
		at := place{w.Account, w.Region}
		if h == nil {
			c.report("gateway-missing", w.Source, "", at, "the transit gateway is gone")
			continue
		}
		if !w.External {
			c.gatewayOptions(w, h, at)
		}
		c.extraAttachments(w, h, at)
	}
	for _, id := range slices.Sorted(maps.Keys(c.want.Attachments)) {
		c.attached(c.want.Attachments[id])
	}
	for _, id := range slices.Sorted(maps.Keys(c.want.TransitGatewayRouteTables)) {
		c.gatewayTable(c.want.TransitGatewayRouteTables[id])
	}
}

func (c *comparer) gatewayOptions(w, h *topology.TransitGateway, at place) {
	for _, o := range []struct {
		name       string
		want, have bool
	}{{"default association", w.DefaultAssociation, h.DefaultAssociation}, {"default propagation", w.DefaultPropagation, h.DefaultPropagation}, {"automatic acceptance", w.AutoAccept, h.AutoAccept}} {
		if o.want != o.have {
			c.report("gateway-options", w.Source, h.ID, at, "%s of the transit gateway is %s, not %s", o.name, onOff(o.have), onOff(o.want))
		}
	}
	known := map[*topology.TransitGatewayRouteTable]bool{}
	for _, t := range c.want.TransitGatewayRouteTables {
		known[c.gatewayTab[t]] = true
	}
	for _, id := range slices.Sorted(maps.Keys(c.have.TransitGatewayRouteTables)) {
		if t := c.have.TransitGatewayRouteTables[id]; t.TransitGateway == h.ID && !known[t] {
			c.report("gateway-table", w.Source, id, at, "the transit gateway has a further route table, %s", id)
		}
	}
}

// extraAttachments of a gateway that the hub made; an existing one may serve others.
func (c *comparer) extraAttachments(w, h *topology.TransitGateway, at place) {
	known := map[*topology.Attachment]bool{}
	for _, a := range c.attachment {
		known[a] = true
	}
	for _, id := range slices.Sorted(maps.Keys(c.have.Attachments)) {
		if a := c.have.Attachments[id]; a.TransitGateway == h.ID && !known[a] && !w.External && c.seen(a.Account) {
			c.report("attachment-extra", w.Source, id, at, "%s is attached to the transit gateway, and nobody configured it", a.VPC.Name())
		}
	}
}

func (c *comparer) attached(w *topology.Attachment) {
	if !c.seen(w.Account) || c.vpc[w.VPC] == nil || c.gateway[w.TransitGateway] == nil {
		return // said already
	}
	at := place{w.VPC.Account, w.VPC.Region}
	h := c.attachment[w]
	if h == nil {
		c.report("attachment-missing", w.Source, "", at, "VPC %s is not attached to the transit gateway", w.VPC.Name())
		return
	}
	if h.State != "" && h.State != "available" && h.State != "modifying" {
		c.report("attachment-state", w.Source, h.ID, at, "the attachment of VPC %s is %s", w.VPC.Name(), h.State)
	}
	for _, d := range twoWays(cidrs(w.Subnets), cidrs(h.Subnets)) {
		c.report("attachment-subnets", w.Source, h.ID, at, "the attachment of VPC %s %s subnet %s", w.VPC.Name(), d.verb("lacks", "has the further"), d.item)
	}
	owner, want, have := w.Source, "none", "none"
	for _, t := range w.Associated {
		if live := c.gatewayTab[t]; live != nil {
			want = live.ID
		}
	}
	if len(h.Associated) > 0 {
		have = h.Associated[0].ID
	}
	if w.AssociatedBy.Stack != "" {
		owner = w.AssociatedBy
	}
	if want != have {
		c.report("association", owner, h.ID, at, "the attachment of VPC %s is associated with table %s of the transit gateway, not %s", w.VPC.Name(), have, want)
	}
}

func (c *comparer) gatewayTable(w *topology.TransitGatewayRouteTable) {
	g := c.want.TransitGateways[w.TransitGateway]
	if g == nil || !c.seen(g.Account) || c.gateway[w.TransitGateway] == nil {
		return
	}
	at := place{g.Account, g.Region}
	h := c.gatewayTab[w]
	if h == nil {
		c.report("gateway-table", w.Source, "", at, "table %s of the transit gateway is gone", w.Name)
		return
	}
	have := map[*topology.Attachment]bool{}
	for _, p := range h.Propagated {
		have[p.Attachment] = true
	}
	want := map[*topology.Attachment]bool{}
	for _, p := range w.Propagated {
		live := c.attachment[p.Attachment]
		want[live] = true
		if live != nil && !have[live] {
			c.report("propagation-missing", p.Source, h.ID, at, "table %s of the transit gateway does not learn the ranges of VPC %s", w.Name, p.Attachment.VPC.Name())
		}
	}
	for _, p := range h.Propagated {
		if !want[p.Attachment] && !w.External {
			c.report("propagation-extra", w.Source, h.ID, at, "table %s of the transit gateway learns the ranges of %s, and no stack says so", w.Name, p.Attachment.VPC.Name())
		}
	}
	if w.External {
		return // others may write in it
	}
	show := func(list []topology.TransitGatewayRoute, live bool) []string {
		var out []string
		for _, r := range list {
			to := "nowhere"
			if r.Attachment != nil && live {
				to = r.Attachment.ID
			} else if a := c.attachment[r.Attachment]; r.Attachment != nil && a != nil {
				to = a.ID
			}
			out = append(out, r.CIDR.String()+" to "+to)
		}
		return out
	}
	for _, d := range twoWays(show(w.Static, false), show(h.Static, true)) {
		c.report("gateway-route", w.Source, h.ID, at, "table %s of the transit gateway %s route of %s", w.Name, d.verb("lacks the", "has a"), d.item)
	}
}

func cidrs(subnets []*topology.Subnet) []string {
	var out []string
	for _, s := range subnets {
		out = append(out, s.CIDR.String())
	}
	return out
}

func join[T fmt.Stringer](list []T) string {
	var out []string
	for _, e := range list {
		out = append(out, e.String())
	}
	return strings.Join(out, " ")
}

// change is an item that only one side has.
type change[T any] struct {
	item  T
	extra bool // only the live side has it
}

func (d change[T]) verb(missing, extra string) string {
	if d.extra {
		return extra
	}
	return missing
}

// twoWays lists what only one of two lists holds.
func twoWays[T comparable](want, have []T) []change[T] {
	var out []change[T]
	for _, w := range want {
		if !slices.Contains(have, w) {
			out = append(out, change[T]{w, false})
		}
	}
	for _, h := range have {
		if !slices.Contains(want, h) {
			out = append(out, change[T]{h, true})
		}
	}
	return out
}
