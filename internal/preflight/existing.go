package preflight

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"sharedhub/internal/config"
	"sharedhub/internal/live"
)

// route is one that a stack makes in a route table that exists.
type route struct {
	table string
	to    netip.Prefix
	stack string
}

// standing adds what a hub and its spokes name by id.
func (p Plan) standing(h *config.Hub) {
	p.gateway(h)
	n := p.at(h.Account, h.Region)
	if v := h.Existing; v != nil {
		n.VPCs = append(n.VPCs, v.ID)
	}
	n.Named = append(n.Named, h.ExistingDNS.IDs()...)
	for _, s := range h.Spokes {
		if s.Existing != nil {
			n := p.at(s.Account, h.Region)
			n.VPCs = append(n.VPCs, s.Existing.ID)
		}
	}
}

// standing compares what the configuration names by id with what is there.
func (c *checker) standing() {
	if c.ground.Standing == nil {
		return
	}
	for _, h := range c.cfg.Hubs {
		if h.GatewayAccount() == c.ground.Account && h.Region == c.ground.Region {
			c.gatewayTables(h)
			c.members(h)
		}
		if h.Account == c.ground.Account && h.Region == c.ground.Region {
			if h.Existing != nil {
				c.existingVPC(&declared{"hub " + h.Name, h.Account, h.TransitGateway, h.Existing, []netip.Prefix{h.CIDR}}, c.ground.Standing)
			}
		}
		for _, s := range h.Spokes {
			if s.Existing != nil && s.Account == c.ground.Account && h.Region == c.ground.Region {
				ranges := slices.Concat([]netip.Prefix{s.CIDR}, s.SecondaryCIDRs, s.UnroutedCIDRs)
				c.existingVPC(&declared{"spoke " + s.Name, s.Account, h.TransitGateway, s.Existing, ranges}, c.ground.Standing)
			}
		}
	}
}

// declared is a VPC that exists, as the file of a spoke or a hub declares it.
type declared struct {
	who, account string
	gateway      config.TransitGateway
	*config.ExistingVPC
	ranges []netip.Prefix
}

// deployed is true for a stack of which something is there.
func (c *checker) deployed(stack string) bool {
	return slices.ContainsFunc(c.ground.Stacks, func(s live.StackState) bool {
		return s.Name == stack && s.Status != "ROLLBACK_COMPLETE" && s.Status != "REVIEW_IN_PROGRESS" && s.Status != "DELETE_COMPLETE"
	})
}

// ours is true for what a stack of the configuration made.
func (c *checker) ours(tags []types.Tag) bool { return c.needs.Stacks[live.StackOf(tags)] }

func (c *checker) existingVPC(d *declared, there *live.Standing) {
	id := d.ID
	v := there.VPC(id)
	switch {
	case v == nil:
		c.say(codeExistingVPC, "%s: expected VPC %s, found no such VPC in the account and region", d.who, id)
		return
	case aws.ToString(v.OwnerId) != "" && aws.ToString(v.OwnerId) != d.account:
		c.say(codeExistingVPC, "%s: VPC %s is of account %s, which shares subnets of it; only its owner can attach it", d.who, id,
			aws.ToString(v.OwnerId))
		return
	}
	for _, want := range d.ranges {
		if has := rangesOf(v); !slices.Contains(has, want.String()) {
			c.say(codeExistingVPC, "%s: expected range %s of VPC %s, found %s", d.who, want, id, strings.Join(has, ", "))
		}
	}
	if off := there.DNSOff(id); len(off) > 0 {
		c.say(codeExistingDNS, "%s: VPC %s: expected on, found off: %s", d.who, id, strings.Join(off, " and "))
	}
	for _, n := range d.All() {
		if n.ID != "" {
			c.existingSubnet(d, n, there)
		} else {
			c.free(d, n, there)
		}
	}
	for _, id := range d.RouteTables() {
		c.existingTable(d, id, there)
	}
	c.attachedVPC(d, there)
}

// rangesOf are those that a VPC has, and not those that it had.
func rangesOf(v *types.Vpc) []string {
	var out []string
	for _, a := range v.CidrBlockAssociationSet {
		if a.CidrBlockState == nil || a.CidrBlockState.State == types.VpcCidrBlockStateCodeAssociated {
			out = append(out, aws.ToString(a.CidrBlock))
		}
	}
	return out
}

func (c *checker) existingSubnet(d *declared, want config.ExistingSubnet, there *live.Standing) {
	have := there.Subnet(want.ID)
	if have == nil {
		c.say(codeExistingVPC, "%s: expected subnet %s, found no such subnet in the account and region", d.who, want.ID)
		return
	}
	if of := aws.ToString(have.VpcId); of != d.ID {
		c.say(codeExistingVPC, "%s: %s is a subnet of VPC %s, expected one of %s", d.who, want.ID, of, d.ID)
		return
	}
	for _, p := range []struct{ what, want, have string }{
		{"range", want.CIDR.String(), aws.ToString(have.CidrBlock)},
		{"availability zone", want.AZ.Name, aws.ToString(have.AvailabilityZoneId)},
		{"route table", want.RouteTable, there.TableOf(have)},
	} {
		if p.want != "" && p.want != p.have {
			c.say(codeExistingVPC, "%s: expected %s %s of subnet %s, found %s", d.who, p.what, p.want, want.ID, p.have)
		}
	}
}

// free says what stands in the place of a subnet that is to be made.
func (c *checker) free(d *declared, want config.ExistingSubnet, there *live.Standing) {
	for _, n := range there.Subnets {
		has, err := netip.ParsePrefix(aws.ToString(n.CidrBlock))
		if err == nil && aws.ToString(n.VpcId) == d.ID && has.Overlaps(want.CIDR) && !c.ours(n.Tags) {
			c.say(codeExistingTaken, "%s: the %s subnet %s in %s overlaps %s of subnet %s, which exists", d.who, want.Tier, want.CIDR, want.AZ.Name,
				has, aws.ToString(n.SubnetId))
		}
	}
}

// existingTable looks at a route table that is to get routes.
func (c *checker) existingTable(d *declared, id string, there *live.Standing) {
	t := there.Table(id)
	if t == nil {
		c.say(codeExistingVPC, "%s: expected route table %s, found no such route table in the account and region", d.who, id)
		return
	}
	if of := aws.ToString(t.VpcId); of != d.ID {
		c.say(codeExistingVPC, "%s: %s is a route table of VPC %s, expected one of %s", d.who, id, of, d.ID)
		return
	}
	for _, want := range c.needs.Routes {
		if want.table != id {
			continue
		}
		for _, r := range t.Routes {
			gateway := aws.ToString(r.TransitGatewayId)
			if aws.ToString(r.DestinationCidrBlock) == want.to.String() && (gateway == "" || !c.deployed(want.stack)) {
				c.say(codeExistingTaken, "%s: route table %s has a route to %s already, by %s, and EC2 refuses a second one", d.who, id,
					want.to, live.RouteTarget(r))
			}
		}
	}
}
