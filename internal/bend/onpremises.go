package bend

import (
	"fmt"
	"strconv"
	"strings"
)

// What servers elsewhere and VPCs ask of each other: Resolver endpoints with their groups, rules, and who follows them; and what else
// a Profile carries.

const (
	asks    = "AWS::Route53Resolver::ResolverEndpoint"
	follows = "AWS::Route53Resolver::ResolverRuleAssociation"
	carries = "AWS::Route53Profiles::ProfileResourceAssociation"
)

func onPremises() []Kind {
	return join(resolverEndpoints(), resolverRules(), sharedRules(), forwarded(), carried())
}

// sharedRules are changes of whom the hub's Resolver rules are shared with.
func sharedRules() []Kind {
	const s, of = "AWS::RAM::ResourceShare", "resolver share"
	with := func(how, at, arn, answer string) Kind {
		return plus(s, how, at, `{"Name": "x", "ResourceArns": [`+arn+`], "Principals": ["999999999999"]}`, answer)
	}
	existing := `"arn:aws:route53resolver:us-east-1:111111111111:resolver-rule/rslvr-rr-0123456789abcdef0"`
	return []Kind{
		set(of, "Principals.99", `"999999999999"`, "sharing"), set(of, "Principals", `[]`, "sharing"),
		set(of, "Principals.99", `"arn:aws:organizations::999999999999:organization/o-stranger00"`, "sharing"),
		set(of, "AllowExternalPrincipals", `true`, "sharing"), set(of, "AllowExternalPrincipals", `-`, "sharing"),
		set(of, "ResourceArns.0", `-`, "sharing"), set(of, "ResourceArns", `[]`, "sharing"),
		set(of, "ResourceArns.99", `"arn:aws:ec2:us-east-1:111111111111:subnet/subnet-0123456789abcdef0"`, "sharing"),
		set(of, "PermissionArns", `["arn:aws:ram::aws:permission/AWSRAMPermissionSomething"]`, "sharing"),
		gone(of, "sharing"),
		with("of a Resolver rule of the hub's, with a stranger", "resolver rule", `"@.Arn"`, "sharing"),
		own(with("of a Resolver rule that exists, with a stranger", "rule profile-resource", existing, "sharing")),
		foreign(with("of a Resolver rule that exists, by its owner", "rule profile-resource", existing,
			"fine: whom its owner shares it with is the owner's to say")),
	}
}

// forwarded are changes of what a spoke's VPC knows of a domain that the hub forwards.
func forwarded() []Kind {
	in := func(typ, how, resources, answer string) Kind {
		return naming("corp.example.com", plusAll(typ, how, "spoke vpc", resources, answer))
	}
	return []Kind{
		in(forward, "for a domain that the hub forwards, in a spoke's VPC", following("corp.example.com", "FORWARD", `"@"`), "name"),
		in(forward, "that excepts a domain that the hub forwards", following("corp.example.com", "SYSTEM", `"@"`), "name"),
		in(forward, "for the domain above one that the hub forwards", following("example.com", "FORWARD", `"@"`),
			"fine: the hub's rule is more specific"),
		in(firewall, "that blocks what the hub forwards", blocking("*.corp.example.com", `"@"`), "name"),
		in(firewall, "that blocks all names", blocking("*", `"@"`), "name"),
		in(firewall, "that blocks a part of what the hub forwards", blocking("evil.corp.example.com", `"@"`),
			"fine: a name of the domain's, which its owner may keep away"),
	}
}

