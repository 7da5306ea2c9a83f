// Package e2e drives the real CDK CLI against the emulator of this folder, which it starts, or against what AWS_ENDPOINT_URL
// or SHAREDHUB_E2E_ACCOUNTS name. Where it cannot, the tests skip and say what is missing; with CI set they fail.
package e2e

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const (
	repo   = "../.."
	cdkCLI = "testdata/node_modules/.bin/cdk"
)

// cloud is where the tests deploy to.
type cloud struct {
	program, cdk string
	env          []string // credentials of the hub's account
}

// What is made once for all tests: the program, key pairs by account, and the bootstrapped places.
var once struct {
	sync.Mutex
	program   string
	keys      map[string][]string
	bootstrap map[string]*sync.Once
}

func TestMain(m *testing.M) {
	os.Setenv("SHAREDHUB_CACHE", "off") // what is deployed here is made here
	dir, err := os.MkdirTemp("", "sharedhub-e2e-*")
	if err != nil {
		panic(err)
	}
	once.program, once.keys, once.bootstrap = filepath.Join(dir, "sharedhub"), map[string][]string{}, map[string]*sync.Once{}
	// Tests wait for the CLI and the endpoint, and some take longer than others: with more at once than there are cores, the
	// long ones do not begin last.
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "test.parallel" })
	if !asked {
		flag.Set("test.parallel", fmt.Sprint(4*runtime.GOMAXPROCS(0)))
	}
	code := m.Run()
	if where.stop != nil {
		where.stop()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

func connect(t *testing.T) *cloud {
	t.Helper()
	somewhere(t)
	cdk, err := filepath.Abs(cdkCLI)
	if err != nil {
		t.Fatal(err)
	}
	once.Lock()
	defer once.Unlock()
	build(t)
	env := credentials(t, hubAccount)
	for _, kv := range env { // whatever uses the SDK here looks with the hub's rights
		k, v, _ := strings.Cut(kv, "=")
		os.Setenv(k, v)
	}
	return &cloud{once.program, cdk, env}
}

// build builds the program once. The caller holds the lock of once.
func build(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(once.program); err != nil {
		if out, err := exec.Command("go", "build", "-o", once.program, repo).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
}

// credentials acts in an account, by a role that a sandbox organization has too, or the emulator makes up. The caller
// holds the lock of once.
func credentials(t *testing.T, account string) []string {
	t.Helper()
	if once.keys[account] != nil {
		return once.keys[account]
	}
	ctx := context.Background()
	cfg, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		t.Fatal(err)
	}
	role, err := sts.NewFromConfig(cfg).AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::" + account + ":role/OrganizationAccountAccessRole"), RoleSessionName: aws.String("e2e"),
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: *role.Credentials.AccessKeyId, SecretAccessKey: *role.Credentials.SecretAccessKey,
			SessionToken: *role.Credentials.SessionToken}, nil
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
	once.keys[account] = []string{
		"AWS_ACCESS_KEY_ID=" + *key.AccessKey.AccessKeyId, "AWS_SECRET_ACCESS_KEY=" + *key.AccessKey.SecretAccessKey, "AWS_SESSION_TOKEN=",
	}
	return once.keys[account]
}

// keys are an account's credentials as environment variables.
func keys(t *testing.T, account string) []string {
	t.Helper()
	once.Lock()
	defer once.Unlock()
	return credentials(t, account)
}

// sdk is a configuration of the SDK that acts in an account.
func sdk(t *testing.T, account, region string) aws.Config {
	t.Helper()
	k := keys(t, account)
	value := func(i int) string { _, v, _ := strings.Cut(k[i], "="); return v }
	cfg, err := awsconfig.LoadDefaultConfig(context.Background(), awsconfig.WithRegion(region),
		awsconfig.WithCredentialsProvider(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: value(0), SecretAccessKey: value(1)}, nil
		})))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// run runs the CDK CLI, and returns what it says.
