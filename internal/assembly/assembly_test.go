package assembly

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sharedhub/internal/topology"
)

// write makes an assembly of stacks in account 111111111111, us-east-1; "name@222222222222/eu-west-1" is elsewhere.
func write(t testing.TB, dir string, stacks map[string]string) string {
	t.Helper()
	artifacts := map[string]any{}
	for name, tpl := range stacks {
		name, env, elsewhere := strings.Cut(name, "@")
		if !elsewhere {
			env = "111111111111/us-east-1"
		}
		artifacts[name] = map[string]any{"type": "aws:cloudformation:stack", "environment": "aws://" + env,
			"properties": map[string]any{"templateFile": name + ".template.json", "tags": map[string]string{"hub": "h"}}}
		save(t, filepath.Join(dir, name+".template.json"), tpl)
	}
	b, _ := json.Marshal(map[string]any{"version": "54.0.0", "artifacts": artifacts})
	save(t, filepath.Join(dir, "manifest.json"), string(b))
	return dir
}

func save(t testing.TB, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// around puts a value into a template with something of everything that it may refer to.
func around(value string) string {
	return `{
	"Parameters": {"P": {"Type": "String", "Default": "p"}, "L": {"Type": "CommaDelimitedList", "Default": "x,y"}, "Q": {"Type": "String"},
		"S": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a"}},
	"Mappings": {"M": {"us-east-1": {"k": "mapped"}}},
	"Conditions": {"Yes": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}, "No": {"Fn::Not": [{"Condition": "Yes"}]},
		"Both": {"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]}, "Either": {"Fn::Or": [{"Condition": "Yes"}, {"Condition": "No"}]},
		"Open": {"Fn::Equals": [{"Ref": "Q"}, "q"]}},
	"Resources": {"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}, "E": {
			"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcId": {"Ref": "V"}}},
		"Gone": {"Type": "AWS::EC2::VPC", "Condition": "No"},
		"X": {"Type": "Test::X", "Properties": {"Value": ` + value + `}}},
	"Outputs": {"O": {"Value": {"Ref": "V"}, "Export": {"Name": "exported"}}}}`
}

func TestFunctions(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{`"plain"`, "plain"},
		{`{"Ref": "V"}`, "<a/V>"},
		{`{"Fn::GetAtt": ["V", "VpcId"]}`, "<a/V>"},
		{`{"Fn::GetAtt": "V.CidrBlock"}`, "10.0.0.0/16"},
		{`{"Fn::GetAtt": ["E", "VpcId"]}`, "<a/V>"},
		{`{"Fn::Select": [1, {"Fn::Split": [":", {"Fn::Select": [0, {"Fn::GetAtt": ["E", "DnsEntries"]}]}]}]}`,
			"<a/E.DnsEntries[0]|split(:)[1]>"},
		{`{"Ref": "AWS::AccountId"}`, "111111111111"},
		{`{"Ref": "AWS::Partition"}`, "aws"},
		{`{"Ref": "AWS::URLSuffix"}`, "amazonaws.com"},
		{`{"Ref": "AWS::StackName"}`, "a"},
		{`{"Ref": "AWS::NoValue"}`, "<nil>"},
		{`[1, {"Ref": "AWS::NoValue"}, 2]`, "[1 2]"},
		{`{"Ref": "P"}`, "p"},
		{`{"Ref": "L"}`, "[x y]"},
		{`{"Ref": "S"}`, "<a/S>"},
		{`{"Fn::Join": ["-", ["a", {"Ref": "V"}, 3]]}`, "a-<a/V>-3"},
		{`{"Fn::Join": [",", {"Ref": "L"}]}`, "x,y"},
		{`{"Fn::Select": ["1", ["a", "b"]]}`, "b"},
		{`{"Fn::Split": ["/", "a/b"]}`, "[a b]"},
		{`{"Fn::Select": [1, {"Fn::Split": ["/", {"Fn::Join": ["/", ["x", {"Ref": "V"}]]}]}]}`, "<a/V>"},
		{`{"Fn::Sub": "${P}-${V}-${E.VpcId}-${!P}"}`, "p-<a/V>-<a/V>-${P}"},
		{`{"Fn::Sub": ["${z}", {"z": {"Ref": "P"}}]}`, "p"},
		{`{"Fn::If": ["Yes", "y", "n"]}`, "y"},
		{`{"Fn::If": ["No", "y", "n"]}`, "n"},
		{`{"Fn::If": ["Both", "y", "n"]}`, "n"},
		{`{"Fn::If": ["Either", "y", {"Ref": "AWS::NoValue"}]}`, "y"},
		{`{"Fn::If": ["Open", "y", "n"]}`, "<a/undecided:Resources.X.Properties.Value.Fn::If>"},
		{`{"Fn::Transform": {"Name": "x"}}`, "<a/undecided:Resources.X.Properties.Value.Fn::Transform>"},
		{`{"Fn::ToJsonString": {"a": {"Ref": "AWS::Region"}}}`, `{"a":"us-east-1"}`},
		{`{"Fn::Join": ["", ["", {"Fn::Length": ["a", "b"]}]]}`, "2"},
		{`{"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "k"]}`, "mapped"},
		{`{"Fn::FindInMap": ["M", "eu-west-1", "k", {"DefaultValue": "d"}]}`, "d"},
		{`{"Fn::ImportValue": "exported"}`, "<a/V>"},
		{`{"Fn::ImportValue": "foreign"}`, "<import:111111111111/us-east-1/foreign>"},
		{`{"Fn::GetStackOutput": {"StackName": "b", "OutputName": "O", "Region": "eu-west-1", "RoleArn": "arn:aws:iam::222222222222:role/r"}}`,
			"<b/V>"},
		{`{"Fn::GetStackOutput": {"StackName": "elsewhere", "OutputName": "O"}}`, "<output:111111111111/us-east-1/elsewhere/O>"},
		{`{"Fn::Cidr": ["10.0.0.0/16", 2, 8]}`, "[10.0.0.0/24 10.0.1.0/24]"},
		{`{"Fn::Cidr": ["255.255.255.0/24", "2", "7"]}`, "[255.255.255.0/25 255.255.255.128/25]"},
		{`{"Fn::GetAZs": ""}`, "<zones:111111111111/us-east-1>"},
		{`{"Fn::Select": [0, {"Fn::GetAZs": ""}]}`, "<zones:111111111111/us-east-1[0]>"},
		{`{"Fn::Base64": "hi"}`, "aGk="},
		{`{"Fn::Base64": {"Ref": "V"}}`, "<a/V|base64>"},
		{`{"a": {"Ref": "P"}, "b": 1}`, "map[a:p b:1]"},
	} {
		dir := write(t, t.TempDir(), map[string]string{"a": around(c.value), "b@222222222222/eu-west-1": around(`""`)})
		a, err := Read(dir)
		if err != nil {
			t.Errorf("%s: %v", c.value, err)
			continue
		}
		got := fmt.Sprint(a.Stacks[0].Resources["X"].Properties["Value"])
		if got = strings.NewReplacer(symbolOpen, "<", symbolClose, ">").Replace(got); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.value, got, c.want)
		}
		if a.Stacks[0].Resources["Gone"] != nil {
			t.Error("a resource whose condition is false is there")
		}
	}
}

