package hub

import (
	"net/netip"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/privatedns"
	"sharedhub/constructs/resolver"
	"sharedhub/constructs/sharing"
	"sharedhub/internal/app/stack"
	"sharedhub/internal/config"
	"sharedhub/internal/ranges"
	"sharedhub/internal/stackname"
)

// Resolver makes the stack of the hub's Resolver endpoints and rules, with the subnets that they are in: all of it goes together.
func (b *Hub) Resolver() awscdk.Stack {
	h := b.config
	s := b.stack(stackname.Resolver(h.Name), h.Account, "Resolver endpoints")
	network := b.several(Reader{s, stackname.Resolver(h.Name), h.Account}, b.own(stackname.Network(h.Name)),
		[]string{stackname.TransitGatewayID, stackname.VPCID})
	p := &resolver.EndpointsProps{Name: h.Name, VPCID: network(stackname.VPCID), TransitGatewayID: network(stackname.TransitGatewayID),
		Inbound: ranges.Strings(h.Resolver.From), Routes: ranges.Strings(h.Resolver.Routed()), Rules: map[string][]string{}}
	var inbound []*string
	for i, n := range h.ResolverSubnets() {
		place := func(int) netip.Prefix { return n.CIDR }
		p.Subnets = append(p.Subnets, resolver.Subnet{Subnet: stack.Subnets(h.Region, []config.AZ{n.AZ}, place)[0], ID: n.ID,
			Inbound: n.Inbound().String(), Outbound: n.Outbound().String()})
		inbound = append(inbound, &p.Subnets[i].Inbound)
	}
	for _, f := range h.Resolver.Forwards {
		for _, to := range f.To {
			p.Rules[f.Domain] = append(p.Rules[f.Domain], to.String())
		}
	}
	made := resolver.NewEndpoints(s, "Resolver", p)
	if made.Inbound != nil {
		stack.Output(s, stackname.InboundAddresses, awscdk.Fn_Join(jsii.String(", "), &inbound))
	}
	b.publishRules(s, made)
	return s
}

// publishRules tells other stacks the rules' ids. Spokes that follow them themselves need a share of them; a Profile needs none
// (Route 53 guide, "Share Route 53 Profiles").
func (b *Hub) publishRules(s awscdk.Stack, made *resolver.Endpoints) {
	h := b.config
	var out []stack.Value
	var arns []*string
	for _, f := range h.Resolver.Forwards {
		rule := made.Rules[f.Domain]
		out = append(out, stack.Value{Name: stackname.RuleID(f.Domain), Value: rule.ID, Longest: stack.LongestID})
		arns = append(arns, rule.ARN)
	}
	if len(out) == 0 {
		return
	}
	b.reads.joined[stackname.Resolver(h.Name)] = stack.Publish(s, out)
	if principals := b.principals(); len(principals) > 0 && h.HasHostedZones() {
		sharing.NewShare(s, "RulesShare", &sharing.ShareProps{
			Name: h.Name + "-resolver-rules", ResourceARNs: arns, Principals: principals, AllowExternalPrincipals: h.Organization.ID == "",
		})
	}
}

// ReadRules are the ids of the Resolver rules that a spoke follows, by domain; nil where there are none.
func (b *Hub) ReadRules(r Reader) func(config.Forward) *string {
	var ids []string
	for _, f := range b.config.Resolver.Active() {
		ids = append(ids, stackname.RuleID(f.Domain))
	}
	if len(ids) == 0 {
		return nil
	}
	id := b.several(r, b.own(stackname.Resolver(b.config.Name)), ids)
	return func(f config.Forward) *string { return id(stackname.RuleID(f.Domain)) }
}

// carried is what the Profile carries beside the endpoints: the hub's own rules, and what exists.
func (b *Hub) carried(s awscdk.Stack) map[string]privatedns.Carried {
	h, out := b.config, b.carriedRules(s)
	partition := awsfacts.MustPartition(h.Region)
	arn := func(kind, id string) *string {
		return jsii.String(partition.ARN("route53resolver", h.Region, h.Account, kind+"/"+id))
	}
	for _, z := range h.ExistingDNS.Zones {
		out["zone-"+z.Domain] = privatedns.Carried{ARN: jsii.String(partition.ARN("route53", "", "", "hostedzone/"+z.ID))}
	}
	for _, r := range h.ExistingDNS.Rules {
		out["rule-"+r.Domain] = privatedns.Carried{ARN: arn("resolver-rule", r.ID)}
	}
	for _, g := range h.ExistingDNS.RuleGroups {
		out["rule-group-"+g.Name] = privatedns.Carried{ARN: arn("firewall-rule-group", g.ID), Priority: g.Priority}
	}
	for _, l := range h.ExistingDNS.QueryLogs {
		out["query-log-"+l.Name] = privatedns.Carried{ARN: arn("resolver-query-log-config", l.ID)}
	}
	return out
}

// carriedRules are the hub's own rules that the Profile carries.
func (b *Hub) carriedRules(s awscdk.Stack) map[string]privatedns.Carried {
	h := b.config
	out := map[string]privatedns.Carried{}
	id := b.ReadRules(Reader{s, stackname.Profile(h.Name), h.Account})
	for _, f := range h.Resolver.Active() {
		out["forward-"+f.Domain] = privatedns.Carried{ARN: awscdk.Fn_Join(jsii.String(""), &[]*string{
			jsii.String(awsfacts.MustPartition(h.Region).ARN("route53resolver", h.Region, h.Account, "resolver-rule/")), id(f),
		})}
	}
	return out
}
