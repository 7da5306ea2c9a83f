package plan

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sharedhub/internal/config"
	"sharedhub/internal/cost"
	"sharedhub/internal/stacks"
)

var update = flag.Bool("update", false, "write the plans anew; look at them before you commit them")

const network = "../cli/testdata/network"

// copied is the sample network's configuration and assembly, changed: files of the configuration by their text, templates by a
// function.
func copied(t *testing.T, files map[string]string, templates map[string]func(resources map[string]any)) Side {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(network)); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		file := filepath.Join(dir, "config", name)
		err := os.Remove(file)
		if text != "" {
			err = os.WriteFile(file, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for stack, change := range templates {
		file := filepath.Join(dir, "assembly", stack+".template.json")
		var template map[string]any
		b, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(b, &template)
		}
		if err == nil {
			change(template["Resources"].(map[string]any))
			b, err = json.Marshal(template)
		}
		if err == nil {
			err = os.WriteFile(file, b, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s := Side{Dir: filepath.Join(dir, "assembly")}
	var err error
	if s.Stacks, err = stacks.Read(s.Dir); err != nil {
		t.Fatal(err)
	}
	cfg, diags := config.Load(filepath.Join(dir, "config"))
	if cfg == nil {
		t.Fatal(diags)
	}
	s.Config, s.Cost = cfg, cost.Of(cfg, cost.Embedded(), nil)
	return s
}

// of is the first resource of a type.
func of(resources map[string]any, typ string) (id string, r map[string]any) {
	ids := slices.Sorted(maps.Keys(resources))
	i := slices.IndexFunc(ids, func(id string) bool { return resources[id].(map[string]any)["Type"] == typ })
	return ids[i], resources[ids[i]].(map[string]any)
}

// Plans of the sample network, as a pull request shows them.
func TestGolden(t *testing.T) {
	for name, c := range map[string]struct {
		files     map[string]string
		templates map[string]func(map[string]any)
		allow     []string
	}{
		"nothing": {},
		"mesh": {files: map[string]string{
			"spokes/shop-dev.yaml": "hub: use1\naccount: \"222222222222\"\nsegment: dev\ncidr: 10.32.64.0/22\n"}},
		"replaced": {templates: map[string]func(map[string]any){"use1-spoke-payments-prod": func(r map[string]any) {
			_, vpc := of(r, "AWS::EC2::VPC")
			vpc["Properties"].(map[string]any)["CidrBlock"] = "10.99.0.0/22"
		}}},
		"allowed": {allow: []string{"use1-dns*"}, templates: map[string]func(map[string]any){
			"use1-dns-333333333333": func(r map[string]any) {
				id, _ := of(r, "AWS::Route53::HostedZone")
				delete(r, id)
			}}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Of(copied(t, nil, nil), copied(t, c.files, c.templates))
			if err != nil {
				t.Fatal(err)
			}
			p.Base = "main"
			if unused := p.Allow(c.allow); len(unused) > 0 {
				t.Errorf("expected --allow to match, found %q unused", unused)
			}
			if deploy, _ := p.Order(); len(deploy) > 0 {
				p.Deploy = stacks.Line("cdk", deploy)
			}
			var b strings.Builder
			p.WriteMarkdown(&b)
			b.WriteString("\n---\n\n")
			p.WriteText(&b)
			file := filepath.Join("testdata", name+".md")
			if *update {
				if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if string(want) != b.String() {
				t.Errorf("%s is not the plan now: go test ./internal/plan -update, and look at it; found\n%s", file, b.String())
			}
		})
	}
}

// Names that go are a part of the plan, though no spoke loses reach.
func TestNamesLost(t *testing.T) {
	hub, err := os.ReadFile(filepath.Join(network, "config/hubs/use1.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Of(copied(t, map[string]string{"hubs/use1.yaml": string(hub) + "dns:\n  inbound: {from: [10.16.0.0/16]}\n" +
		"  forward: {corp.example: {to: [10.16.0.10]}}\n"}, nil), copied(t, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	p.WriteText(&b)
	for _, want := range []string{"nobody gains or loses reach; it opens nothing and closes 2 things\n",
		"\nwhat it closes\n  hub use1: servers in 10.16.0.0/16 no longer get an answer", "for corp.example and all names below it\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("expected %q in\n%s", want, b.String())
		}
	}
}

// A change that takes several deployments has no command to copy.
func TestNoLineForSeveralDeployments(t *testing.T) {
	p, err := Of(copied(t, nil, nil), copied(t, map[string]string{"spokes/tools.yaml": "hub: use1\naccount: \"111111111111\"\nsegment: ops\n" +
		"cidr: 10.48.64.0/24\nzones: 2\n"}, map[string]func(map[string]any){"use1-spoke-tools": func(r map[string]any) {
		_, vpc := of(r, "AWS::EC2::VPC")
		vpc["Properties"].(map[string]any)["CidrBlock"] = "10.48.64.0/24"
	}}))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Steps.Errors()) == 0 || len(p.Stacks) == 0 {
		t.Fatalf("expected a change that takes several deployments, found %+v", p.Steps)
	}
	if deploy, gone := p.Order(); len(deploy)+len(gone) > 0 {
		t.Errorf("expected no stacks to deploy or destroy, found %v %v", deploy, gone)
	}
	var b strings.Builder
	p.WriteText(&b)
	const want = "\ndeploy\n  # none for the change as it stands: it takes several deployments, as said above\n"
	if !strings.Contains(b.String(), want) {
		t.Errorf("expected %q in\n%s", want, b.String())
	}
}

func template(t *testing.T, text string) *Template {
	t.Helper()
	var out Template
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

// What becomes of a resource follows from the schemas' create-only properties, and from what it refers to.
func TestDiff(t *testing.T) {
	const before = `{"Resources": {
		"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/20", "Tags": []}},
		"Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}},
		"Attachment": {"Type": "AWS::EC2::TransitGatewayAttachment", "Properties": {"SubnetIds": [{"Ref": "Subnet"}]}},
		"Log": {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Retain"},
		"S3": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"PrivateDnsEnabled": false}},
		"Route": {"Type": "AWS::EC2::Route", "DependsOn": ["Vpc"]}}, "Outputs": {"VpcId": {"Value": {"Ref": "Vpc"}}}}`
	say := func(rs []Resource) string {
		var out []string
		for _, r := range rs {
			out = append(out, fmt.Sprintf("%s %s", r.ID, r.Action))
		}
		return strings.Join(out, ", ")
	}
	for _, c := range []struct{ name, change, with, want, loses string }{
		{"nothing", "", "", "", ""},
		{"what it waits for", `"DependsOn": ["Vpc"]`, `"DependsOn": ["Vpc", "Subnet"]`, "", ""},
		{"a tag", `"Tags": []`, `"Tags": [{"Key": "a", "Value": "b"}]`, "Vpc changed", ""},
		{"a range takes all along", `10.0.0.0/20`, `10.9.0.0/20`, "Attachment changed, Subnet replaced, Vpc replaced", "Subnet, Vpc"},
		{"a subnet alone", `10.0.0.0/24`, `10.0.1.0/24`, "Attachment changed, Subnet replaced", "Subnet"},
		{"a part of a property", `"PrivateDnsEnabled": false`,
			`"PrivateDnsEnabled": true, "DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": "AllResolvers"}`, "S3 changed", ""},
		{"a part that is fixed", `"PrivateDnsEnabled": false`, `"DnsOptions": {"PrivateDnsPreference": "ALL_DOMAINS"}`, "S3 replaced", "S3"},
		{"a part that only AWS decides", `"PrivateDnsEnabled": false`, `"DnsOptions": {"Fn::If": ["A", {}, {}]}`, "S3 replaced", "S3"},
		{"another type", `"Type": "AWS::EC2::Route"`, `"Type": "AWS::EC2::RouteTable"`, "Route replaced", ""},
		{"another id", `"Log":`, `"Logs":`, "Log kept, Logs added", ""},
		{"a type nobody knows", `"Type": "AWS::EC2::Route", "DependsOn"`, `"Type": "AWS::New::Thing", "Properties": {"A": 1}, "DependsOn"`,
			"Route replaced", "Route"},
	} {
		after := strings.Replace(before, c.change, c.with, 1)
		if c.change != "" && after == before {
			t.Fatalf("%s changes nothing", c.name)
		}
		got, _ := Diff(template(t, before), template(t, after))
		var loses []string
		for _, r := range got {
			if r.loses() {
				loses = append(loses, r.ID)
			}
			if r.Action == Replaced && r.Reason == "" {
				t.Errorf("%s: expected a reason why %s is replaced", c.name, r.ID)
			}
		}
		if say(got) != c.want || strings.Join(loses, ", ") != c.loses {
			t.Errorf("%s: expected %q, losing %q; found %q, losing %q", c.name, c.want, c.loses, say(got), loses)
		}
	}
	if got, _ := Diff(nil, template(t, before)); len(got) != 6 || got[0].Action != Added {
		t.Errorf("a new stack: expected six resources, found %s", say(got))
	}
	got, outputs := Diff(template(t, before), nil)
	if want := "Attachment deleted, Log kept, Route deleted, S3 deleted, Subnet deleted, Vpc deleted"; say(got) != want || len(outputs) != 1 {
		t.Errorf("a stack that is gone: expected %s, found %s, outputs %q", want, say(got), outputs)
	}
}

// Every type of the sample network has facts and a decision, so that a plan of it rests on nothing unknown.
func TestFacts(t *testing.T) {
	s := copied(t, nil, nil)
	for _, stack := range s.Stacks {
		template, err := ReadTemplate(s.Dir, stack.Template)
		if err != nil {
			t.Fatal(err)
		}
		for id, r := range template.Resources {
			_, facts := CreateOnly(r.Type)
			_, decided := HoldsState(r.Type)
			if !facts || !decided {
				t.Errorf("%s/%s: expected facts and a decision about %s, found %v and %v", stack.Name, id, r.Type, facts, decided)
			}
		}
	}
	if types := StatefulTypes(); !slices.Contains(types, "AWS::EC2::VPC") || slices.Contains(types, "AWS::EC2::Route") {
		t.Errorf("expected VPCs to hold state and routes not, found %q", types)
	}
}

// Who gains and who loses, read both ways.
func TestReaches(t *testing.T) {
	base := copied(t, nil, nil).Config
	spoke := func(segment, more string) map[string]string {
		return map[string]string{"spokes/tools.yaml": "hub: use1\naccount: \"111111111111\"\nsegment: " + segment +
			"\ncidr: 10.32.200.0/24\nzones: 2\n" + more}
	}
	detached := copied(t, map[string]string{"spokes/payments-prod.yaml": "hub: use1\naccount: \"222222222222\"\nsegment: prod\n" +
		"cidr: 10.16.0.0/22\nzones: 2\nstate: detached\n"}, nil).Config
	moved := copied(t, spoke("dev", ""), nil).Config
	hub, err := os.ReadFile(filepath.Join(network, "config/hubs/use1.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	leaving := copied(t, map[string]string{
		"hubs/use1.yaml": strings.Replace(string(hub), "[sts,", "[{name: sts, state: leaving},", 1)}, nil).Config
	for _, c := range []struct {
		name          string
		before, after *config.Config
		want          []string
	}{
		{"nothing", base, base, nil},
		{"from nothing", nil, base, []string{"+ orders-dev, orders-prod, payments-dev and 2 more spokes: the 2 endpoints of hub use1"}},
		{"detached", base, detached, []string{"- payments-prod: the 2 endpoints of hub use1"}},
		{"attached", detached, base, []string{"+ payments-prod: the 2 endpoints of hub use1"}},
		{"names leave", base, leaving, []string{"- orders-dev, orders-prod, payments-dev and 2 more spokes: names of endpoint sts"}},
		{"names come", leaving, base, []string{"+ orders-dev, orders-prod, payments-dev and 2 more spokes: names of endpoint sts"}},
		{"moved", base, moved, []string{"+ orders-dev and payments-dev: tools, in both directions"}},
	} {
		var got []string
		for _, r := range Reaches(c.before, c.after) {
			got = append(got, r.String())
		}
		for _, want := range c.want {
			if !slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, want) }) {
				t.Errorf("%s: expected %q, found %q", c.name, want, got)
			}
		}
		if len(c.want) == 0 && len(got) > 0 {
			t.Errorf("%s: expected nothing, found %q", c.name, got)
		}
	}
}

func TestAllow(t *testing.T) {
	p := &Plan{Loses: []string{"use1-dns-1/ZoneA", "use1-dns-1/ZoneB", "use1-spoke-x/Vpc"}}
	if unused := p.Allow([]string{"use1-dns-1/ZoneA", "nobody", "use1-spoke-*"}); len(unused) != 1 || unused[0] != "nobody" {
		t.Errorf("expected one unused, found %q", unused)
	}
	if refused := p.Refused(); len(refused) != 1 || refused[0] != "use1-dns-1/ZoneB" {
		t.Errorf("expected ZoneB to be refused, found %q", refused)
	}
	p.Allow([]string{"use1-dns-1"})
	if refused := p.Refused(); len(refused) != 0 {
		t.Errorf("expected nothing to be refused, found %q", refused)
	}
}
