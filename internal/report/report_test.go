package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
)

var update = flag.Bool("update", false, "write the reports anew; look at what changed before you commit it")

// sample is a network of six spokes, after a change.
func sample(t *testing.T, change func(*topology.Network)) Input {
	t.Helper()
	const dir = "../cli/testdata/network"
	cfg, diags := config.Load(dir + "/config")
	if cfg == nil {
		t.Fatal(diags)
	}
	a, err := assembly.Read(dir + "/assembly")
	if err != nil {
		t.Fatal(err)
	}
	net := topology.Link(a.Records())
	if change != nil {
		change(net)
	}
	return Input{Config: cfg, Network: net, Proof: prove.Network(cfg, net), Evidence: Evidence{Program: "sharedhub v1.2.3, commit abc",
		CDK: "v2.270.0", Folder: "config", Digest: "sha256:0123456789abcdef0123456789abcdef", Commit: "1111111111111111111111111111111111111111"}}
}

func vpcCalled(t *testing.T, net *topology.Network, name string) *topology.VPC {
	t.Helper()
	for _, v := range net.VPCs {
		if v.Tags["spoke"] == name {
			return v
		}
	}
	t.Fatalf("no VPC of spoke %s", name)
	return nil
}

func TestGolden(t *testing.T) {
	r := Of(sample(t, nil))
	again := Of(sample(t, nil))
	var md, page, twice bytes.Buffer
	for _, err := range []error{r.Document().WriteMarkdown(&md), r.Document().WriteHTML(&page), again.Document().WriteHTML(&twice)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if page.String() != twice.String() {
		t.Error("two reports of one network differ")
	}
	for name, got := range map[string]string{"network.md": md.String(), "network.html": page.String()} {
		file := "testdata/" + name
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if diff := cmp.Diff(string(want), got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", file, err, diff)
		}
	}
}

// What is wrong with a network stands where an auditor looks for it.
func TestShowsWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		what   string
		change func(*topology.Network)
		live   *Live
		want   []string // lines of the Markdown, in part
	}{
		{"nothing", nil, nil, []string{"**The templates make the configured network", "| prod | yes | no | no | yes | no | no | no |",
			"| cannot reach | ", "sections Segments", "\\| supports \\|"}},
		{"an internet gateway", func(n *topology.Network) { vpcCalled(t, n, "payments-prod").InternetGateway = true }, nil,
			[]string{"**The templates do not make the configured network", "| **an internet gateway is attached** | payments-prod |",
				"| **against** | 1 way in or out beside the hub: an internet gateway is attached"}},
		{"no flow logs", func(n *topology.Network) { clear(n.FlowLogs) }, nil,
			[]string{"| **against** | 0 of 7 VPCs have flow logs"}},
		{"an IPv6 range and a peering", func(n *topology.Network) {
			v := vpcCalled(t, n, "tools")
			v.IPv6 = []string{"2600::/56"}
			v.Peerings = append(v.Peerings, topology.Peering{Peer: "vpc-1"})
		}, nil, []string{"| **an IPv6 range, 2600::/56** | tools |", "| **peering with vpc-1** | tools |"}},
		{"a spoke that is not there", func(n *topology.Network) { delete(n.VPCs, vpcCalled(t, n, "tools").ID) }, nil,
			[]string{"| tools | **not found** | ops |"}},
		{"a range that its group admits", func(n *topology.Network) {
			for _, g := range n.Groups {
				g.Ingress = append(g.Ingress, topology.Rule{CIDR: netip.MustParsePrefix("0.0.0.0/0"), Protocol: "tcp", From: 443, To: 443})
			}
		}, nil, []string{"endpoints that admit everybody: "}},
		{"an endpoint that is not there", func(n *topology.Network) {
			for _, v := range n.VPCs {
				v.Endpoints = slices.DeleteFunc(v.Endpoints, func(e *topology.Endpoint) bool { return strings.HasSuffix(e.ServiceName, ".sts") })
			}
		}, nil, []string{"| sts | no such endpoint |"}},
		{"a live network", nil, &Live{}, []string{"**The live network is as configured", "| time | 2026-11-26T07:00:00Z |",
			"| caller | `arn:aws:iam::111111111111:role/audit` |", "0 differences between the live network and the files"}},
		{"a live network that differs", nil, &Live{Differences: diag.List{{Severity: diag.Differs, Summary: "a route by hand"}}},
			[]string{"**The live network is not as configured: 1 difference, 0 errors.", "a route by hand", "| **against** | 1 difference between"}},
		{"a live network that was not seen whole", nil, &Live{Unseen: diag.List{{Severity: diag.Error, Summary: "account 222222222222: denied"}}},
			[]string{"**Incomplete: 1 account or region could not be read", "account 222222222222: denied"}},
	} {
		in := sample(t, c.change)
		if in.Live = c.live; c.live != nil {
			in.Evidence.Time, in.Evidence.Caller = time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC).Format(time.RFC3339),
				"arn:aws:iam::111111111111:role/audit"
		}
		r := Of(in)
		var b strings.Builder
		if err := r.Document().WriteMarkdown(&b); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			want = strings.ReplaceAll(want, `\|`, "|")
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: expected %q in the report\n%s", c.what, want, part(b.String(), want))
			}
		}
		holds := (c.what == "nothing" || c.what == "no flow logs" || c.what == "a live network")
		if r.Holds != holds {
			t.Errorf("%s: holds is %t", c.what, r.Holds)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
	}
}

