package awsfacts

import "strings"

// StackState is a state of a CloudFormation stack that is no success, with the way out of it.
type StackState struct {
	// Name as CloudFormation has it, or the end of several names.
	Name string
	// Means is what happened to the stack.
	Means string
	// Blocks is true where deploying again is refused, by CloudFormation or by the CDK CLI.
	Blocks bool
	// Recreated is true where the CDK CLI deletes the stack and makes it anew, unless it has termination protection.
	Recreated bool

	way string // with STACK for the stack's name and UNSTICK for the command of this program that lets the stack be replaced
}

// Way out of the state, for a stack; unstick is the command that lets it be replaced.
func (s StackState) Way(stack, unstick string) string {
	return strings.NewReplacer("UNSTICK", unstick, "STACK", stack).Replace(s.way)
}

const rollBack = "run `cdk rollback STACK`, then deploy again"

// stackStates, longer names before those that they end in. Sources: CloudFormation guide, "Stack status codes"; CloudFormation API,
// RollbackStack and ContinueUpdateRollback; aws-cdk-cli, stack-status.ts, deploy-stack.ts and deployments.ts.
var stackStates = []StackState{
	{Name: "REVIEW_IN_PROGRESS", Means: "it holds nothing but a change set that nobody carried out", way: "deploy it"},
	{Name: "IN_PROGRESS", Means: "an operation is under way", Blocks: true, way: "wait until it ends"},
	{Name: "UPDATE_ROLLBACK_FAILED", Means: "its update failed and could not be undone", Blocks: true,
		way: "mend what its events name, " + rollBack},
	{Name: "IMPORT_ROLLBACK_FAILED", Means: "an import failed and could not be undone", Blocks: true,
		way: "do not destroy it, for what it imported would go too: look at its events in CloudFormation"},
	{Name: "ROLLBACK_FAILED", Means: "its creation failed and could not be undone, so it can only be deleted", Recreated: true,
		way: "take away what its events name; `cdk deploy` then deletes it and makes it anew, after `UNSTICK` where it has " +
			"termination protection"},
	{Name: "ROLLBACK_COMPLETE", Means: "its creation failed and nothing of it is left", Recreated: true,
		way: "`cdk deploy` replaces it, after `UNSTICK` where it has termination protection"},
	{Name: "CREATE_FAILED", Means: "its creation failed and was not rolled back", Blocks: true, way: rollBack},
	{Name: "UPDATE_FAILED", Means: "its update failed and was not rolled back", Blocks: true, way: rollBack},
	{Name: "DELETE_FAILED", Means: "it is half destroyed", Blocks: true,
		way: "take away what its events name, run `aws cloudformation delete-stack --stack-name STACK`, then deploy again"},
}

// settled are the states of a stack whose last operation went through or was undone, "" being a stack of a template.
var settled = map[string]bool{"": true, "CREATE_COMPLETE": true, "UPDATE_COMPLETE": true, "UPDATE_ROLLBACK_COMPLETE": true,
	"IMPORT_COMPLETE": true, "IMPORT_ROLLBACK_COMPLETE": true}

// StackStateOf is what a status means. It is false for a stack that needs nothing.
func StackStateOf(status string) (StackState, bool) {
	if settled[status] {
		return StackState{}, false
	}
	for _, s := range stackStates {
		if strings.HasSuffix(status, s.Name) {
			return s, true
		}
	}
	return StackState{Name: status, Means: "nothing is known of this state", way: "look at it in CloudFormation"}, true
}
