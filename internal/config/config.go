// Package config decides what the user's folder of YAML files asks for.
//
// hubs/<name>.yaml describes a hub, spokes/<name>.yaml a spoke; the file's name is its name. Load reads them (package file),
// fills in every default, resolves every name and reports every mistake of every file at once, with its place and its fix.
// What it returns is the plan: nothing in it is left to decide, and nothing changes it. The package is plain Go and starts no
// CDK runtime.
package config

import (
	"maps"
	"net/netip"
	"slices"

	"sharedhub/constructs/addressing"
	"sharedhub/constructs/catalog"
	"sharedhub/constructs/perimeter"
	"sharedhub/internal/ranges"
)

// Config is a valid configuration: hubs and spokes, each sorted by name.
type Config struct {
	// Dir is the folder it came from.
	Dir    string
	Hubs   []*Hub
	Spokes []*Spoke

	named   string   // what messages call the folder
	written files    // for Change
	read    []string // the files it came from, by their path below the folder
}

// Hub is one shared-services VPC, its Transit Gateway and its endpoints, in one account and region.
type Hub struct {
	Name, Account, Region string
	// Organization of the accounts; without an ID, there is none.
	Organization Organization
	// CIDR and AZs of the hub's VPC, the AZs by slot.
	CIDR netip.Prefix
	AZs  []AZ
	// Existing is a VPC that exists; nil for one that is made.
	Existing       *ExistingVPC
	TransitGateway TransitGateway
	// Segments in the order of the file.
	Segments []Segment
	// External are the attachments that exist already, sorted by name.
	External []External
	Sharing  Sharing
	// Resolver endpoints of the hub.
	Resolver Resolver
	// ExistingDNS is what the hub's Profile carries beside the endpoints and the rules of the hub.
	ExistingDNS ExistingDNS
	FlowLogs    FlowLogs
	// Tags of every resource of the hub and its spokes.
	Tags map[string]string
	// Revision makes every stack read the others' outputs again where it is raised.
	Revision int
	// Catalog of the region: the embedded one, with catalog/<region>.json over it where the folder has one.
	Catalog *catalog.Catalog
	// Endpoints of the hub, to make or existing, sorted by name.
	Endpoints []*Endpoint
	// GatewayPolicies are the policies of the spokes' gateway endpoints, by service.
	GatewayPolicies map[string]GatewayPolicy
	// ServiceDomains are those in which services of spokes may have names.
	ServiceDomains []string
	// Published are the services of spokes, sorted by name.
	Published []*Published
	// Spokes of this hub, sorted by name.
	Spokes []*Spoke
}

// NamedEndpoints are those whose services have private names and stay, so that there is something to serve.
func (h *Hub) NamedEndpoints() []*Endpoint {
	return slices.DeleteFunc(slices.Clone(h.Endpoints), func(e *Endpoint) bool { return e.Leaving || len(e.Catalog.PrivateNames) == 0 })
}

// Organization is an AWS Organizations organization, and with whom of it to share.
type Organization struct {
	ID string
	// ManagementAccount is "" where shares go to the spokes' accounts one by one.
	ManagementAccount string
	// Units to share with; none for the whole organization.
	Units []string
}

// TransitGateway is a new one, or an existing one.
type TransitGateway struct {
	// ID of an existing one; "" for a new one.
	ID string
	// Account that owns it, and shares it with the hub's; "" for the hub's own.
	Account string
	// ASN of a new one.
	ASN int64
	// SecurityGroupReferencing of a new one, and of all attachments.
	SecurityGroupReferencing bool
	FlowLogs                 FlowLogs
	Routing                  Routing
	// RouteTables of an existing one to use, by "hub" or segment; those that are not here are made.
	RouteTables map[string]string
}

// Routing is how the Transit Gateway's route tables learn the spokes' ranges.
type Routing string

const (
	RoutingPropagated Routing = "propagated"
	RoutingBoth       Routing = "both"
	RoutingStatic     Routing = "static"
)

// routingSteps are the ways to learn ranges, in the order in which a hub in use goes from one to the next.
var routingSteps = []Routing{RoutingPropagated, RoutingBoth, RoutingStatic}

