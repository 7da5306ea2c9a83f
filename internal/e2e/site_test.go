package e2e

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/route53profiles"
	profiletypes "github.com/aws/aws-sdk-go-v2/service/route53profiles/types"

	"sharedhub/internal/assembly"
	"sharedhub/internal/topology"
)

// site is a configuration and what was deployed of it.
type site struct {
	*cloud
	dir, out string
	flags    []string // of deploy
}

// newSite copies a configuration to change it, and bootstraps its accounts.
func newSite(t *testing.T, c *cloud, from string, places ...string) *site {
	t.Helper()
	s := &site{
		cloud: c, dir: filepath.Join(t.TempDir(), "config"), out: t.TempDir(), flags: []string{"--method", "direct", "--concurrency", "8"},
	}
	err := fs.WalkDir(os.DirFS(from), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(from, path))
		s.write(t, path, own(string(b)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c.bootstrap(t, places...)
	return s
}

func (s *site) write(t *testing.T, file, text string) {
	t.Helper()
	name := filepath.Join(s.dir, file)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// edit replaces text that must be there.
func (s *site) edit(t *testing.T, file, old, new string) {
	t.Helper()
	text := s.read(t, file)
	if !strings.Contains(text, old) {
		t.Fatalf("%s does not hold %q", file, old)
	}
	s.write(t, file, strings.Replace(text, old, new, 1))
}

func (s *site) remove(t *testing.T, file string) {
	t.Helper()
	if err := os.Remove(filepath.Join(s.dir, file)); err != nil {
		t.Fatal(err)
	}
}

// app is the arguments that name the configuration, to be synthesised.
func (s *site) app() []string { return []string{"-a", s.program, "-c", "config=" + s.dir, "-o", s.out} }

// synthesised is the arguments that name what the last deployment synthesised.
func (s *site) synthesised() []string { return []string{"-a", s.out} }

var deployed = regexp.MustCompile(`(?m)✅ +(\S+)`)

// try deploys, and returns what the CLI says.
func (s *site) try(t *testing.T, args ...string) (string, error) {
	t.Helper()
	if len(args) == 0 {
		args = []string{"--all"}
	}
	return s.run(t, s.env, slices.Concat([]string{"deploy", "--require-approval", "never"}, args, s.flags, s.app())...)
}

// deploy deploys all stacks, or those named, and returns those that changed.
func (s *site) deploy(t *testing.T, args ...string) []string {
	t.Helper()
	said, err := s.try(t, args...)
	if err != nil {
		t.Fatalf("deploy: %v\n%s", err, tail(said))
	}
	return changedStacks(said)
}

func changedStacks(said string) []string {
	var out []string
	for _, m := range deployed.FindAllStringSubmatch(said, -1) {
		if !strings.Contains(said, m[1]+" (no changes)") {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// changes deploys, and wants exactly these stacks to change.
func (s *site) changes(t *testing.T, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := s.deploy(t); !slices.Equal(got, want) {
		t.Errorf("the deployment changed %v, and is to change %v", got, want)
	}
}

func (s *site) destroy(t *testing.T, stacks ...string) {
	t.Helper()
	s.must(t, slices.Concat([]string{"destroy", "--force", "--exclusively"}, stacks, s.synthesised())...)
}

// same wants a live network that is as configured.
func (s *site) same(t *testing.T) {
	t.Helper()
	if said, code := s.sharedhub(t, "verify", "--assembly", s.out); code != 0 {
		t.Errorf("verify ended with %d:\n%s", code, head(said))
	}
}

// sharedhub runs the program itself with the hub's credentials, and returns what it says and its exit code.
func (s *site) sharedhub(t *testing.T, args ...string) (string, int) {
	t.Helper()
	return s.sharedhubAs(t, s.env, args...)
}

func (s *site) sharedhubAs(t *testing.T, env []string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command(s.program, append(args, "--config", s.dir)...)
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// network is what the last synthesis would make.
func (s *site) network(t *testing.T) *topology.Network {
	t.Helper()
	a, err := assembly.Read(s.out)
	if err != nil {
		t.Fatal(err)
	}
	return topology.Link(a.Records())
}

// stateful types hold what a replacement would lose, or what others refer to.
var stateful = []string{
	"AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable", "AWS::EC2::TransitGateway", "AWS::EC2::TransitGatewayAttachment",
	"AWS::EC2::TransitGatewayRouteTable",
	"AWS::EC2::VPCEndpoint", "AWS::EC2::SecurityGroup", "AWS::Route53::HostedZone", "AWS::Route53Profiles::Profile",
	"AWS::RAM::ResourceShare", "AWS::Logs::LogGroup",
}

// ids are the physical ids of everything stateful that the last synthesis names, by stack and logical id.
func (s *site) ids(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, st := range s.network(t).Stacks {
		client := cloudformation.NewFromConfig(sdk(t, st.Account, st.Region))
		p := cloudformation.NewListStackResourcesPaginator(client, &cloudformation.ListStackResourcesInput{StackName: aws.String(st.Name)})
		for p.HasMorePages() {
			page, err := p.NextPage(context.Background())
			if err != nil {
				t.Fatalf("%s: %v", st.Name, err)
			}
			for _, r := range page.StackResourceSummaries {
				if slices.Contains(stateful, aws.ToString(r.ResourceType)) && r.ResourceStatus != cfn.ResourceStatusDeleteComplete {
					out[st.Name+"/"+aws.ToString(r.LogicalResourceId)] = aws.ToString(r.PhysicalResourceId)
				}
			}
		}
	}
	return out
}

// kept wants everything that was there to be the same one, but for what is meant to go: stacks, or "stack/Logical…".
func kept(t *testing.T, before, after map[string]string, but ...string) {
	t.Helper()
	for _, k := range sortedKeys(before) {
		goes := after[k] == "" && slices.ContainsFunc(but, func(b string) bool { return strings.HasPrefix(k, b) })
		if after[k] != before[k] && !goes {
			t.Errorf("%s was %s, and is %q", k, before[k], after[k])
		}
	}
}

// head is what is said first.
func head(s string) string {
	lines := strings.Split(s, "\n")
	return strings.Join(lines[:min(len(lines), 15)], "\n")
}

func (s *site) read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// rename gives a hub another name, and replaces ranges by pairs, so that hubs stand side by side.
func rename(t *testing.T, s *site, old, name string, pairs ...string) {
	t.Helper()
	replace := strings.NewReplacer(append([]string{"hub: " + old, "hub: " + name}, pairs...)...)
	for _, f := range []string{"near", "far", "further"} {
		s.write(t, "spokes/"+f+".yaml", replace.Replace(s.read(t, "spokes/"+f+".yaml")))
	}
	s.write(t, "hubs/"+name+".yaml", replace.Replace(s.read(t, "hubs/"+old+".yaml")))
	s.remove(t, "hubs/"+old+".yaml")
}

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

// leave wants an empty difference, destroys everything in the documented order, and wants nothing to be left but the log
// groups of flow logs.
func (s *site) leave(t *testing.T) {
	t.Helper()
	said := s.must(t, slices.Concat([]string{"diff", "--fail", "--method", "template"}, s.synthesised())...)
	if !strings.Contains(said, "Number of stacks with differences: 0") {
		t.Errorf("the difference is not empty:\n%s", tail(said))
	}
	stacks := s.network(t).Stacks
	ctx := context.Background()
	for _, st := range stacks {
		s.unprotect(t, st.Account, st.Region, st.Name)
	}
	s.must(t, slices.Concat([]string{"destroy", "--all", "--force"}, s.synthesised())...)
	seen := map[string]bool{}
	for _, st := range stacks {
		at := st.Account + "/" + st.Region
		if seen[at] {
			continue
		}
		seen[at] = true
		s.nothingLeft(t, ctx, st.Account, st.Region, st.Hub)
	}
}

// end leaves, but for the emulator, whose state goes with it: that all can be destroyed is shown by TestExamples, TestGrowth, TestRunbooks
// and TestDocuments.
func (s *site) end(t *testing.T) {
	t.Helper()
	if !emulated() || everyRunbook {
		s.leave(t)
	}
}

// nothingLeft looks for what carries the hub's tag or name.
func (s *site) nothingLeft(t *testing.T, ctx context.Context, account, region, hub string) {
	t.Helper()
	cfg := sdk(t, account, region)
	tagged := []ec2types.Filter{{Name: aws.String("tag:hub"), Values: []string{hub}}}
	client := ec2.NewFromConfig(cfg)
	left := map[string]int{}
	count := func(what string, n int, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			left[what] = n
		}
	}
	vpcs, err := client.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{Filters: tagged})
	count("VPCs", len(vpcs.Vpcs), err)
	gateways, err := client.DescribeTransitGateways(ctx, &ec2.DescribeTransitGatewaysInput{Filters: tagged})
	count("transit gateways", len(gateways.TransitGateways), err)
	endpoints, err := client.DescribeVpcEndpoints(ctx, &ec2.DescribeVpcEndpointsInput{Filters: tagged})
	count("endpoints", len(endpoints.VpcEndpoints), err)
	zones, err := route53.NewFromConfig(cfg).ListHostedZones(ctx, nil)
	count("zones", number(zones.HostedZones, func(z r53types.HostedZone) bool {
		return z.Config != nil && strings.HasSuffix(aws.ToString(z.Config.Comment), "hub "+hub)
	}), err)
	profiles, err := route53profiles.NewFromConfig(cfg).ListProfiles(ctx, nil)
	count("profiles", number(profiles.ProfileSummaries, func(p profiletypes.ProfileSummary) bool { return aws.ToString(p.Name) == hub }), err)
	stacks, err := cloudformation.NewFromConfig(cfg).DescribeStacks(ctx, nil)
	count("stacks", number(stacks.Stacks, func(st cfn.Stack) bool { return strings.HasPrefix(aws.ToString(st.StackName), hub+"-") }), err)
	roles, err := iam.NewFromConfig(cfg).ListRoles(ctx, nil)
	count("roles", number(roles.Roles, func(r iamtypes.Role) bool { return strings.HasPrefix(aws.ToString(r.RoleName), hub+"-") }), err)
	if len(left) > 0 {
		t.Errorf("hub %s is gone, and account %s in %s still has %v", hub, account, region, left)
	}
}

func number[T any](list []T, is func(T) bool) int {
	return len(slices.DeleteFunc(list, func(v T) bool { return !is(v) }))
}

// obey runs the commands that preflight names, as many as are expected, with more in the environment, and returns what preflight said.
func (s *site) obey(t *testing.T, want int, env ...string) string {
	t.Helper()
	found, code := s.preflight(t)
	lines := regexp.MustCompile("`(aws ec2 [^`]*)`").FindAllStringSubmatch(found.String(), -1)
	if code != 1 || len(lines) != want {
		t.Fatalf("preflight ended with %d, and named %d commands, expected %d:\n%s", code, len(lines), want, found)
	}
	for _, line := range lines {
		cmd := exec.Command("bash", "-ec", line[1])
		cmd.Env = slices.Concat(os.Environ(), s.env, env)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", line[1], err, out)
		}
	}
	return found.String()
}

// ready expects preflight to find nothing.
func (s *site) ready(t *testing.T) {
	t.Helper()
	if found, code := s.preflight(t); code != 0 {
		t.Fatalf("with that done, preflight ended with %d:\n%s", code, found)
	}
}
