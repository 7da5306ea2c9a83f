package cli

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/edit"
	"sharedhub/internal/ranges"
	"sharedhub/internal/safefile"
	"sharedhub/internal/stackname"
	"sharedhub/internal/stacks"
)

// SpokeStep is where a spoke is on its way, as the JSON of spoke remove and spoke move.
type SpokeStep struct {
	Diagnostics diag.List `json:"diagnostics"`
	Spoke       string    `json:"spoke"`
	File        string    `json:"file"`
	// Step of so many, and what this call changed in the file; "" where it changed nothing.
	Step    int    `json:"step"`
	Of      int    `json:"of"`
	Changed string `json:"changed"`
	// Next are the steps that follow.
	Next []string `json:"next"`
}

func (p *program) sayStep(s SpokeStep) error {
	s.Diagnostics = append(diag.List{}, p.said...)
	if p.json {
		return p.printJSON(s)
	}
	if s.Changed != "" {
		diag.Fprintf(p.stdout, "%s: %s\n", s.File, s.Changed)
	}
	p.tell("%s is at step %d of %d\n", s.Spoke, s.Step, s.Of)
	p.sayNext(s.Next)
	return nil
}

// leaving is a spoke that is on its way, and what the user says has been done.
type leaving struct {
	dir, name, segment         string
	destroyed, never, deployed bool
}

func (p *program) spokeRemove() *cobra.Command {
	var l leaving
	c := &cobra.Command{
		Use: "remove NAME", Short: "Take a spoke away, in three steps, and say which one is next", Args: oneName,
		Long: "1. An attached spoke becomes detached: its file says so, and the next deployment takes its names and routes away.\n" +
			"2. Its stacks are destroyed; this prints the command.\n" +
			"3. With --destroyed, its file is deleted.\n" +
			"If the file went first, the stacks would stay in AWS, still routed.",
		Example: "  go run . spoke remove payments-prod\n  go run . spoke remove payments-prod --destroyed",
		RunE: func(_ *cobra.Command, args []string) error {
			l.name, l.dir = args[0], configDir(l.dir)
			if l.destroyed && l.never {
				return errors.New("--destroyed and --never-deployed exclude each other")
			}
			return p.removeSpoke(l)
		},
	}
	c.Flags().StringVarP(&l.dir, "config", "c", "", "the configuration's `folder` (default config)")
	c.Flags().BoolVar(&l.destroyed, "destroyed", false, "its stacks are destroyed: delete the file of a detached spoke")
	c.Flags().BoolVar(&l.never, "never-deployed", false, "it was never deployed: delete its file at once")
	p.jsonFlag(c, "docs/reference/commands.md")
	return c
}

// spokeToEdit opens the folder to change it, and finds the spoke.
func (p *program) spokeToEdit(l leaving) (*config.Written, config.WrittenSpoke, func(), error) {
	w, done, err := p.edited(l.dir)
	if err != nil {
		return nil, config.WrittenSpoke{}, nil, err
	}
	s, err := p.findSpoke(w, l.name)
	if err != nil {
		done()
	}
	return w, s, done, err
}

func (p *program) removeSpoke(l leaving) error {
	w, s, done, err := p.spokeToEdit(l)
	if err != nil {
		return err
	}
	defer done()
	detached := s.In.State == string(config.Detached)
	switch {
	case l.never || l.destroyed && detached:
		return p.deleteSpoke(l.dir, s)
	case !s.Readable:
		return p.fail("%s has mistakes; %s lists them", s.Path, p.command("check"))
	case l.destroyed:
		return p.fail("%s is attached: without its file its stacks would stay in AWS, still routed; first %s",
			l.name, p.command("spoke", "remove", l.name))
	case detached:
		return p.sayStep(SpokeStep{Spoke: l.name, File: s.Path, Step: 2, Of: 3, Next: append(p.destroySteps(w, s),
			p.command("spoke", "remove", l.name, "--destroyed"))})
	}
	if err := p.setKeys(w, l.dir, s, pair{"state", string(config.Detached)}); err != nil {
		return err
	}
	return p.sayStep(SpokeStep{Spoke: l.name, File: s.Path, Step: 1, Of: 3, Changed: "state: detached", Next: []string{
		"commit it and deploy: that takes its names and routes away, and keeps its VPC",
		p.command("spoke", "remove", l.name) + ", which says what to destroy",
	}})
}

