package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"sharedhub/constructs/addressing"
	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/constructs/perimeter"
	"sharedhub/internal/diag"
)

// validator fills in defaults and resolves names, reporting to each file what does not hold.
type validator struct {
	cfg        *Config
	hubsBroken bool
	policies   map[string]policyFile // by the name in the YAML
}

type policyFile struct {
	doc perimeter.Document
	err error // the file cannot be read
}

func (v *validator) run() {
	for _, h := range v.cfg.Hubs {
		v.hub(h)
	}
	v.hubNames()
	for _, s := range v.cfg.Spokes {
		v.spoke(s)
	}
	for _, h := range v.cfg.Hubs {
		v.pools(h)
		v.overlaps(h)
		v.readers(h)
		v.hostedZones(h)
		v.companions(h)
	}
}

var (
	account             = regexp.MustCompile(`^[0-9]{12}$`)
	organization        = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)
	unit                = regexp.MustCompile(`^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$`)
	transitGatewayID    = regexp.MustCompile(`^tgw-([0-9a-f]{8}|[0-9a-f]{17})$`)
	transitGatewayTable = regexp.MustCompile(`^tgw-rtb-([0-9a-f]{8}|[0-9a-f]{17})$`)
	bucketARN           = regexp.MustCompile(`^arn:(` + strings.Join(awsfacts.PartitionNames(), "|") + `):s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$`)
	retentionDays       = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)

const maxSegmentName, maxTierName = 20, 20

func (v *validator) hub(h *Hub) {
	f := h.File
	if h.Version == 0 {
		h.Version = 1
	}
	if h.Version != 1 {
		f.errorf("version", "write version: 1", "version %d of the format is unknown", h.Version)
	}
	checkAccount(f, "account", h.Account)
	if _, err := awsfacts.PartitionOf(h.Region); err != nil {
		f.errorf("region", didYouMeanOr(h.Region, awsfacts.Regions(), "write a region such as us-east-1"), "%q is not a region", h.Region)
		return
	}
	if !slices.Contains(awsfacts.Regions(), h.Region) {
		f.warnf("region", diag.DidYouMean(h.Region, awsfacts.Regions()), "region %s is not one this program knows", h.Region)
	}
	v.catalog(h)
	v.organization(h)
	v.transitGateway(h)
	v.segments(h)
	h.AZs = h.VPC.AZSpec.resolve(f, "vpc.zones", h.Region)
	checkRange(f, "vpc.cidr", h.VPC.CIDR, h.AllowPublicRanges)
	if h.VPC.CIDR.IsValid() && len(h.AZs) > 0 {
		if err := h.Plan().Check(slots(h.AZs), nil); err != nil {
			f.errorf("vpc.cidr", "use a larger range, or fewer zones", "the hub's subnets: %v", err)
		}
	}
	checkFlowLogs(f, &h.FlowLogs)
	checkTags(f, h.Tags)
	if h.DNS.Sharing == "" {
		h.DNS.Sharing = SharingZones
	}
	if h.Revision < 0 {
		f.errorf("revision", "write 1, and later a higher number", "%d is no revision", h.Revision)
	}
	oneOf(f, "dns.sharing", h.DNS.Sharing, SharingZones, SharingSpokeZones, SharingSpokeZonesAndProfile, SharingProfile)
	v.services(h)
}

func (v *validator) organization(h *Hub) {
	f, o := h.File, h.Organization
	path := "organization"
	if o.ID == "" {
		return
	}
	if !organization.MatchString(o.ID) {
		f.errorf(path+".id", "write the id that Organizations shows: o- and 10 to 32 lower-case letters and digits", "%q is not an organization's id", o.ID)
	}
	if o.ManagementAccount != "" {
		checkAccount(f, path+".managementAccount", o.ManagementAccount)
	}
	if len(o.Units) > 0 && o.ManagementAccount == "" {
		f.errorf(path+".units", "add managementAccount: the ARN of a unit holds it", "units need managementAccount")
	}
	for i, u := range o.Units {
		if !unit.MatchString(u) {
			f.errorf(fmt.Sprintf("%s.units[%d]", path, i), "write the id that Organizations shows, such as ou-ab12-cdef3456", "%q is not an organizational unit's id", u)
		}
	}
}

