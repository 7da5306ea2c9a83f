package cli

import (
	"cmp"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/bucket"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
)

func (p *program) policyCommand() *cobra.Command {
	c := &cobra.Command{Use: "policy", Short: "Print policies of buckets that stand outside the stacks", Args: noCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(p.policyFlowLogs(), p.policyBucket())
	return c
}

func (p *program) policyFlowLogs() *cobra.Command {
	var dir string
	c := &cobra.Command{Use: "flow-logs [BUCKET]", Short: "Print the bucket policies that flow logs to S3 need",
		Long: "Prints, for each bucket that the configuration names, the policy which lets AWS write flow logs of the hubs' and spokes'\n" +
			"accounts into it: as one JSON object by the buckets' names, or with BUCKET that bucket's policy alone. Attach it before\n" +
			"you deploy, in the account that owns the bucket. Several hubs may share a bucket; its policy then names the accounts of all.",
		Example: "  go run . policy flow-logs\n" +
			"  go run . policy flow-logs my-flow-logs > policy.json\n" +
			"  aws s3api put-bucket-policy --bucket my-flow-logs --policy file://policy.json",
		Args: oneWordAtMost("bucket"),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := p.load(configDir(dir), "printed")
			if err != nil {
				return err
			}
			buckets := bucket.FlowLogs(cfg)
			if len(args) == 1 {
				if buckets, err = p.oneBucket(buckets, args[0]); err != nil {
					return err
				}
			}
			return p.printFlowLogs(buckets, len(args) == 1)
		}}
	c.Flags().StringVarP(&dir, "config", "c", "", "the configuration's `folder` (default config)")
	return c
}

func (p *program) oneBucket(buckets []*bucket.Logs, name string) ([]*bucket.Logs, error) {
	var names []string
	for _, b := range buckets {
		if b.Name == name {
			return []*bucket.Logs{b}, nil
		}
		names = append(names, b.Name)
	}
	return nil, p.fail("no flow logs go to bucket %q; %s", name, cmp.Or(diag.DidYouMean(name, names), among(names)))
}

// among says which buckets there are.
func among(names []string) string {
	if len(names) == 0 {
		return "the configuration names no bucket (flowLogs: {to: s3, bucket: …})"
	}
	return "the configuration names " + strings.Join(names, ", ")
}

func (p *program) printFlowLogs(buckets []*bucket.Logs, alone bool) error {
	policies := map[string]*bucket.Policy{}
	for _, b := range buckets {
		policy := b.Policy()
		if size := policy.Size(); size > bucket.MaxSize {
			return p.fail("the policy of bucket %s has %d bytes for %s, and S3 takes %d; let some hubs write to another bucket",
				b.Name, size, count(len(b.Accounts), "account"), bucket.MaxSize)
		}
		p.tell("bucket %s: flow logs of %s in %s, by %s %s\n", b.Name, count(len(b.Accounts), "account"), strings.Join(b.Regions, ", "),
			plural(len(b.Hubs), "hub"), strings.Join(b.Hubs, ", "))
		policies[b.Name] = policy
	}
	switch {
	case len(buckets) == 0:
		p.tell("no flow logs go to S3\n")
	case alone:
		return p.printJSON(policies[buckets[0].Name])
	}
	return p.printJSON(policies)
}

var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	// reservedEnds are those of access points' aliases and of other kinds of buckets (S3 user guide, "General purpose bucket naming rules").
	reservedEnds = []string{"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"}

	endpointID   = regexp.MustCompile(`^vpce-[0-9a-f]{8,17}$`)
	principalARN = regexp.MustCompile(`^arn:(` + strings.Join(awsfacts.PartitionNames(), "|") + `):(iam|sts)::[0-9]{12}:.+$`)
)