// part is what a report says near what was expected.
func part(report, want string) string {
	word := regexp.MustCompile(`[a-z]{4,}`).FindString(want)
	var out []string
	for l := range strings.Lines(report) {
		if strings.Contains(l, word) && len(out) < 8 {
			out = append(out, l)
		}
	}
	return strings.Join(out, "")
}

// Names come from tags and templates of others: in the page and in Markdown they are text.
func TestTextStaysText(t *testing.T) {
	const evil = `<script>alert(1)</script> | **bold** [x](javascript:1) ` + "`\x1b[31m\u202e"
	d := &Document{Title: evil, Verdict: evil, Parts: []Part{{2, evil, []Block{{Text: evil}, {List: []string{evil + "\n" + evil}},
		{Table: &Table{Columns: []string{evil, ""}, Rows: [][]Text{{say(evil), code(evil)},
			{{Is: evil, Mark: "bad"}, {Is: evil, Link: "https://x"}}}}},
		{Code: evil[:24]}}}}}
	var md, page strings.Builder
	if d.WriteMarkdown(&md) != nil || d.WriteHTML(&page) != nil {
		t.Fatal("not written")
	}
	for text, no := range map[string][]string{page.String(): {"<script", "\x1b", "\u202e"}, md.String(): {"<script", " | **b", "[x](", "\x1b",
		"\u202e"}} {
		for _, n := range no {
			fenced := strings.Contains(text, "```json\n"+n) // as it is, in a block of code
			if strings.Contains(text, n) && !fenced {
				t.Errorf("the text holds %q:\n%s", n, text)
			}
		}
	}
}

