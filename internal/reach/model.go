package reach

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

// model is a network in the form in which packets are followed.
type model struct {
	net    *topology.Network
	vpcs   []*topology.VPC // by their resource
	names  map[*topology.VPC]string
	others map[string]*topology.Other
	// attached are the attachments of each VPC.
	attached map[*topology.VPC][]*topology.Attachment
	subnets  map[string]*topology.Subnet
	// loose says of a VPC or Transit Gateway, by its id, which parts that nothing follows may add routes to it.
	loose map[string][]string
	// parts are all that nothing follows.
	parts []Part
	// six are the IPv6 ranges, by what the template says of them: of those that AWS chooses, stand-ins.
	six map[string]netip.Prefix
	// more are routes that custom resources write, by the table's id.
	more      map[string][]topology.RouteEntry
	moreRoute []topology.WrittenTransitGatewayRoute
	moreJoins []topology.TransitGatewayJoin
	// written says of a source that a custom resource writes it.
	written    map[topology.Source]bool
	gateways   map[string]*gatewayTable
	joined     map[string][]string // the tables of attachments, by attachment and gateway
	compiled   map[*topology.VPC]map[*topology.RouteTable]*vpcTable
	classes    map[*topology.VPC][]*class
	appliances map[string]bool // attachments for which a custom resource turns appliance mode on
	foreign    map[string]bool // attachments of other apps' VPCs
	walks      map[walkKey][]end
	titles     map[string]string // of gateways, by id
	outward    bool              // whether a gateway may lead to what is no VPC of the stacks
	anyTable   string            // why a route may be in any table of a gateway
	hashes     int               // how many choices of an availability zone a gateway has
	zonal      bool              // where an arrival's way depends on the zone that it came from
	// ports of endpoints' services, and what equal endpoints have in common.
	ports     map[*topology.Endpoint][]int
	endpoints map[*topology.Endpoint]string
}

// vpcTable is a VPC's route table.
type vpcTable struct {
	pieces[*topology.RouteEntry] // nil for the VPC's own ranges
	// unknown are destinations that only AWS knows.
	unknown []string
	// signature is equal for tables that say the same.
	signature string
}

// gatewayTable is a Transit Gateway's route table.
type gatewayTable struct {
	pieces[gatewayRoute]
	name string
	// open says why there may be routes that nothing here knows; "" where there are none.
	open string
	// announced are those whose other ends announce ranges by BGP, which the table learns.
	announced []announcer
}

type gatewayRoute struct {
	attachment string
	blackhole  bool
	rivals     bool // several attachments propagate the range
	// provided is a condition for the route that no template decides.
	provided string
	at       topology.Source
}

func newModel(net *topology.Network) *model {
	m := &model{net: net, names: map[*topology.VPC]string{}, others: map[string]*topology.Other{},
		attached: map[*topology.VPC][]*topology.Attachment{}, subnets: map[string]*topology.Subnet{}, loose: map[string][]string{},
		six: map[string]netip.Prefix{}, more: map[string][]topology.RouteEntry{}, written: map[topology.Source]bool{},
		gateways: map[string]*gatewayTable{}, joined: map[string][]string{},
		compiled: map[*topology.VPC]map[*topology.RouteTable]*vpcTable{}, classes: map[*topology.VPC][]*class{},
		walks: map[walkKey][]end{}, titles: map[string]string{}, appliances: map[string]bool{},
		foreign: map[string]bool{}, ports: map[*topology.Endpoint][]int{}, endpoints: map[*topology.Endpoint]string{}, hashes: 1}
	for _, v := range net.VPCs {
		m.vpcs = append(m.vpcs, v)
		for _, s := range v.Subnets {
			m.subnets[s.ID] = s
		}
	}
	slices.SortFunc(m.vpcs, func(a, b *topology.VPC) int {
		return cmp.Or(cmp.Compare(a.Source.String(), b.Source.String()), cmp.Compare(a.ID, b.ID))
	})
	m.nameVPCs()
	for _, o := range net.Others {
		m.others[o.ID] = o
	}
	for _, id := range slices.Sorted(maps.Keys(net.Attachments)) {
		a := net.Attachments[id]
		m.attached[a.VPC] = append(m.attached[a.VPC], a)
	}
	m.customResources()
	m.unfollowed()
	m.sixes()
	m.gatewayTables()
	m.announcements()
	m.choices()
	return m
}

