package topology

import (
	"slices"
	"strings"
)

var _ = declare(
	Type{Name: "AWS::RAM::ResourceShare", Record: &ShareRecord{}, Actions: []string{"ram:GetResourceShares",
		"ram:GetResourceShareAssociations"},
		Ignored: map[string]string{"Name": "a name for people"}},
)

// Share is a RAM share.
type Share struct {
	Account, Region       string
	Resources, Principals []string
	Permissions           []string
	External              bool
	Source                Source
}

// ShareRecord is an AWS::RAM::ResourceShare.
type ShareRecord struct {
	Meta
	Resources, Principals, Permissions []string
	// External is true where accounts outside the organization may be principals.
	External bool
}

func (*ShareRecord) stage() stage { return alone }

func (r *ShareRecord) link(l *linker) {
	l.Shares = append(l.Shares, &Share{Account: r.Account, Region: r.Region, Resources: r.Resources, Principals: r.Principals,
		Permissions: r.Permissions,
		External:    r.External, Source: r.Source})
}

// Names are the ids of the parts that the resources' ARNs name, one each, whether an attribute or a text gave the ARN.
func (s *Share) Names() []string {
	var out []string
	for _, arn := range s.Resources {
		out = append(out, idIn(arn))
	}
	return out
}

// idIn is the id of the part that an ARN names.
func idIn(arn string) string {
	ids := named(arn)
	if len(ids) == 0 {
		return ""
	}
	return ids[len(ids)-1]
}

// SharedWith is true where an account owns a resource, or some share in its region covers it. An organization's ARN
// covers every account: which accounts an organization has, only AWS knows.
func (n *Network) SharedWith(arn, owner, region, account string) bool {
	if owner == account {
		return true
	}
	return slices.ContainsFunc(n.Shares, func(s *Share) bool { return s.Region == region && s.Covers(arn, owner, account) })
}

// Covers is true where the share lets an account use a resource of its owner.
func (s *Share) Covers(arn, owner, account string) bool {
	return s.Account == owner && slices.Contains(s.Names(), idIn(arn)) &&
		slices.ContainsFunc(s.Principals, func(p string) bool { return p == account || strings.Contains(p, ":organizations::") })
}

// shareFacts say with whom a resource is shared.
func (n *Network) shareFacts(arn string) []Fact {
	var out []Fact
	for _, s := range n.Shares {
		if !slices.Contains(s.Names(), idIn(arn)) {
			continue
		}
		with := slices.Clone(s.Principals)
		if s.External {
			with = append(with, "accounts outside the organization")
		}
		for _, p := range with {
			f := one("share", p)
			f.Source = s.Source
			out = append(out, f)
		}
	}
	return out
}
