package live

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfntypes "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	ramtypes "github.com/aws/aws-sdk-go-v2/service/ram/types"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	profiletypes "github.com/aws/aws-sdk-go-v2/service/route53profiles/types"
	resolvertypes "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"sharedhub/internal/topology"
)

// deployment writes a template's records as AWS answers once they are deployed: with ids of its own, what EC2 adds by
// itself, and in the form of its API.
type deployment struct {
	t     *testing.T
	ids   map[string]string // in AWS, by the template's
	plain *strings.Replacer
	raws  map[Place]*raw
	first map[string]*raw
	// egress are the groups for which a resource of its own says what leaves: EC2 then keeps no rule for everything.
	egress map[string]bool
}

// idPrefixes are what ids in AWS begin with.
var idPrefixes = map[string]string{
	"AWS::EC2::VPC": "vpc-", "AWS::EC2::Subnet": "subnet-", "AWS::EC2::RouteTable": "rtb-", "AWS::EC2::NetworkAcl": "acl-",
	"AWS::EC2::InternetGateway": "igw-",
	"AWS::EC2::VPNGateway":      "vgw-", "AWS::EC2::NatGateway": "nat-", "AWS::EC2::TransitGateway": "tgw-",
	"AWS::EC2::TransitGatewayRouteTable": "tgw-rtb-",
	"AWS::EC2::TransitGatewayAttachment": "tgw-attach-", "AWS::EC2::TransitGatewayVpcAttachment": "tgw-attach-",
	"AWS::EC2::SecurityGroup": "sg-", "AWS::EC2::PrefixList": "pl-",
	"AWS::Route53Resolver::FirewallDomainList": "rslvr-fdl-", "AWS::Route53Resolver::FirewallRuleGroup": "rslvr-frg-",
	"AWS::Route53Resolver::FirewallRuleGroupAssociation": "rslvr-frgassoc-", "AWS::Route53Resolver::ResolverEndpoint": "rslvr-in-",
	"AWS::EC2::VPCEndpointService": "vpce-svc-",
	"AWS::EC2::VPCEndpoint":        "vpce-", "AWS::EC2::VPCPeeringConnection": "pcx-", "AWS::EC2::DHCPOptions": "dopt-",
	"AWS::EC2::FlowLog":        "fl-",
	"AWS::Route53::HostedZone": "Z", "AWS::Route53Profiles::Profile": "rp-", "AWS::Route53Profiles::ProfileAssociation": "rpassoc-",
	"AWS::Route53Resolver::ResolverRule": "rslvr-rr-", "AWS::Route53Resolver::ResolverRuleAssociation": "rslvr-rrassoc-",
}

