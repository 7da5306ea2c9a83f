package file

import (
	"fmt"
	"net/netip"
	"slices"

	"sharedhub/constructs/addressing"
	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/diag"
	"sharedhub/internal/ranges"
)

// Hub is one shared-services VPC, its Transit Gateway and its endpoints, in one account and region.
type Hub struct {
	// Version of the file's format. Default: 1, the only one.
	Version int `yaml:"version"`
	// Account that owns the hub: 12 digits, in quotes.
	Account string `yaml:"account" required:"write account: \"111111111111\", the account that owns the hub"`
	// Region of the hub and all its spokes: "us-east-1". One that is newer than this program needs `allowNewRegion`.
	Region string `yaml:"region" required:"write region: us-east-1, the region of the hub and all its spokes"`
	// Organization that the accounts belong to: its id, or a mapping. Default: none; resources are then shared with the
	// spokes' accounts one by one, and no policy can be "organization".
	Organization Organization `yaml:"organization"`
	// VPC of the hub, which holds the endpoints.
	VPC HubVPC `yaml:"vpc" required:"write vpc: {cidr: 10.0.0.0/20}, the range of the hub's own VPC"`
	// Transit Gateway that joins the hub and its spokes. Default: a new one with ASN 64512.
	TransitGateway TransitGateway `yaml:"transitGateway"`
	// Address ranges from which a segment's spokes take theirs, by segment. Routes and security groups name pools rather
	// than spokes, so a new spoke changes neither. A list, or a mapping that names a pool of AWS VPC IPAM too. Default: none;
	// every spoke then needs `outsidePool`.
	Pools Map[Pool] `yaml:"pools" max:"100"`
	// Ranges that nobody here may take, by who has them: `{on-premises: [10.16.0.0/16]}`. They may lie in a pool, of which
	// `spoke add` and the messages then offer the rest. They add no route. Default: none.
	Reserved Map[[]netip.Prefix] `yaml:"reserved" max:"100"`
	// Ranges of your address plan: the hub's VPC, its pools and every spoke must lie in them. Default: none, so that any
	// private range will do.
	Supernets []netip.Prefix `yaml:"supernets" max:"100"`
	// Groups of spokes, each with a route table of its own. Segments decide which spokes can reach each other.
	Segments Map[Segment] `yaml:"segments" max:"100" required:"write segments: {prod: {}}, the groups that spokes belong to"`
	// Attachments of the Transit Gateway that exist already, by a name of yours: a VPN, a Direct Connect gateway, a peering, somebody
	// else's VPC. Each is a member of a segment with its ranges (docs/EXISTING.md). Default: none.
	External Map[External] `yaml:"external" max:"100"`
	// Accounts whose spokes may join: 12 digits each, in quotes. Whoever may write a spoke's file could otherwise bring in any
	// account, which the program warns of where the hub has no organization either. A segment may name its own. Default: every
	// account.
	Accounts []string `yaml:"accounts"`
	// Interface endpoints of the hub.
	Endpoints Endpoints `yaml:"endpoints" required:"write endpoints: {services: [ssm, sts]}, the AWS services to reach privately"`
	// Domains in which spokes' services have their names, such as internal.example.com (services/, docs/PRIVATELINK.md). A
	// name's private hosted zone takes the place of public names in the VPCs that have it, so only the hub's file says which
	// domains there are. Default: none, and no spoke publishes a service.
	ServiceDomains []string `yaml:"serviceDomains" max:"20"`
	// How the spokes resolve the endpoints' names. Default: private hosted zones.
	DNS DNS `yaml:"dns"`
	// Flow logs of the hub's VPC, and of each spoke without `flowLogs` of its own. Default: none.
	FlowLogs FlowLogs `yaml:"flowLogs"`
	// Tags of every resource of the hub and its spokes. Default: none.
	Tags Map[string] `yaml:"tags" max:"50"`
	// A number to raise after a stack was destroyed and made again, or a part of one by hand: every stack then reads the
	// others' outputs again. Default: 0.
	Revision int `yaml:"revision"`
	// Quotas that AWS has raised for the accounts of this hub and its spokes. Default: none.
	Granted Granted `yaml:"granted"`
	// Allows ranges outside RFC 1918 and 100.64.0.0/10 in this hub, its pools and its spokes. Default: false.
	AllowPublicRanges bool `yaml:"allowPublicRanges"`
	// Allows a region that this program does not know, because AWS opened it later. Its partition follows from its name.
	// Default: false.
	AllowNewRegion bool `yaml:"allowNewRegion"`
}

