package config

import (
	"cmp"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"

	"sharedhub/constructs/addressing"
	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
	"sharedhub/internal/ranges"
)

// resolver makes the plan of the files: defaults, names, and what the files say to each other.
type resolver struct {
	files
	cfg      *Config
	root     *os.Root // the configuration's folder
	hubNames []string // also of hubs whose files cannot be read: a spoke is not to be blamed for naming one
	policies map[policyPlace]*policyFile
	said     map[policyProblem]bool
	diags    *diag.List
	// written are all spokes' files, and suggested the ranges that messages call free.
	written   []*spokeFile
	suggested []netip.Prefix
}

func (r *resolver) run() {
	for _, h := range r.hubs {
		r.cfg.Hubs = append(r.cfg.Hubs, h.hub)
		r.hub(h)
	}
	r.nested()
	r.oneEndpoint()
	r.oneGateway()
	for _, h := range r.partHubs { // only for what else is to be said
		r.hub(h)
	}
	for _, s := range r.spokes {
		r.cfg.Spokes = append(r.cfg.Spokes, s.spoke)
		r.spoke(s)
	}
	r.oneID()
	r.oneAttachment()
	for _, f := range r.services {
		r.published(f)
	}
	for _, h := range r.hubs {
		h.publishedNames(r.services)
		r.overlaps(h)
		r.resolver(h)
		h.existingDNS()
		h.strangers()
		r.namesApart(h)
		h.readers()
		h.hostedZones()
		h.companions()
		h.gatewayEndpoints()
		h.codeArtifact()
	}
	r.quotas()
	r.partly()
	r.missingRanges()
	r.cfg.written = r.files
}

// partly reports the further mistakes of files with a slip of form.
func (r *resolver) partly() {
	for _, h := range r.partHubs {
		if !h.Failed(&h.in.Pools) && !h.Failed(&h.in.VPC) {
			r.overlaps(h)
		}
	}
	for _, s := range r.partSpokes {
		r.spoke(s)
		if hub := s.spoke.Hub; hub != nil {
			hub.Spokes = slices.DeleteFunc(hub.Spokes, func(other *Spoke) bool { return other == s.spoke })
		}
	}
}

func (r *resolver) hub(h *hubFile) {
	in, hub := &h.in, h.hub
	hub.Account, hub.Region, hub.CIDR, hub.Revision, hub.Tags = in.Account, in.Region, in.VPC.CIDR, in.Revision, tags(in.Tags)
	hub.Organization = Organization(in.Organization)
	hub.TransitGateway = TransitGateway{ID: in.TransitGateway.ID, ASN: in.TransitGateway.ASN,
		SecurityGroupReferencing: in.TransitGateway.SecurityGroupReferencing, FlowLogs: flowLogs(in.TransitGateway.FlowLogs),
		RouteTables: tags(in.TransitGateway.RouteTables)}
	if g := in.TransitGateway; g.ID != "" && g.Account != in.Account {
		hub.TransitGateway.Account = g.Account
	}
	if hub.TransitGateway.ID == "" {
		hub.TransitGateway.ASN = cmp.Or(in.TransitGateway.ASN, 64512)
	}
	for _, s := range in.Segments {
		hub.Segments = append(hub.Segments, Segment{Name: s.Key, Mesh: s.Value.Mesh, Reaches: s.Value.Reaches,
			Accounts: orHubs(s.Value.Accounts, in.Accounts), SpokesMay: s.Value.SpokesMay, LargestRange: s.Value.LargestRange,
			Protect: s.Value.Protect})
	}
	for _, p := range in.Pools {
		if s := hub.Segment(p.Key); s != nil {
			s.Pools, s.IPAM = p.Value.CIDRs, p.Value.IPAM
		}
	}
	for _, e := range in.External {
		hub.External = append(hub.External, External{Name: e.Key, Attachment: e.Value.Attachment, CIDRs: e.Value.CIDRs,
			Segment: e.Value.Segment, Kind: e.Value.Kind, Account: e.Value.Account})
	}
	slices.SortFunc(hub.External, func(a, b External) int { return strings.Compare(a.Name, b.Name) })
	hub.TransitGateway.Routing = cmp.Or(Routing(in.TransitGateway.Routes), RoutingStatic)
	hub.ServiceDomains = in.ServiceDomains
	hub.Sharing = cmp.Or(Sharing(in.DNS.Sharing), SharingZones)
	hub.Resolver = resolverOf(&in.DNS)
	hub.ExistingDNS = existingDNS(&in.DNS.Existing)
	hub.FlowLogs = flowLogs(in.FlowLogs)
	h.keyRegion(h.File, &in.FlowLogs)
	h.keyRegion(h.File, &in.TransitGateway.FlowLogs)
	if _, err := awsfacts.PartitionOf(hub.Region); err != nil {
		return // said; without a region there are neither AZs nor services
	}
	r.catalog(h)
	if h.Given(&in.VPC.ID) {
		r.existingHub(h)
	} else {
		hub.AZs = resolveAZs(h.File, &in.VPC.AZs, hub.Region)
	}
	if hub.Existing == nil && possibleRange(hub.CIDR.Bits()) && len(hub.AZs) > 0 && !h.Failed(&in.VPC.AZs) {
		if err := hub.Plan().Check(slots(hub.AZs), nil); err != nil {
			h.Errorf(file.Range, &in.VPC.CIDR, "use a larger range, or fewer zones", "the hub's subnets: %v", err)
		}
	}
	r.endpoints(h)
}

