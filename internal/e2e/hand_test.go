package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53 "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	resolver "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"sharedhub/internal/topology"
)

// hand changes things by hand, and knows what is where.
type hand struct {
	t         *testing.T
	ctx       context.Context
	net       *topology.Network // as it is live, before the change
	near, far *ec2.Client
	names     *route53.Client // of the far account
	hub       *topology.VPC
	nearVPC   *topology.VPC
	farVPC    *topology.VPC
}

func (h *hand) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func do[T any](h *hand, out T, err error) T {
	h.t.Helper()
	h.must(err)
	return out
}

// private is the route table and first subnet of a VPC's workloads.
func private(v *topology.VPC) (*topology.RouteTable, *topology.Subnet) {
	for _, s := range v.Subnets {
		if strings.Contains(s.Name, "private") {
			return s.Table, s
		}
	}
	return nil, nil
}

func (h *hand) attachmentOf(v *topology.VPC) *topology.Attachment {
	for _, a := range h.net.Attachments {
		if a.VPC == v {
			return a
		}
	}
	h.t.Fatal("no attachment")
	return nil
}

func (h *hand) tableNamed(suffix string) *topology.TransitGatewayRouteTable {
	for _, t := range h.net.TransitGatewayRouteTables {
		if strings.HasSuffix(t.Name, suffix) {
			return t
		}
	}
	h.t.Fatalf("no table %s", suffix)
	return nil
}

func (h *hand) endpoint(v *topology.VPC, service string) *topology.Endpoint {
	for _, e := range v.Endpoints {
		if strings.HasSuffix(e.ServiceName, "."+service) {
			return e
		}
	}
	h.t.Fatalf("no endpoint for %s", service)
	return nil
}

func (h *hand) zone(account, name string) *topology.HostedZone {
	for _, z := range h.net.HostedZones {
		if z.Account == account && z.Name == name {
			return z
		}
	}
	h.t.Fatalf("no zone %s", name)
	return nil
}

func (h *hand) alias(z *topology.HostedZone, name string) *r53.ResourceRecordSet {
	l := do2(h.names.ListResourceRecordSets(h.ctx, &route53.ListResourceRecordSetsInput{HostedZoneId: &z.ID}))(h)
	for _, r := range l.ResourceRecordSets {
		if strings.TrimSuffix(aws.ToString(r.Name), ".") == name && r.Type == r53.RRTypeA {
			return &r
		}
	}
	h.t.Fatalf("no record %s", name)
	return nil
}

// do2 lets a call with two results be written as one argument.
func do2[T any](out T, err error) func(*hand) T {
	return func(h *hand) T { h.t.Helper(); return do(h, out, err) }
}

func (h *hand) change(z *topology.HostedZone, action r53.ChangeAction, r *r53.ResourceRecordSet) {
	h.t.Helper()
	_, err := h.names.ChangeResourceRecordSets(h.ctx, &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: &z.ID, ChangeBatch: &r53.ChangeBatch{Changes: []r53.Change{{Action: action, ResourceRecordSet: r}}},
	})
	h.must(err)
}

// forward makes a Resolver rule for a domain, by an endpoint in the far VPC, and lets that VPC use it.
func (h *hand) forward(domain string) (undo func()) {
	client, request := route53resolver.NewFromConfig(sdk(h.t, farAccount, hubRegion)), aws.String(fmt.Sprint(time.Now().UnixNano()))
	groups := do2(h.far.DescribeSecurityGroups(h.ctx,
		&ec2.DescribeSecurityGroupsInput{Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: []string{h.farVPC.ID}}}}))(h)
	endpoint := &route53resolver.CreateResolverEndpointInput{
		CreatorRequestId: request, Name: aws.String("out"), Direction: resolver.ResolverEndpointDirectionOutbound, SecurityGroupIds: []string{
			*groups.SecurityGroups[0].GroupId,
		},
	}
	for _, s := range h.farVPC.Subnets[:2] {
		endpoint.IpAddresses = append(endpoint.IpAddresses, resolver.IpAddressRequest{SubnetId: &s.ID})
	}
	out := do2(client.CreateResolverEndpoint(h.ctx, endpoint))(h).ResolverEndpoint.Id
	rule := do2(client.CreateResolverRule(h.ctx, &route53resolver.CreateResolverRuleInput{CreatorRequestId: request,
		Name: aws.String("away"), RuleType: resolver.RuleTypeOptionForward, DomainName: &domain,
		ResolverEndpointId: out, TargetIps: []resolver.TargetAddress{{Ip: aws.String("10.200.0.2"), Port: aws.Int32(53)}}}))(h).ResolverRule.Id
	do2(client.AssociateResolverRule(h.ctx, &route53resolver.AssociateResolverRuleInput{ResolverRuleId: rule, VPCId: &h.farVPC.ID}))(h)
	return func() {
		do2(client.DisassociateResolverRule(h.ctx, &route53resolver.DisassociateResolverRuleInput{ResolverRuleId: rule, VPCId: &h.farVPC.ID}))(h)
		do2(client.DeleteResolverRule(h.ctx, &route53resolver.DeleteResolverRuleInput{ResolverRuleId: rule}))(h)
		do2(client.DeleteResolverEndpoint(h.ctx, &route53resolver.DeleteResolverEndpointInput{ResolverEndpointId: out}))(h)
	}
}

