package live

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"sharedhub/internal/diag"
)

// Ask is what a place is asked about before a deployment.
type Ask struct {
	// BootstrapParameter holds the version of the CDK bootstrap. Default: none is asked for.
	BootstrapParameter string
	// DeployRole and ExecutionRole are the ARNs of the roles that deploy. Default: none is asked for.
	DeployRole, ExecutionRole string
	// Actions that the execution role is to carry out.
	Actions []string
	// Services of PrivateLink, by full name.
	Services []string
	// Roles and Parameters are names of what is to be made.
	Roles, Parameters []string
	// Zones is true where hosted zones are to be made, TransitGateways where Transit Gateways are.
	Zones, TransitGateways bool
	// Existing Transit Gateways, by id; ExistingEndpoints likewise.
	Existing, ExistingEndpoints []string
	// VPCs that exist, Members attached to the account's Transit Gateways, and GatewayTables of these, by id.
	VPCs, Members, GatewayTables []string
	// Named are hosted zones, Resolver rules, rule groups of DNS Firewall and query log configurations that exist, by id.
	Named []string
}

// Ground is what a place holds before a deployment. What could not be read is nil or its zero value, and among the unread.
type Ground struct {
	Place
	// Bootstrap is the version of the CDK bootstrap, 0 where there is none; nil where it was not asked for or not read.
	Bootstrap *int
	// Trust is the trust policy of the deploy role; nil where there is no such role or it was not read.
	Trust map[string]any
	// Simulated are the answers of IAM's policy simulator for the execution role, by action.
	Simulated map[string]Simulated
	// Stacks of the scope that exist.
	Stacks []StackState
	// AZs by name.
	AZs map[string]ServiceAZ
	// Services of PrivateLink that are offered, by full name; nil where they were not read.
	Services map[string]Offer
	VPCs     []ExistingVPC
	// Standing is what the configuration names by id; nil where it names nothing, or not all was read.
	Standing *Standing
	// Named are those of Route 53 that are there, by id; nil where the configuration names none, or not all was read.
	Named map[string]Named
	// GatewayEndpoints that no stack of the scope has made.
	GatewayEndpoints int
	// TransitGateways that the account owns and no stack of the scope has made; Existing are the states of those asked for.
	TransitGateways int
	Existing        map[string]string
	// Made are the ids of those that a stack of the scope has made, by the stack's name.
	Made map[string]string
	// Owners are the accounts of those asked for, by id.
	Owners map[string]string
	// Defaults are those of the ones asked for, by id.
	Defaults map[string]Defaults
	// ExistingEndpoints are those asked for that are there, by id; nil where they were not asked for or not read.
	ExistingEndpoints map[string]ExistingEndpoint
	// Quotas that apply, by name.
	Quotas map[string]int
	// Zones are the hosted zones of the account, of ZoneQuota; both 0 where they were not read.
	Zones, ZoneQuota int
	// Organization of the account, "" for none; nil where it was not read. Management is its management account.
	Organization *string
	Management   string
	// SharesWithOrganization is true where RAM's service-linked role says so; only the management account has it.
	SharesWithOrganization bool
	// Roles and Parameters that exist: the stack that made it, or "".
	Roles, Parameters map[string]string
}

// Simulated is what the policy simulator says of an action.
type Simulated struct{ Allowed, ByOrganization bool }

// StackState is a stack that exists.
type StackState struct {
	Name, Status, Reason string
	Protected            bool
}

// ServiceAZ is an availability zone of the region.
type ServiceAZ struct{ ID, State string }

// Offer is a PrivateLink service.
type Offer struct {
	AZs    []string
	Policy bool
	Names  []string
}

// Defaults are what a Transit Gateway does with each new attachment.
type Defaults struct {
	Associates, Propagates bool
	// Waits is true where its owner is to accept what another account attaches.
	Waits bool
}

// ExistingVPC is a VPC; Stack is "" where no stack made it.
type ExistingVPC struct {
	ID, Name, Stack string
	CIDRs           []string
	Default         bool
}

// ExistingEndpoint is an endpoint that no stack of ours makes.
type ExistingEndpoint struct {
	// Kind and State as EC2 names them, the state in lower case.
	VPC, ServiceName, Kind, State string
	PrivateDNS                    bool
	// DNSName and HostedZone are the first of its DNS entries.
	DNSName, HostedZone string
	// Policy is the document, decoded; nil for none.
	Policy map[string]any
}

