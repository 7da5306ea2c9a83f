package prove

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// The world is closed: what the proof does not follow must not touch what it speaks of. A part of another team that
// touches nothing of a hub is nobody's business here.

// owned says whose part an id names, and what it is.
type owned struct {
	subject, what string
	// hosts is true for what a host stands in: a subnet, or a security group.
	hosts bool
}

// world reports every part that is not understood, not decided or not in its place and that a hub's parts can feel: it
// names one of them, or it stands in one of the hub's own stacks.
func (p *prover) world() {
	ours := p.ours()
	p.sharesOf(ours)
	for _, s := range p.net.Strange {
		if o, ok := p.feels(ours, s.Source, "", s.Touches); ok {
			p.add(codePart, cmp.Or(o.subject, "the network"), s.Source, "%s", s.Text)
		}
	}
	for _, u := range p.net.Unknown {
		if p.resolvers[u.ID] && u.Opens != "" {
			continue // the way in that is configured
		}
		if e := p.net.ResolverEndpoints[u.ID]; e != nil && p.ofOwner(e) {
			continue
		}
		if o, ok := p.feels(ours, u.Source, u.ID, u.Touches); ok {
			p.unknown(u, o)
		}
	}
	for _, u := range p.net.Publishing() {
		if o, ok := p.feels(ours, u.Source, u.ID, u.Touches); ok && !p.claimed[u.ID] {
			p.unknown(u, o)
		}
	}
	for _, u := range p.net.Guests {
		if i := slices.IndexFunc(u.Touches, func(id string) bool { return ours[id].hosts }); i >= 0 {
			p.unknown(u, ours[u.Touches[i]])
		}
	}
	for _, u := range p.net.Undecided {
		if o, ok := p.feels(ours, u.Source, u.ID, u.Touches); ok {
			p.add(codeUndecided, o.subject, u.Source, "%s is known only during deployment, and %s depends on it: %s",
				topology.Plain(u.Path), o.what, u.Reason)
		}
	}
}

func (p *prover) unknown(u topology.UnknownPart, o owned) {
	typ, _ := topology.TypeOf(u.Type)
	switch {
	case u.Opens != "":
		p.add(codeWay, o.subject, u.Source, "a part that nobody configured touches %s: %s, which %s", o.what, u.Type, u.Opens)
	case len(u.Properties) > 0:
		p.add(codeUnknown, o.subject, u.Source, "nothing here reads %s of %s, so what it does to %s is not known",
			strings.Join(u.Properties, ", "), u.Type, o.what)
	case typ.Record != nil:
		p.add(codeUnknown, o.subject, u.Source, "%s touches %s and something that is in none of the stacks: %s", u.Type, o.what,
			topology.Plain(strings.Join(u.Touches, ", ")))
	default:
		p.add(codeUnknown, o.subject, u.Source, "nothing here understands %s, so what it does to %s is not known", u.Type, o.what)
	}
}

// feels finds a part of a hub that another part touches: itself, one that it names or that the hub's stacks make, or the
// stack that it stands in.
func (p *prover) feels(ours map[string]owned, at topology.Source, id string, touches []string) (owned, bool) {
	for _, id := range append([]string{id}, touches...) {
		if o, ok := ours[id]; ok && id != "" {
			return o, true
		}
	}
	for _, id := range touches {
		for _, h := range p.cfg.Hubs {
			if p.stackOf(h, topology.StackOf(id)) {
				return owned{"hub " + h.Name, topology.Plain(id), false}, true
			}
		}
	}
	for _, h := range p.cfg.Hubs {
		if p.stackOf(h, at.Stack) {
			return owned{"hub " + h.Name, "stack " + at.Stack + " of the hub", false}, true
		}
	}
	return owned{}, false
}

// stackOf is true for a stack of the hub: by its name, or by its tag.
func (p *prover) stackOf(h *config.Hub, name string) bool {
	return name != "" && (strings.HasPrefix(name, h.Name+"-") || p.hubOfStack[name] == h.Name)
}

// ours are the parts of all hubs that were found, by every id that names them.
func (p *prover) ours() map[string]owned {
	out := map[string]owned{}
	for _, sc := range p.scenes {
		p.oursOfGateway(out, sc)
		p.oursOfVPC(out, sc.subject, sc.vpc)
		for _, m := range sc.spokes {
			p.oursOfVPC(out, m.subject, m.vpc)
		}
	}
	for _, sc := range p.scenes {
		for _, pub := range sc.published {
			p.oursOfService(out, pub)
		}
	}
	for _, r := range p.net.Reads {
		if role := p.net.Roles[r.Role]; role != nil {
			o := owned{"role " + role.ARN, "role " + role.ARN, false}
			out[role.ARN], out[role.ARN[strings.LastIndex(role.ARN, "/")+1:]] = o, o
		}
	}
	return out
}

