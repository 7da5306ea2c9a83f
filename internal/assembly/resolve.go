package assembly

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"sharedhub/internal/diag"
	"sharedhub/internal/topology"
)

// resolver carries out the intrinsic functions of stacks. Mistakes travel as panics of type diag.List inside the package,
// since the functions nest as deep as the templates do. Several may be at work on an assembly, each with what it has resolved.
type resolver struct {
	assembly *Assembly
	names
	busy map[string]bool // what is being resolved, to find cycles
	done map[string]any  // outputs, attributes and conditions that are resolved
	// splits are the long texts that were split, by separator and text: the zones of each account split the same outputs.
	splits map[[2]string]any
	// lists of the stack listsOf that are resolved, by where they stand in memory.
	lists   map[*any][]any
	listsOf *Stack
	// undecided by symbol, and the outputs that were read, with the stack that was being resolved, by its index.
	undecided map[string]*Undecided
	reads     map[Reference]bool
	read      []readAt
	at        int
}

// names is what the stacks of an assembly have names for, which all resolvers know.
type names struct {
	byName map[string][]*Stack // a stack's name is unique in an account and region only
	ids    map[string]*Stack
	// parameters are the SSM parameters that stacks write, and exports the outputs, by name.
	parameters map[string][]writtenValue
	exports    map[string][]export
}

type readAt struct {
	stack int
	what  Reference
}

var codeTemplate = diag.Declare("assembly")("template", diag.Error,
	"a template cannot be evaluated: a function or a reference in it is wrong",
	"correct the resource or the construct that wrote it, and synthesise again")

func fail(s *Stack, path, format string, args ...any) {
	panic(diag.List{{
		Severity: codeTemplate.Severity(), Code: codeTemplate, Subject: path, Where: diag.Position{File: s.File}, Summary: fmt.Sprintf(format,
			args...),
	}})
}

func newResolver(a *Assembly, n names) *resolver {
	return &resolver{assembly: a, names: n, busy: map[string]bool{}, done: map[string]any{}, splits: map[[2]string]any{},
		undecided: map[string]*Undecided{}, reads: map[Reference]bool{}}
}

// resolve resolves all stacks, so many at a time.
func (a *Assembly) resolve(atOnce int) error {
	n := names{byName: map[string][]*Stack{}, ids: map[string]*Stack{}, parameters: map[string][]writtenValue{},
		exports: map[string][]export{}}
	for _, s := range a.Stacks {
		n.byName[s.Name] = append(n.byName[s.Name], s)
		n.ids[s.ID] = s
	}
	all := []*resolver{newResolver(a, n)}
	if err := caught(all[0].gather); err != nil {
		return err
	}
	for range atOnce - 1 {
		all = append(all, newResolver(a, n))
	}
	errs := make([]error, len(a.Stacks))
	for _, part := range []func(*resolver, *Stack){(*resolver).resources, (*resolver).outputs} {
		each(atOnce, len(a.Stacks), func(worker, i int) bool {
			r := all[worker]
			r.at = i
			errs[i] = caught(func() { part(r, a.Stacks[i]) })
			return errs[i] == nil
		})
		if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
			return errs[i]
		}
	}
	for _, s := range a.Stacks {
		s.template = nil // outputs of any stack may read those of any other
	}
	a.exports = n.exports
	a.collect(all)
	return nil
}

// caught is the mistake with which something ended.
func caught(do func()) (err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case diag.List:
			err = e
		default:
			panic(e)
		}
	}()
	do()
	return nil
}

// each does something for 0 to n-1 in this order, on so many workers, until it returns false.
func each(workers, n int, do func(worker, i int) bool) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && do(w, i); i = int(next.Add(1)) - 1 {
			}
		})
	}
	wait.Wait()
}

// collect puts together what the resolvers have noted, in the order of the stacks, as one alone would have.
func (a *Assembly) collect(all []*resolver) {
	var read []readAt
	for _, r := range all {
		maps.Copy(a.undecided, r.undecided)
		read = append(read, r.read...)
	}
	slices.SortStableFunc(read, func(x, y readAt) int { return x.stack - y.stack })
	seen := map[Reference]bool{}
	for _, r := range read {
		if !seen[r.what] {
			seen[r.what] = true
			a.Reads = append(a.Reads, r.what)
		}
	}
}

// macros are those of a template that add to it. The language extensions are functions, each told where it stands.
func macros(s *Stack) []string {
	var out []string
	for _, m := range asList(s.template["Transform"]) {
		if name, ok := m.(string); ok && name != "AWS::LanguageExtensions" {
			out = append(out, name)
		} else if m, ok := m.(map[string]any); ok {
			out = append(out, show(m["Name"]))
		}
	}
	return out
}

