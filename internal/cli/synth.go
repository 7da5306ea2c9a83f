package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/outdir"
)

func (p *program) synthCommand() *cobra.Command {
	var dir, out string
	var only []string
	var validate, noProve, plain bool
	c := &cobra.Command{
		Use: "synth", Short: "Write the CloudFormation templates of a configuration", Args: folder("config"),
		Example: "  go run . synth --config examples/01-one-spoke --out /tmp/out\n" +
			"  npx --yes aws-cdk@2.1148.1 synth --all -q -c config=examples/01-one-spoke",
		RunE: func(c *cobra.Command, _ []string) error {
			return p.runSynth(c.Context(), dir, SynthOptions{Out: out, Only: only, Validate: validate, Plain: plain}, noProve)
		},
	}
	c.Flags().StringVarP(&dir, "config", "c", "", "the configuration's `folder` (default config, or what cdk's -c config=folder says)")
	c.Flags().StringVar(&out, "out", "", "the `folder` to write to (default cdk.out, or what the CDK CLI says)")
	c.Flags().StringSliceVar(&only, "only", nil, "build just what these `spokes` need")
	c.Flags().BoolVar(&validate, "validate", false, "let the CDK validate the templates too (3 to 5 seconds)")
	c.Flags().BoolVar(&plain, "plain", false, "make every stack with the CDK; the bytes are the same, and it takes longer")
	p.jsonFlag(c, "docs/reference/prove.md")
	c.Flags().BoolVar(&noProve, "no-prove", false, "do not prove the network at the end")
	return c
}

func (p *program) runSynth(ctx context.Context, dir string, opt SynthOptions, noProve bool) error {
	began := time.Now()
	cfg, err := p.load(configDir(dir), "written")
	if err != nil {
		return err
	}
	if err := p.checkOnly(cfg, "only", opt.Only); err != nil {
		return err
	}
	out := cmp.Or(opt.Out, os.Getenv("CDK_OUTDIR"), "cdk.out")
	folder, err := outdir.Prepare(out, underCDK(), assembly.Files)
	if err != nil {
		return p.fail("%w", err)
	}
	defer p.atEnd(folder.Discard)()
	opt.Out, opt.Final = folder.Stage, out
	if err := p.synthesise(ctx, cfg, opt); err != nil {
		return err
	}
	took := time.Since(began)
	a, err := assembly.Read(folder.Stage)
	if err != nil {
		return p.fail("%w", err)
	}
	p.step("templates read")
	made := tallyOf(a) // the proof needs the network alone, and the memory of the templates
	var proof *timedProof
	if !noProve && len(opt.Only) == 0 { // the zones of an account list all its spokes, and some of those may not be here
		net := linked(a, cfg)
		p.step("network linked")
		proof = p.proof(cfg, net)
		if len(proof.Findings.Errors()) > 0 {
			err := p.sayProof(cfg, proof)
			p.tell("nothing was written to %s; synth --no-prove writes what is not proved\n", out)
			return err
		}
	}
	if ctx.Err() != nil {
		return p.fail("%w", context.Cause(ctx))
	}
	if err := folder.Put(); err != nil {
		return p.fail("%w", err)
	}
	p.step("put in place")
	p.summary(cfg, made, out, opt.Only, took)
	switch {
	case proof != nil:
		return p.sayProof(cfg, proof)
	case !noProve:
		p.tell("not proved, since --only builds a part; %s looks at the whole\n", p.command("prove"))
	}
	return nil
}

// synthesise writes the templates.
func (p *program) synthesise(ctx context.Context, cfg *config.Config, opt SynthOptions) error {
	opt.Trace, opt.Fresh = p.trace, p.noCache
	p.cached = false
	opt.Cached = func() { p.cached = true }
	if p.cpuProfile != "" {
		opt.CPUProfile = p.cpuProfile + ".engine"
	}
	done := p.doing("making the templates")
	err := p.engine.Synth(ctx, cfg, opt)
	done()
	if err != nil {
		return p.fail("%w", err)
	}
	p.step("templates made, all in all")
	return nil
}

