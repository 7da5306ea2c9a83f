package adopt

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// attached finds the VPC's attachment to the hub's gateway, which the file then names, and says what of it is not as the hub needs it.
func (p *proposer) attached() {
	for _, a := range p.TransitGatewayVpcAttachments {
		gateway, id := aws.ToString(a.TransitGatewayId), aws.ToString(a.TransitGatewayAttachmentId)
		switch {
		case p.Hub.TransitGateway.ID != gateway:
		case len(a.SubnetIds) == 0:
			p.add(codeAttached, id, "the VPC is attached to %s by %s, and the answers do not say in which subnets", gateway, id)
		default:
			p.attachment = &a
			p.add(codeAttachment, id, "the VPC is attached to %s by %s", gateway, id)
			p.options(a, id)
		}
	}
}

// options says which the attachment has that those of the hub's stacks have not.
func (p *proposer) options(a types.TransitGatewayVpcAttachment, id string) {
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
	if len(change) > 0 {
		p.add(codeAttached, id, "%s has appliance mode or IPv6 on: run `aws ec2 modify-transit-gateway-vpc-attachment "+
			"--transit-gateway-attachment-id %s --options %s`", id, id, strings.Join(change, ","))
	}
}

// holds is true for a subnet of the attachment that the file names.
func (p *proposer) holds(subnet string) bool {
	return p.attachment != nil && slices.Contains(p.attachment.SubnetIds, subnet)
}

// reaches is false for a zone from which the attachment that the file names takes no packets.
func (p *proposer) reaches(zone string) bool {
	return p.attachment == nil || slices.ContainsFunc(p.Subnets, func(s types.Subnet) bool {
		return p.holds(aws.ToString(s.SubnetId)) && aws.ToString(s.AvailabilityZoneId) == zone
	})
}

// attachedIn are the subnets of the attachment that the file names.
func (p *proposer) attachedIn() []transitSubnet {
	var out []transitSubnet
	for _, s := range p.Subnets {
		if c, err := netip.ParsePrefix(aws.ToString(s.CidrBlock)); err == nil && p.holds(aws.ToString(s.SubnetId)) {
			out = append(out, transitSubnet{aws.ToString(s.SubnetId), aws.ToString(s.AvailabilityZoneId), c})
		}
	}
	return sorted(out)
}
