package drift

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"sharedhub/internal/assembly"
	"sharedhub/internal/diag"
	"sharedhub/internal/topology"
)

func everyone(string) bool { return true }

// small is a hub with one endpoint, a zone, and one spoke, as live or as synthesised.
func small(live bool) *topology.Network {
	n := topology.New()
	id := func(s string) string {
		if live {
			return s + "-0a1b"
		}
		return "symbol " + s
	}
	source := func(stack, logical string) topology.Source {
		s := topology.Source{Stack: stack, ID: logical}
		if live {
			s.Live = id(logical)
		}
		return s
	}
	vpc := func(name, account, cidr string) *topology.VPC {
		v := &topology.VPC{
			ID: id(name), Account: account, Region: "us-east-1", CIDRs: []netip.Prefix{netip.MustParsePrefix(cidr)}, DNSSupport: true,
			DNSNames: true, Tags: map[string]string{"Name": name}, Source: source("h-"+name, "Vpc"),
		}
		t := &topology.RouteTable{ID: id(name + "-rtb"), VPC: v, Source: source("h-"+name, "Table")}
		t.Routes = []topology.Route{
			{CIDR: netip.MustParsePrefix("10.0.0.0/8"), Kind: topology.ToTransitGateway, Target: id("tgw"), Source: source("h-"+name, "Route")},
		}
		p := netip.PrefixFrom(netip.MustParsePrefix(cidr).Addr(), 28)
		s := &topology.Subnet{ID: id(name + "-subnet"), VPC: v, AZ: "us-east-1a", CIDR: p, Table: t, Source: source("h-"+name, "Subnet")}
		v.Tables, v.Subnets = []*topology.RouteTable{t}, []*topology.Subnet{s}
		n.VPCs[v.ID] = v
		return v
	}
	hub, spoke := vpc("network", "111111111111", "10.0.0.0/20"), vpc("spoke-a", "222222222222", "10.16.0.0/22")
	n.TransitGateways[id("tgw")] = &topology.TransitGateway{
		ID: id("tgw"), Account: "111111111111", Region: "us-east-1", ARN: id("tgw") + "-arn", AutoAccept: true, Source: source("h-network",
			"Gateway"),
	}
	table := &topology.TransitGatewayRouteTable{
		ID: id("tgw-rtb"), TransitGateway: id("tgw"), Name: "h/hub", Source: source("h-network", "GatewayTable"),
	}
	n.TransitGatewayRouteTables[table.ID] = table
	for _, v := range []*topology.VPC{hub, spoke} {
		a := &topology.Attachment{
			ID: id("attach-" + v.Name()), Kind: "vpc", TransitGateway: id("tgw"), VPC: v, Account: v.Account, Subnets: v.Subnets,
			Associated: []*topology.TransitGatewayRouteTable{table}, Source: source(v.Source.Stack, "Attachment"),
		}
		if !live {
			a.AssociatedBy = topology.Source{Stack: "h-link", ID: "Association"}
		}
		n.Attachments[a.ID] = a
		table.Propagated = append(table.Propagated, topology.Propagation{Attachment: a, Source: source("h-link", "Propagation")})
	}
	group := &topology.SecurityGroup{
		ID: id("sg"), VPC: hub.ID, Source: source("h-endpoints", "Group"), Ingress: []topology.Rule{
			{CIDR: netip.MustParsePrefix("10.0.0.0/8"), Protocol: "tcp", From: 443, To: 443},
		},
	}
	n.Groups[group.ID] = group
	e := &topology.Endpoint{ID: id("vpce"), ServiceName: "com.amazonaws.us-east-1.sts", Region: "us-east-1", Account: "111111111111",
		Interface: true, VPC: hub, Subnets: hub.Subnets, Groups: []*topology.SecurityGroup{group},
		Policy: map[string]any{"Statement": []any{map[string]any{"Effect": "Allow"}}}, Source: source("h-endpoints", "Endpoint")}
	n.Endpoints[e.ID], hub.Endpoints = e, []*topology.Endpoint{e}
	z := &topology.HostedZone{ID: id("zone"), Name: "sts.us-east-1.amazonaws.com", Account: "222222222222",
		VPCs: []topology.HostedZoneVPC{{ID: spoke.ID, Region: "us-east-1"}}, Source: source("h-dns", "Zone"),
		Records: []topology.DNSRecord{{Name: "sts.us-east-1.amazonaws.com", Type: "A", Endpoint: e, Source: source("h-dns", "Record")}}}
	n.HostedZones[z.ID] = z
	n.Shares = []*topology.Share{
		{Account: "111111111111", Region: "us-east-1", Resources: []string{id("tgw") + "-arn"}, Principals: []string{"222222222222"},
			Source: source("h-network", "Share")},
	}
	n.Roles["arn:aws:iam::111111111111:role/h-reader"] = &topology.Role{
		ARN: "arn:aws:iam::111111111111:role/h-reader", Account: "111111111111", Trust: map[string]any{"Version": "1"},
		Source: source("h-network", "Role"),
	}
	out := &topology.ResolverEndpoint{ID: id("rslvr-out"), Account: "111111111111", Region: "us-east-1", Direction: "OUTBOUND",
		Addresses: []topology.ResolverAddress{{Subnet: hub.Subnets[0], IP: "10.0.0.5"}}, Groups: []string{group.ID},
		Source: source("h-resolver", "Outbound")}
	rule := &topology.ResolverRuleRecord{Meta: topology.Meta{ID: id("rslvr-rr"), Account: "111111111111", Region: "us-east-1",
		Source: source("h-resolver", "Rule")}, Domain: "corp.example.com", Kind: "FORWARD", Targets: []string{"192.168.0.10"}, Endpoint: out.ID,
		ARN: id("rslvr-rr") + "-arn"}
	n.ResolverEndpoints[out.ID], n.ResolverRules[rule.ID] = out, rule
	spoke.Forwards = []topology.Forward{{ID: rule.ID, Domain: rule.Domain, Source: source("h-spoke-a", "Follows")}}
	n.R53Profiles[id("rp")] = &topology.R53Profile{ID: id("rp"), ARN: id("rp") + "-arn", Account: "111111111111", Region: "us-east-1",
		Endpoints: []*topology.Endpoint{e}, HostedZones: []*topology.HostedZone{{ID: "Z9", Name: "internal.example", Declared: !live}},
		Forwards:  []topology.Forward{{ID: "rslvr-rr-9", Domain: "partner.example", Declared: !live}},
		Firewalls: []topology.DNSFirewall{{Group: "rslvr-frg-9", Priority: 200, Declared: !live}}, QueryLogs: []string{"rqlc-9"},
		Source: source("h-profile", "Profile")}
	for _, s := range []string{"h-network", "h-endpoints"} {
		n.Stacks = append(n.Stacks, topology.Stack{Name: s, Account: "111111111111", Region: "us-east-1", Hub: "h"})
	}
	return n
}

