package prove

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
	"sharedhub/internal/iam"
	"sharedhub/internal/topology"
)

// policy checks what an endpoint's policy lets pass: that it is the configured one, and, where that promises to bound an
// organization, that it does.
func (p *prover) policy(sc *scene, s *service) {
	for _, text := range p.judged(s.endpoint, s.Policy, config.Policy{}, served{s.Catalog.Name, s.Catalog.Region, sc.hub.Organization.ID}) {
		p.add(codePolicy, sc.subject, s.endpoint.Source, "the policy of %s %s", s.Catalog.Name, text)
	}
}

// gatewayPolicy checks what the policy of a spoke's gateway endpoint lets pass: as policy does, and nothing that the hub's policy
// for the service would not let pass. Clients that resolve the service's public addresses go this way in, and by the hub's
// endpoint the others.
func (p *prover) gatewayPolicy(sc *scene, m *member, service string, e *topology.Endpoint) {
	want := sc.hub.GatewayPolicies[service]
	for _, text := range p.judged(e, want.Policy, want.Within, served{service, sc.hub.Region, sc.hub.Organization.ID}) {
		p.add(codePolicy, m.subject, e.Source, "the policy of the gateway endpoint for %s %s", service, text)
	}
}

// served is a service of a region, for an organization.
type served struct{ service, region, org string }

// judged is what is wrong with an endpoint's policy. Endpoints of one service with equal policies share the answer.
func (p *prover) judged(e *topology.Endpoint, want, within config.Policy, of served) (out []string) {
	key := fmt.Sprintln(of, want.Kind, want.File, within.Kind, within.File) + p.policyText(e)
	if known, ok := p.verdicts[key]; ok {
		return known
	}
	defer func() { p.verdicts[key] = out }()
	if !iam.Same(want.Document, e.Policy) {
		out = append(out, "is not the configured one, "+want.String())
	}
	switch want.Kind {
	case config.PolicyFullAccess:
		if why := bounded(e.Policy); why != "" {
			out = append(out, "does not let everything pass: "+why)
		}
	case config.PolicyOrganization:
		out = append(out, of.boundsOnce(e.Policy, p.policyText(e))...)
	case config.PolicyFile, config.PolicyImpossible: // nothing beside being the configured one
	}
	return append(out, passesMoreOnce(e.Policy, p.policyText(e), within, of.org)...)
}

// policyText is an endpoint's policy as JSON, written once.
func (p *prover) policyText(e *topology.Endpoint) string {
	text, ok := p.policyTexts[e]
	if !ok && e.Policy != nil {
		b, _ := json.Marshal(e.Policy)
		text = string(b)
		p.policyTexts[e] = text
	}
	return text
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
	principalOrg    = "aws:principalorgid"
	resourceOrg     = "aws:resourceorgid"
	resourceAccount = "aws:resourceaccount"
	imageOwner      = "ec2:owner"
)

// bounds decides that a policy admits the organization's principals to its resources, AWS's services, and what AWS's own things
// need; and that no statement lets a foreign principal or a foreign resource through, but for those.
func (of served) bounds(doc map[string]any) []string {
	if doc == nil {
		return []string{"is missing, so everything passes"}
	}
	whole := iam.Parse(doc)
	exceptions := awsfacts.OwnedByAWS(of.service, of.region)
	return append(shutsOut(whole, of.org, exceptions), of.lets(whole, exceptions)...)
}

// boundsOnce keeps the answers of bounds over all runs: the synthesised and the live network share them.
func (of served) boundsOnce(doc map[string]any, text string) []string {
	type key struct {
		served
		text string
	}
	return known(&boundsKnown, key{of, text}, func() []string { return of.bounds(doc) })
}

// known is the answer to a question that was answered before, or is now.
func known(answers *sync.Map, question any, answer func() []string) []string {
	if out, ok := answers.Load(question); ok {
		return out.([]string)
	}
	out := answer()
	answers.Store(question, out)
	return out
}

var boundsKnown sync.Map

// shutsOut says what a policy must admit and does not.
func shutsOut(whole iam.Document, org string, exceptions []awsfacts.Owned) (out []string) {
	said := map[string]bool{}
	must := func(r iam.Request, what string) {
		if d := iam.Evaluate(r, whole); d.Effect != iam.Allow && !said[what] {
			said[what] = true
			out = append(out, fmt.Sprintf("does not admit %s: %s of %s is not surely allowed%s", what, r.Action, r.Resource, undecided(d)))
		}
	}
	for _, r := range witnesses(whole.Statements) {
		r.Principal, r.Context = somebody, map[string][]string{principalOrg: {org}, resourceOrg: {org}}
		must(r, "the principals of "+org+" to all its resources")
		r.Principal = iam.Principal{Kind: iam.Service, ID: "cloudformation.amazonaws.com"}
		r.Context = map[string][]string{principalOrg: nil}
		must(r, "AWS's services")
	}
	for _, o := range exceptions {
		for _, r := range requestsOf(o, org) {
			must(r, "the organization to "+o.Of)
		}
	}
	return out
}

