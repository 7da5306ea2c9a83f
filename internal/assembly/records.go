package assembly

import (
	"maps"
	"runtime"
	"slices"
	"strings"

	"sharedhub/internal/topology"
)

// Records translates the stacks' resources, field by field. Nothing is put together here: topology.Link does that.
func (a *Assembly) Records() topology.Records {
	out := topology.Records{Ignored: map[string]int{}}
	for _, r := range a.Reads {
		out.Reads = append(out.Reads, topology.Read{Consumer: r.Consumer.Name, ConsumerAccount: r.Consumer.Account,
			ConsumerRegion: r.Consumer.Region,
			Account:        r.Account, Region: r.Region, Stack: r.Stack, Role: r.Role, ConsumerRole: r.Consumer.ExecutionRole})
	}
	within := a.within()
	of := make([]topology.Records, len(a.Stacks))
	each(runtime.GOMAXPROCS(0), len(of), func(_, i int) bool {
		of[i] = a.Stacks[i].records(within)
		return true
	})
	for _, r := range of {
		out.Stacks, out.Parts = append(out.Stacks, r.Stacks...), append(out.Parts, r.Parts...)
		for typ, n := range r.Ignored {
			out.Ignored[typ] += n
		}
	}
	for _, name := range keys(a.exports) {
		for _, e := range a.exports[name] {
			out.Add(e.stack.named("export", name, "Outputs."+e.output))
		}
	}
	for _, sym := range keys(a.undecided) {
		a.undecided[sym].records(&out)
	}
	return out
}

func (s *Stack) records(within map[string][]topology.StackName) topology.Records {
	out := topology.Records{Ignored: map[string]int{}}
	out.Stacks = append(out.Stacks, topology.Stack{Name: s.Name, Account: s.Account, Region: s.Region, Resources: len(s.Resources),
		Outputs: len(s.Outputs), TemplateBytes: s.Size, Hub: s.Tags["hub"], LookupRole: s.LookupRole, DeployRole: s.DeployRole,
		After: s.after(within), Ordered: s.parent == nil, Contradicted: s.contradicted()})
	out.Add(s.named("stack", s.Name, ""))
	for _, id := range keys(s.Resources) {
		s.Resources[id].records(&out)
	}
	return out
}

// named is what of a stack has a name that AWS takes once an account and region; nil where the app left those open.
func (s *Stack) named(kind, name, id string) topology.Record {
	if s.Account == "" || s.Region == "" {
		return nil
	}
	return &topology.NamedPart{Name: name, Meta: topology.Meta{Type: kind, Source: topology.Source{Stack: s.Name, ID: id},
		Account: s.Account, Region: s.Region}}
}

// within are the stacks by their own id, and by that of each assembly that they are in.
func (a *Assembly) within() map[string][]topology.StackName {
	out := map[string][]topology.StackName{}
	for _, s := range a.Stacks {
		name := topology.StackName{Account: s.Account, Region: s.Region, Name: s.Name}
		for i, c := range s.ID + "/" {
			if c == '/' {
				out[s.ID[:i]] = append(out[s.ID[:i]], name)
			}
		}
	}
	return out
}

// after are the stacks that are deployed before one, by its manifest.
func (s *Stack) after(within map[string][]topology.StackName) []topology.StackName {
	var out []topology.StackName
	for _, id := range s.After {
		out = append(out, within[id]...)
	}
	for _, id := range keys(s.children) { // what names an output of a nested stack is made after it
		c := s.children[id]
		out = append(out, topology.StackName{Account: c.Account, Region: c.Region, Name: c.Name})
	}
	return out
}

// contradicted are the outputs that a joined output, ",VpcId=vpc-…,SubnetId=subnet-…,", holds with another value than they
// themselves have, and what they have. People and programs read the one, and stacks the other.
func (s *Stack) contradicted() map[string]string {
	var out map[string]string
	for _, v := range s.Outputs {
		text, _ := v.(string)
		if !strings.HasPrefix(text, ",") || !strings.HasSuffix(text, ",") {
			continue
		}
		for _, part := range split(",", text) {
			name, value, ok := strings.Cut(part.(string), "=")
			if own, _ := s.Outputs[name].(string); ok && own != value {
				if out == nil {
					out = map[string]string{}
				}
				out[name] = own
			}
		}
	}
	return out
}

