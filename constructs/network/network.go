// Package network makes a VPC of explicit subnets: every range is given, every id comes from a name, so that adding a
// tier or a zone replaces nothing. It makes no Lambda and no custom resource, and nothing public unless asked.
package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Props of a Network.
type Props struct {
	// Name begins the Name tag of every part: "payments-prod".
	Name string
	// CIDR of the VPC, IPv4, /16 to /28.
	CIDR string
	// SecondaryCIDRs are further ranges, in which subnets may lie too. They can be added and removed. Default: none.
	SecondaryCIDRs []string
	// Tiers are the named subnets, one per zone each.
	Tiers []Tier
	// NATZones are the zones that get a NAT gateway, in the first tier with Internet Direct. With several, each zone of
	// a tier with Internet NAT uses its own. Default: none.
	NATZones []string
	// FlowLogs of the VPC. Default: none.
	FlowLogs *FlowLogs
}

// Internet is how a tier reaches the internet.
type Internet string

const (
	// None: it does not.
	None Internet = ""
	// Direct: through an internet gateway, which the VPC then has.
	Direct Internet = "direct"
	// NAT: through the VPC's NAT gateways.
	NAT Internet = "nat"
)

// Tier is a named set of subnets that share routes.
type Tier struct {
	// Name of the tier, unique in the VPC; letters, digits and dashes: "private".
	Name string
	// Subnets, one per zone.
	Subnets []Subnet
	// Internet access of the tier. Default: None.
	Internet Internet
}

// Subnet is one subnet of a tier.
type Subnet struct {
	// Zone names the subnet within its tier, and is part of its ids: "a", or "use1-az1".
	Zone string
	// AvailabilityZone it lies in: "us-east-1a". Exactly one of the two is given.
	AvailabilityZone string
	// AvailabilityZoneID it lies in: "use1-az1", the same place in every account.
	AvailabilityZoneID string
	// CIDR of the subnet, inside the VPC's.
	CIDR string
}

// FlowLogs say where the VPC's flow logs go: to a bucket, or to a log group made here, which outlives the stack.
type FlowLogs struct {
	// Bucket is the ARN of an existing S3 bucket. Default: CloudWatch Logs.
	Bucket string
	// RetentionDays of the log group. Default: 30.
	RetentionDays int
}

// Network is a VPC with its subnets and route tables.
type Network struct {
	Construct constructs.Construct
	// VPCID is the VPC's id.
	VPCID *string
	// Tiers by name.
	Tiers map[string]*TierOutput

	secondary []secondary
}

type secondary struct {
	cidr  netip.Prefix
	block awscdk.CfnResource
}

// TierOutput is what a tier became.
type TierOutput struct {
	// SubnetIDs, in the order of the tier's Subnets.
	SubnetIDs []*string
	// SubnetByZone are the same by zone name.
	SubnetByZone map[string]*string
	// RouteTableIDs of the tier: one, or one per zone where each zone has a NAT gateway of its own.
	RouteTableIDs []*string
	// Routed are the associations of its subnets; what needs the routes to work depends on them.
	Routed []awscdk.CfnResource
}

// New makes a VPC with DNS support and DNS host names on (interface endpoints and private zones need both; VPC guide,
// "DNS attributes for your VPC"). The default security group stays as EC2 makes it.
func New(scope constructs.Construct, id string, props *Props) *Network {
	n := &Network{Construct: constructs.NewConstruct(scope, jsii.String(id)), Tiers: map[string]*TierOutput{}}
	vpc := awsec2.NewCfnVPC(n.Construct, jsii.String("Vpc"), &awsec2.CfnVPCProps{
		CidrBlock: jsii.String(props.CIDR), EnableDnsHostnames: jsii.Bool(true), EnableDnsSupport: jsii.Bool(true), Tags: NameTag(props.Name),
	})
	n.VPCID = vpc.Ref()
	for _, r := range props.SecondaryCIDRs {
		block := awsec2.NewCfnVPCCidrBlock(n.Construct, jsii.String("range-"+strings.ReplaceAll(r, "/", "-")), &awsec2.CfnVPCCidrBlockProps{VpcId: n.VPCID, CidrBlock: jsii.String(r)})
		n.secondary = append(n.secondary, secondary{netip.MustParsePrefix(r), block})
	}
	internet := n.internetGateway(props)
	for _, t := range props.Tiers {
		n.tier(props, t)
	}
	nat := n.natGateways(props, internet)
	n.internetRoutes(props, internet, nat)
	if props.FlowLogs != nil {
		n.flowLogs(props)
	}
	return n
}

// NameTag is the tag that the console shows as a resource's name.
func NameTag(name string) *[]*awscdk.CfnTag {
	return &[]*awscdk.CfnTag{{Key: jsii.String("Name"), Value: jsii.String(name)}}
}

