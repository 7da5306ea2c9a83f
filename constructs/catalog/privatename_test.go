package catalog

import (
	"strings"
	"testing"
)

// hostileNames can be no private name, in YAML or in a catalogue file.
var hostileNames = []string{
	"", ".", "*", "*.", "com", "*.com", "a", "a..b", ".a.b", "a.b.", "a b.c", "a_b.c", "A.example.com", "ä.example.com", "-a.example.com",
	"a-.example.com", "*.*.example.com", "a.*.example.com", "**.example.com", "a*.example.com", strings.Repeat("a", 64) + ".example.com",
	strings.Repeat("a.", 127) + "example.com", "a\n.example.com", "a\x00.example.com", "{{resolve:ssm:x}}.com", "${Token[A.1]}.com",
	"https://a.example.com", "a.example.com/x", "a.example.com:443", "a@example.com",
	"10.0.0.1", "*.10.0.0.1", "169.254.169.254", "1.2", "example.1", "::1",
	"in-addr.arpa", "10.in-addr.arpa", "*.in-addr.arpa", "ip6.arpa", "home.arpa",
	"amazonaws.com", "*.amazonaws.com", "amazonaws.com.cn", "com.cn", "us-east-1.amazonaws.com", "*.us-east-1.amazonaws.com",
	"eu-west-1.amazonaws.com", "us-gov-west-1.amazonaws.com", "cn-north-1.amazonaws.com.cn", "vpce.amazonaws.com",
	"vpce.us-east-1.amazonaws.com", "us-east-1.vpce.amazonaws.com", "*.us-east-1.vpce.amazonaws.com", "xx-north-1.amazonaws.com.cn.",
	"api.aws", "*.api.aws", "us-east-1.api.aws", "on.aws", "*.us-east-1.on.aws", "amazonaws.eu", "eusc-de-east-1.amazonaws.eu",
	"aws.amazon.com", "amazon.com", "*.amazon.com", "cloudfront.net", "awsapps.com", "sagemaker.aws", "sc2s.sgov.gov", "ic.gov",
	"elb.amazonaws.com", "us-east-1.elb.amazonaws.com", "elb.us-east-1.amazonaws.com", "*.us-east-1.rds.amazonaws.com", "rds.amazonaws.com",
	"cache.amazonaws.com", "eu-west-1.compute.amazonaws.com", "compute-1.amazonaws.com", "us-east-1.es.amazonaws.com",
	"cn-north-1.rds.amazonaws.com.cn", "ec2.internal", "compute.internal", "eu-west-1.compute.internal",
}

func TestHostileNames(t *testing.T) {
	for _, n := range hostileNames {
		if NotPrivate(n) == "" {
			t.Errorf("%q is a private name", n)
		}
	}
	for _, n := range []string{"api.example.com", "*.api.example.com", "a.b", "ssm.us-east-1.amazonaws.com", "*.s3.us-east-1.amazonaws.com",
		"s3.amazonaws.com", "rds.us-east-1.amazonaws.com",
		"es.us-east-1.amazonaws.com", "1.example.com", "xn--4ca.example.com", "kms.us-east-1.api.aws", "signin.aws.amazon.com"} {
		if why := NotPrivate(n); why != "" {
			t.Errorf("%q is %s", n, why)
		}
	}
	c := For("us-east-1", nil)
	for name, want := range map[string]string{"ecr.us-east-1.amazonaws.com": "ecr.api", "dkr.ecr.us-east-1.amazonaws.com": "",
		"x.example.com": ""} {
		if got := c.Above(name, "ecr.dkr"); got != want {
			t.Errorf("%s is above %q, expected %q", name, got, want)
		}
	}
}

