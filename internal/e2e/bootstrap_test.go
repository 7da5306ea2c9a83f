package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pipelines/roles/bootstrap makes policies once an account, bootstraps each region with them, and goes on where an account fails. The AWS
// CLI and npx are stand-ins, which write down what they are asked; the CDK CLI's own bootstrap is what the other tests run.
func TestBootstrapScript(t *testing.T) {
	t.Parallel()
	script, err := filepath.Abs(repo + "/pipelines/roles/bootstrap")
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir()
	calls := filepath.Join(path, "calls")
	for name, text := range map[string]string{
		"aws": `case "$*" in
*Query*|*"--query Arn"*) echo arn:aws:sts::111111111111:assumed-role/a/b;;
*"--query Account"*) echo 111111111111;;
*assume-role*333333333333*) echo AccessDenied >&2; exit 254;;
*assume-role*) echo "key of $*" | grep -o '[0-9]\{12\}' | sed 's/.*/& secret token/';;
*) echo "aws as ${AWS_ACCESS_KEY_ID:-itself}: $*" >> ` + calls + `;; esac`,
		"npx": `echo "npx as ${AWS_ACCESS_KEY_ID:-itself}: $*" >> ` + calls,
	} {
		if err := os.WriteFile(filepath.Join(path, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	template := filepath.Join(path, "accounts.json")
	if err := os.WriteFile(template, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (string, int) {
		cmd := exec.Command(script, args...)
		cmd.Env = append(slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "AWS_") }),
			"PATH="+path+":"+os.Getenv("PATH"))
		said, _ := cmd.CombinedOutput()
		return string(said), cmd.ProcessState.ExitCode()
	}
	said, code := run("111111111111", template, "111111111111/us-east-1", "222222222222/us-east-1", "333333333333/us-east-1",
		"222222222222/eu-west-1")
	if code != 1 || !strings.Contains(said, "error: not bootstrapped: 333333333333/us-east-1; the other places are") {
		t.Errorf("expected the account that failed and exit code 1, found %d:\n%s", code, said)
	}
	const deploy = "cloudformation deploy --region us-east-1 --stack-name sharedhub-permissions --template-file "
	const options = " --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset"
	const cdk = "--yes aws-cdk@2.1148.1 bootstrap aws://"
	const trust, policies = " --trust 111111111111 --trust-for-lookup 111111111111", " --cloudformation-execution-policies arn:aws:iam::"
	want := []string{
		"aws as itself: " + deploy + template + options,
		"npx as itself: " + cdk + "111111111111/us-east-1" + policies + "111111111111:policy/sharedhub-execution",
		"aws as 222222222222: " + deploy + template + options,
		"npx as 222222222222: " + cdk + "222222222222/us-east-1" + trust + policies + "222222222222:policy/sharedhub-execution",
		"npx as 222222222222: " + cdk + "222222222222/eu-west-1" + trust + policies + "222222222222:policy/sharedhub-execution",
	}
	b, err := os.ReadFile(calls)
	if got := strings.Split(strings.TrimSpace(string(b)), "\n"); err != nil || !slices.Equal(got, want) {
		t.Errorf("expected the calls\n%s\nfound\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
	}
	for _, c := range []struct {
		want string
		args []string
	}{
		{"pipelines/roles/bootstrap HUB-ACCOUNT", nil},
		{"expected the hub's account, 12 digits, found 1", []string{"1", template, "111111111111/us-east-1"}},
		{"expected ACCOUNT/REGION, found us-east-1", []string{"111111111111", template, "us-east-1"}},
		{"cannot read nothing", []string{"111111111111", "nothing", "111111111111/us-east-1"}},
	} {
		if said, code := run(c.args...); code != 2 || !strings.Contains(said, c.want) {
			t.Errorf("%v: expected %q and exit code 2, found %d:\n%s", c.args, c.want, code, said)
		}
	}
}
