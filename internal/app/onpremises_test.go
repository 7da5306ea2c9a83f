package app

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"sharedhub/internal/prove"
)

// A name that is asked on-premises, one of theirs that a spoke asks, and packets between the two, each as configured.
func TestExplainOnPremises(t *testing.T) {
	t.Parallel()
	const zones = "examples/08-onpremises"
	profile := goodConfiguration(t, "internal/config/testdata/good/onpremises-profile.txtar")
	assemblies := map[string]string{zones: assembled(t, zones), profile: assembled(t, profile)}
	for _, c := range []struct {
		dir, from, to string
		reaches       prove.Extent
		asConfigured  string // "true", "false", or "" for nothing expected
		says          string
	}{
		{zones, "datacentre", "sqs", prove.Fully, "true",
			"the inbound Resolver endpoint at 10.0.6.4, 10.0.6.20: hosted zone sqs.us-east-1.amazonaws.com"},
		{zones, "192.168.7.7", "sts.us-east-1.amazonaws.com", prove.Fully, "true", "security group admits 192.168.7.7/32 on port 443"},
		{zones, "datacentre", "reports", prove.Fully, "true", "segment onprem reaches prod"},
		{zones, "datacentre", "use1", prove.Fully, "true", "external datacentre reaches the hub"},
		{zones, "reports", "datacentre", prove.Fully, "true", "segment onprem reaches prod"},
		{zones, "10.16.0.9", "sqs", prove.Fully, "true", "every attached spoke reaches its hub"},
		{zones, "orders", "use1", prove.Fully, "true", "every attached spoke reaches its hub"},
		{zones, "orders", "db.corp.example.com", prove.Fully, "true",
			"192.168.0.10, 192.168.40.10; asked from 10.0.6.5, 10.0.6.21"},
		{zones, "datacentre", "db.corp.example.com", prove.NotAtAll, "", "forwarded for spokes only, so servers there must answer it themselves"},
		{profile, "dx", "kms", prove.Fully, "true", "the inbound Resolver endpoint at 10.0.6.4, 10.0.6.20: private DNS of the endpoint"},
		{profile, "dx", "x.internal.example.com", prove.NotAtAll, "", "the Profile carries hosted zone Z0123456789ABCDEFGHIJ to spokes only"},
		{profile, "app", "x.internal.example.com", prove.NotAtAll, "",
			"hosted zone internal.example.com answers, by the records that its owner writes"},
		{profile, "app", "x.partner.example.net", prove.NotAtAll, "",
			"172.31.0.53; the endpoint that the rule asks through is in none of the stacks"},
		{profile, "app", "public.corp.example.com", prove.NotAtAll, "", "it resolves publicly"},
		{profile, "app", "x.malware.example", prove.NotAtAll, "", "DNS Firewall blocks it"},
		{profile, "app", "db.corp.example.com", prove.Fully, "true", "192.168.0.10, 192.168.0.11; asked from 10.0.6.5, 10.0.6.21"},
	} {
		code, stdout, stderr := run(t, "explain", "--config", c.dir, "--assembly", assemblies[c.dir], c.from, c.to, "--json")
		var x prove.Explanation
		if err := json.Unmarshal([]byte(stdout), &x); err != nil {
			t.Errorf("%s %s: %v: %s", c.from, c.to, err, stderr)
			continue
		}
		as := ""
		if x.AsConfigured != nil {
			as = map[bool]string{true: "true", false: "false"}[*x.AsConfigured]
		}
		if code != 0 || x.Reaches != c.reaches || as != c.asConfigured || !strings.Contains(stdout, c.says) {
			t.Errorf("%s %s: expected %s, as configured %q, %q; code %d, found %s", c.from, c.to, c.reaches, c.asConfigured, c.says, code, stdout)
		}
	}
	for _, c := range [][3]string{
		{"1.2.3.4", "sqs", "1.2.3.4 lies in no hub, in no spoke, and in no range of external"},
		{"orders", "datacenter", "did you mean datacentre?"},
		{"datacentre", "ssm", `hub use1 has no endpoint of service "ssm"`},
	} {
		if code, _, stderr := run(t, "explain", "--config", zones, "--assembly", assemblies[zones], c[0], c[1]); code != 1 ||
			!strings.Contains(stderr, c[2]) {
			t.Errorf("%s %s: expected %q, found %d %s", c[0], c[1], c[2], code, stderr)
		}
	}
}

// docs/DNS.md shows what explain prints of the example.
func TestDNSPage(t *testing.T) {
	t.Parallel()
	const dir = "examples/08-onpremises"
	out := assembled(t, dir)
	page, err := os.ReadFile("docs/DNS.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{"datacentre", "sqs"}, {"orders", "db.corp.example.com"}} {
		command := "$ sharedhub explain " + c[0] + " " + c[1] + "\n"
		_, rest, found := strings.Cut(string(page), command)
		shown, _, _ := strings.Cut(rest, "…\n")
		if _, stdout, _ := run(t, "explain", "--config", dir, "--assembly", out, c[0], c[1]); !found || shown == "" ||
			!strings.HasPrefix(stdout, shown) {
			t.Errorf("%q: the page shows\n%s\nfound\n%s", command, shown, stdout)
		}
	}
}
