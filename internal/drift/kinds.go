package drift

import "sharedhub/internal/diag"

// kind is a kind of difference of parts.
type kind struct {
	code diag.Code
	// of are the facts whose difference is of this kind.
	of []about
}

// about is an attribute of a type, "" for the part itself, and the sentence for each side on which it may differ. Default
// for an attribute: the standard sentence, and of the part itself nothing.
type about struct {
	typ, attr               string
	missing, extra, changed string
}

// Sentences that suit most parts. {part} and {attr} stand for what differs, {item} for what only one side has, {want} and
// {have} for the two values.
const (
	gone    = "{part} is gone"
	lacks   = "{part} lacks {attr} {item}"
	further = "{part} has {attr} {item}, and no stack makes it"
	other   = "{attr} of {part}: expected {want}, found {have}"
	permits = "{part} may do other things than its stack wrote"
	nowhere = "{part} sends {item} to {have}, which is gone: a blackhole" // a route that changed
)

const (
	vpc             = "AWS::EC2::VPC"
	subnet          = "AWS::EC2::Subnet"
	routeTable      = "AWS::EC2::RouteTable"
	transitGateway  = "AWS::EC2::TransitGateway"
	transitTable    = "AWS::EC2::TransitGatewayRouteTable"
	attachment      = "AWS::EC2::TransitGatewayAttachment"
	securityGroup   = "AWS::EC2::SecurityGroup"
	prefixList      = "AWS::EC2::PrefixList"
	endpoint        = "AWS::EC2::VPCEndpoint"
	endpointService = "AWS::EC2::VPCEndpointService"
	loadBalancer    = "AWS::ElasticLoadBalancingV2::LoadBalancer"
	targetGroup     = "AWS::ElasticLoadBalancingV2::TargetGroup"
	hostedZone      = "AWS::Route53::HostedZone"
	route53Profile  = "AWS::Route53Profiles::Profile"
	resolver        = "AWS::Route53Resolver::ResolverEndpoint"
	resolverRule    = "AWS::Route53Resolver::ResolverRule"
	role            = "AWS::IAM::Role"
)

// Ways to end differences, for the stacks that stand for STACK. CloudFormation compares templates, and sees none of the
// differences by itself.
const (
	deploy = "what was never deployed, or is gone, comes with `cdk deploy STACK`"
	leave  = "what the configuration no longer has: bring the files of STACK back and remove it in steps (docs/OPERATIONS.md), " +
		"or delete it in CloudFormation"
	finish = "finish the operation of STACK as said above"
	reread = "raise revision in the hub's file and deploy, so that STACK reads the outputs again"
	// Not `cdk deploy --revert-drift`: it can plan the replacement of endpoints and attachments, whose create-only properties
	// come from Fn::GetStackOutput (cloudformation-coverage-roadmap#2559).
	restore = "undo by hand what was changed in STACK: `cdk deploy` compares templates only and restores nothing (docs/DEPLOYING.md)"
	remove  = "delete by hand what is extra in STACK: `cdk deploy` compares templates only and deletes nothing"
)

var ways = []string{deploy, leave, finish, restore, remove, reread}

var declare = diag.Declare("drift")

func differs(name, meaning, fix string) diag.Code { return declare(name, diag.Differs, meaning, fix) }

// Differences of whole stacks come first: they are why parts differ.
var (
	stackMissing   = differs("stack-missing", "a stack of the configuration is not deployed", deploy)
	stackExtra     = differs("stack-extra", "a stack of the hub is deployed that the configuration no longer has", leave)
	stackState     = differs("stack-state", "a stack's last operation failed or has not ended", finish)
	staleReference = differs("stale-reference", "a stack was deployed before one whose outputs it reads changed, and holds what was", reread)
)

