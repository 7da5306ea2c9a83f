package hub

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/constructs/privatedns"
	"sharedhub/constructs/sharing"
	"sharedhub/internal/app/stack"
	"sharedhub/internal/config"
	"sharedhub/internal/stackname"
)

// Profile makes the stack of a hub's Route 53 Profile. On the way from or to zones alone it holds a placeholder, so that
// a deployment takes the Profile away after the last spoke has let go of it.
func (b *Hub) Profile() awscdk.Stack {
	h := b.config
	s := b.stack(stackname.Profile(h.Name), h.Account, "Route 53 Profile")
	if !h.HasR53Profile() {
		b.placeholder(s, "dns/profile", "No Route 53 Profile while dns.sharing is "+string(h.Sharing))
		return s
	}
	if !h.HasHostedZones() {
		b.guard(s, string(config.SharingProfile))
	}
	var carried []*config.Endpoint
	var ids []string
	for _, svc := range h.Endpoints {
		if !svc.Catalog.PrivateDNS() || svc.Leaving {
			continue
		}
		carried = append(carried, svc)
		ids = append(ids, stackname.EndpointID(svc.Catalog.Name))
	}
	id := b.several(Reader{s, stackname.Profile(h.Name), h.Account}, b.own(stackname.Endpoints(h.Name)), ids)
	arns := map[string]*string{}
	for _, svc := range carried {
		arns[svc.Catalog.Name] = awscdk.Fn_Join(jsii.String(""), &[]*string{
			jsii.String(awsfacts.MustPartition(h.Region).ARN("ec2", h.Region, h.Account, "vpc-endpoint/")),
			id(stackname.EndpointID(svc.Catalog.Name)),
		})
	}
	p := privatedns.NewProfile(s, "Profile", &privatedns.ProfileProps{Name: h.Name, Endpoints: arns, Others: b.carried(s)})
	if principals := b.principals(); len(principals) > 0 {
		sharing.NewShare(s, "ProfileShare", &sharing.ShareProps{
			Name: h.Name + "-profile", ResourceARNs: []*string{p.ARN}, Principals: principals, AllowExternalPrincipals: h.Organization.ID == "",
		})
	}
	stack.Output(s, stackname.ProfileID, p.ID)
	return s
}

// guard is a parameter that two stacks make under one name: the network's, for which all others wait, while private DNS
// is off; and the Profile's, once nothing else serves the names. So a hub that skips the steps from a Profile to zones
// fails before an endpoint or a spoke is touched, where its names would be public.
func (b *Hub) guard(s awscdk.Stack, by string) {
	awsssm.NewCfnParameter(s, jsii.String("DnsSharingChangesInSteps"), &awsssm.CfnParameterProps{
		Type: jsii.String("String"), Name: jsii.String(fmt.Sprintf("/sharedhub/%s/dns-sharing-changes-in-steps", b.config.Name)),
		Value:       jsii.String(by),
		Description: jsii.String("Who serves the names; where it exists already, dns.sharing skips a step (docs/OPERATIONS.md)"),
	})
}

// Served is a spoke whose VPC the zones of its account serve.
type Served struct{ Name, Account string }

// Zones makes the stack of one account's private zones: for the hub's own, which serve its VPC too, or for an account with
// spokes. At least one service must have a name to serve.
func (b *Hub) Zones(account string, spokes []Served) awscdk.Stack {
	h := b.config
	name, what := stackname.DNS(h.Name), "Private zones"
	if account != h.Account {
		name, what = stackname.AccountDNS(h.Name, account), "Private zones for account "+account
	}
	named := h.NamedEndpoints()
	s := b.stack(name, account, what)
	reader := Reader{s, name, account}
	var vpcs []privatedns.VPC
	if account == h.Account && h.HostedZonesServeHub() {
		vpcs = append(vpcs, privatedns.VPC{ID: b.ReadNetwork(reader, stackname.VPCID), Region: h.Region})
	}
	for _, spoke := range spokes {
		vpcs = append(vpcs, privatedns.VPC{ID: b.one(reader, b.spoke(spoke.Name, spoke.Account), stackname.VPCID), Region: h.Region})
	}
	if len(vpcs) == 0 { // no attached spoke in the account, and a private zone cannot be without a VPC
		b.placeholder(s, account, "No VPC for the account's zones to serve")
		return s
	}
	var outputs []string
	for _, svc := range named {
		outputs = append(outputs, stackname.EndpointDNS(svc.Catalog.Name), stackname.EndpointZone(svc.Catalog.Name))
	}
	endpoint := b.several(reader, b.own(stackname.Endpoints(h.Name)), outputs)
	var services []privatedns.Service
	for _, svc := range named {
		services = append(services, privatedns.Service{
			HostedZones:  catalog.HostedZones(svc.Catalog.PrivateNames),
			DNSName:      endpoint(stackname.EndpointDNS(svc.Catalog.Name)),
			HostedZoneID: endpoint(stackname.EndpointZone(svc.Catalog.Name)),
		})
	}
	services = append(services, b.sharedNames(reader)...)
	privatedns.NewHostedZones(s, "Zones", &privatedns.HostedZonesProps{
		Comment: "AWS services at the endpoints of hub " + h.Name, VPCs: vpcs, Services: services,
	})
	return s
}
