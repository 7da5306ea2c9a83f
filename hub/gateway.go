package hub

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"sharedhub/constructs/transit"
	"sharedhub/internal/app/stack"
	"sharedhub/internal/config"
	"sharedhub/internal/stackname"
)

// Gateway makes the stack of what only the owner of a Transit Gateway may make, where that is another account than the hub's (Transit
// Gateway guide, "Share a transit gateway"): route tables, associations, propagations, static routes, and flow logs. Links, of the
// same account, read the tables here.
func (b *Hub) Gateway() awscdk.Stack {
	h := b.config
	name := stackname.Gateway(h.Name)
	s := b.stack(name, h.GatewayAccount(), "Transit Gateway routing")
	gateway := b.transit(s)
	b.routes(s, gateway, b.ReadNetwork(Reader{s, name, h.GatewayAccount()}, stackname.AttachmentID))
	b.reads.joined[name] = stack.Publish(s, b.tableIDs(gateway))
	return s
}

// transit makes the Transit Gateway, or takes one that exists, with the tables and flow logs that are to be made.
func (b *Hub) transit(s awscdk.Stack) *transit.TransitGateway {
	h := b.config
	return transit.NewTransitGateway(s, "Transit", &transit.TransitGatewayProps{
		Name: h.Name, ID: h.TransitGateway.ID, ASN: h.TransitGateway.ASN, RouteTables: b.tables(),
		SecurityGroupReferencing: h.TransitGateway.SecurityGroupReferencing, FlowLogs: stack.FlowLogs(h.TransitGateway.FlowLogs),
	})
}

// routes gives the hub's attachment, and those that exist, their places in the gateway's tables.
func (b *Hub) routes(s awscdk.Stack, gateway *transit.TransitGateway, attachment *string) {
	h := b.config
	segments := map[string]*string{}
	for _, seg := range h.Segments {
		segments[seg.Name] = gateway.RouteTables[seg.Name]
	}
	transit.NewRouting(s, "Routing", routing(h.Routing(), attachment, gateway.RouteTables[stackname.HubTable], segments, h.CIDR))
	for _, e := range h.External {
		b.external(s, e, gateway)
	}
}

// tableIDs are what stacks read of the gateway's tables.
func (b *Hub) tableIDs(gateway *transit.TransitGateway) []stack.Value {
	var out []stack.Value
	for _, t := range b.tables() {
		out = append(out, ofID(stackname.Table(t.Name), gateway.RouteTables[t.Name]))
	}
	return out
}

// routing is an attachment's place in the gateway's tables: the table it is associated with, and those that lead to its ranges.
// Only the gateway's account writes static routes, whereas a range that is added to a VPC by hand propagates.
func routing(by config.Routing, attachment, associate *string, tables map[string]*string, own ...netip.Prefix) *transit.RoutingProps {
	p := &transit.RoutingProps{AttachmentID: attachment, Associate: associate}
	if by.Propagates() {
		p.Propagate = tables
	}
	if by.Writes() {
		for _, name := range slices.Sorted(maps.Keys(tables)) {
			for _, r := range own {
				p.Static = append(p.Static, transit.StaticRoute{RouteTable: name, RouteTableID: tables[name], CIDR: r.String()})
			}
		}
	}
	return p
}

// external gives an attachment that exists its place in the gateway's tables. Its routes are static, also where it could propagate:
// who is behind it would otherwise decide which ranges the tables learn.
func (b *Hub) external(s awscdk.Stack, e config.External, gateway *transit.TransitGateway) {
	tables := map[string]*string{}
	for _, name := range append([]string{stackname.HubTable}, b.config.Peers(e.Segment)...) {
		tables[name] = gateway.RouteTables[name]
	}
	transit.NewRouting(s, "External-"+e.Name, routing(config.RoutingStatic, &e.Attachment, gateway.RouteTables[e.Segment], tables, e.CIDRs...))
}

func (b *Hub) tables() []transit.RouteTable {
	given := func(name string) transit.RouteTable {
		return transit.RouteTable{Name: name, ID: b.config.TransitGateway.RouteTables[name]}
	}
	tables := []transit.RouteTable{given(stackname.HubTable)}
	for _, s := range b.config.Segments {
		tables = append(tables, given(s.Name))
	}
	return tables
}
