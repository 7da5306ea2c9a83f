package topology

import (
	"cmp"
	"net/netip"
	"strings"
)

var _ = declare(
	Type{Name: "AWS::EC2::RouteTable", Record: &RouteTableRecord{}, Actions: []string{"ec2:DescribeRouteTables"}},
	Type{Name: "AWS::EC2::Route", Record: &RouteRecord{}, Actions: []string{"ec2:DescribeRouteTables"}},
)

// TargetKind is what a route leads to.
type TargetKind string

const (
	Local             TargetKind = "local"
	ToTransitGateway  TargetKind = "transit gateway"
	ToInternetGateway TargetKind = "internet gateway"
	ToNAT             TargetKind = "nat gateway"
	ToGatewayEndpoint TargetKind = "gateway endpoint"
	ToPeering         TargetKind = "peering connection"
	ToOther           TargetKind = "other"
	// ToNowhere is a route whose target is gone: a blackhole.
	ToNowhere TargetKind = "nowhere"
)

// RouteTable is a VPC's route table, without the local routes that every table has.
type RouteTable struct {
	ID     string
	VPC    *VPC
	Routes []Route
	// Others lead to what is no IPv4 range; nothing follows them.
	Others []OtherRoute
	// Entries are all routes as they are written, of both families and of prefix lists, but for those of gateway endpoints.
	Entries []RouteEntry
	Source  Source
}

// RouteEntry is a route as it is written.
type RouteEntry struct {
	// Destination is a range, or a prefix list's id; Prefixes are its ranges, none where only AWS knows them.
	Destination string
	Prefixes    []netip.Prefix
	// TargetName is what the target is in a template, such as "NatGatewayId", and Target its id.
	TargetName, Target string
	Kind               TargetKind
	Source             Source
}

// OtherRoute is a route to an IPv6 range, or to the ranges of a prefix list, whatever these are; not that of a gateway
// endpoint.
type OtherRoute struct {
	Destination string
	Kind        TargetKind
	Target      string
	Source      Source
}

// Route is one route of a VPC's table.
type Route struct {
	CIDR   netip.Prefix
	Kind   TargetKind
	Target string
	Source Source
}

// RouteTableRecord is an AWS::EC2::RouteTable.
type RouteTableRecord struct {
	Meta
	VPC string
	// Main is true for the one that a VPC is made with; in a template nothing says so.
	Main bool
}

func (*RouteTableRecord) stage() stage { return inVPC }

func (r *RouteTableRecord) link(l *linker) {
	t := &RouteTable{ID: r.ID, VPC: l.VPCs[r.VPC], Source: r.Source}
	if t.VPC != nil {
		t.VPC.Tables = append(t.VPC.Tables, t)
		l.homeVPC(r, t.VPC)
	} else {
		l.unplaced(r, r.VPC)
	}
	l.tables[t.ID] = t
}

// RouteRecord is an AWS::EC2::Route. The local route of each table is none.
type RouteRecord struct {
	Meta
	Table string
	// One of these is the destination: an IPv4 range, an IPv6 range, a prefix list's id.
	CIDR, IPv6, PrefixList string
	// Targets as EC2 names them, from RouteTargets. Those that are not set are absent.
	Targets map[string]string
	// Blackhole is true for a live route whose target is gone.
	Blackhole bool
}

// RouteTargets are the targets that a route may have, as templates and answers name them, and what each leads to.
var RouteTargets = []struct {
	Name string
	kind TargetKind
}{
	{"TransitGatewayId", ToTransitGateway}, {"GatewayId", ""}, {"NatGatewayId", ToNAT}, {"EgressOnlyInternetGatewayId", ToInternetGateway},
	{"VpcEndpointId", ToOther}, {"VpcPeeringConnectionId", ToPeering}, {"NetworkInterfaceId", ToOther}, {"InstanceId", ToOther},
	{"CarrierGatewayId", ToInternetGateway}, {"LocalGatewayId", ToOther}, {"CoreNetworkArn", ToOther},
}

func (*RouteRecord) stage() stage { return joining }

