// Package catalog says, for every AWS PrivateLink service, what an interface endpoint needs: its endpoint service name in
// a region, the private DNS names its clients ask for, its ports, whether it takes an endpoint policy, and where it was
// seen. Each fact carries its source; nothing is guessed silently.
//
// The data is embedded, compiled by generate from source/. The package is plain Go: it starts no CDK runtime.
package catalog

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"

	"sharedhub/constructs/awsfacts"
)

//go:generate go run ./generate

//go:embed data/*.json
var files embed.FS

// Confidence tells how a private name is known.
type Confidence string

const (
	// Observed: read from AWS's own API by somebody.
	Observed Confidence = "observed"
	// Documented: the SDKs' endpoint rules hold the name.
	Documented Confidence = "documented"
	// Derived: the reversed service name, or another partition's name with this one's suffix. Right for 213 of the 239
	// services of 2023, so a reason to look, not a fact.
	Derived Confidence = "derived"
)

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
	Name string
	// ServiceName is what an endpoint asks for: "com.amazonaws.us-east-1.ecr.dkr".
	ServiceName string
	// Region of the names below.
	Region string
	// PrivateNames are the names clients use, a leading "*." where every name below matches. At least one, but for the
	// services that have none (iot.data, apprunner.requests).
	PrivateNames []string
	// Source of PrivateNames: refreshed (the user's own account), measured-2026, field-2026, dump-2023, botocore or guess.
	Source     string
	Confidence Confidence
	// Twin is a further name that the SDKs know for the service (dual-stack, .api.aws) and that nobody has seen on the
	// endpoint. It is not served. Empty when there is none.
	Twin string
	// Ports the endpoint listens on, TCP. 443 but for a few.
	Ports []int
	// Policy is whether the service takes an endpoint policy; without one it lets everything pass.
	Policy Support
	// IPTypes the endpoint offers: "ipv4", "ipv6". Nil when unknown.
	IPTypes []string
	// ObservedIn lists the regions where the service was seen; empty when it was not in the observation at all.
	ObservedIn []string
	// AZs are the letters of the availability zones in which it was seen in this region, as the observing account named them.
	// Empty when the region or the service was not observed.
	AZs string
	// GatewayEndpoint is true for S3 and DynamoDB, which have a gateway endpoint too.
	GatewayEndpoint bool
	FIPS            bool
	// FIPSTwin is the short name of the service's FIPS endpoint service, or "".
	FIPSTwin string

	notListed bool
}

// DNSEntry is the index into an endpoint's DnsEntries of the name that an alias takes: the regional name, which answers
// with the addresses of all its zones. It is the first of every service; S3's begins with "*.", and SageMaker's notebook
// and studio have a second set of names after the first, for the same addresses.
const DNSEntry = 0

// Offered is false when the service was observed, but never in this region, which was observed as well.
func (s *Service) Offered() bool {
	if s.notListed {
		return false
	}
	return len(s.ObservedIn) == 0 || slices.Contains(s.ObservedIn, s.Region) || AZs(s.Region) == ""
}

