package perimeter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sharedhub/constructs/catalog"
)

// Elsewhere says whose actions alone a policy allows, and in which line, where none of them is of the service whose endpoint has
// the policy: nothing then passes there. It is silent where the services of the actions are not known for sure.
func Elsewhere(b []byte, service *catalog.Service) (line int, of []string) {
	r := &parser{text: b, decoder: json.NewDecoder(bytes.NewReader(b)), lines: map[string]int{}}
	v, err := r.value("")
	document, _ := v.(map[string]any)
	if err != nil || document == nil {
		return 0, nil // said by Parse
	}
	known := prefixes(service.Region)
	for i, s := range listOf(document["Statement"]) {
		m, _ := s.(map[string]any)
		if m["Effect"] != "Allow" {
			continue
		}
		actions := texts(m["Action"])
		if len(actions) == 0 {
			return 0, nil // it allows by NotAction
		}
		for _, a := range actions {
			prefix, _, _ := strings.Cut(strings.ToLower(a), ":")
			if !known[prefix] || serves(service.Name, prefix) {
				return 0, nil
			}
			if !slices.Contains(of, prefix) {
				of = append(of, prefix)
			}
		}
		if line == 0 {
			line = max(r.lines[fmt.Sprintf("/Statement/%d/Action", i)], r.lines["/Statement/Action"], 1)
		}
	}
	return line, of
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
