package preflight

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"sharedhub/internal/iam"
)

// The policy for CloudFormation's role that docs/DEPLOYING.md prints lets it make every type of resource of the stacks.
func TestDocumentedExecutionPolicy(t *testing.T) {
	const page = "../../docs/DEPLOYING.md"
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(b), "A narrower policy for CloudFormation's role")
	_, text, _ := strings.Cut(after, "```json\n")
	text, _, found := strings.Cut(text, "```")
	var policy map[string]any
	if err := json.Unmarshal([]byte(text), &policy); err != nil || !found {
		t.Fatalf("%s: %v", page, err)
	}
	allowed := func(action string) bool {
		return slices.ContainsFunc(iam.Statements(policy), func(s iam.Statement) bool {
			return slices.ContainsFunc(s.Actions, func(a string) bool {
				prefix, any := strings.CutSuffix(a, "*")
				return strings.EqualFold(a, action) || any && strings.HasPrefix(strings.ToLower(action), strings.ToLower(prefix))
			})
		})
	}
	for _, typ := range slices.Sorted(maps.Keys(creates)) {
		if !allowed(creates[typ]) {
			t.Errorf("%s does not allow %s, which makes %s", page, creates[typ], typ)
		}
	}
	for _, action := range []string{"cloudformation:DescribeStacks", "sts:AssumeRole", "iam:PassRole", "logs:CreateLogDelivery",
		"vpce:AllowMultiRegion", "ssm:GetParameters"} {
		if !allowed(action) {
			t.Errorf("%s does not allow %s", page, action)
		}
	}
}
