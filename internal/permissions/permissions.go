// Package permissions writes the IAM policies of those who deploy: what CloudFormation's role needs for the stacks of an assembly,
// and what a pipeline needs to hand stacks to it. It takes types and names from the templates.
package permissions

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sharedhub/internal/assembly"
)

// Policy is an IAM policy document.
type Policy struct {
	Version   string      `json:"Version"`
	Statement []Statement `json:"Statement"`
}

// Statement of a policy.
type Statement struct {
	Sid       string                         `json:"Sid"`
	Effect    string                         `json:"Effect"`
	Action    []string                       `json:"Action"`
	Resource  []string                       `json:"Resource"`
	Condition map[string]map[string][]string `json:"Condition,omitempty"`
}

func document(statements ...Statement) Policy { return Policy{"2012-10-17", statements} }

// whole are the services of which CloudFormation's role gets every action. Their resources have no names that a policy could say
// before they are made.
var whole = []string{"ec2", "elasticloadbalancing", "route53", "route53profiles", "route53resolver", "ram", "logs"}

// roleActions are those of IAM that CloudFormation calls for a role (schema of AWS::IAM::Role, "handlers").
var roleActions = []string{"iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePermissionsBoundary",
	"iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
	"iam:ListRolePolicies", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole",
	"iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"}

// bounded are those of them that must not be called for a role without the boundary, where there is one.
var bounded = []string{"iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"}

// Execution is the policy of CloudFormation's role, for `cdk bootstrap --cloudformation-execution-policies`: one for all accounts
// and regions of some hubs. With a boundary, an ARN, it makes no role without it.
//
// Errors: a type of resource that belongs to none of the services that such a policy is written for.
func Execution(a *assembly.Assembly, hubs []string, partition, boundary string) (Policy, error) {
	uses := map[string]bool{}
	for _, s := range a.Stacks {
		for _, id := range slices.Sorted(maps.Keys(s.Resources)) {
			typ := s.Resources[id].Type
			_, service, _ := strings.Cut(typ, "::")
			service, _, _ = strings.Cut(service, "::")
			if service = strings.ToLower(service); service == "elasticloadbalancingv2" {
				service = "elasticloadbalancing" // as IAM calls it
			}
			if !slices.Contains(append([]string{"ssm", "iam", "cloudformation", "cdk"}, whole...), service) {
				return Policy{}, fmt.Errorf("stack %s has %s, an %s, and nothing here says what it needs", s.Name, id, typ)
			}
			uses[service] = true
		}
	}
	actions := []string{"cloudformation:DescribeStacks"}
	for _, w := range whole {
		if uses[w] {
			actions = append(actions, w+":*")
		}
	}
	if uses["ec2"] { // endpoints of services in other regions
		actions = append(actions, "vpce:AllowMultiRegion")
	}
	if uses["ram"] {
		actions = append(actions, "organizations:DescribeOrganization")
	}
	if uses["logs"] { // whether a log group's key is there
		actions = append(actions, "kms:DescribeKey")
	}
	out := document(Statement{Sid: "Network", Effect: "Allow", Action: actions, Resource: []string{"*"}})
	var roles, parameters []string
	for _, h := range hubs {
		roles = append(roles, fmt.Sprintf("arn:%s:iam::*:role/%s-*", partition, h))
		parameters = append(parameters, fmt.Sprintf("arn:%s:ssm:*:*:parameter/sharedhub/%s/*", partition, h))
	}
	if uses["ssm"] {
		out.Statement = append(out.Statement, Statement{Sid: "Carriers", Effect: "Allow", Action: []string{"ssm:*"}, Resource: parameters})
	}
	out.Statement = append(out.Statement, Statement{Sid: "BootstrapVersion", Effect: "Allow", Action: []string{"ssm:GetParameter",
		"ssm:GetParameters"}, Resource: []string{fmt.Sprintf("arn:%s:ssm:*:*:parameter/cdk-bootstrap/*", partition)}})
	if uses["iam"] {
		out.Statement = append(out.Statement, rolesOf(roles, boundary)...)
	}
	linked := []string{"transitgateway.amazonaws.com", "ram.amazonaws.com", "delivery.logs.amazonaws.com"}
	if uses["elasticloadbalancing"] {
		linked = append(linked, "elasticloadbalancing.amazonaws.com")
	}
	out.Statement = append(out.Statement, Statement{Sid: "ServiceRoles", Effect: "Allow", Action: []string{"iam:CreateServiceLinkedRole"},
		Resource: []string{"*"}, Condition: equals("StringLike", "iam:AWSServiceName", linked...)})
	return out, nil
}

// rolesOf lets CloudFormation write the hubs' roles, hand them to flow logs, and read through them.
func rolesOf(roles []string, boundary string) []Statement {
	free := slices.Clone(roleActions)
	out := []Statement{{Sid: "Roles", Effect: "Allow", Resource: roles}}
	if boundary != "" {
		free = slices.DeleteFunc(free, func(a string) bool {
			return slices.Contains(bounded, a) || a == "iam:DeleteRolePermissionsBoundary"
		})
		out = append(out, Statement{Sid: "RolesWithinBoundary", Effect: "Allow", Action: bounded, Resource: roles,
			Condition: equals("StringEquals", "iam:PermissionsBoundary", boundary)})
	}
	out[0].Action = free
	return append(out,
		Statement{Sid: "FlowLogRoles", Effect: "Allow", Action: []string{"iam:PassRole"}, Resource: roles,
			Condition: equals("StringEquals", "iam:PassedToService", "vpc-flow-logs.amazonaws.com")},
		Statement{Sid: "Readers", Effect: "Allow", Action: []string{"sts:AssumeRole"}, Resource: roles})
}

func equals(operator, key string, values ...string) map[string]map[string][]string {
	return map[string]map[string][]string{operator: {key: values}}
}

// Deploy is the policy of whoever runs `cdk deploy`: to assume the roles that bootstrap made, in the accounts of the stacks, and
// nothing else. CloudFormation's own role is not among them.
func Deploy(a *assembly.Assembly) Policy {
	var roles []string
	for _, s := range a.Stacks {
		roles = append(roles, s.DeployRole, s.LookupRole)
		if publish := strings.Replace(s.DeployRole, "-deploy-role-", "-file-publishing-role-", 1); publish != s.DeployRole {
			roles = append(roles, publish) // templates go to the bootstrap's bucket by it
		}
	}
	return document(Statement{Sid: "BootstrapRoles", Effect: "Allow", Action: []string{"sts:AssumeRole"}, Resource: list(roles)})
}

// Verify is the policy of whoever runs verify from another account than the roles': to assume the lookup roles.
func Verify(a *assembly.Assembly) Policy {
	var roles []string
	for _, s := range a.Stacks {
		roles = append(roles, s.LookupRole)
	}
	return document(Statement{Sid: "LookupRoles", Effect: "Allow", Action: []string{"sts:AssumeRole"}, Resource: list(roles)})
}

func list(roles []string) []string {
	slices.Sort(roles)
	return slices.Compact(slices.DeleteFunc(roles, func(r string) bool { return r == "" }))
}