func find[T any](m map[string]*T, is func(*T) bool) *T {
	for _, v := range m {
		if is(v) {
			return v
		}
	}
	return nil
}

func TestTheSameNetworkDoesNotDiffer(t *testing.T) {
	if d := Between(small(false), small(true), everyone); len(d) > 0 {
		t.Errorf("%v", d)
	}
}

// A Transit Gateway that exists, whose account a file says, is the live one in that account: what the stacks make of its tables is
// compared, and its own options are not.
func TestAGatewayOfAnotherAccount(t *testing.T) {
	const id, owner = "tgw-0123456789abcdef0", "555555555555"
	network := func(live bool) *topology.Network {
		n := small(live)
		was := find(n.TransitGateways, func(*topology.TransitGateway) bool { return true })
		delete(n.TransitGateways, was.ID)
		n.TransitGateways[id] = &topology.TransitGateway{ID: id, Account: owner, Region: "us-east-1", ARN: "arn:" + id, AutoAccept: true,
			External: !live, Declared: !live, DefaultAssociation: live, Source: topology.Source{ID: id}}
		for _, t := range n.TransitGatewayRouteTables {
			t.TransitGateway = id
		}
		for _, a := range n.Attachments {
			a.TransitGateway = id
		}
		for _, v := range n.VPCs {
			for _, t := range v.Tables {
				t.Routes[0].Target = id
			}
		}
		n.Shares = nil
		if live {
			n.Shares = []*topology.Share{{Account: owner, Region: "us-east-1", Resources: []string{"arn:" + id}, Principals: []string{"o"}}}
		}
		return n
	}
	if d := Between(network(false), network(true), everyone); len(d) > 0 {
		t.Errorf("expected no difference, found %v", d)
	}
	live := network(true)
	for _, a := range live.Attachments {
		a.Associated = nil
	}
	d := Between(network(false), live, everyone)
	if len(d) != 2 || d[0].Code.String() != "association" || d[1].Code.String() != "association" {
		t.Errorf("expected two attachments without their table, found %v", d)
	}
	for _, seen := range d {
		if at, ok := seen.Where.(diag.Resource); !ok || at.Stack != "h-link" {
			t.Errorf("expected the difference to be of stack h-link, found %v", seen)
		}
	}
}