func (p *prover) oursOfVPC(out map[string]owned, subject string, v *topology.VPC) {
	out[v.ID] = owned{subject, "VPC " + v.Name(), false}
	for _, s := range v.Subnets {
		out[s.ID] = owned{subject, describe(s), true}
		if s.ACL != nil {
			out[s.ACL.ID] = owned{subject, "the network ACL of " + describe(s), false}
		}
	}
	for _, t := range v.Tables {
		out[t.ID] = owned{subject, "route table " + t.Source.String(), false}
	}
	for _, e := range v.Endpoints {
		out[e.ID] = owned{subject, "the endpoint of " + e.Of(), false}
		for _, g := range e.Groups {
			out[g.ID] = owned{subject, "security group " + g.Source.String(), true}
		}
	}
	for _, a := range p.attachments[v] {
		out[a.ID] = owned{subject, "the attachment of " + v.Name(), false}
	}
	for _, z := range p.hostedZonesOf[v.ID] {
		out[z.ID] = owned{subject, "hosted zone " + z.Name, false}
	}
	for _, a := range p.net.R53ProfileAssociations[v.ID] {
		o := owned{subject, "Route 53 Profile " + a.R53Profile.Source.String(), false}
		out[a.R53Profile.ID], out[a.R53Profile.ARN] = o, o
	}
}

// oursOfService are the parts of a published service.
func (p *prover) oursOfService(out map[string]owned, pub *publication) {
	out[pub.service.ID] = owned{pub.subject, "the endpoint service", false}
	for _, arn := range pub.service.LoadBalancers {
		b := p.net.LoadBalancers[arn]
		if b == nil || pub.LoadBalancer != "" {
			continue
		}
		out[arn] = owned{pub.subject, "the load balancer", false}
		for _, g := range b.Groups {
			out[g.ID] = owned{pub.subject, "security group " + g.Source.String(), true}
		}
		for id, l := range p.net.Listeners {
			if l.Balancer == arn {
				out[id] = owned{pub.subject, fmt.Sprintf("the listener on port %d", l.Port), false}
			}
		}
	}
}

// oursOfGateway are the Transit Gateway, with all tables of one that the hub makes, and the Profiles of the hub's endpoints.
func (p *prover) oursOfGateway(out map[string]owned, sc *scene) {
	g := sc.transitGateway
	o := owned{sc.subject, "the transit gateway", false}
	out[g.ID], out[g.ARN] = o, o
	for _, e := range sc.externals {
		out[e.attachment.ID] = owned{e.subject, "attachment " + e.Attachment, false}
	}
	for id, t := range p.net.TransitGatewayRouteTables {
		if t.TransitGateway == g.ID && (!g.External || p.tableOfHub(sc, t)) {
			out[id] = owned{sc.subject, "transit gateway route table " + tableName(t), false}
		}
	}
	for id, domain := range sc.rules {
		out[id] = owned{sc.subject, "the Resolver rule for " + domain, false}
	}
	for id := range p.resolvers {
		e := p.net.ResolverEndpoints[id]
		if len(e.Addresses) == 0 || e.Addresses[0].Subnet == nil || e.Addresses[0].Subnet.VPC != sc.vpc {
			continue
		}
		out[id] = owned{sc.subject, "the " + strings.ToLower(e.Direction) + " Resolver endpoint", false}
		for _, g := range e.Groups {
			out[g] = owned{sc.subject, "the security group of the " + strings.ToLower(e.Direction) + " Resolver endpoint", true}
		}
	}
	for id, r := range p.net.R53Profiles {
		if carriesEndpointsOf(r, sc.vpc) {
			o := owned{sc.subject, "the Route 53 Profile", false}
			out[id], out[r.ARN] = o, o
		}
	}
}

// tableOfHub is true for a Transit Gateway's table that the hub's or a spoke's attachment is associated with.
func (p *prover) tableOfHub(sc *scene, t *topology.TransitGatewayRouteTable) bool {
	return slices.Contains(sc.attachment.Associated, t) ||
		slices.ContainsFunc(sc.spokes, func(m *member) bool { return m.attachment != nil && slices.Contains(m.attachment.Associated, t) }) ||
		slices.ContainsFunc(sc.externals, func(o *outside) bool { return slices.Contains(o.attachment.Associated, t) })
}

// outsiders reports whoever uses the hub's Transit Gateway, its tables, or its Profile without being configured, also where
// packets flow one way only. Others may be attached to an existing gateway, in tables of their own.
func (p *prover) outsiders(sc *scene) {
	insiders, externals := map[*topology.VPC]bool{}, map[*topology.VPC]bool{}
	for _, other := range p.scenes { // hubs may share a gateway
		insiders[other.vpc] = true
		for _, m := range other.spokes {
			insiders[m.vpc] = true
		}
		for _, o := range other.externals { // others may use it too, in tables of their own
			externals[o.attachment.VPC] = true
		}
	}
	attachments := maps.Clone(p.net.Attachments)
	maps.Copy(attachments, p.net.ExternalAttachments)
	for _, id := range sortedKeys(attachments) {
		a := attachments[id]
		if a.TransitGateway != sc.transitGateway.ID || insiders[a.VPC] || externals[a.VPC] {
			continue
		}
		for _, t := range a.Associated {
			if !sc.transitGateway.External || p.tableOfHub(sc, t) || leadsTo(t, insiders) != nil || p.written(sc, t, externals) != nil {
				at := a.AssociatedBy
				if at == (topology.Source{}) {
					at = a.Source
				}
				p.add(codeSegment, sc.subject, at, "transit gateway route table %s routes packets from %s, which is not in the configuration",
					tableName(t), a.VPC.Name())
			}
		}
	}
	p.foreignTables(sc, insiders, externals)
	p.profileOutsiders(sc, insiders)
	p.ruleOutsiders(sc, insiders)
}

