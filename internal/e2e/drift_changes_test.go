package e2e

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/ram"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53 "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/route53profiles"
)

// byHand is a change by hand, and the kind of difference under which verify tells it; "proof: name" is a finding of the
// proof, with its code, for what is a difference only where it breaks something. It names the stack too, and undoes itself.
type byHand struct {
	name, kind, stack string
	do                func(*hand) (undo func())
}

var zonedDrifts = []byHand{
	{"a deleted route", "route-missing", "zoned-spoke-far", func(h *hand) func() {
		t, _ := private(h.farVPC)
		_, err := h.far.DeleteRoute(h.ctx, &ec2.DeleteRouteInput{RouteTableId: &t.ID, DestinationCidrBlock: aws.String("10.0.0.0/20")})
		h.must(err)
		return func() {
			_, err := h.far.CreateRoute(h.ctx, &ec2.CreateRouteInput{
				RouteTableId: &t.ID, DestinationCidrBlock: aws.String("10.0.0.0/20"), TransitGatewayId: &h.attachmentOf(h.farVPC).TransitGateway,
			})
			h.must(err)
		}
	}},
	{"a way to the internet", "route-extra", "zoned-spoke-far", func(h *hand) func() {
		t, _ := private(h.farVPC)
		g := do2(h.far.CreateInternetGateway(h.ctx, &ec2.CreateInternetGatewayInput{}))(h).InternetGateway.InternetGatewayId
		do2(h.far.AttachInternetGateway(h.ctx, &ec2.AttachInternetGatewayInput{InternetGatewayId: g, VpcId: &h.farVPC.ID}))(h)
		do2(h.far.CreateRoute(h.ctx, &ec2.CreateRouteInput{RouteTableId: &t.ID, DestinationCidrBlock: aws.String("0.0.0.0/0"), GatewayId: g}))(h)
		return func() {
			do2(h.far.DeleteRoute(h.ctx, &ec2.DeleteRouteInput{RouteTableId: &t.ID, DestinationCidrBlock: aws.String("0.0.0.0/0")}))(h)
			do2(h.far.DetachInternetGateway(h.ctx, &ec2.DetachInternetGatewayInput{InternetGatewayId: g, VpcId: &h.farVPC.ID}))(h)
			do2(h.far.DeleteInternetGateway(h.ctx, &ec2.DeleteInternetGatewayInput{InternetGatewayId: g}))(h)
		}
	}},
	{"an internet gateway", "internet-gateway", "zoned-spoke-near", func(h *hand) func() {
		g := do2(h.near.CreateInternetGateway(h.ctx, &ec2.CreateInternetGatewayInput{}))(h).InternetGateway.InternetGatewayId
		do2(h.near.AttachInternetGateway(h.ctx, &ec2.AttachInternetGatewayInput{InternetGatewayId: g, VpcId: &h.nearVPC.ID}))(h)
		return func() {
			do2(h.near.DetachInternetGateway(h.ctx, &ec2.DetachInternetGatewayInput{InternetGatewayId: g, VpcId: &h.nearVPC.ID}))(h)
			do2(h.near.DeleteInternetGateway(h.ctx, &ec2.DeleteInternetGatewayInput{InternetGatewayId: g}))(h)
		}
	}},
	{"a route to another target", "route-changed", "zoned-spoke-far", func(h *hand) func() {
		t, s := private(h.farVPC)
		eni := do2(h.far.CreateNetworkInterface(h.ctx, &ec2.CreateNetworkInterfaceInput{SubnetId: &s.ID}))(h).NetworkInterface.NetworkInterfaceId
		gateway := h.attachmentOf(h.farVPC).TransitGateway
		do2(h.far.DeleteRoute(h.ctx, &ec2.DeleteRouteInput{RouteTableId: &t.ID, DestinationCidrBlock: aws.String("10.0.0.0/20")}))(h)
		do2(h.far.CreateRoute(h.ctx, &ec2.CreateRouteInput{RouteTableId: &t.ID, DestinationCidrBlock: aws.String("10.0.0.0/20"),
			NetworkInterfaceId: eni}))(h)
		return func() {
			do2(h.far.DeleteRoute(h.ctx, &ec2.DeleteRouteInput{RouteTableId: &t.ID, DestinationCidrBlock: aws.String("10.0.0.0/20")}))(h)
			do2(h.far.CreateRoute(h.ctx, &ec2.CreateRouteInput{RouteTableId: &t.ID, DestinationCidrBlock: aws.String("10.0.0.0/20"),
				TransitGatewayId: &gateway}))(h)
			do2(h.far.DeleteNetworkInterface(h.ctx, &ec2.DeleteNetworkInterfaceInput{NetworkInterfaceId: eni}))(h)
		}
	}},
	{"a subnet without its route table", "subnet-table", "zoned-spoke-far", func(h *hand) func() {
		t, s := private(h.farVPC)
		l := do2(h.far.DescribeRouteTables(h.ctx, &ec2.DescribeRouteTablesInput{RouteTableIds: []string{t.ID}}))(h)
		for _, a := range l.RouteTables[0].Associations {
			if aws.ToString(a.SubnetId) == s.ID {
				do2(h.far.DisassociateRouteTable(h.ctx, &ec2.DisassociateRouteTableInput{AssociationId: a.RouteTableAssociationId}))(h)
			}
		}
		return func() {
			do2(h.far.AssociateRouteTable(h.ctx, &ec2.AssociateRouteTableInput{RouteTableId: &t.ID, SubnetId: &s.ID}))(h)
		}
	}},
	{"a network ACL that refuses", "subnet-acl", "zoned-spoke-far", func(h *hand) func() {
		l := do2(h.far.DescribeNetworkAcls(h.ctx,
			&ec2.DescribeNetworkAclsInput{Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: []string{h.farVPC.ID}}}}))(h)
		id := l.NetworkAcls[0].NetworkAclId
		do2(h.far.CreateNetworkAclEntry(h.ctx, &ec2.CreateNetworkAclEntryInput{NetworkAclId: id, Egress: aws.Bool(true),
			RuleNumber: aws.Int32(50), Protocol: aws.String("-1"), RuleAction: types.RuleActionDeny, CidrBlock: aws.String("10.0.0.0/20")}))(h)
		return func() {
			do2(h.far.DeleteNetworkAclEntry(h.ctx, &ec2.DeleteNetworkAclEntryInput{NetworkAclId: id, Egress: aws.Bool(true),
				RuleNumber: aws.Int32(50)}))(h)
		}
	}},
	{"DNS host names off", "vpc-dns", "zoned-spoke-far", func(h *hand) func() {
		set := func(on bool) {
			do2(h.far.ModifyVpcAttribute(h.ctx, &ec2.ModifyVpcAttributeInput{VpcId: &h.farVPC.ID,
				EnableDnsHostnames: &types.AttributeBooleanValue{Value: &on}}))(h)
		}
		set(false)
		return func() { set(true) }
	}},
	{"DNS support off", "vpc-dns", "zoned-network", func(h *hand) func() {
		set := func(on bool) {
			do2(h.near.ModifyVpcAttribute(h.ctx, &ec2.ModifyVpcAttributeInput{VpcId: &h.hub.ID,
				EnableDnsSupport: &types.AttributeBooleanValue{Value: &on}}))(h)
		}
		set(false)
		return func() { set(true) }
	}},
	{"another name server", "vpc-dns", "zoned-spoke-far", func(h *hand) func() {
		set := func(id string) {
			do2(h.far.AssociateDhcpOptions(h.ctx, &ec2.AssociateDhcpOptionsInput{VpcId: &h.farVPC.ID, DhcpOptionsId: &id}))(h)
		}
		before := do2(h.far.DescribeVpcs(h.ctx, &ec2.DescribeVpcsInput{VpcIds: []string{h.farVPC.ID}}))(h).Vpcs[0].DhcpOptionsId
		made := do2(h.far.CreateDhcpOptions(h.ctx,
			&ec2.CreateDhcpOptionsInput{DhcpConfigurations: []types.NewDhcpConfiguration{{Key: aws.String("domain-name-servers"),
				Values: []string{"10.200.0.2"}}}}))(h)
		set(*made.DhcpOptions.DhcpOptionsId)
		return func() {
			set(cmp.Or(aws.ToString(before), "default"))
			do2(h.far.DeleteDhcpOptions(h.ctx, &ec2.DeleteDhcpOptionsInput{DhcpOptionsId: made.DhcpOptions.DhcpOptionsId}))(h)
		}
	}},
	{"a Resolver rule that takes a name away", "proof: name", "zoned-spoke-far", func(h *hand) func() {
		return h.forward("sts." + hubRegion + ".amazonaws.com")
	}},
	{"DNS Firewall that blocks a name", "proof: name", "zoned-spoke-far", func(h *hand) func() {
		return h.block("sts." + hubRegion + ".amazonaws.com")
	}},
	{"a Resolver endpoint for questions from outside", "proof: way", "zoned-spoke-far", func(h *hand) func() { return h.inbound() }},
	{"a rule that admits a prefix list with everybody", "proof: rule", "zoned-endpoints", func(h *hand) func() {
		return h.listed("0.0.0.0/0")
	}},
	{"a rule that admits a prefix list", "rule-extra", "zoned-endpoints", func(h *hand) func() { return h.listed("10.16.0.0/12") }},
	{"a peering connection", "peering", "zoned-spoke-far", func(h *hand) func() {
		v := do2(h.far.CreateVpc(h.ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.80.0.0/24")}))(h).Vpc.VpcId
		p := do2(h.far.CreateVpcPeeringConnection(h.ctx, &ec2.CreateVpcPeeringConnectionInput{VpcId: &h.farVPC.ID,
			PeerVpcId: v}))(h).VpcPeeringConnection.VpcPeeringConnectionId
		do2(h.far.AcceptVpcPeeringConnection(h.ctx, &ec2.AcceptVpcPeeringConnectionInput{VpcPeeringConnectionId: p}))(h)
		return func() {
			do2(h.far.DeleteVpcPeeringConnection(h.ctx, &ec2.DeleteVpcPeeringConnectionInput{VpcPeeringConnectionId: p}))(h)
			do2(h.far.DeleteVpc(h.ctx, &ec2.DeleteVpcInput{VpcId: v}))(h)
		}
	}},
	{"a further range", "vpc-range", "zoned-spoke-far", func(h *hand) func() {
		a := do2(h.far.AssociateVpcCidrBlock(h.ctx, &ec2.AssociateVpcCidrBlockInput{VpcId: &h.farVPC.ID,
			CidrBlock: aws.String("10.99.0.0/24")}))(h)
		return func() {
			do2(h.far.DisassociateVpcCidrBlock(h.ctx, &ec2.DisassociateVpcCidrBlockInput{AssociationId: a.CidrBlockAssociation.AssociationId}))(h)
		}
	}},
	{"a further subnet", "subnet", "zoned-spoke-far", func(h *hand) func() {
		s := do2(h.far.CreateSubnet(h.ctx, &ec2.CreateSubnetInput{VpcId: &h.farVPC.ID, CidrBlock: aws.String("10.32.3.0/28"),
			AvailabilityZone: aws.String("us-east-1a")}))(h)
		return func() { do2(h.far.DeleteSubnet(h.ctx, &ec2.DeleteSubnetInput{SubnetId: s.Subnet.SubnetId}))(h) }
	}},
	{"no flow log", "flow-log", "zoned-network", func(h *hand) func() {
		l := do2(h.near.DescribeFlowLogs(h.ctx,
			&ec2.DescribeFlowLogsInput{Filter: []types.Filter{{Name: aws.String("resource-id"), Values: []string{h.hub.ID}}}}))(h).FlowLogs[0]
		do2(h.near.DeleteFlowLogs(h.ctx, &ec2.DeleteFlowLogsInput{FlowLogIds: []string{*l.FlowLogId}}))(h)
		return func() {
			do2(h.near.CreateFlowLogs(h.ctx, &ec2.CreateFlowLogsInput{ResourceIds: []string{h.hub.ID}, ResourceType: types.FlowLogsResourceTypeVpc,
				TrafficType: l.TrafficType, LogDestinationType: l.LogDestinationType, LogDestination: l.LogDestination,
				DeliverLogsPermissionArn: l.DeliverLogsPermissionArn}))(h)
		}
	}},
	{"flow logs kept for a day", "flow-log", "zoned-network", func(h *hand) func() {
		l := do2(h.near.DescribeFlowLogs(h.ctx,
			&ec2.DescribeFlowLogsInput{Filter: []types.Filter{{Name: aws.String("resource-id"), Values: []string{h.hub.ID}}}}))(h).FlowLogs[0]
		_, name, _ := strings.Cut(aws.ToString(l.LogDestination), ":log-group:")
		name = strings.TrimSuffix(name, ":*")
		logs := cloudwatchlogs.NewFromConfig(sdk(h.t, hubAccount, hubRegion))
		set := func(days int32) {
			do2(logs.PutRetentionPolicy(h.ctx, &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: &name, RetentionInDays: &days}))(h)
		}
		set(1)
		return func() { set(30) }
	}},
	{"an attachment without a table", "association", "zoned-link-far", func(h *hand) func() {
		a := h.attachmentOf(h.farVPC)
		t := a.Associated[0]
		do2(h.near.DisassociateTransitGatewayRouteTable(h.ctx, &ec2.DisassociateTransitGatewayRouteTableInput{TransitGatewayAttachmentId: &a.ID,
			TransitGatewayRouteTableId: &t.ID}))(h)
		return func() {
			do2(h.near.AssociateTransitGatewayRouteTable(h.ctx, &ec2.AssociateTransitGatewayRouteTableInput{TransitGatewayAttachmentId: &a.ID,
				TransitGatewayRouteTableId: &t.ID}))(h)
		}
	}},
	{"an attachment in another segment's table", "association", "zoned-link-far", func(h *hand) func() {
		a, prod := h.attachmentOf(h.farVPC), h.tableNamed("/prod")
		dev := a.Associated[0]
		move := func(from, to string) {
			do2(h.near.DisassociateTransitGatewayRouteTable(h.ctx,
				&ec2.DisassociateTransitGatewayRouteTableInput{TransitGatewayAttachmentId: &a.ID, TransitGatewayRouteTableId: &from}))(h)
			do2(h.near.AssociateTransitGatewayRouteTable(h.ctx, &ec2.AssociateTransitGatewayRouteTableInput{TransitGatewayAttachmentId: &a.ID,
				TransitGatewayRouteTableId: &to}))(h)
		}
		move(dev.ID, prod.ID)
		return func() { move(prod.ID, dev.ID) }
	}},
	{"a propagation switched off", "propagation-missing", "zoned-link-near", func(h *hand) func() {
		a, t := h.attachmentOf(h.nearVPC), h.tableNamed("/hub")
		do2(h.near.DisableTransitGatewayRouteTablePropagation(h.ctx,
			&ec2.DisableTransitGatewayRouteTablePropagationInput{TransitGatewayAttachmentId: &a.ID, TransitGatewayRouteTableId: &t.ID}))(h)
		return func() {
			do2(h.near.EnableTransitGatewayRouteTablePropagation(h.ctx,
				&ec2.EnableTransitGatewayRouteTablePropagationInput{TransitGatewayAttachmentId: &a.ID, TransitGatewayRouteTableId: &t.ID}))(h)
		}
	}},
	{"a propagation between segments", "propagation-extra", "zoned-network", func(h *hand) func() {
		a, t := h.attachmentOf(h.farVPC), h.tableNamed("/prod")
		do2(h.near.EnableTransitGatewayRouteTablePropagation(h.ctx,
			&ec2.EnableTransitGatewayRouteTablePropagationInput{TransitGatewayAttachmentId: &a.ID, TransitGatewayRouteTableId: &t.ID}))(h)
		return func() {
			do2(h.near.DisableTransitGatewayRouteTablePropagation(h.ctx,
				&ec2.DisableTransitGatewayRouteTablePropagationInput{TransitGatewayAttachmentId: &a.ID, TransitGatewayRouteTableId: &t.ID}))(h)
		}
	}},
	{"a blackhole in the hub's table", "gateway-route", "zoned-network", func(h *hand) func() {
		t := h.tableNamed("/hub")
		do2(h.near.CreateTransitGatewayRoute(h.ctx, &ec2.CreateTransitGatewayRouteInput{TransitGatewayRouteTableId: &t.ID,
			DestinationCidrBlock: aws.String("10.32.0.128/25"), Blackhole: aws.Bool(true)}))(h)
		return func() {
			do2(h.near.DeleteTransitGatewayRoute(h.ctx, &ec2.DeleteTransitGatewayRouteInput{TransitGatewayRouteTableId: &t.ID,
				DestinationCidrBlock: aws.String("10.32.0.128/25")}))(h)
		}
	}},
	{"a further table of the gateway", "gateway-table", "zoned-network", func(h *hand) func() {
		t := do2(h.near.CreateTransitGatewayRouteTable(h.ctx,
			&ec2.CreateTransitGatewayRouteTableInput{TransitGatewayId: &h.attachmentOf(h.hub).TransitGateway}))(h)
		return func() {
			do2(h.near.DeleteTransitGatewayRouteTable(h.ctx,
				&ec2.DeleteTransitGatewayRouteTableInput{TransitGatewayRouteTableId: t.TransitGatewayRouteTable.TransitGatewayRouteTableId}))(h)
		}
	}},
	{"a stranger attached", "attachment-extra", "zoned-network", func(h *hand) func() {
		v := do2(h.far.CreateVpc(h.ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.77.0.0/24")}))(h).Vpc.VpcId
		s := do2(h.far.CreateSubnet(h.ctx, &ec2.CreateSubnetInput{VpcId: v, CidrBlock: aws.String("10.77.0.0/28")}))(h).Subnet.SubnetId
		a := do2(h.far.CreateTransitGatewayVpcAttachment(h.ctx,
			&ec2.CreateTransitGatewayVpcAttachmentInput{TransitGatewayId: &h.attachmentOf(h.hub).TransitGateway, VpcId: v,
				SubnetIds: []string{*s}}))(h)
		return func() {
			do2(h.far.DeleteTransitGatewayVpcAttachment(h.ctx,
				&ec2.DeleteTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: a.TransitGatewayVpcAttachment.TransitGatewayAttachmentId}))(h)
			do2(h.far.DeleteSubnet(h.ctx, &ec2.DeleteSubnetInput{SubnetId: s}))(h)
			do2(h.far.DeleteVpc(h.ctx, &ec2.DeleteVpcInput{VpcId: v}))(h)
		}
	}},
	{"an attachment with a subnet less", "attachment-subnets", "zoned-spoke-far", func(h *hand) func() {
		a := h.attachmentOf(h.farVPC)
		do2(h.far.ModifyTransitGatewayVpcAttachment(h.ctx, &ec2.ModifyTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: &a.ID,
			RemoveSubnetIds: []string{a.Subnets[0].ID}}))(h)
		return func() {
			do2(h.far.ModifyTransitGatewayVpcAttachment(h.ctx, &ec2.ModifyTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: &a.ID,
				AddSubnetIds: []string{a.Subnets[0].ID}}))(h)
		}
	}},
	{"default propagation on", "gateway-options", "zoned-network", func(h *hand) func() {
		id, hubTable := h.attachmentOf(h.hub).TransitGateway, h.tableNamed("/hub").ID
		do2(h.near.ModifyTransitGateway(h.ctx, &ec2.ModifyTransitGatewayInput{TransitGatewayId: &id,
			Options: &types.ModifyTransitGatewayOptions{DefaultRouteTablePropagation: types.DefaultRouteTablePropagationValueEnable,
				PropagationDefaultRouteTableId: &hubTable}}))(h)
		return func() {
			do2(h.near.ModifyTransitGateway(h.ctx, &ec2.ModifyTransitGatewayInput{TransitGatewayId: &id,
				Options: &types.ModifyTransitGatewayOptions{DefaultRouteTablePropagation: types.DefaultRouteTablePropagationValueDisable}}))(h)
		}
	}},
	{"an open endpoint policy", "endpoint-policy", "zoned-endpoints", func(h *hand) func() {
		e := h.endpoint(h.hub, "sts")
		set := func(doc string) {
			do2(h.near.ModifyVpcEndpoint(h.ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: &e.ID, PolicyDocument: &doc}))(h)
		}
		set(`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`)
		return func() { b, _ := json.Marshal(e.Policy); set(string(b)) }
	}},
	{"an endpoint out of a zone", "endpoint-subnets", "zoned-endpoints", func(h *hand) func() {
		e := h.endpoint(h.hub, "sts")
		do2(h.near.ModifyVpcEndpoint(h.ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: &e.ID, RemoveSubnetIds: []string{e.Subnets[0].ID}}))(h)
		return func() {
			do2(h.near.ModifyVpcEndpoint(h.ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: &e.ID, AddSubnetIds: []string{e.Subnets[0].ID}}))(h)
		}
	}},
	{"an endpoint with a further security group", "endpoint-groups", "zoned-endpoints", func(h *hand) func() {
		e := h.endpoint(h.hub, "sts")
		l := do2(h.near.DescribeSecurityGroups(h.ctx,
			&ec2.DescribeSecurityGroupsInput{Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: []string{h.hub.ID}},
				{Name: aws.String("group-name"), Values: []string{"default"}}}}))(h)
		do2(h.near.ModifyVpcEndpoint(h.ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: &e.ID,
			AddSecurityGroupIds: []string{*l.SecurityGroups[0].GroupId}}))(h)
		return func() {
			do2(h.near.ModifyVpcEndpoint(h.ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: &e.ID,
				RemoveSecurityGroupIds: []string{*l.SecurityGroups[0].GroupId}}))(h)
		}
	}},
	{"a gateway endpoint without a table", "endpoint-tables", "zoned-spoke-far", func(h *hand) func() {
		e := h.endpoint(h.farVPC, "s3")
		do2(h.far.ModifyVpcEndpoint(h.ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: &e.ID, RemoveRouteTableIds: []string{e.Tables[0].ID}}))(h)
		return func() {
			do2(h.far.ModifyVpcEndpoint(h.ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: &e.ID, AddRouteTableIds: []string{e.Tables[0].ID}}))(h)
		}
	}},
	{"an endpoint of a spoke's own", "endpoint-extra", "zoned-spoke-far", func(h *hand) func() {
		_, s := private(h.farVPC)
		e := do2(h.far.CreateVpcEndpoint(h.ctx, &ec2.CreateVpcEndpointInput{VpcId: &h.farVPC.ID,
			ServiceName: aws.String("com.amazonaws.us-east-1.kms"), VpcEndpointType: types.VpcEndpointTypeInterface, SubnetIds: []string{s.ID}}))(h)
		return func() {
			do2(h.far.DeleteVpcEndpoints(h.ctx, &ec2.DeleteVpcEndpointsInput{VpcEndpointIds: []string{*e.VpcEndpoint.VpcEndpointId}}))(h)
		}
	}},
	{"a rule for everybody", "rule-extra", "zoned-endpoints", func(h *hand) func() {
		g := h.endpoint(h.hub, "sts").Groups[0]
		rule := []types.IpPermission{
			{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(443), ToPort: aws.Int32(443),
				IpRanges: []types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}}},
		}
		do2(h.near.AuthorizeSecurityGroupIngress(h.ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &g.ID, IpPermissions: rule}))(h)
		return func() {
			do2(h.near.RevokeSecurityGroupIngress(h.ctx, &ec2.RevokeSecurityGroupIngressInput{GroupId: &g.ID, IpPermissions: rule}))(h)
		}
	}},
	{"a revoked rule", "rule-missing", "zoned-endpoints", func(h *hand) func() {
		g := h.endpoint(h.hub, "sts").Groups[0]
		rule := []types.IpPermission{
			{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(443), ToPort: aws.Int32(443),
				IpRanges: []types.IpRange{{CidrIp: aws.String("10.16.0.0/12")}}},
		}
		do2(h.near.RevokeSecurityGroupIngress(h.ctx, &ec2.RevokeSecurityGroupIngressInput{GroupId: &g.ID, IpPermissions: rule}))(h)
		return func() {
			do2(h.near.AuthorizeSecurityGroupIngress(h.ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &g.ID, IpPermissions: rule}))(h)
		}
	}},
	{"a zone that shadows a name", "zone-extra", "zoned-spoke-far", func(h *hand) func() {
		z := do2(h.names.CreateHostedZone(h.ctx, &route53.CreateHostedZoneInput{Name: aws.String("evil.sts.us-east-1.amazonaws.com"),
			CallerReference: aws.String(fmt.Sprint(time.Now().UnixNano())), HostedZoneConfig: &r53.HostedZoneConfig{PrivateZone: true},
			VPC: &r53.VPC{VPCId: &h.farVPC.ID, VPCRegion: r53.VPCRegion(hubRegion)}}))(h)
		return func() { do2(h.names.DeleteHostedZone(h.ctx, &route53.DeleteHostedZoneInput{Id: z.HostedZone.Id}))(h) }
	}},
	{"a zone that lost a VPC", "zone-vpc-missing", "zoned-dns-" + farAccount, func(h *hand) func() {
		z, at := h.zone(farAccount, "sts.us-east-1.amazonaws.com"), &r53.VPC{VPCId: &h.farVPC.ID, VPCRegion: r53.VPCRegion(hubRegion)}
		do2(h.names.DisassociateVPCFromHostedZone(h.ctx, &route53.DisassociateVPCFromHostedZoneInput{HostedZoneId: &z.ID, VPC: at}))(h)
		return func() {
			do2(h.names.AssociateVPCWithHostedZone(h.ctx, &route53.AssociateVPCWithHostedZoneInput{HostedZoneId: &z.ID, VPC: at}))(h)
		}
	}},
	{"a zone that serves a stranger", "zone-vpc-extra", "zoned-dns-" + farAccount, func(h *hand) func() {
		z := h.zone(farAccount, "sts.us-east-1.amazonaws.com")
		v := do2(h.far.CreateVpc(h.ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.78.0.0/24")}))(h).Vpc.VpcId
		at := &r53.VPC{VPCId: v, VPCRegion: r53.VPCRegion(hubRegion)}
		do2(h.names.AssociateVPCWithHostedZone(h.ctx, &route53.AssociateVPCWithHostedZoneInput{HostedZoneId: &z.ID, VPC: at}))(h)
		return func() {
			do2(h.names.DisassociateVPCFromHostedZone(h.ctx, &route53.DisassociateVPCFromHostedZoneInput{HostedZoneId: &z.ID, VPC: at}))(h)
			do2(h.far.DeleteVpc(h.ctx, &ec2.DeleteVpcInput{VpcId: v}))(h)
		}
	}},
	{"a record that leads elsewhere", "record-changed", "zoned-dns-" + farAccount, func(h *hand) func() {
		z := h.zone(farAccount, "sts.us-east-1.amazonaws.com")
		good := h.alias(z, z.Name)
		ssm := h.alias(h.zone(farAccount, "ssm.us-east-1.amazonaws.com"), "ssm.us-east-1.amazonaws.com")
		bad := *good
		bad.AliasTarget = ssm.AliasTarget
		h.change(z, r53.ChangeActionUpsert, &bad)
		return func() { h.change(z, r53.ChangeActionUpsert, good) }
	}},
	{"a deleted record", "record-missing", "zoned-dns-" + farAccount, func(h *hand) func() {
		z := h.zone(farAccount, "sts.us-east-1.amazonaws.com")
		good := h.alias(z, z.Name)
		h.change(z, r53.ChangeActionDelete, good)
		return func() { h.change(z, r53.ChangeActionCreate, good) }
	}},
	{"a further record", "record-extra", "zoned-dns-" + farAccount, func(h *hand) func() {
		z := h.zone(farAccount, "sts.us-east-1.amazonaws.com")
		bad := &r53.ResourceRecordSet{
			Name: aws.String("a." + z.Name), Type: r53.RRTypeA, TTL: aws.Int64(60), ResourceRecords: []r53.ResourceRecord{
				{Value: aws.String("192.0.2.1")},
			},
		}
		h.change(z, r53.ChangeActionCreate, bad)
		return func() { h.change(z, r53.ChangeActionDelete, bad) }
	}},
	{"a share with an account too many", "share", "zoned-network", func(h *hand) func() {
		client := ram.NewFromConfig(sdk(h.t, hubAccount, hubRegion))
		var gateway string
		for _, s := range h.net.Shares {
			gateway = s.Resources[0]
		}
		made := do2(client.CreateResourceShare(h.ctx, &ram.CreateResourceShareInput{Name: aws.String("more"), ResourceArns: []string{gateway},
			Principals: []string{own("444444444444")}, AllowExternalPrincipals: aws.Bool(false)}))(h)
		return func() {
			do2(client.DeleteResourceShare(h.ctx, &ram.DeleteResourceShareInput{ResourceShareArn: made.ResourceShare.ResourceShareArn}))(h)
		}
	}},
	{"a reader role that trusts everybody", "role", "zoned-network", func(h *hand) func() {
		client, role := iam.NewFromConfig(sdk(h.t, hubAccount, hubRegion)), "zoned-hub-reader"
		set := func(doc string) {
			do2(client.UpdateAssumeRolePolicy(h.ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &role, PolicyDocument: &doc}))(h)
		}
		set(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}`)
		return func() {
			b, _ := json.Marshal(h.net.Roles["arn:aws:iam::"+hubAccount+":role/"+role].Trust)
			set(string(b))
		}
	}},
	{"a reader role that may do more", "role", "zoned-spoke-far", func(h *hand) func() {
		client, role := iam.NewFromConfig(sdk(h.t, farAccount, hubRegion)), "zoned-spoke-far-reader"
		do2(client.PutRolePolicy(h.ctx, &iam.PutRolePolicyInput{RoleName: &role, PolicyName: aws.String("more"),
			PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`)}))(h)
		return func() {
			do2(client.DeleteRolePolicy(h.ctx, &iam.DeleteRolePolicyInput{RoleName: &role, PolicyName: aws.String("more")}))(h)
		}
	}},
	// What cannot be undone by hand comes last.
	{"a deleted endpoint", "endpoint-missing", "zoned-endpoints", func(h *hand) func() {
		do2(h.near.DeleteVpcEndpoints(h.ctx, &ec2.DeleteVpcEndpointsInput{VpcEndpointIds: []string{h.endpoint(h.hub, "ssm").ID}}))(h)
		return nil
	}},
	{"a deleted stack", "stack-missing", "zoned-link-further", func(h *hand) func() {
		do2(cloudformation.NewFromConfig(sdk(h.t, hubAccount, hubRegion)).DeleteStack(h.ctx,
			&cloudformation.DeleteStackInput{StackName: aws.String("zoned-link-further")}))(h)
		return nil
	}},
}

