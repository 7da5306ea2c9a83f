package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
	"sharedhub/internal/live"
	"sharedhub/internal/permissions"
)

// largestPolicy is how many characters a managed policy has at most, white space aside (IAM guide, "IAM and AWS STS quotas").
const largestPolicy = 6144

var policyARN = regexp.MustCompile(`^arn:(` + strings.Join(awsfacts.PartitionNames(), "|") + `):iam::[0-9]{12}:policy/[\w+=,.@/-]+$`)

func (p *program) permissionsCommand() *cobra.Command {
	var dir, in, role, boundary string
	var template bool
	c := &cobra.Command{
		Use: "permissions", Short: "Print the IAM policy of a role that deploys or verifies", Args: folder("config"),
		Long: "Prints a policy from the types and names of the templates:\n" +
			"  execution  of the role that CloudFormation deploys with, for cdk bootstrap --cloudformation-execution-policies;\n" +
			"             with --boundary it makes no role without that permissions boundary; with --template, a CloudFormation\n" +
			"             template of this policy and of a boundary, for a StackSet or for pipelines/roles/bootstrap\n" +
			"  deploy     of whoever runs cdk deploy: to assume the roles that bootstrap made, and nothing else\n" +
			"  verify     of whoever runs verify, preflight or report --live: to read, and to assume the lookup roles",
		Example: "  go run . permissions --role execution > execution.json\n" +
			"  go run . permissions --role execution --boundary arn:aws:iam::111111111111:policy/limits\n" +
			"  go run . permissions --role execution --template > accounts.json\n  go run . permissions --role deploy",
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case role != "execution" && role != "deploy" && role != "verify":
				return fmt.Errorf("--role: expected execution, deploy or verify, found %q", role)
			case boundary != "" && role != "execution":
				return fmt.Errorf("--boundary is for --role execution; no other one makes roles")
			case template && (role != "execution" || boundary != ""):
				return fmt.Errorf("--template is for --role execution, and has a boundary of its own: leave --boundary out")
			case boundary != "" && !policyARN.MatchString(boundary):
				return fmt.Errorf("--boundary: expected the ARN of a policy, such as arn:aws:iam::111111111111:policy/limits, found %q", boundary)
			}
			cfg, err := p.load(configDir(dir), "printed")
			if err != nil {
				return err
			}
			if template {
				role = "template"
			}
			return p.permissions(c.Context(), cfg, in, role, boundary)
		},
	}
	c.Flags().StringVarP(&dir, "config", "c", "", "the configuration's `folder` (default config)")
	c.Flags().StringVar(&in, "assembly", "", "the cloud assembly's `folder` (default: synthesise the configuration)")
	c.Flags().StringVar(&role, "role", "", "whose policy: execution, deploy or verify")
	c.Flags().StringVar(&boundary, "boundary", "", "the `ARN` of the permissions boundary that every role must have")
	c.Flags().BoolVar(&template, "template", false, "print a CloudFormation template that makes the policy and a boundary in any account")
	return c
}

func (p *program) permissions(ctx context.Context, cfg *config.Config, in, role, boundary string) error {
	a, err := p.stacksOf(ctx, cfg, in)
	if err != nil {
		return err
	}
	var hubs []string
	for _, h := range cfg.Hubs {
		hubs = append(hubs, h.Name)
	}
	var policy any
	switch role {
	case "template":
		policy, err = permissions.Template(a, hubs)
	case "execution":
		policy, err = permissions.Execution(a, hubs, awsfacts.MustPartition(cfg.Hubs[0].Region).Name, boundary)
	case "deploy":
		policy = permissions.Deploy(a)
	default:
		doc, ask := live.Permissions(), live.SurveyPermissions()
		doc["Statement"] = slices.Concat(doc["Statement"].([]any), ask["Statement"].([]any), []any{permissions.Verify(a).Statement[0]})
		policy = doc
	}
	if err != nil {
		return p.fail("%w", err)
	}
	if b, _ := json.Marshal(policy); role != "template" && len(b) > largestPolicy {
		p.tell("the policy has %d characters, and a managed policy takes %d: split it by accounts\n", len(b), largestPolicy)
	}
	return p.printJSON(policy)
}
