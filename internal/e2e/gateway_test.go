package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ram"
)

// networkAccount owns the Transit Gateway of examples/10-shared-gateway.
var networkAccount = own("555555555555")

// lent is a Transit Gateway as EC2 makes it, with a table and a VPN, in the network team's account.
type lent struct {
	*hand
	owner                    *ec2.Client
	gateway, arn, table, vpn string
}

func lend(t *testing.T) lent {
	t.Helper()
	h := &hand{t: t, ctx: t.Context()}
	owner := ec2.NewFromConfig(sdk(t, networkAccount, hubRegion))
	g := do2(owner.CreateTransitGateway(h.ctx, &ec2.CreateTransitGatewayInput{}))(h).TransitGateway
	table := do2(owner.CreateTransitGatewayRouteTable(h.ctx,
		&ec2.CreateTransitGatewayRouteTableInput{TransitGatewayId: g.TransitGatewayId}))(h).TransitGatewayRouteTable.TransitGatewayRouteTableId
	router := do2(owner.CreateCustomerGateway(h.ctx, &ec2.CreateCustomerGatewayInput{BgpAsn: aws.Int32(65000),
		IpAddress: aws.String("203.0.113.9"), Type: types.GatewayTypeIpsec1}))(h).CustomerGateway.CustomerGatewayId
	vpn := do2(owner.CreateVpnConnection(h.ctx, &ec2.CreateVpnConnectionInput{CustomerGatewayId: router, Type: aws.String("ipsec.1"),
		TransitGatewayId: g.TransitGatewayId}))(h).VpnConnection.VpnConnectionId
	out := lent{hand: h, owner: owner, gateway: *g.TransitGatewayId, arn: *g.TransitGatewayArn, table: *table}
	for _, a := range out.attached() {
		if aws.ToString(a.ResourceId) == *vpn {
			out.vpn = *a.TransitGatewayAttachmentId
		}
	}
	return out
}

// attached are the attachments that there are.
func (l *lent) attached() []types.TransitGatewayAttachment {
	l.t.Helper()
	all := do2(l.owner.DescribeTransitGatewayAttachments(l.ctx, &ec2.DescribeTransitGatewayAttachmentsInput{
		Filters: []types.Filter{{Name: aws.String("transit-gateway-id"), Values: []string{l.gateway}}}}))(l.hand).TransitGatewayAttachments
	return slices.DeleteFunc(all, func(a types.TransitGatewayAttachment) bool {
		return a.State == types.TransitGatewayAttachmentStateDeleted
	})
}

// answers are what EC2 says of the gateway, its tables and their routes.
func (l *lent) answers() map[string]string {
	l.t.Helper()
	out := map[string]string{}
	say := func(call string, answer any) {
		b, err := json.MarshalIndent(answer, "", " ")
		l.must(err)
		out[call] = string(b)
	}
	say("DescribeTransitGateways", do2(l.owner.DescribeTransitGateways(l.ctx, &ec2.DescribeTransitGatewaysInput{
		TransitGatewayIds: []string{l.gateway}}))(l.hand).TransitGateways)
	say("DescribeTransitGatewayAttachments", l.attached())
	tables := do2(l.owner.DescribeTransitGatewayRouteTables(l.ctx, &ec2.DescribeTransitGatewayRouteTablesInput{
		Filters: []types.Filter{{Name: aws.String("transit-gateway-id"), Values: []string{l.gateway}}}}))(l.hand).TransitGatewayRouteTables
	say("DescribeTransitGatewayRouteTables", tables)
	for _, t := range tables {
		say("SearchTransitGatewayRoutes "+*t.TransitGatewayRouteTableId, do2(l.owner.SearchTransitGatewayRoutes(l.ctx,
			&ec2.SearchTransitGatewayRoutesInput{TransitGatewayRouteTableId: t.TransitGatewayRouteTableId,
				Filters: []types.Filter{{Name: aws.String("type"), Values: []string{"static"}}}}))(l.hand).Routes)
	}
	return out
}

// A Transit Gateway of another account, by examples/10-shared-gateway with a Profile: preflight says what its owner is to do, in every
// account; that done, the hub's account and the owner deploy their stacks, each with its own credentials, and all is verified; changes by
// hand in the owner's account are found; and with the stacks goes all that they made of the gateway.
func TestSharedGateway(t *testing.T) {
	t.Parallel()
	if !everyRunbook {
		t.Skip("with OPERATIONS=all: CI has no time for it")
	}
	c := connect(t)
	if !emulated() {
		t.Skip("a sandbox organization has no Transit Gateway with a VPN")
	}
	s := newSite(t, c, repo+"/examples/10-shared-gateway", hubAccount+"/"+hubRegion, farAccount+"/"+hubRegion, networkAccount+"/"+hubRegion)
	g := lend(t)
	s.borrows(t, g)
	s.synth(t)
	s.lends(t, g)
	before := g.answers()

	s.deployIn(t, s.env, 5, hubAccount, farAccount)
	s.deployIn(t, keys(t, networkAccount), 5, networkAccount)
	s.changes(t)
	s.same(t)
	for _, a := range g.attached() {
		if a.Association == nil || a.Association.State != types.TransitGatewayAssociationStateAssociated {
			t.Errorf("attachment %s of account %s is associated with no table", *a.TransitGatewayAttachmentId, *a.ResourceOwnerId)
		}
	}
	drifts(t, s, "10.16.4.0/22", "10.16.0.0/22", g.byHand())

	s.edit(t, "spokes/orders.yaml", "segment:", "state: detached\nsegment:")
	s.changes(t, "lent-link-orders", "lent-spoke-orders")
	s.same(t)
	s.leave(t)
	if left := differing(before, g.answers()); len(left) > 0 {
		t.Errorf("of the gateway EC2 says something else than before:\n%s", strings.Join(left, "\n"))
	}
}

