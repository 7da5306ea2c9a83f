package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sharedhub/contract"
	"sharedhub/internal/plan"
	"sharedhub/internal/stackname"
)

// The same configuration gives the same bytes, whichever way its files and lists are ordered.
func TestDeterministic(t *testing.T) {
	t.Parallel()
	read := func(out string) map[string]string {
		files, _ := os.ReadDir(out)
		all := map[string]string{}
		for _, f := range files {
			b, _ := os.ReadFile(filepath.Join(out, f.Name()))
			all[f.Name()] = string(b)
		}
		return all
	}
	again := func(dir string) map[string]string {
		out := t.TempDir()
		if code, _, stderr := run(t, "synth", "--no-prove", "--config", dir, "--out", out); code != 0 {
			t.Fatal(stderr)
		}
		return read(out)
	}
	first := read(assembled(t, "config"))
	if diff := cmp.Diff(first, again("config")); diff != "" {
		t.Errorf("a second run differs:\n%s", diff)
	}
	other := copyConfig(t, "config", func(name, text string) string {
		if name != "hubs/use1.yaml" {
			return text
		}
		lines := strings.Split(text, "\n")
		from := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "services:") }) + 1
		to := from
		for strings.HasPrefix(lines[to], "    -") {
			to++
		}
		slices.Reverse(lines[from:to])
		return strings.Join(lines, "\n")
	})
	if diff := cmp.Diff(first, again(other)); diff != "" {
		t.Errorf("services in another order differ:\n%s", diff)
	}
}

