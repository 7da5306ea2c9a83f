package prove

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/topology"
)

const hubAccount, spokeAccount, otherAccount = "111111111111", "222222222222", "444444444444"

// readerCase is a network with one role that is read through.
type readerCase struct {
	org, region, qualifier string
	spoke                  bool // the role is a spoke's, not the hub's
	trust, policies        []string
	boundary               string
}

func (c readerCase) findings(t *testing.T) string {
	t.Helper()
	in := awsfacts.MustPartition(c.region)
	hub := &config.Hub{Name: "use1", Region: c.region, Account: hubAccount, Organization: config.Organization{ID: c.org}}
	hub.Spokes = []*config.Spoke{{Name: "a", Account: spokeAccount}}
	reader, read, name, stack := hubAccount, spokeAccount, "use1-hub-reader", "use1-network"
	if c.spoke {
		reader, read, name, stack = spokeAccount, hubAccount, "use1-spoke-a-reader", "use1-spoke-a"
	}
	document := func(statements string) map[string]any {
		var d map[string]any
		if err := json.Unmarshal([]byte(`{"Version":"2012-10-17","Statement":[`+statements+`]}`), &d); err != nil {
			t.Fatalf("%v in %s", err, statements)
		}
		return d
	}
	role := &topology.Role{
		ARN: in.RoleARN(reader, "/", name), Account: reader, Trust: document(strings.Join(c.trust, ",")), Boundary: c.boundary,
	}
	for _, p := range c.policies {
		role.Policies = append(role.Policies, document(p))
	}
	net := topology.New()
	net.Roles[role.ARN] = role
	net.Reads = []topology.Read{{Consumer: "use1-x", ConsumerAccount: read, ConsumerRegion: c.region, Account: reader, Region: c.region,
		Stack: stack, Role: role.ARN,
		ConsumerRole: in.ExecutionRole(c.qualifier, read, c.region)}}
	p := newProver(&config.Config{Hubs: []*config.Hub{hub}}, net)
	p.readers()
	var out []string
	for _, f := range p.Findings {
		if f.Severity == diag.Error {
			out = append(out, f.Summary)
		}
	}
	return strings.Join(out, "\n")
}

func trustOf(principal, conditions string) string {
	return fmt.Sprintf(`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":%s,"Condition":{%s}}`, principal, conditions)
}

