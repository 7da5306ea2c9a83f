package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/ram"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"golang.org/x/tools/txtar"
)

// builder makes by hand what a configuration then names by ids.
type builder struct {
	*hand
	client *ec2.Client
	// is are the real ids, by those that the configuration writes.
	is map[string]string
}

func newBuilder(t *testing.T, account string, is map[string]string) *builder {
	return &builder{&hand{t: t, ctx: t.Context()}, ec2.NewFromConfig(sdk(t, account, hubRegion)), is}
}

// stands is a subnet to make, with the ids that a configuration writes for it and for its route table; "" for the main one.
type stands struct{ subnet, cidr, zone, table string }

// vpc makes a VPC with its subnets and tables.
func (b *builder) vpc(written, cidr string, subnets ...stands) (id string) {
	b.t.Helper()
	id = *do2(b.client.CreateVpc(b.ctx, &ec2.CreateVpcInput{CidrBlock: &cidr}))(b.hand).Vpc.VpcId
	do2(b.client.ModifyVpcAttribute(b.ctx, &ec2.ModifyVpcAttributeInput{VpcId: &id,
		EnableDnsHostnames: &types.AttributeBooleanValue{Value: aws.Bool(true)}}))(b.hand)
	b.is[written] = id
	for _, s := range subnets {
		made := do2(b.client.CreateSubnet(b.ctx, &ec2.CreateSubnetInput{VpcId: &id, CidrBlock: &s.cidr,
			AvailabilityZoneId: &s.zone}))(b.hand).Subnet.SubnetId
		b.is[s.subnet] = *made
		if s.table == "" {
			continue
		}
		if b.is[s.table] == "" {
			b.is[s.table] = *do2(b.client.CreateRouteTable(b.ctx, &ec2.CreateRouteTableInput{VpcId: &id}))(b.hand).RouteTable.RouteTableId
		}
		do2(b.client.AssociateRouteTable(b.ctx, &ec2.AssociateRouteTableInput{SubnetId: made,
			RouteTableId: aws.String(b.is[s.table])}))(b.hand)
	}
	return id
}

// attach attaches a VPC to a gateway.
func (b *builder) attach(written, vpc, gateway string, subnets ...string) {
	b.t.Helper()
	var ids []string
	for _, s := range subnets {
		ids = append(ids, b.is[s])
	}
	b.is[written] = *do2(b.client.CreateTransitGatewayVpcAttachment(b.ctx, &ec2.CreateTransitGatewayVpcAttachmentInput{VpcId: &vpc,
		TransitGatewayId: &gateway, SubnetIds: ids}))(b.hand).TransitGatewayVpcAttachment.TransitGatewayAttachmentId
}

// endpoint makes an interface endpoint, open to a range, and notes its id and the first of its names.
func (b *builder) endpoint(written, dns, vpc, service string, subnets ...string) {
	b.t.Helper()
	group := do2(b.client.CreateSecurityGroup(b.ctx, &ec2.CreateSecurityGroupInput{VpcId: &vpc, GroupName: aws.String(service),
		Description: aws.String("an old endpoint")}))(b.hand).GroupId
	do2(b.client.AuthorizeSecurityGroupIngress(b.ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: group,
		IpPermissions: []types.IpPermission{{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(443), ToPort: aws.Int32(443),
			IpRanges: []types.IpRange{{CidrIp: aws.String("10.0.0.0/8")}}}}}))(b.hand)
	var ids []string
	for _, s := range subnets {
		ids = append(ids, b.is[s])
	}
	e := do2(b.client.CreateVpcEndpoint(b.ctx, &ec2.CreateVpcEndpointInput{VpcId: &vpc, VpcEndpointType: types.VpcEndpointTypeInterface,
		ServiceName: aws.String("com.amazonaws." + hubRegion + "." + service), SubnetIds: ids, SecurityGroupIds: []string{*group},
		PrivateDnsEnabled: aws.Bool(false)}))(b.hand).VpcEndpoint
	if len(e.DnsEntries) == 0 {
		b.t.Fatalf("the endpoint of %s has no name", service)
	}
	b.is[written], b.is[dns], b.is[dns+" zone"] = *e.VpcEndpointId, *e.DnsEntries[0].DnsName, *e.DnsEntries[0].HostedZoneId
}

