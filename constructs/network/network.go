// Package network makes a VPC of explicit subnets: every range is given, every id comes from a name, so that adding a
// tier or an AZ replaces nothing. It makes no Lambda and no custom resource, and nothing public unless asked.
package network

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// VPCProps of a VPC. They must be known at synthesis, unless their comment says that they may be CDK tokens.
type VPCProps struct {
	// Name begins the Name tag of every part: "payments-prod". Required. May be a token.
	Name string
	// CIDR of the VPC, IPv4, /16 to /28 (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html). Required.
	// It cannot change.
	CIDR string
	// SecondaryCIDRs are further ranges, in which subnets may lie too. They can be added and removed. Default: none.
	SecondaryCIDRs []string
	// IPAMPoolIDs are the pools of AWS VPC IPAM that ranges are taken from, by the range: the VPC's or one of SecondaryCIDRs. IPAM then
	// records the range, and refuses one that another resource has. They cannot change. Default: none.
	IPAMPoolIDs map[string]string
	// Tiers are the named subnets, one per AZ each. Default: none; the VPC is empty.
	Tiers []Tier
	// NATAZs are the AZs that get a NAT gateway, in the first tier with Egress InternetGateway, as in Subnet.AZ. With
	// several, each AZ of a tier with Egress NATGateway uses its own. Default: none.
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
	// Name of the tier, unique in the VPC, and part of the construct ids: "private". Required.
	Name string
	// Subnets, one per AZ. Required.
	Subnets []Subnet
	// Egress of the tier. Default: NoEgress.
	Egress Egress
}

// Subnet is one subnet of a tier.
type Subnet struct {
	// AZ labels the subnet, unique in its tier, and is part of the construct ids: "a". Required.
	AZ string
	// AvailabilityZone the subnet lies in: "us-east-1a". May be a token. Default: AvailabilityZoneID.
	AvailabilityZone string
	// AvailabilityZoneID the subnet lies in: "use1-az1", the same physical zone in every account
	// (https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html). May be a token. Default: AvailabilityZone.
	AvailabilityZoneID string
	// CIDR of the subnet, inside one of the VPC's, /16 to /28. Required.
	CIDR string
}

// FlowLogs say where the VPC's flow logs go: to a bucket, or to a log group made here, which outlives the stack.
type FlowLogs struct {
	// Bucket is the ARN of an existing S3 bucket. May be a token. Default: CloudWatch Logs.
	Bucket string
	// RetentionDays of the log group, a number that CloudWatch Logs takes
	// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html). Default: 30.
	RetentionDays int
	// KMSKey is the ARN of the key that encrypts the log group, of the VPC's region; its policy must let CloudWatch Logs use it
	// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html). May be a token. Default: CloudWatch's own.
	KMSKey string
}

// VPC is a VPC with its subnets and route tables. It is a construct: a scope, and what tags and aspects apply to.
type VPC struct {
	constructs.Construct
	// VPCID is the VPC's id.
	VPCID *string
	// Resource is the VPC.
	Resource awsec2.CfnVPC
	// Tiers by name.
	Tiers map[string]*TierOutput
	// InternetGateway is nil without a tier that has Egress InternetGateway.
	InternetGateway awsec2.CfnInternetGateway
	// NATGateways by AZ, as in NATAZs.
	NATGateways map[string]awsec2.CfnNatGateway

	props     *VPCProps
	secondary []secondary
}

type secondary struct {
	cidr  netip.Prefix
	block awscdk.CfnResource
}

// TierOutput is what a tier became.
type TierOutput struct {
	// Subnets, in the order of the tier's.
	Subnets []awsec2.CfnSubnet
	// SubnetIDs are the ids of the same.
	SubnetIDs []*string
	// SubnetByAZ are the same ids by Subnet.AZ.
	SubnetByAZ map[string]*string
	// RouteTables of the tier: one, or one per AZ where each AZ has a NAT gateway of its own.
	RouteTables []awsec2.CfnRouteTable
	// RouteTableIDs are the ids of the same.
	RouteTableIDs []*string
}