// destroySteps are the commands that destroy the stacks of a detached spoke.
func (p *program) destroySteps(w *config.Written, s config.WrittenSpoke) []string {
	hub := s.In.Hub
	var steps []string
	for _, h := range w.Hubs() {
		segment := h.In.Segments.Get(s.In.Segment)
		if h.Name == hub && (s.In.Protect || segment != nil && segment.Protect && !s.SaysProtect) {
			steps = append(steps, "its stacks are protected from termination: write protect: false in its file, and deploy that first")
		}
	}
	gone := []stacks.Stack{{Name: stackname.Link(hub, s.Name)}, {Name: stackname.Spoke(hub, s.Name)}}
	steps = append(steps, "once that is deployed, destroy its stacks: "+stacks.DestroyLine(cdkCLI, gone, p.cdkConfig()...))
	others := 0
	for _, o := range w.Spokes() {
		if o.Name != s.Name && o.In.Hub == hub && o.In.Account == s.In.Account && o.In.State != string(config.Detached) {
			others++
		}
	}
	for _, h := range w.Hubs() {
		if h.Name == hub && h.In.Account != s.In.Account && h.In.DNS.Sharing != string(config.SharingProfile) && others == 0 {
			steps = append(steps, fmt.Sprintf("it was the last of account %s: turn termination protection of %s off, and destroy it too",
				s.In.Account, stackname.AccountDNS(hub, s.In.Account)))
		}
	}
	return steps
}

func (p *program) deleteSpoke(dir string, s config.WrittenSpoke) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return p.fail("%s: %s", dir, safefile.Plain(err))
	}
	defer root.Close()
	if err := root.Remove(filepath.Join("spokes", filepath.Base(s.Path))); err != nil {
		return p.fail("%s: cannot be deleted: %w", s.Path, safefile.Reason(err))
	}
	return p.sayStep(SpokeStep{Spoke: s.Name, File: s.Path, Step: 3, Of: 3, Changed: "deleted",
		Next: []string{"commit it, and open a pull request"}})
}

func (p *program) spokeMove() *cobra.Command {
	var l leaving
	c := &cobra.Command{
		Use: "move NAME --segment SEGMENT", Args: oneName,
		Short: "Move a spoke to another segment, in two deployments, and say which one is next",
		Long: "1. The spoke becomes detached, after a check that it can be attached again; deploy that. It is offline from here.\n" +
			"2. With --deployed, it gets the new segment and is attached; deploy that too.\n" +
			"In one step AWS would refuse: an attachment has one route table. The range stays, so outside the new segment's pools\n" +
			"the file gets outsidePool: true, which the segment's spokesMay must allow.",
		Example: "  go run . spoke move payments-dev --segment prod\n  go run . spoke move payments-dev --segment prod --deployed",
		RunE: func(_ *cobra.Command, args []string) error {
			l.name, l.dir = args[0], configDir(l.dir)
			if l.segment == "" {
				return errors.New("write --segment and the segment to move to")
			}
			return p.moveSpoke(l)
		},
	}
	c.Flags().StringVarP(&l.dir, "config", "c", "", "the configuration's `folder` (default config)")
	c.Flags().StringVar(&l.segment, "segment", "", "the `segment` to move to")
	c.Flags().BoolVar(&l.deployed, "deployed", false, "the first step is deployed: write the second")
	p.jsonFlag(c, "docs/reference/commands.md")
	return c
}

