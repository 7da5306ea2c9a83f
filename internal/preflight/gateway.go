package preflight

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"sharedhub/internal/config"
)

// gateway adds the attachments that the file names, and a Transit Gateway that exists with its tables. Its own account is asked, and,
// where that is not the hub's, each account that it must be shared with.
func (p Plan) gateway(h *config.Hub) {
	own := p.at(h.GatewayAccount(), h.Region)
	for _, m := range membersOf(h) {
		own.Members = append(own.Members, m.attachment)
	}
	id := h.TransitGateway.ID
	if id == "" {
		return
	}
	own.Existing = append(own.Existing, id)
	own.GatewayTables = append(own.GatewayTables, slices.Collect(maps.Values(h.TransitGateway.RouteTables))...)
	if h.GatewayElsewhere() {
		for _, account := range h.GatewayGuests() {
			n := p.at(account, h.Region)
			n.Existing = append(n.Existing, id)
		}
	}
}

// existing compares the Transit Gateways that exist with what the account sees.
func (c *checker) existing() {
	if c.ground.Existing == nil {
		return
	}
	for _, id := range c.needs.Existing {
		owner := c.owner(id)
		switch state, is := c.ground.Existing[id], c.ground.Owners[id]; {
		case state == "" && owner != c.ground.Account:
			c.say(codeExisting, "the account sees no Transit Gateway %s: expected account %s to share it with this one (AWS RAM)", id, owner)
		case state == "":
			c.say(codeExisting, "the account sees no Transit Gateway %s", id)
		case is != "" && is != owner:
			c.say(codeExisting, "Transit Gateway %s is of account %s, expected account %s: write transitGateway: {account: %q} in the hub's file",
				id, is, owner, is)
		case state != "available":
			c.say(codeExisting, "Transit Gateway %s is %s, expected available", id, state)
		}
		if owner == c.ground.Account {
			c.defaults(id)
		}
	}
}

// owner is the account that the configuration says owns a Transit Gateway of the region.
func (c *checker) owner(id string) string {
	for _, h := range c.cfg.Hubs {
		if h.TransitGateway.ID == id && h.Region == c.ground.Region {
			return h.GatewayAccount()
		}
	}
	return c.ground.Account
}

// guests is true for a Transit Gateway to which VPCs of other accounts are attached.
func (c *checker) guests(id string) bool {
	return slices.ContainsFunc(c.cfg.Hubs, func(h *config.Hub) bool {
		return h.TransitGateway.ID == id && len(h.GatewayGuests()) > 0
	})
}

func (c *checker) gatewayTables(h *config.Hub) {
	for _, name := range slices.Sorted(maps.Keys(h.TransitGateway.RouteTables)) {
		id := h.TransitGateway.RouteTables[name]
		t := c.ground.Standing.GatewayTable(id)
		switch {
		case t == nil:
			c.say(codeExisting, "hub %s: expected route table %s for %s, found no such table of a Transit Gateway in the account and region",
				h.Name, id, name)
		case aws.ToString(t.TransitGatewayId) != h.TransitGateway.ID:
			c.say(codeExisting, "hub %s: route table %s for %s is of Transit Gateway %s, expected %s", h.Name, id, name,
				aws.ToString(t.TransitGatewayId), h.TransitGateway.ID)
		case t.State != types.TransitGatewayRouteTableStateAvailable:
			c.say(codeExisting, "hub %s: route table %s for %s is %s, expected available", h.Name, id, name, t.State)
		}
	}
}

// defaults says where a gateway that exists puts each new attachment into tables of its own: EC2 then refuses the association that the
// stacks make, and who is in those tables learns the ranges of the hub and the spokes.
func (c *checker) defaults(gateway string) {
	const off = "run `aws ec2 modify-transit-gateway --transit-gateway-id %s " +
		"--options DefaultRouteTableAssociation=disable,DefaultRouteTablePropagation=disable`; what is attached stays as it is"
	d := c.ground.Defaults[gateway]
	if d.Waits && c.guests(gateway) {
		c.say(codeExistingWaits, "Transit Gateway %s lets attachments of other accounts wait until its owner accepts them: run `aws ec2 "+
			"modify-transit-gateway --transit-gateway-id %s --options AutoAcceptSharedAttachments=enable`", gateway, gateway)
	}
	switch {
	case d.Associates:
		c.say(codeExistingTable, "Transit Gateway %s associates each new attachment with its default table: "+off, gateway, gateway)
	case d.Propagates:
		c.say(codeExistingPropagation, "Transit Gateway %s lets its default table learn the ranges of each new attachment: "+off, gateway,
			gateway)
	}
}
