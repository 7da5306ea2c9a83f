package main

import (
	"regexp"
	"slices"
	"strings"
)

// documented is a service as AWS's documentation of 2026 has it, with the SDKs' host names.
type documented struct {
	Service     string   `json:"service"`
	Names       []string `json:"privateNames"`
	NewNames    []string `json:"newNames"`
	Sources     []string `json:"sources"`
	SDK         []string `json:"sdkHostnames"`
	FIPS        bool     `json:"fips"`
	InCatalogue bool     `json:"inCatalogue"`
	Notes       []string `json:"notes"`
}

// merge adds what the documentation has to the sources of before.
func (src *source) merge(docs []*documented) {
	short := map[string]bool{}
	for _, s := range src.Services {
		short[s.Service] = true
	}
	for _, d := range docs {
		s := src.Services[d.Service]
		switch {
		case strings.Contains(d.Service, "{cell}"):
			continue // Timestream's: each account has cells of its own, so the user names them in full
		case s == nil:
			s = &service{Service: shortName(d.Service, short), FIPS: d.FIPS}
			src.Services[d.Service] = s
			short[s.Service] = true
		}
		s.documented = d
	}
	for _, d := range noPrivateDNS {
		src.Services[d.Service].documented = d
	}
}

// noPrivateDNS are further services whose guide says that they have none, and warns of hosted zones of their names.
var noPrivateDNS = []*documented{
	{Service: "com.amazonaws.{region}.dynamodb", Notes: []string{"no private DNS"}, Sources: []string{dynamoDB}},
	{Service: "com.amazonaws.{region}.dynamodb-fips", Notes: []string{"no private DNS"}, Sources: []string{dynamoDB}},
	{Service: "com.amazonaws.{region}.dynamodb-streams", Notes: []string{"no private DNS"},
		Sources: []string{"https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-streams.html"}},
}

const dynamoDB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-interface-endpoints.html"

// shortName is what AWS prints after the region. Where two services share it, the second keeps what is before the region:
// the pages name some services under both com.amazonaws and aws.api.
func shortName(full string, taken map[string]bool) string {
	prefix, short, ok := strings.Cut(full, ".{region}.")
	if !ok {
		region := regionIn(full)
		prefix, short, _ = strings.Cut(full, "."+region+".")
	}
	preferred := prefix != "com.amazonaws" || !strings.HasPrefix(short, "resource-explorer-2")
	if taken[short] || !preferred {
		return prefix + "." + short
	}
	return short
}

var region = regexp.MustCompile(`\.([a-z]{2}-[a-z]+-[0-9])\.`)

// regionIn is the one region that a service's name has in it; "" for {region} or none.
func regionIn(full string) string {
	if m := region.FindStringSubmatch(full); m != nil {
		return m[1]
	}
	return ""
}

// nameless is true where the guide says that there is no private name.
func (d *documented) nameless() bool {
	return slices.ContainsFunc(d.Notes, func(n string) bool {
		return strings.Contains(n, "no private DNS") || strings.Contains(n, "private DNS is not supported")
	})
}

// stated are the names that the documentation states for every region. S3's names are those of buckets, access points and
// accounts too, and its dual-stack names come with an endpoint of both families only.
func (d *documented) stated() []string {
	names := d.Names
	if d.InCatalogue {
		names = d.NewNames
	}
	var out []string
	for _, n := range names {
		if strings.Contains(n, ".dualstack.") || strings.Contains(n, ".amazonaws.com.cn") {
			continue
		}
		out = append(out, n)
		if strings.HasSuffix(d.Service, ".s3-fips") {
			out = append(out, "*."+n)
		}
	}
	return out
}

// asked are the host names that the SDK asks for and that the endpoint may be expected to have: those of the classic domain,
// or of .api.aws for services that have no other. The services of aws.api have both, by those whose names are stated.
func (d *documented) asked() []string {
	var classic []string
	for _, n := range d.SDK {
		if strings.HasSuffix(n, ".amazonaws.com") {
			classic = append(classic, n)
		}
	}
	if len(classic) == 0 || !strings.HasPrefix(d.Service, "com.amazonaws.") {
		return d.SDK
	}
	return classic
}

// page is the first source's address, without what all have in common.
func (d *documented) page() string {
	address, _, _ := strings.Cut(d.Sources[0], " ")
	page := strings.TrimSuffix(strings.TrimPrefix(address, "https://docs.aws.amazon.com/"), ".html")
	if !strings.Contains(page, "/") {
		return "" // a guide by its title
	}
	return page
}
