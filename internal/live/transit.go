package live

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"sharedhub/internal/topology"
)

// readGateways reads the VPCs' attachments, and the account's own gateways with all that is attached to them.
func (r *reader) readGateways() {
	named := map[string]bool{}
	r.byVPC("vpc-id", func(f []types.Filter) {
		pages(r, "ec2:DescribeTransitGatewayVpcAttachments", ec2.NewDescribeTransitGatewayVpcAttachmentsPaginator(r.ec2,
			&ec2.DescribeTransitGatewayVpcAttachmentsInput{Filters: f}),
			func(o *ec2.DescribeTransitGatewayVpcAttachmentsOutput) {
				r.own = append(r.own, o.TransitGatewayVpcAttachments...)
			})
	})
	for _, a := range r.own {
		named[aws.ToString(a.TransitGatewayId)] = true
	}
	pages(r, "ec2:DescribeTransitGateways", ec2.NewDescribeTransitGatewaysPaginator(r.ec2, &ec2.DescribeTransitGatewaysInput{}),
		func(o *ec2.DescribeTransitGatewaysOutput) {
			for _, g := range o.TransitGateways {
				id := aws.ToString(g.TransitGatewayId)
				if aws.ToString(g.OwnerId) == r.place.Account && g.State != types.TransitGatewayStateDeleted &&
					g.State != types.TransitGatewayStateDeleting &&
					(named[id] || r.scope.TransitGateways[id] || r.scope.Stacks[ec2Tags(g.Tags)[stackTag]]) {
					r.gateways = append(r.gateways, g)
				}
			}
		})
	if len(r.gateways) == 0 {
		return
	}
	filter := []types.Filter{{Name: aws.String("transit-gateway-id")}}
	for _, g := range r.gateways {
		filter[0].Values = append(filter[0].Values, aws.ToString(g.TransitGatewayId))
	}
	pages(r, "ec2:DescribeTransitGatewayAttachments", ec2.NewDescribeTransitGatewayAttachmentsPaginator(r.ec2,
		&ec2.DescribeTransitGatewayAttachmentsInput{Filters: filter}),
		func(o *ec2.DescribeTransitGatewayAttachmentsOutput) {
			r.attachments = append(r.attachments, o.TransitGatewayAttachments...)
		})
	pages(r, "ec2:DescribeTransitGatewayRouteTables", ec2.NewDescribeTransitGatewayRouteTablesPaginator(r.ec2,
		&ec2.DescribeTransitGatewayRouteTablesInput{Filters: filter}),
		func(o *ec2.DescribeTransitGatewayRouteTablesOutput) {
			r.gatewayTabs = append(r.gatewayTabs, o.TransitGatewayRouteTables...)
		})
	r.readTables()
}

// readTables reads what the gateways' tables learn, and what is written in them.
func (r *reader) readTables() {
	r.learned, r.static = map[string][]types.TransitGatewayRouteTablePropagation{}, map[string][]types.TransitGatewayRoute{}
	for _, t := range r.gatewayTabs {
		id := aws.ToString(t.TransitGatewayRouteTableId)
		pages(r, "ec2:GetTransitGatewayRouteTablePropagations", ec2.NewGetTransitGatewayRouteTablePropagationsPaginator(r.ec2,
			&ec2.GetTransitGatewayRouteTablePropagationsInput{TransitGatewayRouteTableId: &id}),
			func(o *ec2.GetTransitGatewayRouteTablePropagationsOutput) {
				r.learned[id] = append(r.learned[id], o.TransitGatewayRouteTablePropagations...)
			})
		if r.err != nil {
			return
		}
		pages(r, "ec2:SearchTransitGatewayRoutes", ec2.NewSearchTransitGatewayRoutesPaginator(r.ec2,
			&ec2.SearchTransitGatewayRoutesInput{TransitGatewayRouteTableId: &id,
				Filters: []types.Filter{{Name: aws.String("type"), Values: []string{"static"}}}}),
			func(o *ec2.SearchTransitGatewayRoutesOutput) {
				if aws.ToBool(o.AdditionalRoutesAvailable) && aws.ToString(o.NextToken) == "" && r.err == nil {
					r.err = fmt.Errorf("transit gateway route table %s holds more than 1,000 static routes, and AWS tells no more at a time", id)
				}
				r.static[id] = append(r.static[id], o.Routes...)
			})
		if r.err != nil {
			return
		}
	}
}

