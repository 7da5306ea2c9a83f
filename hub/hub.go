// Package hub makes the stacks of a hub from its configuration: the network, the endpoints, the names, and each spoke's
// place in the Transit Gateway's tables, which only the gateway's account may write.
package hub

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/catalog"
	"sharedhub/constructs/endpoints"
	"sharedhub/constructs/network"
	"sharedhub/constructs/sharing"
	"sharedhub/constructs/transit"
	"sharedhub/internal/config"
	"sharedhub/internal/names"
)

// TransitTier is the tier of subnets that hold an attachment, in the hub and in every spoke.
const TransitTier = "transit"

// Hub is a hub's own stacks.
type Hub struct {
	Network, Endpoints awscdk.Stack
	// DNS is the stack of the zones in the hub's account, Profile that of the Route 53 Profile; nil where there is none.
	DNS, Profile awscdk.Stack

	config  *config.Hub
	outputs *sharing.Outputs
}

// New makes the network and endpoint stacks, and that of the Profile. The zones' stacks come last, by Zones, since they
// wait for the spokes.
func New(app constructs.Construct, h *config.Hub, outputs *sharing.Outputs) *Hub {
	out := &Hub{config: h, outputs: outputs}
	out.network(app)
	out.endpoints(app)
	if !h.HostedZonesServeHub() {
		out.profile(app)
	}
	return out
}

// NewStack makes a stack with a fixed account and region, tagged as the hub's or a spoke's.
func NewStack(app constructs.Construct, name, description, account string, h *config.Hub, tags map[string]*string, protect bool) awscdk.Stack {
	for _, t := range h.Tags {
		if tags[t.Key] == nil {
			tags[t.Key] = jsii.String(t.Value)
		}
	}
	tags["hub"] = jsii.String(h.Name)
	stack := awscdk.NewStack(app, jsii.String(name), &awscdk.StackProps{
		StackName: jsii.String(name), Description: jsii.String(description), Tags: &tags, TerminationProtection: jsii.Bool(protect),
		Env: &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(h.Region)},
	})
	if h.Revision > 0 { // CloudFormation reads outputs again only where a template has changed
		Output(stack, names.Revision, jsii.String(strconv.Itoa(h.Revision)))
	}
	return stack
}

// Output makes a stack's value readable by name.
func Output(stack constructs.Construct, name string, value *string) {
	awscdk.NewCfnOutput(stack, jsii.String(name), &awscdk.CfnOutputProps{Value: value})
}

func (b *Hub) stack(app constructs.Construct, name, what string) awscdk.Stack {
	h := b.config
	return NewStack(app, name, fmt.Sprintf("%s of the shared-services hub %s", what, h.Name), h.Account, h, map[string]*string{}, true)
}

func (b *Hub) network(app constructs.Construct) {
	h := b.config
	s := b.stack(app, names.Network(h.Name), "Network")
	b.Network = s
	plan := h.Plan()
	n := network.NewVPC(s, "Network", &network.VPCProps{
		Name: h.Name, CIDR: h.VPC.CIDR.String(), FlowLogs: FlowLogs(h.FlowLogs),
		Tiers: []network.Tier{
			{Name: config.EndpointTier, Subnets: Subnets(h.Region, h.AZs, func(slot int) netip.Prefix { return plan.Subnet(config.EndpointTier, slot) })},
			{Name: TransitTier, Subnets: Subnets(h.Region, h.AZs, plan.Transit)},
		},
	})
	gateway := transit.NewTransitGateway(s, "Transit", &transit.TransitGatewayProps{Name: h.Name, ID: h.TransitGateway.ID, ASN: h.TransitGateway.ASN, RouteTables: b.tables()})
	attachment := transit.NewAttachment(s, "Attachment", &transit.AttachmentProps{
		Name: h.Name, TransitGatewayID: gateway.ID, VPCID: n.VPCID, SubnetIDs: n.Tiers[TransitTier].SubnetIDs,
	})
	segments := map[string]*string{}
	for _, seg := range h.Segments {
		segments[seg.Key] = gateway.RouteTables[seg.Key]
	}
	transit.NewRouting(s, "Routing", &transit.RoutingProps{AttachmentID: attachment.ID, Associate: gateway.RouteTables[names.HubTable], Propagate: segments})
	n.RouteToTransitGateway(config.EndpointTier, Texts(h.Supernets()), gateway.ID, attachment.Resource)

	b.share(s, gateway)
	if !h.HasR53Profile() {
		b.guard(s, config.SharingZones)
	}
	Output(s, names.VPCID, n.VPCID)
	Output(s, names.TransitGatewayID, gateway.ID)
	for _, z := range h.AZs {
		Output(s, names.Subnet(z.Name), n.Tiers[config.EndpointTier].SubnetByAZ[z.Name])
	}
	for _, t := range b.tables() {
		Output(s, names.Table(t.Name), gateway.RouteTables[t.Name])
	}
}

func (b *Hub) tables() []transit.RouteTable {
	given := func(name string) transit.RouteTable {
		id, _ := b.config.TransitGateway.RouteTables.Get(name)
		return transit.RouteTable{Name: name, ID: id}
	}
	tables := []transit.RouteTable{given(names.HubTable)}
	for _, s := range b.config.Segments {
		tables = append(tables, given(s.Key))
	}
	return tables
}

