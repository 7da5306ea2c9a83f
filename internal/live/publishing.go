package live

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sharedhub/internal/topology"
)

// endpointService is an endpoint service with those who may connect.
type endpointService struct {
	types.ServiceConfiguration
	principals []types.AllowedPrincipal
}

// balancer is a load balancer with all that belongs to it.
type balancer struct {
	elbtypes.LoadBalancer
	tags       map[string]string
	attributes []elbtypes.LoadBalancerAttribute
	listeners  []withTags[elbtypes.Listener]
	groups     []targetGroup
}

type targetGroup struct {
	elbtypes.TargetGroup
	tags    map[string]string
	targets []elbtypes.TargetHealthDescription
}

// withTags is a part with its tags, which Elastic Load Balancing tells apart from it.
type withTags[T any] struct {
	part T
	tags map[string]string
}

// readPublishing reads the endpoint services that the scope's stacks made, and their load balancers. Other load balancers are the
// applications' own, and nobody's here.
func (r *reader) readPublishing() {
	pages(r, "ec2:DescribeVpcEndpointServiceConfigurations", ec2.NewDescribeVpcEndpointServiceConfigurationsPaginator(r.ec2,
		&ec2.DescribeVpcEndpointServiceConfigurationsInput{}), func(o *ec2.DescribeVpcEndpointServiceConfigurationsOutput) {
		for _, s := range o.ServiceConfigurations {
			gone := s.ServiceState == types.ServiceStateDeleted || s.ServiceState == types.ServiceStateDeleting
			if r.scope.Stacks[ec2Tags(s.Tags)[stackTag]] && !gone {
				r.services = append(r.services, endpointService{ServiceConfiguration: s})
			}
		}
	})
	var arns []string
	for i := range r.services {
		s := &r.services[i]
		pages(r, "ec2:DescribeVpcEndpointServicePermissions", ec2.NewDescribeVpcEndpointServicePermissionsPaginator(r.ec2,
			&ec2.DescribeVpcEndpointServicePermissionsInput{ServiceId: s.ServiceId}), func(o *ec2.DescribeVpcEndpointServicePermissionsOutput) {
			s.principals = append(s.principals, o.AllowedPrincipals...)
		})
		for _, arn := range slices.Concat(s.NetworkLoadBalancerArns, s.GatewayLoadBalancerArns) {
			if !slices.Contains(arns, arn) {
				arns = append(arns, arn)
			}
		}
	}
	const most = 20 // names in one question, to DescribeLoadBalancers and DescribeTags alike
	client := elb.NewFromConfig(r.cfg)
	for part := range slices.Chunk(arns, most) {
		pages(r, "elasticloadbalancing:DescribeLoadBalancers", elb.NewDescribeLoadBalancersPaginator(client,
			&elb.DescribeLoadBalancersInput{LoadBalancerArns: part}), func(o *elb.DescribeLoadBalancersOutput) {
			for _, b := range o.LoadBalancers {
				r.balancers = append(r.balancers, balancer{LoadBalancer: b})
			}
		})
	}
	for i := range r.balancers {
		r.readBalancer(client, &r.balancers[i])
	}
}

func (r *reader) readBalancer(client *elb.Client, b *balancer) {
	if r.err != nil {
		return
	}
	arn := b.LoadBalancerArn
	o, err := client.DescribeLoadBalancerAttributes(r.ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: arn})
	if r.fail(err, "elasticloadbalancing:DescribeLoadBalancerAttributes") {
		return
	}
	b.attributes = o.Attributes
	pages(r, "elasticloadbalancing:DescribeListeners", elb.NewDescribeListenersPaginator(client,
		&elb.DescribeListenersInput{LoadBalancerArn: arn}),
		func(o *elb.DescribeListenersOutput) {
			for _, l := range o.Listeners {
				b.listeners = append(b.listeners, withTags[elbtypes.Listener]{part: l})
			}
		})
	pages(r, "elasticloadbalancing:DescribeTargetGroups", elb.NewDescribeTargetGroupsPaginator(client,
		&elb.DescribeTargetGroupsInput{LoadBalancerArn: arn}), func(o *elb.DescribeTargetGroupsOutput) {
		for _, g := range o.TargetGroups {
			b.groups = append(b.groups, targetGroup{TargetGroup: g})
		}
	})
	names := []string{aws.ToString(arn)}
	for i := range b.groups {
		g := &b.groups[i]
		if r.err != nil {
			return
		}
		h, err := client.DescribeTargetHealth(r.ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: g.TargetGroupArn})
		if r.fail(err, "elasticloadbalancing:DescribeTargetHealth") {
			return
		}
		g.targets = h.TargetHealthDescriptions
		names = append(names, aws.ToString(g.TargetGroupArn))
	}
	for _, l := range b.listeners {
		names = append(names, aws.ToString(l.part.ListenerArn))
	}
	tags := r.balancerTags(client, names)
	b.tags = tags[aws.ToString(arn)]
	for i := range b.groups {
		b.groups[i].tags = tags[aws.ToString(b.groups[i].TargetGroupArn)]
	}
	for i := range b.listeners {
		b.listeners[i].tags = tags[aws.ToString(b.listeners[i].part.ListenerArn)]
	}
}

// balancerTags are the tags of load balancers, listeners and target groups, by ARN.
func (r *reader) balancerTags(client *elb.Client, arns []string) map[string]map[string]string {
	out := map[string]map[string]string{}
	for part := range slices.Chunk(arns, 20) {
		if r.err != nil {
			return out
		}
		o, err := client.DescribeTags(r.ctx, &elb.DescribeTagsInput{ResourceArns: part})
		if r.fail(err, "elasticloadbalancing:DescribeTags") {
			return out
		}
		for _, d := range o.TagDescriptions {
			of := map[string]string{}
			for _, t := range d.Tags {
				of[aws.ToString(t.Key)] = aws.ToString(t.Value)
			}
			out[aws.ToString(d.ResourceArn)] = of
		}
	}
	return out
}

