package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sharedhub/internal/diag"
	"sharedhub/internal/topology"
)

// Document is a report for people, before it is Markdown or a page.
type Document struct {
	Title   string
	Verdict string
	Good    bool
	Parts   []Part
}

// Part is a section with what stands in it, in its order.
type Part struct {
	// Level of the heading: 2 or 3.
	Level  int
	Title  string
	Blocks []Block
}

// Block is one of: a paragraph, a list, a table, or text as it is.
type Block struct {
	Text  string
	List  []string
	Table *Table
	Code  string
}

// Table has cells of text.
type Table struct {
	Columns []string
	Rows    [][]Text
	// Matrix is true where the cells are answers, in narrow columns.
	Matrix bool
}

// Text of a cell.
type Text struct {
	Is string
	// Mark is "good", "bad" or "unsure"; "" for plain text.
	Mark string
	// Code is true for names, ids and ranges; Link leads to a source.
	Code bool
	Link string
}

func say(s string) Text  { return Text{Is: s} }
func code(s string) Text { return Text{Is: s, Code: true} }

// How much of a list a cell holds; JSON has all.
const (
	mostInCell  = 12
	mostSpokes  = 40
	mostNumbers = 200 // lines of findings
)

// Document is the report for people.
func (r *Report) Document() *Document {
	d := &Document{Title: r.title(), Verdict: r.verdict(), Good: r.Holds}
	d.part(2, "What was looked at", Block{Table: r.evidenceTable()}, Block{List: r.numbers()})
	for _, h := range r.Hubs {
		d.hub(h)
	}
	d.findings(r)
	d.controls(r)
	d.part(2, "What this report does not show", Block{List: r.Limits})
	return d
}

func (d *Document) part(level int, title string, blocks ...Block) {
	d.Parts = append(d.Parts, Part{level, title, blocks})
}

func (r *Report) title() string {
	var names []string
	for _, h := range r.Hubs {
		names = append(names, h.Name)
	}
	return "Network report of " + few(names, 6)
}

func (r *Report) verdict() string {
	errors := len(r.Proof.Findings.Errors())
	switch {
	case r.Live != nil && len(r.Live.Unseen) > 0:
		return fmt.Sprintf("Incomplete: %s could not be read; %s and %s in the rest.", count(len(r.Live.Unseen), "account or region"),
			count(len(r.Live.Differences), "difference"), count(errors, "error"))
	case r.Holds && r.Live != nil:
		return "The live network is as configured: each spoke reaches what it should, and nothing else is reachable."
	case r.Holds:
		return "The templates make the configured network: each spoke reaches what it should, and nothing else is reachable."
	case r.Live != nil:
		return fmt.Sprintf("The live network is not as configured: %s, %s.", count(len(r.Live.Differences), "difference"), count(errors, "error"))
	}
	return fmt.Sprintf("The templates do not make the configured network: %s.", count(errors, "error"))
}

func (r *Report) evidenceTable() *Table {
	e := r.Evidence
	commit := e.Commit
	switch {
	case commit == "":
		commit = "none: the folder is in no git repository"
	case e.Changed:
		commit += ", with changes that are in no commit"
	}
	what, when, who := "templates: what a deployment makes", "none: equal templates have equal reports", say("nobody: no account was asked")
	if r.Live != nil {
		what, when, who = "the live network, as the accounts answered", e.Time, code(e.Caller)
	}
	return &Table{Columns: []string{"", ""}, Rows: [][]Text{
		{say("network"), say(what)}, {say("configuration"), code(e.Folder)}, {say("digest of its files"), code(e.Digest)},
		{say("commit"), say(commit)}, {say("program"), say(e.Program + ", CDK library " + e.CDK)}, {say("time"), say(when)},
		{say("caller"), who}}}
}

