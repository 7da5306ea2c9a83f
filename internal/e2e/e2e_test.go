// Package e2e drives the real CDK CLI against whatever AWS_ENDPOINT_URL points at: the emulator in CI, or a sandbox
// organization. Without it the tests skip, and say so; CI fails then.
package e2e

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const repo = "../.."

// cloud is where the tests deploy to.
type cloud struct {
	program, cdk string
	env          []string // credentials of the hub's account
}

// hubAccount is the hubs' account in config/ and all examples.
const hubAccount = "111111111111"

func connect(t *testing.T) *cloud {
	t.Helper()
	if os.Getenv("AWS_ENDPOINT_URL") == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("AWS_ENDPOINT_URL is not set: nothing to deploy to")
		}
		t.Skip("AWS_ENDPOINT_URL is not set: nothing to deploy to; .ci/run starts an emulator")
	}
	cdk, err := filepath.Abs("testdata/node_modules/.bin/cdk")
	if _, missing := os.Stat(cdk); err != nil || missing != nil {
		t.Fatalf("the CDK CLI is missing: run npm ci in internal/e2e/testdata (%v)", missing)
	}
	c := &cloud{cdk: cdk, program: filepath.Join(t.TempDir(), "sharedhub")}
	if out, err := exec.Command("go", "build", "-o", c.program, repo).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c.env = credentials(t, hubAccount)
	return c
}

// credentials acts in an account, by a role that a sandbox organization has too, or the emulator makes up.
func credentials(t *testing.T, account string) []string {
	t.Helper()
	ctx := context.Background()
	for k, v := range map[string]string{"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"} {
		if os.Getenv(k) == "" {
			t.Setenv(k, v)
		}
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		t.Fatal(err)
	}
	role, err := sts.NewFromConfig(cfg).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::" + account + ":role/OrganizationAccountAccessRole"), RoleSessionName: aws.String("e2e")})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: *role.Credentials.AccessKeyId, SecretAccessKey: *role.Credentials.SecretAccessKey, SessionToken: *role.Credentials.SessionToken}, nil
	})
	// The emulator tells accounts apart by long-lived keys only.
	name := "e2e-" + time.Now().Format("150405.000000")
	client := iam.NewFromConfig(cfg)
	if _, err := client.CreateUser(ctx, &iam.CreateUserInput{UserName: &name}); err != nil {
		t.Fatal(err)
	}
	key, err := client.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return []string{"AWS_ACCESS_KEY_ID=" + *key.AccessKey.AccessKeyId, "AWS_SECRET_ACCESS_KEY=" + *key.AccessKey.SecretAccessKey, "AWS_SESSION_TOKEN="}
}

// run runs the CDK CLI, and returns what it says.
func (c *cloud) run(t *testing.T, env []string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(c.cdk, append(args, "--ci", "--no-color")...)
	cmd.Dir = repo
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

func (c *cloud) must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := c.run(t, c.env, args...)
	if err != nil {
		t.Fatalf("cdk %s: %v\n%s", strings.Join(args, " "), err, tail(out))
	}
	return out
}

