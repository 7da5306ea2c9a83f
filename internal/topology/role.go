package topology

import "strings"

var _ = declare(
	Type{Name: "AWS::IAM::Role", Record: &RoleRecord{}, Actions: []string{"iam:GetAccountAuthorizationDetails"},
		Ignored: map[string]string{"Description": "text for people", "MaxSessionDuration": "says how long a session lasts",
			"Policies.PolicyName": "a name for people"}},
	Type{Name: "AWS::IAM::Policy", Record: &RolePolicyRecord{}, Unseen: "a live role lists its policies",
		Ignored: map[string]string{"PolicyName": "a name for people", "Users": "users are no roles that stacks read through",
			"Groups": "groups are no roles that stacks read through"}},
	Type{Name: "AWS::IAM::RolePolicy", Record: &RolePolicyRecord{}, Unseen: "a live role lists its policies",
		Ignored: map[string]string{"PolicyName": "a name for people"}},
	Type{Name: "AWS::IAM::ManagedPolicy", Record: &RolePolicyRecord{}, Unseen: "a live role lists its policies",
		Ignored: map[string]string{"ManagedPolicyName": "a name for people", "Description": "text for people", "Path": "a name for people",
			"Users":  "users are no roles that stacks read through",
			"Groups": "groups are no roles that stacks read through"}},
)

// Role is an IAM role.
type Role struct {
	ARN, Account string
	Trust        map[string]any
	Policies     []map[string]any
	// Boundary is the ARN of the permissions boundary, "" for none, and BoundaryPolicy its document where the stacks hold it.
	Boundary       string
	BoundaryPolicy map[string]any
	Source         Source
}

// RoleRecord is an AWS::IAM::Role.
type RoleRecord struct {
	Meta
	ARN string
	// Name by which policies name it; one without has no ARN either, since nobody can name it elsewhere.
	Name string
	// Trust and Policies are documents, as JSON text or decoded.
	Trust    any
	Policies []any
	// ManagedPolicies and Boundary are ARNs.
	ManagedPolicies []string
	Boundary        string
}

func (*RoleRecord) stage() stage { return alone }

func (r *RoleRecord) link(l *linker) {
	role := &Role{ARN: r.ARN, Account: r.Account, Trust: l.document(r, r.Trust), Boundary: r.Boundary, Source: r.Source}
	for _, p := range r.Policies {
		role.Policies = append(role.Policies, l.document(r, p))
	}
	for _, arn := range r.ManagedPolicies { // what it allows is elsewhere; that it is there is too much
		role.Policies = append(role.Policies, map[string]any{"Statement": []any{
			map[string]any{"Effect": "Allow", "Action": "everything in " + Plain(arn), "Resource": "*"}}})
	}
	l.roleNames[r.ID] = role
	if role.ARN == "" {
		l.UnnamedRoles = append(l.UnnamedRoles, role)
		return
	}
	l.Roles[role.ARN] = role
	if r.Name == "" {
		return
	}
	name := r.Account + "/" + strings.ToLower(r.Name) // unique in the account, without regard to case and path
	if other := l.roleNames[name]; other != nil {
		l.strange(r, "has the name of another role of its account, %s: %s", other.Source, r.Name)
	}
	l.roleNames[name] = role
}

// RolePolicyRecord is an AWS::IAM::Policy, RolePolicy or ManagedPolicy that names the roles it belongs to.
type RolePolicyRecord struct {
	Meta
	// Roles by id or name.
	Roles []string
	// Document, as JSON text or decoded.
	Document any
}

func (*RolePolicyRecord) stage() stage { return joining }

func (r *RolePolicyRecord) link(l *linker) {
	for _, name := range r.Roles {
		role := l.roleNames[name]
		if role == nil {
			role = l.roleNames[r.Account+"/"+strings.ToLower(name)]
		}
		if role != nil {
			role.Policies = append(role.Policies, l.document(r, r.Document))
		}
	}
	for _, role := range l.Roles { // only named ones are read through
		if role.Boundary == r.ID {
			role.BoundaryPolicy = l.document(r, r.Document)
		}
	}
}

func (n *Network) rolePart(r *Role) Part {
	p := Part{Type: "AWS::IAM::Role", ID: r.ARN, Account: r.Account,
		Noun: "role", Label: r.ARN[strings.LastIndex(r.ARN, "/")+1:], Source: r.Source, Keys: []Key{{Text: r.ARN}},
		Facts: []Fact{{Attr: "trust", Document: r.Trust}}}
	for _, doc := range r.Policies {
		p.Facts = append(p.Facts, Fact{Attr: "permission", Document: doc})
	}
	return p
}
