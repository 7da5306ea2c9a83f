package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/live"
	"sharedhub/internal/preflight"
)

func (p *program) preflightCommand() *cobra.Command {
	var in inAccounts
	var policy bool
	c := &cobra.Command{
		Use: "preflight", Short: "Say before a deployment what would stop it",
		Long: "Asks every account and region of the configuration what a deployment would find there: the CDK bootstrap and whom it\n" +
			"trusts, availability zones, services, quotas, names and ranges in use, stacks that are stuck, what the organization denies.\n" +
			"It only reads. Exit codes: 0 ready, 1 something would stop the deployment, 3 could not look everywhere;\n" +
			"2 the command line is wrong.",
		Example: "  go run . preflight\n  go run . preflight --hub use1 --profile network --json\n  go run . preflight --policy",
		RunE: func(c *cobra.Command, _ []string) error {
			if policy {
				return p.printJSON(live.SurveyPermissions())
			}
			cfg, err := in.load(p, "asked")
			if err != nil {
				return err
			}
			return p.preflight(c.Context(), cfg, in.assembly, in.live)
		},
	}
	in.flags(c, "that is to be deployed", "this `hub` and its spokes", "lookup")
	p.jsonFlag(c, "docs/reference/preflight.md")
	c.Flags().BoolVar(&policy, "policy", false, "print the least policy that such a role needs, and do nothing else")
	return c
}

// Readiness is what preflight found, as its JSON.
type Readiness struct {
	// Diagnostics of the configuration.
	Diagnostics diag.List `json:"diagnostics"`
	// Ready is true where everything was seen, and nothing would stop the deployment.
	Ready bool `json:"ready"`
	// Findings, causes first.
	Findings diag.List `json:"findings"`
	// Unseen is what could not be read.
	Unseen diag.List `json:"unseen"`
	Calls  int       `json:"calls"`
	// Seconds that looking took.
	Seconds float64 `json:"seconds"`
}

func (p *program) preflight(ctx context.Context, cfg *config.Config, in string, opt live.Options) error {
	a, err := p.stacksOf(ctx, cfg, in)
	if err != nil {
		return err
	}
	began := time.Now()
	plan := preflight.PlanOf(cfg, a)
	seen, err := live.Survey(ctx, live.ScopeOf(linked(a, cfg)), plan.Asks(), opt)
	if err != nil {
		p.say(diag.From(err))
		return exit(unlooked)
	}
	r := &Readiness{Diagnostics: p.said, Findings: append(diag.List{}, preflight.Check(cfg, plan, seen.Ground, seen.Caller)...),
		Unseen: append(diag.List{}, seen.Unseen...), Calls: seen.Calls, Seconds: time.Since(began).Seconds()}
	r.Ready = len(r.Unseen) == 0 && len(r.Findings.Errors()) == 0
	if p.json {
		if err := p.printJSON(r); err != nil {
			return err
		}
	}
	p.list(r.Findings)
	p.list(r.Unseen)
	looked := count(len(seen.Ground), "account/region") + ", " + count(r.Calls, "call")
	switch errors := len(r.Findings.Errors()); {
	case len(r.Unseen) > 0:
		p.tell("incomplete: %s could not be answered; %s in the rest; %s in %.1f s\n", count(len(r.Unseen), "question"), count(errors, "error"),
			looked, r.Seconds)
		return exit(unlooked)
	case errors > 0:
		p.tell("not ready: %s; %s in %.1f s\n", count(errors, "error"), looked, r.Seconds)
		return exit(differs)
	}
	p.tell("ready to deploy: %s in %.1f s\n", looked, r.Seconds)
	return nil
}

// stacksOf is the assembly of the configuration's stacks: a saved one may hold more hubs than are asked for.
func (p *program) stacksOf(ctx context.Context, cfg *config.Config, in string) (*assembly.Assembly, error) {
	dir, done, err := p.assemblyOf(ctx, cfg, in)
	if err != nil {
		return nil, err
	}
	defer done()
	a, err := p.read(dir)
	if err != nil {
		return nil, err
	}
	a.Stacks = slices.DeleteFunc(a.Stacks, func(s *assembly.Stack) bool {
		return !slices.ContainsFunc(cfg.Hubs, func(h *config.Hub) bool { return strings.HasPrefix(s.Name, h.Name+"-") })
	})
	return a, nil
}
