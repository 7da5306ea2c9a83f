package topology

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Part is one piece of a network in the form in which two networks are compared: how it is recognised on the other side,
// what it depends on, and what is said of it. Ids in it are the network's own; who compares translates them.
type Part struct {
	// Type is the CloudFormation type of what makes it.
	Type                string
	ID, Account, Region string
	// Noun and Label are what messages call it. Default of the label: its id in AWS.
	Noun, Label string
	Source      Source
	// Keys recognise the part: one in common is enough.
	Keys []Key
	// Needs are the parts without which this one cannot be. Where one of them is missing, only that is worth telling.
	Needs []string
	// Around are the parts for which one more of this type makes a difference. Default: for none.
	Around []string
	// Open is true where others may add to the part: what it has beside the facts is no difference.
	Open  bool
	Facts []Fact
}

// Key is something by which a part is recognised: a text, together with other parts.
type Key struct {
	Text string
	Refs []string
}

// Fact is one thing that is said of a part.
type Fact struct {
	// Attr is what it is about: "route", "subnet".
	Attr string
	// Key tells facts about the same apart, a route by its destination. Without one there is one fact of the kind.
	Key Term
	// Value is what must be equal.
	Value Term
	// Document is a policy, which must say the same. It may be nil.
	Document map[string]any
	// Source makes the fact. Default: the part's.
	Source Source
}

// Term is a text, or another part by its id, or both.
type Term struct {
	Text, Ref string
	// Label is what messages show. Default: the text and the id.
	Label string
	// Alias is another text that says the same.
	Alias string
}

// Parts are the pieces that the network consists of, those that others refer to first. Stacks are not among them.
func (n *Network) Parts() []Part {
	return slices.Concat(
		all(n.VPCs, n.vpcPart), each(n.VPCs, (*VPC).subnetParts), each(n.VPCs, (*VPC).routeTableParts),
		all(n.TransitGateways, n.transitGatewayPart), all(n.Attachments, n.attachmentPart),
		all(n.TransitGatewayRouteTables, n.transitGatewayRouteTablePart),
		all(n.Groups, n.securityGroupPart), all(n.Endpoints, n.endpointPart),
		all(n.HostedZones, n.hostedZonePart), all(n.R53Profiles, n.r53ProfilePart), all(n.Roles, n.rolePart),
	)
}

// all makes a part of each, in the order of the ids.
func all[T any](m map[string]*T, part func(*T) Part) []Part {
	return each(m, func(v *T) []Part { return []Part{part(v)} })
}

func each[T any](m map[string]*T, parts func(*T) []Part) []Part {
	var out []Part
	for _, id := range slices.Sorted(maps.Keys(m)) {
		out = append(out, parts(m[id])...)
	}
	return out
}

// known are the keys of what is recognised by its id, or by the stack that made it.
func known(id string, s Source) []Key {
	keys := []Key{{Text: "id " + id}}
	if s.Stack != "" {
		keys = append(keys, Key{Text: "made by " + s.Stack + "/" + s.ID})
	}
	return keys
}

func onOff(on bool) Term {
	if on {
		return Term{Text: "on"}
	}
	return Term{Text: "off"}
}

// one is the fact that a part has one of many.
func one(attr, text string) Fact { return Fact{Attr: attr, Key: Term{Text: text}} }

// state counts what works, and what is not known of a template, as available.
func state(s string) Fact {
	if s == "" || s == "modifying" {
		s = "available"
	}
	return Fact{Attr: "state", Value: Term{Text: s}}
}

func subnets(list []*Subnet) []Fact {
	var out []Fact
	for _, s := range list {
		out = append(out, Fact{Attr: "subnet", Key: Term{Ref: s.ID, Label: s.CIDR.String()}})
	}
	return out
}

func (n *Network) vpcPart(v *VPC) Part {
	p := Part{Type: "AWS::EC2::VPC", ID: v.ID, Account: v.Account, Region: v.Region, Noun: "VPC", Label: v.Name(), Source: v.Source}
	if len(v.CIDRs) > 0 {
		p.Keys = []Key{{Text: v.Account + " " + v.Region + " " + v.CIDRs[0].String()}}
	}
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
	for _, l := range n.FlowLogs[v.ID] {
		text := fmt.Sprintf("%s packets kept %d days", l.Traffic, l.RetentionDays)
		if l.Bucket != "" {
			text = fmt.Sprintf("%s packets to %s", l.Traffic, l.Bucket)
		}
		f := one("flow log", text)
		f.Source = l.Source
		p.Facts = append(p.Facts, f)
	}
	p.Facts = append(p.Facts, v.peeringFacts()...)
	for _, a := range n.R53ProfileAssociations[v.ID] {
		p.Facts = append(p.Facts, Fact{Attr: "Route 53 Profile", Value: Term{Ref: a.R53Profile.ID}, Source: a.Source})
	}
	return p
}

