package drift

import (
	"maps"
	"slices"

	"sharedhub/internal/topology"
)

// comparer holds which live part stands for which synthesised one.
type comparer struct {
	want, have *topology.Network
	seen       func(account string) bool
	found      []Difference
	liveStacks map[string]topology.Stack

	vpc        map[*topology.VPC]*topology.VPC
	subnet     map[*topology.Subnet]*topology.Subnet
	table      map[*topology.RouteTable]*topology.RouteTable
	gateway    map[string]*topology.TransitGateway // by the synthesised id
	attachment map[*topology.Attachment]*topology.Attachment
	gatewayTab map[*topology.TransitGatewayRouteTable]*topology.TransitGatewayRouteTable
	group      map[*topology.SecurityGroup]*topology.SecurityGroup
	endpoint   map[*topology.Endpoint]*topology.Endpoint
	zone       map[*topology.HostedZone]*topology.HostedZone
	profile    map[*topology.R53Profile]*topology.R53Profile
}

func newComparer(want, have *topology.Network, seen func(string) bool) *comparer {
	c := &comparer{want: want, have: have, seen: seen, liveStacks: map[string]topology.Stack{},
		vpc: map[*topology.VPC]*topology.VPC{}, subnet: map[*topology.Subnet]*topology.Subnet{}, table: map[*topology.RouteTable]*topology.RouteTable{},
		gateway: map[string]*topology.TransitGateway{}, attachment: map[*topology.Attachment]*topology.Attachment{}, gatewayTab: map[*topology.TransitGatewayRouteTable]*topology.TransitGatewayRouteTable{},
		group: map[*topology.SecurityGroup]*topology.SecurityGroup{}, endpoint: map[*topology.Endpoint]*topology.Endpoint{}, zone: map[*topology.HostedZone]*topology.HostedZone{},
		profile: map[*topology.R53Profile]*topology.R53Profile{}}
	for _, s := range have.Stacks {
		c.liveStacks[stackKey(s)] = s
	}
	c.matchVPCs()
	c.matchGateways()
	groups := bySource(have.Groups, func(g *topology.SecurityGroup) topology.Source { return g.Source })
	for _, g := range want.Groups {
		// one stack makes a group, in one VPC
		for _, h := range groups[key(g.Source)] {
			if v := c.vpc[want.VPCs[g.VPC]]; v != nil && v.ID == h.VPC {
				c.group[g] = h
			}
		}
	}
	for _, e := range want.Endpoints {
		if v := c.vpc[e.VPC]; v != nil {
			for _, h := range v.Endpoints {
				if h.ServiceName == e.ServiceName && h.Interface == e.Interface && (c.endpoint[e] == nil || key(h.Source) == key(e.Source)) {
					c.endpoint[e] = h
				}
			}
		}
	}
	c.matchZones()
	return c
}

// key is a source without the id in AWS.
func key(s topology.Source) topology.Source { return topology.Source{Stack: s.Stack, ID: s.ID} }

func bySource[T any](parts map[string]*T, source func(*T) topology.Source) map[topology.Source][]*T {
	out := map[topology.Source][]*T{}
	for _, id := range slices.Sorted(maps.Keys(parts)) {
		s := key(source(parts[id]))
		out[s] = append(out[s], parts[id])
	}
	return out
}

