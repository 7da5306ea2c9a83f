// Package privatedns makes the names of AWS services resolve to central interface endpoints in many VPCs: by private
// hosted zones with alias records, or by a Route 53 Profile that carries the endpoints themselves.
package privatedns

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53profiles"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/catalog"
	"sharedhub/constructs/network"
)

// HostedZonesProps of HostedZones.
type HostedZonesProps struct {
	// Comment of every zone, so that a person knows whose it is.
	Comment string
	// VPCs that the zones serve, all of the stack's account: CloudFormation cannot associate a zone across accounts. At
	// least one.
	VPCs []VPC
	// Services whose names to serve; their order does not matter.
	Services []Service
	// Wave is how many zones CloudFormation makes at a time: Route 53 takes five requests a second from an account.
	// Default: 3.
	Wave int
}

// VPC is a VPC and its region.
type VPC struct {
	ID     *string
	Region string
}

// Service is a service's names and the endpoint behind them.
type Service struct {
	// HostedZones of the service's private names.
	HostedZones []catalog.HostedZone
	// DNSName and HostedZoneID are the endpoint's regional name. The endpoint may be another account's.
	DNSName, HostedZoneID *string
}

// HostedZones are private hosted zones with alias records.
type HostedZones struct {
	Construct constructs.Construct
	// ByName are the zones' ids.
	ByName map[string]*string
}

// NewHostedZones makes a private zone per name, with an alias record at its apex and, for wildcard names, one at "*".
func NewHostedZones(scope constructs.Construct, id string, props *HostedZonesProps) *HostedZones {
	z := &HostedZones{Construct: constructs.NewConstruct(scope, jsii.String(id)), ByName: map[string]*string{}}
	wave := props.Wave
	if wave == 0 {
		wave = 3
	}
	vpcs := make([]any, len(props.VPCs))
	for i, v := range props.VPCs {
		vpcs[i] = map[string]any{"vpcId": v.ID, "vpcRegion": v.Region}
	}
	shared := awscdk.Token_AsAny(&vpcs) // one value for all zones: with many VPCs, the list is most of the work
	type named struct {
		catalog.HostedZone
		target *Service
	}
	var all []named
	for i := range props.Services {
		for _, zone := range props.Services[i].HostedZones {
			all = append(all, named{zone, &props.Services[i]})
		}
	}
	slices.SortFunc(all, func(a, b named) int { return strings.Compare(a.Name, b.Name) })
	var made []awsroute53.CfnHostedZone
	for i, n := range all {
		zone := awsroute53.NewCfnHostedZone(z.Construct, jsii.String(n.Name), &awsroute53.CfnHostedZoneProps{
			Name: jsii.String(n.Name), Vpcs: shared, HostedZoneConfig: &awsroute53.CfnHostedZone_HostedZoneConfigProperty{Comment: jsii.String(props.Comment)},
		})
		if i >= wave {
			zone.AddResourceDependency(made[i-wave], nil)
		}
		made = append(made, zone)
		ref := zone.Ref()
		z.ByName[n.Name] = ref
		z.alias(n.Name, ref, n.target)
		if n.Wildcard {
			z.alias("*."+n.Name, ref, n.target)
		}
	}
	return z
}

// alias makes the record of one name: of the endpoint's health there is nothing to evaluate, EC2 answers for it.
func (z *HostedZones) alias(name string, zone *string, target *Service) {
	awsroute53.NewCfnRecordSet(z.Construct, jsii.String(name+"/A"), &awsroute53.CfnRecordSetProps{
		Name: jsii.String(name), Type: jsii.String("A"), HostedZoneId: zone,
		AliasTarget: &awsroute53.CfnRecordSet_AliasTargetProperty{DnsName: target.DNSName, HostedZoneId: target.HostedZoneID, EvaluateTargetHealth: jsii.Bool(false)},
	})
}

// ProfileProps of a Profile.
type ProfileProps struct {
	// Name of the profile, and the beginning of its resources' names.
	Name string
	// Endpoints to carry, as ARNs by the service's short name. Each must have private DNS on.
	Endpoints map[string]*string
	// Wave is how many are associated at a time. Default: 3.
	Wave int
}

// Profile is a Route 53 Profile that carries interface endpoints: every VPC it is associated with resolves all their
// private names to them (Route 53 developer guide, "Associate interface VPC endpoints to a Route 53 Profile").
type Profile struct {
	Construct constructs.Construct
	ID, ARN   *string
}

// NewProfile makes a Profile.
func NewProfile(scope constructs.Construct, id string, props *ProfileProps) *Profile {
	c := constructs.NewConstruct(scope, jsii.String(id))
	p := awsroute53profiles.NewCfnProfile(c, jsii.String("Profile"), &awsroute53profiles.CfnProfileProps{Name: jsii.String(props.Name), Tags: network.NameTag(props.Name)})
	out := &Profile{Construct: c, ID: p.Ref(), ARN: p.AttrArn()}
	wave := props.Wave
	if wave == 0 {
		wave = 3
	}
	names := make([]string, 0, len(props.Endpoints))
	for n := range props.Endpoints {
		names = append(names, n)
	}
	slices.Sort(names)
	var made []awscdk.CfnResource
	for i, n := range names {
		r := awsroute53profiles.NewCfnProfileResourceAssociation(c, jsii.String(n), &awsroute53profiles.CfnProfileResourceAssociationProps{
			Name: jsii.String(strings.ReplaceAll(props.Name+"-"+n, ".", "-")), ProfileId: out.ID, ResourceArn: props.Endpoints[n],
		})
		if i >= wave {
			r.AddResourceDependency(made[i-wave], nil)
		}
		made = append(made, r)
	}
	return out
}

// ProfileAssociationProps of a ProfileAssociation.
type ProfileAssociationProps struct {
	// Name of the association, unique in the account.
	Name      string
	ProfileID *string
	VPCID     *string
}

// ProfileAssociation makes a VPC use a Profile. A VPC has at most one.
type ProfileAssociation struct{ Construct constructs.Construct }

// NewProfileAssociation associates a VPC with a Profile, its own account's or a shared one.
func NewProfileAssociation(scope constructs.Construct, id string, props *ProfileAssociationProps) *ProfileAssociation {
	a := &ProfileAssociation{constructs.NewConstruct(scope, jsii.String(id))}
	awsroute53profiles.NewCfnProfileAssociation(a.Construct, jsii.String("Association"), &awsroute53profiles.CfnProfileAssociationProps{
		Name: jsii.String(props.Name), ProfileId: props.ProfileID, ResourceId: props.VPCID, Tags: network.NameTag(props.Name),
	})
	return a
}
