package prove

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/topology"
)

// end is one end of a way: a VPC, and who it is in the configuration.
type end struct {
	name string
	vpc  *topology.VPC
	// hub is that of the spoke, or the hub itself where spoke is nil; nil for a VPC that is not configured.
	hub   *config.Hub
	spoke *config.Spoke
}

// subject is how findings name it.
func (e *end) subject() string {
	switch {
	case e.spoke != nil:
		return "spoke " + e.spoke.Name
	case e.hub != nil:
		return "hub " + e.hub.Name
	}
	return "VPC " + e.name
}

// end finds a VPC by what people call it: a spoke or a hub of the configuration, else a VPC of the network. It is nil where
// nothing is called so. A hub chooses among VPCs of one name.
func (p *prover) end(word, hub string) (*end, error) {
	for _, h := range p.cfg.Hubs {
		if h.Name == word {
			sc, err := p.scene(h)
			if err != nil {
				return nil, err
			}
			return &end{h.Name, sc.vpc, h, nil}, nil
		}
		for _, s := range h.Spokes {
			if s.Name == word {
				return p.spokeEnd(h, s)
			}
		}
	}
	var found []*topology.VPC
	for _, id := range sortedKeys(p.net.VPCs) {
		if v := p.net.VPCs[id]; slices.Contains(v.KnownAs(), word) && (hub == "" || v.Tags["hub"] == hub) {
			found = append(found, v)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return p.configured(found[0])
	}
	var resources []string
	for _, v := range found {
		resources = append(resources, v.Source.String())
	}
	slices.Sort(resources)
	return nil, fmt.Errorf("%d VPCs are called %q; write which: %s", len(found), word, shortList(resources))
}

// Strange is true for a word that names a VPC of the network which is none of the configuration's.
func Strange(cfg *config.Config, net *topology.Network, word string) bool {
	e, err := newProver(cfg, net).end(word, "")
	return err == nil && e != nil && e.hub == nil
}

func (p *prover) spokeEnd(h *config.Hub, s *config.Spoke) (*end, error) {
	sc, err := p.scene(h)
	if err != nil {
		return nil, err
	}
	for _, m := range sc.spokes {
		if m.spoke == s {
			return &end{s.Name, m.vpc, h, s}, nil
		}
	}
	return nil, p.notFound("spoke " + s.Name)
}

// configured is a VPC of the network as an end: a spoke's or a hub's by another name too.
func (p *prover) configured(v *topology.VPC) (*end, error) {
	for _, h := range p.cfg.Hubs {
		if h.Account != v.Account && !slices.ContainsFunc(h.Spokes, func(s *config.Spoke) bool { return s.Account == v.Account }) {
			continue
		}
		sc, err := p.scene(h)
		if err != nil {
			continue // the VPC is somebody else's, as far as can be told
		}
		if sc.vpc == v {
			return &end{h.Name, v, h, nil}, nil
		}
		if m := sc.byVPC[v]; m != nil {
			return &end{m.spoke.Name, v, h, m.spoke}, nil
		}
	}
	return &end{v.Name(), v, nil, nil}, nil
}

// scene finds a hub in the network, once.
func (p *prover) scene(h *config.Hub) (*scene, error) {
	for _, sc := range p.scenes {
		if sc.hub == h {
			return sc, nil
		}
	}
	sc := p.find(h)
	if sc == nil {
		return nil, p.notFound("hub " + h.Name)
	}
	p.scenes = append(p.scenes, sc)
	for _, m := range sc.spokes {
		if at := p.attachments[m.vpc]; len(at) == 1 {
			m.attachment = at[0]
		}
	}
	p.services(sc)
	p.findResolvers(sc)
	return sc, nil
}

// notFound is why find left a spoke or a hub out.
func (p *prover) notFound(subject string) error {
	for _, f := range slices.Backward(p.Findings) { // what find said last is what ended its search
		if f.Subject == subject {
			return fmt.Errorf("%s is not in the network: %s", subject, f.Summary)
		}
	}
	return fmt.Errorf("%s is in an account that was not looked at", subject)
}

// serving is the hub whose endpoints an end uses; nil where it has none.
func (p *prover) serving(from *end, hub string) (*scene, error) {
	if hub == "" {
		if from.hub == nil {
			return nil, nil
		}
		return p.scene(from.hub)
	}
	var names []string
	for _, h := range p.cfg.Hubs {
		if h.Name == hub {
			return p.scene(h)
		}
		names = append(names, h.Name)
	}
	return nil, fmt.Errorf("there is no hub %q; %s", hub, hint(hub, "hubs", names))
}

// nobody says that an end is unknown.
func (p *prover) nobody(word string) error {
	if len(p.cfg.Hubs) == 0 {
		return fmt.Errorf("there is no VPC %q; %s", word, hint(word, "VPCs", p.vpcNames()))
	}
	for _, h := range p.cfg.Hubs {
		if slices.ContainsFunc(h.Endpoints, func(e *config.Endpoint) bool { return e.Catalog.Name == word }) {
			return fmt.Errorf("%s is a service, and packets are followed from a spoke; write the spoke first: explain SPOKE %s", word, word)
		}
	}
	return fmt.Errorf("there is no spoke %q; %s", word, hint(word, "spokes and hubs", p.spokeNames()))
}

// nothing says that what was asked for is unknown.
func (p *prover) nothing(from *end, sc *scene, word string) error {
	if sc == nil {
		names := p.vpcNames()
		return fmt.Errorf("there is no VPC %q, and it is no DNS name; %s", word, hint(word, "VPCs", names))
	}
	services := make([]string, len(sc.services))
	for i, s := range sc.services {
		services[i] = s.Catalog.Name
	}
	for _, pub := range sc.published {
		if !pub.Shared {
			services = append(services, pub.Name)
		}
	}
	switch {
	case word == from.name:
		return fmt.Errorf("%s is where the packets start; name another end", word)
	case slices.Contains(services, word):
		return fmt.Errorf("%s is no consumer of service %s, and has no endpoint of it", from.name, word)
	}
	meant := diag.DidYouMean(word, services)
	if spoke := diag.DidYouMean(word, p.allNames()); meant == "" && spoke != "" {
		return fmt.Errorf("there is no spoke, service or name %q; %s", word, spoke)
	}
	return fmt.Errorf("hub %s has no endpoint of service %q; %s", sc.hub.Name, word,
		cmp.Or(meant, "its services are "+strings.Join(services, ", ")+"; and no spoke is called so"))
}

func (p *prover) spokeNames() []string {
	var out []string
	for _, h := range p.cfg.Hubs {
		for _, s := range h.Spokes {
			out = append(out, s.Name)
		}
		out = append(out, h.Name)
	}
	slices.Sort(out)
	return out
}

// allNames are those of spokes, hubs and VPCs.
func (p *prover) allNames() []string {
	out := append(p.spokeNames(), p.vpcNames()...)
	for _, h := range p.cfg.Hubs {
		for _, e := range h.External {
			out = append(out, e.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (p *prover) vpcNames() []string {
	var out []string
	for _, v := range p.net.VPCs {
		out = append(out, v.Name())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// near is true for a misspelt word.
func near(word string, names []string) bool { return diag.DidYouMean(word, names) != "" }

// hint is the word that was meant, or what there is.
func hint(word, what string, names []string) string {
	if len(names) == 0 {
		return "there are no " + what
	}
	return cmp.Or(diag.DidYouMean(word, names), "the "+what+" are "+shortList(names))
}

// shortList is a list for a sentence.
func shortList(names []string) string {
	const most = 12
	if n := len(names) - most; n > 1 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), n)
	}
	return strings.Join(names, ", ")
}