func (r *RouteRecord) link(l *linker) {
	t := l.tables[r.Table]
	if t == nil {
		l.strange(r, "is in a route table that is not in the stacks: %s", r.Table)
		return
	}
	l.homeVPC(r, t.VPC)
	l.only(r, "the route table has a route to "+canonical(cmp.Or(r.CIDR, r.IPv6, r.PrefixList)), r.Table)
	if n := len(r.Targets); n > 1 {
		l.conflict(r, "the route to %s has %d targets: AWS takes one", cmp.Or(r.CIDR, r.IPv6, r.PrefixList), n)
	}
	kind, target := r.target(l)
	switch {
	case kind == "":
		l.strange(r, "has no target")
		return
	case kind != ToGatewayEndpoint:
		t.Entries = append(t.Entries, r.entry(l, kind, target))
	}
	if kind == Local || kind == ToGatewayEndpoint {
		return // every table has them; a gateway endpoint names its tables
	}
	if to := cmp.Or(r.IPv6, r.PrefixList); to != "" {
		t.Others = append(t.Others, OtherRoute{to, kind, target, r.Source})
	} else if cidr, ok := l.prefix(r, r.CIDR); ok {
		t.Routes = append(t.Routes, Route{cidr, kind, target, r.Source})
	}
}

// entry is the route as it is written.
func (r *RouteRecord) entry(l *linker, kind TargetKind, target string) RouteEntry {
	e := RouteEntry{Destination: cmp.Or(r.CIDR, r.IPv6, r.PrefixList), Target: target, Kind: kind, Source: r.Source}
	for _, t := range RouteTargets {
		if e.TargetName == "" && r.Targets[t.Name] != "" {
			e.TargetName = t.Name
		}
	}
	list := []string{cmp.Or(r.CIDR, r.IPv6)}
	if r.CIDR+r.IPv6 == "" {
		list, _ = l.entriesOf(r.PrefixList)
	}
	for _, text := range list {
		if p, err := netip.ParsePrefix(text); err == nil {
			e.Prefixes = append(e.Prefixes, p.Masked())
		}
	}
	return e
}

// target is what the route leads to. An instance's route names its network interface too; the first of the list wins.
func (r *RouteRecord) target(l *linker) (TargetKind, string) {
	for _, t := range RouteTargets {
		id := r.Targets[t.Name]
		if id == "" {
			continue
		}
		kind := t.kind
		if t.Name == "GatewayId" {
			kind = l.gatewayKind(id, r.PrefixList != "")
		}
		if r.Blackhole {
			kind = ToNowhere
		}
		return kind, id
	}
	return "", ""
}

// gatewayKind is what a route's GatewayId names: an internet gateway, a virtual private gateway, or a gateway endpoint.
// What cannot be told is taken for an internet gateway, the worst of them.
func (l *linker) gatewayKind(id string, prefixList bool) TargetKind {
	switch {
	case id == "local":
		return Local
	case strings.HasPrefix(id, "vpce-") && prefixList:
		return ToGatewayEndpoint
	case strings.HasPrefix(id, "vgw-"), strings.HasPrefix(id, "vpce-"), l.types[id] == "AWS::EC2::VPNGateway":
		return ToOther
	}
	return ToInternetGateway
}

// routeTableParts are recognised by their stack, those that no stack made by the subnets they serve.
func (v *VPC) routeTableParts() []Part {
	var out []Part
	for _, t := range v.Tables {
		p := Part{Type: "AWS::EC2::RouteTable", ID: t.ID, Account: v.Account, Region: v.Region, Noun: "route table", Source: t.Source,
			Keys: known(t.ID, t.Source), Needs: []string{v.ID}, Around: []string{v.ID}, Open: v.Declared && t.Source.Stack == ""}
		if t.Source.Stack == "" || t.Source.Live == "" {
			for _, s := range v.Subnets {
				if s.Table == t {
					p.Keys = append(p.Keys, Key{Text: "serves", Refs: []string{s.ID}})
				}
			}
		}
		for _, r := range t.Routes {
			p.Facts = append(p.Facts, Fact{Attr: "route", Key: Term{Text: r.CIDR.String()}, Value: r.Kind.term(r.Target), Source: r.Source})
		}
		for _, r := range t.Others {
			to := Term{Text: r.Destination}
			if !strings.Contains(r.Destination, ":") { // a prefix list, and no IPv6 range
				to = Term{Ref: r.Destination, Label: Plain(r.Destination)}
			}
			p.Facts = append(p.Facts, Fact{Attr: "route", Key: to, Value: r.Kind.term(r.Target), Source: r.Source})
		}
		out = append(out, p)
	}
	return out
}

// term compares the target of a route where it is a part of the network, and otherwise what kind of target it is.
func (k TargetKind) term(target string) Term {
	if k == ToTransitGateway {
		return Term{Ref: target}
	}
	return Term{Text: string(k), Label: target}
}
