// Package cost says what a configuration costs a month, what the same workload would cost with endpoints in each VPC or with
// NAT gateways, and from where on the hub is cheaper. It is plain Go and asks nobody.
package cost

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/diag"
	"sharedhub/internal/safefile"
)

// HoursPerMonth is what AWS's own calculator takes.
const HoursPerMonth = 730

// Name is what a price is of.
type Name string

const (
	// EndpointHour is of an interface endpoint in one availability zone.
	EndpointHour Name = "endpointHour"
	// EndpointGB are of the data that a region's endpoints process in a month, in three steps.
	EndpointGB         Name = "endpointGB"
	EndpointGBAbove1PB Name = "endpointGBAbove1PB"
	EndpointGBAbove5PB Name = "endpointGBAbove5PB"
	// AttachmentHour is of a VPC's attachment to a Transit Gateway.
	AttachmentHour Name = "attachmentHour"
	// TransitGB is of data that a VPC sends to a Transit Gateway.
	TransitGB Name = "transitGB"
	// BalancerHour is of a Network Load Balancer, without its capacity units.
	BalancerHour Name = "balancerHour"
	// NATHour is of a NAT gateway, and NATGB of what it processes.
	NATHour        Name = "natHour"
	NATGB          Name = "natGB"
	PublicIPv4Hour Name = "publicIPv4Hour"
	// ResolverHour is of one address of a Resolver endpoint.
	ResolverHour Name = "resolverHour"
	// HostedZoneMonth is of each of the first 25 hosted zones of an account.
	HostedZoneMonth        Name = "hostedZoneMonth"
	HostedZoneMonthAbove25 Name = "hostedZoneMonthAbove25"
	// ProfileHour is of an account's Route 53 Profiles of a region, with up to 100 VPCs.
	ProfileHour         Name = "profileHour"
	ProfileHourAbove100 Name = "profileHourAbove100"
)

// words are the prices in words.
var words = map[Name]string{
	EndpointHour: "an interface endpoint's hour", EndpointGB: "a GB through interface endpoints",
	EndpointGBAbove1PB: "a GB through interface endpoints above 1 PB", EndpointGBAbove5PB: "a GB through interface endpoints above 5 PB",
	AttachmentHour: "a Transit Gateway attachment's hour", TransitGB: "a GB through the Transit Gateway",
	BalancerHour: "a Network Load Balancer's hour",
	NATHour:      "a NAT gateway's hour", NATGB: "a GB through NAT gateways", PublicIPv4Hour: "a public IPv4 address's hour",
	ResolverHour:    "an hour of a Resolver endpoint's address",
	HostedZoneMonth: "a hosted zone's month", HostedZoneMonthAbove25: "a hosted zone's month above 25",
	ProfileHour: "a Route 53 Profile's hour", ProfileHourAbove100: "an hour of a Profile's VPC above 100",
}

// Price is one price, in US dollars.
type Price struct {
	USD float64 `json:"usd"`
	// Source is a key of the file's sources.
	Source string `json:"source"`
}

// Source says where prices are from, and of which day.
type Source struct {
	Date string `json:"date"`
	Text string `json:"text"`
}

// Prices are the contents of a price file.
type Prices struct {
	Sources map[string]Source `json:"sources"`
	// Everywhere are prices of every region of the partition aws, unless a region has its own.
	Everywhere map[Name]Price            `json:"everywhere,omitempty"`
	Regions    map[string]map[Name]Price `json:"regions,omitempty"`
}

//go:embed prices.json
var embedded []byte

// Embedded are the prices that the program carries.
func Embedded() *Prices {
	p, err := Parse("the embedded prices", embedded)
	if err != nil {
		panic(err)
	}
	return p
}

// Parse reads a price file. What it does not know is an error: a misspelt price would be silently left out of every sum.
func Parse(name string, b []byte) (*Prices, error) {
	var p Prices
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		text := strings.TrimPrefix(safefile.Said(err).Error(), "json: ")
		return nil, wrong(name, line(b, d.InputOffset()), "docs/COST.md shows the form", "%s", text)
	}
	if d.More() {
		return nil, wrong(name, line(b, d.InputOffset()), "", "expected one JSON object, found more after it")
	}
	check := func(where string, prices map[Name]Price) error {
		for _, n := range slices.Sorted(maps.Keys(prices)) {
			price := prices[n]
			if words[n] == "" {
				return wrong(name, 0, hint(string(n)), "%s.%s is no price", where, n)
			}
			if price.USD < 0 || price.USD > 1000 {
				return wrong(name, 0, "", "%s.%s: expected US dollars from 0 to 1000, found %v", where, n, price.USD)
			}
			if _, ok := p.Sources[price.Source]; !ok {
				return wrong(name, 0, "give each price its source", "%s.%s: source %q is not among sources", where, n, price.Source)
			}
		}
		return nil
	}
	if err := check("everywhere", p.Everywhere); err != nil {
		return nil, err
	}
	for _, region := range slices.Sorted(maps.Keys(p.Regions)) {
		if _, err := awsfacts.PartitionOf(region); err != nil {
			return nil, wrong(name, 0, diag.DidYouMean(region, awsfacts.Regions()), "%q is no region", region)
		}
		if err := check("regions."+region, p.Regions[region]); err != nil {
			return nil, err
		}
	}
	return &p, nil
}

// wrong is a mistake in a price file.
func wrong(name string, line int, fix, format string, args ...any) diag.List {
	return diag.List{{Severity: diag.Error, Where: diag.Position{File: name, Line: line}, Summary: diag.Sprintf(format, args...), Fix: fix}}
}

func hint(word string) string {
	var names []string
	for n := range words {
		names = append(names, string(n))
	}
	slices.Sort(names)
	return diag.Meant(word, names, "the prices are ")
}

func line(b []byte, offset int64) int {
	return 1 + bytes.Count(b[:min(offset, int64(len(b)))], []byte("\n"))
}

// Over lays prices over others: what a file says wins.
func (p *Prices) Over(under *Prices) *Prices {
	out := &Prices{Sources: maps.Clone(under.Sources), Everywhere: maps.Clone(under.Everywhere), Regions: map[string]map[Name]Price{}}
	for region, prices := range under.Regions {
		out.Regions[region] = maps.Clone(prices)
	}
	own := func(source string) string { return "own:" + source }
	put := func(into, from map[Name]Price) {
		for n, price := range from {
			into[n] = Price{price.USD, own(price.Source)}
		}
	}
	for key, s := range p.Sources {
		out.Sources[own(key)] = s
	}
	put(out.Everywhere, p.Everywhere)
	for region, prices := range p.Regions {
		if out.Regions[region] == nil {
			out.Regions[region] = map[Name]Price{}
		}
		put(out.Regions[region], prices)
	}
	return out
}

// in finds a price in a region. Those of everywhere hold in the partition aws alone.
func (p *Prices) in(region string, n Name) (Price, bool) {
	if price, ok := p.Regions[region][n]; ok {
		return price, true
	}
	if partition, err := awsfacts.PartitionOf(region); err != nil || partition.Name != "aws" {
		return Price{}, false
	}
	price, ok := p.Everywhere[n]
	return price, ok
}

// Encode is the file of prices.
func (p *Prices) Encode() []byte {
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		panic(err)
	}
	return append(b, '\n')
}

// cents rounds to whole cents, as a bill does.
func cents(usd float64) float64 { return math.Round(usd*100) / 100 }