// surveyActions are what Survey calls.
var surveyActions = []string{"cloudformation:DescribeStacks", "ec2:DescribeAvailabilityZones", "ec2:DescribeTransitGateways",
	"ec2:DescribeVpcEndpointServices", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs", "iam:GetRole", "iam:SimulatePrincipalPolicy",
	"organizations:DescribeOrganization", "route53:GetAccountLimit", "servicequotas:ListServiceQuotas", "ssm:GetParameter"}

// allActions are those, and what a configuration with parts by id needs.
func allActions() []string {
	all := slices.Concat(surveyActions, standingActions, namedActions)
	slices.Sort(all)
	return all
}

// SurveyPermissions is the least IAM policy that a survey needs, in each account.
func SurveyPermissions() map[string]any { return readOnly("LookBeforeDeploying", allActions()) }

// Surveyed is what Survey found.
type Surveyed struct {
	Ground []*Ground
	// Unseen has an entry for each question that was not answered.
	Unseen diag.List
	Calls  int
	// Caller is the account of the credentials.
	Caller string
}

// Survey asks every place what a deployment would find, and only reads. What cannot be read is among the unseen; the rest of
// the place is still read. It fails only where there is nobody to ask with.
func Survey(ctx context.Context, scope Scope, asks map[Place]Ask, opt Options) (*Surveyed, error) {
	s, err := open(ctx, opt, scope)
	if err != nil {
		return nil, err
	}
	s.counter.permitted = allActions()
	places := scope.sorted()
	seen := make([]*surveyor, len(places))
	each(len(places), atOnce, func(i int) { seen[i] = s.survey(ctx, places[i], scope, asks[places[i]]) })
	out := &Surveyed{Caller: s.caller}
	for _, v := range seen {
		if v.ground != nil {
			out.Ground = append(out.Ground, v.ground)
		}
		out.Unseen = append(out.Unseen, v.unseen...)
	}
	out.Calls = (&View{Calls: s.calls()}).Total()
	return out, nil
}

// surveyor asks one place. An error ends one question, not the place.
type surveyor struct {
	ctx    context.Context
	cfg    aws.Config
	ec2    *ec2.Client
	scope  Scope
	ask    Ask
	place  Place
	ground *Ground
	unseen diag.List
	// vpcsRead are EC2's own answers about the account's VPCs; nil where it gave none.
	vpcsRead *[]ec2types.Vpc
}

func (s *session) survey(ctx context.Context, p Place, scope Scope, ask Ask) *surveyor {
	ctx, cancel := s.limits.within(ctx)
	defer cancel()
	v := &surveyor{ctx: ctx, scope: scope, ask: ask, place: p}
	var err error
	if v.cfg, err = s.at(ctx, p); err != nil {
		v.unseen = diag.List{unread(p, err)}
		return v
	}
	v.ec2, v.ground = ec2.NewFromConfig(v.cfg), &Ground{Place: p}
	for _, step := range []func(){v.stacks, v.bootstrap, v.roles, v.parameters, v.simulate, v.azs, v.services, v.vpcs, v.standing,
		v.named, v.gatewayEndpoints, v.existingEndpoints, v.transitGateways, v.quotas, v.zones, v.organization} {
		step()
	}
	return v
}

// failed keeps an error as one sentence.
func (v *surveyor) failed(err error, action string) bool {
	if err != nil {
		v.unseen = append(v.unseen, unread(v.place, explain(err, action, v.place.Region)))
	}
	return err != nil
}

// surveyed hands every page of a list to add, and says whether all of them were read.
func surveyed[O, F any](v *surveyor, action string, p pager[O, F], add func(O)) bool {
	return !v.failed(eachPage(v.ctx, p, func(page O) bool { add(page); return true }), action)
}

func (v *surveyor) stacks() {
	pages := cloudformation.NewDescribeStacksPaginator(cloudformation.NewFromConfig(v.cfg), nil)
	surveyed(v, "cloudformation:DescribeStacks", pages, func(o *cloudformation.DescribeStacksOutput) {
		for _, st := range o.Stacks {
			if name := aws.ToString(st.StackName); v.scope.Stacks[name] {
				v.ground.Stacks = append(v.ground.Stacks, StackState{name, string(st.StackStatus), aws.ToString(st.StackStatusReason),
					aws.ToBool(st.EnableTerminationProtection)})
			}
		}
	})
}

