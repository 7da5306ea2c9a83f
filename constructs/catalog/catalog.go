// Package catalog says, for every AWS PrivateLink service, what an interface endpoint needs: its endpoint service name in
// a region, the private DNS names its clients ask for, its ports, whether it takes an endpoint policy, and where it was
// seen. Each fact carries its source; nothing is guessed silently.
//
// The data is embedded, compiled by generate from source/. The package is plain Go: it starts no CDK runtime.
package catalog

import (
	"slices"
	"sort"
	"strings"
	"sync"

	"sharedhub/constructs/awsfacts"
)

//go:generate go run ./generate

// Confidence tells how a private name is known.
type Confidence string

const (
	// Observed: read from AWS's own API in this region by somebody.
	Observed Confidence = "observed"
	// Stated: AWS's documentation states the name.
	Stated Confidence = "stated"
	// SDK: the SDKs ask for this host name. Whether the endpoint has it is not stated.
	SDK Confidence = "sdk"
	// Derived: observed in another region, or in another partition with its suffix.
	Derived Confidence = "derived"
	// Guess: the reversed service name. Right for 213 of the 239 services of 2023, so a reason to look, not a fact.
	Guess Confidence = "guess"
)

// weaker are the confidences, the strongest first.
var weaker = []Confidence{Observed, Stated, SDK, Derived, Guess}

// Provenance says where some of a service's names come from.
type Provenance struct {
	Names []string `json:"names"`
	// Source is refreshed (the user's own account), "your file", measured-2026, field-2026, dump-2023, docs-2026, botocore or
	// guess.
	Source     string     `json:"source"`
	Confidence Confidence `json:"confidence"`
}

// Support is whether a service takes an endpoint policy.
type Support string

const (
	Yes     Support = "yes"
	No      Support = "no"
	Unknown Support = "unknown"
)

// Service is one PrivateLink service in one region.
type Service struct {
	// Name is the short name, as AWS prints it after the region: "ecr.dkr".
	Name string `json:"name"`
	// ServiceName is what an endpoint asks for: "com.amazonaws.us-east-1.ecr.dkr".
	ServiceName string `json:"serviceName"`
	// Region of the names below.
	Region string `json:"region"`
	// PrivateNames are the names clients use, a leading "*." where every name below matches. At least one, but for the
	// services that have none (iot.data, dynamodb).
	PrivateNames []string `json:"privateNames"`
	// Provenance of the same names, the best source first.
	Provenance []Provenance `json:"provenance"`
	// Confidence of the name that is known worst.
	Confidence Confidence `json:"confidence"`
	// OnlyAWSKnows is true where the service's names are known to nobody here, and a Route 53 Profile serves what AWS gives.
	OnlyAWSKnows bool `json:"onlyAwsKnows,omitempty"`
	// Page of AWS's documentation that names the service, or "".
	Page string `json:"page"`
	// OnlyIn is the one region with the service, or "".
	OnlyIn string `json:"onlyIn,omitempty"`
	// Instead is the service to use where AWS takes no new endpoints of this one, or "".
	Instead string `json:"instead,omitempty"`
	// Twin is a further name that the SDKs know for the service (dual-stack, .api.aws) and that nobody has seen on the
	// endpoint. It is not served. Empty when there is none.
	Twin string `json:"twin"`
	// Ports the endpoint listens on, TCP. 443 but for a few.
	Ports []int `json:"ports"`
	// Policy is whether the service takes an endpoint policy; without one it lets everything pass.
	Policy Support `json:"policy"`
	// IPTypes the endpoint offers: "ipv4", "ipv6". Nil when unknown.
	IPTypes []string `json:"ipTypes"`
	// ObservedIn lists the regions where the service was seen; empty when it was not in the observation at all.
	ObservedIn []string `json:"observedIn"`
	// AZs are the letters of the availability zones in which it was seen in this region, as the observing account named them.
	// Empty when the region or the service was not observed.
	AZs string `json:"azs"`
	// AZIDs are the ids of the availability zones in which it is in this region, as the user's own account was told. Nil where
	// nobody has said: the accounts of the embedded observations named letters only.
	AZIDs []string `json:"azIds,omitempty"`
	// GatewayEndpoint is true for S3 and DynamoDB, which have a gateway endpoint too.
	GatewayEndpoint bool `json:"gatewayEndpoint"`
	FIPS            bool `json:"fips"`
	// FIPSTwin is the short name of the service's FIPS endpoint service, or "".
	FIPSTwin  string `json:"fipsTwin"`
	notListed bool
}

// DNSEntry is the index into an endpoint's DnsEntries of the name that an alias takes: the regional name, which answers
// with the addresses of all its zones. It is the first of every service; S3's begins with "*.", and SageMaker's notebook
// and studio have a second set of names after the first, for the same addresses.
const DNSEntry = 0

// Offered is false when the service was observed, but never in this region, which was observed as well.
func (s *Service) Offered() bool {
	if s.notListed || s.OnlyIn != "" && s.OnlyIn != s.Region {
		return false
	}
	return len(s.ObservedIn) == 0 || slices.Contains(s.ObservedIn, s.Region) || AZs(s.Region) == ""
}

