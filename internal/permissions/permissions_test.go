package permissions

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/iam"
)

const boundary = "arn:aws:iam::222222222222:policy/limits"

// document is a policy as package iam reads it.
func parsed(t *testing.T, p Policy) iam.Document {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > 6144 { // IAM guide, "IAM and AWS STS quotas": of a managed policy, white space aside
		t.Errorf("expected at most 6144 characters, found %d", len(b))
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	for _, s := range iam.Statements(doc) {
		if s.Malformed != "" {
			t.Errorf("statement %s %s", s.Sid, s.Malformed)
		}
	}
	return iam.Parse(doc)
}

func sample(t *testing.T) *assembly.Assembly {
	t.Helper()
	a, err := assembly.Read("../cli/testdata/network/assembly")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestExecution(t *testing.T) {
	const role, other = "arn:aws:iam::222222222222:role/use1-hub-reader", "arn:aws:iam::222222222222:role/admin"
	for _, c := range []struct {
		boundary, action, resource string
		context                    map[string][]string
		want                       bool
	}{
		{"", "ec2:CreateVpc", "*", nil, true},
		{"", "route53:ChangeResourceRecordSets", "*", nil, true},
		{"", "cloudformation:DescribeStacks", "*", nil, true},
		{"", "cloudformation:CreateStack", "*", nil, false},
		{"", "s3:PutObject", "arn:aws:s3:::b/k", nil, false},
		{"", "iam:CreateRole", role, nil, true},
		{"", "iam:CreateRole", other, nil, false},
		{"", "iam:CreateUser", role, nil, false},
		{"", "sts:AssumeRole", role, nil, true},
		{"", "sts:AssumeRole", other, nil, false},
		{"", "ssm:PutParameter", "arn:aws:ssm:us-east-1:222222222222:parameter/sharedhub/use1/outputs/x", nil, true},
		{"", "ssm:PutParameter", "arn:aws:ssm:us-east-1:222222222222:parameter/cdk-bootstrap/hnb659fds/version", nil, false},
		{"", "ssm:GetParameters", "arn:aws:ssm:us-east-1:222222222222:parameter/cdk-bootstrap/hnb659fds/version", nil, true},
		{"", "iam:PassRole", role, map[string][]string{"iam:passedtoservice": {"vpc-flow-logs.amazonaws.com"}}, true},
		{"", "iam:PassRole", role, map[string][]string{"iam:passedtoservice": {"ec2.amazonaws.com"}}, false},
		{boundary, "iam:CreateRole", role, map[string][]string{"iam:permissionsboundary": {boundary}}, true},
		{boundary, "iam:CreateRole", role, map[string][]string{"iam:permissionsboundary": nil}, false},
		{boundary, "iam:PutRolePolicy", role, map[string][]string{"iam:permissionsboundary": {"arn:aws:iam::222222222222:policy/wider"}}, false},
		{boundary, "iam:DeleteRolePermissionsBoundary", role, nil, false},
		{boundary, "iam:GetRole", role, nil, true},
	} {
		p, err := Execution(sample(t), []string{"use1"}, "aws", c.boundary)
		if err != nil {
			t.Fatal(err)
		}
		r := iam.Request{Action: c.action, Resource: c.resource, Context: c.context, Principal: iam.Principal{Kind: iam.Service, ID: "x"}}
		if r.Context == nil {
			r.Context = map[string][]string{}
		}
		if got := iam.Evaluate(r, parsed(t, p)).Effect == iam.Allow; got != c.want {
			t.Errorf("boundary %q, %s on %s with %v: allowed is %t", c.boundary, c.action, c.resource, c.context, got)
		}
	}
}

func TestUnknownType(t *testing.T) {
	a := sample(t)
	for _, r := range a.Stacks[0].Resources {
		r.Type = "AWS::Lambda::Function"
		break
	}
	if _, err := Execution(a, []string{"use1"}, "aws", ""); err == nil || !strings.Contains(err.Error(), "AWS::Lambda::Function") {
		t.Errorf("of a type that nothing is known of: %v", err)
	}
}

func TestDeployAndVerify(t *testing.T) {
	a := sample(t)
	for i, s := range a.Stacks {
		account := []string{"111111111111", "222222222222"}[i%2]
		s.DeployRole = "arn:aws:iam::" + account + ":role/cdk-acme-deploy-role-" + account + "-us-east-1"
		s.LookupRole = "arn:aws:iam::" + account + ":role/cdk-acme-lookup-role-" + account + "-us-east-1"
		s.ExecutionRole = "arn:aws:iam::" + account + ":role/cdk-acme-cfn-exec-role-" + account + "-us-east-1"
	}
	deploy, verify := Deploy(a), Verify(a)
	parsed(t, deploy)
	if n := len(deploy.Statement[0].Resource); n != 6 {
		t.Errorf("expected 3 roles of 2 accounts, found %v", deploy.Statement[0].Resource)
	}
	if n := len(verify.Statement[0].Resource); n != 2 {
		t.Errorf("expected the lookup roles of 2 accounts, found %v", verify.Statement[0].Resource)
	}
	for _, r := range append(deploy.Statement[0].Resource, verify.Statement[0].Resource...) {
		if strings.Contains(r, "cfn-exec") {
			t.Errorf("%s is CloudFormation's alone", r)
		}
	}
}

// The template for all accounts makes CloudFormation's policy with the account's own boundary, and a boundary with no more than the hubs'
// roles have.
func TestTemplate(t *testing.T) {
	tpl, err := Template(sample(t), []string{"use1"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(tpl["Resources"])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"iam:PermissionsBoundary":[{"Fn::Sub":"arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/sharedhub-boundary"}]`,
		`{"Fn::Sub":"arn:${AWS::Partition}:iam::*:role/use1-*"}`,
		`"Statement":[{"Action":["cloudformation:DescribeStacks"],"Effect":"Allow","Resource":["*"],"Sid":"RolesOfTheHubs"}]`,
		`"ManagedPolicyName":"sharedhub-execution"`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("expected %s, found\n%s", want, b)
		}
	}
	if strings.Contains(regexp.MustCompile(`\{"Fn::Sub":"[^"]*"\}`).ReplaceAllString(string(b), ""), "${") {
		t.Errorf("expected every ${…} in a Fn::Sub, found\n%s", b)
	}
}