// Propagates is true where attachments tell the tables their ranges, and Writes where the hub's account writes them.
func (r Routing) Propagates() bool { return r != RoutingStatic }

// Writes is true where the hub's account writes static routes.
func (r Routing) Writes() bool { return r != RoutingPropagated }

// Segment is a group of spokes.
type Segment struct {
	Name string
	// Mesh lets the segment's own spokes reach each other.
	Mesh bool
	// Reaches are other segments that this one's spokes exchange packets with.
	Reaches []string
	// Pools are the ranges from which its spokes take theirs.
	Pools []netip.Prefix
	// IPAM is the id of the pool of AWS VPC IPAM that has the same ranges; "" for none.
	IPAM string
	// Accounts that may join; none for every account.
	Accounts []string
	// SpokesMay are the choices that a spoke's file has.
	SpokesMay []string
	// LargestRange of a spoke, as a prefix length; 0 where only AWS limits it.
	LargestRange int
	// Protect its spokes' stacks from termination, unless they say otherwise.
	Protect bool
}

// External is an attachment that exists, a member of a segment. What lies behind it is known from the file alone.
type External struct {
	Name string
	// Attachment by its id in AWS.
	Attachment string
	CIDRs      []netip.Prefix
	Segment    string
	// Kind and Account of what is attached; "" where the file does not say.
	Kind, Account string
}

// Endpoint is one interface endpoint of the hub, to make or existing.
type Endpoint struct {
	// Catalog is what is known of the service, with the names of the file.
	Catalog *catalog.Service
	// AZs the endpoint is in, of the hub's.
	AZs    []AZ
	Policy Policy
	// Leaving is true where the endpoint stays for this deployment only, and its names are gone.
	Leaving bool
	// Existing is an endpoint that exists; nil for one that is made.
	Existing *ExistingEndpoint
}

// PolicyKind says where an endpoint's policy comes from.
type PolicyKind string

const (
	PolicyFullAccess   PolicyKind = "full-access"
	PolicyOrganization PolicyKind = "organization"
	PolicyFile         PolicyKind = "file"
	// PolicyImpossible is for a service that takes none.
	PolicyImpossible PolicyKind = "none possible"
)

// Policy is an endpoint's policy.
type Policy struct {
	Kind PolicyKind
	// File is the policy's file, by its path below the configuration's folder.
	File string
	// Document is nil where the service takes none.
	Document perimeter.Document
}

// String is the policy as the configuration names it.
func (p Policy) String() string {
	if p.Kind == PolicyFile {
		return p.File
	}
	return string(p.Kind)
}

// GatewayPolicy is the policy of the spokes' gateway endpoints for a service.
type GatewayPolicy struct {
	Policy
	// Within is the hub's own policy for the service: nothing may pass that this would not let pass.
	Within Policy
}

// FlowLogsTo is where flow logs go.
type FlowLogsTo string

const (
	FlowLogsToCloudWatch FlowLogsTo = "cloudwatch"
	FlowLogsToS3         FlowLogsTo = "s3"
	FlowLogsToNone       FlowLogsTo = "none"
)

// FlowLogs are a VPC's flow logs.
type FlowLogs struct {
	To FlowLogsTo
	// RetentionDays of the log group, with CloudWatch.
	RetentionDays int
	// KMSKey is the ARN of the key of the log group; "" for CloudWatch's own.
	KMSKey string
	// Bucket is the ARN of the bucket, with S3.
	Bucket string
}

// Off is true where there are none.
func (f FlowLogs) Off() bool { return f.To == FlowLogsToNone }

// Sharing is how the endpoints' names reach the spokes. A hosted zone and an endpoint's private DNS of one name exclude each
// other in a VPC, so a hub in use goes from zones to profile, and back, by the two between: first no zone serves the hub's own
// VPC; then private DNS is on and the Profile there, and the zones serve on until they are destroyed.
type Sharing string

const (
	SharingZones                Sharing = "zones"
	SharingSpokeZones           Sharing = "spoke-zones"
	SharingSpokeZonesAndProfile Sharing = "spoke-zones-and-profile"
	SharingProfile              Sharing = "profile"
)

