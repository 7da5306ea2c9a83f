package prove

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
	"sharedhub/internal/iam"
	"sharedhub/internal/topology"
)

const (
	assumeRole     = "sts:AssumeRole"
	describeStacks = "cloudformation:DescribeStacks"
)

// readers proves the roles that stacks read other accounts' outputs through: each lets the reading stack's CloudFormation
// role in, describes the stack that is read, and does nothing else for nobody else.
func (p *prover) readers() {
	through := map[*topology.Role][]topology.Read{}
	checked := map[topology.Read]bool{}
	documents := map[*topology.Role]*roleDocuments{}
	for _, r := range p.net.Reads {
		if r.Role == "" || checked[r] || !p.seen(r.Account) {
			continue // within an account nothing is assumed
		}
		checked[r] = true
		role := p.net.Roles[r.Role]
		if role == nil {
			p.add(codeReader, "stack "+r.Consumer, topology.Source{},
				"reads an output of %s through %s, which is not in the stacks", r.Stack, r.Role)
			continue
		}
		through[role] = append(through[role], r)
		if documents[role] == nil {
			documents[role] = documentsOf(role)
		}
		p.reads(role, documents[role], r)
	}
	roles := slices.SortedFunc(maps.Keys(through), func(a, b *topology.Role) int { return strings.Compare(a.ARN, b.ARN) })
	uneven := slices.ContainsFunc(roles, func(r *topology.Role) bool {
		return parsed(r.Boundary).Resource != parsed(roles[0].Boundary).Resource
	})
	for _, role := range roles {
		p.strangers(role, through[role])
		p.rights(role, through[role])
		p.boundary(role, uneven)
	}
	p.unread(through)
}

// unread judges the roles of the hub's own templates that no stack reads through: such a role lets in nobody but AWS services, for
// writing flow logs, and those who may read.
func (p *prover) unread(through map[*topology.Role][]topology.Read) {
	all := slices.Clone(p.net.UnnamedRoles)
	for _, arn := range sortedKeys(p.net.Roles) {
		all = append(all, p.net.Roles[arn])
	}
	for _, role := range all {
		i := slices.IndexFunc(p.cfg.Hubs, func(h *config.Hub) bool { return p.stackOf(h, role.Source.Stack) })
		if i < 0 || through[role] != nil || role.Source.Live != "" {
			continue
		}
		h, named := p.cfg.Hubs[i], *role
		if forServices(role) {
			p.writesLogs(h, role)
			continue
		}
		if role.ARN == "" {
			in, err := awsfacts.PartitionOf(h.Region)
			if err != nil {
				continue
			}
			named.ARN = in.ARN("iam", "", role.Account, "role/"+role.Source.Stack+"-"+role.Source.ID)
		}
		reads := topology.Read{Consumer: h.Name + "-", ConsumerAccount: role.Account, ConsumerRegion: h.Region, Account: role.Account,
			Region: h.Region, Stack: h.Name + "-"}
		if of := (topology.Read{Stack: role.Source.Stack}); p.readsSpoke(of) {
			reads.Stack = of.Stack // a detached spoke's, which its link will read again
		}
		p.strangers(&named, []topology.Read{reads})
		p.rights(&named, nil)
	}
}

// forServices is true for a role that only AWS services can assume, which do so for their own account.
func forServices(role *topology.Role) bool {
	trust := iam.Parse(role.Trust)
	return len(trust.Statements) > 0 && !slices.ContainsFunc(trust.Statements, func(s iam.Statement) bool {
		return s.Malformed != "" || len(s.NotPrincipals) > 0 || len(s.Principals) != 1 || len(s.Principals["Service"]) == 0
	})
}

// writingLogs is what VPC Flow Logs needs to write into a log group that is there (VPC guide, "IAM role for publishing flow logs to
// CloudWatch Logs").
var writingLogs = []string{"logs:createlogstream", "logs:describeloggroups", "logs:describelogstreams", "logs:putlogevents"}

