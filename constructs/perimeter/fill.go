package perimeter

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Place is what a policy is written for: an endpoint in a region, of a hub.
type Place struct {
	// Organization of the hub, or "".
	Organization string
	// Account of the hub, and the Region and Partition of the endpoint's service.
	Account, Region, Partition string
	// Accounts that are known beside the hub's. Default: none are, and no account is a stranger.
	Accounts []string
	// Now is the time that dates of conditions are compared with. Default: they are not.
	Now time.Time
}

// variables are what a policy's text may say for values of its place.
func (p Place) variables() map[string]string {
	return map[string]string{"organization": p.Organization, "account": p.Account, "region": p.Region, "partition": p.Partition}
}

// IAM's own variables have a colon (${aws:username}) or are one character (${*}): IAM guide, "IAM policy elements: Variables
// and tags".
var variable = regexp.MustCompile(`\$\{([^{}"]*)\}`)

// Fill replaces ${organization}, ${account}, ${region} and ${partition} in a policy's text, and leaves IAM's variables alone.
func Fill(b []byte, at Place) ([]byte, []Problem) {
	values := at.variables()
	var problems []Problem
	var out bytes.Buffer
	done := 0
	for _, m := range variable.FindAllSubmatchIndex(b, -1) {
		name := string(b[m[2]:m[3]])
		value, ours := values[name]
		say := func(fix, format string, args ...any) {
			line := 1 + bytes.Count(b[:m[0]], []byte("\n"))
			problems = append(problems, Problem{Line: line, Text: fmt.Sprintf(format, args...), Fix: fix})
		}
		switch {
		case strings.HasPrefix(name, "AWS::"):
			say(ourVariables, "${%s} is CloudFormation's; IAM would take it for a variable that no request has", name)
			continue
		case slices.Contains([]string{"*", "?", "$"}, name) || strings.Contains(name, ":"):
			continue
		case !ours:
			say(ourVariables+"; IAM's own have a colon, such as ${aws:username}", "${%s} is not known here", name)
			continue
		case value == "":
			say("write organization: o-… in the hub's file", "${%s} has no value: the hub has no organization", name)
			continue
		}
		out.Write(b[done:m[0]])
		out.WriteString(value)
		done = m[1]
	}
	out.Write(b[done:])
	return out.Bytes(), problems
}

const ourVariables = "write ${organization}, ${account}, ${region} or ${partition}"
