// Package iam reads IAM policy documents: statements in one form, however they were written, whether two documents say the
// same, and what they decide of a request. What it cannot decide it calls unknown.
package iam

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"sharedhub/constructs/awsfacts"
)

// Statement is one statement of a document. What may be text or a list is a sorted list without repetition; numbers and
// truth values are text, as IAM takes them (IAM guide, "Grammar of the IAM JSON policy language"). Nil is for what the
// statement does not have.
type Statement struct {
	Sid, Effect               string
	Actions, NotActions       []string
	Resources, NotResources   []string
	Principals, NotPrincipals Principals
	// Conditions by operator, and by key in lower case, since keys have no case.
	Conditions map[string]map[string][]string
	// Malformed says what in the statement IAM would refuse, or has no known meaning; "" for nothing.
	Malformed string

	raw string // of a malformed one, as JSON
}

// Principals by kind: "AWS", "Service", "Federated", "CanonicalUser"; "*" for everybody. An account is its root's ARN
// without a partition, as IAM reads its number.
type Principals map[string][]string

// Negated is true where the statement says what it is not about.
func (s Statement) Negated() bool {
	return s.NotActions != nil || s.NotResources != nil || s.NotPrincipals != nil
}

// Everything is true where the statement is about everybody, every action and every resource, conditions apart.
func (s Statement) Everything() bool {
	_, everybody := s.Principals["*"]
	return everybody && !s.Negated() && slices.Contains(s.Actions, "*") && slices.Contains(s.Resources, "*")
}

// Demands is true where the statement demands that a key, in lower case, has exactly this one value.
func (s Statement) Demands(key, value string) bool {
	for op, tests := range s.Conditions {
		if op == "StringEquals" || op == "Bool" || op == "StringEqualsIgnoreCase" {
			if slices.Equal(tests[key], []string{value}) {
				return true
			}
		}
	}
	return false
}

// Document is a document that was read once, to be evaluated often.
type Document struct {
	Version    string
	Statements []Statement
	// Malformed says what beside the statements IAM would refuse; "" for nothing. Every statement then says it too.
	Malformed string
}

// Parse reads a document; nil has no statement.
func Parse(doc map[string]any) Document {
	if doc == nil {
		return Document{Version: version(doc)}
	}
	d := values(doc)
	why := malformed(d)
	return Document{version(doc), statements(d, why), why}
}

// malformed says what beside its statements makes IAM refuse a document (IAM guide, "Grammar of the IAM JSON policy language",
// whose elements are written in this case only); "" for nothing.
func malformed(doc any) string {
	d, ok := doc.(map[string]any)
	if !ok {
		return "is no JSON"
	}
	for _, key := range slices.Sorted(maps.Keys(d)) {
		if !slices.Contains([]string{"Version", "Id", "Statement"}, key) {
			return fmt.Sprintf("has element %s; IAM has Version, Id and Statement", key)
		}
	}
	if v, has := d["Version"]; has && v != "2012-10-17" && v != "2008-10-17" {
		return fmt.Sprintf("has Version %v; IAM has 2012-10-17 and 2008-10-17", v)
	}
	if d["Statement"] == nil {
		return "has no Statement"
	}
	return ""
}

// Statements of a document, each also where it is malformed; of a malformed document at least one.
func Statements(doc map[string]any) []Statement { return Parse(doc).Statements }

func statements(doc any, why string) []Statement {
	d, _ := doc.(map[string]any)
	var out []Statement
	for _, v := range list(d["Statement"]) {
		m, ok := v.(map[string]any)
		s := read(m)
		if !ok {
			s.Malformed = "is not an object"
		}
		if s.Malformed != "" {
			delete(m, "Sid")
			b, _ := json.Marshal(v)
			s.raw = string(b)
		}
		out = append(out, s)
	}
	if why != "" {
		if len(out) == 0 {
			out = []Statement{{}}
		}
		for i := range out {
			out[i].Malformed = "is of a document that " + why
		}
	}
	return out
}

// Split makes a document of each statement.
func (d Document) Split() []Document {
	var out []Document
	for _, s := range d.Statements {
		out = append(out, Document{d.Version, []Statement{s}, d.Malformed})
	}
	return out
}

var elements = []string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}

