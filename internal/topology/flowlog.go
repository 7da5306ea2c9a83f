package topology

import (
	"cmp"
	"fmt"
	"strings"
)

var _ = declare(
	Type{Name: "AWS::Logs::LogGroup", Record: &LogGroupRecord{}, Actions: []string{"logs:DescribeLogGroups"},
		Ignored: map[string]string{"LogGroupClass": "says how logs are kept",
			"DataProtectionPolicy": "says who reads what of the logs",
			"FieldIndexPolicies":   "says how logs are searched", "ResourcePolicyDocument": "says who may write logs",
			"DeletionProtectionEnabled":        "keeps the logs",
			"BearerTokenAuthenticationEnabled": "says who may write logs"}},
	Type{Name: "AWS::EC2::FlowLog", Record: &FlowLogRecord{}, Actions: []string{"ec2:DescribeFlowLogs"},
		Ignored: map[string]string{"DeliverLogsPermissionArn": "says with whose rights logs are written",
			"MaxAggregationInterval": "says how often logs are written", "LogFormat": "says what each line of the log holds",
			"DestinationOptions": "says how files are written", "DeliverCrossAccountRole": "says with whose rights logs are written"}},
)

// FlowLog records a VPC's packets.
type FlowLog struct {
	Traffic string
	// Bucket is the ARN of the bucket or delivery stream it goes to, or "" for a log group, with its retention.
	Bucket        string
	RetentionDays int
	// KMSKey is the ARN of the log group's key; "" for CloudWatch's own.
	KMSKey string
	Source Source
}

// LogGroupRecord is an AWS::Logs::LogGroup; flow logs name it by its id, its name or its ARN.
type LogGroupRecord struct {
	Meta
	Name, ARN     string
	RetentionDays int // 0: for ever
	KMSKey        string
}

func (*LogGroupRecord) stage() stage { return alone }

func (r *LogGroupRecord) link(l *linker) {
	l.logGroups[r.ID] = r
	if r.ARN != "" {
		l.logGroups[r.ARN] = r
	}
	if r.Name != "" {
		l.only(r, "log group "+Plain(r.Name), r.Account, r.Region)
		l.logGroups[r.Account+"/"+r.Region+"/"+r.Name] = r
	}
}

// flowLogFacts are those of a VPC's or a Transit Gateway's flow logs.
func (n *Network) flowLogFacts(of string) (out []Fact) {
	for _, l := range n.FlowLogs[of] {
		text := fmt.Sprintf("%s packets kept %d days", l.Traffic, l.RetentionDays)
		if l.KMSKey != "" {
			text += ", encrypted with " + l.KMSKey
		}
		if l.Bucket != "" {
			text = fmt.Sprintf("%s packets to %s", l.Traffic, l.Bucket)
		}
		f := one("flow log", text)
		f.Source = l.Source
		out = append(out, f)
	}
	return out
}

// FlowLogRecord is an AWS::EC2::FlowLog.
type FlowLogRecord struct {
	Meta
	// Of is the id of the VPC, subnet, interface or Transit Gateway. Traffic is "" for a Transit Gateway, which logs all of it.
	Of, Traffic string
	// OfType is "VPC", "Subnet", "NetworkInterface", "TransitGateway" or "TransitGatewayAttachment"; "" where nothing is said.
	OfType string
	// Bucket is the ARN of the S3 bucket or delivery stream it goes to, or LogGroup the id, ARN or name of the log group.
	Bucket, LogGroup string
}

func (*FlowLogRecord) stage() stage { return inVPC }

func (r *FlowLogRecord) link(l *linker) {
	l.homeVPC(r, l.VPCs[r.Of])
	l.homeTransitGateway(r, r.Of)
	l.only(r, "packets are logged to the same place", r.Of, r.Bucket, r.LogGroup)
	if typ := l.types[r.Of]; typ != "" && r.OfType != "" && Plain(r.OfType) == r.OfType && !strings.HasSuffix(typ, "::"+r.OfType) {
		l.conflict(r, "says that it is of a %s, and names an %s", r.OfType, typ)
	}
	log := FlowLog{Traffic: cmp.Or(r.Traffic, "ALL"), Bucket: r.Bucket, Source: r.Source}
	group := l.logGroups[r.LogGroup]
	if group == nil {
		group = l.logGroups[r.Account+"/"+r.Region+"/"+r.LogGroup]
	}
	if group != nil && r.Bucket == "" {
		log.RetentionDays, log.KMSKey = group.RetentionDays, group.KMSKey
	}
	l.FlowLogs[r.Of] = append(l.FlowLogs[r.Of], log)
}
