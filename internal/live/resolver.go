package live

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	resolvertypes "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"sharedhub/internal/topology"
)

// readNameServers reads which servers the VPCs' hosts are told to ask.
func (r *reader) readNameServers() {
	r.dhcp = map[string][]string{}
	var ids []string
	for _, v := range r.vpcs {
		if id := aws.ToString(v.DhcpOptionsId); id != "" && id != "default" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for part := range slices.Chunk(ids, filterValues) {
		input := &ec2.DescribeDhcpOptionsInput{Filters: []types.Filter{{Name: aws.String("dhcp-options-id"), Values: part}}}
		pages(r, "ec2:DescribeDhcpOptions", ec2.NewDescribeDhcpOptionsPaginator(r.ec2, input), func(o *ec2.DescribeDhcpOptionsOutput) {
			for _, d := range o.DhcpOptions {
				id := aws.ToString(d.DhcpOptionsId)
				for _, c := range d.DhcpConfigurations {
					if aws.ToString(c.Key) != "domain-name-servers" {
						continue
					}
					for _, v := range c.Values {
						r.dhcp[id] = append(r.dhcp[id], aws.ToString(v.Value))
					}
				}
			}
		})
	}
}

// carried are the ids of what the account's Route 53 Profiles carry, of a kind as ARNs name it.
func (r *reader) carried(kind string) map[string]bool {
	out := map[string]bool{}
	for _, list := range r.inProfiles {
		for _, a := range list {
			if _, id, ok := strings.Cut(aws.ToString(a.ResourceArn), ":"+kind+"/"); ok {
				out[id] = true
			}
		}
	}
	return out
}

// readForwards reads the Resolver rules that the VPCs and the account's Route 53 Profiles use, the account's own and those shared with
// it, and those that ask through an endpoint in one of the VPCs.
func (r *reader) readForwards() {
	ours := r.vpcIDs()
	if len(ours) == 0 {
		return
	}
	client := route53resolver.NewFromConfig(r.cfg)
	used := r.carried("resolver-rule")
	associations := route53resolver.NewListResolverRuleAssociationsPaginator(client, &route53resolver.ListResolverRuleAssociationsInput{})
	pages(r, "route53resolver:ListResolverRuleAssociations", associations, func(o *route53resolver.ListResolverRuleAssociationsOutput) {
		for _, a := range o.ResolverRuleAssociations {
			if ours[aws.ToString(a.VPCId)] {
				r.ruled = append(r.ruled, a)
				used[aws.ToString(a.ResolverRuleId)] = true
			}
		}
	})
	endpoints := map[string]bool{}
	for _, e := range r.resolvers {
		endpoints[aws.ToString(e.Id)] = true
	}
	if len(used)+len(endpoints) == 0 {
		return
	}
	rules := route53resolver.NewListResolverRulesPaginator(client, &route53resolver.ListResolverRulesInput{})
	pages(r, "route53resolver:ListResolverRules", rules, func(o *route53resolver.ListResolverRulesOutput) {
		for _, rule := range o.ResolverRules {
			if used[aws.ToString(rule.Id)] || endpoints[aws.ToString(rule.ResolverEndpointId)] {
				r.rules = append(r.rules, rule)
			}
		}
	})
}

// resolverEndpoint is a Resolver endpoint and its addresses.
type resolverEndpoint struct {
	resolvertypes.ResolverEndpoint
	addresses []resolvertypes.IpAddressResponse
}

// readResolverEndpoints reads the Resolver endpoints in the VPCs: by one for questions from outside, others ask the VPC's names.
func (r *reader) readResolverEndpoints() {
	ours := r.vpcIDs()
	if len(ours) == 0 {
		return
	}
	client := route53resolver.NewFromConfig(r.cfg)
	list := route53resolver.NewListResolverEndpointsPaginator(client, &route53resolver.ListResolverEndpointsInput{})
	pages(r, "route53resolver:ListResolverEndpoints", list, func(o *route53resolver.ListResolverEndpointsOutput) {
		for _, e := range o.ResolverEndpoints {
			if ours[aws.ToString(e.HostVPCId)] && e.Status != resolvertypes.ResolverEndpointStatusDeleting {
				r.resolvers = append(r.resolvers, resolverEndpoint{ResolverEndpoint: e})
			}
		}
	})
	for i := range r.resolvers {
		e := &r.resolvers[i]
		input := &route53resolver.ListResolverEndpointIpAddressesInput{ResolverEndpointId: e.Id}
		list := route53resolver.NewListResolverEndpointIpAddressesPaginator(client, input)
		pages(r, "route53resolver:ListResolverEndpointIpAddresses", list, func(o *route53resolver.ListResolverEndpointIpAddressesOutput) {
			e.addresses = append(e.addresses, o.IpAddresses...)
		})
	}
}

func (r *raw) dhcpRecords() []topology.Record {
	var out []topology.Record
	for id, servers := range r.dhcp {
		out = append(out, &topology.DHCPOptionsRecord{Meta: r.untagged("AWS::EC2::DHCPOptions", id), NameServers: servers})
	}
	return out
}

func (r *raw) resolverRecords() []topology.Record {
	var out []topology.Record
	for _, rule := range r.rules {
		meta := r.untagged("AWS::Route53Resolver::ResolverRule", aws.ToString(rule.Id))
		meta.Account = cmp.Or(aws.ToString(rule.OwnerId), meta.Account)
		out = append(out, &topology.ResolverRuleRecord{Meta: meta,
			Domain: aws.ToString(rule.DomainName), Forwards: rule.RuleType == resolvertypes.RuleTypeOptionForward, Targets: targets(rule),
			Kind:     string(rule.RuleType),
			Endpoint: aws.ToString(rule.ResolverEndpointId), ARN: aws.ToString(rule.Arn)})
	}
	owner := r.sourceOfVPC()
	for _, a := range r.ruled { // the stack of the VPC answers for what it uses
		rec := &topology.ResolverRuleAssociationRecord{Meta: r.untagged("AWS::Route53Resolver::ResolverRuleAssociation", aws.ToString(a.Id)),
			VPC: aws.ToString(a.VPCId), Rule: aws.ToString(a.ResolverRuleId)}
		rec.Source = owner[rec.VPC]
		out = append(out, rec)
	}
	for _, e := range r.resolvers {
		rec := &topology.ResolverEndpointRecord{Meta: r.untagged("AWS::Route53Resolver::ResolverEndpoint", aws.ToString(e.Id)),
			Direction: string(e.Direction), VPC: aws.ToString(e.HostVPCId), Groups: e.SecurityGroupIds,
			Family: string(e.ResolverEndpointType)}
		for _, p := range e.Protocols {
			rec.Protocols = append(rec.Protocols, string(p))
		}
		for _, a := range e.addresses {
			rec.Subnets, rec.Addresses = append(rec.Subnets, aws.ToString(a.SubnetId)), append(rec.Addresses, aws.ToString(a.Ip))
		}
		rec.Source = owner[rec.VPC]
		out = append(out, rec)
	}
	return out
}

// targets are the servers of a rule.
func targets(rule resolvertypes.ResolverRule) []string {
	var out []string
	for _, t := range rule.TargetIps {
		port := ""
		if t.Port != nil {
			port = fmt.Sprint(*t.Port)
		}
		out = append(out, topology.ServerText(aws.ToString(t.Ip), port, string(t.Protocol)))
	}
	return out
}