// NewVPC makes a VPC with DNS support and DNS host names on (interface endpoints and private hosted zones need both; VPC
// guide, "DNS attributes for your VPC"). The default security group stays as EC2 makes it. It panics with an error that
// names every mistake in the props.
func NewVPC(scope constructs.Construct, id string, props *VPCProps) *VPC {
	props.check(scope, id)
	n := &VPC{Tiers: map[string]*TierOutput{}, NATGateways: map[string]awsec2.CfnNatGateway{}, props: props}
	constructs.NewConstruct_Override(n, scope, jsii.String(id))
	n.Resource = awsec2.NewCfnVPC(n, jsii.String("Vpc"), &awsec2.CfnVPCProps{
		CidrBlock: jsii.String(props.CIDR), Ipv4IpamPoolId: props.ipamPool(props.CIDR), EnableDnsHostnames: jsii.Bool(true),
		EnableDnsSupport: jsii.Bool(true), Tags: NameTag(props.Name),
	})
	n.VPCID = n.Resource.Ref()
	props.inPool(n.Resource, props.CIDR)
	for _, r := range props.SecondaryCIDRs {
		id := "range-" + strings.ReplaceAll(r, "/", "-")
		block := awsec2.NewCfnVPCCidrBlock(n, jsii.String(id), &awsec2.CfnVPCCidrBlockProps{VpcId: n.VPCID, CidrBlock: jsii.String(r),
			Ipv4IpamPoolId: props.ipamPool(r)})
		props.inPool(block, r)
		n.secondary = append(n.secondary, secondary{netip.MustParsePrefix(r), block})
	}
	internet := n.internetGateway(props)
	for _, t := range props.Tiers {
		n.Tiers[t.Name] = newTier(n, n.VPCID, props.Name, t, t.Egress == NATGateway && len(props.NATAZs) > 1, n.secondary)
	}
	nat := n.natGateways(props, internet)
	n.internetRoutes(props, internet, nat)
	if props.FlowLogs != nil {
		n.flowLogs(props)
	}
	return n
}

// ipamPool is the id of the pool that a range is taken from; nil for none.
func (p *VPCProps) ipamPool(r string) *string {
	if id := p.IPAMPoolIDs[r]; id != "" {
		return jsii.String(id)
	}
	return nil
}

// inPool tells cfn-lint of a range with a pool that both are meant. EC2 takes them together (VPC IPAM guide,
// "Tutorials"); cfn-lint's rules know a range, or a pool with a length (not run on AWS: docs/SANDBOX.md).
func (p *VPCProps) inPool(of awscdk.CfnResource, r string) {
	if p.ipamPool(r) != nil {
		of.AddMetadata(jsii.String("cfn-lint"), map[string]any{"config": map[string]any{"ignore_checks": []string{"E3014", "E3021"}}})
	}
}

// NameTag is the tag that the console shows as a resource's name.
func NameTag(name string) *[]*awscdk.CfnTag {
	return &[]*awscdk.CfnTag{{Key: jsii.String("Name"), Value: jsii.String(name)}}
}

// NothingOut is the one outbound rule of a security group that lets nothing out; a group without rules lets everything.
func NothingOut() *awsec2.CfnSecurityGroup_EgressProperty {
	return &awsec2.CfnSecurityGroup_EgressProperty{
		IpProtocol: jsii.String("icmp"), FromPort: jsii.Number(252), ToPort: jsii.Number(86), CidrIp: jsii.String("255.255.255.255/32"),
		Description: jsii.String("nothing"),
	}
}

// newTier makes the subnets of a tier, with one route table or one per AZ. Those in a range that is added later wait for it.
func newTier(n constructs.Construct, vpc *string, of string, t Tier, perAZ bool, later []secondary) *TierOutput {
	out := &TierOutput{SubnetByAZ: map[string]*string{}}
	table := func(id, name string) *string {
		rt := awsec2.NewCfnRouteTable(n, jsii.String(id), &awsec2.CfnRouteTableProps{VpcId: vpc, Tags: NameTag(name)})
		ref := rt.Ref()
		out.RouteTables, out.RouteTableIDs = append(out.RouteTables, rt), append(out.RouteTableIDs, ref)
		return ref
	}
	var rt *string
	if !perAZ {
		rt = table(t.Name+"-routes", of+"/"+t.Name)
	}
	for _, s := range t.Subnets {
		name := of + "/" + t.Name + "/" + cmp.Or(s.AvailabilityZoneID, s.AZ)
		if perAZ {
			rt = table(t.Name+"-routes-"+s.AZ, name)
		}
		sp := &awsec2.CfnSubnetProps{VpcId: vpc, CidrBlock: jsii.String(s.CIDR), Tags: NameTag(name)}
		if s.AvailabilityZoneID != "" {
			sp.AvailabilityZoneId = jsii.String(s.AvailabilityZoneID)
		} else {
			sp.AvailabilityZone = jsii.String(s.AvailabilityZone)
		}
		made := awsec2.NewCfnSubnet(n, jsii.String(t.Name+"-"+s.AZ), sp)
		for _, r := range later {
			if p, err := netip.ParsePrefix(s.CIDR); err == nil && r.cidr.Overlaps(p) {
				made.AddResourceDependency(r.block, nil)
			}
		}
		subnet := made.Ref()
		awsec2.NewCfnSubnetRouteTableAssociation(n, jsii.String(t.Name+"-"+s.AZ+"-routes"), &awsec2.CfnSubnetRouteTableAssociationProps{
			SubnetId: subnet, RouteTableId: rt,
		})
		out.Subnets, out.SubnetIDs = append(out.Subnets, made), append(out.SubnetIDs, subnet)
		out.SubnetByAZ[s.AZ] = subnet
	}
	return out
}

