package perimeter

import (
	"fmt"
	"strings"

	"sharedhub/constructs/awsfacts"
)

// What requests through an endpoint carry, and what they never do.

// unknownKey warns of a global key that IAM does not have: no request carries it.
func (j *judge) unknownKey(t test) string {
	if !strings.HasPrefix(awsfacts.ConditionKey(t.key), "aws:") || awsfacts.IsGlobalKey(t.key) {
		return ""
	}
	fix := "write a key of the IAM guide's page \"AWS global condition context keys\""
	if near := nearest(t.key, awsfacts.GlobalKeys()); near != "" {
		fix = "did you mean " + near + "?"
	}
	j.warn(t.path, fix, "%s tests %s, which is no global key of IAM's that this program knows: a key that no request carries %s", t.name,
		t.key, t.withoutKey())
	return ""
}

// withoutKey is what a test of a key does that no request carries.
func (t test) withoutKey() string {
	switch holds := t.holdsWithout(); {
	case t.allow && holds:
		return "bounds nothing"
	case t.allow:
		return "admits nobody"
	case holds:
		return "denies always"
	}
	return "denies never"
}

// holdsWithout is true for a test that holds where the request lacks the key.
func (t test) holdsWithout() bool {
	return t.operator.Set != "ForAnyValue" && (t.operator.Negated || t.operator.IfExists || t.operator.Set == "ForAllValues") ||
		t.operator.Base == "Null" && only(t.raw, "true", true)
}

// sourceIP finds tests of the public address of whoever asks: requests through an endpoint have none (IAM guide, aws:SourceIp).
func (j *judge) sourceIP(t test) string {
	if awsfacts.ConditionKey(t.key) != "aws:sourceip" {
		return ""
	}
	say := j.warn
	if !t.allow && t.holdsWithout() && len(conditionsOf(t.m)) == 1 {
		say = j.error
	}
	say(t.path, "write aws:VpcSourceIp, which is the caller's address in its VPC", "%s tests aws:SourceIp, which requests through an "+
		"endpoint do not carry: it %s", t.name, t.withoutKey())
	if t.allow && !t.holdsWithout() {
		return "tests aws:SourceIp, which requests through an endpoint do not carry"
	}
	return ""
}

// presence judges whether a key that says who asks, or by which endpoint, must be absent or present.
func (j *judge) presence(t test) string {
	key := awsfacts.ConditionKey(t.key)
	who, identity := identities[key]
	if t.operator.Base != "Null" || !identity && key != "aws:sourcevpce" && key != "aws:sourcevpc" {
		return ""
	}
	absent, present := only(t.raw, "true", true), only(t.raw, "false", false)
	switch {
	case t.allow && absent && identity && strings.HasPrefix(key, "aws:principal"):
		j.warn(t.path, `write "false"`, "%s admits only requests without %s: %s", t.name, t.key, who)
		return "admits only requests without " + t.key
	case t.allow && absent && !identity:
		j.warn(t.path, `write "false", or take the test out`, "%s admits only requests without %s, which all requests at an endpoint carry",
			t.name, t.key)
		return "admits only requests without " + t.key
	case !t.allow && present && len(conditionsOf(t.m)) == 1 && (!identity || strings.HasPrefix(key, "aws:principal")):
		j.error(t.path, `write "true"`, "%s denies all requests that carry %s, which those of the hub's accounts do", t.name, t.key)
	}
	return ""
}

// thisEndpoint warns of a test against one endpoint's id, which is known only when the endpoint is there.
func (j *judge) thisEndpoint(t test) string {
	if awsfacts.ConditionKey(t.key) != "aws:sourcevpce" || t.operator.Base == "Null" || len(t.values) == 0 {
		return ""
	}
	for _, v := range t.values {
		if !strings.HasPrefix(v, "vpce-") || strings.ContainsAny(v, "*?$") {
			return ""
		}
	}
	j.warn(t.path, "take the test out", "%s tests aws:SourceVpce: at an endpoint it is the endpoint's own id, which another endpoint of the "+
		"hub, or this one made anew, does not have", t.name)
	return ""
}

// everybodyElse warns of a statement that allows by whom it leaves out.
func (j *judge) everybodyElse(s statementOf) {
	if _, not := s.m["NotPrincipal"]; not && s.allow {
		j.warn(s.path+"/NotPrincipal", `write "Principal": "*", and who may not in a condition on aws:PrincipalArn`,
			"%s allows everybody but those whom it names, callers without credentials included", s.name)
	}
}

func conditionsOf(m map[string]any) []string {
	conditions, _ := m["Condition"].(map[string]any)
	var out []string
	for op, tests := range conditions {
		keys, _ := tests.(map[string]any)
		for key := range keys {
			out = append(out, op+" "+key)
		}
	}
	return out
}

// nearest is the one candidate that a word is a slip of, in any case; "" for none, or for several.
func nearest(word string, candidates []string) string {
	best, at, twice := "", 3, false
	for _, c := range candidates {
		if d := len(word) - len(c); d < -2 || d > 2 {
			continue
		}
		switch d := edits(strings.ToLower(word), strings.ToLower(c)); {
		case d < at:
			best, at, twice = c, d, false
		case d == at && best != "":
			twice = true
		}
	}
	if twice {
		return ""
	}
	return best
}

// edits is how many letters have to be inserted, deleted or replaced.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for i := range row {
		row[i] = i
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// principalProblem says why a text is no principal of kind AWS; "" for one (IAM guide, "AWS JSON policy elements: Principal").
func principalProblem(s string) string {
	switch parts := strings.SplitN(s, ":", 6); {
	case s == "*" || strings.Contains(s, "${") || uniqueID(s):
	case strings.Trim(s, "0123456789") == "" && len(s) != 12:
		return fmt.Sprintf("an account's number has 12 digits, and it has %d", len(s))
	case strings.Trim(s, "0123456789") == "":
	case parts[0] != "arn" || len(parts) < 6:
		return `write "*", an account's number, or the ARN of a role or user`
	case strings.ContainsAny(s, "*?"):
		return `IAM takes no wildcard in a principal; write "*", and a condition on aws:PrincipalArn`
	case parts[2] != "iam" && parts[2] != "sts":
		return "write the ARN of a role or user"
	}
	return ""
}

// uniqueID is true for an id that IAM puts in the place of an ARN whose role or user is gone.
func uniqueID(s string) bool {
	return len(s) >= 16 && strings.HasPrefix(s, "A") && strings.ToUpper(s) == s && !strings.ContainsAny(s, ":/")
}
