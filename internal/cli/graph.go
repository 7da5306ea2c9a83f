package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/cost"
	"sharedhub/internal/diag"
	"sharedhub/internal/graph"
)

// graphFormats are the forms of a picture.
var graphFormats = []string{"svg", "mermaid", "d2", "html"}

func (p *program) graphCommand() *cobra.Command {
	var dir, format string
	var full bool
	c := &cobra.Command{Use: "graph", Short: "Draw hubs, segments and spokes, and who reaches whom", Args: folder("config"),
		Long: "Draws the configuration: each hub with its endpoints, its segments as groups of spokes with their ranges and accounts, and\n" +
			"which segments reach each other. A segment with more than eight spokes has them counted by account; --full draws each.\n" +
			"The proof holds the templates to the same configuration, so the picture shows the network that they make.",
		Example: "  go run . graph --format html > network.html\n  go run . graph > network.svg\n" +
			"  go run . graph --format mermaid --config examples/02-teams-and-segments",
		RunE: func(*cobra.Command, []string) error {
			if !slices.Contains(graphFormats, format) {
				return fmt.Errorf("--format: there is no format %q; %s", format, diag.Meant(format, graphFormats, "the formats are "))
			}
			cfg, err := p.load(configDir(dir), "drawn")
			if err != nil {
				return err
			}
			picture := graph.Of(cfg)
			switch {
			case p.json:
				return p.printJSON(Graph{p.said, picture})
			case format == "mermaid":
				fmt.Fprint(p.stdout, picture.Mermaid(full))
			case format == "html":
				fmt.Fprint(p.stdout, picture.HTML(p.monthly(cfg)))
			case format == "d2":
				fmt.Fprint(p.stdout, picture.D2(full))
			default:
				fmt.Fprint(p.stdout, picture.SVG(full))
			}
			return nil
		}}
	c.Flags().StringVarP(&dir, "config", "c", "", "the configuration's `folder` (default config)")
	c.Flags().StringVar(&format, "format", "svg", "the picture's `form`: "+strings.Join(graphFormats, ", "))
	c.Flags().BoolVar(&full, "full", false, "draw every spoke, none counted")
	p.jsonFlag(c, "docs/reference/commands.md")
	return c
}

// monthly is what each spoke costs, by hub and name; nothing where a price is not known.
func (p *program) monthly(cfg *config.Config) map[string]string {
	out := map[string]string{}
	prices, err := (&costFlags{}).read(cfg.Dir)
	if err != nil {
		p.say(diag.List{{Severity: diag.Warning, Summary: err.Error()}})
		prices = cost.Embedded()
	}
	for _, h := range cost.Of(cfg, prices, nil).Hubs {
		for _, s := range h.Spokes {
			if s.Monthly > 0 {
				out[h.Name+"/"+s.Name] = cost.Dollars(s.Monthly) + " a month, without traffic"
			}
		}
	}
	return out
}

// Graph is what graph draws, as its JSON.
type Graph struct {
	Diagnostics diag.List `json:"diagnostics"`
	*graph.Picture
}
