// Package report shows an auditor what a network is: who reaches whom, by which names, through which policies, and what records
// it. It says for each control what that shows, and what it does not.
//
// Who reaches whom comes from the network itself, as package reach follows packets through it; the configuration is only what it
// is compared with. The same network gives the same bytes.
package report

import (
	"fmt"
	"slices"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/prove"
	"sharedhub/internal/ranges"
	"sharedhub/internal/reach"
	"sharedhub/internal/reach/view"
	"sharedhub/internal/topology"
)

// Input is what a report is made of.
type Input struct {
	Config  *config.Config
	Network *topology.Network
	// Proof of the network against the configuration.
	Proof    *prove.Result
	Evidence Evidence
	// Live is what only a live network has; nil for templates.
	Live *Live
	// Hub limits the report to one hub. Default: all.
	Hub string
}

// Evidence says what was looked at, and with what.
type Evidence struct {
	// Program and CDK are versions.
	Program string `json:"program"`
	CDK     string `json:"cdk"`
	// Folder of the configuration, and the Digest of its files.
	Folder string `json:"folder"`
	Digest string `json:"digest"`
	// Commit of the folder; "" where it is in no git repository. Changed is true where its files are not as in the commit.
	Commit  string `json:"commit"`
	Changed bool   `json:"changed"`
	// Time and Caller, an ARN, of who looked; "" for templates, which are the same whenever and whoever.
	Time   string `json:"time"`
	Caller string `json:"caller"`
}

// Live is what verify found beside the proof.
type Live struct {
	// Differences between the live network and the templates, and the accounts and regions that were Unseen.
	Differences diag.List `json:"differences"`
	Unseen      diag.List `json:"unseen"`
}

// Report is everything that is shown.
type Report struct {
	Evidence Evidence `json:"evidence"`
	// Holds is true where the proof holds and, of a live network, where all was seen and nothing differs.
	Holds bool `json:"holds"`
	// Proof with its findings.
	Proof *prove.Result `json:"proof"`
	// Live is nil for templates.
	Live     *Live     `json:"live"`
	Hubs     []Hub     `json:"hubs"`
	Controls []Control `json:"controls"`
	// Limits are what no part of the report shows, one sentence each.
	Limits []string `json:"limits"`
}

// Hub is one hub with its spokes.
type Hub struct {
	Name         string `json:"name"`
	Account      string `json:"account"`
	Region       string `json:"region"`
	CIDR         string `json:"cidr"`
	Organization string `json:"organization"`
	// Found is false where the network has no such hub; then there is nothing more to say.
	Found    bool         `json:"found"`
	Segments []Segment    `json:"segments"`
	Matrix   []Cell       `json:"matrix"`
	Groups   []Group      `json:"groups"`
	Spokes   []Spoke      `json:"spokes"`
	Services []Service    `json:"services"`
	Policies []Policy     `json:"policies"`
	Gateways []Gateway    `json:"gatewayEndpoints"`
	Logs     []Logs       `json:"flowLogs"`
	Exposure []Exposure   `json:"exposure"`
	Shares   []Share      `json:"shares"`
	Roles    []Role       `json:"roles"`
	Transit  TransitFacts `json:"transitGateway"`
}

// Segment is one of the configuration.
type Segment struct {
	Name   string   `json:"name"`
	Pools  []string `json:"pools"`
	Spokes int      `json:"spokes"`
	// May are the segments that the configuration lets it exchange packets with, itself included in a mesh.
	May []string `json:"may"`
	// External are the attachments that exist and that it exchanges packets with, with what is assumed to lie behind them.
	External []string `json:"external,omitempty"`
}

// Cell is who of one segment reaches whom of another, over all pairs of spokes; To is "hub", "others" for VPCs that are not the
// hub's or its spokes', "internet" or "outside" for networks that no stack makes.
type Cell struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Yes and Undecided of all Pairs.
	Yes       int `json:"yes"`
	Undecided int `json:"undecided"`
	Pairs     int `json:"pairs"`
	// Expected is what the configuration says, and AsExpected whether all pairs are so.
	Expected   bool `json:"expected"`
	AsExpected bool `json:"asExpected"`
}

