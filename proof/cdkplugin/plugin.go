// Package cdkplugin checks the rules of package proof in every synthesis of a CDK app, as a validation plugin of the CDK
// (https://docs.aws.amazon.com/cdk/v2/guide/policy-validation-synthesis.html). A violation fails the synthesis.
//
//	awscdk.Validations_Of(app).AddPlugins(cdkplugin.New(proof.NoInternet("segment=prod")))
package cdkplugin

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/proof"
)

type plugin struct{ rules []proof.Rule }

// New makes a plugin of rules. Add it to the app: it reads all stacks, those of stages included.
func New(rules ...proof.Rule) awscdk.IPolicyValidationPlugin { return &plugin{rules} }

// Name is what the CDK's report calls the plugin.
func (p *plugin) Name() *string { return jsii.String("sharedhub-proof") }

// Version is for the CDK's usage data alone, which takes 0.0.0 for one that is not told.
func (p *plugin) Version() *string { return jsii.String("0.0.0") }

// RuleIds are for the same data, which need not know what somebody's rules say.
func (p *plugin) RuleIds() *[]*string { return &[]*string{} }

// Validate reads the assembly that the templates are in, and reports each violation.
func (p *plugin) Validate(context awscdk.IPolicyValidationContext) *awscdk.PolicyValidationPluginReport {
	violations := []*awscdk.PolicyViolation{}
	network, err := proof.Read(*context.AppConstruct().(awscdk.Stage).Outdir())
	if err != nil {
		violations = append(violations, violation(proof.Violation{Rule: "readable assembly", Text: err.Error(), Undecided: true}))
	} else {
		for _, v := range network.Check(p.rules...) {
			violations = append(violations, violation(v))
		}
	}
	return &awscdk.PolicyValidationPluginReport{Success: jsii.Bool(len(violations) == 0), Violations: &violations}
}

func violation(v proof.Violation) *awscdk.PolicyViolation {
	severity := "error"
	if v.Undecided {
		severity = "undecided"
	}
	resources := []*awscdk.PolicyViolatingResource{}
	for _, r := range v.Resources {
		resources = append(resources, &awscdk.PolicyViolatingResource{ResourceLogicalId: jsii.String(r.LogicalID),
			TemplatePath: jsii.String(r.Template), Locations: &[]*string{}})
	}
	if len(resources) == 0 { // a violation without a construct counts as acknowledged: it is the app's
		resources = append(resources, &awscdk.PolicyViolatingResource{ConstructPath: jsii.String(""), Locations: &[]*string{}})
	}
	return &awscdk.PolicyViolation{RuleName: jsii.String(v.Rule), Description: jsii.String(v.Text), Severity: jsii.String(severity),
		ViolatingResources: &resources}
}
