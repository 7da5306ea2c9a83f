package prove

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

const (
	kmsName   = "kms.us-east-1.amazonaws.com"
	dkrName   = "dkr.ecr.us-east-1.amazonaws.com"
	oneOfDkr  = "222222222222." + dkrName
	elsewhere = "203.0.113.9"
	zoneOfKMS = "kms-zone"
	zoneOfDkr = "dkr-zone"
)

func metaOf(id string) topology.Meta {
	return topology.Meta{
		ID: id, Type: "some type", Source: topology.Source{Stack: "s", ID: id}, Account: "2", Region: "us-east-1", Partition: "aws",
	}
}

func zoneRecord(id, name string) *topology.HostedZoneRecord {
	return &topology.HostedZoneRecord{Meta: metaOf(id), Name: name, VPCs: []topology.HostedZoneVPC{{ID: "vpc", Region: "us-east-1"}}}
}

// alias leads to the endpoint of a service; change bends it.
func alias(id, zone, name, service string, change ...func(*topology.RecordSetRecord)) *topology.RecordSetRecord {
	r := &topology.RecordSetRecord{Meta: metaOf(id), HostedZone: zone, Name: name, RecordType: "A",
		Alias: &topology.Alias{Name: "vpce." + service, HostedZone: "Z" + service}}
	for _, c := range change {
		c(r)
	}
	return r
}

func values(id, zone, name, typ string, list ...string) *topology.RecordSetRecord {
	return &topology.RecordSetRecord{Meta: metaOf(id), HostedZone: zone, Name: name, RecordType: typ, TTL: "60", Values: list}
}

func routed(set, routing string, policy topology.RoutingPolicy) func(*topology.RecordSetRecord) {
	return func(r *topology.RecordSetRecord) { r.SetIdentifier, r.Routing, r.Policy = set, routing, policy }
}

func bent(r *topology.RecordSetRecord, change func(*topology.RecordSetRecord)) *topology.RecordSetRecord {
	change(r)
	return r
}

func rule(id, domain string, forwards bool) []topology.Record {
	return []topology.Record{&topology.ResolverRuleRecord{Meta: metaOf(id), Domain: domain, Forwards: forwards},
		&topology.ResolverRuleAssociationRecord{Meta: metaOf(id + "-used"), VPC: "vpc", Rule: id}}
}

func firewall(rules ...topology.DNSFirewallRule) []topology.Record {
	out := []topology.Record{&topology.DNSFirewallRuleGroupAssociationRecord{Meta: metaOf("fw-used"), VPC: "vpc", Group: "fw"}}
	for i := range rules {
		if rules[i].List == "" && rules[i].Domains != nil {
			id := fmt.Sprintf("list%d", i)
			out = append(out, &topology.DNSFirewallDomainListRecord{Meta: metaOf(id), Domains: rules[i].Domains})
			rules[i] = topology.DNSFirewallRule{Priority: i, Action: rules[i].Action, QType: rules[i].QType, List: id}
		}
	}
	return append(out, &topology.DNSFirewallRuleGroupRecord{Meta: metaOf("fw"), Rules: rules})
}

// profile is one of the VPC, with resources by ARN.
func profile(arns ...string) []topology.Record {
	out := []topology.Record{&topology.R53ProfileRecord{Meta: metaOf("profile")},
		&topology.R53ProfileAssociationRecord{Meta: metaOf("profile-used"), Profile: "profile", VPC: "vpc"}}
	for i, arn := range arns {
		out = append(out, &topology.R53ProfileResourceAssociationRecord{
			Meta: metaOf(fmt.Sprintf("carries%d", i)), Profile: "profile", ResourceARN: arn,
		})
	}
	return out
}

func gatewayEndpoint(service string) topology.Record {
	return &topology.VPCEndpointRecord{
		Meta: metaOf("gw-" + service), VPC: "vpc", Kind: "Gateway", ServiceName: "com.amazonaws.us-east-1." + service,
	}
}