// translators say how a template writes each type that the registry has a record for.
var translators = map[string]func(fields) []topology.Record{
	"AWS::EC2::DHCPOptions":                            dhcpOptions,
	"AWS::EC2::FlowLog":                                flowLog,
	"AWS::EC2::InternetGateway":                        internetGateway,
	"AWS::EC2::NetworkAcl":                             networkACL,
	"AWS::EC2::NetworkAclEntry":                        aclEntry,
	"AWS::EC2::PrefixList":                             prefixList,
	"AWS::EC2::Route":                                  route,
	"AWS::EC2::RouteTable":                             routeTable,
	"AWS::EC2::SecurityGroup":                          securityGroup,
	"AWS::EC2::SecurityGroupEgress":                    egress,
	"AWS::EC2::SecurityGroupIngress":                   ingress,
	"AWS::EC2::Subnet":                                 subnet,
	"AWS::EC2::SubnetNetworkAclAssociation":            subnetACL,
	"AWS::EC2::SubnetRouteTableAssociation":            subnetTable,
	"AWS::EC2::TransitGateway":                         transitGateway,
	"AWS::EC2::TransitGatewayAttachment":               attachment,
	"AWS::EC2::TransitGatewayRoute":                    transitGatewayRoute,
	"AWS::EC2::TransitGatewayRouteTable":               transitGatewayTable,
	"AWS::EC2::TransitGatewayRouteTableAssociation":    association,
	"AWS::EC2::TransitGatewayRouteTablePropagation":    propagation,
	"AWS::EC2::TransitGatewayVpcAttachment":            attachment,
	"AWS::EC2::VPC":                                    vpc,
	"AWS::EC2::VPCCidrBlock":                           cidrBlock,
	"AWS::EC2::VPCDHCPOptionsAssociation":              vpcDHCPOptions,
	"AWS::EC2::VPCEndpoint":                            endpoint,
	"AWS::EC2::VPCEndpointService":                     endpointService,
	"AWS::EC2::VPCEndpointServicePermissions":          endpointServicePermissions,
	"AWS::EC2::VPCGatewayAttachment":                   gatewayAttachment,
	"AWS::EC2::VPCPeeringConnection":                   peering,
	"AWS::ElasticLoadBalancingV2::Listener":            listener,
	"AWS::ElasticLoadBalancingV2::LoadBalancer":        loadBalancer,
	"AWS::ElasticLoadBalancingV2::TargetGroup":         targetGroup,
	"AWS::IAM::ManagedPolicy":                          rolePolicy,
	"AWS::IAM::Policy":                                 rolePolicy,
	"AWS::IAM::Role":                                   role,
	"AWS::IAM::RolePolicy":                             rolePolicy,
	"AWS::Logs::LogGroup":                              logGroup,
	"AWS::RAM::ResourceShare":                          share,
	"AWS::Route53::HostedZone":                         hostedZone,
	"AWS::Route53::RecordSet":                          recordSet,
	"AWS::Route53::RecordSetGroup":                     recordSetGroup,
	"AWS::Route53Profiles::Profile":                    profile,
	"AWS::Route53Profiles::ProfileAssociation":         profileVPC,
	"AWS::Route53Profiles::ProfileResourceAssociation": profileResource,
	"AWS::Route53Resolver::ResolverEndpoint":           resolverEndpoint,
	"AWS::Route53Resolver::ResolverRule":               resolverRule,
	"AWS::Route53Resolver::ResolverRuleAssociation":    vpcResolverRule,

	"AWS::Route53Resolver::FirewallDomainList":           firewallDomainList,
	"AWS::Route53Resolver::FirewallRuleGroup":            firewallRuleGroup,
	"AWS::Route53Resolver::FirewallRuleGroupAssociation": vpcFirewallRuleGroup,
	"AWS::ServiceDiscovery::PrivateDnsNamespace":         namespace,
}

// otherToo are types with a record that reach also reads as they are written.
var otherToo = []string{"AWS::Route53Resolver::ResolverEndpoint", "AWS::ElasticLoadBalancingV2::Listener",
	"AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::EC2::VPCEndpointService"}

// Types are the CloudFormation types that Records translates, sorted.
func Types() []string { return slices.Sorted(maps.Keys(translators)) }