// gone is true for an error that says that there is no such thing.
func gone(err error) bool {
	var none interface{ ErrorCode() string }
	return errors.As(err, &none) && (none.ErrorCode() == "NoSuchEntity" || none.ErrorCode() == "ParameterNotFound")
}

func (v *surveyor) parameter(name string) (value string, there, read bool) {
	o, err := ssm.NewFromConfig(v.cfg).GetParameter(v.ctx, &ssm.GetParameterInput{Name: aws.String(name)})
	switch {
	case gone(err):
		return "", false, true
	case v.failed(err, "ssm:GetParameter") || o.Parameter == nil:
		return "", false, false
	}
	return aws.ToString(o.Parameter.Value), true, true
}

func (v *surveyor) bootstrap() {
	if v.ask.BootstrapParameter == "" {
		return
	}
	value, _, read := v.parameter(v.ask.BootstrapParameter)
	if n, err := strconv.Atoi(value); read && (err == nil || value == "") {
		v.ground.Bootstrap = &n
	}
}

func (v *surveyor) parameters() {
	v.ground.Parameters = map[string]string{}
	for _, name := range v.ask.Parameters {
		if _, there, _ := v.parameter(name); there {
			v.ground.Parameters[name] = ""
		}
	}
}

func (v *surveyor) role(name string) (*iamtypes.Role, bool) {
	o, err := iam.NewFromConfig(v.cfg).GetRole(v.ctx, &iam.GetRoleInput{RoleName: aws.String(name)})
	switch {
	case gone(err):
		return nil, true
	case v.failed(err, "iam:GetRole"):
		return nil, false
	}
	return o.Role, true
}

// roleName is the name in a role's ARN.
func roleName(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

func (v *surveyor) roles() {
	v.ground.Roles = map[string]string{}
	for _, name := range v.ask.Roles {
		r, read := v.role(name)
		if !read {
			return
		}
		if r != nil {
			v.ground.Roles[name] = ""
			for _, t := range r.Tags {
				if aws.ToString(t.Key) == stackTag {
					v.ground.Roles[name] = aws.ToString(t.Value)
				}
			}
		}
	}
	if v.ask.DeployRole == "" {
		return
	}
	if r, _ := v.role(roleName(v.ask.DeployRole)); r != nil {
		if text, err := url.QueryUnescape(aws.ToString(r.AssumeRolePolicyDocument)); err == nil {
			_ = json.Unmarshal([]byte(text), &v.ground.Trust) // what is no JSON is not read
		}
	}
}

// simulate asks IAM what the execution role may do. The simulator knows service control policies, but not their conditions (IAM
// guide, "Testing IAM policies with the IAM policy simulator").
func (v *surveyor) simulate() {
	if v.ask.ExecutionRole == "" || len(v.ask.Actions) == 0 {
		return
	}
	if r, read := v.role(roleName(v.ask.ExecutionRole)); r == nil || !read {
		return
	}
	pages := iam.NewSimulatePrincipalPolicyPaginator(iam.NewFromConfig(v.cfg), &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String(v.ask.ExecutionRole), ActionNames: v.ask.Actions,
		ContextEntries: []iamtypes.ContextEntry{{ContextKeyName: aws.String("aws:RequestedRegion"),
			ContextKeyType: iamtypes.ContextKeyTypeEnumString, ContextKeyValues: []string{v.place.Region}}},
	})
	v.ground.Simulated = map[string]Simulated{}
	surveyed(v, "iam:SimulatePrincipalPolicy", pages, func(o *iam.SimulatePrincipalPolicyOutput) {
		for _, r := range o.EvaluationResults {
			organization := r.OrganizationsDecisionDetail
			v.ground.Simulated[aws.ToString(r.EvalActionName)] = Simulated{r.EvalDecision == iamtypes.PolicyEvaluationDecisionTypeAllowed,
				organization != nil && !organization.AllowedByOrganizations}
		}
	})
}

func (v *surveyor) azs() {
	o, err := v.ec2.DescribeAvailabilityZones(v.ctx, &ec2.DescribeAvailabilityZonesInput{})
	if v.failed(err, "ec2:DescribeAvailabilityZones") {
		return
	}
	v.ground.AZs = map[string]ServiceAZ{}
	for _, z := range o.AvailabilityZones {
		v.ground.AZs[aws.ToString(z.ZoneName)] = ServiceAZ{aws.ToString(z.ZoneId), string(z.State)}
	}
}