// A load balancer that exists is in no template, and AWS tells of it: it is the same one by its ARN.
func TestALoadBalancerThatExists(t *testing.T) {
	const arn = "arn:aws:elasticloadbalancing:us-east-1:222222222222:loadbalancer/net/a/0a1b"
	want, have := small(false), small(true)
	for n, id := range map[*topology.Network]string{want: "symbol vpce-svc", have: "vpce-svc-0a1b"} {
		n.EndpointServices[id] = &topology.EndpointService{ID: id, Account: "222222222222", Region: "us-east-1", LoadBalancers: []string{arn},
			Source: topology.Source{Stack: "h-service-a", ID: "Service"}}
	}
	have.LoadBalancers[arn] = &topology.LoadBalancer{ARN: arn, Account: "222222222222", Region: "us-east-1"}
	if d := Between(want, have, everyone); len(d) > 0 {
		t.Errorf("%v", d)
	}
	have.EndpointServices["vpce-svc-0a1b"].LoadBalancers = []string{arn + "c"}
	if d := Between(want, have, everyone); len(d) != 1 || d[0].Code.String() != "service-options" {
		t.Errorf("expected another load balancer to be told, found %v", d)
	}
}

// AWS gives documents back in another form than it was given, which is no difference; a document that says another thing is.
func TestPoliciesInAnotherForm(t *testing.T) {
	want, have := small(false), small(true)
	statement := func(principal, action any) map[string]any {
		return map[string]any{
			"Version": "2012-10-17", "Statement": []any{
				map[string]any{"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"},
			},
		}
	}
	const role = "arn:aws:iam::111111111111:role/h-reader"
	account, root := map[string]any{"AWS": "222222222222"}, map[string]any{"AWS": []any{"arn:aws:iam::222222222222:root"}}
	want.Endpoints["symbol vpce"].Policy, have.Endpoints["vpce-0a1b"].Policy = statement("*", "sts:*"), statement(map[string]any{"AWS": "*"},
		[]any{"sts:*"})
	want.Roles[role].Trust, have.Roles[role].Trust = statement(account, "sts:AssumeRole"), statement(root, "sts:AssumeRole")
	want.Roles[role].Policies, have.Roles[role].Policies = []map[string]any{statement("*", []string{"a:B", "c:D"})}, []map[string]any{
		statement("*", []any{"c:D", "a:B"}),
	}
	if d := Between(want, have, everyone); len(d) > 0 {
		t.Errorf("%v", d)
	}
	have.Roles[role].Trust = statement(map[string]any{"AWS": "arn:aws:iam::222222222222:role/x"}, "sts:AssumeRole")
	have.Endpoints["vpce-0a1b"].Policy = nil
	if d := Between(want, have, everyone); len(d) != 2 || d[0].Code.String() != "endpoint-policy" || d[1].Code.String() != "role" {
		t.Errorf("%v", d)
	}
}