// writesLogs checks that a role of the hub's stacks for AWS services may do nothing but write into log groups of theirs.
func (p *prover) writesLogs(h *config.Hub, role *topology.Role) {
	subject := "role " + role.ARN
	if role.ARN == "" {
		subject = "stack " + role.Source.Stack
	}
	say := func(format string, args ...any) {
		p.add(codeReader, subject, role.Source, "a role for AWS services "+format+"; the hub's stacks have them for flow logs alone", args...)
	}
	for _, doc := range role.Policies {
		for _, s := range iam.Statements(doc) {
			switch {
			case s.Malformed != "":
				say("has a policy that cannot be decided: a statement %s", s.Malformed)
			case s.Effect != "Allow":
			case s.NotActions != nil:
				say("may do everything but %s", strings.Join(s.NotActions, ", "))
			case s.Resources == nil:
				say("may write to everything but %s", topology.Plain(strings.Join(s.NotResources, ", ")))
			default:
				for _, a := range s.Actions {
					if !slices.Contains(writingLogs, strings.ToLower(a)) {
						say("may do more than write logs: %s", topology.Plain(a))
					}
				}
				for _, r := range s.Resources {
					if !p.stackOf(h, topology.StackOf(r)) {
						say("may write to %s, which is no log group of theirs", topology.Plain(r))
					}
				}
			}
		}
	}
}

// roleDocuments are a role's policies, parsed once for all that read through it.
type roleDocuments struct {
	trust    iam.Document
	policies []iam.Document
}

func documentsOf(role *topology.Role) *roleDocuments {
	d := &roleDocuments{trust: iam.Parse(role.Trust)}
	for _, doc := range role.Policies {
		d.policies = append(d.policies, iam.Parse(doc))
	}
	return d
}

// reads checks that a stack can read another through a role.
func (p *prover) reads(role *topology.Role, of *roleDocuments, r topology.Read) {
	say := func(format string, args ...any) {
		p.add(codeReader, "stack "+r.Consumer, role.Source, "reads an output of %s through a role that %s", r.Stack, fmt.Sprintf(format, args...))
	}
	if r.ConsumerRole == "" {
		say("it may be unable to assume: the assembly does not name the role that CloudFormation deploys the reading stack with")
		return
	}
	caller := caller{Principal: iam.Principal{Kind: iam.Role, ID: r.ConsumerRole}, organizations: p.organizationOf(r)}
	switch d := iam.Evaluate(caller.request(assumeRole, role.ARN), of.trust); d.Effect {
	case iam.Allow:
	case iam.Unknown:
		say("may not trust its account's CloudFormation; undecided: %s", strings.Join(d.Reasons, "; "))
	default:
		say("does not trust its account's CloudFormation")
	}
	partition := parsed(role.ARN).Partition
	stack := arn.ARN{Partition: partition, Service: "cloudformation", Region: r.Region, AccountID: r.Account,
		Resource: "stack/" + r.Stack + "/00000000-0000-0000-0000-000000000000"}
	self := caller
	self.Principal, self.organizations = iam.Principal{Kind: iam.Role, ID: role.ARN}, p.organizationOf(r)
	request := self.request(describeStacks, stack.String())
	request.Context["aws:RequestedRegion"] = []string{r.Region}
	d := iam.Evaluate(request, of.policies...)
	if role.BoundaryPolicy != nil && d.Effect == iam.Allow {
		d = iam.Evaluate(request, iam.Parse(role.BoundaryPolicy))
	}
	switch d.Effect {
	case iam.Allow:
	case iam.Unknown:
		say("may be unable to describe that stack; undecided: %s", strings.Join(d.Reasons, "; "))
	default:
		say("may not describe that stack")
	}
}

// caller is a principal in an organization.
type caller struct {
	iam.Principal
	// organizations it may be in: one that is known, none (a list of one, ""), or nil where it is not known.
	organizations []string
	// action it would use. Default: sts:AssumeRole.
	action string
	// what it is, in a sentence.
	what string
}

