package awsfacts_test

import (
	"strings"
	"testing"

	"sharedhub/constructs/awsfacts"
)

// Every status of the CloudFormation API's StackStatus has one meaning, and its way out is the one that AWS allows.
func TestStackStates(t *testing.T) {
	for status, want := range map[string]string{
		"CREATE_COMPLETE": "", "UPDATE_COMPLETE": "", "UPDATE_ROLLBACK_COMPLETE": "", "IMPORT_COMPLETE": "", "IMPORT_ROLLBACK_COMPLETE": "",
		"CREATE_IN_PROGRESS": "wait", "UPDATE_IN_PROGRESS": "wait", "DELETE_IN_PROGRESS": "wait", "ROLLBACK_IN_PROGRESS": "wait",
		"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "wait", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "wait",
		"UPDATE_ROLLBACK_IN_PROGRESS": "wait", "IMPORT_IN_PROGRESS": "wait", "IMPORT_ROLLBACK_IN_PROGRESS": "wait",
		"REVIEW_IN_PROGRESS":     "deploy it",
		"CREATE_FAILED":          "run `cdk rollback h-dns`",
		"UPDATE_FAILED":          "run `cdk rollback h-dns`",
		"UPDATE_ROLLBACK_FAILED": "mend what its events name, run `cdk rollback h-dns`, then deploy again",
		"ROLLBACK_FAILED":        "`cdk deploy` then deletes it and makes it anew, after `sharedhub unstick --yes`",
		"ROLLBACK_COMPLETE":      "`cdk deploy` replaces it, after `sharedhub unstick --yes`",
		"DELETE_FAILED":          "run `aws cloudformation delete-stack --stack-name h-dns`",
		"IMPORT_ROLLBACK_FAILED": "do not destroy it",
		"DELETE_COMPLETE":        "look at it in CloudFormation", // no list of stacks has it
	} {
		s, trouble := awsfacts.StackStateOf(status)
		if way := s.Way("h-dns", "sharedhub unstick --yes"); trouble != (want != "") || !strings.Contains(way, want) {
			t.Errorf("%s: expected %q, found %q", status, want, way)
		}
		creationFailed := status == "ROLLBACK_COMPLETE" || status == "ROLLBACK_FAILED" // aws-cdk-cli, stack-status.ts, isCreationFailure
		if s.Recreated != creationFailed {
			t.Errorf("%s: that the CDK CLI makes it anew is %t", status, s.Recreated)
		}
	}
}
