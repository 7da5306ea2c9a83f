package prove

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// declaredGateway is a Transit Gateway that exists, of which the hub's file says whose it is.
func declaredGateway(h *config.Hub) []topology.Record {
	partition, err := awsfacts.PartitionOf(h.Region)
	if err != nil || h.TransitGateway.ID == "" {
		return nil
	}
	id := h.TransitGateway.ID
	return []topology.Record{&topology.TransitGatewayRecord{Declared: true, Meta: topology.Meta{ID: id, Type: "AWS::EC2::TransitGateway",
		Source: topology.Source{ID: id}, Account: h.GatewayAccount(), Region: h.Region, Partition: partition.Name}}}
}

// assumeShare says what the proof of a Transit Gateway of another account rests on: its owner shares it, which no stack shows.
func (p *prover) assumeShare(sc *scene) {
	g := sc.hub.TransitGateway
	p.Assumed = append(p.Assumed, fmt.Sprintf("%s: account %s shares Transit Gateway %s with %s, and the gateway accepts attachments by "+
		"itself and associates them with no table, and no table learns their ranges", sc.subject, g.Account, g.ID,
		accountsOf(sc.hub.GatewayGuests())))
}

func accountsOf(list []string) string {
	if len(list) == 1 {
		return "account " + list[0]
	}
	return "accounts " + strings.Join(list, ", ")
}

// sharedElsewhere is the hub whose Transit Gateway a part is, where another account shares it: with whom is that account's to say. It is
// nil where the hub's own account does.
func (p *prover) sharedElsewhere(id string) *scene {
	var out *scene
	for _, sc := range p.scenes {
		switch {
		case sc.transitGateway.ID != id:
		case sc.hub.GatewayElsewhere():
			out = sc
		default:
			return nil
		}
	}
	return out
}

// readsSpoke is true for a read of a spoke's stack, which the spoke's link alone makes.
func (p *prover) readsSpoke(r topology.Read) bool {
	if p.spokeStacks == nil {
		p.spokeStacks = map[string]bool{}
		for _, sc := range p.scenes {
			for _, m := range sc.spokes {
				if m.attachment != nil {
					p.spokeStacks[m.attachment.Source.Stack] = true
				}
			}
		}
	}
	return p.spokeStacks[r.Stack]
}

// readsService is true for a read of the stack that publishes a spoke's service.
func (p *prover) readsService(r topology.Read) bool {
	return r.Stack != "" && slices.ContainsFunc(p.scenes, func(sc *scene) bool {
		return slices.ContainsFunc(sc.published, func(pub *publication) bool { return pub.service.Source.Stack == r.Stack })
	})
}
