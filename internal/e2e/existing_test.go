package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ram"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/route53profiles"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	resolver "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"sharedhub/internal/assembly"
	"sharedhub/internal/drift"
	"sharedhub/internal/live"
	"sharedhub/internal/topology"
)

// warehouse is somebody else's CDK app, as it was synthesised; its program stands beside it.
const warehouse = "testdata/warehouse/assembly"

// old is a network that was there before the hub.
type old struct{ gateway, table, vpn, peering, vpc string }

// oldNetwork makes a Transit Gateway with a VPN and a peering, which EC2 associates with its default table, and in another account the
// stack of somebody else's app.
func oldNetwork(t *testing.T) old {
	t.Helper()
	h := &hand{t: t, ctx: t.Context()}
	hub, peer := ec2.NewFromConfig(sdk(t, hubAccount, hubRegion)), ec2.NewFromConfig(sdk(t, own("444444444444"), "us-west-2"))
	g := do2(hub.CreateTransitGateway(h.ctx, &ec2.CreateTransitGatewayInput{Options: &types.TransitGatewayRequestOptions{
		AutoAcceptSharedAttachments: types.AutoAcceptSharedAttachmentsValueEnable}}))(h).TransitGateway.TransitGatewayId
	table := do2(hub.CreateTransitGatewayRouteTable(h.ctx,
		&ec2.CreateTransitGatewayRouteTableInput{TransitGatewayId: g}))(h).TransitGatewayRouteTable.TransitGatewayRouteTableId
	router := do2(hub.CreateCustomerGateway(h.ctx, &ec2.CreateCustomerGatewayInput{BgpAsn: aws.Int32(65000),
		IpAddress: aws.String("203.0.113.9"), Type: types.GatewayTypeIpsec1}))(h).CustomerGateway.CustomerGatewayId
	vpn := do2(hub.CreateVpnConnection(h.ctx, &ec2.CreateVpnConnectionInput{CustomerGatewayId: router, Type: aws.String("ipsec.1"),
		TransitGatewayId: g}))(h).VpnConnection.VpnConnectionId
	other := do2(peer.CreateTransitGateway(h.ctx, &ec2.CreateTransitGatewayInput{}))(h).TransitGateway.TransitGatewayId
	peering := do2(hub.CreateTransitGatewayPeeringAttachment(h.ctx, &ec2.CreateTransitGatewayPeeringAttachmentInput{TransitGatewayId: g,
		PeerTransitGatewayId: other, PeerAccountId: aws.String(own("444444444444")),
		PeerRegion: aws.String("us-west-2")}))(h).TransitGatewayPeeringAttachment.TransitGatewayAttachmentId
	do2(peer.AcceptTransitGatewayPeeringAttachment(h.ctx,
		&ec2.AcceptTransitGatewayPeeringAttachmentInput{TransitGatewayAttachmentId: peering}))(h)
	out := old{gateway: *g, table: *table, peering: *peering}
	for _, a := range do2(hub.DescribeTransitGatewayAttachments(h.ctx, &ec2.DescribeTransitGatewayAttachmentsInput{}))(h).
		TransitGatewayAttachments {
		if aws.ToString(a.ResourceId) == *vpn {
			out.vpn = *a.TransitGatewayAttachmentId
		}
	}
	b, err := os.ReadFile(filepath.Join(warehouse, "Warehouse.template.json"))
	h.must(err)
	stacks := cloudformation.NewFromConfig(sdk(t, thirdAccount, hubRegion))
	do2(stacks.CreateStack(h.ctx, &cloudformation.CreateStackInput{StackName: aws.String("warehouse"),
		TemplateBody: aws.String(string(b))}))(h)
	made := do2(stacks.DescribeStackResource(h.ctx, &cloudformation.DescribeStackResourceInput{StackName: aws.String("warehouse"),
		LogicalResourceId: aws.String("Vpc8378EB38")}))(h)
	out.vpc = *made.StackResourceDetail.PhysicalResourceId
	return out
}

