package catalog

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"sharedhub/constructs/awsfacts"
)

//go:embed data/*.txt
var files embed.FS

// partition is the catalogue of one.
type partition struct {
	// azs are the letters of the availability zones by region.
	azs map[string]string
	// prefixed are the services, by region, whose endpoint service's name begins with the partition's suffix backwards
	// ("cn.com.amazonaws", "eu.amazonaws") and not with com.amazonaws.
	prefixed map[string][]string
	services []*line
	byName   map[string]*line
	of       awsfacts.Partition
}

// line is a service in all regions of a partition, of which the further columns are read when it is asked for.
type line struct {
	name, service string
	columns       []string
}

// entry is what a line says.
type entry struct {
	*line
	names         []sourced
	policy        Support
	ip            []string
	twin          string
	ports         []int
	fips, gateway bool
	observed      []string // "us-east-1", or "us-east-1:abc" where it was seen in some zones only
	also          []string // "us-east-1:name"
	noPolicyIn    []string
	page, instead string
}

// sourced are names with where they come from.
type sourced struct {
	source string
	// derived is true for the names of another partition, with this one's suffix.
	derived bool
	names   []string
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
	name := "data/derived.txt"
	if of.Name == "aws" {
		name = "data/aws.txt"
	}
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded: cannot be missing
	}
	p := &partition{of: of, azs: map[string]string{}, prefixed: map[string][]string{}, byName: map[string]*line{}}
	for row := range strings.Lines(string(b)) {
		columns := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		switch columns[0] {
		case "zones":
			p.azs[columns[1]] = columns[2]
		case "prefixed":
			p.prefixed[columns[1]] = strings.Fields(columns[2])
		case "service":
			l := &line{columns[1], columns[2], columns[3:]}
			p.services = append(p.services, l)
			p.byName[l.name] = l
		default:
			panic(fmt.Errorf("%s: %q", name, row)) // embedded, and written by generate
		}
	}
	return p
}

// entry reads a line's further columns: its names by source, and facts.
func (p *partition) entry(l *line) *entry {
	e := &entry{line: l, ports: []int{443}}
	for group := range strings.SplitSeq(l.columns[0], "; ") {
		source, names, _ := strings.Cut(group, " ")
		s := sourced{names: namesIn(p.of, strings.Fields(names))}
		s.source, s.derived = strings.CutSuffix(source, ",derived")
		e.names = append(e.names, s)
	}
	for _, fact := range l.columns[1:] {
		key, value, _ := strings.Cut(fact, "=")
		switch key {
		case "policy":
			e.policy = Support(value)
		case "ip":
			e.ip = strings.Fields(value)
		case "twin":
			e.twin = value
		case "ports":
			e.ports = numbers(value)
		case "fips":
			e.fips = true
		case "gateway":
			e.gateway = true
		case "observed":
			e.observed = p.regions(value)
		case "also":
			e.also = strings.Fields(value)
		case "noPolicyIn":
			e.noPolicyIn = strings.Fields(value)
		case "page":
			e.page = value
		case "instead":
			e.instead = value
		default:
			panic("catalogue: " + fact) // embedded, and written by generate
		}
	}
	return e
}

func numbers(text string) []int {
	var out []int
	for n := range strings.FieldsSeq(text) {
		i, err := strconv.Atoi(n)
		if err != nil {
			panic(err) // embedded
		}
		out = append(out, i)
	}
	return out
}

// regions of an observation; "*" stands for all that are not listed.
func (p *partition) regions(text string) []string {
	list := strings.Fields(text)
	if list[0] != "*" {
		return list
	}
	out := list[1:]
	for _, region := range slices.Sorted(maps.Keys(p.azs)) {
		if !slices.ContainsFunc(list, func(l string) bool { return strings.HasPrefix(l, region+":") }) {
			out = append(out, region)
		}
	}
	slices.Sort(out)
	return out
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
		case of.DualStackSuffix == awsfacts.Partitions[0].DualStackSuffix:
			out = append(out, n)
		}
	}
	return out
}
