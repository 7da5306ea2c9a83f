package topology

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

var _ = declare(
	Type{Name: "AWS::Route53Profiles::Profile", Record: &R53ProfileRecord{}, Actions: []string{"route53profiles:ListProfiles"},
		Ignored: map[string]string{"Name": "a name for people"}},
	Type{Name: "AWS::Route53Profiles::ProfileResourceAssociation", Record: &R53ProfileResourceAssociationRecord{},
		Actions: []string{"route53profiles:ListProfileResourceAssociations"}, Ignored: map[string]string{"Name": "a name for people"}},
	Type{Name: "AWS::Route53Profiles::ProfileAssociation", Record: &R53ProfileAssociationRecord{},
		Actions: []string{"route53profiles:ListProfileAssociations"}, Ignored: map[string]string{"Name": "a name for people",
			"Arn": "repeats which profile it is"}},
)

// R53Profile is a Route 53 Profile.
type R53Profile struct {
	ID, ARN, Account, Region string
	HostedZones              []*HostedZone
	Endpoints                []*Endpoint
	Forwards                 []Forward
	Firewalls                []DNSFirewall
	// QueryLogs are configurations of Resolver query logging, by id.
	QueryLogs []string
	Source    Source
}

// R53ProfileAssociation makes a VPC use a profile.
type R53ProfileAssociation struct {
	R53Profile *R53Profile
	// Account that made the association.
	Account string
	Source  Source
}

// R53ProfileRecord is an AWS::Route53Profiles::Profile. One without an account is named by an association only.
type R53ProfileRecord struct {
	Meta
	ARN string
}

func (*R53ProfileRecord) stage() stage { return alone }

func (r *R53ProfileRecord) link(l *linker) {
	if known := l.R53Profiles[r.ID]; known == nil || known.Account == "" {
		l.R53Profiles[r.ID] = &R53Profile{ID: r.ID, ARN: r.ARN, Account: r.Account, Region: r.Region, Source: r.Source}
	}
}

// R53ProfileResourceAssociationRecord is an AWS::Route53Profiles::ProfileResourceAssociation.
type R53ProfileResourceAssociationRecord struct {
	Meta
	Profile, ResourceARN string
	// Resource by id, where the ARN is one of its attributes.
	Resource string
	// Priority of a rule group of DNS Firewall.
	Priority int
}

// ProfilePriority is that of a rule group, in the JSON text of an association's properties; 0 for none.
func ProfilePriority(properties string) int {
	var p struct{ Priority int }
	if json.Unmarshal([]byte(properties), &p) != nil {
		return 0
	}
	return p.Priority
}

func (*R53ProfileResourceAssociationRecord) stage() stage { return afterJoins }

func (r *R53ProfileResourceAssociationRecord) link(l *linker) {
	p := l.R53Profiles[r.Profile]
	id := func(kind string) string {
		if _, id, ok := strings.Cut(r.ResourceARN, ":"+kind+"/"); ok {
			return id
		}
		return r.Resource
	}
	endpoint, zone, rule, firewall := id("vpc-endpoint"), id("hostedzone"), id("resolver-rule"), id("firewall-rule-group")
	log := id("resolver-query-log-config")
	l.only(r, "the profile carries the resource", r.Profile, r.ResourceARN, r.Resource)
	switch {
	case p == nil:
		l.strange(r, "adds to a profile that is not in the stacks")
	case l.Endpoints[endpoint] != nil:
		p.Endpoints = append(p.Endpoints, l.Endpoints[endpoint])
	case l.HostedZones[zone] != nil:
		p.HostedZones = append(p.HostedZones, l.HostedZones[zone])
	case strings.Contains(r.ResourceARN, ":resolver-rule/"), l.ResolverRules[rule] != nil:
		p.Forwards = append(p.Forwards, l.forward(rule, r.Source))
	case strings.Contains(r.ResourceARN, ":firewall-rule-group/"), l.firewalls[firewall] != nil:
		p.Firewalls = append(p.Firewalls, l.firewall(firewall, r.Priority, r.Source))
		slices.SortStableFunc(p.Firewalls, func(a, b DNSFirewall) int { return cmp.Compare(a.Priority, b.Priority) })
	case strings.Contains(r.ResourceARN, ":resolver-query-log-config/"), strings.Contains(l.types[r.Resource], "QueryLogging"):
		p.QueryLogs = append(p.QueryLogs, log) // it logs questions and answers none
	default:
		l.strange(r, "adds what is neither an endpoint nor a private hosted zone of the network to a profile: %s", r.ResourceARN)
	}
}

// R53ProfileAssociationRecord is an AWS::Route53Profiles::ProfileAssociation. Both sides list it; records with one id are
// one. Meta.Account is the account that made it.
type R53ProfileAssociationRecord struct {
	Meta
	Profile, VPC string
}

func (*R53ProfileAssociationRecord) stage() stage { return inVPC }

func (r *R53ProfileAssociationRecord) link(l *linker) {
	if l.once(r.ID) {
		return
	}
	if p := l.R53Profiles[r.Profile]; p == nil || l.VPCs[r.VPC] == nil {
		l.strange(r, "associates a profile or VPC that is not in the stacks")
	} else {
		l.homeVPC(r, l.VPCs[r.VPC])
		l.only(r, "the VPC has a Route 53 Profile", r.VPC)
		l.R53ProfileAssociations[r.VPC] = append(l.R53ProfileAssociations[r.VPC], R53ProfileAssociation{p, r.Account, r.Source})
	}
}

// r53ProfilePart is recognised by the endpoints it carries, and where it carries none by its place.
func (n *Network) r53ProfilePart(r *R53Profile) Part {
	at := r.Account + " " + r.Region
	p := Part{Type: "AWS::Route53Profiles::Profile", ID: r.ID, Account: r.Account, Region: r.Region,
		Noun: "Route 53 Profile", Source: r.Source, Keys: []Key{{Text: at}}, Facts: n.shareFacts(r.ARN)}
	for _, e := range r.Endpoints {
		p.Keys = append(p.Keys, Key{Text: at, Refs: []string{e.ID}})
		p.Facts = append(p.Facts, Fact{Attr: "resource", Key: Term{Ref: e.ID, Label: "the endpoint of " + e.ServiceName}})
	}
	// Zones and rules are told by their names: Route 53 asks one of each.
	for _, z := range r.HostedZones {
		p.Facts = append(p.Facts, one("resource", "private zone "+z.Name))
	}
	for _, f := range r.Forwards {
		p.Facts = append(p.Facts, one("resource", f.what()))
	}
	for _, f := range r.Firewalls {
		p.Facts = append(p.Facts, Fact{Attr: "resource", Key: Term{Text: "rule group " + f.Group + " of DNS Firewall"},
			Value: Term{Text: "priority " + strconv.Itoa(f.Priority)}})
	}
	for _, id := range r.QueryLogs {
		p.Facts = append(p.Facts, one("resource", "query log configuration "+id))
	}
	return p
}
