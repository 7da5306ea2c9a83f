package perimeter

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"sharedhub/constructs/awsfacts"
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

// What is said of actions, and of the resources that they are about.
func TestJudgeActions(t *testing.T) {
	with := func(effect, key, actions, resources string) string {
		return `{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}, ` +
			`{"Effect": "` + effect + `", "Principal": "*", "` + key + `": [` + actions + `], "Resource": [` + resources + `]}]}`
	}
	for _, c := range []struct{ in, text, fix string }{
		{with("Allow", "Action", `"S3:getobject", "s3:List*", "s3:*", "*", "s?s:Get*"`, `"*"`), "", ""},
		{with("Allow", "Action", `"s3:GetObjct"`, `"*"`), "statement 2 names s3:GetObjct, which is no action of IAM's that this program " +
			"knows: it allows nothing", "did you mean s3:GetObject?"},
		{with("Deny", "Action", `"s3:DeleteBuckets"`, `"*"`), "it denies nothing", "did you mean s3:DeleteBucket?"},
		{with("Deny", "NotAction", `"s3:GetObjectss"`, `"*"`), "it excepts nothing", "did you mean s3:GetObject?"},
		{with("Allow", "Action", `"s3:HeadObject"`, `"*"`), "no action", "write s3:GetObject, which allows it"},
		{with("Allow", "Action", `"kms:Encryptt*"`, `"*"`), "kms:Encryptt*, which is no action", "did you mean kms:Encrypt?"},
		{with("Allow", "Action", `"dynamdb:GetItem"`, `"*"`), `"dynamdb" begins no action of IAM's`, "did you mean dynamodb:GetItem?"},
		{with("Allow", "Action", `"nosuchservice:Get"`, `"*"`), `"nosuchservice" begins no action`, "newer than this program"},
		{with("Allow", "Action", `"s3:GetObject"`, `"arn:aws:s3:::b/*", "arn:aws:sqs:us-east-1:111111111111:q"`),
			"no action of s3 is about a resource of sqs", "name a resource of the actions"},
		{with("Allow", "Action", `"s3:GetObject", "sqs:*"`, `"arn:aws:s3:::b/*", "arn:aws:sqs:us-east-1:111111111111:q"`), "", ""},
		{with("Allow", "Action", `"ssm:StartSession"`, `"arn:aws:ec2:us-east-1:111111111111:instance/*"`), "", ""},
		{with("Allow", "Action", `"backup:StartBackupJob"`, `"arn:aws:dynamodb:us-east-1:111111111111:table/t"`), "", ""},
		{with("Allow", "Action", `"s3:GetObject"`, `"arn:aws:*:us-east-1:111111111111:q", "arn:*"`), "", ""},
		{with("Allow", "Action", `"ssmmessages:*"`, `"arn:aws:ssm:us-east-1:111111111111:session/x"`),
			`actions of ssmmessages are about no resource but "*"`, `write "*"`},
	} {
		problems := Judge([]byte(c.in), usEast)
		if c.text == "" && len(problems) > 0 || c.text != "" && (len(problems) != 1 || !problems[0].Warning ||
			!strings.Contains(problems[0].Text, c.text) || !strings.Contains(problems[0].Fix, c.fix)) {
			t.Errorf("%s: %v, want %q and %q", c.in, problems, c.text, c.fix)
		}
	}
	for operation, action := range operations {
		if p, name, _ := strings.Cut(operation, ":"); actionKnown(p, name) {
			t.Errorf("%s is an action", operation)
		}
		for a := range strings.SplitSeq(action, " and ") {
			if p, name, _ := strings.Cut(a, ":"); !actionKnown(p, name) {
				t.Errorf("%s is no action", a)
			}
		}
	}
	for _, o := range awsfacts.AllOwned() {
		for _, a := range o.Actions {
			if p, name, _ := strings.Cut(a, ":"); !actionKnown(p, name) {
				t.Errorf("%s of %s is no action", a, o.SID)
			}
		}
	}
}

func actionKnown(prefix, name string) bool {
	g, _ := awsfacts.ActionsOf(prefix)
	return slices.ContainsFunc(g.Actions, func(a string) bool { return matches(name, a) })
}

// What is said of accounts and of dates.
func TestJudgeStrangers(t *testing.T) {
	at := usEast
	at.Accounts = []string{"278923454321"}
	at.Now = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	statement := func(effect, principal, resource, condition string) string {
		return `{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}, ` +
			`{"Effect": "` + effect + `", "Principal": ` + principal + `, "Action": "*", "Resource": "` + resource +
			`", "Condition": ` + condition + `}]}`
	}
	who := func(effect, principal string) string {
		return statement(effect, `{"AWS": "`+principal+`"}`, "*", `{"Bool": {"aws:SecureTransport": "true"}}`)
	}
	if4 := func(effect, condition string) string { return statement(effect, `"*"`, "*", condition) }
	for _, c := range []struct{ in, want string }{
		{who("Allow", "278923454321"), ""},
		{who("Allow", "111111111111"), ""},
		{who("Allow", "arn:aws:iam::602401143452:role/x"), ""}, // EKS's
		{who("Allow", "278923454312"), "statement 2 names account 278923454312, which no hub or spoke has"},
		{who("Allow", "arn:aws:iam::987898789878:role/x"), "names account 987898789878"},
		{who("Deny", "987898789878"), ""},
		{who("Deny", "278923454312"), "278923454312"},
		{statement("Allow", `"*"`, "arn:aws:sqs:us-east-1:987898789878:q", `{}`), ""},
		{statement("Allow", `"*"`, "arn:aws:sqs:us-east-1:278923454331:q", `{}`), "names account 278923454331"},
		{if4("Allow", `{"StringEquals": {"aws:PrincipalAccount": "987898789878"}}`), "names account 987898789878"},
		{if4("Deny", `{"StringNotEquals": {"aws:PrincipalAccount": ["278923454321", "987898789878"]}}`), "names account 987898789878"},
		{if4("Allow", `{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}`), ""},
		{if4("Allow", `{"StringEquals": {"aws:ResourceAccount": "987898789878"}}`), ""},
		{if4("Allow", `{"StringEquals": {"aws:ResourceAccount": "27892345432"}}`), "the number of an account"},
		{if4("Allow", `{"DateLessThan": {"aws:CurrentTime": "2026-11-26T11:59:59Z"}}`), "before 2026-11-26, which has gone by: it admits nobody"},
		{if4("Allow", `{"DateLessThanEquals": {"aws:EpochTime": "1700000000"}}`), "before 2023-11-14, which has gone by"},
		{if4("Allow", `{"NumericLessThan": {"aws:EpochTime": 1700000000}}`), "before 2023-11-14, which has gone by"},
		{if4("Allow", `{"DateLessThan": {"AWS:currenttime": ["2020-01-01", "2030-01-01"]}}`), ""},
		{if4("Deny", `{"DateLessThan": {"aws:CurrentTime": "2020-01-01"}}`), "it denies nothing"},
		{if4("Deny", `{"DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00Z"}}`),
			"after 2030-01-01, which is to come: until then it denies nothing"},
		{if4("Allow", `{"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}`), ""},
		{if4("Deny", `{"DateLessThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}`), ""},
		{if4("Allow", `{"DateLessThan": {"aws:CurrentTime": "31.12.2020"}}`), `"31.12.2020", which is no date`},
	} {
		problems := Judge([]byte(c.in), at)
		if c.want == "" && len(problems) > 0 || c.want != "" && (len(problems) != 1 || !strings.Contains(problems[0].Text, c.want)) {
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
