package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sharedhub/internal/topology"
)

// paymentsBalancer makes the load balancer that example 06 says exists, in the subnets of its spoke.
func paymentsBalancer(t *testing.T) (arn string) {
	t.Helper()
	h := &hand{t: t, ctx: t.Context()}
	cfg := sdk(t, own("444444444444"), hubRegion)
	client, balancers := ec2.NewFromConfig(cfg), elb.NewFromConfig(cfg)
	in := []types.Filter{{Name: aws.String("tag:aws:cloudformation:stack-name"), Values: []string{"shop-spoke-payments"}}}
	var subnets []string
	for _, n := range do2(client.DescribeSubnets(h.ctx, &ec2.DescribeSubnetsInput{Filters: in}))(h).Subnets {
		for _, tag := range n.Tags {
			if aws.ToString(tag.Key) == "Name" && strings.Contains(aws.ToString(tag.Value), "private") {
				subnets = append(subnets, *n.SubnetId)
			}
		}
	}
	b := do2(balancers.CreateLoadBalancer(h.ctx, &elb.CreateLoadBalancerInput{Name: aws.String("payments"),
		Type: elbtypes.LoadBalancerTypeEnumNetwork, Scheme: elbtypes.LoadBalancerSchemeEnumInternal, Subnets: subnets}))(h).LoadBalancers[0]
	for _, port := range []int32{443, 8443} {
		vpc := b.VpcId
		group := do2(balancers.CreateTargetGroup(h.ctx, &elb.CreateTargetGroupInput{Name: aws.String("payments-" + map[int32]string{443: "web",
			8443: "api"}[port]), Protocol: elbtypes.ProtocolEnumTcp, Port: &port, VpcId: vpc,
			TargetType: elbtypes.TargetTypeEnumIp}))(h).TargetGroups[0]
		do2(balancers.CreateListener(h.ctx, &elb.CreateListenerInput{LoadBalancerArn: b.LoadBalancerArn, Port: &port,
			Protocol: elbtypes.ProtocolEnumTcp, DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward,
				TargetGroupArn: group.TargetGroupArn}}}))(h)
	}
	return *b.LoadBalancerArn
}

// Changes by hand to what a spoke publishes.
var publishedDrifts = []byHand{
	{"an endpoint service that lets in a further account", "service-principal", "shop-service-orders-api", func(h *hand) func() {
		client := ec2.NewFromConfig(sdk(h.t, thirdAccount, hubRegion))
		change := &ec2.ModifyVpcEndpointServicePermissionsInput{ServiceId: &h.published("orders-api").ID,
			AddAllowedPrincipals: []string{"arn:aws:iam::" + own("555555555555") + ":root"}}
		do2(client.ModifyVpcEndpointServicePermissions(h.ctx, change))(h)
		return func() {
			change.AddAllowedPrincipals, change.RemoveAllowedPrincipals = nil, change.AddAllowedPrincipals
			do2(client.ModifyVpcEndpointServicePermissions(h.ctx, change))(h)
		}
	}},
	{"connections to an endpoint service wait no longer", "service-options", "shop-service-payments-api", func(h *hand) func() {
		client := ec2.NewFromConfig(sdk(h.t, own("444444444444"), hubRegion))
		set := func(on bool) {
			do2(client.ModifyVpcEndpointServiceConfiguration(h.ctx, &ec2.ModifyVpcEndpointServiceConfigurationInput{
				ServiceId: &h.published("payments-api").ID, AcceptanceRequired: &on}))(h)
		}
		set(false)
		return func() { set(true) }
	}},
}

func (h *hand) published(name string) *topology.EndpointService {
	h.t.Helper()
	for _, s := range h.net.EndpointServices {
		if strings.HasSuffix(s.Name, "/"+name) {
			return s
		}
	}
	h.t.Fatalf("no endpoint service %s", name)
	return nil
}

