package prove

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// Names answers for private names in a network that nobody configured, as the resolvers of its VPCs do.
type Names struct{ p *prover }

// NewNames looks at a network.
func NewNames(net *topology.Network) *Names { return &Names{newProver(&config.Config{}, net)} }

// Answer is what a VPC's hosts get for a private name of an endpoint.
type Answer struct {
	Name string
	// Own is true for a name that the endpoint's private DNS gives, and no zone that somebody wrote.
	Own      bool
	Endpoint *topology.Endpoint
	// Wrong says why it does not lead to the endpoint; "" where it does. Unknown is true where other servers or lists decide that
	// are in none of the stacks.
	Wrong   string
	Unknown bool
}

// Of are the private names that the hosted zones and endpoints of a VPC, or of its Route 53 Profile, have for it. Its hosts ask
// them only where its DNS attributes and DHCP options say so.
func (n *Names) Of(v *topology.VPC) []Answer {
	view := n.p.view(v)
	var out []Answer
	names := view.candidates()
	for _, name := range slices.Sorted(maps.Keys(names)) {
		ask := name
		if apex, wild := strings.CutPrefix(name, "*."); wild {
			ask = anyLabel + "." + apex
		}
		a := Answer{Name: name, Own: names[name].own}
		e, wrong := view.resolve(ask)
		a.Endpoint, a.Wrong, a.Unknown = e, wrong.text, view.unsure(wrong)
		switch {
		case !v.DNSSupport || !v.DNSNames:
			a.Wrong = fmt.Sprintf("private names need DNS support and DNS host names: DNS support is %s, DNS host names are %s",
				onOff(v.DNSSupport), onOff(v.DNSNames))
			a.Unknown = false
		case v.UnknownNameServers != "":
			a.Wrong, a.Unknown = v.UnknownNameServers, true
		case len(v.NameServers) > 0:
			a.Wrong, a.Unknown = "DHCP options send hosts to "+strings.Join(v.NameServers, ", ")+" instead of the VPC resolver", true
		case a.Wrong == "" && len(view.doubts()) > 0:
			a.Wrong, a.Unknown = view.doubts()[0].text, true
		}
		out = append(out, a)
	}
	return out
}

// VPC is the one that is called by a word; nil where none is.
func (n *Names) VPC(word string) (*topology.VPC, error) {
	e, err := n.p.end(word, "")
	if e == nil {
		return nil, err
	}
	return e.vpc, err
}

// Nobody says that no VPC is called by a word.
func (n *Names) Nobody(word string) error { return n.p.nobody(word) }

// Name is a word that can only be a DNS name, as it is asked for.
func (n *Names) Name(v *topology.VPC, word string) (string, bool) {
	return n.p.asName(&end{vpc: v}, nil, word)
}

// Ask says where a name leads from a VPC's hosts.
func (n *Names) Ask(v *topology.VPC, name string) (NameAnswer, *topology.Endpoint) {
	return n.p.nameAnswer(v, asked(name))
}

// Service is the name of an endpoint's service in the catalogue, or in full.
func Service(e *topology.Endpoint) string { return shortService(e) }

// Forwards are the Resolver rules by which a VPC's resolver asks other servers, most specific domain first.
func (n *Names) Forwards(v *topology.VPC) []topology.Forward {
	view := n.p.view(v)
	var out []topology.Forward
	seen := map[string]bool{}
	for _, l := range view {
		for _, domain := range slices.Sorted(maps.Keys(l.forwards)) {
			if !seen[domain] && !l.forwards[domain].System {
				out = append(out, l.forwards[domain])
			}
			seen[domain] = true
		}
	}
	slices.SortStableFunc(out, func(a, b topology.Forward) int { return strings.Count(b.Domain, ".") - strings.Count(a.Domain, ".") })
	return out
}

// Below is true for a name that a domain holds.
func Below(name, domain string) bool { return below(name, domain) }

func (v view) doubts() []nameResult {
	var out []nameResult
	for _, l := range v {
		out = append(out, l.unclear...)
	}
	return out
}

// unsure is true for an answer that depends on what is in none of the stacks.
func (v view) unsure(wrong nameResult) bool {
	for _, l := range v {
		for _, f := range l.forwards {
			if wrong == forwarded(f) {
				return true
			}
		}
	}
	return strings.HasPrefix(wrong.text, "DNS Firewall may block") || strings.Contains(wrong.text, "is in none of the stacks")
}

// candidate is a name that may lead to an endpoint: surely, and by the endpoint's private DNS.
type candidate struct{ sure, own bool }

// candidates are the names for which a zone or an endpoint's private DNS leads to an endpoint.
func (v view) candidates() map[string]candidate {
	names := map[string]candidate{}
	for _, l := range v {
		for _, zones := range l.zones {
			for _, z := range zones {
				for _, r := range z.Records {
					if r.Endpoint != nil || r.InZone || r.Type == "CNAME" {
						names[r.Name] = candidate{sure: r.Endpoint != nil || names[r.Name].sure}
					}
				}
			}
		}
	}
	for _, l := range v {
		for apex, private := range l.private {
			for _, n := range private {
				name := apex
				if n.wild {
					name = "*." + apex
				}
				if _, written := names[name]; !written {
					names[name] = candidate{true, true}
				}
			}
		}
	}
	maps.DeleteFunc(names, func(name string, c candidate) bool {
		if c.sure {
			return false
		}
		e, _ := v.resolve(name) // another name of its zone, which may lead to an endpoint
		return e == nil
	})
	return names
}

// regionSymbol is a region that the app left open.
var regionSymbol = regexp.MustCompile("\ue000[^\ue001]*/AWS::Region\ue001")

// service is what the catalogue knows of an endpoint's service. Where the app left the region open, the names hold the same
// symbol.
func serviceOf(e *topology.Endpoint) (s *catalog.Service, ok bool) {
	if s, ok = catalog.Lookup(e.Region, e.ServiceName); ok || e.Region != "" {
		return s, ok
	}
	symbol := regionSymbol.FindString(e.ServiceName)
	if symbol == "" {
		if parts := strings.Split(e.ServiceName, "."); len(parts) > 3 { // written with its region
			return catalog.Lookup(parts[2], e.ServiceName)
		}
		return s, false
	}
	if s, ok = catalog.Lookup(anyRegion, strings.ReplaceAll(e.ServiceName, symbol, anyRegion)); ok {
		open := *s
		s = &open
		s.PrivateNames = slices.Clone(s.PrivateNames)
		for i, n := range s.PrivateNames {
			s.PrivateNames[i] = strings.ReplaceAll(n, anyRegion, symbol)
		}
	}
	return s, ok
}

// anyRegion stands for one that the app left open.
const anyRegion = "us-east-1"

// Ports are those that an endpoint's service listens on. Of a service that the catalogue does not know these are the ports that
// its security groups name, or else 443.
func Ports(e *topology.Endpoint) []int {
	if s, ok := serviceOf(e); ok && len(s.Ports) > 0 {
		return s.Ports
	}
	var ports []int
	for _, g := range e.Groups {
		for _, r := range g.Ingress {
			if r.From == r.To && r.From > 0 {
				ports = append(ports, r.From)
			}
		}
	}
	if len(ports) == 0 {
		return []int{443}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}
