package bend

// What spokes publish to others by PrivateLink: endpoint services, their load balancers, and the endpoints of those who use them.

const (
	service   = "AWS::EC2::VPCEndpointService"
	permits   = "AWS::EC2::VPCEndpointServicePermissions"
	balancer  = "AWS::ElasticLoadBalancingV2::LoadBalancer"
	listener  = "AWS::ElasticLoadBalancingV2::Listener"
	targets   = "AWS::ElasticLoadBalancingV2::TargetGroup"
	endpoint  = "AWS::EC2::VPCEndpoint"
	strangers = `"arn:aws:elasticloadbalancing:us-east-1:999999999999:`
)

func published() []Kind { return join(services(), balancers(), targetGroups(), users()) }

func services() []Kind {
	out := []Kind{
		set("automatic service", "AcceptanceRequired", `true`, "service"),
		set("automatic service", "AcceptanceRequired", `-`, "service"),
		set("accepted service", "AcceptanceRequired", `false`, "service"),
		set("service", "NetworkLoadBalancerArns.99", strangers+`loadbalancer/net/x/0123456789abcdef"`, "service"),
		set("service", "NetworkLoadBalancerArns", `[`+strangers+`loadbalancer/net/x/0123456789abcdef"]`, "service"),
		set("service", "NetworkLoadBalancerArns", `[]`, "service"),
		set("service", "NetworkLoadBalancerArns", `-`, "service"),
		set("service", "GatewayLoadBalancerArns", `[`+strangers+`loadbalancer/gwy/x/0123456789abcdef"]`, "service"),
		set("service", "PrivateDnsName", `"login.internal.example.com"`, "service"),
		set("service", "PrivateDnsName", `"sts.us-east-1.amazonaws.com"`, "service"),
		set("service", "SupportedRegions", `["us-east-1", "eu-west-1"]`, "service"),
		set("service", "SupportedRegions", `["eu-west-1"]`, "service"),
		set("service", "SupportedRegions", `["us-east-1"]`, "fine: its own region"),
		set("service", "SupportedIpAddressTypes", `["ipv4", "ipv6"]`, "service"),
		set("service", "SupportedIpAddressTypes", `["ipv6"]`, "service"),
		set("service", "SupportedIpAddressTypes", `["ipv4"]`, "fine: the default"),
		set("service", "PayerResponsibility", `"ServiceOwner"`, "fine: says who pays"),
		set("service", "ContributorInsightsEnabled", `true`, "fine: watches"),
		set("service", "Tags", `[{"Key": "Name", "Value": "another"}]`, "service"),
		set("service", "Tags", `-`, "service"),
		plus(service, "of the load balancer that a service has", "made service",
			`{"AcceptanceRequired": false, "NetworkLoadBalancerArns": "@:NetworkLoadBalancerArns"}`, "way"),
		own(plus(service, "of a load balancer that exists", "brought service",
			`{"AcceptanceRequired": false, "NetworkLoadBalancerArns": "@:NetworkLoadBalancerArns"}`, "way")),
		foreign(plus(service, "of a load balancer that exists, by its owner", "brought service",
			`{"AcceptanceRequired": false, "NetworkLoadBalancerArns": "@:NetworkLoadBalancerArns"}`,
			"fine: whom else its owner lets to it is the owner's to say")),
		plus(service, "of the same name", "service", `{"AcceptanceRequired": false, "NetworkLoadBalancerArns": [`+strangers+
			`loadbalancer/net/x/0123456789abcdef"], "Tags": "@:Tags"}`, "service, way"),
		set("service-permissions", "AllowedPrincipals.0", `-`, "service"),
		set("service-permissions", "AllowedPrincipals", `[]`, "service"),
		set("service-permissions", "AllowedPrincipals", `-`, "service"),
		set("service-permissions", "ServiceId", `"vpce-svc-0123456789abcdef0"`, "service"),
	}
	for _, who := range []string{`"*"`, `"arn:aws:iam::999999999999:root"`, `"arn:aws:iam::999999999999:role/somebody"`,
		`"arn:aws:iam::999999999999:user/alice"`, `"arn:aws:iam::222222222222:role/admin"`, `"ec2.amazonaws.com"`,
		`"arn:aws:organizations::999999999999:organization/o-a1b2c3d4e5"`,
		`"arn:aws:organizations::999999999999:ou/o-a1b2c3d4e5/ou-ab12-11111111"`} {
		out = append(out, set("service-permissions", "AllowedPrincipals.99", who, "service"),
			plus(permits, "for "+who, "service", `{"ServiceId": "@", "AllowedPrincipals": [`+who+`]}`, "service"))
	}
	return out
}

