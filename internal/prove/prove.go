// Package prove decides whether a network is what a configuration asks for: each spoke reaches each endpoint by each of
// its private names and back again, segments reach exactly whom they should, and nothing reaches anything else.
//
// It takes its expectations from the configuration and the catalogue alone, and shares no code with what writes the
// templates. It reasons about whole address ranges, not sampled hosts. Spokes that are equal in what decides a question
// share the answer.
package prove

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// Severity of a finding; only errors mean that something does not hold.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is something that does not hold.
type Finding struct {
	Severity Severity `json:"severity"`
	// Code names the kind of finding: path, name, segment, internet, ambiguous, route, endpoint, rule, policy, share,
	// vpc, profile, role, logs, part, quota.
	Code string `json:"code"`
	// Subject is what it is about: "spoke payments-prod", "hub use1".
	Subject string `json:"subject"`
	// Text says what does not hold and what is missing.
	Text string `json:"text"`
	// Resource is the stack and logical id of the part that is wrong, or should hold what is missing; may be empty.
	Resource string `json:"resource,omitempty"`
}

func (f Finding) String() string {
	s := fmt.Sprintf("%s: %s: %s", f.Severity, f.Subject, f.Text)
	if f.Resource != "" {
		s += " (" + f.Resource + ")"
	}
	return s
}

// Result is what was decided.
type Result struct {
	Findings []Finding `json:"findings"`
	Counts   Counts    `json:"counts"`
	// NoPolicyPossible are the services whose endpoints take no policy, as "hub service": everything may pass them, and IAM
	// alone decides.
	NoPolicyPossible []string `json:"noPolicyPossible"`
}

// Counts say how much was proved.
type Counts struct {
	Hubs      int `json:"hubs"`
	Spokes    int `json:"spokes"`
	Endpoints int `json:"endpoints"`
	// Paths are ways from a spoke's subnet to an endpoint's subnet and back, Names the names that resolve in a VPC, Pairs
	// the pairs of VPCs whose reach is as configured.
	Paths int `json:"paths"`
	Names int `json:"names"`
	Pairs int `json:"pairs"`
}

// Holds is true when nothing is wrong.
func (r *Result) Holds() bool {
	return !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity == Error })
}

// Network proves a network against a configuration.
func Network(cfg *config.Config, net *topology.Network) *Result {
	return Seen(cfg, net, func(string) bool { return true })
}

// Seen proves what can be told of a network where some accounts could not be looked at: hubs and spokes of the others.
func Seen(cfg *config.Config, net *topology.Network, seen func(account string) bool) *Result {
	p := newProver(cfg, net)
	p.seen = seen
	p.Findings, p.NoPolicyPossible = []Finding{}, []string{}
	for _, s := range net.Strange {
		p.add(Error, "part", "the network", s.Source.String(), "%s", s.Text)
	}
	for _, h := range cfg.Hubs {
		if !seen(h.Account) {
			continue
		}
		p.hub(h)
		for _, s := range h.Endpoints {
			if s.PolicyName == "none possible" {
				p.NoPolicyPossible = append(p.NoPolicyPossible, h.Name+" "+s.Catalog.Name)
			}
		}
	}
	p.readers()
	p.quotas()
	slices.SortStableFunc(p.Findings, func(a, b Finding) int {
		return cmp.Or(strings.Compare(string(a.Severity), string(b.Severity)), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Code, b.Code), strings.Compare(a.Text, b.Text))
	})
	p.Findings = slices.Compact(p.Findings)
	return &p.Result
}

type prover struct {
	Result
	cfg           *config.Config
	net           *topology.Network
	attachments   map[*topology.VPC][]*topology.Attachment
	vpcRoutes     map[*topology.VPC]map[*topology.RouteTable]*ranges[topology.Route]
	tableRoutes   map[*topology.TransitGatewayRouteTable]*ranges[transitGatewayRoute]
	hostedZonesOf map[string][]*topology.HostedZone // by VPC id
	names         map[string][]nameResult           // by what a VPC's resolver sees
	rules         map[string]bool
	seen          func(account string) bool
}

