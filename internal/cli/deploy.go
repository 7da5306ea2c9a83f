package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/internal/assembly"
	"sharedhub/internal/diag"
	"sharedhub/internal/rollout"
	"sharedhub/internal/safefile"
)

// deployOptions are the flags of deploy.
type deployOptions struct {
	dir, in, digest, cdk string
	concurrency          int
	flags                []string // of the CDK CLI
}

func (p *program) deployCommand() *cobra.Command {
	var opt deployOptions
	c := &cobra.Command{
		Use: "deploy [STACK…] [-- flags of cdk deploy]", Short: "Prove an assembly, and deploy it wave by wave with the CDK CLI",
		Long: "Proves the assembly, and then runs `cdk deploy` for the stacks that wait for no other one, for those that waited for\n" +
			"these, and so on. Where an account fails, the other accounts' stacks are deployed all the same; stacks that wait for a\n" +
			"failed one are not tried. A stack that AWS's rate limits refused is tried once more. Run it again to go on: what is\n" +
			"deployed already takes a look each.\n" +
			"Without stacks it deploys all. Without --assembly it synthesises the configuration first. Approval is not asked for:\n" +
			"have a person look at the change before.\n" +
			"Exit codes: 0 all is deployed; 3 a part is, and the rest is named; 1 nothing is, or nothing was tried;\n" +
			"2 the command line is wrong.",
		Example: "  go run . deploy\n  go run . deploy --assembly cdk.out --digest \"$DIGEST\" --concurrency 8\n" +
			"  go run . deploy use1-spoke-payments-prod use1-link-payments-prod -- --role-arn \"$ROLE\"",
		RunE: func(c *cobra.Command, args []string) error {
			if at := c.ArgsLenAtDash(); at >= 0 {
				args, opt.flags = args[:at], args[at:]
			}
			return p.deploy(c.Context(), args, opt)
		},
	}
	c.Flags().StringVarP(&opt.dir, "config", "c", "", "the configuration's `folder` (default config)")
	c.Flags().StringVar(&opt.in, "assembly", "", "the cloud assembly's `folder` (default: synthesise the configuration)")
	c.Flags().StringVar(&opt.digest, "digest", "", "the `digest` that the assembly must have, as the command digest prints it (default: any)")
	c.Flags().StringVar(&opt.cdk, "cdk", "", "the CDK CLI's `path` (default: node_modules/.bin/cdk where it is there, or cdk on the PATH)")
	p.jsonFlag(c, "docs/DEPLOYING.md")
	c.Flags().IntVar(&opt.concurrency, "concurrency", 8, "how many `stacks` to deploy at a time")
	return c
}

// waved are the flags of the CDK CLI that would deploy other stacks than those of a wave, or those of another assembly.
var waved = []string{"--all", "--app", "-a", "--exclusively", "-e", "--no-exclusively", "--output", "-o"}

func (p *program) digestCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "digest [FOLDER]", Short: "Print the digest of a cloud assembly, for deploy --digest", Args: oneWordAtMost("folder"),
		Long: "Prints the SHA-256 digest of an assembly's files and their names. A pipeline builds and proves once, hands the assembly\n" +
			"and its digest on, and deploys no other one.",
		Example: "  go run . digest cdk.out\n  go run . digest --json",
		RunE: func(_ *cobra.Command, args []string) error {
			dir := slices.Concat(args, []string{"cdk.out"})[0]
			if dir == "" {
				return errors.New("the folder's name is empty; name the folder of a cloud assembly, or leave it out for cdk.out")
			}
			sum, err := assembly.Digest(dir)
			switch {
			case err != nil:
				return p.fail("%w", err)
			case p.json:
				return p.printJSON(map[string]string{"folder": dir, "digest": sum})
			}
			fmt.Fprintln(p.stdout, sum)
			return nil
		},
	}
	c.Flags().BoolVar(&p.json, "json", false, "print it as JSON")
	return c
}

func (p *program) deploy(ctx context.Context, only []string, opt deployOptions) error {
	if opt.concurrency < 1 {
		return fmt.Errorf("--concurrency %d: expected 1 or more", opt.concurrency)
	}
	value := false // the word before is a flag that may take one
	for _, f := range opt.flags {
		word := !strings.HasPrefix(f, "-")
		if word && (!value || strings.Contains(f, "*")) {
			return fmt.Errorf("%q after --: the CDK CLI would take it for a stack; name stacks before --, and write a flag's value as FLAG=VALUE", f)
		}
		if name, _, _ := strings.Cut(f, "="); slices.Contains(waved, name) {
			return fmt.Errorf("%s after --: deploy itself decides which stacks of which assembly the CDK CLI deploys; name stacks before --, "+
				"and the folder with --assembly", name)
		}
		value = !word && !strings.Contains(f, "=")
	}
	cdk, err := findCDK(opt.cdk)
	if err != nil {
		return p.fail("%w", err)
	}
	cfg, err := p.load(configDir(opt.dir), "deployed")
	if err != nil {
		return err
	}
	in, done, err := opt.in, func() {}, error(nil)
	if in == "" || opt.digest == "" { // the digest says that it is the one that was proved
		in, done, err = p.assemblyOf(ctx, cfg, in)
	}
	if err != nil {
		return err
	}
	defer done()
	if opt.digest != "" {
		if found, err := assembly.Digest(in); err != nil {
			return p.fail("%w", err)
		} else if found != opt.digest {
			return p.fail("%s is not the assembly that was proved: expected digest %s, found %s; nothing was deployed: "+
				"hand the folder over as the build wrote it, or build and prove again", in, opt.digest, found)
		}
	}
	a, err := p.read(in)
	if err != nil {
		return err
	}
	proof := p.proof(cfg, linked(a, cfg))
	if p.json && len(proof.Findings.Errors()) > 0 { // what did not hold is the result; a rollout has one of its own
		return p.sayProof(cfg, proof)
	} else if err := p.verdict(proof.Result, proof.took); err != nil {
		return err
	}
	waves, err := p.waves(a, only)
	if err != nil {
		return err
	}
	cli := rollout.CLI{Program: cdk, Assembly: in, Concurrency: opt.concurrency, Flags: opt.flags,
		Say: func(line string) { diag.Fprintf(p.stderr, "%s\n", line) }}
	n := 0
	result, stopped := rollout.Deploy(ctx, waves, func(ctx context.Context, stacks []string) rollout.Attempt {
		n++
		p.tell("run %d of the CDK CLI: %s\n", n, some(stacks))
		return cli.Deploy(ctx, stacks)
	}, rollout.Throttled)
	if p.json {
		p.say(proof.Findings)
		deployed := append([]string{}, result.Deployed...)
		if err := p.printJSON(deployment{p.said, deployed, result.Failed, result.Waiting, stopped != nil}); err != nil {
			return err
		}
	}
	return p.sayRollout(result, stopped)
}