// Growing a hub changes no resource that was there but in the ways named here, and none of those replaces it.
func TestGrowthReplacesNothing(t *testing.T) {
	t.Parallel()
	replace := func(file, old, new string) func(string, string) string {
		return func(name, text string) string {
			if name != file {
				return text
			}
			if !strings.Contains(text, old) {
				panic(fmt.Sprintf("%s holds no %q", file, old))
			}
			return strings.Replace(text, old, new, 1)
		}
	}
	both := func(a, b func(string, string) string) func(string, string) string {
		return func(name, text string) string { return b(name, a(name, text)) }
	}
	const spoke = "hub: use1\naccount: %q\nsegment: prod\ncidr: 10.16.64.0/22\n"
	for _, c := range []struct {
		name, base string
		change     func(name, text string) string
		add        map[string]string
		// may are the properties allowed to change, as "stack: type.property"; "*" stands for any run of characters.
		may []string
	}{
		{name: "a spoke in an account with spokes", add: map[string]string{"spokes/new.yaml": fmt.Sprintf(spoke, "222222222222")},
			may: []string{"use1-dns-222222222222: AWS::Route53::HostedZone.VPCs"}},
		{name: "a spoke in the hub's account", add: map[string]string{"spokes/new.yaml": fmt.Sprintf(spoke, "111111111111")},
			may: []string{"use1-dns: AWS::Route53::HostedZone.VPCs"}},
		{name: "a spoke in a new account", add: map[string]string{"spokes/new.yaml": fmt.Sprintf(spoke, "444444444444")}},
		{name: "a spoke in a new account, with a Profile", base: "examples/03-many-accounts-profile",
			add: map[string]string{"spokes/new.yaml": strings.Replace(fmt.Sprintf(spoke, "666666666666"), "use1", "euw1", 1)}},
		{name: "a spoke in a new account, without the organization's ARN", base: "examples/04-two-regions",
			add: map[string]string{"spokes/new.yaml": fmt.Sprintf(spoke, "444444444444")},
			may: []string{"use1-network: AWS::RAM::ResourceShare.Principals"}},
		{name: "a service", change: replace("hubs/use1.yaml", "    - ssm ", "    - athena\n    - xray\n    - ssm "), may: []string{
			"use1-dns*: AWS::SSM::Parameter.Description"}}, // and so the outputs are read again
		{name: "a service on other ports", change: replace("hubs/use1.yaml", "    - ssm ", "    - cassandra\n    - ssm "), may: []string{
			"use1-dns*: AWS::SSM::Parameter.Description"}},
		{name: "a service, with a Profile", base: "examples/03-many-accounts-profile", change: replace("hubs/euw1.yaml", "[ssm,",
			"[athena, ssm,"), may: []string{"euw1-profile: AWS::SSM::Parameter.Description"}},
		{name: "a zone of the hub", change: replace("hubs/use1.yaml", "use1-az4]", "use1-az4, use1-az5]"), may: []string{
			"use1-network: AWS::EC2::TransitGatewayAttachment.SubnetIds", "use1-endpoints: AWS::EC2::VPCEndpoint.SubnetIds",
			"use1-endpoints: AWS::SSM::Parameter.Description",
			"use1-spoke-*-prod: AWS::EC2::TransitGatewayAttachment.SubnetIds"}}, // the spokes follow the hub's zones
		{name: "a zone of a spoke", change: replace("spokes/payments-dev.yaml", "use1-az2]", "use1-az2, use1-az6]"), may: []string{
			"use1-spoke-payments-dev: AWS::EC2::TransitGatewayAttachment.SubnetIds"}},
		{name: "a tier", change: replace("spokes/orders-prod.yaml", "  data: {size: 27}", "  data: {size: 27}\n  cache: {size: 28}"),
			may: []string{
				"use1-spoke-orders-prod: AWS::EC2::VPCEndpoint.RouteTableIds"}},
		{name: "a further range", change: replace("spokes/payments-prod.yaml", "segment: prod",
			"secondaryCidrs: [10.17.0.0/22]\ntiers: {private: {}, pods: {cidr: 10.17.0.0/22}}\nsegment: prod"), may: []string{
			"use1-spoke-payments-prod: AWS::EC2::VPCEndpoint.RouteTableIds"}},
		{name: "a further range outside the pools", change: both(replace("hubs/use1.yaml", "  prod: {} ", "  prod: {spokesMay: [outsidePool]} "),
			replace("spokes/payments-prod.yaml", "segment: prod", "secondaryCidrs: [100.64.0.0/20]\noutsidePool: true\nsegment: prod")),
			may: []string{
				"use1-endpoints: AWS::EC2::SecurityGroup.SecurityGroupIngress"}},
		{name: "a revision", change: replace("hubs/use1.yaml", "account:", "revision: 1\naccount:"), may: []string{
			"use1-*: AWS::SSM::Parameter.Description"}},
		{name: "a segment", change: replace("hubs/use1.yaml", "  prod: {} ", "  ops: {reaches: [dev]}\n  prod: {} "), may: []string{
			"use1-link-*-dev: AWS::SSM::Parameter.Description"}},
		{name: "a pool", change: replace("hubs/use1.yaml", "[10.16.0.0/12]", "[10.16.0.0/12, 10.64.0.0/12]"), may: []string{
			"use1-endpoints: AWS::EC2::SecurityGroup.SecurityGroupIngress"}},
		{name: "a policy", change: replace("hubs/use1.yaml", "policy: organization", "policy: full-access"), may: []string{
			"use1-endpoints: AWS::EC2::VPCEndpoint.PolicyDocument", "use1-spoke-*: AWS::EC2::VPCEndpoint.PolicyDocument"}},
		{name: "tags", change: replace("hubs/use1.yaml", "{owner: network}", "{owner: network, cost: shared}")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			base := c.base
			if base == "" {
				base = "config"
			}
			change := c.change
			if change == nil {
				change = func(_, text string) string { return text }
			}
			grown := copyConfig(t, base, change)
			for name, text := range c.add {
				if err := os.WriteFile(filepath.Join(grown, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			used := map[string]bool{}
			before, after := templates(t, assembled(t, base)), synth(t, grown)
			for stack, tpl := range before {
				for id, r := range tpl.resources() {
					old := r.(map[string]any)
					now, stays := after[stack].resources()[id].(map[string]any)
					if !stays {
						t.Errorf("%s: %s (%s) is gone", stack, id, old["Type"])
						continue
					}
					for _, prop := range changedProperties(old, now) {
						key := fmt.Sprintf("%s: %s.%s", stack, old["Type"], prop)
						i := slices.IndexFunc(c.may, func(m string) bool { ok, _ := filepath.Match(m, key); return ok })
						if i < 0 {
							t.Errorf("%s changed, in %s", key, id)
						} else {
							used[c.may[i]] = true
						}
						typ := old["Type"].(string)
						if _, known := plan.CreateOnly(typ); !known {
							t.Errorf("%s changed, and the schema facts do not have its type: go run ./internal/cmd/schemafacts %s", key, old["Type"])
						}
						if plan.Fixed(typ, prop, properties(old)[prop], properties(now)[prop]) {
							t.Errorf("%s can only be set at creation: %s would be replaced", key, id)
						}
					}
				}
			}
			for _, m := range c.may {
				if !used[m] {
					t.Errorf("%s did not change, and was to", m)
				}
			}
		})
	}
}

// A stack looks up each other stack at most once, in a parameter, and so no property that an update cannot change comes from
// there: CloudFormation looks Fn::GetStackOutput up once an occurrence, and runs into the limit of DescribeStacks.
func TestLookups(t *testing.T) {
	t.Parallel()
	all := map[string]map[string]template{"40 services": synth(t, generate(t, 2, 1))}
	for _, dir := range configurations(t) {
		all[dir] = templates(t, assembled(t, dir))
	}
	for _, name := range []string{"spoke-zones", "spoke-zones-and-profile", "secondary"} {
		dir := goodConfiguration(t, "internal/config/testdata/good/"+name+".txtar")
		all[name] = templates(t, assembled(t, dir))
	}
	for dir, stacks := range all {
		joined := func(stack string) (n int) { // outputs that hold others
			outputs, _ := stacks[stack]["Outputs"].(map[string]any)
			for name := range outputs {
				if strings.HasPrefix(name, stackname.Joined(0)) {
					n++
				}
			}
			return n
		}
		for stack, tpl := range stacks {
			lookups := map[string]int{}
			for _, at := range lookupsIn(tpl, "") {
				producer, path, _ := strings.Cut(at, " ")
				lookups[producer]++
				id, property, _ := strings.Cut(strings.TrimPrefix(path, "Resources."), ".")
				if r, _ := tpl.resources()[id].(map[string]any); r == nil || r["Type"] != "AWS::SSM::Parameter" || property != "Properties.Value" {
					t.Errorf("%s: %s looks %s up in %s, expected that in the value of a parameter only", dir, stack, producer, path)
				}
			}
			for producer, n := range lookups {
				if n > max(1, joined(producer)) {
					t.Errorf("%s: %s looks %s up %d times, expected once", dir, stack, producer, n)
				}
			}
		}
	}
}

// lookupsIn are the stacks that a template reads outputs of, each occurrence with its path.
func lookupsIn(v any, path string) (out []string) {
	switch v := v.(type) {
	case template:
		return lookupsIn(map[string]any(v), path)
	case map[string]any:
		if of, ok := v["Fn::GetStackOutput"].(map[string]any); ok {
			return []string{of["StackName"].(string) + " " + path}
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, lookupsIn(v[k], strings.TrimPrefix(path+"."+k, "."))...)
		}
	case []any:
		for i, e := range v {
			out = append(out, lookupsIn(e, fmt.Sprintf("%s[%d]", path, i))...)
		}
	}
	return out
}

func properties(resource map[string]any) map[string]any {
	p, _ := resource["Properties"].(map[string]any)
	return p
}

// changedProperties are the properties that differ, and "Type" where the type does. What a resource waits for is no
// property: CloudFormation updates nothing for it.
func changedProperties(old, now map[string]any) []string {
	var out []string
	if old["Type"] != now["Type"] {
		out = append(out, "Type")
	}
	a, b := properties(old), properties(now)
	for _, p := range slices.Sorted(maps.Keys(a)) {
		if !reflect.DeepEqual(a[p], b[p]) {
			out = append(out, p)
		}
	}
	for p := range b {
		if _, ok := a[p]; !ok {
			out = append(out, p)
		}
	}
	return out
}

// Every type that a template of the repository holds is known to the two tests of updates.
func TestTypesAreKnown(t *testing.T) {
	t.Parallel()
	for _, dir := range configurations(t) {
		for stack, tpl := range templates(t, assembled(t, dir)) {
			for id, r := range tpl.resources() {
				typ := r.(map[string]any)["Type"].(string)
				if _, ok := plan.CreateOnly(typ); !ok {
					t.Errorf("%s: %s: which properties of %s an update cannot change is not known: go run ./internal/cmd/schemafacts %s", stack, id, typ,
						typ)
				}
				if _, ok := plan.HoldsState(typ); !ok {
					t.Errorf("%s: %s: say in holdsState of internal/plan whether %s holds state", stack, id, typ)
				}
				if _, known := contract.Frozen(typ); !known {
					t.Errorf("%s: %s: say in contract/effects.go what another id of %s would do", stack, id, typ)
				}
			}
		}
	}
}

// The logical ids of everything that holds state, or that others hold on to, are a contract: see contract/README.md. With -update
// new ids are added to the lists; what goes is for a person to take away, in a new version.
func TestLogicalIDsAreFrozen(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"config", "examples/03-many-accounts-profile"} {
		var now []contract.ID
		for stack, tpl := range templates(t, assembled(t, dir)) {
			for id, r := range tpl.resources() {
				typ := r.(map[string]any)["Type"].(string)
				if frozen, _ := contract.Frozen(typ); frozen {
					now = append(now, contract.ID{Stack: stack, Logical: id, Type: typ})
				}
			}
			outputs, _ := tpl["Outputs"].(map[string]any)
			for id := range outputs {
				now = append(now, contract.ID{Stack: stack, Logical: id, Type: contract.Output})
			}
		}
		file := filepath.Join("contract", contract.Version, filepath.Base(dir)+".txt")
		text, err := os.ReadFile(file)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		frozen, err := contract.Parse(string(text))
		must(err)
		for _, c := range contract.Diff(frozen, now) {
			if c.New && *update {
				frozen = append(frozen, c.ID)
			} else {
				t.Errorf("%s: %s", file, c.Explain())
			}
		}
		if *update {
			must(os.WriteFile(file, []byte(contract.Format(frozen)), 0o644))
		}
	}
}

