// Command generate writes the embedded catalogue from the source data in source/: data/aws.json, and data/derived.json for
// all other partitions, with {suffix} for their DNS suffix.
//
// It runs in constructs/catalog (go generate ./constructs/catalog) and is deterministic: CI runs it and refuses a
// difference. How a name is chosen, best source first:
//
//	measured-2026   an operator's DescribeVpcEndpoints output
//	field-2026      reported by operators from production
//	dump-2023       DescribeVpcEndpointServices, 17 regions
//	botocore        the reversed service name, which the SDK's endpoint rules know
//	guess           the reversed service name alone
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

type source struct {
	Services map[string]struct {
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
	} `json:"services"`
	Prefixes map[string]json.RawMessage `json:"nonDefaultServiceNamePrefixByRegion(CDK)"`
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
	Name     string   `json:"name"`
	Service  string   `json:"service"`
	Names    []string `json:"names"`
	Source   string   `json:"source"`
	Policy   string   `json:"policy"`
	IP       string   `json:"ip,omitempty"`
	Twin     string   `json:"twin,omitempty"`
	Ports    []int    `json:"ports,omitempty"`
	FIPS     bool     `json:"fips,omitempty"`
	Gateway  bool     `json:"gateway,omitempty"`
	Observed string   `json:"observed,omitempty"`
	// Also are names that one region's observation holds beside those of the template.
	Also map[string][]string `json:"also,omitempty"`
	// NoPolicyIn are regions that were seen to take no policy where others do.
	NoPolicyIn []string `json:"noPolicyIn,omitempty"`
}

// ports other than 443: Amazon Keyspaces developer guide, "Using Amazon Keyspaces with interface VPC endpoints", and
// Amazon SES developer guide, "Setting up VPC endpoints with Amazon SES".
var ports = map[string][]int{
	"cassandra":  {9142},
	"email-smtp": {25, 465, 587, 2465, 2587},
}

// gateways are the two services that also have a gateway endpoint (VPC guide, "Gateway endpoints").
var gateways = []string{"s3", "dynamodb"}

func main() {
	log.SetFlags(0)
	var src source
	var obs observation
	read("source/services.json", &src)
	read("source/observed-2023-09.json", &obs)
	for _, name := range []string{"aws", "derived"} {
		if err := os.WriteFile(filepath.Join("data", name+".json"), render(name, &src, &obs), 0o644); err != nil {
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
	if partition == "aws" {
		for region := range obs.Regions {
			zones[region] = letters(region, obs)
		}
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\n\"zones\": %s,\n\"prefixed\": %s,\n\"services\": [\n", marshal(zones), marshal(prefixed(partition, src)))
	keys := make([]string, 0, len(src.Services))
	for k := range src.Services {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for i, k := range keys {
		sep := ","
		if i == len(keys)-1 {
			sep = ""
		}
		fmt.Fprintf(&out, "%s%s\n", marshal(makeEntry(k, partition, src, obs, zones)), sep)
	}
	out.WriteString("]\n}\n")
	return out.Bytes()
}

func makeEntry(key, partition string, src *source, obs *observation, zones map[string]string) entry {
	s := src.Services[key]
	e := entry{
		Name: s.Service, Service: key, FIPS: s.FIPS, Ports: ports[strings.TrimSuffix(s.Service, "-fips")],
		Gateway: slices.Contains(gateways, s.Service), Policy: "unknown",
	}
	switch {
	case len(s.Measured) > 0:
		e.Names, e.Source = s.Measured, "measured-2026"
	case len(s.Field) > 0:
		e.Names, e.Source = s.Field, "field-2026"
	case s.Dump != nil:
		e.Names, e.Source = s.Dump.Names, "dump-2023"
	default:
		e.Names, e.Source = []string{s.Guess}, s.Best
	}
	if s.Dump != nil {
		e.Policy = "no"
		if slices.Contains(s.Dump.Policy, true) {
			e.Policy = "yes"
		}
	}
	if partition == "aws" {
		e.Observed, e.IP = observed(key, obs, zones)
		e.exceptions(obs)
		if twin := s.Service + ".{region}.api.aws"; s.KnowsTwin &&
			!slices.ContainsFunc(e.Names, func(n string) bool { return strings.HasSuffix(n, ".api.aws") }) {
			e.Twin = twin
		}
		return e
	}
	e.Names = slices.Clone(e.Names)
	for i, n := range e.Names {
		if bare, ok := strings.CutSuffix(n, "amazonaws.com"); ok {
			e.Names[i] = bare + "{suffix}"
		}
	}
	e.Source += ", derived"
	return e
}

// exceptions notes where one region's observation differs from the rest.
func (e *entry) exceptions(obs *observation) {
	for region, services := range obs.Regions {
		s, ok := services[strings.ReplaceAll(e.Service, "{region}", region)]
		if !ok {
			continue
		}
		for _, n := range s.Names {
			if !slices.ContainsFunc(e.Names, func(t string) bool {
				return strings.TrimPrefix(strings.ReplaceAll(t, "{region}", region), "*.") == strings.TrimPrefix(n, "*.")
			}) {
				if e.Also == nil {
					e.Also = map[string][]string{}
				}
				e.Also[region] = append(e.Also[region], n)
			}
		}
		if e.Policy == "yes" && !s.Policy {
			e.NoPolicyIn = append(e.NoPolicyIn, region)
		}
	}
	sort.Strings(e.NoPolicyIn)
}

// observed lists the regions of 2023 as "region" (all its zones) or "region=abc", and the IP address types seen.
func observed(key string, obs *observation, zones map[string]string) (string, string) {
	var out []string
	ip := map[string]bool{}
	for region, services := range obs.Regions {
		s, ok := services[strings.ReplaceAll(key, "{region}", region)]
		if !ok {
			continue
		}
		var l []byte
		for _, z := range s.Zones {
			l = append(l, z[len(z)-1])
		}
		slices.Sort(l)
		if string(l) == zones[region] {
			out = append(out, region)
		} else {
			out = append(out, region+"="+string(l))
		}
		ip[strings.Join(s.IP, " ")] = true
	}
	sort.Strings(out)
	types := make([]string, 0, len(ip))
	for t := range ip {
		types = append(types, t)
	}
	sort.Strings(types)
	if len(types) == 0 || types[0] == "ipv4" { // what every region offers
		return strings.Join(out, " "), ""
	}
	return strings.Join(out, " "), types[0]
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

// prefixed lists, per region, the services whose endpoint service's name begins with the partition's suffix backwards
// (aws-cdk-lib, aws-ec2/lib/vpc-endpoint.ts).
func prefixed(partition string, src *source) map[string][]string {
	out := map[string][]string{}
	for region, raw := range src.Prefixes {
		var services []string
		if partition == "derived" && json.Unmarshal(raw, &services) == nil {
			sort.Strings(services)
			out[region] = services
		}
	}
	return out
}

func marshal(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		log.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}