// share opens the gateway and the outputs to the other accounts, if there are any or an organization may bring some.
func (b *Hub) share(s awscdk.Stack, gateway *transit.TransitGateway) {
	h := b.config
	if principals := b.principals(); len(principals) > 0 {
		sharing.NewShare(s, "GatewayShare", &sharing.ShareProps{Name: h.Name + "-transit-gateway", ResourceARNs: []*string{gateway.ARN}, Principals: principals, AllowExternalPrincipals: h.Organization.ID == ""})
	}
	if h.Organization.ID != "" || len(h.Accounts()) > 0 {
		read := []string{names.Network(h.Name)}
		if h.HasHostedZones() {
			read = append(read, names.Endpoints(h.Name)) // zones in other accounts alias the endpoints
		}
		if h.HasR53Profile() {
			read = append(read, names.Profile(h.Name)) // spokes ask for the profile
		}
		sharing.NewReader(s, "Reader", &sharing.ReaderProps{
			RoleName: names.HubReader(h.Name), Stacks: read,
			Organization: h.Organization.ID, Accounts: h.Accounts(), Partition: catalog.Partition(h.Region), Region: h.Region, Account: h.Account,
		})
	}
}

// principals to share with: the organization, its units, or the spokes' accounts.
func (b *Hub) principals() []string {
	h, o := b.config, b.config.Organization
	if o.ManagementAccount == "" {
		return h.Accounts()
	}
	partition := catalog.Partition(h.Region)
	if len(o.Units) == 0 {
		return []string{sharing.OrganizationARN(partition, o.ManagementAccount, o.ID)}
	}
	arns := make([]string, len(o.Units))
	for i, u := range o.Units {
		arns[i] = sharing.UnitARN(partition, o.ManagementAccount, o.ID, u)
	}
	return arns
}

func (b *Hub) endpoints(app constructs.Construct) {
	h := b.config
	s := b.stack(app, names.Endpoints(h.Name), "Interface endpoints")
	b.Endpoints = s
	s.AddStackDependency(b.Network, nil)
	var services []endpoints.Service
	for _, svc := range h.Endpoints {
		e := endpoints.Service{Name: svc.Catalog.Name, ServiceName: svc.Catalog.ServiceName, Ports: svc.Catalog.Ports, Policy: svc.Policy, PrivateDNS: h.HasR53Profile() && len(svc.Catalog.PrivateNames) > 0}
		if svc.Catalog.Region != h.Region {
			e.ServiceRegion = svc.Catalog.Region
		}
		for _, z := range svc.AZs {
			e.SubnetIDs = append(e.SubnetIDs, b.Read(h.Account, names.Network(h.Name), names.Subnet(z.Name)))
		}
		services = append(services, e)
	}
	made := endpoints.NewInterfaceEndpoints(s, "Endpoints", &endpoints.InterfaceEndpointsProps{
		Name: h.Name, VPCID: b.Read(h.Account, names.Network(h.Name), names.VPCID), Services: services,
		Clients: Texts(append([]netip.Prefix{h.VPC.CIDR}, h.Supernets()...)),
	})
	for _, svc := range h.Endpoints {
		e := made.ByName[svc.Catalog.Name]
		if len(svc.Catalog.PrivateNames) == 0 {
			continue // nobody reads it: it has no names to serve
		}
		if h.HasR53Profile() {
			Output(s, names.EndpointID(svc.Catalog.Name), e.ID)
		}
		if h.HasHostedZones() {
			Output(s, names.EndpointDNS(svc.Catalog.Name), e.DNSName)
			Output(s, names.EndpointZone(svc.Catalog.Name), e.HostedZoneID)
		}
	}
}

// Read is an output of one of the hub's own stacks, as an account sees it.
func (b *Hub) Read(account, stack, output string) *string {
	h, role := b.config, ""
	if account != h.Account {
		role = sharing.ReaderARN(catalog.Partition(h.Region), h.Account, names.HubReader(h.Name))
	}
	return b.outputs.Read(stack, output, h.Region, role)
}

// readSpoke is an output of a spoke's stack, as an account sees it.
func (b *Hub) readSpoke(account string, s *config.Spoke, output string) *string {
	h, role := b.config, ""
	if account != s.Account {
		role = sharing.ReaderARN(catalog.Partition(h.Region), s.Account, names.SpokeReader(h.Name, s.Name))
	}
	return b.outputs.Read(names.Spoke(h.Name, s.Name), output, h.Region, role)
}

// Subnets are one tier's subnets, one per zone.
func Subnets(region string, zones []config.AZ, cidr func(slot int) netip.Prefix) []network.Subnet {
	out := make([]network.Subnet, len(zones))
	for i, z := range zones {
		out[i] = network.Subnet{AZ: z.Name, CIDR: cidr(z.Slot).String()}
		if z.ByID {
			out[i].AvailabilityZoneID = z.Name
		} else {
			out[i].AvailabilityZone = region + z.Name
		}
	}
	return out
}

// FlowLogs are the construct's, or nil for none.
func FlowLogs(f config.FlowLogs) *network.FlowLogs {
	if f.Off() {
		return nil
	}
	return &network.FlowLogs{Bucket: f.Bucket, RetentionDays: f.RetentionDays}
}

// Texts are ranges as templates write them.
func Texts(p []netip.Prefix) []string {
	out := make([]string, len(p))
	for i := range p {
		out[i] = p[i].String()
	}
	return out
}
