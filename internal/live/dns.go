package live

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sharedhub/internal/topology"
)

// domain is a name as Route 53 means it: lower case, no dot at its end, and no escapes ("\052" is an asterisk).
func domain(name string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSuffix(name, ".")), `\052`, "*")
}

func (b *builder) zones(r *raw) {
	for id, z := range r.private {
		zone := &topology.HostedZone{ID: id, Name: domain(z.name), Account: r.place.Account, Source: topology.Source{ID: id}}
		for _, v := range z.vpcs {
			zone.VPCs = append(zone.VPCs, topology.HostedZoneVPC{ID: aws.ToString(v.VPCId), Region: string(v.VPCRegion)})
		}
		for _, rec := range z.records {
			name := domain(aws.ToString(rec.Name))
			if name == zone.Name && (rec.Type == r53types.RRTypeNs || rec.Type == r53types.RRTypeSoa) {
				continue
			}
			zone.Records = append(zone.Records, b.record(name, rec, zone.Source))
		}
		b.HostedZones[id] = zone
	}
	for i, list := range r.zones { // zones of accounts that nobody asked
		for _, s := range list {
			id := zoneID(aws.ToString(s.HostedZoneId))
			if s.Owner != nil && s.Owner.OwningService != nil || r.private[id] != nil {
				continue // AWS keeps a service's own names in zones that its owner sees
			}
			zone := b.HostedZones[id]
			if zone == nil {
				zone = &topology.HostedZone{ID: id, Name: domain(aws.ToString(s.Name)), Account: ownerOf(s), Source: topology.Source{ID: id}}
				b.HostedZones[id] = zone
			}
			at := topology.HostedZoneVPC{ID: aws.ToString(r.vpcs[i].VpcId), Region: r.place.Region}
			if !slices.Contains(zone.VPCs, at) {
				zone.VPCs = append(zone.VPCs, at)
			}
		}
	}
}

func (b *builder) record(name string, rec r53types.ResourceRecordSet, source topology.Source) topology.DNSRecord {
	out := topology.DNSRecord{Name: name, Type: string(rec.Type), Source: source}
	if rec.AliasTarget == nil {
		var values []string
		for _, v := range rec.ResourceRecords {
			values = append(values, aws.ToString(v.Value))
		}
		out.Target = strings.Join(values, " ")
		return out
	}
	out.Target = domain(aws.ToString(rec.AliasTarget.DNSName))
	entry, ok := b.names[out.Target]
	switch {
	case !ok:
		return out
	case entry.index != 0:
		out.Broken = fmt.Sprintf("the alias is DnsEntries[%d], not the endpoint's regional name, DnsEntries[0]", entry.index)
	case entry.zone != aws.ToString(rec.AliasTarget.HostedZoneId):
		out.Broken = "the alias's hosted zone is not that of the same DNS entry"
	}
	out.Endpoint = entry.endpoint
	return out
}

func (b *builder) profiles(r *raw) {
	for _, p := range r.profiles {
		profile := &topology.R53Profile{ID: aws.ToString(p.Id), ARN: aws.ToString(p.Arn), Account: r.place.Account, Region: r.place.Region, Source: topology.Source{ID: aws.ToString(p.Id)}}
		for _, a := range r.inProfiles[profile.ID] {
			arn := aws.ToString(a.ResourceArn)
			if _, id, ok := strings.Cut(arn, ":vpc-endpoint/"); ok && b.Endpoints[id] != nil {
				profile.Endpoints = append(profile.Endpoints, b.Endpoints[id])
			} else if id, ok := zoneOfARN(arn); ok && b.HostedZones[id] != nil {
				profile.HostedZones = append(profile.HostedZones, b.HostedZones[id])
			} else {
				b.strange(profile.Source, "carries what is neither an endpoint nor a zone of the network: %s", arn)
			}
		}
		b.R53Profiles[profile.ID] = profile
	}
}

func (b *builder) profiled(r *raw) {
	for _, a := range r.profiled {
		vpc, id := aws.ToString(a.ResourceId), aws.ToString(a.Id)
		if b.joined[id] || b.VPCs[vpc] == nil {
			continue
		}
		b.joined[id] = true
		p := b.R53Profiles[aws.ToString(a.ProfileId)]
		if p == nil { // another account's
			p = &topology.R53Profile{ID: aws.ToString(a.ProfileId), Region: r.place.Region, Source: topology.Source{ID: aws.ToString(a.ProfileId)}}
			b.R53Profiles[p.ID] = p
		}
		b.R53ProfileAssociations[vpc] = append(b.R53ProfileAssociations[vpc], topology.R53ProfileAssociation{R53Profile: p, Account: cmp.Or(aws.ToString(a.OwnerId), r.place.Account), Source: topology.Source{ID: id}})
	}
}