// answers are what AWS says of a VPC and of all that is in it, by call.
func answers(t *testing.T, account, vpc string) map[string]string {
	t.Helper()
	ctx, cfg := t.Context(), sdk(t, account, hubRegion)
	client, h := ec2.NewFromConfig(cfg), &hand{t: t, ctx: t.Context()}
	in := []types.Filter{{Name: aws.String("vpc-id"), Values: []string{vpc}}}
	out := map[string]string{}
	say := func(call string, answer any) {
		b, err := json.MarshalIndent(answer, "", " ")
		h.must(err)
		out[call] = string(b)
	}
	say("DescribeVpcs", do2(client.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{VpcIds: []string{vpc}}))(h).Vpcs)
	for _, a := range []types.VpcAttributeName{types.VpcAttributeNameEnableDnsSupport, types.VpcAttributeNameEnableDnsHostnames} {
		o := do2(client.DescribeVpcAttribute(ctx, &ec2.DescribeVpcAttributeInput{VpcId: &vpc, Attribute: a}))(h)
		say("DescribeVpcAttribute "+string(a), []any{o.EnableDnsSupport, o.EnableDnsHostnames})
	}
	say("DescribeSubnets", do2(client.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{Filters: in}))(h).Subnets)
	say("DescribeRouteTables", do2(client.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{Filters: in}))(h).RouteTables)
	say("DescribeNetworkAcls", do2(client.DescribeNetworkAcls(ctx, &ec2.DescribeNetworkAclsInput{Filters: in}))(h).NetworkAcls)
	say("DescribeSecurityGroups",
		do2(client.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{Filters: in}))(h).SecurityGroups)
	say("DescribeNetworkInterfaces",
		do2(client.DescribeNetworkInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{Filters: in}))(h).NetworkInterfaces)
	say("DescribeVpcEndpoints", do2(client.DescribeVpcEndpoints(ctx, &ec2.DescribeVpcEndpointsInput{Filters: in}))(h).VpcEndpoints)
	say("DescribeNatGateways", do2(client.DescribeNatGateways(ctx, &ec2.DescribeNatGatewaysInput{Filter: in}))(h).NatGateways)
	say("DescribeInternetGateways", do2(client.DescribeInternetGateways(ctx, &ec2.DescribeInternetGatewaysInput{
		Filters: []types.Filter{{Name: aws.String("attachment.vpc-id"), Values: []string{vpc}}}}))(h).InternetGateways)
	say("DescribeVpcPeeringConnections", do2(client.DescribeVpcPeeringConnections(ctx, &ec2.DescribeVpcPeeringConnectionsInput{
		Filters: []types.Filter{{Name: aws.String("requester-vpc-info.vpc-id"), Values: []string{vpc}}}}))(h).VpcPeeringConnections)
	say("DescribeFlowLogs", do2(client.DescribeFlowLogs(ctx, &ec2.DescribeFlowLogsInput{
		Filter: []types.Filter{{Name: aws.String("resource-id"), Values: []string{vpc}}}}))(h).FlowLogs)
	attachments := do2(client.DescribeTransitGatewayVpcAttachments(ctx, &ec2.DescribeTransitGatewayVpcAttachmentsInput{Filters: in}))(h).
		TransitGatewayVpcAttachments
	say("DescribeTransitGatewayVpcAttachments", slices.DeleteFunc(attachments, func(a types.TransitGatewayVpcAttachment) bool {
		return a.State == types.TransitGatewayAttachmentStateDeleted // AWS too lists what is gone for a while
	}))
	say("ListHostedZonesByVPC", do2(route53.NewFromConfig(cfg).ListHostedZonesByVPC(ctx, &route53.ListHostedZonesByVPCInput{VPCId: &vpc,
		VPCRegion: r53types.VPCRegion(hubRegion)}))(h).HostedZoneSummaries)
	say("ListProfileAssociations", do2(route53profiles.NewFromConfig(cfg).ListProfileAssociations(ctx,
		&route53profiles.ListProfileAssociationsInput{ResourceId: &vpc}))(h).ProfileAssociations)
	say("ListResolverRuleAssociations", do2(route53resolver.NewFromConfig(cfg).ListResolverRuleAssociations(ctx,
		&route53resolver.ListResolverRuleAssociationsInput{Filters: []resolver.Filter{{Name: aws.String("VPCId"),
			Values: []string{vpc}}}}))(h).ResolverRuleAssociations)
	return out
}

// differing are the calls that are answered in another way, with the lines that only one of both answers has.
func differing(before, after map[string]string) (out []string) {
	for _, call := range sortedKeys(before) {
		if before[call] != after[call] {
			out = append(out, fmt.Sprintf("%s: was\n%s\nand is\n%s", call, before[call], after[call]))
		}
	}
	return out
}

