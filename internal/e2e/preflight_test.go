package e2e

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sharedhub/internal/diag"
)

// preflightRegion is one in which no other test makes a VPC, since quotas count those of all.
const preflightRegion = "eu-north-1"

// preflight runs it over the last synthesis.
func (s *site) preflight(t *testing.T) (diag.List, int) {
	t.Helper()
	said, code := s.sharedhub(t, "preflight", "--json", "--assembly", s.out)
	var out struct {
		Findings, Unseen diag.List
	}
	if err := json.NewDecoder(strings.NewReader(said)).Decode(&out); err != nil { // a line for people follows
		t.Fatalf("preflight ended with %d and no JSON: %v\n%s", code, err, head(said))
	}
	return append(out.Findings, out.Unseen...), code
}

// Each thing that would stop a deployment is provoked, found by its code with exit code 1, undone, and not found any more.
func TestPreflight(t *testing.T) {
	t.Parallel()
	if os.Getenv("SHAREDHUB_E2E_ACCOUNTS") != "" {
		t.Skip("a sandbox organization is not put into states in which nothing deploys")
	}
	c := connect(t)
	s := newSite(t, c, "testdata/zones", hubAccount+"/"+preflightRegion)
	rename(t, s, "zoned", "first", "us-east-1", preflightRegion)
	synth := func() {
		t.Helper()
		if said, code := s.sharedhub(t, "synth", "--out", s.out); code != 0 {
			t.Fatalf("synth ended with %d:\n%s", code, head(said))
		}
	}
	synth()
	// On AWS the account's lookup role is missing too; the emulator makes it up.
	if found, code := s.preflight(t); code != 1 || !strings.Contains(found.String(), "run `cdk bootstrap aws://"+farAccount+"/"+
		preflightRegion+" --trust "+hubAccount+"`") {
		t.Errorf("an account that is not bootstrapped ended with %d:\n%s", code, found)
	}
	c.bootstrap(t, farAccount+"/"+preflightRegion)
	if found, code := s.preflight(t); code != 0 || len(found.Errors()) > 0 {
		t.Fatalf("two empty accounts ended with %d:\n%s", code, found)
	}
	for _, p := range provocations(t, s, synth) {
		t.Run(p.code, func(t *testing.T) {
			undo := p.do(t)
			found, code := s.preflight(t)
			if code != p.exit || len(found) == 0 || found[0].Code.String() != p.code || !strings.Contains(found[0].Summary, p.say) {
				t.Errorf("expected %s, %q and exit code %d, found %d:\n%s", p.code, p.say, p.exit, code, found)
			}
			undo()
			if found, code := s.preflight(t); code != 0 || len(found) > 0 {
				t.Errorf("undone, preflight ended with %d:\n%s", code, found)
			}
		})
	}
}

type provocation struct {
	code, say string
	exit      int
	do        func(*testing.T) (undo func())
}

func provocations(t *testing.T, s *site, synth func()) []provocation {
	ctx := context.Background()
	far := sdk(t, farAccount, preflightRegion)
	network, roles, parameters := ec2.NewFromConfig(far), iam.NewFromConfig(far), ssm.NewFromConfig(far)
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	vpc := func(t *testing.T, cidr string) func() {
		o, err := network.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: aws.String(cidr)})
		must(t, err)
		return func() {
			_, err := network.DeleteVpc(ctx, &ec2.DeleteVpcInput{VpcId: o.Vpc.VpcId})
			must(t, err)
		}
	}
	edited := func(t *testing.T, old, new string) func() {
		s.edit(t, "hubs/first.yaml", old, new)
		synth()
		return func() {
			s.edit(t, "hubs/first.yaml", new, old)
			synth()
		}
	}
	deployRole := "cdk-hnb659fds-deploy-role-" + farAccount + "-" + preflightRegion
	trust := func(t *testing.T, account string) {
		_, err := roles.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String(deployRole),
			PolicyDocument: aws.String(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
				"Principal": {"AWS": "arn:aws:iam::` + account + `:root"}}]}`)})
		must(t, err)
	}
	version := func(t *testing.T, value string) {
		_, err := parameters.PutParameter(ctx, &ssm.PutParameterInput{Name: aws.String("/cdk-bootstrap/hnb659fds/version"),
			Value: aws.String(value), Type: ssmtypes.ParameterTypeString, Overwrite: aws.Bool(true)})
		must(t, err)
	}
	return []provocation{
		{"bootstrap", "has version 3", 1, func(t *testing.T) func() {
			version(t, "3")
			return func() { version(t, "30") }
		}},
		{"trust", "does not trust account " + hubAccount, 1, func(t *testing.T) func() {
			trust(t, farAccount)
			return func() { trust(t, hubAccount) }
		}},
		{"exhausted", "VPCs per Region", 1, func(t *testing.T) func() {
			var undo []func()
			for range 4 { // beside the default one; the configuration has two
				undo = append(undo, vpc(t, "172.20.0.0/16"))
			}
			return func() {
				for _, u := range undo {
					u()
				}
			}
		}},
		{"range-in-use", "which overlaps 10.32.0.0/22", 0, func(t *testing.T) func() { return vpc(t, "10.32.0.0/24") }},
		{"organization", "expected the account in organization o-zzzzzzzzzz", 1, func(t *testing.T) func() {
			return edited(t, "id: "+own("o-a1b2c3d4e5"), "id: o-zzzzzzzzzz")
		}},
		{"taken", "exists already, made by no stack", 1, func(t *testing.T) func() {
			name := aws.String("first-hub-reader")
			hub := iam.NewFromConfig(sdk(t, hubAccount, preflightRegion))
			_, err := hub.CreateRole(ctx, &iam.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: aws.String("{}")})
			must(t, err)
			return func() {
				_, err := hub.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: name})
				must(t, err)
			}
		}},
	}
}
