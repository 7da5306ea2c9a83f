package hub

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/constructs/endpoints"
	"sharedhub/constructs/privatedns"
	"sharedhub/constructs/privatelink"
	"sharedhub/constructs/sharing"
	"sharedhub/internal/app/stack"
	"sharedhub/internal/config"
	"sharedhub/internal/ranges"
	"sharedhub/internal/stackname"
)

// Service makes the stack of a published service, in its provider's account: the load balancer, where it does not exist yet, the
// endpoint service, and who may connect.
func (b *Hub) Service(p *config.Published) awscdk.Stack {
	h, provider := b.config, b.config.Spoke(p.Provider)
	name := stackname.Service(h.Name, p.Name)
	tags := map[string]string{"spoke": provider.Name, "segment": provider.Segment}
	maps.Copy(tags, p.Tags)
	s := stack.New(b.app, h, &stack.Props{
		Name: name, Description: fmt.Sprintf("Service %s of spoke %s, published in the shared-services hub %s", p.Name, provider.Name, h.Name),
		Account: provider.Account, Protect: provider.Protect, Tags: tags,
	})
	balancer := jsii.String(p.LoadBalancer)
	if p.LoadBalancer == "" {
		made := b.balancer(Reader{s, name, provider.Account}, p, provider)
		balancer = made.ARN
		stack.Output(s, stackname.SecurityGroupID, made.SecurityGroupID)
		for _, port := range p.Ports {
			stack.Output(s, stackname.TargetGroup(port.Port), made.TargetGroupARNs[port.Port])
		}
	}
	partition := awsfacts.MustPartition(h.Region)
	service := privatelink.NewEndpointService(s, "Published", &privatelink.EndpointServiceProps{
		Name: h.Name + "/" + p.Name, NamePrefix: partition.EndpointServiceName(h.Region, ""), LoadBalancerARNs: []*string{balancer},
		Principals: p.Principals, AcceptanceRequired: p.AcceptedBy != "",
	})
	if readers := b.serviceReaders(p); len(readers) > 0 {
		sharing.NewReader(s, "Reader", &sharing.ReaderProps{
			RoleName: stackname.ServiceReader(h.Name, p.Name), Stacks: []string{name}, Accounts: readers, Partition: partition.Name,
			Region: h.Region, Account: provider.Account,
		})
	}
	stack.Output(s, stackname.ServiceName, service.ServiceName)
	return s
}

// balancer makes the load balancer of a service.
func (b *Hub) balancer(r Reader, p *config.Published, provider *config.Spoke) *privatelink.LoadBalancer {
	subnets := subnetsOf(p.Tier, p.AZs)
	network := b.ofSpoke(r, provider, subnets)
	props := &privatelink.LoadBalancerProps{
		Name: b.config.Name + "/" + p.Name, VPCID: network(stackname.VPCID), SubnetIDs: each(subnets, network),
		TargetType: string(p.Targets.Kind),
		Targets:    p.Targets.IDs, TargetRanges: ranges.Strings(provider.AllRanges()), CrossZone: p.Targets.CrossZone,
		HealthCheck: privatelink.HealthCheck{Protocol: p.Targets.HealthProtocol, Port: p.Targets.HealthPort, Path: p.Targets.HealthPath},
	}
	for _, port := range p.Ports {
		props.Listeners = append(props.Listeners, privatelink.Listener{Port: port.Port, TargetPort: port.Target})
	}
	return privatelink.NewLoadBalancer(r.Stack, "Balancer", props)
}

// subnetsOf are the outputs of a tier's subnets in some zones.
func subnetsOf(tier string, azs []config.AZ) []string {
	out := make([]string, len(azs))
	for i, z := range azs {
		out[i] = stackname.TierSubnet(tier, z.Label())
	}
	return out
}