// nameVPCs gives each VPC a name that no other has.
func (m *model) nameVPCs() {
	forms := []func(*topology.VPC) string{
		(*topology.VPC).Name,
		func(v *topology.VPC) string { return fmt.Sprintf("%s (%s)", v.Name(), v.Source) },
		func(v *topology.VPC) string {
			return fmt.Sprintf("%s (%s, %s %s)", v.Name(), v.Source, v.Account, v.Region)
		},
		func(v *topology.VPC) string { return topology.Plain(v.ID) },
	}
	for i, form := range forms {
		count := map[string]int{}
		for _, v := range m.vpcs {
			if m.names[v] == "" {
				count[form(v)]++
			}
		}
		for _, v := range m.vpcs {
			if m.names[v] == "" && (count[form(v)] == 1 || i == len(forms)-1) {
				m.names[v] = topology.Plain(form(v))
			}
		}
	}
}

// reference takes a symbol apart that stands for an attribute of a part: the part's id, and the attribute.
func reference(id string) (ref, attribute string) {
	inner, ok := strings.CutSuffix(id, "\ue001")
	if !ok || !strings.HasPrefix(id, "\ue000") {
		return id, ""
	}
	slash := strings.LastIndex(inner, "/")
	logical, attribute, _ := strings.Cut(inner[slash+1:], ".")
	return inner[:slash+1] + logical + "\ue001", attribute
}

// known is false for an id of which only AWS knows what it names.
func known(id string) bool { return id != "" && !strings.Contains(id, "/undecided:") }

func plain(at topology.Source) string { return topology.Plain(at.String()) }

// title is what people call a part: its id alone where it is in none of the stacks.
func (m *model) title(id string) string {
	if o := m.others[id]; o != nil {
		return plain(o.Source)
	}
	return topology.Plain(id)
}

func (m *model) gatewayTitle(id string) string {
	if t := m.titles[id]; t != "" {
		return t
	}
	t := m.newGatewayTitle(id)
	m.titles[id] = t
	return t
}

func (m *model) newGatewayTitle(id string) string {
	if g := m.net.TransitGateways[id]; g != nil {
		return "transit gateway " + plain(g.Source)
	}
	return "transit gateway " + topology.Plain(id)
}

// prefix is a range as written; that of an IPv6 range that AWS chooses is its stand-in.
func (m *model) prefix(text string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked(), true
	}
	if p, ok := m.six[text]; ok {
		return p, true
	}
	ref, attribute := reference(text)
	if attribute != "" && !strings.Contains(attribute, "|") { // all of a VPC's range
		p, ok := m.six[ref]
		return p, ok
	}
	return netip.Prefix{}, false
}

// sixes gives stand-ins to the IPv6 ranges that AWS chooses: a /56 to each VPC, and a /64 of it to each subnet, out of the range
// for documentation (RFC 9637).
func (m *model) sixes() {
	for i, v := range m.vpcs {
		base := netip.AddrFrom16([16]byte{0x3f, 0xff, 0, 0, byte(i >> 8), byte(i)})
		count := byte(0)
		for _, text := range v.IPv6 {
			if _, err := netip.ParsePrefix(text); err != nil {
				m.six[v.ID] = netip.PrefixFrom(base, 56)
			}
		}
		for _, s := range v.Subnets {
			text := m.sixOf(s)
			if _, err := netip.ParsePrefix(text); err == nil || text == "" {
				continue
			}
			b := base.As16()
			b[7] = count
			count++
			m.six[text] = netip.PrefixFrom(netip.AddrFrom16(b), 64)
			if _, ok := m.six[v.ID]; !ok {
				m.six[v.ID] = netip.PrefixFrom(base, 56)
			}
		}
	}
	for _, o := range m.net.Others { // a range of its own, of which routes take the attribute
		if o.Type == "AWS::EC2::VPCCidrBlock" {
			if p, ok := m.six[one(o, "VpcId")]; ok {
				m.six[o.ID] = p
			}
		}
	}
}

