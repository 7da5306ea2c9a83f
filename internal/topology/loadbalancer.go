package topology

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const loadBalancing = "AWS::ElasticLoadBalancingV2::"

// A load balancer, its listeners and its target groups are followed where they publish a service to other VPCs; any other is an
// application's own, which the proof refuses where it touches a hub.
var _ = declare(
	Type{Name: loadBalancing + "LoadBalancer", Record: &LoadBalancerRecord{},
		Actions: []string{"elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancers",
			"elasticloadbalancing:DescribeTags"},
		Ignored: map[string]string{"Name": "a name for people", "EnablePrefixForIpv6SourceNat": "for IPv6, which the IP address type says",
			"Ipv4IpamPoolId":                              "addresses of one that faces the internet, which the scheme says",
			"MinimumLoadBalancerCapacity":                 "how much it carries",
			"MinimumLoadBalancerCapacity.CapacityUnits":   "how much it carries",
			"EnableCapacityReservationProvisionStabilize": "how long a deployment waits"}},
	Type{Name: loadBalancing + "Listener", Record: &ListenerRecord{}, Actions: []string{"elasticloadbalancing:DescribeListeners"},
		Ignored: map[string]string{"ListenerAttributes.Key": "timeouts and headers", "ListenerAttributes.Value": "timeouts and headers"}},
	Type{Name: loadBalancing + "TargetGroup", Record: &TargetGroupRecord{},
		Actions: []string{"elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth"},
		Ignored: map[string]string{"Name": "a name for people", "HealthCheckIntervalSeconds": "how often it asks",
			"HealthCheckTimeoutSeconds": "how long it waits", "HealthyThresholdCount": "how often it asks",
			"UnhealthyThresholdCount": "how often it asks",
			"TargetControlPort":       "for optimisers of targets of Application Load Balancers"}},
)

// LoadBalancer is one of ELB's newer kinds.
type LoadBalancer struct {
	ARN, Account, Region string
	// Kind is "network", "application" or "gateway"; Scheme is "internal" or "internet-facing".
	Kind, Scheme, IPAddressType string
	Subnets                     []*Subnet
	Groups                      []*SecurityGroup
	// Lost are subnets and groups that are not in the stacks.
	Lost []string
	// EnforcesOnPrivateLink is true where the security groups' rules count for packets that come by PrivateLink too.
	EnforcesOnPrivateLink bool
	// FixedAddresses are subnets with an address of their own, or an Elastic IP.
	FixedAddresses bool
	// Attributes by key, as written.
	Attributes map[string]string
	// Listeners by port.
	Listeners []*Listener
	Tags      map[string]string
	Source    Source
	meta      *Meta
	touches   []string
}

// Listener passes connections to a port on.
type Listener struct {
	Balancer, Protocol string
	Port               int
	// Groups are the ARNs of the target groups that it forwards to; Others what else it does.
	Groups []string
	Others []string
	Source Source
	meta   *Meta
}

// TargetGroup is where connections go.
type TargetGroup struct {
	ARN, VPC, Protocol, Kind, IPAddressType, HealthProtocol, HealthPort, HealthPath, Matcher string
	Port                                                                                     int
	NoHealthCheck                                                                            bool
	Targets                                                                                  []Target
	// Attributes by key, as written.
	Attributes map[string]string
	Source     Source
	meta       *Meta
}

// Target is one that is registered.
type Target struct {
	ID, Port, Zone string
}

// LoadBalancerRecord is an AWS::ElasticLoadBalancingV2::LoadBalancer.
type LoadBalancerRecord struct {
	Meta
	Kind, Scheme, IPAddressType string
	Subnets, Groups             []string
	// EnforcesOnPrivateLink is "on" or "off", and "" for the default, on.
	EnforcesOnPrivateLink string
	FixedAddresses        bool
	Attributes            map[string]string
}

func (*LoadBalancerRecord) stage() stage { return joining }

func (r *LoadBalancerRecord) link(l *linker) {
	b := &LoadBalancer{ARN: r.ID, Account: r.Account, Region: r.Region, Kind: cmp.Or(r.Kind, "application"),
		Scheme: cmp.Or(r.Scheme, "internet-facing"), IPAddressType: cmp.Or(r.IPAddressType, "ipv4"), FixedAddresses: r.FixedAddresses,
		EnforcesOnPrivateLink: r.EnforcesOnPrivateLink != "off", Attributes: r.Attributes, Tags: r.Tags, Source: r.Source, meta: &r.Meta,
		touches: mentions(r)}
	for _, id := range r.Subnets {
		if s := l.subnets[id]; s != nil {
			b.Subnets = append(b.Subnets, s)
		} else {
			b.Lost = append(b.Lost, id)
		}
	}
	for _, id := range r.Groups {
		if g := l.Groups[id]; g != nil {
			b.Groups = append(b.Groups, g)
		} else {
			b.Lost = append(b.Lost, id)
		}
	}
	l.LoadBalancers[b.ARN] = b
}

// ListenerRecord is an AWS::ElasticLoadBalancingV2::Listener.
type ListenerRecord struct {
	Meta
	Balancer, Protocol string
	Port               int
	Groups, Others     []string
}

func (*ListenerRecord) stage() stage { return afterJoins }