// Pool is the address ranges of a segment's spokes.
type Pool struct {
	// Ranges of the pool.
	CIDRs []netip.Prefix `yaml:"cidrs" required:"write cidrs: […], the ranges of the pool" some:"name its ranges, or take the pool out"`
	// Pool of AWS VPC IPAM, "ipam-pool-…", that has these ranges. Spokes still name theirs, and their VPCs are made of this pool,
	// so that IPAM records each range, and refuses one that another allocation of the pool has (docs/OPERATIONS.md, "IPAM").
	// Default: none.
	IPAM string `yaml:"ipam"`
}

// HubVPC is the VPC that holds the endpoints.
type HubVPC struct {
	// Range of the VPC, /16 to /28. A /20 gives 507 addresses an availability zone; each endpoint takes one in each. It can
	// never change.
	CIDR netip.Prefix `yaml:"cidr" required:"write cidr: 10.0.0.0/20, the VPC's range"`
	// Availability zones of the hub: AZ ids [use1-az1, use1-az2], letters [a, b], or a number of letters. An id is the same place in
	// every account. A letter is one account's name for it: in the oldest regions others have other letters, and some lack one.
	// More zones can be added later. Default: 3.
	AZs AZs `yaml:"zones" max:"6"`
	// Id of a VPC that exists, "vpc-…", of the hub's account and region (docs/EXISTING.md). `cidr` is then the range of it that has the
	// subnets named here, and the only one that is routed. Default: a VPC is made.
	ID string `yaml:"id"`
	// Subnets of a VPC that exists in which endpoints stand, by tier, one in each zone. The tier `endpoints` is required: endpoints
	// that are made stand there, in its zones, which are the hub's. Others, by names of yours, are for endpoints that exist. Default:
	// none, and subnets are made.
	Subnets Map[[]ExistingSubnet] `yaml:"subnets" max:"20" some:"write subnets: {endpoints: [{id: subnet-…, …}]}"`
	// Subnets of a VPC that exists which hold the attachment, one in each availability zone of the others. Those without an id are
	// made. Default: none, and subnets are made.
	Transit []TransitSubnet `yaml:"transit" max:"6" some:"write transit: [{zone: use1-az1, cidr: …/28}], a free range in each zone"`
	// Id of the attachment of a VPC that exists, "tgw-attach-…", to a Transit Gateway that exists (`transitGateway.id`). It must be
	// associated with no route table yet; `transit` names its subnets by their ids, which may be some of `subnets`. Default: an attachment
	// is made.
	Attachment string `yaml:"attachment"`
	// Subnets of a VPC that exists for the Resolver endpoints of `dns.inbound` and `dns.forward`, one in each of at least two zones. The
	// fifth address of each is the inbound endpoint's and the sixth the outbound one's, so both must be free. Those without an id are
	// made. Default: none.
	Resolver []ResolverSubnet `yaml:"resolver" max:"6" some:"write resolver: [{zone: use1-az1, cidr: …/28}, …], two zones or more"`
}

// ResolverSubnet is a subnet of a VPC that exists, for Resolver endpoints and nothing else of the hub.
type ResolverSubnet struct {
	// Id of a subnet that exists, "subnet-…". Default: one is made, with a route table of its own.
	ID string `yaml:"id"`
	// Range of the subnet; of one that is made, a free part of the VPC's, a /28 at best.
	CIDR netip.Prefix `yaml:"cidr" required:"write cidr: …/28, a free range of the VPC"`
	// Availability zone of the subnet, by its AZ id: use1-az1.
	AZ string `yaml:"zone" required:"write zone: use1-az1, the AZ id"`
	// Id of the route table that serves a subnet that exists, "rtb-…". It gets routes to those who ask and are asked. Default: the
	// table that is made with a subnet.
	RouteTable string `yaml:"routeTable"`
}