// sixOf is a subnet's IPv6 range as written.
func (m *model) sixOf(s *topology.Subnet) string {
	if s.IPv6 != "" {
		return s.IPv6
	}
	for _, o := range m.net.Others {
		if o.Type == "AWS::EC2::SubnetCidrBlock" && one(o, "SubnetId") == s.ID {
			return one(o, "Ipv6CidrBlock")
		}
	}
	return ""
}

// ranges of a VPC, of both families.
func (m *model) ranges(v *topology.VPC) []netip.Prefix {
	out := slices.Clone(v.CIDRs)
	for _, text := range v.IPv6 {
		if p, err := netip.ParsePrefix(text); err == nil {
			out = append(out, p.Masked())
		}
	}
	if p, ok := m.six[v.ID]; ok {
		out = append(out, p)
	}
	return out
}

// table compiles a VPC's route table; nil is the main one, which nobody adds routes to.
func (m *model) table(v *topology.VPC, t *topology.RouteTable) *vpcTable {
	if m.compiled[v] == nil {
		m.compiled[v] = map[*topology.RouteTable]*vpcTable{}
	}
	if out := m.compiled[v][t]; out != nil {
		return out
	}
	out := &vpcTable{}
	var routes []prefixed[*topology.RouteEntry]
	var entries []topology.RouteEntry
	if t != nil {
		entries = slices.Concat(t.Entries, m.more[t.ID])
	}
	said := []string{v.ID}
	for i := range entries {
		e := &entries[i]
		prefixes := e.Prefixes
		if p, ok := m.prefix(e.Destination); ok {
			prefixes = []netip.Prefix{p}
		}
		if len(prefixes) == 0 && !strings.HasPrefix(e.Target, "vpce-") {
			out.unknown = append(out.unknown, fmt.Sprintf("only AWS knows to which ranges %s, a route's destination, leads (%s)",
				topology.Plain(e.Destination), plain(e.Source)))
		}
		for _, p := range prefixes {
			gateway := e.Kind == topology.ToTransitGateway || e.Kind == topology.ToPeering
			if gateway && ranges.In(p, m.ranges(v)) {
				continue // as where a prefix list names every VPC: the local route holds (VPC guide, "Route priority")
			}
			if e.Kind == topology.Local {
				routes = append(routes, prefixed[*topology.RouteEntry]{p, nil})
			} else {
				routes = append(routes, prefixed[*topology.RouteEntry]{p, e})
			}
			said = append(said, p.String()+">"+e.Target)
		}
	}
	for _, p := range m.ranges(v) {
		routes = append(routes, prefixed[*topology.RouteEntry]{p, nil})
	}
	slices.Sort(said[1:])
	out.signature = strings.Join(append(said, out.unknown...), " ")
	out.pieces = compile(routes)
	m.compiled[v][t] = out
	return out
}

// choices tells whether the zone in which packets arrive by a gateway makes a difference anywhere.
func (m *model) choices() {
	for _, a := range m.net.Attachments {
		differ := slices.ContainsFunc(a.Subnets, func(s *topology.Subnet) bool {
			return m.table(a.VPC, s.Table).signature != m.table(a.VPC, a.Subnets[0].Table).signature || s.ACL != a.Subnets[0].ACL
		})
		if differ {
			m.hashes = max(m.hashes, len(a.Subnets))
			m.zonal = m.zonal || !m.appliance(a)
		}
	}
}

// appliance is true for an attachment in appliance mode.
func (m *model) appliance(a *topology.Attachment) bool { return a.ApplianceMode || m.appliances[a.ID] }
