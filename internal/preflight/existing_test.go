package preflight

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/live"
)

// standing is a hub on an existing gateway, with a VPN and a spoke's VPC that exist, and what the accounts hold of them.
func standing() (*config.Config, Plan, map[string]*live.Ground) {
	cfg, plan, ground := ready()
	hub, spoke := cfg.Hubs[0], cfg.Hubs[0].Spokes[0]
	hub.TransitGateway = config.TransitGateway{ID: "tgw-1", RouteTables: map[string]string{"onprem": "tgw-rtb-1"}}
	hub.External = []config.External{{Name: "datacentre", Attachment: "tgw-attach-1", Segment: "onprem", Kind: "vpn", Account: hubAccount}}
	az := config.AZ{Name: "use1-az1", ByID: true}
	spoke.CIDR = netip.MustParsePrefix("172.24.0.0/16")
	spoke.Existing = &config.ExistingVPC{ID: "vpc-9",
		Subnets: []config.ExistingSubnet{{ID: "subnet-1", Tier: "app", CIDR: netip.MustParsePrefix("172.24.0.0/24"), AZ: az,
			RouteTable: "rtb-1"}},
		Transit: []config.ExistingSubnet{{Tier: "transit", CIDR: netip.MustParsePrefix("172.24.255.0/28"), AZ: az},
			{ID: "subnet-2", Tier: "transit", CIDR: netip.MustParsePrefix("172.24.2.0/28"), AZ: config.AZ{Name: "use1-az2", ByID: true}}}}
	plan.standing(hub)
	at := plan[live.Place{Account: hubAccount, Region: region}]
	at.Existing = append(at.Existing, hub.TransitGateway.ID)
	n := plan[live.Place{Account: spokeAccount, Region: region}]
	n.resource(&assembly.Stack{Name: "use1-spoke-payments"}, &assembly.Resource{Type: "AWS::EC2::Route",
		Properties: map[string]any{"RouteTableId": "rtb-1", "DestinationCidrBlock": "10.0.0.0/22"}})
	id := aws.String
	ground[hubAccount].Standing = &live.Standing{
		Members: []types.TransitGatewayAttachment{{TransitGatewayAttachmentId: id("tgw-attach-1"), TransitGatewayId: id("tgw-1"),
			ResourceType: "vpn", ResourceOwnerId: id(hubAccount), State: "available"}},
		GatewayTables: []types.TransitGatewayRouteTable{
			{TransitGatewayRouteTableId: id("tgw-rtb-1"), TransitGatewayId: id("tgw-1"), State: "available"},
			{TransitGatewayRouteTableId: id("tgw-rtb-2"), TransitGatewayId: id("tgw-1"), State: "available"}},
	}
	subnet := func(name, cidr, zone string) types.Subnet {
		return types.Subnet{SubnetId: id(name), VpcId: id("vpc-9"), CidrBlock: id(cidr), AvailabilityZoneId: id(zone)}
	}
	ground[spokeAccount].Standing = &live.Standing{
		DNS: map[string]live.VPCDNS{"vpc-9": {Support: true, Names: true}},
		VPCs: []types.Vpc{{VpcId: id("vpc-9"), OwnerId: id(spokeAccount),
			CidrBlockAssociationSet: []types.VpcCidrBlockAssociation{{CidrBlock: id("172.24.0.0/16")}}}},
		Subnets: []types.Subnet{subnet("subnet-1", "172.24.0.0/24", "use1-az1"), subnet("subnet-2", "172.24.2.0/28", "use1-az2")},
		Tables: []types.RouteTable{
			{RouteTableId: id("rtb-0"), VpcId: id("vpc-9"), Associations: []types.RouteTableAssociation{{Main: aws.Bool(true)}}},
			{RouteTableId: id("rtb-1"), VpcId: id("vpc-9"), Associations: []types.RouteTableAssociation{{SubnetId: id("subnet-1")}},
				Routes: []types.Route{{DestinationCidrBlock: id("172.24.0.0/16"), GatewayId: id("local")}}}},
	}
	return cfg, plan, ground
}

