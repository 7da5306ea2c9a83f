// Package stackname holds the names by which stacks find each other: stacks, outputs and reader roles. They are a public
// contract; patterns in pipelines and policies rest on them.
package stackname

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
)

// The stacks of a hub. Every name begins with the hub's, so that "<hub>-*" stands for all of them.

func Network(hub string) string             { return hub + "-network" }
func Gateway(hub string) string             { return hub + "-gateway" }
func Endpoints(hub string) string           { return hub + "-endpoints" }
func DNS(hub string) string                 { return hub + "-dns" }
func Profile(hub string) string             { return hub + "-profile" }
func Resolver(hub string) string            { return hub + "-resolver" }
func AccountDNS(hub, account string) string { return hub + "-dns-" + account }
func Spoke(hub, spoke string) string        { return hub + "-spoke-" + spoke }
func Link(hub, spoke string) string         { return hub + "-link-" + spoke }
func Service(hub, service string) string    { return hub + "-service-" + service }
func Shared(hub, service string) string     { return hub + "-shared-" + service }
func Uses(hub, spoke string) string         { return hub + "-uses-" + spoke }

// HubReader, SpokeReader and ServiceReader are the roles that other accounts read outputs through.
func HubReader(hub string) string              { return hub + "-hub-reader" }
func SpokeReader(hub, spoke string) string     { return hub + "-spoke-" + spoke + "-reader" }
func ServiceReader(hub, service string) string { return hub + "-service-" + service + "-reader" }

// Outputs of the stacks.
const (
	VPCID            = "VpcId"
	TransitGatewayID = "TransitGatewayId"
	AttachmentID     = "AttachmentId"
	ProfileID        = "ProfileId"
	ServiceName      = "ServiceName"
	SecurityGroupID  = "SecurityGroupId"
)

// Joined is the n-th output that holds several of a stack's others.
func Joined(n int) string {
	if n == 0 {
		return "Values"
	}
	return "Values" + strconv.Itoa(n+1)
}

// Carrier is the logical id of the parameter that holds what a stack reads of another: "FromSpokeOrdersProd".
func Carrier(hub, stack string) string { return "From" + Pascal(strings.TrimPrefix(stack, hub+"-")) }

// Table is the output of a gateway's route table: the hub's, or a segment's.
func Table(name string) string { return Pascal(name) + "TableId" }

// HubTable is the name of the hub's own table.
const HubTable = "hub"

// Subnet is the output of the hub's endpoint subnet in a zone.
func Subnet(zone string) string { return Pascal(zone) + "SubnetId" }

// TierSubnet is the output of a spoke's subnet of a tier in a zone.
func TierSubnet(tier, zone string) string { return Pascal(tier) + Pascal(zone) + "SubnetId" }

// TargetGroup is the output of the target group of a service's port.
func TargetGroup(port int) string { return "Port" + strconv.Itoa(port) + "TargetGroupArn" }

// RuleID is the output of the Resolver rule of a domain. A dash and a dot of a domain would be one in it, so a part of a hash follows.
func RuleID(domain string) string {
	sum := sha256.Sum256([]byte(domain))
	return fmt.Sprintf("%sRule%xId", Pascal(strings.ReplaceAll(domain, "_", "")), sum[:3])
}

// InboundAddresses is the output of the addresses that servers elsewhere forward to.
const InboundAddresses = "InboundAddresses"

// EndpointID, EndpointDNS and EndpointZone are the outputs of a service's endpoint.
func EndpointID(service string) string   { return Pascal(service) + "EndpointId" }
func EndpointDNS(service string) string  { return Pascal(service) + "DnsName" }
func EndpointZone(service string) string { return Pascal(service) + "HostedZoneId" }

// Pascal makes a logical id's letters of a name: "ecr.dkr" becomes "EcrDkr". Names that the configuration and the
// catalogue allow stay different; a test holds that.
func Pascal(name string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '.' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}
