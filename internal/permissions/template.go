package permissions

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sharedhub/internal/assembly"
)

// Names of the managed policies that Template makes in each account.
const (
	ExecutionName = "sharedhub-execution"
	BoundaryName  = "sharedhub-boundary"
)

// Template is a CloudFormation template, for every account alike, of Execution's policy and of the permissions boundary that the policy
// demands of every role: no more actions than the hubs' roles have now.
func Template(a *assembly.Assembly, hubs []string) (map[string]any, error) {
	const boundary = "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/" + BoundaryName
	execution, err := Execution(a, hubs, "${AWS::Partition}", boundary)
	if err != nil {
		return nil, err
	}
	rights := roleRights(a)
	if len(rights) == 0 { // hubs without roles: a statement needs an action, and this one is never refused
		rights = []string{"sts:GetCallerIdentity"}
	}
	limits := document(Statement{Sid: "RolesOfTheHubs", Effect: "Allow", Action: rights, Resource: []string{"*"}})
	out := map[string]any{"AWSTemplateFormatVersion": "2010-09-09",
		"Description": "What CloudFormation may do for sharedhub in this account, and what the roles that it makes may do at most"}
	resources := map[string]any{}
	for name, policy := range map[string]Policy{ExecutionName: execution, BoundaryName: limits} {
		doc, err := substituted(policy)
		if err != nil {
			return nil, err
		}
		id := map[string]string{ExecutionName: "Execution", BoundaryName: "Boundary"}[name]
		resources[id] = map[string]any{"Type": "AWS::IAM::ManagedPolicy", "Properties": map[string]any{
			"ManagedPolicyName": name, "PolicyDocument": doc}}
	}
	out["Resources"] = resources
	out["Outputs"] = map[string]any{"Execution": map[string]any{
		"Description": "For cdk bootstrap --cloudformation-execution-policies", "Value": map[string]any{"Ref": "Execution"}}}
	return out, nil
}

// roleRights are the actions that the policies of the assembly's roles allow.
func roleRights(a *assembly.Assembly) (out []string) {
	for _, s := range a.Stacks {
		for _, r := range s.Resources {
			policies, _ := r.Properties["Policies"].([]any)
			if r.Type != "AWS::IAM::Role" {
				continue
			}
			for _, p := range policies {
				policy, _ := p.(map[string]any)
				doc, _ := policy["PolicyDocument"].(map[string]any)
				statements, _ := doc["Statement"].([]any)
				for _, st := range statements {
					statement, _ := st.(map[string]any)
					out = append(out, texts(statement["Action"])...)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// texts are one string or a list of them.
func texts(v any) (out []string) {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	list, _ := v.([]any)
	for _, e := range list {
		out = append(out, fmt.Sprint(e))
	}
	return out
}

// substituted is a policy in which CloudFormation fills in what differs between accounts.
func substituted(p Policy) (any, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	var doc any
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, err
	}
	return substitute(doc), nil
}

func substitute(v any) any {
	switch v := v.(type) {
	case string:
		if strings.Contains(v, "${AWS::") {
			return map[string]any{"Fn::Sub": v}
		}
	case []any:
		for i := range v {
			v[i] = substitute(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = substitute(v[k])
		}
	}
	return v
}
