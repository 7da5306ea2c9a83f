// Package adopt writes the file of a spoke whose VPC exists, and says what stands in the way.
package adopt

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/live"
	"sharedhub/internal/ranges"
)

var declare = diag.Declare("import")

var (
	codeDNS = declare("import-dns", diag.Error, "the VPC's DNS attributes are off, so private names do not resolve in it",
		"turn both on: aws ec2 modify-vpc-attribute --vpc-id … --enable-dns-support, and again with --enable-dns-hostnames")
	codeRoom = declare("import-room", diag.Error, "an availability zone has no free range for a transit subnet",
		"add a range to the VPC or free a /28, and import again; or write the file by hand, with transit subnets that exist (docs/EXISTING.md)")
	codeRoute = declare("import-route", diag.Error, "a route that exists has the place of one to the hub, or takes a part of it away",
		"take the route away, or another route table for the subnets")
	codeWider = declare("import-wider", diag.Warning, "a route to the hub takes a part of one that exists",
		"see that nothing needs what the wider route leads to")
	codeNames = declare("import-names", diag.Error,
		"the VPC has something already that serves the hub's names, and Route 53 or EC2 refuse a second",
		"take it away first, or leave the service out of the hub")
	codeShadow = declare("import-shadow", diag.Warning, "a private zone of the VPC is above or below the hub's names",
		"compare what it answers")
	codeAttached = declare("import-attached", diag.Error, "the VPC's attachment to the hub's Transit Gateway is not as the hub needs it",
		"run the command that is named, or detach the VPC (docs/EXISTING.md)")
	codeAttachment = declare("import-attachment", diag.Warning,
		"the VPC is attached to the hub's Transit Gateway already, and the file names its attachment",
		"a route table may have it: preflight names the command that ends that")
	codeLeftOut = declare("import-left-out", diag.Warning, "a subnet is left out", "add it by hand if it is to reach the hub")
)

// Target is where the VPC is to go.
type Target struct {
	Hub              *config.Hub
	Segment, Account string
	// Outside is true where its ranges lie outside the segment's pools.
	Outside bool
}

// Proposal is the file, and what was found beside it.
type Proposal struct {
	// Text is the file's; "" where a zone has no room for its transit subnet, and Problems say so.
	Text     string
	Problems diag.List
}

// proposer works out one.
type proposer struct {
	Target
	*live.Description
	vpc      types.Vpc
	problems diag.List
	// attachment to the hub's gateway that the file names; nil for one that is made.
	attachment *types.TransitGatewayVpcAttachment
}

// Propose writes the file of a spoke for a VPC. Subnets that a route leads out of to the internet are left out.
func Propose(d *live.Description, to Target) (*Proposal, error) {
	p := &proposer{Target: to, Description: d, vpc: d.Vpcs[0], problems: diag.List{}}
	p.dns()
	p.attached()
	p.names()
	subnets := p.subnets()
	if len(subnets) == 0 {
		return nil, fmt.Errorf("VPC %s has no subnet with IPv4 addresses and without a route to an internet gateway", aws.ToString(p.vpc.VpcId))
	}
	p.routes(subnets)
	transit, ok := p.transit(subnets)
	if !ok {
		return &Proposal{"", p.problems}, nil
	}
	return &Proposal{p.text(subnets, transit), p.problems}, nil
}

func (p *proposer) add(code diag.Code, id, format string, args ...any) {
	p.problems = append(p.problems, diag.Diagnostic{Severity: code.Severity(), Code: code, Summary: fmt.Sprintf(format, args...),
		Fix: code.Fix(), Where: diag.Resource{ID: id, Account: p.Account, Region: p.Hub.Region}})
}

func (p *proposer) dns() {
	for _, a := range []struct {
		name  string
		value *types.AttributeBooleanValue
	}{{"DNS support", p.EnableDnsSupport}, {"DNS host names", p.EnableDnsHostnames}} {
		switch {
		case a.value == nil:
			p.add(codeDNS, aws.ToString(p.vpc.VpcId), "nothing says whether %s is on: add describe-vpc-attribute to the answers", a.name)
		case !aws.ToBool(a.value.Value):
			p.add(codeDNS, aws.ToString(p.vpc.VpcId), "%s is off", a.name)
		}
	}
}

