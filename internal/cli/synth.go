package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/topology"
)

func (p *program) synthCommand() *cobra.Command {
	var dir, out string
	var only []string
	var validate, noProve bool
	c := &cobra.Command{
		Use: "synth", Short: "Write the CloudFormation templates of a configuration", Args: folder("config"),
		Example: "  go run . synth --config examples/01-one-spoke --out /tmp/out\n" +
			"  npx --yes aws-cdk@2.1148.1 synth --all -q -c config=examples/01-one-spoke",
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("only") && len(only) == 0 {
				return errors.New("--only names no spoke; name one, or leave --only out to build all")
			}
			return p.runSynth(c.Context(), dir, SynthOptions{Out: out, Only: only, Validate: validate}, noProve)
		},
	}
	c.Flags().StringVarP(&dir, "config", "c", "", "the configuration's `folder` (default config, or what cdk's -c config=folder says)")
	c.Flags().StringVar(&out, "out", "", "the `folder` to write to (default cdk.out, or what the CDK CLI says)")
	c.Flags().StringSliceVar(&only, "only", nil, "build just what these `spokes` need")
	c.Flags().BoolVar(&validate, "validate", false, "let the CDK validate the templates too (3 to 5 seconds)")
	p.jsonFlag(c, "docs/reference/prove.md")
	c.Flags().BoolVar(&noProve, "no-prove", false, "do not prove the network at the end")
	return c
}

func (p *program) runSynth(ctx context.Context, dir string, opt SynthOptions, noProve bool) error {
	began := time.Now()
	cfg, err := p.load(configDir(dir), "written")
	if err != nil {
		return err
	}
	if err := p.checkOnly(cfg, opt.Only); err != nil {
		return err
	}
	opt.Out = cmp.Or(opt.Out, os.Getenv("CDK_OUTDIR"), "cdk.out")
	out := opt.Out
	undo, err := p.makeFolder(out)
	if err != nil {
		return err
	}
	defer undo()
	before, err := stacksIn(out)
	if err != nil {
		return p.fail("%w", err)
	}
	// A report of an earlier validation would be read by the CDK CLI as this one's.
	if err := os.Remove(filepath.Join(out, "validation-report.json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return p.fail("%v", err)
	}
	if err := p.engine.Synth(ctx, cfg, opt); err != nil {
		return p.fail("%v", err)
	}
	after, err := stacksIn(out)
	if err == nil {
		err = removeStale(out, before, after)
	}
	if err != nil {
		return p.fail("%w", err)
	}
	took := time.Since(began)
	a, err := assembly.Read(out)
	if err != nil {
		return p.fail("%w", err)
	}
	p.summary(cfg, a, opt.Only, took)
	switch {
	case noProve:
		return nil
	case len(opt.Only) > 0: // the zones of an account list all its spokes, and some of those are not here
		p.tell("not proved, since --only builds a part; %s prove looks at the whole\n", diag.Program())
		return nil
	}
	return p.prove(cfg, topology.Link(a.Records()))
}

// configDir is the folder to read: the flag, else the CDK CLI's context, else config.
func configDir(flag string) string {
	if flag != "" {
		return strings.TrimPrefix(flag, "config=") // as the CDK CLI's -c has it
	}
	var context struct {
		Config string `json:"config"`
	}
	if json.Unmarshal([]byte(os.Getenv("CDK_CONTEXT_JSON")), &context) == nil && context.Config != "" {
		return context.Config
	}
	return "config"
}

func (p *program) checkOnly(cfg *config.Config, only []string) error {
	var names []string
	for _, s := range cfg.Spokes {
		names = append(names, s.Name)
	}
	for _, o := range only {
		if !slices.Contains(names, o) {
			hint := diag.DidYouMean(o, names)
			if hint == "" {
				hint = "the spokes are " + strings.Join(names, ", ")
			}
			return p.fail("--only: there is no spoke %q; %s", o, hint)
		}
	}
	return nil
}

// makeFolder makes the folder to write to before the CDK starts, which takes seconds to refuse it. undo removes it if it is
// new and still empty.
func (p *program) makeFolder(out string) (undo func(), err error) {
	_, err = os.Stat(out)
	isNew := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(out, 0o755); err != nil {
		if path := (*fs.PathError)(nil); errors.As(err, &path) { // it names the folder, or a parent of it, again
			err = path.Err
		}
		return nil, p.fail("%s: the folder cannot be made: %v; name another with --out", out, err)
	}
	return func() {
		if isNew {
			_ = os.Remove(out) // which fails where something was written
		}
	}, nil
}

// manifest is what is read of a cloud assembly's manifest.json.
type manifest struct {
	Artifacts map[string]struct {
		Type string `json:"type"`
	} `json:"artifacts"`
}

// stacksIn lists the stacks of the cloud assembly in a folder, sorted. An empty folder has none; one that holds something
// else is an error, since it is about to be written to.
func stacksIn(out string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(out, "manifest.json"))
	if errors.Is(err, fs.ErrNotExist) {
		entries, err := os.ReadDir(out)
		if err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !strings.HasSuffix(e.Name(), ".lock") }) && !underCDK() {
			return nil, fmt.Errorf("%s: the folder holds files that are no cloud assembly; name an empty one with --out", out)
		}
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	var m manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(out, "manifest.json"), err)
	}
	var stacks []string
	for name, a := range m.Artifacts {
		if a.Type == "aws:cloudformation:stack" {
			stacks = append(stacks, name)
		}
	}
	slices.Sort(stacks)
	return stacks, nil
}

