package app

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
)

// auditPage lists all that grants something: written from the templates of every configuration with -update.
const auditPage = "docs/reference/access.md"

// grants are the resource types that the page covers, in its order, with how a row is made of one.
var grants = []struct {
	typ, title, intro string
	rows              func(a *audit, id string, p map[string]any) []grant
}{
	{"AWS::IAM::Role", "Roles", "No role has managed policies, and none is for people.", (*audit).role},
	{"AWS::RAM::ResourceShare", "Shares", "What accounts other than the hub's may use.", (*audit).share},
	{"AWS::EC2::SecurityGroup", "Security groups", "Who reaches the endpoints, and whom load balancers and Resolver endpoints reach. " +
		"Nothing else leaves by them.", (*audit).group},
	{"AWS::EC2::VPCEndpointServicePermissions", "Services", "Who may make endpoints of a spoke's service.", (*audit).service},
	{"AWS::EC2::VPCEndpoint", "Endpoint policies", "What may pass an endpoint. A policy grants nothing by itself. Statements of your own " +
		"policy files are not listed.", (*audit).endpoint},
	{"AWS::Logs::LogGroup", "Log groups", "They have no resource policy.", (*audit).nothing},
}

// grantWords are the names of properties that let somebody do something. A resource type with one that stands nowhere above is a
// gap in the page.
var grantWords = regexp.MustCompile(`(Policy|PolicyDocument|Policies|ManagedPolicyArns|Principals?|Permissions?|Grants|Trust\w*|` +
	`AccessControl|PermissionsBoundary|AllowExternalPrincipals|SecurityGroupIngress|SecurityGroupEgress|RoleArn)$`)

// whys say what each grant is for, by the first word that its place holds.
var whys = []struct{ place, why string }{
	{"FlowLogRole", "VPC flow logs write to the VPC's own log group, for flow logs of this account and region alone: " +
		"nobody can have another account's written there"},
	{"service-reader", "stacks of the consumers' accounts read the service's name when they are deployed"},
	{"hub-reader", "stacks of other accounts read the hub's ids when they are deployed"},
	{"spoke-reader", "the link of the spoke, in the Transit Gateway's account, reads its ids when it is deployed"},
	{"GatewayShare", "spokes of other accounts attach their VPCs to the Transit Gateway; its route tables stay the hub's account's"},
	{"ProfileShare", "spokes of other accounts associate the Route 53 Profile with their VPCs; what it holds stays the hub's account's"},
	{"RulesShare", "spokes of other accounts associate the Resolver rules with their VPCs; what they say stays the hub's account's"},
	{"clients-", "the hub and its spokes reach the endpoints on the services' ports"},
	{"Balancer", "packets that PrivateLink brings go on to the service; nobody else reaches the load balancer"},
	{"inbound", "name servers elsewhere forward the endpoints' names"},
	{"outbound", "servers elsewhere know names of their own"},
	{"PublishedPermissions", "accounts of spokes that the service's file names as consumers, or the hub's, which makes an endpoint for all"},
	{"AllowOrganizationToOrganization", "the organization's work with its own resources"},
	{"AllowAWSServices", "services of AWS act for you, such as CloudFormation by presigned URLs"},
	{"AllowFederationIntoOrganization", "people and pods sign in to the organization's roles with SAML or OpenID Connect, before they have " +
		"credentials"},
	{"AllowEverything", "the hub's file says `full-access`: identity and resource policies alone decide"},
}

// grant is one row: where it stands, who may do what.
type grant struct{ where, who, what, why string }

type audit struct {
	t        *testing.T
	stack    string
	template template
	names    *strings.Replacer // of what differs between configurations
	files    map[string]string // policy files, by where and service
}

var (
	accountNumber = regexp.MustCompile(`\b[0-9]{12}\b`)
	region        = regexp.MustCompile(`\b(` + strings.Join(awsfacts.Regions(), "|") + `)\b`)
	hash          = regexp.MustCompile(`[0-9A-F]{8}$`)
)

