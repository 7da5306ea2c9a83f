package cli

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/internal/adopt"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/live"
	"sharedhub/internal/ranges"
	"sharedhub/internal/scaffold"
)

// adoption is what import is asked for.
type adoption struct {
	where
	vpc, name, account, from string
	live                     live.Options
}

// Imported is what import wrote, as its JSON.
type Imported struct {
	// Diagnostics are warnings about the new file.
	Diagnostics diag.List `json:"diagnostics"`
	File        string    `json:"file"`
	Spoke       string    `json:"spoke"`
	VPC         string    `json:"vpc"`
	// Problems of the VPC, as the answers show it.
	Problems diag.List `json:"problems"`
}

func (p *program) importCommand() *cobra.Command {
	var a adoption
	c := &cobra.Command{
		Use: "import VPC", Short: "Write the file of a spoke whose VPC exists", Args: oneWord("VPC's id"),
		Long: "Asks the account for the VPC, or reads saved answers, and writes the spoke's file: the subnets without a route to the\n" +
			"internet, the tables that serve them, the attachment to the hub's Transit Gateway or a free /28 in each zone for one. It names\n" +
			"what stands in the way. It only reads. Exit codes: 0 nothing stands in the way, 1 something does; 2 the command line\n" +
			"is wrong.",
		Example: "  go run . import vpc-0e1f203142536475a --segment prod --account 333333333333 --name warehouse\n" +
			"  go run . import vpc-0e1f203142536475a --segment prod --account 333333333333 --from describe.json",
		RunE: func(c *cobra.Command, args []string) error {
			a.vpc, a.dir = args[0], configDir(a.dir)
			return p.adopt(c.Context(), a)
		},
	}
	a.add(c)
	c.Flags().StringVar(&a.name, "name", "", "the spoke's `name` (default: the VPC's tag Name)")
	c.Flags().StringVar(&a.account, "account", "",
		"the `account` that owns the VPC, 12 digits (default: the only one that may join the segment)")
	c.Flags().StringVar(&a.from, "from", "", "a `file` with the answers of AWS's Describe calls, put together (docs/EXISTING.md)")
	c.Flags().StringVar(&a.live.CLIProfile, "profile", "", "a `profile` of the AWS CLI's configuration")
	c.Flags().StringVar(&a.live.Role, "role", "",
		"the `name` of a role to assume in the account (default: none in your own, the CDK bootstrap's lookup role in another)")
	p.jsonFlag(c, "docs/EXISTING.md")
	return c
}

func (p *program) adopt(ctx context.Context, a adoption) error {
	if !config.IsVPC(a.vpc) {
		return fmt.Errorf("expected a VPC's id such as vpc-0123456789abcdef0, found %q", a.vpc)
	}
	w, done, err := p.edited(a.dir)
	if err != nil {
		return err
	}
	defer done()
	cfg, diags := w.Config()
	if cfg == nil {
		p.say(diags.Errors())
		return p.fail("correct %s first", a.dir)
	}
	book, segment, err := p.bookOf(w, &a.where)
	if err != nil {
		return err
	}
	n := newSpoke{where: a.where, account: a.account}
	if err := p.chooseAccount(&n, segment); err != nil {
		return err
	}
	hub := cfg.Hubs[slices.IndexFunc(cfg.Hubs, func(h *config.Hub) bool { return h.Name == book.Hub })]
	d, err := p.described(ctx, a, live.Place{Account: n.account, Region: hub.Region})
	if err != nil {
		return err
	}
	if a.name == "" {
		a.name = nameOf(d, a.vpc)
	}
	if why := config.SpokeName(a.name); why != "" {
		return fmt.Errorf("%q cannot name a spoke; write --name: %s", a.name, why)
	}
	if slices.ContainsFunc(cfg.Spokes, func(s *config.Spoke) bool { return s.Name == a.name }) {
		return p.fail("there is a spoke %s already; write --name", a.name)
	}
	to := adopt.Target{Hub: hub, Segment: segment.Name, Account: n.account, Outside: outside(d, segment.Pools)}
	return p.writeAdopted(w, a, d, to)
}

// described is what AWS says of the VPC, or said.
func (p *program) described(ctx context.Context, a adoption, at live.Place) (*live.Description, error) {
	if a.from == "" {
		d, err := live.Describe(ctx, at, a.vpc, a.live)
		if err != nil {
			return nil, p.fail("account %s in %s: %w", at.Account, at.Region, err)
		}
		return d, nil
	}
	text, err := readSaved(a.from)
	if err != nil {
		return nil, p.fail("%w", err)
	}
	d, err := live.ReadDescription(text, a.vpc)
	if err != nil {
		return nil, p.fail("%s: %w", a.from, err)
	}
	return d, nil
}

func (p *program) writeAdopted(w *config.Written, a adoption, d *live.Description, to adopt.Target) error {
	var next []string
	if !accountKnown(w, to.Account) {
		next = append(next, bootstrapped(to.Account))
	}
	found, err := adopt.Propose(d, to)
	if err != nil {
		return p.fail("%w", err)
	}
	if found.Text == "" {
		p.say(found.Problems)
		p.tell("nothing was written\n")
		return exit(1)
	}
	text := found.Text
	if _, err := os.Stat(filepath.Join(a.dir, scaffold.SchemaFolder, "spoke.json")); err == nil {
		text = scaffold.Modeline("spoke") + text
	}
	c := change{dir: a.dir, name: a.name + ".yaml", text: []byte(text)}
	p.list(found.Problems)
	if err := p.put(w, c); err != nil {
		if p.json {
			p.said = append(p.said, found.Problems...)
		}
		return err
	}
	if p.json {
		if err := p.printJSON(Imported{append(diag.List{}, p.said...), c.path(), a.name, a.vpc, found.Problems}); err != nil {
			return err
		}
	} else {
		diag.Fprintf(p.stdout, "%s: %s, segment %s, hub %s\n", c.path(), a.vpc, to.Segment, to.Hub.Name)
	}
	if n := len(found.Problems.Errors()); n > 0 {
		p.tell("%s of %s would stop the deployment or the names; see above\n", count(n, "problem"), a.vpc)
		p.sayNext(next)
		return exit(1)
	}
	p.sayNext(append(next, "read "+c.path()+", and give the tiers your names", p.command("prove")+
		" builds the templates and proves the network"))
	return nil
}

// outside is true where one of the VPC's ranges lies outside pools.
func outside(d *live.Description, pools []netip.Prefix) bool {
	for _, text := range adopt.Ranges(d) {
		if !ranges.In(text, pools) {
			return true
		}
	}
	return false
}

// nameOf is a spoke's name from the VPC's tag, or from its id.
func nameOf(d *live.Description, vpc string) string {
	name := strings.ToLower(adopt.Name(d))
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-")
	if config.SpokeName(name) == "" {
		return name
	}
	return vpc
}
