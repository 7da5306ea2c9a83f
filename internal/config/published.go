package config

import (
	"net/netip"
	"slices"
)

// Published is a service of a spoke that others reach by PrivateLink.
type Published struct {
	// Name of the file, and Domain, the name by which consumers ask.
	Name, Domain string
	// Provider is the spoke that publishes it, by name.
	Provider string
	Ports    []PublishedPort
	// LoadBalancer is the ARN of a Network Load Balancer that exists; "" where one is made, which has Targets and stands in Tier.
	LoadBalancer string
	Targets      Targets
	Tier         string
	// AZs of the load balancer.
	AZs []AZ
	// Shared is true where the hub has an endpoint of it, in SharedAZs.
	Shared    bool
	SharedAZs []AZ
	// Consumers are the spokes with endpoints of their own, sorted by name.
	Consumers []Consumer
	// AcceptedBy says who accepts connections by hand; "" where nobody needs to.
	AcceptedBy string
	// Principals that may connect, as ARNs, sorted: the consumers' accounts and those of the file.
	Principals []string
	// Leaving is true where names and consumers' endpoints are taken away.
	Leaving bool
	// Tags of its resources, over the hub's.
	Tags map[string]string
}

// PublishedPort is a TCP port that consumers connect to, and that of the targets; 0 where the load balancer exists.
type PublishedPort struct{ Port, Target int }

// TargetKind is what a load balancer passes connections on to.
type TargetKind string

const (
	TargetIP           TargetKind = "ip"
	TargetInstance     TargetKind = "instance"
	TargetLoadBalancer TargetKind = "alb"
)

// Targets are those of a load balancer that is made.
type Targets struct {
	Kind TargetKind
	// IDs are addresses, instances, or the ARN of a load balancer.
	IDs []string
	// HealthProtocol is TCP, HTTP or HTTPS; HealthPort is 0 for the target port; HealthPath is "" with TCP.
	HealthProtocol string
	HealthPort     int
	HealthPath     string
	CrossZone      bool
}

// Consumer is a spoke with an endpoint of a service.
type Consumer struct {
	// Spoke by name, and the tier and zones of its endpoint.
	Spoke, Tier string
	AZs         []AZ
}

// PortNumbers are the ports that consumers connect to.
func (s *Published) PortNumbers() []int {
	out := make([]int, len(s.Ports))
	for i, p := range s.Ports {
		out[i] = p.Port
	}
	return out
}

// ConsumerIn is the consumer that a spoke is; nil where it is none.
func (s *Published) ConsumerIn(spoke string) *Consumer {
	i := slices.IndexFunc(s.Consumers, func(c Consumer) bool { return c.Spoke == spoke })
	if i < 0 {
		return nil
	}
	return &s.Consumers[i]
}

// Spoke finds a spoke by its name; nil where there is none.
func (h *Hub) Spoke(name string) *Spoke { return h.spoke(name) }

// Uses are the services that a spoke has endpoints of, also those that are leaving.
func (h *Hub) Uses(spoke string) []*Published {
	return slices.DeleteFunc(slices.Clone(h.Published), func(s *Published) bool { return s.ConsumerIn(spoke) == nil })
}

// SharedServices are the services that the hub has an endpoint of, also those that are leaving.
func (h *Hub) SharedServices() []*Published {
	return slices.DeleteFunc(slices.Clone(h.Published), func(s *Published) bool { return !s.Shared })
}

// tierNames are a spoke's tiers, in the order of its file.
func (s *Spoke) tierNames() []string {
	if s.Existing != nil {
		return s.Existing.Tiers
	}
	out := make([]string, len(s.Tiers))
	for i, t := range s.Tiers {
		out[i] = t.Name
	}
	return out
}

// zonesOf are the zones in which a tier has a subnet; the spoke's where no tier is named.
func (s *Spoke) zonesOf(tier string) []AZ {
	if s.Existing == nil || tier == "" {
		return s.AZs
	}
	return slices.DeleteFunc(slices.Clone(s.AZs), func(z AZ) bool { return s.Existing.Subnet(tier, z) == nil })
}

// TierSubnet is the range of a tier's subnet in a zone; not valid where a VPC that exists has none.
func (s *Spoke) TierSubnet(tier string, z AZ) netip.Prefix {
	if s.Existing == nil {
		return s.Plan().Subnet(tier, z.Slot)
	}
	if n := s.Existing.Subnet(tier, z); n != nil {
		return n.CIDR
	}
	return netip.Prefix{}
}
