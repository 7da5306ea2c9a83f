package assembly

import (
	"fmt"
	"slices"

	"sharedhub/internal/topology"
)

// How templates write endpoints, names, shares and roles.

// namesOfEndpoint is how many entries of DnsEntries an alias may name: the regional one, and one for each zone, are before it.
const namesOfEndpoint = 12

func endpoint(f fields) []topology.Record {
	dns := f.object("DnsOptions")
	e := &topology.VPCEndpointRecord{Meta: f.meta(), VPC: f.text("VpcId"), ServiceName: f.text("ServiceName"),
		ServiceRegion: f.text("ServiceRegion"),
		Kind:          f.choice("VpcEndpointType"), Subnets: f.texts("SubnetIds"),
		Groups: f.texts("SecurityGroupIds"), Tables: f.texts("RouteTableIds"),
		PrivateDNS: f.flag("PrivateDnsEnabled"), Policy: f.any("PolicyDocument"), IPAddressType: f.choice("IpAddressType"),
		DNSRecordIPType: dns.choice("DnsRecordIpType"), PrivateDNSOnlyForInbound: dns.choice("PrivateDnsOnlyForInboundResolverEndpoint"),
		PrivateDNSPreference: dns.choice("PrivateDnsPreference"), PrivateDNSDomains: dns.texts("PrivateDnsSpecifiedDomains")}
	if e.Kind != "Interface" {
		return one(e)
	}
	for i := range namesOfEndpoint { // an entry is "hosted zone:name"
		entry := f.resource.Attr(fmt.Sprintf("DnsEntries[%d]", i))
		e.DNS = append(e.DNS, topology.EndpointName{Name: derived(entry, "|split(:)[1]"), HostedZone: derived(entry, "|split(:)[0]")})
	}
	return one(e)
}

func dhcpOptions(f fields) []topology.Record {
	return one(&topology.DHCPOptionsRecord{Meta: f.meta(), NameServers: f.texts("DomainNameServers"), DomainName: f.text("DomainName")})
}

func vpcDHCPOptions(f fields) []topology.Record {
	return one(&topology.DHCPOptionsAssociationRecord{Meta: f.meta(), VPC: f.text("VpcId"), Options: f.text("DhcpOptionsId")})
}

func resolverRule(f fields) []topology.Record {
	r := &topology.ResolverRuleRecord{Meta: f.meta(), Domain: f.text("DomainName"), Kind: f.choice("RuleType")}
	r.Forwards = r.Kind != "SYSTEM"
	for _, t := range f.objects("TargetIps") {
		r.Targets = append(r.Targets, topology.ServerText(t.text("Ip"), t.text("Port"), t.choice("Protocol")))
	}
	r.Endpoint, r.ARN = f.text("ResolverEndpointId"), f.resource.Attr("Arn")
	return one(r)
}

func resolverEndpoint(f fields) []topology.Record {
	e := &topology.ResolverEndpointRecord{Meta: f.meta(), Direction: f.choice("Direction"), Groups: f.texts("SecurityGroupIds"),
		Family: f.choice("ResolverEndpointType"), Protocols: f.texts("Protocols")}
	for _, a := range f.objects("IpAddresses") {
		e.Subnets, e.Addresses = append(e.Subnets, a.text("SubnetId")), append(e.Addresses, a.text("Ip"))
	}
	return one(e)
}

func vpcResolverRule(f fields) []topology.Record {
	return one(&topology.ResolverRuleAssociationRecord{Meta: f.meta(), VPC: f.text("VPCId"), Rule: f.text("ResolverRuleId")})
}

func hostedZone(f fields) []topology.Record {
	z := &topology.HostedZoneRecord{Meta: f.meta(), Name: f.text("Name")}
	for _, v := range f.objects("VPCs") {
		z.VPCs = append(z.VPCs, topology.HostedZoneVPC{ID: v.text("VPCId"), Region: v.text("VPCRegion")})
	}
	return one(z)
}

func recordSet(f fields) []topology.Record {
	return one(aRecord(f, f.text("HostedZoneId"), f.text("HostedZoneName")))
}

func recordSetGroup(f fields) []topology.Record {
	var out []topology.Record
	id, name := f.text("HostedZoneId"), f.text("HostedZoneName")
	for _, set := range f.objects("RecordSets") {
		ownID, ownName := set.text("HostedZoneId"), set.text("HostedZoneName")
		if ownID+ownName == "" {
			ownID, ownName = id, name
		}
		out = append(out, aRecord(set, ownID, ownName))
	}
	return out
}

func namespace(f fields) []topology.Record {
	return one(&topology.HostedZoneRecord{Meta: f.meta(), Name: f.text("Name"),
		VPCs: []topology.HostedZoneVPC{{ID: f.text("Vpc"), Region: f.resource.Stack.Region}}})
}

