package topology

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var _ = declare(
	Type{Name: "AWS::Route53::HostedZone", Record: &HostedZoneRecord{}, Actions: []string{"route53:GetHostedZone",
		"route53:ListHostedZonesByVPC"},
		Ignored: map[string]string{"HostedZoneConfig.Comment": "text for people", "HostedZoneTags": "tags", "HostedZoneTags.Key": "tags",
			"HostedZoneTags.Value":                         "tags",
			"QueryLoggingConfig.CloudWatchLogsLogGroupArn": "logs queries of a public zone"}},
	Type{Name: "AWS::Route53::RecordSet", Record: &RecordSetRecord{}, Actions: []string{"route53:ListResourceRecordSets"},
		Ignored: recordSetIgnored("")},
	Type{Name: "AWS::Route53::RecordSetGroup", Record: &RecordSetRecord{}, Actions: []string{"route53:ListResourceRecordSets"},
		Ignored: recordSetIgnored("RecordSets.")},
)

func recordSetIgnored(at string) map[string]string {
	return map[string]string{at + "TTL": "says how long an answer is kept", at + "Comment": "text for people", "Comment": "text for people",
		at + "AliasTarget.EvaluateTargetHealth": "an endpoint's regional name leaves out unhealthy zones itself"}
}

// HostedZone is a private hosted zone.
type HostedZone struct {
	ID, Name, Account string
	VPCs              []HostedZoneVPC
	Records           []DNSRecord
	Source            Source
}

// HostedZoneVPC is a VPC that asks a hosted zone.
type HostedZoneVPC struct{ ID, Region string }

// DNSRecord is a record of a hosted zone.
type DNSRecord struct {
	Name, Type string
	// Endpoint that an alias leads to; nil for anything else.
	Endpoint *Endpoint
	// Target is what it leads to, as written.
	Target string
	// Broken says what is wrong with the alias; empty when nothing is.
	Broken string
	// Routing and SetIdentifier of one of several records of a name; "" for a simple one.
	Routing, SetIdentifier string
	Source                 Source
}

// HostedZoneRecord is an AWS::Route53::HostedZone. One without VPCs is public. Records of several accounts with one id
// are put together.
type HostedZoneRecord struct {
	Meta
	Name string
	VPCs []HostedZoneVPC
}

func (*HostedZoneRecord) stage() stage { return alone }

func (r *HostedZoneRecord) link(l *linker) {
	if len(r.VPCs) == 0 {
		return
	}
	z := l.HostedZones[r.ID]
	if z == nil {
		z = &HostedZone{ID: r.ID, Name: domain(r.Name), Account: r.Account, Source: r.Source}
		l.HostedZones[r.ID] = z
	}
	for _, v := range r.VPCs {
		if !slices.Contains(z.VPCs, v) {
			z.VPCs = append(z.VPCs, v)
		}
	}
}

// domain is a name as Route 53 means it: in lower case, no dot at its end, and no escapes, which are three octal digits:
// "\052" is an asterisk (Route 53 guide, "DNS domain name format"). An id that AWS has yet to give stays as it is.
func domain(name string) string {
	if strings.ContainsAny(name, "\ue000\ue001") {
		return name
	}
	var out strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '\\' && i+3 < len(name) {
			if c, err := strconv.ParseUint(name[i+1:i+4], 8, 8); err == nil {
				out.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		out.WriteByte(name[i])
	}
	return strings.ToLower(strings.TrimSuffix(out.String(), "."))
}

// RecordSetRecord is an AWS::Route53::RecordSet, or one of an AWS::Route53::RecordSetGroup.
type RecordSetRecord struct {
	Meta
	// HostedZone by id, or HostedZoneName.
	HostedZone, HostedZoneName string
	// Name as written, with escapes and a last dot or without.
	Name, RecordType string
	// Values of a record that is no alias.
	Values []string
	// Alias is what it leads to; nil where it has values.
	Alias *Alias
	// SetIdentifier and Routing ("weighted", "failover", "geolocation", "latency", "multivalue", "geoproximity", "cidr") of
	// one of several records of a name; "" for a simple one.
	SetIdentifier, Routing, HealthCheck string
}

// Alias is an alias record's target.
type Alias struct {
	Name, HostedZone string
	// From is the id of the part that Name is taken from, where a template says so.
	From string
}

func (*RecordSetRecord) stage() stage { return afterJoins }

func (r *RecordSetRecord) link(l *linker) {
	z := l.HostedZones[r.HostedZone]
	if z == nil {
		if r.HostedZoneName != "" || l.types[r.HostedZone] == "" {
			l.unplaced(r, r.HostedZone)
		}
		return // a public zone's, or another app's
	}
	rec := DNSRecord{Name: domain(r.Name), Type: r.RecordType, Routing: r.Routing, SetIdentifier: r.SetIdentifier, Source: r.Source}
	if rec.Name == z.Name && (rec.Type == "NS" || rec.Type == "SOA") {
		return // every zone has them
	}
	if r.Alias == nil {
		rec.Target = strings.Join(r.Values, " ")
	} else {
		rec.Target = Plain(domain(r.Alias.Name))
		rec.Endpoint, rec.Broken = l.aliased(r.Alias)
	}
	z.Records = append(z.Records, rec)
}

// aliased finds the endpoint behind an alias, whose name and hosted zone are of one entry of DnsEntries, the first.
func (l *linker) aliased(a *Alias) (*Endpoint, string) {
	n, ok := l.endpointNames[domain(a.Name)]
	switch {
	case !ok && l.Endpoints[a.From] != nil:
		return l.Endpoints[a.From], "the alias is not the name of the endpoint's DNS entry"
	case !ok:
		return nil, ""
	case n.index != 0:
		return n.endpoint, fmt.Sprintf("the alias is DnsEntries[%d], not the endpoint's regional name, DnsEntries[0]", n.index)
	case n.hostedZone != a.HostedZone:
		return n.endpoint, "the alias's hosted zone is not that of the same DNS entry"
	}
	return n.endpoint, ""
}

// hostedZonePart is recognised by its name and the VPCs that ask it: one account may have two of a name.
func (n *Network) hostedZonePart(z *HostedZone) Part {
	p := Part{Type: "AWS::Route53::HostedZone", ID: z.ID, Account: z.Account, Noun: "private zone", Label: z.Name, Source: z.Source}
	for _, v := range z.VPCs {
		p.Region = v.Region
		p.Keys = append(p.Keys, Key{Text: z.Account + " " + z.Name, Refs: []string{v.ID}})
		p.Around = append(p.Around, v.ID)
		term := Term{Ref: v.ID}
		if vpc := n.VPCs[v.ID]; vpc != nil {
			term.Label = vpc.Name()
		}
		p.Facts = append(p.Facts, Fact{Attr: "VPC", Key: term})
	}
	for _, r := range z.Records {
		to := Term{Text: r.Target}
		if r.Endpoint != nil && r.Broken == "" {
			to = Term{Ref: r.Endpoint.ID}
		}
		p.Facts = append(p.Facts, Fact{Attr: "record", Key: Term{Text: r.Name + " " + r.Type}, Value: to, Source: r.Source})
	}
	return p
}
