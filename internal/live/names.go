package live

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/route53profiles"
	profiletypes "github.com/aws/aws-sdk-go-v2/service/route53profiles/types"

	"sharedhub/internal/topology"
)

// privateZone is a zone with the VPCs that ask it and its records.
type privateZone struct {
	name    string
	vpcs    []r53types.VPC
	records []r53types.ResourceRecordSet
}

// readProfiles reads the account's own Route 53 Profiles, and which profiles its VPCs use.
func (r *reader) readProfiles() {
	client := route53profiles.NewFromConfig(r.cfg)
	pages(r, "route53profiles:ListProfileAssociations", route53profiles.NewListProfileAssociationsPaginator(client,
		&route53profiles.ListProfileAssociationsInput{}),
		func(o *route53profiles.ListProfileAssociationsOutput) {
			r.profiled = append(r.profiled, o.ProfileAssociations...)
		})
	if !r.sharesParts() || r.err != nil {
		return // profiles of the hub are in the hub's account
	}
	pages(r, "route53profiles:ListProfiles", route53profiles.NewListProfilesPaginator(client, &route53profiles.ListProfilesInput{}),
		func(o *route53profiles.ListProfilesOutput) {
			for _, p := range o.ProfileSummaries {
				if p.ShareStatus != profiletypes.ShareStatusSharedWithMe {
					r.profiles = append(r.profiles, p)
				}
			}
		})
	r.inProfiles = map[string][]profiletypes.ProfileResourceAssociation{}
	// A Profile that somebody deletes between the two questions is gone.
	r.profiles = slices.DeleteFunc(r.profiles, func(p profiletypes.ProfileSummary) bool {
		if r.err != nil {
			return false
		}
		id := aws.ToString(p.Id)
		err := eachPage(r.ctx, route53profiles.NewListProfileResourceAssociationsPaginator(client,
			&route53profiles.ListProfileResourceAssociationsInput{ProfileId: &id}),
			func(o *route53profiles.ListProfileResourceAssociationsOutput) bool {
				r.inProfiles[id] = append(r.inProfiles[id], o.ProfileResourceAssociations...)
				return true
			})
		var gone *profiletypes.ResourceNotFoundException
		if errors.As(err, &gone) {
			return true
		}
		r.fail(err, "route53profiles:ListProfileResourceAssociations")
		return false
	})
}

// dropStrangeProfiles leaves out the profiles that neither a VPC that was read uses nor carry one of its endpoints: another
// hub's.
func dropStrangeProfiles(seen []*raw) {
	ours := map[string]bool{}
	for _, r := range seen {
		for _, v := range r.vpcs {
			ours[aws.ToString(v.VpcId)] = true
		}
		for _, e := range r.endpoints {
			ours[aws.ToString(e.VpcEndpointId)] = true
		}
	}
	used := map[string]bool{}
	for _, r := range seen {
		for _, a := range r.profiled {
			used[aws.ToString(a.ProfileId)] = used[aws.ToString(a.ProfileId)] || ours[aws.ToString(a.ResourceId)]
		}
	}
	for _, r := range seen {
		r.profiles = slices.DeleteFunc(r.profiles, func(p profiletypes.ProfileSummary) bool {
			id := aws.ToString(p.Id)
			carries := slices.ContainsFunc(r.inProfiles[id], func(a profiletypes.ProfileResourceAssociation) bool {
				_, endpoint, _ := strings.Cut(aws.ToString(a.ResourceArn), ":vpc-endpoint/")
				return ours[endpoint]
			})
			if !used[id] && !carries {
				delete(r.inProfiles, id)
				return true
			}
			return false
		})
	}
}

// zonesAtOnce is enough for the pace of Route 53, where an answer takes less than two steps of it.
const zonesAtOnce = 2