// deploy answers for what the records describe.
func deploy(t *testing.T, records topology.Records) []*raw {
	t.Helper()
	d := &deployment{t: t, ids: map[string]string{}, raws: map[Place]*raw{}, first: map[string]*raw{}, egress: map[string]bool{}}
	for i, r := range records.Parts {
		m := metaOf(t, r)
		if prefix := idPrefixes[m.Type]; prefix != "" {
			d.ids[m.ID] = fmt.Sprintf("%s%04x", prefix, i+1)
		}
		switch r := r.(type) {
		case *topology.SecurityGroupRuleRecord:
			d.egress[r.Group] = d.egress[r.Group] || r.Egress
		case *topology.TransitGatewayRecord:
			d.ids[r.ARN] = fmt.Sprintf("arn:aws:ec2:%s:%s:transit-gateway/%s", r.Region, r.Account, d.ids[r.ID])
		case *topology.ResolverRuleRecord:
			d.ids[r.ARN] = fmt.Sprintf("arn:aws:route53resolver:%s:%s:resolver-rule/%s", r.Region, r.Account, d.ids[r.ID])
		case *topology.R53ProfileRecord:
			d.ids[r.ARN] = fmt.Sprintf("arn:aws:route53profiles:%s:%s:profile/%s", r.Region, r.Account, d.ids[r.ID])
		case *topology.LoadBalancerRecord, *topology.TargetGroupRecord, *topology.ListenerRecord:
			d.ids[m.ID] = fmt.Sprintf("arn:aws:elasticloadbalancing:%s:%s:part/%d", m.Region, m.Account, i)
		case *topology.RoleRecord:
			d.ids[r.ID] = cmp.Or(r.Name, r.ARN)
		case *topology.LogGroupRecord:
			d.ids[r.ARN] = fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s:*", r.Region, r.Account, cmp.Or(r.Name, fmt.Sprintf("generated-%d", i)))
		}
	}
	symbols := slices.SortedFunc(maps.Keys(d.ids), func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, s := range symbols {
		if s != "" {
			pairs = append(pairs, s, d.ids[s])
		}
	}
	d.plain = strings.NewReplacer(pairs...)
	for _, s := range records.Stacks {
		r := d.at(s.Account, s.Region)
		r.stacks = append(r.stacks, cfntypes.Stack{StackName: &s.Name, StackStatus: cfntypes.StackStatusCreateComplete,
			Tags: []cfntypes.Tag{{Key: aws.String("hub"), Value: &s.Hub}}})
	}
	for _, write := range []func(topology.Record){d.outer, d.attach, d.inner} {
		for _, part := range records.Parts {
			write(part)
		}
	}
	out := slices.Collect(maps.Values(d.raws))
	slices.SortFunc(out, func(a, b *raw) int {
		return strings.Compare(a.place.Account+a.place.Region, b.place.Account+b.place.Region)
	})
	return out
}

func metaOf(t *testing.T, r topology.Record) topology.Meta {
	t.Helper()
	return reflect.ValueOf(r).Elem().FieldByName("Meta").Interface().(topology.Meta)
}

// at is what the place of an account and region answers.
func (d *deployment) at(account, region string) *raw {
	p := Place{account, region}
	if d.raws[p] == nil {
		d.raws[p] = &raw{place: p, dhcp: map[string][]string{}, logGroups: map[string]keptLog{},
			learned: map[string][]types.TransitGatewayRouteTablePropagation{},
			static:  map[string][]types.TransitGatewayRoute{}, inProfiles: map[string][]profiletypes.ProfileResourceAssociation{},
			private: map[string]*privateZone{}, managed: map[string]*string{}, wallRules: map[string][]resolvertypes.FirewallRule{}}
		if d.first[account] == nil {
			d.first[account] = d.raws[p]
		}
	}
	return d.raws[p]
}

// text is a template's text with the ids that AWS gave; list likewise.
func (d *deployment) text(s string) *string {
	if s = d.plain.Replace(s); s == "" {
		return nil
	}
	return &s
}

func (d *deployment) list(in []string) []string {
	var out []string
	for _, s := range in {
		out = append(out, d.plain.Replace(s))
	}
	return out
}

// tagsOf are the same as Elastic Load Balancing tells them.
func tagsOf(m topology.Meta) map[string]string { return ec2Tags(tagged(m)) }

func tagged(m topology.Meta) []types.Tag {
	out := []types.Tag{{Key: aws.String(stackTag), Value: &m.Source.Stack}, {Key: aws.String(logicalTag), Value: &m.Source.ID}}
	for k, v := range m.Tags {
		out = append(out, types.Tag{Key: &k, Value: &v})
	}
	return out
}

// everything is the rule with which EC2 makes the ACLs of a VPC and the groups that say nothing of what leaves.
var everything = aws.String("0.0.0.0/0")

// outer writes what Describe calls list.
func (d *deployment) outer(part topology.Record) {
	m := metaOf(d.t, part)
	r, id := d.at(m.Account, m.Region), d.text(m.ID)
	switch p := part.(type) {
	case *topology.VPCRecord:
		v := types.Vpc{VpcId: id, CidrBlock: &p.CIDRs[0], DhcpOptionsId: aws.String("default"), Tags: tagged(m)}
		for _, c := range p.CIDRs {
			v.CidrBlockAssociationSet = append(v.CidrBlockAssociationSet, types.VpcCidrBlockAssociation{CidrBlock: &c})
		}
		r.vpcs, r.dns, r.zones = append(r.vpcs, v), append(r.dns, vpcDNS{p.DNSSupport, p.DNSNames}), append(r.zones, nil)
		r.tables = append(r.tables, types.RouteTable{RouteTableId: aws.String("rtb-main-" + *id), VpcId: id,
			Associations: []types.RouteTableAssociation{{Main: aws.Bool(true)}},
			Routes:       []types.Route{{DestinationCidrBlock: &p.CIDRs[0], GatewayId: aws.String("local")}}})
		acl := types.NetworkAcl{NetworkAclId: aws.String("acl-default-" + *id), VpcId: id, IsDefault: aws.Bool(true)}
		for _, egress := range []bool{false, true} {
			acl.Entries = append(acl.Entries,
				types.NetworkAclEntry{RuleNumber: aws.Int32(100), Egress: &egress, RuleAction: types.RuleActionAllow, Protocol: aws.String("-1"),
					CidrBlock: everything},
				types.NetworkAclEntry{RuleNumber: aws.Int32(lastRule), Egress: &egress, RuleAction: types.RuleActionDeny, Protocol: aws.String("-1"),
					CidrBlock: everything})
		}
		r.acls = append(r.acls, acl)
	case *topology.SubnetRecord:
		r.subnets = append(r.subnets, types.Subnet{SubnetId: id, VpcId: d.text(p.VPC), CidrBlock: &p.CIDR, AvailabilityZone: &p.AZ,
			AvailabilityZoneId: aws.String(cmp.Or(p.AZID, "use1-az1")), Tags: tagged(m)})
	case *topology.RouteTableRecord:
		r.tables = append(r.tables, types.RouteTable{RouteTableId: id, VpcId: d.text(p.VPC), Tags: tagged(m),
			Routes: []types.Route{{DestinationCidrBlock: aws.String("10.0.0.0/16"), GatewayId: aws.String("local")}}})
	case *topology.NetworkACLRecord:
		r.acls = append(r.acls, types.NetworkAcl{NetworkAclId: id, VpcId: d.text(p.VPC), Tags: tagged(m)})
	case *topology.InternetGatewayRecord:
		r.internet = append(r.internet, types.InternetGateway{InternetGatewayId: id, Tags: tagged(m)})
	case *topology.SecurityGroupRecord:
		g := types.SecurityGroup{GroupId: id, VpcId: d.text(p.VPC), Tags: tagged(m)}
		for _, rule := range p.Rules {
			d.permit(&g, rule)
		}
		if p.OpenEgress && !d.egress[p.ID] {
			d.permit(&g, topology.GroupRule{Egress: true, Protocol: "-1", CIDR: *everything, To: 65535})
		}
		r.groups = append(r.groups, g)
	case *topology.TransitGatewayRecord:
		o := &types.TransitGatewayOptions{AutoAcceptSharedAttachments: types.AutoAcceptSharedAttachmentsValueDisable,
			DefaultRouteTableAssociation: types.DefaultRouteTableAssociationValueDisable,
			DefaultRouteTablePropagation: types.DefaultRouteTablePropagationValueDisable}
		if p.AutoAccept {
			o.AutoAcceptSharedAttachments = types.AutoAcceptSharedAttachmentsValueEnable
		}
		if p.SecurityGroupReferencing {
			o.SecurityGroupReferencingSupport = types.SecurityGroupReferencingSupportValueEnable
		}
		r.gateways = append(r.gateways, types.TransitGateway{TransitGatewayId: id, TransitGatewayArn: d.text(p.ARN), Options: o, Tags: tagged(m)})
	case *topology.TransitGatewayRouteTableRecord:
		r.gatewayTabs = append(r.gatewayTabs, types.TransitGatewayRouteTable{TransitGatewayRouteTableId: id,
			TransitGatewayId: d.text(p.TransitGateway), Tags: tagged(m)})
	case *topology.TransitGatewayAttachmentRecord:
		r.own = append(r.own, types.TransitGatewayVpcAttachment{TransitGatewayAttachmentId: id, TransitGatewayId: d.text(p.TransitGateway),
			VpcId: d.text(p.VPC), VpcOwnerId: &m.Account,
			SubnetIds: d.list(p.Subnets), State: types.TransitGatewayAttachmentStateAvailable, Tags: tagged(m)})
	case *topology.VPCEndpointRecord:
		r.endpoints = append(r.endpoints, d.endpoint(p))
	case *topology.VPCEndpointServiceRecord:
		s := types.ServiceConfiguration{ServiceId: id, Tags: tagged(m), NetworkLoadBalancerArns: d.list(p.LoadBalancers),
			AcceptanceRequired:      aws.Bool(p.Acceptance == "true"),
			SupportedIpAddressTypes: []types.ServiceConnectivityType{types.ServiceConnectivityTypeIpv4},
			ServiceName:             aws.String("com.amazonaws.vpce." + m.Region + "." + *id)}
		for _, region := range p.Regions {
			s.SupportedRegions = append(s.SupportedRegions, types.SupportedRegionDetail{Region: &region})
		}
		r.services = append(r.services, endpointService{ServiceConfiguration: s})
	case *topology.LoadBalancerRecord:
		b := balancer{tags: tagsOf(m), LoadBalancer: elbtypes.LoadBalancer{LoadBalancerArn: id, Type: elbtypes.LoadBalancerTypeEnum(p.Kind),
			Scheme: elbtypes.LoadBalancerSchemeEnum(p.Scheme), SecurityGroups: d.list(p.Groups),
			EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: &p.EnforcesOnPrivateLink}}
		for _, s := range d.list(p.Subnets) {
			b.AvailabilityZones = append(b.AvailabilityZones, elbtypes.AvailabilityZone{SubnetId: &s})
		}
		for k, v := range p.Attributes {
			b.attributes = append(b.attributes, elbtypes.LoadBalancerAttribute{Key: &k, Value: &v})
		}
		r.balancers = append(r.balancers, b)
	case *topology.VPCPeeringConnectionRecord:
		c := types.VpcPeeringConnection{VpcPeeringConnectionId: id, Tags: tagged(m),
			Status:           &types.VpcPeeringConnectionStateReason{Code: types.VpcPeeringConnectionStateReasonCodeActive},
			RequesterVpcInfo: &types.VpcPeeringConnectionVpcInfo{VpcId: d.text(p.VPC), OwnerId: &m.Account, Region: &m.Region},
			AccepterVpcInfo: &types.VpcPeeringConnectionVpcInfo{VpcId: d.text(p.PeerVPC), OwnerId: aws.String(cmp.Or(p.PeerAccount, m.Account)),
				Region: aws.String(cmp.Or(p.PeerRegion, m.Region))}}
		r.peerings = append(r.peerings, c)
	case *topology.LogGroupRecord:
		_, name, _ := strings.Cut(*d.text(p.ARN), ":log-group:")
		r.logGroups[strings.TrimSuffix(name, ":*")] = keptLog{p.RetentionDays, p.KMSKey}
	case *topology.FlowLogRecord:
		l := types.FlowLog{FlowLogId: id, ResourceId: d.text(p.Of), TrafficType: types.TrafficType(p.Traffic), Tags: tagged(m)}
		if l.LogDestination = d.text(p.Bucket); l.LogDestination != nil {
			l.LogDestinationType = types.LogDestinationTypeS3
		} else {
			l.LogDestination = d.text(p.LogGroup)
		}
		r.flowLogs = append(r.flowLogs, l)
	case *topology.DHCPOptionsRecord:
		r.dhcp[*id] = p.NameServers
	case *topology.ResolverRuleRecord:
		rule := resolvertypes.ResolverRule{Id: id, DomainName: aws.String(p.Domain + "."), RuleType: resolvertypes.RuleTypeOptionSystem}
		if p.Forwards {
			rule.RuleType = resolvertypes.RuleTypeOptionForward
		}
		rule.ResolverEndpointId, rule.OwnerId = d.text(p.Endpoint), &m.Account
		rule.Arn = d.text(p.ARN)
		for _, to := range p.Targets {
			rule.TargetIps = append(rule.TargetIps, resolvertypes.TargetAddress{Ip: &to, Port: aws.Int32(53),
				Protocol: resolvertypes.ProtocolDo53})
		}
		r.rules = append(r.rules, rule)
	case *topology.ResolverRuleAssociationRecord:
		r.ruled = append(r.ruled, resolvertypes.ResolverRuleAssociation{Id: id, VPCId: d.text(p.VPC), ResolverRuleId: d.text(p.Rule)})
	case *topology.PrefixListRecord:
		r.lists = append(r.lists, prefixList{types.ManagedPrefixList{PrefixListId: id, Tags: tagged(m)}, p.Entries})
	case *topology.DNSFirewallDomainListRecord:
		r.domains = append(r.domains, domainList{resolvertypes.FirewallDomainListMetadata{Id: id}, p.Domains})
	case *topology.DNSFirewallRuleGroupRecord:
		r.wallRules[*id] = nil
		for _, rule := range p.Rules {
			r.wallRules[*id] = append(r.wallRules[*id], resolvertypes.FirewallRule{Priority: aws.Int32(int32(rule.Priority)),
				Action: resolvertypes.Action(rule.Action), Qtype: &rule.QType, FirewallDomainListId: d.text(rule.List)})
		}
	case *topology.DNSFirewallRuleGroupAssociationRecord:
		r.walls = append(r.walls, resolvertypes.FirewallRuleGroupAssociation{Id: id, VpcId: d.text(p.VPC), FirewallRuleGroupId: d.text(p.Group),
			Priority: aws.Int32(int32(p.Priority))})
	case *topology.HostedZoneRecord:
		name := p.Name + "."
		z := &privateZone{name: name, records: []r53types.ResourceRecordSet{{Name: &name, Type: r53types.RRTypeNs},
			{Name: &name, Type: r53types.RRTypeSoa}}}
		for _, v := range p.VPCs {
			z.vpcs = append(z.vpcs, r53types.VPC{VPCId: d.text(v.ID), VPCRegion: r53types.VPCRegion(v.Region)})
		}
		d.first[m.Account].private[*id] = z
	case *topology.R53ProfileRecord:
		r.profiles = append(r.profiles, profiletypes.ProfileSummary{Id: id, Arn: d.text(p.ARN)})
	case *topology.R53ProfileAssociationRecord:
		r.profiled = append(r.profiled, profiletypes.ProfileAssociation{Id: id, ProfileId: d.text(p.Profile), ResourceId: d.text(p.VPC),
			OwnerId: &m.Account})
	case *topology.ShareRecord:
		arn := aws.String("arn:aws:ram:us-east-1:" + m.Account + ":resource-share/" + m.Source.ID)
		r.shares = append(r.shares, ramtypes.ResourceShare{ResourceShareArn: arn, Status: ramtypes.ResourceShareStatusActive,
			AllowExternalPrincipals: &p.External})
		add := func(kind ramtypes.ResourceShareAssociationType, list []string) {
			for _, e := range list {
				r.shared = append(r.shared, ramtypes.ResourceShareAssociation{ResourceShareArn: arn, AssociatedEntity: d.text(e),
					AssociationType: kind, Status: ramtypes.ResourceShareAssociationStatusAssociated})
			}
		}
		add(ramtypes.ResourceShareAssociationTypeResource, p.Resources)
		add(ramtypes.ResourceShareAssociationTypePrincipal, p.Principals)
	case *topology.RoleRecord:
		role := iamtypes.RoleDetail{Arn: &p.ARN, RoleName: d.text(m.ID), AssumeRolePolicyDocument: encoded(p.Trust)}
		for _, doc := range p.Policies {
			role.RolePolicyList = append(role.RolePolicyList, iamtypes.PolicyDetail{PolicyDocument: encoded(doc)})
		}
		d.first[m.Account].roles = append(d.first[m.Account].roles, role)
	}
}

// attach writes what a Transit Gateway's owner sees of an attachment.
// publish writes what Describe calls list of an endpoint service and of a load balancer.
func (d *deployment) publish(part topology.Record) {
	m := metaOf(d.t, part)
	for _, r := range d.raws {
		switch p := part.(type) {
		case *topology.VPCEndpointServicePermissionsRecord:
			for i := range r.services {
				if s := &r.services[i]; *s.ServiceId == *d.text(p.Service) {
					for _, who := range p.Principals {
						s.principals = append(s.principals, types.AllowedPrincipal{Principal: &who})
					}
				}
			}
		case *topology.ListenerRecord:
			for i := range r.balancers {
				if b := &r.balancers[i]; *b.LoadBalancerArn == *d.text(p.Balancer) {
					l := elbtypes.Listener{ListenerArn: d.text(m.ID), Port: aws.Int32(int32(p.Port)), Protocol: elbtypes.ProtocolEnum(p.Protocol)}
					for _, g := range d.list(p.Groups) {
						l.DefaultActions = append(l.DefaultActions, elbtypes.Action{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: &g})
					}
					b.listeners = append(b.listeners, withTags[elbtypes.Listener]{l, tagsOf(m)})
				}
			}
		case *topology.TargetGroupRecord:
			for i := range r.balancers {
				g := targetGroup{tags: tagsOf(m), TargetGroup: elbtypes.TargetGroup{TargetGroupArn: d.text(m.ID), VpcId: d.text(p.VPC),
					Port: aws.Int32(int32(p.Port)), Protocol: elbtypes.ProtocolEnum(p.Protocol), TargetType: elbtypes.TargetTypeEnum(p.Kind),
					HealthCheckProtocol: elbtypes.ProtocolEnum(p.HealthProtocol), HealthCheckPort: aws.String("traffic-port")}}
				for _, t := range p.Targets {
					port, _ := strconv.Atoi(t.Port)
					g.targets = append(g.targets, elbtypes.TargetHealthDescription{Target: &elbtypes.TargetDescription{Id: &t.ID,
						Port: aws.Int32(int32(port))}})
				}
				r.balancers[i].groups = append(r.balancers[i].groups, g)
			}
		}
	}
}

func (d *deployment) attach(part topology.Record) {
	p, ok := part.(*topology.TransitGatewayAttachmentRecord)
	if !ok {
		return
	}
	for _, r := range d.raws {
		for _, g := range r.gateways {
			if *g.TransitGatewayId == *d.text(p.TransitGateway) {
				r.attachments = append(r.attachments, types.TransitGatewayAttachment{TransitGatewayAttachmentId: d.text(p.ID),
					TransitGatewayId: g.TransitGatewayId, ResourceId: d.text(p.VPC),
					ResourceType: types.TransitGatewayAttachmentResourceTypeVpc, ResourceOwnerId: &p.Account,
					State: types.TransitGatewayAttachmentStateAvailable})
			}
		}
	}
}

// encoded is a document as IAM gives it.
func encoded(doc any) *string {
	b, _ := json.Marshal(doc)
	return aws.String(url.QueryEscape(string(b)))
}

// permit adds a rule as AWS lists it.
func (d *deployment) permit(g *types.SecurityGroup, rule topology.GroupRule) {
	p := types.IpPermission{IpProtocol: &rule.Protocol}
	if rule.Protocol != "-1" {
		p.FromPort, p.ToPort = aws.Int32(int32(rule.From)), aws.Int32(int32(rule.To))
	}
	switch {
	case rule.CIDR != "":
		p.IpRanges = []types.IpRange{{CidrIp: d.text(rule.CIDR)}}
	case rule.IPv6 != "":
		p.Ipv6Ranges = []types.Ipv6Range{{CidrIpv6: &rule.IPv6}}
	case rule.PrefixList != "":
		p.PrefixListIds = []types.PrefixListId{{PrefixListId: d.text(rule.PrefixList)}}
	case rule.Peer != "":
		p.UserIdGroupPairs = []types.UserIdGroupPair{{GroupId: d.text(rule.Peer)}}
	}
	if rule.Egress {
		g.IpPermissionsEgress = append(g.IpPermissionsEgress, p)
	} else {
		g.IpPermissions = append(g.IpPermissions, p)
	}
}

func (d *deployment) endpoint(p *topology.VPCEndpointRecord) types.VpcEndpoint {
	e := types.VpcEndpoint{VpcEndpointId: d.text(p.ID), VpcId: d.text(p.VPC), ServiceName: &p.ServiceName,
		ServiceRegion: aws.String(cmp.Or(p.ServiceRegion, p.Region)), State: "available",
		VpcEndpointType: types.VpcEndpointType(cmp.Or(p.Kind,
			"Gateway")), SubnetIds: d.list(p.Subnets), RouteTableIds: d.list(p.Tables), PrivateDnsEnabled: &p.PrivateDNS, Tags: tagged(p.Meta)}
	for _, g := range d.list(p.Groups) {
		e.Groups = append(e.Groups, types.SecurityGroupIdentifier{GroupId: &g})
	}
	if p.Policy == nil {
		p.Policy = map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}}
	}
	b, _ := json.Marshal(p.Policy)
	e.PolicyDocument = aws.String(d.plain.Replace(string(b)))
	for _, zone := range []string{"", "-us-east-1a"} {
		e.DnsEntries = append(e.DnsEntries, types.DnsEntry{DnsName: aws.String(*e.VpcEndpointId + zone + ".sts.us-east-1.vpce.amazonaws.com"),
			HostedZoneId: aws.String("Z7HUB22UULQXV")})
	}
	return e
}

