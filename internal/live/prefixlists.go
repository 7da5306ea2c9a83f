package live

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"sharedhub/internal/topology"
)

// prefixList is a managed prefix list with its entries.
type prefixList struct {
	types.ManagedPrefixList
	entries []string
}

// readPrefixLists reads the managed prefix lists that security groups and routes of the VPCs name, of whichever account. One that the
// account does not see stays unknown.
func (r *reader) readPrefixLists() {
	r.byID("prefix-list-id", r.namedLists(), func(f []types.Filter) {
		pages(r, "ec2:DescribeManagedPrefixLists", ec2.NewDescribeManagedPrefixListsPaginator(r.ec2,
			&ec2.DescribeManagedPrefixListsInput{Filters: f}), func(o *ec2.DescribeManagedPrefixListsOutput) {
			for _, l := range o.PrefixLists {
				r.lists = append(r.lists, prefixList{ManagedPrefixList: l})
			}
		})
	})
	for i := range r.lists {
		l := &r.lists[i]
		pages(r, "ec2:GetManagedPrefixListEntries", ec2.NewGetManagedPrefixListEntriesPaginator(r.ec2,
			&ec2.GetManagedPrefixListEntriesInput{PrefixListId: l.PrefixListId}), func(o *ec2.GetManagedPrefixListEntriesOutput) {
			for _, e := range o.Entries {
				l.entries = append(l.entries, aws.ToString(e.Cidr))
			}
		})
	}
}

// namedLists are the ids of the prefix lists that rules and routes name, but for the routes of gateway endpoints.
func (r *raw) namedLists() []string {
	var out []string
	add := func(id *string) {
		if s := aws.ToString(id); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, g := range r.groups {
		for _, p := range slices.Concat(g.IpPermissions, g.IpPermissionsEgress) {
			for _, l := range p.PrefixListIds {
				add(l.PrefixListId)
			}
		}
	}
	for _, t := range r.tables {
		for _, route := range t.Routes {
			if !ofGatewayEndpoint(route) {
				add(route.DestinationPrefixListId)
			}
		}
	}
	return out
}

func (r *raw) prefixListRecords() []topology.Record {
	var out []topology.Record
	for _, l := range r.lists {
		out = append(out, &topology.PrefixListRecord{Meta: r.meta("AWS::EC2::PrefixList", l.PrefixListId, l.Tags), Entries: l.entries})
	}
	return out
}
