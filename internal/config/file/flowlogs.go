package file

import (
	"reflect"
	"slices"
	"strings"

	"fmt"

	"go.yaml.in/yaml/v4"

	"sharedhub/constructs/awsfacts"
)

// FlowLogs are where a VPC's flow logs go, or `none`.
type FlowLogs struct {
	// `cloudwatch`, `s3` or `none`.
	To string `yaml:"to" required:"write to: cloudwatch, or to: s3"`
	// How long the log group keeps them, with `cloudwatch`: a number of days that CloudWatch Logs takes. Default: 30.
	RetentionDays int `yaml:"retentionDays"`
	// ARN of the KMS key that encrypts the log group, with `cloudwatch`; the key's policy must let CloudWatch Logs of the region
	// use it, for the hub's account and the spokes' (docs/OPERATIONS.md, "Flow logs"). Default: CloudWatch's own key.
	KMSKey string `yaml:"kmsKey"`
	// ARN of an existing bucket, with `s3`, and perhaps a folder in it. The bucket's policy must let AWS write for the accounts of
	// all VPCs: `policy flow-logs` prints it. Default: none; `s3` needs one.
	Bucket string `yaml:"bucket"`
}

// decode takes the short form too: none.
func (l *FlowLogs) decode(d *decoder, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Value == "none" {
		d.absent(n, reflect.ValueOf(l).Elem())
		l.To = "none"
		return
	}
	d.object(n, reflect.ValueOf(l).Elem())
}

// decode takes the short form too: the id.
func (o *Organization) decode(d *decoder, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		d.object(n, reflect.ValueOf(o).Elem())
		return
	}
	d.absent(n, reflect.ValueOf(o).Elem())
	d.places[&o.ID] = placeOf(n)
	o.ID, _ = d.text(n)
}

// decode takes the short form too: the ranges.
func (p *Pool) decode(d *decoder, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		d.object(n, reflect.ValueOf(p).Elem())
		return
	}
	d.absent(n, reflect.ValueOf(p).Elem())
	d.value(n, reflect.ValueOf(&p.CIDRs).Elem())
}

var (
	bucketARN = lazy(`^arn:(` + strings.Join(awsfacts.PartitionNames(), "|") +
		`):s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()/=-]{0,900})?$`)
	// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html: an alias is refused.
	keyARN = lazy(`^arn:(` + strings.Join(awsfacts.PartitionNames(), "|") +
		`):kms:[a-z0-9-]+:[0-9]{12}:key/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$`)
	retentionDays = []int{
		1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
	}
)

// FlowLogTargets are the values of flowLogs.to.
var FlowLogTargets = []string{"cloudwatch", "s3", "none"}

func (l *FlowLogs) check(f *File) {
	oneOf(f, &l.To, FlowLogTargets...)
	switch l.To {
	case "cloudwatch":
		if f.Given(&l.RetentionDays) && !slices.Contains(retentionDays, l.RetentionDays) {
			f.Errorf(Value, &l.RetentionDays, "use one of "+strings.Trim(fmt.Sprint(retentionDays), "[]"),
				"CloudWatch Logs cannot keep logs for %d days", l.RetentionDays)
		}
		if l.KMSKey != "" && !keyARN.MatchString(l.KMSKey) {
			f.Errorf(Value, &l.KMSKey, "write the key's ARN, such as arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab",
				"%q is not a KMS key's ARN", l.KMSKey)
		}
		if l.Bucket != "" {
			f.Errorf(Key, &l.Bucket, "write to: s3, or take bucket out", "a bucket does not go with to: cloudwatch")
		}
	case "s3":
		if l.Bucket == "" {
			f.Errorf(Key, l, "write bucket: arn:aws:s3:::my-flow-logs", "flow logs to s3 need a bucket")
		} else if !bucketARN.MatchString(l.Bucket) {
			f.Errorf(Value, &l.Bucket, "write the bucket's ARN, such as arn:aws:s3:::my-flow-logs", "%q is not a bucket's ARN", l.Bucket)
		}
		if l.KMSKey != "" {
			f.Errorf(Key, &l.KMSKey, "take it out: the bucket has its own encryption", "kmsKey does not go with to: s3")
		}
		if l.RetentionDays != 0 {
			f.Errorf(Key, &l.RetentionDays, "take it out: the bucket's lifecycle rules decide", "retentionDays does not go with to: s3")
		}
	}
}