func newProver(cfg *config.Config, net *topology.Network) *prover {
	p := &prover{cfg: cfg, net: net, attachments: map[*topology.VPC][]*topology.Attachment{}, vpcRoutes: map[*topology.VPC]map[*topology.RouteTable]*ranges[topology.Route]{},
		tableRoutes: map[*topology.TransitGatewayRouteTable]*ranges[transitGatewayRoute]{}, hostedZonesOf: map[string][]*topology.HostedZone{}, names: map[string][]nameResult{}, rules: map[string]bool{}, seen: func(string) bool { return true }}
	for _, id := range slices.Sorted(maps.Keys(net.Attachments)) {
		a := net.Attachments[id]
		p.attachments[a.VPC] = append(p.attachments[a.VPC], a)
	}
	for _, id := range slices.Sorted(maps.Keys(net.HostedZones)) {
		for _, v := range net.HostedZones[id].VPCs {
			p.hostedZonesOf[v.ID] = append(p.hostedZonesOf[v.ID], net.HostedZones[id])
		}
	}
	return p
}

func (p *prover) add(sev Severity, code, subject, resource, format string, args ...any) {
	p.Findings = append(p.Findings, Finding{sev, code, subject, fmt.Sprintf(format, args...), resource})
}

// scene is one hub with its parts found in the network.
type scene struct {
	hub            *config.Hub
	subject        string
	vpc            *topology.VPC
	attachment     *topology.Attachment
	transitGateway *topology.TransitGateway
	spokes         []*member
	services       []*service
	// byVPC are the members by VPC.
	byVPC map[*topology.VPC]*member
}

// member is one spoke found in the network.
type member struct {
	spoke      *config.Spoke
	subject    string
	vpc        *topology.VPC
	attachment *topology.Attachment
	table      *topology.TransitGatewayRouteTable
	// work are its subnets but the transit ones.
	work []*topology.Subnet
}

// service is one service of the hub with its endpoint.
type service struct {
	*config.Endpoint
	endpoint *topology.Endpoint
}

func (p *prover) hub(h *config.Hub) {
	p.Counts.Hubs++
	sc := p.find(h)
	if sc == nil {
		return
	}
	p.vpc(sc.subject, sc.vpc, h.VPC.CIDR)
	p.flowLogs(sc.subject, sc.vpc, h.FlowLogs)
	p.services(sc)
	p.shares(sc)
	for _, m := range sc.spokes {
		p.Counts.Spokes++
		p.vpc(m.subject, m.vpc, m.spoke.Ranges()...)
		p.flowLogs(m.subject, m.vpc, m.spoke.FlowLogs)
		p.member(sc, m)
	}
	p.hubNames(sc)
	p.segments(sc)
}

// find matches the configuration's hub and spokes with the network's VPCs, by account, region and range.
func (p *prover) find(h *config.Hub) *scene {
	sc := &scene{hub: h, subject: "hub " + h.Name, byVPC: map[*topology.VPC]*member{}}
	sc.vpc = p.locate(sc.subject, h.Name, h.Account, h.Region, h.VPC.CIDR)
	if sc.vpc == nil {
		return nil
	}
	switch at := p.attachments[sc.vpc]; len(at) {
	case 1:
		sc.attachment = at[0]
		sc.transitGateway = p.net.TransitGateways[at[0].TransitGateway]
	case 0:
		p.add(Error, "path", sc.subject, sc.vpc.Source.String(), "the hub's VPC is attached to no transit gateway")
		return nil
	default:
		p.add(Error, "path", sc.subject, sc.vpc.Source.String(), "the hub's VPC has %d attachments, and one is meant", len(at))
		return nil
	}
	if id := h.TransitGateway.ID; id != "" && sc.attachment.TransitGateway != id {
		p.add(Error, "path", sc.subject, sc.attachment.Source.String(), "the hub is attached to %s, and %s is configured", sc.attachment.TransitGateway, id)
	}
	if sc.transitGateway == nil {
		p.add(Error, "path", sc.subject, sc.attachment.Source.String(), "the hub's transit gateway is not in the network")
		return nil
	}
	if g := sc.transitGateway; !g.External && (g.DefaultAssociation || g.DefaultPropagation) {
		p.add(Error, "segment", sc.subject, g.Source.String(), "the transit gateway's default association or propagation is on: an attachment opens routes nobody wrote")
	}
	for _, s := range h.Spokes {
		if !p.seen(s.Account) {
			continue
		}
		m := &member{spoke: s, subject: "spoke " + s.Name}
		if m.vpc = p.locate(m.subject, h.Name, s.Account, h.Region, s.CIDR); m.vpc == nil {
			continue
		}
		sc.spokes = append(sc.spokes, m)
		sc.byVPC[m.vpc] = m
	}
	return sc
}

