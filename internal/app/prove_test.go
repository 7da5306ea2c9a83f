package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sharedhub/internal/cli"
	"sharedhub/internal/prove"
)

// Every configuration is proved: each spoke reaches each endpoint by each name and back, and nothing else.
func TestEveryConfigurationIsProved(t *testing.T) {
	t.Parallel()
	for _, dir := range configurations(t) {
		code, stdout, stderr := run(t, "prove", "--config", dir, "--assembly", assembled(t, dir), "--json")
		var r prove.Result
		if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != 0 || !r.Holds() || len(r.Findings) > 0 {
			t.Errorf("%s: code %d, %v\n%s", dir, code, err, stderr)
		}
		if r.Counts.Paths == 0 || r.Counts.Names == 0 || r.Counts.Pairs == 0 {
			t.Errorf("%s: nothing was proved: %+v", dir, r.Counts)
		}
	}
}

// A broken template fails the command, with what is missing and where it should be.
func TestProveRefusesABrokenAssembly(t *testing.T) {
	t.Parallel()
	out := changed(t, "config", "use1-link-payments-prod", func(tpl template) {
		for id, r := range tpl.resources() {
			if r.(map[string]any)["Type"] == "AWS::EC2::TransitGatewayRoute" {
				delete(tpl.resources(), id)
			}
		}
	})
	code, _, stderr := run(t, "prove", "--config", "config", "--assembly", out)
	for _, want := range []string{
		"error: spoke payments-prod: no return path from the endpoints to 10.16.4.0/25: transit gateway route table use1/hub has no route " +
			"to 10.16.4.0/25 (use1-network/Transittablehub",
		"not proved:",
	} {
		if code != 1 || !strings.Contains(stderr, want) {
			t.Errorf("code %d, want 1 and %q in\n%s", code, want, stderr)
		}
	}
	code, stdout, _ := run(t, "explain", "--config", "config", "--assembly", out, "payments-prod", "ecr.dkr")
	if code != 1 || !strings.Contains(stdout, "stops: transit gateway route table use1/hub has no route to 10.16.4.0/25") {
		t.Errorf("code %d\n%s", code, stdout)
	}
}

