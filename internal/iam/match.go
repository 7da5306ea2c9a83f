package iam

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Truth is whether something holds, where it may not be known.
type Truth int8

const (
	No Truth = iota - 1
	Maybe
	Yes
)

func truth(b bool) Truth {
	if b {
		return Yes
	}
	return No
}

func (t Truth) not() Truth { return -t }

// Match is true where a pattern with IAM's wildcards fits a whole value: "*" stands for any number of characters, "?" for
// one, and neither stops at "/" or ":" (IAM guide, "Wildcards in resource names").
func Match(pattern, value string) bool {
	if t, quick := matchQuick(pattern, value); quick {
		return t == Yes
	}
	return parsePattern(pattern).match(value) == Yes
}

// matchQuick answers where neither side holds a policy variable or what only AWS knows: it goes back to the last "*" only.
func matchQuick(pattern, value string) (t Truth, quick bool) {
	for i := range min(len(pattern), len(value)) { // most pairs differ in plain text before anything else
		c := pattern[i]
		if c == '*' || c == '?' || c == '$' || c >= utf8.RuneSelf || value[i] >= utf8.RuneSelf {
			break
		}
		if c != value[i] {
			return No, true
		}
	}
	if strings.IndexByte(pattern, '$') >= 0 || opaque(pattern) || opaque(value) {
		return Maybe, false
	}
	p, v, star, from := 0, 0, -1, 0
	for v < len(value) {
		_, size := utf8.DecodeRuneInString(value[v:])
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, v
			p++
		case p < len(pattern) && pattern[p] == '?':
			p, v = p+1, v+size
		case p < len(pattern) && pattern[p] == value[v]:
			p, v = p+1, v+1
		case star >= 0:
			_, size := utf8.DecodeRuneInString(value[from:])
			from += size
			p, v = star+1, from
		default:
			return No, true
		}
	}
	return truth(strings.Trim(pattern[p:], "*") == ""), true
}

// MatchARN compares ARNs as ArnLike and ArnEquals do: each of the six parts by itself, so that a wildcard stays within its
// part (IAM guide, "Amazon Resource Name (ARN) condition operators"). A pattern that ends early in "*" stands for all that
// may follow.
func MatchARN(pattern, value string) Truth { return matchARN(parsePattern(pattern), value) }

// pattern is a pattern whose wildcards are told apart from text, since what a policy variable stands for is text.
type pattern []token

type token struct {
	char rune
	wild bool // char is '*' or '?'
	// opaque text is known to AWS only: it may be anything.
	opaque bool
}

// Text that only AWS knows is marked by two characters of Unicode's private use area (internal/assembly).
const opaqueOpen, opaqueClose = '\ue000', '\ue001'

// opaque is true for text that holds what only AWS knows.
func opaque(s string) bool {
	return strings.IndexByte(s, opaqueOpenByte) >= 0 && strings.ContainsRune(s, opaqueOpen)
}

// opaqueOpenByte is the first byte of opaqueOpen in UTF-8: most text has none, and one byte is found fastest.
const opaqueOpenByte = 0xee

func parsePattern(s string) pattern {
	out := literal(s)
	for i, t := range out {
		out[i].wild = !t.opaque && (t.char == '*' || t.char == '?')
	}
	return out
}

// literal is text that is compared as it is. Text of a symbol counts as opaque, depth by depth.
func literal(s string) pattern {
	out := make(pattern, 0, len(s))
	depth := 0
	for _, c := range s {
		if c == opaqueOpen {
			depth++
		}
		out = append(out, token{char: c, opaque: depth > 0})
		if c == opaqueClose && depth > 0 {
			depth--
		}
	}
	return out
}

func (p pattern) String() string {
	var b strings.Builder
	for _, t := range p {
		b.WriteRune(t.char)
	}
	return b.String()
}

func (p pattern) fold() pattern {
	out := make(pattern, len(p))
	for i, t := range p {
		out[i] = t
		out[i].char = []rune(strings.ToLower(string(t.char)))[0]
	}
	return out
}

// match is Maybe where it depends on what only AWS knows.
func (p pattern) match(value string) Truth {
	v := literal(value)
	if glob(p, v, sameText) {
		return Yes
	}
	if (p.opaque() || v.opaque()) && glob(p.blurred(), v.blurred(), couldBeSame) {
		return Maybe
	}
	return No
}

func (p pattern) opaque() bool { return slices.ContainsFunc(p, func(t token) bool { return t.opaque }) }

// blurred has one "*" for each piece of opaque text.
func (p pattern) blurred() pattern {
	var out pattern
	for i, t := range p {
		if !t.opaque {
			out = append(out, t)
		} else if i == 0 || !p[i-1].opaque {
			out = append(out, token{char: '*', opaque: true})
		}
	}
	return out
}

// sameText compares one character of a pattern with one of a value.
func sameText(p, v token) bool { return p.char == v.char && p.opaque == v.opaque }

func couldBeSame(p, v token) bool { return p.char == v.char && !p.opaque && !v.opaque }

// glob fits a pattern to a value, whose opaque "*" may stand for anything. It keeps the set of places in the pattern that
// the value's beginning leads to, so it takes time in proportion to both, whatever the wildcards.
func glob(p, v pattern, same func(p, v token) bool) bool {
	at := make([]bool, len(p)+1)
	at[0] = true
	// star is true for a token that may stand for nothing and for more.
	star := func(t token) bool { return t.char == '*' && (t.wild || t.opaque) }
	skip := func(set []bool) {
		for i := range p {
			if set[i] && star(p[i]) {
				set[i+1] = true
			}
		}
	}
	skip(at)
	for _, c := range v {
		next := make([]bool, len(p)+1)
		anything := c.opaque && c.char == '*' // of a blurred value: any number of characters
		reached := false
		for i := range at {
			reached = reached || at[i]
			switch {
			case anything && reached:
				next[i] = true
			case anything || !at[i] || i == len(p):
			case star(p[i]):
				next[i] = true
			case p[i].wild && p[i].char == '?', same(p[i], c):
				next[i+1] = true
			}
		}
		if !reached {
			return false
		}
		at = next
		skip(at)
	}
	return at[len(p)]
}

func matchARN(p pattern, value string) Truth {
	parts, values := splitARN(p), splitARN(literal(value))
	if len(values) < 6 || values[0].String() != "arn" {
		if opaque(value) {
			return Maybe
		}
		return No // no ARN
	}
	n := len(parts)
	if n < 6 {
		last := parts[n-1]
		if len(last) == 0 || !last[len(last)-1].wild || last[len(last)-1].char != '*' {
			return Maybe // IAM does not say what a pattern with too few parts means
		}
		values[n-1] = literal(strings.SplitN(value, ":", n)[n-1])
	}
	out := Yes
	for i := 0; i < n && out != No; i++ {
		out = min(out, parts[i].match(values[i].String()))
	}
	return out
}

// splitARN splits at the first five colons outside opaque text.
func splitARN(p pattern) []pattern {
	var out []pattern
	from := 0
	for i, t := range p {
		if t.char == ':' && !t.opaque && len(out) < 5 {
			out = append(out, p[from:i])
			from = i + 1
		}
	}
	return append(out, p[from:])
}
