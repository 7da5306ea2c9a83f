package topology

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// A stage is when a record is put in its place: after the parts that it names.
type stage int

const (
	alone      stage = iota // names no other part
	inVPC                   // names its VPC or gateway
	joining                 // names what is in a VPC
	afterJoins              // names what joins others: endpoints, attachments
	last                    // names what any of those has made
)

// linker holds what only linking needs.
type linker struct {
	*Network
	types map[string]string // CloudFormation type by id

	subnets       map[string]*Subnet
	tables        map[string]*RouteTable
	acls          map[string]*ACL
	endpointNames map[string]endpointName
	logGroups     map[string]*LogGroupRecord // by the log group's id, name and ARN
	nameServers   map[string]*DHCPOptionsRecord
	zonesNamed    map[string][]string // ids by account and name, public ones too
	domainLists   map[string]*DNSFirewallDomainListRecord
	firewalls     map[string]*DNSFirewallRuleGroupRecord
	dhcp          map[*VPC]string // the DHCP options of each
	madeWith      map[string]*VPC // VPC by the parts that it is made with: its default ACL, group and table
	linked        map[string]bool
	roleNames     map[string]*Role
	firsts        map[string]Source // of what there may be one, by kind and key
	defaultACLs   map[*VPC]*ACL
	others        []otherOf
	associations  map[*Subnet]*SubnetRouteTableAssociationRecord
}

// Link puts records together: it is the only place that makes pointers, defaults and order, and that notes what refers
// to nothing. The records' order does not matter, but for parts of one type, which keep it.
func Link(r Records) *Network {
	l := &linker{Network: New(), types: map[string]string{}, subnets: map[string]*Subnet{}, tables: map[string]*RouteTable{},
		acls: map[string]*ACL{}, endpointNames: map[string]endpointName{}, logGroups: map[string]*LogGroupRecord{},
		nameServers: map[string]*DHCPOptionsRecord{}, zonesNamed: map[string][]string{},
		domainLists: map[string]*DNSFirewallDomainListRecord{}, firewalls: map[string]*DNSFirewallRuleGroupRecord{}, dhcp: map[*VPC]string{},
		madeWith: map[string]*VPC{},
		linked:   map[string]bool{}, roleNames: map[string]*Role{}, firsts: map[string]Source{},
		defaultACLs: map[*VPC]*ACL{}, associations: map[*Subnet]*SubnetRouteTableAssociationRecord{}}
	l.Stacks, l.Reads, l.from = r.Stacks, r.Reads, r
	maps.Copy(l.Ignored, r.Ignored)
	l.order = newOrder(r.Stacks)
	if s := l.order.circle; s != "" {
		l.Conflicts = append(l.Conflicts, Conflict{Source{Stack: s}, "waits for itself: the manifest's dependencies of stacks form a circle"})
	}
	parts := slices.Clone(r.Parts)
	slices.SortStableFunc(parts, func(a, b Record) int { return int(a.stage() - b.stage()) })
	for _, p := range parts {
		if m := p.meta(); m.ID != "" {
			l.types[m.ID] = m.Type
		}
		l.order.add(p.meta())
	}
	for _, p := range parts {
		p.link(l)
	}
	l.finishVPCs()
	l.finishACLs()
	l.finishGroups()
	l.finishHostedZones()
	l.finishExternal()
	l.defaultTransitGatewayTables()
	l.widenUnknown()
	return l.Network
}

// once is true for what was linked before: both owners of a part may list it.
func (l *linker) once(key string) bool {
	before := l.linked[key]
	l.linked[key] = true
	return before
}

// strange notes a part that could not be put in its place.
func (l *linker) strange(r Record, format string, args ...any) {
	l.Strange = append(l.Strange, Strange{r.meta().Source, Plain(fmt.Sprintf(format, args...)), mentions(r), r.meta().Type})
}

