package awsfacts

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Each account and each exception says where it comes from, and stands for a region and a place that exist.
func TestOwned(t *testing.T) {
	number, known := regexp.MustCompile(`^[0-9]{12}$`), Regions()
	groups := map[string]bool{}
	for _, g := range AccountGroups() {
		groups[g.Name] = true
		if g.Of == "" || g.Source == "" || len(g.Accounts) == 0 {
			t.Errorf("group %s of %q lacks a source or accounts", g.Name, g.Of)
		}
		for region, accounts := range g.Accounts {
			if !slices.Contains(known, region) || len(accounts) == 0 || slices.ContainsFunc(accounts, func(a string) bool {
				return !number.MatchString(a)
			}) {
				t.Errorf("%s of %s in %s: %v", g.Name, g.Of, region, accounts)
			}
		}
	}
	said := map[string]bool{}
	for _, o := range owned().Exceptions {
		if said[o.SID] || o.Of == "" || o.Source == "" || len(o.Services) == 0 || len(o.Actions) == 0 || len(o.Resources) == 0 ||
			o.Group != "" && !groups[o.Group] {
			t.Errorf("exception %s: %+v", o.SID, o)
		}
		said[o.SID] = true
		if o.Anonymous && slices.ContainsFunc(o.Actions, func(a string) bool { return a != "s3:GetObject" && a != "s3:ListBucket" }) {
			t.Errorf("exception %s lets anybody do more than read: %v", o.SID, o.Actions)
		}
	}
	for _, region := range known {
		for _, service := range []string{"s3", "ecr.api", "ecr.dkr", "lambda", "ec2", "ssm", "iam", "iot", "imagebuilder", "cloudformation"} {
			for _, o := range OwnedByAWS(service, region) {
				for _, r := range o.Resources {
					if strings.ContainsAny(r, "<>") || r != "*" && !strings.HasPrefix(r, "arn:"+MustPartition(region).Name+":") {
						t.Errorf("%s in %s: %s", o.SID, region, r)
					}
				}
				if o.Group != "" && len(o.Accounts) == 0 {
					t.Errorf("%s in %s has no account", o.SID, region)
				}
			}
		}
	}
	if got := OwnedByAWS("ecr.api", "us-iso-east-1"); len(got) > 0 {
		t.Errorf("a region of which no account is known: %v", got)
	}
	if got := WithoutResourceOrganization("ebs"); len(got) == 0 || owned().Without.Source == "" {
		t.Errorf("ebs: %v, source %q", got, owned().Without.Source)
	}
}
