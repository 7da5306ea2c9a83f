package perimeter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"sharedhub/constructs/awsfacts"
)

// Problem is one mistake in a policy document.
type Problem struct {
	// Line of the document where it stands, from 1.
	Line int
	Text string
	// Fix says what to write; "" where the text does.
	Fix string
	// Warning is true for what EC2 takes, and what may be meant.
	Warning bool
}

func (p Problem) Error() string { return fmt.Sprintf("line %d: %s", p.Line, p.Text) }

// Parse reads an endpoint's policy and checks what EC2 would refuse: the grammar (IAM guide, "Grammar of the IAM JSON policy
// language"), a principal in each statement, at most MaxSize characters, and the further rules for endpoints (PrivateLink
// guide, "Control access to VPC endpoints using endpoint policies"). All problems come at once.
func Parse(b []byte) (Document, []Problem) {
	r := &parser{text: b, decoder: json.NewDecoder(bytes.NewReader(b)), lines: map[string]int{}}
	v, err := r.value("")
	if err == nil {
		if _, err = r.decoder.Token(); err == nil {
			err = errors.New("something follows the document")
		} else if err == io.EOF {
			err = nil
		}
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = errors.New("the document ends too soon")
	}
	if err != nil {
		r.problems = append(r.problems, Problem{Line: r.line(), Text: "not JSON: " + err.Error()})
		return nil, r.problems
	}
	d, ok := v.(map[string]any)
	if !ok {
		return nil, []Problem{{Line: 1, Text: "not a JSON object"}}
	}
	r.document(d)
	if n := Size(d); n > MaxSize {
		r.problem("", "%d characters long without white space; an endpoint policy has at most %d", n, MaxSize)
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
	return d, r.problems
}

// parser reads a document and remembers on which line each value stands.
type parser struct {
	text     []byte
	decoder  *json.Decoder
	lines    map[string]int // by path: "/Statement/0/Effect"
	problems []Problem
}

// line is that of what the decoder read last.
func (r *parser) line() int {
	return 1 + bytes.Count(r.text[:min(int(r.decoder.InputOffset()), len(r.text))], []byte("\n"))
}

func (r *parser) problem(path, format string, args ...any) {
	for r.lines[path] == 0 && path != "" {
		path = path[:strings.LastIndex(path, "/")]
	}
	r.problems = append(r.problems, Problem{Line: max(r.lines[path], 1), Text: fmt.Sprintf(format, args...)})
}

// value reads one value. A key that stands twice is a problem: one of the two would go unnoticed.
func (r *parser) value(path string) (any, error) {
	token, err := r.decoder.Token()
	if err != nil {
		return nil, err
	}
	if r.lines[path] == 0 {
		r.lines[path] = r.line()
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for r.decoder.More() {
			v, err := r.value(fmt.Sprintf("%s/%d", path, len(list)))
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := r.decoder.Token()
		return list, err
	case json.Delim('{'):
		object := map[string]any{}
		for r.decoder.More() {
			key, err := r.decoder.Token()
			if err != nil {
				return nil, err
			}
			name, at := key.(string), r.line()
			if _, twice := object[name]; twice {
				r.problems = append(r.problems, Problem{Line: at, Text: fmt.Sprintf("%s stands here a second time", name)})
			}
			r.lines[path+"/"+name] = at
			if object[name], err = r.value(path + "/" + name); err != nil {
				return nil, err
			}
		}
		_, err := r.decoder.Token()
		return object, err
	}
	return token, nil
}

func (r *parser) document(d map[string]any) {
	r.onlyKeys("", d, "Version", "Id", "Statement")
	if v, has := d["Version"]; has && v != "2012-10-17" && v != "2008-10-17" {
		r.problem("/Version", "Version is %v; use 2012-10-17", v)
	}
	var all []any
	switch s := d["Statement"].(type) {
	case []any:
		all = s
	case map[string]any:
		r.statement("/Statement", "the statement", s)
		return
	}
	if len(all) == 0 {
		r.problem("/Statement", "no Statement: an endpoint policy needs at least one")
	}
	for i, s := range all {
		path, name := fmt.Sprintf("/Statement/%d", i), fmt.Sprintf("statement %d", i+1)
		if m, ok := s.(map[string]any); ok {
			r.statement(path, name, m)
		} else {
			r.problem(path, "%s is not an object", name)
		}
	}
}

func (r *parser) onlyKeys(path string, m map[string]any, known ...string) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(known, k) {
			r.problem(path+"/"+k, "%q is no key of IAM's here; the keys are %s", k, strings.Join(known, ", "))
		}
	}
}

