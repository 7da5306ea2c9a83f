package diag

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxValue is how much of a value a message quotes, in characters.
const MaxValue = 60

// Clip shortens a value to what a message may quote of it.
func Clip(s string) string {
	if utf8.RuneCountInString(s) <= MaxValue {
		return s
	}
	return string([]rune(s)[:MaxValue-1]) + "…"
}

// Sprintf is fmt.Sprintf for messages: of a text that is printed with %q it takes what a message may quote, and of another
// one, which may be a list of ours, as much of each word.
func Sprintf(format string, args ...any) string {
	clipped := make([]any, len(args))
	for i, a := range args {
		if s, ok := a.(string); ok {
			a = value(s)
		}
		clipped[i] = a
	}
	return fmt.Sprintf(format, clipped...)
}

type value string

var word = regexp.MustCompile(`\S+`)

func (v value) Format(f fmt.State, verb rune) {
	clip := Clip
	if verb != 'q' {
		clip = func(s string) string { return word.ReplaceAllStringFunc(s, Clip) }
	}
	fmt.Fprintf(f, fmt.FormatString(f, verb), clip(string(v)))
}

// Fprintf is fmt.Fprintf for people: texts, errors and what else has a text are made Plain, so that none of them can be
// more than text.
func Fprintf(w io.Writer, format string, args ...any) {
	plain := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case Diagnostic, List:
			// plain already, with line breaks of their own
		case string:
			a = Plain(v)
		case error:
			a = Plain(v.Error())
		case fmt.Stringer:
			a = Plain(v.String())
		}
		plain[i] = a
	}
	fmt.Fprintf(w, format, plain...)
}

// command is what GitHub's and Azure's runners take for a command anywhere in a line: ##[error], ##vso[…]. At its
// beginning GitHub's also takes ::error:: for one.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
// https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
var (
	command = regexp.MustCompile(`##(\w*\[)`)
	leading = regexp.MustCompile(`^( *):(:[A-Za-z][\w-]*(?: .*)?::)`)
)

// Plain makes text harmless to print within a line: line breaks, terminal sequences, characters that turn the direction of
// writing and all else that does not print are escaped as in Go, and no runner of a pipeline finds a command in it. It is
// the only place that does so.
func Plain(s string) string {
	s = command.ReplaceAllString(s, `#\x23$1`)
	s = leading.ReplaceAllString(s, `$1\x3a$2`)
	if utf8.ValidString(s) && strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch _, size := utf8.DecodeRuneInString(s[i:]); {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case hidden(r):
			quoted := fmt.Sprintf("%+q", r) // '\n', '\x1b', '\u202e'
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool { return !unicode.IsPrint(r) }
