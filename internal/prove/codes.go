package prove

import "sharedhub/internal/diag"

var declare = diag.Declare("prove")

// What can be wrong, causes before what follows from them.
var (
	codePart = declare("part", diag.Error, "a part refers to something that is not there",
		"deploy or restore what it refers to")
	codeConflict = declare("conflict", diag.Error, "AWS refuses to make a part: it is there already, or belongs elsewhere",
		"remove one of the two, or make the part in the stack it belongs to")
	codeUnknown = declare("unknown", diag.Error, "a part that nothing here understands touches the hub or a spoke",
		"remove it, move it away from the hub's parts, or have its type added to internal/topology")
	codeUndecided = declare("undecided", diag.Error, "what the hub or a spoke depends on is decided only when AWS carries out a template",
		"write the value out: give the parameter a default, or take the condition, macro or nested stack away")
	codeWay = declare("way", diag.Error, "a part that nobody configured opens a way in or out of the hub or a spoke",
		"remove it: spokes reach the hub and each other by the Transit Gateway alone")
	codeOrder = declare("order", diag.Error, "a part is deployed before another that it needs",
		"add DependsOn, or the dependency between the stacks")
	codeGateway = declare("gateway", diag.Error, "the Transit Gateway or one of its route tables is not the configured one",
		"undo the change of the Transit Gateway, or change transitGateway in the hub's file")
	codeLimit = declare("limit", diag.Error, "a hard limit of AWS is exceeded, which the deployment would run into",
		"split the hub, or share names by a Route 53 Profile (docs/OPERATIONS.md)")
	codeVPC = declare("vpc", diag.Error, "a VPC's ranges, subnets, DNS settings or DHCP options are not as configured",
		"undo the change of the VPC")
	codeLogs = declare("logs", diag.Error, "flow logs do not record all packets, to the configured place",
		"restore the flow log, or change flowLogs")
	codeInternet = declare("internet", diag.Error, "an internet gateway or a route leads to the internet",
		"remove it: spokes reach AWS through the hub's endpoints")
	codeRoute = declare("route", diag.Error, "a route is not configured, or drops packets",
		"remove the route")
	codeAmbiguous = declare("ambiguous", diag.Error, "ranges or routes overlap where there must be one path",
		"remove one of the two")
	codeRule = declare("rule", diag.Error, "a security group of an endpoint admits too much or too little",
		"restore the rules of the group")
	codePolicy = declare("policy", diag.Error, "an endpoint's policy is not the configured one, or allows more than it promises",
		"restore the policy, or change policy in the hub's file")
	codeEndpoint = declare("endpoint", diag.Error, "an endpoint is missing, not configured, or in other availability zones",
		"restore the endpoint, or add the service to the hub's file")
	codeService = declare("service", diag.Error,
		"a service that a spoke publishes lets in too many or too few, or its load balancer is not as configured",
		"restore the endpoint service, its permissions, or its load balancer")
	codeSharing = declare("sharing", diag.Error,
		"the Transit Gateway or the Route 53 Profile is not shared with an account of the hub, or with others too",
		"restore the principals of the RAM share")
	codeProfile = declare("profile", diag.Error, "a VPC's Route 53 Profile is not as configured",
		"restore the association, or the resources of the Profile")
	codeReader = declare("reader", diag.Error,
		"a role for reading another stack's outputs is missing, or lets in or allows too much or too little",
		"restore the role's trust and permissions")
	codeOutput = declare("output", diag.Error, "an output of a stack is missing, or says something else than the stacks are told that read it",
		"restore the output")
	codeSegment = declare("segment", diag.Error, "a spoke reaches a VPC that its segment may not reach, or does not reach one that it should",
		"restore the associations, propagations and routes of the transit gateway's route tables")
	codePath = declare("path", diag.Error, "packets do not reach an endpoint, or the answers do not come back",
		"restore the part that is named: a route, an attachment, a propagation, a rule")
	codeName = declare("name", diag.Error, "a private name does not resolve to its endpoint",
		"restore the hosted zone, its records and VPCs, or the Profile; remove what hides the name")
	codeDefaultGroup = declare("default-group", diag.Warning,
		"a VPC's default security group admits something: whatever is made without naming a group gets it",
		"take its rules away with aws ec2 revoke-security-group-ingress and -egress: CloudFormation cannot (docs/OPERATIONS.md)")
	codeBoundary = declare("boundary", diag.Warning, "a role for reading outputs has a permissions boundary that the stacks do not hold",
		"allow cloudformation:DescribeStacks in the boundary")
)
