package cli

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/cost"
	"sharedhub/internal/diag"
	"sharedhub/internal/live"
	"sharedhub/internal/safefile"
)

// priceFile is where a configuration keeps prices of its own.
const priceFile = "prices.json"

// costFlags say which prices and which traffic to reckon with.
type costFlags struct {
	dir     string
	prices  []string
	traffic []string
}

func (f *costFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.prices, "prices", nil,
		"prices of your own in this `file`, over the embedded ones; may be repeated (default CONFIG/prices.json, if it is there)")
	c.Flags().StringSliceVar(&f.traffic, "traffic", nil,
		"what a spoke exchanges with the endpoints in a month, as `SPOKE=GB`; *=GB is every other spoke's")
}

func (p *program) costCommand() *cobra.Command {
	var f costFlags
	var markdown bool
	c := &cobra.Command{Use: "cost", Short: "Say what a configuration costs a month, and what else would cost less", Args: folder("config"),
		Long: "By hub, spoke and item, at AWS's list prices; beside it the same workload with endpoints in each VPC and with NAT\n" +
			"gateways, from how many spokes and up to which traffic the hub is cheaper, and both ways to share names.\n" +
			"Asks nobody: prices come with the program, each with its source and date (docs/COST.md). A price that is not known\n" +
			"is named, and left out of the sums.",
		Example: "  go run . cost\n  go run . cost --traffic '*=200,payments-prod=1500'\n  go run . cost --prices negotiated.json --markdown",
		RunE: func(*cobra.Command, []string) error {
			if err := p.oneForm(markdown); err != nil {
				return err
			}
			cfg, err := p.load(configDir(f.dir), "reckoned")
			if err != nil {
				return err
			}
			r, err := p.costOf(cfg, &f)
			if err != nil {
				return err
			}
			switch {
			case p.json:
				return p.printJSON(Cost{p.said, r})
			case markdown:
				r.WriteMarkdown(p.stdout)
			default:
				r.WriteText(p.stdout)
			}
			return nil
		}}
	c.Flags().StringVarP(&f.dir, "config", "c", "", "the configuration's `folder` (default config)")
	f.add(c)
	p.jsonFlag(c, "docs/COST.md")
	c.Flags().BoolVar(&markdown, "markdown", false, "print Markdown")
	c.AddCommand(p.costRefresh())
	return c
}

// oneForm refuses two forms of one output.
func (p *program) oneForm(markdown bool) error {
	if p.json && markdown {
		return errors.New("--json and --markdown are two forms of the same output: give one")
	}
	return nil
}

// Cost is what cost found, as its JSON.
type Cost struct {
	Diagnostics diag.List `json:"diagnostics"`
	*cost.Report
}

// costOf reckons a configuration with the prices and the traffic that the flags name; traffic may name spokes of another, too. Own
// prices are those beside the configuration that is looked at.
func (p *program) costOf(cfg *config.Config, f *costFlags, also ...*config.Config) (*cost.Report, error) {
	prices, err := f.read(configDir(f.dir))
	if err != nil {
		return nil, p.fail("%w", err)
	}
	traffic, err := parseTraffic(f.traffic, append(also, cfg)...)
	if err != nil {
		return nil, p.fail("%w", err)
	}
	return cost.Of(cfg, prices, traffic), nil
}

// ownPrices is the price file of a configuration; none where it has none.
func ownPrices(dir string) []string {
	own := filepath.Join(dir, priceFile)
	if _, err := os.Lstat(own); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return []string{own}
}

// read is the embedded prices with the files over them.
func (f *costFlags) read(dir string) (*cost.Prices, error) {
	prices, files := cost.Embedded(), f.prices
	if len(files) == 0 {
		files = ownPrices(dir)
	}
	for _, name := range files {
		b, err := readSaved(name)
		if err != nil {
			return nil, err
		}
		over, err := cost.Parse(name, b)
		if err != nil {
			return nil, err
		}
		prices = over.Over(prices)
	}
	return prices, nil
}

func parseTraffic(given []string, configs ...*config.Config) (cost.Traffic, error) {
	out := cost.Traffic{}
	names := []string{"*"}
	for _, cfg := range configs {
		if cfg != nil {
			for _, s := range cfg.Spokes {
				names = append(names, s.Name)
			}
		}
	}
	for _, word := range given {
		name, amount, ok := strings.Cut(word, "=")
		gb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(amount), "GB"), 64)
		name = strings.TrimSpace(name)
		switch {
		case !ok || err != nil || math.IsNaN(gb) || gb < 0 || gb > 1e9:
			return nil, fmt.Errorf("--traffic: expected SPOKE=GB with GB from 0 to 1000000000, such as payments-prod=200, found %q", word)
		case !slices.Contains(names, name):
			hint := diag.DidYouMean(name, names)
			if hint == "" {
				hint = "* stands for every spoke"
			}
			return nil, fmt.Errorf("--traffic: there is no spoke %q; %s", name, hint)
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("--traffic: %q is given twice", name)
		}
		out[name] = gb
	}
	return out, nil
}