func TestStanding(t *testing.T) {
	id := aws.String
	for _, c := range []struct {
		name   string
		change func(hub, spoke *live.Ground)
		code   diag.Code
		say    string
	}{
		{"a VPC that is gone", func(_, far *live.Ground) { far.Standing.VPCs = nil }, codeExistingVPC,
			"spoke payments: expected VPC vpc-9, found no such VPC"},
		{"a VPC of another account", func(_, far *live.Ground) { far.Standing.VPCs[0].OwnerId = id("999999999999") }, codeExistingVPC,
			"is of account 999999999999, which shares subnets of it"},
		{"another range", func(_, far *live.Ground) {
			far.Standing.VPCs[0].CidrBlockAssociationSet[0].CidrBlock = id("172.25.0.0/16")
		},
			codeExistingVPC, "expected range 172.24.0.0/16 of VPC vpc-9, found 172.25.0.0/16"},
		{"a range that it no longer has", func(_, far *live.Ground) {
			far.Standing.VPCs[0].CidrBlockAssociationSet[0].CidrBlockState = &types.VpcCidrBlockState{
				State: types.VpcCidrBlockStateCodeDisassociated}
		}, codeExistingVPC, "expected range 172.24.0.0/16"},
		{"DNS host names off", func(_, far *live.Ground) { far.Standing.DNS["vpc-9"] = live.VPCDNS{Support: true} }, codeExistingDNS,
			"expected on, found off: DNS host names"},
		{"a subnet that is gone", func(_, far *live.Ground) { far.Standing.Subnets = far.Standing.Subnets[1:] }, codeExistingVPC,
			"expected subnet subnet-1, found no such subnet"},
		{"a subnet of another VPC", func(_, far *live.Ground) { far.Standing.Subnets[0].VpcId = id("vpc-8") }, codeExistingVPC,
			"subnet-1 is a subnet of VPC vpc-8, expected one of vpc-9"},
		{"a subnet of another range", func(_, far *live.Ground) { far.Standing.Subnets[0].CidrBlock = id("172.24.8.0/24") }, codeExistingVPC,
			"expected range 172.24.0.0/24 of subnet subnet-1, found 172.24.8.0/24"},
		{"a transit subnet in another zone", func(_, far *live.Ground) { far.Standing.Subnets[1].AvailabilityZoneId = id("use1-az3") },
			codeExistingVPC, "expected availability zone use1-az2 of subnet subnet-2, found use1-az3"},
		{"a subnet with another table", func(_, far *live.Ground) { far.Standing.Tables[1].Associations = nil }, codeExistingVPC,
			"expected route table rtb-1 of subnet subnet-1, found rtb-0"},
		{"a table of another VPC", func(_, far *live.Ground) { far.Standing.Tables[1].VpcId = id("vpc-8") }, codeExistingVPC,
			"rtb-1 is a route table of VPC vpc-8, expected one of vpc-9"},
		{"a subnet in the place of a transit subnet", func(_, far *live.Ground) {
			far.Standing.Subnets = append(far.Standing.Subnets, types.Subnet{SubnetId: id("subnet-3"), VpcId: id("vpc-9"),
				CidrBlock: id("172.24.255.0/24")})
		}, codeExistingTaken, "the transit subnet 172.24.255.0/28 in use1-az1 overlaps 172.24.255.0/24 of subnet subnet-3"},
		{"an attachment", func(_, far *live.Ground) {
			far.Standing.Attachments = []types.TransitGatewayVpcAttachment{{TransitGatewayAttachmentId: id("tgw-attach-7"), VpcId: id("vpc-9"),
				TransitGatewayId: id("tgw-1")}}
		}, codeExistingTaken, "is attached to tgw-1 already, by tgw-attach-7"},
		{"a route", func(_, far *live.Ground) {
			far.Standing.Tables[1].Routes = append(far.Standing.Tables[1].Routes, types.Route{DestinationCidrBlock: id("10.0.0.0/22"),
				VpcPeeringConnectionId: id("pcx-1")})
		}, codeExistingTaken, "route table rtb-1 has a route to 10.0.0.0/22 already, by pcx-1"},
		{"an attachment that is gone", func(hub, _ *live.Ground) { hub.Standing.Members = nil }, codeExistingMember,
			"external datacentre: expected attachment tgw-attach-1, found no such attachment"},
		{"an attachment of another kind", func(hub, _ *live.Ground) { hub.Standing.Members[0].ResourceType = "peering" }, codeExistingMember,
			"expected kind vpn of attachment tgw-attach-1, found peering"},
		{"an attachment to another gateway", func(hub, _ *live.Ground) { hub.Standing.Members[0].TransitGatewayId = id("tgw-2") },
			codeExistingMember, "expected Transit Gateway tgw-1 of attachment tgw-attach-1, found tgw-2"},
		{"an attachment that waits", func(hub, _ *live.Ground) { hub.Standing.Members[0].State = "pendingAcceptance" }, codeExistingMember,
			"expected state available of attachment tgw-attach-1, found pendingAcceptance"},
		{"an attachment with a table", func(hub, _ *live.Ground) {
			hub.Standing.Members[0].Association = &types.TransitGatewayAttachmentAssociation{TransitGatewayRouteTableId: id("tgw-rtb-2")}
		}, codeExistingTable, "is associated with tgw-rtb-2: run `aws ec2 disassociate-transit-gateway-route-table"},
		{"an attachment with the table that it is to have", func(hub, _ *live.Ground) {
			hub.Standing.Members[0].Association = &types.TransitGatewayAttachmentAssociation{TransitGatewayRouteTableId: id("tgw-rtb-1")}
		}, codeExistingTable, "is associated with tgw-rtb-1"},
		{"a gateway that associates", func(hub, _ *live.Ground) {
			hub.Existing, hub.Defaults = map[string]string{"tgw-1": "available"}, map[string]live.Defaults{"tgw-1": {Associates: true}}
		}, codeExistingTable, "Transit Gateway tgw-1 associates each new attachment with its default table: run `aws ec2 modify-transit-gateway"},
		{"a gateway that propagates", func(hub, _ *live.Ground) {
			hub.Existing, hub.Defaults = map[string]string{"tgw-1": "available"}, map[string]live.Defaults{"tgw-1": {Propagates: true}}
		}, codeExistingPropagation, "lets its default table learn the ranges"},
		{"a gateway's table that is gone", func(hub, _ *live.Ground) { hub.Standing.GatewayTables = nil }, codeExisting,
			"hub use1: expected route table tgw-rtb-1 for onprem, found no such table"},
		{"a table of another gateway", func(hub, _ *live.Ground) { hub.Standing.GatewayTables[0].TransitGatewayId = id("tgw-2") },
			codeExisting, "is of Transit Gateway tgw-2, expected tgw-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, plan, ground := standing()
			c.change(ground[hubAccount], ground[spokeAccount])
			got := standingOnly(Check(cfg, plan, []*live.Ground{ground[hubAccount], ground[spokeAccount]}, hubAccount))
			if len(got) != 1 || got[0].Code != c.code || !strings.Contains(got[0].Summary, c.say) {
				t.Errorf("expected one finding %s that says %q, found:\n%s", c.code, c.say, got)
			}
		})
	}
}

