package bend

// ways are parts by which others come in or hosts go out, or that nothing here understands, each naming one of the hub's.
func ways() []Kind {
	const subnet, vpc, gateway, group = `"SubnetId": "@"`, `"VpcId": "@"`, `"TransitGatewayId": "@"`, `"SecurityGroupIds": ["@.GroupId"]`
	var out []Kind
	for _, t := range []struct{ typ, at, properties string }{
		{"AWS::EC2::ClientVpnTargetNetworkAssociation", "subnet", subnet},
		{"AWS::EC2::ClientVpnEndpoint", "vpc", vpc},
		{"AWS::EC2::ClientVpnRoute", "subnet", `"TargetVpcSubnetId": "@"`},
		{"AWS::EC2::InstanceConnectEndpoint", "subnet", subnet},
		{"AWS::EC2::VerifiedAccessEndpoint", "subnet", `"LoadBalancerOptions": {"SubnetIds": ["@"]}`},
		{"AWS::EC2::VPNConnection", "gateway", gateway},
		{"AWS::EC2::VPNConcentrator", "gateway", gateway},
		{"AWS::DirectConnect::DirectConnectGatewayAssociation", "gateway", `"AssociatedGatewayId": "@"`},
		{"AWS::EC2::RouteServerAssociation", "vpc", vpc},
		{"AWS::EC2::RouteServerEndpoint", "subnet", subnet},
		{"AWS::EC2::RouteServerPropagation", "table", `"RouteTableId": "@"`},
		{"AWS::NetworkManager::TransitGatewayPeering", "gateway", `"TransitGatewayArn": "@.TransitGatewayArn"`},
		{"AWS::NetworkManager::TransitGatewayRouteTableAttachment", "gateway-table",
			`"TransitGatewayRouteTableArn": {"Fn::Sub": ["arn:aws:ec2:us-east-1:111111111111:transit-gateway-route-table/${T}", ` +
				`{"T": "@"}]}`},
		{"AWS::NetworkManager::VpcAttachment", "vpc",
			`"VpcArn": {"Fn::Sub": ["arn:aws:ec2:us-east-1:111111111111:vpc/${V}", {"V": "@"}]}`},
		{"AWS::EC2::TransitGatewayConnect", "attachment", `"TransportTransitGatewayAttachmentId": "@"`},
		{"AWS::EC2::TransitGatewayMulticastDomain", "gateway", gateway},
		{"AWS::EC2::TransitGatewayMulticastDomainAssociation", "subnet", `"SubnetId": "@", "TransitGatewayAttachmentId": "@attachment"`},
		{"AWS::EC2::TransitGatewayPolicyTable", "gateway", gateway},
		{"AWS::EC2::TransitGatewayAttachmentNatConfiguration", "attachment", `"TransitGatewayAttachmentId": "@"`},
		{"AWS::EC2::NatGateway", "subnet", `"SubnetId": "@", "ConnectivityType": "private"`},
		{"AWS::EC2::EgressOnlyInternetGateway", "vpc", vpc},
		{"AWS::EC2::CarrierGateway", "vpc", vpc},
		{"AWS::EC2::LocalGatewayRouteTableVPCAssociation", "vpc", vpc},
		{"AWS::VpcLattice::ServiceNetworkVpcAssociation", "vpc", `"VpcIdentifier": "@"`},
		{"AWS::VpcLattice::TargetGroup", "vpc", `"Config": {"VpcIdentifier": "@"}`},
		{"AWS::VpcLattice::ResourceGateway", "vpc", `"VpcIdentifier": "@"`},
		{"AWS::EC2::TrafficMirrorTarget", "endpoint", `"GatewayLoadBalancerEndpointId": "@"`},
		{"AWS::NetworkFirewall::Firewall", "subnet", `"SubnetMappings": [{"SubnetId": "@"}]`},
		{"AWS::NetworkFirewall::Firewall", "gateway", gateway},
		{"AWS::NetworkFirewall::VpcEndpointAssociation", "subnet", `"SubnetMapping": {"SubnetId": "@"}`},
		{"AWS::EC2::NetworkInterface", "subnet", subnet},
		{"AWS::EC2::Instance", "subnet", subnet},
		{"AWS::EC2::EC2Fleet", "subnet", `"LaunchTemplateConfigs": [{"Overrides": [{"SubnetId": "@"}]}]`},
		{"AWS::EC2::SpotFleet", "subnet", `"SpotFleetRequestConfigData": {"LaunchSpecifications": [{"SubnetId": "@"}]}`},
		{"AWS::AutoScaling::AutoScalingGroup", "subnet", `"VPCZoneIdentifier": ["@"]`},
		{"AWS::ElasticLoadBalancingV2::LoadBalancer", "subnet", `"Subnets": ["@"]`},
		{"AWS::ElasticLoadBalancing::LoadBalancer", "subnet", `"Subnets": ["@"]`},
		{"AWS::ElasticLoadBalancingV2::TargetGroup", "vpc", vpc},
		{"AWS::EC2::SubnetCidrBlock", "subnet", subnet},
		{"AWS::EC2::SecurityGroupVpcAssociation", "vpc", vpc},
	} {
		out = append(out, plus(t.typ, "naming a "+t.at, t.at, `{`+t.properties+`}`, "way"))
	}
	for _, t := range []struct{ typ, at, properties, code string }{
		{"AWS::EC2::BlockPublicAccessExclusion", "vpc", vpc, "unknown"},
		{"AWS::EC2::VPCEncryptionControl", "vpc", vpc, "unknown"},
		{"AWS::Route53RecoveryControl::RoutingControl", "record", `"Name": "@"`, "unknown"},
		{"AWS::DMS::ReplicationSubnetGroup", "subnet", `"SubnetIds": ["@"]`, "unknown"},
		{"AWS::WorkSpaces::Workspace", "subnet", subnet, "unknown"},
		{"AWS::MWAA::Environment", "subnet", `"NetworkConfiguration": {"SubnetIds": ["@"]}`, "unknown"},
		{"AWS::Tomorrow::Gateway", "gateway", gateway, "unknown"},
		{"AWS::Tomorrow::Table", "table", `"Tables": [{"Of": "@"}]`, "unknown"},
		{"AWS::Tomorrow::Zone", "zone", `"Zone": "@"`, "unknown"},
		{"AWS::Tomorrow::Endpoint", "endpoint", `"Endpoint": "@"`, "unknown"},
		{"AWS::Tomorrow::Group", "group", group, "unknown"},
		{"AWS::Tomorrow::Attachment", "attachment", `"A": "@"`, "unknown"},
		{"AWS::Tomorrow::GatewayTable", "gateway-table", `"A": "@"`, "unknown"},
		{"AWS::Tomorrow::Profile", "profile", `"A": "@"`, "unknown"},
		{"AWS::Tomorrow::Role", "reader role", `"A": "@"`, "unknown"},
		{"Custom::Thing", "subnet", subnet, "undecided"},
		{"AWS::CloudFormation::CustomResource", "vpc", `"ServiceToken": "x", "Vpc": "@"`, "undecided"},
		{"AWS::CloudFormation::Stack", "table", `"TemplateURL": "https://x", "Parameters": {"T": "@"}`, "undecided"},
		{"AWS::CloudFormation::StackSet", "gateway", `"Parameters": [{"ParameterValue": "@"}]`, "undecided"},
		{"AWS::ServiceCatalog::CloudFormationProvisionedProduct", "vpc", `"ProvisioningParameters": [{"Value": "@"}]`, "undecided"},
	} {
		out = append(out, plus(t.typ, "naming a "+t.at, t.at, `{`+t.properties+`}`, t.code))
	}
	for _, t := range []struct{ typ, at, properties string }{
		{"AWS::Lambda::Function", "subnet", `"VpcConfig": {"SubnetIds": ["@"], "SecurityGroupIds": ["sg-0123456789abcdef0"]}`},
		{"AWS::Lambda::Function", "group", `"VpcConfig": {"SubnetIds": ["subnet-0123456789abcdef0"], "SecurityGroupIds": ["@.GroupId"]}`},
		{"AWS::Lambda::EventSourceMapping", "subnet",
			`"SourceAccessConfigurations": [{"Type": "VPC_SUBNET", "URI": {"Fn::Sub": ["subnet:${S}", {"S": "@"}]}}]`},
		{"AWS::ECS::Service", "subnet", `"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["@"]}}`},
		{"AWS::Events::Rule", "subnet",
			`"Targets": [{"EcsParameters": {"NetworkConfiguration": {"AwsVpcConfiguration": {"Subnets": ["@"]}}}}]`},
		{"AWS::Scheduler::Schedule", "subnet",
			`"Target": {"EcsParameters": {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["@"]}}}}`},
		{"AWS::RDS::DBSubnetGroup", "subnet", `"SubnetIds": ["@"]`},
		{"AWS::RDS::DBInstance", "group", `"VPCSecurityGroups": ["@.GroupId"]`},
		{"AWS::ElastiCache::SubnetGroup", "subnet", `"SubnetIds": ["@"]`},
		{"AWS::EFS::MountTarget", "subnet", `"SubnetId": "@"`},
		{"AWS::CodeBuild::Project", "subnet", `"VpcConfig": {"Subnets": ["@"]}`},
		{"AWS::EKS::Cluster", "subnet", `"ResourcesVpcConfig": {"SubnetIds": ["@"]}`},
		{"AWS::ApiGateway::VpcLink", "subnet", `"SubnetIds": ["@"]`},
	} {
		out = append(out, plus(t.typ, "standing in a "+t.at, t.at, `{`+t.properties+`}`, "way, unknown"))
	}
	for _, t := range []struct{ typ, at, properties, why string }{
		{"AWS::SSM::Parameter", "vpc", `"Type": "String", "Value": "@"`, "holds text"},
		{"AWS::Lambda::Function", "vpc", `"Environment": {"Variables": {"VPC": "@"}}`, "names it, and stands in none of its subnets"},
		{"AWS::CloudWatch::Alarm", "endpoint", `"Dimensions": [{"Name": "VPC Endpoint Id", "Value": "@"}]`, "watches"},
		{"AWS::EC2::NetworkInsightsPath", "attachment", `"Source": "@"`, "shows paths"},
		{"AWS::EC2::VPCEndpointConnectionNotification", "endpoint", `"VPCEndpointId": "@"`, "tells of connections"},
		{"AWS::CloudFormation::WaitConditionHandle", "vpc", ``, "stands for nothing"},
	} {
		out = append(out, plus(t.typ, "naming a "+t.at, t.at, `{`+t.properties+`}`, "fine: "+t.why))
	}
	return out
}