func (r *ListenerRecord) link(l *linker) {
	s := &Listener{Balancer: r.Balancer, Protocol: r.Protocol, Port: r.Port, Groups: r.Groups, Others: r.Others, Source: r.Source,
		meta: &r.Meta}
	l.Listeners[r.ID] = s
	if b := l.LoadBalancers[r.Balancer]; b != nil {
		l.only(r, "a listener of the load balancer on port "+strconv.Itoa(r.Port), r.Balancer)
		b.Listeners = append(b.Listeners, s)
	}
}

// TargetGroupRecord is an AWS::ElasticLoadBalancingV2::TargetGroup.
type TargetGroupRecord struct {
	Meta
	VPC, Protocol, Kind, IPAddressType, HealthProtocol, HealthPort, HealthPath, Matcher string
	Port                                                                                int
	NoHealthCheck                                                                       bool
	Targets                                                                             []Target
	Attributes                                                                          map[string]string
}

func (*TargetGroupRecord) stage() stage { return joining }

func (r *TargetGroupRecord) link(l *linker) {
	l.TargetGroups[r.ID] = &TargetGroup{ARN: r.ID, VPC: r.VPC, Protocol: r.Protocol, Kind: cmp.Or(r.Kind, "instance"), Port: r.Port,
		IPAddressType: cmp.Or(r.IPAddressType, "ipv4"), HealthProtocol: r.HealthProtocol, HealthPort: cmp.Or(r.HealthPort, "traffic-port"),
		HealthPath: r.HealthPath, Matcher: r.Matcher, NoHealthCheck: r.NoHealthCheck, Targets: r.Targets, Attributes: r.Attributes,
		Source: r.Source, meta: &r.Meta}
}

// Publishing are the parts that publish services, or may, with what each names; those of a live network are the applications' own
// where they are nobody's here.
func (n *Network) Publishing() []UnknownPart {
	var out []UnknownPart
	add := func(m *Meta, opens string, touches ...string) {
		if m.Source.Live == "" && m.Source.Stack != "" {
			out = append(out, UnknownPart{Meta: *m, Opens: opens, Touches: touches})
		}
	}
	const passes, lets = "listens in subnets, and passes packets on to its targets", "lets other VPCs reach a load balancer by PrivateLink"
	for _, b := range n.LoadBalancers {
		touches := slices.Clone(b.touches)
		for _, s := range b.Subnets {
			if s.VPC != nil {
				touches = append(touches, s.VPC.ID)
			}
		}
		slices.Sort(touches)
		add(b.meta, passes, slices.Compact(touches)...)
	}
	for _, s := range n.Listeners {
		add(s.meta, passes, append([]string{s.Balancer}, s.Groups...)...)
	}
	for _, g := range n.TargetGroups {
		add(g.meta, passes, g.VPC)
	}
	for _, s := range n.EndpointServices {
		add(s.meta, lets, append(slices.Clone(s.LoadBalancers), s.GatewayLoadBalancers...)...)
	}
	slices.SortFunc(out, func(a, b UnknownPart) int { return strings.Compare(a.Source.String(), b.Source.String()) })
	return out
}

func (n *Network) loadBalancerPart(b *LoadBalancer) Part {
	p := Part{Type: loadBalancing + "LoadBalancer", ID: b.ARN, Account: b.Account, Region: b.Region, Noun: "the load balancer",
		Label: b.Tags["Name"], Source: b.Source, Keys: known(b.ARN, b.Source), Facts: subnets(b.Subnets)}
	p.Facts = append(p.Facts, Fact{Attr: "scheme", Value: Term{Text: b.Scheme}},
		Fact{Attr: "rules for PrivateLink", Value: onOff(b.EnforcesOnPrivateLink)})
	for _, g := range b.Groups {
		p.Facts = append(p.Facts, Fact{Attr: "security group", Key: Term{Ref: g.ID}})
	}
	for _, l := range b.Listeners {
		f := Fact{Attr: "listener", Key: Term{Text: fmt.Sprintf("port %d", l.Port)}, Value: Term{Text: n.forwards(l)}, Source: l.Source}
		p.Facts = append(p.Facts, f)
	}
	return p
}

// targetGroupPart is open where no target is written: ECS, an Auto Scaling group and others then register theirs by themselves.
func (n *Network) targetGroupPart(g *TargetGroup) Part {
	p := Part{Type: loadBalancing + "TargetGroup", ID: g.ARN, Account: g.meta.Account, Region: g.meta.Region, Noun: "the target group",
		Label: g.Source.ID, Source: g.Source, Keys: known(g.ARN, g.Source), Open: len(g.Targets) == 0}
	for _, t := range g.Targets {
		p.Facts = append(p.Facts, one("target", t.ID))
	}
	return p
}

// forwards says where a listener's connections go, without the targets.
func (n *Network) forwards(l *Listener) string {
	to := append([]string{}, l.Others...)
	for _, arn := range l.Groups {
		if g := n.TargetGroups[arn]; g != nil {
			to = append(to, fmt.Sprintf("%s targets on %s port %d, asked on %s %s%s", g.Kind, g.Protocol, g.Port, g.HealthProtocol, g.HealthPort,
				g.HealthPath))
		} else {
			to = append(to, "target group "+arn)
		}
	}
	return l.Protocol + " to " + strings.Join(to, ", ")
}
