// Package reach says who reaches whom in the network of any CDK app, with no configuration to compare it with. What it cannot
// know is undecided, and says what would decide it.
package reach

// Verdict of a question.
type Verdict string

// A silent "no" would be a guess, as a silent "yes" would: what only AWS or a part outside the stacks decides is Undecided.
const (
	Yes       Verdict = "yes"
	No        Verdict = "no"
	Undecided Verdict = "undecided"
)

// Result is who reaches whom. A VPC reaches another where some host of it gets answers from some host of the other, by TCP on some
// port, by UDP or by ICMP: routes, network ACLs and firewalls' places in both directions decide it. Security groups belong to
// hosts and decide only about endpoints.
type Result struct {
	VPCs []VPC `json:"vpcs"`
	// Services are those that load balancers offer through endpoints.
	Services []Service `json:"services"`
	// Undecided are the parts that nothing here follows, with what each could change.
	Undecided []Part `json:"undecided"`
	// Ignored counts the resources that are no part of a network, by type.
	Ignored map[string]int `json:"ignored"`
}

// VPC is what one VPC reaches.
type VPC struct {
	// Name is its tag, with the resource where two VPCs have one name: no two VPCs of a result have the same.
	Name     string   `json:"name"`
	Resource string   `json:"resource"`
	Account  string   `json:"account"`
	Region   string   `json:"region"`
	CIDRs    []string `json:"cidrs"`
	// Reaches are the VPCs that answer, by name, and Undecided those that may; all others do not.
	Reaches   []string `json:"reaches"`
	Undecided []string `json:"undecided"`
	// Answers say more of each VPC in Reaches and Undecided, in their order.
	Answers []Answer `json:"answers"`
	// Internet are the ways to the internet that its subnets use, one for each route; InternetUndecided those that may be one.
	Internet          []string `json:"internet"`
	InternetUndecided []string `json:"internetUndecided"`
	// Outside are the ways to networks that no stack makes, such as a VPN's other end.
	Outside []string `json:"outside"`
	// Names are the private names that resolve to an endpoint that it reaches; Closed those that it cannot use, and
	// NamesUndecided those of which that is not known, each with the reason. The names that private DNS gives one endpoint are
	// one entry.
	Names          []string `json:"names"`
	Closed         []string `json:"closed"`
	NamesUndecided []string `json:"namesUndecided"`
}

// Answer is what is known of one VPC's way to another.
type Answer struct {
	To      string  `json:"to"`
	Verdict Verdict `json:"verdict"`
	// By are the parts that carry the packets there, in their order: a transit gateway, a peering connection, a firewall.
	By []string `json:"by,omitempty"`
	// Ports are those that network ACLs let pass, such as "tcp 443"; empty for all packets.
	Ports []string `json:"ports,omitempty"`
	// Partly says which ranges or availability zones do not take part; empty where all do.
	Partly []string `json:"partly,omitempty"`
	// Provided are conditions outside the templates' routes: a firewall's rules, a peering that somebody must accept.
	Provided []string `json:"provided,omitempty"`
	// Reasons of an undecided answer.
	Reasons []string `json:"reasons,omitempty"`
}

// Part is one that nothing here follows, or that only AWS decides.
type Part struct {
	Resource string `json:"resource"`
	Type     string `json:"type"`
	// Why it is not followed, and what it Could change: the names of VPCs, or of their gateways.
	Why   string   `json:"why"`
	Could []string `json:"could"`
}
