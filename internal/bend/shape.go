package bend

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// shape are changes of how a template says things, for each type of the hub's resources: what is left to AWS, said twice,
// moved, or out of order.

// reasons are the codes of findings that are a good reason to refuse a change of a resource, by its type.
var reasons = map[string]string{
	"AWS::EC2::VPC":                                    "vpc, path, ambiguous, segment, part",
	"AWS::EC2::Subnet":                                 "vpc, path, ambiguous, endpoint, part",
	"AWS::EC2::RouteTable":                             "path, endpoint, part, segment, route",
	"AWS::EC2::SubnetRouteTableAssociation":            "route, path, endpoint, part, segment",
	"AWS::EC2::Route":                                  "path, segment, route, part",
	"AWS::EC2::TransitGateway":                         "segment, sharing, path, gateway",
	"AWS::EC2::TransitGatewayRouteTable":               "path, segment, gateway, part",
	"AWS::EC2::TransitGatewayAttachment":               "path, segment, part",
	"AWS::EC2::TransitGatewayRouteTableAssociation":    "path, segment, gateway, part",
	"AWS::EC2::TransitGatewayRouteTablePropagation":    "path, segment, part",
	"AWS::EC2::SecurityGroup":                          "rule, endpoint, part",
	"AWS::EC2::VPCEndpoint":                            "endpoint, name, policy, rule, part",
	"AWS::Route53::HostedZone":                         "name",
	"AWS::Route53::RecordSet":                          "name",
	"AWS::RAM::ResourceShare":                          "sharing",
	"AWS::Route53Profiles::Profile":                    "name, profile, sharing, part",
	"AWS::Route53Profiles::ProfileAssociation":         "name, profile, part",
	"AWS::Route53Profiles::ProfileResourceAssociation": "name, profile, part",
	"AWS::IAM::Role":                                   "reader, logs, part",
	"AWS::EC2::FlowLog":                                "logs",
	"AWS::Logs::LogGroup":                              "logs",
	service:                                            "service, way, endpoint, part",
	permits:                                            "service, part",
	balancer:                                           "service, way, part",
	listener:                                           "service, way, part",
	targets:                                            "service, way, part",
	asks:                                               "endpoint, way, rule, name, part",
	forward:                                            "name, sharing, part",
	follows:                                            "name, part",
}

// shapes are the ways to change any resource; more are the codes that refuse it beside the type's own.
var shapes = []struct {
	how, more string
	change    func(*Edit, Part) bool
}{
	{"made twice", "conflict", func(e *Edit, p Part) bool {
		e.add(p.Stack, p.ID+"Again", Clone(e.resource(p)).(map[string]any))
		return true
	}},
	{"made only by a condition that AWS decides", "undecided", func(e *Edit, p Part) bool {
		decides(e, p.Stack)
		e.resource(p)["Condition"] = "BendUndecided"
		return true
	}},
	{"left out by a condition", "assembly", func(e *Edit, p Part) bool {
		e.section(p.Stack, "Conditions")["BendNever"] = map[string]any{"Fn::Equals": []any{"a", "b"}}
		e.resource(p)["Condition"] = "BendNever"
		return true
	}},
	{"of a type that nobody knows", "unknown, assembly", func(e *Edit, p Part) bool {
		e.resource(p)["Type"] = "AWS::Tomorrow::Thing"
		return true
	}},
	{"with a property that nobody knows", "unknown", func(e *Edit, p Part) bool {
		object(e.resource(p), "Properties")["Tomorrow"] = map[string]any{"Deep": "yes"}
		return true
	}},
	{"with properties that a macro adds", "undecided", func(e *Edit, p Part) bool {
		object(e.resource(p), "Properties")["Fn::Transform"] = map[string]any{"Name": "AWS::Include"}
		return true
	}},
	{"with a reference to another of its kind", "assembly, conflict, order, ambiguous, part, path", sibling},
	{"moved to another stack, from under what names it", "assembly", func(e *Edit, p Part) bool { return named(e, p) && move(e, p) }},
}

// twiceIsFine says of which types a further one, that nothing names, changes nothing.
var twiceIsFine = map[string]string{
	"AWS::EC2::RouteTable":               "it serves no subnet",
	"AWS::EC2::SecurityGroup":            "nothing has it",
	"AWS::EC2::TransitGateway":           "nothing is attached to it",
	"AWS::EC2::TransitGatewayRouteTable": "nothing is associated with it",
	"AWS::Logs::LogGroup":                "no log goes there",
	"AWS::RAM::ResourceShare":            "it shares the same with the same",
	"AWS::Route53Profiles::Profile":      "no VPC has it",
}

