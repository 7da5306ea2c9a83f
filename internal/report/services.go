package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
	"sharedhub/internal/iam"
	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
)

// Service is one interface endpoint of the hub.
type Service struct {
	Name        string `json:"name"`
	ServiceName string `json:"serviceName"`
	// Found is false where the network has no such endpoint.
	Found bool  `json:"found"`
	Ports []int `json:"ports"`
	// Names that private DNS or hosted zones give it, as the spokes resolve them.
	Names []string `json:"names"`
	// UsedBy are the groups of spokes that reach it by one of these names.
	UsedBy []string `json:"usedBy"`
	// Admits are the ranges that its security groups admit on those ports.
	Admits []string `json:"admits"`
	// Kind of policy, as the configuration says, and the ID of the policy in Policies; "" where everything may pass.
	Kind   string `json:"kind"`
	Policy string `json:"policy"`
	Where  string `json:"where"`
}

// Policy is an endpoint policy, once for all endpoints that have it.
type Policy struct {
	ID string `json:"id"`
	// Of are the endpoints.
	Of []string `json:"of"`
	// Words are its statements for people.
	Words    []string       `json:"words"`
	Document map[string]any `json:"document"`
}

// Gateway is the gateway endpoints of spokes for a service, those with one policy together.
type Gateway struct {
	Service string   `json:"service"`
	Spokes  []string `json:"spokes"`
	Kind    string   `json:"kind"`
	Policy  string   `json:"policy"`
}

// openPolicy is what an endpoint has that lets everything pass: EC2's default policy.
const openPolicy = ""

func (b *builder) services() {
	users, names := b.uses()
	for _, s := range b.at.Services {
		c := s.Service.Catalog
		out := Service{Name: c.Name, ServiceName: c.ServiceName, Found: s.Endpoint != nil, Ports: c.Ports, Names: []string{}, UsedBy: []string{},
			Admits: []string{}, Kind: s.Service.Policy.String()}
		if e := s.Endpoint; e != nil {
			out.Where = topology.Plain(e.Source.String())
			out.Ports = prove.Ports(e)
			out.Names, out.UsedBy = append(out.Names, names[e]...), append(out.UsedBy, users[e]...)
			out.Admits = append(out.Admits, admitted(e)...)
			out.Policy = b.policy(e, c.Name)
			for _, g := range users[e] {
				i := slices.IndexFunc(b.out.Groups, func(x Group) bool { return x.ID == g })
				b.out.Groups[i].Services = append(b.out.Groups[i].Services, c.Name)
			}
		}
		b.out.Services = append(b.out.Services, out)
	}
}

// uses are the groups that reach an endpoint of the hub by a name, and those names. Of a group one spoke is asked.
func (b *builder) uses() (users, names map[*topology.Endpoint][]string) {
	users, names = map[*topology.Endpoint][]string{}, map[*topology.Endpoint][]string{}
	asked := map[string]bool{}
	for _, s := range b.at.Spokes {
		v := b.reachOf(s.VPC)
		if v == nil {
			continue
		}
		id := b.idOf[v.Name]
		if asked[id] {
			continue
		}
		asked[id] = true
		reached := set(bare(v.Names))
		for _, a := range b.names.Of(s.VPC) {
			if a.Endpoint == nil || a.Wrong != "" || !reached[topology.Plain(a.Name)] {
				continue
			}
			if !slices.Contains(users[a.Endpoint], id) {
				users[a.Endpoint] = append(users[a.Endpoint], id)
			}
			if name := topology.Plain(a.Name); !slices.Contains(names[a.Endpoint], name) {
				names[a.Endpoint] = append(names[a.Endpoint], name)
			}
		}
	}
	for _, lists := range []map[*topology.Endpoint][]string{users, names} {
		for _, list := range lists {
			slices.Sort(list)
		}
	}
	return users, names
}

// bare are names alone: of those of one endpoint each, without ports.
func bare(entries []string) []string {
	var out []string
	for _, e := range entries {
		for name := range strings.SplitSeq(e, ", ") {
			name, _, _ = strings.Cut(name, ":")
			out = append(out, name)
		}
	}
	return out
}

// admitted are whom an endpoint's security groups let in, those on the same ports together.
func admitted(e *topology.Endpoint) []string {
	on := map[string][]string{} // ports of each
	for _, g := range e.Groups {
		for _, r := range g.Ingress {
			on[r.CIDR.String()] = append(on[r.CIDR.String()], portText(r.Protocol, r.From, r.To))
		}
		for _, o := range g.Others {
			if !o.Egress {
				on[o.Who()] = append(on[o.Who()], portText(o.Protocol, o.From, o.To))
			}
		}
	}
	who := map[string][]string{}
	for _, w := range slices.Sorted(maps.Keys(on)) {
		ports := join(sorted(on[w]))
		who[ports] = append(who[ports], w)
	}
	var out []string
	for _, ports := range slices.Sorted(maps.Keys(who)) {
		out = append(out, join(who[ports])+" on "+ports)
	}
	return out
}

func portText(protocol string, from, to int) string {
	switch {
	case protocol == "-1":
		return "all ports"
	case from == to:
		return fmt.Sprintf("%s %d", protocol, from)
	}
	return fmt.Sprintf("%s %d-%d", protocol, from, to)
}

// policy is the id of an endpoint's policy. Equal policies are one.
func (b *builder) policy(e *topology.Endpoint, service string) string {
	if iam.Same(nil, e.Policy) {
		return openPolicy
	}
	text, _ := json.Marshal(e.Policy)
	for i := range b.out.Policies {
		p := &b.out.Policies[i]
		if have, _ := json.Marshal(p.Document); string(have) == string(text) {
			if of := service; !slices.Contains(p.Of, of) {
				p.Of = append(p.Of, of)
			}
			return p.ID
		}
	}
	p := Policy{ID: fmt.Sprintf("P%d", len(b.out.Policies)+1), Of: []string{service}, Document: e.Policy,
		Words: Words(e.Policy, strings.TrimSuffix(service, gatewaySuffix), b.at.Hub.Region)}
	b.out.Policies = append(b.out.Policies, p)
	return p.ID
}

