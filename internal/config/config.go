// Package config reads the user's folder of YAML files into validated values.
//
// hubs/<name>.yaml describes a hub, spokes/<name>.yaml a spoke; the file's name is its name. Load reports every mistake
// of every file at once, with its place and its fix. The package is plain Go and starts no CDK runtime.
package config

import (
	"net/netip"
	"slices"

	"sharedhub/constructs/addressing"
	"sharedhub/constructs/catalog"
	"sharedhub/constructs/perimeter"
)

// Config is a valid configuration: hubs and spokes, each sorted by name.
type Config struct {
	// Dir is the folder it came from.
	Dir    string
	Hubs   []*Hub
	Spokes []*Spoke
}

// Hub is one shared-services VPC, its Transit Gateway and its endpoints, in one account and region.
type Hub struct {
	Name string `yaml:"-"`
	File *File  `yaml:"-"`

	// Version of the file's format. Default: 1, the only one.
	Version int `yaml:"version"`
	// Account that owns the hub: 12 digits, in quotes.
	Account string `yaml:"account" required:"write account: \"111111111111\", the account that owns the hub"`
	// Region of the hub and all its spokes: "us-east-1".
	Region string `yaml:"region" required:"write region: us-east-1, the region of the hub and all its spokes"`
	// Organization the accounts belong to. Default: none; shares then go to the spokes' accounts one by one, and the
	// endpoints' policy cannot be "organization".
	Organization Organization `yaml:"organization"`
	VPC          HubVPC       `yaml:"vpc" required:"write vpc: {cidr: 10.0.0.0/20}, the range of the hub's own VPC"`
	// TransitGateway joins hub and spokes. Default: a new one, ASN 64512.
	TransitGateway TransitGateway `yaml:"transitGateway"`
	// Pools are the ranges that a segment's spokes take theirs from, by segment. Routes and security groups name pools
	// rather than spokes, so that a new spoke changes neither. Default: none; every spoke is then outsidePool.
	Pools Map[[]netip.Prefix] `yaml:"pools"`
	// Segments are the groups of spokes, each with a route table of its own. Who reaches whom is theirs to say.
	Segments         Map[Segment] `yaml:"segments" required:"write segments: {prod: {}}, the groups that spokes belong to"`
	EndpointsWritten Endpoints    `yaml:"endpoints" required:"write endpoints: {services: [ssm, sts]}, the AWS services to reach privately"`
	DNS              DNS          `yaml:"dns"`
	// FlowLogs of the hub's VPC and, unless a spoke says otherwise, the spokes'. Default: none.
	FlowLogs FlowLogs `yaml:"flowLogs"`
	// Tags of every resource of the hub and its spokes. Default: none.
	Tags Map[string] `yaml:"tags"`
	// Revision makes every stack read the others' outputs again where it is raised: after a stack was destroyed and made
	// anew, or a part of one by hand. Default: 0; it does nothing by itself.
	Revision int `yaml:"revision"`
	// AllowPublicRanges permits ranges outside RFC 1918 and 100.64.0.0/10 in this hub, its pools and its spokes.
	// Default: false.
	AllowPublicRanges bool `yaml:"allowPublicRanges"`

	// Catalog of the region: the embedded one, with catalog/<region>.json over it where the folder has one.
	Catalog *catalog.Catalog `yaml:"-"`
	// AZs of the hub's VPC, by slot.
	AZs []AZ `yaml:"-"`
	// Endpoints are those to make, sorted by name.
	Endpoints []*Endpoint `yaml:"-"`
	// Spokes of this hub, sorted by name.
	Spokes []*Spoke `yaml:"-"`
}

// HubVPC is the VPC that holds the endpoints.
type HubVPC struct {
	// CIDR is the VPC's range, /16 to /28. A /20 gives 507 addresses a zone, and an endpoint takes one in each.
	// It can never change.
	CIDR netip.Prefix `yaml:"cidr" required:"write cidr: 10.0.0.0/20, the VPC's range"`
	// Zones of the hub: a number, letters [a, b] or zone ids [use1-az1]. Default: 3. More can be added later.
	AZSpec AZSpec `yaml:"zones"`
}