// keeps are changes of any resource that change nothing of what is made.
var keeps = []struct {
	how, why string
	change   func(*Edit, Part) bool
}{
	{"made by a condition that is true", "the template decides it", func(e *Edit, p Part) bool {
		e.section(p.Stack, "Conditions")["BendAlways"] = map[string]any{"Fn::Not": []any{map[string]any{"Fn::Equals": []any{"a", "b"}}}}
		e.resource(p)["Condition"] = "BendAlways"
		return true
	}},
	{"kept when the stack goes", "says what is left behind", func(e *Edit, p Part) bool {
		e.resource(p)["DeletionPolicy"], e.resource(p)["UpdateReplacePolicy"] = "Retain", "Retain"
		return true
	}},
	{"with metadata", "text for people and tools", func(e *Edit, p Part) bool {
		e.resource(p)["Metadata"] = map[string]any{"aws:cdk:path": "x"}
		return true
	}},
	{"with each text by a parameter that has a default", "the default is the value", func(e *Edit, p Part) bool {
		return each(e, p, func(name string, v string) any {
			e.section(p.Stack, "Parameters")["Bend"+name] = map[string]any{"Type": "String", "Default": v}
			return map[string]any{"Ref": "Bend" + name}
		})
	}},
	{"with each text in two parts that are joined", "the joined text is the value", func(e *Edit, p Part) bool {
		return each(e, p, func(_ string, v string) any {
			return map[string]any{"Fn::Join": []any{"", []any{v[:len(v)/2], v[len(v)/2:]}}}
		})
	}},
	{"with each text chosen by a condition that is false", "the template decides it", func(e *Edit, p Part) bool {
		e.section(p.Stack, "Conditions")["BendNever"] = map[string]any{"Fn::Equals": []any{"a", "b"}}
		return each(e, p, func(_ string, v string) any { return map[string]any{"Fn::If": []any{"BendNever", "another", v}} })
	}},
	{"tagged", "names for people", func(e *Edit, p Part) bool {
		props := object(e.resource(p), "Properties")
		_, ok := props["Tags"].([]any)
		if ok {
			props["Tags"] = []any{map[string]any{"Key": "team", "Value": "another"}}
		}
		return ok
	}},
	{"moved to another stack, where nothing names it", "the same network, made in two steps", func(e *Edit, p Part) bool {
		return !named(e, p) && move(e, p)
	}},
}

// named is true for a part that its template names elsewhere.
func named(e *Edit, p Part) bool {
	for id, r := range e.world.templates[p.Stack]["Resources"].(map[string]any) {
		if id != p.ID && mentions(r, p.ID) {
			return true
		}
	}
	return mentions(e.world.templates[p.Stack]["Outputs"], p.ID)
}

func mentions(v any, id string) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, x := range v {
			if mentions(x, id) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(x any) bool { return mentions(x, id) })
	case string:
		return strings.Contains(v, id)
	}
	return false
}

// move moves a resource to the stack of somebody else, with references as that stack writes them.
func move(e *Edit, p Part) bool {
	moved := Clone(e.resource(p)).(map[string]any)
	e.team(p.Stack)
	delete(moved, "DependsOn")
	props, ok := e.copied(Team, p.Stack, moved["Properties"])
	if !ok {
		return false
	}
	moved["Properties"] = props
	delete(e.section(p.Stack, "Resources"), p.ID)
	e.after(Team, p.Stack)
	e.section(Team, "Resources")[p.ID] = moved
	return true
}

// sibling has the first reference of a part's properties name another part of the same type.
func sibling(e *Edit, p Part) bool {
	props := object(e.resource(p), "Properties")
	for _, name := range slices.Sorted(maps.Keys(props)) {
		if v, ok := otherOf(e, p.Stack, props[name]); ok {
			props[name] = v
			return true
		}
	}
	return false
}

// otherOf is a reference, or the first of a list, to another part of its type.
func otherOf(e *Edit, stack string, v any) (any, bool) {
	if list, ok := v.([]any); ok && len(list) > 0 {
		o, ok := otherOf(e, stack, list[0])
		return append([]any{o}, list[1:]...), ok
	}
	m, _ := v.(map[string]any)
	if id := refID(v); id != "" {
		typ := e.world.resource(Part{stack, id})["Type"]
		for _, p := range e.world.parts(text(typ)) {
			if p.Stack == stack && p.ID != id {
				return map[string]any{"Ref": p.ID}, true
			}
		}
	}
	read, _ := m["Fn::GetStackOutput"].(map[string]any)
	outputs, _ := e.world.templates[text(read["StackName"])]["Outputs"].(map[string]any)
	typeOf := func(name string) any {
		o, _ := outputs[name].(map[string]any)
		return e.world.resource(Part{text(read["StackName"]), refID(o["Value"])})["Type"]
	}
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		if now := text(read["OutputName"]); name != now && typeOf(name) != nil && typeOf(name) == typeOf(now) {
			other := maps.Clone(read)
			other["OutputName"] = name
			return map[string]any{"Fn::GetStackOutput": other}, true
		}
	}
	return nil, false
}

