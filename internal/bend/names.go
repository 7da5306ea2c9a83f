package bend

// What names meet: endpoints, zones, records, Resolver rules, firewalls, Profiles.

const (
	record   = "AWS::Route53::RecordSet"
	zone     = "AWS::Route53::HostedZone"
	forward  = "AWS::Route53Resolver::ResolverRule"
	firewall = "AWS::Route53Resolver::FirewallRuleGroup"
)

func names() []Kind { return join(endpoints(), records(), zones(), resolver(), profiles()) }

func endpoints() []Kind {
	e := "AWS::EC2::VPCEndpoint"
	return []Kind{
		plus(e, "for S3, a gateway's", "hub vpc",
			`{"VpcId": "@", "ServiceName": "com.amazonaws.us-east-1.s3", "VpcEndpointType": "Gateway", `+
				`"RouteTableIds": ["@work table"]}`, "endpoint"),
		plus(e, "of a service that nobody configured", "vpc",
			`{"VpcId": "@", "ServiceName": "com.amazonaws.us-east-1.sagemaker.api", "VpcEndpointType": "Interface", `+
				`"PrivateDnsEnabled": true, "SubnetIds": ["@work subnet"]}`, "endpoint"),
		plus(e, "of a service of nobody", "vpc",
			`{"VpcId": "@", "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0", "VpcEndpointType": "Interface", `+
				`"SubnetIds": ["@work subnet"]}`, "endpoint"),
		plus(e, "of a firewall of nobody", "vpc",
			`{"VpcId": "@", "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0", `+
				`"VpcEndpointType": "GatewayLoadBalancer", "SubnetIds": ["@work subnet"]}`, "endpoint"),
		plus(e, "of a resource", "vpc",
			`{"VpcId": "@", "VpcEndpointType": "Resource", `+
				`"ResourceConfigurationArn": "arn:aws:vpc-lattice:us-east-1:999999999999:resourceconfiguration/rcfg-0", `+
				`"SubnetIds": ["@work subnet"]}`, "endpoint, unknown, way"),
		plus(e, "of a service network", "vpc",
			`{"VpcId": "@", "VpcEndpointType": "ServiceNetwork", `+
				`"ServiceNetworkArn": "arn:aws:vpc-lattice:us-east-1:999999999999:servicenetwork/sn-0", "SubnetIds": ["@work subnet"]}`,
			"endpoint, unknown, way"),
		plus(e, "of the same service again", "interface endpoint",
			`{"VpcId": "@:VpcId", "ServiceName": "@:ServiceName", "VpcEndpointType": "Interface", "SubnetIds": "@:SubnetIds", `+
				`"SecurityGroupIds": "@:SecurityGroupIds"}`, "endpoint"),
		plus(e, "of a type that nobody knows", "vpc",
			`{"VpcId": "@", "ServiceName": "com.amazonaws.us-east-1.s3", "VpcEndpointType": "Tomorrow"}`, "part, endpoint"),
		set("interface endpoint", "ServiceName", `"com.amazonaws.us-west-1.sqs"`, "endpoint"),
		set("interface endpoint", "ServiceName", `"=ServiceName-fips"`, "endpoint"),
		set("interface endpoint", "ServiceRegion", `"us-west-1"`, "endpoint"),
		set("interface endpoint", "VpcEndpointType", `"GatewayLoadBalancer"`, "endpoint"),
		set("interface endpoint", "VpcEndpointType", `-`, "endpoint"),
		set("interface endpoint", "SubnetIds.0", `-`, "endpoint"),
		set("interface endpoint", "SubnetIds.99", `"subnet-0123456789abcdef0"`, "part"),
		set("interface endpoint", "SubnetIds.0", `"@transit subnet"`, "endpoint"),
		set("interface endpoint", "SecurityGroupIds", `-`, "rule"),
		set("interface endpoint", "SecurityGroupIds", `[]`, "rule"),
		set("interface endpoint", "SecurityGroupIds.99", `"sg-0123456789abcdef0"`, "part"),
		set("interface endpoint", "SecurityGroupIds", `["@hub vpc.DefaultSecurityGroup"]`, "rule, part"),
		set("interface endpoint", "IpAddressType", `"dualstack"`, "endpoint"),
		set("interface endpoint", "IpAddressType", `"ipv6"`, "endpoint"),
		set("interface endpoint", "IpAddressType", `"ipv4"`, "fine: the default"),
		set("interface endpoint", "DnsOptions", `{"DnsRecordIpType": "ipv6"}`, "endpoint"),
		set("interface endpoint", "DnsOptions", `{"DnsRecordIpType": "dualstack"}`, "endpoint"),
		set("interface endpoint", "DnsOptions", `{"PrivateDnsOnlyForInboundResolverEndpoint": "OnlyInboundResolver"}`, "endpoint"),
		set("interface endpoint", "DnsOptions",
			`{"PrivateDnsPreference": "SPECIFIED_DOMAINS_ONLY", "PrivateDnsSpecifiedDomains": ["example.com"]}`,
			"endpoint, unknown, name"),
		set("interface endpoint", "PayerResponsibility", `"EndpointOwner"`, "unknown"),
		set("interface endpoint", "PolicyDocument",
			`{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}`, "policy"),
		set("interface endpoint", "PolicyDocument",
			`{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}`, "policy"),
		set("interface endpoint", "PolicyDocument.Statement.0.Effect", `"Deny"`, "policy"),
		set("interface endpoint", "PolicyDocument.Statement.0.Action", `"s3:*"`, "policy"),
		set("interface endpoint", "PolicyDocument.Statement.0.NotAction", `"s3:*"`, "policy"),
		set("interface endpoint", "PolicyDocument.Statement.0.Resource", `"arn:aws:s3:::somebody/*"`, "policy"),
		set("interface endpoint", "PolicyDocument.Statement.0.Principal", `{"AWS": "999999999999"}`, "policy"),
		set("interface endpoint", "PolicyDocument.Statement.0.Condition", `{"StringLike": {"aws:PrincipalOrgID": "o-*"}}`, "policy"),
		set("interface endpoint", "PolicyDocument.Statement.99",
			`{"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "*", "Resource": "*"}`, "policy"),
		set("interface endpoint", "PolicyDocument.Statement.99",
			`{"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}`, "policy"),
		set("gateway endpoint", "PolicyDocument",
			`{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "*"}]}`, "policy"),
		set("gateway endpoint", "PolicyDocument",
			`{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", `+
				`"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-x"}}}]}`, "policy"),
		set("open gateway endpoint", "PolicyDocument",
			`{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}`,
			"fine: the policy of an endpoint that has none"),
		set("gateway endpoint", "RouteTableIds.0", `-`, "endpoint"),
		set("gateway endpoint", "RouteTableIds", `["@transit table"]`, "endpoint"),
		set("gateway endpoint", "RouteTableIds.99", `"rtb-0123456789abcdef0"`, "unknown"),
		set("gateway endpoint", "ServiceName", `"com.amazonaws.us-west-1.s3"`, "endpoint"),
		set("gateway endpoint", "ServiceName", `"com.amazonaws.s3-global.accesspoint"`, "endpoint"),
		set("gateway endpoint", "SubnetIds", `["@work subnet"]`, "endpoint"),
		set("gateway endpoint", "IpAddressType", `"dualstack"`, "endpoint"),
	}
}

