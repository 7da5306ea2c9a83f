package sharing

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/internal/check"
)

// CarrierProps of a Carrier.
type CarrierProps struct {
	// ParameterName is the name of the SSM parameter: a path that nobody else writes. It can never change. Required.
	ParameterName string
	// Description of the parameter. CloudFormation looks the output up again only where the carrier's own text has changed, so
	// let this change with what is read. Default: none.
	Description string
	// Stack whose output to read, by name. It cannot be a token. Required.
	Stack string
	// Output to read, by name. Its value has at most 4,096 bytes, which a standard parameter takes. Required.
	Output string
	// Region of that stack. Required.
	Region string
	// RoleARN of the reader, where the stack is another account's. Default: none.
	RoleARN string
}

// Carrier holds an output of another stack in an SSM parameter, so that Fn::GetStackOutput stands in one place.
//
// CloudFormation looks the function up once an occurrence, by DescribeStacks, and fails with Throttling where there are many
// (github.com/aws/aws-cdk/issues/38010). And it plans to replace each resource with the function in a create-only property,
// in some change sets also where the value is the same (cloudformation-coverage-roadmap#2559). A parameter's value is not
// create-only; what depends on the parameter is replaced only where the value really differs.
type Carrier struct {
	constructs.Construct
	// Value is the output's value, for resources of the carrier's own stack.
	Value *string
	// Resource is the parameter.
	Resource awsssm.CfnParameter
}

// String is the path of the construct.
func (c *Carrier) String() string { return *c.Node().Path() }

// NewCarrier reads an output once. Where the scope is a stack, the parameter's logical id is the construct's id.
func NewCarrier(scope constructs.Construct, id string, props *CarrierProps) *Carrier {
	k := check.New("sharing.NewCarrier", scope, id, props)
	k.Known("ParameterName", props.ParameterName)
	k.Known("Stack", props.Stack)
	k.Known("Output", props.Output)
	k.Known("Region", props.Region)
	k.Done()
	c := &Carrier{}
	constructs.NewConstruct_Override(c, scope, jsii.String(id))
	p := &awsssm.CfnParameterProps{
		Type: jsii.String("String"), Name: jsii.String(props.ParameterName),
		Value: awscdk.Fn_GetStackOutput(jsii.String(props.Stack), jsii.String(props.Output), jsii.String(props.Region), optional(props.RoleARN)),
	}
	p.Description = optional(props.Description)
	c.Resource = awsssm.NewCfnParameter(c, jsii.String("Default"), p) // "Default" is no part of a logical id
	c.Value = c.Resource.AttrValue()
	return c
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return jsii.String(s)
}