// HostedZone is a private hosted zone that a service needs: its apex, and the records in it.
type HostedZone struct {
	Name string
	// Wildcard is true when names below the apex are the service's too. The apex always has a record: a zone without
	// one would hide the name from its VPCs.
	Wildcard bool
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

type entry struct {
	Name     string   `json:"name"`
	Service  string   `json:"service"`
	Names    []string `json:"names"`
	Source   string   `json:"source"`
	Policy   Support  `json:"policy"`
	IP       string   `json:"ip"`
	Twin     string   `json:"twin"`
	Ports    []int    `json:"ports"`
	FIPS     bool     `json:"fips"`
	Gateway  bool     `json:"gateway"`
	Observed string   `json:"observed"`

	Also       map[string][]string `json:"also"`
	NoPolicyIn []string            `json:"noPolicyIn"`
}

type partition struct {
	AZs map[string]string `json:"zones"`
	// Prefixed are the services, by region, whose endpoint service's name begins with the partition's suffix backwards
	// ("cn.com.amazonaws", "eu.amazonaws") and not with com.amazonaws.
	Prefixed map[string][]string `json:"prefixed"`
	Services []entry             `json:"services"`
	byName   map[string]*entry
	prefix   string
}

// loaded reads a partition's catalogue when it is first asked for. Only aws was observed; the others have its services,
// with names derived from its names.
var loaded = func() map[string]func() *partition {
	out := map[string]func() *partition{}
	for _, p := range awsfacts.Partitions {
		out[p.Name] = sync.OnceValue(func() *partition { return load(p) })
	}
	return out
}()

func load(of awsfacts.Partition) *partition {
	name := "derived"
	if of.Name == "aws" {
		name = of.Name
	}
	b, err := files.ReadFile("data/" + name + ".json")
	if err != nil {
		panic(err) // embedded: cannot be missing
	}
	p := &partition{prefix: of.ReverseDNS()}
	if err := json.Unmarshal(b, p); err != nil {
		panic(fmt.Errorf("catalogue of %s: %w", name, err))
	}
	p.byName = make(map[string]*entry, len(p.Services))
	for i := range p.Services {
		e := &p.Services[i]
		e.Names = namesIn(of, e.Names)
		p.byName[e.Name] = e
	}
	return p
}

// namesIn are a service's names in a partition. Names outside the suffix (.api.aws, .on.aws) have other suffixes in
// partitions with another dual-stack one, which nobody has observed, so they are left out there.
func namesIn(of awsfacts.Partition, names []string) []string {
	out := []string{}
	for _, n := range names {
		bare, hasSuffix := strings.CutSuffix(n, "{suffix}")
		switch {
		case hasSuffix:
			out = append(out, bare+of.DNSSuffix)
		case of.DualStackSuffix == awsfacts.MustPartition("us-east-1").DualStackSuffix:
			out = append(out, n)
		}
	}
	return out
}

// Catalog is what is known of one region.
type Catalog struct {
	// Region it is of.
	Region    string
	partition *partition
	// own is what the user's own account said; nil for none. It wins over everything embedded.
	own *Observation
}

// For is the embedded catalogue of a region, with an observation of the user's own account over it, or nil. It is empty for
// a region of no partition.
func For(region string, own *Observation) *Catalog {
	p, err := awsfacts.PartitionOf(region)
	if err != nil {
		return &Catalog{region, &partition{}, own}
	}
	return &Catalog{region, loaded[p.Name](), own}
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
	return c.partition.AZs[c.Region]
}

// Own is the observation of the user's own account, or nil.
func (c *Catalog) Own() *Observation { return c.own }

// Names lists the short names of all services, sorted.
func (c *Catalog) Names() []string {
	names := make([]string, 0, len(c.partition.Services))
	for i := range c.partition.Services {
		names = append(names, c.partition.Services[i].Name)
	}
	if c.own != nil {
		for _, o := range c.own.Services {
			if c.entry(o.Service) == nil {
				names = append(names, shortName(o.Service, c.Region))
			}
		}
	}
	sort.Strings(names)
	return slices.Compact(names)
}

// Lookup finds a service by its short name or its full one.
func (c *Catalog) Lookup(name string) (*Service, bool) {
	e := c.partition.byName[name]
	if e == nil {
		e = c.entry(name)
	}
	var s *Service
	if e != nil {
		s = c.partition.service(e, c.Region)
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
		s.AZs, s.notListed = "", true
	}
	return s, s != nil
}

// entry finds an embedded service by its full name.
func (c *Catalog) entry(full string) *entry {
	for i := range c.partition.Services {
		if e := &c.partition.Services[i]; c.partition.serviceName(e, c.Region) == full || inRegion(e.Service, c.Region) == full {
			return e
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

func (p *partition) service(e *entry, region string) *Service {
	s := &Service{
		Name: e.Name, ServiceName: p.serviceName(e, region), Region: region, Source: e.Source, Confidence: confidence(e.Source),
		Ports: slices.Clone(e.Ports), Policy: e.Policy, GatewayEndpoint: e.Gateway, FIPS: e.FIPS,
	}
	if len(s.Ports) == 0 {
		s.Ports = []int{443}
	}
	if e.Twin != "" {
		s.Twin = inRegion(e.Twin, region)
	}
	if twin := e.Name + "-fips"; !e.FIPS && p.byName[twin] != nil {
		s.FIPSTwin = twin
	}
	for _, n := range e.Names {
		s.PrivateNames = append(s.PrivateNames, inRegion(n, region))
	}
	s.PrivateNames = append(s.PrivateNames, e.Also[region]...)
	if slices.Contains(e.NoPolicyIn, region) {
		s.Policy = No
	}
	for o := range strings.FieldsSeq(e.Observed) {
		r, zones, some := strings.Cut(o, "=")
		s.ObservedIn = append(s.ObservedIn, r)
		if r == region {
			if s.AZs = zones; !some {
				s.AZs = p.AZs[region]
			}
		}
	}
	if len(s.ObservedIn) > 0 {
		s.IPTypes = []string{"ipv4"}
		if e.IP != "" {
			s.IPTypes = strings.Fields(e.IP)
		}
	}
	return s
}

func (p *partition) serviceName(e *entry, region string) string {
	name := inRegion(e.Service, region)
	short, ok := strings.CutPrefix(name, "com.amazonaws.")
	switch {
	case !ok || !slices.Contains(p.Prefixed[region], e.Name):
		return name
	case strings.HasPrefix(region, "cn-") && e.Name == "transcribe":
		return p.prefix + "." + short + ".cn" // the only one, by aws-cdk-lib's InterfaceVpcEndpointAwsService
	}
	return p.prefix + "." + short
}

// GatewayServiceName is the service's name for a gateway endpoint, which begins with com.amazonaws in every partition, as
// those of interface endpoints do not (aws-cdk-lib, GatewayVpcEndpointAwsService). Only where GatewayEndpoint is true.
func (s *Service) GatewayServiceName() string { return "com.amazonaws." + s.Region + "." + s.Name }

func inRegion(template, region string) string {
	return strings.ReplaceAll(template, "{region}", region)
}

func confidence(source string) Confidence {
	switch {
	case strings.HasSuffix(source, ", derived"), source == "guess":
		return Derived
	case source == "botocore":
		return Documented
	}
	return Observed
}