func (n *Network) tier(props *Props, t Tier) {
	out := &TierOutput{SubnetByZone: map[string]*string{}}
	n.Tiers[t.Name] = out
	perZone := t.Internet == NAT && len(props.NATZones) > 1
	table := func(id, name string) *string {
		rt := awsec2.NewCfnRouteTable(n.Construct, jsii.String(id), &awsec2.CfnRouteTableProps{VpcId: n.VPCID, Tags: NameTag(name)}).Ref()
		out.RouteTableIDs = append(out.RouteTableIDs, rt)
		return rt
	}
	var rt *string
	if !perZone {
		rt = table(t.Name+"-routes", props.Name+"/"+t.Name)
	}
	for _, s := range t.Subnets {
		name := props.Name + "/" + t.Name + "/" + s.Zone
		if perZone {
			rt = table(t.Name+"-routes-"+s.Zone, name)
		}
		sp := &awsec2.CfnSubnetProps{VpcId: n.VPCID, CidrBlock: jsii.String(s.CIDR), Tags: NameTag(name)}
		if s.AvailabilityZoneID != "" {
			sp.AvailabilityZoneId = jsii.String(s.AvailabilityZoneID)
		} else {
			sp.AvailabilityZone = jsii.String(s.AvailabilityZone)
		}
		made := awsec2.NewCfnSubnet(n.Construct, jsii.String(t.Name+"-"+s.Zone), sp)
		for _, r := range n.secondary {
			if p, err := netip.ParsePrefix(s.CIDR); err == nil && r.cidr.Overlaps(p) {
				made.AddResourceDependency(r.block, nil)
			}
		}
		subnet := made.Ref()
		a := awsec2.NewCfnSubnetRouteTableAssociation(n.Construct, jsii.String(t.Name+"-"+s.Zone+"-routes"), &awsec2.CfnSubnetRouteTableAssociationProps{SubnetId: subnet, RouteTableId: rt})
		out.SubnetIDs = append(out.SubnetIDs, subnet)
		out.SubnetByZone[s.Zone] = subnet
		out.Routed = append(out.Routed, a)
	}
}

// RouteToGateway routes destinations from a tier to a Transit Gateway; the attachment must exist first, so it is named.
// Ids come from the destinations, so that a further one moves none.
func (n *Network) RouteToGateway(tier string, destinations []string, gatewayID *string, attachment awscdk.CfnResource) {
	for i, rt := range n.Tiers[tier].RouteTableIDs {
		for _, d := range destinations {
			id := tier + "-to-" + d
			if i > 0 {
				id = fmt.Sprintf("%s-%d", id, i)
			}
			r := awsec2.NewCfnRoute(n.Construct, jsii.String(id), &awsec2.CfnRouteProps{RouteTableId: rt, DestinationCidrBlock: jsii.String(d), TransitGatewayId: gatewayID})
			r.AddResourceDependency(attachment, nil)
		}
	}
}

func (n *Network) internetGateway(props *Props) awsec2.CfnVPCGatewayAttachment {
	if !slices.ContainsFunc(props.Tiers, func(t Tier) bool { return t.Internet == Direct }) {
		return nil
	}
	gw := awsec2.NewCfnInternetGateway(n.Construct, jsii.String("InternetGateway"), &awsec2.CfnInternetGatewayProps{Tags: NameTag(props.Name)})
	return awsec2.NewCfnVPCGatewayAttachment(n.Construct, jsii.String("InternetGatewayAttachment"), &awsec2.CfnVPCGatewayAttachmentProps{VpcId: n.VPCID, InternetGatewayId: gw.Ref()})
}

// natGateways are by zone.
func (n *Network) natGateways(props *Props, internet awsec2.CfnVPCGatewayAttachment) map[string]*string {
	nat := map[string]*string{}
	public := slices.IndexFunc(props.Tiers, func(t Tier) bool { return t.Internet == Direct })
	if len(props.NATZones) > 0 && public < 0 {
		panic("network: NATZones need a tier with Internet Direct for the NAT gateways to stand in")
	}
	for _, z := range props.NATZones {
		subnet, ok := n.Tiers[props.Tiers[public].Name].SubnetByZone[z]
		if !ok {
			panic(fmt.Sprintf("network: NATZones: tier %s has no subnet in zone %s", props.Tiers[public].Name, z))
		}
		ip := awsec2.NewCfnEIP(n.Construct, jsii.String("nat-ip-"+z), &awsec2.CfnEIPProps{Domain: jsii.String("vpc"), Tags: NameTag(props.Name + "/nat/" + z)})
		ip.AddResourceDependency(internet, nil)
		gw := awsec2.NewCfnNatGateway(n.Construct, jsii.String("nat-"+z), &awsec2.CfnNatGatewayProps{SubnetId: subnet, AllocationId: ip.AttrAllocationId(), Tags: NameTag(props.Name + "/nat/" + z)})
		gw.AddResourceDependency(internet, nil)
		nat[z] = gw.Ref()
	}
	return nat
}

func (n *Network) internetRoutes(props *Props, internet awsec2.CfnVPCGatewayAttachment, nat map[string]*string) {
	everywhere := jsii.String("0.0.0.0/0")
	for _, t := range props.Tiers {
		tables := n.Tiers[t.Name].RouteTableIDs
		switch t.Internet {
		case Direct:
			gateway := n.Construct.Node().FindChild(jsii.String("InternetGateway")).(awsec2.CfnInternetGateway)
			r := awsec2.NewCfnRoute(n.Construct, jsii.String(t.Name+"-internet"), &awsec2.CfnRouteProps{RouteTableId: tables[0], DestinationCidrBlock: everywhere, GatewayId: gateway.Ref()})
			r.AddResourceDependency(internet, nil)
		case NAT:
			if len(nat) == 0 {
				panic("network: tier " + t.Name + " has Internet NAT, and NATZones is empty")
			}
			for i, rt := range tables {
				zone, id := props.NATZones[0], t.Name+"-internet"
				if len(tables) > 1 || len(props.NATZones) > 1 {
					zone, id = t.Subnets[i].Zone, t.Name+"-internet-"+t.Subnets[i].Zone
				}
				if nat[zone] == nil {
					panic(fmt.Sprintf("network: tier %s needs a NAT gateway in zone %s, or a single one for all zones", t.Name, zone))
				}
				awsec2.NewCfnRoute(n.Construct, jsii.String(id), &awsec2.CfnRouteProps{RouteTableId: rt, DestinationCidrBlock: everywhere, NatGatewayId: nat[zone]})
			}
		}
	}
}
