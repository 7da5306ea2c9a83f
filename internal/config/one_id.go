package config

import (
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// namedID is an id of AWS, where it is written, and who names it.
type namedID struct {
	of   *file.File
	at   *string
	what string
	who  string
	// vpc that the thing is a part of; "" for a Transit Gateway's table.
	vpc string
}

// oneID refuses an id that belongs to one member and that two name: a subnet and a route table are of one VPC, and a Transit Gateway's
// table is of one hub.
func (r *resolver) oneID() {
	first, said := map[string]namedID{}, map[[2]string]bool{}
	for _, n := range r.namedIDs() {
		was, twice := first[*n.at]
		key := [2]string{*n.at, n.who}
		switch {
		case *n.at == "":
		case !twice:
			first[*n.at] = n
		case was.who == n.who || said[key] || n.vpc != "" && was.vpc == n.vpc: // of one VPC, or the VPC is said
		default:
			said[key] = true
			fix, other := "name "+n.what+"s of "+n.vpc+" alone", ", of another VPC"
			if n.vpc == "" {
				fix, other = "give each hub tables of its own: a table decides what its segment reaches", " too"
			}
			n.of.Errorf(file.Value, n.at, fix, "%s is a %s of %s%s", *n.at, n.what, was.who, other).
				See = []diag.Related{{Where: was.of.Pos(was.at), Text: was.who}}
		}
	}
}

// namedIDs are the ids that one member may name: those of hubs before those of spokes.
func (r *resolver) namedIDs() []namedID {
	var out []namedID
	subnets := func(n namedID, in file.Map[[]file.ExistingSubnet], transit []file.TransitSubnet) {
		for i := range in {
			for j := range in[i].Value {
				s := &in[i].Value[j]
				out = append(out, n.subnet(&s.ID), n.table(&s.RouteTable))
			}
		}
		for i := range transit {
			out = append(out, n.subnet(&transit[i].ID))
		}
	}
	for _, h := range r.hubs {
		n := namedID{of: h.File, who: "hub " + h.hub.Name, what: "table"}
		for i := range h.in.TransitGateway.RouteTables {
			n.at = &h.in.TransitGateway.RouteTables[i].Value
			out = append(out, n)
		}
		if n.vpc = h.in.VPC.ID; n.vpc == "" {
			continue
		}
		subnets(n, h.in.VPC.Subnets, h.in.VPC.Transit)
		for i := range h.in.VPC.Resolver {
			s := &h.in.VPC.Resolver[i]
			out = append(out, n.subnet(&s.ID), n.table(&s.RouteTable))
		}
	}
	for _, s := range r.spokes {
		if in := &s.in.VPC; in.ID != "" {
			subnets(namedID{of: s.File, who: "spoke " + s.spoke.Name, vpc: in.ID}, in.Subnets, in.Transit)
		}
	}
	return out
}

func (n namedID) subnet(at *string) namedID {
	n.at, n.what = at, "subnet"
	return n
}

func (n namedID) table(at *string) namedID {
	n.at, n.what = at, "route table"
	return n
}