func records() []Kind {
	at := `"HostedZoneId": "@", "Name": "=Name", `
	row := func(how, properties, answer string) Kind {
		return plus(record, how, "zone", `{`+at+properties+`}`, answer)
	}
	set2 := func(how, policy string) Kind {
		return row("a further one by "+how, `"Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.1"], "SetIdentifier": "x", `+policy,
			"name")
	}
	below := func(how, typ, values, answer string) Kind {
		return plus(record, how, "zone", `{"HostedZoneId": "@", "Name": "below.=Name", "Type": "`+typ+
			`", "TTL": "60", "ResourceRecords": [`+values+`]}`, answer)
	}
	return []Kind{
		set2("weight", `"Weight": 1`), set2("weight 0", `"Weight": 0`), set2("failover", `"Failover": "SECONDARY"`),
		set2("latency", `"Region": "us-east-1"`), set2("several answers", `"MultiValueAnswer": true`),
		set2("place", `"GeoLocation": {"CountryCode": "*"}`), set2("nearness", `"GeoProximityLocation": {"AWSRegion": "us-east-1"}`),
		set2("the asker's range", `"CidrRoutingConfig": {"CollectionId": "c", "LocationName": "l"}`),
		set2("weight, with a health check", `"Weight": 1, "HealthCheckId": "h"`),
		row("another for the name", `"Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.1"]`, "name"),
		row("for IPv6, elsewhere", `"Type": "AAAA", "TTL": "60", "ResourceRecords": ["2001:db8::1"]`, "name"),
		row("of type HTTPS", `"Type": "HTTPS", "TTL": "60", "ResourceRecords": ["1 . alpn=h2"]`, "name"),
		row("of type SVCB", `"Type": "SVCB", "TTL": "60", "ResourceRecords": ["1 elsewhere.example."]`, "name"),
		row("of type CNAME at the apex", `"Type": "CNAME", "TTL": "60", "ResourceRecords": ["elsewhere.example"]`, "name"),
		row("of type TXT", `"Type": "TXT", "TTL": "60", "ResourceRecords": ["\"hello\""]`, "fine: clients of services ask for addresses"),
		row("of type CAA", `"Type": "CAA", "TTL": "60", "ResourceRecords": ["0 issue \"example.com\""]`,
			"fine: clients of services ask for addresses"),
		row("of type MX", `"Type": "MX", "TTL": "60", "ResourceRecords": ["10 mail.example.com"]`,
			"fine: clients of services ask for addresses"),
		below("below the name", "A", `"192.0.2.1"`, "name"),
		below("below the name, by CNAME", "CNAME", `"elsewhere.example"`, "name"),
		below("below the name, to other servers", "NS", `"ns.example."`, "name"),
		plus(record, "for everything below the name", "zone",
			`{"HostedZoneId": "@", "Name": "*.=Name", "Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.1"]}`, "name"),
		plus(record, "outside the zone", "zone",
			`{"HostedZoneId": "@", "Name": "elsewhere.example", "Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.1"]}`, "name"),
		plus(record, "by the zone's name", "zone",
			`{"HostedZoneName": "=Name.", "Name": "=Name", "Type": "AAAA", "TTL": "60", "ResourceRecords": ["2001:db8::1"]}`, "name"),
		plus(record, "of the name, in a zone of nobody", "zone",
			`{"HostedZoneId": "Z0123456789ABCDEFGHIJ", "Name": "=Name", "Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.1"]}`,
			"name"),
		plus("AWS::Route53::RecordSetGroup", "of other addresses", "zone",
			`{"HostedZoneId": "@", "RecordSets": [{"Name": "=Name", "Type": "AAAA", "TTL": "60", "ResourceRecords": ["2001:db8::1"]}]}`,
			"name"),
		plus("AWS::Route53::RecordSetGroup", "of other addresses, escaped", "zone",
			`{"HostedZoneId": "@", "RecordSets": [{"Name": "\\052.=Name", "Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.1"]}]}`,
			"name"),
		set("record", "AliasTarget.DNSName", `"elsewhere.example"`, "name"),
		set("record", "AliasTarget.HostedZoneId", `"Z0123456789ABCDEFGHIJ"`, "name"),
		set("record", "AliasTarget.EvaluateTargetHealth", `true`, "fine: an endpoint has no health that Route 53 evaluates"),
		set("record", "Type", `"AAAA"`, "name"),
		set("record", "Type", `"CNAME"`, "name"),
		set("record", "TTL", `"60"`, "name"),
		set("record", "Name", `"elsewhere.example"`, "name"),
		set("record", "Name", `"=Name."`, "fine: the same name, with the dot at its end"),
		set("record", "SetIdentifier", `"x"`, "name"),
		set("record", "Weight", `1`, "name"),
		set("record", "Failover", `"SECONDARY"`, "name"),
		set("record", "GeoLocation", `{"CountryCode": "DE"}`, "name"),
		set("record", "MultiValueAnswer", `true`, "name"),
		set("record", "HealthCheckId", `"h"`, "fine: a record alone of its name always answers"),
		set("record", "HostedZoneId", `"Z0123456789ABCDEFGHIJ"`, "name"),
		set("record", "HostedZoneName", `"example.com."`, "name, conflict"),
		set("record", "ResourceRecords", `["192.0.2.1"]`, "name"),
		set("record", "Comment", `"another"`, "fine: text for people"),
	}
}