// balancerMeta is meta of a part whose tags Elastic Load Balancing tells.
func (r *raw) balancerMeta(typ string, arn *string, tags map[string]string) topology.Meta {
	list := make([]types.Tag, 0, len(tags))
	for k, v := range tags {
		list = append(list, types.Tag{Key: aws.String(k), Value: aws.String(v)})
	}
	return r.meta(typ, arn, list)
}

func (r *raw) publishingRecords() []topology.Record {
	var out []topology.Record
	for _, s := range r.services {
		rec := &topology.VPCEndpointServiceRecord{Meta: r.meta("AWS::EC2::VPCEndpointService", s.ServiceId, s.Tags),
			ServiceName: aws.ToString(s.ServiceName), LoadBalancers: s.NetworkLoadBalancerArns, GatewayLoadBalancers: s.GatewayLoadBalancerArns,
			Acceptance: strconv.FormatBool(aws.ToBool(s.AcceptanceRequired)), PrivateDNSName: aws.ToString(s.PrivateDnsName)}
		for _, t := range s.SupportedIpAddressTypes {
			rec.IPTypes = append(rec.IPTypes, strings.ToLower(string(t)))
		}
		for _, region := range s.SupportedRegions {
			rec.Regions = append(rec.Regions, aws.ToString(region.Region))
		}
		permissions := &topology.VPCEndpointServicePermissionsRecord{
			Meta: within(rec.Meta, "AWS::EC2::VPCEndpointServicePermissions", "permissions"), Service: rec.ID}
		for _, p := range s.principals {
			permissions.Principals = append(permissions.Principals, aws.ToString(p.Principal))
		}
		slices.Sort(permissions.Principals)
		out = append(out, rec, permissions)
	}
	for _, b := range r.balancers {
		out = append(out, r.balancerRecords(b)...)
	}
	return out
}

func (r *raw) balancerRecords(b balancer) []topology.Record {
	const prefix = "AWS::ElasticLoadBalancingV2::"
	rec := &topology.LoadBalancerRecord{Meta: r.balancerMeta(prefix+"LoadBalancer", b.LoadBalancerArn, b.tags), Kind: string(b.Type),
		Scheme: string(b.Scheme), IPAddressType: string(b.IpAddressType), Groups: b.SecurityGroups, Attributes: map[string]string{},
		EnforcesOnPrivateLink: cmp.Or(aws.ToString(b.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic), "on")}
	for _, z := range b.AvailabilityZones {
		rec.Subnets = append(rec.Subnets, aws.ToString(z.SubnetId))
		for _, a := range z.LoadBalancerAddresses {
			rec.FixedAddresses = rec.FixedAddresses || aws.ToString(a.AllocationId) != "" || aws.ToString(a.PrivateIPv4Address) != ""
		}
	}
	slices.Sort(rec.Subnets)
	for _, a := range b.attributes {
		rec.Attributes[aws.ToString(a.Key)] = aws.ToString(a.Value)
	}
	out := []topology.Record{rec}
	for _, l := range b.listeners {
		s := &topology.ListenerRecord{Meta: r.balancerMeta(prefix+"Listener", l.part.ListenerArn, l.tags), Balancer: rec.ID,
			Protocol: string(l.part.Protocol), Port: int(aws.ToInt32(l.part.Port))}
		if len(l.part.Certificates) > 0 {
			s.Others = append(s.Others, "Certificates")
		}
		for _, a := range l.part.DefaultActions {
			if a.Type != elbtypes.ActionTypeEnumForward {
				s.Others = append(s.Others, string(a.Type))
			}
			groups := []string{aws.ToString(a.TargetGroupArn)}
			if f := a.ForwardConfig; f != nil {
				for _, g := range f.TargetGroups {
					groups = append(groups, aws.ToString(g.TargetGroupArn))
				}
			}
			for _, g := range groups {
				if g != "" && !slices.Contains(s.Groups, g) {
					s.Groups = append(s.Groups, g)
				}
			}
		}
		out = append(out, s)
	}
	for _, g := range b.groups {
		t := &topology.TargetGroupRecord{Meta: r.balancerMeta(prefix+"TargetGroup", g.TargetGroupArn, g.tags), VPC: aws.ToString(g.VpcId),
			Protocol: string(g.Protocol), Kind: string(g.TargetType), IPAddressType: string(g.IpAddressType), Port: int(aws.ToInt32(g.Port)),
			HealthProtocol: string(g.HealthCheckProtocol), HealthPort: aws.ToString(g.HealthCheckPort), HealthPath: aws.ToString(g.HealthCheckPath),
			NoHealthCheck: g.HealthCheckEnabled != nil && !*g.HealthCheckEnabled}
		for _, h := range g.targets {
			if h.Target == nil {
				continue
			}
			target := topology.Target{ID: aws.ToString(h.Target.Id), Zone: aws.ToString(h.Target.AvailabilityZone)}
			if p := aws.ToInt32(h.Target.Port); p > 0 {
				target.Port = strconv.Itoa(int(p))
			}
			t.Targets = append(t.Targets, target)
		}
		slices.SortFunc(t.Targets, func(a, b topology.Target) int { return strings.Compare(a.ID, b.ID) })
		out = append(out, t)
	}
	return out
}
