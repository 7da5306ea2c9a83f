package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/live"
	"sharedhub/internal/safefile"
)

func (p *program) catalogCommand() *cobra.Command {
	c := &cobra.Command{Use: "catalog", Short: "Look services up, and refresh what is known of them", Args: noCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(p.catalogList(), p.catalogShow(), p.catalogClients(), p.catalogRefresh())
	return c
}

// catalogFlags are shared by the subcommands.
type catalogFlags struct {
	dir, region string
	json        bool
}

func (f *catalogFlags) add(c *cobra.Command) {
	c.Flags().StringVarP(&f.dir, "config", "c", "", "the configuration's `folder`, whose catalog/REGION.json wins (default config)")
	c.Flags().StringVar(&f.region, "region", "us-east-1", "the `region` to look at")
	c.Flags().BoolVar(&f.json, "json", false, "print it as JSON")
}

// open is the catalogue of a region: the embedded one, with the configuration's over it.
func (p *program) open(f *catalogFlags) (*catalog.Catalog, error) {
	if err := p.checkRegion(f.region); err != nil {
		return nil, err
	}
	cat, err := config.ReadCatalog(configDir(f.dir), f.region)
	if err != nil {
		return nil, p.fail("%s: %v", config.CatalogFile(configDir(f.dir), f.region), err)
	}
	return cat, nil
}

func (p *program) checkRegion(region string) error {
	if _, err := awsfacts.PartitionOf(region); err == nil {
		if known := awsfacts.Regions(); !slices.Contains(known, region) {
			diag.Fprintf(p.stderr, "%s is not a region that this program knows; %s\n", region, diag.DidYouMean(region, known))
		}
		return nil
	}
	return p.fail("%q is not a region; %s", region, cmp.Or(diag.DidYouMean(region, awsfacts.Regions()), "write one such as us-east-1"))
}

func (p *program) catalogList() *cobra.Command {
	var f catalogFlags
	var match string
	c := &cobra.Command{Use: "list", Short: "List the services of a region", Args: noWords,
		Example: "  go run . catalog list --region eu-west-1 --match ecr",
		RunE: func(*cobra.Command, []string) error {
			cat, err := p.open(&f)
			if err != nil {
				return err
			}
			found := []*catalog.Service{}
			for _, n := range cat.Names() {
				s, ok := cat.Lookup(n)
				if ok && s.Offered() && (strings.Contains(n, match) || strings.Contains(strings.Join(s.PrivateNames, " "), match)) {
					found = append(found, s)
				}
			}
			if f.json {
				return p.printJSON(found)
			}
			for _, s := range found {
				diag.Fprintf(p.stdout, "%-40s %-10s %s\n", s.Name, s.Confidence, strings.Join(s.PrivateNames, " "))
			}
			diag.Fprintf(p.stderr, "%d %s in %s; %s\n", len(found), plural(len(found), "service"), f.region, provenance(cat))
			return nil
		}}
	f.add(c)
	c.Flags().StringVar(&match, "match", "", "only services whose name or private names hold this `text`")
	return c
}

// provenance says which catalogue was used.
func provenance(c *catalog.Catalog) string {
	if own := c.Own(); own != nil {
		return "the catalogue was refreshed on " + own.Captured
	}
	return "the embedded catalogue; catalog refresh asks your own account"
}

func (p *program) catalogShow() *cobra.Command {
	var f catalogFlags
	var bundle string
	c := &cobra.Command{Use: "show SERVICE", Short: "Show what is known of a service, or what a bundle holds",
		Example: "  go run . catalog show ecr.dkr --region us-east-1\n  go run . catalog show --bundle eks",
		Args: func(_ *cobra.Command, args []string) error {
			want := 1
			if bundle != "" {
				want = 0
			}
			switch {
			case len(args) == want:
				return nil
			case len(args) == 0:
				return errors.New("name a service, such as catalog show ecr.dkr, or a bundle with --bundle; catalog list shows all services")
			}
			return fmt.Errorf("catalog show takes one service, or --bundle NAME, and not both: found %q", args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			cat, err := p.open(&f)
			if err != nil {
				return err
			}
			if bundle != "" {
				return p.showBundle(cat, bundle, f.json)
			}
			s, ok := cat.Lookup(args[0])
			if !ok {
				s, ok = cat.Unlisted(args[0])
			}
			if !ok {
				return p.fail("service %q is not in the catalogue of %s; %s", args[0], f.region, unknownService(cat, args[0]))
			}
			if f.json {
				return p.printJSON(shown(s))
			}
			p.showService(cat, s)
			return nil
		}}
	f.add(c)
	c.Flags().StringVar(&bundle, "bundle", "", "show what the `bundle` holds instead")
	return c
}

// unknownService says what may be meant by what is no service's name.
func unknownService(cat *catalog.Catalog, word string) string {
	if fix := cat.Special(word); fix != "" {
		return fix
	}
	hint := ""
	if meant := cat.Meant(word); len(meant) > 0 {
		hint = "did you mean " + strings.Join(meant, " or ") + "?"
	}
	hint = cmp.Or(hint, diag.DidYouMean(word, cat.Names()))
	if near := diag.Suggest(word, catalog.Words()); hint == "" && len(near) > 0 {
		hint = "did you mean " + strings.Join(cat.Meant(near[0]), " or ") + "?"
	}
	hint = cmp.Or(hint, diag.Command("catalog", "list")+" shows them all")
	if _, ok := catalog.FindBundle(word); ok {
		hint = fmt.Sprintf("%s shows the bundle; %s", diag.Command("catalog", "show", "--bundle", word), hint)
	}
	return hint
}

type shownService struct {
	*catalog.Service
	HostedZones []catalog.HostedZone `json:"hostedZones"`
	Offered     bool                 `json:"offered"`
}

func shown(s *catalog.Service) shownService {
	return shownService{s, catalog.HostedZones(s.PrivateNames), s.Offered()}
}

// known says how names of a service are known.
func known(s *catalog.Service, p catalog.Provenance) string {
	switch p.Confidence {
	case catalog.Observed:
		return "observed in " + s.Region + ", " + p.Source
	case catalog.Stated:
		return "stated by AWS, " + s.Page
	case catalog.SDK:
		return "the host name that the SDKs ask for, " + p.Source
	case catalog.Derived:
		return "derived from those of other regions, " + p.Source
	case catalog.Guess: // as what nobody has declared
	}
	return "a guess, made of the service's name"
}

func (p *program) showService(cat *catalog.Catalog, s *catalog.Service) {
	line := func(key, format string, args ...any) {
		diag.Fprintf(p.stdout, "%-10s %s\n", key, fmt.Sprintf(format, args...))
	}
	line("service", "%s", s.ServiceName)
	switch {
	case s.OnlyIn != "" && s.OnlyIn != s.Region:
		line("", "in %s only", s.OnlyIn)
	case !s.Offered():
		line("", "not seen in %s", s.Region)
	}
	if s.Instead != "" {
		line("", "AWS takes no new endpoints of it; use %s", s.Instead)
	}
	key := "names"
	for _, p := range s.Provenance {
		if len(p.Names) > 0 {
			line(key, "%s (%s)", strings.Join(p.Names, " "), known(s, p))
			key = ""
		}
	}
	if len(s.PrivateNames) == 0 {
		line(key, "none: nothing resolves to its endpoint by itself")
	}
	options := s.Optional()
	for _, name := range slices.Sorted(maps.Keys(options)) {
		if o := options[name]; o.OnlyIn == "" || o.OnlyIn == s.Region {
			line("", "optional %s: %s, for %s", name, strings.Join(o.Names, " "), o.For)
			if o.Doubt != "" {
				line("", "  %s", o.Doubt)
			}
		}
	}
	for _, z := range catalog.HostedZones(s.PrivateNames) {
		records := z.Name
		if z.Wildcard {
			records += " *." + z.Name
		}
		line("zone", "%s with records %s", z.Name, records)
	}
	line("alias", "DnsEntries[%d] of the endpoint", catalog.DNSEntry)
	line("ports", "%s", strings.Trim(fmt.Sprint(s.Ports), "[]"))
	line("policy", "%s", s.Policy)
	line("addresses", "%s", cmp.Or(strings.Join(s.IPTypes, " "), "unknown"))
	letters := strings.Join(strings.Split(s.AZs, ""), " ")
	line("seen in", "zones %s of %s", cmp.Or(strings.Join(s.AZIDs, " "), letters, "unknown"), s.Region)
	line("regions", "%s", cmp.Or(strings.Join(s.ObservedIn, " "), "not in the observation"))
	if s.FIPSTwin != "" {
		line("fips", "%s", s.FIPSTwin)
	}
	if s.GatewayEndpoint {
		line("gateway", "has a gateway endpoint too, free within a VPC")
	}
	if c, ok := catalog.Companions[s.Name]; ok {
		line("needs", "%s: %s", strings.Join(c.Needs, " "), c.Why)
	}
	fmt.Fprintln(p.stderr, provenance(cat))
}

func (p *program) showBundle(cat *catalog.Catalog, name string, asJSON bool) error {
	b, ok := catalog.FindBundle(name)
	if !ok {
		var names []string
		for _, b := range catalog.Bundles {
			names = append(names, b.Name)
		}
		return p.fail("there is no bundle %q; %s", name, diag.Meant(name, names, "the bundles are "))
	}
	if asJSON {
		return p.printJSON(b)
	}
	diag.Fprintf(p.stdout, "%s: %s\n", b.Name, b.For)
	for _, n := range b.Services {
		s, ok := cat.Lookup(n)
		note := ""
		if !ok || !s.Offered() {
			note = "  (not seen in " + cat.Region + ")"
		}
		diag.Fprintf(p.stdout, "  %s%s\n", n, note)
	}
	diag.Fprintf(p.stdout, "source: %s\n", b.Page)
	return nil
}

func (p *program) catalogRefresh() *cobra.Command {
	var f catalogFlags
	var profile, from string
	c := &cobra.Command{Use: "refresh", Short: "Ask your own account for a region's services", Args: noWords,
		Long: "Writes catalog/REGION.json into the configuration, which then wins over the embedded catalogue, and prints what changed.\n" +
			"Needs ec2:DescribeVpcEndpointServices and ec2:DescribeAvailabilityZones, or with --from the saved output of\n" +
			"aws ec2 describe-vpc-endpoint-services.",
		Example: "  go run . catalog refresh --region eu-west-1 --profile network",
		RunE: func(c *cobra.Command, _ []string) error {
			if err := p.checkRegion(f.region); err != nil {
				return err
			}
			before, err := config.ReadCatalog(configDir(f.dir), f.region)
			if err != nil { // a damaged file is about to be replaced
				before = catalog.For(f.region, nil)
			}
			o, err := p.observe(c.Context(), f.region, profile, from)
			if err != nil {
				return p.fail("%v; %s stays as it was", err, config.CatalogFile(configDir(f.dir), f.region))
			}
			file := config.CatalogFile(configDir(f.dir), f.region)
			if err := safefile.Replace(configDir(f.dir), config.CatalogFile("", f.region), o.Encode()); err != nil {
				return p.fail("%s: %s; nothing was changed", file, safefile.NotWritten(err))
			}
			changes := catalog.Changes(before, catalog.For(f.region, o))
			if f.json {
				return p.printJSON(map[string]any{"file": file, "services": len(o.Services), "changes": append([]string{}, changes...)})
			}
			for _, line := range changes {
				diag.Fprintf(p.stdout, "%s\n", line)
			}
			diag.Fprintf(p.stderr, "%s and %s → %s; commit it with your configuration\n",
				count(len(o.Services), "service"), count(len(changes), "change"), file)
			return nil
		}}
	f.add(c)
	c.Flags().StringVar(&profile, "profile", "", "a `profile` of the AWS CLI's configuration")
	c.Flags().StringVar(&from, "from", "", "read saved JSON from this `file` instead of asking AWS")
	return c
}

func (p *program) observe(ctx context.Context, region, profile, from string) (*catalog.Observation, error) {
	if from == "" {
		return live.Services(ctx, region, live.Options{CLIProfile: profile})
	}
	b, err := readSaved(from)
	if err != nil {
		return nil, err
	}
	o, err := live.SavedServices(region, b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	return o, nil
}
