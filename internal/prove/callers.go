package prove

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
	"sharedhub/internal/iam"
	"sharedhub/internal/topology"
)

// Stand-ins for an account outside the organization, for one inside that has nothing to read, and for another organization.
const (
	outsider, colleague = "000000000001", "000000000002"
	strangeOrganization = "o-stranger00"
)

// executionRole is the name of CloudFormation's role of a CDK bootstrap, with any qualifier.
var executionRole = regexp.MustCompile(`^role/cdk-[^/]*-cfn-exec-role-[^/]*$`)

// callers are those that may not assume a reader.
func (p *prover) callers(role *topology.Role, reads []topology.Read, statements []iam.Statement) []caller {
	partition, region := parsed(role.ARN).Partition, reads[0].Region
	readers := map[string]bool{} // the accounts that may read
	exactly := map[string]bool{} // the roles that do
	counted := map[*config.Hub]bool{}
	own, everybody := []string(nil), false
	for _, r := range reads {
		readers[r.ConsumerAccount] = true
		exactly[r.ConsumerRole] = true
		if h := p.hubOf(r); h != nil {
			own = p.organizationOf(r)
			if h.GatewayElsewhere() && p.readsSpoke(r) { // by the spoke's link
				readers[h.GatewayAccount()] = true
				continue
			}
			if p.readsService(r) { // by those who use it, and no others
				continue
			}
			readers[h.Account] = true
			if h.Account == role.Account {
				everybody = own != nil // the hub's reader is for the organization
				if !counted[h] {
					for _, a := range h.Readers() {
						readers[a] = true
					}
				}
				counted[h] = true
			}
		}
	}
	// may is true for CloudFormation's roles of those who may read.
	may := func(c caller) bool {
		a := parsed(c.ID)
		if exactly[c.ID] {
			return true
		}
		inside := slices.Equal(c.organizations, own)
		return c.Kind == iam.Role && executionRole.MatchString(a.Resource) && (readers[a.AccountID] && inside || everybody && inside)
	}
	var out []caller
	add := func(c caller) {
		if c.action == "" {
			c.action = assumeRole
		}
		if !may(c) {
			out = append(out, c)
		}
	}
	organizations := [][]string{{strangeOrganization}, {""}}
	for _, o := range tested(statements, principalOrg) {
		if !slices.Equal([]string{o}, own) {
			organizations = append(organizations, []string{o})
		}
	}
	accounts := []string{colleague, role.Account} // colleague stands for all that the trust does not name
	for a := range readers {
		accounts = append(accounts, a)
	}
	slices.Sort(accounts)
	in := awsfacts.Partition{Name: partition}
	for _, account := range slices.Compact(accounts) {
		for _, c := range ofAccount(in, account, region) {
			c.organizations = own
			add(c)
		}
	}
	for _, o := range organizations {
		for _, c := range ofAccount(in, outsider, region) {
			c.organizations = o
			add(c)
		}
	}
	for _, c := range p.inTrust(in, region, statements) {
		switch account := c.Account(); {
		case readers[account] || account == role.Account:
			c.organizations = own
			add(c)
		default:
			for _, o := range append(organizations, own) {
				c.organizations = o
				add(c)
			}
		}
	}
	return append(out, withoutAccount(in, role.Account, statements)...)
}

// ofAccount are an account's principals of each kind.
func ofAccount(in awsfacts.Partition, account, region string) []caller {
	of := func(kind iam.Kind, resource, what string) caller {
		return caller{Principal: iam.Principal{Kind: kind, ID: in.ARN("iam", "", account, resource)}, what: what}
	}
	other := "other roles of account " + account
	cloudFormation := "CloudFormation of account " + account + ", which has nothing to read"
	switch account {
	case outsider:
		other, cloudFormation = "roles of accounts outside", "CloudFormation of accounts outside"
	case colleague:
		other, cloudFormation = "other roles of the organization", "CloudFormation of other accounts of the organization"
	}
	execution := in.ExecutionRole(awsfacts.DefaultQualifier, account, region)
	out := []caller{
		{Principal: iam.Principal{Kind: iam.Role, ID: execution}, what: cloudFormation},
		of(iam.Role, "role/admin", other),
		of(iam.Role, "role/team/admin", other),
		of(iam.Role, "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef", other),
		of(iam.Role, "role/my-"+strings.TrimPrefix(parsed(execution).Resource, "role/"), other),
		of(iam.User, "user/alice", strings.Replace(other, "roles", "users", 1)),
		of(iam.Root, "root", strings.Replace(other, "roles", "root users", 1)),
	}
	for _, name := range []string{"deploy-role", "lookup-role", "file-publishing-role", "image-publishing-role"} {
		out = append(out, of(iam.Role, fmt.Sprintf("role/cdk-%s-%s-%s-%s", awsfacts.DefaultQualifier, name, account, region), other))
	}
	return out
}