func resolverEndpoints() []Kind {
	var out []Kind
	for _, of := range []string{"inbound resolver-endpoint", "outbound resolver-endpoint"} {
		out = append(out,
			set(of, "IpAddresses.0.Ip", `"10.0.6.9"`, "endpoint"), set(of, "IpAddresses.0.Ip", `-`, "endpoint"),
			set(of, "IpAddresses.0", `-`, "endpoint"),
			set(of, "IpAddresses.99", `{"Ip": "10.0.6.10", "SubnetId": "subnet-0123456789abcdef0"}`, "endpoint"),
			set(of, "IpAddresses.0.SubnetId", `"subnet-0123456789abcdef0"`, "endpoint"),
			set(of, "Direction", `"INBOUND_DELEGATION"`, "endpoint, way"),
			set(of, "SecurityGroupIds", `[]`, "rule"), set(of, "SecurityGroupIds", `["sg-0123456789abcdef0"]`, "rule"),
			set(of, "SecurityGroupIds.99", `"sg-0123456789abcdef0"`, "rule"),
			set(of, "Protocols", `["DoH"]`, "endpoint"), set(of, "Protocols", `["Do53", "DoH"]`, "endpoint"),
			set(of, "Protocols", `["Do53"]`, "fine: the default"),
			set(of, "ResolverEndpointType", `"DUALSTACK"`, "endpoint"), set(of, "ResolverEndpointType", `"IPV6"`, "endpoint"),
			set(of, "ResolverEndpointType", `"IPV4"`, "fine: the default"),
			set(of, "Name", `"another"`, "fine: a name for people"),
			plus(asks, "beside that of "+of, of, `{"Direction": "=Direction", "IpAddresses": "@:IpAddresses", `+
				`"SecurityGroupIds": "@:SecurityGroupIds"}`, "endpoint, way"))
	}
	for _, g := range []struct{ of, typ, other, peer string }{{"inbound group", ingress, egress, `"CidrIp": "192.168.0.0/25"`},
		{"outbound group", egress, ingress, `"CidrIp": "192.168.0.10/32"`}} {
		rule := func(typ, how, properties, answer string) Kind {
			return plus(typ, "of an "+g.of+" of the Resolver, "+how, "resolver "+g.of, `{"GroupId": "@.GroupId", `+properties+`}`, answer)
		}
		dns := `"IpProtocol": "udp", "FromPort": 53, "ToPort": 53`
		out = append(out,
			rule(g.typ, "everybody", `"CidrIp": "0.0.0.0/0", `+dns, "rule"),
			rule(g.typ, "a range of nobody's", `"CidrIp": "198.51.100.0/24", `+dns, "rule"),
			rule(g.typ, "a wider range", `"CidrIp": "192.168.0.0/15", `+dns, "rule"),
			rule(g.typ, "IPv6", `"CidrIpv6": "::/0", `+dns, "rule"),
			rule(g.typ, "another port", g.peer+`, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443`, "rule"),
			rule(g.typ, "all protocols", g.peer+`, "IpProtocol": "-1"`, "rule"),
			rule(g.other, "the other way", `"CidrIp": "0.0.0.0/0", `+dns, "rule"),
			set("resolver "+g.of, "VpcId", `"vpc-0123456789abcdef0"`, "rule, part"))
	}
	for _, rules := range []string{"SecurityGroupIngress", "SecurityGroupEgress"} {
		of := map[string]string{"SecurityGroupIngress": "resolver inbound group", "SecurityGroupEgress": "resolver outbound group"}[rules]
		out = append(out,
			set(of, rules+".0", `-`, "rule"), set(of, rules+".1", `-`, "rule"), set(of, rules+".0.CidrIp", `"0.0.0.0/0"`, "rule"),
			set(of, rules+".0.ToPort", `65535`, "rule"), set(of, rules+".0.FromPort", `52`, "rule"),
			set(of, rules+".0.IpProtocol", `"-1"`, "rule"), set(of, rules+".0.IpProtocol", `"icmp"`, "rule"), set(of, rules, `-`, "rule"),
			set(of, rules+".0.IpProtocol", `"6"`, "fine: the number of TCP"))
	}
	// To and from servers: DNS by TCP and UDP passes both ways, or the endpoints serve nobody.
	for _, wall := range []struct{ how, entries string }{
		{"UDP does not pass", `"I": ` + entry("in", "6", 0, 65535) + `, "O": ` + entry("out", "6", 0, 65535)},
		{"TCP does not pass", `"I": ` + entry("in", "17", 0, 65535) + `, "O": ` + entry("out", "17", 0, 65535)},
		{"questions do not go out", `"I": ` + entry("in", "-1", 0, 65535) + `, "O": ` + entry("out", "17", 1024, 65535) + `, "P": ` +
			entry("out", "6", 1024, 65535)},
		{"answers do not come in", `"I": ` + entry("in", "17", 53, 53) + `, "J": ` + entry("in", "6", 53, 53) + `, "O": ` +
			entry("out", "-1", 0, 65535)},
	} {
		out = append(out, plusAll("AWS::EC2::NetworkAcl", "of a Resolver's subnet, by which "+wall.how, "resolver subnet",
			`{"N": {"Type": "AWS::EC2::NetworkAcl", "Properties": {"VpcId": "@:VpcId"}},
			"A": {"Type": "AWS::EC2::SubnetNetworkAclAssociation", "Properties": {"NetworkAclId": {"Ref": "N"}, "SubnetId": "@"}},
			`+wall.entries+`}`, "path"))
	}
	return append(out,
		plus(asks, "in the hub's VPC, for delegated questions", "resolver subnet",
			`{"Direction": "INBOUND_DELEGATION", "IpAddresses": [{"SubnetId": "@"}], "SecurityGroupIds": []}`, "way, endpoint"))
}