// What is wrong with the names of a spoke's VPC that has a zone for KMS and one for ECR's registries. Records of one id
// replace each other.
func TestNames(t *testing.T) {
	kms := func(change ...func(*topology.RecordSetRecord)) *topology.RecordSetRecord {
		return alias("kms-a", zoneOfKMS, kmsName, "kms", change...)
	}
	other := func(set, routing string, p topology.RoutingPolicy) *topology.RecordSetRecord {
		return bent(values("kms-b", zoneOfKMS, kmsName, "A", elsewhere), routed(set, routing, p))
	}
	second := func(set, routing string, p topology.RoutingPolicy) *topology.RecordSetRecord {
		return alias("kms-b", zoneOfKMS, kmsName, "kms", routed(set, routing, p))
	}
	type policy = topology.RoutingPolicy
	for _, c := range []struct {
		name string
		with []topology.Record
		want string // in a finding; "" is none at all
	}{
		{"as written", nil, ""},
		{"other spellings", []topology.Record{kms(func(r *topology.RecordSetRecord) {
			r.Name, r.Alias.Name = "KMS.us-east-1.amazonaws.com.",
				"VPCE.kms."
		}),
			alias("dkr-w", zoneOfDkr, `\052.`+dkrName+".", "dkr")}, ""},

		{"weighted, both at the endpoint", []topology.Record{kms(routed("a", "weighted", policy{Weight: 1})),
			second("b", "weighted", policy{Weight: 9})}, ""},
		{"weighted, one elsewhere", []topology.Record{kms(routed("a", "weighted", policy{Weight: 0})),
			other("b", "weighted", policy{Weight: 100})}, `may answer with "b"`},
		{"weighted, weight 0 elsewhere", []topology.Record{kms(routed("a", "weighted", policy{Weight: 100})), other("b", "weighted", policy{})},
			""},
		{"weighted, weight 0 elsewhere answers when the other is unhealthy",
			[]topology.Record{kms(routed("a", "weighted", policy{Weight: 100, Health: true})), other("b", "weighted", policy{})},
			`may answer with "b"`},
		{"weighted, all of weight 0", []topology.Record{kms(routed("a", "weighted", policy{})), other("b", "weighted", policy{})},
			`may answer with "b"`},
		{"weights that only AWS knows", []topology.Record{kms(routed("a", "weighted", policy{Weight: 1})),
			other("b", "weighted", policy{Weight: topology.UnknownWeight})}, `may answer`},
		{"failover to elsewhere", []topology.Record{kms(routed("a", "failover", policy{Failover: "PRIMARY", Health: true})),
			other("b", "failover", policy{Failover: "SECONDARY"})}, `may answer with "b"`},
		{"failover, both at the endpoint", []topology.Record{kms(routed("a", "failover", policy{Failover: "PRIMARY"})),
			second("b", "failover", policy{Failover: "SECONDARY"})}, ""},
		{"failover without a primary", []topology.Record{kms(routed("a", "failover", policy{Failover: "SECONDARY"}))}, "no PRIMARY"},
		{"geolocation of one place", []topology.Record{kms(routed("a", "geolocation", policy{}))}, "some places only"},
		{"geolocation of all others", []topology.Record{kms(routed("a", "geolocation", policy{Everywhere: true}))}, ""},
		{"geolocation of one place elsewhere", []topology.Record{kms(routed("a", "geolocation", policy{Everywhere: true})),
			other("b", "geolocation", policy{})}, `may answer with "b"`},
		{"latency, one elsewhere", []topology.Record{kms(routed("a", "latency", policy{})), other("b", "latency", policy{})},
			`may answer with "b"`},
		{"latency of one region", []topology.Record{kms(routed("a", "latency", policy{}))}, ""},
		{"multivalue alias", []topology.Record{kms(routed("a", "multivalue", policy{}))}, "which only values can have"},
		{"IP-based", []topology.Record{kms(routed("a", "cidr", policy{}))}, "IP-based routing"},
		{"two policies", []topology.Record{kms(routed("a", "weighted", policy{Weight: 1})), second("b", "latency", policy{})},
			"not by one routing policy"},
		{"twice", []topology.Record{kms(), second("", "", policy{})}, "is there twice"},
		{"one SetIdentifier twice", []topology.Record{kms(routed("a", "latency", policy{})), second("a", "latency", policy{})},
			"twice with SetIdentifier a"},
		{"a policy without SetIdentifier", []topology.Record{kms(routed("", "latency", policy{}))}, "needs a routing policy and a SetIdentifier"},

		{"a wildcard by CNAME", []topology.Record{values("dkr-w", zoneOfDkr, "*."+dkrName, "CNAME", "VPCE.dkr.")}, ""},
		{"a CNAME in two steps", []topology.Record{values("dkr-w", zoneOfDkr, "*."+dkrName, "CNAME", dkrName)}, ""},
		{"a CNAME to elsewhere", []topology.Record{values("dkr-w", zoneOfDkr, "*."+dkrName, "CNAME", "registry.example.com")},
			"points to registry.example.com"},
		{"a CNAME to another service", []topology.Record{values("dkr-w", zoneOfDkr, "*."+dkrName, "CNAME", "vpce.kms")},
			"resolves to the endpoint of com.amazonaws.us-east-1.kms"},
		{"CNAME in a circle", []topology.Record{values("dkr-w", zoneOfDkr, "*."+dkrName, "CNAME", "a."+dkrName)}, "lead to each other"},
		{"a CNAME at the apex", []topology.Record{values("kms-a", zoneOfKMS, kmsName, "CNAME", "vpce.kms")}, "at the apex"},
		{"a CNAME whose target is forwarded", append(rule("r", "vpce.amazonaws.com", true), values("dkr-w", zoneOfDkr, "*."+dkrName, "CNAME",
			"vpce.dkr")), "own name, which does not resolve"},
		{"an alias of another name of the zone", []topology.Record{alias("dkr-w", zoneOfDkr, "*."+dkrName, "",
			func(r *topology.RecordSetRecord) { r.Alias = &topology.Alias{Name: dkrName, HostedZone: zoneOfDkr} })}, ""},
		{"an alias of an endpoint that nobody has", []topology.Record{alias("kms-a", zoneOfKMS, kmsName, "foreign")},
			"not an endpoint of the network"},

		{"part of a wildcard by HostedZoneName", []topology.Record{bent(values("x", "", oneOfDkr, "A", elsewhere),
			func(r *topology.RecordSetRecord) {
				r.HostedZoneName, r.DependsOn = dkrName+".", []string{zoneOfDkr}
			})}, "may hide one"},
		{"by HostedZoneName, in its place", []topology.Record{kms(func(r *topology.RecordSetRecord) {
			r.HostedZone, r.HostedZoneName, r.DependsOn = "", strings.ToUpper(kmsName), []string{zoneOfKMS}
		})}, ""},
		{"by HostedZoneName, perhaps before the zone",
			[]topology.Record{kms(func(r *topology.RecordSetRecord) { r.HostedZone, r.HostedZoneName = "", kmsName })}, "expected DependsOn"},
		{"by HostedZoneName of two zones", []topology.Record{&topology.HostedZoneRecord{Meta: metaOf("public"), Name: kmsName},
			kms(func(r *topology.RecordSetRecord) {
				r.HostedZone, r.HostedZoneName, r.DependsOn = "", kmsName, []string{zoneOfKMS}
			})}, "has 2 of that name"},
		{"outside its zone", []topology.Record{alias("x", zoneOfKMS, dkrName, "dkr")}, "outside its hosted zone"},
		{"from another account", []topology.Record{kms(func(r *topology.RecordSetRecord) { r.Account = "3" })}, "written in account 3"},
		{"an alias with a TTL", []topology.Record{kms(func(r *topology.RecordSetRecord) { r.TTL = "60" })}, "needs a TTL where"},

		{"AAAA at the endpoint",
			[]topology.Record{alias("x", zoneOfKMS, kmsName, "kms", func(r *topology.RecordSetRecord) { r.RecordType = "AAAA" })}, ""},
		{"AAAA elsewhere", []topology.Record{values("x", zoneOfKMS, kmsName, "AAAA", "2001:db8::1")}, "AAAA leads to 2001:db8::1"},
		{"HTTPS", []topology.Record{values("x", zoneOfKMS, kmsName, "HTTPS", "1 other.example.com alpn=h2")}, "may lead clients elsewhere"},
		{"TXT beside it", []topology.Record{values("x", zoneOfKMS, kmsName, "TXT", `"a"`)}, ""},
		{"TXT instead", []topology.Record{values("kms-a", zoneOfKMS, kmsName, "TXT", `"a"`)}, "none of type A"},
		{"TXT at a part of a wildcard", []topology.Record{values("x", zoneOfDkr, oneOfDkr, "TXT", `"a"`)}, "may hide one"},
		{"a delegation in the zone", []topology.Record{values("x", zoneOfDkr, "eu."+dkrName, "NS", "ns.example.com")}, "may hide one"},
		// hubNames says it
		{"in a zone that no stack makes", []topology.Record{kms(), values("x", "Z0123456789", "a."+dkrName, "A", elsewhere)}, ""},

		{"a zone for a part of a wildcard", []topology.Record{zoneRecord("z", oneOfDkr)}, "hides part of *."},
		{"a zone of all names of AWS", []topology.Record{zoneRecord("z", "AmazonAWS.com.")}, "hides all names of AWS"},
		{"a zone of a region", []topology.Record{zoneRecord("z", "us-east-1.amazonaws.com")}, "hides all names of AWS"},
		{"a zone of endpoints' names", []topology.Record{zoneRecord("z", "us-east-1.vpce.amazonaws.com")}, "hides all names of AWS"},
		{"a zone of com", []topology.Record{zoneRecord("z", "com")}, "hides all names of AWS"},
		{"a zone of the root", []topology.Record{zoneRecord("z", ".")}, "hides all names of AWS"},
		{"a zone of api.aws", []topology.Record{zoneRecord("z", "us-east-1.api.aws")}, "hides all names of AWS"},
		{"a zone of on.aws", []topology.Record{zoneRecord("z", "on.aws")}, "hides all names of AWS"},
		{"a zone above a served name", []topology.Record{zoneRecord("z", "ecr.us-east-1.amazonaws.com")}, "above names that the hub serves"},
		{"a zone of another service without records", []topology.Record{zoneRecord("z", "sqs.us-east-1.amazonaws.com")},
			"hides that name of AWS"},
		{"a zone of another service with its record", []topology.Record{zoneRecord("z", "sqs.us-east-1.amazonaws.com"),
			values("x", "z", "sqs.us-east-1.amazonaws.com", "A", "10.1.0.9")}, "answers for a service of AWS"},
		{"a zone of another region's service with its record", []topology.Record{zoneRecord("z", "sqs.eu-west-1.amazonaws.com"),
			values("x", "z", "sqs.eu-west-1.amazonaws.com", "A", "10.1.0.9")}, "answers for a service of AWS"},
		{"a zone of one API's name with its record", []topology.Record{zoneRecord("z", "a1b2c3.execute-api.eu-west-1.amazonaws.com"),
			values("x", "z", "a1b2c3.execute-api.eu-west-1.amazonaws.com", "A", "10.1.0.9")}, ""},
		{"a zone of one's own", []topology.Record{zoneRecord("z", "corp.example.com")}, ""},
		{"two zones of one's own name", []topology.Record{zoneRecord("z", "corp.example.com"), zoneRecord("y", "corp.example.com")},
			"two hosted zones are named"},
		{"a second zone of a served name", []topology.Record{zoneRecord("z", kmsName)}, "two hosted zones are named"},
		{"a zone whose name only AWS knows", []topology.Record{zoneRecord("z", "\ue000s/P\ue001")}, "only AWS will know the name"},
		{"a zone of DynamoDB, with a gateway endpoint", []topology.Record{gatewayEndpoint("dynamodb"),
			zoneRecord("z", "dynamodb.us-east-1.amazonaws.com"),
			values("x", "z", "dynamodb.us-east-1.amazonaws.com", "A", "10.1.0.9")}, "which a gateway endpoint serves"},
		{"a zone of one bucket, with a gateway endpoint", []topology.Record{gatewayEndpoint("s3"),
			zoneRecord("z", "b.s3.us-east-1.amazonaws.com"),
			values("x", "z", "b.s3.us-east-1.amazonaws.com", "A", "10.1.0.9")}, "hides a part of it"},
		{"a gateway endpoint alone", []topology.Record{gatewayEndpoint("s3")}, ""},
		{"all of AWS forwarded, with a gateway endpoint", append(rule("r", "amazonaws.com", true), gatewayEndpoint("s3")), ""},
		{"DynamoDB forwarded, with a gateway endpoint", append(rule("r", "dynamodb.us-east-1.amazonaws.com", true),
			gatewayEndpoint("dynamodb")), "which a gateway endpoint serves"},
		{"one bucket forwarded, with a gateway endpoint", append(rule("r", "b.s3.us-east-1.amazonaws.com", true), gatewayEndpoint("s3")),
			"which a gateway endpoint serves"},

		{"the name forwarded", rule("r", kmsName+".", true), "forwards " + kmsName},
		{"a parent forwarded", rule("r", "us-east-1.amazonaws.com", true), ""},
		{"the root forwarded", rule("r", ".", true), ""},
		{"part of a wildcard forwarded", rule("r", oneOfDkr, true), "a part of *."},
		{"a system rule for the name", rule("r", kmsName, false), ""},
		{"a name in no wildcard forwarded", rule("r", "a."+kmsName, true), ""},
		{"a rule known by id", []topology.Record{&topology.ResolverRuleAssociationRecord{Meta: metaOf("used"), VPC: "vpc", Rule: "rslvr-rr-1"}},
			"nobody knows which names"},
		{"the rule that AWS makes", []topology.Record{&topology.ResolverRuleAssociationRecord{Meta: metaOf("used"), VPC: "vpc",
			Rule: "rslvr-autodefined-rr-internet-resolver"}}, ""},
		{"two rules of one domain", append(rule("r", "example.com", true), rule("q", "example.com.", false)...), "two Resolver rules"},
		// the VPC's own zone wins
		{"the name forwarded by the Profile", append(profile("arn:aws:route53resolver:us-east-1:2:resolver-rule/r"),
			rule("r", kmsName, true)[0]), ""},
		{"part of a wildcard forwarded by the Profile", append(profile("arn:aws:route53resolver:us-east-1:2:resolver-rule/r"),
			rule("r", oneOfDkr, true)[0]), "a part of *."},
		{"a Profile with an unknown rule", profile("arn:aws:route53resolver:us-east-1:2:resolver-rule/rslvr-rr-1"), "nobody knows which names"},
		{"a Profile with an unknown firewall", profile("arn:aws:route53resolver:us-east-1:2:firewall-rule-group/rslvr-frg-1"), "may block it"},
		{"a Profile that logs", profile("arn:aws:route53resolver:us-east-1:2:resolver-query-log-config/rqlc-1"), ""},

		{"a firewall that blocks AWS", firewall(topology.DNSFirewallRule{Action: "BLOCK", Domains: []string{"*.amazonaws.com."}}),
			"DNS Firewall blocks it"},
		{"a firewall that blocks everything", firewall(topology.DNSFirewallRule{Action: "BLOCK", Domains: []string{"*"}}),
			"DNS Firewall blocks it"},
		{"everything but AWS", firewall(topology.DNSFirewallRule{Action: "ALLOW", Domains: []string{"*.amazonaws.com"}},
			topology.DNSFirewallRule{Action: "BLOCK", Domains: []string{"*"}}), ""},
		{"everything but one name", firewall(topology.DNSFirewallRule{Action: "ALLOW", Domains: []string{kmsName}},
			topology.DNSFirewallRule{Action: "BLOCK", Domains: []string{"*"}}), dkrName},
		{"alerts only", firewall(topology.DNSFirewallRule{Action: "ALERT", Domains: []string{"*"}}), ""},
		{"other names blocked", firewall(topology.DNSFirewallRule{Action: "BLOCK", Domains: []string{"example.com", "*.example.com"}}), ""},
		{"IPv6 questions blocked", firewall(topology.DNSFirewallRule{Action: "BLOCK", QType: "AAAA", Domains: []string{"*"}}), ""},
		{"part of a wildcard blocked", firewall(topology.DNSFirewallRule{Action: "BLOCK", Domains: []string{oneOfDkr}}),
			"DNS Firewall blocks " + oneOfDkr},
		{"a list known by id that blocks", firewall(topology.DNSFirewallRule{Action: "BLOCK", List: "rslvr-fdl-1"}), "may block it"},
		{"a list known by id that alerts", firewall(topology.DNSFirewallRule{Action: "ALERT", List: "rslvr-fdl-1"}), ""},
		{"a guess at threats that blocks", firewall(topology.DNSFirewallRule{Action: "BLOCK"}), "guesses at threats"},
		{"a firewall known by id", []topology.Record{&topology.DNSFirewallRuleGroupAssociationRecord{Meta: metaOf("used"), VPC: "vpc",
			Group: "rslvr-frg-1"}}, "may block it"},
		{"a firewall that blocks a gateway endpoint's names",
			append(firewall(topology.DNSFirewallRule{Action: "BLOCK", Domains: []string{"*.dynamodb.us-east-1.amazonaws.com"}}),
				gatewayEndpoint("dynamodb")), "which a gateway endpoint serves"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := namesOf(c.with)
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("expected %q, found:\n%s", c.want, got)
			}
		})
	}
}

