package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// project is a team's repository with the pipelines of pipelines/github.
type project struct {
	*site
	*runner
	git string // the work tree; the site's folder is its config
}

func newProject(t *testing.T, c *cloud) *project {
	t.Helper()
	git, path := t.TempDir(), t.TempDir()
	modules, err := filepath.Abs("testdata/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	for name, script := range map[string]string{
		// The program dies at its work, or at its end where that takes less, where the file "die-COMMAND" is there.
		"sharedhub": `[ -e ` + path + `/die-"$1" ] || exec ` + c.program + ` "$@"; rm ` + path + `/die-"$1"; ` + c.program +
			` "$@" & sleep 0.1; kill -9 $!; exit 137`,
		// npm ci installs what package-lock.json names, and that is here.
		"npm": `[ "$*" = "ci --ignore-scripts --no-audit --no-fund" ] && mkdir node_modules node_modules/.bin && ln -s ` + path +
			`/cli node_modules/.bin/cdk`,
		// A deployment dies before its second wave, the program too, where the file "die-wave" is there.
		"cli": `case "$*" in *network*) ;; *) [ ! -e ` + path + `/die-wave ] || { rm ` + path + `/die-wave; kill -9 $PPID $$; };; esac; exec ` +
			modules + `/.bin/cdk "$@"`,
	} {
		if err := os.WriteFile(filepath.Join(path, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p := &project{&site{cloud: c, dir: filepath.Join(git, "config"), out: t.TempDir()},
		&runner{t: t, remote: git, path: path, home: t.TempDir()}, git}
	p.runner.env = c.env
	p.vars = map[string]string{"SHAREDHUB_DEPLOY_ROLE": "deploy", "SHAREDHUB_READ_ROLE": "read", "SHAREDHUB_REGION": hubRegion}
	p.approve = func(environment string) bool { return environment != "sharedhub-destructive" }
	if err := os.CopyFS(git, os.DirFS(filepath.Join(repo, "pipelines/github"))); err != nil {
		t.Fatal(err)
	}
	p.sh(t, "git init --quiet --initial-branch main && git config user.name e2e && git config user.email e2e@example.com && "+
		"printf 'cdk.out\nnode_modules\n' > .gitignore && echo '{\"app\": \"sharedhub\"}' > cdk.json")
	return p
}

// pipelineHub is the hub that the tests of pipelines deploy or ask for.
const pipelineHub = `account: "111111111111"
region: us-east-1
organization: {id: o-a1b2c3d4e5}
vpc: {cidr: 10.0.0.0/20, zones: 2}
pools: {prod: [10.200.0.0/16]}
segments: {prod: {}}
endpoints: {services: [sqs]}
`

func (p *project) sh(t *testing.T, command string) string {
	t.Helper()
	cmd := exec.Command("bash", "-ec", command)
	cmd.Dir = p.git
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return strings.TrimSpace(string(out))
}

// push commits what changed to main, and gives the run of deploy.yml that follows.
func (p *project) push(t *testing.T, subject string) *execution {
	t.Helper()
	before := p.sh(t, "git rev-parse --quiet --verify HEAD || echo 0000000000000000000000000000000000000000")
	p.sh(t, "git add -A && git commit --quiet --message '"+subject+"'")
	p.event = map[string]string{"github.ref_name": "main", "github.event.before": before, "github.run_id": "1"}
	return p.start("deploy.yml")
}

func (p *project) spoke(t *testing.T, name, account string, n int, more string) {
	t.Helper()
	p.write(t, "spokes/"+name+".yaml", fmt.Sprintf("hub: pipe\naccount: %q\nsegment: prod\ncidr: 10.200.%d.0/22\n%s", account, 4*n, more))
}

// A team's repository from its first deployment on: a pull request, its merge, a deployment that dies and is run again, one
// that another assembly was slipped into, an account that is not ready, a change by hand, and a spoke that leaves.
func TestPipelines(t *testing.T) {
	t.Parallel()
	c := connect(t)
	c.bootstrap(t, hubAccount+"/"+hubRegion, farAccount+"/"+hubRegion)
	p := newProject(t, c)
	p.write(t, "hubs/pipe.yaml", own(pipelineHub))
	p.spoke(t, "one", farAccount, 0, "")

	// The run dies in each stage, and is run again as it is. CI has time for two of them.
	first := p.push(t, "a hub and a spoke")
	build, deploy := []string{"digest"}, []string{"wave"}
	if everyRunbook {
		build, deploy = []string{"synth", "digest"}, []string{"deploy", "wave", "verify"}
	}
	p.dies(t, first, "build", build...)
	p.dies(t, first, "deploy", deploy...)
	if !first.run() {
		t.Fatalf("run again: %v\n%s", first.results, tail(first.said))
	}
	contains(t, first.said, "as configured: 1 spoke")

	p.pullRequest(t)
	p.slipped(t)
	p.gitlab(t)
	if everyRunbook {
		p.codebuild(t)
	}
	p.notReady(t)
	p.byHand(t)
	p.leave(t)
}

// dies wants a job to fail where each of these commands dies at its work; "wave" is the deployment between two waves.
func (p *project) dies(t *testing.T, x *execution, job string, commands ...string) {
	t.Helper()
	for _, c := range commands {
		mark := filepath.Join(p.path, "die-"+c)
		if err := os.WriteFile(mark, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if x.run() || x.results[job] != "failure" {
			t.Errorf("%s died, and the jobs ended so: %v\n%s", c, x.results, tail(x.said))
		}
		if _, err := os.Stat(mark); err == nil {
			t.Errorf("%s was to die, and was not run", c)
		}
	}
}

// pullRequest adds a spoke on a branch. Each push updates one comment.
func (p *project) pullRequest(t *testing.T) {
	t.Helper()
	base := p.sh(t, "git rev-parse HEAD && git switch --quiet --create two")
	for _, cidr := range []int{1, 2} {
		p.spoke(t, "two", farAccount, cidr, "")
		p.sh(t, "git add -A && git commit --quiet --message two")
		p.event = map[string]string{"github.ref_name": "two", "github.event.pull_request.base.sha": base,
			"github.event.pull_request.head.repo.full_name": "o/r", "github.repository": "o/r"}
		x := p.start("pull-request.yml")
		if everyRunbook && cidr == 1 {
			p.dies(t, x, "plan", "check", "plan")
		}
		if !x.run() {
			t.Fatalf("pull request: %s", tail(x.said))
		}
		contains(t, x.summary, "pipe-spoke-two")
		contains(t, x.summary, fmt.Sprintf("10.200.%d.0/22", 4*cidr))
	}
	if got := strings.Join(p.calls, ", "); got != "create 7, update 1" {
		t.Errorf("the comment of two pushes: %s", got)
	}
	// A fork's has no token to write with: the summary holds the plan.
	p.event["github.event.pull_request.head.repo.full_name"], p.calls = "stranger/r", nil
	if x := p.start("pull-request.yml"); !x.run() || p.calls != nil {
		t.Errorf("a fork's pull request: %v, %v\n%s", x.results, p.calls, tail(x.said))
	}
	// A mistake is an annotation of its line.
	p.spoke(t, "two", farAccount, 0, "")
	p.sh(t, "git commit --quiet --all --message wrong")
	x := p.start("pull-request.yml")
	if x.run() {
		t.Error("a pull request with overlapping ranges is fine")
	}
	contains(t, x.said, "::error file=config/spokes/")
	p.sh(t, "git switch --quiet main && git branch --quiet --delete --force two")
}

// slipped changes the assembly between build and deployment.
func (p *project) slipped(t *testing.T) {
	t.Helper()
	p.spoke(t, "two", farAccount, 1, "")
	x := p.push(t, "spoke two")
	p.before = func(job, step, dir string) {
		if job == "deploy" && step == "deploy" {
			file := filepath.Join(dir, "cdk.out/pipe-spoke-two.template.json")
			if err := os.WriteFile(file, []byte("{}"), 0o644); err != nil {
				t.Error(err)
			}
		}
	}
	if x.run() {
		t.Error("an assembly that was changed after its proof was deployed")
	}
	p.before = nil
	contains(t, x.said, "is not the assembly that was proved")
	if !x.run() {
		t.Errorf("run again: %s", tail(x.said))
	}
	contains(t, x.said, "as configured: 2 spokes")
}

// notReady adds a spoke in an account that was not bootstrapped, and one in an account that was.
func (p *project) notReady(t *testing.T) {
	t.Helper()
	const stranger = "777777777777"
	p.spoke(t, "far", stranger, 2, "")
	p.spoke(t, "near", hubAccount, 3, "")
	x := p.push(t, "two spokes, one of them in a new account")
	if x.run() {
		t.Error("an account that is not bootstrapped was deployed to")
	}
	contains(t, x.said, stranger) // as preflight names it
	contains(t, x.said, "error: stack pipe-spoke-far was not deployed")
	contains(t, x.said, "not tried, since pipe-spoke-far failed: ")
	contains(t, x.said, "✅  pipe-link-near")
	p.remove(t, "spokes/far.yaml")
	x = p.push(t, "without the new account")
	p.approve = func(string) bool { return true } // plan does not know that the spoke was never deployed
	if !x.run() || x.results["approve"] != "success" {
		t.Errorf("without it: %v\n%s", x.results, tail(x.said))
	}
}

// byHand opens the endpoints to everybody; the night sees it, and is content once it is undone.
func (p *project) byHand(t *testing.T) {
	t.Helper()
	client := ec2.NewFromConfig(sdk(t, hubAccount, hubRegion))
	groups, err := client.DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{Filters: []ec2types.Filter{
		{Name: aws.String("tag:aws:cloudformation:stack-name"), Values: []string{"pipe-endpoints"}}}})
	if err != nil || len(groups.SecurityGroups) == 0 {
		t.Fatalf("%v, %v", groups, err)
	}
	rule := []ec2types.IpPermission{{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(443), ToPort: aws.Int32(443),
		IpRanges: []ec2types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}}}}
	group := groups.SecurityGroups[0].GroupId
	_, err = client.AuthorizeSecurityGroupIngress(t.Context(), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: group, IpPermissions: rule})
	if err != nil {
		t.Fatal(err)
	}
	p.event = map[string]string{"github.ref_name": "main", "github.run_id": "2"}
	night := p.start("nightly.yml")
	delete(night.w.Jobs, "refresh") // which TestNightlyRefresh runs
	if night.run() {
		t.Error("the night did not see 0.0.0.0/0")
	}
	contains(t, night.said, "0.0.0.0/0")
	_, err = client.RevokeSecurityGroupIngress(t.Context(), &ec2.RevokeSecurityGroupIngressInput{GroupId: group, IpPermissions: rule})
	if err != nil {
		t.Fatal(err)
	}
	if !night.run() {
		t.Errorf("undone: %s", tail(night.said))
	}
}

