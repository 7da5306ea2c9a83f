package perimeter

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"sharedhub/constructs/catalog"
)

func service(t *testing.T, region, name string) *catalog.Service {
	t.Helper()
	s, ok := catalog.Lookup(region, name)
	if !ok {
		t.Fatalf("no service %s", name)
	}
	return s
}

func TestOrganization(t *testing.T) {
	for _, c := range []struct{ region, service, has string }{
		{"us-east-1", "kms", ""},
		{"us-east-1", "s3", "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"},
		{"eu-west-1", "s3", "arn:aws:s3:::cloudformation-custom-resource-response-euwest1/*"},
		{"cn-north-1", "s3", "arn:aws-cn:s3:::amazon-ssm-cn-north-1/*"},
		{"us-east-1", "ssm", "arn:aws:ssm:us-east-1::parameter/aws/*"},
		{"us-east-1", "ec2", "ec2:Owner"},
		{"us-east-1", "sts", "sts:AssumeRoleWithWebIdentity"},
	} {
		d := Organization("o-a1b2c3d4e5", service(t, c.region, c.service))
		b, _ := json.Marshal(d)
		if !strings.Contains(string(b), c.has) || strings.Contains(string(b), "<") {
			t.Errorf("%s in %s: %s, want %q and no placeholder", c.service, c.region, b, c.has)
		}
		if _, err := Parse(b); err != nil {
			t.Errorf("%s in %s: %v", c.service, c.region, err)
		}
		for _, s := range d["Statement"].([]any) {
			m := s.(map[string]any)
			if m["Condition"] == nil && m["Sid"] != "AllowAWSOwnedBuckets" {
				t.Errorf("%s in %s: statement %v is open to everybody", c.service, c.region, m["Sid"])
			}
		}
	}
}

func TestParse(t *testing.T) {
	ok, _ := json.Marshal(FullAccess())
	for _, c := range []struct{ in, want string }{
		{string(ok), ""},
		{`{"Statement": {"Effect": "Deny", "Principal": "*", "NotAction": "s3:*", "Resource": "*"}}`, ""},
		{"Version: 2012-10-17", "not a JSON object"},
		{"[]", "not a JSON object"},
		{"{}", "no Statement"},
		{`{"Statement": ["x"]}`, "statement 1 is not an object"},
		{`{"Statement": [{"Effect": "allow"}]}`, "use Allow or Deny"},
		{`{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}`, "no Principal"},
		{fmt.Sprintf(`{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": %q}]}`, strings.Repeat("x", MaxSize)), "has at most 20480"},
	} {
		_, err := Parse([]byte(c.in))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s: %v, want %q", c.in, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, err := Parse(b); err == nil && Size(d) > MaxSize {
			t.Errorf("accepted %d characters", Size(d))
		}
	})
}
