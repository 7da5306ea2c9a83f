// Package network makes a VPC of explicit subnets: every range is given, every id comes from a name, so that adding a
// tier or an AZ replaces nothing. It makes no Lambda and no custom resource, and nothing public unless asked.
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

// VPCProps of a VPC.
type VPCProps struct {
	// Name begins the Name tag of every part: "payments-prod".
	Name string
	// CIDR of the VPC, IPv4, /16 to /28.
	CIDR string
	// SecondaryCIDRs are further ranges, in which subnets may lie too. They can be added and removed. Default: none.
	SecondaryCIDRs []string
	// Tiers are the named subnets, one per AZ each.
	Tiers []Tier
	// NATAZs are the AZs that get a NAT gateway, in the first tier with Egress InternetGateway. With several, each AZ of
	// a tier with Egress NATGateway uses its own. Default: none.
	NATAZs []string
	// FlowLogs of the VPC. Default: none.
	FlowLogs *FlowLogs
}

// Egress is how a tier reaches the internet.
type Egress string

const (
	// NoEgress: it does not.
	NoEgress Egress = ""
	// InternetGateway: through an internet gateway, which the VPC then has.
	InternetGateway Egress = "internet-gateway"
	// NATGateway: through the VPC's NAT gateways.
	NATGateway Egress = "nat-gateway"
)

// Tier is a named set of subnets that share routes.
type Tier struct {
	// Name of the tier, unique in the VPC; letters, digits and dashes: "private".
	Name string
	// Subnets, one per AZ.
	Subnets []Subnet
	// Egress of the tier. Default: NoEgress.
	Egress Egress
}

