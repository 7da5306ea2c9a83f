package bend

import (
	"slices"
	"strings"
)

// nouns are the types that places are named by.
var nouns = map[string]string{
	"vpc": "AWS::EC2::VPC", "subnet": "AWS::EC2::Subnet", "table": "AWS::EC2::RouteTable", "route": "AWS::EC2::Route",
	"gateway": "AWS::EC2::TransitGateway", "attachment": "AWS::EC2::TransitGatewayAttachment",
	"gateway-table": "AWS::EC2::TransitGatewayRouteTable", "association": "AWS::EC2::TransitGatewayRouteTableAssociation",
	"propagation": "AWS::EC2::TransitGatewayRouteTablePropagation", "subnet-table": "AWS::EC2::SubnetRouteTableAssociation",
	"endpoint": "AWS::EC2::VPCEndpoint", "group": "AWS::EC2::SecurityGroup", "zone": "AWS::Route53::HostedZone",
	"record": "AWS::Route53::RecordSet", "profile": "AWS::Route53Profiles::Profile", "share": "AWS::RAM::ResourceShare",
	"profile-resource": "AWS::Route53Profiles::ProfileResourceAssociation",
	"profile-vpc":      "AWS::Route53Profiles::ProfileAssociation",
	"role":             "AWS::IAM::Role", "flow-log": "AWS::EC2::FlowLog", "log-group": "AWS::Logs::LogGroup",
	"gateway-route": tgwRoute, "service": service, "service-permissions": permits, "balancer": balancer, "listener": listener,
	"targets": targets, "resolver-endpoint": asks, "rule": forward, "rule-vpc": follows,
}

// where finds the places of a phrase: a noun, and before it words that narrow it: "hub" or "spoke" (whose VPC or stack),
// "work" or "transit" (of subnets and tables), "interface" or "gateway" (of endpoints), "reader" (of roles), "existing" or "external"
// (of what names a part that exists by its id), and those of which stack or direction something is.
func (w *World) where(phrase string) []Part {
	words := strings.Fields(phrase)
	noun := words[len(words)-1]
	out := w.parts(nouns[noun])
	for _, word := range words[:len(words)-1] {
		out = slices.DeleteFunc(out, func(p Part) bool { return !w.is(p, word) })
	}
	return out
}

func (w *World) is(p Part, word string) bool {
	props := w.properties(p)
	switch word {
	case "hub":
		return w.ofHub(p.Stack)
	case "spoke":
		return !w.ofHub(p.Stack)
	case "transit":
		return w.isTransit(p)
	case "work":
		return !w.isTransit(p)
	case "interface":
		return props["VpcEndpointType"] == "Interface"
	case "gateway":
		return props["VpcEndpointType"] == "Gateway"
	case "reader":
		return props["RoleName"] != nil
	case "s3":
		return strings.HasSuffix(text(props["ServiceName"]), ".s3")
	case "open":
		return props["PolicyDocument"] == nil
	case "uses", "shared", "resolver":
		return strings.Contains(p.Stack+"-", "-"+word+"-")
	case "inbound", "outbound":
		return strings.Contains(p.ID, word)
	case "balanced":
		return w.makes(p.Stack, balancer)
	case "automatic":
		return props["AcceptanceRequired"] == false
	case "accepted":
		return props["AcceptanceRequired"] == true
	case "made", "brought":
		list, _ := props["NetworkLoadBalancerArns"].([]any)
		return len(list) == 1 && (text(list[0]) != "") == (word == "brought")
	case "existing":
		return text(props["VpcId"])+text(props["RouteTableId"])+text(props["TransitGatewayRouteTableId"]) != ""
	case "external":
		return text(props["TransitGatewayAttachmentId"]) != ""
	case "zone", "rule", "firewall", "log":
		kind := map[string]string{"zone": ":hostedzone/", "rule": ":resolver-rule/", "firewall": ":firewall-rule-group/",
			"log": ":resolver-query-log-config/"}[word]
		return strings.Contains(text(props["ResourceArn"]), kind)
	}
	panic("no word that narrows a place: " + word)
}

func text(v any) string { s, _ := v.(string); return s }

// ofHub is true for the stacks that come before all spokes': those that depend on no stack with a VPC of another.
func (w *World) ofHub(stack string) bool {
	artifacts, _ := w.manifest["artifacts"].(map[string]any)
	artifact, _ := artifacts[stack].(map[string]any)
	list, _ := artifact["dependencies"].([]any)
	for _, d := range list {
		if d := text(d); w.makes(d, "AWS::EC2::VPC") && !w.makes(d, "AWS::EC2::TransitGateway") {
			return false
		}
	}
	return !w.makes(stack, "AWS::EC2::VPC") || w.makes(stack, "AWS::EC2::TransitGateway")
}

func (w *World) makes(stack, typ string) bool {
	return slices.ContainsFunc(w.parts(typ), func(p Part) bool { return p.Stack == stack })
}

// isTransit is true for a subnet that an attachment is in, and for a table of one.
func (w *World) isTransit(p Part) bool {
	for _, a := range w.parts(nouns["attachment"]) {
		list, _ := w.properties(a)["SubnetIds"].([]any)
		if a.Stack != p.Stack {
			continue
		}
		for _, s := range list {
			id := refID(s)
			if id == p.ID {
				return true
			}
			for _, j := range w.parts(nouns["subnet-table"]) {
				props := w.properties(j)
				if j.Stack == p.Stack && refID(props["SubnetId"]) == id && refID(props["RouteTableId"]) == p.ID {
					return true
				}
			}
		}
	}
	return false
}

// refID is the logical id of {Ref: …}.
func refID(v any) string {
	m, _ := v.(map[string]any)
	return text(m["Ref"])
}

// near is a part of a phrase's, for a place: of its own stack, or else of another in the same account and region.
func (w *World) near(at Part, phrase string) (Part, bool) {
	all := w.where(phrase)
	all = slices.DeleteFunc(all, func(p Part) bool { return p == at })
	for _, same := range []func(p Part) bool{
		func(p Part) bool { return p.Stack == at.Stack },
		func(p Part) bool { return w.environment(p.Stack) == w.environment(at.Stack) },
	} {
		if i := slices.IndexFunc(all, same); i >= 0 {
			return all[i], true
		}
	}
	return Part{}, false
}
