package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/proof"
)

// The spoke reaches the hub's endpoints and gets answers, nothing reaches the internet, and the name leads to the endpoint.
func TestProgram(t *testing.T) {
	dir := *build(&awscdk.AppProps{Outdir: jsii.String(t.TempDir())}).Synth(nil).Directory()
	network, err := proof.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range network.Check(proof.Reaches("payments", "hub", 443), proof.NoInternet("*")) {
		t.Error(v)
	}
	b, err := os.ReadFile(filepath.Join(dir, "payments.template.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spoke struct {
		Resources map[string]struct{ Type string }
	}
	if err := json.Unmarshal(b, &spoke); err != nil {
		t.Fatal(err)
	}
	zones := 0
	for _, r := range spoke.Resources {
		if r.Type == "AWS::Route53::HostedZone" {
			zones++
		}
	}
	if zones == 0 || !strings.Contains(string(b), `"sqs.us-east-1.amazonaws.com"`) {
		t.Errorf("expected a hosted zone and a record of sqs.us-east-1.amazonaws.com in the spoke's stack, found %d zones", zones)
	}
}

// constructs/README.md shows this program, and nothing else is to be added to it.
func TestReadmeShowsTheProgram(t *testing.T) {
	program, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../constructs/README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```go\n"+string(program)+"```") {
		t.Error("constructs/README.md: expected the program of examples/constructs/main.go")
	}
}
