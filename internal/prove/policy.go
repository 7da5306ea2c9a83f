package prove

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"sharedhub/internal/topology"
)

// policy checks what an endpoint's policy lets pass: that it is the configured one, and, where that promises to bound an
// organization, that it does.
func (p *prover) policy(sc *scene, s *service) {
	e := s.endpoint
	say := func(format string, args ...any) {
		p.add(Error, "policy", sc.subject, e.Source.String(), "the policy of %s %s", s.Name, fmt.Sprintf(format, args...))
	}
	if !reflect.DeepEqual(normal(s.Policy), normal(e.Policy)) && !(topology.NoPolicy(s.Policy) && topology.NoPolicy(e.Policy)) {
		say("is not the configured one, %s", s.PolicyName)
	}
	switch s.PolicyName {
	case "full-access":
		if !someStatement(e.Policy, func(st statement) bool { return st.everything() && len(st.conditions) == 0 }) && e.Policy != nil {
			say("does not let everything pass")
		}
	case "organization":
		boundsOrganization(e.Policy, sc.hub.Organization.ID, say)
	}
}

// normal is a document as JSON values, whatever Go types it was made of; nil for none.
func normal(doc any) any {
	b, err := json.Marshal(doc)
	if err != nil {
		return err.Error()
	}
	var out any
	if json.Unmarshal(b, &out) != nil {
		return nil
	}
	return out
}

// statement is one statement of a policy, with lists made of what may be text.
type statement struct {
	sid, effect        string
	principals         map[string][]string // by kind; "*" for everybody
	actions, resources []string
	negated            bool // NotAction, NotResource or NotPrincipal
	conditions         map[string]map[string][]string
}

func statements(doc map[string]any) []statement {
	var out []statement
	for _, v := range asList(normal(doc), "Statement") {
		m, ok := v.(map[string]any)
		if !ok {
			continue
		}
		st := statement{principals: map[string][]string{}, conditions: map[string]map[string][]string{}}
		st.sid, _ = m["Sid"].(string)
		st.effect, _ = m["Effect"].(string)
		st.actions, st.resources = words(m["Action"]), words(m["Resource"])
		st.negated = m["NotAction"] != nil || m["NotResource"] != nil || m["NotPrincipal"] != nil
		switch pr := m["Principal"].(type) {
		case string:
			st.principals[pr] = []string{pr}
		case map[string]any:
			for kind, who := range pr {
				if kind == "AWS" && slices.Contains(words(who), "*") {
					kind = "*"
				}
				st.principals[kind] = words(who)
			}
		}
		if c, ok := m["Condition"].(map[string]any); ok {
			for op, tests := range c {
				st.conditions[op] = map[string][]string{}
				if t, ok := tests.(map[string]any); ok {
					for key, values := range t {
						st.conditions[op][strings.ToLower(key)] = words(values)
					}
				}
			}
		}
		out = append(out, st)
	}
	return out
}

func asList(doc any, key string) []any {
	m, _ := doc.(map[string]any)
	switch v := m[key].(type) {
	case []any:
		return v
	case map[string]any:
		return []any{v}
	}
	return nil
}

func words(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case bool:
		return []string{fmt.Sprint(v)}
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, words(e)...)
		}
		return out
	}
	return nil
}

func someStatement(doc map[string]any, is func(statement) bool) bool {
	return slices.ContainsFunc(statements(doc), func(st statement) bool { return st.effect == "Allow" && is(st) })
}

func (st statement) everything() bool {
	_, everybody := st.principals["*"]
	return everybody && !st.negated && slices.Contains(st.actions, "*") && slices.Contains(st.resources, "*")
}

// equals is true where the statement demands that a key has exactly this one value.
func (st statement) equals(key, value string) bool {
	for op, tests := range st.conditions {
		if op == "StringEquals" || op == "Bool" || op == "StringEqualsIgnoreCase" {
			if slices.Equal(tests[key], []string{value}) {
				return true
			}
		}
	}
	return false
}

// only is true where the statement demands these keys and nothing else.
func (st statement) only(keys ...string) bool {
	n := 0
	for _, tests := range st.conditions {
		for key := range tests {
			if !slices.Contains(keys, key) {
				return false
			}
			n++
		}
	}
	return n > 0
}

const (
	principalOrg = "aws:principalorgid"
	resourceOrg  = "aws:resourceorgid"
	isService    = "aws:principalisawsservice"
)

// boundsOrganization decides that a policy admits the organization's principals to its resources, and AWS's services; and
// that no statement lets a foreign principal or a foreign resource through, but for AWS's own resources.
func boundsOrganization(doc map[string]any, org string, say func(string, ...any)) {
	if doc == nil {
		say("is missing, so everything passes")
		return
	}
	if !someStatement(doc, func(st statement) bool {
		return st.everything() && st.equals(principalOrg, org) && st.equals(resourceOrg, org) && st.only(principalOrg, resourceOrg)
	}) {
		say("does not admit the principals of %s to all its resources", org)
	}
	if !someStatement(doc, func(st statement) bool {
		return st.everything() && st.equals(isService, "true") && st.only(isService)
	}) {
		say("does not admit AWS's services")
	}
	for _, st := range statements(doc) {
		if st.effect == "Deny" {
			say("denies in statement %s, which may refuse the organization", st.sid)
			continue
		}
		ours, theirs := st.equals(principalOrg, org), st.equals(resourceOrg, org)
		if st.equals(isService, "true") || ours && theirs || awsOwned(st, ours, theirs) {
			continue
		}
		switch {
		case !ours && !theirs:
			say("lets foreign principals reach foreign resources in statement %s", st.sid)
		case !ours:
			say("lets foreign principals through in statement %s", st.sid)
		default:
			say("lets the organization reach foreign resources in statement %s", st.sid)
		}
	}
}

// awsOwned is true for the documented exceptions: reading buckets of AWS by their full names, AWS's own SSM documents and
// parameters (an ARN without an account), Amazon's images, and federated sign-in into the organization's roles.
func awsOwned(st statement, ours, theirs bool) bool {
	if st.negated || len(st.actions) == 0 {
		return false
	}
	each := func(list []string, ok func(string) bool) bool {
		return len(list) > 0 && !slices.ContainsFunc(list, func(s string) bool { return !ok(s) })
	}
	buckets := each(st.resources, func(r string) bool {
		_, path, ok := strings.Cut(r, ":s3:::")
		bucket, _, _ := strings.Cut(path, "/")
		return ok && bucket != "" && !strings.ContainsAny(bucket, "*?")
	})
	if buckets && each(st.actions, func(a string) bool { return a == "s3:GetObject" || a == "s3:ListBucket" }) {
		return true
	}
	documents := each(st.resources, func(r string) bool {
		parts := strings.SplitN(r, ":", 6)
		return len(parts) == 6 && parts[2] == "ssm" && parts[4] == ""
	})
	if documents && ours && each(st.actions, func(a string) bool { return strings.HasPrefix(a, "ssm:") }) {
		return true
	}
	if ours && st.equals("ec2:owner", "amazon") && each(st.actions, func(a string) bool { return a == "ec2:RunInstances" }) {
		return true
	}
	_, everybody := st.principals["*"]
	return theirs && !everybody && len(st.principals["Federated"]) > 0 && each(st.actions, func(a string) bool { return strings.HasPrefix(a, "sts:AssumeRoleWith") })
}
