package prove

import (
	"fmt"
	"net/netip"
	"slices"

	"sharedhub/internal/config"
	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

// outside is an attachment that exists: the gateway's tables are proved to lead to it as configured, and it to whom it may reach.
// What lies behind it is assumed.
type outside struct {
	config.External
	subject    string
	attachment *topology.Attachment
	table      *topology.TransitGatewayRouteTable
}

// findExternals finds the attachments that exist by their ids.
func (p *prover) findExternals(sc *scene) {
	for _, e := range sc.hub.External {
		o := &outside{External: e, subject: "external " + e.Name}
		p.Assumed = append(p.Assumed, fmt.Sprintf("hub %s, external %s: behind %s lie %s and nothing else, from where packets come back, and "+
			"whoever may use them decides who is there", sc.hub.Name, e.Name, e.Attachment, ranges.Join(e.CIDRs)))
		if o.attachment = p.net.Attachments[e.Attachment]; o.attachment == nil {
			o.attachment = p.net.ExternalAttachments[e.Attachment]
		}
		switch a := o.attachment; {
		case a == nil:
			p.add(codePath, o.subject, topology.Source{}, "attachment %s has no place in the route tables of hub %s", e.Attachment, sc.hub.Name)
			continue
		case a.TransitGateway != sc.transitGateway.ID:
			p.add(codePath, o.subject, a.Source, "expected an attachment to the hub's transit gateway, found one to %s",
				topology.Plain(a.TransitGateway))
			continue
		case a.VPC == sc.vpc || sc.byVPC[a.VPC] != nil:
			p.add(codePath, o.subject, a.Source, "attachment %s is that of %s", e.Attachment, a.VPC.Name())
			continue
		case e.Kind != "" && a.Kind != "" && a.Kind != e.Kind:
			p.add(codePath, o.subject, a.Source, "expected attachment %s to be of kind %s, found %s", e.Attachment, e.Kind, a.Kind)
		case e.Account != "" && !a.External && a.Account != e.Account:
			p.add(codePath, o.subject, a.Source, "expected attachment %s to be of account %s, found %s", e.Attachment, e.Account, a.Account)
		}
		if len(o.attachment.Associated) == 1 {
			o.table = o.attachment.Associated[0]
		}
		sc.externals = append(sc.externals, o)
		p.beyond[o.attachment], p.outsides[o.attachment.VPC] = true, o
	}
}

// external proves one: associated with its segment's table, the way to each endpoint's subnet and back, and its reach.
func (p *prover) external(sc *scene, o *outside) {
	theirs := o.Account == "" || sc.hub.GatewayElsewhere() // to share
	if !theirs && !p.net.SharedWith(sc.transitGateway.ARN, sc.hub.Account, sc.hub.Region, o.Account) {
		p.add(codeSharing, o.subject, sc.transitGateway.Source, "the transit gateway is not shared with account %s, which owns %s", o.Account,
			o.Attachment)
	}
	if o.table == nil {
		p.add(codePath, o.subject, o.attachment.Source, "expected attachment %s to be associated with one transit gateway route table, found %d",
			o.Attachment, len(o.attachment.Associated))
		return
	}
	p.tableAsConfigured(sc, o.subject, o.Segment, o.attachment)
	for _, to := range endpointSubnets(sc.services) {
		if !to.CIDR.IsValid() {
			continue // said of the hub
		}
		if st := p.enters(sc, o, to.CIDR); st != nil {
			p.add(codePath, o.subject, st.at, "no path to the endpoints in %s: %s", to.CIDR, st.text)
		}
		for _, r := range o.CIDRs {
			if _, st := p.walk(to, r, o.attachment.VPC); st != nil {
				p.add(codePath, o.subject, st.at, "no return path from the endpoints to %s: %s", r, st.text)
			}
			p.Counts.Paths++
		}
	}
	p.externalPorts(sc, o)
}

// enters follows packets that come in by an attachment to a range of the hub.
func (p *prover) enters(sc *scene, o *outside, to netip.Prefix) *stop {
	next, hop, st := p.cross(o.table, to)
	switch {
	case st != nil:
		return st
	case next != sc.attachment:
		return &stop{fmt.Sprintf("the transit gateway sends %s to %s", to, next.VPC.Name()), hop.at}
	}
	return p.arrive(next, to)
}

// externalPorts proves that the network ACLs of the hub let the packets pass; groups has judged the security groups.
func (p *prover) externalPorts(sc *scene, o *outside) {
	said := map[stop]bool{}
	for _, s := range sc.services {
		if s.endpoint == nil {
			continue
		}
		for _, port := range s.Catalog.Ports {
			for _, r := range o.CIDRs {
				from := &topology.Subnet{Name: "of " + o.subject, CIDR: r, VPC: o.attachment.VPC}
				for _, to := range s.endpoint.Subnets {
					if st := p.aclStop(from, to, port); st != nil && !said[*st] {
						said[*st] = true
						p.add(codePath, o.subject, st.at, "%s is closed: %s", s.Catalog.Name, st.text)
					}
				}
			}
		}
	}
}

// externalsOf are the attachments that exist and exchange packets with a segment.
func (p *prover) externalsOf(sc *scene, segment string) []*outside {
	return slices.DeleteFunc(slices.Clone(sc.externals), func(o *outside) bool { return !p.exchanges(sc, segment, o.Segment) })
}

// may are the VPCs that a segment's table leads to, each by its ranges: the hub's, and those of all who exchange packets with it.
func (p *prover) may(sc *scene, segment string) map[*topology.VPC][]netip.Prefix {
	out := map[*topology.VPC][]netip.Prefix{sc.vpc: {sc.hub.CIDR}}
	for _, m := range sc.spokes {
		if m.spoke.Attached() && m.attachment != nil && p.exchanges(sc, segment, m.spoke.Segment) {
			out[m.vpc] = m.spoke.Ranges()
		}
	}
	for _, o := range p.externalsOf(sc, segment) {
		out[o.attachment.VPC] = o.CIDRs
	}
	return out
}

// externalReach proves that the table of an attachment that exists leads to its peers, and to nobody else.
func (p *prover) externalReach(sc *scene, o *outside) {
	if o.table == nil {
		return // said
	}
	subject := fmt.Sprintf("segment %s of hub %s", o.Segment, sc.hub.Name)
	p.tableHolds(sc, subject, o.table, p.may(sc, o.Segment))
	for _, m := range sc.spokes {
		if !m.spoke.Attached() || m.attachment == nil || !p.exchanges(sc, o.Segment, m.spoke.Segment) {
			continue
		}
		for _, r := range m.spoke.Ranges() {
			p.crossesTo(o.subject, o.table, r, m.subject, m.attachment)
		}
	}
	p.reachesExternals(sc, o.subject, o.Segment, o.table)
}

// reachesExternals checks that a segment's table leads to the attachments that exist and that it exchanges packets with.
func (p *prover) reachesExternals(sc *scene, subject, segment string, t *topology.TransitGatewayRouteTable) {
	for _, o := range p.externalsOf(sc, segment) {
		for _, r := range o.CIDRs {
			p.crossesTo(subject, t, r, o.subject, o.attachment)
		}
	}
}

// crossesTo checks that a table sends a range to the attachment of whom it is.
func (p *prover) crossesTo(subject string, t *topology.TransitGatewayRouteTable, r netip.Prefix, whom string, to *topology.Attachment) {
	if next, _, st := p.cross(t, r); st != nil {
		p.add(codeSegment, subject, st.at, "does not reach %s: %s", whom, st.text)
	} else if next != to {
		p.add(codeSegment, subject, t.Source, "packets for %s arrive at %s", whom, next.VPC.Name())
	}
}