// named is a file with the real ids.
func (b *builder) named(t *testing.T, text string) string {
	t.Helper()
	var pairs []string
	for _, written := range sortedKeys(b.is) { // in reverse: a name may hold the id that begins it
		pairs = append([]string{written, b.is[written]}, pairs...)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Example 09 by itself: a hub in a VPC with two endpoints that somebody's hand made. It goes from zones to a Profile on the way that the
// runbook has, on which the private DNS of the old endpoints is switched by hand, and leaves nothing in the VPC.
func TestExistingHub(t *testing.T) {
	t.Parallel()
	if !everyRunbook {
		t.Skip("with OPERATIONS=all: CI has no time for it")
	}
	c := connect(t)
	s := newSite(t, c, repo+"/examples/09-existing-hub", hubAccount+"/"+hubRegion, farAccount+"/"+hubRegion)
	b := newBuilder(t, hubAccount, map[string]string{})
	const az1, az2 = "subnet-0c10d21e32f43a541", "subnet-0c10d21e32f43a542"
	vpc := b.vpc("vpc-0c1d2e3f405162738", "10.0.0.0/20", stands{az1, "10.0.0.0/24", "use1-az1", "rtb-0c1d2e3f405162731"},
		stands{az2, "10.0.1.0/24", "use1-az2", "rtb-0c1d2e3f405162731"},
		stands{"subnet-0c10d21e32f43a543", "10.0.8.0/26", "use1-az1", "rtb-0c1d2e3f405162732"})
	const sqs, s3 = "vpce-0a1b2c3d4e5f60718", "vpce-0b1c2d3e4f5061728"
	b.endpoint(sqs, sqs+"-0a1b2c3d.sqs.us-east-1.vpce.amazonaws.com", vpc, "sqs", "subnet-0c10d21e32f43a543")
	b.endpoint(s3, "*."+s3+"-0b1c2d3e.s3.us-east-1.vpce.amazonaws.com", vpc, "s3", az1, az2)
	for _, zone := range []string{sqs + "-0a1b2c3d.sqs", "*." + s3 + "-0b1c2d3e.s3"} {
		b.is["Z7HUB22UULQXV"] = b.is[zone+".us-east-1.vpce.amazonaws.com zone"] // of all endpoints of a region
	}
	private := func(on bool) {
		for _, e := range []string{sqs, s3} {
			change := &ec2.ModifyVpcEndpointInput{VpcEndpointId: aws.String(b.is[e]), PrivateDnsEnabled: &on}
			if e == s3 && on { // S3 otherwise asks for a gateway endpoint (PrivateLink guide, "Private DNS")
				change.DnsOptions = &types.DnsOptionsSpecification{PrivateDnsOnlyForInboundResolverEndpoint: aws.Bool(false)}
			}
			do2(b.client.ModifyVpcEndpoint(b.ctx, change))(b.hand)
		}
	}
	private(true) // and off again, so that the endpoints' options are told of as they are at the end
	private(false)
	before := answers(t, hubAccount, vpc)
	hub := b.named(t, s.read(t, "hubs/use1.yaml"))
	s.remove(t, "hubs/use1.yaml")
	s.write(t, "hubs/stood.yaml", hub)
	s.edit(t, "spokes/orders.yaml", "hub: use1", "hub: stood")
	s.synth(t)
	if found, code := s.preflight(t); code != 0 {
		t.Errorf("preflight ended with %d:\n%s", code, found)
	}
	if changed := s.deploy(t); len(changed) != 6 {
		t.Errorf("%d stacks were deployed, and 6 are meant: %v", len(changed), changed)
	}
	s.changes(t)
	s.same(t)
	s.private(t, "orders", "sqs", "ssm", "s3")
	drifts(t, s, "10.16.0.0/22", "10.16.0.0/22", existingHubDrifts(b, sqs))

	step := func(sharing string) {
		t.Helper()
		text := regexp.MustCompile(`(?m)^dns: .*\n`).ReplaceAllString(s.read(t, "hubs/stood.yaml"), "")
		s.write(t, "hubs/stood.yaml", text+"dns: {sharing: "+sharing+"}\n")
		if changed := s.deploy(t); len(changed) == 0 {
			t.Errorf("%s changed nothing", sharing)
		}
		if sharing == "profile" { // whose zones' stacks are no longer in the assembly
			s.delete(t, hubAccount, "stood-dns")
			s.delete(t, farAccount, "stood-dns-"+farAccount)
		}
		s.same(t)
	}
	step("spoke-zones")
	private(true)
	step("spoke-zones-and-profile")
	step("profile")
	s.private(t, "orders", "sqs", "ssm", "s3")
	private(false)
	if said, code := s.sharedhub(t, "verify"); code != 1 || strings.Count(said, "private DNS") == 0 {
		t.Errorf("with private DNS of the old endpoints off, verify ended with %d:\n%s", code, head(said))
	}
	private(true)
	s.leave(t)
	private(false)
	if left := differing(before, answers(t, hubAccount, vpc)); len(left) > 0 {
		t.Errorf("of the hub's VPC AWS says something else than before:\n%s", strings.Join(left, "\n"))
	}
}

// delete deletes a stack that the assembly no longer has, as docs/OPERATIONS.md does by the AWS CLI.
func (s *site) delete(t *testing.T, account, stack string) {
	t.Helper()
	s.unprotect(t, account, hubRegion, stack)
	h := &hand{t: t, ctx: t.Context()}
	do2(cloudformation.NewFromConfig(sdk(t, account, hubRegion)).DeleteStack(h.ctx, &cloudformation.DeleteStackInput{StackName: &stack}))(h)
}

// private wants a spoke to be answered by the hub's endpoints.
func (s *site) private(t *testing.T, spoke string, services ...string) {
	t.Helper()
	for _, service := range services {
		said, code := s.sharedhub(t, "explain", spoke, service, "--assembly", s.out)
		if code != 0 || !strings.Contains(said, "reaches it, as configured") {
			t.Errorf("explain %s %s ended with %d:\n%s", spoke, service, code, head(said))
		}
	}
}

func existingHubDrifts(b *builder, sqs string) []byHand {
	return []byHand{
		{"a hub's VPC that exists without a route", "route-missing", "stood-network", func(h *hand) func() {
			table, to := b.is["rtb-0c1d2e3f405162732"], aws.String("10.16.0.0/12")
			var gateway string
			for _, v := range h.net.VPCs {
				for _, t := range v.Tables {
					for _, r := range t.Routes {
						if t.ID == table && r.CIDR.String() == *to {
							gateway = r.Target
						}
					}
				}
			}
			do2(b.client.DeleteRoute(h.ctx, &ec2.DeleteRouteInput{RouteTableId: &table, DestinationCidrBlock: to}))(h)
			return func() {
				do2(b.client.CreateRoute(h.ctx, &ec2.CreateRouteInput{RouteTableId: &table, DestinationCidrBlock: to,
					TransitGatewayId: &gateway}))(h)
			}
		}},
		{"another policy of an endpoint that exists", "endpoint-policy", "", func(h *hand) func() {
			id := b.is[sqs]
			was := do2(b.client.DescribeVpcEndpoints(h.ctx, &ec2.DescribeVpcEndpointsInput{VpcEndpointIds: []string{id}}))(h).VpcEndpoints[0]
			set := func(policy *string) {
				do2(b.client.ModifyVpcEndpoint(h.ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: &id, PolicyDocument: policy}))(h)
			}
			set(aws.String(`{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}]}`))
			return func() { set(was.PolicyDocument) }
		}},
	}
}

// The configuration of which everything stands already (internal/config/testdata/good/standing.txtar): attachments by id in two accounts,
// Resolver endpoints in a subnet that exists and in one that is made, services that VPCs that exist publish and use. When it goes, AWS says
// of each of the three VPCs what it said before.
func TestStanding(t *testing.T) {
	t.Parallel()
	if !everyRunbook {
		t.Skip("with OPERATIONS=all: CI has no time for it")
	}
	c := connect(t)
	if !emulated() {
		t.Skip("a sandbox organization has no Transit Gateway with a VPN")
	}
	s := &site{cloud: c, dir: filepath.Join(t.TempDir(), "config"), out: t.TempDir(),
		flags: []string{"--method", "direct", "--concurrency", "8"}}
	c.bootstrap(t, hubAccount+"/"+hubRegion, farAccount+"/"+hubRegion, thirdAccount+"/"+hubRegion)
	is := map[string]string{}
	hub, far, third := newBuilder(t, hubAccount, is), newBuilder(t, farAccount, is), newBuilder(t, thirdAccount, is)
	gateway := hub.oldGateway("tgw-0a1b2c3d4e5f60718", "tgw-rtb-0b1c2d3e4f5061728", "tgw-attach-0c1d2e3f405162738")
	shared := hub.share(gateway, thirdAccount)
	vpcs := map[string]string{hubAccount: hub.standingHub(gateway), farAccount: far.standingCRM(), thirdAccount: third.standingERP(gateway)}
	shared() // the hub's stack shares it with the organization
	before := map[string]map[string]string{}
	for account, vpc := range vpcs {
		before[account] = answers(t, account, vpc)
	}
	s.standing(t, hub)

	// import writes the attachment that is there.
	s.remove(t, "services/orders.yaml")
	s.remove(t, "services/stock.yaml")
	erp := s.read(t, "spokes/erp.yaml")
	s.remove(t, "spokes/erp.yaml")
	said, code := s.sharedhub(t, "import", vpcs[thirdAccount], "--segment", "old", "--account", thirdAccount, "--name", "erp")
	if text := s.read(t, "spokes/erp.yaml"); code != 0 || !strings.Contains(text, "attachment: "+is["tgw-attach-0a1b2c3d4e5f60712"]) ||
		strings.Count(text, "{id: subnet-") != 5 {
		t.Fatalf("import ended with %d:\n%s\n%s", code, said, text)
	}
	s.standing(t, hub)
	if s.read(t, "spokes/erp.yaml") != erp {
		t.Fatal("the files are others")
	}

	// The gateway has associated the VPN and both VPCs: preflight names the commands, and they are run.
	s.synth(t)
	s.obey(t, 4)
	s.ready(t)
	if changed := s.deploy(t); len(changed) != 19 {
		t.Errorf("%d stacks were deployed, and 19 are meant: %v", len(changed), changed)
	}
	s.changes(t)
	s.same(t)
	s.private(t, "erp", "kms", "stock")
	s.private(t, "shop", "erp", "orders", "login")
	for account, name := range map[string]string{farAccount: "orders", thirdAccount: "stock"} {
		if at := answeredIn(t, account, vpcs[account], name+".internal.example.com"); at != vpcs[account] {
			t.Errorf("%s.internal.example.com leads to an endpoint in %q, expected it in %s", name, at, vpcs[account])
		}
	}
	drifts(t, s, "10.16.0.0/22", "172.20.0.0/16", standingDrifts(hub))

	s.leave(t)
	for account, vpc := range vpcs {
		if left := differing(before[account], answers(t, account, vpc)); len(left) > 0 {
			t.Errorf("of the VPC in %s AWS says something else than before:\n%s", account, strings.Join(left, "\n"))
		}
	}
}

// oldGateway makes a Transit Gateway that associates whatever is attached, with a table and a VPN.
func (b *builder) oldGateway(gateway, table, vpn string) string {
	b.t.Helper()
	g := do2(b.client.CreateTransitGateway(b.ctx, &ec2.CreateTransitGatewayInput{Options: &types.TransitGatewayRequestOptions{
		AutoAcceptSharedAttachments: types.AutoAcceptSharedAttachmentsValueEnable}}))(b.hand).TransitGateway.TransitGatewayId
	b.is[gateway] = *g
	b.is[table] = *do2(b.client.CreateTransitGatewayRouteTable(b.ctx,
		&ec2.CreateTransitGatewayRouteTableInput{TransitGatewayId: g}))(b.hand).TransitGatewayRouteTable.TransitGatewayRouteTableId
	router := do2(b.client.CreateCustomerGateway(b.ctx, &ec2.CreateCustomerGatewayInput{BgpAsn: aws.Int32(65000),
		IpAddress: aws.String("203.0.113.10"), Type: types.GatewayTypeIpsec1}))(b.hand).CustomerGateway.CustomerGatewayId
	c := do2(b.client.CreateVpnConnection(b.ctx, &ec2.CreateVpnConnectionInput{CustomerGatewayId: router, Type: aws.String("ipsec.1"),
		TransitGatewayId: g}))(b.hand).VpnConnection.VpnConnectionId
	for _, a := range do2(b.client.DescribeTransitGatewayAttachments(b.ctx, &ec2.DescribeTransitGatewayAttachmentsInput{}))(b.hand).
		TransitGatewayAttachments {
		if aws.ToString(a.ResourceId) == *c {
			b.is[vpn] = *a.TransitGatewayAttachmentId
		}
	}
	return *g
}

// share shares a gateway with an account, until the result is called.
func (b *builder) share(gateway, account string) (end func()) {
	b.t.Helper()
	client := ram.NewFromConfig(sdk(b.t, hubAccount, hubRegion))
	made := do2(client.CreateResourceShare(b.ctx, &ram.CreateResourceShareInput{Name: aws.String("old gateway"),
		ResourceArns: []string{"arn:aws:ec2:" + hubRegion + ":" + hubAccount + ":transit-gateway/" + gateway}, Principals: []string{account},
		AllowExternalPrincipals: aws.Bool(false)}))(b.hand).ResourceShare.ResourceShareArn
	return func() {
		do2(client.DeleteResourceShare(b.ctx, &ram.DeleteResourceShareInput{ResourceShareArn: made}))(b.hand)
	}
}

func (b *builder) standingHub(gateway string) string {
	vpc := b.vpc("vpc-0c1d2e3f405162738", "10.0.0.0/20",
		stands{"subnet-0c10d21e32f43a541", "10.0.0.0/24", "use1-az1", "rtb-0c1d2e3f405162731"},
		stands{"subnet-0c10d21e32f43a542", "10.0.1.0/24", "use1-az2", "rtb-0c1d2e3f405162731"},
		stands{"subnet-0c10d21e32f43a545", "10.0.15.0/28", "use1-az1", ""},
		stands{"subnet-0c10d21e32f43a546", "10.0.14.16/28", "use1-az2", "rtb-0c1d2e3f405162732"})
	b.attach("tgw-attach-0a1b2c3d4e5f60711", vpc, gateway, "subnet-0c10d21e32f43a545", "subnet-0c10d21e32f43a542")
	return vpc
}

func (b *builder) standingERP(gateway string) string {
	vpc := b.vpc("vpc-0e1f203142536475a", "172.20.0.0/16",
		stands{"subnet-0a10b21c32d43e54e", "172.20.3.0/24", "use1-az1", "rtb-01a02b13c24d35e46"},
		stands{"subnet-0a10b21c32d43e54f", "172.20.0.0/24", "use1-az1", "rtb-01a02b13c24d35e46"},
		stands{"subnet-0a10b21c32d43e550", "172.20.1.0/24", "use1-az2", "rtb-01a02b13c24d35e46"})
	b.attach("tgw-attach-0a1b2c3d4e5f60712", vpc, gateway, "subnet-0a10b21c32d43e54f", "subnet-0a10b21c32d43e550")
	return vpc
}

// standingCRM makes a VPC with a load balancer.
func (b *builder) standingCRM() string {
	b.t.Helper()
	vpc := b.vpc("vpc-0e1f203142536475b", "172.21.0.0/16",
		stands{"subnet-0a10b21c32d43e560", "172.21.0.0/24", "use1-az2", "rtb-01a02b13c24d35e47"})
	balancers := elb.NewFromConfig(sdk(b.t, farAccount, hubRegion))
	made := do2(balancers.CreateLoadBalancer(b.ctx, &elb.CreateLoadBalancerInput{Name: aws.String("login"),
		Type: elbtypes.LoadBalancerTypeEnumNetwork, Scheme: elbtypes.LoadBalancerSchemeEnumInternal,
		Subnets: []string{b.is["subnet-0a10b21c32d43e560"]}}))(b.hand).LoadBalancers[0].LoadBalancerArn
	group := do2(balancers.CreateTargetGroup(b.ctx, &elb.CreateTargetGroupInput{Name: aws.String("login"), Protocol: elbtypes.ProtocolEnumTcp,
		Port: aws.Int32(443), VpcId: &vpc, TargetType: elbtypes.TargetTypeEnumIp}))(b.hand).TargetGroups[0].TargetGroupArn
	do2(balancers.CreateListener(b.ctx, &elb.CreateListenerInput{LoadBalancerArn: made, Port: aws.Int32(443),
		Protocol:       elbtypes.ProtocolEnumTcp,
		DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: group}}}))(b.hand)
	b.is[own("arn:aws:elasticloadbalancing:us-east-1:222222222222:loadbalancer/net/login/0123456789abcdef")] = *made
	return vpc
}

