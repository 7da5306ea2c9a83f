package assembly

import (
	"fmt"
	"strings"
	"testing"
)

// A list that the CDK hands to another stack is joined there and split here: it is the list again, unless an element may hold
// the separator.
func TestListsAcrossStacks(t *testing.T) {
	const exporter = `{"Parameters": {"Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"}, "Words": {"Type": "CommaDelimitedList"},
			"Word": {"Type": "String"}},
		"Resources": {"V": {"Type": "AWS::EC2::VPC"}, "W": {"Type": "AWS::EC2::VPC"},
		"E": {"Type": "AWS::EC2::VPCEndpoint"}, "C": {"Type": "Custom::Anything"}},
		"Outputs": {"O": {"Value": %s, "Export": {"Name": "exported"}}}}`
	join := func(sep, list string) string { return `{"Fn::Join": ["` + sep + `", ` + list + `]}` }
	const entries = `{"Fn::GetAtt": ["E", "DnsEntries"]}`
	for _, c := range []struct{ name, exported, sep, first string }{
		{"the entries of an endpoint", join("||", entries), "||", "<Net/E.DnsEntries[0]>"},
		{"one entry of several", join("||", `[{"Fn::Select": [1, `+entries+`]}]`), "||", "<Net/E.DnsEntries[1]>"},
		{"two ids", join("||", `[{"Ref": "W"}, {"Ref": "V"}]`), "||", "<Net/W>"},
		{"one id", join("||", `[{"Ref": "V"}]`), "||", "<Net/V>"},
		{"zones", join("||", `{"Fn::GetAZs": ""}`), "||", "<zones:111111111111/us-east-1[0]>"},
		{"ids of a parameter", join(",", `{"Ref": "Subnets"}`), ",", "<Net/Subnets[0]>"},
		{"words of a parameter, by commas", join(",", `{"Ref": "Words"}`), ",", "<Net/Words[0]>"},
		{"joined again", join("||", `{"Fn::Split": ["||", `+join("||", entries)+`]}`), "||", "<Net/E.DnsEntries[0]>"},
		// what may hold the separator, and what is not a list
		{"entries hold colons", join(":", entries), ":", "<Net/E.DnsEntries|join(:)|split(:)[0]>"},
		{"another separator", join(",", entries), "||", "<Net/E.DnsEntries|join(,)|split(||)[0]>"},
		{"words of a parameter, by bars", join("||", `{"Ref": "Words"}`), "||", "<Net/Words|join(||)|split(||)[0]>"},
		{"one word", `{"Ref": "Word"}`, "||", "<Net/Word|split(||)[0]>"},
		{"who knows what", join("||", `{"Fn::GetAtt": ["C", "List"]}`), "||", "<Net/C.List|join(||)|split(||)[0]>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := Read(write(t, t.TempDir(), map[string]string{"Net": fmt.Sprintf(exporter, c.exported), "User": `{"Resources": {
				"X": {"Type": "T", "Properties": {"P": {"Fn::Select": [0, {"Fn::Split": ["` + c.sep + `", {"Fn::ImportValue": "exported"}]}]}}}}}`}))
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(a.Stacks[1].Resources["X"].Properties["P"])
			if got = strings.NewReplacer(symbolOpen, "<", symbolClose, ">").Replace(got); got != c.first {
				t.Errorf("found %s, expected %s", got, c.first)
			}
		})
	}
}

// Text that is split and joined with the same separator is the text.
func TestSplitAndJoined(t *testing.T) {
	a, err := Read(write(t, t.TempDir(), map[string]string{"a": around(`{"Fn::Join": ["-", {"Fn::Split": ["-", {"Ref": "Q"}]}]}`)}))
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Stacks[0].Resources["X"].Properties["Value"]; got != symbol(a.Stacks[0], "Q") {
		t.Errorf("found %s", got)
	}
}