// readStrangers adds the account's VPCs that are attached to its gateways and belong to no spoke.
func (r *reader) readStrangers() {
	known := r.vpcIDs()
	var ids []string
	for _, a := range r.attachments {
		if id := aws.ToString(a.ResourceId); a.ResourceType == types.TransitGatewayAttachmentResourceTypeVpc &&
			aws.ToString(a.ResourceOwnerId) == r.place.Account && !known[id] && attached(a.State) {
			ids = append(ids, id)
		}
	}
	before := len(r.vpcs)
	for part := range slices.Chunk(ids, filterValues) {
		pages(r, "ec2:DescribeVpcs", ec2.NewDescribeVpcsPaginator(r.ec2,
			&ec2.DescribeVpcsInput{Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: part}}}),
			func(o *ec2.DescribeVpcsOutput) { r.vpcs = append(r.vpcs, o.Vpcs...) })
	}
	if len(r.vpcs) == before {
		return
	}
	for part := range slices.Chunk(ids, filterValues) {
		pages(r, "ec2:DescribeTransitGatewayVpcAttachments", ec2.NewDescribeTransitGatewayVpcAttachmentsPaginator(r.ec2,
			&ec2.DescribeTransitGatewayVpcAttachmentsInput{Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: part}}}),
			func(o *ec2.DescribeTransitGatewayVpcAttachmentsOutput) {
				r.own = append(r.own, o.TransitGatewayVpcAttachments...)
			})
	}
}

// dropUnseen leaves out the attachments that are not there, or whose account was not seen, and what leads to those.
func (r *raw) dropUnseen(unseen map[string]bool) {
	there, passedOver := map[string]bool{}, map[string]bool{}
	r.attachments = slices.DeleteFunc(r.attachments, func(a types.TransitGatewayAttachment) bool {
		id := aws.ToString(a.TransitGatewayAttachmentId)
		passedOver[id] = unseen[aws.ToString(a.ResourceOwnerId)]
		there[id] = attached(a.State) && !passedOver[id]
		return !there[id]
	})
	for table, list := range r.learned {
		r.learned[table] = slices.DeleteFunc(list, func(p types.TransitGatewayRouteTablePropagation) bool {
			return !there[aws.ToString(p.TransitGatewayAttachmentId)]
		})
	}
	for table, list := range r.static {
		r.static[table] = slices.DeleteFunc(list, func(route types.TransitGatewayRoute) bool {
			return slices.ContainsFunc(route.TransitGatewayAttachments, func(a types.TransitGatewayRouteAttachment) bool {
				return passedOver[aws.ToString(a.TransitGatewayAttachmentId)]
			})
		})
		for i := range r.static[table] { // a route to what is gone leads nowhere
			route := &r.static[table][i]
			route.TransitGatewayAttachments = slices.DeleteFunc(route.TransitGatewayAttachments, func(a types.TransitGatewayRouteAttachment) bool {
				return !there[aws.ToString(a.TransitGatewayAttachmentId)]
			})
		}
	}
}

// sourceOfVPC says of each VPC what made it.
func (r *raw) sourceOfVPC() map[string]topology.Source {
	owner := map[string]topology.Source{}
	for _, v := range r.vpcs {
		owner[aws.ToString(v.VpcId)] = r.meta("", v.VpcId, v.Tags).Source
	}
	return owner
}