// leave takes a spoke away in two steps; the second names what it deletes, and waits for a person.
func (p *project) leave(t *testing.T) {
	t.Helper()
	p.spoke(t, "two", farAccount, 1, "state: detached\n")
	x := p.push(t, "two leaves")
	p.approve = func(string) bool { return true }
	if !x.run() {
		t.Errorf("detached: %v\n%s", x.results, tail(x.said))
	}
	p.approve = func(environment string) bool { return environment != "sharedhub-destructive" }
	p.remove(t, "spokes/two.yaml")
	x = p.push(t, "two is gone")
	if x.run() || x.results["deploy"] != "skipped" {
		t.Errorf("a deletion was deployed without approval: %v", x.results)
	}
	p.approve = func(string) bool { return true }
	x.run() // verify lists the stacks that are to be destroyed by hand
	if x.results["approve"] != "success" {
		t.Errorf("approved: %v\n%s", x.results, tail(x.said))
	}
	contains(t, x.said, "stack-extra")
}

// The GitLab pipelines keep GitLab's schema, which gitlab-ci-local brings (its "$id" is https://gitlab.com/.gitlab-ci.yml). TestPipelines
// runs their jobs.
func TestGitLab(t *testing.T) {
	t.Parallel()
	c := connect(t)
	local, err := filepath.Abs("testdata/node_modules/.bin/gitlab-ci-local")
	if err != nil {
		t.Fatal(err)
	}
	dir, path := t.TempDir(), t.TempDir()
	if err := os.Symlink(c.program, filepath.Join(path, "sharedhub")); err != nil {
		t.Fatal(err)
	}
	for to, from := range map[string]string{".": "pipelines/gitlab", "config": "examples/01-one-spoke"} {
		if err := os.CopyFS(filepath.Join(dir, to), os.DirFS(filepath.Join(repo, from))); err != nil {
			t.Fatal(err)
		}
	}
	run := func(command string) string {
		t.Helper()
		cmd := exec.Command("bash", "-ec", command)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+path+":"+os.Getenv("PATH"), "HOME="+path)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", command, err, tail(string(out)))
		}
		return string(out)
	}
	run("git init --quiet --initial-branch main && git config user.name e2e && git config user.email e2e@example.com && " +
		"git remote add origin git@gitlab.com:network/hub.git && git add -A && git commit --quiet --message one && " +
		"git update-ref refs/remotes/origin/main HEAD && git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main")
	for _, source := range []string{"push", "merge_request_event", "schedule"} {
		contains(t, run(local+" --list --force-shell-executor --ignore-predefined-vars CI_PIPELINE_SOURCE --variable CI_PIPELINE_SOURCE="+
			source), "json schema validated")
	}
	// As the job build writes it.
	run(`sed -e "s/WHEN/manual/" -e "s/DIGEST/sha256:00/" ci/deploy.yml > deploy.yml`)
	contains(t, run(local+" --list --force-shell-executor --file deploy.yml --variable PARENT_PIPELINE_ID=1"), "json schema validated")
	contains(t, run("sharedhub check --gitlab"), "[]")
}
