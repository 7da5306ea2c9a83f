package config

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	written "sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// site is a configuration of many equal spokes.
type site struct {
	hubs, spokes, accounts int // spokes of each hub, over so many accounts
	hub                    string
	spoke                  string
	regions                []string // of the hubs, in turn
}

const plainHub = "pools: {prod: [10.0.0.0/8]}\nvpc: {cidr: 172.16.0.0/20}\nsegments: {prod: {}}\nendpoints: {services: [sts]}\n" +
	"organization: o-a1b2c3d4e5\n"

func (s site) load(t *testing.T) diag.List {
	t.Helper()
	dir := t.TempDir()
	for i := range max(s.hubs, 1) {
		name, region := fmt.Sprintf("hub%d", i), "us-east-1"
		if len(s.regions) > 0 {
			region = s.regions[i%len(s.regions)]
		}
		write(t, filepath.Join(dir, "hubs", name+".yaml"), []byte("account: \"111111111111\"\nregion: "+region+"\n"+
			strings.ReplaceAll(s.hub, "tgw-attach-0", fmt.Sprintf("tgw-attach-%017d", i))))
		for n := range s.spokes {
			write(t, filepath.Join(dir, "spokes", fmt.Sprintf("s%d-%04d.yaml", i, n)), fmt.Appendf(nil,
				"hub: %s\nsegment: prod\naccount: \"%d\"\ncidr: 10.%d.%d.0/24\n%s", name, 222222220000+n%s.accounts, n/256, n%256, s.spoke))
		}
	}
	_, diags := Load(dir)
	return diags
}

