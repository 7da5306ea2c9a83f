package awsfacts

// Quota is a limit of AWS.
type Quota struct {
	// Name as Service Quotas or the page shows it.
	Name string
	// Default is what an account has at first, and AWS raises on request; 0 where there is nothing to raise.
	Default int
	// Max is what AWS does not go beyond; 0 where the page names none.
	Max int
	// Page of AWS's documents where it stands.
	Page string
}

const (
	vpcPage            = "VPC guide, Amazon VPC quotas"
	gatewayPage        = "Transit Gateway guide, Quotas"
	route53Page        = "Route 53 guide, Quotas"
	cloudFormationPage = "CloudFormation guide, Understand CloudFormation quotas"
	privateLinkPage    = "PrivateLink guide, AWS PrivateLink quotas"
)

// Quotas, as of 2026.
var (
	VPCsPerRegion     = Quota{"VPCs per Region", 5, 0, vpcPage}
	RangesPerVPC      = Quota{"IPv4 CIDR blocks per VPC", 5, 50, vpcPage}
	EndpointsPerVPC   = Quota{"Interface VPC endpoints per VPC", 50, 0, privateLinkPage}
	GatewayEndpoints  = Quota{"Gateway VPC endpoints per Region", 20, 0, privateLinkPage}
	NetworkInterfaces = Quota{"Network interfaces per Region", 5000, 0, vpcPage}
	RoutesPerTable    = Quota{"Routes per route table", 500, 1000, vpcPage} // 50 until June 2025
	RulesPerGroup     = Quota{"Inbound or outbound rules per security group", 60, 1000, vpcPage}
	PolicyCharacters  = Quota{"Characters per VPC endpoint policy", 0, 20_480, privateLinkPage}
	TransitGateways   = Quota{"Transit gateways per account", 5, 0, gatewayPage}
	TablesPerGateway  = Quota{"Transit gateway route tables per transit gateway", 20, 0, gatewayPage}
	Attachments       = Quota{"Attachments per transit gateway", 0, 5000, gatewayPage}
	RoutesPerGateway  = Quota{"Total transit gateway routes", 10_000, 0, gatewayPage}
	VPCsPerZone       = Quota{"VPCs per private hosted zone", 300, 0, route53Page}
	ZonesPerAccount   = Quota{"Hosted zones per account", 500, 0, route53Page}
	VPCsPerProfile    = Quota{"VPCs per Route 53 Profile", 1000, 0, route53Page}
	Profiles          = Quota{"Route 53 Profiles per account per Region", 5, 0, route53Page}
	ResolverEndpoints = Quota{"Resolver endpoints per AWS Region", 4, 0, route53Page}
	ResolverRules     = Quota{"Resolver rules per AWS Region", 1000, 0, route53Page}
	RuleAssociations  = Quota{"Associations between Resolver rules and VPCs per AWS Region", 2000, 0, route53Page}
	// Invitations that wait to be accepted; an organization with RAM sharing turned on sends none.
	Invitations       = Quota{"Pending invitations per sharing account", 20, 0, "RAM guide, Service quotas for AWS RAM"}
	Stacks            = Quota{"Stack count", 2000, 0, cloudFormationPage}
	ResourcesPerStack = Quota{"Resources in a CloudFormation template", 0, 500, cloudFormationPage}
	OutputsPerStack   = Quota{"Outputs in a CloudFormation template", 0, 200, cloudFormationPage}
	TemplateBytes     = Quota{"CloudFormation template size in bytes", 0, 1_000_000, cloudFormationPage}
	// TrustCharacters is the length of a role's trust policy, without white space.
	ParameterBytes  = Quota{"Bytes in the value of a standard SSM parameter", 0, 4096, "Systems Manager guide, Managing parameter tiers"}
	TrustCharacters = Quota{"Role trust policy length", 2048, 8192, "IAM guide, IAM and AWS STS quotas"}
)