// Organization is an AWS Organizations organization: its id, or a mapping that also says whom to share with.
type Organization struct {
	// ID of the organization: "o-a1b2c3d4e5".
	ID string `yaml:"id" required:"write id: o-…, the organization's id"`
	// ManagementAccount of the organization: 12 digits. RAM names an organization by an ARN that holds it; with it, the
	// hub is shared with the whole organization, and a spoke in a new account changes no hub stack. Default: shares go
	// to the spokes' accounts one by one.
	ManagementAccount string `yaml:"managementAccount"`
	// Units are organizational units ("ou-ab12-cdef3456") to share with instead of the whole organization; they need
	// managementAccount. Default: the whole organization.
	Units []string `yaml:"units"`
}

// TransitGateway is a new gateway, or an existing one of the hub's account.
type TransitGateway struct {
	// ASN of a new gateway, 64512 to 65534 or 4200000000 to 4294967294. Default: 64512. It can never change.
	ASN int64 `yaml:"asn"`
	// ID of an existing gateway, "tgw-…", owned by the hub's account. Default: a new gateway.
	ID string `yaml:"id"`
	// RouteTables of an existing gateway to use, "tgw-rtb-…", by "hub" or segment. Default: new ones for all.
	RouteTables Map[string] `yaml:"routeTables"`
}

// Segment is a group of spokes. Every segment reaches the hub's endpoints.
type Segment struct {
	// Mesh lets the segment's own spokes reach each other. Default: false, they are isolated.
	Mesh bool `yaml:"mesh"`
	// Reaches are other segments that this one's spokes exchange packets with. Answers need a way back, so it opens the
	// routes in both directions; security groups say who may begin. Default: none.
	Reaches []string `yaml:"reaches"`
}

// Endpoints are the hub's interface endpoints.
type Endpoints struct {
	// Policy of every endpoint that takes one: full-access, organization, or a JSON file below the configuration's
	// folder. Default: organization where the hub has one, else full-access.
	Policy string `yaml:"policy"`
	// Services to make endpoints for: short names as AWS prints them (ecr.dkr), or mappings.
	Services []ServiceSpec `yaml:"services" required:"write services: [ssm, sts], the AWS services to reach privately"`
}

// ServiceSpec is one service, or a bundle of them: a service's name, or a mapping with more to say.
type ServiceSpec struct {
	// Name of the service, short (ecr.dkr, or kms-fips for a FIPS endpoint) or full (com.amazonaws.us-east-1.ecr.dkr). A
	// full name is taken even in a region where the catalogue has not seen the service. With service, a name of your own.
	Name string `yaml:"name"`
	// Bundle of services that are needed together, instead of name: ssm, ecr, ecs, eks, lambda, cloudwatch, secrets,
	// messaging, data or cicd. `catalog show --bundle ssm` lists one.
	Bundle string `yaml:"bundle"`
	// Policy of this endpoint. Default: the hub's.
	Policy string `yaml:"policy"`
	// Zones of this endpoint, by the hub's names for them. Default: those of the hub's zones in which the service was
	// seen, or all.
	AZs []string `yaml:"zones"`
	// Region of the service where it is another than the hub's: s3, iam, ecr, kms, ecs, lambda, kinesis-firehose and
	// route53 can be reached across regions. Default: the hub's.
	Region string `yaml:"region"`
	// PrivateNames instead of the catalogue's; "*.x" stands for every name below x. They need dns.sharing zones, since
	// with a Profile AWS decides. Default: the catalogue's.
	PrivateNames []string `yaml:"privateNames"`
	// Service is the full name of an endpoint service of your own or of a third party,
	// com.amazonaws.vpce.us-east-1.vpce-svc-…; name and privateNames must be given. Default: AWS's service called name.
	Service string `yaml:"service"`
	// Ports of such a service, TCP. Default: 443.
	Ports []int `yaml:"ports"`
}

// DNS is how names reach the spokes.
type DNS struct {
	// Sharing is zones (private zones in every account; about $0.50 a zone and month) or profile (a Route 53 Profile;
	// about $548 a month for up to 100 VPCs, and the spokes' accounts hold no zones). Default: zones. A hub in use goes
	// from one to the other by spoke-zones and spoke-zones-and-profile (docs/OPERATIONS.md, "From zones to a Profile").
	Sharing string `yaml:"sharing"`
}