func balancers() []Kind {
	forward := func(to string) string { return `[{"Type": "forward", "TargetGroupArn": ` + to + `}]` }
	p443 := `"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443`
	rule := func(how, typ, properties string) Kind {
		return plus(typ, "of a load balancer's group, "+how, "balanced group", `{"GroupId": "@.GroupId", `+properties+`}`, "service")
	}
	return []Kind{
		set("balancer", "Scheme", `"internet-facing"`, "service"), set("balancer", "Scheme", `-`, "service"),
		set("balancer", "Type", `"application"`, "service"), set("balancer", "Type", `"gateway"`, "service"),
		set("balancer", "Type", `-`, "service"),
		set("balancer", "IpAddressType", `"dualstack"`, "service"), set("balancer", "IpAddressType", `-`, "fine: the default"),
		set("balancer", "Subnets.0", `-`, "service"), set("balancer", "Subnets", `-`, "service"),
		set("balancer", "Subnets.99", `"subnet-0123456789abcdef0"`, "service"),
		set("balancer", "SubnetMappings", `[{"SubnetId": "subnet-0123456789abcdef0", "PrivateIPv4Address": "10.20.0.9"}]`, "service"),
		set("balancer", "SecurityGroups", `-`, "service"), set("balancer", "SecurityGroups", `[]`, "service"),
		set("balancer", "SecurityGroups.99", `"sg-0123456789abcdef0"`, "service"),
		set("balancer", "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", `"on"`, "service"),
		set("balancer", "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", `-`, "service"),
		set("balancer", "LoadBalancerAttributes.0.Value", `"false"`, "service"),
		set("balancer", "LoadBalancerAttributes.99", `{"Key": "deletion_protection.enabled", "Value": "true"}`, "fine: keeps it"),
		set("balancer", "LoadBalancerAttributes.99", `{"Key": "access_logs.s3.enabled", "Value": "true"}`, "fine: records who connects"),
		set("balancer", "Name", `"another"`, "fine: a name for people"),
		plus(balancer, "beside that of a service", "balancer", `{"Type": "network", "Scheme": "internal", "Subnets": "@:Subnets", `+
			`"SecurityGroups": "@:SecurityGroups"}`, "way"),
		plus(balancer, "of applications, beside that of a service", "balancer", `{"Subnets": "@:Subnets"}`, "way"),
		plus(listener, "on a port of nobody's", "balancer", `{"LoadBalancerArn": "@", "Port": 22, "Protocol": "TCP", "DefaultActions": `+
			forward(`"@targets"`)+`}`, "service"),
		plus(listener, "on a port of nobody's, to a stranger's targets", "balancer", `{"LoadBalancerArn": "@", "Port": 22, `+
			`"Protocol": "TCP", "DefaultActions": `+forward(strangers+`targetgroup/x/0123456789abcdef"`)+`}`, "service"),
		plus(listener, "on the port of another", "listener", `{"LoadBalancerArn": "@:LoadBalancerArn", "Port": 443, "Protocol": "UDP", `+
			`"DefaultActions": `+forward(`"@targets"`)+`}`, "service, conflict"),
		plus(listener, "of a stranger's load balancer, to a service's targets", "targets", `{"LoadBalancerArn": `+strangers+
			`loadbalancer/net/x/0123456789abcdef", "Port": 443, "Protocol": "TCP", "DefaultActions": `+forward(`"@"`)+`}`, "way"),
		plus("AWS::ElasticLoadBalancingV2::ListenerRule", "of a service's listener", "listener", `{"ListenerArn": "@", "Priority": 1, `+
			`"Conditions": [], "Actions": `+forward(strangers+`targetgroup/x/0123456789abcdef"`)+`}`, "unknown"),
		set("listener", "Port", `22`, "service"), set("listener", "Port", `444`, "service"), set("listener", "Port", `-`, "service"),
		set("listener", "Protocol", `"TLS"`, "service"), set("listener", "Protocol", `"UDP"`, "service"),
		set("listener", "Protocol", `"TCP_UDP"`, "service"), set("listener", "Protocol", `-`, "service"),
		set("listener", "DefaultActions", `[]`, "service"),
		set("listener", "DefaultActions.0.TargetGroupArn", strangers+`targetgroup/x/0123456789abcdef"`, "service"),
		set("listener", "DefaultActions.0.Type", `"redirect"`, "service"),
		set("listener", "DefaultActions.99", `{"Type": "forward", "TargetGroupArn": `+strangers+`targetgroup/x/0123456789abcdef"}`,
			"service"),
		set("listener", "LoadBalancerArn", strangers+`loadbalancer/net/x/0123456789abcdef"`, "service"),
		rule("for everybody", ingress, `"CidrIp": "0.0.0.0/0", `+p443),
		rule("for the provider's own VPC", ingress, `"CidrIp": "10.20.0.0/22", `+p443),
		rule("for a group of nobody", ingress, `"SourceSecurityGroupId": "sg-0123456789abcdef0", `+p443),
		rule("for IPv6", ingress, `"CidrIpv6": "::/0", `+p443),
		rule("for a prefix list", ingress, `"SourcePrefixListId": "pl-0123456789abcdef0", `+p443),
		rule("to everybody", egress, `"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"`),
		rule("to a port of nobody's", egress, `"CidrIp": "10.20.0.0/22", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22`),
		rule("to a range of nobody's", egress, `"CidrIp": "198.51.100.0/24", "IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443`),
		rule("to a group of nobody", egress, `"DestinationSecurityGroupId": "sg-0123456789abcdef0", "IpProtocol": "-1"`),
		set("balanced group", "SecurityGroupEgress", `-`, "service"), set("balanced group", "SecurityGroupEgress", `[]`, "service"),
		set("balanced group", "SecurityGroupEgress.0", `-`, "service"),
		set("balanced group", "SecurityGroupEgress.0.CidrIp", `"0.0.0.0/0"`, "service"),
		set("balanced group", "SecurityGroupEgress.0.IpProtocol", `"udp"`, "service"),
		set("balanced group", "VpcId", `"vpc-0123456789abcdef0"`, "service, part"),
	}
}

