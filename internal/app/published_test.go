package app

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"sharedhub/internal/prove"
)

// A consumer reaches a service by its name and on its port, by PrivateLink; nobody else does, and no route opens.
func TestExplainServices(t *testing.T) {
	t.Parallel()
	const dir = "examples/06-microservices"
	out := assembled(t, dir)
	for _, c := range []struct {
		from, to      string
		reaches       prove.Extent
		because, hops string
	}{
		{"storefront", "orders-api", prove.Fully, "spoke storefront is a consumer of service orders-api", "to the load balancer of spoke orders"},
		{"storefront", "orders.internal.example.com", prove.Fully, "it is the name of service orders-api", "endpoint of orders-api"},
		{"orders", "payments-api", prove.Fully, "a consumer", "payments-team@example.com must have accepted"},
		{"payments", "login", prove.Fully, "every attached spoke reaches its hub", "to the load balancer of spoke storefront"},
		{"payments", "orders-api", prove.NotAtAll, "payments is no consumer of service orders-api", ""},
		{"orders", "orders-api", prove.NotAtAll, "orders is no consumer of service orders-api", ""},
		{"storefront", "orders", prove.NotAtAll, "segments web and core do not reach each other", ""},
		{"orders", "storefront", prove.NotAtAll, "segments core and web do not reach each other", ""},
	} {
		code, stdout, stderr := run(t, "explain", "--config", dir, "--assembly", out, c.from, c.to, "--json")
		var x prove.Explanation
		if err := json.Unmarshal([]byte(stdout), &x); err != nil {
			t.Errorf("%s %s: %v: %s", c.from, c.to, err, stderr)
			continue
		}
		there, _ := json.Marshal(x.Paths)
		if code != 0 || x.Reaches != c.reaches || x.AsConfigured == nil || !*x.AsConfigured || len(x.Unknown) > 0 ||
			!strings.Contains(x.Because, c.because) || !strings.Contains(string(there), c.hops) {
			t.Errorf("%s %s: expected %s, %q, %q; code %d, found %s", c.from, c.to, c.reaches, c.because, c.hops, code, stdout)
		}
	}
}

// docs/PRIVATELINK.md shows what explain and reach print of the example.
func TestServicesPage(t *testing.T) {
	t.Parallel()
	const dir = "examples/06-microservices"
	out := assembled(t, dir)
	page, err := os.ReadFile("docs/PRIVATELINK.md")
	if err != nil {
		t.Fatal(err)
	}
	for command, args := range map[string][]string{
		"$ sharedhub explain storefront orders-api\n": {"explain", "storefront", "orders-api", "--config", dir, "--assembly", out},
		"$ sharedhub reach\n…\n":                      {"reach", "--assembly", out},
	} {
		_, rest, found := strings.Cut(string(page), command)
		shown, _, _ := strings.Cut(rest, "```")
		if _, stdout, _ := run(t, args...); !found || shown == "" || !strings.HasSuffix(stdout, shown) {
			t.Errorf("%q: the page shows\n%s\nfound\n%s", command, shown, stdout)
		}
	}
}

// theProperties are those of the one resource of a type.
func theProperties(t *testing.T, tpl template, typ string) map[string]any {
	t.Helper()
	for _, r := range tpl["Resources"].(map[string]any) {
		if r := r.(map[string]any); r["Type"] == "AWS::"+typ {
			return r["Properties"].(map[string]any)
		}
	}
	t.Fatalf("there is no %s", typ)
	return nil
}

// editor makes changes to a template.
type editor struct{ *testing.T }

func (e editor) set(typ, property string, value any) func(template) {
	return func(tpl template) { theProperties(e.T, tpl, typ)[property] = value }
}

func (e editor) more(typ, property string, value any) func(template) {
	return func(tpl template) {
		p := theProperties(e.T, tpl, typ)
		list, _ := p[property].([]any)
		p[property] = append(slices.Clone(list), value)
	}
}

func (e editor) add(typ string, of func(template) map[string]any) func(template) {
	return func(tpl template) {
		tpl["Resources"].(map[string]any)["Added"] = map[string]any{"Type": "AWS::" + typ, "Properties": of(tpl)}
	}
}

// copied are the properties of the one resource of a type, with others.
func (e editor) copied(typ string, with map[string]any) func(template) map[string]any {
	return func(tpl template) map[string]any {
		all := maps.Clone(theProperties(e.T, tpl, typ))
		maps.Copy(all, with)
		return all
	}
}

