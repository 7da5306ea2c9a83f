package catalog

import (
	"slices"
	"strings"
	"testing"
)

func TestMeant(t *testing.T) {
	c := For("us-east-1", nil)
	for word, want := range map[string]string{
		"eventbridge": "events", "Amazon EventBridge": "events", "ses": "email email-smtp", "stepfunctions": "states sync-states",
		"step-functions": "states sync-states", "cloudwatch": "monitoring logs", "cloudwatch-logs": "logs", "firehose": "kinesis-firehose",
		"elb": "elasticloadbalancing", "opensearch": "aoss aoss-data", "dkr.ecr": "ecr.dkr", "com.amazonaws.eu-west-1.sqs": "sqs",
		"systemsmanager": "ssm ssmmessages ec2messages", "kinesis": "kinesis-streams", "efs": "elasticfilesystem", "nonsense": "", "x": "",
		"ecs.us-east-1.api.aws": "ecs", "sqs.us-east-1.amazonaws.com": "sqs", "postgres": "rds rds-data", "mwaa": "airflow.api airflow.env",
	} {
		if got := strings.Join(c.Meant(word), " "); got != want {
			t.Errorf("%s means %q, want %q", word, got, want)
		}
	}
}

// What people call a service leads to one that exists, and is no service's own name for another.
func TestKnownAs(t *testing.T) {
	c := For("us-east-1", nil)
	for word, names := range knownAs {
		for _, n := range names {
			if s, ok := c.Lookup(n); !ok || s.Name != n {
				t.Errorf("%s leads to %s, which is no service", word, n)
			}
		}
		if s, ok := c.Lookup(word); ok && !slices.Contains(names, s.Name) {
			t.Errorf("%s is a service itself, %s", word, s.Name)
		}
	}
}