// Organization is an AWS Organizations organization: its id, or a mapping that also says with whom to share.
type Organization struct {
	// Id of the organization: "o-a1b2c3d4e5".
	ID string `yaml:"id" required:"write id: o-…, the organization's id"`
	// Management account of the organization: 12 digits. With it, the hub is shared with the whole organization, and a
	// spoke in a new account changes no hub stack (RAM names an organization by an ARN that holds this account). Default:
	// resources are shared with the spokes' accounts one by one.
	ManagementAccount string `yaml:"managementAccount"`
	// Organizational units ("ou-ab12-cdef3456") to share with; they need `managementAccount`. Default: the whole
	// organization.
	Units []string `yaml:"units" some:"name the units, or leave the key out to share with the whole organization"`
}

// TransitGateway is a new Transit Gateway, or an existing one.
type TransitGateway struct {
	// ASN of a new Transit Gateway, 64512 to 65534 or 4200000000 to 4294967294. It can never change. Default: 64512.
	ASN int64 `yaml:"asn"`
	// Id of an existing Transit Gateway, "tgw-…". Default: a new one.
	ID string `yaml:"id"`
	// Account that owns an existing Transit Gateway: 12 digits, in quotes. It shares the gateway with the hub's and the spokes'
	// accounts, and the stacks with its route tables, associations and routes are made there (docs/EXISTING.md). Default: the
	// hub's.
	Account string `yaml:"account"`
	// Whether rules of security groups may name groups of other spokes. It does nothing for the hub's interface endpoints,
	// whose groups admit ranges. Default: false.
	SecurityGroupReferencing bool `yaml:"securityGroupReferencing"`
	// Flow logs of the Transit Gateway, beside those of the VPCs. Default: none.
	FlowLogs FlowLogs `yaml:"flowLogs"`
	// How the route tables learn the spokes' ranges. `static`: from routes that the hub's account writes, to the ranges of the
	// files. `propagated`: from the attachments, so that whoever administers a spoke's account can add a range of it to
	// them. `both`: the step between the two (docs/OPERATIONS.md, "From propagated to static routes"). Default: `static`.
	Routes string `yaml:"routes"`
	// Route tables of an existing Transit Gateway to use, "tgw-rtb-…", by segment or "hub". Default: new ones.
	RouteTables Map[string] `yaml:"routeTables"`
}

// External is an attachment that exists, of which only the id and what is declared here are known.
type External struct {
	// Id of the attachment, "tgw-attach-…", of the hub's Transit Gateway. It must be associated with no route table yet.
	Attachment string `yaml:"attachment" required:"write attachment: tgw-attach-…, the id that EC2 shows"`
	// Ranges behind the attachment, which get static routes in the tables of the hub and of each segment that exchanges packets
	// with this one's. The endpoints admit them. They must lie apart from the hub's VPC, the pools, the spokes and `reserved`.
	CIDRs []netip.Prefix `yaml:"cidrs" max:"100" required:"write cidrs: [192.168.0.0/16], the ranges behind the attachment"`
	// Segment to join. To change it, take the entry out and deploy that first.
	Segment string `yaml:"segment" required:"write segment: <name>, the hub's segment to join"`
	// What is attached: `vpn`, `direct-connect-gateway`, `peering` or `vpc`. `preflight` and `verify` compare it with AWS.
	// Default: not said, and not compared.
	Kind string `yaml:"kind"`
	// Account that owns what is attached: 12 digits, in quotes. A Transit Gateway of the hub's account is shared with it, and
	// `preflight` and `verify` compare it.
	// Default: not said, and not compared.
	Account string `yaml:"account"`
}