func (r *Report) numbers() []string {
	c := r.Proof.Counts
	bounded, endpoints := bounded(r)
	return []string{
		fmt.Sprintf("%s, %s, %s", count(c.Hubs, "hub"), count(c.Spokes, "spoke"), count(endpoints, "endpoint")),
		fmt.Sprintf("%s there and back, %s that resolve, %s of VPCs were followed", count(c.Paths, "path"), count(c.Names, "name"),
			count(c.Pairs, "pair")),
		fmt.Sprintf("%d of %d endpoints have a policy of their own; %s none", bounded, endpoints, takes(len(r.Proof.NoPolicyPossible))),
	}
}

func takes(n int) string {
	if n == 1 {
		return "1 service takes"
	}
	return fmt.Sprintf("%d services take", n)
}

func (d *Document) hub(h Hub) {
	intro := fmt.Sprintf("Account %s, region %s, range %s.", h.Account, h.Region, h.CIDR)
	if a := h.Transit.Account; a != "" && a != h.Account {
		intro += " Transit Gateway of account " + a + "."
	}
	if h.Organization != "" {
		intro += " Organization " + h.Organization + "."
	}
	if !h.Found {
		d.part(2, "Hub "+h.Name, Block{Text: intro}, Block{Text: "The network has no such hub; see Findings."})
		return
	}
	d.part(2, "Hub "+h.Name, Block{Text: intro})
	d.segments(h)
	d.spokes(h)
	d.endpoints(h)
	d.policies(h)
	d.facts(h)
}

// segments say who may reach whom, and who does.
func (d *Document) segments(h Hub) {
	may := &Table{Columns: []string{"segment", "ranges", "spokes", "the configuration lets it reach"}}
	for _, s := range h.Segments {
		list := []string{"the hub's endpoints"}
		for _, m := range s.May {
			if m == s.Name {
				m = "each other"
			}
			list = append(list, m)
		}
		list = append(list, s.External...)
		may.Rows = append(may.Rows, []Text{say(s.Name), code(few(s.Pools, mostInCell)), say(fmt.Sprint(s.Spokes)), say(few(list, mostInCell))})
	}
	var columns []string
	names := map[string]string{toHub: "hub", toOthers: "other VPCs", toInternet: "internet", toOutside: "elsewhere"}
	rows := map[string][]Text{}
	for _, c := range h.Matrix {
		name := c.To
		if n := names[c.To]; n != "" {
			name = n
		}
		if c.From == h.Segments[0].Name {
			columns = append(columns, name)
		}
		rows[c.From] = append(rows[c.From], answer(c))
	}
	matrix := &Table{Columns: append([]string{"from ↓ to →"}, columns...), Matrix: true}
	for _, s := range h.Segments {
		matrix.Rows = append(matrix.Rows, append([]Text{say(s.Name)}, rows[s.Name]...))
	}
	d.part(3, "Segments of "+h.Name, Block{Table: may},
		Block{Text: "Who reaches whom and gets answers, over all pairs of attached spokes. Other VPCs are those that are no attached spoke of " +
			"this hub, elsewhere are networks that no stack makes."}, Block{Table: matrix})
}

// answer is a cell of the matrix.
func answer(c Cell) Text {
	t := Text{Mark: "good"}
	if !c.AsExpected {
		t.Mark = "bad"
	}
	switch {
	case c.Pairs == 0:
		return Text{Is: "–"}
	case c.Undecided > 0:
		t = Text{Is: fmt.Sprintf("unknown for %d of %d", c.Undecided, c.Pairs), Mark: "unsure"}
	case c.Yes == c.Pairs:
		t.Is = "yes"
	case c.Yes == 0:
		t.Is = "no"
	default:
		t.Is = fmt.Sprintf("%d of %d", c.Yes, c.Pairs)
	}
	if !c.AsExpected && c.Undecided == 0 {
		t.Is += ", not as configured"
	}
	return t
}

