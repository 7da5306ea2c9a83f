// Package bucket writes policies of S3 buckets that stand outside the stacks: of those that flow logs go to, and of those that only
// the network may reach. The bucket's owner attaches them; nothing here does.
package bucket

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
)

// Policy is a bucket policy, its keys in the order in which people read them.
type Policy struct {
	Version   string      `json:"Version"`
	Statement []Statement `json:"Statement"`
}

// Statement of a policy.
type Statement struct {
	SID       string                    `json:"Sid"`
	Effect    string                    `json:"Effect"`
	Principal any                       `json:"Principal"`
	Action    []string                  `json:"Action"`
	Resource  []string                  `json:"Resource"`
	Condition map[string]map[string]any `json:"Condition"`
}

// MaxSize of a bucket policy, in bytes (S3 guide, "Bucket policies and user policies").
const MaxSize = 20 << 10

// Size of the policy as it is sent.
func (p *Policy) Size() int {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // it holds strings alone
	}
	return len(b)
}

func policy(statements ...Statement) *Policy { return &Policy{"2012-10-17", statements} }

// Logs is a bucket that flow logs go to.
type Logs struct {
	// Name of the bucket.
	Name string
	// Hubs whose files, or whose spokes' files, name it; sorted.
	Hubs []string
	// Accounts and Regions of what writes, sorted.
	Accounts, Regions []string

	partition awsfacts.Partition
	folders   []string            // below which logs are written, "" for the bucket itself
	sources   map[string][]string // regions by account
}

// FlowLogs are the buckets that the configuration names, sorted, with all that writes into each: VPCs of hubs and spokes, detached
// ones too, and Transit Gateways.
func FlowLogs(cfg *config.Config) []*Logs {
	var out []*Logs
	add := func(h *config.Hub, account string, f config.FlowLogs) {
		if f.To != config.FlowLogsToS3 {
			return
		}
		_, place, _ := strings.Cut(f.Bucket, ":::")
		name, folder, _ := strings.Cut(place, "/")
		i := slices.IndexFunc(out, func(l *Logs) bool { return l.Name == name })
		if i < 0 {
			i = len(out)
			out = append(out, &Logs{Name: name, partition: awsfacts.MustPartition(h.Region), sources: map[string][]string{}})
		}
		l := out[i]
		insert(&l.Hubs, h.Name)
		insert(&l.Accounts, account)
		insert(&l.Regions, h.Region)
		insert(&l.folders, strings.Trim(folder, "/"))
		regions := l.sources[account]
		insert(&regions, h.Region)
		l.sources[account] = regions
	}
	for _, h := range cfg.Hubs {
		add(h, h.Account, h.FlowLogs)
		add(h, h.GatewayAccount(), h.TransitGateway.FlowLogs)
		for _, s := range h.Spokes {
			add(h, s.Account, s.FlowLogs)
		}
	}
	slices.SortFunc(out, func(a, b *Logs) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// insert puts a value into a sorted list that does not have it.
func insert(list *[]string, value string) {
	if i, found := slices.BinarySearch(*list, value); !found {
		*list = slices.Insert(*list, i, value)
	}
}

// Policy lets the log delivery service write for the accounts and regions alone (VPC guide, "Amazon S3 bucket permissions for flow
// logs"). Each account has a folder of its own. Where naming each exceeds MaxSize, accounts are named once, in aws:SourceAccount.
func (l *Logs) Policy() *Policy {
	if full := l.policy(l.Accounts); full.Size() <= MaxSize {
		return full
	}
	return l.policy([]string{"*"})
}

// policy names accounts in folders and log deliveries.
func (l *Logs) policy(accounts []string) *Policy {
	var objects, deliveries []string
	for _, f := range l.folders {
		for _, a := range accounts {
			objects = append(objects, l.arn(path.Join(f, "AWSLogs", a, "*")))
		}
	}
	for _, a := range accounts {
		regions := l.Regions
		if a != "*" {
			regions = l.sources[a]
		}
		for _, r := range regions {
			deliveries = append(deliveries, l.partition.ARN("logs", r, a, "*"))
		}
	}
	service := map[string]string{"Service": "delivery.logs.amazonaws.com"}
	from := func(more map[string]any) map[string]map[string]any {
		more["aws:SourceAccount"] = l.Accounts
		return map[string]map[string]any{"StringEquals": more, "ArnLike": {"aws:SourceArn": deliveries}}
	}
	return policy(
		Statement{"AWSLogDeliveryWrite", "Allow", service, []string{"s3:PutObject"}, objects,
			from(map[string]any{"s3:x-amz-acl": "bucket-owner-full-control"})},
		Statement{"AWSLogDeliveryAclCheck", "Allow", service, []string{"s3:GetBucketAcl", "s3:ListBucket"}, []string{l.arn("")},
			from(map[string]any{})},
	)
}

// arn of an object of the bucket, or of the bucket.
func (l *Logs) arn(object string) string {
	name := l.Name
	if object != "" {
		name += "/" + object
	}
	return l.partition.ARN("s3", "", "", name)
}
