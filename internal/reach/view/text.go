package view

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"sharedhub/internal/diag"
	"sharedhub/internal/reach"
)

// How much of each part is printed; what is left out is counted, with the flag that prints it.
const (
	mostColumns = 16  // groups in one matrix
	mostGroups  = 40  // lines of groups
	mostLines   = 20  // lines of any other part
	lineWidth   = 118 // of lists that are folded
)

// writer prints lines of text.
type writer struct {
	to io.Writer
	// all is true where nothing is left out.
	all bool
}

func (w *writer) line(format string, args ...any) { diag.Fprintf(w.to, format+"\n", args...) }

// lines prints a part of a list, and says how the rest is printed.
func (w *writer) lines(list []string, most int, flag string) {
	for i, text := range list {
		if i == most && len(list) > most+1 && !w.all {
			w.line("  … and %d more; %s", len(list)-most, flag)
			return
		}
		w.line("%s", text)
	}
}

// Write prints a summary: the groups, the matrix of who reaches whom, what is not simply yes or no, and what resolves.
func (s *Summary) Write(to io.Writer, undecided []reach.Part, names bool) {
	w := &writer{to: to}
	w.line("%s in %s; those of a group have equal answers (--full prints each)", count(len(s.asVPCs()), "VPC"), count(len(s.Groups), "group"))
	s.writeGroups(w)
	s.writeMatrix(w)
	s.section(w, "not simply yes or no", s.details(), "--full prints all")
	s.section(w, "VPCs that differ from a larger group", s.odd(), "--full prints every VPC")
	s.section(w, "ways to the internet, and to networks that no stack makes (--full prints each)", s.outside(), "--full prints all")
	s.section(w, servicesTitle, s.serviceLines(), "--full prints all")
	s.writeNames(w, names)
	s.section(w, "not followed, and what it could change", s.parts(undecided), "--json has all")
}

func (s *Summary) section(w *writer, title string, list []string, flag string) {
	if len(list) > 0 {
		w.line("")
		w.line("%s", title)
		w.lines(list, mostLines, flag)
	}
}

func (s *Summary) asVPCs() []int {
	var out []int
	for i, g := range s.of {
		if g >= 0 {
			out = append(out, i)
		}
	}
	return out
}

// title is what a group is called in the matrix: its letter, and its VPC or its tag.
func (g *Group) title() string {
	switch {
	case len(g.VPCs) == 1:
		return g.ID + " " + diag.Clip(g.VPCs[0])
	case g.Tag != "":
		return fmt.Sprintf("%s %s (%d)", g.ID, diag.Clip(g.Tag), len(g.VPCs))
	}
	return fmt.Sprintf("%s %s and %d more", g.ID, diag.Clip(g.VPCs[0]), len(g.VPCs)-1)
}

func (s *Summary) writeGroups(w *writer) {
	var list []string
	for _, g := range s.Groups {
		switch v := s.vpcs[g.members[0]]; {
		case len(g.VPCs) == 1:
			list = append(list, fmt.Sprintf("  %s  %s  %s  %s %s", g.ID, g.VPCs[0], strings.Join(v.CIDRs, " "), v.Account, v.Region))
		case g.Tag != "":
			list = append(list, fmt.Sprintf("  %s  %d VPCs, %s: %s", g.ID, len(g.VPCs), g.Tag, some(g.VPCs)))
		default:
			list = append(list, fmt.Sprintf("  %s  %d VPCs: %s", g.ID, len(g.VPCs), some(g.VPCs)))
		}
	}
	w.lines(list, mostGroups, "--full prints every VPC, --from NAME what one reaches")
}

// some are the first of a list, as many as fit on a line, and how many more there are.
func some(list []string) string {
	text := ""
	for i, item := range list {
		if i > 0 && utf8.RuneCountInString(text)+utf8.RuneCountInString(item) > 80 {
			return fmt.Sprintf("%s and %d more", text, len(list)-i)
		}
		if i > 0 {
			text += ", "
		}
		text += item
	}
	return text
}

// sides are the groups that are asked for as senders, and as receivers.
func (s *Summary) sides() (from, to []int) {
	for g := range s.Groups {
		i := s.Groups[g].members[0]
		if s.asked.From[i] {
			from = append(from, g)
		}
		if s.asked.To[i] {
			to = append(to, g)
		}
	}
	return from, to
}

// legend explains the cells that are not simply yes or no.
func (s *Summary) legend(w *writer) {
	var used []string
	for _, c := range [][2]string{{"part", "some ports, ranges or availability zones"}, {"if", "under a condition"}, {"?", "undecided"}} {
		for g := range s.Groups {
			if slices.ContainsFunc(s.Groups, func(h Group) bool { return s.cell(g, s.of[h.members[0]]) == c[0] }) {
				used = append(used, c[0]+": "+c[1])
				break
			}
		}
	}
	if len(used) > 0 {
		w.line("  (%s: see below)", strings.Join(used, "; "))
	}
}

