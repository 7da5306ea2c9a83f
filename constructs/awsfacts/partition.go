// Package awsfacts holds AWS's own facts, each once: partitions, ARNs, quotas and the names of the CDK's bootstrap roles.
// It is data and no logic of ours, so the side that writes templates and the side that proves them may share it.
package awsfacts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Partition is a group of regions with accounts, ARNs and DNS names of its own.
type Partition struct {
	// Name as it stands in ARNs: "aws", "aws-cn".
	Name string
	// DNSSuffix ends the names of services, and is the template's AWS::URLSuffix.
	DNSSuffix string
	// DualStackSuffix ends their names with IPv4 and IPv6.
	DualStackSuffix string
	// Regions that are known. A newer one of the pattern can be used all the same.
	Regions []string

	pattern *regexp.Regexp
}

// Partitions of AWS (aws-sdk-go-v2 1.48.0, internal/endpoints/awsrulesfn/partitions.json, which botocore's partitions.json
// equals). A region fits the pattern of one partition at most.
var Partitions = []Partition{
	{"aws", "amazonaws.com", "api.aws", []string{
		"af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2",
		"ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
		"ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2",
		"eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1", "me-west-1", "mx-central-1",
		"sa-east-1", "sa-west-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
	}, regexp.MustCompile(`^([abd-z][a-z]|c[a-mo-z])-` + direction)},
	{"aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", []string{"cn-north-1", "cn-northwest-1"}, regions("cn-")},
	{"aws-us-gov", "amazonaws.com", "api.aws", []string{"us-gov-east-1", "us-gov-west-1"}, regions("us-gov-")},
	{"aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", []string{"eusc-de-east-1"}, regions("eusc-[a-z]{2}-")},
	{"aws-iso", "c2s.ic.gov", "api.aws.ic.gov", []string{"us-iso-east-1", "us-iso-west-1"}, regions("us-iso-")},
	{"aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", []string{"us-isob-east-1", "us-isob-west-1"}, regions("us-isob-")},
	{"aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", []string{"eu-isoe-west-1"}, regions("eu-isoe-")},
	{"aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", []string{"us-isof-east-1", "us-isof-south-1"}, regions("us-isof-")},
}

// regions is stricter than AWS's pattern in one respect, which takes any word: all regions have a direction there, and us-eats-1
// is a typo. It is wider in another: partition aws takes regions of every country, as the SDKs do.
func regions(prefix string) *regexp.Regexp { return regexp.MustCompile(`^` + prefix + direction) }

const direction = `(central|(north|south)?(east|west)|north|south)-[0-9]+$`

// PartitionOf is the partition of a region, also of one that is newer than Partitions. A region that fits no partition's
// pattern is an error.
func PartitionOf(region string) (Partition, error) {
	i := slices.IndexFunc(Partitions, func(p Partition) bool { return p.pattern.MatchString(region) })
	if i < 0 {
		return Partition{}, fmt.Errorf("%q is not a region of any AWS partition; write one such as us-east-1", region)
	}
	return Partitions[i], nil
}

// EndpointServiceName is the full name of an endpoint service that is no service of AWS: the partition's suffix backwards, and
// "vpce" (aws-cdk-lib, region-info, VPC_ENDPOINT_SERVICE_NAME_PREFIX).
func (p Partition) EndpointServiceName(region, id string) string {
	labels := strings.Split(p.DNSSuffix, ".")
	slices.Reverse(labels)
	return strings.Join(labels, ".") + ".vpce." + region + "." + id
}

// MustPartition is PartitionOf for a region that was checked before.
func MustPartition(region string) Partition {
	p, err := PartitionOf(region)
	if err != nil {
		panic(err)
	}
	return p
}

// Regions that are known, of all partitions, sorted.
func Regions() []string {
	var out []string
	for _, p := range Partitions {
		out = append(out, p.Regions...)
	}
	slices.Sort(out)
	return out
}

// PartitionNames are the names of all partitions, as they stand in ARNs.
func PartitionNames() []string {
	var out []string
	for _, p := range Partitions {
		out = append(out, p.Name)
	}
	return out
}

// ZoneIDPrefix is what the ids of a region's availability zones begin with: use1 of us-east-1, usgw1 of us-gov-west-1 (RAM
// guide, "Availability Zone IDs for your AWS resources"). It is "" for regions of other forms, which that page does not show.
func ZoneIDPrefix(region string) string {
	parts := strings.Split(region, "-")
	gov := len(parts) == 4 && parts[1] == "gov"
	if len(parts) != 3 && !gov {
		return ""
	}
	if gov {
		parts[1] = "g"
	}
	for i, p := range parts {
		if short, ok := compass[p]; ok {
			parts[i] = short
		}
	}
	return strings.Join(parts, "")
}

var compass = map[string]string{"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
	"north": "n", "south": "s", "east": "e", "west": "w", "central": "c"}

// ZoneIDs are the ids of a region's availability zones that AWS offers to new accounts, in the order of their numbers (API Gateway
// guide, "VPC links V2", "Availability by Region"; MemoryDB guide, "Subnets and subnet groups"; EFS guide, "Supported Availability
// Zones for One Zone file systems"). Nil for a region of which none of these pages speaks.
func ZoneIDs(region string) []string {
	numbers, ok := zoneNumbers[region]
	if !ok {
		return nil
	}
	var out []string
	for _, n := range numbers {
		out = append(out, fmt.Sprintf("%s-az%c", ZoneIDPrefix(region), n))
	}
	return out
}

var zoneNumbers = map[string]string{
	"us-east-1": "12456", "us-east-2": "123", "us-west-1": "13", "us-west-2": "1234", "ca-central-1": "124", "sa-east-1": "123",
	"eu-central-1": "123", "eu-north-1": "123", "eu-south-1": "123", "eu-south-2": "123", "eu-west-1": "123", "eu-west-2": "123",
	"eu-west-3": "123", "ap-east-1": "123", "ap-northeast-1": "124", "ap-northeast-2": "123", "ap-south-1": "123", "ap-southeast-1": "123",
	"ap-southeast-2": "123", "me-south-1": "123", "cn-north-1": "12", "cn-northwest-1": "123", "us-gov-east-1": "123", "us-gov-west-1": "123",
}

// LateZone is the number of the one zone that a region's other pages leave out between others, by ZoneIDPrefix: few accounts have
// it, and few services are in it.
var LateZone = map[string]int{"use1": 3, "usw1": 2, "apne1": 3, "cac1": 3}

// ReverseDNS is the suffix as the names of some endpoint services begin: "com.amazonaws", "cn.com.amazonaws".
func (p Partition) ReverseDNS() string {
	labels := strings.Split(p.DNSSuffix, ".")
	slices.Reverse(labels)
	return strings.Join(labels, ".")
}
