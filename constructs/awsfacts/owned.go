package awsfacts

import (
	"embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

//go:embed data/aws-owned.json data/aws-accounts.json
var files embed.FS

// Owned is what AWS's own things need of an endpoint whose policy bounds an organization: requests for resources that AWS
// owns. All conditions that are given hold together.
type Owned struct {
	// Services are the endpoint services that it is about, by short name, without "-fips".
	Services []string `json:"services"`
	// SID is the name of the statement that admits it.
	SID string `json:"sid"`
	// Of says what it is, Source where AWS says so.
	Of     string `json:"of"`
	Source string `json:"source"`
	// Anonymous requests have no credentials. All others are by principals of the organization.
	Anonymous bool `json:"anonymous"`
	// Unkeyed requests carry no aws:ResourceOrgID.
	Unkeyed bool `json:"unkeyed"`
	// ImageOwner is the value of ec2:Owner. Default: any.
	ImageOwner string `json:"imageOwner"`
	// Accounts are those that own the resources. Default: the ARNs say whose they are.
	Accounts []string `json:"-"`
	// Actions and Resources, with IAM's wildcards.
	Actions   []string `json:"actions"`
	Resources []string `json:"resources"`

	Group string `json:"resourceAccounts"` // of aws-accounts.json, of which Accounts are a region's
}

type ownedFile struct {
	Exceptions []Owned `json:"exceptions"`
	Without    struct {
		Source  string              `json:"source"`
		Actions map[string][]string `json:"actions"`
	} `json:"withoutResourceOrganization"`
}

// AccountGroup are accounts of AWS with one use, by region.
type AccountGroup struct {
	Name   string `json:"name"`
	Of     string `json:"of"`
	Source string `json:"source"`
	// Accounts by region.
	Accounts map[string][]string `json:"accounts"`
}

var owned = sync.OnceValue(func() (out ownedFile) {
	read("data/aws-owned.json", &out)
	return out
})

// AccountGroups are the accounts of AWS that are known, in the order of the file.
var AccountGroups = sync.OnceValue(func() []AccountGroup {
	var out struct {
		Groups []AccountGroup `json:"groups"`
	}
	read("data/aws-accounts.json", &out)
	return out.Groups
})

func read(name string, into any) {
	b, err := files.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		panic(err) // embedded
	}
}

// AccountsOf are a group's accounts in a region, sorted.
func AccountsOf(group, region string) []string {
	var out []string
	for _, g := range AccountGroups() {
		if g.Name == group {
			out = append(out, g.Accounts[region]...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// OwnedByAWS is what AWS's own things need of a service's endpoint in a region, with the region's ARNs and accounts. What
// needs an account that is not known there is left out.
func OwnedByAWS(service, region string) []Owned {
	var out []Owned
	for _, o := range owned().Exceptions {
		if !slices.Contains(o.Services, strings.TrimSuffix(service, "-fips")) {
			continue
		}
		if o.Group != "" {
			if o.Accounts = AccountsOf(o.Group, region); len(o.Accounts) == 0 {
				continue
			}
		}
		var resources []string
		for _, r := range o.Resources {
			resources = append(resources, inRegion(r, region)...)
		}
		if o.Resources = resources; len(resources) > 0 {
			out = append(out, o)
		}
	}
	return out
}

// AllOwned are all exceptions, as the file has them: with patterns in the place of regions and accounts.
func AllOwned() []Owned { return slices.Clone(owned().Exceptions) }

// inRegion fills in a pattern's region and accounts: one ARN for each account.
func inRegion(pattern, region string) []string {
	partition := MustPartition(region).Name
	filled := strings.NewReplacer("<partition>", partition, "<region>", region,
		"<RegionWithoutDashes>", strings.ReplaceAll(region, "-", "")).Replace(pattern)
	before, rest, found := strings.Cut(filled, "<account:")
	if !found {
		return []string{filled}
	}
	group, after, _ := strings.Cut(rest, ">")
	var out []string
	for _, account := range AccountsOf(group, region) {
		out = append(out, before+account+after)
	}
	return out
}

// WithoutResourceOrganization are the actions of a service whose requests carry no aws:ResourceOrgID, so that a policy which
// demands it refuses them; "ebs:*" for all. The file names the page that says so.
func WithoutResourceOrganization(service string) []string {
	return owned().Without.Actions[strings.TrimSuffix(service, "-fips")]
}