func (v *validator) transitGateway(h *Hub) {
	f, t := h.File, &h.TransitGateway
	const path = "transitGateway"
	if t.ID != "" {
		if !transitGatewayID.MatchString(t.ID) {
			f.errorf(path+".id", "write the id that EC2 shows, such as tgw-0123456789abcdef0", "%q is not a transit gateway's id", t.ID)
		}
		if t.ASN != 0 {
			f.errorf(path+".asn", "take asn out: an existing gateway has its own", "asn and id exclude each other")
		}
	} else {
		if t.ASN == 0 {
			t.ASN = 64512
		}
		if (t.ASN < 64512 || t.ASN > 65534) && (t.ASN < 4200000000 || t.ASN > 4294967294) {
			f.errorf(path+".asn", "use 64512 to 65534, or 4200000000 to 4294967294", "%d is not a private ASN", t.ASN)
		}
		if len(t.RouteTables) > 0 {
			f.errorf(path+".routeTables", "give the gateway's id too, or take routeTables out", "a new gateway's tables are made here")
		}
	}
	for _, r := range t.RouteTables {
		p := join(path+".routeTables", r.Key)
		if _, ok := h.Segments.Get(r.Key); !ok && r.Key != "hub" {
			f.errorf(keyPath(path+".routeTables", r.Key), didYouMeanOr(r.Key, append(h.Segments.Keys(), "hub"), "name hub, or a segment"), "%q is neither hub nor a segment", r.Key)
		}
		if !transitGatewayTable.MatchString(r.Value) {
			f.errorf(p, "write the id that EC2 shows, such as tgw-rtb-0123456789abcdef0", "%q is not a transit gateway route table's id", r.Value)
		}
	}
}

func (v *validator) segments(h *Hub) {
	f := h.File
	if len(h.Segments) == 0 {
		f.errorf("segments", "write at least one: segments: {prod: {}}", "there is no segment")
	}
	for _, s := range h.Segments {
		at := keyPath("segments", s.Key)
		if !wordRule.MatchString(s.Key) || len(s.Key) > maxSegmentName {
			f.errorf(at, nameFix(maxSegmentName), "%q cannot name a segment", s.Key)
		}
		if s.Key == "hub" {
			f.errorf(at, "name it something else", "hub is the hub's own table")
		}
		for i, r := range s.Value.Reaches {
			p := fmt.Sprintf("%s.reaches[%d]", join("segments", s.Key), i)
			switch _, known := h.Segments.Get(r); {
			case r == s.Key:
				f.errorf(p, "write mesh: true to let its spokes reach each other", "segment %s reaches itself", r)
			case !known:
				f.errorf(p, didYouMeanOr(r, h.Segments.Keys(), "the segments are "+strings.Join(h.Segments.Keys(), ", ")), "segment %q does not exist", r)
			case slices.Contains(s.Value.Reaches[:i], r):
				f.errorf(p, "keep one of them", "segment %s is given twice", r)
			}
		}
	}
	quota := awsfacts.TablesPerGateway
	if n := len(h.Segments) + 1; n > quota.Default { // the hub has a table of its own
		f.warnf("segments", "ask AWS for a higher quota first ("+quota.Name+")", "%d segments and the hub need %d route tables, and a gateway has %d by default", n-1, n, quota.Default)
	}
}