// standing writes the files of the case, with the real ids and a name of its own for the hub.
func (s *site) standing(t *testing.T, b *builder) {
	t.Helper()
	text, err := os.ReadFile(repo + "/internal/config/testdata/good/standing.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse(text).Files {
		if f.Name == "want" {
			continue
		}
		name := strings.Replace(f.Name, "hubs/use1.yaml", "hubs/standing.yaml", 1)
		s.write(t, name, strings.ReplaceAll(b.named(t, own(string(f.Data))), "hub: use1", "hub: standing"))
	}
}

// answeredIn is the VPC of the endpoint that a private zone of a VPC leads a name to; "" for none.
func answeredIn(t *testing.T, account, vpc, name string) string {
	t.Helper()
	h, cfg := &hand{t: t, ctx: t.Context()}, sdk(t, account, hubRegion)
	zones := route53.NewFromConfig(cfg)
	for _, z := range do2(zones.ListHostedZonesByVPC(h.ctx, &route53.ListHostedZonesByVPCInput{VPCId: &vpc,
		VPCRegion: r53types.VPCRegion(hubRegion)}))(h).HostedZoneSummaries {
		if strings.TrimSuffix(aws.ToString(z.Name), ".") != name {
			continue
		}
		alias := aliasOf(do2(zones.ListResourceRecordSets(h.ctx,
			&route53.ListResourceRecordSetsInput{HostedZoneId: z.HostedZoneId}))(h).ResourceRecordSets, name)
		for _, e := range do2(ec2.NewFromConfig(cfg).DescribeVpcEndpoints(h.ctx, &ec2.DescribeVpcEndpointsInput{}))(h).VpcEndpoints {
			if len(e.DnsEntries) > 0 && aws.ToString(e.DnsEntries[0].DnsName) == alias {
				return aws.ToString(e.VpcId)
			}
		}
	}
	return ""
}

