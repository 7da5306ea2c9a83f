package prove

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/iam"
	"sharedhub/internal/topology"
)

// readers proves the roles that stacks read other accounts' outputs through: each lets the reading stack's CloudFormation
// role in, describes the stack that is read, and does nothing else for nobody else.
func (p *prover) readers() {
	checked := map[string]bool{}
	for _, r := range p.net.Reads {
		if r.Role == "" || !p.seen(r.Account) {
			continue // within an account nothing is assumed
		}
		role := p.net.Roles[r.Role]
		if role == nil {
			p.add(codeReader, "stack "+r.Consumer, topology.Source{}, "reads an output of %s through %s, which is not in the stacks", r.Stack, r.Role)
			continue
		}
		// The role that CloudFormation has in a bootstrapped account (CDK guide, "Bootstrapping").
		caller := fmt.Sprintf("arn:%s:iam::%s:role/cdk-hnb659fds-cfn-exec-role-%s-%s", arnPartition(r.Role), r.ConsumerAccount, r.ConsumerAccount, r.ConsumerRegion)
		target := fmt.Sprintf("arn:%s:cloudformation:%s:%s:stack/%s/", arnPartition(r.Role), r.Region, r.Account, r.Stack)
		key := r.Role + caller + target
		if checked[key] {
			continue
		}
		checked[key] = true
		org := p.organizationOf(r)
		if !trusts(role, principal{caller, r.ConsumerAccount, org}) {
			p.add(codeReader, "stack "+r.Consumer, role.Source, "reads an output of %s through a role that does not trust its account's CloudFormation", r.Stack)
		}
		if !slices.ContainsFunc(role.Policies, func(doc map[string]any) bool { return describes(doc, target) }) {
			p.add(codeReader, "stack "+r.Consumer, role.Source, "reads an output of %s through a role that may not describe that stack", r.Stack)
		}
		if !checked[r.Role] {
			checked[r.Role] = true
			p.narrowRole(role, r, org)
		}
	}
}

// narrowRole checks that strangers cannot use a reader, and that it can do nothing but read.
func (p *prover) narrowRole(role *topology.Role, r topology.Read, org string) {
	const stranger = "999999999998"
	for _, c := range []struct {
		who  principal
		what string
	}{
		{principal{strings.ReplaceAll("arn:aws:iam::A:role/cdk-hnb659fds-cfn-exec-role-A-us-east-1", "A", stranger), stranger, "o-stranger00"}, "CloudFormation of accounts outside"},
		{principal{fmt.Sprintf("arn:%s:iam::%s:role/admin", arnPartition(r.Role), r.ConsumerAccount), r.ConsumerAccount, org}, "other roles of the accounts"},
	} {
		if trusts(role, c.who) {
			p.add(codeReader, "role "+role.ARN, role.Source, "lets %s in", c.what)
		}
	}
	for _, doc := range role.Policies {
		for _, st := range iam.Statements(doc) {
			if st.Effect != "Allow" {
				continue
			}
			if st.Negated() || !slices.Equal(st.Actions, []string{"cloudformation:DescribeStacks"}) {
				p.add(codeReader, "role "+role.ARN, role.Source, "may do more than describe stacks: %s", strings.Join(st.Actions, ", "))
			}
			for _, res := range st.Resources {
				if name := stackOf(res); name == "" || !p.ourStack(name) {
					p.add(codeReader, "role "+role.ARN, role.Source, "may describe %s, which is no stack of the hub", res)
				}
			}
		}
	}
}

func (p *prover) organizationOf(r topology.Read) string {
	i := slices.IndexFunc(p.cfg.Hubs, func(h *config.Hub) bool {
		return strings.HasPrefix(r.Stack, h.Name+"-") && strings.HasPrefix(r.Consumer, h.Name+"-")
	})
	if i < 0 {
		return ""
	}
	return p.cfg.Hubs[i].Organization.ID
}

// stackOf is the stack's name in an ARN of a stack, with no wildcard but for the id: "arn:…:stack/use1-network/*".
func stackOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[2] != "cloudformation" || strings.ContainsAny(strings.Join(parts[:5], ""), "*?") {
		return ""
	}
	name, ok := strings.CutPrefix(parts[5], "stack/")
	name, id, _ := strings.Cut(name, "/")
	if !ok || id != "*" || strings.ContainsAny(name, "*?") {
		return ""
	}
	return name
}

func (p *prover) ourStack(name string) bool {
	return slices.ContainsFunc(p.cfg.Hubs, func(h *config.Hub) bool { return strings.HasPrefix(name, h.Name+"-") })
}

func arnPartition(arn string) string {
	parts := strings.SplitN(arn, ":", 3)
	if len(parts) < 3 {
		return "aws"
	}
	return parts[1]
}

// principal is who asks.
type principal struct{ arn, account, organization string }

// trusts evaluates a trust policy for a caller, with the condition keys that a reader's can hold. What it does not know
// admits nobody.
func trusts(role *topology.Role, who principal) bool {
	ok := false
	for _, st := range iam.Statements(role.Trust) {
		if st.Negated() || !slices.Contains(st.Actions, "sts:AssumeRole") || !admitsPrincipal(st, who) || !meets(st, who) {
			continue
		}
		if st.Effect == "Deny" {
			return false
		}
		ok = ok || st.Effect == "Allow"
	}
	return ok
}

func admitsPrincipal(st iam.Statement, who principal) bool {
	for kind, list := range st.Principals {
		if kind == "*" {
			return true
		}
		for _, w := range list {
			if kind == "AWS" && (w == who.account || w == who.arn || strings.HasSuffix(w, ":iam::"+who.account+":root")) {
				return true
			}
		}
	}
	return false
}

func meets(st iam.Statement, who principal) bool {
	have := map[string]string{"aws:principalarn": who.arn, "aws:principalaccount": who.account, principalOrg: who.organization}
	for op, tests := range st.Conditions {
		for key, values := range tests {
			v, known := have[key]
			hit := slices.ContainsFunc(values, func(w string) bool {
				if op == "ArnLike" || op == "StringLike" {
					ok, _ := path.Match(w, v)
					return ok
				}
				return (op == "StringEquals" || op == "ArnEquals") && w == v
			})
			if !known || !hit {
				return false
			}
		}
	}
	return true
}

// describes is true where a policy lets the stack be described.
func describes(doc map[string]any, target string) bool {
	return slices.ContainsFunc(iam.Statements(doc), func(st iam.Statement) bool {
		return st.Effect == "Allow" && !st.Negated() && slices.Contains(st.Actions, "cloudformation:DescribeStacks") && len(st.Conditions) == 0 &&
			slices.ContainsFunc(st.Resources, func(r string) bool { return r == "*" || strings.HasPrefix(target, strings.TrimSuffix(r, "*")) })
	})
}