// What several hubs and spokes need together is counted per account and region, and said once.
func TestQuotas(t *testing.T) {
	services := "kms, sts, ssm, sqs, sns, logs, monitoring, events, states, lambda, ec2, ecr.api, ecr.dkr, ecs, ecs-agent, ecs-telemetry, " +
		"elasticloadbalancing, autoscaling, athena, glue, backup, batch, cloudformation, cloudtrail, codebuild, codecommit, codedeploy, " +
		"codepipeline, config, datasync, ds, ebs, eks, elasticache, elasticbeanstalk, elasticfilesystem, elasticmapreduce, email-smtp, " +
		"execute-api, guardduty-data, inspector2, iot.data, kinesis-streams, kinesis-firehose, license-manager, macie2, rds, rds-data, " +
		"redshift, redshift-data, rekognition"
	segments := "segments: {prod: {}"
	for i := range 20 {
		segments += fmt.Sprintf(", s%d: {}", i)
	}
	ranges := make([]string, 70)
	for i := range ranges {
		ranges[i] = fmt.Sprintf("10.%d.0.0/16", i)
	}
	domains := "external: {dx: {attachment: tgw-attach-0, cidrs: [192.168.0.0/16], segment: prod}}\ndns:\n  forward:\n"
	for i := range 100 {
		domains += fmt.Sprintf("    d%d.example: {to: [192.168.0.10]}\n", i)
	}
	with := func(old, new string) string { return strings.Replace(plainHub, old, new, 1) }
	for name, c := range map[string]struct {
		site
		want []string // each of one diagnostic, and there are no others
	}{
		"five VPCs": {site{spokes: 5, accounts: 1, hub: plainHub}, nil},
		"six VPCs": {site{spokes: 6, accounts: 1, hub: plainHub},
			[]string{`account 222222220000 in us-east-1 needs 6, and has 5 by default (VPCs per Region)|granted: {vpcs: 6} in hub hub0's file`}},
		"six VPCs, granted":      {site{spokes: 6, accounts: 1, hub: plainHub + "granted: {vpcs: 6}\n"}, nil},
		"six VPCs, five apart":   {site{spokes: 6, accounts: 2, hub: plainHub}, nil},
		"two hubs of an account": {site{hubs: 2, spokes: 3, accounts: 1, hub: plainHub}, []string{"222222220000 in us-east-1 needs 6"}},
		"two regions":            {site{hubs: 2, spokes: 3, accounts: 1, hub: plainHub, regions: []string{"us-east-1", "us-west-2"}}, nil},
		"less granted than needed": {site{spokes: 9, accounts: 1, hub: plainHub + "granted: {vpcs: 8}\n"},
			[]string{"needs 9, and has 8 as granted"}},
		"11 spokes with two gateway endpoints each": {site{spokes: 11, accounts: 1, hub: plainHub + "granted: {vpcs: 20}\n"},
			[]string{"needs 22, and has 20 by default (Gateway VPC endpoints per Region)"}},
		"11 spokes with one": {site{spokes: 11, accounts: 1, hub: plainHub + "granted: {vpcs: 20}\n", spoke: "gatewayEndpoints: [s3]\n"}, nil},
		"six hubs": {site{hubs: 6, hub: plainHub + "granted: {vpcs: 6}\n"},
			[]string{"needs 6, and has 5 by default (Transit gateways per account)"}},
		"six Profiles": {site{hubs: 6, hub: plainHub + "granted: {vpcs: 6, transitGateways: 6}\ndns: {sharing: profile}\n"},
			[]string{"Route 53 Profiles per account per Region"}},
		"51 endpoints": {site{hub: with("[sts]", "["+services+"]")},
			[]string{"the VPC of hub hub0 needs 51, and has 50 by default (Interface VPC endpoints per VPC)"}},
		"51 endpoints, granted": {site{hub: with("[sts]", "["+services+"]") + "granted: {interfaceEndpoints: 60}\n"}, nil},
		"21 segments": {site{hub: with("segments: {prod: {}", segments)},
			[]string{"needs 22, and has 20 by default (Transit gateway route tables per transit gateway)"}},
		"70 ranges in the pools": {site{hub: with("10.0.0.0/8", strings.Join(ranges, ", "))},
			[]string{"security group of hub hub0 needs 71, and has 60 by default (Inbound or outbound rules per security group)"}},
		"21 invitations": {site{spokes: 21, accounts: 21, hub: with("organization: o-a1b2c3d4e5\n", "")},
			[]string{"needs 21, and has 20 by default (Pending invitations per sharing account)|or write organization"}},
		"301 VPCs in an account's zones": {site{spokes: 301, accounts: 1, hub: plainHub + "granted: {vpcs: 301, gatewayEndpoints: 602}\n"},
			[]string{"needs 301, and has 300 by default (VPCs per private hosted zone)|go to a Route 53 Profile"}},
		"100 rules in each of 21 VPCs": {site{spokes: 21, accounts: 1, hub: plainHub + "granted: {vpcs: 21, gatewayEndpoints: 42}\n" + domains},
			[]string{"needs 2100, and has 2000 by default (Associations between Resolver rules and VPCs per AWS Region)|{ruleAssociations: 2100}"}},
		"100 rules, carried by the Profile": {site{spokes: 21, accounts: 1, hub: plainHub + "granted: {vpcs: 21, gatewayEndpoints: 42}\n" +
			domains + "  sharing: profile\n"}, nil},
		"100 rules in each of eleven hubs": {site{hubs: 11, regions: []string{"us-east-1"}, hub: plainHub +
			"granted: {vpcs: 11, transitGateways: 11, resolverEndpoints: 11}\n" + domains},
			[]string{"needs 1100, and has 1000 by default (Resolver rules per AWS Region)|{resolverRules: 1100}"}},
		"1,001 VPCs on a Profile": {site{spokes: 1001, accounts: 1001, hub: plainHub + "dns: {sharing: profile}\n"},
			[]string{"VPCs per Route 53 Profile"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range c.load(t) {
				if d.Code == written.Quota || d.Severity == diag.Error {
					got = append(got, d.String())
				}
			}
			if len(got) != len(c.want) {
				t.Fatalf("%d messages, want %d:\n%s", len(got), len(c.want), strings.Join(got, "\n"))
			}
			for i, want := range c.want {
				for part := range strings.SplitSeq(want, "|") {
					if !strings.Contains(got[i], part) {
						t.Errorf("%q is not in\n%s", part, got[i])
					}
				}
			}
		})
	}
}

// What the keys of granted are said to mean is what is counted.
func TestGrantsAreDocumented(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "file/granted.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	fields := f.Scope.Lookup("Granted").Decl.(*ast.TypeSpec).Type.(*ast.StructType).Fields.List
	list := (&written.Granted{}).List()
	if len(fields) != len(list) {
		t.Fatalf("%d keys, and %d quotas", len(fields), len(list))
	}
	for i, g := range list {
		doc := fields[i].Doc.Text()
		if !strings.Contains(doc, fmt.Sprintf("%q", g.Quota.Name)) || !strings.Contains(doc, fmt.Sprintf("Default: %d.", g.Quota.Default)) ||
			g.Quota.Max > 0 && !strings.Contains(doc, fmt.Sprintf("at most %d.", g.Quota.Max)) {
			t.Errorf("%s: %q says something else than %+v", g.Key, doc, g.Quota)
		}
	}
}
