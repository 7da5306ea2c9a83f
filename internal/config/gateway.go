package config

import (
	"cmp"
	"slices"

	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// GatewayElsewhere is true where another account owns the Transit Gateway. Only that account writes its route tables.
func (h *Hub) GatewayElsewhere() bool { return h.TransitGateway.Account != "" }

// GatewayAccount owns the Transit Gateway.
func (h *Hub) GatewayAccount() string { return cmp.Or(h.TransitGateway.Account, h.Account) }

// Readers are the accounts other than the hub's whose stacks read the hub's, sorted: those of its spokes and of its gateway.
func (h *Hub) Readers() []string {
	out := h.Accounts()
	if h.GatewayElsewhere() {
		out = append(out, h.TransitGateway.Account)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// GatewayGuests are the accounts, sorted, with VPCs at the Transit Gateway, which another account owns.
func (h *Hub) GatewayGuests() []string {
	out := append(h.Accounts(), h.Account)
	out = slices.DeleteFunc(out, func(a string) bool { return a == h.GatewayAccount() })
	slices.Sort(out)
	return out
}

// SharesByRAM is true where the hub's account has something to share: its Transit Gateway, its Profile, or Resolver rules.
func (h *Hub) SharesByRAM() bool {
	return !h.GatewayElsewhere() || h.HasR53Profile() || len(h.Resolver.Forwards) > 0
}

// oneGateway refuses two owners, or two regions, of one Transit Gateway.
func (r *resolver) oneGateway() {
	first := map[string]*hubFile{}
	for _, h := range r.hubs {
		id := h.hub.TransitGateway.ID
		was := first[id]
		switch {
		case id == "":
			continue
		case was == nil:
			first[id] = h
			continue
		case was.hub.GatewayAccount() != h.hub.GatewayAccount():
			h.Errorf(file.Value, &h.in.TransitGateway.ID, "write the account that owns it in both: transitGateway: {account: …}",
				"%s is of account %s here, and of account %s in hub %s", id, h.hub.GatewayAccount(), was.hub.GatewayAccount(), was.hub.Name).
				See = []diag.Related{{Where: was.Pos(&was.in.TransitGateway.ID), Text: "hub " + was.hub.Name}}
		case was.hub.Region != h.hub.Region:
			h.Errorf(file.Value, &h.in.TransitGateway.ID, "write the id of a Transit Gateway of the hub's region",
				"%s is in region %s here, and in region %s in hub %s", id, h.hub.Region, was.hub.Region, was.hub.Name).
				See = []diag.Related{{Where: was.Pos(&was.in.TransitGateway.ID), Text: "hub " + was.hub.Name}}
		}
	}
}
