package prove

import (
	"fmt"
	"slices"
	"strings"

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
		if !someStatement(e.Policy, func(st iam.Statement) bool { return st.Everything() && len(st.Conditions) == 0 }) && e.Policy != nil {
			say("does not let everything pass")
		}
	case config.PolicyOrganization:
		boundsOrganization(e.Policy, sc.hub.Organization.ID, say)
	}
}

func someStatement(doc map[string]any, is func(iam.Statement) bool) bool {
	return slices.ContainsFunc(iam.Statements(doc), func(st iam.Statement) bool { return st.Effect == "Allow" && is(st) })
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
	if !someStatement(doc, func(st iam.Statement) bool {
		return st.Everything() && st.Demands(principalOrg, org) && st.Demands(resourceOrg, org) && st.DemandsOnly(principalOrg, resourceOrg)
	}) {
		say("does not admit the principals of %s to all its resources", org)
	}
	if !someStatement(doc, func(st iam.Statement) bool {
		return st.Everything() && st.Demands(isService, "true") && st.DemandsOnly(isService)
	}) {
		say("does not admit AWS's services")
	}
	for _, st := range iam.Statements(doc) {
		if st.Effect == "Deny" {
			say("denies in statement %s, which may refuse the organization", st.Sid)
			continue
		}
		ours, theirs := st.Demands(principalOrg, org), st.Demands(resourceOrg, org)
		if st.Demands(isService, "true") || ours && theirs || awsOwned(st, ours, theirs) {
			continue
		}
		switch {
		case !ours && !theirs:
			say("lets foreign principals reach foreign resources in statement %s", st.Sid)
		case !ours:
			say("lets foreign principals through in statement %s", st.Sid)
		default:
			say("lets the organization reach foreign resources in statement %s", st.Sid)
		}
	}
}

// awsOwned is true for the documented exceptions: reading buckets of AWS by their full names, AWS's own SSM documents and
// parameters (an ARN without an account), Amazon's images, and federated sign-in into the organization's roles.
func awsOwned(st iam.Statement, ours, theirs bool) bool {
	if st.Negated() || len(st.Actions) == 0 {
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
	return theirs && !everybody && len(st.Principals["Federated"]) > 0 && each(st.Actions, func(a string) bool { return strings.HasPrefix(a, "sts:AssumeRoleWith") })
}
