package catalog

// Bundle is a set of services that are needed together.
type Bundle struct {
	Name string `json:"name"`
	// Services by short name.
	Services []string `json:"services"`
	// For says what the set is for.
	For string `json:"for"`
	// Page is the AWS documentation that names the set.
	Page string `json:"page"`
}

// Bundles that a configuration may name, sorted.
var Bundles = []Bundle{
	{"cicd", []string{"codeartifact.api", "codeartifact.repositories", "codebuild", "codecommit", "codedeploy", "codedeploy-commands-secure",
		"codepipeline", "git-codecommit"},
		"build and deploy from within a VPC; CodeArtifact's packages come from S3",
		"CodeBuild, CodePipeline, CodeDeploy, CodeCommit and CodeArtifact user guides, \"Use … with interface VPC endpoints\""},
	{"cloudwatch", []string{"logs", "monitoring"}, "metrics, alarms and logs, by the SDKs and the CloudWatch agent",
		"CloudWatch user guide, \"Using CloudWatch with interface VPC endpoints\"; CloudWatch Logs user guide, \"Using CloudWatch Logs with " +
			"interface VPC endpoints\""},
	{"data", []string{"athena", "glue", "kinesis-firehose", "kinesis-streams"}, "streams, catalogue and queries; the data itself is in S3",
		"Athena user guide, \"Connect to Athena using an interface VPC endpoint\"; AWS Glue, Kinesis Data Streams and Firehose developer " +
			"guides, interface VPC endpoints"},
	{"ecr", []string{"ecr.api", "ecr.dkr"}, "pull and push images; their layers come from S3",
		"ECR user guide, \"Amazon ECR interface VPC endpoints (AWS PrivateLink)\""},
	{"ecs", []string{"ecs", "ecs-agent", "ecs-telemetry"}, "container instances and tasks",
		"ECS developer guide, \"Amazon ECS interface VPC endpoints (AWS PrivateLink)\""},
	{"eks", []string{"ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "logs", "sts", "xray"},
		"private clusters; image layers come from S3",
		"EKS user guide, \"Deploy private clusters with limited internet access\""},
	{"lambda", []string{"lambda"}, "invoke and manage functions from a VPC",
		"Lambda developer guide, \"Connecting inbound interface VPC endpoints for Lambda\""},
	{"messaging", []string{"events", "sns", "sqs"}, "queues, topics and event buses",
		"SQS and SNS developer guides and EventBridge user guide, interface VPC endpoints"},
	{"secrets", []string{"kms", "secretsmanager"}, "secrets and the keys that protect them",
		"Secrets Manager user guide, \"Using an AWS Secrets Manager VPC endpoint\"; KMS developer guide, \"Connect to AWS KMS through a VPC " +
			"endpoint\""},
	{"ssm", []string{"ec2messages", "ssm", "ssmmessages"}, "Session Manager and the agent",
		"Systems Manager user guide, \"Improve the security of EC2 instances by using VPC endpoints for Systems Manager\""},
}

// FindBundle finds a bundle by its name.
func FindBundle(name string) (Bundle, bool) {
	for _, b := range Bundles {
		if b.Name == name {
			return b, true
		}
	}
	return Bundle{}, false
}

// Companion is what a service does not work without.
type Companion struct {
	// Needs are further services; "s3" stands for any way to S3, a gateway endpoint included.
	Needs []string
	Why   string
}

// Companions of services, by short name.
var Companions = map[string]Companion{
	"ssm":                       {[]string{"ssmmessages", "ec2messages"}, "Session Manager and the agent use all three"},
	"ssmmessages":               {[]string{"ssm"}, "the agent registers with ssm"},
	"ecr.dkr":                   {[]string{"ecr.api", "s3"}, "clients sign in with ecr.api, and image layers come from S3"},
	"ecr.api":                   {[]string{"ecr.dkr"}, "images come from ecr.dkr"},
	"ecs":                       {[]string{"ecs-agent", "ecs-telemetry"}, "the agent of container instances uses all three"},
	"codecommit":                {[]string{"git-codecommit"}, "git itself uses git-codecommit"},
	"codeartifact.repositories": {[]string{"codeartifact.api", "s3"}, "clients sign in with codeartifact.api, and packages come from S3"},
	"codedeploy":                {[]string{"codedeploy-commands-secure"}, "the agent uses codedeploy-commands-secure"},
	"eks-auth":                  {[]string{"eks"}, "clusters are described by eks"},
}

// CrossRegion are the services that an endpoint of another region can reach
// (https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-cross-region-privatelink-support.html, November 2026); the
// deploying role needs vpce:AllowMultiRegion.
var CrossRegion = []string{"ecr.api", "ecr.dkr", "ecs", "iam", "kinesis-firehose", "kinesisanalytics", "kinesisanalytics-fips", "kms",
	"kms-fips", "lambda", "route53", "s3"}