// What somebody adds to a spoke's stack beside what is walked is refused too: ways by IPv6 and prefix lists, and other
// places to ask for names.
func TestProveRefusesAdditions(t *testing.T) {
	t.Parallel()
	type props = map[string]any
	ref := func(id string) props { return props{"Ref": id} }
	type added struct {
		typ   string
		props props
	}
	const vpc, table = "AWS::EC2::VPC", "AWS::EC2::RouteTable" // stand for the stack's own
	forward := func(domain, kind string) map[string]added {
		return map[string]added{"Rule": {"AWS::Route53Resolver::ResolverRule", props{"DomainName": domain, "RuleType": kind}},
			"Use": {"AWS::Route53Resolver::ResolverRuleAssociation", props{"VPCId": ref(vpc), "ResolverRuleId": ref("Rule")}}}
	}
	servers := func(list ...any) map[string]added {
		return map[string]added{"Options": {"AWS::EC2::DHCPOptions", props{"DomainNameServers": list}},
			"Use": {"AWS::EC2::VPCDHCPOptionsAssociation", props{"VpcId": ref(vpc), "DhcpOptionsId": ref("Options")}}}
	}
	for _, c := range []struct {
		name, want string
		added      map[string]added
	}{
		{"IPv6 to the internet", "spoke payments-prod: ::/0 is routed to eigw-1, which is not configured",
			map[string]added{
				"A": {"AWS::EC2::Route", props{
					"RouteTableId": ref(table), "DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1",
				}},
			}},
		{"a prefix list", "spoke payments-prod: pl-1 is routed to tgw-1, which is not configured",
			map[string]added{
				"A": {"AWS::EC2::Route", props{"RouteTableId": ref(table), "DestinationPrefixListId": "pl-1", "TransitGatewayId": "tgw-1"}},
			}},
		{"an IPv6 range of AWS's", "spoke payments-prod: the VPC has an IPv6 range, that AWS chooses, and IPv6 is not configured",
			map[string]added{"A": {"AWS::EC2::VPCCidrBlock", props{"VpcId": ref(vpc), "AmazonProvidedIpv6CidrBlock": true}}}},
		{"an IPv6 range", "spoke payments-prod: the VPC has an IPv6 range, 2600:1f18::/56, and IPv6 is not configured",
			map[string]added{"A": {"AWS::EC2::VPCCidrBlock", props{"VpcId": ref(vpc), "Ipv6CidrBlock": "2600:1f18::/56"}}}},
		{"a peering connection", "spoke payments-prod: the VPC is peered with vpc-1, and no peering connection is configured",
			map[string]added{"A": {"AWS::EC2::VPCPeeringConnection", props{"VpcId": ref(vpc), "PeerVpcId": "vpc-1"}}}},
		{"a route to one", "spoke payments-prod: 10.99.0.0/16 is routed to pcx-1, which is not configured",
			map[string]added{
				"A": {"AWS::EC2::Route", props{"RouteTableId": ref(table), "DestinationCidrBlock": "10.99.0.0/16", "VpcPeeringConnectionId": "pcx-1"}},
			}},
		{"a virtual private gateway", "spoke payments-prod: 10.99.0.0/16 is routed to vgw-1, which is not configured",
			map[string]added{
				"A": {"AWS::EC2::Route", props{"RouteTableId": ref(table), "DestinationCidrBlock": "10.99.0.0/16", "GatewayId": "vgw-1"}},
			}},
		{"other name servers", "spoke payments-prod: DHCP options send hosts to 10.200.0.2 instead of the VPC resolver, so private names " +
			"will not resolve", servers("10.200.0.2", "AmazonProvidedDNS")},
		{"the VPC's own name server", "", servers("10.16.4.2", "169.254.169.253")},
		{"a name forwarded", "sts.us-east-1.amazonaws.com of sts does not resolve to its endpoint: a Resolver rule forwards " +
			"sts.us-east-1.amazonaws.com and its subdomains to other servers", forward("sts.us-east-1.amazonaws.com.", "FORWARD")},
		{"a part of a wildcard forwarded", "of ecr.dkr does not resolve to its endpoint: a Resolver rule forwards",
			forward("dkr.ecr.us-east-1.amazonaws.com", "FORWARD")},
		{"a wider domain forwarded, which the zones go before", "", forward("amazonaws.com", "FORWARD")},
		{"another domain forwarded", "", forward("corp.example.org", "FORWARD")},
		{"a name that is not forwarded", "", forward("sts.us-east-1.amazonaws.com", "SYSTEM")},
	} {
		out := changed(t, "config", "use1-spoke-payments-prod", func(tpl template) {
			for id, r := range tpl.resources() {
				for _, a := range c.added {
					for key, v := range a.props {
						if p, ok := v.(props); ok && p["Ref"] == r.(props)["Type"] {
							a.props[key] = ref(id)
						}
					}
				}
			}
			for id, a := range c.added {
				tpl.resources()[id] = props{"Type": a.typ, "Properties": a.props}
			}
		})
		code, _, stderr := run(t, "prove", "--config", "config", "--assembly", out)
		if (code == 0) != (c.want == "") || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: code %d, want %q in\n%s", c.name, code, c.want, stderr)
		}
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, c := range [][]string{{"payments-prod", "ecr.dkr"}, {"payments-prod", "orders-prod"}} {
		code, stdout, stderr := run(t, "explain", c[0], c[1])
		if code != 0 {
			t.Errorf("%v: code %d\n%s", c, code, stderr)
		}
		for line := range strings.Lines(readmeSample(t, "$ go run . explain "+c[0]+" "+c[1]+"\n")) {
			if line, _, _ = strings.Cut(strings.TrimRight(line, "\n"), "…"); !strings.Contains(stdout, line) {
				t.Errorf("README.md: expected lines that the program prints, found %q; it prints\n%s", line, stdout)
			}
		}
	}
	code, stdout, _ := run(t, "explain", "--config", "examples/03-many-accounts-profile", "--assembly",
		assembled(t, "examples/03-many-accounts-profile"), "billing", "s3", "--json")
	var x prove.Explanation
	err := json.Unmarshal([]byte(stdout), &x)
	if err != nil || code != 0 || x.Reaches != prove.Fully || x.AsConfigured == nil || !*x.AsConfigured || len(x.Paths) != 9 ||
		len(x.Paths[0].Back) == 0 || x.Names[0].By != "private DNS of the endpoint of the Route 53 Profile" {
		t.Errorf("code %d, %v: %s", code, err, stdout)
	}
}