// Kinds that the deployment tests do not make: each change gives its kind, with its stack.
func TestKinds(t *testing.T) {
	spoke := func(n *topology.Network) *topology.VPC {
		return find(n.VPCs, func(v *topology.VPC) bool { return v.Name() == "spoke-a" })
	}
	for _, c := range []struct {
		kind, stack string
		change      func(n *topology.Network)
	}{
		{"vpc-missing", "h-spoke-a", func(n *topology.Network) { delete(n.VPCs, spoke(n).ID) }},
		{"gateway-missing", "h-network", func(n *topology.Network) { clear(n.TransitGateways) }},
		{"gateway-table", "h-network", func(n *topology.Network) { clear(n.TransitGatewayRouteTables) }},
		{"attachment-missing", "h-spoke-a", func(n *topology.Network) { delete(n.Attachments, "attach-spoke-a-0a1b") }},
		{"attachment-state", "h-spoke-a", func(n *topology.Network) { n.Attachments["attach-spoke-a-0a1b"].State = "pendingAcceptance" }},
		{"endpoint-state", "h-endpoints", func(n *topology.Network) { n.Endpoints["vpce-0a1b"].State = "failed" }},
		{"attachment-options", "h-spoke-a", func(n *topology.Network) { n.Attachments["attach-spoke-a-0a1b"].ApplianceMode = true }},
		{"attachment-options", "h-spoke-a", func(n *topology.Network) { n.Attachments["attach-spoke-a-0a1b"].IPv6 = true }},
		{"endpoint-address-type", "h-endpoints", func(n *topology.Network) { n.Endpoints["vpce-0a1b"].IPAddressType = "dualstack" }},
		{"endpoint-private-dns", "h-endpoints", func(n *topology.Network) { n.Endpoints["vpce-0a1b"].PrivateDNS = true }},
		{"zone-missing", "h-dns", func(n *topology.Network) { clear(n.HostedZones) }},
		{"subnet", "h-spoke-a", func(n *topology.Network) { spoke(n).Subnets = nil }},
		{"subnet", "h-spoke-a", func(n *topology.Network) { spoke(n).Subnets[0].AZ = "us-east-1b" }},
		{"subnet-table", "h-spoke-a", func(n *topology.Network) { spoke(n).Subnets[0].Table = &topology.RouteTable{ID: "rtb-other"} }},
		{"route-changed", "h-spoke-a", func(n *topology.Network) { spoke(n).Tables[0].Routes[0].Kind = topology.ToNowhere }},
		{"route-extra", "h-spoke-a", func(n *topology.Network) {
			spoke(n).Tables = append(spoke(n).Tables, &topology.RouteTable{
				ID: "main", Routes: []topology.Route{{CIDR: netip.MustParsePrefix("0.0.0.0/0"), Target: "igw-1"}},
			})
		}},
		{"route-extra", "h-spoke-a", func(n *topology.Network) {
			spoke(n).Tables[0].Others = []topology.OtherRoute{{Destination: "::/0", Kind: topology.ToInternetGateway, Target: "eigw-1"}}
		}},
		{"route-extra", "h-spoke-a", func(n *topology.Network) {
			spoke(n).Tables = append(spoke(n).Tables, &topology.RouteTable{
				ID: "main", Others: []topology.OtherRoute{{Destination: "pl-1", Target: "igw-1"}},
			})
		}},
		{"vpc-range", "h-spoke-a", func(n *topology.Network) { spoke(n).IPv6 = []string{"2600::/56"} }},
		{"rule-extra", "h-endpoints", func(n *topology.Network) {
			n.Groups["sg-0a1b"].Others = []topology.OtherRule{{IPv6: "::/0", Protocol: "tcp", From: 443, To: 443}}
		}},
		{"share", "h-network", func(n *topology.Network) { n.Shares = nil }},
		{"share", "h-network", func(n *topology.Network) { n.Shares[0].External = true }},
		{"role", "h-network", func(n *topology.Network) { clear(n.Roles) }},
		{"stack-state", "h-endpoints", func(n *topology.Network) { n.Stacks[1].Status = "UPDATE_ROLLBACK_FAILED" }},
		{"stack-extra", "h-spoke-old", func(n *topology.Network) {
			n.Stacks = append(n.Stacks, topology.Stack{Name: "h-spoke-old", Account: "111111111111", Region: "us-east-1", Hub: "h"})
		}},
		{"profile-missing", "h-profile", func(n *topology.Network) { clear(n.R53Profiles) }},
		{"profile-resource", "h-profile", func(n *topology.Network) { n.R53Profiles["rp-0a1b"].HostedZones = nil }},
		{"profile-resource", "h-profile", func(n *topology.Network) { n.R53Profiles["rp-0a1b"].HostedZones[0].Name = "other.example" }},
		{"profile-resource", "h-profile", func(n *topology.Network) { n.R53Profiles["rp-0a1b"].Forwards = nil }},
		{"profile-resource", "h-profile", func(n *topology.Network) { n.R53Profiles["rp-0a1b"].Forwards[0].Unknown = true }},
		{"profile-resource", "h-profile", func(n *topology.Network) { n.R53Profiles["rp-0a1b"].Firewalls = nil }},
		{"profile-resource", "h-profile", func(n *topology.Network) { n.R53Profiles["rp-0a1b"].Firewalls[0].Priority = 300 }},
		{"profile-resource", "h-profile", func(n *topology.Network) { n.R53Profiles["rp-0a1b"].QueryLogs = []string{"rqlc-9", "rqlc-8"} }},
		{"resolver-missing", "h-resolver", func(n *topology.Network) { clear(n.ResolverEndpoints) }},
		{"resolver-missing", "h-resolver", func(n *topology.Network) { clear(n.ResolverRules) }},
		{"resolver-endpoint", "h-resolver", func(n *topology.Network) { n.ResolverEndpoints["rslvr-out-0a1b"].Addresses[0].IP = "10.0.0.9" }},
		{"resolver-endpoint", "h-resolver", func(n *topology.Network) { n.ResolverEndpoints["rslvr-out-0a1b"].Addresses = nil }},
		{"resolver-endpoint", "h-resolver", func(n *topology.Network) { n.ResolverEndpoints["rslvr-out-0a1b"].Groups = []string{"sg-other"} }},
		{"resolver-rule", "h-resolver", func(n *topology.Network) { n.ResolverRules["rslvr-rr-0a1b"].Targets = []string{"192.168.0.66"} }},
		{"resolver-rule", "h-resolver", func(n *topology.Network) { n.ResolverRules["rslvr-rr-0a1b"].Kind = "SYSTEM" }},
		{"resolver-rule", "h-resolver", func(n *topology.Network) { n.ResolverRules["rslvr-rr-0a1b"].Endpoint = "rslvr-out-other" }},
		{"resolver-vpc", "h-spoke-a", func(n *topology.Network) { spoke(n).Forwards = nil }},
		{"resolver-vpc", "h-resolver", func(n *topology.Network) {
			find(n.VPCs, func(v *topology.VPC) bool { return v.Name() == "network" }).Forwards = []topology.Forward{{ID: "rslvr-rr-0a1b"}}
		}},
		{"record-changed", "h-dns", func(n *topology.Network) {
			n.HostedZones["zone-0a1b"].Records[0].Broken = "the alias's hosted zone is another"
		}},
	} {
		live := small(true)
		c.change(live)
		found := Between(small(false), live, everyone)
		if !slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code.String() == c.kind && stackOf(d) == c.stack }) {
			t.Errorf("%s of %s is not told:\n%v", c.kind, c.stack, found)
		}
	}
}

