package adopt

import (
	"os"
	"strings"
	"testing"

	"sharedhub/internal/config"
	"sharedhub/internal/live"
)

const vpc = "vpc-0e1f203142536475b"

func proposed(t *testing.T, change ...string) *Proposal {
	t.Helper()
	cfg, diags := config.Load("../../examples/07-existing")
	if cfg == nil {
		t.Fatal(diags)
	}
	text, err := os.ReadFile("testdata/describe.json")
	if err != nil {
		t.Fatal(err)
	}
	d, err := live.ReadDescription([]byte(strings.NewReplacer(change...).Replace(string(text))), vpc)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Propose(d, Target{Hub: cfg.Hubs[0], Segment: "prod", Account: "333333333333", Outside: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Everything that stands in the way is named, once each, and subnets of other VPCs and public ones are not taken.
func TestProblems(t *testing.T) {
	p := proposed(t)
	said := p.Problems.String()
	for _, want := range []string{"DNS host names is off", "the VPC is attached to tgw-0a1b2c3d4e5f60718",
		"an endpoint of kms with private DNS",
		"private zone sts.us-east-1.amazonaws.com answers for sts", "private zone us-east-1.amazonaws.com is beside",
		"uses Route 53 Profile rp-1, whose names come beside", "172.28.2.0/24, has a route to an internet gateway",
		"the route to 10.0.0.0/8 leads to pcx-1, and the one to 10.0.0.0/20 will take a part of it",
		"the route to 10.0.4.0/24 leads to eni-1, and hides a part of 10.0.0.0/20", "the route to 10.32.0.0/16 leads to tgw-9, and EC2 refuses"} {
		if strings.Count(said, want) != 1 {
			t.Errorf("expected once %q in\n%s", want, said)
		}
	}
	if n := len(p.Problems.Errors()); n != 6 {
		t.Errorf("expected 6 errors, found %d in\n%s", n, said)
	}
	want := `hub: use1
account: "333333333333"
segment: prod
outsidePool: true
vpc:
  id: vpc-0e1f203142536475b
  cidrs: [172.28.0.0/16]
  subnets:
    private:
      - {id: subnet-0a10b21c32d43e560, cidr: 172.28.0.0/24, zone: use1-az1, routeTable: rtb-01a02b13c24d35e50}  # erp a
      - {id: subnet-0a10b21c32d43e561, cidr: 172.28.1.0/24, zone: use1-az2, routeTable: rtb-01a02b13c24d35e50}
  transit:
    - {cidr: 172.28.3.0/28, zone: use1-az1}
    - {cidr: 172.28.3.16/28, zone: use1-az2}
`
	if p.Text != want {
		t.Errorf("expected\n%sfound\n%s", want, p.Text)
	}
}

// A VPC that is attached to the hub's gateway keeps its attachment: a larger subnet of it reaches the hub too, a /28 does not, and a zone
// without one is left out. Routes that lead to the gateway already are no problem.
func TestAttached(t *testing.T) {
	in := func(subnets string) string {
		return `"TransitGatewayAttachmentId":"tgw-attach-0a1b2c3d4e5f60712","SubnetIds":[` + subnets + `],
			"Options":{"ApplianceModeSupport":"enable","Ipv6Support":"disable"}`
	}
	const id = `"TransitGatewayAttachmentId":"tgw-attach-1"`
	p := proposed(t, id, in(`"subnet-0a10b21c32d43e561","subnet-0a10b21c32d43e562"`), `"VpcPeeringConnectionId":"pcx-1"`,
		`"TransitGatewayId":"tgw-0a1b2c3d4e5f60718"`,
		`"CidrBlock":"172.28.2.0/24","AvailabilityZoneId":"use1-az2"`, `"CidrBlock":"172.28.2.0/28","AvailabilityZoneId":"use1-az3"`)
	said := p.Problems.String()
	for _, want := range []string{"the VPC is attached to tgw-0a1b2c3d4e5f60718 by tgw-attach-0a1b2c3d4e5f60712",
		"--transit-gateway-attachment-id tgw-attach-0a1b2c3d4e5f60712 --options ApplianceModeSupport=disable`",
		"172.28.0.0/24, is in use1-az1, where tgw-attach-0a1b2c3d4e5f60712 has no subnet"} {
		if strings.Count(said, want) != 1 {
			t.Errorf("expected once %q in\n%s", want, said)
		}
	}
	if strings.Contains(said, "the route to 10.0.0.0/8") {
		t.Errorf("expected nothing of the route to the hub's own gateway, found\n%s", said)
	}
	want := `  subnets:
    private:
      - {id: subnet-0a10b21c32d43e561, cidr: 172.28.1.0/24, zone: use1-az2, routeTable: rtb-01a02b13c24d35e50}
  transit:
    - {id: subnet-0a10b21c32d43e561, cidr: 172.28.1.0/24, zone: use1-az2}
    - {id: subnet-0a10b21c32d43e562, cidr: 172.28.2.0/28, zone: use1-az3}
  attachment: tgw-attach-0a1b2c3d4e5f60712
`
	if !strings.HasSuffix(p.Text, want) {
		t.Errorf("expected at the end\n%sfound\n%s", want, p.Text)
	}
}

// A VPC that its subnets fill has no room for the attachment's.
func TestNoRoom(t *testing.T) {
	p := proposed(t, `"CidrBlock":"172.28.0.0/24"`, `"CidrBlock":"172.28.128.0/17"`,
		`"CidrBlock":"172.28.1.0/24"`, `"CidrBlock":"172.28.64.0/18"`,
		`"CidrBlock":"172.28.2.0/24"`, `"CidrBlock":"172.28.0.0/18"`)
	if said := p.Problems.String(); strings.Count(said, "has no free /28 for a transit subnet in") != 2 {
		t.Errorf("expected two zones without room in\n%s", said)
	}
	if p.Text != "" {
		t.Errorf("expected no file, found\n%s", p.Text)
	}
}

// Answers that are not of the VPC, or not all of them, are no description of it.
func TestReadDescription(t *testing.T) {
	for text, want := range map[string]string{
		"[": "no JSON", `{"Vpcs": []}`: "expected one VPC",
		`{"Vpcs": [{"VpcId": "` + vpc + `"}], "Subnets": [{"VpcId": "vpc-2"}]}`: "0 subnets and 0 route tables",
	} {
		if _, err := live.ReadDescription([]byte(text), vpc); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: expected %q, found %v", text, want, err)
		}
	}
}