func (v *validator) pools(h *Hub) {
	f := h.File
	type named struct {
		cidr netip.Prefix
		path string
	}
	seen := []named{{h.VPC.CIDR, "vpc.cidr"}}
	for _, pool := range h.Pools {
		if _, ok := h.Segments.Get(pool.Key); !ok {
			f.errorf(keyPath("pools", pool.Key), didYouMeanOr(pool.Key, h.Segments.Keys(), "the segments are "+strings.Join(h.Segments.Keys(), ", ")), "there is no segment %q to have a pool", pool.Key)
		}
		for i, cidr := range pool.Value {
			p := fmt.Sprintf("%s[%d]", join("pools", pool.Key), i)
			if !cidr.IsValid() {
				continue
			}
			checkPrivate(f, p, cidr, h.AllowPublicRanges)
			for _, s := range seen {
				if s.cidr.IsValid() && s.cidr.Overlaps(cidr) {
					f.report(diag.Error, p, fmt.Sprintf("%s overlaps %s", cidr, s.cidr), "pools and the hub's VPC must lie apart: routes are made for whole pools",
						diag.Related{Where: f.Pos(s.path), Text: s.cidr.String()})
				}
			}
			seen = append(seen, named{cidr, p})
		}
	}
}

// hubNames refuses names that would mix stacks up: everything of a hub is deployed by the pattern "<hub>-*".
func (v *validator) hubNames() {
	for _, a := range v.cfg.Hubs {
		for _, b := range v.cfg.Hubs {
			if a != b && strings.HasPrefix(b.Name, a.Name+"-") {
				b.File.report(diag.Error, "", fmt.Sprintf("hub %s's stacks would match %s-*, which is hub %s's", b.Name, a.Name, a.Name),
					"rename one of the files, so that neither name begins with the other and a dash", diag.Related{Where: a.File.Pos(""), Text: "hub " + a.Name})
			}
		}
	}
}

func (v *validator) spoke(s *Spoke) {
	f := s.File
	checkAccount(f, "account", s.Account)
	if s.State == "" {
		s.State = "attached"
	}
	oneOf(f, "state", s.State, "attached", "detached")
	for i, g := range s.GatewayEndpoints() {
		p := fmt.Sprintf("gatewayEndpoints[%d]", i)
		oneOf(f, p, g, "s3", "dynamodb")
		if slices.Contains(s.GatewayEndpoints()[:i], g) {
			f.errorf(p, "keep one of them", "%s is given twice", g)
		}
	}
	slices.Sort(s.GatewayEndpoints())
	checkTags(f, s.Tags)
	v.tiers(s)
	i := slices.IndexFunc(v.cfg.Hubs, func(h *Hub) bool { return h.Name == s.Hub })
	if i < 0 {
		if !v.hubsBroken && len(v.cfg.Hubs) > 0 {
			names := make([]string, len(v.cfg.Hubs))
			for i, h := range v.cfg.Hubs {
				names[i] = h.Name
			}
			f.errorf("hub", didYouMeanOr(s.Hub, names, "the hubs are "+strings.Join(names, ", ")), "hub %q does not exist", s.Hub)
		}
		return
	}
	h := v.cfg.Hubs[i]
	s.HubConfig = h
	h.Spokes = append(h.Spokes, s)
	if f.at["flowLogs"] == (place{}) {
		s.FlowLogs = h.FlowLogs
	} else {
		checkFlowLogs(f, &s.FlowLogs)
	}
	if len(s.AZSpec.Names) == 0 && s.AZSpec.Count == 0 {
		s.AZs = h.AZs
	} else {
		s.AZs = s.AZSpec.resolve(f, "zones", h.Region)
	}
	v.spokeRange(h, s)
}

func (v *validator) tiers(s *Spoke) {
	f := s.File
	if len(s.Tiers) == 0 {
		if _, given := f.at["tiers"]; given {
			f.errorf("tiers", "write tiers: {private: {}}, or leave the key out", "a spoke needs at least one tier")
		}
		s.Tiers = Map[Tier]{{Key: "private"}}
	}
	for i, t := range s.Tiers {
		if !wordRule.MatchString(t.Key) || len(t.Key) > maxTierName || t.Key == "transit" {
			f.errorf(keyPath("tiers", t.Key), nameFix(maxTierName)+"; transit is taken", "%q cannot name a tier", t.Key)
		}
		p := join("tiers", t.Key)
		if size, min := t.Value.Size, s.CIDR.Bits(); size != 0 && (size > addressing.MaxBits || size < min) {
			f.errorf(p+".size", fmt.Sprintf("use %d to %d: 24 stands for a /24 in each zone", max(min, 0)+1, addressing.MaxBits), "subnets of /%d are not possible in %s", size, s.CIDR)
			s.Tiers[i].Value.Size = 0 // said once: whether the rest fits is another question
		}
	}
}

