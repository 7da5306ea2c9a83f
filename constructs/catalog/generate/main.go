// Command generate writes the embedded catalogue from the source data in source/: data/aws.txt, and data/derived.txt for
// all other partitions, with {suffix} for their DNS suffix.
//
// It runs in constructs/catalog (go generate ./constructs/catalog) and is deterministic: CI runs it and refuses a
// difference. How a service's names are chosen, best source first:
//
//	measured-2026   an operator's DescribeVpcEndpoints output of us-west-2
//	field-2026      reported by an operator from production in eu-west-2
//	dump-2023       DescribeVpcEndpointServices, 17 regions
//	docs-2026       AWS's documentation states the name; names that it states beside observed ones are added to them
//	botocore        the host name that the SDK asks for, by its endpoint rules
//	guess           none: package catalog makes the service's name of it
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

type source struct {
	Services map[string]*service        `json:"services"`
	Prefixes map[string]json.RawMessage `json:"nonDefaultServiceNamePrefixByRegion(CDK)"`
}

type service struct {
	Service   string `json:"service"`
	Guess     string `json:"guess"`
	KnowsTwin bool   `json:"botocoreKnowsApiAwsTwin"`
	FIPS      bool   `json:"fips"`
	Best      string `json:"bestSource"`
	Dump      *struct {
		Names  []string `json:"privateDnsNames"`
		Policy []bool   `json:"policySupported"`
	} `json:"dump2023"`
	Measured []string `json:"measured2026"`
	Field    []string `json:"fieldReported2026"`

	documented *documented
}

type observation struct {
	Regions map[string]map[string]struct {
		Names  []string `json:"privateDnsNames"`
		Zones  []string `json:"availabilityZones"`
		Policy bool     `json:"policySupported"` // of this region
		IP     []string `json:"ipTypes"`
	} `json:"regions"`
}

// entry is one line of a data file; package catalog reads it.
type entry struct {
	name, service string
	// names by source, in the order above.
	names []sourced
	// facts are "key=value": policy, ip, twin, ports, observed, also (names of one region beside the others), noPolicyIn,
	// page (of AWS's documentation), and the flags fips and gateway.
	facts map[string]string
}

type sourced struct {
	source string
	names  []string
}

func (e *entry) add(source string, names ...string) {
	e.names = append(e.names, sourced{source, names})
}

func (e *entry) all() []string { return e.from("") }

// from are the names of a source, or of all.
func (e *entry) from(source string) (out []string) {
	for _, s := range e.names {
		if source == "" || s.source == source {
			out = append(out, s.names...)
		}
	}
	return out
}

func (e *entry) fact(key, value string) {
	if value != "" {
		e.facts[key] = value
	}
}

// ports other than 443: Amazon Keyspaces developer guide, "Using Amazon Keyspaces with interface VPC endpoints"; Amazon SES
// developer guide, "Setting up VPC endpoints with Amazon SES"; Amazon EVS user guide, for the activation of Windows Server.
var ports = map[string]string{
	"cassandra":                     "9142",
	"email-smtp":                    "25 465 587 2465 2587",
	"evs-windows-server-activation": "1688",
}

// instead are services that take no new endpoints, with the one to use (MSK developer guide, "Use Amazon MSK APIs with
// interface VPC endpoints").
var instead = map[string]string{"kafka": "kafka-api", "kafka-fips": "kafka-api-fips"}

// gateways are the two services that also have a gateway endpoint (VPC guide, "Gateway endpoints").
var gateways = []string{"s3", "dynamodb"}