// Group is spokes of a segment with equal answers to every question.
type Group struct {
	ID      string   `json:"id"`
	Segment string   `json:"segment"`
	Spokes  []string `json:"spokes"`
	// Reaches and Cannot are hub and groups, Outside ways to the internet and beyond.
	Reaches   []string `json:"reaches"`
	Cannot    []string `json:"cannot"`
	Undecided []string `json:"undecided"`
	Outside   []string `json:"outside"`
	// Names that lead to an endpoint which it reaches; Closed and NamesUndecided with the reason.
	Names          []string `json:"names"`
	Closed         []string `json:"closed"`
	NamesUndecided []string `json:"namesUndecided"`
	// Services are those of Names.
	Services []string `json:"services"`

	of int // the group of the summary
}

// Spoke is one spoke.
type Spoke struct {
	Name    string   `json:"name"`
	Account string   `json:"account"`
	Segment string   `json:"segment"`
	CIDRs   []string `json:"cidrs"`
	State   string   `json:"state"`
	// Group is "" where the network has no such VPC.
	Group string `json:"group"`
}

// Of makes a report.
func Of(in Input) *Report {
	r := &Report{Evidence: in.Evidence, Proof: in.Proof, Live: in.Live, Hubs: []Hub{}, Limits: slices.Clone(limits)}
	for _, a := range in.Proof.Assumed {
		r.Limits = append(r.Limits, "Assumed, and not proved: "+a+".")
	}
	r.Holds = in.Proof.Holds() && (in.Live == nil || len(in.Live.Differences)+len(in.Live.Unseen) == 0)
	m := newModel(in)
	for _, at := range prove.Locate(in.Config, in.Network) {
		if in.Hub == "" || at.Hub.Name == in.Hub {
			r.Hubs = append(r.Hubs, m.hub(at))
		}
	}
	r.Controls = controls(r)
	return r
}

// limits are what this program never looks at.
var limits = []string{
	"Security groups and operating systems of workloads. A spoke reaches an endpoint or another spoke as far as routes, network ACLs and " +
		"the endpoints' own security groups go; a workload's own security group may close more.",
	"What identities and resources allow. Endpoint policies only bound what IAM policies, resource policies and keys grant.",
	"What is encrypted. The network carries what applications send; AWS's API endpoints take TLS.",
	"Anything else in the accounts: other VPCs that are not attached, users, roles, data, backups, patches.",
	"Whether logs are read. Flow logs record headers of packets, and say nothing of who made a request or of its content.",
}

// model is a network with who is who.
type model struct {
	in      Input
	result  *reach.Result
	summary *view.Summary
	names   *prove.Names
	vpcs    map[*topology.VPC]*reach.VPC
	group   map[string]int // by the VPC's name in the result
}

func newModel(in Input) *model {
	m := &model{in: in, result: reach.Of(in.Network), names: prove.NewNames(in.Network), vpcs: map[*topology.VPC]*reach.VPC{},
		group: map[string]int{}}
	byResource := map[string]*reach.VPC{}
	for i := range m.result.VPCs {
		byResource[m.result.VPCs[i].Resource] = &m.result.VPCs[i]
	}
	tags := make([]map[string]string, len(m.result.VPCs))
	for _, v := range in.Network.VPCs {
		m.vpcs[v] = byResource[topology.Plain(v.Source.String())]
	}
	all := make([]bool, len(m.result.VPCs))
	for i := range all {
		all[i] = true
	}
	m.summary = view.Summarise(m.result, view.Asked{From: all, To: all}, tags)
	for i, g := range m.summary.Groups {
		for _, name := range g.VPCs {
			m.group[name] = i
		}
	}
	return m
}

