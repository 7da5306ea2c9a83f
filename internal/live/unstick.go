package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/diag"
)

// Stuck is a stack that `cdk deploy` cannot replace: its creation failed, but the CDK CLI turns on termination protection before it
// creates a stack.
type Stuck struct {
	Name    string `json:"name"`
	Account string `json:"account"`
	Region  string `json:"region"`
	// Status is ROLLBACK_COMPLETE, where nothing of it is left, or ROLLBACK_FAILED.
	Status string `json:"status"`
}

// Unstick finds the stuck stacks of a scope. With lift it turns off their termination protection, and nothing else: the next
// deployment deletes each, makes it anew and protects it again.
func Unstick(ctx context.Context, scope Scope, opt Options, lift bool) ([]Stuck, diag.List, error) {
	s, err := open(ctx, opt, scope)
	if err != nil {
		return nil, nil, err
	}
	s.elsewhere, s.counter.permitted = scope.deployRole, []string{
		"cloudformation:DescribeStacks", "cloudformation:UpdateTerminationProtection",
	}
	var stuck []Stuck
	var unseen diag.List
	for _, p := range scope.sorted() {
		found, err := s.unstick(ctx, p, scope.Stacks, lift)
		if err != nil {
			unseen = append(unseen, unread(p, err))
		}
		stuck = append(stuck, found...)
	}
	return stuck, unseen, nil
}

func (s *session) unstick(ctx context.Context, p Place, names map[string]bool, lift bool) ([]Stuck, error) {
	ctx, cancel := s.limits.within(ctx)
	defer cancel()
	cfg, err := s.at(ctx, p)
	if err != nil {
		return nil, err
	}
	client := cloudformation.NewFromConfig(cfg)
	var found []Stuck
	seen := turned{}
	for pages := cloudformation.NewDescribeStacksPaginator(client, nil); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err == nil {
			err = seen.check(page)
		}
		if err != nil {
			return found, explain(err, "cloudformation:DescribeStacks", p.Region)
		}
		for _, st := range page.Stacks {
			state, _ := awsfacts.StackStateOf(string(st.StackStatus))
			if !names[aws.ToString(st.StackName)] || !state.Recreated || !aws.ToBool(st.EnableTerminationProtection) {
				continue
			}
			if lift {
				off := &cloudformation.UpdateTerminationProtectionInput{StackName: st.StackId, EnableTerminationProtection: aws.Bool(false)}
				if _, err := client.UpdateTerminationProtection(ctx, off); err != nil {
					return found, explain(err, "cloudformation:UpdateTerminationProtection", p.Region)
				}
			}
			found = append(found, Stuck{aws.ToString(st.StackName), p.Account, p.Region, string(st.StackStatus)})
		}
	}
	return found, nil
}