func TestTemplateMistakes(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{`{"Ref": "Nobody"}`, `"Nobody" is neither a resource nor a parameter`},
		{`{"Ref": 1}`, "takes a name, not 1"},
		{`{"Fn::GetAtt": ["Nobody", "Arn"]}`, `"Nobody" is not a resource`},
		{`{"Fn::GetAtt": []}`, "takes a resource and an attribute"},
		{`{"Fn::GetStackOutput": {"StackName": "a", "OutputName": "Missing"}}`, "stack a has no output Missing"},
		{`{"Fn::GetStackOutput": {"StackName": "b", "OutputName": "O"}}`,
			"stack b is in account 222222222222 and region eu-west-1, and is looked for in account 111111111111 and region us-east-1"},
		{`{"Fn::GetStackOutput": {}}`, "takes StackName and OutputName"},
		{`{"Fn::Select": [5, ["a"]]}`, "index 5 of a list of 1"},
		{`{"Fn::Select": ["x", ["a"]]}`, "not a number"},
		{`{"Fn::Select": [0, "a"]}`, "selects from what is not a list"},
		{`{"Fn::Join": [1, []]}`, "the separator is 1"},
		{`{"Fn::Join": ","}`, "takes a list of arguments"},
		{`{"Fn::Split": ["", "a"]}`, "the separator"},
		{`{"Fn::If": ["Nobody", 1, 2]}`, `there is no condition "Nobody"`},
		{`{"Fn::If": ["Yes"]}`, "takes a condition and two values"},
		{`{"Fn::FindInMap": ["M", "mars", "k"]}`, `there is no "mars" in the mapping`},
		{`{"Fn::Cidr": ["x", 1, 8]}`, "is not a range"},
		{`{"Fn::Cidr": ["10.0.0.0/24", 300, 4]}`, "cannot cut"},
		{`{"Fn::Cidr": ["10.0.0.0/24", 3, 7]}`, "does not hold 3 ranges"},
		{`{"Fn::Join": ["", [{"a": 1}]]}`, "stands where text is meant"},
		{`{"Fn::Sub": 1}`, "takes text"},
		{`{"Ref": "X"}, "Other": {"Fn::GetAtt": ["X", "Arn"]}`, "depend on each other in a circle"},
	} {
		dir := write(t, t.TempDir(), map[string]string{"a": around(c.value), "b@222222222222/eu-west-1": around(`""`)})
		if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.value, err, c.want)
		}
	}
}

