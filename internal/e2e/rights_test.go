package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// Accounts in which the emulator evaluates IAM (emulator/rights.py).
const limitedHub, limitedFar = "121212121212", "343434343434"

// limited is a team's folder in these accounts.
type limited struct {
	*site
	root string // with cdk.json
}

// as runs the program in the folder with somebody's credentials.
func (l *limited) as(t *testing.T, who []string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command(l.program, args...)
	cmd.Dir, cmd.Env = l.root, append(os.Environ(), who...)
	said, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(said), cmd.ProcessState.ExitCode()
}

// user is a new one in the hub's account, who may do what a policy says and nothing else.
func (l *limited) user(t *testing.T, name, policy string) []string {
	t.Helper()
	client := iam.NewFromConfig(sdk(t, limitedHub, hubRegion))
	if _, err := client.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: &name, PolicyName: aws.String("all"),
		PolicyDocument: &policy}); err != nil {
		t.Fatal(err)
	}
	key, err := client.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return []string{"AWS_ACCESS_KEY_ID=" + *key.AccessKey.AccessKeyId, "AWS_SECRET_ACCESS_KEY=" + *key.AccessKey.SecretAccessKey,
		"AWS_SESSION_TOKEN="}
}

// bootstrapped runs pipelines/roles/bootstrap with the policies that permissions writes, as an administrator.
func (l *limited) bootstrapped(t *testing.T, template string) {
	t.Helper()
	script, err := filepath.Abs(repo + "/pipelines/roles/bootstrap")
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir()
	npx := "#!/bin/sh\n[ \"$1 $2\" = '--yes aws-cdk@2.1148.1' ] || exit 9\nshift 2\nexec " + l.cdk + " \"$@\" --ci\n"
	for file, text := range map[string]string{"npx": npx, "accounts.json": template} {
		if err := os.WriteFile(filepath.Join(path, file), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(script, limitedHub, filepath.Join(path, "accounts.json"), limitedHub+"/"+hubRegion, limitedFar+"/"+hubRegion)
	cmd.Env = slices.Concat(os.Environ(), keys(t, limitedHub), []string{"PATH=" + path + ":" + os.Getenv("PATH")})
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pipelines/roles/bootstrap: %v\n%s", err, tail(string(said)))
	}
}

// A hub is deployed, verified and destroyed by those who have the rights that permissions prints and no others, in accounts that
// pipelines/roles/bootstrap made ready; whoever has fewer, or asks for more, is refused.
func TestLeastPrivilege(t *testing.T) {
	t.Parallel()
	if !everyRunbook {
		t.Skip("with OPERATIONS=all")
	}
	if os.Getenv("SHAREDHUB_E2E_ACCOUNTS") != "" {
		t.Skip("a sandbox organization has other accounts")
	}
	c := connect(t)
	l := &limited{root: t.TempDir()}
	l.site = &site{cloud: c, dir: filepath.Join(l.root, "config"), out: filepath.Join(l.root, "cdk.out"),
		flags: []string{"--method", "direct"}}
	l.write(t, "../cdk.json", `{"app": "sharedhub", "context": {"@aws-cdk/core:permissionsBoundary": {"name": "sharedhub-boundary"}}}`)
	l.write(t, "hubs/least.yaml", `account: "`+limitedHub+`"
region: us-east-1
organization: {id: o-a1b2c3d4e5}
vpc: {cidr: 10.0.0.0/20, zones: 2}
pools: {prod: [10.16.0.0/12]}
segments: {prod: {mesh: true}}
flowLogs: {to: cloudwatch, retentionDays: 30}
endpoints: {services: [sqs, s3]}
`)
	for name, account := range map[string]string{"near": limitedHub, "far": limitedFar} {
		cidr := map[string]string{"near": "10.16.0.0/22", "far": "10.16.4.0/22"}[name]
		l.write(t, "spokes/"+name+".yaml", "hub: least\naccount: \""+account+"\"\nsegment: prod\ncidr: "+cidr+"\n")
	}
	nobody := []string{"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY="}
	if said, code := l.as(t, nobody, "synth", "--out", "cdk.out"); code != 0 {
		t.Fatalf("synth ended with %d:\n%s", code, head(said))
	}
	policy := func(role string, more ...string) string {
		said, code := l.as(t, nobody, append([]string{"permissions", "--quiet", "--assembly", "cdk.out", "--role", role}, more...)...)
		if code != 0 {
			t.Fatalf("permissions ended with %d:\n%s", code, head(said))
		}
		return said
	}
	l.bootstrapped(t, policy("execution", "--template"))
	deployer, verifier := l.user(t, "deployer", policy("deploy")), l.user(t, "verifier", policy("verify"))

	deploy := []string{"deploy", "--assembly", "cdk.out", "--cdk", c.cdk, "--", "--method", "direct"}
	if said, code := l.as(t, verifier, deploy...); code != 1 || !strings.Contains(said, "0 stacks deployed") {
		t.Errorf("with verify's rights, deploy ended with %d:\n%s", code, tail(said))
	}
	if said, code := l.as(t, deployer, deploy...); code != 0 {
		t.Fatalf("with deploy's rights, deploy ended with %d:\n%s", code, tail(said))
	}
	for _, command := range [][]string{{"verify"}, {"preflight"}, {"report", "--live", "--json"}} {
		if said, code := l.as(t, verifier, append(command, "--assembly", "cdk.out")...); code != 0 {
			t.Errorf("with verify's rights, %v ended with %d:\n%s", command, code, head(said))
		}
	}
	// CloudFormation's role makes no role of another name, nor one without the boundary.
	for name, want := range map[string]string{"admin": "iam:CreateRole", "least-admin": "iam:CreateRole"} {
		out := filepath.Join(t.TempDir(), "out")
		if err := os.CopyFS(out, os.DirFS(l.out)); err != nil {
			t.Fatal(err)
		}
		rewrite(t, out, "least-spoke-near", withRole(name))
		said, err := l.run(t, deployer, "deploy", "least-spoke-near", "--exclusively", "--require-approval", "never", "--method", "direct",
			"-a", out)
		if err == nil || !strings.Contains(said, "not authorized to perform: "+want) {
			t.Errorf("a template with role %s ended with %v:\n%s", name, err, tail(said))
		}
	}
	l.env = deployer
	l.edit(t, "hubs/least.yaml", "[sqs, s3]", "[sqs, s3, kms]")
	if said, code := l.as(t, nobody, "synth", "--out", "cdk.out"); code != 0 {
		t.Fatalf("synth ended with %d:\n%s", code, head(said))
	}
	if said, code := l.as(t, deployer, deploy...); code != 0 {
		t.Fatalf("with deploy's rights, the change ended with %d:\n%s", code, tail(said))
	}
	l.leave(t)
}

// withRole adds a role to a template.
func withRole(name string) func(*testing.T, []byte) []byte {
	return func(t *testing.T, b []byte) []byte {
		return []byte(strings.Replace(string(b), `"Resources": {`, `"Resources": {"Admin": {"Type": "AWS::IAM::Role", "Properties": {
			"RoleName": "`+name+`", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
			"Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]},
			"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}},`, 1))
	}
}