// refreshFlags are those of cost refresh.
type refreshFlags struct {
	dir, profile string
	regions      []string
	from         []string
}

func (p *program) costRefresh() *cobra.Command {
	var f refreshFlags
	c := &cobra.Command{Use: "refresh", Short: "Ask AWS's Price List API for the prices of your regions", Args: noWords,
		Long: "Writes prices.json into the configuration, whose prices then win over the embedded ones, and prints what changed.\n" +
			"Needs pricing:GetProducts of any account, or with --from the saved output of aws pricing get-products (docs/COST.md).\n" +
			"Prices of names (hosted zones, Profiles) stay as they are.",
		Example: "  go run . cost refresh --profile network\n  go run . cost refresh --region eu-central-1 --from vpc.json --from nat.json",
		RunE: func(c *cobra.Command, _ []string) error {
			dir := configDir(f.dir)
			regions := f.regions
			if len(regions) == 0 {
				cfg, err := p.load(dir, "asked")
				if err != nil {
					return err
				}
				for _, h := range cfg.Hubs {
					regions = append(regions, h.Region)
				}
			}
			slices.Sort(regions)
			regions = slices.Compact(regions)
			for _, r := range regions {
				if err := p.checkRegion(r); err != nil {
					return err
				}
			}
			return p.refreshPrices(c, dir, regions, &f)
		}}
	c.Flags().StringVarP(&f.dir, "config", "c", "", "the configuration's `folder` (default config)")
	c.Flags().StringSliceVar(&f.regions, "region", nil, "the `regions` to ask for (default those of the hubs)")
	c.Flags().StringVar(&f.profile, "profile", "", "a `profile` of the AWS CLI's configuration")
	c.Flags().StringArrayVar(&f.from, "from", nil, "read saved JSON from this `file` instead of asking AWS; may be repeated")
	p.jsonFlag(c, "docs/COST.md")
	return c
}

// Refreshed is what cost refresh did, as its JSON.
type Refreshed struct {
	Diagnostics diag.List `json:"diagnostics"`
	File        string    `json:"file"`
	Changes     []string  `json:"changes"`
	// Missing are the prices that the answers do not hold.
	Missing []string `json:"missing"`
}

func (p *program) refreshPrices(c *cobra.Command, dir string, regions []string, f *refreshFlags) error {
	file := filepath.Join(dir, priceFile)
	before, err := (&costFlags{}).read(dir)
	if err != nil { // a damaged file is about to be replaced
		before = cost.Embedded()
	}
	found := cost.Answers{}
	switch {
	case len(f.from) > 0:
		for _, name := range f.from {
			b, err := readSaved(name)
			if err != nil {
				return p.fail("%w; %s stays as it was", err, file)
			}
			if err := found.AddSaved(b); err != nil {
				return p.fail("%s: %w; %s stays as it was", name, err, file)
			}
		}
	default:
		products, err := live.Prices(c.Context(), priceQueries(regions), live.Options{CLIProfile: f.profile})
		if err == nil {
			err = found.Add(products)
		}
		if err != nil {
			return p.fail("%w; %s stays as it was", err, file)
		}
	}
	own, missing := found.Prices(regions, time.Now().UTC().Format(time.DateOnly))
	if len(own.Regions) == 0 {
		return p.fail("no price of %s in the answers; %s stays as it was", strings.Join(regions, ", "), file)
	}
	if err := safefile.Replace(dir, priceFile, own.Encode()); err != nil {
		return p.fail("%s: %s; nothing was changed", file, safefile.NotWritten(err))
	}
	changes := cost.Changes(before, own)
	if p.json {
		return p.printJSON(Refreshed{p.said, file, append([]string{}, changes...), append([]string{}, missing...)})
	}
	for _, line := range changes {
		diag.Fprintf(p.stdout, "%s\n", line)
	}
	for _, line := range missing {
		p.say(diag.List{{Severity: diag.Warning, Summary: line}})
	}
	p.tell("%s and %s → %s; commit it with your configuration\n",
		count(len(regions), "region"), count(len(changes), "change"), file)
	return nil
}

func priceQueries(regions []string) (out []live.PriceQuery) {
	for _, r := range regions {
		for _, q := range cost.Queries(r) {
			out = append(out, live.PriceQuery{Service: q.Service, Fields: q.Fields})
		}
	}
	return out
}