func (r *parser) statement(path, name string, m map[string]any) {
	r.onlyKeys(path, m, "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
	if sid, has := m["Sid"]; has {
		if s, ok := sid.(string); !ok {
			r.problem(path+"/Sid", "%s has a Sid that is not text", name)
		} else if s != "" { // other tools write an empty one for none
			name += " (" + s + ")"
		}
	}
	if e := m["Effect"]; e != "Allow" && e != "Deny" {
		r.problem(path+"/Effect", "%s has Effect %v; use Allow or Deny", name, e)
	}
	for _, key := range []string{"Principal", "Action", "Resource"} {
		_, has := m[key]
		_, hasNot := m["Not"+key]
		switch {
		case has && hasNot:
			r.problem(path+"/Not"+key, "%s has both %s and Not%s", name, key, key)
		case !has && !hasNot:
			r.problem(path, "%s has no %s; endpoint policies need one", name, key)
		}
	}
	for _, not := range []string{"", "Not"} {
		r.principal(path+"/"+not+"Principal", name, not+"Principal", m)
		r.texts(path+"/"+not+"Action", name, not+"Action", m, `write "*", or service:Operation such as "s3:GetObject"`, func(s string) bool {
			return s == "*" || action.MatchString(s)
		})
		r.texts(path+"/"+not+"Resource", name, not+"Resource", m, `write "*", or an ARN such as "arn:aws:s3:::bucket/*"; the account in it `+
			`is a number or a wildcard, not both`, func(s string) bool {
			return s == "*" || isARN(s)
		})
	}
	if c, has := m["Condition"]; has {
		r.condition(path+"/Condition", name, c)
	}
}

var action = regexp.MustCompile(`^[a-zA-Z0-9*?-]+:[a-zA-Z0-9*?]+$`)

// isARN is true for "arn:partition:service:region:account:resource", or a wildcard that ends it early.
func isARN(s string) bool {
	parts := strings.SplitN(s, ":", 6)
	if parts[0] != "arn" || len(parts) < 6 && !strings.HasSuffix(s, "*") {
		return false
	}
	if len(parts) < 6 {
		return true
	}
	account := parts[4]
	return !strings.ContainsAny(account, "*?") || strings.Trim(account, "*?") == ""
}

// texts checks a value that is text or a list of texts.
func (r *parser) texts(path, name, key string, m map[string]any, fix string, ok func(string) bool) {
	v, has := m[key]
	if !has {
		return
	}
	list := listOf(v)
	if len(list) == 0 {
		r.problem(path, "%s has an empty %s", name, key)
	}
	for i, e := range list {
		if s, isText := e.(string); !isText || !ok(s) {
			r.problem(fmt.Sprintf("%s/%d", path, i), "%s has %s %s; %s", name, key, short(e), fix)
		}
	}
}

func short(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	if s := []rune(string(b)); len(s) > 60 {
		return string(s[:60]) + "…"
	}
	return string(b)
}

func (r *parser) principal(path, name, key string, m map[string]any) {
	v, has := m[key]
	if !has || v == "*" {
		return
	}
	kinds, ok := v.(map[string]any)
	if !ok || len(kinds) == 0 {
		r.problem(path, `%s has %s %s; write "*", or an object such as {"AWS": "111111111111"}`, name, key, short(v))
		return
	}
	r.onlyKeys(path, kinds, "AWS", "Service", "Federated", "CanonicalUser")
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		r.texts(path+"/"+kind, name, kind, kinds, "write text, or a list of texts", func(s string) bool { return s != "" })
		if kind != "AWS" {
			continue
		}
		for i, s := range texts(kinds[kind]) {
			if why := principalProblem(s); why != "" && s != "" {
				r.problem(fmt.Sprintf("%s/AWS/%d", path, i), "%s has AWS %s: %s", name, short(s), why)
			}
		}
	}
}

// generated are the global keys that the PrivateLink guide names for ids which AWS makes up.
var generated = []string{"aws:principalaccount", "aws:sourcevpc"}

func (r *parser) condition(path, name string, v any) {
	operators, ok := v.(map[string]any)
	if !ok {
		r.problem(path, `%s has a Condition that is not an object such as {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}`, name)
		return
	}
	for _, op := range slices.Sorted(maps.Keys(operators)) {
		at := path + "/" + op
		if _, ok := awsfacts.ParseOperator(op); !ok {
			r.problem(at, "%s has condition operator %q, which IAM does not know", name, op)
		}
		keys, ok := operators[op].(map[string]any)
		if !ok || len(keys) == 0 {
			r.problem(at, "%s has a %s that is not an object of keys and values", name, op)
			continue
		}
		if twice := awsfacts.SameKeys(keys); len(twice) > 0 {
			r.problem(at, "%s has one condition key in several spellings, %s; keep one, since IAM ignores their case",
				name, strings.Join(twice, " and "))
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			r.test(at+"/"+key, name, op, key, keys[key])
		}
	}
}

// test checks one key of a condition.
func (r *parser) test(path, name, op, key string, v any) {
	list := listOf(v)
	if len(list) == 0 {
		r.problem(path, "%s tests %s against an empty list", name, key)
	}
	made := slices.Contains(generated, strings.ToLower(key))
	if made && strings.Contains(op, "Numeric") {
		r.problem(path, "%s tests %s with %s; endpoint policies compare ids that AWS makes as text", name, key, op)
	}
	like := strings.Contains(op, "Like")
	for i, e := range list {
		at := fmt.Sprintf("%s/%d", path, i)
		s, isText := e.(string)
		switch e.(type) {
		case string, bool, float64:
		default:
			r.problem(at, "%s tests %s against %s; write text, a number or a truth value", name, key, short(e))
		}
		if !isText || !like || !strings.ContainsAny(s, "*?") {
			continue
		}
		switch {
		case made:
			r.problem(at, "%s tests %s against %q; endpoint policies take no wildcard for ids that AWS makes", name, key, s)
		case strings.Contains(op, "String") && !anchored(s):
			r.problem(at, "%s tests %s against %q; endpoint policies want six characters in a row before or after each wildcard", name, key, s)
		}
	}
}

var wildcard = regexp.MustCompile(`[*?]`)

// anchored is true where each wildcard has six characters that are none on at least one side.
func anchored(s string) bool {
	const least = 6
	parts := wildcard.Split(s, -1)
	for i := range len(parts) - 1 {
		if utf8.RuneCountInString(parts[i]) < least && utf8.RuneCountInString(parts[i+1]) < least {
			return false
		}
	}
	return true
}

// listOf is a value that may stand for a list of one.
func listOf(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}
