package reach

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
)

// Service is an endpoint service of somebody's load balancers, and who reaches it by AWS PrivateLink. Connections begin at an endpoint
// and end at the load balancer: through it the provider reaches nobody, and no route leads from one VPC to the other.
type Service struct {
	// Name is its tag, or else its resource, or the full name where no stack makes it.
	Name     string `json:"name"`
	Resource string `json:"resource"`
	Account  string `json:"account"`
	// Provider is the VPC of its load balancers; "" where no stack makes those.
	Provider  string     `json:"provider"`
	Consumers []Consumer `json:"consumers"`

	id string
}

// Consumer is a VPC whose hosts reach a service, or may.
type Consumer struct {
	VPC string `json:"vpc"`
	// Endpoint is the VPC that has the endpoint: the consumer, or one that it reaches by routes.
	Endpoint string  `json:"endpoint"`
	Verdict  Verdict `json:"verdict"`
	Ports    []int   `json:"ports"`
	// Names are the private names that lead its hosts there.
	Names []string `json:"names"`
	// Subnets of the consumer whose hosts reach the endpoint.
	Subnets []string `json:"subnets"`
	// Provided is what somebody must do first; Reasons are those of an undecided answer.
	Provided []string `json:"provided,omitempty"`
	Reasons  []string `json:"reasons,omitempty"`
}

// services are all endpoint services that the stacks make or have endpoints of, those of AWS left out.
func (m *model) services(vpcs []VPC, names *prove.Names) []Service {
	endpoints := m.privateLinks()
	out := []Service{}
	for _, full := range slices.Sorted(maps.Keys(endpoints)) {
		s, made := m.service(full)
		for i, v := range m.vpcs {
			for _, e := range endpoints[full] {
				if e.VPC != v && (e.VPC == nil || !slices.ContainsFunc(vpcs[i].Answers, func(a Answer) bool { return a.To == m.names[e.VPC] })) {
					continue
				}
				if c := m.consumer(v, e, made, names); c != nil {
					s.Consumers = append(s.Consumers, *c)
				}
			}
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Service) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.id, b.id)) })
	return out
}

// privateLinks are the endpoints of services that are not AWS's, by the service's full name.
func (m *model) privateLinks() map[string][]*topology.Endpoint {
	out := map[string][]*topology.Endpoint{}
	for _, s := range m.net.EndpointServices {
		out[s.ServiceName] = nil
	}
	for _, id := range slices.Sorted(maps.Keys(m.net.Endpoints)) {
		e := m.net.Endpoints[id]
		if _, made := out[e.ServiceName]; e.Interface && (made || strings.Contains(e.ServiceName, ".vpce-svc-")) {
			out[e.ServiceName] = append(out[e.ServiceName], e)
		}
	}
	return out
}

func (m *model) service(full string) (Service, *topology.EndpointService) {
	made := m.net.ServiceNamed(full)
	if made == nil {
		return Service{Name: topology.Plain(full), Consumers: []Consumer{}, id: full}, nil
	}
	s := Service{Name: cmp.Or(made.Name, plain(made.Source)), Resource: plain(made.Source), Account: made.Account, Consumers: []Consumer{},
		id: full}
	for _, arn := range slices.Concat(made.LoadBalancers, made.GatewayLoadBalancers) {
		if b := m.net.LoadBalancers[arn]; b != nil && len(b.Subnets) > 0 {
			s.Provider = m.names[b.Subnets[0].VPC]
		}
	}
	return s, made
}

// consumer is what a VPC's hosts have of an endpoint; nil where they do not reach it.
func (m *model) consumer(v *topology.VPC, e *topology.Endpoint, made *topology.EndpointService, names *prove.Names) *Consumer {
	c := &Consumer{VPC: m.names[v], Endpoint: "", Verdict: No, Ports: []int{}, Names: []string{}, Subnets: []string{}}
	if e.VPC != nil {
		c.Endpoint = m.names[e.VPC]
	}
	var subnets []string
	for _, port := range m.portsOf(e) {
		switch verdict, why := m.endpoint(v, e, port); verdict {
		case Yes:
			c.Verdict, c.Ports = Yes, append(c.Ports, port)
			subnets = append(subnets, m.subnetsReaching(v, e, port)...)
		case Undecided:
			if c.Verdict == No {
				c.Verdict = Undecided
			}
			c.Reasons = append(c.Reasons, fmt.Sprintf("port %d: %s", port, why))
		case No:
		}
	}
	if c.Verdict == No {
		return nil
	}
	if len(subnets) > 0 {
		c.Subnets = set(subnets)
	}
	for _, a := range names.Of(v) {
		if a.Endpoint == e && a.Wrong == "" {
			c.Names = append(c.Names, nameText(a.Name))
		}
	}
	c.connected(e, made)
	return c
}

// subnetsReaching are the subnets of a VPC whose hosts reach an endpoint on a port.
func (m *model) subnetsReaching(v *topology.VPC, e *topology.Endpoint, port int) (out []string) {
	for _, from := range m.classesOf(v) {
		if verdict, _ := m.endpointFrom([]*class{from}, v, e, port); verdict == Yes {
			for _, s := range from.subnets {
				out = append(out, m.subnetText(s))
			}
		}
	}
	return out
}

func (m *model) subnetText(s *topology.Subnet) string {
	var out []string
	for _, x := range m.spansOf(s) {
		out = append(out, m.rangeText(x))
	}
	return strings.Join(out, " ")
}

// connected adds what the service's owner decides: who may connect, and whether somebody accepts it.
func (c *Consumer) connected(e *topology.Endpoint, made *topology.EndpointService) {
	if made == nil {
		c.Provided = append(c.Provided, "the service's owner lets account "+topology.Plain(e.Account)+" connect")
		return
	}
	if made.Acceptance == "true" {
		c.Provided = append(c.Provided, "somebody accepts the connection in account "+topology.Plain(made.Account))
	}
	for _, p := range made.Principals {
		if p.ARN == "*" || strings.Contains(p.ARN, "::"+e.Account+":") {
			return
		}
	}
	c.Verdict = Undecided
	c.Reasons = append(c.Reasons, "the endpoint service names no principal of account "+topology.Plain(e.Account))
}

// bothServices takes back what is not so either way.
func (r *Result) bothServices(other *Result) {
	for i := range r.Services {
		s := &r.Services[i]
		var consumers []Consumer
		for _, o := range other.Services {
			if o.id == s.id {
				consumers = o.Consumers
			}
		}
		for j := range s.Consumers {
			c := &s.Consumers[j]
			same := func(o Consumer) bool { return o.VPC == c.VPC && o.Endpoint == c.Endpoint && o.Verdict == c.Verdict }
			if c.Verdict == Yes && !slices.ContainsFunc(consumers, same) {
				c.Verdict, c.Reasons = Undecided, []string{onCondition}
			}
		}
	}
}