func section(s *Stack, name string) map[string]any {
	m, _ := s.template[name].(map[string]any)
	return m
}

// placeText is an account and a region, for people; an app may leave either open.
func placeText(account, region string) string {
	return "account " + cmp.Or(Plain(account), "unknown") + " and region " + cmp.Or(Plain(region), "unknown")
}

func keys[T any](m map[string]T) []string {
	out := slices.AppendSeq(make([]string, 0, len(m)), maps.Keys(m))
	slices.Sort(out)
	return out
}

func (r *resolver) resources(s *Stack) {
	if !r.made(s) {
		return
	}
	for _, name := range macros(s) {
		r.note(s, "Transform", "macro "+name+" rewrites the template")
	}
	r.lists, r.listsOf = map[*any][]any{}, s
	all := section(s, "Resources")
	waits := checkCycles(s, all)
	for _, id := range keys(all) {
		if strings.HasPrefix(id, "Fn::") {
			if !harmlessLoop(all[id]) {
				r.note(s, "Resources."+id, id+" makes resources that CloudFormation writes out", all[id])
			}
			continue
		}
		res, ok := all[id].(map[string]any)
		if !ok {
			fail(s, "Resources."+id, "not an object")
		}
		typ, ok := res["Type"].(string)
		if !ok {
			fail(s, "Resources."+id, "has no Type")
		}
		condition := ""
		if r.maybe(s) {
			condition = "of the nested stack"
		}
		if c, ok := res["Condition"].(string); ok {
			switch r.condition(s, c, "Resources."+id+".Condition") {
			case no:
				continue
			case undecided:
				r.note(s, "Resources."+id+".Condition", "condition "+c+" depends on what only AWS knows")
				condition = c
			case yes:
			}
		}
		out := &Resource{Stack: s, LogicalID: id, Type: typ, Properties: map[string]any{}, Condition: condition}
		out.DeletionPolicy, _ = res["DeletionPolicy"].(string)
		for _, d := range waits[id] {
			if _, ok := all[d]; ok {
				out.DependsOn = append(out.DependsOn, d)
			}
		}
		if d := absentDependency(s, all, res); d != "" {
			fail(s, "Resources."+id+".DependsOn", "%q is no resource of the template", d)
		}
		if props, ok := res["Properties"].(map[string]any); ok {
			for _, k := range keys(props) {
				path := "Resources." + id + ".Properties." + k
				if written(k) {
					out.Properties[k] = r.note(s, path, k+" is carried out by CloudFormation", props[k])
				} else if plain(props[k]) {
					out.Properties[k] = props[k]
				} else if v := r.dynamic(s, r.value(s, props[k], path)); v != nil {
					out.Properties[k] = v
				}
			}
		}
		s.Resources[id] = out
	}
}

func (r *resolver) outputs(s *Stack) {
	if !r.made(s) {
		return
	}
	for _, name := range keys(section(s, "Outputs")) {
		if strings.HasPrefix(name, "Fn::") {
			continue // more outputs, which CloudFormation writes out
		}
		if !r.absent(s, "Outputs", name) {
			s.Outputs[name] = r.output(s, name)
		}
	}
}

// absentDependency is a resource that another waits for and that the template does not make, which CloudFormation refuses; ""
// where there is none, or where CloudFormation itself writes resources out.
func absentDependency(s *Stack, all, res map[string]any) string {
	if res["DependsOn"] == nil {
		return ""
	}
	for _, d := range asList(res["DependsOn"]) {
		if name, ok := d.(string); ok && all[name] == nil && len(macros(s)) == 0 && !slices.ContainsFunc(keys(all), written) {
			return name
		}
	}
	return ""
}

// longest is the most that a text may have: a whole template has no more (CloudFormation quotas, "Template body size in an
// S3 object").
const longest = 1 << 20

const longText = 256

