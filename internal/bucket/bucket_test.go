package bucket

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
	"sharedhub/internal/iam"
)

// toS3 are flow logs to a bucket, or to a folder of one.
func toS3(to string) config.FlowLogs {
	return config.FlowLogs{To: config.FlowLogsToS3, Bucket: "arn:aws:s3:::" + to}
}

func hub(name, account, region string, logs config.FlowLogs, spokes ...*config.Spoke) *config.Hub {
	return &config.Hub{Name: name, Account: account, Region: region, FlowLogs: logs, Spokes: spokes}
}

// decide asks a policy about one request.
func decide(t *testing.T, p *Policy, r iam.Request) iam.Effect {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	r.Closed = true
	return iam.Evaluate(r, iam.Parse(doc)).Effect
}

// delivery is a request with which AWS writes flow logs of an account.
func delivery(account, region, object string) iam.Request {
	return iam.Request{
		Principal: iam.Principal{Kind: iam.Service, ID: "delivery.logs.amazonaws.com"}, Action: "s3:PutObject",
		Resource: "arn:aws:s3:::" + object,
		Context: map[string][]string{"aws:SourceAccount": {account}, "s3:x-amz-acl": {"bucket-owner-full-control"},
			"aws:SourceArn": {"arn:aws:logs:" + region + ":" + account + ":log-delivery"}},
	}
}

// Hubs that share a bucket get one policy, which admits deliveries of their own accounts, in their regions and folders, and no others.
func TestFlowLogs(t *testing.T) {
	spoke := func(account string, logs config.FlowLogs) *config.Spoke {
		return &config.Spoke{Account: account, FlowLogs: logs, State: config.Detached}
	}
	transit := hub("c", "444444444444", "us-west-2", config.FlowLogs{To: config.FlowLogsToCloudWatch})
	transit.TransitGateway.FlowLogs = toS3("other/")
	cfg := &config.Config{Hubs: []*config.Hub{
		hub("b", "111111111111", "eu-west-1", toS3("shared/network/flow"), spoke("222222222222", toS3("shared")),
			spoke("333333333333", config.FlowLogs{To: config.FlowLogsToNone})),
		hub("a", "111111111111", "us-east-1", toS3("shared")), transit,
	}}
	logs := FlowLogs(cfg)
	if len(logs) != 2 || logs[0].Name != "other" || logs[1].Name != "shared" {
		t.Fatalf("found %+v", logs)
	}
	shared := logs[1]
	if !slices.Equal(shared.Hubs, []string{"a", "b"}) || !slices.Equal(shared.Accounts, []string{"111111111111", "222222222222"}) {
		t.Errorf("found hubs %q and accounts %q", shared.Hubs, shared.Accounts)
	}
	p := shared.Policy()
	for _, c := range []struct {
		account, region, object string
		want                    iam.Effect
	}{
		{"111111111111", "eu-west-1", "shared/network/flow/AWSLogs/111111111111/vpcflowlogs/a", iam.Allow},
		{"111111111111", "us-east-1", "shared/AWSLogs/111111111111/vpcflowlogs/a", iam.Allow},
		{"222222222222", "eu-west-1", "shared/AWSLogs/222222222222/vpcflowlogs/a", iam.Allow},
		{"222222222222", "us-east-1", "shared/AWSLogs/222222222222/vpcflowlogs/a", iam.NoMatch},
		{"333333333333", "eu-west-1", "shared/AWSLogs/333333333333/vpcflowlogs/a", iam.NoMatch},
		{"111111111111", "us-east-1", "shared/other/a", iam.NoMatch},
		{"444444444444", "us-west-2", "shared/AWSLogs/444444444444/vpcflowlogs/a", iam.NoMatch},
	} {
		if got := decide(t, p, delivery(c.account, c.region, c.object)); got != c.want {
			t.Errorf("%s of %s writes %s: expected %s, found %s", c.account, c.region, c.object, c.want, got)
		}
	}
	without := delivery("111111111111", "us-east-1", "shared/AWSLogs/111111111111/a")
	delete(without.Context, "s3:x-amz-acl")
	if got := decide(t, p, without); got != iam.NoMatch {
		t.Errorf("without the ACL that gives the owner the object: found %s", got)
	}
	read := delivery("111111111111", "us-east-1", "shared")
	read.Action = "s3:GetBucketAcl"
	if got := decide(t, p, read); got != iam.Allow {
		t.Errorf("reads the bucket's ACL: found %s", got)
	}
}

