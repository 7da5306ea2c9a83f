package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/live"
	"sharedhub/internal/report"
	"sharedhub/internal/revision"
)

// reportOptions are the flags of report.
type reportOptions struct {
	dir, in, hub         string
	live, html, markdown bool
	opt                  live.Options
}

func (p *program) reportCommand() *cobra.Command {
	var o reportOptions
	c := &cobra.Command{
		Use: "report", Short: "Show an auditor who reaches what, through which policies, and what records it", Args: folder("config"),
		Long: "Prints who reaches whom by segment and by spoke, the endpoints with their policies in words and in full, flow logs, ways to\n" +
			"the internet, shares and roles; and for the controls that auditors ask for (PCI DSS, HIPAA, GDPR, AWS Foundational Security\n" +
			"Best Practices) what that shows of each, and what it does not. It takes the templates, which are the same whoever asks and\n" +
			"whenever, or with --live what the accounts answer, as verify reads it.\n" +
			"Exit codes: 0 as configured, 1 not as configured, 3 (with --live) could not look everywhere; 2 the command line is wrong.\n" +
			"The report is printed whatever it says.",
		Example: "  go run . report --html > report.html\n  go run . report --live --profile audit --html > report.html\n" +
			"  go run . report --hub use1 --markdown",
		RunE: func(c *cobra.Command, _ []string) error {
			if o.html && o.markdown || p.json && (o.html || o.markdown) {
				return fmt.Errorf("a report is one of --html, --markdown and --json")
			}
			for _, flag := range []string{"profile", "role"} {
				if c.Flags().Changed(flag) && !o.live {
					return fmt.Errorf("--%s is for --live; the templates are read without an account", flag)
				}
			}
			cfg, err := p.load(configDir(o.dir), "reported")
			if err != nil {
				return err
			}
			return p.report(c.Context(), cfg, o)
		},
	}
	c.Flags().StringVarP(&o.dir, "config", "c", "", "the configuration's `folder` (default config)")
	c.Flags().StringVar(&o.in, "assembly", "", "the cloud assembly's `folder` (default: synthesise the configuration)")
	c.Flags().StringVar(&o.hub, "hub", "", "report on this `hub` and its spokes only")
	c.Flags().BoolVar(&o.html, "html", false, "print one page for a browser and for paper")
	c.Flags().BoolVar(&o.markdown, "markdown", false, "print Markdown, which is the default")
	p.jsonFlag(c, "docs/reference/report.md")
	c.Flags().BoolVar(&o.live, "live", false, "look at the accounts instead of the templates, and compare the two")
	c.Flags().StringVar(&o.opt.CLIProfile, "profile", "", "a `profile` of the AWS CLI's configuration, for --live")
	c.Flags().StringVar(&o.opt.Role, "role", "", "the `name` of a role to assume in every account, for --live (default as verify's)")
	return c
}

// Audit is what report found, as its JSON.
type Audit struct {
	// Diagnostics of the configuration.
	Diagnostics diag.List `json:"diagnostics"`
	*report.Report
}

func (p *program) report(ctx context.Context, cfg *config.Config, o reportOptions) error {
	one := cfg
	if o.hub != "" {
		var err error
		if one, err = p.onlyHub(cfg, o.hub); err != nil {
			return err
		}
	}
	e, err := p.reportEvidence(ctx, cfg)
	if err != nil {
		return err
	}
	in := report.Input{Config: cfg, Hub: o.hub, Evidence: e}
	if o.live {
		cfg, in.Config = one, one
	}
	want, err := p.wanted(ctx, cfg, o.in)
	if err != nil {
		return err
	}
	if in.Network = want; !o.live {
		in.Proof = p.proof(cfg, want).Result
		return p.sayReport(report.Of(in), o, 0)
	}
	began := time.Now()
	view, err := live.Look(ctx, live.ScopeOf(want), o.opt)
	if err != nil {
		p.say(diag.From(err))
		return exit(unlooked)
	}
	v := p.judge(cfg, want, view)
	in.Network, in.Proof, in.Live = view.Network, v.Proof, &report.Live{Differences: v.Differences, Unseen: v.Unseen}
	in.Evidence.Time, in.Evidence.Caller = began.UTC().Format(time.RFC3339), view.Caller
	return p.sayReport(report.Of(in), o, len(v.Unseen))
}

// reportEvidence says which files a report is of. A folder outside a repository has no commit.
func (p *program) reportEvidence(ctx context.Context, cfg *config.Config) (report.Evidence, error) {
	e, err := p.evidence(cfg)
	if err != nil {
		return report.Evidence{}, err
	}
	program, _, _ := strings.Cut(e.Program.String(), "\n")
	out := report.Evidence{Program: program, CDK: e.Program.CDK, Folder: cfg.Dir, Digest: e.Configuration.Digest}
	if s, err := revision.Of(ctx, cfg.Dir); err == nil {
		out.Commit, out.Changed = s.Commit, s.Changed
	}
	return out, nil
}

func (p *program) sayReport(r *report.Report, o reportOptions, unseen int) error {
	var err error
	switch {
	case p.json:
		err = p.printJSON(Audit{p.said, r})
	case o.html:
		err = r.Document().WriteHTML(p.stdout)
	default:
		err = r.Document().WriteMarkdown(p.stdout)
	}
	if err != nil {
		return err
	}
	switch {
	case unseen > 0:
		p.tell("incomplete: %s could not be read\n", count(unseen, "account/region"))
		return exit(unlooked)
	case !r.Holds:
		p.tell("not as configured: %s; the report names them\n", count(len(r.Proof.Findings.Errors())+differences(r), "finding"))
		return exit(differs)
	}
	return nil
}

func differences(r *report.Report) int {
	if r.Live == nil {
		return 0
	}
	return len(r.Live.Differences)
}