func TestAccessPage(t *testing.T) {
	rows, other := map[string]map[grant]bool{}, map[string]bool{}
	for _, dir := range configurations(t) {
		cfg, diags := config.Load(dir)
		if cfg == nil {
			t.Fatal(diags)
		}
		for stack, tpl := range templates(t, assembled(t, dir)) {
			names := []string{"o-a1b2c3d4e5", "ORGANIZATION"}
			for _, s := range cfg.Spokes {
				names = append(names, "spoke-"+s.Name, "spoke-SPOKE", "link-"+s.Name, "link-SPOKE")
			}
			for _, h := range cfg.Hubs {
				names = append(names, h.Name+"-", "HUB-")
			}
			a := &audit{t, strings.NewReplacer(names...).Replace(stack), tpl, strings.NewReplacer(names...), policyFiles(cfg)}
			for id, r := range tpl.resources() {
				m := r.(map[string]any)
				typ := m["Type"].(string)
				p, _ := m["Properties"].(map[string]any)
				i := slices.IndexFunc(grants, func(g struct {
					typ, title, intro string
					rows              func(a *audit, id string, p map[string]any) []grant
				}) bool {
					return g.typ == typ
				})
				if i < 0 {
					for word := range p {
						if grantWords.MatchString(word) {
							t.Errorf("%s: %s, a %s, has %s, which the page does not cover", stack, id, typ, word)
						}
					}
					other[typ] = true
					continue
				}
				if rows[typ] == nil {
					rows[typ] = map[grant]bool{}
				}
				for _, g := range grants[i].rows(a, id, p) {
					if g.why == "" {
						t.Errorf("%s: %s, a %s, lets %s %s, and nothing says why", stack, id, typ, g.who, g.what)
					}
					rows[typ][g] = true
				}
			}
		}
	}
	got := auditText(rows, slices.Sorted(maps.Keys(other)))
	file := auditPage
	if *update {
		must(os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	must(err)
	if string(want) != got {
		t.Errorf("%s is not what the templates hold; look at what has changed, then: go test ./internal/app -run AccessPage -update", auditPage)
	}
}

// policyFiles are those that a configuration names, by where and service.
func policyFiles(cfg *config.Config) map[string]string {
	out := map[string]string{}
	for _, h := range cfg.Hubs {
		for _, e := range h.Endpoints {
			out[hubEndpoint+e.Catalog.Name] = e.Policy.File
		}
		for service, p := range h.GatewayPolicies {
			out[gatewayEndpoint+service] = p.File
		}
	}
	return out
}

const hubEndpoint, gatewayEndpoint = "the hub's endpoint", "a spoke's gateway endpoint"

func auditText(rows map[string]map[grant]bool, other []string) string {
	var b strings.Builder
	b.WriteString("# Who may do what\n\nAll that the stacks grant, of every role, share, security group and endpoint policy in the " +
		"templates. Made from the " +
		"templates of `config/` and the examples; do not edit. Words in capitals differ between configurations.\n")
	for _, g := range grants {
		if len(rows[g.typ]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n`%s`. %s\n\n| where | who | may | because |\n| --- | --- | --- | --- |\n", g.title, g.typ, g.intro)
		for _, r := range slices.SortedFunc(maps.Keys(rows[g.typ]), func(x, y grant) int {
			return strings.Compare(x.where+x.who+x.what, y.where+y.who+y.what)
		}) {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.where, r.who, r.what, r.why)
		}
	}
	b.WriteString("\n## What the policy `organization` admits of AWS's own\n\nAll exceptions, of which each endpoint has those of its " +
		"service. But for " +
		"the anonymous ones, they are for principals of the organization.\n\n| service | may | of | source |\n| --- | --- | --- | --- |\n")
	for _, o := range awsfacts.AllOwned() {
		who := ""
		if o.Anonymous {
			who = ", for everybody"
		}
		fmt.Fprintf(&b, "| %s | %s%s | %s | %s |\n", strings.Join(o.Services, ", "), code(strings.Join(o.Actions, ", ")), who, o.Of, o.Source)
	}
	b.WriteString("\nThe accounts of AWS in them:\n\n| accounts of | regions | source |\n| --- | --- | --- |\n")
	for _, g := range awsfacts.AccountGroups() {
		fmt.Fprintf(&b, "| %s | %d | %s |\n", g.Of, len(g.Accounts), g.Source)
	}
	b.WriteString("\n## Everything else\n\nThe other resources of the templates grant nothing by themselves: `" + strings.Join(other,
		"`, `") + "`.\n")
	return b.String()
}

// text is a value as one line: references by what they lead to.
func (a *audit) text(v any) string {
	switch v := v.(type) {
	case string:
		return region.ReplaceAllString(accountNumber.ReplaceAllString(a.names.Replace(v), "ACCOUNT"), "REGION")
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, a.text(e))
		}
		slices.Sort(out)
		return strings.Join(slices.Compact(out), ", ")
	case map[string]any:
		return a.reference(v)
	}
	return fmt.Sprint(v)
}