// kinds are the differences of parts, in the order in which they follow from one another.
var kinds = []kind{
	{differs("vpc-missing", "a VPC is gone", restore), []about{{vpc, "", gone, "", ""}}},
	{differs("vpc-range", "a VPC has a range too many or too few", restore), []about{{typ: vpc, attr: "range"}}},
	{differs("vpc-dns", "DNS support or DNS host names of a VPC are off, or its hosts are told to ask other name servers", restore), []about{
		{vpc, "DNS support", "", "", other}, {vpc, "DNS host names", "", "", other},
		{vpc, "name server", "{part} does not tell its hosts to ask name server {item}",
			"{part} tells its hosts to ask name server {item}", ""}}},
	{differs("internet-gateway", "an internet gateway is attached to a VPC, or one is missing", restore), []about{
		{vpc, "internet gateway", "{part} lacks its internet gateway", "an internet gateway is attached to {part}", ""}}},
	{differs("peering", "a VPC is peered with another, or no longer", restore), []about{
		{vpc, "peering", "{part} is no longer peered with {item}", "{part} is peered with {item}, and no stack says so", ""}}},
	{differs("flow-log", "a VPC's flow log is missing, changed, or one too many", restore), []about{
		{vpc, "flow log", "{part} lacks the flow log of {item}", "{part} has another flow log, of {item}", ""},
		{transitGateway, "flow log", "{part} lacks the flow log of {item}", "{part} has another flow log, of {item}", ""}}},
	{differs("subnet", "a subnet is missing, in another availability zone, or one too many", restore), []about{
		{subnet, "", gone, "{part} was made by no stack", ""},
		{subnet, "availability zone", "", "", "{part} is in {have}, not in {want}"}}},
	{differs("subnet-table", "a subnet uses another route table, or the VPC's main one", restore), []about{
		{routeTable, "", gone, "", ""},
		{subnet, "route table", "{part} has lost its route table, and uses the VPC's main one",
			"{part} uses route table {item}, not the VPC's main one", "{part} uses route table {have}, not {want}"}}},
	{differs("subnet-acl", "a subnet's network ACL is another, or its rules changed", restore), []about{
		{subnet, "network ACL", "", "", "the network ACL of {part} has {have}, not {want}"}}},
	{differs("route-missing", "a VPC's route table lacks a route", restore), []about{
		{routeTable, "route", "{part} lacks the route of {item}", "", ""}}},
	{differs("route-changed", "a route leads elsewhere, or nowhere", restore), []about{
		{routeTable, "route", "", "", "{part} sends {item} to {have}, not to {want}"}}},
	{differs("route-extra", "a VPC's route table holds a route that nobody wrote", remove), []about{
		{routeTable, "route", "", "{part} sends {item}, and no stack says so", ""}}},
	{differs("gateway-missing", "a Transit Gateway is gone", restore), []about{{transitGateway, "", gone, "", ""}}},
	{differs("gateway-options", "a Transit Gateway's default association, default propagation, automatic acceptance or security-group "+
		"referencing changed", restore),
		[]about{
			{transitGateway, "default association", "", "", other}, {transitGateway, "default propagation", "", "", other},
			{transitGateway, "security-group referencing", "", "", other},
			{transitGateway, "automatic acceptance", "", "", other}}},
	{differs("gateway-table", "a Transit Gateway's route table is missing, or one too many", restore), []about{
		{transitTable, "", gone, "{part} was made by no stack", ""}}},
	{differs("attachment-missing", "a VPC is not attached", restore), []about{{attachment, "", gone, "", ""}}},
	{differs("attachment-extra", "something is attached to the hub's own Transit Gateway that nobody configured", remove), []about{
		{attachment, "", "", "{part} to the transit gateway was made by no stack", ""}}},
	{differs("attachment-subnets", "an attachment's subnets changed", restore), []about{{typ: attachment, attr: "subnet"}}},
	{differs("attachment-options", "an attachment's appliance mode or IPv6 support was switched", restore), []about{
		{attachment, "appliance mode", "", "", other}, {attachment, "IPv6 support", "", "", other}}},
	{differs("attachment-state", "an attachment is not available", restore), []about{{attachment, "state", "", "", "{part} is {have}"}}},
	{differs("association", "an attachment uses another table of the Transit Gateway, or none", restore), []about{
		{attachment, "association", "{part} is associated with no table of the transit gateway, expected {item}",
			"{part} is associated with table {item} of the transit gateway, and no stack says so",
			"{part} is associated with table {have} of the transit gateway, not {want}"}}},
	{differs("propagation-missing", "a table of the Transit Gateway does not learn an attachment's ranges", restore), []about{
		{transitTable, "propagation", "{part} does not learn the ranges of {item}", "", ""}}},
	{differs("propagation-extra", "a table of the Transit Gateway learns an attachment's ranges that it must not", remove), []about{
		{transitTable, "propagation", "", "{part} learns the ranges of {item}, and no stack says so", ""}}},
	{differs("gateway-route", "a table of the Transit Gateway holds a written route too many or too few, or one that leads elsewhere",
		restore),
		[]about{
			{transitTable, "static route", "", "", "{part} sends {item} to {have}, not to {want}"}}},
	{differs("endpoint-missing", "an endpoint is gone", restore), []about{{endpoint, "", gone, "", ""}}},
	{differs("endpoint-extra", "a VPC holds an endpoint that nobody configured", remove), []about{
		{endpoint, "", "", "{part} was made by no stack", ""}}},
	{differs("endpoint-state", "an endpoint is not available", restore), []about{{endpoint, "state", "", "", "{part} is {have}"}}},
	{differs("endpoint-policy", "an endpoint's policy changed", restore), []about{
		{endpoint, "policy", "", "", "the policy of {part} is not the one that its stack wrote"}}},
	{differs("endpoint-subnets", "an endpoint's subnets changed", restore), []about{{typ: endpoint, attr: "subnet"}}},
	{differs("endpoint-groups", "an endpoint's security groups changed", restore), []about{{typ: endpoint, attr: "security group"}}},
	{differs("endpoint-tables", "a gateway endpoint serves other route tables", restore), []about{
		{endpoint, "route table", "{part} does not serve route table {item}", "{part} also serves route table {item}", ""}}},
	{differs("endpoint-address-type", "an endpoint's addresses are of other families", restore), []about{
		{endpoint, "IP address type", "", "", other}}},
	{differs("endpoint-private-dns", "private DNS of an endpoint was switched", restore), []about{{endpoint, "private DNS", "", "", other}}},
	{differs("service-missing", "an endpoint service of a spoke, or a part of its load balancer, is gone", restore), []about{
		{endpointService, "", gone, "", ""}, {loadBalancer, "", gone, "", ""}, {targetGroup, "", gone, "", ""}}},
	{differs("service-principal", "an endpoint service lets in too many or too few", restore), []about{
		{endpointService, "principal", "{part} does not let in {item}", "{part} lets in {item}, and no stack says so", ""}}},
	{differs("service-options", "an endpoint service has another load balancer, name or region, or its connections wait", restore), []about{
		{endpointService, "acceptance", "", "", other}, {endpointService, "private DNS name", "", "", other},
		{typ: endpointService, attr: "load balancer"}, {typ: endpointService, attr: "supported region"}}},
	{differs("service-balancer", "a service's load balancer stands, listens or sends elsewhere, or lets in others", restore), []about{
		{typ: loadBalancer, attr: "subnet"}, {typ: loadBalancer, attr: "scheme"}, {typ: loadBalancer, attr: "rules for PrivateLink"},
		{typ: loadBalancer, attr: "security group"}, {typ: loadBalancer, attr: "listener"}, {typ: targetGroup, attr: "target"}}},
	{differs("group-missing", "a security group is gone", restore), []about{{securityGroup, "", gone, "", ""}}},
	{differs("prefix-list", "a prefix list that rules or routes name is gone, or has other entries", restore), []about{
		{prefixList, "", gone, "", ""}, {typ: prefixList, attr: "entry"}}},
	{differs("rule-missing", "a security group lacks a rule", restore), []about{
		{securityGroup, "rule", "{part} lacks the rule {item}", "", ""}}},
	{differs("rule-extra", "a security group holds a rule that nobody wrote, or a wider one", remove), []about{
		{securityGroup, "rule", "", "{part} has a rule that no stack wrote: {item}", ""}}},
	{differs("zone-missing", "a private zone is gone", restore), []about{
		{hostedZone, "", "{part} is gone, or serves none of its VPCs", "", ""}}},
	{differs("zone-extra", "a VPC asks a private zone that nobody configured, which may hide names", remove), []about{
		{hostedZone, "", "", "VPC {around} asks {part}, which no stack makes", ""}}},
	{differs("zone-vpc-missing", "a private zone lost a VPC", restore), []about{
		{hostedZone, "VPC", "{part} does not serve VPC {item}", "", ""}}},
	{differs("zone-vpc-extra", "a private zone serves a VPC that is none of its own", remove), []about{
		{hostedZone, "VPC", "", "{part} serves VPC {item}, and no stack says so", ""}}},
	{differs("record-missing", "a private zone lacks a record", restore), []about{
		{hostedZone, "record", "{part} lacks the record {item}", "", ""}}},
	{differs("record-changed", "a record leads elsewhere", restore), []about{
		{hostedZone, "record", "", "", "record {item} leads to {have}, not to the regional name of endpoint {want}"}}},
	{differs("record-extra", "a private zone holds a record that nobody wrote", remove), []about{
		{hostedZone, "record", "", "{part} holds the record {item}, and no stack wrote it", ""}}},
	{differs("profile-missing", "the Route 53 Profile is gone", restore), []about{{route53Profile, "", gone, "", ""}}},
	{differs("profile-resource", "the Route 53 Profile carries too much or too little", restore), []about{
		{route53Profile, "resource", "{part} does not carry {item}", "{part} also carries {item}",
			"{part} carries {item} with {have}, not {want}"}}},
	{differs("profile-association", "a VPC does not use its Route 53 Profile, or uses one too many", restore), []about{
		{vpc, "Route 53 Profile", "{part} does not use Route 53 Profile {item}", "{part} uses Route 53 Profile {item}, and no stack says so",
			"{part} uses Route 53 Profile {have}, not {want}"}}},
	{differs("resolver-missing", "a Resolver endpoint or a Resolver rule of the hub is gone", restore), []about{
		{resolver, "", gone, "", ""}, {resolverRule, "", gone, "", ""}}},
	{differs("resolver-endpoint", "a Resolver endpoint has other addresses or security groups", restore), []about{
		{resolver, "address", "", "", "{part} has address {have} {item}, not {want}"}, {typ: resolver, attr: "security group"}}},
	{differs("resolver-rule", "a Resolver rule asks other servers, or through another endpoint", restore), []about{
		{resolverRule, "server", "{part} does not ask server {item}", "{part} asks server {item}, and no stack says so", ""},
		{resolverRule, "Resolver endpoint", "", "", "{part} asks through {have}, not through {want}"},
		{resolverRule, "kind", "", "", other}}},
	{differs("resolver-vpc", "a VPC does not follow a Resolver rule of the hub, or follows one that is not for it", restore), []about{
		{resolverRule, "VPC", "VPC {item} does not follow {part}", "VPC {item} follows {part}, and no stack says so", ""}}},
	{differs("share", "the Transit Gateway, the Profile or a Resolver rule is not shared as written, or with others too", restore),
		shares(transitGateway, route53Profile, resolverRule)},
	{differs("role", "a role that outputs are read through is missing, or its trust or its policies changed", restore), []about{
		{role, "", gone, "", ""}, {role, "trust", "", "", "{part} trusts others than its stack wrote"},
		{role, "permission", "{part} may not do all that its stack wrote", permits, permits}}},
}

func shares(types ...string) []about {
	var out []about
	for _, t := range types {
		out = append(out, about{t, "share", "{part} is not shared with {item}", "{part} is shared with {item}, and no stack says so", ""})
	}
	return out
}

// side is where a part or a fact is.
type side int

const (
	missing side = iota // only the synthesised network has it
	extra               // only the live one has it
	changed             // both have it, with other values
)

// kindOf finds the kind of a difference and the sentence for it. An attribute without a sentence for a side is said in the
// standard way. False for a part that does not matter by itself.
func kindOf(typ, attr string, s side) (code diag.Code, sentence string, ok bool) {
	standard := [...]string{lacks, further, other}
	for _, k := range kinds {
		for _, a := range k.of {
			if a.typ != typ || a.attr != attr {
				continue
			}
			if said := [...]string{a.missing, a.extra, a.changed}[s]; said != "" {
				return k.code, said, true
			}
			if attr != "" && code.IsZero() {
				code, sentence, ok = k.code, standard[s], true
			}
		}
	}
	return code, sentence, ok
}
