package prove

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// world is a synthesised hub with spokes, of testdata/hub, to which tests add.
type world struct {
	cfg       *config.Config
	dir       string
	manifest  map[string]any
	templates map[string]map[string]any // by stack
}

const team = "team-x" // a stack of people who have nothing to do with the hub

func newWorld(t testing.TB) *world {
	t.Helper()
	cfg, diags := config.Load("../../examples/01-one-spoke")
	if cfg == nil {
		t.Fatal(diags)
	}
	w := &world{cfg: cfg, dir: filepath.Join("testdata", "hub"), templates: map[string]map[string]any{}}
	w.manifest = read(t, filepath.Join(w.dir, "manifest.json"))
	files, err := filepath.Glob(filepath.Join(w.dir, "*.template.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("expected templates in %s, found %v", w.dir, err)
	}
	for _, f := range files {
		w.templates[strings.TrimSuffix(filepath.Base(f), ".template.json")] = read(t, f)
	}
	w.templates[team] = map[string]any{}
	w.manifest["artifacts"].(map[string]any)[team] = map[string]any{"type": "aws:cloudformation:stack",
		"environment": "aws://" + cfg.Hubs[0].Account + "/" + cfg.Hubs[0].Region,
		"properties":  map[string]any{"templateFile": team + ".template.json"}}
	return w
}

func read(t testing.TB, file string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// prove is the proof with other templates in the place of some; a nil result is of an assembly that cannot be read.
func (w *world) prove(changed map[string]map[string]any) *Result {
	a, err := assembly.ReadWith(w.dir, func(file string, into any) error {
		name := strings.TrimSuffix(filepath.Base(file), ".template.json")
		v := any(w.templates[name])
		if c, ok := changed[name]; ok {
			v = c
		} else if name == "manifest.json" {
			v = w.manifest
		}
		if into, ok := into.(*map[string]any); ok {
			*into, _ = v.(map[string]any)
			return nil
		}
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		return json.Unmarshal(b, into)
	})
	if err != nil {
		return nil
	}
	return Network(w.cfg, topology.Link(a.Records()))
}

// with is a stack's template with one more resource or output.
func (w *world) with(stack, section, id string, v any) map[string]any {
	out := maps.Clone(w.templates[stack])
	m, _ := out[section].(map[string]any)
	m = maps.Clone(m)
	if m == nil {
		m = map[string]any{}
	}
	m[id] = v
	out[section] = m
	return out
}

func mystery(typ string, property any) map[string]any {
	return map[string]any{"Type": typ, "Properties": map[string]any{"Deep": []any{map[string]any{"Thing": property}}}}
}

// A part of a type that nobody knows is never proved where it stands in a stack of the hub or names one of its parts, from
// wherever and however it does.
func TestUnknownIsNeverProved(t *testing.T) {
	w := newWorld(t)
	if r := w.prove(nil); r == nil || !r.Holds() {
		t.Fatalf("expected testdata/hub to be proved, found %v", r)
	}
	h := w.cfg.Hubs[0]
	for _, stack := range slices.Sorted(maps.Keys(w.templates)) {
		resources, _ := w.templates[stack]["Resources"].(map[string]any)
		for _, id := range slices.Sorted(maps.Keys(resources)) {
			named := map[string]any{"Ref": map[string]any{"Ref": id},
				"ARN": map[string]any{"Fn::Sub": fmt.Sprintf("arn:aws:ec2:%s:%s:thing/${%s}", h.Region, h.Account, id)}}
			for how, property := range named {
				for _, typ := range []string{"AWS::Tomorrow::Thing", "AWS::EC2::ClientVpnTargetNetworkAssociation", "Custom::Thing",
					"AWS::CloudFormation::Stack"} {
					if r := w.prove(map[string]map[string]any{stack: w.with(stack, "Resources", "Mystery", mystery(typ, property))}); r == nil ||
						r.Holds() {
						t.Errorf("%s in %s names %s by %s: expected it to be refused, found it proved", typ, stack, id, how)
					}
				}
			}
			elsewhere := mystery("AWS::Tomorrow::Thing", map[string]any{
				"Fn::GetStackOutput": map[string]any{"StackName": stack, "OutputName": "Mystery"},
			})
			r := w.prove(map[string]map[string]any{team: {"Resources": map[string]any{"Mystery": elsewhere}},
				stack: w.with(stack, "Outputs", "Mystery", map[string]any{"Value": named["Ref"]})})
			if r == nil || r.Holds() {
				t.Errorf("a stranger's part names %s of %s by an output: expected it to be refused, found it proved", id, stack)
			}
		}
	}
}

// What is none of the hub's business is not reported, and harmless resources may hold anything.
func TestStrangersAreLeftAlone(t *testing.T) {
	w := newWorld(t)
	hub := w.cfg.Hubs[0].Name + "-network"
	transform := map[string]any{"Fn::Transform": map[string]any{"Name": "Mine", "Parameters": map[string]any{}}}
	loop := func(typ string) any {
		return []any{
			"N", []any{"a", "b"}, map[string]any{
				"P${N}": map[string]any{"Type": typ, "Properties": map[string]any{"Value": map[string]any{"Ref": "N"}}},
			},
		}
	}
	parameter := func(v any) any {
		return map[string]any{"Type": "AWS::SSM::Parameter", "Properties": map[string]any{"Value": v}}
	}
	undecided := map[string]any{"Parameters": map[string]any{"P": map[string]any{"Type": "String"}},
		"Conditions": map[string]any{"C": map[string]any{"Fn::Equals": []any{map[string]any{"Ref": "P"}, "x"}}},
		"Resources": map[string]any{
			"V": map[string]any{"Type": "AWS::EC2::VPC", "Condition": "C", "Properties": map[string]any{"CidrBlock": "10.0.0.0/8"}},
		}}
	resources := func(m map[string]any) map[string]any { return map[string]any{"Resources": m} }
	for _, c := range []struct {
		name, stack string
		template    map[string]any
		want        bool
	}{
		{"an unknown type", team, resources(map[string]any{"R": mystery("AWS::Tomorrow::Thing", "vpc-0123456789abcdef0")}), true},
		{"a nested stack", team, resources(map[string]any{"R": mystery("AWS::CloudFormation::Stack", "x")}), true},
		{"an undecided VPC", team, undecided, true},
		{"a macro", team, map[string]any{"Transform": "Mine"}, true},
		{"an attachment to nothing", team, resources(map[string]any{"R": map[string]any{"Type": "AWS::EC2::TransitGatewayAttachment",
			"Properties": map[string]any{"VpcId": "vpc-0123456789abcdef0", "TransitGatewayId": "tgw-0123456789abcdef0"}}}), true},
		{"an IPv6 range in an IPv4 property", team,
			resources(map[string]any{"V": map[string]any{"Type": "AWS::EC2::VPC", "Properties": map[string]any{"CidrBlock": "2001:db8::/56"}},
				"S": map[string]any{"Type": "AWS::EC2::Subnet", "Properties": map[string]any{"VpcId": map[string]any{"Ref": "V"},
					"CidrBlock": "2001:db8::/64"}}}), true},
		{"a transform in a parameter of the hub", hub, w.with(hub, "Resources", "P", parameter(transform)), true},
		{"text of a length and JSON", hub,
			w.with(hub, "Resources", "P",
				parameter(map[string]any{"Fn::ToJsonString": map[string]any{"a": map[string]any{"Fn::Length": []any{"a"}}}})), true},
		{"a loop of parameters in the hub", hub, w.with(hub, "Resources", "Fn::ForEach::Ps", loop("AWS::SSM::Parameter")), true},
		{"a loop of VPCs in the hub", hub, w.with(hub, "Resources", "Fn::ForEach::Ps", loop("AWS::EC2::VPC")), false},
		{"a macro in the hub", hub, func() map[string]any { m := maps.Clone(w.templates[hub]); m["Transform"] = "Mine"; return m }(), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := w.prove(map[string]map[string]any{c.stack: c.template})
			if r == nil || r.Holds() != c.want {
				t.Errorf("expected proved %v, found %v", c.want, r)
			}
		})
	}
}

// Whatever a template holds, the proof ends, and says the same twice.
func FuzzProve(f *testing.F) {
	w := newWorld(f)
	names := slices.Sorted(maps.Keys(w.templates))
	for i, n := range names {
		b, _ := json.Marshal(w.templates[n])
		f.Add(byte(i), b)
	}
	f.Fuzz(func(t *testing.T, which byte, template []byte) {
		var doc map[string]any
		if json.Unmarshal(template, &doc) != nil {
			return
		}
		changed := map[string]map[string]any{names[int(which)%len(names)]: doc}
		a, b := w.prove(changed), w.prove(changed)
		if (a == nil) != (b == nil) || a != nil && fmt.Sprint(a.Findings) != fmt.Sprint(b.Findings) {
			t.Errorf("expected the same verdict twice, found %v and %v", a, b)
		}
	})
}

// The names of a service that is leaving lead nowhere, and its endpoint is still as configured.
func TestLeaving(t *testing.T) {
	w := newWorld(t)
	gone := func(name string) {
		resources, _ := w.templates["lab-dns"]["Resources"].(map[string]any)
		for id, r := range resources {
			delete(r.(map[string]any), "DependsOn") // of one zone on another, for their pace
			if strings.Contains(fmt.Sprint(r), name) {
				delete(resources, id)
			}
		}
	}
	for _, e := range w.cfg.Hubs[0].Endpoints {
		e.Leaving = e.Catalog.Name == "ssm"
	}
	said := fmt.Sprint(w.prove(nil).Findings)
	if !strings.Contains(said, "ssm is leaving, but ssm.us-east-1.amazonaws.com still leads to its endpoint") {
		t.Errorf("expected the names of ssm to be refused, found %s", said)
	}
	gone("ssm.us-east-1.")
	if r := w.prove(nil); !r.Holds() || r.Counts.Endpoints != 3 {
		t.Errorf("expected it to be proved with three endpoints, found %v", r)
	}
	w.cfg.Hubs[0].Endpoints[1].Leaving = false
	if w.prove(nil).Holds() {
		t.Error("expected names of ssm to be missing once it is no longer leaving")
	}
}