// FlowLogs say where a VPC's flow logs go; "none" for nowhere.
type FlowLogs struct {
	// To is cloudwatch, s3 or none.
	To string `yaml:"to" required:"write to: cloudwatch, or to: s3"`
	// RetentionDays of the log group, with cloudwatch: a number CloudWatch Logs takes. Default: 30.
	RetentionDays int `yaml:"retentionDays"`
	// Bucket is the ARN of an existing bucket, with s3.
	Bucket string `yaml:"bucket"`
}

// Off is true where there are none.
func (f FlowLogs) Off() bool { return f.To == "" || f.To == "none" }

// Spoke is one workload VPC, attached to its hub.
type Spoke struct {
	Name string `yaml:"-"`
	File *File  `yaml:"-"`

	// Hub it belongs to, by name.
	Hub string `yaml:"hub" required:"write hub: <name>, the hub to attach to"`
	// Account that owns the spoke: 12 digits, in quotes.
	Account string `yaml:"account" required:"write account: \"222222222222\", the account that owns the spoke"`
	// Segment of the hub it joins. To change it on a spoke in use, go through state: detached.
	Segment string `yaml:"segment" required:"write segment: <name>, the hub's segment to join"`
	// CIDR is the VPC's range, /16 to /28, within the segment's pools. It can never change.
	CIDR netip.Prefix `yaml:"cidr" required:"write cidr: 10.16.4.0/22, a free range of the segment's pools"`
	// SecondaryCIDRs are further ranges of the VPC, /16 to /28, within the segment's pools; a tier lies in one with its
	// cidr. They can be added later. Default: none.
	SecondaryCIDRs []netip.Prefix `yaml:"secondaryCidrs"`
	// OutsidePool permits ranges outside the segment's pools; they then get routes of their own. Default: false.
	OutsidePool bool `yaml:"outsidePool"`
	// Zones of the VPC: a number, letters [a, b] or zone ids [use1-az1]. Default: the hub's.
	AZSpec AZSpec `yaml:"zones"`
	// Tiers are the VPC's named subnets, one per zone each. Their order is their order in the range, so add new ones at
	// the end. The transit subnets come by themselves. Default: {private: {}}.
	Tiers Map[Tier] `yaml:"tiers"`
	// GatewayEndpoints of the VPC, from s3 and dynamodb; they are free. Default: both.
	GatewaysWritten *[]string `yaml:"gatewayEndpoints"`
	// FlowLogs of the VPC. Default: the hub's.
	FlowLogs FlowLogs `yaml:"flowLogs"`
	// Tags of the spoke's resources, beside and before the hub's. Default: none.
	Tags Map[string] `yaml:"tags"`
	// State is attached, or detached: the VPC stays, but hub and names are out of reach, so that nothing depends on it
	// when its file goes. Default: attached.
	State string `yaml:"state"`

	// HubConfig is the hub itself.
	HubConfig *Hub `yaml:"-"`
	// AZs of the VPC, by slot.
	AZs []AZ `yaml:"-"`
}

// Tier is a named set of subnets, one per zone.
type Tier struct {
	// Size is the prefix length of each subnet: 24 for a /24. Default: three more than the VPC's.
	Size int `yaml:"size"`
	// CIDR keeps the tier in a range of its own inside the VPC's, for instance where it was before a tier above it went.
	// Default: after the tiers above it.
	CIDR netip.Prefix `yaml:"cidr"`
}

// Attached is false for a spoke that is leaving.
func (s *Spoke) Attached() bool { return s.State != "detached" }

// Ranges are all of the VPC's, the one it was made with first.
func (s *Spoke) Ranges() []netip.Prefix { return append([]netip.Prefix{s.CIDR}, s.SecondaryCIDRs...) }

// OutsideRanges are those outside the segment's pools, which need routes of their own.
func (s *Spoke) OutsideRanges() []netip.Prefix {
	if !s.OutsidePool {
		return nil
	}
	pools, _ := s.HubConfig.Pools.Get(s.Segment)
	return slices.DeleteFunc(s.Ranges(), func(r netip.Prefix) bool {
		return slices.ContainsFunc(pools, func(p netip.Prefix) bool { return within(r, p) })
	})
}

// GatewayEndpoints are the services the VPC has gateway endpoints for, sorted.
func (s *Spoke) GatewayEndpoints() []string {
	if s.GatewaysWritten == nil {
		return []string{"dynamodb", "s3"}
	}
	return *s.GatewaysWritten
}

