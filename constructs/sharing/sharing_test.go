package sharing_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/internal/cdktest"
	"sharedhub/constructs/sharing"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

func Example() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("hub"), nil)
	sharing.NewShare(stack, "Share", &sharing.ShareProps{
		Name: "gateway", ResourceARNs: []*string{jsii.String("arn:aws:ec2:us-east-1:111111111111:transit-gateway/tgw-0123456789abcdef0")},
		Principals: []string{sharing.OrganizationARN("aws", "999999999999", "o-a1b2c3d4e5")},
	})
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::RAM::ResourceShare"), map[string]any{
		"AllowExternalPrincipals": false,
	})
	fmt.Println(sharing.OrganizationARN("aws", "999999999999", "o-a1b2c3d4e5"))
	// Output: arn:aws:organizations::999999999999:organization/o-a1b2c3d4e5
}

func ExampleNewReader() {
	app := awscdk.NewApp(nil)
	hub, spoke := awscdk.NewStack(app, jsii.String("hub"), nil), awscdk.NewStack(app, jsii.String("payments"), nil)
	sharing.NewReader(hub, "Reader", &sharing.ReaderProps{
		RoleName: "hub-reader", Stacks: []string{"hub-network"}, Organization: "o-a1b2c3d4e5",
		Partition: "aws", Region: "us-east-1", Account: "111111111111",
	})
	gateway := sharing.NewCarrier(spoke, "FromHub", &sharing.CarrierProps{
		ParameterName: "/payments/outputs/hub-network/TransitGatewayId", Stack: "hub-network", Output: "TransitGatewayId",
		Region: "us-east-1", RoleARN: sharing.ReaderARN("aws", "111111111111", "hub-reader"),
	})
	awscdk.NewCfnOutput(spoke, jsii.String("Gateway"), &awscdk.CfnOutputProps{Value: gateway.Value})
	assertions.Template_FromStack(spoke, nil).ResourceCountIs(jsii.String("AWS::SSM::Parameter"), jsii.Number(1))
	fmt.Println(sharing.ReaderARN("aws", "111111111111", "hub-reader"))
	// Output: arn:aws:iam::111111111111:role/hub-reader
}

func TestReader(t *testing.T) {
	for _, c := range []struct {
		name  string
		props sharing.ReaderProps
		has   string
	}{
		{"an organization", sharing.ReaderProps{Organization: "o-a1b2c3d4e5"}, `"aws:PrincipalOrgID":"o-a1b2c3d4e5"`},
		{"accounts", sharing.ReaderProps{Accounts: []string{"222222222222"}}, `"Principal":{"AWS":"222222222222"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
			p := c.props
			p.RoleName, p.Stacks, p.Partition, p.Region, p.Account = "reader", []string{"hub-network"}, "aws", "us-east-1", "111111111111"
			sharing.NewReader(stack, "R", &p)
			b, _ := json.Marshal(assertions.Template_FromStack(stack, nil).ToJSON())
			text := strings.ReplaceAll(strings.ReplaceAll(string(b), `["222222222222"]`, `"222222222222"`), " ", "")
			for _, want := range []string{c.has, `"aws:PrincipalArn":"arn:aws:iam::*:role/cdk-*-cfn-exec-role-*"`,
				`"arn:aws:cloudformation:us-east-1:111111111111:stack/hub-network/*"`} {
				if !strings.Contains(text, want) {
					t.Errorf("%s is not in\n%s", want, text)
				}
			}
		})
	}
}

func TestCarrier(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	c := sharing.NewCarrier(stack, "FromNetwork", &sharing.CarrierProps{
		ParameterName: "/hub/outputs/s/hub-network", Description: "revision 3", Stack: "hub-network", Output: "VpcId", Region: "us-east-1",
		RoleARN: "arn:aws:iam::111111111111:role/reader",
	})
	awscdk.NewCfnOutput(stack, jsii.String("O"), &awscdk.CfnOutputProps{Value: c.Value})
	b, _ := json.Marshal(assertions.Template_FromStack(stack, nil).ToJSON())
	for _, want := range []string{`"Value":{"Fn::GetStackOutput":{"OutputName":"VpcId","Region":"us-east-1",` +
		`"RoleArn":"arn:aws:iam::111111111111:role/reader","StackName":"hub-network"}}`, `{"Fn::GetAtt":["FromNetwork","Value"]}`,
		`"Description":"revision 3"`, `"Name":"/hub/outputs/s/hub-network"`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("expected %s in\n%s", want, b)
		}
	}
}

func TestMistakes(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("s"), nil)
	cdktest.Panics(t, func() { sharing.NewShare(stack, "S", &sharing.ShareProps{Principals: []string{""}}) }, "Name:",
		"ResourceARNs: is empty", "Principals[0]:")
	cdktest.Panics(t, func() { sharing.NewReader(stack, "R", &sharing.ReaderProps{Region: *awscdk.Aws_REGION()}) },
		"RoleName:", "Partition:", "Region: is a CDK token", "Account:", "Stacks: is empty", "Accounts: is empty")
	cdktest.Panics(t, func() { sharing.NewCarrier(stack, "C", &sharing.CarrierProps{Stack: *awscdk.Aws_STACK_NAME()}) },
		"ParameterName:", "Stack: is a CDK token", "Output:", "Region:")
}
