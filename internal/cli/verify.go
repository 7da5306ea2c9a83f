package cli

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sharedhub/internal/assembly"
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
	var dir, in, hub string
	var asJSON, policy bool
	var opt live.Options
	c := &cobra.Command{
		Use: "verify", Short: "Prove the live network, and list where it differs from the synthesised one", Args: cobra.NoArgs,
		Long: "Asks every account and region of the configuration what is there, proves it like a synthesised network, and compares the two part by part.\n" +
			"It only reads. Exit codes: 0 as configured, 1 differs, 3 could not look everywhere; 2 the command line is wrong.",
		Example: "  go run . verify\n  go run . verify --hub use1 --profile network --json\n  go run . verify --policy",
		RunE: func(c *cobra.Command, _ []string) error {
			if policy {
				return p.printJSON(live.Permissions())
			}
			cfg, err := p.load(configDir(dir))
			if err != nil {
				return err
			}
			if hub != "" {
				if cfg, err = p.onlyHub(cfg, hub); err != nil {
					return err
				}
			}
			return p.verify(c.Context(), cfg, in, opt, asJSON)
		},
	}
	c.Flags().StringVar(&dir, "config", "", "the configuration's `folder` (default config)")
	c.Flags().StringVar(&in, "assembly", "", "the cloud assembly's `folder` to compare with (default: synthesise the configuration)")
	c.Flags().StringVar(&hub, "hub", "", "look at this `hub` and its spokes only")
	c.Flags().StringVar(&opt.CLIProfile, "profile", "", "a `profile` of the AWS CLI's configuration")
	c.Flags().StringVar(&opt.Role, "role", "", "the `name` of a role to assume in every account (default: none in your own, the CDK bootstrap's lookup role in the others)")
	c.Flags().BoolVar(&asJSON, "json", false, "print the whole result as JSON (docs/reference/verify.md)")
	c.Flags().BoolVar(&policy, "policy", false, "print the least policy that such a role needs, and do nothing else")
	return c
}

// onlyHub is the configuration with one of its hubs.
func (p *program) onlyHub(cfg *config.Config, name string) (*config.Config, error) {
	var names []string
	for _, h := range cfg.Hubs {
		if h.Name == name {
			return &config.Config{Dir: cfg.Dir, Hubs: []*config.Hub{h}, Spokes: h.Spokes}, nil
		}
		names = append(names, h.Name)
	}
	return nil, p.fail("there is no hub %q; %s", name, cmp.Or(diag.DidYouMean(name, names), "the hubs are "+strings.Join(names, ", ")))
}

// Verification is what verify found, as its JSON.
type Verification struct {
	// Holds is true where every account was seen, nothing differs, and the proof holds.
	Holds       bool               `json:"holds"`
	Differences []drift.Difference `json:"differences"`
	// Proof of what was seen.
	Proof  *prove.Result  `json:"proof"`
	Unseen []live.Unseen  `json:"unseen"`
	Calls  map[string]int `json:"calls"`
	// Seconds that looking took.
	Seconds float64 `json:"seconds"`
}

func (p *program) verify(ctx context.Context, cfg *config.Config, in string, opt live.Options, asJSON bool) error {
	want, err := p.wanted(ctx, cfg, in)
	if err != nil {
		return err
	}
	began := time.Now()
	view, err := live.Look(ctx, live.ScopeOf(want), opt)
	if err != nil {
		fmt.Fprintf(p.stderr, "error: %v\n", err)
		return exit(unlooked)
	}
	v := judge(cfg, want, view)
	v.Seconds = time.Since(began).Seconds()
	if asJSON {
		if err := p.printJSON(v); err != nil {
			return err
		}
	}
	return p.sayVerification(v, cfg.Dir, view.Total())
}