// Example 06 over its four accounts: each service answers, by its name, to whom its file names and to nobody else, and no other account
// can make an endpoint of it.
func TestMicroservices(t *testing.T) {
	t.Parallel()
	c := connect(t)
	if !emulated() {
		t.Skip("a sandbox organization has no load balancer to publish")
	}
	accounts := map[string]string{"storefront": farAccount, "orders": thirdAccount, "payments": own("444444444444")}
	places := []string{hubAccount + "/" + hubRegion}
	for _, a := range sortedKeys(accounts) {
		places = append(places, accounts[a]+"/"+hubRegion)
	}
	s := newSite(t, c, repo+"/examples/06-microservices", places...)
	first := s.deploy(t, "shop-spoke-payments") // and what it waits for
	file := s.read(t, "services/payments-api.yaml")
	_, rest, _ := strings.Cut(file, "arn: ")
	written, _, _ := strings.Cut(rest, "\n")
	s.edit(t, "services/payments-api.yaml", written, paymentsBalancer(t))
	if all := append(first, s.deploy(t)...); len(all) != 18 {
		t.Errorf("%d stacks were deployed, and 18 are meant: %v", len(all), all)
	}
	s.changes(t)
	s.same(t)

	services, h := map[string]*ec2.Client{}, &hand{t: t, ctx: t.Context()}
	for name, account := range accounts {
		services[name] = ec2.NewFromConfig(sdk(t, account, hubRegion))
	}
	for name, want := range map[string]struct {
		provider string
		at       map[string]string // where the endpoint is that answers, by who asks
	}{
		"login":    {"storefront", map[string]string{"storefront": "hub", "orders": "hub", "payments": "hub"}},
		"orders":   {"orders", map[string]string{"storefront": "storefront"}},
		"payments": {"payments", map[string]string{"orders": "orders"}},
	} {
		at := map[string]string{}
		for spoke, account := range accounts {
			if where := s.answers(t, spoke, account, name+".internal.example.com"); where != "" {
				at[spoke] = where
			}
		}
		if !maps.Equal(at, want.at) {
			t.Errorf("%s: expected answers by endpoints in %v, found %v", name, want.at, at)
		}
		// Whoever may not connect is refused by EC2, even with the service's name in hand.
		stack := "shop-service-" + map[string]string{"login": "login", "orders": "orders-api", "payments": "payments-api"}[name]
		own := do2(services[want.provider].DescribeVpcEndpointServiceConfigurations(h.ctx, &ec2.DescribeVpcEndpointServiceConfigurationsInput{
			Filters: []types.Filter{{Name: aws.String("tag:aws:cloudformation:stack-name"), Values: []string{stack}}}}))(h).ServiceConfigurations
		if len(own) != 1 {
			t.Fatalf("expected one endpoint service of %s, found %d", stack, len(own))
		}
		for spoke, client := range services {
			if spoke == want.provider || want.at[spoke] == spoke {
				continue
			}
			vpc := s.vpcOf(t, spoke, accounts[spoke])
			subnets := do2(client.DescribeSubnets(h.ctx, &ec2.DescribeSubnetsInput{Filters: []types.Filter{{Name: aws.String("vpc-id"),
				Values: []string{vpc}}}}))(h).Subnets
			_, err := client.CreateVpcEndpoint(h.ctx, &ec2.CreateVpcEndpointInput{VpcId: &vpc, ServiceName: own[0].ServiceName,
				VpcEndpointType: types.VpcEndpointTypeInterface, SubnetIds: []string{*subnets[0].SubnetId}})
			if err == nil || !strings.Contains(err.Error(), "InvalidServiceName") {
				t.Errorf("%s makes an endpoint of %s: %v", spoke, stack, err)
			}
		}
	}
	for of, want := range map[string]string{"storefront orders-api": "reaches it", "payments orders-api": "does not reach it"} {
		said, code := s.sharedhub(t, slices.Concat([]string{"explain"}, strings.Fields(of), []string{"--assembly", s.out})...)
		if code != 0 || !strings.Contains(said, want+", as configured") {
			t.Errorf("explain %s ended with %d:\n%s", of, code, head(said))
		}
	}
	drifts(t, s, "10.24.0.0/22", "10.16.0.0/22", publishedDrifts)
}

func (s *site) vpcOf(t *testing.T, spoke, account string) string {
	t.Helper()
	id, err := newAsker(t).vpc(ec2.NewFromConfig(sdk(t, account, hubRegion)), "shop", spoke)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// answers asks a name as a host of a spoke does, from AWS's own answers: where the endpoint is that answers, "hub" or a spoke; "" where
// nobody does.
func (s *site) answers(t *testing.T, spoke, account, name string) string {
	t.Helper()
	h, cfg, vpc := &hand{t: t, ctx: t.Context()}, sdk(t, account, hubRegion), s.vpcOf(t, spoke, account)
	zones := route53.NewFromConfig(cfg)
	for _, z := range do2(zones.ListHostedZonesByVPC(h.ctx, &route53.ListHostedZonesByVPCInput{VPCId: &vpc,
		VPCRegion: r53types.VPCRegion(hubRegion)}))(h).HostedZoneSummaries {
		if strings.TrimSuffix(aws.ToString(z.Name), ".") != name {
			continue
		}
		alias := aliasOf(do2(zones.ListResourceRecordSets(h.ctx,
			&route53.ListResourceRecordSetsInput{HostedZoneId: z.HostedZoneId}))(h).ResourceRecordSets, name)
		for where, at := range map[string]string{"hub": hubAccount, spoke: account} {
			for _, e := range do2(ec2.NewFromConfig(sdk(t, at, hubRegion)).DescribeVpcEndpoints(h.ctx,
				&ec2.DescribeVpcEndpointsInput{}))(h).VpcEndpoints {
				if len(e.DnsEntries) > 0 && aws.ToString(e.DnsEntries[0].DnsName) == alias && strings.Contains(*e.ServiceName, ".vpce-svc-") {
					return where
				}
			}
		}
		return "nowhere: " + alias
	}
	return ""
}