// What is added to a service, or beside it, lets somebody in or out: the proof refuses it, for a reason that fits.
func TestServicesStayClosed(t *testing.T) {
	t.Parallel()
	const dir = "examples/06-microservices"
	const service, uses, payments = "shop-service-orders-api", "shop-uses-storefront", "shop-spoke-payments"
	e := editor{t}
	of := func(tpl template, typ string) map[string]any { return theProperties(t, tpl, typ) }
	set, more, add, copied := e.set, e.more, e.add, e.copied
	everybody := map[string]any{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
	stayClosed(t, dir, []addition{
		{"everybody may connect", service, "service", more("EC2::VPCEndpointServicePermissions", "AllowedPrincipals", "*")},
		{"another account may connect", service, "service", more("EC2::VPCEndpointServicePermissions", "AllowedPrincipals",
			"arn:aws:iam::444444444444:root")},
		{"another region", service, "service", set("EC2::VPCEndpointService", "SupportedRegions", []any{"us-east-1", "eu-west-1"})},
		{"a name of the provider's", service, "service", set("EC2::VPCEndpointService", "PrivateDnsName", "orders.example.com")},
		{"connections wait, and nobody accepts", service, "service", set("EC2::VPCEndpointService", "AcceptanceRequired", true)},
		{"another service of the load balancer", service, "way", add("EC2::VPCEndpointService", copied("EC2::VPCEndpointService",
			map[string]any{"Tags": []any{}}))},
		{"internet-facing", service, "service", set("ElasticLoadBalancingV2::LoadBalancer", "Scheme", "internet-facing")},
		{"another load balancer", service, "way", add("ElasticLoadBalancingV2::LoadBalancer",
			copied("ElasticLoadBalancingV2::LoadBalancer", nil))},
		{"another port", service, "service", add("ElasticLoadBalancingV2::Listener", copied("ElasticLoadBalancingV2::Listener",
			map[string]any{"Port": 22}))},
		{"a target elsewhere", service, "service", more("ElasticLoadBalancingV2::TargetGroup", "Targets", map[string]any{"Id": "10.24.0.9"})},
		{"the load balancer lets everybody in", service, "service", more("EC2::SecurityGroup", "SecurityGroupIngress", everybody)},
		{"the load balancer reaches everybody", service, "service", more("EC2::SecurityGroup", "SecurityGroupEgress", everybody)},
		{"a rule by itself", service, "service", add("EC2::SecurityGroupIngress", func(tpl template) map[string]any {
			rule := map[string]any{"GroupId": of(tpl, "ElasticLoadBalancingV2::LoadBalancer")["SecurityGroups"].([]any)[0]}
			for k, v := range everybody {
				rule[k] = v
			}
			return rule
		})},
		{"a rule of the listener", service, "unknown", add("ElasticLoadBalancingV2::ListenerRule", func(tpl template) map[string]any {
			return map[string]any{"ListenerArn": map[string]any{"Ref": resourceOf(tpl, "AWS::ElasticLoadBalancingV2::Listener")},
				"Priority": 1, "Conditions": []any{}, "Actions": []any{}}
		})},
		{"the endpoint lets others in", uses, "rule", more("EC2::SecurityGroup", "SecurityGroupIngress", everybody)},
		{"a second endpoint", uses, "endpoint", add("EC2::VPCEndpoint", copied("EC2::VPCEndpoint", nil))},
		{"private DNS", uses, "name", set("EC2::VPCEndpoint", "PrivateDnsEnabled", true)},
		{"an endpoint policy", uses, "policy", set("EC2::VPCEndpoint", "PolicyDocument", map[string]any{"Statement": []any{}})},
		{"an endpoint of nobody's", payments, "endpoint", add("EC2::VPCEndpoint", func(tpl template) map[string]any {
			return map[string]any{"VpcId": map[string]any{"Ref": resourceOf(tpl, "AWS::EC2::VPC")}, "VpcEndpointType": "Interface",
				"ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"}
		})},
	})
}

// resourceOf is the id of the first resource of a type.
func resourceOf(tpl template, typ string) string {
	var ids []string
	for id, r := range tpl["Resources"].(map[string]any) {
		if r.(map[string]any)["Type"] == typ {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids[0]
}
