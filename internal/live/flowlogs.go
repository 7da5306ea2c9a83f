package live

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"sharedhub/internal/topology"
)

// readFlowLogs reads the flow logs and how long their log groups keep them.
func (r *reader) readFlowLogs() {
	ids := r.vpcList()
	for _, g := range r.gateways {
		ids = append(ids, aws.ToString(g.TransitGatewayId))
	}
	r.byID("resource-id", ids, func(f []types.Filter) {
		pages(r, "ec2:DescribeFlowLogs", ec2.NewDescribeFlowLogsPaginator(r.ec2, &ec2.DescribeFlowLogsInput{Filter: f}),
			func(o *ec2.DescribeFlowLogsOutput) { r.flowLogs = append(r.flowLogs, o.FlowLogs...) })
	})
	var names []string
	for _, l := range r.flowLogs {
		if n := logGroup(l); n != "" {
			names = append(names, n)
		}
	}
	r.logGroups = map[string]keptLog{}
	if len(names) == 0 || r.err != nil {
		return
	}
	// One prefix for all of them: names begin with those of their stacks, and so with the hub's.
	input := &cloudwatchlogs.DescribeLogGroupsInput{}
	if p := commonPrefix(names); p != "" {
		input.LogGroupNamePrefix = &p
	}
	pages(r, "logs:DescribeLogGroups", cloudwatchlogs.NewDescribeLogGroupsPaginator(cloudwatchlogs.NewFromConfig(r.cfg), input),
		func(o *cloudwatchlogs.DescribeLogGroupsOutput) {
			for _, g := range o.LogGroups {
				r.logGroups[aws.ToString(g.LogGroupName)] = keptLog{int(aws.ToInt32(g.RetentionInDays)), aws.ToString(g.KmsKeyId)}
			}
		})
}

// keptLog is how a log group keeps logs.
type keptLog struct {
	days int
	key  string
}

// logGroup is the name of the log group that a flow log goes to, or "".
func logGroup(l types.FlowLog) string {
	if n := aws.ToString(l.LogGroupName); n != "" {
		return n
	}
	_, name, _ := strings.Cut(aws.ToString(l.LogDestination), ":log-group:")
	return strings.TrimSuffix(name, ":*")
}

func commonPrefix(names []string) string {
	p := names[0]
	for _, n := range names[1:] {
		for !strings.HasPrefix(n, p) {
			p = p[:len(p)-1]
		}
	}
	return p
}

func (r *raw) flowLogRecords() []topology.Record {
	var out []topology.Record
	for name, kept := range r.logGroups {
		out = append(out, &topology.LogGroupRecord{Meta: r.untagged("AWS::Logs::LogGroup", name), Name: name, RetentionDays: kept.days,
			KMSKey: kept.key})
	}
	for _, l := range r.flowLogs {
		rec := &topology.FlowLogRecord{Meta: r.meta("AWS::EC2::FlowLog", l.FlowLogId, l.Tags), Of: aws.ToString(l.ResourceId),
			Traffic: string(l.TrafficType)}
		if t := l.LogDestinationType; t != "" && t != types.LogDestinationTypeCloudWatchLogs {
			rec.Bucket = aws.ToString(l.LogDestination)
		} else {
			rec.LogGroup = logGroup(l)
		}
		out = append(out, rec)
	}
	return out
}
