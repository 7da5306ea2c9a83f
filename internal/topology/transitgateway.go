package topology

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
)

var _ = declare(
	Type{Name: "AWS::EC2::TransitGateway", Record: &TransitGatewayRecord{}, Actions: []string{"ec2:DescribeTransitGateways"},
		Ignored: map[string]string{
			"Description":            "text for people",
			"VpnEcmpSupport":         "spreads packets over VPN tunnels",
			"MulticastSupport":       "multicast domains are unknown parts where there are any",
			"EncryptionSupport":      "says how packets travel, not where",
			"EncryptionSupportState": "says how packets travel, not where",
			"DnsSupport":             "resolves public names of instances across attachments; private names do not depend on it",
		}},
	Type{Name: "AWS::EC2::TransitGatewayRouteTable", Record: &TransitGatewayRouteTableRecord{},
		Actions: []string{"ec2:DescribeTransitGatewayRouteTables"}},
	Type{Name: "AWS::EC2::TransitGatewayAttachment", Record: &TransitGatewayAttachmentRecord{},
		Actions: []string{"ec2:DescribeTransitGatewayAttachments", "ec2:DescribeTransitGatewayVpcAttachments"}},
	Type{Name: "AWS::EC2::TransitGatewayVpcAttachment", Record: &TransitGatewayAttachmentRecord{},
		Actions: []string{"ec2:DescribeTransitGatewayVpcAttachments"}},
	Type{Name: "AWS::EC2::TransitGatewayRouteTableAssociation", Record: &TransitGatewayRouteTableAssociationRecord{},
		Actions: []string{"ec2:DescribeTransitGatewayAttachments"}},
	Type{Name: "AWS::EC2::TransitGatewayRouteTablePropagation", Record: &TransitGatewayRouteTablePropagationRecord{},
		Actions: []string{"ec2:GetTransitGatewayRouteTablePropagations"}},
	Type{Name: "AWS::EC2::TransitGatewayRoute", Record: &TransitGatewayRouteRecord{}, Actions: []string{"ec2:SearchTransitGatewayRoutes"}},
)

// TransitGateway is a Transit Gateway.
type TransitGateway struct {
	ID, Account, Region, ARN                           string
	AutoAccept, DefaultAssociation, DefaultPropagation bool
	// ASN is its number for BGP; 0 where nothing says it.
	ASN int
	// CIDRs are ranges of its own, for the addresses of Connect peers.
	CIDRs []string
	// SecurityGroupReferencing lets rules name groups of other attached VPCs.
	SecurityGroupReferencing bool
	// External is true for one that the stacks only name. Declared is true where a file says whose it is; the account is else that of
	// the first stack that names it.
	External, Declared bool
	Source             Source
	// AssociationTable and PropagationTable are the ids of its default tables, in a template what GetAtt gives.
	AssociationTable, PropagationTable string
}

// Attachment joins a VPC to a Transit Gateway.
type Attachment struct {
	ID             string
	TransitGateway string
	// VPC that is attached; for another kind of attachment, one that has nothing but an id and a name.
	VPC     *VPC
	Subnets []*Subnet
	Account string
	// Kind as EC2 names it, such as "vpc" or "vpn".
	Kind string
	// State of a live one; "" in an assembly.
	State  string
	Source Source
	// Associated is the table that routes what comes from it; more than one is a mistake that AWS refuses.
	Associated []*TransitGatewayRouteTable
	// ApplianceMode keeps both directions of a flow in one availability zone; IPv6 is true where it carries that family.
	ApplianceMode, IPv6 bool
	// NoSecurityGroupReferencing is true where it is off, which it is not by itself.
	NoSecurityGroupReferencing bool
	// IPv6Support is the option as written; "" leaves it off.
	IPv6Support string
	// AssociatedBy is the part that makes the association, in an assembly.
	AssociatedBy Source
	// External is true for one that the stacks only name: what is attached is not known, and VPC has only the attachment's name.
	External bool
}

// TransitGatewayRouteTable is a Transit Gateway's route table.
type TransitGatewayRouteTable struct {
	ID, TransitGateway string
	Propagated         []Propagation
	Static             []TransitGatewayRoute
	Source             Source
	// External is true for one that the stacks only name: it may hold more than is known.
	External bool
	Name     string
}

// Propagation makes a table learn an attachment's ranges.
type Propagation struct {
	Attachment *Attachment
	Source     Source
}

