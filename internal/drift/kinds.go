package drift

// Kind is a kind of difference, and what it means.
type Kind struct {
	Name, Meaning string
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
	vpc            = "AWS::EC2::VPC"
	subnet         = "AWS::EC2::Subnet"
	routeTable     = "AWS::EC2::RouteTable"
	transitGateway = "AWS::EC2::TransitGateway"
	transitTable   = "AWS::EC2::TransitGatewayRouteTable"
	attachment     = "AWS::EC2::TransitGatewayAttachment"
	securityGroup  = "AWS::EC2::SecurityGroup"
	endpoint       = "AWS::EC2::VPCEndpoint"
	hostedZone     = "AWS::Route53::HostedZone"
	route53Profile = "AWS::Route53Profiles::Profile"
	role           = "AWS::IAM::Role"
)

//go:generate go test -run TestReference . -update

// Kinds are all that can differ, in the order of the reference (docs/reference/verify.md), which is made from it.
var Kinds = []Kind{
	{"stack-missing", "a stack of the configuration is not deployed", nil},
	{"stack-extra", "a stack of the hub is deployed that the configuration no longer has, and keeps what it made", nil},
	{"stack-state", "a stack's last operation failed or has not ended", nil},
	{"stale-reference", "a stack was deployed before one whose outputs it reads changed, and holds what was", nil},
	{"vpc-missing", "a VPC is gone", []about{{vpc, "", gone, "", ""}}},
	{"vpc-range", "a VPC has a range too many or too few", []about{{typ: vpc, attr: "range"}}},
	{"vpc-dns", "DNS support or DNS host names of a VPC are off, or its hosts are told to ask other name servers", []about{
		{vpc, "DNS support", "", "", other}, {vpc, "DNS host names", "", "", other},
		{vpc, "name server", "{part} does not tell its hosts to ask name server {item}",
			"{part} tells its hosts to ask name server {item}", ""}}},
	{"internet-gateway", "an internet gateway is attached to a VPC, or one is missing", []about{
		{vpc, "internet gateway", "{part} lacks its internet gateway", "an internet gateway is attached to {part}", ""}}},
	{"peering", "a VPC is peered with another, or no longer", []about{
		{vpc, "peering", "{part} is no longer peered with {item}", "{part} is peered with {item}, and no stack says so", ""}}},
	{"flow-log", "a VPC's flow log is missing, changed, or one too many", []about{
		{vpc, "flow log", "{part} lacks the flow log of {item}", "{part} has another flow log, of {item}", ""}}},
	{"subnet", "a subnet is missing, in another availability zone, or one too many", []about{
		{subnet, "", gone, "{part} was made by no stack", ""},
		{subnet, "availability zone", "", "", "{part} is in {have}, not in {want}"}}},
	{"subnet-table", "a subnet uses another route table, or the VPC's main one", []about{
		{routeTable, "", gone, "", ""},
		{subnet, "route table", "{part} has lost its route table, and uses the VPC's main one",
			"{part} uses route table {item}, not the VPC's main one", "{part} uses route table {have}, not {want}"}}},
	{"subnet-acl", "a subnet's network ACL is another, or its rules changed", []about{
		{subnet, "network ACL", "", "", "the network ACL of {part} has {have}, not {want}"}}},
	{"route-missing", "a VPC's route table lacks a route", []about{{routeTable, "route", "{part} lacks the route of {item}", "", ""}}},
	{"route-changed", "a route leads elsewhere, or nowhere", []about{
		{routeTable, "route", "", "", "{part} sends {item} to {have}, not to {want}"}}},
	{"route-extra", "a VPC's route table holds a route that nobody wrote", []about{
		{routeTable, "route", "", "{part} sends {item}, and no stack says so", ""}}},
	{"gateway-missing", "a Transit Gateway is gone", []about{{transitGateway, "", gone, "", ""}}},
	{"gateway-options", "a Transit Gateway's default association, default propagation or automatic acceptance changed", []about{
		{transitGateway, "default association", "", "", other}, {transitGateway, "default propagation", "", "", other},
		{transitGateway, "automatic acceptance", "", "", other}}},
	{"gateway-table", "a Transit Gateway's route table is missing, or one too many", []about{
		{transitTable, "", gone, "{part} was made by no stack", ""}}},
	{"attachment-missing", "a VPC is not attached", []about{{attachment, "", gone, "", ""}}},
	{"attachment-extra", "something is attached to the hub's own Transit Gateway that nobody configured", []about{
		{attachment, "", "", "{part} to the transit gateway was made by no stack", ""}}},
	{"attachment-subnets", "an attachment's subnets changed", []about{{typ: attachment, attr: "subnet"}}},
	{"attachment-state", "an attachment is not available", []about{{attachment, "state", "", "", "{part} is {have}"}}},
	{"association", "an attachment uses another table of the Transit Gateway, or none", []about{
		{attachment, "association", "{part} is associated with no table of the transit gateway, expected {item}",
			"{part} is associated with table {item} of the transit gateway, and no stack says so",
			"{part} is associated with table {have} of the transit gateway, not {want}"}}},
	{"propagation-missing", "a table of the Transit Gateway does not learn an attachment's ranges", []about{
		{transitTable, "propagation", "{part} does not learn the ranges of {item}", "", ""}}},
	{"propagation-extra", "a table of the Transit Gateway learns an attachment's ranges that it must not", []about{
		{transitTable, "propagation", "", "{part} learns the ranges of {item}, and no stack says so", ""}}},
	{"gateway-route", "a table of the Transit Gateway holds a written route too many or too few, or one that leads elsewhere", []about{
		{transitTable, "static route", "", "", "{part} sends {item} to {have}, not to {want}"}}},
	{"endpoint-missing", "an endpoint is gone", []about{{endpoint, "", gone, "", ""}}},
	{"endpoint-extra", "a VPC holds an endpoint that nobody configured", []about{{endpoint, "", "", "{part} was made by no stack", ""}}},
	{"endpoint-state", "an endpoint is not available", []about{{endpoint, "state", "", "", "{part} is {have}"}}},
	{"endpoint-policy", "an endpoint's policy changed", []about{
		{endpoint, "policy", "", "", "the policy of {part} is not the one that its stack wrote"}}},
	{"endpoint-subnets", "an endpoint's subnets changed", []about{{typ: endpoint, attr: "subnet"}}},
	{"endpoint-groups", "an endpoint's security groups changed", []about{{typ: endpoint, attr: "security group"}}},
	{"endpoint-tables", "a gateway endpoint serves other route tables", []about{
		{endpoint, "route table", "{part} does not serve route table {item}", "{part} also serves route table {item}", ""}}},
	{"endpoint-private-dns", "private DNS of an endpoint was switched", []about{{endpoint, "private DNS", "", "", other}}},
	{"group-missing", "a security group is gone", []about{{securityGroup, "", gone, "", ""}}},
	{"rule-missing", "a security group lacks a rule", []about{{securityGroup, "rule", "{part} lacks the rule {item}", "", ""}}},
	{"rule-extra", "a security group holds a rule that nobody wrote, or a wider one", []about{
		{securityGroup, "rule", "", "{part} has a rule that no stack wrote: {item}", ""}}},
	{"zone-missing", "a private zone is gone", []about{{hostedZone, "", "{part} is gone, or serves none of its VPCs", "", ""}}},
	{"zone-extra", "a VPC asks a private zone that nobody configured, which may hide names", []about{
		{hostedZone, "", "", "VPC {around} asks {part}, which no stack makes", ""}}},
	{"zone-vpc-missing", "a private zone lost a VPC", []about{{hostedZone, "VPC", "{part} does not serve VPC {item}", "", ""}}},
	{"zone-vpc-extra", "a private zone serves a VPC that is none of its own", []about{
		{hostedZone, "VPC", "", "{part} serves VPC {item}, and no stack says so", ""}}},
	{"record-missing", "a private zone lacks a record", []about{{hostedZone, "record", "{part} lacks the record {item}", "", ""}}},
	{"record-changed", "a record leads elsewhere", []about{
		{hostedZone, "record", "", "", "record {item} leads to {have}, not to the regional name of endpoint {want}"}}},
	{"record-extra", "a private zone holds a record that nobody wrote", []about{
		{hostedZone, "record", "", "{part} holds the record {item}, and no stack wrote it", ""}}},
	{"profile-missing", "the Route 53 Profile is gone", []about{{route53Profile, "", gone, "", ""}}},
	{"profile-resource", "the Route 53 Profile carries too much or too little", []about{
		{route53Profile, "resource", "{part} does not carry {item}", "{part} also carries {item}", ""}}},
	{"profile-association", "a VPC does not use its Route 53 Profile, or uses one too many", []about{
		{vpc, "Route 53 Profile", "{part} does not use Route 53 Profile {item}", "{part} uses Route 53 Profile {item}, and no stack says so",
			"{part} uses Route 53 Profile {have}, not {want}"}}},
	{"share", "the Transit Gateway or the Profile is not shared as written, or with others too", shares(transitGateway, route53Profile)},
	{"role", "a role that outputs are read through is missing, or its trust or its policies changed", []about{
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
func kindOf(typ, attr string, s side) (kind, sentence string, ok bool) {
	standard := [...]string{lacks, further, other}
	for _, k := range Kinds {
		for _, a := range k.of {
			if a.typ != typ || a.attr != attr {
				continue
			}
			if said := [...]string{a.missing, a.extra, a.changed}[s]; said != "" {
				return k.Name, said, true
			}
			if attr != "" && kind == "" {
				kind, sentence, ok = k.Name, standard[s], true
			}
		}
	}
	return kind, sentence, ok
}
