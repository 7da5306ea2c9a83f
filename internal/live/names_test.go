package live

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"sharedhub/internal/topology"
)

// heldVPC is an account with one VPC of a hub, whose security group and routes name prefix lists, and which uses DNS Firewall and a
// Resolver endpoint.
var heldVPC = map[string]string{
	"DescribeVpcs": `<vpcSet><item><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/20</cidrBlock><tagSet><item>` +
		`<key>aws:cloudformation:stack-name</key><value>h-network</value></item></tagSet></item></vpcSet>`,
	"DescribeVpcAttribute": `<enableDnsSupport><value>true</value></enableDnsSupport>` +
		`<enableDnsHostnames><value>true</value></enableDnsHostnames>`,
	"/2013-04-01/hostedzonesbyvpc": `<HostedZoneSummaries/><MaxItems>100</MaxItems>`,
	"DescribeSecurityGroups": `<securityGroupInfo><item><groupId>sg-1</groupId><vpcId>vpc-1</vpcId><ipPermissions><item>` +
		`<ipProtocol>tcp</ipProtocol><fromPort>443</fromPort><toPort>443</toPort><prefixListIds>` +
		`<item><prefixListId>pl-1</prefixListId></item><item><prefixListId>pl-gone</prefixListId></item></prefixListIds></item></ipPermissions>` +
		`</item></securityGroupInfo>`,
	"DescribeRouteTables": `<routeTableSet><item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId><routeSet>` +
		`<item><destinationPrefixListId>pl-2</destinationPrefixListId><transitGatewayId>tgw-1</transitGatewayId></item>` +
		`<item><destinationPrefixListId>pl-s3</destinationPrefixListId><gatewayId>vpce-1</gatewayId></item></routeSet></item></routeTableSet>`,
	"DescribeManagedPrefixLists": `<prefixListSet><item><prefixListId>pl-1</prefixListId></item><item><prefixListId>pl-2</prefixListId>` +
		`</item></prefixListSet>`,
	"GetManagedPrefixListEntries": `<entrySet><item><cidr>10.16.0.0/12</cidr></item><item><cidr>0.0.0.0/0</cidr></item></entrySet>`,
	"ListResolverEndpoints": `{"ResolverEndpoints": [{"Id": "rslvr-in-1", "HostVPCId": "vpc-1", "Direction": "INBOUND"},
		{"Id": "rslvr-in-2", "HostVPCId": "vpc-other", "Direction": "INBOUND"},
		{"Id": "rslvr-out-1", "HostVPCId": "vpc-1", "Direction": "OUTBOUND"}]}`,
	"ListFirewallRuleGroupAssociations": `{"FirewallRuleGroupAssociations": [
		{"Id": "a", "FirewallRuleGroupId": "own", "VpcId": "vpc-1", "Priority": 101},
		{"Id": "b", "FirewallRuleGroupId": "foreign", "VpcId": "vpc-1", "Priority": 102},
		{"Id": "c", "FirewallRuleGroupId": "own", "VpcId": "vpc-other", "Priority": 101},
		{"Id": "d", "FirewallRuleGroupId": "own", "VpcId": "vpc-1", "Priority": 103, "Status": "DELETING"}]}`,
	"ListFirewallRuleGroups": `{"FirewallRuleGroups": [{"Id": "own"}]}`,
	"ListFirewallRules": `{"FirewallRules": [{"Priority": 1, "Action": "BLOCK", "FirewallDomainListId": "mine", "Qtype": "A"},
		{"Priority": 2, "Action": "BLOCK", "FirewallDomainListId": "threats"},
		{"Priority": 3, "Action": "BLOCK", "FirewallDomainListId": "strange"},
		{"Priority": 4, "Action": "ALERT", "DnsThreatProtection": "DGA"}]}`,
	"ListFirewallDomainLists": `{"FirewallDomainLists": [{"Id": "mine"},
		{"Id": "threats", "ManagedOwnerName": "Route 53 Resolver DNS Firewall"},
		{"Id": "unused"}]}`,
	"ListFirewallDomains": `{"Domains": ["*.example.com."]}`,
}

