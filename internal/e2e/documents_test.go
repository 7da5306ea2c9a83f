package e2e

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documents whose every command a test runs, word for word.
var documents = []string{"README.md", "docs/DEPLOYING.md", "docs/OPERATIONS.md"}

// notRun are the commands of the documents that no test runs, and why.
var notRun = map[string]string{
	"go test ./...": "it is what runs this test",
	"cd internal/e2e/testdata && npm ci && cd ..":                "what installs the CDK CLI that this test needs",
	"npx --yes aws-cdk@2.1148.1 deploy use1-network":             "TestInvitations runs it",
	"aws ram accept-resource-share-invitation":                   "likewise",
	"npx --yes aws-cdk@2.1148.1 deploy 'use1-*' --require-appro": "likewise",
	"SHAREDHUB_E2E_ACCOUNTS=":                                    "needs an organization",
	"aws ram enable-sharing-with-aws-organization":               "needs a management account; the emulator has no such setting",
	"aws s3api put-bucket-policy":                                "needs a bucket; TestScripts of internal/cli has the policy",
	"go run . policy flow-logs my-flow-logs":                     "likewise, for config/ names no bucket",
	"cdk rollback <stack>":                                       "the page says that it was not run",
	"cdk deploy --revert-drift":                                  "the page says not to run it",
	"cdk diff":                                                   "named only; the command itself stands at the top of the page",
	"cdk destroy":                                                "likewise, for what it answers where a file went first",
	"go run . import vpc-…":                                      "TestExisting imports a VPC, with OPERATIONS=all",
	"aws ec2 allocate-ipam-po":                                   "the emulator has no IPAM",
	"go run . explain FROM TO":                                   "run with names, as the README's samples",
}

var (
	fence = regexp.MustCompile("(?ms)^ *```(\\w*)\n(.*?)^ *```")
	span  = regexp.MustCompile("`((?:go run \\.|npx |aws |cdk |go test)[^`]*)`")
	note  = regexp.MustCompile(`(^|\s+)# .*$`)
)