func TestCycles(t *testing.T) {
	read := func(stack string) string {
		return `{"Outputs": {"O": {"Value": {"Fn::GetStackOutput": {"StackName": "` + stack + `", "OutputName": "O"}}}}}`
	}
	for name, stacks := range map[string]map[string]string{
		"stacks": {"a": read("b"), "b": read("a")},
		"conditions": {"a": `{"Conditions": {"C": {"Condition": "D"}, "D": {"Condition": "C"}}, "Resources": {"X": {"Type": "T", ` +
			`"Condition": "C"}}}`},
		"resources": {"a": `{"Resources": {"X": {"Type": "T", "DependsOn": "Y"}, "Y": {"Type": "T", "Properties": {"P": {"Fn::Sub": ` +
			`"${X}"}}}}}`},
		"attributes": {"a": `{"Resources": {"X": {"Type": "T", "Properties": {"P": {"Fn::GetAtt": ["X", "P"]}}}}}`},
	} {
		if _, err := Read(write(t, t.TempDir(), stacks)); err == nil || !strings.Contains(err.Error(), "depend") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAssemblyMistakes(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(dir string)
		want string
	}{
		{"no assembly", func(string) {}, "is no cloud assembly"},
		{"not JSON", func(dir string) { save(t, filepath.Join(dir, "manifest.json"), "{") }, "is not JSON"},
		{"newer", func(dir string) {
			save(t, filepath.Join(dir, "manifest.json"), fmt.Sprintf(`{"version": "%d.0.0"}`, newest+1))
		}, fmt.Sprintf("schema version %d.0.0, and this program knows up to %d", newest+1, newest)},
		{"no version", func(dir string) { save(t, filepath.Join(dir, "manifest.json"), `{}`) }, "is not the version"},
		{"template missing", func(dir string) {
			write(t, dir, map[string]string{"a": "{}"})
			os.Remove(filepath.Join(dir, "a.template.json"))
		}, "no such file"},
		{"template not JSON", func(dir string) { write(t, dir, map[string]string{"a": "Resources:\n"}) }, "a.template.json is not JSON"},
		{"template a list", func(dir string) { write(t, dir, map[string]string{"a": "[]"}) }, "is not JSON of the expected form"},
		{"no type", func(dir string) { write(t, dir, map[string]string{"a": `{"Resources": {"X": {}}}`}) }, "Resources.X: has no Type"},
		{"outside", func(dir string) {
			save(t, filepath.Join(dir, "manifest.json"), `{"version": "54.0.0", "artifacts": {"a": {"type": "aws:cloudformation:stack", `+
				`"properties": {"templateFile": "../x.json"}}}}`)
		}, "is not a path inside"},
	} {
		dir := t.TempDir()
		c.make(dir)
		if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestNestedAssembly(t *testing.T) {
	dir := t.TempDir()
	save(t, filepath.Join(dir, "manifest.json"), `{"version": "54.0.0", "artifacts": {"prod": {"type": "cdk:cloud-assembly", `+
		`"properties": {"directoryName": "assembly-prod"}}}}`)
	write(t, filepath.Join(dir, "assembly-prod"), map[string]string{"a": around(`{"Ref": "V"}`)})
	a, err := Read(dir)
	if err != nil || len(a.Stacks) != 1 || a.Stacks[0].ID != "prod/a" || a.Stacks[0].Name != "a" {
		t.Fatalf("%v %+v", err, a)
	}
	if r := a.Stacks[0].Resources["V"]; r.Ref() != a.Stacks[0].Resources["X"].Properties["Value"] || Plain(r.Ref()) != "prod/a/V" {
		t.Errorf("Ref is %s", Plain(r.Ref()))
	}
	if ref, attr, ok := SplitSymbol(a.Stacks[0].Resources["E"].Attr("DnsEntries[0]|split(:)[1]")); !ok ||
		ref != a.Stacks[0].Resources["E"].Ref() || attr != "DnsEntries[0]|split(:)[1]" {
		t.Errorf("taken apart: %s %s %v", ref, attr, ok)
	}
}

// Whatever a template holds, reading it ends, with a value or an error.
func FuzzRead(f *testing.F) {
	f.Add(around(`{"Fn::Sub": "${P}"}`))
	f.Add(around(`{"Fn::Cidr": ["10.0.0.0/16", 2, 8]}`))
	f.Add(`{"Resources": {"X": {"Type": "AWS::EC2::Subnet", "Properties": {"CidrBlock": "::/0", "VpcId": {"Fn::If": ["C", 1, 2]}}}}}`)
	f.Add(`{"Resources": {"X": {"Type": "T", "Properties": {"P": {"Fn::Split": [":", {"Ref": "X"}]}}}}}`)
	f.Fuzz(func(t *testing.T, tpl string) {
		a, err := Read(write(t, t.TempDir(), map[string]string{"a": tpl}))
		if (a == nil) == (err == nil) {
			t.Errorf("assembly %v, error %v", a, err)
		}
		if a != nil {
			topology.Link(a.Records())
		}
	})
}

// Texts that outputs double again and again end at CloudFormation's limit, and attributes and conditions that name each
// other twice are carried out once.
func TestGrowth(t *testing.T) {
	chain := func(section string, first any, next func(before string) any) string {
		all := map[string]any{}
		for i := range 60 {
			v := first
			if i > 0 {
				v = next(fmt.Sprint("X", i-1))
			}
			all[fmt.Sprint("X", i)] = v
		}
		b, _ := json.Marshal(map[string]any{section: all})
		return string(b)
	}
	getAtt := func(id string) any { return map[string]any{"Fn::GetAtt": []any{id, "Value"}} }
	parameter := func(v any) any {
		return map[string]any{"Type": "AWS::SSM::Parameter", "Properties": map[string]any{"Value": v}}
	}
	output := func(name string) any {
		return map[string]any{"Fn::GetStackOutput": map[string]any{"StackName": "a", "OutputName": name}}
	}
	join := func(a any) any { return map[string]any{"Fn::Join": []any{"", []any{a, a}}} }
	for _, c := range []struct{ name, template, want string }{
		{"outputs", chain("Outputs", map[string]any{"Value": "xxxx"}, func(o string) any {
			return map[string]any{"Value": join(output(o))}
		}), "makes a text of"},
		{"substitutions", chain("Outputs", map[string]any{"Value": "xxxx"}, func(o string) any {
			return map[string]any{"Value": map[string]any{"Fn::Sub": []any{"${A}${A}", map[string]any{"A": output(o)}}}}
		}), "makes a text of"},
		{"attributes of nothing", chain("Resources", parameter(""), func(id string) any { return parameter(join(getAtt(id))) }), ""},
		{"conditions", `{"Resources": {"R": {"Type": "T", "Condition": "X59"}},` +
			strings.TrimPrefix(chain("Conditions", map[string]any{"Fn::Equals": []any{"a", "a"}}, func(c string) any {
				return map[string]any{"Fn::And": []any{map[string]any{"Condition": c}, map[string]any{"Condition": c}}}
			}), "{"), ""},
		{"a list in an output", `{"Outputs": {"O": {"Value": ["a", "b"]}}}`, "is a list"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(write(t, t.TempDir(), map[string]string{"a": c.template}))
			switch {
			case c.want == "" && err != nil:
				t.Errorf("expected no mistake, found %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("expected %q, found %v", c.want, err)
			}
		})
	}
}