func (c caller) request(action, resource string) iam.Request {
	r := iam.Request{Principal: c.Principal, Action: action, Resource: resource, Context: map[string][]string{"aws:SecureTransport": {"true"}}}
	switch {
	case c.Kind == iam.Anonymous || c.Kind == iam.Federated || c.Kind == iam.Service:
		r.Context[principalOrg] = nil // they are of no organization
	case len(c.organizations) == 1 && c.organizations[0] == "":
		r.Context[principalOrg] = nil
	case len(c.organizations) == 1:
		r.Context[principalOrg] = c.organizations
	}
	return r
}

// strangers checks that nobody but the CloudFormation roles of the accounts that read may assume a reader: with callers of
// every kind, and with whomever the trust policy itself names, in an element or in a condition.
func (p *prover) strangers(role *topology.Role, reads []topology.Read) {
	trust := iam.Parse(role.Trust)
	for _, s := range trust.Statements {
		if s.Principals == nil && s.NotPrincipals == nil && s.Malformed == "" {
			p.add(codeReader, "role "+role.ARN, role.Source, "has a trust statement without Principal, which IAM refuses")
		}
	}
	for _, text := range p.admitted(role, reads, trust) {
		p.add(codeReader, "role "+role.ARN, role.Source, "%s", text)
	}
}

// admitted says which strangers a trust policy lets in. Roles of one account with equal policies that serve equal readers share
// the answer, so that a thousand spokes cost no more than their accounts.
func (p *prover) admitted(role *topology.Role, reads []topology.Read, trust iam.Document) []string {
	text, err := json.Marshal(role.Trust)
	if err != nil {
		text = []byte(role.ARN)
	}
	var key strings.Builder
	fmt.Fprint(&key, parsed(role.ARN).Partition, role.Account, string(text))
	if strings.Contains(string(text), "Resource") { // what IAM refuses in a trust policy; the role's name then matters
		key.WriteString(role.ARN)
	}
	for _, r := range reads {
		fmt.Fprint(&key, " ", r.Region, r.ConsumerAccount, r.ConsumerRole, p.organizationOf(r))
		if h := p.hubOf(r); h != nil {
			fmt.Fprint(&key, h.Name, h.GatewayElsewhere() && p.readsSpoke(r), p.readsService(r))
		}
	}
	if known, ok := p.letIn[key.String()]; ok {
		return known
	}
	var out []string
	said := map[string]bool{}
	for _, c := range p.callers(role, reads, trust.Statements) {
		if said[c.what] {
			continue
		}
		switch d := iam.Evaluate(c.request(c.action, role.ARN), trust); d.Effect {
		case iam.Allow:
			said[c.what] = true
			out = append(out, "lets in "+c.what)
		case iam.Unknown:
			said[c.what] = true
			out = append(out, fmt.Sprintf("may let in %s; undecided: %s", c.what, strings.Join(d.Reasons, "; ")))
		case iam.NoMatch, iam.Deny:
		}
	}
	p.letIn[key.String()] = out
	return out
}

// rights checks that a reader may do nothing but describe stacks of the hubs, and one of a spoke or a service its own stack alone.
func (p *prover) rights(role *topology.Role, reads []topology.Read) {
	own := topology.Read{Stack: role.Source.Stack}
	alone := p.readsSpoke(own) || p.readsService(own)
	say := func(format string, args ...any) { p.add(codeReader, "role "+role.ARN, role.Source, format, args...) }
	for _, doc := range role.Policies {
		for _, s := range iam.Statements(doc) {
			other := func(action string) bool { return !strings.EqualFold(action, describeStacks) }
			switch {
			case s.Malformed != "":
				say("has a policy that cannot be decided: a statement %s", s.Malformed)
			case s.Effect != "Allow":
			case s.NotActions != nil:
				say("may do more than describe stacks: everything but %s", strings.Join(s.NotActions, ", "))
			case slices.ContainsFunc(s.Actions, other):
				say("may do more than describe stacks: %s",
					strings.Join(slices.DeleteFunc(slices.Clone(s.Actions), func(a string) bool { return !other(a) }), ", "))
			case s.Resources == nil:
				say("may describe all stacks but %s", strings.Join(s.NotResources, ", "))
			}
			if s.Effect != "Allow" || slices.ContainsFunc(s.Actions, other) {
				continue
			}
			for _, r := range s.Resources {
				switch name := stackOf(r); {
				case name == "" || !p.ourStack(name):
					say("may describe %s, which is no stack of the hub", topology.Plain(r))
				case alone && name != own.Stack && !slices.ContainsFunc(reads, func(r topology.Read) bool { return r.Stack == name }):
					say("may describe stack %s; expected %s alone, which it is for", name, own.Stack)
				}
			}
		}
	}
}

