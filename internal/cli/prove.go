package cli

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/plan"
	"sharedhub/internal/prove"
	"sharedhub/internal/safefile"
	"sharedhub/internal/topology"
)

func (p *program) proveCommand() *cobra.Command {
	var dir, in, explain, since string
	var verbose bool
	c := &cobra.Command{
		Use: "prove", Short: "Prove that the templates make the configured network",
		Long: "Evaluates the templates as a network and decides whether each spoke reaches each endpoint by each of its names\n" +
			"and back again, and nothing else.\n" +
			"Without --assembly, synthesises the configuration first, into a folder that is gone afterwards.",
		Example: "  go run . prove\n  go run . prove --assembly cdk.out --json\n  go run . prove --since origin/main",
		Args: func(c *cobra.Command, args []string) error {
			if explain == "" && len(args) == 1 && isPath(args[0]) {
				return folder("config")(c, args)
			}
			if want := min(len(explain), 1); len(args) != want {
				return fmt.Errorf("prove takes a folder, and no other words; for the way from a spoke write explain SPOKE SERVICE, " +
					"such as explain payments-prod ssm")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := p.load(configDir(dir), "proved")
			if err != nil {
				return err
			}
			change := plan.Change{}
			if since != "" {
				if change, err = p.since(c.Context(), since, cfg); err != nil {
					return err
				}
			}
			in, done, err := p.assemblyOf(c.Context(), cfg, in)
			if err != nil {
				return err
			}
			defer done()
			net, err := p.network(in, cfg, verbose)
			if err != nil {
				return err
			}
			if explain != "" {
				p.tell("prove --explain is now a command of its own: explain %s %s\n", explain, args[0])
				return p.explain(cfg, net, prove.Question{From: explain, To: args[0]})
			}
			proof := p.proof(cfg, net)
			proof.opens = change.Opens
			if err := p.sayProof(cfg, proof); err != nil {
				return err
			}
			p.sayClients(cfg)
			return nil
		},
	}
	c.Flags().StringVarP(&dir, "config", "c", "", "the configuration's `folder` (default config)")
	c.Flags().StringVar(&in, "assembly", "", "the cloud assembly's `folder` (default: synthesise the configuration)")
	c.Flags().StringVar(&explain, "explain", "", "the former form of explain `SPOKE` SERVICE")
	_ = c.Flags().MarkHidden("explain")
	c.Flags().StringVar(&since, "since", "",
		"first list what the change since this git `revision`, or configuration's folder, opens, as plan does, and refuse what cannot be "+
			"deployed in one step after it")
	p.jsonFlag(c, "docs/reference/prove.md")
	c.Flags().BoolVar(&verbose, "verbose", false, "also count the resources that are no part of a network")
	return c
}

// since prints what plan prints of the two configurations alone, and refuses a change that takes several deployments.
func (p *program) since(ctx context.Context, base string, cfg *config.Config) (plan.Change, error) {
	before, named, _, err := p.planBase(ctx, cfg.Dir, &planOptions{base: base})
	switch {
	case err != nil:
		return plan.Change{}, err
	case before.Config == nil && before.Dir != "":
		return plan.Change{}, p.fail("%s is a cloud assembly, and --since compares configurations; plan --base %s compares assemblies",
			base, base)
	}
	change := plan.Between(before.Config, cfg)
	p.say(change.Steps)
	switch steps := len(change.Steps.Errors()); {
	case steps > 0:
		p.tell("%s cannot be deployed in one step after %s\n", count(steps, "change"), named)
		return change, exit(1)
	case p.json:
	case len(change.Opens) == 0:
		p.tell("the change since %s opens nothing\n", named)
	default:
		change.WriteText(p.stdout)
	}
	return change, nil
}

// assemblyOf is the folder of an assembly: the one given, or one that is synthesised, of some spokes or of all, and gone when done.
func (p *program) assemblyOf(ctx context.Context, cfg *config.Config, in string, only ...string) (dir string, done func(), err error) {
	if in != "" {
		p.sayOlder(cfg, in, "synthesise again, or leave --assembly out")
		return in, func() {}, nil
	}
	temp, err := os.MkdirTemp("", "sharedhub-*")
	if err != nil {
		return "", nil, p.fail("%w", safefile.NoTemp(err))
	}
	done = p.atEnd(func() { os.RemoveAll(temp) })
	if err := p.synthesise(ctx, cfg, SynthOptions{Out: temp, Final: temp, Only: only}); err != nil {
		done()
		return "", nil, err
	}
	return temp, done, nil
}

// read reads an assembly and resolves it.
func (p *program) read(dir string) (*assembly.Assembly, error) {
	a, err := assembly.Read(dir)
	if err != nil {
		return nil, p.fail("%w", err)
	}
	p.step("templates read")
	return a, nil
}

// linked is an assembly as a network, with what the configuration declares of VPCs that exist. It may be nil.
func linked(a *assembly.Assembly, cfg *config.Config) *topology.Network {
	if cfg == nil {
		return topology.Link(a.Records())
	}
	return prove.Linked(cfg, a.Records())
}

// network reads an assembly as a network.
func (p *program) network(dir string, cfg *config.Config, verbose bool) (*topology.Network, error) {
	a, err := p.read(dir)
	if err != nil {
		return nil, err
	}
	net := linked(a, cfg)
	p.step("network linked")
	if verbose {
		for _, t := range slices.Sorted(maps.Keys(net.Ignored)) {
			p.tell("no part of a network: %d × %s\n", net.Ignored[t], t)
		}
	}
	return net, nil
}

// Proof is what prove found, as its JSON.
type Proof struct {
	// Diagnostics of the configuration.
	Diagnostics diag.List `json:"diagnostics"`
	Evidence
	// Opens is what the change opens, with --since.
	Opens []config.Opening `json:"opens,omitempty"`
	*prove.Result
	// Clients of which a hub leaves names to the internet.
	Clients []clientsLeft `json:"clients"`
}

type timedProof struct {
	*prove.Result
	took time.Duration
	// opens is what the change opens, with --since.
	opens []config.Opening
}

func (p *program) proof(cfg *config.Config, net *topology.Network) *timedProof {
	began := time.Now()
	done := p.doing("proving the network")
	r := prove.Network(cfg, net)
	done()
	p.step("network proved")
	return &timedProof{Result: r, took: time.Since(began)}
}

// sayProof prints a proof, and fails where something does not hold.
func (p *program) sayProof(cfg *config.Config, proof *timedProof) error {
	if p.json {
		e, err := p.evidence(cfg)
		if err != nil {
			return err
		}
		if err := p.printJSON(Proof{p.said, e, proof.opens, proof.Result, leftBy(cfg)}); err != nil {
			return err
		}
	}
	return p.verdict(proof.Result, proof.took)
}