// removeStale takes away the files of stacks that the last synthesis wrote and this one did not; the CDK leaves them.
func removeStale(out string, before, after []string) error {
	for _, name := range before {
		if slices.Contains(after, name) {
			continue
		}
		for _, ext := range []string{".template.json", ".assets.json", ".metadata.json"} {
			if err := os.Remove(filepath.Join(out, name+ext)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// summary ends a synthesis: what was built, and where.
func (p *program) summary(cfg *config.Config, a *assembly.Assembly, only []string, took time.Duration) {
	counts := map[string]int{}
	var stacks []string
	total, zones := 0, 0
	for _, s := range a.Stacks {
		stacks = append(stacks, s.ID)
		for _, r := range s.Resources {
			if r.Type == "AWS::Route53::HostedZone" {
				zones++
			}
		}
		counts[s.ID], total = len(s.Resources), total+len(s.Resources)
	}
	endpoints, spokes := 0, len(cfg.Spokes)
	var unbounded []string
	for _, h := range cfg.Hubs {
		endpoints += len(h.Endpoints)
		for _, s := range h.Endpoints {
			if s.Policy.Kind == config.PolicyImpossible {
				unbounded = append(unbounded, s.Catalog.Name)
			}
		}
	}
	if len(only) > 0 {
		spokes = len(only)
	}
	p.tell("%s, %s, %s, %s, %s, %s → %s in %s\n",
		count(len(cfg.Hubs), "hub"), count(spokes, "spoke"), count(endpoints, "endpoint"), count(zones, "zone"),
		count(total, "resource"), count(len(stacks), "stack"), a.Dir, took.Round(time.Millisecond))
	if !p.quiet {
		fmt.Fprint(p.stderr, resourceTable(stacks, counts))
	}
	for _, h := range cfg.Hubs {
		if own := h.Catalog.Own(); own != nil {
			p.tell("service names of %s: %s, refreshed on %s\n", h.Name, config.CatalogFile(cfg.Dir, h.Region), own.Captured)
		} else {
			p.tell("service names of %s: the embedded catalogue; catalog refresh --region %s asks your own account\n",
				h.Name, h.Region)
		}
	}
	if len(unbounded) > 0 {
		names := slices.Compact(slices.Sorted(slices.Values(unbounded)))
		p.tell("no endpoint policy possible, so IAM alone decides: %s\n", strings.Join(names, ", "))
	}
}

// resourceTable is the resources per stack: a line each, or with many stacks the smallest and largest.
func resourceTable(stacks []string, counts map[string]int) string {
	var b strings.Builder
	if len(stacks) > 24 {
		bySize := slices.Clone(stacks)
		slices.SortStableFunc(bySize, func(a, b string) int { return counts[b] - counts[a] })
		first, last := bySize[0], bySize[len(bySize)-1]
		diag.Fprintf(&b, "resources per stack: %d (%s) to %d (%s)\n", counts[last], last, counts[first], first)
		return b.String()
	}
	for _, s := range stacks {
		diag.Fprintf(&b, "  %4d resources  %s\n", counts[s], s)
	}
	return b.String()
}
