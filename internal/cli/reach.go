package cli

import (
	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/reach"
	"sharedhub/internal/reach/view"
	"sharedhub/internal/topology"
)

// reachOptions are the flags of reach.
type reachOptions struct {
	dir, in, hub string
	from, to     []string
	names, full  bool
}

func (p *program) reachCommand() *cobra.Command {
	var o reachOptions
	var verbose bool
	c := &cobra.Command{
		Use: "reach", Short: "Print who reaches whom in any CDK app's assembly", Args: folder("assembly"),
		Long: "Follows packets between all VPCs of an assembly, there and back, and prints VPCs with equal answers as one group:\n" +
			"a matrix of the groups first, then what is not simply yes or no, then the names that resolve. Of up to four VPCs,\n" +
			"it prints each by itself.\n" +
			"It reads cdk.out, another assembly with --assembly, or with --config synthesises a configuration anew.\n" +
			"NAME is a VPC's name, its id, STACK/ID, a spoke, or a tag such as segment=prod; * stands for any characters.",
		Example: "  go run . reach --config config\n  go run . reach --assembly ../app/cdk.out --names\n" +
			"  go run . reach --from payments-prod\n  go run . reach --from segment=dev --to '*-prod' --full",
		RunE: func(c *cobra.Command, _ []string) error {
			net, err := p.reachNetwork(c, o, verbose)
			if err != nil {
				return err
			}
			return p.reach(net, o)
		},
	}
	c.Flags().StringVarP(&o.dir, "config", "c", "", "synthesise the configuration in this `folder`, unless --assembly is written too")
	c.Flags().StringVar(&o.in, "assembly", "cdk.out", "the cloud assembly's `folder`")
	c.Flags().StringArrayVar(&o.from, "from", nil, "only what VPC `NAME` reaches; may be repeated")
	c.Flags().StringArrayVar(&o.to, "to", nil, "only who reaches VPC `NAME`; may be repeated")
	c.Flags().StringVar(&o.hub, "hub", "", "only this `hub` and its spokes, by their tag hub")
	c.Flags().BoolVar(&o.names, "names", false, "also print the private names that each group resolves")
	c.Flags().BoolVar(&o.full, "full", false, "print every VPC and every pair, ungrouped")
	p.jsonFlag(c, "docs/reference/prove.md")
	c.Flags().BoolVar(&verbose, "verbose", false, "also count the resources that are no part of a network")
	return c
}

// reachNetwork is that of an assembly at hand, or of a configuration.
func (p *program) reachNetwork(c *cobra.Command, o reachOptions, verbose bool) (*topology.Network, error) {
	if o.dir == "" {
		if cfg, _ := config.Load(configDir("")); cfg != nil && !c.Flags().Changed("assembly") {
			p.sayOlder(cfg, o.in, "synthesise again, or write --config "+cfg.Dir)
		}
		return p.network(o.in, nil, verbose)
	}
	cfg, err := p.load(configDir(o.dir), "read")
	if err != nil {
		return nil, err
	}
	in := ""
	if c.Flags().Changed("assembly") {
		in = o.in
	}
	in, done, err := p.assemblyOf(c.Context(), cfg, in)
	if err != nil {
		return nil, err
	}
	defer done()
	return p.network(in, cfg, verbose)
}

// Reach is what reach found, as its JSON: all VPCs that are asked for, and their groups.
type Reach struct {
	Diagnostics diag.List `json:"diagnostics"`
	*reach.Result
	*view.Summary
}

func (p *program) reach(net *topology.Network, o reachOptions) error {
	r := reach.Of(net)
	if len(r.VPCs) == 0 {
		p.tell("no VPC in %s\n", o.in)
	}
	vpcs, tags := view.KnownIn(net, r)
	asked, err := askedFor(vpcs, o)
	if err != nil {
		return p.fail("%w", err)
	}
	s := view.Summarise(r, asked, tags)
	switch {
	case p.json:
		return p.printJSON(Reach{p.said, s.Asked(r), s})
	case o.full, len(r.VPCs) > 0 && len(r.VPCs) <= view.Few:
		s.WriteFull(p.stdout, r.Undecided)
	case len(r.VPCs) > 0:
		s.Write(p.stdout, r.Undecided, o.names)
	}
	return nil
}

func askedFor(vpcs []view.Known, o reachOptions) (view.Asked, error) {
	if len(vpcs) == 0 {
		return view.Asked{}, nil
	}
	from, err := view.Select(vpcs, "--from", o.from, o.hub)
	if err != nil {
		return view.Asked{}, err
	}
	to, err := view.Select(vpcs, "--to", o.to, o.hub)
	return view.Asked{From: from, To: to}, err
}