func (d *Document) spokes(h Hub) {
	blocks := []Block{{Text: "Spokes of a segment with equal answers to every question are one group. What is not listed as reached is not " +
		"reached."}}
	for _, g := range h.Groups {
		t := &Table{Columns: []string{"group " + g.ID, fmt.Sprintf("%s of segment %s: %s", count(len(g.Spokes), "spoke"), g.Segment,
			few(g.Spokes, mostSpokes))}}
		row := func(what string, list []string, none, mark string) {
			cell := Text{Is: few(list, mostSpokes), Mark: mark}
			if len(list) == 0 {
				if none == "" {
					return
				}
				cell = say(none)
			}
			t.Rows = append(t.Rows, []Text{say(what), cell})
		}
		row("reaches", g.Reaches, "nothing", "")
		row("cannot reach", g.Cannot, "", "")
		row("not known", g.Undecided, "", "unsure")
		row("internet and beyond", g.Outside, "no way", "bad")
		row("services, by private names", g.Services, "none", "")
		row("names that lead nowhere", g.Closed, "", "bad")
		row("names that others decide", g.NamesUndecided, "", "unsure")
		blocks = append(blocks, Block{Table: t})
	}
	all := &Table{Columns: []string{"spoke", "group", "segment", "account", "ranges", "state"}}
	for _, s := range h.Spokes {
		group := say(s.Group)
		if s.Group == "" {
			group = Text{Is: "not found", Mark: "bad"}
		}
		all.Rows = append(all.Rows, []Text{say(s.Name), group, say(s.Segment), code(s.Account), code(join(s.CIDRs)), say(s.State)})
	}
	if len(h.Spokes) > 0 {
		blocks = append(blocks, Block{Table: all})
	}
	d.part(3, "Spokes of "+h.Name, blocks...)
}

func (d *Document) endpoints(h Hub) {
	t := &Table{Columns: []string{"service", "policy", "groups of spokes that use it", "private names"}}
	var none []string
	admits := map[string][]string{}
	for _, s := range h.Services {
		policy := s.Kind
		switch {
		case !s.Found:
			policy = "no such endpoint"
		case noPolicy(s):
			policy = "none possible"
			none = append(none, s.Name)
		case s.Policy != openPolicy:
			policy += " (" + s.Policy + ")"
		}
		t.Rows = append(t.Rows, []Text{say(s.Name), say(policy), say(few(s.UsedBy, mostInCell)),
			code(few(s.Names, mostInCell))})
		if s.Found {
			admits[strings.Join(s.Admits, "; ")] = append(admits[strings.Join(s.Admits, "; ")], s.Name)
		}
	}
	blocks := []Block{{Table: t}}
	for _, who := range slices.Sorted(maps.Keys(admits)) {
		of := "Security groups admit "
		if len(admits) > 1 {
			of = "Security groups of " + few(admits[who], mostInCell) + " admit "
		}
		blocks = append(blocks, Block{Text: of + cmp.Or(who, "nobody") + "."})
	}
	switch {
	case len(none) > 0:
		blocks = append(blocks, Block{Text: "Services that take no endpoint policy, so that identity and resource policies alone decide: " +
			join(none) + "."})
	case len(h.Services) > 0:
		blocks = append(blocks, Block{Text: "Every service of this hub takes an endpoint policy, as far as is known."})
	}
	if len(h.Gateways) > 0 {
		g := &Table{Columns: []string{"gateway endpoint", "policy", "in the VPCs of"}}
		for _, e := range h.Gateways {
			policy := e.Kind
			if e.Policy != openPolicy {
				policy += " (" + e.Policy + ")"
			}
			g.Rows = append(g.Rows, []Text{say(e.Service), say(policy), say(few(e.Spokes, mostSpokes))})
		}
		blocks = append(blocks, Block{Table: g})
	}
	d.part(3, "Endpoints of "+h.Name, blocks...)
}

