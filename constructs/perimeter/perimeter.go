// Package perimeter writes the policies of VPC endpoints: who may send what to which resources through them.
//
// The rules follow AWS's data-perimeter guidance (whitepaper "Building a data perimeter on AWS" and
// aws-samples/data-perimeter-policy-examples). A policy grants nothing by itself; it bounds what may pass.
// The package is plain Go: a policy is a JSON document.
package perimeter

import (
	"embed"
	"encoding/json"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
)

// MaxSize is the largest endpoint policy, in characters.
var MaxSize = awsfacts.PolicyCharacters.Max

//go:embed data/s3-aws-owned-buckets.json
var files embed.FS

// Document is an IAM policy document.
type Document map[string]any

// FullAccess lets everything pass, as an endpoint without a policy does; written out so that it can be seen.
func FullAccess() Document {
	return document(statement("AllowEverything", map[string]any{"Action": "*", "Resource": "*"}))
}

// Organization bounds a service's endpoint to the organization's principals and resources ("o-…"), lets AWS services
// act, and adds what the service needs of AWS's own resources (S3: package repositories, ECR layers, agents; SSM: public
// parameters and documents; EC2: Amazon's images; STS: federated sign-in into the organization's roles).
func Organization(organization string, service *catalog.Service) Document {
	org := map[string]any{"aws:PrincipalOrgID": organization}
	both := map[string]any{"aws:PrincipalOrgID": organization, "aws:ResourceOrgID": organization}
	statements := []map[string]any{
		statement("AllowOrganizationToOrganization", map[string]any{"Action": "*", "Resource": "*", "Condition": equals(both)}),
		statement("AllowAWSServices", map[string]any{"Action": "*", "Resource": "*",
			"Condition": map[string]any{"Bool": map[string]any{"aws:PrincipalIsAWSService": "true"}}}),
	}
	partition := awsfacts.MustPartition(service.Region)
	switch strings.TrimSuffix(service.Name, "-fips") {
	case "s3":
		actions, resources := awsOwnedBuckets(partition.Name, service.Region)
		// No condition: agents and package managers ask without credentials.
		statements = append(statements, statement("AllowAWSOwnedBuckets", map[string]any{"Action": actions, "Resource": resources}))
	case "ssm":
		statements = append(statements, statement("AllowAWSOwnedDocumentsAndParameters", map[string]any{
			"Action": []string{"ssm:Describe*", "ssm:List*", "ssm:Get*", "ssm:SendCommand", "ssm:CreateAssociation", "ssm:StartSession"},
			"Resource": []string{
				partition.ARN("ssm", service.Region, "", "parameter/aws/*"),
				partition.ARN("ssm", service.Region, "", "document/*"),
			},
			"Condition": equals(org),
		}))
	case "ec2":
		statements = append(statements, statement("AllowAmazonImages", map[string]any{"Action": "ec2:RunInstances", "Resource": "*",
			"Condition": equals(map[string]any{"aws:PrincipalOrgID": organization, "ec2:Owner": "amazon"})}))
	case "sts":
		federated := statement("AllowFederationIntoOrganization", map[string]any{
			"Action": []string{"sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"}, "Resource": "*",
			"Condition": equals(map[string]any{"aws:ResourceOrgID": organization}),
		})
		federated["Principal"] = map[string]any{"Federated": "*"}
		statements = append(statements, federated)
	}
	return document(statements...)
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

// awsOwnedBuckets leaves out the two patterns that hold an account or an id nobody can derive: CodeArtifact's and
// JumpStart's static content. A policy file can add them.
func awsOwnedBuckets(partition, region string) (actions, resources []string) {
	b, err := files.ReadFile("data/s3-aws-owned-buckets.json")
	if err != nil {
		panic(err) // embedded
	}
	var data struct{ Actions, Resources []string }
	if err := json.Unmarshal(b, &data); err != nil {
		panic(err) // embedded
	}
	fill := strings.NewReplacer("arn:aws:", "arn:"+partition+":", "<region>", region,
		"<RegionWithoutDashes>", strings.ReplaceAll(region, "-", ""))
	for _, r := range data.Resources {
		if r = fill.Replace(r); !strings.Contains(r, "<") {
			resources = append(resources, r)
		}
	}
	return data.Actions, resources
}
