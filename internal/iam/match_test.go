package iam

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// The examples are those of the IAM guide, "IAM JSON policy elements: Resource" and "Condition operators", and of the pages
// they link to.
func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, value string
		want           bool
	}{
		{"*", "", true},
		{"*", "arn:aws:iam::111111111111:role/a/b", true},
		{"s3:*", "s3:GetObject", true},
		{"iam:*AccessKey*", "iam:CreateAccessKey", true},
		{"iam:*AccessKey*", "iam:CreateUser", false},
		{"arn:aws:iam::*", "arn:aws:iam::111111111111:role/admin", true},
		{"arn:aws:s3:::DOC-EXAMPLE-BUCKET/*/test/*", "arn:aws:s3:::DOC-EXAMPLE-BUCKET/1/test/object.jpg", true},
		{"arn:aws:s3:::DOC-EXAMPLE-BUCKET/*/test/*", "arn:aws:s3:::DOC-EXAMPLE-BUCKET/1/2/test/3/object.jpg", true},
		{"arn:aws:s3:::DOC-EXAMPLE-BUCKET/*/test/*", "arn:aws:s3:::DOC-EXAMPLE-BUCKET/1-test-object.jpg", false},
		{"arn:aws:s3:::DOC-EXAMPLE-BUCKET/*/test/*", "arn:aws:s3:::DOC-EXAMPLE-BUCKET/test/object.jpg", false},
		{"arn:aws:s3:::examplebucket/????-report", "arn:aws:s3:::examplebucket/2026-report", true},
		{"arn:aws:s3:::examplebucket/????-report", "arn:aws:s3:::examplebucket/26-report", false},
		{"a?c", "a/c", true},
		{"a?c", "a:c", true},
		{"a?c", "ac", false},
		{"[ab]", "a", false},
		{"[ab]", "[ab]", true},
		{`a\*`, "a*", false},
		{`a\*`, `a\b`, true},
		{"é?", "éß", true},
	} {
		if got := Match(c.pattern, c.value); got != c.want {
			t.Errorf("%q and %q: %v", c.pattern, c.value, got)
		}
	}
}

func TestMatchARN(t *testing.T) {
	const role = "arn:aws:iam::111111111111:role/team/admin"
	for _, c := range []struct {
		pattern, value string
		want           Truth
	}{
		{"arn:aws:iam::*:role/*", role, Yes},
		{"arn:aws:iam::*:role/admin", role, No},
		{"arn:*:iam::111111111111:role/team/admin", role, Yes},
		{"arn:aws:iam::*", role, Yes},
		{"arn:aws:*", role, Yes},
		{"*", role, Yes},
		{"arn:aws:s*", role, No},
		{"arn:aws:iam:*role/team/admin", role, Maybe}, // a wildcard stays in its part, and IAM does not say what five parts mean
		{"arn:aws:iam::1111111111??:role/team/admin", role, Yes},
		{"arn:aws:sns:*:*:topic", "arn:aws:sns:us-east-1:111111111111:topic", Yes},
		{"arn:aws:sns:*:topic:*", "arn:aws:sns:us-east-1:111111111111:topic", No},
		{"arn:aws:iam::*:role/*", "role/admin", No},
		{"arn:aws:iam::*:role/*", "arn:aws-cn:iam::111111111111:role/a", No},
		{"arn:aws:lambda:us-east-1:111111111111:function:f:*", "arn:aws:lambda:us-east-1:111111111111:function:f:1", Yes},
		{"arn:aws:iam::111111111111:role/\ue000s/Role\ue001", "arn:aws:iam::111111111111:role/\ue000s/Role\ue001", Yes},
		{"arn:aws:iam::111111111111:role/\ue000s/Role\ue001", "arn:aws:iam::111111111111:role/admin", Maybe},
		{"arn:aws:iam::222222222222:role/\ue000s/Role\ue001", "arn:aws:iam::111111111111:role/admin", No},
		{"arn:aws:iam::*:role/admin", "arn:aws:iam::\ue000s/Account\ue001:role/admin", Yes},
		{"arn:aws:iam::111111111111:role/admin", "arn:aws:iam::\ue000s/Account\ue001:role/admin", Maybe},
	} {
		if got := MatchARN(c.pattern, c.value); got != c.want {
			t.Errorf("%q and %q: %v, want %v", c.pattern, c.value, got, c.want)
		}
	}
}

// A pattern of many wildcards takes no more time than its length times the value's.
func TestMatchIsQuick(t *testing.T) {
	begin := time.Now()
	Match(strings.Repeat("*a", 200)+"b", strings.Repeat("a", 2000))
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

// The quick way and the general one agree.
func FuzzMatch(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add("*é?", "aéß")
	f.Fuzz(func(t *testing.T, pattern, value string) {
		if !utf8.ValidString(pattern) || !utf8.ValidString(value) {
			return
		}
		if quick, ok := matchQuick(pattern, value); ok && quick != parsePattern(pattern).match(value) {
			t.Errorf("%q and %q: %v, else %v", pattern, value, quick, parsePattern(pattern).match(value))
		}
	})
}