// find is the one of a list that has an id, in whichever place.
func find[T any](d *deployment, list func(*raw) []T, id func(T) *string, want string) *T {
	for _, r := range d.raws {
		for i, v := range list(r) {
			if aws.ToString(id(v)) == d.plain.Replace(want) {
				return &list(r)[i]
			}
		}
	}
	d.t.Fatalf("nothing is called %s", want)
	return nil
}

func (d *deployment) table(id string) *types.RouteTable {
	return find(d, func(r *raw) []types.RouteTable { return r.tables }, func(t types.RouteTable) *string { return t.RouteTableId }, id)
}

func (d *deployment) acl(id string) *types.NetworkAcl {
	return find(d, func(r *raw) []types.NetworkAcl { return r.acls }, func(a types.NetworkAcl) *string { return a.NetworkAclId }, id)
}

func (d *deployment) vpc(id string) *types.Vpc {
	return find(d, func(r *raw) []types.Vpc { return r.vpcs }, func(v types.Vpc) *string { return v.VpcId }, id)
}

// owner is the place that has a Transit Gateway's route table.
func (d *deployment) owner(table string) *raw {
	for _, r := range d.raws {
		for _, t := range r.gatewayTabs {
			if *t.TransitGatewayRouteTableId == d.plain.Replace(table) {
				return r
			}
		}
	}
	d.t.Fatalf("no transit gateway route table is called %s", table)
	return nil
}

