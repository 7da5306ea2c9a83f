package live

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// surveyedAnswers are an account's, by action; of a REST API by the last word of the path.
var surveyedAnswers = map[string]string{
	"DescribeStacks": `<DescribeStacksResponse><DescribeStacksResult><Stacks>
		<member><StackName>use1-network</StackName><StackStatus>ROLLBACK_COMPLETE</StackStatus>
			<EnableTerminationProtection>true</EnableTerminationProtection></member>
		<member><StackName>theirs</StackName><StackStatus>CREATE_COMPLETE</StackStatus></member>
		</Stacks></DescribeStacksResult></DescribeStacksResponse>`,
	"GetParameter": `{"Parameter": {"Name": "/cdk-bootstrap/hnb659fds/version", "Value": "21"}}`,
	"GetRole": `<GetRoleResponse><GetRoleResult><Role><RoleName>r</RoleName><Path>/</Path><RoleId>i</RoleId>
		<Arn>arn:aws:iam::111111111111:role/r</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>
		<AssumeRolePolicyDocument>` + url.QueryEscape(`{"Statement": []}`) + `</AssumeRolePolicyDocument>
		<Tags><member><Key>aws:cloudformation:stack-name</Key><Value>theirs</Value></member></Tags></Role></GetRoleResult></GetRoleResponse>`,
	"SimulatePrincipalPolicy": `<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults>
		<member><EvalActionName>ec2:CreateVpc</EvalActionName><EvalDecision>allowed</EvalDecision></member>
		<member><EvalActionName>ec2:CreateRoute</EvalActionName><EvalDecision>implicitDeny</EvalDecision>
		<OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail></member>
		</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`,
	"DescribeAvailabilityZones": `<DescribeAvailabilityZonesResponse><availabilityZoneInfo><item><zoneName>us-east-1a</zoneName>
		<zoneId>use1-az4</zoneId><zoneState>available</zoneState></item></availabilityZoneInfo></DescribeAvailabilityZonesResponse>`,
	"DescribeVpcEndpointServices": `<DescribeVpcEndpointServicesResponse><serviceDetailSet><item>
		<serviceName>com.amazonaws.us-east-1.sqs</serviceName><vpcEndpointPolicySupported>true</vpcEndpointPolicySupported>
		<availabilityZoneSet><item>us-east-1a</item></availabilityZoneSet>
		<privateDnsNameSet><item><privateDnsName>SQS.us-east-1.amazonaws.com</privateDnsName></item></privateDnsNameSet>
		</item></serviceDetailSet></DescribeVpcEndpointServicesResponse>`,
	"DescribeVpcs": `<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId><isDefault>false</isDefault><cidrBlockAssociationSet><item>
		<cidrBlock>10.0.0.0/16</cidrBlock></item></cidrBlockAssociationSet><tagSet><item><key>Name</key><value>old</value></item></tagSet>
		</item></vpcSet></DescribeVpcsResponse>`,
	"DescribeVpcEndpoints": `<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId>
		<vpcEndpointType>Interface</vpcEndpointType><vpcId>vpc-1</vpcId><serviceName>com.amazonaws.us-east-1.sqs</serviceName>
		<state>Available</state><privateDnsEnabled>true</privateDnsEnabled><policyDocument>{"Statement": []}</policyDocument>
		<dnsEntrySet><item><dnsName>vpce-1-a.sqs.us-east-1.vpce.amazonaws.com</dnsName><hostedZoneId>Z1</hostedZoneId></item></dnsEntrySet></item>
		<item><vpcEndpointId>vpce-2</vpcEndpointId>
		<tagSet><item><key>aws:cloudformation:stack-name</key><value>use1-network</value></item></tagSet>
		</item></vpcEndpointSet></DescribeVpcEndpointsResponse>`,
	"DescribeTransitGateways": `<DescribeTransitGatewaysResponse><transitGatewaySet><item><transitGatewayId>tgw-1</transitGatewayId>
		<ownerId>111111111111</ownerId><state>pending</state>
		<options><defaultRouteTableAssociation>enable</defaultRouteTableAssociation></options></item>
		<item><transitGatewayId>tgw-2</transitGatewayId>
		<ownerId>999999999999</ownerId><state>available</state></item>
		<item><transitGatewayId>tgw-4</transitGatewayId><ownerId>111111111111</ownerId><state>available</state>
		<tagSet><item><key>aws:cloudformation:stack-name</key><value>use1-network</value></item></tagSet></item>
		<item><transitGatewayId>tgw-5</transitGatewayId><ownerId>111111111111</ownerId><state>deleted</state>
		<tagSet><item><key>aws:cloudformation:stack-name</key><value>use1-network</value></item></tagSet></item>
		</transitGatewaySet></DescribeTransitGatewaysResponse>`,
	"DescribeSubnets": `<DescribeSubnetsResponse><subnetSet><item><subnetId>subnet-1</subnetId></item></subnetSet>
		</DescribeSubnetsResponse>`,
	"DescribeRouteTables": `<DescribeRouteTablesResponse><routeTableSet><item><routeTableId>rtb-1</routeTableId></item></routeTableSet>
		</DescribeRouteTablesResponse>`,
	"DescribeTransitGatewayVpcAttachments": `<DescribeTransitGatewayVpcAttachmentsResponse><transitGatewayVpcAttachments><item>
		<transitGatewayAttachmentId>tgw-attach-1</transitGatewayAttachmentId><state>available</state></item><item>
		<transitGatewayAttachmentId>tgw-attach-2</transitGatewayAttachmentId><state>deleted</state></item>
		</transitGatewayVpcAttachments></DescribeTransitGatewayVpcAttachmentsResponse>`,
	"DescribeVpcAttribute": `<DescribeVpcAttributeResponse><vpcId>vpc-1</vpcId><enableDnsSupport><value>true</value></enableDnsSupport>
		</DescribeVpcAttributeResponse>`,
	"DescribeTransitGatewayAttachments": `<DescribeTransitGatewayAttachmentsResponse><transitGatewayAttachments><item>
		<transitGatewayAttachmentId>tgw-attach-3</transitGatewayAttachmentId></item></transitGatewayAttachments>
		</DescribeTransitGatewayAttachmentsResponse>`,
	"DescribeTransitGatewayRouteTables": `<DescribeTransitGatewayRouteTablesResponse><transitGatewayRouteTables><item>
		<transitGatewayRouteTableId>tgw-rtb-1</transitGatewayRouteTableId></item></transitGatewayRouteTables>
		</DescribeTransitGatewayRouteTablesResponse>`,
	"Z1": `<GetHostedZoneResponse><HostedZone><Id>/hostedzone/Z1</Id><Name>internal.example.</Name><CallerReference>1</CallerReference>
		<Config><PrivateZone>true</PrivateZone></Config></HostedZone></GetHostedZoneResponse>`,
	"GetResolverRule":           `{"ResolverRule": {"DomainName": "corp.example.", "RuleType": "FORWARD", "Status": "COMPLETE"}}`,
	"GetFirewallRuleGroup":      `{"FirewallRuleGroup": {"Status": "COMPLETE"}}`,
	"GetResolverQueryLogConfig": `{"ResolverQueryLogConfig": {"Status": "CREATED"}}`,
	"ListServiceQuotas":         `{"Quotas": [{"QuotaName": "VPCs per Region", "Value": 7.0}]}`,
	"MAX_HOSTED_ZONES_BY_OWNER": `<GetAccountLimitResponse><Limit><Type>MAX_HOSTED_ZONES_BY_OWNER</Type><Value>500</Value></Limit>
		<Count>12</Count></GetAccountLimitResponse>`,
	"DescribeOrganization": `{"Organization": {"Id": "o-a1b2c3d4e5", "MasterAccountId": "111111111111"}}`,
}