// deployment is the JSON of deploy.
type deployment struct {
	Diagnostics diag.List `json:"diagnostics"`
	// Deployed stacks, in order; Failed ones with the reason; Waiting ones, that were not tried, with those that they wait for.
	Deployed []string            `json:"deployed"`
	Failed   map[string]string   `json:"failed"`
	Waiting  map[string][]string `json:"waiting"`
	// Stopped is true where the program was told to stop.
	Stopped bool `json:"stopped"`
}

// findCDK is the CLI's path: the one given, the project's own, or that of the PATH.
func findCDK(given string) (string, error) {
	if given != "" {
		path, err := exec.LookPath(given)
		if err != nil {
			return "", fmt.Errorf("--cdk %s: cannot be run: %w", given, safefile.Reason(err))
		}
		return path, nil
	}
	if own := filepath.Join("node_modules", ".bin", "cdk"); isFile(own) {
		return filepath.Abs(own)
	}
	path, err := exec.LookPath("cdk")
	if errors.Is(err, exec.ErrNotFound) {
		return "", errors.New("the CDK CLI is neither node_modules/.bin/cdk nor cdk on the PATH; run npm ci, or name it with --cdk")
	}
	return path, err
}

func isFile(name string) bool {
	s, err := os.Stat(name)
	return err == nil && s.Mode().IsRegular()
}

// rate is what a stack shares with others: Route 53 takes five requests a second of an account, over all hubs and regions (Route 53
// guide, "Quotas").
func rate(s *assembly.Stack) string {
	for _, r := range s.Resources {
		if r.Type == "AWS::Route53::HostedZone" {
			return "Route 53 of " + s.Account
		}
	}
	return ""
}

// waves are the stacks to deploy, all or those named, in their order.
func (p *program) waves(a *assembly.Assembly, only []string) ([][]rollout.Stack, error) {
	var stacks []rollout.Stack
	var ids []string
	for _, s := range a.Stacks {
		ids = append(ids, s.ID)
		if len(only) == 0 || slices.Contains(only, s.ID) {
			stacks = append(stacks, rollout.Stack{Name: s.ID, Account: s.Account, After: s.After, Rate: rate(s)})
		}
	}
	for _, name := range only {
		if !slices.Contains(ids, name) {
			return nil, p.fail("there is no stack %q; %s", name, diag.Meant(name, ids, "the stacks are "))
		}
	}
	waves, err := rollout.Waves(stacks)
	if err != nil {
		return nil, p.fail("%w", err)
	}
	return waves, nil
}

// sayRollout says what was deployed and what was not, causes first.
func (p *program) sayRollout(r rollout.Result, stopped error) error {
	for _, name := range slices.Sorted(maps.Keys(r.Failed)) {
		p.list(diag.From(fmt.Errorf("stack %s was not deployed: %s", name, begin(r.Failed[name], 300))))
	}
	waiting := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(r.Waiting)) {
		because := strings.Join(r.Waiting[name], ", ")
		waiting[because] = append(waiting[because], name)
	}
	for _, because := range slices.Sorted(maps.Keys(waiting)) {
		p.tell("not tried, since %s failed: %s\n", because, some(waiting[because]))
	}
	p.tell("%s deployed, %d failed, %d not tried\n", count(len(r.Deployed), "stack"), len(r.Failed), len(r.Waiting))
	switch {
	case stopped != nil:
		p.tell("stopped; CloudFormation goes on with the stacks that it is at: deploy again when it is done\n")
		return exit(1)
	case len(r.Failed) == 0:
		return nil
	}
	p.tell("%s names what stands in the way, with the fix; then deploy again\n", p.command("preflight"))
	if len(r.Deployed) == 0 {
		return exit(1)
	}
	return exit(unlooked)
}

// some names a few stacks, and counts the others.
func some(names []string) string {
	const few = 8
	if len(names) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return strings.Join(names, ", ")
}

func begin(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes]) + "…"
	}
	return s
}
