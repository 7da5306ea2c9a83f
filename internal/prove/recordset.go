package prove

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/internal/topology"
)

// inZone finds the endpoint that a hosted zone leads a name to, by its own records or those of the nearest wildcard. A name
// that has records of other types only has no address, and no wildcard helps it.
func (v view) inZone(z *topology.HostedZone, name string, depth int) (*topology.Endpoint, nameResult) {
	for wanted := name; ; {
		var set []topology.DNSRecord
		var other *topology.DNSRecord
		for i, r := range z.Records {
			switch {
			case r.Name != wanted:
			case r.Type == "A" || r.Type == "CNAME":
				set = append(set, r)
			default:
				other = &z.Records[i]
			}
		}
		switch {
		case len(set) > 0:
			return v.recordSet(z, set, depth)
		case other != nil:
			return nil, nameResult{fmt.Sprintf("it has a record of type %s and none of type A", other.Type), other.Source}
		}
		parent := strings.TrimPrefix(wanted, "*.")
		if parent == z.Name || !below(parent, z.Name) {
			break
		}
		_, parent, _ = strings.Cut(parent, ".")
		wanted = "*." + parent
	}
	if z.Declared {
		return nil, nameResult{fmt.Sprintf("hosted zone %s answers, by the records that its owner writes", z.Name), z.Source}
	}
	return nil, nameResult{fmt.Sprintf("hosted zone %s covers it but has no record for it", z.Name), z.Source}
}

// recordSet finds the endpoint that all records of a name lead to, whichever of them a routing policy answers with.
func (v view) recordSet(z *topology.HostedZone, set []topology.DNSRecord, depth int) (*topology.Endpoint, nameResult) {
	routing := set[0].Routing
	if len(set) == 1 && routing == "" {
		return v.leads(z, set[0], depth)
	}
	if wrong := incomplete(set); wrong.text != "" {
		return nil, wrong
	}
	var found *topology.Endpoint
	for _, r := range set {
		if neverAnswers(r, set) {
			continue
		}
		e, wrong := v.leads(z, r, depth)
		switch {
		case wrong.text != "":
			return nil, nameResult{fmt.Sprintf("of its %d records, Route 53 may answer with %q (routing policy: %s): %s", len(set), r.SetIdentifier,
				describeRouting(r.Routing), wrong.text), r.Source}
		case found != nil && found != e:
			return nil, nameResult{fmt.Sprintf("its records lead to several endpoints (routing policy: %s)", describeRouting(r.Routing)), r.Source}
		}
		found = e
	}
	return found, nameResult{}
}

func describeRouting(r string) string {
	if r == "" {
		return "simple"
	}
	return r
}

// incomplete says which client a routing policy leaves without an answer.
func incomplete(set []topology.DNSRecord) nameResult {
	has := func(ok func(topology.RoutingPolicy) bool) bool {
		return slices.ContainsFunc(set, func(r topology.DNSRecord) bool { return ok(r.Policy) })
	}
	at := set[0].Source
	switch routing := set[0].Routing; {
	case routing == "geolocation" && !has(func(p topology.RoutingPolicy) bool { return p.Everywhere }):
		return nameResult{"its geolocation records answer some places only: none of them is for all others (CountryCode *)", at}
	case routing == "failover" && !has(func(p topology.RoutingPolicy) bool { return p.Failover == "PRIMARY" }):
		return nameResult{"its failover records have no PRIMARY", at}
	case routing == "cidr":
		return nameResult{"its records have IP-based routing, which no private hosted zone takes", at}
	}
	return nameResult{}
}

// neverAnswers is true for a weighted record of weight 0 beside one that has a weight and is never withheld (developer
// guide, "How Amazon Route 53 chooses records when health checking is configured").
func neverAnswers(r topology.DNSRecord, set []topology.DNSRecord) bool {
	return r.Routing == "weighted" && r.Policy.Weight == 0 && slices.ContainsFunc(set, func(o topology.DNSRecord) bool {
		return o.Routing == "weighted" && o.Policy.Weight > 0 && !o.Policy.Health
	})
}

// leads finds the endpoint that one record leads to. Route 53 follows an alias itself; the VPC's resolver follows a CNAME
// record, through the VPC's zones, rules and firewalls.
func (v view) leads(z *topology.HostedZone, r topology.DNSRecord, depth int) (*topology.Endpoint, nameResult) {
	switch {
	case r.Broken != "":
		return nil, nameResult{r.Broken, r.Source}
	case depth >= maxChain:
		return nil, nameResult{"its records lead to each other", r.Source}
	case r.Endpoint != nil && r.Type == "CNAME":
		target := publicName(r.Endpoint)
		wrong := v.blocked(target)
		if wrong.text == "" {
			wrong = v.taken(target)
		}
		if wrong.text != "" {
			return nil, nameResult{"its CNAME record leads to the endpoint's own name, which does not resolve: " + wrong.text, wrong.at}
		}
		return r.Endpoint, nameResult{}
	case r.Endpoint != nil:
		return r.Endpoint, nameResult{}
	case r.InZone && r.Target != "" && below(r.Target, z.Name):
		return v.inZone(z, r.Target, depth+1)
	case r.Type == "CNAME" && r.Target != "" && v.taken(r.Target).text != "":
		return v.follow(r.Target, depth+1)
	}
	return nil, nameResult{"its record points to " + r.Target + ", which is not an endpoint of the network", r.Source}
}

// publicName is a name like the one that AWS will give an endpoint.
func publicName(e *topology.Endpoint) string {
	service := e.ServiceName[strings.LastIndex(e.ServiceName, ".")+1:]
	return "vpce-0." + service + "." + e.Region + ".vpce." + dnsSuffix(e.Region)
}

// taken says what keeps a name from resolving publicly; nothing where it does.
func (v view) taken(name string) nameResult {
	excepted := false
	for apex := range ancestors(name) {
		for _, l := range v {
			if f, ok := l.forwards[apex]; ok && !f.System && !excepted {
				return forwarded(f)
			} else if ok {
				excepted = true
			}
			if zones := l.zones[apex]; len(zones) > 0 {
				return nameResult{fmt.Sprintf("hosted zone %s hides it", apex), zones[0].Source}
			}
			for _, pr := range l.private[apex] {
				if pr.exact && apex == name || pr.wild && apex != name {
					return nameResult{"it is a private name of the endpoint of " + pr.endpoint.ServiceName, pr.endpoint.Source}
				}
			}
		}
	}
	return nameResult{}
}
