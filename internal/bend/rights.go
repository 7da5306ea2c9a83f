package bend

import "strings"

// Who may use what: shares, roles and their policies.

func rights() []Kind { return join(shares(), trust(), permissions()) }

func shares() []Kind {
	s := "AWS::RAM::ResourceShare"
	of := func(how, arn, answer string) Kind {
		return plus(s, how, "gateway", `{"Name": "x", "ResourceArns": [`+arn+
			`], "Principals": ["999999999999"], "AllowExternalPrincipals": true}`, answer)
	}
	return []Kind{
		of("of the gateway, with a stranger", `"@.TransitGatewayArn"`, "sharing"),
		own(of("of a prefix list of nobody", `"arn:aws:ec2:us-east-1:111111111111:prefix-list/pl-0123456789abcdef0"`, "sharing")),
		foreign(of("of a prefix list of nobody, by a stranger", `"arn:aws:ec2:us-east-1:111111111111:prefix-list/pl-0123456789abcdef0"`,
			"fine: it is no part of the hub")),
		plus(s, "of a subnet, with a stranger", "subnet",
			`{"Name": "x", "ResourceArns": [{"Fn::Sub": ["arn:aws:ec2:us-east-1:111111111111:subnet/${S}", {"S": "@"}]}], `+
				`"Principals": ["999999999999"]}`, "sharing"),
		plus(s, "of a group, with a stranger", "group",
			`{"Name": "x", "ResourceArns": [{"Fn::Sub": ["arn:aws:ec2:us-east-1:111111111111:security-group/${S}", `+
				`{"S": "@.GroupId"}]}], "Principals": ["999999999999"]}`, "sharing"),
		plus(s, "of the Profile, with a stranger", "profile", `{"Name": "x", "ResourceArns": ["@.Arn"], "Principals": ["999999999999"]}`,
			"sharing"),
		set("share", "Principals.99", `"999999999999"`, "sharing"),
		set("share", "Principals.99", `"arn:aws:organizations::999999999999:organization/o-stranger00"`, "sharing"),
		set("share", "Principals.99", `"arn:aws:organizations::999999999990:ou/o-a1b2c3d4e5/ou-ab12-11111111"`, "sharing"),
		set("share", "Principals.99", `"arn:aws:iam::999999999999:role/somebody"`, "sharing"),
		set("share", "Principals.99", `"ec2.amazonaws.com"`, "sharing"),
		set("share", "Principals", `[]`, "sharing"),
		set("share", "AllowExternalPrincipals", `true`, "sharing"),
		set("share", "AllowExternalPrincipals", `-`, "sharing"),
		set("share", "PermissionArns", `["arn:aws:ram::aws:permission/AWSRAMPermissionSomething"]`, "sharing"),
		set("share", "ResourceArns.99", `"arn:aws:ec2:us-east-1:111111111111:subnet/subnet-0123456789abcdef0"`, "sharing"),
		set("share", "ResourceArns", `[]`, "sharing"),
		set("share", "Sources", `["999999999999"]`, "unknown"),
		set("share", "Name", `"another"`, "fine: a name for people"),
	}
}

