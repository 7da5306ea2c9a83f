package privatedns_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/catalog"
	"sharedhub/constructs/privatedns"
)

func TestMain(m *testing.M) {
	os.Setenv("CDK_VALIDATION", "false") // the CDK's own template validation takes seconds an app
	jsii.Close()                         // prepared with the environment of before
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

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

func TestProfile(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	p := privatedns.NewProfile(stack, "P", &privatedns.ProfileProps{Name: "hub", Endpoints: map[string]*string{
		"ecr.api": jsii.String("arn:aws:ec2:us-east-1:111111111111:vpc-endpoint/vpce-1"), "sts": jsii.String("arn:aws:ec2:us-east-1:111111111111:vpc-endpoint/vpce-2"),
	}})
	privatedns.NewProfileAssociation(stack, "A", &privatedns.ProfileAssociationProps{Name: "spoke", ProfileID: p.ID, VPCID: jsii.String("vpc-0123456789abcdef0")})
	template := assertions.Template_FromStack(stack, nil)
	template.HasResourceProperties(jsii.String("AWS::Route53Profiles::ProfileResourceAssociation"), map[string]any{"Name": "hub-ecr-api"})
	template.ResourceCountIs(jsii.String("AWS::Route53Profiles::ProfileResourceAssociation"), jsii.Number(2))
	template.HasResourceProperties(jsii.String("AWS::Route53Profiles::ProfileAssociation"), map[string]any{"ResourceId": "vpc-0123456789abcdef0"})
}
