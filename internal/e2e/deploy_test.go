package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"sharedhub/internal/cli"
)

// stacksOfUse1 is held by whoever deploys a hub of that name: config/ and an example have one in the same account and region.
var stacksOfUse1 sync.Mutex

// Further examples deploy from nothing, as TestDocuments does config/ and the first. A second deployment changes nothing;
// the difference is empty and the live network as configured; destroyed, nothing of them is left. The second is like config/, in one
// account, and is deployed with OPERATIONS=all.
func TestExamples(t *testing.T) {
	t.Parallel()
	c := connect(t)
	place := func(region string, accounts ...string) (out []string) {
		for _, a := range accounts {
			out = append(out, a+"/"+region)
		}
		return out
	}
	second, third := farAccount, thirdAccount
	for _, s := range []struct {
		dir    string
		places []string
		stacks int
		method string
	}{
		{"examples/02-teams-and-segments", place("us-east-2", hubAccount), 13, "direct"},
		{"examples/03-many-accounts-profile", place("eu-west-1", hubAccount, second, third, own("444444444444"), own("555555555555")), 11,
			"direct"},
		{"examples/04-two-regions", append(place("us-east-1", hubAccount, second), place("eu-west-1", hubAccount, second)...), 12, "direct"},
		{"examples/05-regulated", place("us-east-1", hubAccount, second, third), 9, "direct"},
	} {
		t.Run(filepath.Base(s.dir), func(t *testing.T) {
			if strings.HasSuffix(s.dir, "02-teams-and-segments") && !everyRunbook {
				t.Skip("with OPERATIONS=all")
			}
			if strings.HasSuffix(s.dir, "04-two-regions") {
				stacksOfUse1.Lock()
				defer stacksOfUse1.Unlock()
			}
			at := newSite(t, c, filepath.Join(repo, s.dir), s.places...)
			at.flags = []string{"--method", s.method, "--concurrency", "8"}
			if changed := at.deploy(t); len(changed) != s.stacks {
				t.Errorf("%d stacks were deployed, and %d are meant: %v", len(changed), s.stacks, changed)
			}
			at.changes(t)
			at.same(t)
			at.leave(t)
		})
	}
}

// A hub in use is changed by the runbooks, and then grows in place: each step changes the stacks that docs/OPERATIONS.md names, and nothing
// that was there is another.
func TestGrowth(t *testing.T) {
	t.Parallel()
	c := connect(t)
	w := newWalker(t, c, "grown", "10.0.", "10.3.", "10.16.", "10.112.", "10.32.", "10.128.")
	c.bootstrap(t, thirdAccount+"/"+hubRegion)
	hub := "hubs/grown.yaml"
	w.files[hub] += "flowLogs: {to: cloudwatch, retentionDays: 30}\n"
	w.put(t, w.files)
	w.begin(t, "zones")
	walks := []string{"move", "leave"}
	if everyRunbook {
		walks = []string{"zones", "sizes", "range", "move", "endpoints", "leave"}
	}
	for _, name := range walks {
		w.walk(t, name)
	}

	s := w.site
	var all, goes []string // with the next step
	for _, st := range s.network(t).Stacks {
		all = append(all, st.Name)
	}
	step := func(name string, change func(), stacks ...string) {
		t.Helper()
		began, before := time.Now(), s.ids(t)
		change()
		s.changes(t, stacks...)
		s.same(t)
		kept(t, before, s.ids(t), goes...)
		goes = nil
		t.Logf("%s: %.1f s", name, time.Since(began).Seconds())
	}
	spoke := func(name, account, segment, cidr string) func() {
		return func() {
			s.write(t, "spokes/"+name+".yaml", fmt.Sprintf("hub: grown\naccount: %q\nsegment: %s\ncidr: %s\n", account, segment, cidr))
		}
	}
	step("tags", func() { s.edit(t, hub, "region:", "tags: {cost-center: \"4711\"}\nregion:") }, all...)
	tagged(t, s, "cost-center", "4711")
	step("a spoke in the hub's account", spoke("here", hubAccount, "prod", "10.112.4.0/22"), "grown-spoke-here", "grown-link-here",
		"grown-dns")
	step("a spoke in a new account", spoke("there", thirdAccount, "dev", "10.128.8.0/22"), "grown-spoke-there", "grown-link-there",
		"grown-dns-"+thirdAccount)
	step("a service", func() { s.edit(t, hub, "[sts,", "[kms, sts,") }, "grown-endpoints", "grown-dns", "grown-dns-"+farAccount,
		"grown-dns-"+thirdAccount)
	step("a policy", func() { s.edit(t, hub, "[kms,", "[{name: kms, policy: full-access},") }, "grown-endpoints")
	goes = []string{"grown-spoke-here/NetworkFlowLogGroup"} // out of the stack; the group itself stays
	step("flow logs of a spoke", func() {
		s.edit(t, hub, "[outsidePool]", "[outsidePool, flowLogs]")
		s.edit(t, "spokes/here.yaml", "segment:", "flowLogs: none\nsegment:")
	}, "grown-spoke-here")
	step("a segment with a pool", func() {
		s.edit(t, hub, "dev: [10.128.0.0/12]", "dev: [10.128.0.0/12], ops: [10.144.0.0/12]")
		s.edit(t, hub, "dev: {mesh: true}", "dev: {mesh: true}, ops: {reaches: [prod]}")
	}, "grown-network", "grown-endpoints", "grown-spoke-payments", "grown-spoke-here", "grown-spoke-orders", "grown-link-payments",
		"grown-link-here", "grown-link-orders")
	step("a spoke of it", spoke("watch", hubAccount, "ops", "10.144.0.0/22"), "grown-spoke-watch", "grown-link-watch", "grown-dns")

	// The last spoke of an account leaves, and its zones with it.
	goes = []string{"grown-dns-" + thirdAccount + "/"}
	step("detached", func() { s.edit(t, "spokes/there.yaml", "segment:", "state: detached\nsegment:") }, "grown-spoke-there",
		"grown-link-there", "grown-dns-"+thirdAccount)
	s.unprotect(t, thirdAccount, hubRegion, "grown-dns-"+thirdAccount)
	s.destroy(t, "grown-link-there", "grown-dns-"+thirdAccount, "grown-spoke-there")
	s.remove(t, "spokes/there.yaml")
	s.changes(t)
	s.same(t)
	reported(t, s)
	s.leave(t)
}

