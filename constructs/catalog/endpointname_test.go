package catalog

import "testing"

// The name of an endpoint says of which service it is; what may be the service's own is nobody else's.
func TestOtherThan(t *testing.T) {
	c := For("us-east-1", nil)
	const id, at = "vpce-0a1b2c3d4e5f60718-0a1b2c3d", ".us-east-1.vpce.amazonaws.com"
	third := &Service{Name: "pay", ServiceName: "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0", Region: "us-east-1"}
	for _, k := range []struct{ service, called, want string }{
		{"s3", "sqs", "sqs"}, {"s3", "s3", ""}, {"ecr.dkr", "dkr.ecr", ""}, {"ecr.dkr", "api.ecr", "ecr.api"},
		{"kinesis-streams", "kinesis", ""}, {"comprehendmedical", "prod.comprehendmedical", ""}, {"sqs", "vpce-svc-0123456789abcdef0", ""},
		{"kms", "sts", "sts"}, {"kms-fips", "kms", ""}, {"kms", "kms-fips", "kms-fips"}, {"pay", "vpce-svc-0123456789abcdef0", ""},
		{"pay", "vpce-svc-00000000000000000", "vpce-svc-00000000000000000"}, {"pay", "sqs", "sqs"},
	} {
		s, ok := c.Lookup(k.service)
		if k.service == "pay" {
			s, ok = third, true
		}
		if !ok {
			t.Fatalf("no service %s", k.service)
		}
		for _, name := range []string{id + "." + k.called + at, "*." + id + "." + k.called + at} {
			if got := c.OtherThan(s, name); got != k.want {
				t.Errorf("%s, %s: expected %q, found %q", k.service, name, k.want, got)
			}
		}
	}
	// No service is taken for another by the name that its own private name gives it.
	for _, name := range c.Names() {
		s, _ := c.Lookup(name)
		for _, called := range c.calledBy(s) {
			if got := c.OtherThan(s, id+"."+called+at); got != "" {
				t.Errorf("%s, called %s: taken for %s", name, called, got)
			}
		}
	}
}
