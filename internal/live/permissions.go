package live

import (
	"slices"

	"sharedhub/internal/topology"
)

// Policy is the least IAM policy that looking needs, in each account. None of the actions changes anything, and none
// reads data; the Describe and List actions take no resource.
func Permissions() map[string]any { return readOnly("LookAtTheNetwork", actions) }

func readOnly(sid string, actions []string) map[string]any {
	return map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Sid": sid, "Effect": "Allow", "Resource": "*", "Action": actions,
	}}}
}

// actions that Look calls, beside sts:AssumeRole, which the caller needs for the roles: those that the types of the network
// need, and the one for stacks.
var actions = slices.Sorted(slices.Values(append(topology.Actions(), "cloudformation:DescribeStacks")))
