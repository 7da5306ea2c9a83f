package proof

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sharedhub/internal/prove"
	"sharedhub/internal/reach"
	"sharedhub/internal/reach/view"
	"sharedhub/internal/topology"
)

// NoInternet demands that no subnet of the VPCs has a way to the internet: by a gateway of its own, or through other VPCs.
func NoInternet(vpcs string) Rule {
	return Rule{"no internet: " + vpcs, func(n *Network) []Violation {
		chosen, out := n.choose(vpcs)
		for _, i := range chosen {
			v := n.result.VPCs[i]
			for _, way := range v.Internet {
				out = append(out, Violation{Text: fmt.Sprintf("expected no way from %s to the internet, found %s", v.Name, way),
					Resources: n.resources(v.Resource)})
			}
			for _, way := range v.InternetUndecided {
				out = append(out, Violation{Text: fmt.Sprintf("nobody can tell whether %s has a way to the internet: %s", v.Name, way),
					Undecided: true, Resources: n.resources(v.Resource)})
			}
		}
		return out
	}}
}

// Reaches demands that each VPC of from gets answers from each VPC of to, between all their subnets: by TCP on the ports, or
// without ports by some packets. Subnets that hold attachments of a Transit Gateway do not count where a VPC has others.
//
// Where to names no VPC, it is a DNS name or a service, such as sqs.us-east-1.amazonaws.com or sqs: it must lead to an endpoint
// that lets the packets in, in every subnet of the endpoint. Without ports, those of the service are asked.
//
// A condition that no template decides, such as a peering that another account must accept, counts as fulfilled.
func Reaches(from, to string, ports ...int) Rule {
	if len(ports) == 0 {
		ports = []int{0}
	}
	return Rule{"reaches: " + from + " → " + to + portText(ports), func(n *Network) []Violation {
		sources, out := n.choose(from)
		targets := []string{to}
		if chosen, wrong := n.choose(to); wrong == nil {
			targets = targets[:0]
			for _, i := range chosen {
				targets = append(targets, n.result.VPCs[i].Resource)
			}
		} else if strings.ContainsAny(to, "*?=") {
			return append(out, wrong...)
		}
		asked := 0
		for _, i := range sources {
			for _, target := range targets {
				if v := n.result.VPCs[i]; v.Resource != target {
					asked++
					out = append(out, n.asked(v, target, ports)...)
				}
			}
		}
		if asked == 0 && len(out) == 0 {
			out = append(out, Violation{Text: fmt.Sprintf("expected two VPCs, found that %s and %s are one", from, to)})
		}
		return out
	}}
}

// asked follows packets of one VPC to another, or to a name.
func (n *Network) asked(v reach.VPC, to string, ports []int) []Violation {
	var out []Violation
	for _, port := range ports {
		x, err := n.view.Explain(prove.Question{From: v.Resource, To: to, Port: port})
		if err != nil {
			out = append(out, Violation{Text: topology.Plain(err.Error()), Resources: n.resources(v.Resource)})
			continue
		}
		if x.Reaches == prove.Fully {
			continue
		}
		what := ""
		if port > 0 {
			what = fmt.Sprintf(" on port %d", port)
		}
		text, at := stopped(x)
		found := map[prove.Extent]string{prove.Partly: "that only some subnets do", prove.NotAtAll: "that it does not",
			prove.NotKnown: "what nobody can decide"}[x.Reaches]
		out = append(out, Violation{Text: fmt.Sprintf("expected that %s reaches %s%s, found %s: %s", x.From, x.To, what, found, text),
			Undecided: x.Reaches == prove.NotKnown, Resources: n.resources(cmp.Or(at, v.Resource))})
	}
	return out
}

// stopped is what stops the packets of the first path that is not whole.
func stopped(x *prove.Explanation) (text, resource string) {
	for _, p := range x.Paths {
		if p.Stopped != nil {
			return fmt.Sprintf("from subnet %s: %s", p.From.Subnet, p.Stopped.What), p.Stopped.Resource
		}
	}
	for _, a := range x.Names {
		return strings.TrimSpace(fmt.Sprintf("%s leads nowhere in this network: %s", a.Name, cmp.Or(a.Wrong, a.By))), a.Resource
	}
	for _, h := range x.Unknown {
		return h.What, h.Resource
	}
	return "there is no way between subnets of both", ""
}