func (r *raw) transitGatewayRecords() []topology.Record {
	var out []topology.Record
	for _, g := range r.gateways {
		rec := &topology.TransitGatewayRecord{Meta: r.meta("AWS::EC2::TransitGateway", g.TransitGatewayId, g.Tags),
			ARN: aws.ToString(g.TransitGatewayArn)}
		if o := g.Options; o != nil {
			rec.ASN, rec.CIDRs = int(aws.ToInt64(o.AmazonSideAsn)), o.TransitGatewayCidrBlocks
			rec.AutoAccept = o.AutoAcceptSharedAttachments == types.AutoAcceptSharedAttachmentsValueEnable
			rec.SecurityGroupReferencing = o.SecurityGroupReferencingSupport == types.SecurityGroupReferencingSupportValueEnable
			rec.DefaultAssociation = o.DefaultRouteTableAssociation == types.DefaultRouteTableAssociationValueEnable
			rec.DefaultPropagation = o.DefaultRouteTablePropagation == types.DefaultRouteTablePropagationValueEnable
			rec.DefaultAssociationTable, rec.DefaultPropagationTable = aws.ToString(o.AssociationDefaultRouteTableId),
				aws.ToString(o.PropagationDefaultRouteTableId)
		}
		out = append(out, rec)
	}
	for _, t := range r.gatewayTabs {
		if t.State == types.TransitGatewayRouteTableStateDeleted || t.State == types.TransitGatewayRouteTableStateDeleting {
			continue
		}
		rec := &topology.TransitGatewayRouteTableRecord{Meta: r.meta("AWS::EC2::TransitGatewayRouteTable", t.TransitGatewayRouteTableId,
			t.Tags), TransitGateway: aws.ToString(t.TransitGatewayId)}
		out = append(out, rec)
		for _, p := range r.learned[rec.ID] {
			if p.State == types.TransitGatewayPropagationStateEnabled || p.State == types.TransitGatewayPropagationStateEnabling {
				id := aws.ToString(p.TransitGatewayAttachmentId)
				out = append(out, &topology.TransitGatewayRouteTablePropagationRecord{
					Meta: within(rec.Meta, "AWS::EC2::TransitGatewayRouteTablePropagation", id), Attachment: id, Table: rec.ID})
			}
		}
		for _, route := range r.static[rec.ID] {
			cidr := aws.ToString(route.DestinationCidrBlock)
			to := &topology.TransitGatewayRouteRecord{Meta: within(rec.Meta, "AWS::EC2::TransitGatewayRoute", cidr), Table: rec.ID, CIDR: cidr,
				Blackhole: len(route.TransitGatewayAttachments) == 0}
			for _, a := range route.TransitGatewayAttachments {
				to.Attachment = aws.ToString(a.TransitGatewayAttachmentId)
			}
			out = append(out, to)
		}
	}
	return out
}

// attachmentRecords come from both sides: the VPC's owner knows the subnets, the gateway's owner the association. Of a VPC
// that was not read, only the id is known.
func (r *raw) attachmentRecords(read map[string]bool) []topology.Record {
	const typ = "AWS::EC2::TransitGatewayAttachment"
	var out []topology.Record
	ours := r.vpcIDs()
	for _, a := range r.own {
		if vpc := aws.ToString(a.VpcId); attached(a.State) && ours[vpc] { // a gateway's owner sees other accounts' attachments too
			rec := &topology.TransitGatewayAttachmentRecord{Meta: r.meta(typ, a.TransitGatewayAttachmentId, a.Tags),
				TransitGateway: aws.ToString(a.TransitGatewayId),
				Kind:           "vpc", VPC: vpc, Subnets: a.SubnetIds, State: string(a.State)}
			if o := a.Options; o != nil {
				rec.ApplianceMode = o.ApplianceModeSupport == types.ApplianceModeSupportValueEnable
				rec.DNSSupport, rec.IPv6Support, rec.SecurityGroupReferencing = string(o.DnsSupport), string(o.Ipv6Support),
					string(o.SecurityGroupReferencingSupport)
			}
			out = append(out, rec)
		}
	}
	for _, a := range r.attachments {
		if !attached(a.State) {
			continue
		}
		m := r.untagged(typ, aws.ToString(a.TransitGatewayAttachmentId))
		m.Account = aws.ToString(a.ResourceOwnerId)
		if id := aws.ToString(a.ResourceId); a.ResourceType == types.TransitGatewayAttachmentResourceTypeVpc && !read[id] {
			vpc := m
			vpc.Type, vpc.ID, vpc.Source = "AWS::EC2::VPC", id, topology.Source{ID: id}
			vpc.Tags = map[string]string{"Name": fmt.Sprintf("%s of account %s", id, m.Account)}
			out = append(out, &topology.VPCRecord{Meta: vpc})
		}
		out = append(out, &topology.TransitGatewayAttachmentRecord{Meta: m, TransitGateway: aws.ToString(a.TransitGatewayId),
			Kind: string(a.ResourceType), VPC: aws.ToString(a.ResourceId), State: string(a.State)})
		if as := a.Association; as != nil && aws.ToString(as.TransitGatewayRouteTableId) != "" &&
			as.State != types.TransitGatewayAssociationStateDisassociated && as.State != types.TransitGatewayAssociationStateDisassociating {
			out = append(out, &topology.TransitGatewayRouteTableAssociationRecord{
				Meta: within(m, "AWS::EC2::TransitGatewayRouteTableAssociation"), Attachment: m.ID, Table: *as.TransitGatewayRouteTableId})
		}
	}
	return out
}

// attached is true for an attachment that is there, working or not.
func attached(s types.TransitGatewayAttachmentState) bool {
	return !slices.Contains([]types.TransitGatewayAttachmentState{types.TransitGatewayAttachmentStateDeleted,
		types.TransitGatewayAttachmentStateDeleting,
		types.TransitGatewayAttachmentStateFailed, types.TransitGatewayAttachmentStateRejected}, s)
}
