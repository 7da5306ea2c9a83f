package preflight

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"sharedhub/internal/config"
	"sharedhub/internal/live"
	"sharedhub/internal/stackname"
)

// member is an attachment that exists: one of external, or that of a VPC that exists.
type member struct {
	who, attachment string
	// table of the gateway that it is to be associated with, by "hub" or segment, and the stack that makes the association.
	table, stack string
	// vpc, kind and account of what is attached; "" for what the file does not say.
	vpc, kind, account string
}

// membersOf are the attachments of a hub that exist: those of external, of the hub's VPC and of spokes.
func membersOf(h *config.Hub) []member {
	stack := stackname.Network(h.Name)
	if h.GatewayElsewhere() {
		stack = stackname.Gateway(h.Name)
	}
	var out []member
	for _, e := range h.External {
		out = append(out, member{"external " + e.Name, e.Attachment, e.Segment, stack, "", e.Kind, e.Account})
	}
	if v := h.Existing; v != nil && v.Attachment != "" {
		out = append(out, member{"hub " + h.Name, v.Attachment, stackname.HubTable, stack, v.ID, "vpc", h.Account})
	}
	for _, s := range h.Spokes {
		if v := s.Existing; v != nil && v.Attachment != "" && s.Attached() {
			out = append(out, member{"spoke " + s.Name, v.Attachment, s.Segment, stackname.Link(h.Name, s.Name), v.ID, "vpc", s.Account})
		}
	}
	return out
}

// members compares them with what the gateway's account says of them.
func (c *checker) members(h *config.Hub) {
	for _, m := range membersOf(h) {
		c.member(h, m)
	}
}

func (c *checker) member(h *config.Hub, m member) {
	a := c.ground.Standing.Member(m.attachment)
	if a == nil || a.State == types.TransitGatewayAttachmentStateDeleted {
		c.say(codeExistingMember, "%s: expected attachment %s, found no such attachment to a Transit Gateway of the account", m.who, m.attachment)
		return
	}
	c.atGateway(h, m, aws.ToString(a.TransitGatewayId))
	for _, p := range []struct{ what, want, have string }{
		{"kind", m.kind, string(a.ResourceType)},
		{"account", m.account, aws.ToString(a.ResourceOwnerId)},
		{"VPC", m.vpc, aws.ToString(a.ResourceId)},
		{"state", "available", string(a.State)},
	} {
		if p.want != "" && p.want != p.have {
			c.say(codeExistingMember, "%s: expected %s %s of attachment %s, found %s", m.who, p.what, p.want, m.attachment, p.have)
		}
	}
	if a.Association != nil && a.Association.State != types.TransitGatewayAssociationStateDisassociated {
		c.associated(h, m, aws.ToString(a.Association.TransitGatewayRouteTableId))
	}
}

// atGateway compares the Transit Gateway of an attachment with the hub's, which the hub's network stack may have made or be about to make.
func (c *checker) atGateway(h *config.Hub, m member, have string) {
	want, maker := h.TransitGateway.ID, stackname.Network(h.Name)
	switch {
	case want != "" && want != have:
		c.say(codeExistingMember, "%s: expected Transit Gateway %s of attachment %s, found %s", m.who, want, m.attachment, have)
	case want != "" || c.ground.Made == nil:
	case c.ground.Made[maker] != "" && c.ground.Made[maker] != have:
		c.say(codeExistingMember, "%s: expected Transit Gateway %s of attachment %s, which stack %s has made, found %s", m.who,
			c.ground.Made[maker], m.attachment, maker, have)
	case !c.deployed(maker):
		c.say(codeExistingMember, "%s: attachment %s is at Transit Gateway %s, and hub %s makes a new one: write transitGateway: {id: %s} in "+
			"the hub's file; or deploy the hub without it, attach to the new gateway, and then write the new attachment", m.who, m.attachment,
			have, h.Name, have)
	}
}

// associated says where an attachment uses a table already. What our stack has associated is its own, whether it made the table or not.
func (c *checker) associated(h *config.Hub, m member, table string) {
	t := c.ground.Standing.GatewayTable(table)
	ours := t != nil && c.ours(t.Tags) || table == h.TransitGateway.RouteTables[m.table] && c.deployed(m.stack)
	if table == "" || ours {
		return
	}
	c.say(codeExistingTable, "%s: attachment %s is associated with %s: run `aws ec2 disassociate-transit-gateway-route-table "+
		"--transit-gateway-route-table-id %s --transit-gateway-attachment-id %s`", m.who, m.attachment, table, table, m.attachment)
}

// attachedVPC compares what attaches a VPC to the gateway with its file: the attachment that it names, or none but that of our stack.
func (c *checker) attachedVPC(d *declared, there *live.Standing) {
	found := false
	for _, a := range there.Attachments {
		id, gateway := aws.ToString(a.TransitGatewayAttachmentId), aws.ToString(a.TransitGatewayId)
		switch {
		case aws.ToString(a.VpcId) != d.ID || gateway != d.gateway.ID:
		case d.Attachment != "" && id == d.Attachment:
			found = true
			c.attachment(d, &a)
		case d.Attachment != "":
			found = true
			c.say(codeExistingMember, "%s: expected VPC %s to be attached to %s by %s, found it attached by %s", d.who, d.ID, gateway,
				d.Attachment, id)
		case !c.ours(a.Tags):
			c.say(codeExistingTaken, "%s: VPC %s is attached to %s already, by %s, and EC2 refuses a second attachment: write attachment: %s "+
				"under vpc, or detach it", d.who, d.ID, gateway, id, id)
		}
	}
	if d.Attachment != "" && !found {
		c.say(codeExistingMember, "%s: expected VPC %s to be attached to %s by %s, found no such attachment of it", d.who, d.ID, d.gateway.ID,
			d.Attachment)
	}
}

// attachment compares one that exists with its file: the subnets, and the options that the proof assumes.
func (c *checker) attachment(d *declared, a *types.TransitGatewayVpcAttachment) {
	var want []string
	for _, n := range d.Transit {
		want = append(want, n.ID)
	}
	have := slices.Sorted(slices.Values(a.SubnetIds))
	slices.Sort(want)
	if !slices.Equal(want, have) {
		c.say(codeExistingMember, "%s: expected attachment %s in subnets %s, found it in %s", d.who, d.Attachment, strings.Join(want, ", "),
			strings.Join(have, ", "))
	}
	if a.Options == nil {
		return
	}
	var change []string
	if a.Options.ApplianceModeSupport == types.ApplianceModeSupportValueEnable {
		change = append(change, "ApplianceModeSupport=disable")
	}
	if a.Options.Ipv6Support == types.Ipv6SupportValueEnable {
		change = append(change, "Ipv6Support=disable")
	}
	if a.Options.SecurityGroupReferencingSupport == types.SecurityGroupReferencingSupportValueDisable && d.gateway.SecurityGroupReferencing {
		change = append(change, "SecurityGroupReferencingSupport=enable")
	}
	if len(change) > 0 {
		c.say(codeExistingMember, "%s: attachment %s has other options than the hub's: run `aws ec2 modify-transit-gateway-vpc-attachment "+
			"--transit-gateway-attachment-id %s --options "+strings.Join(change, ",")+"`", d.who, d.Attachment, d.Attachment)
	}
}