func zones() []Kind {
	in := func(how, name, answer string) Kind {
		return plus(zone, how, "vpc", `{"Name": "`+name+`", "VPCs": [{"VPCId": "@", "VPCRegion": "us-east-1"}]}`, answer)
	}
	with := func(how, name, typ, value, answer string) Kind {
		return plusAll(zone, how, "spoke vpc", `{"Z": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "`+name+
			`", "VPCs": [{"VPCId": "@", "VPCRegion": "us-east-1"}]}},
			"R": {"Type": "AWS::Route53::RecordSet", "Properties": {"HostedZoneId": {"Ref": "Z"}, "Name": "`+name+`", "Type": "`+typ+`",
			"TTL": "60", "ResourceRecords": ["`+value+`"]}}}`, answer)
	}
	return []Kind{
		in("of all names", ".", "name"), in("of com", "com", "name"), in("of amazonaws.com", "amazonaws.com", "name"),
		in("of a region's names", "us-east-1.amazonaws.com", "name"), in("of api.aws", "api.aws", "name"), in("of on.aws", "on.aws",
			"name"),
		in("of endpoints' names", "vpce.amazonaws.com", "name"),
		in("of a service that nobody serves, without records", "sagemaker.us-east-1.amazonaws.com", "name"),
		in("of a name in a parameter of the account", "{{resolve:ssm:/team/name}}", "name, undecided"),
		in("of a name in a secret of the account", "{{resolve:secretsmanager:team}}", "name, undecided"),
		in("of a company", "corp.example", "fine: no name of AWS is in it"),
		with("of a company, with a record", "corp.example", "A", "192.0.2.1", "fine: no name of AWS is in it"),
		with("of a service that the hub does not serve, elsewhere", "runtime.sagemaker.us-east-1.amazonaws.com", "A", "192.0.2.1", "name"),
		with("of a service of another region, elsewhere", "sqs.eu-west-1.amazonaws.com", "A", "192.0.2.1", "name"),
		with("of a service without a region, elsewhere", "iam.amazonaws.com", "A", "192.0.2.1", "name"),
		with("of one API of somebody's", "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com", "A", "192.0.2.1", "fine: it is no service's name"),
		with("of a name that the hub serves, elsewhere", "@zone:Name", "A", "192.0.2.1", "name"),
		plus(zone, "of the same name again", "zone", `{"Name": "=Name", "VPCs": "@:VPCs"}`, "name"),
		plus(zone, "of the same name, public", "zone", `{"Name": "=Name"}`, "fine: public, and asked by no VPC here"),
		set("zone", "VPCs.99", `{"VPCId": "vpc-0123456789abcdef0", "VPCRegion": "us-east-1"}`, "name"),
		set("zone", "VPCs.0.VPCId", `"vpc-0123456789abcdef0"`, "name"),
		set("zone", "VPCs.0.VPCRegion", `"ap-south-1"`, "name"),
		set("zone", "VPCs", `-`, "name"),
		set("zone", "Name", `"amazonaws.com"`, "name"),
		set("zone", "Name", `"x=Name"`, "name"),
		set("zone", "Name", `"=Name."`, "fine: the same name, with the dot at its end"),
		set("zone", "HostedZoneConfig.Comment", `"another"`, "fine: text for people"),
		set("zone", "QueryLoggingConfig", `{"CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:111111111111:log-group:x"}`,
			"fine: tells of questions, for public zones alone"),
		set("zone", "HostedZoneFeatures", `{"EnableAcceleratedRecovery": true}`, "unknown"),
		plus("AWS::ServiceDiscovery::PrivateDnsNamespace", "of a company", "vpc", `{"Name": "corp.example", "Vpc": "@"}`,
			"fine: no name of AWS is in it"),
		plus("AWS::ServiceDiscovery::PrivateDnsNamespace", "of amazonaws.com", "vpc", `{"Name": "amazonaws.com", "Vpc": "@"}`, "name"),
		plus("AWS::ServiceDiscovery::PrivateDnsNamespace", "of everything of com", "vpc", `{"Name": "com", "Vpc": "@"}`, "name"),
	}
}