// inner writes what Describe calls tell as a property of something else.
func (d *deployment) inner(part topology.Record) {
	m := metaOf(d.t, part)
	switch p := part.(type) {
	case *topology.ResolverEndpointRecord:
		r, id := d.at(m.Account, m.Region), d.text(m.ID)
		for _, s := range r.subnets {
			if *s.SubnetId == *d.text(p.Subnets[0]) {
				e := resolverEndpoint{ResolverEndpoint: resolvertypes.ResolverEndpoint{Id: id, HostVPCId: s.VpcId,
					Direction: resolvertypes.ResolverEndpointDirection(p.Direction), SecurityGroupIds: d.list(p.Groups)}}
				for i, subnet := range p.Subnets {
					e.addresses = append(e.addresses, resolvertypes.IpAddressResponse{SubnetId: d.text(subnet), Ip: d.text(p.Addresses[i])})
				}
				r.resolvers = append(r.resolvers, e)
			}
		}
	case *topology.VPCEndpointServicePermissionsRecord, *topology.ListenerRecord, *topology.TargetGroupRecord:
		d.publish(part)
	case *topology.VPCCidrBlockRecord:
		v := d.vpc(p.VPC)
		v.CidrBlockAssociationSet = append(v.CidrBlockAssociationSet, types.VpcCidrBlockAssociation{CidrBlock: &p.CIDR})
	case *topology.GatewayAttachmentRecord:
		g := find(d, func(r *raw) []types.InternetGateway { return r.internet },
			func(g types.InternetGateway) *string { return g.InternetGatewayId }, p.InternetGateway)
		g.Attachments = append(g.Attachments, types.InternetGatewayAttachment{VpcId: d.text(p.VPC)})
	case *topology.SubnetRouteTableAssociationRecord:
		t := d.table(p.Table)
		t.Associations = append(t.Associations, types.RouteTableAssociation{SubnetId: d.text(p.Subnet)})
	case *topology.RouteRecord:
		t := d.table(p.Table)
		t.Routes = append(t.Routes, types.Route{DestinationCidrBlock: d.text(p.CIDR), DestinationIpv6CidrBlock: d.text(p.IPv6),
			DestinationPrefixListId: d.text(p.PrefixList),
			GatewayId: d.text(cmp.Or(p.Targets["GatewayId"],
				p.Targets["VpcEndpointId"])), TransitGatewayId: d.text(p.Targets["TransitGatewayId"]), NatGatewayId: d.text(p.Targets["NatGatewayId"]),
			VpcPeeringConnectionId: d.text(p.Targets["VpcPeeringConnectionId"]), NetworkInterfaceId: d.text(p.Targets["NetworkInterfaceId"]),
			EgressOnlyInternetGatewayId: d.text(p.Targets["EgressOnlyInternetGatewayId"])})
	case *topology.NetworkACLEntryRecord:
		a := d.acl(p.ACL)
		e := types.NetworkAclEntry{RuleNumber: aws.Int32(int32(p.Number)), Egress: &p.Egress, RuleAction: types.RuleActionDeny,
			Protocol: &p.Protocol, CidrBlock: &p.CIDR}
		if p.Allow {
			e.RuleAction = types.RuleActionAllow
		}
		if p.From != 0 || p.To != 65535 {
			e.PortRange = &types.PortRange{From: aws.Int32(int32(p.From)), To: aws.Int32(int32(p.To))}
		}
		a.Entries = append(a.Entries, e)
	case *topology.SubnetNetworkACLAssociationRecord:
		a := d.acl(p.ACL)
		a.Associations = append(a.Associations, types.NetworkAclAssociation{SubnetId: d.text(p.Subnet)})
	case *topology.SecurityGroupRuleRecord:
		d.permit(find(d, func(r *raw) []types.SecurityGroup { return r.groups }, func(g types.SecurityGroup) *string { return g.GroupId },
			p.Group), p.GroupRule)
	case *topology.DHCPOptionsAssociationRecord:
		d.vpc(p.VPC).DhcpOptionsId = d.text(p.Options)
	case *topology.TransitGatewayRouteTableAssociationRecord:
		r := d.owner(p.Table)
		for i, a := range r.attachments {
			if *a.TransitGatewayAttachmentId == d.plain.Replace(p.Attachment) {
				r.attachments[i].Association = &types.TransitGatewayAttachmentAssociation{TransitGatewayRouteTableId: d.text(p.Table),
					State: types.TransitGatewayAssociationStateAssociated}
			}
		}
	case *topology.TransitGatewayRouteTablePropagationRecord:
		id := d.plain.Replace(p.Table)
		r := d.owner(p.Table)
		r.learned[id] = append(r.learned[id], types.TransitGatewayRouteTablePropagation{TransitGatewayAttachmentId: d.text(p.Attachment),
			State: types.TransitGatewayPropagationStateEnabled})
	case *topology.TransitGatewayRouteRecord:
		id := d.plain.Replace(p.Table)
		r := d.owner(p.Table)
		route := types.TransitGatewayRoute{DestinationCidrBlock: &p.CIDR}
		if !p.Blackhole {
			route.TransitGatewayAttachments = []types.TransitGatewayRouteAttachment{{TransitGatewayAttachmentId: d.text(p.Attachment)}}
		}
		r.static[id] = append(r.static[id], route)
	case *topology.RecordSetRecord:
		z := d.first[m.Account].private[d.plain.Replace(p.HostedZone)]
		set := r53types.ResourceRecordSet{Name: aws.String(strings.ReplaceAll(p.Name, "*", `\052`) + "."), Type: r53types.RRType(p.RecordType)}
		for _, v := range p.Values {
			set.ResourceRecords = append(set.ResourceRecords, r53types.ResourceRecord{Value: &v})
		}
		if p.Alias != nil { // of the endpoint's regional name
			set.AliasTarget = &r53types.AliasTarget{DNSName: aws.String(d.plain.Replace(p.Alias.From) + ".sts.us-east-1.vpce.amazonaws.com."),
				HostedZoneId: aws.String("Z7HUB22UULQXV")}
		}
		z.records = append(z.records, set)
	case *topology.RolePolicyRecord:
		for _, name := range p.Roles {
			role := find(d, func(r *raw) []iamtypes.RoleDetail { return r.roles }, func(r iamtypes.RoleDetail) *string { return r.RoleName }, name)
			if m.Type != "AWS::IAM::ManagedPolicy" {
				role.RolePolicyList = append(role.RolePolicyList, iamtypes.PolicyDetail{PolicyDocument: encoded(p.Document)})
				continue
			}
			arn := "arn:aws:iam::" + m.Account + ":policy/" + m.Source.ID
			role.AttachedManagedPolicies = append(role.AttachedManagedPolicies, iamtypes.AttachedPolicy{PolicyArn: &arn})
			d.first[m.Account].managed[arn] = encoded(p.Document)
		}
	case *topology.R53ProfileResourceAssociationRecord:
		id := d.plain.Replace(p.Profile)
		r := d.at(m.Account, m.Region)
		r.inProfiles[id] = append(r.inProfiles[id], profiletypes.ProfileResourceAssociation{ResourceArn: d.text(p.ResourceARN),
			ResourceProperties: aws.String(fmt.Sprintf(`{"priority":%d}`, p.Priority))})
	}
}
