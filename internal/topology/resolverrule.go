package topology

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

var _ = declare(
	Type{Name: "AWS::Route53Resolver::ResolverRule", Record: &ResolverRuleRecord{}, Actions: []string{"route53resolver:ListResolverRules"},
		Ignored: map[string]string{"Name": "a name for people", "TargetIps.Ipv6": "say to whom it is forwarded"}},
	Type{Name: "AWS::Route53Resolver::ResolverEndpoint", Record: &ResolverEndpointRecord{},
		Actions: []string{"route53resolver:ListResolverEndpoints", "route53resolver:ListResolverEndpointIpAddresses"},
		Ignored: map[string]string{"Name": "a name for people", "IpAddresses.Ipv6": "which address of the subnet",
			"OutpostArn":            "says where it runs",
			"PreferredInstanceType": "says on what it runs", "RniEnhancedMetricsEnabled": "watches", "TargetNameServerMetricsEnabled": "watches"}},
	Type{Name: "AWS::Route53Resolver::ResolverRuleAssociation", Record: &ResolverRuleAssociationRecord{},
		Actions: []string{"route53resolver:ListResolverRuleAssociations"},
		Ignored: map[string]string{"Name": "a name for people"}},
)

// Forward is a Resolver rule of a VPC or Profile: questions for a domain and all below it go to other servers.
type Forward struct {
	Domain string
	// System is true for a rule that excepts a domain from one above it: the VPC's resolver answers.
	System bool
	// Unknown is true where only the rule's id is known.
	Unknown bool
	// ID of the rule.
	ID string
	// Targets are the addresses that it forwards to.
	Targets []string
	// Endpoint that it asks through, by id.
	Endpoint string
	// ARN and Account of the rule, where it is known.
	ARN, Account string
	// Kind is the rule's type as it is written. Declared is true for a rule that no stack makes, of which a configuration says the
	// domain.
	Kind     string
	Declared bool
	// Made is the rule itself, and Source what makes the VPC follow it.
	Made, Source Source
}

// what names a rule by what it is for.
func (f Forward) what() string {
	if f.Unknown {
		return "Resolver rule " + f.ID
	}
	return "the Resolver rule for " + f.Domain
}

// ResolverRuleRecord is an AWS::Route53Resolver::ResolverRule.
type ResolverRuleRecord struct {
	Meta
	Domain string
	// Forwards is false for a rule that excepts a domain from one above it (SYSTEM), and Kind the type as it is written.
	Forwards bool
	Kind     string
	// Targets are the addresses that it forwards to, with the port and the protocol where these are not DNS's own.
	Targets []string
	// Endpoint that it asks through, by id.
	Endpoint string
	// ARN of the rule; "" where the reader does not know it.
	ARN string
	// Declared is true for one that no stack makes, of which a configuration says the domain.
	Declared bool
}

// ServerText is how a rule's record names a server.
func ServerText(ip, port, protocol string) string {
	if port != "" && port != "53" {
		ip += " port " + port
	}
	if protocol != "" && protocol != "Do53" {
		ip += " by " + protocol
	}
	return ip
}

func (*ResolverRuleRecord) stage() stage { return alone }

func (r *ResolverRuleRecord) link(l *linker) { l.ResolverRules[r.ID] = r }

// ResolverEndpoint is a Resolver endpoint.
type ResolverEndpoint struct {
	ID, Account, Region string
	// Direction is "OUTBOUND", "INBOUND" or "INBOUND_DELEGATION".
	Direction string
	Addresses []ResolverAddress
	// Groups by id.
	Groups []string
	// Asked is how it is asked: "IPV4 Do53" is plain DNS, which is AWS's default too.
	Asked  string
	Source Source
}

// ResolverAddress is one address of a Resolver endpoint.
type ResolverAddress struct {
	// Subnet is nil where no record holds it.
	Subnet *Subnet
	// IP is "" where AWS chooses.
	IP string
}

// ResolverEndpointRecord is an AWS::Route53Resolver::ResolverEndpoint. One for questions to outside is hosts in its subnets, and
// Resolver rules say what goes through it; by any other, whoever reaches its addresses asks the VPC's names.
type ResolverEndpointRecord struct {
	Meta
	// Direction is "OUTBOUND", "INBOUND" or "INBOUND_DELEGATION".
	Direction       string
	Subnets, Groups []string
	// Addresses are those of the subnets, in their order; "" for one that AWS chooses.
	Addresses []string
	// VPC of a live one; a template says its subnets alone.
	VPC string
	// Family and Protocols as written; AWS takes IPV4 and Do53 where there are none.
	Family    string
	Protocols []string
}

func (*ResolverEndpointRecord) stage() stage { return joining }

func (r *ResolverEndpointRecord) link(l *linker) {
	e := &ResolverEndpoint{ID: r.ID, Account: r.Account, Region: r.Region, Direction: r.Direction, Groups: r.Groups, Source: r.Source,
		Asked: r.asked()}
	for i, id := range r.Subnets {
		at := ResolverAddress{Subnet: l.subnets[id]}
		if i < len(r.Addresses) {
			at.IP = r.Addresses[i]
		}
		e.Addresses = append(e.Addresses, at)
	}
	l.ResolverEndpoints[r.ID] = e
	if r.Direction != "OUTBOUND" {
		l.Unknown = append(l.Unknown, UnknownPart{Meta: r.Meta, Touches: r.touches(),
			Opens: "answers whoever reaches it from outside, with the names of the VPC"})
	}
}