// matchVPCs goes by account, region and range, and by the stack where two have them; subnets by range, tables by the
// stack, or else by the subnets they serve.
func (c *comparer) matchVPCs() {
	live := map[place][]*topology.VPC{}
	for _, id := range slices.Sorted(maps.Keys(c.have.VPCs)) {
		h := c.have.VPCs[id]
		live[place{h.Account, h.Region}] = append(live[place{h.Account, h.Region}], h)
	}
	for _, id := range slices.Sorted(maps.Keys(c.want.VPCs)) {
		w := c.want.VPCs[id]
		if len(w.CIDRs) == 0 {
			continue
		}
		var v *topology.VPC
		for _, h := range live[place{w.Account, w.Region}] {
			if slices.Contains(h.CIDRs, w.CIDRs[0]) && (v == nil || key(h.Source) == key(w.Source)) {
				v = h
			}
		}
		if v == nil {
			continue
		}
		c.vpc[w] = v
		for _, s := range w.Subnets {
			for _, h := range v.Subnets {
				if h.CIDR == s.CIDR {
					c.subnet[s] = h
				}
			}
		}
		for _, t := range w.Tables {
			for _, h := range v.Tables {
				if key(h.Source) == key(t.Source) {
					c.table[t] = h
				}
			}
		}
		for _, s := range w.Subnets { // tables without CloudFormation's tags
			if h := c.subnet[s]; h != nil && s.Table != nil && c.table[s.Table] == nil && h.Table != nil && h.Table.Source.Stack == "" {
				c.table[s.Table] = h.Table
			}
		}
	}
}

// matchGateways goes by id for existing gateways and tables, else by the stack; attachments by gateway and VPC.
func (c *comparer) matchGateways() {
	gateways := bySource(c.have.TransitGateways, func(g *topology.TransitGateway) topology.Source { return g.Source })
	for id, g := range c.want.TransitGateways {
		if g.External {
			c.gateway[id] = c.have.TransitGateways[id]
		} else if l := gateways[key(g.Source)]; len(l) > 0 {
			c.gateway[id] = l[0]
		}
	}
	tables := bySource(c.have.TransitGatewayRouteTables, func(t *topology.TransitGatewayRouteTable) topology.Source { return t.Source })
	for _, t := range c.want.TransitGatewayRouteTables {
		if t.External {
			c.gatewayTab[t] = c.have.TransitGatewayRouteTables[t.ID]
		} else if l := tables[key(t.Source)]; len(l) > 0 {
			c.gatewayTab[t] = l[0]
		}
	}
	type pair struct {
		gateway string
		vpc     *topology.VPC
	}
	live := map[pair]*topology.Attachment{}
	for _, id := range slices.Sorted(maps.Keys(c.have.Attachments)) {
		a := c.have.Attachments[id]
		live[pair{a.TransitGateway, a.VPC}] = a
	}
	for _, a := range c.want.Attachments {
		if g, v := c.gateway[a.TransitGateway], c.vpc[a.VPC]; g != nil && v != nil {
			if h := live[pair{g.ID, v}]; h != nil {
				c.attachment[a] = h
			}
		}
	}
}

// matchZones goes by account and name, and by the VPCs where two hubs of one account have zones of one name.
func (c *comparer) matchZones() {
	byName := map[string][]*topology.HostedZone{}
	for _, id := range slices.Sorted(maps.Keys(c.have.HostedZones)) {
		z := c.have.HostedZones[id]
		byName[z.Account+" "+z.Name] = append(byName[z.Account+" "+z.Name], z)
	}
	for _, w := range c.want.HostedZones {
		best := -1
		for _, h := range byName[w.Account+" "+w.Name] {
			n := 0
			for _, v := range w.VPCs {
				if live := c.vpc[c.want.VPCs[v.ID]]; live != nil && slices.ContainsFunc(h.VPCs, func(o topology.HostedZoneVPC) bool { return o.ID == live.ID }) {
					n++
				}
			}
			if n > best && n > 0 {
				c.zone[w], best = h, n
			}
		}
	}
	for _, w := range c.want.R53Profiles {
		best := -1
		for _, id := range slices.Sorted(maps.Keys(c.have.R53Profiles)) {
			h := c.have.R53Profiles[id]
			if h.Account != w.Account || h.Region != w.Region {
				continue
			}
			n := 0
			for _, e := range w.Endpoints {
				if live := c.endpoint[e]; live != nil && slices.Contains(h.Endpoints, live) {
					n++
				}
			}
			if n > best {
				c.profile[w], best = h, n
			}
		}
	}
}