func read(m map[string]any) Statement {
	s := Statement{}
	malformed := func(format string, args ...any) {
		if s.Malformed == "" {
			s.Malformed = fmt.Sprintf(format, args...)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(elements, key) {
			malformed("has element %s, which IAM does not have", key)
		}
	}
	s.Sid, _ = m["Sid"].(string)
	s.Effect, _ = m["Effect"].(string)
	if s.Effect != "Allow" && s.Effect != "Deny" {
		malformed("has an Effect that is neither Allow nor Deny")
	}
	texts := func(key string) []string {
		v, has := m[key]
		if !has {
			return nil
		}
		out, ok := words(v)
		if !ok || len(out) == 0 {
			malformed("has %s that is not text", key)
		}
		return out
	}
	s.Actions, s.NotActions = texts("Action"), texts("NotAction")
	s.Resources, s.NotResources = texts("Resource"), texts("NotResource")
	for key, into := range map[string]*Principals{"Principal": &s.Principals, "NotPrincipal": &s.NotPrincipals} {
		if v, has := m[key]; has {
			ok := false
			if *into, ok = principals(v); !ok {
				malformed("has a %s that is neither * nor an object with names", key)
			}
		}
	}
	if (s.Actions == nil) == (s.NotActions == nil) {
		malformed("needs one of Action and NotAction")
	}
	if s.Resources != nil && s.NotResources != nil || s.Principals != nil && s.NotPrincipals != nil {
		malformed("has an element and its negation")
	}
	if c, has := m["Condition"]; has {
		s.conditions(c, malformed)
	}
	return s
}

func (s *Statement) conditions(c any, malformed func(string, ...any)) {
	s.Conditions = map[string]map[string][]string{}
	operators, ok := c.(map[string]any)
	if !ok {
		malformed("has a Condition that is not an object")
	}
	for _, op := range slices.Sorted(maps.Keys(operators)) {
		tests, ok := operators[op].(map[string]any)
		if !ok {
			malformed("has a condition %s that is not an object", op)
		}
		if twice := awsfacts.SameKeys(tests); len(twice) > 0 {
			malformed("tests one condition key in several spellings: %s", strings.Join(twice, ", "))
		}
		s.Conditions[op] = map[string][]string{}
		for _, key := range slices.Sorted(maps.Keys(tests)) {
			list, ok := words(tests[key])
			if !ok || len(list) == 0 {
				malformed("tests condition key %s against no value, or what is not text", key)
			}
			s.Conditions[op][awsfacts.ConditionKey(key)] = list
		}
	}
	if len(operators) == 0 {
		s.Conditions = nil
	}
}

// principals puts "*", {"AWS": "*"} and {"AWS": ["*"]} in one form, and an account's number and its root's ARN in another
// (IAM guide, "AWS JSON policy elements: Principal").
func principals(v any) (Principals, bool) {
	out, ok := Principals{}, false
	switch v := v.(type) {
	case string:
		out[v] = []string{v}
		ok = v == "*"
	case map[string]any:
		ok = len(v) > 0
		for kind, who := range v {
			names, text := words(who)
			ok = ok && text && len(names) > 0 && slices.Contains([]string{"AWS", "Service", "Federated", "CanonicalUser"}, kind)
			if kind == "AWS" {
				for i, n := range names {
					names[i] = account(n)
				}
				slices.Sort(names)
				if slices.Contains(names, "*") {
					kind = "*"
				}
			}
			out[kind] = slices.Compact(names)
		}
	}
	return out, ok
}

func account(principal string) string {
	_, id, isARN := strings.Cut(principal, ":iam::")
	id, root := strings.CutSuffix(id, ":root")
	switch _, err := strconv.Atoi(principal); {
	case err == nil && len(principal) == 12:
		return "arn::iam::" + principal + ":root"
	case isARN && root:
		return "arn::iam::" + id + ":root"
	}
	return principal
}

// values is a document as JSON's own types, whatever Go types it was made of; nil where it is no JSON.
func values(doc any) any {
	b, err := json.Marshal(doc)
	if err != nil {
		return nil
	}
	var out any
	if json.Unmarshal(b, &out) != nil {
		return nil
	}
	return out
}

func list(v any) []any {
	if l, ok := v.([]any); ok || v == nil {
		return l
	}
	return []any{v}
}

// words are the texts of a value; false where something in it is no text, number or truth value.
func words(v any) (out []string, ok bool) {
	out, ok = []string{}, true
	for _, e := range list(v) {
		switch x := e.(type) {
		case string:
		case float64:
			e = strconv.FormatFloat(x, 'f', -1, 64)
		case bool:
		default:
			ok = false
		}
		out = append(out, fmt.Sprint(e))
	}
	slices.Sort(out)
	return slices.Compact(out), ok
}

// Same is true where two documents say the same: AWS gives back what it was given in another order, with a list of one for
// text and the like. Sids say nothing, and actions have no case. No document of an endpoint, and the one that EC2 shows in its
// place, are the same.
func Same(a, b map[string]any) bool {
	x, y := Parse(a), Parse(b)
	switch {
	case x.Malformed != "" || y.Malformed != "": // what it means is not known: only its copy says the same
		return a != nil && b != nil && reflect.DeepEqual(values(a), values(b))
	case none(a, x.Statements) || none(b, y.Statements):
		return none(a, x.Statements) && none(b, y.Statements)
	}
	return x.Version == y.Version && contains(x.Statements, y.Statements) && contains(y.Statements, x.Statements)
}

// Has is true where one of a document's statements says the same as another.
func (d Document) Has(s Statement) bool {
	return d.Malformed == "" && s.Malformed == "" && contains(d.Statements, []Statement{s})
}

// version is the language's; without one AWS reads a document by the first (IAM guide, "Version").
func version(doc map[string]any) string {
	if v, ok := doc["Version"].(string); ok {
		return v
	}
	return "2008-10-17"
}

// contains is true where every one of some statements is among all.
func contains(all, some []Statement) bool {
	return !slices.ContainsFunc(some, func(s Statement) bool {
		return !slices.ContainsFunc(all, func(h Statement) bool { return reflect.DeepEqual(h.plain(), s.plain()) })
	})
}

// plain is a statement without what changes nothing.
func (s Statement) plain() Statement {
	s.Sid = ""
	for _, list := range []*[]string{&s.Actions, &s.NotActions} {
		if *list != nil {
			lower := make([]string, len(*list))
			for i, a := range *list {
				lower[i] = strings.ToLower(a)
			}
			slices.Sort(lower)
			*list = slices.Compact(lower)
		}
	}
	return s
}

// open is the one statement of the policy that EC2 gives an endpoint for which nobody wrote one (PrivateLink guide, "Default
// endpoint policy"), whatever its version.
var open = read(map[string]any{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})

// none is true for no document, and for that one.
func none(doc map[string]any, statements []Statement) bool {
	return doc == nil || len(statements) == 1 && reflect.DeepEqual(statements[0].plain(), open.plain())
}