// HostedZone is a private hosted zone that a service needs: its apex, and the records in it.
type HostedZone struct {
	Name string `json:"name"`
	// Wildcard is true when names below the apex are the service's too. The apex always has a record: a zone without
	// one would hide the name from its VPCs.
	Wildcard bool `json:"wildcard"`
}

// HostedZones are the zones that serve names, sorted by name. A hosted zone's own name cannot hold "*".
func HostedZones(names []string) []HostedZone {
	wild := map[string]bool{}
	for _, n := range names {
		apex, isWild := strings.CutPrefix(strings.ToLower(n), "*.")
		wild[apex] = wild[apex] || isWild
	}
	zones := make([]HostedZone, 0, len(wild))
	for apex, w := range wild {
		zones = append(zones, HostedZone{apex, w})
	}
	slices.SortFunc(zones, func(a, b HostedZone) int { return strings.Compare(a.Name, b.Name) })
	return zones
}

// Catalog is what is known of one region.
type Catalog struct {
	// Region it is of.
	Region    string
	partition *partition
	// own is what the user's own account said; nil for none. It wins over everything embedded.
	own *Observation

	once  sync.Once           // below
	below map[string][]string // services with names below a domain

	owned    sync.Once
	byDomain map[string][]owner

	withoutOwn sync.Once
	base       *Catalog
}

// For is the embedded catalogue of a region, with an observation of the user's own account over it, or nil. It is empty for
// a region of no partition.
func For(region string, own *Observation) *Catalog {
	p, err := awsfacts.PartitionOf(region)
	if err != nil {
		return &Catalog{Region: region, partition: &partition{}, own: own}
	}
	return &Catalog{Region: region, partition: loaded[p.Name](), own: own}
}

// AZs are the letters of a region's availability zones as seen in 2023, "" for a region nobody looked at. Which letter
// is which building differs between accounts.
func AZs(region string) string { return For(region, nil).AZs() }

// Names lists the short names of all services of a region's partition, sorted.
func Names(region string) []string { return For(region, nil).Names() }

// Lookup finds a service in the embedded catalogue, by its short name ("ecr.dkr") or its full one
// ("com.amazonaws.us-east-1.ecr.dkr").
func Lookup(region, name string) (*Service, bool) { return For(region, nil).Lookup(name) }

// AZs are the letters of the region's availability zones: the user's own account's, or those of 2023.
func (c *Catalog) AZs() string {
	if c.own != nil {
		return c.own.zones()
	}
	return c.partition.azs[c.Region]
}

// Own is the observation of the user's own account, or nil.
func (c *Catalog) Own() *Observation { return c.own }

// Names lists the short names of all services, sorted.
func (c *Catalog) Names() []string {
	names := make([]string, 0, len(c.partition.services))
	for _, l := range c.partition.services {
		names = append(names, l.name)
	}
	if c.own != nil {
		for _, o := range c.own.Services {
			if c.line(o.Service) == nil {
				names = append(names, shortName(o.Service, c.Region))
			}
		}
	}
	sort.Strings(names)
	return slices.Compact(names)
}

// Lookup finds a service by its short name or its full one.
func (c *Catalog) Lookup(name string) (*Service, bool) {
	l := c.partition.byName[name]
	if l == nil {
		l = c.line(name)
	}
	var s *Service
	if l != nil {
		s = c.partition.service(l, c.Region)
	}
	if c.own == nil {
		return s, s != nil
	}
	for i := range c.own.Services {
		if o := &c.own.Services[i]; s != nil && o.Service == s.ServiceName ||
			s == nil && (o.Service == name || shortName(o.Service, c.Region) == name) {
			return c.own.over(s, o), true
		}
	}
	if s != nil { // the user's account was asked, and does not list it
		s.ObservedIn = slices.DeleteFunc(s.ObservedIn, func(r string) bool { return r == c.Region })
		s.AZs, s.AZIDs, s.notListed = "", nil, true
	}
	return s, s != nil
}

// line finds an embedded service by its full name.
func (c *Catalog) line(full string) *line {
	for _, l := range c.partition.services {
		if c.partition.serviceName(l, c.Region) == full || inRegion(l.service, c.Region) == full {
			return l
		}
	}
	return nil
}

// shortName is a full name without what it shares with others of its region: "com.amazonaws.us-east-1.ecr.dkr" is
// "ecr.dkr".
func shortName(full, region string) string {
	if _, short, ok := strings.Cut(full, "."+region+"."); ok {
		return short
	}
	if p, err := awsfacts.PartitionOf(region); err == nil {
		full = strings.TrimPrefix(full, p.ReverseDNS()+".")
	}
	return strings.TrimPrefix(full, "com.amazonaws.")
}

