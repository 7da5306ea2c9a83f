package main

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/proof"
)

func TestNetwork(t *testing.T) {
	app := build(&awscdk.AppProps{Outdir: jsii.String(t.TempDir())}, awsec2.SubnetType_PRIVATE_ISOLATED)
	network, err := proof.Read(*app.Synth(nil).Directory())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range network.Check(rules...) {
		t.Error(v)
	}
}

// Somebody moves the orders into public subnets: one of the rules breaks, and says by which routes.
func TestOrdersInPublic(t *testing.T) {
	app := build(&awscdk.AppProps{Outdir: jsii.String(t.TempDir())}, awsec2.SubnetType_PUBLIC)
	network, err := proof.Read(*app.Synth(nil).Directory())
	if err != nil {
		t.Fatal(err)
	}
	found := network.Check(rules...)
	if len(found) != 2 { // one for each subnet
		t.Fatalf("expected two violations, found %v", found)
	}
	for _, v := range found {
		if v.Rule != "private VPCs stay private" || v.Resources[0].Stack != "network" {
			t.Errorf("expected that the orders have a way to the internet, found %v", v)
		}
	}
}
