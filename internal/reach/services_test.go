package reach

import (
	"encoding/json"
	"strings"
	"testing"
)

// Who reaches an endpoint service, by whose endpoint and which name; nobody else, and the provider nobody through it.
func TestServices(t *testing.T) {
	const own = "vpce-svc-0123456789abcdef0"
	// published is a service of VPC P, with a load balancer there and principals that may connect.
	published := func(a *app, acceptance bool, principals ...any) *stack {
		s := a.stack("Net", "111111111111/us-east-1").vpc("A", 1).vpc("B", 2).vpc("P", 3)
		s.add("Nlb", "AWS::ElasticLoadBalancingV2::LoadBalancer", m{"Type": "network", "Scheme": "internal", "Subnets": list(ref("PS0"))})
		s.add("Svc", "AWS::EC2::VPCEndpointService", m{"NetworkLoadBalancerArns": list(ref("Nlb")), "AcceptanceRequired": acceptance,
			"Tags": list(m{"Key": "Name", "Value": "orders"})})
		s.add("Let", "AWS::EC2::VPCEndpointServicePermissions", m{"ServiceId": ref("Svc"), "AllowedPrincipals": principals})
		return s
	}
	name := get("Fn::Join", list("", list("com.amazonaws.vpce.us-east-1.", ref("Svc"))))
	consumes := func(s *stack, service any, rule m) *stack {
		s.endpoint("E", "", "A", "AS0", rule).props("E")["ServiceName"] = service
		s.props("E")["PrivateDnsEnabled"] = false
		return s.zone("Z", "orders.example.com", "E", "A")
	}
	inside, root := m{"CidrIp": "10.1.0.0/16"}, "arn:aws:iam::111111111111:root"
	for _, c := range []struct {
		name, want string
		build      func(a *app)
	}{
		{"nobody", "orders of P:", func(a *app) { published(a, false, root) }},
		{"an endpoint of its own", "orders of P: A by A yes [443] [orders.example.com]", func(a *app) {
			consumes(published(a, false, root), name, inside)
		}},
		{"a group that admits nobody", "orders of P:", func(a *app) {
			consumes(published(a, false, root), name, m{"CidrIp": "10.9.0.0/16"})
		}},
		{"acceptance", "orders of P: A by A yes [443] [orders.example.com] if somebody accepts the connection in account 111111111111",
			func(a *app) { consumes(published(a, true, root), name, inside) }},
		{"an account that is not let in", "orders of P: A by A undecided [443] [orders.example.com]; the endpoint service names no principal " +
			"of account 111111111111", func(a *app) { consumes(published(a, false, "arn:aws:iam::222222222222:root"), name, inside) }},
		{"everybody let in", "orders of P: A by A yes [443] [orders.example.com]", func(a *app) {
			consumes(published(a, false, "*"), name, inside)
		}},
		{"another's endpoint, by routes", "orders of P: A by A yes [443] [orders.example.com]; B by A yes [443] []", func(a *app) {
			s := consumes(published(a, false, root), name, m{"CidrIp": "10.0.0.0/8"}).peer("X", "A", "B")
			s.route("AT", "10.2.0.0/16", toPCX, ref("X")).route("BT", "10.1.0.0/16", toPCX, ref("X"))
		}},
		{"a service that no stack makes", "com.amazonaws.vpce.us-east-1." + own + " of : A by A yes [443] [orders.example.com] if the " +
			"service's owner lets account 111111111111 connect; orders of P:", func(a *app) {
			consumes(published(a, false, root), "com.amazonaws.vpce.us-east-1."+own, inside)
		}},
		{"a service on a condition", "orders of P: A by A undecided [443] [orders.example.com]; " + onCondition, func(a *app) {
			s := consumes(published(a, false, root), name, inside)
			s.template["Conditions"] = m{"Maybe": m{"Fn::Equals": list(ref("AWS::StackId"), "x")}}
			s.resources["E"].(m)["Condition"] = "Maybe"
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := &app{}
			c.build(a)
			r := reached(t, a.write(t))
			var all []string
			for _, s := range r.Services {
				var list []string
				for _, c := range s.Consumers {
					ports, _ := json.Marshal(c.Ports)
					text := c.VPC + " by " + c.Endpoint + " " + string(c.Verdict) + " " + string(ports) + " [" + strings.Join(c.Names, " ") + "]"
					for _, p := range c.Provided {
						text += " if " + p
					}
					list = append(list, strings.Join(append([]string{text}, c.Reasons...), "; "))
				}
				all = append(all, strings.TrimSpace(s.Name+" of "+s.Provider+": "+strings.Join(list, "; ")))
			}
			if got := strings.Join(all, "; "); got != c.want {
				t.Errorf("found\n%s\nexpected\n%s", got, c.want)
			}
			for _, v := range r.VPCs {
				if v.Name == "P" && len(v.Reaches)+len(v.Undecided) > 0 {
					t.Errorf("the provider reaches %v", v.Reaches)
				}
			}
		})
	}
}
