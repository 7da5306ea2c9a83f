// Package hub makes the stacks of a hub from its configuration: the network, the endpoints, the names, and each spoke's
// place in the Transit Gateway's tables, which only the gateway's account may write.
package hub

import (
	"fmt"
	"net/netip"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/endpoints"
	"sharedhub/constructs/sharing"
	"sharedhub/constructs/transit"
	"sharedhub/internal/app/stack"
	"sharedhub/internal/config"
	"sharedhub/internal/ranges"
	"sharedhub/internal/stackname"
)

// Hub makes the stacks of one hub. Which stack is deployed after which is for the caller to say.
type Hub struct {
	app    constructs.Construct
	config *config.Hub
	reads  reads
	// fixed are values that the configuration knows, by the stack that would have an output for each, and its name: those of what
	// exists already. Nobody reads them of the stack, so that another id is in every template that names it.
	fixed map[string]map[string]string
}

// New prepares a hub's stacks.
func New(app constructs.Construct, h *config.Hub) *Hub {
	return &Hub{app: app, config: h, fixed: fixed(h), reads: reads{
		joined: map[string]stack.Joined{}, carriers: map[string][]awsssm.CfnParameter{}, values: map[string]*string{},
	}}
}

func fixed(h *config.Hub) map[string]map[string]string {
	endpoints := map[string]string{}
	for _, e := range h.Endpoints {
		if x := e.Existing; x != nil {
			name := e.Catalog.Name
			endpoints[stackname.EndpointID(name)] = x.ID
			endpoints[stackname.EndpointDNS(name)], endpoints[stackname.EndpointZone(name)] = x.DNSName, x.HostedZone
		}
	}
	out := map[string]map[string]string{}
	for _, s := range h.Spokes {
		if s.Existing != nil && s.Existing.Attachment != "" {
			out[stackname.Spoke(h.Name, s.Name)] = map[string]string{stackname.AttachmentID: s.Existing.Attachment}
		}
	}
	network := map[string]string{}
	if v := h.Existing; v != nil {
		network[stackname.VPCID] = v.ID
		if v.Attachment != "" {
			network[stackname.AttachmentID] = v.Attachment
		}
		for _, z := range h.AZs {
			network[stackname.Subnet(z.Label())] = v.Subnet(config.EndpointTier, z).ID
		}
	}
	out[stackname.Endpoints(h.Name)], out[stackname.Network(h.Name)] = endpoints, network
	return out
}

// App is what the stacks are made in.
func (b *Hub) App() constructs.Construct { return b.app }

// stack makes one of the hub's own stacks, which are protected from termination.
func (b *Hub) stack(name, account, what string) awscdk.Stack {
	return stack.New(b.app, b.config, &stack.Props{
		Name: name, Description: fmt.Sprintf("%s of the shared-services hub %s", what, b.config.Name), Account: account, Protect: true,
	})
}

// Network makes the stack of the VPC and of its attachment, and of the Transit Gateway where that is the hub's account's.
func (b *Hub) Network() awscdk.Stack {
	h := b.config
	s := b.stack(stackname.Network(h.Name), h.Account, "Network")
	n := b.vpc(s)
	var gateway *transit.TransitGateway
	id := &h.TransitGateway.ID
	if !h.GatewayElsewhere() {
		gateway = b.transit(s)
		id = gateway.ID
	}
	attachment := stack.Attachment(s, h.Existing, &transit.AttachmentProps{
		Name: h.Name, TransitGatewayID: id, VPCID: n.id, SubnetIDs: n.transit,
		SecurityGroupReferencing: h.TransitGateway.SecurityGroupReferencing,
	})
	if gateway != nil {
		b.routes(s, gateway, attachment.ID)
	}
	n.route(ranges.Strings(h.Supernets()), id, attachment.Resource)

	b.share(s, gateway)
	if !h.HasR53Profile() {
		b.guard(s, string(config.SharingZones))
	}
	out := []stack.Value{ofID(stackname.VPCID, n.id), ofID(stackname.TransitGatewayID, id)}
	for _, z := range h.AZs {
		out = append(out, ofID(stackname.Subnet(z.Label()), n.subnet(z)))
	}
	if gateway != nil {
		out = append(out, b.tableIDs(gateway)...)
	}
	b.reads.joined[stackname.Network(h.Name)] = stack.Publish(s, out)
	if gateway == nil {
		stack.Output(s, stackname.AttachmentID, attachment.ID)
	}
	return s
}

func ofID(name string, id *string) stack.Value {
	return stack.Value{Name: name, Value: id, Longest: stack.LongestID}
}

