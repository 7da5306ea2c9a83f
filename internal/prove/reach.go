package prove

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/config"
	"sharedhub/internal/ranges"
	"sharedhub/internal/topology"
)

// Reach is who reaches whom in any network, with no configuration to compare it with.
type Reach struct {
	VPCs []ReachVPC `json:"vpcs"`
	// Ignored counts the resources that are no part of a network, by type.
	Ignored map[string]int `json:"ignored"`
}

// ReachVPC is what one VPC reaches.
type ReachVPC struct {
	Name     string   `json:"name"`
	Resource string   `json:"resource"`
	Account  string   `json:"account"`
	Region   string   `json:"region"`
	CIDRs    []string `json:"cidrs"`
	// VPCs that it reaches and that answer, by name.
	VPCs []string `json:"reaches"`
	// Internet is how its subnets reach the internet; empty when none does.
	Internet []string `json:"internet"`
	// Names are the private names that resolve to an endpoint it can reach, and Closed those whose endpoint it cannot.
	Names  []string `json:"names"`
	Closed []string `json:"closed"`
}

// Reaches looks at a network as it is.
func Reaches(net *topology.Network) *Reach {
	p := newProver(&config.Config{}, net)
	out := &Reach{Ignored: net.Ignored}
	vpcs := make([]*topology.VPC, 0, len(net.VPCs))
	for _, v := range net.VPCs {
		vpcs = append(vpcs, v)
	}
	slices.SortFunc(vpcs, func(a, b *topology.VPC) int { return strings.Compare(a.Source.String(), b.Source.String()) })
	for _, v := range vpcs {
		r := ReachVPC{Name: v.Name(), Resource: v.Source.String(), Account: v.Account, Region: v.Region,
			VPCs: []string{}, Internet: p.internet(v), Names: []string{}, Closed: []string{}}
		for _, c := range v.CIDRs {
			r.CIDRs = append(r.CIDRs, c.String())
		}
		for _, o := range vpcs {
			if o != v && p.exchange(v, o) {
				r.VPCs = append(r.VPCs, o.Name())
			}
		}
		p.reachNames(v, &r)
		out.VPCs = append(out.VPCs, r)
	}
	return out
}

// exchange is true where some subnet of a VPC reaches some subnet of another, and its answers come back.
func (p *prover) exchange(a, b *topology.VPC) bool {
	for _, from := range distinct(a) {
		for _, to := range distinct(b) {
			if _, st := p.walk(from, to.CIDR, b); st != nil {
				continue
			}
			if _, st := p.walk(to, from.CIDR, a); st == nil {
				return true
			}
		}
	}
	return false
}

// distinct are a VPC's subnets, one for each table and zone: the others leave by the same way.
func distinct(v *topology.VPC) []*topology.Subnet {
	var out []*topology.Subnet
	for _, s := range v.Subnets {
		if s.CIDR.IsValid() && !slices.ContainsFunc(out, func(o *topology.Subnet) bool { return o.Table == s.Table && o.AZ == s.AZ }) {
			out = append(out, s)
		}
	}
	return out
}

func (p *prover) internet(v *topology.VPC) []string {
	out := []string{}
	for _, t := range v.Tables {
		for _, r := range t.Routes {
			if r.Kind == topology.ToInternetGateway && !v.InternetGateway {
				continue
			}
			if (r.Kind == topology.ToInternetGateway || r.Kind == topology.ToNAT) && !ranges.In(r.CIDR, ranges.Private) {
				out = append(out, fmt.Sprintf("%s by %s (%s)", r.CIDR, r.Kind, r.Source))
			}
		}
		for _, r := range t.Others {
			if r.Kind == topology.ToInternetGateway || r.Kind == topology.ToNAT {
				out = append(out, fmt.Sprintf("%s by %s (%s)", r.Destination, r.Kind, r.Source))
			}
		}
	}
	slices.Sort(out)
	return out
}

func (p *prover) reachNames(v *topology.VPC, r *ReachVPC) {
	found := p.privateAnswers(v)
	for name, e := range found {
		open, closed := p.openPorts(v, e)
		switch {
		case len(closed) == 0:
			r.Names = append(r.Names, name)
		case len(open) == 0:
			r.Closed = append(r.Closed, name)
		default:
			for _, port := range open {
				r.Names = append(r.Names, fmt.Sprintf("%s:%d", name, port))
			}
			for _, port := range closed {
				r.Closed = append(r.Closed, fmt.Sprintf("%s:%d", name, port))
			}
		}
	}
	slices.Sort(r.Names)
	slices.Sort(r.Closed)
}

// privateAnswers are the private names that a VPC's hosts resolve to an endpoint. Hosts ask the VPC's resolver, and it asks
// private zones, only where the VPC's DNS attributes and DHCP options say so.
func (p *prover) privateAnswers(v *topology.VPC) map[string]*topology.Endpoint {
	found := map[string]*topology.Endpoint{}
	if !v.DNSSupport || !v.DNSNames || len(v.NameServers) > 0 || v.UnknownNameServers != "" {
		return found
	}
	view, _ := p.view(v)
	names := map[string]bool{}
	for _, l := range view {
		for _, zones := range l.zones {
			for _, rec := range zones[0].Records {
				names[rec.Name] = true
			}
		}
		for apex, private := range l.private {
			for _, n := range private {
				if n.wild {
					names["*."+apex] = true
				} else {
					names[apex] = true
				}
			}
		}
	}
	for name := range names {
		ask := name
		if apex, wild := strings.CutPrefix(name, "*."); wild {
			ask = anyLabel + "." + apex
		}
		if e, _ := view.resolve(ask); e != nil {
			found[name] = e
		}
	}
	return found
}

// openPorts divides the ports that an endpoint's service listens on by whether a VPC reaches them. Of a service that the
// catalogue does not know these are the ports that its security groups name, or else 443.
func (p *prover) openPorts(v *topology.VPC, e *topology.Endpoint) (open, closed []int) {
	var ports []int
	if s, ok := catalog.Lookup(e.Region, e.ServiceName); ok {
		ports = s.Ports
	} else {
		for _, g := range e.Groups {
			for _, r := range g.Ingress {
				if r.From == r.To && r.From > 0 {
					ports = append(ports, r.From)
				}
			}
		}
		slices.Sort(ports)
		ports = slices.Compact(ports)
	}
	if len(ports) == 0 {
		ports = []int{443}
	}
	for _, port := range ports {
		if p.reachable(v, e, port) {
			open = append(open, port)
		} else {
			closed = append(closed, port)
		}
	}
	return open, closed
}

// reachable is true where some subnet reaches one of the endpoint's on a port, and its answers come back.
func (p *prover) reachable(v *topology.VPC, e *topology.Endpoint, port int) bool {
	for _, from := range distinct(v) {
		for _, to := range e.Subnets {
			if !p.groupsAdmit(e.Groups, from.CIDR, port) || p.aclStop(from, to, port) != nil {
				continue
			}
			if to.VPC == v {
				return true
			}
			if _, st := p.walk(from, to.CIDR, to.VPC); st != nil {
				continue
			}
			if _, st := p.walk(to, from.CIDR, v); st == nil {
				return true
			}
		}
	}
	return false
}