// TransitGatewayRoute is a written route of a Transit Gateway's table.
type TransitGatewayRoute struct {
	CIDR       netip.Prefix
	Attachment *Attachment // nil for a blackhole
	Source     Source
}

// TransitGatewayJoin is an association or a propagation as it is written.
type TransitGatewayJoin struct {
	Attachment, Table string
	Propagates        bool
	Source            Source
}

// WrittenTransitGatewayRoute is a route of a Transit Gateway's table as it is written.
type WrittenTransitGatewayRoute struct {
	Table, Destination, Attachment string
	Blackhole                      bool
	Source                         Source
}

// TransitGatewayRecord is an AWS::EC2::TransitGateway.
type TransitGatewayRecord struct {
	Meta
	ARN                                                string
	AutoAccept, DefaultAssociation, DefaultPropagation bool
	// ASN, 0 where nothing is said, and the ranges of the gateway itself.
	ASN   int
	CIDRs []string
	// SecurityGroupReferencing lets rules name groups of other attached VPCs.
	SecurityGroupReferencing bool
	// DefaultAssociationTable and DefaultPropagationTable are the tables' ids; of a template, what GetAtt gives.
	DefaultAssociationTable, DefaultPropagationTable string
	// Declared is true for one that exists, of which a file says no more than whose it is.
	Declared bool
}

func (*TransitGatewayRecord) stage() stage { return alone }

func (r *TransitGatewayRecord) link(l *linker) {
	if r.Declared {
		l.externalGateway(&r.Meta, r.ID)
		l.TransitGateways[r.ID].Declared = true
		return
	}
	l.TransitGateways[r.ID] = &TransitGateway{ID: r.ID, Account: r.Account, Region: r.Region, ARN: r.ARN, Source: r.Source,
		AutoAccept: r.AutoAccept, DefaultAssociation: r.DefaultAssociation, DefaultPropagation: r.DefaultPropagation, ASN: r.ASN, CIDRs: r.CIDRs,
		SecurityGroupReferencing: r.SecurityGroupReferencing,
		AssociationTable:         r.DefaultAssociationTable, PropagationTable: r.DefaultPropagationTable}
	for _, d := range []struct {
		on          bool
		table, what string
	}{{r.DefaultAssociation, r.DefaultAssociationTable, "association"}, {r.DefaultPropagation, r.DefaultPropagationTable, "propagation"}} {
		if !d.on && d.table != "" && !slices.Contains(named(d.table), r.ID) {
			l.conflict(r, "names a table for the default %s, which is disabled", d.what)
		}
	}
}

// externalGateway notes a Transit Gateway that the records only name; it is the account's whose stack names it.
func (l *linker) externalGateway(m *Meta, id string) {
	if id != "" && l.TransitGateways[id] == nil {
		l.TransitGateways[id] = &TransitGateway{ID: id, Account: m.Account, Region: m.Region, External: true, AutoAccept: true,
			Source: Source{ID: Plain(id)},
			ARN:    fmt.Sprintf("arn:%s:ec2:%s:%s:transit-gateway/%s", m.Partition, m.Region, m.Account, id)}
	}
}

// TransitGatewayRouteTableRecord is an AWS::EC2::TransitGatewayRouteTable.
type TransitGatewayRouteTableRecord struct {
	Meta
	TransitGateway string
}

func (*TransitGatewayRouteTableRecord) stage() stage { return alone }

func (r *TransitGatewayRouteTableRecord) link(l *linker) {
	l.TransitGatewayRouteTables[r.ID] = &TransitGatewayRouteTable{ID: r.ID, TransitGateway: r.TransitGateway, Source: r.Source,
		Name: r.Tags["Name"]}
}

// table is a known table, or one that the records only name.
func (l *linker) transitGatewayTable(id, gateway string) *TransitGatewayRouteTable {
	if l.TransitGatewayRouteTables[id] == nil && id != "" {
		l.TransitGatewayRouteTables[id] = &TransitGatewayRouteTable{ID: id, TransitGateway: gateway, External: true,
			Source: Source{ID: Plain(id)}, Name: Plain(id)}
	}
	return l.TransitGatewayRouteTables[id]
}