func (a *audit) reference(m map[string]any) string {
	if ref, ok := m["Ref"].(string); ok {
		return map[string]string{"AWS::AccountId": "ACCOUNT", "AWS::Partition": "aws", "AWS::Region": "REGION"}[ref] + a.typeOf(ref)
	}
	if get, ok := m["Fn::GetAtt"].([]any); ok {
		return a.typeOf(fmt.Sprint(get[0]))
	}
	if join, ok := m["Fn::Join"].([]any); ok {
		var b strings.Builder
		for _, part := range join[1].([]any) {
			b.WriteString(a.text(part))
		}
		return b.String()
	}
	if out, ok := m["Fn::GetStackOutput"].(map[string]any); ok {
		return a.text(out["StackName"]) + "'s " + fmt.Sprint(out["OutputName"])
	}
	var tests []string
	for _, key := range slices.Sorted(maps.Keys(m)) {
		tests = append(tests, key+" "+a.text(m[key]))
	}
	return strings.Join(tests, "; ")
}

// typeOf is what a logical id of the template stands for.
func (a *audit) typeOf(id string) string {
	r, ok := a.template.resources()[id].(map[string]any)
	if !ok {
		return ""
	}
	_, kind, _ := strings.Cut(r["Type"].(string), "::")
	return "its own " + kind
}

// why finds what a grant is for, and for AWS's own things says where AWS does.
func (a *audit) why(place string) string {
	for _, w := range whys {
		if strings.Contains(place, w.place) {
			return w.why
		}
	}
	return ""
}

// statement is who and what of one statement.
func (a *audit) statement(s map[string]any) (who, what string) {
	who = "everybody"
	if kinds, ok := s["Principal"].(map[string]any); ok {
		who = a.text(kinds)
	}
	if c, ok := s["Condition"]; ok {
		who += ", where " + a.text(c)
	}
	what = a.text(s["Action"])
	if r, ok := s["Resource"]; ok {
		what += " of " + a.text(r)
	}
	if not := fmt.Sprint(s["NotAction"], s["NotResource"], s["NotPrincipal"]); not != "<nil> <nil> <nil>" || s["Effect"] != "Allow" {
		a.t.Errorf("%s has a statement that denies, or says what it is not about: %v", a.stack, s)
	}
	return code(who), code(what)
}

func code(s string) string { return strings.NewReplacer("*", `\*`, "|", `\|`).Replace(s) }