// Segment is a group of spokes. Every segment reaches the hub's endpoints.
type Segment struct {
	// Whether the segment's own spokes reach each other. Default: false.
	Mesh bool `yaml:"mesh"`
	// Other segments whose spokes exchange packets with this one's. It adds routes in both directions, because return
	// traffic needs one; security groups decide who may open a connection. Default: none.
	Reaches []string `yaml:"reaches" max:"100"`
	// Accounts whose spokes may join the segment: 12 digits each, in quotes. Default: the hub's `accounts`.
	Accounts []string `yaml:"accounts"`
	// What the file of a spoke may choose for itself where it loosens what the hub's file says: `outsidePool` (ranges outside the
	// pools), `flowLogs` (other flow logs than the hub's, or none), `tags` (other values than the hub's), `protect` (no
	// protection from termination); and what the file of a service may make of a spoke: `publish` (the provider of a service),
	// `publishToHub` (of one that every spoke of the hub has), `consume` (a consumer, with an endpoint in its VPC). Default: none
	// of them.
	SpokesMay []string `yaml:"spokesMay" max:"7"`
	// Largest range that a spoke may have, its further ranges counted in, as a prefix length: 20 for a /20. Default: 16, the
	// largest that AWS takes, for each range.
	LargestRange int `yaml:"largestRange"`
	// Whether the stacks of the segment's spokes are protected from termination. Default: false.
	Protect bool `yaml:"protect"`
}

var (
	account             = lazy(`^[0-9]{12}$`)
	organizationID      = lazy(`^o-[a-z0-9]{10,32}$`)
	ipamPoolID          = lazy(`^ipam-pool-([0-9a-f]{8}|[0-9a-f]{17})$`)
	unitID              = lazy(`^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$`)
	transitGatewayID    = lazy(`^tgw-([0-9a-f]{8}|[0-9a-f]{17})$`)
	transitGatewayTable = lazy(`^tgw-rtb-([0-9a-f]{8}|[0-9a-f]{17})$`)
	attachmentID        = lazy(`^tgw-attach-([0-9a-f]{8}|[0-9a-f]{17})$`)
)

const maxSegmentName, maxTierName = 20, 20

// SegmentName says why a word cannot name a segment; "" where it can.
func SegmentName(name string) string {
	switch {
	case !word.MatchString(name) || len(name) > maxSegmentName:
		return nameFix(maxSegmentName)
	case name == "hub":
		return "name it something else: hub is the hub's own table"
	}
	return ""
}

func (h *Hub) check(f *File) {
	if f.Given(&h.Version) && h.Version != 1 {
		f.Errorf(Value, &h.Version, "write version: 1", "version %d of the format is unknown", h.Version)
	}
	checkAccount(f, &h.Account)
	h.checkRegion(f)
	CheckVPCRange(f, &h.VPC.CIDR, h.AllowPublicRanges)
	h.checkVPC(f)
	checkAccounts(f, &h.Accounts)
	h.checkRouteTables(f)
	h.checkSegments(f)
	h.checkPools(f)
	h.checkReserved(f)
	h.checkExternal(f)
	h.checkServiceDomains(f)
	checkTags(f, &h.Tags)
	if h.Revision < 0 {
		f.Errorf(Value, &h.Revision, "write 1, and later a higher number", "revision must be 0 or greater, got %d", h.Revision)
	}
}

func (h *Hub) checkRegion(f *File) {
	known := awsfacts.Regions()
	switch _, err := awsfacts.PartitionOf(h.Region); {
	case err != nil:
		f.Errorf(Value, &h.Region, DidYouMeanOr(h.Region, known, "write a region such as us-east-1"), "%q is not a region", h.Region)
	case slices.Contains(known, h.Region):
		if h.AllowNewRegion {
			f.Warnf(Value, &h.AllowNewRegion, "leave the key out", "%s is a region that this program knows", h.Region)
		}
	case !h.AllowNewRegion:
		fix := "write allowNewRegion: true if AWS has opened it since"
		if near := diag.DidYouMean(h.Region, known); near != "" {
			fix = near + " Or " + fix
		}
		f.Errorf(Value, &h.Region, fix, "region %s is not one that this program knows", h.Region)
	}
}

// IsOrganization is true for an organization's id.
func IsOrganization(id string) bool { return organizationID.MatchString(id) }

func (o *Organization) check(f *File) {
	if o.ID == "" {
		return
	}
	if !IsOrganization(o.ID) {
		f.Errorf(Value, &o.ID, "write the id that Organizations shows: o- and 10 to 32 lower-case letters and digits",
			"%q is not an organization's id", o.ID)
	}
	if o.ManagementAccount != "" {
		checkAccount(f, &o.ManagementAccount)
	}
	if len(o.Units) > 0 && o.ManagementAccount == "" {
		f.Errorf(Key, &o.Units, "add managementAccount: the ARN of a unit holds it", "units need managementAccount")
	}
	for i, u := range o.Units {
		if !unitID.MatchString(u) {
			f.Errorf(Value, &o.Units[i], "write the id that Organizations shows, such as ou-ab12-cdef3456",
				"%q is not an organizational unit's id", u)
		}
	}
}