// TransitGatewayAttachmentRecord is an AWS::EC2::TransitGatewayAttachment or …VpcAttachment. The VPC's owner knows the
// subnets, the gateway's owner the state and the kind: records of both with one id are put together. Meta.Account is the
// account of what is attached.
type TransitGatewayAttachmentRecord struct {
	Meta
	TransitGateway string
	// Kind of what is attached, as EC2 names it: "vpc", "vpn", "peering", "direct-connect-gateway", "connect"… "" is "vpc".
	Kind string
	// VPC is the id of what is attached, a VPC or not.
	VPC     string
	Subnets []string
	// State of a live one.
	State string
	// ApplianceMode keeps both directions of a flow in one availability zone.
	ApplianceMode bool
	// DNSSupport, IPv6Support and SecurityGroupReferencing as written, "" where nothing is said.
	DNSSupport, IPv6Support, SecurityGroupReferencing string
}

func (*TransitGatewayAttachmentRecord) stage() stage { return joining }

func (r *TransitGatewayAttachmentRecord) link(l *linker) {
	if known := l.Attachments[r.ID]; known != nil && len(r.Subnets) == 0 {
		return // the owner of the VPC says more
	}
	a := &Attachment{ID: r.ID, TransitGateway: r.TransitGateway, VPC: l.VPCs[r.VPC], Account: r.Account, State: r.State, Kind: r.Kind,
		Source: r.Source, ApplianceMode: r.ApplianceMode, IPv6: r.IPv6Support == "enable",
		NoSecurityGroupReferencing: r.SecurityGroupReferencing == "disable", IPv6Support: r.IPv6Support}
	if a.Kind == "" {
		a.Kind = "vpc"
	}
	if a.Kind != "vpc" {
		a.VPC = &VPC{ID: r.VPC, Account: r.Account, Region: r.Region, Source: Source{ID: Plain(r.VPC)},
			Tags: map[string]string{"Name": fmt.Sprintf("%s %s of account %s", a.Kind, Plain(r.VPC), r.Account)}}
	}
	if a.VPC == nil {
		l.strange(r, "attaches a VPC that is not in the stacks: %s", r.VPC)
		return
	}
	l.homeVPC(r, l.VPCs[r.VPC])
	l.only(r, "the VPC is attached to the transit gateway", r.TransitGateway, r.VPC)
	for _, id := range r.Subnets {
		if s := l.subnets[id]; s != nil && s.VPC == a.VPC {
			if slices.ContainsFunc(a.Subnets, func(o *Subnet) bool { return o.AZ == s.AZ }) {
				l.conflict(r, "attaches two subnets of availability zone %s: AWS takes one of each", s.AZ)
			}
			a.Subnets = append(a.Subnets, s)
		} else {
			l.strange(r, "attaches by a subnet that is not the VPC's: %s", id)
		}
	}
	l.externalGateway(&r.Meta, a.TransitGateway)
	l.Attachments[a.ID] = a
}

var (
	attachmentID = regexp.MustCompile(`^tgw-attach-[0-9a-f]+$`)
	tableID      = regexp.MustCompile(`^tgw-rtb-[0-9a-f]+$`)
)

// attachment is a known attachment, or one that the records name by its id in AWS; nil where there is none.
func (l *linker) attachment(m *Meta, id string) *Attachment {
	if a := l.Attachments[id]; a != nil || !attachmentID.MatchString(id) {
		return a
	}
	if l.ExternalAttachments[id] == nil {
		l.ExternalAttachments[id] = &Attachment{ID: id, Account: m.Account, External: true, Source: Source{ID: id},
			VPC: &VPC{ID: id, Account: m.Account, Region: m.Region, Source: Source{ID: id}, Tags: map[string]string{"Name": id}}}
	}
	return l.ExternalAttachments[id]
}

// meets is true for an attachment and a table that may be of one gateway. That of parts that are only named is not known before
// something joins them.
func (a *Attachment) meets(t *TransitGatewayRouteTable) bool {
	if a.External && a.TransitGateway == "" {
		a.TransitGateway = t.TransitGateway
	}
	if t.External && t.TransitGateway == "" {
		t.TransitGateway = a.TransitGateway
	}
	return t.TransitGateway == a.TransitGateway
}

