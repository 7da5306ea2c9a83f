package plan

import (
	"fmt"
	"io"
	"strings"

	"sharedhub/internal/cost"
	"sharedhub/internal/diag"
)

// most is how much of a list is printed for people; JSON holds all.
const most = 40

// Summary is what a reviewer reads: five lines.
func (p *Plan) Summary() []string {
	return []string{p.what(), p.resources(), p.danger(), p.opensAndReach(), p.money()}
}

func (p *Plan) what() string {
	switch n := len(p.Changes); {
	case p.Blind:
		return "compared with the assembly in " + p.Base + ", whose configuration is not known"
	case n == 0 && len(p.Stacks) == 0:
		return "nothing changes since " + p.Base
	case n == 0:
		return "the configuration says the same as at " + p.Base + ", and the templates do not"
	case n > 3:
		return fmt.Sprintf("%s; and %d more changes since %s", strings.Join(p.Changes[:3], "; "), n-3, p.Base)
	}
	return strings.Join(p.Changes, "; ") + ", since " + p.Base
}

func (p *Plan) resources() string {
	by := map[string]int{}
	for _, s := range p.Stacks {
		by[s.Change]++
	}
	left := ""
	if n := by["gone"]; n > 0 {
		left = fmt.Sprintf("; %s left behind in AWS", count(n, "stack"))
	}
	if by["new"]+by["changed"] == 0 {
		return "deploys nothing" + left
	}
	out := fmt.Sprintf("deploys %s: %s added, %d changed in place, %d replaced, %d deleted", stacksOf(by["new"], by["changed"]),
		count(p.Count(Added), "resource"), p.Count(InPlace), p.Count(Replaced), p.Count(Deleted))
	if n := p.Count(Kept); n > 0 {
		out += fmt.Sprintf(", %d kept outside", n)
	}
	return out + left
}

// stacksOf are new and changed stacks in words.
func stacksOf(fresh, changed int) string {
	switch {
	case changed == 0:
		return count(fresh, "new stack")
	case fresh == 0:
		return count(changed, "changed stack")
	}
	return fmt.Sprintf("%s and %d changed", count(fresh, "new stack"), changed)
}

func (p *Plan) danger() string {
	refused := p.Refused()
	switch {
	case len(p.Steps.Errors()) > 0:
		return "cannot be deployed in one step: " + p.Steps.Errors()[0].Summary
	case len(refused) > 0:
		return fmt.Sprintf("what holds state is replaced or deleted: %s; allow it with --allow, or do without", few(refused))
	case len(p.Loses) > 0:
		return fmt.Sprintf("what holds state is replaced or deleted, as allowed: %s", few(p.Loses))
	}
	return "nothing that holds state is replaced or deleted"
}