// Every state of a stack that is no success says what to do.
func TestStackStates(t *testing.T) {
	for state, want := range map[string]string{
		"ROLLBACK_COMPLETE": "its creation failed and nothing of it is left", "ROLLBACK_FAILED": "its creation failed and could not be undone",
		"DELETE_FAILED":          "half destroyed",
		"UPDATE_ROLLBACK_FAILED": "run `cdk rollback h-network`", "UPDATE_IN_PROGRESS": "wait until it ends", "REVIEW_IN_PROGRESS": "deploy it",
		"IMPORT_ROLLBACK_FAILED": "do not destroy it",
	} {
		live := small(true)
		live.Stacks[0].Status = state
		if d := Between(small(false), live, everyone); len(d) != 1 || !strings.Contains(d[0].Summary, want) {
			t.Errorf("%s: %v, want %q", state, d, want)
		}
	}
	for _, options := range [][]string{nil, {"--config", "net"}} {
		live := small(true)
		live.Stacks[0].Status = "ROLLBACK_COMPLETE"
		want := strings.Join(append([]string{"unstick --yes"}, options...), " ") + "`"
		if d := Between(small(false), live, everyone, options...); len(d) != 1 || !strings.Contains(d[0].Summary, want) {
			t.Errorf("expected %q in %v", want, d)
		}
	}
}