// fakeGround answers as an account with something of everything, but for what fail says.
func fakeGround(t *testing.T, fail func(w http.ResponseWriter, action string) bool) {
	t.Helper()
	fakeAWS(t, healthy, func(w http.ResponseWriter, _, action string) bool {
		action = action[strings.LastIndex(action, "/")+1:]
		body, ok := surveyedAnswers[action]
		switch {
		case !ok:
			return false
		case fail(w, action):
			return true
		}
		fmt.Fprint(w, body)
		return true
	})
}

func surveyScope() (Scope, map[Place]Ask) {
	at := Place{"111111111111", "us-east-1"}
	return Scope{Places: map[Place]bool{at: true}, Stacks: map[string]bool{"use1-network": true}}, map[Place]Ask{at: {
		BootstrapParameter: "/cdk-bootstrap/hnb659fds/version", DeployRole: "arn:aws:iam::111111111111:role/deploy",
		ExecutionRole: "arn:aws:iam::111111111111:role/exec", Actions: []string{"ec2:CreateVpc", "ec2:CreateRoute"},
		Services: []string{"com.amazonaws.us-east-1.sqs"}, Roles: []string{"reader"}, Parameters: []string{"/kept"}, Zones: true,
		TransitGateways: true, Existing: []string{"tgw-1", "tgw-3"}, ExistingEndpoints: []string{"vpce-1", "vpce-9"},
		VPCs: []string{"vpc-1"}, Members: []string{"tgw-attach-3"},
		GatewayTables: []string{"tgw-rtb-1"}, Named: []string{"Z1", "rslvr-rr-1", "rslvr-frg-1", "rqlc-1"},
	}}
}