func resolver() []Kind {
	rule := func(how, domain, kind, answer string) Kind {
		return plusAll(forward, how, "vpc", `{"R": {"Type": "AWS::Route53Resolver::ResolverRule", "Properties": {"DomainName": "`+domain+
			`", "RuleType": "`+kind+`", "ResolverEndpointId": "rslvr-out-0"}},
			"A": {"Type": "AWS::Route53Resolver::ResolverRuleAssociation", "Properties": {"VPCId": "@",
			"ResolverRuleId": {"Ref": "R"}}}}`, answer)
	}
	wall := func(how, rules, answer string) Kind {
		return plusAll(firewall, how, "vpc",
			`{"L": {"Type": "AWS::Route53Resolver::FirewallDomainList", "Properties": {"Domains": ["*.amazonaws.com"]}},
			"O": {"Type": "AWS::Route53Resolver::FirewallDomainList", "Properties": {"Domains": ["evil.example"]}},
			"S": {"Type": "AWS::Route53Resolver::FirewallDomainList", "Properties": {"Domains": ["*"]}},
			"X": {"Type": "AWS::Route53Resolver::FirewallDomainList", "Properties": {"Domains": ["{{resolve:secretsmanager:team}}"]}},
			"F": {"Type": "AWS::Route53Resolver::FirewallDomainList", "Properties": {"DomainFileUrl": "s3://somebody/list"}},
			"G": {"Type": "AWS::Route53Resolver::FirewallRuleGroup", "Properties": {"FirewallRules": [`+rules+`]}},
			"A": {"Type": "AWS::Route53Resolver::FirewallRuleGroupAssociation", "Properties": {"VpcId": "@",
			"FirewallRuleGroupId": {"Ref": "G"}, "Priority": 101}}}`, answer)
	}
	one := func(list, action, more string) string {
		return `{"FirewallDomainListId": {"Ref": "` + list + `"}, "Action": "` + action + `", "Priority": 1` + more + `}`
	}
	return []Kind{
		rule("for all names", ".", "FORWARD", "fine: the hub's names are longer, and other servers resolve public names too"),
		rule("for amazonaws.com", "amazonaws.com", "FORWARD",
			"fine: the hub's names are longer, and other servers resolve public names too"),
		rule("for one name of the hub's", "@zone:Name", "FORWARD", "name"),
		rule("for a domain in a parameter of the account", "{{resolve:ssm:/team/name}}", "FORWARD", "name, undecided"),
		rule("for a domain in a secret of the account", "{{resolve:secretsmanager:team}}", "FORWARD", "name, undecided"),
		rule("for a company", "corp.example", "FORWARD", "fine: no name of AWS is in it"),
		rule("that excepts amazonaws.com", "amazonaws.com", "SYSTEM", "fine: the VPC's resolver answers, as without"),
		rule("that delegates amazonaws.com", "amazonaws.com", "DELEGATE",
			"fine: the hub's names are longer, and other servers resolve public names too"),
		rule("for all names, by recursion", ".", "RECURSIVE", "fine: the VPC's resolver answers, as without"),
		plus("AWS::Route53Resolver::ResolverRuleAssociation", "of nobody's rule", "vpc",
			`{"VPCId": "@", "ResolverRuleId": "rslvr-rr-0123456789abcdef0"}`, "name"),
		plus(forward, "for amazonaws.com, of no VPC", "vpc", `{"DomainName": "amazonaws.com", "RuleType": "FORWARD"}`,
			"fine: no VPC has it"),
		wall("that blocks AWS's names", one("L", "BLOCK", ""), "name"),
		wall("that blocks all names", one("S", "BLOCK", ""), "name"),
		wall("that blocks all names of IPv4", one("S", "BLOCK", `, "Qtype": "A"`), "name"),
		wall("that blocks names of a file", one("F", "BLOCK", ""), "name"),
		wall("that blocks names in a secret of the account",
			`{"FirewallDomainListId": {"Ref": "X"}, "Action": "BLOCK", "Priority": 1}`, "name, undecided"),
		wall("that blocks other names", one("O", "BLOCK", ""), "fine: none of the hub's names"),
		wall("that allows AWS's names", one("L", "ALLOW", ""), "fine: what passes anyway"),
		wall("that tells of AWS's names", one("L", "ALERT", ""), "fine: the question passes"),
		wall("that blocks mail's questions", one("S", "BLOCK", `, "Qtype": "MX"`), "fine: clients of services ask for addresses"),
		plus("AWS::Route53Resolver::FirewallRuleGroupAssociation", "of nobody's group", "vpc",
			`{"VpcId": "@", "FirewallRuleGroupId": "rslvr-frg-0123456789abcdef0", "Priority": 101}`, "name"),
		plus("AWS::Route53Resolver::FirewallDomainList", "of no group", "vpc", `{"Domains": ["*.amazonaws.com"]}`,
			"fine: no rule has it"),
		plus("AWS::Route53Resolver::ResolverEndpoint", "for questions from outside", "work subnet",
			`{"Direction": "INBOUND", "IpAddresses": [{"SubnetId": "@"}], "SecurityGroupIds": ["sg-0123456789abcdef0"]}`, "way"),
		plus("AWS::Route53Resolver::ResolverEndpoint", "for delegated questions from outside", "work subnet",
			`{"Direction": "INBOUND_DELEGATION", "IpAddresses": [{"SubnetId": "@"}], "SecurityGroupIds": ["sg-0123456789abcdef0"]}`,
			"way"),
		plus("AWS::Route53Resolver::ResolverEndpoint", "for questions to outside", "spoke work subnet",
			`{"Direction": "OUTBOUND", "IpAddresses": [{"SubnetId": "@"}], "SecurityGroupIds": ["sg-0123456789abcdef0"]}`,
			"fine: rules say what goes through it"),
		plus("AWS::Route53Resolver::ResolverConfig", "of names of addresses", "vpc",
			`{"ResourceId": "@", "AutodefinedReverseFlag": "DISABLE"}`, "fine: names of addresses"),
		plus("AWS::Route53Resolver::ResolverDNSSECConfig", "of public names' signatures", "vpc", `{"ResourceId": "@"}`,
			"fine: private zones have none"),
		plus("AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation", "that tells of questions", "vpc",
			`{"ResourceId": "@", "ResolverQueryLogConfigId": "rqlc-0"}`, "fine: answers none"),
	}
}