// attachmentAndTable finds what an association or a propagation joins, or says what is missing.
func (l *linker) attachmentAndTable(r Record, attachment, table string) (*Attachment, *TransitGatewayRouteTable) {
	a := l.attachment(r.meta(), attachment)
	if a == nil {
		l.strange(r, "names an attachment that is not in the stacks: %s", attachment)
		return nil, nil
	}
	t := l.transitGatewayTable(table, a.TransitGateway)
	if t == nil || !a.meets(t) {
		l.strange(r, "joins an attachment to no table of its transit gateway")
		return nil, nil
	}
	l.homeTransitGateway(r, a.TransitGateway)
	return a, t
}

// TransitGatewayRouteTableAssociationRecord is an AWS::EC2::TransitGatewayRouteTableAssociation.
type TransitGatewayRouteTableAssociationRecord struct {
	Meta
	Attachment, Table string
}

func (*TransitGatewayRouteTableAssociationRecord) stage() stage { return afterJoins }

func (r *TransitGatewayRouteTableAssociationRecord) link(l *linker) {
	l.Joins = append(l.Joins, TransitGatewayJoin{r.Attachment, r.Table, false, r.Source})
	if a, t := l.attachmentAndTable(r, r.Attachment, r.Table); a != nil {
		l.only(r, "the attachment is associated with a transit gateway route table", r.Attachment)
		a.Associated, a.AssociatedBy = append(a.Associated, t), r.Source
	}
}

// TransitGatewayRouteTablePropagationRecord is an AWS::EC2::TransitGatewayRouteTablePropagation.
type TransitGatewayRouteTablePropagationRecord struct {
	Meta
	Attachment, Table string
}

func (*TransitGatewayRouteTablePropagationRecord) stage() stage { return afterJoins }

func (r *TransitGatewayRouteTablePropagationRecord) link(l *linker) {
	l.Joins = append(l.Joins, TransitGatewayJoin{r.Attachment, r.Table, true, r.Source})
	if a, t := l.attachmentAndTable(r, r.Attachment, r.Table); a != nil {
		l.only(r, "the transit gateway route table learns the attachment", r.Attachment, r.Table)
		t.Propagated = append(t.Propagated, Propagation{a, r.Source})
	}
}

// homeTransitGateway is home for what only the gateway's account may make.
func (l *linker) homeTransitGateway(r Record, id string) {
	if g := l.TransitGateways[id]; g != nil && (!g.External || g.Declared) {
		l.home(r, "the transit gateway", g.Account, g.Region)
	}
}

// TransitGatewayRouteRecord is an AWS::EC2::TransitGatewayRoute.
type TransitGatewayRouteRecord struct {
	Meta
	Table, CIDR string
	// Attachment it leads to; "" for a blackhole.
	Attachment string
	Blackhole  bool
}

func (*TransitGatewayRouteRecord) stage() stage { return last }

func (r *TransitGatewayRouteRecord) link(l *linker) {
	l.TransitGatewayRoutes = append(l.TransitGatewayRoutes, WrittenTransitGatewayRoute{r.Table, r.CIDR, r.Attachment, r.Blackhole, r.Source})
	t := l.transitGatewayTable(r.Table, "")
	cidr, ok := l.prefix(r, r.CIDR)
	if t == nil || !ok {
		return
	}
	l.homeTransitGateway(r, t.TransitGateway)
	l.only(r, "the transit gateway route table has a route to "+cidr.String(), r.Table)
	route := TransitGatewayRoute{CIDR: cidr, Source: r.Source}
	if !r.Blackhole {
		if route.Attachment = l.attachment(&r.Meta, r.Attachment); route.Attachment == nil {
			l.strange(r, "routes to an attachment that is not in the stacks")
			return
		}
	}
	t.Static = append(t.Static, route)
}

