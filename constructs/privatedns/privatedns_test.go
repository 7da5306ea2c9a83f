package privatedns_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/catalog"
	"sharedhub/constructs/internal/cdktest"
	"sharedhub/constructs/privatedns"
	"sharedhub/constructs/sharing"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

func Example() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("dns"), nil)
	ecr, _ := catalog.Lookup("us-east-1", "ecr.dkr")
	zones := privatedns.NewHostedZones(stack, "Zones", &privatedns.HostedZonesProps{
		VPCs: []privatedns.VPC{{ID: jsii.String("vpc-0123456789abcdef0"), Region: "us-east-1"}},
		Services: []privatedns.Service{{
			HostedZones: catalog.HostedZones(ecr.PrivateNames),
			DNSName:     jsii.String("vpce-1-x.dkr.ecr.us-east-1.vpce.amazonaws.com"), HostedZoneID: jsii.String("Z7HUB22UULQXV"),
		}},
	})
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::Route53::RecordSet"), map[string]any{
		"Name": "*.dkr.ecr.us-east-1.amazonaws.com", "Type": "A",
	})
	fmt.Println(len(zones.ByName), "zones")
	// Output: 2 zones
}

func ExampleNewProfile() {
	app := awscdk.NewApp(nil)
	hub, spoke := awscdk.NewStack(app, jsii.String("hub"), nil), awscdk.NewStack(app, jsii.String("payments"), nil)
	profile := privatedns.NewProfile(hub, "Profile", &privatedns.ProfileProps{Name: "hub", Endpoints: map[string]*string{
		"sqs": jsii.String("arn:aws:ec2:us-east-1:111111111111:vpc-endpoint/vpce-0123456789abcdef0"),
	}})
	sharing.NewShare(hub, "Share", &sharing.ShareProps{
		Name: "names", ResourceARNs: []*string{profile.ARN}, Principals: []string{"222222222222"},
	})
	privatedns.NewProfileAssociation(spoke, "Names", &privatedns.ProfileAssociationProps{
		Name: "payments", ProfileID: profile.ID, VPCID: jsii.String("vpc-0123456789abcdef0"),
	})
	assertions.Template_FromStack(spoke, nil).ResourceCountIs(jsii.String("AWS::Route53Profiles::ProfileAssociation"), jsii.Number(1))
	fmt.Println(*(*spoke.Dependencies())[0].StackName(), "is deployed before", *spoke.StackName())
	// Output: hub is deployed before payments
}

func TestProfile(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	p := privatedns.NewProfile(stack, "P", &privatedns.ProfileProps{Name: "hub", Endpoints: map[string]*string{
		"ecr.api": jsii.String("arn:aws:ec2:us-east-1:111111111111:vpc-endpoint/vpce-1"),
		"sts":     jsii.String("arn:aws:ec2:us-east-1:111111111111:vpc-endpoint/vpce-2"),
	}})
	privatedns.NewProfileAssociation(stack, "A", &privatedns.ProfileAssociationProps{
		Name: "spoke", ProfileID: p.ID, VPCID: jsii.String("vpc-0123456789abcdef0"),
	})
	template := assertions.Template_FromStack(stack, nil)
	template.HasResourceProperties(jsii.String("AWS::Route53Profiles::ProfileResourceAssociation"), map[string]any{"Name": "hub-ecr-api"})
	template.ResourceCountIs(jsii.String("AWS::Route53Profiles::ProfileResourceAssociation"), jsii.Number(2))
	template.HasResourceProperties(jsii.String("AWS::Route53Profiles::ProfileAssociation"), map[string]any{
		"ResourceId": "vpc-0123456789abcdef0",
	})
}

func TestMistakes(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	zone := []catalog.HostedZone{{Name: "sts.us-east-1.amazonaws.com"}}
	cdktest.Panics(t, func() {
		privatedns.NewHostedZones(stack, "Z", &privatedns.HostedZonesProps{
			Services: []privatedns.Service{{HostedZones: zone}, {HostedZones: zone}},
		})
	}, "VPCs: is empty", "Services[0].DNSName: is nil", `Services[1].HostedZones: "sts.us-east-1.amazonaws.com" is in Services[0] too`)
	cdktest.Panics(t, func() { privatedns.NewProfile(stack, "P", &privatedns.ProfileProps{Wave: -1}) }, "Name:", "Endpoints: is empty",
		"Wave: -1")
	cdktest.Panics(t, func() { privatedns.NewProfileAssociation(stack, "A", &privatedns.ProfileAssociationProps{}) }, "Name:", "ProfileID:",
		"VPCID:")
}