func (s *Summary) writeMatrix(w *writer) {
	from, to := s.sides()
	w.line("")
	if len(to) > mostColumns {
		w.line("who reaches whom and gets answers")
		s.writeLists(w, from, to)
		return
	}
	w.line("who reaches whom and gets answers: from the row to the column")
	width := 0
	for _, g := range from {
		width = max(width, utf8.RuneCountInString(diag.Plain(s.Groups[g].title())))
	}
	head := strings.Repeat(" ", width+2)
	for _, h := range to {
		head += fmt.Sprintf("  %-4s", s.Groups[h].ID)
	}
	w.line("%s", strings.TrimRight(head, " "))
	var rows []string
	for _, g := range from {
		title := s.Groups[g].title()
		row := "  " + title + strings.Repeat(" ", width-utf8.RuneCountInString(diag.Plain(title)))
		for _, h := range to {
			row += fmt.Sprintf("  %-4s", s.cell(g, h))
		}
		rows = append(rows, strings.TrimRight(row, " "))
	}
	w.lines(rows, mostGroups, "--full prints every VPC, --from NAME what one reaches")
	s.legend(w)
}

// cell is an answer in a word.
func (s *Summary) cell(g, h int) string {
	switch label := s.label[g][h]; label {
	case notAsked:
		return "-"
	case no:
		return "no"
	case yes:
		return "yes"
	default:
		return word(s.labels[label].Answer)
	}
}

func word(a reach.Answer) string {
	switch {
	case a.Verdict == reach.Undecided:
		return "?"
	case len(a.Ports)+len(a.Partly) > 0:
		return "part"
	}
	return "if"
}

// writeLists says for each group which others it reaches, where a matrix would be too wide.
func (s *Summary) writeLists(w *writer, from, to []int) {
	var rows []string
	for _, g := range from {
		by := map[string][]string{}
		for _, h := range to {
			if c := s.cell(g, h); c != "-" && c != "no" {
				by[c] = append(by[c], s.Groups[h].ID)
			}
		}
		var parts []string
		for _, c := range []string{"yes", "part", "if", "?"} {
			if len(by[c]) > 0 {
				parts = append(parts, c+": "+strings.Join(by[c], " "))
			}
		}
		if len(parts) == 0 {
			parts = []string{map[bool]string{true: "nobody", false: "none of those asked for"}[s.toAll()]}
		}
		rows = append(rows, fmt.Sprintf("  %s  %s", s.Groups[g].title(), strings.Join(parts, "; ")))
	}
	w.lines(rows, mostGroups, "--full prints every VPC, --from NAME what one reaches")
	s.legend(w)
}

// details say what is not simply yes or no: each once, with the groups that it is between.
func (s *Summary) details() []string {
	var order []int
	pairs := map[int][]string{}
	for g := range s.Groups {
		for h := range s.Groups {
			label := s.label[g][h]
			if label < firstDetail {
				continue
			}
			if pairs[label] == nil {
				order = append(order, label)
			}
			pairs[label] = append(pairs[label], s.Groups[g].ID+" → "+s.Groups[h].ID)
		}
	}
	var out []string
	for _, label := range order {
		d := s.labels[label]
		text := fmt.Sprintf("  %s  %s: %s", some(pairs[label]), word(d.Answer), explained(d.Answer))
		if n := s.pairsOf(label); n > 1 {
			text += fmt.Sprintf(" (of %s → %s; %d pairs are alike)", s.vpcs[d.from].Name, d.To, n)
		}
		out = append(out, text)
	}
	return out
}

// pairsOf counts the pairs of VPCs with an answer.
func (s *Summary) pairsOf(label int) int {
	n := 0
	for g, row := range s.label {
		for h, l := range row {
			if l == label {
				n += len(s.Groups[g].members) * len(s.Groups[h].members)
				if g == h {
					n -= len(s.Groups[g].members)
				}
			}
		}
	}
	return n
}

// explained is all that is to say of an answer beside its verdict.
func explained(a reach.Answer) string {
	var parts []string
	if len(a.Ports) > 0 {
		parts = append(parts, "only "+strings.Join(a.Ports, ", "))
	}
	parts = append(parts, a.Partly...)
	if len(a.Provided) > 0 {
		parts = append(parts, "provided that "+strings.Join(a.Provided, ", and "))
	}
	parts = append(parts, a.Reasons...)
	return strings.Join(parts, "; ")
}

// mostOdd is how many answers may differ for a group to be told by what it is like.
const mostOdd = 3

// fewestAlike is how many times larger a group must be to be the rule of which another is an exception.
const fewestAlike = 3