// Everything that runs in the user's account is plain CloudFormation, and nothing is public.
func TestNoLambdaNothingPublic(t *testing.T) {
	t.Parallel()
	for _, dir := range configurations(t) {
		for stack, tpl := range templates(t, assembled(t, dir)) {
			for id, r := range tpl.resources() {
				switch typ := r.(map[string]any)["Type"].(string); {
				case strings.HasPrefix(typ, "Custom::"), typ == "AWS::CloudFormation::CustomResource", strings.HasPrefix(typ, "AWS::Lambda::"),
					typ == "AWS::EC2::InternetGateway", typ == "AWS::EC2::NatGateway", typ == "AWS::EC2::EIP", typ == "AWS::CDK::Metadata":
					t.Errorf("%s: %s holds %s (%s)", dir, stack, id, typ)
				}
			}
			if text, _ := json.Marshal(tpl); bytes.Contains(text, []byte("0.0.0.0/0")) {
				t.Errorf("%s: %s names 0.0.0.0/0", dir, stack)
			}
		}
	}
}

// The hub's own stacks stay small however many spokes there are.
func TestThousandSpokes(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Parallel()
	dir := generate(t, 1000, 50)
	// A spoke of an account brings the account's zones, which list the 20 spokes there. All accounts are alike.
	all := synth(t, dir, "--only", "s0,s49")
	for stack, tpl := range all {
		if n := len(tpl.resources()); n > 400 {
			t.Errorf("%s has %d resources", stack, n)
		}
		if text, _ := json.Marshal(tpl); len(text) > 900_000 {
			t.Errorf("%s has %d bytes, and CloudFormation takes 1 MB", stack, len(text))
		}
		if outputs, _ := tpl["Outputs"].(map[string]any); len(outputs) > 200 {
			t.Errorf("%s has %d outputs", stack, len(outputs))
		}
	}
	small := synth(t, generate(t, 1, 1))
	for _, stack := range []string{stackname.Network("use1"), stackname.Endpoints("use1")} {
		if a, b := len(small[stack].resources()), len(all[stack].resources()); a != b {
			t.Errorf("%s has %d resources with one spoke and %d with a thousand", stack, a, b)
		}
	}
}