// Changes by hand to what stands.
func standingDrifts(b *builder) []byHand {
	attachment := aws.String(b.is["tgw-attach-0a1b2c3d4e5f60711"])
	modify := func(change *ec2.ModifyTransitGatewayVpcAttachmentInput) {
		change.TransitGatewayAttachmentId = attachment
		do2(b.client.ModifyTransitGatewayVpcAttachment(b.ctx, change))(b.hand)
	}
	return []byHand{
		{"an attachment that exists in appliance mode", "attachment-options", "", func(*hand) func() {
			set := func(to types.ApplianceModeSupportValue) {
				modify(&ec2.ModifyTransitGatewayVpcAttachmentInput{
					Options: &types.ModifyTransitGatewayVpcAttachmentRequestOptions{ApplianceModeSupport: to}})
			}
			set(types.ApplianceModeSupportValueEnable)
			return func() { set(types.ApplianceModeSupportValueDisable) }
		}},
		{"an attachment that exists in a subnet less", "attachment-subnets", "", func(*hand) func() {
			one := []string{b.is["subnet-0c10d21e32f43a542"]} // the last of them, so that the order is as before
			modify(&ec2.ModifyTransitGatewayVpcAttachmentInput{RemoveSubnetIds: one})
			return func() { modify(&ec2.ModifyTransitGatewayVpcAttachmentInput{AddSubnetIds: one}) }
		}},
		{"an attachment that exists without its table", "association", "standing-network", func(h *hand) func() {
			table := h.net.Attachments[*attachment].Associated[0].ID
			do2(b.client.DisassociateTransitGatewayRouteTable(h.ctx, &ec2.DisassociateTransitGatewayRouteTableInput{
				TransitGatewayAttachmentId: attachment, TransitGatewayRouteTableId: &table}))(h)
			return func() {
				do2(b.client.AssociateTransitGatewayRouteTable(h.ctx, &ec2.AssociateTransitGatewayRouteTableInput{
					TransitGatewayAttachmentId: attachment, TransitGatewayRouteTableId: &table}))(h)
			}
		}},
	}
}