// hostileFiles are catalogue files.
var hostileFiles = []string{
	``, `{`, `[]`, `null`, `"x"`, `{}`, `{} {}`, `{"version": 2}`, `{"version": 1, "region": "eu-west-1"}`,
	file("", ""), file(`{"service": "x"}`, ` trailing`), file(`{"service": "x"}`, `]`), file(`{"service": "x"}`, ` {}`),
	file(`{"service": ""}`, ""), file(`{"service": "a b"}`, ""), file(`{"service": "x"}, {"service": "x"}`, ""), file(`{"unknown": 1}`, ""),
	file(`{"service": "x", "names": ["amazonaws.com"]}`, ""), file(`{"service": "x", "names": ["*.us-east-1.amazonaws.com"]}`, ""),
	file(`{"service": "x", "names": ["10.0.0.1"]}`, ""), file(`{"service": "x", "names": ["1.in-addr.arpa"]}`, ""),
	file(`{"service": "x", "names": ["a.b"]}, {"service": "y", "names": ["a.b"]}`, ""),
	file(`{"service": "x", "zones": ["eu-west-1a"]}`, ""), file(`{"service": "x", "zones": ["us-east-1"]}`, ""),
	file(`{"service": "x", "zones": ["us-east-1aa"]}`, ""), file(`{"service": "x", "zones": ["us-east-1A"]}`, ""),
	file(`{"service": "x", "names": ["a.b"`+strings.Repeat(`, "a.b"`, 100)+`]}`, ""),
	file(`{"service": 1}`, ""), file(`{"service": "x", "names": "a.b"}`, ""), file(`{"service": "x", "policy": "yes"}`, ""),
}

func file(services, after string) string {
	return `{"version": 1, "region": "us-east-1", "captured": "2026-11-24", "services": [` + services + `]}` + after
}

func TestHostileFiles(t *testing.T) {
	for _, text := range hostileFiles {
		if _, err := ParseObservation([]byte(text), "us-east-1"); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := ParseObservation([]byte(file(`{"service": "x", "names": ["x.us-east-1.amazonaws.com"], "zones": ["us-east-1a"]}`, "\n")),
		"us-east-1"); err != nil {
		t.Error(err)
	}
}

// Whatever a catalogue file holds, it is refused, or gives names and zones of the right form.
func FuzzObservation(f *testing.F) {
	for _, text := range hostileFiles {
		f.Add([]byte(text))
	}
	f.Add([]byte(file(`{"service": "x", "names": ["x.us-east-1.amazonaws.com"], "zones": ["us-east-1a"], "policy": true, `+
		`"ip": ["ipv4"]}`, "")))
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := ParseObservation(b, "us-east-1")
		if err != nil {
			return
		}
		for _, s := range o.Services {
			for _, n := range s.Names {
				if NotPrivate(n) != "" {
					t.Errorf("name %q", n)
				}
			}
		}
		if _, err := ParseObservation(o.Encode(), "us-east-1"); err != nil {
			t.Errorf("written again: %v", err)
		}
		For("us-east-1", o).AZs()
	})
}

// A name of a catalogue file that is most likely another's.
func TestForeign(t *testing.T) {
	c := For("us-east-1", nil)
	for _, row := range []struct{ service, name, want string }{
		{"sqs", "sqs.us-east-1.amazonaws.com", ""}, {"sqs", "sqs2.us-east-1.api.aws", ""}, {"kafka-api", "kafka.us-east-1.amazonaws.com", ""},
		{"athena", "athena.us-east-1.amazonaws.com", ""}, {"s3", "*.s3.us-east-1.amazonaws.com", ""},
		{"sqs", "sts.us-east-1.amazonaws.com", "sts's"}, {"sqs", "*.sts.us-east-1.amazonaws.com", "sts's"},
		{"sqs", "payroll.s3.us-east-1.amazonaws.com", "s3's"}, {"sqs", "*.x.dkr.ecr.us-east-1.amazonaws.com", "ecr.dkr's"},
		{"sqs", "ecr.us-east-1.amazonaws.com", "above names of"}, {"sqs", "login.example.com", "no name of AWS's"},
		{"sqs", "amazonaws.com.example.org", "no name of AWS's"}, {"sqs", "sqs.us-east-1.amazonaws.com.evil.io", "no name of AWS's"},
	} {
		s, _ := c.Lookup(row.service)
		if got := c.Foreign(row.name, s); got != row.want && (row.want == "" || !strings.Contains(got, row.want)) {
			t.Errorf("%s of %s: %q, want %q", row.name, row.service, got, row.want)
		}
	}
	unlisted, _ := c.Unlisted("com.amazonaws.us-east-1.new")
	if got := c.Foreign("new.us-east-1.api.aws", unlisted); got != "" {
		t.Error(got)
	}
}

func TestMeantName(t *testing.T) {
	for text, want := range map[string]string{
		"api.example.com.": "api.example.com", "API.Example.com": "api.example.com", " https://api.example.com:8443/v1 ": "api.example.com",
		"*.Example.com": "*.example.com", "x.": "", "localhost": "", "api.example.com": "", "10.0.0.1.": "", "": "", "://": "",
		"amazonaws.com.": "",
	} {
		if got := MeantName(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