var profiledDrifts = []byHand{
	{"a spoke without its profile", "profile-association", "profiled-spoke-far", func(h *hand) func() {
		client := route53profiles.NewFromConfig(sdk(h.t, farAccount, hubRegion))
		id := h.net.R53ProfileAssociations[h.farVPC.ID][0].R53Profile.ID
		do2(client.DisassociateProfile(h.ctx, &route53profiles.DisassociateProfileInput{ProfileId: &id, ResourceId: &h.farVPC.ID}))(h)
		return func() {
			do2(client.AssociateProfile(h.ctx, &route53profiles.AssociateProfileInput{Name: aws.String("profiled-far"), ProfileId: &id,
				ResourceId: &h.farVPC.ID}))(h)
		}
	}},
	{"a profile that lost an endpoint", "profile-resource", "profiled-profile", func(h *hand) func() {
		client := route53profiles.NewFromConfig(sdk(h.t, hubAccount, hubRegion))
		id, arn := h.net.R53ProfileAssociations[h.farVPC.ID][0].R53Profile.ID, fmt.Sprintf("arn:aws:ec2:%s:%s:vpc-endpoint/%s", hubRegion,
			hubAccount, h.endpoint(h.hub, "sts").ID)
		do2(client.DisassociateResourceFromProfile(h.ctx, &route53profiles.DisassociateResourceFromProfileInput{ProfileId: &id,
			ResourceArn: &arn}))(h)
		return func() {
			do2(client.AssociateResourceToProfile(h.ctx, &route53profiles.AssociateResourceToProfileInput{Name: aws.String("profiled-sts"),
				ProfileId: &id, ResourceArn: &arn}))(h)
		}
	}},
	{"a profile with a zone too many", "profile-resource", "profiled-profile", func(h *hand) func() {
		client, names := route53profiles.NewFromConfig(sdk(h.t, hubAccount, hubRegion)), route53.NewFromConfig(sdk(h.t, hubAccount, hubRegion))
		v := do2(h.near.CreateVpc(h.ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.79.0.0/24")}))(h).Vpc.VpcId
		z := do2(names.CreateHostedZone(h.ctx, &route53.CreateHostedZoneInput{Name: aws.String("evil.sts.us-east-1.amazonaws.com"),
			CallerReference: aws.String(fmt.Sprint(time.Now().UnixNano())), HostedZoneConfig: &r53.HostedZoneConfig{PrivateZone: true},
			VPC: &r53.VPC{VPCId: v, VPCRegion: r53.VPCRegion(hubRegion)}}))(h)
		id, arn := h.net.R53ProfileAssociations[h.farVPC.ID][0].R53Profile.ID, "arn:aws:route53:::hostedzone/"+
			strings.TrimPrefix(*z.HostedZone.Id, "/hostedzone/")
		do2(client.AssociateResourceToProfile(h.ctx, &route53profiles.AssociateResourceToProfileInput{Name: aws.String("evil"), ProfileId: &id,
			ResourceArn: &arn}))(h)
		return func() {
			do2(client.DisassociateResourceFromProfile(h.ctx, &route53profiles.DisassociateResourceFromProfileInput{ProfileId: &id,
				ResourceArn: &arn}))(h)
			do2(names.DeleteHostedZone(h.ctx, &route53.DeleteHostedZoneInput{Id: z.HostedZone.Id}))(h)
			do2(h.near.DeleteVpc(h.ctx, &ec2.DeleteVpcInput{VpcId: v}))(h)
		}
	}},
}