// standingOnly leaves out that nobody can see whether RAM shares.
func standingOnly(all diag.List) (out diag.List) {
	for _, d := range all {
		if d.Code != codeSharingUnknown {
			out = append(out, d)
		}
	}
	return out
}

// What the stacks have made of it is no finding: the transit subnet, the attachment, routes and the association; nor is what was not read.
func TestStandingDeployed(t *testing.T) {
	cfg, plan, ground := standing()
	both := []*live.Ground{ground[hubAccount], ground[spokeAccount]}
	nothing := func(when string) {
		t.Helper()
		if got := standingOnly(Check(cfg, plan, both, hubAccount)); len(got) > 0 {
			t.Errorf("%s:\n%s", when, got)
		}
	}
	nothing("before")
	id := aws.String
	by := func(stack string) []types.Tag {
		return []types.Tag{{Key: id("aws:cloudformation:stack-name"), Value: id(stack)}}
	}
	hub, far := ground[hubAccount], ground[spokeAccount]
	hub.Stacks, far.Stacks = stateOf("use1-network", "UPDATE_COMPLETE", true), stateOf("use1-spoke-payments", "CREATE_COMPLETE", false)
	hub.Standing.Members[0].Association = &types.TransitGatewayAttachmentAssociation{TransitGatewayRouteTableId: id("tgw-rtb-1")}
	s := far.Standing
	s.Subnets = append(s.Subnets, types.Subnet{SubnetId: id("subnet-3"), VpcId: id("vpc-9"), CidrBlock: id("172.24.255.0/28"),
		Tags: by("use1-spoke-payments")})
	s.Attachments = []types.TransitGatewayVpcAttachment{{VpcId: id("vpc-9"), TransitGatewayId: id("tgw-1"), Tags: by("use1-spoke-payments")}}
	s.Tables[1].Routes = append(s.Tables[1].Routes, types.Route{DestinationCidrBlock: id("10.0.0.0/22"), TransitGatewayId: id("tgw-1")})
	nothing("deployed")
	hub.Standing.Members[0].Association.TransitGatewayRouteTableId = id("tgw-rtb-2")
	hub.Standing.GatewayTables[1].Tags = by("use1-network")
	nothing("with a table that the stack made")
	hub.Standing, far.Standing = nil, nil
	nothing("nothing read")
}

