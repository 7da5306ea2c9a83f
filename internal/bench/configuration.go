// Package bench makes configurations to measure and to compare with.
package bench

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
)

// Configuration is files by their path below the folder.
type Configuration map[string]string

// Write makes the folder.
func (c Configuration) Write(dir string) error {
	for name, text := range c {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

const manyServices = "ssm, ssmmessages, ec2messages, ecr.api, ecr.dkr, s3, ecs, ecs-agent, ecs-telemetry, logs, monitoring, sts, kms, " +
	"secretsmanager, lambda, sqs, sns, events, kinesis-streams, athena, autoscaling, backup, cloudformation, codebuild, codedeploy, " +
	"config, ec2, elasticfilesystem, elasticloadbalancing, execute-api, glue, guardduty-data, kinesis-firehose, rds, rds-data, " +
	"sagemaker.api, servicecatalog, states, xray, textract"

// Accounts is how many accounts so many spokes are in, for Large: at most 20 spokes an account, from 1,000 on. A hub's Transit
// Gateway takes 4,999.
func Accounts(spokes int) int { return max(min(spokes, 50), (spokes+19)/20) }

// Large is a hub with 40 services, and spokes of one shape in as many accounts as said.
func Large(spokes, accounts int, sharing string) Configuration {
	c := Configuration{"hubs/use1.yaml": "account: \"111111111111\"\nregion: us-east-1\n" +
		"organization: {id: o-a1b2c3d4e5, managementAccount: \"111111111111\"}\nvpc: {cidr: 10.0.0.0/20}\n" +
		"pools: {prod: [10.64.0.0/10]}\nsegments: {prod: {}}\nendpoints: {services: [" + manyServices + "]}\ndns: {sharing: " + sharing + "}\n"}
	for i := range spokes {
		c[fmt.Sprintf("spokes/s%d.yaml", i)] = fmt.Sprintf("hub: use1\naccount: \"%012d\"\nsegment: prod\ncidr: %s\n",
			200000000000+i%accounts, netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(64 + i/256), byte(i), 0}), 24))
	}
	return c
}

// random draws a configuration's choices.
type random struct{ *rand.Rand }

func (r random) one(of ...string) string { return of[r.IntN(len(of))] }

// maybe is a line of YAML, or none.
func (r random) maybe(line string) string {
	if r.IntN(3) > 0 {
		return ""
	}
	return line + "\n"
}

// Random is a small configuration, the same for the same seed: a hub with any of what a hub may have, and spokes of few shapes.
func Random(seed uint64) Configuration {
	r := random{rand.New(rand.NewPCG(seed, 20))}
	zones := r.one("2", "3", "[a, c]", "[use1-az1, use1-az2, use1-az4]")
	logs := r.one("", "", "flowLogs: {to: cloudwatch, retentionDays: 90}\n", "flowLogs: {to: s3, bucket: \"arn:aws:s3:::flow-logs\"}\n")
	hub := "version: 1\naccount: \"111111111111\"\nregion: us-east-1\n" +
		r.one("", "organization: o-a1b2c3d4e5\n", "organization: {id: o-a1b2c3d4e5, managementAccount: \"999999999990\"}\n") +
		"vpc: {cidr: 10.0.0.0/20, zones: " + zones + "}\n" +
		"transitGateway: {asn: 64513, routes: " + r.one("propagated", "both", "static") +
		r.one("", ", securityGroupReferencing: true") + "}\n" +
		"pools: {prod: [10.16.0.0/12], dev: [10.32.0.0/12, 10.48.0.0/12]}\n" +
		"segments:\n  prod: {protect: " + r.one("true", "false") + ", spokesMay: [outsidePool, flowLogs, tags, protect]}\n" +
		"  dev: {mesh: " + r.one("true", "false") + ", spokesMay: [outsidePool, flowLogs, tags, protect]}\n" +
		"  ops: {reaches: [prod, dev], spokesMay: [outsidePool, flowLogs, tags, protect]}\n" +
		"endpoints:\n  policy: " + r.one("full-access", "full-access", "organization") + "\n" +
		"  services: [sts, " + r.one("ssm", "s3, logs", "ecr.dkr", "kms, sqs", "kms, {name: sqs, state: leaving}") + "]\n" +
		"dns: {sharing: " + r.one("zones", "zones", "profile", "spoke-zones", "spoke-zones-and-profile") + "}\n" +
		logs + r.maybe("tags: {owner: network, \"cost centre\": \"+1 @ 240.0.0.1/8=é\"}") + r.maybe("revision: 3")
	if strings.Contains(hub, "policy: organization") && !strings.Contains(hub, "organization: ") {
		hub = strings.Replace(hub, "policy: organization", "policy: full-access", 1)
	}
	c := Configuration{"hubs/use1.yaml": hub}
	shapes := make([]shape, 1+r.IntN(2))
	for i := range shapes {
		shapes[i] = r.shape()
	}
	accounts := []string{"111111111111", "222222222222", "333333333333", "444444444444", "555555555555"}
	for i := range 4 + r.IntN(6) {
		name := r.one("s", "orders-prod", "a-b-c", "payments-and-much-more", "x9") + "-" + fmt.Sprint(i)
		c["spokes/"+name+".yaml"] = shapes[r.IntN(len(shapes))].spoke(r, i, accounts[r.IntN(1+r.IntN(len(accounts)))])
	}
	return c
}

