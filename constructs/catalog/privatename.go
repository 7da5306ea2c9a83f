package catalog

import (
	"regexp"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
)

var (
	label    = `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`
	nameForm = regexp.MustCompile(`^(\*\.)?` + label + `(\.` + label + `)+$`)
	number   = regexp.MustCompile(`\.[0-9]+$`)
)

// ValidName is true for a domain, or "*." and a domain.
func ValidName(s string) bool { return len(s) <= 253 && nameForm.MatchString(s) }

// NotPrivate says why a text can be no private name of an endpoint: a domain, or "*." and a domain. It is "" for one that can.
// A hosted zone answers for all names below its own, so one above AWS's names would hide what it does not serve.
func NotPrivate(name string) string {
	domain := strings.TrimPrefix(name, "*.")
	switch {
	case !ValidName(name):
		return "not a name"
	case number.MatchString(domain):
		return "an address, or ends as one"
	case within(domain, "arpa"):
		return "a name of reverse lookups"
	case aboveAWS(domain):
		return "above names of AWS, which its hosted zone would hide"
	}
	return ""
}

func within(domain, parent string) bool {
	return domain == parent || strings.HasSuffix(domain, "."+parent)
}

// suffixes are what AWS's names end with.
var suffixes = func() []string {
	out := []string{"aws.amazon.com", "cloudfront.net", "awsapps.com", "sagemaker.aws", "aws.dev", "compute.internal", "ec2.internal"}
	for _, p := range awsfacts.Partitions {
		for _, of := range []string{"cache", "compute", "compute-1", "elb", "es", "rds", "redshift"} { // users' own resources
			out = append(out, of+"."+p.DNSSuffix)
		}
		out = append(out, p.DNSSuffix, p.DualStackSuffix, strings.Replace(p.DualStackSuffix, "api", "on", 1))
	}
	slices.Sort(out)
	return slices.Compact(out)
}()

// aboveAWS is true for what many services' names end with: amazonaws.com, one region's part of it, endpoints' own names there,
// and what is above.
func aboveAWS(domain string) bool {
	return slices.ContainsFunc(suffixes, func(suffix string) bool {
		if within(suffix, domain) {
			return true
		}
		rest, ok := strings.CutSuffix(domain, "."+suffix)
		rest = strings.TrimPrefix(rest, "elb.") // of network load balancers: NAME.elb.REGION.amazonaws.com
		_, err := awsfacts.PartitionOf(strings.TrimSuffix(strings.TrimPrefix(rest, "vpce."), ".vpce"))
		return ok && (rest == "vpce" || err == nil)
	})
}

// MeantName is the private name that a text stands for which is none: without its last dot, in lower case, without what belongs to
// an address of the web; "" where nothing is near.
func MeantName(text string) string {
	name := strings.ToLower(strings.TrimSpace(text))
	if _, rest, ok := strings.Cut(name, "://"); ok {
		name = rest
	}
	name, _, _ = strings.Cut(name, "/")
	name, _, _ = strings.Cut(name, ":")
	if name = strings.TrimSuffix(name, "."); name == text || NotPrivate(name) != "" {
		return ""
	}
	return name
}

// Foreign says why a name that an observation gives a service is most likely not the service's: it is no name of AWS's, or it is
// another's, or below or above another's; "" for one that can be.
func (c *Catalog) Foreign(name string, s *Service) string {
	domain, embedded := strings.TrimPrefix(name, "*."), c.embedded()
	if known, ok := embedded.Lookup(s.ServiceName); ok && slices.Contains(known.PrivateNames, name) {
		return ""
	}
	ofAWS := within(domain, "aws") || slices.ContainsFunc(suffixes, func(suffix string) bool { return within(domain, suffix) })
	if !ofAWS {
		return "no name of AWS's"
	}
	for at, ok := domain, true; ok; _, at, ok = strings.Cut(at, ".") {
		for _, owner := range embedded.owners()[at] {
			if owner.service != s.Name && (owner.wild || at == domain) {
				return owner.service + "'s"
			}
		}
	}
	if other := embedded.Above(name, s.Name); other != "" {
		return "above names of " + other
	}
	return ""
}

// embedded is the catalogue without what the user's account said.
func (c *Catalog) embedded() *Catalog {
	c.withoutOwn.Do(func() { c.base = For(c.Region, nil) })
	return c.base
}

// owner is a service with a name, or with all names below it.
type owner struct {
	service string
	wild    bool
}

// owners are the services by the domains of their names, but for guesses.
func (c *Catalog) owners() map[string][]owner {
	c.owned.Do(func() {
		c.byDomain = map[string][]owner{}
		for _, n := range c.Names() {
			s, _ := c.Lookup(n)
			if s.Confidence == Guess {
				continue
			}
			for _, p := range s.PrivateNames {
				domain, wild := strings.CutPrefix(p, "*.")
				c.byDomain[domain] = append(c.byDomain[domain], owner{n, wild})
			}
		}
	})
	return c.byDomain
}

// Above is a service, other than its own, with names below a domain, and "" where there is none.
func (c *Catalog) Above(name, service string) string {
	c.once.Do(func() {
		c.below = map[string][]string{}
		for _, n := range c.Names() {
			s, _ := c.Lookup(n)
			for _, p := range s.PrivateNames {
				for _, domain, ok := strings.Cut(strings.TrimPrefix(p, "*."), "."); ok; _, domain, ok = strings.Cut(domain, ".") {
					if !slices.Contains(c.below[domain], n) {
						c.below[domain] = append(c.below[domain], n)
					}
				}
			}
		}
	})
	for _, n := range c.below[strings.TrimPrefix(name, "*.")] {
		if n != service {
			return n
		}
	}
	return ""
}