// A report of many spokes stays one that people read: groups, counts, and one line a spoke.
func TestManySpokes(t *testing.T) {
	r := Of(sample(t, nil))
	h := &r.Hubs[0]
	for i := range 300 {
		name := fmt.Sprintf("s%d", i)
		h.Groups[1].Spokes = append(h.Groups[1].Spokes, name)
		h.Logs[0].Of = append(h.Logs[0].Of, name)
		h.Gateways[0].Spokes = append(h.Gateways[0].Spokes, name)
		h.Spokes = append(h.Spokes, Spoke{Name: name, Group: "B", Account: "333333333333", Segment: "dev", CIDRs: []string{"10.32.0.0/28"}})
		h.Roles = append(h.Roles, Role{Name: "use1-spoke-" + name + "-reader", Account: "333333333333",
			Trusts: []string{"lets account 111111111111"},
			May:    []string{"call cloudformation:DescribeStacks on arn:aws:cloudformation:us-east-1:333333333333:stack/use1-spoke-" + name + "/*"}})
	}
	var b strings.Builder
	if err := r.Document().WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	lines := 0
	for l := range strings.Lines(b.String()) {
		if lines++; len(l) > 1500 {
			t.Errorf("a line of %d characters: %s…", len(l), l[:200])
		}
	}
	if lines > 700 {
		t.Errorf("expected at most 700 lines, found %d", lines)
	}
	for _, want := range []string{"302 spokes of segment dev: orders-dev, payments-dev, s0,", "and 262 more", "| 300 roles like it |",
		"stack/use1-spoke-NAME/"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("expected %q", want)
		}
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ policy, want string }{
		{`{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}`, "lets everybody do everything"},
		{`{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1",
			"aws:ResourceOrgID": "o-1"}}}`, "lets principals of organization o-1 do everything, only where the resource is of organization o-1"},
		{`{"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": ["sqs:SendMessage", "sqs:GetQueueUrl"], "Resource": "arn:q"}`,
			"lets account 111111111111 call sqs:GetQueueUrl, sqs:SendMessage on arn:q"},
		{`{"Effect": "Deny", "NotPrincipal": {"Service": "a.amazonaws.com"}, "NotAction": "s3:Get*", "NotResource": "arn:b"}`,
			"denies everybody but Service a.amazonaws.com do everything but s3:Get* on everything but arn:b"},
		{`{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"},
			"Null": {"aws:SourceVpce": "false"}}}`,
			"lets everybody call s3:*, only where aws:sourcevpce Null false and aws:principalorgid StringNotEquals o-1"},
		{`{"Effect": "Permit", "Principal": "*", "Action": "*", "Resource": "*"}`, "a statement that has an Effect that is neither"},
	} {
		var s any
		if err := json.Unmarshal([]byte(c.policy), &s); err != nil {
			t.Fatal(err)
		}
		if got := Words(map[string]any{"Statement": []any{s}}, "sqs", "us-east-1"); !strings.HasPrefix(got[0], c.want) {
			t.Errorf("expected %q, found %q", c.want, got[0])
		}
	}
	if got := Words(nil, "s3", "us-east-1"); len(got) != 1 {
		t.Error(got)
	}
}

// Every control has a number of its own, a source, and says what it does not show.
func TestControls(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Of(sample(t, nil)).Controls {
		if key := c.Framework + c.Number; seen[key] {
			t.Errorf("%s is twice there", key)
		} else {
			seen[key] = true
		}
		if c.Asks == "" || c.Shows == "" || c.DoesNotShow == "" || !strings.HasPrefix(c.Source, "https://") || c.Status == "" {
			t.Errorf("half a control: %+v", c)
		}
	}
	if len(seen) < 30 {
		t.Errorf("only %d controls", len(seen))
	}
}

// The owner of a Transit Gateway of another account shares it, and maybe more, which is none of the hub's.
func TestGatewayOfAnotherAccount(t *testing.T) {
	const owner = "555555555555"
	in := sample(t, func(net *topology.Network) {
		for _, g := range net.TransitGateways {
			g.Account = owner
			at := func(id string, names ...string) *topology.Share {
				return &topology.Share{Account: owner, Region: g.Region, Resources: names, Principals: []string{"111111111111"},
					Source: topology.Source{ID: id}}
			}
			net.Shares = []*topology.Share{at("backbone", g.ARN), at("their-own", "arn:aws:ec2:us-east-1:555555555555:prefix-list/pl-1")}
		}
	})
	r := Of(in)
	if s := r.Hubs[0].Shares; len(s) != 1 || s[0].Where != "backbone" || r.Hubs[0].Transit.Account != owner {
		t.Errorf("expected the owner's share of the gateway, found %+v of %+v", s, r.Hubs[0].Transit)
	}
	var b strings.Builder
	if err := r.Document().WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), " Transit Gateway of account 555555555555.") {
		t.Error("expected the report to say whose the Transit Gateway is")
	}
}