// With many accounts the policy stays within what S3 takes, and still names each.
func TestFlowLogsOfManyAccounts(t *testing.T) {
	var spokes []*config.Spoke
	for i := range 400 {
		spokes = append(spokes, &config.Spoke{Account: fmt.Sprintf("%012d", 100000000000+i), FlowLogs: toS3("logs")})
	}
	p := FlowLogs(&config.Config{Hubs: []*config.Hub{hub("a", "111111111111", "us-east-1", toS3("logs"), spokes...)}})[0].Policy()
	if p.Size() > MaxSize {
		t.Errorf("found %d bytes", p.Size())
	}
	for account, want := range map[string]iam.Effect{"100000000399": iam.Allow, "100000000400": iam.NoMatch} {
		if got := decide(t, p, delivery(account, "us-east-1", "logs/AWSLogs/"+account+"/a")); got != want {
			t.Errorf("%s: expected %s, found %s", account, want, got)
		}
	}
}

// Only the network, AWS's services and the exceptions reach the bucket; nobody gains anything by the policy.
func TestOnly(t *testing.T) {
	partition := awsfacts.MustPartition("us-east-1")
	role := func(account, name string) iam.Principal {
		return iam.Principal{Kind: iam.Role, ID: "arn:aws:iam::" + account + ":role/" + name}
	}
	through := func(org, account string) map[string][]string {
		return map[string][]string{"aws:VpceOrgID": {org}, "aws:VpceAccount": {account}, "aws:SourceVpce": {"vpce-0123456789abcdef0"}}
	}
	const ours, alone, theirs = "111111111111", "555555555555", "777777777777"
	network := Network{Organizations: []string{"o-ours"}, Accounts: []string{alone}, Except: []string{
		"arn:aws:iam::" + ours + ":role/Administrator"}}
	strict := network
	strict.Endpoints = []string{"vpce-0123456789abcdef0"}
	app := role(ours, "app")
	for name, c := range map[string]struct {
		network   Network
		principal iam.Principal
		context   map[string][]string
		want      iam.Effect
	}{
		"the organization's endpoint":   {network, app, through("o-ours", ours), iam.NoMatch},
		"a hub without an organization": {network, role(alone, "app"), through("o-theirs", alone), iam.NoMatch},
		"somebody else's endpoint":      {network, app, through("o-theirs", theirs), iam.Deny},
		"somebody else":                 {network, role(theirs, "app"), through("o-theirs", theirs), iam.Deny},
		"the internet":                  {network, app, nil, iam.Deny},
		"an exception":                  {network, role(ours, "Administrator"), nil, iam.NoMatch},
		"a service for a principal":     {network, app, map[string][]string{"aws:ViaAWSService": {"true"}}, iam.NoMatch},
		"a snapshot's restoration":      {network, role(ours, "aws:ec2-infrastructure"), nil, iam.NoMatch},
		"a service":                     {network, iam.Principal{Kind: iam.Service, ID: "delivery.logs.amazonaws.com"}, nil, iam.NoMatch},
		"the endpoint that is named":    {strict, app, through("o-ours", ours), iam.NoMatch},
		"another endpoint than named": {strict, app,
			map[string][]string{"aws:VpceOrgID": {"o-ours"}, "aws:SourceVpce": {"vpce-1"}}, iam.Deny},
	} {
		r := iam.Request{Principal: c.principal, Action: "s3:GetObject", Resource: "arn:aws:s3:::data/a", Context: c.context}
		if got := decide(t, Only(partition, "data", c.network), r); got != c.want {
			t.Errorf("%s: expected %s, found %s", name, c.want, got)
		}
	}
}

func TestNetworkOf(t *testing.T) {
	ours := hub("a", "111111111111", "us-east-1", config.FlowLogs{})
	ours.Organization.ID = "o-ours"
	alone := hub("b", "222222222222", "us-east-1", config.FlowLogs{}, &config.Spoke{Account: "333333333333"},
		&config.Spoke{Account: "222222222222"})
	n := NetworkOf(&config.Config{Hubs: []*config.Hub{ours, alone}})
	if !slices.Equal(n.Organizations, []string{"o-ours"}) || !slices.Equal(n.Accounts, []string{"222222222222", "333333333333"}) {
		t.Errorf("found %+v", n)
	}
}