// requestsOf are requests that stand for all that AWS's own things need.
func requestsOf(o awsfacts.Owned, org string) (out []iam.Request) {
	for _, r := range witnesses([]iam.Statement{{Actions: o.Actions, Resources: o.Resources}}) {
		if !matches(o.Actions, r.Action, true) || !matches(o.Resources, r.Resource, false) {
			continue
		}
		r.Principal = somebody
		r.Context = map[string][]string{principalOrg: {org}, resourceOrg: {strangeOrganization}, imageOwner: {"amazon"}}
		if o.Anonymous {
			r.Principal, r.Context[principalOrg] = iam.Principal{Kind: iam.Anonymous}, nil
		}
		if o.Unkeyed {
			r.Context[resourceOrg] = nil
		}
		for _, account := range append([]string{}, o.Accounts...) {
			each := r
			each.Context = maps.Clone(r.Context)
			each.Context[resourceAccount] = []string{account}
			out = append(out, each)
		}
		if len(o.Accounts) == 0 {
			out = append(out, r)
		}
	}
	return out
}

// lets says which statements let through what the organization's policy must not.
func (of served) lets(whole iam.Document, exceptions []awsfacts.Owned) (out []string) {
	for i, alone := range whole.Split() {
		name := whole.Statements[i].Sid
		if name == "" {
			name = fmt.Sprint(i + 1)
		}
		said := map[string]bool{}
		requests := witnesses(alone.Statements)
		for _, c := range strangers(of.org, alone.Statements) {
			for _, r := range requests {
				r.Principal, r.Context = c.who, c.context
				if said[c.what] {
					break
				}
				if d := iam.Evaluate(r, alone); (d.Effect == iam.Allow || d.Effect == iam.Unknown) && !of.excepted(r, exceptions) {
					said[c.what] = true
					out = append(out, fmt.Sprintf("lets %s in statement %s%s", c.what, name, undecided(d)))
				}
			}
		}
	}
	return out
}

// stranger is who must not pass, or whose resource.
type stranger struct {
	who     iam.Principal
	context map[string][]string
	what    string
}

func strangers(org string, statements []iam.Statement) []stranger {
	var out []stranger
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
		{somebodyByProvider, nil, []string{org}, "foreign principals through"},
		{somebody, []string{org}, []string{strangeOrganization}, "the organization reach foreign resources"},
		{somebody, []string{org}, nil, "the organization reach foreign resources"},
	} {
		for _, context := range contexts(map[string][]string{principalOrg: c.principal, resourceOrg: c.resource}, statements) {
			out = append(out, stranger{c.who, context, c.what})
		}
	}
	return out
}

// contexts are a context with each owner of the resource that statements tell apart: one of each whom they name, and one whom
// they do not.
func contexts(base map[string][]string, statements []iam.Statement) []map[string][]string {
	out := []map[string][]string{base}
	for key, nobody := range map[string]string{resourceAccount: outsider, imageOwner: "someone"} {
		values := []string{nobody}
		for _, s := range statements {
			for _, tests := range s.Conditions {
				values = append(values, tests[key]...)
			}
		}
		var wider []map[string][]string
		for _, c := range out {
			for _, v := range values {
				with := maps.Clone(c)
				with[key] = []string{v}
				wider = append(wider, with)
			}
		}
		out = wider
	}
	return out
}

// excepted is true for a request that AWS's own things need, or that signs in to the organization's roles.
func (of served) excepted(r iam.Request, exceptions []awsfacts.Owned) bool {
	ours := slices.Equal(r.Context[principalOrg], []string{of.org})
	for _, o := range exceptions {
		if (o.Anonymous || ours) && matches(o.Actions, r.Action, true) && matches(o.Resources, r.Resource, false) &&
			(len(o.Accounts) == 0 || slices.Contains(o.Accounts, r.Context[resourceAccount][0])) &&
			(o.ImageOwner == "" || o.ImageOwner == r.Context[imageOwner][0]) && (!o.Unkeyed || r.Context[resourceOrg] == nil) {
			return true
		}
	}
	return strings.TrimSuffix(of.service, "-fips") == "sts" && r.Principal.Kind == iam.Federated &&
		slices.Equal(r.Context[resourceOrg], []string{of.org}) &&
		matches([]string{"sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"}, r.Action, true)
}