func TestSurvey(t *testing.T) {
	fakeGround(t, func(http.ResponseWriter, string) bool { return false })
	scope, asks := surveyScope()
	got, err := Survey(context.Background(), scope, asks, Options{})
	if err != nil || len(got.Ground) != 1 || len(got.Unseen) > 0 {
		t.Fatalf("the survey ended with %v, %+v", err, got)
	}
	version, organization := 21, "o-a1b2c3d4e5"
	want := &Ground{Place: Place{"111111111111", "us-east-1"}, Bootstrap: &version, Trust: map[string]any{"Statement": []any{}},
		Simulated: map[string]Simulated{"ec2:CreateVpc": {Allowed: true}, "ec2:CreateRoute": {ByOrganization: true}},
		Stacks:    []StackState{{Name: "use1-network", Status: "ROLLBACK_COMPLETE", Protected: true}},
		AZs:       map[string]ServiceAZ{"us-east-1a": {"use1-az4", "available"}},
		Services: map[string]Offer{"com.amazonaws.us-east-1.sqs": {[]string{"us-east-1a"}, true,
			[]string{"sqs.us-east-1.amazonaws.com"}}},
		VPCs:             []ExistingVPC{{ID: "vpc-1", Name: "old", CIDRs: []string{"10.0.0.0/16"}}},
		GatewayEndpoints: 1, TransitGateways: 1, Existing: map[string]string{"tgw-1": "pending"},
		Made:   map[string]string{"use1-network": "tgw-4"},
		Owners: map[string]string{"tgw-1": "111111111111"}, Defaults: map[string]Defaults{"tgw-1": {Associates: true}},
		ExistingEndpoints: map[string]ExistingEndpoint{"vpce-1": {VPC: "vpc-1", ServiceName: "com.amazonaws.us-east-1.sqs", Kind: "Interface",
			State: "available", PrivateDNS: true, DNSName: "vpce-1-a.sqs.us-east-1.vpce.amazonaws.com", HostedZone: "Z1",
			Policy: map[string]any{"Statement": []any{}}}},
		Quotas: map[string]int{"vpcs per region": 7},
		Zones:  12, ZoneQuota: 500, Organization: &organization, Management: "111111111111", SharesWithOrganization: true,
		Named: map[string]Named{"Z1": {Kind: "private", Domain: "internal.example"}, "rqlc-1": {Status: "CREATED"},
			"rslvr-rr-1": {"FORWARD", "corp.example", "COMPLETE"}, "rslvr-frg-1": {Status: "COMPLETE"}},
		Roles: map[string]string{"reader": "theirs"}, Parameters: map[string]string{"/kept": ""},
	}
	standing := got.Ground[0].Standing
	if standing == nil || standing.VPC("vpc-1") == nil || standing.Subnet("subnet-1") == nil || standing.Table("rtb-1") == nil ||
		standing.Member("tgw-attach-3") == nil || standing.GatewayTable("tgw-rtb-1") == nil || len(standing.Attachments) != 1 ||
		!slices.Equal(standing.DNSOff("vpc-1"), []string{"DNS host names"}) {
		t.Errorf("what the configuration names by id is %+v", standing)
	}
	got.Ground[0].Standing = nil
	if !reflect.DeepEqual(got.Ground[0], want) {
		t.Errorf("the ground is\n%+v\nand is to be\n%+v", got.Ground[0], want)
	}
}

