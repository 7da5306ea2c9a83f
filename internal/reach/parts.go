package reach

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/topology"
)

// Parts that nothing here follows: which of them may add routes to a VPC or a gateway, and which custom resources say in their
// properties what they do.

// followed are types that have no record and whose packets are followed, or that are hosts like any other.
var followed = []string{
	"AWS::EC2::NatGateway", "AWS::EC2::EgressOnlyInternetGateway", typeVPNGateway, typeVPN, "AWS::EC2::VPNConnectionRoute",
	"AWS::EC2::VPNGatewayRoutePropagation", "AWS::EC2::CustomerGateway", typeFirewall, "AWS::NetworkFirewall::VpcEndpointAssociation",
	"AWS::NetworkFirewall::FirewallPolicy", "AWS::NetworkFirewall::RuleGroup", "AWS::NetworkFirewall::LoggingConfiguration",
	"AWS::NetworkFirewall::TLSInspectionConfiguration", typeGatewayPeering, "AWS::EC2::GatewayRouteTableAssociation",
	"AWS::EC2::SubnetCidrBlock", "AWS::EC2::NetworkInterface", "AWS::EC2::NetworkInterfaceAttachment", "AWS::EC2::Instance",
	"AWS::EC2::EC2Fleet", "AWS::EC2::SpotFleet", "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::AutoScalingGroup",
	"AWS::AutoScaling::LaunchConfiguration", "AWS::EC2::EIP", "AWS::EC2::EIPAssociation",
	"AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::ElasticLoadBalancingV2::Listener",
	"AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::ElasticLoadBalancing::LoadBalancer", "AWS::EC2::VPCEndpointConnectionNotification",
}

// noRoutes are the beginnings of types that neither carry packets nor write routes.
var noRoutes = []string{
	"AWS::EC2::IPAM", "AWS::EC2::Capacity", "AWS::EC2::Host", "AWS::EC2::VPCEncryptionControl", "AWS::EC2::TransitGatewayMetering",
	"AWS::EC2::NetworkPerformanceMetric", "AWS::EC2::SnapshotBlockPublicAccess", "AWS::EC2::VPCBlockPublicAccess",
}

// network are the namespaces whose types may carry packets or add routes.
var network = []string{"AWS::EC2::", "AWS::NetworkManager::", "AWS::DirectConnect::", "AWS::NetworkFirewall::"}

// onlyIn are types that let somebody in, or make something of theirs reachable, and add no route between VPCs.
var onlyIn = []string{
	"AWS::EC2::ClientVpn", "AWS::EC2::InstanceConnectEndpoint", "AWS::EC2::VerifiedAccess", "AWS::DirectConnect::", "AWS::EC2::TrafficMirror",
	"AWS::EC2::VPCEndpointService", "AWS::EC2::VPCEndpointServicePermissions", "AWS::EC2::SecurityGroupVpcAssociation",
	"AWS::EC2::NetworkInterfacePermission", "AWS::EC2::CarrierGateway", "AWS::EC2::TransitGatewayMulticast",
}

// tame are custom resources of the CDK itself whose code is known: none of them touches a route.
var tame = []string{
	"Custom::VpcRestrictDefaultSG", "Custom::LogRetention", "Custom::S3AutoDeleteObjects", "Custom::CDKBucketDeployment",
	"Custom::S3BucketNotifications", "Custom::CrossRegionExportWriter", "Custom::CrossRegionExportReader", "Custom::ECRAutoDeleteImages",
	"Custom::AWSCDKOpenIdConnectProvider", "Custom::CloudwatchLogResourcePolicy", "Custom::DynamoDBReplica", "Custom::WaiterStateMachine",
	"Custom::CrossAccountZoneDelegation", "Custom::DescribeCognitoUserPoolClient",
}

// quiet are properties that nothing reads and that change nothing between VPCs.
var quiet = []string{"AssignIpv6AddressOnCreation", "EnableDns64", "PrivateDnsNameOptionsOnLaunch.", "Ipv6Pool", "Ipv6IpamPoolId",
	"Ipv6NetmaskLength", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "AmazonProvidedIpv6CidrBlock", "MapPublicIpOnLaunch", "EnableLniAtDeviceIndex",
	"OutpostArn", "Description", "Name", "SecurityGroupIngress", "SecurityGroupEgress"}

func customResource(typ string) bool {
	return strings.HasPrefix(typ, "Custom::") || typ == "AWS::CloudFormation::CustomResource"
}