// sharingSteps are the ways to share names, in the order in which a hub in use goes from one to the next.
var sharingSteps = []Sharing{SharingZones, SharingSpokeZones, SharingSpokeZonesAndProfile, SharingProfile}

// HasHostedZones is true where private hosted zones serve the spokes.
func (h *Hub) HasHostedZones() bool { return h.Sharing != SharingProfile }

// HostedZonesServeHub is true where they serve the hub's own VPC too.
func (h *Hub) HostedZonesServeHub() bool { return h.Sharing == SharingZones }

// HasR53Profile is true where a Route 53 Profile carries the endpoints, whose private DNS is on.
func (h *Hub) HasR53Profile() bool {
	return h.Sharing == SharingProfile || h.Sharing == SharingSpokeZonesAndProfile
}

// AZ is one availability zone.
type AZ struct {
	// Name is the AZ's id ("use1-az1") or letter ("a").
	Name string
	// Slot is the AZ's place in every plan: 0 for the letter a and for az1.
	Slot int
	// ByID is true where Name is an AZ id, which names one place in every account.
	ByID bool
}

// Label names the AZ in logical ids and outputs, by its slot: "a" for the letter a and for az1.
func (z AZ) Label() string { return string(rune('a' + z.Slot)) }

// State of a spoke.
type State string

const (
	Attached State = "attached"
	// Detached spokes are leaving: the VPC stays, but hub and names are out of reach.
	Detached State = "detached"
)

// Spoke is one workload VPC, attached to its hub.
type Spoke struct {
	Name, Account string
	Hub           *Hub
	// Segment of the hub, by name.
	Segment string
	// Existing is a VPC that exists; nil for one that is made.
	Existing *ExistingVPC
	// CIDR is the range that the VPC was made with.
	CIDR           netip.Prefix
	SecondaryCIDRs []netip.Prefix
	// IPAMPools are those that Ranges are taken from, in their order, "" for a range of none; nil where there is none at all.
	IPAMPools []string
	// UnroutedCIDRs are ranges that the gateway does not route: other spokes may have the same.
	UnroutedCIDRs []netip.Prefix
	// OutsideRanges are those of its ranges outside the segment's pools, which need routes of their own.
	OutsideRanges []netip.Prefix
	// AZs of the VPC, by slot.
	AZs []AZ
	// ownAZs is true where the spoke's file names them, and not the hub's.
	ownAZs bool
	// Tiers of subnets, in the order of their place in the range.
	Tiers []Tier
	// GatewayEndpoints are the services the VPC has gateway endpoints for, sorted.
	GatewayEndpoints []string
	FlowLogs         FlowLogs
	// Tags of the spoke's resources, over the hub's.
	Tags  map[string]string
	State State
	// Protect its stacks from termination.
	Protect bool
	// ServiceTiers are the tiers in which load balancers or endpoints of published services stand, sorted.
	ServiceTiers []string
}

// Tier is a named set of subnets, one per AZ.
type Tier struct {
	Name string
	// Size is the prefix length of each subnet; 0 for three more than the VPC's.
	Size int
	// CIDR is a range of the tier's own, if it has one.
	CIDR netip.Prefix
}

// Routing is how the gateway's tables learn the spoke's ranges: from static routes alone where a propagation would bring ranges
// that are not to be routed, or that nobody declared.
func (s *Spoke) Routing() Routing {
	if len(s.UnroutedCIDRs) > 0 || s.Existing != nil {
		return RoutingStatic
	}
	return s.Hub.TransitGateway.Routing
}

// Attached is false for a spoke that is leaving.
func (s *Spoke) Attached() bool { return s.State == Attached }

// Ranges are those of the VPC that the gateway routes, the one it was made with first.
func (s *Spoke) Ranges() []netip.Prefix { return append([]netip.Prefix{s.CIDR}, s.SecondaryCIDRs...) }

// AllRanges are the VPC's, those that are not routed last.
func (s *Spoke) AllRanges() []netip.Prefix { return append(s.Ranges(), s.UnroutedCIDRs...) }