// A question that AWS refuses is named, and all others are answered.
func TestSurveyRefused(t *testing.T) {
	for action := range surveyedAnswers {
		t.Run(action, func(t *testing.T) {
			fakeGround(t, func(w http.ResponseWriter, a string) bool {
				if a != action {
					return false
				}
				w.Header().Set("X-Amzn-ErrorType", "AccessDeniedException")
				w.WriteHeader(http.StatusForbidden)
				switch {
				case strings.HasPrefix(surveyedAnswers[a], "{"):
					fmt.Fprint(w, `{"__type": "AccessDeniedException"}`)
				case strings.Contains(surveyedAnswers[a], "Result>") || a == "MAX_HOSTED_ZONES_BY_OWNER" || a == "Z1":
					fmt.Fprint(w, `<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>`)
				default:
					fmt.Fprint(w, `<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></Response>`)
				}
				return true
			})
			scope, asks := surveyScope()
			got, err := Survey(context.Background(), scope, asks, Options{})
			if err != nil || len(got.Ground) != 1 || len(got.Unseen) == 0 {
				t.Fatalf("the survey ended with %v, %+v", err, got)
			}
			for _, d := range got.Unseen {
				if !strings.Contains(d.Summary, "is denied: the credentials need that permission") {
					t.Errorf("expected a sentence that names the permission, found %s", d)
				}
			}
			if action != "DescribeAvailabilityZones" && len(got.Ground[0].AZs) != 1 {
				t.Errorf("nothing else was answered: %+v", got.Ground[0])
			}
		})
	}
}

// What is not there is an answer: no bootstrap, no role, no organization.
func TestSurveyOfAnEmptyAccount(t *testing.T) {
	fakeGround(t, func(w http.ResponseWriter, action string) bool {
		switch action {
		case "GetParameter":
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"__type": "ParameterNotFound"}`)
		case "DescribeOrganization":
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"__type": "AWSOrganizationsNotInUseException"}`)
		case "GetRole":
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>`)
		default:
			return false
		}
		return true
	})
	scope, asks := surveyScope()
	got, err := Survey(context.Background(), scope, asks, Options{})
	if err != nil || len(got.Unseen) > 0 || len(got.Ground) != 1 {
		t.Fatalf("the survey ended with %v, %+v", err, got)
	}
	g := got.Ground[0]
	if g.Bootstrap == nil || *g.Bootstrap != 0 || g.Trust != nil || g.Organization == nil || *g.Organization != "" || len(g.Roles) > 0 ||
		len(g.Parameters) > 0 || g.Simulated != nil {
		t.Errorf("the ground is %+v", g)
	}
}

// The policy that preflight prints names every action that a survey calls, and none that changes anything.
func TestSurveyPermissions(t *testing.T) {
	for _, a := range allActions() {
		_, operation, _ := strings.Cut(a, ":")
		if !slices.ContainsFunc([]string{"Describe", "Get", "List", "Simulate"}, func(p string) bool { return strings.HasPrefix(operation, p) }) {
			t.Errorf("%s does more than look", a)
		}
	}
}