// entry lets a protocol pass from or to everybody, by a rule of the ACL "N".
func entry(direction, protocol string, from, to int) string {
	e := `{"Type": "AWS::EC2::NetworkAclEntry", "Properties": {"NetworkAclId": {"Ref": "N"}, "RuleNumber": NUMBER, "RuleAction": "allow",
		"CidrBlock": "0.0.0.0/0", "Egress": EGRESS, "Protocol": PROTOCOL, "PortRange": {"From": FROM, "To": TO}}}`
	number := map[string]string{"6": "10", "17": "20", "-1": "30"}[protocol]
	return strings.NewReplacer("NUMBER", number, "EGRESS", fmt.Sprint(direction == "out"), "PROTOCOL", protocol, "FROM", strconv.Itoa(from),
		"TO", strconv.Itoa(to)).Replace(e)
}

func resolverRules() []Kind {
	var out []Kind
	for path, values := range map[string][]string{
		"DomainName":     {`"example.com"`, `"amazonaws.com"`, `"x.=DomainName"`, `"."`, `-`},
		"RuleType":       {`"SYSTEM"`, `"DELEGATE"`, `"RECURSIVE"`, `-`},
		"TargetIps.0.Ip": {`"198.51.100.53"`, `"10.0.6.4"`}, "TargetIps.0": {`-`}, "TargetIps": {`-`, `[]`},
		"TargetIps.99": {`{"Ip": "198.51.100.53"}`}, "TargetIps.0.Port": {`"5353"`}, "TargetIps.0.Protocol": {`"DoT"`},
		"ResolverEndpointId": {`"rslvr-out-0123456789abcdef0"`, `-`},
	} {
		for _, value := range values {
			out = append(out, set("resolver rule", path, value, "name"))
		}
	}
	through := func(domain string) string {
		return `{"DomainName": "` + domain + `", "RuleType": "FORWARD", "ResolverEndpointId": "@.ResolverEndpointId", ` +
			`"TargetIps": [{"Ip": "198.51.100.53"}]}`
	}
	return append(out,
		set("resolver rule", "TargetIps.0.Port", `-`, "fine: the default"),
		set("resolver rule", "DomainName", `"=DomainName."`, "fine: the same domain, with the dot at its end"),
		plus(forward, "for another domain, through the hub's endpoint", "outbound resolver-endpoint", through("other.example"), "name"),
		plus(forward, "for all domains, through the hub's endpoint", "outbound resolver-endpoint", through("."), "name"),
		plus(forward, "for a domain again, through the hub's endpoint", "outbound resolver-endpoint", through("corp.example.com"), "name"),
		set("rule-vpc", "ResolverRuleId", `"rslvr-rr-0123456789abcdef9"`, "name"),
		set("rule-vpc", "VPCId", `"vpc-0123456789abcdef0"`, "name, part"),
		gone("rule-vpc", "name"),
		own(plus(follows, "of the hub's own VPC", "resolver rule", `{"ResolverRuleId": "@.ResolverRuleId", "VPCId": "@resolver subnet:VpcId"}`,
			"name")),
		plusAll(follows, "of a stranger's VPC", "resolver rule", `{"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "198.51.100.0/24"}},
			"A": {"Type": "AWS::Route53Resolver::ResolverRuleAssociation", "Properties": {"ResolverRuleId": "@.ResolverRuleId",
			"VPCId": {"Ref": "V"}}}}`, "name"))
}

