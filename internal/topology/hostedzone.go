package topology

import (
	"cmp"
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
	Type{Name: "AWS::ServiceDiscovery::PrivateDnsNamespace", Record: &HostedZoneRecord{},
		Unseen:  "its zone is listed with the others of its VPC",
		Ignored: map[string]string{"Description": "text for people", "Properties.DnsProperties.SOA.TTL": "says how long an answer is kept"}},
)

func recordSetIgnored(at string) map[string]string {
	return map[string]string{at + "Comment": "text for people", "Comment": "text for people"}
}

// HostedZone is a private hosted zone.
type HostedZone struct {
	ID, Name, Account string
	VPCs              []HostedZoneVPC
	Records           []DNSRecord
	// Faults are what Route 53 refuses to make in the zone.
	Faults []Strange
	// Declared is true for one that no stack makes, of which a configuration says the name.
	Declared bool
	Source   Source
}

// HostedZoneVPC is a VPC that asks a hosted zone.
type HostedZoneVPC struct{ ID, Region string }

// DNSRecord is a record of a hosted zone.
type DNSRecord struct {
	Name, Type string
	// Endpoint that an alias, or the one value of a CNAME record, leads to; nil for anything else.
	Endpoint *Endpoint
	// Target is what it leads to, as written.
	Target string
	// InZone is true for an alias of another name of its zone.
	InZone bool
	// Broken says what is wrong with the target; empty when nothing is.
	Broken string
	// Routing and SetIdentifier of one of several records of a name; "" for a simple one.
	Routing, SetIdentifier string
	Policy                 RoutingPolicy
	Source                 Source
}

// RoutingPolicy is what decides whether Route 53 answers with one of several records of a name.
type RoutingPolicy struct {
	// Weight of a weighted record; UnknownWeight where it is no number.
	Weight int
	// Failover is "PRIMARY" or "SECONDARY".
	Failover string
	// Everywhere is true for the geolocation record of all places that no other names.
	Everywhere bool
	// Health is true where a health check, or the health of an alias's target, may withhold the record.
	Health bool
}

// UnknownWeight is a weight that only AWS will know.
const UnknownWeight = -1

// StrayRecord is a record of a hosted zone that no stack makes.
type StrayRecord struct {
	DNSRecord
	HostedZone, Account string
}

// HostedZoneRecord is an AWS::Route53::HostedZone, or the one that AWS Cloud Map makes for a namespace. One without VPCs is
// public. Records of several accounts with one id are put together.
type HostedZoneRecord struct {
	Meta
	Name string
	VPCs []HostedZoneVPC
	// Declared is true for a private one that no stack makes, of which a configuration says the name.
	Declared bool
}

func (*HostedZoneRecord) stage() stage { return alone }

