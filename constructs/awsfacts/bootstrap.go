package awsfacts

import "fmt"

// DefaultQualifier is in the names of what `cdk bootstrap` makes, where no other is given (CDK guide, "Customize AWS CDK
// bootstrapping"). An assembly names the roles in full: read them there where there is one.
const DefaultQualifier = "hnb659fds"

// ExecutionRole is the ARN of the role that CloudFormation deploys the CDK's stacks with.
func (p Partition) ExecutionRole(qualifier, account, region string) string {
	return p.bootstrapRole(qualifier, "cfn-exec-role", account, region)
}

// LookupRole is the ARN of the role that the CDK CLI reads an account with: it has AWS's ReadOnlyAccess, and trusts the
// accounts that bootstrap was told to trust.
func (p Partition) LookupRole(qualifier, account, region string) string {
	return p.bootstrapRole(qualifier, "lookup-role", account, region)
}

// DeployRole is the ARN of the role that the CDK CLI deploys with.
func (p Partition) DeployRole(qualifier, account, region string) string {
	return p.bootstrapRole(qualifier, "deploy-role", account, region)
}

func (p Partition) bootstrapRole(qualifier, role, account, region string) string {
	return p.RoleARN(account, "/", fmt.Sprintf("cdk-%s-%s-%s-%s", qualifier, role, account, region))
}
