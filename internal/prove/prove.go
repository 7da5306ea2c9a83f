// Package prove decides whether a network is what a configuration asks for: each spoke reaches each endpoint by each of
// its private names and back again, segments reach exactly whom they should, and nothing reaches anything else.
//
// It takes its expectations from the configuration and the catalogue alone, and shares no code with what writes the
// templates. It reasons about whole address ranges, not sampled hosts. Spokes that are equal in what decides a question
// share the answer.
package prove

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

// Result is what was decided.
type Result struct {
	// Findings are what does not hold, one for each cause.
	Findings diag.List `json:"findings"`
	Counts   Counts    `json:"counts"`
	// LeftOut counts the findings that may follow from what AWS alone decides, and are not told before that is decided.
	LeftOut int `json:"leftOut,omitempty"`
	// NoPolicyPossible are the services whose endpoints take no policy, as "hub service": everything may pass them, and IAM
	// alone decides.
	NoPolicyPossible []string `json:"noPolicyPossible"`
	// Assumed is what the proof rests on, beside the configuration and what AWS documents: what lies behind attachments that are only
	// named.
	Assumed []string `json:"assumed,omitempty"`
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
	// Published are the services of spokes that others reach by PrivateLink.
	Published int `json:"published,omitempty"`
}

// Holds is true when nothing is wrong.
func (r *Result) Holds() bool {
	return len(r.Findings.Errors()) == 0
}

// DefaultGroups are the warnings of default security groups, which only a live network has.
func (r *Result) DefaultGroups() diag.List {
	var out diag.List
	for _, d := range r.Findings {
		if d.Code == codeDefaultGroup {
			out = append(out, d)
		}
	}
	return out
}

// Network proves a network against a configuration.
func Network(cfg *config.Config, net *topology.Network) *Result {
	return Seen(cfg, net, func(string) bool { return true })
}

// Seen proves what can be told of a network where some accounts could not be looked at: hubs and spokes of the others.
func Seen(cfg *config.Config, net *topology.Network, seen func(account string) bool) *Result {
	p := newProver(cfg, net)
	p.seen, p.silent = seen, true
	p.Findings, p.NoPolicyPossible = diag.List{}, []string{}
	p.conflicts()
	p.homes()
	p.readsInOrder()
	p.outputs()
	for _, h := range cfg.Hubs {
		if !seen(h.Account) || !seen(h.GatewayAccount()) {
			continue
		}
		p.hub(h)
		for _, s := range h.Endpoints {
			if s.Policy.Kind == config.PolicyImpossible {
				p.NoPolicyPossible = append(p.NoPolicyPossible, h.Name+" "+s.Catalog.Name)
			}
		}
	}
	for _, sc := range p.scenes {
		p.outsiders(sc)
	}
	p.strayLogs()
	p.world()
	p.readers()
	p.quotas()
	p.leaveOutEchoes()
	p.Findings.Sort()
	if p.Findings = p.Findings.Group(); p.Findings == nil {
		p.Findings = diag.List{} // a list in JSON too
	}
	return &p.Result
}

type prover struct {
	Result
	cfg           *config.Config
	net           *topology.Network
	attachments   map[*topology.VPC][]*topology.Attachment
	vpcRoutes     map[*topology.VPC]map[*topology.RouteTable]*ranges.Table[topology.Route]
	tableRoutes   map[*topology.TransitGatewayRouteTable]*ranges.Table[transitGatewayRoute]
	hostedZonesOf map[string][]*topology.HostedZone // by VPC id
	names         map[string][]nameResult           // by what a VPC's resolver sees
	rules         map[string]bool
	vpcs          map[[2]string][]*topology.VPC   // by account and region
	accounts      map[*config.Hub]map[string]bool // each hub's and its spokes'
	letIn         map[string][]string             // by what decides whom a trust policy lets in
	acls          map[*topology.VPC]bool          // whether a network ACL is not as EC2 makes it
	verdicts      map[string][]string             // what is wrong with an endpoint's policy, by it and what is wanted
	policyTexts   map[*topology.Endpoint]string
	resolvers     map[string]bool           // Resolver endpoints of hubs, by id
	asking        map[*topology.Subnet]bool // the subnets that hold these
	seen          func(account string) bool
	silent        bool // walks do not say their hops
	scenes        []*scene
	beyond        map[*topology.Attachment]bool // attachments that exist, behind which nothing is followed
	outsides      map[*topology.VPC]*outside    // the same, by what stands for what is behind
	standing      map[*topology.VPC]bool        // those that exist
	hubOfStack    map[string]string             // the hub whose tag a stack has
	claimed       map[string]bool               // parts that publish a configured service
	spokeStacks   map[string]bool               // those of spokes, once all scenes are there
}

