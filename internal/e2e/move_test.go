package e2e

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// unprotect lifts the termination protection of stacks, as docs/DEPLOYING.md does by the AWS CLI.
func (s *site) unprotect(t *testing.T, account, region string, stacks ...string) {
	t.Helper()
	client := cloudformation.NewFromConfig(sdk(t, account, region))
	for _, n := range stacks {
		if _, err := client.UpdateTerminationProtection(context.Background(),
			&cloudformation.UpdateTerminationProtectionInput{StackName: aws.String(n), EnableTerminationProtection: aws.Bool(false)}); err != nil {
			t.Fatalf("%s: %v", n, err)
		}
	}
}

// A hub in use goes from zones to a Profile, and back, in the documented steps. After each, every name resolves privately
// from every spoke, which verify decides; no VPC, attachment or endpoint is another.
func TestMove(t *testing.T) {
	t.Parallel()
	c := connect(t)
	s := newSite(t, c, "testdata/zones", hubAccount+"/"+hubRegion, farAccount+"/"+hubRegion)
	rename(t, s, "zoned", "moved", "10.0.", "10.2.", "10.16.", "10.80.", "10.32.", "10.96.")
	step := func(sharing string) {
		t.Helper()
		setSharing(t, s, sharing)
		s.deploy(t)
		s.same(t)
	}
	carries := func() map[string]string { // all but zones, which go, and what stands for the Profile
		out := s.ids(t)
		maps.DeleteFunc(out, func(k, _ string) bool {
			return strings.HasPrefix(k, "moved-dns") || strings.HasPrefix(k, "moved-profile")
		})
		return out
	}
	step("zones")
	before := carries()

	// In one step AWS refuses, and the names stay private.
	setSharing(t, s, "profile")
	if said, err := s.try(t); err == nil || !strings.Contains(said, "conflicting DNS domain") {
		t.Errorf("from zones to profile in one step: %v\n%s", err, tail(said))
	}
	setSharing(t, s, "zones")
	if said, _ := s.sharedhub(t, "verify"); strings.Contains(said, "does not resolve") {
		t.Errorf("after the refused step:\n%s", tail(said))
	}
	step("zones") // what the network's stack had changed already

	step("spoke-zones")
	step("spoke-zones-and-profile")
	s3PrivateDNS(t, true)
	s.unprotect(t, hubAccount, hubRegion, "moved-dns")
	s.unprotect(t, farAccount, hubRegion, "moved-dns-"+farAccount)
	s.destroy(t, "moved-dns", "moved-dns-"+farAccount)
	step("profile")
	kept(t, before, carries())

	// Back in one step: the guard refuses before an endpoint loses its private DNS.
	setSharing(t, s, "zones")
	if said, err := s.try(t); err == nil || !strings.Contains(said, "DnsSharingChangesInSteps") {
		t.Errorf("from profile to zones in one step: %v\n%s", err, tail(said))
	}
	setSharing(t, s, "profile")
	if said, code := s.sharedhub(t, "verify"); code != 0 {
		t.Errorf("after the refused step back:\n%s", said)
	}

	step("spoke-zones-and-profile")
	step("spoke-zones")
	s3PrivateDNS(t, false)
	s.unprotect(t, hubAccount, hubRegion, "moved-profile")
	s.destroy(t, "moved-profile")
	step("zones")
	kept(t, before, carries())
	s.leave(t)
}

// s3PrivateDNS looks at the endpoint of S3, whose private DNS and DnsOptions change in one update: without the option, EC2 wants a
// gateway endpoint in the hub's VPC, which has none.
func s3PrivateDNS(t *testing.T, on bool) {
	t.Helper()
	found, err := ec2.NewFromConfig(sdk(t, hubAccount, hubRegion)).DescribeVpcEndpoints(context.Background(), &ec2.DescribeVpcEndpointsInput{
		Filters: []ec2types.Filter{{Name: aws.String("tag:hub"), Values: []string{"moved"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s3 := slices.DeleteFunc(found.VpcEndpoints, func(e ec2types.VpcEndpoint) bool {
		return e.VpcEndpointType != ec2types.VpcEndpointTypeInterface || aws.ToString(e.ServiceName) != "com.amazonaws."+hubRegion+".s3"
	})
	if len(s3) != 1 || aws.ToBool(s3[0].PrivateDnsEnabled) != on {
		t.Errorf("expected one interface endpoint of s3 with private DNS %v, found %v", on, s3)
	}
}

func setSharing(t *testing.T, s *site, sharing string) {
	t.Helper()
	b := s.read(t, "hubs/moved.yaml")
	lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(b), "\n"), func(l string) bool { return strings.HasPrefix(l, "dns:") })
	s.write(t, "hubs/moved.yaml", strings.Join(append(lines, "dns: {sharing: "+sharing+"}"), "\n")+"\n")
}