func (r *HostedZoneRecord) link(l *linker) {
	named := r.Account + " " + domain(r.Name)
	if !slices.Contains(l.zonesNamed[named], r.ID) {
		l.zonesNamed[named] = append(l.zonesNamed[named], r.ID)
	}
	if len(r.VPCs) == 0 && !r.Declared {
		return
	}
	z := l.HostedZones[r.ID]
	if z == nil {
		z = &HostedZone{ID: r.ID, Name: domain(r.Name), Account: r.Account, Declared: r.Declared, Source: r.Source}
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
		return strings.TrimSuffix(name, ".")
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
	// Values of a record that is no alias, which alone has a TTL.
	Values []string
	TTL    string
	// Alias is what it leads to; nil where it has values.
	Alias *Alias
	// SetIdentifier and Routing ("weighted", "failover", "geolocation", "latency", "multivalue", "geoproximity", "cidr") of
	// one of several records of a name; "" for a simple one.
	SetIdentifier, Routing, HealthCheck string
	Policy                              RoutingPolicy
}

// Alias is an alias record's target.
type Alias struct {
	Name, HostedZone string
	// From is the id of the part that Name is taken from, where a template says so.
	From string
}

func (*RecordSetRecord) stage() stage { return afterJoins }

func (r *RecordSetRecord) link(l *linker) {
	rec := DNSRecord{Name: domain(r.Name), Type: r.RecordType, Routing: r.Routing, SetIdentifier: r.SetIdentifier, Policy: r.Policy,
		Source: r.Source}
	rec.Policy.Health = rec.Policy.Health || r.HealthCheck != ""
	zone := strings.TrimPrefix(r.HostedZone, "/hostedzone/")
	if r.HostedZoneName != "" {
		named := l.zonesNamed[r.Account+" "+domain(r.HostedZoneName)]
		if len(named) > 1 {
			l.severalOfName(r, named)
			return
		}
		zone = strings.Join(named, "")
	}
	z := l.HostedZones[zone]
	switch {
	case z == nil && l.types[zone] == "":
		l.unplaced(r, zone)
		l.StrayRecords = append(l.StrayRecords, StrayRecord{rec, Plain(cmp.Or(domain(r.HostedZoneName), zone)), r.Account})
		return
	case z == nil: // a public zone's
		return
	case rec.Name == z.Name && (rec.Type == "NS" || rec.Type == "SOA"): // every zone has them
		return
	case r.Alias != nil:
		rec.Target = Plain(domain(r.Alias.Name))
		rec.InZone = r.Alias.HostedZone == z.ID
		rec.Endpoint, rec.Broken = l.aliased(r.Alias)
	default:
		rec.Target = Plain(strings.Join(r.Values, " "))
	}
	if rec.Type == "CNAME" && r.Alias == nil && len(r.Values) == 1 {
		rec.Target = Plain(domain(r.Values[0]))
		rec.Endpoint, rec.Broken = l.canonical(r.Values[0])
	}
	r.refused(z, rec)
	z.Records = append(z.Records, rec)
}

// refused notes what Route 53 or CloudFormation does not take of the record itself.
func (r *RecordSetRecord) refused(z *HostedZone, rec DNSRecord) {
	if (r.Alias == nil) == (len(r.Values) == 0) {
		z.fault(rec, "needs either an alias target or values")
	} else if (r.Alias == nil) == (r.TTL == "") {
		z.fault(rec, "needs a TTL where it has values, and none where it is an alias")
	}
	if r.Account != z.Account && z.Account != "" {
		z.fault(rec, "is written in account %s, and its hosted zone is of account %s", r.Account, z.Account)
	}
	if r.HostedZoneName != "" && r.Source.Stack == z.Source.Stack && r.Source.Stack != "" && !slices.Contains(r.DependsOn, z.ID) {
		z.fault(rec, "names its hosted zone by HostedZoneName and may be made before it: expected DependsOn, or HostedZoneId")
	}
	if rec.Type == "CNAME" && r.Alias != nil && rec.Endpoint != nil {
		z.fault(rec, "is an alias of type CNAME, and an endpoint takes one of type A")
	}
	if rec.Routing == "multivalue" && r.Alias != nil {
		z.fault(rec, "is an alias with multivalue answer routing, which only values can have")
	}
}

// severalOfName notes that CloudFormation takes HostedZoneName only where one zone of the account has it (template
// reference, "AWS::Route53::RecordSet").
func (l *linker) severalOfName(r *RecordSetRecord, ids []string) {
	for _, id := range ids {
		if z := l.HostedZones[id]; z != nil {
			z.Faults = append(z.Faults, Strange{Source: r.Source, Text: fmt.Sprintf("record %s names its hosted zone by HostedZoneName, and "+
				"account %s has %d "+
				"of that name: expected HostedZoneId", Plain(domain(r.Name)), r.Account, len(ids))})
		}
	}
}

// aliased finds the endpoint behind an alias, whose name and hosted zone are of one entry of DnsEntries, the first.
func (l *linker) aliased(a *Alias) (*Endpoint, string) {
	e, broken := l.canonical(a.Name)
	if n, ok := l.endpointNames[domain(a.Name)]; ok && broken == "" && n.hostedZone != a.HostedZone {
		return e, "the alias's hosted zone is not that of the same DNS entry"
	}
	if e == nil && l.Endpoints[a.From] != nil {
		return l.Endpoints[a.From], "the alias is not the name of the endpoint's DNS entry"
	}
	return e, broken
}

// canonical finds the endpoint that has a DNS name.
func (l *linker) canonical(name string) (*Endpoint, string) {
	n, ok := l.endpointNames[domain(name)]
	switch {
	case !ok:
		return nil, ""
	case n.index != 0:
		return n.endpoint, fmt.Sprintf("its target is DnsEntries[%d], not the endpoint's regional name, DnsEntries[0]", n.index)
	}
	return n.endpoint, ""
}

func (z *HostedZone) fault(r DNSRecord, format string, args ...any) {
	z.Faults = append(z.Faults, Strange{
		Source: r.Source, Text: fmt.Sprintf("record %s %s %s", Plain(r.Name), r.Type, fmt.Sprintf(format, args...)),
	})
}

// finishHostedZones notes which records Route 53 refuses beside each other, or in a private zone at all (API reference,
// ChangeResourceRecordSets; developer guide, "Considerations when working with a private hosted zone").
func (l *linker) finishHostedZones() {
	for _, z := range l.HostedZones {
		first := map[string]DNSRecord{}
		cname := map[string]bool{}
		sets := map[string]bool{}
		for _, r := range z.Records {
			cname[r.Name] = cname[r.Name] || r.Type == "CNAME"
		}
		for _, r := range z.Records {
			key := r.Name + " " + r.Type
			before, found := first[key]
			if !found {
				first[key] = r
			}
			switch {
			case Plain(r.Name+z.Name) == r.Name+z.Name && r.Name != z.Name && z.Name != "" && !strings.HasSuffix(r.Name, "."+z.Name):
				z.fault(r, "is outside its hosted zone %s", z.Name)
			case r.Type == "CNAME" && r.Name == z.Name:
				z.fault(r, "is at the apex of its hosted zone, where no CNAME record may be")
			case cname[r.Name] && r.Type != "CNAME":
				z.fault(r, "is beside a CNAME record of the same name")
			case (r.Routing == "") != (r.SetIdentifier == ""):
				z.fault(r, "needs a routing policy and a SetIdentifier, or neither")
			case found && (r.Routing == "" || r.Routing != before.Routing):
				z.fault(r, "is there twice, and not by one routing policy")
			case found && sets[key+" "+r.SetIdentifier]:
				z.fault(r, "is there twice with SetIdentifier %s", r.SetIdentifier)
			case r.Routing == "cidr":
				z.fault(r, "has IP-based routing, which no private hosted zone takes")
			}
			sets[key+" "+r.SetIdentifier] = true
		}
	}
}

// hostedZoneParts are none for a zone that is somebody else's.
func (n *Network) hostedZoneParts(z *HostedZone) []Part {
	if z.Declared {
		return nil
	}
	return []Part{n.hostedZonePart(z)}
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
		name := strings.TrimSpace(r.Name + " " + r.Type + " " + r.SetIdentifier)
		p.Facts = append(p.Facts, Fact{Attr: "record", Key: Term{Text: name}, Value: to, Source: r.Source})
	}
	return p
}