// ofSpoke are values of a spoke's stack, by the names of its outputs.
func (b *Hub) ofSpoke(r Reader, s *config.Spoke, names []string) func(name string) *string {
	if v := s.Existing; v != nil {
		known := map[string]string{stackname.VPCID: v.ID}
		for _, n := range v.Subnets {
			known[stackname.TierSubnet(n.Tier, n.AZ.Label())] = n.ID
		}
		return func(name string) *string { return jsii.String(known[name]) }
	}
	from := b.spoke(s.Name, s.Account)
	b.reads.joined[from.stack] = stack.Where(stack.SpokeValues(s, nil, nil))
	return b.several(r, from, append([]string{stackname.VPCID}, names...))
}

func each(names []string, value func(string) *string) []*string {
	out := make([]*string, len(names))
	for i, n := range names {
		out[i] = value(n)
	}
	return out
}

// serviceReaders are the other accounts that read a service's name.
func (b *Hub) serviceReaders(p *config.Published) []string {
	provider := b.config.Spoke(p.Provider)
	accounts := map[string]bool{}
	if p.Shared {
		accounts[b.config.Account] = true
	}
	for _, c := range p.Consumers {
		if spoke := b.config.Spoke(c.Spoke); spoke.Attached() && !p.Leaving {
			accounts[spoke.Account] = true
		}
	}
	delete(accounts, provider.Account)
	return slices.Sorted(maps.Keys(accounts))
}

// serviceName is the full name of a published service, for the stack of a consumer.
func (b *Hub) serviceName(r Reader, p *config.Published) *string {
	h := b.config
	from := source{stackname.Service(h.Name, p.Name), h.Spoke(p.Provider).Account, stackname.ServiceReader(h.Name, p.Name)}
	return b.one(r, from, stackname.ServiceName)
}

// Shared makes the stack with the hub's endpoint of a published service, and with a Profile the name that it carries. A service
// that is leaving keeps its endpoint.
func (b *Hub) Shared(p *config.Published) awscdk.Stack {
	h := b.config
	name := stackname.Shared(h.Name, p.Name)
	s := stack.New(b.app, h, &stack.Props{ // a service that is leaving is to be destroyed
		Name: name, Description: fmt.Sprintf("Endpoint of service %s of the shared-services hub %s", p.Name, h.Name), Account: h.Account,
		Protect: !p.Leaving,
	})
	r := Reader{s, name, h.Account}
	ids := []string{stackname.VPCID}
	for _, z := range p.SharedAZs {
		ids = append(ids, stackname.Subnet(z.Label()))
	}
	network := b.several(r, b.own(stackname.Network(h.Name)), ids)
	service := endpoints.Service{Name: p.Name, ServiceName: *b.serviceName(r, p), Ports: p.PortNumbers()}
	for _, z := range p.SharedAZs {
		service.SubnetIDs = append(service.SubnetIDs, network(stackname.Subnet(z.Label())))
	}
	e := endpoints.NewInterfaceEndpoints(s, "Endpoints", &endpoints.InterfaceEndpointsProps{
		Name: h.Name, VPCID: network(stackname.VPCID), Services: []endpoints.Service{service}, Clients: b.clients(),
	}).ByName[p.Name]
	if h.HasR53Profile() && !p.Leaving {
		zones := privatedns.NewHostedZones(s, "Zones", &privatedns.HostedZonesProps{
			Comment: fmt.Sprintf("Service %s at the endpoint of hub %s", p.Name, h.Name),
			VPCs:    []privatedns.VPC{{ID: network(stackname.VPCID), Region: h.Region}}, Services: []privatedns.Service{named(p, e)},
		})
		privatedns.NewProfileResource(s, "InProfile", &privatedns.ProfileResourceProps{
			Name: h.Name + "-" + p.Name, ProfileID: b.ReadProfile(r, stackname.ProfileID),
			ResourceARN: awscdk.Fn_Join(jsii.String(""), &[]*string{
				jsii.String(awsfacts.MustPartition(h.Region).ARN("route53", "", "", "hostedzone/")), zones.ByName[p.Domain],
			}),
		})
	}
	var out []stack.Value
	if h.HasHostedZones() {
		out = sharedValues(p, e.DNSName, e.HostedZoneID)
	}
	stack.Publish(s, out)
	return s
}

