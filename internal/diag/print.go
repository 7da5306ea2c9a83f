package diag

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// String is the diagnostic as a person reads it: place, sentence, snippet, fix.
func (d Diagnostic) String() string {
	var b strings.Builder
	pos, inFile := d.Where.(Position)
	if inFile {
		b.WriteString(Plain(pos.String()) + ": ")
	}
	b.WriteString(string(d.Severity) + ": ")
	switch {
	case d.Subject != "":
		b.WriteString(Plain(d.Subject) + ": ")
	case d.Severity == Differs:
		b.WriteString(d.Code.name + ": ")
	}
	b.WriteString(Plain(d.Summary))
	if where := text(d.Where); where != "" && !inFile {
		b.WriteString(" (" + Plain(where) + ")")
	}
	d.snippet(&b, pos)
	for _, s := range d.See {
		fmt.Fprintf(&b, "\n  see %s: %s", Plain(s.Where.String()), Plain(s.Text))
	}
	d.also(&b)
	if d.Fix != "" {
		fmt.Fprintf(&b, "\n  fix: %s", Plain(d.Fix))
	}
	return b.String()
}

// maxSnippet is how many columns of a line are shown.
const maxSnippet = 120

func (d Diagnostic) snippet(b *strings.Builder, pos Position) {
	if d.Snippet == "" || pos.Line == 0 {
		return
	}
	line := []rune(strings.Map(func(r rune) rune { // one column each, so that the mark stands below what it marks
		if r == '\t' {
			return ' '
		}
		return r
	}, strings.TrimRight(d.Snippet, "\r\n")))
	length, end := min(d.Length, MaxValue), maxSnippet
	if d.Length > MaxValue {
		end = min(end, max(0, pos.Column-1)+MaxValue)
	}
	shown := string(line)
	if len(line) > end {
		shown = string(line[:end]) + "…"
	}
	number := fmt.Sprint(pos.Line)
	fmt.Fprintf(b, "\n  %s | %s", number, Plain(shown))
	if length > 0 && pos.Column > 0 && pos.Column <= maxSnippet {
		// what is escaped before the mark is wider than it was
		before := utf8.RuneCountInString(Plain(string(line[:min(pos.Column-1, len(line))])))
		fmt.Fprintf(b, "\n  %s | %s%s", strings.Repeat(" ", len(number)), strings.Repeat(" ", before), strings.Repeat("^", length))
	}
}

// maxAlso is how many of the diagnostics that were folded into one are named.
const maxAlso = 3

func (d Diagnostic) also(b *strings.Builder) {
	for i, a := range d.Also {
		if i == maxAlso && len(d.Also) > maxAlso+1 {
			fmt.Fprintf(b, "\n  and %d more with the same cause", len(d.Also)-maxAlso)
			return
		}
		b.WriteString("\n  also ")
		if a.Subject != "" {
			b.WriteString(Plain(a.Subject) + ": ")
		}
		b.WriteString(Plain(a.Summary))
		if where := text(a.Where); where != "" && where != text(d.Where) {
			b.WriteString(" (" + Plain(where) + ")")
		}
	}
}

// String is all of them, one after the other.
func (l List) String() string {
	parts := make([]string, len(l))
	for i, d := range l {
		parts[i] = d.String()
	}
	return strings.Join(parts, "\n")
}

// The colours of a severity, and of what to do.
var (
	colours = map[Severity]string{Error: "\x1b[31m", Differs: "\x1b[35m", Warning: "\x1b[33m"}
	fixText = regexp.MustCompile(`(?m)^  fix:`)
)

// coloured is a diagnostic's text with its severity and its fix in colour. The text itself holds no sequence of a terminal.
func coloured(d Diagnostic) string {
	const bold, fix, end = "\x1b[1m", "\x1b[32m", "\x1b[0m"
	word := string(d.Severity) + ":"
	text := strings.Replace(d.String(), word, colours[d.Severity]+bold+word+end, 1)
	return fixText.ReplaceAllString(text, fix+"$0"+end)
}

// WriteColoured is Write for a terminal.
func WriteColoured(w io.Writer, l List, limit int) {
	write(w, l, limit, coloured)
}

// Write prints a list for people, at most limit of it, and then how many more there are.
func Write(w io.Writer, l List, limit int) {
	write(w, l, limit, Diagnostic.String)
}

func write(w io.Writer, l List, limit int, text func(Diagnostic) string) {
	for i, d := range l {
		if i == limit {
			fmt.Fprintf(w, "… and %d more; --json prints all\n", len(l)-limit)
			return
		}
		fmt.Fprintln(w, text(d))
	}
}