func possibleRange(bits int) bool { return bits >= addressing.MinBits && bits <= addressing.MaxBits }

func tags(m file.Map[string]) map[string]string {
	out := make(map[string]string, len(m))
	for _, t := range m {
		out[t.Key] = t.Value
	}
	return out
}

func flowLogs(in file.FlowLogs) FlowLogs {
	out := FlowLogs{To: cmp.Or(FlowLogsTo(in.To), FlowLogsToNone), RetentionDays: in.RetentionDays, KMSKey: in.KMSKey, Bucket: in.Bucket}
	if out.To == FlowLogsToCloudWatch {
		out.RetentionDays = cmp.Or(out.RetentionDays, 30)
	}
	return out
}

// nested refuses names that would mix stacks up: everything of a hub is deployed by the pattern "<hub>-*".
func (r *resolver) nested() {
	for _, a := range r.hubs {
		for _, b := range r.hubs {
			if a != b && strings.HasPrefix(b.hub.Name, a.hub.Name+"-") {
				b.Errorf(file.Unreadable, &b.in, "rename one of the files, so that neither name begins with the other and a dash",
					"hub %s's stacks would match %s-*, which is hub %s's", b.hub.Name, a.hub.Name, a.hub.Name).
					See = []diag.Related{{Where: a.Pos(&a.in), Text: "hub " + a.hub.Name}}
			}
		}
	}
}

func (r *resolver) spoke(s *spokeFile) {
	in, spoke := &s.in, s.spoke
	spoke.Account, spoke.Segment, spoke.CIDR, spoke.SecondaryCIDRs = in.Account, in.Segment, in.CIDR, in.SecondaryCIDRs
	spoke.UnroutedCIDRs = in.UnroutedCIDRs
	spoke.Tags, spoke.State = tags(in.Tags), cmp.Or(State(in.State), Attached)
	spoke.GatewayEndpoints = []string{"dynamodb", "s3"}
	if s.Given(&in.VPC) {
		spoke.GatewayEndpoints = []string{} // others' routes would change
	}
	if in.GatewayEndpoints != nil {
		spoke.GatewayEndpoints = slices.Sorted(slices.Values(*in.GatewayEndpoints))
	}
	for i := range in.Tiers {
		t := &in.Tiers[i]
		tier := Tier{Name: t.Key, Size: t.Value.Size, CIDR: t.Value.CIDR}
		if !in.Possible(&t.Value) {
			tier.Size = 0 // said, where it was given: whether the rest fits is another question
		}
		spoke.Tiers = append(spoke.Tiers, tier)
	}
	if len(in.Tiers) == 0 && !s.Given(&in.VPC) {
		spoke.Tiers = []Tier{{Name: "private"}}
	}
	h := r.hubOf(in.Hub)
	if h == nil {
		if names := r.hubNames; len(names) > 0 && !slices.Contains(names, in.Hub) {
			fix := diag.Meant(in.Hub, names, "the hubs are ")
			s.Errorf(file.Reference, &in.Hub, fix, "hub %q does not exist", in.Hub)
		}
		return
	}
	spoke.Hub = h.hub
	h.hub.Spokes = append(h.hub.Spokes, spoke)
	spoke.FlowLogs, spoke.AZs = h.hub.FlowLogs, h.hub.AZs
	if s.Given(&in.FlowLogs) {
		spoke.FlowLogs = flowLogs(in.FlowLogs)
		h.keyRegion(s.File, &in.FlowLogs)
	}
	if s.Given(&in.AZs) && h.hub.Catalog != nil { // without a region of the hub there are no AZs
		spoke.ownAZs = true
		spoke.AZs = resolveAZs(s.File, &in.AZs, h.hub.Region)
	}
	if s.Given(&in.VPC) {
		r.existing(h, s)
	}
	file.MergeTags(s.File, &in.Tags, h.File, &h.in.Tags)
	r.spokeRanges(h, s)
}