// namesOf are the findings of the names of a VPC, with other parts.
func namesOf(with []topology.Record) string {
	p, sc := namesScene(with)
	var out []string
	for _, r := range p.checkNames(sc, p.net.VPCs["vpc"]) {
		out = append(out, r.text)
	}
	return strings.Join(out, "\n")
}

func namesScene(with []topology.Record) (*prover, *scene) {
	endpoint := func(name, service string) *topology.VPCEndpointRecord {
		return &topology.VPCEndpointRecord{Meta: metaOf(name), VPC: "hub", Kind: "Interface", ServiceName: "com.amazonaws.us-east-1." + service,
			DNS: []topology.EndpointName{{Name: "vpce." + name, HostedZone: "Z" + name}}}
	}
	parts := []topology.Record{
		&topology.VPCRecord{Meta: metaOf("hub"), CIDRs: []string{"10.0.0.0/20"}, DNSSupport: true, DNSNames: true},
		&topology.VPCRecord{Meta: metaOf("vpc"), CIDRs: []string{"10.1.0.0/20"}, DNSSupport: true, DNSNames: true},
		endpoint("kms", "kms"), endpoint("dkr", "ecr.dkr"), zoneRecord(zoneOfKMS, kmsName), zoneRecord(zoneOfDkr, dkrName),
	}
	given := map[string]bool{}
	for _, r := range with {
		if r, ok := r.(*topology.RecordSetRecord); ok {
			given[r.ID] = true
		}
	}
	for _, r := range []*topology.RecordSetRecord{alias("kms-a", zoneOfKMS, kmsName, "kms"), alias("dkr-a", zoneOfDkr, dkrName, "dkr"),
		alias("dkr-w", zoneOfDkr, "*."+dkrName, "dkr")} {
		if !given[r.ID] {
			parts = append(parts, r)
		}
	}
	parts = append(parts, with...)
	net := topology.Link(topology.Records{Parts: parts})
	p := newProver(&config.Config{}, net)
	of := func(id string, names ...string) *service {
		e := net.Endpoints[id]
		return &service{
			&config.Endpoint{Catalog: &catalog.Service{Name: id, ServiceName: e.ServiceName, Region: "us-east-1", PrivateNames: names}}, e, nil,
		}
	}
	sc := &scene{hub: &config.Hub{Name: "h", Region: "us-east-1", Sharing: config.SharingZones}, vpc: net.VPCs["hub"],
		services: []*service{of("kms", kmsName), of("dkr", "*."+dkrName)}}
	return p, sc
}