// Of a stack that is not there, everything is missing, and only the stack is told; what is too many of it still is.
func TestAbsentStacks(t *testing.T) {
	for _, status := range []string{"", "ROLLBACK_COMPLETE"} {
		live := small(true)
		live.Endpoints["vpce-0a1b"].PrivateDNS = true
		live.Groups["sg-0a1b"].Others = []topology.OtherRule{{IPv6: "::/0", Protocol: "tcp", From: 443, To: 443}}
		if live.Stacks[1].Status = status; status == "" {
			live.Stacks = live.Stacks[:1]
		}
		var kinds []string
		for _, d := range Between(small(false), live, everyone) {
			kinds = append(kinds, stackOf(d)+" "+d.Code.String())
		}
		want := []string{"h-endpoints stack-missing", "h-endpoints rule-extra"}
		if status != "" {
			want[0] = "h-endpoints stack-state"
		}
		if !slices.Equal(kinds, want) {
			t.Errorf("stack in %q: %v, want %v", status, kinds, want)
		}
	}
}

// A stack that was deployed before what it reads is only blamed where something of it differs.
func TestStaleReferences(t *testing.T) {
	want, live := small(false), small(true)
	want.Reads = []topology.Read{{Consumer: "h-endpoints", Account: "111111111111", Region: "us-east-1", Stack: "h-network"}}
	live.Stacks[0].Changed, live.Stacks[1].Changed = time.Unix(2000, 0), time.Unix(1000, 0)
	if d := Between(want, live, everyone); len(d) > 0 {
		t.Errorf("nothing differs, and still %v", d)
	}
	live.Endpoints["vpce-0a1b"].PrivateDNS = true
	stale := func(d diag.Diagnostic) bool { return d.Code == staleReference && stackOf(d) == "h-endpoints" }
	if d := Between(want, live, everyone); !slices.ContainsFunc(d, stale) {
		t.Errorf("not told: %v", d)
	}
	live.Stacks[1].Changed = time.Unix(3000, 0)
	if d := Between(want, live, everyone); slices.ContainsFunc(d, stale) {
		t.Errorf("told without a reason: %v", d)
	}
}

// A part that is gone is told once, and not what follows: neither what was in it nor what led to it.
func TestConsequences(t *testing.T) {
	for _, c := range []struct {
		want   string
		change func(n *topology.Network)
	}{
		{"h-spoke-a/Vpc vpc-missing", func(n *topology.Network) {
			delete(n.VPCs, "spoke-a-0a1b")
			delete(n.Attachments, "attach-spoke-a-0a1b")
			n.HostedZones["zone-0a1b"].VPCs = nil
			n.TransitGatewayRouteTables["tgw-rtb-0a1b"].Propagated = n.TransitGatewayRouteTables["tgw-rtb-0a1b"].Propagated[:1]
		}},
		{"h-network/Gateway gateway-missing", func(n *topology.Network) {
			clear(n.TransitGateways)
			clear(n.Attachments)
			clear(n.TransitGatewayRouteTables)
			for _, v := range n.VPCs {
				v.Tables[0].Routes[0].Kind = topology.ToNowhere
			}
			n.Shares = nil
		}},
		{"h-network/GatewayTable gateway-table", func(n *topology.Network) {
			clear(n.TransitGatewayRouteTables)
			for _, a := range n.Attachments {
				a.Associated = nil
			}
		}},
		{"h-endpoints/Endpoint endpoint-missing", func(n *topology.Network) {
			delete(n.Endpoints, "vpce-0a1b")
			n.HostedZones["zone-0a1b"].Records[0].Endpoint = nil
			n.R53Profiles["rp-0a1b"].Endpoints = nil
		}},
		{"h-resolver/Rule resolver-missing", func(n *topology.Network) {
			clear(n.ResolverRules)
			n.VPCs["spoke-a-0a1b"].Forwards = nil
		}},
		{"h-endpoints/Group group-missing", func(n *topology.Network) {
			clear(n.Groups)
			n.Endpoints["vpce-0a1b"].Groups, n.ResolverEndpoints["rslvr-out-0a1b"].Groups = nil, nil
		}},
	} {
		live := small(true)
		c.change(live)
		var told []string
		for _, d := range Between(small(false), live, everyone) {
			told = append(told, stackOf(d)+"/"+d.Where.(diag.Resource).LogicalID+" "+d.Code.String())
		}
		if !slices.Equal(told, []string{c.want}) {
			t.Errorf("%v, expected %s alone", told, c.want)
		}
	}
}