func begins(text string, list []string) bool {
	return slices.ContainsFunc(list, func(p string) bool { return strings.HasPrefix(text, p) })
}

// unfollowed lists the parts that nothing follows, with what they could change.
func (m *model) unfollowed() {
	for _, u := range m.net.Unknown {
		typ, _ := topology.TypeOf(u.Type)
		why, routes := "", false
		switch {
		case len(u.Properties) > 0:
			rest := slices.DeleteFunc(slices.Clone(u.Properties), func(p string) bool { return begins(p, quiet) })
			if len(rest) == 0 || strings.HasPrefix(u.Type, "AWS::IAM::") {
				continue
			}
			why = "nothing reads " + strings.Join(rest, ", ")
		case typ.Record != nil: // it names what is in none of the stacks
			if u.Type == "AWS::EC2::VPCGatewayAttachment" || begins(u.Type, []string{"AWS::IAM", "AWS::Logs", "AWS::Route53Resolver"}) {
				continue
			}
			why = "it names what is in none of the stacks: " + topology.Plain(strings.Join(u.Touches, ", "))
		case slices.Contains(followed, u.Type) || begins(u.Type, noRoutes):
			continue
		case begins(u.Type, onlyIn) || u.Opens != "" && !begins(u.Type, network):
			why = u.Opens
		case begins(u.Type, network):
			why, routes = u.Opens, true
		}
		m.unfollowedPart(u.Meta, why, u.Touches, routes)
	}
	for _, u := range m.net.Undecided {
		if u.Condition != "" && strings.HasSuffix(u.Path, ".Condition") || slices.Contains(tame, u.Type) || m.says(u.ID) {
			continue // both ways are looked at; or what it does is known
		}
		routes := u.ID == "" || standsForMore(u.Type)
		m.unfollowedPart(u.Meta, u.Reason, u.Touches, routes)
	}
	for _, s := range m.net.Strange {
		routes := begins(s.Type, []string{"AWS::EC2::Route", "AWS::EC2::SubnetRouteTable"})
		if strings.Contains(s.Text, "is not an IPv4 range") || begins(s.Type, []string{"AWS::EC2::TransitGatewayRoute", "AWS::Route53",
			"AWS::EC2::SecurityGroup"}) && !routes {
			continue // followed here, or judged by its names
		}
		touches := s.Touches
		if s.Type == "AWS::EC2::Route" { // of some VPC at its target, nobody knows which
			touches = m.beside(touches)
		}
		m.unfollowedPart(topology.Meta{Source: s.Source, Type: s.Type}, s.Text, touches, routes)
	}
	slices.SortStableFunc(m.parts, func(a, b Part) int { return strings.Compare(a.Resource, b.Resource) })
}