// A record of a hub's name in a zone that no stack makes may be in a zone that a VPC of the hub asks.
func TestStrayRecords(t *testing.T) {
	for _, c := range []struct {
		account, name string
		want          int
	}{
		{"2", "a." + dkrName, 1}, {"2", kmsName, 1}, {"3", kmsName, 0}, {"2", "example.com", 0},
	} {
		r := values("x", "Z0123456789", c.name, "A", elsewhere)
		r.Account = c.account
		p, sc := namesScene([]topology.Record{r})
		sc.hub.Account = "2"
		if p.strayRecords(sc); len(p.Findings) != c.want {
			t.Errorf("%s in account %s: expected %d findings, found %v", c.name, c.account, c.want, p.Findings)
		}
	}
}

// The private names that reach tells of a VPC are those that its hosts resolve.
func TestPrivateAnswers(t *testing.T) {
	for _, c := range []struct {
		name string
		with []topology.Record
		bend func(v *topology.VPC)
		want int
	}{
		{"as written", nil, nil, 3},
		{"one forwarded", rule("r", kmsName, true), nil, 2},
		{"one elsewhere", []topology.Record{values("kms-a", zoneOfKMS, kmsName, "A", elsewhere)}, nil, 2},
		{"all blocked", firewall(topology.DNSFirewallRule{Action: "BLOCK", Domains: []string{"*"}}), nil, 0},
		{"a CNAME record", []topology.Record{values("dkr-w", zoneOfDkr, "*."+dkrName, "CNAME", dkrName)}, nil, 3},
		{"no DNS host names", nil, func(v *topology.VPC) { v.DNSNames = false }, 0},
		{"other name servers", nil, func(v *topology.VPC) { v.NameServers = []string{"192.0.2.53"} }, 0},
	} {
		p, _ := namesScene(c.with)
		v := p.net.VPCs["vpc"]
		if c.bend != nil {
			c.bend(v)
		}
		got := (&Names{p}).Of(v)
		if got = slices.DeleteFunc(got, func(a Answer) bool { return a.Wrong != "" }); len(got) != c.want {
			t.Errorf("%s: expected %d names, found %v", c.name, c.want, got)
		}
	}
}

