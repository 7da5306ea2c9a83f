package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/revision"
	"sharedhub/internal/safefile"
	"sharedhub/internal/stackname"
	"sharedhub/internal/stacks"
)

// stacksOptions are the flags of stacks.
type stacksOptions struct {
	dir, in, since   string
	spokes, accounts []string
	deploy           bool
}

func (p *program) stacksCommand() *cobra.Command {
	var o stacksOptions
	c := &cobra.Command{
		Use: "stacks", Short: "Print the stacks to deploy, in order, or the command that deploys them", Args: folder("config"),
		Long: "Prints the names of stacks one a line, those that are deployed first first: all of a configuration, those of some spokes,\n" +
			"or those that a change since a commit changes. --deploy prints the command line instead; it says --exclusively where\n" +
			"the CDK CLI would otherwise deploy more. Both sides of a change are built by this program, with the cdk.json of this\n" +
			"folder: after an upgrade, cdk diff shows what it changes.",
		Example: "  go run . stacks --changed-since origin/main\n  go run . stacks --changed-since HEAD~1 --deploy\n" +
			"  go run . stacks --spoke payments-prod --deploy",
		RunE: func(c *cobra.Command, _ []string) error {
			for _, other := range []string{"spoke", "assembly"} {
				if c.Flags().Changed("changed-since") && c.Flags().Changed(other) {
					return fmt.Errorf("--changed-since builds and compares all that changed; leave --%s out", other)
				}
			}
			cfg, err := p.load(configDir(o.dir), "listed")
			if err != nil {
				return err
			}
			if err := p.checkAccounts(cfg, o.accounts); err != nil {
				return err
			}
			if c.Flags().Changed("changed-since") {
				return p.changedStacks(c.Context(), cfg, o)
			}
			return p.allStacks(c.Context(), cfg, o)
		},
	}
	c.Flags().StringVarP(&o.dir, "config", "c", "", "the configuration's `folder` (default config)")
	c.Flags().StringVar(&o.since, "changed-since", "", "only stacks that are not as at this git `revision`, such as origin/main")
	c.Flags().StringSliceVar(&o.spokes, "spoke", nil, "only the stacks of these `spokes`: VPC, link, and the zones of their accounts")
	c.Flags().StringSliceVar(&o.accounts, "account", nil, "only the stacks in these `accounts`, for who deploys with credentials of one")
	c.Flags().StringVar(&o.in, "assembly", "", "the cloud assembly's `folder` (default: synthesise the configuration)")
	c.Flags().BoolVar(&o.deploy, "deploy", false, "print the command that deploys them")
	p.jsonFlag(c, "docs/reference/stacks.md")
	return c
}

// Rollout is what stacks found, as its JSON.
type Rollout struct {
	// Diagnostics of the configuration.
	Diagnostics diag.List `json:"diagnostics"`
	// Since is the commit that was compared with; "" where none was.
	Since string `json:"since"`
	// Stacks to deploy, in order.
	Stacks []stacks.Stack `json:"stacks"`
	// Gone are stacks that are no longer synthesised and stay in AWS until somebody deletes them.
	Gone []stacks.Stack `json:"gone"`
	// Deploy and Destroy are the command lines; "" where there is nothing to do.
	Deploy  string `json:"deploy"`
	Destroy string `json:"destroy"`
}

func (p *program) allStacks(ctx context.Context, cfg *config.Config, o stacksOptions) error {
	if err := p.checkOnly(cfg, "spoke", o.spokes); err != nil {
		return err
	}
	_, all, err := p.built(ctx, cfg, o.in, o.spokes)
	if err != nil {
		return err
	}
	if len(o.spokes) > 0 {
		all = stacks.Select(all, stacksOfSpokes(cfg, o.spokes))
	}
	return p.sayStacks(o, &Rollout{Stacks: o.inAccounts(all)})
}

