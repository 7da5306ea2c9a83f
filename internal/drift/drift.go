// Package drift says where a live network differs from the synthesised one, part by part, with the stack that owns the
// part. It judges nothing; package prove does.
package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sharedhub/internal/topology"
)

// Difference is one part that is missing, changed, or there without anybody having written it.
type Difference struct {
	// Kind of the difference, from Kinds.
	Kind string `json:"kind"`
	// Stack that makes the part, or the part around it, and its logical id there.
	Stack    string `json:"stack"`
	Resource string `json:"resource"`
	// ID in AWS of the part, or of the part around it; "" where it is gone.
	ID      string `json:"id,omitempty"`
	Account string `json:"account"`
	Region  string `json:"region"`
	Text    string `json:"text"`
}

func (d Difference) String() string {
	where := d.Stack
	if d.Resource != "" {
		where += "/" + d.Resource
	}
	if d.ID != "" {
		where += " " + d.ID
	}
	return fmt.Sprintf("%s: %s (%s)", d.Kind, d.Text, where)
}

// Kind is a kind of difference, and what it means.
type Kind struct{ Name, Meaning string }

// Kinds are all that can differ.
var Kinds = []Kind{
	{"stack-missing", "a stack of the configuration is not deployed"},
	{"stack-extra", "a stack of the hub is deployed that the configuration no longer has, and keeps what it made"},
	{"stack-state", "a stack's last operation failed or has not ended"},
	{"stale-reference", "a stack was deployed before one whose outputs it reads changed, and holds what was"},
	{"vpc-missing", "a VPC is gone"},
	{"vpc-range", "a VPC has a range too many or too few"},
	{"vpc-dns", "DNS support or DNS host names of a VPC are off, or its hosts are told to ask other name servers"},
	{"internet-gateway", "an internet gateway is attached to a VPC"},
	{"flow-log", "a VPC's flow log is missing, changed, or one too many"},
	{"subnet", "a subnet is missing, in another zone, or one too many"},
	{"subnet-table", "a subnet uses another route table, or the VPC's main one"},
	{"subnet-acl", "a subnet's network ACL is another, or its rules changed"},
	{"route-missing", "a VPC's route table lacks a route"},
	{"route-changed", "a route leads elsewhere, or nowhere"},
	{"route-extra", "a VPC's route table holds a route that nobody wrote"},
	{"gateway-missing", "a Transit Gateway is gone"},
	{"gateway-options", "a Transit Gateway's default association, default propagation or automatic acceptance changed"},
	{"gateway-table", "a Transit Gateway's route table is missing, or one too many"},
	{"attachment-missing", "a VPC is not attached"},
	{"attachment-extra", "something is attached to the hub's own Transit Gateway that nobody configured"},
	{"attachment-subnets", "an attachment's subnets changed"},
	{"attachment-state", "an attachment is not available"},
	{"association", "an attachment uses another table of the Transit Gateway, or none"},
	{"propagation-missing", "a table of the Transit Gateway does not learn an attachment's ranges"},
	{"propagation-extra", "a table of the Transit Gateway learns an attachment's ranges that it must not"},
	{"gateway-route", "a table of the Transit Gateway holds a written route too many or too few"},
	{"endpoint-missing", "an endpoint is gone"},
	{"endpoint-extra", "a VPC holds an endpoint that nobody configured"},
	{"endpoint-state", "an endpoint is not available"},
	{"endpoint-policy", "an endpoint's policy changed"},
	{"endpoint-subnets", "an endpoint's subnets changed"},
	{"endpoint-groups", "an endpoint's security groups changed"},
	{"endpoint-tables", "a gateway endpoint serves other route tables"},
	{"endpoint-private-dns", "private DNS of an endpoint was switched"},
	{"rule-missing", "a security group lacks a rule"},
	{"rule-extra", "a security group holds a rule that nobody wrote, or a wider one"},
	{"zone-missing", "a private zone is gone"},
	{"zone-extra", "a VPC asks a private zone that nobody configured, which may hide names"},
	{"zone-vpc-missing", "a private zone lost a VPC"},
	{"zone-vpc-extra", "a private zone serves a VPC that is none of its own"},
	{"record-missing", "a private zone lacks a record"},
	{"record-changed", "a record leads elsewhere"},
	{"record-extra", "a private zone holds a record that nobody wrote"},
	{"profile-missing", "the Route 53 Profile is gone"},
	{"profile-resource", "the Route 53 Profile carries too much or too little"},
	{"profile-association", "a VPC does not use its Route 53 Profile, or uses one too many"},
	{"share", "the Transit Gateway or the Profile is not shared as written, or with others too"},
	{"role", "a role that outputs are read through is missing, or its trust or its policies changed"},
}

// Between lists where a live network differs from the synthesised one. Parts of accounts that were not seen are passed over.
func Between(want, have *topology.Network, seen func(account string) bool) []Difference {
	c := newComparer(want, have, seen)
	c.stacks()
	c.extraStacks()
	c.vpcs()
	c.gateways()
	c.endpoints()
	c.zones()
	c.profiles()
	c.shares()
	c.roles()
	c.stale()
	c.dropConsequences()
	slices.SortFunc(c.found, func(a, b Difference) int {
		return cmp.Or(strings.Compare(a.Stack, b.Stack), strings.Compare(a.Resource, b.Resource), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Text, b.Text))
	})
	return slices.Compact(c.found)
}

