package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// flowLogs records all traffic of the VPC, accepted and rejected, by the minute.
func (n *VPC) flowLogs(props *VPCProps) {
	NewFlowLog(n, props.FlowLogs, &awsec2.CfnFlowLogProps{
		ResourceId: n.VPCID, ResourceType: jsii.String("VPC"), TrafficType: jsii.String("ALL"), Tags: NameTag(props.Name),
	})
}

// NewFlowLog makes a flow log of what p names, by the minute, with the log group and the role that it needs. A Transit Gateway's
// takes no TrafficType, and no other interval (EC2 API reference, CreateFlowLogs).
func NewFlowLog(n constructs.Construct, to *FlowLogs, p *awsec2.CfnFlowLogProps) {
	p.MaxAggregationInterval = jsii.Number(60)
	if to.Bucket != "" {
		p.LogDestinationType, p.LogDestination = jsii.String("s3"), jsii.String(to.Bucket)
		awsec2.NewCfnFlowLog(n, jsii.String("FlowLogToS3"), p)
		return
	}
	days := to.RetentionDays
	if days == 0 {
		days = 30
	}
	group := awslogs.NewCfnLogGroup(n, jsii.String("FlowLogGroup"), &awslogs.CfnLogGroupProps{RetentionInDays: jsii.Number(days)})
	if key := to.KMSKey; key != "" {
		group.SetKmsKeyId(jsii.String(key))
	}
	group.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil) // evidence outlives the network
	// There is none where the stack's first creation fails (CloudFormation template reference, DeletionPolicy).
	group.CfnOptions().SetDeletionPolicy(awscdk.CfnDeletionPolicy_RETAIN_EXCEPT_ON_CREATE)
	p.LogDestinationType, p.LogDestination = jsii.String("cloud-watch-logs"), group.AttrArn()
	p.DeliverLogsPermissionArn = deliveryRole(n, group.AttrArn()).AttrArn()
	awsec2.NewCfnFlowLog(n, jsii.String("FlowLogToCloudWatch"), p)
}

// deliveryRole is the role of VPC guide, "IAM role for publishing flow logs to CloudWatch Logs", for one log group and
// this account's and region's flow logs only (the same page, on the confused deputy). The group's ARN ends in ":*", which stands
// for its streams.
func deliveryRole(n constructs.Construct, group *string) awsiam.CfnRole {
	flowLogs := awscdk.Stack_Of(n).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("ec2"), Resource: jsii.String("vpc-flow-log"), ResourceName: jsii.String("*"),
	})
	return awsiam.NewCfnRole(n, jsii.String("FlowLogRole"), &awsiam.CfnRoleProps{
		AssumeRolePolicyDocument: map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
			"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "vpc-flow-logs.amazonaws.com"},
			"Condition": map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID()},
				"ArnLike":      map[string]any{"aws:SourceArn": flowLogs},
			},
		}}},
		Policies: []any{&awsiam.CfnRole_PolicyProperty{PolicyName: jsii.String("write"), PolicyDocument: map[string]any{
			"Version": "2012-10-17", "Statement": []any{map[string]any{
				"Effect": "Allow", "Action": []any{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"}, "Resource": group,
			}},
		}}},
	})
}
