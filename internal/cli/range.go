package cli

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/internal/allocate"
	"sharedhub/internal/diag"
)

func (p *program) rangeCommand() *cobra.Command {
	c := &cobra.Command{Use: "range", Short: "Show who has which address range, and which is free", Args: noCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(p.rangeList(), p.rangeNext())
	return c
}

// HubRanges are the ranges of a hub, as the JSON of range list.
type HubRanges struct {
	Hub      string          `json:"hub"`
	Segments []SegmentRanges `json:"segments"`
	// Taken are the ranges that somebody has; with --segment, those that concern it.
	Taken []allocate.Taken `json:"taken"`
}

// SegmentRanges are the pools of a segment.
type SegmentRanges struct {
	Segment string `json:"segment"`
	// IPAM is the id of the pool of AWS VPC IPAM that has the same ranges; "" for none.
	IPAM  string          `json:"ipam,omitempty"`
	Pools []allocate.Fill `json:"pools"`
	// Next is what a new spoke would get; "" where the pools are full.
	Next string `json:"next"`
}

func (p *program) rangeList() *cobra.Command {
	var f where
	var taken bool
	c := &cobra.Command{
		Use: "list", Short: "List the pools, how full they are, and their holes", Args: noWords,
		Example: "  go run . range list\n  go run . range list --segment prod --taken",
		RunE: func(*cobra.Command, []string) error {
			f.dir = configDir(f.dir)
			return p.listRanges(f, taken)
		},
	}
	f.add(c)
	c.Flag("hub").Usage, c.Flag("segment").Usage = "only this `hub`", "only this `segment`"
	c.Flags().BoolVar(&taken, "taken", false, "list also who has which range")
	p.jsonFlag(c, "docs/reference/commands.md")
	return c
}

func (p *program) listRanges(f where, taken bool) error {
	w, done, err := p.looked(f.dir)
	if err != nil {
		return err
	}
	defer done()
	hubs := w.Hubs()
	if f.hub != "" || len(hubs) == 0 {
		hub, err := p.chooseHub(w, f.dir, f.hub, "")
		if err != nil {
			return err
		}
		hubs = append(hubs[:0], hub)
	}
	out, segments := []HubRanges{}, []string{}
	for _, h := range hubs {
		book, err := p.book(w, h)
		if err != nil {
			return err
		}
		r := HubRanges{Hub: h.Name, Segments: []SegmentRanges{}, Taken: book.Taken}
		for i := range book.Segments {
			s := &book.Segments[i]
			segments = append(segments, s.Name)
			if f.segment == "" || s.Name == f.segment {
				next, _ := book.Next(s.Name, s.Bits())
				r.Segments = append(r.Segments, SegmentRanges{s.Name, s.IPAM, append([]allocate.Fill{}, book.Fill(s)...), prefix(next)})
			}
		}
		if f.segment != "" {
			r.Taken = takenIn(r)
		}
		if len(r.Segments) > 0 {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return p.fail("there is no segment %q; %s", f.segment, diag.Meant(f.segment, segments, "the segments are "))
	}
	if p.json {
		return p.printJSON(out)
	}
	p.printRanges(out, taken)
	return nil
}

// takenIn are the ranges that the segments' spokes have, those of other spokes in their pools, and what is no spoke's.
func takenIn(r HubRanges) []allocate.Taken {
	return slices.DeleteFunc(r.Taken, func(t allocate.Taken) bool {
		return t.Spoke != "" && !slices.ContainsFunc(r.Segments, func(s SegmentRanges) bool {
			return s.Segment == t.Segment || slices.ContainsFunc(s.Pools, func(f allocate.Fill) bool { return f.Pool.Overlaps(t.Range) })
		})
	})
}

func (p *program) printRanges(hubs []HubRanges, taken bool) {
	rows := [][]string{{"hub", "segment", "pool", "spokes", "used", "free", "next", "holes"}}
	for _, h := range hubs {
		for _, s := range h.Segments {
			for i, f := range s.Pools {
				next, pool := s.Next, f.Pool.String()
				if i > 0 {
					next = ""
				}
				if s.IPAM != "" {
					pool += " (" + s.IPAM + ")"
				}
				rows = append(rows, []string{h.Hub, s.Segment, pool, strconv.Itoa(f.Spokes), percent(f.Addresses-f.Free, f.Addresses),
					strconv.FormatUint(f.Free, 10), next, someOf(f.Holes)})
			}
			if len(s.Pools) == 0 {
				rows = append(rows, []string{h.Hub, s.Segment, "none", "", "", "", "", ""})
			}
		}
	}
	p.table(rows)
	if !taken {
		p.tell("next is what spoke add would take; --taken lists who has which range\n")
		return
	}
	rows = [][]string{{"hub", "range", "who", "segment"}}
	for _, h := range hubs {
		for _, t := range h.Taken {
			rows = append(rows, []string{h.Hub, t.Range.String(), t.Who, t.Segment})
		}
	}
	fmt.Fprintln(p.stdout)
	p.table(rows)
}

// percent is a part of a whole: 0% is nothing, 100% all.
func percent(part, whole uint64) string {
	switch share := 100 * float64(part) / float64(whole); {
	case part == 0:
		return "0%"
	case share < 0.1:
		return "<0.1%"
	case part < whole && share > 99.9:
		return ">99.9%"
	default:
		return strconv.FormatFloat(share, 'f', 1, 64) + "%"
	}
}

// mostHoles is how many of a pool's holes are printed; JSON has all.
const mostHoles = 4

func someOf(holes []netip.Prefix) string {
	var out []string
	for i, h := range holes {
		if i == mostHoles && len(holes) > mostHoles+1 {
			out = append(out, fmt.Sprintf("and %d more", len(holes)-i))
			break
		}
		out = append(out, h.String())
	}
	return strings.Join(out, " ")
}

func (p *program) rangeNext() *cobra.Command {
	var f where
	c := &cobra.Command{
		Use: "next", Short: "Print the lowest free range of a segment, and write nothing", Args: noWords,
		Example: "  go run . range next --segment prod\n  go run . range next --hub use1 --segment dev --size 24",
		RunE: func(*cobra.Command, []string) error {
			f.dir = configDir(f.dir)
			w, done, err := p.looked(f.dir)
			if err != nil {
				return err
			}
			defer done()
			book, segment, err := p.bookOf(w, &f)
			if err != nil {
				return err
			}
			bits, err := f.bits(segment)
			if err != nil {
				return err
			}
			next, err := book.Next(segment.Name, bits)
			if err != nil {
				return p.fail("%w", err)
			}
			if p.json {
				return p.printJSON(map[string]string{"hub": book.Hub, "segment": segment.Name, "range": next.String()})
			}
			fmt.Fprintln(p.stdout, next)
			if err := book.Fits(next); err != nil {
				p.tell("a spoke in the zones of hub %s does not fit: %s; write fewer zones in its file\n", book.Hub, err)
				return nil
			}
			p.tell("next: %s\n", p.command("spoke", "add", "NAME", "--hub", book.Hub, "--segment", segment.Name, "--account", "ACCOUNT",
				"--size", strconv.Itoa(bits)))
			return nil
		},
	}
	f.add(c)
	f.addSize(c)
	p.jsonFlag(c, "docs/reference/commands.md")
	return c
}