// unharmed wants the stack of somebody else's app as it was synthesised, but for what comes with the spoke: these kinds of difference.
func unharmed(t *testing.T, but ...string) {
	t.Helper()
	a, err := assembly.Read(warehouse)
	if err != nil {
		t.Fatal(err)
	}
	want := topology.Link(a.Records())
	view, err := live.Look(t.Context(), live.ScopeOf(want), live.Options{})
	if err != nil || len(view.Unseen) > 0 {
		t.Fatal(err, view.Unseen)
	}
	told := map[string]bool{}
	for _, d := range drift.Between(want, view.Network, view.Sees) {
		if told[d.Code.String()] = true; !slices.Contains(but, d.Code.String()) {
			t.Errorf("the warehouse's own stack has drifted: %s", d)
		}
	}
	if len(told) != len(but) {
		t.Errorf("expected the VPC to have %v beside its stack, found %v", but, told)
	}
	if len(want.VPCs) != 1 || len(view.Network.VPCs) != 1 {
		t.Errorf("expected one VPC of the warehouse's stack, found %d in its template and %d live", len(want.VPCs), len(view.Network.VPCs))
	}
}

// Changes by hand to what examples 07 and 08 make.
var existingDrifts = []byHand{
	{"an existing VPC without a route", "route-missing", "joined-spoke-warehouse", func(h *hand) func() {
		client := ec2.NewFromConfig(sdk(h.t, thirdAccount, hubRegion))
		var table, gateway string
		for _, v := range h.net.VPCs {
			for _, t := range v.Tables {
				for _, r := range t.Routes {
					if v.CIDRs[0].String() == "172.24.0.0/16" && r.CIDR.String() == "10.0.0.0/20" {
						table, gateway = t.ID, r.Target
					}
				}
			}
		}
		do2(client.DeleteRoute(h.ctx, &ec2.DeleteRouteInput{RouteTableId: &table, DestinationCidrBlock: aws.String("10.0.0.0/20")}))(h)
		return func() {
			do2(client.CreateRoute(h.ctx, &ec2.CreateRouteInput{RouteTableId: &table, DestinationCidrBlock: aws.String("10.0.0.0/20"),
				TransitGatewayId: &gateway}))(h)
		}
	}},
	{"an external attachment without its table", "association", "joined-network", func(h *hand) func() {
		var a *topology.Attachment
		for _, all := range []map[string]*topology.Attachment{h.net.Attachments, h.net.ExternalAttachments} {
			for _, x := range all {
				if x.Kind == "vpn" && len(x.Associated) == 1 {
					a = x
				}
			}
		}
		if a == nil {
			h.t.Fatal("no VPN is attached")
		}
		table := a.Associated[0].ID
		do2(h.near.DisassociateTransitGatewayRouteTable(h.ctx, &ec2.DisassociateTransitGatewayRouteTableInput{TransitGatewayAttachmentId: &a.ID,
			TransitGatewayRouteTableId: &table}))(h)
		return func() {
			do2(h.near.AssociateTransitGatewayRouteTable(h.ctx, &ec2.AssociateTransitGatewayRouteTableInput{TransitGatewayAttachmentId: &a.ID,
				TransitGatewayRouteTableId: &table}))(h)
		}
	}},
	{"a spoke that does not follow a Resolver rule", "resolver-vpc", "joined-spoke-orders", func(h *hand) func() {
		client, rule := route53resolver.NewFromConfig(sdk(h.t, farAccount, hubRegion)), h.rule("corp.example.com")
		do2(client.DisassociateResolverRule(h.ctx, &route53resolver.DisassociateResolverRuleInput{ResolverRuleId: &rule.ID,
			VPCId: &h.farVPC.ID}))(h)
		return func() {
			do2(client.AssociateResolverRule(h.ctx, &route53resolver.AssociateResolverRuleInput{ResolverRuleId: &rule.ID, VPCId: &h.farVPC.ID,
				Name: aws.String("again")}))(h)
		}
	}},
	{"a Resolver rule to another server", "resolver-rule", "joined-resolver", func(h *hand) func() {
		client, rule := route53resolver.NewFromConfig(sdk(h.t, hubAccount, hubRegion)), h.rule("corp.example.com")
		to := func(servers ...string) {
			change := &resolver.ResolverRuleConfig{}
			for _, ip := range servers {
				change.TargetIps = append(change.TargetIps, resolver.TargetAddress{Ip: aws.String(ip), Port: aws.Int32(53)})
			}
			do2(client.UpdateResolverRule(h.ctx, &route53resolver.UpdateResolverRuleInput{ResolverRuleId: &rule.ID, Config: change}))(h)
		}
		to("192.168.66.6")
		return func() { to(rule.Targets...) }
	}},
	{"a hub that follows its own Resolver rule", "resolver-vpc", "joined-resolver", func(h *hand) func() {
		client, rule := route53resolver.NewFromConfig(sdk(h.t, hubAccount, hubRegion)), h.rule("corp.example.com")
		do2(client.AssociateResolverRule(h.ctx, &route53resolver.AssociateResolverRuleInput{ResolverRuleId: &rule.ID, VPCId: &h.hub.ID,
			Name: aws.String("circle")}))(h)
		return func() {
			do2(client.DisassociateResolverRule(h.ctx, &route53resolver.DisassociateResolverRuleInput{ResolverRuleId: &rule.ID,
				VPCId: &h.hub.ID}))(h)
		}
	}},
	{"a Resolver endpoint with a further address", "resolver-endpoint", "joined-resolver", func(h *hand) func() {
		client := route53resolver.NewFromConfig(sdk(h.t, hubAccount, hubRegion))
		var e *topology.ResolverEndpoint
		for _, x := range h.net.ResolverEndpoints {
			if x.Direction == "INBOUND" {
				e = x
			}
		}
		more := func() *resolver.IpAddressUpdate {
			return &resolver.IpAddressUpdate{SubnetId: &e.Addresses[0].Subnet.ID,
				Ip: aws.String(e.Addresses[0].Subnet.CIDR.Addr().Next().Next().Next().Next().Next().Next().Next().String())}
		}
		do2(client.AssociateResolverEndpointIpAddress(h.ctx, &route53resolver.AssociateResolverEndpointIpAddressInput{ResolverEndpointId: &e.ID,
			IpAddress: more()}))(h)
		return func() {
			do2(client.DisassociateResolverEndpointIpAddress(h.ctx,
				&route53resolver.DisassociateResolverEndpointIpAddressInput{ResolverEndpointId: &e.ID, IpAddress: more()}))(h)
		}
	}},
	{"a Resolver rule shared with an account too many", "share", "joined-resolver", func(h *hand) func() {
		client := ram.NewFromConfig(sdk(h.t, hubAccount, hubRegion))
		made := do2(client.CreateResourceShare(h.ctx, &ram.CreateResourceShareInput{Name: aws.String("more"),
			ResourceArns: []string{h.rule("corp.example.com").ARN}, Principals: []string{own("444444444444")},
			AllowExternalPrincipals: aws.Bool(false)}))(h)
		return func() {
			do2(client.DeleteResourceShare(h.ctx, &ram.DeleteResourceShareInput{ResourceShareArn: made.ResourceShare.ResourceShareArn}))(h)
		}
	}},
}

