package prove

import (
	"encoding/json"
	"strings"
	"testing"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/constructs/perimeter"
)

// What perimeter writes for an organization holds, for every service of each partition.
func TestOrganizationPolicies(t *testing.T) {
	for _, in := range awsfacts.Partitions {
		for _, name := range []string{"kms", "s3", "ssm", "ec2", "sts", "sts-fips", "ecr.api", "ecr.dkr", "lambda", "cloudformation",
			"imagebuilder",
			"iam", "iot"} {
			s := &catalog.Service{Name: name, Region: in.Regions[0]}
			if got := (served{name, s.Region, "o-a1b2c3d4e5"}).bounds(perimeter.Organization("o-a1b2c3d4e5", s)); len(got) > 0 {
				t.Errorf("%s %s: %s", in.Name, name, strings.Join(got, "\n"))
			}
		}
	}
}

func TestBoundsOrganization(t *testing.T) {
	const (
		ours = `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*",` +
			`"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5","aws:ResourceOrgID":"o-a1b2c3d4e5"}}}`
		services = `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"aws:PrincipalIsAWSService":"true"}}}`
	)
	with := func(condition string) string {
		return `{"Sid":"X","Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{` + condition + `}}`
	}
	for _, c := range []struct{ name, statements, want string }{
		{"as it is written", ours + "," + services, ""},
		{"services by another spelling", ours + "," + strings.Replace(services, "aws:PrincipalIsAWSService", "AWS:principalisawsservice", 1), ""},
		{"a denial of others", ours + "," + services + `,{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",` +
			`"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"},"Bool":{"aws:PrincipalIsAWSService":"false"}}}`, ""},
		{"no services", ours, "does not admit AWS's services"},
		{"services only", services, "does not admit the principals of o-a1b2c3d4e5"},
		{"a denial of one action", ours + "," + services + `,{"Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*"}`,
			"kms:Decrypt"},
		{"a denial that is not decided", ours + "," + services + `,{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",` +
			`"Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}`, "undecided: whether the request holds condition key aws:sourceip"},
		{"all but one action", strings.Replace(ours, `"Action":"*"`, `"NotAction":"iam:*"`, 1) + "," + services,
			"does not admit the principals of o-a1b2c3d4e5"},
		{"everything", ours + "," + services + "," + with(``), "lets foreign principals reach foreign resources in statement X"},
		{"principals alone", ours + "," + services + "," + with(`"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}`),
			"lets the organization reach foreign resources in statement X"},
		{"resources alone", ours + "," + services + "," + with(`"StringEquals":{"aws:ResourceOrgID":"o-a1b2c3d4e5"}`),
			"lets foreign principals through in statement X"},
		{"if there is an organization", ours + "," + services + "," +
			with(`"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5","aws:ResourceOrgID":"o-a1b2c3d4e5"}`), "lets foreign principals"},
		{"all values of none", ours + "," + services + "," + with(`"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"},`+
			`"StringEquals":{"aws:ResourceOrgID":"o-a1b2c3d4e5"}`), "lets foreign principals through in statement X"},
		{"another condition", ours + "," + services + "," + with(`"Bool":{"aws:SecureTransport":"true"}`),
			"lets foreign principals reach foreign resources in statement X; undecided"},
		{"one key in two spellings", strings.Replace(ours, `"aws:ResourceOrgID"`, `"aws:principalorgid":"o-zzzzzzzzzz","aws:ResourceOrgID"`,
			1) + "," + services, "tests one condition key in several spellings"},
	} {
		var doc map[string]any
		if err := json.Unmarshal([]byte(`{"Version":"2012-10-17","Statement":[`+c.statements+`]}`), &doc); err != nil {
			t.Fatal(err)
		}
		got := strings.Join((served{"kms", "us-east-1", "o-a1b2c3d4e5"}).bounds(doc), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: said\n%s\nwant %q", c.name, got, c.want)
		}
	}
}

func TestBounded(t *testing.T) {
	const everything = `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`
	for _, c := range []struct{ statements, want string }{
		{everything, ""},
		{everything + `,{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}`, ""},
		{`{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":["*"],"Resource":["*"]}`, ""},
		{`{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}`, "no statement allows everything"},
		{strings.Replace(everything, "Allow", "Deny", 1), "it denies *"},
		{everything + `,{"Effect":"Deny","Principal":"*","NotAction":"s3:GetObject","Resource":"*"}`, "it denies s3:GetObject"},
		{strings.Replace(everything, `}`, `,"Condition":{"Bool":{"aws:SecureTransport":"true"}}}`, 1), "no statement allows everything"},
		{everything + `,{"Effect":"Deny","Principal":"*","Action":{"Fn::If":[]},"Resource":"*"}`, "not text"},
		{``, "no statement allows everything"},
	} {
		var doc map[string]any
		if err := json.Unmarshal([]byte(`{"Version":"2012-10-17","Statement":[`+c.statements+`]}`), &doc); err != nil {
			t.Fatal(err)
		}
		if got := bounded(doc); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.statements, got, c.want)
		}
	}
	if got := bounded(nil); got != "" {
		t.Errorf("no policy: %q", got)
	}
}
