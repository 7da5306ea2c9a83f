package prove

import (
	"fmt"
	"slices"

	"sharedhub/internal/topology"
)

// publication finds a service of a spoke by its name, and publicationOf by that which consumers ask for; nil where there is none.
func (sc *scene) publication(word string) *publication {
	return sc.find(func(pub *publication) bool { return pub.Name == word || pub.service.ServiceName == word })
}

func (sc *scene) publicationOf(domain string) *publication {
	return sc.find(func(pub *publication) bool { return pub.Domain == domain })
}

func (sc *scene) find(is func(*publication) bool) *publication {
	if sc == nil {
		return nil
	}
	if i := slices.IndexFunc(sc.published, is); i >= 0 {
		return sc.published[i]
	}
	return nil
}

// useOf is a VPC's own endpoint of the service; nil where it has none.
func (pub *publication) useOf(v *topology.VPC) *use {
	i := slices.IndexFunc(pub.uses, func(u *use) bool { return u.member.vpc == v && u.endpoint != nil })
	if i < 0 {
		return nil
	}
	return pub.uses[i]
}

// explainPublished follows packets to a service of a spoke: to the consumer's own endpoint, and by PrivateLink on to the load balancer.
func (p *prover) explainPublished(from *end, sc *scene, pub *publication, port int) *Explanation {
	x := &Explanation{From: from.name, To: pub.Name, Names: []NameAnswer{}}
	n, e := p.nameAnswer(from.vpc, asked(pub.Domain))
	x.Names = append(x.Names, n)
	u := pub.useOf(from.vpc)
	to := &end{name: pub.provider.spoke.Name, vpc: pub.provider.vpc, hub: sc.hub, spoke: pub.provider.spoke}
	if u == nil {
		x.Expected, x.Because = NotAtAll, fmt.Sprintf("%s is no consumer of service %s", from.name, pub.Name)
		stop := hopAt(pub.service.Source, "%s has no endpoint of service %s", from.name, pub.Name)
		for _, a := range p.workload(from.vpc) {
			x.Paths = append(x.Paths, Path{From: stopAt(a), There: []Hop{start(a)}, Back: []Hop{}, Stopped: &stop})
		}
		p.conclude(x, from, to)
		return x
	}
	x.Expected, x.Because = Fully, fmt.Sprintf("spoke %s is a consumer of service %s, which spoke %s publishes", from.name, pub.Name,
		pub.Provider)
	if e != u.endpoint {
		x.Names[0].Wrong = "expected the VPC's own endpoint of service " + pub.Name
	}
	ports := u.Catalog.Ports
	if port > 0 {
		ports = []int{port}
	}
	p.toEndpoint(x, from, u.endpoint, pub.Name, ports)
	x.notServed("the endpoint of "+pub.Name, port, u.Catalog.Ports, u.endpoint.Source)
	p.onTo(x, pub)
	p.conclude(x, from, to)
	return x
}

// onTo adds what PrivateLink does with the packets that arrive at an endpoint of a published service.
func (p *prover) onTo(x *Explanation, pub *publication) {
	if pub == nil {
		return
	}
	next := hopAt(pub.service.Source, "by PrivateLink to the load balancer of spoke %s, with no route between the VPCs", pub.Provider)
	if pub.AcceptedBy != "" {
		next.What += "; " + pub.AcceptedBy + " must have accepted the connection"
	}
	for i := range x.Paths {
		if x.Paths[i].Arrives {
			x.Paths[i].There = append(x.Paths[i].There, next)
		}
	}
}
