package perimeter

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	all, _ := json.Marshal(FullAccess())
	stmt := func(rest string) string {
		return `{"Statement": [{"Effect": "Allow", ` + rest + `}]}`
	}
	with := func(condition string) string {
		return stmt(`"Principal": "*", "Action": "*", "Resource": "*", "Condition": ` + condition)
	}
	for _, c := range []struct{ in, want string }{
		{string(all), ""},
		{`{"Statement": {"Effect": "Deny", "Sid": "", "Principal": {"AWS": ["111111111111"]}, "NotAction": "s3:*", "Resource": ` +
			`["arn:aws:s3:::b/*", "arn:aws:iam::*:role/r", "arn:aws:s3*"]}}`, ""},
		{with(`{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app-*"}, "ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": ["a", ` +
			`"b"]}, "Null": {"aws:TokenIssueTime": true}, "NumericLessThan": {"s3:max-keys": 10}}`), ""},
		{with(`{"StringEquals": {"aws:PrincipalAccount": "1*1"}, "ArnLike": {"aws:PrincipalArn": "*"}}`), ""}, // no wildcards there

		{"Version: 2012-10-17", "line 1: not JSON: invalid character 'V'"},
		{"{\n\"Statement\": [\n", "line 2: not JSON: the document ends too soon"},
		{"{} {}", "not JSON: something follows the document"},
		{"[]", "not a JSON object"},
		{"{}", "no Statement"},
		{`{"Statement": ["x"]}`, "statement 1 is not an object"},
		{`{"Version": "2012-10-18", "Statement": []}`, "Version is 2012-10-18; use 2012-10-17"},
		{`{"Statements": [], "Statement": {}}`, `"Statements" is no key of IAM's here; the keys are Version, Id, Statement`},
		{`{"Statement": [{"Effect": "allow"}]}`, "has Effect allow; use Allow or Deny"},
		{stmt(`"Action": "*", "Resource": "*"`), "statement 1 has no Principal"},
		{stmt(`"Sid": "S", "Principal": "*", "Action": "*"`), "statement 1 (S) has no Resource"},
		{stmt(`"Sid": 1, "Principal": "*", "Action": "*", "Resource": "*"`), "a Sid that is not text"},
		{stmt(`"Principal": "*", "Action": "*", "NotAction": "s3:*", "Resource": "*"`), "has both Action and NotAction"},
		{stmt(`"Principal": "*", "Action": ["s3:GetObject", "GetObject"], "Resource": "*"`), `has Action "GetObject"`},
		{stmt(`"Principal": "*", "Action": [], "Resource": "*"`), "has an empty Action"},
		{stmt(`"Principal": "*", "Action": {"a": 1}, "Resource": "*"`), `has Action {"a":1}`},
		{stmt(`"Principal": "*", "Action": "*", "Resource": "bucket/*"`), `has Resource "bucket/*"`},
		{stmt(`"Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::b", "Resource": "*"`), "Resource stands here a second time"},
		{stmt(`"Principal": "*", "Action": "*", "Resource": "arn:aws:sqs:us-east-1:1111*:q"`), `has Resource "arn:aws:sqs:us-east-1:1111*:q"`},
		{stmt(`"Principal": "*", "Action": "*", "Resource": "arn:aws:s3"`), `has Resource "arn:aws:s3"`},
		{stmt(`"Principal": "111111111111", "Action": "*", "Resource": "*"`), `has Principal "111111111111"; write "*", or an object such as`},
		{stmt(`"Principal": {}, "Action": "*", "Resource": "*"`), "has Principal {}"},
		{stmt(`"Principal": {"Aws": "*"}, "Action": "*", "Resource": "*"`),
			`"Aws" is no key of IAM's here; the keys are AWS, Service, Federated, CanonicalUser`},
		{stmt(`"Principal": {"AWS": ["*", 1]}, "Action": "*", "Resource": "*"`), "has AWS 1"},
		{stmt(`"Principal": {"AWS": "12345"}, "Action": "*", "Resource": "*"`), "an account's number has 12 digits, and it has 5"},
		{stmt(`"Principal": {"AWS": ["111111111111", "admin"]}, "Action": "*", "Resource": "*"`),
			`has AWS "admin": write "*", an account's`},
		{stmt(`"Principal": {"AWS": "arn:aws:iam::111111111111:role/x*"}, "Action": "*", "Resource": "*"`),
			"IAM takes no wildcard in a principal"},
		{stmt(`"Principal": {"AWS": "arn:aws:s3:::bucket"}, "Action": "*", "Resource": "*"`), "write the ARN of a role or user"},
		{with(`[]`), "has a Condition that is not an object"},
		{with(`{"test": "StringEquals", "variable": "aws:PrincipalOrgID"}`), `has condition operator "test", which IAM does not know`},
		{with(`{"StringEqual": {"a:b": "c"}}`), `has condition operator "StringEqual"`},
		{with(`{"NullIfExists": {"a:b": "true"}}`), `has condition operator "NullIfExists"`},
		{with(`{"ForAnyValue:Null": {"a:b": "true"}}`), `has condition operator "ForAnyValue:Null"`},
		{with(`{"StringEquals": {"aws:PrincipalOrgID": "o-1", "aws:principalorgid": "o-2"}}`),
			"has one condition key in several spellings, aws:PrincipalOrgID and aws:principalorgid; keep one"},
		{with(`{"StringEquals": "c"}`), "has a StringEquals that is not an object"},
		{with(`{"StringEquals": {"a:b": []}}`), "tests a:b against an empty list"},
		{with(`{"StringEquals": {"a:b": {"c": "d"}}}`), `tests a:b against {"c":"d"}`},
		{with(`{"StringLike": {"aws:SourceVpc": "vpc-*"}}`), "no wildcard for ids that AWS makes"},
		{with(`{"NumericEquals": {"aws:PrincipalAccount": 111111111111}}`), "compare ids that AWS makes as text"},
		{with(`{"StringLike": {"aws:PrincipalTag/team": ["payments-*", "pay*"]}}`), `against "pay*"; endpoint policies want six characters`},
		{stmt(fmt.Sprintf(`"Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::%s"`, strings.Repeat("x", MaxSize))), "has at most 20480"},
	} {
		d, problems := Parse([]byte(c.in))
		if c.want == "" {
			if len(problems) > 0 || d == nil {
				t.Errorf("%.80s: %v", c.in, problems)
			}
			continue
		}
		if !slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.Error(), c.want) }) {
			t.Errorf("%.80s: %v, want %q", c.in, problems, c.want)
		}
	}
}