func targetGroups() []Kind {
	var out []Kind
	for path, values := range map[string][]string{
		"VpcId": {`"vpc-0123456789abcdef0"`, `-`}, "Port": {`22`, `-`}, "Protocol": {`"UDP"`, `"TLS"`, `-`},
		"TargetType": {`"instance"`, `"alb"`, `-`}, "IpAddressType": {`"ipv6"`},
		"Targets.99": {`{"Id": "10.24.0.9"}`, `{"Id": "10.20.0.181", "Port": 8443}`, `{"Id": "198.51.100.1", "AvailabilityZone": "all"}`},
		"Targets.0":  {`-`}, "Targets.0.Id": {`"10.20.0.151"`}, "Targets.0.Port": {`22`}, "Targets.0.AvailabilityZone": {`"all"`},
		"HealthCheckEnabled": {`false`}, "HealthCheckPath": {`"/another"`}, "HealthCheckPort": {`"1"`},
		"HealthCheckProtocol": {`"HTTPS"`}, "Matcher": {`{"HttpCode": "500"}`},
		"TargetGroupAttributes": {`[{"Key": "preserve_client_ip.enabled", "Value": "true"}]`,
			`[{"Key": "stickiness.enabled", "Value": "true"}]`},
	} {
		for _, value := range values {
			out = append(out, set("targets", path, value, "service"))
		}
	}
	return append(out,
		set("targets", "Targets.0.Port", `-`, "fine: the target group's own port"),
		set("targets", "HealthCheckIntervalSeconds", `300`, "fine: how often it asks"),
		plus(targets, "of a provider's VPC", "targets", `{"VpcId": "@:VpcId", "Port": 443, "Protocol": "TCP"}`, "way"))
}

