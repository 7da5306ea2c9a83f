package perimeter

import (
	"encoding/json"
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
		{"us-west-2", "ecr.api", "602401143452"},
		{"cn-north-1", "ecr.dkr", "918309763551"},
		{"eu-south-2", "lambda", "arn:aws:lambda:eu-south-2:352183217350:layer:*"},
		{"us-east-1", "s3", "arn:aws:s3:::assets-193858265520-us-east-1/*"},
	} {
		d := Organization("o-a1b2c3d4e5", service(t, c.region, c.service))
		b, _ := json.Marshal(d)
		if !strings.Contains(string(b), c.has) || strings.Contains(string(b), "<") {
			t.Errorf("%s in %s: %s, want %q and no placeholder", c.service, c.region, b, c.has)
		}
		if _, problems := Parse(b); len(problems) > 0 {
			t.Errorf("%s in %s: %v", c.service, c.region, problems)
		}
		for _, s := range d["Statement"].([]any) {
			m := s.(map[string]any)
			if m["Condition"] == nil && m["Sid"] != "AllowAWSOwnedBuckets" {
				t.Errorf("%s in %s: statement %v is open to everybody", c.service, c.region, m["Sid"])
			}
		}
	}
}