func (c *cloud) run(t *testing.T, env []string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(c.cdk, append(args, "--ci", "--no-color")...)
	cmd.Dir = t.TempDir() // cdk.json must say nothing here
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

// bootstrap prepares places, "account/region", trusting the hub's account; each once, whoever comes first.
func (c *cloud) bootstrap(t *testing.T, places ...string) {
	t.Helper()
	var wg sync.WaitGroup
	failed := make([]error, len(places))
	for i, p := range places {
		once.Lock()
		if once.bootstrap[p] == nil {
			once.bootstrap[p] = &sync.Once{}
		}
		first := once.bootstrap[p]
		once.Unlock()
		account, _, _ := strings.Cut(p, "/")
		env, like := keys(t, account), likeness(account)
		if emulated() && p != like {
			c.bootstrap(t, like)
		}
		wg.Go(func() {
			first.Do(func() {
				if emulated() && p != like {
					failed[i] = copyBootstrap(t, like, p)
				} else if out, err := c.run(t, env, bootstrapArguments(t, p)...); err != nil {
					failed[i] = fmt.Errorf("%w\n%s", err, tail(out))
				}
			})
		})
	}
	wg.Wait()
	if err := errors.Join(failed...); err != nil {
		t.Fatalf("bootstrap %v: %v", places, err)
	}
}

// likeness is the place which the documents' command bootstraps, and which others of the emulator are copies of: the hub's account has no
// trust to give.
func likeness(account string) string {
	if account == hubAccount {
		return hubAccount + "/" + hubRegion
	}
	return farAccount + "/" + hubRegion
}

// copyBootstrap makes the stack that cdk bootstrap made in one place in another, without the seconds that the CLI takes to start.
func copyBootstrap(t *testing.T, from, to string) error {
	const toolkit = "CDKToolkit"
	at := func(place string) *cloudformation.Client {
		account, region, _ := strings.Cut(place, "/")
		return cloudformation.NewFromConfig(sdk(t, account, region))
	}
	ctx := context.Background()
	template, err := at(from).GetTemplate(ctx, &cloudformation.GetTemplateInput{StackName: aws.String(toolkit)})
	if err != nil {
		return err
	}
	stacks, err := at(from).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(toolkit)})
	if err != nil {
		return err
	}
	made := stacks.Stacks[0]
	list := strings.NewReplacer("['", "", "', '", ",", "']", "") // moto shows a list as Python's
	for i, p := range made.Parameters {
		made.Parameters[i].ParameterValue = aws.String(list.Replace(aws.ToString(p.ParameterValue)))
	}
	if _, err := at(to).CreateStack(ctx, &cloudformation.CreateStackInput{StackName: aws.String(toolkit), TemplateBody: template.TemplateBody,
		Parameters: made.Parameters, Capabilities: made.Capabilities, Tags: made.Tags}); err != nil {
		return err
	}
	stacks, err = at(to).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(toolkit)})
	if err != nil {
		return err
	}
	if s := stacks.Stacks[0]; s.StackStatus != cfn.StackStatusCreateComplete {
		return fmt.Errorf("%s in %s is %s: %s", toolkit, to, s.StackStatus, aws.ToString(s.StackStatusReason))
	}
	return nil
}

// bootstrapArguments are those of the documents' command, for another place.
func bootstrapArguments(t *testing.T, place string) []string {
	account, region, _ := strings.Cut(place, "/")
	written := map[bool]string{true: "111111111111", false: "222222222222"}[account == hubAccount]
	args, ok := strings.CutPrefix(bootstrapCommand(t, written), "npx --yes aws-cdk@2.1148.1 ")
	if !ok {
		t.Errorf("the documents' bootstrap is not by the pinned CLI: %s", args)
	}
	args = strings.ReplaceAll(args, "aws://"+written+"/us-east-1", "aws://"+account+"/"+region)
	return strings.Fields(strings.ReplaceAll(args, "--trust 111111111111", "--trust "+hubAccount))
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