// A hub's VPC that exists is compared as a spoke's is.
func TestStandingHub(t *testing.T) {
	id := aws.String
	cfg, plan, ground := ready()
	hub := cfg.Hubs[0]
	hub.CIDR, hub.TransitGateway.ID = netip.MustParsePrefix("10.0.0.0/22"), ""
	az := config.AZ{Name: "use1-az1", ByID: true}
	hub.Existing = &config.ExistingVPC{ID: "vpc-7",
		Subnets: []config.ExistingSubnet{{ID: "subnet-7", Tier: "endpoints", CIDR: netip.MustParsePrefix("10.0.0.0/24"), AZ: az,
			RouteTable: "rtb-7"}},
		Transit: []config.ExistingSubnet{{Tier: "transit", CIDR: netip.MustParsePrefix("10.0.3.0/28"), AZ: az}}}
	there := &live.Standing{DNS: map[string]live.VPCDNS{"vpc-7": {Support: true, Names: true}},
		VPCs: []types.Vpc{{VpcId: id("vpc-7"), OwnerId: id(hubAccount), CidrBlockAssociationSet: []types.VpcCidrBlockAssociation{
			{CidrBlock: id("10.0.0.0/22")}}}},
		Subnets: []types.Subnet{{SubnetId: id("subnet-7"), VpcId: id("vpc-7"), CidrBlock: id("10.0.0.0/24"), AvailabilityZoneId: id("use1-az1")}},
		Tables: []types.RouteTable{{RouteTableId: id("rtb-7"), VpcId: id("vpc-7"),
			Associations: []types.RouteTableAssociation{{SubnetId: id("subnet-7")}}}}}
	ground[hubAccount].Standing = there
	both := []*live.Ground{ground[hubAccount], ground[spokeAccount]}
	found := func() string {
		return fmt.Sprint(slices.DeleteFunc(Check(cfg, plan, both, hubAccount),
			func(d diag.Diagnostic) bool { return d.Code == codeSharingUnknown }))
	}
	if got := found(); got != "[]" && got != "" {
		t.Errorf("expected nothing, found:\n%s", got)
	}
	there.DNS["vpc-7"] = live.VPCDNS{Support: true}
	there.Subnets[0].AvailabilityZoneId = id("use1-az2")
	for _, want := range []string{"hub use1: VPC vpc-7: expected on, found off: DNS host names",
		"hub use1: expected availability zone use1-az1 of subnet subnet-7, found use1-az2"} {
		if got := found(); !strings.Contains(got, want) {
			t.Errorf("expected %q, found:\n%s", want, got)
		}
	}
}

// attached is standing with an attachment of the spoke's VPC that exists, in a subnet with hosts and in one without.
func attached() (*config.Config, Plan, map[string]*live.Ground) {
	cfg, plan, ground := standing()
	spoke, id := cfg.Hubs[0].Spokes[0], aws.String
	cfg.Hubs[0].TransitGateway.RouteTables["prod"], cfg.Hubs[0].TransitGateway.SecurityGroupReferencing = "tgw-rtb-2", true
	spoke.State, spoke.Segment, spoke.Existing.Attachment = config.Attached, "prod", "tgw-attach-9"
	app := spoke.Existing.Subnets[0]
	spoke.Existing.Transit[0] = config.ExistingSubnet{ID: app.ID, Tier: "transit", CIDR: app.CIDR, AZ: app.AZ}
	ground[hubAccount].Standing.Members = append(ground[hubAccount].Standing.Members, types.TransitGatewayAttachment{
		TransitGatewayAttachmentId: id("tgw-attach-9"), TransitGatewayId: id("tgw-1"), ResourceType: "vpc", ResourceId: id("vpc-9"),
		ResourceOwnerId: id(spokeAccount), State: "available"})
	ground[spokeAccount].Standing.Attachments = []types.TransitGatewayVpcAttachment{{TransitGatewayAttachmentId: id("tgw-attach-9"),
		VpcId: id("vpc-9"), TransitGatewayId: id("tgw-1"), SubnetIds: []string{"subnet-2", "subnet-1"},
		Options: &types.TransitGatewayVpcAttachmentOptions{ApplianceModeSupport: "disable", Ipv6Support: "disable",
			SecurityGroupReferencingSupport: "enable"}}}
	return cfg, plan, ground
}

