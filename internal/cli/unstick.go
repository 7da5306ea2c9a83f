package cli

import (
	"context"

	"github.com/spf13/cobra"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/live"
)

func (p *program) unstickCommand() *cobra.Command {
	var in inAccounts
	var yes bool
	c := &cobra.Command{
		Use: "unstick", Short: "Let `cdk deploy` replace hub stacks whose creation failed",
		Long: "The CDK CLI turns on termination protection before it creates a hub's stack. If the creation fails, the stack is in\n" +
			"ROLLBACK_COMPLETE: nothing of it is left, but the CLI cannot delete it to create it anew. Where something could not be\n" +
			"deleted, it is in ROLLBACK_FAILED. unstick lists such stacks, and with --yes turns off their termination protection. It\n" +
			"touches no stack in another state, and the next deployment deletes the stack, makes it anew and protects it again.\n" +
			"Exit codes: 0 nothing is stuck, or no longer; 1 stacks are stuck; 3 could not look everywhere; 2 the command line is wrong.",
		Example: "  go run . unstick\n  go run . unstick --hub use1 --yes",
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := in.load(p, "changed")
			if err != nil {
				return err
			}
			return p.unstick(c.Context(), cfg, in.assembly, in.live, yes)
		},
	}
	in.flags(c, "that names the stacks", "the stacks of this `hub`", "deploy")
	p.jsonFlag(c, "docs/reference/verify.md")
	c.Flags().BoolVar(&yes, "yes", false, "turn off the termination protection of the listed stacks")
	return c
}

func (p *program) unstick(ctx context.Context, cfg *config.Config, in string, opt live.Options, yes bool) error {
	want, err := p.wanted(ctx, cfg, in)
	if err != nil {
		return err
	}
	stuck, unseen, err := live.Unstick(ctx, live.ScopeOf(want), opt, yes)
	if err != nil {
		p.say(diag.From(err))
		return exit(unlooked)
	}
	p.sayStuck(stuck, unseen, yes)
	if p.json {
		p.say(unseen)
		if err := p.printJSON(unstuck{append([]live.Stuck{}, stuck...), yes, p.said}); err != nil {
			return err
		}
	}
	switch {
	case len(unseen) > 0:
		return exit(unlooked)
	case len(stuck) > 0 && !yes:
		return exit(1)
	}
	return nil
}

// unstuck is the JSON of unstick.
type unstuck struct {
	Stuck []live.Stuck `json:"stuck"`
	// Unprotected is true where their termination protection was turned off.
	Unprotected bool      `json:"unprotected"`
	Diagnostics diag.List `json:"diagnostics"`
}

func (p *program) sayStuck(stuck []live.Stuck, unseen diag.List, yes bool) {
	state := map[bool]string{false: "stuck", true: "termination protection off"}[yes]
	for _, s := range stuck {
		means, _ := awsfacts.StackStateOf(s.Status)
		p.tell("%s: stack %s in account %s, %s: %s\n", state, s.Name, s.Account, s.Region, means.Means)
	}
	p.list(unseen)
	switch n := len(stuck); {
	case n == 0 && len(unseen) == 0:
		p.tell("no stack is stuck\n")
	case n > 0 && yes:
		p.tell("%d %s can be replaced: run cdk deploy again\n", n, plural(n, "stack"))
	case n > 0:
		p.tell("%d %s stuck; nothing was changed: %s turns off their termination protection\n",
			n, plural(n, "stack"), p.again("--yes"))
	}
}
