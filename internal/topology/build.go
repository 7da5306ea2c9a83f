package topology

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"sharedhub/internal/assembly"
)

// FromAssembly builds the network that an assembly's stacks would make.
func FromAssembly(a *assembly.Assembly) *Network {
	b := &builder{
		Network: New(),
		subnets: map[string]*Subnet{}, tables: map[string]*RouteTable{}, acls: map[string]*ACL{}, groups: map[string]int{}, byType: map[string][]*assembly.Resource{},
		nameServers: map[string][]string{}, forwards: map[string]forward{},
	}
	for _, r := range a.Reads {
		b.Reads = append(b.Reads, Read{r.Consumer.Name, r.Consumer.Account, r.Consumer.Region, r.Account, r.Region, r.Stack, r.Role})
	}
	for _, s := range a.Stacks {
		b.Stacks = append(b.Stacks, Stack{Name: s.Name, Account: s.Account, Region: s.Region, Resources: len(s.Resources), Outputs: len(s.Outputs), TemplateBytes: s.Size, Hub: s.Tags["hub"]})
		for _, id := range slices.Sorted(maps.Keys(s.Resources)) {
			r := s.Resources[id]
			b.byType[r.Type] = append(b.byType[r.Type], r)
		}
	}
	b.build()
	return b.Network
}

type builder struct {
	*Network
	subnets map[string]*Subnet
	tables  map[string]*RouteTable
	acls    map[string]*ACL
	groups  map[string]int // retention of log groups by ARN
	byType  map[string][]*assembly.Resource

	nameServers map[string][]string // by DHCP options
	forwards    map[string]forward  // by Resolver rule
}

// steps in the order in which parts refer to each other.
var steps = []struct {
	typ  string
	make func(*builder, *assembly.Resource)
}{
	{"AWS::EC2::VPC", (*builder).vpc}, {"AWS::EC2::VPCCidrBlock", (*builder).cidrBlock},
	{"AWS::EC2::RouteTable", (*builder).routeTable}, {"AWS::EC2::NetworkAcl", (*builder).acl}, {"AWS::EC2::NetworkAclEntry", (*builder).aclEntry},
	{"AWS::EC2::Subnet", (*builder).subnet}, {"AWS::EC2::SubnetRouteTableAssociation", (*builder).subnetTable}, {"AWS::EC2::SubnetNetworkAclAssociation", (*builder).subnetACL},
	{"AWS::EC2::VPCGatewayAttachment", (*builder).gatewayAttachment},
	{"AWS::EC2::TransitGateway", (*builder).gateway}, {"AWS::EC2::TransitGatewayRouteTable", (*builder).gatewayTable},
	{"AWS::EC2::TransitGatewayAttachment", (*builder).attachment}, {"AWS::EC2::TransitGatewayVpcAttachment", (*builder).attachment},
	{"AWS::EC2::TransitGatewayRouteTableAssociation", (*builder).association}, {"AWS::EC2::TransitGatewayRouteTablePropagation", (*builder).propagation},
	{"AWS::EC2::TransitGatewayRoute", (*builder).gatewayRoute}, {"AWS::EC2::Route", (*builder).route},
	{"AWS::EC2::SecurityGroup", (*builder).group}, {"AWS::EC2::SecurityGroupIngress", (*builder).ingress}, {"AWS::EC2::SecurityGroupEgress", (*builder).egress},
	{"AWS::EC2::VPCEndpoint", (*builder).endpoint},
	{"AWS::EC2::DHCPOptions", (*builder).dhcpOptions}, {"AWS::EC2::VPCDHCPOptionsAssociation", (*builder).vpcDHCPOptions},
	{"AWS::Route53Resolver::ResolverRule", (*builder).resolverRule}, {"AWS::Route53Resolver::ResolverRuleAssociation", (*builder).vpcResolverRule},
	{"AWS::Route53::HostedZone", (*builder).zone}, {"AWS::Route53::RecordSet", (*builder).record}, {"AWS::Route53::RecordSetGroup", (*builder).recordGroup},
	{"AWS::Route53Profiles::Profile", (*builder).profile}, {"AWS::Route53Profiles::ProfileResourceAssociation", (*builder).profileResource},
	{"AWS::Route53Profiles::ProfileAssociation", (*builder).profileVPC}, {"AWS::RAM::ResourceShare", (*builder).share},
	{"AWS::IAM::Role", (*builder).role}, {"AWS::Logs::LogGroup", (*builder).logGroup}, {"AWS::EC2::FlowLog", (*builder).flowLog},
}