// unplaced notes a part that names another which no record holds, where that may be somebody else's.
func (l *linker) unplaced(r Record, touches ...string) {
	l.Unknown = append(l.Unknown, UnknownPart{Meta: *r.meta(), Touches: slices.DeleteFunc(touches, func(s string) bool { return s == "" })})
}

// marks are characters of Unicode's private use area, in which a reader wraps an id that AWS has yet to give.
var marks = strings.NewReplacer("\ue000", "", "\ue001", "")

// Plain is text for people, without marks.
func Plain(s string) string { return marks.Replace(s) }

func (l *linker) prefix(r Record, s string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(s)
	if err != nil || !p.Addr().Is4() {
		l.strange(r, "%q is not an IPv4 range that can be reasoned about", Plain(s))
		return netip.Prefix{}, false
	}
	return p.Masked(), true
}

// canonical is a range as EC2 keeps it: 10.0.1.0/20 is 10.0.0.0/20 (EC2 API, CreateRoute). What is no range stays as it is.
func canonical(s string) string {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked().String()
	}
	return s
}

// document reads a policy, decoded or as JSON text.
func (l *linker) document(r Record, doc any) map[string]any {
	switch d := doc.(type) {
	case map[string]any:
		return d
	case string:
		var out map[string]any
		if d == "" {
			return nil
		}
		if json.Unmarshal([]byte(d), &out) != nil {
			l.strange(r, "has a policy that is not JSON")
		}
		return out
	}
	return nil
}

func (*UnknownPart) stage() stage { return alone }

func (r *UnknownPart) link(l *linker) {
	u := *r
	if guest := types[u.Type].Guest; guest != "" {
		u.Opens = guest
		l.Guests = append(l.Guests, u)
		return
	}
	if u.Opens == "" && len(u.Properties) == 0 {
		u.Opens = types[u.Type].Opens
	}
	l.Unknown = append(l.Unknown, u)
}

func (*Undecided) stage() stage { return alone }

func (r *Undecided) link(l *linker) { l.Undecided = append(l.Undecided, *r) }

// widenUnknown adds the VPC or Transit Gateway around each part that an unknown, undecided or misplaced one names.
func (l *linker) widenUnknown() {
	for i := range l.Unknown {
		l.Unknown[i].Touches = l.widen(l.Unknown[i].Touches)
	}
	for i := range l.Undecided {
		l.Undecided[i].Touches = l.widen(l.Undecided[i].Touches)
	}
	for i := range l.Strange {
		l.Strange[i].Touches = l.widen(l.Strange[i].Touches)
	}
}

func (l *linker) widen(ids []string) []string {
	out := slices.Clone(ids)
	for _, id := range ids {
		out = append(out, l.around(id)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// around are the VPC and Transit Gateway that a part is in.
func (l *linker) around(id string) []string {
	vpc := func(v *VPC) []string {
		if v == nil {
			return nil
		}
		return []string{v.ID}
	}
	switch {
	case l.subnets[id] != nil:
		return vpc(l.subnets[id].VPC)
	case l.tables[id] != nil:
		return vpc(l.tables[id].VPC)
	case l.madeWith[id] != nil:
		return vpc(l.madeWith[id])
	case l.acls[id] != nil:
		return vpc(l.acls[id].VPC)
	case l.Groups[id] != nil:
		return vpc(l.VPCs[l.Groups[id].VPC])
	case l.Endpoints[id] != nil:
		return vpc(l.Endpoints[id].VPC)
	case l.Attachments[id] != nil:
		return append(vpc(l.Attachments[id].VPC), l.Attachments[id].TransitGateway)
	case l.ExternalAttachments[id] != nil:
		return []string{l.ExternalAttachments[id].TransitGateway}
	case l.TransitGatewayRouteTables[id] != nil:
		return []string{l.TransitGatewayRouteTables[id].TransitGateway}
	case l.roleNames[id] != nil && l.roleNames[id].ARN != "":
		return []string{l.roleNames[id].ARN}
	}
	return nil
}
