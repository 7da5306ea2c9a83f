package preflight

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"sharedhub/internal/config"
)

// gateway adds a Transit Gateway that exists, with the tables and attachments of it that the file names. Its own account is asked, and,
// where that is not the hub's, each account that it must be shared with.
func (p Plan) gateway(h *config.Hub) {
	id := h.TransitGateway.ID
	if id == "" {
		return
	}
	own := p.at(h.GatewayAccount(), h.Region)
	own.Existing = append(own.Existing, id)
	own.GatewayTables = append(own.GatewayTables, slices.Collect(maps.Values(h.TransitGateway.RouteTables))...)
	for _, e := range h.External {
		own.Members = append(own.Members, e.Attachment)
	}
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

// members compares attachments that exist with external.
func (c *checker) members(h *config.Hub) {
	for _, e := range h.External {
		a := c.ground.Standing.Member(e.Attachment)
		if a == nil || a.State == types.TransitGatewayAttachmentStateDeleted {
			c.say(codeExistingMember, "external %s: expected attachment %s, found no such attachment to a Transit Gateway of the account", e.Name,
				e.Attachment)
			continue
		}
		for _, p := range []struct{ what, want, have string }{
			{"Transit Gateway", h.TransitGateway.ID, aws.ToString(a.TransitGatewayId)},
			{"kind", e.Kind, string(a.ResourceType)},
			{"account", e.Account, aws.ToString(a.ResourceOwnerId)},
			{"state", "available", string(a.State)},
		} {
			if p.want != "" && p.want != p.have {
				c.say(codeExistingMember, "external %s: expected %s %s of attachment %s, found %s", e.Name, p.what, p.want, e.Attachment, p.have)
			}
		}
		if a.Association != nil && a.Association.State != types.TransitGatewayAssociationStateDisassociated {
			c.associated(h, e, aws.ToString(a.Association.TransitGatewayRouteTableId))
		}
	}
}

// associated says where an attachment uses a table already. What the hub's stack has associated is its own, whether it made the table
// or not.
func (c *checker) associated(h *config.Hub, e config.External, table string) {
	t := c.ground.Standing.GatewayTable(table)
	by := h.Name + "-network"
	if h.GatewayElsewhere() {
		by = h.Name + "-gateway"
	}
	ours := t != nil && c.ours(t.Tags) || table == h.TransitGateway.RouteTables[e.Segment] && c.deployed(by)
	if table == "" || ours {
		return
	}
	c.say(codeExistingTable, "external %s: attachment %s is associated with %s: run `aws ec2 disassociate-transit-gateway-route-table "+
		"--transit-gateway-route-table-id %s --transit-gateway-attachment-id %s`", e.Name, e.Attachment, table, table, e.Attachment)
}
