package view

import (
	"io"
	"slices"
	"strings"

	"sharedhub/internal/reach"
)

// Few is how many VPCs are printed each by itself where nobody asked for one form or the other: a matrix of three says less.
const Few = 4

// WriteFull prints every VPC, and of every pair that is asked for what is not "no".
func (s *Summary) WriteFull(to io.Writer, undecided []reach.Part) {
	w := &writer{to: to, all: true}
	receives := map[string]bool{}
	for i, v := range s.vpcs {
		receives[v.Name] = s.asked.To[i]
	}
	for i, v := range s.vpcs {
		if !s.asked.From[i] {
			continue
		}
		w.line("%s  %s  %s %s  (%s)", v.Name, strings.Join(v.CIDRs, " "), v.Account, v.Region, v.Resource)
		var reaches, undecidedTo []string
		for _, a := range v.Answers {
			if !receives[a.To] {
				continue
			}
			text := a.To
			if more := explained(a); more != "" {
				text += " (" + more + ")"
			}
			if len(a.By) > 0 {
				text += ", by " + strings.Join(a.By, ", ")
			}
			if a.Verdict == reach.Undecided {
				undecidedTo = append(undecidedTo, text)
			} else {
				reaches = append(reaches, text)
			}
		}
		if len(reaches)+len(undecidedTo) == 0 {
			reaches = []string{s.reachesNone(i)}
		}
		for _, l := range []struct {
			title string
			list  []string
		}{{"reaches", reaches}, {"undecided", undecidedTo}, {"internet", v.Internet}, {"internet?", v.InternetUndecided}, {"outside", v.Outside},
			{"names", v.Names}, {"closed", v.Closed}, {"names?", v.NamesUndecided}} {
			title := l.title
			for _, item := range l.list {
				w.line("  %-9s %s", title, item)
				title = ""
			}
		}
	}
	s.section(w, servicesTitle, s.serviceLines(), "")
	s.section(w, "not followed, and what it could change", s.parts(undecided), "")
}

// reachesNone says of a VPC that it reaches nobody, or of those that are asked for, which others it may reach.
func (s *Summary) reachesNone(i int) string {
	if s.toAll() {
		return "nobody"
	}
	var others []string
	for j, v := range s.vpcs {
		if s.asked.To[j] && j != i {
			others = append(others, v.Name)
		}
	}
	switch len(others) {
	case 0:
		return "(it is the one that is asked for)"
	case 1:
		return "not " + others[0]
	}
	return "none of " + some(others)
}

// toAll is true where every VPC is asked for as a receiver.
func (s *Summary) toAll() bool { return !slices.Contains(s.asked.To, false) }