// wanted is the network that the configuration's stacks would make.
func (p *program) wanted(ctx context.Context, cfg *config.Config, in string) (*topology.Network, error) {
	dir, done, err := p.assemblyOf(ctx, cfg, in)
	if err != nil {
		return nil, err
	}
	defer done()
	a, err := assembly.Read(dir)
	if err != nil {
		return nil, p.fail("%v", err)
	}
	// a saved assembly may hold more hubs than are asked for
	a.Stacks = slices.DeleteFunc(a.Stacks, func(s *assembly.Stack) bool {
		return !slices.ContainsFunc(cfg.Hubs, func(h *config.Hub) bool { return strings.HasPrefix(s.Name, h.Name+"-") })
	})
	return topology.Link(a.Records()), nil
}

func judge(cfg *config.Config, want *topology.Network, view *live.View) *Verification {
	view.Network.Reads = want.Reads // what the next deployment will read, through the roles as they are
	v := &Verification{Differences: []drift.Difference{}, Unseen: []live.Unseen{}, Calls: view.Calls, Proof: prove.Seen(cfg, view.Network, view.Sees)}
	v.Differences = append(v.Differences, drift.Between(want, view.Network, view.Sees)...)
	v.Unseen = append(v.Unseen, view.Unseen...)
	v.Holds = len(v.Unseen) == 0 && len(v.Differences) == 0 && v.Proof.Holds()
	return v
}

// sayVerification says what was found, differences first: they are what was done, and the findings what follows.
func (p *program) sayVerification(v *Verification, dir string, calls int) error {
	const most = 50
	for i, d := range v.Differences {
		if i == most {
			fmt.Fprintf(p.stderr, "… and %d more differences; --json prints all\n", len(v.Differences)-most)
			break
		}
		fmt.Fprintf(p.stderr, "differs: %s\n", d)
	}
	errors := v.Proof.Findings.Errors()
	diag.Write(p.stderr, errors, mostFindings)
	for _, u := range v.Unseen {
		fmt.Fprintf(p.stderr, "not looked at: account %s in %s: %s\n", u.Account, u.Region, u.Reason)
	}
	p.sayRepair(v, dir)
	looked := fmt.Sprintf("%d calls in %.1f s", calls, v.Seconds)
	differences := count(len(v.Differences), "difference")
	switch {
	case v.Holds:
		fmt.Fprintf(p.stderr, "as configured: %s, nothing else reachable; %s\n", proved(v.Proof.Counts), looked)
		return nil
	case len(v.Unseen) > 0:
		fmt.Fprintf(p.stderr, "incomplete: %s could not be read; %s, %s in the rest; %s\n", count(len(v.Unseen), "account/region"), differences, count(len(errors), "error"), looked)
		return exit(unlooked)
	}
	fmt.Fprintf(p.stderr, "not as configured: %s, %s; %s\n", differences, count(len(errors), "error"), looked)
	return exit(differs)
}

// sayRepair says how differences go away: CloudFormation compares templates, and sees none of them by itself.
func (p *program) sayRepair(v *Verification, dir string) {
	if dir = filepath.Clean(dir); dir == configDir("") {
		dir = ""
	} else {
		dir = " -c config=" + dir
	}
	drifted, missing := map[string]bool{}, map[string]bool{}
	for _, d := range v.Differences {
		switch {
		case d.Kind == "stack-missing":
			missing[d.Stack] = true
		case d.Stack != "" && !strings.HasPrefix(d.Kind, "stack-") && d.Kind != "stale-reference":
			drifted[d.Stack] = true
		}
	}
	if len(missing) > 0 {
		fmt.Fprintf(p.stderr, "fix: what was never deployed, or is gone, comes with `cdk deploy %s%s`\n", someNames(missing), dir)
	}
	if len(drifted) > 0 {
		fmt.Fprintf(p.stderr, "fix: what is missing or changed comes back with `cdk deploy --revert-drift --exclusively %s%s`, or by hand; take what is extra away by hand (a plain `cdk deploy` compares templates and changes nothing)\n", someNames(drifted), dir)
	}
}

// someNames are the first few, sorted.
func someNames(set map[string]bool) string {
	const most = 5
	names := slices.Sorted(maps.Keys(set))
	if len(names) > most {
		names = append(names[:most], "…")
	}
	return strings.Join(names, " ")
}