func (v *surveyor) services() {
	v.ground.Services = map[string]Offer{}
	for names := range slices.Chunk(v.ask.Services, filterValues) {
		input := &ec2.DescribeVpcEndpointServicesInput{Filters: []ec2types.Filter{{Name: aws.String("service-name"), Values: names}}}
		for seen := (turned{}); ; {
			page, err := v.ec2.DescribeVpcEndpointServices(v.ctx, input)
			if err == nil {
				err = seen.check(page)
			}
			if v.failed(err, "ec2:DescribeVpcEndpointServices") {
				v.ground.Services = nil
				return
			}
			for _, d := range page.ServiceDetails {
				offer := Offer{AZs: d.AvailabilityZones, Policy: aws.ToBool(d.VpcEndpointPolicySupported)}
				unverified := d.PrivateDnsNameVerificationState != "" && d.PrivateDnsNameVerificationState != ec2types.DnsNameStateVerified
				for _, n := range d.PrivateDnsNames {
					if unverified {
						continue // a provider's, which EC2 does not serve yet
					}
					offer.Names = append(offer.Names, strings.ToLower(aws.ToString(n.PrivateDnsName)))
				}
				v.ground.Services[aws.ToString(d.ServiceName)] = offer
			}
			if aws.ToString(page.NextToken) == "" {
				break
			}
			input.NextToken = page.NextToken
		}
	}
}

func (v *surveyor) vpcs() {
	var all []ec2types.Vpc
	if surveyed(v, "ec2:DescribeVpcs", ec2.NewDescribeVpcsPaginator(v.ec2, &ec2.DescribeVpcsInput{}), func(o *ec2.DescribeVpcsOutput) {
		all = append(all, o.Vpcs...)
		for _, c := range o.Vpcs {
			e := ExistingVPC{ID: aws.ToString(c.VpcId), Default: aws.ToBool(c.IsDefault)}
			tags := ec2Tags(c.Tags)
			e.Stack, e.Name = tags[stackTag], tags["Name"]
			for _, a := range c.CidrBlockAssociationSet {
				e.CIDRs = append(e.CIDRs, aws.ToString(a.CidrBlock))
			}
			v.ground.VPCs = append(v.ground.VPCs, e)
		}
	}) {
		v.vpcsRead = &all
	}
}

func (v *surveyor) gatewayEndpoints() {
	input := &ec2.DescribeVpcEndpointsInput{Filters: []ec2types.Filter{{Name: aws.String("vpc-endpoint-type"), Values: []string{"Gateway"}}}}
	surveyed(v, "ec2:DescribeVpcEndpoints", ec2.NewDescribeVpcEndpointsPaginator(v.ec2, input), func(o *ec2.DescribeVpcEndpointsOutput) {
		for _, e := range o.VpcEndpoints {
			if !v.scope.Stacks[ec2Tags(e.Tags)[stackTag]] {
				v.ground.GatewayEndpoints++
			}
		}
	})
}

// existingEndpoints asks for all, which takes no offence at an id that is not there.
func (v *surveyor) existingEndpoints() {
	if len(v.ask.ExistingEndpoints) == 0 {
		return
	}
	found := map[string]ExistingEndpoint{}
	pages := ec2.NewDescribeVpcEndpointsPaginator(v.ec2, &ec2.DescribeVpcEndpointsInput{})
	if surveyed(v, "ec2:DescribeVpcEndpoints", pages, func(o *ec2.DescribeVpcEndpointsOutput) {
		for _, e := range o.VpcEndpoints {
			there := ExistingEndpoint{VPC: aws.ToString(e.VpcId), ServiceName: aws.ToString(e.ServiceName), Kind: string(e.VpcEndpointType),
				State: strings.ToLower(string(e.State)), PrivateDNS: aws.ToBool(e.PrivateDnsEnabled)}
			if len(e.DnsEntries) > 0 {
				there.DNSName, there.HostedZone = aws.ToString(e.DnsEntries[0].DnsName), aws.ToString(e.DnsEntries[0].HostedZoneId)
			}
			_ = json.Unmarshal([]byte(aws.ToString(e.PolicyDocument)), &there.Policy) // what is no document is none
			if id := aws.ToString(e.VpcEndpointId); slices.Contains(v.ask.ExistingEndpoints, id) {
				found[id] = there
			}
		}
	}) {
		v.ground.ExistingEndpoints = found
	}
}