// names finds what serves names of the hub's services already.
func (p *proposer) names() {
	served := map[string]string{}
	for _, e := range p.Hub.NamedEndpoints() {
		for _, n := range e.Catalog.PrivateNames {
			served[strings.TrimPrefix(n, "*.")] = e.Catalog.Name
		}
		for _, own := range p.VpcEndpoints {
			if aws.ToString(own.ServiceName) == e.Catalog.ServiceName && aws.ToBool(own.PrivateDnsEnabled) {
				p.add(codeNames, aws.ToString(own.VpcEndpointId), "the VPC has an endpoint of %s with private DNS", e.Catalog.Name)
			}
		}
	}
	for _, z := range p.HostedZoneSummaries {
		zone, id := strings.TrimSuffix(aws.ToString(z.Name), "."), aws.ToString(z.HostedZoneId)
		if s := served[zone]; s != "" {
			p.add(codeNames, id, "private zone %s answers for %s", zone, s)
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(served)) {
			if strings.HasSuffix(name, "."+zone) || strings.HasSuffix(zone, "."+name) {
				p.add(codeShadow, id, "private zone %s is beside %s, a name of %s", zone, name, served[name])
				break
			}
		}
	}
	for _, a := range p.ProfileAssociations {
		id := aws.ToString(a.ProfileId)
		if p.Hub.HasR53Profile() {
			p.add(codeNames, id, "the VPC uses Route 53 Profile %s, and takes one only", id)
		} else {
			p.add(codeShadow, id, "the VPC uses Route 53 Profile %s, whose names come beside the hub's", id)
		}
	}
}

// placed is a subnet with the table that serves it.
type placed struct {
	types.Subnet
	cidr  netip.Prefix
	table types.RouteTable
}

// subnets are those that are to reach the hub, by range.
func (p *proposer) subnets() []placed {
	var out []placed
	for _, s := range p.Subnets {
		id := aws.ToString(s.SubnetId)
		cidr, err := netip.ParsePrefix(aws.ToString(s.CidrBlock))
		table := p.tableOf(id)
		if p.holds(id) && err == nil && cidr.Bits() >= transitBits {
			continue // it is for the attachment
		}
		switch {
		case err != nil:
			p.add(codeLeftOut, id, "%s has no IPv4 range", id)
		case table == nil:
			p.add(codeLeftOut, id, "nothing says which route table serves %s", id)
		case slices.ContainsFunc(table.Routes, func(r types.Route) bool { return strings.HasPrefix(aws.ToString(r.GatewayId), "igw-") }):
			p.add(codeLeftOut, id, "%s, %s, has a route to an internet gateway", id, cidr)
		case !p.reaches(aws.ToString(s.AvailabilityZoneId)):
			p.add(codeLeftOut, id, "%s, %s, is in %s, where %s has no subnet", id, cidr, aws.ToString(s.AvailabilityZoneId),
				aws.ToString(p.attachment.TransitGatewayAttachmentId))
		default:
			out = append(out, placed{s, cidr, *table})
		}
	}
	slices.SortFunc(out, func(a, b placed) int { return a.cidr.Compare(b.cidr) })
	return out
}

// tableOf is the table that a subnet is associated with, or the VPC's main one.
func (p *proposer) tableOf(subnet string) *types.RouteTable {
	var main *types.RouteTable
	for i := range p.RouteTables {
		for _, a := range p.RouteTables[i].Associations {
			if aws.ToString(a.SubnetId) == subnet {
				return &p.RouteTables[i]
			}
			if aws.ToBool(a.Main) {
				main = &p.RouteTables[i]
			}
		}
	}
	return main
}

// routes compares the routes that there are with those that are to come.
func (p *proposer) routes(subnets []placed) {
	ours := []netip.Prefix{p.Hub.CIDR}
	for _, peer := range p.Hub.Peers(p.Segment) {
		ours = append(ours, p.Hub.SegmentRanges(peer)...)
	}
	done := map[string]bool{}
	for _, s := range subnets {
		id := aws.ToString(s.table.RouteTableId)
		if done[id] {
			continue
		}
		done[id] = true
		for _, r := range s.table.Routes {
			is, err := netip.ParsePrefix(aws.ToString(r.DestinationCidrBlock))
			if err != nil || aws.ToString(r.GatewayId) == "local" {
				continue
			}
			for _, to := range ours {
				target := live.RouteTarget(r)
				switch {
				case is == to:
					p.add(codeRoute, id, "the route to %s leads to %s, and EC2 refuses a second one", is, target)
				case target == p.Hub.TransitGateway.ID: // where ours lead too
				case ranges.Within(is, to):
					p.add(codeRoute, id, "the route to %s leads to %s, and hides a part of %s of the hub", is, target, to)
				case is.Bits() > 0 && ranges.Within(to, is):
					p.add(codeWider, id, "the route to %s leads to %s, and the one to %s will take a part of it", is, target, to)
				}
			}
		}
	}
}