// inbound makes a Resolver endpoint by which others ask the names of the far spoke's VPC.
func (h *hand) inbound() (undo func()) {
	client := route53resolver.NewFromConfig(sdk(h.t, farAccount, hubRegion))
	groups := do2(h.far.DescribeSecurityGroups(h.ctx,
		&ec2.DescribeSecurityGroupsInput{Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: []string{h.farVPC.ID}}}}))(h)
	endpoint := &route53resolver.CreateResolverEndpointInput{CreatorRequestId: aws.String(fmt.Sprint(time.Now().UnixNano())),
		Name: aws.String("in"), Direction: resolver.ResolverEndpointDirectionInbound,
		SecurityGroupIds: []string{*groups.SecurityGroups[0].GroupId}}
	for _, s := range h.farVPC.Subnets[:2] {
		endpoint.IpAddresses = append(endpoint.IpAddresses, resolver.IpAddressRequest{SubnetId: &s.ID})
	}
	in := do2(client.CreateResolverEndpoint(h.ctx, endpoint))(h).ResolverEndpoint.Id
	return func() {
		do2(client.DeleteResolverEndpoint(h.ctx, &route53resolver.DeleteResolverEndpointInput{ResolverEndpointId: in}))(h)
	}
}

// block has DNS Firewall block a domain in the far spoke's VPC.
func (h *hand) block(domain string) (undo func()) {
	client, request := route53resolver.NewFromConfig(sdk(h.t, farAccount, hubRegion)), aws.String(fmt.Sprint(time.Now().UnixNano()))
	list := do2(client.CreateFirewallDomainList(h.ctx, &route53resolver.CreateFirewallDomainListInput{CreatorRequestId: request,
		Name: aws.String("blocked")}))(h).FirewallDomainList.Id
	do2(client.UpdateFirewallDomains(h.ctx, &route53resolver.UpdateFirewallDomainsInput{FirewallDomainListId: list,
		Operation: resolver.FirewallDomainUpdateOperationAdd, Domains: []string{domain}}))(h)
	group := do2(client.CreateFirewallRuleGroup(h.ctx, &route53resolver.CreateFirewallRuleGroupInput{CreatorRequestId: request,
		Name: aws.String("wall")}))(h).FirewallRuleGroup.Id
	do2(client.CreateFirewallRule(h.ctx, &route53resolver.CreateFirewallRuleInput{CreatorRequestId: request, Name: aws.String("block"),
		FirewallRuleGroupId: group, FirewallDomainListId: list, Priority: aws.Int32(1), Action: resolver.ActionBlock,
		BlockResponse: resolver.BlockResponseNodata}))(h)
	used := do2(client.AssociateFirewallRuleGroup(h.ctx, &route53resolver.AssociateFirewallRuleGroupInput{CreatorRequestId: request,
		Name: aws.String("wall"), FirewallRuleGroupId: group, VpcId: &h.farVPC.ID,
		Priority: aws.Int32(101)}))(h).FirewallRuleGroupAssociation.Id
	return func() {
		do2(client.DisassociateFirewallRuleGroup(h.ctx,
			&route53resolver.DisassociateFirewallRuleGroupInput{FirewallRuleGroupAssociationId: used}))(h)
	}
}

// listed admits an endpoint's clients by a prefix list.
func (h *hand) listed(cidr string) (undo func()) {
	g := h.endpoint(h.hub, "sts").Groups[0]
	list := do2(h.near.CreateManagedPrefixList(h.ctx, &ec2.CreateManagedPrefixListInput{PrefixListName: aws.String("pools"),
		AddressFamily: aws.String("IPv4"), MaxEntries: aws.Int32(5), Entries: []types.AddPrefixListEntry{{Cidr: &cidr}}}))(h).PrefixList
	rule := []types.IpPermission{{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(443), ToPort: aws.Int32(443),
		PrefixListIds: []types.PrefixListId{{PrefixListId: list.PrefixListId}}}}
	do2(h.near.AuthorizeSecurityGroupIngress(h.ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &g.ID, IpPermissions: rule}))(h)
	return func() {
		do2(h.near.RevokeSecurityGroupIngress(h.ctx, &ec2.RevokeSecurityGroupIngressInput{GroupId: &g.ID, IpPermissions: rule}))(h)
		do2(h.near.DeleteManagedPrefixList(h.ctx, &ec2.DeleteManagedPrefixListInput{PrefixListId: list.PrefixListId}))(h)
	}
}

// foreign makes what another team of the account may have: a VPC of the hub's range, and a Transit Gateway for it.
func foreign(t *testing.T, h *hand, cidr string) {
	t.Helper()
	vpc, err := h.near.CreateVpc(h.ctx, &ec2.CreateVpcInput{CidrBlock: &cidr})
	if err != nil {
		t.Fatal(err)
	}
	subnet, err := h.near.CreateSubnet(h.ctx, &ec2.CreateSubnetInput{VpcId: vpc.Vpc.VpcId, CidrBlock: &cidr})
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := h.near.CreateTransitGateway(h.ctx, &ec2.CreateTransitGatewayInput{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.near.CreateTransitGatewayVpcAttachment(h.ctx,
		&ec2.CreateTransitGatewayVpcAttachmentInput{TransitGatewayId: gateway.TransitGateway.TransitGatewayId, VpcId: vpc.Vpc.VpcId,
			SubnetIds: []string{*subnet.Subnet.SubnetId}}); err != nil {
		t.Fatal(err)
	}
}
