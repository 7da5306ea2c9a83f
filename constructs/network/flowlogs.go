package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
)

// flowLogs records all traffic of the VPC, accepted and rejected, by the minute.
func (n *VPC) flowLogs(props *VPCProps) {
	p := &awsec2.CfnFlowLogProps{
		ResourceId: n.VPCID, ResourceType: jsii.String("VPC"), TrafficType: jsii.String("ALL"), MaxAggregationInterval: jsii.Number(60),
		Tags: NameTag(props.Name),
	}
	if props.FlowLogs.Bucket != "" {
		p.LogDestinationType, p.LogDestination = jsii.String("s3"), jsii.String(props.FlowLogs.Bucket)
		awsec2.NewCfnFlowLog(n, jsii.String("FlowLogToS3"), p)
		return
	}
	days := props.FlowLogs.RetentionDays
	if days == 0 {
		days = 30
	}
	group := awslogs.NewCfnLogGroup(n, jsii.String("FlowLogGroup"), &awslogs.CfnLogGroupProps{RetentionInDays: jsii.Number(days)})
	group.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil) // evidence outlives the network
	p.LogDestinationType, p.LogDestination = jsii.String("cloud-watch-logs"), group.AttrArn()
	p.DeliverLogsPermissionArn = n.deliveryRole(group.AttrArn()).AttrArn()
	awsec2.NewCfnFlowLog(n, jsii.String("FlowLogToCloudWatch"), p)
}

// deliveryRole is the role of VPC guide, "IAM role for publishing flow logs to CloudWatch Logs", for one log group and
// this account's flow logs only. The group's ARN ends in ":*", which stands for its streams.
func (n *VPC) deliveryRole(group *string) awsiam.CfnRole {
	return awsiam.NewCfnRole(n, jsii.String("FlowLogRole"), &awsiam.CfnRoleProps{
		AssumeRolePolicyDocument: map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
			"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "vpc-flow-logs.amazonaws.com"},
			"Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID()}},
		}}},
		Policies: []any{&awsiam.CfnRole_PolicyProperty{PolicyName: jsii.String("write"), PolicyDocument: map[string]any{
			"Version": "2012-10-17", "Statement": []any{map[string]any{
				"Effect": "Allow", "Action": []any{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"}, "Resource": group,
			}},
		}}},
	})
}
