package cli

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/prove"
	"sharedhub/internal/reach"
	"sharedhub/internal/topology"
)

func (p *program) explainCommand() *cobra.Command {
	var dir, in string
	var q prove.Question
	c := &cobra.Command{
		Use:   "explain SPOKE|EXTERNAL|ADDRESS SPOKE|EXTERNAL|SERVICE|NAME",
		Short: "Print the way of packets hop by hop, and whether it is as configured",
		Long: "Follows packets from one spoke to another, to a service of its hub, or to the endpoint that a DNS name leads to, and\n" +
			"the answers back; or names the hop that stops them, and says whether the configuration wants it so.\n" +
			"From an entry of external, or from an address behind one, it follows the question for the name too, to the inbound\n" +
			"Resolver endpoint; and the question of a spoke for a name that is forwarded, to the servers that answer it.\n" +
			"A hub stands for its VPC. With --assembly of another CDK app, VPCs are named by name, id or STACK/ID, nothing is\n" +
			"expected of them, and every way is followed that reach follows.\n" +
			"Exit codes: 0 the way exists, or is stopped as configured; 1 the network is not as configured.",
		Example: "  go run . explain payments-prod ecr.dkr\n  go run . explain payments-prod orders-dev\n" +
			"  go run . explain payments-prod sts.us-east-1.amazonaws.com\n" +
			"  go run . explain datacentre sqs\n  go run . explain orders db.corp.example.com\n" +
			"  go run . explain app shared --assembly ../app/cdk.out",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("explain takes two names, such as explain payments-prod ssm: a spoke, and a spoke, a service or a DNS name; found %d",
					len(args))
			}
			return names(args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("port") && (q.Port < 1 || q.Port > 65535) {
				return fmt.Errorf("--port: expected 1 to 65535, found %d", q.Port)
			}
			q.From, q.To = args[0], args[1]
			cfg, net, err := p.configuredNetwork(c.Context(), dir, in)
			if err != nil {
				return err
			}
			return p.explain(cfg, net, q)
		},
	}
	c.Flags().StringVarP(&dir, "config", "c", "", "the configuration's `folder` (default config, if there is one beside --assembly)")
	c.Flags().StringVar(&in, "assembly", "", "the cloud assembly's `folder` (default: synthesise the configuration)")
	c.Flags().StringVar(&q.Hub, "hub", "", "the `hub` whose service is meant (default: the spoke's own)")
	c.Flags().IntVar(&q.Port, "port", 0, "the TCP `port` that packets are for (default: the service's ports; between VPCs, every packet)")
	p.jsonFlag(c, "docs/reference/prove.md")
	return c
}

// names refuses what explain would take for a DNS name and is none.
func names(words []string) error {
	for i, w := range words {
		_, err := netip.ParseAddr(w)
		if err != nil && strings.Trim(w, "0123456789.") == "" {
			return fmt.Errorf("%q is no address and no name; write an address such as 10.16.4.10, or the name of a spoke, a hub, a VPC or "+
				"a service", w)
		}
		if err == nil && i > 0 {
			return fmt.Errorf("%s is an address, and explain takes names: of a spoke, a hub, a VPC, a service, or a DNS name", w)
		}
		if _, err := netip.ParsePrefix(w); err == nil {
			return fmt.Errorf("%s is a range, and explain takes names: of a spoke, a hub, a VPC, a service, or a DNS name", w)
		}
		if _, rest, ok := strings.Cut(w, "://"); ok {
			host, _, _ := strings.Cut(rest, "/")
			host, _, _ = strings.Cut(host, ":")
			return fmt.Errorf("%q is a URL; write its DNS name alone: %s", w, host)
		}
	}
	return nil
}

// configuredNetwork is the network of an assembly, and the configuration to compare it with: none for an assembly where
// there is no such folder.
func (p *program) configuredNetwork(ctx context.Context, dir, in string) (*config.Config, *topology.Network, error) {
	cfg := &config.Config{}
	if _, err := os.Stat(configDir(dir)); in == "" || dir != "" || err == nil {
		if cfg, err = p.load(configDir(dir), "explained"); err != nil {
			return nil, nil, err
		}
	}
	in, done, err := p.assemblyOf(ctx, cfg, in)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	net, err := p.network(in, cfg, false)
	return cfg, net, err
}

// Explanation is what explain found, as its JSON.
type Explanation struct {
	// Diagnostics of the configuration.
	Diagnostics diag.List `json:"diagnostics"`
	*prove.Explanation
}

func (p *program) explain(cfg *config.Config, net *topology.Network, q prove.Question) error {
	if s := net.Circle(); s != "" {
		return p.fail("stack %s waits for itself: the manifest's dependencies of stacks form a circle, so nothing of it can be deployed", s)
	}
	x, err := p.explained(cfg, net, q)
	if err != nil {
		return p.fail("%v", err)
	}
	if p.json {
		if err := p.printJSON(Explanation{p.said, x}); err != nil {
			return err
		}
	} else {
		writeExplanation(p.stdout, x)
	}
	if x.AsConfigured != nil && !*x.AsConfigured {
		return exit(1)
	}
	return nil
}

// explained takes the model of the proof for what is configured, and that of reach, which follows every way, for the rest.
func (p *program) explained(cfg *config.Config, net *topology.Network, q prove.Question) (*prove.Explanation, error) {
	if len(cfg.Hubs) == 0 || q.Hub == "" && prove.Strange(cfg, net, q.From) && prove.Strange(cfg, net, q.To) {
		return reach.Explain(net, q)
	}
	return prove.Explain(cfg, net, q)
}
