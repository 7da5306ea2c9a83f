package prove

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"sharedhub/internal/config"
	"sharedhub/internal/iam"
)

// policy checks what an endpoint's policy lets pass: that it is the configured one, and, where that promises to bound an
// organization, that it does.
func (p *prover) policy(sc *scene, s *service) {
	e := s.endpoint
	say := func(format string, args ...any) {
		p.add(codePolicy, sc.subject, e.Source, "the policy of %s %s", s.Catalog.Name, fmt.Sprintf(format, args...))
	}
	if !iam.Same(s.Policy.Document, e.Policy) {
		say("is not the configured one, %s", s.Policy)
	}
	switch s.Policy.Kind {
	case config.PolicyFullAccess:
		if why := bounded(e.Policy); why != "" {
			say("does not let everything pass: %s", why)
		}
	case config.PolicyOrganization:
		for _, text := range boundsOrganization(e.Policy, sc.hub.Organization.ID) {
			say("%s", text)
		}
	case config.PolicyFile, config.PolicyImpossible: // nothing beside being the configured one
	}
}

// bounded is what keeps a policy from letting everything pass; "" for nothing.
func bounded(doc map[string]any) string {
	if doc == nil {
		return "" // EC2's default
	}
	open := false
	for _, st := range iam.Statements(doc) {
		switch {
		case st.Malformed != "":
			return "a statement " + st.Malformed
		case st.Effect == "Deny":
			return "it denies " + strings.Join(slices.Concat(st.Actions, st.NotActions), ", ")
		}
		open = open || st.Everything() && len(st.Conditions) == 0
	}
	if !open {
		return "no statement allows everything"
	}
	return ""
}

const (
	principalOrg = "aws:principalorgid"
	resourceOrg  = "aws:resourceorgid"
)

// boundsOrganization decides that a policy admits the organization's principals to its resources, and AWS's services; and
// that no statement lets a foreign principal or a foreign resource through, but for AWS's own resources.
func boundsOrganization(doc map[string]any, org string) []string {
	if doc == nil {
		return []string{"is missing, so everything passes"}
	}
	b, _ := json.Marshal(doc)
	key := [2]string{org, string(b)}
	if known, ok := bounds.Load(key); ok {
		return known.([]string)
	}
	out := judgeOrganization(doc, org)
	bounds.Store(key, out)
	return out
}

// bounds are the answers of boundsOrganization, by organization and document: endpoints with equal policies share one, and so
// do the synthesised and the live network.
var bounds sync.Map

func judgeOrganization(doc map[string]any, org string) (out []string) {
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	whole := iam.Parse(doc)
	statements := whole.Statements
	said := map[string]bool{}
	must := func(who iam.Principal, context map[string][]string, what string) {
		for _, r := range witnesses(statements) {
			r.Principal, r.Context = who, context
			if d := iam.Evaluate(r, whole); d.Effect != iam.Allow && !said[what] {
				said[what] = true
				say("does not admit %s: %s of %s is not surely allowed%s", what, r.Action, r.Resource, undecided(d))
			}
		}
	}
	must(somebody, map[string][]string{principalOrg: {org}, resourceOrg: {org}}, "the principals of "+org+" to all its resources")
	must(iam.Principal{Kind: iam.Service, ID: "cloudformation.amazonaws.com"}, map[string][]string{principalOrg: nil}, "AWS's services")
	for i, alone := range whole.Split() {
		for _, c := range []struct {
			who                 iam.Principal
			principal, resource []string
			what                string
		}{
			{somebody, []string{strangeOrganization}, []string{strangeOrganization}, "foreign principals reach foreign resources"},
			{somebody, nil, nil, "foreign principals reach foreign resources"},
			{iam.Principal{Kind: iam.Anonymous}, nil, nil, "foreign principals reach foreign resources"},
			{somebodyByProvider, nil, []string{strangeOrganization}, "foreign principals reach foreign resources"},
			{somebody, []string{strangeOrganization}, []string{org}, "foreign principals through"},
			{somebody, nil, []string{org}, "foreign principals through"},
			{iam.Principal{Kind: iam.Anonymous}, nil, []string{org}, "foreign principals through"},
			{somebody, []string{org}, []string{strangeOrganization}, "the organization reach foreign resources"},
			{somebody, []string{org}, nil, "the organization reach foreign resources"},
		} {
			if awsOwned(statements[i], org) {
				break
			}
			name := statements[i].Sid
			if name == "" {
				name = fmt.Sprint(i + 1)
			}
			for _, r := range witnesses(statements[i : i+1]) {
				r.Principal, r.Context = c.who, map[string][]string{principalOrg: c.principal, resourceOrg: c.resource}
				d := iam.Evaluate(r, alone)
				if key := c.what + name; (d.Effect == iam.Allow || d.Effect == iam.Unknown) && !said[key] {
					said[key] = true
					say("lets %s in statement %s%s", c.what, name, undecided(d))
				}
			}
		}
	}
	return out
}

