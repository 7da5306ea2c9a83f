package file

import (
	"reflect"

	"sharedhub/constructs/awsfacts"
)

// Granted are quotas that AWS has raised, for every account of the hub and its spokes alike. What needs more than is granted
// is a warning.
type Granted struct {
	// "VPCs per Region" of an account; its default VPC counts too. Default: 5.
	VPCs int `yaml:"vpcs"`
	// "IPv4 CIDR blocks per VPC", at most 50. Default: 5.
	RangesPerVPC int `yaml:"rangesPerVpc"`
	// "Gateway VPC endpoints per Region" of an account. Default: 20.
	GatewayEndpoints int `yaml:"gatewayEndpoints"`
	// "Interface VPC endpoints per VPC". Default: 50.
	InterfaceEndpoints int `yaml:"interfaceEndpoints"`
	// "Network interfaces per Region" of an account. Default: 5000.
	NetworkInterfaces int `yaml:"networkInterfaces"`
	// "Routes per route table" of a VPC, at most 1000. Default: 500.
	RoutesPerTable int `yaml:"routesPerTable"`
	// "Inbound or outbound rules per security group", at most 1000. Default: 60.
	RulesPerGroup int `yaml:"rulesPerGroup"`
	// "Transit gateways per account" in a Region. Default: 5.
	TransitGateways int `yaml:"transitGateways"`
	// "Transit gateway route tables per transit gateway". Default: 20.
	TransitGatewayTables int `yaml:"transitGatewayTables"`
	// "Total transit gateway routes" of all its tables. Default: 10000.
	TransitGatewayRoutes int `yaml:"transitGatewayRoutes"`
	// "Hosted zones per account". Default: 500.
	HostedZones int `yaml:"hostedZones"`
	// "VPCs per private hosted zone". Default: 300.
	VPCsPerZone int `yaml:"vpcsPerZone"`
	// "Route 53 Profiles per account per Region". Default: 5.
	Profiles int `yaml:"profiles"`
	// "VPCs per Route 53 Profile". Default: 1000.
	VPCsPerProfile int `yaml:"vpcsPerProfile"`
	// "Resolver endpoints per AWS Region" of an account. Default: 4.
	ResolverEndpoints int `yaml:"resolverEndpoints"`
	// "Resolver rules per AWS Region" of an account. Default: 1000.
	ResolverRules int `yaml:"resolverRules"`
	// "Associations between Resolver rules and VPCs per AWS Region" of an account. Default: 2000.
	RuleAssociations int `yaml:"ruleAssociations"`
	// "Pending invitations per sharing account" of RAM. Default: 20.
	Invitations int `yaml:"invitations"`
	// "Stack count" of CloudFormation, of an account in a Region. Default: 2000.
	Stacks int `yaml:"stacks"`
}

// grantable are the quotas of Granted's keys, in their order.
var grantable = []awsfacts.Quota{
	awsfacts.VPCsPerRegion, awsfacts.RangesPerVPC, awsfacts.GatewayEndpoints, awsfacts.EndpointsPerVPC, awsfacts.NetworkInterfaces,
	awsfacts.RoutesPerTable, awsfacts.RulesPerGroup, awsfacts.TransitGateways, awsfacts.TablesPerGateway, awsfacts.RoutesPerGateway,
	awsfacts.ZonesPerAccount, awsfacts.VPCsPerZone, awsfacts.Profiles, awsfacts.VPCsPerProfile,
	awsfacts.ResolverEndpoints, awsfacts.ResolverRules, awsfacts.RuleAssociations, awsfacts.Invitations, awsfacts.Stacks,
}

// Grant is one of the quotas: its key, and the number in the file, 0 where it has none.
type Grant struct {
	Key    string
	Quota  awsfacts.Quota
	Number *int
}

// List are all of them.
func (g *Granted) List() []Grant {
	v := reflect.ValueOf(g).Elem()
	var out []Grant
	for i, f := range fieldsOf(v.Type()) {
		out = append(out, Grant{f.key, grantable[i], v.Field(f.index).Addr().Interface().(*int)})
	}
	return out
}

// check refuses numbers that AWS grants to nobody.
func (g *Granted) check(f *File) {
	for _, q := range g.List() {
		switch n := *q.Number; {
		case !f.Given(q.Number):
		case n < q.Quota.Default:
			f.Errorf(Value, q.Number, "write the number that Service Quotas shows, or leave the key out",
				"%d is less than AWS's default of %d (%s)", n, q.Quota.Default, q.Quota.Name)
		case q.Quota.Max > 0 && n > q.Quota.Max:
			f.Errorf(Value, q.Number, "write the number that Service Quotas shows", "%d is more than the %d that AWS grants at most (%s)",
				n, q.Quota.Max, q.Quota.Name)
		}
	}
}