func (p *program) moveSpoke(l leaving) error {
	w, s, done, err := p.spokeToEdit(l)
	if err != nil {
		return err
	}
	defer done()
	if !s.Readable {
		return p.fail("%s has mistakes; %s lists them", s.Path, p.command("check"))
	}
	detached := s.In.State == string(config.Detached)
	if s.In.Segment == l.segment && !detached {
		return p.fail("%s is in segment %s already", l.name, l.segment)
	}
	attached, err := p.attachedTo(w, l, s)
	if err != nil {
		return err
	}
	move := []string{"spoke", "move", l.name, "--segment", l.segment}
	again := p.command(append(move, "--deployed")...)
	switch {
	case l.deployed && !detached:
		return p.fail("%s is attached: the first step is not written; %s writes it", l.name, p.command(move...))
	case l.deployed:
		if err := p.setKeys(w, l.dir, s, attached...); err != nil {
			return err
		}
		return p.sayStep(SpokeStep{Spoke: l.name, File: s.Path, Step: 2, Of: 2, Changed: "segment: " + l.segment + ", attached",
			Next: []string{"commit it and deploy: that attaches the spoke to its new segment"}})
	case detached:
		return p.sayStep(SpokeStep{Spoke: l.name, File: s.Path, Step: 1, Of: 2,
			Next: []string{"commit it and deploy, if that is not done", again}})
	}
	c, err := p.withKeys(l.dir, s, attached...)
	if err != nil {
		return err
	}
	if err := p.try(w, c); err != nil { // before the outage
		p.tell("nothing was written\n")
		return err
	}
	w.PutSpoke(c.name, c.was)
	if err := p.setKeys(w, l.dir, s, pair{"state", string(config.Detached)}); err != nil {
		return err
	}
	return p.sayStep(SpokeStep{Spoke: l.name, File: s.Path, Step: 1, Of: 2, Changed: "state: detached", Next: []string{
		"commit it and deploy: from then on the spoke is offline", again}})
}

// attachedTo are the keys of a spoke that is attached to its new segment.
func (p *program) attachedTo(w *config.Written, l leaving, s config.WrittenSpoke) ([]pair, error) {
	hub, err := p.chooseHub(w, l.dir, s.In.Hub, "")
	if err != nil {
		return nil, err
	}
	if hub.In.Segments.Get(l.segment) == nil {
		names := hub.In.Segments.Keys()
		return nil, p.fail("hub %s has no segment %q; %s", hub.Name, l.segment, diag.Meant(l.segment, names, "the segments are "))
	}
	keys := []pair{{"segment", l.segment}, {"state", ""}, {"outsidePool", ""}}
	pools := hub.In.Pools.Get(l.segment)
	for _, r := range slices.Concat(s.In.SecondaryCIDRs, []netip.Prefix{s.In.CIDR}) {
		if pools == nil || !ranges.In(r, pools.CIDRs) {
			keys[2].value = "true"
		}
	}
	return keys, nil
}

// pair is a key of a file and its new value; "" takes the key away.
type pair struct{ key, value string }

// withKeys is a spoke's file with other values.
func (p *program) withKeys(dir string, s config.WrittenSpoke, pairs ...pair) (change, error) {
	c, err := p.textOf(dir, s)
	if err != nil {
		return c, err
	}
	c.text = c.was
	for _, kv := range pairs {
		if kv.value == "" {
			c.text, err = edit.Remove(c.text, kv.key)
		} else {
			c.text, err = edit.Set(c.text, kv.key, kv.value)
		}
		if err != nil {
			return c, p.fail("%s: %s: %w", c.path(), kv.key, err)
		}
	}
	return c, nil
}

// setKeys writes a spoke's file with other values.
func (p *program) setKeys(w *config.Written, dir string, s config.WrittenSpoke, pairs ...pair) error {
	c, err := p.withKeys(dir, s, pairs...)
	if err != nil {
		return err
	}
	return p.put(w, c)
}
