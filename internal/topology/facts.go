package topology

import (
	"maps"
	"slices"
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
		all(n.TransitGateways, n.transitGatewayPart), all(n.Attachments, n.attachmentPart), all(n.ExternalAttachments, n.attachmentPart),
		all(n.TransitGatewayRouteTables, n.transitGatewayRouteTablePart),
		all(n.PrefixLists, n.prefixListPart), each(n.Groups, n.securityGroupParts),
		all(n.TargetGroups, n.targetGroupPart), all(n.LoadBalancers, n.loadBalancerPart), all(n.EndpointServices, n.endpointServicePart),
		all(n.Endpoints, n.endpointPart),
		all(n.ResolverEndpoints, n.resolverEndpointPart), each(n.ResolverRules, n.resolverRuleParts),
		each(n.HostedZones, n.hostedZoneParts), all(n.R53Profiles, n.r53ProfilePart), all(n.Roles, n.rolePart),
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