var (
	somebody           = iam.Principal{Kind: iam.Role, ID: "arn:aws:iam::" + outsider + ":role/app"}
	somebodyByProvider = iam.Principal{Kind: iam.Federated, ID: "arn:aws:iam::" + outsider + ":saml-provider/corporate"}
)

func undecided(d iam.Decision) string {
	if d.Effect != iam.Unknown {
		return ""
	}
	return "; undecided: " + strings.Join(d.Reasons, "; ")
}

// witnesses are requests that stand for all that statements tell apart: what none of them names, and each
// action with each resource of a statement.
func witnesses(statements []iam.Statement) []iam.Request {
	plain := strings.NewReplacer("*", "x", "?", "x")
	var out []iam.Request
	seen := map[string]bool{}
	for _, st := range statements {
		for _, a := range append(slices.Concat(st.Actions, st.NotActions), "service:Anything") {
			for _, r := range append(slices.Concat(st.Resources, st.NotResources), "arn:aws:service:::anything") {
				w := iam.Request{Action: plain.Replace(a), Resource: plain.Replace(r)}
				if key := w.Action + " " + w.Resource; !seen[key] {
					seen[key] = true
					out = append(out, w)
				}
			}
		}
	}
	return out
}

// awsOwned is true for the documented exceptions: reading buckets of AWS by their full names, AWS's own SSM documents and
// parameters (an ARN without an account), Amazon's images, and federated sign-in into the organization's roles.
func awsOwned(st iam.Statement, org string) bool {
	ours, theirs := st.Demands(principalOrg, org), st.Demands(resourceOrg, org)
	if st.Effect != "Allow" || st.Malformed != "" || st.Negated() {
		return false
	}
	each := func(list []string, ok func(string) bool) bool {
		return len(list) > 0 && !slices.ContainsFunc(list, func(s string) bool { return !ok(s) })
	}
	buckets := each(st.Resources, func(r string) bool {
		_, path, ok := strings.Cut(r, ":s3:::")
		bucket, _, _ := strings.Cut(path, "/")
		return ok && bucket != "" && !strings.ContainsAny(bucket, "*?")
	})
	if buckets && each(st.Actions, func(a string) bool { return a == "s3:GetObject" || a == "s3:ListBucket" }) {
		return true
	}
	documents := each(st.Resources, func(r string) bool {
		parts := strings.SplitN(r, ":", 6)
		return len(parts) == 6 && parts[2] == "ssm" && parts[4] == ""
	})
	if documents && ours && each(st.Actions, func(a string) bool { return strings.HasPrefix(a, "ssm:") }) {
		return true
	}
	if ours && st.Demands("ec2:owner", "amazon") && each(st.Actions, func(a string) bool { return a == "ec2:RunInstances" }) {
		return true
	}
	_, everybody := st.Principals["*"]
	return theirs && !everybody && len(st.Principals["Federated"]) > 0 &&
		each(st.Actions, func(a string) bool { return strings.HasPrefix(a, "sts:AssumeRoleWith") })
}
