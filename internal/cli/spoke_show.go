package cli

import (
	"fmt"
	"maps"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/ranges"
	"sharedhub/internal/stackname"
)

// Listed is a spoke as spoke list shows it.
type Listed struct {
	Spoke   string   `json:"spoke"`
	Hub     string   `json:"hub"`
	Segment string   `json:"segment"`
	Account string   `json:"account"`
	Ranges  []string `json:"ranges"`
	// State is attached or detached; unknown for a file with mistakes.
	State string `json:"state"`
	File  string `json:"file"`
	// Readable is false for a file with mistakes, of which the rest may be missing.
	Readable bool `json:"readable"`
}

func (p *program) spokeList() *cobra.Command {
	var f where
	c := &cobra.Command{
		Use: "list", Short: "List the spokes, with their ranges", Args: noWords,
		Long:    "Lists what the files say, also where they do not go together.",
		Example: "  go run . spoke list\n  go run . spoke list --segment prod --json",
		RunE: func(*cobra.Command, []string) error {
			w, done, err := p.looked(configDir(f.dir))
			if err != nil {
				return err
			}
			defer done()
			return p.listSpokes(w, f)
		},
	}
	f.add(c)
	c.Flag("hub").Usage, c.Flag("segment").Usage = "only spokes of this `hub`", "only spokes of this `segment`"
	p.jsonFlag(c, "docs/reference/commands.md")
	return c
}

func (p *program) listSpokes(w *config.Written, f where) error {
	if err := p.mustHave(w, f); err != nil {
		return err
	}
	list, broken := []Listed{}, 0
	for _, s := range w.Spokes() {
		if !s.Readable {
			broken++
		}
		if f.hub != "" && s.In.Hub != f.hub || f.segment != "" && s.In.Segment != f.segment {
			continue
		}
		state := s.In.State
		switch {
		case !s.Readable:
			state = unknownState
		case state == "":
			state = string(config.Attached)
		}
		list = append(list, Listed{s.Name, s.In.Hub, s.In.Segment, s.In.Account, ranges.Strings(s.Ranges()), state, s.Path, s.Readable})
	}
	if p.json {
		return p.printJSON(list)
	}
	rows := [][]string{{"spoke", "hub", "segment", "account", "ranges", "state"}}
	for _, s := range list {
		rows = append(rows, []string{s.Spoke, s.Hub, s.Segment, s.Account, strings.Join(s.Ranges, " "), s.State})
	}
	p.table(rows)
	p.tell("%s\n", count(len(list), "spoke"))
	if broken > 0 {
		p.tell("%s with mistakes; %s lists them\n", count(broken, "file"), p.command("check"))
	}
	return nil
}

// unknownState is that of a spoke whose file has mistakes.
const unknownState = "unknown"

// mustHave refuses a hub or a segment that neither the hubs' files nor the spokes' name.
func (p *program) mustHave(w *config.Written, f where) error {
	hubs, segments := map[string]bool{}, map[string]bool{}
	for _, h := range w.Hubs() {
		hubs[h.Name] = true
		if f.hub == "" || f.hub == h.Name {
			for _, s := range h.In.Segments.Keys() {
				segments[s] = true
			}
		}
	}
	for _, s := range w.Spokes() {
		hubs[s.In.Hub] = true
		if f.hub == "" || f.hub == s.In.Hub {
			segments[s.In.Segment] = true
		}
	}
	delete(hubs, "")
	delete(segments, "")
	switch {
	case f.hub != "" && !hubs[f.hub]:
		return p.fail("there is no hub %q; %s", f.hub, diag.Meant(f.hub, slices.Sorted(maps.Keys(hubs)), "the hubs are "))
	case f.segment != "" && !segments[f.segment]:
		return p.fail("there is no segment %q; %s", f.segment, diag.Meant(f.segment, slices.Sorted(maps.Keys(segments)), "the segments are "))
	}
	return nil
}

// table prints rows below a head, in columns.
func (p *program) table(rows [][]string) {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i := range row {
			row[i] = diag.Plain(row[i])
		}
		fmt.Fprintln(w, strings.TrimRight(strings.Join(row, "\t"), "\t"))
	}
	w.Flush()
}

// Shown is a spoke with everything decided.
type Shown struct {
	Listed
	Region string `json:"region"`
	// Reaches are the segments whose spokes it exchanges packets with, beside the hub's endpoints.
	Reaches          []string          `json:"reaches"`
	Subnets          []Subnet          `json:"subnets"`
	GatewayEndpoints []string          `json:"gatewayEndpoints"`
	FlowLogs         string            `json:"flowLogs"`
	Tags             map[string]string `json:"tags"`
	Protect          bool              `json:"protect"`
	Stacks           []string          `json:"stacks"`
}

