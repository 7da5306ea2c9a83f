package live

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	resolvertypes "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"
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