// zonesByOwner are the private zones that somebody asks, by VPC or by profile, under the account that owns them.
func zonesByOwner(seen []*raw) map[string][]string {
	owner := map[string]string{}
	for _, r := range seen {
		for _, list := range r.zones {
			for _, z := range list {
				owner[zoneID(aws.ToString(z.HostedZoneId))] = ownerOf(z)
			}
		}
		for _, list := range r.inProfiles {
			for _, a := range list {
				if id, ok := zoneOfARN(aws.ToString(a.ResourceArn)); ok && owner[id] == "" {
					owner[id] = r.place.Account
				}
			}
		}
	}
	out := map[string][]string{}
	for id, account := range owner {
		out[account] = append(out[account], id)
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}

func ownerOf(z r53types.HostedZoneSummary) string {
	if z.Owner == nil {
		return ""
	}
	if a := aws.ToString(z.Owner.OwningAccount); a != "" {
		return a
	}
	return aws.ToString(z.Owner.OwningService)
}

func zoneID(s string) string { return strings.TrimPrefix(s, "/hostedzone/") }

func zoneOfARN(arn string) (string, bool) {
	_, id, ok := strings.Cut(arn, ":hostedzone/")
	return id, ok
}

// readRecords reads zones of the account: Route 53 tells the VPCs and the records of one zone at a time.
func (r *reader) readRecords(zones []string) {
	if r.err != nil {
		return
	}
	client := route53.NewFromConfig(r.cfg)
	found := make([]*privateZone, len(zones))
	var mu sync.Mutex
	failed := func(err error, action string) bool {
		mu.Lock()
		defer mu.Unlock()
		return r.fail(err, action)
	}
	each(len(zones), zonesAtOnce, func(i int) {
		z, err := client.GetHostedZone(r.ctx, &route53.GetHostedZoneInput{Id: &zones[i]})
		if failed(err, "route53:GetHostedZone") {
			return
		}
		found[i] = &privateZone{name: aws.ToString(z.HostedZone.Name), vpcs: z.VPCs}
		p := route53.NewListResourceRecordSetsPaginator(client, &route53.ListResourceRecordSetsInput{HostedZoneId: &zones[i]})
		for seen := (turned{}); p.HasMorePages(); {
			page, err := p.NextPage(r.ctx)
			if failed(err, "route53:ListResourceRecordSets") || failed(seen.check(page), "route53:ListResourceRecordSets") {
				return
			}
			found[i].records = append(found[i].records, page.ResourceRecordSets...)
		}
	})
	r.private = map[string]*privateZone{}
	for i, z := range zones {
		r.private[z] = found[i]
	}
}

// zoneRecords are the account's zones with their records, and of other accounts' zones which VPCs ask them.
func (r *raw) zoneRecords() []topology.Record {
	const typ = "AWS::Route53::HostedZone"
	var out []topology.Record
	for id, z := range r.private {
		zone := &topology.HostedZoneRecord{Meta: r.untagged(typ, id), Name: z.name}
		for _, v := range z.vpcs {
			zone.VPCs = append(zone.VPCs, topology.HostedZoneVPC{ID: aws.ToString(v.VPCId), Region: string(v.VPCRegion)})
		}
		out = append(out, zone)
		for _, set := range z.records {
			if aws.ToString(set.Name) != z.name || set.Type != r53types.RRTypeNs && set.Type != r53types.RRTypeSoa {
				out = append(out, recordSet(zone.Meta, set))
			}
		}
	}
	for i, list := range r.zones {
		for _, s := range list {
			id := zoneID(aws.ToString(s.HostedZoneId))
			if s.Owner != nil && s.Owner.OwningService != nil || r.private[id] != nil {
				continue // AWS keeps a service's own names in zones that its owner sees
			}
			m := r.untagged(typ, id)
			m.Account = ownerOf(s)
			out = append(out, &topology.HostedZoneRecord{Meta: m, Name: aws.ToString(s.Name),
				VPCs: []topology.HostedZoneVPC{{ID: aws.ToString(r.vpcs[i].VpcId), Region: r.place.Region}}})
		}
	}
	return out
}

func recordSet(zone topology.Meta, set r53types.ResourceRecordSet) topology.Record {
	rec := &topology.RecordSetRecord{HostedZone: zone.ID, Name: aws.ToString(set.Name), RecordType: string(set.Type),
		SetIdentifier: aws.ToString(set.SetIdentifier),
		HealthCheck:   aws.ToString(set.HealthCheckId)}
	rec.Meta = within(zone, "AWS::Route53::RecordSet", rec.Name, rec.RecordType, rec.SetIdentifier)
	for _, v := range set.ResourceRecords {
		rec.Values = append(rec.Values, aws.ToString(v.Value))
	}
	if set.TTL != nil && set.AliasTarget == nil { // an alias has none, whatever an answer says
		rec.TTL = strconv.FormatInt(*set.TTL, 10)
	}
	if a := set.AliasTarget; a != nil {
		rec.Alias = &topology.Alias{Name: aws.ToString(a.DNSName), HostedZone: aws.ToString(a.HostedZoneId)}
	}
	rec.Policy = topology.RoutingPolicy{Weight: int(aws.ToInt64(set.Weight)), Failover: string(set.Failover),
		Everywhere: set.GeoLocation != nil && aws.ToString(set.GeoLocation.CountryCode) == "*",
		Health:     set.AliasTarget != nil && set.AliasTarget.EvaluateTargetHealth}
	for routing, is := range map[string]bool{
		"weighted": set.Weight != nil, "failover": set.Failover != "", "geolocation": set.GeoLocation != nil, "latency": set.Region != "",
		"multivalue": aws.ToBool(set.MultiValueAnswer), "geoproximity": set.GeoProximityLocation != nil, "cidr": set.CidrRoutingConfig != nil,
	} {
		if is {
			rec.Routing = routing
		}
	}
	return rec
}

func (r *raw) profileRecords() []topology.Record {
	var out []topology.Record
	for _, p := range r.profiles {
		rec := &topology.R53ProfileRecord{Meta: r.untagged("AWS::Route53Profiles::Profile", aws.ToString(p.Id)), ARN: aws.ToString(p.Arn)}
		out = append(out, rec)
		for _, a := range r.inProfiles[rec.ID] {
			arn := aws.ToString(a.ResourceArn)
			out = append(out, &topology.R53ProfileResourceAssociationRecord{
				Meta: within(rec.Meta, "AWS::Route53Profiles::ProfileResourceAssociation", arn), Profile: rec.ID, ResourceARN: arn,
				Priority: topology.ProfilePriority(aws.ToString(a.ResourceProperties))})
		}
	}
	ours := r.vpcIDs()
	for _, a := range r.profiled {
		vpc := aws.ToString(a.ResourceId)
		if !ours[vpc] {
			continue
		}
		m := r.untagged("AWS::Route53Profiles::ProfileAssociation", aws.ToString(a.Id))
		m.Account = cmp.Or(aws.ToString(a.OwnerId), m.Account)
		out = append(out, &topology.R53ProfileAssociationRecord{Meta: m, Profile: aws.ToString(a.ProfileId), VPC: vpc})
	}
	return out
}
