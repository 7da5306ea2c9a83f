package scaffold

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestPipeline(t *testing.T) {
	for kind, want := range map[string]string{
		"github": ".github/actions/sharedhub/action.yml .github/workflows/deploy.yml .github/workflows/nightly.yml " +
			".github/workflows/pull-request.yml pipelines/roles/bootstrap pipelines/roles/github.yaml",
		"gitlab":       ".gitlab-ci.yml ci/deploy.yml ci/note.mjs pipelines/roles/bootstrap pipelines/roles/gitlab.yaml",
		"codepipeline": "pipelines/codepipeline/pipeline.yaml pipelines/roles/bootstrap",
	} {
		files, err := Pipeline(kind, os.DirFS("../.."))
		if got := strings.Join(slices.Sorted(maps.Keys(files)), " "); err != nil || got != want {
			t.Errorf("%s: expected %s, found %s, %v", kind, want, got, err)
		}
	}
}

// DRY_RUN=1 prints what the script of the roles would call, and calls nothing.
func TestBootstrapDryRun(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	path := t.TempDir()
	for _, name := range []string{"aws", "npx"} {
		if err := os.WriteFile(filepath.Join(path, name), []byte("#!/bin/sh\necho called >&2\nexit 1\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	template := filepath.Join(path, "accounts.json")
	if err := os.WriteFile(template, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bash, "../../pipelines/roles/bootstrap", "111111111111", template, "111111111111/us-gov-west-1",
		"222222222222/us-gov-west-1", "222222222222/us-gov-east-1")
	cmd.Env = append(os.Environ(), "DRY_RUN=1", "ROLE=", "PATH="+path+":"+os.Getenv("PATH"))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	said, err := cmd.Output()
	if err != nil || strings.Contains(stderr.String(), "called") {
		t.Errorf("%v:\n%s", err, stderr.String())
	}
	const deploy = "aws cloudformation deploy --region us-gov-west-1 --stack-name sharedhub-permissions --template-file "
	const options = " --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset\n"
	const assume = "aws sts assume-role --role-arn arn:aws-us-gov:iam::222222222222:role/OrganizationAccountAccessRole " +
		"--role-session-name bootstrap --query Credentials.\\[AccessKeyId\\,SecretAccessKey\\,SessionToken\\] --output text\n"
	const cdk = `(cd "$(mktemp -d)" && npx --yes aws-cdk@2.1148.1 bootstrap aws://`
	const trust = " --trust 111111111111 --trust-for-lookup 111111111111"
	const policy = " --cloudformation-execution-policies arn:aws-us-gov:iam::"
	want := deploy + template + options + cdk + "111111111111/us-gov-west-1" + policy + "111111111111:policy/sharedhub-execution)\n" +
		assume + deploy + template + options +
		cdk + "222222222222/us-gov-west-1" + trust + policy + "222222222222:policy/sharedhub-execution)\n" +
		assume + cdk + "222222222222/us-gov-east-1" + trust + policy + "222222222222:policy/sharedhub-execution)\n"
	if string(said) != want {
		t.Errorf("expected\n%sfound\n%s", want, said)
	}
}
