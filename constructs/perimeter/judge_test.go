package perimeter

import (
	"os"
	"strings"
	"testing"

	"sharedhub/constructs/catalog"
)

var usEast = Place{Organization: "o-a1b2c3d4e5", Account: "111111111111", Region: "us-east-1", Partition: "aws"}

func TestFill(t *testing.T) {
	for _, c := range []struct{ in, out, problem string }{
		{"${organization} ${account} ${region} ${partition}", "o-a1b2c3d4e5 111111111111 us-east-1 aws", ""},
		{"${aws:username} ${aws:PrincipalTag/team, 'none'} ${*} ${?} ${$} $x ${",
			"${aws:username} ${aws:PrincipalTag/team, 'none'} ${*} ${?} ${$} $x ${", ""},
		{"\n${Organization}", "\n${Organization}", "line 2: ${Organization} is not known here"},
		{"${AWS::Region}", "${AWS::Region}", "CloudFormation's"},
	} {
		out, problems := Fill([]byte(c.in), usEast)
		if string(out) != c.out || (c.problem == "") != (len(problems) == 0) ||
			c.problem != "" && !strings.Contains(problems[0].Error(), c.problem) {
			t.Errorf("%s: %s, %v", c.in, out, problems)
		}
	}
	if _, problems := Fill([]byte("${organization}"), Place{Region: "us-east-1"}); len(problems) != 1 {
		t.Errorf("without an organization: %v", problems)
	}
}

// A policy of ours says nothing that is not meant.
func TestJudgeOwnPolicies(t *testing.T) {
	b, err := os.ReadFile("../../config/policies/s3.json")
	if err != nil {
		t.Fatal(err)
	}
	filled, problems := Fill(b, usEast)
	if problems = append(problems, Judge(filled, usEast)...); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
}

