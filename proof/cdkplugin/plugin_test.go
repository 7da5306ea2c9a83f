package cdkplugin_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/proof"
	"sharedhub/proof/cdkplugin"
)

// One VPC is in the app, the other in a stage's stack: a plugin of the app sees both.
func TestPlugin(t *testing.T) {
	for _, c := range []struct {
		name, want string
		rules      []proof.Rule
	}{
		{name: "all holds", rules: []proof.Rule{proof.NoInternet("*"), proof.ReachesNot("one", "two")}},
		{name: "no rule"},
		{name: "a rule that is broken", rules: []proof.Rule{proof.Reaches("one", "two", 443)}, want: "Validation failed"},
		{name: "a VPC that nobody has", rules: []proof.Rule{proof.NoInternet("three")}, want: "Validation failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir())})
			vpc(awscdk.NewStack(app, jsii.String("network"), nil), "one", "10.0.0.0/24")
			stage := awscdk.NewStage(app, jsii.String("prod"), nil)
			vpc(awscdk.NewStack(stage, jsii.String("network"), nil), "two", "10.1.0.0/24")
			awscdk.Validations_Of(app).AddPlugins(cdkplugin.New(c.rules...))
			got := synthesise(app)
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("expected %q, found %q", c.want, got)
			}
		})
	}
}

// synthesise returns what the CDK panics with, as it does in Go where a validation fails.
func synthesise(app awscdk.App) (failed string) {
	defer func() {
		if r := recover(); r != nil {
			failed = fmt.Sprint(r)
		}
	}()
	app.Synth(nil)
	return ""
}

func vpc(stack awscdk.Stack, name, cidr string) {
	v := awsec2.NewCfnVPC(stack, jsii.String(name), &awsec2.CfnVPCProps{CidrBlock: jsii.String(cidr)})
	awscdk.Tags_Of(v).Add(jsii.String("Name"), jsii.String(name), nil)
	awsec2.NewCfnSubnet(stack, jsii.String(name+"Subnet"), &awsec2.CfnSubnetProps{VpcId: v.Ref(), CidrBlock: jsii.String(cidr)})
}
