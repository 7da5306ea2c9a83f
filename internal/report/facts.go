package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/iam"
	"sharedhub/internal/topology"
)

// Logs are the flow logs of a VPC or the Transit Gateway, those with equal ones together.
type Logs struct {
	Of []string `json:"of"`
	// To is where packets are recorded; "" where they are not. Traffic is which: ALL, ACCEPT or REJECT.
	To      string `json:"to"`
	Traffic string `json:"traffic"`
	// RetentionDays of a log group, 0 for ever; of a bucket, its own lifecycle decides.
	RetentionDays int `json:"retentionDays"`
	// Key is the customer's key that encrypts them; "" where AWS's own does.
	Key string `json:"key"`
	// Group is true for a log group, and Gateway for the Transit Gateway, which is in Of.
	Group   bool `json:"logGroup"`
	Gateway bool `json:"transitGateway"`
	// AsConfigured compares with the configuration.
	AsConfigured bool `json:"asConfigured"`
}

func (b *builder) logs() {
	b.addLogs("hub "+b.at.Hub.Name, b.at.VPC.ID, b.at.Hub.FlowLogs, false)
	for _, s := range b.at.Spokes {
		b.addLogs(s.Spoke.Name, s.VPC.ID, s.Spoke.FlowLogs, false)
	}
	if g := b.at.TransitGateway; g != nil && !g.External {
		b.addLogs("Transit Gateway", g.ID, b.at.Hub.TransitGateway.FlowLogs, true)
	}
}

func (b *builder) addLogs(of, id string, want config.FlowLogs, gateway bool) {
	have := b.in.Network.FlowLogs[id]
	if len(have) == 0 {
		b.log(of, Logs{Gateway: gateway, AsConfigured: want.Off()})
	}
	for _, l := range have {
		one := Logs{To: "CloudWatch Logs", Group: true, Traffic: l.Traffic, RetentionDays: l.RetentionDays, Key: topology.Plain(l.KMSKey),
			Gateway: gateway}
		if l.Bucket != "" {
			one.To, one.Group = "bucket "+topology.Plain(l.Bucket), false
		}
		one.AsConfigured = len(have) == 1 && !want.Off() && l.Traffic == "ALL" && l.Bucket == want.Bucket && l.KMSKey == want.KMSKey &&
			l.RetentionDays == want.RetentionDays
		b.log(of, one)
	}
}

// log adds to those that are equal.
func (b *builder) log(of string, l Logs) {
	for i := range b.out.Logs {
		same := b.out.Logs[i]
		same.Of = nil
		if fmt.Sprint(same) == fmt.Sprint(l) {
			b.out.Logs[i].Of = append(b.out.Logs[i].Of, of)
			return
		}
	}
	l.Of = []string{of}
	b.out.Logs = append(b.out.Logs, l)
}

// Exposure is a way in or out of a VPC beside the hub's Transit Gateway, of all VPCs that have it.
type Exposure struct {
	What string   `json:"what"`
	Of   []string `json:"of"`
}

// exposure lists every way by which a VPC is open to others than its hub, and nothing where there is none.
func (b *builder) exposure() {
	b.out.Exposure = []Exposure{}
	b.exposed("hub "+b.at.Hub.Name, b.at.VPC)
	for _, s := range b.at.Spokes {
		b.exposed(s.Spoke.Name, s.VPC)
	}
}

func (b *builder) exposed(of string, v *topology.VPC) {
	add := func(format string, args ...any) {
		what := fmt.Sprintf(format, args...)
		for i := range b.out.Exposure {
			if b.out.Exposure[i].What == what {
				b.out.Exposure[i].Of = append(b.out.Exposure[i].Of, of)
				return
			}
		}
		b.out.Exposure = append(b.out.Exposure, Exposure{what, []string{of}})
	}
	if v.InternetGateway {
		add("an internet gateway is attached")
	}
	if r := b.reachOf(v); r != nil {
		for _, way := range r.Internet {
			add("a way to the internet: %s", way)
		}
		for _, way := range r.InternetUndecided {
			add("perhaps a way to the internet: %s", way)
		}
		for _, way := range r.Outside {
			add("a way to networks elsewhere: %s", way)
		}
	}
	for _, p := range v.Peerings {
		add("peering with %s", topology.Plain(p.Peer))
	}
	for _, r := range v.IPv6 {
		add("an IPv6 range, %s", topology.Plain(r))
	}
	attached := b.gatewaysOf(v)
	for _, g := range attached {
		add("attached to another Transit Gateway, %s", g)
	}
}

