package live

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	"github.com/aws/smithy-go"
)

// Named is what an account holds of Route 53 by an id.
type Named struct {
	// Kind of a Resolver rule ("FORWARD"), or "private" or "public" of a hosted zone; "" of anything else.
	Kind string
	// Domain of a zone or a rule, without its last dot; "" of anything else.
	Domain string
	// Status is "COMPLETE" or "CREATED" where it works; "" of a zone.
	Status string
}

// namedActions are what named calls.
var namedActions = []string{"route53:GetHostedZone", "route53resolver:GetFirewallRuleGroup", "route53resolver:GetResolverQueryLogConfig",
	"route53resolver:GetResolverRule"}

// named reads what the configuration names of Route 53 by id; what is not there is left out.
func (v *surveyor) named() {
	if len(v.ask.Named) == 0 {
		return
	}
	found, all := map[string]Named{}, true
	for _, id := range v.ask.Named {
		n, action, err := v.namedOne(id)
		switch {
		case isNone(err):
		case v.failed(err, action):
			all = false
		default:
			found[id] = n
		}
	}
	if all {
		v.ground.Named = found
	}
}

func (v *surveyor) namedOne(id string) (n Named, action string, err error) {
	plain := func(name *string) string { return strings.TrimSuffix(aws.ToString(name), ".") }
	client := route53resolver.NewFromConfig(v.cfg)
	switch {
	case strings.HasPrefix(id, "rslvr-rr-"):
		o, err := client.GetResolverRule(v.ctx, &route53resolver.GetResolverRuleInput{ResolverRuleId: &id})
		if err == nil && o.ResolverRule != nil {
			n = Named{string(o.ResolverRule.RuleType), plain(o.ResolverRule.DomainName), string(o.ResolverRule.Status)}
		}
		return n, "route53resolver:GetResolverRule", err
	case strings.HasPrefix(id, "rslvr-frg-"):
		o, err := client.GetFirewallRuleGroup(v.ctx, &route53resolver.GetFirewallRuleGroupInput{FirewallRuleGroupId: &id})
		if err == nil && o.FirewallRuleGroup != nil {
			n.Status = string(o.FirewallRuleGroup.Status)
		}
		return n, "route53resolver:GetFirewallRuleGroup", err
	case strings.HasPrefix(id, "rqlc-"):
		o, err := client.GetResolverQueryLogConfig(v.ctx, &route53resolver.GetResolverQueryLogConfigInput{ResolverQueryLogConfigId: &id})
		if err == nil && o.ResolverQueryLogConfig != nil {
			n.Status = string(o.ResolverQueryLogConfig.Status)
		}
		return n, "route53resolver:GetResolverQueryLogConfig", err
	}
	o, err := route53.NewFromConfig(v.cfg).GetHostedZone(v.ctx, &route53.GetHostedZoneInput{Id: &id})
	if err == nil && o.HostedZone != nil {
		n = Named{Kind: "public", Domain: plain(o.HostedZone.Name)}
		if c := o.HostedZone.Config; c != nil && c.PrivateZone {
			n.Kind = "private"
		}
	}
	return n, "route53:GetHostedZone", err
}

// isNone is true for Route 53's answers that there is no such thing.
func isNone(err error) bool {
	var answer smithy.APIError
	return errors.As(err, &answer) && (answer.ErrorCode() == "NoSuchHostedZone" || answer.ErrorCode() == "ResourceNotFoundException")
}