func (v *surveyor) transitGateways() {
	if !v.ask.TransitGateways && len(v.ask.Existing) == 0 {
		return
	}
	states, owners, defaults, made := map[string]string{}, map[string]string{}, map[string]Defaults{}, map[string]string{}
	pages := ec2.NewDescribeTransitGatewaysPaginator(v.ec2, &ec2.DescribeTransitGatewaysInput{})
	if surveyed(v, "ec2:DescribeTransitGateways", pages, func(o *ec2.DescribeTransitGatewaysOutput) {
		for _, g := range o.TransitGateways {
			id, stack := aws.ToString(g.TransitGatewayId), ec2Tags(g.Tags)[stackTag]
			switch gone := g.State == ec2types.TransitGatewayStateDeleted || g.State == ec2types.TransitGatewayStateDeleting; {
			case v.scope.Stacks[stack] && !gone:
				made[stack] = id
			case aws.ToString(g.OwnerId) == v.place.Account && !v.scope.Stacks[stack]:
				v.ground.TransitGateways++
			}
			if !slices.Contains(v.ask.Existing, id) {
				continue
			}
			states[id], owners[id] = string(g.State), aws.ToString(g.OwnerId)
			if o := g.Options; o != nil {
				defaults[id] = Defaults{
					Associates: o.DefaultRouteTableAssociation == ec2types.DefaultRouteTableAssociationValueEnable,
					Propagates: o.DefaultRouteTablePropagation == ec2types.DefaultRouteTablePropagationValueEnable,
					Waits:      o.AutoAcceptSharedAttachments == ec2types.AutoAcceptSharedAttachmentsValueDisable}
			}
		}
	}) {
		v.ground.Existing, v.ground.Owners, v.ground.Defaults, v.ground.Made = states, owners, defaults, made
	}
}

func (v *surveyor) quotas() {
	services := []string{"vpc"}
	if v.ask.TransitGateways {
		services = append(services, "ec2") // Service Quotas counts Transit Gateways there
	}
	v.ground.Quotas = map[string]int{}
	client := servicequotas.NewFromConfig(v.cfg)
	for _, service := range services {
		pages := servicequotas.NewListServiceQuotasPaginator(client, &servicequotas.ListServiceQuotasInput{ServiceCode: aws.String(service)})
		surveyed(v, "servicequotas:ListServiceQuotas", pages, func(o *servicequotas.ListServiceQuotasOutput) {
			for _, q := range o.Quotas {
				v.ground.Quotas[strings.ToLower(aws.ToString(q.QuotaName))] = int(aws.ToFloat64(q.Value))
			}
		})
	}
}

func (v *surveyor) zones() {
	if !v.ask.Zones {
		return
	}
	o, err := route53.NewFromConfig(v.cfg).GetAccountLimit(v.ctx,
		&route53.GetAccountLimitInput{Type: r53types.AccountLimitTypeMaxHostedZonesByOwner})
	if v.failed(err, "route53:GetAccountLimit") || o.Limit == nil {
		return
	}
	v.ground.Zones, v.ground.ZoneQuota = int(o.Count), int(aws.ToInt64(o.Limit.Value))
}

// sharingRole is made where RAM's sharing with the organization is turned on, in the management account (RAM API reference,
// "EnableSharingWithAwsOrganization").
const sharingRole = "AWSServiceRoleForResourceAccessManager"

func (v *surveyor) organization() {
	o, err := organizations.NewFromConfig(v.cfg).DescribeOrganization(v.ctx, &organizations.DescribeOrganizationInput{})
	var none *orgtypes.AWSOrganizationsNotInUseException
	switch {
	case errors.As(err, &none):
		v.ground.Organization = new(string)
		return
	case v.failed(err, "organizations:DescribeOrganization") || o.Organization == nil:
		return
	}
	v.ground.Organization, v.ground.Management = o.Organization.Id, aws.ToString(o.Organization.MasterAccountId)
	if v.ground.Management == v.place.Account {
		r, _ := v.role(sharingRole)
		v.ground.SharesWithOrganization = r != nil
	}
}

// sorted are the places of a scope, in order.
func (s Scope) sorted() []Place { return slices.SortedFunc(maps.Keys(s.Places), Place.compare) }