// Plan is how the spoke's range is carved.
func (s *Spoke) Plan() *addressing.Plan {
	tiers := make([]addressing.Tier, len(s.Tiers))
	for i, t := range s.Tiers {
		tiers[i] = addressing.Tier{Name: t.Key, Bits: t.Value.Size, CIDR: t.Value.CIDR}
	}
	return addressing.NewPlan(s.CIDR, tiers)
}

// EndpointTier is the name of the hub's tier of subnets that hold the endpoints.
const EndpointTier = "endpoints"

// Plan is how the hub's range is carved.
func (h *Hub) Plan() *addressing.Plan {
	return addressing.NewPlan(h.VPC.CIDR, []addressing.Tier{{Name: EndpointTier}})
}

// AllPools are the ranges of all segments, sorted by address.
func (h *Hub) AllPools() []netip.Prefix {
	var all []netip.Prefix
	for _, p := range h.Pools {
		all = append(all, p.Value...)
	}
	sortPrefixes(all)
	return all
}

// Supernets are the ranges spokes may have, sorted: the pools, and the ranges of the spokes outside them.
func (h *Hub) Supernets() []netip.Prefix {
	all := h.AllPools()
	for _, s := range h.Spokes {
		if s.Attached() {
			all = append(all, s.OutsideRanges()...)
		}
	}
	sortPrefixes(all)
	return all
}

// SegmentRanges are the ranges of one segment's spokes, sorted: its pools, and its spokes outside them.
func (h *Hub) SegmentRanges(segment string) []netip.Prefix {
	pools, _ := h.Pools.Get(segment)
	all := append([]netip.Prefix{}, pools...)
	for _, s := range h.Spokes {
		if s.Attached() && s.Segment == segment {
			all = append(all, s.OutsideRanges()...)
		}
	}
	sortPrefixes(all)
	return all
}

// Peers are the segments that exchange packets with one, sorted: itself when it is a mesh, those it reaches, and those
// that reach it.
func (h *Hub) Peers(segment string) []string {
	peers := map[string]bool{}
	for _, s := range h.Segments {
		if s.Key == segment && s.Value.Mesh {
			peers[segment] = true
		}
		for _, r := range s.Value.Reaches {
			if s.Key == segment {
				peers[r] = true
			}
			if r == segment {
				peers[s.Key] = true
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

// The ways to share names. A zone and an endpoint's private DNS of one name exclude each other in a VPC, so a hub in use
// goes from zones to profile, and back, by the two between: first no zone serves the hub's own VPC; then private DNS is on
// and the Profile there, and the zones serve on until they are destroyed.
const (
	SharingZones                = "zones"
	SharingSpokeZones           = "spoke-zones"
	SharingSpokeZonesAndProfile = "spoke-zones-and-profile"
	SharingProfile              = "profile"
)

// HasHostedZones is true where private zones serve the spokes.
func (h *Hub) HasHostedZones() bool { return h.DNS.Sharing != SharingProfile }

// HostedZonesServeHub is true where they serve the hub's own VPC too.
func (h *Hub) HostedZonesServeHub() bool { return h.DNS.Sharing == SharingZones }

// HasR53Profile is true where a Route 53 Profile carries the endpoints, whose private DNS is on.
func (h *Hub) HasR53Profile() bool {
	return h.DNS.Sharing == SharingProfile || h.DNS.Sharing == SharingSpokeZonesAndProfile
}

// Endpoint is one interface endpoint to make.
type Endpoint struct {
	// Catalog is what is known of the service, with the names of the file.
	Catalog *catalog.Service
	// Policy of the endpoint; nil where the service takes none.
	Policy perimeter.Document
	// PolicyName is what the file says: full-access, organization, or the policy's file; "none possible" where the
	// service takes none.
	PolicyName string
	// AZs the endpoint is in, of the hub's.
	AZs []AZ
}

// AZ is one availability zone.
type AZ struct {
	// Name is the AZ's letter ("a") or id ("use1-az1").
	Name string
	// Slot is the AZ's place in every plan: 0 for the letter a and for az1.
	Slot int
	// ByID is true where Name is an AZ id, which names one place in every account.
	ByID bool
}