func profiles() []Kind {
	const use, holds = "AWS::Route53Profiles::ProfileAssociation", "AWS::Route53Profiles::ProfileResourceAssociation"
	arn := func(kind, id string) string { return `"arn:aws:` + kind + `:us-east-1:111111111111:` + id + `"` }
	hold := func(how, what, answer string) Kind {
		return plus(holds, how, "profile", `{"Name": "x", "ProfileId": "@", "ResourceArn": `+what+`}`, answer)
	}
	return []Kind{
		hold("a zone of nobody", `"arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"`, "part"),
		hold("an endpoint of nobody", arn("ec2", "vpc-endpoint/vpce-0123456789abcdef0"), "part"),
		hold("a Resolver rule of nobody", arn("route53resolver", "resolver-rule/rslvr-rr-0123456789abcdef0"), "name"),
		hold("a firewall of nobody", arn("route53resolver", "firewall-rule-group/rslvr-frg-0123456789abcdef0"), "name"),
		hold("what tells of questions", arn("route53resolver", "resolver-query-log-config/rqlc-0"), "fine: answers none"),
		plusAll(holds, "a zone of amazonaws.com", "profile",
			`{"Z": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "amazonaws.com", `+
				`"VPCs": [{"VPCId": "vpc-0123456789abcdef0", "VPCRegion": "us-east-1"}]}},
			"H": {"Type": "AWS::Route53Profiles::ProfileResourceAssociation", "Properties": {"Name": "x", "ProfileId": "@",
			"ResourceArn": {"Fn::Sub": "arn:aws:route53:::hostedzone/${Z}"}}}}`, "name"),
		plusAll(holds, "a zone of a company", "profile",
			`{"Z": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "corp.example", `+
				`"VPCs": [{"VPCId": "vpc-0123456789abcdef0", "VPCRegion": "us-east-1"}]}},
			"H": {"Type": "AWS::Route53Profiles::ProfileResourceAssociation", "Properties": {"Name": "x", "ProfileId": "@",
			"ResourceArn": {"Fn::Sub": "arn:aws:route53:::hostedzone/${Z}"}}}}`, "fine: no name of AWS is in it"),
		plus(holds, "the same again", "profile-resource", `{"Name": "x", "ProfileId": "@:ProfileId", "ResourceArn": "@:ResourceArn"}`,
			"profile, conflict"),
		plus("AWS::Route53Profiles::Profile", "of nobody", "vpc", `{"Name": "x"}`, "fine: no VPC has it"),
		plusAll(use, "of a profile that holds nothing, second to the VPC's", "profile-vpc",
			`{"P": {"Type": "AWS::Route53Profiles::Profile", "Properties": {"Name": "x"}},
			"A": {"Type": "AWS::Route53Profiles::ProfileAssociation", "Properties": {"Name": "x", "ProfileId": {"Ref": "P"},
			"ResourceId": "@:ResourceId"}}}`, "profile, conflict"),
		plusAll(use, "with a stranger's VPC", "profile", `{"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "198.51.100.0/24"}},
			"A": {"Type": "AWS::Route53Profiles::ProfileAssociation", "Properties": {"Name": "x", "ProfileId": "@",
			"ResourceId": {"Ref": "V"}}}}`, "profile"),
		plus(use, "with a VPC of nobody", "profile", `{"Name": "x", "ProfileId": "@", "ResourceId": "vpc-0123456789abcdef0"}`, "part"),
		plus(use, "of nobody's profile", "vpc", `{"Name": "x", "ProfileId": "rp-0123456789abcdef0", "ResourceId": "@"}`,
			"part, unknown, profile"),
		set("profile-vpc", "ProfileId", `"rp-0123456789abcdef0"`, "part, name"),
		set("profile-vpc", "ResourceId", `"vpc-0123456789abcdef0"`, "part, name"),
		set("profile-resource", "ResourceArn", arn("ec2", "vpc-endpoint/vpce-0123456789abcdef0"), "part, name"),
		set("profile-resource", "ResourceProperties", `"{\"priority\": 1}"`, "fine: of firewalls alone"),
	}
}