func (b *builder) build() {
	for _, s := range steps {
		for _, r := range b.byType[s.typ] {
			s.make(b, r)
		}
		delete(b.byType, s.typ)
	}
	for typ, rs := range b.byType {
		b.Ignored[typ] = len(rs)
	}
	for _, acl := range b.acls {
		byNumber := func(a, c ACLRule) int { return a.Number - c.Number }
		slices.SortFunc(acl.Inbound, byNumber)
		slices.SortFunc(acl.Outbound, byNumber)
	}
	b.defaultTables()
}

func source(r *assembly.Resource) Source { return Source{Stack: r.Stack.Name, ID: r.LogicalID} }

func (b *builder) strange(r *assembly.Resource, format string, args ...any) {
	b.Strange = append(b.Strange, Strange{source(r), assembly.Plain(fmt.Sprintf(format, args...))})
}

// text, flag and number read a property that CloudFormation also takes as text.
func text(props map[string]any, key string) string {
	switch v := props[key].(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func flag(props map[string]any, key string) bool { return strings.EqualFold(text(props, key), "true") }

func number(props map[string]any, key string, otherwise int) int {
	if n, err := strconv.Atoi(text(props, key)); err == nil {
		return n
	}
	return otherwise
}

func texts(props map[string]any, key string) []string {
	var out []string
	switch v := props[key].(type) {
	case []any:
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
	case string:
		out = append(out, v)
	}
	return out
}

func objects(props map[string]any, key string) []map[string]any {
	var out []map[string]any
	switch v := props[key].(type) {
	case []any:
		for _, e := range v {
			if m, ok := e.(map[string]any); ok {
				out = append(out, m)
			}
		}
	case map[string]any:
		out = append(out, v)
	}
	return out
}

func (b *builder) prefix(r *assembly.Resource, s string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		b.strange(r, "%q is not a range that can be reasoned about", s)
		return netip.Prefix{}, false
	}
	return p.Masked(), true
}

func tags(r *assembly.Resource) map[string]string {
	out := maps.Clone(r.Stack.Tags)
	if out == nil {
		out = map[string]string{}
	}
	for _, t := range objects(r.Properties, "Tags") {
		out[text(t, "Key")] = text(t, "Value")
	}
	return out
}

func (b *builder) vpc(r *assembly.Resource) {
	v := &VPC{ID: r.Ref(), Account: r.Stack.Account, Region: r.Stack.Region, Tags: tags(r), Source: source(r),
		// EC2 turns support on and host names off where nothing is said
		DNSSupport: text(r.Properties, "EnableDnsSupport") != "false", DNSNames: flag(r.Properties, "EnableDnsHostnames")}
	if c := text(r.Properties, "CidrBlock"); c != "" {
		if p, ok := b.prefix(r, c); ok {
			v.CIDRs = append(v.CIDRs, p)
		}
	}
	b.VPCs[v.ID] = v
}

func (b *builder) cidrBlock(r *assembly.Resource) {
	v := b.VPCs[text(r.Properties, "VpcId")]
	if v == nil {
		return
	}
	if c := text(r.Properties, "CidrBlock"); c != "" {
		if p, ok := b.prefix(r, c); ok {
			v.CIDRs = append(v.CIDRs, p)
		}
		return
	}
	if c := text(r.Properties, "Ipv6CidrBlock"); c != "" {
		v.IPv6 = append(v.IPv6, c)
	} else if flag(r.Properties, "AmazonProvidedIpv6CidrBlock") || r.Properties["Ipv6IpamPoolId"] != nil {
		v.IPv6 = append(v.IPv6, "that AWS chooses")
	}
}

func (b *builder) routeTable(r *assembly.Resource) {
	t := &RouteTable{ID: r.Ref(), VPC: b.VPCs[text(r.Properties, "VpcId")], Source: source(r)}
	if t.VPC != nil {
		t.VPC.Tables = append(t.VPC.Tables, t)
	}
	b.tables[t.ID] = t
}

func (b *builder) subnet(r *assembly.Resource) {
	s := &Subnet{ID: r.Ref(), VPC: b.VPCs[text(r.Properties, "VpcId")], AZ: text(r.Properties, "AvailabilityZone"), Source: source(r), Name: tags(r)["Name"]}
	if s.AZ == "" {
		s.AZ = text(r.Properties, "AvailabilityZoneId")
	}
	if c := text(r.Properties, "CidrBlock"); c != "" {
		s.CIDR, _ = b.prefix(r, c)
	}
	if s.VPC != nil {
		s.VPC.Subnets = append(s.VPC.Subnets, s)
	}
	b.subnets[s.ID] = s
}

func (b *builder) subnetTable(r *assembly.Resource) {
	s, t := b.subnets[text(r.Properties, "SubnetId")], b.tables[text(r.Properties, "RouteTableId")]
	if s == nil || t == nil {
		b.strange(r, "associates a subnet or route table that is not in the stacks")
		return
	}
	if t.VPC != s.VPC {
		b.strange(r, "associates a subnet with a route table of another VPC")
		return
	}
	s.Table = t
}

func (b *builder) acl(r *assembly.Resource) {
	b.acls[r.Ref()] = &ACL{ID: r.Ref(), Source: source(r)}
}

func (b *builder) aclEntry(r *assembly.Resource) {
	acl := b.acls[text(r.Properties, "NetworkAclId")]
	if acl == nil || text(r.Properties, "CidrBlock") == "" {
		return
	}
	cidr, ok := b.prefix(r, text(r.Properties, "CidrBlock"))
	if !ok {
		return
	}
	rule := ACLRule{Number: number(r.Properties, "RuleNumber", 0), Allow: text(r.Properties, "RuleAction") == "allow", CIDR: cidr, Protocol: text(r.Properties, "Protocol"), To: 65535}
	if ports, ok := r.Properties["PortRange"].(map[string]any); ok {
		rule.From, rule.To = number(ports, "From", 0), number(ports, "To", 65535)
	}
	if flag(r.Properties, "Egress") {
		acl.Outbound = append(acl.Outbound, rule)
	} else {
		acl.Inbound = append(acl.Inbound, rule)
	}
}

func (b *builder) subnetACL(r *assembly.Resource) {
	if s, acl := b.subnets[text(r.Properties, "SubnetId")], b.acls[text(r.Properties, "NetworkAclId")]; s != nil && acl != nil {
		s.ACL = acl
	}
}

func (b *builder) gatewayAttachment(r *assembly.Resource) {
	if v := b.VPCs[text(r.Properties, "VpcId")]; v != nil && r.Properties["InternetGatewayId"] != nil {
		v.InternetGateway = true
	}
}

func (b *builder) gateway(r *assembly.Resource) {
	b.TransitGateways[r.Ref()] = &TransitGateway{
		ID: r.Ref(), Account: r.Stack.Account, Region: r.Stack.Region, ARN: r.Attr("TransitGatewayArn"), Source: source(r),
		AutoAccept:         text(r.Properties, "AutoAcceptSharedAttachments") == "enable",
		DefaultAssociation: text(r.Properties, "DefaultRouteTableAssociation") != "disable",
		DefaultPropagation: text(r.Properties, "DefaultRouteTablePropagation") != "disable",
	}
}

func (b *builder) gatewayTable(r *assembly.Resource) {
	b.TransitGatewayRouteTables[r.Ref()] = &TransitGatewayRouteTable{ID: r.Ref(), TransitGateway: text(r.Properties, "TransitGatewayId"), Source: source(r), Name: tags(r)["Name"]}
}

// known gateways and tables are the stacks'; others are named by id only, and are the account's whose stack names them.
func (b *builder) knownGateway(r *assembly.Resource, id string) {
	if id != "" && b.TransitGateways[id] == nil {
		b.TransitGateways[id] = &TransitGateway{ID: id, Account: r.Stack.Account, Region: r.Stack.Region, External: true, AutoAccept: true, Source: Source{ID: assembly.Plain(id)},
			ARN: r.Stack.ARN("ec2", true, "transit-gateway/"+id)}
	}
}

func (b *builder) knownTable(r *assembly.Resource, id, gateway string) *TransitGatewayRouteTable {
	if b.TransitGatewayRouteTables[id] == nil && id != "" {
		b.TransitGatewayRouteTables[id] = &TransitGatewayRouteTable{ID: id, TransitGateway: gateway, External: true, Source: Source{ID: assembly.Plain(id)}, Name: assembly.Plain(id)}
	}
	return b.TransitGatewayRouteTables[id]
}

func (b *builder) attachment(r *assembly.Resource) {
	a := &Attachment{ID: r.Ref(), TransitGateway: text(r.Properties, "TransitGatewayId"), VPC: b.VPCs[text(r.Properties, "VpcId")], Account: r.Stack.Account, Source: source(r)}
	if a.VPC == nil {
		b.strange(r, "attaches a VPC that is not in the stacks: %s", text(r.Properties, "VpcId"))
		return
	}
	for _, id := range texts(r.Properties, "SubnetIds") {
		if s := b.subnets[id]; s != nil && s.VPC == a.VPC {
			a.Subnets = append(a.Subnets, s)
		} else {
			b.strange(r, "attaches by a subnet that is not the VPC's: %s", id)
		}
	}
	b.knownGateway(r, a.TransitGateway)
	b.Attachments[a.ID] = a
}

func (b *builder) association(r *assembly.Resource) {
	a := b.Attachments[text(r.Properties, "TransitGatewayAttachmentId")]
	if a == nil {
		b.strange(r, "associates an attachment that is not in the stacks: %s", text(r.Properties, "TransitGatewayAttachmentId"))
		return
	}
	t := b.knownTable(r, text(r.Properties, "TransitGatewayRouteTableId"), a.TransitGateway)
	if t == nil || t.TransitGateway != a.TransitGateway {
		b.strange(r, "associates an attachment with no table of its gateway")
		return
	}
	a.Associated, a.AssociatedBy = append(a.Associated, t), source(r)
}

func (b *builder) propagation(r *assembly.Resource) {
	a := b.Attachments[text(r.Properties, "TransitGatewayAttachmentId")]
	if a == nil {
		b.strange(r, "propagates an attachment that is not in the stacks: %s", text(r.Properties, "TransitGatewayAttachmentId"))
		return
	}
	t := b.knownTable(r, text(r.Properties, "TransitGatewayRouteTableId"), a.TransitGateway)
	if t == nil || t.TransitGateway != a.TransitGateway {
		b.strange(r, "propagates an attachment to no table of its gateway")
		return
	}
	t.Propagated = append(t.Propagated, Propagation{a, source(r)})
}

func (b *builder) gatewayRoute(r *assembly.Resource) {
	t := b.knownTable(r, text(r.Properties, "TransitGatewayRouteTableId"), "")
	cidr, ok := b.prefix(r, text(r.Properties, "DestinationCidrBlock"))
	if t == nil || !ok {
		return
	}
	route := TransitGatewayRoute{CIDR: cidr, Source: source(r)}
	if !flag(r.Properties, "Blackhole") {
		route.Attachment = b.Attachments[text(r.Properties, "TransitGatewayAttachmentId")]
		if route.Attachment == nil {
			b.strange(r, "routes to an attachment that is not in the stacks")
			return
		}
	}
	t.Static = append(t.Static, route)
}

// routeTargets are the properties of a route that name its target, and what each stands for.
var routeTargets = []struct {
	property string
	kind     TargetKind
}{
	{"TransitGatewayId", ToTransitGateway}, {"GatewayId", ToInternetGateway}, {"NatGatewayId", ToNAT}, {"EgressOnlyInternetGatewayId", ToInternetGateway}, {"VpcEndpointId", ToOther},
	{"VpcPeeringConnectionId", ToOther}, {"NetworkInterfaceId", ToOther}, {"InstanceId", ToOther}, {"CarrierGatewayId", ToInternetGateway}, {"LocalGatewayId", ToOther}, {"CoreNetworkArn", ToOther},
}

func (b *builder) route(r *assembly.Resource) {
	t := b.tables[text(r.Properties, "RouteTableId")]
	if t == nil {
		b.strange(r, "is in a route table that is not in the stacks: %s", text(r.Properties, "RouteTableId"))
		return
	}
	kind, target := routeTarget(r)
	if kind == "" {
		b.strange(r, "has no target")
		return
	}
	for _, other := range []string{"DestinationIpv6CidrBlock", "DestinationPrefixListId"} {
		if to := text(r.Properties, other); to != "" {
			t.Others = append(t.Others, OtherRoute{to, kind, target, source(r)})
			return
		}
	}
	if cidr, ok := b.prefix(r, text(r.Properties, "DestinationCidrBlock")); ok {
		t.Routes = append(t.Routes, Route{cidr, kind, target, source(r)})
	}
}

func routeTarget(r *assembly.Resource) (TargetKind, string) {
	for _, target := range routeTargets {
		if id := text(r.Properties, target.property); id != "" {
			return target.kind, id
		}
	}
	return "", ""
}

func (b *builder) group(r *assembly.Resource) {
	g := &SecurityGroup{ID: r.Ref(), VPC: text(r.Properties, "VpcId"), Source: source(r)}
	for _, rule := range objects(r.Properties, "SecurityGroupIngress") {
		g.Ingress = b.rule(r, g.Ingress, rule)
	}
	_, g.OpenEgress = r.Properties["SecurityGroupEgress"]
	g.OpenEgress = !g.OpenEgress
	for _, rule := range objects(r.Properties, "SecurityGroupEgress") {
		g.Egress = b.rule(r, g.Egress, rule)
	}
	b.Groups[g.ID] = g
}

// rule adds a rule for an IPv4 range. Rules for other groups and prefix lists admit nobody whom ranges can name.
func (b *builder) rule(r *assembly.Resource, rules []Rule, props map[string]any) []Rule {
	c := text(props, "CidrIp")
	if c == "" {
		for _, peer := range []string{"CidrIpv6", "SourceSecurityGroupId", "SourceSecurityGroupName", "SourcePrefixListId", "DestinationSecurityGroupId", "DestinationPrefixListId"} {
			if props[peer] != nil {
				return rules
			}
		}
		b.strange(r, "has a rule that names nobody")
		return rules
	}
	cidr, ok := b.prefix(r, c)
	if !ok {
		return rules
	}
	return append(rules, Rule{cidr, text(props, "IpProtocol"), number(props, "FromPort", 0), number(props, "ToPort", 65535), source(r)})
}

func (b *builder) ingress(r *assembly.Resource) {
	if g := b.Groups[text(r.Properties, "GroupId")]; g != nil {
		g.Ingress = b.rule(r, g.Ingress, r.Properties)
	}
}

func (b *builder) egress(r *assembly.Resource) {
	if g := b.Groups[text(r.Properties, "GroupId")]; g != nil {
		g.OpenEgress = false
		g.Egress = b.rule(r, g.Egress, r.Properties)
	}
}

func (b *builder) endpoint(r *assembly.Resource) {
	e := &Endpoint{
		ID: r.Ref(), ServiceName: text(r.Properties, "ServiceName"), Region: r.Stack.Region, Account: r.Stack.Account, VPC: b.VPCs[text(r.Properties, "VpcId")],
		Interface: text(r.Properties, "VpcEndpointType") == "Interface", PrivateDNS: flag(r.Properties, "PrivateDnsEnabled"), Source: source(r),
	}
	if e.ServiceRegion = text(r.Properties, "ServiceRegion"); e.ServiceRegion == "" {
		e.ServiceRegion = e.Region
	}
	switch p := r.Properties["PolicyDocument"].(type) {
	case map[string]any:
		e.Policy = p
	case string:
		if json.Unmarshal([]byte(p), &e.Policy) != nil {
			b.strange(r, "has a policy that is not JSON")
		}
	}
	for _, id := range texts(r.Properties, "SubnetIds") {
		if s := b.subnets[id]; s != nil && s.VPC == e.VPC {
			e.Subnets = append(e.Subnets, s)
		} else {
			b.strange(r, "is in a subnet that is not its VPC's: %s", id)
		}
	}
	if typ := text(r.Properties, "VpcEndpointType"); !slices.Contains([]string{"", "Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork"}, typ) {
		b.strange(r, "is an endpoint of an unknown type, %s", typ)
	}
	for _, id := range texts(r.Properties, "SecurityGroupIds") {
		if g := b.Groups[id]; g != nil {
			e.Groups = append(e.Groups, g)
			if g.VPC != text(r.Properties, "VpcId") {
				b.strange(r, "has a security group of another VPC: %s", id)
			}
		} else {
			b.strange(r, "has a security group that is not in the stacks: %s", id)
		}
	}
	for _, id := range texts(r.Properties, "RouteTableIds") {
		if t := b.tables[id]; t != nil {
			e.Tables = append(e.Tables, t)
		}
	}
	if e.VPC == nil {
		b.strange(r, "is in a VPC that is not in the stacks: %s", text(r.Properties, "VpcId"))
	} else {
		e.VPC.Endpoints = append(e.VPC.Endpoints, e)
	}
	b.Endpoints[e.ID] = e
}

func (b *builder) share(r *assembly.Resource) {
	b.Shares = append(b.Shares, &Share{
		Account: r.Stack.Account, Region: r.Stack.Region, Resources: texts(r.Properties, "ResourceArns"), Principals: texts(r.Properties, "Principals"),
		External: text(r.Properties, "AllowExternalPrincipals") != "false", Source: source(r),
	})
}

func (b *builder) role(r *assembly.Resource) {
	name := text(r.Properties, "RoleName")
	if name == "" {
		return
	}
	role := &Role{ARN: r.Stack.ARN("iam", false, "role/"+name), Account: r.Stack.Account, Source: source(r)}
	role.Trust, _ = r.Properties["AssumeRolePolicyDocument"].(map[string]any)
	for _, p := range objects(r.Properties, "Policies") {
		if doc, ok := p["PolicyDocument"].(map[string]any); ok {
			role.Policies = append(role.Policies, doc)
		}
	}
	b.Roles[role.ARN] = role
}

func (b *builder) logGroup(r *assembly.Resource) {
	b.groups[r.Attr("Arn")] = number(r.Properties, "RetentionInDays", 0)
}

func (b *builder) flowLog(r *assembly.Resource) {
	l := FlowLog{Traffic: text(r.Properties, "TrafficType"), Source: source(r)}
	to := text(r.Properties, "LogDestination")
	if text(r.Properties, "LogDestinationType") == "s3" {
		l.Bucket = to
	} else {
		l.RetentionDays = b.groups[to]
	}
	vpc := text(r.Properties, "ResourceId")
	b.FlowLogs[vpc] = append(b.FlowLogs[vpc], l)
}

// defaultTables gives attachments of a gateway with default tables what they get without being asked.
func (b *builder) defaultTables() {
	for _, id := range slices.Sorted(maps.Keys(b.Attachments)) {
		a := b.Attachments[id]
		g := b.TransitGateways[a.TransitGateway]
		if g == nil || g.External {
			continue
		}
		if g.DefaultAssociation && len(a.Associated) == 0 {
			a.Associated = append(a.Associated, b.defaultTable(g))
		}
		if g.DefaultPropagation {
			t := b.defaultTable(g)
			t.Propagated = append(t.Propagated, Propagation{a, g.Source})
		}
	}
}

func (b *builder) defaultTable(g *TransitGateway) *TransitGatewayRouteTable {
	id := g.ID + "/default"
	if b.TransitGatewayRouteTables[id] == nil {
		b.TransitGatewayRouteTables[id] = &TransitGatewayRouteTable{ID: id, TransitGateway: g.ID, Source: g.Source, Name: "default table of " + g.Source.String()}
	}
	return b.TransitGatewayRouteTables[id]
}