// deployIn deploys the stacks of some accounts, so many, and no others.
func (s *site) deployIn(t *testing.T, env []string, many int, accounts ...string) {
	t.Helper()
	listed, code := s.sharedhub(t, "stacks", "--account", strings.Join(accounts, ","), "--assembly", s.out)
	names := strings.Fields(listed)
	if code != 0 || len(names) != many {
		t.Fatalf("stacks of %v ended with %d, and %d are meant:\n%s", accounts, code, many, head(listed))
	}
	said, err := s.run(t, env, slices.Concat([]string{"deploy", "--require-approval", "never", "--exclusively"}, names, s.flags,
		s.synthesised())...)
	if err != nil {
		t.Fatalf("deploy: %v\n%s", err, tail(said))
	}
	slices.Sort(names)
	if changed := changedStacks(said); !slices.Equal(changed, names) {
		t.Errorf("%v were deployed, and %v are meant", changed, names)
	}
}

// borrows gives the hub a name of its own, and the ids of what is there.
func (s *site) borrows(t *testing.T, g lent) {
	t.Helper()
	hub := s.read(t, "hubs/use1.yaml")
	for written, is := range map[string]string{"tgw-0a1b2c3d4e5f60718": g.gateway, "tgw-rtb-0b1c2d3e4f5061728": g.table,
		"tgw-attach-0c1d2e3f405162738": g.vpn} {
		if !strings.Contains(hub, written) {
			t.Fatalf("example 10 does not hold %s", written)
		}
		hub = strings.ReplaceAll(hub, written, is)
	}
	s.write(t, "hubs/lent.yaml", hub+"dns: {sharing: profile}\n")
	s.remove(t, "hubs/use1.yaml")
	for _, spoke := range []string{"bastion", "builds", "orders"} {
		s.edit(t, "spokes/"+spoke+".yaml", "hub: use1", "hub: lent")
	}
}

// lends does as the gateway's owner what preflight says, and shares it.
func (s *site) lends(t *testing.T, g lent) {
	t.Helper()
	said := s.obey(t, 3, append(keys(t, networkAccount), "AWS_DEFAULT_REGION="+hubRegion)...)
	if n := strings.Count(said, "expected account "+networkAccount+" to share it with this one"); n != 2 {
		t.Fatalf("expected two accounts that do not see the gateway, found %d:\n%s", n, said)
	}
	do2(ram.NewFromConfig(sdk(t, networkAccount, hubRegion)).CreateResourceShare(g.ctx, &ram.CreateResourceShareInput{
		Name: aws.String("backbone"), ResourceArns: []string{g.arn}, AllowExternalPrincipals: aws.Bool(false),
		Principals: []string{"arn:aws:organizations::" + own("999999999999") + ":organization/" + own("o-a1b2c3d4e5")}}))(g.hand)
	s.ready(t)
}

// byHand are changes in the account of the gateway.
func (l *lent) byHand() []byHand {
	return []byHand{
		{"a route to a spoke that is gone", "gateway-route", "lent-link-orders", func(h *hand) func() {
			table, far := h.tableNamed("lent/ops"), h.attachmentOf(h.farVPC).ID
			do2(l.owner.DeleteTransitGatewayRoute(h.ctx, &ec2.DeleteTransitGatewayRouteInput{TransitGatewayRouteTableId: &table.ID,
				DestinationCidrBlock: aws.String("10.16.0.0/22")}))(h)
			return func() {
				do2(l.owner.CreateTransitGatewayRoute(h.ctx, &ec2.CreateTransitGatewayRouteInput{TransitGatewayRouteTableId: &table.ID,
					DestinationCidrBlock: aws.String("10.16.0.0/22"), TransitGatewayAttachmentId: &far}))(h)
			}
		}},
		{"a hub without its table", "association", "lent-gateway", func(h *hand) func() {
			table, hub := h.tableNamed("lent/hub"), h.attachmentOf(h.hub).ID
			do2(l.owner.DisassociateTransitGatewayRouteTable(h.ctx, &ec2.DisassociateTransitGatewayRouteTableInput{
				TransitGatewayAttachmentId: &hub, TransitGatewayRouteTableId: &table.ID}))(h)
			return func() {
				do2(l.owner.AssociateTransitGatewayRouteTable(h.ctx, &ec2.AssociateTransitGatewayRouteTableInput{
					TransitGatewayAttachmentId: &hub, TransitGatewayRouteTableId: &table.ID}))(h)
			}
		}},
		{"a gateway that accepts nobody by itself", "proof: sharing", "", func(h *hand) func() {
			set := func(to types.AutoAcceptSharedAttachmentsValue) {
				do2(l.owner.ModifyTransitGateway(h.ctx, &ec2.ModifyTransitGatewayInput{TransitGatewayId: &l.gateway,
					Options: &types.ModifyTransitGatewayOptions{AutoAcceptSharedAttachments: to}}))(h)
			}
			set(types.AutoAcceptSharedAttachmentsValueDisable)
			return func() { set(types.AutoAcceptSharedAttachmentsValueEnable) }
		}},
	}
}
