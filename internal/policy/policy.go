// Package policy reads IAM policy documents: statements in one form, however they were written, and whether two documents
// say the same. It judges nothing.
package policy

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Statement is one statement of a document. What may be text or a list is a sorted list without repetition; numbers and
// truth values are text, as IAM takes them (IAM guide, "Grammar of the IAM JSON policy language").
type Statement struct {
	Sid, Effect        string
	Actions, Resources []string
	// Principals by kind: "AWS", "Service", "Federated", "CanonicalUser"; "*" for everybody. An account is its root's ARN
	// without a partition, as IAM reads its number.
	Principals map[string][]string
	// Not holds NotAction, NotResource and NotPrincipal, where the statement has them.
	Not map[string]any
	// Conditions by operator, and by key in lower case, since keys have no case.
	Conditions map[string]map[string][]string
}

// Negated is true where the statement says what it is not about.
func (s Statement) Negated() bool { return len(s.Not) > 0 }

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

// DemandsOnly is true where the statement has conditions on these keys and on no others.
func (s Statement) DemandsOnly(keys ...string) bool {
	n := 0
	for _, tests := range s.Conditions {
		for key := range tests {
			if !slices.Contains(keys, key) {
				return false
			}
			n++
		}
	}
	return n > 0
}

// Statements of a document; what is none is left out.
func Statements(doc map[string]any) []Statement {
	d, _ := values(doc).(map[string]any)
	var out []Statement
	for _, v := range list(d["Statement"]) {
		if m, ok := v.(map[string]any); ok {
			out = append(out, read(m))
		}
	}
	return out
}

func read(m map[string]any) Statement {
	s := Statement{Actions: words(m["Action"]), Resources: words(m["Resource"]), Principals: principals(m["Principal"]),
		Not: map[string]any{}, Conditions: map[string]map[string][]string{}}
	s.Sid, _ = m["Sid"].(string)
	s.Effect, _ = m["Effect"].(string)
	for _, key := range []string{"NotAction", "NotResource"} {
		if m[key] != nil {
			s.Not[key] = words(m[key])
		}
	}
	if p := m["NotPrincipal"]; p != nil {
		s.Not["NotPrincipal"] = principals(p)
	}
	operators, _ := m["Condition"].(map[string]any)
	for op, tests := range operators {
		s.Conditions[op] = map[string][]string{}
		keys, _ := tests.(map[string]any)
		for key, v := range keys {
			s.Conditions[op][strings.ToLower(key)] = words(v)
		}
	}
	return s
}

// principals puts "*", {"AWS": "*"} and {"AWS": ["*"]} in one form, and an account's number and its root's ARN in another
// (IAM guide, "AWS JSON policy elements: Principal").
func principals(v any) map[string][]string {
	out := map[string][]string{}
	switch v := v.(type) {
	case string:
		out[v] = []string{v}
	case map[string]any:
		for kind, who := range v {
			names := words(who)
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
	return out
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

func words(v any) []string {
	var out []string
	for _, e := range list(v) {
		if n, ok := e.(float64); ok {
			e = strconv.FormatFloat(n, 'f', -1, 64)
		}
		out = append(out, fmt.Sprint(e))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Same is true where two documents say the same: AWS gives back what it was given in another order, with a list of one for
// text and the like. No document of an endpoint, and the one that EC2 shows in its place, are the same.
func Same(a, b map[string]any) bool {
	x, y := Statements(a), Statements(b)
	if none(a, x) || none(b, y) {
		return none(a, x) && none(b, y)
	}
	return version(a) == version(b) && contains(x, y) && contains(y, x)
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
		return !slices.ContainsFunc(all, func(h Statement) bool { return reflect.DeepEqual(h, s) })
	})
}

// open is the one statement of the policy that EC2 gives an endpoint for which nobody wrote one (PrivateLink guide, "Default
// endpoint policy"), whatever its version.
var open = read(map[string]any{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})

// none is true for no document, and for that one.
func none(doc map[string]any, statements []Statement) bool {
	return doc == nil || len(statements) == 1 && reflect.DeepEqual(statements[0], open)
}
