package live

import (
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/ram"
	ramtypes "github.com/aws/aws-sdk-go-v2/service/ram/types"

	"sharedhub/internal/topology"
)

// sharesParts is true for an account that may share parts of a hub: its own, and that of its Transit Gateway.
func (r *reader) sharesParts() bool { return len(r.gateways) > 0 || r.scope.Hubs[r.place.Account] }

// readShares reads the account's shares, where it has something to share.
func (r *reader) readShares() {
	if !r.sharesParts() {
		return
	}
	client := ram.NewFromConfig(r.cfg)
	pages(r, "ram:GetResourceShares", ram.NewGetResourceSharesPaginator(client,
		&ram.GetResourceSharesInput{ResourceOwner: ramtypes.ResourceOwnerSelf, ResourceShareStatus: ramtypes.ResourceShareStatusActive}),
		func(o *ram.GetResourceSharesOutput) { r.shares = append(r.shares, o.ResourceShares...) })
	for _, kind := range []ramtypes.ResourceShareAssociationType{ramtypes.ResourceShareAssociationTypeResource,
		ramtypes.ResourceShareAssociationTypePrincipal} {
		pages(r, "ram:GetResourceShareAssociations", ram.NewGetResourceShareAssociationsPaginator(client,
			&ram.GetResourceShareAssociationsInput{AssociationType: kind}),
			func(o *ram.GetResourceShareAssociationsOutput) {
				r.shared = append(r.shared, o.ResourceShareAssociations...)
			})
	}
}

// readRoles reads the roles of the scope with all their policies; one list tells all, where asking for each would take
// four calls a role.
func (r *reader) readRoles() {
	wanted := false
	for arn := range r.scope.Roles {
		wanted = wanted || strings.Contains(arn, "::"+r.place.Account+":")
	}
	if !wanted || r.err != nil {
		return
	}
	r.managed = map[string]*string{}
	input := &iam.GetAccountAuthorizationDetailsInput{Filter: []iamtypes.EntityType{iamtypes.EntityTypeRole,
		iamtypes.EntityTypeLocalManagedPolicy}, MaxItems: aws.Int32(1000)}
	pages(r, "iam:GetAccountAuthorizationDetails", iam.NewGetAccountAuthorizationDetailsPaginator(iam.NewFromConfig(r.cfg), input),
		func(o *iam.GetAccountAuthorizationDetailsOutput) {
			for _, role := range o.RoleDetailList {
				if r.scope.Roles[aws.ToString(role.Arn)] {
					r.roles = append(r.roles, role)
				}
			}
			for _, p := range o.Policies {
				for _, v := range p.PolicyVersionList {
					if v.IsDefaultVersion {
						r.managed[aws.ToString(p.Arn)] = v.Document
					}
				}
			}
		})
}

// shareRecords are those of the account's gateways and profiles.
func (r *raw) shareRecords() []topology.Record {
	ours := map[string]bool{}
	for _, g := range r.gateways {
		ours[aws.ToString(g.TransitGatewayArn)] = true
	}
	for _, p := range r.profiles {
		ours[aws.ToString(p.Arn)] = true
	}
	for _, rule := range r.rules {
		ours[aws.ToString(rule.Arn)] = true
	}
	var out []topology.Record
	for _, s := range r.shares {
		arn := aws.ToString(s.ResourceShareArn)
		rec := &topology.ShareRecord{Meta: r.untagged("AWS::RAM::ResourceShare", arn), External: aws.ToBool(s.AllowExternalPrincipals)}
		for _, a := range r.shared {
			if aws.ToString(a.ResourceShareArn) != arn || a.Status != ramtypes.ResourceShareAssociationStatusAssociated &&
				a.Status != ramtypes.ResourceShareAssociationStatusAssociating {
				continue
			}
			if a.AssociationType == ramtypes.ResourceShareAssociationTypeResource {
				rec.Resources = append(rec.Resources, aws.ToString(a.AssociatedEntity))
			} else {
				rec.Principals = append(rec.Principals, aws.ToString(a.AssociatedEntity))
			}
		}
		if s.Status == ramtypes.ResourceShareStatusActive && slices.ContainsFunc(rec.Resources, func(arn string) bool { return ours[arn] }) {
			out = append(out, rec)
		}
	}
	return out
}

func (r *raw) roleRecords() []topology.Record {
	var out []topology.Record
	for _, d := range r.roles {
		arn := aws.ToString(d.Arn)
		rec := &topology.RoleRecord{Meta: r.untagged("AWS::IAM::Role", arn), ARN: arn, Trust: document(d.AssumeRolePolicyDocument)}
		for _, p := range d.RolePolicyList {
			rec.Policies = append(rec.Policies, document(p.PolicyDocument))
		}
		for _, p := range d.AttachedManagedPolicies {
			if doc := r.managed[aws.ToString(p.PolicyArn)]; doc != nil {
				rec.Policies = append(rec.Policies, document(doc))
			} else {
				rec.ManagedPolicies = append(rec.ManagedPolicies, aws.ToString(p.PolicyArn))
			}
		}
		if b := d.PermissionsBoundary; b != nil {
			rec.Boundary = aws.ToString(b.PermissionsBoundaryArn)
		}
		out = append(out, rec)
	}
	return out
}

// document is the text of a policy, which IAM encodes as in a URL.
func document(encoded *string) string {
	text := aws.ToString(encoded)
	if plain, err := url.QueryUnescape(text); err == nil && !strings.HasPrefix(text, "{") {
		return plain
	}
	return text
}