// shape is what spokes have in common.
type shape struct {
	segment, rest                string
	bits                         int
	secondary, unrouted, outside bool
	tags                         []string
}

func (r random) shape() shape {
	s := shape{segment: r.one("prod", "prod", "dev", "ops"), bits: 20 + r.IntN(4), tags: []string{}}
	s.outside = s.segment == "ops" || r.IntN(8) == 0
	s.secondary, s.unrouted = !s.outside && r.IntN(4) == 0, r.IntN(4) == 0
	s.rest = r.maybe("zones: "+r.one("1", "2", "[b]")) + r.maybe("gatewayEndpoints: "+r.one("[]", "[s3]")) +
		r.maybe("flowLogs: {to: cloudwatch, retentionDays: 7}") + r.maybe("protect: "+r.one("true", "false")) +
		r.maybe("state: detached")
	for _, t := range []string{"team", "Zone", "aws-id", "é", "owner"} {
		if r.IntN(4) == 0 {
			s.tags = append(s.tags, t)
		}
	}
	return s
}

func (s shape) spoke(r random, i int, account string) string {
	first := map[string]byte{"prod": 16, "dev": 32}[s.segment]
	cidr := fmt.Sprintf("10.%d.%d.0/%d", first, 16*i, s.bits)
	text := "hub: use1\naccount: \"" + account + "\"\nsegment: " + s.segment + "\n"
	if s.outside {
		cidr = fmt.Sprintf("172.20.%d.0/%d", 16*i, s.bits)
		text += "outsidePool: true\n"
	}
	text += "cidr: " + cidr + "\n" + s.rest
	tiers := "  private: {}\n"
	if s.secondary {
		more := fmt.Sprintf("10.%d.%d.0/22", first+1, 16*i)
		text += "secondaryCidrs: [" + more + "]\n"
		tiers += "  more: {cidr: " + more + "}\n"
	}
	if s.unrouted {
		text += "unroutedCidrs: [100.64.0.0/18]\n"
		tiers += "  pods: {cidr: 100.64.0.0/18}\n"
	}
	text += "tiers:\n" + tiers
	var tags []string
	for _, t := range s.tags {
		tags = append(tags, fmt.Sprintf("%s: %q", t, r.one("orders", "a b", "1.2.3.4", "ünï/+=@:", "240.0.0.1", account)))
	}
	if len(tags) > 0 {
		text += "tags: {" + strings.Join(tags, ", ") + "}\n"
	}
	return text
}
