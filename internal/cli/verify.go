package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/drift"
	"sharedhub/internal/live"
	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
)

// Exit codes of verify beside 0.
const (
	differs  = 1
	unlooked = 3
)

func (p *program) verifyCommand() *cobra.Command {
	var in inAccounts
	var policy bool
	c := &cobra.Command{
		Use: "verify", Short: "Prove the live network, and list where it differs from the synthesised one",
		Long: "Asks every account and region of the configuration what is there, proves it like a synthesised network,\n" +
			"and compares the two part by part.\n" +
			"It only reads. Exit codes: 0 as configured, 1 differs, 3 could not look everywhere; 2 the command line is wrong.",
		Example: "  go run . verify\n  go run . verify --hub use1 --profile network --json\n  go run . verify --policy",
		RunE: func(c *cobra.Command, _ []string) error {
			if policy {
				return p.printJSON(live.Permissions())
			}
			cfg, err := in.load(p, "verified")
			if err != nil {
				return err
			}
			return p.verify(c.Context(), cfg, in.assembly, in.live)
		},
	}
	in.flags(c, "to compare with", "this `hub` and its spokes", "lookup")
	p.jsonFlag(c, "docs/reference/verify.md")
	c.Flags().BoolVar(&policy, "policy", false, "print the least policy that such a role needs, and do nothing else")
	return c
}

// onlyHub is the configuration with one of its hubs.
func (p *program) onlyHub(cfg *config.Config, name string) (*config.Config, error) {
	var names []string
	for _, h := range cfg.Hubs {
		if h.Name == name {
			one := *cfg
			one.Hubs, one.Spokes = []*config.Hub{h}, h.Spokes
			return &one, nil
		}
		names = append(names, h.Name)
	}
	return nil, p.fail("there is no hub %q; %s", name, diag.Meant(name, names, "the hubs are "))
}

// Verification is what verify found, as its JSON.
type Verification struct {
	// Diagnostics of the configuration.
	Diagnostics diag.List `json:"diagnostics"`
	Evidence
	// Time when looking began, Caller the ARN of who looked, and Places where, the unseen ones included.
	Time   time.Time    `json:"time"`
	Caller string       `json:"caller"`
	Places []live.Place `json:"places"`
	// Holds is true where every account was seen, nothing differs, and the proof holds.
	Holds bool `json:"holds"`
	// Differences of the parts, causes first.
	Differences diag.List `json:"differences"`
	// Proof of what was seen.
	Proof *prove.Result `json:"proof"`
	// Unseen are the accounts and regions that could not be read.
	Unseen diag.List      `json:"unseen"`
	Calls  map[string]int `json:"calls"`
	// Seconds that looking took.
	Seconds float64 `json:"seconds"`
}

func (p *program) verify(ctx context.Context, cfg *config.Config, in string, opt live.Options) error {
	want, err := p.wanted(ctx, cfg, in)
	if err != nil {
		return err
	}
	began := time.Now()
	view, err := live.Look(ctx, live.ScopeOf(want), opt)
	if err != nil {
		p.say(diag.From(err))
		return exit(unlooked)
	}
	v := p.judge(cfg, want, view)
	v.Diagnostics, v.Time, v.Caller, v.Places = p.said, began.UTC().Truncate(time.Second), view.Caller, view.Places
	if v.Evidence, err = p.evidence(cfg); err != nil {
		return err
	}
	v.Seconds = time.Since(began).Seconds()
	if p.json {
		if err := p.printJSON(v); err != nil {
			return err
		}
	}
	return p.sayVerification(v, view.Total())
}

// wanted is the network that the configuration's stacks would make.
func (p *program) wanted(ctx context.Context, cfg *config.Config, in string) (*topology.Network, error) {
	a, err := p.stacksOf(ctx, cfg, in)
	if err != nil {
		return nil, err
	}
	return linked(a, cfg), nil
}

func (p *program) judge(cfg *config.Config, want *topology.Network, view *live.View) *Verification {
	view.Network.Reads = want.Reads // what the next deployment will read, through the roles as they are
	v := &Verification{
		Differences: drift.Between(want, view.Network, view.Sees, p.folderFlag()...),
		Unseen:      append(diag.List{}, view.Unseen...), Calls: view.Calls,
		Proof: prove.Seen(cfg, view.Network, view.Sees),
	}
	v.Holds = len(v.Unseen) == 0 && len(v.Differences) == 0 && v.Proof.Holds()
	return v
}
