package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sharedhub/internal/diag"
	"sharedhub/internal/iam"
	"sharedhub/internal/topology"
)

type part = topology.Part

// comparison holds which live part stands for which synthesised one, and what was found so far.
type comparison struct {
	want, have   *topology.Network
	seen         func(account string) bool
	options      []string
	wanted, live []*part
	byID         map[string]*part // synthesised parts
	liveOf       map[*part]*part
	wantOf       map[string]*part // by live id
	found        []finding
	at           map[subject]int // in found
}

// finding is a part, or facts of one attribute of it, that differ on one side.
type finding struct {
	side   side
	part   *part // as messages call it
	owner  *part // the synthesised part, or the one around it where no stack made it
	live   string
	attr   string
	source topology.Source
	items  []string
	// expected and found are the values of what changed.
	expected, found topology.Term
}

// subject is what one finding is about.
type subject struct {
	side   side
	part   *part
	attr   string
	source topology.Source
}

// match finds the live part of each synthesised one, type by type, since the keys of one type name parts of the types
// before it. Of several with a key in common it is the one that the same stack made, or else the one with most keys.
func (c *comparison) match(want, have []part) {
	c.at = map[subject]int{}
	c.byID, c.liveOf, c.wantOf = map[string]*part{}, map[*part]*part{}, map[string]*part{}
	byKey := map[string][]*part{}
	for i := range have {
		h := &have[i]
		c.live = append(c.live, h)
		for _, k := range h.Keys {
			text := h.Type + " " + k.Text + " " + strings.Join(k.Refs, " ")
			byKey[text] = append(byKey[text], h)
		}
	}
	for i := range want {
		w := &want[i]
		c.wanted, c.byID[w.ID] = append(c.wanted, w), w
		score := map[*part]int{}
		var best *part
		for _, k := range w.Keys {
			text, whole := w.Type+" "+k.Text+" ", true
			var refs []string
			for _, r := range k.Refs {
				id, ok := c.translate(r)
				refs, whole = append(refs, id), whole && ok
			}
			if !whole {
				continue
			}
			for _, h := range byKey[text+strings.Join(refs, " ")] {
				if score[h]++; score[h] == 1 && w.Source.Stack != "" && h.Source.Stack == w.Source.Stack && h.Source.ID == w.Source.ID {
					score[h] += len(w.Keys)
				}
				if best == nil || score[h] > score[best] {
					best = h
				}
			}
		}
		if best != nil {
			c.liveOf[w], c.wantOf[best.ID] = best, w
		}
	}
}

// translate is the live id of what a synthesised id names; false where that is not there. What is no part is named by the
// same id on both sides.
func (c *comparison) translate(id string) (string, bool) {
	w := c.byID[id]
	if w == nil {
		return id, true
	}
	if h := c.liveOf[w]; h != nil {
		return h.ID, true
	}
	return "", false
}

func (c *comparison) isThere(id string) bool { _, ok := c.translate(id); return ok }

// follows is true for a part that cannot be there because another is not.
func (c *comparison) follows(w *part) bool {
	return slices.ContainsFunc(w.Needs, func(id string) bool { return !c.isThere(id) }) ||
		len(w.Around) > 0 && !slices.ContainsFunc(w.Around, c.isThere)
}

// compare subtracts the facts of a part from those of the live one. Facts about a part that is gone follow from that, and
// are passed over.
func (c *comparison) compare(w *part) {
	h := c.liveOf[w]
	if h == nil {
		if !c.follows(w) {
			c.found = append(c.found, finding{side: missing, part: w, owner: w, source: w.Source})
		}
		return
	}
	type both struct {
		want, have []topology.Fact
		follows    bool
	}
	facts := map[string]*both{}
	var order []*both
	at := func(f topology.Fact) *both {
		key := strings.Join([]string{f.Attr, f.Key.Text, f.Key.Ref}, "\x00")
		if facts[key] == nil {
			facts[key] = &both{}
			order = append(order, facts[key])
		}
		return facts[key]
	}
	for _, f := range h.Facts {
		b := at(f)
		b.have = append(b.have, f)
	}
	for _, f := range w.Facts {
		var keyThere, valueThere bool
		f.Key, keyThere = c.liveTerm(f.Key)
		f.Value, valueThere = c.liveTerm(f.Value)
		if !keyThere {
			continue
		}
		b := at(f)
		b.follows = b.follows || !valueThere
		if i := slices.IndexFunc(b.have, func(l topology.Fact) bool { return same(f, l) }); i >= 0 {
			b.have = slices.Delete(b.have, i, i+1)
		} else {
			b.want = append(b.want, f)
		}
	}
	for _, b := range order {
		if !b.follows {
			c.differ(w, h, b.want, b.have)
		}
	}
}