// What explain says of a service whose names do not lead to its endpoint.
func TestExplainNames(t *testing.T) {
	for _, c := range []struct {
		name string
		with []topology.Record
		bend func(v *topology.VPC)
		want string
	}{
		{"as written", nil, nil, ""},
		{"forwarded", rule("r", kmsName, true), nil, "a Resolver rule forwards"},
		{"another endpoint's", []topology.Record{alias("kms-a", zoneOfKMS, kmsName, "dkr")}, nil,
			"expected the hub's endpoint, found that of com.amazonaws.us-east-1.ecr.dkr"},
		{"other name servers", nil, func(v *topology.VPC) { v.NameServers = []string{"192.0.2.53"} }, "192.0.2.53 instead of the VPC resolver"},
		{"unknown name servers", nil, func(v *topology.VPC) { v.UnknownNameServers = "nobody knows" }, "nobody knows"},
		{"DNS host names off", nil, func(v *topology.VPC) { v.DNSNames = false }, "DNS host names are off"},
		{"an unknown rule", []topology.Record{&topology.ResolverRuleAssociationRecord{Meta: metaOf("used"), VPC: "vpc", Rule: "rslvr-rr-1"}},
			nil, "nobody knows which names"},
	} {
		p, sc := namesScene(c.with)
		v := p.net.VPCs["vpc"]
		if c.bend != nil {
			c.bend(v)
		}
		wrong := ""
		for _, n := range p.serviceNames(v, sc, sc.services[0], true) {
			wrong += n.Wrong
		}
		if c.want == "" && wrong != "" || !strings.Contains(wrong, c.want) {
			t.Errorf("%s: expected %q, found %q", c.name, c.want, wrong)
		}
	}
}
