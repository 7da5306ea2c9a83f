package preflight

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sharedhub/constructs/catalog"
	"sharedhub/constructs/perimeter"
	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/live"
)

const hubAccount, spokeAccount, region = "111111111111", "222222222222", "us-east-1"

// ready is a hub with one spoke in another account, and two accounts in which nothing stands in its way.
func ready() (*config.Config, Plan, map[string]*live.Ground) {
	hub := &config.Hub{Name: "use1", Account: hubAccount, Region: region, Organization: config.Organization{ID: "o-a1b2c3d4e5",
		ManagementAccount: "333333333333"}}
	hub.Endpoints = []*config.Endpoint{{Catalog: &catalog.Service{Name: "sqs", ServiceName: "com.amazonaws.us-east-1.sqs",
		PrivateNames: []string{"sqs.us-east-1.amazonaws.com"}}, AZs: []config.AZ{{Name: "a"}, {Name: "use1-az2", ByID: true}},
		Policy: config.Policy{Kind: config.PolicyOrganization, Document: perimeter.Document{}}}}
	spoke := &config.Spoke{Name: "payments", Account: spokeAccount, Hub: hub}
	hub.Spokes = []*config.Spoke{spoke}
	cfg := &config.Config{Hubs: []*config.Hub{hub}, Spokes: hub.Spokes}
	resource := func(typ string, properties map[string]any) *assembly.Resource {
		return &assembly.Resource{Type: typ, Properties: properties}
	}
	stack := func(name, account string, resources map[string]*assembly.Resource) *assembly.Stack {
		role := func(kind string) string {
			return fmt.Sprintf("arn:aws:iam::%s:role/cdk-hnb659fds-%s-role-%[1]s-us-east-1", account, kind)
		}
		return &assembly.Stack{Name: name, Account: account, Region: region, Bootstrap: "/cdk-bootstrap/hnb659fds/version", BootstrapVersion: 8,
			DeployRole: role("deploy"), ExecutionRole: role("cfn-exec"), Resources: resources}
	}
	plan := PlanOf(cfg, &assembly.Assembly{Stacks: []*assembly.Stack{
		stack("use1-network", hubAccount, map[string]*assembly.Resource{
			"Vpc":     resource("AWS::EC2::VPC", map[string]any{"CidrBlock": "10.0.0.0/22"}),
			"Gateway": resource("AWS::EC2::TransitGateway", nil),
			"Sqs": resource("AWS::EC2::VPCEndpoint",
				map[string]any{"VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.us-east-1.sqs"}),
			"Zone":   resource("AWS::Route53::HostedZone", nil),
			"Role":   resource("AWS::IAM::Role", map[string]any{"RoleName": "use1-network-reader"}),
			"Subnet": resource("AWS::EC2::Subnet", map[string]any{"AvailabilityZone": "us-east-1a"}),
			"Other":  resource("AWS::EC2::Subnet", map[string]any{"AvailabilityZoneId": "use1-az2"}),
		}),
		stack("use1-spoke-payments", spokeAccount, map[string]*assembly.Resource{
			"Vpc":  resource("AWS::EC2::VPC", map[string]any{"CidrBlock": "10.1.0.0/16"}),
			"S3":   resource("AWS::EC2::VPCEndpoint", map[string]any{"VpcEndpointType": "Gateway"}),
			"Kept": resource("AWS::SSM::Parameter", map[string]any{"Name": "/sharedhub/use1/payments"}),
		}),
	}})
	version := 8
	organization := "o-a1b2c3d4e5"
	ground := map[string]*live.Ground{}
	for _, account := range []string{hubAccount, spokeAccount} {
		ground[account] = &live.Ground{
			Place: live.Place{Account: account, Region: region}, Bootstrap: &version, Organization: &organization, Management: "333333333333",
			Trust: map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole",
				"Principal": map[string]any{"AWS": "arn:aws:iam::" + hubAccount + ":root"}}}},
			AZs: map[string]live.ServiceAZ{"us-east-1a": {ID: "use1-az1", State: "available"}, "us-east-1b": {ID: "use1-az2", State: "available"},
				"us-east-1c": {ID: "use1-az3", State: "impaired"}},
			Services: map[string]live.Offer{"com.amazonaws.us-east-1.sqs": {AZs: []string{"us-east-1a", "us-east-1b"}, Policy: true,
				Names: []string{"sqs.us-east-1.amazonaws.com"}}},
			VPCs:   []live.ExistingVPC{{ID: "vpc-1", CIDRs: []string{"10.0.0.0/16"}, Default: true}},
			Quotas: map[string]int{"vpcs per region": 5, "gateway vpc endpoints per region": 20},
			Zones:  1, ZoneQuota: 500,
			Simulated: map[string]live.Simulated{"ec2:CreateVpc": {Allowed: true}},
			Roles:     map[string]string{}, Parameters: map[string]string{},
		}
	}
	return cfg, plan, ground
}