func (r *resolver) ref(s *Stack, id, path string) any {
	switch id {
	case "AWS::NoValue":
		return nil
	case "AWS::AccountId":
		return orSymbol(s.Account, s, id)
	case "AWS::Region":
		return orSymbol(s.Region, s, id)
	case "AWS::Partition":
		return orSymbol(s.partition.Name, s, id)
	case "AWS::URLSuffix":
		return orSymbol(s.partition.DNSSuffix, s, id)
	case "AWS::StackName":
		return s.Name
	case "AWS::StackId", "AWS::NotificationARNs":
		return symbol(s, id)
	}
	if _, ok := section(s, "Resources")[id]; ok {
		r.there(s, id, path)
		return symbol(s, id)
	}
	if p, ok := section(s, "Parameters")[id].(map[string]any); ok {
		typ, _ := p["Type"].(string)
		list := listType(typ)
		value, known := r.given(s, id, path)
		if d := p["Default"]; !known && d != nil && strings.HasPrefix(typ, "AWS::SSM::Parameter::Value") {
			value, known = r.parameter(s, toText(s, d, path))
		} else if known && strings.HasPrefix(typ, "AWS::SSM::Parameter::Value") {
			value, known = r.parameter(s, toText(s, value, path))
		}
		if known {
			if list {
				return r.split(",", toText(s, value, path))
			}
			return value
		}
		if d, ok := p["Default"]; ok && !strings.HasPrefix(typ, "AWS::SSM::Parameter::Value") {
			if list {
				return r.split(",", toText(s, d, path))
			}
			return d
		}
		return symbol(s, id)
	}
	fail(s, path, "%q is neither a resource nor a parameter of the template", id)
	return nil
}

func orSymbol(value string, s *Stack, id string) string {
	if value != "" {
		return value
	}
	return symbol(s, id)
}

// idAttributes are attributes that say the same as Ref, by type (CloudFormation template reference, "Return values").
var idAttributes = map[string]string{
	"AWS::EC2::VPC": "VpcId", "AWS::EC2::Subnet": "SubnetId", "AWS::EC2::RouteTable": "RouteTableId", "AWS::EC2::SecurityGroup": "GroupId",
	"AWS::EC2::VPCEndpoint": "Id", "AWS::EC2::TransitGateway": "Id", "AWS::EC2::TransitGatewayAttachment": "Id",
	"AWS::EC2::TransitGatewayVpcAttachment": "Id",
	"AWS::EC2::TransitGatewayRouteTable":    "TransitGatewayRouteTableId", "AWS::EC2::NetworkAcl": "Id",
	"AWS::EC2::PrefixList":           "PrefixListId",
	"AWS::EC2::InternetGateway":      "InternetGatewayId",
	"AWS::EC2::VPCPeeringConnection": "Id", "AWS::EC2::NetworkInterface": "Id", "AWS::EC2::Instance": "InstanceId",
	"AWS::EC2::EgressOnlyInternetGateway": "Id", "AWS::EC2::CarrierGateway": "CarrierGatewayId", "AWS::EC2::VPNGateway": "VPNGatewayId",
	"AWS::EC2::VPNConnection": "VpnConnectionId", "AWS::EC2::TransitGatewayPeeringAttachment": "TransitGatewayAttachmentId",
	"AWS::EC2::DHCPOptions": "DhcpOptionsId", "AWS::Route53Resolver::ResolverRule": "ResolverRuleId",
	"AWS::Route53Resolver::ResolverEndpoint": "ResolverEndpointId", "AWS::Route53Resolver::FirewallRuleGroup": "Id",
	"AWS::Route53Resolver::FirewallDomainList": "Id",
	"AWS::EC2::NatGateway":                     "NatGatewayId", "AWS::Route53::HostedZone": "Id", "AWS::Route53Profiles::Profile": "Id",
	"AWS::EC2::VPCEndpointService": "ServiceId", "AWS::ElasticLoadBalancingV2::LoadBalancer": "LoadBalancerArn",
	"AWS::ElasticLoadBalancingV2::TargetGroup": "TargetGroupArn", "AWS::ElasticLoadBalancingV2::Listener": "ListenerArn",
}