// each replaces the texts of a resource's properties, one deep.
func each(e *Edit, p Part, with func(name, v string) any) bool {
	props := object(e.resource(p), "Properties")
	some := false
	for _, name := range slices.Sorted(maps.Keys(props)) {
		if v, ok := props[name].(string); ok {
			props[name], some = with(name, v), true
		}
	}
	return some
}

// decides makes a condition that depends on a parameter without default.
func decides(e *Edit, stack string) {
	e.section(stack, "Parameters")["BendAsked"] = map[string]any{"Type": "String"}
	e.section(stack, "Conditions")["BendUndecided"] = map[string]any{"Fn::Equals": []any{map[string]any{"Ref": "BendAsked"}, "yes"}}
}

// leaves are ways to leave the value of a property to AWS.
var leaves = []struct {
	how   string
	value func(e *Edit, stack string, v any) any
}{
	{"a parameter without default", func(e *Edit, stack string, _ any) any {
		e.section(stack, "Parameters")["BendAsked"] = map[string]any{"Type": "String"}
		return map[string]any{"Ref": "BendAsked"}
	}},
	{"a condition that AWS decides", func(e *Edit, stack string, v any) any {
		decides(e, stack)
		return map[string]any{"Fn::If": []any{"BendUndecided", "another", v}}
	}},
	{"a dynamic reference", func(*Edit, string, any) any { return "{{resolve:ssm:/team/value}}" }},
	{"an export of nobody", func(*Edit, string, any) any { return map[string]any{"Fn::ImportValue": "somebody-elses"} }},
	{"nothing, by a condition that AWS decides", func(e *Edit, stack string, v any) any {
		decides(e, stack)
		return map[string]any{"Fn::If": []any{"BendUndecided", map[string]any{"Ref": "AWS::NoValue"}, v}}
	}},
}

// shape are the kinds of all types that a world's resources have.
func shape(types []string) []Kind {
	var out []Kind
	for _, typ := range types {
		why := reasons[typ]
		if why == "" {
			continue
		}
		for _, s := range shapes {
			if typ == "AWS::EC2::SubnetRouteTableAssociation" && strings.HasPrefix(s.how, "with a reference") {
				continue // tables may be alike
			}
			answer := why + ", " + s.more
			if fine := twiceIsFine[typ]; fine != "" && s.how == "made twice" {
				answer = "fine: " + fine
			}
			out = append(out, ofType(typ, s.how, s.change, answer))
		}
		for _, s := range keeps {
			answer := "fine: " + s.why
			if first := typ == "AWS::IAM::Role" || typ == "AWS::RAM::ResourceShare"; first && strings.HasPrefix(s.how, "moved") {
				answer = "order" // others wait for it
			}
			if typ == service && s.how == "tagged" {
				answer = "service" // its name is a tag
			}
			out = append(out, ofType(typ, s.how, s.change, answer))
		}
		for _, l := range leaves {
			out = append(out, left(typ, l.how, l.value, why+", undecided, unknown, assembly, conflict"))
		}
	}
	return out
}

func ofType(typ, how string, change func(*Edit, Part) bool, answer string) Kind {
	k := Kind{Type: typ, How: how, Generic: true}
	verdict(&k, answer)
	k.places = func(w *World) []Place {
		var out []Place
		for _, p := range w.subjects(typ) {
			out = append(out, Place{p, "", func(e *Edit) bool { return e.resource(p) != nil && change(e, p) }})
		}
		return out
	}
	return k
}

// subjects are the parts of a type; of roles those that have a name, by which stacks read.
func (w *World) subjects(typ string) []Part {
	return slices.DeleteFunc(w.parts(typ), func(p Part) bool { return typ == "AWS::IAM::Role" && !w.is(p, "reader") })
}

// left is a kind that leaves one property to AWS; its places are each property of the type, at one part that has it.
func left(typ, how string, value func(*Edit, string, any) any, answer string) Kind {
	k := Kind{Type: typ, How: "with a property that is " + how, Generic: true}
	verdict(&k, answer)
	k.places = func(w *World) []Place {
		var out []Place
		seen := map[string]bool{}
		for _, p := range w.subjects(typ) {
			for _, name := range slices.Sorted(maps.Keys(w.properties(p))) {
				if seen[name] || ForPeople[typ+" "+name] || ForPeople[name] {
					continue
				}
				seen[name] = true
				out = append(out, Place{p, "property " + name, func(e *Edit) bool {
					r := e.resource(p)
					if r == nil {
						return false
					}
					props := object(r, "Properties")
					props[name] = value(e, p.Stack, props[name])
					return true
				}})
			}
		}
		return out
	}
	return k
}

