package preflight

import "sharedhub/internal/diag"

var declare = diag.Declare("preflight")

// What keeps a deployment from succeeding, causes before what follows from them.
var (
	codeOrganization = declare("organization", diag.Error, "an account is not in the configured organization",
		"correct organization in the hub's file, or take the account's spokes out")
	codeBootstrap = declare("bootstrap", diag.Error, "an account and region is not bootstrapped for the CDK, or by a version that is too old",
		"run the command that is named, with an administrator's credentials of that account")
	codeTrust = declare("trust", diag.Error, "an account's deploy role does not trust the account that deploys",
		"bootstrap the account again with --trust")
	codeStackState = declare("stack-blocked", diag.Error, "a stack is in a state in which CloudFormation takes no update",
		"run the command that is named, or wait until the operation ends")
	codeTaken = declare("taken", diag.Error, "a role or parameter with the name of one that is to be made exists",
		"delete the one that exists, or rename the hub or spoke")
	codeUnavailable = declare("zone-unavailable", diag.Error, "an availability zone of the configuration does not exist in the account",
		"name other zones in vpc.zones of the hub's file, or zones of the spoke's")
	codeOffered = declare("service-unavailable", diag.Error,
		"a PrivateLink service is not offered to the account, or not in the chosen availability zones",
		"take the service away, or limit its zones, in the hub's file")
	codeTakesPolicy = declare("takes-policy", diag.Error, "an endpoint has a policy, and its service takes none",
		"run catalog refresh for the region, so that the configuration knows it")
	codeServedNames = declare("other-names", diag.Warning, "AWS says other private names of a service than those that the hub serves",
		"run catalog refresh for the region, so that the configuration knows them")
	codeUnverified = declare("unverified-name", diag.Error,
		"an endpoint has private DNS, and its service's provider has not verified the name",
		"let the provider verify it, or write privateNames: [] in the hub's file")
	codeExhausted = declare("exhausted", diag.Error, "what is to be made does not fit the account's quota",
		"ask for the number that is named in Service Quotas, and wait until it is granted")
	codeExisting = declare("existing-gateway", diag.Error,
		"the existing Transit Gateway, or a route table of it, is not there or not available",
		"correct transitGateway in the hub's file, or share the gateway with the account")
	codeExistingVPC = declare("existing-vpc", diag.Error,
		"a VPC that exists, or a subnet or route table of it, is not there or not as the file says",
		"correct vpc in the file; `import` writes a spoke's from what the account answers")
	codeExistingDNS = declare("existing-dns", diag.Error, "DNS attributes of a VPC that exists are off, so private names do not resolve in it",
		"turn both on: aws ec2 modify-vpc-attribute --vpc-id … --enable-dns-support, and again with --enable-dns-hostnames")
	codeExistingName = declare("existing-name", diag.Error,
		"a hosted zone, Resolver rule, rule group or query log configuration that exists is not there or not as dns.existing says",
		"correct dns.existing in the hub's file")
	codeExistingTaken = declare("existing-taken", diag.Error,
		"a VPC that exists has something in the place of what is to be made: a subnet, a route, an attachment",
		"take it away, or write another range (docs/EXISTING.md)")
	codeExistingMember = declare("existing-attachment", diag.Error, "an attachment that exists is not there or not as the file says",
		"correct external in the hub's file, or vpc.attachment and vpc.transit; or run the command that is named")
	codeExistingTable = declare("existing-association", diag.Error,
		"an attachment is, or will be, associated with a table already, and EC2 refuses a second one",
		"run the command that is named; packets of an attachment without a table are dropped until the deployment")
	codeExistingWaits = declare("existing-acceptance", diag.Error,
		"an existing Transit Gateway does not accept attachments of other accounts by itself, and a deployment would wait for its owner",
		"run the command that is named in the account that owns it")
	codeExistingPropagation = declare("existing-propagation", diag.Warning,
		"an existing Transit Gateway's default table learns the ranges of whatever is attached",
		"run the command that is named, unless whoever uses that table is to reach the hub and the spokes")
	codeExistingEndpoint = declare("existing-endpoint", diag.Error, "an endpoint that the hub's file names by its id is not as the file says",
		"correct endpoint in the service's entry, or the endpoint; docs/EXISTING.md says what it needs")
	codeDenied = declare("denied", diag.Warning, "CloudFormation's role may not make what the stacks hold",
		"allow the action in the service control policy, or in the policies of the role; IAM's simulator does not know conditions")
	codeSharingOff = declare("sharing-off", diag.Error, "RAM does not share with the organization",
		"run `aws ram enable-sharing-with-aws-organization` in the management account")
	codeSharingUnknown = declare("sharing-unseen", diag.Warning,
		"whether RAM shares with the organization can be seen only in its management account",
		"run `aws ram enable-sharing-with-aws-organization` there once; it changes nothing where sharing is on")
	codeRange = declare("range-in-use", diag.Warning,
		"a VPC that exists has a range that overlaps one of the configuration's in the same account",
		"take another range if the two are ever to be connected")
)