// What one resource lacks is one difference, in one sentence; what a route leads to is said of it.
func TestSentences(t *testing.T) {
	rule := func(cidr string) topology.Rule {
		return topology.Rule{CIDR: netip.MustParsePrefix(cidr), Protocol: "tcp", From: 443, To: 443}
	}
	for _, c := range []struct {
		want   string
		change func(want, live *topology.Network)
	}{
		{"security group sg-0a1b has a rule that no stack wrote: from 10.1.0.0/16 tcp port 443, from 10.2.0.0/16 tcp port 443",
			func(_, live *topology.Network) {
				g := live.Groups["sg-0a1b"]
				g.Ingress = append(g.Ingress, rule("10.1.0.0/16"), rule("10.2.0.0/16"))
			}},
		{"route table spoke-a-rtb-0a1b lacks the route of 10.0.0.0/8 to tgw-0a1b",
			func(_, live *topology.Network) { live.VPCs["spoke-a-0a1b"].Tables[0].Routes = nil }},
		{"route table spoke-a-rtb-0a1b lacks the route of 0.0.0.0/0 to nat gateway", func(want, _ *topology.Network) {
			t := want.VPCs["symbol spoke-a"].Tables[0]
			t.Routes = append(t.Routes, topology.Route{CIDR: netip.MustParsePrefix("0.0.0.0/0"), Kind: topology.ToNAT})
		}},
		{"route table spoke-a-rtb-0a1b sends 10.0.0.0/8 to tgw-0a1b, which is gone: a blackhole", func(_, live *topology.Network) {
			live.VPCs["spoke-a-0a1b"].Tables[0].Routes[0].Kind = topology.ToNowhere
		}},
		{"the attachment of spoke-a is associated with no table of the transit gateway, expected tgw-rtb-0a1b", func(_, live *topology.Network) {
			live.Attachments["attach-spoke-a-0a1b"].Associated = nil
		}},
		{"subnet 10.16.0.0/28 of VPC spoke-a is in us-east-1b, not in us-east-1a",
			func(_, live *topology.Network) { live.VPCs["spoke-a-0a1b"].Subnets[0].AZ = "us-east-1b" }},
	} {
		want, live := small(false), small(true)
		c.change(want, live)
		if d := Between(want, live, everyone); len(d) != 1 || d[0].Summary != c.want {
			t.Errorf("%v\nexpected %s", d, c.want)
		}
	}
}

// What belongs to an account that was not seen is passed over, on both sides.
func TestUnseenAccounts(t *testing.T) {
	live := small(true)
	delete(live.VPCs, "spoke-a-0a1b")
	delete(live.Attachments, "attach-spoke-a-0a1b")
	clear(live.HostedZones)
	t1 := live.TransitGatewayRouteTables["tgw-rtb-0a1b"]
	t1.Propagated = t1.Propagated[:1]
	if d := Between(small(false), live, func(a string) bool { return a != "222222222222" }); len(d) > 0 {
		t.Errorf("%v", d)
	}
}

// everything is a network with a part of every type, and every fact.
func everything(t *testing.T) *topology.Network {
	t.Helper()
	a, err := assembly.Read("../live/testdata/everything")
	if err != nil {
		t.Fatal(err)
	}
	return topology.Link(a.Records())
}