func TestStandingAttachment(t *testing.T) {
	id := aws.String
	member := func(g *live.Ground) *types.TransitGatewayAttachment { return &g.Standing.Members[1] }
	own := func(g *live.Ground) *types.TransitGatewayVpcAttachment { return &g.Standing.Attachments[0] }
	for _, c := range []struct {
		name   string
		change func(hub, spoke *live.Ground)
		code   diag.Code
		say    string
	}{
		{"as declared", func(_, _ *live.Ground) {}, diag.Code{}, ""},
		{"another attachment of the VPC", func(_, far *live.Ground) { own(far).TransitGatewayAttachmentId = id("tgw-attach-8") },
			codeExistingMember, "expected VPC vpc-9 to be attached to tgw-1 by tgw-attach-9, found it attached by tgw-attach-8"},
		{"none of the VPC", func(_, far *live.Ground) { far.Standing.Attachments = nil }, codeExistingMember,
			"expected VPC vpc-9 to be attached to tgw-1 by tgw-attach-9, found no such attachment of it"},
		{"of another VPC", func(hub, _ *live.Ground) { member(hub).ResourceId = id("vpc-8") }, codeExistingMember,
			"spoke payments: expected VPC vpc-9 of attachment tgw-attach-9, found vpc-8"},
		{"of a VPN", func(hub, _ *live.Ground) { member(hub).ResourceType = "vpn" }, codeExistingMember,
			"spoke payments: expected kind vpc of attachment tgw-attach-9, found vpn"},
		{"in other subnets", func(_, far *live.Ground) { own(far).SubnetIds = []string{"subnet-2"} }, codeExistingMember,
			"expected attachment tgw-attach-9 in subnets subnet-1, subnet-2, found it in subnet-2"},
		{"with other options", func(_, far *live.Ground) {
			own(far).Options = &types.TransitGatewayVpcAttachmentOptions{ApplianceModeSupport: "enable", Ipv6Support: "enable",
				SecurityGroupReferencingSupport: "disable"}
		}, codeExistingMember, "--options ApplianceModeSupport=disable,Ipv6Support=disable,SecurityGroupReferencingSupport=enable`"},
		{"with a table", func(hub, _ *live.Ground) {
			member(hub).Association = &types.TransitGatewayAttachmentAssociation{TransitGatewayRouteTableId: id("tgw-rtb-1")}
		}, codeExistingTable, "spoke payments: attachment tgw-attach-9 is associated with tgw-rtb-1: run"},
		{"with its segment's table, before there is a link", func(hub, _ *live.Ground) {
			member(hub).Association = &types.TransitGatewayAttachmentAssociation{TransitGatewayRouteTableId: id("tgw-rtb-2")}
		}, codeExistingTable, "is associated with tgw-rtb-2: run"},
		{"with its segment's table, by its link", func(hub, _ *live.Ground) {
			hub.Stacks = stateOf("use1-link-payments", "CREATE_COMPLETE", false)
			member(hub).Association = &types.TransitGatewayAttachmentAssociation{TransitGatewayRouteTableId: id("tgw-rtb-2")}
		}, diag.Code{}, ""},
		{"with a transit subnet that is gone", func(_, far *live.Ground) { far.Standing.Subnets = far.Standing.Subnets[:1] }, codeExistingVPC,
			"expected subnet subnet-2, found no such subnet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, plan, ground := attached()
			c.change(ground[hubAccount], ground[spokeAccount])
			got := standingOnly(Check(cfg, plan, []*live.Ground{ground[hubAccount], ground[spokeAccount]}, hubAccount))
			if c.say == "" && len(got) > 0 || c.say != "" && (len(got) != 1 || got[0].Code != c.code || !strings.Contains(got[0].Summary, c.say)) {
				t.Errorf("expected %q, found:\n%s", c.say, got)
			}
		})
	}
	cfg, plan, _ := attached()
	plan.standing(cfg.Hubs[0])
	if asked := plan[live.Place{Account: hubAccount, Region: region}].Members; !slices.Contains(asked, "tgw-attach-9") {
		t.Errorf("expected the gateway's account to be asked for tgw-attach-9, found %v", asked)
	}
}