// reported wants evidence for an auditor of a live network that is as configured: who looked, and that all was seen.
func reported(t *testing.T, s *site) {
	t.Helper()
	said, code := s.sharedhub(t, "report", "--live", "--json", "--quiet", "--assembly", s.out)
	var r struct {
		Holds    bool
		Evidence struct{ Caller, Time string }
		Live     *struct{ Differences, Unseen []any }
	}
	if i := strings.Index(said, "{"); code != 0 || i < 0 || json.NewDecoder(strings.NewReader(said[i:])).Decode(&r) != nil {
		t.Fatalf("report --live ended with %d:\n%s", code, head(said))
	}
	if !r.Holds || r.Evidence.Caller == "" || r.Evidence.Time == "" || r.Live == nil || len(r.Live.Differences)+len(r.Live.Unseen) > 0 {
		t.Errorf("expected a live network that holds and nothing that differs, found %+v", r)
	}
}

// tagged wants a tag on the network's stack and on the hub's VPC: CloudFormation gives a stack's tags to what is in it.
func tagged(t *testing.T, s *site, key, value string) {
	t.Helper()
	cfg, has := sdk(t, hubAccount, hubRegion), map[string]string{}
	found, err := cloudformation.NewFromConfig(cfg).DescribeStacks(context.Background(), &cloudformation.DescribeStacksInput{
		StackName: aws.String("grown-network"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range found.Stacks[0].Tags {
		if aws.ToString(tag.Key) == key {
			has["the stack"] = aws.ToString(tag.Value)
		}
	}
	vpcs, err := ec2.NewFromConfig(cfg).DescribeVpcs(context.Background(), &ec2.DescribeVpcsInput{
		Filters: []ec2types.Filter{
			{Name: aws.String("tag:hub"), Values: []string{"grown"}}, {Name: aws.String("tag:" + key), Values: []string{value}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if has["the stack"] != value || len(vpcs.Vpcs) != 2 { // the hub's and the near spoke's
		t.Errorf("tag %s=%s is on the stack as %q, and on %d VPCs of the hub's account", key, value, has["the stack"], len(vpcs.Vpcs))
	}
}

// With a Profile, a further spoke is two new stacks, and nothing else changes; then changes by hand, as with zones.
func TestProfile(t *testing.T) {
	t.Parallel()
	c := connect(t)
	s := newSite(t, c, "testdata/profile", hubAccount+"/"+hubRegion, farAccount+"/"+hubRegion, thirdAccount+"/"+hubRegion)
	s.failsAtCreation(t, "profiled-profile", hubAccount)
	s.deploy(t)
	before := s.ids(t)
	s.write(t, "spokes/here.yaml", "hub: profiled\naccount: \""+hubAccount+"\"\nsegment: prod\ncidr: 10.48.4.0/22\n")
	s.changes(t, "profiled-spoke-here", "profiled-link-here")
	there := "hub: profiled\naccount: \"" + thirdAccount + "\"\nsegment: dev\ncidr: 10.64.8.0/22\n"
	s.write(t, "spokes/there.yaml", there)
	s.changes(t, "profiled-spoke-there", "profiled-link-there")
	s.edit(t, "hubs/profiled.yaml", "[sts, ssm, s3]", "[sts, ssm, s3, kms]")
	s.changes(t, "profiled-endpoints", "profiled-profile")
	s.same(t)
	kept(t, before, s.ids(t))
	s.write(t, "spokes/there.yaml", there+"state: detached\n")
	s.changes(t, "profiled-spoke-there", "profiled-link-there")
	s.destroy(t, "profiled-link-there", "profiled-spoke-there")
	s.remove(t, "spokes/there.yaml")
	s.changes(t)
	s.same(t)
	drifts(t, s, "10.48.0.0/22", "10.64.0.0/22", profiledDrifts)
	s.end(t)
}

// 20 spokes in three accounts, by eight at a time; the CLI is killed on the way and run again; two spokes are then added
// by two pipelines at once. verify's calls grow with accounts and pages, but for what AWS tells one at a time.
func TestTwentySpokes(t *testing.T) {
	t.Parallel()
	if !everyRunbook {
		t.Skip("with OPERATIONS=all: CI has no time for it")
	}
	c := connect(t)
	accounts := []string{hubAccount, farAccount, thirdAccount}
	s := newSite(t, c, "testdata/zones", hubAccount+"/"+hubRegion, farAccount+"/"+hubRegion, thirdAccount+"/"+hubRegion)
	rename(t, s, "zoned", "many", "10.0.", "10.5.", "10.16.", "10.192.", "10.32.", "10.208.")
	for _, f := range []string{"near", "far", "further"} {
		s.remove(t, "spokes/"+f+".yaml")
	}
	spoke := func(name string, i int) {
		s.write(t, "spokes/"+name+".yaml", fmt.Sprintf("hub: many\naccount: %q\nsegment: prod\ncidr: 10.192.%d.0/22\n", accounts[i%3], 4*i))
	}
	for i := range 20 {
		spoke(fmt.Sprintf("team%02d", i), i)
	}
	cmd := exec.Command(s.cdk, slices.Concat([]string{"deploy", "--all", "--require-approval", "never", "--ci", "--no-color"}, s.flags,
		s.app())...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = t.TempDir(), append(os.Environ(), s.env...), &syscall.SysProcAttr{Setpgid: true}
	said, err := cmd.StderrPipe() // where the CLI says what it does
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = cmd.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if deployed.MatchString(lines.Text()) { // the first stack is there, and most are not
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			break
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the deployment was over before it could be killed")
	}
	if out, code := s.sharedhub(t, "verify"); code != 1 || !strings.Contains(out, "is not deployed") {
		t.Errorf("half deployed, verify ended with %d:\n%s", code, head(out))
	}
	s.deploy(t)
	s.same(t)

	began := time.Now()
	out, code := s.sharedhub(t, "verify", "--json", "--assembly", s.out)
	v := verification(t, out)
	t.Logf("verify of 20 spokes in 3 accounts: %v, %.1f s, %v", v.Holds, time.Since(began).Seconds(), v.Calls)
	single, pages := 0, 0
	for call, n := range v.Calls {
		switch call {
		case "EC2:DescribeVpcAttribute", "Route 53:ListHostedZonesByVPC", "Route 53:GetHostedZone", "Route 53:ListResourceRecordSets":
			single += n
		default:
			pages += n
		}
	}
	zones := len(s.network(t).HostedZones)
	if code != 0 || single != 21*3+zones*2 || pages > 24*len(accounts)+10 {
		t.Errorf("verify ended with %d, and made %d calls for 21 VPCs and %d zones, and %d others", code, single, zones, pages)
	}

	// Two pipelines, each with a checkout of its own.
	spoke("team20", 20)
	other := &site{cloud: s.cloud, dir: filepath.Join(t.TempDir(), "config"), out: t.TempDir(), flags: s.flags}
	if err := os.CopyFS(other.dir, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	s.remove(t, "spokes/team20.yaml")
	spoke("team21", 21)
	results := make(chan string, 2)
	for at, name := range map[*site]string{s: "team21", other: "team20"} {
		go func() {
			out, err := at.try(t, "many-spoke-"+name, "many-link-"+name, "--exclusively")
			if err != nil {
				out = "failed: " + tail(out)
			} else {
				out = ""
			}
			results <- out
		}()
	}
	for range 2 {
		if r := <-results; r != "" {
			t.Error(r)
		}
	}
	spoke("team20", 20)
	s.changes(t, "many-dns-"+accounts[2], "many-dns")
	s.same(t)
	s.leave(t)
}

func verification(t *testing.T, out string) cli.Verification {
	t.Helper()
	var v cli.Verification
	if err := json.Unmarshal([]byte(out[strings.Index(out, "\n{")+1:strings.LastIndex(out, "}")+1]), &v); err != nil {
		t.Fatalf("%v\n%s", err, head(out))
	}
	return v
}
