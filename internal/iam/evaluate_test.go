package iam

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

var (
	role      = Principal{Kind: Role, ID: "arn:aws:iam::111111111111:role/team/app", Session: "arn:aws:sts::111111111111:assumed-role/app/s1"}
	user      = Principal{Kind: User, ID: "arn:aws:iam::111111111111:user/alice"}
	root      = Principal{Kind: Root, ID: "arn:aws:iam::111111111111:root"}
	lambda    = Principal{Kind: Service, ID: "lambda.amazonaws.com"}
	github    = Principal{Kind: Federated, ID: "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"}
	canonical = Principal{Kind: CanonicalUser, ID: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}
	anonymous = Principal{Kind: Anonymous}
)

func document(t *testing.T, text string) Document { t.Helper(); return Parse(parse(t, text)) }

func TestPrincipals(t *testing.T) {
	for _, c := range []struct {
		element string
		who     Principal
		want    Effect
	}{
		{`"Principal":"*"`, role, Allow},
		{`"Principal":"*"`, anonymous, Allow},
		{`"Principal":"*"`, github, Allow},
		{`"Principal":{"AWS":"*"}`, anonymous, Allow},
		{`"Principal":{"AWS":["222222222222","*"]}`, user, Allow},
		{`"Principal":{"AWS":"111111111111"}`, role, Allow},
		{`"Principal":{"AWS":"111111111111"}`, user, Allow},
		{`"Principal":{"AWS":"111111111111"}`, root, Allow},
		{`"Principal":{"AWS":"arn:aws:iam::111111111111:root"}`, role, Allow},
		{`"Principal":{"AWS":"222222222222"}`, role, NoMatch},
		{`"Principal":{"AWS":"111111111111"}`, lambda, NoMatch},
		{`"Principal":{"AWS":"111111111111"}`, github, NoMatch},
		{`"Principal":{"AWS":"111111111111"}`, anonymous, NoMatch},
		{`"Principal":{"AWS":"arn:aws:iam::111111111111:role/team/app"}`, role, Allow},
		{`"Principal":{"AWS":"arn:aws:iam::111111111111:role/app"}`, role, NoMatch},
		{`"Principal":{"AWS":"arn:aws:iam::111111111111:role/*"}`, role, Unknown}, // IAM refuses a part that is a wildcard
		{`"Principal":{"AWS":"arn:aws:iam::111111111111:user/alice"}`, user, Allow},
		{`"Principal":{"AWS":"arn:aws:iam::111111111111:user/alice"}`, role, NoMatch},
		{`"Principal":{"AWS":"arn:aws:sts::111111111111:assumed-role/app/s1"}`, role, Allow},
		{`"Principal":{"AWS":"arn:aws:sts::111111111111:assumed-role/app/s2"}`, role, NoMatch},
		{`"Principal":{"AWS":"arn:aws:sts::111111111111:assumed-role/app/s2"}`, Principal{Kind: Role, ID: role.ID}, Unknown},
		{`"Principal":{"AWS":"arn:aws:sts::222222222222:assumed-role/app/s2"}`, Principal{Kind: Role, ID: role.ID}, NoMatch},
		{"\"Principal\":{\"AWS\":\"\ue000s/Role.Arn\ue001\"}", role, Unknown},
		{`"Principal":{"Service":"lambda.amazonaws.com"}`, lambda, Allow},
		{`"Principal":{"Service":["ec2.amazonaws.com"]}`, lambda, NoMatch},
		{`"Principal":{"Service":"lambda.amazonaws.com"}`, role, NoMatch},
		{`"Principal":{"Federated":"arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"}`, github, Allow},
		{`"Principal":{"Federated":"*"}`, github, Allow},
		{`"Principal":{"Federated":"*"}`, role, NoMatch},
		{`"Principal":{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}`, canonical, Allow},
		{`"Principal":{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}`, root, Unknown},
		{`"NotPrincipal":{"AWS":"222222222222"}`, role, Allow},
		{`"NotPrincipal":{"AWS":"222222222222"}`, anonymous, Allow},
		{`"NotPrincipal":{"AWS":"111111111111"}`, role, Unknown},
		{`"NotPrincipal":"*"`, role, NoMatch},
		{`"NotPrincipal":{"AWS":[]}`, role, Unknown},
		{`"Principal":{"AWS":[],"Service":"lambda.amazonaws.com"}`, lambda, Unknown},
		{`"Principal":"everybody"`, role, Unknown},
		{`"Principal":{"Group":"x"}`, role, Unknown},
		{`"Sid":"x"`, role, Allow}, // the policy of an identity
	} {
		doc := document(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",`+c.element+`,"Action":"sts:AssumeRole"}]}`)
		if got := Evaluate(Request{Principal: c.who, Action: "sts:AssumeRole"}, doc); got.Effect != c.want {
			t.Errorf("%s and %s %s: %v, want %v", c.element, c.who.Kind, c.who.ID, got, c.want)
		}
	}
}

func TestActionsAndResources(t *testing.T) {
	for _, c := range []struct {
		elements, action, resource string
		want                       Effect
	}{
		{`"Action":"s3:GetObject","Resource":"*"`, "s3:GetObject", "arn:aws:s3:::b/k", Allow},
		{`"Action":"S3:getobject","Resource":"*"`, "s3:GetObject", "arn:aws:s3:::b/k", Allow},
		{`"Action":["s3:Get*","ec2:*"],"Resource":"*"`, "s3:GetObjectAcl", "arn:aws:s3:::b/k", Allow},
		{`"Action":"*","Resource":"arn:aws:s3:::b"`, "s3:GetObject", "arn:aws:s3:::b/k", NoMatch},
		{`"Action":"*","Resource":"arn:aws:s3:::b/*"`, "s3:GetObject", "arn:aws:s3:::b/k/l", Allow},
		{`"Action":"*","Resource":"arn:aws:s3:::B/*"`, "s3:GetObject", "arn:aws:s3:::b/k", NoMatch},
		{`"NotAction":"iam:*","Resource":"*"`, "s3:GetObject", "arn:aws:s3:::b/k", Allow},
		{`"NotAction":["s3:*","iam:*"],"Resource":"*"`, "s3:GetObject", "arn:aws:s3:::b/k", NoMatch},
		{`"Action":"*","NotResource":"arn:aws:s3:::b/*"`, "s3:GetObject", "arn:aws:s3:::c/k", Allow},
		{`"Action":"*","NotResource":"arn:aws:s3:::b/*"`, "s3:GetObject", "arn:aws:s3:::b/k", NoMatch},
		{"\"Action\":\"*\",\"Resource\":\"arn:aws:s3:::\ue000s/Bucket\ue001/*\"", "s3:GetObject", "arn:aws:s3:::b/k", Unknown},
		{"\"Action\":\"*\",\"NotResource\":\"arn:aws:s3:::\ue000s/Bucket\ue001/*\"", "s3:GetObject", "arn:aws:sqs:::b/k", Allow},
		{`"Action":"*","Resource":"arn:aws:s3:::${aws:PrincipalAccount}/*"`, "s3:GetObject", "arn:aws:s3:::111111111111/k", Allow},
		{`"Action":"*","Resource":"arn:aws:s3:::${aws:PrincipalAccount}/*"`, "s3:GetObject", "arn:aws:s3:::222222222222/k", NoMatch},
		{`"Action":"*","Resource":"arn:aws:s3:::${aws:username}/*"`, "s3:GetObject", "arn:aws:s3:::x/k", Unknown},
		{`"Action":"*","NotAction":"iam:*","Resource":"*"`, "s3:GetObject", "arn:aws:s3:::b/k", Unknown},
		{`"Resource":"*"`, "s3:GetObject", "arn:aws:s3:::b/k", Unknown},
		{`"Action":[],"Resource":"*"`, "s3:GetObject", "arn:aws:s3:::b/k", Unknown},
		{`"Action":{"Fn::If":[]},"Resource":"*"`, "s3:GetObject", "arn:aws:s3:::b/k", Unknown},
		{`"Action":"*","Resource":"*","Conditions":{}`, "s3:GetObject", "arn:aws:s3:::b/k", Unknown},
	} {
		doc := document(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow",`+c.elements+`}}`)
		if got := Evaluate(Request{Principal: role, Action: c.action, Resource: c.resource}, doc); got.Effect != c.want {
			t.Errorf("%s: %v, want %v", c.elements, got, c.want)
		}
	}
}

func TestConditions(t *testing.T) {
	with := func(pairs ...string) map[string][]string {
		out := map[string][]string{"aws:absent": nil}
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i]] = strings.Fields(pairs[i+1])
		}
		return out
	}
	for _, c := range []struct {
		condition string
		context   map[string][]string
		want      Effect
	}{
		{`"StringEquals":{"aws:k":"a"}`, with("aws:K", "a"), Allow},
		{`"StringEquals":{"AWS:k":["b","a"]}`, with("aws:k", "a"), Allow},
		{`"StringEquals":{"aws:k":"A"}`, with("aws:k", "a"), NoMatch},
		{`"StringEquals":{"aws:k":"*"}`, with("aws:k", "a"), NoMatch},
		{`"StringEquals":{"aws:absent":"a"}`, with(), NoMatch},
		{`"StringEquals":{"aws:other":"a"}`, with(), Unknown},
		{`"StringEqualsIfExists":{"aws:absent":"a"}`, with(), Allow},
		{`"StringEqualsIfExists":{"aws:k":"b"}`, with("aws:k", "a"), NoMatch},
		{`"StringEqualsIfExists":{"aws:other":"b"}`, with(), Unknown},
		{`"StringNotEquals":{"aws:k":["b","c"]}`, with("aws:k", "a"), Allow},
		{`"StringNotEquals":{"aws:k":["b","a"]}`, with("aws:k", "a"), NoMatch},
		{`"StringNotEquals":{"aws:absent":"a"}`, with(), Allow},
		{`"StringEqualsIgnoreCase":{"aws:k":"A"}`, with("aws:k", "a"), Allow},
		{`"StringNotEqualsIgnoreCase":{"aws:k":"A"}`, with("aws:k", "a"), NoMatch},
		{`"StringLike":{"aws:PrincipalArn":"*"}`, with(), Allow},
		{`"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*"}`, with(), Allow},
		{`"StringNotLike":{"aws:k":"a*"}`, with("aws:k", "a/b"), NoMatch},
		{`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*"}`, with(), Allow},
		{`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/cdk-*-cfn-exec-role-*"}`, with(), NoMatch},
		{`"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::*:role/team/*"}`, with(), Allow},
		{`"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/team/*"}`, with(), NoMatch},
		{`"ArnNotEquals":{"aws:absent":"arn:aws:iam::*:role/team/*"}`, with(), Allow},
		{`"NumericEquals":{"s3:max-keys":10}`, with("s3:max-keys", "10.0"), Allow},
		{`"NumericNotEquals":{"s3:max-keys":10}`, with("s3:max-keys", "10"), NoMatch},
		{`"NumericLessThan":{"s3:max-keys":"10"}`, with("s3:max-keys", "9"), Allow},
		{`"NumericLessThanEquals":{"s3:max-keys":"10"}`, with("s3:max-keys", "10"), Allow},
		{`"NumericGreaterThan":{"s3:max-keys":"10"}`, with("s3:max-keys", "10"), NoMatch},
		{`"NumericGreaterThanEquals":{"s3:max-keys":"-1.5"}`, with("s3:max-keys", "-1"), Allow},
		{`"NumericEquals":{"s3:max-keys":"ten"}`, with("s3:max-keys", "10"), Unknown},
		{`"DateGreaterThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}`, with("aws:CurrentTime", "2026-01-02"), Allow},
		{`"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}`, with("aws:CurrentTime", "1767225600"), NoMatch},
		{`"DateLessThanEquals":{"aws:EpochTime":"1767225600"}`, with("aws:EpochTime", "2026-01-01T00:00Z"), Allow},
		{`"DateGreaterThanEquals":{"aws:CurrentTime":"2026-01-01"}`, with(), Unknown},
		{`"DateEquals":{"aws:CurrentTime":"soon"}`, with("aws:CurrentTime", "2026-01-02"), Unknown},
		{`"DateNotEquals":{"aws:CurrentTime":"2026"}`, with("aws:CurrentTime", "2026-01-01"), NoMatch},
		{`"Bool":{"aws:SecureTransport":true}`, with("aws:SecureTransport", "TRUE"), Allow},
		{`"Bool":{"aws:SecureTransport":"true"}`, with(), Unknown},
		{`"Bool":{"aws:absent":"false"}`, with(), NoMatch},
		{`"BoolIfExists":{"aws:absent":"false"}`, with(), Allow},
		{`"BinaryEquals":{"k":"QmluYXJ5VmFsdWVJbkJhc2U2NA=="}`, with("k", "QmluYXJ5VmFsdWVJbkJhc2U2NA=="), Allow},
		{`"BinaryEquals":{"k":"AA=="}`, with("k", "QmluYXJ5VmFsdWVJbkJhc2U2NA=="), NoMatch},
		{`"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:DB8:1234:5678::/64"]}`, with("aws:SourceIp", "203.0.113.7"), Allow},
		{`"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:DB8:1234:5678::/64"]}`, with("aws:SourceIp", "2001:db8:1234:5678::1"), Allow},
		{`"IpAddress":{"aws:SourceIp":"203.0.113.7"}`, with("aws:SourceIp", "203.0.113.8"), NoMatch},
		{`"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, with("aws:SourceIp", "203.0.113.8"), NoMatch},
		{`"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, with(), Unknown},
		{`"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, with("aws:SourceIp", "::ffff:203.0.113.8"), Unknown},
		{`"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, with("aws:SourceIp", "::ffff:203.0.113.8"), Unknown},
		{`"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, with("aws:SourceIp", "::ffff:203.0.114.8"), Allow},
		{`"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}`, with("aws:SourceIp", "198.51.100.1"), Allow},
		{`"Null":{"aws:absent":"true"}`, with(), Allow},
		{`"Null":{"aws:absent":"false"}`, with(), NoMatch},
		{`"Null":{"aws:k":false}`, with("aws:k", "a"), Allow},
		{`"Null":{"aws:k":"true"}`, with("aws:k", "a"), NoMatch},
		{`"Null":{"aws:other":"true"}`, with(), Unknown},
		{`"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}`, with("aws:TagKeys", "a b"), Allow},
		{`"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}`, with("aws:TagKeys", "a c"), NoMatch},
		{`"ForAllValues:StringEquals":{"aws:absent":["a","b"]}`, with(), Allow},
		{`"ForAllValues:StringEquals":{"aws:k":"a"}`, map[string][]string{"aws:k": {""}}, Allow},
		{`"ForAllValues:StringNotEquals":{"aws:k":""}`, map[string][]string{"aws:k": {""}}, Allow},
		{`"ForAllValues:StringEquals":{"aws:k":"a"}`, map[string][]string{"aws:k": {"", "b"}}, NoMatch},
		{`"ForAllValues:StringEquals":{"aws:k":"a"},"Null":{"aws:k":"false"}`, map[string][]string{"aws:k": {""}}, NoMatch},
		{`"ForAnyValue:StringEquals":{"aws:k":"a"}`, map[string][]string{"aws:k": {""}}, NoMatch},
		{`"StringNotEquals":{"aws:k":[]}`, with("aws:k", "a"), Unknown},
		{`"StringEqualsIfExists":{"aws:k":null}`, with("aws:k", "a"), Unknown},
		{`"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}`, with("aws:TagKeys", "c b"), Allow},
		{`"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}`, with("aws:TagKeys", "c d"), NoMatch},
		{`"ForAnyValue:StringEquals":{"aws:absent":["a","b"]}`, with(), NoMatch},
		{`"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a","b"]}`, with("aws:TagKeys", "a c"), Allow},
		{`"ForAllValues:StringNotEquals":{"aws:TagKeys":["a","b"]}`, with("aws:TagKeys", "a c"), NoMatch},
		{`"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-1/r-1/ou-1/*"}`, with("aws:PrincipalOrgPaths", "o-1/r-1/ou-1/ou-2/"), Allow},
		{`"StringEquals":{"aws:TagKeys":["a","b"]}`, with("aws:TagKeys", "a c"), Unknown},
		{`"StringEquals":{"aws:k":"${aws:PrincipalAccount}"}`, with("aws:k", "111111111111"), Allow},
		{`"StringEquals":{"aws:k":"${aws:PrincipalTag/team, 'none'}"}`, with("aws:k", "none", "aws:PrincipalTag/team", ""), Allow},
		{`"StringEquals":{"aws:k":"${aws:PrincipalTag/team}"}`, with("aws:k", "none", "aws:PrincipalTag/team", ""), NoMatch},
		{`"StringEquals":{"aws:k":"${aws:PrincipalTag/team}"}`, with("aws:k", "none"), Unknown},
		{`"StringLike":{"aws:k":"a${*}"}`, with("aws:k", "a*"), Allow},
		{`"StringLike":{"aws:k":"a${*}"}`, with("aws:k", "ab"), NoMatch},
		{`"StringEquals":{"aws:k":"a"},"Bool":{"aws:SecureTransport":"true"}`, with("aws:k", "a"), Unknown},
		{`"StringEquals":{"aws:k":"b"},"Bool":{"aws:SecureTransport":"true"}`, with("aws:k", "a"), NoMatch},
		{`"StringEquals":{"aws:PrincipalOrgID":"o-1","aws:principalorgid":"o-2"}`, with("aws:PrincipalOrgID", "o-1"), Unknown},
		{`"stringequals":{"aws:k":"a"}`, with("aws:k", "a"), Unknown},
		{`"StringMatches":{"aws:k":"a"}`, with("aws:k", "a"), Unknown},
		{`"ForSomeValue:StringEquals":{"aws:k":"a"}`, with("aws:k", "a"), Unknown},
		{`"ForAnyValue:Null":{"aws:k":"true"}`, with("aws:k", "a"), Unknown},
		{"\"StringEquals\":{\"aws:k\":\"\ue000s/Parameter\ue001\"}", with("aws:k", "a"), Unknown},
	} {
		doc := document(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{`+
			c.condition+`}}]}`)
		got := Evaluate(Request{Principal: role, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Context: c.context}, doc)
		if got.Effect != c.want {
			t.Errorf("%s with %v: %v, want %v", c.condition, c.context, got, c.want)
		}
		if (got.Effect == Unknown) != (len(got.Reasons) > 0) {
			t.Errorf("%s with %v: %v for %q", c.condition, c.context, got.Effect, got.Reasons)
		}
	}
}

// What a request without credentials holds (IAM guide, "AWS global condition context keys", "Principal key values").
func TestAnonymous(t *testing.T) {
	for condition, want := range map[string]Effect{
		`"StringLike":{"aws:PrincipalAccount":"*"}`:             Allow,
		`"StringEquals":{"aws:PrincipalAccount":"anonymous"}`:   Allow,
		`"StringEquals":{"aws:PrincipalAccount":"11111111111"}`: NoMatch,
		`"Null":{"aws:PrincipalAccount":"false"}`:               Allow,
		`"Null":{"aws:PrincipalType":"false"}`:                  Allow,
		`"StringEquals":{"aws:PrincipalType":"Anonymous"}`:      Allow,
		`"StringEquals":{"aws:userid":"anonymous"}`:             Allow,
		`"Null":{"aws:PrincipalArn":"true"}`:                    Allow,
		`"ArnLike":{"aws:PrincipalArn":"*"}`:                    NoMatch,
		`"Null":{"aws:username":"true"}`:                        Allow,
		`"Null":{"aws:PrincipalIsAWSService":"true"}`:           Allow,
		`"Bool":{"aws:PrincipalIsAWSService":"false"}`:          NoMatch,
		`"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}`:        Allow,
		`"StringEquals":{"aws:SourceVpc":"vpc-1"}`:              Unknown,
	} {
		doc := document(t, one(`"Principal":"*","Action":"*","Resource":"*","Condition":{`+condition+`}`))
		if got := Evaluate(Request{Principal: anonymous, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"}, doc); got.Effect != want {
			t.Errorf("%s: %v, want %v", condition, got, want)
		}
	}
}

// A document that IAM refuses decides nothing, not even beside one that allows, and is not the same as any other.
func TestMalformedDocuments(t *testing.T) {
	const statement = `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`
	allows := document(t, `{"Version":"2012-10-17","Id":"x","Statement":`+statement+`}`)
	r := Request{Principal: role, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"}
	if got := Evaluate(r, allows); got.Effect != Allow {
		t.Fatalf("a good document: %v", got)
	}
	for _, text := range []string{
		`{"Version":"2012-10-18","Statement":` + statement + `}`,
		`{"Version":20121017,"Statement":` + statement + `}`,
		`{"Version":null,"Statement":` + statement + `}`,
		`{"version":"2012-10-17","Statement":` + statement + `}`,
		`{"Version":"2012-10-17","statement":` + statement + `}`,
		`{"Version":"2012-10-17","Statements":[],"Statement":` + statement + `}`,
		`{"Version":"2012-10-17","Statement":null}`,
		`{"Version":"2012-10-17"}`,
		`{"Fn::If":["a",{},{}]}`,
		`{}`,
	} {
		raw := parse(t, text)
		doc := Parse(raw)
		if got := Evaluate(r, doc); got.Effect != Unknown || len(got.Reasons) != 1 {
			t.Errorf("%s: %v", text, got)
		}
		if got := Evaluate(r, allows, doc); got.Effect != Unknown {
			t.Errorf("%s beside what allows: %v", text, got)
		}
		if s := Statements(raw); len(s) == 0 || s[0].Malformed == "" {
			t.Errorf("%s: statements %v", text, s)
		}
		for _, d := range doc.Split() {
			if got := Evaluate(r, d); got.Effect != Unknown {
				t.Errorf("%s, split: %v", text, got)
			}
		}
		for _, other := range []string{"", `{"Version":"2012-10-17","Statement":` + statement + `}`} {
			if o := parse(t, other); Same(raw, o) || Same(o, raw) {
				t.Errorf("%s is the same as %q", text, other)
			}
		}
		if !Same(raw, parse(t, text)) {
			t.Errorf("%s is not the same as its copy", text)
		}
	}
}

// Without a version a document is of the first, which has no variables.
func TestVersions(t *testing.T) {
	for version, want := range map[string]Effect{`"Version":"2012-10-17",`: Allow, `"Version":"2008-10-17",`: NoMatch, ``: NoMatch} {
		doc := document(t, `{`+version+`"Statement":[{"Effect":"Allow","Action":"*","Resource":"*",`+
			`"Condition":{"StringEquals":{"k":"${aws:PrincipalAccount}"}}}]}`)
		if got := Evaluate(Request{Principal: user, Action: "a:B", Context: map[string][]string{"k": {"111111111111"}}},
			doc); got.Effect != want {
			t.Errorf("%s: %v, want %v", version, got, want)
		}
	}
}

func TestEvaluate(t *testing.T) {
	const (
		allow      = `{"Effect":"Allow","Action":"*","Resource":"*"}`
		deny       = `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`
		other      = `{"Effect":"Deny","Action":"ec2:*","Resource":"*"}`
		maybeDeny  = `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
		maybeAllow = `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`
		neither    = `{"Effect":"Grant","Action":"*","Resource":"*"}`
	)
	for _, c := range []struct {
		docs [][]string
		want Effect
	}{
		{nil, NoMatch},
		{[][]string{{}}, NoMatch},
		{[][]string{{allow}}, Allow},
		{[][]string{{allow, deny}}, Deny},
		{[][]string{{deny}, {allow}}, Deny},
		{[][]string{{allow, other}}, Allow},
		{[][]string{{allow}, {maybeDeny}}, Unknown},
		{[][]string{{maybeAllow, maybeDeny}}, Unknown},
		{[][]string{{maybeAllow}}, Unknown},
		{[][]string{{maybeAllow, allow}}, Allow},
		{[][]string{{maybeAllow, deny}}, Deny},
		{[][]string{{maybeDeny}}, NoMatch},
		{[][]string{{deny}}, Deny},
		{[][]string{{allow, neither}}, Unknown},
		{[][]string{{allow, `{"Effect":"Allow","Action":[],"Resource":"*"}`}}, Unknown},
		{[][]string{{deny, `{"Effect":"Allow","Action":[],"Resource":"*"}`}}, Deny},
		{[][]string{{`7`}}, Unknown},
	} {
		var docs []Document
		for _, d := range c.docs {
			docs = append(docs, document(t, `{"Version":"2012-10-17","Statement":[`+strings.Join(d, ",")+`]}`))
		}
		if got := Evaluate(Request{Principal: role, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"}, docs...); got.Effect != c.want {
			t.Errorf("%s: %v, want %v", c.docs, got, c.want)
		}
	}
}

// Where an explicit denial is about the request, nothing allows it, whatever stands beside it.
func TestDenialsWin(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	statement := func(effect string) string {
		s := fmt.Sprintf(`{"Effect":%q,%s,%s,%s`, effect,
			pick(`"Principal":"*"`, `"Principal":{"AWS":"111111111111"}`, `"Principal":{"AWS":"222222222222"}`, `"Principal":{"Service":"*"}`,
				`"NotPrincipal":{"AWS":"222222222222"}`),
			pick(`"Action":"*"`, `"Action":"s3:*"`, `"Action":["ec2:*","s3:GetObject"]`, `"NotAction":"ec2:*"`, `"NotAction":"s3:GetObject"`),
			pick(`"Resource":"*"`, `"Resource":"arn:aws:s3:::b/*"`, `"NotResource":"arn:aws:s3:::c/*"`,
				`"Resource":"arn:aws:s3:::${aws:username}/*"`))
		if c := pick("", `"StringEquals":{"a":"1"}`, `"StringNotEquals":{"a":"1"}`, `"StringLike":{"b":"*"}`, `"Null":{"a":"true"}`,
			`"ForAllValues:StringLike":{"c":"x*"}`); c != "" {
			s += `,"Condition":{` + c + `}`
		}
		return s + "}"
	}
	denied := 0
	for range 5000 {
		var list []string
		for range 1 + random.IntN(4) {
			list = append(list, statement(pick("Allow", "Deny")))
		}
		r := Request{
			Principal: role, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Context: map[string][]string{"a": {pick("1", "2")}, "c": nil},
		}
		doc := document(t, `{"Version":"2012-10-17","Statement":[`+strings.Join(list, ",")+`]}`)
		got := Evaluate(r, doc).Effect
		for _, s := range list {
			alone := Evaluate(r, document(t, `{"Version":"2012-10-17","Statement":[`+s+`]}`)).Effect
			if alone == Deny {
				denied++
				if got != Deny {
					t.Fatalf("%v, and %s denies it, among %s", got, s, list)
				}
			}
			// The same statement as an allowance tells whether the denial may hold.
			if strings.Contains(s, `"Deny"`) && got == Allow {
				if e := Evaluate(r, document(t, `{"Version":"2012-10-17","Statement":[`+strings.Replace(s, `"Deny"`, `"Allow"`, 1)+
					`]}`)).Effect; e != NoMatch {
					t.Fatalf("allowed, and %s may deny it, among %s", s, list)
				}
			}
		}
	}
	if denied < 500 {
		t.Errorf("only %d denials", denied)
	}
}

func FuzzEvaluate(f *testing.F) {
	f.Add(one(`"Principal":{"AWS":"111111111111"},"Action":"s3:*","Resource":"*","Condition":{"StringLike":{"a":["${b}","${*}x"]}}`),
		"s3:GetObject", "arn:aws:s3:::b", "v")
	f.Add(`{"Statement":[1,"x",null,{"Action":{"a":[null]},"Principal":[3],"Condition":[]}]}`, "", "", "")
	f.Add(one("\"Principal\":\"*\",\"Action\":\"*\",\"NotResource\":\"\ue000a\ue001*\","+
		"\"Condition\":{\"ForAnyValue:ArnNotLikeIfExists\":{\"a\":\"arn:*\"},\"IpAddress\":{\"a\":\"::/0\"}}"), "a:b", "\ue000\ue000", "1.1.1.1")
	f.Fuzz(func(t *testing.T, text, action, resource, value string) {
		var doc map[string]any
		if json.Unmarshal([]byte(text), &doc) != nil {
			return
		}
		for _, who := range []Principal{role, user, root, lambda, github, canonical, anonymous, {Kind: Role, ID: value}} {
			r := Request{
				Principal: who, Action: action, Resource: resource, Context: map[string][]string{"a": {value}, "b": {value, action}, "c": nil},
			}
			first, again := Evaluate(r, Parse(doc)), Evaluate(r, Parse(doc))
			if !reflect.DeepEqual(first, again) {
				t.Fatalf("%v and then %v", first, again)
			}
			if first.Effect == Unknown && len(first.Reasons) == 0 {
				t.Fatalf("unknown without a reason")
			}
		}
	})
}