// readmeSample is the README's sample of what a command prints.
func readmeSample(t *testing.T, command string) string {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, sample, ok := strings.Cut(string(b), command)
	if !ok {
		t.Fatalf("README.md: expected a sample of %s, found none", command)
	}
	sample, _, _ = strings.Cut(sample, "```")
	return sample
}

// A pull request is compared with the main branch: what takes several deployments is refused before anything is
// synthesised, and what grows is proved.
func TestProveSince(t *testing.T) {
	t.Parallel()
	before := "examples/01-one-spoke"
	changed := func(file, old, new string) string {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(before)); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil || !strings.Contains(string(b), old) {
			t.Fatal(file, err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(strings.Replace(string(b), old, new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for _, c := range []struct {
		name, dir, since string
		code             int
		want             string
	}{
		{"nothing changes", before, before, 0, "proved in"},
		{"a further range", changed("spokes/first.yaml", "hub: lab", "hub: lab\nsecondaryCidrs: [10.17.0.0/22]"), before, 0, "proved in"},
		{"another range", changed("spokes/first.yaml", "10.16.0.0/22", "10.17.0.0/22"), before, 1,
			"1 change cannot be deployed in one step after " + before},
		{"to a Profile at once", changed("hubs/lab.yaml", "vpc:", "dns: {sharing: profile}\nvpc:"), before, 1,
			"write sharing: spoke-zones and deploy that first"},
		{"after nothing", before, t.TempDir(), 1, "is no valid configuration"},
	} {
		if code, _, stderr := run(t, "prove", "--config", c.dir, "--since", c.since); code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: code %d, want %d with %q\n%s", c.name, code, c.code, c.want, stderr)
		}
	}
}

func TestProveMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"prove", "ecr.dkr"}, 2, `prove takes a folder, and "ecr.dkr" is none`},
		{[]string{"explain", "payments-prod"}, 2, "explain takes two names, such as explain payments-prod ssm"},
		{[]string{"explain", "nobody", "ssm"}, 1, `there is no spoke "nobody"`},
		{[]string{"explain", "payments-prod", "nothing"}, 1, `hub use1 has no endpoint of service "nothing"; its services are `},
		{[]string{"prove", "--assembly", t.TempDir()}, 1, "is no cloud assembly"},
		{[]string{"reach", "--assembly", t.TempDir()}, 1, "is no cloud assembly"},
	} {
		if code, _, stderr := run(t, c.args...); code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: code %d, want %d with %q\n%s", c.args, code, c.code, c.want, stderr)
		}
	}
}

func TestReachCommand(t *testing.T) {
	t.Parallel()
	out := assembled(t, "examples/02-teams-and-segments")
	code, stdout, stderr := run(t, "reach", "--assembly", out, "--full", "--verbose")
	for _, want := range []string{"monitoring  172.20.0.0/22  111111111111 us-east-2  (use2-spoke-monitoring/NetworkVpcFAC8F4A5)\n  " +
		"reaches   use2, by transit gateway", "ssm.us-east-2.api.aws"} {
		if code != 0 || !strings.Contains(stdout, want) {
			t.Errorf("code %d, want %q in\n%s%s", code, want, stdout, stderr)
		}
	}
	if strings.Contains(stdout, "internet") || strings.Contains(stdout, "closed") {
		t.Errorf("somebody reaches the internet, or a name is closed:\n%s", stdout)
	}
	code, stdout, stderr = run(t, "reach", "--assembly", assembled(t, "config"))
	for line := range strings.Lines(readmeSample(t, "$ go run . reach\n")) {
		line, _, _ = strings.Cut(line, "…")
		if code != 0 || !strings.Contains(stdout, line) {
			t.Errorf("README.md: code %d, expected lines that the program prints, found %q; it prints\n%s%s", code, line, stdout, stderr)
		}
	}
	code, stdout, _ = run(t, "reach", "--assembly", out, "--json")
	var r cli.Reach
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != 0 || len(r.VPCs) != 6 || len(r.Groups) != 3 {
		t.Errorf("code %d, %v", code, err)
	}
}
