// Package diag is how the program talks about mistakes in a user's files: where, what, and how to mend it.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Severity orders diagnostics; only errors stop the program.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Position is a place in a file, counted from 1; Line 0 means the file or folder as a whole.
type Position struct {
	File         string
	Line, Column int
}

func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Diagnostic is one thing to say about one place.
type Diagnostic struct {
	Severity Severity
	Pos      Position
	// Length of the marked text, in characters of the line; 0 marks none.
	Length int
	// Line is the text of the line, for the snippet; empty when there is none to show.
	Line string
	// Summary says what is wrong, with the bad value: lower case, one sentence, no full stop.
	Summary string
	// Fix says what is allowed or what to write instead; may be empty.
	Fix string
	// See are other places that take part, such as the range that overlaps.
	See []Related
}

// Related is another place and why it matters.
type Related struct {
	Pos  Position
	Text string
}

// String is the diagnostic as a person reads it: place, sentence, snippet, fix.
func (d Diagnostic) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: %s", d.Pos, d.Severity, d.Summary)
	if d.Line != "" && d.Pos.Line > 0 {
		line := strings.ReplaceAll(strings.TrimRight(d.Line, "\r\n"), "\t", " ")
		number := fmt.Sprint(d.Pos.Line)
		fmt.Fprintf(&b, "\n  %s | %s", number, clip(line))
		if d.Length > 0 && d.Pos.Column > 0 && d.Pos.Column <= maxSnippet {
			fmt.Fprintf(&b, "\n  %s | %s%s", strings.Repeat(" ", len(number)), strings.Repeat(" ", d.Pos.Column-1), strings.Repeat("^", min(d.Length, maxSnippet)))
		}
	}
	for _, s := range d.See {
		fmt.Fprintf(&b, "\n  see %s: %s", s.Pos, s.Text)
	}
	if d.Fix != "" {
		fmt.Fprintf(&b, "\n  fix: %s", d.Fix)
	}
	return b.String()
}

const maxSnippet = 120

func clip(s string) string {
	if utf8.RuneCountInString(s) <= maxSnippet {
		return s
	}
	return string([]rune(s)[:maxSnippet]) + "…"
}

// List is everything there is to say.
type List []Diagnostic

// Errors are the diagnostics that stop the program.
func (l List) Errors() List { return l.only(Error) }

// Warnings are the others.
func (l List) Warnings() List { return l.only(Warning) }

func (l List) only(s Severity) List {
	var out List
	for _, d := range l {
		if d.Severity == s {
			out = append(out, d)
		}
	}
	return out
}

// Sort orders by file, then place, then text, so that the same mistakes always read the same.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		return cmp.Or(strings.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column), strings.Compare(a.Summary, b.Summary))
	})
}

// String is all of them, one after the other.
func (l List) String() string {
	parts := make([]string, len(l))
	for i, d := range l {
		parts[i] = d.String()
	}
	return strings.Join(parts, "\n")
}

// Suggest finds the candidates closest to a misspelt word, at most three; none when nothing is near.
func Suggest(word string, candidates []string) []string {
	type near struct {
		name     string
		distance int
	}
	limit := max(1, min(3, len(word)/3))
	var found []near
	lower := strings.ToLower(word)
	for _, c := range candidates {
		d := distance(lower, strings.ToLower(c))
		// "ecr" stands for "ecr.api" and "ecr.dkr" more often than it is a slip of the pen
		if len(word) >= 3 && (strings.HasPrefix(c, lower+".") || strings.HasPrefix(c, lower+"-") || strings.HasSuffix(c, "."+lower)) {
			d = min(d, 1)
		}
		if d <= limit && c != word {
			found = append(found, near{c, d})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.name, b.name))
	})
	var out []string
	for _, f := range found[:min(3, len(found))] {
		if f.distance == found[0].distance {
			out = append(out, f.name)
		}
	}
	return out
}

// DidYouMean is Suggest as a question, or "" when nothing is near.
func DidYouMean(word string, candidates []string) string {
	s := Suggest(word, candidates)
	if len(s) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(s, " or ") + "?"
}

// distance is the optimal string alignment distance: insert, delete, replace or swap neighbours, each costs one.
func distance(a, b string) int {
	if abs(len(a)-len(b)) > 3 {
		return 4 // further than any limit
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, now := rows[(i+2)%3], rows[i%3], rows[(i+1)%3]
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
	}
	return rows[(len(a)+1)%3][len(b)]
}

func abs(x int) int { return max(x, -x) }