// carried are changes of what a Profile carries besides the hub's endpoints and rules, and of what hides it from a VPC.
func carried() []Kind {
	of := func(what string) string { return what + " profile-resource" }
	arn := func(kind, id string) string { return `"arn:aws:` + kind + `:us-east-1:111111111111:` + id + `"` }
	zoneARN := func(id string) string { return `"arn:aws:route53:::hostedzone/` + id + `"` }
	add := func(how, what, more, answer string) Kind {
		return plus(carries, how, "profile", `{"Name": "x", "ProfileId": "@", "ResourceArn": `+what+more+`}`, answer)
	}
	group := arn("route53resolver", "firewall-rule-group/rslvr-frg-0123456789abcdef9")
	out := []Kind{
		gone(of("zone"), "profile"), gone(of("rule"), "profile"), gone(of("firewall"), "profile"), gone(of("log"), "profile"),
		set(of("zone"), "ResourceArn", zoneARN("Z0123456789ABCDEFGHIK"), "part, profile"),
		set(of("rule"), "ResourceArn", arn("route53resolver", "resolver-rule/rslvr-rr-0123456789abcdef9"), "name, profile"),
		set(of("firewall"), "ResourceArn", group, "name, profile"),
		set(of("log"), "ResourceArn", arn("route53resolver", "resolver-query-log-config/rqlc-0123456789abcdef9"), "profile"),
		set(of("firewall"), "ResourceProperties", `"{\"priority\":300}"`, "profile"),
		set(of("firewall"), "ResourceProperties", `"{}"`, "profile"), set(of("firewall"), "ResourceProperties", `-`, "profile"),
		add("a zone that the hub's file does not name", zoneARN("Z0123456789ABCDEFGHIK"), "", "part"),
		add("a rule that the hub's file does not name", arn("route53resolver", "resolver-rule/rslvr-rr-0123456789abcdef9"), "", "name"),
		add("a rule group that the hub's file does not name", group, `, "ResourceProperties": "{\"priority\":900}"`, "name"),
		add("a rule group before all others", group, `, "ResourceProperties": "{\"priority\":100}"`, "name"),
		plus(carries, "the same zone again", of("zone"), `{"Name": "x", "ProfileId": "@:ProfileId", "ResourceArn": "=ResourceArn"}`,
			"profile, conflict, name"),
		plus(carries, "the same rule again", of("rule"), `{"Name": "x", "ProfileId": "@:ProfileId", "ResourceArn": "=ResourceArn"}`,
			"profile, conflict, name"),
		plus(carries, "the same rule group again", of("firewall"),
			`{"Name": "x", "ProfileId": "@:ProfileId", "ResourceArn": "=ResourceArn", "ResourceProperties": "{\"priority\":900}"}`,
			"profile, conflict, name"),
	}
	in := func(typ, how, resources, answer string) Kind {
		return naming("resolver-query-log-config", plusAll(typ, how, "spoke vpc", resources, answer))
	}
	own := func(name string) string {
		return `{"Z": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "` + name + `",
			"VPCs": [{"VPCId": "@", "VPCRegion": "us-east-1"}]}}}`
	}
	return append(out,
		in(zone, "of a domain that the Profile has a zone for", own("internal.example.com"), "name"),
		in(zone, "of a domain that the Profile has a rule for", own("partner.example.net"), "name"),
		in(zone, "of a domain that the Profile forwards to the hub's servers", own("corp.example.com"), "name"),
		in(zone, "above a domain that the Profile has", own("example.com"), "fine: what the Profile carries is more specific"),
		in(zone, "below a domain that the Profile has", own("team.internal.example.com"), "fine: a part of the domain, the team's own"),
		in(forward, "for a domain that the Profile has a zone for", following("internal.example.com", "FORWARD", `"@"`), "name"),
		in(forward, "for a domain that the Profile has a rule for", following("partner.example.net", "FORWARD", `"@"`), "name"),
		in(forward, "for a domain that the Profile excepts", following("public.corp.example.com", "FORWARD", `"@"`), "name"),
		in(firewall, "that blocks a domain that the Profile has a zone for", blocking("*.internal.example.com", `"@"`), "name"),
		in(firewall, "that blocks a domain that the Profile has a rule for", blocking("partner.example.net", `"@"`), "name"))
}
