package proof_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sharedhub/proof"
)

const made = "../internal/reach/testdata/"

func read(t *testing.T, dir string) *proof.Network {
	t.Helper()
	n, err := proof.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRules(t *testing.T) {
	const undecided = "undecided: "
	for _, c := range []struct {
		in   string
		rule proof.Rule
		want []string // parts of the violations' texts, one each
	}{
		{"peering", proof.NoInternet("*"), nil},
		{"l2-vpc-nat", proof.NoInternet("*"), []string{"found 0.0.0.0/0 by internet gateway (App/PubD)", "by nat gateway"}},
		{"central-egress", proof.NoInternet("*poke*"), []string{"by"}},
		{"peering", proof.Reaches("Net/Hub", "Net/Spoke", 443), nil},
		{"peering", proof.Reaches("Net/Spoke", "Net/Third"), nil},
		{"peering", proof.Reaches("*", "*"), []string{
			"Net/Hub reaches Net/Third, found that it does not", "Net/Third reaches Net/Hub"}},
		{"peering", proof.Reaches("Net/Spoke", "sqs"), nil},
		{"peering", proof.Reaches("Net/Spoke", "sqs.eu-west-1.amazonaws.com", 443), nil},
		{"peering", proof.Reaches("Net/Spoke", "sqs", 443, 80), []string{"port 80, found that it does not"}},
		{"peering", proof.Reaches("Net/Third", "sqs.eu-west-1.amazonaws.com"), []string{"leads nowhere in this network"}},
		{"peering", proof.Reaches("Net/Third", "Net/Hubb"), []string{`there is no VPC "Net/Hubb"`}},
		{"peering", proof.Reaches("Net/Hub", "Net/Hub"), []string{"are one"}},
		{"peering", proof.Reaches("Net/Hub", "Hubs*"), []string{"expected a VPC, found none"}},
		{"peering", proof.ReachesNot("Net/Hub", "Net/Third"), nil},
		{"peering", proof.ReachesNot("*", "*"), []string{
			"Hub does not reach Net/Spoke", "Spoke does not reach Net/Hub", "Spoke does not reach Net/Third",
			"Third does not reach Net/Spoke"}},
		{"peering", proof.ReachesOnly("Net/Third", "Net/Spoke"), nil},
		{"peering", proof.ReachesOnly("Net/Third"), []string{
			"Net/Third does not reach Net/Spoke, found that it does by peering connection Net/Pc"}},
		{"peering", proof.ReachesOnly("Net/Third", "Net/Spokes"), []string{"did you mean Net/Spoke?", "Net/Third does not reach Net/Spoke"}},
		{"peering", proof.NoInternet("segment=prod"), []string{"expected a VPC, found none"}},
		{"partial-range", proof.Reaches("A", "B"), []string{"found that only some subnets do"}},
		{"peering", proof.SharedOnlyWith("*"), nil},
		{"peering", proof.SharedOnlyWith("Net/Tgw"), nil},
		{"peering", proof.SharedOnlyWith("Net/Tgv"), []string{"expected a resource that is called Net/Tgv, found none"}},
	} {
		t.Run(c.in+" "+c.rule.Name(), func(t *testing.T) {
			found := read(t, made+c.in).Check(c.rule)
			ok := len(found) == len(c.want)
			for i, v := range found {
				text := v.Text
				if v.Undecided {
					text = undecided + text
				}
				ok = ok && v.Rule == c.rule.Name() && strings.Contains(text, c.want[i])
			}
			if !ok {
				t.Errorf("expected %q, found %v", c.want, found)
			}
		})
	}
}

// A share of a gateway, with an account, an organization, and what a parameter says.
func TestSharedOnlyWith(t *testing.T) {
	const org = "arn:aws:organizations::111111111111:organization/o-a1b2c3d4e5"
	gateway := map[string]any{"Type": "AWS::EC2::TransitGateway", "Properties": map[string]any{}}
	arn := map[string]any{"Fn::GetAtt": []any{"Gateway", "TransitGatewayArn"}}
	dir := assembly(t, map[string]any{"Gateway": gateway, "Other": gateway, "Share": map[string]any{"Type": "AWS::RAM::ResourceShare",
		"Properties": map[string]any{"Name": "gateway", "ResourceArns": []any{arn},
			"Principals": []any{"222222222222", org, map[string]any{"Ref": "Who"}}}}})
	for _, c := range []struct {
		rule      proof.Rule
		wrong     int
		undecided int
	}{
		{proof.SharedOnlyWith("net/Gateway", "222222222222", org), 0, 1},
		{proof.SharedOnlyWith("net/Gateway", "222222222222"), 1, 1},
		{proof.SharedOnlyWith("*"), 2, 1},
		{proof.SharedOnlyWith("net/*", "333333333333"), 2, 1},
		{proof.SharedOnlyWith("net/Other"), 0, 0},
	} {
		wrong, undecided := 0, 0
		found := read(t, dir).Check(c.rule)
		for _, v := range found {
			if len(v.Resources) != 1 || v.Resources[0].LogicalID != "Share" || v.Resources[0].Template != filepath.Join(dir, "net.template.json") {
				t.Errorf("%s: expected the share and its template, found %v", c.rule.Name(), v.Resources)
			}
			if v.Undecided {
				undecided++
			} else {
				wrong++
			}
		}
		if wrong != c.wrong || undecided != c.undecided {
			t.Errorf("%s: expected %d violations and %d undecided, found %v", c.rule.Name(), c.wrong, c.undecided, found)
		}
	}
}

// A custom resource that knows both VPCs' tables may join them.
func TestUndecided(t *testing.T) {
	type m = map[string]any
	resources := m{}
	for name, cidr := range map[string]string{"A": "10.0.0.0/24", "B": "10.1.0.0/24"} {
		resources[name] = m{"Type": "AWS::EC2::VPC", "Properties": m{"CidrBlock": cidr, "Tags": []m{{"Key": "Name", "Value": name}}}}
		resources[name+"Subnet"] = m{"Type": "AWS::EC2::Subnet", "Properties": m{"VpcId": m{"Ref": name}, "CidrBlock": cidr}}
	}
	rules := []proof.Rule{proof.ReachesNot("A", "B"), proof.NoInternet("*")}
	if found := read(t, assembly(t, resources)).Check(rules...); len(found) > 0 {
		t.Errorf("expected two VPCs apart, found %v", found)
	}
	resources["Joiner"] = m{"Type": "Custom::Joiner", "Properties": m{"ServiceToken": "arn:aws:lambda:eu-west-1:111111111111:function:f",
		"VpcIds": []m{{"Ref": "A"}, {"Ref": "B"}}}}
	found := read(t, assembly(t, resources)).Check(rules...)
	if len(found) == 0 {
		t.Error("expected that nobody can tell, found no violation")
	}
	for _, v := range found {
		if !v.Undecided || !strings.Contains(v.Text, "Joiner") {
			t.Errorf("expected that nobody can tell because of the custom resource, found %v", v)
		}
	}
	if found := read(t, assembly(t, resources)).Check(proof.Reaches("A", "B")); len(found) != 1 || !found[0].Undecided {
		t.Errorf("expected that nobody can tell whether A reaches B, found %v", found)
	}
}

func TestNamed(t *testing.T) {
	found := read(t, made+"peering").Check(proof.ReachesOnly("Net/Third").Named("PCI 1.4"))
	if len(found) != 1 || !strings.HasPrefix(found[0].String(), "PCI 1.4: expected that ") {
		t.Errorf("expected the rule's name first, found %v", found)
	}
}

func TestRead(t *testing.T) {
	if _, err := proof.Read(t.TempDir()); err == nil {
		t.Error("expected an error, since the folder is no assembly, found none")
	}
}

// assembly writes one of a stack, net.
func assembly(t *testing.T, resources map[string]any) string {
	t.Helper()
	dir := t.TempDir()
	for file, doc := range map[string]any{
		"net.template.json": map[string]any{"Resources": resources, "Parameters": map[string]any{"Who": map[string]any{"Type": "String"}}},
		"manifest.json": map[string]any{"version": "48.0.0", "artifacts": map[string]any{"net": map[string]any{
			"type": "aws:cloudformation:stack", "environment": "aws://111111111111/eu-west-1",
			"properties": map[string]any{"templateFile": "net.template.json"}}}},
	} {
		b, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