// ForPeople are properties that may hold anything.
var ForPeople = map[string]bool{"Tags": true, "Description": true, "GroupDescription": true, "HostedZoneConfig": true,
	"AWS::RAM::ResourceShare Name": true, "AWS::Route53Profiles::Profile Name": true,
	"AWS::Route53Profiles::ProfileAssociation Name": true, "AWS::Route53Profiles::ProfileResourceAssociation Name": true,
	"AWS::EC2::FlowLog MaxAggregationInterval": true, "AWS::EC2::FlowLog DeliverLogsPermissionArn": true,
	"AWS::EC2::TransitGateway VpnEcmpSupport": true, "AWS::EC2::TransitGateway DnsSupport": true, forward + " Name": true,
	asks + " Name": true, follows + " Name": true}

// Kinds are all kinds that fit any hub with spokes.
func Kinds(w *World) []Kind {
	return join(network(), names(), rights(), ways(), wholeStacks(), shape(w.types()))
}

// Particular are the kinds of what only some hubs have: services that spokes publish, VPCs and attachments that exist, Resolver
// endpoints, and what else a Profile carries.
func Particular(w *World) []Kind {
	types := slices.DeleteFunc(w.types(), func(typ string) bool { return !slices.Contains(particular, typ) })
	return join(published(), existing(), onPremises(), serviceRoles(), shape(types))
}

// Learning are the kinds of a hub whose tables learn ranges.
func Learning(*World) []Kind {
	return []Kind{
		plus(learns, "again", "propagation", `{"TransitGatewayAttachmentId": "@:TransitGatewayAttachmentId", `+
			`"TransitGatewayRouteTableId": "@:TransitGatewayRouteTableId"}`, "conflict, segment"),
		plus(learns, "in a table of nobody's", "propagation", `{"TransitGatewayAttachmentId": "@:TransitGatewayAttachmentId", `+
			`"TransitGatewayRouteTableId": "tgw-rtb-0123456789abcdef9"}`, "segment, part"),
		plus(learns, "of an attachment of nobody's, in a hub's table", "propagation", `{"TransitGatewayAttachmentId": `+
			`"tgw-attach-0123456789abcdef0", "TransitGatewayRouteTableId": "@:TransitGatewayRouteTableId"}`, "segment, part"),
		set("propagation", "TransitGatewayRouteTableId", `"tgw-rtb-0123456789abcdef9"`, "segment, path"),
		set("propagation", "TransitGatewayAttachmentId", `"tgw-attach-0123456789abcdef0"`, "segment, path, part"),
		gone("propagation", "segment, path"),
	}
}

var particular = []string{service, permits, balancer, listener, targets, asks, forward, follows}

// wholeStacks are changes of stacks, not of their resources.
func wholeStacks() []Kind {
	moved := func(account, region string) func(*Edit, string) {
		return func(e *Edit, stack string) {
			env := strings.Split(strings.TrimPrefix(e.world.environment(stack), "aws://"), "/")
			object(e.artifacts(), stack)["environment"] = "aws://" + cmp.Or(account, env[0]) + "/" + cmp.Or(region, env[1])
		}
	}
	export := func(e *Edit, stack string) {
		e.section(stack, "Outputs")["BendExport"] = map[string]any{"Value": "x", "Export": map[string]any{"Name": "team-export"}}
	}
	return []Kind{
		ofStacks("moved to another region", moved("", "ap-south-1"), "conflict, vpc, assembly"),
		ofStacks("moved to another account", moved("999999999999", ""), "conflict, vpc, reader, order, assembly"),
		ofStacks("with an export", export, "fine: a name for others to read by"),
		ofStacks("with an export that another stack has", func(e *Edit, stack string) {
			e.team(stack)
			export(e, stack)
			export(e, Team)
		}, "conflict"),
		ofStacks("beside another of its name", func(e *Edit, stack string) {
			e.team(stack)
			object(object(e.artifacts(), Team), "properties")["stackName"] = stack
		}, "conflict, assembly"),
	}
}

func ofStacks(how string, change func(*Edit, string), answer string) Kind {
	k := Kind{Type: "stack", How: how}
	verdict(&k, answer)
	k.places = func(w *World) []Place {
		var out []Place
		for _, s := range w.stacks() {
			out = append(out, Place{Part{Stack: s}, "", func(e *Edit) bool { change(e, s); return true }})
		}
		return out
	}
	return k
}