// records adds what the resource is: its records and what of it nothing reads, or that it is unknown or undecided.
func (r *Resource) records(out *topology.Records) {
	typ, known := topology.TypeOf(r.Type)
	translate := translators[r.Type]
	if translate == nil && typ.Harmless == "" || slices.Contains(otherToo, r.Type) {
		out.Add(&topology.Other{Meta: r.meta(), Says: r.says()})
	}
	switch {
	case r.Stack.children[r.LogicalID] != nil: // its template was read
		out.Ignored[r.Type]++
	case translate != nil:
		f := newFields(r)
		out.Add(translate(f)...)
		if unread := f.unread(typ.Ignored); len(unread) > 0 {
			out.Add(&topology.UnknownPart{Meta: r.meta(), Properties: unread, Touches: r.touches()})
		}
		for _, at := range keys(f.unclear) {
			out.Add(&topology.Undecided{Meta: r.meta(), Path: "Resources." + r.LogicalID + ".Properties." + at,
				Reason: "only AWS knows its value, which says what the part does", Touches: r.touches()})
		}
		r.undecided(out)
	case known && typ.Harmless != "":
		out.Ignored[r.Type]++
		if typ.Guest != "" {
			if named := r.touches(); len(named) > 0 {
				out.Add(&topology.UnknownPart{Meta: r.meta(), Touches: named})
			}
		}
		if name, ok := r.Properties[typ.Unique].(string); ok && !Symbolic(name) {
			out.Add(&topology.NamedPart{Meta: r.meta(), Name: name})
		}
	case standsForOthers(r.Type) != "":
		out.Add(&topology.Undecided{Meta: r.meta(), Path: "Resources." + r.LogicalID, Reason: standsForOthers(r.Type),
			Touches: r.touches()})
	default:
		out.Add(&topology.UnknownPart{Meta: r.meta(), Touches: r.touches()})
		r.undecided(out)
	}
}

// says are the texts of the properties, by their paths.
func (r *Resource) says() map[string][]string {
	out := map[string][]string{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, k := range keys(v) {
				walk(strings.TrimPrefix(at+"."+k, "."), v[k])
			}
		case []any:
			for _, e := range v {
				walk(at, e)
			}
		default:
			if isScalar(v) {
				out[at] = append(out[at], scalar(v))
			}
		}
	}
	walk("", r.Properties)
	return out
}

// standsForOthers says what a type makes that no template shows; "" for one that is what it says.
func standsForOthers(typ string) string {
	switch {
	case typ == "AWS::CloudFormation::Stack":
		return "a nested stack, whose template was not read"
	case typ == "AWS::CloudFormation::CustomResource", strings.HasPrefix(typ, "Custom::"):
		return "a custom resource, whose code may make or change anything"
	case typ == "AWS::CloudFormation::StackSet", strings.HasPrefix(typ, "AWS::ServiceCatalog::"):
		return "makes stacks whose templates were not read"
	}
	return ""
}

func (r *Resource) meta() topology.Meta {
	m := topology.Meta{ID: r.Ref(), Type: r.Type, Source: topology.Source{Stack: r.Stack.Name, ID: r.LogicalID}, Account: r.Stack.Account,
		Region:    r.Stack.Region,
		Partition: r.Stack.partition.Name, DeletionPolicy: r.DeletionPolicy, Tags: r.tags(), Condition: r.Condition}
	for _, id := range r.madeFirst(map[string]bool{}) {
		m.DependsOn = append(m.DependsOn, symbol(r.Stack, id))
	}
	return m
}

// tags are the stack's, with the resource's own over them. Resources without any share the stack's.
func (r *Resource) tags() map[string]string {
	list, _ := r.Properties["Tags"].([]any)
	if len(list) == 0 {
		return r.Stack.Tags
	}
	out := make(map[string]string, len(list)+len(r.Stack.Tags))
	maps.Copy(out, r.Stack.Tags)
	for _, t := range list {
		if t, ok := t.(map[string]any); ok {
			out[scalar(t["Key"])] = scalar(t["Value"])
		}
	}
	return out
}

// madeFirst are the resources of the template that this one waits for, also through harmless ones, which no record tells of.
func (r *Resource) madeFirst(seen map[string]bool) (out []string) {
	for _, id := range r.DependsOn {
		if seen[id] {
			continue
		}
		seen[id] = true
		out = append(out, id)
		if first := r.Stack.Resources[id]; first != nil {
			if typ, _ := topology.TypeOf(first.Type); typ.Harmless != "" {
				out = append(out, first.madeFirst(seen)...)
			}
		}
	}
	return out
}