// What is said of single statements; whole policies are among the cases of internal/config.
func TestJudge(t *testing.T) {
	with := func(effect, rest string) string {
		return `{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "*", "Resource": "*"}, ` +
			`{"Effect": "` + effect + `", "Principal": "*", "Action": "*", ` + rest + `}]}`
	}
	condition := func(effect, c string) string { return with(effect, `"Resource": "*", "Condition": `+c) }
	for _, c := range []struct{ in, want string }{
		{condition("Allow", `{"StringEquals": {"AWS:PrincipalOrgId": "o-a1b2c3d4e5"}}`), ""},
		{condition("Allow", `{"StringLike": {"aws:PrincipalOrgID": "o-a1b2*"}}`), ""},
		{condition("Allow", `{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-zzzzzzzzzz"}}`),
			"which is true where the request lacks the key"},
		{condition("Allow", `{"StringEqualsIfExists": {"aws:ResourceOrgID": "o-a1b2c3d4e5"}}`),
			"StringEqualsIfExists, which is true where the request lacks the key: it admits requests that do not say whose the resource is"},
		{condition("Allow", `{"ForAllValues:StringEquals": {"AWS:ResourceOrgId": ["o-a1b2c3d4e5"]}}`),
			"true where the request lacks the key"},
		{condition("Allow", `{"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}`),
			"true where the request lacks the key"},
		{condition("Allow", `{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}`), ""},
		{condition("Allow",
			`{"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}, "Null": {"aws:PrincipalOrgPaths": "false"}}`),
			""},
		{condition("Allow", `{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "Null": {"aws:PrincipalOrgID": "true"}}`),
			"true where the request lacks the key"},
		{condition("Allow", `{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:SourceVpce": "vpce-01234567"}}`),
			"lacks the key"},
		{condition("Allow",
			`{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}`),
			""},
		{condition("Allow", `{"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}`),
			"and whatever has none: callers without credentials"},
		{condition("Allow", `{"StringNotEquals": {"aws:ResourceAccount": "222222222222"}}`),
			"admits whatever has another aws:ResourceAccount"},
		{condition("Deny", `{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}`), ""},
		{condition("Deny", `{"ForAllValues:StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}`), ""},
		{condition("Deny", `{"ForAnyValue:StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}`),
			"does not deny callers without credentials"},
		{condition("Deny", `{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}`),
			"denies everything to the hub's own organization"},
		{condition("Allow", `{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`), "do not carry: it admits nobody"},
		{condition("Allow", `{"IpAddressIfExists": {"aws:SourceIp": "10.0.0.0/8"}}`), "do not carry: it bounds nothing"},
		{condition("Deny", `{"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`), "do not carry: it denies always"},
		{condition("Deny", `{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`), "do not carry: it denies never"},
		{condition("Allow", `{"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}`), ""},
		{condition("Allow", `{"StringEquals": {"aws:PrincipleOrgID": "o-a1b2c3d4e5"}}`), "no global key of IAM's that this program knows"},
		{condition("Allow", `{"StringEquals": {"aws:PrincipalOrganization": "o-a1b2c3d4e5"}}`), "a key that no request carries admits nobody"},
		{condition("Deny", `{"StringNotEquals": {"aws:PrincipalOrganization": "o-a1b2c3d4e5"}}`), "a key that no request carries denies always"},
		{condition("Allow", `{"StringEquals": {"AWS:principaltag/Team": "x", "s3:prefix": "y", "aws:ResourceTag/a/b": "c"}}`), ""},
		{condition("Allow", `{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-zzzzzzzzzz/*"}}`), "names organization o-zzzzzzzzzz/*"},
		{condition("Allow", `{"Null": {"aws:PrincipalOrgID": "true"}}`), "admits only requests without aws:PrincipalOrgID"},
		{condition("Allow", `{"Null": {"aws:SourceVpce": true}}`), "which all requests at an endpoint carry"},
		{condition("Allow", `{"Null": {"aws:PrincipalOrgID": "false"}}`), ""},
		{condition("Deny", `{"Null": {"aws:PrincipalOrgID": "false"}}`), "which those of the hub's accounts do"},
		{condition("Deny", `{"Null": {"aws:PrincipalOrgID": "true"}}`), ""},
		{condition("Allow", `{"StringEquals": {"aws:SourceVpce": "vpce-0f00ba4ba2c0ffee0"}}`), "at an endpoint it is the endpoint's own id"},
		{condition("Deny", `{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "Bool": {"aws:SecureTransport": "false"}}`), ""},
		{condition("Deny", `{"StringEquals": {"aws:PrincipalOrgID": "o-zzzzzzzzzz"}}`), ""},
		{condition("Deny", `{"StringNotEquals": {"aws:ResourceOrgID": ["o-zzzzzzzzzz", "o-a1b2c3d4e5"]}}`), ""},
		{condition("Deny", `{"StringNotEquals": {"aws:ResourceOrgID": "o-zzzzzzzzzz"}}`),
			"denies what is not of organization o-zzzzzzzzzz"},
		{condition("Deny", `{"Null": {"aws:SourceVpce": "true"}}`), ""},
		{condition("Deny", `{"StringNotEquals": {"aws:SourceVpce": "vpc-0123456789abcdef0"}}`), "they are never equal"},
		{condition("Deny", `{"StringNotEquals": {"aws:SourceVpc": "vpce-0123456789abcdef0"}}`), "they are never equal"},
		{condition("Allow", `{"StringEquals": {"aws:PrincipalAccount": "11111111111"}}`), "the number of an account"},
		{condition("Allow", `{"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}`), ""},
		{condition("Allow", `{"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/${aws:username}"}}`), ""},
		{with("Deny", `"Resource": "arn:aws:s3:::b/*"`), ""},
		{`{"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": "222222222222"}, "Action": "*", "Resource": "*"}}`, "allows everybody but"},
		{`{"Statement": {"Effect": "Allow", "Principal": {"AWS": ["222222222222", "AROAEXAMPLEIDOFROLE1", ` +
			`"arn:aws:iam::222222222222:role/x"]}, ` +
			`"Action": "*", "Resource": "*"}}`, ""},
		{`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", ` +
			`"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}}`, "admits nobody of the hub: statement 1 tests aws:SourceIp"},
		{with("Deny", `"Resource": "*"`), "denies everything"},
		{with("Deny", `"Resource": ["*", "arn:aws:s3:::b/*"]`), "denies everything"},
		{with("Allow", `"Resource": "arn:aws:sqs:*:111111111111:q"`), ""},
		{with("Allow", `"Resource": "arn:aws:sqs:us-west-2:111111111111:q"`), "of region us-west-2"},
		{with("Allow", `"Resource": "arn:aws:s3:::data-us-east-1-eu-west-1/*"`), ""},
		{with("Allow", `"Resource": "arn:aws:s3:::data-ap-northeast-1/*"`), "a bucket of ap-northeast-1,"},
		{with("Allow", `"Resource": "arn:aws:sqs:us-east-1:123456789012:q"`), `"123456789012" is an example`},
		{with("Allow", `"Resource": "arn:aws:sqs:REGION:ACCOUNT_ID:q"`), `"REGION" is a placeholder`},
	} {
		problems := Judge([]byte(c.in), usEast)
		if c.want == "" && len(problems) > 0 || c.want != "" && (len(problems) == 0 || !strings.Contains(problems[len(problems)-1].Error()+
			problems[0].Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.in, problems, c.want)
		}
	}
}

