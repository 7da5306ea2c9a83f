package live

import (
	"cmp"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Standing is what an account holds that a configuration names by id, in EC2's words: VPCs and what is in them, and what is attached to
// Transit Gateways.
type Standing struct {
	// DNS says of each VPC that was asked for whether its two attributes are on.
	DNS map[string]VPCDNS
	// VPCs of the account, with all subnets, route tables and attachments of the account.
	VPCs        []types.Vpc
	Subnets     []types.Subnet
	Tables      []types.RouteTable
	Attachments []types.TransitGatewayVpcAttachment
	// Members are what is attached to the account's gateways, whatever it is, of those asked for; GatewayTables likewise.
	Members       []types.TransitGatewayAttachment
	GatewayTables []types.TransitGatewayRouteTable
}

// VPCDNS are a VPC's DNS attributes.
type VPCDNS struct{ Support, Names bool }

// StackOf is the stack that made a part, by CloudFormation's tag; "" where none did.
func StackOf(tags []types.Tag) string { return ec2Tags(tags)[stackTag] }

// standingActions are what standing calls.
var standingActions = []string{"ec2:DescribeRouteTables", "ec2:DescribeSubnets", "ec2:DescribeTransitGatewayAttachments",
	"ec2:DescribeTransitGatewayRouteTables", "ec2:DescribeTransitGatewayVpcAttachments", "ec2:DescribeVpcAttribute"}

// standing reads what the configuration names by id. Lists are read whole: a filter by an id would not tell whose subnet another is.
func (v *surveyor) standing() {
	if len(v.ask.VPCs)+len(v.ask.Members)+len(v.ask.GatewayTables) == 0 {
		return
	}
	s, read := &Standing{DNS: map[string]VPCDNS{}}, true
	if len(v.ask.VPCs) > 0 {
		if v.vpcsRead == nil {
			return
		}
		s.VPCs = *v.vpcsRead
		read = v.standingVPCs(s)
	}
	filter := func(name string, ids []string) []types.Filter { return []types.Filter{{Name: &name, Values: ids}} }
	if len(v.ask.Members) > 0 {
		input := &ec2.DescribeTransitGatewayAttachmentsInput{Filters: filter("transit-gateway-attachment-id", v.ask.Members)}
		read = surveyed(v, "ec2:DescribeTransitGatewayAttachments", ec2.NewDescribeTransitGatewayAttachmentsPaginator(v.ec2, input),
			func(o *ec2.DescribeTransitGatewayAttachmentsOutput) {
				s.Members = append(s.Members, o.TransitGatewayAttachments...)
			}) && read
	}
	if len(v.ask.Members)+len(v.ask.GatewayTables) > 0 {
		// All of them: an attachment may be associated with one that the configuration does not name.
		input := &ec2.DescribeTransitGatewayRouteTablesInput{}
		read = surveyed(v, "ec2:DescribeTransitGatewayRouteTables", ec2.NewDescribeTransitGatewayRouteTablesPaginator(v.ec2, input),
			func(o *ec2.DescribeTransitGatewayRouteTablesOutput) {
				s.GatewayTables = append(s.GatewayTables, o.TransitGatewayRouteTables...)
			}) && read
	}
	if read {
		v.ground.Standing = s
	}
}

func (v *surveyor) standingVPCs(s *Standing) bool {
	read := surveyed(v, "ec2:DescribeSubnets", ec2.NewDescribeSubnetsPaginator(v.ec2, &ec2.DescribeSubnetsInput{}),
		func(o *ec2.DescribeSubnetsOutput) { s.Subnets = append(s.Subnets, o.Subnets...) })
	read = surveyed(v, "ec2:DescribeRouteTables", ec2.NewDescribeRouteTablesPaginator(v.ec2, &ec2.DescribeRouteTablesInput{}),
		func(o *ec2.DescribeRouteTablesOutput) { s.Tables = append(s.Tables, o.RouteTables...) }) && read
	read = surveyed(v, "ec2:DescribeTransitGatewayVpcAttachments",
		ec2.NewDescribeTransitGatewayVpcAttachmentsPaginator(v.ec2, &ec2.DescribeTransitGatewayVpcAttachmentsInput{}),
		func(o *ec2.DescribeTransitGatewayVpcAttachmentsOutput) {
			for _, a := range o.TransitGatewayVpcAttachments {
				if attached(a.State) {
					s.Attachments = append(s.Attachments, a)
				}
			}
		}) && read
	for _, c := range s.VPCs {
		id := aws.ToString(c.VpcId)
		if !read || !slices.Contains(v.ask.VPCs, id) {
			continue
		}
		var dns VPCDNS
		for name, on := range map[types.VpcAttributeName]*bool{types.VpcAttributeNameEnableDnsSupport: &dns.Support,
			types.VpcAttributeNameEnableDnsHostnames: &dns.Names} {
			o, err := v.ec2.DescribeVpcAttribute(v.ctx, &ec2.DescribeVpcAttributeInput{VpcId: &id, Attribute: name})
			if v.failed(err, "ec2:DescribeVpcAttribute") {
				return false
			}
			value := o.EnableDnsSupport
			if name == types.VpcAttributeNameEnableDnsHostnames {
				value = o.EnableDnsHostnames
			}
			*on = value != nil && aws.ToBool(value.Value)
		}
		s.DNS[id] = dns
	}
	return read
}

// Subnet finds a subnet; nil where the account has none of the id. Table likewise, and the others.
func (s *Standing) Subnet(id string) *types.Subnet {
	return by(s.Subnets, func(n *types.Subnet) bool { return aws.ToString(n.SubnetId) == id })
}

// Table finds a route table.
func (s *Standing) Table(id string) *types.RouteTable {
	return by(s.Tables, func(t *types.RouteTable) bool { return aws.ToString(t.RouteTableId) == id })
}

// VPC finds a VPC.
func (s *Standing) VPC(id string) *types.Vpc {
	return by(s.VPCs, func(v *types.Vpc) bool { return aws.ToString(v.VpcId) == id })
}

// Member finds an attachment to a gateway of the account.
func (s *Standing) Member(id string) *types.TransitGatewayAttachment {
	return by(s.Members, func(a *types.TransitGatewayAttachment) bool { return aws.ToString(a.TransitGatewayAttachmentId) == id })
}

// GatewayTable finds a route table of a gateway of the account.
func (s *Standing) GatewayTable(id string) *types.TransitGatewayRouteTable {
	return by(s.GatewayTables, func(t *types.TransitGatewayRouteTable) bool { return aws.ToString(t.TransitGatewayRouteTableId) == id })
}

func by[T any](list []T, is func(*T) bool) *T {
	for i := range list {
		if is(&list[i]) {
			return &list[i]
		}
	}
	return nil
}

// TableOf is the route table that serves a subnet: the one that it is associated with, or its VPC's main one. It is "" where the answers
// do not say.
func (s *Standing) TableOf(n *types.Subnet) string {
	main := ""
	for _, t := range s.Tables {
		for _, a := range t.Associations {
			switch {
			case aws.ToString(a.SubnetId) == aws.ToString(n.SubnetId):
				return aws.ToString(t.RouteTableId)
			case aws.ToBool(a.Main) && aws.ToString(t.VpcId) == aws.ToString(n.VpcId):
				main = aws.ToString(t.RouteTableId)
			}
		}
	}
	return main
}

// RouteTarget is what a route leads to, by id.
func RouteTarget(r types.Route) string {
	return cmp.Or(aws.ToString(r.TransitGatewayId), aws.ToString(r.NatGatewayId), aws.ToString(r.VpcPeeringConnectionId),
		aws.ToString(r.GatewayId), aws.ToString(r.NetworkInterfaceId), "a target of another kind")
}

// DNSOff are the attributes of a VPC that are off, sorted, in words; nil where nobody asked.
func (s *Standing) DNSOff(vpc string) []string {
	d, asked := s.DNS[vpc]
	off := map[string]bool{}
	if asked && !d.Support {
		off["DNS support"] = true
	}
	if asked && !d.Names {
		off["DNS host names"] = true
	}
	return slices.Sorted(maps.Keys(off))
}
