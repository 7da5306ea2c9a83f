package reach

import (
	"slices"

	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
)

// View is a network that several questions are asked of. It is not for two goroutines at once.
type View struct {
	// without is the network without the parts whose condition only AWS decides; nil where there are none.
	is, without *side
}

type side struct {
	*model
	names *prove.Names
}

// NewView makes one of a network.
func NewView(net *topology.Network) *View {
	v := &View{is: newSide(net)}
	if other := net.Without(); other != nil {
		v.without = newSide(other)
	}
	return v
}

func newSide(net *topology.Network) *side { return &side{newModel(net), prove.NewNames(net)} }

// Of looks at a network as it is. Parts whose condition only AWS decides are looked at both ways: what differs is undecided.
func Of(net *topology.Network) *Result { return NewView(net).Result() }

// Result is who reaches whom, as Of finds it.
func (v *View) Result() *Result {
	out := v.is.all()
	if v.without != nil {
		out.both(v.without.all())
	}
	return out
}

func (s *side) all() *Result {
	return s.result(&sharer{s.model, s.kinds(), map[[2]int]*Answer{}}, s.names)
}

func (m *model) result(s *sharer, names *prove.Names) *Result {
	out := &Result{VPCs: []VPC{}, Undecided: m.parts, Ignored: m.net.Ignored}
	if out.Undecided == nil {
		out.Undecided = []Part{}
	}
	found := s.pairs()
	for i, v := range m.vpcs {
		r := VPC{Name: m.names[v], Resource: plain(v.Source), Account: v.Account, Region: v.Region, CIDRs: []string{}, Reaches: []string{},
			Undecided: []string{}, Answers: []Answer{}}
		for _, p := range m.ranges(v) {
			r.CIDRs = append(r.CIDRs, m.rangeText(spanOf(p)))
		}
		var maybe []Answer
		for _, a := range found[i] {
			switch a.Verdict {
			case Yes:
				r.Reaches, r.Answers = append(r.Reaches, a.To), append(r.Answers, a)
			case Undecided:
				r.Undecided, maybe = append(r.Undecided, a.To), append(maybe, a)
			case No:
			}
		}
		r.Answers = append(r.Answers, maybe...)
		m.internet(v, &r)
		m.resolveNames(v, names, &r)
		out.VPCs = append(out.VPCs, r)
	}
	out.Services = m.services(out.VPCs, names)
	return out
}

// pairs are the answers of each VPC about all others, in their order.
func (s *sharer) pairs() [][]Answer {
	m := s.m
	out := make([][]Answer, len(m.vpcs))
	for i := range out {
		out[i] = make([]Answer, len(m.vpcs))
	}
	for i, a := range m.vpcs {
		for j, b := range m.vpcs[:i] {
			clear(m.walks)
			out[i][j], out[j][i] = s.pair(a, b), s.pair(b, a)
		}
	}
	clear(m.walks)
	return out
}

const onCondition = "it depends on a condition that only AWS decides"

// both takes back what is not so either way.
func (r *Result) both(other *Result) {
	r.bothServices(other)
	others := map[string]VPC{}
	for _, v := range other.VPCs {
		others[v.Resource] = v
	}
	for i := range r.VPCs {
		v := &r.VPCs[i]
		o, ok := others[v.Resource]
		if !ok {
			continue // its own condition: what is said is of the VPC that is there
		}
		v.either(o)
	}
}

func (v *VPC) either(o VPC) {
	sure := append([]string{}, intersection(v.Reaches, o.Reaches)...)
	var maybe []string
	for _, name := range slices.Concat(v.Reaches, v.Undecided, o.Reaches, o.Undecided) {
		if !slices.Contains(sure, name) && !slices.Contains(maybe, name) {
			maybe = append(maybe, name)
		}
	}
	answers := map[string]Answer{}
	for _, a := range slices.Concat(o.Answers, v.Answers) {
		answers[a.To] = a
	}
	v.Answers = v.Answers[:0:0]
	for _, name := range sure {
		v.Answers = append(v.Answers, answers[name])
	}
	slices.Sort(maybe)
	for _, name := range maybe {
		a := answers[name]
		if a.Verdict == Yes {
			a.Verdict, a.Reasons = Undecided, []string{onCondition}
		}
		v.Answers = append(v.Answers, a)
	}
	v.Reaches, v.Undecided = sure, append([]string{}, maybe...)
	v.Internet, v.InternetUndecided = eitherList(v.Internet, o.Internet, v.InternetUndecided, o.InternetUndecided)
	var closed []string
	v.Names, closed = eitherList(v.Names, o.Names, nil, nil)
	v.NamesUndecided = set(slices.Concat(v.NamesUndecided, o.NamesUndecided, closed))
	v.Closed = append([]string{}, intersection(v.Closed, o.Closed)...)
}

// eitherList are what both lists have, and what one has or may.
func eitherList(a, b, mayA, mayB []string) (sure, maybe []string) {
	sure = append([]string{}, intersection(a, b)...)
	maybe = slices.Concat(mayA, mayB)
	for _, s := range slices.Concat(a, b) {
		if !slices.Contains(sure, s) {
			maybe = append(maybe, s+": "+onCondition)
		}
	}
	return sure, set(maybe)
}

func intersection(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return !slices.Contains(b, s) })
}