func (v *validator) spokeRange(h *Hub, s *Spoke) {
	f := s.File
	if _, ok := h.Segments.Get(s.Segment); !ok {
		if len(h.Segments) > 0 {
			f.errorf("segment", didYouMeanOr(s.Segment, h.Segments.Keys(), fmt.Sprintf("the segments of hub %s are %s", h.Name, strings.Join(h.Segments.Keys(), ", "))), "segment %q does not exist", s.Segment)
		}
		return
	}
	if !checkRange(f, "cidr", s.CIDR, h.AllowPublicRanges) {
		return
	}
	inside := v.inPools(h, s, "cidr", s.CIDR)
	for i, r := range s.SecondaryCIDRs {
		p := fmt.Sprintf("secondaryCidrs[%d]", i)
		if !checkRange(f, p, r, h.AllowPublicRanges) {
			inside = false
			continue
		}
		if why := mixes(s.CIDR, r); why != "" {
			f.errorf(p, why, "AWS does not let a VPC of %s have %s too", s.CIDR, r)
		}
		inside = v.inPools(h, s, p, r) && inside
	}
	if inside && s.OutsidePool {
		f.warnf("outsidePool", "leave the key out", "%s is inside the pools of segment %s", list(s.Ranges()), s.Segment)
		s.OutsidePool = false
	}
	if len(s.AZs) == 0 || !tiersInside(s) {
		return
	}
	if err := s.Plan().Check(slots(s.AZs), s.SecondaryCIDRs); err != nil {
		f.errorf("cidr", "", "%v", err)
	}
}

// tiersInside is true where each tier with a range of its own has it within one of the VPC's.
func tiersInside(s *Spoke) bool {
	inside := true
	for _, t := range s.Tiers {
		r := t.Value.CIDR
		if r.IsValid() && !slices.ContainsFunc(s.Ranges(), func(vpc netip.Prefix) bool { return within(r, vpc) }) {
			inside = false
			s.File.errorf(join("tiers", t.Key)+".cidr", fmt.Sprintf("take a part of %s, or add a further range to secondaryCidrs", list(s.Ranges())),
				"tier %s lies at %s, outside the VPC", t.Key, r)
		}
	}
	return inside
}

// inPools is true where a spoke's range lies in its segment's pools; one outside them must be meant, and be apart from
// all pools.
func (v *validator) inPools(h *Hub, s *Spoke, path string, r netip.Prefix) bool {
	f := s.File
	pools, _ := h.Pools.Get(s.Segment)
	if slices.ContainsFunc(pools, func(p netip.Prefix) bool { return within(r, p) }) {
		return true
	}
	switch {
	case !s.OutsidePool && len(pools) == 0:
		f.report(diag.Error, path, fmt.Sprintf("segment %s has no pool for %s to come from", s.Segment, r), fmt.Sprintf("add pools: {%s: [...]} to the hub, or write outsidePool: true", s.Segment),
			diag.Related{Where: h.File.Pos("pools"), Text: "the pools of hub " + h.Name})
	case !s.OutsidePool:
		f.report(diag.Error, path, fmt.Sprintf("%s is outside the pools of segment %s", r, s.Segment), fmt.Sprintf("take a range from %s, or write outsidePool: true", list(pools)),
			diag.Related{Where: h.File.Pos(join("pools", s.Segment)), Text: list(pools)})
	}
	for _, pool := range h.Pools {
		for i, p := range pool.Value {
			if p.IsValid() && p.Overlaps(r) {
				f.report(diag.Error, path, fmt.Sprintf("%s overlaps the pool of segment %s", r, pool.Key), "take another range: that pool's routes lead to its own segment",
					diag.Related{Where: h.File.Pos(fmt.Sprintf("%s[%d]", join("pools", pool.Key), i)), Text: p.String()})
			}
		}
	}
	return false
}

