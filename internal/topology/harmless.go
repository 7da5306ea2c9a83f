package topology

// Types that neither carry, filter or redirect packets or names, nor let anybody use a part of the network. What runs in a
// VPC is bounded by its subnets, tables and groups like any host; a reason says why nothing more is needed.
var (
	_ = declare(Type{Name: "AWS::SSM::Parameter", Harmless: "holds text, which a template that reads it resolves", Unique: "Name"})
	_ = harmless("says how the template was made", "AWS::CDK::Metadata")
	_ = harmless("stands for nothing: a stack needs one resource", "AWS::CloudFormation::WaitConditionHandle",
		"AWS::CloudFormation::WaitCondition")
	_ = harmless("watches and notifies", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::Dashboard",
		"AWS::Logs::MetricFilter", "AWS::Logs::QueryDefinition",
		"AWS::Logs::SubscriptionFilter", "AWS::SNS::Topic", "AWS::SNS::Subscription", "AWS::SNS::TopicPolicy", "AWS::SQS::Queue",
		"AWS::SQS::QueuePolicy",
		"AWS::Events::Rule", "AWS::Events::EventBus", "AWS::Budgets::Budget", "AWS::Config::ConfigRule", "AWS::CloudTrail::Trail",
		"AWS::Scheduler::Schedule")
	_ = harmless("stores data; it is reached through public names or the endpoints shown", "AWS::S3::Bucket", "AWS::S3::BucketPolicy",
		"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable",
		"AWS::KMS::Key", "AWS::KMS::Alias", "AWS::SecretsManager::Secret", "AWS::SecretsManager::SecretTargetAttachment",
		"AWS::ECR::Repository", "AWS::Kinesis::Stream",
		"AWS::KinesisFirehose::DeliveryStream", "AWS::Logs::LogStream", "AWS::Logs::ResourcePolicy", "AWS::Athena::WorkGroup",
		"AWS::Glue::Database", "AWS::Glue::Table")
	_ = harmless("runs code as a host in its subnets, or outside any VPC; it passes on no packets of others", "AWS::Lambda::Function",
		"AWS::Lambda::Permission", "AWS::Lambda::Version",
		"AWS::Lambda::Alias", "AWS::Lambda::LayerVersion", "AWS::Lambda::EventSourceMapping", "AWS::StepFunctions::StateMachine",
		"AWS::ECS::Cluster", "AWS::ECS::Service",
		"AWS::ECS::TaskDefinition", "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::RDS::DBSubnetGroup", "AWS::RDS::DBParameterGroup",
		"AWS::RDS::DBClusterParameterGroup",
		"AWS::ElastiCache::SubnetGroup", "AWS::ElastiCache::ReplicationGroup", "AWS::EFS::FileSystem", "AWS::EFS::MountTarget",
		"AWS::CodeBuild::Project")
	_ = guests("puts somebody's hosts into the subnet or the security group", "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping",
		"AWS::ECS::Service", "AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::StepFunctions::StateMachine",
		"AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::RDS::DBSubnetGroup", "AWS::ElastiCache::SubnetGroup",
		"AWS::ElastiCache::ReplicationGroup", "AWS::EFS::MountTarget", "AWS::CodeBuild::Project", "AWS::KinesisFirehose::DeliveryStream")
	_ = harmless("gives rights to people or machines, and none over a part of the network that a role of it lists",
		"AWS::IAM::InstanceProfile")
	_ = harmless("issues certificates", "AWS::CertificateManager::Certificate")
	_ = harmless("checks health; the records that depend on it name it", "AWS::Route53::HealthCheck")
	_ = harmless("logs questions for names, or checks signatures of public zones; it answers none",
		"AWS::Route53Resolver::ResolverQueryLoggingConfig",
		"AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation", "AWS::Route53Resolver::ResolverDNSSECConfig", "AWS::Route53::DNSSEC",
		"AWS::Route53::KeySigningKey")
	_ = harmless("turns names of addresses (in-addr.arpa) on or off", "AWS::Route53Resolver::ResolverConfig")
	_ = harmless("names ranges for IP-based routing; a record that uses them says so", "AWS::Route53::CidrCollection")
	_ = harmless("puts records into its namespace's zone, which is judged by its name", "AWS::ServiceDiscovery::Service",
		"AWS::ServiceDiscovery::Instance")
	_ = harmless("shows or analyses paths, and carries nothing", "AWS::EC2::NetworkInsightsPath", "AWS::EC2::NetworkInsightsAnalysis",
		"AWS::EC2::NetworkInsightsAccessScope", "AWS::EC2::NetworkInsightsAccessScopeAnalysis", "AWS::NetworkManager::GlobalNetwork",
		"AWS::NetworkManager::TransitGatewayRegistration")
	_ = harmless("tells of connections", "AWS::VpcLattice::AccessLogSubscription", "AWS::EC2::VPCEndpointConnectionNotification")
	_ = harmless("is a key, a disk or a place for hosts", "AWS::EC2::KeyPair", "AWS::EC2::Volume", "AWS::EC2::VolumeAttachment",
		"AWS::EC2::PlacementGroup")
	_ = harmless("holds names that are public, or asked of its API only", "AWS::ServiceDiscovery::PublicDnsNamespace",
		"AWS::ServiceDiscovery::HttpNamespace")
	_ = harmless("keeps passwords of people", "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient")
)

func harmless(reason string, names ...string) bool {
	for _, n := range names {
		declare(Type{Name: n, Harmless: reason})
	}
	return true
}

// guests are harmless types by which a host may come into a subnet.
func guests(way string, names ...string) bool {
	for _, n := range names {
		t := types[n]
		t.Guest = way
		declare(t)
	}
	return true
}
