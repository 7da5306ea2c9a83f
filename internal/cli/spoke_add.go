package cli

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/internal/allocate"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/edit"
	"sharedhub/internal/scaffold"
)

// where is which range is asked for.
type where struct {
	dir, hub, segment, size string
}

func (f *where) add(c *cobra.Command) {
	c.Flags().StringVarP(&f.dir, "config", "c", "", "the configuration's `folder` (default config)")
	c.Flags().StringVar(&f.hub, "hub", "", "the `hub` (default: the only one, or the one with the segment)")
	c.Flags().StringVar(&f.segment, "segment", "", "the hub's `segment` (default: the only one)")
}

func (f *where) addSize(c *cobra.Command) {
	c.Flags().StringVar(&f.size, "size", "",
		"the `length` of the range, such as 22 for a /22 (default: that of most spokes of the segment, else 22)")
}

// bits is the length that is asked for, or the usual one.
func (f *where) bits(s *allocate.Segment) (int, error) {
	if f.size == "" {
		return s.Bits(), nil
	}
	bits, err := strconv.Atoi(strings.TrimPrefix(f.size, "/"))
	if err != nil {
		return 0, fmt.Errorf("--size: expected a prefix length such as 22, found %q", f.size)
	}
	return bits, nil
}

// newSpoke is what spoke add is asked for.
type newSpoke struct {
	where
	name, account, cidr string
	ipam                string // the IPAM pool of the segment's ranges; "" for none
	again, notDeployed  bool
}

// Added is what spoke add wrote, as its JSON.
type Added struct {
	// Diagnostics are warnings about the new file.
	Diagnostics diag.List `json:"diagnostics"`
	File        string    `json:"file"`
	Spoke       string    `json:"spoke"`
	Hub         string    `json:"hub"`
	Account     string    `json:"account"`
	Segment     string    `json:"segment"`
	CIDR        string    `json:"cidr"`
	// Next are the steps that follow.
	Next []string `json:"next"`
}

func (p *program) spokeAdd() *cobra.Command {
	var n newSpoke
	c := &cobra.Command{
		Use: "add NAME", Short: "Write the file of a new spoke, with a free range", Args: oneName,
		Long: "Takes the lowest free range of the segment's pools and writes the spoke's file. What is left open is asked for on a\n" +
			"terminal. The configuration is checked first: with a new mistake, nothing is written.\n" +
			"Where two pull requests took one range, --again gives the spoke that is not deployed another one.",
		Example: "  go run . spoke add search-prod --segment prod --account 222222222222\n" +
			"  go run . spoke add batch-dev --segment dev --account 333333333333 --size 24\n" +
			"  go run . spoke add --again search-prod",
		RunE: func(_ *cobra.Command, args []string) error {
			n.name, n.dir = args[0], configDir(n.dir)
			if n.again {
				return p.addAgain(n)
			}
			return p.addSpoke(n)
		},
	}
	n.add(c)
	c.Flags().StringVar(&n.account, "account", "",
		"the `account` that owns the spoke, 12 digits (default: the only one that may join the segment)")
	n.addSize(c)
	c.Flags().StringVar(&n.cidr, "cidr", "", "this `range` instead of the lowest free one")
	c.Flags().BoolVar(&n.again, "again", false, "give a spoke that is not deployed another range")
	c.Flags().BoolVar(&n.notDeployed, "not-deployed", false, "with --again: the spoke is not deployed, whatever the main branch says")
	p.jsonFlag(c, "docs/reference/commands.md")
	return c
}

func (p *program) addSpoke(n newSpoke) error {
	if why := config.SpokeName(n.name); why != "" {
		return fmt.Errorf("%q cannot name a spoke; %s", n.name, why)
	}
	if n.size != "" && n.cidr != "" {
		return errors.New("--size and --cidr exclude each other: a range has its length")
	}
	if _, err := netip.ParsePrefix(n.cidr); n.cidr != "" && err != nil {
		return fmt.Errorf("--cidr: expected a range such as 10.16.4.0/22, found %q", n.cidr)
	}
	w, done, err := p.edited(n.dir)
	if err != nil {
		return err
	}
	defer done()
	for _, s := range w.Spokes() {
		if s.Name == n.name {
			return p.fail("there is a spoke %s already: %s", n.name, s.Path)
		}
	}
	book, segment, err := p.bookOf(w, &n.where)
	if err != nil {
		return err
	}
	if err := p.chooseAccount(&n, segment); err != nil {
		return err
	}
	if n.cidr == "" {
		bits, err := n.bits(segment)
		if err != nil {
			return err
		}
		cidr, err := book.Next(segment.Name, bits)
		if err != nil {
			return p.fail("%w", err)
		}
		n.cidr = cidr.String()
	}
	n.hub, n.segment, n.ipam = book.Hub, segment.Name, segment.IPAM
	text := scaffold.Spoke(n.hub, n.account, n.segment, n.cidr)
	if _, err := os.Stat(filepath.Join(n.dir, scaffold.SchemaFolder, "spoke.json")); err == nil {
		text = scaffold.Modeline("spoke") + text
	}
	known := accountKnown(w, n.account)
	c := change{dir: n.dir, name: n.name + ".yaml", text: []byte(text)}
	if err := p.put(w, c); err != nil {
		return err
	}
	return p.added(n, c, known)
}

