package topology

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
)

var _ = declare(
	Type{Name: "AWS::EC2::VPC", Record: &VPCRecord{}, Actions: []string{"ec2:DescribeVpcs", "ec2:DescribeVpcAttribute"},
		Ignored: map[string]string{"InstanceTenancy": "says on what hardware instances run"}},
	Type{Name: "AWS::EC2::VPCCidrBlock", Record: &VPCCidrBlockRecord{}, Unseen: "DescribeVpcs lists the ranges of a VPC with it"},
	Type{Name: "AWS::EC2::InternetGateway", Record: &InternetGatewayRecord{}, Actions: []string{"ec2:DescribeInternetGateways"},
		NoFacts: "one that is not attached carries nothing; its attachment is compared"},
	Type{Name: "AWS::EC2::VPCGatewayAttachment", Record: &GatewayAttachmentRecord{}, Actions: []string{"ec2:DescribeInternetGateways"}},
)

// VPC is a VPC with its subnets and tables.
type VPC struct {
	ID, Account, Region string
	CIDRs               []netip.Prefix
	// Added are those that a resource of their own adds, in an assembly.
	Added []AddedRange
	// IPAM are the pools of AWS VPC IPAM that its ranges are taken from, by the range; nil where that is not known, as of a live VPC.
	IPAM map[netip.Prefix]string
	// IPv6 are the ranges of that family, as far as they are known.
	IPv6 []string
	// IPv6By are the resources that add such ranges, in an assembly.
	IPv6By               []Source
	DNSSupport, DNSNames bool
	// NameServers are those that the VPC's hosts are told to ask, but for the VPC's own.
	NameServers []string
	// UnknownNameServers says why it is not known which those are; "" where it is.
	UnknownNameServers string
	// Forwards are its Resolver rules, Firewalls its rule groups of DNS Firewall.
	Forwards  []Forward
	Firewalls []DNSFirewall
	Tags      map[string]string
	Subnets   []*Subnet
	Tables    []*RouteTable
	Endpoints []*Endpoint
	Peerings  []Peering
	Source    Source
	// InternetGateway is true where one is attached.
	InternetGateway bool
	// Declared is true for one that no stack makes and of which only what a configuration says is known: it may have more.
	Declared bool
	// Gateways are the ids of the internet gateways and virtual private gateways that are attached.
	Gateways []string
}

// AddedRange is a secondary range with the resource that adds it.
type AddedRange struct {
	CIDR   netip.Prefix
	Source Source
}

// Name is what people call the VPC.
func (v *VPC) Name() string {
	if n := v.Tags["Name"]; n != "" {
		return n
	}
	return v.Source.String()
}