// users are changes of the endpoints by which others use a service, and of its names there.
func users() []Kind {
	p443 := `"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443`
	wide := `{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}`
	zoneIn := func(how, name, answer string) Kind {
		return plus(zone, "of "+how+", in a consumer's VPC", "uses endpoint",
			`{"Name": "`+name+`", "VPCs": [{"VPCId": "@:VpcId", "VPCRegion": "us-east-1"}]}`, answer)
	}
	return []Kind{
		set("uses endpoint", "PrivateDnsEnabled", `true`, "name"),
		set("uses endpoint", "SubnetIds.0", `-`, "endpoint"), set("uses endpoint", "SubnetIds", `[]`, "endpoint"),
		set("uses endpoint", "SubnetIds.99", `"subnet-0123456789abcdef0"`, "part"),
		set("uses endpoint", "SecurityGroupIds", `-`, "rule"), set("uses endpoint", "SecurityGroupIds", `[]`, "rule"),
		set("uses endpoint", "SecurityGroupIds.99", `"sg-0123456789abcdef0"`, "part"),
		set("uses endpoint", "PolicyDocument", wide, "fine: the policy of an endpoint that has none"),
		set("uses endpoint", "PolicyDocument", `{"Statement": []}`, "policy"),
		set("uses endpoint", "PolicyDocument",
			`{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "*", "Resource": "*"}]}`, "policy"),
		set("uses endpoint", "IpAddressType", `"dualstack"`, "endpoint"), set("uses endpoint", "IpAddressType", `"ipv4"`, "fine: the default"),
		set("uses endpoint", "DnsOptions", `{"DnsRecordIpType": "dualstack"}`, "endpoint"),
		set("uses endpoint", "ServiceName", `"com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"`, "endpoint"),
		set("uses endpoint", "ServiceName", `"com.amazonaws.us-east-1.sts"`, "endpoint"),
		set("uses endpoint", "ServiceRegion", `"eu-west-1"`, "endpoint"),
		set("uses endpoint", "VpcEndpointType", `"GatewayLoadBalancer"`, "endpoint"),
		set("uses endpoint", "VpcEndpointType", `-`, "endpoint"),
		set("uses endpoint", "VpcId", `"vpc-0123456789abcdef0"`, "part, endpoint"),
		own(plus(endpoint, "of the same published service again", "uses endpoint",
			`{"VpcId": "@:VpcId", "ServiceName": "@:ServiceName", "VpcEndpointType": "Interface", "SubnetIds": "@:SubnetIds"}`, "endpoint")),
		own(plusAll(endpoint, "of a published service, in a VPC that is no consumer's", "uses endpoint",
			`{"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "198.51.100.0/24"}},
			"S": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "V"}, "CidrBlock": "198.51.100.0/28",
				"AvailabilityZoneId": "use1-az1"}},
			"E": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcId": {"Ref": "V"}, "SubnetIds": [{"Ref": "S"}],
				"ServiceName": "@:ServiceName", "VpcEndpointType": "Interface"}}}`, "service")),
		plus(ingress, "for everybody, to a consumer's endpoint", "uses group", `{"GroupId": "@.GroupId", "CidrIp": "0.0.0.0/0", `+p443+`}`,
			"rule"),
		plus(ingress, "for the hub, to a consumer's endpoint", "uses group", `{"GroupId": "@.GroupId", "CidrIp": "10.0.0.0/20", `+p443+`}`,
			"rule"),
		plus(ingress, "for a group, to a consumer's endpoint", "uses group",
			`{"GroupId": "@.GroupId", "SourceSecurityGroupId": "sg-0123456789abcdef0", `+p443+`}`, "rule"),
		plus(ingress, "on another port, to a consumer's endpoint", "uses group",
			`{"GroupId": "@.GroupId", "CidrIp": "10.16.0.0/22", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}`, "rule"),
		plus(egress, "to everybody, of a consumer's endpoint", "uses group",
			`{"GroupId": "@.GroupId", "CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}`, "rule"),
		set("uses group", "SecurityGroupIngress.0.ToPort", `65535`, "rule"), set("uses group", "SecurityGroupIngress.0.FromPort", `1`, "rule"),
		set("uses group", "SecurityGroupIngress.0.IpProtocol", `"-1"`, "rule"), set("uses group", "SecurityGroupIngress.0", `-`, "rule"),
		set("uses group", "SecurityGroupEgress", `-`, "rule"), set("uses group", "VpcId", `"vpc-0123456789abcdef0"`, "rule, part, endpoint"),
		set("shared endpoint", "PrivateDnsEnabled", `true`, "name"), set("shared endpoint", "SubnetIds.0", `-`, "endpoint"),
		set("shared endpoint", "SecurityGroupIds", `-`, "rule"), set("shared endpoint", "PolicyDocument", `{"Statement": []}`, "policy"),
		set("shared endpoint", "ServiceName", `"com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"`, "endpoint"),
		set("uses zone", "VPCs.99", `{"VPCId": "vpc-0123456789abcdef0", "VPCRegion": "us-east-1"}`, "name"),
		set("uses zone", "VPCs", `-`, "name"), set("uses zone", "Name", `"another.internal.example.com"`, "name"),
		set("uses record", "Name", `"another.internal.example.com"`, "name"), set("uses record", "Type", `"AAAA"`, "name"),
		set("uses record", "AliasTarget.DNSName", `"elsewhere.example"`, "name"),
		set("uses record", "AliasTarget.HostedZoneId", `"Z0123456789ABCDEFGHIJ"`, "name"),
		plus(record, "for IPv6, of a service's name", "uses zone",
			`{"HostedZoneId": "@", "Name": "=Name", "Type": "AAAA", "TTL": "60", "ResourceRecords": ["2001:db8::1"]}`, "name"),
		plus(record, "of weight, of a service's name", "uses zone", `{"HostedZoneId": "@", "Name": "=Name", "Type": "A", "TTL": "60", `+
			`"ResourceRecords": ["192.0.2.1"], "SetIdentifier": "x", "Weight": 1}`, "name"),
		plus(record, "of text, of a service's name", "uses zone",
			`{"HostedZoneId": "@", "Name": "=Name", "Type": "TXT", "TTL": "60", "ResourceRecords": ["\"x\""]}`, "fine: no address"),
		zoneIn("the domain above services", "internal.example.com", "fine: the service's own zone is more specific"),
		zoneIn("a name below a service's", "x.orders.internal.example.com", "fine: nobody asks below a service's name"),
		plus(zone, "of a service's name again, in a consumer's VPC", "uses zone", `{"Name": "=Name", "VPCs": "@:VPCs"}`, "name"),
		plusAll(forward, "for a service's name, in a consumer's VPC", "uses zone", following("=Name", "FORWARD", `"@uses endpoint:VpcId"`),
			"name"),
		plusAll(forward, "for the domain above services, in a consumer's VPC", "uses endpoint",
			following("internal.example.com", "FORWARD", `"@:VpcId"`), "fine: the service's own zone is more specific"),
		plusAll(firewall, "that blocks services' names, in a consumer's VPC", "uses endpoint",
			blocking("*.internal.example.com", `"@:VpcId"`), "name"),
	}
}

