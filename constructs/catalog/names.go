package catalog

import (
	"regexp"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
)

var regionLabel = regexp.MustCompile(`\.([a-z]{2,4}(?:-[a-z]+)+-[0-9]+)(?:\.|$)`)

// regionIn is the region that a service's full name holds, or "".
func regionIn(full string) string {
	if m := regionLabel.FindStringSubmatch(full); m != nil {
		return m[1]
	}
	return ""
}

// guess is a private name made of a service's full one: its labels in reverse order, in the domain that goes with its prefix.
func guess(full, region string) string {
	prefix, short, ok := strings.Cut(full, "."+region+".")
	at := region + "."
	if !ok { // a service of all regions: com.amazonaws.iam, aws.api.global.codecatalyst
		i := 2 // labels of the prefix
		labels := strings.Split(full, ".")
		for i < len(labels)-1 && labels[i] == "amazonaws" {
			i++
		}
		prefix, short, at = strings.Join(labels[:i], "."), strings.Join(labels[i:], "."), ""
	}
	labels := strings.Split(short, ".")
	slices.Reverse(labels)
	name := strings.Join(labels, ".") + "." + at
	in := awsfacts.MustPartition(region)
	switch product, ours := strings.CutPrefix(prefix, "aws."); {
	case product == "api" && ours, prefix == "api.aws":
		return name + in.DualStackSuffix
	case ours: // aws.sagemaker.us-east-1.studio
		return "*." + name + product + ".aws"
	}
	return name + in.DNSSuffix
}

var unlistedForm = regexp.MustCompile(`^[a-z][a-z0-9-]*(\.[a-z0-9-]+){2,}$`)

// isFull is true for what has the form of a service's full name. DNS names of AWS have it too, and are none.
func isFull(name string) bool {
	if !unlistedForm.MatchString(name) {
		return false
	}
	in, err := awsfacts.PartitionOf(regionIn(name))
	return err != nil || !strings.HasSuffix(name, "."+in.DNSSuffix) && !strings.HasSuffix(name, "."+in.DualStackSuffix)
}

// Unlisted is a service of AWS's that the catalogue does not know, by its full name: all that follows from the name itself. It
// is false for what is no full name of a service of the region.
func (c *Catalog) Unlisted(full string) (*Service, bool) {
	if !isFull(full) || regionIn(full) != c.Region {
		return nil, false
	}
	s := &Service{
		Name: shortName(full, c.Region), ServiceName: full, Region: c.Region, Ports: []int{443}, Policy: Unknown,
		FIPS: strings.HasSuffix(full, "-fips") || strings.Contains(full, "-fips."),
	}
	if c.partition.byName[s.Name] != nil { // another service of this short name
		s.Name = strings.Replace(full, "."+c.Region+".", ".", 1)
	}
	s.know(Provenance{Names: []string{guess(full, c.Region)}, Source: "guess", Confidence: Guess})
	return s, true
}

// RegionOf is the region that a service's full name holds; "" for none, or for a name that is not a full one.
func RegionOf(full string) string {
	if !isFull(full) {
		return ""
	}
	return regionIn(full)
}

// Optional are names that an endpoint can serve beside its own, by what the configuration calls them.
type Optional struct {
	// Names in a region, a leading "*." where every name below matches.
	Names []string
	// For says what they do.
	For string
	// OnlyIn is the region with them, or "" for all.
	OnlyIn string
	// Doubt says why the endpoint may not answer to them, or "".
	Doubt string
}

// Optional names of a service: S3's by its guide, "AWS PrivateLink for Amazon S3"; the names that the SDKs know for dual-stack
// requests; and the global name of STS.
func (s *Service) Optional() map[string]Optional {
	suffix := awsfacts.MustPartition(s.Region).DNSSuffix
	base, in := strings.Split(s.Name, ".")[0], s.Region
	out := map[string]Optional{}
	if s.Twin != "" {
		out["dualstack"] = Optional{For: "clients that ask for dual-stack names (AWS_USE_DUALSTACK_ENDPOINT); they get IPv4 addresses",
			Names: []string{s.Twin}, Doubt: "nobody has seen the name on the endpoint"}
	}
	if s.ServiceName == "com.amazonaws."+in+".sts" {
		out["global"] = Optional{For: "SDKs of before August 2025, and AWS CLI v1", Names: []string{"sts." + suffix}, OnlyIn: "us-east-1",
			Doubt: "AWS asks for the regional name at an endpoint (IAM guide, \"Create a VPC endpoint for AWS STS\")"}
	}
	if base != "s3" && base != "s3-fips" || s.Name != base && s.Name != base+"."+in {
		return out
	}
	pair := func(name string) []string { return []string{name, "*." + name} }
	out["dualstack"] = Optional{For: "clients that ask for S3's dual-stack names, such as dnf of Amazon Linux 2023; they get IPv4 addresses",
		Names: pair(base + ".dualstack." + in + "." + suffix)}
	if base == "s3" && suffix == "amazonaws.com" {
		out["global"] = Optional{For: "older clients that ask for S3 without a region; buckets of all regions are then asked for at this " +
			"region's endpoint", Names: pair("s3." + suffix), OnlyIn: "us-east-1"}
	}
	return out
}

// Sources are those of the names, the best first: "dump-2023, docs-2026".
func (s *Service) Sources() string {
	var out []string
	for _, p := range s.Provenance {
		if !slices.Contains(out, p.Source) {
			out = append(out, p.Source)
		}
	}
	return strings.Join(out, ", ")
}

// Also adds names that the user asks for.
func (s *Service) Also(names []string) {
	s.know(Provenance{Names: names, Source: "your file", Confidence: Observed})
}

// PrivateDNS is true where the endpoint has private names, known here or to AWS alone.
func (s *Service) PrivateDNS() bool { return len(s.PrivateNames) > 0 || s.OnlyAWSKnows }
