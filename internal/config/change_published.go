package config

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

const leavePage = `docs/PRIVATELINK.md, "Take a service away"`

// changePublished says what of a service of a spoke cannot be deployed in one step: a stack that is no longer made stays in AWS, with
// its endpoints.
func changePublished(out *diag.List, before, after *Config) {
	now := map[string]*publishedFile{}
	for _, f := range after.written.services {
		now[f.service.Name] = f
	}
	for _, old := range before.written.services {
		f := now[old.service.Name]
		switch {
		case f != nil:
			changeService(f.Into(out), old, f)
		case !old.service.Leaving:
			old.Into(out).Errorf(file.Change, &old.in, "write state: leaving and deploy, destroy its stacks, then delete the file ("+leavePage+")",
				"service %s is published, and its file is gone: its stacks would stay in AWS", old.service.Name)
		}
	}
	for _, h := range after.Hubs {
		changeUses(out, before, h, after)
	}
}

func changeService(f *file.File, old, written *publishedFile) {
	in, was, is := &written.in, old.service, written.service
	fixed(f, &in.Hub, "the service's hub", old.in.Hub, in.Hub)
	fixed(f, &in.Provider, "the service's provider", was.Provider, is.Provider)
	if was.LoadBalancer == "" && is.LoadBalancer == "" {
		fixed(f, &in.Targets, "the kind of targets", was.Targets.Kind, is.Targets.Kind)
		fixed(f, &in.Tier, "the load balancer's tier", was.Tier, is.Tier)
		changeBalancerSubnets(f, old, written)
	}
	if was.Shared && !is.Shared && !was.Leaving {
		f.Errorf(file.Change, &in.Consumers, "write state: leaving and deploy, destroy the stack, then take consumers.hub out ("+leavePage+")",
			"the hub no longer has service %s: its stack %s-shared-%s would stay in AWS, with names that lead to it", is.Name, in.Hub, is.Name)
	}
}

// changeBalancerSubnets refuses to take a subnet of a VPC that exists from a load balancer: ELB keeps one while endpoints lead there, and
// takes another of the zone only when the first has gone (Network Load Balancer guide, "Update the Availability Zones").
func changeBalancerSubnets(f *file.File, old, written *publishedFile) {
	was, is := old.hub.hub.spoke(old.service.Provider), written.hub.hub.spoke(written.service.Provider)
	if was == nil || is == nil || was.Existing == nil || is.Existing == nil {
		return // said
	}
	tier := old.service.Tier
	for _, z := range old.service.AZs {
		before, after := was.Existing.Subnet(tier, z), is.Existing.Subnet(tier, z)
		if before != nil && (after == nil || before.ID != after.ID) {
			f.Errorf(file.Change, &written.in.Provider, fmt.Sprintf("name %s in tier %s of spoke %s again, or take the service away first (%s)",
				before.ID, tier, was.Name, leavePage), "the load balancer of service %s stands in %s in zone %s, which tier %s no longer has",
				old.service.Name, before.ID, z.Name, tier)
		}
	}
}

// changeUses refuses to forget the stack with a spoke's endpoints: it holds one placeholder at least while a service names the spoke.
func changeUses(out *diag.List, before *Config, h *Hub, after *Config) {
	i := slices.IndexFunc(before.Hubs, func(o *Hub) bool { return o.Name == h.Name })
	if i < 0 {
		return
	}
	for _, spoke := range before.Hubs[i].Spokes {
		old := before.Hubs[i].Uses(spoke.Name)
		had := slices.ContainsFunc(old, func(s *Published) bool { return !s.Leaving }) && spoke.Attached()
		if !had || len(h.Uses(spoke.Name)) > 0 || h.spoke(spoke.Name) == nil {
			continue
		}
		names := make([]string, len(old))
		for i, s := range old {
			names[i] = s.Name
		}
		for _, f := range after.written.services {
			if f.service.Name == names[0] {
				f.Into(out).Errorf(file.Change, &f.in.Consumers, fmt.Sprintf("destroy stack %s-uses-%s first (%s)", h.Name, spoke.Name, leavePage),
					"spoke %s uses %s no longer: its stack %s-uses-%s would stay in AWS, with its endpoints", spoke.Name, strings.Join(names, ", "),
					h.Name, spoke.Name)
			}
		}
	}
}