func (h *hand) rule(domain string) *topology.ResolverRuleRecord {
	h.t.Helper()
	for _, r := range h.net.ResolverRules {
		if strings.TrimSuffix(r.Domain, ".") == domain && len(r.Targets) == 2 {
			return r
		}
	}
	h.t.Fatalf("no Resolver rule for %s", domain)
	return nil
}

var dnsOf = regexp.MustCompile(`(?m)^dns:\n(?:  .*\n)+`)

// Examples 07 and 08 in one hub, on a Transit Gateway that was there, with a VPN, a peering, and the VPC of somebody else's CDK app, which
// import takes in from what the account answers. Everything is proved, deployed and verified; the spoke then goes, and AWS says of the VPC
// what it said before, byte for byte.
func TestExisting(t *testing.T) {
	t.Parallel()
	if !everyRunbook {
		t.Skip("with OPERATIONS=all: CI has no time for it")
	}
	c := connect(t)
	if !emulated() {
		t.Skip("a sandbox organization has no Transit Gateway with a VPN")
	}
	s := newSite(t, c, repo+"/examples/07-existing", hubAccount+"/"+hubRegion, farAccount+"/"+hubRegion, thirdAccount+"/"+hubRegion)
	was := oldNetwork(t)
	s.joins(t, was)
	before := answers(t, thirdAccount, was.vpc)
	s.remove(t, "spokes/warehouse.yaml")
	said, code := s.sharedhub(t, "import", was.vpc, "--segment", "prod", "--account", thirdAccount, "--name", "warehouse")
	if code != 0 || strings.Count(said, "has a route to an internet gateway") != 2 {
		t.Fatalf("import ended with %d:\n%s", code, said)
	}
	if file := s.read(t, "spokes/warehouse.yaml"); strings.Count(file, "{id: subnet-") != 4 || !strings.Contains(file, "outsidePool: true") {
		t.Errorf("expected the four subnets without a route to the internet, found\n%s", file)
	}

	// The gateway associates whatever is attached, and has so with the VPN: preflight names the commands that end both, and they are run.
	s.synth(t)
	if said := s.obey(t, 2); !strings.Contains(said, "attachment "+was.vpn+" is associated with") {
		t.Fatalf("expected preflight to name the VPN, found\n%s", said)
	}
	s.ready(t)

	if changed := s.deploy(t); len(changed) != 12 {
		t.Errorf("%d stacks were deployed, and 12 are meant: %v", len(changed), changed)
	}
	s.changes(t)
	s.same(t)
	unharmed(t, "subnet", "route-extra", "zone-extra") // nothing of the stack itself is missing or changed
	s.asked(t, was)
	s.resolves(t)
	drifts(t, s, "10.32.0.0/24", "10.16.0.0/22", existingDrifts)

	s.edit(t, "spokes/warehouse.yaml", "segment:", "state: detached\nsegment:")
	// Its range lies outside the pools, so the hub and the peers of its segment name it.
	s.changes(t, "joined-link-warehouse", "joined-spoke-warehouse", "joined-dns-"+thirdAccount, "joined-network", "joined-endpoints",
		"joined-spoke-bastion")
	s.same(t)
	s.unprotect(t, thirdAccount, hubRegion, "joined-dns-"+thirdAccount)
	s.destroy(t, "joined-link-warehouse", "joined-dns-"+thirdAccount, "joined-spoke-warehouse")
	s.remove(t, "spokes/warehouse.yaml")
	if said, code := s.sharedhub(t, "verify"); code != 0 {
		t.Errorf("without the spoke, verify ended with %d:\n%s", code, head(said))
	}
	unharmed(t)
	if left := differing(before, answers(t, thirdAccount, was.vpc)); len(left) > 0 {
		t.Errorf("of the VPC AWS says something else than before:\n%s", strings.Join(left, "\n"))
	}
}

