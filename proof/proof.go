// Package proof asserts what the network of a CDK app must do and must not do: of any app, in its own snapshot tests or, with
// package cdkplugin, in each synthesis. It reads the cloud assembly that the app has written, follows packets and names through
// routes, gateways, peerings, network ACLs and endpoints' security groups in both directions, and says what does not hold.
//
//	network, err := proof.Read("cdk.out")
//	…
//	for _, v := range network.Check(
//		proof.NoInternet("segment=prod"),
//		proof.Reaches("orders", "payments", 443),
//	) {
//		t.Error(v)
//	}
//
// VPCs are named by a word: the tag Name, the tag spoke, STACK/LOGICALID, the logical id, or a tag as key=value. In all of them *
// stands for any characters and ? for one. A word that names no VPC is a violation, so that no rule passes by looking at nothing.
//
// A part that nobody can tell the effect of (a custom resource that writes routes, a condition that only AWS decides) is never
// called fine: a rule that it may break is violated, and the violation is Undecided. Security groups of hosts are no part of it;
// those of endpoints are.
package proof

import (
	"slices"
	"strings"

	"sharedhub/internal/assembly"
	"sharedhub/internal/diag"
	"sharedhub/internal/reach"
	"sharedhub/internal/reach/view"
	"sharedhub/internal/topology"
)

// Network is what an assembly describes. It is not for several goroutines at once.
type Network struct {
	net    *topology.Network
	view   *reach.View
	result *reach.Result
	known  []view.Known
	// templates are the files of the stacks, by the stacks' names.
	templates map[string]string
}

// Read reads the network of a cloud assembly, the folder that the CDK writes (cdk.out, or what app.Synth(nil).Directory() names),
// with all its stacks, those of stages and nested ones included. A folder that is no assembly, or one of a newer kind than this
// package understands, is an error.
func Read(dir string) (*Network, error) {
	a, err := assembly.Read(dir)
	if err != nil {
		return nil, err
	}
	n := &Network{net: topology.Link(a.Records()), templates: map[string]string{}}
	for _, s := range a.Stacks {
		n.templates[s.Name] = s.File
	}
	n.view = reach.NewView(n.net)
	n.result = n.view.Result()
	n.known, _ = view.KnownIn(n.net, n.result)
	return n, nil
}

// Rule is something that must hold. The functions of this package that return one say what.
type Rule struct {
	name string
	// holds says what does not.
	holds func(n *Network) []Violation
}

// Named gives a rule the name by which reports call it, such as the number of a control.
// Default: what the rule says, such as "reaches not: segment=dev → segment=prod".
func (r Rule) Named(name string) Rule {
	r.name = name
	return r
}

// Name of the rule.
func (r Rule) Name() string { return r.name }

// Resource is one of a template.
type Resource struct {
	// Stack is the stack's name.
	Stack, LogicalID string
	// Template is the path of the stack's template.
	Template string
}

// Violation is a rule that does not hold, once for each VPC, pair of VPCs or share that breaks it.
type Violation struct {
	// Rule is the rule's name.
	Rule string
	// Text says what was expected and what was found.
	Text string
	// Undecided is true where nobody can tell whether the rule holds.
	Undecided bool
	// Resources are those that break it, or that are missing something.
	Resources []Resource
}

// String is the rule's name and the text, in a line.
func (v Violation) String() string { return diag.Plain(v.Rule + ": " + v.Text) }

// Check says which rules do not hold, in their order. None means that all hold.
func (n *Network) Check(rules ...Rule) []Violation {
	var out []Violation
	for _, r := range rules {
		for _, v := range r.holds(n) {
			v.Rule = r.name
			out = append(out, v)
		}
	}
	return out
}

// VPCs are the names of all VPCs, by their resource.
func (n *Network) VPCs() []string {
	var out []string
	for _, v := range n.result.VPCs {
		out = append(out, v.Name)
	}
	return out
}

// choose finds the VPCs that a word names.
func (n *Network) choose(word string) (chosen []int, wrong []Violation) {
	is, err := view.Select(n.known, "the rule", []string{word}, "")
	if err != nil {
		return nil, []Violation{{Text: "expected a VPC, found none: " + strings.TrimPrefix(err.Error(), "the rule: ")}}
	}
	for i := range is {
		if is[i] {
			chosen = append(chosen, i)
		}
	}
	return chosen, nil
}

func (n *Network) resources(texts ...string) []Resource {
	var out []Resource
	for _, text := range texts {
		stack, id, ok := strings.Cut(text, "/")
		if r := (Resource{stack, id, n.templates[stack]}); ok && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// parts of the network, by id, with the resource that each is.
func (n *Network) parts() map[string]string {
	out := map[string]string{}
	for id, g := range n.net.TransitGateways {
		out[id] = g.Source.String()
	}
	for id, p := range n.net.R53Profiles {
		out[id] = p.Source.String()
	}
	for _, v := range n.net.VPCs {
		for _, s := range v.Subnets {
			out[s.ID] = s.Source.String()
		}
	}
	for id, l := range n.net.PrefixLists {
		out[id] = l.Source.String()
	}
	for _, o := range n.net.Others {
		out[o.ID] = o.Source.String()
	}
	return out
}