func (r *resolver) spokeRanges(h *hubFile, s *spokeFile) {
	in, spoke := &s.in, s.spoke
	segment := h.hub.Segment(in.Segment)
	if segment == nil {
		if names := h.in.Segments.Keys(); len(names) > 0 {
			s.Errorf(file.Reference, &in.Segment, diag.Meant(in.Segment, names, "the segments of hub "+h.hub.Name+" are "),
				"segment %q does not exist", in.Segment)
		}
		return
	}
	if in := &h.in; h.Failed(&in.Segments) || h.Failed(&in.Pools) || h.Failed(&in.FlowLogs) || h.Failed(&in.Tags) {
		return // what the hub allows is not known
	}
	h.rights(s, segment)
	public := h.in.AllowPublicRanges
	if !file.CheckVPCRange(s.File, &in.CIDR, public) {
		return
	}
	h.largestRange(s, segment)
	inside := r.inPools(h, s, segment, &in.CIDR)
	h.in.CheckSupernets(s.File, h.File, &in.CIDR)
	for i := range in.SecondaryCIDRs {
		p := &in.SecondaryCIDRs[i]
		if !file.CheckVPCRange(s.File, p, public) {
			inside = false
			continue
		}
		if why := mixes(in.CIDR, *p); why != "" && spoke.Existing == nil {
			s.Errorf(file.Range, p, why, "AWS does not let a VPC of %s have %s too", in.CIDR, p)
		}
		inside = r.inPools(h, s, segment, p) && inside
		h.in.CheckSupernets(s.File, h.File, p)
	}
	h.unrouted(s)
	if spoke.Existing == nil {
		h.ipam(s)
	}
	switch {
	case inside && in.OutsidePool:
		s.Warnf(file.Range, &in.OutsidePool, "leave the key out", "%s is inside the pools of segment %s", ranges.Join(spoke.Ranges()), in.Segment)
	case in.OutsidePool:
		for _, p := range spoke.Ranges() {
			if !ranges.In(p, segment.Pools) {
				spoke.OutsideRanges = append(spoke.OutsideRanges, p)
			}
		}
	}
	if spoke.Existing != nil {
		return // its subnets are where they are
	}
	whole := !s.Failed(&in.SecondaryCIDRs) && !s.Failed(&in.UnroutedCIDRs)
	if len(spoke.AZs) == 0 || !whole || !tiersInside(s) || s.Failed(&in.Tiers) || s.Failed(&in.AZs) {
		return
	}
	if err := spoke.Plan().Check(slots(spoke.AZs), spoke.AllRanges()[1:]); err != nil {
		what, fix, _ := strings.Cut(err.Error(), ": use ")
		if fix != "" {
			fix = "use " + fix
		}
		s.Errorf(file.Range, &in.CIDR, fix, "%s", what)
	}
}

// tiersInside is true where each tier with a range of its own has it within one of the VPC's.
func tiersInside(s *spokeFile) bool {
	inside := true
	for i := range s.in.Tiers {
		t := &s.in.Tiers[i]
		if r := t.Value.CIDR; r.IsValid() && !ranges.In(r, s.spoke.AllRanges()) {
			inside = false
			fix := fmt.Sprintf("take a part of %s, or add a further range to secondaryCidrs", ranges.Join(s.spoke.AllRanges()))
			s.Errorf(file.Range, &t.Value.CIDR, fix, "tier %s lies at %s, outside the VPC", t.Key, r)
		}
	}
	return inside
}