// bookOf is the book of the hub and the segment that are named, or meant.
func (p *program) bookOf(w *config.Written, f *where) (*allocate.Book, *allocate.Segment, error) {
	hub, err := p.chooseHub(w, f.dir, f.hub, f.segment)
	if err != nil {
		return nil, nil, err
	}
	book, err := p.book(w, hub)
	if err != nil {
		return nil, nil, err
	}
	segment, err := p.chooseSegment(book, f.segment)
	return book, segment, err
}

// book says who has which ranges of a hub.
func (p *program) book(w *config.Written, hub config.WrittenHub) (*allocate.Book, error) {
	book, err := allocate.Of(w, hub)
	if err != nil {
		return nil, p.fail("%w; %s lists them", err, p.command("check"))
	}
	return book, nil
}

// chooseAccount takes the only account that may join, or asks.
func (p *program) chooseAccount(n *newSpoke, s *allocate.Segment) error {
	switch {
	case n.account != "":
	case len(s.Accounts) == 1:
		n.account = s.Accounts[0]
	case p.canAsk():
		text := "which account owns it"
		if len(s.Accounts) > 0 {
			text += " (" + strings.Join(s.Accounts, ", ") + ")"
		}
		answer, err := p.ask(question{text, "", accountAnswer})
		if err != nil {
			return p.fail("%w", err)
		}
		n.account = answer
	case len(s.Accounts) > 1:
		return fmt.Errorf("write --account and one of %s, which may join segment %s", strings.Join(s.Accounts, ", "), s.Name)
	default:
		return errors.New("write --account and the 12 digits of the account that owns the spoke")
	}
	if why := accountAnswer(n.account); why != "" {
		return fmt.Errorf("--account %q: %s", n.account, why)
	}
	return nil
}

// accountAnswer says what is wrong with an account's number.
func accountAnswer(s string) string {
	if !config.IsAccount(s) {
		return "write the 12 digits, zeros in front included"
	}
	return ""
}

// accountKnown is true where a hub or another spoke is in the account.
func accountKnown(w *config.Written, account string) bool {
	for _, h := range w.Hubs() {
		if h.In.Account == account {
			return true
		}
	}
	for _, s := range w.Spokes() {
		if s.In.Account == account {
			return true
		}
	}
	return false
}

// added says what was written, and what comes next.
func (p *program) added(n newSpoke, c change, known bool) error {
	var next []string
	if !known && !n.again {
		next = append(next, bootstrapped(n.account))
	}
	if n.ipam != "" && !n.again {
		next = append(next, fmt.Sprintf("have %s shared with account %s, which takes %s from it (%s, \"IPAM\")",
			n.ipam, n.account, n.cidr, diag.Command("docs", "docs/OPERATIONS.md")))
	}
	next = append(next, fmt.Sprintf("commit %s, and open a pull request", c.path()))
	if p.json {
		return p.printJSON(Added{append(diag.List{}, p.said...), c.path(), n.name, n.hub, n.account, n.segment, n.cidr, next})
	}
	diag.Fprintf(p.stdout, "%s: %s of segment %s, hub %s, account %s\n", c.path(), n.cidr, n.segment, n.hub, n.account)
	p.sayNext(next)
	return nil
}

// bootstrapped is what an account needs that has no hub and no spoke yet.
func bootstrapped(account string) string {
	return fmt.Sprintf("have account %s bootstrapped, which is new here (%s)", account, diag.Command("docs", "docs/DEPLOYING.md"))
}

// sayNext says what comes next.
func (p *program) sayNext(steps []string) {
	for _, s := range steps {
		p.tell("next: %s\n", s)
	}
}

// addAgain gives a spoke that is not deployed another range.
func (p *program) addAgain(n newSpoke) error {
	if n.hub+n.segment+n.account+n.cidr != "" {
		return errors.New("--again changes the range alone; leave --hub, --segment, --account and --cidr out")
	}
	w, done, err := p.edited(n.dir)
	if err != nil {
		return err
	}
	defer done()
	s, err := p.findSpoke(w, n.name)
	if err != nil {
		return err
	}
	n.hub, n.segment, n.account = s.In.Hub, s.In.Segment, s.In.Account
	book, segment, err := p.bookOf(w, &n.where)
	if err != nil {
		return err
	}
	if err := p.mayMove(n, book, s); err != nil {
		return err
	}
	bits := s.In.CIDR.Bits()
	if n.size != "" {
		if bits, err = n.bits(segment); err != nil {
			return err
		}
	}
	cidr, err := book.Next(segment.Name, bits)
	if err != nil {
		return p.fail("%w", err)
	}
	n.cidr = cidr.String()
	c, err := p.textOf(n.dir, s)
	if err != nil {
		return err
	}
	if c.text, err = edit.Set(c.was, "cidr", n.cidr); err != nil {
		return p.fail("%s: %w", c.path(), err)
	}
	if err := p.put(w, c); err != nil {
		return err
	}
	return p.added(n, c, true)
}

// prefix is a range as JSON and people write it; "" for none.
func prefix(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}