// odd tells small groups by the larger one with an equal tag that they are most like, and in what they differ.
func (s *Summary) odd() []string {
	var out []string
	for g := range s.Groups {
		best, diffs := -1, []string(nil)
		for h := range s.Groups {
			if n := len(s.Groups[h].members); n < fewestAlike || n < fewestAlike*len(s.Groups[g].members) || !s.related(g, h) {
				continue
			}
			if d := s.differences(g, h); d != nil && (best < 0 || len(d) < len(diffs)) {
				best, diffs = h, d
			}
		}
		if best >= 0 {
			out = append(out, fmt.Sprintf("  %s is like %s, but %s", s.Groups[g].title(), s.Groups[best].title(), strings.Join(diffs, "; ")))
		}
	}
	return out
}

// differences are those of a group from another; nil where they are too many, or where the two are not asked alike.
func (s *Summary) differences(g, h int) []string {
	a, b := s.Groups[g].members[0], s.Groups[h].members[0]
	if s.asked.From[a] != s.asked.From[b] || s.asked.To[a] != s.asked.To[b] {
		return nil
	}
	var out []string
	for k := range s.Groups {
		mine, theirs, back, theirBack := s.label[g][k], s.label[h][k], s.label[k][g], s.label[k][h]
		switch k {
		case g:
			continue // compared with the other's own
		case h:
			theirs, theirBack = s.label[h][h], s.label[h][h]
		}
		if mine != theirs {
			out = append(out, fmt.Sprintf("%s to %s", verb(s.cell(g, k)), s.Groups[k].ID))
		}
		if back != theirBack {
			out = append(out, fmt.Sprintf("%s from %s", verb(s.cell(k, g)), s.Groups[k].ID))
		}
		if len(out) > mostOdd {
			return nil
		}
	}
	if s.own[g] != s.own[h] {
		out = append(out, s.ownDifferences(s.vpcs[a], s.vpcs[b])...)
	}
	return out
}

func verb(cell string) string {
	return map[string]string{"no": "no way", "yes": "a way", "part": "a way in part", "if": "a way under a condition", "?": "undecided"}[cell]
}

func (s *Summary) ownDifferences(a, b reach.VPC) []string {
	var out []string
	if lack, more := without(b.Names, a.Names), without(a.Names, b.Names); len(lack)+len(more) > 0 {
		switch {
		case len(a.Names) == 0:
			out = append(out, "it resolves no private name")
		case len(more) == 0:
			out = append(out, fmt.Sprintf("it lacks %s: %s", count(len(lack), "name"), some(lack)))
		case len(lack) == 0:
			out = append(out, fmt.Sprintf("it resolves %s more: %s", count(len(more), "name"), some(more)))
		default:
			out = append(out, fmt.Sprintf("it resolves other names: %s instead of %s", some(more), some(lack)))
		}
	}
	blankA, blankB := blanker(a), blanker(b)
	for _, l := range []struct {
		what string
		a, b []string
	}{{"ways to the internet", blankA(a.Internet), blankB(b.Internet)},
		{"ways that may lead to the internet", blankA(a.InternetUndecided), blankB(b.InternetUndecided)},
		{"ways outside", blankA(a.Outside), blankB(b.Outside)}, {"closed names", blankA(a.Closed), blankB(b.Closed)},
		{"undecided names", blankA(a.NamesUndecided), blankB(b.NamesUndecided)}} {
		if !slices.Equal(l.a, l.b) {
			out = append(out, fmt.Sprintf("%s: %d, not %d", l.what, len(l.a), len(l.b)))
		}
	}
	return out
}

func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(others, s) })
}

// outside are the groups' ways to the internet and elsewhere. Of a group of several, its first VPC's.
func (s *Summary) outside() []string {
	var out []string
	from, _ := s.sides()
	for _, g := range from {
		v := s.vpcs[s.Groups[g].members[0]]
		for _, l := range []struct {
			what string
			list []string
		}{{"internet", v.Internet}, {"internet?", v.InternetUndecided}, {"outside", v.Outside}} {
			if len(l.list) == 0 {
				continue
			}
			text := fmt.Sprintf("  %s  %s: %s", s.Groups[g].ID, l.what, strings.Join(alike(l.list, v), "; "))
			if n := len(s.Groups[g].members); n > 1 {
				text += fmt.Sprintf(" (of %s; the other %d alike)", v.Name, n-1)
			}
			out = append(out, text)
		}
	}
	return out
}

// alike are texts of which those that differ only in resources are one.
func alike(list []string, v reach.VPC) []string {
	var out, keys []string
	more := map[string]int{}
	for _, text := range list {
		key := blankText(text, []reach.VPC{v})
		if more[key]++; more[key] == 1 {
			out, keys = append(out, text), append(keys, key)
		}
	}
	for i, key := range keys {
		if n := more[key] - 1; n > 0 {
			out[i] += fmt.Sprintf(" and %d alike", n)
		}
	}
	return out
}

// parts are those that nothing follows.
func (s *Summary) parts(list []reach.Part) []string {
	var out []string
	for _, p := range list {
		text := fmt.Sprintf("  %s (%s): %s", p.Resource, p.Type, p.Why)
		if len(p.Could) > 0 {
			text += "; could change " + some(p.Could)
		}
		out = append(out, text)
	}
	return out
}

// count is a number of things, as text.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