// joins gives the hub a name of its own, the ids of what is there, and what example 08 says of DNS.
func (s *site) joins(t *testing.T, was old) {
	t.Helper()
	b, err := os.ReadFile(repo + "/examples/08-onpremises/hubs/use1.yaml")
	if err != nil {
		t.Fatal(err)
	}
	hub := s.read(t, "hubs/use1.yaml")
	for written, is := range map[string]string{"tgw-0a1b2c3d4e5f60718": was.gateway, "tgw-rtb-0b1c2d3e4f5061728": was.table,
		"tgw-attach-0c1d2e3f405162738": was.vpn, "tgw-attach-0d1e2f30415263748": was.peering} {
		if !strings.Contains(hub, written) {
			t.Fatalf("example 07 does not hold %s", written)
		}
		hub = strings.ReplaceAll(hub, written, is)
	}
	dns := dnsOf.FindString(string(b))
	if !strings.Contains(dns, "inbound:") || !strings.Contains(dns, "forward:") {
		t.Fatalf("example 08 has no inbound and forward under dns:\n%s", b)
	}
	s.write(t, "hubs/joined.yaml", hub+dns)
	s.remove(t, "hubs/use1.yaml")
	for _, spoke := range []string{"bastion", "orders"} {
		s.edit(t, "spokes/"+spoke+".yaml", "hub: use1", "hub: joined")
	}
}

func (s *site) synth(t *testing.T) {
	t.Helper()
	if said, code := s.sharedhub(t, "synth", "--out", s.out); code != 0 {
		t.Fatalf("synth ended with %d:\n%s", code, head(said))
	}
}

