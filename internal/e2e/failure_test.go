package e2e

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"sharedhub/internal/diag"
)

// refused deploys, and wants it to fail with these words; every other stack stays as it is.
func (s *site) refused(t *testing.T, words string, but ...string) {
	t.Helper()
	before := s.lastChanges(t)
	said, err := s.try(t)
	if err == nil || !strings.Contains(said, words) {
		t.Fatalf("the deployment ended with %v, and does not say %q:\n%s", err, words, tail(said))
	}
	after := s.lastChanges(t)
	for stack, at := range before {
		if after[stack] != at && !slices.Contains(but, stack) {
			t.Errorf("the failed deployment touched %s", stack)
		}
	}
}

// lastChanges are the times of the last operation of the stacks that are there.
func (s *site) lastChanges(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, place := range []string{hubAccount, farAccount} {
		l, err := cloudformation.NewFromConfig(sdk(t, place, hubRegion)).DescribeStacks(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range l.Stacks {
			at := aws.ToTime(st.CreationTime)
			if st.LastUpdatedTime != nil {
				at = *st.LastUpdatedTime
			}
			if name := aws.ToString(st.StackName); strings.HasPrefix(name, "failing-") {
				out[name] = at.String()
			}
		}
	}
	return out
}

// policyOf is a policy for an endpoint with a condition of this operator.
func policyOf(operator string) string {
	return `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Ours", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
      "Condition": {
        "` + operator + `": {"aws:PrincipalOrgID": "` + own("o-a1b2c3d4e5") + `"}
      }
    }
  ]
}
`
}

// refusedPolicy deploys a policy that no file may hold, as if the program had a bug: it is written into the template of
// a configuration that was not deployed before. EC2 refuses it, the stack rolls back, and the endpoint keeps the policy it had.
func (s *site) refusedPolicy(t *testing.T) {
	t.Helper()
	out := t.TempDir()
	if said, code := s.sharedhub(t, "synth", "--out", out); code != 0 {
		t.Fatalf("synth ended with %d:\n%s", code, head(said))
	}
	file := filepath.Join(out, "failing-endpoints.template.json")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.Replace(string(b), `"StringEquals"`, `"StringIs"`, 1)
	if broken == string(b) {
		t.Fatal("the template of the endpoints holds no condition")
	}
	if err := os.WriteFile(file, []byte(broken), 0o644); err != nil {
		t.Fatal(err)
	}
	said, err := s.run(t, s.env, "deploy", "failing-endpoints", "--exclusively", "--require-approval", "never", "--method", "direct", "-a",
		out)
	if err == nil || !strings.Contains(strings.ToLower(said), "policy document") {
		t.Errorf("EC2 takes a broken policy, or does not say why it refuses it (%v):\n%s", err, tail(said))
	}
}

// What AWS refuses fails, says why and rolls back; nothing else is touched, and the corrected configuration deploys over it.
func TestFailures(t *testing.T) {
	t.Parallel()
	c := connect(t)
	s := newSite(t, c, "testdata/zones", hubAccount+"/"+hubRegion, farAccount+"/"+hubRegion)
	rename(t, s, "zoned", "failing", "10.0.", "10.6.", "10.16.", "10.224.", "10.32.", "10.240.")
	s.deploy(t)
	s.same(t)

	// An account outside the organization: it sees no gateway, and the hub's reader does not let it in.
	c.bootstrap(t, outsider+"/"+hubRegion)
	guest := "hub: failing\naccount: \"" + outsider + "\"\nsegment: dev\ncidr: 10.240.12.0/22\n"
	s.write(t, "spokes/guest.yaml", guest)
	s.refused(t, "failing-spoke-guest failed to deploy")
	said, code := s.sharedhub(t, "verify", "--assembly", s.out)
	if code != 1 || !strings.Contains(said, "stack failing-spoke-guest is in ROLLBACK_COMPLETE: its creation failed and nothing of it is "+
		"left") || !strings.Contains(said, "stack failing-link-guest is not deployed") {
		t.Errorf("verify ended with %d:\n%s", code, head(said))
	}
	s.destroy(t, "failing-spoke-guest")
	s.write(t, "spokes/guest.yaml", strings.Replace(guest, outsider, farAccount, 1))
	s.changes(t, "failing-spoke-guest", "failing-link-guest", "failing-dns-"+farAccount)
	s.same(t)

	// An account that is not bootstrapped.
	s.write(t, "spokes/bare.yaml", "hub: failing\naccount: \""+bareAccount+"\"\nsegment: dev\ncidr: 10.240.16.0/22\n")
	s.refused(t, "Has the environment been bootstrapped?")
	c.bootstrap(t, bareAccount+"/"+hubRegion)
	s.changes(t, "failing-spoke-bare", "failing-link-bare", "failing-dns-"+bareAccount)
	s.same(t)

	// A policy that EC2 would refuse never gets there.
	good := s.read(t, "hubs/failing.yaml")
	s.edit(t, "hubs/failing.yaml", "[sts,", "[{name: sts, policy: policies/sts.json},")
	s.write(t, "policies/sts.json", policyOf("StringIs"))
	s.refused(t, `policies/sts.json:7: error: statement 1 (Ours) has condition operator "StringIs", which IAM does not know`)
	s.write(t, "policies/sts.json", policyOf("StringEquals"))
	s.refusedPolicy(t)
	s.write(t, "hubs/failing.yaml", good)
	s.deploy(t)
	s.same(t)

	// A service that is not in one of the zones: the update rolls back, a policy that changed with it included.
	before := s.ids(t)
	s.edit(t, "hubs/failing.yaml", "[sts,", "[{name: sts, policy: full-access},")
	s.edit(t, "hubs/failing.yaml", "s3]", "s3, {name: ssm-contacts, zones: [a, b]}]")
	s.refused(t, "does not support the availability zone of the subnet", "failing-endpoints")
	s.write(t, "hubs/failing.yaml", good)
	if said, code := s.sharedhub(t, "verify"); code != 0 {
		t.Errorf("rolled back, verify ended with %d:\n%s", code, head(said))
	}
	s.edit(t, "hubs/failing.yaml", "s3]", "s3, {name: ssm-contacts, zones: [a]}]")
	s.changes(t, "failing-endpoints", "failing-dns", "failing-dns-"+farAccount, "failing-dns-"+bareAccount)
	s.same(t)
	kept(t, before, s.ids(t))

	// The endpoints destroyed and made again behind their consumers' back: what these read is stale, verify says so, and
	// a higher revision reads it again.
	s.unprotect(t, hubAccount, hubRegion, "failing-endpoints")
	s.destroy(t, "failing-endpoints")
	if said, code := s.sharedhub(t, "verify", "--assembly", s.out); code != 1 ||
		!strings.Contains(said, "stack failing-endpoints is not deployed") ||
		!strings.Contains(said, "comes with `cdk deploy failing-endpoints -c config="+s.dir+"`") {
		t.Errorf("half destroyed, verify ended with %d:\n%s", code, head(said))
	}
	s.deploy(t, "failing-endpoints", "--exclusively")
	said, code = s.sharedhub(t, "verify", "--json", "--assembly", s.out)
	v := verification(t, said)
	for _, kind := range []string{"record-changed", "stale-reference"} {
		if code != 1 || !slices.ContainsFunc(v.Differences, func(d diag.Diagnostic) bool {
			return d.Code.String() == kind && stackOf(d) == "failing-dns-"+farAccount
		}) {
			t.Errorf("verify ended with %d, and does not tell %s:\n%s", code, kind, head(said))
		}
	}
	s.edit(t, "hubs/failing.yaml", "account:", "revision: 1\naccount:")
	s.deploy(t)
	s.same(t)
	s.end(t)
}

// verify says in one line what it could not do, and how to help it.
func TestVerifyWithoutRights(t *testing.T) {
	t.Parallel()
	c := connect(t)
	s := newSite(t, c, "testdata/zones", hubAccount+"/"+hubRegion)
	rename(t, s, "zoned", "absent")
	if said, code := s.sharedhub(t, "synth", "--out", s.out); code != 0 {
		t.Fatalf("synth ended with %d:\n%s", code, head(said))
	}
	for _, k := range []struct {
		name, want string
		env        []string
		args       []string
		code       int
	}{
		{"no credentials", "error: there are no AWS credentials: sign in, set AWS_PROFILE or name one with --profile",
			[]string{"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY="}, nil, 3},
		{"an unknown profile", "nobody", s.env, []string{"--profile", "nobody"}, 3},
		{"an unknown hub", `there is no hub "absend"; did you mean absent?`, s.env, []string{"--hub", "absend"}, 1},
		{"a hub that was never deployed", "stack absent-network is not deployed", s.env, nil, 1},
		{"and how it comes to be", "comes with `cdk deploy absent-dns absent-dns-" +
			farAccount + " absent-endpoints absent-link-far absent-link-further … -c config=" + s.dir + "`", s.env, nil, 1},
	} {
		said, code := s.sharedhubAs(t, k.env, append([]string{"verify", "--assembly", s.out}, k.args...)...)
		if code != k.code || !strings.Contains(said, k.want) || strings.Contains(said, "panic") {
			t.Errorf("%s: verify ended with %d:\n%s", k.name, code, head(said))
		}
	}
	if said, code := s.sharedhub(t, "verify", "--policy"); code != 0 || !strings.Contains(said, `"ec2:DescribeVpcs"`) {
		t.Errorf("verify --policy ended with %d:\n%s", code, said)
	}
}