// boundary judges a permissions boundary that the stacks do not hold. One that the CDK's context names, every role has; uneven
// is where the readers differ, so that somebody added one.
func (p *prover) boundary(role *topology.Role, uneven bool) {
	if role.Boundary == "" || role.BoundaryPolicy != nil || slices.Contains(describingPolicies, parsed(role.Boundary).Resource) {
		return
	}
	subject, has := "role "+role.ARN, "has permissions boundary "+topology.Plain(role.Boundary)+", which is not in the stacks"
	switch {
	case uneven:
		p.add(codeReader, subject, role.Source, "%s: expected one boundary for all roles that outputs are read through, or none", has)
	case parsed(role.Boundary).AccountID == "aws": // AWS's own, and none of those that are known to allow it
		p.add(codeReader, subject, role.Source, "%s; expected it to allow %s", has, describeStacks)
	default:
		p.add(codeBoundary, subject, role.Source, "%s; expected it to allow %s", has, describeStacks)
	}
}

// describingPolicies are AWS's own policies that allow cloudformation:DescribeStacks (AWS managed policy reference).
var describingPolicies = []string{"policy/AdministratorAccess", "policy/PowerUserAccess", "policy/ReadOnlyAccess",
	"policy/AWSCloudFormationFullAccess", "policy/AWSCloudFormationReadOnlyAccess"}

// hubOf is the hub that both stacks of a read are of, or nil.
func (p *prover) hubOf(r topology.Read) *config.Hub {
	i := slices.IndexFunc(p.cfg.Hubs, func(h *config.Hub) bool {
		return strings.HasPrefix(r.Stack, h.Name+"-") && strings.HasPrefix(r.Consumer, h.Name+"-")
	})
	if i < 0 {
		return nil
	}
	return p.cfg.Hubs[i]
}

// hasAccount is true for the hub's account, its gateway's, and those of its spokes.
func (p *prover) hasAccount(h *config.Hub, account string) bool {
	has := p.accounts[h]
	if has == nil {
		has = map[string]bool{h.Account: true, h.GatewayAccount(): true}
		for _, a := range h.Accounts() {
			has[a] = true
		}
		p.accounts[h] = has
	}
	return has[account]
}

// organizationOf is the organization of the accounts of a read, or nil where it is not known.
func (p *prover) organizationOf(r topology.Read) []string {
	h := p.hubOf(r)
	if h == nil { // a stack of another team that reads an output of the hub's, in an account of the hub's
		i := slices.IndexFunc(p.cfg.Hubs, func(h *config.Hub) bool {
			return strings.HasPrefix(r.Stack, h.Name+"-") && p.hasAccount(h, r.ConsumerAccount)
		})
		if i < 0 {
			return nil
		}
		h = p.cfg.Hubs[i]
	}
	if h.Organization.ID == "" {
		return nil
	}
	return []string{h.Organization.ID}
}

// stackOf is the stack's name in an ARN of a stack, with no wildcard but for the id: "arn:…:stack/use1-network/*".
func stackOf(text string) string {
	a := parsed(text)
	name, ok := strings.CutPrefix(a.Resource, "stack/")
	name, id, _ := strings.Cut(name, "/")
	if !ok || id != "*" || a.Service != "cloudformation" || strings.ContainsAny(a.Partition+a.Region+a.AccountID+name, "*?$") {
		return ""
	}
	return name
}

func (p *prover) ourStack(name string) bool {
	return slices.ContainsFunc(p.cfg.Hubs, func(h *config.Hub) bool { return strings.HasPrefix(name, h.Name+"-") })
}

// parsed is an ARN in its parts, all empty for what is none.
func parsed(text string) arn.ARN {
	a, err := arn.Parse(text)
	if err != nil {
		return arn.ARN{}
	}
	return a
}
