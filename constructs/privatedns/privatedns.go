// Package privatedns makes the names of AWS services resolve to central interface endpoints in many VPCs: by private
// hosted zones with alias records, or by a Route 53 Profile that carries the endpoints themselves.
package privatedns

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53profiles"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/catalog"
	"sharedhub/constructs/internal/check"
	"sharedhub/constructs/network"
)

// HostedZonesProps of HostedZones.
type HostedZonesProps struct {
	// Comment of every zone, so that a person knows whose it is. May be a token. Default: none.
	Comment string
	// VPCs that the zones serve, all of the stack's account: CloudFormation cannot associate a zone across accounts.
	// Required.
	VPCs []VPC
	// Services whose names to serve; their order does not matter. Required.
	Services []Service
	// Wave is how many zones CloudFormation makes at a time, the records of the wave before beside them. Default: as many as make
	// at most five requests, which is what Route 53 takes a second of an account: one for each VPC of a zone, one for its tags,
	// one for its records; and at least one.
	Wave int
}

// VPC is a VPC and its region.
type VPC struct {
	// ID of the VPC. Required. May be a token.
	ID *string
	// Region of the VPC. Required. May be a token.
	Region string
}

// Service is a service's names and the endpoint behind them.
type Service struct {
	// HostedZones of the service's private names: catalog.HostedZones has them. Required.
	HostedZones []catalog.HostedZone
	// DNSName is the endpoint's regional name; the endpoint may be another account's. Required. May be a token.
	DNSName *string
	// HostedZoneID is the hosted zone of DNSName, as AWS says in the endpoint's DnsEntries. Required. May be a token.
	HostedZoneID *string
}

// HostedZones are private hosted zones with alias records.
type HostedZones struct {
	constructs.Construct
	// ByName are the hosted zones' ids.
	ByName map[string]*string
	// Resources are the hosted zones by name.
	Resources map[string]awsroute53.CfnHostedZone
}

// requestsPerSecond is what Route 53 takes of an account, over all regions (Route 53 guide, "Quotas"). CloudFormation does not try
// again where it is exceeded (github.com/awslabs/landing-zone-accelerator-on-aws/issues/656).
const requestsPerSecond = 5

// String is the path of the construct.
func (z *HostedZones) String() string { return *z.Node().Path() }

// NewHostedZones makes a private zone per name, with an alias record at its apex and, for wildcard names, one at "*".
func NewHostedZones(scope constructs.Construct, id string, props *HostedZonesProps) *HostedZones {
	props.check(scope, id)
	z := &HostedZones{ByName: map[string]*string{}, Resources: map[string]awsroute53.CfnHostedZone{}}
	constructs.NewConstruct_Override(z, scope, jsii.String(id))
	wave := props.Wave
	if wave == 0 {
		wave = max(1, requestsPerSecond/(len(props.VPCs)+2))
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
		zone := awsroute53.NewCfnHostedZone(z, jsii.String(n.Name), &awsroute53.CfnHostedZoneProps{
			Name: jsii.String(n.Name), Vpcs: shared, HostedZoneConfig: &awsroute53.CfnHostedZone_HostedZoneConfigProperty{
				Comment: jsii.String(props.Comment),
			},
		})
		if i >= wave {
			zone.AddResourceDependency(made[i-wave], nil)
		}
		made = append(made, zone)
		ref := zone.Ref()
		z.ByName[n.Name], z.Resources[n.Name] = ref, zone
		z.alias(n.Name, ref, n.target)
		if n.Wildcard {
			z.alias("*."+n.Name, ref, n.target)
		}
	}
	return z
}

// alias makes the record of one name: of the endpoint's health there is nothing to evaluate, EC2 answers for it.
func (z *HostedZones) alias(name string, zone *string, target *Service) {
	awsroute53.NewCfnRecordSet(z, jsii.String(name+"/A"), &awsroute53.CfnRecordSetProps{
		Name: jsii.String(name), Type: jsii.String("A"), HostedZoneId: zone,
		AliasTarget: &awsroute53.CfnRecordSet_AliasTargetProperty{
			DnsName: target.DNSName, HostedZoneId: target.HostedZoneID, EvaluateTargetHealth: jsii.Bool(false),
		},
	})
}

// ProfileProps of a Profile.
type ProfileProps struct {
	// Name of the profile, and the beginning of its resources' names. Required.
	Name string
	// Endpoints to carry, as ARNs by the service's short name. Each must have private DNS on. Required. May be tokens.
	Endpoints map[string]*string
	// Others to carry, by a name of each that is no endpoint's: private hosted zones, Resolver rules, rule groups of DNS Firewall,
	// configurations of query logs. Default: none.
	Others map[string]Carried
	// Wave is how many are associated at a time. Default: 3.
	Wave int
}

// Carried is a resource that a Profile carries.
type Carried struct {
	// ARN of the resource. Required. May be a token.
	ARN *string
	// Priority of a rule group of DNS Firewall, 100 to 9900; the lowest is asked first. Default: none, for
	// all others.
	Priority int
}

// Profile is a Route 53 Profile that carries interface endpoints: every VPC it is associated with resolves all their
// private names to them (Route 53 developer guide, "Associate interface VPC endpoints to a Route 53 Profile").
type Profile struct {
	constructs.Construct
	ID, ARN *string
	// Resource is the Profile.
	Resource awsroute53profiles.CfnProfile
}