func tail(s string) string {
	lines := strings.Split(s, "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}

// app is the arguments that name a configuration.
func (c *cloud) app(dir, out string) []string {
	return []string{"-a", c.program, "-c", "config=" + dir, "-o", out}
}

// bootstrap prepares accounts, trusting the hub's.
func (c *cloud) bootstrap(t *testing.T, region string, accounts ...string) {
	t.Helper()
	for _, a := range accounts {
		env := c.env
		if a != hubAccount {
			env = credentials(t, a)
		}
		if out, err := c.run(t, env, "bootstrap", "aws://"+a+"/"+region, "--trust", hubAccount, "--cloudformation-execution-policies", "arn:aws:iam::aws:policy/AdministratorAccess"); err != nil {
			t.Fatalf("bootstrap %s: %v\n%s", a, err, tail(out))
		}
	}
}

var deployed = regexp.MustCompile(`(?m)✅ +(\S+)`)

// deploy deploys all stacks, and returns those that changed.
func (c *cloud) deploy(t *testing.T, dir, out string) (changed []string) {
	t.Helper()
	said := c.must(t, append([]string{"deploy", "--all", "--require-approval", "never", "--concurrency", "4"}, c.app(dir, out)...)...)
	for _, m := range deployed.FindAllStringSubmatch(said, -1) {
		if !strings.Contains(said, m[1]+" (no changes)") {
			changed = append(changed, m[1])
		}
	}
	slices.Sort(changed)
	return slices.Compact(changed)
}

// Each configuration deploys from nothing; a second deployment changes nothing, and the difference is empty. With zones,
// and with a Profile, a further spoke changes the stacks that docs/OPERATIONS.md names and no other.
func TestDeploy(t *testing.T) {
	c := connect(t)
	for _, s := range []struct {
		dir, region string
		accounts    []string
		spoke       string // a further one
		changes     []string
	}{
		{"config", "us-east-1", []string{hubAccount, "222222222222", "333333333333"}, "hub: use1\naccount: \"222222222222\"\nsegment: prod\ncidr: 10.16.64.0/22\n",
			[]string{"use1-dns-222222222222", "use1-link-new", "use1-spoke-new"}},
		{"examples/03-many-accounts-profile", "eu-west-1", []string{hubAccount, "222222222222", "333333333333", "444444444444", "555555555555"}, "hub: euw1\naccount: \"222222222222\"\nsegment: prod\ncidr: 10.16.64.0/22\n",
			[]string{"euw1-link-new", "euw1-spoke-new"}},
	} {
		t.Run(filepath.Base(s.dir), func(t *testing.T) {
			c.bootstrap(t, s.region, s.accounts...)
			dir := filepath.Join(t.TempDir(), "config")
			if err := os.CopyFS(dir, os.DirFS(filepath.Join(repo, s.dir))); err != nil {
				t.Fatal(err)
			}
			out := t.TempDir()
			if changed := c.deploy(t, dir, out); len(changed) < 10 {
				t.Errorf("only %v were deployed", changed)
			}
			if changed := c.deploy(t, dir, out); len(changed) > 0 {
				t.Errorf("a second deployment changed %v", changed)
			}
			if said := c.must(t, append([]string{"diff", "--fail"}, c.app(dir, out)...)...); !strings.Contains(said, "Number of stacks with differences: 0") {
				t.Errorf("the difference is not empty:\n%s", tail(said))
			}
			if err := os.WriteFile(filepath.Join(dir, "spokes/new.yaml"), []byte(s.spoke), 0o644); err != nil {
				t.Fatal(err)
			}
			if changed := c.deploy(t, dir, out); !slices.Equal(changed, s.changes) {
				t.Errorf("a further spoke changed %v, and is to change %v", changed, s.changes)
			}
			// It leaves again in the documented steps: detached, its stacks destroyed, its file gone.
			if err := os.WriteFile(filepath.Join(dir, "spokes/new.yaml"), []byte(s.spoke+"state: detached\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			if changed := c.deploy(t, dir, out); !slices.Equal(changed, s.changes) {
				t.Errorf("detaching changed %v, and is to change %v", changed, s.changes)
			}
			hub := strings.SplitN(s.changes[0], "-", 2)[0]
			c.must(t, append([]string{"destroy", "--force", hub + "-link-new", hub + "-spoke-new", "--exclusively"}, c.app(dir, out)...)...)
			if err := os.Remove(filepath.Join(dir, "spokes/new.yaml")); err != nil {
				t.Fatal(err)
			}
			if changed := c.deploy(t, dir, out); len(changed) > 0 {
				t.Errorf("after the spoke left, a deployment changed %v", changed)
			}
		})
	}
}

// catalog refresh asks the endpoint's EC2 API, and a synthesis uses the answer.
func TestCatalogRefresh(t *testing.T) {
	c := connect(t)
	dir := t.TempDir()
	for name, text := range map[string]string{"hubs/use1.yaml": "account: \"111111111111\"\nregion: us-east-1\nvpc: {cidr: 10.0.0.0/20, zones: 2}\nsegments: {prod: {}}\nendpoints: {services: [sts]}\n"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		cmd := exec.Command(c.program, append(args, "--config", dir)...)
		cmd.Env = append(os.Environ(), c.env...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if said := run("catalog", "refresh", "--region", "us-east-1"); !strings.Contains(said, "commit it with your configuration") {
		t.Errorf("refresh said\n%s", said)
	}
	if said := run("synth", "--out", filepath.Join(dir, "out")); !strings.Contains(said, "catalog/us-east-1.json, refreshed on") {
		t.Errorf("synth said\n%s", said)
	}
}