// Every attribute in the table of kinds is one that parts have.
func TestKindsAreUsed(t *testing.T) {
	used := map[string]bool{}
	for _, p := range everything(t).Parts() {
		used[p.Type+" "] = true
		for _, f := range p.Facts {
			used[p.Type+" "+f.Attr] = true
		}
	}
	for _, k := range kinds {
		for _, a := range k.of {
			if !used[a.typ+" "+a.attr] {
				t.Errorf("%s is about %q of a %s, which no part has", k.code, a.attr, a.typ)
			}
		}
	}
}

// Whatever a stack made and is gone, and whatever is said of it and is not so, is told under a declared kind.
func TestEverythingIsCompared(t *testing.T) {
	network := everything(t)
	told := func(name string, change func(parts []topology.Part, i int) []topology.Part, i int) {
		c := &comparison{seen: everyone}
		c.match(network.Parts(), change(network.Parts(), i))
		for _, w := range c.wanted {
			c.compare(w)
		}
		c.compareExtra()
		for _, f := range c.found {
			if _, ok := f.difference(); ok {
				return
			}
		}
		t.Errorf("%s of a %s is not told", name, network.Parts()[i].Type)
	}
	for i, p := range network.Parts() {
		told("the absence", func(parts []topology.Part, i int) []topology.Part { return slices.Delete(parts, i, i+1) }, i)
		for j, f := range p.Facts {
			told("an absent "+f.Attr, func(parts []topology.Part, i int) []topology.Part {
				parts[i].Facts = slices.Delete(parts[i].Facts, j, j+1)
				return parts
			}, i)
			told("another "+f.Attr, func(parts []topology.Part, i int) []topology.Part {
				changed := &parts[i].Facts[j]
				changed.Value, changed.Document = topology.Term{Text: "x"}, map[string]any{"Statement": "x"}
				return parts
			}, i)
			told("a further "+f.Attr, func(parts []topology.Part, i int) []topology.Part {
				f.Key.Text += "x"
				parts[i].Facts = append(parts[i].Facts, f)
				return parts
			}, i)
		}
	}
}

// A VPC that many zones serve and no stack joined to them is one thing to repair, and the stack that is left over comes first.
func TestOneVPCInManyZones(t *testing.T) {
	want, live := small(false), small(true)
	for _, n := range []*topology.Network{want, live} {
		for id, z := range n.HostedZones {
			for _, more := range []string{"b", "c", "d", "e", "f"} {
				copied := *z
				copied.ID, copied.Name = id+more, more+".amazonaws.com"
				copied.Source.ID += more
				n.HostedZones[copied.ID] = &copied
			}
			break
		}
	}
	for _, z := range live.HostedZones {
		z.VPCs = append(slices.Clone(z.VPCs), topology.HostedZoneVPC{ID: "vpc-stranger", Region: "us-east-1"})
	}
	live.Stacks = append(live.Stacks, topology.Stack{Name: "h-spoke-old", Account: "111111111111", Region: "us-east-1", Hub: "h"})
	found := Between(want, live, everyone)
	if len(found) != 2 || found[0].Code != stackExtra || found[1].Code.String() != "zone-vpc-extra" || len(found[1].Also) != 5 {
		t.Errorf("%v", found)
	}
}

// Each way to repair is said once, with its stacks.
func TestRepairs(t *testing.T) {
	live := small(true)
	live.Stacks = live.Stacks[:1]
	live.Groups["sg-0a1b"].Others = []topology.OtherRule{{IPv6: "::/0", Protocol: "tcp", From: 443, To: 443}}
	spoke := live.VPCs["spoke-a-0a1b"]
	spoke.Tables[0].Routes[0].Kind, spoke.Subnets[0].AZ = topology.ToNowhere, "us-east-1b"
	want := []string{
		"what was never deployed, or is gone, comes with `cdk deploy h-endpoints -c config=x`",
		"undo by hand what was changed in h-spoke-a: `cdk deploy` compares templates only and restores nothing (docs/DEPLOYING.md)",
		"delete by hand what is extra in h-endpoints: `cdk deploy` compares templates only and deletes nothing",
	}
	if got := Repairs(Between(small(false), live, everyone), "-c", "config=x"); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