// differ adds what is left of the facts of one attribute and key.
func (c *comparison) differ(w, h *part, want, have []topology.Fact) {
	if len(want) == 1 && len(have) == 1 {
		c.found = append(c.found, finding{side: changed, part: w, owner: w, live: h.ID, attr: want[0].Attr, source: sourceOf(want[0], w),
			items: []string{show(want[0].Key)}, expected: want[0].Value, found: have[0].Value})
		return
	}
	for _, f := range want {
		c.add(finding{side: missing, part: w, owner: w, live: h.ID, attr: f.Attr, source: sourceOf(f, w)}, f)
	}
	if w.Open {
		return
	}
	for _, f := range have {
		c.add(finding{side: extra, part: w, owner: w, live: h.ID, attr: f.Attr, source: w.Source}, f)
	}
}

// compareExtra looks for parts that no stack makes, and where these do not matter by themselves, at what they hold.
func (c *comparison) compareExtra() {
	for _, h := range c.live {
		if c.wantOf[h.ID] != nil || !c.seen(h.Account) {
			continue
		}
		for _, id := range h.Around {
			w := c.wantOf[id]
			if w == nil || w.Open || !c.seen(w.Account) {
				continue
			}
			f := finding{side: extra, part: h, owner: w, live: h.ID, source: w.Source}
			if _, _, ok := kindOf(h.Type, "", extra); ok {
				c.found = append(c.found, f)
			} else {
				for _, fact := range h.Facts {
					f.attr = fact.Attr
					c.add(f, fact)
				}
			}
			break
		}
	}
}

// add puts facts about one attribute, of one resource and on one side, into one finding.
func (c *comparison) add(f finding, fact topology.Fact) {
	item := show(fact.Key)
	if value := show(fact.Value); item == "" {
		item = value
	} else if value != "" {
		item += " to " + value
	}
	key := subject{f.side, f.part, f.attr, f.source}
	if i, ok := c.at[key]; ok {
		c.found[i].items = append(c.found[i].items, item)
		return
	}
	c.at[key] = len(c.found)
	f.items = []string{item}
	c.found = append(c.found, f)
}

func sourceOf(f topology.Fact, p *part) topology.Source {
	if f.Source.Stack != "" {
		return f.Source
	}
	return p.Source
}

// liveTerm is a synthesised term in the ids of the live network; false where it names a part that is not there.
func (c *comparison) liveTerm(t topology.Term) (topology.Term, bool) {
	if t.Ref == "" {
		return t, true
	}
	var ok bool
	t.Ref, ok = c.translate(t.Ref)
	return t, ok
}

func same(want, have topology.Fact) bool {
	w, h := want.Value, have.Value
	documents := want.Document != nil || have.Document != nil
	return w.Ref == h.Ref && (w.Text == h.Text || h.Alias != "" && w.Text == h.Alias) && (!documents || iam.Same(want.Document, have.Document))
}

func show(t topology.Term) string {
	return cmp.Or(t.Label, strings.TrimSpace(t.Text+" "+t.Ref))
}

// mostItems is how many items a sentence lists.
const mostItems = 5

// difference words a finding; false for what is no difference by itself.
func (f finding) difference() (diag.Diagnostic, bool) {
	code, sentence, ok := kindOf(f.part.Type, f.attr, f.side)
	if f.source.Stack == "" { // of what exists already
		sentence = strings.ReplaceAll(sentence, "its stack wrote", "the configuration says")
	}
	if f.found.Text == string(topology.ToNowhere) && f.part.Type == routeTable {
		sentence = nowhere
	}
	items := strings.Join(f.items[:min(len(f.items), mostItems)], ", ")
	if more := len(f.items) - mostItems; more > 0 {
		items += fmt.Sprintf(" and %d more", more)
	}
	d := diag.Diagnostic{Severity: code.Severity(), Code: code, Fix: restore,
		Where: diag.Resource{Stack: f.source.Stack, LogicalID: f.source.ID, ID: f.live, Account: f.owner.Account, Region: f.owner.Region}}
	d.Summary = strings.NewReplacer("{part}", f.part.Noun+" "+cmp.Or(f.part.Label, f.live, f.source.String()), "{around}", f.owner.Label,
		"{attr}", f.attr, "{item}", items, "{want}", show(f.expected), "{have}", show(f.found)).Replace(sentence)
	if f.side == extra {
		d.Fix = remove
	}
	if d.Fix = toStack(d.Fix, f.source.Stack); f.source.Stack == "" {
		d.Fix = ""
	}
	if f.part.Type == hostedZone && f.attr == "VPC" {
		d.Cause = "VPC " + strings.Join(f.items, " ") // one VPC is in all zones of its account, or in none
	}
	return d, ok
}
