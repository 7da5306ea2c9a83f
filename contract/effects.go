package contract

// effect is what CloudFormation does where a resource of a type has another logical id: it makes the new one, and then deletes the
// old one. Where AWS takes one of a kind, already the first fails.
type effect struct {
	does string
	way  way
}

type way string

const (
	refactor way = "refactor"
	beside   way = "beside"
	output   way = "output"
	gone     way = "gone"
)

// ways of migration. None was run on AWS.
var ways = map[way]string{
	refactor: "change the id alone, in a release of its own, and have users run `cdk refactor --unstable=refactor --dry-run " +
		"STACK`, read the " +
		"mapping, and then run it without --dry-run before they deploy: CloudFormation then gives the resource its new id in place. It moves " +
		"resources within an account and region, and refuses a template that changes anything else. Where it refuses the type: deploy with " +
		"DeletionPolicy Retain, take the resource out of the template and deploy, bring it back under the new id with `cdk import`",
	beside: "two releases: the first has the new one beside the old one and moves its users over, the second takes the old one away; the " +
		"second is not deployed before the first is everywhere",
	output: "two releases: the first has the new output beside the old one and lets stacks read the new one, the second takes " +
		"the old one away",
	gone: "if nobody needs it any more: two releases, the first of which stops using it. If it became something else: keep the id of the " +
		"construct and its place in the tree",
}

// effects say of each type whose ids are frozen what another id does. Errors are AWS's own codes (EC2 API, "Error codes"; Route 53 API,
// CreateHostedZone; IAM API, CreateRole).
var effects = map[string]effect{
	"AWS::EC2::VPC": {"a second VPC of the same range is made, and all that is in the first is replaced: subnets, tables, endpoints, the " +
		"attachment. The first is not deleted while anybody's network interface is in it", refactor},
	"AWS::EC2::Subnet": {"EC2 refuses a second subnet of the same range (InvalidSubnet.Conflict), and the stack rolls back", refactor},
	"AWS::EC2::TransitGateway": {"a second Transit Gateway is made and shared. Every attachment in every account belongs to the " +
		"first, which EC2 " +
		"does not delete while they are there: the stack fails, and spokes that are deployed meanwhile attach to the second, apart " +
		"from the others",
		refactor},
	"AWS::EC2::TransitGatewayRouteTable": {"a second route table is made. An attachment has one association, so the links fail " +
		"(Resource.AlreadyAssociated) until the first table has none, and meanwhile spokes are out of reach", refactor},
	"AWS::EC2::TransitGatewayAttachment": {"EC2 refuses a second attachment of a VPC to the gateway " +
		"(DuplicateTransitGatewayAttachment), and the " +
		"stack rolls back", refactor},
	"AWS::EC2::VPCEndpoint": {"a second endpoint is made, with other addresses and DNS names. With private DNS on, EC2 refuses " +
		"it (conflicting DNS " +
		"domain). Otherwise clients use names of an endpoint that goes, until the zones of every account were deployed", refactor},
	"AWS::EC2::SecurityGroup": {"endpoints get the second group in place. Rules of others that name the first keep it from being deleted",
		refactor},
	"AWS::Route53::HostedZone": {"Route 53 refuses a second private zone of the name for the same VPCs " +
		"(ConflictingDomainExists), and the stack " +
		"rolls back", refactor},
	"AWS::Route53Profiles::Profile": {"a second Profile is made and shared. A VPC takes one, so that spokes keep the first until " +
		"their stack was " +
		"deployed, and it is not deleted while they do", refactor},
	"AWS::RAM::ResourceShare": {"a second share is made and the first goes. Accounts outside an organization must accept an " +
		"invitation again, and " +
		"cannot attach until then; attachments stay", beside},
	"AWS::IAM::Role": {"IAM refuses a second role of the same name (EntityAlreadyExists), and the stack rolls back; a role " +
		"without a name is " +
		"replaced", refactor},
	"AWS::Logs::LogGroup": {"the first group is retained with its logs, and new logs go to another: an auditor who looks for a " +
		"year of logs finds " +
		"two places", refactor},
	"AWS::Route53Resolver::ResolverEndpoint": {"Route 53 refuses a second endpoint at addresses that the first one has " +
		"(InvalidRequestException), and the stack rolls back", refactor},
	"AWS::Route53Resolver::ResolverRule": {"a second rule is made for the domain. A VPC follows one rule for a domain, so that associations " +
		"with it fail until the first one has none, and the first is not deleted while it has any", refactor},
	"AWS::EC2::VPCEndpointService": {"a second service is made, with another name, and consumers' endpoints lead to the first, which EC2 " +
		"does not delete while they are there: the stack fails", refactor},
	"AWS::ElasticLoadBalancingV2::LoadBalancer": {"a second load balancer is made, and one of its listeners' target groups stays with the " +
		"first (TargetGroupAssociationLimit): the stack rolls back", refactor},
	"AWS::ElasticLoadBalancingV2::TargetGroup": {"a second target group is made, and its targets are checked anew: until they are healthy, " +
		"the service answers nobody", refactor},
	Output: {"stacks that read it, in other accounts too, fail in their next deployment: the output is not there", output},

	"AWS::EC2::FlowLog": refused("FlowLogAlreadyExists"), "AWS::EC2::Route": refused("RouteAlreadyExists"),
	"AWS::EC2::SubnetRouteTableAssociation":            refused("Resource.AlreadyAssociated"),
	"AWS::EC2::TransitGatewayRouteTableAssociation":    refused("Resource.AlreadyAssociated"),
	"AWS::EC2::TransitGatewayRouteTablePropagation":    refused("the propagation is enabled already"),
	"AWS::EC2::TransitGatewayRoute":                    refused("RouteAlreadyExists"),
	"AWS::EC2::VPCCidrBlock":                           refused("the range is associated already"),
	"AWS::Route53::RecordSet":                          refused("the record exists already"),
	"AWS::Route53::RecordSetGroup":                     refused("the record exists already"),
	"AWS::Route53Profiles::ProfileAssociation":         refused("the VPC has a Profile already"),
	"AWS::Route53Profiles::ProfileResourceAssociation": refused("the Profile holds it already"),
	"AWS::Route53Resolver::ResolverRuleAssociation":    refused("the VPC follows a rule for the domain already"),
	"AWS::SSM::Parameter":                              refused("AlreadyExists"),
	"AWS::ElasticLoadBalancingV2::Listener":            refused("DuplicateListener"),
	"AWS::EC2::VPCEndpointServicePermissions":          refused("the principals are let in already"),
}

// refused is for what holds nothing, and of which AWS takes one only.
func refused(code string) effect {
	return effect{"AWS refuses a second one beside the first (" + code + "), and the stack rolls back: the network stays as it " +
		"is, and nothing " +
		"can be deployed until the id is back", refactor}
}

// free are types whose ids may change, and why.
var free = map[string]string{
	"AWS::EC2::RouteTable": "subnets change tables in place, and routes are made anew in the second one " +
		"before the first goes",
	"AWS::CloudFormation::WaitConditionHandle": "it stands for nothing: a stack needs one resource",
}