func statementsOf(doc any) []map[string]any {
	m, _ := doc.(map[string]any)
	var out []map[string]any
	list, ok := m["Statement"].([]any)
	if !ok {
		list = []any{m["Statement"]}
	}
	for _, s := range list {
		if m, ok := s.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

func (a *audit) role(id string, p map[string]any) []grant {
	where, place := "`"+a.stack+"`", hash.ReplaceAllString(id, "")
	if name := a.text(p["RoleName"]); p["RoleName"] != nil {
		where, place = "role `"+name+"` of "+where, "hub-reader"
		for _, kind := range []string{"spoke", "service"} {
			if strings.Contains(name, kind+"-") {
				place = kind + "-reader"
			}
		}
	} else {
		where = "role `" + place + "` of " + where
	}
	for _, key := range []string{"ManagedPolicyArns", "PermissionsBoundary"} {
		if p[key] != nil {
			a.t.Errorf("%s has %s", where, key)
		}
	}
	var out []grant
	for _, s := range statementsOf(p["AssumeRolePolicyDocument"]) {
		who, what := a.statement(s)
		out = append(out, grant{where, who, what, a.why(place)})
	}
	policies, _ := p["Policies"].([]any)
	for _, policy := range policies {
		for _, s := range statementsOf(policy.(map[string]any)["PolicyDocument"]) {
			_, what := a.statement(s)
			out = append(out, grant{where, "the role", what, a.why(place)})
		}
	}
	return out
}

func (a *audit) share(id string, p map[string]any) []grant {
	place := hash.ReplaceAllString(id, "")
	who := "accounts of the spokes, outside an organization too"
	if p["AllowExternalPrincipals"] == false {
		who = "accounts of the organization: " + a.text(p["Principals"])
	}
	return []grant{{"`" + a.stack + "`", code(who), "use " + a.text(p["ResourceArns"]), a.why(place)}}
}

// groupKinds are the security groups by how their descriptions begin: who a rule's range is, what it may do, and why.
var groupKinds = []struct{ description, who, may, protocols, direction, why string }{
	{"Clients of the endpoints", "the range of the hub, of a pool, of a spoke outside the pools, or of an attachment that is no spoke",
		"connect on", "tcp", "in", "clients-"},
	{"Load balancer of an endpoint service", "the load balancer of a spoke's service", "connect to its targets on", "tcp", "out", "Balancer"},
	{"Who may ask the inbound endpoint", "the ranges of `dns.inbound`", "ask for names on", "tcp udp", "in", "inbound"},
	{"Which servers the outbound endpoint asks", "the Resolver", "ask the servers of `dns.forward` on", "tcp udp", "out", "outbound"},
}

func (a *audit) group(id string, p map[string]any) []grant {
	i := slices.IndexFunc(groupKinds, func(k struct{ description, who, may, protocols, direction, why string }) bool {
		return strings.HasPrefix(fmt.Sprint(p["GroupDescription"]), k.description)
	})
	if i < 0 {
		a.t.Errorf("%s: %s is a group that nothing here knows: %v", a.stack, id, p["GroupDescription"])
		return nil
	}
	k := groupKinds[i]
	var out []grant
	for direction, property := range map[string]string{"in": "SecurityGroupIngress", "out": "SecurityGroupEgress"} {
		rules, _ := p[property].([]any)
		for _, r := range rules {
			rule := r.(map[string]any)
			nothing := direction == "out" && rule["CidrIp"] == "255.255.255.255/32"
			switch {
			case nothing:
			case direction != k.direction || rule["CidrIp"] == nil || !strings.Contains(k.protocols, fmt.Sprint(rule["IpProtocol"])):
				a.t.Errorf("%s: %s lets packets %s: %v", a.stack, id, direction, rule)
			default:
				out = append(out, grant{"`" + a.stack + "`", k.who, fmt.Sprintf("%s port %v", k.may, rule["FromPort"]), a.why(k.why)})
			}
		}
	}
	return out
}

func (a *audit) service(id string, p map[string]any) []grant {
	return []grant{{"`" + a.stack + "`", code(a.text(p["AllowedPrincipals"])), "make endpoints of the service", a.why(id)}}
}

func (a *audit) endpoint(id string, p map[string]any) []grant {
	if _, ok := p["ServiceName"].(string); !ok {
		return []grant{{"endpoint of a spoke's service", "everybody", "everything",
			"the endpoint's group says who reaches it; the service itself decides whom it serves"}}
	}
	service := fmt.Sprint(p["ServiceName"])
	service = service[strings.LastIndex(service, "amazonaws.")+len("amazonaws."):]
	region, service, _ := strings.Cut(service, ".")
	where := hubEndpoint
	if p["VpcEndpointType"] == "Gateway" {
		where = gatewayEndpoint
	}
	if file := a.files[where+service]; file != "" {
		return []grant{{where + " for " + service, "whom `" + file + "` names", "what it says",
			"a policy file of yours, for these services alone"}}
	}
	if p["PolicyDocument"] == nil {
		return []grant{{where + " for " + service, "everybody", "everything",
			"the hub's file says `full-access`, or the service takes no endpoint policy: IAM alone decides"}}
	}
	var out []grant
	for _, s := range statementsOf(p["PolicyDocument"]) {
		sid, _ := s["Sid"].(string)
		owned := slices.IndexFunc(awsfacts.OwnedByAWS(service, region), func(o awsfacts.Owned) bool { return o.SID == sid })
		switch {
		case owned >= 0:
			o := awsfacts.OwnedByAWS(service, region)[owned]
			who := "the organization"
			if o.Anonymous {
				who = "everybody"
			}
			if len(o.Accounts) > 0 {
				who += ", where the resource is in an account of AWS"
			}
			out = append(out, grant{where + " for " + service, who, code(sid + ": " + strings.Join(o.Actions, ", ")), o.Of + " (" + o.Source + ")"})
		case a.why(sid) != "":
			who, what := a.statement(s)
			out = append(out, grant{where, who, sid + ": " + what, a.why(sid)})
		default:
			out = append(out, grant{where + " for " + service, "", sid, ""})
		}
	}
	return out
}

func (a *audit) nothing(string, map[string]any) []grant { return nil }