func portText(ports []int) string {
	var out []string
	for _, p := range ports {
		if p > 0 {
			out = append(out, fmt.Sprint(p))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " on " + strings.Join(out, ", ")
}

// ReachesNot demands that no VPC of from gets an answer from any other VPC of to, by any packets.
func ReachesNot(from, to string) Rule {
	return Rule{"reaches not: " + from + " → " + to, func(n *Network) []Violation {
		targets, out := n.choose(to)
		sources, wrong := n.choose(from)
		out = append(out, wrong...)
		return append(out, n.unreached(sources, targets)...)
	}}
}

// ReachesOnly demands that no VPC of from gets an answer from a VPC that none of to names: without to, from no VPC at all. It does
// not demand that those of to answer.
func ReachesOnly(from string, to ...string) Rule {
	return Rule{"reaches only: " + from + " → " + cmp.Or(strings.Join(to, ", "), "nobody"), func(n *Network) []Violation {
		sources, out := n.choose(from)
		allowed := map[int]bool{}
		for _, word := range to {
			chosen, wrong := n.choose(word)
			out = append(out, wrong...)
			for _, i := range chosen {
				allowed[i] = true
			}
		}
		var others []int
		for i := range n.result.VPCs {
			if !allowed[i] {
				others = append(others, i)
			}
		}
		return append(out, n.unreached(sources, others)...)
	}}
}

// unreached says which of the targets answer, or may.
func (n *Network) unreached(sources, targets []int) []Violation {
	byName := map[string]reach.VPC{}
	for _, i := range targets {
		byName[n.result.VPCs[i].Name] = n.result.VPCs[i]
	}
	var out []Violation
	for _, i := range sources {
		v := n.result.VPCs[i]
		for _, a := range v.Answers {
			to, ok := byName[a.To]
			switch {
			case !ok || a.To == v.Name:
			case a.Verdict == reach.Yes:
				by := ""
				if len(a.By) > 0 {
					by = " by " + strings.Join(a.By, ", ")
				}
				if len(a.Ports) > 0 {
					by += " (" + strings.Join(a.Ports, ", ") + ")"
				}
				out = append(out, Violation{Text: fmt.Sprintf("expected that %s does not reach %s, found that it does%s", v.Name, a.To, by),
					Resources: n.resources(v.Resource, to.Resource)})
			case a.Verdict == reach.Undecided:
				out = append(out, Violation{Undecided: true, Resources: n.resources(v.Resource, to.Resource),
					Text: fmt.Sprintf("nobody can tell whether %s reaches %s: %s", v.Name, a.To, strings.Join(a.Reasons, "; "))})
			}
		}
	}
	return out
}

// SharedOnlyWith demands that AWS RAM shares a resource (a Transit Gateway, subnets, a Route 53 Profile, a prefix list) with no
// principal but these: account numbers, and ARNs of an organization, of a unit or of a role. The resource is named by
// STACK/LOGICALID, or by its ARN or id where no stack makes it; * names all that is shared. Without principals nobody may have it.
//
// A share that lets accounts outside the organization in is not a violation by itself: who they are is the list of principals.
func SharedOnlyWith(resource string, principals ...string) Rule {
	return Rule{"shared only: " + resource + " with " + cmp.Or(strings.Join(principals, ", "), "nobody"), func(n *Network) []Violation {
		parts := n.parts()
		is := view.Matcher(resource)
		var out []Violation
		found := resource == "*"
		for _, id := range slices.Sorted(maps.Keys(parts)) {
			found = found || is.MatchString(topology.Plain(id)) || is.MatchString(parts[id])
		}
		for _, s := range n.net.Shares {
			names := s.Names()
			for i, arn := range s.Resources {
				what := topology.Plain(cmp.Or(parts[names[i]], arn))
				if !is.MatchString(what) && !is.MatchString(topology.Plain(arn)) && !is.MatchString(topology.Plain(names[i])) {
					continue
				}
				found = true
				out = append(out, n.principals(s, what, principals)...)
			}
		}
		if !found {
			out = append(out, Violation{Text: fmt.Sprintf("expected a resource that is called %s, found none", resource)})
		}
		return out
	}}
}

func (n *Network) principals(s *topology.Share, what string, allowed []string) []Violation {
	var out []Violation
	for _, p := range s.Principals {
		switch plain := topology.Plain(p); {
		case slices.Contains(allowed, p):
		case plain != p:
			out = append(out, Violation{Undecided: true, Resources: n.resources(s.Source.String()),
				Text: fmt.Sprintf("only AWS knows with whom %s is shared: %s", what, plain)})
		default:
			out = append(out, Violation{Resources: n.resources(s.Source.String()),
				Text: fmt.Sprintf("expected that %s is shared only with %s, found %s", what, cmp.Or(strings.Join(allowed, ", "), "nobody"), p)})
		}
	}
	return out
}
