package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// failsAtCreation deploys with a mistake in the template of a stack that is not there yet. Its creation fails, and it cannot be
// deployed again until unstick has turned its termination protection off.
func (s *site) failsAtCreation(t *testing.T, stack, account string) {
	t.Helper()
	out := t.TempDir()
	if said, code := s.sharedhub(t, "synth", "--out", out); code != 0 {
		t.Fatalf("synth ended with %d:\n%s", code, head(said))
	}
	rewrite(t, out, stack, breakTemplate)
	deploy := slices.Concat([]string{"deploy", stack, "--require-approval", "never"}, s.flags, []string{"-a", out}) // and what it needs
	if said, err := s.run(t, s.env, deploy...); err == nil || !strings.Contains(said, stack+" failed") {
		t.Fatalf("the broken %s ended with %v:\n%s", stack, err, tail(said))
	}
	if strings.HasSuffix(stack, "-network") { // the others have the same protection, which unstick finds
		if said, err := s.try(t, stack, "--exclusively"); err == nil || !strings.Contains(said, "TerminationProtection is enabled") {
			t.Errorf("%s deployed again ended with %v:\n%s", stack, err, tail(said))
		}
	}
	line := "stack " + stack + " in account " + account + ", " + hubRegion
	said, code := s.sharedhub(t, "unstick")
	if code != 1 || !strings.Contains(said, "stuck: "+line) || !strings.Contains(said, "nothing was changed") {
		t.Errorf("unstick ended with %d:\n%s", code, said)
	}
	if said, code := s.sharedhub(t, "unstick", "--yes"); code != 0 || !strings.Contains(said, "termination protection off: "+line) {
		t.Errorf("unstick --yes ended with %d:\n%s", code, said)
	}
}

// failsUndone deploys with a mistake in the template of a stack that is not there yet, and with a subnet that stays where the creation
// is undone, so that the VPC cannot go. The stack can only be deleted then, and not before the subnet is.
func (s *site) failsUndone(t *testing.T, stack, account string) {
	t.Helper()
	out := t.TempDir()
	if said, code := s.sharedhub(t, "synth", "--out", out); code != 0 {
		t.Fatalf("synth ended with %d:\n%s", code, head(said))
	}
	rewrite(t, out, stack, func(t *testing.T, b []byte) []byte {
		b = bytes.Replace(b, []byte(`"Type": "AWS::EC2::Subnet"`), []byte(`"Type": "AWS::EC2::Subnet", "DeletionPolicy": "Retain"`), 1)
		return breakTemplate(t, b)
	})
	if said, err := s.run(t, s.env, slices.Concat([]string{"deploy", stack, "--exclusively", "--require-approval", "never"}, s.flags,
		[]string{"-a", out})...); err == nil || !strings.Contains(said, "ROLLBACK_FAILED") {
		t.Fatalf("the broken %s ended with %v, and does not say ROLLBACK_FAILED:\n%s", stack, err, tail(said))
	}
	const way = "it can only be deleted: take away what its events name; `cdk deploy` then deletes it and makes it anew, after `sharedhub " +
		"unstick --yes`"
	for _, command := range []string{"preflight", "verify"} {
		if said, code := s.sharedhub(t, command, "--assembly", out); code != 1 ||
			!strings.Contains(said, "stack "+stack+" is in ROLLBACK_FAILED") || !strings.Contains(said, way) {
			t.Errorf("%s ended with %d:\n%s", command, code, head(said))
		}
	}
	if said, code := s.sharedhub(t, "unstick", "--yes"); code != 0 || !strings.Contains(said, "termination protection off: stack "+stack) {
		t.Errorf("unstick --yes ended with %d:\n%s", code, said)
	}
	client := ec2.NewFromConfig(sdk(t, account, hubRegion))
	left, err := client.DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{Filters: []ec2types.Filter{
		{Name: aws.String("tag:aws:cloudformation:stack-name"), Values: []string{stack}}}})
	if err != nil || len(left.Subnets) != 1 {
		t.Fatalf("expected the subnet that stayed, found %d, %v", len(left.Subnets), err)
	}
	if _, err := client.DeleteSubnet(t.Context(), &ec2.DeleteSubnetInput{SubnetId: left.Subnets[0].SubnetId}); err != nil {
		t.Fatal(err)
	}
}

// rewrite changes a stack's template in an assembly, and its hash, by which the CLI knows what it uploaded before.
func rewrite(t *testing.T, assembly, stack string, change func(*testing.T, []byte) []byte) {
	t.Helper()
	file := func(name string) string { return filepath.Join(assembly, name) }
	read := func(name string) []byte {
		b, err := os.ReadFile(file(name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	template := stack + ".template.json"
	before := read(template)
	after := change(t, before)
	hash := func(b []byte) []byte { return fmt.Appendf(nil, "%x", sha256.Sum256(b)) }
	changed := map[string][]byte{template: after}
	for _, name := range []string{stack + ".assets.json", "manifest.json"} {
		b := read(name)
		if changed[name] = bytes.ReplaceAll(b, hash(before), hash(after)); bytes.Equal(changed[name], b) {
			t.Fatalf("%s does not hold the hash of %s", name, template)
		}
	}
	for name, b := range changed {
		if err := os.WriteFile(file(name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// breakTemplate adds a parameter of a reserved name, which CloudFormation makes last and SSM refuses.
func breakTemplate(t *testing.T, b []byte) []byte {
	t.Helper()
	var template map[string]any
	if err := json.Unmarshal(b, &template); err != nil {
		t.Fatal(err)
	}
	resources := template["Resources"].(map[string]any)
	resources["Broken"] = map[string]any{
		"Type":       "AWS::SSM::Parameter",
		"Properties": map[string]any{"Type": "String", "Value": "x", "Name": "/aws/reserved"},
		"DependsOn":  sortedKeys(resources),
	}
	b, err := json.Marshal(template)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Each stack of a hub that fails at its creation is freed and deployed; the Profile's is in TestProfile.
func TestStuck(t *testing.T) {
	t.Parallel()
	c := connect(t)
	s := newSite(t, c, "testdata/zones", hubAccount+"/"+hubRegion, farAccount+"/"+hubRegion)
	rename(t, s, "zoned", "stuck", "10.0.", "10.7.", "10.16.", "10.160.", "10.32.", "10.176.")
	s.failsAtCreation(t, "stuck-network", hubAccount)
	if everyRunbook {
		s.failsUndone(t, "stuck-network", hubAccount)
	}
	s.failsAtCreation(t, "stuck-endpoints", hubAccount)
	s.failsAtCreation(t, "stuck-dns", hubAccount)
	s.failsAtCreation(t, "stuck-dns-"+farAccount, farAccount)
	s.deploy(t)
	s.same(t)
	if said, code := s.sharedhub(t, "unstick"); code != 0 || !strings.Contains(said, "no stack is stuck") {
		t.Errorf("unstick ended with %d:\n%s", code, said)
	}
	s.end(t)
}