func (r *resolver) getAtt(s *Stack, arg any, path string) any {
	var id, attr string
	switch a := arg.(type) {
	case string:
		id, attr, _ = strings.Cut(a, ".")
	case []any:
		if len(a) == 2 {
			id, _ = a[0].(string)
			attr = toText(s, r.value(s, a[1], path), path)
		}
	}
	if id == "" || attr == "" {
		fail(s, path, "takes a resource and an attribute, not %s", show(arg))
	}
	res, ok := section(s, "Resources")[id].(map[string]any)
	if !ok {
		fail(s, path, "%q is not a resource of the template", id)
	}
	r.there(s, id, path)
	typ, _ := res["Type"].(string)
	if child := s.children[id]; child != nil {
		if name, ok := strings.CutPrefix(attr, "Outputs."); ok {
			return r.output(child, name)
		}
	}
	if typ == "Custom::CrossRegionExportReader" && strings.HasPrefix(attr, "/") {
		if v, ok := r.parameter(s, attr); ok {
			return v
		}
	}
	if idAttributes[typ] == attr {
		return symbol(s, id)
	}
	if c, ok := res["Condition"].(string); ok && r.condition(s, c, "Resources."+id+".Condition") == undecided {
		if known, ok := topology.TypeOf(typ); ok && known.Harmless != "" { // of other types it is told where they are
			return r.note(s, path, "condition "+c+" of "+id+" depends on what only AWS knows")
		}
	}
	// An attribute that repeats a property, such as a subnet's AvailabilityZone, is known.
	if props, ok := res["Properties"].(map[string]any); ok && props[attr] != nil {
		key := s.ID + "/Resources." + id + "." + attr
		if v, ok := r.done[key]; ok {
			return v
		}
		defer r.enter(s, id+"."+attr, path)()
		v := r.value(s, props[attr], "Resources."+id+".Properties."+attr)
		r.done[key] = v
		return v
	}
	return symbol(s, id+"."+attr)
}

// enter marks what is being resolved, and fails where that is the case already.
func (r *resolver) enter(s *Stack, what, path string) (leave func()) {
	key := s.ID + "/" + what
	if r.busy[key] {
		fail(s, path, "%s depends on itself", what)
	}
	r.busy[key] = true
	return func() { delete(r.busy, key) }
}

func (r *resolver) output(s *Stack, name string) any {
	key := s.ID + "/Outputs." + name
	if v, ok := r.done[key]; ok {
		return v
	}
	path := "Outputs." + name
	defer r.enter(s, path, path)()
	o, ok := section(s, "Outputs")[name].(map[string]any)
	if !ok {
		fail(s, path, "not an output")
	}
	if c, ok := o["Condition"].(string); ok && r.condition(s, c, path+".Condition") == undecided {
		r.note(s, path+".Condition", "condition "+c+" depends on what only AWS knows")
	}
	v := r.dynamic(s, r.value(s, o["Value"], path+".Value"))
	switch v.(type) {
	case []any, map[string]any:
		fail(s, path+".Value", "is a list or an object; CloudFormation takes text, which Fn::Join makes of a list")
	}
	r.done[key] = v
	return v
}

// readsOutput notes that a stack reads an output of another, once.
func (r *resolver) readsOutput(ref Reference) {
	if !r.reads[ref] {
		r.reads[ref] = true
		r.read = append(r.read, readAt{r.at, ref})
	}
}

// absent is true for a resource or an output whose condition is false.
func (r *resolver) absent(s *Stack, what, name string) bool {
	o, _ := section(s, what)[name].(map[string]any)
	c, ok := o["Condition"].(string)
	return ok && r.condition(s, c, what+"."+name+".Condition") == no
}

// there fails for a reference to a resource that its condition leaves out, as CloudFormation does.
func (r *resolver) there(s *Stack, id, path string) {
	if r.absent(s, "Resources", id) {
		fail(s, path, "%q is not made, since its condition is false", id)
	}
}

var roleAccount = regexp.MustCompile(`^arn:[^:]+:iam::(\d{12}):role/`)

func (r *resolver) getStackOutput(s *Stack, arg any, path string) any {
	m, ok := r.value(s, arg, path).(map[string]any)
	if !ok {
		fail(s, path, "takes StackName and OutputName, not %s", show(arg))
	}
	name, _ := m["StackName"].(string)
	output, _ := m["OutputName"].(string)
	if name == "" || output == "" {
		fail(s, path, "takes StackName and OutputName, not %s", show(arg))
	}
	account, region := s.Account, s.Region
	if g, ok := m["Region"].(string); ok && g != "" {
		region = g
	}
	role, _ := m["RoleArn"].(string)
	if a := roleAccount.FindStringSubmatch(role); a != nil {
		account = a[1]
	}
	r.readsOutput(Reference{s, account, region, name, role})
	for _, t := range r.byName[name] {
		if t.Account == account && t.Region == region {
			if _, ok := section(t, "Outputs")[output]; !ok || r.absent(t, "Outputs", output) {
				fail(s, path, "stack %s has no output %s, or its condition is false", name, output)
			}
			return r.output(t, output)
		}
	}
	if len(r.byName[name]) > 0 {
		t := r.byName[name][0]
		fail(s, path, "stack %s is in %s, and is looked for in %s", name, placeText(t.Account, t.Region), placeText(account, region))
	}
	return symbolOpen + "output:" + account + "/" + region + "/" + name + "/" + output + symbolClose
}
