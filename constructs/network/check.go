package network

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"sharedhub/constructs/internal/check"
)

// Prefix lengths of VPCs and subnets (VPC guide, "VPC CIDR blocks" and "Subnet CIDR blocks").
const minBits, maxBits = 16, 28

var (
	tierName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*$`)
	// retentionDays that CloudWatch Logs takes (API reference, PutRetentionPolicy).
	retentionDays = []int{0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)

func (p *VPCProps) check(scope constructs.Construct, id string) {
	c := check.New("network.NewVPC", scope, id, p)
	c.Text("Name", p.Name)
	ranges := []netip.Prefix{c.CIDR("CIDR", p.CIDR, minBits, maxBits)}
	for i, s := range p.SecondaryCIDRs {
		at := fmt.Sprintf("SecondaryCIDRs[%d]", i)
		r := c.CIDR(at, s, minBits, maxBits)
		if other := slices.IndexFunc(ranges, func(o netip.Prefix) bool { return o.IsValid() && o.Overlaps(r) }); other >= 0 {
			c.Errorf(at, "%s overlaps %s, expected ranges apart from each other", s, ranges[other])
		}
		ranges = append(ranges, r)
	}
	for _, r := range slices.Sorted(maps.Keys(p.IPAMPoolIDs)) {
		if r != p.CIDR && !slices.Contains(p.SecondaryCIDRs, r) {
			c.Errorf("IPAMPoolIDs", "%q, expected CIDR or one of SecondaryCIDRs", r)
		}
		c.Optional(fmt.Sprintf("IPAMPoolIDs[%q]", r), p.IPAMPoolIDs[r], "ipam-pool-")
	}
	c.Unique("Tiers", len(p.Tiers), func(i int) (string, string) { return ".Name", p.Tiers[i].Name })
	var subnets []placed
	for i, t := range p.Tiers {
		at := fmt.Sprintf("Tiers[%d]", i)
		if t.Name != "" && !tierName.MatchString(t.Name) {
			c.Errorf(at+".Name", "%q, expected letters, digits and dashes", t.Name)
		}
		subnets = t.check(c, at, ranges, subnets)
	}
	p.checkEgress(c)
	if f := p.FlowLogs; f != nil {
		c.Optional("FlowLogs.Bucket", f.Bucket, "arn:")
		c.Optional("FlowLogs.KMSKey", f.KMSKey, "arn:")
		if f.Bucket != "" && f.KMSKey != "" {
			c.Errorf("FlowLogs.KMSKey", "has no effect with a Bucket, which has its own encryption")
		}
		if !slices.Contains(retentionDays, f.RetentionDays) {
			c.Errorf("FlowLogs.RetentionDays", "%d, expected one of %v", f.RetentionDays, retentionDays[1:])
		}
		if f.Bucket != "" && f.RetentionDays != 0 {
			c.Errorf("FlowLogs.RetentionDays", "%d has no effect with a Bucket: the bucket's lifecycle rules decide", f.RetentionDays)
		}
	}
	c.Done()
}

// placed is a subnet's range and where the props say so.
type placed struct {
	at   string
	cidr netip.Prefix
}

// check appends the tier's subnets to those of the tiers before, which they must not overlap.
func (t Tier) check(c *check.Props, at string, vpc []netip.Prefix, before []placed) []placed {
	if len(t.Subnets) == 0 {
		c.Errorf(at+".Subnets", "is empty, expected one subnet per AZ")
	}
	c.Unique(at+".Subnets", len(t.Subnets), func(i int) (string, string) { return ".AZ", t.Subnets[i].AZ })
	for i, s := range t.Subnets {
		at := fmt.Sprintf("%s.Subnets[%d]", at, i)
		if (s.AvailabilityZone == "") == (s.AvailabilityZoneID == "") {
			c.Errorf(at, "AvailabilityZone %q and AvailabilityZoneID %q, expected exactly one of them", s.AvailabilityZone, s.AvailabilityZoneID)
		}
		r := c.CIDR(at+".CIDR", s.CIDR, minBits, maxBits)
		if !r.IsValid() {
			continue
		}
		within := func(v netip.Prefix) bool { return v.IsValid() && v.Bits() <= r.Bits() && v.Contains(r.Addr()) }
		if vpc[0].IsValid() && !slices.ContainsFunc(vpc, within) {
			c.Errorf(at+".CIDR", "%s is outside the VPC's ranges %s", r, strings.Trim(fmt.Sprint(vpc), "[]"))
		}
		for _, b := range before {
			if b.cidr.Overlaps(r) {
				c.Errorf(at+".CIDR", "%s overlaps %s of %s", r, b.cidr, b.at)
			}
		}
		before = append(before, placed{at, r})
	}
	return before
}

// publicTier is the index of the tier that NAT gateways stand in, or -1.
func (p *VPCProps) publicTier() int {
	return slices.IndexFunc(p.Tiers, func(t Tier) bool { return t.Egress == InternetGateway })
}

func (p *VPCProps) checkEgress(c *check.Props) {
	c.Unique("NATAZs", len(p.NATAZs), func(i int) (string, string) { return "", p.NATAZs[i] })
	public := p.publicTier()
	if len(p.NATAZs) > 0 && public < 0 {
		c.Errorf("NATAZs", "%v, expected a tier with Egress InternetGateway for the NAT gateways to stand in", p.NATAZs)
	}
	for i, az := range p.NATAZs {
		if public >= 0 && !slices.Contains(p.Tiers[public].azs(), az) {
			c.Errorf(fmt.Sprintf("NATAZs[%d]", i), "%q, expected an AZ of tier %q: %v", az, p.Tiers[public].Name, p.Tiers[public].azs())
		}
	}
	for i, t := range p.Tiers {
		at := fmt.Sprintf("Tiers[%d].Egress", i)
		switch {
		case t.Egress != NoEgress && t.Egress != InternetGateway && t.Egress != NATGateway:
			c.Errorf(at, "%q, expected NoEgress, InternetGateway or NATGateway", t.Egress)
		case t.Egress == NATGateway && len(p.NATAZs) == 0:
			c.Errorf(at, "NATGateway, and NATAZs is empty: name the AZs that get a NAT gateway")
		case t.Egress == NATGateway && len(p.NATAZs) > 1:
			for _, az := range t.azs() {
				if !slices.Contains(p.NATAZs, az) {
					c.Errorf(at, "NATGateway, and AZ %q has no NAT gateway: name it in NATAZs, or a single AZ for all", az)
				}
			}
		}
	}
}

func (t Tier) azs() []string {
	out := make([]string, len(t.Subnets))
	for i, s := range t.Subnets {
		out[i] = s.AZ
	}
	return out
}

func (n *VPC) checkRoutes(tier string, destinations []string, transitGatewayID *string, attachment awscdk.CfnResource) {
	c := check.New("network.VPC.RouteToTransitGateway", n, tier, n.props)
	n.checkTier(c, "tier", tier)
	for i, d := range destinations {
		c.CIDR(fmt.Sprintf("destinations[%d]", i), d, 0, 32)
	}
	c.ID("transitGatewayID", transitGatewayID, "tgw-")
	if attachment == nil {
		c.Errorf("attachment", "nil, expected the attachment's resource: EC2 refuses a route to a gateway that the VPC is not attached to")
	}
	c.Done()
}

func (n *VPC) checkTier(c *check.Props, prop, tier string) {
	if n.Tiers[tier] == nil {
		names := make([]string, len(n.props.Tiers))
		for i, t := range n.props.Tiers {
			names[i] = t.Name
		}
		c.Errorf(prop, "%q, expected one of %v", tier, names)
	}
}