// place is an account and a region.
type place struct{ account, region string }

// report adds a difference of a part that a stack makes; live is the part's id, or that of the part around it.
func (c *comparer) report(kind string, owner topology.Source, live string, at place, format string, args ...any) {
	c.found = append(c.found, Difference{Kind: kind, Stack: owner.Stack, Resource: owner.ID, ID: live, Account: at.account, Region: at.region, Text: fmt.Sprintf(format, args...)})
}

// working are the states of a stack whose last operation went through.
var working = []string{"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", ""}

// ways out of each other state, by its end (CloudFormation guide, "Stack status codes").
var waysOut = []struct{ state, way string }{
	{"ROLLBACK_COMPLETE", "its creation failed and nothing of it is left; `cdk deploy` replaces it"},
	{"CREATE_FAILED", "its creation failed: destroy it, then deploy it again"},
	{"UPDATE_ROLLBACK_FAILED", "its update failed and could not be undone: run `cdk rollback` on it, then deploy again"},
	{"ROLLBACK_FAILED", "its creation failed and could not be undone: destroy it, then deploy it again"},
	{"DELETE_FAILED", "it is half destroyed: take away what holds it, and destroy it again"},
	{"UPDATE_FAILED", "its update failed: deploy it again"},
	{"REVIEW_IN_PROGRESS", "it holds nothing but a change set that nobody carried out: deploy it"},
	{"IN_PROGRESS", "an operation is under way: wait for its end, and verify again"},
}

func (c *comparer) stacks() {
	for _, w := range c.want.Stacks {
		if !c.seen(w.Account) {
			continue
		}
		h, ok := c.liveStacks[stackKey(w)]
		owner := topology.Source{Stack: w.Name}
		switch {
		case !ok:
			c.report("stack-missing", owner, "", place{w.Account, w.Region}, "stack %s is not deployed", w.Name)
		case !slices.Contains(working, h.Status):
			way := "look at it in CloudFormation"
			for _, o := range waysOut {
				if strings.HasSuffix(h.Status, o.state) {
					way = o.way
					break
				}
			}
			c.report("stack-state", owner, "", place{w.Account, w.Region}, "stack %s is in %s: %s", w.Name, h.Status, way)
		}
	}
}

// extraStacks are the hub's, by their tag and name, and no longer in the configuration.
func (c *comparer) extraStacks() {
	hubs, known := map[string]bool{}, map[string]bool{}
	for _, w := range c.want.Stacks {
		hubs[w.Hub], known[stackKey(w)] = true, true
	}
	for _, h := range c.have.Stacks {
		if h.Hub != "" && hubs[h.Hub] && strings.HasPrefix(h.Name, h.Hub+"-") && !known[stackKey(h)] && c.seen(h.Account) {
			c.report("stack-extra", topology.Source{Stack: h.Name}, "", place{h.Account, h.Region}, "stack %s is deployed, and the configuration no longer has it: destroy it, or bring its file back", h.Name)
		}
	}
}

// dropConsequences leaves of a stack that is not there only that: everything it would make is missing too.
func (c *comparer) dropConsequences() {
	absent := map[string]bool{}
	for _, w := range c.want.Stacks {
		h, ok := c.liveStacks[stackKey(w)]
		absent[w.Name] = c.seen(w.Account) && (!ok || h.Status == "ROLLBACK_COMPLETE" || h.Status == "REVIEW_IN_PROGRESS")
	}
	c.found = slices.DeleteFunc(c.found, func(d Difference) bool {
		return absent[d.Stack] && !strings.HasPrefix(d.Kind, "stack-") && !strings.HasSuffix(d.Kind, "-extra")
	})
}

// stale looks, for stacks with something missing or changed, whether what they read changed after them: outputs are read
// when the reading stack is deployed, and CloudFormation does not follow.
func (c *comparer) stale() {
	broken := map[string]bool{}
	for _, d := range c.found {
		broken[d.Stack] = true
	}
	byName := map[string]topology.Stack{}
	for _, s := range c.want.Stacks {
		if live, ok := c.liveStacks[stackKey(s)]; ok {
			byName[s.Name] = live
		}
	}
	for _, r := range c.want.Reads {
		reader, read := byName[r.Consumer], byName[r.Stack]
		if broken[r.Consumer] && reader.Name != "" && read.Name != "" && read.Changed.After(reader.Changed) {
			c.report("stale-reference", topology.Source{Stack: r.Consumer}, "", place{reader.Account, reader.Region},
				"stack %s reads outputs of %s, which changed after it was deployed: raise revision in the hub's file and deploy, and they are read again", r.Consumer, r.Stack)
		}
	}
}

func stackKey(s topology.Stack) string { return s.Account + " " + s.Region + " " + s.Name }