func (p *program) policyBucket() *cobra.Command {
	var dir, hub string
	var n bucket.Network
	c := &cobra.Command{Use: "bucket NAME", Short: "Print a bucket policy that admits the network alone",
		Long: "Prints the policy of a bucket of yours which refuses all requests that do not come through VPC endpoints of the\n" +
			"organization; without an organization, of the hubs' and spokes' accounts; with --endpoint, through these alone. Requests\n" +
			"that AWS's services make are let through (docs/OPERATIONS.md, \"Buckets that only the network reaches\"). It allows nothing\n" +
			"by itself. Merge the statement into the policy that the bucket has.",
		Example: "  go run . policy bucket my-data --except arn:aws:iam::111111111111:role/Administrator",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("policy bucket takes one bucket's name, and not %d", len(args))
			}
			return checkBucket(args[0], n)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := p.load(configDir(dir), "printed")
			if err != nil {
				return err
			}
			if hub != "" {
				if cfg, err = p.onlyHub(cfg, hub); err != nil {
					return err
				}
			}
			return p.printNetworkOnly(cfg, args[0], n)
		}}
	c.Flags().StringVarP(&dir, "config", "c", "", "the configuration's `folder` (default config)")
	c.Flags().StringVar(&hub, "hub", "", "admit the network of this `hub` only")
	c.Flags().StringSliceVar(&n.Endpoints, "endpoint", nil,
		"admit these VPC `endpoints` only, by their ids: the hub's of s3, or those of spokes")
	c.Flags().StringSliceVar(&n.Except, "except", nil, "admit these `principals` from anywhere, by their ARNs: administrators, and roles "+
		"of yours that AWS's services use")
	return c
}

func checkBucket(name string, n bucket.Network) error {
	if !bucketName.MatchString(name) || strings.Contains(name, "..") || net.ParseIP(name) != nil {
		return fmt.Errorf("%q is not a bucket's name; write one such as my-data, without \"arn:aws:s3:::\" before it", name)
	}
	for _, end := range reservedEnds {
		if strings.HasSuffix(name, end) {
			return fmt.Errorf("%q is not a general purpose bucket's name, for names that end in %s are of something else; write the bucket's own",
				name, end)
		}
	}
	for _, id := range n.Endpoints {
		if !endpointID.MatchString(id) {
			return fmt.Errorf("--endpoint: %q is not a VPC endpoint's id; write one such as vpce-0123456789abcdef0", id)
		}
	}
	for _, arn := range n.Except {
		switch {
		case strings.Contains(arn, ":assumed-role/"): // aws:PrincipalArn of a session is its role's (IAM guide, "Global condition keys")
			return fmt.Errorf("--except: %q is a session; write its role's ARN, such as arn:aws:iam::111111111111:role/Administrator", arn)
		case !principalARN.MatchString(arn):
			return fmt.Errorf("--except: %q is not a principal's ARN; write one such as arn:aws:iam::111111111111:role/Administrator", arn)
		}
	}
	return nil
}

func (p *program) printNetworkOnly(cfg *config.Config, name string, n bucket.Network) error {
	in := awsfacts.MustPartition(cfg.Hubs[0].Region)
	for _, h := range cfg.Hubs {
		if other := awsfacts.MustPartition(h.Region); other.Name != in.Name {
			return fmt.Errorf("hubs are in %s and in %s, and a bucket is in one of them; name a hub with --hub", in.Name, other.Name)
		}
	}
	for _, arn := range n.Except {
		if !strings.HasPrefix(arn, "arn:"+in.Name+":") {
			return fmt.Errorf("--except: %q is in another partition than the hubs, %s, so it would admit nobody", arn, in.Name)
		}
	}
	whole := bucket.NetworkOf(cfg)
	whole.Endpoints, whole.Except = n.Endpoints, slices.Compact(slices.Sorted(slices.Values(n.Except)))
	if len(n.Except) == 0 {
		p.tell("warning: outside the network only the root user of the bucket's account can then change this policy; --except names others\n")
	}
	return p.printJSON(bucket.Only(in, name, whole))
}
