package file

import (
	"sharedhub/constructs/addressing"
	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
)

// Shape is what a value may be beyond its type, as far as it can be said without the rest of the file: for editors.
type Shape struct {
	// Pattern of a text, and Values that it may have.
	Pattern string
	Values  []string
	// Open is true where other values than Values are possible too.
	Open bool
	// Numbers that a number may be, or Least and Most of it; 0 for no limit.
	Numbers     []int
	Least, Most int
}

func pattern(r *form) Shape { return Shape{Pattern: r.String()} }

// RangePattern is the form of an IPv4 range.
const RangePattern = `^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$`

// AddressPattern is the form of an IPv4 address.
const AddressPattern = `^([0-9]{1,3}\.){3}[0-9]{1,3}$`

// ZonePattern is the form of an availability zone: a letter, or an id.
const ZonePattern = `^([a-f]|[a-z]+[0-9]-az[1-6])$`

// Shapes are those of fields, by "Type.Field"; of a list, its entries'. The checks of this package use the same values.
func Shapes() map[string]Shape {
	bundles := make([]string, len(catalog.Bundles))
	for i, b := range catalog.Bundles {
		bundles[i] = b.Name
	}
	length := Shape{Least: addressing.MinBits, Most: addressing.MaxBits}
	return map[string]Shape{
		"Hub.Version":                    {Numbers: []int{1}},
		"Hub.Account":                    pattern(account),
		"Hub.Accounts":                   pattern(account),
		"Hub.Region":                     {Values: awsfacts.Regions(), Open: true},
		"Organization.ID":                pattern(organizationID),
		"Organization.ManagementAccount": pattern(account),
		"Organization.Units":             pattern(unitID),
		"TransitGateway.ID":              pattern(transitGatewayID),
		"TransitGateway.Account":         pattern(account),
		"TransitGateway.ASN":             {Least: 64512, Most: 4294967294},
		"TransitGateway.Routes":          {Values: Routings},
		"TransitGateway.RouteTables":     pattern(transitGatewayTable),
		"Segment.Accounts":               pattern(account),
		"Segment.SpokesMay":              {Values: Rights},
		"Segment.LargestRange":           length,
		"External.Attachment":            pattern(attachmentID),
		"External.Kind":                  {Values: Kinds},
		"External.Account":               pattern(account),
		"Pool.IPAM":                      pattern(ipamPoolID),
		"DNS.Sharing":                    {Values: Sharings},
		"Forward.To":                     {Pattern: AddressPattern},
		"Forward.State":                  {Values: ForwardStates},
		"ExistingZone.ID":                pattern(zoneID),
		"ExistingRule.ID":                pattern(ruleID),
		"ExistingRule.Type":              {Values: RuleTypes},
		"ExistingRule.To":                {Pattern: AddressPattern},
		"ExistingRuleGroup.ID":           pattern(ruleGroupID),
		"ExistingRuleGroup.Priority":     {Least: LeastPriority, Most: MostPriority},
		"ExistingQueryLog.ID":            pattern(queryLogID),
		"FlowLogs.To":                    {Values: FlowLogTargets},
		"FlowLogs.RetentionDays":         {Numbers: retentionDays},
		"FlowLogs.KMSKey":                pattern(keyARN),
		"FlowLogs.Bucket":                pattern(bucketARN),
		"Endpoint.Name":                  {Values: catalog.For("us-east-1", nil).Names(), Open: true},
		"Endpoint.Bundle":                {Values: bundles},
		"Endpoint.AZs":                   {Pattern: ZonePattern},
		"Endpoint.Ports":                 {Least: 1, Most: 65535},
		"ExistingEndpoint.ID":            pattern(endpointID),
		"ExistingEndpoint.HostedZone":    pattern(hostedZoneID),
		"Endpoints.Policy":               {Values: []string{"full-access", "none", "organization"}, Open: true},
		"Endpoint.Policy":                {Values: []string{"full-access", "none", "organization"}, Open: true},
		"GatewayPolicies.S3":             {Values: []string{"full-access", "organization"}, Open: true},
		"GatewayPolicies.Dynamo":         {Values: []string{"full-access", "organization"}, Open: true},
		"Spoke.Account":                  pattern(account),
		"Spoke.GatewayEndpoints":         {Values: gatewayServices},
		"Spoke.State":                    {Values: States},
		"Published.State":                {Values: PublishedStates},
		"Published.AZs":                  {Pattern: ZonePattern},
		"ServicePort.Port":               {Least: 1, Most: 65535},
		"ServicePort.Target":             {Least: 1, Most: 65535},
		"LoadBalancer.ARN":               pattern(loadBalancerARN),
		"Targets.Instances":              pattern(instanceID),
		"HealthCheck.Protocol":           {Values: HealthProtocols},
		"HealthCheck.Port":               {Least: 1, Most: 65535},
		"ExistingVPC.ID":                 pattern(vpcID),
		"ExistingVPC.Attachment":         pattern(attachmentID),
		"HubVPC.ID":                      pattern(vpcID),
		"HubVPC.Attachment":              pattern(attachmentID),
		"ExistingSubnet.ID":              pattern(subnetID),
		"ExistingSubnet.AZ":              pattern(azID),
		"ExistingSubnet.RouteTable":      pattern(routeTableID),
		"TransitSubnet.ID":               pattern(subnetID),
		"TransitSubnet.AZ":               pattern(azID),
		"ResolverSubnet.ID":              pattern(subnetID),
		"ResolverSubnet.AZ":              pattern(azID),
		"ResolverSubnet.RouteTable":      pattern(routeTableID),
		"Tier.Size":                      {Least: addressing.MinBits, Most: addressing.MaxBits},
	}
}