// world is what a case changes.
type world struct {
	cfg      *config.Config
	plan     Plan
	hub, far *live.Ground
}

// exists makes the hub's endpoint one that exists, as the file says but for a change; nil for none.
func (w *world) exists(change func(*live.ExistingEndpoint)) {
	e := w.cfg.Hubs[0].Endpoints[0]
	e.Existing = &config.ExistingEndpoint{ID: "vpce-1", DNSName: "vpce-1-a.sqs", HostedZone: "Z1"}
	deny := map[string]any{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
	e.Policy.Document = perimeter.Document{"Statement": []any{deny}}
	w.hub.ExistingEndpoints = map[string]live.ExistingEndpoint{}
	if change != nil {
		there := live.ExistingEndpoint{VPC: "vpc-7", ServiceName: e.Catalog.ServiceName, Kind: "Interface", State: "available",
			DNSName: "VPCE-1-a.sqs", HostedZone: "Z1", Policy: e.Policy.Document}
		change(&there)
		w.hub.ExistingEndpoints["vpce-1"] = there
	}
}

// gateway makes the hub's Transit Gateway one that exists, of an owner, "" for one that the account does not see.
func (w *world) gateway(g config.TransitGateway, owner string, does live.Defaults) {
	w.cfg.Hubs[0].TransitGateway = g
	w.plan[w.hub.Place].Existing = []string{g.ID}
	w.hub.Existing, w.hub.Owners, w.hub.Defaults = map[string]string{}, map[string]string{}, map[string]live.Defaults{}
	if owner != "" {
		w.hub.Existing[g.ID], w.hub.Owners[g.ID], w.hub.Defaults[g.ID] = "available", owner, does
	}
}

func TestCheck(t *testing.T) {
	number := func(n int) *int { return &n }
	name := func(s string) *string { return &s }
	for _, c := range []struct {
		name   string
		change func(*world)
		code   diag.Code
		say    string
	}{
		{"not bootstrapped", func(w *world) { w.far.Bootstrap = number(0) }, codeBootstrap,
			"run `cdk bootstrap aws://222222222222/us-east-1 --trust 111111111111`"},
		{"a bootstrap of the hub's account trusts itself", func(w *world) { w.hub.Bootstrap = number(0) }, codeBootstrap,
			"run `cdk bootstrap aws://111111111111/us-east-1`"},
		{"an old bootstrap", func(w *world) { w.far.Bootstrap = number(6) }, codeBootstrap, "has version 6, and the stacks need 8"},
		{"a bootstrap with a qualifier", func(w *world) {
			w.far.Bootstrap = number(0)
			w.plan[w.far.Place].BootstrapParameter = "/cdk-bootstrap/acme/version"
		}, codeBootstrap, "--qualifier acme --trust 111111111111"},
		{"a deploy role that trusts its own account only", func(w *world) {
			w.far.Trust = map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole",
				"Principal": map[string]any{"AWS": "arn:aws:iam::222222222222:root"}}}}
		}, codeTrust, "does not trust account 111111111111"},
		{"an account of another organization", func(w *world) { w.far.Organization = name("o-zzzzzzzzzz") }, codeOrganization,
			"expected the account in organization o-a1b2c3d4e5, as hub use1 says, found it in organization o-zzzzzzzzzz"},
		{"an account of no organization", func(w *world) { w.far.Organization = name("") }, codeOrganization, "found it in no organization"},
		{"a failed creation", func(w *world) { w.hub.Stacks = stateOf("use1-network", "ROLLBACK_COMPLETE", true) }, codeStackState,
			"unstick --yes"},
		{"a failed creation that could not be undone", func(w *world) { w.far.Stacks = stateOf("use1-spoke-payments", "ROLLBACK_FAILED", false) },
			codeStackState, "it can only be deleted: take away what its events name; `cdk deploy` then deletes it and makes it anew"},
		{"a failed update that could not be undone", func(w *world) {
			w.hub.Stacks = stateOf("use1-network", "UPDATE_ROLLBACK_FAILED", true)
		}, codeStackState, "mend what its events name, run `cdk rollback use1-network`, then deploy again"},
		{"an update that was not rolled back", func(w *world) { w.hub.Stacks = stateOf("use1-network", "UPDATE_FAILED", true) }, codeStackState,
			"`cdk rollback use1-network`"},
		{"a failed import", func(w *world) { w.hub.Stacks = stateOf("use1-network", "IMPORT_ROLLBACK_FAILED", true) }, codeStackState,
			"do not destroy it"},
		{"a failed deletion", func(w *world) { w.hub.Stacks = stateOf("use1-network", "DELETE_FAILED", false) }, codeStackState,
			"aws cloudformation delete-stack --stack-name use1-network"},
		{"another deployment", func(w *world) { w.hub.Stacks = stateOf("use1-network", "UPDATE_IN_PROGRESS", true) }, codeStackState,
			"an operation is under way: wait until it ends"},
		{"a role of the name", func(w *world) { w.hub.Roles["use1-network-reader"] = "" }, codeTaken,
			"would make role use1-network-reader, which exists already, made by no stack"},
		{"a role of another stack", func(w *world) { w.hub.Roles["use1-network-reader"] = "theirs" }, codeTaken, "made by stack theirs"},
		{"a parameter of the name", func(w *world) { w.far.Parameters["/sharedhub/use1/payments"] = "" }, codeTaken,
			"would make parameter /sharedhub/use1/payments"},
		{"a zone that is not there", func(w *world) { delete(w.hub.AZs, "us-east-1a") }, codeUnavailable,
			"expected availability zone us-east-1a, found us-east-1b (use1-az2)"},
		{"a zone that is impaired", func(w *world) { w.hub.AZs["us-east-1b"] = live.ServiceAZ{ID: "use1-az2", State: "unavailable"} },
			codeUnavailable, "expected availability zone use1-az2"},
		{"a service that is not offered", func(w *world) { w.hub.Services = map[string]live.Offer{} }, codeOffered,
			"offered no PrivateLink service com.amazonaws.us-east-1.sqs"},
		{"a service that is not in a zone", func(w *world) {
			w.hub.Services = map[string]live.Offer{"com.amazonaws.us-east-1.sqs": {AZs: []string{"us-east-1a"}, Policy: true}}
		}, codeOffered, "not offered in availability zone us-east-1b, but in us-east-1a"},
		{"a service without policies", func(w *world) {
			o := w.hub.Services["com.amazonaws.us-east-1.sqs"]
			o.Policy = false
			w.hub.Services["com.amazonaws.us-east-1.sqs"] = o
		}, codeTakesPolicy, "takes no endpoint policy"},
		{"a service with a further name", func(w *world) {
			o := w.hub.Services["com.amazonaws.us-east-1.sqs"]
			o.Names = append(o.Names, "sqs.us-east-1.api.aws")
			w.hub.Services["com.amazonaws.us-east-1.sqs"] = o
		}, codeServedNames, "answers to sqs.us-east-1.api.aws, which the hub does not serve"},
		{"a private name that its provider has not verified", func(w *world) {
			const own = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"
			p := w.plan[w.hub.Place]
			p.Services, p.PrivateDNS = append(p.Services, own), append(p.PrivateDNS, own)
			p.Endpoints = append(p.Endpoints, &config.Endpoint{Catalog: &catalog.Service{ServiceName: own,
				PrivateNames: []string{"billing.example.com"}}})
			w.hub.Services[own] = live.Offer{}
		}, codeUnverified, "has not verified the private name billing.example.com"},
		{"five VPCs beside ours", func(w *world) {
			for i := range 5 {
				w.far.VPCs = append(w.far.VPCs, live.ExistingVPC{ID: fmt.Sprint("vpc-", i), Stack: "theirs"})
			}
		}, codeExhausted, "VPCs per Region: 6 exist beside the configuration's 1, and the account may have 5: ask for 7"},
		{"twenty gateway endpoints beside ours", func(w *world) { w.far.GatewayEndpoints = 20 }, codeExhausted,
			"Gateway VPC endpoints per Region: 20 exist beside the configuration's 1"},
		{"five Transit Gateways beside ours", func(w *world) { w.hub.TransitGateways = 5 }, codeExhausted, "Transit gateways per account"},
		{"hosted zones", func(w *world) { w.hub.Zones = 500 }, codeExhausted, "500 exist, 1 are to be made"},
		{"an existing gateway that is gone", func(w *world) {
			w.plan[w.hub.Place].Existing, w.hub.Existing = []string{"tgw-1"}, map[string]string{}
		}, codeExisting, "sees no Transit Gateway tgw-1"},
		{"an existing gateway that goes", func(w *world) {
			w.plan[w.hub.Place].Existing, w.hub.Existing = []string{"tgw-1"}, map[string]string{"tgw-1": "deleting"}
		}, codeExisting, "is deleting, expected available"},
		{"a gateway that its owner does not share", func(w *world) {
			w.gateway(config.TransitGateway{ID: "tgw-1", Account: "555555555555"}, "", live.Defaults{})
		}, codeExisting, "sees no Transit Gateway tgw-1: expected account 555555555555 to share it with this one"},
		{"a gateway of another account than the file says", func(w *world) {
			w.gateway(config.TransitGateway{ID: "tgw-1"}, "555555555555", live.Defaults{})
		}, codeExisting, `is of account 555555555555, expected account 111111111111: write transitGateway: {account: "555555555555"}`},
		{"a gateway that waits for its owner", func(w *world) {
			w.gateway(config.TransitGateway{ID: "tgw-1"}, hubAccount, live.Defaults{Waits: true})
		}, codeExistingWaits, "run `aws ec2 modify-transit-gateway --transit-gateway-id tgw-1 --options AutoAcceptSharedAttachments=enable`"},
		{"an existing endpoint that is gone", func(w *world) { w.exists(nil) }, codeExistingEndpoint,
			"sees no endpoint vpce-1, which the file names for sqs"},
		{"an existing endpoint of another service", func(w *world) {
			w.exists(func(e *live.ExistingEndpoint) { e.ServiceName = "com.amazonaws.us-east-1.sns" })
		}, codeExistingEndpoint, `vpce-1 of sqs: expected service com.amazonaws.us-east-1.sqs, found "com.amazonaws.us-east-1.sns"`},
		{"an existing endpoint that waits", func(w *world) { w.exists(func(e *live.ExistingEndpoint) { e.State = "pendingacceptance" }) },
			codeExistingEndpoint, `vpce-1 of sqs: expected state available, found "pendingacceptance"`},
		{"an existing endpoint with private DNS", func(w *world) { w.exists(func(e *live.ExistingEndpoint) { e.PrivateDNS = true }) },
			codeExistingEndpoint, `vpce-1 of sqs: expected private DNS off, found "on"`},
		{"an existing endpoint with another name", func(w *world) { w.exists(func(e *live.ExistingEndpoint) { e.DNSName = "vpce-1-b.sqs" }) },
			codeExistingEndpoint, `vpce-1 of sqs: expected DNS name vpce-1-a.sqs, found "vpce-1-b.sqs"`},
		{"an existing endpoint of another VPC", func(w *world) {
			w.cfg.Hubs[0].CIDR = netip.MustParsePrefix("10.0.0.0/22")
			w.hub.VPCs = append(w.hub.VPCs, live.ExistingVPC{ID: "vpc-7", Stack: "use1-network", CIDRs: []string{"10.0.0.0/22"}})
			w.exists(func(e *live.ExistingEndpoint) { e.VPC = "vpc-8" })
		}, codeExistingEndpoint, `vpce-1 of sqs: expected VPC vpc-7, found "vpc-8"`},
		{"an existing endpoint with another policy", func(w *world) { w.exists(func(e *live.ExistingEndpoint) { e.Policy = nil }) },
			codeExistingEndpoint, "the policy of vpce-1 of sqs is not the one that the file says, organization"},
		{"a service control policy", func(w *world) { w.far.Simulated["ec2:CreateVpc"] = live.Simulated{ByOrganization: true} }, codeDenied,
			"a service control policy denies ec2:CreateVpc"},
		{"a narrow execution role", func(w *world) { w.far.Simulated["ec2:CreateVpc"] = live.Simulated{} }, codeDenied,
			"is not allowed ec2:CreateVpc"},
		{"an overlapping VPC", func(w *world) {
			w.far.VPCs = append(w.far.VPCs, live.ExistingVPC{ID: "vpc-2", Name: "old", CIDRs: []string{"10.1.128.0/20"}})
		}, codeRange, "VPC vpc-2 old has 10.1.128.0/20, which overlaps 10.1.0.0/16"},
		{"sharing is off", func(w *world) { w.hub.Management = hubAccount }, codeSharingOff, "does not share with organization o-a1b2c3d4e5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, plan, ground := ready()
			c.change(&world{cfg, plan, ground[hubAccount], ground[spokeAccount]})
			got := Check(cfg, plan, []*live.Ground{ground[hubAccount], ground[spokeAccount]}, hubAccount)
			got = slices.DeleteFunc(got, func(d diag.Diagnostic) bool { return d.Code == codeSharingUnknown })
			if len(got) != 1 || got[0].Code != c.code || !strings.Contains(got[0].Summary, c.say) {
				t.Errorf("expected one finding %s that says %q, found:\n%s", c.code, c.say, got)
			}
		})
	}
}