// finishExternal tells of which gateway the tables and attachments are that are only named: a route and its table are of one, and so
// are an attachment and its table.
func (l *linker) finishExternal() {
	for _, id := range slices.Sorted(maps.Keys(l.TransitGatewayRouteTables)) {
		t := l.TransitGatewayRouteTables[id]
		for _, r := range t.Static {
			if t.External && t.TransitGateway == "" && r.Attachment != nil && tableID.MatchString(id) {
				t.TransitGateway = r.Attachment.TransitGateway
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.ExternalAttachments)) {
		a := l.ExternalAttachments[id]
		for _, t := range a.Associated {
			a.meets(t)
		}
	}
}

// defaultTransitGatewayTables gives attachments of a gateway with default tables what they get without being asked.
func (l *linker) defaultTransitGatewayTables() {
	for _, id := range slices.Sorted(maps.Keys(l.Attachments)) {
		a := l.Attachments[id]
		g := l.TransitGateways[a.TransitGateway]
		if g == nil || g.External || g.live() {
			continue // AWS says itself what a live one has
		}
		if g.DefaultAssociation && len(a.Associated) == 0 {
			a.Associated = append(a.Associated, l.defaultTable(g))
		}
		if g.DefaultPropagation {
			t := l.defaultTable(g)
			t.Propagated = append(t.Propagated, Propagation{a, g.Source})
		}
	}
}

// live is true for a gateway that exists, of which every association is told.
func (g *TransitGateway) live() bool { return g.Source.Stack == "" || g.Source.Live != "" }

func (l *linker) defaultTable(g *TransitGateway) *TransitGatewayRouteTable {
	id := g.ID + "/default"
	if l.TransitGatewayRouteTables[id] == nil {
		l.TransitGatewayRouteTables[id] = &TransitGatewayRouteTable{ID: id, TransitGateway: g.ID, Source: g.Source,
			Name: "default table of " + g.Source.String()}
	}
	return l.TransitGatewayRouteTables[id]
}

func (n *Network) transitGatewayPart(g *TransitGateway) Part {
	p := Part{Type: "AWS::EC2::TransitGateway", ID: g.ID, Account: g.Account, Region: g.Region, Noun: "transit gateway", Source: g.Source,
		Keys: known(g.ID, g.Source), Open: g.External, Facts: n.shareFacts(g.ARN)}
	if !g.External {
		p.Facts = append(p.Facts, Fact{Attr: "default association", Value: onOff(g.DefaultAssociation)},
			Fact{Attr: "default propagation", Value: onOff(g.DefaultPropagation)}, Fact{Attr: "automatic acceptance", Value: onOff(g.AutoAccept)},
			Fact{Attr: "security-group referencing", Value: onOff(g.SecurityGroupReferencing)})
	}
	p.Facts = append(p.Facts, n.flowLogFacts(g.ID)...)
	return p
}

func (n *Network) attachmentPart(a *Attachment) Part {
	p := Part{Type: "AWS::EC2::TransitGatewayAttachment", ID: a.ID, Account: a.Account, Noun: "the attachment of", Source: a.Source,
		Needs: []string{a.TransitGateway}, Around: []string{a.TransitGateway}, Facts: append(subnets(a.Subnets), state(a.State)),
		Open: a.External}
	if v := a.VPC; v != nil {
		p.Region, p.Label = v.Region, v.Name()
		p.Needs = append(p.Needs, v.ID)
		p.Keys = []Key{{Refs: []string{a.TransitGateway, v.ID}}}
	}
	p.Keys = append(p.Keys, Key{Text: "id " + a.ID})
	if a.Kind == "vpc" {
		p.Facts = append(p.Facts, Fact{Attr: "appliance mode", Value: onOff(a.ApplianceMode)}, Fact{Attr: "IPv6 support", Value: onOff(a.IPv6)})
	}
	if len(a.Associated) > 0 {
		p.Facts = append(p.Facts, Fact{Attr: "association", Value: Term{Ref: a.Associated[0].ID}, Source: a.AssociatedBy})
	}
	return p
}

func (n *Network) transitGatewayRouteTablePart(t *TransitGatewayRouteTable) Part {
	p := Part{Type: "AWS::EC2::TransitGatewayRouteTable", ID: t.ID, Noun: "transit gateway route table", Label: t.Name, Source: t.Source,
		Keys: known(t.ID, t.Source), Needs: []string{t.TransitGateway}, Around: []string{t.TransitGateway}, Open: t.External}
	if g := n.TransitGateways[t.TransitGateway]; g != nil {
		p.Account, p.Region = g.Account, g.Region
	}
	for _, learned := range t.Propagated {
		term := Term{Ref: learned.Attachment.ID}
		if v := learned.Attachment.VPC; v != nil {
			term.Label = v.Name()
		}
		p.Facts = append(p.Facts, Fact{Attr: "propagation", Key: term, Source: learned.Source})
	}
	for _, r := range t.Static {
		f := Fact{Attr: "static route", Key: Term{Text: r.CIDR.String()}, Value: Term{Text: string(ToNowhere)}, Source: r.Source}
		if r.Attachment != nil {
			f.Value = Term{Ref: r.Attachment.ID}
		}
		p.Facts = append(p.Facts, f)
	}
	return p
}
