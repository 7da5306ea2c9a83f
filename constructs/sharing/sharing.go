// Package sharing opens things to other accounts and stacks: resources by AWS RAM, and a stack's outputs by a role that
// Fn::GetStackOutput reads them through, and a resource that reads them once.
package sharing

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsram"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/internal/check"
	"sharedhub/constructs/network"
)

// ShareProps of a Share.
type ShareProps struct {
	// Name of the share. Required. May be a token.
	Name string
	// ResourceARNs to share. Required. May be tokens.
	ResourceARNs []*string
	// Principals to share with: account numbers, or ARNs of an organization or of organizational units.
	// Required. May be tokens.
	Principals []string
	// AllowExternalPrincipals permits accounts outside the organization; they must accept an invitation. Default: false.
	AllowExternalPrincipals bool
}

// Share is a RAM resource share.
type Share struct {
	constructs.Construct
	ARN *string
	// Resource is the share.
	Resource awsram.CfnResourceShare
}

// String is the path of the construct.
func (s *Share) String() string { return *s.Node().Path() }

// NewShare shares resources.
func NewShare(scope constructs.Construct, id string, props *ShareProps) *Share {
	c := check.New("sharing.NewShare", scope, id, props)
	c.Text("Name", props.Name)
	c.IDs("ResourceARNs", props.ResourceARNs, "arn:")
	c.IDs("Principals", *jsii.Strings(props.Principals...))
	c.Done()
	s := &Share{}
	constructs.NewConstruct_Override(s, scope, jsii.String(id))
	s.Resource = awsram.NewCfnResourceShare(s, jsii.String("Share"), &awsram.CfnResourceShareProps{
		Name: jsii.String(props.Name), ResourceArns: &props.ResourceARNs, Principals: jsii.Strings(props.Principals...),
		AllowExternalPrincipals: jsii.Bool(props.AllowExternalPrincipals), Tags: network.NameTag(props.Name),
	})
	s.ARN = s.Resource.AttrArn()
	return s
}

// OrganizationARN is how RAM names an organization.
func OrganizationARN(partition, managementAccount, organization string) string {
	return awsfacts.Partition{Name: partition}.ARN("organizations", "", managementAccount, "organization/"+organization)
}

// UnitARN is how RAM names an organizational unit.
func UnitARN(partition, managementAccount, organization, unit string) string {
	return awsfacts.Partition{Name: partition}.ARN("organizations", "", managementAccount, "ou/"+organization+"/"+unit)
}

// ReaderProps of a Reader.
type ReaderProps struct {
	// RoleName is fixed, since a reader's template must name the role before it exists. Required.
	RoleName string
	// Stacks whose outputs may be read, as names or patterns: "use1-*". Required.
	Stacks []string
	// Organization whose accounts may read: "o-…". Default: Accounts.
	Organization string
	// Accounts that may read, by number, where Organization is not set. Default: none.
	Accounts []string
	// Partition of the stacks: "aws". Required.
	Partition string
	// Region of the stacks. Required.
	Region string
	// Account of the stacks, by number. Required.
	Account string
}

// Reader is the role through which other accounts' stacks read outputs (CloudFormation template reference,
// Fn::GetStackOutput). It may describe the named stacks and nothing else.
type Reader struct {
	constructs.Construct
	// Resource is the role.
	Resource awsiam.CfnRole
}

// String is the path of the construct.
func (r *Reader) String() string { return *r.Node().Path() }

// ReaderARN is the ARN of a reader, known before it exists.
func ReaderARN(partition, account, roleName string) string {
	return awsfacts.Partition{Name: partition}.RoleARN(account, "", roleName)
}

// executionRoles are CloudFormation's roles of a CDK bootstrap with any qualifier; nobody else may assume a reader.
const executionRoles = "arn:%s:iam::*:role/cdk-*-cfn-exec-role-*"

// NewReader makes the role. It trusts the organization as a whole or the accounts by number, and of them only
// CloudFormation's execution roles, which need not exist yet.
func NewReader(scope constructs.Construct, id string, props *ReaderProps) *Reader {
	props.check(scope, id)
	r := &Reader{}
	constructs.NewConstruct_Override(r, scope, jsii.String(id))
	condition := map[string]any{"ArnLike": map[string]any{"aws:PrincipalArn": fmt.Sprintf(executionRoles, props.Partition)}}
	var principal any = "*"
	if props.Organization != "" {
		condition["StringEquals"] = map[string]any{"aws:PrincipalOrgID": props.Organization}
	} else {
		principal = props.Accounts
	}
	stacks := make([]any, len(props.Stacks))
	for i, s := range props.Stacks {
		stacks[i] = fmt.Sprintf("arn:%s:cloudformation:%s:%s:stack/%s/*", props.Partition, props.Region, props.Account, s)
	}
	r.Resource = awsiam.NewCfnRole(r, jsii.String("Role"), &awsiam.CfnRoleProps{
		RoleName: jsii.String(props.RoleName), Description: jsii.String("Reads stack outputs for Fn::GetStackOutput of other accounts"),
		AssumeRolePolicyDocument: map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
			"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"AWS": principal}, "Condition": condition,
		}}},
		Policies: []any{&awsiam.CfnRole_PolicyProperty{PolicyName: jsii.String("read-outputs"), PolicyDocument: map[string]any{
			"Version": "2012-10-17", "Statement": []any{
				map[string]any{"Effect": "Allow", "Action": "cloudformation:DescribeStacks", "Resource": stacks},
			},
		}}},
	})
	return r
}

func (p *ReaderProps) check(scope constructs.Construct, id string) {
	c := check.New("sharing.NewReader", scope, id, p)
	c.Known("RoleName", p.RoleName)
	c.Known("Partition", p.Partition)
	c.Known("Region", p.Region)
	c.Known("Account", p.Account)
	if len(p.Stacks) == 0 {
		c.Errorf("Stacks", "is empty, expected at least one name or pattern")
	}
	if p.Organization == "" && len(p.Accounts) == 0 {
		c.Errorf("Accounts", "is empty, expected at least one where Organization is not set")
	}
	c.Done()
}
