package assembly

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"sharedhub/internal/topology"
)

// told is what Records cannot translate of a template, a line each.
func told(t *testing.T, template string) string {
	t.Helper()
	dir := t.TempDir()
	save(t, filepath.Join(dir, "a.template.json"), template)
	save(t, filepath.Join(dir, "manifest.json"), `{"version": "54.0.0", "artifacts": {"a": {"type": "aws:cloudformation:stack",
		"environment": "aws://111111111111/us-east-1", "properties": {"templateFile": "a.template.json"}}}}`)
	a, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range a.Records().Parts {
		switch r := r.(type) {
		case *topology.UnknownPart:
			out = append(out, fmt.Sprintf("unknown %s %s %v touches %v", r.Source, r.Type, r.Properties, r.Touches))
		case *topology.Undecided:
			out = append(out, fmt.Sprintf("undecided %s %s: %s", r.Source, r.Path, r.Reason))
		}
	}
	return Plain(strings.Join(out, "\n"))
}

// What a template says and no record carries is told, with what it names.
func TestWhatRecordsLeaveOut(t *testing.T) {
	for _, c := range []struct{ name, template, want string }{
		{"nothing", `{"Resources": {"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16", "InstanceTenancy": "default", ` +
			`"Tags": [{"Key": "a", "Value": "b"}]}}}}`, ""},
		{"a harmless type", `{"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": "x"}}}}`, ""},
		{"an unknown type", `{"Resources": {"V": {"Type": "AWS::EC2::VPC"}, "N": {"Type": "AWS::EC2::NatGateway", "Properties": ` +
			`{"SubnetId": "subnet-0123456789abcdef0", "X": {"Fn::GetAtt": ["V", "CidrBlocks"]}}}}}`,
			"unknown a/N AWS::EC2::NatGateway [] touches [subnet-0123456789abcdef0 a/V]"},
		{"a role that an unknown type names", `{"Resources": {"N": {"Type": "AWS::X::Y", "Properties": {"RoleName": "use1-hub-reader"}}}}`,
			"unknown a/N AWS::X::Y [] touches [use1-hub-reader]"},
		{"a property that nothing reads", `{"Resources": {"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16", ` +
			`"NewOption": {"A": [1], "B": "vpc-0123456789abcdef0"}}}}}`,
			"unknown a/V AWS::EC2::VPC [NewOption.A NewOption.B] touches [vpc-0123456789abcdef0]"},
		{"a list where text is read", `{"Resources": {"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": ["10.0.0.0/16"]}}}}`,
			"unknown a/V AWS::EC2::VPC [CidrBlock] touches []"},
		{"a rule that only AWS decides", `{"Parameters": {"P": {"Type": "String"}}, "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"},
			"x"]}}, "Resources": {"G": {"Type": "AWS::EC2::SecurityGroup",
			"Properties": {"SecurityGroupIngress": [{"Fn::If": ["C", {"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}, {"Ref": "AWS::NoValue"}]}]}}}}`,
			`unknown a/G AWS::EC2::SecurityGroup [SecurityGroupIngress] touches []
undecided a/G Resources.G.Properties.SecurityGroupIngress[0].Fn::If: condition C depends on what only AWS knows`},
		{"a resource that only AWS decides", `{"Parameters": {"P": {"Type": "String"}}, "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, ` +
			`"x"]}}, "Resources": {"V": {"Type": "AWS::EC2::VPC", "Condition": "C"}}}`,
			"undecided a/V Resources.V.Condition: condition C depends on what only AWS knows"},
		{"a macro", `{"Transform": ["AWS::LanguageExtensions", "Mine"], "Resources": {}}`,
			"undecided a/ Transform: macro Mine rewrites the template"},
		{"a transform of a property", `{"Resources": {"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Fn::Transform": {"Name": ` +
			`"x"}}}}}}`,
			"undecided a/V Resources.V.Properties.CidrBlock.Fn::Transform: Fn::Transform is carried out by CloudFormation"},
		{"resources in a loop", `{"Resources": {"Fn::ForEach::Nets": ["N", ["a"], {"S${N}": {"Type": "AWS::EC2::Subnet"}}]}, "Outputs": ` +
			`{"Fn::ForEach::Out": ["N", ["a"], {}]}}`,
			"undecided a/ Resources.Fn::ForEach::Nets: Fn::ForEach::Nets makes resources that CloudFormation writes out"},
		{"a nested stack", `{"Resources": {"N": {"Type": "AWS::CloudFormation::Stack"}}}`,
			"undecided a/N Resources.N: a nested stack, whose template was not read"},
		{"a custom resource", `{"Resources": {"N": {"Type": "Custom::Thing"}}}`,
			"undecided a/N Resources.N: a custom resource, whose code may make or change anything"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(t, c.template); got != c.want {
				t.Errorf("expected\n%s\nfound\n%s", c.want, got)
			}
		})
	}
}