func stateOf(name, status string, protected bool) []live.StackState {
	return []live.StackState{{Name: name, Status: status, Protected: protected}}
}

// What stands as the stacks made it, and what nobody could read, is no finding.
func TestReady(t *testing.T) {
	cfg, plan, ground := ready()
	both := []*live.Ground{ground[hubAccount], ground[spokeAccount]}
	unseen := func(when string) {
		t.Helper()
		got := Check(cfg, plan, both, hubAccount)
		if len(got) != 1 || got[0].Code != codeSharingUnknown {
			t.Errorf("%s: expected only that sharing with the organization is not seen, found:\n%s", when, got)
		}
	}
	unseen("empty accounts")
	hub, far := ground[hubAccount], ground[spokeAccount]
	hub.Stacks, far.Stacks = stateOf("use1-network", "UPDATE_COMPLETE", true), stateOf("use1-spoke-payments", "CREATE_COMPLETE", false)
	hub.Roles["use1-network-reader"], far.Parameters["/sharedhub/use1/payments"] = "use1-network", ""
	hub.VPCs = append(hub.VPCs, live.ExistingVPC{ID: "vpc-3", Stack: "use1-network", CIDRs: []string{"10.0.0.0/22"}})
	hub.Zones = 500
	unseen("a deployed hub")
	for i, g := range both {
		both[i] = &live.Ground{Place: g.Place}
	}
	unseen("nothing read")
}