func (p *partition) service(l *line, region string) *Service {
	e := p.entry(l)
	s := &Service{
		Name: e.name, ServiceName: p.serviceName(l, region), Region: region, Ports: slices.Clone(e.ports), Policy: e.policy,
		GatewayEndpoint: e.gateway, FIPS: e.fips, OnlyIn: onlyIn(e), Instead: e.instead,
	}
	if e.page != "" {
		s.Page = "https://docs.aws.amazon.com/" + e.page + ".html"
	}
	if e.twin != "" {
		s.Twin = inRegion(e.twin, region)
	}
	if twin := e.name + "-fips"; !e.fips && p.byName[twin] != nil {
		s.FIPSTwin = twin
	}
	if slices.Contains(e.noPolicyIn, region) {
		s.Policy = No
	}
	p.seen(s, e)
	p.provenance(s, e)
	return s
}

// seen fills in where the service was observed.
func (p *partition) seen(s *Service, e *entry) {
	for _, o := range e.observed {
		r, zones, some := strings.Cut(o, ":")
		s.ObservedIn = append(s.ObservedIn, r)
		if r == s.Region {
			if s.AZs = zones; !some {
				s.AZs = p.azs[s.Region]
			}
		}
	}
	if len(s.ObservedIn) > 0 {
		s.IPTypes = []string{"ipv4"}
		if len(e.ip) > 0 {
			s.IPTypes = slices.Clone(e.ip)
		}
	}
}

// provenance fills in the names, and how each is known in the region.
func (p *partition) provenance(s *Service, e *entry) {
	also := Provenance{Source: "dump-2023", Confidence: Observed}
	if e.names[0].derived {
		also = Provenance{Source: "docs-2026", Confidence: Stated}
	}
	for _, a := range e.also {
		if r, name, _ := strings.Cut(a, ":"); r == s.Region {
			also.Names = append(also.Names, name)
		}
	}
	if len(also.Names) > 0 {
		s.know(also)
	}
	for _, group := range e.names {
		from := Provenance{Source: group.source, Confidence: confidence(group, s)}
		for _, n := range group.names {
			from.Names = append(from.Names, inRegion(n, s.Region))
		}
		if from.Confidence == Guess {
			from.Names = []string{guess(s.ServiceName, s.Region)}
		}
		s.know(from)
	}
}

// know adds names with their provenance, but for those that are known better.
func (s *Service) know(from Provenance) {
	known := len(from.Names)
	from.Names = slices.DeleteFunc(slices.Clone(from.Names), func(n string) bool { return slices.Contains(s.PrivateNames, n) })
	if known > 0 && len(from.Names) == 0 {
		return
	}
	s.PrivateNames = append(s.PrivateNames, from.Names...)
	s.Provenance = append(s.Provenance, from)
	if s.Confidence == "" || slices.Index(weaker, from.Confidence) > slices.Index(weaker, s.Confidence) {
		s.Confidence = from.Confidence
	}
}

// Know replaces the names of a service by those that somebody states.
func (s *Service) Know(names []string, source string, confidence Confidence) {
	s.PrivateNames, s.Provenance, s.Confidence, s.Twin, s.OnlyAWSKnows = nil, nil, "", "", false
	s.know(Provenance{Names: slices.Clone(names), Source: source, Confidence: confidence})
}

// measuredIn are the regions of the sources that saw one only.
var measuredIn = map[string]string{"measured-2026": "us-west-2", "field-2026": "eu-west-2"}

// confidence of names of a source in the service's region.
func confidence(group sourced, s *Service) Confidence {
	switch group.source {
	case "guess":
		return Guess
	case "docs-2026", "botocore":
		if group.derived {
			return Derived
		}
		return map[string]Confidence{"docs-2026": Stated, "botocore": SDK}[group.source]
	}
	if !group.derived && (measuredIn[group.source] == s.Region || group.source == "dump-2023" && slices.Contains(s.ObservedIn, s.Region)) {
		return Observed
	}
	return Derived
}

// global are services of partition aws whose names hold no region, and that are in one (IAM guide, "Interface VPC endpoints";
// PrivateLink guide, "Cross-region enabled AWS services").
var global = map[string]string{"com.amazonaws.iam": "us-east-1", "com.amazonaws.route53": "us-east-1"}

// onlyIn is the one region with a service, or "".
func onlyIn(e *entry) string {
	if e.names[0].derived {
		return ""
	}
	if region := regionIn(e.service); region != "" {
		return region
	}
	return global[e.service]
}

func (p *partition) serviceName(e *line, region string) string {
	name := inRegion(e.service, region)
	short, ok := strings.CutPrefix(name, "com.amazonaws.")
	switch {
	case !ok || !slices.Contains(p.prefixed[region], e.name):
		return name
	case strings.HasPrefix(region, "cn-") && e.name == "transcribe":
		return p.of.ReverseDNS() + "." + short + ".cn" // the only one, by aws-cdk-lib's InterfaceVpcEndpointAwsService
	}
	return p.of.ReverseDNS() + "." + short
}

// GatewayServiceName is the service's name for a gateway endpoint, which begins with com.amazonaws in every partition, as
// those of interface endpoints do not (aws-cdk-lib, GatewayVpcEndpointAwsService). Only where GatewayEndpoint is true.
func (s *Service) GatewayServiceName() string { return "com.amazonaws." + s.Region + "." + s.Name }

func inRegion(template, region string) string {
	return strings.ReplaceAll(template, "{region}", region)
}