func firewallDomainList(f fields) []topology.Record {
	return one(&topology.DNSFirewallDomainListRecord{Meta: f.meta(), Domains: f.texts("Domains"), File: f.text("DomainFileUrl")})
}

func firewallRuleGroup(f fields) []topology.Record {
	g := &topology.DNSFirewallRuleGroupRecord{Meta: f.meta()}
	for _, r := range f.objects("FirewallRules") {
		r.text("DnsThreatProtection") // has no list of domains, which is what counts
		g.Rules = append(g.Rules, topology.DNSFirewallRule{Priority: r.number("Priority", 0), Action: r.choice("Action"),
			QType: r.choice("Qtype"), List: r.text("FirewallDomainListId")})
	}
	return one(g)
}

func vpcFirewallRuleGroup(f fields) []topology.Record {
	return one(&topology.DNSFirewallRuleGroupAssociationRecord{Meta: f.meta(), VPC: f.text("VpcId"), Group: f.text("FirewallRuleGroupId"),
		Priority: f.number("Priority", 0)})
}

// routings are the properties that make a record one of several of its name.
var routings = map[string]string{"Weight": "weighted", "Failover": "failover", "Region": "latency", "MultiValueAnswer": "multivalue",
	"GeoLocation":          "geolocation",
	"GeoProximityLocation": "geoproximity", "CidrRoutingConfig": "cidr"}

func aRecord(f fields, zone, zoneName string) *topology.RecordSetRecord {
	r := &topology.RecordSetRecord{Meta: f.meta(), HostedZone: zone, HostedZoneName: zoneName, Name: f.text("Name"),
		RecordType: f.choice("Type"),
		Values:     f.texts("ResourceRecords"), SetIdentifier: f.text("SetIdentifier"), TTL: f.text("TTL"), HealthCheck: f.text("HealthCheckId")}
	for property, routing := range routings {
		if v := f.any(property); v != nil && scalar(v) != "false" {
			r.Routing = routing
		}
	}
	r.Policy = topology.RoutingPolicy{Weight: f.number("Weight", topology.UnknownWeight), Failover: f.choice("Failover")}
	if place := f.object("GeoLocation"); place.choice("CountryCode") == "*" {
		r.Policy.Everywhere = true
	}
	for _, a := range f.objects("AliasTarget") {
		r.Alias = &topology.Alias{Name: a.text("DNSName"), HostedZone: a.text("HostedZoneId")}
		r.Alias.From, _, _ = SplitSymbol(r.Alias.Name)
		r.Policy.Health = !slices.Contains([]string{"", "false"}, a.choice("EvaluateTargetHealth"))
	}
	return r
}

func profile(f fields) []topology.Record {
	return one(&topology.R53ProfileRecord{Meta: f.meta(), ARN: f.resource.Attr("Arn")})
}

func profileResource(f fields) []topology.Record {
	r := &topology.R53ProfileResourceAssociationRecord{Meta: f.meta(), Profile: f.text("ProfileId"), ResourceARN: f.text("ResourceArn")}
	r.Resource, _, _ = SplitSymbol(r.ResourceARN)
	r.Priority = topology.ProfilePriority(f.text("ResourceProperties"))
	return one(r)
}

func profileVPC(f fields) []topology.Record {
	return one(&topology.R53ProfileAssociationRecord{Meta: f.meta(), Profile: f.text("ProfileId"), VPC: f.text("ResourceId")})
}

func share(f fields) []topology.Record {
	return one(&topology.ShareRecord{Meta: f.meta(), Resources: f.texts("ResourceArns"), Principals: f.texts("Principals"),
		Permissions: f.texts("PermissionArns"),
		External:    f.choice("AllowExternalPrincipals") != "false"})
}

func role(f fields) []topology.Record {
	r := &topology.RoleRecord{Meta: f.meta(), Name: f.text("RoleName"), Trust: f.any("AssumeRolePolicyDocument"),
		ManagedPolicies: f.texts("ManagedPolicyArns"),
		Boundary:        f.text("PermissionsBoundary")}
	if r.Name != "" {
		path := f.text("Path")
		if path == "" {
			path = "/"
		}
		r.ARN = f.resource.Stack.ARN("iam", false, "role"+path+r.Name)
	}
	for _, p := range f.objects("Policies") {
		r.Policies = append(r.Policies, p.any("PolicyDocument"))
	}
	return one(r)
}

func rolePolicy(f fields) []topology.Record {
	return one(&topology.RolePolicyRecord{Meta: f.meta(), Roles: append(f.texts("Roles"), f.texts("RoleName")...),
		Document: f.any("PolicyDocument")})
}