func (v *VPC) subnetParts() []Part {
	var out []Part
	for _, s := range v.Subnets {
		p := Part{Type: "AWS::EC2::Subnet", ID: s.ID, Account: v.Account, Region: v.Region,
			Noun: "subnet", Label: s.CIDR.String() + " of VPC " + v.Name(), Source: s.Source,
			Keys: []Key{{Text: s.CIDR.String(), Refs: []string{v.ID}}}, Needs: []string{v.ID}, Around: []string{v.ID}}
		p.Facts = []Fact{{Attr: "availability zone", Value: Term{Text: s.AZ, Alias: s.AZID}},
			{Attr: "network ACL", Value: Term{Text: s.ACL.rules()}}}
		if s.Table != nil {
			p.Facts = append(p.Facts, Fact{Attr: "route table", Value: Term{Ref: s.Table.ID}})
		}
		out = append(out, p)
	}
	return out
}

// rules shows what a network ACL admits; the default one as EC2 makes it is none.
func (a *ACL) rules() string {
	if a == nil {
		return "the default rules"
	}
	var out []string
	for _, l := range []struct {
		direction string
		rules     []ACLRule
	}{{"in", a.Inbound}, {"out", a.Outbound}} {
		for _, r := range l.rules {
			verb := "deny"
			if r.Allow {
				verb = "allow"
			}
			protocol := cmp.Or(map[string]string{"6": "tcp", "17": "udp", "1": "icmp", "-1": "all"}[r.Protocol], r.Protocol)
			out = append(out, fmt.Sprintf("%s %d %s %s %s %d-%d", l.direction, r.Number, verb, protocol, r.CIDR, r.From, r.To))
		}
	}
	return cmp.Or(strings.Join(out, ", "), "no rules")
}

