package live

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	profiletypes "github.com/aws/aws-sdk-go-v2/service/route53profiles/types"
)

// Description is one VPC with what is in it, in the words of AWS's Describe and List calls: the answers that the AWS CLI prints, put
// together, are one.
type Description struct {
	Vpcs                         []types.Vpc
	EnableDnsSupport             *types.AttributeBooleanValue //nolint:revive // AWS's name
	EnableDnsHostnames           *types.AttributeBooleanValue //nolint:revive // AWS's name
	Subnets                      []types.Subnet
	RouteTables                  []types.RouteTable
	VpcEndpoints                 []types.VpcEndpoint
	TransitGatewayVpcAttachments []types.TransitGatewayVpcAttachment
	HostedZoneSummaries          []r53types.HostedZoneSummary
	ProfileAssociations          []profiletypes.ProfileAssociation
}

// Describe asks an account for one VPC.
func Describe(ctx context.Context, p Place, vpc string, opt Options) (*Description, error) {
	scope := Scope{Places: map[Place]bool{p: true}, VPCs: map[string]bool{vpc: true}}
	s, err := open(ctx, opt, scope)
	if err != nil {
		return nil, err
	}
	r, err := s.ask(ctx, p, scope, (*reader).readVPCs, (*reader).readGateways, (*reader).readParts, (*reader).readOneByOne,
		(*reader).readProfiles)
	if err != nil {
		return nil, err
	}
	d := &Description{Vpcs: r.vpcs, Subnets: r.subnets, RouteTables: r.tables, VpcEndpoints: r.endpoints, TransitGatewayVpcAttachments: r.own,
		ProfileAssociations: r.profiled}
	if len(r.vpcs) > 0 {
		d.EnableDnsSupport = &types.AttributeBooleanValue{Value: aws.Bool(r.dns[0].support)}
		d.EnableDnsHostnames = &types.AttributeBooleanValue{Value: aws.Bool(r.dns[0].names)}
		d.HostedZoneSummaries = r.zones[0]
	}
	return d.of(vpc)
}

// ReadDescription reads saved answers, and keeps what is of one VPC.
func ReadDescription(text []byte, vpc string) (*Description, error) {
	var d Description
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("no JSON of Describe calls: %w", err)
	}
	return d.of(vpc)
}

// of keeps what is of one VPC. Zones are listed for one VPC, whose id no answer says.
func (d *Description) of(vpc string) (*Description, error) {
	other := func(id *string) bool { return aws.ToString(id) != vpc }
	d.Vpcs = slices.DeleteFunc(d.Vpcs, func(v types.Vpc) bool { return other(v.VpcId) })
	if len(d.Vpcs) != 1 {
		return nil, fmt.Errorf("expected one VPC %s, found %d", vpc, len(d.Vpcs))
	}
	d.Subnets = slices.DeleteFunc(d.Subnets, func(s types.Subnet) bool { return other(s.VpcId) })
	d.RouteTables = slices.DeleteFunc(d.RouteTables, func(t types.RouteTable) bool { return other(t.VpcId) })
	d.VpcEndpoints = slices.DeleteFunc(d.VpcEndpoints, func(e types.VpcEndpoint) bool { return other(e.VpcId) })
	d.TransitGatewayVpcAttachments = slices.DeleteFunc(d.TransitGatewayVpcAttachments, func(a types.TransitGatewayVpcAttachment) bool {
		return other(a.VpcId) || !attached(a.State)
	})
	d.ProfileAssociations = slices.DeleteFunc(d.ProfileAssociations, func(a profiletypes.ProfileAssociation) bool {
		return other(a.ResourceId)
	})
	if len(d.Subnets) == 0 || len(d.RouteTables) == 0 {
		return nil, fmt.Errorf("the answers hold %d subnets and %d route tables of %s, and it has some of each", len(d.Subnets),
			len(d.RouteTables), vpc)
	}
	return d, nil
}