// Routings are the values of transitGateway.routes.
var Routings = []string{"propagated", "both", "static"}

func (t *TransitGateway) check(f *File) {
	oneOf(f, &t.Routes, Routings...)
	if f.Given(&t.Account) {
		checkAccount(f, &t.Account)
		if t.ID == "" {
			f.Errorf(Key, &t.Account, "give the Transit Gateway's id too, or take account out", "a new Transit Gateway is the hub's account's")
		}
	}
	if t.ID != "" {
		if !transitGatewayID.MatchString(t.ID) {
			f.Errorf(Value, &t.ID, "write the id that EC2 shows, such as tgw-0123456789abcdef0", "%q is not a Transit Gateway's id", t.ID)
		}
		if t.ASN != 0 {
			f.Errorf(Key, &t.ASN, "take asn out: an existing Transit Gateway has its own", "asn and id exclude each other")
		}
		if t.SecurityGroupReferencing {
			f.Errorf(Key, &t.SecurityGroupReferencing, "take it out, and set it where the Transit Gateway is made",
				"an existing Transit Gateway has its own option for security-group referencing")
		}
		return
	}
	if f.Given(&t.ASN) && (t.ASN < 64512 || t.ASN > 65534) && (t.ASN < 4200000000 || t.ASN > 4294967294) {
		f.Errorf(Value, &t.ASN, "use 64512 to 65534, or 4200000000 to 4294967294", "%d is not a private ASN", t.ASN)
	}
	if len(t.RouteTables) > 0 {
		f.Errorf(Key, &t.RouteTables, "give the Transit Gateway's id too, or take routeTables out",
			"the route tables of a new Transit Gateway are made here")
	}
}

func (h *Hub) checkRouteTables(f *File) {
	tables := h.TransitGateway.RouteTables
	for i, t := range tables {
		if t.Key != "hub" && h.Segments.Get(t.Key) == nil {
			f.Errorf(Reference, &tables[i].Key, DidYouMeanOr(t.Key, append(h.Segments.Keys(), "hub"), "name hub, or a segment"),
				"%q is neither hub nor a segment", t.Key)
		}
		if !transitGatewayTable.MatchString(t.Value) {
			f.Errorf(Value, &tables[i].Value, "write the id that EC2 shows, such as tgw-rtb-0123456789abcdef0",
				"%q is not the id of a Transit Gateway's route table", t.Value)
		} else if j := slices.IndexFunc(tables[:i], func(o Entry[string]) bool { return o.Value == t.Value }); j >= 0 {
			f.Errorf(Value, &tables[i].Value, "give each a table of its own: a table decides what its segment reaches",
				"%s and %s have one route table, %s", tables[j].Key, t.Key, t.Value)
		}
	}
}

func (h *Hub) checkSegments(f *File) {
	names := h.Segments.Keys()
	if len(names) == 0 {
		f.Errorf(Key, &h.Segments, "write at least one: segments: {prod: {}}", "there is no segment")
	}
	for i := range h.Segments {
		s := &h.Segments[i]
		if why := SegmentName(s.Key); why != "" {
			f.Errorf(Value, &s.Key, why, "%q cannot name a segment", s.Key)
		}
		s.Value.checkRights(f)
		reaches := s.Value.Reaches
		for i, r := range reaches {
			switch {
			case r == s.Key:
				f.Errorf(Value, &reaches[i], "write mesh: true to let its spokes reach each other", "segment %s reaches itself", r)
			case !slices.Contains(names, r):
				f.Errorf(Reference, &reaches[i], h.SegmentFix(r), "segment %q does not exist", r)
			case slices.Contains(reaches[:i], r):
				f.Errorf(Value, &reaches[i], "keep one of them", "segment %s is given twice", r)
			}
		}
	}
}

// Rights are the values of spokesMay.
var Rights = []string{"outsidePool", "flowLogs", "tags", "protect", "publish", "publishToHub", "consume"}

