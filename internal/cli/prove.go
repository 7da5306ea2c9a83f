package cli

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
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
		Example: "  go run . prove\n  git worktree add /tmp/main main && go run . prove --since /tmp/main/config",
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
			var opens []config.Opening
			if since != "" {
				if opens, err = p.since(since, cfg); err != nil {
					return err
				}
			}
			in, done, err := p.assemblyOf(c.Context(), cfg, in)
			if err != nil {
				return err
			}
			defer done()
			net, err := p.network(in, verbose)
			if err != nil {
				return err
			}
			if explain != "" {
				p.tell("prove --explain is now a command of its own: explain %s %s\n", explain, args[0])
				return p.explain(cfg, net, prove.Question{From: explain, To: args[0]})
			}
			proof := p.proof(cfg, net)
			proof.opens = opens
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
		"first list what the change from the configuration in this `folder`, such as the main branch's, opens: with whom hubs are shared, "+
			"which ranges they admit, who reaches whom; and refuse what cannot be deployed in one step after it")
	p.jsonFlag(c, "docs/reference/prove.md")
	c.Flags().BoolVar(&verbose, "verbose", false, "also count the resources that are no part of a network")
	return c
}

// since lists what a change opens, and refuses one that takes several deployments.
func (p *program) since(dir string, cfg *config.Config) ([]config.Opening, error) {
	before, diags := config.Load(dir)
	if before == nil {
		for i := range diags {
			diags[i].Fix = strings.Replace(diags[i].Fix, "--config ", "--since ", 1)
		}
		p.say(diags)
		return nil, p.fail("%s, to compare with, is no valid configuration", dir)
	}
	opens := config.Opens(before, cfg)
	if !p.json {
		p.printOpens(opens, dir)
	}
	if diags := config.Change(before, cfg); len(diags) > 0 {
		p.say(diags)
		p.tell("%s cannot be deployed in one step after %s\n", count(len(diags), "change"), dir)
		return nil, exit(1)
	}
	return opens, nil
}

// printOpens is for whoever reviews the change.
func (p *program) printOpens(opens []config.Opening, dir string) {
	if len(opens) == 0 {
		p.tell("the change since %s opens nothing\n", dir)
	}
	for i, o := range opens {
		if i == mostPrinted {
			diag.Fprintf(p.stdout, "opens: %s more; --json has all\n", count(len(opens)-i, "thing"))
			return
		}
		diag.Fprintf(p.stdout, "opens: %s\n", o)
	}
}

// assemblyOf is the folder of an assembly: the one given, or one that is synthesised, of some spokes or of all, and gone when done.
func (p *program) assemblyOf(ctx context.Context, cfg *config.Config, in string, only ...string) (dir string, done func(), err error) {
	if in != "" {
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

// network reads an assembly as a network.
func (p *program) network(dir string, verbose bool) (*topology.Network, error) {
	a, err := p.read(dir)
	if err != nil {
		return nil, err
	}
	net := topology.Link(a.Records())
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
