// Package perimeter writes the policies of VPC endpoints: who may send what to which resources through them.
//
// The rules follow AWS's data-perimeter guidance (whitepaper "Building a data perimeter on AWS" and
// aws-samples/data-perimeter-policy-examples). A policy grants nothing by itself; it bounds what may pass.
// The package is plain Go: a policy is a JSON document.
package perimeter

import (
	"encoding/json"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
)

// MaxSize is the largest endpoint policy, in characters.
var MaxSize = awsfacts.PolicyCharacters.Max

// Document is an IAM policy document.
type Document map[string]any

// FullAccess lets everything pass, as an endpoint without a policy does; written out so that it can be seen.
func FullAccess() Document {
	return document(statement("AllowEverything", map[string]any{"Action": "*", "Resource": "*"}))
}

// Organization bounds a service's endpoint to the organization's principals and resources ("o-…"), lets AWS services
// act, and adds what the service needs of AWS's own resources (awsfacts.OwnedByAWS), and for STS federated sign-in into the
// organization's roles.
func Organization(organization string, service *catalog.Service) Document {
	both := map[string]any{principalOrg: organization, resourceOrg: organization}
	statements := []map[string]any{
		statement("AllowOrganizationToOrganization", map[string]any{"Action": "*", "Resource": "*", "Condition": equals(both)}),
		statement("AllowAWSServices", map[string]any{"Action": "*", "Resource": "*",
			"Condition": map[string]any{"Bool": map[string]any{"aws:PrincipalIsAWSService": "true"}}}),
	}
	for _, o := range awsfacts.OwnedByAWS(service.Name, service.Region) {
		statements = append(statements, ownedByAWS(organization, o))
	}
	if strings.TrimSuffix(service.Name, "-fips") == "sts" {
		federated := statement("AllowFederationIntoOrganization", map[string]any{
			"Action": []string{"sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"}, "Resource": "*",
			"Condition": equals(map[string]any{resourceOrg: organization}),
		})
		federated["Principal"] = map[string]any{"Federated": "*"}
		statements = append(statements, federated)
	}
	return document(statements...)
}

const (
	principalOrg = "aws:PrincipalOrgID"
	resourceOrg  = "aws:ResourceOrgID"
)

// ownedByAWS is the statement that admits the organization to resources of AWS; and everybody where agents and package
// managers ask without credentials.
func ownedByAWS(organization string, o awsfacts.Owned) map[string]any {
	s := map[string]any{"Action": o.Actions, "Resource": o.Resources}
	if o.Anonymous {
		return statement(o.SID, s)
	}
	tests := map[string]any{principalOrg: organization}
	if len(o.Accounts) > 0 {
		tests["aws:ResourceAccount"] = o.Accounts
	}
	if o.ImageOwner != "" {
		tests["ec2:Owner"] = o.ImageOwner
	}
	condition := equals(tests)
	if o.Unkeyed {
		condition["Null"] = map[string]any{resourceOrg: "true"}
	}
	s["Condition"] = condition
	return statement(o.SID, s)
}

// Size is the document's length in a template, which has no white space.
func Size(d Document) int {
	b, err := json.Marshal(d)
	if err != nil {
		return 0 // a Document holds only what JSON can
	}
	return len(b)
}

func document(statements ...map[string]any) Document {
	list := make([]any, len(statements))
	for i, s := range statements {
		list[i] = s
	}
	return Document{"Version": "2012-10-17", "Statement": list}
}

// statement allows everybody what rest says; rest's conditions narrow it.
func statement(sid string, rest map[string]any) map[string]any {
	rest["Sid"], rest["Effect"], rest["Principal"] = sid, "Allow", "*"
	return rest
}

func equals(m map[string]any) map[string]any { return map[string]any{"StringEquals": m} }