func (p *prover) locate(subject, hub, account, region string, cidr netip.Prefix) *topology.VPC {
	var found []*topology.VPC
	for _, v := range p.net.VPCs {
		if v.Account == account && v.Region == region && slices.Contains(v.CIDRs, cidr) {
			found = append(found, v)
		}
	}
	if len(found) > 1 { // another hub's, with the same range, in the same account and region
		found = slices.DeleteFunc(found, func(v *topology.VPC) bool { return v.Tags["hub"] != hub })
	}
	if len(found) != 1 {
		p.add(Error, "vpc", subject, "", "account %s has %d VPCs with range %s in %s, and one is meant", account, len(found), cidr, region)
		return nil
	}
	return found[0]
}

// vpc checks what every VPC needs: its ranges, DNS, subnets inside it and apart, and no way to the internet.
func (p *prover) vpc(subject string, v *topology.VPC, want ...netip.Prefix) {
	for _, r := range want {
		if !slices.Contains(v.CIDRs, r) {
			p.add(Error, "vpc", subject, v.Source.String(), "the VPC does not have range %s", r)
		}
	}
	for _, r := range v.CIDRs {
		if !slices.Contains(want, r) {
			p.add(Error, "vpc", subject, v.Source.String(), "the VPC has range %s, which is not configured", r)
		}
	}
	if !v.DNSSupport || !v.DNSNames {
		p.add(Error, "vpc", subject, v.Source.String(), "private names need the VPC's DNS support and DNS host names, and one of them is off")
	}
	if len(v.NameServers) > 0 {
		p.add(Error, "vpc", subject, v.Source.String(), "hosts are told to ask the name servers %s, which do not know the private names, and not the VPC's own", strings.Join(v.NameServers, ", "))
	}
	for i, s := range v.Subnets {
		if s.Table == nil {
			p.add(Error, "route", subject, s.Source.String(), "subnet %s has no route table of its own, so the VPC's main table serves it, whatever that says", s.CIDR)
		}
		if !admits(v.CIDRs, s.CIDR) {
			p.add(Error, "vpc", subject, s.Source.String(), "subnet %s lies outside the VPC's ranges", s.CIDR)
		}
		for _, o := range v.Subnets[:i] {
			if s.CIDR.Overlaps(o.CIDR) {
				p.add(Error, "ambiguous", subject, s.Source.String(), "subnet %s overlaps %s", s.CIDR, o.CIDR)
			}
		}
	}
	if v.InternetGateway {
		p.add(Error, "internet", subject, v.Source.String(), "an internet gateway is attached, and nobody asked for one")
	}
	for _, r := range v.IPv6 {
		p.add(Error, "vpc", subject, v.Source.String(), "the VPC has an IPv6 range, %s, which no route or rule here bounds", r)
	}
	for _, t := range v.Tables {
		for _, r := range t.Others {
			code := "route"
			if r.Kind == topology.ToInternetGateway || r.Kind == topology.ToNAT {
				code = "internet"
			}
			p.add(Error, code, subject, r.Source.String(), "%s is routed to %s, which the configuration does not know", r.Destination, r.Target)
		}
		for _, r := range t.Routes {
			switch r.Kind {
			case topology.ToInternetGateway, topology.ToNAT:
				p.add(Error, "internet", subject, r.Source.String(), "%s is routed to an %s, and nobody asked for the internet", r.CIDR, r.Kind)
			case topology.ToNowhere:
				p.add(Error, "route", subject, r.Source.String(), "%s is routed to %s, which is gone: a blackhole", r.CIDR, r.Target)
			case topology.ToOther:
				p.add(Error, "route", subject, r.Source.String(), "%s is routed to %s, which the configuration does not know", r.CIDR, r.Target)
			}
		}
	}
}

// flowLogs checks that a VPC's packets are recorded as configured: all of them, to the configured place.
func (p *prover) flowLogs(subject string, v *topology.VPC, want config.FlowLogs) {
	have := p.net.FlowLogs[v.ID]
	switch {
	case want.Off() && len(have) > 0:
		p.add(Error, "logs", subject, have[0].Source.String(), "flow logs are made, and none are configured")
	case !want.Off() && len(have) != 1:
		p.add(Error, "logs", subject, v.Source.String(), "the VPC has %d flow logs, and one is configured", len(have))
	case !want.Off():
		if l := have[0]; l.Traffic != "ALL" || l.Bucket != want.Bucket || l.RetentionDays != want.RetentionDays {
			p.add(Error, "logs", subject, l.Source.String(), "the flow log records %s packets to %q for %d days, and all to %q for %d days are configured", l.Traffic, l.Bucket, l.RetentionDays, want.Bucket, want.RetentionDays)
		}
	}
}
