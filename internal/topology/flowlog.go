package topology

// LogGroupRecord is an AWS::Logs::LogGroup; flow logs name it by its id, its name or its ARN.
type LogGroupRecord struct {
	Meta
	Name, ARN     string
	RetentionDays int // 0: for ever
}

// FlowLogRecord is an AWS::EC2::FlowLog.
type FlowLogRecord struct {
	Meta
	// Of is the id of the VPC, subnet or interface.
	Of, Traffic string
	// Bucket is the ARN of the S3 bucket it goes to, or LogGroup the ARN or name of the log group.
	Bucket, LogGroup string
}