func trust() []Kind {
	const doc = "AssumeRolePolicyDocument.Statement"
	var out []Kind
	for _, statement := range []string{
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"`,
		`"Principal": "*", "Action": "sts:AssumeRole"`,
		`"Principal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"`,
		`"Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "sts:*"`,
		`"Principal": {"AWS": "arn:aws:iam::111111111111:role/admin"}, "Action": "sts:AssumeRole"`,
		`"Principal": {"AWS": "arn:aws:iam::111111111111:user/alice"}, "Action": "sts:AssumeRole"`,
		`"Principal": {"AWS": "111111111111"}, "Action": "sts:AssumeRole"`,
		`"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"`,
		`"Principal": {"Federated": "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"}, ` +
			`"Action": "sts:AssumeRoleWithWebIdentity"`,
		`"Principal": {"Federated": "arn:aws:iam::111111111111:saml-provider/corp"}, "Action": "sts:AssumeRoleWithSAML"`,
		`"NotPrincipal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"`,
		`"Principal": {"AWS": "*"}, "NotAction": "sts:TagSession"`,
		`"Principal": {"AWS": "*"}, "Action": "*"`,
		`"Principal": {"AWS": "*"}, "Action": "sts:Assume*"`,
		`"Principal": {"AWS": "*"}, "Action": "STS:ASSUMEROLE"`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-stranger00"}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-stranger00"}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", ` +
			`"Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5", ` +
			`"o-stranger00"]}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalAccount": "999999999999"}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", ` +
			`"Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-stranger00/*"}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", ` +
			`"Condition": {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"Null": {"aws:PrincipalOrgID": "true"}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", ` +
			`"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::999999999999:role/cdk-*-cfn-exec-role-*"}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "secret"}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", ` +
			`"Condition": {"DateLessThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}}`,
		`"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "net"}}`,
	} {
		out = append(out, set("reader role", doc+".99", `{"Effect": "Allow", `+statement+`}`, "reader"))
	}
	for _, unknown := range []string{`{"Fn::ImportValue": "somebody-elses"}`, `"{{resolve:ssm:/team/value}}"`,
		`"{{resolve:secretsmanager:team}}"`} {
		out = append(out,
			set("reader role", doc+".99", `{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole",
				"Condition": {"StringEquals": {"aws:PrincipalOrgID": `+unknown+`}}}`, "reader, undecided"),
			set("reader role", doc+".99", `{"Effect": "Allow", "Principal": {"AWS": `+unknown+`}, "Action": "sts:AssumeRole"}`, "reader, undecided"),
			set("reader role", doc+".99", `{"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": `+unknown+`}`, "reader, undecided"),
			set("reader role", doc+".0.Effect", unknown, "reader, undecided"),
			set("share", "Principals.99", unknown, "sharing, undecided"),
			set("interface endpoint", "PolicyDocument.Statement.99",
				`{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": `+unknown+`}`, "policy, undecided"))
	}
	return append(out,
		set("reader role", doc+".0.Condition", `-`, "reader"),
		set("reader role", doc+".0.Effect", `"Deny"`, "reader"),
		set("reader role", doc+".0.Condition.ArnLike", `-`, "reader"),
		set("reader role", doc+".0.Condition.ArnLike", `{"aws:PrincipalArn": "*"}`, "reader"),
		set("reader role", doc+".0.Condition.StringEquals", `{"aws:PrincipalOrgID": "o-stranger00"}`, "reader"),
		set("reader role", doc+".99", `{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}`, "reader"),
		set("reader role", doc+".99", `{"Effect": "Deny", "Principal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"}`,
			"fine: strangers are refused twice"),
		set("reader role", doc+".99", `{"Effect": "Allow", "Action": "sts:AssumeRole"}`, "reader"),
		set("reader role", doc+".99",
			`{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:role/x"}, "Action": "sts:TagSession"}`,
			"fine: it lets nobody assume the role"),
	)
}

