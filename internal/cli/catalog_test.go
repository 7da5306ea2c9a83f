package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const saved = `{"ServiceDetails": [
 {"ServiceName": "com.amazonaws.us-east-1.sts", "ServiceType": [{"ServiceType": "Interface"}], "AvailabilityZones": ["us-east-1a", "us-east-1b"], "PrivateDnsNames": [{"PrivateDnsName": "sts.us-east-1.amazonaws.com"}], "VpcEndpointPolicySupported": true, "SupportedIpAddressTypes": ["ipv4"]},
 {"ServiceName": "com.amazonaws.us-east-1.brandnew", "ServiceType": [{"ServiceType": "Interface"}], "AvailabilityZones": ["us-east-1a"], "PrivateDnsNames": [{"PrivateDnsName": "brandnew.us-east-1.api.aws"}], "VpcEndpointPolicySupported": true, "SupportedIpAddressTypes": ["ipv4"]}]}`

func TestCatalogCommands(t *testing.T) {
	empty := t.TempDir()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"list", "--match", "ecr"}, 0, "ecr.dkr                                  observed   *.dkr.ecr.us-east-1.amazonaws.com"},
		{[]string{"show", "kms"}, 0, "kms.us-east-1.api.aws (observed, measured-2026)"},
		{[]string{"show", "sqs"}, 0, "the SDKs also know sqs.us-east-1.api.aws"},
		{[]string{"show", "iot.data"}, 0, "none: nothing resolves to its endpoint by itself"},
		{[]string{"show", "awsconnector", "--region", "ap-northeast-3"}, 0, "not seen in ap-northeast-3"},
		{[]string{"show", "kms", "--json"}, 0, `"ServiceName": "com.amazonaws.us-east-1.kms"`},
		{[]string{"show", "--bundle", "ssm"}, 0, "source: Systems Manager user guide"},
		{[]string{"show", "--bundle", "ssm", "--json"}, 0, `"ssmmessages"`},
		{[]string{"show", "--bundle", "nothing"}, 1, "the bundles are cicd, cloudwatch"},
		{[]string{"show", "kmz"}, 1, "did you mean kms?"},
		{[]string{"show", "kms", "--region", "useast1"}, 1, "did you mean us-east-1?"},
		{[]string{"show"}, 2, "takes a service, or --bundle"},
		{[]string{"show", "kms", "--bundle", "ssm"}, 2, "not both"},
		{[]string{"refresh", "--from", filepath.Join(empty, "none.json")}, 1, "no such file"},
	} {
		code, stdout, stderr := run(nil, append([]string{"catalog"}, append(c.args, "--config", empty)...)...)
		if code != c.code || !strings.Contains(stdout+stderr, c.want) {
			t.Errorf("%v: code %d, want %d with %q\n%s%s", c.args, code, c.code, c.want, stdout, stderr)
		}
	}
}

func TestCatalogRefresh(t *testing.T) {
	dir := t.TempDir()
	from := filepath.Join(t.TempDir(), "saved.json")
	if err := os.WriteFile(from, []byte(saved), 0o644); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := run(nil, "catalog", "refresh", "--config", dir, "--from", from)
	for _, want := range []string{"+ brandnew: brandnew.us-east-1.api.aws", "~ sts: has sts.us-east-1.api.aws no more", "~ sts: is in zones ab, was in abcdef", "- kms: is not offered any more"} {
		if code != 0 || !strings.Contains(stdout, want) {
			t.Errorf("code %d, %q is not in\n%s%s", code, want, stdout, stderr)
		}
	}
	// It wins from now on.
	if code, stdout, _ := run(nil, "catalog", "show", "brandnew", "--config", dir); code != 0 || !strings.Contains(stdout, "refreshed 20") {
		t.Errorf("code %d\n%s", code, stdout)
	}
	// The same answer changes nothing.
	code, stdout, _ = run(nil, "catalog", "refresh", "--config", dir, "--from", from, "--json")
	var r struct{ Changes []string }
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != 0 || len(r.Changes) != 0 {
		t.Errorf("code %d, %v: %v", code, err, r.Changes)
	}
	// A bad answer leaves the file as it was.
	file := filepath.Join(dir, "catalog/us-east-1.json")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(from, []byte(saved[:50]), 0o644); err != nil {
		t.Fatal(err)
	}
	code, _, stderr = run(nil, "catalog", "refresh", "--config", dir, "--from", from)
	if after, _ := os.ReadFile(file); code != 1 || string(after) != string(before) || !strings.Contains(stderr, "stays as it was") {
		t.Errorf("code %d, changed: %v\n%s", code, string(after) != string(before), stderr)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "catalog/.refresh*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	// A damaged file is replaced by a good answer.
	if err := os.WriteFile(file, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(from, []byte(saved), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := run(nil, "catalog", "list", "--config", dir); code != 1 || !strings.Contains(stderr, "damaged") {
		t.Errorf("code %d\n%s", code, stderr)
	}
	if code, _, stderr := run(nil, "catalog", "refresh", "--config", dir, "--from", from); code != 0 {
		t.Errorf("code %d\n%s", code, stderr)
	}
}