// overlaps finds ranges that collide in the hub's route table, where every spoke of the hub meets.
func (v *validator) overlaps(h *Hub) {
	type vpc struct {
		cidr netip.Prefix
		file *File
		path string
		name string
	}
	all := []vpc{{h.VPC.CIDR, h.File, "vpc.cidr", "hub " + h.Name}}
	for _, s := range h.Spokes {
		all = append(all, vpc{s.CIDR, s.File, "cidr", "spoke " + s.Name})
		for i, r := range s.SecondaryCIDRs {
			all = append(all, vpc{r, s.File, fmt.Sprintf("secondaryCidrs[%d]", i), "spoke " + s.Name})
		}
	}
	all = slices.DeleteFunc(all, func(a vpc) bool { return !a.cidr.IsValid() })
	slices.SortStableFunc(all, func(a, b vpc) int { return comparePrefixes(a.cidr, b.cidr) })
	var open []vpc // ranges that hold the current address, outermost first
	for _, a := range all {
		for len(open) > 0 && !open[len(open)-1].cidr.Contains(a.cidr.Addr()) {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			later, first := a, open[len(open)-1]
			if later.path == "vpc.cidr" {
				later, first = first, later
			}
			fix := "take another range: both are routed by hub " + h.Name
			if later.name == first.name {
				fix = "take another range: those of one VPC are apart"
			}
			later.file.report(diag.Error, later.path, fmt.Sprintf("%s of %s overlaps %s of %s", later.cidr, later.name, first.cidr, first.name),
				fix, diag.Related{Where: first.file.Pos(first.path), Text: first.name})
		}
		open = append(open, a)
	}
}

// readers refuses a trust of the hub's reader role that outgrows IAM's limit: without an organization it lists the accounts.
func (v *validator) readers(h *Hub) {
	const besides, account = 548, 15 // characters of the trust policy
	quota := awsfacts.TrustCharacters
	if n := len(h.Accounts()); h.Organization.ID == "" && besides+n*account > quota.Default {
		h.File.errorf("organization", "write organization: o-…; its condition needs no list", "%d accounts do not fit the reader role's trust policy, which has %d characters", n, quota.Default)
	}
}

// hostedZones keeps an account's zones within what one stack can say: each zone lists every VPC of the account, about 150
// bytes each, and a template is limited.
func (v *validator) hostedZones(h *Hub) {
	if !h.HasHostedZones() {
		return
	}
	zones := 0
	for _, s := range h.Endpoints {
		zones += len(catalog.HostedZones(s.Catalog.PrivateNames))
	}
	const entry, overhead = 150, 1500
	vpcs := map[string]int{h.Account: 1}
	for _, s := range h.Spokes {
		if s.Attached() {
			vpcs[s.Account]++
		}
	}
	for _, a := range sortedKeys(vpcs) {
		n := vpcs[a]
		if zones*(n*entry+overhead) > awsfacts.TemplateBytes.Max {
			h.File.errorf("dns", "write dns: {sharing: profile}, or spread the spokes over more accounts", "the %d zones of %d VPCs in account %s do not fit a template, which has %d bytes", zones, n, a, awsfacts.TemplateBytes.Max)
		} else if n > awsfacts.VPCsPerZone.Default {
			h.File.warnf("dns", "ask AWS for a higher quota first ("+awsfacts.VPCsPerZone.Name+"), or write dns: {sharing: profile}", "%d VPCs in account %s, and a zone has %d by default", n, a, awsfacts.VPCsPerZone.Default)
		}
	}
}