// commands are those of a document: of its sh blocks, of samples after "$ ", and of code in sentences.
func commands(t *testing.T, page string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(repo, page))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	var out []string
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		open := "" // of a command of several lines
		for line := range strings.Lines(m[2]) {
			line = note.ReplaceAllString(strings.TrimRight(line, "\n"), "")
			sample, isSample := strings.CutPrefix(line, "$ ")
			switch {
			case isSample:
				out = append(out, sample)
			case m[1] != "sh" || strings.TrimSpace(line) == "":
			default:
				open += strings.TrimSpace(line)
				if before, more := strings.CutSuffix(open, `\`); more {
					open = strings.TrimSpace(before) + " "
				} else if strings.HasPrefix(open, "for ") && !strings.HasSuffix(open, "done") {
					open += "\n"
				} else {
					out, open = append(out, open), ""
				}
			}
		}
	}
	for _, m := range span.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		out = append(out, m[1])
	}
	return out
}

// theCommand is the one command of the documents that contains a text.
func theCommand(t *testing.T, part string) string {
	t.Helper()
	found := map[string]bool{}
	for _, page := range documents {
		for _, c := range commands(t, page) {
			if strings.Contains(c, part) {
				found[c] = true
			}
		}
	}
	if len(found) != 1 {
		t.Fatalf("expected one command with %q in the documents, found %q", part, slices.Sorted(maps.Keys(found)))
	}
	return slices.Collect(maps.Keys(found))[0]
}

// reader follows the documents in a folder of its own, which has what a checkout has: config, examples, cdk.json. Programs go
// by the names that the documents use: npx runs the pinned CLI, go run . the program.
type reader struct {
	*cloud
	dir, path string
	ran       map[string]bool
}

func newReader(t *testing.T, c *cloud) *reader {
	t.Helper()
	r := &reader{cloud: c, dir: t.TempDir(), path: t.TempDir(), ran: map[string]bool{}}
	for name, script := range map[string]string{
		"npx": `[ "$1 $2" = "--yes aws-cdk@2.1148.1" ] || { echo "npx $*: not the pinned CLI" >&2; exit 9; }; shift 2; exec ` + c.cdk + ` "$@"`,
		"go":  `[ "$1 $2" = "run ." ] || { echo "go $*: not expected here" >&2; exit 9; }; shift 2; exec ` + c.program + ` "$@"`,
	} {
		if err := os.WriteFile(filepath.Join(r.path, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"config", "examples"} {
		from := os.DirFS(filepath.Join(repo, dir))
		if err := os.CopyFS(filepath.Join(r.dir, dir), from); err != nil {
			t.Fatal(err)
		}
	}
	app, err := os.ReadFile(filepath.Join(repo, "cdk.json"))
	if err == nil {
		err = os.WriteFile(filepath.Join(r.dir, "cdk.json"), app, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"config", "examples/01-one-spoke"} {
		files, _ := filepath.Glob(filepath.Join(r.dir, dir, "*", "*"))
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err == nil {
				err = os.WriteFile(f, []byte(own(string(b))), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return r
}

// run runs the documents' command with a text in it, with placeholders replaced, and wants it to succeed.
func (r *reader) run(t *testing.T, part string, replace ...string) string {
	t.Helper()
	command := theCommand(t, part)
	r.ran[command] = true
	return r.shell(t, strings.NewReplacer(replace...).Replace(command))
}

// shell runs a command as a reader would, without a terminal.
func (r *reader) shell(t *testing.T, command string) string {
	t.Helper()
	cmd := exec.Command("bash", "-ec", own(command))
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), slices.Concat(r.env, []string{"PATH=" + r.path + ":" + os.Getenv("PATH"), "CI=true", "NO_COLOR=1"})...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s\n%v\n%s", command, err, tail(string(out)))
	}
	return string(out)
}

func (r *reader) edit(t *testing.T, file string, change func(string) string) {
	t.Helper()
	name := filepath.Join(r.dir, file)
	b, err := os.ReadFile(name)
	if err == nil {
		err = os.WriteFile(name, []byte(change(string(b))), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A reader who follows README, DEPLOYING and OPERATIONS word for word gets what they promise: the configuration is deployed,
// verified, loses a spoke and is removed, and so does the sandbox. Every command of the documents is run, or listed with why not.
func TestDocuments(t *testing.T) {
	t.Parallel()
	c := connect(t)
	c.bootstrap(t, hubAccount+"/"+hubRegion, farAccount+"/"+hubRegion, thirdAccount+"/"+hubRegion)
	r := newReader(t, c)
	for _, account := range []string{"111111111111", "222222222222"} {
		r.ran[bootstrapCommand(t, account)] = true
	}
	r.look(t)
	r.spokes(t)
	func() { // no longer than needed: others wait for it
		stacksOfUse1.Lock()
		defer stacksOfUse1.Unlock()
		r.site(t)
	}()
	r.sandbox(t)
	for _, page := range documents {
		for _, command := range commands(t, page) {
			known := r.ran[command]
			for not := range notRun {
				known = known || strings.HasPrefix(command, not)
			}
			if !known {
				t.Errorf("%s: nothing runs\n%s", page, command)
			}
		}
	}
}

// exactly is run of a whole command.
func (r *reader) exactly(t *testing.T, command string, replace ...string) string {
	t.Helper()
	for _, page := range documents {
		if slices.Contains(commands(t, page), command) {
			r.ran[command] = true
			return r.shell(t, strings.NewReplacer(replace...).Replace(command))
		}
	}
	t.Fatalf("no document has %q", command)
	return ""
}

// look runs what needs no deployment.
func (r *reader) look(t *testing.T) {
	t.Helper()
	contains(t, r.exactly(t, "go run ."), "proved in")
	contains(t, r.exactly(t, "go run . explain payments-prod ecr.dkr"), "reaches it, as configured")
	contains(t, r.exactly(t, "go run . explain payments-prod orders-prod"), "does not reach it, as configured")
	contains(t, r.exactly(t, "go run . catalog show ecr.dkr"), "*.dkr.ecr.us-east-1.amazonaws.com")
	contains(t, r.exactly(t, "go run . graph"), "<svg")
	contains(t, r.exactly(t, "go run . cost"), "the same workload otherwise")
	contains(t, r.exactly(t, "go run . catalog refresh"), "commit it with your configuration")
	if err := os.RemoveAll(filepath.Join(r.dir, "config/catalog")); err != nil { // the emulator's services are not AWS's
		t.Fatal(err)
	}
	contains(t, r.exactly(t, "go run . synth --config DIR --out DIR", "--config DIR", "--config config", "--out DIR", "--out other"),
		"proved in")
	contains(t, r.exactly(t, "go run . reach"), "who reaches whom")
	contains(t, r.exactly(t, "go run . stacks"), "use1-dns-222222222222\n")
	contains(t, r.exactly(t, "go run . reach --assembly DIR", "DIR", "other"), "payments-prod")
	contains(t, r.exactly(t, "go run . prove --config COPY", "COPY", "config"), "proved in")
	r.shell(t, "git init -q -b main && git add config && git -c user.name=a -c user.email=a@example.com commit -qm one")
	contains(t, r.exactly(t, "go run . stacks --changed-since origin/main", "origin/main", "HEAD"), "no stack changes since HEAD")
	contains(t, r.exactly(t, "go run . plan"), "nothing changes since main")
	contains(t, r.exactly(t, "go run . prove --since <base>", "<base>", "HEAD"), "opens nothing")
	contains(t, r.exactly(t, "go run . stacks --changed-since HEAD~1 --deploy", "HEAD~1", "HEAD"), "no stack changes since HEAD")
	contains(t, r.exactly(t, "go run . verify --policy"), "ec2:DescribeVpcs")
	contains(t, r.exactly(t, "go run . permissions --role execution"), "cloudformation:DescribeStacks")
	contains(t, r.exactly(t, "go run . policy flow-logs"), "no flow logs go to S3")
	contains(t, r.run(t, "policy bucket my-data"), "aws:VpceOrgID")
	contains(t, r.exactly(t, "go run . docs"), "docs/OPERATIONS.md")
	// The same with the program alone, in a folder that has nothing but a configuration and a cdk.json of one line.
	alone := *r
	alone.dir = t.TempDir()
	for _, from := range []string{r.program, filepath.Join(r.dir, "config")} {
		if out, err := exec.Command("cp", "-r", from, alone.dir).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(alone.dir, "cdk.json"), []byte(`{"app": "sharedhub"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	alone.path = alone.dir + ":" + r.path
	contains(t, alone.shell(t, "npx --yes aws-cdk@2.1148.1 list"), "use1-network")
	contains(t, alone.shell(t, "sharedhub docs examples/01-one-spoke"), "hubs/lab.yaml")
}

// site deploys config/, takes a spoke away and removes the hub.
func (r *reader) site(t *testing.T) {
	t.Helper()
	contains(t, r.exactly(t, "npx --yes aws-cdk@2.1148.1 diff 'use1-*'"), "Number of stacks with differences: 13")
	contains(t, r.exactly(t, "go run . preflight", "preflight", "preflight || true"), "account/regions") // other tests' VPCs are in its way
	const deploy = "npx --yes aws-cdk@2.1148.1 deploy 'use1-*' --concurrency 8 --require-approval never"
	if changed := changedStacks(r.exactly(t, deploy)); len(changed) != 13 {
		t.Errorf("%d stacks were deployed, and 13 are meant: %v", len(changed), changed)
	}
	contains(t, r.exactly(t, "go run . verify --hub use1"), "as configured")
	r.closeDefaultGroup(t, "use1")
	contains(t, r.exactly(t, "go run . unstick"), "no stack is stuck")
	contains(t, r.exactly(t, "go run . unstick --yes"), "no stack is stuck")

	r.edit(t, "config/spokes/payments-prod.yaml", func(s string) string { return s + "state: detached\n" })
	r.exactly(t, deploy)
	r.run(t, "destroy --force --exclusively use1-link-payments-prod")
	if err := os.Remove(filepath.Join(r.dir, "config/spokes/payments-prod.yaml")); err != nil {
		t.Fatal(err)
	}
	contains(t, r.exactly(t, "go run . verify"), "as configured: 3 spokes") // with the zones of its account, which serve another

	r.run(t, "starts_with(StackName, 'use1-')")
	s := &site{cloud: r.cloud}
	for _, account := range []string{farAccount, thirdAccount} {
		s.unprotect(t, account, hubRegion, "use1-dns-"+account)
	}
	r.run(t, "destroy 'use1-*'")
	for _, account := range []string{hubAccount, farAccount, thirdAccount} {
		s.nothingLeft(t, context.Background(), account, hubRegion, "use1")
	}
}

// closeDefaultGroup takes the rules of the default security group of a VPC in the hub's account away.
func (r *reader) closeDefaultGroup(t *testing.T, vpc string) {
	t.Helper()
	const query = `aws ec2 describe-security-groups --filters Name=group-name,Values=default --output text --query SecurityGroups[].GroupId \
		--filters Name=group-name,Values=default Name=vpc-id,Values=$(aws ec2 describe-vpcs --filters Name=tag:Name,Values=%s --output text \
		--query Vpcs[].VpcId)`
	group := strings.TrimSpace(r.shell(t, fmt.Sprintf(query, vpc)))
	r.run(t, "for side in ingress egress", "sg-0123456789abcdef0", group)
	left := `aws ec2 describe-security-group-rules --filters Name=group-id,Values=` + group + ` --output text --query SecurityGroupRules`
	if said := strings.TrimSpace(r.shell(t, left)); said != "" {
		t.Errorf("the default group %s still has rules:\n%s", group, said)
	}
}

// sandbox tries the program in one account.
func (r *reader) sandbox(t *testing.T) {
	t.Helper()
	r.run(t, "cp -r examples/01-one-spoke")
	r.run(t, `cd "$(mktemp -d)"`, "<account>", "111111111111")
	r.run(t, "deploy 'lab-*'")
	contains(t, r.run(t, "verify --config my-config"), "as configured: 1 spoke × 3 endpoints")
	r.run(t, "for s in network")
	r.run(t, "destroy 'lab-*'")
	(&site{cloud: r.cloud}).nothingLeft(t, context.Background(), hubAccount, hubRegion, "lab")
}

func contains(t *testing.T, said, want string) {
	t.Helper()
	if !strings.Contains(said, want) {
		t.Errorf("expected %q in\n%s", want, tail(said))
	}
}

// bootstrapCommand is the documents' command to bootstrap an account: the hub's, or a spoke's.
func bootstrapCommand(t *testing.T, account string) string {
	t.Helper()
	return theCommand(t, fmt.Sprintf("bootstrap aws://%s/", account))
}