// Subnet of a spoke.
type Subnet struct {
	Tier  string       `json:"tier"`
	Zone  string       `json:"zone"`
	Range netip.Prefix `json:"range"`
}

func (p *program) spokeShow() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use: "show NAME", Short: "Show a spoke with every default decided: subnets, stacks, who it reaches", Args: oneName,
		Example: "  go run . spoke show payments-prod\n  go run . spoke show payments-prod --json",
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := p.load(configDir(dir), "shown")
			if err != nil {
				return err
			}
			for _, s := range cfg.Spokes {
				if s.Name == args[0] {
					return p.showSpoke(shownSpoke(cfg, s))
				}
			}
			return p.fail("there is no spoke %q; %s", args[0], diag.Meant(args[0], spokeNames(cfg), "the spokes are "))
		},
	}
	c.Flags().StringVarP(&dir, "config", "c", "", "the configuration's `folder` (default config)")
	p.jsonFlag(c, "docs/reference/commands.md")
	return c
}

func spokeNames(cfg *config.Config) []string {
	out := make([]string, len(cfg.Spokes))
	for i, s := range cfg.Spokes {
		out[i] = s.Name
	}
	return out
}

// transitTier is the name of the subnets that hold the attachment.
const transitTier = "transit"

func shownSpoke(cfg *config.Config, s *config.Spoke) Shown {
	out := Shown{Listed: Listed{s.Name, s.Hub.Name, s.Segment, s.Account, ranges.Strings(s.AllRanges()), string(s.State),
		filepath.Join(cfg.Dir, "spokes", s.Name+".yaml"), true},
		Region: s.Hub.Region, Reaches: append([]string{}, s.Hub.Peers(s.Segment)...),
		GatewayEndpoints: s.GatewayEndpoints, FlowLogs: string(s.FlowLogs.To),
		Tags: map[string]string{}, Protect: s.Protect, Stacks: []string{stackname.Spoke(s.Hub.Name, s.Name), stackname.Link(s.Hub.Name, s.Name)}}
	for _, tags := range []map[string]string{s.Hub.Tags, s.Tags} {
		for k, v := range tags {
			out.Tags[k] = v
		}
	}
	if v := s.Existing; v != nil {
		for _, n := range slices.Concat(v.Subnets, v.Transit) {
			out.Subnets = append(out.Subnets, Subnet{n.Tier, n.AZ.Name, n.CIDR})
		}
		return out
	}
	plan := s.Plan()
	for _, t := range s.Tiers {
		for _, z := range s.AZs {
			out.Subnets = append(out.Subnets, Subnet{t.Name, z.Name, plan.Subnet(t.Name, z.Slot)})
		}
	}
	for _, z := range s.AZs {
		out.Subnets = append(out.Subnets, Subnet{transitTier, z.Name, plan.Transit(z.Slot)})
	}
	return out
}

func (p *program) showSpoke(s Shown) error {
	if p.json {
		return p.printJSON(s)
	}
	line := func(key, text string) { diag.Fprintf(p.stdout, "%-10s %s\n", key, text) }
	line("spoke", s.Spoke+", "+s.State)
	line("hub", s.Hub+", "+s.Region)
	line("account", s.Account)
	reaches := "the hub's endpoints"
	if len(s.Reaches) > 0 {
		reaches += ", spokes of " + strings.Join(s.Reaches, ", ")
	}
	line("segment", s.Segment+", reaches "+reaches)
	line("ranges", strings.Join(s.Ranges, " "))
	key := "subnets"
	for _, n := range s.Subnets {
		line(key, fmt.Sprintf("%-15s %-18s zone %s", n.Tier, n.Range, n.Zone))
		key = ""
	}
	if len(s.GatewayEndpoints) > 0 {
		line("gateway", strings.Join(s.GatewayEndpoints, " "))
	}
	line("flow logs", s.FlowLogs)
	var tags []string
	for _, k := range slices.Sorted(maps.Keys(s.Tags)) {
		tags = append(tags, k+"="+s.Tags[k])
	}
	if len(tags) > 0 {
		line("tags", strings.Join(tags, " "))
	}
	if s.Protect {
		line("protected", "from termination")
	}
	line("stacks", strings.Join(s.Stacks, " "))
	line("file", s.File)
	if s.State == string(config.Detached) {
		p.tell("next: it is leaving; %s says which step is next\n", p.command("spoke", "remove", s.Spoke))
	}
	return nil
}
