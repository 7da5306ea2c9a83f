package topology

var _ = declare(
	Type{Name: "AWS::EC2::PrefixList", Record: &PrefixListRecord{},
		Actions: []string{"ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"},
		Ignored: map[string]string{"PrefixListName": "a name for people", "MaxEntries": "how many entries there may be",
			"Entries.Description": "text for people", "AddressFamily": "repeats of which family the entries are"}},
)

// PrefixList is ranges that rules and routes name by one id.
type PrefixList struct {
	ID, Account, Region string
	Entries             []string
	Source              Source
}

// PrefixListRecord is an AWS::EC2::PrefixList, or a managed prefix list that a live VPC's rules and routes name.
type PrefixListRecord struct {
	Meta
	Entries []string
	// MaxEntries of the list, which count as so many rules; 0 where nothing is said.
	MaxEntries int
}

func (*PrefixListRecord) stage() stage { return alone }

func (r *PrefixListRecord) link(l *linker) {
	l.PrefixLists[r.ID] = &PrefixList{r.ID, r.Account, r.Region, r.Entries, r.Source}
	if r.MaxEntries > 0 && len(r.Entries) > r.MaxEntries {
		l.conflict(r, "the prefix list has %d entries and MaxEntries %d: AWS takes no more", len(r.Entries), r.MaxEntries)
	}
}

// entriesOf are the ranges of a prefix list; false where it is not known.
func (n *Network) entriesOf(list string) ([]string, bool) {
	if l := n.PrefixLists[list]; l != nil {
		return l.Entries, true
	}
	return nil, false
}

func (n *Network) prefixListPart(l *PrefixList) Part {
	p := Part{Type: "AWS::EC2::PrefixList", ID: l.ID, Account: l.Account, Region: l.Region, Noun: "prefix list", Source: l.Source,
		Keys: known(l.ID, l.Source)}
	for _, e := range l.Entries {
		p.Facts = append(p.Facts, one("entry", e))
	}
	return p
}