// policies are said in words, and in full.
func (d *Document) policies(h Hub) {
	blocks := []Block{{Text: "A policy bounds what passes an endpoint, and grants nothing. Endpoints without one let everything pass, as " +
		"far as identity and resource policies allow it; so does AWS's default policy, which is not listed."}}
	for _, p := range h.Policies {
		text, _ := json.MarshalIndent(p.Document, "", "  ")
		lines := strings.Split(topology.Plain(string(text)), "\n")
		for i, l := range lines {
			lines[i] = diag.Plain(l)
		}
		blocks = append(blocks, Block{Text: p.ID + " of " + few(p.Of, mostSpokes) + ":"}, Block{List: p.Words},
			Block{Code: strings.Join(lines, "\n")})
	}
	if len(h.Policies) == 0 {
		blocks = append(blocks, Block{Text: "No endpoint has a policy of its own."})
	}
	d.part(3, "Policies of "+h.Name, blocks...)
}

// facts are flow logs, exposure, shares and roles.
func (d *Document) facts(h Hub) {
	logs := &Table{Columns: []string{"flow logs of", "packets", "to", "kept", "key", "as configured"}}
	for _, l := range h.Logs {
		to, kept, key := l.To, fmt.Sprintf("%d days", l.RetentionDays), l.Key
		traffic := l.Traffic
		switch {
		case l.To == "":
			to, kept, key, traffic = "none", "", "", ""
		case !l.Group:
			kept, key = "as the bucket's lifecycle says", "as the bucket's settings say"
		case l.RetentionDays == 0:
			kept = "for ever"
		}
		if l.Group && key == "" {
			key = "CloudWatch's own"
		}
		as := Text{Is: "yes", Mark: "good"}
		if !l.AsConfigured {
			as = Text{Is: "no", Mark: "bad"}
		}
		logs.Rows = append(logs.Rows, []Text{say(few(l.Of, mostSpokes)), say(traffic), say(to), say(kept), say(key), as})
	}
	d.part(3, "Flow logs of "+h.Name, Block{Table: logs})
	if len(h.Exposure) == 0 {
		d.part(3, "Exposure of "+h.Name, Block{Text: "None. No VPC has an internet gateway, a NAT gateway, a route to the internet or to " +
			"networks elsewhere, a peering connection, an IPv6 range or a second Transit Gateway."})
	} else {
		t := &Table{Columns: []string{"way in or out beside the hub", "VPCs"}}
		for _, e := range h.Exposure {
			t.Rows = append(t.Rows, []Text{{Is: e.What, Mark: "bad"}, say(few(e.Of, mostSpokes))})
		}
		d.part(3, "Exposure of "+h.Name, Block{Table: t})
	}
	d.grants(h)
}

func (d *Document) grants(h Hub) {
	shares := &Table{Columns: []string{"shared", "with", "outside the organization", "where"}}
	for _, s := range h.Shares {
		outside := say("no")
		if s.Outside {
			outside = Text{Is: "allowed", Mark: "unsure"}
		}
		shares.Rows = append(shares.Rows, []Text{say(join(s.Shares)), say(few(s.With, mostInCell)), outside, code(s.Where)})
	}
	blocks := []Block{{Table: shares}}
	if len(h.Shares) == 0 {
		blocks = []Block{{Text: "The hub shares nothing with other accounts."}}
	}
	switch t := h.Transit; {
	case t.External && t.Account != h.Account:
		blocks = append(blocks, Block{Text: "The Transit Gateway is of account " + t.Account + ", which shares it. Its options and its share " +
			"are not read."})
	case t.External:
		blocks = append(blocks, Block{Text: "The Transit Gateway exists outside these stacks. Its options are not read."})
	default:
		blocks = append(blocks, Block{List: []string{
			"attachments of accounts that the Transit Gateway is shared with are accepted by itself: " + yesNo(t.AutoAccept),
			"attachments get a route table by itself: " + yesNo(t.DefaultTables),
			"security groups may name groups of other VPCs: " + yesNo(t.GroupReferencing)}})
	}
	d.part(3, "Shares of "+h.Name, blocks...)
	roles := &Table{Columns: []string{"role", "account", "trust policy", "may", "used by stacks"}}
	for _, l := range alike(h) {
		r := l[0]
		row := []Text{code(r.Name), code(r.Account), say(strings.Join(r.Trusts, "; ")), say(strings.Join(r.May, "; ")),
			code(few(r.For, mostInCell))}
		if len(l) > 1 {
			row[1], row[4] = say(fmt.Sprintf("%d roles like it", len(l))), say("each by its spoke's link")
		}
		roles.Rows = append(roles.Rows, row)
	}
	blocks = []Block{{Table: roles}}
	if len(h.Roles) == 0 {
		blocks = []Block{{Text: "No stack reads another account."}}
	}
	d.part(3, "Roles of "+h.Name, append(blocks, Block{Text: "Roles by which VPC flow logs write to their log group are not listed; each " +
		"trusts that service alone."})...)
}