func TestOnly(t *testing.T) {
	t.Parallel()
	some := synth(t, "config", "--only", "payments-prod")
	got := slices.Sorted(maps.Keys(some))
	want := []string{
		"use1-dns", "use1-dns-222222222222", "use1-endpoints", "use1-link-payments-prod", "use1-network", "use1-spoke-payments-prod",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// What is built is the same as without --only: deploying it takes nothing from the other spokes.
	all := templates(t, assembled(t, "config"))
	for stack, tpl := range some {
		if diff := cmp.Diff(all[stack], tpl); diff != "" {
			t.Errorf("%s differs:\n%s", stack, diff)
		}
	}
}

// A detached spoke keeps its VPC and its stacks, and is in nobody's zones, routes or Profile.
func TestDetached(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ base, spoke string }{{"config", "payments-prod"}, {"examples/03-many-accounts-profile", "billing"},
		{"examples/05-regulated", "help-desk"}, {"examples/02-teams-and-segments", "monitoring"}} {
		dir := copyConfig(t, c.base, func(name, text string) string {
			if name == "spokes/"+c.spoke+".yaml" {
				text += "state: detached\n"
			}
			return text
		})
		before, after := templates(t, assembled(t, c.base)), synth(t, dir)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after))); diff != "" {
			t.Errorf("%s: stacks differ: a stack that is not synthesised is not deployed, and keeps what it had\n%s", c.base, diff)
		}
		for stack, tpl := range after {
			text, _ := json.Marshal(tpl)
			if strings.Contains(string(text), "-spoke-"+c.spoke+"\"") {
				t.Errorf("%s: %s still reads spoke %s", c.base, stack, c.spoke)
			}
			for id, r := range tpl.resources() {
				typ := r.(map[string]any)["Type"]
				if strings.HasSuffix(stack, "-spoke-"+c.spoke) && (typ == "AWS::EC2::Route" || typ == "AWS::Route53Profiles::ProfileAssociation") {
					t.Errorf("%s: %s still holds %s (%s)", c.base, stack, id, typ)
				}
			}
			if strings.HasSuffix(stack, "-link-"+c.spoke) && (len(tpl.resources()) != 1 || tpl.resources()["Detached"] == nil) {
				t.Errorf("%s: %s holds more than its placeholder", c.base, stack)
			}
		}
	}
}
