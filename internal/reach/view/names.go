package view

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// served are names, and the groups that they serve.
type served struct{ names, groups []string }

// writeNames says which private names lead to endpoints that groups reach: how many, or all of them.
func (s *Summary) writeNames(w *writer, all bool) {
	var sets []*served
	var closed []string
	from, _ := s.sides()
	for _, g := range from {
		v := s.vpcs[s.Groups[g].members[0]]
		i := slices.IndexFunc(sets, func(o *served) bool { return slices.Equal(o.names, v.Names) })
		if i < 0 {
			i, sets = len(sets), append(sets, &served{names: v.Names})
		}
		sets[i].groups = append(sets[i].groups, s.Groups[g].ID)
		for _, l := range []struct {
			what string
			list []string
		}{{"closed", v.Closed}, {"undecided", v.NamesUndecided}} {
			for _, text := range l.list {
				closed = append(closed, fmt.Sprintf("  %s  %s: %s", s.Groups[g].ID, l.what, text))
			}
		}
	}
	if len(sets) > 1 || len(sets) == 1 && len(sets[0].names) > 0 {
		writeSets(w, sets, all)
	}
	if len(closed) > 0 {
		w.line("")
		w.line("private names that do not, or may not")
		w.lines(closed, mostOf(closed, all), "--names prints all")
	}
}

func mostOf(list []string, all bool) int {
	if all {
		return len(list)
	}
	return mostLines
}

func writeSets(w *writer, sets []*served, all bool) {
	w.line("")
	w.line("private names that lead to an endpoint, and reach it%s", map[bool]string{false: " (--names prints them)"}[all])
	var rows []string
	for i, set := range sets {
		rows = append(rows, fmt.Sprintf("  %s  %s", some(set.groups), none(countNames(set.names))))
		if !all {
			continue
		}
		shown, than := set.names, ""
		if i > 0 {
			if more := without(set.names, sets[0].names); len(more) < len(set.names)/2 {
				shown, than = more, sets[0].groups[0]
			}
		}
		if than != "" {
			rows = append(rows, fmt.Sprintf("      those of %s", than))
			rows = append(rows, indent("without ", fold(without(sets[0].names, set.names)))...)
			rows = append(rows, indent("and ", fold(shown))...)
			continue
		}
		rows = append(rows, indent("", fold(shown))...)
	}
	w.lines(rows, mostOf(rows, all), "--names prints all")
}

func none(n int) string {
	if n == 0 {
		return "none"
	}
	return count(n, "name")
}

// countNames counts the names in entries, of which one may hold several.
func countNames(entries []string) int {
	n := 0
	for _, e := range entries {
		n += 1 + strings.Count(e, ", ")
	}
	return n
}

func indent(before string, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = "      " + before + l
	}
	return out
}

// fold puts names together that differ in what stands before their region, or else in their first label:
// {kms, sts}.us-east-1.amazonaws.com.
func fold(entries []string) []string {
	heads := map[string][]string{}
	var tails []string
	for _, entry := range entries {
		for _, name := range strings.Split(entry, ", ") {
			head, tail := cut(name)
			if heads[tail] == nil {
				tails = append(tails, tail)
			}
			heads[tail] = append(heads[tail], head)
		}
	}
	slices.Sort(tails)
	var out []string
	for _, tail := range tails {
		list := heads[tail]
		slices.Sort(list)
		if len(list) == 1 {
			out = append(out, strings.TrimSuffix(list[0]+"."+tail, "."))
			continue
		}
		line := "{"
		for i, head := range list {
			if i > 0 {
				line += ", "
				if utf8.RuneCountInString(line)+utf8.RuneCountInString(head) > lineWidth {
					out = append(out, strings.TrimRight(line, " "))
					line = " "
				}
			}
			line += head
		}
		out = append(out, line+"}."+tail)
	}
	return out
}

// cut divides a name before its region, where it has one.
func cut(name string) (head, tail string) {
	labels := strings.Split(name, ".")
	for i := 1; i < len(labels); i++ {
		if strings.Count(labels[i], "-") >= 2 && strings.ContainsAny(labels[i][len(labels[i])-1:], "0123456789") {
			return strings.Join(labels[:i], "."), strings.Join(labels[i:], ".")
		}
	}
	head, tail, _ = strings.Cut(name, ".")
	return head, tail
}