func (m *model) hub(at prove.Place) Hub {
	h := at.Hub
	out := Hub{Name: h.Name, Account: h.Account, Region: h.Region, CIDR: h.CIDR.String(), Organization: h.Organization.ID,
		Found: at.VPC != nil}
	for _, s := range h.Segments {
		seg := Segment{Name: s.Name, Pools: []string{}, May: append([]string{}, h.Peers(s.Name)...)}
		for _, p := range s.Pools {
			seg.Pools = append(seg.Pools, p.String())
		}
		for _, sp := range h.Spokes {
			if sp.Segment == s.Name {
				seg.Spokes++
			}
		}
		for _, e := range h.External {
			if slices.Contains(seg.May, e.Segment) {
				seg.External = append(seg.External, fmt.Sprintf("external %s, assumed to be %s", e.Name, ranges.Join(e.CIDRs)))
			}
		}
		out.Segments = append(out.Segments, seg)
	}
	if !out.Found {
		return out
	}
	b := &builder{model: m, at: at, out: &out, spokeOf: map[string]*config.Spoke{}, idOf: map[string]string{}}
	for _, s := range at.Spokes {
		if v := m.vpcs[s.VPC]; v != nil {
			b.spokeOf[v.Name] = s.Spoke
		}
	}
	b.matrix()
	b.groups()
	b.services()
	b.gateways()
	b.logs()
	b.exposure()
	b.shares()
	b.roles()
	return out
}

// builder fills in one hub.
type builder struct {
	*model
	at      prove.Place
	out     *Hub
	spokeOf map[string]*config.Spoke // by the VPC's name in the result
	idOf    map[string]string        // of groups, likewise
}

func (b *builder) reachOf(v *topology.VPC) *reach.VPC { return b.vpcs[v] }

// To of cells that are no segments.
const (
	toHub      = "hub"
	toOthers   = "others"
	toInternet = "internet"
	toOutside  = "outside"
)

// matrix counts over all pairs of spokes.
func (b *builder) matrix() {
	cells := map[[2]string]*Cell{}
	cell := func(from, to string) *Cell {
		key := [2]string{from, to}
		if cells[key] == nil {
			cells[key] = &Cell{From: from, To: to}
		}
		return cells[key]
	}
	for _, s := range b.at.Spokes {
		v := b.reachOf(s.VPC)
		if v == nil || !s.Spoke.Attached() {
			continue
		}
		from := s.Spoke.Segment
		yes, maybe := set(v.Reaches), set(v.Undecided)
		count := func(to, name string) {
			c := cell(from, to)
			c.Pairs++
			if yes[name] {
				c.Yes++
			} else if maybe[name] {
				c.Undecided++
			}
		}
		for i := range b.result.VPCs {
			switch o := &b.result.VPCs[i]; {
			case o == v:
			case o == b.reachOf(b.at.VPC):
				count(toHub, o.Name)
			case b.spokeOf[o.Name] != nil && b.spokeOf[o.Name].Attached():
				count(b.spokeOf[o.Name].Segment, o.Name)
			default:
				count(toOthers, o.Name)
			}
		}
		ways(cell(from, toInternet), len(v.Internet), len(v.InternetUndecided))
		ways(cell(from, toOutside), len(v.Outside), 0)
	}
	columns := []string{toHub}
	for _, s := range b.at.Hub.Segments {
		columns = append(columns, s.Name)
	}
	columns = append(columns, toOthers, toInternet, toOutside)
	for _, s := range b.at.Hub.Segments {
		for _, to := range columns {
			c := cell(s.Name, to)
			c.Expected = to == toHub || slices.Contains(b.at.Hub.Peers(s.Name), to)
			if to == toOutside && b.beyond(s.Name) && c.Yes == 0 {
				c.Pairs = 0 // what lies behind an attachment that exists is in no stack, so nothing is followed there
			}
			c.AsExpected = c.Undecided == 0 && (c.Expected && c.Yes == c.Pairs || !c.Expected && c.Yes == 0)
			b.out.Matrix = append(b.out.Matrix, *c)
		}
	}
}

// beyond is true for a segment that exchanges packets with what lies behind an attachment that exists.
func (b *builder) beyond(segment string) bool {
	return slices.ContainsFunc(b.at.Hub.External, func(e config.External) bool {
		return slices.Contains(b.at.Hub.Peers(segment), e.Segment)
	})
}