// RouteToTransitGateway routes destinations, IPv4 ranges, from a tier to a Transit Gateway, once the attachment exists.
// Construct ids come from the destinations, so that a further one moves none. Only the id of the gateway may be a token.
func (n *VPC) RouteToTransitGateway(tier string, destinations []string, transitGatewayID *string, attachment awscdk.CfnResource) {
	n.checkRoutes(tier, destinations, transitGatewayID, attachment)
	for i, rt := range n.Tiers[tier].RouteTableIDs {
		for _, d := range destinations {
			id := tier + "-to-" + d
			if i > 0 {
				id = fmt.Sprintf("%s-%d", id, i)
			}
			r := awsec2.NewCfnRoute(n, jsii.String(id), &awsec2.CfnRouteProps{
				RouteTableId: rt, DestinationCidrBlock: jsii.String(d), TransitGatewayId: transitGatewayID,
			})
			r.AddResourceDependency(attachment, nil)
		}
	}
}

func (n *VPC) internetGateway(props *VPCProps) awsec2.CfnVPCGatewayAttachment {
	if props.publicTier() < 0 {
		return nil
	}
	n.InternetGateway = awsec2.NewCfnInternetGateway(n, jsii.String("InternetGateway"), &awsec2.CfnInternetGatewayProps{
		Tags: NameTag(props.Name),
	})
	return awsec2.NewCfnVPCGatewayAttachment(n, jsii.String("InternetGatewayAttachment"), &awsec2.CfnVPCGatewayAttachmentProps{
		VpcId: n.VPCID, InternetGatewayId: n.InternetGateway.Ref(),
	})
}

// natGateways are by AZ.
func (n *VPC) natGateways(props *VPCProps, internet awsec2.CfnVPCGatewayAttachment) map[string]*string {
	nat := map[string]*string{}
	for _, az := range props.NATAZs {
		subnet := n.Tiers[props.Tiers[props.publicTier()].Name].SubnetByAZ[az]
		tag := NameTag(props.Name + "/nat/" + az)
		ip := awsec2.NewCfnEIP(n, jsii.String("nat-ip-"+az), &awsec2.CfnEIPProps{Domain: jsii.String("vpc"), Tags: tag})
		ip.AddResourceDependency(internet, nil)
		gw := awsec2.NewCfnNatGateway(n, jsii.String("nat-"+az), &awsec2.CfnNatGatewayProps{
			SubnetId: subnet, AllocationId: ip.AttrAllocationId(), Tags: tag,
		})
		gw.AddResourceDependency(internet, nil)
		n.NATGateways[az], nat[az] = gw, gw.Ref()
	}
	return nat
}

func (n *VPC) internetRoutes(props *VPCProps, internet awsec2.CfnVPCGatewayAttachment, nat map[string]*string) {
	everywhere := jsii.String("0.0.0.0/0")
	for _, t := range props.Tiers {
		tables := n.Tiers[t.Name].RouteTableIDs
		switch t.Egress {
		case InternetGateway:
			r := awsec2.NewCfnRoute(n, jsii.String(t.Name+"-internet"), &awsec2.CfnRouteProps{
				RouteTableId: tables[0], DestinationCidrBlock: everywhere, GatewayId: n.InternetGateway.Ref(),
			})
			r.AddResourceDependency(internet, nil)
		case NATGateway:
			for i, rt := range tables {
				az, id := props.NATAZs[0], t.Name+"-internet"
				if len(tables) > 1 || len(props.NATAZs) > 1 {
					az, id = t.Subnets[i].AZ, t.Name+"-internet-"+t.Subnets[i].AZ
				}
				awsec2.NewCfnRoute(n, jsii.String(id), &awsec2.CfnRouteProps{
					RouteTableId: rt, DestinationCidrBlock: everywhere, NatGatewayId: nat[az],
				})
			}
		case NoEgress:
		}
	}
}