func main() {
	log.SetFlags(0)
	var src source
	var obs observation
	var docs []*documented
	read("source/services.json", &src)
	read("source/observed-2023-09.json", &obs)
	read("source/documented-2026.json", &docs)
	src.merge(docs)
	for _, name := range []string{"aws", "derived"} {
		if err := os.WriteFile(filepath.Join("data", name+".txt"), render(name, &src, &obs), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

func read(file string, into any) {
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		log.Fatalf("%s: %v", file, err)
	}
}

func render(partition string, src *source, obs *observation) []byte {
	zones := map[string]string{}
	var out bytes.Buffer
	if partition == "aws" {
		for _, region := range slices.Sorted(maps.Keys(obs.Regions)) {
			zones[region] = letters(region, obs)
			fmt.Fprintf(&out, "zones\t%s\t%s\n", region, zones[region])
		}
	}
	for _, region := range slices.Sorted(maps.Keys(src.Prefixes)) {
		var services []string
		if partition == "derived" && json.Unmarshal(src.Prefixes[region], &services) == nil {
			sort.Strings(services)
			fmt.Fprintf(&out, "prefixed\t%s\t%s\n", region, strings.Join(services, " "))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(src.Services)) {
		if e := makeEntry(key, partition, src.Services[key], obs, zones); e != nil {
			out.WriteString(e.line())
		}
	}
	return out.Bytes()
}

// line is "service, its short name, names by source, facts", with tabs between.
func (e *entry) line() string {
	var names []string
	for _, s := range e.names {
		names = append(names, strings.TrimSpace(s.source+" "+strings.Join(s.names, " ")))
	}
	columns := []string{"service", e.name, e.service, strings.Join(names, "; ")}
	for _, k := range slices.Sorted(maps.Keys(e.facts)) {
		columns = append(columns, k+"="+e.facts[k])
	}
	return strings.Join(columns, "\t") + "\n"
}

func makeEntry(key, partition string, s *service, obs *observation, zones map[string]string) *entry {
	e := &entry{name: s.Service, service: key, facts: map[string]string{"policy": "unknown"}}
	e.fact("ports", ports[strings.TrimSuffix(s.Service, "-fips")])
	if s.FIPS {
		e.fact("fips", "yes")
	}
	if slices.Contains(gateways, s.Service) {
		e.fact("gateway", "yes")
	}
	if s.Dump != nil {
		e.fact("policy", "no")
		if slices.Contains(s.Dump.Policy, true) {
			e.fact("policy", "yes")
		}
	}
	e.chooseNames(s)
	e.fact("instead", instead[s.Service])
	if s.documented != nil {
		e.fact("page", s.documented.page())
	}
	if partition == "aws" {
		e.observed(obs, zones)
		e.exceptions(obs)
		e.fact("twin", s.twin(e.all()))
		return e
	}
	if regionIn(key) != "" { // offered in one region, of partition aws
		return nil
	}
	for i := range e.names {
		e.names[i].names = withSuffix(e.names[i].names)
		if e.names[i].source != "guess" {
			e.names[i].source += ",derived"
		}
	}
	if s.documented != nil {
		e.chinese(s.documented)
	}
	return e
}

// chooseNames takes the best source, and what AWS's documentation states beside it.
func (e *entry) chooseNames(s *service) {
	d := s.documented
	switch {
	case d != nil && d.nameless():
		e.add("docs-2026")
		return
	case len(s.Measured) > 0:
		e.split(s, "measured-2026", s.Measured)
	case len(s.Field) > 0:
		e.split(s, "field-2026", s.Field)
	case s.Dump != nil:
		e.add("dump-2023", s.Dump.Names...)
	case d != nil && len(d.stated()) > 0: // below
	case d != nil && len(d.asked()) > 0:
		e.add("botocore", d.asked()...)
	case s.Best == "botocore":
		e.add("botocore", s.Guess)
	default:
		e.add("guess") // which package catalog makes
	}
	if d == nil {
		return
	}
	var more []string
	for _, n := range d.stated() {
		if !slices.Contains(e.all(), n) {
			more = append(more, n)
		}
	}
	if len(more) > 0 {
		e.add("docs-2026", more...)
	}
}

// split tells the names that were seen in 2023 from those that only a source of one region saw.
func (e *entry) split(s *service, source string, names []string) {
	var seen, more []string
	for _, n := range names {
		if s.Dump != nil && slices.Contains(s.Dump.Names, n) {
			seen = append(seen, n)
		} else {
			more = append(more, n)
		}
	}
	if len(seen) > 0 {
		e.add("dump-2023", seen...)
	}
	if len(more) > 0 {
		e.add(source, more...)
	}
}

// twin is a name that the SDKs know and that the endpoint is not known to have.
func (s *service) twin(names []string) string {
	apiAWS := func(n string) bool { return strings.HasSuffix(n, ".api.aws") }
	if s.documented != nil {
		for _, n := range s.documented.SDK {
			if apiAWS(n) && !slices.ContainsFunc(names, apiAWS) {
				return n
			}
		}
	}
	if s.KnowsTwin && len(names) > 0 && !slices.ContainsFunc(names, apiAWS) {
		return s.Service + ".{region}.api.aws"
	}
	return ""
}

func withSuffix(names []string) []string {
	out := slices.Clone(names)
	for i, n := range out {
		if bare, ok := strings.CutSuffix(n, "amazonaws.com"); ok {
			out[i] = bare + "{suffix}"
		}
	}
	return out
}

// chinese are names that AWS states for China's regions alone.
func (e *entry) chinese(d *documented) {
	var also []string
	for _, n := range d.NewNames {
		for _, region := range []string{"cn-north-1", "cn-northwest-1"} {
			if strings.Contains(n, "."+region+".") {
				also = append(also, region+":"+n)
			}
		}
	}
	e.fact("also", strings.Join(also, " "))
}

// exceptions notes where one region's observation differs from the rest.
func (e *entry) exceptions(obs *observation) {
	var also, noPolicy []string
	for _, region := range slices.Sorted(maps.Keys(obs.Regions)) {
		s, ok := obs.Regions[region][strings.ReplaceAll(e.service, "{region}", region)]
		if !ok {
			continue
		}
		for _, n := range s.Names {
			if !slices.ContainsFunc(e.from("dump-2023"), func(t string) bool {
				return strings.TrimPrefix(strings.ReplaceAll(t, "{region}", region), "*.") == strings.TrimPrefix(n, "*.")
			}) {
				also = append(also, region+":"+n)
			}
		}
		if e.facts["policy"] == "yes" && !s.Policy {
			noPolicy = append(noPolicy, region)
		}
	}
	e.fact("also", strings.Join(also, " "))
	e.fact("noPolicyIn", strings.Join(noPolicy, " "))
}

// observed lists the regions of 2023 as "region" (all its zones) or "region=abc", "*" for the regions that are not listed, and
// the IP address types seen.
func (e *entry) observed(obs *observation, zones map[string]string) {
	var everywhere, some []string
	ip := map[string]bool{}
	for region, services := range obs.Regions {
		s, ok := services[strings.ReplaceAll(e.service, "{region}", region)]
		if !ok {
			continue
		}
		var l []byte
		for _, z := range s.Zones {
			l = append(l, z[len(z)-1])
		}
		slices.Sort(l)
		if string(l) == zones[region] {
			everywhere = append(everywhere, region)
		} else {
			some = append(some, region+":"+string(l))
		}
		ip[strings.Join(s.IP, " ")] = true
	}
	if len(everywhere)+len(some) == len(zones) {
		everywhere = []string{"*"}
	}
	out := append(everywhere, some...)
	sort.Strings(out)
	e.fact("observed", strings.Join(out, " "))
	if types := slices.Sorted(maps.Keys(ip)); len(types) > 0 && types[0] != "ipv4" { // what every region offers
		e.fact("ip", types[0])
	}
}

// letters are the zones of a region as the account that was asked in 2023 named them.
func letters(region string, obs *observation) string {
	var l []byte
	for _, s := range obs.Regions[region] {
		for _, z := range s.Zones {
			if c := z[len(z)-1]; !slices.Contains(l, c) {
				l = append(l, c)
			}
		}
	}
	slices.Sort(l)
	return string(l)
}