// String is the path of the construct.
func (p *Profile) String() string { return *p.Node().Path() }

// NewProfile makes a Profile.
func NewProfile(scope constructs.Construct, id string, props *ProfileProps) *Profile {
	props.check(scope, id)
	out := &Profile{}
	constructs.NewConstruct_Override(out, scope, jsii.String(id))
	out.Resource = awsroute53profiles.NewCfnProfile(out, jsii.String("Profile"), &awsroute53profiles.CfnProfileProps{
		Name: jsii.String(props.Name), Tags: network.NameTag(props.Name),
	})
	out.ID, out.ARN = out.Resource.Ref(), out.Resource.AttrArn()
	wave := props.Wave
	if wave == 0 {
		wave = 3
	}
	all := maps.Clone(props.Others)
	if all == nil {
		all = map[string]Carried{}
	}
	for n, arn := range props.Endpoints {
		all[n] = Carried{ARN: arn}
	}
	var made []awscdk.CfnResource
	for i, n := range slices.Sorted(maps.Keys(all)) {
		p := &awsroute53profiles.CfnProfileResourceAssociationProps{
			Name: jsii.String(associationName(props.Name + "-" + n)), ProfileId: out.ID, ResourceArn: all[n].ARN,
		}
		if priority := all[n].Priority; priority > 0 {
			p.ResourceProperties = jsii.String(fmt.Sprintf(`{"priority":%d}`, priority))
		}
		r := awsroute53profiles.NewCfnProfileResourceAssociation(out, jsii.String(n), p)
		if i >= wave {
			r.AddResourceDependency(made[i-wave], nil)
		}
		made = append(made, r)
	}
	return out
}

// ProfileResourceProps of a ProfileResource.
type ProfileResourceProps struct {
	// Name of the association, unique in the Profile. Required. May be a token.
	Name string
	// ProfileID is the Profile's id. Required. May be a token.
	ProfileID *string
	// ResourceARN is the resource to carry, such as a private hosted zone of the Profile's account:
	// "arn:aws:route53:::hostedzone/Z…". Required. May be a token.
	ResourceARN *string
}

// ProfileResource makes a Profile that exists carry one resource more, to every VPC that uses the Profile.
type ProfileResource struct {
	constructs.Construct
	// Resource is the association.
	Resource awsroute53profiles.CfnProfileResourceAssociation
}

// String is the path of the construct.
func (r *ProfileResource) String() string { return *r.Node().Path() }

// NewProfileResource associates a resource with a Profile.
func NewProfileResource(scope constructs.Construct, id string, props *ProfileResourceProps) *ProfileResource {
	c := check.New("privatedns.NewProfileResource", scope, id, props)
	c.Text("Name", props.Name)
	c.ID("ProfileID", props.ProfileID, "rp-")
	c.ID("ResourceARN", props.ResourceARN, "arn:")
	c.Done()
	r := &ProfileResource{}
	constructs.NewConstruct_Override(r, scope, jsii.String(id))
	r.Resource = awsroute53profiles.NewCfnProfileResourceAssociation(r, jsii.String("Association"),
		&awsroute53profiles.CfnProfileResourceAssociationProps{
			Name: jsii.String(props.Name), ProfileId: props.ProfileID, ResourceArn: props.ResourceARN,
		})
	return r
}

// notInName are characters that the name of an association does not take (Route 53 Profiles API, AssociateResourceToProfile).
var notInName = regexp.MustCompile(`[^A-Za-z0-9_' -]`)

// associationName is at most the 64 characters that the API takes; of a longer one a hash keeps it unique.
func associationName(name string) string {
	const most = 64
	plain := notInName.ReplaceAllString(name, "-")
	if len(plain) <= most {
		return plain
	}
	sum := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%s-%x", plain[:most-9], sum[:4])
}

// ProfileAssociationProps of a ProfileAssociation.
type ProfileAssociationProps struct {
	// Name of the association, unique in the account. Required. May be a token.
	Name string
	// ProfileID is the Profile's id. Required. May be a token.
	ProfileID *string
	// VPCID is the VPC's id. Required. May be a token.
	VPCID *string
}

// ProfileAssociation makes a VPC use a Profile. A VPC has at most one.
type ProfileAssociation struct {
	constructs.Construct
	// Resource is the association.
	Resource awsroute53profiles.CfnProfileAssociation
}

// String is the path of the construct.
func (a *ProfileAssociation) String() string { return *a.Node().Path() }

// NewProfileAssociation associates a VPC with a Profile, its own account's or a shared one.
func NewProfileAssociation(scope constructs.Construct, id string, props *ProfileAssociationProps) *ProfileAssociation {
	c := check.New("privatedns.NewProfileAssociation", scope, id, props)
	c.Text("Name", props.Name)
	c.ID("ProfileID", props.ProfileID, "rp-")
	c.ID("VPCID", props.VPCID, "vpc-")
	c.Done()
	a := &ProfileAssociation{}
	constructs.NewConstruct_Override(a, scope, jsii.String(id))
	a.Resource = awsroute53profiles.NewCfnProfileAssociation(a, jsii.String("Association"), &awsroute53profiles.CfnProfileAssociationProps{
		Name: jsii.String(props.Name), ProfileId: props.ProfileID, ResourceId: props.VPCID, Tags: network.NameTag(props.Name),
	})
	return a
}