// Routed is false for a tier that lies in a range which the gateway does not route.
func (s *Spoke) Routed(t Tier) bool { return !t.CIDR.IsValid() || !ranges.In(t.CIDR, s.UnroutedCIDRs) }

// Plan is how the spoke's range is carved.
func (s *Spoke) Plan() *addressing.Plan {
	tiers := make([]addressing.Tier, len(s.Tiers))
	for i, t := range s.Tiers {
		tiers[i] = addressing.Tier{Name: t.Name, Bits: t.Size, CIDR: t.CIDR}
	}
	return addressing.NewPlan(s.CIDR, tiers)
}

// EndpointTier is the name of the hub's tier of subnets that hold the endpoints.
const EndpointTier = "endpoints"

// Plan is how the hub's range is carved.
func (h *Hub) Plan() *addressing.Plan {
	tiers := []addressing.Tier{{Name: EndpointTier}}
	if h.Resolver.Any() {
		tiers = append(tiers, addressing.Tier{Name: ResolverTier, Bits: addressing.MaxBits})
	}
	return addressing.NewPlan(h.CIDR, tiers)
}

// Segment finds a segment by its name; nil where there is none.
func (h *Hub) Segment(name string) *Segment {
	for i := range h.Segments {
		if h.Segments[i].Name == name {
			return &h.Segments[i]
		}
	}
	return nil
}

// Supernets are the ranges that may use the hub, sorted: the pools, those of external attachments, and those of the spokes outside
// all pools.
func (h *Hub) Supernets() []netip.Prefix {
	var all []netip.Prefix
	for _, s := range h.Segments {
		all = append(all, s.Pools...)
	}
	for _, e := range h.External {
		all = append(all, e.CIDRs...)
	}
	pools := all
	for _, s := range h.Spokes {
		for _, r := range s.OutsideRanges {
			if s.Attached() && !ranges.In(r, pools) {
				all = append(all, r)
			}
		}
	}
	ranges.Sort(all)
	return all
}

// SegmentRanges are the ranges of one segment's members, sorted: its pools, its external attachments, and its spokes outside the
// pools.
func (h *Hub) SegmentRanges(segment string) []netip.Prefix {
	all := slices.Clone(h.Segment(segment).Pools)
	for _, s := range h.Spokes {
		if s.Attached() && s.Segment == segment {
			all = append(all, s.OutsideRanges...)
		}
	}
	for _, e := range h.External {
		if e.Segment == segment {
			all = append(all, e.CIDRs...)
		}
	}
	ranges.Sort(all)
	return all
}

// Peers are the segments that exchange packets with one, sorted: itself when it is a mesh, those it reaches, and those
// that reach it.
func (h *Hub) Peers(segment string) []string {
	peers := map[string]bool{}
	for _, s := range h.Segments {
		if s.Name == segment && s.Mesh {
			peers[segment] = true
		}
		for _, r := range s.Reaches {
			if s.Name == segment && h.Segment(r) != nil { // a misspelt one is reported elsewhere
				peers[r] = true
			}
			if r == segment {
				peers[s.Name] = true
			}
		}
	}
	return sortedKeys(peers)
}

// Accounts are the accounts of the hub's spokes other than its own, sorted.
func (h *Hub) Accounts() []string {
	seen := map[string]bool{}
	for _, s := range h.Spokes {
		if s.Account != h.Account {
			seen[s.Account] = true
		}
	}
	return sortedKeys(seen)
}

// Guests are the accounts other than the hub's that the Transit Gateway is shared with where no organization is, sorted: those of
// spokes, and of external attachments.
func (h *Hub) Guests() []string {
	out := h.Accounts()
	for _, e := range h.External {
		if e.Account != "" && e.Account != h.Account {
			out = append(out, e.Account)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// SpokesOf are the attached spokes in an account.
func (h *Hub) SpokesOf(account string) []*Spoke {
	var out []*Spoke
	for _, s := range h.Spokes {
		if s.Account == account && s.Attached() {
			out = append(out, s)
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
