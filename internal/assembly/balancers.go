package assembly

import (
	"slices"
	"strconv"
	"strings"

	"sharedhub/internal/topology"
)

// How templates write what publishes services: endpoint services and load balancers.

func endpointService(f fields) []topology.Record {
	stack := f.resource.Stack
	return one(&topology.VPCEndpointServiceRecord{Meta: f.meta(), ServiceName: stack.partition.EndpointServiceName(stack.Region,
		f.resource.Ref()),
		LoadBalancers:        f.texts("NetworkLoadBalancerArns"),
		GatewayLoadBalancers: f.texts("GatewayLoadBalancerArns"), Acceptance: strings.ToLower(f.text("AcceptanceRequired")),
		PrivateDNSName: f.text("PrivateDnsName"), Regions: f.texts("SupportedRegions"), IPTypes: f.texts("SupportedIpAddressTypes")})
}

func endpointServicePermissions(f fields) []topology.Record {
	return one(&topology.VPCEndpointServicePermissionsRecord{Meta: f.meta(), Service: f.text("ServiceId"),
		Principals: f.texts("AllowedPrincipals")})
}

func loadBalancer(f fields) []topology.Record {
	b := &topology.LoadBalancerRecord{Meta: f.meta(), Kind: f.text("Type"), Scheme: f.text("Scheme"), IPAddressType: f.text("IpAddressType"),
		Subnets: f.texts("Subnets"), Groups: f.texts("SecurityGroups"),
		EnforcesOnPrivateLink: f.text("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"),
		Attributes:            attributes(f, "LoadBalancerAttributes")}
	for _, m := range f.objects("SubnetMappings") {
		b.Subnets = append(b.Subnets, m.text("SubnetId"))
		for _, key := range []string{"AllocationId", "PrivateIPv4Address", "IPv6Address", "SourceNatIpv6Prefix"} {
			b.FixedAddresses = m.text(key) != "" || b.FixedAddresses
		}
	}
	return one(b)
}

// whole is a number; 0 for what is none, or only AWS knows.
func whole(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// attributes of a load balancer or a target group, by key.
func attributes(f fields, key string) map[string]string {
	out := map[string]string{}
	for _, a := range f.objects(key) {
		out[a.text("Key")] = a.text("Value")
	}
	return out
}

func listener(f fields) []topology.Record {
	l := &topology.ListenerRecord{Meta: f.meta(), Balancer: f.text("LoadBalancerArn"), Protocol: f.text("Protocol"),
		Port: whole(f.text("Port"))}
	for _, key := range []string{"Certificates", "SslPolicy", "AlpnPolicy", "MutualAuthentication"} {
		if f.any(key) != nil {
			l.Others = append(l.Others, key)
		}
	}
	for _, a := range f.objects("DefaultActions") {
		if a.text("Type") != "forward" {
			l.Others = append(l.Others, a.text("Type"))
		}
		a.text("Order")
		groups := a.texts("TargetGroupArn")
		for _, g := range a.object("ForwardConfig").objects("TargetGroups") {
			if g.text("Weight"); !slices.Contains(groups, g.text("TargetGroupArn")) {
				groups = append(groups, g.text("TargetGroupArn"))
			}
		}
		l.Groups = append(l.Groups, groups...)
		for _, key := range []string{"RedirectConfig", "FixedResponseConfig", "AuthenticateOidcConfig", "AuthenticateCognitoConfig",
			"JwtValidationConfig", "ForwardConfig"} {
			a.any(key)
		}
	}
	return one(l)
}

func targetGroup(f fields) []topology.Record {
	g := &topology.TargetGroupRecord{Meta: f.meta(), VPC: f.text("VpcId"), Protocol: f.text("Protocol"), Kind: f.text("TargetType"),
		IPAddressType: f.text("IpAddressType"), Port: whole(f.text("Port")), HealthProtocol: f.text("HealthCheckProtocol"),
		HealthPort: f.text("HealthCheckPort"), HealthPath: f.text("HealthCheckPath"),
		NoHealthCheck: strings.EqualFold(f.text("HealthCheckEnabled"), "false"), Attributes: attributes(f, "TargetGroupAttributes")}
	m := f.object("Matcher")
	g.Matcher = m.text("HttpCode") + m.text("GrpcCode") + f.text("ProtocolVersion")
	for _, t := range f.objects("Targets") {
		g.Targets = append(g.Targets, topology.Target{ID: t.text("Id"), Port: t.text("Port"),
			Zone: t.text("AvailabilityZone") + t.text("QuicServerId")})
	}
	return one(g)
}