// asked wants the names of the endpoints to be answered in every spoke, the existing VPC too.
func (s *site) asked(t *testing.T, was old) {
	t.Helper()
	files := map[string]string{}
	for _, f := range []string{"hubs/joined.yaml", "spokes/bastion.yaml", "spokes/orders.yaml", "spokes/warehouse.yaml"} {
		files[f] = s.read(t, f)
	}
	r, all := newAsker(t), lookups(files)
	r.vpcs["warehouse"] = was.vpc
	if len(all) != 3 {
		t.Errorf("expected one name for each of three spokes, found %v", all)
	}
	for _, q := range all {
		if said := r.wrong(files, q); said != "" {
			t.Errorf("%s does not resolve privately from %s: %s", q.name, q.spoke, said)
		}
	}
}

// resolves wants Resolver as example 08 promises it: the inbound endpoint at the addresses that the stack tells servers to ask, and every
// spoke's VPC, but not the hub's, following both rules.
func (s *site) resolves(t *testing.T) {
	t.Helper()
	ctx, h := context.Background(), &hand{t: t, ctx: t.Context()}
	hub := route53resolver.NewFromConfig(sdk(t, hubAccount, hubRegion))
	stack := do2(cloudformation.NewFromConfig(sdk(t, hubAccount, hubRegion)).DescribeStacks(ctx,
		&cloudformation.DescribeStacksInput{StackName: aws.String("joined-resolver")}))(h).Stacks[0]
	var told string
	for _, o := range stack.Outputs {
		if aws.ToString(o.OutputKey) == "InboundAddresses" {
			told = aws.ToString(o.OutputValue)
		}
	}
	var at []string
	joined := map[string]bool{} // other tests have Resolver endpoints there too
	for _, e := range do2(hub.ListResolverEndpoints(ctx, &route53resolver.ListResolverEndpointsInput{}))(h).ResolverEndpoints {
		joined[aws.ToString(e.Id)] = strings.HasPrefix(aws.ToString(e.Name), "joined")
		if e.Direction == resolver.ResolverEndpointDirectionInbound && joined[aws.ToString(e.Id)] {
			for _, a := range do2(hub.ListResolverEndpointIpAddresses(ctx,
				&route53resolver.ListResolverEndpointIpAddressesInput{ResolverEndpointId: e.Id}))(h).IpAddresses {
				at = append(at, aws.ToString(a.Ip))
			}
		}
	}
	slices.Sort(at)
	if want := "10.0.6.20, 10.0.6.4"; strings.Join(at, ", ") != want || told != "10.0.6.4, 10.0.6.20" {
		t.Errorf("expected the inbound addresses %s, as docs/DNS.md has them, found %v, and %q in the output", want, at, told)
	}
	follow := map[string]int{}
	for _, account := range []string{hubAccount, farAccount, thirdAccount} {
		client := route53resolver.NewFromConfig(sdk(t, account, hubRegion))
		ours := map[string]bool{}
		for _, r := range do2(client.ListResolverRules(ctx, &route53resolver.ListResolverRulesInput{}))(h).ResolverRules {
			ours[aws.ToString(r.Id)] = joined[aws.ToString(r.ResolverEndpointId)] && len(r.TargetIps) == 2 &&
				aws.ToString(r.TargetIps[0].Ip) == "192.168.0.10"
		}
		for _, a := range do2(client.ListResolverRuleAssociations(ctx,
			&route53resolver.ListResolverRuleAssociationsInput{}))(h).ResolverRuleAssociations {
			if ours[aws.ToString(a.ResolverRuleId)] {
				follow[account]++
			}
		}
	}
	if follow[hubAccount] != 0 || follow[farAccount] != 4 || follow[thirdAccount] != 2 {
		t.Errorf("expected the VPCs of three spokes to follow two rules each, and the hub's none, found %v", follow)
	}
}

// The warehouse's assembly is what its program makes, with OPERATIONS=all, for it takes half a minute.
func TestWarehouse(t *testing.T) {
	t.Parallel()
	if !everyRunbook {
		t.Skip("with OPERATIONS=all")
	}
	made := t.TempDir()
	cmd := exec.Command("go", "run", ".", made)
	cmd.Dir = filepath.Dir(warehouse)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, f := range []string{"Warehouse.template.json", "manifest.json"} {
		want, err := os.ReadFile(filepath.Join(warehouse, f))
		if err != nil {
			t.Fatal(err)
		}
		if have, err := os.ReadFile(filepath.Join(made, f)); err != nil || string(have) != string(want) {
			t.Errorf("%s differs from what the program makes (%v): run it again", f, err)
		}
	}
}