// KnownAs are the words that people may call it by: its name, the spoke that it is, its resource, its id in AWS.
func (v *VPC) KnownAs() []string {
	out := []string{v.Name(), v.Tags["spoke"], v.Source.ID, v.Source.String(), v.Source.Live, Plain(v.ID)}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// VPCRecord is an AWS::EC2::VPC.
type VPCRecord struct {
	Meta
	// CIDRs are its IPv4 ranges, the one it was made with first.
	CIDRs []string
	// IPAM is the pool that the first is taken from, in an assembly; "" for none.
	IPAM string
	// IPv6 ranges, or "that AWS chooses".
	IPv6                 []string
	DNSSupport, DNSNames bool
	// Declared is true for one that no stack makes, of which a configuration says a part.
	Declared bool
	// DHCPOptions by id; "" for those that AWS makes with each account, or where an association says it.
	DHCPOptions string
	// DefaultACL, DefaultSecurityGroup and MainTable are the ids of the parts that each VPC is made with.
	DefaultACL, DefaultSecurityGroup, MainTable string
}

func (*VPCRecord) stage() stage { return alone }

func (r *VPCRecord) link(l *linker) {
	v := &VPC{ID: r.ID, Account: r.Account, Region: r.Region, Tags: r.Tags, Source: r.Source, DNSSupport: r.DNSSupport, DNSNames: r.DNSNames,
		IPv6: r.IPv6, Declared: r.Declared}
	if r.template() {
		v.IPAM = map[netip.Prefix]string{}
	}
	for _, c := range r.CIDRs {
		if p, ok := l.prefix(r, c); ok {
			v.CIDRs = append(v.CIDRs, p)
			if r.IPAM != "" && v.IPAM != nil {
				v.IPAM[p] = r.IPAM
			}
		}
	}
	l.VPCs[v.ID] = v
	l.dhcp[v] = r.DHCPOptions
	if r.DefaultACL != "" && r.template() {
		l.acls[r.DefaultACL] = newDefaultACL(r, v)
		l.defaultACLs[v] = l.acls[r.DefaultACL]
	}
	for _, id := range []string{r.DefaultACL, r.DefaultSecurityGroup, r.MainTable} {
		if id != "" {
			l.madeWith[id] = v
		}
	}
}

// VPCCidrBlockRecord is an AWS::EC2::VPCCidrBlock. A live VPC has its ranges in VPCRecord.
type VPCCidrBlockRecord struct {
	Meta
	VPC, CIDR, IPv6 string
	// IPAM is the pool that the range is taken from; "" for none.
	IPAM string
}

func (*VPCCidrBlockRecord) stage() stage { return inVPC }

func (r *VPCCidrBlockRecord) link(l *linker) {
	v := l.VPCs[r.VPC]
	switch {
	case v == nil:
		l.unplaced(r, r.VPC)
		return
	case r.IPv6 != "":
		v.IPv6, v.IPv6By = append(v.IPv6, r.IPv6), append(v.IPv6By, r.Source)
	case r.CIDR != "":
		if p, ok := l.prefix(r, r.CIDR); ok {
			v.CIDRs = append(v.CIDRs, p)
			v.Added = append(v.Added, AddedRange{p, r.Source})
			if r.IPAM != "" && v.IPAM != nil {
				v.IPAM[p] = r.IPAM
			}
		}
	}
	l.homeVPC(r, v)
	l.only(r, "the VPC has range "+r.CIDR+r.IPv6, r.VPC)
}

// InternetGatewayRecord is an AWS::EC2::InternetGateway.
type InternetGatewayRecord struct{ Meta }

func (*InternetGatewayRecord) stage() stage { return alone }

func (r *InternetGatewayRecord) link(*linker) {}

// GatewayAttachmentRecord is an AWS::EC2::VPCGatewayAttachment: a VPC's internet gateway or virtual private gateway.
type GatewayAttachmentRecord struct {
	Meta
	VPC, InternetGateway, VPNGateway string
}

func (*GatewayAttachmentRecord) stage() stage { return inVPC }

func (r *GatewayAttachmentRecord) link(l *linker) {
	v := l.VPCs[r.VPC]
	l.homeVPC(r, v)
	if v != nil {
		v.Gateways = append(v.Gateways, cmp.Or(r.VPNGateway, r.InternetGateway))
	}
	switch {
	case v == nil:
		l.unplaced(r, r.VPC)
	case r.VPNGateway == "" && r.InternetGateway == "":
		l.conflict(r, "attaches no gateway: AWS demands InternetGatewayId or VpnGatewayId")
	case r.VPNGateway != "":
		l.Unknown = append(l.Unknown, UnknownPart{Meta: r.Meta, Touches: []string{r.VPC, r.VPNGateway},
			Opens: "attaches a virtual private gateway, by which a VPN or Direct Connect comes in"})
	case r.InternetGateway != "":
		v.InternetGateway = true
	}
}

// finishVPCs tells the name servers of each VPC, which depend on its ranges.
func (l *linker) finishVPCs() {
	for v, options := range l.dhcp {
		o := l.nameServers[options]
		none := "DHCP options %s name no name servers, so hosts are told of none"
		switch {
		case o != nil && o.Account != "" && (o.Account != v.Account || o.Region != v.Region):
			v.UnknownNameServers = fmt.Sprintf("DHCP options %s are of account %s in %s, which no VPC of account %s in %s can use",
				Plain(options), o.Account, o.Region, v.Account, v.Region)
		case options == "default": // none at all, unlike the set that a region has by default (EC2 API, AssociateDhcpOptions)
			v.UnknownNameServers = fmt.Sprintf(none, options)
		case o != nil && len(o.NameServers) == 0:
			v.UnknownNameServers = fmt.Sprintf(none, Plain(options))
		case o != nil:
			v.NameServers = v.OtherNameServers(o.NameServers)
		case options != "":
			v.UnknownNameServers = fmt.Sprintf("DHCP options %s are in none of the stacks, so nobody knows which name servers hosts ask",
				Plain(options))
		}
	}
}

// OtherNameServers are those of a list that are not a VPC's own: AmazonProvidedDNS, which has the third address of the VPC's
// first range and 169.254.169.253 (VPC guide, "Amazon DNS server").
func (v *VPC) OtherNameServers(list []string) []string {
	own := []string{"AmazonProvidedDNS", "169.254.169.253", "fd00:ec2::253"}
	if len(v.CIDRs) > 0 {
		own = append(own, v.CIDRs[0].Addr().Next().Next().String())
	}
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(own, s) })
}

func (n *Network) vpcPart(v *VPC) Part {
	p := Part{Type: "AWS::EC2::VPC", ID: v.ID, Account: v.Account, Region: v.Region, Noun: "VPC", Label: v.Name(), Source: v.Source,
		Open: v.Declared}
	if len(v.CIDRs) > 0 {
		p.Keys = []Key{{Text: v.Account + " " + v.Region + " " + v.CIDRs[0].String()}}
	}
	p.Keys = append(p.Keys, Key{Text: "id " + v.ID})
	for _, c := range v.CIDRs {
		p.Facts = append(p.Facts, one("range", c.String()))
	}
	for _, c := range v.IPv6 {
		p.Facts = append(p.Facts, one("range", c))
	}
	p.Facts = append(p.Facts, Fact{Attr: "DNS support", Value: onOff(v.DNSSupport)}, Fact{Attr: "DNS host names", Value: onOff(v.DNSNames)})
	for _, s := range v.NameServers {
		p.Facts = append(p.Facts, one("name server", s))
	}
	if v.InternetGateway {
		p.Facts = append(p.Facts, one("internet gateway", "an internet gateway"))
	}
	p.Facts = append(p.Facts, n.flowLogFacts(v.ID)...)
	p.Facts = append(p.Facts, v.peeringFacts()...)
	for _, a := range n.R53ProfileAssociations[v.ID] {
		p.Facts = append(p.Facts, Fact{Attr: "Route 53 Profile", Value: Term{Ref: a.R53Profile.ID}, Source: a.Source})
	}
	return p
}