// transitBits is the size of subnets that are made for an attachment, and that AWS advises for them.
const transitBits = 28

// transitSubnet is a subnet of the attachment; without an id it is made.
type transitSubnet struct {
	id, zone string
	cidr     netip.Prefix
}

// transit are those of the attachment, or free /28s of the VPC, the lowest, one in each zone; false where a zone has none.
func (p *proposer) transit(subnets []placed) ([]transitSubnet, bool) {
	if p.attachment != nil {
		return p.attachedIn(), true
	}
	var taken []netip.Prefix
	for _, s := range p.Subnets {
		if c, err := netip.ParsePrefix(aws.ToString(s.CidrBlock)); err == nil {
			taken = append(taken, c)
		}
	}
	var out []transitSubnet
	room := true
	for _, s := range subnets {
		zone := aws.ToString(s.AvailabilityZoneId)
		if slices.ContainsFunc(out, func(t transitSubnet) bool { return t.zone == zone }) {
			continue
		}
		free, ok := ranges.Lowest(p.cidrs(), taken, transitBits)
		if !ok {
			p.add(codeRoom, aws.ToString(p.vpc.VpcId), "%s has no free /28 for a transit subnet in %s", ranges.Join(p.cidrs()), zone)
			room = false
		}
		out, taken = append(out, transitSubnet{"", zone, free}), append(taken, free)
	}
	return sorted(out), room
}

func sorted(list []transitSubnet) []transitSubnet {
	slices.SortFunc(list, func(a, b transitSubnet) int { return strings.Compare(a.zone, b.zone) })
	return list
}

// Name is the VPC's tag Name; "" where it has none.
func Name(d *live.Description) string {
	for _, t := range d.Vpcs[0].Tags {
		if aws.ToString(t.Key) == "Name" {
			return aws.ToString(t.Value)
		}
	}
	return ""
}

func (p *proposer) cidrs() []netip.Prefix { return Ranges(p.Description) }

// Ranges are the VPC's, the one it was made with first.
func Ranges(d *live.Description) []netip.Prefix {
	vpc := d.Vpcs[0]
	var out []netip.Prefix
	for _, a := range vpc.CidrBlockAssociationSet {
		state := types.VpcCidrBlockStateCodeAssociated
		if a.CidrBlockState != nil {
			state = a.CidrBlockState.State
		}
		if c, err := netip.ParsePrefix(aws.ToString(a.CidrBlock)); err == nil && state == types.VpcCidrBlockStateCodeAssociated {
			out = append(out, c)
		}
	}
	first, err := netip.ParsePrefix(aws.ToString(vpc.CidrBlock))
	if err == nil {
		out = append([]netip.Prefix{first}, slices.DeleteFunc(out, func(c netip.Prefix) bool { return c == first })...)
	}
	return out
}

// text is the spoke's file.
func (p *proposer) text(subnets []placed, transit []transitSubnet) string {
	var b strings.Builder
	fmt.Fprintf(&b, "hub: %s\naccount: %q\nsegment: %s\n", p.Hub.Name, p.Account, p.Segment)
	if p.Outside {
		b.WriteString("outsidePool: true\n")
	}
	fmt.Fprintf(&b, "vpc:\n  id: %s\n  cidrs: [%s]\n  subnets:\n    private:\n", aws.ToString(p.vpc.VpcId), ranges.Join(p.cidrs()))
	for _, s := range subnets {
		fmt.Fprintf(&b, "      - {id: %s, cidr: %s, zone: %s, routeTable: %s}%s\n", aws.ToString(s.SubnetId), s.cidr,
			aws.ToString(s.AvailabilityZoneId), aws.ToString(s.table.RouteTableId), comment(s.Tags))
	}
	b.WriteString("  transit:\n")
	for _, t := range transit {
		id := ""
		if t.id != "" {
			id = "id: " + t.id + ", "
		}
		fmt.Fprintf(&b, "    - {%scidr: %s, zone: %s}\n", id, t.cidr, t.zone)
	}
	if p.attachment != nil {
		fmt.Fprintf(&b, "  attachment: %s\n", aws.ToString(p.attachment.TransitGatewayAttachmentId))
	}
	return b.String()
}

// comment is a subnet's name, for whoever reads the file.
func comment(tags []types.Tag) string {
	for _, t := range tags {
		if aws.ToString(t.Key) == "Name" && !strings.ContainsAny(aws.ToString(t.Value), "\r\n") {
			return "  # " + diag.Clip(aws.ToString(t.Value))
		}
	}
	return ""
}