func lookAtHeldVPC(t *testing.T) *View {
	t.Helper()
	fakeAWS(t, func(string, string) (string, int) { return "", 0 }, func(w http.ResponseWriter, _, action string) bool {
		text, ok := heldVPC[action]
		switch {
		case !ok && strings.HasPrefix(action, "List") && !strings.HasPrefix(action, "ListHostedZones"):
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{}`)
			return true
		case !ok:
			return false
		case strings.HasPrefix(text, "{"):
			fmt.Fprint(w, text)
		default:
			element := strings.ReplaceAll(action, "/2013-04-01/hostedzonesbyvpc", "ListHostedZonesByVPC") + "Response"
			fmt.Fprintf(w, `<%s>%s</%s>`, element, text, element)
		}
		return true
	})
	scope := Scope{Places: map[Place]bool{{"111111111111", "us-east-1"}: true}, Stacks: map[string]bool{"h-network": true}}
	v, err := Look(context.Background(), scope, Options{})
	if err != nil || len(v.Unseen) > 0 {
		t.Fatal(err, v)
	}
	return v
}

func TestPrefixListsAreRead(t *testing.T) {
	net := lookAtHeldVPC(t).Network
	var admitted []string
	for _, r := range net.Groups["sg-1"].Ingress {
		admitted = append(admitted, r.CIDR.String()+" by "+r.PrefixList)
	}
	if want := []string{"10.16.0.0/12 by pl-1", "0.0.0.0/0 by pl-1"}; !slices.Equal(admitted, want) {
		t.Errorf("expected rules %q, found %q", want, admitted)
	}
	if o := net.Groups["sg-1"].Others; len(o) != 1 || o[0].PrefixList != "pl-gone" {
		t.Errorf("expected a rule by a list that the account does not see, found %v", o)
	}
	if e := net.VPCs["vpc-1"].Tables[0].Entries; len(e) != 1 || len(e[0].Prefixes) != 2 {
		t.Errorf("expected one route, to two ranges, and not that of the gateway endpoint, found %v", e)
	}
	if _, ok := net.PrefixLists["pl-s3"]; ok {
		t.Error("expected no list of a gateway endpoint's route to be asked for")
	}
}

// What another account keeps to itself is unknown; a list that AWS keeps holds threats, and no service of its own.
func TestFirewallsAreRead(t *testing.T) {
	f := lookAtHeldVPC(t).Network.VPCs["vpc-1"].Firewalls
	if len(f) != 2 || f[0].Group != "own" || f[0].Unknown || f[1].Group != "foreign" || !f[1].Unknown {
		t.Fatalf("expected the account's own rule group, and one that is unknown, found %+v", f)
	}
	want := []topology.DNSFirewallRule{
		{Priority: 1, Action: "BLOCK", QType: "A", List: "mine", Domains: []string{"*.example.com"}},
		{Priority: 2, Action: "BLOCK", List: "threats"},
		{Priority: 3, Action: "BLOCK", List: "strange", Unknown: true},
		{Priority: 4, Action: "ALERT", Unknown: true},
	}
	for i, r := range f[0].Rules {
		if fmt.Sprint(r) != fmt.Sprint(want[i]) {
			t.Errorf("expected %+v, found %+v", want[i], r)
		}
	}
}

func TestResolverEndpointsAreRead(t *testing.T) {
	net := lookAtHeldVPC(t).Network
	if len(net.Unknown) != 1 || net.Unknown[0].ID != "rslvr-in-1" || !slices.Contains(net.Unknown[0].Touches, "vpc-1") {
		t.Errorf("expected the endpoint for questions from outside, in vpc-1, found %+v", net.Unknown)
	}
}
