package graph

import (
	"fmt"
	"strings"
)

// Mermaid is the picture as a flowchart that GitHub and GitLab draw.
func (p *Picture) Mermaid(full bool) string {
	var b strings.Builder
	b.WriteString("%%{init: {\"flowchart\": {\"wrappingWidth\": 560}}}%%\nflowchart TB\n")
	if p.changes() {
		b.WriteString("  classDef added stroke:#1a7f37,stroke-width:3px\n  classDef removed stroke:#cf222e,stroke-dasharray:4\n")
	}
	for _, h := range p.Hubs {
		hub := "hub_" + id(h.Name)
		fmt.Fprintf(&b, "  subgraph %s[\"hub %s\"]\n", hub, h.Name)
		fmt.Fprintf(&b, "    %s_e[\"%s\"]\n", hub, strings.Join(append([]string{h.place(),
			fmt.Sprintf("%s, %s by %s", plural(len(h.Endpoints), "endpoint"), plural(h.privateNames(), "name"), h.Names)},
			h.about(30, 72)...), "<br/>"))
		fmt.Fprintf(&b, "    %s_g([\"%s\"])\n    %s_e --- %s_g\n  end\n", hub, h.gateway(), hub, hub)
		for _, s := range h.Segments {
			segment := hub + "__" + id(s.Name)
			fmt.Fprintf(&b, "  subgraph %s[\"%s, %s: %s\"]\n    direction TB\n", segment, s.title(), s.pools(), s.Reach())
			if len(s.Spokes)+len(s.External) == 0 {
				fmt.Fprintf(&b, "    %s__none[\"no spoke yet\"]\n", segment)
			}
			for i, c := range s.Cards(full) {
				fmt.Fprintf(&b, "    %s__%d[\"%s\"]", segment, i, strings.Join(c.Lines, "<br/>"))
				if c.Changed != "" {
					fmt.Fprintf(&b, ":::%s", c.Changed)
				}
				b.WriteString("\n")
			}
			fmt.Fprintf(&b, "  end\n  %s_g --- %s\n", hub, segment)
		}
		for _, s := range h.Segments {
			for _, r := range s.Reaches {
				fmt.Fprintf(&b, "  %s__%s <-->|reaches| %s__%s\n", hub, id(s.Name), hub, id(r))
			}
		}
	}
	return b.String()
}

func (p *Picture) changes() bool {
	for _, h := range p.Hubs {
		for _, s := range h.Segments {
			for _, spoke := range s.Spokes {
				if spoke.Changed != "" {
					return true
				}
			}
		}
	}
	return false
}

// id is a name as part of an identifier. Names hold lower case letters, digits and single dashes, and a dash would be an arrow's: "__"
// stands between names.
func id(name string) string { return strings.ReplaceAll(name, "-", "_") }

// wrap breaks words into lines of a width.
func wrap(text string, width int) (out []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			out, line = append(out, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}

// D2 is the picture as a diagram for d2, which lays it out itself.
func (p *Picture) D2(full bool) string {
	var b strings.Builder
	b.WriteString("direction: down\n")
	for _, h := range p.Hubs {
		hub := "hub-" + h.Name
		fmt.Fprintf(&b, "%s: \"hub %s\" {\n  endpoints: \"%s\"\n", hub, h.Name, strings.Join(append([]string{h.place(),
			fmt.Sprintf("%s, %s by %s", plural(len(h.Endpoints), "endpoint"), plural(h.privateNames(), "name"), h.Names)},
			h.about(30, 72)...), `\n`))
		fmt.Fprintf(&b, "  gateway: \"%s\" {shape: hexagon}\n  endpoints -- gateway\n}\n", h.gateway())
		for _, s := range h.Segments {
			segment := hub + "-segment-" + s.Name
			fmt.Fprintf(&b, "%s: \"%s\\n%s: %s\" {\n  grid-columns: 2\n", segment, s.title(), s.pools(), s.Reach())
			for i, c := range s.Cards(full) {
				fmt.Fprintf(&b, "  s%d: \"%s\"", i, strings.Join(c.Lines, `\n`))
				switch c.Changed {
				case "added":
					b.WriteString(" {style.stroke: \"#1a7f37\"; style.stroke-width: 3}")
				case "removed":
					b.WriteString(" {style.stroke: \"#cf222e\"; style.stroke-dash: 4}")
				}
				b.WriteString("\n")
			}
			fmt.Fprintf(&b, "}\n%s.gateway -- %s\n", hub, segment)
		}
		for _, s := range h.Segments {
			for _, r := range s.Reaches {
				fmt.Fprintf(&b, "%s-segment-%s <-> %s-segment-%s: reaches\n", hub, s.Name, hub, r)
			}
		}
	}
	return b.String()
}