// alike puts the readers of spokes together that say the same of their own spoke: NAME and ACCOUNT stand for its own.
func alike(h Hub) [][]Role {
	var out [][]Role
	place := map[string]int{}
	for _, r := range h.Roles {
		spoke, is := strings.CutPrefix(strings.TrimSuffix(r.Name, "-reader"), h.Name+"-spoke-")
		if !is {
			out = append(out, []Role{r})
			continue
		}
		own := strings.NewReplacer("-spoke-"+spoke, "-spoke-NAME", r.Account, "ACCOUNT")
		if r.Account == h.Account {
			own = strings.NewReplacer("-spoke-"+spoke, "-spoke-NAME")
		}
		b, _ := json.Marshal([][]string{r.Trusts, r.May})
		key := own.Replace(string(b))
		i, known := place[key]
		if !known {
			i = len(out)
			place[key] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], r)
		if len(out[i]) == 2 {
			first := &out[i][0]
			_ = json.Unmarshal([]byte(key), &[]*[]string{&first.Trusts, &first.May})
			first.Name = h.Name + "-spoke-NAME-reader"
		}
	}
	return out
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (d *Document) findings(r *Report) {
	var blocks []Block
	list := func(title string, l diag.List) {
		if len(l) == 0 {
			return
		}
		var lines []string
		for i, f := range l {
			if i == mostNumbers {
				lines = append(lines, fmt.Sprintf("%d more; the JSON has all", len(l)-i))
				break
			}
			lines = append(lines, f.String())
		}
		blocks = append(blocks, Block{Text: title}, Block{List: lines})
	}
	list("The proof:", r.Proof.Findings)
	if r.Live != nil {
		list("Differences between the live network and the templates:", r.Live.Differences)
		list("Not looked at:", r.Live.Unseen)
	}
	if blocks == nil {
		blocks = []Block{{Text: "None."}}
	}
	d.part(2, "Findings", blocks...)
}

func (d *Document) controls(r *Report) {
	d.part(2, "Controls", Block{Text: "What this network has to do with the controls that auditors ask for. No line says that a control is " +
		"met: people and procedures are a part of each. “Supports” means that what stands beside it is so in this network, and is evidence " +
		"for a part of the control; “against” that the network is not as the control asks; “not told” that this report cannot tell."})
	var t *Table
	for i, c := range r.Controls {
		if i == 0 || r.Controls[i-1].Framework != c.Framework {
			t = &Table{Columns: []string{"control", "asks that", "", "this report shows", "and does not show"}}
			d.part(3, c.Framework, Block{Table: t})
		}
		status := map[Status]Text{Supports: {Is: "supports", Mark: "good"}, Against: {Is: "against", Mark: "bad"},
			Unknown: {Is: "not told", Mark: "unsure"}}
		link := c.Source
		if at := strings.IndexByte(link, ' '); at >= 0 {
			link = link[:at]
		}
		t.Rows = append(t.Rows, []Text{{Is: c.Number, Link: link}, say(c.Asks), status[c.Status], say(c.Shows), say(c.DoesNotShow)})
	}
}