// matches is true where one of the patterns fits; actions have no case.
func matches(patterns []string, value string, action bool) bool {
	if action {
		value = strings.ToLower(value)
	}
	return slices.ContainsFunc(patterns, func(p string) bool {
		if action {
			p = strings.ToLower(p)
		}
		return iam.Match(p, value)
	})
}

// passedMore are the answers of passesMore, by the two documents, how messages call the second, and the organization.
var passedMore sync.Map

func passesMoreOnce(doc map[string]any, text string, within config.Policy, org string) []string {
	limit, _ := json.Marshal(within.Document)
	key := [4]string{text, string(limit), within.String(), org}
	return known(&passedMore, key, func() []string { return passesMore(doc, within, org) })
}

// passesMore says what a policy lets pass that another does not: requests by principals, for resources and with conditions that
// the two tell apart. What stands in both needs no comparison, unless the other denies something.
func passesMore(doc map[string]any, within config.Policy, org string) (out []string) {
	if within.Kind == config.PolicyFullAccess || within.Document == nil || iam.Same(doc, within.Document) {
		return nil
	}
	if doc == nil {
		return []string{"is missing, so more passes than by the hub's, " + within.String()}
	}
	whole, limit := iam.Parse(doc), iam.Parse(within.Document)
	denies := slices.ContainsFunc(limit.Statements, func(s iam.Statement) bool { return s.Effect != "Allow" })
	for i, alone := range whole.Split() {
		if alone.Statements[0].Effect == "Deny" || !denies && limit.Has(alone.Statements[0]) {
			continue
		}
		if more := more(alone, whole, limit, org); more != "" {
			name := whole.Statements[i].Sid
			if name == "" {
				name = fmt.Sprint(i + 1)
			}
			out = append(out, fmt.Sprintf("lets more pass than the hub's, %s, in statement %s: %s", within, name, more))
		}
	}
	return out
}

// more is a request that a statement of a document lets pass and the limit may not; "" for none.
func more(alone, whole, limit iam.Document, org string) string {
	both := slices.Concat(alone.Statements, limit.Statements)
	for _, r := range witnesses(both) {
		for _, who := range []iam.Principal{somebody, {Kind: iam.Anonymous}, somebodyByProvider} {
			for _, principal := range [][]string{{org}, {strangeOrganization}, nil} {
				for _, resource := range [][]string{{org}, {strangeOrganization}, nil} {
					if who.Kind != iam.Role && principal != nil {
						continue // nobody's organization
					}
					for _, context := range contexts(map[string][]string{principalOrg: principal, resourceOrg: resource}, both) {
						r.Principal, r.Context = who, context
						if iam.Evaluate(r, alone).Effect == iam.NoMatch || iam.Evaluate(r, whole).Effect == iam.Deny {
							continue
						}
						if d := iam.Evaluate(r, limit); d.Effect != iam.Allow {
							return fmt.Sprintf("%s of %s by %s%s", r.Action, r.Resource, whose(who, principal, org), undecided(d))
						}
					}
				}
			}
		}
	}
	return ""
}

func whose(who iam.Principal, principal []string, org string) string {
	switch {
	case who.Kind == iam.Anonymous:
		return "anybody"
	case slices.Equal(principal, []string{org}) && org != "":
		return "the organization"
	}
	return "foreign principals"
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

// witnesses are requests that stand for all that statements tell apart: what none of them names, and each action with each
// resource of a statement. A wildcard stands for nothing, for a letter, and for what crosses the parts of an ARN, so that a pattern
// which is wider than another has a witness outside it.
func witnesses(statements []iam.Statement) []iam.Request {
	var out []iam.Request
	seen := map[string]bool{}
	for _, st := range statements {
		for _, a := range filled(append(slices.Concat(st.Actions, st.NotActions), "service:Anything"), "x", "Anything") {
			for _, r := range filled(append(slices.Concat(st.Resources, st.NotResources), "arn:aws:service:::anything"), "x", "q:/q", "") {
				if key := a + " " + r; !seen[key] {
					seen[key] = true
					out = append(out, iam.Request{Action: a, Resource: r})
				}
			}
		}
	}
	return out
}

// filled are patterns with each text in the place of their wildcards.
func filled(patterns []string, with ...string) []string {
	var out []string
	for _, p := range patterns {
		if !strings.ContainsAny(p, "*?") {
			out = append(out, p)
			continue
		}
		for _, text := range with {
			one := text
			if len(one) != 1 {
				one = "q"
			}
			out = append(out, strings.NewReplacer("*", text, "?", one).Replace(p))
		}
	}
	return out
}