// leadsTo is an attachment of one of the VPCs that the table sends packets to; nil where there is none.
func leadsTo(t *topology.TransitGatewayRouteTable, vpcs map[*topology.VPC]bool) *topology.Attachment {
	for _, pr := range t.Propagated {
		if vpcs[pr.Attachment.VPC] {
			return pr.Attachment
		}
	}
	for _, r := range t.Static {
		if r.Attachment != nil && vpcs[r.Attachment.VPC] {
			return r.Attachment
		}
	}
	return nil
}

// written is an attachment that exists and that a template, or a stack of the hub's, has the table send packets to; nil where none does.
// Others may use such an attachment, too, by what is in no template.
func (p *prover) written(sc *scene, t *topology.TransitGatewayRouteTable, externals map[*topology.VPC]bool) *topology.Attachment {
	by := func(at topology.Source) bool { return at.Stack != "" && at.Live == "" || p.stackOf(sc.hub, at.Stack) }
	for _, pr := range t.Propagated {
		if externals[pr.Attachment.VPC] && by(pr.Source) {
			return pr.Attachment
		}
	}
	for _, r := range t.Static {
		if r.Attachment != nil && externals[r.Attachment.VPC] && by(r.Source) {
			return r.Attachment
		}
	}
	return nil
}

// foreignTables reports tables that the stacks only name, and the configuration does not, and that lead to the hub, its spokes or the
// attachments of its file: whom else they serve is not known. Nor do the hub's stacks put anything else there.
func (p *prover) foreignTables(sc *scene, insiders, externals map[*topology.VPC]bool) {
	for _, id := range sortedKeys(p.net.TransitGatewayRouteTables) {
		t := p.net.TransitGatewayRouteTables[id]
		if !t.External || p.named(t) {
			continue
		}
		a := leadsTo(t, insiders)
		if a == nil {
			a = p.written(sc, t, externals)
		}
		switch {
		case a != nil && a.TransitGateway == sc.transitGateway.ID: // and so is the table
			p.add(codeSegment, sc.subject, a.Source, "transit gateway route table %s, which is not in the configuration, leads to %s",
				tableName(t), a.VPC.Name())
		case a == nil:
			p.putThere(sc, t)
		}
	}
}

// named is true for a table that a hub's file names.
func (p *prover) named(t *topology.TransitGatewayRouteTable) bool {
	return slices.ContainsFunc(p.cfg.Hubs, func(h *config.Hub) bool {
		return slices.Contains(slices.Collect(maps.Values(h.TransitGateway.RouteTables)), t.ID)
	})
}

// putThere reports what the hub's stacks put into a table that no file names.
func (p *prover) putThere(sc *scene, t *topology.TransitGatewayRouteTable) {
	put := func(what string, at topology.Source) {
		if p.stackOf(sc.hub, at.Stack) {
			p.add(codeGateway, sc.subject, at, "transit gateway route table %s is not in the configuration, and gets %s", tableName(t),
				topology.Plain(what))
		}
	}
	for _, r := range p.net.TransitGatewayRoutes {
		if r.Table == t.ID {
			put("a route to "+r.Destination, r.Source)
		}
	}
	for _, j := range p.net.Joins {
		switch {
		case j.Table != t.ID:
		case j.Propagates:
			put("the propagation of "+j.Attachment, j.Source)
		default:
			put("the association of "+j.Attachment, j.Source)
		}
	}
}

func (p *prover) profileOutsiders(sc *scene, insiders map[*topology.VPC]bool) {
	for _, id := range sortedKeys(p.net.R53ProfileAssociations) {
		v := p.net.VPCs[id]
		if v == nil || insiders[v] {
			continue
		}
		for _, a := range p.net.R53ProfileAssociations[id] {
			if carriesEndpointsOf(a.R53Profile, sc.vpc) {
				p.add(codeProfile, sc.subject, a.Source, "the Route 53 Profile is associated with VPC %s, which is not in the configuration", v.Name())
			}
		}
	}
}

// ruleOutsiders reports VPCs of nobody's that ask servers elsewhere through the hub's outbound endpoint.
func (p *prover) ruleOutsiders(sc *scene, insiders map[*topology.VPC]bool) {
	for _, id := range sortedKeys(p.net.VPCs) {
		v := p.net.VPCs[id]
		for _, f := range v.Forwards {
			if domain := sc.rules[f.ID]; domain != "" && !insiders[v] {
				p.add(codeName, sc.subject, f.Source, "VPC %s, which is not in the configuration, follows the hub's Resolver rule for %s", v.Name(),
					domain)
			}
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