// routeTableParts are recognised by their stack, those that no stack made by the subnets they serve.
func (v *VPC) routeTableParts() []Part {
	var out []Part
	for _, t := range v.Tables {
		p := Part{Type: "AWS::EC2::RouteTable", ID: t.ID, Account: v.Account, Region: v.Region, Noun: "route table", Source: t.Source,
			Keys: known(t.ID, t.Source), Needs: []string{v.ID}, Around: []string{v.ID}}
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
			p.Facts = append(p.Facts, Fact{Attr: "route", Key: Term{Text: r.Destination}, Value: r.Kind.term(r.Target), Source: r.Source})
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

func (n *Network) transitGatewayPart(g *TransitGateway) Part {
	p := Part{Type: "AWS::EC2::TransitGateway", ID: g.ID, Account: g.Account, Region: g.Region, Noun: "transit gateway", Source: g.Source,
		Keys: known(g.ID, g.Source), Open: g.External, Facts: n.shareFacts(g.ARN)}
	if !g.External {
		p.Facts = append(p.Facts, Fact{Attr: "default association", Value: onOff(g.DefaultAssociation)},
			Fact{Attr: "default propagation", Value: onOff(g.DefaultPropagation)}, Fact{Attr: "automatic acceptance", Value: onOff(g.AutoAccept)})
	}
	return p
}

// shareFacts say with whom a resource is shared.
func (n *Network) shareFacts(arn string) []Fact {
	var out []Fact
	for _, s := range n.Shares {
		if !slices.Contains(s.Resources, arn) {
			continue
		}
		with := slices.Clone(s.Principals)
		if s.External {
			with = append(with, "accounts outside the organization")
		}
		for _, p := range with {
			f := one("share", p)
			f.Source = s.Source
			out = append(out, f)
		}
	}
	return out
}

func (n *Network) attachmentPart(a *Attachment) Part {
	p := Part{Type: "AWS::EC2::TransitGatewayAttachment", ID: a.ID, Account: a.Account, Noun: "the attachment of", Source: a.Source,
		Needs: []string{a.TransitGateway}, Around: []string{a.TransitGateway}, Facts: append(subnets(a.Subnets), state(a.State))}
	if v := a.VPC; v != nil {
		p.Region, p.Label = v.Region, v.Name()
		p.Needs = append(p.Needs, v.ID)
		p.Keys = []Key{{Refs: []string{a.TransitGateway, v.ID}}}
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

func (n *Network) securityGroupPart(g *SecurityGroup) Part {
	p := Part{Type: "AWS::EC2::SecurityGroup", ID: g.ID, Noun: "security group", Source: g.Source, Needs: []string{g.VPC},
		Keys: []Key{{Text: g.Source.Stack + "/" + g.Source.ID, Refs: []string{g.VPC}}}}
	if v := n.VPCs[g.VPC]; v != nil {
		p.Account, p.Region = v.Account, v.Region
	}
	add := func(direction string, list []Rule) {
		for _, r := range list {
			p.Facts = append(p.Facts, one("rule", fmt.Sprintf("%s %s %s ports %d to %d", direction, r.CIDR, r.Protocol, r.From, r.To)))
		}
	}
	add("from", g.Ingress)
	add("to", g.Egress)
	for _, r := range g.Others {
		p.Facts = append(p.Facts, one("rule", r))
	}
	if g.OpenEgress {
		p.Facts = append(p.Facts, one("rule", "to 0.0.0.0/0 -1 ports 0 to 65535"))
	}
	return p
}

func (n *Network) endpointPart(e *Endpoint) Part {
	p := Part{Type: "AWS::EC2::VPCEndpoint", ID: e.ID, Account: e.Account, Region: e.Region,
		Noun: "the endpoint of", Label: e.ServiceName, Source: e.Source}
	if v := e.VPC; v != nil {
		p.Label += " in VPC " + v.Name()
		p.Needs, p.Around = []string{v.ID}, []string{v.ID}
		p.Keys = []Key{{Text: fmt.Sprint(e.ServiceName, e.Interface), Refs: []string{v.ID}}}
	}
	p.Facts = append(subnets(e.Subnets), state(e.State), Fact{Attr: "policy", Document: e.Policy})
	for _, g := range e.Groups {
		p.Facts = append(p.Facts, Fact{Attr: "security group", Key: Term{Ref: g.ID}})
	}
	for _, t := range e.Tables {
		p.Facts = append(p.Facts, Fact{Attr: "route table", Key: Term{Ref: t.ID}})
	}
	if e.Interface {
		p.Facts = append(p.Facts, Fact{Attr: "private DNS", Value: onOff(e.PrivateDNS)})
	}
	return p
}

// hostedZonePart is recognised by its name and the VPCs that ask it: one account may have two of a name.
func (n *Network) hostedZonePart(z *HostedZone) Part {
	p := Part{Type: "AWS::Route53::HostedZone", ID: z.ID, Account: z.Account, Noun: "private zone", Label: z.Name, Source: z.Source}
	for _, v := range z.VPCs {
		p.Region = v.Region
		p.Keys = append(p.Keys, Key{Text: z.Account + " " + z.Name, Refs: []string{v.ID}})
		p.Around = append(p.Around, v.ID)
		term := Term{Ref: v.ID}
		if vpc := n.VPCs[v.ID]; vpc != nil {
			term.Label = vpc.Name()
		}
		p.Facts = append(p.Facts, Fact{Attr: "VPC", Key: term})
	}
	for _, r := range z.Records {
		to := Term{Text: r.Target}
		if r.Endpoint != nil && r.Broken == "" {
			to = Term{Ref: r.Endpoint.ID}
		}
		p.Facts = append(p.Facts, Fact{Attr: "record", Key: Term{Text: r.Name + " " + r.Type}, Value: to, Source: r.Source})
	}
	return p
}

// r53ProfilePart is recognised by the endpoints it carries, and where it carries none by its place.
func (n *Network) r53ProfilePart(r *R53Profile) Part {
	at := r.Account + " " + r.Region
	p := Part{Type: "AWS::Route53Profiles::Profile", ID: r.ID, Account: r.Account, Region: r.Region,
		Noun: "Route 53 Profile", Source: r.Source, Keys: []Key{{Text: at}}, Facts: n.shareFacts(r.ARN)}
	for _, e := range r.Endpoints {
		p.Keys = append(p.Keys, Key{Text: at, Refs: []string{e.ID}})
		p.Facts = append(p.Facts, Fact{Attr: "resource", Key: Term{Ref: e.ID, Label: "the endpoint of " + e.ServiceName}})
	}
	for _, z := range r.HostedZones {
		p.Facts = append(p.Facts, Fact{Attr: "resource", Key: Term{Ref: z.ID, Label: "private zone " + z.Name}})
	}
	return p
}

func (n *Network) rolePart(r *Role) Part {
	p := Part{Type: "AWS::IAM::Role", ID: r.ARN, Account: r.Account,
		Noun: "role", Label: r.ARN[strings.LastIndex(r.ARN, "/")+1:], Source: r.Source, Keys: []Key{{Text: r.ARN}}, Facts: []Fact{{Attr: "trust", Document: r.Trust}}}
	for _, doc := range r.Policies {
		p.Facts = append(p.Facts, Fact{Attr: "permission", Document: doc})
	}
	return p
}
