package reach

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/internal/topology"
)

// Packets in a Transit Gateway.

// toGateway sends packets into a Transit Gateway, by the attachment's subnet in their availability zone: where there is none, they
// are dropped (Transit Gateway guide, "VPC attachments").
func (w *walk) toGateway(p place, r *topology.RouteEntry, s span, src source, path *step) {
	i := slices.IndexFunc(w.m.attached[p.vpc], func(a *topology.Attachment) bool { return a.TransitGateway == r.Target })
	g := w.m.net.TransitGateways[r.Target]
	switch {
	case i < 0 && (g == nil || g.External):
		w.end(s, unknown, path, r.Source, "the attachment of %s to %s is in none of the stacks", w.m.names[p.vpc], w.m.gatewayTitle(r.Target))
		return
	case i < 0 && len(w.m.loose[p.vpc.ID]) > 0:
		w.end(s, unknown, path, r.Source, "%s", w.m.loose[p.vpc.ID][0])
		return
	case i < 0:
		w.end(s, dropped, path, r.Source, "%s is not attached to %s", w.m.names[p.vpc], w.m.gatewayTitle(r.Target))
		return
	}
	a := w.m.attached[p.vpc][i]
	if g != nil && !g.External && g.Region != p.vpc.Region && g.Region != "" && p.vpc.Region != "" {
		w.end(s, dropped, path, a.Source, "%s is in %s, and a VPC is attached in its own region alone", w.m.gatewayTitle(r.Target), g.Region)
		return
	}
	subnet := inZone(a, p.zone)
	switch {
	case subnet != nil || p.zone == "":
	case len(a.Subnets) == 0:
		path = path.then(step{provided: fmt.Sprintf("attachment %s has a subnet in %s: only AWS knows its subnets", plain(a.Source),
			topology.Plain(p.zone))})
	case slices.ContainsFunc(a.Subnets, func(s *topology.Subnet) bool { return zoneForm(s.AZ) != zoneForm(p.zone) }):
		w.end(s, unknown, path, a.Source, "only AWS knows whether the attachment of %s has a subnet in availability zone %s", w.m.names[p.vpc],
			topology.Plain(p.zone))
		return
	default:
		w.end(s, dropped, path, a.Source, "the attachment of %s has no subnet in availability zone %s", w.m.names[p.vpc],
			topology.Plain(p.zone))
		return
	}
	path = w.enter(p, subnet, path)
	path = path.then(step{by: w.m.gatewayTitle(r.Target), provided: w.m.acceptance(a, g), at: a.Source})
	w.fromAttachment(a.ID, r.Target, p.zone, s, src, path)
}

// zoneForm is how an availability zone is written: by its name, by its id, or so that only AWS knows it.
func zoneForm(zone string) string {
	switch {
	case strings.HasPrefix(zone, "\ue000"), zone == "":
		return "unknown"
	case zoneID.MatchString(zone):
		return "id"
	}
	return "name"
}

func inZone(a *topology.Attachment, zone string) *topology.Subnet {
	for _, s := range a.Subnets {
		if s.AZ == zone {
			return s
		}
	}
	return nil
}

// acceptance is who must still accept an attachment.
func (m *model) acceptance(a *topology.Attachment, g *topology.TransitGateway) string {
	if g == nil || g.External || g.AutoAccept || g.Account == a.Account || g.Account == "" || a.Account == "" {
		return ""
	}
	return fmt.Sprintf("account %s accepts the attachment of %s: %s does not by itself", g.Account, m.names[a.VPC], m.gatewayTitle(g.ID))
}

// fromAttachment routes packets by the table that an attachment is associated with.
func (w *walk) fromAttachment(id, gateway, zone string, s span, src source, path *step) {
	tables := w.m.joinedTo(id, gateway)
	g := w.m.net.TransitGateways[gateway]
	switch {
	case len(tables) == 0 && (g == nil || g.External):
		w.end(s, unknown, path, pathAt(path), "%s is in none of the stacks: its default route tables decide", w.m.gatewayTitle(gateway))
	case len(tables) == 0 && len(w.m.loose[gateway]) > 0:
		w.end(s, unknown, path, pathAt(path), "%s", w.m.loose[gateway][0])
	case len(tables) == 0:
		w.end(s, dropped, path, pathAt(path), "the attachment is associated with no route table of %s", w.m.gatewayTitle(gateway))
	case len(tables) > 1:
		w.end(s, unknown, path, pathAt(path), "the attachment is associated with %d route tables, and AWS takes one", len(tables))
	default:
		w.inGateway(w.m.gateways[tables[0]], gateway, zone, s, src, path)
	}
}

