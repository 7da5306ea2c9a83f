package perimeter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sharedhub/constructs/catalog"
)

// Allowed is whose actions a policy allows.
type Allowed struct {
	// Of are the prefixes of the actions, such as s3 of s3:GetObject, in the order of the policy; none where it allows all others
	// than some.
	Of []string
	// Line of the first of them.
	Line int
}

// AllowedBy reads a policy that Parse accepts.
func AllowedBy(b []byte) (out Allowed) {
	r := &parser{text: b, decoder: json.NewDecoder(bytes.NewReader(b)), lines: map[string]int{}}
	v, err := r.value("")
	document, _ := v.(map[string]any)
	if err != nil || document == nil {
		return out // said by Parse
	}
	for i, s := range listOf(document["Statement"]) {
		m, _ := s.(map[string]any)
		if m["Effect"] != "Allow" {
			continue
		}
		actions := texts(m["Action"])
		if len(actions) == 0 {
			return Allowed{} // it allows by NotAction
		}
		for _, a := range actions {
			if prefix, _, _ := strings.Cut(strings.ToLower(a), ":"); !slices.Contains(out.Of, prefix) {
				out.Of = append(out.Of, prefix)
			}
		}
		if out.Line == 0 {
			out.Line = max(r.lines[fmt.Sprintf("/Statement/%d/Action", i)], r.lines["/Statement/Action"], 1)
		}
	}
	return out
}

// Elsewhere is true where none of the actions is of the service whose endpoint has the policy: nothing then passes there. It is
// false where the services of the actions are not known for sure.
func (a Allowed) Elsewhere(service *catalog.Service) bool {
	known := prefixes(service.Region)
	return len(a.Of) > 0 && !slices.ContainsFunc(a.Of, func(prefix string) bool { return !known[prefix] || serves(service.Name, prefix) })
}

// actionsOf are the prefixes of actions of services whose endpoints go by another name (Service Authorization Reference, "Actions,
// resources, and condition keys for AWS services"), by the first part of the endpoint's.
var actionsOf = map[string][]string{
	"cloudcontrolapi": {"cloudformation"}, "codewhisperer": {"q"}, "email": {"ses"}, "email-smtp": {"ses"},
	"monitoring": {"cloudwatch"}, "notebook": {"sagemaker"}, "q": {"codewhisperer"}, "studio": {"sagemaker"}, "tagging": {"tag"},
}

// prefixes are those of actions that are known in a region's partition.
func prefixes(region string) map[string]bool {
	out := map[string]bool{}
	for _, name := range catalog.Names(region) {
		first := firstPart(name)
		out[first] = true
		for _, p := range actionsOf[first] {
			out[p] = true
		}
	}
	return out
}

// firstPart is what the actions of a service begin with, most often: that of "ecr.dkr" is "ecr".
func firstPart(name string) string {
	first, _, _ := strings.Cut(name, ".")
	return strings.TrimSuffix(first, "-fips")
}

// serves is true where actions of a prefix may be those of an endpoint's service: git-codecommit has codecommit's, ssmmessages may
// have ssm's.
func serves(service, prefix string) bool {
	first := firstPart(service)
	words := strings.FieldsFunc(service, func(r rune) bool { return r == '.' || r == '-' })
	return slices.Contains(words, prefix) || slices.Contains(actionsOf[first], prefix) ||
		strings.HasPrefix(first, prefix) || strings.HasPrefix(prefix, first)
}
