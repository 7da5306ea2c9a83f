package privatedns

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"

	"sharedhub/constructs/internal/check"
)

func (p *HostedZonesProps) check(scope constructs.Construct, id string) {
	c := check.New("privatedns.NewHostedZones", scope, id, p)
	if len(p.VPCs) == 0 {
		c.Errorf("VPCs", "is empty, expected at least one: a private hosted zone cannot be without a VPC")
	}
	for i, v := range p.VPCs {
		c.ID(fmt.Sprintf("VPCs[%d].ID", i), v.ID, "vpc-")
		c.Text(fmt.Sprintf("VPCs[%d].Region", i), v.Region)
	}
	if len(p.Services) == 0 {
		c.Errorf("Services", "is empty, expected at least one")
	}
	owner := map[string]string{}
	for i, s := range p.Services {
		at := fmt.Sprintf("Services[%d]", i)
		c.ID(at+".DNSName", s.DNSName)
		c.ID(at+".HostedZoneID", s.HostedZoneID)
		if len(s.HostedZones) == 0 {
			c.Errorf(at+".HostedZones", "is empty, expected at least one")
		}
		for _, z := range s.HostedZones {
			c.Known(at+".HostedZones", z.Name)
			if other, twice := owner[z.Name]; twice {
				c.Errorf(at+".HostedZones", "%q is in %s too, expected a name of one service only", z.Name, other)
			}
			owner[z.Name] = at
		}
	}
	wave(c, p.Wave)
	c.Done()
}

func (p *ProfileProps) check(scope constructs.Construct, id string) {
	c := check.New("privatedns.NewProfile", scope, id, p)
	c.Known("Name", p.Name)
	if len(p.Endpoints) == 0 {
		c.Errorf("Endpoints", "is empty, expected at least one")
	}
	for _, name := range slices.Sorted(maps.Keys(p.Endpoints)) {
		c.ID(fmt.Sprintf("Endpoints[%q]", name), p.Endpoints[name], "arn:")
	}
	for _, name := range slices.Sorted(maps.Keys(p.Others)) {
		at := fmt.Sprintf("Others[%q]", name)
		c.Known("Others", name)
		c.ID(at+".ARN", p.Others[name].ARN, "arn:")
		if p.Endpoints[name] != nil {
			c.Errorf(at, "is the name of an endpoint, expected another")
		}
		if n := p.Others[name].Priority; n != 0 && (n < 100 || n > 9900) {
			c.Errorf(at+".Priority", "%d, expected 100 to 9900", n)
		}
	}
	wave(c, p.Wave)
	c.Done()
}

func wave(c *check.Props, wave int) {
	if wave < 0 {
		c.Errorf("Wave", "%d, expected 1 or more, or 0 for the default", wave)
	}
}