const gatewaySuffix = " (gateway)"

func (b *builder) gateways() {
	for _, s := range b.at.Spokes {
		for _, e := range s.VPC.Endpoints {
			if e.Interface {
				continue
			}
			service := topology.Plain(e.ServiceName[strings.LastIndex(e.ServiceName, ".")+1:])
			id := b.policy(e, service+gatewaySuffix)
			kind := "not configured"
			if want, ok := b.at.Hub.GatewayPolicies[service]; ok && slices.Contains(s.Spoke.GatewayEndpoints, service) {
				kind = want.Policy.String()
			}
			i := slices.IndexFunc(b.out.Gateways, func(g Gateway) bool { return g.Service == service && g.Policy == id && g.Kind == kind })
			if i < 0 {
				i = len(b.out.Gateways)
				b.out.Gateways = append(b.out.Gateways, Gateway{Service: service, Kind: kind, Policy: id})
			}
			b.out.Gateways[i].Spokes = append(b.out.Gateways[i].Spokes, s.Spoke.Name)
		}
	}
	slices.SortStableFunc(b.out.Gateways, func(x, y Gateway) int { return strings.Compare(x.Service, y.Service) })
}

// noPolicy is true for a service that takes none.
func noPolicy(s Service) bool { return s.Kind == string(config.PolicyImpossible) }

// Words say what a policy's statements let pass, a sentence each. Of what AWS's own things need, they say what it is for.
func Words(doc map[string]any, service, region string) []string {
	if doc == nil {
		return []string{"everything may pass: identity and resource policies alone decide"}
	}
	var out []string
	for _, s := range iam.Statements(doc) {
		out = append(out, topology.Plain(statementWords(s, service, region)))
	}
	return out
}

func statementWords(s iam.Statement, service, region string) string {
	if s.Malformed != "" {
		return "a statement that " + s.Malformed + ": read it in full"
	}
	verb := map[string]string{"Allow": "lets", "Deny": "denies"}[s.Effect]
	who, conditions := whoWords(s)
	text := fmt.Sprintf("%s %s %s", verb, who, actionWords(s))
	if r := resourceWords(s); r != "" {
		text += " " + r
	}
	if len(conditions) > 0 {
		text += ", only where " + strings.Join(conditions, " and ")
	}
	for _, o := range awsfacts.OwnedByAWS(service, region) {
		if s.Sid == o.SID && slices.Equal(sorted(o.Actions), s.Actions) && slices.Equal(sorted(o.Resources), s.Resources) {
			text += " (for " + o.Of + ")"
		}
	}
	return text
}

func sorted(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

// tests of a statement that say who may pass, or what of, in words that auditors know; the others are said as they are.
type test struct {
	operator, key string
	values        []string
}

// whoWords say who a statement is about, and which of its conditions that does not say.
func whoWords(s iam.Statement) (who string, rest []string) {
	who = principalWords(s)
	for _, op := range slices.Sorted(maps.Keys(s.Conditions)) {
		for _, key := range slices.Sorted(maps.Keys(s.Conditions[op])) {
			t := test{op, key, s.Conditions[op][key]}
			values := join(t.values)
			plain := t.operator == "StringEquals" || t.operator == "Bool"
			switch {
			case plain && t.key == "aws:principalorgid" && who == everybody:
				who = "principals of organization " + values
			case plain && t.key == "aws:principalisawsservice" && values == "true" && who == everybody:
				who = "services of AWS that act for you"
			case plain && t.key == "aws:principalaccount" && who == everybody:
				who = "principals of account " + values
			case plain && t.key == "aws:resourceorgid":
				rest = append(rest, "the resource is of organization "+values)
			case plain && t.key == "aws:resourceaccount":
				rest = append(rest, fmt.Sprintf("the resource is in account %s", few(t.values, 3)))
			default:
				rest = append(rest, fmt.Sprintf("%s %s %s", t.key, t.operator, values))
			}
		}
	}
	return who, rest
}

const everybody = "everybody"

func principalWords(s iam.Statement) string {
	list, not := s.Principals, ""
	if s.NotPrincipals != nil {
		list, not = s.NotPrincipals, "everybody but "
	}
	if _, all := list["*"]; all || len(list) == 0 {
		return everybody
	}
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(list)) {
		for _, name := range list[kind] {
			account, is := strings.CutPrefix(strings.TrimSuffix(name, ":root"), "arn::iam::")
			if kind == "AWS" && is {
				name = "account " + account
			} else {
				name = kind + " " + name
			}
			out = append(out, name)
		}
	}
	return not + few(out, 6)
}

func actionWords(s iam.Statement) string {
	switch {
	case s.NotActions != nil:
		return "do everything but " + join(s.NotActions)
	case slices.Contains(s.Actions, "*"):
		return "do everything"
	}
	return "call " + join(s.Actions)
}

func resourceWords(s iam.Statement) string {
	switch {
	case s.NotResources != nil:
		return "on everything but " + join(s.NotResources)
	case slices.Contains(s.Resources, "*"), s.Resources == nil:
		return ""
	}
	return "on " + few(s.Resources, 4)
}

func join(list []string) string { return strings.Join(list, ", ") }

// few names the first of a list, and counts the others.
func few(list []string, most int) string {
	if len(list) <= most+1 {
		return join(list)
	}
	return fmt.Sprintf("%s and %d more", join(list[:most]), len(list)-most)
}
