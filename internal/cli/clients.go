package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
)

func (p *program) catalogClients() *cobra.Command {
	var f catalogFlags
	var hub string
	c := &cobra.Command{Use: "clients [NAME]", Short: "Show the names that common programs ask for, and what serves them",
		Long: "Lists common programs (agents, package managers, SDKs, add-ons of EKS), or shows the names that one asks for, each with\n" +
			"its source. With --hub, also says what serves each name in the hub's spokes.",
		Example: "  go run . catalog clients\n  go run . catalog clients dnf-al2023\n  go run . catalog clients --hub use1",
		Args:    oneWordAtMost("client's name"),
		RunE: func(c *cobra.Command, args []string) error {
			clients, err := p.clientsOf(c, f, hub)
			if err != nil {
				return err
			}
			if len(args) == 1 {
				if clients, err = p.oneClient(clients, args[0]); err != nil {
					return err
				}
			}
			switch {
			case f.json:
				return p.printJSON(clients)
			case len(args) == 1 || hub != "":
				p.showClients(clients, len(args) == 1)
			default:
				for _, c := range clients {
					diag.Fprintf(p.stdout, "%-30s %s\n", c.Name, c.For)
				}
			}
			return nil
		}}
	f.add(c)
	c.Flags().StringVar(&hub, "hub", "", "say what serves the names in the spokes of this `hub`, in its region")
	return c
}

// clientsOf are the clients of a region, or of a hub.
func (p *program) clientsOf(c *cobra.Command, f catalogFlags, hub string) ([]config.Client, error) {
	if hub == "" {
		if err := p.checkRegion(f.region); err != nil {
			return nil, err
		}
		return config.Clients(f.region), nil
	}
	if c.Flags().Changed("region") {
		return nil, fmt.Errorf("--region does not go with --hub, which has a region")
	}
	cfg, diags := config.Load(configDir(f.dir))
	if cfg == nil {
		p.say(diags.Errors())
		return nil, p.fail("%s is no valid configuration; nothing was looked up", configDir(f.dir))
	}
	cfg, err := p.onlyHub(cfg, hub)
	if err != nil {
		return nil, err
	}
	return cfg.Hubs[0].Clients(), nil
}

func (p *program) oneClient(clients []config.Client, name string) ([]config.Client, error) {
	var names []string
	for _, c := range clients {
		if c.Name == name {
			return []config.Client{c}, nil
		}
		names = append(names, c.Name)
	}
	return nil, p.fail("there is no client %q in the table; %s", name,
		cmp.Or(diag.DidYouMean(name, names), diag.Command("catalog", "clients")+" lists them"))
}

// showClients prints the names of clients; of one alone, with sources, and how it is made to ask for others.
func (p *program) showClients(clients []config.Client, full bool) {
	for _, c := range clients {
		diag.Fprintf(p.stdout, "%s: %s\n", c.Name, c.For)
		for _, a := range c.Asks {
			diag.Fprintf(p.stdout, "  %-70s %s\n", a.Host, strings.Join(servedBy(a), ", "))
			if full {
				if a.Instead != "" {
					diag.Fprintf(p.stdout, "    or: %s\n", a.Instead)
				}
				diag.Fprintf(p.stdout, "    source: %s\n", a.Source)
			}
		}
	}
}

// servedBy says what serves a name, or what would, and when it is asked for.
func servedBy(a config.Asked) []string {
	var out []string
	switch {
	case a.By == config.ByInternet && a.Write != "":
		out = append(out, "internet, unless services has "+a.Write)
	case a.By == config.ByInternet, a.By == "" && a.Write == "":
		out = append(out, "internet: no endpoint serves it")
	default:
		out = append(out, cmp.Or(string(a.By), a.Write))
	}
	if a.When != "" {
		out = append(out, a.When)
	}
	return out
}

// clientsLeft are the clients of which a hub leaves names to the internet: some of their names, or all.
type clientsLeft struct {
	Hub  string   `json:"hub"`
	Some []string `json:"some"`
	All  []string `json:"all"`
}

func leftBy(cfg *config.Config) []clientsLeft {
	out := []clientsLeft{}
	for _, h := range cfg.Hubs {
		l := clientsLeft{h.Name, []string{}, []string{}}
		for _, c := range h.Clients() {
			switch some, all := c.Left(); {
			case all:
				l.All = append(l.All, c.Name)
			case some:
				l.Some = append(l.Some, c.Name)
			}
		}
		out = append(out, l)
	}
	return out
}

// mostGroups of hubs whose clients are told about.
const mostGroups = 3

// sayClients ends a proof: which common clients ask for names that no endpoint serves. Hubs with the same ones share a line.
func (p *program) sayClients(cfg *config.Config) {
	groups := map[string][]string{}
	var order []string
	for _, l := range leftBy(cfg) {
		text := unserved(l.Some, len(l.All))
		if text != "" && groups[text] == nil {
			order = append(order, text)
		}
		groups[text] = append(groups[text], l.Hub)
	}
	slices.SortStableFunc(order, func(a, b string) int { return len(groups[b]) - len(groups[a]) })
	for i, text := range order {
		if i == mostGroups {
			hubs := 0
			for _, text := range order[i:] {
				hubs += len(groups[text])
			}
			p.tell("in spokes of %s, other clients: %s\n", count(hubs, "more hub"), p.command("catalog", "clients", "--hub", "NAME"))
			return
		}
		p.tell("in spokes of %s, %s: %s\n", firstFew(groups[text]), text, p.command("catalog", "clients", "--hub", groups[text][0]))
	}
}

// unserved says which clients find some of their names unserved, and how many all.
func unserved(some []string, none int) string {
	switch {
	case len(some)+none == 0:
		return ""
	case none == 0:
		return "no endpoint serves some names of " + firstFew(some)
	case len(some) == 0:
		return "no endpoint serves the names of " + count(none, "common client")
	}
	return fmt.Sprintf("no endpoint serves some names of %s, nor any of %s", firstFew(some), count(none, "other client"))
}

// firstFew is a list of which the first four are named.
func firstFew(names []string) string {
	switch n := len(names); {
	case n > 5:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:4], ", "), n-4)
	case n > 1:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return names[0]
}