func (r *ResolverEndpointRecord) asked() string {
	protocols := slices.Sorted(slices.Values(r.Protocols))
	if len(protocols) == 0 {
		protocols = []string{"Do53"}
	}
	return cmp.Or(r.Family, "IPV4") + " " + strings.Join(protocols, " ")
}

func (r *ResolverEndpointRecord) touches() []string {
	return slices.DeleteFunc(slices.Concat(r.Subnets, r.Groups, []string{r.VPC}), func(s string) bool { return s == "" })
}

// forward is the rule of an id. The rules that AWS makes in each account forward nothing (developer guide, "Autodefined
// system rules").
func (l *linker) forward(id string, at Source) Forward {
	rule := l.ResolverRules[id]
	switch {
	case rule != nil:
		return Forward{Domain: domain(rule.Domain), System: !rule.Forwards, ID: id, Targets: rule.Targets, Endpoint: rule.Endpoint,
			ARN: rule.ARN, Account: rule.Account, Kind: rule.Kind, Declared: rule.Declared, Made: rule.Source, Source: at}
	case strings.HasPrefix(id, "rslvr-autodefined-"):
		return Forward{System: true, ID: id, Source: at}
	}
	return Forward{Unknown: true, ID: id, Source: at}
}

// ResolverRuleAssociationRecord is an AWS::Route53Resolver::ResolverRuleAssociation.
type ResolverRuleAssociationRecord struct {
	Meta
	VPC, Rule string
}

func (*ResolverRuleAssociationRecord) stage() stage { return inVPC }

func (r *ResolverRuleAssociationRecord) link(l *linker) {
	v := l.VPCs[r.VPC]
	if v == nil {
		l.unplaced(r, r.VPC, r.Rule)
		return
	}
	l.only(r, "the VPC follows the Resolver rule", r.VPC, r.Rule)
	v.Forwards = append(v.Forwards, l.forward(r.Rule, r.Source))
}

// resolverEndpointPart is recognised by its addresses, and where AWS chooses them by its subnets. One that no stack made is the matter
// of the proof, which refuses those for questions from outside.
func (n *Network) resolverEndpointPart(e *ResolverEndpoint) Part {
	p := Part{Type: "AWS::Route53Resolver::ResolverEndpoint", ID: e.ID, Account: e.Account, Region: e.Region,
		Noun: "the " + strings.ToLower(e.Direction) + " Resolver endpoint", Source: e.Source, Keys: known(e.ID, e.Source)}
	for _, a := range e.Addresses {
		// Where AWS chooses the address, any is right.
		f := Fact{Attr: "address", Value: Term{Text: cmp.Or(a.IP, "any"), Alias: "any"}}
		if a.Subnet != nil {
			f.Key = Term{Ref: a.Subnet.ID, Label: "in " + a.Subnet.CIDR.String()}
			p.Keys = append(p.Keys, Key{Text: e.Direction + " " + a.IP, Refs: []string{a.Subnet.ID}},
				Key{Text: e.Direction, Refs: []string{a.Subnet.ID}})
			if v := a.Subnet.VPC; v != nil && !slices.Contains(p.Needs, v.ID) {
				p.Label, p.Needs = v.Name(), append(p.Needs, v.ID)
			}
		}
		p.Facts = append(p.Facts, f)
	}
	for _, g := range e.Groups {
		p.Facts = append(p.Facts, Fact{Attr: "security group", Key: Term{Ref: g}})
	}
	return p
}

// resolverRuleParts are none for a rule that is somebody else's.
func (n *Network) resolverRuleParts(r *ResolverRuleRecord) []Part {
	if r.Declared {
		return nil
	}
	return []Part{n.resolverRulePart(r)}
}

// resolverRulePart is recognised by its domain. The VPCs that follow it are its own facts: what else a VPC forwards matters only where
// it hides a name, which the proof says.
func (n *Network) resolverRulePart(r *ResolverRuleRecord) Part {
	at := r.Account + " " + r.Region + " " + domain(r.Domain)
	p := Part{Type: "AWS::Route53Resolver::ResolverRule", ID: r.ID, Account: r.Account, Region: r.Region, Noun: "the Resolver rule for",
		Label: domain(r.Domain), Source: r.Source, Keys: append(known(r.ID, r.Source), Key{Text: at}),
		Facts: append(n.shareFacts(r.ARN), Fact{Attr: "kind", Value: Term{Text: r.Kind}})}
	if r.Endpoint != "" {
		p.Keys = append(p.Keys, Key{Text: at, Refs: []string{r.Endpoint}})
		p.Facts = append(p.Facts, Fact{Attr: "Resolver endpoint", Value: Term{Ref: r.Endpoint}})
	}
	for _, to := range r.Targets {
		p.Facts = append(p.Facts, one("server", to))
	}
	for _, id := range slices.Sorted(maps.Keys(n.VPCs)) {
		for _, f := range n.VPCs[id].Forwards {
			if f.ID == r.ID {
				p.Facts = append(p.Facts, Fact{Attr: "VPC", Key: Term{Ref: id, Label: n.VPCs[id].Name()}, Source: f.Source})
			}
		}
	}
	return p
}