// gatewaysOf are the Transit Gateways beside the hub's that a VPC is attached to.
func (b *builder) gatewaysOf(v *topology.VPC) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(b.in.Network.Attachments)) {
		a := b.in.Network.Attachments[id]
		if a.VPC == v && (b.at.TransitGateway == nil || a.TransitGateway != b.at.TransitGateway.ID) {
			out = append(out, topology.Plain(a.TransitGateway))
		}
	}
	return out
}

// Share is a RAM share of the hub.
type Share struct {
	Where string `json:"where"`
	// Shares and With in words; Outside is true where accounts outside the organization may be among them.
	Shares  []string `json:"shares"`
	With    []string `json:"with"`
	Outside bool     `json:"outside"`
}

// shares are those of the hub's account and region, and those of the Transit Gateway, which another account may own.
func (b *builder) shares() {
	b.out.Shares = []Share{}
	t := b.at.TransitGateway
	if t != nil {
		b.out.Transit = TransitFacts{ID: topology.Plain(t.Source.String()), Account: t.Account, External: t.External, AutoAccept: t.AutoAccept,
			DefaultTables: t.DefaultAssociation || t.DefaultPropagation, GroupReferencing: t.SecurityGroupReferencing}
	}
	for _, s := range b.in.Network.Shares {
		lent := t != nil && s.Account == t.Account && slices.Contains(s.Names(), t.ID) // by the owner of the gateway
		if s.Account != b.at.Hub.Account && !lent || s.Region != b.at.Hub.Region {
			continue
		}
		one := Share{Where: topology.Plain(s.Source.String()), With: []string{}, Outside: s.External}
		for _, id := range s.Names() {
			switch {
			case t != nil && id == t.ID:
				one.Shares = append(one.Shares, "the Transit Gateway")
			case b.in.Network.R53Profiles[id] != nil:
				one.Shares = append(one.Shares, "the Route 53 Profile")
			default:
				one.Shares = append(one.Shares, topology.Plain(id))
			}
		}
		for _, p := range s.Principals {
			one.With = append(one.With, principalOf(p))
		}
		slices.Sort(one.With)
		b.out.Shares = append(b.out.Shares, one)
	}
}

func principalOf(p string) string {
	p = topology.Plain(p)
	switch {
	case strings.Contains(p, ":organization/"):
		return "all accounts of organization " + p[strings.LastIndex(p, "/")+1:]
	case strings.Contains(p, ":ou/"):
		return "accounts of organizational unit " + p[strings.LastIndex(p, "/")+1:]
	}
	return "account " + p
}

// TransitFacts are what a Transit Gateway does by itself.
type TransitFacts struct {
	ID string `json:"id"`
	// Account that owns it.
	Account string `json:"account"`
	// External is true where the stacks only name it, so that its options are not known.
	External bool `json:"external"`
	// AutoAccept of attachments by accounts that it is shared with, and DefaultTables that they would get routes from.
	AutoAccept       bool `json:"autoAccept"`
	DefaultTables    bool `json:"defaultTables"`
	GroupReferencing bool `json:"securityGroupReferencing"`
}

// Role is one that stacks of another account read through.
type Role struct {
	Name    string `json:"name"`
	Account string `json:"account"`
	// Trusts and May in words.
	Trusts []string `json:"trusts"`
	May    []string `json:"may"`
	// For are the stacks that read through it.
	For []string `json:"for"`
}

func (b *builder) roles() {
	b.out.Roles = []Role{}
	through := map[string][]string{}
	for _, r := range b.in.Network.Reads {
		if r.Role != "" && !slices.Contains(through[r.Role], r.Consumer) {
			through[r.Role] = append(through[r.Role], r.Consumer)
		}
	}
	accounts := set(append(b.at.Hub.Accounts(), b.at.Hub.Account))
	for _, arn := range slices.Sorted(maps.Keys(through)) {
		role := b.in.Network.Roles[arn]
		name := topology.Plain(arn[strings.LastIndex(arn, "/")+1:])
		if role == nil || !accounts[role.Account] || !strings.HasPrefix(name, b.at.Hub.Name+"-") {
			continue
		}
		one := Role{Name: name, Account: role.Account, For: sorted(through[arn])}
		for _, s := range iam.Statements(role.Trust) {
			one.Trusts = append(one.Trusts, topology.Plain(statementWords(s, "", "")))
		}
		for _, doc := range role.Policies {
			for _, s := range iam.Statements(doc) {
				one.May = append(one.May, topology.Plain(strings.TrimPrefix(statementWords(s, "", ""), "lets everybody ")))
			}
		}
		b.out.Roles = append(b.out.Roles, one)
	}
}