// pathAt is the last part of a way.
func pathAt(path *step) topology.Source {
	for ; path != nil; path = path.before {
		if path.at != (topology.Source{}) {
			return path.at
		}
	}
	return topology.Source{}
}

// inGateway routes packets by a Transit Gateway's table.
func (w *walk) inGateway(t *gatewayTable, gateway, zone string, s span, src source, path *step) {
	if path.count > longestWay {
		w.end(s, dropped, path, pathAt(path), "packets to %s go in a circle", s)
		return
	}
	t.each(s, func(part span, r gatewayRoute, ok bool) {
		if w.public && private(part) {
			return
		}
		switch {
		case !ok && t.open != "":
			w.end(part, unknown, path, pathAt(path), "%s", t.open)
		case !ok && len(t.announced) > 0:
			w.end(part, toOutside, path, pathAt(path), "%s, as far as its other end announces ranges", t.announced[0].title)
		case !ok:
			w.end(part, dropped, path, pathAt(path), "%s has no route to %s", t.name, part)
		case r.blackhole:
			w.end(part, dropped, path, r.at, "%s drops %s", t.name, part)
		case r.rivals:
			w.end(part, unknown, path, r.at, "%s learns %s from several attachments, and AWS chooses one", t.name, part)
		default:
			hop := step{at: r.at, provided: r.provided}
			if w.m.written[r.at] {
				hop.provided = fmt.Sprintf("custom resource %s makes the route that its properties say", plain(r.at))
			}
			w.toAttachment(r, gateway, zone, part, src, path.then(hop))
		}
	})
}

// toAttachment delivers packets to what is attached.
func (w *walk) toAttachment(r gatewayRoute, gateway, zone string, s span, src source, path *step) {
	if a := w.m.net.Attachments[r.attachment]; a != nil {
		w.arrive(a, zone, s, src, path)
		return
	}
	switch k, o := w.m.attachmentKind(r.attachment); k {
	case "peering":
		other := one(o, "PeerTransitGatewayId")
		if other == gateway {
			other = one(o, "TransitGatewayId")
		}
		path = path.then(step{by: "peering of " + w.m.gatewayTitle(other), at: o.Source,
			provided: fmt.Sprintf("the other side accepts peering attachment %s, which CloudFormation cannot", plain(o.Source))})
		w.fromAttachment(r.attachment, other, "", s, src, path)
	case "firewall":
		path = path.then(step{by: "firewall " + plain(o.Source), at: o.Source, inspect: o.ID,
			provided: "the rules of firewall " + plain(o.Source) + " let them pass"})
		w.fromAttachment(r.attachment, gateway, zone, s, src, path)
	case "foreign":
		w.end(s, toOutside, path, r.at, "attachment %s of another app's VPC", topology.Plain(r.attachment))
	case "VPN", "Direct Connect":
		w.end(s, toOutside, path, r.at, "%s %s", k, plain(o.Source))
	default:
		w.end(s, unknown, path, r.at, "attachment %s is in none of the stacks, and nobody knows to whom it leads",
			topology.Plain(r.attachment))
	}
}

// arrive delivers packets into one of the attachment's subnets: that of the availability zone that they come from, where there is
// one, and else or in appliance mode any, the same for both directions (Transit Gateway guide, "Appliance mode").
func (w *walk) arrive(a *topology.Attachment, zone string, s span, src source, path *step) {
	path = path.then(step{at: a.Source,
		provided: w.m.acceptance(a, w.m.net.TransitGateways[a.TransitGateway])})
	subnet := inZone(a, zone)
	if n := len(a.Subnets); n > 0 && (subnet == nil || w.m.appliance(a)) {
		subnet = a.Subnets[w.hash%n]
	}
	p := place{vpc: a.VPC, arrived: true}
	if subnet != nil {
		p = in(subnet)
		p.arrived = true
	}
	w.inVPC(p, s, src, path)
}