// One mistake has one fix: a policy that denies everything, and allows nothing, is not asked to keep what denies.
func TestJudgeClosed(t *testing.T) {
	for _, statement := range []string{
		`{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}`,
		`{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["*"], "Resource": ["*"]}`,
		`[{"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "*:*", "Resource": "*"}]`,
	} {
		problems := Judge([]byte(`{"Statement": `+statement+`}`), usEast)
		if len(problems) != 1 || !strings.Contains(problems[0].Text, "admits nobody") || !strings.Contains(problems[0].Fix, "in its place") {
			t.Errorf("%s: %v", statement, problems)
		}
	}
}

// A policy that allows only what another service does admits nobody to the endpoint.
func TestElsewhere(t *testing.T) {
	allow := func(actions string) string {
		return `{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:DeleteQueue", "Resource": "*"},
{"Effect": "Allow", "Principal": "*", "Resource": "*", ` + actions + `}]}`
	}
	for _, c := range []struct {
		service, actions string
		want             string
	}{
		{"sqs", `"Action": "s3:*"`, "s3"},
		{"sqs", `"Action": ["S3:GetObject", "sns:Publish", "s3:PutObject"]`, "s3 sns"},
		{"sqs", `"Action": ["s3:GetObject", "sqs:*"]`, ""},
		{"sqs", `"Action": "*"`, ""},
		{"sqs", `"NotAction": "s3:*"`, ""},
		{"sqs", `"Action": "nobody-knows:*"`, ""},
		{"kms-fips", `"Action": "kms:Decrypt"`, ""},
		{"kms", `"Action": "secretsmanager:GetSecretValue"`, "secretsmanager"},
		{"email", `"Action": "ses:SendEmail"`, ""},
		{"email", `"Action": "sns:Publish"`, "sns"},
		{"monitoring", `"Action": "cloudwatch:PutMetricData"`, ""},
		{"logs", `"Action": "cloudwatch:PutMetricData"`, "cloudwatch"},
		{"ecr.dkr", `"Action": "ecr:BatchGetImage"`, ""},
		{"ssmmessages", `"Action": "ssm:*"`, ""},
		{"git-codecommit", `"Action": "codecommit:GitPull"`, ""},
		{"kinesis-firehose", `"Action": "firehose:PutRecord"`, ""},
		{"sync-states", `"Action": "states:StartSyncExecution"`, ""},
		{"bedrock-agent-runtime", `"Action": "bedrock:*"`, ""},
		{"s3", `"Action": "s3express:CreateSession"`, ""},
	} {
		s, ok := catalog.Lookup("us-east-1", c.service)
		if !ok {
			t.Fatal(c.service)
		}
		allowed := AllowedBy([]byte(allow(c.actions)))
		of := strings.Join(allowed.Of, " ")
		if elsewhere := allowed.Elsewhere(s); elsewhere != (c.want != "") || elsewhere && (of != c.want || allowed.Line != 2) {
			t.Errorf("%s at %s: elsewhere %v, %+v, want %q", c.actions, c.service, elsewhere, allowed, c.want)
		}
	}
}