func ways(c *Cell, sure, maybe int) {
	c.Pairs++
	if sure > 0 {
		c.Yes++
	} else if maybe > 0 {
		c.Undecided++
	}
}

func set(list []string) map[string]bool {
	out := map[string]bool{}
	for _, s := range list {
		out[s] = true
	}
	return out
}

// groups are the spokes of a segment with equal answers, and each spoke's.
func (b *builder) groups() {
	type key struct {
		of      int
		segment string
	}
	place := map[key]int{}
	speaks := []*reach.VPC{} // of each group, for all of it
	for _, s := range b.at.Hub.Spokes {
		one := Spoke{Name: s.Name, Account: s.Account, Segment: s.Segment, State: string(s.State)}
		for _, r := range s.AllRanges() {
			one.CIDRs = append(one.CIDRs, r.String())
		}
		if v := b.vpcOf(s); v != nil {
			k := key{b.group[v.Name], s.Segment}
			g, known := place[k]
			if !known {
				g = len(b.out.Groups)
				place[k] = g
				b.out.Groups = append(b.out.Groups, Group{ID: letters(g), Segment: s.Segment, of: k.of})
				speaks = append(speaks, v)
			}
			b.out.Groups[g].Spokes = append(b.out.Groups[g].Spokes, s.Name)
			one.Group = b.out.Groups[g].ID
			b.idOf[v.Name] = one.Group
		}
		b.out.Spokes = append(b.out.Spokes, one)
	}
	for g := range b.out.Groups {
		b.say(&b.out.Groups[g], speaks[g])
	}
}

// vpcOf is what was found of a spoke; nil where the network does not have it.
func (b *builder) vpcOf(s *config.Spoke) *reach.VPC {
	i := slices.IndexFunc(b.at.Spokes, func(p prove.PlacedSpoke) bool { return p.Spoke == s })
	if i < 0 {
		return nil
	}
	return b.reachOf(b.at.Spokes[i].VPC)
}

// say says what the spokes of a group have in common; one of them speaks for all.
func (b *builder) say(g *Group, v *reach.VPC) {
	g.Reaches, g.Cannot, g.Undecided, g.Services = []string{}, []string{}, []string{}, []string{}
	g.Outside = slices.Concat([]string{}, v.Internet, v.InternetUndecided, v.Outside)
	g.Names, g.Closed, g.NamesUndecided = v.Names, v.Closed, v.NamesUndecided
	verdict := map[string]reach.Verdict{}
	for _, w := range b.summary.Between {
		if w.From == b.summary.Groups[g.of].ID {
			verdict[w.To] = w.Verdict
		}
	}
	put := func(of int, what string) {
		switch verdict[b.summary.Groups[of].ID] {
		case reach.Yes:
			g.Reaches = append(g.Reaches, what)
		case reach.Undecided:
			g.Undecided = append(g.Undecided, what)
		case reach.No, "":
			g.Cannot = append(g.Cannot, what)
		}
	}
	if h := b.reachOf(b.at.VPC); h != nil {
		put(b.group[h.Name], "hub "+b.at.Hub.Name)
	}
	for _, o := range b.out.Groups {
		switch {
		case o.ID != g.ID:
			put(o.of, o.title())
		case len(g.Spokes) > 1:
			put(o.of, "each other")
		}
	}
	for i, other := range b.summary.Groups {
		var strangers []string
		for _, name := range other.VPCs {
			if h := b.reachOf(b.at.VPC); b.spokeOf[name] == nil && (h == nil || h.Name != name) {
				strangers = append(strangers, name)
			}
		}
		if len(strangers) > 0 {
			put(i, "VPC "+few(strangers, 3))
		}
	}
}

// title is what a group is called beside another.
func (g Group) title() string {
	if len(g.Spokes) == 1 {
		return g.Spokes[0]
	}
	return fmt.Sprintf("group %s (%d of %s)", g.ID, len(g.Spokes), g.Segment)
}

// letters count A, B, … Z, AA, AB, …
func letters(n int) string {
	text := ""
	for n++; n > 0; n = (n - 1) / 26 {
		text = string(rune('A'+(n-1)%26)) + text
	}
	return text
}