// What a reader role looks like, in each partition, with and without an organization, and with a qualifier.
func TestReaderRoles(t *testing.T) {
	const org = "o-a1b2c3d4e5"
	for _, in := range awsfacts.Partitions {
		region := in.Regions[0]
		like := fmt.Sprintf(`"ArnLike":{"aws:PrincipalArn":"arn:%s:iam::*:role/cdk-*-cfn-exec-role-*"}`, in.Name)
		ours := `"StringEquals":{"aws:PrincipalOrgID":"` + org + `"}`
		everybody, byNumber, byHub := trustOf(`{"AWS":"*"}`, like+","+ours), trustOf(`{"AWS":["`+spokeAccount+`"]}`, like), trustOf(`{"AWS":["`+
			hubAccount+`"]}`, like)
		describe := func(account, stack string) string {
			return fmt.Sprintf(`{"Effect":"Allow","Action":"cloudformation:DescribeStacks","Resource":["arn:%s:cloudformation:%s:%s:stack/%s/*"]}`,
				in.Name, region, account, stack)
		}
		network, spoke := []string{describe(hubAccount, "use1-network")}, []string{describe(spokeAccount, "use1-spoke-a")}
		also := func(statement string) []string { return []string{everybody, statement} }
		boundary := func(arn string) readerCase {
			return readerCase{org: org, trust: []string{everybody}, policies: network, boundary: arn}
		}
		for _, c := range []struct {
			name string
			readerCase
			want string // "" for nothing
		}{
			{"the hub's, for an organization", readerCase{org: org, trust: []string{everybody}, policies: network}, ""},
			{"the hub's, for accounts by number", readerCase{trust: []string{byNumber}, policies: network}, ""},
			{"a spoke's", readerCase{org: org, spoke: true, trust: []string{byHub}, policies: spoke}, ""},
			{"a spoke's without an organization", readerCase{spoke: true, trust: []string{byHub}, policies: spoke}, ""},
			{"another qualifier", readerCase{org: org, qualifier: "acme01", trust: []string{everybody}, policies: network}, ""},
			{"a qualifier that the trust does not hold", readerCase{org: org, qualifier: "acme01",
				trust: []string{strings.Replace(everybody, "cdk-*", "cdk-hnb659fds", 1)}, policies: network},
				"does not trust its account's CloudFormation"},
			{"a boundary of the company's", boundary(in.ARN("iam", "", hubAccount, "policy/corp")), ""},
			{"a boundary of AWS's that allows it", boundary("arn:aws:iam::aws:policy/ReadOnlyAccess"), ""},
			{"a boundary of AWS's that does not", boundary("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"),
				"expected it to allow cloudformation:DescribeStacks"},

			{"wildcards across slashes", readerCase{org: org, trust: []string{trustOf(`"*"`, `"StringLike":{"aws:PrincipalArn":"*"}`)},
				policies: network}, "lets in CloudFormation of accounts outside"},
			{"an ARN that ends early", readerCase{org: org, trust: []string{trustOf(`"*"`, `"ArnLike":{"aws:PrincipalArn":"arn:`+
				in.Name+`:iam::*"}`)}, policies: network}, "lets in roles of accounts outside"},
			{"no organization demanded", readerCase{org: org, trust: []string{trustOf(`"*"`, like)}, policies: network},
				"lets in CloudFormation of accounts outside"},
			{"another organization too", readerCase{org: org, trust: []string{strings.Replace(everybody, `"`+org+`"`, `["`+org+`","o-zzzzzzzzzz"]`,
				1)}, policies: network}, "lets in CloudFormation of accounts outside"},
			{"an organization if there is one",
				readerCase{org: org, trust: []string{strings.Replace(everybody, "StringEquals", "StringEqualsIfExists", 1)},
					policies: network}, "lets in CloudFormation of accounts outside"},
			{"all roles of the organization", readerCase{org: org, trust: []string{trustOf(`"*"`, ours)}, policies: network},
				"lets in other roles of the organization"},
			{"the account's own roles", readerCase{org: org, trust: also(trustOf(`{"AWS":"`+hubAccount+`"}`, ``)), policies: network},
				"lets in other roles of account 111111111111"},
			{"everybody under a condition that all meet",
				readerCase{org: org, trust: also(trustOf(`{"AWS":"*"}`, `"Bool":{"aws:SecureTransport":"true"}`)),
					policies: network}, "lets in CloudFormation of accounts outside"},
			{"everybody under a condition that is not decided",
				readerCase{org: org, trust: also(trustOf(`{"AWS":"*"}`, `"StringEquals":{"sts:ExternalId":"x"}`)), policies: network},
				"may let in CloudFormation of accounts outside; undecided: whether the request holds condition key sts:externalid"},
			{"a wildcard action", readerCase{org: org, trust: also(`{"Effect":"Allow","Action":"sts:*","Principal":"*"}`), policies: network},
				"lets in CloudFormation of accounts outside"},
			{"all actions but one", readerCase{org: org, trust: also(`{"Effect":"Allow","NotAction":"sts:TagSession","Principal":"*"}`),
				policies: network}, "lets in CloudFormation of accounts outside"},
			{"all principals but one", readerCase{org: org, trust: also(`{"Effect":"Allow","Action":"sts:AssumeRole","NotPrincipal":{"AWS":"` +
				spokeAccount + `"}}`), policies: network}, "lets in CloudFormation of accounts outside"},
			{"web identity", readerCase{org: org, trust: also(`{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",` +
				`"Principal":{"Federated":"arn:aws:iam::111111111111:oidc-provider/ci.example.com"}}`), policies: network},
				"lets in whoever signs in by arn:aws:iam::111111111111:oidc-provider/ci.example.com"},
			{"SAML", readerCase{org: org, trust: also(`{"Effect":"Allow","Action":"sts:AssumeRoleWithSAML",` +
				`"Principal":{"Federated":"arn:aws:iam::111111111111:saml-provider/x"}}`), policies: network},
				"lets in whoever signs in by arn:aws:iam::111111111111:saml-provider/x"},
			{"a service", readerCase{org: org, trust: also(trustOf(`{"Service":"ssm.amazonaws.com"}`, ``)), policies: network},
				"lets in service ssm.amazonaws.com"},
			{"a canonical user", readerCase{org: org, trust: also(trustOf(`{"CanonicalUser":"79a5"}`, ``)), policies: network},
				"lets in canonical user 79a5"},
			{"a user", readerCase{org: org, trust: also(trustOf(`{"AWS":"`+in.ARN("iam", "", otherAccount, "user/bob")+`"}`, ``)),
				policies: network}, "user/bob"},
			{"a session", readerCase{org: org, trust: also(trustOf(`{"AWS":"`+in.ARN("sts", "", otherAccount, "assumed-role/admin/me")+`"}`, ``)),
				policies: network}, "assumed-role/admin/me"},
			{"a role in a condition",
				readerCase{org: org, trust: also(trustOf(`"*"`, `"ArnEquals":{"aws:PrincipalArn":"`+in.ARN("iam", "", otherAccount, "role/x/y")+
					`"}`)), policies: network}, "role/x/y"},
			{"an account in a condition", readerCase{org: org, trust: also(trustOf(`"*"`, `"StringEquals":{"aws:PrincipalAccount":"`+
				otherAccount+`"}`)), policies: network}, "account 444444444444"},
			{"a principal that only AWS knows", readerCase{org: org, trust: also(trustOf(`{"AWS":"\ue000s/Role.Arn\ue001"}`, ``)),
				policies: network}, "undecided: who principal s/Role.Arn is"},
			{"a second account", readerCase{org: org, spoke: true, trust: []string{trustOf(`{"AWS":["`+hubAccount+`","`+otherAccount+`"]}`, like)},
				policies: spoke}, "lets in CloudFormation of account 444444444444, which has nothing to read"},
			{"the organization at a spoke's", readerCase{org: org, spoke: true, trust: []string{everybody}, policies: spoke},
				"lets in CloudFormation of other accounts of the organization"},
			{"no principal", readerCase{org: org, trust: also(`{"Effect":"Allow","Action":"sts:AssumeRole"}`), policies: network},
				"without Principal"},

			{"a denial of all but one account", readerCase{org: org, trust: also(`{"Effect":"Deny","Action":"sts:AssumeRole","Principal":"*",` +
				`"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"` + hubAccount + `"}}}`), policies: network},
				"does not trust its account's CloudFormation"},
			{"a denial that is not decided", readerCase{org: org, trust: also(`{"Effect":"Deny","Action":"sts:AssumeRole","Principal":"*",` +
				`"Condition":{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}`), policies: network},
				"may not trust its account's CloudFormation; undecided: whether the request holds condition key aws:sourceip"},
			{"a denial of others", readerCase{org: org, trust: also(`{"Effect":"Deny","Action":"sts:AssumeRole","Principal":"*",` +
				`"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"` + org + `"}}}`), policies: network}, ""},
			{"nobody trusted", readerCase{org: org, policies: network}, "does not trust its account's CloudFormation"},

			{"another stack", readerCase{org: org, trust: []string{everybody}, policies: []string{describe(hubAccount, "use1-dns")}},
				"may not describe that stack"},
			{"a stack of others", readerCase{org: org, trust: []string{everybody}, policies: append([]string{describe(hubAccount, "payroll")},
				network...)}, "stack/payroll/*, which is no stack of the hub"},
			{"all stacks", readerCase{org: org, trust: []string{everybody},
				policies: []string{`{"Effect":"Allow","Action":"cloudformation:DescribeStacks","Resource":"*"}`}}, "may describe *"},
			{"all stacks but one", readerCase{org: org, trust: []string{everybody},
				policies: append([]string{`{"Effect":"Allow","Action":"cloudformation:DescribeStacks","NotResource":"x"}`},
					network...)}, "may describe all stacks but x"},
			{"more actions", readerCase{org: org, trust: []string{everybody},
				policies: append([]string{`{"Effect":"Allow","Action":"cloudformation:Describe*","Resource":"*"}`},
					network...)}, "may do more than describe stacks: cloudformation:Describe*"},
			{"all actions but some", readerCase{org: org, trust: []string{everybody},
				policies: append([]string{`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`},
					network...)}, "may do more than describe stacks: everything but iam:*"},
			{"an action in another case", readerCase{org: org, trust: []string{everybody},
				policies: []string{strings.Replace(network[0], "DescribeStacks", "describestacks", 1)}}, ""},
			{"a denial of the reader", readerCase{org: org, trust: []string{everybody},
				policies: append([]string{`{"Effect":"Deny","Action":"cloudformation:*","Resource":"*"}`}, network...)}, "may not describe that stack"},
			{"a denial of everything else", readerCase{org: org, trust: []string{everybody},
				policies: append([]string{`{"Effect":"Deny","NotAction":"cloudformation:*","Resource":"*"}`}, network...)}, ""},
			{"a condition that is not decided", readerCase{org: org, trust: []string{everybody},
				policies: []string{strings.Replace(network[0], `"Resource"`, `"Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}},"Resource"`,
					1)}}, "undecided: whether the request holds condition key aws:sourceip"},
			{"a malformed statement", readerCase{org: org, trust: []string{everybody},
				policies: append([]string{`{"Effect":"Allow","Action":"cloudformation:DescribeStacks","Resource":{"Fn::If":[]}}`},
					network...)}, "cannot be decided"},
		} {
			c.region = region
			if c.qualifier == "" {
				c.qualifier = awsfacts.DefaultQualifier
			}
			got := c.findings(t)
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("%s, %s: said\n%s\nwant %q", in.Name, c.name, got, c.want)
			}
		}
	}
}

// Without the role in the assembly nobody knows who reads.
func TestReaderOfUnknownRole(t *testing.T) {
	net := topology.New()
	role := &topology.Role{ARN: "arn:aws:iam::111111111111:role/r", Account: hubAccount}
	net.Roles[role.ARN] = role
	net.Reads = []topology.Read{
		{Consumer: "x", ConsumerAccount: spokeAccount, ConsumerRegion: "us-east-1", Account: hubAccount, Region: "us-east-1", Stack: "y",
			Role: role.ARN},
	}
	p := newProver(&config.Config{}, net)
	p.readers()
	if len(p.Findings) != 1 || !strings.Contains(p.Findings[0].Summary, "the assembly does not name the role") {
		t.Errorf("said %v", p.Findings)
	}
}