// Subnet is one subnet of a tier.
type Subnet struct {
	// AZ names the subnet within its tier, and is part of its ids: "a", or "use1-az1".
	AZ string
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

// VPC is a VPC with its subnets and route tables.
type VPC struct {
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
	// SubnetByAZ are the same by AZ.
	SubnetByAZ map[string]*string
	// RouteTableIDs of the tier: one, or one per AZ where each AZ has a NAT gateway of its own.
	RouteTableIDs []*string
	// Routed are the associations of its subnets; what needs the routes to work depends on them.
	Routed []awscdk.CfnResource
}

// NewVPC makes a VPC with DNS support and DNS host names on (interface endpoints and private hosted zones need both; VPC guide,
// "DNS attributes for your VPC"). The default security group stays as EC2 makes it.
func NewVPC(scope constructs.Construct, id string, props *VPCProps) *VPC {
	n := &VPC{Construct: constructs.NewConstruct(scope, jsii.String(id)), Tiers: map[string]*TierOutput{}}
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

func (n *VPC) tier(props *VPCProps, t Tier) {
	out := &TierOutput{SubnetByAZ: map[string]*string{}}
	n.Tiers[t.Name] = out
	perAZ := t.Egress == NATGateway && len(props.NATAZs) > 1
	table := func(id, name string) *string {
		rt := awsec2.NewCfnRouteTable(n.Construct, jsii.String(id), &awsec2.CfnRouteTableProps{VpcId: n.VPCID, Tags: NameTag(name)}).Ref()
		out.RouteTableIDs = append(out.RouteTableIDs, rt)
		return rt
	}
	var rt *string
	if !perAZ {
		rt = table(t.Name+"-routes", props.Name+"/"+t.Name)
	}
	for _, s := range t.Subnets {
		name := props.Name + "/" + t.Name + "/" + s.AZ
		if perAZ {
			rt = table(t.Name+"-routes-"+s.AZ, name)
		}
		sp := &awsec2.CfnSubnetProps{VpcId: n.VPCID, CidrBlock: jsii.String(s.CIDR), Tags: NameTag(name)}
		if s.AvailabilityZoneID != "" {
			sp.AvailabilityZoneId = jsii.String(s.AvailabilityZoneID)
		} else {
			sp.AvailabilityZone = jsii.String(s.AvailabilityZone)
		}
		made := awsec2.NewCfnSubnet(n.Construct, jsii.String(t.Name+"-"+s.AZ), sp)
		for _, r := range n.secondary {
			if p, err := netip.ParsePrefix(s.CIDR); err == nil && r.cidr.Overlaps(p) {
				made.AddResourceDependency(r.block, nil)
			}
		}
		subnet := made.Ref()
		a := awsec2.NewCfnSubnetRouteTableAssociation(n.Construct, jsii.String(t.Name+"-"+s.AZ+"-routes"), &awsec2.CfnSubnetRouteTableAssociationProps{SubnetId: subnet, RouteTableId: rt})
		out.SubnetIDs = append(out.SubnetIDs, subnet)
		out.SubnetByAZ[s.AZ] = subnet
		out.Routed = append(out.Routed, a)
	}
}

// RouteToTransitGateway routes destinations from a tier to a Transit Gateway, once the attachment exists.
// Ids come from the destinations, so that a further one moves none.
func (n *VPC) RouteToTransitGateway(tier string, destinations []string, transitGatewayID *string, attachment awscdk.CfnResource) {
	for i, rt := range n.Tiers[tier].RouteTableIDs {
		for _, d := range destinations {
			id := tier + "-to-" + d
			if i > 0 {
				id = fmt.Sprintf("%s-%d", id, i)
			}
			r := awsec2.NewCfnRoute(n.Construct, jsii.String(id), &awsec2.CfnRouteProps{RouteTableId: rt, DestinationCidrBlock: jsii.String(d), TransitGatewayId: transitGatewayID})
			r.AddResourceDependency(attachment, nil)
		}
	}
}

func (n *VPC) internetGateway(props *VPCProps) awsec2.CfnVPCGatewayAttachment {
	if !slices.ContainsFunc(props.Tiers, func(t Tier) bool { return t.Egress == InternetGateway }) {
		return nil
	}
	gw := awsec2.NewCfnInternetGateway(n.Construct, jsii.String("InternetGateway"), &awsec2.CfnInternetGatewayProps{Tags: NameTag(props.Name)})
	return awsec2.NewCfnVPCGatewayAttachment(n.Construct, jsii.String("InternetGatewayAttachment"), &awsec2.CfnVPCGatewayAttachmentProps{VpcId: n.VPCID, InternetGatewayId: gw.Ref()})
}

// natGateways are by AZ.
func (n *VPC) natGateways(props *VPCProps, internet awsec2.CfnVPCGatewayAttachment) map[string]*string {
	nat := map[string]*string{}
	public := slices.IndexFunc(props.Tiers, func(t Tier) bool { return t.Egress == InternetGateway })
	if len(props.NATAZs) > 0 && public < 0 {
		panic("network: NATAZs need a tier with Egress InternetGateway for the NAT gateways to stand in")
	}
	for _, z := range props.NATAZs {
		subnet, ok := n.Tiers[props.Tiers[public].Name].SubnetByAZ[z]
		if !ok {
			panic(fmt.Sprintf("network: NATAZs: tier %s has no subnet in AZ %s", props.Tiers[public].Name, z))
		}
		ip := awsec2.NewCfnEIP(n.Construct, jsii.String("nat-ip-"+z), &awsec2.CfnEIPProps{Domain: jsii.String("vpc"), Tags: NameTag(props.Name + "/nat/" + z)})
		ip.AddResourceDependency(internet, nil)
		gw := awsec2.NewCfnNatGateway(n.Construct, jsii.String("nat-"+z), &awsec2.CfnNatGatewayProps{SubnetId: subnet, AllocationId: ip.AttrAllocationId(), Tags: NameTag(props.Name + "/nat/" + z)})
		gw.AddResourceDependency(internet, nil)
		nat[z] = gw.Ref()
	}
	return nat
}

func (n *VPC) internetRoutes(props *VPCProps, internet awsec2.CfnVPCGatewayAttachment, nat map[string]*string) {
	everywhere := jsii.String("0.0.0.0/0")
	for _, t := range props.Tiers {
		tables := n.Tiers[t.Name].RouteTableIDs
		switch t.Egress {
		case InternetGateway:
			gateway := n.Construct.Node().FindChild(jsii.String("InternetGateway")).(awsec2.CfnInternetGateway)
			r := awsec2.NewCfnRoute(n.Construct, jsii.String(t.Name+"-internet"), &awsec2.CfnRouteProps{RouteTableId: tables[0], DestinationCidrBlock: everywhere, GatewayId: gateway.Ref()})
			r.AddResourceDependency(internet, nil)
		case NATGateway:
			if len(nat) == 0 {
				panic("network: tier " + t.Name + " has Egress NATGateway, and NATAZs is empty")
			}
			for i, rt := range tables {
				az, id := props.NATAZs[0], t.Name+"-internet"
				if len(tables) > 1 || len(props.NATAZs) > 1 {
					az, id = t.Subnets[i].AZ, t.Name+"-internet-"+t.Subnets[i].AZ
				}
				if nat[az] == nil {
					panic(fmt.Sprintf("network: tier %s needs a NAT gateway in AZ %s, or a single one for all AZs", t.Name, az))
				}
				awsec2.NewCfnRoute(n.Construct, jsii.String(id), &awsec2.CfnRouteProps{RouteTableId: rt, DestinationCidrBlock: everywhere, NatGatewayId: nat[az]})
			}
		}
	}
}
