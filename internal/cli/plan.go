package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
	"sharedhub/internal/plan"
	"sharedhub/internal/revision"
	"sharedhub/internal/stacks"
)

// planOptions are the flags of plan.
type planOptions struct {
	dir, base, baseAssembly string
	allow                   []string
	markdown, whole         bool
	cost                    costFlags
}

func (p *program) planCommand() *cobra.Command {
	var o planOptions
	c := &cobra.Command{Use: "plan", Short: "Say what a change does: resources, reach, cost, and how to deploy it", Args: folder("config"),
		Long: "Compares the configuration with that of a git revision, offline: which resources of which stacks are added, changed in\n" +
			"place, replaced or deleted, who gains or loses reach to what, what the change opens, accounts to bootstrap, the stacks to\n" +
			"deploy with the command, cost before and after, and quotas.\n" +
			"Both sides are built by this program. Only spokes that the change concerns are built; --whole builds all.\n" +
			"The base may also be a folder: a configuration, or a cloud assembly, such as the one that another version wrote.\n" +
			"Exit code 2: what holds state would be replaced or deleted, and --allow does not name it.\n" +
			"3: it cannot be deployed in one step, whatever else it does.",
		Example: "  go run . plan --base origin/main\n  go run . plan --base origin/main --markdown >> $GITHUB_STEP_SUMMARY\n" +
			"  go run . plan --base HEAD~1 --allow use1-dns-222222222222\n  go run . plan --base ../released/cdk.out",
		RunE: func(c *cobra.Command, _ []string) error {
			if err := p.oneForm(o.markdown); err != nil {
				return err
			}
			o.cost.dir = o.dir
			return p.plan(c.Context(), &o)
		}}
	c.Flags().StringVarP(&o.dir, "config", "c", "", "the configuration's `folder` (default config)")
	c.Flags().StringVar(&o.base, "base", "", "what to compare with: a git `revision`, or the folder of a configuration or of an assembly "+
		"(default origin/main, else main)")
	c.Flags().StringVar(&o.baseAssembly, "base-assembly", "",
		"the `folder` of the base's cloud assembly, where it is at hand (default: synthesise it)")
	c.Flags().StringArrayVar(&o.allow, "allow", nil,
		"what may be lost, as `STACK/ID` or STACK; * stands for any characters; may be repeated")
	c.Flags().BoolVar(&o.whole, "whole", false, "build and compare every stack, not only those that the change concerns")
	o.cost.add(c)
	p.jsonFlag(c, "docs/PLAN.md")
	c.Flags().BoolVar(&o.markdown, "markdown", false, "print Markdown for a pull request")
	return c
}

// Plan is what plan found, as its JSON.
type Plan struct {
	Diagnostics diag.List `json:"diagnostics"`
	*plan.Plan
}

// loses is the exit code where something that holds state would go, and inSteps where the change cannot be deployed in one.
const (
	loses   exit = 2
	inSteps exit = 3
)

func (p *program) plan(ctx context.Context, o *planOptions) error {
	dir := configDir(o.dir)
	cfg, diags := config.Load(dir)
	if cfg == nil {
		p.say(diags)
		p.tell("%s in %s; nothing was planned\n", count(len(diags.Errors()), "error"), dir)
		return exit(1)
	}
	before, base, commit, err := p.planBase(ctx, dir, o)
	if err != nil {
		return err
	}
	after := plan.Side{Config: cfg, Quotas: quotas(diags)}
	if err := p.planStacks(ctx, o, &before, &after); err != nil {
		return err
	}
	if after.Cost, err = p.costOf(cfg, &o.cost, before.Config); err != nil {
		return err
	}
	if before.Config != nil {
		if before.Cost, err = p.costOf(before.Config, &o.cost, cfg); err != nil {
			return err
		}
	}
	found, err := plan.Of(before, after)
	if err != nil {
		return p.fail("%w", err)
	}
	found.Base, found.Commit = base, commit
	found.Deploy, found.Destroy = p.lines(found.Order())
	unused := found.Allow(o.allow)
	if len(unused) > 0 {
		hint := "nothing that holds state is replaced or deleted"
		if len(found.Loses) > 0 {
			hint = "what would be lost is " + found.Loses[0]
			if len(found.Loses) > 1 {
				hint += " and others, which --json lists"
			}
		}
		p.say(diag.List{{Severity: diag.Warning, Summary: fmt.Sprintf("--allow %s names nothing of this change", unused[0]), Fix: hint}})
	}
	return p.sayPlan(found, o.markdown)
}

