package stack

import (
	"sharedhub/internal/config"
	"sharedhub/internal/stackname"
)

// Where says which output holds a value, as Publish makes them.
func Where(values []Value) Joined {
	where := Joined{}
	for n, group := range grouped(values) {
		for _, v := range group {
			where[v.Name] = stackname.Joined(n)
		}
	}
	return where
}

// SpokeValues are what the stack of a spoke tells the stacks of services: its VPC, and the subnets in which load balancers and
// endpoints stand. Without values of their own, they say where each is.
func SpokeValues(s *config.Spoke, vpc *string, subnet func(tier, zone string) *string) []Value {
	out := []Value{{Name: stackname.VPCID, Value: vpc, Longest: LongestID}}
	for _, t := range s.ServiceTiers {
		for _, z := range s.AZs {
			v := Value{Name: stackname.TierSubnet(t, z.Label()), Longest: LongestID}
			if subnet != nil {
				v.Value = subnet(t, z.Label())
			}
			out = append(out, v)
		}
	}
	return out
}
