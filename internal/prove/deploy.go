package prove

import (
	"maps"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// Whether the templates can be deployed: what cannot be made is not proved.

// conflicts are parts that AWS refuses to make.
func (p *prover) conflicts() {
	for _, c := range p.net.Conflicts {
		p.add(codeConflict, "stack "+c.Source.Stack, c.Source, "%s", c.Text)
	}
}

// homes checks that each stack of a hub is in the hub's region, and in an account of the hub.
func (p *prover) homes() {
	reads := map[string]bool{}
	for _, r := range p.net.Reads {
		reads[r.Consumer] = true
	}
	for _, s := range p.net.Stacks {
		i := slices.IndexFunc(p.cfg.Hubs, func(h *config.Hub) bool {
			return s.Hub == h.Name || s.Hub == "" && strings.HasPrefix(s.Name, h.Name+"-") && reads[s.Name]
		})
		if i < 0 || !s.Ordered {
			continue
		}
		if h := p.cfg.Hubs[i]; s.Region != h.Region {
			p.add(codeConflict, "stack "+s.Name, topology.Source{Stack: s.Name}, "expected the stack in region %s of hub %s, found it in %q",
				h.Region, h.Name, s.Region)
		} else if !p.hasAccount(h, s.Account) {
			p.add(codeConflict, "stack "+s.Name, topology.Source{Stack: s.Name}, "account %q is no account of hub %s", s.Account, h.Name)
		}
	}
}

// readsInOrder checks that each stack that reads an output of another is deployed after it.
func (p *prover) readsInOrder() {
	for _, r := range p.net.Reads {
		if !p.net.ReadsAfter(r) {
			p.add(codeOrder, "stack "+r.Consumer, topology.Source{Stack: r.Consumer},
				"reads an output of stack %s, and does not depend on that stack and on the role that it reads through", r.Stack)
		}
	}
}

// outputs checks that each output says what the stacks read that take it together with others.
func (p *prover) outputs() {
	for _, s := range p.net.Stacks {
		if s.Hub == "" {
			continue // not this program's
		}
		for _, name := range slices.Sorted(maps.Keys(s.Contradicted)) {
			if have := s.Contradicted[name]; have == "" {
				p.add(codeOutput, "stack "+s.Name, topology.Source{Stack: s.Name}, "output %s is missing, and other stacks are told its value", name)
			} else {
				p.add(codeOutput, "stack "+s.Name, topology.Source{Stack: s.Name}, "output %s is %s, and other stacks are told another value",
					name, topology.Plain(have))
			}
		}
	}
}

// order checks that the parts of a VPC are made after those that AWS needs first, where no reference in the template says so.
func (p *prover) order(sc *scene, subject string, v *topology.VPC, a *topology.Attachment) {
	for _, t := range v.Tables {
		for _, r := range t.Routes {
			if r.Kind == topology.ToTransitGateway && r.Target == a.TransitGateway && !p.net.MadeAfter(r.Source, a.Source) {
				p.add(codeOrder, subject, r.Source, "the route to %s does not depend on the VPC's attachment, without which EC2 refuses it", r.CIDR)
			}
		}
	}
	for _, s := range v.Subnets {
		for _, added := range v.Added {
			if added.CIDR.Overlaps(s.CIDR) && !p.net.MadeAfter(s.Source, added.Source) {
				p.add(codeOrder, subject, s.Source, "subnet %s does not depend on the resource that adds range %s to the VPC", s.CIDR, added.CIDR)
			}
		}
	}
	// One of another account is shared before anything is deployed, also where another hub's stack does that; preflight asks.
	if g := sc.transitGateway; v.Account != g.Account && !sc.hub.GatewayElsewhere() {
		p.afterShare(subject, a.Source, "attachment", g.ARN, g.Account, v.Account)
	}
	for _, at := range p.net.R53ProfileAssociations[v.ID] {
		if pr := at.R53Profile; pr.Account != v.Account {
			p.afterShare(subject, at.Source, "association of the Route 53 Profile", pr.ARN, pr.Account, v.Account)
		}
	}
}

// afterShare checks that what uses another account's part is made after a share of it.
func (p *prover) afterShare(subject string, user topology.Source, what, arn, owner, account string) {
	var shares []*topology.Share
	for _, s := range p.net.Shares {
		if s.Covers(arn, owner, account) {
			shares = append(shares, s)
		}
	}
	if len(shares) > 0 && !slices.ContainsFunc(shares, func(s *topology.Share) bool { return p.net.MadeAfter(user, s.Source) }) {
		p.add(codeOrder, subject, user, "the %s does not wait for the share that lets account %s use it, %s", what, account, shares[0].Source)
	}
}