func (p *program) sayPlan(found *plan.Plan, markdown bool) error {
	switch {
	case p.json:
		if err := p.printJSON(Plan{p.said, found}); err != nil {
			return err
		}
	case markdown:
		found.WriteMarkdown(p.stdout)
	default:
		found.WriteText(p.stdout)
	}
	switch {
	case len(found.Steps.Errors()) > 0:
		return inSteps
	case len(found.Refused()) > 0:
		return loses
	}
	return nil
}

func quotas(diags diag.List) (out diag.List) {
	for _, d := range diags {
		if d.Code == file.Quota {
			out = append(out, d)
		}
	}
	return out
}

// planBase finds what to compare with: a folder, or a revision.
func (p *program) planBase(ctx context.Context, dir string, o *planOptions) (side plan.Side, base, commit string, err error) {
	side.Dir = o.baseAssembly
	if info, e := os.Stat(o.base); o.base != "" && e == nil && info.IsDir() {
		if _, e := os.Stat(filepath.Join(o.base, "manifest.json")); e == nil {
			if o.baseAssembly != "" {
				return side, "", "", p.fail("--base is the folder of an assembly already; leave --base-assembly out")
			}
			side.Dir = o.base
			return side, o.base, "", nil
		}
		cfg, diags := config.Load(o.base)
		if cfg == nil {
			p.say(diags)
			return side, "", "", p.fail("%s, to compare with, is no valid configuration, and no cloud assembly", o.base)
		}
		side.Config, side.Quotas = cfg, quotas(diags)
		return side, o.base, "", nil
	}
	base = o.base
	if base == "" {
		base = "origin/main"
		if _, e := revision.Changed(ctx, dir, base); e != nil { // there is no such commit, or no repository: main says so
			base = "main"
		}
	}
	cfg, diags, commit, err := p.loadAt(ctx, dir, base)
	if err != nil {
		return side, "", "", err
	}
	side.Config, side.Quotas = cfg, quotas(diags)
	if state, e := revision.Of(ctx, dir); e == nil && state.Changed {
		p.tell("%s has changes that are not committed; they are part of this plan\n", dir)
	}
	if changed, e := revision.Changed(ctx, "cdk.json", commit); e == nil && changed {
		p.tell("cdk.json is not as at %s, and its context decides about every stack: look at %s diff\n", base, cdkCLI)
	}
	return side, base, commit, nil
}

// planStacks fills in the stacks of both sides, of what the change concerns.
func (p *program) planStacks(ctx context.Context, o *planOptions, before, after *plan.Side) error {
	only, whole := config.Affected(before.Config, after.Config)
	whole = whole || o.whole
	if !whole && len(only) == 0 {
		return nil
	}
	if whole {
		only = nil
	}
	var err error
	if after.Dir, after.Stacks, err = p.built(ctx, after.Config, "", only); err != nil {
		return err
	}
	there := slices.DeleteFunc(slices.Clone(only), func(name string) bool {
		return before.Config == nil || !slices.ContainsFunc(before.Config.Spokes, func(s *config.Spoke) bool { return s.Name == name })
	})
	switch {
	case before.Dir != "":
		before.Stacks, err = p.stacksIn(before.Dir)
	case before.Config != nil:
		before.Dir, before.Stacks, err = p.built(ctx, before.Config, "", there)
	}
	if err != nil {
		return err
	}
	if !whole { // what was not built on one side is not gone from the other
		var names []string
		for _, s := range after.Stacks {
			names = append(names, s.Name)
		}
		before.Stacks = stacks.Select(before.Stacks, names)
	}
	return nil
}

// built is an assembly's folder and its stacks, in order: the one at hand, or that of a synthesis of some spokes or of all, which
// stays until the program ends.
func (p *program) built(ctx context.Context, cfg *config.Config, in string, only []string) (string, []stacks.Stack, error) {
	dir, _, err := p.assemblyOf(ctx, cfg, in, only...)
	if err != nil {
		return "", nil, err
	}
	list, err := p.stacksIn(dir)
	return dir, list, err
}

func (p *program) stacksIn(dir string) ([]stacks.Stack, error) {
	list, err := stacks.Read(dir)
	if err != nil {
		return nil, p.fail("%w", err)
	}
	return list, nil
}
