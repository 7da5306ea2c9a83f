package topology

import (
	"strings"

	"sharedhub/internal/assembly"
)

// What decides how a VPC's hosts resolve names: zones, profiles, Resolver rules and DHCP options.

func (b *builder) zone(r *assembly.Resource) {
	z := &HostedZone{ID: r.Ref(), Name: domain(text(r.Properties, "Name")), Account: r.Stack.Account, Source: source(r)}
	for _, v := range objects(r.Properties, "VPCs") {
		z.VPCs = append(z.VPCs, HostedZoneVPC{text(v, "VPCId"), text(v, "VPCRegion")})
	}
	if len(z.VPCs) > 0 { // without one it is public
		b.HostedZones[z.ID] = z
	}
}

func domain(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

func (b *builder) record(r *assembly.Resource) {
	b.addRecord(r, r.Properties, text(r.Properties, "HostedZoneId"))
}

func (b *builder) recordGroup(r *assembly.Resource) {
	for _, set := range objects(r.Properties, "RecordSets") {
		b.addRecord(r, set, text(r.Properties, "HostedZoneId"))
	}
}

func (b *builder) addRecord(r *assembly.Resource, props map[string]any, zoneID string) {
	z := b.HostedZones[zoneID]
	if z == nil {
		return // a public zone's, or another app's
	}
	rec := DNSRecord{Name: domain(text(props, "Name")), Type: text(props, "Type"), Source: source(r)}
	if alias, ok := props["AliasTarget"].(map[string]any); ok {
		rec.Target = assembly.Plain(text(alias, "DNSName"))
		rec.Endpoint, rec.Broken = b.aliased(text(alias, "DNSName"), text(alias, "HostedZoneId"))
	} else {
		rec.Target = strings.Join(texts(props, "ResourceRecords"), " ")
	}
	z.Records = append(z.Records, rec)
}

// aliased finds the endpoint behind an alias: its name is the second part of an entry of DnsEntries, and its hosted zone
// the first part of the same entry.
func (b *builder) aliased(name, zone string) (*Endpoint, string) {
	ref, attribute, _ := assembly.SplitSymbol(name)
	e := b.Endpoints[ref]
	if e == nil {
		return nil, ""
	}
	entry, form, _ := strings.Cut(attribute, "|")
	zoneRef, zoneAttribute, _ := assembly.SplitSymbol(zone)
	switch {
	case form != "split(:)[1]":
		return e, "the alias is not the name of the endpoint's DNS entry"
	case entry != "DnsEntries[0]":
		return e, "the alias is " + entry + ", not the endpoint's regional name, DnsEntries[0]"
	case zoneRef != ref || zoneAttribute != entry+"|split(:)[0]":
		return e, "the alias's hosted zone is not that of the same DNS entry"
	}
	return e, ""
}

func (b *builder) profile(r *assembly.Resource) {
	b.R53Profiles[r.Ref()] = &R53Profile{ID: r.Ref(), ARN: r.Attr("Arn"), Account: r.Stack.Account, Region: r.Stack.Region, Source: source(r)}
}

func (b *builder) profileResource(r *assembly.Resource) {
	p := b.R53Profiles[text(r.Properties, "ProfileId")]
	if p == nil {
		b.strange(r, "adds to a profile that is not in the stacks")
		return
	}
	arn := text(r.Properties, "ResourceArn")
	if _, id, ok := strings.Cut(arn, ":vpc-endpoint/"); ok && b.Endpoints[id] != nil {
		p.Endpoints = append(p.Endpoints, b.Endpoints[id])
	} else if _, id, ok := strings.Cut(arn, ":hostedzone/"); ok && b.HostedZones[id] != nil {
		p.HostedZones = append(p.HostedZones, b.HostedZones[id])
	} else {
		b.strange(r, "adds what is neither an endpoint nor a zone of the stacks to a profile: %s", arn)
	}
}

func (b *builder) profileVPC(r *assembly.Resource) {
	p, v := b.R53Profiles[text(r.Properties, "ProfileId")], b.VPCs[text(r.Properties, "ResourceId")]
	if p == nil || v == nil {
		b.strange(r, "associates a profile or VPC that is not in the stacks")
		return
	}
	b.R53ProfileAssociations[v.ID] = append(b.R53ProfileAssociations[v.ID], R53ProfileAssociation{p, r.Stack.Account, source(r)})
}

// forward is a Resolver rule before a VPC uses it.
type forward struct {
	domain string
	on     bool // forwards, and does not except from a rule above it
}

func (b *builder) dhcpOptions(r *assembly.Resource) {
	b.nameServers[r.Ref()] = texts(r.Properties, "DomainNameServers")
}

func (b *builder) vpcDHCPOptions(r *assembly.Resource) {
	if v := b.VPCs[text(r.Properties, "VpcId")]; v != nil {
		v.NameServers = v.OtherNameServers(b.nameServers[text(r.Properties, "DhcpOptionsId")])
	}
}

func (b *builder) resolverRule(r *assembly.Resource) {
	b.forwards[r.Ref()] = forward{domain(text(r.Properties, "DomainName")), text(r.Properties, "RuleType") == "FORWARD"}
}

func (b *builder) vpcResolverRule(r *assembly.Resource) {
	v := b.VPCs[text(r.Properties, "VPCId")]
	f, known := b.forwards[text(r.Properties, "ResolverRuleId")]
	switch {
	case v == nil:
	case !known:
		b.strange(r, "associates a Resolver rule that is not in the stacks")
	case f.on:
		v.Forwards = append(v.Forwards, Forward{f.domain, source(r)})
	}
}
