package catalog

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
)

// knownAs are the services of what people call them: the console's, the CLI's and everyday names, in lower-case letters and
// digits alone, where the endpoint's name is another.
var knownAs = map[string][]string{
	"acmpca": {"acm-pca"}, "alb": {"elasticloadbalancing"}, "amp": {"aps", "aps-workspaces"},
	"apigateway": {"execute-api", "apigateway"}, "aurora": {"rds", "rds-data"}, "bedrockruntime": {"bedrock-runtime"},
	"cfn": {"cloudformation"}, "cloudmap": {"servicediscovery"}, "cloudwatch": {"monitoring", "logs"},
	"cloudwatchevents": {"events"}, "cloudwatchlogs": {"logs"}, "cloudwatchmetrics": {"monitoring"}, "cognito": {"cognito-idp"},
	"containerregistry": {"ecr.api", "ecr.dkr"}, "cw": {"monitoring", "logs"}, "datafirehose": {"kinesis-firehose"},
	"directoryservice": {"ds"}, "docker": {"ecr.dkr"}, "documentdb": {"rds"}, "ecr": {"ecr.api", "ecr.dkr"},
	"efs": {"elasticfilesystem"}, "elasticsearch": {"aoss", "aoss-data"}, "elb": {"elasticloadbalancing"},
	"elbv2": {"elasticloadbalancing"}, "emr": {"elasticmapreduce"}, "eventbridge": {"events"},
	"fargate": {"ecs", "ecs-agent", "ecs-telemetry"}, "firehose": {"kinesis-firehose"},
	"guardduty": {"guardduty", "guardduty-data"}, "inspector": {"inspector2"}, "iot": {"iot.data"}, "kinesis": {"kinesis-streams"},
	"loadbalancing": {"elasticloadbalancing"}, "macie": {"macie2"}, "memorydb": {"memory-db"}, "metrics": {"monitoring"},
	"msk": {"kafka"}, "mwaa": {"airflow.api", "airflow.env"}, "mysql": {"rds", "rds-data"}, "neptune": {"rds"},
	"nlb": {"elasticloadbalancing"}, "opensearch": {"aoss", "aoss-data"}, "opensearchserverless": {"aoss", "aoss-data"},
	"parameterstore": {"ssm"}, "pca": {"acm-pca"}, "postgres": {"rds", "rds-data"}, "postgresql": {"rds", "rds-data"},
	"prometheus": {"aps", "aps-workspaces"}, "redis": {"elasticache"},
	"sagemaker": {"sagemaker.api", "sagemaker.runtime"}, "secrets": {"secretsmanager"},
	"servicecatalog": {"servicecatalog"}, "ses": {"email", "email-smtp"}, "sessionmanager": {"ssm", "ssmmessages", "ec2messages"},
	"sftp": {"transfer", "transfer.server"}, "smtp": {"email-smtp"}, "stepfunctions": {"states", "sync-states"},
	"systemsmanager": {"ssm", "ssmmessages", "ec2messages"}, "valkey": {"elasticache"}, "vpc": {"ec2"}, "waf": {"wafv2"},
}

// Words are what people call services whose endpoints have other names, sorted.
func Words() []string { return slices.Sorted(maps.Keys(knownAs)) }

var timestream = regexp.MustCompile(`^timestream(?:\.(ingest|query|write))?(?:-(cell[0-9]+))?$`)

// Special says what to do for a word, short or full, that stands for a service which no entry of a list can stand for; "" for all
// others.
func (c *Catalog) Special(word string) string {
	word = strings.ToLower(strings.TrimSpace(word))
	short := shortName(word, c.Region)
	if short == "s3express" { // S3 user guide, "Networking for directory buckets"
		return "take it out: S3 Express One Zone has gateway endpoints only; make one for com.amazonaws." + c.Region +
			".s3express in the workload's own stack, with the spoke's route tables"
	}
	m := timestream.FindStringSubmatch(word)
	if m == nil {
		return ""
	}
	in, suffix := awsfacts.MustPartition(c.Region), cmp.Or(m[1], "ingest")+"-"+cmp.Or(m[2], "cell1")
	suffix = strings.Replace(suffix, "write", "ingest", 1)
	return fmt.Sprintf("Timestream's endpoints bear the name of your account's cell, which aws timestream-write describe-endpoints prints "+
		"(timestream-query for query): write {name: %s.%s.timestream.%s, privateNames: [%s.timestream.%s.%s]}",
		in.ReverseDNS(), c.Region, suffix, suffix, c.Region, in.DNSSuffix)
}

// mostMeant is how many services a word can mean and still be of help.
const mostMeant = 4

// Meant are the short names of the services that a word which is no service's name stands for: by what people call them, for a
// full name of another region, for a private name, for labels in another order (dkr.ecr), or else those whose names hold the
// word. None where nothing is known.
func (c *Catalog) Meant(word string) []string {
	word = strings.ToLower(strings.TrimSpace(word))
	if region := regionIn(word); region != "" && region != c.Region {
		if s, ok := c.Lookup(strings.Replace(word, region, c.Region, 1)); ok {
			return []string{s.Name}
		}
	}
	for _, name := range c.Names() {
		if s, ok := c.Lookup(name); ok && (s.Twin == word || slices.Contains(s.PrivateNames, word)) && word != "" {
			return []string{name}
		}
	}
	labels := strings.Split(word, ".")
	slices.Reverse(labels)
	if s, ok := c.Lookup(strings.Join(labels, ".")); ok {
		return []string{s.Name}
	}
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, word)
	for _, brand := range []string{"amazon", "aws"} {
		plain = strings.TrimPrefix(plain, brand)
	}
	var out []string
	for _, name := range knownAs[plain] {
		if _, ok := c.Lookup(name); ok {
			out = append(out, name)
		}
	}
	if len(out) > 0 || len(word) < 4 {
		return out
	}
	for _, name := range c.Names() {
		if strings.Contains(name, word) {
			out = append(out, name)
		}
	}
	if len(out) > mostMeant {
		return nil
	}
	return out
}