// sharedValues are what the stack of a shared service tells those of the zones.
func sharedValues(p *config.Published, name, zone *string) []stack.Value {
	return []stack.Value{
		{Name: stackname.EndpointDNS(p.Name), Value: name, Longest: longestDNSName + longestService},
		{Name: stackname.EndpointZone(p.Name), Value: zone, Longest: stack.LongestID},
	}
}

// longestService is the most that the name of an endpoint service adds to an endpoint's.
const longestService = 64

// named is a service's name and the endpoint behind it.
func named(p *config.Published, e *endpoints.InterfaceEndpoint) privatedns.Service {
	return privatedns.Service{HostedZones: catalog.HostedZones([]string{p.Domain}), DNSName: e.DNSName, HostedZoneID: e.HostedZoneID}
}

// sharedNames are the names of shared services, for the zones of an account.
func (b *Hub) sharedNames(r Reader) []privatedns.Service {
	var out []privatedns.Service
	for _, p := range b.config.SharedServices() {
		if p.Leaving {
			continue
		}
		from := b.own(stackname.Shared(b.config.Name, p.Name))
		b.reads.joined[from.stack] = stack.Where(sharedValues(p, nil, nil))
		value := b.several(r, from, []string{stackname.EndpointDNS(p.Name), stackname.EndpointZone(p.Name)})
		out = append(out, privatedns.Service{HostedZones: catalog.HostedZones([]string{p.Domain}),
			DNSName: value(stackname.EndpointDNS(p.Name)), HostedZoneID: value(stackname.EndpointZone(p.Name))})
	}
	return out
}

// Uses makes the stack of a spoke's own endpoints of published services, with their names. While a detached spoke, or none but
// services that are leaving, is all there is, it holds a placeholder, so that a deployment takes the endpoints away.
func (b *Hub) Uses(spoke *config.Spoke) awscdk.Stack {
	h := b.config
	name := stackname.Uses(h.Name, spoke.Name)
	tags := map[string]string{"spoke": spoke.Name, "segment": spoke.Segment}
	maps.Copy(tags, spoke.Tags)
	s := stack.New(b.app, h, &stack.Props{
		Name: name, Description: fmt.Sprintf("Services that spoke %s of the shared-services hub %s uses", spoke.Name, h.Name),
		Account: spoke.Account, Protect: spoke.Protect, Tags: tags,
	})
	used := slices.DeleteFunc(h.Uses(spoke.Name), func(p *config.Published) bool { return p.Leaving })
	if !spoke.Attached() || len(used) == 0 {
		b.placeholder(s, "uses/"+spoke.Name, "Left by the endpoints of services; it goes with its stack")
		return s
	}
	r := Reader{s, name, spoke.Account}
	var names []string
	for _, p := range used {
		c := p.ConsumerIn(spoke.Name)
		names = append(names, subnetsOf(c.Tier, c.AZs)...)
	}
	slices.Sort(names)
	network := b.ofSpoke(r, spoke, slices.Compact(names))
	props := &endpoints.InterfaceEndpointsProps{Name: spoke.Name, VPCID: network(stackname.VPCID), Clients: ranges.Strings(spoke.AllRanges())}
	for _, p := range used {
		c := p.ConsumerIn(spoke.Name)
		props.Services = append(props.Services, endpoints.Service{Name: p.Name, ServiceName: *b.serviceName(r, p), Ports: p.PortNumbers(),
			SubnetIDs: each(subnetsOf(c.Tier, c.AZs), network)})
	}
	made := endpoints.NewInterfaceEndpoints(s, "Endpoints", props)
	zones := &privatedns.HostedZonesProps{Comment: "Services that spoke " + spoke.Name + " uses",
		VPCs: []privatedns.VPC{{ID: props.VPCID, Region: h.Region}}}
	for _, p := range used {
		zones.Services = append(zones.Services, named(p, made.ByName[p.Name]))
	}
	privatedns.NewHostedZones(s, "Zones", zones)
	return s
}
