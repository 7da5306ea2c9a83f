package topology

var _ = declare(
	Type{Name: "AWS::EC2::PrefixList", Record: &PrefixListRecord{},
		Unseen:  "rules that name a list are compared by the list, and a proof refuses a list that it cannot read",
		NoFacts: "rules and routes that name it are compared",
		Ignored: map[string]string{"PrefixListName": "a name for people", "MaxEntries": "how many entries there may be",
			"Entries.Description": "text for people", "AddressFamily": "repeats of which family the entries are"}},
)

// PrefixListRecord is an AWS::EC2::PrefixList: ranges that rules and routes name by one id.
type PrefixListRecord struct {
	Meta
	Entries []string
	// MaxEntries of the list, which count as so many rules; 0 where nothing is said.
	MaxEntries int
}

func (*PrefixListRecord) stage() stage { return alone }

func (r *PrefixListRecord) link(l *linker) {
	l.prefixLists[r.ID] = r.Entries
	if r.MaxEntries > 0 && len(r.Entries) > r.MaxEntries {
		l.conflict(r, "the prefix list has %d entries and MaxEntries %d: AWS takes no more", len(r.Entries), r.MaxEntries)
	}
}
