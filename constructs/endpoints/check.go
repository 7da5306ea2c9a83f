package endpoints

import (
	"fmt"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"

	"sharedhub/constructs/internal/check"
)

func (p *InterfaceEndpointsProps) check(scope constructs.Construct, id string) {
	c := check.New("endpoints.NewInterfaceEndpoints", scope, id, p)
	c.Text("Name", p.Name)
	c.ID("VPCID", p.VPCID, "vpc-")
	if len(p.Services) == 0 {
		c.Errorf("Services", "is empty, expected at least one")
	}
	c.Unique("Services", len(p.Services), func(i int) (string, string) { return ".Name", p.Services[i].Name })
	for i, s := range p.Services {
		s.check(c, fmt.Sprintf("Services[%d].", i))
	}
	if len(p.Clients) == 0 {
		c.Errorf("Clients", "is empty, expected at least one range")
	}
	for i, r := range p.Clients {
		c.CIDR(fmt.Sprintf("Clients[%d]", i), r, 0, 32)
	}
	if p.Wave < 0 {
		c.Errorf("Wave", "%d, expected 1 or more, or 0 for the default", p.Wave)
	}
	c.Done()
}

func (s Service) check(c *check.Props, at string) {
	c.Text(at+"ServiceName", s.ServiceName)
	c.IDs(at+"SubnetIDs", s.SubnetIDs, "subnet-")
	for _, port := range s.Ports {
		if port < 1 || port > 65535 {
			c.Errorf(at+"Ports", "%d, expected 1 to 65535", port)
		}
	}
	if types := []string{"", "ipv4", "ipv6", "dualstack"}; !slices.Contains(types, s.IPAddressType) {
		c.Errorf(at+"IPAddressType", "%q, expected one of %v", s.IPAddressType, types[1:])
	}
}
