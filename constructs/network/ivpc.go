package network

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/internal/check"
)

// IVpc is the VPC as the CDK's own constructs take it, to put a function, a service or a database into it. It holds the
// named tiers, or all; each must have its subnets in the same AZs. Choose subnets with
// SubnetSelection{SubnetGroupName: "private"}. Tiers with Egress InternetGateway are public to the CDK, with NATGateway
// private, others isolated.
func (n *VPC) IVpc(scope constructs.Construct, id string, tiers ...string) awsec2.IVpc {
	c := check.New("network.VPC.IVpc", scope, id, n.props)
	for _, name := range tiers {
		n.checkTier(c, "tiers", name)
	}
	var azs []string
	var zones []*string
	subnets := map[Egress]*group{NoEgress: {}, InternetGateway: {}, NATGateway: {}}
	for _, t := range n.props.Tiers {
		if len(tiers) > 0 && !slices.Contains(tiers, t.Name) {
			continue
		}
		if azs == nil {
			azs, zones = t.azs(), n.zones(t)
		}
		if !slices.Equal(azs, t.azs()) {
			c.Errorf("tiers", "%q has subnets in the AZs %v, expected %v as in the tier before: name tiers that have the same", t.Name, t.azs(), azs)
		}
		subnets[t.Egress].add(t.Name, n.Tiers[t.Name])
	}
	if azs == nil {
		c.Errorf("tiers", "the VPC has none, expected at least one")
	}
	c.Done()
	public, private, isolated := subnets[InternetGateway], subnets[NATGateway], subnets[NoEgress]
	return awsec2.Vpc_FromVpcAttributes(scope, jsii.String(id), &awsec2.VpcAttributes{
		VpcId: n.VPCID, VpcCidrBlock: jsii.String(n.props.CIDR), AvailabilityZones: &zones,
		PublicSubnetIds: public.list(public.ids), PublicSubnetNames: public.list(public.names),
		PublicSubnetRouteTableIds: public.list(public.tables),

		PrivateSubnetIds: private.list(private.ids), PrivateSubnetNames: private.list(private.names),
		PrivateSubnetRouteTableIds: private.list(private.tables),

		IsolatedSubnetIds: isolated.list(isolated.ids), IsolatedSubnetNames: isolated.list(isolated.names),
		IsolatedSubnetRouteTableIds: isolated.list(isolated.tables),
	})
}

// group is the CDK's word for the tiers of one kind: names, and the subnets of all with a route table each.
type group struct{ names, ids, tables []*string }

func (g *group) add(name string, t *TierOutput) {
	g.names = append(g.names, jsii.String(name))
	g.ids = append(g.ids, t.SubnetIDs...)
	for i := range t.SubnetIDs {
		g.tables = append(g.tables, t.RouteTableIDs[min(i, len(t.RouteTableIDs)-1)])
	}
}

// list is nil for none, which the CDK wants to hear.
func (g *group) list(of []*string) *[]*string {
	if len(of) == 0 {
		return nil
	}
	return &of
}

// zones are the names of a tier's AZs; one that is given by its id is known to CloudFormation only.
func (n *VPC) zones(t Tier) []*string {
	out := make([]*string, len(t.Subnets))
	for i, s := range t.Subnets {
		out[i] = jsii.String(s.AvailabilityZone)
		if s.AvailabilityZone == "" {
			out[i] = n.Tiers[t.Name].Subnets[i].AttrAvailabilityZone()
		}
	}
	return out
}