// withoutAccount are callers that no account stands for: services, whoever signs in by a provider, and anybody at all.
func withoutAccount(in awsfacts.Partition, account string, statements []iam.Statement) []caller {
	var out []caller
	services := []string{"ec2.amazonaws.com", "lambda.amazonaws.com", "cloudformation.amazonaws.com"}
	for _, s := range append(services, principals(statements, "Service")...) {
		out = append(out, caller{Principal: iam.Principal{Kind: iam.Service, ID: s}, action: assumeRole, what: "service " + s})
	}
	providers := []string{in.ARN("iam", "", account, "oidc-provider/token.actions.githubusercontent.com"),
		in.ARN("iam", "", account, "saml-provider/corporate"), "cognito-identity.amazonaws.com"}
	for _, f := range append(providers, principals(statements, "Federated")...) {
		for _, action := range []string{"sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML", assumeRole} {
			out = append(out, caller{Principal: iam.Principal{Kind: iam.Federated, ID: f}, action: action, what: "whoever signs in by " + f})
		}
	}
	for _, id := range principals(statements, "CanonicalUser") {
		out = append(out, caller{Principal: iam.Principal{Kind: iam.CanonicalUser, ID: id}, action: assumeRole, what: "canonical user " + id})
	}
	return append(out, caller{Principal: iam.Principal{Kind: iam.Anonymous}, action: assumeRole, what: "anybody without credentials"})
}

// inTrust are the principals of accounts that a trust policy names, in an element or in a condition.
func (p *prover) inTrust(in awsfacts.Partition, region string, statements []iam.Statement) []caller {
	accounts := tested(statements, "aws:principalaccount")
	var out []caller
	for _, name := range append(principals(statements, "AWS"), tested(statements, "aws:principalarn")...) {
		a, err := arn.Parse(name)
		if err != nil {
			continue
		}
		a.AccountID = someAccount(a.AccountID)
		a.Resource = strings.NewReplacer("*", "x", "?", "x").Replace(a.Resource)
		kind := map[string]iam.Kind{"user": iam.User, "role": iam.Role}[before(a.Resource)]
		switch {
		case a.Resource == "root":
			accounts = append(accounts, a.AccountID)
			continue
		case a.Service == "sts":
			parts := strings.Split(a.Resource, "/")
			if len(parts) < 3 || parts[0] != "assumed-role" {
				continue
			}
			session := a.String()
			a.Service, a.Resource = "iam", "role/"+parts[1]
			out = append(out, caller{Principal: iam.Principal{Kind: iam.Role, ID: a.String(), Session: session}, what: session})
			continue
		case kind == "":
			continue
		}
		a.Partition, a.Region = in.Name, ""
		out = append(out, caller{Principal: iam.Principal{Kind: kind, ID: a.String()}, what: a.String()})
	}
	for _, account := range accounts {
		if account = someAccount(account); account != outsider {
			out = append(out, ofAccount(in, account, region)...)
		}
	}
	return out
}

var someNumber = regexp.MustCompile(`^[0-9]{12}$`)

// someAccount is a number that fits a pattern; outsider where there is none.
func someAccount(pattern string) string {
	before, after, some := strings.Cut(strings.ReplaceAll(pattern, "?", "0"), "*")
	after = strings.ReplaceAll(after, "*", "")
	if some && len(before)+len(after) <= len(outsider) {
		before += strings.Repeat("0", len(outsider)-len(before)-len(after))
	}
	if account := before + after; someNumber.MatchString(account) {
		return account
	}
	return outsider
}

func before(resource string) string { kind, _, _ := strings.Cut(resource, "/"); return kind }

// principals of a kind that statements name.
func principals(statements []iam.Statement, kind string) []string {
	var out []string
	for _, s := range statements {
		for _, name := range append(slices.Clone(s.Principals[kind]), s.NotPrincipals[kind]...) {
			if name != "*" {
				out = append(out, name)
			}
		}
	}
	return out
}

// tested are the values that the conditions of statements compare a key with.
func tested(statements []iam.Statement, key string) []string {
	var out []string
	for _, s := range statements {
		for _, tests := range s.Conditions {
			out = append(out, tests[key]...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