// share opens the gateway and the outputs to the other accounts, if there are any or an organization may bring some. A gateway of another
// account, which is nil here, its owner shares.
func (b *Hub) share(s awscdk.Stack, gateway *transit.TransitGateway) {
	h := b.config
	if principals := b.principals(); len(principals) > 0 && gateway != nil {
		sharing.NewShare(s, "GatewayShare", &sharing.ShareProps{
			Name: h.Name + "-transit-gateway", ResourceARNs: []*string{gateway.ARN}, Principals: principals,
			AllowExternalPrincipals: h.Organization.ID == "",
		})
	}
	if h.Organization.ID != "" || len(h.Readers()) > 0 {
		read := []string{stackname.Network(h.Name)}
		if h.HasHostedZones() {
			read = append(read, stackname.Endpoints(h.Name)) // zones in other accounts alias the endpoints
			for _, p := range h.SharedServices() {
				read = append(read, stackname.Shared(h.Name, p.Name))
			}
			if len(h.Resolver.Forwards) > 0 {
				read = append(read, stackname.Resolver(h.Name)) // spokes follow its rules
			}
		}
		if h.HasR53Profile() {
			read = append(read, stackname.Profile(h.Name)) // spokes ask for the profile
		}
		sharing.NewReader(s, "Reader", &sharing.ReaderProps{
			RoleName: stackname.HubReader(h.Name), Stacks: read,
			Organization: h.Organization.ID, Accounts: h.Readers(), Partition: awsfacts.MustPartition(h.Region).Name, Region: h.Region,
			Account: h.Account,
		})
	}
}

// principals to share with: the organization, its units, or the spokes' accounts.
func (b *Hub) principals() []string {
	h, o := b.config, b.config.Organization
	if o.ManagementAccount == "" {
		return h.Guests()
	}
	partition := awsfacts.MustPartition(h.Region).Name
	if len(o.Units) == 0 {
		return []string{sharing.OrganizationARN(partition, o.ManagementAccount, o.ID)}
	}
	arns := make([]string, len(o.Units))
	for i, u := range o.Units {
		arns[i] = sharing.UnitARN(partition, o.ManagementAccount, o.ID, u)
	}
	return arns
}

// Endpoints makes the stack of the interface endpoints.
func (b *Hub) Endpoints() awscdk.Stack {
	h := b.config
	s := b.stack(stackname.Endpoints(h.Name), h.Account, "Interface endpoints")
	made := h.MadeEndpoints()
	if len(made) == 0 {
		b.placeholder(s, "endpoints", "Every endpoint of the hub exists already")
		return s
	}
	ids := []string{stackname.VPCID}
	for _, z := range h.AZs {
		ids = append(ids, stackname.Subnet(z.Label()))
	}
	network := b.several(Reader{s, stackname.Endpoints(h.Name), h.Account}, b.own(stackname.Network(h.Name)), ids)
	var services []endpoints.Service
	for _, svc := range made {
		e := endpoints.Service{
			Name: svc.Catalog.Name, ServiceName: svc.Catalog.ServiceName, Ports: svc.Catalog.Ports, Policy: svc.Policy.Document,
			PrivateDNS: h.HasR53Profile() && svc.Catalog.PrivateDNS(),
		}
		if svc.Catalog.Region != h.Region {
			e.ServiceRegion = svc.Catalog.Region
		}
		for _, z := range svc.AZs {
			e.SubnetIDs = append(e.SubnetIDs, network(stackname.Subnet(z.Label())))
		}
		services = append(services, e)
	}
	interfaces := endpoints.NewInterfaceEndpoints(s, "Endpoints", &endpoints.InterfaceEndpointsProps{
		Name: h.Name, VPCID: network(stackname.VPCID), Services: services,
		Clients: b.clients(),
	})
	var out []stack.Value
	for _, svc := range made {
		e := interfaces.ByName[svc.Catalog.Name]
		if !svc.Catalog.PrivateDNS() {
			continue // nobody reads it: it has no names to serve
		}
		if h.HasR53Profile() {
			out = append(out, stack.Value{Name: stackname.EndpointID(svc.Catalog.Name), Value: e.ID, Longest: stack.LongestID})
		}
		if h.HasHostedZones() {
			out = append(out,
				stack.Value{Name: stackname.EndpointDNS(svc.Catalog.Name), Value: e.DNSName, Longest: longestDNSName + len(svc.Catalog.ServiceName)},
				stack.Value{Name: stackname.EndpointZone(svc.Catalog.Name), Value: e.HostedZoneID, Longest: stack.LongestID})
		}
	}
	b.reads.joined[stackname.Endpoints(h.Name)] = stack.Publish(s, out)
	return s
}

// clients are the ranges that may connect to the endpoints.
func (b *Hub) clients() []string {
	return ranges.Strings(append([]netip.Prefix{b.config.CIDR}, b.config.Supernets()...))
}

// longestDNSName is the most bytes that an endpoint's name has beside the service's own, which the full name of the service
// bounds: "*.vpce-0123456789abcdef0-01234567." and ".vpce.amazonaws.com.cn", and the region.
const longestDNSName = 34 + 24 + 16
