package prove

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/internal/topology"
)

func dnsSuffix(region string) string {
	p, err := awsfacts.PartitionOf(region)
	if err != nil {
		p = awsfacts.Partitions[0]
	}
	return p.DNSSuffix
}

// awsSuffixes are the domains below which AWS has its services' names.
var awsSuffixes = func() []string {
	out := []string{"on.aws"}
	for _, p := range awsfacts.Partitions {
		out = append(out, p.DNSSuffix, p.DualStackSuffix)
	}
	slices.Sort(out)
	return slices.Compact(out)
}()

// awsParent is true for a domain that holds the names of many services: the root, "com", "amazonaws.com", one region's part
// of it, and the names of endpoints there.
func awsParent(domain string) bool {
	return slices.ContainsFunc(awsSuffixes, func(suffix string) bool {
		if below(suffix, domain) {
			return true
		}
		rest, ok := strings.CutSuffix(domain, "."+suffix)
		region := strings.TrimSuffix(strings.TrimSuffix(rest, "vpce"), ".")
		_, err := awsfacts.PartitionOf(region)
		return ok && (region == "" || err == nil)
	})
}

func awsName(domain string) bool {
	return slices.ContainsFunc(awsSuffixes, func(suffix string) bool { return below(domain, suffix) })
}

// hidden are names that a VPC needs and that its own zones, rules or firewalls hide, beside the names that the hub serves:
// AWS's names in general, and those that gateway endpoints serve.
func (p *prover) hidden(sc *scene, v *topology.VPC, seen view, expected map[string]bool) []nameResult {
	var out []nameResult
	for _, l := range seen {
		for _, name := range slices.Sorted(maps.Keys(l.zones)) {
			if expected[name] {
				continue
			}
			text := hides(name, l.zones[name][0], expected)
			if text == "" && ofService(name) {
				text = fmt.Sprintf("hosted zone %s answers for a service of AWS that the hub does not serve", name)
			}
			if text != "" {
				out = append(out, nameResult{text, l.zones[name][0].Source})
			}
			if len(l.zones[name]) > 1 {
				text := fmt.Sprintf("two hosted zones are named %s, and Route 53 takes one for each VPC", topology.Plain(name))
				out = append(out, nameResult{text, l.zones[name][1].Source})
			}
		}
	}
	for _, domain := range gatewayDomains(v) {
		if expected[domain] { // the hub's endpoint serves it, and its names win
			continue
		}
		if wrong := seen.gatewayName(domain); wrong.text != "" {
			text := fmt.Sprintf("%s, which a gateway endpoint serves, does not resolve as AWS means it: %s", domain, wrong.text)
			out = append(out, nameResult{text, wrong.at})
		}
	}
	return out
}

// hides says what a zone that serves none of the hub's names hides of AWS's.
func hides(name string, z *topology.HostedZone, expected map[string]bool) string {
	if topology.Plain(name) != name {
		return "only AWS will know the name of a hosted zone, and so which names it hides"
	}
	if awsParent(name) {
		return fmt.Sprintf("hosted zone %q hides all names of AWS below it that it has no record for", name)
	}
	for served := range expected {
		if below(served, name) && awsName(served) { // a service of a spoke has a name of a company's, whose zones are its own
			return fmt.Sprintf("hosted zone %s is above names that the hub serves, and hides others of AWS", name)
		}
	}
	answers := slices.ContainsFunc(z.Records, func(r topology.DNSRecord) bool {
		return slices.Contains([]string{"A", "AAAA", "CNAME"}, r.Type)
	})
	if awsName(name) && !answers {
		return fmt.Sprintf("hosted zone %s hides that name of AWS, and has no record for it", name)
	}
	return ""
}

// ofService is true for a domain by which clients ask for a whole service of AWS, such as "sqs.eu-west-1.amazonaws.com" or
// "sts.amazonaws.com"; one that is below, such as that of one API, is somebody's own.
func ofService(domain string) bool {
	if !awsName(domain) {
		return false
	}
	labels := strings.Split(domain, ".")
	at := slices.IndexFunc(labels, func(l string) bool { _, err := awsfacts.PartitionOf(l); return err == nil })
	if at < 0 {
		return slices.ContainsFunc(awsSuffixes, func(suffix string) bool { return strings.Join(labels[1:], ".") == suffix })
	}
	c := catalog.For(labels[at], nil)
	return slices.ContainsFunc(c.Names(), func(service string) bool {
		s, ok := c.Lookup(service)
		return ok && slices.Contains(catalogZones(s.PrivateNames), domain)
	})
}

// gatewayDomains are the domains whose names a VPC's gateway endpoints serve. DynamoDB has a name for each account too.
func gatewayDomains(v *topology.VPC) []string {
	var out []string
	for _, e := range v.Endpoints {
		if e.Kind != "Gateway" {
			continue
		}
		suffix := dnsSuffix(v.Region)
		switch at := v.Region + "." + suffix; e.ServiceName[strings.LastIndex(e.ServiceName, ".")+1:] {
		case "s3":
			out = append(out, "s3."+at, "s3.dualstack."+at, "s3."+suffix)
		case "dynamodb":
			out = append(out, "dynamodb."+at, "ddb."+at)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// gatewayName says what keeps a domain that a gateway endpoint serves, or a part of it, from resolving publicly. A Resolver rule
// for a wider domain does not: the servers that it names resolve public names as any do.
func (v view) gatewayName(domain string) nameResult {
	v = slices.Clone(v)
	for i := range v {
		v[i].forwards = maps.Clone(v[i].forwards)
		maps.DeleteFunc(v[i].forwards, func(at string, _ topology.Forward) bool { return !below(at, domain) })
	}
	for _, name := range []string{domain, anyLabel + "." + domain} {
		if wrong := v.taken(name); wrong.text != "" {
			return wrong
		}
		if wrong := v.blocked(name); wrong.text != "" {
			return wrong
		}
	}
	for _, l := range v {
		for _, name := range slices.Sorted(maps.Keys(l.zones)) {
			if name != domain && below(name, domain) {
				return nameResult{"hosted zone " + name + " hides a part of it", l.zones[name][0].Source}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(l.forwards)) {
			if name != domain && below(name, domain) && !l.forwards[name].System {
				return forwarded(l.forwards[name])
			}
		}
	}
	return nameResult{}
}

// strayRecords are records of the hub's names in hosted zones that no stack makes, in an account of the hub: such a zone may
// be one that its VPCs ask.
func (p *prover) strayRecords(sc *scene) {
	accounts := map[string]bool{sc.hub.Account: true}
	for _, m := range sc.spokes {
		accounts[m.vpc.Account] = true
	}
	for _, r := range p.net.StrayRecords {
		if !accounts[r.Account] {
			continue
		}
		for _, s := range sc.services {
			if slices.ContainsFunc(catalogZones(s.Catalog.PrivateNames), func(apex string) bool { return below(r.Name, apex) }) {
				p.add(codeName, sc.subject, r.Source, "record %s %s of %s is in hosted zone %s, which is in none of the stacks",
					topology.Plain(r.Name), r.Type, s.Catalog.Name, r.HostedZone)
				break
			}
		}
	}
}