// checkAccounts refuses an account in which the configuration has no stack.
func (p *program) checkAccounts(cfg *config.Config, accounts []string) error {
	var all []string
	for _, h := range cfg.Hubs {
		all = append(all, append(h.Readers(), h.Account)...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	for _, a := range accounts {
		if !slices.Contains(all, a) {
			return p.fail("--account: the configuration has no stack in account %q; %s", a, diag.Meant(a, all, "the accounts are "))
		}
	}
	return nil
}

// inAccounts are the stacks of the accounts that are asked for, in order. Their waves are those of the whole.
func (o *stacksOptions) inAccounts(all []stacks.Stack) []stacks.Stack {
	return slices.DeleteFunc(slices.Clone(all), func(s stacks.Stack) bool {
		return len(o.accounts) > 0 && !slices.Contains(o.accounts, s.Account)
	})
}

// stacksOfSpokes are the stacks that exist for some spokes: their own, and those with their accounts' zones.
func stacksOfSpokes(cfg *config.Config, names []string) (out []string) {
	for _, s := range cfg.Spokes {
		if !slices.Contains(names, s.Name) {
			continue
		}
		hub := s.Hub.Name
		out = append(out, stackname.Spoke(hub, s.Name), stackname.Link(hub, s.Name))
		switch {
		case !s.Hub.HasHostedZones() || !s.Attached():
		case s.Account == s.Hub.Account:
			out = append(out, stackname.DNS(hub))
		default:
			out = append(out, stackname.AccountDNS(hub, s.Account))
		}
	}
	return out
}

// changedStacks builds what may have changed since a revision, on both sides, and compares.
func (p *program) changedStacks(ctx context.Context, cfg *config.Config, o stacksOptions) error {
	before, commit, err := p.at(ctx, cfg.Dir, o.since)
	if err != nil {
		return err
	}
	if before != nil {
		diags := config.Change(before, cfg)
		p.say(diags)
		if steps := len(diags.Errors()); steps > 0 {
			p.tell("%s cannot be deployed in one step after %s\n", count(steps, "change"), o.since)
			return exit(1)
		}
	}
	if changed, err := revision.Changed(ctx, "cdk.json", commit); err == nil && changed {
		p.tell("cdk.json is not as at %s, and its context decides about every stack: look at %s diff\n", o.since, cdkCLI)
	}
	r := &Rollout{Since: commit}
	only, whole := config.Affected(before, cfg)
	if len(only) > 0 || whole {
		_, now, err := p.built(ctx, cfg, "", only)
		if err != nil {
			return err
		}
		var was []stacks.Stack
		if before != nil {
			there := slices.DeleteFunc(only, func(name string) bool {
				return !slices.ContainsFunc(before.Spokes, func(s *config.Spoke) bool { return s.Name == name })
			})
			if _, was, err = p.built(ctx, before, "", there); err != nil {
				return err
			}
		}
		r.Stacks, r.Gone = stacks.Compare(was, now)
		r.Stacks, r.Gone = o.inAccounts(r.Stacks), o.inAccounts(r.Gone)
	}
	return p.sayStacks(o, r)
}

// at is the configuration in a folder as a revision has it, and the commit; nil where the revision does not have the folder.
func (p *program) at(ctx context.Context, dir, rev string) (*config.Config, string, error) {
	before, _, commit, err := p.loadAt(ctx, dir, rev)
	return before, commit, err
}

// loadAt is at, with what there is to say of the configuration.
func (p *program) loadAt(ctx context.Context, dir, rev string) (*config.Config, diag.List, string, error) {
	temp, err := os.MkdirTemp("", "sharedhub-*")
	if err != nil {
		return nil, nil, "", p.fail("%w", safefile.NoTemp(err))
	}
	p.atEnd(func() { os.RemoveAll(temp) }) // the configuration is read again when it is synthesised
	commit, err := revision.Write(ctx, dir, rev, temp)
	switch {
	case errors.Is(err, revision.ErrNoFolder):
		return nil, nil, commit, nil
	case err != nil:
		return nil, nil, "", p.fail("%s: %w", dir, err)
	}
	before, diags := config.LoadCopy(temp, dir)
	if before == nil {
		_, diags = config.LoadCopy(temp, rev+":"+dir) // as git calls the files
		p.say(diags.Errors())
		return nil, nil, "", p.fail("%s as at %s is no valid configuration for this program, so there is nothing to compare with; "+
			"name another revision, or go without one", dir, rev)
	}
	return before, diags, commit, nil
}

// lines are the commands that deploy some stacks and destroy others; "" for none.
func (p *program) lines(deploy, gone []stacks.Stack) (deploys, destroys string) {
	options := p.cdkConfig()
	if len(deploy) > 0 {
		deploys = stacks.Line(cdkCLI, deploy, append([]string{"--require-approval", "never"}, options...)...)
	}
	if len(gone) > 0 {
		destroys = stacks.DestroyLine(cdkCLI, gone, options...)
	}
	return deploys, destroys
}

func (p *program) sayStacks(o stacksOptions, r *Rollout) error {
	r.Deploy, r.Destroy = p.lines(r.Stacks, r.Gone)
	r.Diagnostics, r.Stacks, r.Gone = p.said, append([]stacks.Stack{}, r.Stacks...), append([]stacks.Stack{}, r.Gone...)
	if p.json {
		return p.printJSON(r)
	}
	switch {
	case o.deploy && r.Deploy != "":
		diag.Fprintf(p.stdout, "%s\n", r.Deploy)
	case !o.deploy:
		for _, s := range r.Stacks {
			diag.Fprintf(p.stdout, "%s\n", s.Name)
		}
	}
	switch {
	case len(r.Stacks) > 0:
	case r.Since != "":
		p.tell("no stack changes since %s\n", o.since)
	default:
		p.tell("there is no stack to deploy\n")
	}
	if len(r.Gone) > 0 {
		var names []string
		for _, s := range r.Gone {
			names = append(names, s.Name)
		}
		p.tell("no longer synthesised, and still in AWS: %s; from a checkout of %s: %s\n", strings.Join(names, ", "), o.since, r.Destroy)
	}
	return nil
}
