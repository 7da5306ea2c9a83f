// Package plan says what a change of the configuration does: to each resource of each stack, to who reaches what, and to the bill.
// It reads two configurations and the templates of both, and asks nobody.
package plan

import (
	_ "embed"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

//go:embed cfn-schema-facts.json
var schemaFacts []byte

// createOnly are the properties of each type that an update cannot change, or parts of them by their path, such as
// DnsOptions/PrivateDnsPreference, from CloudFormation's published schemas.
// internal/cmd/schemafacts writes the file.
var createOnly = func() map[string][]string {
	var facts struct{ CreateOnly map[string][]string }
	if err := json.Unmarshal(schemaFacts, &facts); err != nil {
		panic(err)
	}
	return facts.CreateOnly
}()

// CreateOnly are the properties of a type, or paths of parts of them, that can only be set when a resource is created; known is false
// for a type that the facts do not have.
func CreateOnly(typ string) (paths []string, known bool) {
	paths, known = createOnly[typ]
	return paths, known
}

// Fixed is true where a property's two values differ in what can only be set when a resource is created.
func Fixed(typ, property string, before, after any) bool {
	return !reflect.DeepEqual(fixedParts(typ, property, before), fixedParts(typ, property, after))
}

// fixedParts are the parts of a property's value that can only be set when a resource is created.
func fixedParts(typ, property string, value any) (out []any) {
	for _, path := range createOnly[typ] {
		if first, rest, _ := strings.Cut(path, "/"); first == property {
			out = append(out, part(value, rest))
		}
	}
	return out
}

// part is what stands at a path of a value; the whole where the path leads into a list, or into what only AWS decides.
func part(value any, path string) any {
	for path != "" {
		keys, ok := value.(map[string]any)
		if !ok || path[0] == '*' || intrinsic(keys) {
			return value
		}
		key, rest, _ := strings.Cut(path, "/")
		value, path = keys[key], rest
	}
	return value
}

func intrinsic(keys map[string]any) bool {
	for k := range keys {
		return len(keys) == 1 && (k == "Ref" || strings.HasPrefix(k, "Fn::"))
	}
	return false
}

// holdsState says of every type whether a resource holds what its loss would take along, or what others hold on to. Logical ids of
// those that do are frozen: a resource with another id is another resource.
var holdsState = map[string]bool{
	"AWS::EC2::VPC": true, "AWS::EC2::Subnet": true, "AWS::EC2::TransitGateway": true, "AWS::EC2::TransitGatewayRouteTable": true,
	"AWS::EC2::TransitGatewayAttachment": true, "AWS::EC2::VPCEndpoint": true, "AWS::EC2::SecurityGroup": true,
	"AWS::Route53::HostedZone":      true,
	"AWS::Route53Profiles::Profile": true, "AWS::RAM::ResourceShare": true, "AWS::IAM::Role": true, "AWS::Logs::LogGroup": true,
	"AWS::Route53Resolver::ResolverEndpoint": true, "AWS::Route53Resolver::ResolverRule": true,
	"AWS::EC2::VPCEndpointService": true, "AWS::ElasticLoadBalancingV2::LoadBalancer": true,

	"AWS::EC2::FlowLog": false, "AWS::EC2::Route": false, "AWS::EC2::RouteTable": false, "AWS::EC2::SubnetRouteTableAssociation": false,
	"AWS::EC2::TransitGatewayRouteTableAssociation": false, "AWS::EC2::TransitGatewayRouteTablePropagation": false,
	"AWS::EC2::TransitGatewayRoute":           false,
	"AWS::EC2::VPCCidrBlock":                  false,
	"AWS::EC2::VPCEndpointServicePermissions": false, "AWS::ElasticLoadBalancingV2::TargetGroup": false,
	"AWS::ElasticLoadBalancingV2::Listener": false,
	"AWS::Route53::RecordSet":               false, "AWS::Route53Profiles::ProfileAssociation": false,
	"AWS::Route53Profiles::ProfileResourceAssociation": false,
	"AWS::Route53Resolver::ResolverRuleAssociation":    false,
	"AWS::SSM::Parameter":                              false,
}

// HoldsState says whether resources of a type hold state; known is false for a type that nobody has decided about.
func HoldsState(typ string) (holds, known bool) {
	holds, known = holdsState[typ]
	return holds, known
}

// StatefulTypes are the types that hold state, sorted.
func StatefulTypes() []string {
	return slices.Sorted(func(yield func(string) bool) {
		for typ := range maps.Keys(holdsState) {
			if holdsState[typ] && !yield(typ) {
				return
			}
		}
	})
}