// following are a Resolver rule and the association by which a VPC follows it.
func following(domain, kind, vpc string) string {
	return `{"R": {"Type": "AWS::Route53Resolver::ResolverRule", "Properties": {"DomainName": "` + domain + `", "RuleType": "` + kind +
		`", "ResolverEndpointId": "rslvr-out-0", "TargetIps": [{"Ip": "198.51.100.53"}]}},
		"A": {"Type": "AWS::Route53Resolver::ResolverRuleAssociation", "Properties": {"VPCId": ` + vpc + `, "ResolverRuleId": {"Ref": "R"}}}}`
}

// blocking are a rule group of DNS Firewall that blocks a domain, and the association with a VPC.
func blocking(domain, vpc string) string {
	return `{"L": {"Type": "AWS::Route53Resolver::FirewallDomainList", "Properties": {"Domains": ["` + domain + `"]}},
		"G": {"Type": "AWS::Route53Resolver::FirewallRuleGroup", "Properties": {"FirewallRules": [
			{"FirewallDomainListId": {"Ref": "L"}, "Action": "BLOCK", "Priority": 1}]}},
		"A": {"Type": "AWS::Route53Resolver::FirewallRuleGroupAssociation", "Properties": {"VpcId": ` + vpc + `,
			"FirewallRuleGroupId": {"Ref": "G"}, "Priority": 101}}}`
}