func newProver(cfg *config.Config, net *topology.Network) *prover {
	p := &prover{cfg: cfg, net: net, attachments: map[*topology.VPC][]*topology.Attachment{},
		vpcRoutes:     map[*topology.VPC]map[*topology.RouteTable]*ranges.Table[topology.Route]{},
		tableRoutes:   map[*topology.TransitGatewayRouteTable]*ranges.Table[transitGatewayRoute]{},
		hostedZonesOf: map[string][]*topology.HostedZone{}, names: map[string][]nameResult{}, rules: map[string]bool{},
		acls: map[*topology.VPC]bool{}, verdicts: map[string][]string{}, policyTexts: map[*topology.Endpoint]string{},
		letIn:      map[string][]string{},
		accounts:   map[*config.Hub]map[string]bool{},
		resolvers:  map[string]bool{},
		asking:     map[*topology.Subnet]bool{},
		seen:       func(string) bool { return true },
		beyond:     map[*topology.Attachment]bool{},
		outsides:   map[*topology.VPC]*outside{},
		standing:   map[*topology.VPC]bool{},
		hubOfStack: map[string]string{}, claimed: map[string]bool{}}
	for _, s := range net.Stacks {
		if s.Hub != "" {
			p.hubOfStack[s.Name] = s.Hub
		}
	}
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

// add says what does not hold for a subject, and which part is wrong, or should hold what is missing. It returns the finding,
// for its Cause.
func (p *prover) add(code diag.Code, subject string, at topology.Source, format string, args ...any) *diag.Diagnostic {
	d := diag.Diagnostic{Severity: code.Severity(), Code: code, Subject: subject, Summary: topology.Plain(fmt.Sprintf(format, args...))}
	if at != (topology.Source{}) {
		d.Where = diag.Resource{Stack: at.Stack, LogicalID: at.ID, ID: at.Live}
	}
	p.Findings = append(p.Findings, d)
	return &p.Findings[len(p.Findings)-1]
}

// scene is one hub with its parts found in the network.
type scene struct {
	hub            *config.Hub
	subject        string
	vpc            *topology.VPC
	attachment     *topology.Attachment
	transitGateway *topology.TransitGateway
	spokes         []*member
	externals      []*outside
	services       []*service
	differing      []*service // nil before distinct has found them
	// published are the services of its spokes, and used their consumers' own endpoints.
	published []*publication
	used      []*topology.Endpoint
	// outbound is the Resolver endpoint that rules ask through; nil without one.
	outbound *topology.ResolverEndpoint
	// rules are the domains of those that ask through it, by id.
	rules map[string]string
	// byVPC are the members by VPC.
	byVPC map[*topology.VPC]*member
}

// serving are the services that do not leave: those with names to ask for.
func (sc *scene) serving() []*service {
	return slices.DeleteFunc(slices.Clone(sc.services), func(s *service) bool { return s.Leaving })
}

// member is one spoke found in the network.
type member struct {
	spoke      *config.Spoke
	subject    string
	vpc        *topology.VPC
	attachment *topology.Attachment
	table      *topology.TransitGatewayRouteTable
	// work are its subnets but the transit ones, and those whose ranges the gateway does not route, which are in inner.
	work, inner []*topology.Subnet
}

// service is one service of the hub with its endpoint.
type service struct {
	*config.Endpoint
	endpoint *topology.Endpoint
	// published is a spoke's that it is; nil for one of AWS or of others.
	published *publication
}

func (p *prover) hub(h *config.Hub) {
	p.Counts.Hubs++
	sc := p.find(h)
	if sc == nil {
		return
	}
	p.scenes = append(p.scenes, sc)
	if h.Existing != nil {
		p.declaredVPC(sc.standing())
		p.attachedBy(sc.standing(), sc.attachment)
		p.logsAmongOthers(sc.subject, sc.vpc, h.FlowLogs)
	} else {
		p.vpc(sc.subject, sc.vpc, h.CIDR)
		p.ipam(sc.subject, sc.vpc, nil)
		p.vpcFlowLogs(sc.subject, sc.vpc, h.FlowLogs)
		p.defaultGroup(sc.subject, sc.vpc)
		p.places(sc.subject, h.Region, sc.vpc, sc.attachment, hubPlaces(h))
	}
	p.services(sc)
	p.shares(sc)
	p.order(sc, sc.subject, sc.vpc, sc.attachment)
	p.options(sc, sc.subject, sc.attachment)
	p.gatewayAsConfigured(sc)
	p.room(sc)
	for _, m := range sc.spokes {
		p.Counts.Spokes++
		if m.spoke.Existing != nil {
			p.declaredVPC(m.standing())
		} else {
			p.vpc(m.subject, m.vpc, m.spoke.AllRanges()...)
			p.ipam(m.subject, m.vpc, m.spoke)
			p.defaultGroup(m.subject, m.vpc)
		}
		p.spokeFlowLogs(m)
		p.member(sc, m)
	}
	for _, o := range sc.externals {
		p.external(sc, o)
	}
	p.published(sc)
	p.resolver(sc)
	for _, m := range sc.spokes {
		if m.spoke.Attached() {
			p.follows(sc, m)
		} else {
			p.stillFollows(sc, m)
		}
	}
	p.existingDNS(sc)
	p.hubNames(sc)
	p.segments(sc)
}

// find matches the configuration's hub and spokes with the network's VPCs, by account, region and range.
func (p *prover) find(h *config.Hub) *scene {
	sc := &scene{hub: h, subject: "hub " + h.Name, byVPC: map[*topology.VPC]*member{}}
	if h.Existing != nil {
		sc.vpc = p.existing(sc.subject, h.Existing.ID, h.Account, h.Region)
		p.standing[sc.vpc] = true
	} else {
		sc.vpc = p.locate(sc.subject, h.Name, h.Account, h.Region, h.CIDR)
	}
	if sc.vpc == nil {
		return nil
	}
	at := p.hubAttachments(sc)
	if len(at) != 1 {
		p.add(codePath, sc.subject, sc.vpc.Source, "expected one transit gateway attachment of the hub's VPC, found %d", len(at))
		return nil
	}
	sc.attachment = at[0]
	sc.transitGateway = p.net.TransitGateways[at[0].TransitGateway]
	if id := h.TransitGateway.ID; id != "" && sc.attachment.TransitGateway != id {
		p.add(codePath, sc.subject, sc.attachment.Source, "expected the hub to be attached to %s, found %s", id, sc.attachment.TransitGateway)
	}
	if sc.transitGateway == nil {
		p.add(codePath, sc.subject, sc.attachment.Source, "the hub's transit gateway is in none of the stacks")
		return nil
	}
	if g := sc.transitGateway; !g.External && (g.DefaultAssociation || g.DefaultPropagation) {
		p.add(codeSegment, sc.subject, g.Source,
			"the transit gateway's default association or propagation is on, so each new attachment adds routes by itself")
	}
	for _, s := range h.Spokes {
		if !p.seen(s.Account) {
			continue
		}
		m := &member{spoke: s, subject: "spoke " + s.Name}
		if s.Existing != nil {
			m.vpc = p.existing(m.subject, s.Existing.ID, s.Account, h.Region)
			p.standing[m.vpc] = true
		} else {
			m.vpc = p.locate(m.subject, h.Name, s.Account, h.Region, s.CIDR)
		}
		if m.vpc == nil {
			continue
		}
		sc.spokes = append(sc.spokes, m)
		sc.byVPC[m.vpc] = m
	}
	p.findExternals(sc)
	return sc
}

func (p *prover) locate(subject, hub, account, region string, cidr netip.Prefix) *topology.VPC {
	if p.vpcs == nil {
		p.vpcs = map[[2]string][]*topology.VPC{}
		for _, v := range p.net.VPCs {
			at := [2]string{v.Account, v.Region}
			p.vpcs[at] = append(p.vpcs[at], v)
		}
	}
	var found []*topology.VPC
	for _, v := range p.vpcs[[2]string{account, region}] {
		if slices.Contains(v.CIDRs, cidr) {
			found = append(found, v)
		}
	}
	if len(found) > 1 { // another hub's, with the same range, in the same account and region
		found = slices.DeleteFunc(found, func(v *topology.VPC) bool { return v.Tags["hub"] != hub })
	}
	if len(found) != 1 {
		p.add(codeVPC, subject, topology.Source{}, "expected one VPC with range %s in account %s and region %s, found %d",
			cidr, account, region, len(found))
		return nil
	}
	return found[0]
}

// ipam checks which pools of AWS VPC IPAM a VPC's ranges are taken from, where that is known; the hub's are from none.
func (p *prover) ipam(subject string, v *topology.VPC, s *config.Spoke) {
	want := map[netip.Prefix]string{}
	if s != nil {
		for i, id := range s.IPAMPools {
			want[s.Ranges()[i]] = id
		}
	}
	for _, r := range v.CIDRs {
		if found := v.IPAM[r]; v.IPAM != nil && found != want[r] {
			p.add(codeVPC, subject, v.Source, "expected range %s from %s, found it from %s", r, ipamPool(want[r]), ipamPool(found))
		}
	}
}

func ipamPool(id string) string {
	if id == "" {
		return "no IPAM pool"
	}
	return "IPAM pool " + id
}

// vpc checks what every VPC needs: its ranges, DNS, subnets inside it and apart, and no way to the internet.
func (p *prover) vpc(subject string, v *topology.VPC, want ...netip.Prefix) {
	for _, r := range want {
		if !slices.Contains(v.CIDRs, r) {
			p.add(codeVPC, subject, v.Source, "the VPC lacks range %s", r)
		}
	}
	for _, r := range v.CIDRs {
		if !slices.Contains(want, r) {
			p.add(codeVPC, subject, v.Source, "the VPC has range %s, which is not configured", r)
		}
	}
	p.resolves(subject, v)
	for i, s := range v.Subnets {
		if s.Table == nil {
			p.add(codeRoute, subject, s.Source, "%s has no route table of its own and uses the VPC's main one", describe(s))
		}
		switch {
		case s.IPv6Only:
		case !s.CIDR.IsValid():
			p.add(codeVPC, subject, s.Source, "%s has no IPv4 range that is known", describe(s))
		case !ranges.Covered(s.CIDR, v.CIDRs):
			p.add(codeVPC, subject, s.Source, "subnet %s is outside the VPC's ranges", s.CIDR)
		}
		for _, o := range v.Subnets[:i] {
			if s.CIDR.Overlaps(o.CIDR) {
				p.add(codeAmbiguous, subject, s.Source, "subnet %s overlaps %s", s.CIDR, o.CIDR)
			}
		}
	}
	if v.InternetGateway {
		p.add(codeInternet, subject, v.Source, "an internet gateway is attached, and none is configured")
	}
	for _, c := range v.Peerings {
		p.add(codeVPC, subject, c.Source, "the VPC is peered with %s, and no peering connection is configured", topology.Plain(c.Peer))
	}
	for _, r := range v.IPv6 {
		p.add(codeVPC, subject, v.Source, "the VPC has an IPv6 range, %s, and IPv6 is not configured", r)
	}
	for _, t := range v.Tables {
		for _, r := range t.Others {
			code := codeRoute
			if r.Kind == topology.ToInternetGateway || r.Kind == topology.ToNAT {
				code = codeInternet
			}
			p.add(code, subject, r.Source, "%s is routed to %s, which is not configured", topology.Plain(r.Destination), topology.Plain(r.Target))
		}
		for _, r := range t.Routes {
			switch r.Kind {
			case topology.ToInternetGateway, topology.ToNAT:
				p.add(codeInternet, subject, r.Source, "%s is routed to the internet by %s, and no internet access is configured", r.CIDR, r.Kind)
			case topology.ToNowhere:
				p.add(codeRoute, subject, r.Source, "%s is routed to %s, which no longer exists (blackhole)", r.CIDR, topology.Plain(r.Target))
			case topology.ToOther, topology.ToPeering:
				p.add(codeRoute, subject, r.Source, "%s is routed to %s, which is not configured", r.CIDR, topology.Plain(r.Target))
			case topology.ToTransitGateway: // the walks judge where it leads
				if ranges.Covered(r.CIDR, v.CIDRs) {
					p.ownRange(subject, r)
				}
			case topology.Local, topology.ToGatewayEndpoint:
			}
		}
	}
}

// ownRange refuses a route for a part of the VPC's own ranges, which leads to an interface or a NAT gateway only (VPC guide, "Route
// priority").
func (p *prover) ownRange(subject string, r topology.Route) {
	p.add(codeRoute, subject, r.Source, "%s is in the VPC's own ranges, and EC2 routes no part of them to a transit gateway", r.CIDR)
}

// resolves checks that hosts of a VPC ask its own resolver, and that this answers private names.
func (p *prover) resolves(subject string, v *topology.VPC) {
	if !v.DNSSupport || !v.DNSNames {
		p.add(codeVPC, subject, v.Source, "private names need DNS support and DNS host names: DNS support is %s, DNS host names are %s",
			onOff(v.DNSSupport), onOff(v.DNSNames))
	}
	if len(v.NameServers) > 0 {
		p.add(codeVPC, subject, v.Source, "DHCP options send hosts to %s instead of the VPC resolver, so private names will not resolve",
			strings.Join(v.NameServers, ", "))
	}
	if v.UnknownNameServers != "" {
		p.add(codeVPC, subject, v.Source, "%s", v.UnknownNameServers)
	}
}

// existing finds a VPC that exists by its id.
func (p *prover) existing(subject, id, account, region string) *topology.VPC {
	v := p.net.VPCs[id]
	if v == nil || v.Account != account || v.Region != region {
		p.add(codeVPC, subject, topology.Source{}, "expected VPC %s in account %s and region %s, found none", id, account, region)
		return nil
	}
	return v
}

// hubAttachments are those of the hub's VPC. One that exists may be attached to gateways of others too.
func (p *prover) hubAttachments(sc *scene) []*topology.Attachment {
	at := p.attachments[sc.vpc]
	if sc.hub.Existing == nil {
		return at
	}
	return slices.DeleteFunc(slices.Clone(at), func(a *topology.Attachment) bool {
		g := p.net.TransitGateways[a.TransitGateway]
		if id := sc.hub.TransitGateway.ID; id != "" {
			return a.TransitGateway != id
		}
		return g == nil || g.External
	})
}

// defaultGroup warns of a live VPC's default security group that has rules. EC2 makes it with some, no template shows it, and
// CloudFormation can add rules to it but take none away.
func (p *prover) defaultGroup(subject string, v *topology.VPC) {
	for _, id := range slices.Sorted(maps.Keys(p.net.Groups)) {
		g := p.net.Groups[id]
		if !g.Default || g.VPC != v.ID {
			continue
		}
		var admits []string
		out := len(g.Egress) > 0
		for _, r := range g.Ingress {
			admits = append(admits, r.CIDR.String())
		}
		for _, r := range g.Others {
			switch {
			case r.Egress:
				out = true
			case r.Peer == g.ID:
				admits = append(admits, "its own members")
			default:
				admits = append(admits, r.Who())
			}
		}
		if out {
			admits = append(admits, "packets out")
		}
		if len(admits) > 0 {
			p.add(codeDefaultGroup, subject, g.Source, "the default security group %s admits %s", g.ID, strings.Join(admits, ", "))
		}
	}
}