func permissions() []Kind {
	const doc = "Policies.0.PolicyDocument.Statement"
	var out []Kind
	for _, action := range []string{"*", "cloudformation:*", "cloudformation:Describe*", "cloudformation:GetTemplate", "iam:PassRole",
		"sts:AssumeRole", "ec2:*"} {
		out = append(out, set("reader role", doc+".99", `{"Effect": "Allow", "Action": "`+action+`", "Resource": "*"}`, "reader"))
	}
	policy := `{"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}`
	named := func(typ, how, roles, answer string) Kind {
		return plus(typ, "of a reader"+how, "reader role", strings.NewReplacer("ROLES", roles, "POLICY",
			policy).Replace(`{ROLES, "PolicyName": "x", "PolicyDocument": POLICY}`), answer)
	}
	return append(out,
		set("reader role", doc+".0.Action", `"cloudformation:DescribeStackEvents"`, "reader"),
		set("reader role", doc+".0.Action", `["cloudformation:DescribeStacks", "cloudformation:ListStacks"]`, "reader"),
		set("reader role", doc+".0.Resource", `"*"`, "reader"),
		set("reader role", doc+".0.Resource", `["arn:aws:cloudformation:us-east-1:111111111111:stack/other/*"]`, "reader"),
		set("reader role", doc+".0.Resource.99", `"arn:aws:cloudformation:*:*:stack/*"`, "reader"),
		set("reader role", doc+".0.NotResource", `"arn:aws:cloudformation:us-east-1:111111111111:stack/other/*"`, "reader"),
		set("reader role", doc+".0.Effect", `"Deny"`, "reader"),
		set("reader role", doc+".0.Condition", `{"StringEquals": {"aws:RequestedRegion": "ap-south-1"}}`, "reader"),
		set("reader role", doc+".99", `{"Effect": "Deny", "Action": "cloudformation:*", "Resource": "*"}`, "reader"),
		set("reader role", "Policies.99", `{"PolicyName": "x", "PolicyDocument": `+policy+`}`, "reader"),
		set("reader role", "Policies", `-`, "reader"),
		set("reader role", "ManagedPolicyArns", `["arn:aws:iam::aws:policy/ReadOnlyAccess"]`, "reader"),
		set("reader role", "PermissionsBoundary", `"arn:aws:iam::aws:policy/AmazonEC2FullAccess"`, "reader"),
		set("reader role", "PermissionsBoundary", `"arn:aws:iam::aws:policy/ReadOnlyAccess"`, "fine: it allows what the role does"),
		set("reader role", "Path", `"/team/"`, "reader"),
		set("reader role", "RoleName", `"another"`, "reader"),
		set("reader role", "RoleName", `-`, "reader"),
		set("reader role", "MaxSessionDuration", `43200`, "fine: says how long a session lasts"),
		set("reader role", "Description", `"another"`, "fine: text for people"),
		named("AWS::IAM::Policy", "", `"Roles": ["@"]`, "reader"),
		named("AWS::IAM::RolePolicy", "", `"RoleName": "@"`, "reader"),
		named("AWS::IAM::Policy", ", by its name", `"Roles": ["=RoleName"]`, "reader"),
		plus("AWS::IAM::ManagedPolicy", "of a reader", "reader role", `{"Roles": ["@"], "PolicyDocument": `+policy+`}`, "reader"),
		plus("AWS::IAM::ManagedPolicy", "of nobody", "reader role", `{"PolicyDocument": `+policy+`}`, "fine: no role has it"),
		own(planted("anybody", `"*"`, "reader")),
		own(planted("another account", `{"AWS": "999999999999"}`, "reader")),
		own(planted("its own account", `{"AWS": {"Ref": "AWS::AccountId"}}`, "reader")),
		own(planted("whoever signs in", `{"Federated": "arn:aws:iam::111111111111:saml-provider/corp"}`, "reader")),
		own(planted("a service and another account", `{"Service": "lambda.amazonaws.com", "AWS": "999999999999"}`, "reader")),
		own(planted("a service", `{"Service": "lambda.amazonaws.com"}`, "fine: a service acts for its own account")),
		foreign(planted("anybody, of a stranger's", `"*"`, "fine: another team's role is its own business")),
		plus("AWS::IAM::Role", "of a reader's name", "reader role",
			`{"RoleName": "=RoleName", "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": "*", `+
				`"Action": "sts:AssumeRole"}]}}`, "reader, conflict, part"),
		plus("AWS::IAM::Role", "of a reader's name in other letters", "reader role",
			`{"RoleName": "=RoleName", "Path": "/x/", "AssumeRolePolicyDocument": {"Statement": []}}`, "reader, conflict, part"),
		plus("AWS::IAM::InstanceProfile", "of a reader", "reader role", `{"Roles": ["@"]}`, "fine: its trust lets no host in"),
	)
}

// planted is a role that no stack reads through.
func planted(trusts, principal, answer string) Kind {
	return plus("AWS::IAM::Role", "that trusts "+trusts, "reader role",
		`{"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": `+principal+`, "Action": "sts:AssumeRole"}]}}`, answer)
}

// forLambda is a role for a service, with rights.
func forLambda(how, rights, answer string) Kind {
	return plus("AWS::IAM::Role", "for a service, "+how, "reader role", `{"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", `+
		`"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}, `+rights+`}`, answer)
}

// serviceRoles are roles for services in the hub's stacks, which have them for flow logs alone.
func serviceRoles() []Kind {
	return []Kind{
		own(forLambda("of an administrator", `"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]`, "reader")),
		own(forLambda("that writes anywhere", `"Policies": [{"PolicyName": "x", "PolicyDocument": {"Statement": [{"Effect": "Allow", `+
			`"Action": "logs:PutLogEvents", "Resource": "*"}]}}]`, "reader")),
		own(forLambda("that may do all but a little", `"Policies": [{"PolicyName": "x", "PolicyDocument": {"Statement": [{"Effect": `+
			`"Allow", "NotAction": "iam:*", "Resource": "*"}]}}]`, "reader")),
		foreign(forLambda("of an administrator, of a stranger's", `"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]`,
			"fine: another team's role is its own business")),
	}
}
