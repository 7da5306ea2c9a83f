package prove

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/constructs/perimeter"
	"sharedhub/internal/config"
	"sharedhub/internal/iam"
)

const testOrganization = "o-a1b2c3d4e5"

func organizationPolicy(t testing.TB, service, region string) map[string]any {
	t.Helper()
	b, err := json.Marshal(perimeter.Organization(testOrganization, &catalog.Service{Name: service, Region: region}))
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// What AWS's own things ask for, as their guides show it, passes the policy organization; the same request for what is not
// AWS's, or by somebody else, does not.
func TestAWSOwnThingsPass(t *testing.T) {
	const region = "us-west-2"
	eksAccount := map[string][]string{"aws:ResourceAccount": {"602401143452"}}
	amazon := map[string][]string{"ec2:Owner": {"amazon"}}
	for _, c := range []struct {
		service, action, resource string
		context                   map[string][]string
		// other is the like of a resource that is not AWS's, or other's context.
		other  string
		others map[string][]string
	}{
		{"ecr.api", "ecr:BatchGetImage", "arn:aws:ecr:us-west-2:602401143452:repository/eks/pause", eksAccount,
			"arn:aws:ecr:us-west-2:999999999999:repository/eks/pause", map[string][]string{"aws:ResourceAccount": {"999999999999"}}},
		{"ecr.dkr", "ecr:GetDownloadUrlForLayer", "arn:aws:ecr:us-west-2:733349766148:repository/aws-guardduty-agent-fargate",
			map[string][]string{"aws:ResourceAccount": {"733349766148"}},
			"arn:aws:ecr:us-west-2:593207742271:repository/aws-guardduty-agent-fargate",
			map[string][]string{"aws:ResourceAccount": {"593207742271"}}}, // of another region
		{"lambda", "lambda:GetLayerVersion", "arn:aws:lambda:us-west-2:580247275435:layer:LambdaInsightsExtension:38", nil,
			"arn:aws:lambda:us-west-2:999999999999:layer:LambdaInsightsExtension:38", nil},
		{"cloudformation", "cloudformation:CreateChangeSet", "arn:aws:cloudformation:us-west-2:aws:transform/Serverless-2016-10-31",
			nil,
			"arn:aws:cloudformation:us-west-2:999999999999:transform/mine", nil},
		{"imagebuilder", "imagebuilder:GetComponent", "arn:aws:imagebuilder:us-west-2:aws:component/update-linux/1.0.2/1", nil,
			"arn:aws:imagebuilder:us-west-2:999999999999:component/x/1.0.0/1", nil},
		{"iam", "iam:GetPolicyVersion", "arn:aws:iam::aws:policy/ReadOnlyAccess", nil,
			"arn:aws:iam::999999999999:policy/ReadOnlyAccess", nil},
		{"ec2", "ec2:RunInstances", "arn:aws:ec2:us-west-2::image/ami-0123456789abcdef0", amazon,
			"arn:aws:ec2:us-west-2::image/ami-0123456789abcdef0",
			map[string][]string{"ec2:Owner": {"999999999999"}}},
		{"ec2", "ec2:CreateReplaceRootVolumeTask", "arn:aws:ec2:us-west-2::image/ami-0123456789abcdef0", amazon,
			"arn:aws:ec2:us-west-2:999999999999:volume/vol-1", amazon},
		{"ec2", "ec2:GetManagedPrefixListEntries", "arn:aws:ec2:us-west-2:aws:prefix-list/pl-68a54001", nil,
			"arn:aws:ec2:us-west-2:999999999999:prefix-list/pl-1", nil},
		{"ssm", "ssm:GetParameter", "arn:aws:ssm:us-west-2::parameter/aws/service/ami-amazon-linux-latest/al2023", nil,
			"arn:aws:ssm:us-west-2:999999999999:parameter/aws/x", nil},
		{"ssm", "ssm:StartAutomationExecution", "arn:aws:ssm:us-west-2::automation-definition/AWS-RestartEC2Instance:$DEFAULT", nil,
			"arn:aws:ssm:us-west-2:999999999999:automation-definition/x:1", nil},
		{"ssm", "ssm:SendCommand", "arn:aws:ssm:us-west-2::document/AWS-RunPatchBaseline", nil,
			"arn:aws:ssm:us-west-2:999999999999:document/x", nil},
		{"s3", "s3:GetObject", "arn:aws:s3:::prod-us-west-2-starport-layer-bucket/layer", nil,
			"arn:aws:s3:::prod-us-west-3-starport-layer-bucket/layer", nil},
		{"s3", "s3:GetObject", "arn:aws:s3:::assets-787052242323-us-west-2/package", nil,
			"arn:aws:s3:::assets-999999999999-us-west-2/package", nil},
	} {
		doc := iam.Parse(organizationPolicy(t, c.service, region))
		ask := func(who iam.Principal, organization []string, resource string, more map[string][]string) iam.Effect {
			r := iam.Request{Principal: who, Action: c.action, Resource: resource, Closed: true,
				Context: map[string][]string{"aws:PrincipalOrgID": organization, "aws:ResourceOrgID": {strangeOrganization}}}
			for key, v := range more {
				r.Context[key] = v
			}
			return iam.Evaluate(r, doc).Effect
		}
		if got := ask(somebody, []string{testOrganization}, c.resource, c.context); got != iam.Allow {
			t.Errorf("%s: the organization's %s of %s: %s", c.service, c.action, c.resource, got)
		}
		if got := ask(somebody, []string{testOrganization}, c.other, c.others); got == iam.Allow {
			t.Errorf("%s: the organization's %s of %s is allowed, and it is not AWS's", c.service, c.action, c.other)
		}
		if got := ask(somebody, []string{strangeOrganization}, c.resource, c.context); got == iam.Allow && c.service != "s3" {
			t.Errorf("%s: a stranger's %s of %s is allowed", c.service, c.action, c.resource)
		}
	}
	answer := iam.Request{Principal: iam.Principal{Kind: iam.Service, ID: "cloudformation.amazonaws.com"}, Action: "s3:PutObject",
		Closed:   true,
		Resource: "arn:aws:s3:::cloudformation-custom-resource-response-uswest2/x"} // by a presigned URL of CloudFormation
	if got := iam.Evaluate(answer, iam.Parse(organizationPolicy(t, "s3", region))).Effect; got != iam.Allow {
		t.Errorf("a custom resource's answer to CloudFormation: %s", got)
	}
}

// No exception can be made wider without a finding, nor left out.
func TestExceptionsAreJudged(t *testing.T) {
	for _, c := range []struct{ name, service, from, to, want string }{
		{"any account's images", "ecr.api", `"602401143452"`, `"999999999999"`,
			"lets the organization reach foreign resources in statement AllowAWSImages"},
		{"more than a pull", "ecr.dkr", `"ecr:BatchGetImage"`, `"ecr:PutImage"`, "lets the organization reach foreign resources"},
		{"a stranger's pull", "ecr.dkr", `"aws:PrincipalOrgID":"o-a1b2c3d4e5","aws:ResourceAccount"`, `"aws:ResourceAccount"`,
			"lets foreign principals"},
		{"a layer of anybody", "lambda", ":580247275435:layer", ":*:layer", "lets the organization reach foreign resources"},
		{"to call a function", "lambda", `"lambda:GetLayerVersion"`, `"lambda:*"`, "lets the organization reach foreign resources"},
		{"anybody's transforms", "cloudformation", ":aws:transform", ":*:transform", "lets the organization reach foreign resources"},
		{"anybody's components", "imagebuilder", ":aws:component", ":*:component", "lets the organization reach foreign resources"},
		{"anybody's policies", "iam", "iam::aws:policy", "iam::*:policy", "lets the organization reach foreign resources"},
		{"anybody's image", "ec2", `"ec2:Owner":"amazon"`, `"ec2:Owner":["amazon","aws-marketplace"]`,
			"lets the organization reach foreign resources"},
		{"any instance", "ec2", "::image/*", ":*:instance/*", "lets the organization reach foreign resources"},
		{"more that is unkeyed", "ec2", `"ec2:CreateVolume"`, `"ec2:CreateVpcPeeringConnection"`,
			"lets the organization reach foreign resources"},
		{"volumes of the organization's strangers", "ec2", `"Null":{"aws:ResourceOrgID":"true"},`, ``,
			"lets the organization reach foreign resources"},
		{"anybody's parameters", "ssm", "::parameter/aws/*", ":*:parameter/aws/*", "lets the organization reach foreign resources"},
		{"all documents", "ssm", "::document/*", ":*", "lets the organization reach foreign resources"},
		{"any bucket of a form", "s3", "al2023-us-east-1/*", "al2023-*", "lets foreign principals"},
		{"to write into AWS's", "s3", `"s3:GetObject"`, `"s3:*"`, "lets foreign principals"},
		{"a bucket like AWS's", "s3", "amazonlinux-2-repos-us-east-1/*", "amazonlinux-2-repos-us-east-1*", "lets foreign principals"},
		{"a bucket less", "s3", `"arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*",`, ``,
			"does not admit the organization to buckets of AWS"},
		{"no EKS", "ecr.api", `"602401143452",`, ``, "does not admit the organization to AWS's container images"},
		{"no automation", "ssm", `,"ssm:StartAutomationExecution"`, ``, "does not admit the organization to Systems Manager"},
		{"sign-in elsewhere", "sts", `"StringEquals":{"aws:ResourceOrgID":"o-a1b2c3d4e5"}`,
			`"StringLike":{"aws:ResourceOrgID":"o-*"}`, "lets foreign principals"},
		{"federated more", "sts", `"sts:AssumeRoleWithSAML"`, `"sts:AssumeRole*"`, "lets foreign principals"},
	} {
		b, _ := json.Marshal(organizationPolicy(t, c.service, "us-east-1"))
		if !strings.Contains(string(b), c.from) {
			t.Errorf("%s: the policy of %s has no %s: %s", c.name, c.service, c.from, b)
			continue
		}
		var doc map[string]any
		if err := json.Unmarshal([]byte(strings.ReplaceAll(string(b), c.from, c.to)), &doc); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := strings.Join((served{c.service, "us-east-1", testOrganization}).bounds(doc), "\n"); !strings.Contains(got, c.want) {
			t.Errorf("%s: said %q, want %q", c.name, got, c.want)
		}
	}
}

// A gateway endpoint's policy passes no more than the hub's, and may pass less.
func TestPassesMore(t *testing.T) {
	org := organizationPolicy(t, "s3", "us-east-1")
	list := org["Statement"].([]any)
	narrow := config.Policy{Kind: config.PolicyFile, File: "policies/s3.json", Document: perimeter.Document{"Version": "2012-10-17",
		"Statement": []any{
			list[0], map[string]any{"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "*"}}}}
	whole := config.Policy{Kind: config.PolicyOrganization, Document: org}
	everything := map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}}
	with := func(more ...any) map[string]any {
		return map[string]any{"Version": "2012-10-17", "Statement": slices.Concat(list, more)}
	}
	allow := func(action, resource string, condition map[string]any) map[string]any {
		s := map[string]any{"Sid": "X", "Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource}
		if condition != nil {
			s["Condition"] = condition
		}
		return s
	}
	ours := map[string]any{"StringEquals": map[string]any{"aws:PrincipalOrgID": testOrganization, "aws:ResourceOrgID": testOrganization}}
	for _, c := range []struct {
		name   string
		doc    map[string]any
		within config.Policy
		want   string
	}{
		{"the same", org, whole, ""},
		{"none", nil, whole, "is missing, so more passes than by the hub's, organization"},
		{"everything", everything, whole, "lets more pass than the hub's, organization"},
		{"less", map[string]any{"Version": "2012-10-17", "Statement": list[:1]}, whole, ""},
		{"less of one", map[string]any{"Version": "2012-10-17", "Statement": []any{allow("s3:GetObject", "arn:aws:s3:::ours/*",
			ours)}}, whole, ""},
		{"a bucket of a partner", with(allow("s3:GetObject", "arn:aws:s3:::partner/*", nil)), whole,
			"in statement X: s3:GetObject of arn:aws:s3:::partner/"},
		{"a bucket of a partner, by the organization", with(allow("s3:PutObject", "arn:aws:s3:::partner/*",
			map[string]any{"StringEquals": map[string]any{"aws:PrincipalOrgID": testOrganization}})), whole, "by the organization"},
		{"by tag", with(allow("*", "*",
			map[string]any{"StringEquals": map[string]any{"aws:PrincipalTag/dp:exclude:resource": "true"}})), whole, "in statement X"},
		{"a file with what it denies taken out", map[string]any{"Version": "2012-10-17", "Statement": list[:1]}, narrow,
			"s3:DeleteObject"},
		{"a file's copy", narrow.Document, narrow, ""},
		{"a file that denies more", map[string]any{"Version": "2012-10-17",
			"Statement": append(slices.Clone(narrow.Document["Statement"].([]any)),
				map[string]any{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"})}, narrow, ""},
		{"everything, and everything is the hub's", everything, config.Policy{Kind: config.PolicyFullAccess, Document: everything}, ""},
	} {
		got := strings.Join(passesMore(c.doc, c.within, testOrganization), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: said %q, want %q", c.name, got, c.want)
		}
	}
}

// The policies stay well within what EC2 takes, in every region.
func TestOrganizationPolicySize(t *testing.T) {
	for _, region := range awsfacts.Regions() {
		for _, service := range []string{"s3", "ecr.api", "lambda", "ec2", "ssm"} {
			if n := perimeter.Size(organizationPolicy(t, service, region)); n > perimeter.MaxSize/2 {
				t.Errorf("%s in %s: %d characters", service, region, n)
			}
		}
	}
}