// beside are the VPCs among ids, and those that are attached to gateways among them.
func (m *model) beside(ids []string) []string {
	var out []string
	for _, id := range ids {
		if m.net.VPCs[id] != nil {
			out = append(out, id)
		}
		for v, list := range m.attached {
			if slices.ContainsFunc(list, func(a *topology.Attachment) bool { return a.TransitGateway == id }) {
				out = append(out, v.ID)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// standsForMore is true for a type that makes what no template shows.
func standsForMore(typ string) bool {
	return customResource(typ) || begins(typ, []string{"AWS::CloudFormation::", "AWS::ServiceCatalog::"})
}

// unfollowedPart notes one, where it touches a VPC or a gateway. One that may add routes loosens what it touches.
func (m *model) unfollowedPart(meta topology.Meta, why string, touches []string, routes bool) {
	p := Part{Resource: plain(meta.Source), Type: meta.Type, Why: why}
	if p.Why == "" {
		p.Why = "nothing here knows what it does"
	}
	said := fmt.Sprintf("%s %s: %s", p.Resource, p.Type, p.Why)
	for _, id := range touches {
		v, g := m.net.VPCs[id], m.net.TransitGateways[id]
		switch {
		case v != nil && m.names[v] != "":
			p.Could = append(p.Could, m.names[v])
		case g != nil:
			p.Could = append(p.Could, m.gatewayTitle(id))
		default:
			continue
		}
		if routes {
			m.loose[id] = append(m.loose[id], said)
		}
	}
	if len(p.Could) > 0 {
		slices.Sort(p.Could)
		p.Could = slices.Compact(p.Could)
		m.parts = append(m.parts, p)
	}
}

// call is what a custom resource of the CDK's AwsCustomResource asks AWS to do when it is made.
type call struct {
	Service    string         `json:"service"`
	Action     string         `json:"action"`
	Parameters map[string]any `json:"parameters"`
}

// readOnly are the beginnings of actions that change nothing, and of those that only accept what is there.
var readOnly = []string{"describe", "get", "list", "search", "accept", "head"}

// customResources takes what custom resources say that they do: apps write routes by them, because CloudFormation replaces its own
// badly. One counts where its properties are those of a route, or where it is a call of AWS's API.
func (m *model) customResources() {
	for _, id := range slices.Sorted(maps.Keys(m.others)) {
		o := m.others[id]
		if !customResource(o.Type) {
			continue
		}
		says := map[string]string{}
		for path, list := range o.Says {
			if len(list) == 1 {
				says[strings.ToLower(path)] = list[0]
			}
		}
		var c call
		if json.Unmarshal([]byte(one(o, "Create")), &c) == nil && c.Action != "" {
			flatten(says, "", c.Parameters)
		}
		m.customRoute(o, says)
		if says["appliancemodesupport"] == "enable" || says["options.appliancemodesupport"] == "enable" {
			for _, v := range says {
				if a := m.net.Attachments[v]; a != nil {
					m.appliances[a.ID], m.written[o.Source] = true, true
				}
			}
		}
	}
}

// flatten puts the texts of a call's parameters under their paths, in lower case.
func flatten(into map[string]string, at string, parameters map[string]any) {
	for k, v := range parameters {
		switch v := v.(type) {
		case string:
			into[strings.ToLower(at+k)] = v
		case map[string]any:
			flatten(into, at+k+".", v)
		}
	}
}

func (m *model) customRoute(o *topology.Other, says map[string]string) {
	table, attachment := says["transitgatewayroutetableid"], says["transitgatewayattachmentid"]
	to := says["destinationcidrblock"]
	switch {
	case table != "" && attachment != "" && to == "":
		action := strings.ToLower(one(o, "Create"))
		if strings.Contains(action, "associatetransitgateway") || strings.Contains(action, "enabletransitgatewayroutetablepropagation") {
			m.moreJoins = append(m.moreJoins, topology.TransitGatewayJoin{Attachment: attachment, Table: table, Source: o.Source,
				Propagates: strings.Contains(action, "propagation")})
			m.written[o.Source] = true
		}
	case table != "" && to != "" && (attachment != "" || says["blackhole"] == "true"):
		m.moreRoute = append(m.moreRoute, topology.WrittenTransitGatewayRoute{Table: table, Destination: to, Attachment: attachment,
			Blackhole: says["blackhole"] == "true", Source: o.Source})
		m.written[o.Source] = true
	case says["routetableid"] != "" && to+says["destinationipv6cidrblock"] != "":
		for _, t := range topology.RouteTargets {
			target := says[strings.ToLower(t.Name)]
			if target == "" {
				continue
			}
			e := topology.RouteEntry{Destination: to + says["destinationipv6cidrblock"], TargetName: t.Name, Target: target, Source: o.Source}
			if p, err := netip.ParsePrefix(e.Destination); err == nil {
				e.Prefixes = []netip.Prefix{p.Masked()}
			}
			m.more[says["routetableid"]] = append(m.more[says["routetableid"]], e)
			m.written[o.Source] = true
			return
		}
	}
}

// says is true for a custom resource of which it is known what it does: one that writes a route, finds something, or only asks.
func (m *model) says(id string) bool {
	o := m.others[id]
	if o == nil || !customResource(o.Type) {
		return false
	}
	if m.written[o.Source] {
		return true
	}
	var c call
	if json.Unmarshal([]byte(one(o, "Create")), &c) == nil && c.Action != "" {
		return begins(strings.ToLower(c.Action), readOnly) || !strings.Contains(strings.ToLower(c.Service), "ec2")
	}
	kind, _ := m.attachmentKind(id)
	return kind != "" || m.firewallOf(o) != nil
}

// firewallOf is the firewall whose endpoints a custom resource sorts by availability zone.
func (m *model) firewallOf(o *topology.Other) *topology.Other {
	for _, list := range o.Says {
		for _, v := range list {
			ref, attribute := reference(v)
			if f := m.others[ref]; f != nil && f.Type == typeFirewall && strings.HasPrefix(attribute, "EndpointIds") {
				return f
			}
		}
	}
	return nil
}
