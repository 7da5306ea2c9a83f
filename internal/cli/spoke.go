package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/internal/allocate"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/safefile"
)

func (p *program) spokeCommand() *cobra.Command {
	c := &cobra.Command{Use: "spoke", Short: "Add, look at, move and remove spokes", Args: noCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(p.spokeAdd(), p.spokeList(), p.spokeMove(), p.spokeRemove(), p.spokeShow())
	return c
}

// oneName takes the name of a spoke.
var oneName = oneWord("spoke's name")

// edited opens a folder to change a file of it. No other run of the program changes one until done is called.
func (p *program) edited(dir string) (w *config.Written, done func(), err error) {
	unlock, err := safefile.Lock(dir)
	if err != nil {
		unlock = func() {} // there is no such folder, which opening it says
	}
	return p.opened(config.Open(dir), unlock)
}

// looked opens a folder to look at it.
func (p *program) looked(dir string) (w *config.Written, done func(), err error) {
	return p.opened(config.Open(dir), func() {})
}

func (p *program) opened(w *config.Written, done func()) (*config.Written, func(), error) {
	if err := w.Folder(); err != nil {
		p.say(diag.From(err))
		done()
		return nil, nil, exit(1)
	}
	return w, func() { w.Close(); done() }, nil
}

// chooseHub is the hub that is named, or meant because there is no other one.
func (p *program) chooseHub(w *config.Written, dir, name, segment string) (config.WrittenHub, error) {
	hubs := w.Hubs()
	if len(hubs) == 0 {
		return config.WrittenHub{}, p.fail("there is no hub in %s; %s writes one", dir, diag.Command("init"))
	}
	var names []string
	for _, h := range hubs {
		if h.Name == name {
			return h, nil
		}
		names = append(names, h.Name)
	}
	if name != "" {
		return config.WrittenHub{}, p.fail("there is no hub %q; %s", name, diag.Meant(name, names, "the hubs are "))
	}
	without := func(h config.WrittenHub) bool { return h.In.Segments.Get(segment) == nil }
	if with := slices.DeleteFunc(slices.Clone(hubs), without); len(with) == 1 {
		hubs = with
	}
	if len(hubs) == 1 {
		return hubs[0], nil
	}
	if p.canAsk() {
		answer, err := p.ask(question{"which hub (" + strings.Join(names, ", ") + ")", "", oneOf(names)})
		if err != nil {
			return config.WrittenHub{}, p.fail("%w", err)
		}
		return p.chooseHub(w, dir, answer, "")
	}
	return config.WrittenHub{}, fmt.Errorf("there are %d hubs; write --hub %s", len(names), strings.Join(names, " or --hub "))
}

// oneOf says which answers there are.
func oneOf(names []string) func(string) string {
	return func(answer string) string {
		if slices.Contains(names, answer) {
			return ""
		}
		return diag.Meant(answer, names, "write one of ")
	}
}

// chooseSegment is the segment that is named, or meant because there is no other one.
func (p *program) chooseSegment(b *allocate.Book, name string) (*allocate.Segment, error) {
	var names []string
	for i := range b.Segments {
		if b.Segments[i].Name == name || name == "" && len(b.Segments) == 1 {
			return &b.Segments[i], nil
		}
		names = append(names, b.Segments[i].Name)
	}
	switch {
	case name != "":
		return nil, p.fail("hub %s has no segment %q; %s", b.Hub, name, diag.Meant(name, names, "the segments are "))
	case p.canAsk():
		answer, err := p.ask(question{"which segment of hub " + b.Hub + " (" + strings.Join(names, ", ") + ")", "", oneOf(names)})
		if err != nil {
			return nil, p.fail("%w", err)
		}
		return b.Segment(answer), nil
	}
	return nil, fmt.Errorf("hub %s has %d segments; write --segment %s", b.Hub, len(names), strings.Join(names, " or --segment "))
}

// findSpoke is a spoke's file.
func (p *program) findSpoke(w *config.Written, name string) (config.WrittenSpoke, error) {
	var names []string
	for _, s := range w.Spokes() {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return config.WrittenSpoke{}, p.fail("there is no spoke %q; %s", name, diag.Meant(name, names, "the spokes are "))
}

// change is a spoke's file and what it is to hold.
type change struct {
	dir  string
	name string // of the file: payments.yaml
	was  []byte // nil for a new file
	text []byte
}

func (c change) path() string { return filepath.Join(c.dir, "spokes", c.name) }

// try says what is wrong with a configuration after a change, and is nil where that is nothing new. Mistakes elsewhere, which
// were there before, are only counted.
func (p *program) try(w *config.Written, c change) error {
	w.PutSpoke(c.name, c.text)
	cfg, diags := w.Config()
	if cfg != nil {
		p.say(slices.DeleteFunc(diags, func(d diag.Diagnostic) bool { return !strings.Contains(d.String(), c.path()) }))
		return nil
	}
	w.RemoveSpoke(strings.TrimSuffix(c.name, filepath.Ext(c.name)))
	if c.was != nil {
		w.PutSpoke(c.name, c.was)
	}
	_, before := w.Config()
	known := map[string]bool{}
	for _, d := range before {
		known[d.String()] = true
	}
	if fresh := slices.DeleteFunc(diags.Errors(), func(d diag.Diagnostic) bool { return known[d.String()] }); len(fresh) > 0 {
		p.say(fresh)
		return exit(1)
	}
	p.tell("%s in other files of %s; %s lists them\n", count(len(diags.Errors()), "error"), c.dir, p.command("check"))
	return nil
}

// put tries a change and writes it.
func (p *program) put(w *config.Written, c change) error {
	if err := p.try(w, c); err != nil {
		p.tell("nothing was written\n")
		return err
	}
	write := safefile.Replace
	if c.was == nil {
		write = safefile.Create
	}
	if err := write(c.dir, filepath.Join("spokes", c.name), c.text); err != nil {
		return p.fail("%s: %s; nothing was written", c.path(), safefile.NotWritten(err))
	}
	return nil
}

// textOf is a spoke's file as it is.
func (p *program) textOf(dir string, s config.WrittenSpoke) (change, error) {
	c := change{dir: dir, name: filepath.Base(s.Path)}
	b, err := os.ReadFile(c.path())
	if err != nil {
		return c, p.fail("%s: %s", c.path(), safefile.Plain(err))
	}
	c.was = b
	return c, nil
}