// configDir is the folder to read: the flag, else the CDK CLI's context, else config.
func configDir(flag string) string {
	if flag != "" {
		return strings.TrimPrefix(flag, "config=") // as the CDK CLI's -c has it
	}
	var context struct {
		Config string `json:"config"`
	}
	if json.Unmarshal([]byte(os.Getenv("CDK_CONTEXT_JSON")), &context) == nil && context.Config != "" {
		return context.Config
	}
	return "config"
}

// checkOnly wants the spokes that a flag names to be there.
func (p *program) checkOnly(cfg *config.Config, flag string, only []string) error {
	var names []string
	for _, s := range cfg.Spokes {
		names = append(names, s.Name)
	}
	for _, o := range only {
		if !slices.Contains(names, o) {
			return p.fail("--%s: there is no spoke %q; %s", flag, o, diag.Meant(o, names, "the spokes are "))
		}
	}
	return nil
}

// tally is how much an assembly has.
type tally struct {
	stacks       []string // their ids
	resources    map[string]int
	total, zones int
}

func tallyOf(a *assembly.Assembly) tally {
	t := tally{resources: map[string]int{}}
	for _, s := range a.Stacks {
		t.stacks = append(t.stacks, s.ID)
		for _, r := range s.Resources {
			if r.Type == "AWS::Route53::HostedZone" {
				t.zones++
			}
		}
		t.resources[s.ID] = len(s.Resources)
		t.total += len(s.Resources)
	}
	return t
}

// summary ends a synthesis: what was built, and where.
func (p *program) summary(cfg *config.Config, made tally, out string, only []string, took time.Duration) {
	endpoints, spokes := 0, len(cfg.Spokes)
	var unbounded []string
	for _, h := range cfg.Hubs {
		endpoints += len(h.Endpoints)
		for _, s := range h.Endpoints {
			if s.Policy.Kind == config.PolicyImpossible {
				unbounded = append(unbounded, s.Catalog.Name)
			}
		}
	}
	if len(only) > 0 {
		spokes = len(only)
	}
	from := ""
	if p.cached {
		from = "; the templates are those of an earlier run, which --no-cache makes anew"
	}
	p.tell("%s, %s, %s, %s, %s, %s → %s in %s%s\n",
		count(len(cfg.Hubs), "hub"), count(spokes, "spoke"), count(endpoints, "endpoint"), count(made.zones, "zone"),
		count(made.total, "resource"), count(len(made.stacks), "stack"), out, took.Round(time.Millisecond), from)
	if !p.quiet {
		fmt.Fprint(p.stderr, resourceTable(made.stacks, made.resources))
	}
	for _, h := range cfg.Hubs {
		if own := h.Catalog.Own(); own != nil {
			p.tell("service names of %s: %s, refreshed on %s\n", h.Name, config.CatalogFile(cfg.Dir, h.Region), own.Captured)
		} else {
			p.tell("service names of %s: the embedded catalogue; %s asks your own account\n",
				h.Name, p.command("catalog", "refresh", "--region", h.Region))
		}
	}
	if len(unbounded) > 0 {
		names := slices.Compact(slices.Sorted(slices.Values(unbounded)))
		p.tell("no endpoint policy possible, so IAM alone decides: %s\n", strings.Join(names, ", "))
	}
}

// resourceTable is the resources per stack: a line each, or with many stacks the smallest and largest.
func resourceTable(stacks []string, counts map[string]int) string {
	var b strings.Builder
	if len(stacks) > 24 {
		bySize := slices.Clone(stacks)
		slices.SortStableFunc(bySize, func(a, b string) int { return counts[b] - counts[a] })
		first, last := bySize[0], bySize[len(bySize)-1]
		diag.Fprintf(&b, "resources per stack: %d (%s) to %d (%s)\n", counts[last], last, counts[first], first)
		return b.String()
	}
	for _, s := range stacks {
		diag.Fprintf(&b, "  %4d resources  %s\n", counts[s], s)
	}
	return b.String()
}