func (p *Plan) opensAndReach() string {
	if p.Blind {
		return "reach, and what it opens, are not compared"
	}
	gains, losses := 0, 0
	for _, r := range p.Reach {
		if r.Gains {
			gains++
		} else {
			losses++
		}
	}
	reach := fmt.Sprintf("reach is gained %s and lost %s", times(gains), times(losses))
	switch {
	case gains+losses == 0:
		reach = "nobody gains or loses reach"
	case losses == 0:
		reach = fmt.Sprintf("reach is gained %s, and nobody loses any", times(gains))
	case gains == 0:
		reach = fmt.Sprintf("reach is lost %s, and nobody gains any", times(losses))
	}
	opens, closes := "nothing", ""
	if n := len(p.Opens); n > 0 {
		opens = count(n, "thing")
	}
	if n := len(p.Closes); n > 0 {
		closes = " and closes " + count(n, "thing")
	}
	return reach + "; it opens " + opens + closes
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

func (p *Plan) money() string {
	out := fmt.Sprintf("costs %s a month", cost.Dollars(p.Cost.After))
	if p.Blind {
		return out
	}
	out += ", before " + cost.Dollars(p.Cost.Before)
	if difference := p.Cost.After - p.Cost.Before; difference >= 0.005 || difference <= -0.005 {
		sign := "+"
		if difference < 0 {
			sign = ""
		}
		out += fmt.Sprintf(" (%s%s)", sign, cost.Dollars(difference))
	}
	if len(p.Cost.Unknown) > 0 {
		out += fmt.Sprintf(", without what has no known price: %s", few(p.Cost.Unknown))
	}
	if n := len(p.Bootstrap); n > 0 {
		out += fmt.Sprintf("; bootstrap %s first", count(n, "account"))
	}
	return out
}

// group is stacks of one kind of change with equal resources: a thousand link stacks that change alike are one line.
type group struct {
	first Stack
	more  int
}

func (g group) title() string {
	out := fmt.Sprintf("%s (%s, account %s, %s)", g.first.Name, g.first.Change, g.first.Account, g.first.Region)
	if g.more > 0 {
		out += fmt.Sprintf(" and %s alike", count(g.more, "stack"))
	}
	return out
}

func (p *Plan) groups() (out []group) {
	at := map[string]int{}
	for _, s := range p.Stacks {
		key := fmt.Sprintf("%s %v %v", s.Change, s.Resources, s.Outputs)
		if i, ok := at[key]; ok {
			out[i].more++
			continue
		}
		at[key] = len(out)
		out = append(out, group{first: s})
	}
	return out
}

// lines are the resources of a group: what is replaced, and what goes and holds state, one by one; the rest in sum by type and
// properties.
func (g group) lines() (out []string) {
	sums := map[string]int{}
	var order []string
	for _, r := range g.first.Resources {
		if r.Action == Replaced || r.loses() {
			out = append(out, r.line(r.ID))
			continue
		}
		key := r.line("×")
		if sums[key] == 0 {
			order = append(order, key)
		}
		sums[key]++
	}
	for _, key := range order {
		out = append(out, strings.Replace(key, "×", fmt.Sprintf("× %d", sums[key]), 1))
	}
	if n := len(g.first.Outputs); n > 0 && g.first.Change == "changed" {
		out = append(out, fmt.Sprintf("~ %s: %s", plural(n, "output"), few(g.first.Outputs)))
	}
	if len(out) == 0 {
		out = append(out, "~ tags or settings of the stack")
	}
	return out
}

func mark(a Action) string {
	return map[Action]string{Added: "+", InPlace: "~", Replaced: "± replaces", Deleted: "- deletes", Kept: "- keeps outside"}[a]
}

// line is a resource in words, by its id or what stands for several.
func (r Resource) line(id string) string {
	out := fmt.Sprintf("%s %s %s", mark(r.Action), r.Type, id)
	switch {
	case r.Reason != "":
		out += ": " + r.Reason
	case len(r.Properties) > 0:
		out += ": " + strings.Join(r.Properties, ", ")
	}
	if r.loses() {
		out += " (holds state)"
	}
	return out
}

// section is one folded part of a plan.
type section struct {
	title string
	lines []string
	code  bool // they are commands
}

func (p *Plan) sections() (out []section) {
	add := func(title string, code bool, lines []string) {
		if len(lines) > 0 {
			out = append(out, section{title, lines, code})
		}
	}
	var resources, reach, bootstrap, order, quotas, bill []string
	for _, g := range p.groups() {
		resources = append(resources, g.title())
		for _, l := range g.lines() {
			resources = append(resources, "  "+l)
		}
	}
	for _, r := range p.Reach {
		reach = append(reach, r.String())
	}
	for _, b := range p.Bootstrap {
		bootstrap = append(bootstrap, b.Command)
	}
	if len(p.Steps.Errors()) > 0 && len(p.Stacks) > 0 {
		order = append(order, "# none for the change as it stands: it takes several deployments, as said above")
	}
	if p.Deploy != "" {
		order = append(order, p.Deploy)
	}
	if p.Destroy != "" {
		order = append(order, "# later, from a checkout of the base: "+p.Destroy)
	}
	for _, q := range p.Quotas {
		quotas = append(quotas, q.Summary)
	}
	for _, a := range p.Cost.Accounts {
		line := fmt.Sprintf("account %s: %s", a.Account, cost.Dollars(a.After))
		if !p.Blind {
			line += ", before " + cost.Dollars(a.Before)
		}
		bill = append(bill, line)
	}
	add("Takes several deployments", false, stepLines(p.Steps.Errors()))
	add("To do before the deployment", false, stepLines(p.Steps.Of(diag.Warning)))
	add("Stacks and resources, in the order of deployment", false, resources)
	add("Who gains (+) and loses (-) reach", false, reach)
	add("What it opens", false, openings(p.Opens))
	add("What it closes", false, openings(p.Closes))
	add("Bootstrap first, from an empty folder and with that account's credentials", true, bootstrap)
	add("Deploy", true, order)
	add("Cost by account", false, bill)
	add("Quotas that it exceeds", false, quotas)
	return out
}

// WriteText prints a plan for people.
func (p *Plan) WriteText(w io.Writer) {
	for _, l := range p.Summary() {
		diag.Fprintf(w, "%s\n", l)
	}
	if len(p.sections()) > 0 {
		diag.Fprintf(w, "\n")
	}
	p.writeSections(w)
}

func (p *Plan) writeSections(w io.Writer) {
	for i, s := range p.sections() {
		if i > 0 {
			diag.Fprintf(w, "\n")
		}
		diag.Fprintf(w, "%s\n", strings.ToLower(s.title[:1])+s.title[1:])
		for i, l := range s.lines {
			if i == most && !s.code {
				diag.Fprintf(w, "  … %d more lines; --json has all\n", len(s.lines)-i)
				break
			}
			diag.Fprintf(w, "  %s\n", l)
		}
	}
}

// WriteMarkdown prints a plan for a pull request: five lines, the rest folded.
func (p *Plan) WriteMarkdown(w io.Writer) {
	icon := "✅"
	if len(p.Refused()) > 0 || len(p.Steps.Errors()) > 0 {
		icon = "⛔"
	}
	diag.Fprintf(w, "### %s What this change does\n\n", icon)
	for _, l := range p.Summary() {
		diag.Fprintf(w, "- %s\n", l)
	}
	for _, s := range p.sections() {
		kind := ""
		if s.code {
			kind = "sh"
		}
		open := ""
		if s.code || s.title == "Takes several deployments" {
			open = " open"
		}
		diag.Fprintf(w, "\n<details%s><summary>%s</summary>\n\n```%s\n", open, s.title, kind)
		for i, l := range s.lines {
			if i == 10*most && !s.code { // a comment of GitHub's holds 65,536 characters
				diag.Fprintf(w, "… %d more lines; --json has all\n", len(s.lines)-i)
				break
			}
			diag.Fprintf(w, "%s\n", l)
		}
		diag.Fprintf(w, "```\n\n</details>\n")
	}
	if len(p.Changes) > 0 {
		diag.Fprintf(w, "\n<details><summary>Picture</summary>\n\n```mermaid\n")
		for line := range strings.Lines(p.Picture) {
			diag.Fprintf(w, "%s\n", strings.TrimSuffix(line, "\n"))
		}
		diag.Fprintf(w, "```\n\n</details>\n")
	}
}
