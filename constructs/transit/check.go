package transit

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"

	"sharedhub/constructs/internal/check"
)

func (p *TransitGatewayProps) check(scope constructs.Construct, id string) {
	c := check.New("transit.NewTransitGateway", scope, id, p)
	c.Text("Name", p.Name)
	c.Optional("ID", p.ID, "tgw-")
	if p.ID != "" && p.ASN != 0 {
		c.Errorf("ASN", "%d has no effect with the ID of an existing gateway", p.ASN)
	}
	if p.ID != "" && p.SecurityGroupReferencing {
		c.Errorf("SecurityGroupReferencing", "true has no effect with the ID of an existing gateway")
	}
	// EC2 API reference, TransitGatewayRequestOptions.
	if p.ASN != 0 && (p.ASN < 64512 || p.ASN > 65534) && (p.ASN < 4200000000 || p.ASN > 4294967294) {
		c.Errorf("ASN", "%d, expected 64512 to 65534 or 4200000000 to 4294967294", p.ASN)
	}
	c.Unique("RouteTables", len(p.RouteTables), func(i int) (string, string) { return ".Name", p.RouteTables[i].Name })
	for i, t := range p.RouteTables {
		at := fmt.Sprintf("RouteTables[%d].ID", i)
		c.Optional(at, t.ID, "tgw-rtb-")
		if t.ID != "" && p.ID == "" {
			c.Errorf(at, "%q, and the gateway is a new one: expected the ID of an existing gateway too", t.ID)
		}
	}
	c.Done()
}

func (p *RoutingProps) check(scope constructs.Construct, id string) {
	c := check.New("transit.NewRouting", scope, id, p)
	c.ID("AttachmentID", p.AttachmentID, "tgw-attach-")
	if p.Associate != nil {
		c.ID("Associate", p.Associate, "tgw-rtb-")
	}
	for _, name := range slices.Sorted(maps.Keys(p.Propagate)) {
		c.ID(fmt.Sprintf("Propagate[%q]", name), p.Propagate[name], "tgw-rtb-")
	}
	c.Unique("Static", len(p.Static), func(i int) (string, string) {
		return "", p.Static[i].RouteTable + " " + p.Static[i].CIDR
	})
	for i, s := range p.Static {
		at := fmt.Sprintf("Static[%d].", i)
		c.Known(at+"RouteTable", s.RouteTable)
		c.ID(at+"RouteTableID", s.RouteTableID, "tgw-rtb-")
		c.CIDR(at+"CIDR", s.CIDR, 0, 32)
	}
	c.Done()
}
