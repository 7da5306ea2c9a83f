package awsfacts

import (
	"slices"
	"strings"
	"testing"
)

// Each region is one partition's, and so is one that AWS opens beside it.
func TestPartitions(t *testing.T) {
	for _, p := range Partitions {
		if len(p.Regions) == 0 {
			t.Errorf("%s has no region", p.Name)
		}
		for _, r := range p.Regions {
			for _, region := range []string{r, r[:strings.LastIndex(r, "-")] + "-9"} {
				n := 0
				for _, o := range Partitions {
					if o.pattern.MatchString(region) {
						n++
					}
				}
				if got, err := PartitionOf(region); err != nil || got.Name != p.Name || n != 1 {
					t.Errorf("%s: partition %s, %v, fits %d patterns; want %s and 1", region, got.Name, err, n, p.Name)
				}
			}
		}
	}
}

// A region of a country that is new to AWS is partition aws's, and a new one of the European Sovereign Cloud is that one's.
func TestNewRegions(t *testing.T) {
	for region, want := range map[string]string{"nz-north-1": "aws", "cl-central-1": "aws", "cn-south-1": "aws-cn",
		"eusc-fr-west-1": "aws-eusc", "us-gov-central-1": "aws-us-gov"} {
		if p, err := PartitionOf(region); err != nil || p.Name != want {
			t.Errorf("%s is of %q, %v; want %s", region, p.Name, err, want)
		}
	}
}

func TestNoRegion(t *testing.T) {
	for _, r := range []string{"", "useast1", "us-east-1a", "US-EAST-1", "us-east", "aws-global", "xxx-east-1", "us-xyz-east-1",
		"cn-north-1 ", "eusc-east-1", "us-eats-1", "us-est-1", "eu-wset-1"} {
		if p, err := PartitionOf(r); err == nil {
			t.Errorf("%q is taken for a region of %s", r, p.Name)
		}
	}
}

func TestZoneIDPrefix(t *testing.T) {
	for region, want := range map[string]string{"us-east-1": "use1", "ap-southeast-2": "apse2", "eu-central-1": "euc1",
		"us-gov-west-1": "usgw1", "cn-northwest-1": "cnnw1", "ca-central-1": "cac1", "us-iso-east-1": "", "eusc-de-east-1": ""} {
		if got := ZoneIDPrefix(region); got != want {
			t.Errorf("%s: %q, want %q", region, got, want)
		}
	}
}

func TestBootstrapRoles(t *testing.T) {
	p := MustPartition("us-gov-west-1")
	for got, want := range map[string]string{
		p.ExecutionRole(DefaultQualifier, "111111111111", "us-gov-west-1"): "" +
			"arn:aws-us-gov:iam::111111111111:role/cdk-hnb659fds-cfn-exec-role-111111111111-us-gov-west-1",
		p.LookupRole("acme01", "111111111111", "us-gov-west-1"): "" +
			"arn:aws-us-gov:iam::111111111111:role/cdk-acme01-lookup-role-111111111111-us-gov-west-1",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Each line of the actions' file can be taken apart, and no prefix stands there twice.
func TestActions(t *testing.T) {
	prefixes := ActionPrefixes()
	if lines := strings.Count(actionsText, "\n") - strings.Count(actionsText, "# "); len(prefixes) < 450 || lines != len(prefixes) {
		t.Errorf("%d prefixes in %d lines", len(prefixes), lines)
	}
	for _, prefix := range prefixes {
		if g, ok := ActionsOf(prefix); !ok || len(g.Actions) == 0 || slices.Contains(g.Resources, "") {
			t.Errorf("%s: %v", prefix, g)
		}
	}
	if g, ok := ActionsOf("S3"); !ok || !slices.Contains(g.Actions, "GetObject") || !slices.Contains(g.Resources, "s3") {
		t.Errorf("S3: %v", g)
	}
	if g, _ := ActionsOf("backup"); !g.AnyResource {
		t.Error("backup: expected resources of any service")
	}
	if _, ok := ActionsOf("# "); ok {
		t.Error("a comment is taken for a prefix")
	}
}
