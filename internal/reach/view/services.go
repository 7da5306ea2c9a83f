package view

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/internal/reach"
)

const servicesTitle = "services through endpoints (AWS PrivateLink): who reaches them; nobody is reached the other way"

// services are those that are asked for: of the VPCs that reach one, and of the VPCs that have it.
func (s *Summary) services() []reach.Service {
	from, to, all := map[string]bool{}, map[string]bool{}, true
	for i, v := range s.vpcs {
		from[v.Name], to[v.Name] = s.asked.From[i], s.asked.To[i]
		all = all && from[v.Name] && to[v.Name]
	}
	if all {
		return s.all
	}
	out := []reach.Service{}
	for _, service := range s.all {
		service.Consumers = slices.DeleteFunc(slices.Clone(service.Consumers), func(c reach.Consumer) bool {
			return !from[c.VPC] || !to[service.Provider] && !to[c.Endpoint]
		})
		if len(service.Consumers) > 0 {
			out = append(out, service)
		}
	}
	return out
}

// serviceLines say of each service who reaches it; consumers of which the same is true are one line.
func (s *Summary) serviceLines() (out []string) {
	for _, service := range s.services() {
		switch {
		case service.Provider != "":
			out = append(out, fmt.Sprintf("  %s, behind a load balancer of %s", service.Name, service.Provider))
		case service.Account != "":
			out = append(out, fmt.Sprintf("  %s of account %s, behind a load balancer that is in none of the stacks", service.Name, service.Account))
		default:
			out = append(out, fmt.Sprintf("  %s, which no stack makes", service.Name))
		}
		var order []string
		by := map[string][]string{}
		for _, c := range service.Consumers {
			text := how(c)
			if by[text] == nil {
				order = append(order, text)
			}
			by[text] = append(by[text], c.VPC)
		}
		for _, text := range order {
			out = append(out, fmt.Sprintf("    %s: %s", some(by[text]), text))
		}
		if len(order) == 0 {
			out = append(out, "    nobody")
		}
	}
	return out
}

// how a consumer reaches a service.
func how(c reach.Consumer) string {
	text := "by the endpoint of " + c.Endpoint
	switch c.Endpoint {
	case "":
		text = "by an endpoint in a VPC that is in none of the stacks"
	case c.VPC:
		text = "by an endpoint of its own"
	}
	if len(c.Names) > 0 {
		text += ", as " + strings.Join(c.Names, " and ")
	} else {
		text += ", by its addresses alone"
	}
	if len(c.Ports) > 0 {
		text += ", on tcp " + strings.Trim(strings.Join(strings.Fields(fmt.Sprint(c.Ports)), ", "), "[]")
	}
	if len(c.Provided) > 0 {
		text += ", provided that " + strings.Join(c.Provided, ", and ")
	}
	if c.Verdict == reach.Undecided {
		text += "; undecided: " + strings.Join(c.Reasons, "; ")
	}
	return text
}