// checkAccounts checks who may join.
func checkAccounts(f *File, accounts *[]string) {
	if f.Given(accounts) && len(*accounts) == 0 {
		f.Errorf(Value, accounts, "name the accounts, or leave the key out", "no account may join")
	}
	for i := range *accounts {
		checkAccount(f, &(*accounts)[i])
	}
}

// checkRights checks what the segment's spokes may do.
func (s *Segment) checkRights(f *File) {
	checkAccounts(f, &s.Accounts)
	for i, right := range s.SpokesMay {
		oneOf(f, &s.SpokesMay[i], Rights...)
		if slices.Contains(s.SpokesMay[:i], right) {
			f.Errorf(Value, &s.SpokesMay[i], "keep one of them", "%s is given twice", right)
		}
	}
	if bits := s.LargestRange; f.Given(&s.LargestRange) && (bits < addressing.MinBits || bits > addressing.MaxBits) {
		f.Errorf(Value, &s.LargestRange, fmt.Sprintf("use %d to %d: 20 stands for a /20", addressing.MinBits, addressing.MaxBits),
			"a VPC cannot have a /%d", bits)
	}
}

// SegmentFix says which segment is meant, or which there are.
func (h *Hub) SegmentFix(wrong string) string {
	return diag.Meant(wrong, h.Segments.Keys(), "the segments are ")
}

func (h *Hub) checkPools(f *File) {
	total := 0
	for _, pool := range h.Pools {
		total += len(pool.Value.CIDRs)
	}
	if total > mostEntries {
		f.Errorf(Quota, &h.Pools, "join neighbouring ranges", "the pools have %d ranges, and at most %d are possible", total, mostEntries)
		return
	}
	seen := []*netip.Prefix{&h.VPC.CIDR}
	for i := range h.Pools {
		pool := &h.Pools[i]
		if len(h.Segments) > 0 && h.Segments.Get(pool.Key) == nil {
			f.Errorf(Reference, &pool.Key, h.SegmentFix(pool.Key), "pool for unknown segment %q", pool.Key)
		}
		if id := &pool.Value.IPAM; f.Given(id) && !ipamPoolID.MatchString(*id) {
			f.Errorf(Value, id, "write the id that aws ec2 describe-ipam-pools prints", "%q is not the id of an IPAM pool", *id)
		}
		for i := range pool.Value.CIDRs {
			p := &pool.Value.CIDRs[i]
			checkPrivate(f, p, h.AllowPublicRanges)
			h.CheckSupernets(f, f, p)
			for _, s := range seen {
				if s.Overlaps(*p) {
					f.Errorf(Range, p, "pools and the hub's VPC must lie apart: routes are made for whole pools", "%s overlaps %s", p, s).
						See = []diag.Related{{Where: f.Pos(s), Text: s.String()}}
				}
			}
			seen = append(seen, p)
		}
	}
}

// CheckSupernets refuses a range, of the hub's file or another, that leaves the address plan.
func (h *Hub) CheckSupernets(f, hub *File, p *netip.Prefix) {
	if len(h.Supernets) > 0 && !ranges.In(*p, h.Supernets) {
		f.Errorf(Range, p, "take a part of "+ranges.Join(h.Supernets)+", or add the range to supernets in the hub's file",
			"%s is outside the hub's supernets", p).
			See = []diag.Related{{Where: hub.Pos(&h.Supernets), Text: "supernets"}}
	}
}

// checkReserved checks the address plan, and that the hub's own VPC keeps to it.
func (h *Hub) checkReserved(f *File) {
	for i := range h.Supernets {
		checkPrivate(f, &h.Supernets[i], h.AllowPublicRanges)
	}
	h.CheckSupernets(f, f, &h.VPC.CIDR)
	for i := range h.Reserved {
		r := &h.Reserved[i]
		for j := range r.Value {
			if p := &r.Value[j]; p.Overlaps(h.VPC.CIDR) {
				f.Errorf(Range, p, "take the hub's range out of it", "%s is reserved for %s, and overlaps the hub's VPC %s", p, r.Key, h.VPC.CIDR).
					See = []diag.Related{{Where: f.Pos(&h.VPC.CIDR), Text: h.VPC.CIDR.String()}}
			}
		}
	}
}