// All problems come at once, each with its line.
func TestProblemsHaveLines(t *testing.T) {
	_, problems := Parse([]byte(`{
  "Version": "2012",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": "*",
      "Action": [
        "s3:GetObject",
        "nonsense"
      ],
      "Resource": "*",
      "Condition": {
        "StringEquals": {"aws:PrincipalOrgID": "o-1"},
        "StringEquals": {"aws:RequestTag/team": []}
      }
    },
    {"Effect": "Deny", "Principal": "*", "Action": "*"}
  ]
}`))
	var got []int
	for _, p := range problems {
		got = append(got, p.Line)
	}
	if want := []int{2, 9, 14, 14, 17}; !slices.Equal(got, want) {
		t.Errorf("lines %v, want %v: %v", got, want, problems)
	}
}

func TestAnchored(t *testing.T) {
	for s, want := range map[string]bool{"abcdef*": true, "*abcdef": true, "abcde*": false, "*": false, "abcdef*abc*": false,
		"abcdef*abcdef*": true, "abc?abcdef": true, "abcdef**": false, "ünïcöd*": true} {
		if anchored(s) != want {
			t.Errorf("%s: %v", s, !want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringLike": ` +
		`{"a:b": "c*"}}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		filled, _ := Fill(b, usEast)
		d, problems := Parse(b)
		problems = append(problems, Judge(filled, usEast)...)
		if len(problems) == 0 && (d == nil || Size(d) > MaxSize) {
			t.Errorf("accepted %v of %d characters", d, Size(d))
		}
		for _, p := range problems {
			if p.Line < 1 || p.Line > 1+strings.Count(string(b), "\n") {
				t.Errorf("%v is beyond the text", p)
			}
		}
	})
}