// Plan holds what the network's stacks need, once each.
func TestPlanOf(t *testing.T) {
	_, plan, _ := ready()
	n := plan[live.Place{Account: hubAccount, Region: region}]
	if !slices.Equal(n.AZs, []string{"us-east-1a", "use1-az2"}) ||
		!slices.Equal(n.Ranges, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/22")}) ||
		!n.TransitGateways || !n.Zones || len(n.Actions) != 6 || n.BootstrapVersion != 8 {
		t.Errorf("the plan of the hub's account is %+v", n)
	}
	if n := plan[live.Place{Account: spokeAccount, Region: region}]; n.GatewayEndpoints != 1 || len(n.Services) != 0 {
		t.Errorf("the plan of the spoke's account is %+v", n)
	}
}

// Every type of the snapshots' stacks has the action that makes it, so that none is left out of what IAM is asked.
func TestEveryTypeIsAsked(t *testing.T) {
	pages, err := filepath.Glob("../app/testdata/snapshots/*/*")
	if err != nil || len(pages) == 0 {
		t.Fatalf("there are no snapshots: %v", err)
	}
	used := map[string]bool{}
	for _, page := range pages {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, typ := range regexp.MustCompile(`AWS::\w+::\w+`).FindAllString(string(b), -1) {
			if used[typ] = true; creates[typ] == "" {
				t.Errorf("%s: creates has no action that makes %s", page, typ)
			}
		}
	}
	if len(used) < 20 {
		t.Errorf("the snapshots hold the types %v only", slices.Sorted(maps.Keys(used)))
	}
}
