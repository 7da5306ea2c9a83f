package preflight

import (
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/iam"
	"sharedhub/internal/live"
	"sharedhub/internal/stackname"
)

// existingEndpoints compares the endpoints that exist with what the hubs' files say of them.
func (c *checker) existingEndpoints() {
	if c.ground.ExistingEndpoints == nil {
		return
	}
	for _, h := range c.cfg.Hubs {
		for _, e := range h.Endpoints {
			if e.Existing != nil && slices.Contains(c.needs.Endpoints, e) {
				c.existingEndpoint(h, e)
			}
		}
	}
}

func (c *checker) existingEndpoint(h *config.Hub, e *config.Endpoint) {
	name, id := e.Catalog.Name, e.Existing.ID
	there, ok := c.ground.ExistingEndpoints[id]
	if !ok {
		c.say(codeExistingEndpoint, "the account sees no endpoint %s, which the file names for %s", id, name)
		return
	}
	expect := func(what, want, found string) {
		if want != found && want != "" {
			c.say(codeExistingEndpoint, "%s of %s: expected %s %s, found %q", id, name, what, want, found)
		}
	}
	expect("kind", "Interface", there.Kind)
	expect("service", e.Catalog.ServiceName, there.ServiceName)
	expect("state", "available", there.State)
	expect("VPC", c.vpcOf(h), there.VPC)
	expect("DNS name", strings.ToLower(strings.TrimSuffix(e.Existing.DNSName, ".")), strings.ToLower(there.DNSName))
	expect("hosted zone", e.Existing.HostedZone, there.HostedZone)
	expect("private DNS", onOff(h.HasR53Profile() && e.Catalog.PrivateDNS()), onOff(there.PrivateDNS))
	if !iam.Same(e.Policy.Document, there.Policy) {
		c.say(codeExistingEndpoint, "the policy of %s of %s is not the one that the file says, %s", id, name, e.Policy)
	}
}

// vpcOf is the id of a hub's VPC; "" before there is one.
func (c *checker) vpcOf(h *config.Hub) string {
	if h.Existing != nil {
		return h.Existing.ID
	}
	i := slices.IndexFunc(c.ground.VPCs, func(v live.ExistingVPC) bool {
		return v.Stack == stackname.Network(h.Name) && slices.Contains(v.CIDRs, h.CIDR.String())
	})
	if i < 0 {
		return ""
	}
	return c.ground.VPCs[i].ID
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
